"""How much to take: Gy's fundamental sampling error, and the stages of a sampling plan.

Sizes are in centimetres, masses in grams, densities in g/cm³, errors relative (0.02 is 2 %).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from oreline.balance._figure import COVERAGE_FACTOR
from oreline.balance._gum import Estimate, above_zero, number_text
from oreline.model import Basis, Finding, InputError, Severity, UnitError

COARSE_GOLD_CM = 0.01
"""Gold grains from 100 micrometres count as coarse."""
ANY_SHAPE, FLAKY = 0.5, 0.2
"""Gy's shape factor f of most minerals, and of flakes such as mica or flattened gold."""


@dataclass(frozen=True, slots=True)
class SampledOre:
    """What is sampled, in the terms of Gy's formula.

    Attributes
    ----------
    grade_pct, mineral_grade_pct
        The element in the lot and in its mineral, in per cent: 5 % Pb, 86.6 % Pb in galena.
    mineral_density, gangue_density
        In g/cm³.
    liberation_cm
        The size below which the mineral's grains are free.
    shape
        Gy's f: ``ANY_SHAPE``, or ``FLAKY``.
    granulometric
        Gy's g; see :func:`granulometric_factor`.
    is_native_gold
        Whether the mineral is gold metal, for whose grains Gy's liberation factor fails.
    """

    grade_pct: float
    mineral_grade_pct: float
    mineral_density: float
    gangue_density: float
    liberation_cm: float
    shape: float = ANY_SHAPE
    granulometric: float = 0.25
    is_native_gold: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.grade_pct < self.mineral_grade_pct <= 100:
            message = (
                f"grades of {self.grade_pct:g} % in the lot and {self.mineral_grade_pct:g} % in "
                "its mineral: the first has to be above zero and below the second"
            )
            raise InputError(message)
        above_zero(
            density_of_mineral=self.mineral_density,
            density_of_gangue=self.gangue_density,
            liberation_size=self.liberation_cm,
            shape_factor=self.shape,
            size_factor=self.granulometric,
        )

    @property
    def composition(self) -> float:
        """Return Gy's m, (1-a)/a ((1-a) rho_mineral + a rho_gangue), in g/cm³.

        ``a`` is the mass fraction of mineral in the lot.

        >>> ore = SampledOre(5, 86.6, 7.5, 2.65, 0.015)
        >>> round(ore.composition, 2)
        117.83
        """
        a = self.grade_pct / self.mineral_grade_pct
        return (1 - a) / a * ((1 - a) * self.mineral_density + a * self.gangue_density)

    def liberation(self, top_size_cm: float) -> float:
        """Return Gy's l at a top size: sqrt(L/d), and 1 once the mineral is free."""
        above_zero(top_size=top_size_cm)
        return math.sqrt(min(self.liberation_cm / top_size_cm, 1.0))

    def constant(self, top_size_cm: float) -> float:
        """Return the sampling constant f g l m at a top size, in g/cm³.

        Raises
        ------
        InputError
            If the mineral is coarse gold.
        """
        if self.is_native_gold and self.liberation_cm >= COARSE_GOLD_CM:
            raise InputError("Gy's formula is refused for coarse gold", [_coarse_gold(self)])
        return self.shape * self.granulometric * self.liberation(top_size_cm) * self.composition


@dataclass(frozen=True, slots=True)
class SamplingStage:
    """One stage: what is taken of what, after crushing to ``top_size_cm``.

    ``relative_sd`` is the fundamental error at ``mass_g``, one standard deviation.
    """

    top_size_cm: float
    liberation: float
    constant: float
    minimum_g: float
    mass_g: float
    relative_sd: float


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """The stages of a plan; ``relative_sd`` is the fundamental error of all of them together."""

    ore: SampledOre
    relative_error: float
    coverage: float
    safety: float
    stages: tuple[SamplingStage, ...]
    relative_sd: float
    findings: tuple[Finding, ...]

    @property
    def achieved(self) -> float:
        """Return the relative error that the masses of the plan achieve, at its coverage factor."""
        return self.coverage * self.relative_sd

    def to_json(self) -> dict[str, Any]:
        """Return the plan with numbers as decimal text."""
        return {
            "composition_g_cm3": number_text(self.ore.composition),
            "relative_error": number_text(self.relative_error),
            "coverage_factor": number_text(self.coverage),
            "safety_factor": number_text(self.safety),
            "stages": [
                {
                    "top_size_cm": number_text(stage.top_size_cm),
                    "liberation_factor": number_text(stage.liberation),
                    "sampling_constant_g_cm3": number_text(stage.constant),
                    "minimum_g": number_text(stage.minimum_g),
                    "mass_g": number_text(stage.mass_g),
                    "relative_sd": number_text(stage.relative_sd),
                }
                for stage in self.stages
            ],
            "relative_sd": number_text(self.relative_sd),
            "achieved_relative_error": number_text(self.achieved),
            "basis": "derived",
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a stage."""
        names = (
            "top_size_cm", "liberation", "constant", "minimum_g", "mass_g", "relative_sd",
        )  # fmt: skip
        return pl.DataFrame(
            {name: [getattr(stage, name) for stage in self.stages] for name in names}
        )


def granulometric_factor(size_ratio: float) -> float:
    """Return Gy's g from the ratio of the sizes that 95 % and 5 % of the mass pass.

    >>> granulometric_factor(5), granulometric_factor(3), granulometric_factor(1)
    (0.25, 0.5, 1.0)
    """
    if not size_ratio >= 1:
        raise InputError(f"d95 is at least d5, so their ratio is no {size_ratio:g}")
    if size_ratio == 1:
        return 1.0
    return 0.25 if size_ratio > 4 else 0.5 if size_ratio >= 2 else 0.75


def fundamental_error(
    ore: SampledOre, top_size_cm: float, sample_g: float, lot_g: float | None = None
) -> float:
    """Return the relative standard deviation of Gy's fundamental sampling error.

    s² = (1/Ms - 1/ML) f g l m d³, ``lot_g`` None for a lot that is large beside the sample. It is
    the least that any sampling leaves: segregation, delimitation and preparation come on top.

    Source: P. M. Gy, Sampling of Particulate Materials (1979); B. A. Wills and J. A. Finch,
    Mineral Processing Technology, chapter 3.
    """
    above_zero(sample=sample_g)
    share = 1 / sample_g
    if lot_g is not None:
        if sample_g > lot_g:
            raise InputError(f"a sample of {sample_g:g} g is more than its lot of {lot_g:g} g")
        share -= 1 / lot_g
    return math.sqrt(share * ore.constant(top_size_cm) * top_size_cm**3)


def minimum_mass(ore: SampledOre, top_size_cm: float, relative_sd: float) -> float:
    """Return the least mass in grams whose fundamental error is ``relative_sd``; no safety factor.

    >>> ore = SampledOre(5, 86.6, 7.5, 2.65, 0.015)
    >>> mass = minimum_mass(ore, 0.5, 0.01)
    >>> round(fundamental_error(ore, 0.5, mass), 12)
    0.01
    """
    above_zero(relative_standard_deviation=relative_sd)
    return float(ore.constant(top_size_cm) * top_size_cm**3 / relative_sd**2)


def scaled_mass(mass_g: float, from_size: float, to_size: float) -> float:
    """Return the mass that samples as well at another top size: it grows as the size cubed.

    The liberation factor is taken as the same at both sizes.

    >>> round(scaled_mass(200, 75e-6, 10e-3) / 1e6, 1)
    474.1
    """
    above_zero(mass=mass_g, first_size=from_size, second_size=to_size)
    return float(mass_g * (to_size / from_size) ** 3)


def sampling_plan(
    ore: SampledOre,
    top_sizes_cm: Sequence[float],
    relative_error: float,
    *,
    coverage: float = COVERAGE_FACTOR,
    safety: float = 2.0,
    taken_g: Sequence[float] | None = None,
    lot_g: float | None = None,
) -> SamplingPlan:
    """Return the mass of each stage so that the whole error is at most ``relative_error``.

    The variance is shared equally by the stages, and each mass is ``safety`` times the least:
    M = safety f g l m d³ / s², s² = (E/k)²/stages. This is the convention of the JKTech spreadsheet
    in Wills and Finch, chapter 3.

    Parameters
    ----------
    top_sizes_cm
        The size to which the material is crushed before each stage, coarsest first.
    relative_error
        E, the error of all stages together at the coverage factor.
    coverage
        k; 1.96 stands for 95 %.
    safety
        How many times the least mass is taken.
    taken_g
        What is really taken at each stage; else the plan's own masses.
    lot_g
        The mass of the lot, where the first sample is not small beside it.

    Raises
    ------
    InputError
        If sizes do not fall, masses grow from stage to stage, or the mineral is coarse gold.
    """
    above_zero(relative_error=relative_error, coverage_factor=coverage, safety_factor=safety)
    if not top_sizes_cm:
        raise InputError("a plan has at least one stage: give the top size of each")
    if any(after > before for before, after in pairwise(top_sizes_cm)):
        raise InputError("the top size cannot grow from stage to stage; give the coarsest first")
    if taken_g is not None and len(taken_g) != len(top_sizes_cm):
        raise InputError(f"{len(taken_g)} masses for {len(top_sizes_cm)} stages")
    stage_sd = relative_error / coverage / math.sqrt(len(top_sizes_cm))
    stages = []
    before = lot_g
    for place, size in enumerate(top_sizes_cm):
        least = safety * minimum_mass(ore, size, stage_sd)
        mass = least if taken_g is None else taken_g[place]
        # A plan counts each lot as endless, which errs to the safe side; real masses are counted.
        whole = None if taken_g is None else before
        sd = fundamental_error(ore, size, mass, whole)
        stages.append(
            SamplingStage(size, ore.liberation(size), ore.constant(size), least, mass, sd)
        )
        before = mass
    total = math.sqrt(sum(stage.relative_sd**2 for stage in stages))
    findings = _findings(ore, stages)
    return SamplingPlan(ore, relative_error, coverage, safety, tuple(stages), total, findings)


def u_from_plan(
    plan: SamplingPlan, grade: Estimate, *, analysis_u: float, other_rel: float
) -> Estimate:
    """Return a lot's assay with the standard uncertainty that a sampling plan leaves it.

    Parameters
    ----------
    grade
        The assay, in any unit of grade; its own ``u`` is replaced.
    analysis_u
        The standard uncertainty of the analysis alone, in the unit of the grade.
    other_rel
        The relative standard deviation of everything that the fundamental error leaves out:
        segregation, delimitation, extraction, preparation. Zero says that there is none, which
        makes the result a lower bound.

    Raises
    ------
    InputError
        If an uncertainty is below zero.
    UnitError
        If the grade has no unit of a grade.

    >>> ore = SampledOre(5, 86.6, 7.5, 2.65, 0.015)
    >>> plan = sampling_plan(ore, [2.5, 0.5, 0.1, 0.004], 0.02)
    >>> round(u_from_plan(plan, Estimate(5.0, None, "%"), analysis_u=0.02, other_rel=0).u, 4)
    0.0412
    """
    if grade.unit not in ("%", "g/t", "ppm", "kg/t", "fraction"):
        raise UnitError(f"{grade.unit!r} is no unit of a grade here; write %, g/t or ppm")
    if not (analysis_u >= 0 and other_rel >= 0):
        raise InputError("an uncertainty is zero or more")
    u = math.hypot(grade.value * plan.relative_sd, grade.value * other_rel, analysis_u)
    source = f"sampling plan of {len(plan.stages)} stages with analysis"
    return Estimate(grade.value, u, grade.unit, Basis.DERIVED, source)


def _coarse_gold(ore: SampledOre) -> Finding:
    return Finding(
        "ORL-0543",
        Severity.FATAL,
        "liberation size",
        f"gold grains of {ore.liberation_cm * 10:g} mm: Gy's liberation factor does not hold",
        "count grains instead (Poisson), or measure Ingamells' constant with duplicates",
    )


def _findings(ore: SampledOre, stages: Sequence[SamplingStage]) -> tuple[Finding, ...]:
    found = [
        Finding(
            "ORL-0545",
            Severity.WARNING,
            f"stage {place}",
            f"{stage.mass_g:.4g} g are taken, {stage.minimum_g:.4g} g are needed at "
            f"{stage.top_size_cm:g} cm",
            "take more, or crush finer before this stage",
        )
        for place, stage in enumerate(stages, 1)
        if stage.mass_g < stage.minimum_g * (1 - 1e-9)
    ]
    if ore.is_native_gold:
        found.append(
            Finding(
                "ORL-0544",
                Severity.WARNING,
                "liberation size",
                "for gold, Gy's liberation factor tends to understate the mass that is needed",
                "compare with a count of grains, and with duplicates of this ore",
            )
        )
    return tuple(found)
