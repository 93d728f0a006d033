"""A scenario of a mineral from the shipped tables; what no table says is assumed and marked so."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from oreline.model import Basis, InputError
from oreline.reference import mineral_key, table
from oreline.stress._calibration import calibrated
from oreline.stress._scenario import (
    Bloc,
    Duration,
    Economy,
    Event,
    EventKind,
    Given,
    Producer,
    Scenario,
    Severity,
    Stage,
    Use,
)
from oreline.stress._scenario_text import scenario_text
from oreline.stress._us_use import us_use

OURS: Final = "oreline's default; see the reference page of disruptions"
_STAGES: Final = {"mined": "mine", "refined": "refining", "metal": "metal", "magnet": "magnet"}
_LEAST_SHARE: Final = 0.01
"""A producer below this part of a stage gets no event of its own."""
_CHINA, _USA, _OTHER = "CHN", "USA", "OTHER"
INDUSTRY_OF: Final[Mapping[str, str]] = {
    "B06": "211", "B09": "213", "C10": "311FT", "C11": "311FT", "C17": "322", "C19": "324",
    "C20": "325", "C21": "325", "C22": "326", "C23": "327", "C24": "331", "C25": "332",
    "C26": "334", "C27": "335", "C28": "333", "C29": "3361MV", "C30": "3364OT", "C32": "339",
}  # fmt: skip
"""BEA's summary industry of a NACE division: the nearest by name."""
_ASSUMED_USES: Final[Mapping[str, Mapping[str, float]]] = {
    "germanium": {"334": 0.7, "335": 0.3},
    "dysprosium": {"334": 0.2, "335": 0.5, "3361MV": 0.3},
}
"""For minerals whose uses the European study does not share out over industries."""


def _assumed(value: float, low: float | None = None, high: float | None = None) -> Given:
    return Given(value, Basis.ASSUMED, OURS, low, high)


def _lognormal(median: float, gsd: float) -> Given:
    """Return a positive number with the 80 % range of a lognormal."""
    width = gsd**1.2815515655446004
    return _assumed(median, round(median / width, 6), round(median * width, 6))


def reference_scenario(mineral: str) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario of a mineral, and what a reader must know of how it was made.

    Raises
    ------
    InputError
        If no table has the shares of its stages.
    """
    key = mineral_key(mineral)
    notes: list[str] = []
    stages = _stages(key, notes)
    uses = _uses(key, notes)
    made = Scenario(
        name=f"{key}: trade disruptions of a year",
        mineral=key,
        year=max(int(one) for one in _rows(key)["year"].drop_nulls()),
        focal=_USA,
        eps=_lognormal(0.25, 1.8),
        choke=_assumed(20.0),
        diversion=_assumed(0.5, 0.2, 0.8),
        rho=_assumed(0.3),
        stages=stages,
        blocs=_blocs(stages),
        events=_events(key, stages),
        stocks=(),
        economy=_economy(key, uses, notes),
        sha256="",
    )
    if made.economy is not None:
        made, told = calibrated(made)
        notes.append(told)
    digest = hashlib.sha256(scenario_text(made).encode()).hexdigest()
    return replace(made, sha256=digest), tuple(notes)


def _rows(mineral: str) -> pl.DataFrame:
    frame = table("stage_shares")
    return frame.filter(pl.col("mineral") == mineral)


def _stages(mineral: str, notes: list[str]) -> tuple[Stage, ...]:
    rows = _rows(mineral)
    if rows.is_empty():
        known = sorted(set(table("stage_shares")["mineral"]))
        raise InputError(
            f"no shipped table has the producers of {mineral} by stage: write a scenario file, or "
            f"ask for one of {', '.join(known)}"
        )
    chosen = [
        (name, found)
        for printed, name in _STAGES.items()
        if (found := _newest(rows.filter(pl.col("stage") == printed))) is not None
    ]
    recycled = _recycling(mineral)
    return tuple(
        Stage(
            name,
            _lognormal(0.3, 2.0),
            _assumed(1 / len(chosen)),
            _assumed(6.0, 3.0, 12.0),
            recycled if name in ("mine", "refining") else _assumed(0.0),
            _assumed(0.1, 0.02, 0.5),
            _assumed(1.0),
            "",
            _producers(mineral, name, found, notes),
        )
        for name, found in chosen
    )


def _newest(rows: pl.DataFrame) -> pl.DataFrame | None:
    """Return the rows of the newest table, of two of a year the one with more producers."""
    groups = rows.partition_by("source", "year", "detail")
    known = [one for one in groups if one["share"].drop_nulls().sum() > 0]
    if not known:
        return None
    return max(known, key=lambda one: (int(one["year"][0]), one.height))


def _producers(
    mineral: str, stage: str, rows: pl.DataFrame, notes: list[str]
) -> tuple[Producer, ...]:
    shares: dict[str, float] = {}
    hidden = 0
    for iso3, share in rows.select("iso3", "share").iter_rows():
        if share is None:
            hidden += 1
            continue
        shares[iso3 or _OTHER] = shares.get(iso3 or _OTHER, 0.0) + float(share)
    total = sum(shares.values())
    source, year = str(rows["source"][0]), int(rows["year"][0])
    if total < 1 - 5e-3:
        shares[_OTHER] = shares.get(_OTHER, 0.0) + 1 - total
        notes.append(f"{mineral}, {stage}: {1 - total:.1%} is attributed to no country")
    elif total > 1 + 5e-3:
        notes.append(f"{mineral}, {stage}: printed shares sum to {total:.1%} and are scaled")
    if hidden:
        notes.append(f"{mineral}, {stage}: {hidden} producers below 0.1 % or withheld left out")
    whole = sum(shares.values())
    told = f"{source}, {year}"
    found = []
    for iso3, share in sorted(shares.items(), key=lambda one: (-one[1], one[0])):
        part = round(share / whole, 9)
        found.append(Producer(iso3, "", Given(part, Basis.REPORTED, told), None))
    rest = 1 - sum(one.share.value for one in found)
    first = found[0]
    found[0] = replace(first, share=replace(first.share, value=first.share.value + rest))
    return tuple(found)


def _recycling(mineral: str) -> Given:
    frame = table("recycling").filter(pl.col("mineral") == mineral).sort("year")
    known = frame.filter(pl.col("eol_rir_pct").is_not_null())
    if known.is_empty():
        return _assumed(0.0)
    row = known.row(-1, named=True)
    told = f"{row['source']}, end-of-life recycling input rate"
    return Given(float(row["eol_rir_pct"]) / 100, Basis.REPORTED, told)


def _blocs(stages: Sequence[Stage]) -> tuple[Bloc, ...]:
    """Return the United States, China and the rest, with their shares of use.

    No table has who uses a mineral. China's part lies between its part of world product and its
    part of the last stage that is published; the others share the rest by product.
    """
    frame = table("world_gdp").filter(pl.col("value_usd").is_not_null())
    newest = int(frame.filter(pl.col("iso3") == _USA)["year"].max())  # type: ignore[arg-type]
    year = frame.filter(pl.col("year") == newest)
    world = float(year.filter(pl.col("scope") == "country")["value_usd"].sum())
    product = {
        code: float(year.filter(pl.col("iso3") == code)["value_usd"][0]) / world
        for code in (_USA, _CHINA)
    }
    made = sum(one.share.value for one in stages[-1].producers if one.country == _CHINA)
    low, high = sorted((product[_CHINA], min(made, 0.9)))
    china = (low + high) / 2
    usa = (1 - china) * product[_USA] / (1 - product[_CHINA])
    by_product = f"share of world product {newest} (worldbank-gdp) outside China"
    between = f"midway between China's share of world product {newest} and of {stages[-1].id}"
    return (
        Bloc(_USA, (_USA,), Given(round(usa, 4), Basis.ASSUMED, by_product)),
        Bloc(
            _CHINA, (_CHINA,),
            Given(round(china, 4), Basis.ASSUMED, between, round(low, 4), round(high, 4)),
        ),
        Bloc(
            "rest", (),
            Given(round(1 - round(usa, 4) - round(china, 4), 4), Basis.ASSUMED, by_product),
        ),
    )  # fmt: skip


def is_controlled(mineral: str) -> bool:
    """Return whether the USGS counts a Chinese restriction as certain: what it published says so.

    Its probability-weighted loss is then that of the largest scenario itself.
    """
    frame = table("us_gdp_effects").filter(pl.col("mineral") == mineral)
    implied = frame["implied_probability"].drop_nulls()
    return bool(implied.len()) and float(implied[0]) >= 0.99


def _events(mineral: str, stages: Sequence[Stage]) -> tuple[Event, ...]:
    """Return a trade disruption of each country that makes a part worth naming."""
    largest: dict[str, float] = {}
    for stage in stages:
        for one in stage.producers:
            largest[one.country] = max(largest.get(one.country, 0.0), one.share.value)
    told = "implied by usgs-ofr-2025-1047: weighted over largest loss"
    found = []
    for code in sorted(largest, key=lambda one: (-largest[one], one)):
        if largest[code] < _LEAST_SHARE or code in (_USA, _OTHER):
            continue
        if code == _CHINA:
            is_certain = is_controlled(mineral)
            chance = (
                Given(1.0, Basis.ASSUMED, told)
                if is_certain
                else Given(0.4, Basis.ASSUMED, told, 0.2, 0.6)
            )
            found.append(
                Event(
                    "CHN-restriction", code, EventKind.RESTRICTION, chance, Severity(None),
                    Duration(6.0, 2.0), (_USA, "rest"), (), "", _assumed(0.1, 0.02, 0.3),
                )
            )  # fmt: skip
            continue
        chance = Given(0.05, Basis.ASSUMED, told, 0.02, 0.1)
        found.append(
            Event(
                f"{code}-disruption", code, EventKind.CONFLICT, chance, Severity(None),
                Duration(6.0, 2.0), (), (), "", _assumed(0.0),
            )
        )  # fmt: skip
    return tuple(found)


def _uses(mineral: str, notes: list[str]) -> tuple[Use, ...]:
    frame = table("eu_uses").filter(pl.col("mineral") == mineral)
    shares: dict[str, float] = {}
    left_out = 0
    for nace, share in frame.select("nace2", "share").iter_rows():
        if share is None or nace not in INDUSTRY_OF:
            left_out += 1
            continue
        code = INDUSTRY_OF[nace]
        shares[code] = shares.get(code, 0.0) + float(share)
    basis, told = Basis.REPORTED, "eu-crm-2023, use in Europe, NACE divisions matched to BEA"
    if not shares and mineral in _ASSUMED_USES:
        shares, basis, told = dict(_ASSUMED_USES[mineral]), Basis.ASSUMED, OURS
    if not shares:
        notes.append(f"{mineral}: no table says which industries use it: loss of product UNKNOWN")
        return ()
    if left_out:
        notes.append(f"{mineral}: {left_out} uses have no share or no industry and are left out")
    total = math.fsum(shares.values())
    codes = sorted(shares, key=lambda one: (-shares[one], one))
    parts = [round(shares[code] / total, 6) for code in codes]
    parts[0] += 1 - math.fsum(parts)
    return tuple(
        Use(code, Given(part, basis, told)) for code, part in zip(codes, parts, strict=True)
    )


def _economy(mineral: str, uses: tuple[Use, ...], notes: list[str]) -> Economy | None:
    if not uses:
        return None
    found: Mapping[str, Any] = us_use(mineral)
    if found["use_t"] is None or found["price_usd_per_t"] is None:
        notes.append(
            f"{mineral}: US consumption or price is withheld or not given in tonnes: what users "
            "pay more and producers earn more is UNKNOWN and left out"
        )
    return Economy(
        found["use_t"], found["domestic_t"], found["price_usd_per_t"], _lognormal(0.3, 2.0),
        _assumed(0.01), uses,
    )  # fmt: skip
