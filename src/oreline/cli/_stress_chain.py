"""``oreline stress chain``: a chain of one's own under closed sites and routes, bans and prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._plan_build_up import Gap, Goals, Seconds, no_plan
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_source import GIVEN, Folder, Scenarios, State

if TYPE_CHECKING:
    from oreline.stress import ChainOutcome, ChainStress, EventTable, Mixture

Listed = list[str] | None
Sites = Annotated[
    Listed, typer.Option("--close-site", metavar="ID", help="An outage; given again.")
]
Routes = Annotated[
    Listed, typer.Option("--close-route", metavar="ID", help="A closed route; given again.")
]
Ports = Annotated[
    Listed, typer.Option("--close-port", metavar="ID", help="A closed port; given again.")
]
Bans = Annotated[
    Listed, typer.Option("--ban", metavar="CC", help="A country bans exports: CN, or CN:Sb.")
]
Prices = Annotated[
    Listed,
    typer.Option("--price-shock", metavar="WHAT=FACTOR", help="Of a price or an element: Sb=0.5."),
]
Start = Annotated[
    str, typer.Option("--start", metavar="WHEN", help="2033-05; else the year of most sales.")
]
Months = Annotated[float, typer.Option("--months", help="How long each of them lasts.")]
Severity = Annotated[
    float, typer.Option("--severity", help="The part that is lost, of all but prices.")
]
Alpha = Annotated[
    float, typer.Option("--alpha", help="Worst cases: the last 1 - alpha of the probability.")
]
Actual = Annotated[
    bool,
    typer.Option("--actual", help="By what the ledger tells; so it is where there is no plan."),
]
LedgerPlace = Annotated[
    str | None,
    typer.Option("--ledger", metavar="PLACE", help="Which ledger, a planned one too."),
]
Draws = Annotated[
    int, typer.Option("--draws", help="Of combinations, where there are more than 10 events.")
]


@question(Needs.NOTHING, export=True)
def chain(
    _reader: Reader,
    place: Folder,
    scenario: Scenarios = None,
    close_site: Sites = None,
    close_route: Routes = None,
    close_port: Ports = None,
    ban: Bans = None,
    price_shock: Prices = None,
    start: Start = "",
    months: Months = 12.0,
    severity: Severity = 1.0,
    alpha: Alpha = 0.9,
    draws: Draws = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
    goal: Goals = None,
    state: State = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
    actual: Actual = False,
    ledger: LedgerPlace = None,
) -> Answer:
    """Tell what closed sites and routes, bans and prices do to a chain, and what hangs on what.

    A plan: what is built is held, and each event is answered twice: what runs is planned anew, and
    nothing is. Without plan.toml, or with --actual: by what the ledger of the folder tells, or its
    tables of events, in the months that they cover. Without an event: the single points of failure.
    With --export: by year or month; to .xlsx all tables.

    Example: oreline stress chain examples/pakistan-us --close-route illus-sea --months 6
    """
    from oreline.cli._progress import progress_bar
    from oreline.cli._stress_source import own_chain, scenario_events
    from oreline.plan import InfeasibleError
    from oreline.stress import given_events, stress_chain

    kinds = {"site": close_site, "route": close_route, "port": close_port, "ban": ban}
    tables = [
        _table(kind, one, start, months, severity)
        for kind, listed in kinds.items()
        for one in listed or ()
    ] + [_price(one, start, months) for one in price_shock or ()]
    is_actual = actual or ledger is not None
    if is_actual or (place.is_dir() and not (place / "plan.toml").is_file()):
        return _actual(place, ledger, scenario, tables)
    try:
        _, made = own_chain(place, goal, state, gap, seconds)
    except InfeasibleError as error:
        return no_plan(error)
    events, findings = scenario_events(made, place, scenario)
    events += given_events(tables, made.places, made.start_month())
    with progress_bar() as progress:
        found = stress_chain(made, events, alpha=alpha, draws=draws, seed=seed, progress=progress)
    said = (*findings, *found.findings)

    def show(console: Console) -> None:
        show_stress(console, found)

    return Answer(found.to_json(), show, found.to_frame, findings=said, sheets=found.frames)


def _actual(
    place: Path, ledger: str | None, scenario: list[str] | None, tables: Sequence[EventTable]
) -> Answer:
    """Return the answer of a chain by what its ledger tells."""
    from oreline.cli._progress import progress_bar
    from oreline.cli._stress_chain_actual import actual_chain, show_actual
    from oreline.cli._stress_source import scenario_events
    from oreline.model import InputError
    from oreline.stress import given_events, stress_actual

    if not place.is_dir():
        raise InputError(f"{place} is no folder; by a ledger a chain folder is stressed")
    with progress_bar() as progress, actual_chain(place, ledger, progress) as (made, findings):
        events, said = scenario_events(made, place, scenario)
        events += given_events(tables, made.places, made.start_month())
        found = stress_actual(made, events, progress)
        result = found.to_json()

    def show(console: Console) -> None:
        show_actual(console, found)

    said = (*findings, *said, *found.findings)
    return Answer(result, show, found.to_frame, findings=said, sheets=found.frames)


def _table(kind: str, text: str, start: str, months: float, severity: float) -> EventTable:
    """Return an event that an option asks for; a ban may say of what: CN:Sb+Nd."""
    from oreline.stress import EventTable

    of, _, elements = text.partition(":") if kind == "ban" else (text, "", "")
    return EventTable.model_validate(
        {
            "kind": kind, "of": of, "start": start, "months": months, "severity": severity,
            "elements": tuple(one for one in elements.split("+") if one),
            "basis": "assumed", "source": GIVEN,
        }
    )  # fmt: skip


def _price(text: str, start: str, months: float) -> EventTable:
    from oreline.model import InputError
    from oreline.stress import EventTable

    of, equals, factor = text.partition("=")
    try:
        value = float(factor)
    except ValueError:
        equals, value = "", 0.0
    if not (of and equals):
        raise InputError(f"--price-shock {text}: write what and a factor, as in Sb=0.5")
    return EventTable.model_validate(
        {
            "kind": "price", "of": of, "factor": value, "start": start, "months": months,
            "basis": "assumed", "source": GIVEN,
        }
    )  # fmt: skip


def show_stress(console: Console, found: ChainStress) -> None:
    """Print what events do, how they weigh together, and the single points of failure."""
    from oreline.cli._plan_tables import print_certificate
    from oreline.cli._render import print_findings, print_note, print_pairs, print_title

    problem = found.chain.annual.problem
    money = f"{problem.currency} m"
    print_title(console, f"{problem.name} - under stress")
    print_pairs(
        console,
        (
            ("planned in years", f"{found.chain.annual.npv:,.2f} {money}"),
            ("in quarters", f"{found.chain.base.npv:,.2f} {money}, builds held"),
            ("delivers none of", ", ".join(found.undelivered) or "-"),
        ),
    )
    print_certificate(console, found.chain.annual.certificate)
    for one in found.outcomes():
        _show_outcome(console, one, money)
    _show_weighed(console, found, money)
    _show_points(console, found)
    print_findings(console, found.findings)
    assumed = sum(str(one.basis) == "assumed" for one in problem.numbers.values())
    print_note(
        console,
        "the first figure: from the event on all but the builds is planned anew; the second: "
        "nothing goes another way or at another time. "
        f"{assumed} of {len(problem.numbers)} numbers of the plan are assumed",
    )


def _show_outcome(console: Console, one: ChainOutcome, money: str) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, "; ".join(event.words() for event in one.events))
    rows = [("net present value", money, f"{one.planned.npv:,.2f}", *_two(one.lost_m), "")]
    for each in one.deliveries():
        at_rate, caught = one.recovery(each)
        told = ", ".join(
            f"{word} {'not in the plan' if value is None else f'after {value:.0f} months'}"
            for word, value in (("at rate", at_rate), ("caught up", caught))
        )
        name = f"{each.element} to {each.country}"
        whole = f"{sum(each.planned_t):,.0f}"
        rows.append((name, "t", whole, *_two(each.lost_t), told if at_rate != 0 else "never short"))
    columns = ("what", "unit", "planned", "lost, re-planned", "lost, as planned", "recovers")
    print_table(console, columns, rows, right=columns[2:5])


def _two(pair: tuple[float, float]) -> tuple[str, str]:
    return f"{pair[0] + 0.0:,.2f}", f"{pair[1] + 0.0:,.2f}"


def _show_weighed(console: Console, found: ChainStress, money: str) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    weighed = found.by_probability
    if weighed is None:
        return
    print_title(console, "by probability")
    rows = []
    for name, unit, told in (
        ("net present value lost", money, weighed.losses_m),
        *(
            (f"{element} to {country} lost", "t", _of_pair(weighed, element, country))
            for element, country in weighed.pairs
        ),
    ):
        expected, worst = zip(told(0), told(1), strict=True)
        rows.append((name, unit, *_two(expected), *_two(worst)))
    columns = ("what", "unit", "expected", "as planned", "worst cases", "as planned ")
    print_table(console, columns, rows, right=columns[2:])
    print_note(
        console,
        f"{weighed.method}, events apart from each other; worst cases: the mean of the worst "
        f"{1 - weighed.alpha:.0%} of the probability",
    )


def _of_pair(weighed: Mixture, element: str, country: str) -> Callable[[int], tuple[float, float]]:
    return lambda answer: weighed.losses_t((element, country), answer)


def _show_points(console: Console, found: ChainStress) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    points = found.points
    print_title(console, "what hangs on what: taken out in all years, builds held")
    columns = ("what", "id", "cash", *(f"{one} to {to}" for one, to in points.pairs))
    rows = [
        (
            one.kind,
            one.id,
            _span(one.cash),
            *(_span(one.deliveries[pair]) for pair in points.pairs),
        )
        for one in points.points
    ]
    print_table(console, columns, rows, right=columns[2:], empty="the plan uses nothing")
    print_note(
        console,
        "parts of the present value of the cash flow before capital, and of what is delivered: "
        "re-planned to as planned; what the plan does not use is left out",
    )


def _span(pair: tuple[float, float]) -> str:
    one, other = f"{pair[0]:.0%}", f"{pair[1]:.0%}"
    return one if one == other else f"{one} to {other}"
