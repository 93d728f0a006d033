"""Final invoices as events arrive: no lot is settled twice between the same two parties.

An invoice is a claim that one party makes on another, not a measured fact, so that it can be
refused. So can whatever would bring a second one into force: a correction that makes a provisional
invoice final or takes back a voiding, and the release of one that was held. Whoever buys a lot and
sells it on settles it in a sale of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from oreline.model import Finding, Severity
from oreline.record import _tables as tables
from oreline.record._history import History
from oreline.record._revealed import revealed
from oreline.record._state import State


class Settled(NamedTuple):
    """A lot in a sale."""

    lot: str
    seller: str
    buyer: str


@dataclass(slots=True)
class InvoiceBook:
    """Which invoice in force settles which lot finally."""

    history: History = field(default_factory=lambda: History("money/1"))
    by_lot: dict[Settled, str] = field(default_factory=dict)

    def post(self, event: Mapping[str, Any], state: int) -> Finding | None:
        """Take in an event; return what forbids it: that it settles a settled lot."""
        if not self.history.add(event, state):
            return None
        if event["schema"] == "money/1":
            fresh = () if state == State.HELD else tuple(settles(event))
            twice = {key: [self.by_lot[key], event["id"]] for key in fresh if key in self.by_lot}
            self.by_lot |= dict.fromkeys(fresh, event["id"])
        else:
            before = self.by_lot
            self.by_lot, twice = final_invoices(self.history.in_force())
            # The one that was in force stands, even where an older one would come back.
            for key, names in twice.items():
                stands = before.get(key, names[0])
                twice[key] = [stands, *(name for name in names if name != stands)]
        return _settled_twice(event["id"], twice) if twice else None


def _settled_twice(identity: str, twice: Mapping[Settled, Sequence[str]]) -> Finding:
    (key, (earlier, later, *_)), *more = twice.items()
    message = f"{key.lot} is settled finally between {key.seller} and {key.buyer} by {earlier}"
    if later != identity:
        message += f", and this would bring {later} into force"
    if more:
        message += f"; so are {len(more)} more of its lots"
    fix = f"void {earlier} with a correction first, if another invoice takes its place"
    return Finding("ORL-0207", Severity.FATAL, identity, message, fix)


def final_invoices(
    in_force: list[Mapping[str, Any]],
) -> tuple[dict[Settled, str], dict[Settled, list[str]]]:
    """Return the first final invoice of every lot in a sale, and the sales that have several."""
    found: dict[Settled, list[str]] = {}
    for event in in_force:
        for key in settles(event):
            found.setdefault(key, []).append(event["id"])
    twice = {key: names for key, names in found.items() if len(names) > 1}
    return {key: names[0] for key, names in found.items()}, twice


def settles(event: Mapping[str, Any]) -> Iterator[Settled]:
    """Yield the lots that an event settles finally, with seller and buyer."""
    body = event["body"]
    if event["schema"] != "money/1" or body.get("stage") != "final":
        return
    for lot in body["lots"]:
        yield Settled(lot, event["party"], event["to_party"])


def load_invoices(connection: sa.Connection) -> InvoiceBook:
    """Return the final invoices as the stored events and their corrections leave them."""
    table = tables.event
    query = sa.select(table.c.seq, table.c.kind, table.c.state, table.c.bytes)
    query = query.where(table.c.kind.in_(("money", "correct", "attest"))).order_by(table.c.seq)
    book = InvoiceBook()
    for row in connection.execute(query).all():
        if row.kind == "attest" and b'"decision":"' not in row.bytes:
            continue
        book.history.add(revealed(connection, row.seq, orjson.loads(row.bytes)), row.state)
    book.by_lot, _ = final_invoices(book.history.in_force())
    return book
