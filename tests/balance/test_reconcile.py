"""Reconciliation of flows and grades: laws, a dense second way, and statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import measured, plant

from oreline.balance import (
    Class,
    Measurement,
    Network,
    Quantity,
    SharedError,
    Status,
    Stream,
    reconcile,
)
from oreline.model import InputError

SEEDS = st.integers(0, 2**32 - 1)
ANALYTES = ("Cu", "Ag", "S")


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
@settings(max_examples=30)
def test_every_node_conserves(seed: int, nodes: int, n_analytes: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    analytes = ANALYTES[:n_analytes]
    network = measured(rng, *plant(rng, nodes, n_analytes), analytes, share)
    found = reconcile(network, confidence=0.999999)
    if found.status not in (Status.RECONCILED, Status.NOT_REDUNDANT):
        # With few measurements noise can ask for a negative mass; then nothing is offered.
        assert share < 1
        assert all(item.value is None for item in found)
        return
    after = {item.quantity: item.value for item in found}
    assert worst_imbalance(network, after) < 1e-9
    for item in found:
        if item.measured is not None and item.value_u is not None and item.u is not None:
            assert item.value_u <= item.u * (1 + 1e-9)
        assert (item.value is None) == (item.known is Class.UNOBSERVABLE)


def changed(network: Network, by: float, order: list[int]) -> Network:
    """Write masses in another unit, and streams in another order."""
    streams = []
    for at in order:
        stream, dry = network.streams[at], network.streams[at].dry_t
        if dry is not None:
            dry = replace(dry, value=dry.value * by, u=dry.u * by)
        streams.append(replace(stream, dry_t=dry))
    return replace(network, streams=tuple(streams), analytes=network.analytes[::-1])


@given(SEEDS, st.integers(1, 4), st.sampled_from([1e-3, 1.0, 1e6]))
@settings(max_examples=15)
def test_units_and_order_change_nothing(seed: int, nodes: int, by: float) -> None:
    rng = np.random.default_rng(seed)
    network = measured(rng, *plant(rng, nodes, 2), ANALYTES[:2], 0.9)
    first = reconcile(network, confidence=0.999999)
    order = rng.permutation(len(network.streams)).tolist()
    second = reconcile(changed(network, by, order), confidence=0.999999)
    assert second.overall.chi2 == pytest.approx(first.overall.chi2, rel=1e-5, abs=1e-6)
    assert second.overall.freedom == first.overall.freedom
    for item in first:
        other = second.of(*item.quantity)
        assert other.known == item.known
        if item.value is not None:
            scale = by if item.quantity.what == "dry_t" else 1.0
            assert other.value == pytest.approx(item.value * scale, rel=1e-5)
            assert other.value_u == pytest.approx((item.value_u or 0) * scale, rel=1e-3)


def dense_answer(network: Network) -> np.ndarray:
    """Solve the same problem with a general optimiser, everything measured."""
    given_ = list(network.measured())
    y = np.array([m.value for _, m, _ in given_])
    u = np.array([m.u for _, m, _ in given_])
    at = {quantity: number for number, (quantity, _, _) in enumerate(given_)}
    v = np.diag(u**2)
    for error in network.shared:
        part = np.zeros(y.size)
        for quantity, value in error.parts.items():
            part[at[quantity]] = value
        v += np.outer(part, part) - np.diag(part**2)
    weight = np.linalg.cholesky(np.linalg.inv(v)).T

    def balances(z: np.ndarray) -> np.ndarray:
        x = y * z
        rest = []
        for node in network.nodes():
            for what in ("dry_t", *network.analytes):
                total = 0.0
                for s in network.streams:
                    sign = (s.destination == node) * 1.0 - (s.origin == node) * 1.0
                    grade = 1.0 if what == "dry_t" else x[at[Quantity(s.name, what)]] / 100
                    total += sign * x[at[Quantity(s.name, "dry_t")]] * grade
                rest.append(total)
        return np.array(rest)

    found = scipy.optimize.minimize(
        lambda z: float(((weight @ (y * z - y)) ** 2).sum()) / y.size,
        np.ones(y.size),
        method="SLSQP",
        constraints={"type": "eq", "fun": balances},
        options={"ftol": 1e-14, "maxiter": 400},
    )
    answer: np.ndarray = y * found.x
    return answer


@pytest.mark.parametrize("seed", range(4))
def test_a_general_optimiser_finds_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = measured(rng, *plant(rng, 2, 1), ("Cu",))
    weighed = [Quantity(s.name, "dry_t") for s in network.streams]
    of = {q: m for q, m, _ in network.measured()}
    moisture = SharedError("moisture", {q: 0.6 * of[q].u for q in weighed[:3]})
    network = replace(network, shared=(moisture,))
    found = reconcile(network, confidence=0.999999)
    expected = dense_answer(network)
    quantities = [quantity for quantity, _, _ in network.measured()]
    got = np.array([found.of(*quantity).value for quantity in quantities])
    sigma = np.array([of[quantity].u for quantity in quantities])
    assert np.abs((got - expected) / sigma).max() < 2e-3


def test_posterior_is_the_spread_of_many_repeats() -> None:
    rng = np.random.default_rng(5)
    streams, truth = plant(rng, 3, 2)
    quantities = None
    found_x, found_u, chi2, freedom = [], [], [], 0
    for _ in range(160):
        network = measured(rng, streams, truth, ("Cu", "Ag"))
        found = reconcile(network, confidence=0.9999999)
        freedom = found.overall.freedom
        chi2.append(found.overall.chi2)
        found_x.append([item.value for item in found])
        found_u.append([item.value_u for item in found])
        quantities = [item.quantity for item in found]
    assert quantities is not None
    n = len(streams)
    true = np.array([[truth[0][at], truth[1][0][at], truth[1][1][at]] for at in range(n)]).ravel()
    x, u = np.array(found_x), np.array(found_u)
    # Standard deviations of 160 repeats are known to 6 %.
    ratio = x.std(axis=0) / np.sqrt((u**2).mean(axis=0))
    assert np.all(np.abs(ratio - 1) < 0.25)
    assert abs(ratio.mean() - 1) < 0.04
    assert np.all(np.abs(x.mean(axis=0) - true) < 5 * x.std(axis=0) / np.sqrt(160))
    # Chi-square under no gross error: mean, and the share beyond the 95 % limit.
    assert np.mean(chi2) == pytest.approx(freedom, abs=4 * np.sqrt(2 * freedom / 160))
    limit = scipy.stats.chi2.ppf(0.95, freedom)
    assert 0.01 < np.mean(np.array(chi2) > limit) < 0.11


def three(a: float, b: float, c: float) -> Network:
    """Feed, product and tailings with copper, whose masses are given."""
    return Network(
        (
            Stream("feed", None, "mill", Measurement(a, 1.0), {"Cu": Measurement(2.0, 0.02)}),
            Stream("product", "mill", None, Measurement(b, 0.1), {"Cu": Measurement(20.0, 0.2)}),
            Stream("tailings", "mill", None, Measurement(c, 1.0), {"Cu": Measurement(0.5, 0.02)}),
        ),
        ("Cu",),
    )


def test_one_gross_error_is_named_and_nothing_is_adjusted() -> None:
    found = reconcile(three(100.0, 9.7, 92.3))
    assert found.status is Status.GROSS_ERROR
    assert all(item.value is None for item in found)
    first = found.suspects[0]
    assert first.quantity == Quantity("product", "dry_t")
    assert first.value == pytest.approx(7.7, abs=0.1)
    assert first.is_enough
    assert [finding.code for finding in found.findings] == ["ORL-0529"]
    without = reconcile(three(100.0, 9.7, 92.3), exclude=[Quantity("product", "dry_t")])
    assert without.status is Status.RECONCILED
    assert without.of("product", "dry_t").value == pytest.approx(first.value)
    assert without.of("product", "dry_t").is_excluded
    assert reconcile(three(100.0, 7.7, 92.3)).status is Status.RECONCILED


def test_an_error_in_common_cancels_between_its_streams() -> None:
    streams = (
        Stream("in", None, "pile", Measurement(100.0, 2.0)),
        Stream("out", "pile", None, Measurement(106.0, 2.0)),
    )
    both = {Quantity("in", "dry_t"): 1.9, Quantity("out", "dry_t"): 1.9}
    alone = reconcile(Network(streams))
    shared = reconcile(Network(streams, shared=(SharedError("moisture", both),)))
    assert alone.overall.chi2 == pytest.approx(36 / 8)
    assert shared.overall.chi2 == pytest.approx(36 / (8 - 2 * 1.9**2))
    assert shared.status is Status.GROSS_ERROR


def test_a_mass_that_would_be_negative_is_held_at_zero() -> None:
    streams = (
        Stream("in", None, "mill", Measurement(100.0, 0.1)),
        Stream("out", "mill", None, Measurement(100.1, 0.1)),
        Stream("bleed", "mill", None, Measurement(0.02, 0.5)),
    )
    found = reconcile(Network(streams))
    assert found.of("bleed", "dry_t").value == 0
    assert found.of("bleed", "dry_t").at_zero
    assert found.of("in", "dry_t").value == pytest.approx(100.05)
    assert [finding.code for finding in found.findings] == ["ORL-0531"]


def test_the_sum_of_rare_earths_checks_its_parts() -> None:
    parts = {"La2O3": 20.0, "CeO2": 30.0, "Nd2O3": 10.0}
    grades = {name: Measurement(value, 0.1) for name, value in parts.items()}

    def of(total: float) -> Network:
        masses = (Measurement(10.0, 0.1), Measurement(10.0, 0.1))
        streams = (
            Stream("in", None, "wash", masses[0], {**grades, "TREO": Measurement(total, 0.2)}),
            Stream("out", "wash", None, masses[1], {**grades, "TREO": Measurement(60.0, 0.2)}),
        )
        return Network(streams, (*parts, "TREO"), {"TREO": tuple(parts)})

    good = reconcile(of(60.3))
    assert good.status is Status.RECONCILED
    assert good.overall.freedom == 1 + 3 + 2
    sums = [good.of("in", name).value or 0.0 for name in parts]
    assert good.of("in", "TREO").value == pytest.approx(sum(sums), rel=1e-12)
    bad = reconcile(of(63.0))
    assert bad.status is Status.GROSS_ERROR
    assert bad.suspects[0].quantity == Quantity("in", "TREO")


def test_wrong_calls_are_refused() -> None:
    network = three(100.0, 7.7, 92.3)
    for call in (
        {"confidence": 1.0},
        {"confidence": 0.1},
        {"exclude": [Quantity("feed", "Au")]},
        {"exclude": [Quantity("food", "dry_t")]},
    ):
        with pytest.raises(InputError):
            reconcile(network, **call)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="ORL-0525"):
        reconcile(Network(network.streams[:1]))
