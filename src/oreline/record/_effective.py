"""Which events count: corrections resolved, held ones left out until somebody decides.

A correction replaces or voids an earlier event and may itself be corrected. An event that is held
counts once an ``attest`` with the decision ``release`` names it, and not after ``reject``; what was
accepted can only be corrected, not rejected. Everything stays in the log; only what counts changes,
and only forward in recorded time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oreline.record._state import State


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a correction makes of its target: other content, or nothing."""

    by_seq: int
    replacement: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How each event that is not simply in force stands, by position."""

    amended: Mapping[int, Amendment]
    out_of_force: frozenset[int]
    held: frozenset[int]


def resolve(
    positions: Mapping[str, int],
    states: Mapping[int, int],
    corrections: Mapping[int, Mapping[str, Any]],
    decisions: Mapping[int, Mapping[str, Any]],
) -> Verdicts:
    """Return how corrections and decisions change what counts.

    Parameters
    ----------
    positions
        The position of every event id; what corrects or decides about others is left aside.
    states
        The state of every event at arrival, by position.
    corrections, decisions
        The bodies of ``correct`` events, and of ``attest`` events with a decision, by position.
    """
    held = {seq for seq, state in states.items() if state == State.HELD}
    rejected: set[int] = set()
    for seq in sorted(decisions):
        if seq in held:
            continue
        target = positions.get(decisions[seq]["subject"])
        if target is None:
            continue
        if decisions[seq]["decision"] == "release":
            held.discard(target)
            rejected.discard(target)
        elif decisions[seq]["decision"] == "reject" and states[target] == State.HELD:
            rejected.add(target)
    amended, void = _corrections(positions, corrections, held | rejected)
    return Verdicts(amended, frozenset(void | rejected), frozenset(held - rejected))


def _corrections(
    positions: Mapping[str, int], corrections: Mapping[int, Mapping[str, Any]], idle: set[int]
) -> tuple[dict[int, Amendment], set[int]]:
    """Resolve corrections from the latest to the earliest: the latest on a target wins."""
    amended: dict[int, Amendment] = {}
    void: set[int] = set()
    for seq in sorted(corrections, reverse=True):
        if seq in void or seq in idle:
            continue
        body = corrections[seq]
        if seq in amended:
            changed = amended[seq].replacement
            body = {**body, **((changed or {}).get("body") or {})}
        target = positions.get(body["target"])
        if target is None or target in amended or target in void:
            continue
        if body["action"] == "void":
            void.add(target)
        else:
            amended[target] = Amendment(seq, body["replacement"])
    return amended, void


def amended_event(event: Mapping[str, Any], replacement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event with the fields of the replacement in place of its own.

    A body is replaced whole; only of a correction may single fields be replaced.
    """
    amended = {**event, **replacement}
    if event["schema"] == "correct/1" and "body" in replacement:
        amended["body"] = {**event["body"], **replacement["body"]}
    return amended
