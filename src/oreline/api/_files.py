"""Tables as files to take away."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
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
        frame.write_excel(data, worksheet=name[:SHEET_NAME_MAX], autofit=True)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(data.getvalue(), media_type=_TYPES[form], headers=headers)


def workbook_of(frames: Mapping[str, pl.DataFrame]) -> bytes:
    """Return tables as one workbook, a sheet for each that has columns; text is never a formula."""
    from xlsxwriter import Workbook

    into = io.BytesIO()
    with Workbook(into, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, frame in frames.items():
            if frame.width:
                frame.write_excel(book, worksheet=name[:SHEET_NAME_MAX], autofit=True)
    return into.getvalue()


def workbook_file(frames: Mapping[str, pl.DataFrame], name: str) -> Response:
    """Return tables as an Excel workbook to take away."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(workbook_of(frames), media_type=_TYPES["xlsx"], headers=headers)
