"""Simulations honour the samples, their histogram and their variogram, and repeat exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import (
    BlockGrid,
    NormalScoreTable,
    Rotation,
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    experimental_variogram,
    krige,
    lag_edges,
    normal_scores,
    simulate,
    uncertain_tonnage,
)
from oreline.model import InputError, LimitExceededError

MODEL = Variogram(
    0.1, (Structure(StructureKind.SPHERICAL, 0.9, (60.0, 40.0, 25.0), Rotation(40.0)),)
)
SEARCH = SearchPass((150.0, 150.0, 80.0), max_samples=20)


def known(n: int = 40) -> Samples:
    """Make samples with the model's variogram and a lognormal histogram."""
    rng = np.random.default_rng(3)
    xyz = rng.uniform(0, 1, (n, 3)) * [200.0, 200.0, 50.0]
    c = np.array([MODEL.covariance(xyz - place) for place in xyz])
    return Samples(xyz, np.exp(0.6 * (np.linalg.cholesky(c) @ rng.normal(size=n))), ("Nd",))


def test_each_realisation_has_the_grades_of_the_samples_at_their_places() -> None:
    samples = known()
    rng = np.random.default_rng(1)
    targets = np.concatenate([samples.xyz_m, rng.uniform(0, 50, (30, 3))])
    found = simulate(targets, samples, "Nd", MODEL, SEARCH, 5, seed=9)
    assert np.array_equal(found.values[:40], np.repeat(samples.values, 5, axis=1))
    assert (np.ptp(found.values[40:], axis=1) > 0).all()


def test_a_realisation_is_the_same_however_many_are_asked_for() -> None:
    samples = known()
    targets = BlockGrid((0.0, 0.0, 0.0), (20.0, 20.0, 25.0), (10, 10, 2)).centres_m()
    few = simulate(targets, samples, "Nd", MODEL, SEARCH, 3, seed=5, workers=1)
    many = simulate(targets, samples, "Nd", MODEL, SEARCH, 11, seed=5, workers=2)
    other = simulate(targets, samples, "Nd", MODEL, SEARCH, 3, seed=6)
    assert np.array_equal(few.values, many.values[:, :3])
    assert not np.array_equal(few.values, other.values)


def test_histogram_and_variogram_come_back_on_average() -> None:
    # Two far samples leave the field free: its histogram is that of the table, its variogram the
    # model's, over many realisations.
    rng = np.random.default_rng(2)
    far = np.column_stack([np.full(400, 1e6), np.zeros(400), 1e3 * np.arange(400)])
    samples = Samples(far, rng.lognormal(0, 0.5, 400), ("Nd",))
    grid = BlockGrid((0.0, 0.0, 0.0), (10.0, 10.0, 10.0), (16, 16, 4))
    found = simulate(grid.centres_m(), samples, "Nd", MODEL, SEARCH, 60, seed=1)
    percents = [10, 25, 50, 75, 90]
    ours = np.percentile(found.values, percents)
    assert ours == pytest.approx(np.percentile(samples.values, percents), rel=0.08)
    table = NormalScoreTable.of(samples.values[:, 0])
    gaussian = np.interp(found.values, table.grades, table.scores)
    field = Samples(grid.centres_m(), gaussian, tuple(str(at) for at in range(60)))
    lags = experimental_variogram(field, lag_edges(10.0, 6))
    gamma = np.mean([one.gamma[0, 1:] for one in lags], axis=0)
    places = grid.centres_m()
    d = (places[:, None] - places[None]).reshape(-1, 3)
    h = np.linalg.norm(d, axis=1)
    modelled = MODEL.gamma(d)
    for at in range(1, 6):
        inside = (h > 10.0 * at) & (h <= 10.0 * (at + 1))
        assert gamma[at - 1] == pytest.approx(modelled[inside].mean(), rel=0.08)


def test_the_mean_of_gaussian_realisations_is_simple_kriging() -> None:
    rng = np.random.default_rng(5)
    # Grades that are their own scores: the table changes nothing. Most samples are far away.
    xyz = np.concatenate([rng.uniform(0, 100, (30, 3)), rng.uniform(1e6, 2e6, (3000, 3))])
    samples = Samples(xyz, normal_scores(rng.normal(size=3030)), ("Nd",))
    targets = rng.uniform(20, 80, (12, 3))
    search = SearchPass((1e4, 1e4, 1e4), min_samples=1, max_samples=64)
    found = simulate(targets, samples, "Nd", MODEL, search, 4000, seed=3)
    kriged = krige(targets, samples, MODEL, [search], means={"Nd": 0.0})
    assert np.abs(found.mean - kriged.values[:, 0]).max() < 0.06
    assert np.abs(found.values.var(axis=1) - kriged.variance("Nd")).max() < 0.1


def test_blocks_vary_less_than_points() -> None:
    samples = known()
    grid = BlockGrid((0.0, 0.0, 0.0), (40.0, 40.0, 25.0), (5, 5, 2))
    points = simulate(grid.centres_m(), samples, "Nd", MODEL, SEARCH, 40, seed=1)
    inside = grid.points_m((2, 2, 2))
    blocks = simulate(grid.centres_m(), samples, "Nd", MODEL, SEARCH, 40, seed=1, points_m=inside)
    assert blocks.values.std() < 0.85 * points.values.std()
    assert blocks.mean.mean() == pytest.approx(points.mean.mean(), rel=0.1)


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=30, unique=True))
def test_a_table_goes_there_and_back(grades: list[float]) -> None:
    table = NormalScoreTable.of(np.array(grades), least=0.0, most=200.0)
    assert np.allclose(table.back(table.scores), table.grades)
    ends = table.back(np.array([-40.0, 40.0]))
    assert ends == pytest.approx([0.0, 200.0], abs=1e-6)
    line = table.back(np.linspace(-5, 5, 101))
    assert (np.diff(line) >= -1e-9).all()


def test_tonnage_over_realisations_by_hand() -> None:
    samples = known()
    found = simulate(samples.xyz_m[:3] + 30.0, samples, "Nd", MODEL, SEARCH, 50, seed=2)
    tonnes = np.array([100.0, 200.0, np.nan])
    (row,) = uncertain_tonnage(found, tonnes, [1.0])
    whole = [sum(t for t, g in zip(tonnes[:2], values[:2], strict=True) if g >= 1.0)
             for values in found.values.T]  # fmt: skip
    metal = [sum(t * g / 100 for t, g in zip(tonnes[:2], values[:2], strict=True) if g >= 1.0)
             for values in found.values.T]  # fmt: skip
    assert row.tonnes["p10"] == pytest.approx(np.percentile(whole, 10))
    assert row.metal_t["mean"] == pytest.approx(np.mean(metal))
    assert (row.grade_pct["mean"] is None) == (0.0 in whole)
    assert row.to_json()["realisations"] == 50
    assert found.chance_above(1.0)[0] == (found.values[0] >= 1.0).mean()
    assert found.to_frame().height == 3
    assert found.to_json()["seed"] == 2


def smooth() -> Variogram:
    """Make a model that makes near points all but equal."""
    return Variogram(0.0, (Structure(StructureKind.GAUSSIAN, 1.0, (500.0, 500.0, 500.0)),))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"realisations": 0}, InputError, "one at least"),
        ({"realisations": 100_000_001}, LimitExceededError, "CELLS_MAX"),
        ({"most": 0.1}, InputError, "cut off"),
        ({"variogram": smooth()}, InputError, "too smooth"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    change: dict[str, object], error: type[Exception], message: str
) -> None:
    rng = np.random.default_rng(1)
    given_values = {
        "targets_m": rng.uniform(0, 10, (60, 3)), "samples": known(), "analyte": "Nd",
        "variogram": MODEL, "search": SEARCH, "realisations": 2, "seed": 1,
    } | change  # fmt: skip
    with pytest.raises(error, match=message):
        simulate(**given_values)  # type: ignore[arg-type]


def test_samples_at_one_place_are_named() -> None:
    samples = known()
    samples.xyz_m[5] = samples.xyz_m[2]
    with pytest.raises(InputError, match="ORL-0930"):
        simulate(np.zeros((1, 3)), samples, "Nd", MODEL, SEARCH, 1, seed=1)
    flat = Samples(np.eye(3), np.ones(3), ("Nd",))
    with pytest.raises(InputError, match="two different"):
        simulate(np.zeros((1, 3)), flat, "Nd", MODEL, SEARCH, 1, seed=1)
