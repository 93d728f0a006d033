"""Numbers that no clause can mean: a grade over 100 %, a deduction below zero, a negative price."""

from __future__ import annotations

from collections.abc import Iterator

from oreline.settle._ambiguity import Ambiguity, ClauseReading
from oreline.settle._clauses import Penalty
from oreline.settle._contract import Contract
from oreline.settle._readings_frame import quantities
from oreline.settle._units import Quantity, dimension_of


def number_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what a slip of sign or unit makes of a number, where it would pay for nothing."""
    for path, amount in quantities(contract, ""):
        if dimension_of(amount.unit) == "grade":
            share = amount.to("%", contract.units)
            # A splitting limit is judged by the exchange, which says so itself.
            if not 0 <= share <= 100 and not path.startswith("assays."):
                message = f"{amount} is no grade: it lies between 0 and 100 %"
                yield Ambiguity(path, message, "look at sign, point and unit on paper")
    yield from _prices(contract)
    for index, penalty in enumerate(contract.penalties):
        yield from _penalty(f"penalties.{index}", penalty)


def _prices(contract: Contract) -> Iterator[Ambiguity]:
    for index, clause in enumerate(contract.prices):
        number, path = clause.clause or "", f"prices.{index}"
        for key in ("fixed", "provisional_fixed", "floor", "cap"):
            level: Quantity | None = getattr(clause, key)
            if level is not None and level.value < 0:
                message = f"{level} is no price"
                remedy = "write it without sign; what is paid for nothing has a price of 0"
                yield Ambiguity(f"{path}.{key}", message, remedy, number=number)
        if clause.hedge_lot is not None and clause.hedge_lot.value <= 0:
            message = f"a lot of {clause.hedge_lot} hedges nothing"
            yield Ambiguity(f"{path}.hedge_lot", message, "write such as 25 t", number=number)
    for index, part in enumerate(contract.participation):
        if part.base.value < 0:
            message = f"a base of {part.base} is no price"
            remedy = "write it without sign"
            yield Ambiguity(
                f"participation.{index}.base", message, remedy, number=part.clause or ""
            )


def _penalty(path: str, clause: Penalty) -> Iterator[Ambiguity]:
    """Yield a penalty that would be paid to the seller: lines are negative, penalties are not."""
    number = clause.clause or ""
    rates = [(f"{path}.rate", clause.rate)]
    rates += [(f"{path}.bands.{at}.rate", band.rate) for at, band in enumerate(clause.bands)]
    rates.append((f"{path}.cap", clause.cap))
    for place, rate in rates:
        if rate is None or rate.value >= 0:
            continue
        plain = Quantity(-rate.value, rate.unit)
        yield Ambiguity(
            place,
            f"a penalty of {rate} would be paid to the seller",
            f"write {plain}; a premium is a line of its own",
            "for one step",
            (
                ClauseReading("a deduction", f"the buyer keeps {plain}"),
                ClauseReading("a premium", f"the seller gets {plain}"),
            ),
            number,
        )
