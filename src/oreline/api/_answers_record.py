"""What happened: events as they stand, and new ones tried, appended, corrected, decided, signed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import orjson

from oreline.api._accounts import Accounts
from oreline.api._answering import answering
from oreline.api._answers_fund import tranches_of_amendment
from oreline.api._answers_money import money_of_amendment
from oreline.api._arrivals import entries_told, findings_told
from oreline.api._entering import Draft, event_there, prepared
from oreline.api._unseen import unseen_findings
from oreline.api._views import View
from oreline.balance import downstream
from oreline.exchange import Limits, read_events, read_mapping
from oreline.model import Finding, InputError, LedgerError, Severity, is_fatal
from oreline.record import (
    State,
    instant_text,
    leaf_hash,
    replacement_of,
)
from oreline.settle import settled_by_parent

SUFFIXES = (".csv", ".xlsx", ".parquet", ".jsonl")
PREVIEW_MAX = 20
"""How many events of an upload are shown before it is committed."""
SIGNED_KINDS = ("dispatch", "receive")
CONTAINER_TERMS = {"FOB": "FCA", "CFR": "CPT", "CIF": "CIP"}
"""Terms that are for bulk over a ship's side, and what is meant where goods go in containers
(Incoterms 2020: the seller of a container loses hold of it at the terminal, not on board)."""


@answering
def events_page(
    view: View, *, kind: str | None = None, site: str | None = None, limit: int = 100,
    before: int | None = None, held_only: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return events as written, the latest entry first; ``before`` is a position in the log."""
    ledger = view.reading.ledger
    verdicts = ledger.verdicts
    # Reading each event for its kind would take seconds where the kind is rare.
    mark = b"" if kind is None else f'"schema":"{kind}/'.encode()
    items: list[dict[str, Any]] = []
    more = None
    for seq in view.reading.positions_of(kind):
        if before is not None and seq >= before:
            continue
        if (held_only and seq not in verdicts.held) or mark not in ledger.raw[seq]:
            continue
        event = orjson.loads(ledger.raw[seq])
        name = event["schema"].partition("/")[0]
        if kind not in {None, name} or site not in {None, event.get("site")}:
            continue
        if len(items) == limit:
            more = items[-1]["seq"]
            break
        items.append(
            {
                "seq": seq,
                "id": event["id"],
                "kind": name,
                "time": event["time"],
                "recorded": event["recorded"],
                "actor": event.get("actor"),
                "party": event.get("party"),
                "site": event.get("site"),
                "state": _state_word(view, seq),
            }
        )
    return {"items": items, "next": more, "total": ledger.size}


def _state_word(view: View, seq: int) -> str:
    verdicts = view.reading.ledger.verdicts
    if seq in verdicts.held:
        return "held"
    if seq in verdicts.out_of_force:
        return "void"
    return "corrected" if seq in verdicts.amended else "counts"


@answering
def event(view: View, identity: str) -> dict[str, Any]:
    """Return an event as written and as it counts, its findings, and every correction of it."""
    ledger = view.reading.ledger
    state = event_there(view, identity)
    about = [
        {
            "id": other["id"],
            "kind": other["schema"].partition("/")[0],
            "time": other["time"],
            "recorded": other["recorded"],
            "actor": other.get("actor"),
            "party": other.get("party"),
            "body": other["body"],
        }
        for other in ledger.other
        if identity in {other["body"].get("target"), other["body"].get("subject")}
    ]
    told = state.to_json()
    told["findings"] = findings_told(view, told["findings"])
    return {**told, "state": _state_word(view, state.seq), "about": about}


def tried(view: View, drafts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what an append would answer: entries with findings, or every refusal; writes nothing.

    Terms of delivery that do not fit containers are said too, and every lot, site, material and
    party that nobody has seen before.
    """
    ready = prepared(view, drafts)
    advice = [found.to_json() for found in advice_on(view, ready)]
    try:
        receipt = view.desk.rehearse(view.person, ready)
    except LedgerError as error:
        return {
            "ok": False,
            "entries": [],
            "findings": [*(found.to_json() for found in error.findings), *advice],
        }
    entries = entries_told(view, (entry.to_json() for entry in receipt.entries))
    return {"ok": True, "entries": entries, "findings": advice}


def appended(view: View, drafts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Append events: all or none; return what became of each, and what is odd about them.

    Raises
    ------
    LedgerError
        If any is refused, or is a final invoice of a lot that the ledger's parent has settled.
    """
    if view.desk.store.header.parent is not None and any("stage" in one["body"] for one in drafts):
        twice = settled_by_parent(view.whole.ledger, drafts)
        if twice:
            raise LedgerError("the batch is refused; nothing was written", list(twice))
    ready = prepared(view, drafts)
    # Asked before they are there: afterwards every name in them has been seen.
    advice = [found.to_json() for found in advice_on(view, ready)]
    made = view.desk.append(view.person, ready).to_json()
    return {**made, "entries": entries_told(view, made["entries"]), "findings": advice}


def advice_on(view: View, drafts: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return what is odd about well-formed events, without being a reason to refuse them."""
    terms = [found for draft in drafts for found in delivery_findings(draft)]
    return [*unseen_findings(view, drafts), *terms]


def delivery_findings(draft: Mapping[str, Any]) -> list[Finding]:
    """Return what is odd about the terms of a dispatch."""
    body = draft.get("body")
    if not isinstance(body, Mapping) or not str(draft.get("schema", "")).startswith("dispatch/"):
        return []
    term = str(body.get("incoterm") or "").upper().split()[:1]
    if not term or not body.get("containers") or term[0] not in CONTAINER_TERMS:
        return []
    meant = CONTAINER_TERMS[term[0]]
    return [
        Finding(
            "ORL-0701",
            Severity.WARNING,
            f"{draft.get('id', 'dispatch')} body/incoterm",
            f"{term[0]} is for goods loaded over a ship's side, but these go in containers",
            f"{meant} is what containers are usually sold under; ask the commercial manager",
        )
    ]


def correction(
    view: View, target: str, reason: str, changes: Sequence[str] = (), *, void: bool = False
) -> Draft:
    """Return the event that corrects another, from FIELD=VALUE changes or as void.

    Raises
    ------
    InputError
        If no reason is given, or neither or both of the two.
    """
    if not reason.strip():
        raise InputError("give a reason: whoever reads the correction later will ask for it")
    if void == bool(changes):
        raise InputError("say what is wrong: void it, or give the fields as they should be")
    found = event(view, target)
    body: dict[str, Any] = {
        "target": target,
        "action": "void" if void else "replace",
        "reason": reason.strip(),
    }
    if changes:
        if found["in_force"] is None:
            raise InputError(f"{target} does not count now ({found['stands']})")
        body["replacement"] = replacement_of(found["in_force"], changes)
    return {"schema": "correct/1", "body": body}


@answering
def consequences(view: View, draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a correction would change downstream; nothing is written.

    A party sees the changes of its own lots and sites.
    """
    body = draft["body"]
    found = event(view, body["target"])
    if found["in_force"] is None:
        raise InputError(f"{body['target']} does not count now ({found['stands']})")
    replacement = None if body["action"] == "void" else body["replacement"]
    reading = view.reading
    answer = downstream(
        reading.ledger, found["position"], replacement, time_zone=reading.zone
    ).to_json()
    if view.is_partial:
        answer["sites"] = [row for row in answer["sites"] if view.sees_site(row["where"])]
        answer["verdicts"] = [row for row in answer["verdicts"] if view.sees_site(row["where"])]
    money = money_of_amendment(view, body["target"], found["position"], replacement)
    position = view.whole.ledger.find(body["target"])["seq"]
    tranches = tranches_of_amendment(view, position, replacement)
    return {**answer, "money": money, "tranches": tranches}


def named(view: View, draft: Draft, now_us: int, mark: str) -> Draft:
    """Return a draft with an id and a time where it has none; ``mark`` makes the id unique."""
    kind = str(draft.get("schema", "event/1")).partition("/")[0]
    return {
        "id": f"{view.person.name}-{kind}-{mark}",
        "time": instant_text(now_us),
        **{name: value for name, value in draft.items() if value not in (None, "")},
    }


@answering
def signatures(view: View, identity: str) -> dict[str, Any]:
    """Return which parties have signed a dispatch or receipt, and who has yet to.

    A signature counts if the signer's own party entered it, and if it is of the entry as it stands:
    whoever signed before a correction has yet to agree to that.
    """
    found = event(view, identity)
    hashed = leaf_of(view, identity)
    written = found["in_force"] or found["event"]
    parties = [
        party for party in (written.get("party"), written.get("to_party")) if party is not None
    ]
    signed = [
        {
            "party": item["body"].get("issuer"),
            "event": item["id"],
            "time": item["time"],
            "by": item["actor"],
            "hash": item["body"].get("hash"),
            "counts": item["body"].get("hash") == hashed,
        }
        for item in found["about"]
        if item["kind"] == "attest"
        and item["body"]["type"] == "signature"
        and item["body"].get("issuer") == item["party"]
    ]
    done = {item["party"] for item in signed if item["counts"]}
    return {
        "event": identity,
        "hash": hashed,
        "parties": parties,
        "signed": signed,
        "missing": [party for party in parties if party not in done],
        "is_complete": bool(parties) and all(party in done for party in parties),
    }


def leaf_of(view: View, identity: str) -> str:
    """Return the leaf hash of what counts of an event, in hexadecimal: its latest correction's."""
    ledger = view.reading.ledger
    seq = event_there(view, identity).seq
    amended = ledger.verdicts.amended.get(seq)
    return leaf_hash(ledger.raw[seq if amended is None else amended.by_seq]).hex()


def signature(view: View, identity: str, party: str | None = None) -> Draft:
    """Return the attestation with which a party signs a dispatch or receipt as it stands.

    Raises
    ------
    InputError
        If the event is of another kind, or the party is none of its two.
    """
    found = event(view, identity)
    kind = str(found["event"]["schema"]).partition("/")[0]
    if kind not in SIGNED_KINDS:
        raise InputError(f"{identity} is a {kind} event; dispatches and receipts are signed")
    state = signatures(view, identity)
    signer = view.person.party or party
    if signer not in state["parties"]:
        raise InputError(f"{signer or 'nobody'} is no party of {identity}")
    if signer not in state["missing"]:
        raise InputError(f"{signer} has signed {identity} already")
    return {
        "schema": "attest/1",
        "party": signer,
        "body": {
            "type": "signature",
            "subject": identity,
            "issuer": signer,
            "hash": state["hash"],
            "statement": f"{signer} agrees to weights, seals and time of this {kind}.",
        },
    }


def checked_upload(
    view: View, accounts: Accounts, file: str, data: bytes, mapping: str | None = None
) -> dict[str, Any]:
    """Read a file of events and say all that is wrong with it, each at its cell; write nothing.

    What passes is kept under a secret id until it is committed.

    Raises
    ------
    InputError
        If the file is of a kind that is not read.
    """
    name = PurePath(file.replace("\\", "/")).name or "file"
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{name}: give a file of events as {', '.join(SUFFIXES)}")
    settings = accounts.settings
    limits = Limits(
        file_bytes=settings.upload_bytes_max, unpacked_bytes=8 * settings.upload_bytes_max
    )
    with tempfile.TemporaryDirectory(prefix="oreline-upload-") as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(data)
        used, findings = None, []
        if mapping:
            plan = Path(folder) / "mapping.toml"
            plan.write_text(mapping, encoding="utf-8")
            used, wrong = read_mapping(plan)
            findings += list(wrong)
        drafts: list[Draft] = []
        if not is_fatal(findings):
            drafts, wrong = read_events(
                path, view.reading.chain, mapping=used, name=name, limits=limits
            )
            findings += list(wrong)
    return _upload_answer(view, accounts, name, drafts, findings)


def _upload_answer(
    view: View, accounts: Accounts, name: str, drafts: list[Draft], findings: list[Finding]
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "file": name,
        "events": len(drafts),
        "upload": None,
        "new": 0,
        "findings": [found.to_json() for found in findings],
        "arrival": [],
        "preview": drafts[:PREVIEW_MAX],
    }
    if is_fatal(findings) or not drafts:
        return answer
    rehearsed = tried(view, drafts)
    answer["arrival"] = [
        *(found for found in rehearsed["findings"] if rehearsed["ok"] and _is_new(found)),
        *(found for entry in rehearsed["entries"] for found in entry["findings"]),
    ]
    answer["new"] = sum(entry["is_new"] for entry in rehearsed["entries"])
    answer["held"] = sum(
        entry["state"] == State.HELD.name.lower() for entry in rehearsed["entries"]
    )
    if not rehearsed["ok"]:
        answer["findings"] += rehearsed["findings"]
        return answer
    kept = orjson.dumps(prepared(view, drafts))
    answer["upload"] = accounts.keep_upload(view.person.name, name, kept)
    return answer


def _is_new(found: Mapping[str, str]) -> bool:
    """Return whether reading the file has not told a remark already, at its cell."""
    return found["code"] != "ORL-0343" or found["where"].endswith(("carrier", "holder"))


def committed_upload(view: View, accounts: Accounts, identity: str) -> dict[str, Any]:
    """Append the events of a checked upload: all or none, and only once."""
    name, drafts = accounts.upload(identity, view.person.name)
    return {"file": name, **appended(view, orjson.loads(drafts))}
