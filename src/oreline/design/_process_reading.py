"""A `processes.toml` under way: where its entries stand, and what is wrong so far."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from oreline.design._flowsheet import Component
from oreline.design._process_numbers import NumberReader, Told
from oreline.exchange import Located
from oreline.model import Finding, Severity

Place = tuple[str | int, ...]
"""Where an entry stands in the file: ``("feeds", 0, "grades", "Cu")``."""


@dataclass(slots=True)
class FileReading:
    """What the readers of feeds and units share: lines, numbers, and what holds for the file."""

    found: Located
    name: str
    numbers: NumberReader
    components: tuple[Component, ...] = ()
    told: Told = field(default_factory=Told)
    hours: float | None = None

    def where(self, *path: str | int) -> str:
        """Return the file and line of an entry."""
        return self.found.where(path, self.name)

    def refuse(self, code: str, where: str, message: str, fix: str) -> None:
        """Note what forbids the file."""
        self.numbers.findings.append(Finding(code, Severity.FATAL, where, message, fix))


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a wrong one resembles, None if none does."""
    return next(iter(difflib.get_close_matches(name, list(known), 1)), None)
