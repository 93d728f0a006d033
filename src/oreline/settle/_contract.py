"""A contract of sale as data: a file of ``contracts/``, or what the ledger declares."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from oreline.model import Basis, Frozen
from oreline.settle._clauses import (
    Basket,
    CalendarClause,
    Clause,
    Day,
    ExchangeClause,
    Flag,
    Line,
    Number,
    Participation,
    Payable,
    Payment,
    Penalty,
    PriceClause,
    Refining,
    Rounding,
    Specification,
    Treatment,
    WeightClause,
)
from oreline.settle._units import G_PER_OZT, LB_PER_T, Constants

Incoterm = Literal["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"]


class Delivery(Clause):
    """Incoterms 2020 rule and place; where title passes is a term of its own."""

    incoterm: Incoterm
    place: str
    title_passes: str | None = None
    risk_passes: str | None = None
    in_containers: Flag = False
    insured_pct: Annotated[Number, Field(ge=0, le=200)] | None = None


class PrintedConstants(Clause):
    """What the contract prints for pounds in a tonne and grams in a troy ounce."""

    lb_per_t: Annotated[Number, Field(gt=2204, lt=2205)] = LB_PER_T
    g_per_ozt: Annotated[Number, Field(gt=31, lt=32)] = G_PER_OZT


class MoneyRounding(Frozen):
    """Where and how amounts are rounded: each line, or the total only."""

    lines: Rounding = Rounding(to=Decimal("0.01"))
    total: Rounding = Rounding(to=Decimal("0.01"))


class Contract(Frozen):
    """Terms under which lots of a material are settled between a seller and a buyer.

    ``basis`` and ``source`` say how the terms are known: ``reported`` from a signed paper, or
    ``assumed``, with the id of the assumption.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    title: str
    seller: str
    buyer: str
    materials: tuple[str, ...] = Field(min_length=1)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    basis: Basis
    source: str
    valid_from: Day | None = None
    valid_to: Day | None = None
    settled_by: Literal["lot", "parcel"] | None = None
    """Whether terms that are not in proportion to the grade (minimum deductions, tiers, penalties)
    hold for each lot or for the mean of the parcel; needed only where a parcel has several."""
    delivery: Delivery | None = None
    calendar: CalendarClause | None = None
    constants: PrintedConstants = PrintedConstants()
    rounding: MoneyRounding = MoneyRounding()
    specification: Specification | None = None
    weight: WeightClause | None = None
    assays: ExchangeClause | None = None
    prices: tuple[PriceClause, ...] = ()
    payables: tuple[Payable, ...] = ()
    basket: Basket | None = None
    treatment: Treatment | None = None
    refining: tuple[Refining, ...] = ()
    participation: tuple[Participation, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    lines: tuple[Line, ...] = ()
    payments: tuple[Payment, ...] = ()

    @property
    def units(self) -> Constants:
        """Return the constants by which units of this contract convert."""
        return Constants(self.constants.lb_per_t, self.constants.g_per_ozt)
