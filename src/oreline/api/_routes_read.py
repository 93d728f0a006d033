"""The addresses that answer questions: chain, lots, origins, balances, what is open."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from oreline.api import _answers_balance as balance
from oreline.api import _answers_chain as chain
from oreline.api import _answers_lots as lots
from oreline.api import _answers_record as record
from oreline.api._answers_names import NAMED
from oreline.api._answers_names import suggestions as offered
from oreline.api._deps import Reading, Symbol, told
from oreline.api._files import FileForm, frame_file
from oreline.api._lots_table import Asked
from oreline.api._service import service_of

router = APIRouter()
Answer = dict[str, Any]
OneLot = Annotated[str, Query(description="The lot, as issuer:local.", max_length=130)]
OneEvent = Annotated[str, Query(description="The id of the event.", max_length=120)]
Limit = Annotated[int, Query(ge=1, description="How many at most.")]
LevelName = Literal["country", "district", "site", "lot", "party"]
PeriodText = Annotated[
    str, Query(description="day, month, year, or 2025-01-01..2025-04-01.", max_length=40)
]


def _limit(request: Request, wanted: int | None) -> int:
    settings = service_of(request).settings
    return min(wanted or settings.page_rows_default, settings.page_rows_max)


@router.get("/overview", tags=["chain"])
def overview(view: Reading) -> Answer:
    """Give the numbers and names that somebody looks for first."""
    return told(view, chain.overview(view))


@router.get("/flow", tags=["chain"])
def flow(view: Reading, element: Symbol) -> Answer:
    """Give how much of an element went from material to material."""
    return told(view, chain.flow(view, element))


@router.get("/brief", tags=["chain"])
def brief(view: Reading) -> Answer:
    """Give the first screen: what is reported, what is not published, what follows."""
    return told(view, chain.told_brief(view).to_json())


@router.get("/questions", tags=["ask"])
def questions(view: Reading, reported: bool = False) -> Answer:
    """Give what is open, and the documents that would settle most of it."""
    return told(view, chain.open_now(view, reported_only=reported))


@router.get("/letter", tags=["ask"])
def letter(
    view: Reading,
    to: Annotated[str, Query(max_length=120)],
    day: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None,
) -> Answer:
    """Give the letter that asks a party for its documents."""
    return told(view, chain.letter_to(view, to, day))


@router.get("/suggestions", tags=["record"])
def suggestions(
    request: Request,
    view: Reading,
    of: Annotated[str, Query(description=f"Of what: {', '.join(NAMED)}.", max_length=20)],
    text: Annotated[str, Query(description="What the name contains.", max_length=130)] = "",
    after: Annotated[
        str | None, Query(description="The next of the page before.", max_length=400)
    ] = None,
    limit: Limit | None = None,
) -> Answer:
    """Give names that contain a text: of lots the latest first, of sites, materials, parties."""
    return told(view, offered(view, of, text, limit=_limit(request, limit), after=after))


def asked_of(
    sort: Annotated[str, Query(max_length=20)] = "last",
    order: Literal["asc", "desc"] = "desc",
    element: Annotated[str | None, Query(max_length=20)] = None,
    search: Annotated[str, Query(max_length=130)] = "",
    material: Annotated[str | None, Query(max_length=120)] = None,
    stage: Annotated[str | None, Query(max_length=120)] = None,
    site: Annotated[str | None, Query(max_length=120)] = None,
    holder: Annotated[str | None, Query(max_length=120)] = None,
    basis: Annotated[str | None, Query(max_length=20)] = None,
    flag: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str | None, Query(max_length=40)] = None,
    until: Annotated[str | None, Query(max_length=40)] = None,
    dry_kg_min: Annotated[float | None, Query(ge=0, le=1e16)] = None,
    dry_kg_max: Annotated[float | None, Query(ge=0, le=1e16)] = None,
) -> Asked:
    """Return what the table of lots is asked for."""
    given = {
        "material": material, "stage": stage, "site": site, "holder": holder, "basis": basis,
    }  # fmt: skip
    equal = {name: value for name, value in given.items() if value}
    return Asked(
        sort,
        order == "desc",
        element or None,
        search,
        equal,
        flag,
        since,
        until,
        dry_kg_min,
        dry_kg_max,
    )


OfTable = Annotated[Asked, Depends(asked_of)]


@router.get("/lots", tags=["lots"])
def lot_page(
    request: Request,
    view: Reading,
    asked: OfTable,
    limit: Limit | None = None,
    after: Annotated[str | None, Query(max_length=400)] = None,
    at: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> Answer:
    """Give a page of the table of lots, sorted, filtered and searched.

    Go on with ``after`` = the ``next`` of the page before; a table that jumps gives ``at``.
    """
    found = lots.lots_page(view, asked, limit=_limit(request, limit), after=after, at=at)
    return told(view, found)


@router.get("/lots/export", tags=["lots"], response_class=Response)
def lot_export(
    view: Reading, asked: OfTable, form: Annotated[FileForm, Query(alias="format")] = "csv"
) -> Response:
    """Give every lot that the table finds as a file: CSV, Excel or Parquet."""
    return frame_file(lots.lots_frame(view, asked), "lots", form)


@router.get("/lots/choices", tags=["lots"])
def lot_choices(view: Reading) -> Answer:
    """Give what the table of lots can be filtered and sorted by."""
    return told(view, lots.lot_choices(view))


@router.get("/lot/custody", tags=["lots"])
def lot_custody(view: Reading, lot: OneLot) -> Answer:
    """Give who had a lot, where and when."""
    return told(view, lots.lot_custody(view, lot))


@router.get("/lot/origins", tags=["lots"])
def lot_origins(
    view: Reading, lot: OneLot, element: Symbol, level: LevelName | None = None
) -> Answer:
    """Give where an element of a lot came from, with masses that sum exactly."""
    return told(view, lots.origins(view, lot, element, level))


@router.get("/lot/explain", tags=["lots"])
def lot_explain(
    view: Reading, lot: OneLot, element: Symbol, steps: Annotated[int, Query(ge=1, le=2000)] = 200
) -> Answer:
    """Give the arithmetic behind the origins of a lot, step by step."""
    return told(view, lots.explained(view, lot, element, steps))


@router.get("/lot/lineage", tags=["lots"])
def lot_lineage(
    view: Reading, lot: OneLot, element: Annotated[str | None, Query(max_length=20)] = None
) -> Answer:
    """Give one step up and down from a lot, with the masses moved."""
    return told(view, lots.lineage(view, lot, element))


@router.get("/lot/reach", tags=["lots"])
def lot_reach(
    request: Request, view: Reading, lot: OneLot, direction: Literal["up", "down"]
) -> Answer:
    """Give every lot that went into a lot (up), or may contain some of it (down)."""
    limit = service_of(request).settings.lineage_lots_max
    return told(view, lots.reached(view, lot, direction, limit))


@router.get("/lot", tags=["lots"])
def one_lot(view: Reading, lot: OneLot) -> Answer:
    """Give a lot: what and where it is, what is in it, and every measurement beside it."""
    return told(view, lots.lot(view, lot))


@router.get("/trace/path", tags=["trace"])
def path(view: Reading, earlier: OneLot, later: OneLot) -> Answer:
    """Give a shortest chain of events that leads from one lot to another."""
    return told(view, lots.way(view, earlier, later))


@router.get("/trace/recall", tags=["trace"])
def recall(
    view: Reading,
    origin: Annotated[str, Query(max_length=130)],
    element: Symbol,
    level: LevelName = "country",
) -> Answer:
    """Give every lot that holds an element from one mine, district, country or party."""
    return told(view, lots.recalled(view, level, origin, element))


@router.get("/trace/lots", tags=["trace"])
def all_origins(
    request: Request,
    view: Reading,
    element: Symbol,
    level: LevelName = "country",
    limit: Limit | None = None,
) -> Answer:
    """Give the origins of every lot at one level."""
    return told(view, lots.origins_of_all(view, element, level, _limit(request, limit)))


@router.get("/balance/sites", tags=["balance"])
def balance_of_sites(
    view: Reading,
    element: Symbol,
    site: Annotated[str | None, Query(max_length=120)] = None,
    period: PeriodText = "month",
) -> Answer:
    """Account for an element at every site and period."""
    return told(view, balance.site_accounts(view, element, site, period))


@router.get("/balance/events", tags=["balance"])
def balance_of_events(
    request: Request,
    view: Reading,
    element: Symbol,
    event: Annotated[str | None, Query(max_length=120)] = None,
    open_only: bool = False,
    limit: Limit | None = None,
) -> Answer:
    """Balance every process, blend, split and consumption."""
    found = balance.event_accounts(
        view, element, event, open_only=open_only, limit=_limit(request, limit)
    )
    return told(view, found)


@router.get("/balance/outturns", tags=["balance"])
def balance_of_trips(
    view: Reading,
    element: Symbol,
    franchise_pct: Annotated[str | None, Query(max_length=20)] = None,
    lot: Annotated[str | None, Query(max_length=130)] = None,
) -> Answer:
    """Compare what was dispatched with what arrived, in dry mass, against the franchise."""
    return told(view, balance.outturns(view, element, franchise_pct, lot))


@router.get("/balance/recoveries", tags=["balance"])
def balance_of_plants(
    view: Reading,
    element: Symbol,
    period: PeriodText = "month",
    by: Literal["site", "unit"] = "site",
) -> Answer:
    """Give recoveries: metal in products for metal in feed."""
    return told(view, balance.recoveries(view, element, period, by))


@router.get("/balance/what-if", tags=["balance"])
def balance_if(
    view: Reading,
    subject: Annotated[str, Query(description="An assay event, or a lot.", max_length=130)],
    symbol: Symbol,
    value: Annotated[str, Query(description="The other grade, as decimal text.", max_length=40)],
    element: Annotated[str | None, Query(max_length=20)] = None,
    unit: Annotated[str | None, Query(max_length=20)] = None,
    period: PeriodText = "month",
) -> Answer:
    """Say what would change if one grade were another; nothing is written."""
    found = balance.what_if(view, subject, symbol, value, element=element, unit=unit, period=period)
    return told(view, found)


@router.get("/events", tags=["record"])
def event_page(
    request: Request,
    view: Reading,
    kind: Annotated[str | None, Query(max_length=20)] = None,
    site: Annotated[str | None, Query(max_length=120)] = None,
    held: bool = False,
    before: Annotated[int | None, Query(ge=-(2**53), le=2**53)] = None,
    limit: Limit | None = None,
) -> Answer:
    """Give events, the latest entry first; go on with ``before`` = the ``next`` of a page."""
    found = record.events_page(
        view, kind=kind, site=site, limit=_limit(request, limit), before=before, held_only=held
    )
    return told(view, found)


@router.get("/event/signatures", tags=["record"])
def event_signatures(view: Reading, event: OneEvent) -> Answer:
    """Give which parties have signed a dispatch or receipt, and who has yet to."""
    return told(view, record.signatures(view, event))


@router.get("/event", tags=["record"])
def one_event(view: Reading, event: OneEvent) -> Answer:
    """Give an event as written and as it counts, with its findings and corrections."""
    return told(view, record.event(view, event))
