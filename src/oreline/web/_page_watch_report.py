"""One report: its text with every sentence marked on which a claim rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.api import watch_report
from oreline.web._blocks import Column, callout, facts, h, table
from oreline.web._frame import Visit, head, markup, page, panel
from oreline.web._strings import Translate
from oreline.web._watch_parts import KIND, event_link, marked, verdict_tag, watch_tabs


@page("/watch/report", "Report")
async def watch_report_page(visit: Visit) -> None:
    """Show one report."""
    t = visit.t
    found = await visit.answer(watch_report, visit.given("name"))
    outlet = found["outlet"]["value"] or t("outlet not found")
    head(h('<bdi lang="en">{}</bdi>', found["title"]["value"] or found["name"]), outlet)
    markup(watch_tabs(visit))
    markup(facts(_source(found, t)))
    if found["only_quotes"]:
        words = t("Only the sentences on which claims rest are kept of this report, not its text.")
        markup(callout(words))
    if found["text_is_cut"]:
        markup(callout(t("The text is longer than a page shows; this is its beginning."), "warn"))
    with panel(t("Text"), identity="text"):
        spans = [
            {
                **one,
                "address": visit.link("/watch/event", id=one["event"]) + f"#{one['claim']}",
            }
            for one in found["spans"]
        ]
        markup(h('<div class="report-text" lang="en">{}</div>', marked(found["text"], spans)))
    with panel(t("Claims"), identity="claims"):
        markup(_claims(found, visit))


def _source(found: Mapping[str, Any], t: Translate) -> list[tuple[str, object]]:
    absent = t("not found")

    def told(one: Mapping[str, Any], value: str | None) -> Markup:
        return h('{} <span class="source" lang="en">{}</span>', value or absent, one["basis"])

    pairs: list[tuple[str, object]] = [
        (t("Published"), told(found["published"], found["published"]["day"]))
    ]
    names = ((t("Issuer"), "issuer"), (t("Wire"), "wire"), (t("Language"), "language"))
    pairs += [(word, told(found[name], found[name]["value"])) for word, name in names]
    if found["ai_assistance_notice"]:
        notice = h('<q lang="en">{}</q>', found["ai_assistance_notice"])
        pairs.append((t("AI assistance"), notice))
    pairs.append((t("File"), h("<bdi>{}</bdi>", found["name"])))
    pairs.append(("SHA-256", h("<code>{}</code>", found["sha256"])))
    return pairs


def _claims(found: Mapping[str, Any], visit: Visit) -> Markup:
    """Return what the report claims, each with the characters that say it."""
    t = visit.t
    columns = (
        Column("kind", t("Kind")),
        Column("event", t("Event")),
        Column("verdict", t("Verdict")),
        Column("status", t("Step")),
        Column("place", t("Characters"), is_number=True),
    )
    rows = [
        {
            "kind": t(KIND[one["kind"]]),
            "event": event_link(visit, {"id": one["event"], "title": one["title"]}),
            "verdict": verdict_tag(one["verdict"], t),
            "status": h('<span lang="en">{}</span>', one["status"]),
            "place": f"{one['start']}–{one['end']}",
        }
        for one in found["spans"]
    ]
    return table(columns, rows, empty=t("No rule finds a claim in it."))
