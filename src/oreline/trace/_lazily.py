"""A sequence whose items are made when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Lazily(Sequence[T_co]):
    """A sequence of known length; an item is made anew each time it is asked for.

    >>> squares = Lazily(4, lambda place: place * place)
    >>> squares[1:3], squares[-1], len(squares), squares == (0, 1, 4, 9)
    ((1, 4), 9, 4, True)
    """

    __slots__ = ("_item", "_size")

    def __init__(self, size: int, item: Callable[[int], T_co]) -> None:
        self._size = size
        self._item = item

    def __len__(self) -> int:
        """Return how many there are."""
        return self._size

    @overload
    def __getitem__(self, place: int) -> T_co: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T_co, ...]: ...

    def __getitem__(self, place: int | slice) -> T_co | tuple[T_co, ...]:
        """Return the item at a place, or those of a slice."""
        if isinstance(place, slice):
            return tuple(map(self._item, range(*place.indices(self._size))))
        if not -self._size <= place < self._size:
            raise IndexError(place)
        return self._item(place % self._size)

    def __eq__(self, other: object) -> bool:
        """Return whether the other sequence has the same items."""
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # compared by what it holds, as a list is

    def __repr__(self) -> str:
        """Return the items as a tuple would show them, the first few."""
        shown = ", ".join(map(repr, self[:5]))
        return f"({shown}, ... {self._size} items)" if self._size > 5 else f"({shown})"
