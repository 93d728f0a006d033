"""Charges, participation and penalties that can be read in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import combinations, pairwise

from oreline.model import UnitError
from oreline.settle._ambiguity import Ambiguity, ClauseReading, typical_pct, unknown_price
from oreline.settle._charge_tiers import rates_of
from oreline.settle._charges import (
    READINGS,
    band_limits,
    bands_overlap,
    escalated_rate,
    penalty_rate,
)
from oreline.settle._clauses import Escalation, Payable, Penalty, Refining
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._payable import payable_grade, tier_span
from oreline.settle._rounding import shown
from oreline.settle._steps import RECKONINGS
from oreline.settle._units import Quantity, currency_of, dimension_of

_PART = Decimal("0.4")
"""Of a step: with it, an example tells part, whole and begun steps apart."""


def charge_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what is open in the charges, the participation and the penalties of a contract."""
    treatment = contract.treatment
    if treatment is not None and treatment.escalation is not None:
        for rate in rates_of(treatment)[:1]:
            place = _Escalator(
                "treatment.escalation", rate, treatment.escalation, treatment.clause or ""
            )
            yield from _escalator(place, contract)
    for index, clause in enumerate(contract.refining):
        path = f"refining.{index}"
        yield from _refining(path, clause, contract)
        for rate in rates_of(clause)[:1] if clause.escalation is not None else ():
            assert clause.escalation is not None
            number = clause.clause or ""
            place = _Escalator(f"{path}.escalation", rate, clause.escalation, number)
            yield from _escalator(place, contract)
    yield from _refined_twice(contract)
    yield from _participation(contract)
    for index, penalty in enumerate(contract.penalties):
        yield from _penalty(f"penalties.{index}", penalty, contract)
    yield from _penalised_twice(contract)
    yield from _paid_and_penalised(contract)


def _paid_in_basket(contract: Contract, analyte: str) -> bool:
    items = () if contract.basket is None else contract.basket.items
    return any(item.analyte == analyte and item.payable_pct != 0 for item in items)


def _payable_of(contract: Contract, analyte: str) -> Payable | None:
    return next((one for one in contract.payables if one.analyte == analyte), None)


def _refining(path: str, clause: Refining, contract: Contract) -> Iterator[Ambiguity]:
    number, payable = clause.clause or "", _payable_of(contract, clause.analyte)
    if payable is None:
        if clause.basis != "contained" and not _paid_in_basket(contract, clause.analyte):
            message = f"{clause.analyte} is refined, and no clause pays for it"
            remedy = 'write its payable terms, or basis = "contained"'
            yield Ambiguity(f"{path}.analyte", message, remedy, number=number)
        return
    if clause.basis is not None:
        return
    grade = typical_pct(clause.analyte)
    paid = payable_grade(payable, grade, contract.units).payable_pct
    if paid is None and payable.tiers:
        grade = tier_span(payable.tiers[0], contract.units)[0] or grade
        paid = payable_grade(payable, grade, contract.units).payable_pct
    if paid == grade:
        return
    rates = rates_of(clause)
    if not rates:
        return
    currency = currency_of(rates[0].unit)
    per_t = rates[0].to(f"{currency}/t", contract.units)
    readings = [
        ClauseReading(
            f"on the {word} content", f"{shown(round(per_t * pct / 100, 4))} {currency}/dmt"
        )
        for word, pct in (("payable", paid), ("contained", grade))
        if pct is not None
    ]
    yield Ambiguity(
        f"{path}.basis",
        f"it is not written on which content the refining charge for {clause.analyte} is",
        'write basis = "payable" or "contained"',
        f"{rates[0]} at {shown(grade)} % {clause.analyte}",
        tuple(readings),
        number,
    )


def _refined_twice(contract: Contract) -> Iterator[Ambiguity]:
    for (first, one), (second, other) in combinations(enumerate(contract.refining), 2):
        if one.analyte == other.analyte:
            yield Ambiguity(
                f"refining.{second}",
                f"{one.analyte} has two refining charges",
                "write one clause, with their sum if both hold",
                f"for a content of {one.analyte}",
                (
                    ClauseReading("only the first", _told(one)),
                    ClauseReading("only the second", _told(other)),
                    ClauseReading("both", f"{_told(one)} and {_told(other)}"),
                ),
                other.clause or f"refining.{first}",
            )


def _told(clause: Refining) -> str:
    return str(clause.rate) if clause.rate is not None else "its tiers"


Ways = Mapping[str, Mapping[str, str]]
"""Readings by name, each as the fields of an escalation that say so."""


@dataclass(frozen=True, slots=True)
class _Escalator:
    """An escalation, where it is written, and the charge that it moves."""

    path: str
    rate: Quantity
    escalation: Escalation
    number: str


def _escalator(place: _Escalator, contract: Contract) -> Iterator[Ambiguity]:
    escalation = place.escalation
    unknown = unknown_price(contract, f"{place.path}.price", escalation.price, place.number)
    if unknown is not None:
        yield unknown
    if not _in_one_currency(escalation):
        return
    wrong = _bands_wrong(place, contract)
    if wrong:
        yield from wrong
        return
    prices = _sample_prices(escalation, contract)
    steps: str = escalation.steps or "pro_rata"
    if escalation.reading is None:
        ways: Ways = {reading: {"reading": reading, "steps": steps} for reading in READINGS}
        yield from _differing(place, "reading", ways, prices, contract)
    if escalation.steps is None:
        reading: str = escalation.reading or "marginal"
        ways = {how: {"reading": reading, "steps": how} for how in RECKONINGS}
        yield from _differing(place, "steps", ways, prices, contract)
    if escalation.reading == "whole_excess":
        for price in prices:
            found = _rated(place, {"steps": steps}, price, contract)
            if found is None:
                message = f"no band holds at {shown(price)} {escalation.base.unit}"
                remedy = "leave the last band open, or let bands touch"
                readings = (
                    ClauseReading("the bands end", _written(place, "marginal", price, contract)),
                    ClauseReading("the charge does not move", str(place.rate)),
                )
                example = f"{place.rate} at {shown(price)} {escalation.base.unit}"
                yield Ambiguity(
                    f"{place.path}.bands", message, remedy, example, readings, place.number
                )
                break


def _in_one_currency(escalation: Escalation) -> bool:
    """Return whether prices can be compared at all; those that cannot are told by currency."""
    prices = [escalation.base]
    for band in escalation.bands:
        prices += [end for end in (band.from_, band.to, band.per) if end is not None]
    return len({currency_of(price.unit) for price in prices}) == 1


def _bands_wrong(place: _Escalator, contract: Contract) -> list[Ambiguity]:
    """Return what keeps the bands from being applied at all."""
    escalation, found = place.escalation, []
    for index, band in enumerate(escalation.bands):
        path = f"{place.path}.bands.{index}"
        low, high = band_limits(band, escalation, contract.units)
        if low is not None and high is not None and low >= high:
            message = "the band ends where it begins or before"
            found.append(Ambiguity(path, message, "write from below to", number=place.number))
        if band.per.value <= 0:
            message = f"the charge changes for every {band.per} of price"
            found.append(Ambiguity(f"{path}.per", message, "write such as 1 USD/t"))
        try:
            band.change.to(place.rate.unit, contract.units)
        except UnitError:
            message = f"a change of {band.change} cannot move a charge of {place.rate}"
            remedy = f"write it in {place.rate.unit}"
            found.append(Ambiguity(f"{path}.change", message, remedy, number=place.number))
    if bands_overlap(escalation, contract.units):
        message = "two bands hold for the same price"
        remedy = "let each begin where the one before ends"
        found.append(Ambiguity(f"{place.path}.bands", message, remedy, number=place.number))
    return found


def _sample_prices(escalation: Escalation, contract: Contract) -> list[Decimal]:
    """Return prices at, between and beyond the ends of the bands, in the unit of the base."""
    unit, base = escalation.base.unit, escalation.base.value
    ends = {base}
    for band in escalation.bands:
        ends.update(end for end in band_limits(band, escalation, contract.units) if end is not None)
    per = max(band.per.to(unit, contract.units) for band in escalation.bands)
    with localcontext(EXACT):
        reach = max(abs(base) / 10, 5 * per, max(ends) - min(ends))
        points = sorted({min(ends) - reach, *ends, max(ends) + reach})
        middles = {(low + high) / 2 for low, high in pairwise(points)}
        prices = sorted({*points, *middles}, key=lambda price: (abs(price - base), price))
        found = [*prices, *(price + _PART * per for price in prices)]
        # No example with a price below zero, unless the base itself is.
        return [price for price in found if price >= min(base, Decimal(0))]


def _rated(
    place: _Escalator, how: Mapping[str, str], price: Decimal, contract: Contract
) -> Decimal | None:
    clause = place.escalation.model_copy(update=dict(how))
    currency = currency_of(clause.base.unit)
    per_t = Quantity(price, clause.base.unit).to(f"{currency}/t", contract.units)
    found = escalated_rate(place.rate, clause, per_t, contract.units).rate
    return None if found is None else found.value


def _written(place: _Escalator, reading: str, price: Decimal, contract: Contract) -> str:
    steps = place.escalation.steps or "pro_rata"
    value = _rated(place, {"reading": reading, "steps": steps}, price, contract)
    return "unknown" if value is None else f"{shown(value)} {place.rate.unit}"


def _differing(
    place: _Escalator,
    field: str,
    ways: Ways,
    prices: list[Decimal],
    contract: Contract,
) -> Iterator[Ambiguity]:
    """Yield the first price at which the ways to read an escalator differ."""
    for price in prices:
        found = {name: _rated(place, how, price, contract) for name, how in ways.items()}
        if len(set(found.values())) == 1:
            continue
        readings = tuple(
            ClauseReading(
                name.replace("_", " "),
                "unknown" if value is None else f"{shown(value)} {place.rate.unit}",
            )
            for name, value in found.items()
        )
        names = " or ".join(f'"{name}"' for name in ways)
        yield Ambiguity(
            f"{place.path}.{field}",
            "it is not written how the escalator counts",
            f"write {field} = {names}",
            f"{place.rate} at {shown(price)} {place.escalation.base.unit}",
            readings,
            place.number,
        )
        return


def _participation(contract: Contract) -> Iterator[Ambiguity]:
    for index, clause in enumerate(contract.participation):
        path, number = f"participation.{index}", clause.clause or ""
        found = unknown_price(contract, f"{path}.price", clause.price, number)
        if found is not None:
            yield found
        paid = _payable_of(contract, clause.analyte) is not None
        if not paid and not _paid_in_basket(contract, clause.analyte):
            message = f"the share is of the payable {clause.analyte}, and no clause pays for it"
            remedy = "write its payable terms"
            yield Ambiguity(f"{path}.analyte", message, remedy, number=number)
        if clause.cap is not None and clause.cap.value < 0:
            message = f"the cap of {clause.cap} is below zero, and holds for the amount either way"
            yield Ambiguity(f"{path}.cap", message, "write it without sign", number=number)


def _penalty(path: str, clause: Penalty, contract: Contract) -> Iterator[Ambiguity]:
    number, name = clause.clause or "", " + ".join(clause.analytes)
    if len(set(clause.analytes)) < len(clause.analytes):
        message = f"an analyte counts twice in {name}"
        yield Ambiguity(f"{path}.analytes", message, "name each once", number=number)
    for field, message, remedy in _penalty_fields(clause, contract):
        yield Ambiguity(f"{path}.{field}", message, remedy, number=number)
    if clause.bands and clause.rate is None:
        yield from _above_bands(path, clause, contract)
    if clause.rate is None or clause.over is None or clause.step is None:
        return
    if clause.steps is None and clause.step.value > 0 and not clause.bands:
        with localcontext(EXACT):
            over, step = (one.to("%", contract.units) for one in (clause.over, clause.step))
            grade = over + (3 + _PART) * step
        plain = clause.model_copy(update={"reject": None, "cap": None, "until": None})
        share = grade / len(clause.analytes)
        readings = tuple(
            ClauseReading(
                how.replace("_", " "),
                str(
                    penalty_rate(
                        plain.model_copy(update={"steps": how}),
                        dict.fromkeys(clause.analytes, share),
                        contract.units,
                    ).rate
                ),
            )
            for how in RECKONINGS
        )
        yield Ambiguity(
            f"{path}.steps",
            f"it is not written how a part of a step of {name} counts",
            'write steps = "pro_rata", "whole_step" or "begun_step"',
            f"{clause.rate} per {clause.step} above {clause.over}, at {shown(grade)} % {name}",
            readings,
            number,
        )


def _penalty_fields(clause: Penalty, contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Yield fields that lack or contradict each other: field, message and remedy."""
    if clause.rate is None and not clause.bands and clause.reject is None:
        yield "rate", "there is neither a rate, nor bands, nor a rejection limit", "write one"
    if clause.rate is not None and clause.bands:
        yield "bands", "there are both bands and a rate by steps", "write one of the two"
    if clause.rate is not None:
        for field in ("over", "step"):
            if getattr(clause, field) is None:
                yield field, f"there is a rate and no {field}", f"write {field}"
        if clause.step is not None and clause.step.value <= 0:
            yield "step", f"a step of {clause.step} has no length", "write a step above zero"
    ends = {
        field: None if end is None else end.to("%", contract.units)
        for field, end in (
            ("over", clause.over),
            ("until", clause.until),
            ("reject", clause.reject),
        )
    }
    over = ends["over"]
    for field in ("until", "reject"):
        end = ends[field]
        if over is not None and end is not None and end <= over:
            message = f"{field} {getattr(clause, field)} does not lie above over {clause.over}"
            yield field, message, "exchange the two, or leave one out"
    yield from _penalty_content(clause)


def _penalty_content(clause: Penalty) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with rates per content, and with caps beside them."""
    rates = [band.rate for band in clause.bands]
    rates += [] if clause.rate is None else [clause.rate]
    per_content = [rate for rate in rates if dimension_of(rate.unit) == "price"]
    if per_content and clause.on is None:
        yield "on", f"{per_content[0]} is per content, and it is not written of what", "write on"
    if per_content and len(per_content) < len(rates):
        yield "bands", "some rates are per dry mass and some per content", "write them alike"
    if per_content and clause.cap is not None:
        message = f"a cap of {clause.cap} cannot be compared with {per_content[0]}"
        yield "cap", message, "leave it out, or write the rate per dry mass"
    if rates and not per_content and clause.on is not None:
        message = f"the rate is per dry mass, and {clause.on} is named as its content"
        yield "on", message, "leave on out, or write the rate per content"


def _above_bands(path: str, clause: Penalty, contract: Contract) -> Iterator[Ambiguity]:
    ends = [(band.up_to.to("%", contract.units), band) for band in clause.bands]
    number, name = clause.clause or "", " + ".join(clause.analytes)
    if len({end for end, _ in ends}) < len(ends):
        message = f"two bands of {name} end at the same grade"
        yield Ambiguity(f"{path}.bands", message, "write one of them", number=number)
    top, last = max(ends, key=lambda one: one[0])
    reject = None if clause.reject is None else clause.reject.to("%", contract.units)
    if reject is not None and reject <= top:
        if reject < top:
            message = f"the band up to {last.up_to} lies above the rejection limit {clause.reject}"
            remedy = "leave it out, or raise the limit"
            yield Ambiguity(f"{path}.bands", message, remedy, number=number)
        return
    what = f"above {last.up_to} {name} no band holds"
    until = "" if clause.reject is None else f" up to the rejection limit of {clause.reject}"
    yield Ambiguity(
        f"{path}.bands",
        what + until,
        f'write reject = "{last.up_to}", or a band for higher grades',
        f"just above {last.up_to}",
        (
            ClauseReading("the last band goes on", str(last.rate)),
            ClauseReading("the goods may be rejected", "nothing is settled"),
        ),
        number,
    )


def _penalised_twice(contract: Contract) -> Iterator[Ambiguity]:
    """Yield two penalties for the same analytes that both count at one grade."""
    for (first, one), (second, other) in combinations(enumerate(contract.penalties), 2):
        if set(one.analytes) != set(other.analytes):
            continue
        spans = _span(one, contract), _span(other, contract)
        low, high = max(span[0] for span in spans), min(span[1] for span in spans)
        rates = [clause.rate or (clause.bands and clause.bands[-1].rate) for clause in (one, other)]
        if low >= high or not all(rates):
            continue
        name = " + ".join(one.analytes)
        yield Ambiguity(
            f"penalties.{second}",
            f"penalties.{first} and this both count above {shown(low)} % {name}",
            f'write until = "{shown(low)} %" in the first, or let one clause penalise {name}',
            f"above {shown(low)} % {name}",
            (
                ClauseReading("only the second", str(rates[1])),
                ClauseReading("both", f"{rates[0]} and {rates[1]}"),
            ),
            other.clause or "",
        )


def _span(clause: Penalty, contract: Contract) -> tuple[Decimal, Decimal]:
    """Return between which grades, in %, a penalty counts."""
    low = Decimal(0) if clause.over is None else clause.over.to("%", contract.units)
    ends = [end.to("%", contract.units) for end in (clause.until, clause.reject) if end is not None]
    return low, min(ends, default=Decimal(100))


def _paid_and_penalised(contract: Contract) -> Iterator[Ambiguity]:
    """Yield analytes that are both paid and penalised at one grade."""
    for index, penalty in enumerate(contract.penalties):
        payable = _payable_of(contract, penalty.analytes[0])
        if payable is None or len(penalty.analytes) > 1 or not (penalty.rate or penalty.bands):
            continue
        begins = [Decimal(0)]
        begins += [] if payable.over is None else [payable.over.to("%", contract.units)]
        if payable.method == "tiers":
            paying = [tier for tier in payable.tiers if tier.pct != 0]
            lows = [tier_span(tier, contract.units)[0] for tier in paying]
            begins.append(min(lows, default=Decimal(100)))
        low, high = _span(penalty, contract)
        both = max(low, *begins)
        if both >= high:
            continue
        name = payable.analyte
        yield Ambiguity(
            f"penalties.{index}",
            f"{name} is paid and penalised above {shown(both)} %",
            f"write until in the penalty and over in the payable terms of {name}",
            f"above {shown(both)} % {name}",
            (
                ClauseReading("it is paid", f"by {payable.method}"),
                ClauseReading(
                    "it is paid and penalised", f"less {penalty.rate or penalty.bands[-1].rate}"
                ),
            ),
            penalty.clause or "",
        )
