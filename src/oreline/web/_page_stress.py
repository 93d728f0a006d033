"""Stress: what if supply breaks? The own chain first, then the way to the other parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    NotFoundError,
    PlanQuestion,
    SecurityQuestion,
    StressQuestion,
    plan_inputs,
    plans,
    scenario_ledger,
    stress_actual,
    stress_actual_inputs,
    stress_chain,
    stress_inputs,
    stress_security,
)
from oreline.model import Basis, InputError
from oreline.stress import (
    EventTable,
    actual_deliveries_picture,
    actual_points_picture,
    deliveries_picture,
    dependence_picture,
    points_picture,
)
from oreline.web._blocks import (
    callout,
    empty_state,
    finding_list,
    h,
    input_field,
    question_form,
    select_field,
    tabs,
)
from oreline.web._frame import Visit, action, head, markup, page, panel
from oreline.web._page_plan import goal_words
from oreline.web._plan_waiting import put_when_made
from oreline.web._stress_actual_parts import (
    actual_basis_block,
    actual_dependence_block,
    actual_outcome_block,
    actual_points_block,
)
from oreline.web._stress_chain_parts import (
    EVENTS,
    basis_block,
    outcome_block,
    points_block,
    weighed_block,
)
from oreline.web._stress_ledger_parts import ledger_block, ledger_panel
from oreline.web._stress_parts import stress_tabs
from oreline.web._stress_pictures import PICTURE_SCRIPT, show_picture
from oreline.web._stress_security_parts import security_block

HERE = "/stress"
GIVEN = "given on the page"


@page(HERE, "Stress")
async def stress_page(visit: Visit) -> None:
    """Show what hangs on each part of the chain, an event before and after, and dependence."""
    t = visit.t
    # What follows later cannot bring a script with it.
    ui.add_head_html(PICTURE_SCRIPT)
    head(t("Stress"), t("What if supply breaks, and what would make it safer?"))
    markup(stress_tabs(visit))
    if visit.given("ledger"):
        await _one_ledger(visit)
        return
    listed = (await visit.answer(plans))["plans"]
    if not listed or visit.given("by") == "ledger":
        await _by_ledger(visit, has_plan=bool(listed))
        return
    markup(_which(visit, "plan"))
    present = next((one for one in listed if one["file"] == visit.given("file")), listed[0])
    if not present["usable"]:
        markup(callout(t("This plan cannot be used until its problems are mended."), "bad"))
        markup(finding_list(present["findings"], t))
        return
    inputs = await visit.answer(stress_inputs, present["file"])
    plan = await visit.answer(plan_inputs, present["file"])
    markup(h("<p><b>{}</b></p>", inputs["name"]))
    question = PlanQuestion(present["file"], (visit.given("goal", "npv"),))
    asked = _asked(visit)
    _asking(visit, inputs, plan, question)

    def show(found: Mapping[str, Any]) -> None:
        _shown(visit, found, _address(visit, question))

    await put_when_made(visit, t("Putting events to the plan"), stress_chain, show, question, asked)
    await ledger_panel(visit, question, asked)
    await _security_panel(visit, question)


async def _one_ledger(visit: Visit) -> None:
    """Show what trace and balance say of a planned or scenario ledger."""
    t, name = visit.t, visit.given("ledger")
    markup(h('<p><a href="{}">{}</a></p>', visit.link(HERE), t("Back to the chain under stress")))
    found = await visit.answer(scenario_ledger, name, visit.given("element"))
    with panel(t("Ledger {name}", name=name), identity="ledger"):
        markup(ledger_block(visit, found))


def _which(visit: Visit, chosen: str) -> Markup:
    """Return the links between the plan under stress and the ledger under stress."""
    t = visit.t
    pairs = (("plan", t("The plan")), ("ledger", t("What happened, by the ledger")))
    links = [(words, visit.link(HERE, by=by), by == chosen) for by, words in pairs]
    return tabs(links, t("What is stressed"))


async def _by_ledger(visit: Visit, *, has_plan: bool) -> None:
    """Show the chain under stress by what its ledger tells."""
    t = visit.t
    if has_plan:
        markup(_which(visit, "ledger"))
    try:
        inputs = await visit.answer(stress_actual_inputs)
    except NotFoundError:
        markup(empty_state(t("This chain is not yours to stress as a whole")))
        return
    except InputError:
        remedy = t("Write plan.toml in the chain's folder, or record what moves: dispatches and "
                   "receipts. Help has the reference of both.")  # fmt: skip
        markup(empty_state(t("This chain has no plan, and nothing moved in it"), remedy))
        return
    markup(h("<p><b>{}</b></p>", inputs["name"]))
    first = inputs["period"].partition(" ")[0]
    hidden = h('<input type="hidden" name="by" value="ledger">')
    label = t("From (2033-05; empty: {first})", first=first)
    with ui.element("div").props("id=what-if"):
        fields = _event_fields(visit, inputs, label)
        markup(question_form(visit.link(HERE), [hidden, *fields], t("Put it to the chain")))
    address = {"by": "ledger", **_event_address(visit)}

    def show(found: Mapping[str, Any]) -> None:
        _shown_actual(visit, found, address)

    words = t("Following every lot")
    await put_when_made(visit, words, stress_actual, show, _asked(visit))


def _shown_actual(visit: Visit, found: Mapping[str, Any], address: Mapping[str, str]) -> None:
    """Put on the page what the ledger tells of a chain under stress."""
    t = visit.t
    files = visit.link("/api/v1/stress/chain.csv", **address)
    chart = "/api/v1/stress/chain/chart.svg"
    markup(actual_basis_block(visit, found))
    outcomes = [*found["alone"], *([found["together"]] if found["together"] else [])]
    if outcomes:
        with panel(t("As it ran, and what would not have come"), identity="events"):
            if outcomes[-1]["deliveries"]:
                drawn = actual_deliveries_picture(found).to_svg()
                link = visit.link(chart, **address, chart="deliveries")
                show_picture(visit, drawn, link, "deliveries-lost", files)
            for one in outcomes:
                markup(actual_outcome_block(visit, found, one))
    with panel(t("Single points of failure"), identity="points"):
        if found["points"]["points"]:
            drawn = actual_points_picture(found).to_svg()
            link = visit.link(chart, **address, chart="points")
            show_picture(visit, drawn, link, "points-of-failure", files)
        markup(actual_points_block(visit, found))
        workbook = visit.link("/api/v1/stress/chain.xlsx", **address)
        markup(h('<p><a class="btn quiet small" href="{}">Excel</a></p>', workbook))
    if found["dependence"]:
        with panel(t("On whom the importing country depends"), identity="dependence"):
            for country in found["dependence"]:
                markup(actual_dependence_block(visit, country))


def _asked(visit: Visit) -> StressQuestion:
    """Return the events that the page's address asks for."""
    scenario, event = visit.given("scenario"), visit.given("event")
    events: list[EventTable] = []
    kind, _, of = event.partition(":")
    if kind in EVENTS and of:
        events.append(
            EventTable.model_validate(
                {
                    "kind": kind,
                    "of": of,
                    "start": visit.given("start"),
                    "months": _number(visit.given("months"), 12.0),
                    "severity": 1.0 if kind == "price" else _number(visit.given("lost"), 100) / 100,
                    "factor": _number(visit.given("factor"), 0.5) if kind == "price" else None,
                    "basis": Basis.ASSUMED,
                    "source": GIVEN,
                }
            )
        )
    return StressQuestion((scenario,) if scenario else (), tuple(events))


def _number(text: str, otherwise: float) -> float:
    """Return a number that a form gave; what is none is told by the answer as out of range."""
    given = text.strip()
    if not given:
        return otherwise
    return float(given) if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", given) else -1.0


def _asking(
    visit: Visit, inputs: Mapping[str, Any], plan: Mapping[str, Any], question: PlanQuestion
) -> None:
    """Put the form on the page by which an event is chosen."""
    t = visit.t
    goals = [("npv", t("Most net present value"))]
    goals += [(one["goal"], goal_words(visit, one)) for one in plan["goals"]]
    fields = [
        h('<input type="hidden" name="file" value="{}">', inputs["file"]),
        *_event_fields(visit, inputs, t("From (2033-05; empty: year of most sales)")),
        select_field("goal", t("Goal of the plan"), goals, question.goals[0]),
    ]
    with ui.element("div").props("id=what-if"):
        markup(question_form(visit.link(HERE), fields, t("Put it to the chain")))


def _event_fields(visit: Visit, inputs: Mapping[str, Any], start: str) -> list[Markup]:
    """Return the fields by which an event is chosen; ``start`` says what an empty one means."""
    t = visit.t
    happens = [("", t("nothing more"))]
    for kind, listed in (
        ("route", inputs["routes"]),
        ("site", inputs["sites"]),
        ("port", inputs["ports"]),
        ("ban", [{"id": one} for one in inputs["countries"]]),
        ("price", [{"id": one} for one in inputs["prices"]]),
    ):
        happens += [(f"{kind}:{one['id']}", t(EVENTS[kind], name=one["id"])) for one in listed]
    return [
        select_field("scenario", t("Scenario of the folder"),
                     [("", t("none")), *((one, one) for one in inputs["scenarios"])],
                     visit.given("scenario")),
        select_field("event", t("What happens"), happens, visit.given("event")),
        input_field("start", start, visit.given("start")),
        input_field("months", t("Months"), visit.given("months", "12")),
        input_field("lost", t("Lost, % (not of a price)"), visit.given("lost", "100")),
        input_field("factor", t("Price times"), visit.given("factor", "0.5")),
    ]  # fmt: skip


def _address(visit: Visit, question: PlanQuestion) -> dict[str, str]:
    """Return the parts of an address by which the API is asked the same."""
    return {"file": question.file, "goal": question.goals[0], **_event_address(visit)}


def _event_address(visit: Visit) -> dict[str, str]:
    """Return the parts of an address that say which events are asked for."""
    told: dict[str, str] = {}
    kind, _, of = visit.given("event").partition(":")
    names = {
        "site": "close_site", "route": "close_route", "port": "close_port", "ban": "ban",
        "price": "price_shock",
    }  # fmt: skip
    if kind in names and of:
        of = f"{of}={_number(visit.given('factor'), 0.5):g}" if kind == "price" else of
        told |= {names[kind]: of, "months": f"{_number(visit.given('months'), 12.0):g}"}
        told |= {"start": visit.given("start")}
        if kind != "price":
            told |= {"severity": f"{_number(visit.given('lost'), 100) / 100:g}"}
    if visit.given("scenario"):
        told |= {"scenario": visit.given("scenario")}
    return told


def _shown(visit: Visit, found: Mapping[str, Any], address: Mapping[str, str]) -> None:
    t = visit.t
    files = visit.link("/api/v1/stress/chain.csv", **address)
    markup(basis_block(visit, found))
    outcomes = [*found["alone"], *([found["together"]] if found["together"] else [])]
    if outcomes:
        with panel(t("Before and after"), identity="events"):
            if outcomes[-1]["deliveries"]:
                show_picture(
                    visit,
                    deliveries_picture(found).to_svg(),
                    visit.link("/api/v1/stress/chain/chart.svg", **address, chart="deliveries"),
                    "deliveries-lost",
                    files,
                )
            for one in outcomes:
                markup(outcome_block(visit, found, one))
            if found["by_probability"] is not None:
                markup(h("<h3>{}</h3>", t("By probability")))
                markup(weighed_block(visit, found))
    with panel(t("Single points of failure"), identity="points"):
        if found["points"]["points"]:
            show_picture(
                visit,
                points_picture(found).to_svg(),
                visit.link("/api/v1/stress/chain/chart.svg", **address, chart="points"),
                "points-of-failure",
                files,
            )
        markup(points_block(visit, found))
        workbook = visit.link("/api/v1/stress/chain.xlsx", **address)
        markup(h('<p><a class="btn quiet small" href="{}">Excel</a></p>', workbook))


async def _security_panel(visit: Visit, question: PlanQuestion) -> None:
    """Put on the page what the partnership changes, worked out when somebody asks for it."""
    t = visit.t
    with panel(t("What it changes for the importing country"), identity="security"):
        words = t(
            "New supply counts only up to the stage with evidenced free capacity. What nobody "
            "prints is none in the lower bound and enough in the upper."
        )
        markup(h('<p class="hint">{}</p>', words))

        def show(found: Mapping[str, Any]) -> None:
            address = {"file": question.file, "goal": question.goals[0]}
            show_picture(
                visit,
                dependence_picture(found).to_svg(),
                visit.link("/api/v1/stress/security/chart.svg", **address),
                "dependence-before-and-after",
                visit.link("/api/v1/stress/security.csv", **address),
            )
            markup(security_block(visit, found))

        row = ui.row()
        place = ui.element("div")

        async def run() -> None:
            row.set_visibility(False)
            with place:
                await put_when_made(
                    visit, t("Drawing what is assumed"), stress_security, show, question,
                    SecurityQuestion(loss=True),
                )  # fmt: skip

        with row:
            action(t("Work out what each hundred million buys"), run, "quiet")
            ui.label(t("About a minute; kept afterwards.")).classes("hint")
