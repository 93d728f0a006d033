"""Contracts and parcels as people write them when something is wrong: each pays right or says why.

Found by settling ugly files: a sign that turns a penalty into a premium, a deduction that pays for
more metal than there is, a number of a million digits, a period that ends after the calendar.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from parcels import copper, daily, lot, parcel
from pydantic import ValidationError

from oreline.model import UnitError
from oreline.settle import Statement, contradictions, parse_quantity, read_contract, settle

D = Decimal
FIXED = [{"id": "cu", "fixed": "9000 USD/t"}]
ARSENIC = {"analytes": ["As"], "over": "0.1 %", "step": "0.1 %", "rate": "3 USD/dmt",
           "steps": "pro_rata"}  # fmt: skip


def made(*lots: Any, days: dict[str, str] | None = None, **changes: Any) -> Statement:
    contract = copper(**{"prices": FIXED, **changes})
    lots = lots or (lot("CU-1", "1000", "8", settled={"Cu": "28", "As": "0.5"}),)
    series = {"lme-cu": daily("2025-09-01", "2026-02-27")}
    sold = parcel(*lots, **(days or {}))
    return settle(contract, sold, series, stage="final", on=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        (
            {"payables": [{"analyte": "Cu", "method": "deduction", "deduction": "-1 %",
                           "price": "cu"}]},
            "payables.0.deduction", "-1 % is no grade",
        ),
        (
            {"payables": [{"analyte": "Cu", "method": "deduction", "deduction": "2000000 ppm",
                           "price": "cu"}]},
            "payables.0.deduction", "between 0 and 100 %",
        ),
        ({"penalties": [{**ARSENIC, "over": "-1 %"}]}, "penalties.0.over", "-1 % is no grade"),
        ({"penalties": [{**ARSENIC, "rate": "-3 USD/dmt"}]}, "penalties.0.rate", "to the seller"),
        ({"penalties": [{**ARSENIC, "cap": "-9 USD/dmt"}]}, "penalties.0.cap", "to the seller"),
        ({"prices": [{"id": "cu", "fixed": "-9000 USD/t"}]}, "prices.0.fixed", "is no price"),
        (
            {"prices": [{"id": "cu", "fixed": "9000 USD/t", "floor": "-1 USD/t"}]},
            "prices.0.floor", "is no price",
        ),
        (
            {"prices": [{"id": "cu", "fixed": "9000 USD/t", "hedge_lot": "-25 t"}]},
            "prices.0.hedge_lot", "hedges nothing",
        ),
        (
            {"participation": [{"analyte": "Cu", "price": "cu", "base": "-1 USD/t",
                                "share_pct": "10"}]},
            "participation.0.base", "is no price",
        ),
    ],
)  # fmt: skip
def test_a_number_that_no_clause_can_mean_is_refused(
    changes: dict[str, Any], place: str, words: str
) -> None:
    statement = made(**changes)
    assert statement.status == "NOT SETTLED"
    told = {one.where: one.why for one in statement.missing}
    assert words in told.get(place, ""), told


def test_a_negative_penalty_is_told_with_what_each_reading_pays() -> None:
    found = contradictions(copper(prices=FIXED, penalties=[{**ARSENIC, "rate": "-3 USD/dmt"}]))
    (one,) = [each for each in found if each.clause == "penalties.0.rate"]
    assert [str(reading) for reading in one.readings] == [
        "a deduction: the buyer keeps 3 USD/dmt", "a premium: the seller gets 3 USD/dmt",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["1e999999", "1e-999999", "9" * 41, "1_000", "٣", "1E+3", "NaN"])
def test_numbers_are_plain_digits(number: str) -> None:
    with pytest.raises(UnitError, match="does not begin with a number"):
        parse_quantity(f"{number} USD/dmt", "charge on dry mass")
    text = f'id = "c"\nsettled_by = "lot"\n[[payments]]\nstage = "final"\npct = "{number}"\n'
    _, findings = read_contract(text, "c.toml")
    assert any(one.where == "c.toml:5" for one in findings), findings


@pytest.mark.parametrize(
    "period",
    [{"offset": 10**6}, {"offset": -(10**6)}, {"offset": 10**12}],
)
def test_a_period_beyond_the_calendar_is_refused_when_it_is_read(period: dict[str, Any]) -> None:
    qp = {"kind": "month", "event": "arrival", **period}
    with pytest.raises(ValidationError):
        copper(prices=[{"id": "cu", "series": "lme-cu", "qp": qp}])
    late = {"id": "m2", "by": "buyer", "qp": {"kind": "month", "event": "arrival"}}
    with pytest.raises(ValidationError):
        copper(prices=[{"id": "cu", "fixed": "1 USD/t", "options": [
            {**late, "declare_within_days": 10**9}]}])  # fmt: skip
    with pytest.raises(ValidationError):
        copper(payments=[{"stage": "final", "pct": "100", "due_days": 10**9}])


def test_a_day_that_nobody_means_settles_nothing_and_breaks_nothing() -> None:
    qp = {"kind": "month", "event": "arrival", "offset": 1}
    prices = [{"id": "cu", "series": "lme-cu", "qp": qp}]
    statement = made(days={"arrival": "9999-12-31"}, prices=prices)
    assert statement.status == "NOT SETTLED"
    assert any("is no day" in one.why for one in statement.missing)


def test_elements_come_to_no_more_than_all() -> None:
    statement = made(
        lot("CU-1", "1000", "8", settled={"Cu": "90", "As": "80"}), penalties=[ARSENIC]
    )
    assert statement.status == "NOT SETTLED"
    assert any("170 % together" in one.why for one in statement.missing)


@pytest.mark.parametrize(
    ("half", "mass", "amount"),
    [("up", "1", "-0.01"), ("up", "3", "-0.02"), ("even", "1", "0.00"), ("even", "3", "-0.02")],
)
def test_exact_half_cents(half: str, mass: str, amount: str) -> None:
    statement = made(
        lot("CU-1", mass, "0", settled={"Cu": "28"}),
        treatment={"rate": "0.005 USD/dmt"},
        refining=[],
        prices=[{"id": "cu", "fixed": "0 USD/t"}],
        rounding={"lines": {"to": "0.01", "half": half}},
    )
    assert f"{statement.net_value:f}" == amount


def test_a_negative_charge_with_an_escalator_pays_the_seller() -> None:
    bands = [{"from": "9000 USD/t", "change": "-0.01 USD/dmt", "per": "1 USD/t"}]
    moved = {"base": "9000 USD/t", "price": "cu", "reading": "marginal", "steps": "pro_rata"}
    statement = made(
        prices=[{"id": "cu", "fixed": "9100 USD/t"}],
        treatment={"rate": "-45 USD/dmt", "escalation": {**moved, "bands": bands}},
    )
    (line,) = [one for one in statement.lines if one.id == "treatment"]
    # 920 dmt × 46 USD/dmt
    assert line.amount == D("42320.00")


def test_weighing_sampling_and_moisture_are_charged_on_the_wet_mass() -> None:
    statement = made(lines=[{"id": "wsmd", "title": "WSMD", "rate": "-4.5 USD/wmt"}])
    (line,) = [one for one in statement.lines if one.id == "line-wsmd"]
    assert line.amount == D("-4500.00")
