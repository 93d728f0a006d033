"""Redundant, observable or neither: against exact elimination in a field of integers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import measured, plant

from oreline.balance import Class, Measurement, Network, Quantity, Stream, reconcile

PRIME = 2_147_483_629


class Exact:
    """Ranks of matrices of integers modulo a prime; true for nearly every choice of numbers."""

    def __init__(self, columns: list[list[int]]) -> None:
        self.columns = columns

    def rank(self, without: int = -1, also: list[int] | None = None) -> int:
        chosen = [c for at, c in enumerate(self.columns) if at != without]
        rows = [
            [value % PRIME for value in column] for column in [*chosen, *([also] if also else [])]
        ]
        rank = 0
        for pivot in range(len(rows[0]) if rows else 0):
            at = next((r for r in range(rank, len(rows)) if rows[r][pivot]), None)
            if at is None:
                continue
            rows[rank], rows[at] = rows[at], rows[rank]
            inverse = pow(rows[rank][pivot], PRIME - 2, PRIME)
            rows[rank] = [value * inverse % PRIME for value in rows[rank]]
            for r in range(len(rows)):
                if r != rank and rows[r][pivot]:
                    by = rows[r][pivot]
                    rows[r] = [
                        (a - by * b) % PRIME for a, b in zip(rows[r], rows[rank], strict=True)
                    ]
            rank += 1
        return rank


def circulation(rng: np.random.Generator, network: Network) -> list[int]:
    """Return whole numbers that balance at every node: a sum of ways from outside to outside."""
    flow = [0] * len(network.streams)
    for first, stream in enumerate(network.streams):
        # Each stream gets a way of its own through it: back to outside and on to outside.
        size = int(rng.integers(1, PRIME))
        flow[first] += size
        for end, forward in ((stream.destination, True), (stream.origin, False)):
            node = end
            while node is not None:
                next_ = [
                    at
                    for at, s in enumerate(network.streams)
                    if (s.origin if forward else s.destination) == node
                ]
                at = int(rng.choice(next_))
                flow[at] += size
                s = network.streams[at]
                node = s.destination if forward else s.origin
    return flow


def expected(network: Network, rng: np.random.Generator) -> dict[Quantity, Class]:
    """Classify by ranks: an unknown is observable if no other columns can stand for its own."""
    mass = circulation(rng, network)
    inverse = [pow(m % PRIME, PRIME - 2, PRIME) for m in mass]
    grade = {
        a: [f * i for f, i in zip(circulation(rng, network), inverse, strict=True)]
        for a in network.analytes
    }
    n_nodes, width = len(network.nodes()), 1 + len(network.analytes)

    def column(at: int, what: str) -> list[int]:
        stream = network.streams[at]
        found = [0] * (n_nodes * width)
        for place, node in enumerate(network.nodes()):
            sign = (stream.destination == node) - (stream.origin == node)
            for block, name in enumerate(("dry_t", *network.analytes)):
                if what == "dry_t":
                    value = 1 if name == "dry_t" else grade[name][at]
                else:
                    value = mass[at] if name == what else 0
                found[block * n_nodes + place] = sign * value % PRIME
        return found

    known, unknown = [], []
    for at, stream in enumerate(network.streams):
        for what in ("dry_t", *network.analytes):
            has = stream.dry_t if what == "dry_t" else stream.grades_pct.get(what)
            (unknown if has is None else known).append((Quantity(stream.name, what), at))
    exact = Exact([column(at, quantity.what) for quantity, at in unknown])
    full = exact.rank()
    classes = {}
    for number, (quantity, _) in enumerate(unknown):
        seen = exact.rank(without=number) < full
        classes[quantity] = Class.OBSERVABLE if seen else Class.UNOBSERVABLE
    for quantity, at in known:
        more = exact.rank(also=column(at, quantity.what)) > full
        classes[quantity] = Class.REDUNDANT if more else Class.NON_REDUNDANT
    return classes


@pytest.mark.fuzz
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 5),
    st.integers(0, 2),
    st.sampled_from([0.3, 0.6, 0.9]),
)
@settings(max_examples=40)
def test_classes_are_those_of_exact_ranks(
    seed: int, nodes: int, n_analytes: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    network = measured(
        rng, *plant(rng, nodes, n_analytes), ("Cu", "Ag")[:n_analytes], share, noise=0.0
    )
    found = reconcile(network)
    assert {item.quantity: item.known for item in found} == expected(network, rng)
    measured_ = sum(item.measured is not None for item in found)
    # Degrees of freedom: equations less those that are used up by what is not measured.
    assert found.overall.freedom <= measured_


def test_the_four_classes() -> None:
    def of(value: float) -> Measurement:
        return Measurement(value, 1.0)

    streams = (
        Stream("feed", None, "mill", of(100)),
        Stream("product", "mill", None, of(40)),
        Stream("tailings", "mill", "dam", of(60)),
        Stream("water", "dam", None, None),
        Stream("seep", "dam", None, None),
        Stream("ore", None, "yard", of(10)),
        Stream("sold", "yard", None, None),
    )
    found = {item.quantity.stream: str(item.known) for item in reconcile(Network(streams))}
    assert found == {
        "feed": "redundant",
        "product": "redundant",
        "tailings": "redundant",
        "water": "unobservable",
        "seep": "unobservable",
        "ore": "non-redundant",
        "sold": "observable",
    }
