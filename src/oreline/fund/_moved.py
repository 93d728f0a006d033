"""What a correction would do to tranches: asked before anybody enters it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.comply import Asking
from oreline.fund._instrument import Instrument
from oreline.fund._standing import (
    InstrumentStanding,
    JudgedPrecedent,
    LedgerAt,
    Standing,
    standing_of,
)
from oreline.record import Ledger, instant_us, with_amendments

Amendments = Mapping[int, Mapping[str, Any] | None]
"""By position, the fields that would stand in place of an event's own; None if it were void."""


@dataclass(frozen=True, slots=True)
class MovedPrecedent:
    """A condition precedent that is judged otherwise, or on other numbers."""

    before: JudgedPrecedent
    after: JudgedPrecedent

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, with those answers that are others."""
        before = {one.question: one for one in _asked(self.before)}
        answers = [
            {
                "question": now.question,
                "unit": now.unit or before[now.question].unit,
                "basis": now.basis or before[now.question].basis,
                "before": before[now.question].answer,
                "after": now.answer,
            }
            for now in _asked(self.after)
            if now.question in before and now.answer != before[now.question].answer
        ]
        return {
            "id": self.after.precedent.id,
            "title": self.after.precedent.title,
            "before": str(self.before.judgement.verdict),
            "after": str(self.after.judgement.verdict),
            "answers": answers,
        }


@dataclass(frozen=True, slots=True)
class MovedTranche:
    """Where a tranche stands, and where it would stand."""

    before: Standing
    after: Standing

    @property
    def precedents(self) -> tuple[MovedPrecedent, ...]:
        """Return its conditions that are judged otherwise, or on other numbers."""
        before = {one.precedent.id: one for one in self.before.precedents}
        pairs = (
            (before[now.precedent.id], now)
            for now in self.after.precedents
            if now.precedent.id in before
        )
        return tuple(MovedPrecedent(then, now) for then, now in pairs if _says(then) != _says(now))

    @property
    def is_moved(self) -> bool:
        """Whether anything of it is another: its state, a reason, a number that it rests on."""
        before, after = self.before, self.after
        return (
            before.state is not after.state
            or before.reasons != after.reasons
            or before.at_risk != after.at_risk
            or bool(self.precedents)
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money as decimal text."""
        tranche = self.after.tranche
        return {
            "tranche": tranche.id,
            "title": tranche.title,
            "amount": f"{tranche.amount:f}",
            "judged_on": self.after.day,
            "state": {"before": str(self.before.state), "after": str(self.after.state)},
            "at_risk": _pair(self.before.at_risk, self.after.at_risk),
            "reasons": list(self.after.reasons),
            "conditions": [one.to_json() for one in self.precedents],
        }


@dataclass(frozen=True, slots=True)
class MovedInstrument:
    """An instrument with those of its tranches that a correction would move."""

    instrument: Instrument
    before: InstrumentStanding
    after: InstrumentStanding

    @property
    def tranches(self) -> tuple[MovedTranche, ...]:
        """Return the tranches that move."""
        pairs = zip(self.before.tranches, self.after.tranches, strict=True)
        return tuple(one for one in (MovedTranche(*pair) for pair in pairs) if one.is_moved)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money as decimal text."""
        return {
            "instrument": self.instrument.id,
            "title": self.instrument.title,
            "currency": self.instrument.currency,
            "at_risk": _pair(self.before.at_risk, self.after.at_risk),
            "tranches": [one.to_json() for one in self.tranches],
        }


def moved_tranches(
    ledger: Ledger,
    amendments: Amendments,
    instruments: Iterable[Instrument],
    day: date,
    ledger_at: LedgerAt,
) -> tuple[MovedInstrument, ...]:
    """Return what other content of some events would do to the tranches of instruments.

    Tranches that were released are judged again as of their release, as by :func:`standing_of`: a
    correction may make a release contested although it is of long ago.

    Parameters
    ----------
    ledger
        As it is now.
    amendments
        As in a correction; None where an event would be void.
    day
        On which what is not released is judged.
    ledger_at
        Gives the ledger as of the moment of a release, without the amendments.

    Raises
    ------
    InputError
        If what would stand there is malformed, or an event can only be corrected, not varied.
    """
    other = with_amendments(ledger, amendments)
    other_at = _amended_at(ledger, amendments, ledger_at)
    return tuple(
        MovedInstrument(
            one,
            standing_of(ledger, one, day, ledger_at),
            standing_of(other, one, day, other_at),
        )
        for one in instruments
    )


def _amended_at(
    ledger: Ledger, amendments: Amendments, ledger_at: LedgerAt
) -> Callable[[str], Ledger]:
    """Return what reads the amended ledger as of a moment.

    An event that is dated otherwise may leave the past or come into it; the latter is read from the
    ledger of today, without what came after the moment.
    """

    def at(moment: str) -> Ledger:
        limit_us = instant_us(moment)
        past = ledger_at(moment)
        there = set(past.columns.events.seq)
        kept = {
            seq: None if _is_later(replacement, limit_us) else replacement
            for seq, replacement in amendments.items()
            if seq in there
        }
        if any(
            replacement is not None
            and seq not in there
            and "time" in replacement
            and not _is_later(replacement, limit_us)
            for seq, replacement in amendments.items()
        ):
            whole = with_amendments(ledger, amendments)
            events = whole.columns.events
            later = [
                seq
                for seq, time_us in zip(events.seq, events.time_us, strict=True)
                if time_us > limit_us
            ]
            return with_amendments(whole, dict.fromkeys(later))
        return with_amendments(past, kept) if kept else past

    return at


def _is_later(replacement: Mapping[str, Any] | None, limit_us: int) -> bool:
    return (
        replacement is not None
        and "time" in replacement
        and instant_us(replacement["time"]) > limit_us
    )


def _asked(judged: JudgedPrecedent) -> list[Asking]:
    return [asked for part in judged.judgement.parts for asked in part.asked]


def _says(judged: JudgedPrecedent) -> tuple[Any, ...]:
    """Return what a condition says, without the events that it rests on."""
    answers = [(one.answer, one.unit, one.basis, one.missing) for one in _asked(judged)]
    return judged.judgement.verdict, judged.judgement.missing, answers


def _pair(before: Decimal, after: Decimal) -> dict[str, str]:
    return {"before": f"{before:f}", "after": f"{after:f}"}
