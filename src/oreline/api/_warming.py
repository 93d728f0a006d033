"""Reading ahead: a thread computes what pages begin with, before anybody asks for it.

It does so when the server starts and, of a large ledger, whenever that has grown. A small one is
answered quickly without.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import structlog

from oreline.api._answers_balance import site_accounts
from oreline.api._answers_chain import flow, open_now, overview, told_brief
from oreline.api._answers_exchange import exchanges
from oreline.api._answers_lots import lot_choices
from oreline.api._answers_metal import account_choices
from oreline.api._answers_settle import settlements
from oreline.api._desk import Desk, Reading
from oreline.api._kept import asked_again
from oreline.api._lots_table import SORTS, default_element
from oreline.api._people import LOCAL
from oreline.api._views import View
from oreline.model import OrelineError

PARTS = (
    "lots", "tracer", "questions", "questions_of_lots", "row_of_event", "row_of_position",
    "said_of_others", "positions", "lines_of_lots", "grades_of_lots",
)  # fmt: skip
"""What most answers are made from, in the order in which it is made."""
ASKED_AGAIN_MAX = 12
"""How many answers that were asked for lately are computed anew when the ledger has grown."""
PAUSE_S = 0.01
"""Between two steps: whoever waits for the reading gets it first."""
log = structlog.get_logger("oreline")


class Warming:
    """The thread that reads ahead; start it when the server starts, stop it before that closes."""

    def __init__(self, desk: Desk, events_min: int) -> None:
        self._desk = desk
        self._events_min = events_min
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warming")

    def start(self) -> None:
        """Begin to read ahead."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the present step, and wait for that."""
        self._stopping.set()
        self._desk.grown.set()
        self._thread.join()

    def _run(self) -> None:
        before: int | None = None
        while not self._stopping.is_set():
            self._desk.grown.clear()
            try:
                before = self._read_ahead(before)
            except OrelineError as error:
                # It is told to whoever asks.
                log.warning("the ledger could not be read ahead", error=str(error))
            self._desk.read_ahead.set()
            self._desk.grown.wait()

    def _read_ahead(self, before: int | None) -> int:
        """Compute what the present reading is asked for first; return its number."""
        reading = self._desk.reading()
        is_large = reading.ledger.size >= self._events_min
        if reading.number == before or (before is not None and not is_large):
            return reading.number
        for step in self._steps(reading, is_large=is_large):
            if self._stopping.is_set() or not self._desk.is_present(reading):
                break
            try:
                step()
            except OrelineError as error:
                log.warning("an answer could not be made ahead", error=str(error))
            self._stopping.wait(PAUSE_S)
        return reading.number

    def _steps(self, reading: Reading, *, is_large: bool) -> Iterator[Callable[[], Any]]:
        for part in PARTS:
            yield partial(reading.ask, partial(getattr, reading, part))
        if is_large:
            yield from self._pages(View(LOCAL, reading, self._desk))
        element = default_element(reading.ask(lambda: reading.books.elements))
        if element:
            yield partial(reading.ask, lambda: reading.tracer.metals(element))
        for sort in SORTS:
            # Nobody has to wait meanwhile: orders are made beside what is asked.
            if sort != "metal":
                yield partial(reading.lots.prepare, sort)

    def _pages(self, view: View) -> Iterator[Callable[[], Any]]:
        """Yield what the pages ask first, as they ask it: the first page, then the others."""
        yield partial(overview, view)
        yield partial(open_now, view, questions_max=0)
        yield partial(told_brief, view)
        element = default_element(view.elements)
        if element:
            yield partial(flow, view, element)
        yield partial(lot_choices, view)
        yield partial(settlements, view)
        yield partial(exchanges, view)
        if element:
            yield partial(site_accounts, view, element, None, "month")
            yield partial(account_choices, view, element)
        for number, _ in view.reading.earlier[:1]:
            yield from asked_again(view, number, ASKED_AGAIN_MAX)
