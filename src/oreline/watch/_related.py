"""Whom each report names: reports of one event mostly name somebody in common."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from oreline.watch._names import Names, normal_name

SETS_KEPT: Final = 8_192
"""Of how many reports the names are kept as sets; of the others, as numbers."""


class Related(Mapping[str, frozenset[str]]):
    """The keys of the companies, bodies and people of each report, by its name."""

    def __init__(self, books: Mapping[str, Names], key_of: Mapping[str, str]) -> None:
        self._order: dict[str, int] = {}
        self._bounds = array("Q", [0])
        self._found = array("I")
        self._keys: list[str] = []
        numbers: dict[str, int] = {}
        for name, book in books.items():
            own = {
                key_of.get(one.key, normal_name(one.key))
                for one in book.mentions
                if one.kind in ("company", "body", "person")
            }
            self._order[name] = len(self._order)
            for key in sorted(own):
                if key not in numbers:
                    numbers[key] = len(self._keys)
                    self._keys.append(key)
                self._found.append(numbers[key])
            self._bounds.append(len(self._found))
        self._set = lru_cache(maxsize=SETS_KEPT)(self._made)

    def __getitem__(self, name: str) -> frozenset[str]:
        """Return the keys of whom a report names."""
        return self._set(self._order[name])

    def _made(self, at: int) -> frozenset[str]:
        found = self._found[self._bounds[at] : self._bounds[at + 1]]
        return frozenset(self._keys[number] for number in found)

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the reports."""
        return iter(self._order)

    def __len__(self) -> int:
        """Return how many reports there are."""
        return len(self._order)
