"""What the ledger says of an event when it arrives: accepted, with findings, or held.

A measured fact is never refused. Refused are only: malformed events, one id with two contents,
future time in the actual tense, unauthorised writers, unbalanced money, overdrawn credits and a
second final invoice for a lot; the last three are claims, not measurements. What looks odd is
accepted with findings, judged by arrival order against the running book; ``balance`` judges again
by time, with uncertainties. Held events wait for a named person's decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oreline.model import MATERIAL_KINDS, UNBOUNDED_MG, Finding, Severity
from oreline.record._clock import instant_us
from oreline.record._credits import CreditBook
from oreline.record._invoices import InvoiceBook
from oreline.record._lines import COUNT, IN, MENTION, OUT, dry_bounds_mg, lines_of
from oreline.record._periods import Closings, Find
from oreline.record._state import State

ARRIVAL_RULES = "2"
"""The version of the rules in this module. A ledger's header names the one by which its findings
were made; a change of what they give makes another version."""
LATE_AFTER_DAYS = 14
"""An event that is entered after others that happened this much later is noted as late."""
NOTHING_YET_US = -(2**62)
"""The latest time of a ledger that has no material events."""
DRY_GAIN_NOTED = Decimal("1.05")
"""More dry mass out than this many times the dry mass in is noted: was an input left out?"""
CLOCK_SKEW_S = 300
"""How far in the future an actual event may be: two clocks are never the same."""


@dataclass(slots=True)
class LotHead:
    """The running book of a lot in arrival order; a cache, see ``_tables``."""

    dry_low_mg: int
    dry_high_mg: int
    continuing: bool
    produced: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """What one line writes into the table of lines."""

    side: int
    lot: str
    dry_low_mg: int | None
    dry_high_mg: int | None


@dataclass(slots=True)
class Surroundings:
    """What an arriving event is judged against; ``accept`` moves it on.

    ``latest_us`` is the latest time of any material event before it: a ledger that is filled with
    old records is not late, one that already knows of later things is. ``find`` gives an earlier
    event by its id. ``credits`` and ``invoices`` are None where nothing that arrives can concern
    them.
    """

    tense: str
    lots: dict[str, LotHead]
    closed: Closings
    external: Mapping[tuple[str, str], str]
    latest_us: int
    find: Find
    credits: CreditBook | None
    invoices: InvoiceBook | None


def refusals(event: Mapping[str, Any], around: Surroundings, now_us: int) -> Iterator[Finding]:
    """Yield what forbids this event altogether."""
    where = event["id"]
    time_us = instant_us(event["time"])
    if around.tense == "actual" and time_us > now_us + CLOCK_SKEW_S * 1_000_000:
        fix = "correct the time, or write it to a planned ledger"
        yield Finding("ORL-0201", Severity.FATAL, where, f"{event['time']} is in the future", fix)
    start = event.get("time_start")
    if start is not None and instant_us(start) > time_us:
        fix = "time is the end, time_start the beginning"
        yield Finding("ORL-0202", Severity.FATAL, where, "it ends before it begins", fix)
    kind, body = event["schema"].partition("/")[0], event["body"]
    if kind == "money":
        yield from _unbalanced(where, body)


def _unbalanced(where: str, body: Mapping[str, Any]) -> Iterator[Finding]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for posting in body.get("postings", ()):
        sums[posting["currency"]] += Decimal(posting["amount"])
    for currency, total in sums.items():
        if total:
            fix = "debits and credits of each currency sum to zero"
            message = f"the postings in {currency} sum to {total}"
            yield Finding("ORL-0205", Severity.FATAL, where, message, fix)


def accept(
    event: Mapping[str, Any], around: Surroundings
) -> tuple[State, list[LineRow], list[Finding]]:
    """Judge an event that is not refused, and move what later ones are judged against.

    One of its findings is fatal if it overdraws a credit account or settles a lot a second time:
    then it is refused after all.
    """
    kind, body = event["schema"].partition("/")[0], event["body"]
    held = list(_reasons_to_hold(event, kind, around))
    findings = list(_lateness(event, kind, around))
    rows: list[LineRow] = []
    dry_in = dry_out = 0
    for side, lot, line in lines_of(kind, body):
        low, high = (0, UNBOUNDED_MG) if side == MENTION else dry_bounds_mg(line)
        if side == IN and line.get("all"):
            head = around.lots.get(lot)
            low, high = (head.dry_low_mg, head.dry_high_mg) if head else (low, high)
        rows.append(_row(side, lot, low, high))
        if not held:
            findings.extend(_book(event, side, lot, line, (low, high), around.lots))
        if side == IN:
            dry_in = UNBOUNDED_MG if high == UNBOUNDED_MG else min(UNBOUNDED_MG, dry_in + high)
        elif side == OUT:
            dry_out += low
    if kind != "extract" and dry_in < UNBOUNDED_MG and dry_out > dry_in * DRY_GAIN_NOTED:
        message = "more dry mass comes out than goes in"
        fix = "record every input (reagents, air, water), or check the weights"
        findings.append(Finding("ORL-0213", Severity.NOTE, event["id"], message, fix))
    state = State.HELD if held else State.ACCEPTED
    around.closed.post(event, state)
    for book in (around.credits, around.invoices):
        wrong = None if book is None else book.post(event, state)
        findings.extend([] if wrong is None else [wrong])
    if held:
        return State.HELD, rows, held + findings
    return (State.WITH_FINDINGS if findings else State.ACCEPTED), rows, findings


def _row(side: int, lot: str, low: int, high: int) -> LineRow:
    if side == MENTION:
        return LineRow(side, lot, None, None)
    return LineRow(side, lot, low, None if high == UNBOUNDED_MG else high)


def _reasons_to_hold(
    event: Mapping[str, Any], kind: str, around: Surroundings
) -> Iterator[Finding]:
    if kind in {"attest", "declare"}:
        return
    for site in around.closed.touched(event, around.find):
        what = "what it changes" if kind == "correct" and site != event.get("site") else "it"
        message = f"the period of {site} in which {what} falls is closed"
        fix = "a named person releases it with an attest event, or correct its time"
        yield Finding("ORL-0221", Severity.WARNING, event["id"], message, fix)
    external = event.get("external_id")
    if external is not None:
        other = around.external.get((event.get("party", ""), external))
        if other is not None and other != event["id"]:
            message = f"the document {external} was already entered as {other}"
            fix = "if it is another fact, a named person releases it; else leave it held"
            yield Finding("ORL-0222", Severity.WARNING, event["id"], message, fix)


def _lateness(event: Mapping[str, Any], kind: str, around: Surroundings) -> Iterator[Finding]:
    if kind not in MATERIAL_KINDS:
        return
    time_us = instant_us(event["time"])
    days = (around.latest_us - time_us) // 86_400_000_000
    if days > LATE_AFTER_DAYS:
        message = f"entered when the ledger already knew of things {days} days later"
        fix = "nothing: what rests on it is restated; see known_at"
        yield Finding("ORL-0214", Severity.NOTE, event["id"], message, fix)
    around.latest_us = max(around.latest_us, time_us)


def _book(
    event: Mapping[str, Any],
    side: int,
    lot: str,
    line: Mapping[str, Any],
    dry: tuple[int, int],
    lots: dict[str, LotHead],
) -> Iterator[Finding]:
    if side == MENTION:
        return
    where, head = event["id"], lots.get(lot)
    if head is None:
        # Within an interval a stream may go in before it comes out: the regrind of the day.
        if side == IN and "time_start" not in event:
            message = f"{lot} is drawn but nobody recorded where it came from"
            fix = "record its extraction or receipt; until then its origin is UNKNOWN"
            yield Finding("ORL-0210", Severity.WARNING, where, message, fix)
        head = lots[lot] = LotHead(0, 0, bool(line.get("continuing")), side == COUNT)
        if side not in {IN, OUT, COUNT}:
            head.dry_low_mg, head.dry_high_mg = dry
            return
    if side == OUT:
        if head.produced and not (head.continuing or line.get("continuing")):
            message = f"{lot} is produced a second time"
            fix = "mark the line continuing if it is a pile or tank, else give a new lot name"
            yield Finding("ORL-0211", Severity.WARNING, where, message, fix)
        head.continuing = head.continuing or bool(line.get("continuing"))
        _add_made(head, dry)
    elif side == COUNT:
        head.dry_low_mg, head.dry_high_mg = dry
    elif side == IN:
        if dry[0] > head.dry_high_mg and (head.produced or head.dry_high_mg > 0):
            message = f"the book stock of {lot} falls below zero"
            fix = "look for an unrecorded addition, a wrong weight or a wrong date"
            yield Finding("ORL-0212", Severity.WARNING, where, message, fix)
        head.dry_low_mg = 0 if dry[1] == UNBOUNDED_MG else max(head.dry_low_mg - dry[1], -_DEEP)
        if head.dry_high_mg != UNBOUNDED_MG:
            head.dry_high_mg = max(head.dry_high_mg - dry[0], -_DEEP)


def _add_made(head: LotHead, dry: tuple[int, int]) -> None:
    """Add what was made; a dispatch or receipt entered before was of the same mass."""
    if head.produced or head.continuing or head.dry_high_mg <= 0:
        head.dry_low_mg = min(head.dry_low_mg + dry[0], UNBOUNDED_MG - 1)
        head.dry_high_mg = _saturated(head.dry_high_mg, dry[1])
    elif head.dry_high_mg == UNBOUNDED_MG:
        head.dry_low_mg, head.dry_high_mg = dry
    head.produced = True


_DEEP = 2**62


def _saturated(left: int, right: int) -> int:
    if UNBOUNDED_MG in {left, right}:
        return UNBOUNDED_MG
    return min(left + right, UNBOUNDED_MG)
