"""Where the material of one origin went: every lot that holds, or may hold, some of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.model import UNBOUNDED_MG, InputError
from oreline.trace._lazily import Lazily
from oreline.trace._origin_table import UNKNOWN, LevelColumns
from oreline.trace._origins import Tracer, less_stated, share_table, wide
from oreline.trace._scaling import kilograms, nearest_each, scaled_each

Ints = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reached:
    """A lot that holds metal of an origin: how much of it, at least and at most."""

    lot: str
    share_low: float
    share_high: float
    metal_low_mg: int
    metal_high_mg: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """Where the material of one origin went, the lot with most of it first.

    Held as arrays, one item a lot; ``lots`` makes those that are looked at. ``metal_mg`` is
    int64[n, 2], at least and at most; ``UNBOUNDED_MG`` where no limit is known.
    """

    level: str
    origin: str
    element: str
    lot_number: Ints = field(repr=False)
    share_low: Shares = field(repr=False)
    share_high: Shares = field(repr=False)
    metal_mg: Ints = field(repr=False)
    _names: list[str] = field(repr=False)
    _all_names: Callable[[], pl.Series] = field(repr=False)

    @property
    def lots(self) -> Lazily[Reached]:
        """Return the lots."""
        return Lazily(self.lot_number.size, self._reached)

    def _reached(self, place: int) -> Reached:
        low, high = self.metal_mg[place].tolist()
        return Reached(
            self._names[self.lot_number[place]],
            float(self.share_low[place]),
            float(self.share_high[place]),
            low,
            None if high == UNBOUNDED_MG else high,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each lot."""
        return pl.DataFrame(
            {
                "lot": self._all_names().gather(self.lot_number),
                "share_low": self.share_low,
                "share_high": self.share_high,
                "metal_low_kg": kilograms(self.metal_mg[:, 0]),
                "metal_high_kg": kilograms(self.metal_mg[:, 1]),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {
            "level": self.level,
            "origin": self.origin,
            "element": self.element,
            "lots": self.to_frame().to_dicts(),
        }


def recall(tracer: Tracer, level: str, origin: str, element: str) -> Recall:
    """Return every lot that holds, or may hold, an element from one mine, district or country.

    ``origin`` is the name at that level; a party is asked for in the same way. The share is that of
    the lot's latest state; the metal is what was made for a lot made once, what is held for a pile
    or tank. At most counts what comes from an origin that is not stated and could be this one, so
    a lot of which too little is known is listed with nothing at least.
    """
    columns = tracer.level(level)
    wanted = {path for path in columns.paths if path[-1] == origin}
    if not wanted:
        known = ", ".join(sorted({path[-1] for path in columns.paths})[:12])
        message = f"no origin {origin!r} at level {level}; this ledger has {known}"
        raise InputError(message)
    node = tracer.graph.lot_node
    low, high = _share_of(tracer, element, _roles(columns, wanted))
    metal = tracer.metals(element).bounds
    # A lot in which there is none of the element holds none from anywhere.
    holds = (high[node] > 0) & ((metal[:, 1] > 0) | (low[node] > 0))
    lots = tracer.lots_by_name[holds[tracer.lots_by_name]]
    low, high = low[node[lots]], high[node[lots]]
    metal = _reached_mg(metal[lots], low, high)
    # Lots stand by name: of equal masses they stay so.
    order = np.argsort(-metal[:, 0], kind="stable")
    return Recall(
        level,
        origin,
        element,
        lots[order],
        low[order],
        high[order],
        metal[order],
        tracer.graph.ledger.columns.lots.names,
        lambda: tracer.lot_names,
    )


def _reached_mg(metal: Ints, low: Shares, high: Shares) -> Ints:
    """Return shares of metals in mg, rounded outwards; to the nearest where both are known."""
    is_exact = (metal[:, 0] == metal[:, 1]) & (low == high)
    found = np.empty_like(metal)
    found[is_exact] = nearest_each(metal[is_exact, 0], low[is_exact])[:, np.newaxis]
    rest = np.flatnonzero(~is_exact)
    found[rest, 0] = scaled_each(metal[rest, 0], low[rest], floor=True)
    open_above = metal[rest, 1] == UNBOUNDED_MG
    most = scaled_each(np.where(open_above, 0, metal[rest, 1]), high[rest], floor=False)
    found[rest, 1] = np.where(open_above, UNBOUNDED_MG, most)
    return found


_WANTED, _COULD_BE, _OTHER = range(3)


def _roles(columns: LevelColumns, wanted: set[tuple[str, ...]]) -> np.ndarray:
    """Return for each origin whether it is asked for, could be, as far as stated, or is another."""
    stated = {path for path in wanted if UNKNOWN not in path}
    could_be = {less for path in stated for less in less_stated(path)} - wanted
    roles = [
        _WANTED if path in wanted else _COULD_BE if path in could_be else _OTHER
        for path in columns.paths
    ]
    return np.array(roles, np.int32)[columns.column]


def _share_of(tracer: Tracer, element: str, roles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and greatest share of the wanted origins, together, in every node."""
    low, high = share_table(tracer, element, roles)
    own = np.eye(_OTHER + 1)[roles]
    low, high = (np.concatenate([own, wide(part, _OTHER + 1)]) for part in (low, high))
    raised = high[:, _WANTED] + high[:, _COULD_BE]
    most = np.minimum(raised, np.maximum(1.0 - low[:, _OTHER], high[:, _WANTED]))
    return np.minimum(low[:, _WANTED], 1.0), np.minimum(most, 1.0)
