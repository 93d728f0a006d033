"""Where answers go: the terminal, JSON on standard output, or a table in a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

NARROWEST = 60
"""The width below which tables are not squeezed any further."""


def stdout_console() -> Console:
    """Return a console on standard output; colours are off when that is no terminal."""
    return _console(stderr=False)


def stderr_console() -> Console:
    """Return a console on standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if console.width < NARROWEST:
        console.width = NARROWEST
    return console


def write_json(value: Mapping[str, Any]) -> None:
    """Write one JSON object on standard output."""
    import orjson

    data = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
    sys.stdout.write(data.decode() + "\n")


def export_frame(make: Callable[[], pl.DataFrame], target: Path) -> int:
    """Write a table as .csv, .xlsx or .parquet; return its rows.

    Raises
    ------
    InputError
        If the suffix is another, something is already there, or there is nothing to write.
    StoreError
        If the disk refuses.
    """
    from oreline.model import InputError, StoreError

    suffix = target.suffix.lower()
    if suffix not in {".csv", ".xlsx", ".parquet"}:
        raise InputError(f"{target}: --export writes .csv, .xlsx or .parquet")
    if target.exists():
        raise InputError(f"{target} exists; remove it or export to another file")
    frame = _flat(make())
    if not frame.width:
        raise InputError("there is nothing to export: the answer has no rows")
    try:
        _write(frame, target, suffix)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from error
    return frame.height


def export_workbook(make: Callable[[], Mapping[str, pl.DataFrame]], target: Path) -> int:
    """Write tables as the sheets of one .xlsx file; return the rows of all of them.

    Raises
    ------
    InputError
        If something is already there.
    StoreError
        If the disk refuses.
    """
    from oreline.model import InputError, StoreError

    if target.exists():
        raise InputError(f"{target} exists; remove it or export to another file")
    sheets = {name: _flat(frame) for name, frame in make().items() if frame.width}
    try:
        _write_sheets(sheets, target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from error
    return sum(frame.height for frame in sheets.values())


def export_bytes(data: bytes, target: Path) -> None:
    """Write a finished document where nothing stands yet.

    Raises
    ------
    InputError
        If something is already there.
    StoreError
        If the disk refuses.
    """
    from oreline.model import InputError, StoreError

    try:
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise InputError(f"{target} exists; remove it or write to another file") from None
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from error


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Join lists into text, which a cell can hold."""
    import polars as pl

    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(" "))


def _write(frame: pl.DataFrame, target: Path, suffix: str) -> None:
    if suffix == ".csv":
        frame.write_csv(target)
    elif suffix == ".parquet":
        frame.write_parquet(target)
    else:
        _write_sheets({"Sheet1": frame}, target)


def _write_sheets(sheets: Mapping[str, pl.DataFrame], target: Path) -> None:
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # No text of a ledger is ever taken for a formula or a link; no cell holds what is no number.
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True,
    }  # fmt: skip
    try:
        with Workbook(str(target), options) as workbook:
            for name, frame in sheets.items():
                frame.write_excel(workbook, worksheet=name)
    except FileCreateError as error:
        raise OSError(str(error)) from error
