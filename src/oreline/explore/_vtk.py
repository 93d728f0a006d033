"""Blocks and points as VTK files, which ParaView and other viewers open.

The legacy format in binary, as VTK's own file format document describes it (Kitware, VTK File
Formats): header, structure, one array for each column. Unknown numbers are NaN.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from oreline.explore._grid import BlockGrid
from oreline.model import InputError

Array = NDArray[np.generic]


def vtk_blocks(grid: BlockGrid, columns: Mapping[str, Array]) -> bytes:
    """Return a grid with its columns (one value for each block) as a structured grid.

    Words become numbers, in the order of their sorting, with -1 for none.
    """
    _check(columns, grid.n)
    nx, ny, nz = (number + 1 for number in grid.count)
    number = np.arange(nx * ny * nz)
    corner = np.stack([number % nx, number // nx % ny, number // (nx * ny)], axis=1)
    places = (corner * np.asarray(grid.size_m)) @ grid.axes() + np.asarray(grid.origin_m)
    structure = f"DATASET STRUCTURED_GRID\nDIMENSIONS {nx} {ny} {nz}\n"
    parts = [_header("block model", structure), _points(places)]
    parts.append(f"CELL_DATA {grid.n}\n".encode())
    return b"".join([*parts, *_columns(columns)])


def vtk_points(xyz_m: NDArray[np.float64], columns: Mapping[str, Array]) -> bytes:
    """Return places (n, 3), such as composites, with their columns."""
    n = xyz_m.shape[0]
    _check(columns, n)
    cells = np.column_stack([np.ones(n, np.int32), np.arange(n, dtype=np.int32)]).astype(">i4")
    parts = [
        _header("samples", "DATASET UNSTRUCTURED_GRID\n"),
        _points(xyz_m),
        f"CELLS {n} {2 * n}\n".encode(),
        cells.tobytes(),
        f"\nCELL_TYPES {n}\n".encode(),
        np.ones(n, ">i4").tobytes(),
        f"\nPOINT_DATA {n}\n".encode(),
    ]
    return b"".join([*parts, *_columns(columns)])


def _check(columns: Mapping[str, Array], n: int) -> None:
    for name, values in columns.items():
        if values.shape != (n,):
            raise InputError(f"{name} has {values.size} values for {n} places")


def _header(title: str, structure: str) -> bytes:
    return f"# vtk DataFile Version 3.0\noreline {title}\nBINARY\n{structure}".encode()


def _points(places: NDArray[np.float64]) -> bytes:
    return f"POINTS {places.shape[0]} double\n".encode() + places.astype(">f8").tobytes() + b"\n"


def _columns(columns: Mapping[str, Array]) -> list[bytes]:
    parts = []
    for name, values in columns.items():
        word = "".join(letter if letter.isalnum() or letter in "_." else "_" for letter in name)
        if values.dtype.kind in "fiub":
            numbers = values.astype(">f8")
        else:
            words = np.unique(values[values != ""])
            numbers = np.searchsorted(words, values).astype(">f8")
            numbers[values == ""] = -1.0
        head = f"SCALARS {word} double 1\nLOOKUP_TABLE default\n"
        parts += [head.encode(), numbers.tobytes(), b"\n"]
    return parts
