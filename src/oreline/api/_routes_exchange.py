"""The addresses of the exchange of assays: how far it is, its proof, sealing, opening."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from oreline.api import _answers_exchange as exchange
from oreline.api import _answers_record as record
from oreline.api._deps import Answer, Given, Reading, Recording, fresh_mark, now_us, told
from oreline.settle import Side

router = APIRouter()
OneLot = Annotated[str, Query(description="The lot, as issuer:local.", max_length=130)]
OneContract = Annotated[
    str | None,
    Query(description="The contract, by default the one that the seals name.", max_length=80),
]
Day = Annotated[date | None, Query(description="Which day it is, by default the server's (UTC).")]


class Sealing(Given):
    """The hash of results that stay with the party; see the page on the exchange of assays."""

    lot: str = Field(max_length=130)
    side: Literal["seller", "buyer"]
    contract: str = Field(max_length=80)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class LaterDate(Given):
    """A later date for one side, granted by the other; that day included."""

    lot: str = Field(max_length=130)
    side: Literal["seller", "buyer"]
    contract: str = Field(max_length=80)
    until: date
    reason: str = Field(min_length=1, max_length=1_000)


class Acceptance(Given):
    """What a side accepts: an agreed assay that the other entered, or its correction of results."""

    lot: str = Field(max_length=130)
    side: Literal["seller", "buyer"]
    contract: str = Field(max_length=80)
    event: str = Field(max_length=130)


class UmpireInvoice(Given):
    """What an umpire asks one of the parties for the analysis of a lot."""

    lot: str = Field(max_length=130)
    contract: str = Field(max_length=80)
    laboratory: str = Field(max_length=80)
    to: Literal["seller", "buyer"]
    amount: str = Field(max_length=40, description="Amount and currency, such as 450 USD.")
    analytes: list[str] = Field(default_factory=list, max_length=100)
    document: str | None = Field(default=None, max_length=200)


class Opening(Given):
    """The text that was sealed, as it was kept."""

    text: str = Field(max_length=4_000)


@router.get("/settle/exchanges", tags=["settle"])
def all_exchanges(view: Reading, today: Day = None) -> Answer:
    """Give every lot whose assays are exchanged, how far it is and who acts next."""
    return told(view, exchange.exchanges(view, today))


@router.get("/settle/exchange", tags=["settle"])
def one_exchange(
    view: Reading, lot: OneLot, contract: OneContract = None, today: Day = None
) -> Answer:
    """Give the exchange of a lot: results, deadlines, what is settled or missing, and the proof."""
    return told(view, exchange.exchange_state(view, lot, contract, today))


@router.get("/settle/exchange/proof", tags=["settle"])
def proof_of_exchange(view: Reading, lot: OneLot, contract: OneContract = None) -> Answer:
    """Give what the log shows of a sealed exchange, or the event that fails."""
    return told(view, exchange.exchange_proof(view, lot, contract))


@router.post("/settle/exchange/seals", tags=["settle"], status_code=201)
def seal(request: Request, view: Recording, given: Sealing) -> Answer:
    """Seal results by their hash; the server does not see them."""
    draft = exchange.exchange_sealing(view, given.lot, Side(given.side), given.contract, given.hash)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/settle/exchange/openings", tags=["settle"], status_code=201)
def open_seal(request: Request, view: Recording, given: Opening) -> Answer:
    """Open one's own seal: the results enter the ledger. Refused while the other has not sealed."""
    drafts: dict[str, Any] = exchange.exchange_opening(view, given.text)
    ready = [
        record.named(view, draft, now_us(request), fresh_mark(request)) for draft in drafts.values()
    ]
    return told(view, record.appended(view, ready))


@router.post("/settle/exchange/extensions", tags=["settle"], status_code=201)
def extend(request: Request, view: Recording, given: LaterDate) -> Answer:
    """Grant the other side a later date; it never shortens one."""
    draft = exchange.exchange_extension(
        view, given.lot, Side(given.side), given.contract, given.until, given.reason
    )
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/settle/exchange/fees", tags=["settle"], status_code=201)
def invoice_of_umpire(request: Request, view: Recording, given: UmpireInvoice) -> Answer:
    """Enter the invoice of an umpire; the final statement says what of it one party owes."""
    draft = exchange.umpire_invoice(
        view,
        given.lot,
        given.contract,
        given.laboratory,
        Side(given.to),
        given.amount,
        given.analytes,
        given.document,
    )
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/settle/exchange/acceptances", tags=["settle"], status_code=201)
def accept(request: Request, view: Recording, given: Acceptance) -> Answer:
    """Accept what the other side entered, so that it counts."""
    draft = exchange.exchange_acceptance(
        view, given.lot, Side(given.side), given.contract, given.event
    )
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))
