"""Mix rows as files: one .npy per array, mapped into memory on opening, and a header.

A new set is written beside the old one under new names; replacing the header is the one step that
makes it the current one. A reader therefore sees the old set or the new one, never a mixture.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from oreline.model import StoreError
from oreline.trace._rows import MixRows, Nodes

HEADER_NAME: Final = "rows.json"
FORMAT: Final = "oreline-mix-rows/1"
_ARRAYS: Final = (
    "indptr",
    "source",
    "weight_lo_mg",
    "weight_hi_mg",
    "cycle_ptr",
    "cycle_rows",
    "lot_node",
)
_OPEN_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class StoredRows:
    """What a folder of mix rows holds; the arrays stay on disk until they are read."""

    rows: MixRows
    lot_node: Nodes | None


def save_rows(folder: Path, rows: MixRows, lot_node: Nodes | None = None) -> None:
    """Write rows, and the node of each lot where given, as the current set of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        name: getattr(rows, name) for name in _ARRAYS if name != "lot_node"
    }
    if rows.weight_hi_mg is rows.weight_lo_mg:
        del arrays["weight_hi_mg"]
    if lot_node is not None:
        arrays["lot_node"] = np.asarray(lot_node, dtype=np.int32)
    files = {name: _write_array(folder, name, values) for name, values in arrays.items()}
    shapes = {name: list(values.shape) for name, values in arrays.items()}
    header = {"format": FORMAT, "n_origins": rows.n_origins, "files": files, "shapes": shapes}
    _replace_header(folder, orjson.dumps(header, option=orjson.OPT_INDENT_2))
    for path in folder.glob("*.npy"):
        if path.name not in files.values():
            path.unlink(missing_ok=True)


def open_rows(folder: Path) -> StoredRows:
    """Open the current set of a folder; StoreError where there is none or it is damaged."""
    for _ in range(_OPEN_TRIES):
        header = _read_header(folder)
        try:
            arrays = {
                name: _open_array(folder / file, header["shapes"][name])
                for name, file in header["files"].items()
            }
        except FileNotFoundError:
            # Another process has replaced the set since the header was read.
            continue
        lot_node = arrays.pop("lot_node", None)
        arrays.setdefault("weight_hi_mg", arrays["weight_lo_mg"])
        return StoredRows(MixRows(n_origins=header["n_origins"], **arrays), lot_node)
    raise StoreError(f"{folder} names files that are not there: build the rows again")


def _write_array(folder: Path, name: str, values: NDArray[Any]) -> str:
    """Write one array under a fresh name, on disk when this returns."""
    handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".npy", dir=folder)
    with os.fdopen(handle, "wb") as file:
        np.save(file, values, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return Path(path).name


def _open_array(path: Path, shape: list[int]) -> NDArray[Any]:
    """Map one array, read-only."""
    try:
        # An empty file region cannot be mapped.
        values = np.load(path, mmap_mode=None if 0 in shape else "r", allow_pickle=False)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError) as error:
        raise StoreError(f"{path} is damaged ({error}): build the rows again") from error
    if list(values.shape) != shape:
        raise StoreError(f"{path} has shape {values.shape}, its header says {tuple(shape)}")
    return np.asarray(values).view(np.ndarray)


def _replace_header(folder: Path, content: bytes) -> None:
    """Put the header in place in one step."""
    handle, path = tempfile.mkstemp(prefix=HEADER_NAME, dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(path).replace(folder / HEADER_NAME)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _read_header(folder: Path) -> dict[str, Any]:
    """Read the header; StoreError where it is missing or of another format."""
    path = folder / HEADER_NAME
    try:
        header: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise StoreError(f"{path} does not exist: no rows were saved here") from error
    except orjson.JSONDecodeError as error:
        raise StoreError(f"{path} is damaged ({error}): build the rows again") from error
    if header.get("format") != FORMAT:
        raise StoreError(f"{path} has format {header.get('format')}, not {FORMAT}")
    return header
