"""The addresses of plans: what a chain could build, by when, and what that would bring."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from oreline.api import _answers_plan as answers
from oreline.api import _answers_plan_flows as flows
from oreline.api import _answers_plan_futures as futures
from oreline.api import _answers_plan_studies as studies
from oreline.api import _plan_files as files
from oreline.api._deps import Answer, Asking, Given, Reading, told
from oreline.api._files import archive_of, file_name, frame_file, workbook_of
from oreline.api._plan_question import GAP, PlanQuestion
from oreline.api._problems import NotFoundError
from oreline.design import changed_numbers

router = APIRouter(prefix="/plan", tags=["plan"])
File = Annotated[str, Query(description="A plan, as /plan lists it: plan.toml.", max_length=200)]
Goals = Annotated[
    list[str] | None,
    Query(
        alias="goal",
        description="npv, cost or deliver:Nd+Pr@US; the most important first. Default: npv.",
        max_length=5,
    ),
]
Scenario = Annotated[
    str, Query(description="A state of the world, as /plan/inputs lists it.", max_length=100)
]
Changes = Annotated[
    list[str] | None,
    Query(
        alias="set",
        description="What if: NAME=VALUE of a number that /plan/inputs lists, in its unit.",
        max_length=100,
    ),
]
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
Gap = Annotated[
    float, Query(description="How near to its bound a plan has to be, as a part.", ge=0, lt=1)
]
Seconds = Annotated[
    float, Query(description="When the search ends with the best plan so far.", gt=0, le=60)
]


def asked_for(
    file: File = "plan.toml",
    goal: Goals = None,
    scenario: Scenario = "",
    changes: Changes = None,
    gap: Gap = GAP,
    seconds: Seconds = 30.0,
    front: Annotated[
        str,
        Query(description="The plan is a point of the front with this delivery.", max_length=100),
    ] = "",
    points: Annotated[int, Query(description="Of the front.", ge=2, le=9)] = 5,
    point: Annotated[int, Query(description="Which of the front, from 1.", ge=1, le=9)] = 1,
) -> PlanQuestion:
    """Return the question that an address asks."""
    return PlanQuestion(
        file, tuple(goal or ("npv",)), scenario, tuple(changes or ()), gap, seconds, front, points,
        point,
    )  # fmt: skip


Asked = Annotated[PlanQuestion, Depends(asked_for)]


class PlanGiven(Given):
    """A question of a plan as JSON."""

    file: str = Field("plan.toml", max_length=200)
    goals: list[str] = Field(["npv"], min_length=1, max_length=5)
    scenario: str = Field("", max_length=100)
    numbers: dict[str, float] = Field(
        default_factory=dict,
        max_length=100,
        description="What if: numbers that /plan/inputs lists, in their units.",
    )
    gap: float = Field(GAP, ge=0, lt=1)
    seconds: float = Field(30.0, gt=0, le=60)


@router.get("")
def all_plans(view: Reading) -> Answer:
    """List the plans of the chain folder, with what is wrong in those that cannot be used."""
    return told(view, answers.plans(view))


@router.get("/inputs")
def inputs(view: Reading, file: File = "plan.toml") -> Answer:
    """Give what a plan asks: phases, units, budgets, scenarios, goals, every number's source."""
    return told(view, answers.plan_inputs(view, file))


@router.get("/solution")
def solution(view: Reading, question: Asked) -> Answer:
    """Find the best plan: builds, flows, cash, limits, proof; where none is feasible, say why."""
    return told(view, answers.plan_solution(view, question))


@router.post("/solution")
def solve_as_asked(view: Asking, given: PlanGiven) -> Answer:
    """Find the best plan with other numbers, a scenario, a budget; nothing is written."""
    changes = tuple(f"{name}={value!r}" for name, value in given.numbers.items())
    question = PlanQuestion(
        given.file, tuple(given.goals), given.scenario, changes, given.gap, given.seconds
    )
    return told(view, answers.plan_solution(view, question))


@router.get("/flows")
def build_up(
    view: Reading,
    question: Asked,
    element: Annotated[str, Query(description="As /plan/inputs lists it: Sb.", max_length=40)],
) -> Answer:
    """Give the build-up year by year: places with units, what routes carry, an element's ways."""
    return told(view, flows.plan_flows(view, question, element))


@router.get("/front")
def front(view: Reading, question: Asked) -> Answer:
    """Give plans along the front of value and a delivery (front): what metal costs in value."""
    return told(view, studies.plan_front(view, question))


@router.get("/scenarios")
def scenarios(view: Reading, question: Asked) -> Answer:
    """Give the best plan in every state of the world that the file describes, side by side."""
    return told(view, studies.plan_scenarios(view, question))


@router.get("/budgets")
def budgets(
    view: Reading,
    question: Asked,
    of: Annotated[str, Query(description="A budget; else the first.", max_length=100)] = "",
    country: Annotated[str, Query(description="Whose supply is counted: US.", max_length=2)] = "",
    amount: Annotated[
        list[float] | None,
        Query(description="In millions; else each hundred of the budget.", max_length=50),
    ] = None,
    samples: Annotated[int, Query(description="How many draws.", ge=1, le=2_000)] = 24,
    seed: Annotated[int, Query(description="Of the draws.", ge=0, le=2**31)] = 0,
) -> Answer:
    """Give what each amount of a budget buys, as ranges over the assumed numbers."""
    amounts = tuple(amount or ())
    return told(view, studies.plan_budgets(view, question, of, country, amounts, samples, seed))


@router.get("/break-even")
def break_even(
    view: Reading,
    question: Asked,
    resource: Annotated[str, Query(description="As /plan/inputs lists it.", max_length=100)],
    element: Annotated[str, Query(description="Of its grades: Sb.", max_length=40)],
) -> Answer:
    """Give from which tonnage on a resource pays, at its grade and the ends of its range."""
    return told(view, studies.plan_break_even(view, question, resource, element))


@router.get("/tornado")
def tornado(view: Reading, question: Asked) -> Answer:
    """Set each number that has a range to its ends, the builds held: what moves the value most."""
    return told(view, studies.plan_tornado_told(view, question))


@router.get("/quarters")
def quarters(
    view: Reading,
    question: Asked,
    what_if: Annotated[
        list[str] | None,
        Query(description="States in which it is run too, as /plan/inputs lists.", max_length=12),
    ] = None,
) -> Answer:
    """Give the best plan's running in quarters, its builds held, and in other states."""
    return told(view, futures.plan_quarters(view, question, tuple(what_if or ())))


@router.get("/hedge")
def hedge(
    view: Reading,
    question: Asked,
    probability: Annotated[
        list[str] | None,
        Query(
            description="SCENARIO=PART of one, instead of what the file says; what is left is that "
            "of the file as it stands.",
            max_length=12,
        ),
    ] = None,
    risk: Annotated[float, Query(description="How much the worst states count.", ge=0, le=1)] = 0.0,
    worst: Annotated[
        float, Query(description="Which part of the probability is the worst.", gt=0, le=1)
    ] = futures.WORST,
) -> Answer:
    """Give the builds that are best for all states together, and what knowing would be worth."""
    given = None if probability is None else changed_numbers(probability)
    return told(view, futures.plan_hedge(view, question, given, risk, worst))


@router.get("/actual")
def actual(view: Reading, question: Asked) -> Answer:
    """Give what the ledger proves of the plan's deliveries, year by year."""
    return told(view, futures.plan_actual(view, question))


@router.get("/tables.{form}", response_class=Response)
def tables(
    view: Reading,
    form: Literal["csv", "parquet", "xlsx", "zip"],
    question: Asked,
    table: Annotated[
        str,
        Query(
            description="The table to take as csv or parquet, as sheets are called.", max_length=60
        ),
    ] = "builds",
    scenarios: Annotated[bool, Query(description="With the table of all scenarios.")] = False,
    budgets: Annotated[bool, Query(description="With what each amount buys.")] = False,
) -> Response:
    """Take every table of a plan as a workbook, or as csv in a zip, or one as csv or Parquet."""
    found = files.plan_tables(view, question, scenarios=scenarios, budgets=budgets)
    name = file_name("plan", question.file.removesuffix(".toml"), question.scenario)
    if form in ("csv", "parquet"):
        if table not in found:
            raise NotFoundError(f"no table {table}; there are: {', '.join(found)}")
        return frame_file(found[table], file_name(name, table), form)
    data = workbook_of(found) if form == "xlsx" else archive_of(found)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(data, media_type=_TYPES[form], headers=headers)


@router.get("/report.pdf", response_class=Response)
def report(view: Reading, question: Asked) -> Response:
    """Take a plan as a report on paper (PDF, A4): builds, cash, metal, limits, proof, numbers."""
    data = files.plan_report(view, question)
    name = file_name("plan", question.file.removesuffix(".toml"), question.scenario)
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


@router.get("/under-way")
def under_way(view: Reading) -> Answer:
    """Tell what plan is being made at the moment: since when, value, bound and gap so far."""
    return told(view, answers.plan_under_way(view))
