"""Spent by what is drawn, drawn by what is released, released by what is committed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from oreline.fund._instrument import Instrument
from oreline.fund._money import Accounts
from oreline.model import Finding, InputError, Severity

BOUNDS = {
    "release": ("commitment", "ORL-1176", "released", "committed"),
    "drawdown": ("release", "ORL-1177", "drawn", "released"),
    "spend": ("drawdown", "ORL-1178", "spent", "drawn"),
}
"""By which other kind of event a kind is bounded, and how that is said."""


def beyond_bounds(instrument: Instrument, accounts: Accounts) -> tuple[Finding, ...]:
    """Return every event by which more was released, drawn or spent than there was to do so.

    Judged in the order of the events' times, so that what is entered late counts where it belongs.
    """
    return tuple(_beyond(instrument, accounts))


def _beyond(instrument: Instrument, accounts: Accounts) -> Iterator[Finding]:
    totals: dict[str, Decimal] = {}
    for move in sorted(accounts.moves, key=lambda one: one.time):
        totals[move.kind] = totals.get(move.kind, Decimal(0)) + move.amount
        if move.kind not in BOUNDS:
            continue
        bound, code, done, from_ = BOUNDS[move.kind]
        limit = totals.get(bound, Decimal(0))
        if totals[move.kind] <= limit:
            continue
        message = f"with {move.event} {totals[move.kind]:,f} {instrument.currency} are {done}, "
        message += f"and {limit:,f} {from_} by then"
        fix = f"enter what else was {from_}, or correct the event"
        yield Finding(code, Severity.WARNING, f"instrument {instrument.id}", message, fix)


def see_within(instrument: Instrument, accounts: Accounts, kind: str, amount: Decimal) -> None:
    """See that an amount may still be moved.

    Raises
    ------
    InputError
        If it is more than there is left to draw, or to spend.
    """
    bound, _, done, from_ = BOUNDS[kind]
    free = accounts.total(bound) - accounts.total(kind)
    if amount > free:
        message = f"{amount:f} {instrument.currency} are more than the {free:f} {from_} and not "
        raise InputError(message + done)
