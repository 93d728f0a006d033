"""Reads a file of events, whatever its form, into drafts and findings."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from oreline.exchange._bodies import Json
from oreline.exchange._folder import zone_of
from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._mapping import Mapping, mapped
from oreline.exchange._rows import Placed, reading_of, table_drafts
from oreline.exchange._sheet import (
    HeadedSheet,
    Sheet,
    capped,
    fatal,
    headed,
    note,
    over,
    read_bytes,
    read_csv,
    warning,
)
from oreline.exchange._tables import near_to
from oreline.exchange._workbook import read_parquet, read_workbook
from oreline.model import (
    Chain,
    Finding,
    InputError,
    LimitExceededError,
    canonical_json,
    check_event,
    is_fatal,
    strict_loads,
)

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
SUFFIXES = (*TABLE_SUFFIXES, ".jsonl")
_ASSIGNED = ("recorded", "seq", "salt")
_REFERENCES = {
    "site": "sites", "to_site": "sites", "party": "parties", "to_party": "parties",
}  # fmt: skip


def read_events(
    path: str | Path,
    chain: Chain | None = None,
    *,
    mapping: Mapping | None = None,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[list[Json], tuple[Finding, ...]]:
    """Read the events of one file.

    Parameters
    ----------
    path
        A CSV, Excel (.xlsx), Parquet or JSONL file. The columns are those of
        ``docs/reference/chain-folder.md``; a mapping reads other layouts.
    chain
        Gives the defaults (time zone, actor, basis), the evidence ids, and the sites, parties and
        materials that events may name.
    mapping
        How the columns of a plant's own layout become those of an event table.
    name
        What findings call the file, by default its name.
    limits
        How much is read at most.

    Returns
    -------
    drafts, findings
        The events as JSON objects, in the order of their first rows; none where any finding is
        fatal. Every problem of the file is listed, up to the limit of findings.
    """
    placed, findings = placed_events(Path(path), chain, mapping, name or Path(path).name, limits)
    return [item.draft for item in placed], tuple(findings)


def placed_events(
    path: Path, chain: Chain | None, mapping: Mapping | None, name: str, limits: Limits
) -> tuple[list[Placed], list[Finding]]:
    """Read the events of one file and keep where each was written."""
    data, findings = read_bytes(path, name, limits)
    if data is None:
        return [], findings
    with _no_collection():
        return _placed(data, findings, path, chain, mapping, name, limits)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the collector of reference cycles, of which events have none.

    It would look through every event made so far, again and again, and double the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _placed(
    data: bytes,
    findings: list[Finding],
    path: Path,
    chain: Chain | None,
    mapping: Mapping | None,
    name: str,
    limits: Limits,
) -> tuple[list[Placed], list[Finding]]:
    if path.suffix.lower() == ".jsonl" and mapping is None:
        placed, wrong = _json_lines(data, name, limits)
    else:
        placed, wrong = _tables(data, path.suffix.lower(), chain, mapping, name, limits)
    placed, repeated = without_repetitions(placed)
    findings += wrong + repeated
    if chain is not None:
        findings += _unknown_names(placed, chain)
    findings = capped(findings, limits, name)
    return ([] if is_fatal(findings) else placed), findings


def _tables(
    data: bytes,
    suffix: str,
    chain: Chain | None,
    mapping: Mapping | None,
    name: str,
    limits: Limits,
) -> tuple[list[Placed], list[Finding]]:
    sheets, findings = _sheets(data, suffix, name, limits)
    zone = zone_of(chain.defaults["time_zone"]) if chain and "time_zone" in chain.defaults else None
    reading = reading_of(chain, zone)
    placed: list[Placed] = []
    tables: list[HeadedSheet] = []
    if mapping is not None:
        tables, wrong = mapped(sheets, mapping, name)
        findings += wrong
    else:
        for sheet in sheets:
            table, wrong = headed(sheet)
            findings += wrong
            if table is not None and not any(f.code in {"ORL-0306", "ORL-0308"} for f in wrong):
                tables.append(table)
    for table in tables:
        drafts, wrong = table_drafts(table, mapping.reading(reading) if mapping else reading)
        placed += drafts
        findings += wrong
    return placed, findings


def _sheets(
    data: bytes, suffix: str, name: str, limits: Limits
) -> tuple[Sequence[Sheet], list[Finding]]:
    if suffix == ".xlsx":
        return read_workbook(data, name, limits)
    if suffix not in TABLE_SUFFIXES:
        fix = "write one of " + ", ".join(SUFFIXES)
        return [], [fatal("ORL-0302", name, f"files named {suffix!r} are not read", fix)]
    read = read_parquet if suffix == ".parquet" else read_csv
    sheet, findings = read(data, name, limits)
    return ([] if sheet is None else [sheet]), findings


def _json_lines(data: bytes, name: str, limits: Limits) -> tuple[list[Placed], list[Finding]]:
    """Read one event per line, as drafts or as the ledger stores them."""
    placed: list[Placed] = []
    findings: list[Finding] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if number > limits.rows:
            return [], [*findings, over("rows", limits.rows, name, "split the file")]
        if not line.strip():
            continue
        where = f"{name} line {number}"
        try:
            raw = strict_loads(line.strip())
        except (InputError, LimitExceededError) as error:
            fix = "write one JSON object per line; quantities are text in quotes"
            findings.append(fatal("ORL-0341", where, str(error).partition("\n")[0], fix))
            continue
        if not isinstance(raw, dict):
            fix = "write one JSON object per line"
            findings.append(fatal("ORL-0341", where, "this line is not an event", fix))
            continue
        draft, wrong = _as_draft(raw, where)
        findings += wrong
        placed.append(Placed(draft, f"{where} event {draft.get('id')}"))
    return placed, findings


def _as_draft(raw: Json, where: str) -> tuple[Json, list[Finding]]:
    """Return a stored event without what the ledger gave it; it will give it anew."""
    draft = {key: value for key, value in raw.items() if key not in _ASSIGNED}
    pointers = draft.get("withhold", [])
    checked = {key: value for key, value in draft.items() if key != "withhold"}
    findings = list(check_event(checked, where))
    if not isinstance(pointers, list) or not all(isinstance(item, str) for item in pointers):
        fix = 'write a list of pointers, such as ["/body/price"]'
        findings.append(fatal("ORL-0341", f"{where} withhold", "not a list of pointers", fix))
    if "withheld" in draft:
        message = "fields of the event are withheld, so that it cannot be entered anew"
        fix = "export the ledger with the withheld fields, or copy its database"
        findings.append(fatal("ORL-0360", where, message, fix))
    return draft, findings


def without_repetitions(placed: Sequence[Placed]) -> tuple[list[Placed], list[Finding]]:
    """Drop events that are given twice; the same id with other content is fatal."""
    first: dict[str, Placed] = {}
    kept: list[Placed] = []
    findings = []
    for item in placed:
        identity = item.draft.get("id")
        if not isinstance(identity, str):
            continue
        before = first.setdefault(identity, item)
        if before is item:
            kept.append(item)
        elif canonical_json(before.draft) == canonical_json(item.draft):
            message, fix = f"given before, at {before.where}", "nothing: it is entered once"
            findings.append(note("ORL-0344", item.where, message, fix))
        else:
            message = f"the id {identity} is used with other content at {before.where}"
            fix = "give one of the two an id of its own"
            findings.append(fatal("ORL-0340", item.where, message, fix))
    return kept, findings


def _unknown_names(placed: Sequence[Placed], chain: Chain) -> list[Finding]:
    """Return a warning for each name that the chain does not have, at its first place."""
    tables = {
        "sites": frozenset(chain.sites),
        "parties": frozenset(chain.parties),
        "materials": frozenset(chain.materials),
    }
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for item in placed:
        draft = item.draft
        for field, table in _REFERENCES.items():
            name = draft.get(field)
            if name is not None and name not in tables[table]:
                where, count = first.get((table, name), (f"{item.where} {field}", 0))
                first[table, name] = where, count + 1
        for name in _materials(draft.get("body")):
            if name not in chain.materials:
                where, count = first.get(("materials", name), (f"{item.where} material", 0))
                first["materials", name] = where, count + 1
    findings = []
    for (table, name), (where, count) in first.items():
        near = near_to(name, tables[table])
        hint = f"did you mean {near}? Else " if near else ""
        times = "" if count == 1 else f" ({count} times)"
        message = f"{name} is not in {table}.csv{times}"
        findings.append(warning("ORL-0343", where, message, f"{hint}add it to {table}.csv"))
    return findings


def _materials(body: object) -> list[str]:
    if not isinstance(body, dict):
        return []
    lines = [line for name in ("inputs", "outputs", "lots") for line in body.get(name, ())]
    return [line["material"] for line in lines if isinstance(line, dict) and "material" in line]
