"""A chain of one's own under stress, and what a partnership changes in an importer's supply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oreline.api._answers_plan_studies import PLAN_DRAWS_MAX
from oreline.api._own_tables import on_own_tables, tables_stamp
from oreline.api._plan_question import (
    NoPlan,
    PlanQuestion,
    World,
    finite,
    no_plan,
    plan_text,
    planned,
    seconds_each,
    stated,
    world_of,
)
from oreline.api._planning import PLANNING
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.model import InputError, LimitExceededError, is_fatal

if TYPE_CHECKING:
    import polars as pl

    from oreline.model import Finding
    from oreline.plan import Plan
    from oreline.stress import (
        ChainEvent,
        ChainStress,
        EventTable,
        KnownPlaces,
        OwnChain,
        Security,
    )

STRESS_EVENTS_MAX: Final = 8
"""How many events a server puts to a chain at most: all their combinations are solved."""
STRESS_AMOUNTS_MAX: Final = 8
SECURITY_DRAWS: Final = 24
LOSS_SCENARIOS: Final = 20_000
"""With the numbers as given; as many as the room's own settings."""
LOSS_SCENARIOS_MAX: Final = 50_000


Told = tuple[dict[str, Any], Mapping[str, "pl.DataFrame"]]
"""An answer as plain values, and its tables by name."""


@dataclass(frozen=True, slots=True)
class StressQuestion:
    """What is asked of a chain: scenarios of its folder, and events that are given."""

    scenarios: tuple[str, ...] = ()
    events: tuple[EventTable, ...] = ()
    alpha: float = 0.9

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "scenarios": list(self.scenarios),
            "events": [one.model_dump(mode="json", exclude_none=True) for one in self.events],
            "alpha": self.alpha,
        }


@dataclass(frozen=True, slots=True)
class SecurityQuestion:
    """What is asked of an importer's supply: a budget in steps, whose supply, how many draws.

    With ``loss`` also what it changes in losses from disruptions, which takes seconds: in so many
    ``scenarios``, of the same ``seed``, where contracts keep a part for the importer.

    Without ``of`` it is the plan's first budget, without amounts each hundred millions of it,
    without ``importer`` that of security.toml.
    """

    of: str = ""
    amounts: tuple[float, ...] = ()
    importer: str = ""
    samples: int = SECURITY_DRAWS
    seed: int = 0
    loss: bool = False
    scenarios: int = LOSS_SCENARIOS
    kept: float = 0.0


def scenario_paths(view: View) -> dict[str, Path]:
    """Return the scenario files of the folder that hold events of a chain, by name."""
    from oreline.stress import SCENARIOS_FOLDER

    folder = view.desk.folder
    if folder is None or view.is_partial:
        return {}
    # Scenarios of a market lie in the same folder and have no events of a chain.
    return {
        one.stem: one
        for one in sorted((folder / SCENARIOS_FOLDER).glob("*.toml"))
        if b"[[stress.event]]" in one.read_bytes()
    }


def stress_inputs(view: View, file: str = "plan.toml") -> dict[str, Any]:
    """Return what events can name: scenario files, sites, routes, ports, prices, countries.

    Raises
    ------
    NotFoundError
        If there is no such plan for this person.
    InputError
        If it cannot be used.
    """
    from oreline.stress import known_places

    text = plan_text(view, file)
    problem = stated(text)
    places = known_places(text, problem)
    used = {site for way in problem.ways for site in (way.origin, way.destination)}
    used |= {unit.site for unit in problem.units} | {market.site for market in problem.markets}
    names = {one.id: one.name or one.id for one in problem.sites.values()}
    return {
        "file": file,
        "name": problem.name,
        "years": list(problem.years),
        "scenarios": list(scenario_paths(view)),
        "sites": [{"id": one, "name": names.get(one, one)} for one in sorted(used)],
        "ports": [{"id": one, "name": names.get(one, one)} for one in sorted(places.ports & used)],
        "routes": [
            {"id": one.id, "from": one.origin, "to": one.destination} for one in problem.ways
        ],
        "prices": sorted(problem.prices),
        "elements": list(problem.elements()),
        "countries": sorted({one.country for one in problem.sites.values()}),
    }


def stress_chain(view: View, question: PlanQuestion, asked: StressQuestion) -> dict[str, Any]:
    """Return what events do to the chain, and what hangs on each part of it, as plain values."""
    return chain_told(view, question, asked)[0]


def chain_told(view: View, question: PlanQuestion, asked: StressQuestion) -> Told:
    """Return what events do to the chain as plain values, and as tables by name.

    Raises
    ------
    NotFoundError
        If there is no such plan or scenario for this person.
    InputError
        If an event cannot be used, or no plan is feasible.
    LimitExceededError
        If more events are asked for than a server puts to a chain.
    """
    from oreline.stress import busiest_month, known_places

    world, plan = planned(view, question)
    if isinstance(plan, NoPlan) or world is None:
        assert isinstance(plan, NoPlan), "a plan has a world"
        raise InputError(plan.says, plan.findings)
    places = known_places(world.text, plan.problem)
    events, findings = events_asked_of(view, asked, places, busiest_month(plan))
    if len(events) > STRESS_EVENTS_MAX:
        raise LimitExceededError(
            f"{len(events)} events are more than STRESS_EVENTS_MAX = {STRESS_EVENTS_MAX}; "
            "'oreline stress chain' takes more"
        )
    key = (world.key, "stress", question, events, asked.alpha)

    def make(_watch: Any) -> Told:
        found = _stressed(world, plan, events, asked.alpha)
        return found.to_json(), found.frames()

    what = ", ".join(one.id for one in events) or "single points of failure"
    told, frames = PLANNING.get(key, what, make)
    answer = {
        "question": {**question.to_json(), **asked.to_json()},
        **told,
        "certificate": finite(told["certificate"]),
        "findings": [*(one.to_json() for one in findings), *told["findings"]],
    }
    return answer, frames


def chain_svg(
    view: View, question: PlanQuestion, asked: StressQuestion, chart: str = "points"
) -> str:
    """Return a picture for a brief: what hangs on what (points), or what is lost (deliveries).

    Raises
    ------
    InputError
        If there is no such picture, or nothing to draw.
    """
    from oreline.stress import deliveries_picture, points_picture

    pictures = {"points": points_picture, "deliveries": deliveries_picture}
    if chart not in pictures:
        raise InputError(f"no picture {chart!r}; the pictures are: {', '.join(pictures)}")
    return pictures[chart](stress_chain(view, question, asked)).to_svg()


def _stressed(world: World, plan: Plan, events: Sequence[ChainEvent], alpha: float) -> ChainStress:
    from oreline.stress import stress_chain

    return stress_chain(held_chain(world, plan), events, alpha=alpha)


def held_chain(world: World, plan: Plan) -> OwnChain:
    """Return a plan with its builds held, to which events are put."""
    from oreline.plan import SolverSettings
    from oreline.stress import OwnChain

    settings = SolverSettings(1e-6, plan.certificate.settings.seconds)
    return OwnChain(world.text, plan, world.changes, settings)


def events_asked_of(
    view: View, asked: StressQuestion, places: KnownPlaces, start: int
) -> tuple[tuple[ChainEvent, ...], tuple[Finding, ...]]:
    """Return the events that are asked for, with what is to be said of them.

    Raises
    ------
    NotFoundError
        If there is no such scenario.
    InputError
        If an event cannot be used.
    """
    from oreline.stress import given_events, read_events

    paths = scenario_paths(view)
    events: list[ChainEvent] = []
    findings: list[Finding] = []
    for name in asked.scenarios:
        if name not in paths:
            known = ", ".join(paths) or "none"
            raise NotFoundError(f"no scenario {name} in this chain's folder; known: {known}")
        try:
            data = paths[name].read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror or error}") from error
        found, said = read_events(data, paths[name].name, places, start)
        events += found
        findings += said
    if is_fatal(findings):
        raise InputError("these events cannot be put to the chain", findings)
    events += given_events(asked.events, places, start)
    return tuple(events), tuple(findings)


def stress_security(
    view: View, question: PlanQuestion, asked: SecurityQuestion | None = None
) -> dict[str, Any]:
    """Return what each amount of a budget changes in a country's supply, as plain values."""
    return security_told(view, question, asked or SecurityQuestion())[0]


def security_svg(
    view: View, question: PlanQuestion, asked: SecurityQuestion, measure: str = "china"
) -> str:
    """Return a picture of a measure of dependence before and after, for a brief.

    Raises
    ------
    InputError
        If there is no such measure.
    """
    from oreline.stress import dependence_picture

    return dependence_picture(stress_security(view, question, asked), measure).to_svg()


@on_own_tables
def security_told(view: View, question: PlanQuestion, asked: SecurityQuestion) -> Told:
    """Return what each amount of a budget changes in a country's supply, stage by stage.

    Raises
    ------
    NotFoundError
        If there is no such plan for this person.
    InputError
        If the plan or security.toml cannot be used, or nothing in the plan has a range.
    LimitExceededError
        If more draws or amounts are asked for than a server makes.
    """
    from oreline.stress import LOSS_SETTINGS, security_loss

    if asked.samples > PLAN_DRAWS_MAX:
        message = f"{asked.samples} draws are more than PLAN_DRAWS_MAX = {PLAN_DRAWS_MAX}"
        raise LimitExceededError(f"{message}; 'oreline stress security' makes more")
    if len(asked.amounts) > STRESS_AMOUNTS_MAX:
        many = f"{len(asked.amounts)} amounts are more than STRESS_AMOUNTS_MAX"
        raise LimitExceededError(f"{many} = {STRESS_AMOUNTS_MAX}")
    world = world_of(view, replace(question, front=""))
    if isinstance(world, NoPlan):
        raise InputError(world.says, world.findings)
    data, known = _security_file(view)
    plain = replace(asked, loss=False, scenarios=LOSS_SCENARIOS, kept=0.0)
    key = (world.key, "security", question, plain, data, tables_stamp(view))
    made = PLANNING.get(
        key, "supply security", lambda _watch: _secured(world, question, asked, (data, known))
    )
    if isinstance(made, NoPlan):
        raise InputError(made.says, made.findings)
    found, said = made
    told = {"question": question.to_json(), **found.to_json(), "findings": said}
    if not asked.loss:
        return told, {"supply security": found.to_frame()}
    how = replace(LOSS_SETTINGS, scenarios=asked.scenarios, seed=asked.seed)
    lost = PLANNING.get(
        (*key, "loss", how, asked.kept),
        "losses from disruptions",
        lambda _watch: security_loss(found, how, kept=asked.kept),
    )
    return {**told, "loss": lost.to_json()}, {"losses": lost.to_frame()}


def _security_file(view: View) -> tuple[bytes | None, dict[str, str]]:
    from oreline.stress import SECURITY_FILE

    folder, chain = view.desk.folder, view.whole.folder_chain
    known = (
        {} if chain is None else {name: one.stage or "" for name, one in chain.materials.items()}
    )
    file = None if folder is None else folder / SECURITY_FILE
    return (None if file is None or not file.is_file() else file.read_bytes()), known


def _secured(
    world: World,
    question: PlanQuestion,
    asked: SecurityQuestion,
    inputs: tuple[bytes | None, dict[str, str]],
) -> tuple[Security, list[dict[str, Any]]] | NoPlan:
    from oreline.plan import InfeasibleError, SolverSettings, parse_goal, usual_budget
    from oreline.stress import read_security, supply_security

    read, findings = read_security(inputs[0], world.problem, inputs[1])
    if read is None:
        raise InputError("security.toml cannot be used", findings)
    budget, _, steps = usual_budget(world.problem, asked.of, amounts=asked.amounts)
    settings = SolverSettings(max(question.gap, 1e-3), seconds_each(question, len(steps)))
    try:
        found = supply_security(
            world.text,
            replace(read, importer=asked.importer) if asked.importer else read,
            budget,
            steps,
            goals=[parse_goal(one) for one in question.goals],
            changes=world.changes,
            samples=asked.samples,
            seed=asked.seed,
            settings=settings,
        )
    except InfeasibleError as error:
        return no_plan(error)
    return found, [one.to_json() for one in findings]
