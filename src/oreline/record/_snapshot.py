"""A cache of a ledger's columns, so that a large ledger is parsed once and then only extended.

One file of arrays in a folder of the person's own. It is used only if the same code wrote it, and
it names the ledger, a size whose root the log still has, the withheld values that this copy of the
ledger has, and the corrections and decisions that are in force for those events today; else it is
left aside and the ledger is read anew. Nothing is proved by it.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from array import array
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from oreline.record._private_files import open_own, replacing_own
from oreline.record._withheld import WithheldValue

if TYPE_CHECKING:
    from oreline.record._store import Store

_UNREADABLE = (
    OSError, EOFError, KeyError, TypeError, ValueError, MemoryError, NotImplementedError,
    RuntimeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading a file raises that was cut off, or of which bytes have changed."""
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


def withheld_mark(withheld: Mapping[int, Collection[WithheldValue]], size: int) -> str:
    """Return a mark of which withheld values of the first ``size`` events this copy has."""
    mark = hashlib.sha256()
    for seq in sorted(withheld):
        if seq < size:
            for pointer in sorted(value.pointer for value in withheld[seq]):
                mark.update(f"{seq} {pointer}\n".encode())
    return mark.hexdigest()


@cache
def code_mark() -> str:
    """Return a mark of the code that makes columns of events: other code may make others."""
    mark = hashlib.sha256()
    for room in ("oreline.model", "oreline.record"):
        for source in sorted(files(room).iterdir(), key=lambda item: item.name):
            if source.is_file():
                mark.update(source.read_bytes())
    return mark.hexdigest()


def snapshot_place(store: Store, environ: Mapping[str, str]) -> Path | None:
    """Return where the parsed columns of a ledger are kept, None if there is no such place.

    In ``$ORELINE_HOME/cache``, else ``$XDG_CACHE_HOME/oreline``, else ``~/.cache/oreline``: a
    folder of the person's own, for a cache that came along with a copied chain folder could hold
    other numbers than the ledger. Nothing is made yet.
    """
    folder = cache_folder(environ)
    if folder is None:
        return None
    place = store.place if store.path is None else str(store.path.resolve())
    name = hashlib.sha256(f"{place}\n{store.header.id}".encode()).hexdigest()[:32]
    return folder / f"{name}.npz"


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of a person's own caches, None for a user without a home."""
    if home := environ.get("ORELINE_HOME"):
        return Path(home) / "cache"
    cache_home = Path(environ.get("XDG_CACHE_HOME", ""))
    if cache_home.is_absolute():
        return cache_home / "oreline"
    try:
        return Path.home() / ".cache" / "oreline"
    except RuntimeError:
        # A user without a home, as services may have.
        return None


def save_snapshot(
    path: Path,
    *,
    ledger_id: str,
    size: int,
    root: bytes,
    columns: Columns,
    whole: frozenset[int],
    verdicts: Verdicts,
    withheld: Mapping[int, Collection[WithheldValue]],
) -> bool:
    """Write the cache as a whole or not at all; return whether it was written.

    Whoever asks needs no cache to go on: a full disk or a folder of somebody else's is no error.
    """
    header = {
        "code": code_mark(),
        "ledger": ledger_id,
        "size": size,
        "root": root.hex(),
        "samples": columns.samples,
        "defaults_used": columns.defaults_used,
        "whole": sorted(whole),
        "verdicts": verdict_mark(verdicts, size),
        "withheld": withheld_mark(withheld, size),
    }
    try:
        with replacing_own(path) as file:
            if file is not None:
                np.savez(file, allow_pickle=False, **_arrays(columns, header))
            return file is not None
    except OSError:
        return False


def _arrays(columns: Columns, header: Mapping[str, Any]) -> dict[str, Any]:
    arrays = {"header": np.frombuffer(orjson.dumps(header), np.uint8)}
    for table, kind in _TABLES.items():
        part = getattr(columns, table)
        for item in fields(kind):
            arrays[f"{table}.{item.name}"] = _array(getattr(part, item.name))
    for name in _NAMES:
        arrays[f"names.{name}"] = _text_array(getattr(columns, name).names)
    return arrays


def load_snapshot(
    path: Path,
    *,
    ledger_id: str,
    root_at: Callable[[int], bytes | None],
    verdicts: Verdicts,
    withheld: Mapping[int, Collection[WithheldValue]],
) -> Snapshot | None:
    """Read the cache, None if there is none that fits.

    ``root_at(size)`` gives the root of the log at a size, or None if it is not that large. A cache
    with values that have been taken out of the ledger since is removed.
    """
    file = open_own(path)
    if file is None:
        return None
    with file:
        try:
            with np.load(file, allow_pickle=False) as stored:
                header = orjson.loads(stored["header"].tobytes())
                if header["code"] != code_mark() or header["ledger"] != ledger_id:
                    return None
                if root_at(header["size"]) != bytes.fromhex(header["root"]):
                    return None
                if header["withheld"] != withheld_mark(withheld, header["size"]):
                    path.unlink(missing_ok=True)
                    return None
                if header["verdicts"] != verdict_mark(verdicts, header["size"]):
                    return None
                columns = _columns(stored)
        except _UNREADABLE:
            return None
    columns.samples = {name: tuple(pair) for name, pair in header["samples"].items()}
    columns.defaults_used = header["defaults_used"]
    return Snapshot(header["size"], columns, frozenset(header["whole"]))


def _columns(stored: Mapping[str, Any]) -> Columns:
    columns = Columns()
    for table, kind in _TABLES.items():
        part = getattr(columns, table)
        for item in fields(kind):
            _fill(getattr(part, item.name), stored[f"{table}.{item.name}"])
    for name in _NAMES:
        setattr(columns, name, _named(_listed(stored[f"names.{name}"])))
    return columns


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
