"""What the legs of an account are called, and how its numbers are written on paper."""

from __future__ import annotations

from collections.abc import Iterator

from oreline.balance._account import ElementAccount, Leg
from oreline.balance._figure import Figure
from oreline.balance._ratio import Ratio
from oreline.model import with_u95

LEG_WORDS = {
    "opening": "Stock at the beginning, without tailings",
    "extracted": "Mined here",
    "received": "Received",
    "moved_in": "Moved in without a record",
    "consumed": "Sold or used up",
    "dispatched": "Sent away",
    "moved_out": "Moved out without a record",
    "lost": "Known losses",
    "tails": "To tailings, slag and residue",
    "closing": "Stock at the end, without tailings",
    "unaccounted": "Unaccounted",
    "process_unaccounted": "of it in the process",
    "count_difference": "found less booked at stock-takes",
    "adjustment": "set right in the book",
}
CHECKED_IN = ("opening", "extracted", "received", "moved_in")
CHECKED_OUT = ("consumed", "dispatched", "moved_out", "tails", "lost", "closing")
LEFT = ("unaccounted", "process_unaccounted", "count_difference", "adjustment")
GROUPS = (("Checked in", CHECKED_IN), ("Checked out", CHECKED_OUT), ("Left", LEFT))
ALWAYS = frozenset({"opening", "closing", "unaccounted", "tails"})
"""Legs that are told even where they are nothing."""


def told_legs(account: ElementAccount, names: tuple[str, ...]) -> Iterator[Leg]:
    """Give the legs of these names that say something."""
    for name in names:
        leg = account.leg(name)
        if name in ALWAYS or not leg.mass.low_mg == leg.mass.high_mg == 0:
            yield leg


def mass_words(mass: Figure, unit: str = "t") -> str:
    """Return a mass with its U95, to the digits that this lets say something."""
    told = mass.to_json(unit)
    return with_u95(told["low"], told["high"], told["u95"], unit)


def share_words(ratio: Ratio | None) -> str:
    """Return an accountability in per cent with its U95.

    >>> share_words(Ratio(0.98, 0.98, 0.01))
    '98 ± 1.96 %'
    """
    if ratio is None:
        return "UNKNOWN"
    told = ratio.to_json()
    return with_u95(told["low"], told["high"], told["u95"], "%")
