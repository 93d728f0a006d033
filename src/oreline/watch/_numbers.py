"""Numbers as they are written: in figures, with marks between thousands, or in words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_SMALL_WORDS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS: Final[dict[str, int]] = {
    **{word: number for number, word in enumerate(_SMALL_WORDS)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    "hundred": 100,
}
"""Words for single numbers."""
_SHARES: Final[dict[str, Decimal]] = {
    "half a": Decimal("0.5"),
    "half": Decimal("0.5"),
    "a half": Decimal("0.5"),
    "a quarter": Decimal("0.25"),
    "quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
    "three-quarters": Decimal("0.75"),
    "a third of a": Decimal(1) / 3,
}
"""Parts, as in half a million."""

_ONES: Final = "|".join(_SMALL_WORDS[1:10])
_BELOW_HUNDRED: Final = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{_ONES})\b)?|(?:{'|'.join(reversed(_SMALL_WORDS))}))"
)
_BELOW_THOUSAND: Final = (
    rf"(?:(?:(?:{_BELOW_HUNDRED}|a)[\s-])?hundred(?:[\s-](?:and\s)?{_BELOW_HUNDRED}\b)?"
    rf"|{_BELOW_HUNDRED})"
)
SPOKEN: Final = (
    rf"(?:(?:{_BELOW_THOUSAND}|a)\sthousand(?:\s(?:and\s)?{_BELOW_THOUSAND}\b)?|{_BELOW_THOUSAND}"
    rf"|(?:half\sa|a\shalf|half|a\squarter|quarter|three[\s-]quarters)"
    rf"(?=[\s-](?:million|billion|trillion)))"
)
"""A number in words below a million, or a part of one."""
FIGURES: Final = (
    r"\d{1,3}(?:[,\u2009\u202f ]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:,\d\d)*,\d{3}(?!\d)(?:\.\d+)?"
    r"|\d+(?:\.\d+)?(?:\s\d/\d{1,2}(?![\d/]))?|[½¼¾]"
)
"""A number in figures: 12,500.5, 12 500, 12,34,567.89, 2 1/2."""


_SPOKEN_WORDS: Final = frozenset((*NUMBERS, "thousand", "half", "quarter", "quarters"))


def is_spoken(text: str) -> bool:
    """Return whether a number in words may stand in a text: quick, and never no where one does.

    >>> is_spoken("Twenty-five tonnes"), is_spoken("a ton of it")
    (True, False)
    """
    return not _SPOKEN_WORDS.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def number(text: str) -> Decimal:
    """Give a number as written: digits with marks between thousands, or words.

    >>> number("12,500.5"), number("six"), number("two hundred and forty-five"), number("2 1/2")
    (Decimal('12500.5'), Decimal('6'), Decimal('245'), Decimal('2.5'))
    """
    plain = " ".join(text.lower().split())
    part = {"½": "0.5", "¼": "0.25", "¾": "0.75"}.get(plain)
    if part is not None:
        return Decimal(part)
    fraction = re.fullmatch(r"(\d+) (\d)/(\d{1,2})", plain)
    if fraction is not None and int(fraction[3]):
        return int(fraction[1]) + Decimal(int(fraction[2])) / int(fraction[3])
    if plain[0].isdigit():
        return Decimal(re.sub(r"[,\s]|\d/\d+", "", plain))
    return _SHARES[plain] if plain in _SHARES else Decimal(_of_words(plain))


def _of_words(text: str) -> int:
    whole = part = 0
    for word in re.split(r"[\s-]", text):
        if word == "thousand":
            whole, part = whole + 1000 * (part or 1), 0
        elif word == "hundred":
            part = 100 * (part or 1)
        elif word == "a":
            part = 1
        elif word != "and":
            part += NUMBERS[word]
    return whole + part
