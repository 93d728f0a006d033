"""A list on disk: values that are many and seldom looked at lie in a file without a name."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import IO, Any, Final, Generic, TypeVar, overload

T = TypeVar("T")

MEMORY_BYTES_MAX: Final = 4_000_000
"""How much of a list lies in memory before it goes to disk."""


class Spill(Sequence[T], Generic[T]):
    """Values in the order in which they came; each is made anew whenever it is taken.

    The file has no name and is gone with the process: nobody else can put anything into it.
    """

    def __init__(self, kept: int = 0) -> None:
        """Make an empty list that keeps so many values in memory, those that were last taken."""
        file = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX)  # noqa: SIM115
        # It lives with the list.
        weakref.finalize(self, file.close)
        self._file = file
        self._ends = array("Q", [0])
        # Of the file and the ends, not of self: a cache must not keep the list alive.
        read = partial(_read, file, self._ends)
        self._taken: Callable[[int], T] = lru_cache(maxsize=kept)(read) if kept else read

    def append(self, value: T) -> None:
        """Put a value at the end."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._file.seek(self._ends[-1])
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """Return a value, or those of a slice."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._taken(at % len(self))

    def __iter__(self) -> Iterator[T]:
        """Yield all, in order."""
        return (self[at] for at in range(len(self)))


def _read(file: IO[bytes], ends: array[int], at: int) -> Any:
    file.seek(ends[at])
    # Nobody but this process has ever written there.
    return pickle.loads(file.read(ends[at + 1] - ends[at]))  # noqa: S301


class Ordered(Sequence[T], Generic[T]):
    """A list in another order, or a part of it."""

    __slots__ = ("_order", "_values")

    def __init__(self, values: Sequence[T], order: Sequence[int]) -> None:
        self._values = values
        self._order = array("Q", order)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """Return a value, or those of a slice."""
        if isinstance(at, slice):
            return Ordered(self._values, self._order[at])
        return self._values[self._order[at]]

    def __iter__(self) -> Iterator[T]:
        """Yield all, in order."""
        return (self._values[at] for at in self._order)


class Slices(Sequence[Sequence[T]], Generic[T]):
    """A list in parts that follow each other, each between two bounds."""

    __slots__ = ("_bounds", "_values")

    def __init__(self, values: Sequence[T], bounds: Sequence[int]) -> None:
        self._values = values
        self._bounds = array("Q", bounds)

    def __len__(self) -> int:
        """Return how many parts there are."""
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, at: int) -> Sequence[T]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[T]]: ...
    def __getitem__(self, at: int | slice) -> Sequence[T] | Sequence[Sequence[T]]:
        """Return a part, or those of a slice."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return self._values[self._bounds[at] : self._bounds[at + 1]]


class ByName(Mapping[str, T], Generic[T]):
    """A list by the names of what is in it."""

    __slots__ = ("_order", "_values")

    def __init__(self, order: Mapping[str, int], values: Sequence[T]) -> None:
        self._order = order
        self._values = values

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._order)

    def __getitem__(self, name: str) -> T:
        """Return what has a name."""
        return self._values[self._order[name]]

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in order."""
        return iter(self._order)
