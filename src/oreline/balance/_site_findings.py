"""What looks odd in the accounts of sites: said once for each lot or event, with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

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
    names, events = held.columns.lots.names, held.columns.events.id
    places, line_event, lot = held.places, held.lines.event, held.lines.lot

    def without_site(row: int) -> Finding:
        message = f"the event names no site; it is accounted at {NOT_STATED}"
        fix = "correct the event with its site"
        return Finding("ORL-0501", Severity.WARNING, events[row], message, fix)

    def moved(line: int) -> Finding:
        here, where = places.names[places.event[line]], places.names[places.before[line]]
        message = f"{names[lot[line]]} is used at {here}, but the book has it at {where}"
        fix = "record the dispatch and the receipt; until then it is shown as moved unrecorded"
        return Finding("ORL-0502", Severity.WARNING, events[line_event[line]], message, fix)

    def never_made(line: int) -> Finding:
        message = f"{names[lot[line]]} is moved but nobody recorded its making: "
        message += "what it holds is UNKNOWN"
        fix = "record how it was made, or count it where it is"
        return Finding("ORL-0504", Severity.WARNING, events[line_event[line]], message, fix)

    def across(row: int) -> Finding:
        message = "it began in an earlier period and counts in the one in which it ended"
        fix = "count the stock in process at the end of the period, or record an event each period"
        return Finding("ORL-0505", Severity.NOTE, events[row], message, fix)

    return (
        *_listed(_without_site(held), without_site),
        *_listed(_moved(held), moved),
        *_listed([row for row in rows if row.negative_lots], _below_zero),
        *_listed(_never_made(held), never_made),
        *_listed(_across(held, periods), across),
    )


Item = TypeVar("Item")


def _listed(items: Sequence[Item], make: Callable[[Item], Finding]) -> Iterator[Finding]:
    finding = None
    for item in items[:MAX_FINDINGS]:
        finding = make(item)
        yield finding
    if finding is not None and len(items) > MAX_FINDINGS:
        message = f"{len(items) - MAX_FINDINGS} more of the same kind"
        yield Finding(finding.code, finding.severity, "all", message, finding.fix)


def _without_site(held: Tally) -> list[int]:
    not_stated = held.places.names.index(NOT_STATED)
    found: list[int] = np.unique(held.lines.event[held.places.event == not_stated]).tolist()
    return found


def _moved(held: Tally) -> list[int]:
    places, side = held.places, held.lines.side
    taken = np.isin(side, (IN, MOVE_OUT)) & (places.before != places.event)
    put = (side == OUT) & (places.after != places.event) & (held.lines.lot >= 0)
    received = (side == MOVE_IN) & (places.before != places.transit) & (places.previous >= 0)
    return np.flatnonzero(taken | put | received).tolist()


def _below_zero(row: Account) -> Finding:
    message = f"{row.negative_lots} lots have a book stock below zero"
    fix = "look for an unrecorded addition, a wrong weight or a wrong date"
    return Finding("ORL-0503", Severity.WARNING, f"{row.site} {row.period}", message, fix)


def _never_made(held: Tally) -> list[int]:
    moves = np.isin(held.lines.side, (MOVE_OUT, MOVE_IN))
    return np.flatnonzero(moves & (held.places.previous < 0)).tolist()


def _across(held: Tally, periods: Periods) -> list[int]:
    events = held.columns.events
    speaks = (held.lines.metal[:, 1] > 0) | (held.lines.metal[:, 0] != 0)
    used = np.unique(held.lines.event[speaks])
    start = periods.of(np.array(events.start_us, np.int64)[used])
    end = periods.of(np.array(events.time_us, np.int64)[used])
    found: list[int] = used[(start != end) & (end >= 0) & (end < len(periods))].tolist()
    return found
