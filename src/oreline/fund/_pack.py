"""The joint committee's pack: metal, money, conditions, permits, risks, decisions, on one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.balance import transit
from oreline.fund._office import Office
from oreline.fund._permits import PermitNow, PhaseGate
from oreline.fund._standing import InstrumentStanding
from oreline.model import MG_PER_UNIT
from oreline.record import Ledger, open_books

MG_PER_T = int(MG_PER_UNIT["t"])


@dataclass(frozen=True, slots=True)
class Received:
    """Metal of all lots that a site received from elsewhere, in milligrams; None: no bound."""

    element: str
    site: str
    lots: int
    low_mg: int | None
    high_mg: int | None
    basis: str

    def tonnes(self) -> str:
        """Return the mass in tonnes as people read it, UNKNOWN where nothing bounds it."""
        low, high = (None if one is None else _t(one) for one in (self.low_mg, self.high_mg))
        if low is None and high is None:
            return "UNKNOWN"
        if low == high:
            return str(low)
        return f"{low or 'UNKNOWN'} to {high or 'UNKNOWN'}"


def _t(mass_mg: int) -> str:
    return f"{Decimal(mass_mg) / MG_PER_T:,.3f}"


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that the joint committee looks at, as of one day and one state of the ledger."""

    title: str
    day: date
    ledger: str
    size: int
    root: str
    metal: tuple[Received, ...]
    money: tuple[InstrumentStanding, ...]
    permits: tuple[PermitNow, ...]
    phases: tuple[PhaseGate, ...]
    office: Office

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money and masses as decimal text."""
        return {
            "title": self.title,
            "on": self.day.isoformat(),
            "ledger": {"id": self.ledger, "size": self.size, "root": self.root},
            "metal": [
                {"element": one.element, "site": one.site, "lots": one.lots, "t": one.tonnes(),
                 "basis": one.basis}
                for one in self.metal
            ],
            "money": [one.to_json() for one in self.money],
            "permits": [one.to_json() for one in self.permits],
            "phases": [one.to_json() for one in self.phases],
            **self.office.to_json(self.day),
        }  # fmt: skip


def metal_received(ledger: Ledger) -> tuple[Received, ...]:
    """Return what every site received of every element that the ledger assays."""
    books = ledger.once(open_books)
    found: list[Received] = []
    for element in books.elements:
        sites: dict[str, list[Any]] = {}
        for trip in transit(books, element):
            if trip.receipt:
                sites.setdefault(trip.destination, []).append(trip)
        for site, trips in sorted(sites.items()):
            carried = [trip.metal_carried for trip in trips]
            found.append(
                Received(
                    element=element,
                    site=site,
                    lots=len(trips),
                    low_mg=_sum([one.low_mg for one in carried]),
                    high_mg=_sum([one.high_mg for one in carried]),
                    basis=", ".join(sorted({one.basis for one in carried})),
                )
            )
    return tuple(found)


def _sum(values: Sequence[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if len(known) == len(values) else None


def pack_of(
    ledger: Ledger,
    standings: Sequence[InstrumentStanding],
    office: Office,
    day: date,
    *,
    permits: tuple[PermitNow, ...],
    phases: tuple[PhaseGate, ...],
    title: str,
    identity: str,
) -> Pack:
    """Return the pack of a chain.

    Parameters
    ----------
    ledger
        Of which metal is told.
    standings, permits, phases
        Those that whoever asks may see.
    title, identity
        What the chain is called, and the id of its ledger.
    """
    return Pack(
        title=title,
        day=day,
        ledger=identity,
        size=ledger.size,
        root=ledger.root.hex(),
        metal=metal_received(ledger),
        money=tuple(standings),
        permits=permits,
        phases=phases,
        office=office,
    )
