"""What each period that may be declared would pay, as known on a day, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.settle._calendar import calendar_of
from oreline.settle._clauses import PriceClause
from oreline.settle._pricing import option_deadline
from oreline.settle._settle import Settling, worth


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """A period of a price clause, and what the parcel would be worth with it.

    ``option`` is empty for the period that holds where nothing is declared. ``until`` is the last
    day to declare it, None where the event that it is counted from has no day. ``per_t`` and
    ``net_value`` are as known on the day that is asked; ``share`` of the period is published then,
    so that a choice is between known numbers only where it is 1. They are None where UNKNOWN.
    """

    price: str
    option: str
    by: str
    until: date | None
    is_open: bool
    month: str
    share: Decimal | None
    per_t: Decimal | None
    net_value: Decimal | None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object with numbers as decimal text."""

        def text(value: Decimal | None) -> str | None:
            return None if value is None else f"{value:f}"

        return {
            "price": self.price,
            "option": self.option,
            "by": self.by,
            "until": None if self.until is None else self.until.isoformat(),
            "is_open": self.is_open,
            "month": self.month,
            "share": text(self.share),
            "per_t": text(self.per_t),
            "net_value": text(self.net_value),
            "why": self.why,
        }


def period_choices(asked: Settling) -> tuple[PeriodChoice, ...]:
    """Return the periods that the contract's price clauses let a party choose from.

    Each is reckoned as if it had been declared in time, at the stage that is asked. What others
    chose or may still choose for other prices stays as it is.
    """
    clauses = (one for one in asked.contract.prices if one.options)
    return tuple(choice for clause in clauses for choice in _choices(asked, clause))


def _choices(asked: Settling, clause: PriceClause) -> Iterator[PeriodChoice]:
    yield _choice(asked, clause, "", "", None, is_open=False)
    days = asked.figures().days
    for option in clause.options:
        until = option_deadline(option, days, calendar_of(asked.contract.calendar))
        is_open = until is None or asked.on <= until
        yield _choice(asked, clause, option.id, option.by, until, is_open=is_open)


def _choice(
    asked: Settling, clause: PriceClause, option: str, by: str, until: date | None, *, is_open: bool
) -> PeriodChoice:
    """Return what a clause pays with one of its periods as the only one."""
    chosen = next((one.qp for one in clause.options if one.id == option), clause.qp)
    alone = clause.model_copy(update={"qp": chosen, "options": ()})
    prices = tuple(alone if one.id == clause.id else one for one in asked.contract.prices)
    declared = {name: said for name, said in asked.declared.items() if name != clause.id}
    contract = asked.contract.model_copy(update={"prices": prices})
    case = replace(asked, contract=contract, declared=declared)
    figures = case.figures()
    found = figures.prices.get(clause.id)
    net = worth(case, figures).net
    gaps = () if found is None else found.missing
    return PeriodChoice(
        clause.id,
        option,
        by,
        until,
        is_open,
        "" if found is None else found.month,
        None if found is None else found.share,
        None if found is None else found.per_t,
        None if figures.missing else net,
        "; ".join(dict.fromkeys(one.why for one in (*gaps, *figures.missing))),
    )
