"""What a tonne of rock is worth, and from which grade it pays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import Economics, Pays, block_values, cut_offs, mill_feed, net_return_per_t
from oreline.model import Basis, InputError


def economics(
    *pays: Pays, mining: float = 2.5, dilution: float = 5.0, recovered: float = 95.0
) -> Economics:
    return Economics(
        "USD", pays, mining, 12.0, 3.0, dilution, recovered, Basis.ASSUMED, "an example"
    )


def test_the_cut_off_is_cost_over_what_a_tonne_brings() -> None:
    """By hand: (2.5 + 12 + 3) / (9000 x 0.9 x 0.96) = 0.2251 % without dilution."""
    copper = Pays("Cu", 9000, 90, 96)
    (found,) = cut_offs(economics(copper, dilution=0, recovered=100))
    assert found.break_even_pct == pytest.approx(17.5 / (9000 * 0.9 * 0.96) * 100)
    assert found.break_even_pct == pytest.approx(0.2251, abs=5e-5)
    assert found.mill_pct == pytest.approx(0.1929, abs=5e-5)


@given(
    st.floats(1000, 20000),
    st.floats(40, 100),
    st.floats(0, 30),
    st.floats(60, 100),
    st.floats(0, 0.2),
)
def test_at_the_cut_off_a_block_earns_nothing(
    price: float, recovery: float, dilution: float, recovered: float, carried: float
) -> None:
    costs = Economics(
        "USD",
        (Pays("Cu", price, recovery, 96, 100),),
        2.5,
        12,
        3,
        dilution,
        recovered,
        Basis.ASSUMED,
        "drawn",
        {"Cu": carried},
    )
    (found,) = cut_offs(costs)
    for grade, digging in ((found.break_even_pct, 1.0), (found.mill_pct, 0.0)):
        if not grade:
            continue
        fed = mill_feed(costs, ("Cu",), np.array([[grade]]), np.array([1.0]))
        net = net_return_per_t(costs, ("Cu",), fed.grades_pct)[0] - 15
        assert net * fed.tonnes[0] - digging * 2.5 == pytest.approx(0.0, abs=1e-9)


def test_metal_is_that_of_the_ground_and_of_the_waste_taken_along() -> None:
    costs = economics(Pays("Cu", 9000, 90, 96), dilution=10, recovered=90)
    fed = mill_feed(costs, ("Cu",), np.array([[1.0]]), np.array([1000.0]))
    assert fed.tonnes[0] == pytest.approx(990)
    assert fed.tonnes[0] * fed.grades_pct[0, 0] == pytest.approx(0.9 * 1000 * 1.0)


def test_a_block_is_ore_if_the_mill_earns_by_it() -> None:
    costs = economics(Pays("Cu", 9000, 90, 96), Pays("Au", 60e6, 70, 97), dilution=0)
    grades = np.array([[1.0, 0.0], [0.1, 0.0], [0.1, 5e-5], [np.nan, 0.0]])
    found = block_values(costs, ("Cu", "Au"), grades, np.full(4, 1000.0))
    assert found.is_ore.tolist() == [True, False, True, False]
    assert found.value[1] == found.value[3] == -2500
    assert found.value[0] == pytest.approx(0.95 * 1000 * (77.76 - 15) - 2500)


def test_what_is_not_counted_is_waste() -> None:
    costs = economics(Pays("Cu", 9000, 90, 96))
    found = block_values(
        costs, ("Cu",), np.array([[2.0]]), np.array([10.0]), counted=np.array([False])
    )
    assert found.value.tolist() == [-25]
    assert not found.is_ore[0]


def test_a_lower_price_never_makes_a_block_worth_more() -> None:
    costs = economics(Pays("Cu", 9000, 90, 96, 600))
    grades = np.linspace(0, 3, 50)[:, None]
    worth = [
        block_values(costs, ("Cu",), grades, np.ones(50), factor=factor).value
        for factor in (0.05, 0.5, 1.0, 1.5)
    ]
    assert (np.diff(worth, axis=0) >= 0).all()


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(InputError, match="0 to 100"):
        Pays("Cu", 9000, 900, 96)
    with pytest.raises(InputError, match="below zero"):
        economics(Pays("Cu", 9000, 90, 96), mining=-1)
    with pytest.raises(InputError, match="at least one"):
        economics()
    with pytest.raises(InputError, match="no grade of it pays"):
        cut_offs(economics(Pays("Cu", 500, 90, 96, 600)))
    with pytest.raises(InputError, match="no grade of it, only Sb"):
        net_return_per_t(economics(Pays("Cu", 9000, 90, 96)), ("Sb",), np.ones((1, 1)))
