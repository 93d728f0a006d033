"""The addresses of drill holes and block models of the chain folder."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from oreline.api import _answers_explore as answers
from oreline.api import _answers_grades as grades
from oreline.api import _answers_ore as ores
from oreline.api._deps import Answer, Reading, told
from oreline.api._explored import REALISATIONS_MAX
from oreline.api._files import FileForm, file_name, frame_file
from oreline.explore import LeaveOut

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


@router.get("/methods")
def model_methods(view: Reading, name: SetName, analyte: Analyte = "") -> Answer:
    """Give grades and tonnes by kriging, inverse squared distance and the nearest sample."""
    return told(view, answers.model_methods(view, name, analyte))


@router.get("/blocks.vtk", response_class=Response)
def blocks_vtk(view: Reading, name: SetName) -> Response:
    """Give the blocks of a model for ParaView and the like, as a VTK file."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name(name, "blocks")}.vtk"'}
    data = answers.blocks_vtk(view, name)
    return Response(data, media_type="application/octet-stream", headers=headers)


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


Of = Annotated[
    grades.Of | None,
    Query(description="Assays, by length, or composites; those where they are declared."),
]
Domain = Annotated[str, Query(description="Composites of this domain alone.", max_length=200)]
OneDomain = Annotated[
    str | None,
    Query(description="Composites of this domain alone; empty: of all.", max_length=200),
]
IsLogarithmic = Annotated[bool, Query(alias="logarithmic", description="Classes that widen.")]
Bins = Annotated[int, Query(ge=1, le=grades.BINS_MAX)]
LagM = Annotated[
    float | None,
    Query(description="Width of a lag, in metres.", gt=0, le=1e6, allow_inf_nan=False),
]
Lags = Annotated[int | None, Query(description="How many lags.", ge=3, le=200)]
Without = Annotated[LeaveOut, Query(description="What each composite is estimated without.")]
Seed = Annotated[int, Query(ge=0, le=2**63 - 1)]
Realisations = Annotated[int, Query(ge=1, le=REALISATIONS_MAX)]


@router.get("/histogram")
def grade_histogram(
    view: Reading,
    name: SetName,
    analyte: Analyte = "",
    of: Of = None,
    domain: Domain = "",
    is_logarithmic: IsLogarithmic = False,
    bins: Bins = 30,
) -> Answer:
    """Give how often grades occur, and the statistics of the same rows."""
    found = grades.grade_histogram(
        view, name, analyte, of, domain, logarithmic=is_logarithmic, bins=bins
    )
    return told(view, found)


@router.get("/variogram")
def grade_variogram(
    view: Reading,
    name: SetName,
    analyte: Analyte = "",
    lag_m: LagM = None,
    lags: Lags = None,
    domain: OneDomain = None,
) -> Answer:
    """Give how much composites differ by distance, in each direction, beside the model."""
    return told(view, grades.grade_variogram(view, name, analyte, lag_m, lags, domain))


@router.get("/cross-validation")
def grade_validation(
    view: Reading, name: SetName, analyte: Analyte = "", without: Without = LeaveOut.HOLE
) -> Answer:
    """Give each composite beside what the others say of it, and the scores of all analytes."""
    return told(view, grades.grade_validation(view, name, analyte, without))


@router.get("/simulation")
def grade_simulation(
    view: Reading,
    name: SetName,
    analyte: Analyte = "",
    seed: Seed = 1,
    realisations: Realisations = 20,
    lag_m: LagM = None,
) -> Answer:
    """Give P10, P50 and P90 of tonnes and metal from many models that agree with the composites."""
    found = grades.grade_simulation(view, name, analyte, seed, realisations, lag_m)
    return told(view, found)


@router.get("/ore")
def site_ore(view: Reading, name: SetName) -> Answer:
    """Give the ore that the mine plan of a set feeds to a mill, by years, with its uncertainty."""
    return told(view, ores.site_ore(view, name))


@router.get("/export", response_class=Response)
def explore_export(
    view: Reading,
    name: SetName,
    table: Annotated[grades.Table, Query(description="Which table.")],
    analyte: Analyte = "",
    form: Annotated[FileForm, Query(alias="format")] = "csv",
    of: Of = None,
    domain: OneDomain = None,
    is_logarithmic: IsLogarithmic = False,
    bins: Bins = 30,
    lag_m: LagM = None,
    lags: Lags = None,
    without: Without = LeaveOut.HOLE,
    seed: Seed = 1,
    realisations: Realisations = 20,
) -> Response:
    """Give one table as a file, CSV, Excel or Parquet; what is asked is as of its own address."""
    given: dict[str, object] = {"analyte": analyte}
    if table == "histogram":
        given |= {"of": of, "domain": domain or "", "logarithmic": is_logarithmic, "bins": bins}
    elif table == "variogram":
        given |= {"lag_m": lag_m, "lags": lags, "domain": domain}
    elif table == "cross-validation":
        given |= {"without": without}
    elif table == "simulation":
        given |= {"seed": seed, "realisations": realisations, "lag_m": lag_m}
    return frame_file(grades.explore_frame(view, name, table, **given), table, form)
