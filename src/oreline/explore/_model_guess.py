"""Proposes the settings of a first block model from the drill holes themselves.

Nobody's judgement: composites as long as most samples, blocks a third as wide as holes are apart,
searches of two and four spacings. Each number says where it comes from, so that it can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oreline.explore._desurvey import hole_paths, locate
from oreline.explore._holes import DrillHoles
from oreline.model import Basis, InputError

Floats = NDArray[np.float64]

NICE: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Lengths are rounded to one of these times a power of ten."""
ANALYTES_MAX: Final = 6
"""So many analytes are estimated unless somebody asks for others: those assayed most."""
SHARE: Final = 0.25
"""An analyte with fewer assays than this part of the most frequent one is not proposed."""
BLOCKS_MAX: Final = 150_000
"""Blocks are made wider until the box around the composites holds no more."""
SPACINGS: Final = (2.0, 4.0)
"""How far searches reach, in spacings of the holes."""
FIT_LEAST: Final = 200
"""Of fewer assays no variogram is fitted."""
QUANTILES: Final = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
"""Cut-offs are proposed near these quantiles of the grades above nothing."""
HOLES_LEAST: Final = 3
"""Of fewer holes no spacing, and no model, can be told."""


@dataclass(frozen=True, slots=True)
class ModelGuess:
    """Sections of ``explore.toml`` for a first block model, and why each is as it is."""

    sections: Mapping[str, Any]
    said: tuple[str, ...]


def guess_model(
    holes: DrillHoles,
    density_t_per_m3: float | None = None,
    density_source: str = "",
) -> ModelGuess:
    """Return settings for a first block model of some drill holes.

    Tonnes need a density: it is that of the samples where they have any, else the one given, which
    counts as assumed; without either none is declared and tonnes stay UNKNOWN.

    Raises
    ------
    InputError
        If there are fewer than HOLES_LEAST assayed holes, or no grade at all.
    """
    analytes = _analytes(holes)
    main = analytes[0]
    assayed = holes.assays.drop_nulls(main)
    length = _composite_m(assayed)
    fewest = min(holes.assays[name].count() for name in analytes)
    middle = _middles(holes, assayed)
    spacing, places = _spacing_m(assayed, middle)
    size, is_wider = _block_m(spacing, length, middle)
    reach = [nice(spacing * one) for one in SPACINGS]
    said = [
        f"composites of {length:g} m: three quarters of the assayed metres are no longer intervals",
        f"blocks of {size[0]:g} x {size[1]:g} x {size[2]:g} m: "
        + (
            f"so that no more than {BLOCKS_MAX:,} lie around the samples"
            if is_wider
            else f"a third of {spacing:,.0f} m, the median distance between {places} holes"
        ),
        f"searches of {reach[0]:g} and {reach[1]:g} m: two and four times that distance",
        f"variograms are fitted in lags of {nice(spacing / 2):g} m, half that distance"
        if fewest >= FIT_LEAST
        else f"a variogram that nobody measured, to twice that distance: {fewest} assays are too "
        "few to fit one",
        f"{', '.join(analytes)}: assayed most, of {len(holes.analytes)} analytes"
        if len(analytes) < len(holes.analytes)
        else f"all {len(analytes)} analytes",
    ]
    composites: dict[str, Any] = {"length": f"{length:g} m"}
    if len(analytes) < len(holes.analytes):
        composites["analytes"] = list(analytes)
    sections: dict[str, Any] = {
        "composites": composites,
        "variogram": {"all": _variogram(spacing, fewest)},
        "grid": {"size_m": list(size), "points": [3, 3, 2]},
        "search": {"passes": [_pass(one, size, number) for number, one in enumerate(reach)]},
        "classes": {"analyte": main, "rule": "search pass", "passes": [1, 2, 2],
                    "min_holes": [3, 2, 1]},
    }  # fmt: skip
    cutoffs = _cutoffs_pct(assayed[main].to_numpy())
    if cutoffs:
        sections["cutoffs"] = {"analyte": main, "pct": cutoffs}
    density, words = _density(holes, density_t_per_m3, density_source)
    if density:
        sections["density"] = density
    return ModelGuess(sections, (*said, words))


def nice(value: float) -> float:
    """Return a number with one or two digits, near another.

    >>> nice(1.52), nice(28.6), nice(113)
    (1.5, 30.0, 100.0)
    """
    if not value > 0:
        raise InputError(f"{value} is not above 0")
    power = 10.0 ** np.floor(np.log10(value))
    nearest = min(NICE, key=lambda one: abs(np.log(one * power / value)))
    return float(f"{nearest * power:.3g}")


def _variogram(spacing: float, fewest: int) -> dict[str, Any]:
    """Return how variograms are fitted, or one to begin with where there is too little to fit."""
    if fewest >= FIT_LEAST:
        return {"fit": {"lag_m": nice(spacing / 2), "lags": 12}}
    reach, high = nice(2 * spacing), nice(spacing)
    part = {"kind": "spherical", "sill": 0.7, "ranges_m": [reach, reach, high]}
    return {"sills": "shares", "nugget": 0.3, "structures": [part]}


def _analytes(holes: DrillHoles) -> tuple[str, ...]:
    counts = {name: holes.assays[name].count() for name in holes.analytes}
    known = [name for name in holes.analytes if counts[name]]
    if not known:
        raise InputError("no interval has a grade: there is nothing to estimate")
    # The order of the file is that of who drilled for it; it decides among equals.
    ranked = sorted(known, key=lambda name: -counts[name])
    kept = {name for name in ranked[:ANALYTES_MAX] if counts[name] >= SHARE * counts[ranked[0]]}
    return tuple(name for name in known if name in kept)


def _composite_m(assayed: pl.DataFrame) -> float:
    """Return the length within which three quarters of the assayed metres lie, rounded."""
    lengths = (assayed["to_m"] - assayed["from_m"]).to_numpy()
    order = np.argsort(lengths)
    run = np.cumsum(lengths[order])
    return nice(float(lengths[order][np.searchsorted(run, 0.75 * run[-1])]))


def _cutoffs_pct(grades: Floats) -> list[float]:
    """Return cut-offs at quantiles of the grades, of one digit and a half."""
    positive = grades[grades > 0]
    if not positive.size:
        return []
    return sorted({nice(float(one)) for one in np.quantile(positive, QUANTILES)})


def _middles(holes: DrillHoles, assayed: pl.DataFrame) -> Floats:
    halfway = ((assayed["from_m"] + assayed["to_m"]) / 2).to_numpy()
    return locate(hole_paths(holes), assayed["hole"], halfway)


def _spacing_m(assayed: pl.DataFrame, middle: Floats) -> tuple[float, int]:
    """Return the median distance from each hole to the next, by the middles of their assays."""
    from scipy.spatial import cKDTree

    frame = pl.DataFrame({"hole": assayed["hole"], "x": middle[:, 0], "y": middle[:, 1]})
    places = frame.group_by("hole").mean().select("x", "y").unique().to_numpy()
    if len(places) < HOLES_LEAST:
        message = f"{len(places)} assayed holes are too few for a block model"
        raise InputError(f"{message}: at least {HOLES_LEAST}, at different places")
    near = np.asarray(cKDTree(places).query(places, k=2)[0])
    return float(np.median(near[:, 1])), len(places)


def _block_m(spacing: float, length: float, middle: Floats) -> tuple[tuple[float, ...], bool]:
    """Return the size of blocks, and whether it was made larger than the spacing asks for."""
    wide = nice(spacing / 3)
    high = nice(max(length, wide / 3))
    extent = np.ptp(middle, axis=0)
    is_wider = False
    while float(np.prod(extent / (wide, wide, high) + 1)) > BLOCKS_MAX:
        wide, high, is_wider = nice(wide * 1.3), nice(high * 1.3), True
    return (wide, wide, high), is_wider


def _pass(reach: float, size: tuple[float, ...], number: int) -> dict[str, Any]:
    high = nice(max(reach / 2, 3 * size[2]))
    limits = {"min_samples": 6, "max_samples": 16, "max_per_hole": 4}
    return {"radii_m": [reach, reach, high], **(limits if number == 0 else {**limits,
            "min_samples": 2})}  # fmt: skip


def _density(
    holes: DrillHoles, given: float | None, source: str
) -> tuple[dict[str, Any] | None, str]:
    if given is not None:
        stated = source or "stated with the drill holes; no measurement is named"
        told = {"basis": str(Basis.ASSUMED), "source": stated, "t_per_m3": given}
        return told, f"density {given:g} t/m3 everywhere, as was said"
    if holes.assays["density_t_per_m3"].is_not_null().any():
        told = {
            "basis": str(Basis.DERIVED),
            "source": "densities of the samples, by inverse distance",
            "from_samples": True,
        }
        return told, "density from the samples"
    return None, "no density is known: tonnes are UNKNOWN until [density] declares one"
