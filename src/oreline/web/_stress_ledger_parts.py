"""Scenario ledgers on the page Stress: written with a button, and what trace and balance say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    LedgerQuestion,
    PlanQuestion,
    Right,
    StressQuestion,
    View,
    scenario_ledgers,
    service_of,
    write_scenario,
)
from oreline.web._blocks import Column, callout, facts, h, joined, table
from oreline.web._frame import Visit, action, asked, markup, panel
from oreline.web._strings import msg

TENSES: Final = {
    "actual": msg("what happened"),
    "planned": msg("what is planned"),
    "scenario": msg("what might happen"),
}
"""What a ledger tells, by its tense."""
VERDICTS: Final = {
    "CLOSES": msg("closes"),
    "DOES NOT CLOSE": msg("does not close"),
    "UNKNOWN": msg("UNKNOWN"),
}
"""What an account comes to."""
ROWS_SHOWN: Final = 60


async def ledger_panel(visit: Visit, question: PlanQuestion, events: StressQuestion) -> None:
    """Put on the page the ledgers that are there, and the button that writes another."""
    t = visit.t
    listed = (await visit.answer(scenario_ledgers))["ledgers"]
    may_write = visit.may(Right.RECORD) and not visit.as_of and not visit.known_at
    is_event = bool(events.events or events.scenarios)
    if not listed and not (may_write and is_event):
        return
    with panel(t("As a ledger"), identity="ledgers"):
        words = t(
            "What runs in a scenario, written as a ledger of its own beside the actual one: trace "
            "and balance answer it as they answer what happened."
        )
        markup(h('<p class="hint">{}</p>', words))
        if listed:
            markup(_listed(visit, listed))
        if may_write and is_event:
            _writing(visit, question, events)


def _listed(visit: Visit, listed: list[Mapping[str, Any]]) -> Markup:
    t = visit.t
    columns = (
        Column("id", t("Ledger")),
        Column("tense", t("Tells")),
        Column("events", t("Events"), is_number=True),
        Column("parent", t("Derived from")),
        Column("file", t("File")),
    )
    rows = [
        {
            "id": h('<a href="{}">{}</a>', visit.link("/stress", ledger=one["id"]), one["id"]),
            "tense": t(TENSES[one["tense"]]),
            "events": f"{one['events']:,}",
            "parent": one["parent"] or "",
            "file": h('<a href="{}">{}.db</a>',
                      visit.link("/api/v1/stress/ledger.db", id=one["id"]), one["id"]),
        }
        for one in listed
    ]  # fmt: skip
    return table(columns, rows)


def _writing(visit: Visit, question: PlanQuestion, events: StressQuestion) -> None:
    t = visit.t
    said = ui.element("div").props("aria-live=polite")
    with ui.element("div").classes("inputs"):
        name = ui.input(t("Name of the ledger")).props("outlined dense")
        issuer = ui.input(t("Party that names its lots")).props("outlined dense")
        runs = ui.input(t("Who runs a site, where no table says: SITE=PARTY ..."))
        runs.props("outlined dense").classes("broad")

        def write(view: View) -> dict[str, Any]:
            pairs = (one.partition("=") for one in str(runs.value or "").split())
            wanted = LedgerQuestion(
                str(name.value or ""), str(issuer.value or ""), question, events,
                operators={site: party for site, _, party in pairs if party},
            )  # fmt: skip
            return write_scenario(view, wanted, service_of(visit.request).clock)

        async def run() -> None:
            made = await asked(visit, said, write)
            if made is not None:
                ui.navigate.to(visit.link("/stress", ledger=made["id"]))

        action(t("Write it as a scenario ledger"), run)


def ledger_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what trace and balance say of a ledger, and where it comes from."""
    t = visit.t
    pairs = [
        (t("Tells"), t(TENSES[found["tense"]])),
        (t("Derived from"), f"{found['parent']}, {found['parent_size']}"),
        (t("Made of (SHA-256)"), (found["input_sha256"] or "")[:16]),
        (t("Events"), f"{found['events']:,}"),
        (t("Element"), found["element"]),
    ]
    others = [
        h('<a href="{}">{}</a>', visit.link("/stress", ledger=found["id"], element=one), one)
        for one in found["elements"]
    ]
    links = h("<p>{}: {}</p>", t("Elements"), Markup(", ").join(others))
    file = h('<p><a class="btn quiet small" href="{}">{}</a></p>',
             visit.link("/api/v1/stress/ledger.db", id=found["id"]),
             t("The ledger as a file"))  # fmt: skip
    return joined((facts(pairs), links, _traced(visit, found), _balanced(visit, found), file))


def _traced(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return whence each lot that is delivered comes, as trace tells it."""
    t = visit.t
    columns = (
        Column("month", t("Month")),
        Column("lot", t("Lot")),
        Column("to", t("To")),
        Column("metal", f"{found['element']}, t", is_number=True),
        Column("from", t("From where (trace)")),
    )
    rows = [
        {
            "month": one["month"],
            "lot": one["lot"],
            "to": one["to"],
            "metal": _tonnes(one["metal_kg"]["low"]),
            "from": ", ".join(
                f"{each['origin']} {each['share_high']:.0%}" for each in one["origins"]
            ),
        }
        for one in found["trace"]
        if float(one["metal_kg"]["low"]) > 0
    ]
    caption = t("Delivered lots and whence they come")
    return table(columns, rows, caption=caption, empty=t("Nothing is delivered in it."))


def _tonnes(kilograms: str) -> str:
    return f"{float(kilograms) / 1000:,.1f}"


def _balanced(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return the accounts of sites by year, as balance tells them."""
    t = visit.t
    columns = (
        Column("year", t("Year")),
        Column("site", t("Site")),
        Column("verdict", t("Account (balance)")),
    )
    rows = [
        {
            "year": row["period"],
            "site": row["site"],
            "verdict": t(VERDICTS.get(row["verdict"], row["verdict"])),
        }
        for row in (*found["balance"]["chain"], *found["balance"]["sites"])[:ROWS_SHOWN]
    ]
    caption = t("Does it close, year by year")
    body = table(columns, rows, caption=caption, empty=t("Nothing happens in it."))
    words = t("Masses are those of a plan, limited by events: that they close says that nothing "
              "was lost in writing, not that they will come true.")  # fmt: skip
    return joined((body, callout(words)))
