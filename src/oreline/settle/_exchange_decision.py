"""The words of an exchange of assays: states, what is lacking, what was given, what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from oreline.model import PPT_PER_UNIT, InputError
from oreline.settle._exchange_rule import Side
from oreline.settle._umpire import CostBearer, How, Readings


class ExchangeState(StrEnum):
    """How far the exchange of an analyte has come."""

    SEALED = "sealed"
    AWAITING = "awaiting"
    EXCHANGED = "exchanged"
    AGREED = "agreed"
    UMPIRE = "umpire"
    FINAL = "final"


class Lack(StrEnum):
    """What keeps an analyte from being decided."""

    SELLER_RESULT = "seller_result"
    BUYER_RESULT = "buyer_result"
    SELLER_OPENING = "seller_opening"
    BUYER_OPENING = "buyer_opening"
    UMPIRE_RESULT = "umpire_result"
    DEADLINE_START = "deadline_start"
    """The day that the deadline is counted from."""
    EXCHANGE_DAY = "exchange_day"
    """The day on which a party exchanged."""
    LIMIT = "limit"
    UMPIRE_CLAUSE = "umpire_clause"
    TIE_CLAUSE = "tie_clause"
    LATE_CLAUSE = "late_clause"


LACKS = {
    Lack.SELLER_RESULT: "the seller's result",
    Lack.BUYER_RESULT: "the buyer's result",
    Lack.SELLER_OPENING: "the seller's opening of its sealed result",
    Lack.BUYER_OPENING: "the buyer's opening of its sealed result",
    Lack.UMPIRE_RESULT: "the umpire's result",
    Lack.DEADLINE_START: "the day from which the deadline is counted",
    Lack.EXCHANGE_DAY: "the day on which a party exchanged",
    Lack.LIMIT: "a splitting limit for this grade, or what holds without one",
    Lack.UMPIRE_CLAUSE: "what settles results outside of the limit",
    Lack.TIE_CLAUSE: "which party is nearer where the umpire lies in the middle",
    Lack.LATE_CLAUSE: "what holds when a party misses its date",
}
"""What is lacking, in words."""


@dataclass(frozen=True, slots=True)
class LabResult:
    """One side's result for an analyte; ``value`` is None where it is UNKNOWN, and ``why`` says so.

    A result below a detection limit is no value: what it counts as is the parties' to agree.
    """

    analyte: str
    value: Decimal | None
    unit: str
    why: str = ""
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in PPT_PER_UNIT:
            raise InputError(f"{self.unit!r} is not a unit of grade")
        if self.value is None:
            return
        whole = PPT_PER_UNIT["fraction"] / PPT_PER_UNIT[self.unit]
        if not self.value.is_finite() or not 0 <= self.value <= whole:
            message = f"{self.value} {self.unit} {self.analyte} is no assay: between 0 and 100 %"
            raise InputError(message)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a side has exchanged.

    Parameters
    ----------
    on
        The day that counts against the deadline: of the sealing, or of the giving without a seal;
        None where nobody says.
    results
        What was found; empty while sealed.
    is_sealed
        Sealed and not yet opened.
    opened_on, open_by
        The day of opening, and until when it had to be; None where the contract sets no date.
    """

    on: date | None
    results: tuple[LabResult, ...] = ()
    is_sealed: bool = False
    opened_on: date | None = None
    open_by: date | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A later date that the other party granted, or the contract justifies."""

    side: Side
    until: date
    reason: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class LotExchange:
    """All that is known of the exchange of a lot.

    ``start`` is the day that deadlines are counted from (``ExchangeRule.days_from``), None where
    it is UNKNOWN. ``agreed`` holds results that both parties accepted in place of the exchange.
    """

    lot: str
    start: date | None = None
    submissions: dict[Side, Submission] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()
    agreed: tuple[LabResult, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalyteDecision:
    """The settlement assay of one analyte, or what keeps it from being decided.

    ``assay`` and the results are in ``unit``, ``results`` as they were compared (rounded where the
    contract rounds before comparing). ``difference`` is the distance of the parties' results.
    ``waits_for`` names who has to act, nobody where a clause is lacking. ``readings`` says what
    each reading of an open clause would give.
    """

    analyte: str
    unit: str
    state: ExchangeState
    assay: Decimal | None
    how: How | None
    of: tuple[Side, ...]
    formula: str
    results: dict[Side, Decimal]
    difference: Decimal | None
    limit: Decimal | None
    late: tuple[Side, ...]
    missing: tuple[Lack, ...]
    waits_for: tuple[Side, ...]
    umpire_cost: CostBearer | None
    readings: Readings
    clause: str
    evidence: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the decision with numbers as decimal text."""
        return {
            "analyte": self.analyte,
            "unit": self.unit,
            "state": str(self.state),
            "assay": _text(self.assay),
            "how": None if self.how is None else str(self.how),
            "of": [str(side) for side in self.of],
            "formula": self.formula,
            "results": {str(side): _text(value) for side, value in self.results.items()},
            "difference": _text(self.difference),
            "limit": _text(self.limit),
            "late": [str(side) for side in self.late],
            "missing": [str(lack) for lack in self.missing],
            "waits_for": [str(side) for side in self.waits_for],
            "umpire_cost": None if self.umpire_cost is None else str(self.umpire_cost),
            "readings": {name: _text(value) for name, value in self.readings},
            "clause": self.clause,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class LotDecision:
    """All analytes of a lot; ``state`` is that of the one that has come least far.

    ``unruled`` names analytes that somebody analysed and the contract does not exchange.
    """

    lot: str
    state: ExchangeState
    deadlines: dict[Side, date]
    analytes: tuple[AnalyteDecision, ...]
    unruled: tuple[str, ...]

    def at(self, analyte: str) -> AnalyteDecision | None:
        """Return the decision on an analyte, None if it is not exchanged."""
        return next((one for one in self.analytes if one.analyte == analyte), None)

    def to_json(self) -> dict[str, Any]:
        """Return the decisions as a JSON object."""
        return {
            "lot": self.lot,
            "state": str(self.state),
            "deadlines": {str(side): day.isoformat() for side, day in self.deadlines.items()},
            "analytes": [one.to_json() for one in self.analytes],
            "unruled": list(self.unruled),
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
