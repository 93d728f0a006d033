"""Charges and shares by grade: the tier that holds, each tier's part, gaps and two readings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import copper, lot, parcel
from test_terms_mutations import altered

from oreline.settle import (
    Constants,
    Refining,
    Statement,
    clause_texts,
    contradictions,
    rate_at,
    read_contract,
    settle,
)
from oreline.settle import contract_text as text_of

D = Decimal
RC = [{"below": "25 %", "rate": "8 c/lb"}, {"from": "25 %", "rate": "6 c/lb"}]
TC = [
    {"from": "20 %", "below": "24 %", "rate": "95 USD/dmt"},
    {"from": "24 %", "below": "28 %", "rate": "85 USD/dmt"},
    {"from": "28 %", "rate": "-5 USD/dmt"},
]


def made(*grades: str, **changes: Any) -> Statement:
    """Return a final statement on lots of 1,000 dmt each, at 10,000 USD/t of copper."""
    lots = [lot(f"CU-{at}", "1000", "0", settled={"Cu": pct}) for at, pct in enumerate(grades)]
    contract = copper(
        prices=[{"id": "cu", "fixed": "10000 USD/t"}],
        payables=[{"analyte": "Cu", "method": "pct", "pct": "96", "price": "cu"}],
        constants={"lb_per_t": "2204.6"},
        settled_by="lot",
        **{"treatment": None, "refining": [], **changes},
    )
    return settle(contract, parcel(*lots), {}, stage="final", on=date(2026, 3, 1))


def amount(statement: Statement, name: str) -> Decimal | None:
    (line,) = [one for one in statement.lines if one.id == name]
    return line.amount


@pytest.mark.parametrize(
    ("grade", "charge"),
    [("20", "-95000"), ("23.99", "-95000"), ("24", "-85000"), ("27.99", "-85000"), ("28", "5000")],
)
def test_a_treatment_charge_by_grade_may_become_the_sellers(grade: str, charge: str) -> None:
    statement = made(grade, treatment={"by": "Cu", "tiers": TC, "clause": "8.1"})
    assert amount(statement, "treatment") == D(charge)
    (line,) = [one for one in statement.lines if one.id == "treatment"]
    assert f"{grade} % Cu" in line.formula
    assert line.clause == "8.1"
    assert statement.status == "SETTLED"


def test_each_lot_is_charged_by_its_own_grade() -> None:
    statement = made("22", "26", treatment={"by": "Cu", "tiers": TC})
    assert amount(statement, "treatment") == D(-95000 - 85000)


@pytest.mark.parametrize(("grade", "gap"), [("19.99", True), ("20", False)])
def test_a_grade_that_no_tier_holds_for_settles_nothing(grade: str, gap: bool) -> None:
    statement = made(grade, treatment={"by": "Cu", "tiers": TC})
    assert (statement.status == "NOT SETTLED") is gap
    assert any("lies in no tier" in one.why for one in statement.missing) is gap


def refined(grade: str, how: str | None, **more: Any) -> Statement:
    clause = {"analyte": "Cu", "basis": "contained", "tiers": RC, "tier_rate": how, **more}
    return made(grade, refining=[clause])


def test_whole_and_marginal_charge_otherwise() -> None:
    # 300 t contained; 6 c/lb on all, or 8 on 250 t and 6 on 50 t; 22.046 USD/t for a cent a pound.
    whole, marginal = refined("30", "whole"), refined("30", "marginal")
    assert amount(whole, "refining-Cu") == -D("300") * 6 * D("22.046")
    assert amount(marginal, "refining-Cu") == -(D(250) * 8 + D(50) * 6) * D("22.046")
    assert amount(refined("25", "marginal"), "refining-Cu") == -D(250) * 8 * D("22.046")


def test_without_a_reading_nothing_is_settled_where_the_two_differ() -> None:
    assert refined("30", None).status == "NOT SETTLED"
    assert any("two ways" in one.why for one in refined("30", None).missing)
    contract = copper(refining=[{"analyte": "Cu", "basis": "payable", "tiers": RC}])
    (found,) = [one for one in contradictions(contract) if one.clause == "refining.0.tier_rate"]
    assert len(found.readings) == 2
    assert "6 c/lb" in str(found.readings[0])
    assert "7.333" in str(found.readings[1])


@given(
    st.lists(st.integers(1, 9999), min_size=1, max_size=4, unique=True),
    st.data(),
    st.integers(1, 10_000),
)
def test_marginal_tiers_against_fractions(ends: list[int], data: st.DataObject, grade: int) -> None:
    """The charge is the integral of the tiers' rates over the grade."""
    bounds = [0, *sorted(ends)]
    rates = [data.draw(st.integers(-50, 50)) for _ in bounds]
    tiers: list[dict[str, str]] = []
    for at, low in enumerate(bounds):
        tier = {"from": f"{D(low) / 100} %", "rate": f"{rates[at]} USD/t"}
        if at + 1 < len(bounds):
            tier["below"] = f"{D(bounds[at + 1]) / 100} %"
        tiers.append(tier)
    clause = Refining.model_validate(
        {"analyte": "Cu", "basis": "contained", "tiers": tiers, "tier_rate": "marginal"}
    )
    found = rate_at(clause, D(grade) / 100, Constants()).rate
    assert found is not None
    spans = zip(bounds, [*bounds[1:], 10_000], rates, strict=True)
    plain = sum(max(0, min(grade, high) - low) * rate for low, high, rate in spans)
    assert abs(Fraction(found.value) - Fraction(plain, grade)) < Fraction(1, 10**20)


def test_an_escalator_moves_the_rate_of_the_tier() -> None:
    moved = {
        "base": "9000 USD/t", "price": "cu", "reading": "marginal", "steps": "pro_rata",
        "bands": [{"from": "9000 USD/t", "change": "0.01 USD/dmt", "per": "1 USD/t"}],
    }  # fmt: skip
    statement = made("26", treatment={"by": "Cu", "tiers": TC, "escalation": moved})
    assert amount(statement, "treatment") == D(-85000 - 10000)
    (line,) = [one for one in statement.lines if one.id == "treatment"]
    assert "85 USD/dmt at 26 % Cu" in line.formula
    assert any(one.name == "price cu" for one in line.inputs)


def test_a_share_in_the_price_by_grade() -> None:
    shares = [{"below": "25 %", "share_pct": "-5"}, {"from": "25 %", "share_pct": "-10"}]
    part = {"analyte": "Cu", "price": "cu", "base": "9000 USD/t", "tiers": shares}
    # 1,000 dmt × 26 % × 96 % = 249.6 t payable; 10 % of 1,000 USD/t go to the buyer.
    whole = made("26", participation=[{**part, "tier_rate": "whole"}])
    assert amount(whole, "participation-Cu") == D("-24960")
    # 5 % on 25 of 26 parts, 10 % on one: (5 × 25 + 10) / 26 %.
    marginal = made("26", participation=[{**part, "tier_rate": "marginal"}])
    assert amount(marginal, "participation-Cu") == D("-12960")


def test_a_charge_by_the_grade_of_another_analyte_needs_its_assay() -> None:
    statement = made("26", treatment={"by": "As", "tiers": [{"rate": "95 USD/dmt"}]})
    assert any(one.what == "assay" and "As" in one.where for one in statement.missing)


def wrong(**changes: Any) -> dict[str, str]:
    return {one.clause: one.message for one in contradictions(copper(**changes))}


@pytest.mark.parametrize(
    ("changes", "clause", "words"),
    [
        ({"treatment": {}}, "treatment.rate", "neither a rate nor tiers"),
        ({"treatment": {"by": "Cu", "rate": "80 USD/dmt"}}, "treatment.by", "there are no tiers"),
        ({"treatment": {"tiers": TC}}, "treatment.by", "by whose grade"),
        (
            {"treatment": {"by": "Cu", "rate": "80 USD/dmt", "tiers": TC}},
            "treatment.tiers", "both a rate and tiers",
        ),
        (
            {"treatment": {"by": "Cu", "tiers": [
                {"from": "20 %", "up_to": "23.99 %", "rate": "95 USD/dmt"}, TC[1]]}},
            "treatment.tiers", "leave a gap",
        ),
        (
            {"treatment": {"by": "Cu", "tiers": [
                {"from": "20 %", "below": "25 %", "rate": "95 USD/dmt"}, TC[1]]}},
            "treatment.tiers", "overlap",
        ),
        (
            {"treatment": {"by": "Cu", "tiers": [
                {"from": "20 %", "below": "10 %", "rate": "95 USD/dmt"}]}},
            "treatment.tiers.0", "ends where it begins or before",
        ),
        (
            {"treatment": {"by": "Cu", "tiers": [{"rate": "95 EUR/dmt"}]}},
            "treatment.tiers.0.rate", "is in EUR",
        ),
        (
            {"refining": [{"analyte": "Cu", "basis": "payable", "tier_rate": "marginal",
                           "tiers": [{"from": "20 %", "rate": "8 c/lb"}]}]},
            "refining.0.tiers", "do not begin at zero",
        ),
        (
            {"participation": [{"analyte": "Cu", "price": "cu", "base": "9000 USD/t"}]},
            "participation.0.share_pct", "neither a share_pct nor tiers",
        ),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_not_at_all_is_refused(
    changes: dict[str, Any], clause: str, words: str
) -> None:
    found = wrong(**changes)
    assert words in found.get(clause, ""), found


def test_a_gap_that_rounded_assays_cannot_fall_into_is_none() -> None:
    limits = [{"analyte": "Cu", "limit": "0.3 %", "rounding": {"to": "0.01"}}]
    tiers = [{"from": "20 %", "up_to": "23.99 %", "rate": "95 USD/dmt"}, TC[1]]
    assays = {"rule": "exchange", "umpire": "middle", "limits": limits}
    assert wrong(treatment={"by": "Cu", "tiers": tiers}, assays=assays) == {}


def test_the_terms_are_told_and_written_back() -> None:
    contract = copper(
        treatment={"by": "Cu", "tiers": TC},
        refining=[{"analyte": "Cu", "basis": "payable", "tiers": RC, "tier_rate": "whole"}],
    )
    told = {one.subject: one.text for one in clause_texts(contract)}
    assert "95 USD/dmt from 20 % below 24 %" in told["Treatment charge"]
    assert "by the grade of Cu (whole)" in told["Refining charge, Cu"]
    again, findings = read_contract(text_of(contract), "c.toml")
    assert (again, findings) == (contract, ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total += number * part", "total += number"),
        ("total / grade, text", "total, text"),
        ("(grade if high is None else min(grade, high)) - low", "grade - low"),
        ("if tier_holds(tier, grade, units)", "if not tier_holds(tier, grade, units)"),
    ],
)
def test_the_formula_decides_the_charge(old: str, new: str) -> None:
    from importlib import import_module

    def rates(module: Any) -> list[str]:
        found = []
        for how in ("whole", "marginal"):
            told = {"analyte": "Cu", "basis": "payable", "tiers": RC, "tier_rate": how}
            rate = module.rate_at(Refining.model_validate(told), D(40), Constants()).rate
            found.append("" if rate is None else f"{rate.value:f}")
        return found

    real = rates(import_module("oreline.settle._charge_tiers"))
    assert real == ["6", "7.25"]
    assert rates(altered("_charge_tiers", old, new)) != real
