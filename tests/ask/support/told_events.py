"""Events as drafts, short to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from oreline.trace import Tracer

Trace = Callable[[Iterable[dict[str, Any]]], Tracer]
"""Puts events into a ledger and opens it."""


def event(kind: str, identity: str, time: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give a draft of an event."""
    return {
        "schema": f"{kind}/1",
        "id": identity,
        "time": f"{time}T00:00:00Z",
        "actor": "tester",
        "body": body,
        **more,
    }


def seen(
    identity: str, day: str, status: str, *lots: str, origin: dict[str, str] | None = None
) -> dict[str, Any]:
    """Give a report that lots were seen, between the two parties."""
    claim = {} if origin is None else {"origin": {**origin, "basis": "reported"}}
    body = {
        "lots": [{"lot": lot, **claim} for lot in lots],
        "status": status,
        "basis": "reported",
    }
    return event("observe", identity, day, body, party="digger", to_party="melter")


def tonnes(value: str, **more: str) -> dict[str, str]:
    """Give a mass that was weighed."""
    return {"value": value, "unit": "t", "basis": "measured", **more}
