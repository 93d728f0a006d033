"""One event: its reports side by side, the sentence behind each claim, its ladder, arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.api import watch_event
from oreline.web._blocks import NOTHING, Column, callout, facts, h, joined, table
from oreline.web._frame import Visit, head, markup, page, panel
from oreline.web._page_watch import day_of
from oreline.web._strings import Translate, msg
from oreline.web._watch_acts import against_block, attach_block
from oreline.web._watch_parts import KINDS, days_text, title_of, verdict_tag, watch_tabs

SLOTS = {
    "status": msg("Step"),
    "when": msg("When"),
    "parties": msg("Parties"),
    "company": msg("Company"),
    "seller": msg("Seller"),
    "target": msg("Target"),
    "from": msg("From"),
    "to": msg("To"),
    "agency": msg("Agency"),
    "recipient": msg("Recipient"),
    "materials": msg("Materials"),
    "amount": msg("Amount"),
    "quantity": msg("Quantity"),
    "grade": msg("Grade"),
    "share": msg("Share"),
    "percent": msg("Change"),
    "close": msg("Close"),
    "ticker": msg("Ticker"),
    "instrument": msg("Instrument"),
    "ordinal": msg("Which one"),
    "count": msg("How many"),
    "facility": msg("Facility"),
    "place": msg("Place"),
    "purpose": msg("Purpose"),
    "asset": msg("Asset"),
    "action": msg("Action"),
    "speaker": msg("Speaker"),
    "role": msg("Role"),
    "words": msg("Words"),
}
"""What the points of an event are called."""


@page("/watch/event", "Event")
async def watch_event_page(visit: Visit) -> None:
    """Show one event."""
    t = visit.t
    found = await visit.answer(watch_event, visit.given("id"), day_of(visit))
    head(title_of(found), t(KINDS[found["kind"]]), verdict_tag(found["verdict"], t))
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


def _standing(visit: Visit, found: Mapping[str, Any]) -> None:
    t, time = visit.t, found["time"]
    markup(_ladder(found, t))
    pairs: list[tuple[str, object]] = [
        (t("When"), days_text(time["first"], time["last"], t)),
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
    t = visit.t
    columns = [Column("point", t("Point")), Column("verdict", t("Verdict"))]
    for number, source in enumerate(found["sources"]):
        columns.append(Column(f"r{number}", source["outlet"]["value"] or source["name"]))
    columns.append(Column("note", t("Note")))
    rows = []
    for point in found["points"]:
        row: dict[str, object] = {
            "point": t(SLOTS.get(point["slot"], point["slot"])),
            "verdict": verdict_tag(point["verdict"], t),
            "note": h('<span lang="en">{}</span>', point["note"]),
        }
        for number, source in enumerate(found["sources"]):
            said = source["says"].get(point["slot"])
            row[f"r{number}"] = (
                h('<span class="hint">{}</span>', t("not stated"))
                if said is None
                else h('<span lang="en">{}</span>', said)
            )
        rows.append(row)
    return table(columns, rows)


def _report(visit: Visit, found: Mapping[str, Any], source: Mapping[str, Any]) -> Markup:
    t = visit.t
    claims = [one for one in found["claims"] if one["document"] == source["name"]]
    told = [source["published"]["day"] or t("day not found")]
    for word, name in ((t("issuer"), "issuer"), (t("wire"), "wire")):
        if source[name]["value"]:
            told.append(f"{word}: {source[name]['value']}")
    if source["ai_assistance_notice"]:
        told.append(t("made with the help of AI tools, as it says"))
    return h(
        '<article class="card"><h3><a href="{}"><bdi lang="en">{}</bdi></a></h3>'
        '<p class="hint">{} · {}</p>{}</article>',
        visit.link("/watch/report", name=source["name"]),
        source["title"]["value"] or source["name"],
        source["outlet"]["value"] or t("outlet not found"),
        " · ".join(told),
        joined(_claim(one, t) for one in claims),
    )


def _claim(claim: Mapping[str, Any], t: Translate) -> Markup:
    who = claim["attribution"]["speaker"]
    return h(
        '<blockquote class="claim" id="{id}"><p lang="en"><mark>{sentence}</mark></p>'
        '<footer class="hint">{who}{place} · <code>{rule}</code></footer></blockquote>',
        id=claim["id"],
        sentence=claim["sentence"],
        who=h("{}: {} · ", t("Speaker"), who) if who else NOTHING,
        place=t("characters {start} to {end}", start=claim["start"], end=claim["end"]),
        rule=claim["rule"],
    )
