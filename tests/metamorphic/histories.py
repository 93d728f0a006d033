"""Random small histories of a few lots, as events, and ledgers made of them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from written import between, blend, consume, count, extract, grade, line, mass, process, split

from oreline.record import Ledger, Store, create_store, load_ledger, open_books
from oreline_testing.injected import FixedClock, FixedSalts

LOTS = ("m:1", "m:2", "m:3", "m:4")
Json = dict[str, Any]


def moment(hour: int) -> str:
    return f"2025-09-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z"


def decimal(number: int, places: int) -> str:
    """Write a whole number of the last place as a plain decimal."""
    return format(Decimal(number).scaleb(-places), "f")


@st.composite
def tonnes(draw: st.DrawFn, intervals: bool) -> Json:
    """Draw a known mass with up to nine decimals, or an interval."""
    value = draw(st.one_of(st.integers(0, 40).map(lambda n: n * 10**9), st.integers(0, 3 * 10**10)))
    if not intervals or draw(st.booleans()):
        return mass(decimal(value, 9))
    width = draw(st.integers(0, 10**10))
    return between(decimal(value, 9), decimal(value + width, 9))


GRADES = st.integers(0, 1000).map(lambda n: decimal(n, 1))


@st.composite
def event_at(draw: st.DrawFn, number: int, hour: int, intervals: bool = False) -> Json:
    """Draw one event about the lots."""
    name, when = f"e{number}", {"time": moment(hour)}
    kinds = ["extract", "extract", "process", "blend", "split", "count", "consume"]
    kind = draw(st.sampled_from(kinds))
    lots = draw(st.permutations(LOTS))

    def amount() -> Json:
        return draw(tonnes(intervals))

    def graded() -> Json:
        return {"grades": [grade(draw(GRADES))]} if draw(st.integers(0, 3)) else {}

    if kind == "extract":
        more = graded() or {"grades": [grade("50")]} if intervals else graded()
        return extract(name, lots[0], amount(), continuing=True, **more, **when)
    if kind == "process":
        made = [line(lot, amount(), continuing=True, **graded()) for lot in lots[1:3]]
        return process(name, [line(lots[0], amount())], made, **when)
    if kind == "blend":
        into = line(lots[2], amount(), continuing=True)
        return blend(name, [line(lot, amount()) for lot in lots[:2]], into, **when)
    if kind == "split":
        made = [line(lot, amount(), continuing=True) for lot in lots[1:3]]
        return split(name, line(lots[0], amount()), made, **when)
    if kind == "count":
        counted = count(name, lots[0], "0", **when)
        counted["body"] |= {"dry": amount(), **graded()}
        return counted
    taken = {"lot": lots[0], "all": True} if draw(st.booleans()) else line(lots[0], amount())
    return consume(name, taken, **when)


@st.composite
def histories(draw: st.DrawFn, intervals: bool = False, most: int = 8) -> list[Json]:
    """Draw events at different hours, in the order in which they arrive."""
    hours = draw(st.lists(st.integers(0, 400), min_size=1, max_size=most, unique=True))
    return [draw(event_at(number, hour, intervals)) for number, hour in enumerate(hours)]


def new_store(events: Sequence[Json] = (), batch: int = 1000) -> Store:
    """Make a ledger of events in a folder of its own; whoever calls closes it."""
    folder = tempfile.mkdtemp(prefix="orl-", dir=FOLDER[0] if FOLDER else None)
    clock = FixedClock(step=timedelta(seconds=1))
    header = {"id": "h", "tense": "actual"}
    store = create_store(Path(folder) / "l.db", header, clock=clock, salt=FixedSalts())
    for start in range(0, len(events), batch):
        store.append(events[start : start + batch])
    return store


FOLDER: list[Path] = []
"""Where ledgers are made: the temporary folder of the test run."""


def ledger_of(events: Sequence[Json], **moments: Any) -> Ledger:
    with new_store(events) as store:
        return load_ledger(store, **moments)


def stocks(ledger: Ledger, element: str = "Sb") -> dict[str, list[Any]]:
    """Return dry and metal bounds and whether it is overdrawn, by lot."""
    book = open_books(ledger).book(element)
    return {
        name: [
            *book.stock_dry[number].tolist(),
            *book.stock_metal[number].tolist(),
            bool(book.overdrawn[number]),
        ]
        for number, name in enumerate(ledger.columns.lots.names)
    }
