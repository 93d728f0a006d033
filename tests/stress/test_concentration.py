"""Concentration of a supply: bounds against brute force, the plain case against its formula."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError
from oreline.stress import Bounds, Supplier, concentration, share_of, stage_supplies

AMOUNT = st.integers(0, 50).map(float)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Supplier], Supplier | None]:
    """Draw a table with plain numbers, a few intervals, and perhaps a row that names nobody."""
    suppliers = [
        Supplier(f"plain-{number}", value, value)
        for number, value in enumerate(draw(st.lists(AMOUNT, max_size=3)))
    ]
    for number in range(draw(st.integers(0, 3))):
        low, wide = draw(AMOUNT), draw(AMOUNT)
        suppliers.append(Supplier(f"open-{number}", low, low + wide))
    rest = draw(st.none() | AMOUNT)
    return suppliers, None if rest is None else Supplier("other", rest, rest)


def filled(suppliers: list[Supplier], steps: int) -> list[tuple[float, ...]]:
    """Return many ways to fill the holes of a table."""
    ways = [np.linspace(one.low, one.high or 0.0, steps if one.is_open else 1) for one in suppliers]
    return [tuple(map(float, way)) for way in itertools.product(*ways)]


@given(tables())
def test_no_way_to_fill_the_holes_lies_outside_and_some_are_at_the_ends(
    made: tuple[list[Supplier], Supplier | None],
) -> None:
    suppliers, rest = made
    found = concentration(suppliers, unnamed=rest)
    spread = rest.low if rest is not None else 0.0
    ways = [way for way in filled(suppliers, 11) if sum(way) + spread > 0]
    if found is None:
        assert not ways or all(one.high == 0 for one in suppliers)
        return
    # The row that names nobody, as one country and as a thousand.
    hhis, tops, threes = [], [], []
    for way, parts in itertools.product(ways, (1, 1000)):
        each, whole = spread / parts, math.fsum(way) + spread
        shares = sorted([*way, *[each] * min(parts, 3)], reverse=True)
        hhis.append(1e4 * (math.fsum(x * x for x in way) + parts * each**2) / whole**2)
        tops.append(shares[0] / whole)
        threes.append(math.fsum(shares[:3]) / whole)
    for bounds, values, slack in (
        (found.hhi, hhis, 200.0), (found.top1, tops, 0.08), (found.top3, threes, 0.12),
    ):  # fmt: skip
        assert bounds.high is not None
        assert bounds.low <= min(values) + 1e-9 <= bounds.low + slack + 1e-9
        assert bounds.high == pytest.approx(max(values), rel=1e-9)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_plain_numbers_have_one_answer_and_scale_does_not_matter(amounts: list[float]) -> None:
    suppliers = [Supplier(str(number), one, one) for number, one in enumerate(amounts)]
    found = concentration(suppliers)
    assert found is not None
    shares = np.array(amounts) / math.fsum(amounts)
    assert found.hhi.low == pytest.approx(1e4 * float(np.square(shares).sum()))
    assert found.hhi.is_one
    assert found.hhi_published == pytest.approx(found.hhi.low)
    assert found.effective.low == pytest.approx(1 / float(np.square(shares).sum()))
    assert found.without_largest.low == pytest.approx(1 - shares.max())
    scaled = concentration([Supplier(one.name, one.low * 7, one.low * 7) for one in suppliers])
    assert scaled is not None
    assert scaled.hhi.low == pytest.approx(found.hhi.low)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=6), st.integers(1, 3))
def test_withheld_suppliers_add_to_the_number_of_equals(amounts: list[float], hidden: int) -> None:
    """The least index of amounts with k unbounded ones is 1 / (1 / HHI + k)."""
    plain = [Supplier(str(number), one, one) for number, one in enumerate(amounts)]
    withheld = [Supplier(f"w{number}", 0.0, None) for number in range(hidden)]
    without, with_them = concentration(plain), concentration([*plain, *withheld])
    assert without is not None
    assert with_them is not None
    assert with_them.hhi.low == pytest.approx(1e4 / (1e4 / without.hhi.low + hidden))
    assert with_them.hhi.high == 10_000
    assert with_them.largest == ""
    assert with_them.hhi_published == pytest.approx(without.hhi.low)


def test_n_minus_1_against_a_demand() -> None:
    suppliers = [Supplier("CHN", 60, 60), Supplier("BOL", 30, 30), Supplier("USA", 0, 20)]
    found = concentration(suppliers, demand=100)
    assert found is not None
    assert found.without_largest == Bounds(0.3, 0.5)
    assert share_of("CHN", suppliers) == Bounds(60 / 110, 60 / 90)


def test_nothing_and_nobody() -> None:
    assert concentration([Supplier("CHN", 0, 0)]) is None
    found = concentration([], unnamed=Supplier("other", 5, 5))
    assert found is not None
    assert found.hhi == Bounds(0.0, 10_000.0)


@pytest.mark.parametrize(
    ("suppliers", "said"),
    [
        ([Supplier("A", -1, 1)], "zero or more"),
        ([Supplier("A", 2, 1)], "below the beginning"),
        ([Supplier("A", 1, 1), Supplier("A", 2, 2)], "stands twice"),
        ([Supplier("A", math.nan, 1)], "zero or more"),
        ([Supplier(str(n), 0, 1 + n) for n in range(13)], "more than 12"),
    ],
)
def test_what_cannot_be_measured_is_told(suppliers: list[Supplier], said: str) -> None:
    with pytest.raises(InputError, match=said):
        concentration(suppliers)


PUBLISHED_2025 = {
    ("gallium", "Primary production"): 9804, ("niobium", "Mine production"): 8709,
    ("magnesium metal", "Smelter production"): 7736, ("silicon", "Silicon metal"): 7622,
    ("bismuth", "Refinery production"): 7453, ("graphite", "Mine production"): 6447,
    ("tungsten", "Mine production"): 6234, ("vanadium", "Mine production"): 5623,
    ("cobalt", "Mine production"): 5554, ("platinum", "Mine production: Platinum"): 5324,
    ("titanium sponge metal", "Titanium sponge metal production"): 5324,
    ("indium", "Refinery production"): 5181, ("rare earths", "Mine production"): 5072,
    ("nickel", "Mine production"): 4594, ("alumina", "Alumina, refinery production"): 4055,
    ("fluorspar", "Mine production"): 3889, ("aluminum", "Smelter production"): 3788,
    ("tantalum", "Mine production"): 3319, ("palladium", "Mine production: Palladium"): 3311,
}  # fmt: skip
"""Indices of 2025 that others computed from the Mineral Commodity Summaries of 2026."""


def test_indices_of_2025_are_those_that_others_computed() -> None:
    found = {(one.mineral, one.product): one.concentration() for one in stage_supplies(year=2025)}
    for key, index in PUBLISHED_2025.items():
        measured = found[key]
        assert measured is not None
        assert round(measured.hhi_published) == index, key


def test_forms_that_do_not_add_have_no_index_and_say_so() -> None:
    boron = stage_supplies("boron")
    assert len(boron) > 1
    assert all(one.concentration() is None for one in boron)
    assert all("no world total" in " ".join(one.notes) for one in boron)


def test_a_withheld_cell_is_no_more_than_the_total_leaves() -> None:
    (antimony,) = stage_supplies("antimony")
    (hidden,) = [row for row in antimony.rows if row.flag == "W"]
    others = sum(row.low for row in antimony.rows if row is not hidden)
    # 110,000 is rounded to ten thousands at most, so the world's mines give less than 115,000.
    assert antimony.world_text == "110,000"
    assert hidden.high == pytest.approx(115_000 - others)
    assert hidden.is_bounded
    found = antimony.concentration()
    assert found is not None
    assert found.largest == "CHN"
    assert found.hhi.high == pytest.approx(found.hhi.low, rel=0.1)
    assert any("if the world's total holds it" in note for note in antimony.notes)
