"""Writes the settings of a set of drill holes as the text of an ``explore.toml``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from oreline.model import InputError

TABLE_DEPTH = 2
"""Tables deeper than this stand on one line: an analyte, the fit of a variogram."""


def mapping_text(values: Mapping[str, Any]) -> str:
    r"""Return the text of the settings that :func:`tomllib.loads` would give.

    What is None is left out.

    Raises
    ------
    InputError
        If a value is one that a mapping never holds.

    Examples
    --------
    >>> mapping_text({"length_unit": "ft", "collars": {"file": "c.csv", "depth": None}})
    'length_unit = "ft"\n\n[collars]\nfile = "c.csv"\n'
    """
    lines: list[str] = []
    _table(lines, (), values)
    return "\n".join(lines).strip("\n") + "\n"


def _table(lines: list[str], path: tuple[str, ...], values: Mapping[str, Any]) -> None:
    stated = {key: one for key, one in values.items() if one is not None}
    tables = {
        key: one
        for key, one in stated.items()
        if isinstance(one, Mapping) and len(path) < TABLE_DEPTH
    }
    if path and len(tables) < max(1, len(stated)):
        lines += ["", f"[{'.'.join(map(_key, path))}]"]
    lines += [f"{_key(key)} = {_value(one)}" for key, one in stated.items() if key not in tables]
    for key, one in tables.items():
        _table(lines, (*path, key), one)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else _quoted(name)


def _quoted(text: str) -> str:
    # A JSON string is a TOML string but for one letter that JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        told = (f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {', '.join(told)} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    raise InputError(f"{value!r} cannot stand in explore.toml")
