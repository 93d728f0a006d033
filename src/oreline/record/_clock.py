"""The two things a ledger takes from the world: the time, and chance."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present moment, in UTC."""
Salt = Callable[[], str]
"""Gives 128 random bits as 32 hexadecimal digits."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """Return the present moment by this machine's clock."""
    return datetime.now(UTC)


def system_salt() -> str:
    """Return 128 bits from the operating system's generator."""
    return secrets.token_hex(16)


def instant_us(text: str) -> int:
    """Return a written moment as microseconds since 1970.

    >>> instant_us("1970-01-01T00:00:01Z")
    1000000
    """
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def instant_text(time_us: int) -> str:
    """Return microseconds since 1970 as a written moment.

    >>> instant_text(1000000)
    '1970-01-01T00:00:01Z'
    """
    moment = _EPOCH + timedelta(microseconds=time_us)
    return moment.isoformat().replace("+00:00", "Z")
