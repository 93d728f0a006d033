"""Conditional simulations of a block model: several analytes together, each domain by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._block_domains import NO_DOMAIN
from oreline.explore._domain_variograms import domain_variograms
from oreline.explore._kriging import Progress
from oreline.explore._kriging_samples import Samples
from oreline.explore._model_settings import ANY, SimulationSection, VariogramSection
from oreline.explore._resource_model import ResourceModel
from oreline.explore._resource_samples import scored, variograms_of
from oreline.explore._simulation import Simulation, simulate_suite
from oreline.explore._uncertain_tonnage import WHOLE, UncertainTonnage, uncertain_tonnage
from oreline.explore._variogram import Variogram
from oreline.model import Finding, InputError, Severity

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

VALUES_MIN = 2
"""An analyte with fewer different grades in a domain is not simulated there."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelSimulation:
    """Realisations of the estimated blocks of a model.

    Attributes
    ----------
    model
        The model whose blocks were simulated.
    simulations
        One for each analyte, over the estimated blocks in the order of the grid.
    rows
        The numbers of those blocks in the grid.
    variograms
        Those of the normal scores, by domain (empty for the whole) and analyte.
    words
        How it was simulated, in sentences.
    """

    model: ResourceModel
    simulations: tuple[Simulation, ...]
    rows: Ints
    variograms: Mapping[str, Mapping[str, Variogram]]
    words: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def analytes(self) -> tuple[str, ...]:
        """Return what was simulated."""
        return tuple(one.analyte for one in self.simulations)

    def of(self, analyte: str) -> Simulation:
        """Return the simulation of one analyte.

        Raises
        ------
        InputError
            If it was not simulated.
        """
        for one in self.simulations:
            if one.analyte == analyte:
                return one
        raise InputError(f"{analyte} was not simulated, only {', '.join(self.analytes)}")

    def realisations_pct(self, analytes: Sequence[str]) -> Floats:
        """Return grades of all blocks of the grid, (realisations, blocks, analytes)."""
        count = self.simulations[0].values.shape[1]
        found = np.full((count, self.model.grid.n, len(analytes)), np.nan)
        for column, name in enumerate(analytes):
            found[:, self.rows, column] = self.of(name).values.T
        return found

    def tonnage(self) -> tuple[UncertainTonnage, ...]:
        """Return tonnes, grade and metal above the declared cut-offs, as a whole and by domain.

        Raises
        ------
        InputError
            If no cut-offs or no density are declared, or their analyte was not simulated.
        """
        cutoffs = self.model.sections.cutoffs
        if cutoffs is None or self.model.sections.density is None:
            raise InputError("tonnes above cut-offs need [cutoffs] and [density] in explore.toml")
        if cutoffs.analyte not in self.analytes:
            raise InputError(f"the cut-offs are of {cutoffs.analyte}; simulate that one too")
        tonnes, cut = self.model.tonnes[self.rows], self.of(cutoffs.analyte)
        parts: dict[str, NDArray[np.bool_] | None] = {WHOLE: None}
        if self.model.domain is not None:
            domain = self.model.domain[self.rows]
            codes = [code for code in np.unique(domain).tolist() if code != NO_DOMAIN]
            parts |= {f"domain {code}": domain == code for code in codes if len(codes) > 1}
        return tuple(
            row
            for part, blocks in parts.items()
            for one in self.simulations
            for row in uncertain_tonnage(
                one, tonnes, cutoffs.pct, cut=cut, part=part, blocks=blocks
            )
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each estimated block: mean, spread and quantiles of each analyte."""
        import polars as pl

        keys = ["column", "row", "level", "x_m", "y_m", "z_m"]
        keys += [] if self.model.domain is None else ["domain"]
        blocks = self.model.to_frame().select(keys)
        return pl.concat([blocks, *(one.to_frame() for one in self.simulations)], how="horizontal")

    def to_json(self) -> dict[str, Any]:
        """Return a summary as a JSON object."""
        return {
            "seed": self.simulations[0].seed,
            "realisations": int(self.simulations[0].values.shape[1]),
            "points_per_block": self.simulations[0].points_per_block,
            "analytes": [one.to_json() for one in self.simulations],
            "variograms_of_normal_scores": {
                code or WHOLE: {name: one.to_json() for name, one in models.items()}
                for code, models in self.variograms.items()
            },
            "words": list(self.words),
            "findings": [finding.to_json() for finding in self.findings],
        }


def simulate_model(
    model: ResourceModel,
    settings: SimulationSection,
    analytes: Sequence[str] = (),
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ModelSimulation:
    """Simulate the estimated blocks of a model, each domain from its own composites.

    A domain has its own table of normal scores, its own variograms and its own random numbers. An
    analyte that does not vary in a domain keeps its estimate in every realisation there (finding
    ORL-0941). Soft contacts are taken as hard.

    Parameters
    ----------
    analytes
        Which are simulated, together; all of the model if none is named.

    Raises
    ------
    InputError
        If an analyte is not the model's, or a variogram cannot be had.
    """
    names = tuple(analytes) or model.estimates.analytes
    unknown = [name for name in names if name not in model.estimates.analytes]
    if unknown:
        known = ", ".join(model.estimates.analytes)
        raise InputError(f"no analyte {', '.join(unknown)}; there are {known}")
    grid = model.sections.grid
    assert grid is not None, "asked for by the model"
    rows = np.flatnonzero(model.is_estimated)
    parts = _parts(model, rows)
    samples = _chosen(model.samples, names)
    models, findings = _score_variograms(model, samples, settings, tuple(parts), workers, progress)
    values = {name: model.estimates.column(name)[rows][:, None] for name in names}
    values = {name: np.repeat(one, settings.realisations, axis=1) for name, one in values.items()}
    centres, points = model.grid.centres_m()[rows], model.grid.points_m(grid.points)
    for stream, (code, inside) in enumerate(parts.items()):
        own = _inside(samples, code)
        varied = [name for name in names if _varies(own, name)]
        findings += _unvaried(own, code, names, varied)
        if not varied:
            continue
        search = model.estimates.passes[-1]
        found = simulate_suite(
            centres[inside], own, {name: models[code][name] for name in varied}, search,
            settings.realisations, settings.seed, points_m=points, stream=stream,
            workers=workers, progress=progress,
        )  # fmt: skip
        for one in found:
            known = ~np.isnan(values[one.analyte][inside, 0])
            values[one.analyte][inside[known]] = one.values[known]
    made = tuple(Simulation(name, values[name], settings.seed, len(points)) for name in names)
    return ModelSimulation(model, made, rows, models, _words(model, settings), tuple(findings))


def _parts(model: ResourceModel, rows: Ints) -> dict[str, Ints]:
    """Return for each domain which of the estimated blocks lie in it; of none, all of them."""
    if model.domain is None:
        return {NO_DOMAIN: np.arange(rows.size)}
    domain = model.domain[rows]
    codes = [code for code in np.unique(domain).tolist() if code != NO_DOMAIN]
    return {code: np.flatnonzero(domain == code) for code in codes}


def _chosen(samples: Samples, names: Sequence[str]) -> Samples:
    values = np.stack([samples.column(name) for name in names], axis=1)
    return Samples(samples.xyz_m, values, tuple(names), samples.hole, samples.domain, samples.names)


def _inside(samples: Samples, code: str) -> Samples:
    if code == NO_DOMAIN:
        return samples
    return samples.taken(np.asarray(samples.domain).astype(str) == code)


def _varies(samples: Samples, name: str) -> bool:
    known = samples.column(name)
    return np.unique(known[~np.isnan(known)]).size >= VALUES_MIN


def _unvaried(
    own: Samples, code: str, names: Sequence[str], varied: Sequence[str]
) -> list[Finding]:
    left = [name for name in names if name not in varied and (~np.isnan(own.column(name))).any()]
    if not left:
        return []
    return [
        Finding(
            "ORL-0941", Severity.WARNING, f"simulation of {code or 'all blocks'}",
            f"{', '.join(left)}: its composites have one grade, so that every realisation has the "
            "estimate", "leave the domain out of the search, or join it with another",
        )
    ]  # fmt: skip


def _score_variograms(
    model: ResourceModel,
    samples: Samples,
    settings: SimulationSection,
    codes: Sequence[str],
    workers: int | None,
    progress: Progress | None,
) -> tuple[Mapping[str, Mapping[str, Variogram]], list[Finding]]:
    """Return the variograms of normal scores by domain: declared for them, or the model's shape."""
    if not settings.variogram:
        return {code: model.domain_variograms.get(code, model.variograms) for code in codes}, []
    sections = _of_analytes(settings.variogram, samples.analytes)
    if not model.domain_variograms:
        whole = _scores(samples, (NO_DOMAIN,))
        models, _, findings = variograms_of(whole, sections, workers, progress)
        return dict.fromkeys(codes, models), findings
    gaussian = _scores(samples, codes)
    found = domain_variograms(gaussian, sections, codes, workers, progress)
    return found.of, list(found.findings)


def _of_analytes(
    given: Mapping[str, VariogramSection], names: Sequence[str]
) -> dict[str, VariogramSection]:
    """Return the sections of what is simulated; others of the suite stand in the file too."""
    return {name: one for name, one in given.items() if name in (*names, ANY)}


def _scores(samples: Samples, codes: Sequence[str]) -> Samples:
    """Return the samples with normal scores in place of grades, in each domain those of its own."""
    values = np.full(samples.values.shape, np.nan)
    domain = None if samples.domain is None else np.asarray(samples.domain).astype(str)
    for code in codes:
        mask = np.ones(samples.n, np.bool_) if code == NO_DOMAIN else domain == code
        for column, name in enumerate(samples.analytes):
            inside = np.flatnonzero(mask & ~np.isnan(samples.values[:, column]))
            if inside.size:
                own = scored(samples.taken(inside), name)
                values[inside, column] = own.values[:, 0]
    return Samples(
        samples.xyz_m, values, samples.analytes, samples.hole, samples.domain, samples.names
    )


def _words(model: ResourceModel, settings: SimulationSection) -> tuple[str, ...]:
    told = [
        f"{settings.realisations} sequential Gaussian simulations, seed {settings.seed}.",
        "Analytes are drawn together, as correlated as their normal scores at the composites.",
    ]
    if model.domain is not None:
        told.append("Each domain from its own composites, with hard boundaries.")
    if settings.variogram:
        told.append("Variograms of the normal scores as [simulation.variogram] says.")
    else:
        told.append("Normal scores are taken to vary as the grades do: in the model's variograms.")
    told.append("Density, domains and variograms are taken as known: the true range is wider.")
    return tuple(told)
