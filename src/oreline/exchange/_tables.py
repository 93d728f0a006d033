"""The tables of a chain folder: their columns, and how a row becomes a typed value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from oreline.exchange._sheet import HeadedSheet, fatal, records, warning
from oreline.model import (
    Assumption,
    EvidenceItem,
    Finding,
    Material,
    Party,
    Permit,
    Route,
    Rule,
    Site,
)


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table: its file, its columns in order, and what a row becomes.

    ``lists`` names the columns that hold several values, with their separator (None: spaces).
    ``refers`` names the columns that hold an id of another table. ``declares`` is the type of the
    `declare` event that a row becomes; the evidence table becomes none.
    """

    name: str
    file: str
    row_type: type[BaseModel]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    declares: str | None = None
    is_optional: bool = False
    lists: Mapping[str, str | None] = field(default_factory=dict)
    refers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: where it stands, what was written, and what it means.

    ``value`` is None where the row is wrong.
    """

    where: str
    written: Mapping[str, str | list[str]]
    value: Any


FORMS = (
    TableForm(
        "assumptions",
        "assumptions.csv",
        Assumption,
        ("id", "value", "low", "high", "unit", "reasoning", "basis", "source"),
        ("id", "value", "unit", "reasoning"),
        "assumption",
    ),
    TableForm(
        "parties",
        "parties.csv",
        Party,
        (
            "id", "name", "country", "lei", "roles", "owners", "valid_from", "valid_to", "basis",
            "source",
        ),
        ("id", "name", "basis"),
        "party",
        lists={"roles": None, "owners": ";"},
    ),
    TableForm(
        "sites",
        "sites.csv",
        Site,
        (
            "id", "name", "kind", "country", "region", "district", "lat", "lon", "precision_km",
            "operator", "custody_model", "role", "valid_from", "valid_to", "basis", "source",
        ),
        ("id", "name", "kind", "basis"),
        "site",
        refers={"operator": "parties"},
    ),
    TableForm(
        "materials",
        "materials.csv",
        Material,
        ("id", "name", "form", "stage", "hs_code", "tracked", "basis", "source"),
        ("id", "name", "basis"),
        "material",
        lists={"tracked": None},
    ),
    TableForm(
        "routes",
        "routes.csv",
        Route,
        ("id", "from", "to", "mode", "distance_km", "cost_usd_per_t", "days", "basis", "source"),
        ("id", "from", "to", "mode", "basis"),
        "route",
        refers={"from": "sites", "to": "sites"},
    ),
    TableForm(
        "permits",
        "permits.csv",
        Permit,
        (
            "id", "type", "site", "issuer", "holder", "scope", "phases", "valid_from", "valid_to",
            "status", "basis", "source",
        ),
        ("id", "type", "basis"),
        "permit",
        lists={"phases": None},
        refers={"site": "sites", "holder": "parties", "phases": "phases"},
    ),
    TableForm(
        "rules",
        "rules.csv",
        Rule,
        ("id", "kind", "scope", "prefer", "tie", "valid_from", "valid_to", "basis", "source"),
        ("id", "kind", "scope", "prefer", "basis"),
        "rule",
        is_optional=True,
        lists={"prefer": ">"},
    ),
    TableForm(
        "evidence",
        "evidence/evidence.csv",
        EvidenceItem,
        ("id", "outlet", "title", "date", "sha256", "file", "quote", "note"),
        ("id", "outlet", "title", "date", "sha256", "quote"),
        is_optional=True,
    ),
)  # fmt: skip


def table_rows(form: TableForm, table: HeadedSheet) -> tuple[dict[str, TableRow], list[Finding]]:
    """Return the rows of a table by id, and everything that is wrong with them."""
    findings = _wrong_columns(form, table)
    rows: dict[str, TableRow] = {}
    for number, cells in records(table):
        known = {name: cell for name, cell in cells.items() if name in form.columns}
        written = {name: listed(form, name, cell) for name, cell in known.items()}
        where = table.sheet.where(number)
        value, wrong = validated(form.row_type, written, where, form.required)
        findings += wrong
        identity = cells.get("id", "")
        if identity in rows:
            message = f"the id {identity} stands twice; first in {rows[identity].where}"
            fix = "give each row an id of its own"
            findings.append(fatal("ORL-0311", f"{where} column id", message, fix))
        elif identity:
            # A row that is wrong still has its id: what refers to it is not wrong as well.
            rows[identity] = TableRow(where, written, value)
            findings += _unsourced(written, where, form)
    return rows, findings


def listed(form: TableForm, name: str, cell: str) -> str | list[str]:
    """Return a cell as written, or as its list of values where the column holds several."""
    if name not in form.lists:
        return cell
    return [part.strip() for part in cell.split(form.lists[name]) if part.strip()]


def unlisted(form: TableForm, name: str, value: str | Sequence[str]) -> str:
    """Return what :func:`listed` would read back as the same value."""
    if isinstance(value, str):
        return value
    return (form.lists.get(name) or " ").join(value)


def _wrong_columns(form: TableForm, table: HeadedSheet) -> list[Finding]:
    header = table.sheet.rows[0][0]
    where = table.sheet.where(header)
    unknown = [
        unknown_column(name, form.columns, f"{where} column {name}")
        for name in table.columns
        if name and name not in form.columns
    ]
    return unknown + [
        fatal("ORL-0308", where, f"the column {name} is missing", f"add the column {name}")
        for name in form.required
        if name not in table.columns
    ]


def unknown_column(
    name: str, known: Iterable[str], where: str, otherwise: str = "remove it"
) -> Finding:
    """Return the finding about a column that means nothing here, with the nearest that does."""
    near = near_to(name, known)
    hint = f"did you mean {near}? " if near else ""
    fix = f"{hint}correct the name, or {otherwise}"
    return fatal("ORL-0307", where, f"the column {name} is not known", fix)


def near_to(word: str, known: Iterable[str]) -> str:
    """Return the word that is most like a misspelt one, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold()[:80], by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def _unsourced(
    written: Mapping[str, str | list[str]], where: str, form: TableForm
) -> list[Finding]:
    if "source" not in form.columns or "source" in written or form.name == "assumptions":
        return []
    if written.get("basis") == "assumed":
        return []  # refused by the check of assumptions
    fix = "write where it is known from: a document, an evidence id, an assumption id"
    return [warning("ORL-0319", f"{where} column source", "the row has no source", fix)]


def validated(
    row_type: type[BaseModel],
    written: Mapping[str, Any],
    where: str,
    required: Sequence[str] = (),
) -> tuple[Any | None, list[Finding]]:
    """Return the typed row, or None and one finding for each cell that is wrong."""
    try:
        return row_type.model_validate(dict(written)), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        return None, [_cell_finding(detail, where, required) for detail in details]


def _cell_finding(detail: Any, where: str, required: Sequence[str]) -> Finding:
    column = str(detail["loc"][0]) if detail["loc"] else ""
    place = f"{where} column {column}" if column else where
    kind, given = detail["type"], detail.get("input")
    if kind == "missing":
        return fatal("ORL-0309", place, "the cell is empty", f"fill in {column}")
    shown = f" (given: {given!r})" if isinstance(given, str) else ""
    message = str(detail["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        message = f"not of the form expected{shown}"
        return fatal("ORL-0310", place, message, _FORMS.get(column, _FORMS["id"]))
    if kind in {"enum", "literal_error"}:
        expected = str(detail.get("ctx", {}).get("expected", "a word of the list"))
        return fatal("ORL-0310", place, f"not a word known here{shown}", f"write {expected}")
    if column in {"lat", "lon"}:
        fix = "degrees as a decimal number, lat from -90 to 90, lon from -180 to 180"
        return fatal("ORL-0315", place, f"{message}{shown}", fix)
    if "valid_to is before" in message or "ends before" in message:
        return fatal("ORL-0320", place, message, "correct one of the two days")
    if "low <= value" in message:
        return fatal("ORL-0314", place, message, "correct value, low or high")
    return fatal("ORL-0310", place, f"{message}{shown}", _FORMS.get(column, "correct the cell"))


_DAY = "write the day as 2025-09-01"
_FORMS = {
    "id": "use letters, digits and . _ : / + - only, no spaces, and begin with a letter or digit",
    "valid_from": _DAY,
    "valid_to": _DAY,
    "date": _DAY,
    "start": _DAY,
    "end": _DAY,
    "sha256": "write the SHA-256 of the file as 64 hexadecimal digits in lower case",
    "lei": "write the 20 letters and digits of the legal entity identifier",
    "hs_code": "write the digits of the code without points",
    "currency": "write the ISO 4217 code, such as USD",
    "owners": "write owner:share% and separate several by semicolons, such as fwo:60%;ussm:40%",
}
