"""What the ledger answers to the words of conditions: exact values, what is missing, and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

import numpy as np

from oreline.balance import Verdict as BalanceVerdict
from oreline.balance import balance_sites, recovery, transit
from oreline.comply import Argument, Between, Missing, Reading, Verdict, judge, number_text
from oreline.fund._instrument import Instrument
from oreline.fund._money import Accounts
from oreline.fund._permits import PermitState, gating_permits, permit_of, version_on
from oreline.fund._words import WORDS
from oreline.model import MG_PER_UNIT, PPT, Basis, InputError
from oreline.record import (
    BASES,
    MOVE_IN,
    OUT,
    Books,
    Ledger,
    Version,
    instant_us,
    open_books,
)

MG_PER_T = int(MG_PER_UNIT["t"])


@dataclass
class Answers:
    """Answers for one instrument on one day, from a ledger as it stood then.

    Parameters
    ----------
    weakest
        The weakest basis of a number that may be rested on; a weaker one is UNKNOWN.
    """

    ledger: Ledger
    instrument: Instrument
    accounts: Accounts
    day: date
    weakest: Basis
    _rules: dict[str, Reading] = field(default_factory=dict)

    def __call__(self, word: str, given: tuple[Argument, ...]) -> Reading:
        """Answer one question; what cannot be answered is UNKNOWN and says why."""
        question = _question(word, given)
        try:
            found = _ANSWERS[word](self, question, *given)
        except InputError as error:
            return _missing(question, str(error), "record it, or correct the condition")
        return self._strong_enough(question, found)

    @cached_property
    def books(self) -> Books:
        """Return the books of the ledger, the same for all tranches."""
        return self.ledger.once(open_books)

    def _strong_enough(self, question: str, found: Reading) -> Reading:
        if found.basis is None or found.value is None or found.basis.rank <= self.weakest.rank:
            return found
        why = f"it rests on {found.basis} numbers; the tranche wants {self.weakest} ones or better"
        fix = "measure it, or let somebody report it"
        return Reading(None, found.cites, frozenset([Missing(question, why, fix)]), found.basis)

    def naming(self, lots: Iterable[str]) -> frozenset[str]:
        """Return the events that name some lots."""
        numbers = {self.lot_number[lot] for lot in lots if lot in self.lot_number}
        return frozenset(name for number in numbers for name in self._events_of_lot[number])

    def between(self, site: str, start: date, end: date) -> frozenset[str]:
        """Return the events at a site from a day up to, and without, another."""
        events = self.ledger.columns.events
        number = self.ledger.columns.places.index.get(site, -1)
        low, high = (instant_us(f"{day}T00:00:00Z") for day in (start, end))
        here = (np.array(events.site) == number) | (np.array(events.to_site) == number)
        time = np.array(events.time_us)
        rows = np.flatnonzero(here & (time >= low) & (time < high))
        return frozenset(events.id[row] for row in rows.tolist())

    def money(self, question: str, kind: str, instrument: str) -> Reading:
        """Return a sum of an instrument's money in the currency of this one."""
        if instrument != self.instrument.id:
            why = "conditions of one instrument ask about its own money"
            return _missing(question, why, f"write {self.instrument.id}")
        moved = [one for one in self.accounts.moves if one.kind == kind]
        total = sum((Fraction(one.amount) for one in moved), Fraction(0))
        return Reading(total, frozenset(one.event for one in moved))

    @cached_property
    def lot_number(self) -> dict[str, int]:
        """Return the number of every lot of the columns by its name."""
        return {name: number for number, name in enumerate(self.ledger.columns.lots.names)}

    @cached_property
    def _events_of_lot(self) -> dict[int, set[str]]:
        columns = self.ledger.columns
        found: dict[int, set[str]] = {}
        ids = columns.events.id
        for part in (columns.lines, columns.grades):
            for event, lot in zip(part.event, part.lot, strict=True):
                if lot >= 0:
                    found.setdefault(lot, set()).add(ids[event])
        return found

    def declared(self, kind: str, identity: str) -> Version | None:
        """Return the last declared version of a thing, None if there is none."""
        versions = self.ledger.declared.get(kind, {}).get(identity, ())
        return versions[-1] if versions else None

    def permit(self, identity: str) -> Version | None:
        """Return the version of a permit that counts on the day, None if there is none."""
        return version_on(self.ledger.declared.get("permit", {}).get(identity, ()), self.day)

    def event_of(self, version: Version) -> str:
        """Return the id of the event that declares a version."""
        return str(self.ledger.event(version.seq)["id"])


def _question(word: str, given: tuple[Argument, ...]) -> str:
    if not WORDS[word].parameters:
        return word
    return f"{word}({', '.join(_written(one) for one in given)})"


def _written(value: Argument) -> str:
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return f'"{value}"' if isinstance(value, str) else str(value)


def _missing(question: str, why: str, fix: str, cites: frozenset[str] = frozenset()) -> Reading:
    return Reading(None, cites, frozenset([Missing(question, why, fix)]))


UNKNOWN = "unknown"
"""The basis of what nobody has said anything about."""


def _basis(name: str) -> Basis | None:
    """Return a basis; None of an empty name, for what rests on nothing."""
    return Basis(name) if name else None


def _mass(
    question: str, bounds: tuple[int | None, int | None], basis: str, cites: frozenset[str]
) -> Reading:
    """Return a mass in tonnes: exactly, between bounds, or UNKNOWN where there is no bound."""
    if basis == UNKNOWN:
        why, fix = "nobody says on what it rests", "record the assays of these lots"
        return _missing(question, why, fix, cites)
    low, high = (None if one is None else Fraction(one, MG_PER_T) for one in bounds)
    if low is None and high is None:
        why, fix = "no weight or no assay bounds it", "record the weights and assays of these lots"
        return _missing(question, why, fix, cites)
    if low is not None and low == high:
        return Reading(low, cites, basis=_basis(basis))
    found = Between(low, high)
    open_ = Missing(
        question,
        f"it is only known to be {number_text(found)} t",
        "record the weights and assays that are missing",
    )
    return Reading(found, cites, frozenset([open_]), _basis(basis))


def _today(answers: Answers, _question: str) -> Reading:
    return Reading(answers.day)


def _received(answers: Answers, question: str, element: str, site: str) -> Reading:
    if answers.declared("site", site) is None:
        return _missing(question, f"no site {site} is declared", "correct the site's id")
    trips = [
        trip
        for trip in transit(answers.books, element, site=site)
        if trip.destination == site and trip.receipt
    ]
    low = _total(trip.metal_carried.low_mg for trip in trips)
    high = _total(trip.metal_carried.high_mg for trip in trips)
    cites = frozenset(name for trip in trips for name in (trip.dispatch, trip.receipt) if name)
    cites |= answers.naming(trip.lot for trip in trips)
    return _mass(question, (low, high), _weakest(trip.metal_carried.basis for trip in trips), cites)


def _total(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _weakest(names: Iterable[str]) -> str:
    """Return the weakest of some bases; empty if there is none."""
    return max(names, key=_rank, default="")


def _rank(name: str) -> int:
    return len(Basis) if name == UNKNOWN else Basis(name).rank


def _span(start: date, end: date) -> tuple[str, str]:
    if start >= end:
        raise InputError(f"{start} is not before {end}")
    return start.isoformat(), end.isoformat()


def _extracted(
    answers: Answers, question: str, element: str, site: str, start: date, end: date
) -> Reading:
    balances = balance_sites(answers.books, element, site, _span(start, end))
    if not balances.rows:
        return _missing(question, "nothing is recorded at this site then", "record it")
    found = balances.rows[0].extracted
    cites = answers.between(site, start, end)
    return _mass(question, (found.low_mg, found.high_mg), found.basis, cites)


def _recovery(
    answers: Answers, question: str, element: str, site: str, start: date, end: date
) -> Reading:
    span = _span(start, end)
    cites = answers.between(site, start, end)
    row = next((one for one in recovery(answers.books, element, span) if one.circuit == site), None)
    account = next(iter(balance_sites(answers.books, element, site, span)), None)
    if row is None or account is None:
        return _missing(question, "nothing was processed at this site then", "record it")
    basis = _weakest((account.drawn.basis, account.produced.basis))
    if row.feed_mg is None or row.product_mg is None or row.feed_mg <= 0 or basis == UNKNOWN:
        why = row.reason or "feed or product is not known"
        return _missing(question, why, "record weights and assays of feed and products", cites)
    return Reading(Fraction(100 * row.product_mg, row.feed_mg), cites, basis=_basis(basis))


def _closes(
    answers: Answers, question: str, element: str, site: str, start: date, end: date
) -> Reading:
    row = next(iter(balance_sites(answers.books, element, site, _span(start, end))), None)
    if row is None:
        return _missing(question, "nothing is recorded at this site then", "record it")
    cites = answers.between(site, start, end)
    if row.verdict is BalanceVerdict.UNKNOWN:
        why = row.reason or "its uncertainty is not known"
        return _missing(question, why, "see oreline balance", cites)
    basis = _basis("" if row.unaccounted.basis == UNKNOWN else row.unaccounted.basis)
    return Reading(row.verdict is BalanceVerdict.CLOSES, cites, basis=basis)


def _grade(answers: Answers, question: str, lot: str, analyte: str) -> Reading:
    element = answers.books.element(analyte)
    number = answers.lot_number.get(lot)
    if number is None:
        return _missing(question, f"no lot {lot} is recorded", "correct the lot's id")
    book, lines = answers.books.book(element), answers.books.lines
    made = (lines.lot == number) & (lines.side == OUT)
    if not made.any():
        made = (lines.lot == number) & (lines.side == MOVE_IN)
    cites = answers.naming([lot])
    stated = answers.books.grades(element).bounds[made]
    if stated.size and (stated == stated[0, 0]).all() and stated[0, 0] >= 0:
        # What was assayed is compared as it was written, not by way of the metal's milligrams.
        rests_on = _basis(BASES[int(book.basis[made].max())])
        return Reading(Fraction(100 * int(stated[0, 0]), PPT), cites, basis=rests_on)
    dry, metal = book.dry[made].sum(axis=0), book.metal[made].sum(axis=0)
    basis = BASES[int(book.basis[made].max())] if made.any() else UNKNOWN
    if basis == UNKNOWN or dry[0] != dry[1] or metal[0] != metal[1] or dry[0] <= 0:
        why = "its dry mass or its grade is not known"
        return _missing(question, why, "record the weight and the assay of the lot", cites)
    return Reading(Fraction(100 * int(metal[0]), int(dry[0])), cites, basis=_basis(basis))


def _permit(answers: Answers, question: str, identity: str) -> Reading:
    version = answers.permit(identity)
    if version is None:
        fix = "add it to permits.csv, or correct its id"
        return _missing(question, f"no permit {identity} is declared", fix)
    cites = frozenset([answers.event_of(version)])
    found = permit_of(version, answers.day)
    if found.state is PermitState.UNKNOWN:
        return _missing(question, found.why, "state it in permits.csv", cites)
    if found.state in {PermitState.EXPIRED, PermitState.NOT_YET}:
        return Reading(value=False, cites=cites)
    return Reading(found.state is PermitState.IN_FORCE, cites, basis=_basis(found.basis))


def _phase_open(answers: Answers, question: str, phase: str) -> Reading:
    """Return whether every permit that gates a phase is in force; one that is not decides."""
    gating = gating_permits(answers.ledger, phase, answers.day)
    if not gating:
        fix = "name the phase in the column phases of permits.csv"
        return _missing(question, f"no permit names the phase {phase}", fix)
    given = [_permit(answers, f'permit("{one}")', one) for one in gating]
    cites = frozenset(name for one in given for name in one.cites)
    bases = [one.basis for one in given if one.basis is not None]
    basis = max(bases, key=lambda one: one.rank, default=None)
    if any(one.value is False for one in given):
        return Reading(value=False, cites=cites, basis=basis)
    missing = frozenset(lack for one in given for lack in one.missing)
    return Reading(None if missing else True, cites, missing, basis)


def _permit_until(answers: Answers, question: str, identity: str) -> Reading:
    version = answers.permit(identity)
    if version is None or version.valid_to is None:
        why = "no such permit is declared" if version is None else "its last day is not stated"
        return _missing(question, why, "state it in permits.csv")
    cites = frozenset([answers.event_of(version)])
    basis = str(version.data.get("basis") or "")
    return Reading(date.fromisoformat(version.valid_to), cites, basis=_basis(basis))


def _attested(answers: Answers, question: str, kind: str, subject: str) -> Reading:
    day = answers.day.isoformat()
    about = [
        event
        for event in answers.ledger.other
        if event["schema"] == "attest/1"
        and event["body"]["type"] == kind
        and event["body"]["subject"] == subject
    ]
    if not about:
        return _missing(question, f"nobody attests {kind} of {subject}", "ask its issuer")
    last = about[-1]["body"]
    holds = last.get("decision") not in {"reject", "suspend"}
    holds = holds and (last.get("valid_from") or day) <= day <= (last.get("valid_to") or day)
    return Reading(holds, frozenset(str(event["id"]) for event in about))


def _released(answers: Answers, question: str, identity: str) -> Reading:
    return answers.money(question, "release", identity)


def _spent(answers: Answers, question: str, identity: str) -> Reading:
    return answers.money(question, "spend", identity)


def _rule(answers: Answers, question: str, identity: str) -> Reading:
    found = next(one for one in answers.instrument.rules if one.id == identity)
    judged = judge(found.condition, answers)
    cites = frozenset(judged.cites)
    if judged.verdict is Verdict.UNKNOWN:
        return Reading(None, cites, frozenset(judged.missing))
    return Reading(str(judged.verdict), cites)


_ANSWERS: dict[str, Callable[..., Reading]] = {
    "today": _today,
    "received_t": _received,
    "extracted_t": _extracted,
    "recovery_pct": _recovery,
    "closes": _closes,
    "grade_pct": _grade,
    "permit": _permit,
    "permit_until": _permit_until,
    "phase_open": _phase_open,
    "attested": _attested,
    "released": _released,
    "spent": _spent,
    "rule": _rule,
}
assert _ANSWERS.keys() == WORDS.keys(), "every word has an answer"
