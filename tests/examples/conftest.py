"""The example folders as rows of text, and each imported once into a ledger of its own."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oreline.exchange import ImportReport, import_chain
from oreline.record import Store, create_store
from oreline_testing.injected import FixedClock, FixedSalts

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("pakistan-us", "mine-to-magnet")
Row = dict[str, str]


@dataclass(frozen=True)
class Imported:
    """A ledger with one example in it, and the report of the import."""

    name: str
    store: Store
    report: ImportReport


def table(*parts: str) -> list[Row]:
    """Read a table of the examples."""
    with EXAMPLES.joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def event_rows(name: str, folder: str = "events") -> list[Row]:
    """Read every row of every event table of an example, in the order of files and rows.

    A column that a file does not have reads as an empty cell.
    """
    files = sorted((EXAMPLES / name / folder).glob("*.csv"))
    return [defaultdict(str, row) for file in files for row in table(name, folder, file.name)]


@pytest.fixture(scope="session", params=NAMES)
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Imported]:
    """Import an example; tests leave the ledger as it is."""
    clock = FixedClock(datetime(2026, 11, 23, tzinfo=UTC))
    place = tmp_path_factory.mktemp("examples") / "ledger.db"
    header = {"id": request.param, "tense": "actual"}
    with create_store(place, header, clock=clock, salt=FixedSalts()) as store:
        report = import_chain(EXAMPLES / request.param, store)
        yield Imported(request.param, store, report)
