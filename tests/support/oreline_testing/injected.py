"""The clock and the source of salts that tests inject: the same values in every run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest


@dataclass(slots=True)
class FixedClock:
    """A clock that goes on by `step` at each reading, from `now`.

    >>> clock = FixedClock()
    >>> clock().isoformat(), clock().isoformat()
    ('2026-01-01T00:00:00+00:00', '2026-01-01T00:00:01+00:00')
    """

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    step: timedelta = timedelta(seconds=1)

    def __call__(self) -> datetime:
        """Read the clock."""
        reading = self.now
        self.now += self.step
        return reading

    def advance(self, by: timedelta) -> None:
        """Let `by` pass; a negative duration models a clock that was set back."""
        self.now += by


@dataclass(slots=True)
class FixedSalts:
    """A source of 128-bit salts in hexadecimal, all different, the same for the same `seed`.

    >>> salts = FixedSalts()
    >>> first, second = salts(), salts()
    >>> len(first), first != second, FixedSalts()() == first
    (32, True, True)
    """

    seed: str = "oreline"
    drawn: int = 0

    def __call__(self) -> str:
        """Draw the next salt."""
        self.drawn += 1
        return hashlib.sha256(f"{self.seed}/{self.drawn}".encode()).hexdigest()[:32]


@pytest.fixture
def clock() -> FixedClock:
    """Inject a clock that starts with 2026 and goes on by a second per reading."""
    return FixedClock()


@pytest.fixture
def salts() -> FixedSalts:
    """Inject a source of reproducible 128-bit salts."""
    return FixedSalts()
