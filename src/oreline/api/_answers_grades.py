"""Statistics of the grades of drill holes: histogram, variogram, cross-validation, simulation."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import polars as pl

from oreline.api._answers_explore import (
    estimated,
    one_of,
    read_set,
    set_folder,
    steps_of,
    tonnage_of,
    units_of,
)
from oreline.api._explored import (
    model_of,
    ore_of_set,
    samples_of_set,
    simulation_of,
    validation_of,
)
from oreline.api._views import View
from oreline.explore import (
    NOT_A_STATEMENT,
    FittedVariogram,
    LeaveOut,
    Samples,
    compared_variogram,
    grade_statistics,
    histogram,
    terms_of,
    uncertain_tonnage,
)
from oreline.model import InputError

Of = Literal["assays", "composites"]
Table = Literal[
    "histogram", "variogram", "cross-validation", "simulation", "blocks", "tonnage", "ore"
]
BINS_MAX = 200
CURVE_POINTS = 60
"""By so many points the model of a variogram is drawn in each direction."""
POINTS_MAX = 1_000
"""At most so many composites are told beside their estimates; the file has all."""


def grade_histogram(
    view: View,
    name: str,
    analyte: str = "",
    of: Of | None = None,
    domain: str = "",
    *,
    logarithmic: bool = False,
    bins: int = 30,
) -> dict[str, Any]:
    """Return how often grades occur: classes, their shares, and the statistics of the same rows.

    Assays are weighed by length. Without ``of`` composites are taken where they are declared.
    """
    frame, analytes, weight, what = _graded(view, name, of)
    analyte = _chosen(view, name, analyte, analytes)
    domains = sorted(frame["domain"].drop_nulls().unique().to_list())
    if domain:
        if domain not in domains:
            raise InputError(f"no domain {domain!r}; there are {', '.join(domains) or 'none'}")
        frame = frame.filter(pl.col("domain") == domain)
    made = histogram(frame, analyte, weight=weight, bins=bins, logarithmic=logarithmic)
    described = grade_statistics(frame, (analyte,), weight=weight).to_json()["statistics"][0]
    counted = int(made["count"].sum())
    return {
        "set": name,
        "of": what,
        "analyte": analyte,
        "analytes": list(analytes),
        "units": units_of(read_set(view, name)),
        "domain": domain,
        "domains": domains,
        "weighted_by": "length" if weight else None,
        "is_logarithmic": logarithmic,
        "classes": [
            {"low_pct": row["low"], "high_pct": row["high"], "count": row["count"],
             "share": row["share"]}
            for row in made.to_dicts()
        ],
        "counted": counted,
        "left_out": int(described["count"]) - counted,
        "statistics": described,
    }  # fmt: skip


def grade_variogram(
    view: View,
    name: str,
    analyte: str = "",
    lag_m: float | None = None,
    lags: int | None = None,
    domain: str | None = None,
) -> dict[str, Any]:
    """Return how much composites differ by distance, in each direction, beside the model.

    The model is the stated one, or fitted as its section says; ``lag_m`` replaces the section's.
    Where domains are kept apart, without ``domain`` that of most composites is taken; an empty one
    means all together.
    """
    samples, _ = samples_of_set(set_folder(view, name))
    analyte = _chosen(view, name, analyte, samples.analytes)
    read = read_set(view, name)
    assert read.mapping is not None, "its composites were made"
    codes = np.asarray([] if samples.domain is None else samples.domain).astype(str)
    domains = [one for one in np.unique(codes).tolist() if one]
    search = read.mapping.search
    if domain is None:
        is_apart = bool(domains) and search is not None and search.is_by_domain
        domain = max(domains, key=lambda one: int((codes == one).sum())) if is_apart else ""
    if domain and domain not in domains:
        raise InputError(f"no domain {domain!r}; there are {', '.join(domains) or 'none'}")
    inside = samples.taken(codes == domain) if domain else samples
    terms = terms_of(read.mapping.variogram, analyte, domain)
    both = compared_variogram(inside, analyte, terms, lag_m, lags)
    made = both.fit
    rows = made.to_frame().drop("analyte").to_dicts()
    if both.downhole is not None:
        down = both.downhole.to_frame().drop("analyte").to_dicts()
        rows += [{**row, "model": None} for row in down]
    return {
        "set": name,
        "analyte": analyte,
        "analytes": list(samples.analytes),
        "domain": domain,
        "domains": domains,
        "units": units_of(read),
        "samples": made.experimental.samples,
        "variance": made.experimental.variance,
        "lag_m": float(made.experimental.edges_m[1]),
        "model": made.variogram.to_json(),
        "nugget_from": made.nugget_from,
        "error": made.error,
        "rows": rows,
        "curves": _curves(made),
        "findings": [finding.to_json() for finding in made.findings],
    }


def grade_validation(
    view: View, name: str, analyte: str = "", without: LeaveOut = LeaveOut.HOLE
) -> dict[str, Any]:
    """Return each composite beside what the others say of it, and the scores of all analytes."""
    found = validation_of(set_folder(view, name), without)
    analyte = _chosen(view, name, analyte, found.samples.analytes)
    rows = found.to_frame().filter(pl.col("analyte") == analyte)
    shown = rows.gather_every(max(1, math.ceil(rows.height / POINTS_MAX)))
    return {
        "set": name,
        "analyte": analyte,
        "analytes": list(found.samples.analytes),
        "units": units_of(read_set(view, name)),
        "without": str(without),
        "scores": [one.to_json() for one in found.scores],
        "points": shown.select(
            "sample", "standardised", true_pct="true", estimated_pct="estimated"
        ).to_dicts(),
        "points_of": rows.height,
        "points_max": POINTS_MAX,
    }  # fmt: skip


def grade_simulation(
    view: View,
    name: str,
    analyte: str = "",
    seed: int = 1,
    realisations: int = 20,
    lag_m: float | None = None,
) -> dict[str, Any]:
    """Return how sure tonnes and metal are, from many models that agree with the composites."""
    folder = set_folder(view, name)
    made = model_of(folder)
    declared = made.sections.cutoffs
    analyte = estimated(made, analyte)
    whole = simulation_of(folder, analyte, seed, realisations, lag_m)
    found = whole.of(analyte)
    cutoffs: tuple[float, ...]
    if declared is not None and declared.analyte == analyte:
        cutoffs = declared.pct
    else:
        grades = made.estimates.column(analyte)
        cutoffs = tuple(steps_of(grades[~np.isnan(grades)]))
    tonnage, why = None, "tonnes need a density: declare [density] with its source"
    if made.sections.density is not None:
        rows = uncertain_tonnage(found, made.tonnes[made.is_estimated], cutoffs)
        tonnage, why = [row.to_json() for row in rows], ""
    return {
        "set": name,
        "units": units_of(read_set(view, name)),
        "analytes": list(made.samples.analytes),
        **found.to_json(),
        "words": list(whole.words),
        "findings": [finding.to_json() for finding in whole.findings],
        "tonnage": tonnage,
        "tonnage_lacks": why,
        "not_a_statement": NOT_A_STATEMENT,
    }


def explore_frame(view: View, name: str, table: Table, **asked: Any) -> pl.DataFrame:
    """Return one table of a set of drill holes as a frame; ``asked`` as its answer takes it."""
    if table == "histogram":
        return pl.DataFrame(grade_histogram(view, name, **asked)["classes"])
    if table == "variogram":
        return pl.DataFrame(grade_variogram(view, name, **asked)["rows"], infer_schema_length=None)
    folder = set_folder(view, name)
    analyte = asked.pop("analyte", "")
    if table == "cross-validation":
        found = validation_of(folder, asked.get("without", LeaveOut.HOLE)).to_frame()
        return found.filter(pl.col("analyte") == analyte) if analyte else found
    if table == "ore":
        return ore_of_set(folder).to_frame()
    made = model_of(folder)
    if table == "blocks":
        return made.to_frame()
    if table == "tonnage":
        tonnage, why = tonnage_of(made, estimated(made, analyte))
        if tonnage is None:
            raise InputError(why)
        return tonnage.to_frame()
    analyte = estimated(made, analyte)
    return simulation_of(
        folder, analyte, asked.get("seed", 1), asked.get("realisations", 20), asked.get("lag_m")
    ).to_frame()


def _curves(made: FittedVariogram) -> dict[str, list[list[float]]]:
    """Return the model along each direction, as far as its lags reach: distances and values."""
    lags = made.experimental
    far = float(lags.edges_m[-1])
    distance = np.linspace(far / CURVE_POINTS, far, CURVE_POINTS)
    axes = [one.axis() for one in lags.directions] or [np.array([1.0, 0.0, 0.0])]
    return {
        label: np.column_stack((distance, made.variogram.gamma(distance[:, None] * axis))).tolist()
        for label, axis in zip(lags.labels, axes, strict=True)
    }


def _chosen(view: View, name: str, analyte: str, analytes: tuple[str, ...]) -> str:
    """Return an analyte that is there; unasked, that of the cut-offs, or the first."""
    mapping = read_set(view, name).mapping
    declared = None if mapping is None else mapping.cutoffs
    if not analyte and declared is not None and declared.analyte in analytes:
        return declared.analyte
    return one_of(analyte, analytes)


def _graded(
    view: View, name: str, of: Of | None
) -> tuple[pl.DataFrame, tuple[str, ...], str | None, Of]:
    """Return the rows to describe with their domain, their analytes, and what they weigh."""
    read = read_set(view, name)
    assert read.holes is not None, "asked for before"
    assert read.mapping is not None, "asked for before"
    what: Of = of or ("assays" if read.mapping.composites is None else "composites")
    if what == "assays":
        length = (pl.col("to_m") - pl.col("from_m")).alias("m")
        frame = read.holes.assays.with_columns(length, pl.lit(None, pl.String).alias("domain"))
        return frame, read.holes.analytes, "m", what
    samples, _ = samples_of_set(set_folder(view, name))
    return _frame_of(samples), samples.analytes, None, what


def _frame_of(samples: Samples) -> pl.DataFrame:
    columns = {name: samples.column(name) for name in samples.analytes}
    domain = None if samples.domain is None else pl.Series([str(one) for one in samples.domain])
    frame = pl.DataFrame(columns).fill_nan(None)
    return frame.with_columns(
        (pl.lit(None, pl.String) if domain is None else domain.replace("", None)).alias("domain")
    )
