"""How one event stands in a ledger: written, amended, held, voided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from oreline.model import Finding, InputError
from oreline.record._ledger import Ledger


@dataclass(frozen=True, slots=True)
class EventState:
    """An event as written, as it counts, and why the two differ."""

    seq: int
    written: dict[str, Any]
    in_force: dict[str, Any] | None
    words: str
    findings: tuple[Finding, ...]

    @property
    def kind(self) -> str:
        """Return the kind of the event."""
        return str(self.written["schema"]).partition("/")[0]

    def to_json(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        return {
            "event": self.written,
            "in_force": self.in_force,
            "stands": self.words,
            "position": self.seq,
            "findings": [finding.to_json() for finding in self.findings],
        }


def event_ids(ledger: Ledger) -> dict[int, str]:
    """Return the id of every event by its position, those out of force included."""
    return {seq: json.loads(data)["id"] for seq, data in ledger.raw.items()}


def event_state(ledger: Ledger, identity: str) -> EventState:
    """Return how an event stands.

    Raises
    ------
    InputError
        If the ledger has no such event.
    """
    mark = json.dumps(identity, ensure_ascii=False).encode()
    for seq, data in ledger.raw.items():
        if mark not in data:
            continue
        written = json.loads(data)
        if written["id"] == identity:
            in_force, words = _standing(ledger, seq)
            found = tuple(finding for at, finding in ledger.findings if at == seq)
            return EventState(seq, written, in_force, words, found)
    raise InputError(f"no event {identity} in this ledger")


def _standing(ledger: Ledger, seq: int) -> tuple[dict[str, Any] | None, str]:
    verdicts = ledger.verdicts
    if seq in verdicts.held:
        return None, "held until somebody releases or rejects it"
    if seq in verdicts.out_of_force:
        return None, "voided or rejected: it does not count"
    words = "counts as written"
    if seq in verdicts.amended:
        by = json.loads(ledger.raw[verdicts.amended[seq].by_seq])["id"]
        words = f"counts as corrected by {by}"
    if seq not in set(ledger.columns.events.seq):
        return None, f"later than {ledger.as_of}: it does not count yet"
    return ledger.event(seq), words
