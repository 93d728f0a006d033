"""What of a grade is paid: laws that hold for every clause, and the clauses that cannot be read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.settle import PaidGrade, Payable, payable_grade

GRADES = st.decimals(0, 100, places=4, allow_nan=False)
PCTS = st.decimals(0, 100, places=2, allow_nan=False)
DEDUCTIONS = st.decimals(0, 10, places=3, allow_nan=False)


def clause(method: str, **terms: Any) -> Payable:
    return Payable.model_validate({"analyte": "Cu", "method": method, "price": "cu", **terms})


def paid(one: Payable, grade: str | Decimal) -> PaidGrade:
    return payable_grade(one, Decimal(grade))


@given(GRADES, PCTS, DEDUCTIONS)
def test_each_method_against_fractions(grade: Decimal, pct: Decimal, less: Decimal) -> None:
    p, a, d = Fraction(pct) / 100, Fraction(grade), Fraction(less)
    expected = {
        "pct": p * a,
        "deduction": max(Fraction(0), a - d),
        "pct_min_deduction": max(Fraction(0), min(p * a, a - d)),
        "excess": p * max(Fraction(0), a - d),
    }
    for method, value in expected.items():
        found = paid(clause(method, pct=str(pct), deduction=f"{less} %"), grade)
        assert found.payable_pct is not None
        assert Fraction(found.payable_pct) == value, method
        assert 0 <= found.payable_pct <= grade
        assert sum(part.payable_pct for part in found.parts) == found.payable_pct


@given(GRADES, GRADES, PCTS, DEDUCTIONS)
def test_a_higher_grade_never_pays_less(
    one: Decimal, other: Decimal, pct: Decimal, less: Decimal
) -> None:
    low, high = sorted((one, other))
    for method in ("pct", "deduction", "pct_min_deduction", "excess"):
        terms = clause(method, pct=str(pct), deduction=f"{less} %")
        assert paid(terms, low).payable_pct <= paid(terms, high).payable_pct  # type: ignore[operator]


def test_nothing_at_or_below_the_threshold() -> None:
    gold = clause("pct", pct="90", over="1 g/dmt", unit="g/dmt")
    assert paid(gold, "0.0001").payable_pct == 0
    assert "nothing" in paid(gold, "0.0001").formula
    assert paid(gold, "0.000101").payable_pct == Decimal("0.0000909")


TIERS: list[dict[str, str]] = [
    {"below": "20 %", "pct": "60"},
    {"from": "20 %", "below": "40 %", "pct": "70"},
    {"from": "40 %", "pct": "80"},
]


@pytest.mark.parametrize(
    ("grade", "whole", "marginal"),
    [
        ("0", "0", "0"),
        ("10", "6", "6"),
        ("20", "14", "12"),
        ("30", "21", "19"),
        ("40", "32", "26"),
        ("50", "40", "34"),
    ],
)
def test_tiers_pay_the_whole_grade_or_the_part_within(
    grade: str, whole: str, marginal: str
) -> None:
    assert paid(clause("tiers", tiers=TIERS, tier_pays="whole"), grade).payable_pct == Decimal(
        whole
    )
    made = paid(clause("tiers", tiers=TIERS, tier_pays="marginal"), grade)
    assert made.payable_pct == Decimal(marginal)
    open_clause = paid(clause("tiers", tiers=TIERS), grade)
    if whole == marginal:
        assert open_clause.payable_pct == Decimal(whole)
    else:
        assert open_clause.payable_pct is None
        assert f"= {whole}" in open_clause.why
        assert f"= {marginal}" in open_clause.why


@given(GRADES)
def test_marginal_tiers_have_no_jump(grade: Decimal) -> None:
    terms = clause("tiers", tiers=TIERS, tier_pays="marginal")
    step = Decimal("0.0001")
    if grade + step > 100:
        return
    here, there = paid(terms, grade).payable_pct, paid(terms, grade + step).payable_pct
    assert here is not None
    assert there is not None
    assert Decimal("0.6") * step <= there - here <= Decimal("0.8") * step


def test_a_tier_may_have_a_deduction_and_a_price_of_its_own() -> None:
    tiers = [
        {"below": "100 g/dmt", "pct": "0"},
        {"from": "100 g/dmt", "below": "200 g/dmt", "pays": "500 USD/kg"},
        {"from": "200 g/dmt", "pct": "90", "deduction": "30 g/dmt"},
    ]
    silver = clause("tiers", tiers=tiers, tier_pays="whole", unit="g/dmt")
    middle = paid(silver, "0.015")
    assert middle.payable_pct == Decimal("0.015")
    assert str(middle.parts[0].pays) == "500 USD/kg"
    assert paid(silver, "0.005").payable_pct == 0
    assert paid(silver, "0.02").payable_pct == Decimal("0.0170")
    assert paid(silver, "0.04").payable_pct == Decimal("0.0360")


def test_marginal_tiers_with_prices_keep_their_parts() -> None:
    tiers = [
        {"below": "10 %", "pays": "1000 USD/t"},
        {"from": "10 %", "pct": "50", "pays": "2000 USD/t"},
    ]
    made = paid(clause("tiers", tiers=tiers, tier_pays="marginal"), "14")
    assert [(part.payable_pct, str(part.pays)) for part in made.parts] == [
        (Decimal(10), "1000 USD/t"),
        (Decimal(2), "2000 USD/t"),
    ]
    assert made.payable_pct == 12


@pytest.mark.parametrize(
    ("terms", "grade", "words"),
    [
        ({"method": "pct"}, "20", "no percentage"),
        ({"method": "deduction"}, "20", "no deduction"),
        ({"method": "excess", "deduction": "1 %"}, "20", "no percentage"),
        ({"method": "tiers"}, "20", "no tiers"),
        ({"method": "pct", "pct": "96"}, "103", "no mass fraction"),
        ({"method": "pct", "pct": "96"}, "-1", "no mass fraction"),
        (
            {"method": "tiers", "tiers": [{"from": "20 %", "pct": "60"}], "tier_pays": "whole"},
            "19.9",
            "below the first tier",
        ),
        (
            {"method": "tiers", "tiers": [{"below": "20 %", "pct": "60"}], "tier_pays": "whole"},
            "20",
            "above the last tier",
        ),
        (
            {"method": "tiers", "tiers": [{"below": "20 %", "pct": "6"}], "tier_pays": "marginal"},
            "20.1",
            "above the last tier",
        ),
        (
            {
                "method": "tiers",
                "tiers": [{"up_to": "20 %", "pct": "60"}, {"from": "20 %", "pct": "70"}],
                "tier_pays": "whole",
            },
            "20",
            "in two tiers",
        ),
        (
            {
                "method": "tiers",
                "tiers": [{"up_to": "19.99 %", "pct": "60"}, {"from": "20 %", "pct": "70"}],
                "tier_pays": "marginal",
            },
            "25",
            "touch each other",
        ),
        (
            {
                "method": "tiers",
                "tiers": [{"pct": "60", "deduction": "1 %"}],
                "tier_pays": "marginal",
            },
            "25",
            "cannot have a deduction",
        ),
        (
            {"method": "tiers", "tiers": [{"below": "30 %"}], "tier_pays": "whole"},
            "25",
            "does not say what it pays",
        ),
        (
            {"method": "tiers", "tiers": [{"below": "30 %"}], "tier_pays": "marginal"},
            "25",
            "does not say what it pays",
        ),
    ],
)
def test_what_the_clause_does_not_say_is_unknown(
    terms: dict[str, Any], grade: str, words: str
) -> None:
    found = paid(Payable.model_validate({"analyte": "Sb", "price": "sb", **terms}), grade)
    assert found.payable_pct is None
    assert words in found.why
    assert found.parts == ()


def test_the_payable_grade_is_rounded_in_the_unit_of_the_clause() -> None:
    gold = clause("pct", pct="91", unit="g/dmt", rounding={"to": "0.1"})
    made = paid(gold, "0.002999")
    assert made.payable_pct == Decimal("0.00273")
    assert made.formula == "91 % × 29.99 g/dmt = 27.2909 g/dmt, rounded to 27.3 g/dmt"
