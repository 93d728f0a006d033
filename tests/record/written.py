"""Events as the tests write them: short builders for the JSON that a person would send."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
TIME = "2025-09-01T06:00:00Z"


def at(day: int, hour: int = 6) -> str:
    """Write a moment in September 2025."""
    return f"2025-09-{day:02d}T{hour:02d}:00:00Z"


def mass(value: str, unit: str = "t", **more: str) -> Json:
    return {"value": value, "unit": unit, "basis": "measured", **more}


def between(low: str, high: str, unit: str = "t") -> Json:
    return {"low": low, "high": high, "unit": unit, "basis": "measured"}


def grade(value: str, analyte: str = "Sb", unit: str = "%", **more: str) -> Json:
    return {"analyte": analyte, "value": value, "unit": unit, "basis": "measured", **more}


def line(lot: str, dry: str | Json | None = None, **more: Any) -> Json:
    written: Json = {"lot": lot, **more}
    if dry is not None:
        written["dry"] = mass(dry) if isinstance(dry, str) else dry
    return written


def event(kind: str, identity: str, body: Json, time: str = TIME, **more: Any) -> Json:
    return {
        "schema": f"{kind}/1",
        "id": identity,
        "time": time,
        "actor": "clerk-1",
        "site": "site/mine",
        **more,
        "body": body,
    }


def extract(identity: str, lot: str, dry: str | Json | None = "10", **more: Any) -> Json:
    envelope = {name: more.pop(name) for name in list(more) if name in _ENVELOPE}
    return event("extract", identity, {"outputs": [line(lot, dry, **more)]}, **envelope)


def process(identity: str, inputs: list[Json], outputs: list[Json], **more: Any) -> Json:
    return event("process", identity, {"inputs": inputs, "outputs": outputs}, **more)


def blend(identity: str, inputs: list[Json], output: Json, **more: Any) -> Json:
    return event("blend", identity, {"inputs": inputs, "outputs": [output]}, **more)


def split(identity: str, taken: Json, outputs: list[Json], **more: Any) -> Json:
    return event("split", identity, {"inputs": [taken], "outputs": outputs}, **more)


def count(identity: str, lot: str, dry: str, **more: Any) -> Json:
    return event("count", identity, {"lot": lot, "dry": mass(dry)}, **more)


def consume(identity: str, taken: Json, **more: Any) -> Json:
    return event("consume", identity, {"inputs": [taken], "purpose": "sold"}, **more)


def correct(identity: str, target: str, replacement: Json | None = None, **more: Any) -> Json:
    body: Json = {"target": target, "action": "void", "reason": "typing error"}
    if replacement is not None:
        body |= {"action": "replace", "replacement": replacement}
    return event("correct", identity, body, **more)


def decide(identity: str, subject: str, decision: str, **more: Any) -> Json:
    body = {"type": "decision", "subject": subject, "decision": decision}
    return event("attest", identity, body, **more)


def period(identity: str, name: str, status: str = "closed", month: int = 9, **more: Any) -> Json:
    data = {"status": status, "site": "site/mine"}
    body = {"type": "period", "id": name, "data": data}
    return event(
        "declare",
        identity,
        body | {"valid_from": f"2025-{month:02d}-01", "valid_to": f"2025-{month + 1:02d}-01"},
        **more,
    )


def credit(identity: str, action: str, amount: str, **more: Any) -> Json:
    envelope = {name: more.pop(name) for name in list(more) if name in _ENVELOPE}
    body = {
        "action": action,
        "model": "mass_balance",
        "account": "acct/a",
        "analyte": "Sb",
        "mass": mass(amount),
        "attribute": "low-carbon",
        **more,
    }
    return event("credit", identity, body, **envelope)


_ENVELOPE = ("time", "time_start", "party", "site", "external_id", "refs", "withhold", "note")
