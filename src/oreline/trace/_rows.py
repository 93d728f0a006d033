"""Mix rows: the arrays that say which sources each mix was made of, and how much of each.

All lots that come out of one event carry the same mix, and an event with a single source keeps the
mix of that source. So a row stands only for an event that brings at least two different mixes
together, and a lot holds no more than the number of its node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oreline.model import InputError

UNKNOWN_ORIGIN: Final = 0
"""The origin of everything whose origin is not recorded."""

UNBOUNDED_MG: Final = int(np.iinfo(np.int64).max)
"""As upper weight: no upper bound is known, in mg."""

WHOLE, BEFORE, EXCESS = 0, 1, 2
"""What a weight refers to: a line's own metal, its lot's metal before it, the metal of a draw that
was not there. A reference is ``4 * line + what``."""

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MixRows:
    """Who was mixed from whom, in topological order; the arrays are made read-only.

    Nodes ``0 .. n_origins - 1`` are origins (0 is the origin UNKNOWN); node ``n_origins + r`` is
    row ``r``. The sources of a row stand before it, except inside a loop: the rows of one loop
    follow each other and may name each other.

    Attributes
    ----------
    indptr
        int64, shape (n_rows + 1): the entries of row ``r`` are ``indptr[r]:indptr[r + 1]``.
    source
        int32, shape (n_entries): the node each entry was taken from.
    weight_lo_mg, weight_hi_mg
        int64, shape (n_elements, n_entries): least and greatest mass of each element in the entry.
        Equal bounds are a known mass; ``UNBOUNDED_MG`` above means that no upper bound is known.
        Give the same array twice where every mass is known.
    n_origins
        Number of origins, UNKNOWN included.
    cycle_ptr, cycle_rows
        int64: the rows of loop ``i`` are ``cycle_rows[cycle_ptr[i]:cycle_ptr[i + 1]]``, ascending.
    """

    indptr: Ints
    source: Nodes
    weight_lo_mg: Ints
    weight_hi_mg: Ints
    n_origins: int
    cycle_ptr: Ints
    cycle_rows: Ints

    def __post_init__(self) -> None:
        known = self.weight_hi_mg is self.weight_lo_mg
        for name, kind in (
            ("indptr", np.int64),
            ("source", np.int32),
            ("weight_lo_mg", np.int64),
            ("weight_hi_mg", np.int64),
            ("cycle_ptr", np.int64),
            ("cycle_rows", np.int64),
        ):
            object.__setattr__(self, name, _frozen(getattr(self, name), name, kind))
        if known:
            object.__setattr__(self, "weight_hi_mg", self.weight_lo_mg)
        _check_shapes(self)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @property
    def n_nodes(self) -> int:
        """Number of origins and rows together."""
        return self.n_origins + self.n_rows

    @property
    def n_entries(self) -> int:
        """Number of entries of all rows together."""
        return len(self.source)

    @property
    def n_elements(self) -> int:
        """Number of elements the weights are known for."""
        return len(self.weight_lo_mg)

    @property
    def n_loops(self) -> int:
        """Number of loops."""
        return len(self.cycle_ptr) - 1


def _frozen(values: object, name: str, kind: type[np.generic]) -> NDArray[Any]:
    """Return a read-only plain view: one array type for the compiled kernels, mapped or not."""
    if not isinstance(values, np.ndarray) or values.dtype != kind:
        given = getattr(values, "dtype", type(values).__name__)
        raise InputError(f"MixRows.{name} must be an array of {kind.__name__}, not {given}")
    view = np.ascontiguousarray(values).view(np.ndarray)
    view.flags.writeable = False
    return view


def _check_shapes(rows: MixRows) -> None:
    """Raise InputError where lengths disagree; costs nothing per entry."""
    n_entries = len(rows.source)
    if rows.n_origins < 1:
        raise InputError("MixRows needs at least the origin UNKNOWN (n_origins >= 1)")
    if rows.indptr.ndim != 1 or len(rows.indptr) == 0:
        raise InputError("MixRows.indptr must have one dimension and n_rows + 1 values")
    if rows.indptr[0] != 0 or rows.indptr[-1] != n_entries:
        raise InputError(f"MixRows.indptr must run from 0 to the number of entries, {n_entries}")
    for name in ("weight_lo_mg", "weight_hi_mg"):
        shape = getattr(rows, name).shape
        if len(shape) != 2 or shape[1] != n_entries:
            raise InputError(f"MixRows.{name} must have shape (n_elements, {n_entries}): {shape}")
    if rows.weight_lo_mg.shape != rows.weight_hi_mg.shape:
        raise InputError("MixRows.weight_lo_mg and weight_hi_mg must have the same shape")
    if rows.n_nodes > np.iinfo(np.int32).max:
        raise InputError(f"{rows.n_nodes} nodes are more than 4-byte node ids can number")
    if len(rows.cycle_ptr) == 0 or rows.cycle_ptr[-1] != len(rows.cycle_rows):
        raise InputError("MixRows.cycle_ptr must start at 0 and end at len(cycle_rows)")


def make_rows(
    indptr: ArrayLike,
    source: ArrayLike,
    weight_mg: ArrayLike,
    n_origins: int,
    *,
    weight_hi_mg: ArrayLike | None = None,
    loops: Sequence[Sequence[int]] = (),
) -> MixRows:
    """Build rows that already stand in order from anything array-like.

    >>> rows = make_rows([0, 2], [1, 2], [[30, 10]], n_origins=3)
    >>> rows.n_rows, rows.n_nodes
    (1, 4)
    """
    lower = np.array(weight_mg, dtype=np.int64)
    upper = lower if weight_hi_mg is None else np.array(weight_hi_mg, dtype=np.int64)
    lengths = [0, *(len(loop) for loop in loops)]
    members = [row for loop in loops for row in loop]
    return MixRows(
        np.array(indptr, dtype=np.int64),
        np.array(source, dtype=np.int32),
        lower,
        upper,
        n_origins,
        np.cumsum(lengths, dtype=np.int64),
        np.array(members, dtype=np.int64),
    )


def check_rows(rows: MixRows) -> None:
    """Raise InputError unless the rows keep every promise of `MixRows`; reads all entries once."""
    if np.any(np.diff(rows.indptr) < 0):
        raise InputError("MixRows.indptr must not fall")
    if np.any(rows.weight_lo_mg < 0) or np.any(rows.weight_hi_mg < rows.weight_lo_mg):
        raise InputError("Weights must satisfy 0 <= weight_lo_mg <= weight_hi_mg")
    if np.any(rows.weight_lo_mg == UNBOUNDED_MG):
        raise InputError("A lower weight cannot be unbounded")
    if np.any(rows.source < 0) or np.any(rows.source >= rows.n_nodes):
        raise InputError(f"MixRows.source must lie in 0 .. {rows.n_nodes - 1}")
    last = np.arange(rows.n_rows, dtype=np.int64)
    end = 0
    for first, stop in loop_ranges(rows).tolist():
        if first < end or stop > rows.n_rows:
            raise InputError("Loops must be given in row order and must not overlap")
        last[first:stop] = stop
        end = stop
    reach = np.repeat(last, np.diff(rows.indptr)) + rows.n_origins
    late = np.flatnonzero(rows.source >= reach)
    if len(late):
        row = int(np.searchsorted(rows.indptr, late[0], side="right")) - 1
        raise InputError(
            f"Row {row} names node {int(rows.source[late[0]])}, which stands after it outside a "
            "loop; put the rows in order with arrange_rows"
        )


def loop_ranges(rows: MixRows) -> Ints:
    """Return first row and row after the last of each loop, shape (n_loops, 2)."""
    first = rows.cycle_rows[rows.cycle_ptr[:-1]]
    stop = rows.cycle_rows[rows.cycle_ptr[1:] - 1] + 1
    if np.any(stop - first != np.diff(rows.cycle_ptr)):
        raise InputError("The rows of a loop must follow each other in row order")
    return np.stack([first, stop], axis=1)


def arrange_rows(
    indptr: Ints,
    source: Nodes,
    weight_lo_mg: Ints,
    weight_hi_mg: Ints,
    n_origins: int,
) -> tuple[MixRows, Ints]:
    """Put rows of any order into topological order and find their loops.

    Rows that already stand in order keep their places. Order and loops come from one pass of
    Tarjan's algorithm (SIAM J. Comput. 1 (1972) 146), which emits strongly connected groups
    sources first.

    Returns
    -------
    rows, position
        The arranged rows, and for each given row its place among them.
    """
    from oreline.trace import _kernels

    order, group_ptr = _kernels.strong_groups(indptr, source, n_origins)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    node_of = np.concatenate([np.arange(n_origins), n_origins + position]).astype(np.int32)
    lengths = np.diff(indptr)[order]
    ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    entry = np.repeat(indptr[:-1][order] - ptr[:-1], lengths) + np.arange(ptr[-1])
    sources = node_of[source[entry]]
    looped = _looped_groups(group_ptr, ptr, sources, n_origins)
    members = [np.arange(group_ptr[g], group_ptr[g + 1]) for g in looped]
    lower = weight_lo_mg[:, entry]
    upper = lower if weight_hi_mg is weight_lo_mg else weight_hi_mg[:, entry]
    rows = MixRows(
        ptr,
        sources,
        lower,
        upper,
        n_origins,
        np.cumsum([0, *(len(group) for group in members)], dtype=np.int64),
        np.concatenate([np.empty(0, np.int64), *members]).astype(np.int64),
    )
    return rows, position


def _looped_groups(group_ptr: Ints, indptr: Ints, source: Nodes, n_origins: int) -> list[int]:
    """Return the groups with more than one row, and those whose row names itself."""
    large = np.diff(group_ptr) > 1
    own = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)) + n_origins
    selves = np.unique(own[source == own] - n_origins)
    group_of = np.repeat(np.arange(len(group_ptr) - 1), np.diff(group_ptr))
    large[group_of[selves]] = True
    return [int(group) for group in np.flatnonzero(large)]


def extend_rows(rows: MixRows, later: MixRows) -> MixRows:
    """Append rows to rows: `later` names nodes of the whole, and its loops count from its row 0.

    The answers for the earlier rows stay as they are: attribute the result with
    ``first_row=rows.n_rows`` to compute only what is new.
    """
    if later.n_origins != rows.n_origins or later.n_elements != rows.n_elements:
        raise InputError("Appended rows must have the same origins and elements")
    lower = np.concatenate([rows.weight_lo_mg, later.weight_lo_mg], axis=1)
    known = rows.weight_hi_mg is rows.weight_lo_mg and later.weight_hi_mg is later.weight_lo_mg
    upper = lower if known else np.concatenate([rows.weight_hi_mg, later.weight_hi_mg], axis=1)
    return MixRows(
        np.concatenate([rows.indptr, later.indptr[1:] + rows.n_entries]),
        np.concatenate([rows.source, later.source]),
        lower,
        upper,
        rows.n_origins,
        np.concatenate([rows.cycle_ptr, later.cycle_ptr[1:] + rows.cycle_ptr[-1]]),
        np.concatenate([rows.cycle_rows, later.cycle_rows + rows.n_rows]),
    )


def point_weights(rows: MixRows, element: int) -> Ints:
    """Return the known weights of an element, in mg; InputError where one is only bounded."""
    lower = element_weights(rows, element)[0]
    if rows.weight_hi_mg is not rows.weight_lo_mg:
        open_entries = np.flatnonzero(rows.weight_hi_mg[element] != lower)
        if len(open_entries):
            raise InputError(
                f"{len(open_entries)} weights of element {element} are known only within bounds: "
                "ask share_bounds"
            )
    return lower


def element_weights(rows: MixRows, element: int) -> tuple[Ints, Ints]:
    """Return least and greatest weight of each entry for an element, in mg."""
    if not 0 <= element < rows.n_elements:
        raise InputError(f"There are elements 0 .. {rows.n_elements - 1}, not {element}")
    return rows.weight_lo_mg[element], rows.weight_hi_mg[element]


def empty_rows(rows: MixRows, element: int) -> Ints:
    """Return the rows that hold none of the element; their share is given to UNKNOWN."""
    upper = element_weights(rows, element)[1]
    seen = np.concatenate([[0], np.cumsum(upper > 0)])
    return np.flatnonzero(seen[rows.indptr[1:]] == seen[rows.indptr[:-1]])


def column_map(rows: MixRows, columns: ArrayLike | None) -> tuple[Nodes, int]:
    """Return for each origin the column its share is counted in, and the number of columns.

    ``None`` gives each origin its own column; -1 leaves an origin out.
    """
    if columns is None:
        return np.arange(rows.n_origins, dtype=np.int32), rows.n_origins
    column = np.asarray(columns)
    if column.shape != (rows.n_origins,) or not np.issubdtype(column.dtype, np.integer):
        raise InputError(f"columns must be {rows.n_origins} integers, one for each origin")
    if column.min() < -1:
        raise InputError("columns must be -1 (left out) or a column number")
    return np.ascontiguousarray(column, dtype=np.int32), max(int(column.max()) + 1, 1)
