"""Domains: which samples a block may use, and which domain a block lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.explore._estimates import Estimates, Support
from oreline.explore._kriging import POINT, Progress, krige
from oreline.explore._kriging_samples import Samples
from oreline.explore._search import SearchPass
from oreline.explore._variogram import Variogram
from oreline.model import InputError

Floats = NDArray[np.float64]

NO_DOMAIN = ""
"""The code of a block that lies in no domain."""


@dataclass(frozen=True, slots=True)
class SoftContact:
    """Two domains that may use samples of each other that lie near.

    A sample of one counts in the other if it is within ``within_m`` of a sample of the other.
    """

    one: str
    other: str
    within_m: float


def usable_samples(
    samples: Samples, domain: str, soft: Sequence[SoftContact] = ()
) -> NDArray[np.bool_]:
    """Return which samples count in a domain: its own, and those near a soft contact."""
    from scipy.spatial import cKDTree

    codes = _codes(samples)
    own = codes == domain
    found = own.copy()
    if not own.any():
        return np.asarray(found)
    tree = None
    for contact in soft:
        pair = (contact.one, contact.other)
        if domain not in pair:
            continue
        tree = tree or cKDTree(samples.xyz_m[own])
        rows = np.flatnonzero(codes == pair[1 - pair.index(domain)])
        distance, _ = tree.query(samples.xyz_m[rows])
        found[rows[distance <= contact.within_m]] = True
    return np.asarray(found)


def nearest_domain(
    targets_m: object, samples: Samples, search: SearchPass | None = None
) -> NDArray[np.str_]:
    """Return the domain of each place: that of the nearest coded sample.

    Parameters
    ----------
    targets_m
        Places (n, 3).
    samples
        Samples with domains; those whose code is empty are not asked.
    search
        An ellipsoid: nearness is counted along its axes, and beyond it is no domain.

    Raises
    ------
    InputError
        If no sample has a domain.
    """
    from scipy.spatial import cKDTree

    targets = np.asarray(targets_m, np.float64)
    codes = _codes(samples)
    coded = np.flatnonzero(codes != NO_DOMAIN)
    if coded.size == 0:
        raise InputError("no sample has a domain, so that blocks cannot be given theirs")
    matrix = np.eye(3) if search is None else search.matrix()
    middle = samples.xyz_m.mean(axis=0)
    tree = cKDTree((samples.xyz_m[coded] - middle) @ matrix.T)
    limit = np.inf if search is None else 1.0 + 1e-12
    _, at = tree.query((targets - middle) @ matrix.T, distance_upper_bound=limit)
    found = np.concatenate([codes[coded], [NO_DOMAIN]])
    return np.asarray(found[at])


def _codes(samples: Samples) -> NDArray[np.str_]:
    if samples.domain is None:
        raise InputError("the samples have no domains")
    return np.asarray(["" if code is None else str(code) for code in samples.domain])


def estimate_domains(
    targets_m: object,
    target_domain: NDArray[np.str_],
    samples: Samples,
    variograms: Variogram | Mapping[str, Variogram],
    passes: Sequence[SearchPass],
    *,
    points_m: Floats = POINT,
    by_domain: Mapping[str, Mapping[str, Variogram]] | None = None,
    soft: Sequence[SoftContact] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> Estimates:
    """Krige each domain from its own samples alone, or with those near a soft contact.

    A place of no domain, or of one without samples, is not estimated. ``by_domain`` holds the
    variograms of domains that have their own. See :func:`krige` for the other parameters.
    """
    targets = np.ascontiguousarray(targets_m, np.float64)
    codes = _codes(samples)
    if target_domain.shape != (targets.shape[0],):
        raise InputError(f"{target_domain.size} domains for {targets.shape[0]} places")
    names = [name for name in np.unique(target_domain).tolist() if name != NO_DOMAIN]
    parts: list[tuple[NDArray[np.int64], Estimates]] = []
    for number, name in enumerate(names):
        rows = np.flatnonzero(target_domain == name)
        if not (codes == name).any():
            continue
        inside = samples.taken(usable_samples(samples, name, soft))
        models = variograms if by_domain is None else by_domain.get(name, variograms)
        known = [bool((~np.isnan(inside.values[:, k])).any()) for k in range(len(samples.analytes))]
        told = _telling(progress, number, len(names))
        parts.append(
            (
                rows,
                krige(
                    targets[rows], with_analytes(inside, known), models, passes,
                    points_m=points_m, workers=workers, progress=told,
                ),
            )
        )  # fmt: skip
    return _together(targets.shape[0], samples.analytes, tuple(passes), parts)


def _telling(progress: Progress | None, number: int, parts: int) -> Progress | None:
    if progress is None:
        return None

    def told(what: str, done: int, whole: int) -> None:
        progress(what, number * 1000 + 1000 * done // max(whole, 1), parts * 1000)

    return told


def with_analytes(samples: Samples, known: Sequence[bool]) -> Samples:
    """Return the samples with some of their analytes."""
    columns = [k for k, is_known in enumerate(known) if is_known]
    return Samples(
        samples.xyz_m,
        samples.values[:, columns],
        tuple(samples.analytes[k] for k in columns),
        samples.hole,
        samples.domain,
        samples.names,
    )


def _together(
    n: int,
    analytes: tuple[str, ...],
    passes: tuple[SearchPass, ...],
    parts: Sequence[tuple[NDArray[np.int64], Estimates]],
) -> Estimates:
    """Put the estimates of domains side by side; analytes that share in all share one support."""
    values = np.full((n, len(analytes)), np.nan)
    supports: dict[object, tuple[int, Support]] = {}
    support_of: dict[str, tuple[int, float | Floats]] = {}
    for column, name in enumerate(analytes):
        key = tuple(part.support_of.get(name, (-1, 0.0))[0] for _, part in parts)
        if key not in supports:
            supports[key] = len(supports), Support.empty(n)
            for rows, part in parts:
                if name in part.support_of:
                    supports[key][1].put(rows, part.support(name))
        sill = np.full(n, np.nan)
        for rows, part in parts:
            if name in part.support_of:
                values[rows, column] = part.column(name)
                sill[rows] = part.support_of[name][1]
        support_of[name] = supports[key][0], sill
    findings = tuple(dict.fromkeys(one for _, part in parts for one in part.findings))
    whole = tuple(support for _, support in supports.values())
    return Estimates(analytes, values, whole, support_of, "ordinary", passes, findings)
