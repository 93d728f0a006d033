"""Of which lots a party is told the countries, which all of the ledger gives.

A lot that somebody else hands to a party, by an event that the party may see, comes with the shares
of the countries of its metal. A name in the party's own entries hands over nothing, nor does a
receipt of what the party says that it sent: if others have entries of that lot that the party may
not see, the name may be a guess. Such a lot, and all that the party made of it, is told as far as
the party's own entries go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from oreline.api._named_lots import lots_named
from oreline.api._receipts import receipts_of_sent
from oreline.trace import descendants_of

if TYPE_CHECKING:
    from oreline.api._desk import Reading


def untold_lots(whole: Reading, own: Reading, party: str) -> frozenset[str]:
    """Return the lots of a party's reading that its own entries alone speak for."""
    known = own.ledger.columns.lots.index
    handed = set(_handed(own, party, receipts_of_sent(whole, party)))
    guessed = (_touched_unseen(whole, own) & known.keys()) - handed
    reached = set(guessed)
    for lot in sorted(guessed):
        reached.update(descendants_of(own.tracer, lot).lots)
    return frozenset(reached)


def _touched_unseen(whole: Reading, own: Reading) -> set[str]:
    """Return the lots of lines and grades in events that the party does not see."""
    columns = whole.ledger.columns
    seen = np.array(own.ledger.columns.events.seq, np.int64)
    unseen = ~np.isin(np.array(columns.events.seq, np.int64), seen)
    found: set[int] = set()
    for table in (columns.lines, columns.grades):
        event, lot = np.array(table.event, np.int64), np.array(table.lot, np.int64)
        found.update(np.unique(lot[unseen[event] & (lot >= 0)]).tolist())
    names = columns.lots.names
    return {names[number] for number in found}


def _handed(own: Reading, party: str, answering: frozenset[int]) -> Iterator[str]:
    """Yield the lots that events of others name to the party, not only in answer to it."""
    ledger = own.ledger
    events = ledger.columns.events
    number = ledger.columns.parties.index.get(party, -2)
    names = ledger.columns.lots.names
    only_answers = np.isin(np.array(events.seq, np.int64), sorted(answering)) & (
        np.array(events.to_party, np.int64) != number
    )
    others = (np.array(events.party, np.int64) != number) & ~only_answers
    lines = ledger.columns.lines
    event, lot = np.array(lines.event, np.int64), np.array(lines.lot, np.int64)
    yield from (names[k] for k in np.unique(lot[others[event] & (lot >= 0)]).tolist())
    for whole in (*ledger.other, *ledger.observed):
        if whole.get("party") != party:
            yield from _subjects(whole["body"])


def _subjects(body: Mapping[str, Any]) -> Iterator[str]:
    yield from lots_named(body)
    if isinstance(body.get("subject"), str):
        yield body["subject"]
