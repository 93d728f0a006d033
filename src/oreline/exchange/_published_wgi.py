"""Worldwide Governance Indicators of the World Bank: the long data set, or a query of DataBank."""

from __future__ import annotations

import re
from collections.abc import Sequence

from oreline.exchange._published_eu import records_of
from oreline.exchange._published_rows import (
    WHERE,
    Cells,
    PublishedFile,
    Read,
    located,
    named,
    wrong_kind,
)
from oreline.exchange._text_table import TextTable, read_text_sheets, read_text_table
from oreline.model import Finding

INDICATORS = ("va", "pv", "ge", "rq", "rl", "cc")
"""Voice, political stability, effectiveness, regulation, law, corruption: as the publisher does."""
LONG = {
    "code": ("code", "countrycode", "country code"),
    "name": ("countryname", "country name", "economy", "economy name"),
    "year": ("year",), "indicator": ("indicator", "indicator code"),
    "estimate": ("estimate", "est"),
}  # fmt: skip
WIDE = {
    "name": ("country name", "country"), "code": ("country code",),
    "indicator": ("series code", "indicator code"),
}  # fmt: skip
MISSING = {"", "..", "nan", "none", "#n/a", "na"}


def read_wgi(files: Sequence[PublishedFile], vintage: int) -> Read:
    """Read estimates by country, year and indicator; give pv and the mean of all six."""
    findings: list[Finding] = []
    given: list[tuple[str, Cells]] = []
    for file in files:
        tables, found = _tables(file)
        findings += found
        known = [one for table in tables for one in _long(table) or _wide(table)]
        if not known:
            missing = ("country code, year, indicator and estimate",
                       "or country code, series code and years")  # fmt: skip
            findings.append(wrong_kind(file.name, "the governance indicators", missing))
        given += known
    rows = _of_indicator(given, "pv", vintage) + _means(given, vintage)
    return Read({"governance": rows} if rows else {}, tuple(findings))


def _tables(file: PublishedFile) -> tuple[list[TextTable], list[Finding]]:
    if file.name.casefold().endswith(".xlsx"):
        sheets, found = read_text_sheets(file.data, file.name)
        return list(sheets.values()), [one for one in found if one.severity == "fatal"]
    table, findings = read_text_table(file.data, file.name)
    return ([] if table is None else [table]), list(findings)


def _long(table: TextTable) -> list[tuple[str, Cells]]:
    columns = named(table.frame.columns, LONG)
    if len(columns) < len(LONG):
        return []
    return [
        (where, {**cells, "indicator": cells["indicator"].casefold()[:2]})
        for where, cells in records_of(table, columns)
    ]


def _wide(table: TextTable) -> list[tuple[str, Cells]]:
    columns = named(table.frame.columns, WIDE)
    years = {
        found[1]: name
        for name in table.frame.columns
        if (found := re.match(r"((?:19|20)\d{2})\b", name))
    }
    if len(columns) < len(WIDE) or not years:
        return []
    return [
        (
            f"{where} column {year}",
            {
                "code": cells["code"], "name": cells["name"], "year": year,
                "indicator": cells["indicator"].casefold()[:2], "estimate": cells[year],
            },
        )
        for where, cells in records_of(table, {**columns, **years})
        if re.match(r"[a-z]{2}\.est", cells["indicator"].casefold())
        for year in years
    ]  # fmt: skip


def _row(where: str, cells: Cells, indicator: str, estimate: str, vintage: int) -> Cells:
    return {
        "iso3": located(cells["code"]) or located(cells["name"]), "area": cells["name"],
        "year": cells["year"].partition(".")[0], "indicator": indicator, "estimate": estimate,
        "vintage": str(vintage), "basis": "reported" if indicator == "pv" else "derived",
        WHERE: where,
    }  # fmt: skip


def _number(text: str) -> str:
    return "" if text.casefold() in MISSING else text


def _of_indicator(given: list[tuple[str, Cells]], indicator: str, vintage: int) -> list[Cells]:
    return [
        _row(where, cells, indicator, _number(cells["estimate"]), vintage)
        for where, cells in given
        if cells["indicator"] == indicator
    ]


def _means(given: list[tuple[str, Cells]], vintage: int) -> list[Cells]:
    """Return the mean of six for each country and year that has all six, and no other."""
    held: dict[tuple[str, str], dict[str, float]] = {}
    first: dict[tuple[str, str], tuple[str, Cells]] = {}
    for where, cells in given:
        text = _number(cells["estimate"])
        if cells["indicator"] in INDICATORS and re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text):
            key = (cells["code"], cells["year"])
            held.setdefault(key, {})[cells["indicator"]] = float(text)
            first.setdefault(key, (where, cells))
    return [
        _row(*first[key], "mean6", f"{sum(six.values()) / 6:.10g}", vintage)
        for key, six in held.items()
        if len(six) == len(INDICATORS)
    ]
