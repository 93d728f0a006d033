"""The blocks of a model by inverse distance, from the samples that their kriging may use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._block_domains import NO_DOMAIN, usable_samples, with_analytes
from oreline.explore._domain_variograms import soft_contacts
from oreline.explore._kriging import inverse_distance
from oreline.explore._resource_model import ResourceModel

Floats = NDArray[np.float64]


def inverse_distance_of(model: ResourceModel, power: float = 2.0) -> dict[str, Floats]:
    """Return the grade of every block by inverse distance, in per cent; NaN where none is.

    The passes are the model's, and where domains are kept apart each block has its own domain's
    samples: what differs from kriging is the weights alone.

    Raises
    ------
    InputError
        If the power is not positive.
    """
    samples, centres = model.samples, model.grid.centres_m()
    names = samples.analytes
    values = np.full((model.grid.n, len(names)), np.nan)
    if model.domain is None:
        values[:] = inverse_distance(centres, samples, model.estimates.passes, power=power).values
        return dict(zip(names, values.T, strict=True))
    soft = soft_contacts(model.sections)
    for code in [one for one in np.unique(model.domain).tolist() if one != NO_DOMAIN]:
        inside = samples.taken(np.flatnonzero(usable_samples(samples, code, soft)))
        known = np.asarray((~np.isnan(inside.values)).any(axis=0))
        own = with_analytes(inside, [bool(one) for one in known])
        rows = np.flatnonzero(model.domain == code)
        found = inverse_distance(centres[rows], own, model.estimates.passes, power=power)
        values[np.ix_(rows, np.flatnonzero(known))] = found.values
    return dict(zip(names, values.T, strict=True))
