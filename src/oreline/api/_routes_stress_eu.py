"""The addresses of supply risk by the European Union's method and benchmarks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from oreline.api import _answers_stress_eu as stress
from oreline.api._deps import Answer, Reading, told

router = APIRouter()
Study = Annotated[
    int, Query(description="The study: 2011, 2014, 2017, 2020 or 2023.", ge=2011, le=2100)
]
Mineral = Annotated[str | None, Query(description="Only this mineral, by any of its names.")]


@router.get("/stress/eu", tags=["stress"])
def eu(view: Reading, year: Study = 2023, mineral: Mineral = None) -> Answer:
    """Give supply risk and importance: printed results, and the range that inputs leave."""
    return told(view, stress.stress_eu(view, year, mineral))


@router.get("/stress/crma", tags=["stress"])
def crma(view: Reading, mineral: Mineral = None) -> Answer:
    """Hold strategic raw materials against the benchmarks of the Critical Raw Materials Act."""
    return told(view, stress.stress_crma(view, mineral))
