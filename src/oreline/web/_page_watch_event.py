"""One event: its reports side by side, the sentence behind each claim, its ladder, arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.api import watch_event, watch_gaps
from oreline.web._blocks import NOTHING, Column, callout, facts, h, joined, table
from oreline.web._frame import Visit, head, markup, page, panel
from oreline.web._page_watch import day_of
from oreline.web._strings import Translate, msg
from oreline.web._watch_acts import against_block, attach_block
from oreline.web._watch_parts import (
    KIND,
    days_text,
    marked,
    slot_text,
    title_of,
    verdict_tag,
    watch_tabs,
)

SIDE_MAX = 6
"""How many reports stand beside each other, each in a column."""


@page("/watch/event", "Event")
async def watch_event_page(visit: Visit) -> None:
    """Show one event."""
    t, day = visit.t, day_of(visit)
    found = await visit.answer(watch_event, visit.given("id"), day)
    head(title_of(found), t(KIND[found["kind"]]), verdict_tag(found["verdict"], t))
    markup(watch_tabs(visit))
    _standing(visit, found)
    with panel(t("Side by side"), identity="side-by-side"):
        markup(_points(visit, found))
    against_block(visit, found)
    with panel(t("Reports"), identity="sources"):
        markup(
            h(
                '<div class="sources">{}</div>',
                joined(_report(visit, found, one) for one in found["sources"]),
            )
        )
    await attach_block(visit, found)
    _missing(visit, await visit.answer(watch_gaps, found["id"], day))


def _standing(visit: Visit, found: Mapping[str, Any]) -> None:
    t, time = visit.t, found["time"]
    markup(_ladder(found, t))
    pairs: list[tuple[str, object]] = [
        (t("When"), days_text(time, t)),
        (t("Published"), ", ".join(time["published"]) or t("UNKNOWN")),
        (
            t("Sources"),
            t(
                "{n} reports, {m} independent of each other",
                n=len(found["reports"]),
                m=found["independent"],
            ),
        ),
    ]
    if found["interested"]:
        pairs.append((t("Said by a party to it"), ", ".join(found["interested"])))
    markup(facts(pairs))
    for kin in found["shared_words"]:
        words = t(
            "{second} shares words with {first}: they rest on one text and count once.",
            first=kin["first"],
            second=kin["second"],
        )
        markup(callout(h('{} <q lang="en">… {} …</q>', words, kin["words"]), "warn"))
    for check in found["checks"]:
        markup(callout(h('{}: <span lang="en">{}</span>', t("Arithmetic"), check["says"])))


def _ladder(found: Mapping[str, Any], t: Translate) -> Markup:
    """Return the steps of the event's kind, with those that some report states."""
    stated = {one["status"] for one in found["claims"]}
    steps = [*found["ladder"], *sorted(stated - set(found["ladder"]))]
    return h(
        '<ol class="ladder" aria-label="{}">{}</ol>',
        t("Steps"),
        joined(
            h(
                '<li class="{}"><span lang="en">{}</span>{}</li>',
                "stated" if one in stated else "",
                one,
                h('<span class="sr"> {}</span>', t("stated")) if one in stated else NOTHING,
            )
            for one in steps
        ),
    )


def _points(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return point by point what each report says; of many reports, who says the same together."""
    t = visit.t
    columns = [Column("point", t("Point")), Column("verdict", t("Verdict"))]
    sources = found["sources"]
    is_wide = len(sources) <= SIDE_MAX
    if is_wide:
        for number, source in enumerate(sources):
            columns.append(Column(f"r{number}", source["outlet"]["value"] or source["name"]))
    else:
        columns.append(Column("said", t("Said")))
    columns.append(Column("note", t("Note")))
    rows = []
    for point in found["points"]:
        row: dict[str, object] = {
            "point": slot_text(point["slot"], t),
            "verdict": verdict_tag(point["verdict"], t),
            "note": h('<span lang="en">{}</span>', point["note"]),
        }
        if is_wide:
            for number, source in enumerate(sources):
                row[f"r{number}"] = _said(source["says"].get(point["slot"]), t)
        else:
            row["said"] = _said_by(point, sources)
        rows.append(row)
    return table(columns, rows)


def _said(said: str | None, t: Translate) -> Markup:
    if said is None:
        return h('<span class="hint">{}</span>', t("not stated"))
    return h('<span lang="en">{}</span>', said)


def _said_by(point: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]) -> Markup:
    names = {one["name"]: one["outlet"]["value"] or one["name"] for one in sources}
    told: dict[str, list[str]] = {}
    for one in point["told"]:
        told.setdefault(one["text"], []).append(names[one["document"]])
    return joined(
        h('<p><span lang="en">{}</span> <span class="source">{}</span></p>', text, ", ".join(who))
        for text, who in told.items()
    )


def _report(visit: Visit, found: Mapping[str, Any], source: Mapping[str, Any]) -> Markup:
    """Return a report as a card: where it comes from, and its sentences in their text."""
    t = visit.t
    marks = []
    if source["is_release"]:
        marks.append(h('<span class="tag tag-contested">{}</span>', t("press release")))
    if source["ai_assistance_notice"]:
        words, notice = t("made with AI tools"), source["ai_assistance_notice"]
        marks.append(h('<span class="tag tag-assumed" title="{}">{}</span>', notice, words))
    if source["kind"] == "quotes":
        marks.append(h('<span class="tag tag-unknown">{}</span>', t("only sentences kept")))
    told = [source["published"]["day"] or t("day not found")]
    for word, name in ((t("issuer"), "issuer"), (t("wire"), "wire")):
        if source[name]["value"]:
            told.append(f"{word}: {source[name]['value']}")
    return h(
        '<article class="card"><p class="outlet"><b>{outlet}</b> {told}</p>'
        '<h3><a href="{address}"><bdi lang="en">{title}</bdi></a></h3><p>{marks}</p>{text}{why}'
        "</article>",
        outlet=source["outlet"]["value"] or t("outlet not found"),
        told=" · ".join(told),
        address=visit.link("/watch/report", name=source["name"]),
        title=source["title"]["value"] or source["name"],
        marks=joined(marks, " "),
        text=joined(_excerpt(one) for one in source["excerpts"]),
        why=joined(_claim(one, found["why"][one["id"]], t) for one in found["claims"]
                   if one["document"] == source["name"]),
    )  # fmt: skip


def _excerpt(excerpt: Mapping[str, Any]) -> Markup:
    return h(
        '<blockquote class="claim" lang="en">{}{}{}</blockquote>',
        "" if excerpt["begins"] else "… ",
        marked(excerpt["text"].strip("\n"), _shifted(excerpt)),
        "" if excerpt["ends"] else " …",
    )


def _shifted(excerpt: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the places of claims in an excerpt without the empty lines at its beginning."""
    text = excerpt["text"]
    shift = len(text) - len(text.lstrip("\n"))
    return [
        {**one, "start": one["start"] - shift, "end": one["end"] - shift}
        for one in excerpt["spans"]
    ]


def _claim(claim: Mapping[str, Any], why: Sequence[Mapping[str, str]], t: Translate) -> Markup:
    """Return a claim in a line, with why it is made behind it."""
    steps = joined(h("<dt>{}</dt><dd>{}</dd>", one["what"], one["how"]) for one in why)
    return h(
        '<details class="why-claim" id="{}"><summary>{} <span lang="en">{}</span></summary>'
        '<dl class="facts" lang="en">{}</dl></details>',
        claim["id"],
        t("Why:"),
        f"{claim['status']}, {claim['rule']}",
        steps,
    )


def _missing(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show what the model needs and no report states."""
    t = visit.t
    columns = (
        Column("need", t("Needed")),
        Column("state", t("Is")),
        Column("said", t("Said")),
        Column("document", t("Would settle it")),
    )
    rows = [
        {
            "need": h('<span lang="en">{}</span>', one["need"]),
            "state": h('<span class="tag tag-{}">{}</span>', _STATES[one["state"]][0],
                       t(_STATES[one["state"]][1])),
            "said": h('<span lang="en">{}</span>',
                      "; ".join(one["told"]) or " ".join(one["sentence"].split())),
            "document": h('<span lang="en">{}</span>', one["document"]),
        }
        for event in found["events"]
        for one in event["needs"]
    ]  # fmt: skip
    if rows:
        with panel(t("What the model needs of it"), identity="gaps"):
            markup(table(columns, rows))


_STATES = {
    "stated": ("reported", msg("stated")),
    "mentioned": ("assumed", msg("mentioned: look")),
    "not stated": ("unknown", msg("not stated")),
}
"""How what is needed stands: its tint and its word."""
