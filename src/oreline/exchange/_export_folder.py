"""Writes a ledger as a chain folder that imports into the same events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oreline.exchange._atomic import csv_bytes
from oreline.exchange._bodies import Json
from oreline.exchange._declare import declaration, form_of, returned_id, written_row
from oreline.exchange._declared_texts import TEXT_FORMS, text_files
from oreline.exchange._flatten import Row, column_order, event_rows
from oreline.exchange._folder import cross_checks
from oreline.exchange._limits import DEFAULT_LIMITS
from oreline.exchange._papers import Known
from oreline.exchange._prices import price_files
from oreline.exchange._rows import reading_of, table_drafts
from oreline.exchange._sheet import headed, read_csv
from oreline.exchange._tables import (
    FORMS,
    TableForm,
    TableRow,
    table_rows,
    unlisted,
    validated,
)
from oreline.model import Chain, Phase, canonical_json

_ASSIGNED = ("recorded", "seq", "salt")
Tables = dict[str, dict[str, Mapping[str, str | list[str]]]]


@dataclass(frozen=True, slots=True)
class FolderCounts:
    """How many events were written, how many of them as rows, and how many are withheld."""

    events: int
    in_tables: int
    withheld: int


def write_folder(
    stored: Sequence[Json], folder: Path, chain: Chain | None, name: str
) -> FolderCounts:
    """Write stored events, in their order, as a chain folder."""
    withheld = [event for event in stored if "withheld" in event]
    drafts = [
        {key: value for key, value in event.items() if key not in _ASSIGNED}
        for event in stored
        if "withheld" not in event
    ]
    described = _described(drafts, chain, name)
    tables, left = current_tables(drafts, described)
    known = Known(tables["parties"], tables["assumptions"])
    texts: dict[str, bytes] = {}
    for form in TEXT_FORMS:
        found, left = text_files(left, form, known, described)
        texts |= found
    prices, left = price_files(left, known, described, DEFAULT_LIMITS)
    rows, rest = _fitting(left, described)
    _write_tables(folder, tables, described)
    for path, data in {**texts, **prices}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
    events = folder / "events"
    events.mkdir()
    if rows:
        columns = column_order(rows)
        (events / "events.csv").write_bytes(csv_bytes(columns, rows))
    if rest:
        (events / "rest.jsonl").write_bytes(b"".join(canonical_json(e) + b"\n" for e in rest))
    if withheld:
        lines = b"".join(canonical_json(event) + b"\n" for event in withheld)
        (folder / "withheld.jsonl").write_bytes(lines)
    return FolderCounts(len(stored), len(drafts) - len(rest), len(withheld))


def _described(drafts: Sequence[Json], chain: Chain | None, name: str) -> Chain:
    """Return the chain's own settings; a ledger alone tells the day and the actor of its tables."""
    if chain is not None:
        return chain
    declared = [draft for draft in drafts if draft["schema"] == "declare/1"]
    days = Counter(draft["time"][:10] for draft in declared)
    actors = Counter(draft["actor"] for draft in declared)
    return Chain(
        name=name,
        title=name,
        currency="USD",
        declared=days.most_common(1)[0][0] if days else "1970-01-01",
        defaults={"actor": actors.most_common(1)[0][0]} if actors else {},
    )


def current_tables(drafts: Sequence[Json], chain: Chain | None) -> tuple[Tables, list[Json]]:
    """Return the present rows of every table, and the events that the tables do not give back.

    A declaration is left to a table only if reading the row makes the same event again.
    """
    settings = chain or _described(drafts, None, "ledger")
    latest = {
        (draft["body"]["type"], draft["body"]["id"]): draft
        for draft in drafts
        if draft["schema"] == "declare/1"
    }
    rows: dict[str, dict[str, TableRow]] = {form.name: {} for form in FORMS}
    rows["phases"] = {}
    made: dict[str, bytes] = {}
    for (kind, identity), draft in latest.items():
        found = _table_row(kind, identity, draft["body"])
        if found is None:
            continue
        table, row = found
        again = declaration(kind, identity, row.written, settings)
        # A row that returned to an earlier content has a later id; its past stands in the rest.
        if again in (draft, {**draft, "id": returned_id(draft["id"])}):
            rows[table][identity] = row
            made[row.where] = canonical_json(draft) if again == draft else b""
    for form in FORMS:
        _drop_changed(form, rows[form.name])
    _drop_dangling(rows)
    kept = {made[row.where] for table in rows.values() for row in table.values()}
    left = [draft for draft in drafts if canonical_json(draft) not in kept]
    tables: Tables = {
        name: {identity: row.written for identity, row in table.items()}
        for name, table in rows.items()
    }
    return tables, left


def _table_row(kind: str, identity: str, body: Json) -> tuple[str, TableRow] | None:
    """Return a declaration as a row of its table, None where the table cannot say it."""
    form = form_of(kind)
    if form is None and kind != "phase":
        return None
    data = body["data"]
    if any(not isinstance(value, str | list) for value in data.values()):
        return None
    dated = {name: body[name] for name in ("valid_from", "valid_to") if name in body}
    written = {"id": identity, **data, **dated}
    if form is None:
        known = {name: cell for name, cell in written.items() if name in Phase.model_fields}
        own = {name: cell for name, cell in written.items() if name not in Phase.model_fields}
        value, wrong = validated(Phase, {**known, "extra": own}, "")
    else:
        value, wrong = validated(form.row_type, written, "")
    if wrong:
        return None
    table = "phases" if form is None else form.name
    return table, TableRow(f"{table} {identity}", written_row(value), value)


def _drop_changed(form: TableForm, rows: dict[str, TableRow]) -> None:
    """Leave out rows that a file would not give back as they are: blanks at the ends, for one."""
    sheet, _ = read_csv(_table_bytes(form, rows), form.file, DEFAULT_LIMITS)
    table = None if sheet is None else headed(sheet)[0]
    again = {} if table is None else table_rows(form, table)[0]
    for identity, row in list(rows.items()):
        if identity not in again or again[identity].value != row.value:
            del rows[identity]


def _table_bytes(form: TableForm, rows: Mapping[str, TableRow]) -> bytes:
    cells = [
        {name: unlisted(form, name, cell) for name, cell in row.written.items()}
        for row in rows.values()
    ]
    return csv_bytes(form.columns, cells)


def _drop_dangling(rows: dict[str, dict[str, TableRow]]) -> None:
    """Leave out rows that name what the ledger never declared: a folder with them is refused."""
    while True:
        places = {f.where for f in cross_checks(rows) if f.severity == "fatal"}
        wrong = [
            (table, identity)
            for table, found in rows.items()
            for identity, row in found.items()
            if any(place.startswith(f"{row.where} column ") for place in places)
        ]
        if not wrong:
            return
        for table, identity in wrong:
            del rows[table][identity]


def _fitting(drafts: Sequence[Json], chain: Chain) -> tuple[list[Row], list[Json]]:
    """Divide events into rows that read back as the same events, and the rest.

    Events of one moment stay together on one side, since their order is that of the file.
    """
    written = {
        draft["id"]: rows
        for draft in drafts
        if draft["schema"] != "declare/1" and (rows := event_rows(draft)) is not None
    }
    while True:
        rows = [row for draft in drafts for row in written.get(draft["id"], ())]
        again = _read_again(rows, chain)
        wrong = {
            draft["id"]
            for draft in drafts
            if draft["id"] in written and again.get(draft["id"]) != canonical_json(draft)
        }
        moments = {
            draft["time"]
            for draft in drafts
            if draft["schema"] != "declare/1"
            and (draft["id"] in wrong or draft["id"] not in written)
        }
        leaving = wrong | {
            draft["id"] for draft in drafts if draft["id"] in written and draft["time"] in moments
        }
        if not leaving:
            return rows, [draft for draft in drafts if draft["id"] not in written]
        for identity in leaving:
            del written[identity]


def _read_again(rows: Sequence[Row], chain: Chain) -> dict[str, bytes]:
    if not rows:
        return {}
    columns = column_order(rows)
    sheet, _ = read_csv(csv_bytes(columns, rows), "events.csv", DEFAULT_LIMITS)
    table = None if sheet is None else headed(sheet)[0]
    if table is None:
        return {}
    placed, _ = table_drafts(table, reading_of(chain, None))
    return {item.draft["id"]: canonical_json(item.draft) for item in placed}


def _write_tables(folder: Path, tables: Tables, chain: Chain) -> None:
    (folder / "chain.toml").write_text(chain_toml(chain, tables["phases"]), encoding="utf-8")
    (folder / "evidence").mkdir()
    for form in FORMS:
        table = tables.get(form.name, {})
        if form.name == "evidence":
            # The reports themselves lie elsewhere; the rows keep their hashes.
            table = {
                identity: {k: v for k, v in written_row(item).items() if k != "file"}
                for identity, item in chain.evidence.items()
            }
        rows = [
            {name: unlisted(form, name, cell) for name, cell in written.items()}
            for written in table.values()
        ]
        if rows or not form.is_optional:
            (folder / form.file).write_bytes(csv_bytes(form.columns, rows))


def chain_toml(chain: Chain, phases: Mapping[str, Mapping[str, str | list[str]]]) -> str:
    """Return the settings of a chain as the text of its chain.toml."""
    lines = [
        f"name = {toml_text(chain.name)}",
        f"title = {toml_text(chain.title)}",
        f"currency = {toml_text(chain.currency)}",
        f"boundary_view = {toml_text(chain.boundary_view)}",
        f"declared = {chain.declared}",
    ]
    if chain.horizon is not None:
        lines += [f"horizon_start = {chain.horizon[0]}", f"horizon_end = {chain.horizon[1]}"]
    if chain.defaults:
        lines += ["", "[defaults]"]
        lines += [f"{name} = {toml_text(value)}" for name, value in chain.defaults.items()]
    for phase in phases.values():
        lines += ["", "[[phases]]"]
        lines += [f"{toml_text(name)} = {toml_text(str(cell))}" for name, cell in phase.items()]
    return "\n".join([*lines, ""])


def toml_text(text: str) -> str:
    r"""Return a text as a TOML string.

    >>> print(toml_text('a "b"'))
    "a \"b\""
    """
    plain = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(
        plain.get(mark) or (f"\\u{ord(mark):04x}" if ord(mark) < 32 or ord(mark) == 127 else mark)
        for mark in text
    ) + '"'  # fmt: skip
