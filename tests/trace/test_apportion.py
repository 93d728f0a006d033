from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError
from oreline.trace._apportion import (
    TOTAL_MG_MAX,
    apportion,
    apportion_rows,
    apportion_tree,
    apportion_tree_rows,
    apportion_weights,
)

TOTALS = st.sampled_from(
    [0, 1, 2, 2**53 - 1, 2**53, 2**53 + 1, 9 * 10**18, TOTAL_MG_MAX]
) | st.integers(0, TOTAL_MG_MAX)


@st.composite
def share_lists(draw, *, min_size=1, max_size=12):
    parts = draw(st.lists(st.integers(0, 10**6), min_size=min_size, max_size=max_size))
    parts[draw(st.integers(0, len(parts) - 1))] += 1
    return [part / sum(parts) for part in parts]


def summed(amounts):
    return sum(int(amount) for amount in amounts)


@given(TOTALS, share_lists())
def test_parts_are_whole_and_sum_exactly(total, shares):
    amounts = apportion(total, shares)
    assert summed(amounts) == total
    assert amounts.min() >= 0


@given(TOTALS, share_lists())
def test_each_part_is_its_exact_quota_rounded_down_or_up(total, shares):
    exact = [Fraction(share) for share in shares]
    for amount, share in zip(apportion(total, shares), exact, strict=True):
        # Shares are read to 2**-62, which moves a quota of at most 2**63 by up to 2 for each part.
        assert abs(int(amount) - total * share / sum(exact)) < 1 + 2 * (1 + len(shares))
        if total < 2**50:
            assert abs(int(amount) - total * share / sum(exact)) < 1 + Fraction(1, 2**8)


@given(TOTALS, share_lists())
def test_a_larger_share_never_gets_less(total, shares):
    amounts = apportion(total, shares)
    for i in range(len(shares)):
        for j in range(len(shares)):
            if shares[i] > shares[j]:
                assert amounts[i] >= amounts[j]
            if shares[i] == shares[j] and i < j:
                assert 0 <= int(amounts[i]) - int(amounts[j]) <= 1


def test_nothing_goes_to_a_share_of_zero():
    assert apportion(TOTAL_MG_MAX, [0.0, 1 / 3, 1 / 3, 1 / 3])[0] == 0


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (1, [1, 0, 0]),
        (2, [1, 1, 0]),
        (2**53 - 1, [3002399751580331, 3002399751580330, 3002399751580330]),
        (2**53, [3002399751580331, 3002399751580331, 3002399751580330]),
        (2**53 + 1, [3002399751580331] * 3),
        (9 * 10**18, [3 * 10**18] * 3),
    ],
)
def test_thirds_with_ties_to_the_smaller_id(total, expected):
    assert apportion(total, [1 / 3] * 3).tolist() == expected
    assert apportion_weights(total, [1, 1, 1]).tolist() == expected


def test_floats_would_get_this_wrong():
    """9e18 + 1 has no float64: the product with 0.5 would lose the last milligram."""
    total = 9 * 10**18 + 1
    assert apportion(total, [0.5, 0.5]).tolist() == [45 * 10**17 + 1, 45 * 10**17]


@given(TOTALS, st.lists(st.integers(0, TOTAL_MG_MAX), min_size=1, max_size=8))
def test_weights_are_apportioned_by_exact_quota(total, weights):
    if sum(weights) == 0:
        return
    amounts = apportion_weights(total, weights)
    assert summed(amounts) == total
    for amount, weight in zip(amounts, weights, strict=True):
        assert abs(int(amount) - Fraction(total * weight, sum(weights))) < 1


@st.composite
def trees(draw):
    """Draw a hierarchy of up to four levels as parents and shares of its leaves."""
    parents = [-1] * draw(st.integers(1, 3))
    for _ in range(draw(st.integers(0, 10))):
        parents.append(draw(st.integers(-1, len(parents) - 1)))
    order = draw(st.permutations(range(len(parents))))
    place = {node: at for at, node in enumerate(order)}
    parents = [-1 if parents[n] < 0 else place[parents[n]] for n in order]
    leaves = [node for node in range(len(parents)) if node not in parents]
    shares = [0.0] * len(parents)
    parts = draw(share_lists(min_size=len(leaves), max_size=len(leaves)))
    for leaf, part in zip(leaves, parts, strict=True):
        shares[leaf] = part
    return parents, shares


@given(TOTALS, trees())
def test_each_level_sums_to_the_one_above(total, tree):
    parents, shares = tree
    amounts = apportion_tree(total, shares, parents)
    tops = [amounts[node] for node in range(len(parents)) if parents[node] < 0]
    assert summed(tops) == total
    for node in range(len(parents)):
        children = [amounts[child] for child in range(len(parents)) if parents[child] == node]
        if children:
            assert summed(children) == amounts[node]


@given(st.lists(TOTALS, min_size=1, max_size=4), trees())
def test_many_at_once_are_the_same_bits(totals, tree):
    parents, shares = tree
    table = np.tile(shares, (len(totals), 1))
    amounts = apportion_tree_rows(np.array(totals), table, parents)
    assert amounts.tolist() == [apportion_tree(t, shares, parents).tolist() for t in totals]


@pytest.mark.parametrize("width", [1, 2, 6, 40, 300])
def test_wide_rows_at_once_are_the_same_bits(width):
    rng = np.random.default_rng(width)
    shares = rng.dirichlet(np.full(width, 0.2), size=12)
    for total in (0, 1, 5, 299, 2**53 + 1, 9 * 10**18, TOTAL_MG_MAX):
        amounts = apportion_rows(np.full(12, total), shares)
        assert amounts.tolist() == [apportion(total, row).tolist() for row in shares]
        assert all(summed(row) == total for row in amounts)


def test_the_top_does_not_depend_on_how_finely_it_is_divided():
    """Flat, the six sites' remainders would take the odd milligram away from country 0."""
    by_country = apportion(1, [0.52, 0.48])
    parents = [-1, -1, 0, 0, 0, 0, 1]
    tree = apportion_tree(1, [0, 0, 0.13, 0.13, 0.13, 0.13, 0.48], parents)
    assert tree[:2].tolist() == by_country.tolist() == [1, 0]
    assert apportion(1, [0.13, 0.13, 0.13, 0.13, 0.48]).tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("total", "shares", "message"),
    [
        (-1, [1.0], r"0 \.\. 9"),
        (TOTAL_MG_MAX + 1, [1.0], r"0 \.\. 9"),
        (1.5, [1.0], "whole milligrams"),
        (1, [], "at least one"),
        (1, [0.5, 0.4], "sum to 1"),
        (1, [1.5, -0.5], "between 0 and 1"),
        (1, [float("nan"), 1.0], "between 0 and 1"),
    ],
)
def test_wrong_calls_are_refused(total, shares, message):
    with pytest.raises(InputError, match=message):
        apportion(total, shares)


@pytest.mark.parametrize(
    ("shares", "parents", "message"),
    [
        ([1.0, 0.0], [1, 0], "circle"),
        ([0.0, 1.0, 0.0], [-1, 2, 1], "circle"),
        ([0.5, 0.5], [-1, 0], "without children"),
        ([1.0, 0.0], [-1, 2], "number of a node"),
        ([1.0, 0.0], [-1], "2 integers"),
    ],
)
def test_wrong_hierarchies_are_refused(shares, parents, message):
    with pytest.raises(InputError, match=message):
        apportion_tree(1, shares, parents)
    with pytest.raises(InputError, match=message):
        apportion_tree_rows(np.array([1]), np.array([shares]), parents)


def test_rows_at_once_check_their_totals():
    with pytest.raises(InputError, match="whole milligrams"):
        apportion_rows([1.0], np.array([[1.0]]))
    with pytest.raises(InputError, match="do not fit"):
        apportion_rows([1, 2], np.array([[1.0]]))
    with pytest.raises(InputError, match=r"0 \.\. 9"):
        apportion_rows([-1], np.array([[1.0]]))


def test_weights_must_not_all_be_zero():
    for weights in ([0, 0], [], [1, -1]):
        with pytest.raises(InputError, match="above 0"):
            apportion_weights(1, weights)
