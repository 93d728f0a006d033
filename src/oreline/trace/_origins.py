"""Where the metal of a lot came from: shares, exact milligrams, bounds where paper is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.model import UNBOUNDED_MG, InputError, LoopError, mass_text
from oreline.record import BASES
from oreline.trace._apportion import apportion_tree
from oreline.trace._attribute import attribute
from oreline.trace._bounds import share_bounds
from oreline.trace._flows import Flows, gather_flows
from oreline.trace._graph import LotGraph, named_loop
from oreline.trace._origin_table import (
    LEVELS,
    PLACE_LEVELS,
    UNKNOWN,
    LevelColumns,
    level_columns,
    origin_table,
)
from oreline.trace._rows import MixRows, loop_ranges, make_rows
from oreline.trace._scaling import scaled
from oreline.trace._standing import LotMetals, Standing, lot_metals, standing_of
from oreline.trace._walk import Scratch, lineage, make_scratch, provenance_of

Shares = npt.NDArray[np.float64]
KEPT_SHARES_BYTES_MAX = 2**29
"""The largest table of shares of all mixes, for one element and level, that a tracer keeps."""
NARROW_COLUMNS_MAX = 512
"""More origins than this at a level are followed for one lot at a time."""
_COMPLETE = 1e-9
"""How far shares may be from one and still be all there is."""


@dataclass(frozen=True, slots=True)
class OriginShare:
    """One origin at one level: at least and at most this share and this mass.

    ``path`` names it from the widest level down; a mass at most of None has no known limit.
    """

    level: str
    path: tuple[str, ...]
    share_low: float
    share_high: float
    mass_low_mg: int
    mass_high_mg: int | None

    @property
    def name(self) -> str:
        """Return the name at its own level."""
        return self.path[-1]

    @property
    def is_exact(self) -> bool:
        """Return whether share and mass are known, not bounded."""
        return self.share_low == self.share_high and self.mass_low_mg == self.mass_high_mg


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins of one element in one lot, at every level.

    Masses of a level sum exactly to the metal of the lot wherever they are known, and each level
    sums to the one above.
    """

    lot: str
    element: str
    metal_low_mg: int
    metal_high_mg: int | None
    metal_u_mg: float | None
    shares: tuple[OriginShare, ...]
    weakest_basis: str
    notes: tuple[str, ...]

    def at(self, level: str) -> tuple[OriginShare, ...]:
        """Return the origins of one level, the largest first."""
        chosen = [share for share in self.shares if share.level == level]
        return tuple(sorted(chosen, key=lambda share: (-share.share_high, share.path)))

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each origin of each level."""
        return pl.DataFrame(
            [
                {
                    "lot": self.lot,
                    "element": self.element,
                    "level": share.level,
                    "origin": " / ".join(share.path),
                    "share_low": share.share_low,
                    "share_high": share.share_high,
                    "mass_low_kg": mass_text(share.mass_low_mg, "kg"),
                    "mass_high_kg": _text(share.mass_high_mg),
                }
                for share in self.shares
            ]
        )

    def to_json(self) -> dict[str, Any]:
        """Return the answer with masses as decimal text in kilograms."""
        return {
            "lot": self.lot,
            "element": self.element,
            "metal_kg": {
                "low": mass_text(self.metal_low_mg, "kg"),
                "high": _text(self.metal_high_mg),
            },
            "metal_u_kg": None if self.metal_u_mg is None else round(self.metal_u_mg / 1e6, 6),
            "weakest_basis": self.weakest_basis,
            "notes": list(self.notes),
            "origins": self.to_frame().drop("lot", "element").to_dicts(),
        }


class Tracer:
    """A lot graph with what single questions need again and again; for one thread at a time."""

    def __init__(self, graph: LotGraph) -> None:
        self.graph = graph
        self.origins = origin_table(graph)
        self._scratch: Scratch | None = None
        self._levels: dict[str, LevelColumns] = {}
        self._metals: dict[str, LotMetals] = {}
        self._standing: dict[str, Standing] = {}
        self._kept: dict[tuple[str, str], Shares] = {}

    def shares(self, element: str, level: str) -> tuple[Shares, Shares]:
        """Return least and greatest share of each origin of a level in each mix row.

        The same array where all is exact; then it is computed once, if not too large to keep.

        Raises
        ------
        LoopError
            Where nothing enters a recycle loop; the message names its events.
        """
        columns = self.level(level)
        kept = self._kept.get((element, level))
        if kept is None:
            low, high = share_table(self, element, columns.column)
            if low is not high or not self.keeps(element, columns):
                return low, high
            kept = self._kept[element, level] = low
        return kept, kept

    def keeps(self, element: str, columns: LevelColumns) -> bool:
        """Return whether the shares of all mixes at a level are kept once they are asked for."""
        rows = self.graph.rows(element)
        is_exact = rows.weight_hi_mg is rows.weight_lo_mg and rows.n_loops == 0
        return is_exact and 8 * len(columns.paths) * rows.n_rows <= KEPT_SHARES_BYTES_MAX

    def metals(self, element: str) -> LotMetals:
        """Return the metal of every lot."""
        if element not in self._metals:
            self._metals[element] = lot_metals(self.graph, element)
        return self._metals[element]

    def standing(self, element: str) -> Standing:
        """Return what the answers for every node and lot rest on."""
        if element not in self._standing:
            self._standing[element] = standing_of(self.graph, self.origins, element)
        return self._standing[element]

    @cached_property
    def flows(self) -> Flows:
        """Return who took and who gave what."""
        return gather_flows(self.graph.books)

    @cached_property
    def lot_names(self) -> pl.Series:
        """Return the names of the lots as a column, by number."""
        return pl.Series("lot", self.graph.ledger.columns.lots.names, dtype=pl.String)

    @cached_property
    def lots_by_name(self) -> npt.NDArray[np.int64]:
        """Return the numbers of all lots in the order of their names."""
        return self.lot_names.arg_sort().to_numpy().astype(np.int64)

    @property
    def scratch(self) -> Scratch:
        """Return the working memory of single questions."""
        if self._scratch is None:
            self._scratch = make_scratch(self.graph.structure)
        return self._scratch

    def level(self, level: str) -> LevelColumns:
        """Return the origins gathered at a level."""
        if level not in LEVELS:
            message = f"{level!r} is no level of origin; use one of {', '.join(LEVELS)}"
            raise InputError(message)
        if level not in self._levels:
            self._levels[level] = level_columns(self.origins, level)
        return self._levels[level]

    def lot(self, name: str) -> int:
        """Return the number of a lot.

        Raises
        ------
        InputError
            If the ledger does not know it; the message names lots that are spelt alike.
        """
        number = self.graph.lot_number.get(name)
        if number is None:
            import difflib

            near = difflib.get_close_matches(name, self.graph.lot_number, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            message = f"no lot {name} in this ledger{hint}"
            raise InputError(message)
        return number


def trace_origins(
    tracer: Tracer, lot: str, element: str, levels: Sequence[str] = LEVELS
) -> Origins:
    """Return where an element of a lot came from, at every level.

    Proportional mixing: what leaves a mix carries the shares of the mix. Where a mass upstream is
    not known the answer is bounds that hold for every way it could turn out; where an origin is not
    stated its share raises what every origin that it could be may have at most. ``levels`` leaves
    out what is not asked for: a lot of a large pool can have thousands of first lots.
    """
    graph = tracer.graph
    number = tracer.lot(lot)
    low, high, u = lot_metal(tracer, number, element)
    shares: list[OriginShare] = []
    is_exact = low == high
    for level in levels:
        columns = tracer.level(level)
        share_low, share_high = node_shares(tracer, element, int(graph.lot_node[number]), columns)
        is_exact = is_exact and share_low is share_high
        shares.extend(_bounded(columns, share_low, share_high, low, high))
    if is_exact:
        shares = _exactly(shares, low)
    basis, notes = _standing(tracer, number, element)
    return Origins(
        lot=lot,
        element=element,
        metal_low_mg=low,
        metal_high_mg=None if high == UNBOUNDED_MG else high,
        metal_u_mg=None if np.isnan(u) else float(u),
        shares=tuple(shares),
        weakest_basis=basis,
        notes=notes,
    )


def lot_metal(tracer: Tracer, lot: int, element: str) -> tuple[int, int, float]:
    """Return least, greatest and standard uncertainty of an element in a lot, in milligrams.

    What it was made with; for a pile or tank, or a lot that was only counted, what it holds now. A
    lot that nobody weighed has no upper bound.
    """
    metals = tracer.metals(element)
    return int(metals.bounds[lot, 0]), int(metals.bounds[lot, 1]), float(metals.u[lot])


def node_shares(
    tracer: Tracer, element: str, node: int, columns: LevelColumns
) -> tuple[Shares, Shares]:
    """Return least and greatest share of each column in one node; the same array where exact."""
    rows = tracer.graph.rows(element)
    width = len(columns.paths)
    if node < rows.n_origins:
        answer = np.zeros(width)
        answer[columns.column[max(node, 0)]] = 1.0
        return answer, answer
    if tracer.keeps(element, columns):
        answer = tracer.shares(element, columns.level)[0][node - rows.n_origins]
        return answer, answer
    try:
        return _shares_by_ancestry(tracer, rows, node, columns)
    except LoopError as error:
        raise named_loop(tracer.graph, element, error) from error


def _shares_by_ancestry(
    tracer: Tracer, rows: MixRows, node: int, columns: LevelColumns
) -> tuple[Shares, Shares]:
    """Return shares of one node from its own ancestors alone.

    Whatever is open elsewhere, exact shares come by the same steps: so they are the same to the
    bit. Few columns are taken row by row as for all lots, many by pushing one lot back.
    """
    width = len(columns.paths)
    if rows.weight_hi_mg is rows.weight_lo_mg and width > NARROW_COLUMNS_MAX:
        answer = provenance_of(rows, 0, node, columns.column, scratch=tracer.scratch)
        return _padded(answer, width), _padded(answer, width)
    part, place = ancestry(rows, node, tracer.scratch)
    if not np.array_equal(part.weight_lo_mg, part.weight_hi_mg):
        low, high = share_bounds(part, 0, columns.column)
        return _padded(low[place], width), _padded(high[place], width)
    if width > NARROW_COLUMNS_MAX:
        answer = provenance_of(rows, 0, node, columns.column, scratch=tracer.scratch)
    else:
        answer = attribute(part, 0, columns.column)[place]
    return _padded(answer, width), _padded(answer, width)


def share_table(
    tracer: Tracer, element: str, column: npt.NDArray[np.int32]
) -> tuple[Shares, Shares]:
    """Return least and greatest share of each column in each mix row, the same array where exact.

    Raises
    ------
    LoopError
        Where nothing enters a recycle loop; the message names its events.
    """
    rows, width = tracer.graph.rows(element), int(column.max()) + 1
    try:
        if rows.weight_hi_mg is rows.weight_lo_mg:
            shares = wide(attribute(rows, 0, column), width)
            return shares, shares
        low, high = share_bounds(rows, 0, column)
        return wide(low, width), wide(high, width)
    except LoopError as error:
        raise named_loop(tracer.graph, element, error) from error


def ancestry(rows: MixRows, node: int, scratch: Scratch) -> tuple[MixRows, int]:
    """Return only the rows that a node descends from, and the place of the node among them."""
    found = lineage(rows, node, scratch=scratch)
    kept = found[found >= rows.n_origins] - rows.n_origins
    renumbered = np.full(rows.n_nodes, -1, np.int64)
    renumbered[: rows.n_origins] = np.arange(rows.n_origins)
    renumbered[rows.n_origins + kept] = rows.n_origins + np.arange(kept.size)
    length = np.diff(rows.indptr)[kept]
    indptr = np.concatenate([[0], np.cumsum(length)])
    entry = np.repeat(rows.indptr[kept] - indptr[:-1], length) + np.arange(indptr[-1])
    loops = [
        np.searchsorted(kept, np.arange(first, stop)).tolist()
        for first, stop in loop_ranges(rows).tolist()
        if np.isin(first, kept)
    ]
    part = make_rows(
        indptr,
        renumbered[rows.source[entry]],
        rows.weight_lo_mg[:, entry],
        rows.n_origins,
        weight_hi_mg=rows.weight_hi_mg[:, entry],
        loops=loops,
    )
    return part, int(renumbered[node] - rows.n_origins)


def _padded(answer: Shares, width: int) -> Shares:
    if answer.size == width:
        return answer
    whole = np.zeros(width)
    whole[: answer.size] = answer
    return whole


def _bounded(
    columns: LevelColumns, low: Shares, high: Shares, metal_low: int, metal_high: int
) -> list[OriginShare]:
    """Turn shares into shares at least and at most, given what is not stated."""
    held = np.flatnonzero(high > 0).tolist()
    unstated = {
        columns.paths[place]: (float(low[place]), float(high[place]))
        for place in held
        if UNKNOWN in columns.paths[place]
    }
    total_low = float(low.sum())
    found = []
    for place in held:
        path, least, most = columns.paths[place], float(low[place]), float(high[place])
        if path not in unstated:
            could_be = [unstated[name] for name in less_stated(path) if name in unstated]
            others = total_low - least - sum(part[0] for part in could_be)
            raised = most + sum(part[1] for part in could_be)
            most = min(raised, max(1.0 - others, most))
        most = min(most, 1.0)
        least = min(least, most)
        found.append(
            OriginShare(
                columns.level,
                path,
                least,
                most,
                scaled(metal_low, least, floor=True),
                None if metal_high == UNBOUNDED_MG else scaled(metal_high, most, floor=False),
            )
        )
    return found


def less_stated(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every path that leaves parts of this one unstated, and so could be it."""
    for mask in range(1, 2 ** len(path)):
        yield tuple(UNKNOWN if mask >> place & 1 else part for place, part in enumerate(path))


def _exactly(shares: list[OriginShare], total_mg: int) -> list[OriginShare]:
    """Replace bounds by exact milligrams where metal and shares are known: top-down, to the sum."""
    answer: list[OriginShare] = []
    places = [share for share in shares if share.level in PLACE_LEVELS]
    parties = [share for share in shares if share.level == "party"]
    for group in (places, parties):
        if group:
            answer.extend(_apportioned(group, total_mg))
    return answer


def _apportioned(group: list[OriginShare], total_mg: int) -> list[OriginShare]:
    number = {share.path: place for place, share in enumerate(group)}
    parents = [number.get(share.path[:-1], -1) for share in group]
    has_child = set(parents)
    leaves = [0.0 if place in has_child else share.share_low for place, share in enumerate(group)]
    total = sum(leaves)
    assert abs(total - 1.0) <= _COMPLETE, "exact shares sum to one"
    masses = apportion_tree(total_mg, [leaf / total for leaf in leaves], parents)
    return [
        OriginShare(
            share.level,
            share.path,
            share.share_low,
            share.share_high,
            int(mass),
            int(mass) if share.share_high == share.share_low else share.mass_high_mg,
        )
        for share, mass in zip(group, masses.tolist(), strict=True)
    ]


def _standing(tracer: Tracer, lot: int, element: str) -> tuple[str, tuple[str, ...]]:
    """Return the weakest basis on the way to a lot, and what a reader must know of the answer."""
    standing = tracer.standing(element)
    node = int(tracer.graph.lot_node[lot])
    notes = []
    books = tracer.graph.books
    if element not in books.elements and element not in books.ledger.columns.analytes.index:
        notes.append(f"no grade or assay in this ledger speaks of {element}")
    if standing.overdrawn[node]:
        notes.append("more was drawn from a lot than its book held: that part's origin is UNKNOWN")
    if standing.unstated[node]:
        notes.append("the mine of at least one origin is not stated")
    return BASES[max(int(standing.basis[node]), int(standing.made[lot]))], tuple(notes)


def attribute_lots_frame(tracer: Tracer, element: str, level: str) -> pl.DataFrame:
    """Return the shares of every lot by origin at one level: lot, origin, share_low, share_high.

    Exact shares are those of :func:`trace_origins`. At most is without what an origin that is not
    stated may add: that stands in rows of its own.
    """
    graph = tracer.graph
    columns = tracer.level(level)
    low, high = tracer.shares(element, level)
    own = np.eye(len(columns.paths))[columns.column]
    whole_low, whole_high = np.concatenate([own, low]), np.concatenate([own, high])
    names = graph.ledger.columns.lots.names
    nodes = graph.lot_node
    lot, column = np.nonzero(whole_high[nodes] > 0)
    paths = [" / ".join(path) for path in columns.paths]
    return pl.DataFrame(
        {
            "lot": [names[number] for number in lot.tolist()],
            "origin": [paths[number] for number in column.tolist()],
            "share_low": whole_low[nodes][lot, column],
            "share_high": whole_high[nodes][lot, column],
        }
    )


def wide(shares: Shares, width: int) -> Shares:
    if shares.shape[1] == width:
        return shares
    return np.pad(shares, ((0, 0), (0, width - shares.shape[1])))


def _text(mass_mg: int | None) -> str | None:
    return None if mass_mg is None else mass_text(mass_mg, "kg")


def shares_by_name(origins: Origins, level: str) -> Mapping[str, tuple[float, float]]:
    """Return (at least, at most) of each origin of a level by its name."""
    return {share.name: (share.share_low, share.share_high) for share in origins.at(level)}
