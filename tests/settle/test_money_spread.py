"""Uncertainty on money: propagated, and held against settling many times over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parcels import copper, daily, lot, parcel

from oreline.model import InputError
from oreline.settle import Contract, Parcel, Reading, SettlementLot, money_spread, money_trials
from oreline.settle._settle import Settling, settle

D = Decimal
ON = date(2026, 2, 5)
PRICES = {"lme-cu": daily("2025-09-01", "2026-02-04")}
U_WEIGHT, U_MOISTURE, U_GRADE = D("2"), D("0.20"), D("0.14")


def stated(made: SettlementLot, u_grade: str = "0.14", role: str = "settled") -> SettlementLot:
    """Give a lot the uncertainties of the vector on contained metal: 2 t, 0.20 %, 0.14 %."""
    weighing = made.loading
    assert weighing is not None
    weighed = replace(
        weighing,
        wet_t=replace(weighing.wet_t, u=U_WEIGHT),
        moisture_pct=replace(weighing.moisture_pct, u=U_MOISTURE),
    )
    results = {name: replace(one, u=D(u_grade) / 100) for name, one in made.assays[role].items()}
    return replace(made, loading=weighed, assays={**made.assays, role: results})


def thousand(cu: str = "28.00", u_grade: str = "0.14") -> Parcel:
    """Return 1,000 wet tonnes at 8 % moisture."""
    return parcel(stated(lot("CU-1", "1000", "8.0", settled={"Cu": cu}), u_grade))


def asked(goods: Parcel, contract: Contract | None = None) -> Settling:
    """Return what is settled finally."""
    return Settling(contract or copper(), goods, PRICES, "final", ON)


def plain(**changes: Any) -> Contract:
    """Return a contract that pays all copper and charges nothing: its value is the metal's."""
    paid = [{"analyte": "Cu", "method": "pct", "pct": "100", "price": "cu"}]
    return copper(payables=paid, treatment=None, refining=[], **changes)


def test_value_of_the_contained_metal_is_as_uncertain_as_the_metal() -> None:
    # Vector contained_metal_uncertainty: u_rel = 0.0058074 (CIM 1995, ISO/TC 183)
    found = money_spread(asked(thousand(), plain()))
    assert found.net_value == D("257.6") * 9000
    assert found.u is not None
    assert found.u / float(found.net_value) == pytest.approx(0.0058074, abs=2e-7)
    share = {one.kind: (one.u_money or 0) ** 2 / found.u**2 for one in found.contributions}
    assert share["assay"] > share["moisture"] > 0.1


def test_charges_on_the_dry_weight_count_against_the_metal() -> None:
    found = money_spread(asked(thousand()))
    by_hand = {
        # per dmt: 0.28·0.965·(9000 - 0.08·2204.6) - 80
        "weight": 0.92 * (0.2702 * (9000 - 176.368) - 80) * 2,
        "moisture": 10 * (0.2702 * (9000 - 176.368) - 80) * 0.20,
        "assay": 9.2 * 0.965 * (9000 - 176.368) * 0.14,
    }
    for one in found.contributions:
        assert one.u_money == pytest.approx(by_hand[one.kind], rel=1e-6)
    assert found.u == pytest.approx(sum(part**2 for part in by_hand.values()) ** 0.5, rel=1e-6)


def test_propagation_agrees_with_settling_many_times() -> None:
    what = asked(thousand())
    spread, trials = money_spread(what), money_trials(what, 4000)
    assert spread.u is not None
    assert spread.low is not None
    assert spread.high is not None
    assert not spread.is_bent
    assert trials.u == pytest.approx(spread.u, rel=0.04)
    assert trials.mean == pytest.approx(float(spread.net_value or 0), abs=4 * spread.u / 4000**0.5)
    assert trials.low == pytest.approx(spread.low, abs=0.1 * spread.u)
    assert trials.high == pytest.approx(spread.high, abs=0.1 * spread.u)


def test_a_bend_within_the_uncertainty_is_told_and_monte_carlo_differs() -> None:
    # Arsenic lies at the threshold of its penalty: more costs, less earns nothing.
    penalty = {
        "analytes": ["As"], "over": "0.4 %", "step": "0.1 %", "rate": "300 USD/dmt",
        "steps": "pro_rata",
    }  # fmt: skip
    goods = parcel(
        stated(lot("CU-1", "1000", "8.0", settled={"Cu": "28.00", "As": "0.40"}), "0.14")
    )
    what = asked(goods, copper(penalties=[penalty]))
    spread = money_spread(what)
    assert [one.analyte for one in spread.contributions if one.is_bent] == ["As"]
    assert spread.is_bent
    trials = money_trials(what, 2000)
    # The mean excess of a normal number over its own mean is u / sqrt(2 pi).
    expected = 920 * 300 * 1.4 / (2 * 3.14159265) ** 0.5
    assert float(spread.net_value or 0) - trials.mean == pytest.approx(expected, rel=0.15)


def test_an_uncertainty_that_nobody_states_leaves_the_interval_unknown() -> None:
    goods = parcel(lot("CU-1", "1000", "8.0", settled={"Cu": "28.00"}))
    found = money_spread(asked(goods))
    assert (found.u, found.low, found.high) == (None, None, None)
    assert set(found.unstated) == {
        "loading weight, CU-1", "loading moisture, CU-1", "settled assay of Cu, CU-1",
    }  # fmt: skip


def test_what_does_not_matter_is_not_asked_for() -> None:
    made = stated(lot("CU-1", "1000", "8.0", settled={"Cu": "28.00"}))
    arsenic = {"settled": {**made.assays["settled"], "As": Reading(D("0.001"))}}
    found = money_spread(asked(parcel(replace(made, assays=arsenic))))
    assert found.unstated == ()
    assert {one.analyte for one in found.contributions} == {"", "Cu"}


def test_a_mean_of_two_results_has_the_uncertainty_of_a_mean() -> None:
    made = stated(lot("CU-1", "1000", "8.0", settled={"Cu": "28.00"}))
    sides = {
        "settled": {"Cu": Reading(D("0.28"))},
        "seller": {"Cu": Reading(D("0.2805"), D("0.0014"))},
        "buyer": {"Cu": Reading(D("0.2795"), D("0.0014"))},
    }
    found = money_spread(asked(parcel(replace(made, assays=sides))))
    (grade,) = [one for one in found.contributions if one.kind == "assay"]
    assert float(grade.u or 0) == pytest.approx(0.14 / 2**0.5)


def test_one_scale_for_all_lots_does_not_average_out() -> None:
    lots = [stated(lot(f"CU-{k}", "1000", "8.0", settled={"Cu": "28.00"})) for k in range(4)]
    terms = copper(settled_by="lot")
    what = asked(parcel(*lots), terms)
    apart = money_spread(what).u
    alike = money_spread(what, between_lots={"weight": D(1), "moisture": D(1), "assay": D(1)}).u
    one = money_spread(asked(parcel(lots[0]), terms)).u
    assert apart is not None
    assert alike is not None
    assert one is not None
    assert apart == pytest.approx(2 * one, rel=1e-6)
    assert alike == pytest.approx(4 * one, rel=1e-6)
    drawn = money_trials(what, 2000, between_lots={"weight": D(1), "moisture": D(1), "assay": D(1)})
    assert drawn.u == pytest.approx(alike, rel=0.06)


def test_trials_are_the_same_each_time_and_refuse_what_cannot_be() -> None:
    what = asked(thousand())
    assert money_trials(what, 50).values == money_trials(what, 50).values
    assert money_trials(what, 50).values != money_trials(what, 50, seed=1).values
    with pytest.raises(InputError, match="no spread"):
        money_trials(what, 1)
    with pytest.raises(InputError, match="not settled"):
        money_trials(asked(parcel(lot("CU-1", "1000", "8.0"))), 10)
    with pytest.raises(InputError, match="is not 0 to 1"):
        money_spread(what, between_lots={"assay": D(2)})


def test_nothing_settled_has_no_spread() -> None:
    found = money_spread(asked(parcel(lot("CU-1", "1000", "8.0"))))
    assert found.net_value is None
    assert found.u is None
    assert "not settled" in found.why


@settings(deadline=None, max_examples=20)
@given(scale=st.integers(1, 9))
def test_spread_grows_with_the_parcel(scale: int) -> None:
    small = money_spread(asked(thousand())).u
    made = lot("CU-1", str(1000 * scale), "8.0", settled={"Cu": "28.00"})
    large = stated(made)
    assert large.loading is not None
    weighed = replace(large.loading, wet_t=replace(large.loading.wet_t, u=U_WEIGHT * scale))
    found = money_spread(asked(parcel(replace(large, loading=weighed)))).u
    assert small is not None
    assert found == pytest.approx(scale * small, rel=1e-4)


def test_the_statement_is_the_one_that_is_settled() -> None:
    what = asked(thousand())
    made = settle(what.contract, what.parcel, what.prices, stage="final", on=ON)
    assert money_spread(what).net_value == made.net_value
