"""Watch: who reports what, and what of it is so? It follows the folders while one looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nicegui import ui

from oreline.api import NotFoundError, watch_events, watch_reports, watch_summary, watch_version
from oreline.model import InputError, OrelineError
from oreline.web._blocks import (
    Column,
    callout,
    chips,
    empty_state,
    finding_list,
    h,
    input_field,
    question_form,
    table,
    tiles,
)
from oreline.web._frame import Visit, head, markup, page, panel, problem_block
from oreline.web._watch_parts import KINDS, VERDICTS, event_cards, watch_tabs

HERE = "/watch"
LOOKS_EVERY_S = 2.0
"""How often an open page asks whether something is new in the folders."""


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
    news = ui.element("div").props("aria-live=polite id=news")
    body = ui.element("div").props("id=reported")
    await _fill(visit, body, summary, day)
    seen = {"version": summary["version"], "names": set[str]()}
    reports = await visit.answer(watch_reports)
    seen["names"] = {one["name"] for one in reports["reports"]}

    async def look() -> None:
        try:
            version = await visit.answer(watch_version)
            if version == seen["version"]:
                return
            seen["version"] = version
            found = await visit.answer(watch_summary, day)
            names = {one["name"] for one in (await visit.answer(watch_reports))["reports"]}
            new, seen["names"] = sorted(names - seen["names"]), names
            await _fill(visit, body, found, day)
            with news:
                news.clear()
                markup(callout(_news(visit, new), "good"))
        except OrelineError as error:
            news.clear()
            with news:
                markup(problem_block(visit, error))

    ui.timer(LOOKS_EVERY_S, look)


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


async def _fill(
    visit: Visit, body: ui.element, summary: Mapping[str, Any], day: date | None
) -> None:
    """Put what reports say into the page, in the place of what stood there."""
    kind, verdict = visit.given("kind"), visit.given("verdict")
    events = await visit.answer(watch_events, kind, verdict, day)
    reports = await visit.answer(watch_reports, day)
    body.clear()
    with body:
        _summary(visit, summary)
        _choices(visit, summary)
        with panel(visit.t("Events"), identity="events"):
            if events["events"]:
                markup(event_cards(visit, events["events"]))
            else:
                markup(h('<p class="hint">{}</p>', visit.t("No event fits this choice.")))
        _reports(visit, reports)


def _summary(visit: Visit, summary: Mapping[str, Any]) -> None:
    t, verdicts = visit.t, summary["by_verdict"]
    markup(
        tiles(
            [
                (t("Reports"), summary["reports"], t("{n} claims", n=summary["claims"])),
                (t("Events"), summary["events"], ""),
                *((t(VERDICTS[one]), verdicts[one], "") for one in verdicts),
            ]
        )
    )
    if summary["findings"]:
        with panel(t("Files with problems")):
            markup(finding_list(summary["findings"], t))


def _choices(visit: Visit, summary: Mapping[str, Any]) -> None:
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
    field = input_field("day", t("What was known on"), visit.given("day"), kind="date")
    markup(question_form(visit.link(HERE), [field], t("Show")))


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
            "published": one["published"]["day"] or t("not found"),
            "issuer": ", ".join(
                told for told in (one["issuer"]["value"], one["wire"]["value"]) if told
            ),
            "claims": one["claims"],
            "hash": h("<code>{}</code>", one["sha256"][:12]),
        }
        for one in reports["reports"]
    ]
    with panel(t("Reports"), identity="reports"):
        markup(table(columns, rows, empty=t("None had been published by that day.")))
