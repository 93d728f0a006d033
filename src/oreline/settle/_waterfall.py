"""Why one statement differs from another: weight, assay, price and charge, one after the other.

The figures of the earlier statement are replaced by those of the later one in a fixed order, and
each replacement is reckoned to the last line:

1. weight: the lots and their masses of the later statement, everything else of the earlier;
2. assay: the grades too;
3. price: the prices too;
4. charge: the terms, stage, days and extra lines too, which is the later statement.

Each effect is the difference of two neighbours, so that the effects sum exactly to the difference
of the net values, and on each line to its own. An effect of two things at once (a lower grade at a
higher price) belongs to the later of the two; another order would share it out otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from oreline.model import InputError
from oreline.settle._figures import Figures, SettledLot
from oreline.settle._pricing import Priced
from oreline.settle._rounding import shown
from oreline.settle._settle import Settling, statement_of
from oreline.settle._statement import Effect, LineEffect, Statement, Step, Waterfall
from oreline.settle._valuation import Valuation, valuation

EFFECTS: tuple[Effect, ...] = ("weight", "assay", "price", "charge")


def waterfall(before: Settling, after: Settling) -> Waterfall:
    """Return how the net value of one statement became that of another.

    Where an intermediate state has no value (goods of mixed figures would be refused), its effect
    is counted with the next, and the detail of both says so.

    Raises
    ------
    InputError
        If one of the statements is not settled, or they are in different currencies.
    """
    first, last = _settled(before), _settled(after)
    if first.currency != last.currency:
        message = f"{first.id} is in {first.currency}, {last.id} in {last.currency}"
        raise InputError(message)
    old, new = before.figures(), after.figures()
    weighed = replace(old, lots=_lots(old, new, assays_of="before"))
    assayed = replace(old, lots=_lots(old, new, assays_of="after"))
    priced = replace(assayed, prices={**old.prices, **new.prices})

    def by_old_terms(figures: Figures) -> Valuation:
        return valuation(before.contract, figures, before.stage, before.extra)

    states = [by_old_terms(one) for one in (old, weighed, assayed, priced)]
    states.append(valuation(after.contract, new, after.stage, after.extra))
    details = [_weights(old, new), _grades(old, new), _prices(old, new), _terms(before, after)]
    steps = tuple(_steps(states, details))
    assert first.net_value is not None
    assert last.net_value is not None
    difference = last.net_value - first.net_value
    assert sum((one.amount for one in steps), Decimal(0)) == difference
    return Waterfall(first.id, last.id, steps, difference)


def _settled(asked: Settling) -> Statement:
    made = statement_of(asked)
    if made.net_value is None:
        gaps = "; ".join(f"{one.where}: {one.why}" for one in made.missing)
        raise InputError(f"{made.id} is not settled: {gaps}")
    return made


def _steps(states: list[Valuation], details: list[str]) -> Iterable[Step]:
    at, carried = states[0], ""
    for effect, state, detail in zip(EFFECTS, states[1:], details, strict=True):
        if state.net is None:
            told = f"{detail}; alone it has no value, so that it is counted with the next effect"
            yield Step(effect, Decimal(0), told)
            carried = f", with the effect of {effect}"
            continue
        lines = tuple(_line_effects(at, state))
        amount = sum((one.amount for one in lines), Decimal(0))
        yield Step(effect, amount, f"{detail}{carried}", lines)
        at, carried = state, ""


def _line_effects(at: Valuation, to: Valuation) -> Iterable[LineEffect]:
    """Yield what changes line by line; a line that is on one side only counts from or to zero."""
    old = {line.id: line.amount for line in at.lines}
    new = {line.id: line.amount for line in to.lines}
    for name in dict.fromkeys((*old, *new)):
        change = (new.get(name) or Decimal(0)) - (old.get(name) or Decimal(0))
        if change:
            yield LineEffect(name, change)


def _lots(old: Figures, new: Figures, *, assays_of: str) -> tuple[SettledLot, ...]:
    """Return the later lots; what one side does not know of a lot is taken from the other.

    A lot that came to the parcel later has its own grades from the start: its whole value is an
    effect of weight.
    """
    by_name = {one.lot: one for one in old.lots}
    found = []
    for lot in new.lots:
        before = by_name.get(lot.lot)
        if before is None:
            found.append(lot)
        elif assays_of == "before":
            found.append(replace(lot, grades={**lot.grades, **before.grades}))
        else:
            found.append(replace(lot, grades={**before.grades, **lot.grades}))
    return tuple(found)


def _weights(old: Figures, new: Figures) -> str:
    def dry_t(figures: Figures) -> Decimal:
        known = (one.weight.dry.value for one in figures.lots)
        return sum((value for value in known if value is not None), Decimal(0))

    return f"dry mass {shown(dry_t(old))} to {shown(dry_t(new))} dmt"


def _grades(old: Figures, new: Figures) -> str:
    def changes() -> Iterable[str]:
        later = {one.lot: one for one in new.lots}
        for lot in old.lots:
            if lot.lot not in later:
                continue
            for name, grade in lot.grades.items():
                other = later[lot.lot].grades.get(name)
                if other is not None and other.pct != grade.pct:
                    yield f"{name} of {lot.lot} {shown(grade.pct)} to {shown(other.pct)} %"

    return "; ".join(changes()) or "no change of assays"


def _prices(old: Figures, new: Figures) -> str:
    def told(price: Priced) -> str:
        return "unknown" if price.per_t is None else shown(price.per_t)

    changes = [
        f"{name} {told(price)} to {told(new.prices[name])} per t"
        for name, price in old.prices.items()
        if name in new.prices and new.prices[name].per_t != price.per_t
    ]
    return "; ".join(changes) or "no change of prices"


def _terms(before: Settling, after: Settling) -> str:
    parts: list[tuple[str, Callable[[Settling], object]]] = [
        ("the contract", lambda one: one.contract),
        ("the stage", lambda one: one.stage),
        ("days of events", lambda one: one.parcel.days),
        ("lines of the parcel", lambda one: one.extra),
    ]
    changed = [name for name, part in parts if part(before) != part(after)]
    return f"change of {', '.join(changed)}" if changed else "no change of terms"
