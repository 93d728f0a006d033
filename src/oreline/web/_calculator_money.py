"""Calculators of money: cash flows, loans, levies, estimates, advance royalties, revenue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from oreline.api import (
    View,
    advance,
    annual_equivalent,
    annuity,
    cash_flow_value,
    estimate_class,
    levies,
    revenue,
    smelter_return,
)
from oreline.model import InputError
from oreline.settle import money_text
from oreline.web._blocks import Column, callout, finding_list, h, table, tiles
from oreline.web._calculator_forms import form, table_form, values
from oreline.web._calculator_tables import EXAMPLES
from oreline.web._charts import signed_bar_chart
from oreline.web._frame import Visit, later, markup
from oreline.web._strings import msg

MONEY_PARTS = (
    ("cash-flow", msg("Cash flow")),
    ("loan", msg("Loan")),
    ("levies", msg("Royalties and levies")),
    ("estimate", msg("Class of an estimate")),
    ("advance", msg("Advance royalty")),
    ("revenue", msg("Revenue and cut-off")),
)
_CENT = Decimal("0.01")
BASES = (
    ("gross revenue", msg("Gross revenue"), "100"),
    ("net smelter return", msg("Net smelter return"), ""),
    ("export value", msg("Export value"), ""),
    ("profit before tax", msg("Profit before tax"), ""),
)


def money_part(visit: Visit, part: str) -> None:
    """Put one calculator of money on the page."""
    shown: Mapping[str, Callable[[Visit], None]] = {
        "cash-flow": _cash_flow,
        "loan": _loan,
        "levies": _levies,
        "estimate": _estimate,
        "advance": _advance,
        "revenue": _revenue,
    }
    shown[part](visit)


def _told(text: str, currency: str = "") -> str:
    return money_text(Decimal(text).quantize(_CENT), currency)


def _cash_flow(visit: Visit) -> None:
    fields = (
        ("rate", msg("Rate for one period, such as 10% or 7.5%/12"), "10%"),
        ("discounting", msg("Flows come at the end or middle of a period"), "end"),
    )
    table_form(visit, EXAMPLES["cash-flow"], cash_flow_value, _show_flow, fields)


def _show_flow(visit: Visit, found: dict[str, Any]) -> None:
    t, currency = visit.t, found["currency"]
    rates = [f"{float(one) * 100:.2f} %" for one in found["irr"]["rates_per_period"]]
    start = t("first flow today") if found["first_period"] == 0 else t("first flow in one period")
    markup(
        tiles(
            (
                (t("Net present value"), _told(found["npv"], currency), start),
                (
                    t("Rate of return"),
                    ", ".join(rates) or t("none"),
                    t("changes of sign: {n}", n=found["irr"]["sign_changes"]),
                ),
            )
        )
    )
    if found["irr"]["reason"]:
        markup(callout(found["irr"]["reason"], "warn"))
    says = t("Value today of each period's flow")
    bars = [(row["period"], float(row["present_value"])) for row in found["flows"]]
    markup(h("<h3>{}</h3>", says))
    markup(signed_bar_chart(bars, says))
    rows = [
        {
            "period": row["period"],
            "flow": row["flow"],
            "factor": f"{float(row['factor']):.6f}",
            "value": f"{float(row['present_value']):,.4f}",
        }
        for row in found["flows"]
    ]
    columns = (
        Column("period", t("Period")),
        Column("flow", t("Flow"), is_number=True),
        Column("factor", t("Discount factor"), is_number=True),
        Column("value", t("Value today"), is_number=True),
    )
    markup(table(columns, rows, caption=t("Period by period, in {currency}", currency=currency)))


def _loan(visit: Visit) -> None:
    t = visit.t
    fields = (
        ("rate", msg("Rate for one period, such as 10% or 7.5%/12"), "7.5%/12"),
        ("periods", msg("Number of payments"), "180"),
        ("present_value", msg("Loan received today"), "200000"),
        ("future_value", msg("Received at the end"), "0"),
    )
    options = (("end", msg("at the end of each period")), ("begin", msg("at the beginning")))
    choices = (("when", msg("Payments"), options, "end"),)
    form(visit, "loan", fields, choices=choices)
    rate, periods, loan, rest = values(visit, fields)

    def ask(view: View) -> dict[str, Any]:
        count = _count(periods)
        return annuity(view, rate, count, loan, rest, begin=visit.given("when") == "begin")

    def show(found: Mapping[str, Any]) -> None:
        words = t("{n} payments, {total} in all", n=found["periods"], total=_told(found["total"]))
        markup(tiles(((t("Payment each period"), _told(found["payment"]), words),)))
        markup(
            h('<p class="hint">{}</p>', t("What is received is positive, what is paid negative."))
        )

    later(visit, t("Equal payments"), ask, show)
    lives = (
        ("npv", msg("Net present value of the project"), "178.77"),
        ("years", msg("Its life in years"), "3"),
        ("of_rate", msg("Rate of a year"), "10%"),
    )
    form(visit, "loan", lives)
    npv, years, yearly = values(visit, lives)

    def ask_yearly(view: View) -> dict[str, Any]:
        return annual_equivalent(view, yearly, _count(years), npv)

    def show_yearly(found: Mapping[str, Any]) -> None:
        words = t("each of {n} years", n=found["years"])
        markup(tiles(((t("Equal yearly amount"), _told(found["annuity"]), words),)))

    later(visit, t("To compare projects of different lives"), ask_yearly, show_yearly)


def _count(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(f"{text!r} is no whole number of payments or years") from None


def _levies(visit: Visit) -> None:
    def ask(view: View, text: str, currency: str, *amounts: str) -> dict[str, Any]:
        bases: dict[str, str | None] = dict(
            zip((name for name, _, _ in BASES), amounts, strict=True)
        )
        return levies(view, text, currency, bases)

    fields = (("currency", msg("Currency"), "USD"), *BASES)
    table_form(visit, EXAMPLES["levies"], ask, _show_levies, fields)


def _show_levies(visit: Visit, found: dict[str, Any]) -> None:
    t, currency = visit.t, found["currency"]
    total = "UNKNOWN" if found["total"] is None else _told(found["total"], currency)
    known = t("known of it: {amount}", amount=_told(found["known"], currency))
    markup(tiles(((t("All levies together"), total, known),)))
    rows = [
        {
            "levy": one["levy"],
            "payee": one["payee"],
            "how": one["reason"],
            "amount": "UNKNOWN" if one["amount"] is None else _told(one["amount"]),
            "source": one["source"],
        }
        for one in found["lines"]
    ]
    columns = (
        Column("levy", t("Levy")),
        Column("payee", t("Paid to")),
        Column("how", t("How")),
        Column("amount", currency, is_number=True),
        Column("source", t("Source")),
    )
    markup(table(columns, rows))
    markup(finding_list(found["findings"], t))


def _estimate(visit: Visit) -> None:
    t = visit.t
    fields = (
        ("engineering_pct", msg("Engineering that is done, %"), "8"),
        ("low_pct", msg("Claimed accuracy below, %"), "-15"),
        ("high_pct", msg("Claimed accuracy above, %"), "15"),
        ("cost", msg("Cost that is estimated"), "5.7"),
    )
    form(visit, "estimate", fields)
    given = values(visit, fields)

    def ask(view: View) -> dict[str, Any]:
        return estimate_class(view, *given)

    def show(found: Mapping[str, Any]) -> None:
        fits = found["consistent"]
        words = t("The accuracy fits the engineering.") if fits else t(
            "The accuracy does NOT fit the engineering."
        )  # fmt: skip
        markup(callout(words, "good" if fits else "bad"))
        span = found["range"]
        shown = [
            (t("Engineering supports"), t("class {n}", n=found["best_class"]), t("at best")),
            (
                t("The accuracy is that of"),
                t("none") if found["claimed_class"] is None
                else t("class {n}", n=found["claimed_class"]),
                "",
            ),
        ]  # fmt: skip
        if span is not None:
            shown.append((t("The cost lies between"), f"{span[0]} – {span[1]}", t("as claimed")))
        markup(tiles(shown))
        markup(h("<p>{}.</p>", found["reason"]))
        markup(h('<p class="hint">{}</p>', found["source"]))

    later(visit, t("Does it fit"), ask, show)


def _advance(visit: Visit) -> None:
    t = visit.t
    fields = (
        ("instalments", msg("Instalments of year 1, 2, ...; the last goes on"), "5 7.5 10"),
        ("cap", msg("Cap of all together"), "50"),
        ("years", msg("Years to list"), "8"),
    )
    form(visit, "advance", fields)
    instalments, cap, years = values(visit, fields)

    def ask(view: View) -> dict[str, Any]:
        return advance(view, instalments.split(), cap, _count(years))

    def show(found: Mapping[str, Any]) -> None:
        columns = (
            Column("year", t("Year")),
            Column("instalment", t("Paid"), is_number=True),
            Column("cumulative", t("Paid so far"), is_number=True),
        )
        markup(table(columns, found["years"]))

    later(visit, t("Year by year"), ask, show)


def _revenue(visit: Visit) -> None:
    t = visit.t
    ore = (
        ("tonnes", msg("Ore, t"), "1000000"),
        ("grade_g_t", msg("Grade, g/t"), "1.5"),
        ("price_per_g", msg("Price of a gram"), "60"),
        ("recovery", msg("Recovery, as a fraction"), "0.9"),
        ("cost_per_t", msg("Cost of a tonne"), "30"),
    )
    form(visit, "revenue", ore)
    given = values(visit, ore)

    def ask(view: View) -> dict[str, Any]:
        return revenue(view, *given)

    def show(found: Mapping[str, Any]) -> None:
        cutoff = f"{float(found['cutoff_g_t']):.4g} g/t"
        markup(
            tiles(
                (
                    (t("Gross revenue"), _told(found["gross"]), t("in the currency of the price")),
                    (t("Cut-off grade"), cutoff, t("a tonne just pays its cost")),
                )
            )
        )

    later(visit, t("What ore brings"), ask, show)
    sold = (
        ("gross", msg("Gross value of the metal"), "1000000"),
        ("payable", msg("Payable part, as a fraction"), "0.95"),
        ("treatment", msg("Treatment"), "50000"),
        ("refining", msg("Refining"), "20000"),
        ("penalties", msg("Penalties"), "5000"),
        ("freight", msg("Freight"), "0"),
    )
    form(visit, "revenue", sold)
    amounts = values(visit, sold)

    def ask_return(view: View) -> dict[str, Any]:
        return smelter_return(view, *amounts)

    def show_return(found: Mapping[str, Any]) -> None:
        words = t("gross × payable, less all charges")
        markup(tiles(((t("Net smelter return"), _told(found["net_smelter_return"]), words),)))

    later(visit, t("What the smelter pays"), ask_return, show_return)
