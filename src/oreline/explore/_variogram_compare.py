"""An experimental variogram beside its model, whether that was fitted or stated."""

from __future__ import annotations

from typing import Any

from oreline.explore._kriging_samples import Samples
from oreline.explore._model_settings import FitSection, VariogramTerms
from oreline.explore._resource_samples import Fitted, alone, fit_of, variance_of
from oreline.explore._variogram_experimental import (
    Pairs,
    along_axes,
    experimental_variogram,
    lag_edges,
)
from oreline.explore._variogram_fit import beside
from oreline.model import InputError

LAGS = 12
"""How many lags there are where nothing says it."""
REACH = 1.5
"""How far lags reach beyond the longest range of a stated model, in ranges."""
DOWNHOLE_PARTS = 4
"""Lags down the holes are so many times narrower, beside a stated model."""


def compared_variogram(
    samples: Samples,
    analyte: str,
    section: VariogramTerms | None,
    lag_m: float | None = None,
    lags: int | None = None,
) -> Fitted:
    """Compare samples by distance, and set the model of their section beside it.

    Parameters
    ----------
    samples
        Composites.
    analyte
        Which grades.
    section
        A stated model, which is taken as it stands; or how one is fitted. None fits a spherical
        model, and needs ``lag_m``.
    lag_m, lags
        In place of the section's; a stated model has twelve lags, half as far again as its longest
        range.

    Returns
    -------
    Fitted
        A stated model that is not isotropic is compared along the axes of its longest structure;
        its ``nugget_from`` is ``stated``. ``downhole`` is there where samples say their hole: a
        stated model has it in lags a quarter as wide, for most short distances are down a hole.

    Raises
    ------
    InputError
        If nothing says how wide a lag is, a lag cannot be so, or no lag has enough pairs.
    """
    if section is not None and section.fit is None:
        return _stated(samples, analyte, section, lag_m, lags)
    fit = None if section is None else section.fit
    if fit is None and lag_m is None:
        raise InputError(
            f"nothing says how {analyte} varies: declare [variogram.{analyte}] or [variogram.all] "
            "with structures or fit = { lag_m = ... } in explore.toml, or give the width of a lag"
        )
    changes: dict[str, Any] = {} if fit is None else fit.model_dump()
    changes |= {} if lag_m is None else {"lag_m": lag_m}
    changes |= {} if lags is None else {"lags": lags}
    turned = {} if section is None else section.rotation().to_json()
    nugget = None if section is None else section.nugget
    try:
        made = FitSection.model_validate(changes)
    except ValueError as error:
        raise InputError(f"lags cannot be {lags} of {lag_m} m: widths over 0, 3 to 200") from error
    return fit_of(samples, analyte, VariogramTerms(fit=made, nugget=nugget, **turned))


def _stated(
    samples: Samples,
    analyte: str,
    section: VariogramTerms,
    lag_m: float | None,
    lags: int | None,
) -> Fitted:
    own, variance = alone(samples, analyte), variance_of(samples, analyte)
    if section.sills == "shares" and not variance > 0:
        raise InputError(f"{analyte} has one grade everywhere: nothing varies")
    model = section.stated(variance)
    longest = max(model.structures, key=lambda part: max(part.ranges_m))
    number = LAGS if lags is None else lags
    width = REACH * max(longest.ranges_m) / number if lag_m is None else lag_m
    if not (width > 0 and 3 <= number <= 200):
        raise InputError(f"lags cannot be {number} of {width:g} m: widths over 0, 3 to 200")
    is_isotropic = all(len(set(part.ranges_m)) == 1 for part in model.structures)
    directions = () if is_isotropic else along_axes(longest.rotation)
    lags_of = experimental_variogram(own, lag_edges(width, number), directions)[0]
    downhole = None
    if own.hole is not None:
        edges = lag_edges(width / DOWNHOLE_PARTS, number)
        downhole = experimental_variogram(own, edges, pairs=Pairs.ONE_HOLE)[0]
    return Fitted(beside(model, lags_of, "stated"), downhole)
