"""Lots: the table of every lot, sorted, filtered and searched by the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from oreline.api import lot_choices
from oreline.web._blocks import (
    NOTHING,
    empty_state,
    h,
    input_field,
    joined,
    question_form,
    select_field,
)
from oreline.web._frame import Visit, head, markup, page
from oreline.web._strings import Translate, msg

BLOCK_ROWS = 100
"""How many lots the browser asks for at once."""
LABELS = {
    "search": msg("Part of the name"), "stage": msg("Stage"), "material": msg("Material"),
    "site": msg("Site"), "holder": msg("Holder"), "basis": msg("Basis"), "flag": msg("Only"),
    "since": msg("Since"), "until": msg("Until"),
}  # fmt: skip
"""What can be asked of the table, and what that is called."""
FLAGS = {
    "continuing": msg("piles, tanks and pools"), "overdrawn": msg("overdrawn"),
    "in_transit": msg("on the way"), "consumed": msg("used up"),
    "reported_only": msg("only reported"),
}  # fmt: skip


@page("/lots", "Lots", wide=True)
async def lots_page(visit: Visit) -> None:
    """Show the table."""
    t = visit.t
    choices = await visit.choices(lot_choices)
    element = visit.given("element") or choices["element"] or ""
    asked = {**_asked(visit), "element": element}
    export = joined(
        (
            h(
                '<a class="btn quiet" href="{}">{}</a>',
                visit.link("/api/v1/lots/export", **asked, format=form),
                words,
            )
            for form, words in (("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet"))
        ),
        " ",
    )
    head(
        t("Lots"),
        t("Every lot of the ledger. Sort by a column; the address keeps the filters."),
        export,
    )
    if not choices["material"] and not choices["basis"]:
        remedy = h('<a href="/record">{}</a>', t("Record the first one"))
        markup(empty_state(t("There is no lot yet"), remedy))
        return
    markup(_form(visit, choices, element))
    markup(h('<p class="hint" id="lot-count" role="status">{}</p>', t("Loading")))
    ui.add_head_html('<script src="/static/lots.js"></script>')
    markup(_nothing_found(visit)).props("id=lots-empty hidden")
    with ui.element("div").props("id=lots-table"):
        _grid(visit, element)


def _asked(visit: Visit) -> dict[str, str]:
    return {name: visit.given(name) for name in LABELS if visit.given(name)}


def _nothing_found(visit: Visit) -> Markup:
    """Return what stands where no lot is found: which filters are on, and a way out of each."""
    t = visit.t
    rows = joined(
        h(
            '<li>{}: <b>{}</b> · <a href="{}">{}</a></li>',
            t(LABELS[name]),
            t(FLAGS[value]) if name == "flag" and value in FLAGS else value,
            visit.here(**{name: ""}),
            t("without it"),
        )
        for name, value in _asked(visit).items()
    )
    clear = visit.link("/lots", element=visit.given("element"))
    remedy = h(
        '{}<ul>{}</ul><p><a class="btn" href="{}">{}</a></p>',
        t("These filters are on:"),
        rows,
        clear,
        t("Clear all filters"),
    )
    return empty_state(t("No lot is like that"), remedy if rows else NOTHING)


def _form(visit: Visit, choices: Mapping[str, Any], element: str) -> Any:
    t = visit.t

    def pick(name: str, label: str, values: list[str]) -> Any:
        options = [("", t("all")), *((value, value) for value in values)]
        return select_field(name, label, options, visit.given(name))

    fields = (
        input_field("search", t(LABELS["search"]), visit.given("search"), "search"),
        select_field("element", t("Metal of"), [(n, n) for n in choices["elements"]], element),
        pick("stage", t(LABELS["stage"]), choices["stage"]),
        pick("site", t("Site"), choices["site"]),
        pick("holder", t(LABELS["holder"]), choices["holder"]),
        pick("basis", t(LABELS["basis"]), choices["basis"]),
        select_field("flag", t(LABELS["flag"]), _flags(t), visit.given("flag")),
        input_field("since", t(LABELS["since"]), visit.given("since"), "date"),
        input_field("until", t(LABELS["until"]), visit.given("until"), "date"),
    )
    return question_form("/lots", fields, t("Show"))


def _flags(t: Translate) -> list[tuple[str, str]]:
    return [("", t("all")), *((name, t(words)) for name, words in FLAGS.items())]


def _grid(visit: Visit, element: str) -> None:
    t = visit.t
    asked = _asked(visit)
    if element:
        asked["element"] = element
    if visit.as_of:
        asked["as_of"] = visit.as_of
    if visit.known_at:
        asked["known_at"] = visit.known_at
    query = json.dumps(urlencode(asked))
    words = {"failed": t("The table cannot be loaded"), "count": t("{n} lots", n="{n}")}
    columns = [
        _column("lot", t("Lot"), 210, ":cellRenderer", "window.orelineLotLink", pinned="left"),
        _column("material_name", t("Material"), 240, sort_key="material"),
        _column("stage", t("Stage"), 120, ":valueFormatter", "window.orelineUnknown"),
        _column("site_name", t("Site"), 220, ":valueFormatter", "window.orelineUnknown", "site"),
        _column("holder", t("Holder"), 140, ":valueFormatter", "window.orelineUnknown"),
        _column("last", t("Last event"), 115, ":valueFormatter", "window.orelineDay"),
        _column("dry", t("Made, dry kg"), 130, ":valueFormatter", "window.orelineMass"),
        _column("stock", t("In the books, dry kg"), 150, ":valueFormatter", "window.orelineMass"),
        _column("basis", t("Basis"), 105),
    ]
    if element:
        formatter = (":valueFormatter", "window.orelineMass")
        columns.insert(-1, _column("metal", f"{element}, kg", 130, *formatter))
    for column in columns:
        if column["colId"] in {"dry", "stock", "metal"}:
            column["type"] = "rightAligned"
    grid = ui.aggrid(
        {
            "columnDefs": columns,
            "defaultColDef": {"resizable": True, "sortingOrder": ["desc", "asc"]},
            "rowModelType": "infinite",
            "cacheBlockSize": BLOCK_ROWS,
            "maxBlocksInCache": 20,
            ":datasource": f"window.orelineLots({query}, {json.dumps(words)})",
            "enableRtl": visit.language.direction == "rtl",
            "suppressCellFocus": False,
        },
        auto_size_columns=False,
    )
    grid.classes("lots-grid").style("height: min(70vh, 46rem); width: 100%")


def _column(
    field: str, title: str, width: int, how: str = "", code: str = "", sort_key: str = "",
    pinned: str = "",
) -> dict[str, Any]:  # fmt: skip
    column: dict[str, Any] = {
        "field": field,
        "colId": sort_key or field,
        "headerName": title,
        "width": width,
        "sortable": True,
    }
    if field == "last":
        column["sort"] = "desc"
    if how:
        column[how] = code
    if pinned:
        column[":pinned"] = f"innerWidth > 700 ? {json.dumps(pinned)} : null"
    return column
