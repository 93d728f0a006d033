"""Small ledgers written out as events, loaded without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oreline.model import canonical_json, check_event
from oreline.record import Books, Columns, Header, Ledger, Version, open_books
from oreline.record._effective import Verdicts

START = "2025-09-01T06:00:00Z"


def mass(value: str, unit: str = "t", u: str | None = None, **more: str) -> dict[str, str]:
    """Write a mass; measured unless told otherwise."""
    written = {"value": value, "unit": unit, "basis": "measured", **more}
    return written if u is None else {**written, "u": u}


def grade(analyte: str, value: str, u: str | None = None, **more: str) -> dict[str, str]:
    """Write a grade in per cent; measured unless told otherwise."""
    written = {"analyte": analyte, "value": value, "unit": "%", "basis": "measured", **more}
    return written if u is None else {**written, "u": u}


def line(lot: str, **fields: Any) -> dict[str, Any]:
    """Write a line of a lot."""
    return {"lot": lot, **fields}


def event(
    kind: str, identity: str, time: str, body: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """Write an event."""
    if len(time) == len("2025-09-01"):
        time = f"{time}T12:00:00Z"
    return {
        "schema": f"{kind}/1",
        "id": identity,
        "time": time,
        "actor": "tester",
        **more,
        "body": dict(body),
    }


def ledger(events: Iterable[Mapping[str, Any]]) -> Ledger:
    """Load events as a ledger has them; each must be well formed."""
    columns, raw, declared = Columns(), {}, {}
    for seq, written in enumerate(events):
        findings = check_event(written)
        assert not findings, findings
        raw[seq] = canonical_json(dict(written))
        columns.add(seq, written)
        body = written["body"]
        if written["schema"] == "declare/1":
            version = Version(seq, body["type"], body["id"], None, None, body["data"])
            declared.setdefault(version.type, {})[version.id] = (version,)
    header = Header("test", "actual", "2026-01-01T00:00:00Z")
    return Ledger(
        header=header,
        size=len(raw),
        root=bytes(32),
        as_of=None,
        known_at=None,
        columns=columns,
        declared=declared,
        observed=(),
        other=(),
        verdicts=Verdicts({}, frozenset(), frozenset()),
        findings=(),
        raw=raw,
        withheld={},
    )


def books(events: Iterable[Mapping[str, Any]]) -> Books:
    """Open the books of events."""
    return open_books(ledger(events))
