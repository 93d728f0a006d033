"""What was told before, so that nothing is told twice: lines of a file, written after sending."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from oreline.model import InputError
from oreline.watch._alerts import Alerts

TOLD_FILE: Final = "watch-told.jsonl"
"""Where a chain folder keeps what was told."""
_MARK: Final = re.compile(r"[0-9a-f]{64}")


@dataclass
class ToldBook:
    """The marks of what was told, while nobody else can add to them."""

    marks: frozenset[str]
    _file: TextIO

    def add(self, told: Alerts, at: str) -> None:
        """Write that alerts were told; it is on the disk when this returns.

        Parameters
        ----------
        at
            The moment, RFC 3339.
        """
        self._file.seek(0, os.SEEK_END)
        for mark in told.marks:
            self._file.write(json.dumps({"mark": mark, "told": at}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.marks |= frozenset(told.marks)


def told_marks(path: Path) -> frozenset[str]:
    """Return the marks of what was told; none where there is no file.

    Raises
    ------
    InputError
        If a line of the file is none that was written here.
    """
    if not path.is_file():
        return frozenset()
    with path.open(encoding="utf-8") as file:
        return _marks(file, path.name)


@contextmanager
def told_book(path: Path) -> Iterator[ToldBook]:
    """Hold what was told while something is sent; whoever comes in the meantime waits.

    A line that was cut off when a machine stopped is taken off before the next is written: what it
    spoke of counts as not told.

    Raises
    ------
    InputError
        If another line of the file is none that was written here.
    """
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            file.truncate(len(whole.encode()))
        file.seek(0)
        yield ToldBook(_marks(file, path.name), file)


def _marks(file: TextIO, name: str) -> frozenset[str]:
    found = set()
    for number, line in enumerate(file, 1):
        if not line.endswith("\n"):
            continue  # cut off: not told
        try:
            mark = json.loads(line)["mark"]
        except (ValueError, KeyError, TypeError):
            mark = None
        if not isinstance(mark, str) or not _MARK.fullmatch(mark):
            message = f"{name}:{number} is no line of what was told"
            raise InputError(f"{message}; take the line out, and what it spoke of is told again")
        found.add(mark)
    return frozenset(found)
