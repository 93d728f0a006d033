"""How one event stands in a ledger: written, amended, held, voided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from oreline.model import Finding, InputError
from oreline.record._corrections import reaches
from oreline.record._ledger import Ledger


@dataclass(frozen=True, slots=True)
class Touch:
    """A correction of an event, or a decision about it: who, when, what, why, and how it stands."""

    id: str
    time: str
    actor: str
    action: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class EventState:
    """An event as written, as it counts, and why the two differ."""

    seq: int
    written: dict[str, Any]
    in_force: dict[str, Any] | None
    words: str
    findings: tuple[Finding, ...]
    touches: tuple[Touch, ...] = ()

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
            "touched_by": [asdict(touch) for touch in self.touches],
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
            return event_state_at(ledger, seq)
    raise InputError(f"no event {identity} in this ledger")


def event_state_at(ledger: Ledger, seq: int, others: Iterable[int] | None = None) -> EventState:
    """Return how the event at a position stands; the ledger must have its bytes.

    ``others`` are the positions among which corrections and attestations are looked for, all
    unless told.
    """
    written = json.loads(ledger.raw[seq])
    in_force, words = _standing(ledger, seq)
    found = tuple(finding for at, finding in ledger.findings if at == seq)
    mark = json.dumps(written["id"], ensure_ascii=False).encode()
    places = ledger.raw.keys() if others is None else others
    touches = tuple(_touches(ledger, written["id"], mark, places))
    return EventState(seq, written, in_force, words, found, touches)


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
    if ledger.columns.events.row_at(seq) is None:
        return None, f"later than {ledger.as_of}: it does not count yet"
    return ledger.event(seq), words


def _touches(ledger: Ledger, identity: str, mark: bytes, places: Iterable[int]) -> Iterator[Touch]:
    """Yield what corrects an event, directly or in what it puts in place, or decides about it."""
    for seq in places:
        data = ledger.raw[seq]
        if mark not in data or not any(kind in data for kind in _TOUCHING):
            continue
        event = json.loads(data)
        body = event["body"]
        if event["schema"] == "correct/1" and identity in reaches(event):
            action, reason = body["action"], body.get("reason", "")
        elif event["schema"] == "attest/1" and body.get("subject") == identity:
            action, reason = body.get("decision", "attest"), body.get("statement", "")
        else:
            continue
        words = "counts"
        if seq in ledger.verdicts.held:
            words = "held"
        elif seq in ledger.verdicts.out_of_force:
            words = "voided or rejected"
        yield Touch(event["id"], event["time"], event["actor"], action, reason, words)


_TOUCHING = (b'"schema":"correct/1"', b'"schema":"attest/1"')
