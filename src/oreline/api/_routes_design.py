"""The addresses of designs: flowsheets of the chain folder, as they stand or as a what-if."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from oreline.api import _answers_costs as costs
from oreline.api import _answers_design as answers
from oreline.api._deps import Answer, Reading, told
from oreline.api._files import archive_of, frame_file, workbook_of
from oreline.api._problems import NotFoundError
from oreline.design import changed_numbers

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

Result = Annotated[
    str | None,
    Query(description="A result, as /design/costs lists outputs; else the NPV.", max_length=200),
]
Samples = Annotated[int, Query(description="How many to draw.", ge=0, le=1_000_000)]
Seed = Annotated[int, Query(description="Of the draws.", ge=0, le=2**31)]
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


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
    """Compare two flowsheets: numbers that differ, what that does to products, units and costs."""
    found = answers.design_comparison(view, file, other)
    return told(view, {**found, **costs.costs_of_comparison(view, file, other)})


@router.get("/costs")
def design_costs(view: Reading, file: File = "processes.toml", changes: Changes = None) -> Answer:
    """Give capital, operating cost, and what a kilogram of each product costs by each rule."""
    return told(view, costs.design_costs(view, file, changed_numbers(changes or ())))


@router.get("/tornado")
def design_tornado(
    view: Reading, file: File = "processes.toml", output: Result = None, changes: Changes = None
) -> Answer:
    """Set each number that has a range to its ends, one at a time: what moves a result most."""
    changed = changed_numbers(changes or ())
    return told(view, costs.design_tornado(view, file, output, changed))


@router.get("/uncertainty")
def design_uncertainty(
    view: Reading,
    file: File = "processes.toml",
    samples: Samples = 1_000,
    seed: Seed = 1,
    changes: Changes = None,
) -> Answer:
    """Draw every number that has a range: percentiles, histograms, what drives, what failed."""
    changed = changed_numbers(changes or ())
    return told(view, costs.design_uncertainty(view, file, samples, seed, changed))


@router.get("/sobol")
def design_sobol(
    view: Reading,
    file: File = "processes.toml",
    output: Result = None,
    points: Annotated[
        int, Query(description="Points of the design: a power of two.", ge=16, le=4096)
    ] = 64,
    seed: Seed = 1,
    changes: Changes = None,
) -> Answer:
    """Tell which part of a result's variance each number accounts for, alone and with others."""
    changed = changed_numbers(changes or ())
    return told(view, costs.design_sobol(view, file, output, points, seed, changed))


@router.get("/tables.{form}", response_class=Response)
def design_tables(
    view: Reading,
    form: Literal["csv", "xlsx", "zip"],
    file: File = "processes.toml",
    table: Annotated[
        str, Query(description="The table to take as csv, as sheets are called.", max_length=60)
    ] = "streams",
    samples: Samples = 0,
    seed: Seed = 1,
    changes: Changes = None,
) -> Response:
    """Take every table of a design as a workbook, or as csv in a zip, or one of them as csv.

    Tables of uncertainty are there where samples are asked for.
    """
    changed = changed_numbers(changes or ())
    tables = costs.design_tables(view, file, changed, samples, seed)
    name = f"design-{PurePosixPath(file).stem}"
    if form == "csv":
        if table not in tables:
            raise NotFoundError(f"no table {table}; there are: {'; '.join(tables)}")
        return frame_file(
            tables[table], f"{name}-{table.replace(', ', '-').replace(' ', '-')}", form
        )
    data = workbook_of(tables) if form == "xlsx" else archive_of(tables)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(data, media_type=_TYPES[form], headers=headers)
