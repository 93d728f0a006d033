"""Models of variograms: their shapes, their rotation, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import Rotation, Structure, StructureKind, Variogram
from oreline.model import InputError


def about(axis: int, degrees: float) -> np.ndarray:
    """Turn a vector about an axis, counter-clockwise seen from its end."""
    angle = np.radians(degrees)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    turn = np.eye(3)
    turn[i, i] = turn[j, j] = np.cos(angle)
    turn[j, i], turn[i, j] = np.sin(angle), -np.sin(angle)
    return turn


@given(st.floats(-360, 360), st.floats(-90, 90), st.floats(-180, 180))
def test_a_rotation_is_three_turns_one_after_the_other(
    azimuth: float, dip: float, plunge: float
) -> None:
    # The axes start east, north and up. The major axis is turned to its azimuth, then up by the
    # dip; then the other two are turned about it. Zero angles have it north, the second one west.
    lying = about(2, 90.0 - azimuth) @ about(1, -dip) @ about(0, plunge)
    found = Rotation(azimuth, dip, plunge).matrix()
    assert np.allclose(found, lying.T, atol=1e-12)
    assert np.allclose(found @ found.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("angles", "major"),
    [
        ((0.0, 0.0), (0.0, 1.0, 0.0)),
        ((90.0, 0.0), (1.0, 0.0, 0.0)),
        ((180.0, -90.0), (0.0, 0.0, -1.0)),
        ((45.0, -30.0), (0.6123724, 0.6123724, -0.5)),
    ],
)
def test_the_major_axis_points_where_a_geologist_says(
    angles: tuple[float, float], major: tuple[float, float, float]
) -> None:
    assert np.allclose(Rotation(*angles).matrix()[0], major, atol=1e-7)


def test_shapes_at_half_and_whole_range() -> None:
    # Chilès and Delfiner (2012), section 2.5; exponential and gaussian at the practical range.
    halves = {
        StructureKind.SPHERICAL: 0.6875,
        StructureKind.EXPONENTIAL: 1 - np.exp(-1.5),
        StructureKind.GAUSSIAN: 1 - np.exp(-0.75),
        StructureKind.CUBIC: 7 / 4 - 8.75 / 8 + 3.5 / 32 - 0.75 / 128,
        StructureKind.PENTASPHERICAL: 0.79296875,
    }
    for kind, half in halves.items():
        model = Variogram(0.0, (Structure(kind, 2.0, (100.0, 50.0, 20.0)),))
        found = model.gamma([[0, 0, 0], [0, 50, 0], [25, 0, 0], [0, 0, 10], [0, 100, 0]])
        assert np.allclose(found[:4], [0.0, 2 * half, 2 * half, 2 * half])
        ends = 2 * (1 - np.exp(-3))
        is_bounded = kind not in (StructureKind.EXPONENTIAL, StructureKind.GAUSSIAN)
        assert found[4] == pytest.approx(2.0 if is_bounded else ends)


@given(st.sampled_from(list(StructureKind)), st.integers(0, 10**6))
def test_a_covariance_matrix_is_positive(kind: StructureKind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (25, 3))
    ranges = tuple(rng.uniform(5, 200, 3))
    turned = Rotation(*rng.uniform(-90, 90, 3))
    model = Variogram(0.0, (Structure(kind, 1.0, ranges, turned),))
    c = np.array([model.covariance(places - place) for place in places])
    assert np.allclose(c, c.T)
    assert np.linalg.eigvalsh(c).min() > -1e-9


def test_the_kernels_know_the_same_shapes() -> None:
    from oreline.explore._kriging_kernels import structured
    from oreline.explore._variogram import PackedVariogram

    rng = np.random.default_rng(1)
    vectors = rng.normal(0, 40, (50, 3))
    for kind in StructureKind:
        model = Variogram(0.3, (Structure(kind, 2.0, (90.0, 60.0, 30.0), Rotation(20, -10, 5)),))
        packed = PackedVariogram.of(model)
        places = packed.transformed(vectors)
        origin = np.zeros((1, 3))
        found = [structured(packed.kinds, packed.sills, place, origin) for place in places]
        assert np.allclose(found, model.covariance(vectors), atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Variogram(-0.1), "nugget"),
        (lambda: Variogram(0.0), "sill of a variogram is zero"),
        (lambda: Structure(StructureKind.SPHERICAL, -1.0, (1.0, 1.0, 1.0)), "sill"),
        (lambda: Structure(StructureKind.SPHERICAL, 1.0, (1.0, 0.0, 1.0)), "ranges"),
        (lambda: Rotation(float("nan")), "finite"),
    ],
)
def test_a_model_that_cannot_be_is_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]


def test_a_model_says_itself() -> None:
    model = Variogram(0.2, (Structure(StructureKind.CUBIC, 0.8, (3.0, 2.0, 1.0), Rotation(5.0)),))
    told = model.to_json()
    assert told["sill"] == pytest.approx(1.0)
    assert told["structures"][0]["kind"] == "cubic"
    assert told["structures"][0]["azimuth_deg"] == 5.0
