"""A mineral's profile as one table: every number with unit, year, source and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from oreline.stress._concentration import Bounds

if TYPE_CHECKING:
    from oreline.stress._profile import MineralProfile

COLUMNS = {
    "mineral": pl.String, "measure": pl.String, "of": pl.String, "year": pl.Int64,
    "low": pl.Float64, "high": pl.Float64, "unit": pl.String, "source": pl.String,
    "note": pl.String,
}  # fmt: skip


def profile_frame(profile: MineralProfile) -> pl.DataFrame:
    """Return the table; a measure that is one number has it at both ends."""
    rows = [
        {"mineral": profile.mineral, **row}
        for part in (_stages, _trade_side, _judgements, _risk, _uses)
        for row in part(profile)
    ]
    return pl.DataFrame(rows, schema=COLUMNS)


def _row(
    measure: str, of: str, year: int | None, bounds: Bounds | None, unit: str, source: str,
    note: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "measure": measure, "of": of, "year": year,
        "low": None if bounds is None else bounds.low,
        "high": None if bounds is None else bounds.high,
        "unit": unit, "source": source,
        "note": note if bounds is not None else (note or "UNKNOWN: not published"),
    }  # fmt: skip


def _stages(profile: MineralProfile) -> Iterator[dict[str, Any]]:
    for one in profile.stages:
        of, found, note = f"{one.stage}: {one.product}", one.concentration(), "; ".join(one.notes)
        measures = (
            ("HHI", None if found is None else found.hhi, "0-10,000"),
            ("effective suppliers", None if found is None else found.effective, "number"),
            ("share of the largest", None if found is None else found.top1, "0-1"),
            ("share of the three largest", None if found is None else found.top3, "0-1"),
            ("supply without the largest", None if found is None else found.without_largest, "0-1"),
            ("share of China", one.share_of("CHN"), "0-1"),
        )
        for measure, bounds, unit in measures:
            yield _row(measure, of, one.year, bounds, unit, one.source, note)


def _trade_side(profile: MineralProfile) -> Iterator[dict[str, Any]]:
    for each in profile.reliance:
        note = f"printed as {each.text or 'blank'}"
        yield _row("US net import reliance", each.subject, each.year, each.published, "%",
                   each.source, note)  # fmt: skip
        yield _row("US net import reliance, recomputed", each.subject, each.year, each.recomputed,
                   "%", each.source, each.why_not)  # fmt: skip
    for one in profile.sources:
        hhi = None if one.measures is None else one.measures.hhi
        years = f"mean of {one.year_from} to {one.year_to}"
        yield _row(
            "HHI of US import sources", one.product, None, hhi, "0-10,000", one.source, years
        )
        yield _row("US imports from covered nations", one.product, None, one.covered, "0-1",
                   one.source, years)  # fmt: skip


def _judgements(profile: MineralProfile) -> Iterator[dict[str, Any]]:
    for one in profile.eu:
        yield _row("EU supply risk", one.material, one.study, _one(one.supply_risk), "", one.source)
        yield _row("EU economic importance", one.material, one.study, _one(one.importance), "",
                   one.source)  # fmt: skip
    if profile.effect is not None:
        effect = profile.effect
        for measure, value in (
            ("effect on US GDP, by probability", effect.weighted_musd),
            ("effect on US GDP, largest scenario", effect.largest_musd),
        ):
            yield _row(measure, effect.commodity, effect.vintage, _one(value), "MUSD a year",
                       effect.source)  # fmt: skip
    for each in profile.lists:
        member = Bounds(float(each.member), float(each.member))
        yield _row("on the US list", each.list_name, None, member, "yes 1, no 0", each.source,
                   each.reason)  # fmt: skip


def _risk(profile: MineralProfile) -> Iterator[dict[str, Any]]:
    if profile.geopolrisk_missing:
        yield _row("GeoPolRisk score", "", None, None, "0-1", "", profile.geopolrisk_missing)
    for one in profile.geopolrisk:
        of = f"importer {one.importer}"
        yield _row("GeoPolRisk score", of, one.year, _one(one.score), "0-1", "wmd-2024")
        yield _row("GeoPolRisk factor", of, one.year, _one(one.factor), "kg Cu-eq/kg", "wmd-2024")


def _uses(profile: MineralProfile) -> Iterator[dict[str, Any]]:
    source, year = profile.uses.source, profile.uses.vintage
    for sector, share in profile.uses.sectors.items():
        note = "no published application names it" if share is None else "at least"
        yield _row("use by sector", sector, year, share, "0-1", source, note)
    for one in profile.uses.uses:
        yield _row("use in the EU", one.application, year, one.share, "0-1", source,
                   f"{one.industry} {one.industry_name}")  # fmt: skip


def _one(value: float | None) -> Bounds | None:
    return None if value is None else Bounds(value, value)
