"""A table that belongs to no chain folder: typed rows, and every problem at its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel

from oreline.exchange._cells import Wrong, parse_signed
from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._sheet import HeadedSheet, capped, fatal, headed, read_csv, records
from oreline.exchange._tables import unknown_column, validated
from oreline.model import Finding

Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class PlainRow(Generic[Row]):
    """A row that is well formed, and the place where it stands."""

    where: str
    value: Row


def read_plain_table(
    data: bytes, name: str, row_type: type[Row], limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[PlainRow[Row], ...], tuple[Finding, ...]]:
    r"""Read a CSV table whose columns are the fields of ``row_type``.

    A field without a default is a column that must be there and filled; a field that is a
    ``Decimal`` holds a plain number. ``name`` is what findings call the file. Rows that are wrong
    are left out: use the rows only where no finding is fatal.

    >>> from pydantic import BaseModel
    >>> class Weighing(BaseModel):
    ...     lot: str
    ...     wet_t: Decimal
    >>> rows, findings = read_plain_table(b"lot,wet_t\na,1.5\nb,1 t\n", "w.csv", Weighing)
    >>> rows[0].value.wet_t, [finding.where for finding in findings]
    (Decimal('1.5'), ['w.csv row 3 column wet_t'])
    """
    sheet, findings = read_csv(data, name, limits)
    if sheet is None:
        return (), tuple(findings)
    table, found = headed(sheet)
    findings += found
    if table is None:
        return (), tuple(findings)
    wrong = _wrong_columns(table, row_type)
    findings += wrong
    rows: list[PlainRow[Row]] = []
    for number, cells in () if wrong else records(table):
        where = sheet.where(number)
        written, problems = _typed(row_type, cells, where)
        if not problems:
            value, problems = validated(row_type, written, where)
            if isinstance(value, row_type):
                rows.append(PlainRow(where, value))
        findings += problems
    return tuple(rows), tuple(capped(findings, limits, name))


def _wrong_columns(table: HeadedSheet, row_type: type[BaseModel]) -> list[Finding]:
    where = table.sheet.where(table.sheet.rows[0][0])
    fields = row_type.model_fields
    unknown = [
        unknown_column(name, fields, f"{where} column {name}")
        for name in table.columns
        if name and name not in fields
    ]
    return unknown + [
        fatal("ORL-0308", where, f"the column {name} is missing", f"add the column {name}")
        for name, field in fields.items()
        if field.is_required() and name not in table.columns
    ]


def _typed(
    row_type: type[BaseModel], cells: Mapping[str, str], where: str
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the cells with numbers as numbers, and what is wrong with numbers."""
    written: dict[str, Any] = dict(cells)
    findings = []
    for name, cell in cells.items():
        kind = row_type.model_fields[name].annotation
        if kind is not Decimal and Decimal not in get_args(kind):
            continue
        number = parse_signed(cell)
        if isinstance(number, Wrong):
            findings.append(number.finding(f"{where} column {name}"))
        else:
            written[name] = Decimal(number)
    return written, findings
