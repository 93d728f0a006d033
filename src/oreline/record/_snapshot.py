"""A cache of a ledger's columns, so that a large ledger is parsed once and then only extended.

One file of arrays beside the ledger. It is used only if it names the ledger, a size whose root the
log still has, and the corrections and decisions that are in force for those events today; else it
is left aside and the ledger is read anew. Nothing is proved by it.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from oreline.record._columns import (
    Columns,
    EventColumns,
    GradeColumns,
    LineColumns,
    Names,
    WeightColumns,
)
from oreline.record._effective import Verdicts

SNAPSHOT_FORMAT = 2
_TABLES = {
    "events": EventColumns,
    "lines": LineColumns,
    "grades": GradeColumns,
    "weighings": WeightColumns,
}
_NAMES = ("kinds", "lots", "places", "parties", "materials", "analytes")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Columns of the first ``size`` events, and which of those were kept whole besides."""

    size: int
    columns: Columns
    whole: frozenset[int]


def verdict_mark(verdicts: Verdicts, size: int) -> dict[str, list[Any]]:
    """Return what corrections and decisions do to the first ``size`` events, comparably."""
    return {
        "amended": sorted(
            [seq, change.by_seq] for seq, change in verdicts.amended.items() if seq < size
        ),
        "out_of_force": sorted(seq for seq in verdicts.out_of_force if seq < size),
        "held": sorted(seq for seq in verdicts.held if seq < size),
    }


def save_snapshot(
    path: Path,
    *,
    ledger_id: str,
    size: int,
    root: bytes,
    columns: Columns,
    whole: frozenset[int],
    verdicts: Verdicts,
) -> None:
    """Write the cache; the file is replaced as a whole or not at all."""
    arrays: dict[str, np.ndarray] = {}
    for table, kind in _TABLES.items():
        part = getattr(columns, table)
        for item in fields(kind):
            arrays[f"{table}.{item.name}"] = _array(getattr(part, item.name))
    for name in _NAMES:
        arrays[f"names.{name}"] = _text_array(getattr(columns, name).names)
    header = {
        "format": SNAPSHOT_FORMAT,
        "ledger": ledger_id,
        "size": size,
        "root": root.hex(),
        "samples": columns.samples,
        "defaults_used": columns.defaults_used,
        "whole": sorted(whole),
        "verdicts": verdict_mark(verdicts, size),
    }
    arrays["header"] = np.frombuffer(orjson.dumps(header), np.uint8)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_snapshot(
    path: Path, *, ledger_id: str, root_at: Callable[[int], bytes | None], verdicts: Verdicts
) -> Snapshot | None:
    """Read the cache, None if there is none that fits.

    ``root_at(size)`` gives the root of the log at a size, or None if it is not that large.
    """
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        header = orjson.loads(stored["header"].tobytes())
        fits = (
            header["format"] == SNAPSHOT_FORMAT
            and header["ledger"] == ledger_id
            and root_at(header["size"]) == bytes.fromhex(header["root"])
            and header["verdicts"] == verdict_mark(verdicts, header["size"])
        )
        if not fits:
            return None
        columns = Columns()
        for table, kind in _TABLES.items():
            part = getattr(columns, table)
            for item in fields(kind):
                _fill(getattr(part, item.name), stored[f"{table}.{item.name}"])
        for name in _NAMES:
            setattr(columns, name, _named(_listed(stored[f"names.{name}"])))
    columns.samples = {name: tuple(pair) for name, pair in header["samples"].items()}
    columns.defaults_used = header["defaults_used"]
    return Snapshot(header["size"], columns, frozenset(header["whole"]))


def _array(values: array[Any] | list[str]) -> np.ndarray:
    if isinstance(values, array):
        return np.array(values, values.typecode)
    return _text_array(values)


def _text_array(values: list[str]) -> np.ndarray:
    """Return texts as one run of UTF-8 bytes, each ended by a byte that UTF-8 does not use."""
    joined = b"\xff".join(value.encode() for value in values)
    return np.frombuffer(joined + (b"\xff" if values else b""), np.uint8)


def _fill(column: array[Any] | list[str], values: np.ndarray) -> None:
    if isinstance(column, array):
        column.frombytes(values.astype(column.typecode).tobytes())
    else:
        column.extend(_listed(values))


def _listed(values: np.ndarray) -> list[str]:
    parts = values.tobytes().split(b"\xff")
    return [part.decode() for part in parts[:-1]]


def _named(names: list[str]) -> Names:
    made = Names()
    made.names = names
    made.index = {name: number for number, name in enumerate(names)}
    return made
