"""The addresses of the calculators of money: cash flows, loans, levies, estimates, revenue."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from oreline.api import _answers_finance as finance
from oreline.api._deps import Answer, Asking, Given, Reading, told

router = APIRouter(prefix="/plan", tags=["plan"])
Rate = Annotated[str, Query(description="For one period: 0.1, 10% or 7.5%/12.", max_length=40)]
Amount = Annotated[str, Query(description="Decimal text, in one currency.", max_length=40)]
Count = Annotated[int, Query(ge=1, le=finance.YEARS_MAX)]
Money = Annotated[str | None, Field(max_length=40)]


class Flows(Given):
    """A cash flow as the text of a CSV file: period, amount, currency."""

    table: str = Field(max_length=200_000)
    rate: str = Field(max_length=40)
    discounting: Literal["end", "middle"] = "end"


class Levied(Given):
    """Levies as the text of a CSV file, and the amounts that they are taken of."""

    table: str = Field(max_length=200_000)
    currency: str = Field(max_length=20)
    gross_revenue: Money = None
    net_smelter_return: Money = None
    export_value: Money = None
    profit_before_tax: Money = None


@router.post("/cash-flow")
def cash_flow(view: Asking, given: Flows) -> Answer:
    """Give the net present value of a cash flow, and every internal rate of return."""
    found = finance.cash_flow_value(view, given.table, given.rate, given.discounting)
    return told(view, found)


@router.get("/annuity")
def annuity(
    view: Reading,
    rate: Rate,
    periods: Count,
    present_value: Amount,
    future_value: Amount = "0",
    begin: bool = False,
) -> Answer:
    """Give the equal payment that pays off a loan; what is paid is negative."""
    return told(
        view, finance.annuity(view, rate, periods, present_value, future_value, begin=begin)
    )


@router.get("/annual-equivalent")
def annual_equivalent(view: Reading, rate: Rate, years: Count, npv: Amount) -> Answer:
    """Give the equal yearly amount with a net present value, to compare different lives."""
    return told(view, finance.annual_equivalent(view, rate, years, npv))


@router.post("/levies")
def levies(view: Asking, given: Levied) -> Answer:
    """Give what royalties and levies take, each of its own base."""
    names = ("gross_revenue", "net_smelter_return", "export_value", "profit_before_tax")
    bases = {name.replace("_", " "): getattr(given, name) for name in names}
    return told(view, finance.levies(view, given.table, given.currency, bases))


@router.get("/estimate-class")
def estimate_class(
    view: Reading,
    engineering_pct: Amount,
    low_pct: Amount,
    high_pct: Amount,
    cost: Annotated[str | None, Query(max_length=40)] = None,
) -> Answer:
    """Say whether a claimed accuracy of a cost fits the engineering that is done."""
    return told(view, finance.estimate_class(view, engineering_pct, low_pct, high_pct, cost))


@router.get("/advance")
def advance(
    view: Reading,
    instalment: Annotated[
        list[Annotated[str, Query(max_length=40)]], Query(min_length=1, max_length=50)
    ],
    cap: Amount,
    years: Count,
) -> Answer:
    """Give the instalments of an advance royalty year by year, until its cap."""
    return told(view, finance.advance(view, instalment, cap, years))


@router.get("/revenue")
def revenue(
    view: Reading,
    tonnes: Amount,
    grade_g_t: Amount,
    price_per_g: Amount,
    recovery: Amount,
    cost_per_t: Amount,
) -> Answer:
    """Give the gross revenue of ore, and the grade at which a tonne just pays its cost."""
    found = finance.revenue(view, tonnes, grade_g_t, price_per_g, recovery, cost_per_t)
    return told(view, found)


@router.get("/smelter-return")
def smelter_return(
    view: Reading,
    gross: Amount,
    payable: Amount,
    treatment: Amount = "0",
    refining: Amount = "0",
    penalties: Amount = "0",
    freight: Amount = "0",
) -> Answer:
    """Give the net smelter return: gross times payable, less charges, penalties and freight."""
    found = finance.smelter_return(view, gross, payable, treatment, refining, penalties, freight)
    return told(view, found)
