"""Numbers and days as people write them into cells, or what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_PLAIN = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,15})?", re.ASCII)
_THOUSANDS = re.compile(r"-?[0-9]{1,3}([,' \u00a0\u202f][0-9]{3})+(\.[0-9]+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+", re.ASCII)
_POINTS_AND_COMMA = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+", re.ASCII)
_WITH_UNIT = re.compile(r"(?:[A-Z]{3}|[$€£])? ?-?[0-9][0-9.,]* ?[A-Za-z%$/]*")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_OTHER_DAY = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class WrongCell:
    """Why a cell cannot be used, and what to write instead."""

    message: str
    fix: str


def read_number(text: str) -> Decimal | WrongCell:
    """Return a number in plain digits, or what is wrong with it.

    >>> read_number("9149.50")
    Decimal('9149.50')
    >>> read_number("9,149")
    WrongCell(message="'9,149' has a comma", fix='write 9149, or 9.149 if it is a decimal comma')
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    shown = repr(text[:60])
    if not text:
        return WrongCell("the cell is empty", "write the number, or take the row out")
    if _POINTS_AND_COMMA.fullmatch(text):
        right = text.replace(".", "").replace(",", ".")
        return WrongCell(f"{shown} has points and a comma", f"write {right}")
    if _THOUSANDS.fullmatch(text):
        right = re.sub(r"[,' \u00a0\u202f]", "", text)
        if text.count(",") == 1 and "." not in text:
            other = text.replace(",", ".")
            fix = f"write {right}, or {other} if it is a decimal comma"
            return WrongCell(f"{shown} has a comma", fix)
        return WrongCell(f"{shown} has a thousands separator", f"write {right}")
    if _DECIMAL_COMMA.fullmatch(text):
        return WrongCell(f"{shown} has a comma", f"write {text.replace(',', '.')}")
    if _WITH_UNIT.fullmatch(text):
        return WrongCell(f"{shown} is more than a number", "write the digits alone")
    return WrongCell(f"{shown} is no number", "write digits with a point, such as 9149.50")


def read_day(text: str) -> str | WrongCell:
    """Return a day of the calendar as it is written, or what is wrong with it.

    >>> read_day("2025-02-30").message
    'no calendar has the day 2025-02-30'
    >>> read_day("3/4/2025").fix
    'write 2025-04-03 or 2025-03-04, whichever is meant'
    """
    if _DAY.fullmatch(text):
        if _exists(text):
            return text
        return WrongCell(f"no calendar has the day {text}", "write the day that is meant")
    if match := _OTHER_DAY.fullmatch(text):
        first, second, year = match.groups()
        meant = [f"{year}-{second:0>2}-{first:0>2}", f"{year}-{first:0>2}-{second:0>2}"]
        real = list(dict.fromkeys(day for day in meant if _exists(day)))
        if real:
            fix = f"write {' or '.join(real)}" + (", whichever is meant" if len(real) > 1 else "")
            return WrongCell(f"{text!r} is not written year first", fix)
    if not text:
        return WrongCell("the cell is empty", "write the day, such as 2025-09-30")
    return WrongCell(f"{text[:60]!r} is no day", "write it as 2025-09-30")


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
