"""The addresses of funding: where tranches stand, commitments, approvals, releases."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from oreline.api import _answers_fund as fund
from oreline.api import _answers_office as office
from oreline.api import _answers_outlook as outlook
from oreline.api import _answers_record as record
from oreline.api import _answers_transfer as transfer
from oreline.api._deps import Answer, Deciding, Given, Reading, Symbol, fresh_mark, now_us, told
from oreline.api._files import FileForm, file_name, frame_file, workbook_file
from oreline.record import instant_text

router = APIRouter()
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


OnDay = Annotated[
    str | None,
    Query(description="Judge on this day; by default today (UTC).", max_length=10),
]
OneInstrument = Annotated[str, Query(description="The id of an instrument.", max_length=80)]


class Commitment(Given):
    """Money of an instrument that is committed, as decimal text in its currency."""

    instrument: str = Field(max_length=80)
    amount: str = Field(max_length=30)


class Movement(Commitment):
    """Money of an instrument that is drawn, spent or paid back by who takes it."""

    kind: Literal["drawdown", "spend", "payment"]
    on: str = Field(default="", max_length=80)


class OfTranche(Given):
    """A tranche of an instrument."""

    instrument: str = Field(max_length=80)
    tranche: str = Field(max_length=80)


class TrancheApproval(OfTranche):
    """A person's approval of a tranche, for a party."""

    party: str = Field(max_length=80)


@router.get("/fund", tags=["fund"])
def all_instruments(
    view: Reading,
    on: OnDay = None,
) -> Answer:
    """Give instruments and tranches: which conditions hold, on which numbers, what is missing."""
    return told(view, fund.fund_told(view, on))


@router.get("/fund/outlook", tags=["fund"])
def how_money_comes_back(view: Reading, on: OnDay = None) -> Answer:
    """Give schedules of loans, covenants with DSCR and LLCR, and what deliveries work off."""
    return told(view, outlook.outlooks_told(view, on))


@router.get("/fund/books", tags=["fund"])
def books(view: Reading, instrument: OneInstrument, on: OnDay = None) -> Answer:
    """Give the double-entry books of an instrument until a day; every entry balances."""
    return told(view, outlook.books_told(view, instrument, on))


@router.get("/fund/books.{form}", tags=["fund"], response_class=Response)
def books_file(
    view: Reading, form: outlook.BooksForm, instrument: OneInstrument, on: OnDay = None
) -> Response:
    """Give the books as a table, or as a file of Beancount."""
    frame, text = outlook.books_written(view, instrument, on, form)
    name = file_name("books", instrument, on or "")
    if form == "beancount":
        headers = {"Content-Disposition": f'attachment; filename="{name}.beancount"'}
        return Response(text, media_type="text/plain; charset=utf-8", headers=headers)
    return frame_file(frame, name, form)


@router.get("/fund/permits", tags=["fund"])
def permit_register(view: Reading, on: OnDay = None) -> Answer:
    """Give every permit on a day with its expiry, and the phases that it keeps closed."""
    return told(view, outlook.permits_told(view, on))


@router.get("/fund/office", tags=["fund"])
def partnership_office(view: Reading, on: OnDay = None) -> Answer:
    """Give deliverables, decisions and risks of the chain folder, and what is late on a day."""
    return told(view, office.office_told(view, on))


@router.get("/fund/pack", tags=["fund"])
def committee_pack(view: Reading, on: OnDay = None) -> Answer:
    """Give the joint committee's pack: metal, money, conditions, permits, risks, decisions due."""
    return told(view, office.pack_told(view, on))


@router.get("/fund/pack.pdf", tags=["fund"], response_class=Response)
def committee_paper(view: Reading, on: OnDay = None) -> Response:
    """Give the joint committee's pack as one PDF."""
    name = file_name("joint-committee", on or "")
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(office.pack_paper(view, on), media_type="application/pdf", headers=headers)


@router.get("/fund/status.xlsx", tags=["fund"], response_class=Response)
def status_file(view: Reading, on: OnDay = None) -> Response:
    """Give instruments, tranches and conditions as an Excel workbook."""
    name = file_name("fund-status", on or "")
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(office.status_workbook(view, on), media_type=EXCEL, headers=headers)


@router.get("/fund/benefit", tags=["fund"])
def benefit_to_both(view: Reading) -> Answer:
    """Give what stays where the ore is mined, stage by stage, and what the importer gains."""
    return told(view, office.benefit_told(view))


@router.get("/fund/transfer-pricing", tags=["fund"])
def transfer_pricing(view: Reading, on: OnDay = None) -> Answer:
    """Give sales between related parties, each beside what independent parties agreed on."""
    return told(view, transfer.transfer_told(view, on))


@router.get("/fund/transfer-pricing.{form}", tags=["fund"], response_class=Response)
def transfer_pricing_file(view: Reading, form: FileForm, on: OnDay = None) -> Response:
    """Give the transfer-pricing file: as Excel all its tables, else its sales."""
    found = transfer.transfer_seen(view, on)
    name = file_name("transfer-pricing", on or "")
    if form == "xlsx":
        return workbook_file(found.frames(), name)
    return frame_file(found.to_frame(), name, form)


@router.get("/fund/programmes", tags=["fund"])
def public_programmes(view: Reading) -> Answer:
    """Give which programmes of public funding the project is eligible for, and why."""
    return told(view, office.programmes_told(view))


@router.get("/fund/words", tags=["fund"])
def condition_words(view: Reading) -> Answer:
    """Give what conditions may ask, with what, and in which unit they are answered."""
    return told(view, fund.words_told(view))


@router.get("/fund/what-if", tags=["fund"])
def tranches_if(
    view: Reading,
    subject: Annotated[str, Query(description="An assay event, or a lot.", max_length=130)],
    symbol: Symbol,
    value: Annotated[str, Query(description="The other grade, as decimal text.", max_length=40)],
    unit: Annotated[str | None, Query(max_length=20)] = None,
    on: Annotated[
        str | None,
        Query(description="Judge on this day; by default today (UTC).", max_length=10),
    ] = None,
) -> Answer:
    """Say what would become of tranches if one grade were another: state, conditions, risk."""
    return told(view, fund.tranches_if(view, subject, symbol, value, unit=unit, on=on))


@router.post("/fund/commitments", tags=["fund"], status_code=201)
def commit_money(request: Request, view: Deciding, given: Commitment) -> Answer:
    """Commit money of an instrument; only that can be released."""
    draft = fund.commitment_to_enter(view, given.instrument, given.amount)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/fund/movements", tags=["fund"], status_code=201)
def move_money(request: Request, view: Deciding, given: Movement) -> Answer:
    """Draw, spend or pay back money; no more is drawn than released, or spent than drawn."""
    draft = fund.move_to_enter(view, given.instrument, given.kind, given.amount, given.on)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/fund/approvals", tags=["fund"], status_code=201)
def approve_tranche(request: Request, view: Deciding, given: TrancheApproval) -> Answer:
    """Approve a tranche for a party; no person counts for two parties."""
    draft = fund.approval_to_enter(view, given.instrument, given.tranche, given.party)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/fund/releases", tags=["fund"], status_code=201)
def release_money(request: Request, view: Deciding, given: OfTranche) -> Answer:
    """Release a tranche: judged on the ledger that it is appended to; refused with every reason."""
    identity = f"{view.person.name}-release-{fresh_mark(request)}"
    time = instant_text(now_us(request))
    entered = fund.release_entered(
        view, given.instrument, given.tranche, identity=identity, time=time
    )
    return told(view, entered)
