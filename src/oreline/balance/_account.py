"""The metal account of a site and a period as a document: checked in, checked out, in stock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from oreline.balance._figure import COVERAGE_FACTOR, Figure
from oreline.balance._ratio import Ratio
from oreline.model import canonical_json

FORM = "oreline-metal-account/1"
"""Names the form of what is hashed when an account is signed."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of an account.

    ``side`` is in, out, stock, or rest. ``methods`` are the instruments that its masses name;
    ``lines`` counts the entries it sums.
    """

    name: str
    side: str
    mass: Figure
    lines: int
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementAccount:
    """The account of one element: opening + in = out + tails + lost + closing + unaccounted.

    ``opening`` and ``closing`` leave tailings out; ``tails`` is what these grew by.
    """

    element: str
    legs: tuple[Leg, ...]
    accountability: Ratio | None
    verdict: str
    reason: str

    def leg(self, name: str) -> Leg:
        """Return the leg of a name."""
        return next(leg for leg in self.legs if leg.name == name)


@dataclass(frozen=True, slots=True)
class StockItem:
    """One lot in the inventory of the circuit, at the beginning and the end of the period.

    ``counted`` is the last stock-take of it in the period; empty where nobody looked.
    """

    element: str
    lot: str
    material: str
    is_waste: bool
    opening: Figure
    closing: Figure
    counted: str


@dataclass(frozen=True, slots=True)
class StockTake:
    """Book against physical: what a stock-take found less what the book held just before."""

    element: str
    lot: str
    event: str
    time: str
    method: str
    book: Figure
    difference: Figure


@dataclass(frozen=True, slots=True)
class OpenValue:
    """A value that counts for now and may still change: which, why, and who settles it."""

    element: str
    what: str
    entries: int
    rests_on: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MetalAccount:
    """The metal account of a site and a period.

    ``closed_by`` names the declarations that closed the period; ``waiting`` the entries of the
    period that are held. Neither is part of the hash: they say how the account stands, not what it
    says.
    """

    site: str
    period: str
    start: str
    end: str
    time_zone: str
    elements: tuple[ElementAccount, ...]
    inventory: tuple[StockItem, ...]
    stock_takes: tuple[StockTake, ...]
    open_values: tuple[OpenValue, ...]
    closed_by: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Return what a signature of this account is of."""
        return f"{self.site}/{self.period}"

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the elements accounted for."""
        return tuple(one.element for one in self.elements)

    def of(self, element: str) -> ElementAccount | None:
        """Return the account of an element, None if it is not among them."""
        return next((one for one in self.elements if one.element == element), None)

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the account with masses as decimal text in ``unit``, and its hash."""
        return {
            **_content(self, unit),
            "closed_by": list(self.closed_by),
            "waiting": list(self.waiting),
            "hash": account_hash(self),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a leg, then one a lot in stock and one a stock-take; in milligrams."""
        return pl.DataFrame(list(_rows(self)), schema=_SCHEMA, orient="row")


def account_hash(account: MetalAccount) -> str:
    """Return the SHA-256 of an account's canonical JSON (RFC 8785), as hexadecimal digits.

    Two accounts have one hash only if every leg, lot, stock-take and open value agrees.
    """
    return hashlib.sha256(canonical_json(_content(account, "t"))).hexdigest()


def _content(account: MetalAccount, unit: str) -> dict[str, Any]:
    return {
        "form": FORM,
        "site": account.site,
        "period": account.period,
        "start": account.start,
        "end": account.end,
        "time_zone": account.time_zone,
        "coverage_factor": str(COVERAGE_FACTOR),
        "elements": [
            {
                "element": one.element,
                "legs": [_plain(leg, unit) for leg in one.legs],
                "accountability": None if one.accountability is None
                else dict(one.accountability.to_json()),
                "verdict": one.verdict,
                "reason": one.reason,
            }
            for one in account.elements
        ],
        "inventory": [_plain(item, unit) for item in account.inventory],
        "stock_takes": [_plain(item, unit) for item in account.stock_takes],
        "open_values": [_plain(item, unit) for item in account.open_values],
    }  # fmt: skip


def _plain(item: Any, unit: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for one in fields(item):
        value = getattr(item, one.name)
        if isinstance(value, Figure):
            value = value.to_json(unit)
        elif isinstance(value, tuple):
            value = list(value)
        told[one.name] = value
    return told


def _rows(account: MetalAccount) -> Iterator[list[Any]]:
    head = [account.site, account.period]
    for one in account.elements:
        for leg in one.legs:
            yield [*head, one.element, "leg", leg.name, *_flat(leg.mass), "; ".join(leg.methods)]
        yield [*head, one.element, "verdict", one.verdict, *_NO_MASS, one.reason]
    for item in account.inventory:
        for name, mass in (("opening", item.opening), ("closing", item.closing)):
            yield [*head, item.element, f"stock {name}", item.lot, *_flat(mass), item.material]
    for take in account.stock_takes:
        what = f"{take.event} {take.method}".strip()
        yield [*head, take.element, "book", take.lot, *_flat(take.book), what]
        yield [*head, take.element, "found less book", take.lot, *_flat(take.difference), what]
    for open_value in account.open_values:
        why = f"{open_value.why}; {open_value.remedy}"
        yield [*head, open_value.element, "open value", open_value.what, *_NO_MASS, why]


_NO_MASS = (None, None, None, None)


def _flat(mass: Figure) -> list[Any]:
    return [mass.low_mg, mass.high_mg, mass.u_mg, mass.basis]


_SCHEMA: dict[str, Any] = {
    "site": pl.String,
    "period": pl.String,
    "element": pl.String,
    "part": pl.String,
    "name": pl.String,
    "low_mg": pl.Int64,
    "high_mg": pl.Int64,
    "u_mg": pl.Float64,
    "basis": pl.String,
    "remark": pl.String,
}
