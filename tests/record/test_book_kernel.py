"""The arithmetic of the compiled book against Python's integers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oreline.record import _book_kernel as kernel

TOP = 2**63 - 1
AMOUNTS = st.one_of(
    st.integers(0, TOP),
    st.integers(0, 2**33),
    st.integers(0, 200).map(lambda n: TOP - n),
    st.integers(0, 63).flatmap(lambda bit: st.integers(max(2**bit - 2, 0), min(2**bit + 2, TOP))),
    st.sampled_from([10**12, 9 * 10**18, 2**53 - 1, 2**53, 2**53 + 1]),
)


def muldiv(a: int, b: int, c: int) -> int:
    return min(round(Fraction(a * b, c)), TOP)


@settings(max_examples=2000)
@given(AMOUNTS, AMOUNTS, AMOUNTS.filter(bool))
@example(TOP, TOP, TOP)
@example(TOP, TOP, 1)
@example(TOP, TOP - 1, TOP)
@example(2**62, 3, 2**63 - 2)
@example(1, 1, 2)
@example(3, 1, 2)
def test_muldiv_is_that_of_whole_numbers(a, b, c):
    assert kernel.muldiv(a, b, c) == muldiv(a, b, c)


@given(st.integers(1, 2**31), st.integers(0, 2**31), st.integers(0, 2**20).map(lambda n: 2 * n + 1))
def test_ties_go_to_the_even_neighbour(c, whole, odd):
    a = 2 * c * whole + c * odd  # a / 2c is whole + odd / 2: a tie
    if a <= TOP:
        assert kernel.muldiv(a, 1, 2 * c) % 2 == 0


@given(st.integers(-TOP, TOP), st.integers(-TOP, TOP))
def test_sums_and_differences_stay_at_their_limits(a, b):
    if max(a, b) < TOP and a + b > -TOP:
        assert kernel._plus(a, b) == min(a + b, TOP)
    if a < TOP:
        assert kernel._minus(a, b) == max(min(a - b, TOP), -TOP)


@pytest.mark.parametrize("metal", [0, 1, 7, 2**53 + 1, 9 * 10**18])
@given(whole=st.integers(1, 9 * 10**18), data=st.data())
def test_shares_add_up_to_the_milligram(metal, whole, data):
    """Draw after draw until nothing is left: the metal taken is the metal that was there."""
    left, taken = whole, 0
    rest = metal
    for _ in range(data.draw(st.integers(0, 6))):
        part = data.draw(st.integers(0, left))
        share = kernel._share(rest, part, left) if left else rest
        assert 0 <= share <= rest
        rest, taken, left = rest - share, taken + share, left - part
    last = kernel._share(rest, left, left) if left else rest
    assert taken + last == metal
