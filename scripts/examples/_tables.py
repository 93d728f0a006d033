"""Rows and tables as text: the columns of an event table in their order, and CSV bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Row = dict[str, str]

ENVELOPE = (
    "event",
    "kind",
    "time",
    "time_start",
    "actor",
    "party",
    "to_party",
    "site",
    "to_site",
    "external_id",
    "refs",
    "evidence",
)
LINE = (
    "unit",
    "side",
    "lot",
    "material",
    "continuing",
    "all",
    "stream",
)
QUANTITIES = ("basis", "method", "source")
KIND_COLUMNS = (
    "sample",
    "of_event",
    "laboratory",
    "certificate",
    "role",
    "reported",
    "increments",
    "standard",
    "witness",
    "seals",
    "parts",
    "parent",
    "container",
    "containers",
    "seals_intact",
    "ticket",
    "mode",
    "carrier",
    "documents",
    "dispatch",
    "purpose",
    "status",
    "statement",
    "origin_country",
    "form",
    "target",
    "action",
    "reason",
    "as_kind",
    "type",
    "subject",
    "issuer",
    "decision",
    "valid_from",
    "valid_to",
    "model",
    "account",
    "to_account",
    "analyte",
    "attribute",
    "expires",
    "claim",
    "data_status",
    "data_site",
    "x_entered",
)
LAST = ("note",)
_FIRST = ENVELOPE + LINE
_AFTER = QUANTITIES + KIND_COLUMNS + LAST


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one chain folder: path inside it, and bytes."""

    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, path: str, data: bytes) -> None:
        """Add a file; a path is used once."""
        assert path not in self.files, path
        self.files[path] = data


@dataclass(frozen=True, slots=True)
class Entered:
    """The rows of one event, the file they stand in and their place in it."""

    file: str
    arrival: str
    rows: tuple[Row, ...]


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows as CSV in UTF-8 with plain line ends; a column that is not listed is refused."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def table(columns: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table from the names of its columns, with commas, and rows of cells."""
    names = columns.split(",")
    return csv_bytes(names, (dict(zip(names, row, strict=True)) for row in rows))


def event_columns(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the columns that these rows use, in the order of the reference page."""
    used: dict[str, None] = {}
    for row in rows:
        used.update(dict.fromkeys(name for name, cell in row.items() if cell))
    known = set(_FIRST) | set(_AFTER)
    quantities = [name for name in used if name not in known]
    values = sorted({name.removesuffix("_u") for name in quantities}, key=_quantity_order)
    pairs = [name for value in values for name in (value, f"{value}_u") if name in used]
    return [n for n in _FIRST if n in used] + pairs + [n for n in _AFTER if n in used]


def _quantity_order(name: str) -> tuple[int, str]:
    for rank, start in enumerate(("wet_", "dry_", "moisture_", "gross_", "tare_", "mass_")):
        if name.startswith(start):
            return rank, name
    return 9, name


def event_table(events: Iterable[Entered]) -> bytes:
    """Write one event table; events stand in the order in which they were entered."""
    rows = [row for event in sorted(events, key=lambda e: e.arrival) for row in _sparse(event.rows)]
    return csv_bytes(event_columns(rows), rows)


def _sparse(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows of one event with what the event says as a whole on the first row only."""
    first = rows[0]
    yield first
    for row in rows[1:]:
        assert all(row.get(name, first.get(name)) == first.get(name) for name in ("event", "kind"))
        yield {"event": first["event"], "kind": first["kind"], "time": first["time"], **row}


def add_events(folder: Folder, events: Iterable[Entered], prefix: str = "events/") -> None:
    """Add one CSV file per name of file in the events."""
    by_file: dict[str, list[Entered]] = {}
    for event in events:
        by_file.setdefault(event.file, []).append(event)
    for name, group in by_file.items():
        folder.add(f"{prefix}{name}.csv", event_table(group))
