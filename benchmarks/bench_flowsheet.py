"""Measure flowsheets beside other ways to solve them, and write the section of docs/benchmarks.md.

``--quick`` runs small sizes and prints without writing. CPU seconds of the process; medians of
seven runs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl
from numpy.typing import NDArray

from _page import machine, text_table, write_section
from oreline.design import (
    LAWS,
    Component,
    ComponentKind,
    FeedStream,
    Figure,
    Flows,
    Flowsheet,
    Parameter,
    Product,
    ProductKind,
    StreamPhase,
    Unit,
    Wanted,
    design_evaluator,
    draw,
    read_flowsheet,
    read_processes,
    solve_flows,
    uncertain_of,
)
from oreline.model import Basis

Floats = NDArray[np.float64]
RUNS = 7
SETTLED = 1e-10
PASSES_MAX = 200_000
EXAMPLES = Path(__file__).parents[1] / "examples"
MOUNTAIN_PASS = EXAMPLES / "mountain-pass"

INTRODUCTION = """\
How long a flowsheet takes. Written by `python benchmarks/bench_flowsheet.py`; run it on your own
machine.

{machine}

Flowsheets are made with one fixed seed: units in a row of which three in ten send one outlet up to
fifteen units back, every component with shares of its own. *oreline* is the whole call: numbers,
laws, flows, streams and the check that every component closes. The others are given the shares and
solve for flows only: a dense matrix and a sparse factorisation (SuperLU) for each component, and
passing material on round by round until nothing changes by more than 10⁻¹⁰, as sequential
simulators do. *Off* is the largest difference from flows that were refined in extended precision,
as a part of the flow. CPU seconds count all threads: a dense solve of 200 units starts BLAS threads
that wait for a busy machine, so its figure there says little.

"""


def stated(value: float, unit: str = "1") -> Parameter:
    """Return a number of the benchmark."""
    return Parameter(value, unit, Basis.ASSUMED, "benchmark")


def flowsheet(units: int, components: int, onward_least: float = 0.5, seed: int = 1) -> Flowsheet:
    """Make a row of units of which three in ten recycle all but ``onward_least`` at most."""
    rng = np.random.default_rng(seed)
    groups = [f"g{number}" for number in range(components - 2)]
    every = [*groups, "rest", "water"]
    made = []
    for place in range(units):
        onward = f"u{place + 1}" if place + 1 < units else "product"
        back = place > 2 and rng.random() < 0.3
        aside = f"u{int(rng.integers(max(0, place - 15), place))}" if back else "waste"
        least = onward_least if back else 0.5
        shares = rng.uniform(least, max(0.97 if least >= 0.5 else 2 * least, least), len(every))
        made.append(
            Unit(
                f"u{place}",
                LAWS["split"],
                {"on": onward, "aside": aside},
                {f"to_on[{name}]": stated(s) for name, s in zip(every, shares, strict=True)},
                phases={"on": StreamPhase.SOLID, "aside": StreamPhase.SOLID},
            )
        )
    names = (
        *(Component(name, ComponentKind.GROUP) for name in groups),
        Component("rest", ComponentKind.REST),
        Component("water", ComponentKind.WATER),
    )
    grades = {name: stated(0.9 / len(groups)) for name in groups}
    feed = FeedStream("ore", "u0", stated(100.0, "t/h"), grades, stated(0.3))
    ends = (Product("product", ProductKind.PRODUCT), Product("waste", ProductKind.WASTE))
    return Flowsheet("benchmark", names, (feed,), tuple(made), ends)


def matrices(flows: Flows) -> tuple[Floats, Floats]:
    """Return T of shape (components, units, units) and the source (components, units)."""
    frame = flows.frame
    units, width = len(frame.units), len(frame.names)
    passing = np.zeros((width, units, units))
    for unit, answer in zip(frame.flowsheet.units, flows.answers, strict=True):
        for port, target in enumerate(unit.outlets.values()):
            if target in frame.units:
                passing[:, frame.units[target], frame.units[unit.id]] += answer.splits[0, port]
    source = np.zeros((width, units))
    source[:, 0] = flows.fresh[0, 0]
    return passing, source


def dense(passing: Floats, source: Floats) -> Floats:
    """Solve each component by a dense matrix, all in one call."""
    return np.asarray(
        np.linalg.solve(np.eye(passing.shape[1]) - passing, source[..., None])[..., 0]
    )


def sparse(passing: Floats, source: Floats) -> Floats:
    """Solve each component by a sparse factorisation."""
    unit = sp.identity(passing.shape[1], format="csc")
    return np.stack(
        [
            spl.splu(unit - sp.csc_array(one)).solve(given)
            for one, given in zip(passing, source, strict=True)
        ]
    )


def passed_on(passing: Floats, source: Floats) -> Floats:
    """Pass material on until nothing changes."""
    matrices_of = [sp.csr_array(one) for one in passing]
    flows = source.copy()
    for _ in range(PASSES_MAX):
        after = source + np.stack(
            [one @ flow for one, flow in zip(matrices_of, flows, strict=True)]
        )
        if np.abs(after - flows).max() <= SETTLED * np.abs(after).max():
            return after
        flows = after
    return np.full_like(source, np.nan)


def exact(passing: Floats, source: Floats) -> Floats:
    """Return flows refined in extended precision."""
    matrix = np.eye(passing.shape[1], dtype=np.longdouble) - passing.astype(np.longdouble)
    flows = dense(passing, source).astype(np.longdouble)
    for _ in range(4):
        left = source - np.einsum("cij,cj->ci", matrix, flows)
        flows = flows + np.linalg.solve(matrix.astype(float), left.astype(float)[..., None])[..., 0]
    return np.asarray(flows, dtype=float)


def timed(run: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median of CPU seconds."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def off(found: Floats, right: Floats) -> str:
    """Return the largest difference as a part of the flow."""
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.abs(found - right) / np.where(right > 0, right, np.nan)
    return "not settled" if np.isnan(found).any() else f"{np.nanmax(parts):.0e}"


def beside(sizes: tuple[tuple[int, int], ...], onward_least: float) -> list[list[str]]:
    """Time all ways for each size."""
    rows = []
    for units, components in sizes:
        sheet = flowsheet(units, components, onward_least)
        flows = solve_flows(sheet)
        passing, source = matrices(flows)
        right = exact(passing, source)
        ours = flows.treated[0].T
        row = [f"{units} x {components}", f"{1e3 * timed(lambda s=sheet: solve_flows(s)):.3g} ms"]
        row.append(off(ours, right))
        for way in (dense, sparse, passed_on):
            spent = timed(lambda w=way, p=passing, s=source: w(p, s), 3)
            row += [f"{1e3 * spent:.3g} ms", off(way(passing, source), right)]
        rows.append(row)
    return rows


def studies(sizes: tuple[tuple[int, int, int], ...]) -> list[list[str]]:
    """Time studies of uncertainty: every share of the first component is drawn."""
    rows = []
    for units, components, samples in sizes:
        sheet = flowsheet(units, components)
        names = [name for name in sheet.numbers() if name.endswith("to_on[g0]")]
        values = np.array([sheet.numbers()[name].value for name in names])
        rng = np.random.default_rng(1)
        drawn = rng.uniform(0.95, 1.0, (samples, len(names))) * values
        evaluate = design_evaluator(sheet, names, [Wanted("product", Figure.RECOVERY, "g0")])
        wall, spent = time.perf_counter(), time.process_time()
        answers = evaluate(drawn)
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
        assert np.isfinite(answers).all()
        told = [f"{wall:.2f} s", f"{spent:.2f} s"]
        rows.append([f"{units} x {components}", f"{samples:,}", str(len(names)), *told])
    return rows


def chains(samples: int) -> list[list[str]]:
    """Time studies of the example chains with cascades, smelters and recycles."""
    rows = []
    for name in ("pakistan-us", "ore-to-magnet"):
        folder = EXAMPLES / name
        table = folder / "assumptions.csv"
        text = (folder / "processes.toml").read_text("utf-8")
        sheet, _ = read_flowsheet(text, name, table.read_bytes() if table.is_file() else None)
        assert sheet is not None
        inputs = uncertain_of(sheet.numbers())
        wanted = [Wanted(product.id, Figure.DRY) for product in sheet.products]
        evaluate = design_evaluator(sheet, [one.name for one in inputs], wanted)
        evaluate(draw(inputs, 10, 2))  # compiled code is loaded
        wall, spent = time.perf_counter(), time.process_time()
        answers = evaluate(draw(inputs, samples, 1))
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
        failed = int(np.isnan(answers).any(axis=1).sum())
        size = f"{len(sheet.units)} x {len(sheet.component_names)}"
        rows.append(
            [name, size, f"{samples:,}", str(len(inputs)), f"{wall:.1f} s", f"{spent:.1f} s",
             str(failed)]
        )  # fmt: skip
    return rows


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    sizes = ((10, 10),) if quick else ((20, 30), (60, 30), (200, 30))
    counts = ((20, 10, 500),) if quick else ((20, 30, 10_000), (60, 30, 10_000), (200, 30, 10_000))
    columns = ["units x components", "oreline", "off", "dense", "off", "SuperLU", "off",
               "passing on", "off"]  # fmt: skip
    text = INTRODUCTION.format(machine=machine(("numpy", "scipy")))
    text += "### Beside other ways\n\n" + text_table(columns, beside(sizes, 0.5))
    text += "\n\nThe same with recycles that send all but one part in ten thousand back.\n\n"
    text += text_table(columns, beside(sizes[:1], 1e-4))
    text += "\n\n### Studies\n\nFor all samples; every share of one component is drawn. *CPU* is "
    text += "of all cores: on two idle ones a study takes half of it.\n\n"
    told = ["samples", "numbers drawn", "time", "CPU"]
    text += text_table(["units x components", *told], studies(counts))
    text += (
        "\n\nThe example chains, with every number that has a range: laws of the feed (cascades "
    )
    text += (
        "of solvent extraction, smelters, leaches) settle for each sample to 10⁻¹² of a share.\n\n"
    )
    header = ["chain", "units x components", *told, "failed"]
    text += text_table(header, chains(200 if quick else 10_000))
    sheet, _ = read_processes((MOUNTAIN_PASS / "processes.toml").read_text("utf-8"))
    assert sheet is not None
    case = f"{1e3 * timed(lambda: solve_flows(sheet), 50):.2g} ms"
    text += f"""

### Mountain Pass

The circuit of `examples/mountain-pass` takes {case}. The PrOMMiS project's flotation example of the
same circuit, run once with IPOPT on a machine like this one, took 1.6 to 2.5 s to build and
initialise each case and 0.02 to 0.03 s to solve it; it is not installed for this benchmark, so that
is quoted, not measured here."""
    if quick:
        print(text)
    else:
        write_section("flowsheet", "Flowsheets", text)


if __name__ == "__main__":
    main()
