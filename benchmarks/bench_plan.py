"""Measure plans beside raw HiGHS, Pyomo and PyPSA, and write the section of docs/benchmarks.md.

``--quick`` runs small sizes and prints without writing. Each contestant runs in a process of its
own on the same case: CPU seconds to build and hand over the model, peak memory, and the optimum.
``--one NAME --case SIZE`` is what such a process runs.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from _page import machine, text_table, write_section
from _plan_case import LARGE, SMALL, STRATEGIC, Size, plan_text

CASES = {
    "small": SMALL,
    "small, sizes": replace(SMALL, sizes=2, simple=False),
    "strategic": STRATEGIC,
    "large": LARGE,
    "large, simple": replace(LARGE, sizes=1, simple=True),
}
CONTESTANTS = ("oreline", "raw highspy", "Pyomo", "PyPSA")
GAP = 1e-6


def problem_of(size: Size) -> Any:
    """Return the problem of a case."""
    from oreline.plan import PlanText

    problem, findings = PlanText(plan_text(size).encode()).problem()
    assert problem is not None, findings
    return problem


def program(problem: Any) -> Any:
    """Return the case as arrays, by oreline."""
    from oreline.plan._highs import program_of
    from oreline.plan._model import build_model
    from oreline.plan._optimise import NPV, sought

    made = build_model(problem)
    sought(made, NPV)
    return program_of(made.model)


def run_oreline(problem: Any, solve: bool) -> tuple[float, float | None]:
    """Build by linopy and hand over to HiGHS; solve if wanted."""
    from oreline.plan._highs import load_program

    program(problem)  # what is loaded and compiled once
    began = time.process_time()
    highs = load_program(program(problem))
    built = time.process_time() - began
    return built, solved(highs) if solve else None


def saved(problem: Any, path: Path) -> None:
    """Write the arrays of a case, for those that shall not load oreline."""
    arrays = program(problem)
    rows = arrays.rows.tocsr()
    rows.eliminate_zeros()
    np.savez(
        path, cost=arrays.cost, lower=arrays.lower, upper=arrays.upper, whole=arrays.whole,
        row_lower=arrays.row_lower, row_upper=arrays.row_upper, start=rows.indptr,
        index=rows.indices, value=rows.data,
    )  # fmt: skip


def run_raw(path: Path, solve: bool) -> tuple[float, float | None]:
    """Hand finished arrays over: what no layer can be faster than."""
    import highspy

    case = dict(np.load(path))
    began = time.process_time()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = case["cost"].size, case["row_lower"].size
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = case["cost"], case["lower"], case["upper"]
    lp.row_lower_, lp.row_upper_ = case["row_lower"], case["row_upper"]
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(one)] for one in case["whole"].tolist()]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = case["start"], case["index"]
    lp.a_matrix_.value_ = case["value"]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    built = time.process_time() - began
    return built, solved(highs) if solve else None


def solved(highs: Any) -> float:
    """Return the optimum of what a solver holds."""
    highs.setOptionValue("mip_rel_gap", GAP)
    highs.setOptionValue("threads", 1)
    highs.run()
    return float(highs.getObjectiveValue())


def run_pyomo(path: Path, solve: bool) -> tuple[float, float | None]:
    """Write the same rows in Pyomo and hand them over through its own interface to HiGHS."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers import Highs

    case = dict(np.load(path))
    began = time.process_time()
    model = pyo.ConcreteModel()
    upper = [None if np.isinf(one) else float(one) for one in case["upper"]]
    lower = [None if np.isinf(one) else float(one) for one in case["lower"]]
    model.x = pyo.Var(
        range(case["cost"].size),
        bounds=lambda _, at: (lower[at], upper[at]),
        domain=lambda _, at: pyo.Integers if case["whole"][at] else pyo.Reals,
    )
    model.limits = pyo.ConstraintList()
    for row in range(case["row_lower"].size):
        part = slice(int(case["start"][row]), int(case["start"][row + 1]))
        left = sum(
            float(rate) * model.x[int(column)]
            for column, rate in zip(case["index"][part], case["value"][part], strict=True)
        )
        ends = [
            None if np.isinf(end) else float(end)
            for end in (case["row_lower"][row], case["row_upper"][row])
        ]
        if part.start < part.stop:
            model.limits.add((ends[0], left, ends[1]))
    model.goal = pyo.Objective(
        expr=sum(float(case["cost"][at]) * model.x[int(at)] for at in np.nonzero(case["cost"])[0]),
        sense=pyo.maximize,
    )
    solver = Highs()
    solver.set_instance(model)
    built = time.process_time() - began
    if not solve:
        return built, None
    solver.config.mip_gap = GAP
    return built, float(solver.solve(model).best_feasible_objective)


def run_pypsa(path: Path, solve: bool) -> tuple[float, float | None]:
    """Build PyPSA's own model of the exported network."""
    import pypsa

    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = pypsa.Network(str(path))
        began = time.process_time()
        model = network.optimize.create_model()
        built = time.process_time() - began
        if not solve:
            return built, None
        model.solve("highs", mip_rel_gap=GAP, output_flag=False)
    return built, -float(model.objective.value)


def run_one(name: str, case: str, place: Path, solve: bool) -> None:
    """Run one contestant and print what it took as JSON."""
    if name == "oreline":
        built, value = run_oreline(problem_of(CASES[case]), solve)
    else:
        run = {"raw highspy": run_raw, "Pyomo": run_pyomo, "PyPSA": run_pypsa}[name]
        built, value = run(place, solve)
    print(json.dumps({"built_s": built, "value": value, "peak_mib": peak_mib()}))


def peak_mib() -> float:
    """Return the peak memory of this program; getrusage would count that of its parent too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("this system does not tell the peak memory of a process")


def measured(name: str, case: str, place: Path, *, solve: bool) -> dict[str, Any]:
    """Return what a contestant took in a process of its own."""
    words = [sys.executable, __file__, "--one", name, "--case", case, "--place", str(place)]
    words += ["--solve"] if solve else []
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def beside_rows(cases: list[tuple[str, bool]]) -> list[list[str]]:
    """Measure all contestants on the same cases; where solved, their optima have to agree."""
    from oreline.plan import write_network

    rows = []
    for case, solve in cases:
        problem, values = problem_of(CASES[case]), []
        with tempfile.TemporaryDirectory() as folder:
            arrays, network = Path(folder) / "case.npz", Path(folder) / "network"
            saved(problem, arrays)
            if CASES[case].simple:
                write_network(problem, network)
            for name in CONTESTANTS if CASES[case].simple else CONTESTANTS[:-1]:
                found = measured(name, case, network if name == "PyPSA" else arrays, solve=solve)
                value = "" if found["value"] is None else f"{found['value']:.6f}"
                values.append(found["value"])
                peak = f"{found['peak_mib']:,.0f} MiB"
                rows.append([case, name, f"{found['built_s']:.2f} s", peak, value])
                print(rows[-1])
        if solve:
            assert np.allclose(values, values[0], rtol=1e-6), values
    return rows


@dataclass(frozen=True, slots=True)
class Spent:
    """What-ifs that were run, and the CPU seconds of their solves and of all of it."""

    found: list[Any]
    solve_s: float
    whole_s: float


def what_ifs(text: Any, states: Any, held: Any, settings: Any, start: Any) -> Spent:
    """Run held builds in other states, from where a solve ended or from nothing."""
    from oreline.plan._quarters import held_running, in_quarters
    from oreline.plan._ranges import usable

    began, found = time.process_time(), []
    for place, changes in enumerate(states):
        problem = in_quarters(usable(text, changes))
        found.append(held_running(problem, held, str(place), settings, start)[0])
    return Spent(found, sum(one.seconds for one in found), time.process_time() - began)


def solve_rows(case: str) -> list[list[str]]:
    """Measure the annual plan to 1 %, then six what-ifs in quarters, cold and warm."""
    from oreline.plan import Change, PlanText, SolverSettings, make_plan
    from oreline.plan._optimise import fixed_builds
    from oreline.plan._quarters import held_running, in_quarters
    from oreline.plan._ranges import usable

    text = PlanText(plan_text(CASES[case]).encode())
    problem = usable(text, ())
    settings = SolverSettings(gap=0.01, seconds=600)
    began = time.process_time()
    plan = make_plan(problem, settings=settings)
    taken = time.process_time() - began
    proven = plan.certificate
    rows = [
        [
            f"{case}: {proven.rows:,} x {proven.columns:,}, {proven.integers} whole, to 1 %",
            f"{taken:.1f} s",
            f"{proven.status}, gap {proven.gap:.2%}",
        ]
    ]
    price = next(iter(problem.prices))
    market, route = problem.markets[0].id, problem.ways[0].id
    states = [
        (Change(f"prices.{price}", multiply=0.8),),
        (Change(f"prices.{price}", multiply=1.2),),
        (Change(f"markets.{market}.most", multiply=0.5),),
        (Change(f"markets.{market}.most", multiply=1.5),),
        (Change(f"routes.{route}.capacity", multiply=0),),
        (Change(f"routes.{problem.ways[1].id}.capacity", multiply=0),),
    ]
    held = {(option, 4 * at): part for (option, at), part in fixed_builds(plan, problem).items()}
    base, start = held_running(in_quarters(problem), held, "", settings)
    assert base.plan is not None, "what runs in years runs in quarters"
    assert start is not None
    rows.append([f"{case}: in quarters, builds held", f"{base.seconds:.2f} s", "the solve"])
    cold = what_ifs(text, states, held, settings, None)
    warm = what_ifs(text, states, held, settings, start)
    for one, other in zip(cold.found, warm.found, strict=True):
        # A state in which the builds cannot be kept has no plan, however it is solved.
        assert (one.plan is None) == (other.plan is None), (one.scenario, other.scenario)
        if one.plan is not None and other.plan is not None:
            assert abs(one.plan.npv - other.plan.npv) <= 1e-6 * max(1.0, abs(other.plan.npv))
    kept = sum(one.plan is not None for one in cold.found)
    assert kept == len(states), f"{len(states) - kept} what-ifs have no plan: change them"
    for name, start_from in (("solves", "solve_s"), ("from text to tables", "whole_s")):
        first, then = getattr(cold, start_from), getattr(warm, start_from)
        rows.append([f"{case}: six what-ifs from nothing, {name}", f"{first:.2f} s", ""])
        rows.append(
            [
                f"{case}: the same from where the plan's own state ended, {name}",
                f"{then:.2f} s", f"{then / first:.0%} of that",
            ]
        )  # fmt: skip
    for row in rows:
        print(row)
    return rows


def main() -> None:
    """Measure, and write the section unless quick."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--one", choices=CONTESTANTS)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--solve", action="store_true")
    given = parser.parse_args()
    if given.one:
        run_one(given.one, given.case, given.place, given.solve)
        return
    cases = [("small", True), ("small, sizes", True)]
    if not given.quick:
        cases += [("strategic", False), ("large, simple", False), ("large", False)]
    where = machine(("linopy", "highspy", "pyomo", "pypsa"))
    beside = beside_rows(cases)
    solves = solve_rows("small, sizes" if given.quick else "strategic")
    if given.quick:
        return
    content = f"""How long a plan takes. Written by `python benchmarks/bench_plan.py`; run it on
your own machine.

Measured on {where}

### Building a model

The same problem in one run, each layer in a process of its own: CPU seconds from the problem as
read to a solver that holds the model, peak memory of the process, and the optimum where it was
solved (gap 1e-6). *raw highspy* is given the finished arrays and only hands them over. Pyomo writes
the same rows one by one. PyPSA builds its own model of the exported network, for cases that fit
one. *large* is 200 sites, 30 materials, 40 periods and 600 routes.

{text_table(["case", "layer", "build", "memory", "optimum"], beside)}

### Solving

{text_table(["what", "time", ""], solves)}"""
    write_section("plan", "Plans", content)


if __name__ == "__main__":
    main()
