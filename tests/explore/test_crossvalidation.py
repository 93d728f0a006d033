"""Scores of cross-validation against a slow loop; slices and means by hand."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.explore import (
    LeaveOut,
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    cross_validate,
    global_bias,
    krige,
    swath,
)
from oreline.model import InputError

MODEL = Variogram(0.2, (Structure(StructureKind.SPHERICAL, 0.8, (60.0, 60.0, 60.0)),))
SEARCH = SearchPass((80.0, 80.0, 80.0), min_samples=2, max_samples=8)


def drilled(n: int = 60) -> Samples:
    """Make composites of holes, some without a second analyte."""
    rng = np.random.default_rng(4)
    hole = np.repeat(np.arange(n // 6), 6)
    top = rng.uniform(0, 100, (n // 6, 2))
    z = -5.0 * np.tile(np.arange(6), n // 6) + rng.uniform(0, 0.5, n)  # No two distances alike.
    xyz = np.column_stack([top[hole], z])
    values = np.column_stack([xyz[:, 0] / 50 + rng.normal(0, 0.3, n), rng.lognormal(size=n)])
    values[::7, 1] = np.nan
    return Samples(xyz, values, ("Nd", "Pr"), hole=hole)


@pytest.mark.parametrize("leave_out", list(LeaveOut))
def test_each_sample_is_estimated_from_the_others(leave_out: LeaveOut) -> None:
    samples = drilled()
    found = cross_validate(samples, MODEL, [SEARCH], leave_out)
    for column, name in enumerate(samples.analytes):
        for at in range(samples.n):
            others = np.arange(samples.n) != at
            if leave_out is LeaveOut.HOLE:
                others = samples.hole_numbers() != samples.hole_numbers()[at]
            others &= ~np.isnan(samples.values[:, column])
            rest = samples.taken(others)
            single = Samples(rest.xyz_m, rest.values[:, column], (name,))
            alone = krige(samples.xyz_m[[at]], single, MODEL, [SEARCH], workers=1)
            expected = alone.values[0, 0]
            assert found.estimated[at, column] == pytest.approx(expected, nan_ok=True)
            expected = alone.variance(name)[0]
            assert found.variance[at, column] == pytest.approx(expected, nan_ok=True)


def test_scores_are_those_of_the_table() -> None:
    found = cross_validate(drilled(), MODEL, [SEARCH])
    frame = found.to_frame()
    for score in found.scores:
        rows = frame.filter(frame["analyte"] == score.analyte)
        true, estimated = rows["true"].to_numpy(), rows["estimated"].to_numpy()
        assert score.estimated == rows.height
        assert score.mean_error == pytest.approx((estimated - true).mean())
        assert score.mean_squared_error == pytest.approx(((estimated - true) ** 2).mean())
        assert score.correlation == pytest.approx(np.corrcoef(true, estimated)[0, 1])
        assert score.slope == pytest.approx(np.polyfit(estimated, true, 1)[0])
        assert score.variance_standardised == pytest.approx(rows["standardised"].to_numpy().var())
    assert found.to_json()["analytes"][0]["analyte"] == "Nd"


def test_errors_of_a_right_model_are_standard() -> None:
    rng = np.random.default_rng(8)
    xyz = rng.uniform(0, 200, (800, 3))
    c = np.array([MODEL.covariance(xyz - place) for place in xyz])
    samples = Samples(xyz, np.linalg.cholesky(c) @ rng.normal(size=800), ("Nd",))
    score = cross_validate(samples, MODEL, [SEARCH], LeaveOut.SAMPLE).scores[0]
    assert score.mean_standardised == pytest.approx(0.0, abs=0.1)
    assert score.variance_standardised == pytest.approx(1.0, abs=0.15)
    assert score.slope == pytest.approx(1.0, abs=0.1)


def test_what_cannot_be_estimated_is_counted_and_not_scored() -> None:
    far = Samples(np.eye(3) * 1e5, np.array([1.0, 2.0, 3.0]), ("Nd",), hole=np.arange(3))
    score = cross_validate(far, MODEL, [SEARCH]).scores[0]
    assert (score.estimated, score.not_estimated, score.slope) == (0, 3, None)
    with pytest.raises(InputError, match="hole"):
        cross_validate(Samples(np.eye(3), np.ones(3), ("Nd",)), MODEL, [SEARCH])


def test_slices_by_hand() -> None:
    blocks = np.array([[5.0, 0, 0], [15, 0, 0], [15, 9, 0], [35, 0, 0]])
    grades = np.array([1.0, 2.0, 4.0, np.nan])
    samples = (np.array([[12.0, 0, 0], [31, 0, 0]]), np.array([3.0, 5.0]), np.array([2.0, 1.0]))
    tonnes = np.array([1.0, 3.0, 1.0, 1.0])
    found = swath("Nd", {"model": (blocks, grades, tonnes), "samples": samples}, 10.0)
    assert found.middle_m.tolist() == [5.0, 15.0, 25.0, 35.0]
    frame = found.to_frame()
    assert frame["model"].to_list() == [1.0, 2.5, None, None]
    assert frame["samples"].to_list() == [None, 3.0, None, 5.0]
    assert frame["model_count"].to_list() == [1, 2, 0, 0]
    for axis, width in (("w", 10.0), ("x", 0.0)):
        with pytest.raises(InputError):
            swath("Nd", {"model": (blocks, grades, None)}, width, axis)
    with pytest.raises(InputError, match="nothing is known"):
        swath("Nd", {"model": (blocks, np.full(4, np.nan), None)}, 10.0)


def test_a_biased_model_is_told() -> None:
    sampled, weights = np.array([1.0, 1.0, 4.0]), np.array([2.0, 2.0, 1.0])
    fair = global_bias("Nd", np.array([1.5, 1.7, np.nan]), sampled, weights)
    assert fair.mean_declustered == pytest.approx(1.6)
    assert fair.bias == pytest.approx(0.0)
    assert not fair.findings
    rich = global_bias("Nd", np.array([2.0]), sampled, weights, np.array([1.9]))
    assert rich.bias == pytest.approx(0.25)
    assert rich.mean_nearest == 1.9
    assert [finding.code for finding in rich.findings] == ["ORL-0935"]
    assert "25.0% above" in rich.findings[0].message
    with pytest.raises(InputError):
        global_bias("Nd", np.array([np.nan]), sampled)
