"""The price tables of a chain folder as `declare` events of the type market, and back.

One declaration holds a series whole: what it is a price of, its values and the days on which its
market is closed, each as a line of text. Here they are moved, not judged: whether a value can be a
price is `settle`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from oreline.exchange._atomic import csv_bytes
from oreline.exchange._bodies import Json
from oreline.exchange._declare import returned_id
from oreline.exchange._limits import Limits
from oreline.exchange._papers import Known, Paper, paper_drafts
from oreline.exchange._sheet import (
    HeadedSheet,
    capped,
    fatal,
    headed,
    read_bytes,
    read_csv,
    records,
    warning,
)
from oreline.exchange._tables import (
    TableForm,
    TableRow,
    near_to,
    table_rows,
    unknown_column,
    validated,
)
from oreline.model import (
    Chain,
    Finding,
    Market,
    MarketHoliday,
    MarketValue,
    canonical_json,
)

FOLDER = "prices"

SERIES = TableForm(
    "series", f"{FOLDER}/series.csv", Market, tuple(Market.model_fields),
    ("id", "name", "kind", "unit", "basis"), "market",
)  # fmt: skip
VALUES = TableForm(
    "values", f"{FOLDER}/values.csv", MarketValue, tuple(MarketValue.model_fields),
    ("series", "day", "value"),
)  # fmt: skip
HOLIDAYS = TableForm(
    "holidays", f"{FOLDER}/holidays.csv", MarketHoliday, tuple(MarketHoliday.model_fields),
    ("calendar", "day"),
)  # fmt: skip
PRICE_FORMS = (SERIES, VALUES, HOLIDAYS)
Lines = dict[str, dict[str, str]]
"""By series or calendar and day: what is said of the day.

Of a value that was published on another day than its own, day and day of publication."""


def read_prices(
    folder: Path, known: Known, limits: Limits
) -> tuple[tuple[Paper, ...], list[Finding]]:
    """Read the price tables of a folder; none need be there."""
    tables: dict[str, HeadedSheet] = {}
    findings: list[Finding] = []
    for form in PRICE_FORMS:
        path = folder / form.file
        if not path.exists():
            continue
        data, wrong = read_bytes(path, form.file, limits)
        findings += wrong
        table, wrong = (None, []) if data is None else _table(data, form, limits)
        findings += wrong
        if table is not None:
            tables[form.name] = table
    papers, wrong = price_papers(tables, known, limits)
    return papers, findings + wrong


def _table(
    data: bytes, form: TableForm, limits: Limits
) -> tuple[HeadedSheet | None, list[Finding]]:
    sheet, findings = read_csv(data, form.file, limits)
    if sheet is None:
        return None, findings
    table, wrong = headed(sheet)
    usable = table is not None and not any(found.code == "ORL-0306" for found in wrong)
    return table if usable else None, findings + wrong


def price_papers(
    tables: Mapping[str, HeadedSheet], known: Known, limits: Limits
) -> tuple[tuple[Paper, ...], list[Finding]]:
    """Return each series with its values and closed days, and what is wrong with the tables."""
    series: dict[str, TableRow] = {}
    findings: list[Finding] = []
    if SERIES.name in tables:
        series, wrong = table_rows(SERIES, tables[SERIES.name])
        wrong += _unfounded(series, known)
        findings += capped(wrong, limits, SERIES.file)
    calendars = {
        str(row.written["calendar"]): name
        for name, row in series.items()
        if row.written.get("calendar")
    }
    values, wrong = _lines(tables.get(VALUES.name), VALUES, series)
    findings += capped(wrong, limits, VALUES.file)
    closed, wrong = _lines(tables.get(HOLIDAYS.name), HOLIDAYS, calendars)
    findings += capped(wrong, limits, HOLIDAYS.file)
    papers = []
    for identity, row in series.items():
        written: dict[str, str | list[str]] = dict(row.written)
        days = values.get(identity, {})
        written["values"] = [f"{day} {days[day]}" for day in sorted(days) if " " not in day]
        revised = [f"{day} {days[day]}" for day in sorted(days) if " " in day]
        if revised:
            written["revisions"] = revised
        days = closed.get(str(row.written.get("calendar", "")), {})
        written["holidays"] = [f"{day} {days[day]}".rstrip() for day in sorted(days)]
        papers.append(Paper(row.where, "market", identity, written))
    return tuple(papers), findings


def _unfounded(series: Mapping[str, TableRow], known: Known) -> Iterator[Finding]:
    """Yield assumed series whose source names no assumption, and assumptions that are not there."""
    for row in series.values():
        where = f"{row.where} column source"
        words = [word.strip(",;") for word in str(row.written.get("source", "")).split()]
        for word in words:
            if word.startswith("A-") and word not in known.assumptions:
                message, fix = f"{word} is not in assumptions.csv", "add it to assumptions.csv"
                yield fatal("ORL-0312", where, message, fix)
        if row.written.get("basis") == "assumed" and not set(words) & set(known.assumptions):
            message = "the row is assumed, but its source names no assumption"
            fix = "add the number to assumptions.csv and write its id into source"
            yield fatal("ORL-0313", where, message, fix)


def _lines(
    table: HeadedSheet | None, form: TableForm, owners: Mapping[str, object]
) -> tuple[Lines, list[Finding]]:
    """Return what a table says by owner (series or calendar) and day."""
    lines: Lines = {}
    if table is None:
        return lines, []
    head = table.sheet.where(table.sheet.rows[0][0])
    findings = [
        unknown_column(name, form.columns, f"{head} column {name}")
        for name in table.columns
        if name and name not in form.columns
    ]
    missing = [name for name in form.required if name not in table.columns]
    findings += [
        fatal("ORL-0308", head, f"the column {name} is missing", f"add the column {name}")
        for name in missing
    ]
    strange: dict[str, str] = {}
    for number, cells in records(table) if not missing else ():
        where = table.sheet.where(number)
        known = {name: cell for name, cell in cells.items() if name in form.columns}
        value, wrong = validated(form.row_type, known, where, form.required)
        findings += wrong
        if value is None:
            continue
        owner, published = known[form.required[0]], known.pop("published", "")
        day = f"{known['day']} {published}" if published else known["day"]
        if owner not in owners:
            strange.setdefault(owner, where)
        elif day in lines.get(owner, {}):
            message = f"{owner} has two rows for {day}"
            findings.append(fatal("ORL-0311", f"{where} column day", message, "keep one of them"))
        else:
            said = [known[name] for name in form.columns[2:] if name in known]
            lines.setdefault(owner, {})[day] = " ".join(said)
    return lines, findings + [_stray(owner, form, owners, at) for owner, at in strange.items()]


def _stray(owner: str, form: TableForm, owners: Mapping[str, object], where: str) -> Finding:
    near = near_to(owner, owners)
    hint = f"did you mean {near}? Else " if near else ""
    if form is VALUES:
        message = f"{owner} is not in {SERIES.file}"
        fix = f"{hint}add it to {SERIES.file}"
        return fatal("ORL-0312", f"{where} column series", message, fix)
    message = f"no series has the calendar {owner}; its days close no market"
    fix = f"{hint}name it in the column calendar of {SERIES.file}, or remove its rows"
    return warning("ORL-0831", f"{where} column calendar", message, fix)


def price_files(
    drafts: Sequence[Json], known: Known, chain: Chain, limits: Limits
) -> tuple[dict[str, bytes], list[Json]]:
    """Return the series that drafts declare last as tables, and the drafts that no row gives."""
    latest = {
        draft["body"]["id"]: draft
        for draft in drafts
        if draft["schema"] == "declare/1" and draft["body"]["type"] == "market"
    }
    while latest:
        files = _files(latest.values())
        tables = {
            form.name: table
            for form in PRICE_FORMS
            if form.file in files and (table := _table(files[form.file], form, limits)[0])
        }
        papers, wrong = price_papers(tables, known, limits)
        again = {draft["body"]["id"]: draft for draft in paper_drafts(papers, chain)}
        # What is refused as a row is no row: the findings name rows, not series.
        refused = {row.split(" column")[0] for row in (found.where for found in wrong)}
        places = {paper.id: paper.where for paper in papers}
        unlike = {
            identity
            for identity, draft in latest.items()
            if again.get(identity) not in (draft, {**draft, "id": returned_id(draft["id"])})
            or places[identity] in refused
        }
        if not unlike:
            given = {
                canonical_json(draft)
                for identity, draft in latest.items()
                if again[identity] == draft
            }
            return files, [draft for draft in drafts if canonical_json(draft) not in given]
        latest = {name: draft for name, draft in latest.items() if name not in unlike}
    return {}, list(drafts)


def _files(declared: Iterable[Json]) -> dict[str, bytes]:
    series: list[dict[str, str]] = []
    values: list[dict[str, str]] = []
    closed: dict[tuple[str, str], dict[str, str]] = {}
    for draft in declared:
        body = draft["body"]
        data = {name: cell for name, cell in body["data"].items() if isinstance(cell, str)}
        series.append({"id": body["id"], **data})
        values += sorted(
            _value_rows(body["id"], body["data"]), key=lambda row: (row["day"], row["published"])
        )
        for line in _listed(body["data"].get("holidays")):
            day, _, name = line.partition(" ")
            calendar = data.get("calendar", "")
            closed[calendar, day] = {"calendar": calendar, "day": day, "name": name}
    files = {SERIES.file: csv_bytes(SERIES.columns, series)}
    if values:
        # Folders without revisions are written as they were before there were any.
        has_published = any(row["published"] for row in values)
        columns = VALUES.columns if has_published else VALUES.columns[:-1]
        files[VALUES.file] = csv_bytes(columns, values)
    if closed:
        files[HOLIDAYS.file] = csv_bytes(HOLIDAYS.columns, closed.values())
    return files


def _value_rows(series: str, data: Json) -> Iterator[dict[str, str]]:
    for name in ("values", "revisions"):
        for line in _listed(data.get(name)):
            day, _, said = line.partition(" ")
            published = ""
            if name == "revisions":
                published, _, said = said.partition(" ")
            value, _, source = said.partition(" ")
            yield {
                "series": series,
                "day": day,
                "value": value,
                "source": source,
                "published": published,
            }


def _listed(value: object) -> list[str]:
    return [line for line in value if isinstance(line, str)] if isinstance(value, list) else []
