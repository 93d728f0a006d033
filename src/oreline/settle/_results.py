"""The outcome of an exchange of assays, from results that a parcel gives with no exchange on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache

from oreline.model import PPT_PER_UNIT, InputError
from oreline.settle._assay_exchange import decide
from oreline.settle._contract import Contract
from oreline.settle._exchange_decision import (
    LACKS,
    AnalyteDecision,
    LabResult,
    LotExchange,
    Submission,
)
from oreline.settle._exchange_rule import EXACT, AnalyteRule, ExchangeRule, Side
from oreline.settle._exchange_terms import exchange_rule
from oreline.settle._parcel import Reading, SettlementLot, UmpireCall
from oreline.settle._statement import weakest_of
from oreline.settle._umpire_cost import call_of


@dataclass(frozen=True, slots=True)
class Decider:
    """A contract's rule on the exchange of assays; ``why`` says why there is none to apply.

    Plain results carry no day, so that nobody is found late by it; on a ledger the exchange itself
    decides, and its outcome is in the parcel as the ``settled`` result.
    """

    rule: ExchangeRule | None
    why: str = ""

    def decided(self, lot: SettlementLot, analyte: str) -> Reading | None:
        """Return what the results of a lot settle, without value where it stays open.

        None where there is nothing to decide: no rule, or no result of either party.
        """
        if self.rule is None:
            return Reading(None, why=self.why) if self.why else None
        one = next((rule for rule in self.rule.analytes if rule.analyte == analyte), None)
        found = {side: lot.assays.get(str(side), {}).get(analyte) for side in Side}
        if one is None or all(reading is None for reading in found.values()):
            return None
        try:
            return _decided(self.rule, one, lot, found)
        except InputError as error:
            return Reading(None, why=str(error))


@lru_cache(maxsize=256)
def decider_of(contract: Contract) -> Decider:
    """Return what a contract makes of the results of two laboratories."""
    if contract.assays is None or contract.assays.rule != "exchange":
        return Decider(None)
    try:
        rule = exchange_rule(contract)
    except InputError as error:
        return Decider(None, str(error))
    assert rule is not None
    return Decider(replace(rule, days=None, open_days=None))


def umpire_calls(contract: Contract, lot: SettlementLot) -> tuple[UmpireCall, ...]:
    """Return for which analytes of a lot an umpire was called.

    As the exchange of the lot says, else as the results of all three sides do.
    """
    if lot.calls is not None:
        return lot.calls
    rule = undated_rule(contract)
    if rule is None or "umpire" not in lot.assays:
        return ()
    calls = (_call(rule, analyte, lot) for analyte in rule.analytes)
    return tuple(one for one in calls if one is not None)


def _call(rule: ExchangeRule, analyte: AnalyteRule, lot: SettlementLot) -> UmpireCall | None:
    found = {side: lot.assays.get(str(side), {}).get(analyte.analyte) for side in Side}
    try:
        return call_of(_decision(rule, analyte, lot, found), rule.cost)
    except InputError:
        # A result that is none is told where it is settled on.
        return None


@lru_cache(maxsize=256)
def undated_rule(contract: Contract) -> ExchangeRule | None:
    """Return the rule of an exchange without its days, None where there is none to apply."""
    try:
        rule = exchange_rule(contract)
    except InputError:
        return None
    return None if rule is None else replace(rule, days=None, open_days=None)


def _decision(
    rule: ExchangeRule,
    analyte: AnalyteRule,
    lot: SettlementLot,
    found: dict[Side, Reading | None],
) -> AnalyteDecision:
    submissions = {
        side: Submission(
            None,
            (LabResult(analyte.analyte, one.value, "fraction", one.why, one.evidence),),
        )
        for side, one in found.items()
        if one is not None
    }
    # Without deadlines no day matters, today's neither.
    return decide(rule, analyte, LotExchange(lot.lot, None, submissions), date.min)


def _decided(
    rule: ExchangeRule,
    analyte: AnalyteRule,
    lot: SettlementLot,
    found: dict[Side, Reading | None],
) -> Reading:
    made = _decision(rule, analyte, lot, found)
    given = [one for one in found.values() if one is not None]
    basis = weakest_of(*(one.basis for one in given))
    if made.assay is None:
        gaps = " and ".join(LACKS[lack] for lack in made.missing)
        readings = ", ".join(f"{name} {value:f}" for name, value in made.readings)
        why = f"the exchange of {analyte.analyte} is open: {gaps} is missing"
        return Reading(None, None, basis, made.evidence, f"{why} ({readings})" if readings else why)
    with localcontext(EXACT):
        part = made.assay * PPT_PER_UNIT[made.unit] / PPT_PER_UNIT["fraction"]
    return Reading(Decimal(part), None, basis, made.evidence)
