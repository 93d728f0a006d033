"""Points in solids, against shapes whose inside is known."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.explore import points_in_solid, read_stl
from oreline.model import InputError


def octahedron() -> np.ndarray:
    """Return the eight faces of |x| + |y| + |z| = 10."""
    faces = []
    for a in (-10.0, 10.0):
        for b in (-10.0, 10.0):
            faces += [[[a, 0, 0], [0, b, 0], [0, 0, c]] for c in (-10.0, 10.0)]
    return np.array(faces)


def binary(corners: np.ndarray) -> bytes:
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("more", "<u2")])
    records = np.zeros(len(corners), kind)
    records["corners"] = corners
    return b"\0" * 80 + len(corners).to_bytes(4, "little") + records.tobytes()


def text(corners: np.ndarray) -> bytes:
    lines = ["solid s"]
    for face in corners:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += [f"  vertex {x} {y} {z}" for x, y, z in face]
        lines += ["endloop", "endfacet"]
    return "\n".join([*lines, "endsolid"]).encode()


@pytest.mark.parametrize("write", [binary, text])
def test_inside_an_octahedron(write: object) -> None:
    assert callable(write)
    solid = read_stl(write(octahedron()))
    rng = np.random.default_rng(5)
    points = rng.uniform(-11, 11, (4000, 3))
    expected = np.abs(points).sum(axis=1) < 10
    assert solid.open_edges == 0
    assert (points_in_solid(solid, points) == expected).all()
    on_axis = np.array([[0.0, 0, 0], [0, 0, 9.9], [0, 0, 10.1], [10.0, 10, 0]])
    assert points_in_solid(solid, on_axis).tolist() == [True, True, False, False]
    assert not points_in_solid(solid, np.empty((0, 3))).size


def test_in_feet_and_open_ones() -> None:
    solid = read_stl(binary(octahedron()), 0.3048)
    assert solid.corners.max() == pytest.approx(3.048)
    opened = read_stl(binary(octahedron()[:-1]))
    assert opened.open_edges == 3
    with pytest.raises(InputError, match="3 edges lie open"):
        points_in_solid(opened, np.zeros((1, 3)))
    assert points_in_solid(opened, np.array([[1.0, -1.0, 0.0]]), open_edges_max=3).tolist() == [
        True
    ]


@pytest.mark.parametrize("data", [b"", b"solid s\nvertex 1 2\n", b"x" * 200])
def test_what_is_no_solid(data: bytes) -> None:
    with pytest.raises(InputError, match="no STL file"):
        read_stl(data)


def turned(corners: np.ndarray) -> np.ndarray:
    """Turn every face so that its normal points away from the middle."""
    a, b, c = np.moveaxis(corners, 1, 0)
    inwards = np.einsum("ij,ij->i", np.cross(b - a, c - a), a + b + c) < 0
    return np.where(inwards[:, None, None], corners[:, ::-1], corners)


def test_a_volume_is_told_of_a_closed_surface_with_one_outside() -> None:
    shifted = turned(octahedron()) + np.array([1e5, 2e5, 300.0])
    assert read_stl(text(shifted)).volume_m3 == pytest.approx(4 / 3 * 1000)
    assert read_stl(text(shifted[:, ::-1])).volume_m3 == pytest.approx(4 / 3 * 1000)
    one_wrong = np.concatenate([shifted[:1, ::-1], shifted[1:]])
    assert read_stl(text(one_wrong)).volume_m3 is None
    told = read_stl(text(shifted[1:])).to_json()
    assert (told["open_edges"], told["is_closed"], told["volume_m3"]) == (3, False, None)
    assert told["low_m"] == pytest.approx([99_990, 199_990, 290])
