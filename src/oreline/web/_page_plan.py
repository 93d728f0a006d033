"""Plan: what to build, when, in which phase, and what that would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from oreline.api import PlanQuestion, plan_flows, plan_inputs, plan_solution, plans
from oreline.web._blocks import (
    Column,
    basis_mark,
    callout,
    chips,
    empty_state,
    facts,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    select_field,
    table,
    tiles,
)
from oreline.web._frame import Visit, head, later, markup, page, panel
from oreline.web._plan_board import board_block, short_money
from oreline.web._plan_build_up import build_up
from oreline.web._plan_charts import KINDS, cash_chart
from oreline.web._plan_futures import actual_panel, hedge_panel, quarters_panel
from oreline.web._plan_limits import limits_block, metal_block
from oreline.web._plan_studies import (
    break_even_panel,
    budgets_panel,
    front_panel,
    scenarios_panel,
    tornado_panel,
)
from oreline.web._plan_waiting import put_when_made
from oreline.web._strings import msg

HERE = "/plan"
WORDS = {
    "real": msg("real"),
    "nominal": msg("nominal"),
    "post-tax": msg("post-tax"),
    "pre-tax": msg("pre-tax"),
    "optimal": msg("proven"),
    "time limit reached": msg("time limit reached"),
}
"""Words of answers that a reader is told in the language of the page."""
TIMING = {"middle": msg("middle of each year"), "end": msg("end of each year")}


@page(HERE, "Plan")
async def plan_page(visit: Visit) -> None:
    """Show the best plan of the chain: board, map, money, front, scenarios, limits, downloads."""
    t = visit.t
    lead = t("What to build, in which order, and what would that bring? Nothing is recorded.")
    head(t("Plan"), lead)
    listed = (await visit.answer(plans))["plans"]
    if not listed:
        remedy = t("Write plan.toml in the chain's folder, check it with 'oreline plan check'; "
                   "Help has its reference.")  # fmt: skip
        markup(empty_state(t("This chain has no plan"), remedy))
        return
    present = next((one for one in listed if one["file"] == visit.given("file")), listed[0])
    if len(listed) > 1:
        links = (
            (one["name"], visit.link(HERE, file=one["file"]), one is present) for one in listed
        )
        markup(chips(links, t("Plans")))
    if not present["usable"]:
        markup(callout(t("This plan cannot be used until its problems are mended."), "bad"))
        markup(finding_list(present["findings"], t))
        return
    inputs = await visit.answer(plan_inputs, present["file"])
    markup(h("<p><b>{}</b></p>", inputs["name"]))
    question = question_of(visit, inputs)
    _asking(visit, inputs, question)

    async def show(found: Mapping[str, Any]) -> None:
        await shown(visit, inputs, question, found)

    await put_when_made(visit, t("Finding the best plan"), plan_solution, show, question)


def question_of(visit: Visit, inputs: Mapping[str, Any]) -> PlanQuestion:
    """Return the question that the page's address asks."""
    changes = []
    point = int(given) if (given := visit.given("point")).isdecimal() and len(given) < 3 else 0
    for one in inputs["budgets"]:
        amount = visit.given(f"budget-{one['budget']}").replace(",", "").strip()
        if amount and amount != f"{one['stated']:g}":
            changes.append(f"{one['number']}={amount}")
    return PlanQuestion(
        inputs["file"],
        (visit.given("goal", "npv"),),
        visit.given("scenario"),
        tuple(changes),
        front=visit.given("between") if point else "",
        point=point or 1,
    )


def _asking(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put the form on the page by which another plan is asked for."""
    t = visit.t
    worlds = [("", t("As the file stands"))]
    worlds += [(one["scenario"], one["name"]) for one in inputs["scenarios"]]
    goals = [("npv", t("Most net present value"))]
    goals += [(one["goal"], goal_words(visit, one)) for one in inputs["goals"]]
    fields = [
        h('<input type="hidden" name="file" value="{}">', inputs["file"]),
        select_field("scenario", t("State of the world"), worlds, question.scenario),
        select_field("goal", t("Goal"), goals, question.goals[0]),
    ]
    for one in inputs["budgets"]:
        name = f"budget-{one['budget']}"
        words = t("Budget {name}, {unit}", name=one["name"], unit=one["unit"])
        fields.append(input_field(name, words, visit.given(name, f"{one['stated']:g}")))
    with ui.element("div").props("id=what-if"):
        markup(question_form(HERE, fields, t("Plan again")))


def goal_words(visit: Visit, one: Mapping[str, Any]) -> str:
    """Return what a goal of delivery is called."""
    return visit.t(
        "Most {elements} to {country}",
        elements=" + ".join(one["elements"]),
        country=one["country"],
    )


async def shown(
    visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion, found: Mapping[str, Any]
) -> None:
    """Put a plan on the page, or why there is none."""
    t = visit.t
    if not found["feasible"]:
        with panel(t("No plan meets all limits"), identity="no-plan"):
            markup(callout(found["says"], "bad")).props("lang=en")
            markup(finding_list(found["findings"], t))
            words = t("Change the budget, the goal or the state of the world above, or the file.")
            markup(h('<p class="hint">{}</p>', words))
        return
    plan = found["plan"]
    if question.front:
        _one_of_front(visit, question)
    _summary(visit, plan)
    _files(visit, question)
    with panel(t("Phases"), identity="board"):
        markup(board_block(found["board"], plan["currency"], t))
    _build_up(visit, inputs, question)
    _cash(visit, plan)
    with panel(t("Metal"), identity="metal"):
        markup(metal_block(plan, t))
    await front_panel(visit, inputs, question, _between(visit, inputs, plan))
    await scenarios_panel(visit, inputs, question)
    await budgets_panel(visit, inputs, question)
    await break_even_panel(visit, inputs, question)
    await tornado_panel(visit, inputs, question)
    await quarters_panel(visit, inputs, question)
    await hedge_panel(visit, inputs, question)
    await actual_panel(visit, question)
    with panel(t("What limits this plan"), identity="limits"):
        words = t("A kt more of a limit would be worth this much while the builds stay. Budgets "
                  "have no such number: what more money buys stands above.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))
        markup(limits_block(plan, found["board"]["names"], t))
    _proof(visit, plan)


def _between(visit: Visit, inputs: Mapping[str, Any], plan: Mapping[str, Any]) -> str:
    """Return the delivery beside value: the one that is asked for, else one that is given up."""
    goals = [one["goal"] for one in inputs["goals"]]
    given = visit.given("between")
    if given in goals:
        return given
    brought = {(one["element"], one["country"]): one["t"] for one in plan["delivered"]}
    idle = [
        one["goal"]
        for one in inputs["goals"]
        if not any(brought.get((element, one["country"])) for element in one["elements"])
    ]
    return str((idle or goals or [""])[0])


def _one_of_front(visit: Visit, question: PlanQuestion) -> None:
    """Say that the plan is a point of a front, and how to come back."""
    t = visit.t
    goal = question.front.removeprefix("deliver:").replace("@", " → ")
    words = t("This is plan {n} of the front with {goal}.", n=question.point, goal=goal)
    link = h('<a href="{}">{}</a>', visit.here(point=""), t("Back to the plan worth most"))
    markup(callout(h("{} {}", words, link)))


def _files(visit: Visit, question: PlanQuestion) -> None:
    """Offer the plan as files to take away."""
    t = visit.t
    asked = question.to_json()
    given = [("file", asked["file"]), ("scenario", asked["scenario"])]
    given += [("goal", one) for one in asked["goals"]]
    given += [("set", one) for one in asked["changes"]]
    given += [(name, asked[name]) for name in ("front", "points", "point") if name in asked]
    links = joined(
        h(
            '<a class="btn quiet" href="/api/v1/plan/{}?{}">{}</a>',
            place,
            urlencode([(name, value) for name, value in (*given, *more) if value != ""]),
            words,
        )
        for place, more, words in (
            ("report.pdf", (), t("Report as PDF")),
            ("tables.xlsx", (("scenarios", "true"),), t("All tables as Excel")),
            ("tables.zip", (("scenarios", "true"),), t("All tables as CSV")),
        )
    )
    markup(h('<p class="row no-print">{}</p>', links))


def _build_up(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    element = visit.given("element")
    if element not in inputs["elements"]:
        element = inputs["elements"][0]
        for first in ("Sb", "Cu"):
            if first in inputs["elements"]:
                element = first
                break

    def show(found: Mapping[str, Any]) -> None:
        build_up(visit, found)

    later(visit, visit.t("Build-up, year by year"), plan_flows, show, question, element,
          identity="build-up")  # fmt: skip


def _summary(visit: Visit, plan: Mapping[str, Any]) -> None:
    t, currency = visit.t, plan["currency"]
    mark = basis_mark("assumed" if plan["assumed_numbers"] else plan["basis"], t)
    capital = plan["capital_m"]
    rates = [f"{100 * float(one):.1f} %" for one in plan["irr"]["rates_per_period"]]
    paid = plan["payback_years"]
    items: list[tuple[str, object, object]] = [
        (
            t("Net present value"),
            h("{}{}", short_money(plan["npv_m"]), mark),
            f"{currency} m, {_terms(visit, plan)}",
        ),
        (
            t("Capital"),
            h("{}{}", short_money(capital["value"]), mark),
            f"{currency} m, {short_money(capital['low'])} – {short_money(capital['high'])}",
        ),
        (
            t("Rate of return"),
            " / ".join(rates) or t("none"),
            t("several: none of them alone is the rate") if len(rates) > 1 else t("a year"),
        ),
        (
            t("Paid back after"),
            t("never") if paid is None else t("{n} years", n=f"{float(paid):.1f}"),
            t("the last crossing counts"),
        ),
    ]
    if plan["retained_m"] is not None:
        words = t("Stays in {country}", country=plan["retained_country"])
        value = h("{}{}", short_money(plan["retained_m"]), mark)
        items.append((words, value, f"{currency} m, " + t("undiscounted")))
    proof = plan["certificate"]
    status = t(WORDS.get(proof["status"], proof["status"]))
    items.append((t("How good"), status, t("within {gap} % of the best possible",
                                          gap=f"{100 * (proof['gap'] or 0):.2g}")))  # fmt: skip
    markup(tiles(items))
    if plan["assumed_numbers"]:
        words = t(
            "{n} of {all} numbers are assumed: no figure here is more certain than they are.",
            n=plan["assumed_numbers"],
            all=plan["numbers"],
        )
        markup(callout(words, "warn"))
    if plan["findings"]:
        with ui.element("details"):
            markup(h("{}", t("{n} warnings", n=len(plan["findings"]))), tag="summary")
            markup(finding_list(plan["findings"], t))


def _terms(visit: Visit, plan: Mapping[str, Any]) -> str:
    """Return the conventions of a present value in one line."""
    t, told = visit.t, plan["conventions"]
    return t(
        "{rate} % a year, {timing}, at the {at}, {money} {year}, {tax}, unlevered",
        rate=f"{100 * told['rate_per_year']:.4g}",
        timing=t(TIMING[told["timing"]]),
        at=told["valued_at"],
        money=t(WORDS[told["money"]]),
        year=told["money_year"],
        tax=t(WORDS[told["tax"]]),
    )


def _cash(visit: Visit, plan: Mapping[str, Any]) -> None:
    t = visit.t
    unit = f"{plan['currency']} m"
    with panel(t("Cash"), identity="cash"):
        is_discounted = visit.given("cash") == "discounted"
        links = (
            (t("As it flows"), visit.here(cash="") + "#cash", not is_discounted),
            (t("Discounted"), visit.here(cash="discounted") + "#cash", is_discounted),
        )
        markup(chips(links, t("Cash")))
        words = t("Conventions: {terms}.", terms=_terms(visit, plan))
        if plan["conventions"]["after_last_year"] == "closed":
            words += " " + t("What stands after the last year is closed in it.")
        markup(h('<p class="hint">{}</p>', words))
        says = t("Cash of each year by kind, {unit}", unit=unit)
        markup(cash_chart(plan["terms"], unit, says, t, is_discounted=is_discounted))
        rows = [
            {
                "year": row["year"],
                **{kind: short_money(row[kind]) for kind in (*KINDS, "net", "cumulative",
                                                             "discounted")},
            }
            for row in plan["terms"]
        ]  # fmt: skip
        columns = (
            Column("year", t("Year")),
            *(Column(kind, t(word), is_number=True) for kind, word in KINDS.items()),
            Column("net", t("Net"), is_number=True),
            Column("cumulative", t("By then"), is_number=True),
            Column("discounted", t("Net today"), is_number=True),
        )
        with ui.element("details"):
            markup(h("{}", t("These numbers as a table")), tag="summary")
            markup(table(columns, rows, caption=says))
        if plan["owners"]:
            markup(_owners(visit, plan["owners"], unit))


def _owners(visit: Visit, owners: Sequence[Mapping[str, Any]], unit: str) -> Markup:
    """Return what each owner pays, gets and delivers, and by which rule."""
    t = visit.t
    rows = [
        {
            "party": one["party"] or t("no owner stated"),
            **{name: short_money(one[name]) for name in ("capital_m", "net_m", "npv_m")},
            "metal": ", ".join(
                f"{row['element']} {row['t']:,.0f} t → {row['country']}" for row in one["delivered"]
            ),
        }
        for one in owners
    ]
    columns = (
        Column("party", t("Owner")),
        Column("capital_m", t("Capital"), is_number=True),
        Column("net_m", t("Net"), is_number=True),
        Column("npv_m", t("Net present value"), is_number=True),
        Column("metal", t("Delivered metal")),
    )
    words = t("What a unit costs is borne by its owners; what is sold belongs to the owners of the "
              "units that made it. No price is paid between units.")  # fmt: skip
    says = t("Each owner's part, {unit}", unit=unit)
    return h('{}<p class="hint">{}</p>', table(columns, rows, caption=says), words)


def _proof(visit: Visit, plan: Mapping[str, Any]) -> None:
    """Show how good the plan is and how it was found; never left out."""
    t, told, unit = visit.t, plan["certificate"], f"{plan['currency']} m"
    last = plan["goals"][-1]["unit"]
    versions = ", ".join(f"{name} {one}" for name, one in told["versions"].items())
    none = t("none yet")
    with panel(t("How good this plan is"), identity="proof"):
        pairs: list[tuple[str, object]] = [
            (t("Status"), told["status"]),
            (t("Value"), f"{told['value']:,.3f} {last or unit}"),
            (t("Bound: no plan can beat it"),
             none if told["bound"] is None else f"{told['bound']:,.3f} {last or unit}"),
            (t("Gap"), none if told["gap"] is None else f"{100 * told['gap']:.3g} %"),
            (t("Algorithm"), told["algorithm"]),
            (t("Versions"), versions),
            (t("Seed"), told["seed"]),
            (t("Size"), t("{rows} rows, {columns} columns, {whole} whole-numbered",
                          rows=told["rows"], columns=told["columns"], whole=told["integers"])),
            (t("Search took"), f"{told['seconds']:.2f} s"),
            (t("Input SHA-256"), h("<code>{}</code>", told["input_sha256"])),
        ]  # fmt: skip
        pairs += [
            (t("Goal {goal}", goal=one["goal"]), f"{one['value']:,.2f} {one['unit']}")
            for one in plan["goals"]
        ]
        markup(facts(pairs))
