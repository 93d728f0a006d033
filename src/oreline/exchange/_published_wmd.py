"""World Mining Data: production by country, a sheet a mineral, or one table of all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from oreline.exchange._limits import DEFAULT_LIMITS
from oreline.exchange._published_rows import (
    WHERE,
    Cells,
    PublishedFile,
    Read,
    located,
    named,
    wrong_kind,
)
from oreline.exchange._sheet import Sheet, fatal, read_csv
from oreline.exchange._workbook import read_workbook
from oreline.model import Finding
from oreline.reference import mineral_key

UNITS = {
    "metr. t": "metric tons", "t": "metric tons", "kg": "kilograms",
    "mio m3": "million cubic meters", "mio. m3": "million cubic meters", "ct": "carats",
}  # fmt: skip
COLUMNS = {
    "country": ("country",), "unit": ("unit",), "source": ("data source", "source"),
    "mineral": ("mineral", "commodity"), "code": ("country iso", "iso3", "iso"),
}  # fmt: skip
STATUS = {"r": "false", "e": "true", "p": ""}
MISSING = {"", "-", "nan", "n.a.", "na", "none"}
HEAD_ROWS = 10
"""A sheet has a title above its columns; they are looked for in this many rows."""


def read_wmd(files: Sequence[PublishedFile], vintage: int) -> Read:
    """Read production by country and year; the sum named Total is marked as the world's."""
    rows: list[Cells] = []
    findings: list[Finding] = []
    for file in files:
        sheets, found = _sheets(file)
        findings += [one for one in found if one.severity == "fatal"]
        made = [row for sheet in sheets for row in _rows(sheet, vintage, findings)]
        if not made:
            missing = ("a column Country, and columns of years",)
            findings.append(wrong_kind(file.name, "World Mining Data", missing))
        rows += made
    return Read({"world_mining": rows} if rows else {}, tuple(findings))


def _sheets(file: PublishedFile) -> tuple[list[Sheet], list[Finding]]:
    if file.name.casefold().endswith(".xlsx"):
        return read_workbook(file.data, file.name, DEFAULT_LIMITS)
    sheet, findings = read_csv(file.data, file.name, DEFAULT_LIMITS)
    return ([] if sheet is None else [sheet]), findings


def _rows(sheet: Sheet, vintage: int, findings: list[Finding]) -> list[Cells]:
    head = next(
        (
            position
            for position, (_, cells) in enumerate(sheet.rows[:HEAD_ROWS])
            if "country" in named([c or f"#{n}" for n, c in enumerate(cells)], COLUMNS)
            and any(_year(cell) for cell in cells)
        ),
        None,
    )
    if head is None:
        return []
    titles = sheet.rows[head][1]
    columns = named([title or f"#{n}" for n, title in enumerate(titles)], COLUMNS)
    at = {ours: titles.index(theirs) for ours, theirs in columns.items()}
    years = {_year(title): n for n, title in enumerate(titles) if _year(title)}
    made = []
    for number, cells in sheet.rows[head + 1 :]:
        held = {ours: cells[n] if n < len(cells) else "" for ours, n in at.items()}
        if not held["country"] or not any(n < len(cells) and cells[n] for n in years.values()):
            continue  # a footnote, or a blank row
        where = sheet.where(number)
        made += _of_country(held, sheet, where, {y: cells[n] for y, n in years.items()}, vintage)
        unit = held.get("unit", "")
        if unit.casefold() not in UNITS:
            message = f"{unit!r} is no unit of World Mining Data"
            findings.append(fatal("ORL-1206", where, message, "write metr. t, kg, Mio m3 or ct"))
    return made


def _of_country(held: Cells, sheet: Sheet, where: str, figures: Cells, vintage: int) -> list[Cells]:
    material = held.get("mineral") or str(sheet.sheet or "")
    total = held["country"].casefold().strip() in {"total", "world", "world total"}
    form = re.search(r"\(([^()]*)\)", material)
    status = held.get("source", "").casefold().strip()
    status = status if status in STATUS else ""
    return [
        {
            "mineral": mineral_key(material), "material": material,
            "content": form[1] if form and form[1][-1:].isalnum() else "",
            "area": "world" if total else held["country"],
            "scope": "world" if total else "country",
            "iso3": "" if total else located(held["country"], held.get("code", "")),
            "year": year, "value": _figure(text),
            "flag": "blank" if text.casefold() in MISSING else "",
            "unit": UNITS.get(held.get("unit", "").casefold(), ""),
            "estimated": STATUS.get(status, ""), "status": status, "vintage": str(vintage),
            "basis": "reported", WHERE: f"{where} column {year}",
        }
        for year, text in figures.items()
    ]  # fmt: skip


def _figure(text: str) -> str:
    """Return a number without the noise of binary fractions; what is no number as it is."""
    text = text.strip()
    if text.casefold() in MISSING:
        return ""
    written = text.replace(",", "")
    return f"{float(written):.10g}" if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", written) else text


def _year(text: str) -> str:
    found = re.fullmatch(r"((?:19|20)\d{2})(?:\.0)?", text.strip())
    return found[1] if found else ""
