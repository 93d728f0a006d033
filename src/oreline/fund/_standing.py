"""Where every tranche of an instrument stands: by the ledger alone, with the reason for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from oreline.comply import Judgement, Verdict, judge
from oreline.fund._answers import Answers
from oreline.fund._approvals import Approval, approvals_of, counted
from oreline.fund._bounds import beyond_bounds
from oreline.fund._instrument import Instrument, Precedent, Tranche, terms_hash
from oreline.fund._instrument_text import read_instrument
from oreline.fund._money import Accounts, Move, accounts_of
from oreline.record import Ledger

LedgerAt = Callable[[str], Ledger]
"""Gives the ledger as of a moment, with all that is known now."""


class TrancheState(StrEnum):
    """Where a tranche stands."""

    RELEASED = "released"
    """Released, and what it was released on still holds."""
    CONTESTED = "contested"
    """Released, and what is known now no longer bears it out."""
    UNPROVEN = "released unproven"
    """Released by an event that does not say what was judged, or not by two people."""
    READY = "ready"
    """May be released now."""
    WAITING = "waiting for approval"
    """All conditions hold; approvals are missing."""
    OPEN = "not yet"
    """A condition fails or is UNKNOWN, or something else stands in the way."""


@dataclass(frozen=True, slots=True)
class JudgedPrecedent:
    """A condition precedent with what is said of it."""

    precedent: Precedent
    judgement: Judgement

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "id": self.precedent.id,
            "title": self.precedent.title,
            "when": self.precedent.condition.text,
            **self.judgement.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one tranche stands.

    Parameters
    ----------
    reasons
        Why it is not released, or why the release is contested; empty if released or ready.
    day
        On which day its conditions were judged: of a release, its own.
    at_risk
        What was released and is contested or unproven, in the instrument's currency.
    """

    tranche: Tranche
    state: TrancheState
    reasons: tuple[str, ...]
    day: str
    precedents: tuple[JudgedPrecedent, ...]
    approvals: tuple[Approval, ...]
    release: Move | None
    at_risk: Decimal

    @property
    def missing_approvals(self) -> tuple[str, ...]:
        """Return the parties of which nobody has approved yet."""
        given = {one.party for one in self.approvals}
        return tuple(party for party in self.tranche.approvals if party not in given)

    @property
    def cites(self) -> tuple[str, ...]:
        """Return every event that the conditions were judged on."""
        return tuple(sorted({name for one in self.precedents for name in one.judgement.cites}))

    def to_json(self) -> dict[str, Any]:
        """Return the standing as a JSON object; money as decimal text."""
        return {
            "tranche": self.tranche.id,
            "title": self.tranche.title,
            "phase": self.tranche.phase,
            "amount": f"{self.tranche.amount:f}",
            "due": self.tranche.due,
            "after": list(self.tranche.after),
            "state": str(self.state),
            "reasons": list(self.reasons),
            "judged_on": self.day,
            "weakest_basis": str(self.tranche.weakest_basis),
            "conditions": [one.to_json() for one in self.precedents],
            "approvals": [one.to_json() for one in self.approvals],
            "missing_approvals": list(self.missing_approvals),
            "release": None if self.release is None else self.release.event,
            "at_risk": f"{self.at_risk:f}",
        }


@dataclass(frozen=True, slots=True)
class InstrumentStanding:
    """Where an instrument and all its tranches stand, and its money."""

    instrument: Instrument
    accounts: Accounts
    tranches: tuple[Standing, ...]

    @property
    def at_risk(self) -> Decimal:
        """Return what was released and is contested or unproven."""
        return sum((one.at_risk for one in self.tranches), Decimal(0))

    @property
    def next(self) -> Standing | None:
        """Return the first tranche that is not released, None if all are."""
        return next((one for one in self.tranches if one.release is None), None)

    def at(self, tranche: str) -> Standing | None:
        """Return the standing of a tranche, None if the instrument has none of this id."""
        return next((one for one in self.tranches if one.tranche.id == tranche), None)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money as decimal text."""
        instrument = self.instrument
        money = {kind: f"{self.accounts.total(kind):f}" for kind in
                 ("commitment", "release", "drawdown", "spend", "payment")}  # fmt: skip
        return {
            "instrument": instrument.id,
            "title": instrument.title,
            "kind": str(instrument.kind),
            "from": instrument.giver,
            "to": instrument.taker,
            "amount": f"{instrument.amount:f}",
            "currency": instrument.currency,
            "basis": str(instrument.basis),
            "source": instrument.source,
            "terms": instrument.terms,
            "money": money,
            "at_risk": f"{self.at_risk:f}",
            "findings": [one.to_json() for one in beyond_bounds(instrument, self.accounts)],
            "tranches": [one.to_json() for one in self.tranches],
        }


def standing_of(
    ledger: Ledger, instrument: Instrument, day: date, ledger_at: LedgerAt
) -> InstrumentStanding:
    """Return where an instrument stands on a day.

    Tranches that were released are judged again as of their release, with what is known now: later
    evidence of what was so then makes a release contested. What became otherwise afterwards, such
    as a permit that lapsed, does not.

    Parameters
    ----------
    ledger
        As it is now, and in which its declaration stands.
    ledger_at
        Gives it as of the moment of a release.
    """
    accounts = accounts_of(ledger, instrument)
    found: dict[str, Standing] = {}
    for tranche in instrument.tranches:
        releases = accounts.releases(tranche.id)
        if releases:
            found[tranche.id] = _released(ledger, instrument, tranche, releases, ledger_at)
    contested = [one for one in found.values() if one.at_risk]
    for tranche in instrument.tranches:
        if tranche.id not in found:
            answers = Answers(ledger, instrument, accounts, day, tranche.weakest_basis)
            judged = _judged(tranche, answers)
            hindrances = _hindrances(instrument, tranche, accounts, contested)
            found[tranche.id] = _pending(ledger, instrument, tranche, judged, hindrances, day)
    ordered = tuple(found[tranche.id] for tranche in instrument.tranches)
    return InstrumentStanding(instrument, accounts, ordered)


def _judged(tranche: Tranche, answers: Answers) -> tuple[JudgedPrecedent, ...]:
    return tuple(JudgedPrecedent(one, judge(one.condition, answers)) for one in tranche.precedents)


def _hindrances(
    instrument: Instrument,
    tranche: Tranche,
    accounts: Accounts,
    contested: list[Standing],
) -> list[str]:
    """Return what keeps a tranche from being released beside its own conditions."""
    reasons = [
        f"{one.tranche.id} is {one.state}: {one.at_risk:f} {instrument.currency} at risk"
        for one in contested
    ]
    waits = [name for name in tranche.after if not accounts.releases(name)]
    reasons += [f"{name} has not been released" for name in waits]
    free = accounts.total("commitment") - accounts.total("release")
    if free < tranche.amount:
        reasons.append(
            f"only {free:f} {instrument.currency} of what is committed is not released yet"
        )
    return [*reasons, *accounts.strange]


def _told(judged: JudgedPrecedent) -> str:
    verdict = judged.judgement.verdict
    if verdict is Verdict.FAIL:
        failing = [part for part in judged.judgement.parts if part.verdict is Verdict.FAIL]
        values = [
            f"{asked.question} is {asked.answer} {asked.unit}".rstrip()
            for part in failing
            for asked in part.asked
        ]
        return f"{judged.precedent.id} does not hold: {'; '.join(values) or 'it says false'}"
    missing = "; ".join(f"{one.name}: {one.why}" for one in judged.judgement.missing)
    return f"{judged.precedent.id} is UNKNOWN: {missing}"


def _pending(
    ledger: Ledger,
    instrument: Instrument,
    tranche: Tranche,
    judged: tuple[JudgedPrecedent, ...],
    hindrances: list[str],
    day: date,
) -> Standing:
    reasons = [*hindrances]
    reasons += [_told(one) for one in judged if one.judgement.verdict is not Verdict.PASS]
    approvals = counted(tranche, approvals_of(ledger, instrument, tranche))
    standing = Standing(
        tranche=tranche,
        state=TrancheState.OPEN if reasons else TrancheState.READY,
        reasons=tuple(reasons),
        day=day.isoformat(),
        precedents=judged,
        approvals=approvals,
        release=None,
        at_risk=Decimal(0),
    )
    if standing.missing_approvals and not reasons:
        told = f"no approval by a person of its own for {', '.join(standing.missing_approvals)}"
        return replace(standing, state=TrancheState.WAITING, reasons=(told,))
    return standing


def _released(
    ledger: Ledger,
    instrument: Instrument,
    tranche: Tranche,
    releases: tuple[Move, ...],
    ledger_at: LedgerAt,
) -> Standing:
    """Return where a released tranche stands, judged again under the terms it was judged under."""
    release = releases[0]
    then = _terms_then(ledger, instrument, release)
    day = datetime.fromisoformat(release.time).date()
    doubts = [
        f"{one.event} releases it once more; {release.event} did before" for one in releases[1:]
    ]
    terms_tranche = None if then is None else then.tranche(tranche.id)
    if then is None or terms_tranche is None:
        doubts.append(f"{release.event} does not say on which terms it was judged")
        then, terms_tranche = instrument, tranche
    cited = () if release.judged is None else release.judged.get("approvals", ())
    given = [one for one in approvals_of(ledger, then, terms_tranche) if one.event in cited]
    approvals = counted(terms_tranche, given)
    if len(approvals) < len(terms_tranche.approvals):
        doubts.append(f"{release.event} does not rest on an approval of each party, by two people")
    if release.amount != terms_tranche.amount:
        doubts.append(
            f"{release.event} releases {release.amount:f}, the terms say {terms_tranche.amount:f}"
        )
    past = ledger_at(release.time)
    answers = Answers(past, then, accounts_of(past, then), day, terms_tranche.weakest_basis)
    judged = _judged(terms_tranche, answers)
    broken = [_told(one) for one in judged if one.judgement.verdict is not Verdict.PASS]
    state = TrancheState.UNPROVEN if doubts else TrancheState.RELEASED
    state = TrancheState.CONTESTED if broken else state
    at_risk = sum((one.amount for one in releases), Decimal(0))
    return Standing(
        tranche=tranche,
        state=state,
        reasons=(*broken, *doubts),
        day=day.isoformat(),
        precedents=judged,
        approvals=approvals,
        release=release,
        at_risk=Decimal(0) if state is TrancheState.RELEASED else at_risk,
    )


def _terms_then(ledger: Ledger, instrument: Instrument, release: Move) -> Instrument | None:
    """Return the instrument under the terms that a release cites, None if it cites none known."""
    cited = None if release.judged is None else release.judged.get("terms")
    if cited == instrument.terms:
        return instrument
    for version in ledger.declared.get("instrument", {}).get(instrument.id, ()):
        text = version.data.get("terms")
        if isinstance(text, str) and terms_hash(text) == cited:
            return read_instrument(text, "line")[0]
    return None
