"""A few events as they count, kept up while events arrive: closed periods, credits.

What an arriving event is judged against must itself respect corrections and decisions. Only events
of interest are kept, with what corrects them or decides about them, in the order of arrival.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oreline.record._corrections import reaches
from oreline.record._effective import amended_event, resolve


@dataclass(slots=True)
class History:
    """The events of one schema, their corrections and the decisions about them."""

    schema: str
    events: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    states: dict[int, int] = field(default_factory=dict)
    corrections: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    decisions: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, event: Mapping[str, Any], state: int) -> bool:
        """Take in an event; tell whether it is one of these or says something of one."""
        schema, body, place = event["schema"], event["body"], len(self.positions)
        if schema == self.schema:
            self.events[place] = event
        elif schema == "correct/1" and any(name in self.positions for name in reaches(event)):
            self.corrections[place] = body
        elif (
            schema == "attest/1"
            and body.get("decision") in {"release", "reject"}
            and body["subject"] in self.positions
        ):
            self.decisions[place] = body
        else:
            return False
        self.positions[event["id"]] = place
        self.states[place] = state
        return True

    def in_force(self) -> list[Mapping[str, Any]]:
        """Return the events that count, as they count, in the order of their arrival."""
        verdicts = resolve(self.positions, self.states, self.corrections, self.decisions)
        found: list[Mapping[str, Any]] = []
        for place, event in self.events.items():
            if place in verdicts.held or place in verdicts.out_of_force:
                continue
            change = verdicts.amended.get(place)
            replacement = None if change is None else change.replacement
            found.append(event if replacement is None else amended_event(event, replacement))
        return found

    def copy(self) -> History:
        """Return a history that can be continued by itself."""
        return History(
            self.schema,
            dict(self.events),
            dict(self.positions),
            dict(self.states),
            dict(self.corrections),
            dict(self.decisions),
        )
