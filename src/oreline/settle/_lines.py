"""Other lines of a statement: freight, insurance, umpire cost, interest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from oreline.model import UnitError
from oreline.settle._applied import Applied, Draft
from oreline.settle._clauses import Line
from oreline.settle._rounding import shown
from oreline.settle._statement import Input, Missing
from oreline.settle._units import dimension_of

DAYS_A_YEAR = 360
"""Interest counts actual days by a year of 360 (money market convention, actual/360)."""


def line_drafts(
    applied: Applied,
    lines: tuple[Line, ...],
    payable_value: Decimal | None,
    value: Decimal | None,
) -> Iterator[Draft]:
    """Yield the lines of a stage.

    ``payable_value`` is what is paid for metal; ``value`` the sum of what is paid and charged.
    Lines that are no part of another are added to it, so that a percentage of the net value takes
    freight in and no other percentage of the net value.
    """
    here = [line for line in lines if applied.stage in line.stages]
    total = value
    first = [_line(applied, line, payable_value, None) for line in here if line.of != "net_value"]
    for draft in first:
        total = None if total is None or draft.amount is None else total + draft.amount
    by_id = {line.id: draft for line, draft in zip(_plain(here), first, strict=True)}
    for line in here:
        if line.of == "net_value":
            yield _line(applied, line, payable_value, total)
        else:
            yield by_id[line.id]


def _plain(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.of != "net_value"]


def _line(
    applied: Applied, line: Line, payable_value: Decimal | None, net: Decimal | None
) -> Draft:
    place = f"line {line.id}" + (f" (clause {line.clause})" if line.clause else "")
    if line.rate is not None and line.pct is None:
        return _by_rate(applied, line, place)
    if line.pct is None or line.of is None or line.rate is not None:
        why = "a line needs either a rate, or a percentage and what it is of"
        return _made(line, "", (), None, Missing("clause", place, why, "complete the line"))
    base = payable_value if line.of == "payable_value" else net
    name = line.of.replace("_", " ")
    given = Input(name, base, applied.contract.currency, "unknown" if base is None else "derived")
    rate = Input(
        "percentage", line.pct, "%", str(applied.contract.basis), (), line.clause or line.id
    )
    of = "UNKNOWN" if base is None else shown(base)
    if not line.per_year:
        amount = None if base is None else base * line.pct / 100
        return _made(line, f"{line.pct:f} % of {name} {of}", (given, rate), amount)
    days = _days(applied, line, place)
    if isinstance(days, Missing):
        return _made(line, "", (given, rate), None, days)
    assert days.value is not None
    amount = None if base is None else base * line.pct / 100 * days.value / DAYS_A_YEAR
    formula = f"{line.pct:f} % of {name} {of} × {days.value:f} days / {DAYS_A_YEAR}"
    return _made(line, formula, (given, rate, days), amount)


def _days(applied: Applied, line: Line, place: str) -> Input | Missing:
    """Return the days between two events."""
    events = (line.days_from, line.days_to)
    if line.days_from is None or line.days_to is None:
        why = "interest needs the events from which and to which days count"
        return Missing("clause", place, why, "write days_from and days_to")
    said = [applied.days.get(event) for event in (line.days_from, line.days_to)]
    unknown = [event for event, day in zip(events, said, strict=True) if day is None]
    if unknown:
        why = f"nobody has recorded the day of {', '.join(str(one) for one in unknown)}"
        return Missing("day", place, why, "record the event")
    start, end = (date.fromisoformat(day) for day in said if day is not None)
    if end < start:
        why = f"{line.days_to} on {end} lies before {line.days_from} on {start}"
        return Missing("day", place, why, "correct the days of the events")
    found = (applied.evidence.get(str(one)) for one in events)
    evidence = tuple(one for one in found if one is not None)
    return Input("days", Decimal((end - start).days), "d", "measured", evidence, f"{start}..{end}")


def _by_rate(applied: Applied, line: Line, place: str) -> Draft:
    """Return a line by a sum, or by a rate on dry or wet mass."""
    assert line.rate is not None
    currency = applied.contract.currency
    kind = dimension_of(line.rate.unit)
    given = applied.term("rate", line.rate, line)
    try:
        if kind == "money":
            amount = line.rate.to(currency, applied.contract.units)
            return _made(line, str(line.rate), (given,), amount)
        wet = kind == "charge on wet mass"
        unit = f"{currency}/{'wmt' if wet else 'dmt'}"
        rate = line.rate.to(unit, applied.contract.units)
    except UnitError as error:
        remedy = f"write the line in {currency}"
        return _made(line, "", (given,), None, Missing("clause", place, str(error), remedy))
    if not wet:
        inputs = (*applied.dry_inputs(), given)
        return _made(
            line, f"{shown(applied.dry_t)} dmt × {line.rate}", inputs, applied.dry_t * rate
        )
    inputs = (*(one.wet for one in applied.goods), given)
    if any(one.wet_t is None for one in applied.goods):
        why = "the wet mass of a lot is UNKNOWN"
        gap = Missing("weight", place, why, "record the wet weight")
        return _made(line, f"wet mass × {line.rate}", inputs, None, gap)
    wet_t = sum((one.wet_t for one in applied.goods if one.wet_t is not None), Decimal(0))
    return _made(line, f"{shown(wet_t)} wmt × {line.rate}", inputs, wet_t * rate)


def _made(
    line: Line,
    formula: str,
    inputs: tuple[Input, ...],
    amount: Decimal | None,
    gap: Missing | None = None,
) -> Draft:
    gaps = () if gap is None else (gap,)
    why = gap.why if gap is not None else "" if amount is not None else "its base is UNKNOWN"
    return Draft(
        f"line-{line.id}", "line", line.id, line.title, line.clause or "", formula, inputs,
        amount, why, gaps,
    )  # fmt: skip
