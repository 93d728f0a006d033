"""Studies on the page Plan: the front to click, the states of the world, what money buys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    PlanQuestion,
    is_at_hand,
    plan_break_even,
    plan_budgets,
    plan_front,
    plan_scenarios,
    plan_tornado_told,
)
from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_mark,
    called,
    callout,
    chips,
    h,
    joined,
    table,
)
from oreline.web._design_charts import tornado_chart
from oreline.web._frame import Visit, action, markup, panel
from oreline.web._plan_board import short_money
from oreline.web._plan_charts import front_chart
from oreline.web._plan_waiting import put_when_made
from oreline.web._strings import Translate

BARS_MAX = 12
"""How many numbers a tornado shows; the file has all."""


async def front_panel(
    visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion, between: str
) -> None:
    """Put the front on the page: a point is a link to its plan."""
    t = visit.t
    if not inputs["goals"]:
        return
    with panel(t("What metal costs in value"), identity="front"):
        links = (
            (
                f"{' + '.join(one['elements'])} → {one['country']}",
                visit.here(between=one["goal"], point="") + "#front",
                one["goal"] == between,
            )
            for one in inputs["goals"]
        )
        markup(chips(links, t("Delivery beside value")))
        words = t("Between these plans neither can be had more of without less of the other. "
                  "Choose a point to see its plan.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))
        asked = PlanQuestion(
            question.file, ("npv",), question.scenario, question.changes, front=between
        )
        chosen = question.point if question.front == between else 0

        def show(found: Mapping[str, Any]) -> None:
            markup(_front(visit, found, between, chosen))

        await put_when_made(visit, t("Finding the front"), plan_front, show, asked)


def _front(visit: Visit, found: Mapping[str, Any], between: str, chosen: int) -> Markup:
    t = visit.t
    if not found["feasible"]:
        return callout(found["says"], "bad")
    points = found["points"]
    money = f"{found['currency']} m"

    def link(point: int) -> str:
        return visit.here(between=between, point=point, goal="") + "#board"

    rows = [
        {
            "point": h(
                '<a href="{}"{}>{}</a>',
                link(one["point"]),
                Markup(' aria-current="true"') if one["point"] == chosen else NOTHING,
                t("Plan {n}", n=one["point"]),
            ),
            "npv": short_money(one["npv_m"]),
            "t": f"{one['t']:,.0f}",
            "capital": short_money(one["capital_m"]),
            "units": ", ".join(one["units"]),
        }
        for one in points
    ]
    goal = between.removeprefix("deliver:").replace("@", " → ")
    columns = (
        Column("point", t("Plan")),
        Column("npv", t("Net present value, {money}", money=money), is_number=True),
        Column("t", f"{goal}, t", is_number=True),
        Column("capital", t("Capital, {money}", money=money), is_number=True),
        Column("units", t("Built")),
    )
    drawn = NOTHING
    if len(points) > 1:
        says = t("Net present value beside {goal}", goal=goal)
        titles = (f"{goal}, t", t("Net present value, {money}", money=money))
        drawn = front_chart(
            [(one["t"], one["npv_m"], one["point"]) for one in points],
            titles,
            says,
            link,
            [t("Plan {n}", n=one["point"]) for one in points],
            chosen,
        )
    else:
        drawn = callout(t("The plan that is worth most brings the most of it too: there is nothing "
                          "to choose."), "good")  # fmt: skip
    return joined((drawn, table(columns, rows)))


async def scenarios_panel(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put a table on the page: the best plan in every state of the world."""
    t = visit.t
    if not inputs["scenarios"]:
        return
    with panel(t("States of the world"), identity="scenarios"):
        words = t("Each is planned for itself, as if one knew that it comes.")
        markup(h('<p class="hint">{}</p>', words))

        def show(found: Mapping[str, Any]) -> None:
            markup(_scenarios(visit, found, question.scenario))

        await put_when_made(
            visit, t("Planning each state of the world"), plan_scenarios, show, question
        )


def _scenarios(visit: Visit, found: Mapping[str, Any], chosen: str) -> Markup:
    t = visit.t
    listed = found["scenarios"]
    first = next((one for one in listed if one["feasible"]), None)
    if first is None:
        return callout(listed[0]["says"], "bad")
    brought = {
        part["goal"] for one in listed if one["feasible"] for part in one["delivered"] if part["t"]
    }
    goals = [
        (one["goal"], one["element"], one["country"])
        for one in first["delivered"]
        if one["goal"] in brought
    ]
    rows = []
    for one in listed:
        name = one["name"] or t("As the file stands")
        link = visit.here(scenario=one["scenario"], point="", between="") + "#board"
        mark = Markup(' aria-current="true"') if one["scenario"] == chosen else NOTHING
        row: dict[str, object] = {"name": h('<a href="{}"{}>{}</a>', link, mark, name)}
        if not one["feasible"]:
            rows.append({**row, "built": one["says"]})
            continue
        metal = {part["goal"]: part["t"] for part in one["delivered"]}
        row |= {
            "npv": short_money(one["npv_m"]),
            "capital": short_money(one["capital_m"]),
            **{goal: f"{metal[goal]:,.0f}" for goal, _, _ in goals},
            "built": _built(one, first, t),
        }
        rows.append(row)
    money = f"{first['currency']} m"
    columns = (
        Column("name", t("State of the world")),
        Column("npv", t("Net present value, {money}", money=money), is_number=True),
        Column("capital", t("Capital, {money}", money=money), is_number=True),
        *(
            Column(goal, f"{element} → {country}, t", is_number=True)
            for goal, element, country in goals
        ),
        Column("built", t("Built")),
    )
    return table(columns, rows)


def _built(one: Mapping[str, Any], first: Mapping[str, Any], t: Translate) -> object:
    """Return what is built: all of the first, of others what differs from it."""
    names = [part["name"] for part in one["built"]]
    if one is first:
        return ", ".join(names) or t("nothing")
    before = [part["name"] for part in first["built"]]
    less = [name for name in before if name not in names]
    more = [name for name in names if name not in before]
    if not less and not more:
        return t("the same units")
    parts = []
    if less:
        parts.append(h("<b>{}</b> {}", t("not built:"), ", ".join(less)))
    if more:
        parts.append(h("<b>{}</b> {}", t("built as well:"), ", ".join(more)))
    return joined(parts, "; ")


async def budgets_panel(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put on the page what each amount buys, as ranges; worked out when somebody asks for it."""
    t = visit.t
    if not any(len(one["phases"]) > 1 for one in inputs["budgets"]):
        return
    with panel(t("What each hundred million buys"), identity="budgets"):
        words = t("Every number with a range is drawn, builds held. Where what is assumed "
                  "dominates there is no single figure to give.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))

        def show(found: Mapping[str, Any]) -> None:
            markup(_budgets(found, t))

        await on_demand(
            visit,
            t("Work out the ranges"),
            t("About a minute; kept afterwards."),
            (t("Drawing what is assumed"), plan_budgets, show),
            question,
            is_ready=(await visit.answer(is_at_hand, question))["budgets"],
        )


async def on_demand(
    visit: Visit,
    words: str,
    hint: str,
    study: tuple[str, Callable[..., Any], Callable[[Any], None]],
    question: PlanQuestion,
    *,
    is_ready: bool = False,
) -> None:
    """Put a button on the page that has a study made, or its answer where it is at hand."""
    what, ask, show = study
    if is_ready:
        await put_when_made(visit, what, ask, show, question)
        return
    row = ui.row()
    place = ui.element("div")

    async def run() -> None:
        row.set_visibility(False)
        with place:
            await put_when_made(visit, what, ask, show, question)

    with row:
        action(words, run, "quiet")
        ui.label(hint).classes("hint")


def _budgets(found: Mapping[str, Any], t: Translate) -> Markup:
    figures: dict[str, list[Mapping[str, Any]]] = {}
    for one in found["figures"]:
        figures.setdefault(one["figure"], []).append(one)
    # What no amount brings is told in one line, not in columns of nothing.
    nothing = [
        name for name, rows in figures.items() if all(not one["high"] and not one["low"]
                                                      for one in rows)
    ]  # fmt: skip
    shown = {name: rows for name, rows in figures.items() if name not in nothing}
    money = f"{found['currency']} m"
    amounts = list(dict.fromkeys(one["budget_m"] for one in found["figures"]))
    columns = (
        Column("amount", t("Budget, {money}", money=money), is_number=False),
        *(
            Column(name, f"{figure_words(name, t)}, {rows[0]['unit']}", is_number=True)
            for name, rows in shown.items()
        ),
    )
    # The order of figures is the same for each amount.
    names = list(figures)
    medians = {
        (place, names[column]): value
        for place, row in enumerate(found["medians"])
        for column, value in enumerate(row)
        if value is not None
    }
    whole, more = [], []
    for place, amount in enumerate(amounts):
        row: dict[str, object] = {"amount": f"{amount:,.0f}"}
        step: dict[str, object] = {"amount": f"{amount:,.0f}"}
        for name, rows in shown.items():
            one = rows[place]
            ends = (min(0.0, *(each["low"] for each in rows)),
                    max(0.0, *(each["high"] for each in rows)))  # fmt: skip
            row[name] = _range(one["low"], one["high"], ends, medians.get((place, name)), t)
            step[name] = _span(one["more_low"], one["more_high"], sign="+")
        whole.append(row)
        more.append(step)
    lacking = NOTHING
    if nothing:
        told = ", ".join(figure_words(one, t) for one in nothing)
        lacking = h('<p class="hint">{}</p>', t("No amount brings any of: {names}.", names=told))
    words = t(
        "{n} of {all} numbers are assumed and {ranged} are drawn: {range}, seed {seed}.",
        n=found["assumed_numbers"],
        all=found["numbers"],
        ranged=found["ranged_numbers"],
        range=found["range"],
        seed=found["seed"],
    )
    if found["assumptions_dominate"]:
        words += " " + t("Assumptions dominate; there is no single figure to give.")
    return joined(
        (
            callout(words, "warn"),
            table(columns, whole, caption=t("What an amount buys, {country}",
                                            country=found["country"])),
            lacking,
            table(columns, more, caption=t("What a step adds to the one before")),
            _builds(found, money, t),
        )
    )  # fmt: skip


def _builds(found: Mapping[str, Any], money: str, t: Translate) -> Markup:
    columns = (Column("amount", t("Budget, {money}", money=money)), Column("units", t("Built")))
    rows = [
        {"amount": f"{one['budget_m']:,.0f}", "units": ", ".join(one["units"]) or t("nothing")}
        for one in found["builds"]
    ]
    body = table(columns, rows)
    return h("<details><summary>{}</summary>{}</details>", t("What is built for it"), body)


def figure_words(name: str, t: Translate) -> str:
    """Return what a figure of the ranges is called.

    >>> figure_words("stays in PK", str.format), figure_words("Sb to US", str.format)
    ('Stays in PK', 'Sb → US')
    """
    if name == "net present value":
        return t("Net present value")
    if name == "capital":
        return t("Capital")
    if name.startswith("stays in "):
        return t("Stays in {country}", country=name.removeprefix("stays in "))
    return name.replace(" to ", " → ")


def _span(low: float, high: float, sign: str = "") -> str:
    """Return a range in words.

    >>> _span(-0.2, 0.3), _span(4.21, 70.4), _span(9347.2, 21118.7, "+")
    ('0', '4.2 – 70.4', '+9,347 – +21,119')
    """
    if abs(low) < 0.5 and abs(high) < 0.5:
        return "0"
    digits = 1 if max(abs(low), abs(high)) < 100 else 0
    ends = [f"{0.0 if abs(end) < 0.05 else end:{sign},.{digits}f}" for end in (low, high)]
    return f"{ends[0]} – {ends[1]}"


def _range(
    low: float, high: float, ends: tuple[float, float], median: float | None, t: Translate
) -> Markup:
    """Return a range with a bar that shows where it lies among those of the column.

    The median is told where there is one: where assumptions do not dominate.
    """
    whole = ends[1] - ends[0] or 1.0
    left, wide = (low - ends[0]) / whole, (high - low) / whole
    return h(
        '<span class="amount">{}</span>{}<span class="range" aria-hidden="true">'
        '<i style="left:{:.1f}%;width:{:.1f}%"></i></span>',
        _span(low, high),
        NOTHING if median is None else h(" <small>{}</small>", t("median {n}", n=f"{median:,.1f}")),
        100 * left,
        max(100 * wide, 1.0),
    )


async def break_even_panel(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put on the page from which tonnage on a resource pays; worked out when asked for."""
    t = visit.t
    pairs = [
        (one["resource"], element) for one in inputs["resources"] for element in one["elements"]
    ]
    if not pairs:
        return
    with panel(t("How much ore is needed"), identity="break-even"):
        words = t("From which tonnage on it pays to build for a resource at all, at the grade of "
                  "the plan and at the ends of its range; all else stays.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))
        row = ui.row()
        place = ui.element("div")

        def asks(resource: str, element: str) -> Callable[[], Any]:
            async def run() -> None:
                place.clear()
                what = t("Seeking the tonnage of {resource}", resource=resource)
                with place:
                    await put_when_made(
                        visit, what, plan_break_even, show, question, resource, element
                    )

            return run

        def show(found: Mapping[str, Any]) -> None:
            markup(_break_even(found, t))

        with row:
            for resource, element in pairs:
                action(f"{resource}, {element}", asks(resource, element), "quiet small")


def _break_even(found: Mapping[str, Any], t: Translate) -> Markup:
    says, element = found["plan_says"], found["element"]
    rows = [
        {
            "grade": f"{one['grade_pct']:.4g} %",
            "ore": t("no tonnage pays") if one["ore_kt"] is None else f"{one['ore_kt']:,.4g}",
            "metal": "" if one["metal_t"] is None else f"{one['metal_t']:,.0f}",
        }
        for one in found["points"]
    ]
    rows.append(
        {
            "grade": h("{} {:.4g} %", t("the plan says:"), says["grade_pct"]),
            "ore": h("{:,.4g}{}", says["ore_kt"], basis_mark(says["basis"], t)),
            "metal": f"{says['metal_t']:,.0f}",
        }
    )
    columns = (
        Column("grade", t("Grade of {element}", element=element)),
        Column("ore", t("Ore needed, kt"), is_number=True),
        Column("metal", t("{element} in it, t", element=element), is_number=True),
    )
    return table(columns, rows, caption=f"{found['resource']}, {element}")


async def tornado_panel(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put on the page which number matters most; worked out when somebody asks for it."""
    t = visit.t
    with panel(t("Which number matters most"), identity="tornado"):
        words = t("Each number is put at the low and at the high end of its range, builds held; "
                  "the others stay.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))
        places = {one["number"]: one["place"] for one in inputs["numbers"]}

        def show(found: Mapping[str, Any]) -> None:
            markup(_tornado(found, places, t))

        await on_demand(
            visit,
            t("Try every number"),
            t("A minute or two; kept afterwards."),
            (t("Trying every number"), plan_tornado_told, show),
            question,
        )


def _ends(bar: Mapping[str, Any]) -> str:
    """Return the range of a number; a share as a percentage."""
    if bar["input_unit"] == "1":
        return f"{100 * bar['low']:,.4g} – {100 * bar['high']:,.4g} %"
    return f"{bar['low']:,.6g} – {bar['high']:,.6g} {bar['input_unit']}"


def _tornado(found: Mapping[str, Any], places: Mapping[str, str], t: Translate) -> Markup:
    bars = found["bars"][:BARS_MAX]
    money = f"{found['currency']} m"
    says = t("Net present value, {money}, with each number at its low end (blue) and its high end "
             "(orange)", money=money)  # fmt: skip
    rows = [
        {
            "input": called(places, bar["input"]),
            "ends": _ends(bar),
            "low": short_money(bar["at_low"]),
            "high": short_money(bar["at_high"]),
        }
        for bar in bars
    ]
    columns = (
        Column("input", t("Number")),
        Column("ends", t("Range"), is_number=True),
        Column("low", t("At its low end"), is_number=True),
        Column("high", t("At its high end"), is_number=True),
    )
    return joined((h('<p class="hint">{}</p>', says),
                   tornado_chart(bars, found["npv_m"], says), table(columns, rows)))  # fmt: skip
