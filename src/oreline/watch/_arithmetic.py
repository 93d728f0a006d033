"""What the numbers of a sentence imply for each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from oreline.watch._claim import Money, Percent
from oreline.watch._numbers import NUMBERS
from oreline.watch._view import Draft

CLOSE_TOLERANCE: Final = Decimal("0.02")
"""How far a percentage and two closes may lie apart by rounding: two parts in a hundred."""

_FROM: Final = re.compile(r"\bfrom (?:about )?(?:[A-Z]{0,3}\$|€|£)\s?(\d+(?:\.\d+)?)")


def checks(draft: Draft, text: str, tonnes: Sequence[Decimal] = ()) -> tuple[str, ...]:
    """Give what the arithmetic of a claim implies, and where it does not hold.

    A rise of p per cent to a close c means a close of c / (1 + p/100) before; *over* p means at
    most that. Where the sentence tells the earlier close as well, the three are compared. A yearly
    mass is multiplied by its years, and a list counted after what it gains and loses.
    """
    if draft.kind != "move":
        return (*counted(text), *yearly(text, tonnes))
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


_RATIO: Final = re.compile(
    r"\b(?P<n>\d+(?:\.\d+)?)(?:x| times)\s(?:larger|higher|more|greater|bigger|the size|as much)\b"
    r"[^.;]{0,60}?(?:[A-Z]{0,3}[$€£])\s?(?P<sum>\d+(?:\.\d+)?)\s?(?P<scale>million|billion|m|bn)\b"
)
_SCALES: Final = {"million": 10**6, "m": 10**6, "billion": 10**9, "bn": 10**9}
_YEARS: Final = re.compile(
    r"\b(?P<n>\d{1,2}|ten|fifteen|twenty)[\s-]years?\b|\bover (?P<m>\d{1,2}) years\b"
)
_PLUS: Final = re.compile(
    r"\b(?P<from>\d{2,3})\b[^.;]{0,60}?\b(?:add(?:ed|ing|s)?|plus)\s(?P<add>\d{1,2}|two"
    r"|three|four|five|six"
    r"|seven|eight|nine|ten)\b[^.;]{0,60}?\b(?:remov\w+|dropp\w+)\s(?P<less>\d{1,2}|one|two"
    r"|three|four)\b"
)
PARTS_TOLERANCE: Final = Decimal("0.03")
"""How far parts may fall short of a sum that is said to be *nearly* or *about*."""


def parts_of(money: Sequence[Money]) -> tuple[str, ...]:
    """Give whether the sums of a text add up to the largest of them.

    The parts are what is told after the whole, in its currency, each once. Only sums whose parts
    come near the whole are judged: others are no parts of it.
    """
    if len(money) < 3:
        return ()
    whole = max(money, key=lambda one: one.high)
    parts = [one for one in money if one is not whole and one.currency == whole.currency]
    values = list(dict.fromkeys(one.high for one in parts if one.high < whole.high))
    total = sum(values, Decimal(0))
    if len(values) < 2 or total <= 0:
        return ()
    shown = " + ".join(f"{rounded(one / 1_000_000)}" for one in values)
    said = f"{whole.hedge} {whole.currency} {rounded(whole.high / 1_000_000)} million".strip()
    if total == whole.high or (
        whole.hedge and abs(total - whole.high) <= PARTS_TOLERANCE * whole.high
    ):
        return (f"holds: {shown} = {rounded(total / 1_000_000)} million, said to be {said}",)
    if abs(total - whole.high) <= whole.high / 4:
        return (
            f"does not hold: {shown} = {rounded(total / 1_000_000)} million, said to be {said}",
        )
    return ()


def times_of(text: str, money: Sequence[Money]) -> tuple[str, Decimal] | None:
    """Give whether a ratio fits the sum that it is said of: nearly 17 times 14.9 is 245.

    Parameters
    ----------
    text
        A text that says how many times larger a sum is than another that it tells.
    money
        The sums that may be the larger one; the one that fits best is judged.
    """
    match = _RATIO.search(text)
    if match is None or not money:
        return None
    said = Decimal(match["n"])
    base = Decimal(match["sum"]) * _SCALES[match["scale"]]
    whole = min((one.high for one in money), key=lambda one: abs(one / base - said))
    found = whole / base
    if found < 1:
        return None
    word = "holds" if abs(found - said) <= said / 10 else "does not hold"
    line = f"{word}: {whole:,f} is {rounded(found)} times {base:,f}, said to be {said} times"
    return line, whole


def yearly(text: str, tonnes: Sequence[Decimal]) -> tuple[str, ...]:
    """Give what a yearly mass makes over the years it is told for.

    >>> yearly("6,000 tonnes a year for 15 years, 90,000 in all", [Decimal(6000), Decimal(90000)])
    ('holds: 6000 t x 15 years = 90000 t',)
    """
    match = _YEARS.search(text)
    per_year = re.search(r"\b(?:a year|per year|annually|per annum|/year|a yr)\b", text)
    if match is None or per_year is None or not tonnes:
        return ()
    words = {"ten": 10, "fifteen": 15, "twenty": 20}
    said = match["n"] or match["m"]
    years = words.get(said) or int(said)
    each = min(tonnes)
    whole = each * years
    told = [one for one in tonnes if one != each]
    if not told:
        return (f"implies {each:f} t x {years} years = {whole:f} t",)
    word = "holds" if any(one == whole for one in told) else "does not hold"
    return (f"{word}: {each:f} t x {years} years = {whole:f} t",)


def counted(text: str) -> tuple[str, ...]:
    """Give what a list comes to that gains and loses entries.

    >>> counted("The list of 50 is changed by adding six and removing two")
    ('implies 50 + 6 - 2 = 54',)
    """
    match = _PLUS.search(text)
    if match is None:
        return ()
    first, more, less = (
        int(word) if word.isdigit() else NUMBERS[word]
        for word in (match["from"], match["add"], match["less"])
    )
    return (f"implies {first} + {more} - {less} = {first + more - less}",)


def rounded(value: Decimal) -> str:
    """Give a number with three digits that count.

    >>> rounded(Decimal("0.44") / 10), rounded(Decimal("1234.5"))
    ('0.044', '1234')
    """
    if value == 0:
        return "0"
    digits = max(0, 2 - value.adjusted())
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
