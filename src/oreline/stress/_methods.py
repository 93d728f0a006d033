"""Every mineral under every method: one number each, so that methods can be laid side by side.

Methods speak of different things (a rare earth, the rare earths, the light ones): a mineral takes
the number of the group in which a publisher counts it, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.reference import kept_by_tables, mineral_key, table
from oreline.stress._geopolrisk import RiskTables, geopolrisk, importers_named, risk_tables
from oreline.stress._lists import gdp_effects, memberships
from oreline.stress._reliance import import_reliances, import_sources
from oreline.stress._supply import CHINA, newest_edition, share_supplies, stage_supplies

LIGHT: Final = ("lanthanum", "cerium", "praseodymium", "neodymium", "samarium")
HEAVY: Final = (
    "europium", "gadolinium", "terbium", "dysprosium", "holmium", "erbium", "thulium",
    "ytterbium", "lutetium", "yttrium",
)  # fmt: skip
PLATINUM_GROUP: Final = ("platinum", "palladium", "rhodium", "ruthenium", "iridium")
GROUPS: Final[Mapping[str, str]] = {
    **dict.fromkeys(LIGHT, "light rare earths"),
    **dict.fromkeys(HEAVY, "heavy rare earths"),
    **dict.fromkeys(PLATINUM_GROUP, "platinum group metals"),
    "titanium": "titanium metal",
}
"""Under which name the European Commission judges a mineral: a group, or its critical form."""
CHAPTERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys((*LIGHT, *HEAVY), ("rare earths",)),
    "yttrium": ("yttrium", "rare earths"),
    "magnesium": ("magnesium metal", "magnesium compounds"),
    "titanium": ("titanium sponge metal", "titanium mineral concentrates", "tio2 pigment"),
    "titanium metal": ("titanium sponge metal",),
    "aluminum": ("aluminum", "alumina", "bauxite"),
    "feldspar": ("feldspar", "feldspar and nepheline syenite"),
    "rhodium": ("platinum group metals",),
    "ruthenium": ("platinum group metals",),
    "iridium": ("platinum group metals",),
}
"""The chapters of the Mineral Commodity Summaries that speak of a mineral, the nearest first."""
RISK_MATERIAL: Final[Mapping[str, str]] = {
    **dict.fromkeys((*LIGHT, *HEAVY), "rare earths"),
}
"""The raw material under which GeoPolRisk has a mineral."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to measure how critical a mineral is; more is worse unless ``more_is_worse`` is false.

    ``of_group`` are the minerals that take the number of a group.
    """

    name: str
    title: str
    unit: str
    source: str
    values: Mapping[str, float]
    of_group: frozenset[str]


def chapters(mineral: str) -> tuple[str, ...]:
    """Return the chapters of the Mineral Commodity Summaries that speak of a mineral.

    >>> chapters("neodymium"), chapters("copper")
    (('rare earths',), ('copper',))
    """
    key = mineral_key(mineral)
    return CHAPTERS.get(key, (key,))


@kept_by_tables
def known_minerals() -> tuple[str, ...]:
    """Return every mineral that any table of supply risk has, sorted."""
    found = {one.mineral for one in stage_supplies()} | set(gdp_effects()) | set(memberships())
    found |= {one.mineral for one in share_supplies()}
    found |= set(table("eu_results")["mineral"]) | set(table("world_mining")["mineral"])
    found |= {one.mineral for one in import_reliances()}
    return tuple(sorted(found))


@kept_by_tables
def methods() -> tuple[Method, ...]:
    """Give every method with its numbers."""
    effects = gdp_effects()
    eu = {
        row["mineral"]: row
        for row in table("eu_results").iter_rows(named=True)
        if row["year"] == EU_YEAR
    }
    risk = {name: row["sr"] for name, row in eu.items() if row["sr"] is not None}
    importance = {name: row["ei"] for name, row in eu.items() if row["ei"] is not None}
    both = {name: risk[name] * importance[name] for name in risk.keys() & importance.keys()}
    weighted = {n: o.weighted_musd for n, o in effects.items() if o.weighted_musd is not None}
    largest = {n: o.largest_musd for n, o in effects.items() if o.largest_musd is not None}
    concentrated = _by_chapter(_concentrations())
    china = _by_chapter(_china_shares())
    reliance = _by_chapter(_reliances())
    covered = _by_chapter(_covered_shares())
    factors = _risk_scores()
    ofr, eu_source = "usgs-ofr-2025-1047", "eu-crm-results"
    mcs = table("production").filter(vintage=newest_edition("production"))["source"].to_list()[0]
    plain: frozenset[str] = frozenset()
    return (
        Method(
            "us_gdp",
            "USGS: effect on US GDP, by probability",
            "million USD a year",
            ofr,
            weighted,
            plain,
        ),
        Method(
            "us_gdp_largest", "USGS: largest scenario", "million USD a year", ofr, largest, plain
        ),
        Method("eu_sr", "EU supply risk 2023", "", eu_source, *_in_groups(risk)),
        Method("eu_ei", "EU economic importance 2023", "", eu_source, *_in_groups(importance)),
        Method("eu_sr_ei", "EU supply risk x importance", "", eu_source, *_in_groups(both)),
        Method("hhi", "Concentration of production (HHI)", "0-10,000", mcs, *concentrated),
        Method("china", "China's largest share of a stage", "0-1", mcs, *china),
        Method("reliance", "US net import reliance", "%", mcs, *reliance),
        Method("covered", "US imports from covered nations", "0-1", mcs, *covered),
        Method("geopolrisk", "GeoPolRisk score, United States", "0-1", "wmd-2024", *factors),
    )


EU_YEAR: Final = 2023
"""The newest study of the European Commission that is carried."""


def _in_groups(values: Mapping[str, float]) -> tuple[dict[str, float], frozenset[str]]:
    """Return values with those of the groups at their members, and who these are."""
    spread = {name: values[group] for name, group in GROUPS.items() if group in values}
    return {**values, **spread}, frozenset(spread)


def _by_chapter(values: Mapping[str, float]) -> tuple[dict[str, float], frozenset[str]]:
    """Return values with those of the nearest chapter at each mineral that has none itself."""
    spread: dict[str, float] = {}
    for name, found in CHAPTERS.items():
        have = [values[chapter] for chapter in found if chapter in values]
        if name not in values and have:
            spread[name] = have[0]
    shared = {name for name in spread if name in GROUPS}
    return {**spread, **values}, frozenset(shared)


def _concentrations() -> dict[str, float]:
    """Return the index of the most concentrated stage, of the plain numbers, by mineral."""
    found: dict[str, float] = {}
    for one in stage_supplies():
        measured = one.concentration()
        if measured is not None and measured.suppliers:
            found[one.mineral] = max(found.get(one.mineral, 0.0), measured.hhi_published)
    return found


def _china_shares() -> dict[str, float]:
    """Return China's largest share of a stage that is sure at least, by mineral."""
    found: dict[str, float] = {}
    for one in (*stage_supplies(), *share_supplies()):
        share = one.share_of(CHINA)
        if share is not None:
            found[one.mineral] = max(found.get(one.mineral, 0.0), share.low)
    return found


def _reliances() -> dict[str, float]:
    """Return what the newest net import reliance is at least; a net exporter has 0.

    Of several products of a chapter the one of which most is imported counts.
    """
    found: dict[str, tuple[int, float]] = {}
    for one in import_reliances():
        if one.published is not None:
            told = (one.year, max(one.published.low, 0.0))
            found[one.mineral] = max(found.get(one.mineral, told), told)
    return {mineral: value for mineral, (_, value) in found.items()}


def _covered_shares() -> dict[str, float]:
    """Return the largest share of imports that surely come from covered nations, by mineral."""
    found: dict[str, float] = {}
    for one in import_sources():
        if one.covered is not None:
            found[one.mineral] = max(found.get(one.mineral, 0.0), one.covered.low)
    return found


@kept_by_tables
def shipped_risk_tables() -> RiskTables:
    """Return the shipped production, trade and governance as GeoPolRisk needs them."""
    names = ("world_mining", "trade_flows", "governance", "geopolrisk_codes")
    return risk_tables(*(table(name) for name in names))


def _risk_scores() -> tuple[dict[str, float], frozenset[str]]:
    """Return the scores of the United States in the newest year, where all codes have trade."""
    tables = shipped_risk_tables()
    found = geopolrisk(tables, importers_named(["USA"]), years=[tables.years[-1]])
    scores = {
        one.mineral: float(score)
        for one, score in zip(found.materials, found.score[:, 0, 0], strict=True)
        if np.isfinite(score)
    }
    spread = {name: scores[group] for name, group in RISK_MATERIAL.items() if group in scores}
    return {**spread, **scores}, frozenset(spread.keys() - scores.keys())
