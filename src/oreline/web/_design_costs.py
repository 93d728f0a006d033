"""What a design costs, on its page: capital, operating cost, cost of a kilogram, price deck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from oreline.api import design_costs
from oreline.web._blocks import Column, basis_tag, finding_list, h, table, tiles
from oreline.web._design_charts import short
from oreline.web._frame import Visit, later, markup
from oreline.web._strings import msg

RULES = {
    "mass": msg("by mass"),
    "value": msg("by sales value"),
    "net value": msg("by net value"),
    "stated": msg("by stated shares"),
    "main": msg("all to the main product"),
}
SHOWN_RULES = ("mass", "value", "stated")
"""The rules that stand in the table always; others where the numbers give them."""
BURDENS = {
    "co2 scope 1": msg("CO2 of the plants"),
    "co2 scope 2": msg("CO2 of power"),
    "water": msg("Water"),
    "tailings": msg("Tailings"),
}


def money(value: float | None) -> str:
    """Return an amount of money as people read it.

    >>> money(760_044_184.0), money(72.844), money(None)
    ('760.0 M', '72.84', '–')
    """
    if value is None:
        return "–"
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.1f} M"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def costs_panel(visit: Visit, file: str) -> None:
    """Put on the page what the design costs as its files stand."""

    def show(told: Mapping[str, Any]) -> None:
        _sums(visit, told)
        _per_kilogram(visit, told)
        _price_deck(visit, told)
        _folded(visit, told)

    later(visit, visit.t("Costs"), design_costs, show, file, {}, identity="costs")


def _sums(visit: Visit, told: Mapping[str, Any]) -> None:
    t, currency = visit.t, told["currency"]
    capital = told["capital"][-1]["amount"]
    low, high = (money(told["capital_range"][end]) for end in ("low", "high"))
    value = told["level_year_npv_before_tax"]
    markup(
        tiles(
            (
                (t("Capital"), money(capital), t("{low} to {high}, class {n}", low=low, high=high,
                                                 n=told["estimate_class"])),
                (t("Operating cost"), money(told["operating_cost"]), t("a year")),
                (t("Revenue"), money(told["revenue"]), t("a year")),
                (t("Margin"), money(told["margin"]), t("a year")),
                (t("Net present value"), money(value), t("level years, before tax")),
            )
        )
    )  # fmt: skip
    words = t("All money is {currency} of {year}; every number is told with its source below.",
              currency=currency, year=told["year"])  # fmt: skip
    markup(h('<p class="hint">{}</p>', words))
    if told["findings"]:
        with ui.element("details"):
            markup(h("{}", t("{n} warnings", n=len(told["findings"]))), tag="summary")
            markup(finding_list(told["findings"], t))


def _per_kilogram(visit: Visit, told: Mapping[str, Any]) -> None:
    """Show what a kilogram of each product costs by each rule of sharing, beside its price."""
    t = visit.t
    found = (told["allocations"] or {"costs": []})["costs"]
    by_rule: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in found:
        by_rule.setdefault(row["rule"], {})[row["product"]] = row
    rules = [
        rule
        for rule in RULES
        if rule in SHOWN_RULES
        or any(row["operating_cost_per_kg"] is not None for row in by_rule.get(rule, {}).values())
    ]
    rows = [
        {
            "product": one["product"],
            "price": f"{one['price_per_kg']:,.4g}",
            **{rule: _by_rule(by_rule.get(rule, {}).get(one["product"])) for rule in rules},
        }
        for one in told["products"]
    ]
    columns = (
        Column("product", t("Cost of a kilogram, {currency}", currency=told["currency"])),
        Column("price", t("Brings"), is_number=True),
        *(Column(rule, t(RULES[rule]), is_number=True) for rule in rules),
    )
    markup(
        table(columns, rows, caption=t("Operating cost of a kilogram; with capital in brackets"))
    )
    for rule in rules:
        reasons = {row["reason"] for row in by_rule.get(rule, {}).values() if row["reason"]}
        for reason in sorted(reasons):
            markup(h('<p class="hint">{}: {}</p>', t(RULES[rule]), reason))


def _by_rule(row: Mapping[str, Any] | None) -> str:
    if row is None or row["operating_cost_per_kg"] is None:
        return "–"
    full = row["full_cost_per_kg"]
    told = f"{row['operating_cost_per_kg']:,.4g}"
    return told if full is None else f"{told} ({full:,.4g})"


def _price_deck(visit: Visit, told: Mapping[str, Any]) -> None:
    t = visit.t
    rows = [
        {
            "name": one["name"].removeprefix("price: "),
            "price": f"{one['value']:,.4g} {one['unit']}",
            "range": _range(one),
            "basis": basis_tag(one["basis"], t),
            "source": one["source"],
        }
        for one in told["numbers"]
        if one["name"].startswith("price: ")
    ]
    columns = (
        Column("name", t("Product")),
        Column("price", t("Price"), is_number=True),
        Column("range", t("Range"), is_number=True),
        Column("basis", t("Basis")),
        Column("source", t("Source")),
    )
    markup(table(columns, rows, caption=t("Price deck")))


def _range(one: Mapping[str, Any]) -> str:
    return "" if one["low"] is None else f"{one['low']:,.4g} – {one['high']:,.4g}"


def _folded(visit: Visit, told: Mapping[str, Any]) -> None:
    """Show capital, operating lines, burdens and numbers, each folded under its name."""
    t, currency = visit.t, told["currency"]
    for title, key, unit in (
        (t("Capital, item by item"), "capital", currency),
        (t("Operating cost, line by line"), "operating", f"{currency}/{t('year')}"),
    ):
        rows = [
            {
                "name": one["name"],
                "stage": one["stage"],
                "amount": f"{one['amount']:,.0f}",
                "basis": basis_tag(one["basis"], t),
                "source": one["source"],
            }
            for one in told[key]
        ]
        columns = (
            Column("name", t("Item")),
            Column("stage", t("Stage")),
            Column("amount", unit, is_number=True),
            Column("basis", t("Basis")),
            Column("source", t("Source")),
        )
        _details(title, columns, rows)
    rows = [
        {
            "burden": t(BURDENS[one["burden"]]),
            "product": one["product"] or t("all"),
            "year": f"{one['per_y']:,.4g} {one['unit']}",
            "kilogram": ""
            if one["per_kg_product"] is None
            else f"{one['per_kg_product']:,.4g} {one['small_unit']}",
        }
        for one in told["burdens"]
    ]
    if rows:
        sums = (
            Column("burden", t("Burden")),
            Column("product", t("Product")),
            Column("year", t("a year"), is_number=True),
            Column("kilogram", t("a kilogram"), is_number=True),
        )
        _details(t("Carbon dioxide, water, tailings"), sums, rows)


def _details(title: str, columns: Sequence[Column], rows: Sequence[Mapping[str, object]]) -> None:
    with ui.element("details"):
        markup(h("{}", title), tag="summary")
        markup(table(columns, rows))


def changed_costs(visit: Visit, told: Mapping[str, Any], first: Mapping[str, Any]) -> None:
    """Show what a what-if does to the sums and to the cost of a kilogram."""
    t = visit.t
    before = {one["product"]: one for one in first["products"]}
    rows = [
        {
            "what": t("Cost of a kilogram: {product}", product=one["product"]),
            "now": f"{one['operating_cost_per_kg']:,.4g}",
            "change": _change(
                one["operating_cost_per_kg"] - before[one["product"]]["operating_cost_per_kg"]
            ),
        }
        for one in told["products"]
    ]
    for words, key in (
        (t("Operating cost, a year"), "operating_cost"),
        (t("Margin, a year"), "margin"),
        (t("Net present value"), "level_year_npv_before_tax"),
    ):
        if told[key] is not None:
            change = told[key] - (first[key] or 0.0)
            rows.append({"what": words, "now": money(told[key]), "change": _change(change)})
    columns = (
        Column("what", t("What it costs, {currency}", currency=told["currency"])),
        Column("now", t("Now"), is_number=True),
        Column("change", t("Change"), is_number=True),
    )
    markup(table(columns, rows))


def _change(value: float) -> str:
    if abs(value) < 1e-9:
        return ""
    return f"+{short(value)}" if value > 0 else short(value)
