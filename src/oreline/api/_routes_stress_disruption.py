"""The addresses of disruptions of supply."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from oreline.api import _answers_stress_disruption as stress
from oreline.api._deps import Answer, Asking, Given, Reading, told
from oreline.api._files import file_name, frame_file
from oreline.stress import disruption_picture

router = APIRouter()
Name = Annotated[str, Query(min_length=1, max_length=40)]
Names = Annotated[list[Name], Query(max_length=10)]
Months = Annotated[float, Query(gt=0, le=120)]
Count = Annotated[int, Query(ge=100, le=stress.SCENARIOS_MAX)]
Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


class ScenarioText(Given):
    """A scenario file as its text, and numbers of it to set, such as ``market.rho=0.2``."""

    text: str = Field(max_length=stress.TEXT_MAX)
    changes: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=50)
    scenarios: int = Field(default=20_000, ge=100, le=stress.SCENARIOS_MAX)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)


@router.get("/stress/disruption", tags=["stress"])
def disruption(
    view: Reading,
    mineral: Name,
    ban: Names = [],  # noqa: B006 - FastAPI copies it
    to: Names = [],  # noqa: B006 - FastAPI copies it
    months: Months = 12.0,
    scenarios: Count = 20_000,
    seed: Number = 1,
) -> Answer:
    """Give price, shortfall, loss of product and what would help, as ranges; ``to``: blocs or all.

    A ban is a country that sends nothing for some months, for sure.
    """
    found = stress.stress_disruption(view, mineral, ban, to, months, scenarios, seed)
    return told(view, found)


@router.get("/stress/disruption.csv", tags=["stress"], response_class=Response)
def disruption_file(
    view: Reading,
    mineral: Name,
    ban: Names = [],  # noqa: B006 - FastAPI copies it
    to: Names = [],  # noqa: B006 - FastAPI copies it
    months: Months = 12.0,
) -> Response:
    """Give each measure with its range as a table."""
    found = stress.disruption_report(mineral, ban, to, months)
    return frame_file(
        found.to_frame(), file_name("disruption", found.found.scenario.mineral), "csv"
    )


@router.get("/stress/disruption/chart.svg", tags=["stress"], response_class=Response)
def disruption_chart(
    view: Reading,
    mineral: Name,
    ban: Names = [],  # noqa: B006 - FastAPI copies it
    to: Names = [],  # noqa: B006 - FastAPI copies it
    months: Months = 12.0,
    chart: Literal["price", "loss", "stages", "countries"] = "price",
) -> Response:
    """Give a picture for a brief."""
    found = stress.disruption_report(mineral, ban, to, months)
    return Response(disruption_picture(found, chart).to_svg(), media_type="image/svg+xml")


@router.post("/stress/disruption", tags=["stress"])
def disruption_of(view: Asking, given: ScenarioText) -> Answer:
    """Give the same for a scenario file."""
    found = stress.stress_disruption_of(
        view, given.text, given.changes, given.scenarios, given.seed
    )
    return told(view, found)
