"""A timeline in two times: when something happened, and when it was published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from oreline.watch._claim import LADDERS, Claim, When
from oreline.watch._reconcile import meeting
from oreline.watch._source import Document
from oreline.watch._watched import Event, Watched

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Reading:
    """The days on which one sentence puts an event, with the day it was published."""

    claim: str
    report: str
    outlet: str | None
    status: str
    first: date | None
    last: date | None
    said: str
    basis: str
    published: date | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "claim": self.claim,
            "report": self.report,
            "outlet": self.outlet,
            "status": self.status,
            "first": _text(self.first),
            "last": _text(self.last),
            "said": self.said,
            "basis": self.basis,
            "published": _text(self.published),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One event on the timeline.

    Attributes
    ----------
    first, last
        The days that fit every sentence that names any; where none do, all that are named. None
        where no sentence names a day.
    is_contested
        Whether no day fits all sentences.
    step
        The furthest step of the ladder of its kind that a report states; what is denied, cancelled
        or postponed comes before it.
    known_since
        The first day on which a report of it was published; None where no such day is known.
    """

    event: str
    kind: str
    title: str
    verdict: str
    step: str
    first: date | None
    last: date | None
    is_contested: bool
    known_since: date | None
    published: tuple[date, ...]
    reports: int
    independent: int
    readings: tuple[Reading, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "event": self.event,
            "kind": self.kind,
            "title": self.title,
            "verdict": self.verdict,
            "step": self.step,
            "first": _text(self.first),
            "last": _text(self.last),
            "contested": self.is_contested,
            "known_since": _text(self.known_since),
            "published": [one.isoformat() for one in self.published],
            "reports": self.reports,
            "independent": self.independent,
            "readings": [one.to_json() for one in self.readings],
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events by the day on which they happened, or else were first published.

    ``as_of`` is the day whose knowledge it shows; ``undated`` are the reports of no known day of
    publication, which no past day can be said to have known: with ``as_of`` they are left out.
    """

    entries: tuple[Entry, ...]
    as_of: date | None
    undated: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "as_of": _text(self.as_of),
            "entries": [one.to_json() for one in self.entries],
            "undated_reports": list(self.undated),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table, one row for each sentence that puts an event in time."""
        import polars as pl

        rows = [
            {
                "event": one.event,
                "kind": one.kind,
                "title": one.title,
                "verdict": one.verdict,
                "step": one.step,
                "event_first": _text(one.first),
                "event_last": _text(one.last),
                "contested": one.is_contested,
                "known_since": _text(one.known_since),
                "status": reading.status,
                "first_day": _text(reading.first),
                "last_day": _text(reading.last),
                "said": reading.said,
                "basis": reading.basis,
                "report": reading.report,
                "outlet": reading.outlet,
                "published": _text(reading.published),
                "claim": reading.claim,
            }
            for one in self.entries
            for reading in one.readings
        ]
        schema = pl.Schema(
            {name: pl.Boolean if name == "contested" else pl.String for name in COLUMNS}
        )
        return pl.DataFrame(rows, schema=schema)


COLUMNS = (
    "event",
    "kind",
    "title",
    "verdict",
    "step",
    "event_first",
    "event_last",
    "contested",
    "known_since",
    "status",
    "first_day",
    "last_day",
    "said",
    "basis",
    "report",
    "outlet",
    "published",
    "claim",
)
"""The columns of the table of a timeline."""


def published_by(
    documents: Iterable[Document], day: date
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Give the reports that were published by a day, and the names of those of no known day."""
    kept: list[Document] = []
    undated: list[str] = []
    for one in documents:
        if one.published.day is None:
            undated.append(one.name)
        elif one.published.day <= day:
            kept.append(one)
    return tuple(kept), tuple(undated)


def timeline(found: Watched, *, as_of: date | None = None, undated: Iterable[str] = ()) -> Timeline:
    """Put events in the order of time.

    Parameters
    ----------
    found
        What was read. For the knowledge of a day it is made from the reports that
        :func:`published_by` gives, so that what agreed and differed is as of that day, too.
    as_of
        The day whose knowledge it is; None for all.
    undated
        The reports that were left out since the day of their publication is not known.
    """
    documents = {one.name: one for one in found.documents}
    entries = [entry_of(event, documents) for event in found.events]
    entries.sort(key=_order)
    names = tuple(undated) or tuple(
        one.name for one in found.documents if one.published.day is None
    )
    return Timeline(tuple(entries), as_of, names)


def entry_of(event: Event, documents: Mapping[str, Document]) -> Entry:
    """Return when an event happened and when it became known; ``documents`` are by name."""
    readings = tuple(_reading(one, documents[one.document]) for one in event.claims)
    known = [
        one.when
        for one in event.claims
        if one.when is not None and one.when.first is not None and one.when.last is not None
    ]
    days = sorted({one.published for one in readings if one.published is not None})
    fits = meeting(known) if known else None
    first, last = fits if fits is not None else _hull(known)
    return Entry(
        event.id,
        event.kind,
        event.title,
        event.verdict,
        furthest(event),
        first,
        last,
        bool(known) and fits is None,
        days[0] if days else None,
        tuple(days),
        len(event.reports),
        event.independent,
        readings,
    )


def _reading(claim: Claim, document: Document) -> Reading:
    when = claim.when
    return Reading(
        claim.id,
        claim.document,
        document.outlet.value,
        claim.status,
        None if when is None else when.first,
        None if when is None else when.last,
        "" if when is None else when.said,
        "" if when is None else when.basis,
        document.published.day,
    )


def _hull(known: Iterable[When]) -> tuple[date | None, date | None]:
    firsts = [one.first for one in known if one.first is not None]
    lasts = [one.last for one in known if one.last is not None]
    return min(firsts, default=None), max(lasts, default=None)


def furthest(event: Event) -> str:
    """Return the furthest step that a report states of an event; one off the ladder comes first."""
    ladder = LADDERS[event.kind]
    stated = list(dict.fromkeys(one.status for one in event.claims))
    off = [one for one in stated if one not in ladder]
    return off[0] if off else max(stated, key=ladder.index)


def _order(entry: Entry) -> tuple[date, date, str, str]:
    """Order by the first day; what has no day stands where it became known."""
    first = entry.first or entry.known_since or date.max
    return first, entry.last or first, entry.kind, entry.event


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
