"""Bilateral trade by code: who exports it, with share and rank, and what is not told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oreline.api import stress_trade
from oreline.web._blocks import Column, callout, h, input_field, question_form, table
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._stress_parts import number_text, stress_tabs

SHOWN = 25


@page("/stress/trade", "Trade")
async def trade_page(visit: Visit) -> None:
    """Show the exporters of a code, or of every code of a mineral."""
    t = visit.t
    head(t("Trade"), t("Who sells it to whom, by code of the Harmonized System."))
    markup(stress_tabs(visit))
    code, to, year = visit.given("code", "2617.10"), visit.given("to"), visit.given("year")
    fields = (
        input_field("code", t("Code, or mineral"), code),
        input_field("to", t("Imports of (empty: the world)"), to),
        input_field("year", t("Year (empty: the newest)"), year),
    )
    markup(question_form(visit.link("/stress/trade"), fields, t("Show")))
    ask = partial(stress_trade, code=code, to=to, year=int(year) if year.isdigit() else None)
    later(visit, t("Exporters"), ask, lambda found: _show(visit, found))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    for one in found["codes"]:
        _code(visit, one)


def _code(visit: Visit, one: Mapping[str, Any]) -> None:
    t = visit.t
    into = t("to {country}", country=one["importer"]) if one["importer"] else t("to the world")
    markup(
        h(
            "<h3>{}.{} {}, {}, {}</h3>",
            one["hs"][:4],
            one["hs"][4:],
            one["description"],
            into,
            one["year"],
        )
    )
    for warning in one["warnings"][:-1]:
        markup(callout(h('<span lang="en">{}</span>', warning), "warn"))
    columns = (
        Column("rank", t("Rank"), is_number=True),
        Column("name", t("Exporter")),
        Column("value", t("Thousand USD"), is_number=True),
        Column("share", t("Share"), is_number=True),
        Column("quantity", t("Tonnes"), is_number=True),
        Column("gaps", t("Flows without tonnes"), is_number=True),
    )
    rows = [
        {
            "rank": each["rank"],
            "name": each["name"],
            "value": f"{each['value_kusd']:,.0f}",
            "share": f"{each['share']:.1%}",
            "quantity": number_text(visit, each["quantity_t"], "{:,.0f}"),
            "gaps": t("{n} of {total}", n=each["flows_without_quantity"], total=each["flows"]),
        }
        for each in one["exporters"][:SHOWN]
    ]
    markup(table(columns, rows, caption=t("Exporters")))
    address = visit.link(
        "/api/v1/stress/trade.csv", code=one["hs"], to=one["importer"], year=one["year"]
    )
    markup(h('<p><a class="btn quiet small" href="{}">CSV</a></p>', address))
    markup(h('<p class="source" lang="en">{} {}</p>', one["warnings"][-1], one["source"]))
