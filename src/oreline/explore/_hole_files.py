"""Drill hole tables as somebody hands them over: loose files, a workbook, or a zip of them."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from oreline.exchange import (
    DEFAULT_LIMITS,
    TEXT_TABLE_SUFFIXES,
    Limits,
    TextTable,
    read_text_sheets,
    read_text_table,
)
from oreline.explore._guess import SHEET_MARK
from oreline.explore._mapping import MAPPING_FILE
from oreline.model import Finding, InputError, LimitExceededError

HANDED_FILES_MAX = 40
"""How many files one set of drill holes may come in."""
NAME_LETTERS_MAX = 150
"""How many letters the name of a file may have."""
BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, RuntimeError,
    OSError, ValueError,
)  # fmt: skip
"""What the library raises of a damaged archive; a RuntimeError says that it is encrypted."""


@dataclass(frozen=True, slots=True)
class HandedFiles:
    """Files by their bare names, archives unpacked; ``ignored`` are those that are no tables."""

    files: Mapping[str, bytes]
    ignored: tuple[str, ...]


def unpacked_files(given: Mapping[str, bytes], bytes_max: int) -> HandedFiles:
    """Return the tables among some files, those inside of zip archives beside the others.

    Folders inside an archive do not count: a file is known by its bare name.

    Parameters
    ----------
    given
        The bytes of each file by its name.
    bytes_max
        How large all of them may be together, after unpacking.

    Raises
    ------
    InputError
        If an archive cannot be read, two files have one name, or there is no table at all.
    LimitExceededError
        If there are more than HANDED_FILES_MAX files, or more bytes than ``bytes_max``.
    """
    found: dict[str, bytes] = {}
    ignored: list[str] = []
    left = bytes_max
    for name, data in given.items():
        parts: Mapping[str, bytes] = {name: data}
        if name.casefold().endswith(".zip"):
            parts, beside = _of_archive(name, data, left)
            ignored += beside
        for inner, content in parts.items():
            bare = _bare(inner)
            if not _is_wanted(bare):
                ignored.append(bare)
                continue
            if bare in found:
                raise InputError(f"two files are called {bare}: give them different names")
            left -= len(content)
            if left < 0:
                raise LimitExceededError(f"the files hold more than {bytes_max:,} bytes together")
            found[bare] = content
            if len(found) > HANDED_FILES_MAX:
                message = f"more than HANDED_FILES_MAX = {HANDED_FILES_MAX} tables"
                raise LimitExceededError(f"{message}: hand over one set of drill holes at a time")
    if not any(name != MAPPING_FILE for name in found):
        kinds = ", ".join(sorted(TEXT_TABLE_SUFFIXES))
        named = ", ".join(ignored) or "nothing"
        raise InputError(f"there is no table among them ({kinds}, or a .zip of these), but {named}")
    return HandedFiles(found, tuple(ignored))


def text_tables(
    files: Mapping[str, bytes], limits: Limits = DEFAULT_LIMITS
) -> tuple[dict[str, TextTable], tuple[Finding, ...]]:
    """Return every table of some files by its name, as a mapping is guessed from them.

    A sheet of a workbook with several is named by file and sheet. What cannot be read is told.
    """
    tables: dict[str, TextTable] = {}
    findings: list[Finding] = []
    for name, data in sorted(files.items()):
        if name == MAPPING_FILE:
            continue
        if name.casefold().endswith(".xlsx"):
            sheets, found = read_text_sheets(data, name, limits)
            findings += found
            for title, one in sheets.items():
                tables[f"{name}{SHEET_MARK}{title}" if len(sheets) > 1 else name] = one
            continue
        table, found = read_text_table(data, name, limits)
        findings += found
        if table is not None:
            tables[name] = table
    return tables, tuple(findings)


def _bare(name: str) -> str:
    """Return the name of a file without its folders, whichever machine wrote them."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    if not bare or len(bare) > NAME_LETTERS_MAX or not bare.isprintable():
        raise InputError(f"{bare[:40]!r} is no name for a file: 1 to {NAME_LETTERS_MAX} letters")
    return bare


def _is_wanted(bare: str) -> bool:
    if bare.startswith((".", "~$")):
        return False
    return bare == MAPPING_FILE or PurePosixPath(bare.casefold()).suffix in TEXT_TABLE_SUFFIXES


def _of_archive(name: str, data: bytes, bytes_left: int) -> tuple[dict[str, bytes], list[str]]:
    """Return the tables of an archive, and the names of what else is in it.

    Never more bytes than are left are unpacked, whatever the archive says of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [
                one
                for one in archive.infolist()
                if not one.is_dir() and not one.filename.startswith("__MACOSX/")
            ]
            wanted, beside = [], []
            for one in entries:
                bare = _bare(one.filename)
                if _is_wanted(bare):
                    wanted.append(one)
                else:
                    beside.append(bare)
            if len(wanted) > HANDED_FILES_MAX:
                message = f"{name} holds more than HANDED_FILES_MAX = {HANDED_FILES_MAX} tables"
                raise LimitExceededError(f"{message}: hand over one set at a time")
            found: dict[str, bytes] = {}
            for one in wanted:
                if _bare(one.filename) in found:
                    raise InputError(f"{name} holds two files called {_bare(one.filename)}")
                with archive.open(one) as file:
                    content = file.read(max(0, bytes_left) + 1)
                bytes_left -= len(content)
                if bytes_left < 0:
                    raise LimitExceededError(f"{name} unpacks to more than is allowed")
                found[_bare(one.filename)] = content
    except BROKEN as error:
        raise InputError(f"{name} cannot be unpacked: {error}; hand over its files") from error
    if not found:
        raise InputError(f"{name} holds no table (.csv, .xlsx, .parquet)")
    return found, [one for one in beside if not one.startswith(".")]
