"""What reports say: what pages and programs ask of the reports that a server watches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from oreline.api._answers_watch_acts import against_of
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.api._watching import watched_of
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl

    from oreline.record import Passage
    from oreline.watch import Claim, Document, Event, Gaps, Timeline, Watched

VERDICTS: Final = ("agreed", "differs", "single")
"""The verdicts on an event, as they are listed."""
TEXT_CHARS_MAX: Final = 200_000
"""How much of a report's text one answer holds; the claims of the rest are listed all the same."""
AROUND_CHARS: Final = 120
"""How much of a report's text is shown before and after a claim."""
FOUND_IN: Final = ("report", "claim", "evidence", "event")
"""What a search finds words in."""
OUTLETS_NAMED: Final = 6
"""How many outlets a source line names."""


@dataclass(frozen=True, slots=True)
class ClaimQuestion:
    """Which claims are asked for: all that fit everything that is given."""

    kind: str = ""
    verdict: str = ""
    status: str = ""
    report: str = ""
    outlet: str = ""
    name: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    day: date | None = None


def watch_summary(view: View, day: date | None = None) -> dict[str, Any]:
    """Return how many reports, claims and events there are, and what is wrong with files.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    found = watched_of(view, day)
    return {
        "version": watch_version(view),
        "day": None if day is None else day.isoformat(),
        "reports": len(found.documents),
        "claims": len(found.claims),
        "events": len(found.events),
        "by_kind": _counted(one.kind for one in found.events),
        "by_verdict": {
            one: sum(event.verdict == one for event in found.events) for one in VERDICTS
        },
        "same_text": [{"report": one, "as": two} for one, two in found.same],
        "shared_words": [one.to_json() for one in found.kin],
        "undated_reports": [one.name for one in found.documents if one.published.day is None],
        "findings": [one.to_json() for one in found.findings],
    }


def watch_version(view: View) -> str:
    """Return a mark of what lies in the watched folders: another one where anything has changed."""
    return "" if view.is_partial else view.desk.watching.version()


def watch_reports(view: View, day: date | None = None) -> dict[str, Any]:
    """Return the reports, each with its source and how many claims it makes.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    found = watched_of(view, day)
    claims = _counted(one.document for one in found.claims)
    rows = [{**one.to_json(), "claims": claims.get(one.name, 0)} for one in found.documents]
    return {
        "reports": rows,
        "same_text": [{"report": one, "as": two} for one, two in found.same],
        "shared_words": [one.to_json() for one in found.kin],
        "findings": [one.to_json() for one in found.findings],
    }


def watch_report(view: View, name: str) -> dict[str, Any]:
    """Return one report with its text and where in it each claim stands.

    Of a report of which only sentences are kept, the text is those sentences.

    Raises
    ------
    NotFoundError
        If there is no such report for this person.
    """
    found = watched_of(view)
    document = _document(found, name)
    spans: list[dict[str, Any]] = [
        {
            "claim": claim.id,
            "event": event.id,
            "kind": claim.kind,
            "status": claim.status,
            "title": event.title,
            "verdict": event.verdict,
            "start": claim.start,
            "end": claim.end,
        }
        for event in found.events
        for claim in event.claims
        if claim.document == name
    ]
    spans.sort(key=lambda one: (one["start"], -one["end"], one["claim"]))
    return {
        **document.to_json(),
        "text": document.text[:TEXT_CHARS_MAX],
        "text_is_cut": len(document.text) > TEXT_CHARS_MAX,
        "only_quotes": document.kind == "quotes",
        "spans": spans,
        "shared_words": [one.to_json() for one in found.kin if name in (one.first, one.second)],
        "same_text": [one for one, two in found.same if two == name],
    }


def watch_events(
    view: View, kind: str = "", verdict: str = "", day: date | None = None, ledger: str = ""
) -> dict[str, Any]:
    """Return the events in short: their verdicts, and of each point what is said.

    ``ledger`` is the gravest verdict on an event's claims beside the ledger; None where it has
    nothing to hold them against. How many events have each is counted before any is left out.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    InputError
        If there is no such kind or verdict.
    """
    found = watched_of(view, day)
    _check(kind, verdict, ledger)
    gravest = against_of(view, day).gravest()
    line = watch_line(view, day)
    entries = {one.event: one for one in line.entries}
    rows = []
    for event in found.events:
        if (kind and event.kind != kind) or (verdict and event.verdict != verdict):
            continue
        if ledger and gravest.get(event.id) != ledger:
            continue
        told = event.to_json()
        del told["claims"]
        entry = entries[event.id].to_json()
        del entry["readings"]
        beside = gravest.get(event.id)
        rows.append({**told, "claims": len(event.claims), "time": entry, "ledger": beside})
    return {
        "events": rows,
        "by_ledger": _counted(gravest.values()),
        "undated_reports": list(line.undated),
    }


def watch_event(view: View, identity: str, day: date | None = None) -> dict[str, Any]:
    """Return one event: every claim, the reports side by side, its ladder and its arithmetic.

    Raises
    ------
    NotFoundError
        If there is no such event for this person.
    """
    from oreline.watch import LADDERS, entry_of

    found = watched_of(view, day)
    event = found.event(identity)
    if event is None:
        raise NotFoundError(
            f"no event here has the id {identity!r}: a new report may have joined it to another"
        )
    return {
        **event.to_json(),
        "ladder": list(LADDERS[event.kind]),
        "why": {one.id: _why(found, one) for one in event.claims},
        "time": entry_of(event, {one.name: one for one in found.documents}).to_json(),
        "sources": [_source(found, event, name) for name in event.reports],
        "shared_words": [
            one.to_json()
            for one in found.kin
            if one.first in event.reports and one.second in event.reports
        ],
        "checks": [
            {"claim": one.id, "report": one.document, "says": says}
            for one in event.claims
            for says in one.checks
        ],
    }


def _why(found: Watched, claim: Claim) -> list[dict[str, str]]:
    from oreline.watch import explain

    return [{"what": what, "how": how} for what, how in explain(found, claim.id).steps()]


def _source(found: Watched, event: Event, name: str) -> dict[str, Any]:
    document = _document(found, name)
    claims = [one for one in event.claims if one.document == name]
    return {
        **document.to_json(),
        "claims": [one.id for one in claims],
        "excerpts": list(_excerpts(document, claims)),
        "says": {
            point.slot: told.text
            for point in event.points
            for told in point.told
            if told.document == name
        },
    }


def _excerpts(document: Document, claims: Iterable[Claim]) -> Iterator[dict[str, Any]]:
    """Yield the parts of a text around claims, each with the places of the claims in it."""
    ordered = sorted(claims, key=lambda one: (one.start, -one.end))
    groups: list[list[Claim]] = []
    end = -1
    for one in ordered:
        if groups and one.start - AROUND_CHARS <= end + AROUND_CHARS:
            groups[-1].append(one)
        else:
            groups.append([one])
        end = max(end, one.end)
    length = len(document.text)
    for group in groups:
        start = max(0, group[0].start - AROUND_CHARS)
        last = min(length, max(one.end for one in group) + AROUND_CHARS)
        yield {
            "start": start,
            "end": last,
            "text": document.text[start:last],
            "begins": start == 0,
            "ends": last == length,
            "spans": [
                {"claim": one.id, "start": one.start - start, "end": one.end - start}
                for one in group
            ],
        }


def watch_claims(view: View, question: ClaimQuestion, *, limit: int, at: int = 0) -> dict[str, Any]:
    """Return claims that fit a question, each with its event and the verdict on it.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    InputError
        If there is no such kind or verdict.
    """
    found = watched_of(view, question.day)
    chosen = _chosen(found, question)
    rows = [
        {**claim.to_json(), "event": event.id, "verdict": event.verdict}
        for event, claim in chosen[at : at + limit]
    ]
    return {"total": len(chosen), "at": at, "claims": rows}


def watch_claims_frame(view: View, question: ClaimQuestion) -> pl.DataFrame:
    """Return the same claims as a table, all of them."""
    found = watched_of(view, question.day)
    ids = [claim.id for _, claim in _chosen(found, question)]
    frame = found.to_frame()
    return frame.filter(frame["claim"].is_in(ids))


def _chosen(found: Watched, question: ClaimQuestion) -> list[tuple[Event, Claim]]:
    from oreline.watch import normal_name

    _check(question.kind, question.verdict)
    documents = {one.name: one for one in found.documents}
    named = normal_name(question.name)
    words = question.text.casefold().split()
    return [
        (event, claim)
        for event in found.events
        if not question.kind or event.kind == question.kind
        if not question.verdict or event.verdict == question.verdict
        for claim in event.claims
        if not question.status or claim.status == question.status
        if not question.report or claim.document == question.report
        if _is_within(documents[claim.document], question)
        if not named or any(named in normal_name(one) for one in _names(claim))
        if all(one in claim.sentence.casefold() for one in words)
    ]


def _is_within(document: Document, question: ClaimQuestion) -> bool:
    """Return whether a report is of an outlet and of days; one of no known day is of none."""
    if question.outlet and (document.outlet.value or "") != question.outlet:
        return False
    day = document.published.day
    if question.since is not None and (day is None or day < question.since):
        return False
    return question.until is None or (day is not None and day <= question.until)


def _names(claim: Claim) -> tuple[str, ...]:
    slots = tuple(name for name, _ in claim.slots)
    speaker = claim.attribution.speaker
    return (*claim.names(*slots), *(() if speaker is None else (speaker,)))


def watch_entities(view: View, day: date | None = None) -> dict[str, Any]:
    """Return who is who: every name with what it stands for; what is new is proposed only.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    return {"entities": [one.to_json() for one in watched_of(view, day).entities]}


def watch_timeline(view: View, day: date | None = None, kind: str = "") -> dict[str, Any]:
    """Return the events in the order of time; with ``day``, as was known by then.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    _check(kind, "")
    told = watch_line(view, day).to_json()
    told["entries"] = [one for one in told["entries"] if not kind or one["kind"] == kind]
    return told


def watch_line(view: View, day: date | None = None) -> Timeline:
    """Return the timeline of the watched reports.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import published_by, timeline

    undated = () if day is None else published_by(watched_of(view).documents, day)[1]
    return timeline(watched_of(view, day), as_of=day, undated=undated)


def watch_svg(view: View, day: date | None = None) -> str:
    """Return the timeline as a picture for a brief, with its source line inside.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    InputError
        If there is no event with a day to draw.
    """
    from oreline.watch import timeline_svg

    told = watch_line(view, day)
    documents = watched_of(view, day).documents
    outlets = sorted({one.outlet.value for one in documents if one.outlet.value is not None})
    named = ", ".join(outlets[:OUTLETS_NAMED]) + (" and others" if outlets[OUTLETS_NAMED:] else "")
    return timeline_svg(told, f"{len(documents)} reports ({named or 'outlets not found'})")


def watch_gaps(view: View, event: str = "", day: date | None = None) -> dict[str, Any]:
    """Return what no report states, although the model needs it; of one event or of all.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    told = watch_gaps_of(view, day).to_json()
    told["events"] = [one for one in told["events"] if not event or one["event"] == event]
    return told


def watch_gaps_of(view: View, day: date | None = None) -> Gaps:
    """Return the gaps of all events.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import gaps_of

    return gaps_of(watched_of(view, day))


def watch_claim(view: View, identity: str, day: date | None = None) -> dict[str, Any]:
    """Return why a claim is made: its characters, its rule, how its days were reached.

    Raises
    ------
    NotFoundError
        If there is no such claim for this person.
    """
    from oreline.watch import explain

    found = watched_of(view, day)
    try:
        return explain(found, identity).to_json()
    except InputError as error:
        raise NotFoundError(str(error)) from None


def watch_search(
    view: View, words: str, kinds: Sequence[str] = (), *, limit: int
) -> dict[str, Any]:
    """Return where words stand in reports, claims, evidence and events of the ledger, best first.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    InputError
        If no word is given, or there is no such kind.
    """
    if unknown := sorted(set(kinds) - set(FOUND_IN)):
        raise InputError(f"{', '.join(unknown)}: there are {', '.join(FOUND_IN)}")
    found, desk = watched_of(view), view.desk
    desk.watching.shelve(desk.store, desk.today())
    by_end = _by_plain_name(view, found)

    def sees(passage: Passage) -> bool:
        # The shelf may hold reports of folders that another program searched.
        return passage.kind in ("evidence", "event") or bool(_report_of(passage, by_end))

    hits = desk.store.shelf().search(words, kinds=kinds, limit=limit, sees=sees)
    rows = []
    for hit in hits:
        document = _report_of(hit.passage, by_end)
        rows.append({**hit.to_json(), "report": None if document is None else document.name})
    return {"words": words, "hits": rows}


def _by_plain_name(view: View, found: Watched) -> dict[str, list[Document]]:
    """Return reports by the names that they have in their own folders."""
    prefixes = [one.prefix for one in view.desk.watching.places() if one.prefix]
    told: dict[str, list[Document]] = {}
    for one in found.documents:
        told.setdefault(one.name, []).append(one)
        for prefix in prefixes:
            if one.name.startswith(prefix):
                told.setdefault(one.name.removeprefix(prefix), []).append(one)
    return told


def _report_of(passage: Passage, by_name: Mapping[str, Sequence[Document]]) -> Document | None:
    """Return the report that a passage stands in: that which has its text at its place."""
    if passage.kind in ("evidence", "event"):
        return None
    for one in by_name.get(passage.place, ()):
        if one.text[passage.start : passage.end] == passage.text:
            return one
    return None


def watch_export(view: View, form: str) -> str:
    """Return reports, claims and events as FollowTheMoney entities or as PROV-O.

    Raises
    ------
    NotFoundError
        If this person is shown no reports.
    """
    from oreline.watch import to_ftm, to_prov

    return (to_ftm if form == "ftm" else to_prov)(watched_of(view))


def _document(found: Watched, name: str) -> Document:
    document = next((one for one in found.documents if one.name == name), None)
    if document is None:
        raise NotFoundError(f"no report here is called {name!r}")
    return document


def _counted(values: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in values:
        found[one] = found.get(one, 0) + 1
    return found


def _check(kind: str, verdict: str, ledger: str = "") -> None:
    from oreline.watch import KINDS, LEDGER_VERDICTS

    known: Mapping[str, tuple[str, tuple[str, ...]]] = {
        "kind": (kind, KINDS),
        "verdict": (verdict, VERDICTS),
        "verdict beside the ledger": (ledger, LEDGER_VERDICTS),
    }
    for name, (given, listed) in known.items():
        if given and given not in listed:
            raise InputError(f"no {name} is called {given!r}; there are {', '.join(listed)}")
