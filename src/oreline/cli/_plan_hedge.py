"""``oreline plan hedge``: what to build before it is known which state of the world comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._plan_build_up import Gap, Seconds, Seed, no_plan
from oreline.cli._plan_source import Place
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._workers import Cluster, Workers, shared_among

if TYPE_CHECKING:
    from oreline.plan import Hedge


@question(Needs.NOTHING, export=True)
def hedge(
    _reader: Reader,
    place: Place,
    probability: Annotated[
        list[str] | None,
        typer.Option(
            "--probability",
            metavar="SCENARIO=PCT",
            help="How probable a scenario is, instead of what the file says; given again. What is "
            "left of 100 % is that of the file as it stands.",
        ),
    ] = None,
    risk: Annotated[
        str,
        typer.Option(
            "--risk", metavar="PCT", help="How much the worst states count beside the mean."
        ),
    ] = "0%",
    worst: Annotated[
        str,
        typer.Option("--worst", metavar="PCT", help="How much of the probability is the worst."),
    ] = "20%",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
    seed: Seed = 0,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Plan for several states of the world: what is built is one, what runs follows the state.

    The states are the scenarios of the file that have a probability. The goal is the expected net
    present value, or with --risk a mix of it and the mean of the worst states (CVaR). Beside it
    stand what the plan gains over one for mean numbers, and what it is worth to know the state.
    With --export: one row a state; to .xlsx all tables.

    Example: oreline plan hedge examples/pakistan-us --probability contested-antimony=30%
    --probability low-prices=20%
    """
    from oreline.cli._plan_source import plan_at
    from oreline.cli._search_bar import search_bar
    from oreline.plan import InfeasibleError, Risk, SolverSettings, hedge_plan, parse_rate

    text = plan_at(place)
    given = None if probability is None else dict(_probability(one) for one in probability)
    settings = SolverSettings(float(parse_rate(gap)), seconds, seed=seed)
    weighed = Risk(float(parse_rate(risk)), 1.0 - float(parse_rate(worst)))
    try:
        with shared_among(workers, cluster) as each, search_bar("m") as watch:
            found = hedge_plan(
                text,
                probabilities=given,
                risk=weighed,
                settings=settings,
                watch=watch,
                each=each,
            )
    except InfeasibleError as error:
        return no_plan(error)

    def show(console: Console) -> None:
        _show(console, found)

    return Answer(found.to_json(), show, found.to_frame, sheets=found.frames)


def _probability(text: str) -> tuple[str, float]:
    from oreline.model import InputError
    from oreline.plan import parse_rate

    name, equals, part = text.rpartition("=")
    if not equals:
        raise InputError(f"--probability {text}: write the scenario and its part, as in low=20%")
    return name, float(parse_rate(part))


def _show(console: Console, found: Hedge) -> None:
    from oreline.cli._plan_tables import print_certificate
    from oreline.cli._render import print_note, print_pairs, print_table, print_title

    problem = found.results[0].plan.problem
    money = f"{problem.currency} m"
    print_title(console, f"{problem.name} - {len(found.results)} states of the world")
    weight, worst = found.risk.weight, 1 - found.risk.alpha
    gain = found.gain_over_means
    pairs: list[tuple[str, object]] = [
        ("expected value", f"{found.expected:,.2f} {money}"),
        (f"worst {worst:.0%}, mean", f"{found.at_risk:,.2f} {money}"),
        (
            "made for",
            "the expected value"
            if not weight
            else f"{1 - weight:.0%} of the one and {weight:.0%} of the other: {found.goal:,.2f}",
        ),
        (
            "gain over a plan for means",
            f"UNKNOWN: {found.means}" if gain is None else f"{gain:,.2f} {money}",
        ),
        ("worth of knowing the state", f"{found.worth_of_knowing:,.2f} {money}"),
    ]
    print_pairs(console, pairs)
    print_certificate(console, found.certificate)
    columns = ("state", "probability", "value", "if known", "regret", "by means")
    print_table(
        console,
        columns,
        [
            (
                one.state.id,
                f"{one.state.probability:.1%}",
                f"{one.value:,.1f}",
                f"{one.value_knowing:,.1f}",
                f"{one.regret:,.1f}",
                "cannot" if one.by_means is None else f"{one.by_means:,.1f}",
            )
            for one in found.results
        ],
        right=columns[1:],
    )
    print_table(
        console,
        ("unit", "size", "begun", "if known, built in"),
        [
            (
                row["unit"],
                row["size"] or "not built",
                row["begun"] or "",
                f"{row['known_in']:.0%}{', robust' if row['is_robust'] else ''}",
            )
            for row in found.builds_frame().iter_rows(named=True)
        ],
        right=("begun",),
        empty="nothing is built: nothing that could be pays",
    )
    print_note(
        console,
        f"values in {money}: net present value less penalties; probabilities are the user's. "
        "Robust: built in states of 80 % or more, were the state known",
    )
