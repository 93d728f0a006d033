"""Which weight is final, and what a lot weighs dry; an unknown moisture is never zero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError
from oreline.settle import (
    Reading,
    SettlementLot,
    Weighing,
    WeightClause,
    dry_mass,
    final_weight,
    wet_basis_pct,
)

UNKNOWN = Reading(None, why="not told")


def reading(value: str | None, u: str | None = None) -> Reading:
    if value is None:
        return UNKNOWN
    return Reading(Decimal(value), None if u is None else Decimal(u), "measured", (f"e{value}",))


def weighing(wet: str | None, moisture: str | None, dry: str | None = None) -> Weighing:
    return Weighing(reading(wet), reading(moisture), reading(dry))


def lot(loading: Weighing | None, discharge: Weighing | None) -> SettlementLot:
    return SettlementLot("fwo:1", loading, discharge)


def clause(rule: str, **terms: Any) -> WeightClause:
    return WeightClause.model_validate({"rule": rule, **terms})


BOTH = lot(weighing("1000", "8"), weighing("996", "7.5"))


@pytest.mark.parametrize(
    ("terms", "side", "dry"),
    [
        ({"rule": "loading"}, "loading", "920"),
        ({"rule": "discharge"}, "discharge", "921.3"),
        ({"rule": "loading", "moisture": "discharge"}, "loading", "925"),
        ({"rule": "loading", "moisture": "mean"}, "loading", "922.5"),
        ({"rule": "discharge", "moisture": "loading"}, "discharge", "916.32"),
        ({"rule": "less_franchise", "franchise_pct": "0.5"}, "loading", "915.4"),
        (
            {"rule": "within_franchise", "franchise_pct": "0.4", "franchise_on": "wet"},
            "loading",
            "920",
        ),
        (
            {"rule": "within_franchise", "franchise_pct": "0.39", "franchise_on": "wet"},
            "discharge",
            "921.3",
        ),
        (
            {"rule": "within_franchise", "franchise_pct": "0.2", "franchise_on": "dry"},
            "loading",
            "920",
        ),
        ({"rule": "loading", "rounding": {"to": "5"}}, "loading", "920"),
        ({"rule": "discharge", "rounding": {"to": "0.5"}}, "discharge", "921.5"),
    ],
)
def test_rules(terms: dict[str, Any], side: str, dry: str) -> None:
    found = final_weight(WeightClause.model_validate(terms), BOTH, "final")
    assert (found.side, found.dry.value) == (side, Decimal(dry)), found


def test_wet_or_dry_is_asked_only_where_it_matters() -> None:
    rule = clause("within_franchise", franchise_pct="0.2")
    found = final_weight(rule, BOTH, "final")
    assert found.dry.value is None
    assert "|1000 - 996| t wet is more than 0.2 %: discharge weight" in found.why
    assert "t dry is within 0.2 %: loading weight" in found.why
    same = lot(weighing("1000", "8"), weighing("999", "8"))
    assert final_weight(rule, same, "final").side == "loading"


def test_before_the_final_stage_the_loading_weight_stands_in() -> None:
    under_way = lot(weighing("1000", "8"), None)
    for rule in ("discharge", "within_franchise"):
        terms = clause(rule, franchise_pct="0.5", moisture="discharge")
        found = final_weight(terms, under_way, "provisional")
        assert (found.side, found.dry.value) == ("loading", 920)
        assert "as long as there is no outturn" in found.formula
        final = final_weight(terms, under_way, "final")
        assert final.dry.value is None
        assert "no discharge weight" in final.why


@pytest.mark.parametrize(
    ("terms", "one", "words"),
    [
        (None, BOTH, "no clause on weight"),
        ({"rule": "within_franchise"}, BOTH, "no franchise"),
        ({"rule": "loading"}, lot(None, weighing("1", "1")), "no loading weight"),
        ({"rule": "discharge"}, lot(weighing("1", "1"), None), "no discharge weight"),
        ({"rule": "loading"}, lot(weighing("1000", None), None), "not told"),
        ({"rule": "loading"}, lot(weighing(None, "8"), None), "not told"),
        ({"rule": "loading", "moisture": "mean"}, lot(weighing("1", "1"), None), "no discharge"),
        ({"rule": "loading"}, lot(weighing("1000", "8", "940"), None), "contradicts"),
        ({"rule": "loading"}, lot(weighing("1000", "108"), None), "no wet mass"),
        (
            {"rule": "within_franchise", "franchise_pct": "1", "franchise_on": "dry"},
            lot(weighing("1000", "8"), weighing("996", None)),
            "dry weights cannot be compared",
        ),
    ],
)
def test_what_is_missing_leaves_the_weight_unknown(
    terms: dict[str, Any] | None, one: SettlementLot, words: str
) -> None:
    rule = None if terms is None else WeightClause.model_validate(terms)
    found = final_weight(rule, one, "final")
    assert found.dry.value is None
    assert words in found.why


def test_a_dry_mass_that_is_told_counts_without_a_moisture() -> None:
    told = lot(weighing("1000", None, "921"), None)
    assert final_weight(clause("loading"), told, "final").dry.value == 921
    other = final_weight(clause("loading", moisture="mean"), told, "provisional")
    assert other.dry.value is None


def test_uncertainty_and_evidence_come_along() -> None:
    one = Weighing(reading("1000", "2"), reading("8", "0.2"), UNKNOWN)
    found = final_weight(clause("loading"), lot(one, None), "final").dry
    assert found.u is not None
    # u² = (0.92 × 2)² + (1000 × 0.002)², the law of propagation by hand.
    assert found.u**2 == pytest.approx(Decimal("7.3856"), abs=Decimal("1e-20"))
    assert found.evidence == ("e1000", "e8")


@given(
    st.decimals(0, 10**6, places=3, allow_nan=False), st.decimals(0, 99, places=2, allow_nan=False)
)
def test_wet_and_dry_basis_are_the_same_water(wet: Decimal, pct: Decimal) -> None:
    dry = dry_mass(wet, pct)
    water = wet - dry
    if dry:
        assert wet_basis_pct(100 * water / dry) == pytest.approx(pct, abs=Decimal("1e-15"))


@pytest.mark.parametrize(("wet", "pct"), [("-1", "8"), ("1000", "-1"), ("1000", "100.1")])
def test_no_mass(wet: str, pct: str) -> None:
    with pytest.raises(InputError):
        dry_mass(Decimal(wet), Decimal(pct))
    with pytest.raises(InputError):
        wet_basis_pct(Decimal(-1))
