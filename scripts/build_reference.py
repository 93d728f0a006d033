"""Write the tables of `oreline.reference` from a folder of collected public data.

    python scripts/build_reference.py FACTS [--data DIR] [--docs FILE] [--notice FILE]

The same folder gives the same bytes. Nothing is corrected silently: what looks wrong gets a
`finding`, what was printed stays as `text`, and only data under the licences in `LICENCES` are
written.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import polars as pl

from _reference_bea import build_bea
from _reference_cells import Facts, Row, cell, joined, truth
from _reference_companies import COMPANY_SOURCES, build_companies
from _reference_costs import build_cost_accounts
from _reference_eu import build_eu_2017_inputs, build_eu_results, build_eu_supply, build_eu_uses
from _reference_facts import (
    ALIASES,
    CURRENCIES,
    HS_MINERALS,
    HS_NOTES,
    HS_OWN,
    LICENCES,
    NAMES,
    QUOTED,
    RETRIEVED,
    SOURCES,
)
from _reference_places import (
    PlaceCheck,
    build_deposits,
    build_facilities,
    build_pakistan,
    build_ports,
    collection,
    country_features,
    decode,
    disputed_features,
)
from _reference_risk import (
    build_geopolrisk_codes,
    build_governance,
    build_recycling,
    build_trade_flows,
    build_us_effects,
    build_us_lists,
    build_world_gdp,
    build_world_mining,
)
from _reference_risk_sources import RISK_SOURCES
from _reference_stages import build_stage_shares
from oreline.exchange._published_mcs import measure_of
from oreline.reference._countries import name_index
from oreline.reference._minerals import mineral_key
from oreline.reference._tables import typed

ROOT = Path(__file__).resolve().parents[1]

# --------------------------------------------------------------------------- countries and codes


def build_countries(facts: Facts) -> dict[str, list[Row]]:
    """Build countries and country_aliases, and teach `facts` their names."""
    rows = []
    for raw in facts.rows("countries/country_codes.csv"):
        alpha3 = raw["ISO3166-1-Alpha-3"]
        currencies = raw["ISO4217-currency_alphabetic_code"] or CURRENCIES.get(alpha3, "")
        rows.append(
            {
                "alpha3": alpha3,
                "alpha2": raw["ISO3166-1-Alpha-2"],
                "numeric": raw["ISO3166-1-numeric"].zfill(3),
                "m49": raw["M49"].zfill(3),
                "name": NAMES.get(alpha3, raw["CLDR display name"]),
                "official_name": raw["official_name_en"],
                "region": raw["Region Name"],
                "subregion": raw["Sub-region Name"],
                "currencies": currencies.replace(",", " "),
                "source": "datahub-country-codes",
            }
        )
    rows.sort(key=lambda row: row["alpha3"])
    aliases = [(alias, alpha3) for alpha3, names in ALIASES.items() for alias in names.split("|")]
    facts.index = name_index(rows, aliases)
    for row in rows:
        assert facts.alpha3(row["numeric"]) == row["alpha3"], row
    spoken = [
        {"alias": alias, "alpha3": alpha3, "source": "oreline-curated"} for alias, alpha3 in aliases
    ]
    return {"countries": rows, "country_aliases": spoken}


def build_codes(facts: Facts) -> dict[str, list[Row]]:
    """Build hs and hs_minerals; descriptions always come from the code table."""
    codes = [
        {
            "code": raw["hscode"],
            "level": raw["level"],
            "parent": "" if raw["parent"] == "TOTAL" else raw["parent"],
            "section": raw["section"],
            "description": raw["description"],
            "vintage": "2022",
            "source": "datahub-harmonized-system",
        }
        for raw in facts.rows("hs/hs_metals_minerals_chapters.csv")
    ]
    words = {row["code"]: row["description"] for row in codes}
    listed = [
        (HS_MINERALS.get(raw["mineral"], raw["mineral"]), raw["stage"], raw["code"],
         HS_NOTES.get(raw["code"], ""), "reported", "jrc-rmis-2024")
        for raw in facts.rows("hs/mineral_hs_crosswalk.csv")
        if raw["source"].startswith("JRC RMIS 2024")
    ]  # fmt: skip
    own = [(*row, "oreline-hs-reading") for row in HS_OWN]
    columns = ("mineral", "stage", "code", "note", "basis", "source")
    crosswalk = [dict(zip(columns, row, strict=True)) for row in [*listed, *own]]
    for row in crosswalk:
        row["description"] = words[row["code"]]
        row["mineral"] = mineral_key(row["mineral"])
    crosswalk.sort(key=lambda row: (row["mineral"], row["stage"], row["code"]))
    return {"hs": sorted(codes, key=lambda row: row["code"]), "hs_minerals": crosswalk}


def build_lists(facts: Facts) -> dict[str, list[Row]]:
    """Build critical_lists; the basis says whether a row was checked."""
    rows = []
    for raw in facts.rows("lists/critical_mineral_lists.csv"):
        first = raw["basis"].split()[0].strip(";,:-")
        rows.append(
            {
                "jurisdiction": raw["jurisdiction"],
                "vintage": raw["year"],
                "list": raw["list"],
                "mineral": raw["mineral"],
                "basis": {"memory": "from memory"}.get(first, first),
                "basis_note": raw["basis"],
                "source": "critical-lists",
            }
        )
    return {"critical_lists": rows}


# --------------------------------------------------------------------------- production


def production_row(facts: Facts, label: str, text: str, **given: str) -> Row:
    """Give one row of the production table."""
    area, scope, alpha3, qualifier = facts.area(label)
    row = {"area": area, "scope": scope, "iso3": alpha3, **cell(text), **given}
    row["note"] = joined(qualifier, given.get("note", ""))
    return {"basis": "reported", "line": "", **row}


def world_2026(facts: Facts) -> Iterator[Row]:
    """Read the world tables of the 2026 edition."""
    for line, raw in enumerate(facts.rows("production/usgs_mcs2026_long.csv"), start=2):
        if not raw["section"].startswith("World"):
            continue
        yield production_row(
            facts, raw["country"], raw["value_raw"], mineral=mineral_key(raw["commodity"]),
            measure="reserves" if raw["stat"] == "Reserves"
            else "capacity" if raw["stat"] == "Capacity" else measure_of(raw["detail"]),
            detail=raw["detail"], year=raw["year"], unit=raw["unit"],
            estimated=raw["estimated"].lower(), vintage="2026", source="usgs-mcs-2026",
            line=str(line),
        )  # fmt: skip


def world_2025(facts: Facts) -> Iterator[Row]:
    """Read the world tables of the 2025 edition; columns that are empty throughout are left out."""
    rows = facts.rows("production/usgs_mcs2025_world_data.csv")
    columns = (
        ("PROD_2023", "2023", "", "PROD_NOTES"), ("PROD_EST_ 2024", "2024", "", "PROD_NOTES"),
        ("CAP_2023", "2023", "capacity", "CAP_NOTES"),
        ("CAP_EST_ 2024", "2024", "capacity", "CAP_NOTES"),
        ("RESERVES_2024", "2024", "reserves", "RESERVE_NOTES"),
    )  # fmt: skip
    filled = {
        (raw["COMMODITY"], raw["TYPE"], name) for raw in rows for name, *_ in columns if raw[name]
    }
    for line, raw in enumerate(rows, start=2):
        for name, year, measure, notes in columns:
            if (raw["COMMODITY"], raw["TYPE"], name) not in filled:
                continue
            note = raw[notes]
            text = raw[name]
            if not text and note.split() and note.split()[0].upper() in {"W", "XX", "NA"}:
                text = note.split()[0].upper()
            estimated = "EST" in name or "estimated" in f"{note} {raw['TYPE']}".casefold()
            yield production_row(
                facts, raw["COUNTRY"], text, mineral=mineral_key(raw["COMMODITY"]),
                measure=measure or measure_of(raw["TYPE"]), year=year,
                detail=f"Reserves: {raw['TYPE']}" if measure == "reserves" else raw["TYPE"],
                unit=raw["UNIT_MEAS"], estimated="" if measure == "reserves" else truth(estimated),
                vintage="2025", source="usgs-mcs-2025", note=note, line=str(line),
            )  # fmt: skip


def world_2022_to_2024(facts: Facts) -> Iterator[Row]:
    """Read antimony, copper and rare earths from the editions of 2022 to 2024."""
    rows = facts.rows("production/usgs_mcs_2022_2024_world_sb_cu_ree_long.csv")
    # The other files of the collection repeat these tables under other names.
    rows = [raw for raw in rows if raw["file"].startswith("mcs") or raw["Source"] == "MCS2022"]
    lines: dict[tuple[str, str, str], Row] = defaultdict(dict)
    for raw in rows:
        lines[raw["file"], raw["Country"], raw["Type"]][raw["variable"]] = raw["value"]
        lines[raw["file"], raw["Country"], raw["Type"]]["edition"] = raw["Source"][3:]
    minerals = {"antim": "antimony", "coppe": "copper", "raree": "rare earths"}
    for (file, label, line), held in lines.items():
        mineral = next(name for part, name in minerals.items() if part in file)
        notes = {key: value for key, value in held.items() if "note" in key.casefold()}
        if notes.get("Reserves_notes", "").startswith(">"):
            held.setdefault(f"Reserves_{'kt' if mineral == 'copper' else 't'}", "")
        for variable, text in list(held.items()):
            found = re.fullmatch(r"(Prod|Reserves)_(k?t)(?:_([Ee]st))?(?:_(\d{4}))?", variable)
            if not found:
                continue
            kind, unit, estimate, year = found.groups()
            if kind == "Reserves" and text == "XX":
                continue  # the same country's reserves stand on the line of its mines
            note = next((value for key, value in notes.items() if key.startswith(kind)), "")
            if kind == "Reserves" and text in {"", "NA"} and note.startswith(">"):
                text = note.split(". ")[0]
            estimated = bool(estimate) or f"stimated in {year}" in note
            yield production_row(
                facts, label, text, mineral=mineral,
                detail=f"Reserves: {line}" if kind == "Reserves" else line,
                measure="reserves" if kind == "Reserves" else measure_of(line),
                year=year or str(int(held["edition"]) - 1),
                unit={"t": "metric tons", "kt": "thousand metric tons"}[unit],
                estimated="" if kind == "Reserves" else truth(estimated),
                vintage=held["edition"], source=f"usgs-mcs-{held['edition']}", note=note,
            )  # fmt: skip


FIGURE_COLUMNS = (
    "mineral", "measure", "detail", "area", "scope", "iso3", "year", "text", "value", "low", "high",
    "flag", "unit", "estimated", "vintage", "basis", "note", "source", "line",
)  # fmt: skip


def figures(rows: Iterable[Row]) -> list[Row]:
    """Sort figures and give them one order of columns."""
    kept = [{column: row.get(column, "") for column in FIGURE_COLUMNS} for row in rows]
    return sorted(
        kept, key=lambda row: (row["mineral"], row["vintage"], int(row["line"] or 0), *row.values())
    )


def build_production(facts: Facts) -> dict[str, list[Row]]:
    """Build production (world tables of all editions) and quoted_figures (of other publishers)."""
    columns = (
        "mineral", "iso3", "year", "measure", "detail", "text", "unit", "vintage", "source",
        "basis", "note",
    )  # fmt: skip
    quotes = []
    for values in QUOTED:
        row = dict(zip(columns, values, strict=True))
        quotes.append({**row, **cell(row["text"]), "area": "Pakistan", "scope": "country"})
    world = [*world_2026(facts), *world_2025(facts), *world_2022_to_2024(facts)]
    return {"production": figures(world), "quoted_figures": figures(quotes)}


# --------------------------------------------------------------------------- United States, prices

SALIENT_MEASURES = {
    "USprod": "production", "Imports": "imports", "Exports": "exports", "Consump": "consumption",
    "Price": "price", "Stocks": "stocks", "Employment": "employment",
    "NIR": "net import reliance", "Recycled": "production",
    "Import": "imports", "Export": "exports", "Stock": "stocks",
}  # fmt: skip
SALIENT_UNITS = {
    "t": "metric tons", "kt": "thousand metric tons", "pct": "percent", "dlb": "dollars per pound",
    "ctslb": "cents per pound", "dkg": "dollars per kilogram", "num": "number", "um": "number",
    "m": "number",
}  # fmt: skip
CORE_MINERALS = ("antimony", "copper", "rare earths")


def salient_2026(facts: Facts) -> Iterator[Row]:
    """Read the salient statistics of the 2026 edition, all minerals."""
    for line, raw in enumerate(facts.rows("production/usgs_mcs2026_long.csv"), start=2):
        if raw["section"].startswith("Salient"):
            yield {
                **cell(raw["value_raw"]),
                "mineral": mineral_key(raw["commodity"]),
                "measure": SALIENT_MEASURES.get(raw["stat"], raw["stat"].casefold()),
                "detail": raw["detail"], "year": raw["year"], "unit": raw["unit"],
                "estimated": raw["estimated"].lower(), "vintage": "2026",
                "source": "usgs-mcs-2026", "line": str(line),
            }  # fmt: skip


def salient_2022_to_2024(facts: Facts) -> Iterator[Row]:
    """Read the salient statistics of three earlier editions; their last year is an estimate."""
    for line, raw in enumerate(
        facts.rows("production/usgs_mcs_2022_2024_salient_long.csv"), start=2
    ):
        mineral = mineral_key(raw["commodity"])
        if mineral not in CORE_MINERALS or not raw["year"] or raw["metric"].startswith("Unnamed"):
            continue
        kind, *_ = raw["metric"].split("_")
        unit = SALIENT_UNITS[raw["metric"].rpartition("_")[2]]
        vintage = raw["edition"].removeprefix("mcs")
        marked = raw["value"].startswith("e") or int(raw["year"]) == int(vintage) - 1
        yield {
            **cell(raw["value"]),
            "mineral": mineral, "measure": SALIENT_MEASURES[kind], "detail": raw["metric"],
            "year": raw["year"], "unit": "percent" if kind == "NIR" else unit,
            "estimated": truth(marked), "vintage": vintage, "source": f"usgs-mcs-{vintage}",
            "line": str(line),
        }  # fmt: skip


def build_united_states(facts: Facts) -> dict[str, list[Row]]:
    """Build us_salient and import_sources."""
    place = {"area": "United States", "scope": "country", "iso3": "USA", "basis": "reported"}
    rows = [{**row, **place} for row in (*salient_2026(facts), *salient_2022_to_2024(facts))]
    shares = []
    for raw in facts.rows("trade/usgs_mcs2026_import_sources_2021_2024.csv"):
        area, scope, alpha3, _ = facts.area(raw["country"])
        shares.append(
            {
                "mineral": mineral_key(raw["commodity"]), "detail": raw["detail"], "area": area,
                "scope": scope, "iso3": alpha3, "year_from": "2021", "year_to": "2024",
                **cell(raw["value_raw"]), "unit": "percent", "vintage": "2026",
                "basis": "reported", "source": "usgs-mcs-2026",
            }
        )  # fmt: skip
    return {"us_salient": figures(rows), "import_sources": shares}


PRODUCTS = {
    "Price, metal, average": "antimony metal", "Price_Metal": "antimony metal",
    "U.S. producer": "copper US producer cathode", "Price_US": "copper US producer cathode",
    "COMEX, high-grade": "copper COMEX", "Price_COMEX": "copper COMEX",
    "London Metal Exchange": "copper LME", "Price_LME": "copper LME",
    "NdPr": "NdPr oxide", "Mischmetal": "mischmetal", "Lanthanum": "La2O3", "La2O3": "La2O3",
    "Cerium": "CeO2", "CeO2": "CeO2", "Praseodymium": "Pr6O11", "Neodymium": "Nd2O3",
    "Nd2O3": "Nd2O3", "Samarium": "Sm2O3", "Europium": "Eu2O3", "Eu2O3": "Eu2O3",
    "Gadolinium": "Gd2O3", "Dysprosium": "Dy2O3", "Dy2O3": "Dy2O3", "Terbium": "Tb4O7",
    "TbO2": "Tb4O7", "Yttrium metal": "yttrium metal", "Y2O3": "Y2O3",
}  # fmt: skip
"""Product by a mark in the wording of the line; the first that fits is taken."""

KG_PER_POUND = Decimal("0.45359237")
USD_PER_T = {
    "dollars per pound": 1000 / KG_PER_POUND,
    "cents per pound": 10 / KG_PER_POUND,
    "dollars per kilogram": Decimal(1000),
}
PRICED = ("antimony", "copper", "rare earths", "lanthanum", "cerium", "praseodymium", "neodymium",
          "samarium", "europium", "gadolinium", "dysprosium", "terbium", "yttrium")  # fmt: skip


def annual_price(row: Row) -> Row:
    """Give the row of prices_annual for a price among the salient statistics."""
    product = next(name for mark, name in PRODUCTS.items() if mark in row["detail"])
    per_t = Decimal(row["value"]) * USD_PER_T[row["unit"]] if row["value"] else None
    return {
        "product": product, "detail": row["detail"], "year": row["year"], "text": row["text"],
        "value": row["value"], "low": row["low"], "high": row["high"], "flag": row["flag"],
        "unit": row["unit"], "usd_per_t": "" if per_t is None else f"{per_t:.2f}",
        "estimated": row["estimated"], "vintage": row["vintage"], "basis": "reported",
        "source": row["source"],
    }  # fmt: skip


def build_prices(facts: Facts) -> dict[str, list[Row]]:
    """Build prices_annual and price_copper_monthly."""
    annual = [
        annual_price(row)
        for row in (*salient_2026(facts), *salient_2022_to_2024(facts))
        if row["measure"] == "price" and row["mineral"] in PRICED
    ]
    annual.sort(key=lambda row: (row["product"], row["year"], row["vintage"]))
    monthly = [
        {
            "month": raw["month"], **cell(raw["Copper ($/mt)"]), "unit": "USD/t", "vintage": "2025",
            "basis": "reported", "source": "worldbank-pink-sheet",
        }
        for raw in facts.rows("prices/worldbank_pinksheet_metals_energy_monthly.csv")
    ]  # fmt: skip
    return {"prices_annual": annual, "price_copper_monthly": monthly}


def build_ree_distribution(facts: Facts) -> dict[str, list[Row]]:
    """Build ree_distribution: percent of total rare-earth oxide, one row per element."""
    rows = []
    for raw in facts.rows("production/usgs_ree_distribution_by_source_mineral_pct_treo.csv"):
        place = {
            "source_mineral": raw["mineral"].casefold(), "area": raw["country"],
            "iso3": facts.alpha3(raw["country"]), "location": raw["location"].strip(" ,"),
        }  # fmt: skip
        rows += [
            {
                **place, "element": element, **cell(raw[element]), "unit": "% of TREO",
                "vintage": "2022", "basis": "reported", "source": "usgs-myb-2022-rare-earths",
            }
            for element in list(raw)[3:]
        ]  # fmt: skip
    return {"ree_distribution": rows}


# --------------------------------------------------------------------------- writing


PACKED = frozenset({"make_402", "trade_flows", "use_402", "world_mining"})
"""Tables of many rows, written as Parquet with the types that readers get."""


def as_parquet(rows: list[Row]) -> bytes:
    """Write rows as Parquet; the same library gives the same bytes."""
    stream = io.BytesIO()
    frame = typed(pl.DataFrame(rows))
    frame.write_parquet(stream, compression="zstd", compression_level=19, statistics=False)
    return stream.getvalue()


def as_csv(rows: list[Row]) -> bytes:
    """Write rows as UTF-8 CSV with line feeds; every row must have the same columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    for row in rows:
        assert row.keys() == rows[0].keys(), (row, rows[0])
        writer.writerow(row)
    return text.getvalue().encode()


def source_rows(used: Mapping[str, set[str]]) -> list[Row]:
    """Give the rows of sources.csv; a source that nothing uses, or the reverse, is a mistake."""
    entries = (*SOURCES, *RISK_SOURCES, *COMPANY_SOURCES)
    known = {entry.id for entry in entries}
    assert used.keys() == known, f"sources and tables differ: {sorted(used.keys() ^ known)}"
    rows = []
    for entry in sorted(entries, key=lambda entry: entry.id):
        assert entry.licence in LICENCES, entry
        row = {**asdict(entry), "retrieved": RETRIEVED, "tables": " ".join(sorted(used[entry.id]))}
        rows.append({**row, "source": "oreline-sources"})
    return rows


def docs_page(rows: list[Row], sizes: Mapping[str, int]) -> bytes:
    """Write the documentation page on data sources."""
    lines = [
        "# Data sources",
        "",
        "<!-- Written by scripts/build_reference.py; do not edit. -->",
        "",
        "The facts that come with oreline, and where each comes from. Every row of every table",
        "names its source in the column `source`. Only data in the public domain, or under a",
        "licence that asks for no more than attribution, are passed on.",
        f"The files were collected on {RETRIEVED}, most from public copies rather than from",
        "the publishers' own sites; `scripts/build_reference.py` turns them into the tables.",
        "",
        "## Sources",
        "",
        "| id | title | publisher | vintage | licence | tables |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            f"`{row['id']}`",
            row["title"],
            row["publisher"],
            row["vintage"] or "not stated",
            row["licence"],
            ", ".join(f"`{name}`" for name in row["tables"].split()),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Licences", ""]
    lines += [f"- `{name}`: {words}." for name, words in LICENCES.items()]
    lines += ["", "## What to know before relying on them", ""]
    lines += [f"- `{row['id']}`: {row['trap']}" for row in rows if row["trap"]]
    lines += ["", "## Attributions and citations", ""]
    lines += [f"- `{row['id']}`: {row['attribution']} {row['citation']}" for row in rows]
    lines += ["", "## Tables", "", "| table | rows |", "|---|---|"]
    lines += [f"| `{name}` | {size:,} |" for name, size in sorted(sizes.items())]
    return ("\n".join(lines) + "\n").encode()


NOTICE_OF_TESTS = (
    "",
    "Data of others that only tests read:",
    "",
    "tests/explore/babbitt_domain.csv: which drill holes lie in a solid;",
    "    babbitt_blocks.csv: between which levels its columns lie. PyGSLIB (2024).",
    "    Computed from data of PyGSLIB, copyright 2015 Adrian Martinez Vargas.",
    "    Terms: MIT licence. https://github.com/opengeostat/pygslib",
    (
        "tests/watch/sets/ms: cases for dates, money, numbers and dimensions in English. "
        "Recognizers-Text."
    ),
    "    Copyright (c) Microsoft Corporation.",
    "    Terms: MIT licence. https://github.com/microsoft/Recognizers-Text",
    "tests/watch/sets/names: labelled pairs of names. nomenklatura.",
    "    Copyright (c) OpenSanctions and others.",
    "    Terms: MIT licence. https://github.com/opensanctions/nomenklatura",
)
"""The first is written by scripts/build_babbitt_domain.py and build_babbitt_blocks.py."""


def notice(head: list[str], rows: list[Row]) -> bytes:
    """Write NOTICE: its first two lines, then a credit for every source."""
    lines = [
        *head,
        "",
        "The folder src/oreline/reference/data holds data of others, each under its own terms:",
        "",
    ]
    for row in rows:
        lines += [
            f"{row['id']}: {row['title']}. {row['publisher']} ({row['vintage'] or 'no date'}).",
            f"    {row['attribution']}",
            f"    Terms: {LICENCES[row['licence']]}. {row['citation']}",
        ]
    return ("\n".join([*lines, *NOTICE_OF_TESTS]) + "\n").encode()


def build(facts: Facts) -> tuple[dict[str, bytes], list[Row], dict[str, int]]:
    """Build every file of the data folder; give them with the source rows and the table sizes."""
    tables = build_countries(facts)
    makers: tuple[Callable[[Facts], dict[str, list[Row]]], ...] = (
        build_codes, build_lists, build_production, build_united_states, build_prices,
        build_ree_distribution, build_cost_accounts, build_world_mining, build_trade_flows,
        build_governance, build_world_gdp, build_geopolrisk_codes, build_recycling,
        build_us_effects, build_us_lists, build_eu_results, build_eu_2017_inputs, build_eu_supply,
        build_eu_uses, build_bea, build_companies,
    )  # fmt: skip
    for maker in makers:
        tables |= maker(facts)
    tables |= build_stage_shares(tables["production"], tables["eu_supply"])
    check = PlaceCheck(facts)
    for placer in (build_deposits, build_pakistan, build_facilities, build_ports):
        tables |= placer(facts, check)
    world = decode(facts.topology("countries-110m.json"))
    maps = {
        "countries_110m.geojson": country_features(facts, world),
        "disputed_boundaries.geojson": disputed_features(world),
    }
    used: dict[str, set[str]] = defaultdict(set)
    for name, rows in tables.items():
        for row in rows:
            used[row["source"]].add(name)
    for name in maps:
        used["natural-earth"].add(name)
    used["oreline-sources"].add("sources")
    sources = source_rows(used)
    tables["sources"] = sources
    packed = {f"{name}.parquet": as_parquet(tables[name]) for name in sorted(PACKED)}
    files = {f"{name}.csv": as_csv(tables[name]) for name in tables if name not in PACKED} | packed
    files |= {name: collection(features) for name, features in maps.items()}
    return files, sources, {name: len(rows) for name, rows in tables.items()}


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="folder of collected public data")
    parser.add_argument("--data", type=Path, default=ROOT / "src/oreline/reference/data")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs/reference/data-sources.md")
    parser.add_argument("--notice", type=Path, default=ROOT / "NOTICE")
    given = parser.parse_args()
    facts = Facts(given.facts)
    files, sources, sizes = build(facts)
    given.data.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given.data / name).write_bytes(content)
    given.docs.parent.mkdir(parents=True, exist_ok=True)
    given.docs.write_bytes(docs_page(sources, sizes))
    head = (ROOT / "NOTICE").read_text("utf-8").splitlines()[:2]
    given.notice.write_bytes(notice(head, sources))
    total = sum(len(content) for content in files.values())
    print(f"{len(files)} files, {total / 1e6:.2f} MB")
    for file, label in sorted(facts.unresolved):
        print(f"no country, kept as it is called: {label} in {file}")


if __name__ == "__main__":
    main()
