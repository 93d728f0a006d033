"""Whether goods are what the contract describes: what may be refused is not settled."""

from __future__ import annotations

from decimal import Decimal

from oreline.settle._contract import Contract
from oreline.settle._figures import Figures, Goods
from oreline.settle._specification import check_specification
from oreline.settle._statement import Missing


def acceptance(
    contract: Contract, figures: Figures, goods: tuple[Goods, ...]
) -> tuple[tuple[Missing, ...], tuple[str, ...]]:
    """Return what keeps goods from being accepted, and what is only noted of them.

    Goods outside of a limit by which the buyer may refuse them are not settled until the parties
    have agreed. A limit whose assay is not there is noted: nobody can say whether it is met.
    """
    if contract.specification is None:
        return (), ()
    refused, notes = [], []
    moisture = _wettest(figures)
    for one in goods:
        for found in check_specification(contract.specification, one.grades, moisture):
            told = f"{one.label}: {found.message}"
            if found.verdict == "outside" and found.otherwise == "reject":
                remedy = "agree in writing on what holds for these goods"
                why = f"{found.message}, and the buyer may reject the goods"
                refused.append(Missing("acceptance", f"specification, {one.label}", why, remedy))
            else:
                notes.append(f"specification, {told}")
    return tuple(refused), tuple(dict.fromkeys(notes))


def _wettest(figures: Figures) -> Decimal | None:
    """Return the greatest moisture of the lots, None where one is UNKNOWN."""
    found = [lot.weight.moisture_pct.value for lot in figures.lots]
    known = [value for value in found if value is not None]
    return max(known) if known and len(known) == len(found) else None
