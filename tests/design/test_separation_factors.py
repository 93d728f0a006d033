"""The tables of solvent extraction against the facts they are written from."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    BinaryDuty,
    KeyDuty,
    design_key_cascade,
    distribution_at_ph,
    distribution_coefficient,
    distribution_of_extraction,
    extraction_tests,
    factor_note,
    factor_range,
    fenske_distribution,
    fewest_stages,
    fewest_stages_of_keys,
    kremser_raffinate_fraction,
    largest_purity,
    least_solvent,
    see_purity,
    separation_factors,
    simulate_cascade,
    underwood_solvent,
)
from oreline.model import InputError


def test_neodymium_and_praseodymium_range_from_1_23_to_2_6() -> None:
    """N_min at 99/99 runs from 44 stages to 10 over that range."""
    found = factor_range("Nd", "Pr", "chloride")
    assert found is not None
    assert (found.low, round(found.high, 1)) == (1.23, 2.6)
    stages = [fewest_stages(BinaryDuty(beta, 0.75, 0.99, 0.99)) for beta in (1.23, 2.6)]
    assert stages == pytest.approx([44, 10], abs=0.5)
    assert factor_range("Nd", "Xx") is None


def test_each_factor_stands_once_with_its_source() -> None:
    """difflow #265: two files disagreed up to eightfold on one factor. Here there is one table."""
    keys = [
        (row.stronger, row.weaker, row.extractant, row.medium, row.source)
        for row in separation_factors()
    ]
    assert len(set(keys)) == len(keys)
    for row in separation_factors():
        assert row.factor > 1
        assert row.source
        assert row.status in {"measured", "published", "fit", "cited"}


def test_factors_of_one_test_series_are_consistent() -> None:
    """Sm/Nd and Dy/Nd of one series give Dy/Sm; no pair is listed both ways round."""
    pairs = {(row.stronger, row.weaker) for row in separation_factors()}
    assert not {(weak, strong) for strong, weak in pairs} & pairs
    d2ehpa = {
        (row.stronger, row.weaker): row.factor
        for row in separation_factors()
        if row.extractant == "D2EHPA" and row.status == "fit"
    }
    nd_la = math.prod(d2ehpa[pair] for pair in (("Nd", "Pr"), ("Pr", "Ce"), ("Ce", "La")))
    assert nd_la == pytest.approx(15.48, abs=0.05)


def test_the_tables_are_those_of_the_facts(shared_dir: Path) -> None:
    facts = shared_dir / "facts" / "process"
    with (facts / "prommis_dehpa_tbp_logD.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["m0"]:
                continue
            m0, m1, b0, b1 = (float(row[name]) for name in ("m0", "m1", "B0", "B1"))
            expected = 10 ** ((m0 + m1 * 5) * 1.8 + b0 + b1 * math.log10(5))
            found = distribution_coefficient(row["element"], 1.8, 5)
            assert found == pytest.approx(expected, rel=1e-12)
    with (facts / "sx_separation_factors.csv").open(encoding="utf-8") as file:
        told = [row for row in csv.DictReader(file) if row["pair_or_quantity"] == "Nd/Pr"]
    ours = [
        row.factor for row in separation_factors() if (row.stronger, row.weaker) == ("Nd", "Pr")
    ]
    assert sorted(float(row["value"]) for row in told) == sorted(set(ours) - {1.5})


def test_log_d_rises_with_ph_by_its_slope() -> None:
    """Nd at 5 % DEHPA: slope .31183 + .03763 x 5 in log D for each pH."""
    rise = distribution_coefficient("Nd", 2.0, 5) / distribution_coefficient("Nd", 1.0, 5)
    assert math.log10(rise) == pytest.approx(0.31183 + 0.03763 * 5)
    assert distribution_at_ph(1.0, 2.22, 3.0, 2.0) == pytest.approx(10**2.22)
    with pytest.raises(InputError, match="no distribution of Au"):
        distribution_coefficient("Au", 1.0, 5)


def test_one_contact_gives_the_percentages_of_scientific_reports() -> None:
    """Sci. Rep. 10, 16911: Dy/Tb/Nd 99/99/99, 98/91/64, 76/61/27 %; slopes 2.95, 2.22, 2.0."""
    printed = {
        "D2EHPA": (99, 99, 99, 2.95),
        "PC88A": (98, 91, 64, 2.22),
        "Cyanex 272": (76, 61, 27, 2.0),
    }
    for extractant, (dy, tb, nd, slope) in printed.items():
        rows = {row.metal: row for row in extraction_tests() if row.extractant == extractant}
        for metal, percent in (("Dy", dy), ("Tb", tb), ("Nd", nd)):
            d = distribution_of_extraction(rows[metal].extracted)
            left = float(kremser_raffinate_fraction(d, 1))
            assert 100 * (1 - left) == pytest.approx(percent)
        assert rows["Nd"].slope == slope


def test_a_note_gives_the_range_beside_the_factor_used() -> None:
    assert "published are 1.202 to 2.606" in factor_note({"Nd": 1.4, "Pr": 1.0})[0]
    assert "outside" in factor_note({"Nd": 3.0, "Pr": 1.0})[0]
    assert factor_note({"Nd": 3.0}) == ()


LIGHT = {"La": 30.0, "Ce": 45.0, "Pr": 6.0, "Nd": 19.0}
FACTORS = {"La": 1.0, "Ce": 2.58, "Pr": 5.94, "Nd": 8.3}


def test_two_keys_alone_are_the_binary_cascade() -> None:
    pair = BinaryDuty(1.4, 0.75, 0.99, 0.99)
    duty = KeyDuty(
        {"Nd": 0.75, "Pr": 0.25}, {"Nd": 1.4, "Pr": 1.0}, "Nd", "Pr",
        pair.extract_recovery, pair.raffinate_recovery,
    )  # fmt: skip
    assert fewest_stages_of_keys(duty) == pytest.approx(fewest_stages(pair))
    assert underwood_solvent(duty) == pytest.approx(least_solvent(pair), rel=1e-9)


def test_the_cascade_of_keys_does_what_is_asked() -> None:
    duty = KeyDuty(LIGHT, FACTORS, "Pr", "Ce", 0.99, 0.99)
    found = design_key_cascade(duty)
    assert found.to_extract["Pr"] >= 0.99
    assert found.to_extract["Ce"] <= 0.01
    assert found.to_extract["Nd"] > found.to_extract["Pr"]
    assert found.flows.stages > found.fewest_stages
    assert found.flows.solvent > found.least_solvent
    again = simulate_cascade(LIGHT, FACTORS, found.flows)
    assert again.to_extract == pytest.approx(found.profile.to_extract)
    # With fewer stages than Fenske's nothing reaches it.
    with pytest.raises(InputError, match="more than 11 theoretical stages"):
        design_key_cascade(duty, stages_max=11)


@given(st.floats(0.8, 0.999), st.floats(0.8, 0.999))
def test_fenske_keeps_the_keys_and_orders_the_rest(recovery: float, rejection: float) -> None:
    duty = KeyDuty(LIGHT, FACTORS, "Pr", "Ce", recovery, rejection)
    parts = fenske_distribution(duty)
    assert parts["Pr"] == pytest.approx(recovery)
    assert parts["Ce"] == pytest.approx(1 - rejection)
    assert parts["La"] <= parts["Ce"] <= parts["Pr"] <= parts["Nd"]


def test_a_purity_spoilt_by_a_stronger_metal_names_it() -> None:
    feed = {"Pr": 6.0, "Nd": 19.0, "Sm": 2.0}
    duty = KeyDuty(feed, {"Pr": 1.0, "Nd": 1.4, "Sm": 7.0}, "Nd", "Pr", 0.99, 0.99)
    assert largest_purity(duty, "Nd") == pytest.approx(19 / 21)
    with pytest.raises(InputError, match=r"Sm extract as strongly or more.*at most 0\.9048") as no:
        see_purity(duty, "Nd", 0.99)
    assert [finding.code for finding in no.value.findings] == ["ORL-1020"]
    see_purity(duty, "Nd", 0.90)


@pytest.mark.parametrize(
    ("strong", "weak", "said"),
    [("Ce", "Pr", "no more strongly"), ("Dy", "Pr", "not in the feed")],
)
def test_keys_that_cannot_be_are_refused(strong: str, weak: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        KeyDuty(LIGHT, FACTORS, strong, weak, 0.99, 0.99)
