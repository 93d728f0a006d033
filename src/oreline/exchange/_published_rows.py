"""Files of statistical offices as rows of the reference tables, and what is checked of every row.

A reader of one publisher gives rows of text with the columns of a shipped table, and beside each
the place in the file. The checks here are the same for all: numbers, units, countries, repeated
rows, empty years, shares that do not sum.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from oreline.exchange._sheet import fatal, warning
from oreline.model import Finding
from oreline.reference import UnknownCountryError, country, kept_by_tables, table

Cells = dict[str, str]
WHERE = "where"
"""The key under which a row says where it stands; it is no column."""


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file as its publisher gives it: its name, which often says edition and year, and bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: rows by table, and what was found on the way."""

    rows: Mapping[str, list[Cells]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What is checked of the rows of one table.

    Attributes
    ----------
    key
        Columns that no two rows share.
    amounts
        Columns of numbers of zero or more.
    numbers
        Columns of numbers of either sign, with their ends.
    places
        Columns of alpha-3 codes, each with the column of its label.
    year
        The column of years, each of which must have a number in some row.
    sums
        Columns that group shares, the column of shares, and between what they sum.
    """

    key: tuple[str, ...]
    amounts: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float, float], ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    year: str = ""
    sums: tuple[tuple[str, ...], str, float, float] | None = None


_FIGURES = Rule(
    ("mineral", "measure", "detail", "area", "note", "unit", "year", "vintage", "line"),
    amounts=("value", "low", "high"),
    places=(("iso3", "area"),),
    year="year",
)
_MATRIX = Rule(("row", "col"), numbers=(("value_musd", -math.inf, math.inf),))
RULES: Mapping[str, Rule] = {
    "production": _FIGURES,
    "us_salient": _FIGURES,
    "import_sources": Rule(
        ("mineral", "detail", "area", "vintage"),
        amounts=("value",),
        places=(("iso3", "area"),),
        sums=(("mineral", "detail"), "value", 0.0, 102.0),
    ),
    "trade_flows": Rule(
        ("edition", "hs", "year", "exporter", "importer"),
        amounts=("value_kusd", "quantity_t"),
        places=(("exporter", "exporter"), ("importer", "importer")),
        year="year",
    ),
    "world_mining": Rule(
        ("material", "area", "year"), ("value",), places=(("iso3", "area"),), year="year"
    ),
    "governance": Rule(
        ("area", "year", "indicator"),
        numbers=(("estimate", -4.0, 4.0),),
        places=(("iso3", "area"),),
        year="year",
    ),
    "eu_supply": Rule(
        ("material", "stage", "scope", "area"),
        amounts=("share", "trade_parameter"),
        places=(("iso3", "area"),),
        sums=(("material", "stage", "scope"), "share", 0.0, 1.05),
    ),
    "eu_uses": Rule(
        ("material", "application", "nace2", "text"),
        amounts=("share", "value_added_meur"),
        sums=(("material",), "share", 0.0, 1.05),
    ),
    "eu_results": Rule(("material", "year"), amounts=("sr", "ei"), year="year"),
    "use_402": _MATRIX,
    "make_402": _MATRIX,
    "use_71": _MATRIX,
    "make_71": _MATRIX,
    "import_71": _MATRIX,
}


def named(columns: Iterable[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Give the columns of a file by our names for them; names are compared as plain words.

    >>> named(["Statistics_detail", "VALUE "], {"detail": ("statistics detail",), "x": ("y",)})
    {'detail': 'Statistics_detail'}
    """
    held = {plain(name): name for name in columns}
    return {
        ours: next(held[word] for word in words if word in held)
        for ours, words in wanted.items()
        if any(word in held for word in words)
    }


def plain(text: str) -> str:
    """Give a heading as plain words: ``PROD_EST_ 2024`` is ``prod est 2024``."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def wrong_kind(name: str, publisher: str, missing: Iterable[str]) -> Finding:
    """Say that a file is not of this publisher, and which columns it lacks."""
    lacking = ", ".join(missing)
    return fatal(
        "ORL-1200", name, f"this is no file of {publisher} that can be read: it lacks {lacking}",
        "give the file as it was published, and name the right source",
    )  # fmt: skip


def located(label: str, code: str = "") -> str:
    """Give the alpha-3 code of a country by its name, else by its code; empty if neither is one."""
    for text in (label, code):
        if text:
            try:
                return country(text).alpha3
            except UnknownCountryError:
                continue
    return ""


@kept_by_tables
def known_areas() -> frozenset[str]:
    """Give the labels that are no country and stand in the shipped tables."""
    frames = ("production", "us_salient", "import_sources", "governance", "eu_supply",
              "world_mining")  # fmt: skip
    return frozenset(
        area for name in frames for area in table(name).filter(iso3="")["area"].unique()
    )


def checked(name: str, rows: Sequence[Cells]) -> list[Finding]:
    """Give everything that is wrong with the rows of one table."""
    rule = RULES[name]
    if not rows:
        return [fatal("ORL-1203", name, "not one row was read", "give the whole file")]
    found = [finding for row in rows for finding in _cells(name, rule, row)]
    found += _places(name, rule, rows)
    found += _repeated(name, rule, rows)
    found += _empty_years(name, rule, rows)
    return [*found, *_sums(name, rule, rows)]


def _cells(name: str, rule: Rule, row: Cells) -> Iterable[Finding]:
    ends = [*rule.numbers, *((column, 0.0, math.inf) for column in rule.amounts)]
    for column, low, high in ends:
        text = row.get(column, "")
        if not text:
            continue
        where = f"{row[WHERE]} (table {name}, {column})"
        try:
            value = float(text)
        except ValueError:
            yield fatal("ORL-1207", where, f"{text!r} is no number", "write a plain number")
            continue
        if not math.isfinite(value):
            yield fatal("ORL-1207", where, f"{text!r} is no number", "leave the cell empty")
        elif value < low and low == 0:
            yield fatal("ORL-1204", where, f"{text} is negative", "look at the publisher's figure")
        elif not low <= value <= high:
            yield fatal(
                "ORL-1207", where, f"{text} is outside {low:g} to {high:g}",
                "look whether the column holds another quantity",
            )  # fmt: skip


def _places(name: str, rule: Rule, rows: Sequence[Cells]) -> Iterable[Finding]:
    told: set[str] = set()
    for row in rows:
        for code, label in rule.places:
            area = row.get(label, "")
            is_code = code == label
            known = row.get(code, "") if not is_code else located(area)
            if known or area in told or area in known_areas():
                continue
            told.add(area)
            yield fatal(
                "ORL-1202", f"{row[WHERE]} (table {name})",
                f"{area!r} names no country, nor an area that the tables know",
                "write the country's name or its ISO code",
            )  # fmt: skip


def _repeated(name: str, rule: Rule, rows: Sequence[Cells]) -> Iterable[Finding]:
    first: dict[tuple[str, ...], str] = {}
    for row in rows:
        key = tuple(row.get(column, "") for column in rule.key)
        if key in first:
            said = ", ".join(text for text in key if text)
            yield fatal(
                "ORL-1205", f"{row[WHERE]} (table {name})",
                f"{said} stands already at {first[key]}", "leave one of the two rows out",
            )  # fmt: skip
        first.setdefault(key, row[WHERE])


def _empty_years(name: str, rule: Rule, rows: Sequence[Cells]) -> Iterable[Finding]:
    if not rule.year:
        return
    columns = (*rule.amounts, *(column for column, *_ in rule.numbers), "flag")
    filled: dict[str, bool] = {}
    places: dict[str, str] = {}
    for row in rows:
        year = row.get(rule.year, "")
        has = any(row.get(column, "") not in {"", "blank"} for column in columns)
        filled[year] = filled.get(year, False) or has
        places.setdefault(year, row[WHERE])
    for year, has in filled.items():
        if not re.fullmatch(r"\d{4}", year):
            yield fatal(
                "ORL-1203", f"{places[year]} (table {name})", f"{year!r} is no year",
                "write a year of four digits",
            )  # fmt: skip
        elif not has:
            yield fatal(
                "ORL-1203", f"{places[year]} (table {name})",
                f"the year {year} has no figure in any row",
                "leave the year out, or give the file with its figures",
            )  # fmt: skip


def _sums(name: str, rule: Rule, rows: Sequence[Cells]) -> Iterable[Finding]:
    if rule.sums is None:
        return
    group, column, _, most = rule.sums
    totals: dict[tuple[str, ...], float] = {}
    places: dict[tuple[str, ...], str] = {}
    for row in rows:
        key = tuple(row.get(part, "") for part in group)
        text = row.get(column, "")
        number = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0
        totals[key] = totals.get(key, 0.0) + number
        places.setdefault(key, row[WHERE])
    scale = 1.0 if most > 50 else 100.0
    for key, total in totals.items():
        said = ", ".join(part for part in key if part)
        where = f"{places[key]} (table {name}: {said})"
        if total > most:
            yield fatal(
                "ORL-1201", where, f"shares sum to {scale * total:.6g} %, more than by rounding",
                "look for a row that stands twice or belongs elsewhere",
            )  # fmt: skip
        elif name == "eu_supply" and total < 0.9:
            yield warning(
                "ORL-1208", where, f"shares sum to {scale * total:.6g} % only",
                "the rest is taken as supply of nobody known; add rows if they were published",
            )  # fmt: skip
