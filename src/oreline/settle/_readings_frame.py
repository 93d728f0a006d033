"""What is open in a contract beside its terms of money: weight, assays, prices, delivery, dates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from itertools import pairwise

from pydantic import BaseModel

from oreline.model import InputError
from oreline.settle._ambiguity import Ambiguity, ClauseReading
from oreline.settle._clauses import PriceClause, QuotationalPeriod, SplittingLimit, WeightClause
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT, TieRule, UmpireVariant
from oreline.settle._exchange_terms import exchange_rule
from oreline.settle._parcel import Reading, SettlementLot, Weighing
from oreline.settle._rounding import shown
from oreline.settle._umpire import Assay, umpire_assay
from oreline.settle._units import Quantity, currency_of, dimension_of
from oreline.settle._weight import final_weight

_SHIP_RULES = {"FAS": "FCA", "FOB": "FCA", "CFR": "CPT", "CIF": "CIP"}
"""Rules for goods handed over on board, and what to write where containers are handed over."""
_SELLER, _BUYER, _UMPIRE = Decimal("28.50"), Decimal("28.00"), Decimal("28.40")
_APART = "seller 28.50 %, buyer 28.00 %"


def frame_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what is open in the frame of a contract."""
    yield from _parties_and_days(contract)
    yield from _currencies(contract)
    yield from _delivery(contract)
    yield from _weight(contract)
    yield from _assays(contract)
    yield from _prices(contract)
    yield from _lines(contract)
    yield from _payments(contract)
    yield from _specification(contract)


def _parties_and_days(contract: Contract) -> Iterator[Ambiguity]:
    if contract.seller == contract.buyer:
        message = f"{contract.seller} sells to itself"
        yield Ambiguity("buyer", message, "name the other party")
    days = (contract.valid_from, contract.valid_to)
    if days[0] is not None and days[1] is not None and days[1] < days[0]:
        message = f"the contract ends on {contract.valid_to}, before it begins"
        yield Ambiguity("valid_to", message, "exchange the two days")


def _currencies(contract: Contract) -> Iterator[Ambiguity]:
    """Yield amounts in another currency than the contract's: nothing converts them."""
    for path, amount in quantities(contract, ""):
        found = currency_of(amount.unit)
        if found is not None and found != contract.currency:
            yield Ambiguity(
                path,
                f"{amount} is in {found}, and the contract is in {contract.currency}",
                f"write it in {contract.currency}; only a series of prices may be in another "
                "currency, with a rate: fx",
            )


def quantities(model: object, path: str) -> Iterator[tuple[str, Quantity]]:
    """Yield every quantity of a contract with its path."""
    if isinstance(model, Quantity):
        yield path, model
    elif isinstance(model, BaseModel):
        for name, field in type(model).model_fields.items():
            step = field.alias or name
            yield from quantities(getattr(model, name), f"{path}.{step}" if path else step)
    elif isinstance(model, tuple):
        for index, item in enumerate(model):
            yield from quantities(item, f"{path}.{index}")


def _delivery(contract: Contract) -> Iterator[Ambiguity]:
    delivery = contract.delivery
    if delivery is None or not delivery.in_containers or delivery.incoterm not in _SHIP_RULES:
        return
    wanted = _SHIP_RULES[delivery.incoterm]
    yield Ambiguity(
        "delivery.incoterm",
        f"{delivery.incoterm} hands over at the ship, and containers are handed over before",
        f"write {wanted} with the place where the carrier takes them (Incoterms 2020)",
        "a container lost between the terminal and the ship",
        (
            ClauseReading(f"{delivery.incoterm} as written", "the seller bears it"),
            ClauseReading(f"{wanted}, as containers travel", "the buyer bears it"),
        ),
        delivery.clause or "",
    )


def _weight(contract: Contract) -> Iterator[Ambiguity]:
    clause = contract.weight
    if clause is None:
        return
    number, franchise = clause.clause or "", clause.franchise_pct
    takes = clause.rule in {"within_franchise", "less_franchise"}
    if takes and franchise is None:
        message = f"the rule {clause.rule} has no franchise"
        yield Ambiguity("weight.franchise_pct", message, "write franchise_pct", number=number)
    elif not takes and franchise is not None:
        plain = clause.model_copy(update={"franchise_pct": None})
        less = clause.model_copy(update={"rule": "less_franchise"})
        yield Ambiguity(
            "weight.franchise_pct",
            f"a franchise is written, and the rule {clause.rule} does not use it",
            'leave it out, or write rule = "within_franchise" or "less_franchise"',
            _LOT_TEXT,
            (
                ClauseReading("it does not count", _settled_on(plain)),
                ClauseReading("it is taken off", _settled_on(less)),
            ),
            number,
        )
    elif clause.rule == "within_franchise" and clause.moisture == "as_weight":
        yield from _franchise_on(clause)


def _franchise_on(clause: WeightClause) -> Iterator[Ambiguity]:
    if clause.franchise_on is not None:
        return
    assert clause.franchise_pct is not None
    wet = clause.model_copy(update={"franchise_on": "wet"})
    dry = clause.model_copy(update={"franchise_on": "dry"})
    yield Ambiguity(
        "weight.franchise_on",
        "it is not written whether wet or dry weights are compared",
        'write franchise_on = "wet" or "dry"',
        _drier(clause.franchise_pct)[1],
        (
            ClauseReading("wet weights", _settled_on(wet, clause.franchise_pct)),
            ClauseReading("dry weights", _settled_on(dry, clause.franchise_pct)),
        ),
        clause.clause or "",
    )


_LOT_TEXT = "1000 t at 8 % moisture loaded, 990 t at 8 % discharged"


def _drier(franchise: Decimal) -> tuple[SettlementLot, str]:
    """Return a lot that lost more water than the franchise and hardly any solids."""
    with localcontext(EXACT):
        outturn = 1000 * (100 - 2 * franchise - 1) / 100
        moisture = 100 - 920 * (100 - franchise / 2) / outturn
    moisture = round(moisture, 2)
    text = f"1000 t at 8 % moisture loaded, {shown(outturn)} t at {moisture} % discharged"
    return _lot(outturn, moisture), text


def _lot(outturn: Decimal, moisture: Decimal) -> SettlementLot:
    def weighing(wet: Decimal, water: Decimal) -> Weighing:
        return Weighing(Reading(wet), Reading(water), Reading(None))

    return SettlementLot(
        "example", weighing(Decimal(1000), Decimal(8)), weighing(outturn, moisture)
    )


def _settled_on(clause: WeightClause, franchise: Decimal | None = None) -> str:
    lot = _lot(Decimal(990), Decimal(8)) if franchise is None else _drier(franchise)[0]
    found = final_weight(clause, lot, "final")
    return found.why if found.dry.value is None else f"{shown(found.dry.value)} dmt"


def _assays(contract: Contract) -> Iterator[Ambiguity]:
    clause = contract.assays
    if clause is None:
        return
    number = clause.clause or ""
    try:
        exchange_rule(contract)
    except InputError as error:
        yield Ambiguity("assays.limits", str(error), "correct the limits", number=number)
        return
    limited = [limit for limit in clause.limits if limit.limit is not None]
    if clause.rule != "exchange":
        if clause.umpire is not None or limited:
            yield Ambiguity(
                "assays.rule",
                f"{clause.rule} settles alone, and limits or an umpire are written",
                'write rule = "exchange", or leave limits and umpire out',
                f"{_APART}, umpire 28.40 %",
                (
                    ClauseReading(f"{clause.rule} alone", _alone(clause.rule)),
                    ClauseReading("the umpire decides", "28.40 %"),
                ),
                number,
            )
        return
    yield from _umpire(contract)
    yield from _late(contract)
    yield from _limit_gaps(contract)


def _limit_gaps(contract: Contract) -> Iterator[Ambiguity]:
    """Yield gaps between the splitting limits of an analyte, by grade."""
    assert contract.assays is not None
    by_analyte: dict[str, list[SplittingLimit]] = {}
    for limit in contract.assays.limits:
        if limit.limit is not None:
            by_analyte.setdefault(limit.analyte, []).append(limit)
    for name, limits in by_analyte.items():
        zero = Quantity(Decimal(0), "%")
        ordered = sorted(limits, key=lambda one: (one.from_ or zero).to("%"))
        for lower, upper in pairwise(ordered):
            if lower.below is None or upper.from_ is None:
                continue
            if lower.below.to("%") >= upper.from_.to("%"):
                continue
            yield Ambiguity(
                "assays.limits",
                f"no splitting limit of {name} holds from {lower.below} to {upper.from_}",
                "let one limit begin where the other ends",
                f"between {lower.below} and {upper.from_}",
                (
                    ClauseReading("the limit below", str(lower.limit)),
                    ClauseReading("the limit above", str(upper.limit)),
                ),
                upper.clause or contract.assays.clause or "",
            )


def _alone(rule: str) -> str:
    mean = f"{(_SELLER + _BUYER) / 2} %"
    return {"seller": f"{_SELLER} %", "buyer": f"{_BUYER} %", "mean": mean}.get(rule, "28.40 %")


def _umpire(contract: Contract) -> Iterator[Ambiguity]:
    clause = contract.assays
    assert clause is not None
    number = clause.clause or ""
    if clause.umpire is None and any(limit.limit is not None for limit in clause.limits):
        readings = []
        for variant in UmpireVariant:
            if variant is not UmpireVariant.SELLER:
                found = umpire_assay(variant, _SELLER, _BUYER, _UMPIRE)
                assert isinstance(found, Assay)
                readings.append(ClauseReading(variant.value, f"{found.value} %"))
        readings.append(ClauseReading("seller, and nobody is called", f"{_SELLER} %"))
        yield Ambiguity(
            "assays.umpire",
            "it is not written what settles results that lie further apart than the limit",
            f"write umpire: one of {', '.join(UmpireVariant)}",
            f"{_APART}, umpire 28.40 %",
            tuple(readings),
            number,
        )
    elif clause.umpire == "mean_with_nearer" and clause.tie is None:
        readings = []
        for tie in TieRule:
            found = umpire_assay(
                UmpireVariant.MEAN_WITH_NEARER, _SELLER, _BUYER, Decimal("28.25"), tie
            )
            assert isinstance(found, Assay)
            readings.append(ClauseReading(f"tie {tie}", f"{found.value} %"))
        yield Ambiguity(
            "assays.tie",
            "it is not written who is nearer to an umpire exactly in the middle",
            'write tie = "umpire", "seller" or "buyer"',
            f"{_APART}, umpire 28.25 %",
            tuple(readings),
            number,
        )


def _late(contract: Contract) -> Iterator[Ambiguity]:
    clause = contract.assays
    assert clause is not None
    number = clause.clause or ""
    if clause.deadline_days is not None and clause.late is None:
        yield Ambiguity(
            "assays.late",
            "there is a deadline, and it is not written what holds if a party misses it",
            'write late = "other_conclusive", "mean" or "none"',
            f"{_APART}, the seller late, the limit 0.20 %",
            (
                ClauseReading("other_conclusive", f"{_BUYER} %"),
                ClauseReading("mean", f"{(_SELLER + _BUYER) / 2} %"),
                ClauseReading("none", "an umpire is called"),
            ),
            number,
        )
    elif clause.deadline_days is None and clause.late not in {None, "none"}:
        message = f"late = {clause.late!r} is written, and no deadline that could be missed"
        yield Ambiguity("assays.deadline_days", message, "write deadline_days", number=number)


def _prices(contract: Contract) -> Iterator[Ambiguity]:
    seen: set[str] = set()
    for index, clause in enumerate(contract.prices):
        path, number = f"prices.{index}", clause.clause or ""
        if clause.id in seen:
            message = f"two price clauses have the id {clause.id!r}"
            yield Ambiguity(f"{path}.id", message, "give each its own", number=number)
        seen.add(clause.id)
        for field, message, remedy in _price_fields(clause, contract):
            yield Ambiguity(f"{path}.{field}", message, remedy, number=number)
        periods = [("qp", clause.qp)]
        periods += [
            (f"options.{place}.qp", option.qp) for place, option in enumerate(clause.options)
        ]
        for place, period in periods:
            if period is not None:
                for field, message in _period_fields(period):
                    where = f"{path}.{place}.{field}"
                    yield Ambiguity(where, message, f"write {field}", number=number)
        if clause.series is not None and clause.fixed is not None:
            yield Ambiguity(
                f"{path}.fixed",
                "there are both a series and a fixed price",
                "write one of the two",
                f"for {clause.id}",
                (
                    ClauseReading("the fixed price", str(clause.fixed)),
                    ClauseReading("the series", f"what {clause.series} says"),
                ),
                number,
            )


def _price_fields(clause: PriceClause, contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Yield fields of a price that lack or contradict each other."""
    if clause.series is None and clause.fixed is None:
        yield "series", "there is neither a series nor a fixed price", "name the series"
    if clause.series is not None and clause.qp is None:
        yield "qp", "it is not written which days of the series count", "write qp"
    if clause.provisional == "fixed" and clause.provisional_fixed is None:
        message = "the provisional price is fixed, and no price is written"
        yield "provisional_fixed", message, "write provisional_fixed"
    if clause.provisional_fixed is not None and clause.provisional != "fixed":
        message = "a provisional price is written, and the rule does not use it"
        yield "provisional", message, 'write provisional = "fixed", or leave the price out'
    names = [option.id for option in clause.options]
    if len(set(names)) < len(names):
        yield "options", "two options have one id", "give each its own"
    if dimension_of(clause.unit) != "price":
        yield "unit", f"{clause.unit!r} is no unit of price", "write such as USD/t"
    elif clause.rounding is not None and currency_of(clause.unit) != contract.currency:
        message = f"prices are rounded in {clause.unit}, and the contract is in {contract.currency}"
        yield "unit", message, f"write {contract.currency}/t"
    if clause.floor is not None and clause.cap is not None:
        unit = f"{currency_of(clause.floor.unit)}/t"
        same = currency_of(clause.floor.unit) == currency_of(clause.cap.unit)
        if same and clause.floor.to(unit, contract.units) > clause.cap.to(unit, contract.units):
            message = f"the floor of {clause.floor} lies above the cap of {clause.cap}"
            yield "floor", message, "exchange the two"


def _period_fields(period: QuotationalPeriod) -> Iterator[tuple[str, str]]:
    """Yield what a quotational period lacks: field and message."""
    if period.kind == "fixed":
        for field in ("start", "end"):
            if getattr(period, field) is None:
                yield field, f"a fixed period has no {field}"
        if period.start is not None and period.end is not None and period.end < period.start:
            yield "end", f"the period ends on {period.end}, before it begins"
        return
    if period.event is None:
        yield "event", f"the period {period.kind} does not say which event it is counted from"
    if period.kind == "days" and period.days is None:
        yield "days", "it is not written how many days count"


def _lines(contract: Contract) -> Iterator[Ambiguity]:
    seen: set[str] = set()
    for index, line in enumerate(contract.lines):
        path, number = f"lines.{index}", line.clause or ""
        checks = (
            (line.id in seen, "id", f"two lines have the id {line.id!r}", "give each its own"),
            (
                line.rate is not None and line.pct is not None,
                "pct",
                "there are both a rate and a percentage",
                "write one of the two",
            ),
            (
                line.rate is None and line.pct is None,
                "rate",
                "there is neither a rate nor a percentage",
                "write one of the two",
            ),
            (
                line.pct is not None and line.of is None,
                "of",
                f"it is not written of what {line.title} is {line.pct} %",
                'write of = "payable_value" or "net_value"',
            ),
            (
                line.per_year and (line.days_from is None or line.days_to is None),
                "days_from",
                "interest has no first or no last day",
                "write days_from and days_to",
            ),
            (
                not line.per_year and (line.days_from or line.days_to) is not None,
                "per_year",
                "days are written, and nothing is counted by them",
                "write per_year = true, or leave the days out",
            ),
        )
        seen.add(line.id)
        for is_wrong, field, message, remedy in checks:
            if is_wrong:
                yield Ambiguity(f"{path}.{field}", message, remedy, number=number)


def _payments(contract: Contract) -> Iterator[Ambiguity]:
    seen: dict[str, Decimal] = {}
    for index, payment in enumerate(contract.payments):
        path, number = f"payments.{index}", payment.clause or ""
        if payment.stage in seen:
            yield Ambiguity(
                path,
                f"two payments are written for the stage {payment.stage}",
                "write one",
                "of a value of 100",
                (
                    ClauseReading("the first", f"{seen[payment.stage]:f}"),
                    ClauseReading("the second", f"{payment.pct:f}"),
                    ClauseReading("both", f"{seen[payment.stage] + payment.pct:f}"),
                ),
                number,
            )
        seen[payment.stage] = payment.pct
        if payment.stage == "final" and payment.pct < 100:
            yield Ambiguity(
                f"{path}.pct",
                f"{payment.pct:f} % are paid finally, and it is not written who pays the rest",
                "write 100, or write the retention as a line",
                "of a value of 100",
                (
                    ClauseReading("the rest is never paid", f"{payment.pct:f}"),
                    ClauseReading("the rest is due later", "100"),
                ),
                number,
            )


def _specification(contract: Contract) -> Iterator[Ambiguity]:
    spec = contract.specification
    if spec is None:
        return
    number, units = spec.clause or "", contract.units
    for index, limit in enumerate(spec.limits):
        path = f"specification.limits.{index}"
        if limit.min is None and limit.max is None:
            message = f"{limit.analyte} has neither a least nor a greatest grade"
            yield Ambiguity(path, message, "write min or max", number=number)
        elif limit.min and limit.max and limit.min.to("%", units) > limit.max.to("%", units):
            message = f"{limit.analyte}: at least {limit.min} is above at most {limit.max}"
            yield Ambiguity(path, message, "exchange the two", number=number)
        yield from _rejects_twice(path, index, contract)
    if spec.tml_pct is not None and spec.fmp_pct is not None:
        from_fmp = spec.fmp_pct * Decimal("0.9")
        if abs(from_fmp - spec.tml_pct) > Decimal("0.05"):
            yield Ambiguity(
                "specification.tml_pct",
                "the limit for transport is not nine tenths of the flow moisture point",
                "write the one that was measured",
                "may it be loaded",
                (
                    ClauseReading("tml_pct", f"below {spec.tml_pct:f} %"),
                    ClauseReading("from fmp_pct", f"below {shown(from_fmp)} %"),
                ),
                number,
            )


def _rejects_twice(path: str, index: int, contract: Contract) -> Iterator[Ambiguity]:
    """Yield a limit of rejection that a penalty clause writes differently."""
    assert contract.specification is not None
    limit, units = contract.specification.limits[index], contract.units
    if limit.max is None or limit.otherwise != "reject":
        return
    for place, penalty in enumerate(contract.penalties):
        if penalty.analytes != (limit.analyte,) or penalty.reject is None:
            continue
        if penalty.reject.to("%", units) != limit.max.to("%", units):
            yield Ambiguity(
                f"{path}.max",
                f"{limit.analyte} is rejected above {limit.max} here, and above {penalty.reject} "
                f"by penalties.{place}",
                'write the same limit, or otherwise = "note" here',
                f"{limit.analyte} between {limit.max} and {penalty.reject}",
                (
                    ClauseReading("the lower limit", "the goods may be rejected"),
                    ClauseReading("the higher limit", "the goods are settled, with the penalty"),
                ),
                contract.specification.clause or "",
            )
