"""Who approved the release of a tranche: one person of each party, all of them different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oreline.fund._instrument import Instrument, Tranche
from oreline.record import Ledger

APPROVAL = "tranche-approval"
"""The type of the attestation by which a person approves a release."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's approval for a party, under the terms as they are."""

    event: str
    party: str
    person: str
    time: str

    def to_json(self) -> dict[str, str]:
        """Return the approval as a JSON object."""
        return {
            "event": self.event,
            "party": self.party,
            "person": self.person,
            "time": self.time,
        }


def subject_of(instrument: Instrument, tranche: Tranche) -> str:
    """Return by which name approvals speak of a tranche.

    Ids of tranches are each instrument's own.
    """
    return f"{instrument.id}/{tranche.id}"


def approvals_of(ledger: Ledger, instrument: Instrument, tranche: Tranche) -> tuple[Approval, ...]:
    """Return the approvals in force of a tranche under its present terms, in the ledger's order.

    One that was given under other terms does not count: its person agreed to something else.
    """
    subject = subject_of(instrument, tranche)
    return tuple(
        Approval(event["id"], event["body"]["issuer"], event["actor"], event["time"])
        for event in ledger.other
        if event["schema"] == "attest/1"
        and _approves(event, subject, instrument.terms)
        and event["body"]["issuer"] in tranche.approvals
        and event.get("party") == event["body"]["issuer"]
    )


def _approves(event: Mapping[str, Any], subject: str, terms: str) -> bool:
    body = event["body"]
    named = (body["type"], body["subject"], body.get("hash"))
    return named == (APPROVAL, subject, terms) and body.get("issuer") is not None


def counted(tranche: Tranche, given: Sequence[Approval]) -> tuple[Approval, ...]:
    """Return one approval for as many parties as can have one, no two by the same person.

    The parties are taken in the order of the terms. With a person who approved for two parties the
    other approvals decide for which of them he counts.
    """
    best: tuple[Approval, ...] = ()

    def search(number: int, chosen: tuple[Approval, ...]) -> None:
        nonlocal best
        if len(chosen) > len(best):
            best = chosen
        if number == len(tranche.approvals) or len(best) == len(tranche.approvals):
            return
        people = {one.person for one in chosen}
        for one in given:
            if one.party == tranche.approvals[number] and one.person not in people:
                search(number + 1, (*chosen, one))
        search(number + 1, chosen)

    search(0, ())
    return best


def approval_draft(instrument: Instrument, tranche: Tranche, party: str) -> dict[str, Any]:
    """Return the approval of a party without its id, time and actor, who is the person."""
    amount = f"{tranche.amount:f} {instrument.currency}"
    return {
        "schema": "attest/1",
        "party": party,
        "to_party": instrument.taker if party != instrument.taker else instrument.giver,
        "body": {
            "type": APPROVAL,
            "subject": subject_of(instrument, tranche),
            "issuer": party,
            "hash": instrument.terms,
            "statement": f"{tranche.title}: {amount} may be released",
        },
    }
