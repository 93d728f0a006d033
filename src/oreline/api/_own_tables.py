"""Tables of published facts that a chain folder brings: ``tables/``, as ``stress import`` writes.

Answers on published facts rest on them in the place of the shipped ones. Whoever sees a part of the
ledger only is answered from the shipped ones, as files of the folder are not shown to them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from oreline.api._views import View
from oreline.exchange import read_tables
from oreline.reference import Tables, using_tables

P = ParamSpec("P")
T = TypeVar("T")
TABLES_FOLDER: Final = "tables"
Stamp = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of each file."""


def tables_stamp(view: View) -> Stamp:
    """Return what tells one state of a folder's tables from another; empty without any."""
    folder = view.desk.folder
    if folder is None or view.is_partial or not (folder / TABLES_FOLDER).is_dir():
        return ()
    found = []
    for file in sorted((folder / TABLES_FOLDER).iterdir()):
        told = file.stat()
        found.append((file.name, told.st_mtime_ns, told.st_size))
    return tuple(found)


def own_tables(view: View) -> Tables:
    """Return the tables of a person's chain folder; none stand for the shipped ones.

    Raises
    ------
    InputError
        If the folder holds what are no tables.
    """
    stamp, folder = tables_stamp(view), view.desk.folder
    return _read(folder / TABLES_FOLDER, stamp) if folder is not None and stamp else Tables()


@lru_cache(maxsize=4)
def _read(folder: Path, _stamp: Stamp) -> Tables:
    return read_tables(folder)


def on_own_tables(function: Callable[Concatenate[View, P], T]) -> Callable[Concatenate[View, P], T]:
    """Let an answer on published facts rest on the tables of the chain folder."""

    @wraps(function)
    def answer(view: View, /, *args: P.args, **given: P.kwargs) -> T:
        found = own_tables(view)
        if not found.frames:
            return function(view, *args, **given)
        with using_tables(found):
            return function(view, *args, **given)

    asked: Callable[Concatenate[View, P], T] = answer
    return asked
