"""Reads Excel workbooks and Parquet files as tables of text."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fastexcel
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from oreline.exchange._limits import Limits
from oreline.exchange._percent import Cells, as_shown, percent_cells
from oreline.exchange._sheet import Sheet, fatal, long_cells, over, unguarded
from oreline.model import Finding

_ONLY_DAY = " 00:00:00"
_ONLY_TIME = "1899-12-31 "
_NOISY = re.compile(r"-?[0-9]*\.[0-9]*")


def read_workbook(data: bytes, name: str, limits: Limits) -> tuple[list[Sheet], list[Finding]]:
    """Return every sheet of an Excel workbook that holds anything."""
    refused = _refused(data, name, limits)
    if refused is not None:
        return [], [refused]
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    try:
        with _panics_as_errors():
            workbook = fastexcel.read_excel(data)
        names = workbook.sheet_names
        percents = percent_cells(data)
        if len(names) > limits.sheets:
            return [], [over("sheets", limits.sheets, name, "split the workbook")]
        for title in names:
            # The first row is kept even where it is blank, so that row numbers are the sheet's own.
            with _panics_as_errors():
                loaded = workbook.load_sheet(title, header_row=None, dtypes="string", skip_rows=0)
                batch, errors = loaded.to_arrow_with_errors()
            findings += _error_cells(errors, f"{name} sheet {title}")
            found, wrong = _sheet(_frame(batch), name, title, limits)
            findings += wrong
            if found is not None and found.rows:
                _show_percents(found, percents.get(title, set()))
                sheets.append(found)
    except _UNREADABLE as error:
        reason = str(error).partition("\n")[0]
        fix = "open it in the spreadsheet program and save it again as .xlsx"
        return [], [*findings, fatal("ORL-0302", name, f"cannot be read: {reason}", fix)]
    return sheets, findings


_UNREADABLE = (
    fastexcel.FastExcelError, ValueError, zipfile.BadZipFile, zlib.error, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the reader of sheets and that of the archive raise on damaged parts."""


def _show_percents(sheet: Sheet, percents: Cells) -> None:
    """Write numbers that are shown as a percentage as they are shown."""
    if not percents:
        return
    for number, cells in sheet.rows:
        for column, cell in enumerate(cells):
            if (number, column) in percents:
                cells[column] = as_shown(cell)


@contextmanager
def _panics_as_errors() -> Iterator[None]:
    """Turn a panic of a reader written in Rust into a ValueError.

    A damaged file can break an assertion of the reader, which arrives as a BaseException that no
    ``except Exception`` stops; each library has a class of its own for it, under one name.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        message = f"the file is damaged: {str(error)[:200]}"
        raise ValueError(message) from error


def _error_cells(errors: Any, place: str) -> list[Finding]:
    """Return a finding for each cell that shows an error such as #DIV/0! in place of a value."""
    return [
        fatal(
            "ORL-0302",
            f"{place} row {error.offset_position[0] + 1} column {error.offset_position[1] + 1}",
            "the cell shows an error in place of a value",
            "correct the formula, or clear the cell",
        )
        for error in (errors.errors if errors is not None else ())
    ]


def _frame(batch: Any) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _refused(data: bytes, name: str, limits: Limits) -> Finding | None:
    """Return why a workbook is not opened: no archive, or one that unpacks beyond the limit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        fix = "open it in the spreadsheet program and save it again as .xlsx"
        return fatal("ORL-0302", name, f"this is not an Excel workbook: {error}", fix)
    if size > limits.unpacked_bytes:
        return over("unpacked_bytes", limits.unpacked_bytes, name, "split the workbook")
    return None


def _sheet(
    frame: pl.DataFrame, name: str, title: str, limits: Limits
) -> tuple[Sheet | None, list[Finding]]:
    place = f"{name} sheet {title}"
    if frame.width > limits.columns:
        return None, [over("columns", limits.columns, place, "split the table")]
    if frame.height > limits.rows:
        return None, [over("rows", limits.rows, place, "split the table")]
    columns = [_cells(frame.get_column(column)) for column in frame.columns]
    rows = [
        (number, list(cells))
        for number, cells in enumerate(zip(*columns, strict=True), 1)
        if any(cells) and not cells[0].startswith("#")
    ]
    sheet = Sheet(name, title, rows)
    return sheet, long_cells(sheet, limits)


def _cells(series: pl.Series) -> list[str]:
    remembered: dict[str | None, str] = {None: ""}
    cells = []
    for text in series.to_list():
        if text not in remembered:
            remembered[text] = excel_text(text)
        cells.append(remembered[text])
    return cells


def excel_text(text: str) -> str:
    """Return a cell of a workbook as a person reads it.

    Excel keeps binary floats and shows 15 digits; what stands beyond them is noise of a
    calculation. A day is kept as a moment at midnight, and a time as a moment in 1899.

    >>> excel_text("52.300000000000004"), excel_text("2025-09-01 00:00:00")
    ('52.3', '2025-09-01')
    """
    text = text.strip()
    if text.endswith(_ONLY_DAY) and len(text) == 19:
        return text.removesuffix(_ONLY_DAY)
    if text.startswith(_ONLY_TIME):
        return text.removeprefix(_ONLY_TIME)
    if len(text) > 16 and _NOISY.fullmatch(text) and _plain(float(text)) == text:
        return _plain(float(f"{float(text):.15g}"))
    return unguarded(text)


def _plain(number: float) -> str:
    """Return the shortest digits that give this float, without an exponent."""
    text = repr(number)
    if "e" not in text:
        return text.removesuffix(".0")
    digits = f"{number:.400f}".rstrip("0").rstrip(".") if number < 1 else f"{number:f}"
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    power = int(exponent)
    if power < 0:
        sign = "-" if number < 0 else ""
        return f"{sign}0.{'0' * (-power - 1)}{whole}{fraction.rstrip('0')}"
    return digits.split(".")[0]


def read_parquet(data: bytes, name: str, limits: Limits) -> tuple[Sheet | None, list[Finding]]:
    """Return a Parquet file as a table of text."""
    # Read with pyarrow: on damaged files the reader of polars can end the whole process.
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        if len(file.schema_arrow) > limits.columns:
            return None, [over("columns", limits.columns, name, "split the table")]
        if file.metadata.num_rows + 1 > limits.rows:
            return None, [over("rows", limits.rows, name, "split the file")]
        groups = range(file.metadata.num_row_groups)
        unpacked = sum(file.metadata.row_group(group).total_byte_size for group in groups)
        if unpacked > limits.unpacked_bytes:
            return None, [over("unpacked_bytes", limits.unpacked_bytes, name, "split the file")]
        arrow = file.read()
        arrow.validate(full=True)
        with _panics_as_errors():
            frame = _frame(arrow)
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0][:200]
        fix = "write the file again with the program that made it"
        return None, [fatal("ORL-0302", name, f"this is not a Parquet file: {reason}", fix)]
    findings = []
    columns = []
    for series in frame.get_columns():
        texts = _column_text(series)
        if texts is None:
            fix = "write it as text, a number, a day or a moment"
            where = f"{name} column {series.name}"
            message = f"values of type {series.dtype} cannot be read"
            findings.append(fatal("ORL-0302", where, message, fix))
        else:
            columns.append(texts)
    if findings:
        return None, findings
    rows = [(1, [column.strip() for column in frame.columns])]
    rows += [
        (number, list(cells))
        for number, cells in enumerate(zip(*columns, strict=True), 2)
        if any(cells)
    ]
    sheet = Sheet(name, None, rows)
    return sheet, long_cells(sheet, limits)


def _column_text(series: pl.Series) -> list[str] | None:
    """Return a column as text; floats by their shortest digits, moments with their zone."""
    kind = series.dtype
    values: list[Any] = series.to_list()
    if kind in (pl.String, pl.Categorical) or isinstance(kind, pl.Enum):
        return ["" if value is None else value.strip() for value in values]
    if kind.is_float():
        return ["" if value is None else _float_text(value) for value in values]
    if kind == pl.Boolean:
        return ["" if value is None else ("yes" if value else "no") for value in values]
    if kind.is_integer() or kind.is_decimal() or kind in (pl.Date, pl.Null):
        return ["" if value is None else _decimal_text(value) for value in values]
    if isinstance(kind, pl.Datetime):
        return ["" if value is None else value.isoformat() for value in values]
    return None


def _float_text(value: float) -> str:
    return _plain(value) if math.isfinite(value) else repr(value)


def _decimal_text(value: Any) -> str:
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)
