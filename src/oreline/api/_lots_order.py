"""The lots in the order of each column, made once for a reading; by name where they are equal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int32]
_SMALL_MAX = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Order:
    """Lots in rising order, and the place of each lot in it."""

    lots: Numbers
    place: Numbers

    def among(self, keep: npt.NDArray[np.bool_]) -> Numbers:
        """Return the lots that are kept, in this order."""
        if 8 * np.count_nonzero(keep) > keep.size:
            return self.lots[keep[self.lots]]
        # A few are sorted sooner than all are looked at.
        places = self.place[np.flatnonzero(keep)]
        places.sort()
        return self.lots[places]


class Orders:
    """The orders of a table's lots. Safe to share between threads: each is made once, by one."""

    def __init__(self, names: pl.Series) -> None:
        self._names = names
        self._known: dict[Hashable, Order] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def by_name(self) -> Order:
        """Return the lots in the order of their names."""
        return self._made(None, lambda: self._names.arg_sort().to_numpy().astype(np.int32))

    def by(self, key: Hashable, values: Callable[[], pl.Series]) -> Order:
        """Return the lots by the values of a column, those without one last."""

        def sort() -> Numbers:
            names = self.by_name().lots
            ranked = ranks(values())[names]
            return names[np.argsort(ranked, kind="stable")]

        return self._made(key, sort)

    def _made(self, key: Hashable, make: Callable[[], Numbers]) -> Order:
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        # Whoever asks for another order does not wait for this one.
        with making:
            if key not in self._known:
                lots = make()
                place = np.empty_like(lots)
                place[lots] = np.arange(lots.size, dtype=np.int32)
                self._known[key] = Order(lots, place)
            return self._known[key]


def ranks(values: pl.Series) -> npt.NDArray[np.int64] | npt.NDArray[np.uint16]:
    """Return numbers in the order of the values, the largest for those that are missing.

    >>> ranks(pl.Series(["b", None, "a"])).tolist(), ranks(pl.Series([7, None, -1])).tolist()
    ([1, 2, 0], [7, 9223372036854775807, -1])
    """
    if values.dtype != pl.String:
        return values.cast(pl.Int64).fill_null(np.iinfo(np.int64).max).to_numpy()
    words = values.drop_nulls().unique().sort()
    codes = values.cast(pl.Enum(words)).to_physical().cast(pl.Int64).fill_null(len(words))
    numbers = codes.to_numpy()
    # So few different ones are sorted by counting them.
    return numbers.astype(np.uint16) if len(words) <= _SMALL_MAX else numbers
