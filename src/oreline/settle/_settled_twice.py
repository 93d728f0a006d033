"""A lot settled finally in a planned ledger and in the parent that it was derived from.

Each log refuses a second final invoice of its own (ORL-0207). A derived ledger has a log of its own
and reads its parent's, so that nobody but the two together sees a lot that is settled in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from oreline.model import Finding, Severity
from oreline.record import Ledger

Sale = tuple[str, str, str]
"""A lot with its seller and its buyer."""


def settled_twice(ledger: Ledger) -> tuple[Finding, ...]:
    """Return a finding for each final invoice of a lot that the parent has settled (ORL-0840)."""
    before = _of_parent(ledger)
    return settled_by_parent(ledger, [one for one in ledger.other if one["id"] not in before])


def _of_parent(ledger: Ledger) -> frozenset[str]:
    """Return the ids of the parent's events on money: their positions lie below zero."""
    return frozenset(
        orjson.loads(data)["id"]
        for seq, data in ledger.raw.items()
        if seq < 0 and b'"money/1"' in data
    )


def settled_by_parent(ledger: Ledger, arriving: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return what forbids final invoices that arrive in a derived ledger (ORL-0840).

    Of a ledger that is derived from none nothing is said: it judges its own invoices itself.
    """
    settled: dict[Sale, str] = {}
    before = _of_parent(ledger)
    for event in ledger.other:
        if event["id"] in before:
            settled |= dict.fromkeys(_sales(event), event["id"])
    if not settled:
        return ()
    found = []
    for event in arriving:
        twice = [sale for sale in _sales(event) if sale in settled]
        if twice:
            lot, seller, buyer = twice[0]
            earlier = settled[twice[0]]
            message = (
                f"{lot} is settled finally between {seller} and {buyer} by {earlier} of the "
                f"ledger {ledger.header.parent}, from which this one is derived"
            )
            if len(twice) > 1:
                message += f"; so are {len(twice) - 1} more of its lots"
            fix = f"take the lot out of the plan, or void {earlier} if it was wrong"
            found.append(Finding("ORL-0840", Severity.FATAL, str(event["id"]), message, fix))
    return tuple(found)


def _sales(event: Mapping[str, Any]) -> Iterator[Sale]:
    body = event["body"]
    is_final = event["schema"] == "money/1" and body.get("type") == "invoice"
    if is_final and body.get("stage") == "final":
        for lot in body.get("lots", ()):
            yield lot, event.get("party") or "", event.get("to_party") or ""
