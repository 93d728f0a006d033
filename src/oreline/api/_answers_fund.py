"""What is committed, released, spent: where tranches stand, and the acts of who may act on them.

Conditions are judged on the whole ledger, also for somebody who belongs to a party: whoever agreed
to the terms agreed to be told whether they are met. Instruments are declared by people without a
party or on the command line, so that nobody can ask the ledger in this way for what is kept from
them. Of the events that a judgement rests on a party is named those that it may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Literal

from oreline.api._entering import Draft, prepared
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._views import View
from oreline.balance import ledger_with_grade
from oreline.fund import (
    WORDS,
    Instrument,
    InstrumentStanding,
    MovedInstrument,
    PermitNow,
    PhaseGate,
    Tranche,
    accounts_of,
    approval_draft,
    instruments_of,
    money_draft,
    moved_tranches,
    permits_of,
    phase_gates,
    phases_on_line,
    read_amount,
    release_tranche,
    see_within,
    speaking,
    standing_of,
)
from oreline.model import InputError
from oreline.record import Ledger


def fund_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return every instrument that this person may see, with its tranches and their conditions.

    Raises
    ------
    InputError
        If ``on`` is no day.
    """
    day = day_asked(view, on)
    found = instruments_seen(view)
    _, findings = view.whole.ask(lambda: instruments_of(view.whole.ledger))
    whole = view.whole
    what = ("instruments_standing", (("of", ",".join(sorted(found))), ("day", day.isoformat())))
    kept = whole.kept.get(whole.number, what)
    if kept is None:
        standings = standings_seen(view, on)
        phases = whole.ask(lambda: phases_on_line(whole.ledger, standings, day))
        kept = {
            "phases": [one.to_json() for one in phases],
            "instruments": [one.to_json() for one in standings],
        }
        whole.kept.keep(whole.number, what, kept)
    known = whole.chain.parties
    parties = {name for one in found.values() for name in (one.giver, one.taker)}
    parties |= {name for one in found.values() for each in one.tranches for name in each.approvals}
    open_ = {one.phase for one in permits_seen(view, day)[1]}
    return {
        "on": day.isoformat(),
        "names": {name: known[name].name for name in sorted(parties & known.keys())},
        "phases": [one for one in kept["phases"] if one["phase"] in open_],
        "instruments": [
            {**one, "tranches": [_seen(view, each) for each in one["tranches"]]}
            for one in kept["instruments"]
        ],
        "findings": [] if view.is_partial else [one.to_json() for one in findings],
    }


def tranches_if(
    view: View,
    subject: str,
    symbol: str,
    value: str,
    *,
    unit: str | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """Return what would become of tranches if one grade were another; nothing is written.

    Raises
    ------
    InputError
        If there is no such grade that this person may see, or the day is none.
    """
    seen = view.reading.ledger
    if subject not in seen.columns.lots.index and subject not in view.reading.row_of_event:
        raise InputError(f"no event in force and no lot is called {subject}")
    made = view.reading.ask(lambda: ledger_with_grade(seen, subject, symbol, value, unit))
    position = view.whole.ledger.find(made.event)["seq"]
    return {
        "event": made.event,
        "symbol": symbol,
        "was": made.was,
        "becomes": value,
        "unit": made.unit,
        **tranches_of_amendment(view, position, made.replacement, on),
    }


def tranches_of_amendment(
    view: View, position: int, replacement: Mapping[str, Any] | None, on: str | None = None
) -> dict[str, Any]:
    """Return what a correction would do to the tranches of instruments that this person may see.

    ``position`` is that of the event in the whole ledger; None as replacement voids it.
    """
    day = day_asked(view, on)
    known = instruments_seen(view).values()
    ledger = view.whole.ledger

    def ask() -> tuple[MovedInstrument, ...]:
        at = partial(ledger_as_of, view)
        return moved_tranches(ledger, {position: replacement}, known, day, at)

    found = view.whole.ask(ask) if known else ()
    return {"on": day.isoformat(), "instruments": [one.to_json() for one in found]}


def words_told(_view: View) -> dict[str, Any]:
    """Return what conditions may ask, with what, and in which unit they are answered."""
    return {"words": [word.to_json() for word in WORDS.values()]}


def approval_to_enter(view: View, instrument: str, tranche: str, party: str) -> Draft:
    """Return the approval of a tranche for a party, as an event to append.

    Raises
    ------
    NotFoundError
        If this person may see no such instrument, or it has no such tranche.
    InputError
        If the terms ask for no approval of this party.
    """
    found, wanted = _tranche(view, instrument, tranche)
    if party not in wanted.approvals:
        message = f"{party} does not approve {tranche}; its approvals are of "
        raise InputError(message + ", ".join(wanted.approvals))
    return approval_draft(found, wanted, party)


def commitment_to_enter(view: View, instrument: str, amount: str) -> Draft:
    """Return the commitment of money of an instrument, as an event to append.

    Raises
    ------
    NotFoundError
        If this person may see no such instrument.
    InputError
        If the amount cannot be read or is not above zero.
    """
    found = instrument_seen(view, instrument)
    return money_draft(
        found,
        "commitment",
        read_amount(amount),
        debit=f"{found.id}/committed",
        credit=found.giver,
    )


def move_to_enter(
    view: View, instrument: str, kind: Literal["drawdown", "spend", "payment"], amount: str, on: str
) -> Draft:
    """Return money of an instrument that is drawn, spent or paid back, as an event to append.

    Parameters
    ----------
    on
        What is spent for: a site or a phase. Of a drawdown or a payment it says nothing.

    Raises
    ------
    NotFoundError
        If this person may see no such instrument.
    InputError
        If the amount cannot be read, or is more than there is left to draw or to spend.
    """
    found, wanted = instrument_seen(view, instrument), read_amount(amount)
    cash = f"{found.taker}/cash"
    if kind == "payment":
        return money_draft(found, kind, wanted, debit=found.giver, credit=cash)
    whole = view.whole
    accounts = whole.ask(lambda: accounts_of(whole.ledger, found))
    see_within(found, accounts, kind, wanted)
    if kind == "drawdown":
        return money_draft(found, kind, wanted, debit=cash, credit=found.taker)
    if not on.strip():
        raise InputError("say what it was spent on: a site or a phase")
    return money_draft(found, kind, wanted, debit=on.strip(), credit=cash)


def release_entered(
    view: View, instrument: str, tranche: str, *, identity: str, time: str
) -> dict[str, Any]:
    """Release a tranche if all its conditions hold; return what became of it.

    Raises
    ------
    NotFoundError
        If this person may see no such instrument, or it has no such tranche.
    NotAllowedError
        If they speak for another party than the one that gives the money.
    LedgerError
        If the tranche may not be released: one finding for each reason.
    """
    found, wanted = _tranche(view, instrument, tranche)
    giver = speaking(found, "release")
    if view.person.party not in {None, giver}:
        message = f"{instrument} is released by {giver}, whose money it is"
        raise NotAllowedError(message)

    def load() -> tuple[Ledger, Instrument, Any]:
        whole = view.desk.reading()
        known, _ = instruments_of(whole.ledger)
        return whole.ledger, known[found.id], partial(ledger_as_of, view)

    def append(event: dict[str, Any], size: int) -> Any:
        return view.desk.append(view.person, prepared(view, [event]), at_size=size)

    receipt, standing = view.whole.ask(
        lambda: release_tranche(
            append, load, wanted.id, identity=identity, time=time, actor=view.person.name
        )
    )
    return {**receipt.to_json(), "event": identity, "judged": _seen(view, standing.to_json())}


def instruments_seen(view: View) -> dict[str, Instrument]:
    """Return the instruments that this person may see: all, or those of the own party."""
    known, _ = view.whole.ask(lambda: instruments_of(view.whole.ledger))
    party = view.person.party
    return {name: one for name, one in known.items() if party in {None, one.giver, one.taker}}


def instrument_seen(view: View, name: str) -> Instrument:
    """Return an instrument that this person may see.

    Raises
    ------
    NotFoundError
        If there is none of this id.
    """
    found = instruments_seen(view).get(name)
    if found is None:
        raise NotFoundError(f"no instrument {name} in this chain")
    return found


def _tranche(view: View, instrument: str, tranche: str) -> tuple[Instrument, Tranche]:
    found = instrument_seen(view, instrument)
    wanted = found.tranche(tranche)
    if wanted is None:
        raise NotFoundError(f"{instrument} has no tranche {tranche}")
    return found, wanted


def permits_seen(view: View, day: date) -> tuple[tuple[PermitNow, ...], tuple[PhaseGate, ...]]:
    """Return the permits that this person may see on a day, and the phases.

    A partner sees the phases that tranches of the own instruments pay for, and the permits that
    gate them: whether these are open is part of what was agreed.
    """
    whole = view.whole
    permits, phases = permits_of(whole.ledger, day), phase_gates(whole.ledger, day)
    if not view.is_partial:
        return permits, phases
    named = {
        tranche.phase for one in instruments_seen(view).values() for tranche in one.tranches
    } - {""}
    own = view.reading.ledger.declared.get("permit", {}).keys()
    seen = tuple(one for one in permits if one.id in own or named & set(one.phases))
    return seen, tuple(one for one in phases if one.phase in named)


def standings_seen(view: View, on: str | None) -> list[InstrumentStanding]:
    """Return where every instrument stands that this person may see, by id."""
    day, known, whole = day_asked(view, on), instruments_seen(view), view.whole
    at = partial(ledger_as_of, view)
    return [
        whole.ask(partial(standing_of, whole.ledger, known[name], day, at))
        for name in sorted(known)
    ]


def ledger_as_of(view: View, moment: str) -> Ledger:
    """Return the ledger as of a moment, with all that is known now."""
    return view.desk.reading(as_of=moment).ledger


def _seen(view: View, standing: Mapping[str, Any]) -> dict[str, Any]:
    """Return a standing with the events that this person may see; the others are counted."""
    if not view.is_partial:
        return {**standing, "cites_hidden": 0}
    known = view.reading.position_of_event
    hidden = 0
    conditions = []
    for one in standing["conditions"]:
        cites = [name for name in one["cites"] if name in known]
        hidden += len(one["cites"]) - len(cites)
        parts = [
            {**part, "asked": [
                {**asked, "cites": [name for name in asked["cites"] if name in known]}
                for asked in part["asked"]
            ]}
            for part in one["parts"]
        ]  # fmt: skip
        conditions.append({**one, "cites": cites, "parts": parts})
    return {**standing, "conditions": conditions, "cites_hidden": hidden}


def day_asked(view: View, on: str | None) -> date:
    """Return the day that is meant: as given, else that of the view, else today in UTC.

    Raises
    ------
    InputError
        If it is no day.
    """
    if on is None:
        as_of = view.whole.ledger.as_of
        return view.desk.today() if as_of is None else date.fromisoformat(as_of[:10])
    try:
        return date.fromisoformat(on)
    except ValueError:
        raise InputError(f"{on!r} is no day; write 2026-06-30") from None
