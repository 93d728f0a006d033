"""What a parcel is worth: the published example, three products, stages, and what is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from parcels import (
    CHINA,
    GOLD,
    SB_ROTTERDAM,
    SILVER,
    antimony,
    copper,
    copper_gold,
    copper_parcel,
    daily,
    lot,
    parcel,
    rare_earths,
    weighing,
)

from oreline.model import InputError
from oreline.settle import (
    Contract,
    Parcel,
    Reading,
    Revision,
    SettlementLot,
    Statement,
    settle,
    statement_hash,
    statement_json,
)

D = Decimal
LME = {"lme-cu": daily("2025-09-01", "2026-01-31")}
METALS = {**LME, "lbma-au": GOLD, "lbma-ag": SILVER}
LEFT, ARRIVED = date(2025, 10, 6), date(2026, 2, 2)


def final(contract: Contract | None, goods: Parcel, prices: Any = None, **told: Any) -> Statement:
    """Return a final statement of February 2026."""
    given = LME if prices is None else prices
    return settle(contract, goods, given, stage="final", on=ARRIVED, **told)


def amounts(statement: Statement) -> dict[str, Decimal | None]:
    """Return the amounts of lines by id."""
    return {line.id: line.amount for line in statement.lines}


def cents(amount: Decimal) -> Decimal:
    """Return an amount to the cent, a half away from zero."""
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


def said(statement: Statement) -> str:
    """Return everything that is missing, as one text."""
    return "; ".join(f"{one.what} {one.where}: {one.why}" for one in statement.missing)


# The published example


def vector(folder: Path, name: str) -> dict[str, Any]:
    """Return a published vector."""
    text = (folder / "vectors" / "settle" / "concentrate_settlement.json").read_text("utf-8")
    every = json.loads(text, parse_float=Decimal)["vectors"]
    found: dict[str, Any] = next(one for one in every if one["id"] == name)
    return found


def test_published_copper_example(shared_dir: Path) -> None:
    """Interview question Q20: 12,000 dmt, 28 %, 96.5 %, 9,000 USD/t, TC 80, RC 8 c/lb.

    Printed: payable 3,242 t, 29.2 million, TC 960,000, RC 571,800, together 1.53 million.
    """
    printed = vector(shared_dir, "cu_conc_q20_base")["expected"]
    found = final(copper(), copper_parcel())
    made = amounts(found)
    copper_of = found.analytes[0]
    assert found.status == "SETTLED"
    assert copper_of.contained_t == printed["contained_t"]["value"]
    assert copper_of.payable_t == printed["payable_t"]["exact"]
    assert made["payable-Cu"] == printed["payable_value_usd"]["exact"]
    assert made["treatment"] == -printed["tc_usd"]["value"]
    charges = -(made["treatment"] + made["refining-Cu"])
    assert charges == pytest.approx(printed["tc_plus_rc_usd"]["exact"], abs=D("0.05"))
    assert charges == pytest.approx(
        printed["tc_plus_rc_usd"]["value"], abs=printed["tc_plus_rc_usd"]["tol_abs"]
    )
    assert made["refining-Cu"] == D("-571855.60")
    # The source prints 127 USD per tonne of payable copper; that is per dry tonne (erratum).
    per_dmt = printed["charges_usd_per_dmt"]["value"]
    per_t = printed["charges_usd_per_t_payable_cu"]["value"]
    assert charges / 12000 == pytest.approx(per_dmt, abs=D("0.0001"))
    assert charges / D("3242.4") == pytest.approx(per_t, abs=D("0.001"))
    assert found.net_value == D("27649744.40")


def test_published_fall_of_charges(shared_dir: Path) -> None:
    """TC/RC from 80/8 to 20/2 bring 1.149 million: 720,000 and 429,000 as printed."""
    printed = vector(shared_dir, "cu_conc_q20_tcrc_fall")["expected"]
    low = copper(
        treatment={"rate": "20 USD/dmt"},
        refining=[{"analyte": "Cu", "rate": "2 c/lb", "basis": "payable"}],
    )
    before, after = final(copper(), copper_parcel()), final(low, copper_parcel())
    assert amounts(after)["treatment"] - amounts(before)["treatment"] == 720000
    gain = after.net_value - before.net_value
    assert gain == pytest.approx(printed["total_usd"]["exact"], abs=D("0.05"))
    assert gain == D("1148891.70")


def test_published_final_assay() -> None:
    """Q20: at 27.4 % finally 3,172.9 t are payable, 69.5 t less: three lots bought back."""
    goods = copper_parcel(final="27.40")
    first = settle(copper(), goods, LME, stage="provisional", on=LEFT)
    last = final(copper(), goods, paid_before=first.due)
    assert first.status == "PROVISIONAL"
    assert first.due == (first.net_value * D("0.9")).quantize(D("0.01"))
    assert last.analytes[0].payable_t == D("3172.92")
    assert round((first.analytes[0].payable_t - last.analytes[0].payable_t) / 25) == 3
    assert last.due == last.net_value - first.due


# Three products


def gold_parcel() -> Parcel:
    """Return copper concentrate with gold, silver, arsenic and antimony."""
    return parcel(
        lot(
            "CU-1", "1000", "8",
            settled={"Cu": "27", "Au": "0.0012", "Ag": "0.009", "As": "0.5", "Sb": "0.35"},
        )
    )  # fmt: skip


def test_copper_with_gold_and_silver() -> None:
    """By hand: 920 dmt, 27 % less 1 unit; Au 12 g and Ag 90 g per dmt at 90 %."""
    found = final(copper_gold(), gold_parcel(), METALS)
    assert found.missing == ()
    made = amounts(found)
    ounce = D("31.1034768")
    assert made["payable-Cu"] == D("920") * D("0.26") * 9000 // 1
    assert made["payable-Au"] == cents(920 * 12 * D("0.9") / ounce * 4000)
    assert made["payable-Ag"] == cents(920 * 90 * D("0.9") / ounce * 50)
    assert made["refining-Au"] == -cents(920 * 12 * D("0.9") / ounce * 5)
    # As + Sb of 0.85 % is 4.5 steps of 0.1 % over 0.4 % (published: 13.5 USD/dmt).
    assert made["penalty-As+Sb"] == -920 * D("13.5")
    assert sum(made.values()) == found.net_value
    gold = next(one for one in found.analytes if one.analyte == "Au")
    assert gold.grade_pct == D("0.0012")
    assert gold.price_month == "2026-01"


def antimony_parcel(**told: str) -> Parcel:
    """Return antimony concentrate with both parties' results."""
    assays = {"Sb": "55.4", "Au": "0.0010", "As": "0.45", "Pb": "1.25", "Hg": "0.0030", **told}
    other = {**assays, "Sb": "54.6"}
    one = lot("SB-1", "100", "5", seller=assays, buyer=other)
    out = weighing("99.8", "5.1")
    return parcel(SettlementLot(one.lot, one.loading, out, one.assays))


def test_antimony_by_assessment() -> None:
    """By hand: 94.710 dmt of outturn, mean 55.00 % Sb at 65 %, 45,000 USD/t on 19 December."""
    found = final(antimony(), antimony_parcel(), {"sb-rotterdam": SB_ROTTERDAM})
    assert found.missing == ()
    dry = D("94.710")
    made = amounts(found)
    assert found.dry_t == dry
    assert made["payable-Sb"] == cents(dry * D("0.55") * D("0.65") * 45000)
    assert made["payable-Au"] == cents(dry * 8 * D("0.5") / D("31.1034768") * 4000)
    assert made["penalty-As"] == cents(-dry * 2 * 5)
    assert made["penalty-Pb"] == cents(-dry * D("7.5") * 3)
    assert made["penalty-Hg"] == cents(-dry * 12)
    assert made["line-freight"] == cents(-D("99.8") * 84)
    metal = D(0)
    for share, price in ((D("0.55") * D("0.65"), 45000), (D("4e-6"), 4000 / D("31.1034768e-6"))):
        metal += dry * share * price
    assert made["line-insurance"] == -cents(metal * D("0.0025"))
    assert found.basis == "assumed"
    assert any("assumed" in note for note in found.notes)


def test_provisional_antimony_on_loading_weight_and_sellers_assay() -> None:
    found = settle(
        antimony(), antimony_parcel(), {"sb-rotterdam": SB_ROTTERDAM}, stage="provisional", on=LEFT
    )
    goods = antimony_parcel()
    left = Parcel(
        "p", (SettlementLot("SB-1", goods.lots[0].loading, None, goods.lots[0].assays),), {}
    )
    before = settle(antimony(), left, {"sb-rotterdam": SB_ROTTERDAM}, stage="provisional", on=LEFT)
    assert before.status == "PROVISIONAL"
    assert before.dry_t == 95
    made = amounts(before)
    assert made["payable-Sb"] == cents(95 * D("0.554") * D("0.65") * 58000)
    assert before.due == cents(before.net_value * D("0.8"))
    assert found.status == "PROVISIONAL"


@pytest.mark.parametrize(
    ("analyte", "grade", "why"),
    [("Pb", "24", "rejection limit of 5 %"), ("Hg", "0.006", "rejection limit of 50 ppm")],
)
def test_goods_that_may_be_refused_are_not_settled(analyte: str, grade: str, why: str) -> None:
    """Chitral ore carries up to 24 % Pb."""
    goods = antimony_parcel(**{analyte: grade})
    found = final(antimony(), goods, {"sb-rotterdam": SB_ROTTERDAM})
    assert found.status == "NOT SETTLED"
    assert found.net_value is None
    assert found.due is None
    assert why in said(found)


def test_grade_outside_the_payable_curve_is_not_settled() -> None:
    found = final(antimony(), antimony_parcel(Sb="2.0"), {"sb-rotterdam": SB_ROTTERDAM})
    assert found.status == "NOT SETTLED"
    assert "below the first tier" in said(found)


def ree_parcel() -> Parcel:
    """Return mixed rare earths of 55 % TREO."""
    grades = {"TREO": "55", "Nd2O3": "10", "La2O3": "15", "CeO2": "25"}
    return parcel(lot("REE-1", "50", "2", seller=grades))


def test_basket_with_tax_exchange_floor_and_toll() -> None:
    """565,000 and 567,260 CNY/t with 13 % tax average 501,000 without: 70,563.38 USD/t at 7.1."""
    found = final(rare_earths(), ree_parcel(), CHINA)
    assert found.missing == ()
    made = amounts(found)
    assert made["basket-Nd2O3"] == cents(49 * D("0.10") * D("0.8") * 501000 / D("7.1"))
    assert made["basket-La2O3"] == -cents(49 * D("0.15") * D("0.1") * 4000 / D("7.1"))
    assert made["basket-CeO2"] == 0
    assert made["toll"] == -cents(49 * D("0.55") * 5500)
    assert found.net_value == sum(made.values())


def test_floor_of_a_basket_price() -> None:
    """At 426,000 CNY/t without tax the price is 60,000 USD/t, at which the floor lies."""
    low = {
        name: type(one)(
            one.id, one.name, one.kind, one.unit,
            {day: value / 2 for day, value in one.values.items()} if name == "cn-nd2o3"
            else one.values,
            one.vat_pct,
        )
        for name, one in CHINA.items()
    }  # fmt: skip
    found = final(rare_earths(), ree_parcel(), low)
    assert amounts(found)["basket-Nd2O3"] == 49 * D("0.10") * D("0.8") * 60000


# Lots and rounding


def test_terms_in_proportion_do_not_ask_what_they_apply_to() -> None:
    two = parcel(
        lot("A", "700", "0", settled={"Cu": "26"}), lot("B", "300", "0", settled={"Cu": "31"})
    )
    found = final(copper(), two)
    assert found.status == "SETTLED"
    assert found.analytes[0].grade_pct == D("27.5")
    assert amounts(found)["payable-Cu"] == 275 * D("0.965") * 9000


def test_terms_that_differ_by_lot_and_parcel_are_refused_with_both() -> None:
    """At 26 % the deduction of a unit binds, at 31 % the percentage; at the mean the deduction."""
    two = parcel(
        lot("A", "700", "0", settled={"Cu": "26"}), lot("B", "300", "0", settled={"Cu": "31"})
    )
    payables = [
        {
            "analyte": "Cu", "method": "pct_min_deduction", "pct": "96.5", "deduction": "1 %",
            "price": "cu",
        }
    ]  # fmt: skip
    refused = final(copper(payables=payables), two)
    assert refused.status == "NOT SETTLED"
    by = {how: final(copper(payables=payables, settled_by=how), two) for how in ("lot", "parcel")}
    assert amounts(by["lot"])["payable-Cu"] == (700 * D("0.25") + 300 * D("0.29915")) * 9000
    assert amounts(by["parcel"])["payable-Cu"] == 1000 * D("0.265") * 9000
    for one in by.values():
        assert f"{one.net_value:f}" in said(refused)


def test_rounding_of_lines_and_of_the_total() -> None:
    goods = parcel(lot("A", "1", "0", settled={"Cu": "28.123"}))
    cents = final(copper(), goods)
    assert amounts(cents)["payable-Cu"] == D("2442.48")
    dollars = final(copper(rounding={"total": {"to": "1"}}), goods)
    assert dollars.net_value == round(cents.net_value)
    assert sum(amounts(dollars).values()) == dollars.net_value
    assert "rounding" in amounts(dollars)
    whole = final(copper(rounding={"lines": {"to": "1"}, "total": {"to": "1"}}), goods)
    assert amounts(whole)["treatment"] == -80
    assert amounts(whole)["payable-Cu"] == 2442
    assert "rounding" not in amounts(whole)


def test_large_amounts_keep_their_cents() -> None:
    goods = parcel(lot("A", "1234567890.123", "0", settled={"Cu": "28.17"}))
    made = amounts(final(copper(), goods))
    exact = D("1234567890.123") * D("0.2817") * D("0.965") * 9000
    assert made["payable-Cu"] == cents(exact)
    assert made["treatment"] == cents(D("1234567890.123") * -80)


def test_negative_treatment_is_paid_to_the_seller() -> None:
    found = final(copper(treatment={"rate": "-20 USD/dmt"}), copper_parcel())
    assert amounts(found)["treatment"] == 240000


# What is missing


def test_without_a_contract_the_missing_clauses_are_named() -> None:
    found = final(None, copper_parcel())
    assert found.status == "NOT SETTLED"
    assert found.net_value is None
    named = {one.where for one in found.missing}
    assert {"weight", "assays", "payables", "prices", "penalties", "payments"} <= named
    assert statement_json(found)["due"] is None


def test_everything_missing_is_told_at_once() -> None:
    unknown = Reading(None, why="nobody measured the moisture")
    dark = weighing("1000", "8")
    bare = SettlementLot("CU-1", type(dark)(dark.wet_t, unknown, unknown), None, {})
    goods = Parcel("p", (bare,), {})
    found = settle(copper(payments=[], assays=None), goods, {}, stage="provisional", on=LEFT)
    assert found.status == "NOT SETTLED"
    text = said(found)
    assert "nobody measured the moisture" in text
    assert "Cu has no seller's or loading result" in text
    assert "lme-cu is not there" in text
    assert "whose assay is final" in text
    assert found.dry_t is None
    assert found.lines == ()
    assert all(one.remedy for one in found.missing)


def test_zero_dry_mass_is_no_grade() -> None:
    found = final(copper(), parcel(lot("A", "0", "0", settled={"Cu": "28"})))
    assert found.net_value == 0
    assert found.analytes[0].grade_pct is None


def test_an_assay_over_100_pct_is_an_error() -> None:
    found = final(copper(), copper_parcel(final="100.01"))
    assert "100.01 % is no mass fraction" in said(found)


@pytest.mark.parametrize("stage", ["provisional", "final"])
def test_undecided_results_do_not_settle(stage: Any) -> None:
    goods = parcel(lot("A", "1000", "8", buyer={"Cu": "28"}))
    found = settle(copper(), goods, LME, stage=stage, on=ARRIVED)
    assert found.status == "NOT SETTLED"
    assert "seller's" in said(found)


def test_a_decided_result_that_is_unknown_says_why() -> None:
    one = lot("A", "1000", "8", seller={"Cu": "28"}, buyer={"Cu": "27"})
    open_ = {"settled": {"Cu": Reading(None, why="the umpire's result is outstanding")}}
    goods = parcel(SettlementLot(one.lot, one.loading, None, {**one.assays, **open_}))
    assert "umpire's result is outstanding" in said(final(copper(), goods))


def test_sole_rule_and_mean() -> None:
    goods = parcel(lot("A", "1000", "0", seller={"Cu": "28"}, buyer={"Cu": "27"}))
    for rule, grade in (("seller", "28"), ("buyer", "27"), ("mean", "27.5")):
        found = final(copper(assays={"rule": rule}), goods)
        assert found.analytes[0].grade_pct == D(grade)
    half = parcel(lot("A", "1000", "0", seller={"Cu": "28"}))
    assert "needs both results" in said(final(copper(assays={"rule": "mean"}), half))


def two_labs(seller: str, buyer: str, **umpire: str) -> Parcel:
    """Return a parcel with results that no exchange has decided on."""
    told = {"seller": {"Cu": seller}, "buyer": {"Cu": buyer}}
    if umpire:
        told["umpire"] = umpire
    return parcel(lot("A", "1000", "0", **told))


def test_results_without_an_exchange_are_decided_as_the_contract_says() -> None:
    """28.30 and 28.00 lie exactly the limit of 0.30 apart: the mean; beyond, the middle."""
    found = final(copper(), two_labs("28.30", "28.00"))
    assert found.analytes[0].grade_pct == D("28.15")
    assert any("nobody is taken to be late" in note for note in found.notes)
    apart = final(copper(), two_labs("28.31", "28.00"))
    assert "the umpire's result is missing" in said(apart)
    ruled = final(copper(), two_labs("28.40", "28.00", Cu="28.25"))
    assert ruled.analytes[0].grade_pct == D("28.25")
    assert "28.3 and more" not in said(ruled)


def test_a_specification_by_which_the_buyer_may_reject() -> None:
    limits = [
        {"analyte": "Cu", "min": "22 %", "max": "37 %"},
        {"analyte": "Sb", "max": "0.2 %"},
        {"analyte": "F", "max": "300 ppm", "otherwise": "note"},
    ]
    contract = copper(specification={"limits": limits, "tml_pct": "9.1"})

    def goods(**grades: str) -> Parcel:
        return parcel(lot("A", "1000", "9.1", settled={"Cu": "25", "Sb": "0.15", **grades}))

    fine = final(contract, goods())
    assert fine.status == "SETTLED"
    assert any("F" in note for note in fine.notes)
    assert any("9.1" in note for note in fine.notes)
    off = final(contract, goods(Sb="0.25"))
    assert off.status == "NOT SETTLED"
    assert "Sb 0.25 % is more than 0.2 %, and the buyer may reject" in said(off)
    noted = final(contract, goods(F="0.04"))
    assert noted.status == "SETTLED"
    assert any("more than 300 ppm" in note for note in noted.notes)


def test_a_parcel_without_lots() -> None:
    found = final(copper(), Parcel("p", (), {}))
    assert "has no lots" in said(found)


def test_annual_prices_settle_nothing_finally() -> None:
    annual = daily("2025-01-01", "2025-01-01", identity="usgs")
    series = type(annual)("usgs", "", "annual", "USD/t", {"2024-12-31": D(9000)})
    qp = {"kind": "last_published", "event": "shipment"}
    contract = copper(prices=[{"id": "cu", "series": "usgs", "qp": qp}])
    found = final(contract, copper_parcel(), {"usgs": series})
    assert found.status == "PROVISIONAL"
    assert found.basis == "assumed"
    assert any("no contract price" in note for note in found.notes)


def test_lines_say_where_they_come_from() -> None:
    found = final(copper(), copper_parcel())
    line = found.lines[0]
    assert line.clause == "7"
    assert {event for one in line.inputs for event in one.evidence} == {"w", "m", "a-settled"}
    said_of_price = "lme-cu: mean of 21 days 2026-01-02..2026-01-30"
    assert any(one.source == said_of_price for one in line.inputs)
    assert all(one.unit and one.basis for line in found.lines for one in line.inputs)
    assert statement_hash(found) == statement_hash(final(copper(), copper_parcel()))


def test_two_penalties_on_one_analyte_have_ids_of_their_own() -> None:
    band = {"analytes": ["As"], "over": "0.1 %", "step": "0.1 %", "rate": "1 USD/dmt",
            "steps": "pro_rata"}  # fmt: skip
    goods = parcel(lot("A", "1000", "0", settled={"Cu": "28", "As": "0.3"}))
    found = final(copper(penalties=[band, {**band, "over": "0.2 %"}]), goods)
    assert amounts(found)["penalty-As"] == -2000
    assert amounts(found)["penalty-As-2"] == -1000


def test_a_lot_that_is_there_twice_is_not_paid_twice() -> None:
    one = copper_parcel().lots[0]
    found = final(copper(), parcel(one, one))
    assert found.status == "NOT SETTLED"
    assert "in the parcel 2 times" in said(found)


@pytest.mark.parametrize("day", ["31.12.2025", "2025-02-30", "20251231", ""])
def test_a_day_that_is_no_day(day: str) -> None:
    goods = Parcel("p", copper_parcel().lots, {"arrival": day})
    assert f"{day!r} is no day" in said(final(copper(), goods))


def test_a_stage_that_is_none() -> None:
    with pytest.raises(InputError, match="write one of provisional, second_provisional, final"):
        settle(copper(), copper_parcel(), LME, stage="last", on=ARRIVED)  # type: ignore[arg-type]


def test_notes_on_validity_and_on_the_day_of_payment() -> None:
    payments = [
        {"stage": "provisional", "pct": "90", "due_event": "shipment", "due_days": 10},
        {"stage": "final", "pct": "100", "due_event": "final_invoice", "due_days": 5},
    ]
    contract = copper(payments=payments, valid_from="2026-01-01")
    first = settle(contract, copper_parcel(), LME, stage="provisional", on=LEFT)
    text = " ".join(first.notes)
    assert "Payment is due on 2025-10-12, 10 days after shipment." in text
    assert "left on 2025-10-02; the contract holds from 2026-01-01 to its end" in text
    last = " ".join(final(contract, copper_parcel()).notes)
    assert "5 days after final invoice, whose day nobody has recorded" in last


def test_a_revised_price_changes_what_is_settled_from_its_day_on() -> None:
    first = LME["lme-cu"]
    change = (Revision("2026-01-05", "2026-02-10", D(9210)),)
    series = {"lme-cu": replace(first, revisions=change)}
    before, after = (
        settle(copper(), copper_parcel(), series, stage="final", on=date(2026, 2, day))
        for day in (9, 10)
    )
    assert before.net_value == final(copper(), copper_parcel()).net_value
    # One of 21 days by 210: the mean by 10 USD/t on 3,242.4 payable tonnes.
    assert after.net_value - before.net_value == 32424
    assert any("revised on 2026-02-10 from 9000 to 9210" in note for note in after.notes)
