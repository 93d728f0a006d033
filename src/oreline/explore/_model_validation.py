"""A model's samples estimated from each other as its blocks are: each domain by itself."""

from __future__ import annotations

import numpy as np

from oreline.explore._block_domains import NO_DOMAIN, usable_samples, with_analytes
from oreline.explore._crossvalidation import CrossValidation, LeaveOut, cross_validate, scores_of
from oreline.explore._domain_variograms import soft_contacts
from oreline.explore._kriging import Progress
from oreline.explore._resource_model import ResourceModel


def validate_model(
    model: ResourceModel,
    leave_out: LeaveOut = LeaveOut.HOLE,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CrossValidation:
    """Krige each sample from the others that its block may use, with its domain's variograms.

    Samples of domains that the model leaves out are not estimated.

    Raises
    ------
    InputError
        If holes are to be left out and are not known.
    """
    samples, passes = model.samples, model.estimates.passes
    if model.domain is None:
        return cross_validate(
            samples, model.variograms, passes, leave_out, workers=workers, progress=progress
        )
    codes = np.asarray(samples.domain).astype(str)
    estimated = np.full(samples.values.shape, np.nan)
    variance = np.full(samples.values.shape, np.nan)
    soft, by_domain = soft_contacts(model.sections), {}
    for code in [one for one in np.unique(model.domain).tolist() if one != NO_DOMAIN]:
        rows = np.flatnonzero(usable_samples(samples, code, soft))
        inside = samples.taken(rows)
        known = np.asarray((~np.isnan(inside.values)).any(axis=0))
        found = cross_validate(
            with_analytes(inside, [bool(one) for one in known]),
            model.domain_variograms.get(code, model.variograms), passes, leave_out,
            workers=workers, progress=progress,
        )  # fmt: skip
        own = np.flatnonzero(codes[rows] == code)
        at = np.ix_(rows[own], np.flatnonzero(known))
        estimated[at], variance[at] = found.estimated[own], found.variance[own]
        of = rows[own]
        by_domain[code] = scores_of(samples.taken(of), estimated[of], variance[of])
    scores = scores_of(samples, estimated, variance)
    return CrossValidation(samples, leave_out, estimated, variance, scores, by_domain)
