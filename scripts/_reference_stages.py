"""The table of country shares by stage of the chain: mined, refined, metal, magnet.

Read by `build_reference.py`. Shares come from figures that may be passed on: those of the
Geological Survey's world tables, divided by the world total printed beside them, those that the
European Commission printed, and four figures of the Department of Energy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from _reference_cells import Row

STAGES = {
    "mine production": "mined", "smelter production": "refined", "refinery production": "refined",
}  # fmt: skip
PLANTS = {
    ("gallium", "Primary production"): "refined",
    ("silicon", "Silicon metal"): "refined",
    ("titanium sponge metal", "Titanium sponge metal production"): "metal",
}
"""Lines that the publisher heads with production alone, and the stage at which they stand."""

MAGNETS = (("metal", "0.9", "90%"), ("magnet", "0.92", "92%"))
"""China's share in 2020 of rare-earth metal and of sintered magnets of neodymium, iron, boron."""


def line_of(row: Mapping[str, str]) -> tuple[str, ...]:
    """Give what a country's figure and its world total have in common."""
    detail = row["detail"].removesuffix("rounded").rstrip(" :,")
    return row["mineral"], detail, row["unit"], row["year"], row["vintage"]


def share_of(row: Row, total: Decimal) -> Row:
    """Give the columns of a share; a figure that is withheld or only bounded gives none."""
    share = f"{Decimal(row['value']) / total:.6f}" if row["value"] else ""
    return {"share": share, "text": row["text"], "flag": row["flag"], "year": row["year"]}


def surveyed(production: Iterable[Row]) -> list[Row]:
    """Give the shares of the newest year of the newest edition of the world tables."""
    rows = [row for row in production if row["vintage"] == "2026"]
    newest: dict[str, str] = {}
    for row in rows:
        newest[row["mineral"]] = max(newest.get(row["mineral"], ""), row["year"])
    totals = {
        line_of(row): Decimal(row["value"])
        for row in rows
        if row["scope"] == "world" and row["value"]
    }
    shares = []
    for row in rows:
        line = line_of(row)
        stage = STAGES.get(row["measure"]) or PLANTS.get((line[0], line[1]), "")
        if not stage or row["scope"] != "country" or row["year"] != newest[row["mineral"]]:
            continue
        if not totals.get(line):
            continue
        shares.append(
            {
                "mineral": row["mineral"], "stage": stage, "iso3": row["iso3"],
                "area": row["area"], "detail": line[1], **share_of(row, totals[line]),
                "estimated": row["estimated"], "vintage": "2026", "basis": "derived",
                "source": row["source"],
            }
        )  # fmt: skip
    return shares


def build_stage_shares(production: Iterable[Row], supply: Iterable[Row]) -> dict[str, list[Row]]:
    """Build stage_shares from the tables production and eu_supply."""
    stages = {"extraction": "mined", "processing": "refined"}
    studied = [
        {
            "mineral": row["mineral"], "stage": stages[row["stage"]], "iso3": row["iso3"],
            "area": row["area"], "detail": row["material"], "share": row["share"],
            "text": row["text"], "flag": row["flag"], "year": "2020", "estimated": "",
            "vintage": "2023", "basis": "reported", "source": "eu-crm-2023",
        }
        for row in supply
        if row["scope"] == "global"
    ]  # fmt: skip
    magnets = [
        {
            "mineral": mineral, "stage": stage, "iso3": "CHN", "area": "China",
            "detail": "rare-earth metal" if stage == "metal" else "sintered NdFeB magnets",
            "share": share, "text": text, "flag": "", "year": "2020", "estimated": "true",
            "vintage": "2022", "basis": "from memory", "source": "doe-magnets-2022",
        }
        for mineral in ("neodymium", "praseodymium")
        for stage, share, text in MAGNETS
    ]  # fmt: skip
    keys = ("mineral", "stage", "source", "detail", "area")
    rows = [*surveyed(production), *studied, *magnets]
    return {"stage_shares": sorted(rows, key=lambda row: tuple(row[key] for key in keys))}
