"""The weeks of the invented chain from two mines to magnets, with swarf going back to separation.

Truth is kept as kilograms per element; what is entered are readings of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from examples._calendar import at
from examples._magnet_tables import VALUES
from examples._readings import cells, read_relative, stream
from examples._tables import Entered, Row

FIRST_MONDAY = date(2025, 7, 7)
WEEKS = 52
ELEMENTS = ("Nd", "Pr", "Dy", "Tb")
OXIDE = {"Nd": "Nd2O3", "Pr": "Pr6O11", "Dy": "Dy2O3", "Tb": "Tb4O7"}
IN_OXIDE = {"Nd": 0.857353, "Pr": 0.827704, "Dy": 0.871321, "Tb": 0.850211}
"""The mass fraction of the element in its oxide."""
SOURCE = "A-SIM-MAGNET"
DETECTED_FROM = "<0.002"
"""How an element is written that the laboratory does not find. What is not stated might be any."""


@dataclass(slots=True)
class Stock:
    """What truly lies in a lot: its dry mass and its elements, in kilograms."""

    mass: float = 0.0
    elements: dict[str, float] = field(default_factory=dict)

    def add(self, other: Stock) -> None:
        """Put material to it."""
        self.mass += other.mass
        for name, mass in other.elements.items():
            self.elements[name] = self.elements.get(name, 0.0) + mass

    def take(self, share: float) -> Stock:
        """Take a share off it."""
        taken = self.part(share)
        self.mass -= taken.mass
        for name, mass in taken.elements.items():
            self.elements[name] -= mass
        return taken

    def part(self, share: float) -> Stock:
        """Return a share of it without taking it."""
        return Stock(self.mass * share, {n: m * share for n, m in self.elements.items()})


def assumed(identity: str) -> float:
    """Return the central value of an assumption."""
    return VALUES[identity]


def share(identity: str) -> float:
    """Return an assumption in percent as a share."""
    return VALUES[identity] / 100


@dataclass(slots=True)
class Works:
    """The whole chain as it runs: its random stream, its pools, what was entered so far."""

    rng: np.random.Generator = field(default_factory=lambda: stream("magnet"))
    pools: dict[str, Stock] = field(default_factory=dict)
    lots: dict[str, Stock] = field(default_factory=dict)
    carbonates: list[tuple[int, str, str]] = field(default_factory=list)
    alloys: list[tuple[int, list[str]]] = field(default_factory=list)
    swarf_waiting: list[str] = field(default_factory=list)
    swarf_back: list[tuple[int, str]] = field(default_factory=list)
    us_nd_kg: float = 0.0
    sold_nd_kg: float = 0.0
    credit_ok_kg: float = 0.0
    entered: list[Entered] = field(default_factory=list)

    def enter(self, rows: list[Row]) -> None:
        """Enter an event in the file of its month."""
        time = rows[0]["time"]
        self.entered.append(Entered(time[:7], time, tuple(rows)))

    def pool(self, name: str) -> Stock:
        """Return a continuing lot of this name."""
        return self.pools.setdefault(name, Stock())

    def dry(self, stock: Stock, relative_u: float | None = None) -> Row:
        """Return the mass of a stock as read."""
        u = assumed("A-U-MASS") / 100 if relative_u is None else relative_u
        return cells("dry_kg", read_relative(self.rng, stock.mass, u))

    def grades(self, stock: Stock, relative_u: float, *, oxides: bool) -> Row:
        """Return the grades of a stock as read, as oxides or as elements."""
        found: Row = {}
        for name in ELEMENTS:
            mass = stock.elements.get(name, 0.0)
            symbol = OXIDE[name] if oxides else name
            if mass <= 1e-9 * stock.mass:
                found[f"{symbol}_pct"] = DETECTED_FROM
                continue
            true = 100 * mass / stock.mass / (IN_OXIDE[name] if oxides else 1)
            u = min(true * relative_u, (100 - true) / 2) if true > 90 else true * relative_u
            reading = read_relative(self.rng, true, u / true)
            if reading.number >= 100:
                reading = read_relative(stream(f"retry/{len(self.entered)}"), true, 1e-4)
            found |= cells(f"{symbol}_pct", reading)
        return found


def day_of(week: int, weekday: int) -> date:
    """Return a day of a week, Monday is 0."""
    return FIRST_MONDAY + timedelta(days=7 * week + weekday)


def head(name: str, kind: str, when: tuple[int, int, int], where: str) -> Row:
    """Return the cells that an event begins with; ``when`` is week, weekday and hour."""
    week, weekday, hour = when
    row = {
        "event": f"illus-m2m-{name}",
        "kind": kind,
        "time": at(day_of(week, weekday), hour),
        "actor": "illus-clerk",
        "party": _PARTY[where],
        "site": where,
    }
    if kind == "process":
        row["time_start"] = at(day_of(week, max(0, weekday - 1)), hour)
    return row


_PARTY = {
    "illus-mine-us": "illus-miner-us",
    "illus-mine-au": "illus-miner-au",
    "illus-separation-uk": "illus-separator",
    "illus-metal-uk": "illus-metal-maker",
    "illus-magnet-us": "illus-magnet-maker",
}


def known(method: str) -> Row:
    """Return the cells that say how a quantity is known."""
    return {"basis": "assumed", "method": method, "source": SOURCE}


def line(works: Works, side: str, lot: str, material: str, stock: Stock) -> Row:
    """Return a line of material as weighed."""
    return {"side": side, "lot": lot, "material": f"illus-{material}", **works.dry(stock),
            **known("scale")}  # fmt: skip


def assay(works: Works, what: tuple[str, str, str], when: tuple[int, int, int], site: str,
          stock: Stock, *, oxides: bool) -> None:  # fmt: skip
    """Enter an assay of what an event added to a lot; ``what`` is name, lot and event."""
    name, lot, of_event = what
    row = head(name, "assay", when, site) | {
        "lot": lot,
        "of_event": of_event,
        "role": "plant",
        "laboratory": "illus-laboratory",
        **known("ICP-OES"),
        **works.grades(stock, assumed("A-U-PRODUCT") / 100, oxides=oxides),
    }
    works.enter([row])


def haul(works: Works, name: str, lots: list[str], start: tuple[int, int, int],
         way: tuple[str, str, str, int]) -> None:  # fmt: skip
    """Enter dispatch and receipt of whole lots; ``way`` is from, to, mode and days."""
    here, there, mode, days = way
    rows = [{"lot": lot} for lot in lots]
    sent = head(f"{name}-dispatch", "dispatch", start, here) | {
        "to_site": there, "mode": mode, "documents": f"CN-{name}",
    }  # fmt: skip
    week, weekday, hour = start
    arrived = head(f"{name}-receive", "receive", (week, weekday + days, hour + 6), there)
    arrived |= {"dispatch": sent["event"]}
    works.enter([sent | rows[0], *rows[1:]])
    works.enter([arrived | rows[0], *rows[1:]])
