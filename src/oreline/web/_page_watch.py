"""Watch: who reports what, and what of it is so? It follows the folders while one looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    NotFoundError,
    watch_entities,
    watch_events,
    watch_reports,
    watch_search,
    watch_summary,
    watch_svg,
    watch_version,
)
from oreline.model import InputError, OrelineError
from oreline.web._blocks import (
    Column,
    callout,
    chips,
    empty_state,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    table,
    tiles,
)
from oreline.web._frame import Visit, head, markup, page, panel, problem_block
from oreline.web._stress_pictures import PICTURE_SCRIPT, show_picture
from oreline.web._strings import msg
from oreline.web._watch_parts import AGAINST, KINDS, VERDICTS, event_cards, marked, watch_tabs

HERE = "/watch"
LOOKS_EVERY_S = 2.0
"""How often an open page asks whether something is new in the folders."""
HITS_MAX = 20
"""How many places a search shows."""
FOUND_IN = {
    "report": msg("report"),
    "claim": msg("claim"),
    "evidence": msg("evidence"),
    "event": msg("entry"),
}
"""What a search finds words in."""
CARDS_MAX = 60
"""How many events a page shows at first."""
NAMES_MAX = 60
"""How many names it shows."""


@page(HERE, "Watch")
async def watch_page(visit: Visit) -> None:
    """Show the events that reports tell of, and follow the folders."""
    t = visit.t
    head(t("Watch"), t("Who reports what, and what of it is so?"))
    markup(watch_tabs(visit))
    day = day_of(visit)
    try:
        summary = await visit.answer(watch_summary, day)
    except NotFoundError as error:
        markup(empty_state(t("No reports are watched here"), h('<p lang="en">{}</p>', error)))
        return
    # What follows later cannot bring a script with it.
    ui.add_head_html(PICTURE_SCRIPT)
    _asking(visit)
    if visit.given("q"):
        await _search(visit, visit.given("q"))
    news = ui.element("div").props("aria-live=polite id=news")
    body = ui.element("div").props("id=reported")
    follower = _Follower(visit, news, body, day)
    await follower.fill(summary)
    ui.timer(LOOKS_EVERY_S, follower.look)


class _Follower:
    """Puts into an open page what reports say, again whenever something in the folders changes."""

    def __init__(self, visit: Visit, news: ui.element, body: ui.element, day: date | None) -> None:
        self._visit = visit
        self._news = news
        self._body = body
        self._day = day
        self._version = ""
        self._names: set[str] = set()

    async def look(self) -> None:
        """Look whether anything has changed, and put what follows from it on the page."""
        visit, before = self._visit, self._names
        try:
            if await visit.answer(watch_version) == self._version:
                return
            await self.fill(await visit.answer(watch_summary, self._day))
            told = callout(_news(visit, sorted(self._names - before)), "good")
        except OrelineError as error:
            told = problem_block(visit, error)
        self._news.clear()
        with self._news:
            markup(told)

    async def fill(self, summary: Mapping[str, Any]) -> None:
        """Put what reports say into the page, in the place of what stood there."""
        visit, day = self._visit, self._day
        self._version = summary["version"]
        kind, verdict = visit.given("kind"), visit.given("verdict")
        events = await visit.answer(watch_events, kind, verdict, day, visit.given("ledger"))
        reports = await visit.answer(watch_reports, day)
        entities = await visit.answer(watch_entities, day)
        drawn = await visit.answer(watch_svg, day) if summary["events"] else ""
        self._names = {one["name"] for one in reports["reports"]}
        self._body.clear()
        with self._body:
            _summary(visit, summary)
            if drawn:
                with panel(visit.t("Timeline"), identity="timeline"):
                    _timeline(visit, drawn)
            _events(visit, summary, events)
            _new_names(visit, entities)
            _reports(visit, reports)


def _news(visit: Visit, new: list[str]) -> str:
    t = visit.t
    if not new:
        return t("The reports have changed; what follows from them stands below.")
    return t("New: {names}. What follows from it stands below.", names=", ".join(new))


def day_of(visit: Visit) -> date | None:
    """Return the day of knowledge that the address asks for, None for all that is known.

    Raises
    ------
    InputError
        If it is no day.
    """
    given = visit.given("day")
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InputError(f"{given!r} is no day; write it as 2025-10-04") from None


def _asking(visit: Visit) -> None:
    """Put the search and the day of knowledge on the page."""
    t = visit.t
    kept = [
        h('<input type="hidden" name="{}" value="{}">', name, visit.given(name))
        for name in ("kind", "verdict", "ledger")
        if visit.given(name)
    ]
    day = input_field("day", t("What was known on"), visit.given("day"), kind="date")
    search = input_field("q", t("Search reports"), visit.given("q"), kind="search")
    with ui.element("div").classes("two asking"):
        markup(question_form(visit.link(HERE), [search], t("Search")))
        markup(question_form(visit.link(HERE), [*kept, day], t("Show")))
    if visit.given("day"):
        words = t("As of {day}: later reports are left out, and so are those of no known day.",
                  day=visit.given("day"))  # fmt: skip
        back = h('<a href="{}">{}</a>', visit.here(day=""), t("Back to now"))
        markup(callout(h("{} {}", words, back), "warn"))


async def _search(visit: Visit, words: str) -> None:
    """Show where words stand in reports, evidence and the ledger."""
    t = visit.t
    with panel(t("Found: {words}", words=words), identity="found"):
        try:
            found = await visit.answer(watch_search, words, limit=HITS_MAX)
        except OrelineError as error:
            markup(problem_block(visit, error))
            return
        if not found["hits"]:
            markup(h('<p class="hint">{}</p>', t("Nothing was found.")))
        markup(h('<ol class="hits">{}</ol>', joined(_hit(visit, one) for one in found["hits"])))


def _hit(visit: Visit, hit: Mapping[str, Any]) -> Markup:
    t = visit.t
    spans = [{"start": start, "end": end} for start, end in hit["marks"]]
    address = ""
    if hit["report"] is not None:
        address = visit.link("/watch/report", name=hit["report"])
    elif hit["kind"] == "event":
        address = visit.link("/record/event", id=hit["place"])
    title = h('<bdi lang="en">{}</bdi>', hit["title"] or hit["place"])
    return h(
        '<li><p>{} <b>{}</b> <span class="source">{}</span></p><p lang="en">{}</p></li>',
        h('<span class="tag tag-reported">{}</span>', t(FOUND_IN[hit["kind"]])),
        h('<a href="{}">{}</a>', address, title) if address else title,
        hit["day"] or "",
        marked(hit["snippet"], spans),
    )


def _summary(visit: Visit, summary: Mapping[str, Any]) -> None:
    t, verdicts = visit.t, summary["by_verdict"]
    more = {
        "agreed": t("by reports independent of each other"),
        "differs": t("in at least one point"),
        "single": t("one report, or one text behind all"),
    }
    markup(
        tiles(
            [
                (t("Reports"), summary["reports"], t("{n} claims", n=summary["claims"])),
                (t("Events"), summary["events"], ""),
                *((t(VERDICTS[one]), verdicts[one], more[one]) for one in verdicts),
            ]
        )
    )
    wrong = [one for one in summary["findings"] if one["severity"] != "note"]
    if wrong:
        with panel(t("Files with problems"), identity="wrong"):
            markup(finding_list(wrong, t))


def _timeline(visit: Visit, drawn: str) -> None:
    day = visit.given("day")
    show_picture(
        visit,
        drawn,
        visit.link("/api/v1/watch/timeline/chart.svg", day=day),
        "timeline",
        visit.link("/api/v1/watch/timeline.csv", day=day),
    )


def _events(visit: Visit, summary: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    t, events = visit.t, found["events"]
    with panel(t("Events"), identity="events"):
        _choices(visit, summary, found["by_ledger"])
        if not events:
            markup(h('<p class="hint">{}</p>', t("No event fits this choice.")))
            return
        every = bool(visit.given("every"))
        markup(event_cards(visit, events if every else events[:CARDS_MAX]))
        if len(events) > CARDS_MAX and not every:
            words = t("Show all {n} events", n=len(events))
            markup(h('<p><a class="btn quiet" href="{}">{}</a></p>', visit.here(every=1), words))
        files = [("claims.csv", "CSV"), ("claims.xlsx", "Excel"), ("export/ftm", "FollowTheMoney"),
                 ("export/prov", "PROV-O")]  # fmt: skip
        links = joined(
            (h('<a class="btn quiet small" href="{}">{}</a>',
               visit.link(f"/api/v1/watch/{path}"), name) for path, name in files), " ",
        )  # fmt: skip
        markup(h('<p class="no-print"><b>{}</b> {}</p>', t("All claims as"), links))


def _choices(visit: Visit, summary: Mapping[str, Any], by_ledger: Mapping[str, int]) -> None:
    t, kind, verdict = visit.t, visit.given("kind"), visit.given("verdict")
    kinds = [(t("all kinds"), visit.here(kind=""), not kind)]
    kinds += [
        (f"{t(name)} {summary['by_kind'].get(one, 0)}", visit.here(kind=one), one == kind)
        for one, name in KINDS.items()
        if summary["by_kind"].get(one) or one == kind
    ]
    markup(chips(kinds, t("Kind")))
    verdicts = [(t("all verdicts"), visit.here(verdict=""), not verdict)]
    verdicts += [
        (t(VERDICTS[one]), visit.here(verdict=one), one == verdict) for one in summary["by_verdict"]
    ]
    markup(chips(verdicts, t("Verdict")))
    ledger = visit.given("ledger")
    beside = [(t("whatever the ledger has"), visit.here(ledger=""), not ledger)]
    beside += [
        (f"{t(words)} {by_ledger.get(one, 0)}", visit.here(ledger=one), one == ledger)
        for one, words in AGAINST.items()
        if by_ledger.get(one) or one == ledger
    ]
    if len(beside) > 1:
        markup(chips(beside, t("Against the ledger")))


def _new_names(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show names that nothing known has: for a person to add or not."""
    t = visit.t
    new = [
        one
        for one in found["entities"]
        if one["proposed"] and one["kind"] in ("company", "body", "site")
    ]
    known = [one for one in found["entities"] if one["table"] in ("parties", "sites")]
    if not new and not known:
        return
    columns = (
        Column("name", t("Name in reports")),
        Column("known", t("Stands for")),
        Column("score", t("Of 100"), is_number=True),
        Column("why", t("Why")),
        Column("reports", t("Reports"), is_number=True),
    )
    rows = [
        {
            "name": h('<bdi lang="en">{}</bdi>', one["name"]),
            "known": h('<bdi lang="en">{}</bdi> <span class="source">{}</span>',
                       one["known_as"], one["id"])
            if one["table"]
            else h('<span class="tag tag-unknown">{}</span>', t("new, for a person to add")),
            "score": f"{one['score']:.0f}" if one["table"] else "",
            "why": h('<span lang="en">{}</span>', one["reason"]),
            "reports": one["reports"],
        }
        for one in (*known, *new)[:NAMES_MAX]
    ]  # fmt: skip
    with panel(t("Who is who"), identity="names"):
        markup(table(columns, rows))


def _reports(visit: Visit, reports: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("report", t("Report")),
        Column("outlet", t("Outlet")),
        Column("published", t("Published")),
        Column("issuer", t("Issuer, wire")),
        Column("claims", t("Claims"), is_number=True),
        Column("hash", "SHA-256"),
    )
    rows = [
        {
            "report": h(
                '<a href="{}"><bdi>{}</bdi></a>',
                visit.link("/watch/report", name=one["name"]),
                one["title"]["value"] or one["name"],
            ),
            "outlet": one["outlet"]["value"] or t("not found"),
            "published": h('<span class="id">{}</span>', one["published"]["day"] or t("not found")),
            "issuer": ", ".join(
                told for told in (one["issuer"]["value"], one["wire"]["value"]) if told
            ),
            "claims": one["claims"],
            "hash": h('<code class="id">{}</code>', one["sha256"][:12]),
        }
        for one in reports["reports"]
    ]
    notes = [one for one in reports["findings"] if one["severity"] == "note"]
    with panel(t("Reports"), identity="reports"):
        markup(table(columns, rows, empty=t("None had been published by that day.")))
        if notes:
            words = t("Not found in them: {n}", n=len(notes))
            markup(h("<details><summary>{}</summary>{}</details>", words, finding_list(notes, t)))
