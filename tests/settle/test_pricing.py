"""The price of a clause: tax, exchange, floor and cap, provisional rules, declared options."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from parcels import HOLIDAYS, assessed, daily

from oreline.settle import Declaration, PriceSeries, Revision, price_of
from oreline.settle._clauses import PriceClause
from oreline.settle._pricing import Priced, PriceQuestion
from oreline.settle._statement import Stage
from oreline.settle._units import Constants

D = Decimal
ARRIVED = {"shipment": "2025-12-01", "arrival": "2025-12-31"}
AFTER = date(2026, 2, 2)


def priced(
    of: PriceSeries | tuple[PriceSeries, ...],
    /,
    *,
    on: date = AFTER,
    stage: Stage = "final",
    days: Mapping[str, str] | None = None,
    currency: str = "USD",
    declared: Mapping[str, str | Declaration] | None = None,
    **clause: Any,
) -> Priced:
    """Return a price on the first of some series, by default of the month after arrival."""
    given = (of,) if isinstance(of, PriceSeries) else of
    qp = {"kind": "month", "event": "arrival", "offset": 1}
    told = {"id": "p", "series": given[0].id, "qp": qp, **clause}
    asked = PriceQuestion(
        ARRIVED if days is None else days, {one.id: one for one in given}, on, stage, currency,
        Constants(), declared or {},
    )  # fmt: skip
    return price_of(PriceClause.model_validate(told), asked)


def ramp() -> PriceSeries:
    """Return a market whose price rises by one dollar on each business day."""
    flat = daily("2025-11-03", "2026-02-27")
    values = {day: D(9000 + at) for at, day in enumerate(flat.values)}
    return PriceSeries("lme-cu", "", "exchange", "USD/t", values, holidays=HOLIDAYS)


def test_the_mean_of_the_published_days() -> None:
    series = ramp()
    january = [value for day, value in series.values.items() if day.startswith("2026-01")]
    found = priced(series)
    assert found.per_t == sum(january) / len(january)
    assert found.is_final
    assert found.month == "2026-01"
    assert found.missing == ()
    assert (found.basis, found.source) == ("reported", "lme-cu")


def test_a_hole_is_an_error_that_names_the_days() -> None:
    values = {day: value for day, value in ramp().values.items() if day != "2026-01-14"}
    torn = PriceSeries("lme-cu", "", "exchange", "USD/t", values, holidays=HOLIDAYS)
    for stage in ("provisional", "final"):
        found = priced(torn, stage=stage, provisional="last_published")
        assert found.per_t is None
        assert "2026-01-14" in found.missing[0].why
        assert "hole" in found.missing[0].why


def test_a_period_that_has_not_passed_has_no_final_price() -> None:
    found = priced(ramp(), on=date(2026, 1, 20))
    assert found.per_t is None
    assert "2026-01-01 to 2026-01-31 is not fully published" in found.missing[0].why


def test_a_series_that_ends_early_is_told_apart_from_a_hole() -> None:
    found = priced(daily("2025-11-03", "2026-01-28"))
    assert "ends before 2026-01-29, 2026-01-30" in found.missing[0].why


@pytest.mark.parametrize(
    ("rule", "on", "price"),
    [
        ({"provisional": "last_published"}, date(2025, 12, 3), D(9022)),
        ({"provisional": "last_published"}, date(2026, 1, 6), D(9043)),
        ({"provisional": "average_to_date"}, date(2026, 1, 6), D(9042)),
        ({"provisional": "fixed", "provisional_fixed": "8500 USD/t"}, date(2026, 1, 6), D(8500)),
        # Once the period has passed its average holds at any stage.
        ({"provisional": "last_published"}, AFTER, D("9051")),
    ],
)
def test_provisional_rules(rule: dict[str, str], on: date, price: Decimal) -> None:
    found = priced(ramp(), stage="provisional", on=on, **rule)
    assert found.per_t == price
    assert found.is_final == (on == AFTER)


def test_a_partly_passed_period_has_a_priced_part() -> None:
    found = priced(ramp(), stage="provisional", on=date(2026, 1, 6), provisional="last_published")
    assert found.share == D("0.142857142857")  # 3 of 21
    assert found.average_per_t == D(9042)
    assert (found.first, found.last) == ("2026-01-01", "2026-01-31")


def test_before_arrival_the_month_is_unknown_and_a_provisional_price_is_not() -> None:
    left = {"shipment": "2025-12-01"}
    found = priced(
        ramp(), stage="provisional", on=date(2025, 12, 3), days=left, provisional="last_published"
    )
    assert found.per_t == D(9022)
    assert (found.month, found.share) == ("", 0)
    final = priced(ramp(), days=left)
    assert "nobody has recorded the day of arrival" in final.missing[0].why


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ({}, "does not say what holds until then"),
        ({"provisional": "fixed"}, "does not say at what"),
        ({"provisional": "average_to_date"}, "no day of the period is published"),
        ({"qp": None}, "no quotational period"),
        ({"series": None}, "neither a series nor a fixed price"),
        ({"series": "shfe-cu"}, "shfe-cu is not there; no other stands in for it"),
    ],
)
def test_what_a_clause_lacks(clause: dict[str, Any], said: str) -> None:
    found = priced(ramp(), stage="provisional", on=date(2025, 12, 30), **clause)
    assert found.per_t is None
    assert said in found.missing[0].why
    assert found.missing[0].remedy


def test_everything_that_is_missing_is_told_at_once() -> None:
    assert len(priced(ramp(), series=None, qp=None).missing) == 2


def test_vat_is_taken_out_as_printed(shared_dir: Path) -> None:
    """China ex-works prices include 13 % VAT: 565,000 CNY with it are 500,000 without."""
    text = (shared_dir / "vectors" / "settle" / "antimony_ree_pricing.json").read_text()
    vectors = json.loads(text, parse_float=Decimal)["vectors"]
    vector = next(one for one in vectors if one["id"] == "ree_price_vat")
    for case in vector["cases"]:
        series = assessed({"2026-01-15": str(case["rmb_incl_vat"])}, unit="CNY/t", vat_pct=D(13))
        made = priced(series, vat_pct="13", currency="CNY")
        assert made.per_t == case["rmb_ex_vat"]
        assert "less 13 % tax" in made.formula


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ({}, "includes 13 % tax, and the clause does not say what is paid"),
        ({"vat_pct": "17"}, "takes 17 % tax out of sb, which includes 13 %"),
    ],
)
def test_tax_that_is_not_agreed_on(clause: dict[str, str], said: str) -> None:
    series = assessed({"2026-01-15": "565000"}, vat_pct=D(13))
    assert said in priced(series, **clause).missing[0].why


def test_tax_is_paid_only_where_the_clause_says_so() -> None:
    series = assessed({"2026-01-15": "565000"}, vat_pct=D(13))
    assert priced(series, vat_pct="0").per_t == 565000


def test_a_rate_of_exchange_is_averaged_over_the_same_days() -> None:
    price = assessed({"2026-01-14": "70000", "2026-01-28": "72000"}, unit="CNY/t")
    rates = {"2026-01-14": D("7.0"), "2026-01-20": D(99), "2026-01-28": D("7.2")}
    told = PriceSeries("fx", "", "fx", "CNY/USD", rates, basis="assumed")
    found = priced((price, told), fx="fx")
    assert found.per_t == D(10000)
    assert found.basis == "assumed"
    turned = {day: 1 / rate for day, rate in rates.items()}
    other = PriceSeries("fx", "", "fx", "USD/CNY", turned)
    again = priced((price, other), fx="fx").per_t
    assert again is not None
    assert again == pytest.approx(D("10002"), abs=D("0.1"))


@pytest.mark.parametrize(
    ("rates", "unit", "clause", "said"),
    [
        ({}, "CNY/USD", {}, "no rate is named"),
        ({}, "CNY/USD", {"fx": "other"}, "other is not there"),
        ({"2026-01-15": "7"}, "CNY/USD", {"fx": "fx"}, "has no rate on 2026-01-14"),
        ({"2026-01-14": "7"}, "EUR/USD", {"fx": "fx"}, "is in EUR/USD"),
    ],
)
def test_a_rate_that_is_not_there(
    rates: dict[str, str], unit: str, clause: dict[str, str], said: str
) -> None:
    price = assessed({"2026-01-14": "70000"}, unit="CNY/t")
    fx = PriceSeries("fx", "", "fx", unit, {day: D(rate) for day, rate in rates.items()})
    assert said in priced((price, fx), **clause).missing[0].why


@pytest.mark.parametrize(
    ("series", "bounds", "price"),
    [
        ("60", {"floor": "110 USD/kg"}, 110000),
        ("130", {"floor": "110 USD/kg"}, 130000),
        ("110", {"floor": "110 USD/kg", "cap": "110 USD/kg"}, 110000),
        ("130", {"cap": "120 USD/kg"}, 120000),
    ],
)
def test_floor_and_cap(series: str, bounds: dict[str, str], price: int) -> None:
    found = priced(assessed({"2026-01-15": series}, unit="USD/kg"), **bounds)
    assert found.per_t == price


def test_a_floor_in_another_currency_is_an_error() -> None:
    found = priced(assessed({"2026-01-15": "1"}), floor="110 EUR/kg")
    assert found.per_t is None
    assert "EUR/kg" in found.missing[0].why


def test_rounding_in_the_unit_of_the_clause() -> None:
    series = assessed({"2026-01-14": "1.005", "2026-01-15": "1.006"}, unit="USD/lb")
    found = priced(series, rounding={"to": "0.001", "half": "even"}, unit="USD/lb")
    assert found.per_t is not None
    assert found.per_t / Constants().lb_per_t == pytest.approx(D("1.006"), abs=D("1e-25"))


def test_units_of_series_are_converted() -> None:
    for unit, value, per_t in (
        ("c/lb", "400", Constants().lb_per_t * 4),
        ("USD/mtu", "100", D(10000)),
        ("USD/kg", "25", D(25000)),
    ):
        found = priced(assessed({"2026-01-15": value}, unit=unit)).per_t
        assert found == pytest.approx(per_t, rel=D("1e-27"))


def test_a_series_that_is_no_price_is_an_error() -> None:
    for unit in ("kg", "USD/dmt", "nonsense"):
        found = priced(assessed({"2026-01-15": "1"}, unit=unit))
        assert found.per_t is None
        assert found.missing


def test_an_annual_series_is_no_contract_price_and_says_so() -> None:
    values = {"2024-12-31": D(21000), "2025-12-31": D(45000)}
    series = PriceSeries("usgs-sb", "", "annual", "USD/t", values)
    refused = priced(series)
    assert "yearly average" in refused.missing[0].why
    found = priced(series, qp={"kind": "last_published", "event": "shipment"})
    assert found.per_t == 21000
    assert not found.is_contract_price
    assert found.basis == "assumed"
    assert "usgs-sb is a yearly average and no contract price" in found.notes


def test_a_fixed_price_needs_no_series() -> None:
    found = priced(ramp(), series=None, qp=None, fixed="30 USD/kg")
    assert found.per_t == 30000
    assert found.is_final


def test_a_revision_is_told() -> None:
    series = PriceSeries(
        "sb", "", "assessed", "USD/t", {"2026-01-15": D(30000)},
        revisions=(Revision("2026-01-15", "2026-01-20", D(30500)),),
    )  # fmt: skip
    found = priced(series)
    assert found.per_t == 30500
    assert any("revised on 2026-01-20 from 30000 to 30500" in note for note in found.notes)


OPTIONS: dict[str, Any] = {
    "provisional": "last_published",
    "options": [
        {
            "id": "m-2",
            "qp": {"kind": "month", "event": "arrival", "offset": 2},
            "by": "buyer",
            "declare_event": "shipment",
            "declare_within_days": 10,
        }
    ],
}
LATER = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("declared", "month", "said"),
    [
        (None, "2026-01", None),
        ("m-2", "2026-02", "had to be until 2025-12-11"),
        (Declaration("m-2", "2025-12-11"), "2026-02", "in time until 2025-12-11"),
        (Declaration("m-2", "2025-12-12"), "2026-01", "too late"),
    ],
)
def test_declared_options(declared: str | Declaration | None, month: str, said: str | None) -> None:
    told = {} if declared is None else {"p": declared}
    found = priced(ramp(), on=LATER, declared=told, **OPTIONS)
    assert found.month == month
    assert found.is_final
    assert said is None or any(said in note for note in found.notes)


def test_an_option_that_can_still_be_declared_keeps_the_price_open() -> None:
    days = {"shipment": "2026-02-28", "arrival": "2025-12-31"}
    found = priced(ramp(), days=days, on=LATER, **OPTIONS)
    assert found.per_t is None
    assert "may still declare m-2, until 2026-03-10" in found.missing[0].why
    told = priced(ramp(), days=days, on=LATER, stage="provisional", **OPTIONS)
    assert told.per_t is not None
    assert any("may still declare" in note for note in told.notes)
    unknown = priced(ramp(), days={"arrival": "2025-12-31"}, on=LATER, **OPTIONS)
    assert "not known" in unknown.missing[0].why


def test_the_last_day_of_a_declaration_counts() -> None:
    days = {"shipment": "2026-02-20", "arrival": "2025-12-31"}
    last = priced(ramp(), days=days, on=date(2026, 3, 2), **OPTIONS)
    assert "until 2026-03-02" in last.missing[0].why
    assert priced(ramp(), days=days, on=date(2026, 3, 3), **OPTIONS).month == "2026-01"


def test_an_option_that_is_none_of_the_clause() -> None:
    found = priced(ramp(), declared={"p": "m-9"}, **OPTIONS)
    assert "the clause's options are: m-2" in found.missing[0].why
