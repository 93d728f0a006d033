"""Which actual lots stand for planned ones, as a call or a file declares it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from pathlib import Path


def lot_mapping(matches: Iterable[str], file: Path | None) -> dict[str, list[str]]:
    """Return actual lots, or patterns of them, by planned lot or pattern.

    >>> lot_mapping(["plan:C-*=mill:C-*,mill:D-1"], None)
    {'plan:C-*': ['mill:C-*', 'mill:D-1']}

    Raises
    ------
    InputError
        If nothing is declared, or it is not understood.
    """
    from oreline.model import InputError

    lots: dict[str, list[str]] = {} if file is None else _from_file(file)
    for match in matches:
        planned, separator, actual = match.partition("=")
        if not separator or not planned or not actual:
            raise InputError(f"{match!r}: write --match PLANNED=ACTUAL")
        lots.setdefault(planned, []).extend(actual.split(","))
    if not lots:
        message = "lots are matched only as declared: give --match PLANNED=ACTUAL or --mapping FILE"
        raise InputError(message)
    return lots


def _from_file(file: Path) -> dict[str, list[str]]:
    """Read a CSV file with the columns planned and actual, or the table [lots] of a TOML file."""
    from oreline.model import InputError

    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8: {error}") from error
    return _from_toml(file, text) if file.suffix == ".toml" else _from_csv(file, text)


def _from_csv(file: Path, text: str) -> dict[str, list[str]]:
    from oreline.model import InputError

    lots: dict[str, list[str]] = {}
    reader = csv.DictReader(text.splitlines())
    if not {"planned", "actual"} <= set(reader.fieldnames or ()):
        raise InputError(f"{file} has no columns planned and actual")
    for number, row in enumerate(reader, 2):
        if not row["planned"] or not row["actual"]:
            raise InputError(f"{file} row {number}: both planned and actual name lots")
        lots.setdefault(row["planned"], []).append(row["actual"])
    return lots


def _from_toml(file: Path, text: str) -> dict[str, list[str]]:
    from oreline.model import InputError

    try:
        table = tomllib.loads(text).get("lots")
    except ValueError as error:
        raise InputError(f"{file} is not TOML: {error}") from error
    if not isinstance(table, dict):
        raise InputError(f"{file} has no table [lots]")
    lots: dict[str, list[str]] = {}
    for planned, actual in table.items():
        names = [actual] if isinstance(actual, str) else actual
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InputError(f'{file}: {planned} is no list of lots; write ["mill:C-1"]')
        lots[planned] = names
    return lots
