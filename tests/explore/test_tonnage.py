"""Grade-tonnage tables by hand, their laws, and equivalents."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import Equivalent, Worth, grade_tonnage
from oreline.model import InputError

GRADES = {"Nd": np.array([1.0, 2.0, 3.0, np.nan]), "Pr": np.array([0.5, 0.5, np.nan, 0.1])}
TONNES = np.array([100.0, 200.0, 300.0, 400.0])


def test_a_table_by_hand() -> None:
    classes = {"class": np.array(["A", "A", "B", "B"])}
    found = grade_tonnage(GRADES, TONNES, "Nd", [2.0, 0.0], classes)
    rows = {(row.part, row.cutoff): row for row in found.rows}
    whole = rows["all", 0.0]
    assert (whole.blocks, whole.tonnes) == (3, 600.0)
    assert whole.grades_pct["Nd"] == pytest.approx((100 + 400 + 900) / 600)
    assert whole.metal_t["Nd"] == pytest.approx(14.0)
    # One of the blocks has no Pr: its metal is not known, and not too small.
    assert whole.metal_t["Pr"] is None
    assert rows["class A", 0.0].metal_t["Pr"] == pytest.approx(1.5)
    assert rows["class A", 2.0].tonnes == 200.0
    assert found.unknown_grade == 1
    assert found.to_frame().height == 6
    assert found.to_json()["blocks_without_grade"] == 1


def test_blocks_of_unknown_density_are_counted_apart() -> None:
    found = grade_tonnage(GRADES, np.array([100.0, np.nan, 300.0, 1.0]), "Nd", [0.0])
    assert found.unknown_density == 1
    assert found.rows[0].tonnes == 400.0
    nothing = grade_tonnage(GRADES, TONNES, "Nd", [9.0]).rows[0]
    assert (nothing.tonnes, nothing.metal_t["Nd"], nothing.grades_pct["Nd"]) == (0.0, 0.0, None)


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(1, 1e6)), min_size=1, max_size=40),
    st.lists(st.floats(0, 10), min_size=2, max_size=6),
)
def test_a_curve_falls_in_tonnes_and_rises_in_grade(
    blocks: list[tuple[float, float]], cutoffs: list[float]
) -> None:
    grade, tonnes = np.array(blocks).T
    parts = {"domain": np.array(["x" if at % 3 else "y" for at in range(len(blocks))])}
    found = grade_tonnage({"Nd": grade}, tonnes, "Nd", cutoffs, parts)
    whole = [row for row in found.rows if row.part == "all"]
    for low, high in pairwise(whole):
        assert high.tonnes <= low.tonnes
        if high.grades_pct["Nd"] is not None and low.grades_pct["Nd"] is not None:
            assert high.grades_pct["Nd"] >= low.grades_pct["Nd"] - 1e-9
            assert high.grades_pct["Nd"] >= high.cutoff - 1e-9
    for row in whole:
        parts_of = [r for r in found.rows if r.part != "all" and r.cutoff == row.cutoff]
        assert sum(r.tonnes for r in parts_of) == pytest.approx(row.tonnes)


def test_an_equivalent_needs_prices_recoveries_and_sources() -> None:
    made = Equivalent(
        "CuEq", {"Cu": Worth(9000.0, 0.9, "deck"), "Sb": Worth(18000.0, 0.45, "deck")}
    )
    grades = {"Cu": np.array([0.5]), "Sb": np.array([0.2])}
    assert made.grade(grades)[0] == pytest.approx(0.5 + 0.2 * 18000 * 0.45 / (9000 * 0.9))
    found = grade_tonnage(grades, np.array([1000.0]), "CuEq", [0.1], equivalent=made)
    assert found.rows[0].grades_pct["CuEq"] == pytest.approx(0.7)
    assert "9,000 USD/t and 90% recovery (deck)" in found.words[0]
    for wrong in ((0.0, 0.9, "deck"), (1.0, 1.1, "deck"), (1.0, 0.5, " ")):
        with pytest.raises(InputError):
            Worth(*wrong)
    with pytest.raises(InputError, match="needs Sb"):
        made.grade({"Cu": np.array([1.0])})


def test_a_table_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="no grade of"):
        grade_tonnage(GRADES, TONNES, "Dy", [0.0])
    with pytest.raises(InputError, match="cut-off"):
        grade_tonnage(GRADES, TONNES, "Nd", [])
