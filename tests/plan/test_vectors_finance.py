"""Published vectors of finance, each with its source and the value as printed there.

The folder of vectors is read where it is there, to see that what stands here is what it holds.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oreline.design import ESTIMATE_CLASSES, check_estimate, cost_increase, cost_range
from oreline.plan import (
    CashFlow,
    Levy,
    LevyBase,
    Programme,
    advance_royalties,
    annuity_payment,
    cutoff_grade,
    equivalent_annual_annuity,
    gross_revenue,
    levy_stack,
    net_present_value,
    net_smelter_return,
    parse_rate,
    programme_sum,
)

D = Decimal


@pytest.fixture(scope="module")
def vectors(shared_dir: Path) -> dict[str, dict[str, Any]]:
    """Load the vectors by their id, every number as a Decimal."""
    text = (shared_dir / "vectors" / "settle" / "finance.json").read_text("utf-8")
    found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return {one["id"]: one for one in found["vectors"]}


def test_payment_of_a_loan() -> None:
    # numpy-financial 1.0.0, docstring of pmt: -1854.0247200054619.
    payment = annuity_payment(parse_rate("0.075/12"), 180, D(200000))
    assert payment == pytest.approx(D("-1854.0247200054619"), abs=D("1e-9"))


def test_equivalent_annual_annuity() -> None:
    # MineLab 0.1.1, tests: 71.89 within 1 %; exactly 71.8861.
    found = equivalent_annual_annuity(D("0.1"), 3, D("178.77"))
    assert found == pytest.approx(D("71.89"), rel=D("0.01"))
    assert found == pytest.approx(D("71.8861"), abs=D("5e-5"))


def test_revenue_cutoff_and_net_smelter_return() -> None:
    # MineLab 0.1.1, tests: 81,000,000; 0.5556 g/t; 875,000.
    assert gross_revenue(D(10**6), D("1.5"), D(60), D("0.9")) == 81_000_000
    assert round(cutoff_grade(D(30), D(60), D("0.9")), 4) == D("0.5556")
    found = net_smelter_return(
        D(10**6), D("0.95"), treatment=D(50000), refining=D(20000), penalties=D(5000)
    )
    assert found == 875_000


def test_advance_royalty_of_reko_diq(vectors: dict[str, dict[str, Any]]) -> None:
    # Minister's reply to the National Assembly, May 2025 (brecorder.com/news/40363029): 5, 7.5 and
    # then 10 million USD a year until 50 million.
    values = vectors["reko_diq_fiscal"]["values"]
    plan = advance_royalties(values["advance_royalty_musd"], values["advance_cap_musd"], 8)
    derived = vectors["reko_diq_fiscal"]["derived"]["advance_schedule_year_instalment_cumulative"]
    assert [[year.year, year.instalment, year.cumulative] for year in plan] == derived


def test_levies_of_reko_diq_are_added_only_on_stated_bases(
    vectors: dict[str, dict[str, Any]],
) -> None:
    values = vectors["reko_diq_fiscal"]["values"]
    rates = {
        "royalty, Balochistan": values["royalty_gob"],
        "NSR, federal": values["nsr_gop"],
        "surcharge, export processing zone": values["epz_surcharge"],
    }
    assert list(rates.values()) == [D("0.05"), D("0.01"), D("0.005")]
    base = LevyBase.GROSS_REVENUE
    one_base = [Levy(name, rate, base) for name, rate in rates.items()]
    found = levy_stack(one_base, {base: D(100)}, "USD")
    assert found.total == vectors["reko_diq_fiscal"]["derived"]["levies_on_100_of_base"] == D("6.5")
    # The published sentence does not give the base of the surcharge: then the total is not known.
    unread = [*one_base[:2], Levy("surcharge", D("0.005"), None)]
    found = levy_stack(unread, {base: D(100)}, "USD")
    assert (found.total, found.known) == (None, D(6))
    assert [finding.code for finding in found.findings] == ["ORL-0555"]


def test_capital_of_reko_diq(vectors: dict[str, dict[str, Any]]) -> None:
    # 5.7 billion USD +/- 15 %; from 4.3 to 6.8 billion is printed as 58 %.
    vector = vectors["reko_diq_fiscal"]
    values, derived = vector["values"], vector["derived"]
    accuracy = 100 * values["accuracy"]
    found = cost_range(values["capex_phase1_busd"], -accuracy, accuracy)
    assert list(found) == derived["capex_range_busd"] == [D("4.845"), D("6.555")]
    grown = cost_increase(*values["total_cost_busd"])
    assert round(grown, 4) == derived["increase_check"] == D("0.5814")
    assert round(grown, 2) == values["increase"] == D("0.58")
    assert sum(values["ownership"].values()) == 1


def test_classes_of_estimates_are_those_of_the_table(vectors: dict[str, dict[str, Any]]) -> None:
    # Aurecon's table (vdocument.in/aace-estimate-class.html).
    vector = vectors["aace_style_classes_aurecon"]
    for one in ESTIMATE_CLASSES:
        printed = vector["classes"][str(one.number)]
        assert list(one.engineering) == printed["eng_pct"]
        assert list(one.low) == printed["low"]
        assert list(one.high) == printed["high"]
        assert one.contingency_max == printed["contingency_max"]
    assert {str(one.number) for one in ESTIMATE_CLASSES} == set(vector["classes"])


def test_fifteen_percent_with_eight_percent_of_the_engineering() -> None:
    # Derived from the table: 8 % supports class 4; +/-15 % is class 3.
    found = check_estimate(D(8), D(-15), D(15))
    assert (found.best_class, found.claimed_class, found.consistent) == (4, 3, False)


def test_programmes_of_august_2025(vectors: dict[str, dict[str, Any]]) -> None:
    # US Department of Energy, 2025-08-13 (natlawreview.com): nearly a billion, 975 million USD.
    vector = vectors["doe_2025_nofo_sum"]
    shares = vector["cost_share_min"]
    programmes = [
        Programme(name, amount, "USD", shares.get(name)) for name, amount in vector["musd"].items()
    ]
    found = programme_sum(programmes)
    assert found.total == vector["sum_musd"] == 975
    # Half of the cost of two programmes: their applicants bring as much again.
    assert found.applicants_least == 500 + 135
    assert set(found.unknown_share) == set(vector["musd"]) - set(shares)


def test_net_present_value_of_a_rare_earth_plant() -> None:
    # PrOMMiS, test_ree_costing.py, TestNPVFixedInputs, relative 1e-4: capital 7.461172417869669
    # spent 10, 60 and 30 % in three years and growing 3.6 % a year, operating cost
    # 6.880158261340908 and revenue 64.38220104959998 for 20 years after and growing 3 %, all MUSD,
    # at 10 %; half of the capital is a loan at 6 % over 10 years. Printed: -6.3162037,
    # -59.02935, 552.37672, -0.61610712 and in all 486.41505.
    capital, operating = D("7.461172417869669"), D("6.880158261340908")
    revenue, rate = D("64.38220104959998"), D("0.10")

    def worth(flows: list[Decimal]) -> Decimal:
        return net_present_value(rate, CashFlow(tuple(flows), "USD", first_period=1)).value

    growth = [D("1.03") ** year for year in range(23)]
    spent = worth(
        [-capital * D(part) / 100 * D("1.036") ** n for n, part in enumerate((10, 60, 30))]
    )
    run = worth([D(0)] * 3 + [-operating * growth[year] for year in range(3, 23)])
    sold = worth([D(0)] * 3 + [revenue * growth[year] for year in range(3, 23)])
    debt = capital / 2
    payment = annuity_payment(D("0.06"), 10, debt)
    # The payments count as what they are worth today less what was lent.
    loan = -worth([payment] * 10) - debt
    for found, printed in (
        (spent, "-6.3162037"), (run, "-59.02935"), (sold, "552.37672"), (loan, "-0.61610712"),
    ):  # fmt: skip
        assert found == pytest.approx(D(printed), rel=D("1e-6"))
    assert spent + run + sold + loan == pytest.approx(D("486.41505"), rel=D("1e-7"))
