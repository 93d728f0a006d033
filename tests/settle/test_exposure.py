"""What is not priced yet, by market and month, in tonnes and lots."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import (
    CHINA,
    GOLD,
    SILVER,
    assessed,
    copper,
    copper_gold,
    copper_parcel,
    daily,
    lot,
    parcel,
    rare_earths,
)

from oreline.settle import Exposure, Parcel, Priced, Settling, exposure, exposure_json, marked_per_t

D = Decimal
LME = {"lme-cu": daily("2025-09-01", "2026-01-31")}


def hedged(**changes: Any) -> Any:
    """Return the copper contract with lots of 25 t, those of the London Metal Exchange."""
    prices = [{**copper().prices[0].model_dump(mode="json"), "hedge_lot": "25 t"}]
    return copper(prices=prices, **changes)


def one(goods: Parcel, on: date, stage: Any = "provisional", **changes: Any) -> Exposure:
    """Return the only exposure of a parcel."""
    found = exposure([Settling(hedged(**changes), goods, LME, stage, on)])
    assert len(found) == 1
    return found[0]


def test_published_lots_of_the_payable_metal() -> None:
    """Q20: 3,242.4 payable tonnes are 129.7 lots of 25 t; contained copper would be 134.4."""
    found = one(copper_parcel(), date(2025, 10, 6))
    assert found.unpriced_t == found.payable_t == D("3242.4")
    assert found.lots == D("129.696")
    assert (found.analyte, found.series, found.month) == ("Cu", "lme-cu", "2026-01")


def test_a_partly_passed_month_is_priced_in_part() -> None:
    """9 of the 21 business days of January 2026 are published on the 14th."""
    found = one(copper_parcel(), date(2026, 1, 14))
    assert found.priced_t == pytest.approx(D("3242.4") * 9 / 21, abs=D("1e-6"))
    assert found.priced_t + found.unpriced_t == found.payable_t


def test_a_passed_month_is_no_exposure() -> None:
    assert exposure([Settling(hedged(), copper_parcel(), LME, "final", date(2026, 2, 2))]) == ()


def test_before_arrival_the_month_is_open() -> None:
    goods = Parcel("sent-2", copper_parcel().lots, {"shipment": "2025-10-02"})
    found = one(goods, date(2025, 10, 6))
    assert found.month == ""
    assert found.unpriced_t == D("3242.4")


def test_parcels_of_one_month_are_summed_and_others_are_not() -> None:
    goods = [copper_parcel(), copper_parcel(cu="27.4")]
    late = Parcel("sent-3", copper_parcel().lots, {"arrival": "2026-01-10"})
    asked = [Settling(hedged(), one, LME, "provisional", date(2025, 10, 6)) for one in goods]
    asked.append(Settling(hedged(), late, LME, "provisional", date(2025, 10, 6)))
    found = {row.month: row for row in exposure(asked)}
    assert found["2026-01"].payable_t == D("3242.4") + D("3172.92")
    assert found["2026-02"].parcels == ("sent-3",)


def test_each_metal_has_its_own_exposure_and_a_fixed_price_has_none() -> None:
    grades = {"Cu": "27", "Au": "0.0012", "Ag": "0.009", "As": "0.1", "Sb": "0.1"}
    goods = parcel(lot("A", "1000", "8", seller=grades))
    contract = copper_gold()
    every = {**LME, "lbma-au": GOLD, "lbma-ag": SILVER}
    found = exposure([Settling(contract, goods, every, "provisional", date(2026, 1, 2))])
    assert [row.analyte for row in found] == ["Ag", "Au", "Cu"]
    fixed = copper(prices=[{"id": "cu", "fixed": "9000 USD/t"}])
    assert exposure([Settling(fixed, goods, LME, "provisional", date(2026, 1, 2))]) == ()


def test_an_assessment_without_a_calendar_is_unknown_in_part() -> None:
    series = {"lme-cu": assessed({"2026-01-07": "9000"}, identity="lme-cu")}
    asked = Settling(hedged(), copper_parcel(), series, "provisional", date(2026, 1, 14))
    found = exposure([asked])[0]
    assert found.unpriced_t is None
    assert found.lots is None
    assert found.payable_t == D("3242.4")
    assert "nobody knows how many values" in found.why


def test_content_that_is_unknown_is_no_zero() -> None:
    goods = parcel(lot("A", "1000", "8", buyer={"Cu": "28"}))
    found = one(goods, date(2025, 10, 6))
    assert found.payable_t is None
    assert found.unpriced_t is None
    assert "no seller's or loading result" in found.why


def test_a_series_that_is_not_there_leaves_the_priced_part_unknown() -> None:
    asked = Settling(hedged(), copper_parcel(), {}, "provisional", date(2025, 10, 6))
    found = exposure([asked])[0]
    assert found.payable_t == D("3242.4")
    assert found.unpriced_t is None
    assert "lme-cu is not there" in found.why


def test_options_that_are_open_are_told() -> None:
    option = {
        "id": "m-2", "qp": {"kind": "month", "event": "arrival", "offset": 2}, "by": "buyer",
        "declare_event": "arrival", "declare_within_days": 5,
    }  # fmt: skip
    price = {**copper().prices[0].model_dump(mode="json"), "options": [option]}
    asked = Settling(copper(prices=[price]), copper_parcel(), LME, "provisional", date(2025, 10, 6))
    found = exposure([asked])[0]
    assert "the buyer may still declare m-2, until 2026-01-05" in found.notes[0]


def test_oxides_of_a_basket_are_exposed() -> None:
    grades = {"TREO": "55", "Nd2O3": "10", "La2O3": "15"}
    goods = parcel(lot("R", "50", "2", seller=grades), shipment="2025-11-05")
    found = exposure([Settling(rare_earths(), goods, CHINA, "provisional", date(2025, 10, 30))])
    assert {row.analyte: row.unpriced_t for row in found} == {
        "Nd2O3": D("3.92"), "La2O3": D("-0.735"),
    }  # fmt: skip


@given(share=st.integers(0, 20), average=st.integers(1, 9999), forward=st.integers(1, 9999))
def test_a_marked_price_lies_between_its_parts(share: int, average: int, forward: int) -> None:
    price = Priced("cu", D(average), D(share) / 20, "2026-01", "", "reported", "lme-cu", D(average))
    marked = marked_per_t(price, D(forward))
    assert marked is not None
    assert min(average, forward) <= marked <= max(average, forward)
    assert marked == (D(average) * share + D(forward) * (20 - share)) / 20


def test_a_mark_needs_a_known_share() -> None:
    price = Priced("sb", D(1), None, "2026-01", "", "reported", "sb", D(1))
    assert marked_per_t(price, D(2)) is None
    unbegun = Priced("sb", D(1), D(0), "2026-01", "", "reported", "sb")
    assert marked_per_t(unbegun, D(2)) == 2


def test_exposure_as_json_has_exact_decimals() -> None:
    rows = exposure([Settling(hedged(), copper_parcel(), LME, "provisional", date(2025, 10, 6))])
    assert exposure_json(rows)[0]["lots"] == "129.696"
    assert exposure_json(rows)[0]["parcels"] == ["sent-1"]


def test_a_contract_whose_units_do_not_fit_leaves_the_content_unknown() -> None:
    wrong = hedged(refining=[{"analyte": "Cu", "rate": "8 EUR/t", "basis": "payable"}])
    found = exposure([Settling(wrong, copper_parcel(), LME, "provisional", date(2025, 10, 6))])
    assert found[0].payable_t is None
    assert found[0].why
