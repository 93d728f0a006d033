"""Everything that is published of one mineral, side by side: each measure with source and flags.

Two answers are kept apart: what a loss of supply means for national security, and what it means for
the economy. What nobody published says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from oreline.model import InputError
from oreline.reference import mineral_key, table
from oreline.stress._concentration import Bounds
from oreline.stress._geopolrisk import geopolrisk, importers_named
from oreline.stress._lists import GdpEffect, Membership, gdp_effects, memberships
from oreline.stress._methods import (
    GROUPS,
    RISK_MATERIAL,
    chapters,
    known_minerals,
    methods,
    shipped_risk_tables,
)
from oreline.stress._reliance import (
    ImportReliance,
    ImportSources,
    import_reliances,
    import_sources,
)
from oreline.stress._supply import StageSupply, share_supplies, stage_supplies
from oreline.stress._trade import codes_of
from oreline.stress._uses import Uses, uses_of

if TYPE_CHECKING:
    import polars as pl

SINGLE_POINT: Final = 0.65
"""Share of one country at a stage above which it is named a single point of failure.

The limit of Regulation (EU) 2024/1252 for the share of one third country.
"""


@dataclass(frozen=True, slots=True)
class EuJudgement:
    """Supply risk and economic importance as the European Commission printed them in one study."""

    study: int
    material: str
    supply_risk: float | None
    importance: float | None
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "study": self.study, "material": self.material, "supply_risk": self.supply_risk,
            "importance": self.importance, "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mineral stands under a method: rank 1 is the most critical of ``of``."""

    method: str
    title: str
    value: float
    unit: str
    rank: int
    of: int
    is_of_group: bool
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "method": self.method, "title": self.title, "value": self.value, "unit": self.unit,
            "rank": self.rank, "of": self.of, "is_of_group": self.is_of_group,
            "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeoPolRiskYear:
    """The factor of one importer in one year; None where it cannot be given."""

    importer: str
    year: int
    hhi: float | None
    import_risk: float | None
    score: float | None
    price_kusd_per_t: float | None
    factor: float | None
    without_estimate: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "importer": self.importer, "year": self.year, "hhi": self.hhi,
            "import_risk": self.import_risk, "score": self.score,
            "price_kusd_per_t": self.price_kusd_per_t, "factor": self.factor,
            "without_estimate": self.without_estimate,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SecurityView:
    """What a loss of supply means for national security; None is UNKNOWN, never nothing.

    Attributes
    ----------
    defence_use
        Share of published applications that name defence: a lower bound.
    covered
        Share of United States imports from covered nations, of the product where it is largest.
    covered_product
        Which product that is.
    single_points
        Stages in which one country surely has more than :data:`SINGLE_POINT`.
    single_domestic_producer
        Whether the list of 2025 names a single domestic producer as the reason.
    without_largest
        N-1 of the stage where it is least.
    """

    defence_use: Bounds | None
    covered: Bounds | None
    covered_product: str
    single_points: tuple[str, ...]
    single_domestic_producer: bool
    without_largest: Bounds | None
    without_largest_stage: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "defence_use": None if self.defence_use is None else self.defence_use.to_json(),
            "covered": None if self.covered is None else self.covered.to_json(),
            "covered_product": self.covered_product,
            "single_points": list(self.single_points),
            "single_domestic_producer": self.single_domestic_producer,
            "without_largest": None
            if self.without_largest is None
            else self.without_largest.to_json(),
            "without_largest_stage": self.without_largest_stage,
        }


@dataclass(frozen=True, slots=True)
class EconomyView:
    """What a loss of supply means for the economy; None is UNKNOWN."""

    gdp_weighted_musd: float | None
    gdp_largest_musd: float | None
    eu_importance: float | None
    largest_use: str
    largest_use_share: Bounds | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        share = self.largest_use_share
        return {
            "gdp_weighted_musd": self.gdp_weighted_musd,
            "gdp_largest_musd": self.gdp_largest_musd,
            "eu_importance": self.eu_importance,
            "largest_use": self.largest_use,
            "largest_use_share": None if share is None else share.to_json(),
        }


@dataclass(frozen=True, slots=True)
class MineralProfile:
    """One mineral under every measure.

    ``group`` is the group under which the European Commission judges it, ``chapters`` where the
    Mineral Commodity Summaries speak of it; what they say is of the whole chapter.
    """

    mineral: str
    group: str
    chapters: tuple[str, ...]
    stages: tuple[StageSupply, ...]
    lists: tuple[Membership, ...]
    effect: GdpEffect | None
    reliance: tuple[ImportReliance, ...]
    sources: tuple[ImportSources, ...]
    eu: tuple[EuJudgement, ...]
    geopolrisk: tuple[GeoPolRiskYear, ...]
    geopolrisk_missing: str
    placements: tuple[Placement, ...]
    uses: Uses
    security: SecurityView
    economy: EconomyView
    trade_codes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "group": self.group,
            "chapters": list(self.chapters),
            "stages": [one.to_json() for one in self.stages],
            "lists": [one.to_json() for one in self.lists],
            "effect": None if self.effect is None else self.effect.to_json(),
            "reliance": [one.to_json() for one in self.reliance],
            "sources": [one.to_json() for one in self.sources],
            "eu": [one.to_json() for one in self.eu],
            "geopolrisk": [one.to_json() for one in self.geopolrisk],
            "geopolrisk_missing": self.geopolrisk_missing,
            "placements": [one.to_json() for one in self.placements],
            "uses": self.uses.to_json(),
            "security": self.security.to_json(),
            "economy": self.economy.to_json(),
            "trade_codes": list(self.trade_codes),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return every number with its unit, source and vintage, one a row: for a spreadsheet."""
        from oreline.stress._profile_rows import profile_frame

        return profile_frame(self)


def mineral_profile(name: str, *, importer: str = "USA") -> MineralProfile:
    """Give everything that is published of a mineral.

    Parameters
    ----------
    name
        Any name or, for a few, symbol: ``antimony``, ``Sb``, ``neodymium``.
    importer
        Whose GeoPolRisk is given, as ISO 3166 alpha-3.

    Raises
    ------
    InputError
        If no table speaks of it, or the importer is not in the tables.

    Examples
    --------
    >>> found = mineral_profile("Nd")
    >>> found.group, [one.stage for one in found.stages][-1]
    ('light rare earths', 'magnet')
    """
    key = mineral_key(name)
    if key not in known_minerals():
        near = [one for one in known_minerals() if key and (key in one or one in key)]
        told = f"; near it are: {', '.join(near)}" if near else ""
        raise InputError(f"no table of supply risk speaks of {name!r}{told}")
    spoken = chapters(key)
    stages = _stages(key, spoken)
    reliance = tuple(one for chapter in spoken for one in import_reliances(chapter))
    sources = tuple(one for chapter in spoken for one in import_sources(chapter))
    eu = _eu(key)
    uses = uses_of(key)
    effect = gdp_effects().get(key)
    lists = memberships().get(key, ())
    risk, missing = _geopolrisk(key, importer)
    return MineralProfile(
        mineral=key,
        group=GROUPS.get(key, ""),
        chapters=spoken,
        stages=stages,
        lists=lists,
        effect=effect,
        reliance=reliance,
        sources=sources,
        eu=eu,
        geopolrisk=risk,
        geopolrisk_missing=missing,
        placements=_placements(key),
        uses=uses,
        security=_security(stages, sources, uses, lists),
        economy=_economy(effect, eu, uses),
        trade_codes=codes_of(key),
    )


def _stages(key: str, spoken: Sequence[str]) -> tuple[StageSupply, ...]:
    """Return supplies in the order of the chain: of the mineral itself, then of its chapters."""
    own = [one for chapter in spoken for one in stage_supplies(chapter)]
    printed = list(share_supplies(key))
    order = {name: place for place, name in enumerate(("mine", "refining", "production", "metal",
                                                       "magnet"))}  # fmt: skip
    return tuple(sorted((*own, *printed), key=lambda one: (order[one.stage], -one.year)))


def _eu(key: str) -> tuple[EuJudgement, ...]:
    names = {key, GROUPS.get(key, key)}
    return tuple(
        EuJudgement(row["year"], row["material"], row["sr"], row["ei"], row["source"])
        for row in table("eu_results").sort("year", "material").iter_rows(named=True)
        if row["mineral"] in names
    )


def _placements(key: str) -> tuple[Placement, ...]:
    found = []
    for method in methods():
        value = method.values.get(key)
        if value is None:
            continue
        above = sum(other > value for other in method.values.values())
        found.append(
            Placement(
                method=method.name,
                title=method.title,
                value=value,
                unit=method.unit,
                rank=above + 1,
                of=len(method.values),
                is_of_group=key in method.of_group,
                source=method.source,
            )
        )
    return tuple(found)


def _geopolrisk(key: str, importer: str) -> tuple[tuple[GeoPolRiskYear, ...], str]:
    tables = shipped_risk_tables()
    wanted = RISK_MATERIAL.get(key, key)
    places = [i for i, one in enumerate(tables.materials) if one.mineral == wanted]
    if not places:
        return (), "GeoPolRisk has no such raw material"
    material = tables.materials[places[0]]
    if set(material.codes) <= set(tables.codes_without_trade):
        codes = ", ".join(material.codes)
        return (), f"no trade is carried under {codes}: give a table of your own"
    found = geopolrisk(tables, importers_named([importer]))
    names = ("hhi", "import_risk", "score", "price_kusd_per_t", "factor", "without_estimate")
    years = tuple(
        GeoPolRiskYear(
            importer,
            year,
            **{name: _number(getattr(found, name)[places[0], 0, place]) for name in names},
        )
        for place, year in enumerate(found.years)
    )
    return years, ""


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _security(
    stages: Sequence[StageSupply],
    sources: Sequence[ImportSources],
    uses: Uses,
    lists: Sequence[Membership],
) -> SecurityView:
    shares = [one for one in sources if one.covered is not None]
    worst = max(shares, key=lambda one: _low(one.covered), default=None)
    measured = [(one, found) for one in stages if (found := one.concentration()) is not None]
    # Of the stages the one that surely leaves least; a withheld row alone makes no weak point.
    least = min(measured, key=lambda pair: _high(pair[1].without_largest), default=None)
    return SecurityView(
        defence_use=uses.sectors["defence"],
        covered=None if worst is None else worst.covered,
        covered_product="" if worst is None else worst.product,
        single_points=_single_points(stages),
        single_domestic_producer=any("single domestic producer" in one.reason for one in lists),
        without_largest=None if least is None else least[1].without_largest,
        without_largest_stage="" if least is None else f"{least[0].stage}: {least[0].product}",
    )


def _low(bounds: Bounds | None) -> float:
    return 0.0 if bounds is None else bounds.low


def _high(bounds: Bounds) -> float:
    return np.inf if bounds.high is None else bounds.high


def _single_points(stages: Sequence[StageSupply]) -> tuple[str, ...]:
    told = []
    for one in stages:
        found = one.concentration()
        if found is not None and found.largest and found.top1.low > SINGLE_POINT:
            told.append(
                f"{one.stage} ({one.product}, {one.year}): {found.largest} {found.top1.low:.0%}"
            )
    return tuple(told)


def _economy(effect: GdpEffect | None, eu: Sequence[EuJudgement], uses: Uses) -> EconomyView:
    first = uses.uses[0] if uses.uses else None
    return EconomyView(
        gdp_weighted_musd=None if effect is None else effect.weighted_musd,
        gdp_largest_musd=None if effect is None else effect.largest_musd,
        eu_importance=eu[-1].importance if eu else None,
        largest_use="" if first is None else first.application,
        largest_use_share=None if first is None else first.share,
    )
