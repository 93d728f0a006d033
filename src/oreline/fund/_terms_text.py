"""The tables of an instrument's text that say how money comes back, and what they contradict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from oreline.fund._instrument import InstrumentKind
from oreline.fund._terms import (
    Covenant,
    DayCount,
    Draw,
    FloorTerms,
    LoanTerms,
    PrepaymentTerms,
    Ratio,
    Repayment,
    Terms,
)
from oreline.model import is_analyte

PERIODS_MAX = 1200
"""How many periods a loan may have: a hundred years of months."""
PLANNED_MAX = 500
"""How many drawdowns a loan may plan."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
Said = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Problem = tuple[tuple[str | int, ...], str, str]
"""Where something is wrong, what, and what would mend it."""


def _above_zero(value: str) -> str:
    if Decimal(value) <= 0:
        raise ValueError("must be more than nothing")
    return value


_NUMBER = StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,8})?$")
_Positive = Annotated[str, _NUMBER, AfterValidator(_above_zero)]
_Plain = Annotated[str, _NUMBER]


class Table(BaseModel):
    """A table of an instrument's text: what is not known in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _DrawTable(Table):
    day: date
    amount: _Positive


class LoanTable(Table):
    """``[loan]``."""

    rate_pct: _Plain
    day_count: DayCount
    months: Literal[1, 3, 6, 12]
    begins: date
    grace: Annotated[int, Field(ge=0, le=PERIODS_MAX)] = 0
    interest_in_grace: Literal["capitalised", "paid"] = "paid"
    repayment: Repayment
    repayments: Annotated[int, Field(ge=1, le=PERIODS_MAX)]
    target_dscr: _Positive | None = None
    drawdowns: Annotated[tuple[_DrawTable, ...], Field(max_length=PLANNED_MAX)] = ()

    def terms(self) -> LoanTerms:
        """Return it as terms."""
        return LoanTerms(
            rate=Decimal(self.rate_pct) / 100,
            day_count=self.day_count,
            months=self.months,
            begins=self.begins,
            grace=self.grace,
            capitalised=self.interest_in_grace == "capitalised",
            repayment=self.repayment,
            repayments=self.repayments,
            target_dscr=None if self.target_dscr is None else Decimal(self.target_dscr),
            planned=tuple(Draw(one.day, Decimal(one.amount)) for one in self.drawdowns),
        )


class PrepaymentTable(Table):
    """``[prepayment]``."""

    element: str
    site: Name
    credit_per_t: _Positive


class FloorTable(Table):
    """``[price_floor]``."""

    element: str
    site: Name
    floor_per_t: _Positive
    series: Name


class CovenantTable(Table):
    """One of ``[[covenants]]``."""

    id: Name
    title: Said
    ratio: Ratio
    at_least: _Positive


class TermTables(Table):
    """The keys of an instrument that say how its money comes back."""

    loan: LoanTable | None = None
    prepayment: PrepaymentTable | None = None
    price_floor: FloorTable | None = None
    covenants: Annotated[tuple[CovenantTable, ...], Field(max_length=50)] = ()

    def terms(self) -> Terms:
        """Return all of them as terms."""
        advance, floor = self.prepayment, self.price_floor
        return Terms(
            loan=None if self.loan is None else self.loan.terms(),
            prepayment=None
            if advance is None
            else PrepaymentTerms(advance.element, advance.site, Decimal(advance.credit_per_t)),
            price_floor=None
            if floor is None
            else FloorTerms(floor.element, floor.site, Decimal(floor.floor_per_t), floor.series),
            covenants=tuple(
                Covenant(one.id, one.title, one.ratio, Decimal(one.at_least))
                for one in self.covenants
            ),
        )

    def problems(self, kind: InstrumentKind, amount: Decimal) -> Iterator[Problem]:
        """Yield what of these terms contradicts the instrument or one another."""
        for name in ("loan", "prepayment", "price_floor"):
            if getattr(self, name) is not None and kind != name:
                message = f"the instrument is of kind {kind} and has terms of a {name}"
                yield (name,), message, f'remove [{name}], or write kind = "{name}"'
        yield from self._loan_problems(amount)
        for name in ("prepayment", "price_floor"):
            table: Any = getattr(self, name)
            if table is not None and not is_analyte(table.element):
                message = f"{table.element!r} is no element or oxide"
                yield (name, "element"), message, 'write its symbol: element = "Sb"'
        for number, one in enumerate(self.covenants):
            if any(other.id == one.id for other in self.covenants[:number]):
                where = ("covenants", number, "id")
                yield where, f"the covenant {one.id} stands twice", "give each an id of its own"
        if self.covenants and self.loan is None:
            message = "a covenant is about debt service, and the instrument has no terms of a loan"
            yield ("covenants",), message, "add [loan], or remove the covenants"

    def _loan_problems(self, amount: Decimal) -> Iterator[Problem]:
        loan = self.loan
        if loan is None:
            return
        if (loan.repayment is Repayment.SCULPTED) != (loan.target_dscr is not None):
            message = "target_dscr belongs to a sculpted loan, and to no other"
            yield ("loan", "repayment"), message, 'add target_dscr = "1.40", or remove it'
        months = loan.months * (loan.grace + loan.repayments)
        if loan.begins.year + (loan.begins.month - 1 + months) // 12 > date.max.year:
            message = f"its periods end {months} months after {loan.begins}: no calendar holds that"
            yield ("loan", "begins"), message, "correct the day, or write fewer periods"
        planned = sum((Decimal(one.amount) for one in loan.drawdowns), Decimal(0))
        if planned > amount:
            message = f"the drawdowns that are planned sum to {planned:f}; the loan is {amount:f}"
            yield ("loan", "drawdowns"), message, "lower them, or raise the amount of the loan"
        for number, one in enumerate(loan.drawdowns):
            if one.day < loan.begins:
                message = f"drawn on {one.day}, before the periods begin on {loan.begins}"
                yield ("loan", "drawdowns", number, "day"), message, "correct one of the two days"
