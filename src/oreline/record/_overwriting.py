"""Columns in which some events say something else, without reading all the others again.

A correction of a weight or an assay changes numbers and leaves everything else where it is: which
lots, materials and places, in which lines. Then its rows are overwritten in a copy. Whatever
changes more than numbers has to be read anew, with all that came after it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from oreline.record._columns import Columns, Names

_NUMBERED = frozenset(
    {"extract", "process", "blend", "split", "consume", "dispatch", "receive", "count", "assay",
     "weigh"}
)  # fmt: skip
"""Kinds that say nothing to columns besides their own rows."""
_PLACES = {"events": ("seq", "id", "kind", "party", "to_party", "site", "to_site"),
           "lines": ("event", "side", "lot", "material"),
           "grades": ("event", "line", "lot", "analyte"),
           "weighings": ("event", "lot", "line")}  # fmt: skip
"""The columns that say what a row is about; all others are what it says."""


@dataclass(frozen=True, slots=True)
class Change:
    """An event in force that says something else: its position, as it counted and as it does."""

    seq: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def overwritten(columns: Columns, changes: Iterable[Change]) -> Columns | None:
    """Return columns as reading every event again would give them, None where that is needed."""
    found = columns.copy()
    for change in changes:
        row = found.events.row_at(change.seq)
        if row is None or not _overwrite(found, row, change):
            return None
    return found


def _overwrite(columns: Columns, row: int, change: Change) -> bool:
    kind = change.after["schema"].partition("/")[0]
    if kind not in _NUMBERED or change.before["schema"] != change.after["schema"]:
        return False
    before, after = (_read(columns, change.seq, event) for event in (change.before, change.after))
    blocks = {name: _block(columns, name, row) for name in ("lines", "grades", "weighings")}
    blocks["events"] = (row, row + 1)
    there = _about(columns, blocks)
    whole = {name: (0, len(_first(before, name))) for name in blocks}
    if _about(before, whole) != there:
        return False
    if _about(after, {name: (0, len(_first(after, name))) for name in blocks}) != there:
        return False
    for name, (start, end) in blocks.items():
        for item in fields(getattr(after, name)):
            if item.name not in _PLACES[name]:
                said = getattr(getattr(after, name), item.name)
                getattr(getattr(columns, name), item.name)[start:end] = said
    used = columns.defaults_used
    for counted, sign in ((before.defaults_used, -1), (after.defaults_used, 1)):
        for name, count in counted.items():
            used[name] = used.get(name, 0) + sign * count
    columns.defaults_used = {name: count for name, count in used.items() if count}
    return True


def _read(columns: Columns, seq: int, event: Mapping[str, Any]) -> Columns:
    """Return the columns of one event alone."""
    own = Columns(samples=columns.samples)
    own.add(seq, event)
    return own


def _first(columns: Columns, table: str) -> Any:
    return getattr(getattr(columns, table), _PLACES[table][0])


def _block(columns: Columns, table: str, row: int) -> tuple[int, int]:
    """Return where the rows of an event begin and end: they stand in the order of events."""
    event = _first(columns, table)
    return bisect_left(event, row), bisect_right(event, row)


def _about(columns: Columns, blocks: Mapping[str, tuple[int, int]]) -> list[Any]:
    """Return what the rows of one event are about, by name, so that two can be compared."""
    events, lines = columns.events, columns.lines
    first_line = blocks["lines"][0]
    found: list[Any] = []
    for at in range(*blocks["events"]):
        found.append((events.seq[at], events.id[at], _named(columns.kinds, events.kind[at])))
        found += [_named(columns.parties, one[at]) for one in (events.party, events.to_party)]
        found += [_named(columns.places, one[at]) for one in (events.site, events.to_site)]
    for at in range(*blocks["lines"]):
        material = _named(columns.materials, lines.material[at])
        found.append((lines.side[at], _named(columns.lots, lines.lot[at]), material))
    for at in range(*blocks["grades"]):
        line, lot = columns.grades.line[at], _named(columns.lots, columns.grades.lot[at])
        analyte = _named(columns.analytes, columns.grades.analyte[at])
        found.append((line if line < 0 else line - first_line, lot, analyte))
    for at in range(*blocks["weighings"]):
        line, lot = columns.weighings.line[at], _named(columns.lots, columns.weighings.lot[at])
        found.append((line - first_line, lot))
    return found


def _named(names: Names, number: int) -> str | None:
    return None if number < 0 else names.names[number]
