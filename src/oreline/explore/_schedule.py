"""From a pit or stopes to years: what is dug when, and what the mill is fed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.model import InputError, LimitExceededError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEARS_MAX = 200
"""How many years a schedule may run."""


@dataclass(frozen=True, slots=True, eq=False)
class Dug:
    """The blocks that are dug, in arrays of one length n.

    ``ore_t`` is what of a block goes to the mill, diluted and recovered, 0 for waste; ``rock_t``
    all that is dug. ``grades_pct`` (n, k) are those of the ore at the mill. ``phase`` numbers the
    pits from the inside out, ``bench`` the levels upwards. ``realisations_pct`` (r, n, k) are
    grades at the mill in each simulation, where the model was simulated; ``variance_pct2`` (n, k)
    the kriging variances of the blocks, of grades at the mill. ``realised_t`` (r,) is the ore
    among these blocks in each simulation; ``ranks`` (k, k) correlate the grades of composites.
    """

    analytes: tuple[str, ...]
    ore_t: Floats
    rock_t: Floats
    grades_pct: Floats
    screening_class: NDArray[np.str_]
    phase: Ints
    bench: Ints
    realisations_pct: Floats | None = None
    variance_pct2: Floats | None = None
    realised_t: Floats | None = None
    ranks: Floats | None = None


class UncertaintyRule(StrEnum):
    """How the uncertainty of a period's grade is found; never the mean of block variances."""

    SIMULATION = "simulation"
    """The standard deviation of the period's mean grade over conditional simulations."""
    MONTHS = "kriging variance over months"
    """Errors within a month of milling are one, those of months independent (Silva and Boisvert
    2014): the root of the tonnage-weighted kriging variance over the root of the months."""
    NONE = "none"
    """Neither simulations nor kriging variances are known."""

    def words(self) -> str:
        """Return the rule in a sentence."""
        return _RULES[self]


_RULES = {
    UncertaintyRule.SIMULATION: "u is the standard deviation of the period's mean grade over the "
    "conditional simulations",
    UncertaintyRule.MONTHS: "u is the root of the tonnage-weighted kriging variance of the blocks, "
    "over the root of the months of milling: errors within a month are one, months independent "
    "(the rule of the classes, RE90 = 1.645 u / grade)",
    UncertaintyRule.NONE: "u is not known",
}


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a schedule.

    Grades are those of the mill's feed, ``u_pct`` their standard uncertainty by the rule of the
    schedule (None where nothing tells it), ``share_of_class`` by tonnes of ore.
    """

    year: int
    ore_t: float
    waste_t: float
    grades_pct: dict[str, float]
    u_pct: dict[str, float] | None
    share_of_class: dict[str, float]

    @property
    def strip_ratio(self) -> float | None:
        """Return tonnes of waste for a tonne of ore; None in a year without ore."""
        return self.waste_t / self.ore_t if self.ore_t else None

    def to_json(self) -> dict[str, Any]:
        """Return the year as a JSON object."""
        return {
            "year": self.year,
            "ore_t": self.ore_t,
            "waste_t": self.waste_t,
            "strip_ratio": self.strip_ratio,
            "grades_pct": dict(self.grades_pct),
            "u_pct": None if self.u_pct is None else dict(self.u_pct),
            "share_of_class": dict(self.share_of_class),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Years of mining, from the first; ``life`` is all of them as one, numbered 0.

    ``ranks`` (k, k) says how the ranks of the life's grades go together, None where nothing tells;
    ``tonnes_cv`` is the standard deviation of its ore over the simulations, as a part of it.
    """

    analytes: tuple[str, ...]
    years: tuple[Year, ...]
    life: Year
    rule: UncertaintyRule
    ranks: Floats | None = None
    tonnes_cv: float = 0.0

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each year."""
        import polars as pl

        rows = []
        for year in self.years:
            row: dict[str, Any] = {
                "year": year.year,
                "ore_t": year.ore_t,
                "waste_t": year.waste_t,
                "strip_ratio": year.strip_ratio,
            }
            for name in self.analytes:
                row[f"{name}_pct"] = year.grades_pct.get(name)
                row[f"{name}_pct_u"] = None if year.u_pct is None else year.u_pct.get(name)
                row[f"{name}_t"] = year.ore_t * year.grades_pct.get(name, 0.0) / 100
            for name in sorted({name for each in self.years for name in each.share_of_class}):
                row[f"class_{name}_share"] = year.share_of_class.get(name, 0.0)
            rows.append(row)
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return the schedule as a JSON object."""
        return {
            "analytes": list(self.analytes),
            "years": [year.to_json() for year in self.years],
            "life": self.life.to_json(),
            "uncertainty": {"rule": str(self.rule), "words": self.rule.words()},
        }


def schedule(dug: Dug, mill_t_per_year: float, mine_t_per_year: float) -> Schedule:
    """Return what is dug and milled each year.

    Phases are dug from the inside out, each from its highest bench down; a bench of a phase is dug
    evenly, ore and waste together, and the next begins when it is done. A year ends when the mill
    or the mine has had its tonnes. Nothing is stockpiled: a mine that must first strip waste
    feeds the mill less, and the table shows it.

    Raises
    ------
    InputError
        If a capacity is not above 0.
    LimitExceededError
        If it takes more than YEARS_MAX years.
    """
    if not (mill_t_per_year > 0 and mine_t_per_year > 0):
        raise InputError("capacities of mill and mine are above 0 tonnes a year")
    benches, shares = _benches(dug), []
    left_mill, left_mine = mill_t_per_year, mine_t_per_year
    taken: list[tuple[int, int, float]] = []
    year = 0
    for number, bench in enumerate(benches):
        ore, rock = dug.ore_t[bench].sum(), dug.rock_t[bench].sum()
        done = 0.0
        while done < 1.0:
            part = min(
                1.0 - done,
                left_mill / ore if ore else np.inf,
                left_mine / rock if rock else np.inf,
            )
            taken.append((year, number, part))
            done = 1.0 if part == 1.0 - done else done + part
            left_mill -= part * ore
            left_mine -= part * rock
            if done < 1.0:
                year += 1
                left_mill, left_mine = mill_t_per_year, mine_t_per_year
            if year >= YEARS_MAX:
                raise LimitExceededError(
                    f"the ore lasts more than YEARS_MAX = {YEARS_MAX} years: "
                    "are the capacities in tonnes a year?"
                )
    for each in range(year + 1):
        parts = [(number, part) for at, number, part in taken if at == each]
        if parts:
            shares.append(_year(dug, each + 1, benches, parts, mill_t_per_year / 12))
    whole = [(number, 1.0) for number in range(len(benches))]
    life = _year(dug, 0, benches, whole, mill_t_per_year / 12)
    return Schedule(dug.analytes, tuple(shares), life, _rule(dug), _ranks(dug), _tonnes_cv(dug))


def _rule(dug: Dug) -> UncertaintyRule:
    if dug.realisations_pct is not None and len(dug.realisations_pct) > 1:
        return UncertaintyRule.SIMULATION
    return UncertaintyRule.NONE if dug.variance_pct2 is None else UncertaintyRule.MONTHS


def _ranks(dug: Dug) -> Floats | None:
    """Return how grades of the life go together: over simulations, else over composites."""
    if _rule(dug) is not UncertaintyRule.SIMULATION or not dug.ore_t.sum():
        return dug.ranks
    assert dug.realisations_pct is not None
    means = np.einsum("n,rnk->rk", dug.ore_t, np.nan_to_num(dug.realisations_pct))
    return rank_correlations(means)


def rank_correlations(values: Floats) -> Floats:
    """Return Spearman's coefficients of columns (m, k), 0 with a column that does not vary.

    >>> rank_correlations(np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 9.0]])).round(9).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    from scipy.stats import rankdata

    ranks = np.asarray(rankdata(values, axis=0), dtype=np.float64)
    centred = ranks - ranks.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    scaled = np.divide(centred, size, out=np.zeros_like(centred), where=size > 0)
    found = np.clip(scaled.T @ scaled, -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)


def _tonnes_cv(dug: Dug) -> float:
    given = dug.realised_t
    if given is None or len(given) < 2 or not given.mean() > 0:
        return 0.0
    return float(given.std(ddof=1) / given.mean())


def _benches(dug: Dug) -> list[Ints]:
    """Return the rows of each bench of each phase, in the order of digging."""
    order = np.lexsort((-dug.bench, dug.phase))
    if not order.size:
        return []
    keys = np.stack([dug.phase[order], dug.bench[order]], axis=1)
    starts = np.nonzero((np.diff(keys, axis=0) != 0).any(axis=1))[0] + 1
    return [np.asarray(part) for part in np.split(order, starts)]


def _year(
    dug: Dug,
    number: int,
    benches: Sequence[Ints],
    parts: Sequence[tuple[int, float]],
    month_t: float,
) -> Year:
    """Return one year from the parts of benches that are dug in it; a month mills ``month_t``."""
    none = np.empty(0, np.int64)
    rows = np.concatenate([none, *(benches[bench] for bench, _ in parts)])
    share = np.concatenate([none, *(np.full(benches[bench].size, part) for bench, part in parts)])
    ore = dug.ore_t[rows] * share
    total = float(ore.sum())
    waste = float((dug.rock_t[rows] * share).sum()) - _ground_t(dug, rows, share)
    grades: dict[str, float] = {}
    u_pct: dict[str, float] | None = None
    if total:
        mean = ore @ np.nan_to_num(dug.grades_pct[rows]) / total
        grades = {name: float(grade) for name, grade in zip(dug.analytes, mean, strict=True)}
        u_pct = _uncertainty(dug, rows, ore, total, month_t)
    classes = {
        str(name): float(ore[dug.screening_class[rows] == name].sum() / total)
        for name in np.unique(dug.screening_class[rows][ore > 0])
    }
    return Year(number, total, waste, grades, u_pct, classes)


def _uncertainty(
    dug: Dug, rows: Ints, ore: Floats, total: float, month_t: float
) -> dict[str, float] | None:
    """Return the standard uncertainty of the mean grades of some ore, by the schedule's rule."""
    rule = _rule(dug)
    if rule is UncertaintyRule.SIMULATION:
        assert dug.realisations_pct is not None
        drawn = np.einsum("n,rnk->rk", ore, dug.realisations_pct[:, rows]) / total
        spread = drawn.std(axis=0, ddof=1)
    elif rule is UncertaintyRule.MONTHS:
        assert dug.variance_pct2 is not None
        mean = ore @ np.nan_to_num(dug.variance_pct2[rows]) / total
        spread = np.sqrt(mean / max(1.0, total / month_t))
    else:
        return None
    return {name: float(u) for name, u in zip(dug.analytes, spread, strict=True)}


def _ground_t(dug: Dug, rows: Ints, share: Floats) -> float:
    """Return the tonnes of ground that were ore blocks, before dilution and mining losses."""
    return float((dug.rock_t[rows] * share)[dug.ore_t[rows] > 0].sum())
