"""What a statement is made of: weights and grades of lots, prices, days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext

from oreline.model import AGGREGATES
from oreline.model import analyte as composition
from oreline.settle._calendar import calendar_of
from oreline.settle._clauses import YEARS
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._grades import (
    SettledGrade,
    analytes_of,
    described_analytes,
    settled_grade,
)
from oreline.settle._parcel import Parcel, SettlementLot
from oreline.settle._prices import PriceSeries
from oreline.settle._pricing import Declaration, Priced, PriceQuestion, price_of
from oreline.settle._results import Decider, decider_of, umpire_calls
from oreline.settle._statement import Input, Missing, Stage, weakest_of
from oreline.settle._umpire_cost import UmpireCharge, umpire_charges
from oreline.settle._weight import FinalWeight, final_weight


@dataclass(frozen=True, slots=True)
class SettledLot:
    """A lot with the weight and the grades on which it is settled; those unknown are absent."""

    lot: str
    weight: FinalWeight
    grades: Mapping[str, SettledGrade]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a contract is applied to; ``missing`` is what could not be found."""

    lots: tuple[SettledLot, ...]
    prices: Mapping[str, Priced]
    days: Mapping[str, str]
    evidence: Mapping[str, str]
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    umpires: tuple[UmpireCharge, ...] = ()


@dataclass(frozen=True, slots=True)
class Goods:
    """What a contract is applied to at once: a lot, or all lots as one."""

    label: str
    dry_t: Decimal
    wet_t: Decimal | None
    grades: Mapping[str, Decimal]
    dry: Input
    wet: Input
    assays: Mapping[str, Input] = field(default_factory=dict)


def figures_of(
    contract: Contract,
    parcel: Parcel,
    prices: Mapping[str, PriceSeries],
    *,
    stage: Stage,
    on: date,
    declared: Mapping[str, str | Declaration],
) -> Figures:
    """Return the weights, grades and prices that hold at a stage, and all that is missing."""
    missing: list[Missing] = []
    lots = settled_lots(contract, parcel, stage, missing)
    if not lots:
        why = f"parcel {parcel.id} has no lots"
        missing.append(Missing("weight", parcel.id, why, "record what was dispatched"))
    missing += _impossible(parcel)
    days = {event: day for event, day in parcel.days.items() if _is_day(day)}
    asked = PriceQuestion(
        days,
        prices,
        on,
        stage,
        contract.currency,
        contract.units,
        declared,
        calendar_of(contract.calendar),
    )
    wanted = frozenset(price_ids(contract))
    clauses = {one.id: one for one in contract.prices}
    for name in sorted(wanted - clauses.keys()):
        why = f"the price {name} is named, and the contract has no such clause"
        missing.append(Missing("clause", f"price {name}", why, "write the price clause"))
    priced = {name: price_of(clauses[name], asked) for name in clauses if name in wanted}
    for one in priced.values():
        missing += one.missing
    notes = tuple(dict.fromkeys(note for one in priced.values() for note in one.notes))
    notes += _undated(contract, lots)
    umpires: tuple[UmpireCharge, ...] = ()
    if stage == "final":
        calls = {lot.lot: umpire_calls(contract, lot) for lot in parcel.lots}
        umpires, gaps, told = umpire_charges(contract, parcel, calls)
        missing += gaps
        notes += told
    return Figures(lots, priced, days, parcel.evidence, tuple(missing), notes, umpires)


def settled_lots(
    contract: Contract, parcel: Parcel, stage: Stage, missing: list[Missing]
) -> tuple[SettledLot, ...]:
    """Return the lots with the weights and grades that hold; ``missing`` takes what does not."""
    decider = decider_of(contract) if stage == "final" else None
    return tuple(_lot(contract, lot, stage, decider, missing) for lot in parcel.lots)


def _impossible(parcel: Parcel) -> Iterable[Missing]:
    """Yield what nobody can settle: a lot that is there twice, a day that is no day."""
    names = [one.lot for one in parcel.lots]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            why = f"lot {name} is in the parcel {names.count(name)} times, and is paid once"
            yield Missing("weight", name, why, "take the lot out where it stands again")
    for event, day in parcel.days.items():
        if not _is_day(day):
            why = f"{day!r} is no day"
            yield Missing("day", f"{parcel.id} {event}", why, "write it as 2025-10-02")


def _is_day(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
        return day.isoformat() == text and YEARS[0] <= day.year <= YEARS[1]
    except ValueError:
        return False


def _undated(contract: Contract, lots: tuple[SettledLot, ...]) -> tuple[str, ...]:
    """Return a note where results are compared of which nobody says when they were exchanged."""
    clause = contract.assays
    if clause is None or clause.deadline_days is None:
        return ()
    if all(grade.role != "exchanged" for lot in lots for grade in lot.grades.values()):
        return ()
    return ("The parcel does not say when results were exchanged: nobody is taken to be late.",)


def _lot(
    contract: Contract,
    lot: SettlementLot,
    stage: Stage,
    decider: Decider | None,
    missing: list[Missing],
) -> SettledLot:
    weight = final_weight(contract.weight, lot, stage)
    if weight.dry.value is None:
        why = weight.why or weight.dry.why
        remedy = "record the weight and a moisture of the lot"
        if contract.weight is not None:
            missing.append(Missing("weight", lot.lot, why, remedy))
    grades = {}
    needed = analytes_of(contract)
    for analyte in dict.fromkeys((*needed, *described_analytes(contract))):
        found = settled_grade(contract, lot, analyte, stage, decider)
        if not isinstance(found, Missing):
            grades[analyte] = found
        elif analyte in needed:
            missing.append(found)
    elements = [name for name in grades if _is_element(name)]
    total = sum((grades[name].pct for name in elements), Decimal(0))
    if total > 100:
        named = ", ".join(elements)
        why = f"{named} come to {total.normalize():f} % together, more than there is"
        missing.append(Missing("assay", lot.lot, why, "look for a slip of unit or point"))
    return SettledLot(lot.lot, weight, grades)


def _is_element(name: str) -> bool:
    """Return whether an analyte is one element; oxides and sums hold others again."""
    return name not in AGGREGATES and [one for one, _ in composition(name).elements] == [name]


def price_ids(contract: Contract) -> Iterable[str]:
    """Yield the ids of the prices that the clauses of a contract name."""
    for payable in contract.payables:
        if payable.price is not None:
            yield payable.price
    if contract.basket is not None:
        for item in contract.basket.items:
            if item.price is not None and item.payable_pct != 0:
                yield item.price
    charges = (contract.treatment, *contract.refining)
    for charge in charges:
        if charge is not None and charge.escalation is not None:
            yield charge.escalation.price
    for part in contract.participation:
        yield part.price


def goods_of(lots: tuple[SettledLot, ...], *, by_lot: bool) -> tuple[Goods, ...]:
    """Return what a contract is applied to: each lot with all it needs, or all lots as one.

    Grades of several lots are weighted by their dry mass, which is by their metal: a plain mean
    would pay for metal that is not there.
    """
    complete = [lot for lot in lots if lot.weight.dry.value is not None]
    if len(complete) < len(lots) or not lots:
        return ()
    each = tuple(_goods(lot) for lot in complete)
    return each if by_lot or len(each) == 1 else (_together(each),)


def _goods(lot: SettledLot) -> Goods:
    dry, wet = lot.weight.dry, lot.weight.wet
    assert dry.value is not None
    return Goods(
        lot.lot,
        dry.value,
        wet.value,
        {name: one.pct for name, one in lot.grades.items()},
        Input(f"dry mass {lot.lot}", dry.value, "dmt", dry.basis, dry.evidence, lot.weight.formula),
        Input(f"wet mass {lot.lot}", wet.value, "wmt", wet.basis, wet.evidence),
        {name: one.given(lot.lot) for name, one in lot.grades.items()},
    )


def _together(each: tuple[Goods, ...]) -> Goods:
    """Return several lots as one, grades weighted by dry mass."""
    dry_t = sum((one.dry_t for one in each), Decimal(0))
    known = {name for one in each for name in one.grades}
    shared = sorted(name for name in known if all(name in one.grades for one in each))
    grades: dict[str, Decimal] = {}
    with localcontext(EXACT):
        for name in shared:
            if dry_t:
                grades[name] = sum((g.dry_t * g.grades[name] for g in each), Decimal(0)) / dry_t
    wet_t = None
    if all(one.wet_t is not None for one in each):
        wet_t = sum((one.wet_t for one in each if one.wet_t is not None), Decimal(0))
    assays = {
        name: _summed(f"{name} weighted", grades[name], "%", [one.assays[name] for one in each])
        for name in grades
    }
    dry = _summed("dry mass", dry_t, "dmt", [one.dry for one in each])
    wet = _summed("wet mass", wet_t, "wmt", [one.wet for one in each])
    return Goods("all lots", dry_t, wet_t, grades, dry, wet, assays)


def _summed(name: str, value: Decimal | None, unit: str, parts: list[Input]) -> Input:
    evidence = tuple(dict.fromkeys(event for one in parts for event in one.evidence))
    source = f"{len(parts)} lots"
    return Input(name, value, unit, weakest_of(*(one.basis for one in parts)), evidence, source)
