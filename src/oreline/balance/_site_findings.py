"""What looks odd in the accounts of sites: said once for each lot or event, with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from oreline.balance._periods import Periods
from oreline.balance._places import NOT_STATED
from oreline.balance._tally import Tally
from oreline.model import Finding, Severity
from oreline.record import IN, MOVE_IN, MOVE_OUT, OUT

Ints = npt.NDArray[np.int64]

MAX_FINDINGS = 200
"""How many findings of one code are listed; the last one says how many more there are."""


class Account(Protocol):
    """What is asked of an account of a site."""

    @property
    def site(self) -> str:
        """Return the site."""

    @property
    def period(self) -> str:
        """Return the label of the period."""

    @property
    def negative_lots(self) -> int:
        """Return how many lots stand below zero."""


def site_findings(held: Tally, periods: Periods, rows: Iterable[Account]) -> tuple[Finding, ...]:
    """Return what looks odd, by code."""
    return (
        *_limited(_without_site(held)),
        *_limited(_moved(held)),
        *_limited(_below_zero(rows)),
        *_limited(_never_made(held)),
        *_limited(_across(held, periods)),
    )


def _limited(findings: Iterator[Finding]) -> Iterator[Finding]:
    shown = 0
    last = None
    for finding in findings:
        shown += 1
        if shown <= MAX_FINDINGS:
            yield finding
        last = finding
    if last is not None and shown > MAX_FINDINGS:
        message = f"{shown - MAX_FINDINGS} more of the same kind"
        yield Finding(last.code, last.severity, "all", message, last.fix)


def _without_site(held: Tally) -> Iterator[Finding]:
    not_stated = held.places.names.index(NOT_STATED)
    for row in np.unique(held.lines.event[held.places.event == not_stated]).tolist():
        message = f"the event names no site; it is accounted at {NOT_STATED}"
        fix = "correct the event with its site"
        yield Finding("ORL-0501", Severity.WARNING, held.columns.events.id[row], message, fix)


def _moved(held: Tally) -> Iterator[Finding]:
    places, side = held.places, held.lines.side
    taken = np.isin(side, (IN, MOVE_OUT)) & (places.before != places.event)
    put = (side == OUT) & (places.after != places.event) & (held.lines.lot >= 0)
    received = (side == MOVE_IN) & (places.before != places.transit) & (places.previous >= 0)
    for line in np.flatnonzero(taken | put | received).tolist():
        lot = held.columns.lots.names[held.lines.lot[line]]
        where = places.names[places.before[line]]
        here = places.names[places.event[line]]
        message = f"{lot} is used at {here}, but the book has it at {where}"
        fix = "record the dispatch and the receipt; until then it is shown as moved unrecorded"
        event = held.columns.events.id[held.lines.event[line]]
        yield Finding("ORL-0502", Severity.WARNING, event, message, fix)


def _below_zero(rows: Iterable[Account]) -> Iterator[Finding]:
    for row in rows:
        if row.negative_lots:
            message = f"{row.negative_lots} lots have a book stock below zero"
            fix = "look for an unrecorded addition, a wrong weight or a wrong date"
            where = f"{row.site} {row.period}"
            yield Finding("ORL-0503", Severity.WARNING, where, message, fix)


def _never_made(held: Tally) -> Iterator[Finding]:
    places = held.places
    first = np.isin(held.lines.side, (MOVE_OUT, MOVE_IN)) & (places.previous < 0)
    for line in np.flatnonzero(first).tolist():
        lot = held.columns.lots.names[held.lines.lot[line]]
        message = f"{lot} is moved but nobody recorded its making: what it holds is UNKNOWN"
        fix = "record how it was made, or count it where it is"
        event = held.columns.events.id[held.lines.event[line]]
        yield Finding("ORL-0504", Severity.WARNING, event, message, fix)


def _across(held: Tally, periods: Periods) -> Iterator[Finding]:
    events = held.columns.events
    used = np.unique(held.lines.event)
    start = periods.of(np.array(events.start_us, np.int64)[used])
    end = periods.of(np.array(events.time_us, np.int64)[used])
    inside = (start != end) & (end >= 0) & (end < len(periods))
    for row in used[inside].tolist():
        message = "it began in an earlier period and counts in the one in which it ended"
        fix = "count the stock in process at the end of the period, or record an event each period"
        yield Finding("ORL-0505", Severity.NOTE, events.id[row], message, fix)
