"""Whether two readings of a ledger say the same, compared field by field."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from oreline.record import Ledger

COMPARED = (
    "size", "root", "declared", "observed", "other", "verdicts", "findings", "raw", "withheld",
)  # fmt: skip


def flat(value: Any) -> Any:
    """Return a value as plain lists and dicts, to be compared."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: flat(getattr(value, item.name)) for item in fields(value)}
    if hasattr(value, "names"):
        return list(value.names), dict(value.index)
    # NaN is no number that equals itself, so what is written is compared.
    return repr(list(value)) if hasattr(value, "typecode") else value


def same(one: Ledger, other: Ledger) -> None:
    """Check that two readings say the same."""
    for name in COMPARED:
        assert getattr(one, name) == getattr(other, name), name
    assert flat(one.columns) == flat(other.columns)
