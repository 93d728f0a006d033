"""What is open about lots that stand in books: what the books lack or cannot have right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import orjson

from oreline.ask._known import Known
from oreline.ask._question import OpenQuestion, Standing
from oreline.model import UNBOUNDED_MG
from oreline.record import DRY, DRY_FROM_INPUTS, INHERITS, OUT
from oreline.trace import UNKNOWN, Tracer

_OF_SHIPMENTS = (
    "port_of_loading",
    "bill_of_lading",
    "receiving_plant",
    "next_processor",
    "title",
    "hs_code",
    "price",
)


def booked_questions(
    tracer: Tracer, known: Known, reported: frozenset[str]
) -> Iterator[OpenQuestion]:
    """Yield what is open in the books; ``reported`` are lots that are asked about elsewhere."""
    yield from _of_production(tracer, known, reported)
    yield from _of_origins(tracer, reported)
    yield from _of_shipments(known, reported)
    yield from _overdrawn(tracer)
    yield from _held(tracer)
    yield from _outstanding(tracer, known, reported)


def _of_production(
    tracer: Tracer, known: Known, reported: frozenset[str]
) -> Iterator[OpenQuestion]:
    """Yield masses, grades and uncertainties that the lines of production lack."""
    books = tracer.graph.books
    lines, columns = books.lines, books.ledger.columns
    names = columns.lots.names
    tracked = {
        identity
        for identity, version in books.ledger.current("material").items()
        if version.data.get("tracked")
    }
    is_tracked = np.array([name in tracked for name in columns.materials.names] + [False])
    material = np.array(columns.lines.material, np.int64)
    low, high = lines.dry[:, 0], lines.dry[:, 1]
    lacks = {
        "mass": (high == UNBOUNDED_MG) & (lines.flags & DRY_FROM_INPUTS == 0),
        "moisture": (low != high) & (high != UNBOUNDED_MG),
        "assay": is_tracked[material] & (lines.flags & INHERITS == 0),
        "uncertainty": (low == high) & (low > 0) & np.isnan(lines.dry_u),
    }
    asked: set[tuple[str, str]] = set()
    for line in np.flatnonzero((lines.side == OUT) & np.any(list(lacks.values()), axis=0)).tolist():
        lot = names[int(lines.lot[line])]
        if lot in reported:
            continue
        for subject in (name for name, is_open in lacks.items() if is_open[line]):
            if subject in {"moisture", "assay"} and known.has(subject, lot):
                continue
            if (subject, lot) not in asked:
                asked.add((subject, lot))
                yield _unknown(subject, lot, "not recorded")


def _of_origins(tracer: Tracer, reported: frozenset[str]) -> Iterator[OpenQuestion]:
    for origin in tracer.origins[1:]:
        if origin.lot in reported:
            continue
        if origin.site == UNKNOWN:
            yield _unknown("mine", origin.lot, "the lot begins without a recorded origin")
        if origin.district == UNKNOWN:
            yield _unknown("district", origin.lot, "the district is not stated")


def _of_shipments(known: Known, reported: frozenset[str]) -> Iterator[OpenQuestion]:
    for shipment in known.shipments:
        lots = tuple(lot for lot in shipment.lots if lot not in reported)
        for subject in _OF_SHIPMENTS if lots else ():
            if subject == "bill_of_lading":
                has_paper = bool(shipment.documents) or shipment.event in known.paper_of
                missing = () if has_paper else lots
            else:
                missing = tuple(lot for lot in lots if not known.has(subject, lot))
            if missing:
                yield OpenQuestion(
                    subject,
                    shipment.event,
                    Standing.UNKNOWN,
                    "not recorded",
                    missing,
                    reported=False,
                )


def _overdrawn(tracer: Tracer) -> Iterator[OpenQuestion]:
    books = tracer.graph.books
    names = books.ledger.columns.lots.names
    for lot in np.flatnonzero(books.book(DRY).overdrawn).tolist():
        yield OpenQuestion(
            "overdrawn",
            names[lot],
            Standing.TO_CHECK,
            "more dry mass was drawn than the book held",
            (names[lot],),
            reported=False,
        )


def _held(tracer: Tracer) -> Iterator[OpenQuestion]:
    ledger = tracer.graph.ledger
    for seq in sorted(ledger.verdicts.held):
        event = orjson.loads(ledger.raw[seq])
        detail = "; ".join(finding.message for place, finding in ledger.findings if place == seq)
        yield OpenQuestion(
            "held", event["id"], Standing.TO_CHECK, detail or "held", (), reported=False
        )


def _outstanding(tracer: Tracer, known: Known, reported: frozenset[str]) -> Iterator[OpenQuestion]:
    sampled = {lot: sample for sample, (lot, _) in tracer.graph.ledger.columns.samples.items()}
    for lot in sorted(sampled):
        if lot not in reported and not known.has("assay", lot):
            yield _unknown("assay_outstanding", lot, f"sample {sampled[lot]} has no result")


def _unknown(subject: str, lot: str, detail: str) -> OpenQuestion:
    return OpenQuestion(subject, lot, Standing.UNKNOWN, detail, (lot,), reported=False)
