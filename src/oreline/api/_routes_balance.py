"""The addresses of a month's books: running sums, metal accounts, signatures, principles."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from oreline.api import _answers_metal as metal
from oreline.api import _answers_record as record
from oreline.api._deps import Answer, Given, Reading, Recording, Symbol, fresh_mark, now_us, told
from oreline.api._files import FileForm, file_name, frame_file
from oreline.record import instant_text

router = APIRouter()
OneSite = Annotated[str, Query(description="The site.", max_length=120)]
OnePeriod = Annotated[
    str,
    Query(description="2025-09, 2025, 2025-09-01 or 2025-09-01..2025-10-01.", max_length=40),
]
Elements = Annotated[
    str,
    Query(description="Symbols with spaces between; by default all.", max_length=400),
]
Label = Annotated[str | None, Query(description="A period, such as 2025-09.", max_length=10)]


class AccountSignature(Given):
    """Who signs an account, and as what; ``review`` confirms one that another person signed."""

    site: str = Field(max_length=120)
    period: str = Field(max_length=40)
    elements: str = Field(default="", max_length=400)
    name: str = Field(min_length=1, max_length=200)
    capacity: str = Field(min_length=1, max_length=200)
    review: bool = False


@router.get("/balance/cusum", tags=["balance"])
def running_sum(
    view: Reading,
    site: OneSite,
    element: Symbol,
    period: Literal["day", "month", "year"] = "month",
    since: Label = None,
    until: Label = None,
    price: Annotated[str | None, Query(max_length=40)] = None,
    price_unit: Annotated[str, Query(max_length=20)] = "USD/t",
    price_source: Annotated[str, Query(max_length=200)] = "",
    price_basis: Annotated[str, Query(max_length=20)] = "assumed",
) -> Answer:
    """Give the running sum of unaccounted metal, its tests, its value, and hypotheses."""
    given = metal.PriceGiven(price, price_unit, price_source, price_basis)
    return told(
        view,
        metal.running_sum(view, site, element, period, since=since, until=until, price=given),
    )


@router.get("/balance/account", tags=["balance"])
def month_account(
    view: Reading,
    site: OneSite,
    period: OnePeriod,
    elements: Elements = "",
    against: Annotated[str | None, Query(max_length=40)] = None,
) -> Answer:
    """Give the metal account of a site and period, its signatures, both versions if restated."""
    return told(view, metal.month_account(view, site, period, elements, against))


@router.get("/balance/account/file", tags=["balance"], response_class=Response)
def account_file(
    view: Reading,
    site: OneSite,
    period: OnePeriod,
    elements: Elements = "",
    form: Annotated[FileForm | Literal["pdf"], Query(alias="format")] = "pdf",
) -> Response:
    """Give an account as a file: PDF for paper, or its legs as CSV, Excel or Parquet."""
    account, data = metal.account_file(view, site, period, elements)
    name = file_name("account", site, period)
    if form != "pdf":
        return frame_file(account.to_frame(), name, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


@router.post("/balance/account/signatures", tags=["balance"], status_code=201)
def sign_account(request: Request, view: Recording, given: AccountSignature) -> Answer:
    """Sign an account as it stands, or confirm one that another person signed."""
    moment = now_us(request)
    draft = metal.account_signature(
        view,
        given.site,
        given.period,
        given.elements,
        given.name,
        given.capacity,
        instant_text(moment)[:10],
        review=given.review,
    )
    ready = record.named(view, draft, moment, fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.get("/balance/checklist", tags=["balance"])
def principles(view: Reading, site: OneSite, period: OnePeriod, elements: Elements = "") -> Answer:
    """Give the ten principles of metal accounting: what the ledger has, lacks, and who has it."""
    return told(view, metal.principles(view, site, period, elements))


@router.get("/balance/choices", tags=["balance"])
def choices(view: Reading, element: Symbol) -> Answer:
    """Give the sites that have accounts of an element, with their months."""
    return told(view, metal.account_choices(view, element))
