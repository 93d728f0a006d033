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
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from _reference_facts import (
    ALIASES,
    CURRENCIES,
    DEPOSIT_SOURCES,
    DISPUTED,
    HS_MINERALS,
    HS_NOTES,
    HS_OWN,
    LICENCES,
    NAMES,
    QUOTED,
    SOURCES,
)

from oreline.reference._countries import name_index, normalised
from oreline.reference._geometry import Ring, distance_to_edge_km, inside
from oreline.reference._minerals import mineral_key
from oreline.reference._published import parse_published

ROOT = Path(__file__).resolve().parents[1]
RETRIEVED = "2026-11-22"
NEAR_KM = 25.0
"""A point this close to its country may be outside for want of precision in either."""

Row = dict[str, str]

# --------------------------------------------------------------------------- reading and cells


class Facts:
    """The folder of collected data, and the names of countries once they are known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: dict[str, str] = {}

    def rows(self, name: str) -> list[Row]:
        """Give the rows of a CSV file, cells trimmed and two known encoding slips mended."""
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as stream:
            return [
                {key: _clean(value or "") for key, value in row.items()}
                for row in csv.DictReader(stream)
            ]

    def topology(self, name: str) -> dict[str, Any]:
        """Give a TopoJSON file."""
        loaded: dict[str, Any] = json.loads((self.folder / "map" / name).read_text("utf-8"))
        return loaded

    def alpha3(self, label: str) -> str:
        """Give the alpha-3 code of a country's name, or an empty string."""
        return self.index.get(normalised(label), "")

    def area(self, label: str) -> tuple[str, str, str, str]:
        """Read the label of a table's line: area, scope, alpha-3 code and qualifier."""
        if label.casefold().startswith("world total"):
            # "World total (rounded)10": the digits are a footnote, not part of the name.
            return "world", "world", "", label[len("world total") :].strip(" ,0123456789")
        if label.casefold().startswith("other countries"):
            return "other countries", "other", "", label[len("other countries") :].strip()
        if alpha3 := self.alpha3(label):
            return label, "country", alpha3, ""
        stem, _, qualifier = label.rpartition(" (")
        if alpha3 := self.alpha3(stem):
            return stem, "country", alpha3, f"({qualifier}"
        return label, "group", "", ""


def _clean(text: str) -> str:
    try:
        text = text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass  # it was not UTF-8 read as Latin-1
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def cell(text: str) -> Row:
    """Give the columns text, value, low, high and flag of a USGS cell."""
    read = parse_published(text, dash_is_zero=True)
    bounds = {"value": read.value, "low": read.low, "high": read.high}
    numbers = {key: "" if number is None else f"{number:f}" for key, number in bounds.items()}
    return {"text": read.text, **numbers, "flag": read.flag}


def truth(value: bool) -> str:
    """Write a boolean as the tables do."""
    return "true" if value else "false"


def joined(*notes: str) -> str:
    """Join the notes that are not empty."""
    return "; ".join(note for note in notes if note)


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


def measure_of(detail: str) -> str:
    """Sort a line of a world table by the stage it speaks of."""
    words = detail.casefold()
    if "reserves" in words:
        return "reserves"
    if "capacity" in words:
        return "capacity"
    for stage, mark in (("mine", "mine"), ("smelter", "smelter"), ("refinery", "refin")):
        if re.search(rf"\b{mark}", words):
            return f"{stage} production"
    return "production"


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
                measure=measure or measure_of(raw["TYPE"]), detail=raw["TYPE"], year=year,
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
    for (file, label, detail), held in lines.items():
        mineral = next(name for part, name in minerals.items() if part in file)
        notes = {key: value for key, value in held.items() if "note" in key.casefold()}
        for variable, text in held.items():
            found = re.fullmatch(r"(Prod|Reserves)_(k?t)(?:_([Ee]st))?(?:_(\d{4}))?", variable)
            if not found:
                continue
            kind, unit, estimate, year = found.groups()
            note = next((value for key, value in notes.items() if key.startswith(kind)), "")
            if kind == "Reserves" and text in {"", "NA"} and note.startswith(">"):
                text = note.split(". ")[0]
            estimated = bool(estimate) or f"stimated in {year}" in note
            yield production_row(
                facts, label, text, mineral=mineral, detail=detail,
                measure="reserves" if kind == "Reserves" else measure_of(detail),
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
    """Build production (world tables, all editions) and quoted_figures (single figures of others)."""
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


def build_prices(facts: Facts) -> dict[str, list[Row]]:
    """Build prices_annual and price_copper_monthly."""
    annual = [
        {
            "product": raw["product"], "year": raw["year"], **cell(raw["value"]),
            "unit": raw["unit"], "usd_per_t": raw["usd_per_t"],
            "estimated": truth(int(raw["year"]) == int(raw["vintage"][3:]) - 1),
            "vintage": raw["vintage"][3:], "basis": "reported",
            "source": f"usgs-mcs-{raw['vintage'][3:]}",
        }
        for raw in facts.rows("prices/usgs_annual_prices_sb_cu_ree_2017_2025_vintages.csv")
    ]  # fmt: skip
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
        for element in list(raw)[3:]:
            rows.append(
                {
                    **place, "element": element, **cell(raw[element]), "unit": "% of TREO",
                    "vintage": "2022", "basis": "reported", "source": "usgs-myb-2022-rare-earths",
                }
            )  # fmt: skip
    return {"ree_distribution": rows}

# --------------------------------------------------------------------------- map


@dataclass(frozen=True)
class World:
    """The country outlines of a TopoJSON file: its arcs, and the geometries made of them."""

    arcs: list[list[tuple[float, float]]]
    geometries: list[dict[str, Any]]

    def ring(self, indices: list[int]) -> list[tuple[float, float]]:
        """Join arcs to a closed ring; a negative index is the arc's complement, reversed."""
        points: list[tuple[float, float]] = []
        for index in indices:
            arc = self.arcs[index] if index >= 0 else self.arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    def polygons(self, geometry: Mapping[str, Any]) -> list[list[list[tuple[float, float]]]]:
        """Give the polygons of a geometry, each a list of rings, the outer one first."""
        arcs = geometry["arcs"]
        polygons = [arcs] if geometry["type"] == "Polygon" else arcs
        return [[self.ring(indices) for indices in polygon] for polygon in polygons]


def decode(topology: Mapping[str, Any]) -> World:
    """Undo the delta coding and quantisation of a TopoJSON topology."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        steps = np.cumsum(np.asarray(deltas, dtype=np.int64), axis=0)
        arcs.append([(int(x) * sx + tx, int(y) * sy + ty) for x, y in steps])
    return World(arcs, topology["objects"]["countries"]["geometries"])


def tidy_ring(points: Iterable[tuple[float, float]], *, outer: bool) -> list[list[float]] | None:
    """Round a ring to three decimals and turn it the way RFC 7946 wants; None if nothing is left."""
    kept: list[list[float]] = []
    for lon, lat in points:
        point = [round(lon, 3) + 0.0, round(lat, 3) + 0.0]
        if not kept or kept[-1] != point:
            kept.append(point)
    if len(kept) < 4:
        return None
    assert kept[0] == kept[-1], "a ring must close"
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(kept, kept[1:], strict=False))
    return kept if (area > 0) == outer else kept[::-1]


def country_features(facts: Facts, world: World) -> list[dict[str, Any]]:
    """Give one GeoJSON feature for each country."""
    alpha3_of = {value: key for value, key in facts.index.items() if value.isdigit()}
    features = []
    for geometry in world.geometries:
        numeric = geometry.get("id")
        polygons = []
        for polygon in world.polygons(geometry):
            rings = [tidy_ring(ring, outer=index == 0) for index, ring in enumerate(polygon)]
            if rings[0]:
                polygons.append([ring for ring in rings if ring])
        single = len(polygons) == 1
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "iso3": alpha3_of[numeric] if numeric else None,
                    "numeric": numeric,
                    "name": geometry["properties"]["name"],
                    "source": "natural-earth",
                },
                "geometry": {
                    "type": "Polygon" if single else "MultiPolygon",
                    "coordinates": polygons[0] if single else polygons,
                },
            }
        )
    return features


def shared_arcs(world: World, first: str, second: str) -> list[list[tuple[float, float]]]:
    """Give the arcs that two countries share, by their Natural Earth names."""
    users: dict[int, set[str]] = defaultdict(set)
    for geometry in world.geometries:
        flat = np.concatenate([np.ravel(ring) for ring in _rings_of(geometry)])
        for index in flat.tolist():
            users[index if index >= 0 else ~index].add(geometry["properties"]["name"])
    return [world.arcs[index] for index, names in sorted(users.items()) if names == {first, second}]


def _rings_of(geometry: Mapping[str, Any]) -> list[list[int]]:
    arcs = geometry["arcs"]
    return arcs if geometry["type"] == "Polygon" else [ring for rings in arcs for ring in rings]


def disputed_features(world: World) -> list[dict[str, Any]]:
    """Cut the disputed parts out of the shared arcs."""
    features = []
    for id, first, second, name, lats, lons, note in DISPUTED:
        lines = []
        for arc in shared_arcs(world, first, second):
            line = [
                [round(lon, 3), round(lat, 3)]
                for lon, lat in arc
                if lats[0] <= lat <= lats[1] and lons[0] <= lon <= lons[1]
            ]
            if len(line) > 1:
                lines.append(line)
        assert lines, f"nothing of {id} is in the outlines"
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "id": id, "between": [first, second], "name": name, "view": "dashed",
                    "note": note, "basis": "compiled", "source": "natural-earth",
                },
                "geometry": {"type": "MultiLineString", "coordinates": lines},
            }
        )  # fmt: skip
    return features


def collection(features: list[dict[str, Any]]) -> bytes:
    """Write a FeatureCollection, one feature to a line."""
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features
    )
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


# --------------------------------------------------------------------------- places


class PlaceCheck:
    """Compares coordinates with the outline of the country they are said to lie in."""

    def __init__(self, facts: Facts) -> None:
        world = decode(facts.topology("countries-50m.json"))
        self.rings: dict[str, list[Ring]] = defaultdict(list)
        for geometry in world.geometries:
            if not geometry.get("id") or "arcs" not in geometry:
                continue
            alpha3 = facts.alpha3(geometry["id"])
            for polygon in world.polygons(geometry):
                self.rings[alpha3].extend(np.asarray(ring) for ring in polygon)

    def finding(self, alpha3: str, lat: float, lon: float) -> Row:
        """Give the columns `finding` and `outside_km`: empty when the point is inside."""
        rings = self.rings.get(alpha3)
        if not alpha3:
            return {"finding": "country not resolved", "outside_km": ""}
        if rings is None:
            return {"finding": "country has no outline at this scale", "outside_km": ""}
        if inside(rings, lat, lon):
            return {"finding": "", "outside_km": ""}
        away = distance_to_edge_km(rings, lat, lon)
        for name, other in (("longitude", (lat, -lon)), ("latitude", (-lat, lon))):
            if away > NEAR_KM and inside(rings, *other):
                return {"finding": f"sign of {name} looks wrong", "outside_km": f"{away:.1f}"}
        near = "just outside its country" if away <= NEAR_KM else "outside its country"
        return {"finding": near, "outside_km": f"{away:.1f}"}


def build_deposits(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build deposits, each point checked against its country; nothing is moved."""
    rows = []
    for raw in facts.rows("deposits/usgs_deposits_sb_cu_ree_world_plus_pakistan.csv"):
        alpha3 = raw["iso3"] or facts.alpha3(raw["country"])
        rows.append(
            {
                "dataset": raw["dataset"].removeprefix("umn/"),
                "record_id": raw["record_id"], "name": raw["name"], "iso3": alpha3,
                "country_text": raw["country"], "admin1": raw["admin1"], "lat": raw["lat"],
                "lon": raw["lon"], "commodities": raw["commodities"],
                "deposit_type": raw["deposit_type"],
                **check.finding(alpha3, float(raw["lat"]), float(raw["lon"])),
                "basis": "reported", "source": DEPOSIT_SOURCES[raw["dataset"]],
            }
        )  # fmt: skip
    return {"deposits": rows}


def build_pakistan(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build pakistan_deposits: candidates, with how well each place is known."""
    rows = []
    for raw in facts.rows("deposits/pakistan_corridor_sites_curated.csv"):
        recorded = raw["coord_basis"].startswith("USGS")
        rows.append(
            {
                "id": raw["id"], "name": raw["name"], "commodity": raw["commodity"],
                "stage": raw["stage"], "iso3": "PAK", "province": raw["province"],
                "lat": raw["lat"], "lon": raw["lon"], "precision_km": raw["coord_precision_km"],
                "coord_basis": raw["coord_basis"], "figures": raw["figures"],
                "evidence": raw["evidence"],
                **check.finding("PAK", float(raw["lat"]), float(raw["lon"])),
                "basis": "reported" if recorded else "assumed", "source": "oreline-curated",
            }
        )  # fmt: skip
    return {"pakistan_deposits": rows}


def build_facilities(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build facilities: plants and ports of the rare-earth, antimony and copper chains."""
    rows = []
    for raw in facts.rows("facilities/ree_sb_cu_facilities_curated.csv"):
        alpha3 = facts.alpha3(raw["country"])
        basis = raw["coord_basis"]
        origin = "geonames" if basis.startswith("GeoNames") else "oreline-curated"
        rows.append(
            {
                "id": raw["id"], "name": raw["name"], "operator": raw["operator"].strip("-"),
                "iso3": alpha3, "stage": raw["stage"], "materials": raw["materials"].strip("-"),
                "lat": raw["lat"], "lon": raw["lon"], "coord_basis": basis,
                "status": raw["status_note"], "confidence": raw["confidence"],
                **check.finding(alpha3, float(raw["lat"]), float(raw["lon"])),
                "vintage": "2026", "basis": "compiled",
                "source": "nga-wpi" if basis == "NGA WPI" else origin,
            }
        )  # fmt: skip
    return {"facilities": rows}


def depth(text: str) -> str:
    """Give a depth; the index writes 0 where none is stated."""
    return "" if not text or float(text) == 0 else text


def build_ports(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build ports and sea_routes."""
    raws = facts.rows("ports/world_port_index_core.csv")
    codes = [raw["UN/LOCODE"].replace(" ", "") for raw in raws]
    numbers = [raw["World Port Index Number"].removesuffix(".0") for raw in raws]
    rows = []
    for raw, code, number in zip(raws, codes, numbers, strict=True):
        alpha3 = facts.alpha3(raw["Country Code"])
        place = check.finding(alpha3, float(raw["LATITUDE"]), float(raw["LONGITUDE"]))
        if place["finding"] == "just outside its country":
            place = {"finding": "", "outside_km": ""}  # where a port is expected: on the water
        doubts = (
            place["finding"],
            "UN/LOCODE occurs more than once" if code and codes.count(code) > 1 else "",
            "index number occurs more than once" if numbers.count(number) > 1 else "",
        )
        rows.append(
            {
                "wpi_number": number, "name": raw["MAIN_PORT_NAME"], "unlocode": code,
                "iso3": alpha3, "country_text": raw["Country Code"], "lat": raw["LATITUDE"],
                "lon": raw["LONGITUDE"], "harbor_size": raw["Harbor Size"],
                "harbor_type": raw["Harbor Type"], "channel_depth_m": depth(raw["Channel Depth (m)"]),
                "cargo_pier_depth_m": depth(raw["Cargo Pier Depth (m)"]),
                "max_draft_m": depth(raw["Maximum Vessel Draft (m)"]),
                "solid_bulk": raw["Facilities - Solid Bulk"],
                "container": raw["Facilities - Container"],
                "breakbulk": raw["Facilities - Breakbulk"],
                "container_cranes": raw["Cranes - Container"], "railway": raw["Railway"],
                "finding": joined(*doubts), "outside_km": place["outside_km"],
                "vintage": "2025", "basis": "reported", "source": "nga-wpi",
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (int(row["wpi_number"]), *row.values()))
    routes = [
        {
            "origin": raw["origin"], "destination": raw["dest"], "scenario": raw["scenario"],
            "distance_nm": raw["nm"], "great_circle_nm": raw["great_circle_nm"],
            "days_at_13kn": raw["days_at_13kn"], "passages": raw["passages"], "basis": "derived",
            "source": "oreline-searoute",
        }
        for raw in facts.rows("ports/sea_routes_pk_us_searoute.csv")
    ]  # fmt: skip
    return {"ports": rows, "sea_routes": routes}


# --------------------------------------------------------------------------- writing


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
    known = {entry.id for entry in SOURCES}
    assert used.keys() == known, f"sources and tables differ: {sorted(used.keys() ^ known)}"
    rows = []
    for entry in sorted(SOURCES, key=lambda entry: entry.id):
        assert entry.licence in LICENCES, entry
        row = {**asdict(entry), "retrieved": RETRIEVED, "tables": " ".join(sorted(used[entry.id]))}
        rows.append({**row, "source": "oreline-sources"})
    return rows


def docs_page(rows: list[Row], sizes: Mapping[str, int]) -> bytes:
    """Write the documentation page on data sources."""
    lines = [
        "# Data sources", "",
        "<!-- Written by scripts/build_reference.py; do not edit. -->", "",
        "The facts that come with oreline, and where each comes from. Every row of every table names "
        "its source in the column `source`. Only data in the public domain or under a licence that "
        "asks for no more than attribution are passed on.", "",
        "## Sources", "",
        "| id | title | publisher | vintage | licence | tables |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| `{row['id']}` | {row['title']} | {row['publisher']} | {row['vintage']} | "
        f"{row['licence']} | {', '.join(f'`{name}`' for name in row['tables'].split())} |"
        for row in rows
    ]
    lines += ["", "## Licences", ""]
    lines += [f"- `{name}`: {words}." for name, words in LICENCES.items()]
    lines += ["", "## What to know before relying on them", ""]
    lines += [f"- `{row['id']}`: {row['trap']}" for row in rows if row["trap"]]
    lines += ["", "## Attributions and citations", ""]
    lines += [f"- `{row['id']}`: {row['attribution']} {row['citation']}" for row in rows]
    lines += ["", "## Tables", "", "| table | rows |", "|---|---|"]
    lines += [f"| `{name}` | {size:,} |" for name, size in sorted(sizes.items())]
    return ("\n".join(lines) + "\n").encode()


def notice(head: list[str], rows: list[Row]) -> bytes:
    """Write NOTICE: its first two lines, then a credit for every source."""
    lines = [
        *head, "", "The folder src/oreline/reference/data holds data of others, each under its own terms:",
        "",
    ]  # fmt: skip
    for row in rows:
        lines += [
            f"{row['id']}: {row['title']}. {row['publisher']} ({row['vintage']}).",
            f"    {row['attribution']}",
            f"    Terms: {LICENCES[row['licence']]}. {row['citation']}",
        ]
    return ("\n".join(lines) + "\n").encode()


def build(folder: Path) -> tuple[dict[str, bytes], list[Row], dict[str, int]]:
    """Build every file of the data folder; give them with the source rows and the table sizes."""
    facts = Facts(folder)
    tables = build_countries(facts)
    makers: tuple[Callable[[Facts], dict[str, list[Row]]], ...] = (
        build_codes, build_lists, build_production, build_united_states, build_prices,
        build_ree_distribution,
    )  # fmt: skip
    for maker in makers:
        tables |= maker(facts)
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
    files = {f"{name}.csv": as_csv(rows) for name, rows in tables.items()}
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
    files, sources, sizes = build(given.facts)
    given.data.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given.data / name).write_bytes(content)
    given.docs.parent.mkdir(parents=True, exist_ok=True)
    given.docs.write_bytes(docs_page(sources, sizes))
    head = (ROOT / "NOTICE").read_text("utf-8").splitlines()[:2]
    given.notice.write_bytes(notice(head, sources))
    total = sum(len(content) for content in files.values())
    print(f"{len(files)} files, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
