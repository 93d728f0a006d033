"""A table of text as a person sees it, and how a CSV file becomes one."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.model import Finding, Severity

GUARDED = "=+-@\t\r"
"""Characters that make a spreadsheet program take a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All cells of one table, as text, trimmed; ``rows`` pairs each with its row number from 1.

    ``separator`` is that of a CSV file. Comment rows (first cell begins with ``#``) and blank rows
    are left out, their numbers counted.
    """

    file: str
    sheet: str | None
    rows: list[tuple[int, list[str]]]
    separator: str = ""

    def where(self, row: int | None = None, column: str | None = None) -> str:
        """Return the place of a row or cell as a person would say it."""
        place = self.file
        if self.sheet is not None:
            place += f" sheet {self.sheet}"
        if row is not None:
            place += f" row {row}"
        if column is not None:
            place += f" column {column}"
        return place


@dataclass(frozen=True, slots=True)
class HeadedSheet:
    """A sheet whose first row names its columns; every row has one cell for each of them."""

    sheet: Sheet
    columns: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def fatal(code: str, where: str, message: str, fix: str) -> Finding:
    """Return a finding that keeps the file from being used."""
    return Finding(code, Severity.FATAL, where, message, fix)


def warning(code: str, where: str, message: str, fix: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(code, Severity.WARNING, where, message, fix)


def note(code: str, where: str, message: str, fix: str) -> Finding:
    """Return a finding that is said for completeness."""
    return Finding(code, Severity.NOTE, where, message, fix)


def read_bytes(path: Path, name: str, limits: Limits) -> tuple[bytes | None, list[Finding]]:
    """Return the bytes of a file within the limit."""
    try:
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [fatal("ORL-0300", name, f"cannot be read: {reason}", "check the file")]
    if len(data) > limits.file_bytes:
        return None, [over("file_bytes", limits.file_bytes, name, "split the file")]
    return data, []


def over(setting: str, limit: int, where: str, fix: str) -> Finding:
    """Return the finding that a limit is exceeded."""
    message = f"beyond the limit {setting} = {limit}"
    return fatal("ORL-0304", where, message, f"{fix}, or raise the limit {setting}")


def decode(data: bytes, name: str) -> tuple[str | None, list[Finding]]:
    """Return the text of a file: UTF-8 with or without a mark, UTF-16 with one, Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _without_nul(data.decode("utf-16"), name)
        except UnicodeDecodeError:
            return None, [_not_text(name)]
    try:
        return _without_nul(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    text, findings = _without_nul(data.decode("cp1252", errors="replace"), name)
    if text is None:
        return None, findings
    if "\ufffd" in text:
        return None, [_not_text(name)]
    message = f"line {line} is not UTF-8; the file was read as Windows-1252"
    fix = "save it as 'CSV UTF-8', and look at names with accents"
    return text, [warning("ORL-0303", name, message, fix)]


def _without_nul(text: str, name: str) -> tuple[str | None, list[Finding]]:
    return (None, [_not_text(name)]) if "\0" in text else (text, [])


def _not_text(name: str) -> Finding:
    fix = "save it from the spreadsheet program as 'CSV UTF-8'"
    return fatal("ORL-0302", name, "this is not a text file in UTF-8, UTF-16 or Windows-1252", fix)


def read_csv(data: bytes, name: str, limits: Limits) -> tuple[Sheet | None, list[Finding]]:
    """Read a CSV file: comma, semicolon or tab, whichever its first rows use."""
    text, findings = decode(data, name)
    if text is None:
        return None, findings
    rows: list[tuple[int, list[str]]] = []
    separator = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number, may_be_guarded = 0, "'" in text
    try:
        for cells in reader:
            number += 1
            if number > limits.rows:
                return None, [*findings, over("rows", limits.rows, name, "split the file")]
            if len(cells) > limits.columns:
                where = f"{name} row {number}"
                return None, [*findings, over("columns", limits.columns, where, "split the table")]
            trimmed = [cell.strip() for cell in cells]
            if may_be_guarded:
                trimmed = [unguarded(cell) for cell in trimmed]
            named = number == 1 and _NAMED_SEPARATOR.match(text) is not None
            if any(trimmed) and not trimmed[0].startswith("#") and not named:
                rows.append((number, trimmed))
    except csv.Error as error:
        message = f"cannot be read as a table: {error}"
        where = f"{name} row {number + 1}"
        return None, [*findings, fatal("ORL-0302", where, message, "look for an open quote")]
    sheet = Sheet(name, None, rows, separator)
    return sheet, findings + long_cells(sheet, limits)


def read_table(
    data: bytes, name: str, limits: Limits = DEFAULT_LIMITS
) -> tuple[HeadedSheet | None, list[Finding]]:
    """Read a CSV file whose first row names its columns; other rooms read their tables by it."""
    sheet, findings = read_csv(data, name, limits)
    if sheet is None:
        return None, findings
    table, wrong = headed(sheet)
    return table, findings + wrong


def long_cells(sheet: Sheet, limits: Limits) -> list[Finding]:
    """Return a finding for every row with a cell beyond the limit."""
    most = limits.cell_characters
    return [
        over("cell_characters", most, sheet.where(number), "shorten the cell")
        for number, cells in sheet.rows
        if cells and max(map(len, cells)) > most
    ]


def delimiter_of(text: str) -> str:
    """Return the separator that the file names, or its first data line uses outside of quotes."""
    named = _NAMED_SEPARATOR.match(text)
    if named is not None:
        return named[1]
    for line in text[:65536].splitlines():
        if line.strip(' ,;\t"') and not line.lstrip('"').startswith("#"):
            outside = "".join(line.split('"')[::2])
            counts = Counter(mark for mark in outside if mark in ",;\t")
            return max(",;\t", key=lambda mark: counts[mark])
    return ","


_NAMED_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n")
"""The line by which a spreadsheet program is told the separator."""
_THOUSANDS_POINT = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")


def _ambiguous_points(sheet: Sheet, columns: Sequence[str]) -> list[Finding]:
    """Warn of 1.250 in a file with semicolons: where these are used, it often means 1250.

    Said once for each column. A mapping with ``decimal_comma`` decides it.
    """
    if sheet.separator != ";":
        return []
    found: dict[str, Finding] = {}
    for number, cells in sheet.rows[1:]:
        for column, cell in zip(columns, cells, strict=False):
            if column not in found and _THOUSANDS_POINT.fullmatch(cell):
                whole = cell.replace(".", "")
                message = f"{cell!r} in a file with semicolons is read with a decimal point"
                fix = f"if it means {whole}, write {whole}, or read the file by a mapping"
                where = sheet.where(number, column)
                found[column] = warning("ORL-0322", where, message, fix)
    return list(found.values())


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps it from being taken for a formula."""
    if len(cell) > 1 and cell[0] == "'" and (cell[1] in GUARDED or cell[1] == "'"):
        return cell[1:]
    return cell


def headed(sheet: Sheet) -> tuple[HeadedSheet | None, list[Finding]]:
    """Take the first row as the names of the columns and fit every row to it."""
    if not sheet.rows:
        message, fix = "the table is empty", "write the names of the columns into the first row"
        return None, [fatal("ORL-0308", sheet.where(), message, fix)]
    number, names = sheet.rows[0]
    names = names[: len(names) - _blank_at_end(names)]
    findings = []
    for name, count in Counter(names).items():
        if name and count > 1:
            message = f"the column stands {count} times"
            where = sheet.where(number, name)
            findings.append(fatal("ORL-0306", where, message, "give each column its own name"))
    width = len(names)
    rows = []
    for row, cells in sheet.rows[1:]:
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        elif any(cells[width:]):
            message = f"{len(cells)} cells, but the header names {width} columns"
            fix = "put cells that contain the separator into quotes, or name the column"
            if width == 1:
                fix = "remove what stands above the names of the columns, such as a title"
            findings.append(fatal("ORL-0305", sheet.where(row), message, fix))
            continue
        rows.append((row, cells[:width]))
    for position, name in enumerate(names):
        if not name and any(cells[position] for _, cells in rows):
            where = sheet.where(number, str(position + 1))
            message, fix = "the column has values but no name", "name it, or clear its cells"
            findings.append(fatal("ORL-0305", where, message, fix))
    return HeadedSheet(sheet, tuple(names), rows), findings + _ambiguous_points(sheet, names)


def _blank_at_end(cells: Sequence[str]) -> int:
    count = 0
    for cell in reversed(cells):
        if cell:
            break
        count += 1
    return count


def capped(findings: Sequence[Finding], limits: Limits, where: str) -> list[Finding]:
    """Return at most so many findings of one file, and one that counts the others."""
    if len(findings) <= limits.findings:
        return list(findings)
    # Fatal ones first, so that the cap never hides why nothing was written.
    order = sorted(findings, key=lambda finding: _RANK[finding.severity])
    kept = order[: limits.findings]
    message = f"{len(findings) - limits.findings} more findings of this file are not listed"
    severity = min((f.severity for f in order[limits.findings :]), key=lambda s: _RANK[s])
    fix = "correct those listed first, or raise the limit findings"
    return [*kept, Finding("ORL-0304", severity, where, message, fix)]


_RANK = {Severity.FATAL: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def records(table: HeadedSheet) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row as its filled cells by column name."""
    for row, cells in table.rows:
        yield row, {name: cell for name, cell in zip(table.columns, cells, strict=True) if cell}
