"""Writes files and folders whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from oreline.exchange._sheet import GUARDED
from oreline.model import InputError, StoreError

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside the target and rename it when all went well.

    Raises
    ------
    InputError
        If something is already at the target.
    StoreError
        If the disk refuses.
    """
    _refuse_existing(target)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
        os.close(handle)
    except OSError as error:
        raise _failed(target, error) from error
    partial = Path(name)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.chmod(0o644)
        partial.replace(target)
    except OSError as error:
        raise _failed(target, error) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside the target and rename it when all went well.

    Raises
    ------
    InputError
        If something is already at the target, other than an empty folder.
    StoreError
        If the disk refuses.
    """
    if not (target.is_dir() and not any(target.iterdir())):
        _refuse_existing(target)
    try:
        partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=".partial-"))
    except OSError as error:
        raise _failed(target, error) from error
    try:
        yield partial
        partial.chmod(0o755)
        # An empty folder at the target is replaced by the rename itself.
        partial.rename(target)
    except OSError as error:
        raise _failed(target, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        message = f"there is already something at {target}; nothing is overwritten"
        raise InputError(message)
    if not target.parent.is_dir():
        message = f"there is no folder {target.parent}"
        raise InputError(message)


def _failed(target: Path, error: OSError) -> StoreError:
    return StoreError(f"{target} could not be written; nothing was: {error}")


def csv_bytes(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    """Return a table as CSV that a spreadsheet program opens without running any of it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(row.get(column, "")) for column in columns])
    return text.getvalue().encode()


def guarded(cell: str) -> str:
    """Return a cell with an apostrophe in front where a spreadsheet would take it for a formula.

    >>> guarded("=1+1"), guarded("-5.00"), guarded("52.3")
    ("'=1+1", '-5.00', '52.3')
    """
    if not cell or (cell[0] not in GUARDED and cell[0] != "'") or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
