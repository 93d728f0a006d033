"""The addresses of designs: flowsheets of the chain folder, as they stand or as a what-if."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Query

from oreline.api import _answers_design as answers
from oreline.api._deps import Answer, Reading, told
from oreline.model import InputError

router = APIRouter(prefix="/design", tags=["design"])
File = Annotated[
    str, Query(description="A flowsheet, as /design lists it: processes.toml.", max_length=200)
]
Changes = Annotated[
    list[str] | None,
    Query(
        alias="set",
        description="What if: NAME=VALUE of one of its numbers, in the unit that is listed.",
        max_length=100,
    ),
]


@router.get("")
def flowsheets(view: Reading) -> Answer:
    """List the flowsheets of the chain folder, with what is wrong in those that cannot be used."""
    return told(view, answers.flowsheets(view))


@router.get("/solution")
def solution(view: Reading, file: File = "processes.toml", changes: Changes = None) -> Answer:
    """Solve a flowsheet: streams, units, products, and every number it rests on."""
    return told(view, answers.design(view, file, changed_numbers(changes or ())))


@router.get("/waterfall")
def waterfall(
    view: Reading,
    element: Annotated[str, Query(max_length=40)],
    file: File = "processes.toml",
    changes: Changes = None,
) -> Answer:
    """Tell where each kilogram of an element goes, from ore to product."""
    changed = changed_numbers(changes or ())
    return told(view, answers.design_waterfall(view, file, element, changed))


@router.get("/comparison")
def comparison(
    view: Reading,
    other: Annotated[str, Query(description="The other flowsheet.", max_length=200)],
    file: File = "processes.toml",
) -> Answer:
    """Compare two flowsheets: numbers that differ, and what that does to products and units."""
    return told(view, answers.design_comparison(view, file, other))


def changed_numbers(changes: list[str] | tuple[str, ...]) -> dict[str, float]:
    """Return numbers by name from NAME=VALUE.

    Raises
    ------
    InputError
        If one is written otherwise, or its value is no finite number.
    """
    found: dict[str, float] = {}
    for change in changes:
        name, mark, text = change.rpartition("=")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not mark or not math.isfinite(value):
            raise InputError(f"{change!r}: write NAME=VALUE, such as ore.dry_t_per_h=120")
        found[name] = value
    return found
