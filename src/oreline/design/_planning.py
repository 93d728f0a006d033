"""How a design is planned: its periods, who enters them, who runs its sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class PlannedPeriod:
    """A period of a planned ledger; it ends where the next begins."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Planning:
    """How a design is written as events.

    Parameters
    ----------
    issuer
        Who names the lots: ``issuer:...``.
    prefix
        Begins the local name of each lot and the id of each event.
    actor, source
        Who enters the events, and what stands as the source of their quantities.
    operators
        The party that runs each site, by the site's id.
    hours_per_year
        How long the plants run in a year.
    """

    issuer: str
    prefix: str
    actor: str
    source: str
    operators: Mapping[str, str]
    hours_per_year: float


def months_from(start: date, count: int) -> tuple[PlannedPeriod, ...]:
    """Return calendar months from one on.

    >>> [period.name for period in months_from(date(2027, 12, 1), 2)]
    ['2027-12', '2028-01']

    Raises
    ------
    InputError
        If it is not the first of a month, or there is no month.
    """
    if start.day != 1 or count < 1:
        raise InputError("plan whole months: start on the first of one, and take at least one")
    firsts = [
        date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
        for n in range(count + 1)
    ]
    return tuple(PlannedPeriod(f"{first:%Y-%m}", first, last) for first, last in pairwise(firsts))
