"""One lot: what it is, where it came from and went, who had it, and every number's arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno
from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    ASPECTS,
    Right,
    explained,
    lineage,
    lot,
    lot_custody,
    origins,
    publication,
    published,
    service_of,
)
from oreline.balance import COVERAGE_FACTOR
from oreline.model import mass_mg, minute, share_range, shown_mass
from oreline.web._blocks import (
    NOTHING,
    Column,
    amount,
    basis_mark,
    basis_tag,
    called,
    callout,
    chips,
    empty_state,
    facts,
    h,
    joined,
    table,
)
from oreline.web._colours import element_colour
from oreline.web._frame import (
    Visit,
    action,
    asked,
    event_link,
    head,
    later,
    markup,
    page,
    panel,
    soon,
)
from oreline.web._lineage_drawing import lineage_drawing
from oreline.web._strings import Translate
from oreline.web._writing import written_and_shown

LEVELS_SHOWN = ("country", "site", "lot", "party")
ORIGINS_SHOWN = 15
"""How many origins the chart shows; the table has all."""
MEASUREMENTS_SHOWN = 12


@page("/lots/{lot:path}", "Lot")
async def lot_page(visit: Visit) -> None:
    """Show one lot."""
    name = visit.request.path_params["lot"]
    await soon(visit, lot, lambda found: _show(visit, name, found), name)


async def _show(visit: Visit, name: str, found: Mapping[str, Any]) -> None:
    t = visit.t
    head(name, found["material_name"] or t("material not stated"), _links(visit, name))
    markup(_facts(visit, found))
    _composition(visit, found)
    elements = [item["element"] for item in found["composition"]]
    if visit.person.party is not None:
        # A party may ask where metal came from that it has not assayed itself.
        elements = list(dict.fromkeys((*elements, *found["origin_elements"])))
    element = visit.given("element") or (elements[0] if elements else "")
    if elements:
        _origins(visit, name, element, elements)
    later(
        visit,
        t("Lineage"),
        lineage,
        lambda one: _show_lineage(visit, name, one),
        visit.given("centre") or name,
        element or None,
        identity="lineage",
    )
    later(
        visit, t("Custody"), lot_custody, lambda one: _show_custody(visit, one), name,
        identity="custody",
    )  # fmt: skip
    _passing(visit, found)
    _measurements(visit, found)
    _documents(visit, found)
    _questions(visit, found)
    await _public(visit, name)


def _links(visit: Visit, name: str) -> Markup:
    t = visit.t
    return h(
        '<span class="no-print"><a class="btn quiet" href="{}">{}</a> '
        '<a class="btn quiet" href="{}">{}</a> <a class="btn quiet" href="#custody">{}</a></span>',
        visit.link("/record", lot=name),
        t("Record about it"),
        visit.link("/settle/exchange", lot=name),
        t("Exchange of assays"),
        t("Custody"),
    )


def _facts(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    words = {
        "continuing": t("a pile, tank or pool: topped up and drawn from"),
        "overdrawn": t("overdrawn: more was taken than the books had; what rests on it is UNKNOWN"),
        "in_transit": t("on the way"),
        "consumed": t("used up"),
        "reported_only": t("known from reports only"),
    }
    flags = ", ".join(words[flag] for flag in found["flags"])
    pairs: list[tuple[str, object]] = [
        (t("Form"), found["form"] or t("not stated")),
        (t("Stage"), found["stage"] or t("not stated")),
        (t("HS code"), found["hs_code"] or t("not stated")),
        (t("Where"), found["site_name"] or "UNKNOWN"),
        (t("Holder"), _called(found, found["holder"])),
        (t("Dry mass made"), amount({**found["dry"], "basis": found["basis"]}, t)),
        (t("Dry mass in the books"), amount(found["stock"], t)),
        (
            t("First and last event"),
            f"{minute(found['first'] or '')} – {minute(found['last'] or '')}",
        ),
    ]
    if flags:
        pairs.append((t("State"), flags))
    for seen in found["observations"]:
        said = h(
            "{} {} <span class='source'>{}</span>",
            f"{seen['status']}, {seen['time'][:10]}",
            basis_tag(seen["basis"], t),
            seen["statement"] or "",
        )
        pairs.append((t("Reported"), said))
    return facts(pairs)


def _composition(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    with panel(t("What is in it"), identity="composition"):
        rows = [
            {
                "element": h(
                    '<span class="swatch" style="background:{}"></span>{}',
                    element_colour(item["element"]),
                    item["element"],
                ),
                "grade": "UNKNOWN"
                if item["grade_percent"] is None
                else f"{item['grade_percent']} %",
                "mass": amount(item["mass"], t),
                "note": "; ".join(item["notes"]),
            }
            for item in found["composition"]
        ]
        columns = (
            Column("element", t("Element")),
            Column("grade", t("Grade, dry"), is_number=True),
            Column("mass", t("Metal ± U95"), is_number=True),
            Column("note", t("Note")),
        )
        empty = t("UNKNOWN: nobody has recorded an assay of this lot or of what it was made from.")
        markup(table(columns, rows, empty=empty))


def _origins(visit: Visit, name: str, element: str, elements: list[str]) -> None:
    t = visit.t
    level = visit.given("level", "site")

    def show(found: Mapping[str, Any]) -> None:
        markup(
            chips(
                ((one, visit.here(element=one) + "#origins", one == element) for one in elements),
                t("Element"),
            )
        )
        markup(
            chips(
                (
                    (t(one), visit.here(level=one) + "#origins", one == level)
                    for one in LEVELS_SHOWN
                ),
                t("Level"),
            )
        )
        markup(_origin_table(visit, found))
        for note in found["notes"]:
            markup(callout(note, "warn"))
        _explain(visit, name, element)

    later(visit, t("Where it came from"), origins, show, name, element, level, identity="origins")


def _origin_table(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    ranked = sorted(found["origins"], key=lambda row: -row["share_high"])
    colour = element_colour(found["element"])
    rows = [
        {
            "origin": row["origin"],
            "bar": _bar(row, colour),
            "share": share_range(row["share_low"], row["share_high"]),
            "mass": _part(row["mass"], found, t),
        }
        for row in ranked[:ORIGINS_SHOWN]
    ]
    columns = (
        Column("origin", t("Origin")),
        Column("bar", ""),
        Column("share", t("Share of {element}", element=found["element"]), is_number=True),
        Column("mass", t("Metal"), is_number=True),
    )
    more = len(ranked) - ORIGINS_SHOWN
    rest = h('<p class="hint">{}</p>', t("and {n} more", n=more)) if more > 0 else NOTHING
    return joined((table(columns, rows), rest))


def _part(mass: Mapping[str, Any], found: Mapping[str, Any], t: Translate) -> Markup:
    """Return a part of a lot's metal, to the digits that the uncertainty of the whole leaves."""
    spread = found["metal_u_kg"]
    if spread is None or mass["low"] is None or mass["low"] != mass["high"]:
        return amount({**mass, "basis": found["weakest_basis"]}, t)
    told = shown_mass(*(mass_mg(mass["low"], "kg"),) * 2, str(COVERAGE_FACTOR * spread), "kg")
    return h('<span class="amount">{}</span>{}', told, basis_mark(found["weakest_basis"], t))


def _bar(row: Mapping[str, Any], colour: str) -> Markup:
    """Return a bar: full up to what is certain, pale up to what is possible."""
    low, high = 100 * row["share_low"], 100 * row["share_high"]
    return h(
        '<span class="bar" aria-hidden="true"><i style="width:{:.2f}%;background:linear-gradient('
        '90deg,{} {:.1f}%,{}55 0)"></i></span>',
        high,
        colour,
        100 * low / high if high else 0,
        colour,
    )


def _explain(visit: Visit, name: str, element: str) -> None:
    t = visit.t
    with ui.element("details").classes("no-print"):
        markup(h("{}", t("The arithmetic, step by step")), tag="summary")
        body = ui.element("div")
        with body:

            async def fill() -> None:
                found = await asked(visit, body, explained, name, element)
                if found is None:
                    return
                with body:
                    steps = joined(h("<li>{}</li>", step) for step in found["steps"])
                    markup(h('<ol class="steps">{}</ol>', steps))
                    if not found["complete"]:
                        markup(h('<p class="hint">{}</p>', t("There are more steps than shown.")))

            action(t("Show the steps"), fill, "quiet")


def _show_lineage(visit: Visit, name: str, found: Mapping[str, Any]) -> None:
    t = visit.t
    if not found["up"] and not found["down"]:
        text = t("No recorded event makes this lot or draws from it.")
        markup(empty_state(t("No lineage"), text))
        return
    if found["lot"] != name:
        markup(
            h(
                '<p class="hint"><a href="{}">{}</a> · <a href="{}">{}</a></p>',
                visit.here(centre="") + "#lineage",
                t("Back to {lot}", lot=name),
                visit.link(f"/lots/{found['lot']}"),
                t("Open {lot}", lot=found["lot"]),
            )
        )
    markup(lineage_drawing(visit, found))


def _show_custody(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    state = t("on the way") if found["in_transit"] else _called(found, found["site"])
    markup(
        facts(
            (
                (t("Where"), state),
                (t("Holder"), _called(found, found["holder"])),
                (t("Owner"), _called(found, found["owner"])),
            )
        )
    )
    steps = joined(_step(visit, step, found["names"]) for step in found["steps"])
    markup(h('<ol class="timeline">{}</ol>', steps))


def _called(found: Mapping[str, Any], identity: str | None) -> Markup:
    return h("UNKNOWN") if not identity else called(found["names"], identity)


def _step(visit: Visit, step: Mapping[str, Any], names: Mapping[str, str]) -> Markup:
    def told(*keys: str) -> str:
        return " → ".join(
            names.get(str(step[key]), str(step[key])) for key in keys if step.get(key)
        )

    way, parties = told("site", "to_site"), told("party", "to_party")
    return h(
        '<li><span class="when">{}</span><div><a href="{}">{}</a></div>'
        '<div class="source">{}</div></li>',
        minute(step["time"]),
        visit.link("/record/event", id=step["event"]),
        step["what"],
        " · ".join(part for part in (way, parties) if part),
    )


def _passing(visit: Visit, found: Mapping[str, Any]) -> None:
    """Put title, risk and payment on the page: they pass on different days."""
    t = visit.t
    rows = [
        {
            "what": t(item["what"].replace("_", " ")),
            "said": item["said"] or t("not stated"),
            "time": minute(item["time"]) if item["time"] else t("as the terms say"),
            "document": item["document"] or t("not stated"),
            "event": event_link(visit, item["event"]),
        }
        for item in found["passing"]
    ]
    columns = (
        Column("what", t("What passes")),
        Column("said", t("From whom to whom, or where")),
        Column("time", t("When")),
        Column("document", t("Document")),
        Column("event", t("Entry")),
    )
    with panel(t("Title, risk and payment"), identity="passing"):
        markup(table(columns, rows, empty=t("No transfer of title has been recorded.")))


def _measurements(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    items = found["measurements"]
    rows = [
        {
            "time": minute(item["time"]),
            "what": item["what"],
            "value": h("{}{}", _percent(item), basis_mark(item["basis"], t)),
            "role": item["role"],
            "event": event_link(visit, item["event"]),
        }
        for item in items
    ]
    columns = (
        Column("time", t("When")),
        Column("what", t("Analyte")),
        Column("value", t("Value ± u"), is_number=True),
        Column("role", t("Whose")),
        Column("event", t("Entry")),
    )
    weights = [
        {
            "time": minute(item["time"]),
            "what": t(item["what"]),
            "value": item["said"],
            "kind": t(item["kind"]),
            "event": event_link(visit, item["event"]),
        }
        for item in found["weights"]
    ]
    scale = (
        Column("time", t("When")),
        Column("what", t("What")),
        Column("value", t("As stated, ± u"), is_number=True),
        Column("kind", t("Kind")),
        Column("event", t("Entry")),
    )
    with panel(t("Weights and moistures"), identity="weights"):
        markup(table(scale, weights, empty=t("No mass of this lot has been stated.")))
    with panel(t("Every assay"), identity="measured"):
        empty = t("No assay of this lot itself has been recorded.")
        markup(table(columns, rows[:MEASUREMENTS_SHOWN], empty=empty))
        if len(rows) > MEASUREMENTS_SHOWN:
            with ui.element("details"):
                markup(h("{}", t("and {n} more", n=len(rows) - MEASUREMENTS_SHOWN)), tag="summary")
                markup(table(columns, rows[MEASUREMENTS_SHOWN:]))


def _percent(item: Mapping[str, Any]) -> str:
    low, high = item["low_percent"], item["high_percent"]
    if low is None:
        return "UNKNOWN"
    told = low if low == high else f"{low} to {high}"
    spread = "" if item["u_percent"] is None else f" ± {item['u_percent']}"
    return f"{told}{spread} %"


def _documents(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    rows = [
        {
            "what": item["what"],
            "hash": h("<code>{}</code>", item["sha256"]) if item["sha256"] else t("no file kept"),
            "event": event_link(visit, item["event"]),
        }
        for item in found["documents"]
    ]
    columns = (
        Column("what", t("Document")),
        Column("hash", t("SHA-256")),
        Column("event", t("Entry")),
    )
    with panel(t("Documents"), identity="documents"):
        markup(table(columns, rows, empty=t("No entry about this lot names a document.")))


def _questions(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    if not found["questions"]:
        return
    with panel(t("What is open about it"), identity="questions"):
        rows = [
            {
                "subject": t(item["subject"].replace("_", " ")),
                "detail": item.get("detail") or "",
                "state": t(item["standing"]),
            }
            for item in found["questions"]
        ]
        columns = (
            Column("subject", t("About")),
            Column("detail", t("Question")),
            Column("state", t("Standing")),
        )
        markup(table(columns, rows))


async def _public(visit: Visit, name: str) -> None:
    t = visit.t
    state = await visit.answer(published, name)
    service = service_of(visit.request)
    base = service.settings.public_url or str(visit.request.base_url).rstrip("/")
    address = base + visit.link(f"/p/{name}").partition("?")[0]
    with panel(t("Public page"), identity="public"):
        if state["aspects"]:
            code = segno.make(address, error="m").svg_inline(scale=4, border=2)
            markup(
                h(
                    '<div class="qr">{}<p><a href="{}">{}</a><br><span class="hint">{}: {}</span>'
                    "</p></div>",
                    Markup(code),  # noqa: S704 - drawn by the library from the address
                    address,
                    address,
                    t("Public"),
                    ", ".join(t(word) for word in state["aspects"]),
                )
            )
        else:
            markup(h("<p>{}</p>", t("Nothing of this lot is public.")))
        if visit.may(Right.PUBLISH):
            _publish_form(visit, name, state["aspects"])


def _publish_form(visit: Visit, name: str, chosen: list[str]) -> None:
    t = visit.t
    with ui.element("details").classes("no-print"):
        markup(h("{}", t("Change what is public")), tag="summary")
        boxes = {word: ui.checkbox(t(word), value=word in chosen) for word in ASPECTS}
        said = ui.element("div")

        async def publish() -> None:
            aspects = [word for word, box in boxes.items() if box.value]

            await written_and_shown(visit, said, lambda view: publication(view, name, aspects))

        action(t("Publish exactly this"), publish)
