"""Why two statements differ: weight, assay, price and charge sum exactly to the difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import settlement as plain
from hypothesis import given
from hypothesis import strategies as st
from parcels import antimony, assessed, copper, copper_parcel, daily, lot, parcel, weighing
from test_identity import parcel_of

from oreline.model import InputError
from oreline.settle import (
    EFFECTS,
    Contract,
    Parcel,
    SettlementLot,
    Settling,
    Waterfall,
    statement_of,
    waterfall,
    waterfall_json,
)

D = Decimal
LEFT, ARRIVED = date(2025, 10, 6), date(2026, 2, 2)
FALLING = daily("2025-09-01", "2026-01-31")
FALLING = type(FALLING)(
    FALLING.id, FALLING.name, FALLING.kind, FALLING.unit,
    {day: D(9000) if day < "2026" else D(8800) for day in FALLING.values},
    holidays=FALLING.holidays,
)  # fmt: skip


def amounts(found: Waterfall) -> dict[str, Decimal]:
    """Return the effects of a waterfall."""
    return {step.effect: step.amount for step in found.steps}


def test_each_effect_by_hand() -> None:
    """12,000 to 11,900 dmt, 28.0 to 27.4 % Cu, 9,000 to 8,800 USD/t, TC 80 to 20."""
    low = copper(treatment={"rate": "20 USD/dmt"})
    goods = parcel(lot("CU-1", "11900", "0", settled={"Cu": "27.4"}))
    before = Settling(copper(), copper_parcel(), {"lme-cu": FALLING}, "provisional", LEFT)
    after = Settling(low, goods, {"lme-cu": FALLING}, "final", ARRIVED)
    found = waterfall(before, after)
    paid, refined = D("0.965"), D("0.08") * D("2204.6")
    metal = 9000 - refined
    assert amounts(found) == {
        "weight": (-100 * D("0.28") * paid * metal + 100 * 80).quantize(D("0.01")),
        "assay": (-11900 * D("0.006") * paid * metal).quantize(D("0.01")),
        "price": -11900 * D("0.274") * paid * 200,
        "charge": D(11900 * 60),
    }
    assert "12000 to 11900 dmt" in found.steps[0].detail
    assert "Cu of CU-1 28 to 27.4 %" in found.steps[1].detail
    assert "cu 9000 to 8800 per t" in found.steps[2].detail
    assert "the contract, the stage" in found.steps[3].detail


def test_from_loading_to_outturn() -> None:
    """An outturn that is lighter and a mean of results that is lower, on one contract."""
    assays = {
        "seller": {"Sb": "55", "Au": "0.001", "As": "0.45", "Pb": "1.25", "Hg": "0.003"},
        "buyer": {"Sb": "54", "Au": "0.001", "As": "0.45", "Pb": "1.25", "Hg": "0.003"},
    }
    left = lot("SB-1", "100", "5", **assays)
    there = SettlementLot("SB-1", left.loading, weighing("99.8", "5.1"), left.assays)
    series = {"sb-rotterdam": assessed({"2025-09-26": "50000", "2026-01-09": "50000"},
                                       identity="sb-rotterdam")}  # fmt: skip
    before = Settling(antimony(), parcel(left), series, "provisional", LEFT)
    after = Settling(antimony(), parcel(there), series, "final", ARRIVED)
    made = amounts(waterfall(before, after))
    assert made["weight"] < 0
    assert made["assay"] < 0
    assert made["price"] == made["charge"] == 0


def test_a_lot_that_comes_later_is_an_effect_of_weight() -> None:
    one = parcel(lot("A", "100", "0", settled={"Cu": "28"}))
    two = parcel(*one.lots, lot("B", "50", "0", settled={"Cu": "20"}))
    given_ = ({"lme-cu": FALLING}, "final", ARRIVED)
    found = waterfall(Settling(copper(), one, *given_), Settling(copper(), two, *given_))
    assert found.steps[0].amount == found.difference
    back = waterfall(Settling(copper(), two, *given_), Settling(copper(), one, *given_))
    assert amounts(back)["weight"] == -found.difference


def test_mixed_figures_without_a_value_are_counted_with_the_next_effect() -> None:
    """The later weights on the earlier assays would be refused as a whole parcel."""
    penalties = [{"analytes": ["As"], "reject": "1 %"}]
    contract = copper(penalties=penalties, settled_by="parcel")

    def goods(heavy: str, light: str, high: str) -> Parcel:
        return parcel(
            lot("A", heavy, "0", settled={"Cu": "28", "As": high}),
            lot("B", light, "0", settled={"Cu": "28", "As": "0.1"}),
        )

    told = ({"lme-cu": FALLING}, "final", ARRIVED)
    before = Settling(contract, goods("100", "900", "5"), *told)
    after = Settling(contract, goods("900", "100", "0.5"), *told)
    found = waterfall(before, after)
    assert found.steps[0].amount == 0
    assert "counted with the next effect" in found.steps[0].detail
    assert "with the effect of weight" in found.steps[1].detail


def test_what_is_not_settled_has_no_waterfall() -> None:
    good = Settling(copper(), copper_parcel(), {"lme-cu": FALLING}, "final", ARRIVED)
    bare = Settling(copper(), copper_parcel(), {}, "final", ARRIVED)
    with pytest.raises(InputError, match=r"is not settled.*lme-cu is not there"):
        waterfall(good, bare)
    prices = [{"id": "cu", "fixed": "8000 EUR/t", "unit": "EUR/t"}]
    euros = copper(
        currency="EUR", prices=prices, treatment=None,
        refining=[], payments=[{"stage": "provisional", "pct": "90"}],
    )  # fmt: skip
    with pytest.raises(InputError, match=r"is in USD, .* in EUR"):
        waterfall(good, Settling(euros, copper_parcel(), {}, "final", ARRIVED))


@given(
    contracts=st.tuples(plain.metal_contracts(), plain.metal_contracts()),
    lots=st.tuples(plain.drawn_lots(plain.METAL), plain.drawn_lots(plain.METAL)),
    same_terms=st.booleans(),
)
def test_effects_sum_exactly_to_the_difference(
    contracts: tuple[dict[str, Any], ...], lots: tuple[Any, ...], same_terms: bool
) -> None:
    old, new = (Contract.model_validate(one) for one in contracts)
    if same_terms:
        new = old
    before = Settling(old, parcel_of(lots[0]), {}, "provisional", LEFT)
    after = Settling(new, parcel_of(lots[1]), {}, "final", ARRIVED)
    found = waterfall(before, after)
    first, last = statement_of(before), statement_of(after)
    assert tuple(step.effect for step in found.steps) == EFFECTS
    assert sum(step.amount for step in found.steps) == last.net_value - first.net_value
    by_line: dict[str, Decimal] = {}
    for step in found.steps:
        assert sum(one.amount for one in step.lines) == step.amount
        for one in step.lines:
            by_line[one.line] = by_line.get(one.line, D(0)) + one.amount
    for name in {line.id for line in (*first.lines, *last.lines)}:
        change = sum(line.amount for line in last.lines if line.id == name) - sum(
            line.amount for line in first.lines if line.id == name
        )
        assert by_line.get(name, D(0)) == change


@given(told=plain.metal_contracts(), lots=plain.drawn_lots(plain.METAL))
def test_a_statement_does_not_differ_from_itself(told: Any, lots: Any) -> None:
    one = Settling(Contract.model_validate(told), parcel_of(lots), {}, "final", ARRIVED)
    found = waterfall(one, one)
    assert found.difference == 0
    assert all(step.amount == 0 and step.lines == () for step in found.steps)


def test_a_waterfall_as_json_has_exact_decimals() -> None:
    one = Settling(copper(), copper_parcel(), {"lme-cu": FALLING}, "final", ARRIVED)
    plain_ = waterfall_json(waterfall(one, one))
    assert plain_["difference"] == "0.00"
    assert [step["effect"] for step in plain_["steps"]] == list(EFFECTS)
