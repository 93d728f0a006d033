"""Measure reconciliation, beside a general optimiser, and write the section of docs/benchmarks.md.

``--quick`` runs the smallest sizes and prints without writing. CPU seconds of the process; medians
of three runs, of one where a run takes more than five seconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import scipy.optimize
import scipy.sparse as sp

from _page import machine, text_table, write_section
from oreline.balance import Measurement, Network, Quantity, Reconciliation, Stream, reconcile
from oreline.balance._gross_errors import values_of
from oreline.balance._layout import equations, layout_of

SIZES = ((100, 1), (100, 15), (300, 15), (1000, 1), (1000, 15))
PEER_SIZES = ((10, 1), (20, 2), (40, 3), (60, 4))
REPETITIONS_BELOW_S = 5.0
PEER_LIMIT_S = 120.0
PENALTY_UNKNOWNS = 30
"""Up to how many unknowns the penalty is minimised: with 60 a try was stopped before it ended."""


def network(n_streams: int, n_analytes: int, shape: str, share: float, seed: int = 1) -> Network:
    """Make a measured network of sums of ways from outside to outside.

    In a ``plant`` streams go at most five nodes on, with some recycles; ``tangled`` streams go
    anywhere, which no plant does: it is the worst case for a sparse solver.
    """
    rng = np.random.default_rng(seed)
    nodes = max(2, int(n_streams * 0.4))
    ends = [(node - 1, node) for node in range(nodes)] + [(nodes - 1, -1)]
    while len(ends) < n_streams:
        start = int(rng.integers(-1, nodes))
        if shape == "tangled":
            stop = int(rng.integers(-1, nodes))
        else:
            near = start + int(rng.choice([-2, -1, 1, 2, 3, 4, 5]))
            stop = near if start >= 0 and 0 <= near < nodes else int(rng.integers(0, nodes))
            if rng.random() < 0.2:
                stop = -1
        if start != stop:
            ends.append((start, stop))
    mass, metal = flows(rng, ends, nodes, n_analytes)
    analytes = tuple(f"A{number}" for number in range(n_analytes))
    streams = []
    for at, (start, stop) in enumerate(ends):
        grades = {
            name: measured(rng, 100 * metal[row, at] / mass[at])
            for row, name in enumerate(analytes)
            if rng.random() < share
        }
        dry = measured(rng, mass[at])
        named = [None if end < 0 else f"n{end}" for end in (start, stop)]
        streams.append(Stream(f"s{at}", named[0], named[1], dry, grades))
    return Network(tuple(streams), analytes)


def flows(
    rng: np.random.Generator, ends: list[tuple[int, int]], nodes: int, n_analytes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return masses and metals that conserve: every stream lies on a way from outside to outside.

    Ways follow the line of nodes before and after the stream, so that they end.
    """
    n = len(ends)
    mass, metal = np.zeros(n), np.zeros((n_analytes, n))
    for at, (start, stop) in enumerate(ends):
        before = list(range(start + 1)) if start >= 0 else []
        after = list(range(stop + 1, nodes + 1)) if stop >= 0 else []
        way = [*before, at, *after] if at > nodes else list(range(nodes + 1))
        size, grades = rng.uniform(5, 50), rng.uniform(0.5, 6.0, n_analytes)
        np.add.at(mass, way, size)
        for row in range(n_analytes):
            np.add.at(metal[row], way, size * grades[row] / 100)
    return mass, metal


def measured(rng: np.random.Generator, value: float) -> Measurement:
    """Measure a value with noise of its uncertainty."""
    u = 0.01 * value
    return Measurement(float(value + u * rng.standard_normal()), float(u))


def seconds(run: Callable[[], object]) -> float:
    """Return the CPU time of one call, the median of three if they are short."""
    times = []
    for _ in range(3):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
        if times[0] > REPETITIONS_BELOW_S:
            break
    return statistics.median(times)


def by_optimiser(given: Network) -> tuple[np.ndarray, bool]:
    """Solve the same problem with SLSQP of scipy, with exact derivatives; all is measured."""
    layout = layout_of(given)
    values = values_of(given, layout)
    y, u = values.y, np.sqrt(values.own)

    def balances(z: np.ndarray) -> np.ndarray:
        return equations(layout, y + u * z).value

    def slopes(z: np.ndarray) -> np.ndarray:
        slope = equations(layout, y + u * z).slope @ sp.diags_array(u)
        return np.asarray(slope.todense())

    found = scipy.optimize.minimize(
        lambda z: float(z @ z) / 2,
        np.zeros(y.size),
        jac=lambda z: z,
        method="SLSQP",
        constraints={"type": "eq", "fun": balances, "jac": slopes},
        options={"maxiter": 100, "ftol": 1e-10},
    )
    return y + u * found.x, bool(found.success)


def by_penalty(given: Network) -> np.ndarray:
    """Minimise the cost of mass-composition 0.6.8 (``MCBalance``) with its optimiser and limits.

    Squared relative differences to what was measured, plus the squared imbalances of nodes in t.
    Its own data frames are left out, which favours it. All weights are one, as its default for
    streams that are not inputs.
    """
    layout = layout_of(given)
    y = values_of(given, layout).y

    def cost(x: np.ndarray) -> float:
        rest = equations(layout, x).value
        return float((((y - x) / x) ** 2).sum() + rest @ rest)

    options = {"xtol": 1e-5, "maxfev": 100_000}
    found = scipy.optimize.minimize(cost, y, method="powell", options=options)
    return np.asarray(found.x)


def own_rows(quick: bool) -> list[list[str]]:
    """Measure our own times."""
    rows = []
    for n_streams, n_analytes in SIZES[:2] if quick else SIZES:
        for shape, share in (("plant", 1.0), ("plant", 0.7), ("tangled", 1.0)):
            given = network(n_streams, n_analytes, shape, share)
            found: list[Reconciliation] = []

            def run(given: Network = given, found: list[Reconciliation] = found) -> None:
                found.append(reconcile(given, confidence=0.999999))

            taken = seconds(run)
            last = found[-1]
            rows.append(
                [
                    f"{n_streams:,}",
                    str(n_analytes),
                    shape,
                    f"{share:.0%}",
                    f"{taken:.3g} s",
                    str(last.status),
                    f"{last.overall.freedom:,}",
                    str(last.rounds),
                    f"{last.imbalance:.1e}",
                ]
            )
            print(rows[-1])
    return rows


def peer_rows(quick: bool) -> list[list[str]]:
    """Measure the general optimiser beside ours on the same small networks."""
    rows, spent = [], 0.0
    for n_streams, n_analytes in PEER_SIZES[:2] if quick else PEER_SIZES:
        given = network(n_streams, n_analytes, "plant", 1.0)
        ours = seconds(lambda given=given: reconcile(given, confidence=0.999999))
        if spent > PEER_LIMIT_S:
            rows.append(
                [f"{n_streams}", str(n_analytes), f"{ours:.3g} s", "not run", "", "", "", ""]
            )
            continue
        start = time.process_time()
        x, is_found = by_optimiser(given)
        spent = time.process_time() - start
        found = reconcile(given, confidence=0.999999)
        apart = difference(given, found, x)
        layout = layout_of(given)
        rest = float(np.abs(equations(layout, x).value).max())
        penalty = ["not run", ""]
        if layout.size <= PENALTY_UNKNOWNS:
            start = time.process_time()
            penalised = by_penalty(given)
            left = float(np.abs(equations(layout, penalised).value).max())
            penalty = [f"{time.process_time() - start:.3g} s", f"{left:.1e} t"]
        rows.append(
            [
                f"{n_streams}",
                str(n_analytes),
                f"{ours:.3g} s",
                f"{spent:.3g} s" if is_found else f"{spent:.3g} s, not converged",
                f"{apart:.1e}",
                f"{rest:.1e} t",
                *penalty,
            ]
        )
        print(rows[-1])
    return rows


def difference(given: Network, found: Reconciliation, x: np.ndarray) -> float:
    """Return the largest difference of two answers, in uncertainties of the measurement."""
    layout = layout_of(given)
    worst = 0.0
    for item in found:
        number = layout.number(Quantity(*item.quantity))
        if item.value is not None and item.u:
            worst = max(worst, abs(item.value - x[number]) / item.u)
    return worst


def section(quick: bool) -> str:
    """Measure, and return the section of the page."""
    reconcile(network(10, 1, "plant", 1.0))  # Loads the compiled code.
    own = text_table(
        ("streams", "analytes", "shape", "grades", "time", "status", "degrees of freedom",
         "rounds", "largest relative imbalance"),
        own_rows(quick),
    )  # fmt: skip
    peer = text_table(
        ("streams", "analytes", "oreline", "SLSQP", "largest difference, u", "its imbalance",
         "penalty, Powell", "its imbalance"),
        peer_rows(quick),
    )  # fmt: skip
    return (
        "Least squares of masses and grades under exact conservation, with all standard "
        "uncertainties, classes and tests. CPU seconds of the process. *Plant*: streams go at "
        "most five nodes on, some come back; *tangled*: they go anywhere. *Grades*: which share of "
        "them is measured; all masses are. Compiled code was loaded before.\n\n"
        f"{own}\n\n"
        "The nearest peer that installs and solves the same problem is a general optimiser, SLSQP "
        "of scipy, with exact derivatives. It gives values only: no uncertainties, classes or "
        "tests. It is dense, so that its time grows with the cube of the size.\n\n"
        f"{peer}\n\n{NOT_COMPARABLE}\n\n{machine(('numpy', 'scipy', 'numba'))}"
    )


NOT_COMPARABLE = (
    "*Penalty, Powell* is what `mass-composition` 0.6.8 does, its cost and its optimiser on plain "
    "arrays: installed from PyPI on Python 3.11 the package itself did not start, because it needs "
    "scikit-learn and does not say so. It is another problem: imbalances are made smaller, not "
    "zero (the last column), weights are relative, and there are no covariances, unmeasured "
    "quantities, uncertainties or tests, so that its time says how long its answer takes and not "
    "how long ours would. Closed programs (BILCO, AVEVA Production Accounting) were not at hand."
)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    made = section(options.quick)
    print(made)
    if not options.quick:
        write_section("reconcile", "Reconciliation", made)


if __name__ == "__main__":
    main()
