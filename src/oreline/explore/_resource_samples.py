"""Composites as samples, and the variogram of each of their analytes, stated or fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oreline.explore._composite import Composites, CompositeSettings, composite
from oreline.explore._holes import DrillHoles
from oreline.explore._kriging import Progress
from oreline.explore._kriging_samples import Samples
from oreline.explore._model_settings import (
    ANY,
    CompositesSection,
    ModelSections,
    VariogramSection,
    VariogramTerms,
)
from oreline.explore._rare_earths import rare_earths
from oreline.explore._variogram import Variogram
from oreline.explore._variogram_experimental import (
    Direction,
    ExperimentalVariogram,
    Pairs,
    along_axes,
    experimental_variogram,
    lag_edges,
    normal_scores,
)
from oreline.explore._variogram_fit import FittedVariogram, fit_variogram
from oreline.explore._words import length_of_text
from oreline.model import Finding, InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The fit of one analyte, with the downhole variogram that its nugget is from.

    ``domain`` is empty where the composites of all domains were fitted together.
    """

    fit: FittedVariogram
    downhole: ExperimentalVariogram | None
    domain: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return both as a JSON object."""
        down = None if self.downhole is None else self.downhole.to_json()
        return {**self.fit.to_json(), "domain": self.domain or None, "downhole": down}


def composites_of(holes: DrillHoles, sections: ModelSections) -> Composites:
    """Make the composites that ``[composites]`` declares.

    Where ``[density] from_samples`` is set they are weighed by density.

    Raises
    ------
    InputError
        If the section is missing.
    """
    section, density = sections.composites, sections.density
    if section is None:
        raise InputError("declare the composites: [composites] with length in explore.toml")
    return composite(
        holes,
        CompositeSettings(
            length_m=length_of_text(section.length),
            by="geology" if section.by_geology else "none",
            residual=section.residual,
            minimum_coverage=section.coverage,
            unsampled="ignore" if section.unsampled_pct is None else section.unsampled_pct,
            analytes=section.analytes,
            weight="density" if density is not None and density.from_samples else "length",
            density_t_per_m3=None if density is None else density.t_per_m3,
        ),
    )


def samples_of(
    made: Composites, section: CompositesSection, symbols: Mapping[str, str] | None = None
) -> tuple[Samples, Floats | None]:
    """Turn composites into samples; those without any grade are left out, top cuts are applied.

    ``symbols`` says which element or compound each analyte is; rare-earth oxides and sums need it.

    Returns
    -------
    tuple
        The samples, and their densities where the composites are weighed by them.

    Raises
    ------
    InputError
        If no composite has a grade or a place, or a top cut is of an unknown analyte.
    """
    wanted = [name for name in made.analytes if name in made.frame.columns]
    frame = made.frame
    if section.rare_earths:
        found = rare_earths(frame, symbols or {})
        lacking = [name for name in section.rare_earths if name not in found.frame.columns]
        if lacking:
            raise InputError(
                f"[composites] rare_earths: {', '.join(lacking)} cannot be formed from what was "
                "assayed"
            )
        frame = found.frame
        wanted += [name for name in section.rare_earths if name not in wanted]
    unknown = [name for name in section.top_cuts_pct if name not in wanted]
    if unknown:
        raise InputError(f"[composites] top_cuts_pct names {', '.join(unknown)}: no such analyte")
    values = frame.select(wanted).to_numpy().astype(np.float64)
    places = frame.select("x_m", "y_m", "z_m").to_numpy().astype(np.float64)
    used = ~np.isnan(values).all(axis=1) & np.isfinite(places).all(axis=1)
    if not used.any():
        raise InputError(f"no composite of {made.set_name} has a grade and a place")
    for name, cut in section.top_cuts_pct.items():
        column = wanted.index(name)
        values[:, column] = np.minimum(values[:, column], cut)
    names = [
        f"{hole} {start:g}-{stop:g} m"
        for hole, start, stop in frame.select("hole", "from_m", "to_m").iter_rows()
    ]
    domain = np.array([code or "" for code in frame["domain"].to_list()])
    has_domain = bool((domain != "").any())
    rows = np.flatnonzero(used)
    densities = None
    if "density_t_per_m3" in frame.columns:
        densities = frame["density_t_per_m3"].cast(pl.Float64).to_numpy()[rows]
    samples = Samples(
        places[rows],
        values[rows],
        tuple(wanted),
        frame["hole"].to_numpy()[rows],
        domain[rows] if has_domain else None,
        tuple(names[row] for row in rows),
    )
    return samples, densities


def variograms_of(
    samples: Samples,
    sections: Mapping[str, VariogramSection],
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[dict[str, Variogram], tuple[Fitted, ...], list[Finding]]:
    """Return the variogram of each analyte over all samples, as ``[variogram]`` says.

    Raises
    ------
    InputError
        If an analyte has no section and there is none for all, or a section is of no analyte.
    """
    see_analytes(samples, sections)
    missing = [
        name
        for name in samples.analytes
        if (found := section_of(sections, name)) is None or found.is_silent
    ]
    if missing:
        raise InputError(
            f"declare [variogram.{missing[0]}] or [variogram.{ANY}], with structures or with "
            "fit = { lag_m = ... }"
        )
    models: dict[str, Variogram] = {}
    fits: list[Fitted] = []
    for name in samples.analytes:
        section = section_of(sections, name)
        assert section is not None, "missing ones were told"
        models[name], made = variogram_of(samples, name, section, workers, progress)
        fits += [] if made is None else [made]
    return models, tuple(fits), [finding for made in fits for finding in made.fit.findings]


def see_analytes(samples: Samples, sections: Mapping[str, VariogramSection]) -> None:
    """Raise an error where a section of ``[variogram]`` is of no analyte."""
    unknown = [name for name in sections if name not in (*samples.analytes, ANY)]
    if unknown:
        raise InputError(
            f"[variogram.{unknown[0]}]: there is no such analyte; there are "
            f"{', '.join(samples.analytes)}"
        )


def variogram_of(
    samples: Samples,
    name: str,
    terms: VariogramTerms,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Variogram, Fitted | None]:
    """Return the variogram of one analyte, stated or fitted, and the fit."""
    if terms.fit is None:
        variance = variance_of(samples, name)
        if terms.sills == "shares" and not variance > 0:
            raise InputError(f"{name} has one grade everywhere: nothing varies")
        return terms.stated(variance), None
    made = fit_of(samples, name, terms, workers, progress)
    return made.fit.variogram, made


def variance_of(samples: Samples, name: str) -> float:
    """Return the variance of the grades of one analyte; 0 where there are none."""
    known = samples.column(name)
    return float(np.nanvar(known)) if (~np.isnan(known)).any() else 0.0


def section_of(sections: Mapping[str, VariogramSection], analyte: str) -> VariogramSection | None:
    """Return the section of an analyte, or the one for all."""
    return sections.get(analyte) or sections.get(ANY)


def fit_of(
    samples: Samples,
    analyte: str,
    section: VariogramTerms,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Fitted:
    """Fit the model of one analyte as its section says."""
    given = section.fit
    if given is None:
        raise InputError(f"[variogram.{analyte}] states a model; add fit = {{ lag_m = ... }}")
    own = alone(samples, analyte)
    axes = section.rotation()
    directions: tuple[Direction, ...] = ()
    if given.directional:
        directions = along_axes(axes, given.tolerance_deg, given.bandwidth_m)
    lags = experimental_variogram(
        own, lag_edges(given.lag_m, given.lags), directions, workers=workers, progress=progress
    )[0]
    downhole = None
    if given.downhole_nugget and section.nugget is None and own.hole is not None:
        spacing = _spacing_m(own)
        downhole = experimental_variogram(
            own, lag_edges(spacing, 12), pairs=Pairs.ONE_HOLE, workers=workers
        )[0]
    made = fit_variogram(
        lags,
        given.kinds,
        rotation=axes if given.directional else None,
        downhole=downhole,
        nugget=section.nugget,
    )
    return Fitted(made, downhole)


def _spacing_m(samples: Samples) -> float:
    """Return the usual distance between neighbours of a hole."""
    hole = samples.hole_numbers()
    order = np.lexsort((-samples.xyz_m[:, 2], hole))
    step = np.linalg.norm(np.diff(samples.xyz_m[order], axis=0), axis=1)
    inside = step[(np.diff(hole[order]) == 0) & (step > 0)]
    if inside.size == 0:
        raise InputError("no hole has two samples, so that none tells the nugget: state it")
    return float(np.median(inside)) * 1.0001


def alone(samples: Samples, analyte: str) -> Samples:
    """Return the samples with one analyte."""
    return Samples(
        samples.xyz_m,
        samples.column(analyte),
        (analyte,),
        samples.hole,
        samples.domain,
        samples.names,
    )


def scored(samples: Samples, analyte: str, weights: Sequence[float] | None = None) -> Samples:
    """Return the samples of one analyte with normal scores in place of grades."""
    own = alone(samples, analyte)
    known = ~np.isnan(own.values[:, 0])
    part = own.taken(known)
    given = None if weights is None else np.asarray(weights, np.float64)[known]
    return Samples(
        part.xyz_m, normal_scores(part.values[:, 0], given), (analyte,), part.hole, part.domain,
        part.names,
    )  # fmt: skip
