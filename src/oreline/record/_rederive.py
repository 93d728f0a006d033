"""Deriving everything that stands beside an event anew from its bytes, in the order of the log.

Judgements at arrival depend on the events before, so that they are replayed, not looked up. What
the log does not cover (columns, lines, findings, states) is thereby shown to follow from what it
covers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from oreline.model import Finding, InputError, LimitExceededError, canonical_json, parse_event
from oreline.record._accept import (
    NOTHING_YET_US,
    LineRow,
    LotHead,
    Surroundings,
    accept,
)
from oreline.record._clock import instant_us
from oreline.record._credits import CreditBook
from oreline.record._drafts import content_hash, incomplete
from oreline.record._invoices import InvoiceBook
from oreline.record._lines import lines_of
from oreline.record._periods import Closings, Find
from oreline.record._state import State
from oreline.record._withheld import (
    WithheldField,
    WithheldValue,
    field_hash,
    fields_of,
    reveal,
)

Row = tuple[Any, ...]

NO_CONTENT = b""
"""Stands for the content hash where a shared copy lacks a value: by the hash, which has no salt,
the value could be guessed."""


class EventRow(NamedTuple):
    """A row of the event table."""

    seq: int
    id: str
    kind: str
    external_id: str | None
    party: str | None
    site: str | None
    time_us: int
    recorded_us: int
    state: int
    content: bytes
    leaf: bytes
    data: bytes


def event_row(stored: Sequence[Any]) -> EventRow:
    """Return a row as the database gives it, though what should be bytes may be something else.

    SQLite keeps any type in any column, and a meddler's SQL easily turns bytes into text.
    """
    return EventRow._make((*stored[:9], *map(_bytes, stored[9:])))


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


class Beside(NamedTuple):
    """What the other tables hold for an event: rows without their position and number."""

    lines: Sequence[Row]
    findings: Sequence[Row]
    withheld: Sequence[WithheldValue]


class Problem(NamedTuple):
    """Something that does not follow from the bytes."""

    code: str
    message: str


@dataclass(slots=True)
class Replay:
    """The running state of a replay.

    ``blind_from`` is the first event not wholly readable. ``missing`` lists the fields whose values
    are not there; ``exposed`` are the events among theirs beside which stands what was derived from
    the missing value. Findings are compared only if they were
    made by the same rules. ``find`` gives a stored event by its id.
    """

    lots: dict[str, LotHead] = field(default_factory=dict)
    closed: Closings = field(default_factory=Closings)
    credits: CreditBook = field(default_factory=CreditBook)
    invoices: InvoiceBook = field(default_factory=InvoiceBook)
    find: Find = lambda _: None
    same_rules: bool = True
    external: dict[tuple[str, str], str] = field(default_factory=dict)
    last_us: int | None = None
    latest_us: int = NOTHING_YET_US
    missing: list[WithheldField] = field(default_factory=list)
    exposed: list[str] = field(default_factory=list)
    blind_from: int | None = None

    def problems(self, row: EventRow, beside: Beside) -> Iterator[Problem]:
        """Yield what of an event's rows does not follow from its bytes."""
        event = read_event(row.data)
        if event is None:
            self._lose_sight(row.seq)
            yield Problem("ORL-0253", "its bytes are not the canonical form of an event")
            return
        yield from self._columns(row, event)
        whole, wrong, missing = revealed_event(event, beside.withheld)
        yield from wrong
        if missing:
            self.missing.extend(fields_of(event))
        if wrong or (missing and row.content != NO_CONTENT):
            if not wrong:
                self.exposed.append(row.id)
            self._lose_sight(row.seq)
            return
        # What a shared copy holds beside an event follows from what can be read in the copy.
        if not missing and content_hash(whole) != row.content:
            yield Problem("ORL-0252", "the content hash beside it is another")
        yield from self._judged(row, whole, beside)

    def _columns(self, row: EventRow, event: Mapping[str, Any]) -> Iterator[Problem]:
        expected = {
            "seq": event["seq"],
            "id": event["id"],
            "kind": event["schema"].partition("/")[0],
            "external_id": event.get("external_id"),
            "party": event.get("party"),
            "site": event.get("site"),
            "time_us": instant_us(event["time"]),
            "recorded_us": instant_us(event["recorded"]),
        }
        for name, value in expected.items():
            stored = getattr(row, name)
            if stored != value:
                yield Problem(
                    "ORL-0252", f"its column {name} holds {stored!r}, its bytes say {value!r}"
                )
        recorded = expected["recorded_us"]
        if self.last_us is not None and recorded < self.last_us:
            yield Problem("ORL-0262", "it was recorded before the event that stands before it")
        self.last_us = recorded

    def _judged(self, row: EventRow, event: Mapping[str, Any], beside: Beside) -> Iterator[Problem]:
        state, lines, findings = self.judge(event)
        derived = [(line.side, line.lot, line.dry_low_mg, line.dry_high_mg) for line in lines]
        blind = self.blind_from is not None or not self.same_rules
        open_draws = blind and _draws_all(event)
        if not open_draws and derived != list(beside.lines):
            yield Problem("ORL-0255", "its rows in the table of lines are not what its bytes say")
        if blind:
            return
        said = [(f.code, str(f.severity), f.where, f.message, f.fix) for f in findings]
        if state != row.state:
            message = f"its state is {row.state}, by the rules of arrival it is {int(state)}"
            yield Problem("ORL-0257", message)
        if said != list(beside.findings):
            yield Problem("ORL-0257", "its findings are not those that the rules of arrival give")

    def judge(self, event: Mapping[str, Any]) -> tuple[State, list[LineRow], list[Finding]]:
        """Judge an event by the rules of arrival, and move on what the next is judged against."""
        around = Surroundings(
            tense="",
            lots=self.lots,
            closed=self.closed,
            external=self.external,
            latest_us=self.latest_us,
            find=self.find,
            credits=self.credits,
            invoices=self.invoices,
        )
        if "external_id" in event:
            key = (event.get("party", ""), event["external_id"])
            self.external.setdefault(key, event["id"])
        judged = accept(event, around)
        self.latest_us = around.latest_us
        return judged

    def _lose_sight(self, seq: int) -> None:
        if self.blind_from is None:
            self.blind_from = seq


def read_event(data: bytes) -> dict[str, Any] | None:
    """Return the event in some bytes, None if they are not the one form in which it is stored."""
    try:
        event = orjson.loads(data)
        if not isinstance(event, dict) or canonical_json(event) != data:
            return None
    except (orjson.JSONDecodeError, InputError, LimitExceededError):
        return None
    if not all(name in event for name in ("seq", "recorded", "salt")):
        return None
    if parse_event(event)[0] is None or any(incomplete(event, "")):
        return None
    return event


def revealed_event(
    event: dict[str, Any], values: Sequence[WithheldValue]
) -> tuple[dict[str, Any], list[Problem], int]:
    """Return the event with its withheld values, what is wrong with them, and how many lack."""
    promised = event.get("withheld", {})
    wrong = [
        Problem("ORL-0256", f"the value given for {value.pointer} is not the one recorded")
        for value in values
        if promised.get(value.pointer) != field_hash(value)
    ]
    missing = len(promised.keys() - {value.pointer for value in values})
    if wrong or missing:
        return event, wrong, missing
    if not values:
        return event, [], 0
    try:
        whole = reveal(event, tuple(values))
    except (LookupError, TypeError, ValueError):
        return event, [Problem("ORL-0256", "a withheld value has no place in the event")], 0
    if parse_event(whole)[0] is None:
        problem = Problem("ORL-0256", "with its withheld values it is no well-formed event")
        return event, [problem], 0
    return whole, [], 0


def _draws_all(event: Mapping[str, Any]) -> bool:
    kind = event["schema"].partition("/")[0]
    return any(line.get("all") for _, _, line in lines_of(kind, event["body"]))
