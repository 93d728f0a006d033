"""A mine plan straight from a block model, simulated where that is declared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._mine_plan import BlockModel, MinePlan, Progress, plan_mine
from oreline.explore._model_simulation import simulate_model
from oreline.explore._resource_model import ResourceModel
from oreline.explore._schedule import rank_correlations
from oreline.model import InputError

Floats = NDArray[np.float64]


def plan_model(
    model: ResourceModel,
    ground_m: Floats,
    progress: Progress = lambda _what, _done, _total: None,
) -> MinePlan:
    """Return the mine plan that ``[mine]`` declares for a block model.

    Where ``[simulation]`` is declared, each year's grades have the uncertainty of conditional
    simulations; else that of the kriging variances over the months of the year.

    Parameters
    ----------
    ground_m
        Places on the surface, such as collars, (m, 3).

    Raises
    ------
    InputError
        If ``[mine]`` or ``[classes]`` is not declared.
    """
    settings, simulation = model.sections.mine, model.sections.simulation
    if settings is None:
        raise InputError("explore.toml has no [mine]; docs/reference/explore-mine.md shows one")
    if model.classes is None:
        raise InputError("[mine] names screening classes, and explore.toml has no [classes]")
    names = model.estimates.analytes
    realisations = None
    if simulation is not None:
        found = simulate_model(model, simulation, progress=progress)
        realisations = found.realisations_pct(names)
    variance = np.stack([model.estimates.variance(name) for name in names], axis=1)
    blocks = BlockModel(
        model.grid,
        names,
        model.estimates.values,
        model.density_t_per_m3,
        model.classes.decided,
        ground_m,
        realisations,
        variance,
        _ranks(model, names),
    )
    return plan_mine(blocks, settings, progress)


def _ranks(model: ResourceModel, names: tuple[str, ...]) -> Floats | None:
    """Return the rank correlations of the composites' grades, of those that have all of them.

    Where all analytes vary alike in space their estimation errors correlate as they do.
    """
    values = np.stack([model.samples.column(name) for name in names], axis=1)
    whole = values[~np.isnan(values).any(axis=1)]
    return rank_correlations(whole) if len(whole) > len(names) else None
