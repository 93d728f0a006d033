"""Tables as files to take away."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl
from fastapi import Response

from oreline.model import LimitExceededError

FileForm = Literal["csv", "xlsx", "parquet"]
EXCEL_ROWS_MAX = 1_048_575
"""How many rows a sheet holds below its heading."""
NAME_MAX = 150
"""How many letters the name of a file has at most, before its suffix."""
SHEET_NAME_MAX = 31
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def file_name(*parts: str) -> str:
    """Return a name for a file that says what it is about, safe on every machine.

    >>> file_name("statement", "sb-2025", "illus:sb-25q3", "final", "")
    'statement-sb-2025-illus-sb-25q3-final'
    """
    told = (re.sub(r"[^A-Za-z0-9._-]+", "-", part).strip("-.") for part in parts)
    return "-".join(part for part in told if part)[:NAME_MAX]


def frame_file(frame: pl.DataFrame, name: str, form: FileForm) -> Response:
    """Return a table as a file.

    Raises
    ------
    LimitExceededError
        If an Excel sheet cannot hold it.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(frame_bytes(frame, name, form), media_type=_TYPES[form], headers=headers)


def frame_bytes(frame: pl.DataFrame, name: str, form: FileForm) -> bytes:
    """Return a table as the bytes of a file.

    Raises
    ------
    LimitExceededError
        If an Excel sheet cannot hold it.
    """
    data = io.BytesIO()
    if form == "csv":
        # A byte order mark, since spreadsheets take a file without one for an old code page.
        frame.write_csv(data, include_bom=True)
    elif form == "parquet":
        frame.write_parquet(data)
    else:
        if frame.height > EXCEL_ROWS_MAX:
            message = f"{frame.height} rows do not fit on a sheet of {EXCEL_ROWS_MAX}; take csv"
            raise LimitExceededError(message)
        data.write(workbook_of({name: frame}))
    return data.getvalue()


def workbook_of(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """Return tables as one workbook, a sheet for each that has columns.

    What others wrote stays text: none is a formula or a link. What is no number is #NUM!, what is
    infinite #DIV/0!, since a sheet knows neither.
    """
    from xlsxwriter import Workbook

    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }  # fmt: skip
    into = io.BytesIO()
    with Workbook(into, options) as book:
        names: list[str] = []
        for name, frame in frames.items():
            if frame.width:
                names.append(_sheet_name(name, names))
                frame.write_excel(book, worksheet=names[-1], autofit=True)
    return into.getvalue()


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """Return what a sheet can be called: no such signs, not too long, each once.

    >>> _sheet_name("costs: ore/metal", []), _sheet_name("A" * 40, ["a" * 31])[-4:]
    ('costs- ore-metal', 'AA 2')
    """
    plain = re.sub(r"[\[\]:*?/\\]", "-", name).strip("'") or "table"
    known = {one.lower() for one in taken}
    found, number = plain[:SHEET_NAME_MAX], 1
    while found.lower() in known:
        number += 1
        found = f"{plain[: SHEET_NAME_MAX - len(str(number)) - 1]} {number}"
    return found


def archive_of(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """Return tables as a ZIP of CSV files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, frame in frames.items():
            # A fixed day, so that the same tables are the same bytes.
            entry = zipfile.ZipInfo(f"{file_name(name)}.csv")
            entry.compress_type = zipfile.ZIP_DEFLATED
            # A byte order mark, since spreadsheets take a file without one for an old code page.
            archive.writestr(entry, b"\xef\xbb\xbf" + frame.write_csv().encode())
    return data.getvalue()


def workbook_file(frames: Mapping[str, pl.DataFrame], name: str) -> Response:
    """Return tables as an Excel workbook to take away."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(workbook_of(frames), media_type=_TYPES["xlsx"], headers=headers)
