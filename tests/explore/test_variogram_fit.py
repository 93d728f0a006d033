"""Fits get back the model that the lags were made from, and warn of what is odd."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.explore import (
    Direction,
    ExperimentalVariogram,
    FitWeights,
    Measure,
    Pairs,
    Rotation,
    Samples,
    Structure,
    StructureKind,
    Variogram,
    along_axes,
    experimental_variogram,
    fit_variogram,
    lag_edges,
    nugget_of,
)
from oreline.model import InputError

TURNED = Rotation(30.0, -10.0, 5.0)


def perfect(
    model: Variogram,
    directions: tuple[Direction, ...],
    far: float = 200.0,
    lags: int = 20,
    pairs: Pairs = Pairs.ALL,
) -> ExperimentalVariogram:
    """Make lags that lie on a model."""
    edges = lag_edges(far / lags, lags)
    middle = (edges[1:] + edges[:-1]) / 2
    axes = np.array([d.axis() for d in directions]) if directions else np.array([[1.0, 0, 0]])
    gamma = np.array([model.gamma(middle[:, None] * axis) for axis in axes])
    shape = gamma.shape
    return ExperimentalVariogram(
        "Nd", Measure.VARIOGRAM, pairs, directions, edges, np.full(shape, 500),
        np.broadcast_to(middle, shape), gamma, model.sill, 1000,
    )  # fmt: skip


@pytest.mark.parametrize("kind", list(StructureKind))
def test_a_model_comes_back_from_its_own_lags(kind: StructureKind) -> None:
    model = Variogram(0.3, (Structure(kind, 1.7, (80.0, 80.0, 80.0)),))
    found = fit_variogram(perfect(model, ()), (kind,))
    assert found.variogram.nugget == pytest.approx(0.3, abs=1e-3)
    assert found.variogram.structures[0].sill == pytest.approx(1.7, rel=1e-3)
    assert found.variogram.structures[0].ranges_m == pytest.approx((80.0,) * 3, rel=1e-3)
    assert found.error < 1e-3
    assert not found.findings


def test_three_ranges_of_two_structures_come_back() -> None:
    model = Variogram(
        0.2,
        (
            Structure(StructureKind.SPHERICAL, 0.5, (40.0, 30.0, 15.0), TURNED),
            Structure(StructureKind.SPHERICAL, 0.8, (160.0, 110.0, 60.0), TURNED),
        ),
    )
    given = perfect(model, along_axes(TURNED))
    kinds = (StructureKind.SPHERICAL, StructureKind.SPHERICAL)
    found = fit_variogram(given, kinds, rotation=TURNED)
    for ours, theirs in zip(found.variogram.structures, model.structures, strict=True):
        assert ours.sill == pytest.approx(theirs.sill, rel=0.02)
        assert ours.ranges_m == pytest.approx(theirs.ranges_m, rel=0.05)
        assert ours.rotation == TURNED
    assert found.error < 0.005
    assert found.to_frame()["model"].null_count() == 0


def test_the_nugget_is_that_of_the_downhole_variogram() -> None:
    short = Variogram(0.4, (Structure(StructureKind.SPHERICAL, 0.6, (20.0, 20.0, 20.0)),))
    downhole = perfect(short, (), far=40.0, pairs=Pairs.ONE_HOLE)
    assert nugget_of(downhole) == pytest.approx(0.4, abs=1e-3)
    flat = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (90.0, 90.0, 90.0)),))
    found = fit_variogram(perfect(flat, ()), downhole=downhole)
    assert found.variogram.nugget == pytest.approx(0.4, abs=1e-3)
    assert found.nugget_from == "downhole"
    assert fit_variogram(perfect(flat, ()), nugget=0.25).variogram.nugget == 0.25


def test_samples_with_a_known_variogram_give_it_back_about() -> None:
    rng = np.random.default_rng(5)
    xyz = rng.uniform(0, 300, (1500, 3))
    model = Variogram(0.25, (Structure(StructureKind.SPHERICAL, 1.0, (90.0, 90.0, 90.0)),))
    c = np.array([model.covariance(xyz - place) for place in xyz])
    field = np.linalg.cholesky(c) @ rng.normal(size=1500)
    experimental = experimental_variogram(Samples(xyz, field, ("Nd",)), lag_edges(10.0, 15))[0]
    found = fit_variogram(experimental)
    assert found.variogram.nugget == pytest.approx(0.25, abs=0.15)
    assert found.variogram.sill == pytest.approx(1.25, rel=0.2)
    assert found.variogram.structures[0].ranges_m[0] == pytest.approx(90.0, rel=0.25)


def codes(model: Variogram, **changes: float) -> list[str]:
    """Return the codes found about a fit to a model's own lags."""
    given = perfect(model, (), **changes)  # type: ignore[arg-type]
    return [finding.code for finding in fit_variogram(given).findings]


def test_what_is_odd_is_said() -> None:
    def one(nugget: float, sill: float, range_m: float) -> Variogram:
        return Variogram(nugget, (Structure(StructureKind.SPHERICAL, sill, (range_m,) * 3),))

    assert codes(one(0.5, 0.5, 80.0)) == []
    assert codes(one(0.7, 0.3, 80.0)) == ["ORL-0931"]
    assert codes(one(0.1, 0.9, 300.0)) == ["ORL-0932"]
    assert codes(one(0.1, 0.9, 150.0), lags=2) == ["ORL-0933"]
    far_off = perfect(one(0.1, 0.9, 80.0), ())
    object.__setattr__(far_off, "variance", 0.5)
    assert [finding.code for finding in fit_variogram(far_off).findings] == ["ORL-0934"]


def test_a_fit_without_pairs_or_axes_is_refused() -> None:
    model = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (80.0,) * 3),))
    given = perfect(model, ())
    with pytest.raises(InputError, match="at least one structure"):
        fit_variogram(given, ())
    with pytest.raises(InputError, match="rotation"):
        fit_variogram(perfect(model, along_axes(TURNED)))
    object.__setattr__(given, "pairs", np.full((1, 20), 29))
    with pytest.raises(InputError, match="30 pairs"):
        fit_variogram(given, weights=FitWeights.PAIRS)
    with pytest.raises(InputError, match="fewer than two lags"):
        nugget_of(given)
