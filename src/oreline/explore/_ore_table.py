"""Reading the table of an ore: every row seen, nothing used where one is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from oreline.exchange import read_plain_table
from oreline.explore._ore import (
    DRY,
    LIFE,
    MOISTURE,
    PARTS,
    RANK,
    TABLE_MARK,
    UNITS,
    Ore,
    OreValue,
    OreYear,
    table_digest,
)
from oreline.explore._schedule import YEARS_MAX
from oreline.model import Basis, Finding, Frozen, Severity, is_fatal


class OreRow(Frozen):
    """A row of an ore table; docs/reference/ore.md explains each column."""

    year: str
    quantity: str
    value: Decimal
    u: Annotated[Decimal, Field(ge=0)] | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str
    basis: Basis
    source: str


def read_ore(data: bytes, name: str) -> tuple[Ore | None, tuple[Finding, ...]]:
    """Read an ore table; every row that is wrong is told, and nothing is used then.

    ``low`` and ``high`` are for a reader: what counts is ``u``.
    """
    rows, findings = read_plain_table(data, name, OreRow)
    wrong = list(findings)
    found: dict[int, dict[str, OreValue]] = {}
    ranks: dict[tuple[str, str], float] = {}
    stated = ""
    for row in rows:
        one = row.value
        year = _number_of(one.year)
        message = _wrong(one, found.get(year, {})) if year is not None else ""
        if year is None:
            message = f"{one.year} is no year of mining: they are 1 to {YEARS_MAX}, and life"
        if message or year is None:
            fix = "write the table again with 'oreline explore ore', or correct the row"
            wrong.append(Finding("ORL-0942", Severity.FATAL, row.where, message, fix))
            continue
        pair = _pair_of(one.quantity)
        if pair is not None:
            ranks[pair] = float(one.value)
            continue
        u = None if one.u is None else float(one.u)
        source, mark, digest = one.source.partition(TABLE_MARK)
        stated = digest if mark else stated
        value = OreValue(float(one.value), one.unit, one.basis, source, u)
        found.setdefault(year, {})[one.quantity] = value
    if not is_fatal(wrong):
        wrong += _incomplete(found, name)
    if is_fatal(wrong):
        return None, tuple(wrong)
    wrong += _altered(stated, (row.value for row in rows), name)
    years = [_year(number, values) for number, values in sorted(found.items())]
    life = [one for one in years if one.year == LIFE]
    others = tuple(one for one in years if one.year != LIFE)
    return Ore(name, others, life[0], ranks=ranks), tuple(wrong)


def _altered(stated: str, rows: Iterable[OreRow], name: str) -> list[Finding]:
    """Tell a table whose numbers are not those that were written."""
    digest = table_digest(
        (row.year, row.quantity, float(row.value), None if row.u is None else float(row.u),
         row.unit)
        for row in rows
    )  # fmt: skip
    if not stated or digest == stated:
        return []
    message = "numbers of this table were changed after it was written; they are used as they stand"
    fix = "write it again with 'oreline explore ore', or say in the sources who changed what"
    return [Finding("ORL-0962", Severity.WARNING, name, message, fix)]


def _pair_of(quantity: str) -> tuple[str, str] | None:
    """Return the two quantities of a row that correlates them, None for any other row.

    >>> _pair_of("rank Cu Au"), _pair_of("Cu")
    (('Cu', 'Au'), None)
    """
    parts = quantity.split(" ")
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == RANK else None


def _number_of(text: str) -> int | None:
    if text == "life":
        return LIFE
    is_number = text.isascii() and text.isdigit() and len(text) <= 3
    return int(text) if is_number and 1 <= int(text) <= YEARS_MAX else None


def _wrong(row: OreRow, there: Mapping[str, OreValue]) -> str:
    if _pair_of(row.quantity) is not None:
        if row.unit != "1" or not -1 < row.value < 1:
            return f"{row.quantity} is a number between -1 and 1, in the unit 1"
        return "" if row.year == "life" else f"{row.quantity} is of all years: write life"
    if row.value < 0:
        return f"{row.quantity} of {row.value} is below 0"
    units = UNITS.get(row.quantity, tuple(PARTS))
    if row.quantity in there:
        return f"{row.quantity} of year {row.year} stands twice"
    if row.unit not in units:
        return f"{row.quantity} is in {' or '.join(units)}, not in {row.unit}"
    if row.quantity == DRY and not row.value > 0:
        return f"year {row.year} has no ore: leave it out"
    if row.unit in PARTS and float(row.value) * PARTS[row.unit] > 1:
        return f"{row.quantity} of {row.value} {row.unit} is more than the whole"
    return ""


def _incomplete(found: Mapping[int, Mapping[str, OreValue]], name: str) -> list[Finding]:
    lacking = [number for number, values in found.items() if DRY not in values]
    messages = [f"year {number or 'life'} has no row {DRY}" for number in lacking]
    if LIFE not in found:
        messages.append("there is no year life, the mean of all years")
    fix = "write the table again with 'oreline explore ore'"
    return [Finding("ORL-0942", Severity.FATAL, name, one, fix) for one in messages]


def _year(number: int, values: Mapping[str, OreValue]) -> OreYear:
    grades = {name: one for name, one in values.items() if name not in UNITS}
    return OreYear(number, values[DRY], grades, values.get(MOISTURE))
