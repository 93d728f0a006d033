"""Domains: blocks take the domain of the nearest coded sample, and use its samples alone."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.explore import (
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    estimate_domains,
    krige,
    nearest_domain,
)
from oreline.model import InputError

MODEL = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (80.0, 80.0, 80.0)),))
SEARCH = SearchPass((150.0, 150.0, 150.0), min_samples=2, max_samples=8)


def two_rocks() -> Samples:
    """Make samples of two rocks side by side; one was assayed for Pr, a few are not coded."""
    rng = np.random.default_rng(6)
    xyz = rng.uniform(0, 100, (60, 3))
    is_east = xyz[:, 0] > 50
    domain = np.where(is_east, "east", "west")
    domain[::10] = ""
    values = np.column_stack([np.where(is_east, 5.0, 1.0) + rng.normal(0, 0.1, 60)] * 2)
    values[~is_east | (domain == ""), 1] = np.nan
    return Samples(xyz, values, ("Nd", "Pr"), domain=domain)


def test_a_block_has_the_domain_of_the_nearest_coded_sample() -> None:
    samples = two_rocks()
    rng = np.random.default_rng(7)
    targets = rng.uniform(0, 100, (30, 3))
    found = nearest_domain(targets, samples)
    coded = np.flatnonzero(samples.domain != "")
    for at, target in enumerate(targets):
        h = np.linalg.norm(samples.xyz_m[coded] - target, axis=1)
        assert found[at] == samples.domain[coded[h.argmin()]]
    near = nearest_domain([[50.0, 50.0, 1000.0]], samples, SEARCH)
    assert near[0] == ""


def test_a_boundary_is_hard_and_no_domain_is_no_estimate() -> None:
    samples = two_rocks()
    targets = np.array([[51.0, 50.0, 50.0], [49.0, 50.0, 50.0], [50.0, 50.0, 50.0]])
    domain = np.array(["east", "west", ""])
    found = estimate_domains(targets, domain, samples, MODEL, [SEARCH])
    east = samples.taken(samples.domain == "east")
    alone = krige(targets[:1], east, MODEL, [SEARCH])
    assert found.values[0] == pytest.approx(alone.values[0])
    assert found.variance("Nd")[0] == pytest.approx(alone.variance("Nd")[0])
    assert found.values[0, 0] > 4.0
    assert found.values[1, 0] < 2.0
    assert np.isnan(found.values[1, 1])
    assert np.isnan(found.values[2]).all()
    assert found.support("Nd").search_pass.tolist() == [1, 1, 0]


def test_samples_without_domains_are_refused() -> None:
    plain = Samples(np.eye(3), np.ones(3), ("Nd",))
    with pytest.raises(InputError, match="no domains"):
        nearest_domain(np.eye(3), plain)
    empty = Samples(np.eye(3), np.ones(3), ("Nd",), domain=np.array(["", "", ""]))
    with pytest.raises(InputError, match="no sample has a domain"):
        nearest_domain(np.eye(3), empty)
    with pytest.raises(InputError, match="1 domains for 3 places"):
        estimate_domains(np.eye(3), np.array(["x"]), two_rocks(), MODEL, [SEARCH])
