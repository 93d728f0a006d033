"""The addresses of drill holes and block models of the chain folder."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from oreline.api import _answers_explore as answers
from oreline.api._deps import Answer, Reading, told

router = APIRouter(prefix="/explore", tags=["explore"])
SetName = Annotated[
    str, Query(alias="set", description="A set of holes, as /explore lists it.", max_length=200)
]
Analyte = Annotated[
    str, Query(description="One of the set's analytes; the first without it.", max_length=40)
]
CutOff = Annotated[
    float | None,
    Query(description="Blocks at or above this grade, in per cent.", ge=0, le=100,
          allow_inf_nan=False),
]  # fmt: skip


@router.get("")
def hole_sets(view: Reading) -> Answer:
    """List the sets of drill holes of the chain folder, with what is wrong in them."""
    return told(view, answers.hole_sets(view))


@router.get("/holes")
def drill_holes(view: Reading, name: SetName, analyte: Analyte = "") -> Answer:
    """Give traces of holes, assayed intervals in space, and statistics of the assays."""
    return told(view, answers.drill_holes(view, name, analyte))


@router.get("/model")
def block_model(
    view: Reading, name: SetName, analyte: Analyte = "", cutoff_pct: CutOff = None
) -> Answer:
    """Give a block model: blocks at or above a cut-off, tonnes and grades, classes."""
    return told(view, answers.block_model(view, name, analyte, cutoff_pct))


@router.get("/section")
def model_section(
    view: Reading,
    name: SetName,
    analyte: Analyte = "",
    section: Annotated[
        str, Query(description="plan, east-west or north-south.", max_length=20)
    ] = "plan",
    at: Annotated[
        int | None, Query(description="Which layer of the grid, from 0.", ge=0, le=10_000_000)
    ] = None,
) -> Answer:
    """Give one layer of blocks of a model, and the pieces of holes near it."""
    return told(view, answers.model_section(view, name, analyte, section, at))
