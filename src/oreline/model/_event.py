"""The event: an envelope around the body of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from oreline.model import _bodies as bodies
from oreline.model._bodies import EntityId, Instant, Sha256
from oreline.model._finding import Finding, Severity
from oreline.model._quantity import AMOUNT_PATTERN, DECIMAL_PATTERN, Frozen, Text

EventId = EntityId

MATERIAL_KINDS = (
    "extract",
    "process",
    "blend",
    "split",
    "pack",
    "unpack",
    "dispatch",
    "receive",
    "weigh",
    "sample",
    "assay",
    "count",
    "transfer",
    "consume",
    "observe",
)
OTHER_KINDS = ("declare", "attest", "credit", "money", "correct")
KINDS = MATERIAL_KINDS + OTHER_KINDS


class Envelope(Frozen):
    """What every event carries, whatever its kind.

    ``time`` is when it happened (its end, where ``time_start`` gives the beginning); ``actor`` is
    the pseudonym of who entered it; ``party`` is for whom. The ledger adds ``recorded``, ``seq``
    and ``salt``, which an event that is not yet appended does not have.
    """

    id: EventId
    external_id: EventId | None = None
    time: Instant
    time_start: Instant | None = None
    recorded: Instant | None = None
    seq: int | None = Field(default=None, ge=0, strict=True)
    actor: EntityId
    party: EntityId | None = None
    to_party: EntityId | None = None
    site: EntityId | None = None
    to_site: EntityId | None = None
    refs: tuple[EventId, ...] = ()
    evidence: tuple[Sha256, ...] = ()
    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    withheld: dict[str, Sha256] | None = None
    note: Text | None = None
    extra: dict[str, str] | None = None


def _kind(kind: str, body: type[Frozen]) -> type[Envelope]:
    """Make the event class of one kind: the envelope with its schema name and body."""
    name = f"{kind.capitalize()}Event"
    fields = {
        "schema_": Literal[f"{kind}/1"],
        "body": body,
    }
    namespace: dict[str, Any] = {
        "__annotations__": fields,
        "__module__": __name__,
        "__doc__": (body.__doc__ or "").split("\n", maxsplit=1)[0],
        "schema_": Field(alias="schema"),
    }
    made: type[Envelope] = type(Envelope)(name, (Envelope,), namespace)  # type: ignore[misc]
    return made


EVENT_CLASSES: dict[str, type[Envelope]] = {
    kind: _kind(kind, getattr(bodies, f"{kind.capitalize()}Body")) for kind in KINDS
}


@lru_cache(maxsize=64)
def _validator(schema: str) -> TypeAdapter[Envelope] | None:
    kind, _, version = schema.partition("/")
    if version != "1" or kind not in EVENT_CLASSES:
        return None
    return TypeAdapter(EVENT_CLASSES[kind])


def check_event(raw: Mapping[str, Any], where: str = "event") -> tuple[Finding, ...]:
    """Return everything that is wrong with an event as written; nothing if it is well formed.

    >>> check_event({"schema": "dig/1"})[0].code
    'ORL-0101'
    """
    event, findings = parse_event(raw, where)
    assert (event is None) == bool(findings)
    return findings


def parse_event(
    raw: Mapping[str, Any], where: str = "event"
) -> tuple[Envelope | None, tuple[Finding, ...]]:
    """Return the typed event, or None and every problem with its field and remedy."""
    schema = raw.get("schema")
    adapter = _validator(schema) if isinstance(schema, str) else None
    if adapter is None:
        fix = "write the kind and version, for example extract/1; kinds: " + ", ".join(KINDS)
        message = f"schema {schema!r} is not known"
        return None, (Finding("ORL-0101", Severity.FATAL, where, message, fix),)
    try:
        return adapter.validate_python(raw), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, tuple(
            _finding(detail, where) for detail in details if _is_own(detail, details)
        )


def _is_own(detail: Any, details: Sequence[Any]) -> bool:
    """Tell whether a list is too short by itself, not because its items are wrong."""
    if detail["type"] != "too_short":
        return True
    place = detail["loc"]
    return not any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in details
    )


def _finding(detail: Any, where: str) -> Finding:
    field = "/".join(str(part) for part in detail["loc"])
    given = detail.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float) else ""
    code, fix = _REMEDIES.get(detail["type"], ("ORL-0102", "see docs/reference/events.md"))
    message = detail["msg"].removeprefix("Value error, ") + shown
    if detail["type"] == "string_pattern_mismatch":
        wanted = _FORMS.get(
            detail["ctx"]["pattern"], "text in the form " + detail["ctx"]["pattern"]
        )
        message, fix = f"not of the form expected{shown}", f"write {wanted}"
    return Finding(code, Severity.FATAL, f"{where} {field}".strip(), message, fix)


_FORMS: dict[str, str] = {
    bodies.LOT_PATTERN: "a lot as issuer:local, for example fwo:SB-2025-001",
    bodies.INSTANT_PATTERN: "a moment in UTC, for example 2025-09-01T06:00:00Z",
    bodies.DAY_PATTERN: "a day, for example 2025-09-01",
    bodies.SHA256_PATTERN: "a SHA-256 as 64 hexadecimal digits in lower case",
    bodies.ENTITY_PATTERN: "an identifier without spaces, for example fwo or site/mill-1",
    AMOUNT_PATTERN: "a number as text in digits with a point, for example 24.35",
    DECIMAL_PATTERN: "a number as text in digits with a point, for example -24.35",
}

_REMEDIES: dict[str, tuple[str, str]] = {
    "missing": ("ORL-0103", "add the field"),
    "extra_forbidden": ("ORL-0104", "remove the field or correct its name; own fields go in extra"),
    "string_type": ("ORL-0105", "write numbers and names as text in quotes"),
    "string_pattern_mismatch": ("ORL-0106", "see docs/reference/events.md"),
    "literal_error": ("ORL-0107", "use one of the words listed"),
    "value_error": ("ORL-0108", "correct the quantity as the message says"),
    "enum": ("ORL-0107", "use one of the words listed"),
    "too_short": ("ORL-0109", "give at least one"),
    "too_long": ("ORL-0109", "give fewer"),
}
