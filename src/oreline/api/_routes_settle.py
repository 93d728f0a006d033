"""The addresses of settlement: contracts, statements and their files, exposure, invoices."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from oreline.api import _answers_money as money
from oreline.api import _answers_record as record
from oreline.api import _answers_settle as settle
from oreline.api._deps import (
    Answer,
    Given,
    Reading,
    Recording,
    Symbol,
    fresh_mark,
    now_us,
    told,
)
from oreline.api._files import FileForm, file_name, frame_file
from oreline.settle import Side, statement_frame, statement_pdf, statement_workbook

router = APIRouter()
OneContract = Annotated[str, Query(description="The contract's id.", max_length=80)]
AContract = Annotated[
    str | None,
    Query(description="The contract's id; without one nothing is settled.", max_length=80),
]
OneShipment = Annotated[
    str, Query(description="The shipment: its dispatch, a document, or a lot.", max_length=130)
]
StageName = Literal["provisional", "second_provisional", "final"]
OneStage = Annotated[StageName, Query(description="The stage of the statement.")]
OnDay = Annotated[
    str | None,
    Query(description="With what was known on a day; by default today (UTC).", max_length=10),
]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Invoicing(Given):
    """An invoice of a statement; ``hash`` is that of the statement that was seen."""

    contract: str = Field(max_length=80)
    shipment: str = Field(max_length=130)
    stage: StageName
    on: str | None = Field(default=None, max_length=10)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class PeriodDeclared(Given):
    """The quotational period that a side declares, such as ``cu=m2``."""

    contract: str = Field(max_length=80)
    shipment: str = Field(max_length=130)
    period: str = Field(max_length=200)
    side: Literal["seller", "buyer"]


class PeriodAccepted(Given):
    """A declaration that the party that it was made to accepts as of the day that it says."""

    event: str = Field(max_length=130)
    party: str = Field(max_length=80)


@router.get("/settle/contracts", tags=["settle"])
def all_contracts(view: Reading) -> Answer:
    """Give the contracts that the person may see, with the shipments under each."""
    return told(view, settle.settlements(view))


@router.get("/settle/contract", tags=["settle"])
def one_contract(view: Reading, contract: OneContract) -> Answer:
    """Give the terms of a contract, clause by clause in words, and as text."""
    return told(view, settle.contract_told(view, contract))


@router.get("/settle/statement", tags=["settle"])
def one_statement(
    view: Reading,
    shipment: OneShipment,
    contract: AContract = None,
    stage: OneStage = "provisional",
    on: OnDay = None,
) -> Answer:
    """Give a statement: each line with formula, inputs, clause and evidence, or what is missing."""
    return told(view, settle.statement_told(view, contract, shipment, stage, on))


@router.get("/settle/statement.{form}", tags=["settle"], response_class=Response)
def statement_file(
    view: Reading,
    form: Literal["csv", "xlsx", "parquet", "pdf"],
    contract: OneContract,
    shipment: OneShipment,
    stage: OneStage = "provisional",
    on: OnDay = None,
) -> Response:
    """Give a statement as a file: PDF to sign, workbook, or its lines as a table."""
    made = view.reading.ask(lambda: settle.made_statement(view, contract, shipment, stage, on))
    name = file_name("statement", contract, shipment, stage, on or "")
    if form in {"csv", "parquet"}:
        chosen: FileForm = "csv" if form == "csv" else "parquet"
        return frame_file(statement_frame(made.statement), name, chosen)
    imprint = settle.imprint_of(view, made)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    if form == "pdf":
        data = statement_pdf(made.statement, imprint)
        return Response(data, media_type="application/pdf", headers=headers)
    return Response(statement_workbook(made.statement, imprint), media_type=_EXCEL, headers=headers)


@router.get("/settle/change", tags=["settle"])
def change_of_statement(
    view: Reading,
    contract: OneContract,
    shipment: OneShipment,
    stage: OneStage = "final",
    on: OnDay = None,
    before_on: OnDay = None,
) -> Answer:
    """Give how the statement of the stage before became this one: weight, assay, price, charge."""
    return told(view, settle.statement_change(view, contract, shipment, stage, on, before_on))


@router.get("/settle/what-if", tags=["settle"])
def money_if(
    view: Reading,
    subject: Annotated[str, Query(description="An assay event, or a lot.", max_length=130)],
    symbol: Symbol,
    value: Annotated[str, Query(description="The other grade, as decimal text.", max_length=40)],
    unit: Annotated[str | None, Query(max_length=20)] = None,
    on: OnDay = None,
) -> Answer:
    """Say what money would move if one grade were another: lines, penalties, stale invoices."""
    return told(view, money.money_if(view, subject, symbol, value, unit=unit, on=on))


@router.get("/settle/risk", tags=["settle"])
def risk_of_statement(
    view: Reading,
    contract: OneContract,
    shipment: OneShipment,
    stage: OneStage = "provisional",
    on: OnDay = None,
    trials: Annotated[int, Query(description="Settle so many times to check.", ge=0)] = 0,
) -> Answer:
    """Give what makes the value uncertain, and how likely each assay goes to the umpire."""
    return told(view, settle.statement_risk(view, contract, shipment, stage, on, trials))


@router.get("/settle/specification", tags=["settle"])
def limits_of_shipment(
    view: Reading,
    contract: OneContract,
    shipment: OneShipment,
    stage: OneStage = "provisional",
    on: OnDay = None,
) -> Answer:
    """Hold a shipment against its contract's limits: PASS, OUTSIDE or UNKNOWN, with evidence."""
    return told(view, settle.specification_told(view, contract, shipment, stage, on))


@router.get("/settle/exposure", tags=["settle"])
def open_prices(view: Reading, on: OnDay = None) -> Answer:
    """Give the payable metal that is not priced yet, by metal, market and month."""
    return told(view, settle.exposures(view, on))


@router.get("/settle/periods", tags=["settle"])
def periods_of_shipment(
    view: Reading, contract: OneContract, shipment: OneShipment, on: OnDay = None
) -> Answer:
    """Give the periods that may be declared, until when, what each would pay, what was declared."""
    return told(view, settle.periods_told(view, contract, shipment, on))


@router.post("/settle/periods", tags=["settle"], status_code=201)
def declare_period(request: Request, view: Recording, given: PeriodDeclared) -> Answer:
    """Declare a quotational period; refused for a side that is not entitled, and when late."""
    draft = settle.period_to_declare(
        view, given.contract, given.shipment, given.period, Side(given.side)
    )
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/settle/periods/acceptances", tags=["settle"], status_code=201)
def accept_period(request: Request, view: Recording, given: PeriodAccepted) -> Answer:
    """Accept a period that the other party declared, as of the day that the declaration says."""
    draft = settle.period_to_accept(view, given.event, given.party)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/settle/invoices", tags=["settle"], status_code=201)
def enter_invoice(request: Request, view: Recording, given: Invoicing) -> Answer:
    """Enter the invoice of a statement; refused if the statement changed since it was seen."""
    draft = settle.invoice_to_enter(
        view, given.contract, given.shipment, given.stage, given.on, given.hash
    )
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))
