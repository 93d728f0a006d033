"""Published numbers on antimony and rare earths, each with its source beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from vectors import untested

from oreline.settle import (
    ANTIMONY_FORMS,
    Basket,
    Contract,
    Parcel,
    Participation,
    Payable,
    PriceSeries,
    Reading,
    SettlementLot,
    Statement,
    Weighing,
    basket_value_per_dmt,
    check_specification,
    escalated_by_year,
    grade_as,
    meets,
    parse_quantity,
    participation_per_t,
    payable_grade,
    published_specification,
    settle,
    theoretical_pct,
)

D = Decimal


def test_no_vector_goes_without_a_test(shared_dir: Path) -> None:
    assert untested(shared_dir, "antimony_ree_pricing.json", globals()) == []


def test_antimony_forms() -> None:
    # usantimony.com/terminology.htm, printed ranges; pure Sb2O3 83.53 %.
    forms = {one.id: one for one in ANTIMONY_FORMS}
    assert {name: (one.low_pct, one.high_pct) for name, one in forms.items()} == {
        "hand-sorted": (30, 60),
        "sulfide-concentrate": (50, 68),
        "oxide-concentrate": (25, 40),
        "crude-ato": (82, D("82.5")),
        "finished-ato": (D("82.5"), D("83.3")),
    }
    assert all(one.high_pct < one.most_pct and one.source for one in ANTIMONY_FORMS)
    assert abs(theoretical_pct("Sb2O3", "Sb") - D("83.53")) < D("0.01")
    # Erratum: the source prints 71.1 % for stibnite; the atomic weights give 71.68 %.
    stibnite = theoretical_pct("Sb2S3", "Sb")
    assert abs(stibnite - D("71.687")) < D("0.005")
    assert stibnite > D("71.1")
    # 90 % Sb2S3 contains 64.518 % Sb, derived.
    assert abs(grade_as(D(90), "Sb2S3", "Sb") - D("64.518")) < D("0.005")


CLEAN = {
    "Sb": "99.7", "As": "0.08", "Pb": "0.15", "Se": "0.001", "Cd": "0.001", "Sn": "0.004",
    "Te": "0.002", "Bi": "0.005", "Cu": "0.01", "Fe": "0.01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        # fastmarkets.com, MB-SB-0003, MMTA standard grade II.
        ({}, []),
        ({"Se": "0.0025"}, ["Se"]),
        ({"Sb": "99.64", "Pb": "0.2", "Fe": "0.021"}, ["Sb", "Fe"]),
        ({"Sb": "99.65", "As": "0.1", "Cu": "0.02"}, []),
    ],
)
def test_mmta_grade_ii_spec(change: dict[str, str], fails: list[str]) -> None:
    grades = {name: D(grade) for name, grade in {**CLEAN, **change}.items()}
    found = check_specification(published_specification("mmta-sb-grade-ii").specification, grades)
    assert [one.subject for one in found] == fails
    assert {one.verdict for one in found} <= {"outside"}
    assert meets(found) is (fails == [])


def test_ree_mixed_discount() -> None:
    # hotcopper.com, CUX thread: cerium oxide at 15 USD/kg less 47 % is printed as 8 (exactly 7.95);
    # a basket of 54 at discounts of 80 % and 60 % is 10.80 and 21.60 USD/kg; 18 Mt at 0.03 %, 70 %
    # recovered, are 3,780 t, worth 40.824 and 81.648 million.
    def per_kg(price: str, pct: str) -> Decimal:
        basket = Basket.model_validate(
            {"items": [{"analyte": "CeO2", "price": "p"}], "pct_of_basket": pct}
        )
        price_per_t = parse_quantity(f"{price} USD/kg", "price").to("USD/t")
        value = basket_value_per_dmt(basket, {"CeO2": D(100)}, {"p": price_per_t}).value
        assert value is not None
        return value / 1000

    assert per_kg("15", "53") == D("7.95")
    recovery = Payable.model_validate(
        {"analyte": "TREO", "method": "pct", "pct": "70", "price": "p"}
    )
    recovered_pct = payable_grade(recovery, D("0.03")).payable_pct
    assert recovered_pct is not None
    treo_t = 18_000_000 * recovered_pct / 100
    assert treo_t == 3780
    assert (per_kg("54", "20"), per_kg("54", "40")) == (D("10.8"), D("21.6"))
    assert treo_t * 1000 * per_kg("54", "20") == 40_824_000
    assert treo_t * 1000 * per_kg("54", "40") == 81_648_000


@pytest.mark.parametrize(
    ("element", "compound", "printed"),
    # Standard atomic weights, derived. The weights that the product uses differ in the sixth digit.
    [("Nd", "Nd2O3", "0.857356"), ("Pr", "Pr6O11", "0.827704")],
)
def test_ree_oxide_metal_factors(element: str, compound: str, printed: str) -> None:
    assert abs(grade_as(D(1), compound, element) - D(printed)) < D("0.00001")


def test_ree_oxide_metal_factors_of_carbonate() -> None:
    # Nd2O3 in Nd2(CO3)3, derived: 0.718197.
    assert abs(grade_as(D(1), "Nd2C3O9", "Nd2O3") - D("0.718197")) < D("0.00001")


@pytest.mark.parametrize(
    ("benchmark", "payment"),
    # projectblue.com/news 1257 and the price protection agreement of 2025-07-09: floor 110 USD/kg
    # of NdPr, 1,000 kg. The share of the upside is not printed: a second clause would carry it.
    [("60", "50000"), ("110", "0"), ("130", "0"), ("109.99", "10")],
)
def test_ndpr_price_floor(benchmark: str, payment: str) -> None:
    floor = Participation.model_validate(
        {
            "analyte": "NdPrO",
            "price": "ndpr",
            "base": "110 USD/kg",
            "share_pct": "100",
            "side": "below",
        }
    )
    price_per_t = parse_quantity(f"{benchmark} USD/kg", "price").to("USD/t")
    found = participation_per_t(floor, price_per_t).rate
    assert found is not None
    assert found.to("USD/kg") * 1000 == D(payment)


def test_ndpr_price_floor_of_the_magnet_plant() -> None:
    # The same agreement: 140 million in year 1, 2 % more each year: 151.5405 million in year 5.
    floor = parse_quantity("140000000 USD", "money")
    assert round(escalated_by_year(floor, D(2), 5).value / 1_000_000, 4) == D("151.5405")
    assert escalated_by_year(floor, D(2), 1) == floor


@pytest.mark.parametrize(("with_vat", "without"), [("565000", "500000"), ("0", "0")])
def test_ree_price_vat(with_vat: str, without: str) -> None:
    # treo.substack.com: prices ex works in China include 13 % tax: 565,000 CNY are 500,000 without.
    value = {"2026-01-15": D(with_vat)}
    series = PriceSeries("ndpr", "NdPr oxide", "assessed", "CNY/t", value, vat_pct=D(13))
    made = settled(
        {"ndpr": series},
        [{"id": "ndpr", "series": "ndpr", "vat_pct": "13",
          "qp": {"kind": "last_published", "event": "arrival"}}],
        currency="CNY",
    )  # fmt: skip
    # 100 dmt at 40 % NdPrO, all of it paid.
    assert made.analytes[0].price_per_t == D(without)
    assert made.net_value == 40 * D(without)


@pytest.mark.parametrize(("benchmark", "support"), [("60", "2000000"), ("130", "0")])
def test_ndpr_price_floor_on_a_statement(benchmark: str, support: str) -> None:
    # The floor of 110 USD/kg on 40 t of NdPr oxide.
    made = settled(
        {},
        [{"id": "ndpr", "fixed": f"{benchmark} USD/kg"}],
        participation=[
            {"analyte": "NdPrO", "price": "ndpr", "base": "110 USD/kg", "share_pct": "100",
             "side": "below"}
        ],
    )  # fmt: skip
    line = next(one for one in made.lines if one.kind == "participation")
    assert line.amount == D(support)
    assert made.net_value == 40_000 * D(benchmark) + D(support)


def test_ree_mixed_discount_on_a_statement() -> None:
    # 3,780 t of TREO as 18 Mt at 0.03 % of which 70 % is recovered, at 80 % below a basket of 54.
    basket = {"items": [{"analyte": "TREO", "price": "basket"}], "pct_of_basket": "20"}
    made = settled(
        {}, [{"id": "basket", "fixed": "54 USD/kg"}], dmt="9450", payables=[], basket=basket
    )
    assert made.net_value == 40_824_000


def settled(
    series: dict[str, PriceSeries], prices: list[dict[str, Any]], dmt: str = "100", **terms: Any
) -> Statement:
    """Settle one lot of 40 % NdPrO finally, with all of it paid."""
    told = {
        "id": "c", "title": "Rare earths", "seller": "a", "buyer": "b", "materials": ["ree"],
        "currency": "USD", "basis": "assumed", "source": "published vector",
        "weight": {"rule": "loading"}, "assays": {"rule": "seller"}, "prices": prices,
        "payables": [{"analyte": "NdPrO", "method": "pct", "pct": "100", "price": "ndpr"}],
    }  # fmt: skip
    contract = Contract.model_validate({**told, **terms})
    weighing = Weighing(Reading(D(dmt)), Reading(D(0)), Reading(D(dmt)))
    grades = {name: Reading(D("0.4")) for name in ("NdPrO", "TREO")}
    lot = SettlementLot("a:1", weighing, None, {"seller": grades})
    parcel = Parcel("p", (lot,), {"arrival": "2026-01-20"})
    made = settle(contract, parcel, series, stage="final", on=date(2026, 1, 31))
    assert made.status == "SETTLED", made.missing
    return made
