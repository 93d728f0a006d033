"""Turns ``FIELD=VALUE`` into the replacement of a correction."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from oreline.model import InputError

REPLACEABLE = ("time", "time_start", "site", "to_site", "party", "to_party", "body")


def replacement_of(event: Mapping[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """Return the fields of an event as they should be.

    A change of the body replaces all of it, so the rest of the body is taken from the event.

    >>> replacement_of({"body": {"results": [{"value": "5"}]}}, ["body.results.0.value=6"])
    {'body': {'results': [{'value': '6'}]}}

    Raises
    ------
    InputError
        If a change is not understood, or its field is not there or may not be replaced.
    """
    replacement: dict[str, Any] = {}
    for change in changes:
        field, separator, written = change.partition("=")
        if not separator:
            raise InputError(f"{change!r}: write --set FIELD=VALUE")
        value = _value(field, written)
        names = field.removesuffix(":").split(".")
        if names[0] not in REPLACEABLE:
            known = ", ".join(REPLACEABLE)
            raise InputError(f"{names[0]!r} cannot be corrected; fields are {known}")
        if names == ["body"]:
            raise InputError("name a field of the body, such as body.results.0.value")
        if names[0] != "body":
            if len(names) > 1:
                raise InputError(f"{names[0]} has no fields of its own; write {names[0]}=VALUE")
            if value is None:
                raise InputError(f"{field} cannot be removed, only replaced")
            replacement[names[0]] = value
            continue
        if event.get("withheld"):
            message = "fields of this event are withheld; append the correction as JSON instead"
            raise InputError(message)
        body = replacement.setdefault("body", copy.deepcopy(event["body"]))
        _put(body, names[1:], value, field)
    return replacement


def _value(field: str, written: str) -> Any:
    """Return a value: text as it is, None to remove, JSON where the field ends with a colon."""
    if not field.endswith(":"):
        return written or None
    try:
        return json.loads(written)
    except ValueError as error:
        raise InputError(f"{field}={written} is not JSON: {error}") from error


def _put(target: Any, names: Sequence[str], value: Any, field: str) -> None:
    for depth, name in enumerate(names):
        last = depth == len(names) - 1
        key: Any = name
        if isinstance(target, list):
            if not name.isdecimal() or int(name) >= len(target):
                raise InputError(f"{field}: there is no place {name}; there are {len(target)}")
            key = int(name)
        elif not isinstance(target, dict):
            raise InputError(f"{field}: {names[depth - 1]} has no fields")
        elif not last and name not in target:
            raise InputError(f"{field}: no field {name}; there are {', '.join(target)}")
        if not last:
            target = target[key]
        elif value is None:
            if isinstance(target, dict) and key not in target:
                raise InputError(f"{field}: there is no such field to remove")
            del target[key]
        else:
            target[key] = value
