"""On whom a country depends at each stage of a mineral, before and after a new supplier.

A new supplier takes the place of others: what is imported stays what it was. Nobody can say whose
place, so that it is reckoned twice, in proportion to all, and first of those countries that an
importer would rather not buy from; a measure after is the span of both. Net import reliance is the
same before and after by its definition, for imports that change their origin are imports still.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.reference import country, table
from oreline.stress._concentration import Bounds, Supplier, concentration, share_of

STAGES: Final = ("concentrate", "refined", "metal", "magnet")
"""Stages in their order; refined is metal and oxide of antimony, cathode, separated rare earths."""
COVERED: Final = frozenset({"CHN", "RUS", "IRN", "PRK"})
"""Covered nations, where a plan names none: 10 U.S.C. 4872(d)."""
RARE_EARTHS: Final = "rare earths"
MINERALS: Final = {
    "Sb": ("antimony", 1.0),
    "Cu": ("copper", 1.0),
    "Nd": (RARE_EARTHS, 1.1664),
    "Pr": (RARE_EARTHS, 1.2082),
}
"""The mineral that counts an element, and tonnes of what is counted for each tonne of it.

Rare earths are counted as oxides: Nd2O3 and Pr6O11.
"""
STEPS_OF_SHARE: Final = 50
NOTE_NIR: Final = (
    "net import reliance does not fall when imports change their origin: it is the same before and "
    "after"
)


@dataclass(frozen=True, slots=True)
class PrintedStage:
    """Which printed rows tell what a country imports at a stage of a mineral."""

    mineral: str
    stage: str
    product: str
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    consumption: str
    reliance: str


PRINTED: Final = (
    PrintedStage(
        "antimony", "concentrate", "Ore and concentrates",
        ("Imports for consumption: Ore and concentrates",),
        ("Exports: Ore and concentrates",), "", "",
    ),
    PrintedStage(
        "antimony", "refined", "Total metal and oxide",
        ("Imports for consumption: Oxide", "Imports for consumption: Unwrought, powder"),
        ("Exports: Oxide", "Exports: Unwrought, powder"), "Consumption, apparent",
        "Net import reliance as a percentage of apparent consumption",
    ),
    PrintedStage(
        "copper", "concentrate", "Copper content of ore and concentrate",
        ("Imports for consumption: Ore and concentrate",),
        ("Exports: Ore and concentrate",), "", "",
    ),
    PrintedStage(
        "copper", "refined", "Refined copper",
        ("Imports for consumption: Refined",), ("Exports: Refined",),
        "Consumption: Apparent, primary refined copper and copper from old scrap",
        "Net import reliance as a percentage of apparent consumption",
    ),
    PrintedStage(
        RARE_EARTHS, "refined", "Rare-earth compounds and metals",
        ("Imports: Compounds", "Imports: Metals: Ferrocerium, alloys",
         "Imports: Metals: Rare-earth metals and alloys"),
        ("Exports: Ores and compounds", "Exports: Metals: Ferrocerium, alloys",
         "Exports: Metals: Rare-earth metals and alloys"),
        "Consumption, apparent, compounds and metals",
        "Net import reliance as a percentage of apparent consumption: Compounds and metals",
    ),
)  # fmt: skip
"""Of the United States, in USGS's Mineral Commodity Summaries."""
TRADED: Final = {"magnet": {RARE_EARTHS: "850511"}}
"""Codes of trade for what no summary prints: all permanent magnets of metal, not NdFeB only."""


@dataclass(frozen=True, slots=True)
class StageImports:
    """What a country imports at a stage of a mineral, and from whom.

    Suppliers are in parts of a hundred, or in tonnes or value where trade alone tells. Imports,
    exports and consumption are None where nobody prints them, which is no nought. ``is_basket``
    says that the rows count all rare earths together.
    """

    mineral: str
    stage: str
    product: str
    importer: str
    suppliers: tuple[Supplier, ...]
    unnamed: Supplier | None
    imports_t: Bounds | None
    exports_t: Bounds | None
    consumption_t: Bounds | None
    reliance: str
    years: str
    unit: str
    is_basket: bool
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; null is UNKNOWN."""
        return {
            "mineral": self.mineral,
            "stage": self.stage,
            "product": self.product,
            "importer": self.importer,
            "suppliers": [
                {"country": one.name, "low": one.low, "high": one.high} for one in self.suppliers
            ],
            "unnamed": None if self.unnamed is None else self.unnamed.low,
            "imports_t": _json(self.imports_t),
            "exports_t": _json(self.exports_t),
            "consumption_t": _json(self.consumption_t),
            "net_import_reliance_pct": self.reliance or None,
            "years": self.years,
            "unit_of_suppliers": self.unit,
            "is_basket_of_rare_earths": self.is_basket,
            "source": self.source,
        }


def _json(bounds: Bounds | None) -> dict[str, float | None] | None:
    return None if bounds is None else bounds.to_json()


def stage_imports(importer: str, minerals: Collection[str]) -> tuple[StageImports, ...]:
    """Return what a country imports at each stage of minerals for which anybody prints sources.

    For the United States they are USGS's, of the newest edition; for magnets, and for every other
    country, bilateral trade (CEPII BACI) by the codes of each stage.
    """
    code = country(importer).alpha3
    found = []
    if code == "USA":
        printed = (_printed(one) for one in PRINTED if one.mineral in minerals)
        found = [one for one in printed if one is not None]
        wanted = {(one, "magnet") for one in minerals}
    else:
        wanted = {
            (one, stage) for one in minerals for stage in ("concentrate", "refined", "magnet")
        }
    for mineral, stage in sorted(wanted):
        codes = _codes(mineral, stage)
        traded = None if not codes else _traded(code, mineral, stage, codes)
        if traded is not None:
            found.append(traded)
    order = {one: place for place, one in enumerate(STAGES)}
    return tuple(sorted(found, key=lambda one: (one.mineral, order[one.stage])))


def _codes(mineral: str, stage: str) -> tuple[str, ...]:
    if stage in TRADED:
        return (TRADED[stage][mineral],) if mineral in TRADED[stage] else ()
    word = {"concentrate": "primary", "refined": "refined"}[stage]
    rows = table("hs_minerals").filter((pl.col("mineral") == mineral) & (pl.col("stage") == word))
    return tuple(rows["code"].to_list())


def _printed(one: PrintedStage) -> StageImports | None:
    """Return what is printed of a stage, None where the tables print no sources of it."""
    sources = table("import_sources").filter(
        (pl.col("mineral") == one.mineral) & (pl.col("detail") == one.product)
    )
    if not sources.height:
        return None
    edition = max(sources["vintage"].to_list())
    rows = sources.filter(pl.col("vintage") == edition).to_dicts()
    named = tuple(_share(row) for row in rows if row["scope"] != "other")
    rest = [_share(row) for row in rows if row["scope"] == "other"]
    salient = table("us_salient").filter(
        (pl.col("mineral") == one.mineral) & (pl.col("vintage") == edition)
    )
    year = max(salient["year"].drop_nulls().to_list(), default=0)
    newest = {row["detail"]: row for row in salient.filter(pl.col("year") == year).to_dicts()}
    reliance = newest.get(one.reliance)
    return StageImports(
        one.mineral,
        one.stage,
        one.product,
        "USA",
        named,
        rest[0] if rest else None,
        tonnes_of(newest, one.imports),
        tonnes_of(newest, one.exports),
        tonnes_of(newest, (one.consumption,)) if one.consumption else None,
        "" if reliance is None else str(reliance["text"]),
        f"sources {rows[0]['year_from']} to {rows[0]['year_to']}, amounts {year}",
        "percent",
        one.mineral == RARE_EARTHS,
        f"{rows[0]['source']} (edition {edition})",
    )


def _share(row: dict[str, Any]) -> Supplier:
    value, low, high = row["value"], row["low"], row["high"]
    name = row["iso3"] or row["area"]
    if value is not None and not row["flag"]:
        return Supplier(name, value, value)
    # ">99" and "<1" are printed: an end of the range, the other is the end of all shares.
    least = value if low is None and row["flag"] == ">" else low
    most = value if high is None and row["flag"] == "<" else high
    return Supplier(name, least or 0.0, 100.0 if most is None else most)


def tonnes_of(rows: dict[str, dict[str, Any]], details: Sequence[str]) -> Bounds | None:
    """Return the sum of printed rows in tonnes, None where one of them is not printed."""
    low = high = 0.0
    for detail in details:
        row = rows.get(detail)
        if row is None:
            return None
        times = {"metric tons": 1.0, "thousand metric tons": 1e3}[row["unit"]]
        flag = row["flag"]
        if row["value"] is not None:
            least = most = float(row["value"])
        elif flag in ("dash", "zero"):
            least = most = 0.0
        elif flag == "<half":
            least, most = 0.0, 0.5
        else:
            return None
        low, high = low + times * least, high + times * most
    return Bounds(low, high)


def _traded(importer: str, mineral: str, stage: str, codes: Sequence[str]) -> StageImports | None:
    flows = table("trade_flows").filter(
        (pl.col("importer") == importer) & pl.col("hs").is_in(list(codes))
    )
    if not flows.height:
        return None
    year = max(flows["year"].to_list())
    rows = flows.filter(pl.col("year") == year)
    weighed = rows["quantity_t"].null_count() == 0 and (rows["quantity_t"] > 0).all()
    column, unit = ("quantity_t", "t") if weighed else ("value_kusd", "thousand USD")
    by: dict[str, float] = {}
    for exporter, much in rows.sort("exporter", "hs").select("exporter", column).iter_rows():
        by[exporter] = by.get(exporter, 0.0) + (much or 0.0)
    largest = sorted(by, key=lambda one: (-by[one], one))
    suppliers = tuple(Supplier(one, by[one], by[one]) for one in largest)
    whole = sum(by[one] for one in largest)
    return StageImports(
        mineral,
        stage,
        f"HS {', '.join(sorted(set(rows['hs'].to_list())))}",
        importer,
        suppliers,
        None,
        Bounds(whole, whole) if weighed else None,
        None,
        None,
        "",
        f"trade {year}",
        unit,
        mineral == RARE_EARTHS,
        ", ".join(sorted(set(rows["source"].to_list()))),
    )


@dataclass(frozen=True, slots=True)
class Measures:
    """On whom a country depends at a stage; parts are 0 to 1, the index 0 to 10,000.

    ``without_largest`` is what is left of imports if their largest source is lost (N-1).
    """

    covered: Bounds
    china: Bounds
    hhi: Bounds
    without_largest: Bounds

    def to_json(self) -> dict[str, Any]:
        """Return the measures as plain values."""
        return {
            "covered_share": self.covered.to_json(),
            "china_share": self.china.to_json(),
            "hhi": self.hhi.to_json(),
            "without_largest": self.without_largest.to_json(),
        }


def measures_of(
    suppliers: Sequence[Supplier], unnamed: Supplier | None, covered: Collection[str]
) -> Measures | None:
    """Return the measures of a supply, None where nothing is supplied."""
    found = concentration(suppliers, unnamed=unnamed)
    china = share_of("CHN", suppliers, unnamed)
    if found is None or china is None:
        return None
    return Measures(_covered(suppliers, unnamed, covered), china, found.hhi, found.without_largest)


def _covered(
    suppliers: Sequence[Supplier], unnamed: Supplier | None, covered: Collection[str]
) -> Bounds:
    """Return the share of the covered countries; who is not named may be any of them."""
    rest = Supplier("", 0.0, 0.0) if unnamed is None else unnamed
    low = high = 0.0
    for one in suppliers:
        if one.name in covered:
            found = share_of(one.name, suppliers, unnamed)
            assert found is not None
            low, high = low + found.low, high + (1.0 if found.high is None else found.high)
    whole = sum(one.low for one in suppliers) + rest.low
    high += (rest.high or 0.0) / whole if whole > 0 else 1.0
    return Bounds(low, min(1.0, high))


def displaced(
    suppliers: Sequence[Supplier],
    unnamed: Supplier | None,
    part: float,
    origin: str,
    first: Collection[str] = (),
) -> tuple[tuple[Supplier, ...], Supplier | None]:
    """Return a supply in which a part comes from another country.

    It takes the place of the countries named in ``first`` as far as they go, then of all others in
    proportion.
    """
    assert 0.0 <= part <= 1.0
    whole = sum(one.low for one in suppliers) + (0.0 if unnamed is None else unnamed.low)
    wanted = part * whole
    before = sum(one.low for one in suppliers if one.name in first)
    cut = 0.0 if before <= 0 else min(1.0, wanted / before)
    left = wanted - cut * before
    others = whole - before
    # Half a unit of printed rounding may stay of those who come first.
    share = 0.0 if others <= 0 else min(1.0, left / others)
    made = {}
    for one in suppliers:
        kept = 1.0 - (cut if one.name in first else share)
        made[one.name] = Supplier(
            one.name, kept * one.low, None if one.high is None else kept * one.high
        )
    own = made.get(origin, Supplier(origin, 0.0, 0.0))
    made[origin] = Supplier(
        origin, own.low + wanted, None if own.high is None else own.high + wanted
    )
    rest = None
    if unnamed is not None:
        high = None if unnamed.high is None else (1.0 - share) * unnamed.high
        rest = Supplier(unnamed.name, (1.0 - share) * unnamed.low, high)
    return tuple(made.values()), rest


def measures_after(
    stage: StageImports, part: Bounds, origin: str, covered: Collection[str]
) -> Measures | None:
    """Return the measures where a part of imports, between bounds, comes from another country."""
    most = 1.0 if part.high is None else min(1.0, part.high)
    least = min(part.low, most)
    found = []
    for first in ((), covered):
        for share in np.linspace(least, most, STEPS_OF_SHARE if most > least else 1):
            supply = displaced(stage.suppliers, stage.unnamed, float(share), origin, first)
            measured = measures_of(*supply, covered)
            if measured is not None:
                found.append(measured)
    if not found:
        return None

    def span(of: Callable[[Measures], Bounds]) -> Bounds:
        ends = [of(one) for one in found]
        highs = [one.high for one in ends if one.high is not None]
        open_ended = len(highs) < len(ends)
        return Bounds(min(one.low for one in ends), None if open_ended else max(highs))

    return Measures(
        span(lambda one: one.covered),
        span(lambda one: one.china),
        span(lambda one: one.hhi),
        span(lambda one: one.without_largest),
    )
