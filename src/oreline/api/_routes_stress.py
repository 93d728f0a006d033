"""The addresses of supply risk: minerals. Those of other parts of the verb hang in here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from oreline.api import _answers_stress as stress
from oreline.api import _routes_stress_chain, _routes_stress_disruption, _routes_stress_eu
from oreline.api._deps import Answer, Asking, Given, Reading, told
from oreline.api._files import FileForm, file_name, frame_file, workbook_file

router = APIRouter()
Year = Annotated[
    int | None,
    Query(description="The year of the figures; by default the newest.", ge=1900, le=2100),
]
Listed = Annotated[
    str,
    Query(
        alias="list",
        description="Only minerals of a list: 2018, 2022, draft 2025, final 2025, EU 2023.",
        max_length=40,
    ),
]
Name = Annotated[str, Query(description="A mineral, such as antimony or Nd.", max_length=80)]
ImporterCode = Annotated[
    str, Query(description="Whose GeoPolRisk: a country.", min_length=2, max_length=60)
]
Code = Annotated[
    str, Query(description="A code of the HS, such as 2617.10, or a mineral.", max_length=80)
]
ToCountry = Annotated[str, Query(description="Only imports of this country.", max_length=60)]
ImporterNames = Annotated[
    list[str],
    Query(
        alias="importer",
        description="A country, a region as Iberia=ESP,PRT, or OECD for all members.",
        max_length=60,
    ),
]
Years = Annotated[list[int], Query(alias="year", description="By default the newest.")]
Taiwan = Annotated[bool, Query(description="Give BACI's Other Asia the estimate of Taiwan.")]
ChartName = Annotated[str, Query(max_length=40)]
OneList = Annotated[str, Query(max_length=40)]


class MixText(Given):
    """A supplier mix as CSV: material, country, quantity_t, value_usd; ``home`` carries no risk."""

    text: str = Field(max_length=300_000)
    home: str = Field(default="", max_length=60)
    year: int | None = Field(default=None, ge=1900, le=2100)
    taiwan: bool = False


@router.get("/stress/minerals", tags=["stress"])
def minerals(view: Reading, year: Year = None, listed: Listed = "") -> Answer:
    """Give every mineral under every measure, and at each stage how concentrated it is."""
    return told(view, stress.stress_minerals(view, year, listed))


@router.get("/stress/minerals.{form}", tags=["stress"], response_class=Response)
def minerals_file(
    view: Reading, form: FileForm, year: Year = None, listed: Listed = ""
) -> Response:
    """Give the table of minerals; as Excel with a second sheet of all stages."""
    of, sheets = stress.stress_minerals_sheets(view, year, listed)
    name = file_name("minerals", listed, str(of))
    if form == "xlsx":
        return workbook_file(sheets, name)
    return frame_file(sheets["minerals"], name, form)


@router.get("/stress/mineral", tags=["stress"])
def mineral(view: Reading, name: Name, importer: ImporterCode = "USA") -> Answer:
    """Give everything that is published of a mineral, each number with source and flags."""
    return told(view, stress.stress_mineral(view, name, importer))


@router.get("/stress/mineral.{form}", tags=["stress"], response_class=Response)
def mineral_file(
    view: Reading, form: FileForm, name: Name, importer: ImporterCode = "USA"
) -> Response:
    """Give every number of a mineral as a table, one a row with unit, source and year."""
    mineral, frame = stress.stress_mineral_frame(view, name, importer)
    return frame_file(frame, file_name("mineral", mineral), form)


@router.get("/stress/mineral/chart.svg", tags=["stress"], response_class=Response)
def mineral_chart(view: Reading, name: Name, chart: ChartName = "china") -> Response:
    """Give a picture of a mineral for a brief: china, hhi, imports or methods."""
    return _svg(stress.mineral_svg(view, name, chart))


@router.get("/stress/minerals/chart.svg", tags=["stress"], response_class=Response)
def minerals_chart(view: Reading, method: ChartName = "us_gdp", listed: Listed = "") -> Response:
    """Give a picture of the most critical minerals under a method."""
    return _svg(stress.minerals_svg(view, method, listed))


def _svg(drawn: str) -> Response:
    return Response(drawn, media_type="image/svg+xml")


@router.get("/stress/changes", tags=["stress"])
def changes(view: Reading, earlier: OneList = "2022", later: OneList = "final 2025") -> Answer:
    """Give what changed between two lists of critical minerals, and why."""
    return told(view, stress.stress_changes(view, earlier, later))


@router.get("/stress/ranks", tags=["stress"])
def ranks(view: Reading, listed_only: bool = True) -> Answer:
    """Give rank correlations between the methods, and the minerals on which they differ most."""
    return told(view, stress.stress_ranks(view, listed_only=listed_only))


@router.get("/stress/geopolrisk", tags=["stress"])
def geopolrisk(
    view: Reading,
    importers: ImporterNames = ["USA"],  # noqa: B006 - FastAPI copies it
    years: Years = [],  # noqa: B006 - FastAPI copies it
    taiwan: Taiwan = False,
) -> Answer:
    """Give GeoPolRisk scores and characterization factors of importers and years."""
    return told(view, stress.stress_geopolrisk(view, importers, years, taiwan=taiwan))


@router.get("/stress/geopolrisk.{form}", tags=["stress"], response_class=Response)
def geopolrisk_file(
    view: Reading,
    form: FileForm,
    importers: ImporterNames = ["USA"],  # noqa: B006 - FastAPI copies it
    years: Years = [],  # noqa: B006 - FastAPI copies it
    taiwan: Taiwan = False,
) -> Response:
    """Give GeoPolRisk factors as a table."""
    frame = stress.stress_geopolrisk_frame(view, importers, years, taiwan=taiwan)
    return frame_file(frame, file_name("geopolrisk", *importers[:3]), form)


@router.post("/stress/geopolrisk/mix", tags=["stress"])
def geopolrisk_mix(view: Asking, given: MixText) -> Answer:
    """Give GeoPolRisk of a company: its own suppliers in the place of a country's imports."""
    found = stress.stress_supplier_mix(
        view, given.text, given.home, given.year, taiwan=given.taiwan
    )
    return told(view, found)


@router.get("/stress/trade", tags=["stress"])
def trade(view: Reading, code: Code, year: Year = None, to: ToCountry = "") -> Answer:
    """Give who exports a code, with share and rank in the world, and what is not told."""
    return told(view, stress.stress_trade(view, code, year, to))


@router.get("/stress/trade.{form}", tags=["stress"], response_class=Response)
def trade_file(
    view: Reading, form: FileForm, code: Code, year: Year = None, to: ToCountry = ""
) -> Response:
    """Give the exporters of a code as a table."""
    frame = stress.stress_trade_frame(view, code, year, to)
    return frame_file(frame, file_name("trade", code, to), form)


ROUTERS = (
    router,
    _routes_stress_eu.router,
    _routes_stress_chain.router,
    _routes_stress_disruption.router,
)
"""The routers of the verb, one for each of its parts."""
