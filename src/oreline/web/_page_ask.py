"""Ask: what is not known, which paper would settle most of it, and the letter that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import ui

from oreline.api import letter_to, open_now
from oreline.ask import subjects
from oreline.web._blocks import Column, chips, empty_state, h, joined, table
from oreline.web._frame import Visit, action, head, later, markup, page

QUESTIONS_SHOWN = 100


@page("/ask", "Ask")
async def ask_page(visit: Visit) -> None:
    """Show what is open, and the documents ranked by what they would settle."""
    t = visit.t
    head(t("Ask"), t("What is not known, and who has the paper that would settle it."))
    reported = visit.given("reported") == "yes"
    markup(
        chips(
            (
                (t("Everything"), visit.link("/ask"), not reported),
                (t("Only what is reported"), visit.link("/ask", reported="yes"), reported),
            ),
            t("About"),
        )
    )

    ask = partial(open_now, reported_only=reported, questions_max=QUESTIONS_SHOWN)
    later(visit, t("Documents, the most useful first"), ask, lambda found: _show(visit, found))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    if not found["total"]:
        markup(empty_state(t("Nothing is open"), t("Every lot has its papers, as far as asked.")))
        return
    rows = [
        {
            "document": item["document"],
            "holder": item["holder"],
            "about": t(item["about"]),
            "settles": item["settles"],
            "adds": item["adds"] or "",
        }
        for item in found["documents"]
    ]
    columns = (
        Column("document", t("Document")),
        Column("holder", t("Who has it")),
        Column("about", t("About")),
        Column("settles", t("Questions it settles"), is_number=True),
        Column("adds", t("Of these, none above does"), is_number=True),
    )
    markup(table(columns, rows, empty=t("No document is known that would settle these.")))
    if found["holders"]:
        links = joined(
            (
                h(
                    '<a class="btn quiet" href="{}">{}</a>',
                    visit.link("/ask/letter", to=holder),
                    t("Letter to {party}", party=found["parties"].get(holder, holder)),
                )
                for holder in found["holders"]
            ),
            " ",
        )
        markup(h("<p>{}</p>", links))
    told = subjects()
    with ui.element("details").classes("panel"):
        markup(h("{}", t("{n} open questions", n=found["total"])), tag="summary")
        rows = [
            {
                "subject": told[item["subject"]].title
                if item["subject"] in told
                else item["subject"],
                "about": item["about"],
                "state": t(item["standing"]),
                "detail": item.get("detail") or "",
            }
            for item in found["questions"]
        ]
        about = (
            Column("about", t("Lot or event")),
            Column("subject", t("About")),
            Column("state", t("Standing")),
            Column("detail", t("What is known")),
        )
        markup(table(about, rows))


@page("/ask/letter", "Letter")
async def letter_page(visit: Visit) -> None:
    """Show the letter to a party, to copy or print."""
    t = visit.t
    party = visit.given("to")
    service_day = visit.given("day") or None
    found = await visit.answer(letter_to, party, service_day)
    head(t("Letter to {party}", party=found.get("to_name") or party), "")
    with ui.element("div").classes("no-print"):
        action(t("Copy"), lambda: ui.clipboard.write(found["text"]), "quiet")
    markup(h('<pre class="letter card">{}</pre>', found["text"]))
