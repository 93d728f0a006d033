"""The addresses of supply risk: minerals. Those of other parts of the verb hang in here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from oreline.api import _answers_stress as stress
from oreline.api import _routes_stress_eu
from oreline.api._deps import Answer, Reading, told

router = APIRouter()
Year = Annotated[
    int | None,
    Query(description="The year of the figures; by default the newest.", ge=1900, le=2100),
]


@router.get("/stress/minerals", tags=["stress"])
def minerals(view: Reading, year: Year = None) -> Answer:
    """Give every mineral at each stage with the measures of its supply, between bounds."""
    return told(view, stress.stress_minerals(view, year))


ROUTERS = (router, _routes_stress_eu.router)
"""The routers of the verb, one for each of its parts."""
