"""Mineral Commodity Summaries of USGS: the data release as one long table, or the world tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from oreline.exchange._published_eu import records_of
from oreline.exchange._published_rows import (
    WHERE,
    Cells,
    PublishedFile,
    Read,
    located,
    named,
    plain,
    wrong_kind,
)
from oreline.exchange._sheet import fatal, warning
from oreline.exchange._text_table import TextTable, read_text_table
from oreline.model import Finding
from oreline.reference import kept_by_tables, mineral_key, parse_published, table

LONG = {
    "section": ("section", "table"), "commodity": ("commodity",), "country": ("country",),
    "stat": ("statistics", "stat", "statistic"),
    "detail": ("statistics detail", "detail", "statistic detail"), "unit": ("unit",),
    "year": ("year",), "value": ("value raw", "value"),
}  # fmt: skip
WORLD = {
    "commodity": ("commodity",), "country": ("country",), "detail": ("type",),
    "unit": ("unit meas", "unit"),
}  # fmt: skip
NOTES = {"prod": "prod notes", "cap": "cap notes", "reserves": "reserve notes"}
UNITED_STATES = {"area": "United States", "scope": "country", "iso3": "USA"}
SALIENT = {
    "import": "imports", "export": "exports", "stock": "stocks", "net import reliance":
    "net import reliance",
}  # fmt: skip


def measure_of(detail: str) -> str:
    """Give the stage that a line of a world table speaks of.

    >>> measure_of("Mine production: rutile"), measure_of("Refinery capacity")
    ('mine production', 'capacity')
    """
    words = detail.casefold()
    if "reserves" in words:
        return "reserves"
    if "capacity" in words:
        return "capacity"
    for stage, mark in (("mine", "mine"), ("smelter", "smelter"), ("refinery", "refin")):
        if re.search(rf"\b{mark}", words):
            return f"{stage} production"
    return "production"


def read_mcs(files: Sequence[PublishedFile], vintage: int) -> Read:
    """Read world tables, salient statistics and import sources of one edition."""
    rows: dict[str, list[Cells]] = {}
    findings: list[Finding] = []
    for file in files:
        table, found = read_text_table(file.data, file.name)
        findings += found
        if table is None:
            continue
        long = named(table.frame.columns, LONG)
        world = named(table.frame.columns, WORLD)
        if len(long) == len(LONG):
            made = list(_long(table, long, vintage))
        elif len(world) == len(WORLD) and _year_columns(table):
            made = list(_world(table, world, vintage))
        else:
            missing = (
                "section, commodity, country, statistics, detail, unit, year and value",
                "or commodity, country, type, unit and columns such as PROD_2025",
            )
            findings.append(wrong_kind(file.name, "the Mineral Commodity Summaries", missing))
            continue
        for name, row in made:
            rows.setdefault(name, []).append(row)
    for name, every in rows.items():
        findings += _problems(name, every)
    return Read(rows, tuple(findings))


def _long(table: TextTable, columns: dict[str, str], vintage: int) -> Iterator[tuple[str, Cells]]:
    estimated = named(table.frame.columns, {"estimated": ("estimated",)})
    for (where, cells), line in zip(
        _records(table, {**columns, **estimated}), table.rows, strict=True
    ):
        head = {
            "mineral": mineral_key(cells["commodity"]), "detail": cells["detail"],
            **_cell(cells["value"]), "unit": cells["unit"], "vintage": str(vintage),
            "basis": "reported", "line": str(line), WHERE: where,
        }  # fmt: skip
        marked = (
            cells.get("estimated", "").casefold()
            or str(parse_published(cells["value"]).estimated).casefold()
        )
        year = cells["year"].strip()[:4]
        section = cells["section"].casefold()
        if section.startswith("world"):
            measure = {"reserves": "reserves", "capacity": "capacity"}.get(
                cells["stat"].casefold(), measure_of(cells["detail"])
            )
            place = _area(cells["country"])
            yield (
                "production",
                {**head, **place, "measure": measure, "year": year, "estimated": marked},
            )
        elif section.startswith("salient"):
            stat = cells["stat"].casefold()
            measure = SALIENT.get(stat, stat)
            yield (
                "us_salient",
                {**head, **UNITED_STATES, "measure": measure, "year": year, "estimated": marked},
            )
        elif section.startswith("import sources"):
            yield "import_sources", {**head, **_area(cells["country"]), **_span(cells["year"])}


def _year_columns(table: TextTable) -> dict[str, tuple[str, str, bool]]:
    """Return the columns of figures: kind (prod, cap, reserves), year, and whether estimated."""
    found = {}
    for name in table.frame.columns:
        head = re.fullmatch(r"(prod|cap|reserves)( est)? (\d{4})", plain(name))
        if head:
            found[name] = (head[1], head[3], bool(head[2]))
    return found


def _world(table: TextTable, columns: dict[str, str], vintage: int) -> Iterator[tuple[str, Cells]]:
    years = _year_columns(table)
    notes = named(table.frame.columns, {kind: (name,) for kind, name in NOTES.items()})
    wanted = {**columns, **notes, **{name: name for name in years}}
    held = [
        (cells["commodity"], cells["detail"], name)
        for _, cells in _records(table, wanted)
        for name in years
        if cells[name]
    ]
    filled = set(held)
    for (where, cells), line in zip(_records(table, wanted), table.rows, strict=True):
        for name, (kind, year, estimate) in years.items():
            if (cells["commodity"], cells["detail"], name) not in filled:
                continue
            place = _area(cells["country"])
            note = "; ".join(one for one in (place.get("note", ""), cells.get(kind, "")) if one)
            # Where a cell is empty its note may say why: withheld, not available.
            first = cells.get(kind, "").split()[:1]
            text = cells[name] or (first[0].upper() if first else "")
            text = text if cells[name] or text in {"W", "XX", "NA"} else ""
            detail = cells["detail"]
            measure = {"cap": "capacity", "reserves": "reserves"}.get(kind, measure_of(detail))
            mark = "" if measure == "reserves" else str(
                estimate or "estimated" in f"{note} {detail}".casefold()
            ).casefold()  # fmt: skip
            yield (
                "production",
                {
                    "mineral": mineral_key(cells["commodity"]), "measure": measure,
                    "detail": f"Reserves: {detail}" if measure == "reserves" else detail,
                    **place, "year": year, **_cell(text),
                    "unit": cells["unit"], "estimated": mark, "vintage": str(vintage),
                    "basis": "reported", "note": note, "line": str(line),
                    WHERE: f"{where} column {name}",
                },
            )  # fmt: skip


def _records(table: TextTable, columns: dict[str, str]) -> list[tuple[str, Cells]]:
    return [
        (where, {name: _mended(text) for name, text in cells.items()})
        for where, cells in records_of(table, columns)
    ]


def _cell(text: str) -> Cells:
    """Return text, value, ends and flag of a cell; the legend defines the dash as zero."""
    read = parse_published(text, dash_is_zero=True)
    ends = {"value": read.value, "low": read.low, "high": read.high}
    numbers = {name: "" if number is None else f"{number:f}" for name, number in ends.items()}
    return {"text": read.text, **numbers, "flag": read.flag}


def _area(label: str) -> Cells:
    """Return area, scope and code of a label; what stands in parentheses is a note."""
    words = label.casefold()
    if words.startswith("world total"):
        # "World total (rounded)10": the digits are a footnote, not part of the name.
        qualifier = label[len("world total") :].strip(" ,0123456789")
        return {"area": "world", "scope": "world", "iso3": "", "note": qualifier}
    if words.startswith("other countries"):
        qualifier = label[len("other countries") :].strip()
        return {"area": "other countries", "scope": "other", "iso3": "", "note": qualifier}
    if found := located(label):
        return {"area": label, "scope": "country", "iso3": found}
    stem, _, qualifier = label.rpartition(" (")
    if stem and (found := located(stem)):
        return {"area": stem, "scope": "country", "iso3": found, "note": f"({qualifier}"}
    return {"area": label, "scope": "group", "iso3": ""}


def _mended(text: str) -> str:
    """Return a label in which UTF-8 that was read as Windows-1252 or Latin-1 is UTF-8 again."""
    for read_as in ("cp1252", "latin-1"):
        with suppress(UnicodeError):  # raised where it was not
            text = text.encode(read_as).decode("utf-8")
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def _span(text: str) -> Cells:
    found = re.search(r"(\d{4})\D+(\d{2,4})", text)
    if found is None:
        return {"year_from": text[:4], "year_to": text[:4]}
    first, last = found.groups()
    return {"year_from": first, "year_to": last if len(last) == 4 else first[:2] + last}


@kept_by_tables
def _units() -> frozenset[str]:
    frames = ("production", "us_salient", "import_sources")
    return frozenset(unit for name in frames for unit in table(name)["unit"].unique())


def _problems(name: str, rows: Sequence[Cells]) -> Iterator[Finding]:
    told: set[str] = set()
    for row in rows:
        where = f"{row[WHERE]} (table {name})"
        if row["unit"] not in _units() and row["unit"] not in told:
            told.add(row["unit"])
            yield fatal(
                "ORL-1206", where, f"{row['unit']!r} is no unit of these tables",
                "write the unit as the publisher does: metric tons, kilograms, percent",
            )  # fmt: skip
        if row["flag"] == "unreadable" and row["text"].startswith("-"):
            fix = "look at the publisher's figure"
            yield fatal("ORL-1204", where, f"{row['text']!r} is negative", fix)
        elif row["flag"] == "unreadable":
            yield warning(
                "ORL-1209", where,
                f"{row['text']!r} can be read as no figure without guessing and stays text",
                "look at the publisher's page",
            )  # fmt: skip
