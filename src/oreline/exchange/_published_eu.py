"""Tables of the European Commission's studies on critical raw materials, as rows of text."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
from oreline.reference import mineral_key

AREAS = {
    "Brasil": "BRA", "Brasilia": "BRA", "Congo": "COG", "Congo, D.R.": "COD", "Libanon": "LBN",
    "Turkyie": "TUR",
}  # fmt: skip
"""Spellings of the studies; the Congo without more stands there beside the Democratic Republic."""
STAGES = {"e": "extraction", "p": "processing"}
SHARES = {
    "material": ("material",), "stage": ("stage",), "country": ("country",), "share": ("share",),
    "t": ("t", "trade parameter"),
}  # fmt: skip
RESULTS = {
    "material": ("material",), "year": ("year",), "sr": ("sr", "supply risk"),
    "ei": ("ei", "economic importance"),
}  # fmt: skip
USES = {
    "material": ("material",), "application": ("application",), "share": ("share",),
    "nace2": ("nace2", "nace", "nace 2"), "value": ("va meur", "value added meur"),
}  # fmt: skip


def read_eu(files: Sequence[PublishedFile], vintage: int) -> Read:
    """Read tables of shares, of results or of end uses, each told by its columns."""
    rows: dict[str, list[Cells]] = {}
    findings: list[Finding] = []
    for file in files:
        table, found = read_text_table(file.data, file.name)
        findings += found
        if table is None:
            continue
        for wanted, reader in ((SHARES, _shares), (RESULTS, _results), (USES, _uses)):
            columns = named(table.frame.columns, wanted)
            if len(columns) == len(wanted):
                name, made, wrong = reader(table, columns, file.name, vintage)
                rows.setdefault(name, []).extend(made)
                findings += wrong
                break
        else:
            missing = ("Material, Stage, Country, Share and t", "or Material, Year, SR and EI",
                       "or Material, Application, Share, NACE2 and VA_MEUR")  # fmt: skip
            findings.append(wrong_kind(file.name, "the study of the Commission", missing))
    return Read(rows, tuple(findings))


Made = tuple[str, list[Cells], list[Finding]]


def _shares(table: TextTable, columns: dict[str, str], file: str, vintage: int) -> Made:
    scope = _scope(file)
    rows: list[Cells] = []
    wrong: list[Finding] = []
    if not scope:
        message = "whether these are world or European shares is not said"
        fix = "let the file's name hold the word global, or eu_sourcing"
        wrong.append(fatal("ORL-1200", file, message, fix))
    for where, cells in records_of(table, columns):
        stage = STAGES.get(cells["stage"].casefold()[:1], "")
        if not stage:
            wrong.append(
                fatal("ORL-1207", where, f"{cells['stage']!r} is no stage", "write E or P")
            )
        share, problem = percent(cells["share"], where)
        wrong += problem
        area = cells["country"]
        rows.append(
            {
                "mineral": mineral_key(cells["material"]), "material": cells["material"],
                "stage": stage, "scope": scope, "iso3": AREAS.get(area) or located(area),
                "area": area, **share, "trade_parameter": cells["t"], "vintage": str(vintage),
                "basis": "reported", WHERE: where,
            }
        )  # fmt: skip
    return "eu_supply", rows, wrong


def _results(table: TextTable, columns: dict[str, str], file: str, vintage: int) -> Made:
    assert file
    rows = [
        {
            "mineral": mineral_key(cells["material"]), "material": cells["material"],
            "year": cells["year"], "sr": cells["sr"], "ei": cells["ei"], "vintage": str(vintage),
            "basis": "reported", WHERE: where,
        }
        for where, cells in records_of(table, columns)
    ]  # fmt: skip
    return "eu_results", rows, []


def _uses(table: TextTable, columns: dict[str, str], file: str, vintage: int) -> Made:
    assert file
    rows: list[Cells] = []
    wrong: list[Finding] = []
    for (where, cells), line in zip(records_of(table, columns), table.rows, strict=True):
        code, _, name = cells["nace2"].partition(" - ")
        share, problem = percent(cells["share"], where)
        wrong += problem
        rows.append(
            {
                "mineral": mineral_key(cells["material"]), "material": cells["material"],
                "application": cells["application"], "nace2": code, "nace2_name": name, **share,
                "value_added_meur": cells["value"], "vintage": str(vintage), "basis": "reported",
                "line": str(line), WHERE: where,
            }
        )  # fmt: skip
    return "eu_uses", rows, wrong


def records_of(table: TextTable, columns: dict[str, str]) -> list[tuple[str, Cells]]:
    """Give each row by our names for its columns, with the place where it stands."""
    frame = table.frame.select(columns.values()).fill_null("")
    return [
        (f"{table.place} row {number}", dict(zip(columns, row, strict=True)))
        for number, row in zip(table.rows, frame.iter_rows(), strict=True)
    ]


def percent(text: str, where: str) -> tuple[Cells, list[Finding]]:
    """Give text, share and flag of a printed percentage; a bound has no share.

    >>> percent("12.5%", "x")[0], percent("<0.1%", "x")[0]["flag"]
    ({'text': '12.5%', 'share': '0.125', 'flag': ''}, '<')
    """
    found = re.fullmatch(r"([<>]?)\s*(-?\d+(?:\.\d+)?)\s*(%?)", text)
    if found is None or (not found[3] and not 1 <= float(found[2]) <= 100):
        message = f"{text!r} is no percentage"
        fix = "write 12.5%, or <0.1% where only a bound was printed"
        nothing = {"text": text, "share": "", "flag": "unreadable"}
        return nothing, [fatal("ORL-1206", where, message, fix)]
    mark, number, sign = found.groups()
    share = "" if mark else f"{float(number) / 100:.10g}"
    told = []
    if not sign:
        message = f"{text!r} has no percent sign and is read as percent"
        told.append(warning("ORL-1209", where, message, "write the sign"))
    return {"text": text, "share": share, "flag": mark}, told


def _scope(file: str) -> str:
    words = plain(file).split()
    if "global" in words or "world" in words:
        return "global"
    return "eu" if {"sourcing", "eusourcing"} & set(words) else ""
