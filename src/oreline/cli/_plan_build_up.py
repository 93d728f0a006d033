"""``oreline plan check``, ``solve``: a plan's numbers, and the best plan with its certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._plan_source import Place, Scenario
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.plan import InfeasibleError

Goals = Annotated[
    list[str] | None,
    typer.Option(
        "--goal",
        metavar="GOAL",
        help="npv, cost, metal delivered: deliver:Nd+Pr@US, or mix:npv,0.002*deliver:Sb@US. Given "
        "again: the next, while the one before is held. Default: npv.",
    ),
]
Gap = Annotated[
    str, typer.Option("--gap", metavar="PCT", help="How near to its bound a plan has to be.")
]
Seconds = Annotated[
    float, typer.Option("--seconds", help="When the search ends with the best plan so far.")
]
Algorithm = Annotated[
    str, typer.Option("--algorithm", metavar="NAME", help="simplex or ipx, of linear programmes.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of the solver's random choices.")]


@question(Needs.NOTHING, export=True)
def check(_reader: Reader, place: Place, scenario: Scenario = "") -> Answer:
    """Read a plan and list all that is wrong, and every number it rests on with its source.

    Nothing is solved. The exit status is 1 if any finding is fatal. With --export: the numbers.

    Example: oreline plan check examples/pakistan-us
    """
    from oreline.cli._plan_source import plan_at
    from oreline.plan import numbers_frame

    text = plan_at(place)
    problem, findings = text.problem(text.scenario(scenario) if scenario else ())

    def frame() -> Any:
        return numbers_frame(problem)

    def show(console: Console) -> None:
        from oreline.cli._plan_tables import print_check

        print_check(console, problem, findings)

    result = {
        "place": str(place),
        "name": None if problem is None else problem.name,
        "numbers": frame().to_dicts(),
        "findings": [finding.to_json() for finding in findings],
    }
    stop = "the plan has fatal findings" if problem is None else ""
    return Answer(result, show, frame, stop, findings)


@question(Needs.NOTHING, export=True)
def solve(
    _reader: Reader,
    place: Place,
    goal: Goals = None,
    scenario: Scenario = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
    algorithm: Algorithm = "simplex",
    window: Annotated[
        int,
        typer.Option(
            "--window",
            metavar="YEARS",
            help="Decide builds for so many years at a time; 0: at once.",
        ),
    ] = 0,
    seed: Seed = 0,
) -> Answer:
    """Find the best plan: what to build and when, what flows, what it earns, how good it is.

    Bound, gap, algorithm, versions, seed and the hash of the input stand beside it. A long search
    shows its bound and gap; Ctrl-C ends it with the best plan so far. Where no plan meets all
    limits, the cheapest that would have to give way are named, and the exit status is 1.
    With --export: yearly amounts; to .xlsx all tables.

    Example: oreline plan solve examples/pakistan-us --goal npv
    """
    from oreline.cli._plan_source import problem_of
    from oreline.cli._search_bar import search_bar
    from oreline.plan import InfeasibleError, SolverSettings, make_plan, parse_goal, parse_rate

    _, problem, findings = problem_of(place, scenario)
    # A share, written as rates are.
    part = float(parse_rate(gap))
    settings = SolverSettings(part, seconds, algorithm, seed)
    goals = [parse_goal(one) for one in goal or ["npv"]]
    try:
        with search_bar(goals[0].unit(problem.currency)) as watch:
            plan = make_plan(
                problem,
                goals,
                settings,
                scenario=scenario,
                findings=findings,
                window=window,
                watch=watch,
            )
    except InfeasibleError as error:
        return no_plan(error)

    def show(console: Console) -> None:
        from oreline.cli._plan_tables import print_plan

        print_plan(console, plan)

    return Answer(plan.to_json(), show, plan.to_frame, findings=findings, sheets=plan.frames)


def no_plan(error: InfeasibleError) -> Answer:
    """Return the answer where no plan meets all limits: exit status 1, and why."""
    words = str(error.args[0])

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        console.print(f"{words[0].upper()}{words[1:]}.", markup=False)
        print_findings(console, error.findings)

    result = {"findings": [finding.to_json() for finding in error.findings]}
    return Answer(result, show, problem=words, findings=error.findings)


@question(Needs.NOTHING)
def export(
    _reader: Reader,
    place: Place,
    target: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A new file, .lp or .mps; of PyPSA, a new folder."),
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="FORM", help="model (LP or MPS, by suffix) or pypsa.")
    ] = "model",
    scenario: Scenario = "",
) -> Answer:
    """Write the model of net present value for other solvers, with readable names.

    As LP or MPS any plan; as a network of PyPSA one that it can express: what cannot is named, and
    nothing written. Nothing is solved. What stands already costs is no part of it.

    Example: oreline plan export examples/pakistan-us plan.mps
    """
    from oreline.cli._plan_source import problem_of
    from oreline.model import InputError
    from oreline.plan import write_model, write_network

    writers = {"model": write_model, "pypsa": write_network}
    if to not in writers:
        raise InputError(f"{to!r} is no form of a model here: {' or '.join(writers)}")
    _, problem, findings = problem_of(place, scenario)
    writers[to](problem, target)

    def show(console: Console) -> None:
        console.print(f"{problem.name}: the model of net present value.", markup=False)

    result = {"file": str(target), "form": to, "input_sha256": problem.digest}
    return Answer(result, show, findings=findings, exported=target)


@question(Needs.NOTHING)
def report(
    _reader: Reader,
    place: Place,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new PDF.")],
    goal: Goals = None,
    scenario: Scenario = "",
    seconds: Seconds = 60.0,
) -> Answer:
    """Find the best plan and write it on paper: what to build, cash, conventions, proof, numbers.

    The same plan always gives the same PDF. Where no plan meets all limits nothing is written.

    Example: oreline plan report examples/pakistan-us plan.pdf
    """
    from oreline.cli._output import export_bytes
    from oreline.cli._plan_source import problem_of
    from oreline.cli._search_bar import search_bar
    from oreline.model import InputError
    from oreline.plan import InfeasibleError, SolverSettings, make_plan, parse_goal, plan_pdf

    if target.suffix.lower() != ".pdf":
        raise InputError(f"{target}: a report is written as .pdf")
    if target.exists():
        raise InputError(f"{target} exists; remove it or write to another file")
    text, problem, findings = problem_of(place, scenario)
    goals = [parse_goal(one) for one in goal or ["npv"]]
    try:
        with search_bar(goals[0].unit(problem.currency)) as watch:
            plan = make_plan(
                problem,
                goals,
                SolverSettings(seconds=seconds),
                scenario=scenario,
                findings=findings,
                watch=watch,
            )
    except InfeasibleError as error:
        return no_plan(error)
    known = () if text.tables is None else text.tables.scenarios
    told = next((one.name or one.id for one in known if one.id == scenario), "")
    export_bytes(plan_pdf(plan, told_of=told), target)

    def show(console: Console) -> None:
        console.print(f"{problem.name}: {plan.certificate.status}.", markup=False)

    result = {"file": str(target), "input_sha256": problem.digest}
    return Answer(result, show, findings=findings, exported=target)


COMMANDS = (("check", check), ("solve", solve), ("report", report), ("export", export))
"""What ``oreline plan`` is extended by, by name."""
