"""What a party says in an exchange besides results: a later date granted, something accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from oreline.settle._exchange_decision import LabResult
from oreline.settle._exchange_log import ACCEPTED, EXTENDED, ExchangeLog
from oreline.settle._exchange_lots import lab_results
from oreline.settle._exchange_rule import PARTIES, Side


@dataclass(frozen=True, slots=True)
class Proposal:
    """Results that count once both parties stand by them: an agreed assay, or a correction.

    ``event`` is what is accepted, ``party`` who entered it, ``waits_for`` who has not accepted.
    """

    event: str
    is_correction: bool
    party: str | None
    results: tuple[LabResult, ...]
    waits_for: tuple[Side, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "event": self.event,
            "is_correction": self.is_correction,
            "party": self.party,
            "results": [
                {
                    "analyte": one.analyte,
                    "value": None if one.value is None else f"{one.value:f}",
                    "unit": one.unit,
                    "why": one.why,
                }
                for one in self.results
            ],
            "waits_for": [str(side) for side in self.waits_for],
        }


def proposals(log: ExchangeLog, parties: Mapping[Side, str]) -> tuple[Proposal, ...]:
    """Return what one party proposed and not both stand by yet, in the order of the log."""
    accepted = {(one.body["subject"], one.issuer) for one in log.accepted}
    found = []
    for assay in log.assays:
        if assay.is_void:
            continue
        if assay.body["role"] == "agreed":
            event, party, is_correction = assay.id, assay.party, False
        elif assay.amended is not None and assay.body["role"] in PARTIES:
            event, party, is_correction = assay.changed_by, assay.changing_party, True
        else:
            continue
        waits_for = tuple(
            side
            for side in PARTIES
            if parties[side] != party and (event, parties[side]) not in accepted
        )
        if waits_for:
            results = lab_results(assay.amended or assay.body, (event,))
            found.append(Proposal(event, is_correction, party, results, waits_for))
    return tuple(found)


def extension_draft(
    lot: str, granted_by: str, granted_to: str, until: date, reason: str
) -> dict[str, Any]:
    """Return the event by which a party grants the other a later date, without id and time.

    ``until`` is the last day that is in time.
    """
    return {
        "schema": "attest/1",
        "party": granted_by,
        "to_party": granted_to,
        "body": {
            "type": EXTENDED,
            "subject": lot,
            "issuer": granted_by,
            "valid_to": until.isoformat(),
            "statement": reason,
        },
    }


def acceptance_draft(event: str, party: str, counterparty: str | None = None) -> dict[str, Any]:
    """Return the event by which a party accepts what the other entered, without id and time."""
    draft = {
        "schema": "attest/1",
        "party": party,
        "body": {"type": ACCEPTED, "subject": event, "issuer": party},
    }
    return draft if counterparty is None else {**draft, "to_party": counterparty}
