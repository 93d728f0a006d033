"""How the money of instruments comes back, as a part of the page Fund: schedules and covenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_mark,
    empty_state,
    facts,
    finding_list,
    h,
    joined,
    table,
)
from oreline.web._frame import Visit, markup

FORMS = (("beancount", "Beancount"), ("xlsx", "Excel"), ("csv", "CSV"))


def show_outlooks(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show of each instrument what falls due and whether its covenants hold."""
    t = visit.t
    markup(finding_list(found["findings"], t))
    if not found["instruments"]:
        words = t("No loan, prepayment or price floor that you may see says how its money comes "
                  "back.")  # fmt: skip
        fix = t("Write [loan], [prepayment] or [price_floor] in an instrument of the chain folder "
                "and try 'oreline fund schedule'.")  # fmt: skip
        markup(empty_state(words, fix))
    for one in found["instruments"]:
        markup(h("{}", one["title"]), tag="h3")
        markup(finding_list(one["findings"], t))
        if one["covenants"]:
            parts = joined(h("<li>{}</li>", _covenant(visit, item)) for item in one["covenants"])
            markup(parts, tag="ul").classes("conditions")
        markup(_rests_on(visit, one))
        if one["schedule"]:
            _folded(t("The schedule, period by period"), _schedule(visit, one))
        if one["metal"] is not None:
            _metal(visit, one)


def books_links(visit: Visit, instrument: str) -> Markup:
    """Return links to the books of an instrument as files."""
    asked = {"instrument": instrument, "on": visit.given("on") or None}
    links = joined(
        (
            h('<a href="{}">{}</a>', visit.link(f"/api/v1/fund/books.{form}", **asked), words)
            for form, words in FORMS
        ),
        " · ",
    )
    return h('<p class="hint">{}: {}</p>', visit.t("Double-entry books"), links)


def _folded(title: str, content: Markup) -> None:
    with ui.element("div"):
        markup(h("<details><summary>{}</summary>{}</details>", title, content))


def _covenant(visit: Visit, one: Mapping[str, Any]) -> Markup:
    t, verdict = visit.t, str(one["verdict"])
    rows = [
        {
            "end": ratio["end"],
            "ratio": _short(ratio["ratio"]),
            "why": "; ".join(f"{item['name']}: {item['why']}" for item in ratio["missing"]),
        }
        for ratio in one["periods"]
    ]
    columns = (
        Column("end", t("Period until")),
        Column("ratio", str(one["ratio"]).upper(), is_number=True),
        Column("why", t("Missing")),
    )
    said = h("<p>{} ≥ {} · {}</p>", str(one["ratio"]).upper(), one["at_least"], one["told"])
    return h(
        '<details><summary><span class="verdict {}">{}</span>{}</summary>{}{}</details>',
        verdict.lower(),
        t(verdict),
        one["title"],
        said,
        table(columns, rows, caption=one["title"]),
    )


def _short(ratio: str | None) -> str:
    return "UNKNOWN" if ratio is None else f"{Decimal(ratio):.2f}"


def _rests_on(visit: Visit, one: Mapping[str, Any]) -> Markup:
    forecast = one["forecast"]
    if forecast is None:
        return NOTHING
    basis = basis_mark(forecast["basis"], visit.t) if forecast["basis"] else NOTHING
    return h('<p class="hint">{}: {} {}</p>', visit.t("Cash that is expected"),
             forecast["source"], basis)  # fmt: skip


def _schedule(visit: Visit, one: Mapping[str, Any]) -> Markup:
    t = visit.t
    columns = (
        Column("end", t("Period until")),
        Column("drawn", t("Drawn"), is_number=True),
        Column("paid_interest", t("Interest"), is_number=True),
        Column("capitalised", t("Capitalised"), is_number=True),
        Column("principal", t("Principal"), is_number=True),
        Column("closing", t("Owed"), is_number=True),
    )
    money = tuple(column.key for column in columns[1:])
    rows = [{"end": row["end"], **_moneys(row, money)} for row in one["schedule"]]
    missing = joined(
        h('<p class="hint">{}: {}</p>', item["name"], item["why"]) for item in one["missing"]
    )
    return h("{}{}", table(columns, rows, caption=_caption(visit, one)), missing)


def _caption(visit: Visit, one: Mapping[str, Any]) -> str:
    return visit.t("Amounts in {currency}", currency=one["currency"])


def _moneys(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    return {name: "UNKNOWN" if row[name] is None else f"{Decimal(row[name]):,f}" for name in names}


def _metal(visit: Visit, one: Mapping[str, Any]) -> None:
    t, metal = visit.t, one["metal"]
    owed = "UNKNOWN" if metal["owed"] is None else f"{Decimal(metal['owed']):,f} {one['currency']}"
    markup(facts(((t("Owed"), owed),)))
    columns = (
        Column("day", t("Day")),
        Column("what", t("What")),
        Column("tonnes", "t", is_number=True),
        Column("amount", t("Amount"), is_number=True),
        Column("owed", t("Owed"), is_number=True),
    )
    rows = [
        {**row, "tonnes": row["tonnes"] or "", **_moneys(row, ("amount", "owed"))}
        for row in metal["turns"]
    ]
    _folded(t("Deliveries, one by one"), table(columns, rows, caption=_caption(visit, one)))
