"""How a statistical office writes a number, and what may be read from it.

Tables of mineral statistics hold more than numbers: withheld cells, net exporters, bounds, ranges,
words. Each is kept as its text with a flag; only a plain number becomes a value. A missing cell is
never zero, and a footnote mark is never joined to the number beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

FLAGS: Final[dict[str, str]] = {
    "": "a plain number",
    "W": "withheld by the publisher to protect a company's figures",
    "E": "net exporter: the net import reliance is not a positive number",
    "NA": "not available",
    "XX": "not applicable",
    "dash": "printed as a dash",
    "<half": "more than zero and less than half of the unit shown",
    ">": "a lower bound only",
    "<": "an upper bound only",
    "range": "a lower and an upper bound",
    "words": "described in words",
    "blank": "empty in the data release: not available or zero, it does not say which",
    "unreadable": "not a number that can be read without guessing",
}
"""Every flag of a published cell and its meaning."""

_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PLAIN: Final = re.compile(_NUMBER)
_BOUND: Final = re.compile(rf"([<>])\s*({_NUMBER})")
_RANGE: Final = re.compile(rf"({_NUMBER})\s*[-\u2013]\s*({_NUMBER})")
_WORDS: Final = re.compile(r"[^\W\d_][^\d]*")
_DASHES: Final = frozenset({"-", "--", "\u2013", "\u2014"})
_LETTERS: Final = {"w": "W", "e": "E", "na": "NA", "xx": "XX", "s": "<half"}
_FOOTNOTE_MARKS: Final = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079,\\s]+$")
_SUPERSCRIPT: Final = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]")


@dataclass(frozen=True, slots=True)
class PublishedNumber:
    """One cell as printed, and what it says.

    ``value`` is set for plain numbers only (and for a dash whose legend says zero); ``low`` and
    ``high`` hold the bounds of ``>``, ``<``, ``<half`` and ``range``. ``flag`` is a key of
    :data:`FLAGS`; ``estimated`` is true where the cell itself carries the mark ``e``.
    """

    text: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    flag: str = ""
    estimated: bool = False


def parse_published(text: str, *, dash_is_zero: bool = False) -> PublishedNumber:
    """Read a published cell without guessing.

    Parameters
    ----------
    text
        The cell as printed.
    dash_is_zero
        True where the publisher's own legend defines the dash as zero (USGS Mineral Commodity
        Summaries does); the flag ``dash`` stays on it.

    Returns
    -------
    PublishedNumber
        With the trimmed text, and a flag where it is not a plain number.

    Examples
    --------
    >>> parse_published("119,000").value
    Decimal('119000')
    >>> parse_published("W").value is None, parse_published("W").flag
    (True, 'W')
    >>> parse_published(">95").low
    Decimal('95')
    >>> parse_published("140,0009").flag  # a footnote digit has been glued on: refuse
    'unreadable'
    """
    shown = text.replace("\u00a0", " ").strip()
    body = _FOOTNOTE_MARKS.sub("", shown) if _SUPERSCRIPT.search(shown) else shown
    estimated = re.fullmatch(rf"e\s*{_NUMBER}", body) is not None
    if estimated:
        body = body[1:].strip()
    if _PLAIN.fullmatch(body):
        return PublishedNumber(shown, _decimal(body), estimated=estimated)
    return _not_plain(shown, body, dash_is_zero=dash_is_zero)


def _not_plain(shown: str, body: str, *, dash_is_zero: bool) -> PublishedNumber:
    if body == "":
        return PublishedNumber(shown, None, flag="blank")
    if body in _DASHES:
        return PublishedNumber(shown, Decimal(0) if dash_is_zero else None, flag="dash")
    if (letter := _LETTERS.get(body.casefold())) is not None:
        if letter == "<half":
            return PublishedNumber(shown, None, Decimal(0), Decimal("0.5"), letter)
        return PublishedNumber(shown, None, flag=letter)
    if (bound := _BOUND.fullmatch(body)) is not None:
        limit = _decimal(bound[2])
        if bound[1] == ">":
            return PublishedNumber(shown, None, low=limit, flag=">")
        return PublishedNumber(shown, None, high=limit, flag="<")
    if (span := _RANGE.fullmatch(body)) is not None:
        low, high = _decimal(span[1]), _decimal(span[2])
        if low < high:
            return PublishedNumber(shown, None, low, high, "range")
    if _WORDS.fullmatch(body):
        return PublishedNumber(shown, None, flag="words")
    return PublishedNumber(shown, None, flag="unreadable")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
