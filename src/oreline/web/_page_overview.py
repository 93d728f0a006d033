"""Overview: the chain on one page, what is known of it, what is not, and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import chain_of, default_element, flow, open_now, overview, told_brief
from oreline.model import mass_mg, minute
from oreline.web._blocks import (
    Column,
    amount,
    basis_tag,
    chips,
    empty_state,
    h,
    joined,
    table,
    tiles,
)
from oreline.web._frame import Visit, head, later, markup, page, panel, soon
from oreline.web._map import chain_map
from oreline.web._parts import fact_list, path_figure, table_block
from oreline.web._sankey import SMALLEST_SHARE, sankey_chart

DOCUMENTS_SHOWN = 6
ASK_FIRST = partial(open_now, questions_max=0)
"""Of what is open only the documents: the questions have a page of their own."""
TOLD = ("reported", "not-published", "answers", "scale")
"""The sections of the brief that the page tells; the others are pages of their own."""


@page("/", "Overview")
async def overview_page(visit: Visit) -> None:
    """Show the chain as a whole."""
    t = visit.t
    report = h('<a class="btn quiet" href="/report" download>{}</a>', t("Download the report"))
    lead = t("What is known of this chain, what is not, and who could tell.")
    head(visit.desk.chain_title, lead, report)
    await soon(visit, overview, lambda found: _show(visit, found))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    markup(tiles(_tiles(visit, found)))
    is_whole = visit.person.party is None
    if is_whole:
        later(visit, t("What is reported"), _told, lambda told: _show_told(visit, told))
    later(
        visit, t("Ask first"), ASK_FIRST, lambda told: _show_questions(visit, told), identity="ask"
    )
    _moving(visit, found)
    later(visit, t("Where it happens"), chain_of, _show_map, identity="map")
    _places(visit, found)
    if is_whole:
        _flows(visit, found["elements"])
    _phases(visit, found)
    _stocks(visit, found)
    _assumptions(visit, found)


def _tiles(visit: Visit, found: Mapping[str, Any]) -> list[tuple[str, object, object]]:
    t = visit.t

    def link(path: str, words: str, **query: object) -> Markup:
        return h('<a href="{}">{}</a>', visit.link(path, **query), words)

    return [
        (t("Entries"), f"{found['size']:,}", link("/record", t("The log"))),
        (t("Lots"), f"{found['lots']:,}", link("/lots", t("All lots"))),
        (
            t("On the way"),
            f"{found['in_motion']:,}",
            link("/lots", t("Lots in motion"), flag="in_transit"),
        ),
        (t("Open questions"), f"{found['questions']:,}", link("/ask", t("Who has the paper"))),
        (t("Held"), f"{found['held']:,}", link("/record", t("Waiting for a decision"), held="yes")),
        (
            t("Overdrawn"),
            f"{found['overdrawn']:,}",
            link("/lots", t("Lots whose books went below zero"), flag="overdrawn"),
        ),
    ]


def _told(view: Any) -> Any:
    return told_brief(view)


def _show_told(visit: Visit, told: Any) -> None:
    shown = [section for section in told.sections if section.id in TOLD]
    reported = next((section for section in shown if section.id == "reported"), None)
    if reported is None or not reported.facts:
        text = visit.t("Nothing in this ledger rests on a report: every lot was recorded.")
        markup(empty_state(visit.t("No report"), text))
    markup(Markup(path_figure(told.path)))  # noqa: S704 - escaped where it is made
    for section in shown:
        block = fact_list(section.facts) + "".join(table_block(item) for item in section.tables)
        with ui.element("details").classes("told") as fold:
            if section.id == "reported":
                fold.props("open")
            markup(h("{}", section.title), tag="summary")
            markup(h('<p class="hint">{}</p>', section.lead))
            markup(Markup(block))  # noqa: S704 - escaped where it is made


def _show_questions(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    documents = found["documents"][:DOCUMENTS_SHOWN]
    rows = [
        {
            "rank": item["rank"],
            "document": item["document"],
            "holder": item["holder"],
            "settles": item["settles"],
        }
        for item in documents
    ]
    columns = (
        Column("document", t("Document")),
        Column("holder", t("Who has it")),
        Column("settles", t("Questions it settles"), is_number=True),
    )
    markup(
        table(columns, rows, empty=t("Nothing is open, or nothing that a document would settle."))
    )
    letters = joined(
        (
            h(
                '<a class="btn quiet" href="{}">{}</a>',
                visit.link("/ask/letter", to=holder),
                t("Letter to {party}", party=found["parties"].get(holder, holder)),
            )
            for holder in found["holders"][:4]
        ),
        " ",
    )
    markup(h('<p class="no-print">{}</p>', letters))


def _show_map(chain: Any) -> None:
    markup(Markup(chain_map(chain)))  # noqa: S704 - escaped where it is made


def _moving(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    if not found["moving"]:
        return
    with panel(t("On the way"), identity="moving"):
        rows = [
            {
                "lot": h('<a href="{}">{}</a>', visit.link(f"/lots/{item['lot']}"), item["lot"]),
                "way": f"{item['from'] or 'UNKNOWN'} → {item['to'] or 'UNKNOWN'}",
                "since": minute(item["since"]),
            }
            for item in found["moving"]
        ]
        columns = (
            Column("lot", t("Lot")),
            Column("way", t("Way")),
            Column("since", t("Since")),
        )
        markup(table(columns, rows))


def _places(visit: Visit, found: Mapping[str, Any]) -> None:
    """Put the sites by kind and the routes by mode below the map."""
    t = visit.t
    with ui.element("details").classes("panel"):
        markup(h("{}", t("Sites by kind, routes by mode")), tag="summary")
        sites = [
            {
                "kind": item["kind"],
                "name": item["name"],
                "country": item["country"] or "UNKNOWN",
                "role": item["role"],
                "basis": basis_tag(item["basis"], t),
            }
            for item in sorted(found["sites"], key=lambda one: (one["kind"], one["name"]))
        ]
        columns = (
            Column("kind", t("Kind")),
            Column("name", t("Site")),
            Column("country", t("Country")),
            Column("role", t("Role")),
            Column("basis", t("Basis")),
        )
        markup(table(columns, sites, empty=t("No site has been declared.")))
        routes = [
            {
                "mode": item["mode"],
                "way": f"{item['from']} → {item['to']}",
                "km": item["distance_km"] or "UNKNOWN",
                "days": item["days"] or "UNKNOWN",
                "basis": basis_tag(item["basis"], t),
            }
            for item in sorted(found["routes"], key=lambda one: (one["mode"], one["from"]))
        ]
        columns = (
            Column("mode", t("Mode")),
            Column("way", t("Way")),
            Column("km", "km", is_number=True),
            Column("days", t("Days"), is_number=True),
            Column("basis", t("Basis")),
        )
        markup(table(columns, routes, empty=t("No route has been declared.")))


def _flows(visit: Visit, elements: list[str]) -> None:
    t = visit.t
    if not elements:
        return
    first = default_element(elements) or elements[0]
    chosen = visit.given("element") if visit.given("element") in elements else first
    choice = chips(
        ((name, visit.here(element=name) + "#flow", name == chosen) for name in elements),
        t("Element"),
    )

    def show(found: Mapping[str, Any]) -> None:
        markup(choice)
        links = _links(found)
        if not links:
            markup(empty_state(t("No flow"), t("No recorded event moves this element.")))
            return
        markup(
            h(
                '<p class="hint">{}</p>',
                t(
                    "{element} from material to material, {start} to {end}, {basis}.",
                    element=found["element"],
                    start=found["start"],
                    end=found["end"],
                    basis=t(found["basis"]),
                ),
            )
        )
        with ui.element("div").classes("scroll"):
            chart = ui.plotly(sankey_chart(found["element"], found["basis"], links))
            chart.classes("sankey-live").style("width: 100%; min-width: 40rem")
        rows = [
            {"from": one, "to": two, "mass": f"{mass / 1e9:,.3f} t"} for one, two, mass in links
        ]
        columns = (
            Column("from", t("From")),
            Column("to", t("To")),
            Column("mass", t("Metal"), is_number=True),
        )
        with ui.element("details"):
            markup(h("{}", t("The numbers of the diagram")), tag="summary")
            markup(table(columns, rows))

    later(visit, t("How an element flows"), flow, show, chosen, identity="flow")


def _links(found: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    key = f"{found['element']}_kg"
    links = [(row["from"], row["to"], mass_mg(row[key], "kg")) for row in found["links"]]
    largest = max((mass for _, _, mass in links), default=0)
    return [link for link in links if link[2] >= largest * SMALLEST_SHARE]


def _phases(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    with panel(t("Phases"), identity="phases"):
        rows = [
            {
                "name": item["name"],
                "from": item.get("start") or "UNKNOWN",
                "to": item.get("end") or "UNKNOWN",
                "budget": _budget(item),
                "basis": basis_tag(item.get("basis") or "unknown", t),
                "note": item.get("note") or "",
            }
            for item in found["phases"]
        ]
        columns = (
            Column("name", t("Phase")),
            Column("from", t("From")),
            Column("to", t("To")),
            Column("budget", t("Budget"), is_number=True),
            Column("basis", t("Basis")),
            Column("note", t("Note")),
        )
        markup(table(columns, rows, empty=t("This chain declares no phases.")))


def _budget(item: Mapping[str, Any]) -> str:
    if item.get("budget") is None:
        return "UNKNOWN"
    return f"{item.get('currency') or ''} {float(item['budget']):,.0f}".strip()


def _stocks(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    with panel(t("In the books now"), identity="stocks"):
        rows = [
            {"element": item["element"], "mass": amount(item["mass"], t)} for item in found["stock"]
        ]
        columns = (Column("element", t("Element")), Column("mass", t("Metal"), is_number=True))
        markup(table(columns, rows, empty=t("Nothing has been assayed yet.")))


def _assumptions(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    items = found["assumptions"]
    if not items:
        return
    with panel(t("What is assumed"), identity="assumed"):
        markup(
            h(
                "<p>{}</p>",
                t(
                    "{n} numbers are assumed. Each has its reasoning; nobody measured them.",
                    n=len(items),
                ),
            )
        )
        rows = [
            {
                "id": item["id"],
                "value": f"{item['value']} {item['unit']}",
                "range": f"{item.get('low') or ''} to {item.get('high') or ''}"
                if item.get("low") is not None
                else "",
                "why": item["reasoning"],
            }
            for item in items
        ]
        columns = (
            Column("id", t("Assumption")),
            Column("value", t("Value"), is_number=True),
            Column("range", t("Range"), is_number=True),
            Column("why", t("Reasoning")),
        )
        with ui.element("details"):
            markup(h("{}", t("Show all")), tag="summary")
            markup(table(columns, rows))
