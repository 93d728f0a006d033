"""Reads a chain folder: all tables, all checks, all problems at once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._sheet import (
    capped,
    fatal,
    headed,
    note,
    over,
    read_bytes,
    read_csv,
    warning,
)
from oreline.exchange._tables import (
    FORMS,
    TableForm,
    TableRow,
    near_to,
    table_rows,
    unknown_column,
    validated,
)
from oreline.model import Basis, Chain, Finding, Phase, is_fatal
from oreline.reference import UnknownCountryError, UnknownTableError, country

CHAIN_KEYS = (
    "name", "title", "currency", "horizon_start", "horizon_end", "boundary_view", "declared",
    "rules", "phases", "defaults", "markets",
)  # fmt: skip
DEFAULT_KEYS = ("time_zone", "actor", "basis")
Rows = dict[str, dict[str, TableRow]]


def read_chain(
    folder: str | Path, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[Chain | None, tuple[Finding, ...]]:
    """Read a chain folder.

    Parameters
    ----------
    folder
        The folder with ``chain.toml`` and the tables; see ``docs/reference/chain-folder.md``.
    limits
        How much is read at most.

    Returns
    -------
    chain, findings
        The chain, or None where any finding is fatal; and every problem of its settings and tables,
        each with its file, row, column and remedy. Contracts, prices and events are no part of it:
        one that is wrong stands in nobody's way but its own, until it is imported.
    """
    chain, findings = read_folder(Path(folder), limits)
    return (None if is_fatal(findings) else chain), findings


def read_folder(folder: Path, limits: Limits) -> tuple[Chain | None, tuple[Finding, ...]]:
    """Read a chain folder; give what is right of it even where something is wrong.

    So that events can be checked against the chain in the same run.
    """
    if not folder.is_dir():
        fix = "name a folder with a chain.toml, or make one with 'oreline init'"
        return None, (fatal("ORL-0300", folder.name, "there is no such folder", fix),)
    if sum(1 for _ in zip(folder.rglob("*"), range(limits.files + 1), strict=False)) > limits.files:
        return None, (over("files", limits.files, folder.name, "split the folder"),)
    toml, findings = read_toml(folder / "chain.toml", "chain.toml", limits)
    phases, wrong = _phases(toml)
    findings += wrong + _wrong_settings(toml)
    rows: Rows = {"phases": phases}
    for form in FORMS:
        rows[form.name], wrong = _read_table(folder, form, limits)
        findings += capped(wrong, limits, form.file)
    findings += cross_checks(rows)
    findings += _wrong_evidence(folder, rows["evidence"], limits)
    findings += _unparsed(folder, limits)
    return _chain(toml, rows, folder), tuple(findings)


def read_toml(path: Path, name: str, limits: Limits) -> tuple[dict[str, Any], list[Finding]]:
    """Return the content of a TOML file; numbers with a fraction stay text, exactly as written."""
    data, findings = read_bytes(path, name, limits)
    if data is None:
        return {}, findings
    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=str), findings
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        fix = "correct the line; text stands in quotes, a table begins with [name]"
        return {}, [fatal("ORL-0301", name, f"this is not TOML: {error}", fix)]


def _chain(toml: Mapping[str, Any], rows: Rows, folder: Path) -> Chain:
    tables = {
        name: {identity: row.value for identity, row in table.items() if row.value is not None}
        for name, table in rows.items()
    }
    start, end = toml.get("horizon_start"), toml.get("horizon_end")
    return Chain(
        name=str(toml.get("name", folder.name)),
        title=str(toml.get("title", toml.get("name", folder.name))),
        currency=str(toml.get("currency", "USD")),
        horizon=None if start is None or end is None else (str(start), str(end)),
        boundary_view=str(toml.get("boundary_view", "dashed")),
        declared=str(toml.get("declared", "1970-01-01")),
        defaults=_defaults(toml),
        **tables,
    )


def _defaults(toml: Mapping[str, Any]) -> dict[str, str]:
    defaults = toml.get("defaults", {})
    known = defaults if isinstance(defaults, dict) else {}
    return {
        key: str(value) for key, value in known.items() if not _wrong_defaults({key: value}, "")
    }


def _wrong_settings(toml: Mapping[str, Any]) -> list[Finding]:
    if not toml:
        return []
    where = "chain.toml"
    findings = [unknown_column(key, CHAIN_KEYS, where) for key in toml if key not in CHAIN_KEYS]
    if not isinstance(toml.get("name"), str) or not toml["name"].strip():
        fix = 'write name = "my-chain"'
        findings.append(fatal("ORL-0309", f"{where} name", "the chain has no name", fix))
    currency = toml.get("currency", "USD")
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
        fix = 'write the ISO 4217 code, such as currency = "USD"'
        findings.append(fatal("ORL-0310", f"{where} currency", f"{currency!r} is no currency", fix))
    for key in ("horizon_start", "horizon_end", "declared"):
        if key in toml and not is_day(str(toml[key])):
            fix = f"write {key} = 2025-09-01"
            message = f"{toml[key]!r} is not a day"
            findings.append(fatal("ORL-0310", f"{where} {key}", message, fix))
    if str(toml.get("horizon_end", "9999")) < str(toml.get("horizon_start", "")):
        message, fix = "the horizon ends before it starts", "correct one of the two days"
        findings.append(fatal("ORL-0320", f"{where} horizon_end", message, fix))
    defaults = toml.get("defaults", {})
    if not isinstance(defaults, dict):
        wrong = fatal("ORL-0310", f"{where} defaults", "not a table", "write [defaults]")
        return [*findings, wrong]
    return findings + _wrong_defaults(defaults, f"{where} defaults")


def _wrong_defaults(defaults: Mapping[str, Any], where: str) -> list[Finding]:
    unknown = [key for key in defaults if key not in DEFAULT_KEYS]
    findings = [unknown_column(key, DEFAULT_KEYS, where) for key in unknown]
    zone = defaults.get("time_zone")
    if zone is not None and zone_of(str(zone)) is None:
        fix = 'write a name of the time zone database, such as "Asia/Karachi", or "UTC"'
        findings.append(fatal("ORL-0310", f"{where} time_zone", f"no time zone {zone!r}", fix))
    basis = defaults.get("basis")
    if basis is not None and basis not in list(Basis):
        fix = "write measured, reported, assumed, planned or derived"
        findings.append(fatal("ORL-0310", f"{where} basis", f"no basis {basis!r}", fix))
    return findings


def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone by its name, None where the machine knows none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar, as 2025-09-01."""
    value, wrong = validated(Phase, {"id": "p", "name": "p", "start": text}, "")
    return value is not None and not wrong


def _phases(toml: Mapping[str, Any]) -> tuple[dict[str, TableRow], list[Finding]]:
    listed = toml.get("phases", [])
    rows: dict[str, TableRow] = {}
    findings: list[Finding] = []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        fix = "write each phase as a table that begins with [[phases]]"
        return rows, [fatal("ORL-0310", "chain.toml phases", "not a list of tables", fix)]
    for position, item in enumerate(listed, 1):
        where = f"chain.toml phase {position}"
        fields = set(Phase.model_fields) - {"extra"}
        flat = {k: str(value) for k, value in item.items() if not isinstance(value, dict | list)}
        for key in sorted(set(item) - set(flat)):
            message = f"{key} is a table or a list, which a phase does not hold"
            findings.append(fatal("ORL-0310", f"{where} {key}", message, "write a single value"))
        written: dict[str, Any] = {key: value for key, value in flat.items() if key in fields}
        own = {key: value for key, value in flat.items() if key not in fields}
        value, wrong = validated(Phase, {**written, "extra": own}, where)
        findings += wrong
        if value is not None and value.id in rows:
            fix = "give each phase an id of its own"
            findings.append(fatal("ORL-0311", where, f"the id {value.id} stands twice", fix))
        elif value is not None:
            rows[value.id] = TableRow(where, {**written, **own}, value)
    return rows, findings


def _read_table(
    folder: Path, form: TableForm, limits: Limits
) -> tuple[dict[str, TableRow], list[Finding]]:
    path = folder / form.file
    if not path.exists() and form.is_optional:
        return {}, []
    if not path.exists():
        message, fix = "the file is missing", f"make {form.file} with its first row"
        return {}, [fatal("ORL-0300", form.file, message, fix)]
    data, findings = read_bytes(path, form.file, limits)
    if data is None:
        return {}, findings
    sheet, wrong = read_csv(data, form.file, limits)
    findings += wrong
    if sheet is None:
        return {}, findings
    table, wrong = headed(sheet)
    findings += wrong
    if table is None or any(f.code == "ORL-0306" for f in wrong):
        return {}, findings
    rows, wrong = table_rows(form, table)
    return rows, findings + wrong


def cross_checks(rows: Rows) -> list[Finding]:
    """Return what is wrong between the rows of all tables."""
    findings = []
    for form in FORMS:
        for row in rows[form.name].values():
            if row.value is not None:
                findings += _wrong_references(form, row, rows)
                findings += _wrong_basis(row, rows["assumptions"])
    for phase in rows["phases"].values():
        findings += _wrong_basis(phase, rows["assumptions"])
    findings += _wrong_countries(rows)
    for row in rows["sites"].values():
        site = row.value
        if site is None:
            continue
        if (site.lat is None) != (site.lon is None):
            message, fix = "lat and lon are given only together", "give both or none"
            findings.append(fatal("ORL-0315", f"{row.where} column lat", message, fix))
        if site.lat is not None and site.precision_km is None:
            message = "coordinates without precision_km"
            fix = "write how many kilometres the site may be off, such as 0.1 or 50"
            findings.append(fatal("ORL-0316", f"{row.where} column precision_km", message, fix))
    return findings


def _wrong_references(form: TableForm, row: TableRow, rows: Rows) -> list[Finding]:
    targets = [
        (column, target, table)
        for column, table in form.refers.items()
        for target in _several(row.written.get(column, ""))
    ]
    if form.name == "parties":
        targets += [("owners", share.party, "parties") for share in row.value.owners]
    if form.name == "rules" and row.value.scope != "*":
        targets.append(("scope", row.value.scope, "sites"))
    return [
        dangling(target, table, rows[table], f"{row.where} column {column}")
        for column, target, table in targets
        if target and target not in rows[table]
    ]


def _several(written: str | list[str]) -> list[str]:
    return written if isinstance(written, list) else [written]


def dangling(target: str, table: str, known: Mapping[str, Any], where: str) -> Finding:
    """Return the finding about an id that a table does not have."""
    near = near_to(target, known)
    hint = f"did you mean {near}? Else " if near else ""
    place = "the phases of chain.toml" if table == "phases" else f"{table}.csv"
    message = f"{target} is not in {place}"
    return fatal("ORL-0312", where, message, f"{hint}add it to {place}")


def _wrong_basis(row: TableRow, assumptions: Mapping[str, Any]) -> list[Finding]:
    source = str(row.written.get("source", ""))
    where = f"{row.where} column source"
    named = [word.strip(",;") for word in source.split()]
    found = [word for word in named if word in assumptions]
    if row.written.get("basis") == "assumed" and not found and "reasoning" not in row.written:
        message = "the row is assumed, but its source names no assumption"
        fix = "add the number to assumptions.csv and write its id into source"
        return [fatal("ORL-0313", where, message, fix)]
    return [
        dangling(word, "assumptions", assumptions, where)
        for word in named
        if word.startswith("A-") and word not in assumptions
    ]


def _wrong_countries(rows: Rows) -> list[Finding]:
    findings = []
    for name in ("parties", "sites"):
        for row in rows[name].values():
            if row.value is None or row.value.country is None:
                continue
            where = f"{row.where} column country"
            try:
                country(row.value.country)
            except UnknownCountryError as error:
                fix = "write the ISO 3166 code, such as PK or PAK"
                findings.append(fatal("ORL-0317", where, str(error), fix))
            except UnknownTableError:
                message = "countries were not checked: the reference table is not installed"
                fix = "install the package with its reference data"
                return [warning("ORL-0318", f"{name}.csv", message, fix)]
    return findings


def _wrong_evidence(folder: Path, rows: Mapping[str, TableRow], limits: Limits) -> list[Finding]:
    findings: list[Finding] = []
    hashes: dict[str, str] = {}
    for row in rows.values():
        item = row.value
        if item is None or item.file is None:
            continue
        where = f"{row.where} column file"
        path = (folder / "evidence" / item.file).resolve()
        if not path.is_relative_to(folder.resolve()):
            message, fix = "the file lies outside of the chain folder", "copy it into evidence/"
            findings.append(fatal("ORL-0321", where, message, fix))
            continue
        if item.file not in hashes:
            data, wrong = read_bytes(path, f"evidence/{item.file}", limits)
            findings += wrong
            hashes[item.file] = "" if data is None else hashlib.sha256(data).hexdigest()
        if hashes[item.file] not in {"", item.sha256}:
            message = f"the file's SHA-256 is {hashes[item.file]}, not the one written"
            fix = "it is another file or was changed: find the original, or correct the hash"
            findings.append(fatal("ORL-0321", where, message, fix))
    return findings


def _unparsed(folder: Path, limits: Limits) -> list[Finding]:
    """Check that the TOML files that later verbs read can be parsed."""
    findings: list[Finding] = []
    singles = [folder / name for name in ("processes.toml", "plan.toml", "fund.toml")]
    for path in [*singles, *sorted(folder.glob("scenarios/*.toml"))]:
        if path.exists():
            findings += read_toml(path, path.relative_to(folder).as_posix(), limits)[1]
    return findings


def removed_row(kind: str, identity: str) -> Finding:
    """Return the note that a row was declared before and is gone from its table."""
    message = f"the {kind} {identity} was declared before and is no longer in the folder"
    fix = "a declaration is never taken back: put the row back and give it a valid_to"
    return note("ORL-0361", f"{kind} {identity}", message, fix)
