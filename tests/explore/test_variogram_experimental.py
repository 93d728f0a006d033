"""Experimental variograms against all pairs counted slowly, and GSTools."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.explore import (
    Direction,
    Measure,
    Pairs,
    Rotation,
    Samples,
    along_axes,
    experimental_variogram,
    lag_edges,
    normal_scores,
)
from oreline.model import InputError


def scattered(n: int, seed: int = 3) -> Samples:
    """Make samples of two analytes with a trend and gaps."""
    rng = np.random.default_rng(seed)
    xyz = rng.uniform(0, 100, (n, 3)) * [1.0, 2.0, 0.5]
    values = np.stack([xyz[:, 0] / 30 + rng.normal(size=n), rng.lognormal(size=n)], axis=1)
    values[rng.random((n, 2)) < 0.1] = np.nan
    return Samples(xyz, values, ("Nd", "Pr"), hole=np.arange(n) // 5)


def slowly(
    samples: Samples, edges: np.ndarray, direction: Direction | None, pairs: Pairs
) -> list[list[tuple[float, float, float]]]:
    """List distance, tail and head of all pairs of each lag, of the first analyte."""
    hole, value = samples.hole_numbers(), samples.values[:, 0]
    lags: list[list[tuple[float, float, float]]] = [[] for _ in edges[1:]]
    for i in range(samples.n):
        for j in range(i + 1, samples.n):
            d = samples.xyz_m[j] - samples.xyz_m[i]
            h, tail, head = float(np.linalg.norm(d)), value[i], value[j]
            if pairs is not Pairs.ALL and (hole[i] == hole[j]) != (pairs is Pairs.ONE_HOLE):
                continue
            if direction is not None:
                along = float(d @ direction.axis())
                angle = np.degrees(np.arccos(min(1.0, abs(along) / h)))
                off = np.sqrt(max(h * h - along * along, 0.0))
                if angle > direction.tolerance_deg or off > (direction.bandwidth_m or np.inf):
                    continue
                if along < 0:
                    tail, head = head, tail
            at = int(np.searchsorted(edges, h)) - 1
            if 0 <= at < len(lags) and not np.isnan(tail + head):
                lags[at].append((h, tail, head))
    return lags


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_all_pairs_counted_slowly_give_the_same(data: st.DataObject) -> None:
    samples = scattered(data.draw(st.integers(10, 40)), data.draw(st.integers(0, 999)))
    edges = lag_edges(data.draw(st.floats(5, 40)), 6)
    direction = data.draw(
        st.none()
        | st.builds(
            Direction, st.floats(0, 360), st.floats(-90, 90), st.floats(5, 89), st.just(30.0)
        )
    )
    pairs = data.draw(st.sampled_from(list(Pairs)))
    lags = slowly(samples, edges, direction, pairs)
    given_directions = () if direction is None else (direction,)
    variance = np.nanvar(samples.values[:, 0])
    for measure in Measure:
        found = experimental_variogram(
            samples, edges, given_directions, pairs=pairs, measure=measure, workers=1
        )[0]
        assert found.pairs[0].tolist() == [len(lag) for lag in lags]
        for at, lag in enumerate(lags):
            if not lag:
                assert np.isnan(found.gamma[0, at])
                continue
            h, tail, head = np.array(lag).T
            assert found.distance_m[0, at] == pytest.approx(h.mean())
            if direction is None:
                # Each pair counts both ways.
                tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
            covariance = np.mean(tail * head) - tail.mean() * head.mean()
            expected = variance - covariance
            if measure is Measure.VARIOGRAM:
                expected = 0.5 * np.mean((head - tail) ** 2)
            elif measure is Measure.CORRELOGRAM:
                if min(tail.std(), head.std()) < 1e-9:
                    continue  # One sample alone has no spread, to rounding.
                expected = variance * (1 - covariance / (tail.std() * head.std()))
            assert found.gamma[0, at] == pytest.approx(expected, abs=1e-9)


def test_gstools_finds_the_same_in_directions() -> None:
    import gstools as gs

    samples = scattered(300)
    values = np.nan_to_num(samples.values[:, 1], nan=1.0)
    whole = Samples(samples.xyz_m, values, ("Pr",))
    edges = lag_edges(12.0, 8)
    directions = [
        Direction(40.0, -15.0, 25.0, 30.0),
        Direction(130.0, 0.0, 25.0, 30.0),
        Direction(0.0, -90.0, 25.0, 30.0),
    ]
    _, gamma, counts = gs.vario_estimate(
        whole.xyz_m.T, values, edges, direction=[d.axis() for d in directions],
        angles_tol=np.radians(25.0), bandwidth=30.0, return_counts=True,
    )  # fmt: skip
    found = experimental_variogram(whole, edges, directions)[0]
    assert found.pairs.tolist() == counts.tolist()
    is_there = found.pairs > 0
    assert is_there.sum() > 15
    assert np.allclose(found.gamma[is_there], gamma[is_there], rtol=1e-10)
    _, every, number = gs.vario_estimate(whole.xyz_m.T, values, edges, return_counts=True)
    one = experimental_variogram(whole, edges)[0]
    assert one.pairs[0].tolist() == number.tolist()
    assert np.allclose(one.gamma[0], every, rtol=1e-10)


def test_threads_change_nothing_and_progress_ends_at_the_end() -> None:
    samples = scattered(700)
    told: list[tuple[str, int, int]] = []
    one = experimental_variogram(samples, lag_edges(10.0, 8), workers=1)
    two = experimental_variogram(
        samples, lag_edges(10.0, 8), workers=2, progress=lambda *step: told.append(step)
    )
    assert np.array_equal(one[1].gamma, two[1].gamma)
    assert told[-1] == ("comparing samples", 700, 700)


def test_axes_of_an_ellipsoid_are_directions() -> None:
    rotation = Rotation(40.0, -25.0, 15.0)
    for direction, axis in zip(along_axes(rotation), rotation.matrix(), strict=True):
        assert abs(direction.axis() @ axis) == pytest.approx(1.0)


def test_a_table_says_what_is_not_known() -> None:
    samples = scattered(12)
    found = experimental_variogram(samples, [0.0, 1e-9, 500.0], pairs=Pairs.ONE_HOLE)[0]
    frame = found.to_frame()
    assert frame["gamma"].to_list()[0] is None
    assert frame["direction"].to_list() == ["downhole", "downhole"]
    assert found.to_json()["lags"][0]["pairs"] == 0


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=50))
def test_normal_scores_keep_the_order_and_mirror(values: list[float]) -> None:
    given_values = np.array([*values, np.nan])
    scores = normal_scores(given_values)
    assert np.isnan(scores[-1])
    order = np.argsort(given_values[:-1], kind="stable")
    assert (np.diff(scores[:-1][order]) > 0).all()
    assert scores[:-1].mean() == pytest.approx(0.0, abs=1e-9)


def test_a_declustering_weight_moves_a_score() -> None:
    # Two grades; the second stands for three times as much ground: ranks at 1/8 and 5/8.
    scores = normal_scores(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    assert scores == pytest.approx([-1.1503494, 0.3186394])


@pytest.mark.parametrize(
    "make",
    [
        lambda: lag_edges(0.0, 3),
        lambda: Direction(tolerance_deg=0.0),
        lambda: Direction(bandwidth_m=-1.0),
        lambda: experimental_variogram(scattered(5), [3.0, 1.0]),
        lambda: normal_scores(np.array([1.0]), np.array([0.0])),
    ],
)
def test_a_wrong_call_is_refused(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator]
