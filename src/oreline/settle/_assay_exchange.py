"""The exchange of assays: from two laboratories' results to the assay that is settled.

The states are ``sealed`` (nobody has exchanged), ``awaiting`` (a result is outstanding),
``exchanged`` (both are there, and the contract does not say what follows), ``agreed`` (within the
splitting limit), ``umpire`` (outside of it, the umpire's result is outstanding) and ``final``. All
arithmetic is decimal: in binary floats 28.30 less 28.00 exceeds 0.30, which would call an umpire.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Self

from oreline.model import PPT_PER_UNIT
from oreline.settle._exchange_decision import (
    AnalyteDecision,
    ExchangeState,
    LabResult,
    Lack,
    LotDecision,
    LotExchange,
)
from oreline.settle._exchange_rule import (
    EXACT,
    PARTIES,
    AnalyteRule,
    ExchangeRule,
    GradeLimit,
    LateRule,
    NoLimitRule,
    Side,
    UmpireVariant,
)
from oreline.settle._umpire import (
    Assay,
    CostBearer,
    How,
    Readings,
    cost_bearer,
    mean_of,
    result_of,
    umpire_assay,
)

_ORDER = tuple(ExchangeState)


def decide_lot(rule: ExchangeRule, exchange: LotExchange, today: date) -> LotDecision:
    """Return how far the exchange of a lot has come on a day, analyte by analyte."""
    decisions = tuple(decide(rule, one, exchange, today) for one in rule.analytes)
    state = min((one.state for one in decisions), key=_ORDER.index, default=ExchangeState.SEALED)
    ruled = {one.analyte for one in rule.analytes}
    given = {
        result.analyte for one in exchange.submissions.values() for result in one.results
    } - ruled
    return LotDecision(
        exchange.lot, state, deadlines(rule, exchange), decisions, tuple(sorted(given))
    )


def deadlines(rule: ExchangeRule, exchange: LotExchange) -> dict[Side, date]:
    """Return until when each party exchanges, that day included; empty where no date is known.

    An extension moves a party's own deadline and never shortens it.
    """
    if rule.days is None or exchange.start is None:
        return {}
    day = rule.calendar.after(exchange.start, rule.days)
    return {
        side: max([day, *(one.until for one in exchange.extensions if one.side is side)])
        for side in PARTIES
    }


def decide(
    rule: ExchangeRule, analyte: AnalyteRule, exchange: LotExchange, today: date
) -> AnalyteDecision:
    """Return the settlement assay of an analyte on a day, or what is missing for it."""
    facts = _Facts.read(rule, analyte, exchange, today)
    accepted = _find(exchange.agreed, analyte.analyte)
    if accepted is not None and accepted.value is not None:
        value = _in_unit(accepted.value, accepted.unit, analyte)
        agreed = Assay(value, How.AGREED, PARTIES, f"{value:f}")
        return facts.final(agreed, evidence=accepted.evidence)
    if rule.sole is not None:
        return _sole(facts, rule.sole)
    if rule.days is not None and (exchange.start is None or facts.is_day_unknown):
        known_day = exchange.start is not None
        lack = Lack.EXCHANGE_DAY if known_day else Lack.DEADLINE_START
        if rule.late is not LateRule.NONE and facts.values:
            return facts.undecided(facts.state_of_results, lack)
    late = facts.late
    if len(late) == 1 and rule.late is not LateRule.NONE:
        return _late(facts, late[0])
    if len(facts.values) < len(PARTIES):
        return facts.awaiting()
    return _compared(facts)


def _sole(facts: _Facts, side: Side) -> AnalyteDecision:
    """Decide where one side's result settles and nothing is exchanged."""
    value = facts.umpire if side is Side.UMPIRE else facts.values.get(side)
    if value is None:
        lack = Lack.UMPIRE_RESULT if side is Side.UMPIRE else facts.lack_of(side)
        return facts.undecided(ExchangeState.AWAITING, lack, waits_for=(side,))
    return facts.final(result_of(How.SOLE, side, value))


def _late(facts: _Facts, side: Side) -> AnalyteDecision:
    """Decide where exactly one party missed its date."""
    rule, values = facts.rule, facts.values
    if rule.late is None:
        return facts.undecided(facts.state_of_results, Lack.LATE_CLAUSE)
    other = side.other
    if rule.late is LateRule.OTHER_CONCLUSIVE:
        if other in values:
            return facts.final(result_of(How.DEFAULT, other, values[other]))
        return facts.undecided(ExchangeState.AWAITING, facts.lack_of(other), waits_for=(other,))
    if len(values) < len(PARTIES):
        return facts.awaiting()
    return facts.final(_mean(How.MEAN_DESPITE_DELAY, values))


def _compared(facts: _Facts) -> AnalyteDecision:
    """Decide where both results are there."""
    rule, values = facts.rule, facts.values
    seller, buyer = values[Side.SELLER], values[Side.BUYER]
    limit = facts.limit
    if limit is None:
        return _without_limit(facts)
    if facts.difference <= limit.limit:
        return facts.decided(ExchangeState.AGREED, _mean(How.MEAN, values))
    if rule.variant is None:
        return facts.undecided(ExchangeState.EXCHANGED, Lack.UMPIRE_CLAUSE)
    if rule.variant is UmpireVariant.SELLER:
        return facts.final(result_of(How.CHALLENGE, Side.SELLER, seller))
    umpire = facts.umpire
    if umpire is None:
        return facts.undecided(ExchangeState.UMPIRE, Lack.UMPIRE_RESULT, waits_for=(Side.UMPIRE,))
    made = umpire_assay(rule.variant, seller, buyer, umpire, rule.tie)
    if not isinstance(made, Assay):
        return facts.undecided(ExchangeState.UMPIRE, Lack.TIE_CLAUSE, readings=made)
    return facts.final(made, cost=cost_bearer(rule.cost, seller, buyer, umpire))


def _without_limit(facts: _Facts) -> AnalyteDecision:
    values, rule = facts.values, facts.analyte.no_limit
    if rule is None or facts.analyte.limits:
        return facts.undecided(ExchangeState.EXCHANGED, Lack.LIMIT)
    if rule is NoLimitRule.MEAN:
        return facts.final(_mean(How.NO_LIMIT, values))
    side = Side(rule.value)
    return facts.final(result_of(How.NO_LIMIT, side, values[side]))


def _mean(how: How, values: dict[Side, Decimal]) -> Assay:
    seller, buyer = values[Side.SELLER], values[Side.BUYER]
    return mean_of(how, (Side.SELLER, seller), (Side.BUYER, buyer))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of one analyte on a day; ``values`` are the parties' results as compared."""

    rule: ExchangeRule
    analyte: AnalyteRule
    exchange: LotExchange
    today: date
    values: dict[Side, Decimal]
    umpire: Decimal | None

    @classmethod
    def read(
        cls, rule: ExchangeRule, analyte: AnalyteRule, exchange: LotExchange, today: date
    ) -> Self:
        """Read every side's result in the unit of the rule."""
        values = {}
        for side in Side:
            value = _compared_value(exchange, side, analyte)
            if value is not None:
                values[side] = value
        umpire = values.pop(Side.UMPIRE, None)
        return cls(rule, analyte, exchange, today, values, umpire)

    @property
    def state_of_results(self) -> ExchangeState:
        """Return whether both parties' results are there."""
        both = len(self.values) == len(PARTIES)
        return ExchangeState.EXCHANGED if both else ExchangeState.AWAITING

    @property
    def is_day_unknown(self) -> bool:
        """Return whether nobody says on which day a party exchanged."""
        submissions = self.exchange.submissions
        return any(submissions[side].on is None for side in PARTIES if side in self.values)

    @property
    def late(self) -> tuple[Side, ...]:
        """Return the parties that missed a date, of exchanging or of opening."""
        due = deadlines(self.rule, self.exchange)
        return tuple(side for side in PARTIES if self._is_late(side, due.get(side)))

    def _is_late(self, side: Side, due: date | None) -> bool:
        given = self.exchange.submissions.get(side)
        if given is not None and given.open_by is not None:
            opened = self.today if given.opened_on is None else given.opened_on
            if opened > given.open_by:
                return True
        if due is None:
            return False
        has_given = given is not None and (given.is_sealed or side in self.values)
        day = given.on if given is not None and has_given else self.today
        return day is not None and day > due

    @property
    def difference(self) -> Decimal:
        """Return how far the parties' results lie apart."""
        with localcontext(EXACT):
            return abs(self.values[Side.SELLER] - self.values[Side.BUYER])

    @property
    def limit(self) -> GradeLimit | None:
        """Return the splitting limit for the grade found, None where there is none."""
        grade = _mean(How.MEAN, self.values).value
        return next((one for one in self.analyte.limits if one.covers(grade)), None)

    def awaiting(self) -> AnalyteDecision:
        """Return that results of parties are outstanding."""
        out = tuple(side for side in PARTIES if side not in self.values)
        unsealed = tuple(side for side in out if not self.is_sealed(side))
        none_yet = len(unsealed) == len(PARTIES)
        state = ExchangeState.SEALED if none_yet else ExchangeState.AWAITING
        # While one has not even sealed, the other cannot open.
        acts = unsealed or out
        return self.undecided(state, *(self.lack_of(side) for side in out), waits_for=acts)

    def is_sealed(self, side: Side) -> bool:
        """Return whether a side has sealed its results and not opened them."""
        given = self.exchange.submissions.get(side)
        return given is not None and given.is_sealed

    def lack_of(self, side: Side) -> Lack:
        """Return what is outstanding from a side that has given no result."""
        return Lack(f"{side}_opening" if self.is_sealed(side) else f"{side}_result")

    def final(
        self,
        assay: Assay,
        cost: CostBearer | None = None,
        evidence: tuple[str, ...] = (),
    ) -> AnalyteDecision:
        """Return that the settlement assay is final."""
        return self.decided(ExchangeState.FINAL, assay, cost, evidence)

    def decided(
        self,
        state: ExchangeState,
        assay: Assay,
        cost: CostBearer | None = None,
        evidence: tuple[str, ...] = (),
    ) -> AnalyteDecision:
        """Return the settlement assay, rounded as the contract says."""
        rounding, value, formula = self.analyte.rounding, assay.value, assay.formula
        if rounding is not None:
            value = rounding.of(value)
            half = "even" if rounding.half_even else "up"
            formula = f"{formula}, to {rounding.step:f} half {half}"
        used = evidence or self._evidence(assay.of)
        return self._made(state, value, assay, formula, cost=cost, evidence=used)

    def undecided(
        self,
        state: ExchangeState,
        *lacks: Lack,
        waits_for: tuple[Side, ...] = (),
        readings: Readings = (),
    ) -> AnalyteDecision:
        """Return what is missing."""
        return self._made(
            state,
            missing=lacks,
            waits_for=waits_for,
            readings=readings,
            evidence=self._evidence(tuple(Side)),
        )

    def _evidence(self, sides: Iterable[Side]) -> tuple[str, ...]:
        given = self.exchange.submissions
        found = (_find(given[s].results, self.analyte.analyte) for s in sides if s in given)
        return tuple(name for result in found if result is not None for name in result.evidence)

    def _made(
        self,
        state: ExchangeState,
        value: Decimal | None = None,
        assay: Assay | None = None,
        formula: str = "",
        *,
        cost: CostBearer | None = None,
        missing: tuple[Lack, ...] = (),
        waits_for: tuple[Side, ...] = (),
        readings: Readings = (),
        evidence: tuple[str, ...] = (),
    ) -> AnalyteDecision:
        results = dict(self.values)
        if self.umpire is not None:
            results[Side.UMPIRE] = self.umpire
        both = len(self.values) == len(PARTIES)
        limit = self.limit if both else None
        own = limit.clause if limit is not None else ""
        return AnalyteDecision(
            analyte=self.analyte.analyte,
            unit=self.analyte.unit,
            state=state,
            assay=value,
            how=None if assay is None else assay.how,
            of=() if assay is None else assay.of,
            formula=formula,
            results=results,
            difference=self.difference if both else None,
            limit=None if limit is None else limit.limit,
            late=self.late,
            missing=missing,
            waits_for=waits_for,
            umpire_cost=cost,
            readings=readings,
            clause=own or self.analyte.clause or self.rule.clause,
            evidence=evidence,
        )


def _compared_value(exchange: LotExchange, side: Side, analyte: AnalyteRule) -> Decimal | None:
    given = exchange.submissions.get(side)
    found = None if given is None else _find(given.results, analyte.analyte)
    if found is None or found.value is None:
        return None
    value = _in_unit(found.value, found.unit, analyte)
    rounding = analyte.rounding if analyte.round_results else None
    return value if rounding is None else rounding.of(value)


def _find(results: Iterable[LabResult], analyte: str) -> LabResult | None:
    return next((one for one in results if one.analyte == analyte), None)


def _in_unit(value: Decimal, unit: str, rule: AnalyteRule) -> Decimal:
    """Return a result in the unit of the rule; units of grade are powers of ten apart."""
    if unit == rule.unit:
        return value
    with localcontext(EXACT):
        return value * PPT_PER_UNIT[unit] / PPT_PER_UNIT[rule.unit]
