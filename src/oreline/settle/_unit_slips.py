"""What was probably meant by a quantity that cannot be read: one right way to write it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from oreline.settle._units import DIMENSIONS, dimension_of

_NUMBER_AND_UNIT = re.compile(r"\s*([+-]?[0-9][0-9.,' ]*)\s*([A-Za-z%$].*?)?\s*")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([,' ][0-9]{3})+(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


def unit_remedy(given: Any, dimensions: Sequence[str]) -> str:
    """Return a quantity as it may have been meant, of one of some dimensions.

    >>> unit_remedy("1,250usd/DMT", ["charge on dry mass"])
    '1250 USD/dmt'
    >>> unit_remedy("80", ["charge on dry mass"]), unit_remedy(Decimal("1.5"), ["grade"])
    ('80 USD/dmt', '1.5 %')
    """
    text = f"{given:f}" if isinstance(given, Decimal) else str(given)
    match = _NUMBER_AND_UNIT.fullmatch(text)
    usual = DIMENSIONS[dimensions[0]][0]
    if match is None:
        return f"1 {usual}"
    return f"{_number(match[1])} {_unit(match[2] or '', dimensions) or usual}"


def _number(written: str) -> str:
    written = written.strip()
    if _THOUSANDS.fullmatch(written):
        return re.sub(r"[,' ]", "", written)
    if _DECIMAL_COMMA.fullmatch(written):
        return written.replace(",", ".")
    return written if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", written) else "1"


def _unit(written: str, dimensions: Sequence[str]) -> str | None:
    """Return the unit of a right dimension that is spelt most alike, None where none is."""
    if dimension_of(written) in dimensions:
        return written
    known = {unit.casefold(): unit for name in dimensions for unit in DIMENSIONS[name]}
    near = difflib.get_close_matches(written.casefold().strip(), list(known), n=1, cutoff=0.75)
    return known[near[0]] if near else None
