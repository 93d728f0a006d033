"""Make, use and import tables of the Bureau of Economic Analysis, as a matrix or as a long table.

The publisher's workbooks have titles above the codes and a sheet a year; the codes are found by
what they are, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from oreline.exchange._limits import DEFAULT_LIMITS
from oreline.exchange._published_rows import WHERE, Cells, PublishedFile, Read, plain, wrong_kind
from oreline.exchange._sheet import Sheet, fatal, read_csv
from oreline.exchange._workbook import read_workbook
from oreline.model import Finding
from oreline.reference import kept_by_tables, table

CODES_MIN = 20
"""So many codes of industries in one row or column make it the row or column of codes."""
EMPTY = {"", "...", "---", "n.a."}
INDUSTRY_TOTALS = ("T008", "Total Industry Output")
"""Rows of a use table that are the sums of the others."""


def read_bea(files: Sequence[PublishedFile], vintage: int) -> Read:
    """Read tables of 402 or 71 industries; the kind is told by the words use, make, import."""
    rows: dict[str, list[Cells]] = {}
    findings: list[Finding] = []
    for file in files:
        sheets, found = _sheets(file, vintage)
        findings += [one for one in found if one.severity == "fatal"]
        kind = _kind(file, sheets)
        made = [(size, cells) for sheet in sheets for size, cells in _entries(sheet)]
        if not kind or not made:
            missing = ("the word use, make or import in its name or title",
                       "or codes of industries")  # fmt: skip
            findings.append(wrong_kind(file.name, "the input-output accounts", missing))
            continue
        for size, cells in made:
            head = {"vintage": str(vintage), "basis": "reported"}
            rows.setdefault(f"{kind}_{size}", []).append({**cells, **head})
    for name, every in rows.items():
        findings += _sums(name, every)
    return Read(rows, tuple(findings))


@kept_by_tables
def _codes(size: str) -> frozenset[str]:
    return frozenset(table(f"industries_{size}")["code"])


def _sheets(file: PublishedFile, vintage: int) -> tuple[list[Sheet], list[Finding]]:
    if not file.name.casefold().endswith(".xlsx"):
        sheet, findings = read_csv(file.data, file.name, DEFAULT_LIMITS)
        return ([] if sheet is None else [sheet]), findings
    sheets, findings = read_workbook(file.data, file.name, DEFAULT_LIMITS)
    of_year = [sheet for sheet in sheets if str(sheet.sheet) == str(vintage)]
    return of_year or sheets, findings


def _kind(file: PublishedFile, sheets: Sequence[Sheet]) -> str:
    titles = [" ".join(cells) for sheet in sheets for _, cells in sheet.rows[:4]]
    for text in (file.name, *titles):
        words = plain(text).replace("iouse", "use").replace("iomake", "make").split()
        for kind in ("import", "make", "use"):
            if kind in words or f"{kind}s" in words:
                return kind
    return ""


def _entries(sheet: Sheet) -> list[tuple[str, Cells]]:
    long = _long(sheet)
    if long:
        return long
    for size in ("402", "71"):
        codes = _codes(size)
        head = next(
            (n for n, (_, cells) in enumerate(sheet.rows) if _held(cells, codes) >= CODES_MIN), None
        )
        if head is None:
            continue
        below = sheet.rows[head + 1 :]
        width = max((len(cells) for _, cells in below), default=0)
        column = max(
            range(width),
            key=lambda n: sum(len(cells) > n and cells[n].strip() in codes for _, cells in below),
        )
        return [(size, cells) for cells in _matrix(sheet, head, column)]
    return []


def _held(cells: Sequence[str], codes: frozenset[str]) -> int:
    return sum(cell.strip() in codes for cell in cells)


def _matrix(sheet: Sheet, head: int, column: int) -> list[Cells]:
    titles = [title.strip() for title in sheet.rows[head][1]]
    entries = []
    for number, cells in sheet.rows[head + 1 :]:
        row = cells[column].strip() if len(cells) > column else ""
        if not row:
            continue
        for n, title in enumerate(titles):
            text = cells[n].strip().replace(",", "") if n < len(cells) else ""
            if n == column or not title or text in EMPTY or _is_zero(text) or not _looks(text):
                continue
            entries.append(
                {"row": row, "col": title, "value_musd": text,
                 WHERE: f"{sheet.where(number)} column {title}"}
            )  # fmt: skip
    return entries


def _looks(text: str) -> bool:
    """Return whether a cell is meant as a number: names of industries stand beside their codes."""
    return bool(re.search(r"\d", text)) and not re.search(r"[A-Za-z]{3}", text)


def _long(sheet: Sheet) -> list[tuple[str, Cells]]:
    titles = [plain(title) for title in sheet.rows[0][1]] if sheet.rows else []
    if not {"row", "col"} <= set(titles) or "value musd" not in titles:
        return []
    at = [titles.index(name) for name in ("row", "col", "value musd")]
    cells = [
        {"row": row[at[0]], "col": row[at[1]], "value_musd": row[at[2]],
         WHERE: sheet.where(number)}
        for number, row in sheet.rows[1:]
        if len(row) > max(at)
    ]  # fmt: skip
    held = {one["row"] for one in cells}
    size = max(("402", "71"), key=lambda name: len(held & _codes(name)))
    return [(size, one) for one in cells]


def _is_zero(text: str) -> bool:
    return bool(re.fullmatch(r"-?0*(\.0*)?", text))


def _sums(name: str, rows: Sequence[Cells]) -> list[Finding]:
    """Hold the printed output of each industry against the sum of its column in a use table."""
    if not name.startswith("use"):
        return []
    size = name.rpartition("_")[2]
    added = {"402": ("T005", "T006"), "71": ("Total Intermediate", "Total Value Added")}[size]
    totals: dict[str, list[float]] = {}
    places: dict[str, str] = {}
    for row in rows:
        if not re.fullmatch(r"-?\d+(\.\d+)?(e\+?\d+)?", row["value_musd"]):
            continue
        known, total, count = totals.setdefault(row["col"], [0.0, 0.0, 0.0])
        if row["row"] in INDUSTRY_TOTALS:
            known = float(row["value_musd"])
            places[row["col"]] = row[WHERE]
        elif row["row"] not in added:
            total += float(row["value_musd"])
            count += 1
        totals[row["col"]] = [known, total, count]
    return [
        fatal(
            "ORL-1201", f"{places[col]} (table {name})",
            f"the entries of {col} sum to {total:,.0f} million dollars, printed are {known:,.0f}",
            "look for an entry that is missing, stands twice or is in another unit",
        )
        for col, (known, total, count) in totals.items()
        if col in places and col in _codes(size) and abs(known - total) > 1 + 0.5 * count
    ]  # fmt: skip
