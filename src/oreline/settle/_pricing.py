"""The price of a clause on a day: which series, which of its days, and what is done to it.

The order is fixed: the average of the published days in the unit of the series; value-added tax
taken out; the rate of exchange; floor and cap; rounding. Another market's series never stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext

from oreline.model import UnitError
from oreline.settle._calendar import UTC_DAYS, Calendar
from oreline.settle._clauses import PriceClause, QuotationalPeriod, QuotationOption
from oreline.settle._exchange_rule import EXACT
from oreline.settle._prices import PriceSeries, known_values
from oreline.settle._quotation import Quotation, business_days, latest, quotation
from oreline.settle._rounding import rounded_to, without_noise
from oreline.settle._statement import Input, Missing, Stage, weakest_of
from oreline.settle._units import Constants, Quantity, currency_of, dimension_of

_SHOWN_DAYS = 10
"""How many days of a hole a message names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """That a party chose one of a clause's periods: which, on which day, and by which event."""

    option: str
    on: str | None = None
    event: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """A price under a clause, in the contract's currency per tonne, None with ``missing`` set.

    ``share`` is the published part of its period: 1 where the price is final, None where nobody
    can know. ``average_per_t`` is the average of the days published so far. ``month`` is that in
    which the last day lies, empty where the event has not come.
    """

    id: str
    per_t: Decimal | None
    share: Decimal | None
    month: str
    formula: str
    basis: str
    source: str
    average_per_t: Decimal | None = None
    first: str = ""
    last: str = ""
    is_contract_price: bool = True
    quoted_per: str = "t"
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Return whether every day of the period is published."""
        return self.share == 1

    def quoted(self, currency: str, units: Constants) -> Quantity | None:
        """Return the price as it is quoted, such as per ounce; None where it is UNKNOWN."""
        if self.per_t is None:
            return None
        unit = f"{currency}/{self.quoted_per}"
        made = Quantity(self.per_t, f"{currency}/t").to(unit, units)
        return Quantity(without_noise(made), unit)

    def given(self, currency: str, units: Constants) -> Input:
        """Return the price as an input of a line, with how it came about as its source."""
        found = self.quoted(currency, units)
        value = None if found is None else found.value
        unit = f"{currency}/{self.quoted_per}"
        return Input(f"price {self.id}", value, unit, self.basis, self.evidence, self.formula)


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """For what a price is asked: days of events, series, the day it is asked on and the stage."""

    days: Mapping[str, str]
    prices: Mapping[str, PriceSeries]
    on: date
    stage: Stage
    currency: str
    units: Constants
    declared: Mapping[str, str | Declaration]
    calendar: Calendar = UTC_DAYS


def price_of(clause: PriceClause, asked: PriceQuestion) -> Priced:
    """Return the price under a clause, or everything that keeps it from being known.

    At the final stage every day of the period has to be published. Before, a period that has not
    passed is priced by the clause's ``provisional`` rule.
    """
    with localcontext(EXACT):
        return _price(clause, asked)


def _price(clause: PriceClause, asked: PriceQuestion) -> Priced:
    if clause.fixed is not None:
        return _fixed(clause, clause.fixed, asked, "fixed by the contract", Decimal(1))
    gaps = _gaps_of(clause, asked)
    if gaps:
        return _unpriced(clause, *gaps)
    series = asked.prices[clause.series or ""]
    chosen, notes, undeclared = _chosen(clause, asked)
    if undeclared is not None and asked.stage == "final":
        return _unpriced(clause, undeclared)
    if undeclared is not None:
        notes = (*notes, undeclared.why)
    if series.kind == "annual":
        notes = (*notes, f"{series.id} is a yearly average and no contract price")
        if chosen.kind != "last_published":
            why = f"{series.id} is a yearly average: it has no days in a period"
            remedy = 'name a series with dated values, or write kind = "last_published"'
            return _unpriced(clause, Missing("price", _place(clause), why, remedy))
    period = quotation(chosen, asked.days, series, asked.on)
    taken = _taken(clause, period, series, asked)
    if isinstance(taken, Missing):
        return replace(_unpriced(clause, taken), notes=notes)
    if isinstance(taken, Quantity):
        made = _fixed(clause, taken, asked, "fixed provisionally", period.share)
    else:
        made = _from_series(clause, series, taken, asked, period)
    # A price before its time is the later of no month: the period's is where it becomes final.
    return replace(
        made,
        share=period.share,
        month=period.month,
        first=period.first,
        last=period.last,
        is_contract_price=series.kind != "annual",
        notes=(*notes, *made.notes, *_remarks(series, period, taken, asked.on)),
        average_per_t=_average_so_far(clause, series, period, asked),
        evidence=_declared_by(clause, asked),
    )


def _declared_by(clause: PriceClause, asked: PriceQuestion) -> tuple[str, ...]:
    said = asked.declared.get(clause.id)
    return (said.event,) if isinstance(said, Declaration) and said.event else ()


Values = tuple[tuple[str, Decimal], ...]


def _taken(
    clause: PriceClause, period: Quotation, series: PriceSeries, asked: PriceQuestion
) -> Values | Quantity | Missing:
    """Return the days that make the price now, or a fixed one, or why there is none."""
    place = _place(clause)
    if period.holes:
        why = f"{series.id} has no value on {_days(period.holes)}, a hole in the period"
        remedy = "add the published values, or name these days as holidays of the market"
        return Missing("price", place, why, remedy)
    if period.is_complete:
        return period.values
    if asked.stage == "final":
        return _not_passed(place, period, series, asked.on)
    rule = clause.provisional
    if rule is None:
        why = "the period has not passed, and the clause does not say what holds until then"
        return Missing("clause", place, why, 'write provisional = "last_published"')
    if rule == "fixed":
        if clause.provisional_fixed is None:
            why = "the provisional price is fixed, and the clause does not say at what"
            return Missing("clause", place, why, 'write provisional_fixed = "9000 USD/t"')
        return clause.provisional_fixed
    if rule == "average_to_date":
        if period.values:
            return period.values
        why = f"no day of the period is published until {asked.on}: {period.why or 'it lies ahead'}"
        remedy = "wait for the first day of the period, or agree on a provisional price"
        return Missing("price", place, why, remedy)
    found = latest(series, asked.on)
    if found is None:
        why = f"{series.id} has no value on or before {asked.on}"
        return Missing("price", place, why, "add the published values of the series")
    return (found,)


def _not_passed(place: str, period: Quotation, series: PriceSeries, on: date) -> Missing:
    if period.unread:
        why = f"{series.id} ends before {_days(period.unread)}, which the period needs"
        return Missing("price", place, why, "add the published values of these days")
    if period.why:
        return Missing("price", place, period.why, "record the event, or complete the clause")
    if not period.values and on.isoformat() > period.last:
        why = f"{series.id} has no value from {period.first} to {period.last}"
        remedy = 'add its values; a series published now and then needs kind = "last_published"'
        return Missing("price", place, why, remedy)
    why = f"on {on} the period from {period.first} to {period.last} is not fully published"
    return Missing("price", place, why, "settle finally after its last day has been published")


def _from_series(
    clause: PriceClause,
    series: PriceSeries,
    values: Values,
    asked: PriceQuestion,
    period: Quotation,
) -> Priced:
    """Return the average of some days after tax, exchange, floor, cap and rounding."""
    assert values, "somebody has to see before that there is a day"
    average = sum((value for _, value in values), Decimal(0)) / len(values)
    first, last = values[0][0], values[-1][0]
    days = first if len(values) == 1 else f"mean of {len(values)} days {first}..{last}"
    formula = f"{series.id}: {days}{_as_revised(series, values, asked.on)}"
    own = currency_of(series.unit) if dimension_of(series.unit) == "price" else None
    if own is None:
        why = f"{series.unit!r} of {series.id} is no currency per content"
        return _unpriced(clause, Missing("price", _place(clause), why, "write such as USD/t"))
    per_t = Quantity(average, series.unit).to(f"{own}/t", asked.units)
    if clause.vat_pct:
        per_t /= 1 + clause.vat_pct / 100
        formula += f", less {clause.vat_pct:f} % tax"
    basis, source = series.basis, series.id
    if own != asked.currency:
        rate = _rate(clause, own, values, asked)
        if isinstance(rate, Missing):
            return _unpriced(clause, rate)
        over, under, fx = rate
        per_t = per_t * over / under
        formula += f", × {fx.id}"
        basis = weakest_of(basis, fx.basis)
        source = f"{series.id}, {fx.id}"
    if series.kind == "annual":
        basis = weakest_of(basis, "assumed")
    per = series.unit.partition("/")[2]
    made = Priced(
        clause.id, per_t, period.share, period.month, formula, basis, source, quoted_per=per
    )
    return _bounded(clause, made, asked)


def _as_revised(series: PriceSeries, values: Values, on: date) -> str:
    """Return which of some days count as revised, and until when."""
    used, until = {day for day, _ in values}, on.isoformat()
    revised = [one for one in series.revisions if one.day in used and one.published <= until]
    if not revised:
        return ""
    days = {one.day for one in revised}
    last = max(one.published for one in revised)
    return f" ({len(days)} as revised until {last})"


def _rate(
    clause: PriceClause, own: str, values: Values, asked: PriceQuestion
) -> tuple[Decimal, Decimal, PriceSeries] | Missing:
    """Return the mean rate of the same days: what the price is multiplied and divided by."""
    place = _place(clause)
    if clause.fx is None:
        why = f"the price is in {own}, the contract in {asked.currency}, and no rate is named"
        return Missing("clause", place, why, "name a series of the rate: fx")
    fx = asked.prices.get(clause.fx)
    if fx is None:
        return Missing("price", place, f"the series {clause.fx} is not there", "add the series")
    known = known_values(fx, asked.on)
    given = {day: known.at(day) for day, _ in values}
    lacking = tuple(d for d, rate in given.items() if rate is None and d not in fx.holidays)
    if lacking:
        why = f"{fx.id} has no rate on {_days(lacking)}, on which the price counts"
        return Missing("price", place, why, "add the rates, or name these days as holidays")
    rates = [rate for rate in given.values() if rate is not None]
    if not rates or sum(rates) == 0:
        return Missing("price", place, f"{fx.id} has no rate on any day", "add the rates")
    mean = sum(rates, Decimal(0)) / len(rates)
    if fx.unit == f"{asked.currency}/{own}":
        return mean, Decimal(1), fx
    if fx.unit == f"{own}/{asked.currency}":
        return Decimal(1), mean, fx
    why = f"{fx.id} is in {fx.unit}; {asked.currency}/{own} or {own}/{asked.currency} is needed"
    return Missing("price", place, why, "name a rate between these two currencies")


def _bounded(clause: PriceClause, made: Priced, asked: PriceQuestion) -> Priced:
    """Return a price not below the floor nor above the cap, rounded as the clause says."""
    per_t, formula, unit = made.per_t, made.formula, f"{asked.currency}/t"
    assert per_t is not None
    try:
        if clause.floor is not None:
            floor = clause.floor.to(unit, asked.units)
            if per_t < floor:
                per_t, formula = floor, f"{formula}, not below {clause.floor}"
        if clause.cap is not None:
            cap = clause.cap.to(unit, asked.units)
            if per_t > cap:
                per_t, formula = cap, f"{formula}, not above {clause.cap}"
        if clause.rounding is not None:
            shown = Quantity(per_t, unit).to(clause.unit, asked.units)
            shown = rounded_to(shown, clause.rounding)
            per_t = Quantity(shown, clause.unit).to(unit, asked.units)
            formula += f", to {clause.rounding.to:f} {clause.unit}"
    except UnitError as error:
        remedy = f"write floor, cap and unit in {asked.currency} per content"
        return _unpriced(clause, Missing("clause", _place(clause), str(error), remedy))
    return replace(made, per_t=per_t, formula=formula)


def _fixed(
    clause: PriceClause, price: Quantity, asked: PriceQuestion, said: str, share: Decimal | None
) -> Priced:
    unit = f"{asked.currency}/t"
    try:
        per_t = price.to(unit, asked.units)
    except UnitError as error:
        remedy = f"write the price in {asked.currency}"
        return _unpriced(clause, Missing("clause", _place(clause), str(error), remedy))
    made = Priced(
        clause.id,
        per_t,
        share,
        "",
        f"{price}, {said}",
        "reported",
        f"clause {clause.id}",
        quoted_per=price.unit.partition("/")[2],
    )
    return _bounded(clause, made, asked)


def _average_so_far(
    clause: PriceClause, series: PriceSeries, period: Quotation, asked: PriceQuestion
) -> Decimal | None:
    if not period.values:
        return None
    return _from_series(clause, series, period.values, asked, period).per_t


def _gaps_of(clause: PriceClause, asked: PriceQuestion) -> tuple[Missing, ...]:
    """Return what keeps a clause from being priced whatever the day."""
    place, found = _place(clause), []
    if clause.series is None:
        why = "the clause names neither a series nor a fixed price"
        found.append(Missing("clause", place, why, "name the series that is meant"))
    elif clause.series not in asked.prices:
        why = f"the series {clause.series} is not there; no other stands in for it"
        found.append(Missing("price", place, why, "add its published values"))
    else:
        tax = _tax_gap(clause, asked.prices[clause.series])
        found += [] if tax is None else [tax]
    if clause.qp is None:
        why = "the clause has no quotational period"
        found.append(Missing("clause", place, why, "write qp: which days make the price"))
    said = asked.declared.get(clause.id)
    option = said.option if isinstance(said, Declaration) else said
    names = [one.id for one in clause.options]
    if option is not None and option not in names:
        why = f"{option!r} was declared; the clause's options are: {', '.join(names) or 'none'}"
        found.append(Missing("declaration", place, why, "declare one of the options"))
    return tuple(found)


def _tax_gap(clause: PriceClause, series: PriceSeries) -> Missing | None:
    place, held, said = _place(clause), series.vat_pct, clause.vat_pct
    if said is None and held:
        why = f"{series.id} includes {held:f} % tax, and the clause does not say what is paid"
        remedy = f"write vat_pct = {held:f} to take it out, or vat_pct = 0 to pay it"
        return Missing("clause", place, why, remedy)
    if said and said != held:
        why = f"the clause takes {said:f} % tax out of {series.id}, which includes {held:f} %"
        return Missing("clause", place, why, "name the series that is meant, and the tax in it")
    return None


def _chosen(
    clause: PriceClause, asked: PriceQuestion
) -> tuple[QuotationalPeriod, tuple[str, ...], Missing | None]:
    """Return the period that holds, what there is to say of it, and what is still open."""
    assert clause.qp is not None
    said = asked.declared.get(clause.id)
    if said is None:
        return clause.qp, (), _still_open(clause, asked)
    made = Declaration(said) if isinstance(said, str) else said
    option = next(one for one in clause.options if one.id == made.option)
    until = option_deadline(option, asked.days, asked.calendar)
    if until is None:
        why = f"{option.id} was declared, and nobody has recorded the day of {option.declare_event}"
        return option.qp, (why,), None
    by = f" ({made.event})" if made.event else ""
    if made.on is not None and made.on > until.isoformat():
        note = (
            f"{option.id} was declared on {made.on}{by}, after {until}: it is too late and the "
            "clause's own period holds"
        )
        return clause.qp, (note,), None
    if made.on is None:
        note = f"{option.id} holds as declared in time: it had to be until {until}"
        return option.qp, (note,), None
    note = f"{option.id} was declared by the {option.by} on {made.on}{by}, in time until {until}"
    return option.qp, (note,), None


def _still_open(clause: PriceClause, asked: PriceQuestion) -> Missing | None:
    """Return that an option may still be declared, None where none can be any more."""
    for option in clause.options:
        until = option_deadline(option, asked.days, asked.calendar)
        if until is None or asked.on <= until:
            limit = f"until {until}" if until else f"counted from {option.declare_event}, not known"
            why = f"the {option.by} may still declare {option.id}, {limit}"
            return Missing("declaration", _place(clause), why, "declare, or wait for the deadline")
    return None


def option_deadline(
    option: QuotationOption, days: Mapping[str, str], calendar: Calendar = UTC_DAYS
) -> date | None:
    """Return the last day on which an option may be declared, None where it is not known."""
    said = days.get(option.declare_event)
    if said is None:
        return None
    return calendar.after(date.fromisoformat(said), option.declare_within_days)


def _remarks(
    series: PriceSeries, period: Quotation, taken: Values | Quantity, on: date
) -> list[str]:
    """Return what a reader should know of a price: what it is of, what was changed."""
    if isinstance(taken, Quantity):
        return []
    found = []
    used = {day for day, _ in taken}
    if not period.is_complete and len(used) == 1:
        found.append(f"{series.id} is provisional: the value of {min(used)}")
    if series.is_daily and not period.is_complete and used:
        since = date.fromisoformat(max(used)) + timedelta(days=1)
        behind = sum(1 for _ in business_days(series, since, on - timedelta(days=1)))
        if behind and period.values[-1:] != taken[-1:]:
            found.append(f"{series.id} has no value for {behind} business days before {on}")
    said = dict(series.values)
    for one in sorted(series.revisions, key=lambda one: (one.day, one.published)):
        if one.day in used and one.published <= on.isoformat():
            found.append(
                f"{series.id} of {one.day} was revised on {one.published} "
                f"from {said[one.day]:f} to {one.value:f}"
            )
            said[one.day] = one.value
    return found


def _unpriced(clause: PriceClause, *missing: Missing) -> Priced:
    return Priced(clause.id, None, Decimal(0), "", "", "unknown", "", missing=missing)


def _place(clause: PriceClause) -> str:
    return f"price {clause.id}" + (f" (clause {clause.clause})" if clause.clause else "")


def _days(days: tuple[str, ...]) -> str:
    shown = ", ".join(days[:_SHOWN_DAYS])
    more = len(days) - _SHOWN_DAYS
    return shown if more <= 0 else f"{shown} and {more} more"
