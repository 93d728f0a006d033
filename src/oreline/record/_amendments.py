"""What a further correction changes, given all corrections before it.

A correction may be corrected, voided, held, released; the latest that counts on a target wins. So
what one more changes cannot be read from its own words: a correction of a body alone undoes the
time that an earlier one had set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oreline.record._corrections import reaches
from oreline.record._effective import amended_event, resolve
from oreline.record._state import State

Event = Mapping[str, Any]


@dataclass(slots=True)
class Amendments:
    """All corrections and the decisions about them, in the order of arrival.

    ``on`` names the corrections that reach an event, directly or in what they replace.
    """

    positions: dict[str, int] = field(default_factory=dict)
    states: dict[int, int] = field(default_factory=dict)
    bodies: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    decisions: dict[str, tuple[int, ...]] = field(default_factory=dict)
    on: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, event: Event, state: int) -> None:
        """Take in an event if it is a correction, or decides about one."""
        place, body = len(self.states), event["body"]
        if event["schema"] == "correct/1":
            self.positions[event["id"]] = place
            for name in reaches(event):
                self.on[name] = (*self.on.get(name, ()), event["id"])
        elif event["schema"] == "attest/1" and body.get("subject") in self.positions:
            if body.get("decision") not in {"release", "reject"}:
                return
            subject = body["subject"]
            self.decisions[subject] = (*self.decisions.get(subject, ()), place)
        else:
            return
        self.states[place] = state
        self.bodies[place] = body

    def copy(self) -> Amendments:
        """Return amendments that can be continued by themselves."""
        return Amendments(
            dict(self.positions),
            dict(self.states),
            dict(self.bodies),
            dict(self.decisions),
            dict(self.on),
        )

    def is_held(self, name: str) -> bool:
        """Tell whether an id is that of a correction that was held when it arrived."""
        return name in self.positions and self.states[self.positions[name]] == State.HELD

    def changes(
        self, correction: Event, bases: Sequence[Event]
    ) -> Iterator[tuple[Event | None, Event | None]]:
        """Yield each of some events as it counts before and after a further correction.

        None stands for one that does not count.
        """
        names = self._concerned(correction, bases)
        places = {name: self.positions[name] for name in names if name in self.positions}
        before = self._counting(places, bases, None)
        after = self._counting(places, bases, correction)
        yield from zip(before, after, strict=True)

    def _concerned(self, correction: Event, bases: Sequence[Event]) -> set[str]:
        """Return the ids of all corrections on which the fate of some events depends."""
        waiting = [*reaches(correction), *(base["id"] for base in bases)]
        names: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in names:
                continue
            names.add(name)
            waiting.extend(self.on.get(name, ()))
        return names

    def _counting(
        self, places: dict[str, int], bases: Sequence[Event], further: Event | None
    ) -> list[Event | None]:
        """Return some events as they count, with one more correction if there is one."""
        positions = dict(places)
        positions.update({base["id"]: -1 - number for number, base in enumerate(bases)})
        corrections = {place: self.bodies[place] for place in places.values()}
        decided = [place for name in places for place in self.decisions.get(name, ())]
        states = {place: self.states[place] for place in [*places.values(), *decided]}
        for base in bases:
            states[positions[base["id"]]] = int(State.ACCEPTED)
        if further is not None:
            place = len(self.states)
            positions[further["id"]], states[place] = place, int(State.ACCEPTED)
            corrections[place] = further["body"]
        verdicts = resolve(
            positions, states, corrections, {place: self.bodies[place] for place in decided}
        )
        found: list[Event | None] = []
        for number, base in enumerate(bases):
            amendment = verdicts.amended.get(-1 - number)
            if -1 - number in verdicts.out_of_force:
                found.append(None)
            elif amendment is None or amendment.replacement is None:
                found.append(base)
            else:
                found.append(amended_event(base, amendment.replacement))
        return found
