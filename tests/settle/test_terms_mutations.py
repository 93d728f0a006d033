"""Each core formula of the terms has a number that changes when the formula is altered.

Every mutant is the real module with one piece of its text replaced. The number that the module
gives is the published or derived one; the mutant has to give another, or nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from oreline.settle import (
    Basket,
    Escalation,
    Participation,
    Payable,
    Penalty,
    Reading,
    Rounding,
    SettlementLot,
    Specification,
    Weighing,
    WeightClause,
    parse_quantity,
)

D = Decimal


def altered(name: str, old: str, new: str) -> ModuleType:
    """Load a module of the room with one piece of its text replaced."""
    real = import_module(f"oreline.settle.{name}")
    assert real.__file__ is not None
    text = Path(real.__file__).read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {name}"
    made = ModuleType(f"altered_{name}")
    made.__file__ = real.__file__
    sys.modules[made.__name__] = made
    try:
        exec(compile(text.replace(old, new), real.__file__, "exec"), made.__dict__)
    finally:
        del sys.modules[made.__name__]
    return made


def paid(grade: str, **terms: Any) -> Callable[[Any], Any]:
    clause = Payable.model_validate({"analyte": "Cu", "price": "cu", **terms})
    return lambda module: module.payable_grade(clause, D(grade)).payable_pct


TIERS = [{"below": "20 %", "pct": "60"}, {"from": "20 %", "below": "40 %", "pct": "70"}]


def zinc(price: str, **terms: str) -> Callable[[Any], Any]:
    clause = Escalation.model_validate(
        {
            "base": "1000 USD/t",
            "price": "zn",
            "reading": "marginal",
            "steps": "pro_rata",
            "bands": [
                {"to": "1000 USD/t", "change": "0.145 USD/dmt", "per": "1 USD/t"},
                {
                    "from": "1000 USD/t",
                    "to": "1100 USD/t",
                    "change": "0.15 USD/dmt",
                    "per": "1 USD/t",
                },
                {"from": "1100 USD/t", "change": "0.16 USD/dmt", "per": "1 USD/t"},
            ],
            **terms,
        }
    )
    charge = parse_quantity("100 USD/dmt", "charge on dry mass")
    return lambda module: module.escalated_rate(charge, clause, D(price)).rate.value


def penalised(grade: str, **terms: Any) -> Callable[[Any], Any]:
    clause = Penalty.model_validate({"analytes": ["As"], **terms})

    def ask(module: Any) -> Any:
        found = module.penalty_rate(clause, {"As": D(grade)})
        return found.rejected if found.rate is None else found.rate.value

    return ask


def shared(side: str, price: str) -> Callable[[Any], Any]:
    clause = Participation.model_validate(
        {
            "analyte": "Cu",
            "price": "cu",
            "base": "100 USD/t",
            "share_pct": "10",
            "side": side,
            "cap": "20 USD/t",
        }
    )
    return lambda module: module.participation_per_t(clause, D(price)).rate.value


def basket(**terms: str) -> Callable[[Any], Any]:
    clause = Basket.model_validate(
        {"items": [{"analyte": "Nd2O3", "price": "nd"}], "pct_of_basket": "65", **terms}
    )
    grades, prices = {"Nd2O3": D(9), "TREO": D(45)}, {"nd": D(60000)}
    return lambda module: module.basket_value_per_dmt(clause, grades, prices).value


def weighed(rule: str, outturn: str = "995", **terms: str) -> Callable[[Any], Any]:
    def weighing(wet: str, water: str) -> Weighing:
        return Weighing(Reading(D(wet), D(2)), Reading(D(water), D("0.2")), Reading(None))

    lot = SettlementLot("a:1", weighing("1000", "8"), weighing(outturn, "7"))
    clause = WeightClause.model_validate({"rule": rule, "franchise_pct": "0.5", **terms})
    return lambda module: module.final_weight(clause, lot, "final").dry.value


def spread(module: Any) -> Any:
    lot = SettlementLot(
        "a:1", Weighing(Reading(D(1000), D(2)), Reading(D(8), D("0.2")), Reading(None)), None
    )
    u = module.final_weight(WeightClause(rule="loading"), lot, "final").dry.u
    return round(u**2, 8)


def rounded(value: str, half: str) -> Callable[[Any], Any]:
    rule = Rounding.model_validate({"to": "0.01", "half": half})
    return lambda module: module.rounded_to(D(value), rule)


def loads(moisture: str, **terms: str) -> Callable[[Any], Any]:
    spec = Specification.model_validate(terms)
    return lambda module: module.may_load(spec, D(moisture))


def copper(grade: str) -> Callable[[Any], Any]:
    spec = Specification.model_validate({"limits": [{"analyte": "Cu", "min": "22 %"}]})
    return lambda module: len(module.check_specification(spec, {"Cu": D(grade)}))


MIN = {"method": "pct_min_deduction", "pct": "96.5", "deduction": "1 %"}
EXCESS = {"method": "excess", "pct": "90", "deduction": "1 %"}
WHOLE = {"method": "tiers", "tiers": TIERS, "tier_pays": "whole"}
MARGINAL = {**WHOLE, "tier_pays": "marginal"}
STEPS = {"over": "0.2 %", "step": "0.1 %", "rate": "2 USD/dmt"}
BANDS = {
    "bands": [{"up_to": "0.1 %", "rate": "1 USD/dmt"}, {"up_to": "0.2 %", "rate": "3 USD/dmt"}]
}

Mutant = tuple[str, str, str, Callable[[Any], Any], Any]
MUTANTS: list[Mutant] = [
    (
        "_payable",
        "min(options, default=grade)",
        "max(options, default=grade)",
        paid("24", **MIN),
        D(23),
    ),
    (
        "_payable",
        "paid = max(Decimal(0), min",
        "paid = (lambda z, v: v)(0, min",
        paid("0.6", **MIN),
        D(0),
    ),
    ("_payable", "pct / 100 * grade", "pct / 101 * grade", paid("30", **MIN), D("28.95")),
    ("_payable", "grade - deduction.to", "grade + deduction.to", paid("24", **MIN), D(23)),
    (
        "_payable",
        "grade - clause.deduction.to",
        "grade + clause.deduction.to",
        paid("11", **EXCESS),
        D(9),
    ),
    (
        "_payable",
        "grade_pct <= clause.over",
        "grade_pct < clause.over",
        paid("1", method="pct", pct="90", over="1 %"),
        D(0),
    ),
    ("_payable", "grade >= tier.from_", "grade > tier.from_", paid("20", **WHOLE), D(14)),
    ("_payable", "grade < tier.below", "grade <= tier.below", paid("20", **WHOLE), D(14)),
    ("_payable", "min(grade, high)) - low", "min(grade, high))", paid("30", **MARGINAL), D(19)),
    ("_charges", "sign * change", "change", zinc("900"), D("85.5")),
    ("_charges", "max(low, min(base, price))", "min(base, price)", zinc("1150"), D(123)),
    ("_charges", "min(high, max(base, price))", "max(base, price)", zinc("1150"), D(123)),
    (
        "_charges",
        "_Part(abs(price - base)",
        "_Part(abs(price - base) / 2",
        zinc("1150", reading="whole_excess"),
        D(124),
    ),
    (
        "_charges",
        "holds_price=price in (start, end)",
        "holds_price=True",
        zinc("1150", reading="whole_excess"),
        D(124),
    ),
    (
        "_charges",
        "total - clause.over",
        "total + clause.over",
        penalised("0.5", **STEPS, steps="pro_rata"),
        D(6),
    ),
    (
        "_charges",
        "max(Decimal(0), total",
        "max(Decimal(-9), total",
        penalised("0.1", **STEPS, steps="pro_rata"),
        D(0),
    ),
    (
        "_charges",
        "total > clause.reject",
        "total >= clause.reject",
        penalised("0.5", **STEPS, steps="pro_rata", reject="0.5 %"),
        D(6),
    ),
    ("_charges", "total <= band.up_to", "total < band.up_to", penalised("0.1", **BANDS), D(1)),
    (
        "_charges",
        "if rate.value <= most",
        "if rate.value >= most",
        penalised("0.5", **STEPS, steps="pro_rata", cap="4 USD/dmt"),
        D(4),
    ),
    ("_charges", "beyond = price - base", "beyond = base - price", shared("both", "200"), D(10)),
    ("_charges", "max(Decimal(0), beyond)", "abs(beyond)", shared("above", "50"), D(0)),
    (
        "_charges",
        "max(Decimal(0), -beyond)",
        "max(Decimal(0), beyond)",
        shared("below", "50"),
        D(5),
    ),
    ("_charges", "max(-most, min(most, amount))", "amount", shared("above", "900"), D(20)),
    (
        "_steps",
        "excess / step",
        "excess * step",
        lambda module: module.step_count(D("0.45"), D("0.1"), "pro_rata"),
        D("4.5"),
    ),
    (
        "_steps",
        "ROUND_FLOOR if",
        "ROUND_CEILING if",
        lambda module: module.step_count(D("0.45"), D("0.1"), "whole_step"),
        D(4),
    ),
    (
        "_steps",
        "else ROUND_CEILING",
        "else ROUND_FLOOR",
        lambda module: module.step_count(D("0.45"), D("0.1"), "begun_step"),
        D(5),
    ),
    ("_basket", "grade / 100 * price * pct / 100", "price * pct / 100", basket(), D(3510)),
    ("_basket", "price * pct / 100", "price", basket(), D(3510)),
    ("_basket", "value = -(grade", "value = (grade", basket(toll="2 USD/kg"), D(2610)),
    (
        "_basket",
        "grades_pct.get(basket.aggregate)",
        "grades_pct.get('Nd2O3')",
        basket(toll="2 USD/kg"),
        D(2610),
    ),
    (
        "_weight",
        "wet_t * (100 - moisture_pct) / 100",
        "wet_t / (1 + moisture_pct / 100)",
        weighed("loading"),
        D(920),
    ),
    (
        "_weight",
        "difference * 100 <= clause",
        "difference * 100 < clause",
        weighed("within_franchise", franchise_on="wet"),
        D(920),
    ),
    (
        "_weight",
        "clause.franchise_pct * loading.value",
        "clause.franchise_pct * discharge.value",
        weighed("within_franchise", franchise_on="wet"),
        D(920),
    ),
    (
        "_weight",
        "value = value * (100 - clause.franchise_pct) / 100",
        "value = value",
        weighed("less_franchise"),
        D("915.4"),
    ),
    (
        "_weight",
        "(one.value + other.value) / 2",
        "one.value",
        weighed("loading", moisture="mean"),
        D(925),
    ),
    ("_weight", "by_wet**2 + by_moisture**2", "by_wet**2", spread, D("7.3856")),
    ("_weight", "wet.u * (100 - moisture.value) / 100", "wet.u", spread, D("7.3856")),
    ("_rounding", "2 * rest == step", "2 * rest == -step", rounded("2.675", "up"), D("2.68")),
    ("_rounding", "whole % 2 == 1", "whole % 2 == 0", rounded("2.665", "even"), D("2.66")),
    ("_rounding", "return -made if", "return made if", rounded("-2.675", "up"), D("-2.68")),
    (
        "_specification",
        "moisture_pct < limit",
        "moisture_pct <= limit",
        loads("9.1", tml_pct="9.1"),
        False,
    ),
    ("_specification", 'Decimal("0.9")', 'Decimal("1")', loads("9.5", fmp_pct="10"), False),
    ("_specification", "grade < limit.min", "grade <= limit.min", copper("22"), 0),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "ask", "expected"), MUTANTS, ids=[f"{m[0]}: {m[1]}" for m in MUTANTS]
)
def test_a_formula_that_is_altered_gives_another_number(
    name: str, old: str, new: str, ask: Callable[[Any], Any], expected: Any
) -> None:
    assert ask(import_module(f"oreline.settle.{name}")) == expected
    try:
        found = ask(altered(name, old, new))
    except (ArithmeticError, AttributeError, AssertionError):
        return
    assert found != expected
