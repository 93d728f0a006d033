"""What is known of a value: exactly, between two bounds, or not at all, and on what it rests.

Truth values follow Kleene's strong logic, which is also how the Common Expression Language treats
errors: a false side makes ``&&`` false, whatever the other side is; what is still open stays open
and says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from oreline.model import Basis


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """What is not known, and why.

    Parameters
    ----------
    name
        As the condition writes it.
    why
        What is not there, or what contradicts itself.
    fix
        What would settle it.
    """

    name: str
    why: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as a JSON object."""
        return {"name": self.name, "why": self.why, "fix": self.fix}


@dataclass(frozen=True, slots=True)
class Between:
    """A number of which only bounds are known, both of them possible; None: no bound.

    >>> Between(Fraction(1), Fraction(2)).low
    Fraction(1, 1)
    """

    low: Fraction | None
    high: Fraction | None


Value: TypeAlias = Fraction | Between | bool | str | date


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer of a word: a value or what is missing, and the events that it rests on.

    Parameters
    ----------
    value
        None if it is UNKNOWN; then ``missing`` says of what. Of a number between bounds
        ``missing`` may say what would make it exact.
    basis
        The weakest basis of what a word answered; None where it rests on no quantity, and of what
        follows from several answers.
    """

    value: Value | None
    cites: frozenset[str] = frozenset()
    missing: frozenset[Missing] = frozenset()
    basis: Basis | None = None

    def __post_init__(self) -> None:
        """See that a value is exact and that UNKNOWN says of what."""
        assert not isinstance(self.value, float), "conditions are judged on exact numbers"
        assert type(self.value) is not int, "numbers are fractions"
        assert self.value is not None or self.missing, "UNKNOWN says what is missing"


def known(value: Value, *rests_on: Reading) -> Reading:
    """Return a value that follows from others, whatever else of them is open."""
    return Reading(value, cited(rests_on))


def unknown(missing: Iterable[Missing], *rests_on: Reading) -> Reading:
    """Return that nothing follows."""
    return Reading(None, cited(rests_on), frozenset(missing))


def cited(readings: Iterable[Reading]) -> frozenset[str]:
    """Return all events that some readings rest on."""
    return frozenset(name for one in readings for name in one.cites)


def all_missing(readings: Iterable[Reading]) -> frozenset[Missing]:
    """Return everything that is missing in some readings."""
    return frozenset(one for reading in readings for one in reading.missing)


def negation(operand: Reading) -> Reading:
    """Return ``!x``."""
    if operand.value is None:
        return operand
    return known(not operand.value, operand)


def conjunction(left: Reading, right: Reading) -> Reading:
    """Return ``x && y``."""
    return _decided(left, right, by=False)


def disjunction(left: Reading, right: Reading) -> Reading:
    """Return ``x || y``."""
    return _decided(left, right, by=True)


def _decided(left: Reading, right: Reading, *, by: bool) -> Reading:
    """Return the side that decides by itself, else whether both sides are the other value."""
    if left.value is by or right.value is by:
        return known(by, left, right)
    missing = all_missing(side for side in (left, right) if side.value is None)
    return unknown(missing, left, right) if missing else known(not by, left, right)


def bounds(value: Fraction | Between) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the greatest that a number can be; None where no bound is known."""
    return (value.low, value.high) if isinstance(value, Between) else (value, value)
