"""Reads single cells: quantities, moments, words; each gives its value or says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from oreline.model import Finding, Severity

Value = TypeVar("Value")
NOT_STATED = "not stated"
"""The reason that a bare ``unknown`` stands for."""

_NUMBER = re.compile(r"[0-9]{1,19}(\.[0-9]{1,15})?")
_SIGNED = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,15})?")
_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,6})?)?)? ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell cannot be used: the code, what is wrong, and the remedy."""

    code: str
    message: str
    fix: str

    def finding(self, where: str) -> Finding:
        """Return the finding for a place."""
        return Finding(self.code, Severity.FATAL, where, self.message, self.fix)


class Remembered(dict[str, Value | Wrong], Generic[Value]):
    """The values of the cells of one column, each distinct text parsed once.

    Columns repeat themselves, so that looking up is several times faster than parsing again.
    """

    def __init__(self, parse: Callable[[str], Value | Wrong]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> Value | Wrong:
        """Parse a text that was not seen before."""
        value = self[text] = self._parse(text)
        return value


def parse_amount(text: str) -> dict[str, str] | Wrong:
    """Return the form of a written quantity: value, interval, limit, or unknown with a reason.

    >>> parse_amount("52.3"), parse_amount("<0.01"), parse_amount("10..30")
    ({'value': '52.3'}, {'below': '0.01'}, {'low': '10', 'high': '30'})
    >>> parse_amount("unknown: not published")
    {'unknown': 'not published'}
    """
    if _NUMBER.fullmatch(text):
        return {"value": text}
    word, colon, reason = text.partition(":")
    if word.strip().casefold() == "unknown":
        return {"unknown": reason.strip() or NOT_STATED} if colon or not reason else _bad(text)
    if ".." in text:
        low, _, high = (part.strip() for part in text.partition(".."))
        if _NUMBER.fullmatch(low) and (not high or _NUMBER.fullmatch(high)):
            return {"low": low, "high": high} if high else {"low": low}
        return _bad(low if not _NUMBER.fullmatch(low) else high)
    if text[:1] in {"<", ">"}:
        limit = text[1:].strip()
        if _NUMBER.fullmatch(limit):
            return {"below" if text[0] == "<" else "above": limit}
        return _bad(limit)
    return _bad(text)


def parse_mass(text: str) -> dict[str, str] | Wrong:
    """Return the form of a written mass; a limit is written as an interval.

    >>> parse_mass("5..")
    {'low': '5'}
    """
    form = parse_amount(text)
    if isinstance(form, Wrong):
        return form
    if "below" in form:
        fix = f"write the interval 0..{form['below']}"
        return Wrong("ORL-0333", f"{text!r} is a limit, which a mass does not have", fix)
    if "above" in form:
        fix = f"write the interval {form['above']}.. with no upper end"
        return Wrong("ORL-0333", f"{text!r} is a limit, which a mass does not have", fix)
    return form


def parse_number(text: str) -> str | Wrong:
    """Return a plain number as it is written."""
    return text if _NUMBER.fullmatch(text) else _bad(text)


def parse_signed(text: str) -> str | Wrong:
    """Return a plain number that may be negative."""
    return text if _SIGNED.fullmatch(text) else _bad(text)


def _bad(text: str) -> Wrong:
    code = "ORL-0333"
    shown = repr(text[:60])
    if re.fullmatch(r"[0-9]{1,3}([,' \u00a0\u202f][0-9]{3})+(\.[0-9]+)?", text):
        plain = re.sub(r"[^0-9.]", "", text)
        fix = f"write {plain}, or {text.replace(',', '.')} if the comma is a decimal comma"
        fix = fix if text.count(",") == 1 and "." not in text else f"write {plain}"
        return Wrong(code, f"{shown} has a thousands separator", fix)
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]+", text):
        plain = text.replace(".", "").replace(",", ".")
        return Wrong(code, f"{shown} has a decimal comma and thousands points", f"write {plain}")
    if not text.isascii() and (latin := _in_latin_digits(text)) is not None:
        return Wrong(code, f"{shown} is in the digits of another script", f"write {latin}")
    if re.fullmatch(r"[0-9]+,[0-9]+", text):
        return Wrong(code, f"{shown} has a decimal comma", f"write {text.replace(',', '.')}")
    if re.fullmatch(r"[0-9]*\.?[0-9]+[eE][+-]?[0-9]+", text):
        return Wrong(code, f"{shown} has an exponent", "write all digits, such as 0.00001")
    if re.fullmatch(r"-[0-9]+(\.[0-9]+)?", text):
        return Wrong(code, f"{shown} is negative", "write a positive number; side says in or out")
    if re.fullmatch(r"\.[0-9]+", text):
        return Wrong(code, f"{shown} begins with the point", f"write 0{text}")
    if re.fullmatch(r"[0-9]+\.", text):
        return Wrong(code, f"{shown} ends with the point", f"write {text[:-1]}")
    if re.fullmatch(r"[0-9.]+%", text):
        fix = f"write {text[:-1]} as a plain number in a column of per cent, such as Sb_pct"
        return Wrong(code, f"{shown} is shown as a percentage", fix)
    if re.fullmatch(r"[0-9.]+ ?[a-zA-Z%/]+", text):
        fix = "write the number alone; the unit stands in the column's name, such as wet_t"
        return Wrong(code, f"{shown} has a unit in the cell", fix)
    fix = "write a number such as 52.3, <0.01, >30, 10..30, or unknown: and why"
    return Wrong(code, f"{shown} is not a number", fix)


def _in_latin_digits(text: str) -> str | None:
    """Return a number in Latin digits with a point, None if it is no number in any script."""
    latin = "".join(
        str(unicodedata.decimal(mark)) if mark.isdecimal() else mark for mark in text
    ).replace("\u066b", ".")
    return latin if _NUMBER.fullmatch(latin) else None


def parse_yes(text: str) -> bool | Wrong:
    """Return whether a cell says yes.

    >>> parse_yes("yes"), parse_yes("No")
    (True, False)
    """
    word = text.casefold()
    if word in {"yes", "true", "1"}:
        return True
    if word in {"no", "false", "0"}:
        return False
    return Wrong("ORL-0310", f"{text[:60]!r} is neither yes nor no", "write yes, or leave it empty")


def moment_reader(zone: ZoneInfo | None) -> Callable[[str], str | Wrong]:
    """Return a function that reads a moment and gives it in UTC.

    A moment without an offset is taken in ``zone``; a day alone is its midnight there.
    """

    def read(text: str) -> str | Wrong:
        if _UTC.fullmatch(text):
            return text if _exists(text) else _no_moment(text)
        match = _MOMENT.fullmatch(text)
        if match is None:
            return _no_moment(text)
        day, clock, seconds, offset = match.groups()
        written = f"{day}T{clock or '00:00'}{seconds or ':00'}"
        if not _exists(written + (offset or "")):
            return _no_moment(text)
        if offset is not None:
            return _in_utc(datetime.fromisoformat(written + offset))
        if zone is None:
            fix = "write it as 2025-09-01T06:00:00Z, or give time_zone in chain.toml [defaults]"
            return Wrong("ORL-0332", f"{text!r} has no time zone", fix)
        return _local(datetime.fromisoformat(written), zone, text)

    return read


def utc_moment(text: str, zone: str) -> tuple[str | None, Finding | None]:
    """Return a moment in UTC as the ledger takes it, or None and what is wrong with it.

    Without an offset it is taken as the clocks of a zone show it.

    >>> utc_moment("2025-09-01T11:00", "Asia/Karachi")
    ('2025-09-01T06:00:00Z', None)
    """
    read = moment_reader(ZoneInfo(zone))(text)
    return (None, read.finding("")) if isinstance(read, Wrong) else (read, None)


def _local(naive: datetime, zone: ZoneInfo, text: str) -> str | Wrong:
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        fix = "write the offset behind it, such as 2025-10-26T02:30:00+01:00"
        message = f"{text!r} is on the change of the clocks in {zone.key}"
        return Wrong("ORL-0332", message, fix)
    return _in_utc(first)


def _in_utc(moment: datetime) -> str | Wrong:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return _no_moment(moment.isoformat())
    # The library writes six digits or none; a fraction keeps only the digits that say something.
    text = utc.replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _exists(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return abs(moment.utcoffset() or timedelta()) < timedelta(hours=24)


def _no_moment(text: str) -> Wrong:
    fix = "write it as 2025-09-01T06:00:00Z, 2025-09-01T11:00+05:00 or 2025-09-01 11:00"
    return Wrong("ORL-0331", f"{text[:60]!r} is not a moment", fix)
