"""From the log of an exchange to what is decided: who gave which result when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.record import Ledger
from oreline.settle._assay_exchange import deadlines, decide_lot
from oreline.settle._calendar import UTC_DAYS, Calendar
from oreline.settle._exchange_decision import (
    Extension,
    LabResult,
    LotDecision,
    LotExchange,
    Submission,
)
from oreline.settle._exchange_log import ExchangeLog, Logged
from oreline.settle._exchange_proof import SealReport, verify_exchange
from oreline.settle._exchange_rule import PARTIES, ExchangeRule, LateRule, Side
from oreline.settle._movements import division_of, main_carriage, samples_of, touches_of


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchange of a lot as a ledger shows it on a day: the proof, the facts, the decision."""

    report: SealReport
    facts: LotExchange
    decision: LotDecision
    today: date

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON object."""
        decided = self.decision.to_json()
        return {
            "lot": self.facts.lot,
            "today": self.today.isoformat(),
            "start": None if self.facts.start is None else self.facts.start.isoformat(),
            **{name: decided[name] for name in ("state", "deadlines", "analytes", "unruled")},
            "submissions": {
                str(side): _submission_json(given)
                for side, given in sorted(self.facts.submissions.items())
            },
            "extensions": [
                {"side": str(one.side), "until": one.until.isoformat(), "reason": one.reason}
                for one in self.facts.extensions
            ],
            "proof": self.report.to_json(),
        }


def exchange_of(
    log: ExchangeLog,
    rule: ExchangeRule,
    *,
    today: date,
    start: date | None,
    parties: Mapping[Side, str] | None = None,
    contract: str | None = None,
) -> Exchange:
    """Return how far the exchange of a lot has come on a day.

    Parameters
    ----------
    start
        The day that deadlines are counted from; None where it is UNKNOWN.
    parties
        Who sells and who buys, as the contract says.
    contract
        The id of the contract under which the results were sealed.
    """
    report = verify_exchange(log, parties, contract)
    accepted = _accepted(log)
    submissions = {}
    for side in PARTIES:
        given = _submission(side, log, report, rule, accepted)
        if given is not None:
            submissions[side] = given
    umpire = _first_results(log.assays_of(Side.UMPIRE))
    if umpire:
        submissions[Side.UMPIRE] = Submission(None, umpire)
    facts = LotExchange(
        log.lot, start, submissions, _extensions(log, report), _agreed(log, accepted, report)
    )
    return Exchange(report, facts, decide_lot(rule, facts, today), today)


def may_open(exchange: Exchange, rule: ExchangeRule, side: Side) -> str:
    """Return why a party may not open yet; nothing if it may.

    It may once both have sealed. It also may when the other has let its date pass and the contract
    makes the result of the party in time conclusive: then nobody can gain by seeing it.
    """
    own, other = exchange.report.of(side), exchange.report.of(side.other)
    if own is None or own.seal is None:
        return f"the {side} has sealed nothing"
    if own.opening is not None:
        return f"the {side} has opened with {own.opening.id}"
    if other is not None and other.seal is not None:
        return ""
    due = deadlines(rule, exchange.facts).get(side.other)
    missed = due is not None and exchange.today > due
    if missed and rule.late is LateRule.OTHER_CONCLUSIVE:
        return ""
    return f"the {side.other} has not sealed yet; whoever opens first would show its results"


def event_day(ledger: Ledger, lot: str, event: str, calendar: Calendar = UTC_DAYS) -> date | None:
    """Return the day that a deadline of a lot is counted from, None where it is not recorded.

    ``sealing`` is when the last sample of the lot was taken, ``shipment`` its dispatch on the main
    carriage, ``arrival`` its last receipt. Of a lot that was divided into containers these are the
    days of the last container; there is no arrival until all have come. Other events are not of a
    lot.
    """
    if event == "sealing":
        taken = samples_of(ledger, [lot])[lot]
        return calendar.day_of(taken[-1]["time"]) if taken else None
    if event not in {"shipment", "arrival"}:
        return None
    division = division_of(ledger)
    touched = touches_of(ledger, division.below(lot))
    moving = {
        part for part, found in touched.items() if any(one.kind == "dispatch" for one in found)
    }
    parts = division.moved(lot, moving)
    days = []
    for touches in (touched[part] for part in parts):
        legs = [touch for touch in touches if touch.kind == "dispatch"]
        left = main_carriage([touch.event for touch in legs]) if legs else None
        came = [touch for touch in touches if touch.kind == "receive"]
        if event == "shipment" and left is not None:
            days.append(calendar.day_of(left["time"]))
        elif event == "arrival" and came:
            days.append(calendar.day_of(came[-1].event["time"]))
    return max(days) if days and len(days) == len(parts) else None


def lab_results(body: Mapping[str, Any], evidence: tuple[str, ...] = ()) -> tuple[LabResult, ...]:
    """Return the results of an assay as they are compared; moisture is H2O on the wet basis."""
    grades = [*body.get("results", ())]
    if "moisture" in body:
        grades.append(body["moisture"])
    return tuple(_lab_result(grade, evidence) for grade in grades)


def _lab_result(grade: Mapping[str, Any], evidence: tuple[str, ...]) -> LabResult:
    unit = grade.get("unit", "%")
    if "value" in grade:
        return LabResult(grade["analyte"], Decimal(grade["value"]), unit, "", evidence)
    if "unknown" in grade:
        why = grade["unknown"]
    elif "low" in grade:
        why = f"between {grade['low']} and {grade['high']} {unit}"
    else:
        word = "below" if "below" in grade else "above"
        why = f"{word} {grade[word]} {unit}"
    return LabResult(grade["analyte"], None, unit, why, evidence)


def _first_results(assays: Iterable[Logged]) -> tuple[LabResult, ...]:
    """Return the first result of each analyte: what was exchanged is not exchanged again."""
    found: dict[str, LabResult] = {}
    for assay in assays:
        if assay.is_void:
            continue
        for result in lab_results(assay.amended or assay.body, (assay.id,)):
            found.setdefault(result.analyte, result)
    return tuple(found.values())


def _submission(
    side: Side,
    log: ExchangeLog,
    report: SealReport,
    rule: ExchangeRule,
    accepted: frozenset[tuple[str, str]],
) -> Submission | None:
    part, day_of = report.of(side), rule.calendar.day_of
    if part is None or part.seal is None:
        clear = [one for one in log.assays_of(side) if not one.is_void]
        results = _first_results(clear)
        return Submission(day_of(clear[0].recorded), results) if results else None
    other = report.of(side.other)
    open_by = None
    if rule.open_days is not None and other is not None and other.seal is not None:
        could = max(day_of(part.seal.recorded), day_of(other.seal.recorded))
        open_by = rule.calendar.after(could, rule.open_days)
    if part.opening is None or part.secret is None:
        return Submission(day_of(part.seal.recorded), (), True, None, open_by)
    evidence = (part.seal.id, part.opening.id) + ((part.assay.id,) if part.assay else ())
    body: Mapping[str, Any] = part.secret.assay
    changed = part.assay
    if (
        changed is not None
        and changed.amended is not None
        and _both_stand_by(changed.changed_by, changed.changing_party, accepted, report)
    ):
        body, evidence = changed.amended, (*evidence, changed.changed_by)
    results = lab_results(body, evidence)
    on, opened_on = day_of(part.seal.recorded), day_of(part.opening.recorded)
    return Submission(on, results, False, opened_on, open_by)


def _accepted(log: ExchangeLog) -> frozenset[tuple[str, str]]:
    """Return which event was accepted by which party, in its own name."""
    return frozenset(
        (one.body["subject"], one.issuer) for one in log.accepted if one.issuer is not None
    )


def _both_stand_by(
    event: str, party: str | None, accepted: frozenset[tuple[str, str]], report: SealReport
) -> bool:
    """Return whether each party of the exchange entered an event or accepted it."""
    stand_by = {party, *(who for name, who in accepted if name == event)}
    parties = {one.party for one in report.sides}
    return len(parties) == len(PARTIES) and parties <= stand_by


def _agreed(
    log: ExchangeLog, accepted: frozenset[tuple[str, str]], report: SealReport
) -> tuple[LabResult, ...]:
    """Return the results of assays in the role ``agreed`` that both parties stand by."""
    both = [
        assay
        for assay in log.assays
        if assay.body["role"] == "agreed"
        and _both_stand_by(assay.id, assay.party, accepted, report)
    ]
    return _first_results(reversed(both))


def _extensions(log: ExchangeLog, report: SealReport) -> tuple[Extension, ...]:
    """Return the later dates that a party granted to the other."""
    by_party = {one.party: one.side for one in report.sides}
    return tuple(
        Extension(
            by_party[one.issuer].other,
            date.fromisoformat(one.body["valid_to"]),
            one.body.get("statement", ""),
            one.id,
        )
        for one in log.extensions
        if one.issuer in by_party and "valid_to" in one.body and not one.is_void
    )


def _submission_json(given: Submission) -> dict[str, Any]:
    def day(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "on": day(given.on),
        "is_sealed": given.is_sealed,
        "opened_on": day(given.opened_on),
        "open_by": day(given.open_by),
        "results": [
            {
                "analyte": one.analyte,
                "value": None if one.value is None else f"{one.value:f}",
                "unit": one.unit,
                "why": one.why,
                "evidence": list(one.evidence),
            }
            for one in given.results
        ],
    }
