"""Whether a correction can be applied: checked when it arrives, for the log never forgets.

A correction that could not be applied would make the ledger unreadable for good. So what it makes
of its target is tried out before it is accepted, through any chain of corrections of corrections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from oreline.model import Finding, Severity, parse_event
from oreline.record import _tables as tables
from oreline.record._drafts import incomplete
from oreline.record._effective import amended_event

_CHUNK = 500

Earlier = dict[str, tuple[int, Mapping[str, Any]]]
"""Events by id that come before the one that is checked, each with its position in the log."""


def correctable(connection: sa.Connection, fresh: Iterable[Mapping[str, Any]]) -> Earlier:
    """Return the stored events that arriving corrections reach, directly or through others."""
    event = tables.event
    found: Earlier = {}
    wanted = {reached for item in fresh for reached in reaches(item)}
    while wanted:
        keys = sorted(wanted)
        wanted = set()
        for start in range(0, len(keys), _CHUNK):
            query = sa.select(event.c.bytes).where(event.c.id.in_(keys[start : start + _CHUNK]))
            for data in connection.scalars(query):
                target = orjson.loads(data)
                found[target["id"]] = target["seq"], target
                wanted.update(reached for reached in reaches(target) if reached not in found)
    return found


def bad_correction(event: Mapping[str, Any], earlier: Earlier) -> Iterator[Finding]:
    """Yield why a correction cannot be applied to the events before it."""
    body = event["body"]
    where = event["id"]
    if (body["action"] == "replace") != ("replacement" in body):
        fix = "give the replacement with 'replace', none with 'void'"
        yield Finding("ORL-0204", Severity.FATAL, where, "action and replacement disagree", fix)
        return
    yield from _tried(where, body, earlier, None)


def _tried(
    where: str, body: Mapping[str, Any], earlier: Earlier, before: int | None
) -> Iterator[Finding]:
    """Try a correction out on its target, which must stand before a position."""
    place, target = earlier.get(body["target"], (0, None))
    if target is None or (before is not None and place >= before):
        fix = "append the event first, or correct the target's id"
        message = f"it corrects {body['target']}, which is not in the ledger before it"
        yield Finding("ORL-0203", Severity.FATAL, where, message, fix)
        return
    if body["action"] == "void":
        return
    amended = amended_event(target, body["replacement"])
    wrong = parse_event(amended, f"{where} replacement")[1]
    if not wrong:
        yield from incomplete(amended, f"{where} replacement")
    for found in wrong:
        message = f"what it makes of {body['target']} is malformed: {found.message}"
        yield Finding("ORL-0206", Severity.FATAL, found.where, message, found.fix)
    if wrong or target["schema"] != "correct/1":
        return
    if amended["body"]["action"] == "replace" and "replacement" not in amended["body"]:
        fix = "give the replacement with 'replace'"
        yield Finding("ORL-0204", Severity.FATAL, where, "action and replacement disagree", fix)
        return
    yield from _tried(where, amended["body"], earlier, place)


def reaches(event: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids that a correction names as targets, its own and in its replacement."""
    if event["schema"] != "correct/1":
        return
    body: Any = event["body"]
    while isinstance(body, Mapping):
        if isinstance(body.get("target"), str):
            yield body["target"]
        replacement = body.get("replacement")
        body = replacement.get("body") if isinstance(replacement, Mapping) else None
