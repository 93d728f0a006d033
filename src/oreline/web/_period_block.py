"""The periods that may be declared of a shipment: what each would pay, and declaring one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import Right, View, period_to_accept, period_to_declare
from oreline.settle import Side
from oreline.web._blocks import Column, callout, h, joined, table
from oreline.web._frame import Visit, action, event_link, markup
from oreline.web._statement_blocks import amount_of, number_of
from oreline.web._writing import written_and_shown


def period_block(visit: Visit, told: Mapping[str, Any], currency: str) -> None:
    """Put the choices of a shipment on the page, and the buttons of who may act on them."""
    t = visit.t
    if not told["periods"]:
        markup(h("<p>{}</p>", t("No price of this contract leaves a period to choose.")))
        return
    markup(_choices(visit, told, currency))
    for one in told["periods"]:
        if one["why"]:
            name = f"{one['price']} {one['option']}".strip()
            markup(callout(f"{name}: {one['why']}", "warn"))
    for remark in told["remarks"]:
        markup(h('<p class="hint">{}</p>', remark))
    markup(_declared(visit, told))
    if not visit.may(Right.RECORD) or visit.as_of or visit.known_at:
        return
    # What a later look shows is not what can be declared: only today's page has buttons.
    if told["on"] < told["today"]:
        return
    _declaring(visit, told)
    for price, said in told["declared"].items():
        if said["waits_for"] and visit.person.party in {None, said["waits_for"]}:
            _accepting(visit, price, said)


def _choices(visit: Visit, told: Mapping[str, Any], currency: str) -> Markup:
    t = visit.t
    rows = []
    for one in told["periods"]:
        by = one["by"]
        rows.append(
            {
                "price": one["price"],
                "option": one["option"] or t("if nothing is declared"),
                "by": f"{t(by)}, {told['parties'][by]}" if by else "–",
                "until": (one["until"] or t("no day known yet")) if by else "–",
                "month": one["month"] or t("no day known yet"),
                "share": _percent(one["share"]),
                "per_t": number_of(one["per_t"], f"{currency}/t"),
                "net": amount_of(one["net_value"], currency),
            }
        )
    columns = (
        Column("price", t("Price")),
        Column("option", t("Period")),
        Column("by", t("Who may declare it")),
        Column("until", t("Last day")),
        Column("month", t("Month")),
        Column("share", t("Published"), is_number=True),
        Column("per_t", t("Price as known"), is_number=True),
        Column("net", t("Would pay"), is_number=True),
    )
    words = t(
        "Prices as known on {day}. A choice is between known numbers only where the whole period "
        "is published.",
        day=told["on"],
    )
    return h('<p class="hint">{}</p>{}', words, table(columns, rows))


def _percent(share: str | None) -> str:
    return "UNKNOWN" if share is None else f"{float(share):.0%}".replace("%", " %")


def _declared(visit: Visit, told: Mapping[str, Any]) -> Markup:
    t = visit.t
    lines = (
        h(
            "<li>{} {}</li>",
            t(
                "{price}: {option} was declared; the day that counts is {day}.",
                price=price,
                option=said["option"],
                day=said["on"] or "UNKNOWN",
            ),
            event_link(visit, said["event"]),
        )
        for price, said in told["declared"].items()
    )
    items = joined(lines)
    return h("<ul>{}</ul>", items) if items else items


def _declaring(visit: Visit, told: Mapping[str, Any]) -> None:
    t = visit.t
    mine = [
        one
        for one in told["periods"]
        if one["option"]
        and one["price"] not in told["declared"]
        and (one["until"] is None or told["today"] <= one["until"])
        and visit.person.party in {None, told["parties"][one["by"]]}
    ]
    if not mine:
        return
    words = t(
        "The day that counts is that on which the declaration enters the ledger. The first "
        "declaration of a price holds; until the last day it can be corrected."
    )
    markup(h('<p class="hint">{}</p>', words))
    said = ui.element("div").props("aria-live=polite")
    with ui.element("div").classes("inputs"):
        for one in mine:
            _declare(visit, said, told, one)


def _declare(
    visit: Visit, said: ui.element, told: Mapping[str, Any], one: Mapping[str, Any]
) -> None:
    period = f"{one['price']}={one['option']}"

    def draft(view: View) -> dict[str, Any]:
        return period_to_declare(view, told["contract"], told["shipment"], period, Side(one["by"]))

    words = visit.t(
        "Declare {option} of {price} for {party}",
        option=one["option"],
        price=one["price"],
        party=told["parties"][one["by"]],
    )
    action(words, lambda: written_and_shown(visit, said, draft))


def _accepting(visit: Visit, price: str, declared: Mapping[str, Any]) -> None:
    t, party = visit.t, declared["waits_for"]
    words = t(
        "{price}: where {party} accepts the declaration, the day that it says counts: {day}.",
        price=price,
        party=party,
        day=declared["says"],
    )
    markup(h('<p class="hint">{}</p>', words))
    said = ui.element("div").props("aria-live=polite")

    def draft(view: View) -> dict[str, Any]:
        return period_to_accept(view, declared["event"], party)

    words = t("Accept {option} of {price} for {party}", option=declared["option"], price=price,
              party=party)  # fmt: skip
    action(words, lambda: written_and_shown(visit, said, draft))
