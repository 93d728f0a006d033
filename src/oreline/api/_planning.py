"""Plans that are being made: one at a time, each once, told of while it is under way, and kept.

A plan takes seconds of computing, in which other requests go on; it is made in the thread that asks
for it. HiGHS ends a search at its limit of seconds, and whoever asks for what is being made, or has
been, is given the same answer. linopy's settings are those of the whole process: two models must
never be built at once.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from oreline.api._problems import TooManyError

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
Watch = Callable[[float, float, float], bool]
"""Told seconds, value and bound of a search while it runs; False would stop it."""
PLANS_KEPT_MAX: Final = 64
"""How many plans and studies of plans stay in memory."""
PLANS_WAITING_MAX: Final = 8
"""How many requests wait for a plan at a time; the next is told to come back."""


@dataclass(slots=True)
class UnderWay:
    """What is being made: its name, since when, and how far its search is."""

    what: str
    began: float
    value: float | None = None
    bound: float | None = None

    def watch(self, _seconds: float, value: float, bound: float) -> bool:
        """Take note of a search; it always goes on."""
        self.value = value if math.isfinite(value) and abs(value) < _NONE_YET else None
        self.bound = bound if math.isfinite(bound) and abs(bound) < _NONE_YET else None
        return True

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        gap = None
        if self.value is not None and self.bound is not None:
            gap = abs(self.bound - self.value) / max(abs(self.value), 1e-9)
        return {
            "what": self.what,
            "seconds": round(time.monotonic() - self.began, 1),
            "value": self.value,
            "bound": self.bound,
            "gap": gap,
        }


_NONE_YET: Final = 1e19
"""HiGHS tells of values beyond this where it has none."""


class Planning:
    """Makes plans one at a time and keeps the latest, by everything that they follow from.

    Safe to share between threads.
    """

    def __init__(self, kept_max: int = PLANS_KEPT_MAX, waiting_max: int = PLANS_WAITING_MAX):
        self.kept_max = kept_max
        self.waiting_max = waiting_max
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._waiting = 0
        self._under_way: UnderWay | None = None

    def get(self, key: Hashable, what: str, make: Callable[[Watch], T]) -> T:
        """Return what is kept under a key, made now if nothing is; ``make`` is given a watch.

        Raises
        ------
        TooManyError
            If too many wait already.
        """
        found: T | None = self.at_hand(key)
        if found is not None:
            return found
        with self._turn():
            # Whoever was before may have made it.
            found = self.at_hand(key)
            if found is not None:
                return found
            under_way = UnderWay(what, time.monotonic())
            self._under_way = under_way
            try:
                made = make(under_way.watch)
            finally:
                self._under_way = None
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self.kept_max:
                self._kept.popitem(last=False)
        return made

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            if self._waiting >= self.waiting_max:
                raise TooManyError(
                    f"{self._waiting} plans are being made or waited for already, at most "
                    f"PLANS_WAITING_MAX = {self.waiting_max}: ask again in a minute"
                )
            self._waiting += 1
        try:
            with self._making:
                yield
        finally:
            with self._lock:
                self._waiting -= 1

    def at_hand(self, key: Hashable) -> Any:
        """Return what is kept under a key, None where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def under_way(self) -> dict[str, Any] | None:
        """Return what is being made at the moment, None where nothing is."""
        found = self._under_way
        return None if found is None else found.to_json()


PLANNING = Planning()
"""That of the process: keys say all that a plan follows from, so it is right for every server."""
