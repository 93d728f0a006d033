"""Fields that may be shown to some and not to others, without breaking the proof.

A withheld field leaves the event and a salted hash of it enters instead; the value and its salt
stand beside the event. Whoever is given both can check them against the hash that the log covers;
whoever is not learns nothing, for the salt has 128 random bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oreline.model import InputError, VerificationError, canonical_json
from oreline.record._clock import Salt


@dataclass(frozen=True, slots=True)
class WithheldValue:
    """A field beside its event: where it stood, its salt and its value."""

    pointer: str
    salt: str
    value: Any


@dataclass(frozen=True, slots=True)
class WithheldField:
    """A field whose value a copy does not have: the event's position and id, and where it stood."""

    seq: int
    event: str
    pointer: str


def fields_of(event: Mapping[str, Any]) -> Iterator[WithheldField]:
    """Yield the fields that a stored event withholds."""
    for pointer in sorted(event.get("withheld", {})):
        yield WithheldField(event["seq"], event["id"], pointer)


def field_hash(field: WithheldValue) -> str:
    """Return the hash that stands in the event in place of the field."""
    return hashlib.sha256(canonical_json([field.salt, field.pointer, field.value])).hexdigest()


def withhold(
    event: Mapping[str, Any], pointers: tuple[str, ...], salt: Salt
) -> tuple[dict[str, Any], tuple[WithheldValue, ...]]:
    """Return the event without the fields named, and the fields.

    Raises
    ------
    InputError
        If a pointer leads nowhere or outside ``/body/``.
    """
    stripped = dict(event)
    fields = []
    for pointer in sorted(pointers):
        stripped["body"], value = _removed(stripped["body"], pointer)
        fields.append(WithheldValue(pointer, salt(), value))
    stripped["withheld"] = {field.pointer: field_hash(field) for field in fields}
    return stripped, tuple(fields)


def reveal(event: Mapping[str, Any], fields: tuple[WithheldValue, ...]) -> dict[str, Any]:
    """Return the event with the fields back in place, each checked against its hash.

    Raises
    ------
    VerificationError
        If a field is not what the event committed to.
    """
    whole = dict(event)
    hashes = whole.get("withheld", {})
    for field in fields:
        if hashes.get(field.pointer) != field_hash(field):
            message = f"{event['id']}: the value given for {field.pointer} is not the one recorded"
            raise VerificationError(message)
        whole["body"] = _restored(whole["body"], field.pointer.split("/")[2:], field.value)
    return whole


def _removed(body: Any, pointer: str) -> tuple[Any, Any]:
    parts = pointer.split("/")
    if len(parts) < 3 or parts[:2] != ["", "body"]:
        message = f"{pointer!r} cannot be withheld; name a field below /body/"
        raise InputError(message)
    return _without(body, parts[2:], pointer)


def _without(node: Any, parts: list[str], pointer: str) -> tuple[Any, Any]:
    key: Any = parts[0]
    if isinstance(node, list | tuple):
        if not key.isdigit() or int(key) >= len(node) or len(parts) == 1:
            message = f"{pointer!r} leads to no field that can be withheld"
            raise InputError(message)
        items = list(node)
        items[int(key)], value = _without(node[int(key)], parts[1:], pointer)
        return items, value
    if not isinstance(node, Mapping) or key not in node:
        message = f"{pointer!r} leads to no field that can be withheld"
        raise InputError(message)
    rest = dict(node)
    if len(parts) == 1:
        return rest, rest.pop(key)
    rest[key], value = _without(node[key], parts[1:], pointer)
    return rest, value


def _restored(node: Any, parts: list[str], value: Any) -> Any:
    if isinstance(node, list):
        items = list(node)
        items[int(parts[0])] = _restored(items[int(parts[0])], parts[1:], value)
        return items
    whole = dict(node)
    whole[parts[0]] = value if len(parts) == 1 else _restored(whole[parts[0]], parts[1:], value)
    return whole
