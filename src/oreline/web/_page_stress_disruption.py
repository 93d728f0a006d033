"""Disruptions: choose a mineral and an event; price, shortfall, loss of product and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from markupsafe import Markup
from nicegui import ui

from oreline.api import DisruptionQuestion, disruption_scenarios, stress_disruption_drawn
from oreline.model import InputError
from oreline.web._blocks import (
    Column,
    callout,
    h,
    input_field,
    question_form,
    select_field,
    table,
)
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._stress_disruption_parts import number_of, show_together, show_touched
from oreline.web._stress_parts import stress_tabs
from oreline.web._stress_pictures import show_picture
from oreline.web._strings import msg

HERE: Final = "/stress/disruption"
TERMS: Final = {
    "consumers cut output": msg("Consumers cut output"),
    "consumers pay more": msg("Consumers pay more"),
    "domestic producers make more": msg("Domestic producers make more"),
    "domestic producers are paid more": msg("Domestic producers are paid more"),
    "downstream industries cut output": msg("Downstream industries cut output"),
}


INDUSTRIES: Final = 10
"""How many industries the page lists; the API gives all."""


@page(HERE, "Disruption", wide=True)
async def disruption_page(visit: Visit) -> None:
    """Show the question and its answer."""
    t = visit.t
    head(t("Disruption"), t("What a ban, an outage or a conflict of a year does to a mineral."))
    markup(stress_tabs(visit))
    scenarios = list(await visit.answer(disruption_scenarios))
    asked = _asked(visit, scenarios)
    markup(question_form(HERE, _fields(visit, asked, scenarios), t("Work it out")))
    ask = partial(stress_disruption_drawn, asked=asked)
    later(visit, t("Answer"), ask, lambda found: _show_all(visit, found))


def _asked(visit: Visit, scenarios: Sequence[str]) -> DisruptionQuestion:
    """Return what the address asks for; a scenario of the folder goes before minerals."""
    chosen = visit.given("scenario")
    named = (visit.given("mineral") or "antimony", visit.given("also"))
    ban, trade = visit.given("ban"), visit.given("trade_of")
    return DisruptionQuestion(
        () if chosen in scenarios else tuple(one for one in named if one),
        chosen if chosen in scenarios else "",
        (ban,) if ban else (),
        (visit.given("to") or "all",) if ban else (),
        _months(visit.given("months") or "12"),
        tuple(trade.split()),
    )


def _fields(visit: Visit, asked: DisruptionQuestion, scenarios: Sequence[str]) -> list[Markup]:
    t = visit.t
    mineral, also = (*asked.minerals, "", "")[:2]
    fields = [
        input_field("mineral", t("Mineral"), mineral or visit.given("mineral")),
        input_field("also", t("Together with"), also, placeholder="germanium"),
    ]
    if scenarios:
        options = [("", t("none")), *((one, one) for one in scenarios)]
        label = t("Scenario of the chain folder instead")
        fields.append(select_field("scenario", label, options, asked.scenario))
    return [
        *fields,
        input_field(
            "ban", t("Country that bans exports"), visit.given("ban"), placeholder="CHN"
        ),
        select_field(
            "to", t("Aimed at"), (("all", t("all others")), ("USA", t("United States"))),
            visit.given("to") or "all",
        ),
        input_field("months", t("Months"), visit.given("months") or "12"),
        input_field(
            "trade_of", t("Routes from trade: stage=code:content"), visit.given("trade_of"),
            placeholder="mine=261710:0.5",
        ),
    ]  # fmt: skip


def _months(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{text!r} is no number of months: write such as 12") from None


def _show_all(visit: Visit, found: Mapping[str, Any]) -> None:
    if found["together"] is None:
        _show(visit, found["minerals"][0])
        return
    show_together(visit, found["together"])
    for one in found["minerals"]:
        with ui.element("details").classes("panel"):
            markup(h("{}", one["mineral"]), tag="summary")
            _show(visit, one)


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    for note in found["notes"]:
        if "calibrated to" in note:
            markup(callout(note, "warn"))
    _pictures(visit, found)
    columns = (
        Column("measure", t("Measure")),
        Column("bound", t("Industries counted by")),
        Column("unit", t("Unit")),
        Column("low", t("10 %"), is_number=True),
        Column("middle", t("Median"), is_number=True),
        Column("high", t("90 %"), is_number=True),
    )
    rows = [
        {**one, **{key: number_of(one[key]) for key in ("low", "middle", "high")}}
        for one in found["measures"]
    ]
    markup(table(columns, rows, caption=t("Ranges: 80 of 100 draws of what is assumed")))
    show_touched(visit, found["china_touched"])
    _product(visit, found)
    _decisions(visit, found)
    with ui.element("details").classes("panel"):
        markup(h("{}", t("What it rests on")), tag="summary")
        for note in found["notes"]:
            markup(h('<p lang="en">{}</p>', note))
        assumed = [
            {"place": place, "value": number_of(one["value"]), "source": one["source"]}
            for place, one in found["assumed"].items()
        ]
        heads = (
            Column("place", t("Assumed")),
            Column("value", t("Value"), is_number=True),
            Column("source", t("Source")),
        )
        markup(table(heads, assumed))


def _pictures(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show each picture as it is saved: with its source line, as SVG, PNG and numbers."""
    ban, aimed = visit.given("ban"), visit.given("to") or "all"
    asked = {"months": visit.given("months") or "12"}
    chosen = visit.given("scenario")
    asked |= {"scenario": chosen} if chosen else {"mineral": found["mineral"]}
    if ban:
        asked |= {"ban": ban, "to": aimed}
    for chart, svg in found["pictures"].items():
        show_picture(
            visit,
            svg,
            visit.link("/api/v1/stress/disruption/chart.svg", chart=chart, **asked),
            f"{found['mineral']}-{chart}".replace(" ", "-"),
            visit.link("/api/v1/stress/disruption.csv", **asked),
        )


def _product(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    markup(h("<h3>{}</h3>", t("Product of the United States")))
    if not found["terms_musd"]:
        markup(h("<p>{}</p>", t("UNKNOWN: no table says which industries use it.")))
        return
    rows = [
        {"term": t(TERMS[name]), "musd": number_of(value)}
        for name, value in found["terms_musd"].items()
    ]
    columns = (Column("term", t("Term")), Column("musd", t("Million USD"), is_number=True))
    markup(table(columns, rows, caption=t("Mean change, numbers as given")))
    heads = (
        Column("industry", t("Industry")),
        Column("direct", t("Direct"), is_number=True),
        Column("low", t("QP, 10 %"), is_number=True),
        Column("middle", t("Median"), is_number=True),
        Column("high", t("90 %"), is_number=True),
    )
    lost = [
        {
            "industry": f"{one['code']} {one['name']}",
            "direct": number_of(one["direct_musd"]["given"]),
            **{key: number_of(one["qp_musd"][key]) for key in ("low", "middle", "high")},
        }
        for one in found["industries"][:INDUSTRIES]
    ]
    markup(table(heads, lost, caption=t("Expected loss by industry, million USD a year")))
    markup(h('<p class="source" lang="en">{}</p>', f"{t('Source')}: {found['source_line']}"))


def _decisions(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    if found["decisions"] is None:
        return
    columns = (
        Column("measure", t("Measure")),
        Column("mean", t("Mean loss avoided, million USD"), is_number=True),
        Column("cvar", t("CVaR avoided, million USD"), is_number=True),
        Column("worth", t("May cost at most, million USD a year"), is_number=True),
    )
    rows = [
        {
            "measure": one["measure"],
            "mean": number_of(one["mean_avoided_musd"]),
            "cvar": number_of(one["cvar_avoided_musd"]),
            "worth": number_of(one["worth_at_most_usd_per_year"] / 1e6),
        }
        for one in found["decisions"]["measures"]
    ]
    markup(table(columns, rows, caption=t("What would help")))
