"""A claim that a person attaches to a lot, a party, a site, a phase or an event.

It enters the ledger as an attestation: what a sentence says, kept with the hashes of its report,
the characters it stands on, and the rule that read it. An attestation has no quantity, so nothing
that is measured, traced, balanced or settled changes by it.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.model import Chain, InputError
from oreline.record import Ledger, event_state
from oreline.watch._claim import RULES_VERSION, Claim
from oreline.watch._source import Document

if TYPE_CHECKING:
    import polars as pl

    from oreline.watch._watched import Watched

ATTACHED: Final = "reported-claim"
"""The type of the attestation that a claim becomes."""
BASIS: Final = "reported"
"""What an attached claim is worth at most."""
SUBJECTS: Final = ("lot", "party", "site", "phase", "event")
STATEMENT_CHARS_MAX: Final = 4000
"""How long a statement of the ledger may be."""

_TABLES: Final = {"party": "parties", "site": "sites", "phase": "phases"}
_KEPT: Final = (
    "subject", "claim", "kind", "status", "rule", "rules_version", "start", "end", "text_sha256",
    "sha256", "report", "text_of", "outlet", "published", "said_by", "basis",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimSubject:
    """What a claim is attached to: ``lot:fwo:SB-1`` is the lot ``fwo:SB-1``."""

    kind: str
    id: str

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Attached:
    """A claim in the ledger, as it was when a person attached it.

    ``start`` and ``end`` count the characters of the text whose hash is ``text_sha256``; ``sha256``
    is that of the report as it arrived.
    """

    event: str
    subject: ClaimSubject
    claim: str
    kind: str
    status: str
    sentence: str
    start: int
    end: int
    text_sha256: str
    sha256: str
    report: str
    outlet: str
    published: str
    rule: str
    version: str
    actor: str
    party: str
    time: str

    @property
    def is_current(self) -> bool:
        """Return whether the rules that read it are those of today."""
        return self.version == RULES_VERSION or not self.version.isdigit()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = (
            "event", "claim", "kind", "status", "sentence", "start", "end", "text_sha256", "sha256",
            "report", "outlet", "published", "rule", "actor", "party", "time",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in names},
            "subject": str(self.subject),
            "rules_version": self.version,
            "is_current": self.is_current,
            "basis": BASIS,
        }


def claim_subject(text: str) -> ClaimSubject:
    """Read what a claim is to be attached to.

    Raises
    ------
    InputError
        If it is not written as ``lot:ID``, ``party:ID``, ``site:ID``, ``phase:ID`` or ``event:ID``.

    >>> claim_subject("lot:fwo:SB-1").id
    'fwo:SB-1'
    """
    kind, _, identity = text.partition(":")
    if kind not in SUBJECTS or not identity:
        forms = ", ".join(f"{one}:ID" for one in SUBJECTS)
        raise InputError(f"{text!r} names nothing to attach to; write {forms}")
    return ClaimSubject(kind, identity)


def check_claim_subject(subject: ClaimSubject, ledger: Ledger, chain: Chain | None) -> None:
    """Refuse what neither the ledger nor the chain has.

    Raises
    ------
    InputError
        If there is no such thing, with those that are spelt alike, or the event does not count.
    """
    if subject.kind == "event":
        state = event_state(ledger, subject.id)
        if state.in_force is None:
            raise InputError(
                f"{subject.id} does not count now ({state.words}): nothing to attach to"
            )
        return
    known = _known(subject.kind, ledger, chain)
    if subject.id in known:
        return
    near = difflib.get_close_matches(subject.id, known, n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise InputError(f"there is no {subject.kind} {subject.id}{hint}")


def _known(kind: str, ledger: Ledger, chain: Chain | None) -> Collection[str]:
    if kind == "lot":
        return ledger.columns.lots.index
    rows: Mapping[str, object] = {} if chain is None else getattr(chain, _TABLES[kind])
    return rows.keys() | ledger.current(kind).keys()


def found_claim(watched: Watched, identity: str) -> tuple[Claim, Document]:
    """Return a claim and its report by the claim's id, or by how the id begins.

    Raises
    ------
    InputError
        If there is none, or several begin so.
    """
    found = [one for one in watched.claims if one.id.startswith(identity)] if identity else []
    exact = [one for one in found if one.id == identity] or found
    if len(exact) != 1:
        several = f"{len(exact)} claims begin with" if exact else "no claim here has the id"
        raise InputError(f"{several} {identity!r}; 'oreline watch read PLACE --json' lists them")
    document = next(one for one in watched.documents if one.name == exact[0].document)
    return exact[0], document


def attach_draft(
    claim: Claim,
    document: Document,
    subject: ClaimSubject,
    ledger: Ledger,
    party: str | None = None,
) -> dict[str, Any]:
    """Return the attestation that keeps a claim, without its time and actor.

    Its id follows from what is attached to what, so that the same claim is not attached twice: see
    :func:`attached_already`.

    Raises
    ------
    InputError
        If the ledger is not the actual one, or the sentence is longer than a statement may be.
    """
    if ledger.header.tense != "actual":
        raise InputError(f"{ledger.header.id} is {ledger.header.tense}; claims are of what is")
    if len(claim.sentence) > STATEMENT_CHARS_MAX:
        message = f"the sentence has {len(claim.sentence)} characters, more than the ledger keeps"
        raise InputError(f"{message} of one ({STATEMENT_CHARS_MAX})")
    assert document.text[claim.start : claim.end] == claim.sentence, "the span is of the sentence"
    day = document.published.day
    said = {
        "subject": str(subject),
        "claim": claim.id,
        "kind": claim.kind,
        "status": claim.status,
        "rule": claim.rule,
        "rules_version": claim.version,
        "start": str(claim.start),
        "end": str(claim.end),
        "text_sha256": document.text_sha256,
        "sha256": document.sha256,
        "report": document.name,
        "text_of": document.kind,
        "outlet": document.outlet.value or "not found",
        "published": "not found" if day is None else day.isoformat(),
        "said_by": claim.attribution.speaker or claim.attribution.kind,
        "basis": BASIS,
    }
    assert tuple(said) == _KEPT
    draft: dict[str, Any] = {
        "schema": "attest/1",
        "id": _free_id(claim, document, subject, ledger, party),
        "evidence": [document.sha256],
        "body": {
            "type": ATTACHED,
            "subject": subject.id,
            "statement": claim.sentence,
            "hash": document.text_sha256,
        },
        "extra": {f"watch.{name}": value for name, value in said.items()},
    }
    return draft if party is None else {**draft, "party": party}


def _free_id(
    claim: Claim, document: Document, subject: ClaimSubject, ledger: Ledger, party: str | None
) -> str:
    """Return an id that follows from what is attached, past those that were voided."""
    what = (
        party or "", str(subject), document.text_sha256, str(claim.start), str(claim.end),
        claim.kind, claim.rule, claim.version,
    )  # fmt: skip
    base = f"claim-{hashlib.sha256('|'.join(what).encode()).hexdigest()[:24]}"
    marks = [f'"id":"{base}'.encode()]
    used = sum(any(mark in data for mark in marks) for data in ledger.raw.values())
    return base if used == 0 else f"{base}-{used + 1}"


def attached_claims(ledger: Ledger) -> tuple[Attached, ...]:
    """Return the claims attached in a ledger and not voided, in the order of the ledger."""
    return tuple(_attached(ledger))


def _attached(ledger: Ledger) -> Iterator[Attached]:
    for event in ledger.other:
        if event["schema"] != "attest/1" or event["body"]["type"] != ATTACHED:
            continue
        extra = event.get("extra") or {}
        said = {name: str(extra.get(f"watch.{name}", "")) for name in _KEPT}
        kind, _, _ = said["subject"].partition(":")
        yield Attached(
            event=event["id"],
            # The subject is the body's: a correction may have moved the claim to another.
            subject=ClaimSubject(kind, event["body"]["subject"]),
            claim=said["claim"],
            kind=said["kind"],
            status=said["status"],
            sentence=event["body"].get("statement") or "",
            start=_number(said["start"]),
            end=_number(said["end"]),
            text_sha256=said["text_sha256"],
            sha256=said["sha256"],
            report=said["report"],
            outlet=said["outlet"],
            published=said["published"],
            rule=said["rule"],
            version=said["rules_version"],
            actor=event["actor"],
            party=event.get("party") or "",
            time=event["time"],
        )


def _number(text: str) -> int:
    """Return where a span begins or ends, -1 where whoever wrote the event did not say."""
    return int(text) if text.isascii() and text.isdigit() else -1


def attached_already(
    claim: Claim, document: Document, subject: ClaimSubject, ledger: Ledger, party: str | None
) -> Attached | None:
    """Return the attestation in force of this claim for this subject and party, None if none is."""
    for one in attached_claims(ledger):
        same_words = (one.text_sha256, one.start, one.end) == (
            document.text_sha256, claim.start, claim.end,
        )  # fmt: skip
        same_rule = (one.kind, one.rule, one.version) == (claim.kind, claim.rule, claim.version)
        if same_words and same_rule and one.subject == subject and one.party == (party or ""):
            return one
    return None


def how_read_now(one: Attached, watched: Watched) -> str:
    """Say how the rules of today read what was attached."""
    texts = {document.text_sha256: document.name for document in watched.documents}
    name = texts.get(one.text_sha256)
    if name is None:
        return f"attached under rules version {one.version}; its report is not among those read"
    same = [
        claim
        for claim in watched.claims
        if claim.document == name and (claim.start, claim.end) == (one.start, one.end)
    ]
    if any(
        (claim.kind, claim.status, claim.rule, claim.version)
        == (one.kind, one.status, one.rule, one.version)
        for claim in same
    ):
        return "read the same now"
    told = f"attached under rules version {one.version} as {one.kind}, {one.status} ({one.rule})"
    if not same:
        return f"{told}; no claim is read there now"
    now = "; ".join(
        f"{claim.kind}, {claim.status} ({claim.rule}, rules version {claim.version})"
        for claim in same
    )
    return f"{told}; read now as {now}"


def attached_frame(found: Collection[Attached]) -> pl.DataFrame:
    """Return attached claims as a table, one row each."""
    import polars as pl

    rows = [
        {name: str(value) for name, value in one.to_json().items() if name != "is_current"}
        for one in found
    ]
    names = (
        "event", "subject", "claim", "kind", "status", "sentence", "start", "end", "text_sha256",
        "sha256", "report", "outlet", "published", "rule", "rules_version", "basis", "actor",
        "party", "time",
    )  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
