"""Metal that pays money back: prepayments worked off by deliveries, and what a price floor owes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from oreline.balance import transit
from oreline.comply import Missing
from oreline.fund._instrument import Instrument
from oreline.fund._loan import cents
from oreline.fund._money import Accounts
from oreline.fund._terms import FloorTerms, PrepaymentTerms
from oreline.model import MG_PER_UNIT, Finding, InputError
from oreline.record import Ledger, open_books
from oreline.settle import KnownValues, known_values, prices_of

MG_PER_T = int(MG_PER_UNIT["t"])


@dataclass(frozen=True, slots=True)
class Delivery:
    """A lot that a site received, with the metal that the book says is in it, in milligrams."""

    lot: str
    event: str
    day: date
    low_mg: int | None
    high_mg: int | None
    basis: str

    @property
    def tonnes(self) -> Fraction | None:
        """Return its metal in tonnes, None where it is not known exactly."""
        if self.low_mg is None or self.low_mg != self.high_mg:
            return None
        return Fraction(self.low_mg, MG_PER_T)


def deliveries(ledger: Ledger, element: str, site: str) -> tuple[Delivery, ...]:
    """Return what a site received of an element, in the order of the receipts.

    Raises
    ------
    InputError
        If the ledger knows no such element or site.
    """
    books = ledger.once(open_books)
    if not ledger.declared.get("site", {}).get(site):
        raise InputError(f"no site {site} is declared")
    trips = transit(books, books.element(element), site=site)
    found = [
        Delivery(
            lot=one.lot,
            event=one.receipt,
            day=date.fromisoformat(one.arrived[:10]),
            low_mg=one.metal_carried.low_mg,
            high_mg=one.metal_carried.high_mg,
            basis=one.metal_carried.basis,
        )
        for one in trips
        if one.destination == site and one.receipt
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.event, one.lot)))


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that changes what is owed; None where the ledger does not know how much.

    Parameters
    ----------
    amount
        What is added, less than zero where it is worked off.
    owed
        What is owed after it.
    """

    day: date
    event: str
    what: str
    tonnes: Fraction | None
    amount: Decimal | None
    owed: Decimal | None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class MetalAccount:
    """Money and metal that answer one another, in time order, with what is not known."""

    currency: str
    turns: tuple[Turn, ...]
    missing: tuple[Missing, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def owed(self) -> Decimal | None:
        """Return what is owed after all of it, None where that is not known."""
        return self.turns[-1].owed if self.turns else Decimal(0)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a turn; money as decimal text, empty where it is not known."""
        names = ("day", "event", "what", "tonnes", "amount", "owed", "basis")
        rows = [
            (one.day.isoformat(), one.event, one.what, _tonnes(one.tonnes),
             _text(one.amount), _text(one.owed), one.basis)
            for one in self.turns
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "owed": None if self.owed is None else f"{self.owed:f}",
            "turns": self.to_frame().to_dicts(),
            "missing": [one.to_json() for one in self.missing],
            "findings": [one.to_json() for one in self.findings],
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _tonnes(amount: Fraction | None) -> str | None:
    """Return tonnes as decimal text: milligrams are nine places, so that nothing is rounded."""
    if amount is None:
        return None
    return f"{Decimal(int(amount * MG_PER_T)).scaleb(-9).normalize():f}"


def prepayment_account(
    ledger: Ledger,
    instrument: Instrument,
    terms: PrepaymentTerms,
    accounts: Accounts,
    until: date,
) -> MetalAccount:
    """Return what is owed of a prepayment: what was drawn less the credit of what arrived since.

    Only what arrived ``until`` that day counts. What is paid back in money comes off too.

    A delivery whose metal is not known leaves what is owed UNKNOWN from then on, and is named.
    Deliveries before the first drawdown work nothing off. What was delivered beyond the debt is
    paid for as any other metal: the debt is never below zero.

    Raises
    ------
    InputError
        If the ledger knows no such element or site.
    """
    kinds = {"drawdown": 0, "payment": 1}
    moved = [
        (one.day, kinds[one.kind], one.event, one) for one in accounts.moves if one.kind in kinds
    ]
    brought = [one for one in deliveries(ledger, terms.element, terms.site) if one.day <= until]
    turns: list[Turn] = []
    missing: list[Missing] = []
    owed: Decimal | None = Decimal(0)
    events: list[tuple[date, int, str, Any]] = [*moved]
    events += [(one.day, 2, f"{one.event} {one.lot}", one) for one in brought]
    for day, kind, _, one in sorted(events, key=lambda item: item[:3]):
        if kind == 0:
            owed = None if owed is None else owed + one.amount
            turns.append(Turn(day, one.event, "drawn", None, one.amount, owed))
            continue
        if not turns:
            continue
        credit: Decimal | None = None
        if kind == 1:
            credit = -one.amount if owed is None else -min(one.amount, owed)
            owed = None if owed is None else owed + credit
            turns.append(Turn(day, one.event, "paid back", None, credit, owed))
            continue
        if one.tonnes is None:
            why = "its metal is not known exactly"
            missing.append(Missing(f"metal of {one.lot}", why, "record its weight and assay"))
            owed = None
        elif owed is not None:
            worth = cents(one.tonnes * Fraction(terms.credit_per_t), instrument.currency)
            credit = -min(worth, owed)
            owed += credit
        what = f"{terms.element} of {one.lot} received"
        turns.append(Turn(day, one.event, what, one.tonnes, credit, owed, one.basis))
    return MetalAccount(instrument.currency, tuple(turns), tuple(missing))


def floor_account(
    ledger: Ledger, instrument: Instrument, terms: FloorTerms, day: date
) -> MetalAccount:
    """Return what a price floor owes for the months that have ended.

    That is the tonnes received in a month times what its mean price lies below the floor. The mean
    is over the days on which a price was published, as known on the day. What was paid of it is
    recorded as released and drawn.

    Raises
    ------
    InputError
        If the ledger knows no such element or site, or no such series of prices in its currency
        per tonne.
    """
    series = prices_of(ledger, day.isoformat())[0].get(terms.series)
    if series is None:
        raise InputError(f"no price series {terms.series} is declared; add it to prices/")
    if series.unit != f"{instrument.currency}/t":
        message = f"{terms.series} is in {series.unit}, the floor in {instrument.currency}/t"
        raise InputError(message)
    known = known_values(series, day)
    turns: list[Turn] = []
    missing: list[Missing] = []
    owed: Decimal | None = Decimal(0)
    months = _by_month(deliveries(ledger, terms.element, terms.site), day)
    for (first, last), tonnes, basis in months:
        mean = _mean(known, first, last)
        due: Decimal | None = None
        if mean is None or tonnes is None:
            name = f"{terms.series} in {first[:7]}" if mean is None else f"metal of {first[:7]}"
            missing.append(Missing(name, "it is not known", "record it"))
        else:
            below = max(Fraction(terms.floor_per_t) - mean, Fraction(0))
            due = cents(tonnes * below, instrument.currency)
        owed = None if owed is None or due is None else owed + due
        what = f"{terms.element} received in {first[:7]}"
        turns.append(Turn(date.fromisoformat(last), "", what, tonnes, due, owed, basis))
    return MetalAccount(instrument.currency, tuple(turns), tuple(missing))


def _by_month(
    brought: tuple[Delivery, ...], day: date
) -> Iterator[tuple[tuple[str, str], Fraction | None, str]]:
    """Yield months that ended before the day: their first and last, the tonnes, their basis."""
    months: dict[date, list[Delivery]] = {}
    for one in brought:
        months.setdefault(one.day.replace(day=1), []).append(one)
    for first, inside in sorted(months.items()):
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        if after > day:
            continue
        parts = [one.tonnes for one in inside]
        known = [one for one in parts if one is not None]
        total = sum(known, Fraction(0)) if len(known) == len(parts) else None
        last = date.fromordinal(after.toordinal() - 1)
        basis = ", ".join(sorted({one.basis for one in inside}))
        yield (first.isoformat(), last.isoformat()), total, basis


def _mean(known: KnownValues, first: str, last: str) -> Fraction | None:
    values = [value for _, value in known.between(first, last)]
    return sum(map(Fraction, values), Fraction(0)) / len(values) if values else None
