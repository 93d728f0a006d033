"""Closed accounting periods, and whether what arrives falls into one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from oreline.record._amendments import Amendments
from oreline.record._clock import instant_us
from oreline.record._corrections import reaches
from oreline.record._history import History

Closed = tuple[str, int, int]
"""Site, beginning and end."""
Find = Callable[[str], Mapping[str, Any] | None]
"""Gives an event that came before by its id."""

_NEVER_HELD = frozenset({"attest/1", "declare/1"})


@dataclass(slots=True)
class Closings:
    """The accounting periods that are closed as declarations and their corrections now stand.

    Every correction is kept besides, for what a further one moves depends on those before it.
    """

    history: History = field(default_factory=lambda: History("declare/1"))
    closed: tuple[Closed, ...] = ()
    amendments: Amendments = field(default_factory=Amendments)

    def post(self, event: Mapping[str, Any], state: int) -> None:
        """Take in an event that may close or open a period, or a correction."""
        if event["schema"] == "declare/1" and event["body"]["type"] != "period":
            return
        self.amendments.add(event, state)
        if self.history.add(event, state):
            self.closed = _closed(self.history.in_force())

    def copy(self) -> Closings:
        """Return closings that can be continued by themselves."""
        return Closings(self.history.copy(), self.closed, self.amendments.copy())

    def touched(self, event: Mapping[str, Any], find: Find) -> Iterator[str]:
        """Yield the sites in whose closed periods an event falls, or changes something."""
        if not self.closed:
            return
        seen: set[str] = set()
        for site, time in _moments(event, find, self.amendments):
            if site is None or site in seen:
                continue
            try:
                time_us = instant_us(time)
            except ValueError:
                continue  # no moment: the correction that says so is refused for it
            if any(at == site and start <= time_us < end for at, start, end in self.closed):
                seen.add(site)
                yield site


def _closed(declarations: list[Mapping[str, Any]]) -> tuple[Closed, ...]:
    """Return the closed periods; of several declarations of one the latest holds."""
    periods: dict[str, Closed | None] = {}
    for event in declarations:
        body = event["body"]
        if body["type"] != "period":
            continue
        site, days = body["data"].get("site"), (body.get("valid_from"), body.get("valid_to"))
        if body["data"].get("status") != "closed" or site is None or None in days:
            periods[body["id"]] = None
            continue
        start, end = (instant_us(f"{day}T00:00:00Z") for day in days)
        periods[body["id"]] = (site, start, end)
    return tuple(period for period in periods.values() if period is not None)


def _moments(
    event: Mapping[str, Any], find: Find, amendments: Amendments
) -> Iterator[tuple[str | None, str]]:
    """Yield site and time of an event; of a correction also of what it changes, before and after.

    A correction of what is never held is never held itself.
    """
    own = event.get("site"), event["time"]
    if event["schema"] != "correct/1":
        if event["schema"] not in _NEVER_HELD:
            yield own
        return
    bases = _reached(event, find, amendments)
    if bases and all(base["schema"] in _NEVER_HELD for base in bases):
        return
    yield own
    bases = [base for base in bases if base["schema"] not in _NEVER_HELD]
    for before, after in amendments.changes(event, bases):
        if before != after:
            yield from (
                (each.get("site"), each["time"]) for each in (before, after) if each is not None
            )
    yield from _may_be_released(event, find, amendments)


def _may_be_released(
    event: Mapping[str, Any], find: Find, amendments: Amendments
) -> Iterator[tuple[str | None, str]]:
    """Yield all that a correction could come to mean once held ones that it changes are released.

    Any of them may be, in any combination; so every target is paired with every replacement.
    """
    bases: list[Mapping[str, Any]] = []
    replacements: list[Mapping[str, Any]] = []
    waiting, seen = [event], {event["id"]}
    while waiting:
        correction = waiting.pop()
        replacements += _replacements(correction)
        for name in reaches(correction):
            target = None if name in seen else find(name)
            seen.add(name)
            if target is not None:
                (waiting if target["schema"] == "correct/1" else bases).append(target)
    if not any(amendments.is_held(name) for name in seen):
        return
    for base in bases:
        yield base.get("site"), base["time"]
        for other in replacements:
            yield other.get("site", base.get("site")), other.get("time", base["time"])


def _replacements(correction: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what a correction puts in place, and what that puts in place if it is a correction."""
    replacement = correction["body"].get("replacement")
    while isinstance(replacement, Mapping):
        yield replacement
        body = replacement.get("body")
        replacement = body.get("replacement") if isinstance(body, Mapping) else None


def _reached(
    event: Mapping[str, Any], find: Find, amendments: Amendments
) -> list[Mapping[str, Any]]:
    """Return the events that a correction may change.

    Those that it names, directly or through others, and those that others on the same events name:
    a correction may have been given another target, which it loses again.
    """
    bases: list[Mapping[str, Any]] = []
    waiting, seen = [event], {event["id"]}
    while waiting:
        for name in reaches(waiting.pop()):
            for each in (name, *amendments.on.get(name, ())):
                target = None if each in seen else find(each)
                seen.add(each)
                if target is not None:
                    (waiting if target["schema"] == "correct/1" else bases).append(target)
    return bases
