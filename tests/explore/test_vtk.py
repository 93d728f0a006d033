"""VTK files are read back by another library with every number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oreline.explore import BlockGrid, vtk_blocks, vtk_points
from oreline.model import InputError


def test_blocks_come_back(tmp_path: Path) -> None:
    import meshio

    grid = BlockGrid((100.0, 200.0, -30.0), (20.0, 10.0, 5.0), (3, 2, 2), bearing_deg=20.0)
    grade = np.arange(12) / 10
    grade[4] = np.nan
    classes = np.array(["A", "B", "", "C"] * 3)
    target = tmp_path / "blocks.vtk"
    target.write_bytes(vtk_blocks(grid, {"Nd2O3 %": grade, "class": classes}))
    mesh = meshio.read(target)
    (cells,) = mesh.cells
    assert cells.type == "hexahedron"
    centres = mesh.points[cells.data].mean(axis=1)
    assert np.allclose(centres, grid.centres_m())
    assert np.array_equal(mesh.cell_data["Nd2O3__"][0].ravel(), grade, equal_nan=True)
    assert mesh.cell_data["class"][0].ravel().tolist() == [0, 1, -1, 2] * 3


def test_points_come_back(tmp_path: Path) -> None:
    import meshio

    rng = np.random.default_rng(1)
    places = rng.normal(0, 1e6, (7, 3))
    target = tmp_path / "samples.vtk"
    target.write_bytes(vtk_points(places, {"Sb": np.arange(7.0)}))
    mesh = meshio.read(target)
    assert np.array_equal(mesh.points, places)
    assert mesh.cells[0].data.ravel().tolist() == list(range(7))
    assert mesh.point_data["Sb"].ravel().tolist() == list(range(7))


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="3 values for 1 places"):
        vtk_points(np.zeros((1, 3)), {"Sb": np.zeros(3)})
