"""Writes tests/explore/babbitt_blocks.csv from the wireframe of the pygslib tutorial.

Run: .venv/bin/python scripts/build_babbitt_blocks.py Mpz.stl

The wireframe (`doc/source/Tutorial_1/Babbitt/Mpz.stl` of opengeostat/pygslib, commit c26c3bf, MIT
licence) is cut by vertical lines through the middle of every second block of the tutorial's grid,
each way; the table has the lowest and highest cut of each line in feet, to the tenth.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "tests" / "explore" / "babbitt_blocks.csv"
ORIGIN_FT = np.array([2288230.0, 415200.0])
BLOCK_FT, STEP = 100.0, 2
COUNT = (160, 100)
ASIDE_FT = np.array([0.013, 0.017])
"""A line through an edge of two triangles would meet both: lines stand a little aside."""
TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("flags", "<u2")])


def cuts(triangle: np.ndarray) -> list[tuple[int, int, float]]:
    """Return column, row and elevation where lines meet a triangle."""
    low = (triangle[:, :2].min(axis=0) - ORIGIN_FT - ASIDE_FT) / BLOCK_FT - 0.5
    high = (triangle[:, :2].max(axis=0) - ORIGIN_FT - ASIDE_FT) / BLOCK_FT - 0.5
    first = np.maximum(np.ceil(low / STEP).astype(int) * STEP, 0)
    last = np.minimum(np.floor(high).astype(int), np.array(COUNT) - 1)
    edges = np.column_stack([triangle[1, :2] - triangle[0, :2], triangle[2, :2] - triangle[0, :2]])
    if abs(np.linalg.det(edges)) < 1e-9:
        return []
    found = []
    for column in range(first[0], last[0] + 1, STEP):
        for row in range(first[1], last[1] + 1, STEP):
            place = ORIGIN_FT + ASIDE_FT + BLOCK_FT * (np.array([column, row]) + 0.5)
            b, c = np.linalg.solve(edges, place - triangle[0, :2])
            if b >= 0 and c >= 0 and b + c <= 1:
                z = triangle[:, 2]
                found.append((column, row, float(z[0] + b * (z[1] - z[0]) + c * (z[2] - z[0]))))
    return found


def main() -> None:
    """Write the table."""
    data = Path(sys.argv[1]).read_bytes()
    number = int.from_bytes(data[80:84], "little")
    triangles = np.frombuffer(data, TRIANGLE, number, 84)["corners"].astype(np.float64)
    met: dict[tuple[int, int], list[float]] = {}
    for triangle in triangles:
        for column, row, z in cuts(triangle):
            met.setdefault((column, row), []).append(z)
    lines = ["column,row,bottom_ft,top_ft"]
    for (column, row), z in sorted(met.items()):
        lines.append(f"{column},{row},{min(z):.1f},{max(z):.1f}")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
