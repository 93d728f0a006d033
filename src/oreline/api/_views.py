"""What a person may see of a ledger.

Whoever belongs to no party sees all of it. Whoever belongs to a party sees the events that concern
the party: those in which it is the party or the receiving party, those at a site that it operates,
and those whose body names it (as carrier, issuer, holder, posting account ...); the lots that these
events name; and what the chain declares of parties, sites and materials. Everything else does not
exist for them: a lot of others and a lot that nobody recorded give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oreline.api._people import Person
from oreline.api._problems import NotFoundError

if TYPE_CHECKING:
    from oreline.api._desk import Desk, Reading

Mask = npt.NDArray[np.bool_]
OPEN_DECLARATIONS = frozenset({"party", "site", "material"})
HIDDEN = "not shown to you"
"""What stands in the place of names that a person may not see."""


@dataclass(frozen=True, slots=True)
class Visible:
    """What concerns a party: events by row, lots by number, events outside columns by position."""

    events: Mask
    lots: Mask
    seqs: frozenset[int]
    sites: frozenset[str]


@dataclass(frozen=True, slots=True)
class View:
    """A reading as one person may see it."""

    person: Person
    reading: Reading
    desk: Desk

    @property
    def visible(self) -> Visible | None:
        """Return what is visible, None where all is."""
        party = self.person.party
        return None if party is None else self.reading.ask(lambda: self.reading.visible(party))

    def sees_lot(self, lot: str) -> bool:
        """Return whether a lot exists for this person."""
        number = self.reading.ledger.columns.lots.index.get(lot)
        visible = self.visible
        return number is not None and (visible is None or bool(visible.lots[number]))

    def lot(self, name: str) -> str:
        """Return a lot that this person may see.

        Raises
        ------
        NotFoundError
            If there is none; the message names lots that are spelt alike, of those they may see.
        """
        if self.sees_lot(name):
            return name
        import difflib

        columns, visible = self.reading.ledger.columns, self.visible
        names: Sequence[str] = columns.lots.names
        if visible is not None:
            names = [names[number] for number in np.flatnonzero(visible.lots).tolist()]
        # Looking for what is spelt alike takes long among very many names.
        near = difflib.get_close_matches(name, names, n=3) if len(names) <= 50_000 else []
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise NotFoundError(f"no lot {name} in this ledger{hint}")

    def sees_event(self, event: Mapping[str, Any]) -> bool:
        """Return whether an event exists for this person."""
        visible = self.visible
        if visible is None or event["seq"] in visible.seqs:
            return True
        row = self.reading.row_of_event.get(event["id"])
        return row is not None and bool(visible.events[row])

    def sees_site(self, site: str | None) -> bool:
        """Return whether a site's own accounts are this person's to see."""
        visible = self.visible
        return visible is None or (site is not None and site in visible.sites)

    def lot_name(self, lot: str) -> str:
        """Return a lot's name, or what stands in its place."""
        return lot if self.sees_lot(lot) else HIDDEN


def visible_to(reading: Reading, party: str) -> Visible:
    """Return what concerns a party."""
    ledger = reading.ledger
    columns = ledger.columns
    events = columns.events
    number = columns.parties.index.get(party, -2)
    sites = frozenset(site.id for site in reading.chain.sites.values() if site.operator == party)
    numbers = [columns.places.index[site] for site in sites if site in columns.places.index]
    mask = (
        (np.array(events.party, np.int64) == number)
        | (np.array(events.to_party, np.int64) == number)
        | np.isin(np.array(events.site, np.int64), numbers)
        | np.isin(np.array(events.to_site, np.int64), numbers)
    )
    rows = {seq: row for row, seq in enumerate(events.seq)}
    seqs: set[int] = set()
    named: set[str] = set()
    whole = list(_whole_events(reading))
    ids = {events.id[row] for row in np.flatnonzero(mask)}
    for event in whole:
        row = rows.get(event["seq"])
        concerns = (row is not None and bool(mask[row])) or _concerns(event, party, sites)
        concerns = concerns or event["body"].get("target") in ids
        concerns = concerns or (
            event["schema"] == "declare/1" and event["body"]["type"] in OPEN_DECLARATIONS
        )
        if concerns:
            seqs.add(event["seq"])
            named.update(lots_named(event["body"]))
            if row is not None:
                mask[row] = True
    lots = np.zeros(len(columns.lots.names), np.bool_)
    lines, grades = columns.lines, columns.grades
    touched = np.array(lines.lot, np.int64)[mask[np.array(lines.event, np.int64)]]
    lots[touched[touched >= 0]] = True
    assayed = np.array(grades.lot, np.int64)[mask[np.array(grades.event, np.int64)]]
    lots[assayed[assayed >= 0]] = True
    for name in named:
        if name in columns.lots.index:
            lots[columns.lots.index[name]] = True
    return Visible(mask, lots, frozenset(seqs), sites)


def _whole_events(reading: Reading) -> Iterator[Mapping[str, Any]]:
    """Yield what a ledger keeps whole besides its columns, declarations too."""
    ledger = reading.ledger
    yield from ledger.observed
    yield from ledger.other
    for things in ledger.declared.values():
        for versions in things.values():
            for version in versions:
                yield ledger.event(version.seq)


def _concerns(event: Mapping[str, Any], party: str, sites: frozenset[str]) -> bool:
    if party in {event.get("party"), event.get("to_party")}:
        return True
    if event.get("site") in sites or event.get("to_site") in sites:
        return True
    return _names_party(event["body"], party)


_PARTY_FIELDS = ("carrier", "issuer", "holder", "account", "to_account")
_NESTED = ("postings", "parts")


def _names_party(body: Mapping[str, Any], party: str) -> bool:
    if any(body.get(name) == party for name in _PARTY_FIELDS):
        return True
    return any(
        isinstance(item, Mapping) and _names_party(item, party)
        for name in _NESTED
        for item in body.get(name, ())
    )


def lots_named(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield every lot that a body names."""
    if isinstance(body.get("lot"), str):
        yield body["lot"]
    for side in ("inputs", "outputs", "lots"):
        for line in body.get(side, ()):
            yield line["lot"] if isinstance(line, Mapping) else line
