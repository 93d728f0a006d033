"""From a block model to what a mill is fed, year by year."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._economics import (
    BlockValues,
    CutOff,
    block_values,
    cut_offs,
    mill_feed,
    net_return_per_t,
)
from oreline.explore._grid import BlockGrid
from oreline.explore._mine_settings import MineSettings
from oreline.explore._pit import nested_pits
from oreline.explore._schedule import Dug, Schedule, schedule
from oreline.explore._stope import paying_stopes
from oreline.explore._surface import rock_of, room_for_walls
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

SCREENING = (
    "This screens for reasonable prospects. It is no estimate of reserves, no mine design and no "
    "Competent Person's statement."
)
"""Stands wherever a mine plan is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockModel:
    """What a mine plan needs to know of the blocks, in the order of the grid.

    ``grades_pct`` (n, k) with NaN where nothing was estimated; ``density_t_per_m3`` (n,), NaN
    where not known; ``screening_class`` (n,): A, B, C or empty; ``ground_m`` (m, 3) places on the
    surface, such as collars; ``realisations_pct`` (r, n, k) where the model was simulated,
    ``variance_pct2`` (n, k) the kriging variances of the blocks, ``ranks`` (k, k) the rank
    correlations of the composites' grades.
    """

    grid: BlockGrid
    analytes: tuple[str, ...]
    grades_pct: Floats
    density_t_per_m3: Floats
    screening_class: NDArray[np.str_]
    ground_m: Floats
    realisations_pct: Floats | None = None
    variance_pct2: Floats | None = None
    ranks: Floats | None = None

    def __post_init__(self) -> None:
        n, k = self.grid.n, len(self.analytes)
        if self.grades_pct.shape != (n, k) or self.density_t_per_m3.shape != (n,):
            raise InputError(
                f"grades {self.grades_pct.shape}, densities {self.density_t_per_m3.shape}: "
                f"the grid has {n} blocks, the model {k} analytes"
            )


@dataclass(frozen=True, slots=True)
class Phase:
    """What one nested pit adds to the one before it; ``factor`` is its price in parts of the price.

    Stopes are one phase of factor 1. ``value`` is undiscounted, in the currency of the settings,
    at the price itself.
    """

    factor: float
    ore_t: float
    waste_t: float
    grades_pct: dict[str, float]
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class MinePlan:
    """A pit or stopes, their phases and the years of feed.

    ``dug`` and ``is_ore`` (n,) are in the order of the block model's grid; blocks dug outside it
    count in the tonnes. ``gap`` bounds how much more the best pit may be worth.
    """

    settings: MineSettings
    analytes: tuple[str, ...]
    cut_offs: tuple[CutOff, ...]
    phases: tuple[Phase, ...]
    schedule: Schedule
    dug: Mask
    is_ore: Mask
    value: float
    gap: float
    notes: tuple[str, ...]

    @property
    def ore_t(self) -> float:
        """Return the tonnes that the mill is fed."""
        return math.fsum(phase.ore_t for phase in self.phases)

    @property
    def waste_t(self) -> float:
        """Return the tonnes of rock dug beside the ore."""
        return math.fsum(phase.waste_t for phase in self.phases)

    @property
    def strip_ratio(self) -> float | None:
        """Return tonnes of waste for a tonne of ore; None without ore."""
        return self.waste_t / self.ore_t if self.ore_t else None

    def phases_frame(self) -> pl.DataFrame:
        """Return one row for each phase."""
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "revenue_factor": phase.factor,
                    "ore_t": phase.ore_t,
                    "waste_t": phase.waste_t,
                    **{f"{name}_pct": phase.grades_pct.get(name) for name in self.analytes},
                    "value": phase.value,
                }
                for phase in self.phases
            ],
            infer_schema_length=None,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return the schedule: one row for each year."""
        return self.schedule.to_frame()

    def to_json(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return {
            "said": SCREENING,
            "basis": str(self.settings.basis),
            "source": self.settings.source,
            "currency": self.settings.currency,
            "method": self.settings.method,
            "cut_offs": [
                {
                    "analyte": cut.analyte,
                    "break_even_pct": cut.break_even_pct,
                    "mill_pct": cut.mill_pct,
                }
                for cut in self.cut_offs
            ],
            "ore_t": self.ore_t,
            "waste_t": self.waste_t,
            "strip_ratio": self.strip_ratio,
            "value": self.value,
            "gap": self.gap,
            "phases": self.phases_frame().to_dicts(),
            "schedule": self.schedule.to_json(),
            "notes": list(self.notes),
        }


Progress = Callable[[str, int, int], None]


def plan_mine(
    model: BlockModel,
    settings: MineSettings,
    progress: Progress = lambda _what, _done, _total: None,
) -> MinePlan:
    """Return what of a block model is worth digging, in which order, and the mill's yearly feed.

    Only blocks of the named screening classes can be ore; all other rock is waste. For a pit the
    grid is widened so that its walls have room; what is dug out there is waste. For stopes the
    waste inside a stope is milled with it.

    Raises
    ------
    InputError
        If something is paid that the model has no grade of.
    LimitExceededError
        If the grid is too fine for a pit, or the years are too many.
    """
    cuts = cut_offs(settings.economics())
    if settings.method == "pit":
        return _pit_plan(model, settings, cuts, progress)
    return _stope_plan(model, settings, cuts)


def _pit_plan(
    model: BlockModel, settings: MineSettings, cuts: tuple[CutOff, ...], progress: Progress
) -> MinePlan:
    assert settings.slope_deg is not None
    wide, place = room_for_walls(model.grid, settings.slope_deg)
    spread = _spread(model, settings, wide, place)
    values: dict[float, BlockValues] = {}
    factors = sorted(set(settings.revenue_factors))
    for number, factor in enumerate(factors):
        progress("values of blocks", number + 1, len(factors))
        values[factor] = block_values(
            settings.economics(), model.analytes, spread.grades_pct, spread.tonnes,
            counted=spread.counted, factor=factor,
        )  # fmt: skip
    pits = nested_pits(wide, {f: v.value for f, v in values.items()}, settings.slope_deg)
    priced = values[1.0]
    last = pits[1.0]
    phase = np.full(wide.n, -1, np.int64)
    for number, pit in enumerate(pits.values()):
        phase[pit.blocks & (phase < 0)] = number
    rows = np.nonzero((phase >= 0) & (spread.tonnes > 0))[0]
    dug = _dug(model, settings, spread, priced.is_ore, rows, phase, wide.indices()[:, 2])
    notes = []
    if last.blocks[: wide.count[0] * wide.count[1]].any():
        notes.append("The pit reaches the lowest blocks: the model may end above where it pays.")
    return MinePlan(
        settings,
        model.analytes,
        cuts,
        _phases(dug, tuple(pits), priced.value[rows]),
        schedule(dug, settings.mill_t_per_year, settings.mine_t_per_year),
        last.blocks[place] & (spread.tonnes[place] > 0),
        last.blocks[place] & priced.is_ore[place],
        last.value,
        last.gap,
        tuple(notes),
    )


def _stope_plan(model: BlockModel, settings: MineSettings, cuts: tuple[CutOff, ...]) -> MinePlan:
    assert settings.stope_m is not None
    spread = _spread(model, settings, model.grid, np.arange(model.grid.n))
    economics = settings.economics()
    # Inside a stope everything is milled: rock without a counted grade at its dilution grades.
    waste = np.array([settings.dilution_grade_pct.get(name, 0.0) for name in model.analytes])
    milled = np.where(spread.counted[:, None], spread.grades_pct, waste)
    fed = mill_feed(economics, model.analytes, milled, spread.tonnes)
    net = net_return_per_t(economics, model.analytes, fed.grades_pct)
    cost = settings.processing_per_t + settings.overhead_per_t
    earned = fed.tonnes * (net - cost) - settings.mining_per_t * spread.tonnes
    inside = paying_stopes(model.grid, earned, settings.stope_m) & (spread.tonnes > 0)
    rows = np.nonzero(inside)[0]
    stoped = _Spread(milled, spread.tonnes, spread.counted, spread.screening_class, spread.place)
    level = model.grid.indices()[:, 2]
    dug = _dug(model, settings, stoped, inside, rows, np.zeros(model.grid.n, np.int64), level)
    notes = ("Stopes are placed richest first: a layout that could be mined, not the best one.",)
    return MinePlan(
        settings,
        model.analytes,
        cuts,
        _phases(dug, (1.0,), earned[rows]),
        schedule(dug, settings.mill_t_per_year, settings.mine_t_per_year),
        inside,
        inside,
        math.fsum(earned[rows]),
        0.0,
        notes if rows.size else (),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """The block model on the grid in which is dug; ``place`` says where its blocks went."""

    grades_pct: Floats
    tonnes: Floats
    counted: Mask
    screening_class: NDArray[np.str_]
    place: Ints


def _spread(model: BlockModel, settings: MineSettings, wide: BlockGrid, place: Ints) -> _Spread:
    grades = np.full((wide.n, len(model.analytes)), np.nan)
    grades[place] = model.grades_pct
    density = np.full(wide.n, settings.density_t_per_m3)
    known = np.isfinite(model.density_t_per_m3)
    density[place[known]] = model.density_t_per_m3[known]
    classes = np.full(wide.n, "", dtype="<U8")
    classes[place] = model.screening_class
    rock = rock_of(wide, model.ground_m)
    counted = np.isin(classes, settings.classes) & np.isfinite(grades).all(axis=1) & rock
    return _Spread(grades, density * wide.volume_m3 * rock, counted, classes, place)


def _dug(
    model: BlockModel,
    settings: MineSettings,
    spread: _Spread,
    is_ore: Mask,
    rows: Ints,
    phase: Ints,
    level: Ints,
) -> Dug:
    economics = settings.economics()
    fed = mill_feed(economics, model.analytes, spread.grades_pct[rows], spread.tonnes[rows])
    ore = is_ore[rows]
    realisations = variance = realised_t = None
    own = np.full(phase.size, -1, np.int64)
    own[spread.place] = np.arange(model.grid.n)
    own = own[rows]
    if model.variance_pct2 is not None:
        known = np.where(own[:, None] >= 0, model.variance_pct2[own], 0.0)
        counted = spread.counted[rows, None]
        variance = np.where(counted, known, 0.0) / (1 + economics.dilution_pct / 100) ** 2
    if model.realisations_pct is not None:
        drawn = np.repeat(np.nan_to_num(fed.grades_pct)[None], len(model.realisations_pct), axis=0)
        realised_t = np.zeros(len(drawn))
        within = own >= 0
        for number, (one, fields) in enumerate(zip(drawn, model.realisations_pct, strict=True)):
            inside = mill_feed(economics, model.analytes, fields[own[within]], spread.tonnes[:1])
            one[within] = np.where(ore[within, None], inside.grades_pct, one[within])
            # Of the rock that is dug: what would earn at the mill if its grades were these.
            net = net_return_per_t(economics, model.analytes, np.nan_to_num(inside.grades_pct))
            earns = net > economics.processing_per_t + economics.overhead_per_t
            earns &= spread.counted[rows][within]
            realised_t[number] = fed.tonnes[within][earns].sum()
        realisations = drawn
    return Dug(
        model.analytes,
        np.where(ore, fed.tonnes, 0.0),
        spread.tonnes[rows],
        fed.grades_pct,
        spread.screening_class[rows],
        phase[rows],
        level[rows],
        realisations,
        variance,
        realised_t,
        model.ranks,
    )


def _phases(dug: Dug, factors: tuple[float, ...], value: Floats) -> tuple[Phase, ...]:
    phases = []
    for number, factor in enumerate(factors):
        own = dug.phase == number
        if not own.any():
            continue
        ore = dug.ore_t[own]
        total = float(ore.sum())
        grades = {}
        if total:
            mean = ore @ np.nan_to_num(dug.grades_pct[own]) / total
            grades = {name: float(one) for name, one in zip(dug.analytes, mean, strict=True)}
        waste = float(dug.rock_t[own][ore == 0].sum())
        phases.append(Phase(factor, total, waste, grades, math.fsum(value[own])))
    return tuple(phases)
