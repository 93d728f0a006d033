"""What the numbers of a sentence imply for each other."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from oreline.watch._claim import Money, Percent
from oreline.watch._view import Draft

CLOSE_TOLERANCE: Final = Decimal("0.02")
"""How far a percentage and two closes may lie apart by rounding: two parts in a hundred."""

_FROM: Final = re.compile(r"\bfrom (?:about )?(?:[A-Z]{0,3}\$|€|£)\s?(\d+(?:\.\d+)?)")


def checks(draft: Draft, text: str) -> tuple[str, ...]:
    """Give what the arithmetic of a claim implies, and where it does not hold.

    A rise of p per cent to a close c means a close of c / (1 + p/100) before; *over* p means at
    most that. Where the sentence tells the earlier close as well, the three are compared.
    """
    if draft.kind != "move":
        return ()
    percent, close = draft.slots.get("percent"), draft.slots.get("close")
    if not isinstance(percent, Percent) or not isinstance(close, Money):
        return ()
    factor = 1 + percent.value / 100
    if factor <= 0:
        return (f"a move of {percent.value:f} % leaves no price: the figure cannot be right",)
    before = close.low / factor
    bound = {
        "over": "at most ",
        "at least": "at most ",
        "up to": "at least ",
        "nearly": "somewhat above ",
        "about": "about ",
    }
    falling = {"at most ": "at least ", "at least ": "at most "}
    word = bound.get(percent.hedge, "")
    if percent.value < 0:
        word = falling.get(word, word)
    currency = close.currency or ""
    found = [f"implies {word}{currency} {rounded(before)} before".replace("  ", " ")]
    told = _FROM.search(text)
    if told is not None:
        given = Decimal(told.group(1))
        if given > 0 and abs(before - given) > CLOSE_TOLERANCE * given:
            found.append(
                f"does not hold: from {given:f} to {close.low:f} is"
                f" {rounded((close.low / given - 1) * 100)} %, not {percent.value:f} %"
            )
        else:
            found.append(f"holds: the sentence gives {given:f} before")
    return tuple(found)


def rounded(value: Decimal) -> str:
    """Give a number with three digits that count.

    >>> rounded(Decimal("0.44") / 10), rounded(Decimal("1234.5"))
    ('0.044', '1234')
    """
    if value == 0:
        return "0"
    digits = max(0, 2 - value.adjusted())
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
