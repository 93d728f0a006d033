"""What is open about lots that are known from reports: everything that nobody published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oreline.ask._known import NOT_STATED, Known
from oreline.ask._question import OpenQuestion, Standing
from oreline.ask._subjects import subjects
from oreline.record import Ledger

_STAGES = {"seen": 0, "dispatched": 1, "in_transit": 2, "delivered": 3}


@dataclass(frozen=True, slots=True)
class Batch:
    """Lots that are reported together, with the events that report them, by time."""

    lots: tuple[str, ...]
    events: tuple[Mapping[str, Any], ...]


def reported_batches(ledger: Ledger) -> tuple[Batch, ...]:
    """Return the lots that observations name, gathered where one observation names several."""
    group: dict[str, int] = {}
    members: dict[int, list[str]] = {}
    for number, event in enumerate(ledger.observed):
        joined = {group[seen["lot"]] for seen in event["body"]["lots"] if seen["lot"] in group}
        target = min(joined, default=number)
        lots = members.setdefault(target, [])
        for other in sorted(joined - {target}):
            lots.extend(members.pop(other))
        lots.extend(seen["lot"] for seen in event["body"]["lots"] if seen["lot"] not in group)
        group.update(dict.fromkeys(lots, target))
    return tuple(
        Batch(tuple(lots), tuple(_naming(ledger, frozenset(lots))))
        for _, lots in sorted(members.items())
    )


def _naming(ledger: Ledger, lots: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    for event in sorted(ledger.observed, key=lambda event: (event["time"], event["seq"])):
        if any(seen["lot"] in lots for seen in event["body"]["lots"]):
            yield event


def statuses(batch: Batch) -> tuple[str, ...]:
    """Return the statuses that a batch is reported to have, each once, in order of time."""
    return tuple(dict.fromkeys(event["body"]["status"] for event in batch.events))


def is_contested(batch: Batch) -> bool:
    """Return whether the reports of a batch's status do not fit together.

    Going on from dispatched to delivered on a later day is no contradiction; two statuses for one
    day are, and so is a later report of an earlier stage.
    """
    told = [
        (event["time"][:10], _STAGES[event["body"]["status"]])
        for event in batch.events
        if event["body"]["status"] != "seen"
    ]
    return any(
        (day == before and stage != earlier) or (day > before and stage < earlier)
        for place, (before, earlier) in enumerate(told)
        for day, stage in told[place + 1 :]
    )


def claimed_origin(batch: Batch, lot: str) -> dict[str, str]:
    """Return what is reported of a lot's origin: country, district, site, party."""
    claim: dict[str, str] = {}
    for event in batch.events:
        for seen in event["body"]["lots"]:
            if seen["lot"] == lot:
                claim |= {
                    key: str(value)
                    for key, value in seen.get("origin", {}).items()
                    if key in {"country", "district", "site", "party"}
                }
    return claim


def reported_questions(ledger: Ledger, known: Known) -> Iterator[OpenQuestion]:
    """Yield what is open about every reported batch, and about the framework it belongs to."""
    for batch in reported_batches(ledger):
        for subject in subjects().values():
            if subject.level == "lot" and subject.id in _PUBLISHABLE:
                for lot in batch.lots:
                    if not _is_known(subject.id, batch, lot, known):
                        detail = _missing(subject.id)
                        yield OpenQuestion(
                            subject.id, lot, Standing.UNKNOWN, detail, (lot,), reported=True
                        )
            elif subject.level == "shipment":
                yield from _of_shipment(subject.id, batch, known)
    yield from _of_framework(ledger)


_PUBLISHABLE = frozenset(
    {"mass", "moisture", "assay", "form", "district", "mine", "hs_code", "price"}
)


def _is_known(subject: str, batch: Batch, lot: str, known: Known) -> bool:
    if subject == "district":
        origin = claimed_origin(batch, lot)
        return "district" in origin or "site" in origin
    if subject == "mine":
        return "site" in claimed_origin(batch, lot)
    return known.has(subject, lot)


def _missing(subject: str) -> str:
    return NOT_STATED if subject == "form" else "not published"


def _of_shipment(subject: str, batch: Batch, known: Known) -> Iterator[OpenQuestion]:
    about = batch.lots[0] if len(batch.lots) == 1 else f"batch of {batch.lots[0]}"
    if subject == "status":
        if is_contested(batch):
            detail = " and ".join(statuses(batch)) + " are both reported"
            yield OpenQuestion(
                subject, about, Standing.CONTESTED, detail, batch.lots, reported=True
            )
        return
    missing = tuple(lot for lot in batch.lots if not known.has(subject, lot))
    if missing:
        yield OpenQuestion(
            subject, about, Standing.UNKNOWN, "not published", missing, reported=True
        )


def _of_framework(ledger: Ledger) -> Iterator[OpenQuestion]:
    for identity, phase in sorted(ledger.current("phase").items()):
        if phase.data.get("budget") and not (phase.valid_from or phase.data.get("start")):
            yield OpenQuestion(
                "signing_date", identity, Standing.UNKNOWN, "no day is stated", (), reported=True
            )


def batch_lots(batches: Sequence[Batch]) -> frozenset[str]:
    """Return the lots of all batches."""
    return frozenset(lot for batch in batches for lot in batch.lots)
