"""From the rows of an event table to drafts of events."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from oreline.exchange._bodies import KIND_FORMS, ORIGIN, EventRow, Group, Json
from oreline.exchange._cells import (
    Remembered,
    Wrong,
    moment_reader,
    parse_amount,
    parse_mass,
    parse_number,
)
from oreline.exchange._columns import BODY, ENVELOPE, QUALITIES, Layout, grade_column, layout
from oreline.exchange._sheet import HeadedSheet, Sheet, fatal, warning
from oreline.exchange._tables import near_to
from oreline.model import KINDS, Chain, EvidenceItem, Finding, canonical_json, check_event, is_fatal

_ROW_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "oreline:event-row")
_MERGED = frozenset({*ENVELOPE, *BODY})
_REPLACED = {
    "new_time": "time", "new_time_start": "time_start", "new_site": "site",
    "new_to_site": "to_site", "new_party": "party", "new_to_party": "to_party",
}  # fmt: skip
_CORRECTION = frozenset({"target", "action", "reason", "as_kind", *_REPLACED})
_EVERYWHERE = frozenset({*ENVELOPE, *QUALITIES})
_COPIED = ("actor", "party", "to_party", "site", "to_site", "external_id", "note")


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands behind a table: the defaults of its chain and its evidence."""

    zone: ZoneInfo | None = None
    actor: str = "import"
    basis: str | None = None
    evidence: Mapping[str, EvidenceItem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft and where it was written."""

    draft: Json
    where: str


def reading_of(chain: Chain | None, zone: ZoneInfo | None) -> Reading:
    """Return what a chain gives to the tables of its events."""
    if chain is None:
        return Reading(zone)
    defaults = chain.defaults
    actor = defaults.get("actor", "import")
    return Reading(zone, actor, defaults.get("basis"), chain.evidence)


def table_drafts(table: HeadedSheet, reading: Reading) -> tuple[list[Placed], list[Finding]]:
    """Return the drafts of a table in the order of their first rows."""
    header = table.sheet.rows[0][0] if table.sheet.rows else 1
    columns, findings = layout(table.columns, table.sheet.where(header))
    if findings:
        return [], findings
    groups: dict[str, list[EventRow]] = {}
    for row in _event_rows(table, columns, reading, findings):
        identity = _event_id(row, groups, table.sheet, findings)
        if identity is not None:
            groups.setdefault(identity, []).append(row)
    placed = []
    moment = Remembered(moment_reader(reading.zone))
    place = table.sheet.where
    for identity, rows in groups.items():
        group = Group(rows, rows[0].words, place, [])
        if len(rows) > 1:
            group.words = _merged(group)
        draft = _draft(identity, group, reading, moment)
        if draft is not None and not is_fatal(group.findings) and not any(r.is_wrong for r in rows):
            where = f"{place(rows[0].number)} event {identity}"
            group.findings += [
                _named(finding, where, draft) for finding in check_event(draft, where)
            ]
            placed.append(Placed(draft, where))
        findings += group.findings
    return placed, findings


def _named(finding: Finding, where: str, draft: Json) -> Finding:
    """Return a finding about a grade with the name of its column."""
    step: Any = draft
    for part in finding.where.removeprefix(where).strip().split("/"):
        if isinstance(step, list) and part.isdecimal() and int(part) < len(step):
            step = step[int(part)]
        elif isinstance(step, dict) and part in step:
            step = step[part]
        else:
            break
        if isinstance(step, dict) and "analyte" in step and step.get("unit"):
            column = grade_column(step["analyte"], step["unit"])
            return replace(finding, where=f"{finding.where} column {column}")
    return finding


def _event_rows(
    table: HeadedSheet, columns: Layout, reading: Reading, findings: list[Finding]
) -> Iterator[EventRow]:
    """Yield every row with its quantities parsed; cells that are wrong become findings."""
    place = table.sheet.where
    masses, grades = Remembered(parse_mass), Remembered(parse_amount)
    numbers = Remembered(parse_number)
    names, plain, own = columns.columns, tuple(columns.plain.items()), tuple(columns.own)
    quantities = tuple(columns.quantities.items())
    uncertainty = {of: position for position, of in columns.u.items()}
    for number, cells in table.rows:
        words = {name: cells[position] for position, name in plain if cells[position]}
        row = EventRow(number, words)
        before = len(findings)
        if own:
            row.own = {names[position]: cells[position] for position in own if cells[position]}
        if "basis" not in words and reading.basis is not None:
            words["basis"] = reading.basis
        for position, column in quantities:
            cell = cells[position]
            u = cells[uncertainty[position]] if position in uncertainty else ""
            if not cell and not u:
                continue
            is_grade = column.analyte is not None
            form = (grades if is_grade else masses)[cell] if cell else _NO_VALUE
            if isinstance(form, Wrong):
                findings.append(form.finding(place(number, column.name)))
                continue
            known_u = numbers[u] if u else None
            if isinstance(known_u, Wrong):
                findings.append(known_u.finding(place(number, column.name + "_u")))
                continue
            quantity = _quantity(form, column.unit, known_u, words, is_grade)
            if "basis" not in quantity and "unknown" not in form:
                findings.append(_NO_BASIS.finding(place(number, column.name)))
            if column.analyte is not None:
                quantity["analyte"] = column.analyte
            wrong = _put(row, column.field, quantity)
            if wrong is not None:
                findings.append(wrong.finding(place(number, column.name)))
        row.is_wrong = len(findings) > before
        yield row


_NO_VALUE = Wrong(
    "ORL-0309", "an uncertainty without its value", "give the value, or clear the uncertainty"
)
_NO_BASIS = Wrong(
    "ORL-0334",
    "the quantity has no basis",
    "write measured, reported, assumed, planned or derived into the column basis, or set basis in "
    "chain.toml [defaults]",
)


def _quantity(
    form: dict[str, str], unit: str, u: str | None, words: Mapping[str, str], is_grade: bool
) -> Json:
    quantity: Json = dict(form)
    if "unknown" not in form:
        quantity["unit"] = unit
        if "basis" in words:
            quantity["basis"] = words["basis"]
    if u is not None:
        quantity["u"] = u
    if "method" in words and words.get("kind") != "count":
        quantity["method"] = words["method"]
    if "source" in words:
        quantity["source"] = words["source"]
    if is_grade and "drying" in words:
        quantity["drying"] = words["drying"]
    return quantity


def _put(row: EventRow, name: str, quantity: Json) -> Wrong | None:
    if name == "grade":
        if any(grade["analyte"] == quantity["analyte"] for grade in row.grades):
            return _twice(quantity["analyte"])
        row.grades.append(quantity)
    elif name == "moisture":
        if row.moisture is not None:
            return _twice("the moisture")
        row.moisture = quantity
    elif name in row.masses:
        return _twice(f"the {name} mass")
    else:
        row.masses[name] = quantity
    return None


def _twice(what: str) -> Wrong:
    fix = "keep one, or write the other into a row of its own"
    return Wrong("ORL-0335", f"two columns of the row give {what}", fix)


def _event_id(
    row: EventRow, groups: Mapping[str, list[EventRow]], sheet: Sheet, findings: list[Finding]
) -> str | None:
    """Return the id as written, or one made of the row's content; None for a repetition."""
    identity = row.words.get("event")
    if identity is not None:
        return identity
    content: list[Any] = [row.words, row.own, row.masses, {"grades": row.grades}]
    if row.moisture is not None:
        content.append(row.moisture)
    identity = str(uuid.uuid5(_ROW_NAMESPACE, canonical_json(content).decode()))
    if identity in groups:
        message = f"the same as row {groups[identity][0].number}, and neither has an event id"
        fix = "delete the repetition, or give both an event id if it happened twice"
        findings.append(fatal("ORL-0339", sheet.where(row.number, "event"), message, fix))
        return None
    return identity


def _merged(group: Group) -> dict[str, str]:
    """Return the words of an event: each row agrees or leaves the cell empty."""
    merged = dict(group.rows[0].words)
    for row in group.rows[1:]:
        for name, cell in row.words.items():
            if merged.setdefault(name, cell) != cell and name in _MERGED:
                first = merged[name]
                message = f"{cell[:60]!r}, but another row of the event says {first[:60]!r}"
                fix = "write the same in all rows of an event, or only in the first"
                group.wrong(Wrong("ORL-0336", message, fix), name, row)
    return merged


def _draft(identity: str, group: Group, reading: Reading, moment: Remembered[str]) -> Json | None:
    words = group.words
    kind = words.get("kind", "")
    if kind not in KINDS:
        near = near_to(kind, KINDS)
        fix = f"did you mean {near}?" if near else "write one of " + ", ".join(KINDS)
        message = f"the kind {kind!r} is not known" if kind else "the cell is empty"
        group.wrong(Wrong("ORL-0330", message, fix), "kind")
        return None
    draft: Json = {"schema": f"{kind}/1", "id": identity, "actor": reading.actor}
    if "time" not in words:
        group.wrong(Wrong("ORL-0309", "the cell is empty", "write when it happened"), "time")
    for name in ("time", "time_start"):
        if name in words:
            draft[name] = _moment(words[name], name, group, moment)
    draft |= {name: words[name] for name in _COPIED if name in words}
    if "refs" in words:
        draft["refs"] = words["refs"].split()
    if "evidence" in words:
        draft["evidence"] = list(_hashes(words["evidence"], group, reading))
    extra = {
        name.removeprefix("x_"): cell
        for row in group.rows
        for name, cell in row.own.items()
        if name.startswith("x_")
    }
    if extra:
        draft["extra"] = extra
    draft["body"] = _correction(group, moment) if kind == "correct" else _body(kind, group)
    return draft


def _moment(cell: str, column: str, group: Group, moment: Remembered[str]) -> str:
    value = moment[cell]
    if isinstance(value, Wrong):
        group.wrong(value, column)
        return ""
    return value


def _hashes(cell: str, group: Group, reading: Reading) -> Iterable[str]:
    for word in cell.split():
        if word in reading.evidence:
            yield reading.evidence[word].sha256
        elif len(word) == 64:
            yield word
        else:
            near = near_to(word, reading.evidence)
            hint = f"did you mean {near}? Else " if near else ""
            fix = f"{hint}add it to evidence/evidence.csv, or write the SHA-256 of the document"
            group.wrong(Wrong("ORL-0312", f"no evidence {word[:60]!r}", fix), "evidence")


def _body(kind: str, group: Group, beside: frozenset[str] = frozenset()) -> Json:
    form = KIND_FORMS[kind]
    allowed = form.words | _EVERYWHERE | beside
    for row in group.rows:
        for column in row.words.keys() - allowed:
            _unused(kind, column, row, group)
        fields = set(row.masses)
        if row.moisture is not None:
            fields.add("moisture")
        if row.grades:
            fields.add("grade")
        for column in fields - form.quantities:
            _unused(kind, column, row, group)
        if not fields:
            _speaks_of_nothing(kind, row, group)
        if kind != "declare":
            for column in [name for name in row.own if name.startswith("data_")]:
                _unused(kind, column, row, group)
    return form.body(group)


def _speaks_of_nothing(kind: str, row: EventRow, group: Group) -> None:
    """Warn of a source or method in a row without any quantity or origin: it would be lost."""
    if any(column in row.words for column in ORIGIN):
        return
    for column in ("source", "method", "drying"):
        if column in row.words and (kind, column) != ("count", "method"):
            message = f"the {column} is not kept: the row has no quantity that it could speak of"
            fix = "write it into note, or into a column that begins with x_"
            where = group.place(row.number, column)
            group.findings.append(warning("ORL-0337", where, message, fix))


def _unused(kind: str, column: str, row: EventRow, group: Group) -> None:
    message = f"an event of kind {kind} has no {column}"
    fix = "clear the cell, correct the kind, or write it into a column that begins with x_"
    group.wrong(Wrong("ORL-0337", message, fix), column, row)


def _correction(group: Group, moment: Remembered[str]) -> Json:
    words = group.words
    body: Json = {n: words[n] for n in ("target", "action", "reason") if n in words}
    replacement: Json = {n: words[c] for c, n in _REPLACED.items() if c in words}
    for column in ("new_time", "new_time_start"):
        if column in words:
            replacement[_REPLACED[column]] = _moment(words[column], column, group, moment)
    kind = words.get("as_kind")
    if kind is None:
        for row in group.rows:
            for column in row.words.keys() - _CORRECTION - _EVERYWHERE:
                _unused("correct without as_kind", column, row, group)
    elif kind in KIND_FORMS and kind != "credit":
        inner = Group(group.rows, {**words, "kind": kind}, group.place, group.findings)
        replacement["body"] = _body(kind, inner, _CORRECTION)
    else:
        fix = "write the kind of the corrected event; what a table cannot hold goes into JSONL"
        group.wrong(Wrong("ORL-0330", f"as_kind {kind!r} cannot be written here", fix), "as_kind")
    return body | ({"replacement": replacement} if replacement else {})
