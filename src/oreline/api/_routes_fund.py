"""The addresses of funding: where tranches stand, commitments, approvals, releases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from oreline.api import _answers_fund as fund
from oreline.api import _answers_record as record
from oreline.api._deps import Answer, Deciding, Given, Reading, Symbol, fresh_mark, now_us, told
from oreline.record import instant_text

router = APIRouter()


class Commitment(Given):
    """Money of an instrument that is committed, as decimal text in its currency."""

    instrument: str = Field(max_length=80)
    amount: str = Field(max_length=30)


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
    on: Annotated[
        str | None,
        Query(description="Judge on this day; by default today (UTC).", max_length=10),
    ] = None,
) -> Answer:
    """Give instruments and tranches: which conditions hold, on which numbers, what is missing."""
    return told(view, fund.fund_told(view, on))


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
