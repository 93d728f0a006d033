"""What the answers for every node and lot rest on: metal, weakest basis, gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oreline.model import UNBOUNDED_MG
from oreline.record import BASES, CONTINUING, COUNT, OUT
from oreline.trace._graph import LotGraph
from oreline.trace._origin_table import UNKNOWN, Origin

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LotMetals:
    """The metal of every lot: int64[n, 2] bounds in milligrams, float64[n] standard uncertainty.

    What a lot was made with, if it was made once; what a pile or tank, or a lot that was only
    counted, holds; of a lot that nobody weighed there is no upper bound.
    """

    bounds: Ints
    u: npt.NDArray[np.float64]


def lot_metals(graph: LotGraph, element: str) -> LotMetals:
    """Return the metal of every lot of a graph."""
    book, lines = graph.books.book(element), graph.books.lines
    n_lots = book.stock_metal.shape[0]
    made = np.flatnonzero((lines.side == OUT) & (lines.lot >= 0))
    times = np.bincount(lines.lot[made], minlength=n_lots)
    is_pile = np.zeros(n_lots, np.bool_)
    is_pile[lines.lot[made[lines.flags[made] & CONTINUING != 0]]] = True
    bounds, u = np.maximum(book.stock_metal, 0), book.stock_metal_u.copy()
    once = made[(times[lines.lot[made]] == 1) & ~is_pile[lines.lot[made]]]
    bounds[lines.lot[once]], u[lines.lot[once]] = book.metal[once], book.metal_u[once]
    unseen = times == 0
    unseen[lines.lot[lines.side == COUNT]] = False
    bounds[unseen], u[unseen] = (0, UNBOUNDED_MG), np.nan
    return LotMetals(bounds, u)


@dataclass(frozen=True, slots=True)
class Standing:
    """Per node: the rank of the weakest basis on the way, and whether a gap lies on it.

    ``made`` is, per lot, the rank of the weakest basis of its own lines.
    """

    basis: Ints
    overdrawn: npt.NDArray[np.bool_]
    unstated: npt.NDArray[np.bool_]
    made: Ints


def standing_of(graph: LotGraph, origins: tuple[Origin, ...], element: str) -> Standing:
    """Return what every node and lot rests on; one pass over the rows."""
    from oreline.trace._graph_kernel import spread_greatest

    rows, lines = graph.structure, graph.books.lines
    rank = {name: place for place, name in enumerate(BASES)}
    line_rank = graph.books.book(element).basis
    own = np.zeros((graph.n_origins + rows.n_rows, 3), np.int64)
    own[: graph.n_origins, 0] = [rank.get(origin.basis, len(BASES) - 1) for origin in origins]
    own[0, 1] = 1
    own[: graph.n_origins, 2] = [origin.site == UNKNOWN for origin in origins]
    entries = line_rank[rows.weight_lo_mg[0] >> 2]
    row_of = np.repeat(np.arange(rows.n_rows), np.diff(rows.indptr))
    np.maximum.at(own[:, 0], graph.n_origins + row_of, entries)
    spread_greatest(rows.indptr, rows.source, graph.n_origins, own)
    made = np.zeros(graph.lot_node.size, np.int64)
    outputs = np.flatnonzero((lines.side == OUT) & (lines.lot >= 0))
    np.maximum.at(made, lines.lot[outputs], line_rank[outputs])
    return Standing(own[:, 0], own[:, 1] > 0, own[:, 2] > 0, made)
