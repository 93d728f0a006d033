"""Holes cut at every change: pieces with one assay, one code and one run each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from oreline.explore._holes import DrillHoles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of holes from the collar to the end, each within one assay and one code.

    Attributes
    ----------
    hole
        The number of the hole, in the order of the collars.
    from_m, to_m
        Its ends down the hole.
    assay
        The row of ``assays`` it belongs to; -1 where no interval was sampled.
    code
        The number of its code in ``codes``; -1 where there is none.
    codes
        The names of the codes.
    """

    hole: Ints
    from_m: Floats
    to_m: Floats
    assay: Ints
    code: Ints
    codes: tuple[str, ...]


def cut_pieces(holes: DrillHoles, *, by_geology: bool) -> Pieces:
    """Cut every hole at the ends of its assays, and at those of its geology where wanted."""
    numbered = holes.collars.select("hole", "depth_m").with_row_index("number")
    assays = _numbered(holes.assays.select("hole", "from_m", "to_m"), numbered)
    geology = _numbered(holes.geology.select("hole", "from_m", "to_m"), numbered)
    depth = numbered["depth_m"].fill_null(0.0).to_numpy()
    number = numbered["number"].to_numpy().astype(np.int64)
    cut_hole = [number, number, assays[0], assays[0]]
    cut_depth = [np.zeros(len(number)), depth, assays[1], assays[2]]
    if by_geology:
        cut_hole += [geology[0], geology[0]]
        cut_depth += [geology[1], geology[2]]
    hole, at = np.concatenate(cut_hole), np.concatenate(cut_depth)
    order = np.lexsort((at, hole))
    hole, at = hole[order], at[order]
    keep = np.ones(len(hole), dtype=bool)
    keep[1:] = (hole[1:] != hole[:-1]) | (at[1:] != at[:-1])
    hole, at = hole[keep], at[keep]
    inside = hole[1:] == hole[:-1]
    piece_hole, start, end = hole[:-1][inside], at[:-1][inside], at[1:][inside]
    middle = (start + end) / 2.0
    reach = float(at.max(initial=0.0)) + 1.0
    assay = _holding(assays, piece_hole, middle, reach)
    codes: tuple[str, ...] = ()
    code = np.full(len(middle), -1, dtype=np.int64)
    if by_geology:
        codes = holes.domain_names()
        position = {name: index for index, name in enumerate(codes)}
        row_code = np.array([position[name] for name in holes.geology["code"]], dtype=np.int64)
        row = _holding(geology, piece_hole, middle, reach)
        code = np.where(row >= 0, row_code[row] if len(row_code) else -1, -1)
    return Pieces(piece_hole, start, end, assay, code, codes)


def _numbered(frame: pl.DataFrame, numbered: pl.DataFrame) -> tuple[Ints, Floats, Floats]:
    joined = frame.join(numbered, on="hole", how="left", maintain_order="left")
    return (
        joined["number"].to_numpy().astype(np.int64),
        joined["from_m"].to_numpy(),
        joined["to_m"].to_numpy(),
    )


def _holding(rows: tuple[Ints, Floats, Floats], hole: Ints, depth_m: Floats, reach: float) -> Ints:
    """Return the row whose interval holds each point, or -1."""
    row_hole, start, end = rows
    if not len(row_hole):
        return np.full(len(hole), -1, dtype=np.int64)
    order = np.lexsort((start, row_hole))
    keys = row_hole[order] * reach + start[order]
    found = np.searchsorted(keys, hole * reach + depth_m, side="right") - 1
    row = order[np.clip(found, 0, None)]
    holds = (found >= 0) & (row_hole[row] == hole) & (start[row] < depth_m) & (depth_m < end[row])
    return np.where(holds, row, -1).astype(np.int64)
