"""Mapping files: how a plant's own layout becomes an event table."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oreline.exchange._columns import GRADE_SUFFIXES, PLAIN, quantity_column
from oreline.exchange._folder import read_toml, zone_of
from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._rows import Reading
from oreline.exchange._sheet import HeadedSheet, Sheet, fatal, note
from oreline.exchange._tables import near_to
from oreline.model import Finding, is_analyte

_FIELD = re.compile(r"\{([^{}]*)\}")
_UNIT_NAMES = {
    "%": "pct", "pct": "pct", "wt%": "pct", "wt.%": "pct", "wt %": "pct", "percent": "pct",
    "ppm": "ppm", "ppb": "ppb", "g/t": "g_per_t", "gpt": "g_per_t", "kg/t": "kg_per_t",
    "mg/kg": "mg_per_kg", "fraction": "fraction",
}  # fmt: skip
"""Units as laboratories write them, by the suffix that a column of an event table has."""


class _Skip(BaseModel):
    """Rows to leave out: those whose column matches a pattern."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    matches: str
    reason: str


class _Spec(BaseModel):
    """A mapping file as written; see ``docs/reference/chain-folder.md``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    sheet: str | None = None
    header_rows: list[int] = Field(min_length=1, max_length=4)
    unit_row: int | None = None
    first_row: int | None = None
    columns: dict[str, str]
    constants: dict[str, str] = {}
    templates: dict[str, str] = {}
    analytes: dict[str, str] = {}
    take_analytes: bool = False
    ignore: list[str] = []
    skip: list[_Skip] = []
    below: list[str] = []
    unknown: list[str] = []
    blank: list[str] = []
    decimal_comma: bool = False
    time_zone: str | None = None
    time_format: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file that was read and checked.

    ``spec`` holds the settings as written; ``name`` is what findings call the file.
    """

    name: str
    spec: Any = field(repr=False)

    def matches(self, file: str) -> bool:
        """Return whether a file, named from the chain folder, has this layout."""
        return fnmatch.fnmatchcase(file, self.spec.source)

    def reading(self, reading: Reading) -> Reading:
        """Return how tables are read under this mapping: in its own time zone, if it has one."""
        zone = self.spec.time_zone
        return reading if zone is None else replace(reading, zone=zone_of(zone))


def read_mapping(
    path: str | Path, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[Mapping | None, tuple[Finding, ...]]:
    """Read a mapping file, with everything that is wrong with it."""
    path = Path(path)
    name = name or path.name
    toml, findings = read_toml(path, name, limits)
    if findings:
        return None, tuple(findings)
    try:
        spec = _Spec.model_validate(toml)
    except ValidationError as error:
        return None, tuple(_wrong_field(detail, name) for detail in error.errors())
    findings = _wrong_spec(spec, name)
    return (None if findings else Mapping(name, spec)), tuple(findings)


def _wrong_field(detail: Any, name: str) -> Finding:
    place = ".".join(str(part) for part in detail["loc"])
    near = near_to(place, _Spec.model_fields)
    known = ", ".join(_Spec.model_fields)
    fix = f"did you mean {near}?" if near and near != place else f"the settings are {known}"
    return fatal("ORL-0350", f"{name} {place}", str(detail["msg"]), fix)


def _wrong_spec(spec: _Spec, name: str) -> list[Finding]:
    findings = []
    named = [*spec.columns.values(), *spec.constants, *spec.templates]
    for target in named:
        if not _is_layout_column(target):
            near = near_to(target, PLAIN)
            fix = f"did you mean {near}?" if near else "name a column of the event tables"
            message = f"{target} is no column of an event table"
            findings.append(fatal("ORL-0350", name, message, fix))
    for target in sorted({target for target in named if named.count(target) > 1}):
        message, fix = f"{target} is given twice", "give it once"
        findings.append(fatal("ORL-0350", name, message, fix))
    if spec.time_zone is not None and zone_of(spec.time_zone) is None:
        fix = 'write a name of the time zone database, such as "Asia/Karachi"'
        message = f"no time zone {spec.time_zone!r}"
        findings.append(fatal("ORL-0350", f"{name} time_zone", message, fix))
    for skip in spec.skip:
        try:
            re.compile(skip.matches)
        except re.error as error:
            fix = "correct the regular expression"
            findings.append(fatal("ORL-0350", f"{name} skip {skip.column}", str(error), fix))
    if any(row < 1 for row in [*spec.header_rows, spec.unit_row or 1, spec.first_row or 1]):
        message, fix = "rows are counted from 1", "write the number that the spreadsheet shows"
        findings.append(fatal("ORL-0350", name, message, fix))
    return findings


def _is_layout_column(name: str) -> bool:
    plain = name.removesuffix("_u")
    own = name.startswith("x_") and len(name) > 2
    quantity = quantity_column(name) or quantity_column(plain)
    return name in PLAIN or own or quantity is not None


def mapped(
    sheets: Sequence[Sheet], mapping: Mapping, file: str
) -> tuple[list[HeadedSheet], list[Finding]]:
    """Rewrite the sheets that a mapping speaks of as event tables."""
    spec: _Spec = mapping.spec
    wanted = [sheet for sheet in sheets if spec.sheet in {None, sheet.sheet}]
    if not wanted:
        near = near_to(spec.sheet or "", [sheet.sheet or "" for sheet in sheets])
        fix = f"did you mean {near}?" if near else "name a sheet that the workbook has"
        return [], [fatal("ORL-0351", file, f"no sheet {spec.sheet}", fix)]
    tables, findings = [], []
    for sheet in wanted:
        table, wrong = _table(sheet, spec, mapping.name)
        findings += wrong
        if table is not None:
            tables.append(table)
    return tables, findings


@dataclass(frozen=True, slots=True)
class _Source:
    """The columns of a source table: position by title, and the event column each becomes.

    ``is_text`` tells a CSV file from a workbook, which keeps numbers as numbers.
    """

    positions: dict[str, int]
    targets: dict[str, int]
    is_text: bool


def _table(sheet: Sheet, spec: _Spec, name: str) -> tuple[HeadedSheet | None, list[Finding]]:
    rows = dict(sheet.rows)
    titles = _titles(rows, spec.header_rows)
    units = rows.get(spec.unit_row or 0, [])
    source, findings = _source(titles, units, sheet, spec, name)
    if any(finding.severity == "fatal" for finding in findings):
        return None, findings
    heads = {*spec.header_rows, spec.unit_row or 0}
    first = spec.first_row or max(heads) + 1
    columns = tuple(dict.fromkeys([*source.targets, *spec.constants, *spec.templates]))
    if spec.time_format is not None and "time" not in columns:
        fix = "map a column to time, or leave time_format out"
        findings.append(fatal("ORL-0350", name, "time_format without a column of time", fix))
    for column in ("event", "kind", "time"):
        columns = columns if column in columns else (*columns, column)
    made = []
    skipped: dict[str, int] = {}
    for number, cells in sheet.rows:
        if number < first or number in heads:
            continue
        padded = cells + [""] * (len(titles) - len(cells))
        reason = _skipped(padded, source, spec)
        if reason is not None:
            skipped[reason] = skipped.get(reason, 0) + 1
            continue
        row = _row(padded, source, spec, sheet.where(number), findings)
        made.append((number, [row.get(column, "") for column in columns]))
    for reason, count in skipped.items():
        message, fix = f"{count} rows were left out: {reason}", "see skip in " + name
        findings.append(note("ORL-0354", sheet.where(), message, fix))
    return HeadedSheet(sheet, columns, made), findings


def _titles(rows: dict[int, list[str]], header_rows: Sequence[int]) -> list[str]:
    """Join the header rows; what stands above each other is separated by a space."""
    heads = [rows.get(number, []) for number in header_rows]
    width = max((len(head) for head in heads), default=0)
    return [
        " ".join(head[position] for head in heads if position < len(head) and head[position])
        for position in range(width)
    ]


def _source(
    titles: Sequence[str], units: Sequence[str], sheet: Sheet, spec: _Spec, name: str
) -> tuple[_Source, list[Finding]]:
    positions: dict[str, int] = {}
    repeated: dict[str, list[int]] = {}
    for position, title in enumerate(titles):
        if title and positions.setdefault(title, position) != position:
            repeated.setdefault(title, [positions[title]]).append(position)
    findings = []
    targets: dict[str, int] = {}
    for title, target in spec.columns.items():
        place = positions.get(title, _numbered(title, titles))
        if place is None:
            near = near_to(title, positions)
            fix = f"did you mean {near}?" if near else f"they are {', '.join(positions)[:400]}"
            message = f"the mapping {name} names the column {title!r}, which is not there"
            findings.append(fatal("ORL-0351", sheet.where(), message, fix))
        else:
            targets[target] = place
    ignored = set(spec.ignore)
    used = set(targets.values())
    for title, places in repeated.items():
        if title not in ignored and not all(place in used for place in places):
            numbers = " and ".join(str(place + 1) for place in places)
            message = f"{title!r} heads the columns {numbers}"
            fix = f"map them as '{title}#1' and '{title}#2', or list the title under ignore"
            findings.append(fatal("ORL-0352", sheet.where(), message, fix))
    if spec.take_analytes:
        once = ["" if title in repeated else title for title in titles]
        findings += _analyte_columns(once, units, sheet, spec, targets)
    left = [
        title
        for position, title in enumerate(titles)
        if title and position not in targets.values() and title not in ignored
        and title not in repeated and f"{title}" not in _in_templates(spec, titles)
    ]  # fmt: skip
    if left:
        message = f"columns that are not used: {', '.join(left)[:400]}"
        fix = "map them, or list them under ignore"
        findings.append(note("ORL-0353", sheet.where(), message, fix))
    return _Source(positions, targets, bool(sheet.separator)), findings


def _in_templates(spec: _Spec, titles: Sequence[str]) -> set[str]:
    texts = [*spec.templates.values(), *(f"{{{skip.column}}}" for skip in spec.skip)]
    named = {title for text in texts for title in _FIELD.findall(text)}
    return named & set(titles)


def _numbered(title: str, titles: Sequence[str]) -> int | None:
    """Return the position of the n-th column of a repeated title, written ``Au#2``."""
    plain, mark, count = title.rpartition("#")
    if not mark or not count.isdecimal() or len(count) > 3:
        return None
    places = [position for position, found in enumerate(titles) if found == plain]
    return places[int(count) - 1] if 0 < int(count) <= len(places) else None


def _analyte_columns(
    titles: Sequence[str],
    units: Sequence[str],
    sheet: Sheet,
    spec: _Spec,
    targets: dict[str, int],
) -> list[Finding]:
    """Add every column whose title is an analyte, in the unit of the unit row or of `analytes`."""
    findings = []
    taken = set(targets.values())
    for position, title in enumerate(titles):
        if position in taken or title in spec.ignore or not title or not is_analyte(title):
            continue
        unit = units[position] if position < len(units) and units[position] else ""
        unit = spec.analytes.get(title, unit)
        suffix = _UNIT_NAMES.get(unit.casefold())
        if suffix is None:
            message = f"the unit of {title} is {unit!r}" if unit else f"{title} has no unit"
            known = ", ".join(GRADE_SUFFIXES)
            fix = f'write it under [analytes], such as {title} = "ppm"; units: {known}'
            findings.append(fatal("ORL-0351", sheet.where(spec.unit_row, title), message, fix))
        elif f"{title}_{suffix}" in targets:
            message, fix = f"{title} is mapped twice", f"list {title} under ignore"
            findings.append(fatal("ORL-0352", sheet.where(), message, fix))
        else:
            targets[f"{title}_{suffix}"] = position
    return findings


def _skipped(cells: Sequence[str], source: _Source, spec: _Spec) -> str | None:
    for skip in spec.skip:
        position = source.positions.get(skip.column)
        if position is not None and re.search(skip.matches, cells[position]):
            return skip.reason
    return None


def _row(
    cells: Sequence[str], source: _Source, spec: _Spec, where: str, findings: list[Finding]
) -> dict[str, str]:
    row = dict(spec.constants)
    for target, position in source.targets.items():
        cell = cells[position]
        is_quantity = quantity_column(target.removesuffix("_u")) is not None
        row[target] = _number(cell, spec, is_text=source.is_text) if is_quantity else cell
    for target, template in spec.templates.items():
        place = f"{where} column {target}"
        row[target] = _filled(template, cells, source, (place, target), findings)
    for column in _TIMES:
        if spec.time_format is not None and row.get(column):
            place = f"{where} column {column}"
            row[column] = _time(row[column], spec.time_format, place, findings)
    return row


_TIMES = ("time", "time_start")
_FREE_TEXT = frozenset({*_TIMES, "note", "method", "source", "statement", "reason", "reported"})
"""Columns that a template fills with the cells as they are; all others are identifiers."""


def _number(cell: str, spec: _Spec, *, is_text: bool) -> str:
    """Return a cell of numbers; in text with decimal commas, points separate thousands."""
    if cell in spec.blank:
        return ""
    if cell in spec.unknown:
        return f"unknown: {cell}"
    for marker in spec.below:
        if cell.startswith(marker):
            cell = "<" + cell.removeprefix(marker).strip()
            break
    if spec.decimal_comma and cell.count(",") == 1:
        return cell.replace(".", "").replace(",", ".")
    if spec.decimal_comma and is_text and _THOUSANDS.fullmatch(cell):
        return cell.replace(".", "")
    return cell


_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")


def _filled(
    template: str,
    cells: Sequence[str],
    source: _Source,
    place: tuple[str, str],
    findings: list[Finding],
) -> str:
    where, target = place
    missing = []

    def fill(match: re.Match[str]) -> str:
        position = source.positions.get(match[1])
        value = cells[position] if position is not None else ""
        if not value:
            missing.append(match[1])
        if target in _FREE_TEXT:
            return value
        # Identifiers hold no spaces; a dot keeps the parts apart.
        return re.sub(r"[^A-Za-z0-9._/+-]+", ".", value).strip(".")

    filled = _FIELD.sub(fill, template)
    if missing:
        message = f"the template {template!r} needs {', '.join(missing)}, which is empty here"
        findings.append(fatal("ORL-0309", where, message, "fill in the cell, or skip the row"))
    return filled


def _time(cell: str, form: str, where: str, findings: list[Finding]) -> str:
    try:
        return datetime.strptime(cell, form).isoformat()  # noqa: DTZ007
    except ValueError:
        message = f"{cell[:60]!r} is not of the form {form}"
        findings.append(fatal("ORL-0331", where, message, "correct it, or the time_format"))
        return ""
