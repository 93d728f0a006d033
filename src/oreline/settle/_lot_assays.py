"""The results of a sampling lot by role, and what the exchange of assays made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from oreline.model import PPT_PER_UNIT
from oreline.settle._contract import Contract
from oreline.settle._exchange_decision import LACKS, AnalyteDecision, LabResult
from oreline.settle._exchange_log import ExchangeLog
from oreline.settle._exchange_lots import Exchange, exchange_of, lab_results
from oreline.settle._exchange_rule import EXACT, ExchangeRule, Side
from oreline.settle._exchange_terms import MOISTURE, exchange_rule, parties_of
from oreline.settle._lot_weights import body_of
from oreline.settle._parcel import Reading, UmpireCall
from oreline.settle._statement import weakest_of
from oreline.settle._umpire import How
from oreline.settle._umpire_cost import call_of

SETTLED = "settled"
"""The role under which the outcome of an exchange stands beside the results of each side."""
Results = dict[str, dict[str, Reading]]
_BOTH = {How.MEAN, How.MEAN_DESPITE_DELAY, How.NO_LIMIT, How.MEAN_WITH_NEARER}


def assays_of(
    contract: Contract, log: ExchangeLog, on: date, start: date | None
) -> tuple[Results, tuple[UmpireCall, ...]]:
    """Return the results of a lot by role and analyte, and what an umpire was called for.

    Results are mass fractions of the dry material. Of several assays in one role the first states
    a result: what was exchanged is not exchanged again. Where the contract says how results are
    exchanged, the role ``settled`` holds the outcome of each analyte that it settles; UNKNOWN, with
    the reason, as long as there is none.

    Parameters
    ----------
    start
        The day that the deadlines of the exchange are counted from, None where it is UNKNOWN.
    """
    found: Results = {}
    grades = _grades(log)
    rule = exchange_rule(contract)
    shown: dict[str, Iterable[LabResult]] = {}
    for assay in log.assays:
        body = body_of(assay)
        if body is not None:
            given = lab_results({"results": body.get("results", ())}, (assay.id,))
            shown[body["role"]] = [*shown.get(body["role"], ()), *given]
    exchange: Exchange | None = None
    if rule is not None:
        exchange = exchange_of(
            log, rule, today=on, start=start, parties=parties_of(contract), contract=contract.id
        )
        # What a side exchanged holds, not what it corrects afterwards without the other.
        shown |= {str(side): one.results for side, one in exchange.facts.submissions.items()}
    for role, results in shown.items():
        for one in results:
            if one.analyte != MOISTURE:
                found.setdefault(role, {}).setdefault(one.analyte, _reading(one, grades))
    if exchange is not None:
        found[SETTLED] = {
            one.analyte: _decided(one, found)
            for one in exchange.decision.analytes
            if one.analyte != MOISTURE
        }
    return found, _calls(exchange, rule)


def _calls(exchange: Exchange | None, rule: ExchangeRule | None) -> tuple[UmpireCall, ...]:
    if exchange is None or rule is None:
        return ()
    calls = (call_of(one, rule.cost) for one in exchange.decision.analytes)
    return tuple(one for one in calls if one is not None)


def _grades(log: ExchangeLog) -> dict[tuple[str, str, str, str], Mapping[str, Any]]:
    """Return the grades of all assays by event, analyte, value and unit."""
    return {
        (assay.id, grade["analyte"], grade.get("value", ""), grade.get("unit", "%")): grade
        for assay in log.assays
        for body in (assay.body, assay.amended or {})
        for grade in body.get("results", ())
    }


def _reading(
    given: LabResult, grades: Mapping[tuple[str, str, str, str], Mapping[str, Any]]
) -> Reading:
    """Return a result as a mass fraction, with u and basis of the assay that it comes from."""
    written = "" if given.value is None else f"{given.value:f}"
    known = (grades.get((name, given.analyte, written, given.unit)) for name in given.evidence)
    grade = next((one for one in known if one is not None), {})
    basis = str(grade.get("basis", "reported"))
    if given.value is None:
        return Reading(None, None, basis, given.evidence, f"{given.analyte} is {given.why}")
    u = None if "u" not in grade else _fraction(Decimal(grade["u"]), given.unit)
    return Reading(_fraction(given.value, given.unit), u, basis, given.evidence)


def _fraction(value: Decimal, unit: str) -> Decimal:
    with localcontext(EXACT):
        return value * PPT_PER_UNIT[unit] / PPT_PER_UNIT["fraction"]


def _by_side(decision: AnalyteDecision, found: Results) -> list[Reading | None]:
    return [found.get(str(side), {}).get(decision.analyte) for side in Side]


def _decided(decision: AnalyteDecision, found: Results) -> Reading:
    counted = [found.get(str(one), {}).get(decision.analyte) for one in decision.of or tuple(Side)]
    used = [one for one in counted if one is not None]
    basis = weakest_of(*(one.basis for one in used)) if used else "reported"
    if decision.assay is None:
        lacking = ", ".join(LACKS[one] for one in decision.missing)
        why = f"{decision.analyte} is not settled" + (f": it lacks {lacking}" if lacking else "")
        sides = zip(Side, _by_side(decision, found), strict=True)
        told = [f"{side}: {one.why}" for side, one in sides if one is not None and one.why]
        why += f" ({'; '.join(told)})" if told else ""
        return Reading(None, None, basis, decision.evidence, why)
    u = _spread(decision, used)
    return Reading(_fraction(decision.assay, decision.unit), u, basis, decision.evidence)


def _spread(decision: AnalyteDecision, used: list[Reading]) -> Decimal | None:
    """Return u of what is settled: of a mean of independent results, or of the one that counts."""
    spreads = [one.u for one in used if one.u is not None]
    if len(spreads) != len(used) or not used:
        return None
    if len(used) == 1:
        return spreads[0]
    if decision.how not in _BOTH:
        return None
    with localcontext(prec=12):
        return sum((u * u for u in spreads), Decimal(0)).sqrt() / len(spreads)
