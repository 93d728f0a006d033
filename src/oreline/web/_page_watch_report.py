"""One report: its text with every sentence marked on which a claim rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from oreline.api import watch_report
from oreline.web._blocks import callout, facts, h, joined
from oreline.web._frame import Visit, head, markup, page, panel
from oreline.web._strings import Translate
from oreline.web._watch_parts import watch_tabs


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
        markup(marked(found["text"], found["spans"], visit))


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


def marked(text: str, spans: Sequence[Mapping[str, Any]], visit: Visit) -> Markup:
    """Return a text with the characters of each claim marked; everything in it is escaped.

    Where spans lie over each other, a mark leads to the event of the first.
    """
    cuts = sorted({0, len(text), *(place for one in spans for place in (one["start"], one["end"])
                                   if place <= len(text))})  # fmt: skip
    parts = []
    for start, end in pairwise(cuts):
        over = [one for one in spans if one["start"] <= start and end <= one["end"]]
        words = text[start:end]
        if not over:
            parts.append(h("{}", words))
            continue
        address = visit.link("/watch/event", id=over[0]["event"])
        title = "; ".join(dict.fromkeys(one["title"] for one in over))
        parts.append(
            h('<a class="mark-of" href="{}#{}" title="{}"><mark>{}</mark></a>',
              address, over[0]["claim"], title, words)
        )  # fmt: skip
    return h('<div class="report-text" lang="en">{}</div>', joined(parts))
