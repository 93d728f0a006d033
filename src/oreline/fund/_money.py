"""What has been committed, released, drawn and spent of an instrument, from the ledger's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from oreline.fund._instrument import Instrument
from oreline.fund._terms import Draw
from oreline.model import InputError
from oreline.record import Ledger

KINDS = ("commitment", "release", "drawdown", "spend", "payment")
"""The money events of an instrument, in the order in which money goes, and comes back."""


@dataclass(frozen=True, slots=True)
class Move:
    """One money event of an instrument that is in force.

    Parameters
    ----------
    amount
        In the instrument's currency, above zero.
    tranche
        Of a release, its tranche; empty if it names none.
    judged
        Of a release, what it was judged on; None if it does not say.
    """

    event: str
    kind: str
    time: str
    actor: str
    amount: Decimal
    tranche: str
    judged: Mapping[str, Any] | None
    postings: tuple[Mapping[str, str], ...]

    @property
    def day(self) -> date:
        """Return the day of the event in UTC."""
        return datetime.fromisoformat(self.time).astimezone(UTC).date()

    def debited(self) -> tuple[tuple[str, Decimal], ...]:
        """Return each account that the money goes to, with its part."""
        return tuple(
            (one["account"], part) for one in self.postings if (part := Decimal(one["amount"])) > 0
        )


@dataclass(frozen=True, slots=True)
class Accounts:
    """The money of one instrument; ``strange`` says of events that do not count why."""

    moves: tuple[Move, ...]
    strange: tuple[str, ...] = ()

    def total(self, kind: str) -> Decimal:
        """Return the sum of one kind of event."""
        return sum((one.amount for one in self.moves if one.kind == kind), Decimal(0))

    def until(self, day: date) -> Accounts:
        """Return the money as it stood at the end of a day."""
        return Accounts(tuple(one for one in self.moves if one.day <= day), self.strange)

    def draws(self) -> tuple[Draw, ...]:
        """Return what was drawn, each on its day in UTC."""
        return tuple(Draw(one.day, one.amount) for one in self.moves if one.kind == "drawdown")

    def releases(self, tranche: str) -> tuple[Move, ...]:
        """Return the releases of a tranche in force."""
        return tuple(one for one in self.moves if (one.kind, one.tranche) == ("release", tranche))


def accounts_of(ledger: Ledger, instrument: Instrument) -> Accounts:
    """Return the money of an instrument, in the order of the ledger.

    What others than its two parties enter of it is none of its money, and stands in nobody's way.
    """
    moves: list[Move] = []
    strange: list[str] = []
    for event in ledger.other:
        body = event["body"]
        if event["schema"] != "money/1" or body.get("instrument") != instrument.id:
            continue
        known = {instrument.giver, instrument.taker, None}
        if body["type"] not in KINDS or event.get("party") not in known:
            continue
        amount = _amount(body.get("postings", ()), instrument.currency)
        if amount is None:
            strange.append(f"{event['id']} moves no money in {instrument.currency} alone")
            continue
        party = speaking(instrument, body["type"])
        if event.get("party") != party:
            strange.append(f"{event['id']} is a {body['type']}, which only {party} enters")
            continue
        moves.append(
            Move(
                event=event["id"],
                kind=body["type"],
                time=event["time"],
                actor=event["actor"],
                amount=amount,
                tranche=body.get("tranche", ""),
                judged=body.get("judged"),
                postings=tuple(body.get("postings", ())),
            )
        )
    return Accounts(tuple(moves), tuple(strange))


def _amount(postings: Sequence[Mapping[str, str]], currency: str) -> Decimal | None:
    """Return what postings move; None if they are of another currency or move nothing."""
    if any(one["currency"] != currency for one in postings):
        return None
    amount = sum(
        (Decimal(one["amount"]) for one in postings if not one["amount"].startswith("-")),
        Decimal(0),
    )
    return amount if amount > 0 else None


def read_amount(text: str) -> Decimal:
    """Return an amount of money as somebody writes it.

    >>> read_amount("1500000.00")
    Decimal('1500000.00')

    Raises
    ------
    InputError
        If it cannot be read or is not above zero.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise InputError(f"{text!r} is no amount; write digits with a point: 1500000.00") from None
    if not amount.is_finite() or amount <= 0:
        raise InputError(f"{text!r} is no amount above zero")
    return amount


def speaking(instrument: Instrument, kind: str) -> str:
    """Return the party whose entry a money event is: who gives commits, who takes draws."""
    return instrument.giver if kind in {"commitment", "release"} else instrument.taker


def money_draft(
    instrument: Instrument, kind: str, amount: Decimal, *, debit: str, credit: str
) -> dict[str, Any]:
    """Return a money event of an instrument without its id, time and actor.

    Parameters
    ----------
    debit, credit
        The account that the amount is added to, and the one that it is taken from.
    """
    assert kind in KINDS, kind
    assert amount > 0, "money moves by more than nothing"
    party = speaking(instrument, kind)
    other = instrument.taker if party == instrument.giver else instrument.giver
    return {
        "schema": "money/1",
        "party": party,
        "to_party": other,
        "body": {
            "type": kind,
            "instrument": instrument.id,
            "postings": [
                {"account": debit, "amount": f"{amount:f}", "currency": instrument.currency},
                {"account": credit, "amount": f"{-amount:f}", "currency": instrument.currency},
            ],
        },
    }
