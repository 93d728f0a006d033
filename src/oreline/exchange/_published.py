"""Tables of statistical offices that a user feeds: read, checked, and put beside the shipped ones.

Every importer gives the columns of a shipped table. What is read replaces the same part of that
table (an edition, a year, an indicator) and leaves the rest; nothing is written while a finding is
fatal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from oreline.exchange._atomic import new_folder
from oreline.exchange._limits import DEFAULT_LIMITS
from oreline.exchange._published_baci import read_baci
from oreline.exchange._published_bea import read_bea
from oreline.exchange._published_eu import read_eu
from oreline.exchange._published_mcs import read_mcs
from oreline.exchange._published_rows import RULES, PublishedFile, Read, checked
from oreline.exchange._published_wgi import read_wgi
from oreline.exchange._published_wmd import read_wmd
from oreline.exchange._sheet import capped, fatal, over
from oreline.model import Finding, InputError, Severity
from oreline.reference import Tables, as_table, table, table_names, using_tables

Reader = Callable[[Sequence[PublishedFile], int], Read]


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher whose files can be imported, with the credit that it asks for."""

    title: str
    publisher: str
    attribution: str
    read: Reader


PUBLISHERS: Final[Mapping[str, Publisher]] = {
    "mcs": Publisher(
        "Mineral Commodity Summaries", "U.S. Geological Survey",
        "Data courtesy of the U.S. Geological Survey.", read_mcs,
    ),
    "baci": Publisher(
        "BACI, bilateral trade by product", "CEPII",
        "Trade flows: BACI, CEPII, Etalab Open Licence 2.0.", read_baci,
    ),
    "wmd": Publisher(
        "World Mining Data", "Austrian Federal Ministry of Finance",
        "Mine production: World Mining Data, Austrian Federal Ministry of Finance.", read_wmd,
    ),
    "wgi": Publisher(
        "Worldwide Governance Indicators", "World Bank",
        "Worldwide Governance Indicators: World Bank, CC BY 4.0.", read_wgi,
    ),
    "bea": Publisher(
        "Input-output accounts", "U.S. Bureau of Economic Analysis",
        "Input-output accounts: U.S. Bureau of Economic Analysis.", read_bea,
    ),
    "eu-crm": Publisher(
        "Study on the critical raw materials for the EU", "European Commission",
        "© European Union, study on the critical raw materials for the EU, CC BY 4.0.", read_eu,
    ),
}  # fmt: skip
"""The importers, by the name that a user gives."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "production": ("vintage",),
    "us_salient": ("vintage",),
    "import_sources": ("vintage",),
    "trade_flows": ("edition", "year", "hs"),
    "world_mining": ("material", "year"),
    "governance": ("indicator",),
    "eu_supply": ("vintage", "scope"),
    "eu_uses": ("vintage",),
    "eu_results": ("year",),
}
"""What is replaced of a table: the rows that agree with a new one in these; else the whole."""


@dataclass(frozen=True, slots=True)
class ImportedTables:
    """What files of one publisher give.

    Attributes
    ----------
    source
        The id that every row names.
    frames
        Rows by table, with the columns and types of the shipped one.
    credit
        The row of the table of sources.
    findings
        Everything that was found; frames are empty where one is fatal.
    """

    source: str
    frames: Mapping[str, pl.DataFrame]
    credit: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def is_refused(self) -> bool:
        """Return whether some finding is fatal, so that nothing may be written."""
        return any(one.severity is Severity.FATAL for one in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, without the rows."""
        return {
            "source": self.source,
            "tables": {name: frame.height for name, frame in self.frames.items()},
            "attribution": self.credit["attribution"],
            "findings": [one.to_json() for one in self.findings],
        }


def import_published(
    source: str,
    files: Sequence[PublishedFile],
    *,
    vintage: int | None = None,
    codes: Collection[str] = (),
) -> ImportedTables:
    """Read and check files of a publisher; every problem is told at once.

    Parameters
    ----------
    source
        One of :data:`PUBLISHERS`.
    vintage
        The year of the edition; by default a year in a file's name.
    codes
        For ``baci``: codes of six digits; by default those that minerals are known by.

    Raises
    ------
    InputError
        If there is no importer of that name, no file, or a code that is not six digits.
    """
    if source not in PUBLISHERS:
        raise InputError(f"there is no importer {source!r}; say {', '.join(PUBLISHERS)}")
    if not files:
        raise InputError("give at least one file")
    wrong = sorted(code for code in codes if not re.fullmatch(r"\d{6}", code))
    if wrong:
        raise InputError(f"a code of the Harmonized System has six digits: {', '.join(wrong)}")
    year = vintage or _vintage(files)
    large = [file.name for file in files if len(file.data) > DEFAULT_LIMITS.file_bytes]
    if year is None or large:
        told = [_no_vintage(files)] if year is None else []
        limit = DEFAULT_LIMITS.file_bytes
        told += [over("file_bytes", limit, name, "leave out what is not needed") for name in large]
        return ImportedTables("", {}, _credit(source, files, year, ()), tuple(told))
    reader = PUBLISHERS[source].read
    read = read_baci(files, year, codes) if source == "baci" else reader(files, year)
    rows_found = (one for name, rows in read.rows.items() for one in checked(name, rows))
    findings = [*read.findings, *rows_found]
    credit = _credit(source, files, year, read.rows)
    refused = any(one.severity is Severity.FATAL for one in findings)
    frames = {} if refused else {
        name: as_table(name, ({**row, "source": credit["id"]} for row in rows))
        for name, rows in read.rows.items()
    }  # fmt: skip
    told = capped(findings, DEFAULT_LIMITS, files[0].name)
    return ImportedTables(credit["id"], frames, credit, tuple(told))


def _vintage(files: Sequence[PublishedFile]) -> int | None:
    """Return the newest year in the files' names; BACI's year of flows is not its edition's."""
    found = [
        int(year)
        for file in files
        for year in re.findall(r"(?<!\d)((?:19|20)\d{2})(?=\d{2}(?!\d)|(?!\d))", file.name)
    ]
    return max(found, default=None)


def _no_vintage(files: Sequence[PublishedFile]) -> Finding:
    return fatal(
        "ORL-1210", files[0].name, "no year of an edition is in the file's name",
        "say it with --vintage 2026",
    )  # fmt: skip


def _credit(
    source: str, files: Sequence[PublishedFile], vintage: int | None, tables: Collection[str]
) -> dict[str, str]:
    known = PUBLISHERS[source]
    hashes = "; ".join(
        f"{file.name} (SHA-256 {hashlib.sha256(file.data).hexdigest()})" for file in files
    )
    year = "" if vintage is None else str(vintage)
    return {
        "id": f"own-{source}-{year}".rstrip("-"), "title": known.title,
        "publisher": known.publisher, "vintage": year, "licence": "as the publisher says",
        "citation": hashes, "attribution": known.attribution,
        "trap": "Imported by a user; not checked by oreline's makers.", "retrieved": "",
        "tables": " ".join(sorted(tables)), "source": "oreline-sources",
    }  # fmt: skip


def with_imported(imported: ImportedTables) -> dict[str, pl.DataFrame]:
    """Give the tables in use with what was imported in the place of the same part of them."""
    merged = {}
    for name, frame in imported.frames.items():
        part = PARTS.get(name, ())
        before = table(name)
        if part:
            kept = before.join(frame.select(part).unique(), on=part, how="anti", nulls_equal=True)
            merged[name] = pl.concat([kept, frame.select(kept.columns)])
        else:
            merged[name] = frame.select(before.columns)
    own = table("sources").filter(pl.col("id") != imported.source)
    credit = as_table("sources", [imported.credit])
    merged["sources"] = pl.concat([own, credit.select(own.columns)])
    return merged


def write_tables(folder: Path, imported: ImportedTables) -> tuple[str, ...]:
    """Put imported tables into a folder, beside those that are there; give the names written.

    The folder is made anew and takes the old one's place whole, or not at all.

    Raises
    ------
    InputError
        If something was found fatal, or the folder holds what are no tables.
    """
    if imported.is_refused:
        raise InputError("nothing is written while a finding is fatal")
    held = read_tables(folder) if folder.is_dir() else Tables()
    with using_tables(held):
        frames = {**held.frames, **with_imported(imported)}
    beside = folder.parent / f".{folder.name}.before"
    if folder.is_dir():
        folder.rename(beside)
    try:
        with new_folder(folder) as place:
            for name, frame in frames.items():
                frame.write_parquet(place / f"{name}.parquet", compression="zstd")
    except BaseException:
        if beside.is_dir() and not folder.exists():
            beside.rename(folder)
        raise
    if beside.is_dir():
        for file in beside.iterdir():
            file.unlink()
        beside.rmdir()
    return tuple(sorted(imported.frames))


def read_tables(folder: Path) -> Tables:
    """Read a folder of tables that stand in the place of shipped ones: Parquet, or CSV.

    Raises
    ------
    InputError
        If the folder is not there, holds no table, or a table lacks a column; all problems at once.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder of tables {folder.name}")
    frames: dict[str, pl.DataFrame] = {}
    wrong = []
    for file in sorted(folder.iterdir()):
        name, kind = file.stem, file.suffix.casefold()
        if kind not in {".csv", ".parquet"} or name not in table_names():
            wrong.append(f"{file.name} is no table; the tables are {', '.join(table_names())}")
            continue
        try:
            frame = pl.read_parquet(file) if kind == ".parquet" else _csv(name, file)
        except (pl.exceptions.PolarsError, OSError) as error:
            wrong.append(f"{file.name} cannot be read: {str(error).partition(chr(10))[0]}")
            continue
        lacking = [column for column in table(name).columns if column not in frame.columns]
        if lacking:
            wrong.append(f"{file.name} lacks the columns {', '.join(lacking)}")
        frames[name] = frame
    if wrong or not frames:
        told = "; ".join(wrong) or "it holds none"
        raise InputError(f"the folder of tables {folder.name} cannot be used: {told}")
    return Tables(frames, folder.name)


def _csv(name: str, file: Path) -> pl.DataFrame:
    text = pl.read_csv(file, infer_schema=False).fill_null("")
    shipped = table(name).columns
    if not set(shipped) <= set(text.columns):
        return text
    return as_table(name, text.select(shipped).iter_rows(named=True))


assert set(RULES) >= set(PARTS), "every table that is imported is checked"
