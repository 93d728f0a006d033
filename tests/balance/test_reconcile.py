"""Reconciliation of flows and grades: laws, a dense second way, and statistics."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import measured, plant

from oreline.balance import (
    Class,
    Network,
    Quantity,
    Status,
    reconcile,
)

SEEDS = st.integers(0, 2**32 - 1)
ANALYTES = ("Cu", "Ag", "S")


def values(network: Network, **options: object) -> dict[Quantity, float | None]:
    found = reconcile(network, confidence=0.999999, **options)  # type: ignore[arg-type]
    assert found.status in (Status.RECONCILED, Status.NOT_REDUNDANT), found.status
    return {item.quantity: item.value for item in found}


def worst_imbalance(network: Network, found: dict[Quantity, float | None]) -> float:
    """Return the largest imbalance of any node, of what goes through it; NaN where not known."""
    worst = 0.0
    for node in network.nodes():
        for what in ("dry_t", *network.analytes):
            total = through = 0.0
            for stream in network.streams:
                sign = (stream.destination == node) - (stream.origin == node)
                mass = found[Quantity(stream.name, "dry_t")]
                grade = 100.0 if what == "dry_t" else found[Quantity(stream.name, what)]
                if sign and (mass is None or grade is None):
                    break
                if sign:
                    assert mass is not None
                    assert grade is not None
                    total += sign * mass * grade / 100
                    through += abs(mass * grade) / 100
            else:
                worst = max(worst, abs(total) / through if through else 0.0)
    return worst


@given(SEEDS, st.integers(1, 5), st.integers(0, 3), st.sampled_from([1.0, 0.8, 0.5]))
@settings(deadline=None)
def test_every_node_conserves(seed: int, nodes: int, n_analytes: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    analytes = ANALYTES[:n_analytes]
    network = measured(rng, *plant(rng, nodes, n_analytes), analytes, share)
    found = reconcile(network, confidence=0.999999)
    assert found.status in (Status.RECONCILED, Status.NOT_REDUNDANT)
    after = {item.quantity: item.value for item in found}
    assert worst_imbalance(network, after) < 1e-9
    for item in found:
        if item.measured is not None and item.value_u is not None and item.u is not None:
            assert item.value_u <= item.u * (1 + 1e-9)
        assert (item.value is None) == (item.known is Class.UNOBSERVABLE)
