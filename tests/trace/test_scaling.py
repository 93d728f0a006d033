"""Shares of many masses at once, against the same for one in exact rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import UNBOUNDED_MG, mass_text
from oreline.trace._scaling import kilograms, nearest_each, scaled, scaled_each

MASSES = st.one_of(st.integers(0, 100), st.integers(0, 2**62), st.integers(2**51, 2**54))
HALVES = st.integers(1, 40).map(lambda k: 2.0**-k)
SHARES = st.one_of(st.floats(0, 1), HALVES, st.sampled_from([0.0, 0.5, 1.0, 5e-324, 1 / 3]))
PAIRS = st.lists(st.tuples(MASSES, SHARES), max_size=20)


@given(PAIRS)
def test_many_are_rounded_as_one(pairs):
    mass = np.array([pair[0] for pair in pairs], np.int64)
    share = np.array([pair[1] for pair in pairs], np.float64)
    for floor in (True, False):
        expected = [scaled(one, part, floor=floor) for one, part in pairs]
        assert scaled_each(mass, share, floor=floor).tolist() == expected


@given(PAIRS)
def test_the_nearest_milligram_is_that_of_exact_rationals(pairs):
    mass = np.array([pair[0] for pair in pairs], np.int64)
    share = np.array([pair[1] for pair in pairs], np.float64)
    expected = [round(Fraction(part) * one) for one, part in pairs]
    assert nearest_each(mass, share).tolist() == expected


def test_halves_go_to_the_even_neighbour_and_what_is_lost_decides():
    just_below = np.nextafter(0.5, 0)
    mass = np.array([1, 3, 5, 5, 2**51 + 1], np.int64)
    share = np.array([0.5, 0.5, 0.5, just_below, just_below])
    assert nearest_each(mass, share).tolist() == [0, 2, 2, 2, 2**50]


@given(st.lists(st.one_of(st.integers(0, 10**8), st.integers(0, UNBOUNDED_MG)), max_size=20))
def test_kilograms_are_written_as_for_one(masses):
    expected = [None if mass == UNBOUNDED_MG else mass_text(mass, "kg") for mass in masses]
    assert kilograms(np.array(masses, np.int64)).to_list() == expected
