"""The ten principles of metal accounting, held against what a ledger has: present and missing.

The principles are those of the AMIRA P754 code (Metal Accounting: Code of Practice and Guidelines,
release 3, 2007), in our own words. The list says what is there, what is not, and who could supply
it. It never says that a plant complies: a ledger cannot know that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from oreline.balance._account import Leg, MetalAccount
from oreline.balance._account_signing import IS_RESTATED, IS_REVIEWED, IS_SIGNED, AccountState
from oreline.balance._cusum import SHIFTED, Cusum
from oreline.balance._legs import FLOW_LEGS
from oreline.model import InputError
from oreline.record import Ledger

PRESENT, PARTLY, MISSING = "PRESENT", "PARTLY", "MISSING"
RISK, PROCEDURE = "risk-assessment", "procedure-approved"
AUDITS = ("audit-internal", "audit-external")
"""Types of ``attest`` events that the list looks for; their subject is the site."""
TARGET_RULE, STOCK_RULE, DAY_RULE = "accuracy-target", "stock-take-interval", "reporting-day"
"""Kinds of declared rules that the list looks for; their scope is the site or ``*``."""
AUDIT_DAYS = 366


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One principle: what the ledger has for it, what it lacks, and who could supply that."""

    number: int
    principle: str
    status: str
    present: tuple[str, ...]
    missing: tuple[str, ...]
    who: str

    def to_json(self) -> dict[str, Any]:
        """Return the item as a JSON object."""
        return {
            "number": self.number,
            "principle": self.principle,
            "status": self.status,
            "present": list(self.present),
            "missing": list(self.missing),
            "who": self.who,
        }


@dataclass(frozen=True, slots=True)
class Checklist:
    """The ten principles for one site and period."""

    site: str
    period: str
    items: tuple[ChecklistItem, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row a principle."""
        return pl.DataFrame(
            {
                "number": [one.number for one in self.items],
                "principle": [one.principle for one in self.items],
                "status": [one.status for one in self.items],
                "present": ["; ".join(one.present) for one in self.items],
                "missing": ["; ".join(one.missing) for one in self.items],
                "who": [one.who for one in self.items],
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return the list as a JSON object."""
        return {
            "site": self.site,
            "period": self.period,
            "code": "AMIRA P754, release 3 (2007), principles in other words",
            "remark": "what is present and missing in the ledger; whether a plant complies, it "
            "does not say",
            "items": [one.to_json() for one in self.items],
        }


@dataclass(frozen=True, slots=True)
class _Case:
    ledger: Ledger
    account: MetalAccount
    state: AccountState
    sums: Mapping[str, Cusum]

    def flows(self) -> Iterator[tuple[str, Leg]]:
        """Give the legs of flow that are something, with their element."""
        names = [*(name for name, _ in FLOW_LEGS), "tails"]
        for one in self.account.elements:
            for name in names:
                leg = one.leg(name)
                if not leg.mass.low_mg == leg.mass.high_mg == 0:
                    yield one.element, leg

    def attests(self, *types: str) -> Iterator[Mapping[str, Any]]:
        """Give the attestations of these types about the site or the account."""
        for event in self.ledger.other:
            body = event["body"]
            if event["schema"] != "attest/1" or body["type"] not in types:
                continue
            if body["subject"] in (self.account.site, self.account.subject):
                yield event

    def rules(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the declared rules of a kind for the site."""
        return [
            version.data
            for version in self.ledger.current("rule").values()
            if version.data.get("kind") == kind
            and version.data.get("scope") in (self.account.site, "*")
        ]


Said = tuple[list[str], list[str]]
"""What is present, and what is missing."""


def checklist(
    ledger: Ledger, account: MetalAccount, state: AccountState, sums: Mapping[str, Cusum]
) -> Checklist:
    """Hold the ten principles against what the ledger has of a site and period.

    Parameters
    ----------
    sums
        The running sum of the site for each element of the account, as far as there is one.

    Raises
    ------
    InputError
        If a running sum is of another site.
    """
    for one in sums.values():
        if one.site != account.site:
            raise InputError(f"the running sum of {one.site} is not one of {account.site}")
    case = _Case(ledger, account, state, sums)
    items = []
    for number, (principle, who, ask) in enumerate(_PRINCIPLES, 1):
        present, missing = ask(case)
        status = PRESENT if not missing else PARTLY if present else MISSING
        items.append(ChecklistItem(number, principle, status, tuple(present), tuple(missing), who))
    return Checklist(account.site, account.period, tuple(items))


def _measurement(case: _Case) -> Said:
    present, missing = [], []
    legs = list(case.flows())
    measured = [leg for _, leg in legs if leg.mass.basis == "measured" and leg.mass.is_known]
    if measured:
        present.append(f"{len(measured)} of {len(legs)} legs of flow are measured")
    for element, leg in legs:
        if not leg.mass.is_known:
            missing.append(f"{element} {leg.name} is not one value")
        elif leg.mass.basis != "measured":
            missing.append(f"{element} {leg.name} rests on what is {leg.mass.basis}")
    missing += [
        f"{one.element} cannot be judged: {one.reason}"
        for one in case.account.elements
        if one.verdict == "UNKNOWN"
    ]
    present.append("every leg is taken by itself; entries only ever come in, none is overwritten")
    return present, missing


def _transparency(case: _Case) -> Said:
    present, missing = [], []
    unnamed = []
    for element, leg in case.flows():
        if leg.methods:
            present.append(f"{element} {leg.name}: {', '.join(leg.methods)}")
        elif leg.lines:
            unnamed.append(f"{element} {leg.name} names no instrument")
    missing += unnamed
    found = [event["id"] for event in case.attests(RISK)]
    if found:
        present.append(f"risk assessment: {', '.join(found)}")
    else:
        missing.append(f"no risk assessment (attest, type {RISK}, subject {case.account.site})")
    return present, missing


def _documents(case: _Case) -> Said:
    present, missing = [], []
    rules = case.rules("grade-book")
    if rules:
        present.append("which assay counts is a declared rule")
    else:
        missing.append("which assay counts is not declared; a default applies")
    found = [event["id"] for event in case.attests(PROCEDURE)]
    if found:
        present.append(f"approved procedures: {', '.join(found)}")
    else:
        missing.append(f"no approved procedure (attest, type {PROCEDURE})")
    present.append(f"audit trail: {case.ledger.size} entries under one hash, each with its author")
    return present, missing


def _audits(case: _Case) -> Said:
    present, missing = [], []
    end = date.fromisoformat(case.account.end[:10])
    for kind in AUDITS:
        recent = [
            event
            for event in case.attests(kind)
            if abs((date.fromisoformat(event["time"][:10]) - end).days) <= AUDIT_DAYS
        ]
        word = kind.partition("-")[2]
        if recent:
            present.append(f"{word} audit: {recent[-1]['id']} of {recent[-1]['time'][:10]}")
        else:
            missing.append(f"no {word} audit within a year (attest, type {kind})")
    return present, missing


def _timeliness(case: _Case) -> Said:
    present, missing = [], []
    if case.account.closed_by:
        present.append(f"the period is closed: {', '.join(case.account.closed_by)}")
    else:
        missing.append("the period is not closed")
    end = date.fromisoformat(case.account.end[:10])
    latest = case.state.latest
    if latest is not None:
        days = (date.fromisoformat(latest.day) - end).days
        present.append(f"signed {days} days after its end")
    else:
        missing.append("not signed, so that nobody reported it")
    if case.rules(DAY_RULE):
        present.append("by which day it is reported is declared")
    else:
        missing.append(f"by which day it must be reported is not declared (rule, kind {DAY_RULE})")
    return present, missing


def _provisional(case: _Case) -> Said:
    present, missing = [], []
    values, held = case.account.open_values, case.account.waiting
    if values:
        missing.append(f"{len(values)} kinds of values may still change")
    else:
        present.append("no value of the period is provisional")
    if held:
        missing.append(f"{len(held)} entries wait for a decision: {', '.join(held[:3])}")
    if case.state.word == IS_RESTATED:
        missing.append("the account was restated after it was signed, and is not signed anew")
    present.append("corrections name their reason and leave what they correct in the log")
    return present, missing


def _verification(case: _Case) -> Said:
    present, missing = [], []
    without = [
        f"{one.element} {leg.name}"
        for one in case.account.elements
        for leg in one.legs
        if leg.mass.u_mg is None
    ]
    if without:
        missing.append(f"no uncertainty is known of {', '.join(dict.fromkeys(without))}")
    else:
        present.append("the uncertainty of every leg is known")
    defaults = {name for _, leg in case.flows() for name in leg.mass.defaults}
    if defaults:
        named = ", ".join(sorted(defaults))
        missing.append(f"some uncertainties are assumed by default: {named}")
    judged = [
        name for name, found in case.sums.items() if any(p.z is not None for p in found.points)
    ]
    if judged:
        present.append(f"the running sum is tested for {', '.join(judged)}")
    else:
        missing.append("no running sum can be tested")
    return present, missing


def _accuracies(case: _Case) -> Said:
    present, missing = [], []
    rules = case.rules(TARGET_RULE)
    targets = {str(rule.get("leg")): rule for rule in rules}
    if not rules:
        missing.append(f"no target accuracies are declared (rule, kind {TARGET_RULE})")
    for element, leg in case.flows():
        rule = targets.get(leg.name)
        spread, low = leg.mass.u95_mg, leg.mass.low_mg
        if spread is None or not low or not leg.mass.is_known:
            missing.append(f"{element} {leg.name}: its accuracy is not known")
            continue
        reached = 100 * spread / abs(low)
        text = f"{element} {leg.name} is known to {reached:.2g} % (U95)"
        if rule is None:
            present.append(text)
            continue
        target = float(str(rule.get("u95_pct") or "nan"))
        if reached <= target:
            present.append(f"{text}, target {target:g} %")
        else:
            missing.append(f"{text}, which is not the target of {target:g} %")
    return present, missing


def _stock(case: _Case) -> Said:
    present, missing = [], []
    goods = [item for item in case.account.inventory if not item.is_waste]
    lots = {item.lot for item in goods}
    counted = {item.lot for item in goods if item.counted}
    if counted:
        present.append(f"stock was taken of {len(counted)} of {len(lots)} lots in the circuit")
    rest = sorted(lots - counted)
    if rest:
        named = ", ".join(rest[:4]) + (" ..." if len(rest) > 4 else "")
        missing.append(f"no stock-take in the period: {named}")
    if case.rules(STOCK_RULE):
        present.append("how often stock is taken is declared")
    else:
        missing.append(f"how often stock is taken is not declared (rule, kind {STOCK_RULE})")
    return present, missing


def _bias(case: _Case) -> Said:
    present, missing = [], []
    for name, found in case.sums.items():
        if found.verdict == SHIFTED:
            missing.append(f"{name}: {found.reason}")
        else:
            present.append(f"{name}: the running sum is {found.verdict}")
    missing += [
        f"{one.element} does not close: {one.reason}"
        for one in case.account.elements
        if one.verdict == "DOES NOT CLOSE"
    ]
    if case.state.word in (IS_SIGNED, IS_REVIEWED) and case.state.latest is not None:
        latest = case.state.latest
        present.append(
            f"signed by {latest.name}, {latest.capacity}; whether that is a competent person, a "
            "ledger cannot say"
        )
    else:
        missing.append(f"the account is {case.state.word.lower()}")
    if case.state.word != IS_REVIEWED:
        missing.append("nobody else has reviewed it")
    return present, missing


_PRINCIPLES: tuple[tuple[str, str, Callable[[_Case], Said]], ...] = (
    (
        "Masses and contents are measured, all is checked in and out, figures go one way",
        "whoever runs scales, samplers and the laboratory",
        _measurement,
    ),
    (
        "Each figure shows where it came from; the system is consistent, its risks assessed",
        "the metal accountant, with the plant's management",
        _transparency,
    ),
    (
        "Methods and procedures are written down, with controls and a trail of who did what",
        "the metal accountant",
        _documents,
    ),
    (
        "The system is audited from inside and from outside, regularly",
        "internal audit; an outside auditor",
        _audits,
    ),
    ("Results are there in time for whoever decides by them", "the metal accountant", _timeliness),
    (
        "Provisional figures are replaced by final ones, by a procedure that shows both",
        "the laboratory; the commercial manager, for assays of what was sold",
        _provisional,
    ),
    (
        "There are enough data to verify transfers, to know accuracies and to find errors",
        "the metallurgist; the laboratory, for its uncertainties",
        _verification,
    ),
    (
        "Target accuracies are set for mass, sampling and analysis, and those reached are reported",
        "the plant's management, with the metallurgist",
        _accuracies,
    ),
    (
        "Stock in process is verified by measurement at set intervals",
        "the surveyor; the plant's management, for the interval",
        _stock,
    ),
    (
        "Every bias that shows is hunted down and removed, and a competent person signs",
        "the metallurgist who signs; another person, for the review",
        _bias,
    ),
)
