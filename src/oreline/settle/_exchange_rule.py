"""What a contract says of the exchange of assays, as plain values.

Whatever a contract leaves open is None here, and an exchange that needs it stays undecided and says
so: nothing is settled by a default that nobody signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from itertools import pairwise

from oreline.model import PPT_PER_UNIT, InputError, is_analyte
from oreline.settle._calendar import UTC_DAYS, Calendar

EXACT = Context(prec=60)
"""More digits than sums, halves and changes of unit of written results can have."""


class Side(StrEnum):
    """Who gives a result."""

    SELLER = "seller"
    BUYER = "buyer"
    UMPIRE = "umpire"

    @property
    def other(self) -> Side:
        """Return the other party to the contract.

        Raises
        ------
        InputError
            For the umpire, who is no party.
        """
        if self is Side.UMPIRE:
            raise InputError("the umpire is no party to the contract and has no other side")
        return Side.BUYER if self is Side.SELLER else Side.SELLER


PARTIES = (Side.SELLER, Side.BUYER)


class UmpireVariant(StrEnum):
    """What settles an analyte whose two results lie further apart than the limit."""

    BETWEEN_OR_NEARER = "between_or_nearer"
    """The umpire's result if it lies between the parties', else that of the party nearer to it."""
    MEAN_WITH_NEARER = "mean_with_nearer"
    """The mean of the umpire's result and that of the party nearer to it."""
    MIDDLE = "middle"
    """The middle of the three results; the same number as ``BETWEEN_OR_NEARER``."""
    BINDING = "binding"
    """The umpire's result, whatever the parties found."""
    SELLER = "seller"
    """No umpire: the seller's result stands (the challenge of coal contracts)."""


class LateRule(StrEnum):
    """What holds when exactly one party misses its date."""

    OTHER_CONCLUSIVE = "other_conclusive"
    """The result of the party that was in time is conclusive."""
    MEAN = "mean"
    """The mean of both once they are there, whatever the limit."""
    NONE = "none"
    """Nothing: the results are compared whenever they come."""


class TieRule(StrEnum):
    """Which result counts as the nearer where the umpire's lies exactly in the middle."""

    UMPIRE = "umpire"
    """Neither: the umpire's own, which is then the mean of the parties' too."""
    SELLER = "seller"
    BUYER = "buyer"


class CostRule(StrEnum):
    """Who pays the umpire."""

    FURTHER_PAYS = "further_pays"
    """The party further from the umpire; both, in halves, at equal distance."""
    SHARED = "shared"
    SELLER = "seller"
    BUYER = "buyer"


class NoLimitRule(StrEnum):
    """What settles an analyte for which no splitting limit was agreed."""

    MEAN = "mean"
    SELLER = "seller"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class AssayRounding:
    """To which step results are rounded, and what becomes of a half.

    ``half_even`` takes a half to the even multiple of the step, otherwise it goes up.
    """

    step: Decimal
    half_even: bool = False

    def __post_init__(self) -> None:
        if not (self.step.is_finite() and self.step > 0):
            raise InputError(f"a result cannot be rounded to steps of {self.step}")

    def of(self, value: Decimal) -> Decimal:
        """Return a value that is not negative, rounded.

        Whole multiples and their remainder are exact, so that a half is a half.

        >>> AssayRounding(Decimal("0.01")).of(Decimal("28.175"))
        Decimal('28.18')
        >>> AssayRounding(Decimal("0.01"), half_even=True).of(Decimal("28.185"))
        Decimal('28.18')
        """
        with localcontext(EXACT):
            whole, rest = divmod(value, self.step)
            twice = 2 * rest
            is_half_up = not self.half_even or whole % 2 == 1
            up = twice > self.step or (twice == self.step and is_half_up)
            return (whole + int(up)) * self.step


@dataclass(frozen=True, slots=True)
class GradeLimit:
    """The splitting limit for grades from ``at_least`` up to, not including, ``below``.

    All three are in the unit of the analyte's rule; a bound that is None is open. The grade that is
    looked up is the mean of the two results that are compared.
    """

    limit: Decimal
    at_least: Decimal | None = None
    below: Decimal | None = None
    clause: str = ""

    def __post_init__(self) -> None:
        if not (self.limit.is_finite() and self.limit >= 0):
            raise InputError(f"{self.limit} is no splitting limit; write zero or more")

    def covers(self, grade: Decimal) -> bool:
        """Return whether this limit is the one for a grade."""
        return (self.at_least is None or grade >= self.at_least) and (
            self.below is None or grade < self.below
        )


@dataclass(frozen=True, slots=True)
class AnalyteRule:
    """How the settlement assay of one analyte comes about.

    Parameters
    ----------
    analyte
        Element, oxide or aggregate; ``H2O`` for moisture.
    unit
        Unit of grade in which the limits and the rounding are written (``%``, ``g/t``, ``ppm``).
        Results in other units are converted exactly.
    limits
        Splitting limits by grade; empty where none was agreed.
    no_limit
        What settles the analyte without a limit; None leaves it undecided.
    rounding
        Of the settlement assay; None keeps every digit.
    round_results
        Whether each laboratory's result is rounded before it is compared.
    clause
        The number of the clause in the paper contract.
    """

    analyte: str
    unit: str
    limits: tuple[GradeLimit, ...] = ()
    no_limit: NoLimitRule | None = None
    rounding: AssayRounding | None = None
    round_results: bool = False
    clause: str = ""

    def __post_init__(self) -> None:
        if not is_analyte(self.analyte):
            raise InputError(f"{self.analyte!r} is no element, formula or aggregate")
        if self.unit not in PPT_PER_UNIT:
            known = ", ".join(PPT_PER_UNIT)
            raise InputError(f"{self.unit!r} is not a unit of grade; write one of {known}")
        by_grade = sorted(self.limits, key=lambda one: one.at_least or Decimal(0))
        for lower, upper in pairwise(by_grade):
            if lower.below is None or (upper.at_least or Decimal(0)) < lower.below:
                message = f"two splitting limits of {self.analyte} hold for the same grade"
                raise InputError(message)


@dataclass(frozen=True, slots=True)
class ExchangeRule:
    """What a contract says of the exchange of assays.

    Parameters
    ----------
    analytes
        What is exchanged.
    variant
        What settles results that lie too far apart; None where the contract does not say.
    tie
        Which party is nearer where the umpire lies exactly in the middle. Only
        ``MEAN_WITH_NEARER`` asks for it.
    cost
        Who pays the umpire.
    late
        What holds when a party misses its date.
    days, days_from
        Each party exchanges on or before this many days after an event, such as ``sealing``.
    open_days
        A party opens its sealed result on or before this many days after it could; None where the
        contract does not say.
    sole
        Whose result alone settles, where nothing is exchanged.
    clause
        The number of the clause in the paper contract.
    calendar
        How days are counted.
    """

    analytes: tuple[AnalyteRule, ...]
    variant: UmpireVariant | None = None
    tie: TieRule | None = None
    cost: CostRule | None = None
    late: LateRule | None = None
    days: int | None = None
    days_from: str = "sealing"
    open_days: int | None = None
    sole: Side | None = None
    clause: str = ""
    calendar: Calendar = UTC_DAYS

    def __post_init__(self) -> None:
        names = [one.analyte for one in self.analytes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"two rules for {', '.join(twice)} in one exchange")
        for days in (self.days, self.open_days):
            if days is not None and days < 0:
                raise InputError(f"a deadline of {days} days lies before its beginning")
