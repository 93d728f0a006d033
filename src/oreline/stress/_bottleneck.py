"""The bottleneck rule: new supply counts only up to the stage with evidenced free capacity.

A tonne of concentrate makes a country's metal safer only where somebody has room to smelt it. How
much room there is, is rarely printed. What is not known is counted as none in the lower bound and
as enough in the upper, with the evidence that there is beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from oreline.reference import country, table
from oreline.stress._concentration import Bounds
from oreline.stress._dependence import PRINTED, RARE_EARTHS, STAGES, tonnes_of

STEPS: Final = {
    "antimony": ("concentrate", "refined"),
    "copper": ("concentrate", "refined"),
    RARE_EARTHS: ("concentrate", "refined", "metal", "magnet"),
}
"""The stages of a mineral, from what is mined to the last that a country needs of it."""
OUTPUT: Final = {
    ("antimony", "refined"): "Production, Smelter: Primary",
    ("copper", "refined"): "Production, Refinery: Primary (from ore)",
    (RARE_EARTHS, "refined"): "Production: Compounds and metals",
}
"""The printed row of what the United States makes at a stage from what comes before it."""
WORKS: Final = {
    ("antimony", "refined"): (("smelter", "refinery"), ("antimony",)),
    ("copper", "refined"): (("smelter", "refinery"), ("copper", "Cu")),
    (RARE_EARTHS, "refined"): (("separation",), ("REE", "NdPr", "HREE", "LREE", "monazite")),
    (RARE_EARTHS, "metal"): (("metal",), ("NdFeB", "Nd")),
    (RARE_EARTHS, "magnet"): (("magnet",), ("NdFeB",)),
}
"""Words of stages and materials by which works stand in the table of facilities."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the room at a stage: a printed number, a works, or what a user states."""

    what: str
    text: str
    source: str
    basis: str

    def to_json(self) -> dict[str, str]:
        """Return it as plain values."""
        return {"what": self.what, "text": self.text, "source": self.source, "basis": self.basis}


@dataclass(frozen=True, slots=True)
class StatedCapacity:
    """A capacity that a user states, of which a part is in use, in tonnes a year.

    ``used_high_t`` None: nobody says how much of it is in use, so that all of it may be.
    """

    mineral: str
    stage: str
    low_t: float
    high_t: float
    used_low_t: float
    used_high_t: float | None
    basis: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FreeCapacity:
    """How much more a country can take into a stage, in tonnes a year; ``high`` None is UNKNOWN."""

    mineral: str
    stage: str
    free_t: Bounds
    why: str
    evidence: tuple[Evidence, ...]

    @property
    def is_known(self) -> bool:
        """Return whether anything bounds it from above."""
        return self.free_t.high is not None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; a ``high`` of null is UNKNOWN."""
        return {
            "mineral": self.mineral,
            "stage": self.stage,
            "free_t": self.free_t.to_json(),
            "why": self.why,
            "evidence": [one.to_json() for one in self.evidence],
        }


def free_capacities(
    importer: str, mineral: str, stated: Sequence[StatedCapacity] = ()
) -> tuple[FreeCapacity, ...]:
    """Return how much more a country can take into each stage of a mineral after the first.

    Parameters
    ----------
    importer
        The country.
    mineral
        By its key in the reference tables.
    stated
        What the user knows; it comes before everything printed.
    """
    code = country(importer).alpha3
    return tuple(
        _free(code, mineral, feed, stage, stated)
        for feed, stage in zip(STEPS[mineral], STEPS[mineral][1:], strict=False)
    )


def _free(
    importer: str, mineral: str, feed: str, stage: str, stated: Sequence[StatedCapacity]
) -> FreeCapacity:
    own = [one for one in stated if (one.mineral, one.stage) == (mineral, stage)]
    evidence = (*_works(importer, mineral, stage), *_printed(importer, mineral, stage))
    if own:
        told = tuple(
            Evidence(
                "stated capacity",
                f"{one.low_t:,.0f} to {one.high_t:,.0f} t/y"
                + ("" if not one.note else f": {one.note}"),
                one.source,
                one.basis,
            )
            for one in own
        )
        low = sum(
            0.0 if one.used_high_t is None else max(0.0, one.low_t - one.used_high_t) for one in own
        )
        high = sum(max(0.0, one.high_t - one.used_low_t) for one in own)
        return FreeCapacity(
            mineral, stage, Bounds(low, high), "what is stated less what is in use",
            (*told, *evidence),
        )  # fmt: skip
    leaves = _net_exports(importer, mineral, feed)
    if leaves is not None:
        return FreeCapacity(
            mineral,
            stage,
            Bounds(0.0, 0.0),
            f"{importer} exports more {feed} than it imports: its own has no room, and more would "
            "leave too",
            (leaves, *evidence),
        )
    why = "no free capacity is printed anywhere: none in the lower bound, enough in the upper"
    return FreeCapacity(mineral, stage, Bounds(0.0, None), why, evidence)


def _salient(mineral: str) -> tuple[dict[str, dict[str, Any]], str]:
    rows = table("us_salient").filter(pl.col("mineral") == mineral)
    edition = max(rows["vintage"].to_list(), default=0)
    year = max(rows.filter(pl.col("vintage") == edition)["year"].drop_nulls().to_list(), default=0)
    newest = rows.filter((pl.col("vintage") == edition) & (pl.col("year") == year)).to_dicts()
    return {row["detail"]: row for row in newest}, f"USGS, edition {edition}, {year}"


def _net_exports(importer: str, mineral: str, feed: str) -> Evidence | None:
    """Return the evidence that a country exports more of a feed than it imports, else None."""
    if importer != "USA":
        return None
    rows, source = _salient(mineral)
    whole = "Net import reliance as a percentage of apparent consumption: Mineral concentrates"
    if feed == "concentrate" and whole in rows and rows[whole]["flag"] == "E":
        return Evidence("net exporter of mineral concentrates", "E", source, "reported")
    for one in PRINTED:
        if (one.mineral, one.stage) == (mineral, feed):
            comes, goes = tonnes_of(rows, one.imports), tonnes_of(rows, one.exports)
            if comes is None or goes is None or comes.high is None or goes.low <= comes.high:
                return None
            text = f"exports {goes.low:,.0f} t, imports {comes.low:,.0f} to {comes.high:,.0f} t"
            return Evidence(one.product, text, source, "reported")
    return None


def _printed(importer: str, mineral: str, stage: str) -> tuple[Evidence, ...]:
    detail = OUTPUT.get((mineral, stage))
    if importer != "USA" or detail is None:
        return ()
    rows, source = _salient(mineral)
    row = rows.get(detail)
    if row is None:
        return ()
    text = f"{row['text']} {row['unit']}"
    return (Evidence(detail, text, source, "reported"),)


def _works(importer: str, mineral: str, stage: str) -> tuple[Evidence, ...]:
    words = WORKS.get((mineral, stage))
    if words is None:
        return ()
    stages, materials = words
    rows = table("facilities").filter(pl.col("iso3") == importer).to_dicts()
    return tuple(
        Evidence(
            f"{row['name']} ({row['operator']})",
            f"{row['stage']}; {row['materials']}; {row['status']}; its capacity is not printed",
            row["source"],
            row["basis"],
        )
        for row in rows
        if any(word in row["stage"] for word in stages)
        and any(word in row["materials"] for word in materials)
    )


@dataclass(frozen=True, slots=True)
class CountedSupply:
    """New supply at a stage in tonnes a year.

    ``arrives_t`` comes as such, ``before_t`` is counted at the stage before, and ``counted_t`` is
    what comes as such with what has room to go on.
    """

    mineral: str
    stage: str
    arrives_t: Bounds
    before_t: Bounds
    counted_t: Bounds
    free: FreeCapacity | None

    @property
    def stops(self) -> bool:
        """Return whether nothing of what is counted at the stage before is sure to get here."""
        comes = self.before_t.high is None or self.before_t.high > 0
        return self.free is not None and comes and self.counted_t.low <= self.arrives_t.low

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "mineral": self.mineral,
            "stage": self.stage,
            "arrives_t": self.arrives_t.to_json(),
            "counted_before_t": self.before_t.to_json(),
            "counted_t": self.counted_t.to_json(),
            "stops_here": self.stops,
            "free": None if self.free is None else self.free.to_json(),
        }


def counted_supply(
    mineral: str, arrives: dict[str, Bounds], free: Sequence[FreeCapacity]
) -> tuple[CountedSupply, ...]:
    """Return what new supply counts at each stage of a mineral.

    What arrives at a stage counts there. Of what is counted at the stage before, as much goes on as
    there is evidenced room; losses on the way are not taken off, so that the upper bound holds.

    >>> room = FreeCapacity("copper", "refined", Bounds(0.0, 30.0), "a test", ())
    >>> found = counted_supply("copper", {"concentrate": Bounds(40.0, 50.0)}, [room])
    >>> [(one.stage, one.counted_t) for one in found][1]
    ('refined', Bounds(low=0.0, high=30.0))
    """
    nothing = Bounds(0.0, 0.0)
    by_stage = {one.stage: one for one in free}
    found: list[CountedSupply] = []
    for place, stage in enumerate(STEPS[mineral]):
        comes = arrives.get(stage, nothing)
        if not place:
            found.append(CountedSupply(mineral, stage, comes, nothing, comes, None))
            continue
        before, room = found[-1].counted_t, by_stage[stage]
        assert comes.high is not None
        assert before.high is not None
        most = before.high if room.free_t.high is None else min(before.high, room.free_t.high)
        counted = Bounds(comes.low + min(before.low, room.free_t.low), comes.high + most)
        found.append(CountedSupply(mineral, stage, comes, before, counted, room))
    assert all(one.stage in STAGES for one in found)
    return tuple(found)
