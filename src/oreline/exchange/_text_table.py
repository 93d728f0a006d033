"""Large tables as columns of text: one reader for CSV, Excel and Parquet, fast for CSV.

Rooms whose files have a million rows work on columns, not on rows. The cells stay text, because
what a cell means (`<0.01`, `-99`, `1,5`) is for the room to say.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import polars as pl

from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._sheet import (
    HeadedSheet,
    Sheet,
    decode,
    delimiter_of,
    fatal,
    headed,
    read_csv,
    unguarded,
)
from oreline.exchange._workbook import read_parquet, read_workbook
from oreline.model import Finding

TEXT_TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
"""The files that :func:`read_text_table` reads."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table whose cells are text.

    Attributes
    ----------
    place
        What findings call the table: the file, and the sheet of a workbook.
    frame
        A String column for each named column of the file, trimmed; an empty cell is null.
    rows
        The row number of each row in the file, from 1, as UInt32.
    header_row
        The row number of the column names.
    """

    place: str
    frame: pl.DataFrame
    rows: pl.Series
    header_row: int


def read_text_table(
    data: bytes, name: str, limits: Limits = DEFAULT_LIMITS, *, sheet: str | None = None
) -> tuple[TextTable | None, tuple[Finding, ...]]:
    r"""Read a table whose first row names its columns.

    Parameters
    ----------
    data
        The bytes of a file; the suffix of ``name`` says what it is: CSV (comma, semicolon or tab),
        ``.xlsx`` or ``.parquet``.
    name
        What findings call the file.
    sheet
        The sheet of a workbook with several.

    Returns
    -------
    table, findings
        None where a finding is fatal.

    >>> table, _ = read_text_table(b"hole,from\nA1,0\n\nA1, 1.5\n", "assay.csv")
    >>> table.frame["from"].to_list(), table.rows.to_list()
    (['0', '1.5'], [2, 4])
    """
    suffix = name[name.rfind(".") :].casefold() if "." in name else ""
    if suffix == ".xlsx":
        return _of_workbook(data, name, limits, sheet)
    if suffix == ".parquet":
        return _of_sheet(*read_parquet(data, name, limits))
    fast = _fast_csv(data, name, limits)
    return _of_sheet(*read_csv(data, name, limits)) if fast is None else fast


def read_text_sheets(
    data: bytes, name: str, limits: Limits = DEFAULT_LIMITS
) -> tuple[dict[str, TextTable], tuple[Finding, ...]]:
    """Read every sheet of an Excel workbook whose first row names its columns.

    A sheet that is no such table is left out and told.
    """
    sheets, findings = read_workbook(data, name, limits)
    tables: dict[str, TextTable] = {}
    found = list(findings)
    for sheet in sheets:
        table, wrong = _of_sheet(sheet, [])
        found += wrong
        if table is not None:
            tables[str(sheet.sheet)] = table
    return tables, tuple(found)


def _fast_csv(
    data: bytes, name: str, limits: Limits
) -> tuple[TextTable | None, tuple[Finding, ...]] | None:
    """Read a clean CSV file by columns; None where the reader of rows has to say what is wrong."""
    text, findings = decode(data, name)
    if text is None:
        return None
    try:
        raw = pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            separator=delimiter_of(text),
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if raw.height > limits.rows or raw.width > limits.columns:
        return None
    guarded = "'" in text
    trimmed = raw.with_columns(pl.all().str.strip_chars().replace("", None))
    numbered = trimmed.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"))
    first = pl.nth(0)
    filled = numbered.filter(
        pl.any_horizontal(pl.all().exclude("row").is_not_null()),
        ~(first.str.starts_with("#").fill_null(value=False)),
    )
    if filled.height and str(filled.row(0)[0] or "").startswith("sep="):
        filled = filled.slice(1)
    if not filled.height or _has_long_cell(filled, limits):
        return None
    *names, header_row = filled.row(0)
    if None in names or len(set(names)) < len(names) or "row" in names:
        return None
    body = filled.slice(1)
    frame = body.drop("row").rename(dict(zip(raw.columns, names, strict=True)))
    if guarded:
        frame = frame.with_columns(pl.all().map_elements(unguarded, return_dtype=pl.String))
    return TextTable(name, frame, body["row"], int(header_row)), tuple(findings)


def _has_long_cell(frame: pl.DataFrame, limits: Limits) -> bool:
    longest = frame.select(pl.all().exclude("row").str.len_chars().max()).row(0)
    return max((length or 0 for length in longest), default=0) > limits.cell_characters


def _of_workbook(
    data: bytes, name: str, limits: Limits, wanted: str | None
) -> tuple[TextTable | None, tuple[Finding, ...]]:
    sheets, findings = read_workbook(data, name, limits)
    if not sheets:
        return None, tuple(findings) or (
            fatal("ORL-0308", name, "the workbook is empty", "write the table into a sheet"),
        )
    titles = ", ".join(str(sheet.sheet) for sheet in sheets)
    chosen = [sheet for sheet in sheets if wanted is None or sheet.sheet == wanted]
    if len(chosen) == 1:
        return _of_sheet(chosen[0], findings)
    message = f"the sheets are {titles}" + ("" if wanted is None else f"; none is {wanted}")
    fix = "name one of them as the sheet of the table"
    return None, (*findings, fatal("ORL-0308", name, message, fix))


def _of_sheet(
    sheet: Sheet | None, findings: list[Finding]
) -> tuple[TextTable | None, tuple[Finding, ...]]:
    if sheet is None:
        return None, tuple(findings)
    table, wrong = headed(sheet)
    found = (*findings, *wrong)
    if table is None or any(one.severity == "fatal" for one in found):
        return None, found
    return _text_table(table), found


def _text_table(table: HeadedSheet) -> TextTable:
    cells = {
        name: pl.Series(name, [row[position] for _, row in table.rows], dtype=pl.String)
        for position, name in enumerate(table.columns)
        if name
    }
    frame = pl.DataFrame(cells).with_columns(pl.all().replace("", None))
    rows = pl.Series("row", [number for number, _ in table.rows], dtype=pl.UInt32)
    return TextTable(table.sheet.where(), frame, rows, table.sheet.rows[0][0])
