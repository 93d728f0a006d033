"""Balance periods: half-open spans of time, from midnight to midnight of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from oreline.model import InputError, LimitExceededError
from oreline.record import instant_text, instant_us

MAX_PERIODS = 20_000
"""How many periods one balance may have: 54 years of days."""

Period = Literal["day", "month", "year"] | tuple[str, str]
"""Calendar periods, or one span: from a day or moment up to, and without, another."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods one after another: their labels, and one boundary more than there are periods."""

    labels: tuple[str, ...]
    bounds_us: tuple[int, ...]

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.labels)

    def of(self, time_us: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the number of the period of each moment, -1 before the first."""
        bounds = np.array(self.bounds_us, np.int64)
        found: npt.NDArray[np.int64] = np.searchsorted(bounds, time_us, side="right") - 1
        return found

    def start(self, number: int) -> str:
        """Return the beginning of a period in UTC."""
        return instant_text(self.bounds_us[number])

    def end(self, number: int) -> str:
        """Return the end of a period in UTC; the moment itself belongs to the next."""
        return instant_text(self.bounds_us[number + 1])


def period_of(time: str, period: Literal["day", "month", "year"], time_zone: str = "UTC") -> str:
    """Return the label of the period of a moment.

    >>> period_of("2025-08-31T20:00:00Z", "month", "Asia/Karachi")
    '2025-09'
    """
    _check(period)
    local = datetime.fromisoformat(time).astimezone(_zone(time_zone))
    return _label(_floor(local, period), period)


def periods_between(period: Period, first_us: int, last_us: int, time_zone: str = "UTC") -> Periods:
    """Return the periods from the one of the first moment to that of the last.

    Raises
    ------
    InputError
        If the period or the time zone is not understood.
    LimitExceededError
        If there are more than ``MAX_PERIODS``.
    """
    zone = _zone(time_zone)
    if not isinstance(period, str):
        return _span(period, zone)
    _check(period)
    start = _floor(_local(first_us, zone), period)
    stop = _local(last_us, zone)
    edges = [start]
    while edges[-1] <= stop or len(edges) < 2:
        edges.append(_next(edges[-1], period))
        if len(edges) > MAX_PERIODS + 1:
            message = f"more than {MAX_PERIODS} periods (MAX_PERIODS); choose longer ones"
            raise LimitExceededError(message)
    labels = tuple(_label(edge, period) for edge in edges[:-1])
    bounds = tuple(_us(edge) for edge in edges)
    assert all(left < right for left, right in pairwise(bounds))
    return Periods(labels, bounds)


def _span(period: tuple[str, str], zone: ZoneInfo) -> Periods:
    bounds = (_moment(period[0], zone), _moment(period[1], zone))
    if bounds[0] >= bounds[1]:
        message = f"the span {period[0]} to {period[1]} ends before it begins"
        raise InputError(message)
    return Periods((f"{period[0]}/{period[1]}",), bounds)


def _moment(text: str, zone: ZoneInfo) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day or moment; write 2025-09-01 or 2025-09-01T06:00:00Z"
        raise InputError(message) from None
    try:
        return _us(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except OverflowError:
        raise InputError(f"{text!r} lies outside of the calendar in UTC") from None


def _check(period: object) -> None:
    if period not in ("day", "month", "year"):
        message = f"{period!r} is no period; write day, month, year or (from, to)"
        raise InputError(message)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{name!r} is no time zone; write, for example, Asia/Karachi or UTC"
        raise InputError(message) from None


def _local(time_us: int, zone: ZoneInfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)).astimezone(zone)


def _us(moment: datetime) -> int:
    return instant_us(moment.astimezone(UTC).isoformat())


def _floor(local: datetime, period: str) -> datetime:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if period == "month":
        return midnight.replace(day=1)
    return midnight.replace(month=1, day=1) if period == "year" else midnight


def _next(edge: datetime, period: str) -> datetime:
    # Wall-clock arithmetic: midnight to midnight, however long the day.
    if period == "day":
        return edge + timedelta(days=1)
    return _floor(edge + timedelta(days=32 if period == "month" else 367), period)


def _label(edge: datetime, period: str) -> str:
    return edge.strftime({"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[period])
