"""What a contract leaves open: the clause, the ways to read it, and what each would pay."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from oreline.settle._contract import Contract
from oreline.settle._units import Quantity

_TYPICAL = {
    "Cu": "28 %", "Pb": "55 %", "Zn": "50 %", "Sb": "55 %", "Sn": "50 %", "W": "50 %",
    "WO3": "65 %", "Mo": "50 %", "Au": "30 g/dmt", "Ag": "300 g/dmt", "TREO": "45 %",
}  # fmt: skip
"""Grades of concentrates on which examples are worked out; they decide nothing."""
_OTHER = "10 %"


@dataclass(frozen=True, slots=True)
class ClauseReading:
    """A way to read a clause, and what it would pay on the example."""

    text: str
    pays: str

    def __str__(self) -> str:
        return f"{self.text}: {self.pays}"


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A clause that can be read in several ways, contradicts another, or cannot be applied.

    Parameters
    ----------
    clause
        The path of the field in the contract, such as ``refining.0.basis``.
    message
        What is open.
    remedy
        What to write.
    example
        The numbers on which the readings are worked out; empty without readings.
    readings
        Each way to read it with what it would pay; empty where there is no way to apply it.
    number
        The number of the clause in the paper contract.
    """

    clause: str
    message: str
    remedy: str
    example: str = ""
    readings: tuple[ClauseReading, ...] = ()
    number: str = ""

    def __str__(self) -> str:
        shown = "; or ".join(str(one) for one in self.readings)
        worked = f" ({self.example}: {shown})" if shown else ""
        return f"{self.clause}: {self.message}{worked}. Fix: {self.remedy}"


def typical_pct(analyte: str) -> Decimal:
    """Return a grade of an analyte for an example, in %."""
    number, _, unit = _TYPICAL.get(analyte, _OTHER).partition(" ")
    return Quantity(Decimal(number), unit).to("%")


def price_ids(contract: Contract) -> set[str]:
    """Return the ids of the price clauses of a contract."""
    return {price.id for price in contract.prices}


def unknown_price(contract: Contract, clause: str, price: str, number: str) -> Ambiguity | None:
    """Return that a clause names a price that the contract does not have."""
    ids = price_ids(contract)
    if price in ids:
        return None
    known = ", ".join(sorted(ids)) or "none"
    return Ambiguity(
        clause,
        f"there is no price clause {price!r}",
        f"write a clause in prices with this id, or name one of: {known}",
        number=number,
    )
