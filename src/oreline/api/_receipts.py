"""Receipts of what a party sent: whoever dispatched sees what arrived.

The outturn of a shipment is the business of both who sent it and who received it. A receipt that
names a dispatch shows itself to the party of that dispatch as if it named the party, unless

- it names a lot that the dispatch does not: that may be somebody else's;
- the dispatch, or what it says of lots, was recorded after it: else it could be made up for a
  receipt;
- the dispatch says that it is for another party than the one that received;
- it states moisture or grades of a lot of which the receiver has sealed results that the sender has
  not: nobody sees the other's results first.

What a sender only claims to have sent hands it nothing more: see ``_told``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from oreline.api._named_lots import lots_named
from oreline.api._sealing import sealed_by_others

if TYPE_CHECKING:
    from oreline.api._desk import Reading

_RECEIVE = b'"schema":"receive/1"'


def receipts_of_sent(reading: Reading, party: str) -> frozenset[int]:
    """Return the positions of others' receipts that answer a dispatch of a party."""
    sent = _sent_by(reading, party)
    if not sent:
        return frozenset()
    found = [
        (seq, event)
        for seq, event in _receipts(reading)
        if event.get("party") not in {None, party} and _answers(reading, seq, event, sent)
    ]
    if not any(_states_results(event) for _, event in found):
        return frozenset(seq for seq, _ in found)
    pending = sealed_by_others(reading.ledger, party)
    return frozenset(
        seq
        for seq, event in found
        if not (_states_results(event) and pending.intersection(lots_named(event["body"])))
    )


def _sent_by(reading: Reading, party: str) -> dict[str, int]:
    """Return the positions of the dispatches in force that a party entered as its own, by id."""
    columns = reading.ledger.columns
    events = columns.events
    number, kind = columns.parties.index.get(party, -2), columns.kinds.index.get("dispatch", -2)
    own = (np.array(events.party, np.int64) == number) & (np.array(events.kind, np.int64) == kind)
    return {events.id[row]: events.seq[row] for row in np.flatnonzero(own).tolist()}


def _receipts(reading: Reading) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield every receipt: as it counts, or as it was written where it does not."""
    ledger = reading.ledger
    events, kinds = ledger.columns.events, ledger.columns.kinds
    kind = kinds.index.get("receive", -2)
    for row in np.flatnonzero(np.array(events.kind, np.int64) == kind).tolist():
        yield events.seq[row], ledger.event(events.seq[row])
    for seq in ledger.verdicts.out_of_force | ledger.verdicts.held:
        data = ledger.raw.get(seq, b"")
        if _RECEIVE in data:
            yield seq, orjson.loads(data)


def _answers(
    reading: Reading, seq: int, receipt: Mapping[str, Any], sent: Mapping[str, int]
) -> bool:
    """Return whether a receipt answers one of the dispatches, and shows nothing else."""
    at = sent.get(receipt["body"].get("dispatch") or "")
    if at is None:
        return False
    ledger = reading.ledger
    amended = ledger.verdicts.amended
    said = seq if seq not in amended else max(seq, amended[seq].by_seq)
    if at > said:
        return False
    is_later = at in amended and amended[at].by_seq > said
    dispatch = orjson.loads(ledger.raw[at]) if is_later else ledger.event(at)
    if dispatch.get("to_party") not in {None, receipt["party"]}:
        return False
    return set(lots_named(receipt["body"])) <= set(lots_named(dispatch["body"]))


def _states_results(receipt: Mapping[str, Any]) -> bool:
    lines = receipt["body"]["lots"]
    return any("moisture" in line or line.get("grades") for line in lines)
