"""How independent parts of one computation are worked on: one by one, or elsewhere and together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class OrderedMap(Protocol):
    """Applies a function to every item; the results come in the order of the items.

    The function may run in another process or on another machine, at any time and in any order:
    it is one that can be imported (or a ``functools.partial`` of one), its items and results can
    be pickled, and a result depends on nothing but its item. Then results are the same bit for bit
    however many work on them. What the function raises is raised to whoever takes its result.
    """

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]:
        """Return the results in the order of the items."""
        ...


def one_by_one(function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]:
    """Apply a function to every item here, each when its result is taken.

    >>> list(one_by_one(abs, [-1, 2]))
    [1, 2]
    """
    return map(function, items)
