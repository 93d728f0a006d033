"""Gives a ledger back: JSONL, chain folder, Excel workbook, Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import xlsxwriter

from oreline.exchange._atomic import new_file, new_folder
from oreline.exchange._bodies import Json
from oreline.exchange._columns import quantity_column
from oreline.exchange._export_folder import FolderCounts, current_tables, write_folder
from oreline.exchange._flatten import Row, column_order, event_rows
from oreline.exchange._import import Ledger
from oreline.exchange._sheet import warning
from oreline.exchange._tables import FORMS, unlisted
from oreline.model import KINDS, Chain, Finding, InputError, LimitExceededError, canonical_json

WORKBOOK_ROWS = 1_048_576
"""The rows that one sheet of an Excel workbook can hold."""
CELL_CHARACTERS = 32_767
"""The characters that one cell of an Excel workbook can hold."""
_ASSIGNED = ("recorded", "seq", "salt")


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: the target, its events, how many as rows of tables, and what to know."""

    target: Path
    events: int
    in_tables: int
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "target": str(self.target),
            "events": self.events,
            "in_tables": self.in_tables,
            "findings": [finding.to_json() for finding in self.findings],
        }


def export_ledger(
    source: Ledger | Iterable[Any], target: str | Path, *, chain: Chain | None = None
) -> ExportReport:
    """Write a whole ledger in a form that others read; all of it or nothing.

    Parameters
    ----------
    source
        A store, or its stored events: rows with ``data``, bytes, or JSON objects.
    target
        Where to write; the suffix says the form. ``.jsonl`` holds the stored bytes, without loss.
        A folder (no suffix) is a chain folder that imports into the same events; what no table can
        say stands in ``events/rest.jsonl``. ``.xlsx`` has a sheet per kind and per table,
        ``.parquet`` a row per line of an event; both name in a finding what they cannot hold.
    chain
        The name, title, horizon and evidence for a chain folder; a ledger has none of these.

    Raises
    ------
    InputError
        If something is already at the target, or its suffix is not known.
    StoreError
        If the disk refuses; nothing is left behind.
    """
    target = Path(target)
    suffix = target.suffix.lower()
    if suffix == ".jsonl":
        return _json_lines(source, target)
    if suffix == "":
        events = [orjson.loads(data) for data in _stored(source)]
        with new_folder(target) as partial:
            counts = write_folder(events, partial, chain, target.name)
        return _folder_report(target, counts)
    if suffix not in {".xlsx", ".parquet"}:
        message = f"{target.name}: write .jsonl, .xlsx, .parquet, or a folder without a suffix"
        raise InputError(message)
    events = [_draft(orjson.loads(data)) for data in _stored(source)]
    write = _workbook if suffix == ".xlsx" else _parquet
    with new_file(target) as partial:
        return write(events, partial, target, chain)


def _stored(source: Ledger | Iterable[Any]) -> Iterator[bytes]:
    """Yield the bytes of every event, whatever form the caller has them in."""
    rows: Iterable[Any] = source.rows() if hasattr(source, "rows") else source
    for row in rows:
        if isinstance(row, bytes):
            yield row
        elif isinstance(row, dict):
            yield canonical_json(row)
        else:
            yield bytes(row.data)


def _json_lines(source: Ledger | Iterable[Any], target: Path) -> ExportReport:
    count = 0
    with new_file(target) as partial, partial.open("wb") as file:
        for data in _stored(source):
            file.write(data + b"\n")
            count += 1
    return ExportReport(target, count, 0, ())


def _folder_report(target: Path, counts: FolderCounts) -> ExportReport:
    findings = []
    if counts.withheld:
        message = f"{counts.withheld} events have withheld fields"
        fix = "they stand in withheld.jsonl, which no import reads; copy the database to keep them"
        findings.append(warning("ORL-0360", target.name, message, fix))
    return ExportReport(target, counts.events, counts.in_tables, tuple(findings))


def _draft(event: Json) -> Json:
    return {key: value for key, value in event.items() if key not in _ASSIGNED}


def _workbook(events: list[Json], partial: Path, target: Path, chain: Chain | None) -> ExportReport:
    tables, left = current_tables(events, chain)
    sheets: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    lost = _sorted_rows(left, sheets)
    # Nothing is ever taken for a formula or a link: every cell is written by its own type.
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "constant_memory": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(str(partial), options) as workbook:
        for kind, rows in sheets.items():
            if rows:
                columns = column_order(rows)
                _sheet(workbook, kind, columns, rows)
        for form in FORMS:
            table = tables.get(form.name, {})
            rows = [
                {name: unlisted(form, name, cell) for name, cell in written.items()}
                for written in table.values()
            ]
            if rows:
                _sheet(workbook, form.name, form.columns, rows)
        if not workbook.worksheets():
            workbook.add_worksheet("empty")
    return _table_report(target, events, lost)


def _sorted_rows(events: list[Json], sheets: dict[str, list[Row]]) -> list[str]:
    """Put the rows of every event on the sheet of its kind; return the ids of those left out."""
    lost = []
    for event in events:
        rows = None if "withheld" in event else event_rows(event)
        # A longer cell would be cut off without a word: the text of a contract can be.
        if rows is None or any(
            len(cell) > CELL_CHARACTERS for row in rows for cell in row.values()
        ):
            lost.append(event["id"])
        else:
            sheets[event["schema"].partition("/")[0]].extend(rows)
    return lost


def _fits(rows: Iterable[Row]) -> bool:
    """Return whether cells hold what rows say: a longer text, a contract's, would be cut off."""
    return all(len(cell) <= CELL_CHARACTERS for row in rows for cell in row.values())


def _sheet(workbook: Any, name: str, columns: Iterable[str], rows: list[Row]) -> None:
    if len(rows) + 1 > WORKBOOK_ROWS:
        message = f"{len(rows)} rows of {name}: a sheet holds {WORKBOOK_ROWS}; export .parquet"
        raise LimitExceededError(message)
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    columns = list(columns)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column)
    numeric = [
        quantity_column(column.removesuffix("_u")) is not None or column == "amount"
        for column in columns
    ]
    for number, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            cell = row.get(column, "")
            if numeric[place] and _is_exact_float(cell):
                sheet.write_number(number, place, float(cell))
            elif cell:
                sheet.write_string(number, place, cell)


def _is_exact_float(cell: str) -> bool:
    """Return whether a spreadsheet's number says the same digits: 52.3 does, 52.30 does not."""
    digits = cell.removeprefix("-").replace(".", "", 1)
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 15:
        return False
    return f"{float(cell):.15g}" == cell


def _parquet(events: list[Json], partial: Path, target: Path, _: Chain | None) -> ExportReport:
    lost, rows = [], []
    for event in events:
        made = None if "withheld" in event else event_rows(event)
        if made is None:
            lost.append(event["id"])
        else:
            rows += made
    columns = column_order(rows)
    frame = pl.DataFrame(
        {column: [row.get(column) for row in rows] for column in columns},
        schema=dict.fromkeys(columns, pl.String),
    )
    frame.write_parquet(partial)
    return _table_report(target, events, lost)


def _table_report(target: Path, events: list[Json], lost: list[str]) -> ExportReport:
    findings: list[Finding] = []
    if lost:
        named = ", ".join(lost[:5]) + (", ..." if len(lost) > 5 else "")
        message = f"{len(lost)} events say what no row can say and are left out: {named}"
        fix = "export .jsonl or a folder, which hold everything"
        findings.append(warning("ORL-0362", target.name, message, fix))
    return ExportReport(target, len(events), len(events) - len(lost), tuple(findings))
