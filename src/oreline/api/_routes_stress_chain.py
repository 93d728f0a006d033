"""The addresses of a chain of one's own under stress, and of an importer's supply security."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from oreline.api import _answers_stress_actual as actual
from oreline.api import _answers_stress_chain as stress
from oreline.api import _answers_stress_ledger as ledgers
from oreline.api._deps import Answer, Given, Reading, Recording, told
from oreline.api._files import FileForm, file_name, frame_file, workbook_file
from oreline.api._plan_question import GAP, PlanQuestion
from oreline.api._routes_plan import File, Gap, Goals, Scenario, Seconds
from oreline.api._service import service_of
from oreline.model import Basis, InputError
from oreline.stress import EventTable

router = APIRouter()
Ids = Annotated[list[str] | None, Query(description="Ids, each by itself.", max_length=8)]
ChartName = Annotated[str, Query(max_length=40)]
GIVEN = "given in the question"


def asked_for(
    file: File = "plan.toml",
    goal: Goals = None,
    state: Scenario = "",
    gap: Gap = GAP,
    seconds: Seconds = 30.0,
) -> PlanQuestion:
    """Return the question of the plan behind an address; ``state`` is a state of its world."""
    return PlanQuestion(file, tuple(goal or ("npv",)), state, (), gap, seconds)


Asked = Annotated[PlanQuestion, Depends(asked_for)]


def events_asked(
    scenario: Annotated[
        list[str] | None, Query(description="As /stress/chain/inputs lists them.", max_length=8)
    ] = None,
    close_site: Ids = None,
    close_route: Ids = None,
    close_port: Ids = None,
    ban: Annotated[
        list[str] | None, Query(description="Countries, or CN:Sb+Nd.", max_length=8)
    ] = None,
    price_shock: Annotated[
        list[str] | None, Query(description="WHAT=FACTOR, as Sb=0.5.", max_length=8)
    ] = None,
    start: Annotated[
        str, Query(description="2033-05; else the year of most sales.", max_length=10)
    ] = "",
    months: Annotated[float, Query(description="How long each lasts.", gt=0, le=1200)] = 12.0,
    severity: Annotated[
        float, Query(description="The part that is lost, of all but prices.", gt=0, le=1)
    ] = 1.0,
    alpha: Annotated[
        float, Query(description="Worst cases: the last 1 - alpha.", ge=0, lt=1)
    ] = 0.9,
) -> stress.StressQuestion:
    """Return the events that an address asks for."""
    common = {"start": start, "months": months, "basis": "assumed", "source": GIVEN}
    tables = [
        EventTable.model_validate({**common, "kind": kind, "of": one, "severity": severity})
        for kind, listed in (("site", close_site), ("route", close_route), ("port", close_port))
        for one in listed or ()
    ]
    for one in ban or ():
        of, _, elements = one.partition(":")
        parts = tuple(each for each in elements.split("+") if each)
        given = {**common, "kind": "ban", "of": of, "elements": parts, "severity": severity}
        tables.append(EventTable.model_validate(given))
    for one in price_shock or ():
        of, _, factor = one.partition("=")
        try:
            value = float(factor)
        except ValueError:
            raise InputError(f"price_shock {one}: write what and a factor, as Sb=0.5") from None
        given = {**common, "kind": "price", "of": of, "factor": value}
        tables.append(EventTable.model_validate(given))
    return stress.StressQuestion(tuple(scenario or ()), tuple(tables), alpha)


Events = Annotated[stress.StressQuestion, Depends(events_asked)]
By = Annotated[
    actual.By,
    Query(description="plan or ledger: what is stressed; else a plan where there is one."),
]


@router.get("/stress/chain/inputs", tags=["stress"])
def inputs(view: Reading, file: File = "plan.toml", by: By = "") -> Answer:
    """Give what events can name: scenarios of the folder, sites, routes, ports, prices."""
    if actual.is_by_ledger(view, by):
        return told(view, actual.stress_actual_inputs(view))
    return told(view, stress.stress_inputs(view, file))


@router.get("/stress/chain", tags=["stress"])
def chain(
    view: Reading,
    question: Asked,
    events: Events,
    by: By = "",
) -> Answer:
    """Tell what closed sites, routes and ports, bans and prices do, and what hangs on what."""
    if actual.is_by_ledger(view, by):
        return told(view, actual.stress_actual(view, events))
    return told(view, stress.stress_chain(view, question, events))


@router.get("/stress/chain.{form}", tags=["stress"], response_class=Response)
def chain_file(
    view: Reading, form: FileForm, question: Asked, events: Events, by: By = ""
) -> Response:
    """Give the points of failure as a table; as a workbook, what events do as well."""
    if actual.is_by_ledger(view, by):
        _, frames = actual.actual_told(view, events)
    else:
        _, frames = stress.chain_told(view, question, events)
    if form == "xlsx":
        return workbook_file(frames, file_name("chain", "stress"))
    return frame_file(frames["single points of failure"], file_name("points", "stress"), form)


@router.get("/stress/chain/chart.svg", tags=["stress"], response_class=Response)
def chain_chart(
    view: Reading, question: Asked, events: Events, chart: ChartName = "points", by: By = ""
) -> Response:
    """Give a picture for a brief: points, what hangs on what; deliveries, what is lost."""
    if actual.is_by_ledger(view, by):
        drawn = actual.actual_svg(view, events, chart)
    else:
        drawn = stress.chain_svg(view, question, events, chart)
    return Response(drawn, media_type="image/svg+xml")


class ScenarioLedger(Given):
    """A scenario to be written: events of the folder or given, and who names its lots."""

    id: str = Field(pattern=ledgers.LEDGER_ID, description="Of the new ledger and of its file.")
    issuer: str = Field(min_length=1, max_length=120, description="The party that names its lots.")
    file: str = Field("plan.toml", max_length=100)
    goal: list[str] = Field(default=["npv"], min_length=1, max_length=8)
    state: str = Field("", max_length=100)
    scenario: list[str] = Field(default=[], max_length=8)
    events: list[EventTable] = Field(default=[], max_length=8)
    answer: ledgers.Answered = "replanned"
    operators: dict[str, str] = Field(default={}, description="Who runs a site, by its id.")
    seconds: float = Field(30.0, gt=0, le=60)


@router.post("/stress/ledgers", tags=["stress"], status_code=201)
def write_ledger(request: Request, view: Recording, given: ScenarioLedger) -> Answer:
    """Write what runs in a scenario into a scenario ledger; asked again, nothing is written."""
    said = {"basis": Basis.ASSUMED, "source": GIVEN}
    tables = [
        one.model_copy(update={key: value for key, value in said.items() if not getattr(one, key)})
        for one in given.events
    ]
    plan = PlanQuestion(given.file, tuple(given.goal), given.state, (), GAP, given.seconds)
    asked = ledgers.LedgerQuestion(
        given.id, given.issuer, plan,
        stress.StressQuestion(tuple(given.scenario), tuple(tables)), given.answer,
        given.operators,
    )  # fmt: skip
    return told(view, ledgers.write_scenario(view, asked, service_of(request).clock))


@router.get("/stress/ledgers", tags=["stress"])
def list_ledgers(view: Reading) -> Answer:
    """List the planned and scenario ledgers beside the actual one, each with what made it."""
    return told(view, ledgers.scenario_ledgers(view))


LedgerName = Annotated[str, Query(alias="id", max_length=80)]


@router.get("/stress/ledger", tags=["stress"])
def ledger(
    view: Reading,
    name: LedgerName,
    element: Annotated[str, Query(description="Else the first tracked.", max_length=20)] = "",
) -> Answer:
    """Tell what trace and balance say of a planned or scenario ledger."""
    return told(view, ledgers.scenario_ledger(view, name, element))


@router.get("/stress/ledger.db", tags=["stress"], response_class=Response)
def ledger_file(view: Reading, name: LedgerName) -> Response:
    """Give a planned or scenario ledger as a file, for the commands."""
    data = ledgers.scenario_ledger_file(view, name)
    heads = {"Content-Disposition": f'attachment; filename="{name}.db"'}
    return Response(data, media_type="application/vnd.sqlite3", headers=heads)


def security_asked(
    of: Annotated[str, Query(description="A budget; else the first.", max_length=100)] = "",
    amount: Annotated[
        list[float] | None,
        Query(description="In millions; else each hundred of the budget.", max_length=8),
    ] = None,
    importer: Annotated[
        str, Query(description="Whose supply; else security.toml's.", max_length=3)
    ] = "",
    samples: Annotated[int, Query(description="How many draws.", ge=1, le=60)] = 24,
    seed: Annotated[int, Query(description="Of the draws.", ge=0, lt=2**31)] = 0,
    loss: Annotated[
        bool, Query(description="Also what it changes in losses from disruptions.")
    ] = False,
    scenarios: Annotated[
        int,
        Query(description="Of these losses.", ge=100, le=stress.LOSS_SCENARIOS_MAX),
    ] = stress.LOSS_SCENARIOS,
    kept: Annotated[
        float,
        Query(description="The part that contracts keep for the importer.", ge=0, le=1),
    ] = 0.0,
) -> stress.SecurityQuestion:
    """Return what an address asks of an importer's supply."""
    return stress.SecurityQuestion(
        of, tuple(amount or ()), importer, samples, seed, loss, scenarios, kept
    )


Secured = Annotated[stress.SecurityQuestion, Depends(security_asked)]


@router.get("/stress/security", tags=["stress"])
def security(view: Reading, question: Asked, asked: Secured) -> Answer:
    """Tell what each budget changes in a country's supply, stage by stage, as ranges."""
    return told(view, stress.stress_security(view, question, asked))


@router.get("/stress/security.{form}", tags=["stress"], response_class=Response)
def security_file(view: Reading, form: FileForm, question: Asked, asked: Secured) -> Response:
    """Give what each budget changes as a table, one row for each stage, or each loss."""
    _, frames = stress.security_told(view, question, asked)
    if asked.loss:
        return frame_file(frames["losses"], file_name("supply", "losses"), form)
    return frame_file(frames["supply security"], file_name("supply", "security"), form)


@router.get("/stress/security/chart.svg", tags=["stress"], response_class=Response)
def security_chart(
    view: Reading, question: Asked, asked: Secured, measure: ChartName = "china"
) -> Response:
    """Give a picture of a measure before and after: china, covered or without_largest."""
    drawn = stress.security_svg(view, question, asked, measure)
    return Response(drawn, media_type="image/svg+xml")
