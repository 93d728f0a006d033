"""Screening classes of blocks: three methods side by side, and a declared rule that decides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._estimates import Estimates
from oreline.explore._kriging_samples import Samples
from oreline.explore._search import LeftOut, PassIndex, SearchPass
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

CLASSES = ("A", "B", "C")
"""The screening classes, the best first; a block of none has an empty name."""
NOT_CLASSED = ""
APPROXIMATES = {"A": "measured", "B": "indicated", "C": "inferred"}
"""The words of JORC and NI 43-101 that the classes approximate."""
NOT_A_STATEMENT = (
    "Screening classes A, B and C approximate what JORC and NI 43-101 call measured, indicated and "
    "inferred. They come from a declared rule alone. This is a screening and no Competent Person's "
    "or Qualified Person's statement: such a person also judges sampling, assays, geology and the "
    "prospects of extraction, and signs for it."
)
"""What is printed wherever classes are."""
RE90_FACTOR = 1.645
"""Standard deviations from the middle of a normal distribution to the end of its 90 % interval."""


class ClassRule(StrEnum):
    """Which method decides."""

    SEARCH_PASS = "search pass"  # noqa: S105 - a pass of a search
    DRILL_SPACING = "drill spacing"
    KRIGING_VARIANCE = "kriging variance"
    WORST = "worst of three"
    MAJORITY = "two of three"


@dataclass(frozen=True, slots=True)
class ClassSettings:
    """The declared limits.

    Parameters
    ----------
    rule
        Which method decides.
    passes
        The last search pass of A, B and C.
    spacing_m
        The widest drill spacing of A, B and C; needed for rules that look at it.
    holes
        From how many holes spacing is told.
    relative_error_max
        The relative error, at 90 % confidence, that a quarter (A) or a year (B) of production may
        have.
    blocks_per_month
        How many blocks a month of production takes.
    min_holes
        The fewest holes behind a block of A, B and C by search pass.

    Raises
    ------
    InputError
        If limits fall from A to C.
    """

    rule: ClassRule = ClassRule.SEARCH_PASS
    passes: tuple[int, int, int] = (1, 2, 3)
    spacing_m: tuple[float, float, float] | None = None
    holes: int = 3
    relative_error_max: float = 0.15
    blocks_per_month: float = 1.0
    min_holes: tuple[int, int, int] = (1, 1, 1)

    def __post_init__(self) -> None:
        if not (1 <= self.passes[0] <= self.passes[1] <= self.passes[2]):
            raise InputError(f"passes of classes {self.passes} must rise from A to C, from 1")
        spacing = self.spacing_m
        if spacing is not None and not 0 < spacing[0] <= spacing[1] <= spacing[2]:
            raise InputError(f"spacings of classes {spacing} m must rise from A to C")
        if spacing is None and self.rule in (ClassRule.DRILL_SPACING,):
            raise InputError("a class by drill spacing needs spacing_m")
        if not self.holes >= 2:
            raise InputError(f"spacing is told from 2 holes at least, not {self.holes}")
        if not (self.relative_error_max > 0 and self.blocks_per_month > 0):
            raise InputError("the relative error and the blocks of a month must be over 0")
        if not self.min_holes[0] >= self.min_holes[1] >= self.min_holes[2] >= 1:
            raise InputError(f"min_holes {self.min_holes} must fall from A to C, down to 1")

    def words(self) -> tuple[str, ...]:
        """Return the rule in sentences, for whoever reads a table of classes."""
        a, b, c = self.passes
        months = (3 * self.blocks_per_month, 12 * self.blocks_per_month)
        error = f"{self.relative_error_max:.0%}"
        told = [
            f"The class is that of {self.rule}.",
            (
                f"Search pass: A to pass {a}, B to pass {b}, C to pass {c}; from at least "
                f"{', '.join(map(str, self.min_holes))} holes."
            ),
            (
                f"Kriging variance: A where the grade of a quarter ({months[0]:g} blocks) is known "
                f"to {error} at 90 % confidence, B where that of a year ({months[1]:g} blocks) is; "
                "C all other estimated blocks. Errors of blocks are taken as independent."
            ),
        ]
        if self.spacing_m is not None:
            x, y, z = self.spacing_m
            told.append(
                f"Drill spacing, from the {self.holes} nearest holes: A to {x:g} m, B to {y:g} m, "
                f"C to {z:g} m."
            )
        return tuple(told)


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """The class of each block by each method, and the one that the rule gives.

    ``by_method`` is empty for drill spacing where no limits were declared. ``spacing_m`` and
    ``relative_error`` (of one block, at 90 %) are what the methods looked at.
    """

    settings: ClassSettings
    analyte: str
    decided: NDArray[np.str_]
    by_method: Mapping[str, NDArray[np.str_]]
    spacing_m: Floats
    relative_error: Floats

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each block: the class, and each method's beside it."""
        import polars as pl

        columns: dict[str, Any] = {"class": self.decided}
        for name, values in self.by_method.items():
            columns[f"class_by_{name.replace(' ', '_')}"] = values
        columns |= {"spacing_m": self.spacing_m, "relative_error_90": self.relative_error}
        return pl.DataFrame(columns).with_columns(
            pl.col("spacing_m", "relative_error_90").fill_nan(None)
        )

    def to_json(self) -> dict[str, Any]:
        """Return how many blocks each method puts in each class, as a JSON object."""
        return {
            "rule": str(self.settings.rule),
            "words": list(self.settings.words()),
            "approximates": dict(APPROXIMATES),
            "not_a_statement": NOT_A_STATEMENT,
            "analyte": self.analyte,
            "blocks": {"decided": _counts(self.decided)}
            | {name: _counts(values) for name, values in self.by_method.items()},
        }


def _counts(values: NDArray[np.str_]) -> dict[str, int]:
    return {name or "none": int((values == name).sum()) for name in (*CLASSES, NOT_CLASSED)}


def classify(
    targets_m: object,
    samples: Samples,
    estimates: Estimates,
    analyte: str,
    mean: float,
    settings: ClassSettings,
) -> Classes:
    """Give each block its screening class, by three methods side by side.

    Parameters
    ----------
    targets_m
        Centres of the blocks that were estimated, (n, 3).
    samples
        The samples, with their holes.
    estimates
        Kriged with block support.
    analyte
        The analyte whose kriging variance and search count.
    mean
        Its mean grade, declustered; the relative error is that of it.
    settings
        The declared limits and the rule.

    Notes
    -----
    Search pass, drill spacing and kriging variance are what 50, 30 and 6 % of 120 technical reports
    used (Silva and Boisvert, CIM Journal 5, 2014). Drill spacing is sqrt(2) times the mean distance
    to the nearest sample of each of the nearest holes: in the middle of a cell of a square grid
    that is the grid's spacing. The relative error is 1.645 s_K / (mean sqrt(n)), to be at most 15 %
    for n blocks of a quarter or a year.

    Raises
    ------
    InputError
        If the mean is not positive, or the estimates are not kriged.
    """
    if not (math.isfinite(mean) and mean > 0):
        raise InputError(f"a mean of {mean} {analyte}: give the declustered mean, over 0")
    if estimates.method not in ("ordinary", "simple"):
        raise InputError("classes need kriged estimates: others have no kriging variance")
    support = estimates.support(analyte)
    is_known = ~np.isnan(estimates.column(analyte))
    spacing = drill_spacing(targets_m, samples, settings.holes)
    error = RE90_FACTOR * np.sqrt(estimates.variance(analyte)) / mean
    methods = {
        str(ClassRule.SEARCH_PASS): _by_pass(support.search_pass, support.holes, settings),
        str(ClassRule.KRIGING_VARIANCE): _by_error(error, settings),
    }
    if settings.spacing_m is not None:
        methods[str(ClassRule.DRILL_SPACING)] = _by_limits(spacing, settings.spacing_m)
    for values in methods.values():
        values[~is_known] = NOT_CLASSED
    return Classes(settings, analyte, _decided(methods, settings.rule), methods, spacing, error)


def drill_spacing(targets_m: object, samples: Samples, holes: int = 3) -> Floats:
    """Return the drill spacing around each place; NaN where there are fewer holes."""
    targets = np.ascontiguousarray(targets_m, np.float64)
    middle = samples.xyz_m.mean(axis=0)
    reach = float(np.ptp(np.concatenate([targets, samples.xyz_m]), axis=0).sum()) + 1.0
    search = SearchPass((reach, reach, reach), min_samples=holes, max_samples=holes, max_per_hole=1)
    index = PassIndex.of(search, samples.xyz_m - middle, samples.hole_numbers())
    found = index.find(targets - middle, LeftOut.nothing(targets.shape[0]))
    mean = found.distance.mean(axis=1) * reach
    return np.asarray(np.where(found.count == holes, math.sqrt(2.0) * mean, np.nan))


def _by_limits(values: Floats, limits: tuple[float, float, float]) -> NDArray[np.str_]:
    found = np.full(values.shape, NOT_CLASSED, "<U1")
    for name, limit in reversed(list(zip(CLASSES, limits, strict=True))):
        found[values <= limit] = name
    return found


def _by_pass(
    search_pass: NDArray[np.int16], holes: NDArray[np.int16], settings: ClassSettings
) -> NDArray[np.str_]:
    found = np.full(search_pass.shape, NOT_CLASSED, "<U1")
    limits = list(zip(CLASSES, settings.passes, settings.min_holes, strict=True))
    for name, limit, least in reversed(limits):
        found[(search_pass > 0) & (search_pass <= limit) & (holes >= least)] = name
    return found


def _by_error(error: Floats, settings: ClassSettings) -> NDArray[np.str_]:
    found = np.full(error.shape, NOT_CLASSED, "<U1")
    found[~np.isnan(error)] = "C"
    for name, months in (("B", 12), ("A", 3)):
        of_period = error / math.sqrt(months * settings.blocks_per_month)
        found[of_period <= settings.relative_error_max] = name
    return found


def _decided(methods: Mapping[str, NDArray[np.str_]], rule: ClassRule) -> NDArray[np.str_]:
    """Return the class that a rule gives; a class that is not there is worse than C."""
    if rule not in (ClassRule.WORST, ClassRule.MAJORITY):
        return methods[str(rule)].copy()
    if len(methods) < 3:
        raise InputError(f"the rule {rule!s} needs all three methods: declare spacing_m as well")
    order = np.array([*CLASSES, NOT_CLASSED])
    ranks = np.stack([np.argmax(values[:, None] == order, axis=1) for values in methods.values()])
    # The middle of three is the class that two of them reach at least.
    at = ranks.max(axis=0) if rule is ClassRule.WORST else np.sort(ranks, axis=0)[1]
    return np.asarray(order[at])
