"""Weights and assays of a parcel as tables, for who has them in a spreadsheet."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from oreline.exchange import HeadedSheet, Located, TomlPath, read_table
from oreline.model import Finding, Severity
from oreline.settle._number_cells import WrongCell, read_number

WEIGHT_COLUMNS = (
    "lot", "at", "wet_wmt", "wet_u_wmt", "moisture_pct", "moisture_u_pct", "dry_dmt", "dry_u_dmt",
    "basis", "source",
)  # fmt: skip
ASSAY_COLUMNS = ("lot", "role", "analyte", "value", "unit", "u", "basis", "source")
_WEIGHT_FIELDS = {
    "wet_wmt": ("wet", "wmt"),
    "wet_u_wmt": ("wet_u", "wmt"),
    "moisture_pct": ("moisture", "%"),
    "moisture_u_pct": ("moisture_u", "%"),
    "dry_dmt": ("dry", "dmt"),
    "dry_u_dmt": ("dry_u", "dmt"),
}
_SIDES = ("loading", "discharge")
PARCEL_TABLES = ("weights", "assays")
"""Keys of a parcel that name a table beside it."""
_COLUMNS = {"weights": WEIGHT_COLUMNS, "assays": ASSAY_COLUMNS}
_NEEDED = {
    "weights": frozenset({"lot", "at"}),
    "assays": frozenset({"lot", "role", "analyte", "value", "unit"}),
}


def tables_of(found: Located) -> tuple[str, ...]:
    """Return the names of the files that a parcel names as its tables."""
    named = (found.values.get(key) for key in PARCEL_TABLES)
    return tuple(name for name in named if isinstance(name, str))


def with_tables(
    found: Located, tables: Mapping[str, bytes], name: str
) -> tuple[Located, tuple[Finding, ...]]:
    """Return a parcel with the rows of its tables among its lots, each with its cell."""
    if not tables_of(found):
        return found, ()
    merged = _Merged(deepcopy(dict(found.values)), dict(found.cells))
    for key in PARCEL_TABLES:
        file = found.values.get(key)
        if not isinstance(file, str):
            continue
        if file not in tables:
            fix = f"put the table beside {name}, or write the right name"
            where = found.where((key,), name)
            merged.wrong(where, f"the table {file} is not there", fix)
            continue
        merged.add(key, file, tables[file])
    return Located(merged.values, found.lines, merged.cells), tuple(merged.found)


@dataclass(slots=True)
class _Merged:
    """The values of a parcel with what its tables add, and where each stands."""

    values: dict[str, Any]
    cells: dict[TomlPath, str]
    found: list[Finding] = field(default_factory=list)

    def wrong(self, where: str, message: str, fix: str) -> None:
        self.found.append(Finding("ORL-0824", Severity.FATAL, where, message, fix))

    def add(self, key: str, file: str, data: bytes) -> None:
        """Add the rows of a table."""
        table, findings = read_table(data, file)
        self.found += findings
        if table is None or not self._has_columns(key, table):
            return
        for row, cells in _records(table):
            if not cells["lot"]:
                self.wrong(table.sheet.where(row, "lot"), "the cell is empty", "name the lot")
            elif key == "weights":
                self._weight(table, row, cells)
            else:
                self._assay(table, row, cells)

    def _has_columns(self, key: str, table: HeadedSheet) -> bool:
        known = _COLUMNS[key]
        for column in table.columns:
            if column and column not in known:
                near = difflib.get_close_matches(column, known, n=1)
                fix = f"write {near[0]}" if near else f"known are {', '.join(known)}"
                where = table.sheet.where(1, column)
                self.wrong(where, f"no column {column!r} is known here", fix)
        lacking = [one for one in known if one in _NEEDED[key] - set(table.columns)]
        for column in lacking:
            fix = f"begin the table with the row {','.join(known)}"
            self.wrong(table.sheet.where(), f"the column {column} is missing", fix)
        return not lacking

    def _lot(self, name: str, where: str) -> tuple[TomlPath, dict[str, Any]]:
        lots = self.values.setdefault("lots", [])
        if not isinstance(lots, list):
            return ("lots",), {}
        for number, lot in enumerate(lots):
            if isinstance(lot, dict) and lot.get("lot") == name:
                return ("lots", number), lot
        lots.append({"lot": name})
        place: TomlPath = ("lots", len(lots) - 1)
        self.cells[place] = where
        return place, lots[-1]

    def _weight(self, table: HeadedSheet, row: int, cells: Mapping[str, str]) -> None:
        place, lot = self._lot(cells["lot"], table.sheet.where(row, "lot"))
        side = cells["at"]
        where = table.sheet.where(row, "at")
        if side not in _SIDES:
            near = difflib.get_close_matches(side, _SIDES, n=1)
            fix = f"write {near[0] if near else ' or '.join(_SIDES)}"
            self.wrong(where, f"{side!r} is neither loading nor discharge", fix)
            return
        if side in lot:
            fix = "add the weights of its containers and write one row"
            self.wrong(where, f"the {side} weight of {cells['lot']} is told already", fix)
            return
        told: dict[str, Any] = {}
        place = (*place, side)
        self.cells[place] = table.sheet.where(row)
        for column, (key, unit) in _WEIGHT_FIELDS.items():
            if cells.get(column):
                said = self._number(table, row, column, cells[column], unit)
                self._put(told, place, key, table.sheet.where(row, column), said)
        self._known(told, place, table, row, cells)
        lot[side] = told

    def _assay(self, table: HeadedSheet, row: int, cells: Mapping[str, str]) -> None:
        place, lot = self._lot(cells["lot"], table.sheet.where(row, "lot"))
        role, analyte = cells["role"], cells["analyte"]
        for column in ("role", "analyte", "unit"):
            if not cells[column]:
                self.wrong(
                    table.sheet.where(row, column), "the cell is empty", f"write the {column}"
                )
                return
        results = lot.setdefault("assays", {}).setdefault(role, {})
        self.cells.setdefault((*place, "assays", role), table.sheet.where(row, "role"))
        if analyte in results:
            message = f"{analyte} of {cells['lot']} in the role {role} is told already"
            fix = "keep the result that the certificate states"
            self.wrong(table.sheet.where(row, "analyte"), message, fix)
            return
        told: dict[str, Any] = {}
        place = (*place, "assays", role, analyte)
        self.cells[place] = table.sheet.where(row, "analyte")
        for column in ("value", "u"):
            if column == "value" or cells.get(column):
                said = self._number(table, row, column, cells[column], cells["unit"])
                self._put(told, place, column, table.sheet.where(row, column), said)
        self._known(told, place, table, row, cells)
        results[analyte] = told

    def _number(
        self, table: HeadedSheet, row: int, column: str, text: str, unit: str
    ) -> str | None:
        """Return a cell with its unit; UNKNOWN and what is below a limit stay as written."""
        if text.casefold().startswith("unknown"):
            return text
        limit = text.removeprefix("<").strip()
        read = read_number(limit)
        if isinstance(read, WrongCell):
            self.wrong(table.sheet.where(row, column), read.message, read.fix)
            return None
        return f"{'<' if limit != text else ''}{limit} {unit}"

    def _put(self, told: dict[str, Any], place: TomlPath, key: str, where: str, said: Any) -> None:
        self.cells[*place, key] = where
        if said is not None:
            told[key] = said

    def _known(
        self,
        told: dict[str, Any],
        place: TomlPath,
        table: HeadedSheet,
        row: int,
        cells: Mapping[str, str],
    ) -> None:
        for key in ("basis", "source"):
            if cells.get(key):
                self._put(told, place, key, table.sheet.where(row, key), cells[key])


def _records(table: HeadedSheet) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in table.rows:
        yield number, dict(zip(table.columns, cells, strict=True))
