"""The addresses of disruptions of supply."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from oreline.api import _answers_stress_disruption as stress
from oreline.api._deps import Answer, Asking, Given, Reading, told
from oreline.api._files import file_name, frame_file

router = APIRouter()
Name = Annotated[str, Query(min_length=1, max_length=40)]
Names = Annotated[list[Name], Query(max_length=10)]
Minerals = Annotated[
    list[Name],
    Query(
        alias="mineral",
        description="A mineral of the tables; given again, also what several do together.",
        max_length=stress.MINERALS_MAX,
    ),
]
ScenarioName = Annotated[
    str,
    Query(
        alias="scenario",
        description="Instead: a scenario of the chain folder, by its name without .toml.",
        max_length=80,
    ),
]
Trade = Annotated[
    list[Annotated[str, Query(max_length=60)]],
    Query(
        description="Routes between stages from the table of trade: mine=261710:0.5, the code and "
        "tonnes of the mineral in a tonne.",
        max_length=8,
    ),
]
Months = Annotated[float, Query(gt=0, le=120)]
Count = Annotated[int, Query(ge=100, le=stress.SCENARIOS_MAX)]
Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


class ScenarioText(Given):
    """A scenario file as its text, numbers of it to set, such as ``market.rho=0.2``, and files.

    ``files`` are those that it names, by name: scenarios of other minerals, flows of trade.
    """

    text: str = Field(max_length=stress.TEXT_MAX)
    changes: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=50)
    scenarios: int = Field(default=20_000, ge=100, le=stress.SCENARIOS_MAX)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    files: dict[str, Annotated[str, Field(max_length=stress.FILES_MAX)]] = Field(
        default={}, max_length=20
    )


def _asked(
    minerals: Minerals = [],  # noqa: B006 - FastAPI copies it
    scenario: ScenarioName = "",
    ban: Names = [],  # noqa: B006 - FastAPI copies it
    to: Names = [],  # noqa: B006 - FastAPI copies it
    months: Months = 12.0,
    trade_of: Trade = [],  # noqa: B006 - FastAPI copies it
) -> stress.DisruptionQuestion:
    return stress.DisruptionQuestion(
        tuple(minerals), scenario, tuple(ban), tuple(to), months, tuple(trade_of)
    )


Asked = Annotated[stress.DisruptionQuestion, Depends(_asked)]


@router.get("/stress/disruption", tags=["stress"])
def disruption(view: Reading, asked: Asked, scenarios: Count = 20_000, seed: Number = 1) -> Answer:
    """Give price, shortfall, loss of product and what would help, as ranges; ``to``: blocs or all.

    A ban is a country that sends nothing for some months, for sure. Of several minerals also what
    they do together: losses added up, shared events, and all kept back at once.
    """
    return told(view, stress.stress_disruption(view, asked, scenarios, seed))


@router.get("/stress/disruption.csv", tags=["stress"], response_class=Response)
def disruption_file(view: Reading, asked: Asked) -> Response:
    """Give each measure with its range as a table."""
    name, frame = stress.stress_disruption_frame(view, asked)
    return frame_file(frame, file_name("disruption", name), "csv")


@router.get("/stress/disruption/chart.svg", tags=["stress"], response_class=Response)
def disruption_chart(
    view: Reading,
    asked: Asked,
    chart: Literal["price", "loss", "stages", "countries"] = "price",
) -> Response:
    """Give a picture of one mineral for a brief."""
    drawn = stress.stress_disruption_svg(view, asked, chart)
    return Response(drawn, media_type="image/svg+xml")


@router.post("/stress/disruption", tags=["stress"])
def disruption_of(view: Asking, given: ScenarioText) -> Answer:
    """Give the same for a scenario file, of one mineral or of several with what they share."""
    found = stress.stress_disruption_of(
        view, given.text, given.changes, given.scenarios, given.seed, given.files
    )
    return told(view, found)
