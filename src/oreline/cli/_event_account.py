"""How one event looks in the terminal: what it says, in words and a table of its quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from oreline.cli._render import print_findings, print_note, print_pairs, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.record import EventState

_ENVELOPE = {
    "time_start": "began",
    "party": "party",
    "to_party": "to party",
    "site": "site",
    "to_site": "to site",
    "external_id": "document",
    "refs": "refers to",
    "actor": "entered by",
    "recorded": "recorded",
    "evidence": "evidence (SHA-256)",
    "note": "note",
}
_FORMS = ("value", "low", "below", "above", "unknown")


def print_event(console: Console, state: EventState) -> None:
    """Print an event as it counts, or as it was written if it does not count."""
    event = state.written if state.in_force is None else state.in_force
    print_title(console, f"{state.written['id']}: {state.kind} at {event['time']}")
    pairs: list[tuple[str, object]] = [("stands", state.words), ("position", state.seq)]
    pairs += [(label, _plain(event[name])) for name, label in _ENVELOPE.items() if name in event]
    leaves = list(_leaves(event["body"], ""))
    pairs += [(place, _plain(value)) for place, value in leaves if not _is_quantity(value)]
    print_pairs(console, pairs)
    rows = [_row(place, value) for place, value in leaves if _is_quantity(value)]
    if rows:
        print_title(console, "Quantities")
        columns = ("of", "quantity", "as written", "basis", "method", "source")
        print_table(console, columns, rows)
    _print_changes(console, state)
    if state.touches:
        print_title(console, "Corrected or decided by")
        for touch in state.touches:
            why = f": {touch.reason}" if touch.reason else ""
            told = f"  {touch.action} by {touch.actor} at {touch.time}, {touch.words}{why}"
            console.print(Text(f"{told} ({touch.id})"))
    for pointer in sorted(state.written.get("withheld", {})):
        is_here = state.in_force is not None and _at(state.in_force, pointer) is not None
        print_note(console, f"{pointer} is withheld{'' if is_here else '; not in this copy'}")
    print_findings(console, state.findings)


def _print_changes(console: Console, state: EventState) -> None:
    """Print which fields were otherwise when the event was written."""
    if state.in_force is None:
        return
    hidden = set(state.written.get("withheld", {}))
    before, after = (dict(_fields(event, "")) for event in (state.written, state.in_force))
    rows = [
        (name, before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
        and not any(f"/{name}/".startswith(f"{pointer}/") for pointer in hidden)
    ]
    if rows:
        print_title(console, "Corrected")
        print_table(console, ("field", "as written", "as it counts"), rows)


def _is_quantity(value: Any) -> bool:
    return isinstance(value, Mapping) and any(form in value for form in _FORMS)


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield every field below a body with a place that a person can read."""
    if _is_quantity(value) or not isinstance(value, Mapping | list) or not value:
        yield place, value
        return
    if isinstance(value, list):
        if not any(isinstance(item, Mapping) for item in value):
            yield place, value
            return
        for number, item in enumerate(value, 1):
            yield from _leaves(item, f"{place} {number}")
        return
    for name, item in value.items():
        yield from _leaves(item, f"{place} {name.replace('_', ' ')}".strip())


def _row(place: str, value: Mapping[str, Any]) -> tuple[object, ...]:
    of, _, quantity = place.rpartition(" ")
    if quantity.isdecimal():  # one of a list of grades
        of, quantity = place, ""
    named = " ".join(part for part in (quantity, value.get("analyte")) if part)
    return (
        of,
        named,
        _amount(value),
        value.get("basis", "UNKNOWN"),
        value.get("method"),
        value.get("source"),
    )


def _amount(value: Mapping[str, Any]) -> str:
    """Return a quantity as it was written, with its standard uncertainty."""
    unit = f" {value['unit']}" if "unit" in value else ""
    if "unknown" in value:
        return f"UNKNOWN: {value['unknown']}"
    if "value" in value:
        u = f" (u {value['u']})" if "u" in value else ""
        return f"{value['value']}{unit}{u}"
    if "low" in value:
        high = f" to {value['high']}" if "high" in value else ""
        return f"{'' if high else 'at least '}{value['low']}{high}{unit}"
    mark = "<" if "below" in value else ">"
    return f"{mark}{value.get('below', value.get('above'))}{unit}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _fields(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every single field with its pointer, without the leading slash."""
    items: Any = value.items() if isinstance(value, Mapping) else None
    if isinstance(value, list):
        items = enumerate(value)
    if items is None:
        yield place, _plain(value)
        return
    for name, item in items:
        if place or name not in {"withheld", "salt", "seq", "recorded"}:
            yield from _fields(item, f"{place}/{name}" if place else str(name))


def _at(event: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(event, list):
            event = event[int(part)] if int(part) < len(event) else None
        else:
            event = event.get(part) if isinstance(event, Mapping) else None
    return event
