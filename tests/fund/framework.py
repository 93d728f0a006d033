"""A small framework: a lot of antimony that is shipped, and money that waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oreline.fund import Instrument, InstrumentStanding, LedgerAt, instruments_of, standing_of
from oreline.record import Ledger, Store, create_store, load_ledger
from oreline_testing.injected import FixedClock, FixedSalts

TEXT = """\
id = "equity"
title = "Equity of the partner"
kind = "equity"
from = "ussm"
to = "fwo"
amount = 500
currency = "USD"
basis = "assumed"
source = "an example"

[[rules]]
id = "may-export"
title = "The permit to export is in force"
when = 'permit("export-1")'

[[tranches]]
id = "first"
title = "After the first shipment"
amount = "200"
approvals = ["fwo", "ussm"]
weakest_basis = "reported"

[[tranches.conditions]]
id = "delivered"
title = "Four tonnes of antimony have arrived"
when = 'received_t("Sb", "plant") >= 4'

[[tranches.conditions]]
id = "lawful"
title = "They could be exported"
when = 'rule("may-export") == "PASS"'

[[tranches]]
id = "second"
title = "After the first is spent"
amount = "300"
after = ["first"]
approvals = ["fwo", "ussm"]

[[tranches.conditions]]
id = "spent"
title = "Three quarters of the first tranche are spent"
when = 'spent("equity") >= 0.75 * 200'
""".replace("amount = 500", 'amount = "500"')

NOW = "2025-12-01T12:00:00Z"


def event(identity: str, kind: str, day: str, body: Mapping[str, Any], **more: Any) -> Any:
    """Return an event of 2025."""
    return {
        "schema": f"{kind}/1", "id": identity, "time": f"2025-{day}T08:00:00Z", "actor": "clerk",
        "party": "fwo", **more, "body": body,
    }  # fmt: skip


def mass(value: str, basis: str = "measured") -> dict[str, str]:
    return {"value": value, "unit": "t", "basis": basis}


def assay(grade: str = "50", basis: str = "measured") -> Any:
    results = [{"analyte": "Sb", "value": grade, "unit": "%", "basis": basis}]
    body = {"lot": "fwo:SB-1", "role": "agreed", "results": results}
    return event("assay", "assay", "10-02", body)


def declared(text: str = TEXT, day: str = "09-01", name: str = "terms") -> Any:
    body = {"type": "instrument", "id": "equity", "data": {"terms": text}}
    return event(name, "declare", day, body, party="ussm", to_party="fwo")


def permit(valid_to: str = "2025-12-31", **data: str) -> Any:
    body = {
        "type": "permit", "id": "export-1", "valid_from": "2025-01-01", "valid_to": valid_to,
        "data": {"status": "granted", "basis": "reported", **data},
    }  # fmt: skip
    return event("permit", "declare", "09-01", body)


def sites() -> list[Any]:
    return [
        event(f"site-{name}", "declare", "09-01", {"type": "site", "id": name, "data": {}})
        for name in ("mill", "plant")
    ]


def shipment() -> list[Any]:
    made = {"lot": "fwo:SB-1", "dry": mass("10"), "material": "sb-conc"}
    return [
        event("made", "process", "10-01", {"outputs": [made]}, site="mill"),
        event("sent", "dispatch", "10-05", {"lots": [{"lot": "fwo:SB-1"}], "mode": "sea"},
              site="mill", to_site="plant"),
        event("came", "receive", "11-05", {"lots": [{"lot": "fwo:SB-1"}]}, site="plant",
              party="ussm"),
    ]  # fmt: skip


def money(name: str, kind: str, amount: str, day: str = "09-02", **body: Any) -> Any:
    postings = [
        {"account": "fwo", "amount": amount, "currency": body.pop("currency", "USD")},
    ]
    postings.append({**postings[0], "account": "ussm", "amount": f"-{amount}"})
    written = {"type": kind, "instrument": "equity", "postings": postings, **body}
    parties = ("ussm", "fwo") if kind in {"commitment", "release"} else ("fwo", "ussm")
    return event(name, "money", day, written, party=parties[0], to_party=parties[1])


def approval(party: str, person: str, terms: str, tranche: str = "first") -> Any:
    body = {
        "type": "tranche-approval", "subject": f"equity/{tranche}", "issuer": party, "hash": terms,
    }  # fmt: skip
    return event(f"approval-{party}-{person}-{tranche}", "attest", "11-10", body, party=party,
                 actor=person)  # fmt: skip


def corrected(grade: str) -> Any:
    """Return the correction of the assay, written in December."""
    results = [{"analyte": "Sb", "value": grade, "unit": "%", "basis": "measured"}]
    body = {
        "target": "assay", "action": "replace", "reason": "recounted",
        "replacement": {"body": {"lot": "fwo:SB-1", "role": "agreed", "results": results}},
    }  # fmt: skip
    return event(f"corrected-{grade}", "correct", "12-01", body)


def ready(terms: str) -> list[Any]:
    """Return everything that the first tranche waits for."""
    return [
        *sites(), declared(), permit(), *shipment(), assay(),
        money("committed", "commitment", "500"),
        approval("fwo", "ali", terms), approval("ussm", "beth", terms),
    ]  # fmt: skip


def stored(path: Path | str, events: Sequence[Any]) -> Store:
    """Return a new ledger with some events, as of the second of December."""
    place = path / "l.db" if isinstance(path, Path) else path
    clock = FixedClock(datetime(2025, 12, 2, tzinfo=UTC))
    store = create_store(place, {"id": "l", "tense": "actual"}, clock=clock, salt=FixedSalts())
    ordered: list[Any] = sorted(events, key=lambda one: str(one["time"]))
    store.append(ordered)
    return store


def reading(store: Store) -> tuple[Ledger, Instrument, LedgerAt]:
    """Return the ledger, its instrument, and what reads it as of a moment."""
    ledger = load_ledger(store)
    known, findings = instruments_of(ledger)
    assert not findings, [str(one) for one in findings]
    return ledger, known["equity"], lambda moment: load_ledger(store, as_of=moment)


def standing(store: Store, now: str = NOW) -> InstrumentStanding:
    """Return where the instrument stands."""
    ledger, instrument, at = reading(store)
    return standing_of(ledger, instrument, datetime.fromisoformat(now).date(), at)
