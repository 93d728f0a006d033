"""A block model from composites and the sections of ``explore.toml``, in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._block_domains import (
    NO_DOMAIN,
    estimate_domains,
    nearest_domain,
)
from oreline.explore._classes import NOT_A_STATEMENT, Classes, classify
from oreline.explore._crossvalidation import GlobalBias, Swath, global_bias, swath
from oreline.explore._domain_variograms import model_variograms, soft_contacts
from oreline.explore._estimates import Estimates
from oreline.explore._grid import BlockGrid
from oreline.explore._kriging import Progress, inverse_distance, krige, nearest_sample
from oreline.explore._kriging_samples import Samples
from oreline.explore._model_settings import ModelSections
from oreline.explore._resource_samples import Fitted
from oreline.explore._tonnage import GradeTonnage, grade_tonnage
from oreline.explore._variogram import Variogram
from oreline.model import Finding, InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ResourceModel:
    """A block model: estimates, domains, densities and screening classes of every block.

    Attributes
    ----------
    grid
        The blocks; all arrays are in its order.
    samples
        What was estimated from.
    variograms
        The model of each analyte over all samples; empty where each domain has its own.
    domain_variograms
        The models of each domain by its code; empty where they are pooled.
    fitted
        What models were fitted to, where they were.
    estimates
        Kriged grades, in per cent.
    nearest
        The nearest sample's grades of the same blocks, to compare.
    domain
        The domain of each block, empty for none; None where domains do not count.
    density_t_per_m3
        Dry density, NaN where not known.
    classes
        Screening classes, where they are declared.
    sections
        The settings.
    """

    grid: BlockGrid
    samples: Samples
    variograms: Mapping[str, Variogram]
    domain_variograms: Mapping[str, Mapping[str, Variogram]]
    fitted: tuple[Fitted, ...]
    estimates: Estimates
    nearest: Estimates
    domain: NDArray[np.str_] | None
    density_t_per_m3: Floats
    classes: Classes | None
    sections: ModelSections
    findings: tuple[Finding, ...]

    @property
    def tonnes(self) -> Floats:
        """Return the dry tonnes of each block; NaN where the density is not known."""
        return np.asarray(self.grid.volume_m3 * self.density_t_per_m3)

    @property
    def is_estimated(self) -> NDArray[np.bool_]:
        """Return which blocks have an estimate of any analyte."""
        return np.asarray((~np.isnan(self.estimates.values)).any(axis=1))

    def to_frame(self, *, whole: bool = False) -> pl.DataFrame:
        """Return one row for each block that is estimated, or for all of them."""
        import polars as pl

        index, centre = self.grid.indices(), self.grid.centres_m()
        columns: dict[str, Any] = {
            "column": index[:, 0], "row": index[:, 1], "level": index[:, 2],
            "x_m": centre[:, 0], "y_m": centre[:, 1], "z_m": centre[:, 2],
        }  # fmt: skip
        if self.domain is not None:
            columns["domain"] = self.domain
        columns |= {"density_t_per_m3": self.density_t_per_m3, "tonnes": self.tonnes}
        frame = pl.DataFrame(columns).with_columns(
            pl.col("density_t_per_m3", "tonnes").fill_nan(None)
        )
        parts = [frame, self.estimates.to_frame()]
        if self.classes is not None:
            parts.append(self.classes.to_frame())
        near = self.nearest.to_frame().select(self.estimates.analytes)
        parts.append(near.rename({name: f"{name}_nearest" for name in near.columns}))
        made = pl.concat(parts, how="horizontal")
        return made if whole else made.filter(pl.Series(self.is_estimated))

    def to_json(self) -> dict[str, Any]:
        """Return a summary as a JSON object; ``to_frame`` has the blocks."""
        return {
            "grid": {**self.grid.to_json(), "blocks": self.grid.n},
            "estimated_blocks": int(self.is_estimated.sum()),
            "samples": self.samples.n,
            "domains": None
            if self.domain is None
            else {
                name or "none": int((self.domain == name).sum())
                for name in np.unique(self.domain).tolist()
            },
            "variograms": {name: model.to_json() for name, model in self.variograms.items()},
            "domain_variograms": {
                code: {name: one.to_json() for name, one in models.items()}
                for code, models in self.domain_variograms.items()
            },
            "boundaries": self.boundaries(),
            "fitted": [one.to_json() for one in self.fitted],
            "estimates": self.estimates.to_json(),
            "bias": [one.to_json() for one in self.bias()],
            "classes": None if self.classes is None else self.classes.to_json(),
            "not_a_statement": NOT_A_STATEMENT,
            "findings": [finding.to_json() for finding in self.findings],
        }

    def boundaries(self) -> str:
        """Return in words which samples a block may use."""
        search = self.sections.search
        if self.domain is None or search is None:
            return "no domains: samples of every rock count everywhere"
        told = "hard: a block uses samples of its own domain"
        for one in search.soft:
            first, second = one.between
            told += f"; soft between {first} and {second}, within {one.within_m:g} m"
        whose = "each domain" if self.domain_variograms else "all domains together"
        return f"{told}; variograms of {whose}"

    def bias(self) -> tuple[GlobalBias, ...]:
        """Return the mean of each analyte beside that of the samples.

        Samples are declustered by the nearest-sample means of the estimated blocks.
        """
        found = []
        for name in self.estimates.analytes:
            estimated = self.estimates.column(name)
            near = self.nearest.column(name)
            both = ~np.isnan(estimated) & ~np.isnan(near)
            if not both.any():
                continue
            one = global_bias(name, estimated[both], near[both])
            plain = self.samples.column(name)
            mean = float(plain[~np.isnan(plain)].mean())
            found.append(
                GlobalBias(
                    name, one.mean_estimated, one.mean_declustered, mean, one.mean_declustered,
                    one.bias, one.findings,
                )
            )  # fmt: skip
        return tuple(found)

    def slices(self, analyte: str, axis: str) -> Swath:
        """Return slices of one block's width: model, nearest sample and samples."""
        width = self.grid.size_m["xyz".index(axis)] if axis in ("x", "y", "z") else 1.0
        centre = self.grid.centres_m()
        estimated = self.estimates.column(analyte)
        near = np.where(np.isnan(estimated), np.nan, self.nearest.column(analyte))
        return swath(
            analyte,
            {
                "model": (centre, estimated, None),
                "nearest": (centre, near, None),
                "samples": (self.samples.xyz_m, self.samples.column(analyte), None),
            },
            width,
            axis,
        )

    def tonnage(self) -> GradeTonnage:
        """Return tonnes and grades above the cut-offs of the settings, by class and domain.

        Raises
        ------
        InputError
            If no cut-offs or no density are declared.
        """
        cutoffs = self.sections.cutoffs
        if cutoffs is None:
            raise InputError("declare cut-offs: [cutoffs] with analyte and pct")
        if self.sections.density is None:
            raise InputError("tonnes need a density: declare [density] with its source")
        known = self.is_estimated
        parts: dict[str, NDArray[np.str_]] = {}
        if self.classes is not None:
            parts["class"] = self.classes.decided[known]
        if self.domain is not None:
            parts["domain"] = self.domain[known]
        grades = {name: self.estimates.column(name)[known] for name in self.estimates.analytes}
        return grade_tonnage(
            grades, self.tonnes[known], cutoffs.analyte, cutoffs.pct, parts, cutoffs.made()
        )


def make_model(
    samples: Samples,
    sections: ModelSections,
    *,
    densities: Floats | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ResourceModel:
    """Estimate a block model as the sections declare it.

    Parameters
    ----------
    samples
        Composites, see ``samples_of``.
    sections
        ``[grid]``, ``[search]`` and a variogram of each analyte are needed; the rest may be absent.
    densities
        The density of each sample, for ``[density] from_samples``; by inverse distance, and where
        no sample is near, what else the section says.
    workers, progress
        Number of threads; called now and then.

    Raises
    ------
    InputError
        If a section is missing, or names an analyte or domain that is not there.
    """
    if sections.grid is None or sections.search is None:
        missing = "[grid]" if sections.grid is None else "[search]"
        raise InputError(f"a block model needs {missing} in explore.toml")
    grid = grid_of(sections, samples)
    passes = [one.search() for one in sections.search.passes]
    centres, points = grid.centres_m(), grid.points_m(sections.grid.points)
    domain = _domains(centres, samples, sections)
    models, by_domain, fitted, findings = model_variograms(
        samples, sections, domain, workers, progress
    )
    if domain is None:
        estimates = krige(
            centres, samples, models, passes, points_m=points, workers=workers, progress=progress
        )
        nearest = nearest_sample(centres, samples, passes, workers=workers)
    else:
        estimates = estimate_domains(
            centres, domain, samples, models, passes, points_m=points,
            by_domain=by_domain or None, soft=soft_contacts(sections),
            workers=workers, progress=progress,
        )  # fmt: skip
        nearest = _nearest_by_domain(centres, domain, samples, sections, workers)
    density = _density(grid, centres, domain, samples, densities, sections)
    classes = _classes(centres, samples, estimates, nearest, sections)
    model = ResourceModel(
        grid, samples, models, by_domain, fitted, estimates, nearest, domain, density, classes,
        sections, tuple(findings) + estimates.findings,
    )  # fmt: skip
    biased = tuple(finding for one in model.bias() for finding in one.findings)
    return replace(model, findings=model.findings + biased)


def grid_of(sections: ModelSections, samples: Samples) -> BlockGrid:
    """Return the declared grid, or the one around the samples."""
    given = sections.grid
    if given is None:
        raise InputError("a block model needs [grid] in explore.toml")
    if given.origin_m is None or given.count is None:
        return BlockGrid.around(samples.xyz_m, given.size_m, given.margin_m)
    return BlockGrid(given.origin_m, given.size_m, given.count, given.bearing_deg)


def _domains(centres: Floats, samples: Samples, sections: ModelSections) -> NDArray[np.str_] | None:
    search = sections.search
    assert search is not None, "asked for before"
    if search.domains == "none":
        if search.only:
            raise InputError('[search] only = ... goes with domains = "hard"')
        return None
    widest = search.passes[-1].search()
    found = nearest_domain(centres, samples, widest)
    codes = [] if samples.domain is None else samples.domain.tolist()
    there = {str(code) for code in codes if code}
    unknown = [name for name in search.only if name not in there]
    if unknown:
        raise InputError(
            f"[search] only names {', '.join(unknown)}; the composites have "
            f"{', '.join(sorted(there))}"
        )
    named = {code for one in search.soft for code in one.between}
    strange = sorted(named - there)
    if strange:
        raise InputError(
            f"[search] soft names {', '.join(strange)}; the composites have "
            f"{', '.join(sorted(there))}"
        )
    if search.only:
        found = np.where(np.isin(found, search.only), found, NO_DOMAIN)
    return np.asarray(found)


def _nearest_by_domain(
    centres: Floats,
    domain: NDArray[np.str_],
    samples: Samples,
    sections: ModelSections,
    workers: int | None,
) -> Estimates:
    """Give blocks the nearest sample of their own domain, by the domain's own kriging of one."""
    assert sections.search is not None, "asked for before"
    single = [
        type(one)(one.radii_m, one.rotation, min_samples=1, max_samples=1)
        for one in (part.search() for part in sections.search.passes)
    ]
    # Ordinary kriging from one sample is that sample: no second way to walk the domains is needed.
    return estimate_domains(centres, domain, samples, Variogram(1.0), single, workers=workers)


def _density(
    grid: BlockGrid,
    centres: Floats,
    domain: NDArray[np.str_] | None,
    samples: Samples,
    densities: Floats | None,
    sections: ModelSections,
) -> Floats:
    given = sections.density
    found = np.full(grid.n, np.nan)
    if given is None:
        return found
    if given.t_per_m3 is not None:
        found[:] = given.t_per_m3
    if given.by_domain:
        if domain is None:
            raise InputError('[density] by_domain goes with [search] domains = "hard"')
        for name, value in given.by_domain.items():
            found[domain == name] = value
    if given.from_samples:
        if densities is None or np.isnan(densities).all():
            raise InputError("[density] from_samples: the composites have no densities")
        assert sections.search is not None, "asked for before"
        passes = [one.search() for one in sections.search.passes]
        own = Samples(samples.xyz_m, densities, ("density",), samples.hole)
        told = inverse_distance(centres, own, passes).column("density")
        found = np.where(np.isnan(told), found, told)
    return found


def _classes(
    centres: Floats,
    samples: Samples,
    estimates: Estimates,
    nearest: Estimates,
    sections: ModelSections,
) -> Classes | None:
    given = sections.classes
    if given is None:
        return None
    if given.analyte not in estimates.analytes:
        raise InputError(
            f"[classes] analyte {given.analyte!r} is not estimated; there are "
            f"{', '.join(estimates.analytes)}"
        )
    known = ~np.isnan(estimates.column(given.analyte))
    near = nearest.column(given.analyte)[known]
    if not known.any() or not float(np.nanmean(near)) > 0:
        raise InputError(f"[classes] {given.analyte}: no block is estimated, or all are barren")
    mean = float(np.nanmean(near))
    return classify(centres, samples, estimates, given.analyte, mean, given.settings())
