"""A statement: what a parcel is worth under a contract, line by line, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from oreline.model import Basis, weakest

UNKNOWN_BASIS = "unknown"
Stage = Literal["provisional", "second_provisional", "final"]
STAGES: tuple[Stage, ...] = ("provisional", "second_provisional", "final")
"""The stages in their order."""
Effect = Literal["weight", "assay", "price", "charge"]
"""What a difference between two statements comes from."""


@dataclass(frozen=True, slots=True)
class Input:
    """A number that a line uses: what it is called, its unit, basis and source.

    ``evidence`` names the events of the ledger that say it; ``source`` a clause or a price series.
    """

    name: str
    value: Decimal | None
    unit: str
    basis: str
    evidence: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line: positive amounts are for the seller; ``amount`` is None where it is UNKNOWN.

    ``kind`` is payable, treatment, refining, participation, penalty, basket, toll, umpire or line;
    ``subject`` the analyte, or the id of a line. ``formula`` is the arithmetic in words and
    symbols, with ``inputs`` as its numbers. ``basis`` is the weakest of the inputs'.
    """

    id: str
    kind: str
    subject: str
    title: str
    clause: str
    formula: str
    inputs: tuple[Input, ...]
    amount: Decimal | None
    basis: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class AnalyteSummary:
    """An analyte of the parcel: final grade, contained and payable content, price.

    Contents are in tonnes; ``price`` in the contract's currency per tonne. ``priced_share`` is the
    part of its quotational period that is published (1 where the price is final).
    """

    analyte: str
    grade_pct: Decimal | None
    contained_t: Decimal | None
    payable_t: Decimal | None
    price_per_t: Decimal | None
    priced_share: Decimal | None
    price_month: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a statement from being settled: a clause, a weight, an assay, a price."""

    what: str
    where: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a parcel is worth at a stage, in ``currency``.

    ``status`` is SETTLED, PROVISIONAL or NOT SETTLED; with NOT SETTLED, ``missing`` says what is
    missing and ``net_value`` is None. ``net_value`` is the sum of the value lines;
    ``due`` what is to be paid now: the stage's percentage of it less what was paid before.
    """

    id: str
    contract: str
    parcel: str
    stage: Stage
    status: Literal["SETTLED", "PROVISIONAL", "NOT SETTLED"]
    currency: str
    seller: str
    buyer: str
    dry_t: Decimal | None
    wet_t: Decimal | None
    lines: tuple[StatementLine, ...]
    analytes: tuple[AnalyteSummary, ...]
    net_value: Decimal | None
    paid_before: Decimal
    due: Decimal | None
    basis: str
    notes: tuple[str, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class LineEffect:
    """By how much an effect changes one line of a statement."""

    line: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a waterfall: the change of the net value by one effect, and on what it rests.

    ``lines`` are the changes of the lines, which sum exactly to ``amount``.
    """

    effect: Effect
    amount: Decimal
    detail: str
    lines: tuple[LineEffect, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How one statement became another: the steps sum exactly to the difference of net values.

    There is one step for each effect, in the order weight, assay, price, charge.
    """

    before: str
    after: str
    steps: tuple[Step, ...]
    difference: Decimal


def weakest_of(*bases: str) -> str:
    """Return the weakest of some bases; ``unknown`` is weaker than any other.

    >>> weakest_of("measured", "assumed", "reported")
    'assumed'
    """
    if not bases or UNKNOWN_BASIS in bases:
        return UNKNOWN_BASIS
    return str(weakest(*(Basis(one) for one in bases)))
