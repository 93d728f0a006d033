"""World supply of a stage in tonnes a year: what a share in the disruption model is a share of."""

from __future__ import annotations

from typing import Final

import polars as pl

from oreline.model import Basis
from oreline.reference import table
from oreline.stress._dependence import RARE_EARTHS
from oreline.stress._scenario import Given
from oreline.stress._us_use import TONNES

_MEASURES: Final = {
    "mine": ("mine production",),
    "refining": ("refinery production", "smelter production"),
}
"""How the summaries call what the world makes at a stage."""
_OXIDES: Final = {"neodymium": "Nd", "praseodymium": "Pr"}
"""Rare earths that no table gives the world's tonnes of."""
_LARGEST_MINE: Final = "Bayan Obo"


def world_supply(mineral: str, stage: str) -> Given | None:
    """Return what the world makes of a mineral at a stage, in tonnes a year; None if UNKNOWN.

    It is printed by the USGS for what is mined, and for copper also for what is refined. Else what
    is mined stands for it, as the model balances all stages in the mineral itself. Neodymium and
    praseodymium are a part of what is mined of all rare earths: that of bastnaesite of Bayan Obo,
    the range that of all bastnaesite in the table.

    >>> world_supply("antimony", "mine").value
    110000.0
    >>> str(world_supply("antimony", "refining").basis)
    'assumed'
    """
    if mineral in _OXIDES:
        return _part_of_rare_earths(mineral)
    found = _printed(mineral, stage)
    if found is not None or stage == "mine":
        return found
    mined = _printed(mineral, "mine")
    if mined is None:
        return None
    told = f"no table prints the world's {stage}: what is mined, {mined.source}"
    return Given(mined.value, Basis.ASSUMED, told)


def _printed(mineral: str, stage: str) -> Given | None:
    """Return the newest printed total of the world, None where there is none."""
    rows = table("production").filter(
        (pl.col("mineral") == mineral)
        & (pl.col("scope") == "world")
        & pl.col("measure").is_in(list(_MEASURES.get(stage, ())))
        & pl.col("value").is_not_null()
        & pl.col("unit").is_in(list(TONNES))
    )
    if rows.is_empty():
        return None
    row = rows.sort("vintage", "year", "detail").row(-1, named=True)
    told = f"{row['source']}, {row['measure']}, world, {row['year']}"
    return Given(float(row["value"]) * TONNES[row["unit"]], Basis.REPORTED, told)


def _part_of_rare_earths(mineral: str) -> Given | None:
    world = _printed(RARE_EARTHS, "mine")
    rows = table("ree_distribution").filter(
        (pl.col("source_mineral") == "bastnaesite")
        & (pl.col("element") == _OXIDES[mineral])
        & pl.col("value").is_not_null()
    )
    middle = rows.filter(pl.col("location").str.starts_with(_LARGEST_MINE))
    if world is None or middle.is_empty():
        return None
    parts = [float(one) for one in rows["value"].to_list()]
    part = float(middle["value"][0])
    told = (
        f"{part:g} % ({min(parts):g} to {max(parts):g}) of all rare earths: {rows['source'][0]}, "
        f"bastnaesite; {world.source}"
    )
    amount = world.value / 100
    return Given(part * amount, Basis.ASSUMED, told, min(parts) * amount, max(parts) * amount)
