"""What may come, on the page Plan: quarters and what-ifs, builds for all states, what came true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    PLAN_STATES_MAX,
    PLAN_WHAT_IFS_MAX,
    PlanQuestion,
    View,
    plan_actual,
    plan_hedge,
    plan_quarters,
)
from oreline.web._blocks import (
    NOTHING,
    Column,
    callout,
    facts,
    finding_list,
    h,
    joined,
    table,
)
from oreline.web._frame import Visit, action, markup, panel
from oreline.web._plan_board import short_money
from oreline.web._plan_studies import on_demand
from oreline.web._plan_waiting import put_when_made
from oreline.web._strings import Translate, msg

STATES = {"over": msg("over"), "so far": msg("so far"), "not yet": msg("not yet")}
"""Whether a year is over in the ledger."""
DRY = "dry"
AS_WRITTEN = "as written"


async def quarters_panel(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put the running in quarters and in other states on the page, when somebody asks for it."""
    t = visit.t
    others = [one["scenario"] for one in inputs["scenarios"]]
    what_ifs = tuple(one for one in others if one != question.scenario)[:PLAN_WHAT_IFS_MAX]
    with panel(t("In quarters, and what if"), identity="quarters"):
        words = t("What is built is held; what runs is planned in quarters, then again in each "
                  "state of the world.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))

        def ask(view: View, asked: PlanQuestion) -> dict[str, Any]:
            return plan_quarters(view, asked, what_ifs)

        def show(found: Mapping[str, Any]) -> None:
            markup(_quarters(found, _names(inputs, t), t))

        await on_demand(
            visit,
            t("Plan the quarters"),
            t("Some seconds; kept afterwards."),
            (t("Planning the quarters"), ask, show),
            question,
        )


def _names(inputs: Mapping[str, Any], t: Translate) -> dict[str, str]:
    """Return what the states of the world are called."""
    names = {AS_WRITTEN: t("As the file stands")}
    return names | {one["scenario"]: one["name"] for one in inputs["scenarios"]}


def _quarters(found: Mapping[str, Any], names: Mapping[str, str], t: Translate) -> Markup:
    money = f"{found['currency']} m"
    value = t("Net present value, {money}", money=money)
    annual, quarterly = found["annual"]["npv_m"], found["quarterly"]["npv_m"]
    told = facts(
        (
            (h("{} ({})", value, t("in years")), short_money(annual)),
            (h("{} ({})", value, t("in quarters")), short_money(quarterly)),
        )
    )
    says = t("Both differ by convention: flows count within their quarter, levies are taken by "
             "quarter.")  # fmt: skip
    what_ifs = table(
        (
            Column("state", t("State of the world")),
            Column("npv", value, is_number=True),
            Column("change", t("Change, {money}", money=money), is_number=True),
        ),
        [
            {
                "state": names.get(one["scenario"], one["scenario"]),
                "npv": t("cannot be kept") if one["npv_m"] is None else short_money(one["npv_m"]),
                "change": "" if one["change_m"] is None else f"{one['change_m']:+,.1f}",
            }
            for one in found["what_if"]
        ],
    )
    kinds = (
        ("capital", t("Capital, {money}", money=money)),
        ("sales", t("Sales, {money}", money=money)),
        ("net", t("Net, {money}", money=money)),
    )
    rows = [
        {"quarter": one["quarter"], **{kind: f"{one.get(kind, 0.0):,.2f}" for kind, _ in kinds}}
        for one in found["quarterly"]["cash_flow"]
    ]
    columns = (Column("quarter", t("Quarter")),
               *(Column(kind, words, is_number=True) for kind, words in kinds))  # fmt: skip
    return joined(
        (
            told,
            h('<p class="hint">{}</p>', says),
            what_ifs if found["what_if"] else NOTHING,
            h(
                "<details><summary>{}</summary>{}</details>",
                t("Quarter by quarter"),
                table(columns, rows),
            ),
        )
    )


async def hedge_panel(visit: Visit, inputs: Mapping[str, Any], question: PlanQuestion) -> None:
    """Put the builds for all states together on the page, for probabilities that somebody gives."""
    t = visit.t
    listed = inputs["scenarios"][: PLAN_STATES_MAX - 1]
    if not listed:
        return
    with panel(t("Builds for all states together"), identity="hedge"):
        words = t("What is built is decided before one knows which state comes; what runs follows "
                  "it. How probable is each? What is left is the file as it stands.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))
        with ui.row():
            fields = {
                one["scenario"]: ui.input(
                    t("{name}, %", name=one["name"]), value=_percent(one["probability"])
                ).props("outlined dense")
                for one in listed
            }
        row = ui.row()
        place = ui.element("div")

        def show(found: Mapping[str, Any]) -> None:
            markup(_hedge(found, _names(inputs, t), t))

        async def run() -> None:
            place.clear()
            given, wrong = probabilities_of({one: str(each.value) for one, each in fields.items()})
            with place:
                if wrong:
                    says = t("{text} is no percentage.", text=", ".join(wrong))
                    markup(callout(says, "bad"))
                elif not given:
                    markup(callout(t("Give at least one state a probability."), "bad"))
                else:
                    what = t("Planning for all states together")
                    await put_when_made(visit, what, plan_hedge, show, question, given)

        with row:
            action(t("Plan for all states"), run, "quiet")
            ui.label(t("About a minute; kept afterwards.")).classes("hint")


def _percent(part: float | None) -> str:
    return "" if part is None else f"{100 * part:g}"


def probabilities_of(written: Mapping[str, str]) -> tuple[dict[str, float], list[str]]:
    """Return parts of one by state from percentages as people write them, and what is none.

    >>> probabilities_of({"low": "20", "high": " 12.5 %", "none": "", "odd": "many"})
    ({'low': 0.2, 'high': 0.125}, ['many'])
    """
    found, wrong = {}, []
    for state, text in written.items():
        plain = text.strip().removesuffix("%").strip()
        if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", plain):
            found[state] = float(plain) / 100
        elif plain:
            wrong.append(plain)
    return found, wrong


def _hedge(found: Mapping[str, Any], names: Mapping[str, str], t: Translate) -> Markup:
    money = f"{found['currency']} m"
    gain = found["value_of_stochastic_solution_m"]
    worst = f"{1 - found['risk']['alpha']:.0%}"
    told = facts(
        (
            (t("Expected value, {money}", money=money), short_money(found["expected_m"])),
            (t("Mean of the worst {part}, {money}", part=worst, money=money),
             short_money(found["at_risk_m"])),
            (t("Gain over a plan for mean numbers, {money}", money=money),
             f"{t('UNKNOWN')}: {found['plan_for_means']}" if gain is None else short_money(gain)),
            (t("Worth of knowing the state beforehand, {money}", money=money),
             short_money(found["value_of_perfect_information_m"])),
        )
    )  # fmt: skip
    states = table(
        (
            Column("state", t("State of the world")),
            Column("part", t("Probability"), is_number=True),
            Column("value", t("Value, {money}", money=money), is_number=True),
            Column("known", t("If it were known"), is_number=True),
            Column("regret", t("What not knowing costs"), is_number=True),
        ),
        [
            {
                "state": names.get(one["state"], one["name"]),
                "part": f"{100 * one['probability']:.0f} %",
                "value": short_money(one["value_m"]),
                "known": short_money(one["value_knowing_m"]),
                "regret": short_money(one["regret_m"]),
            }
            for one in found["states"]
        ],
    )
    builds = table(
        (
            Column("unit", t("Unit")),
            Column("size", t("Size")),
            Column("begun", t("Begun in"), is_number=True),
            Column("known", t("Would be built if the state were known, in"), is_number=True),
        ),
        [
            {
                "unit": one["unit"],
                "size": one["size"] or t("not built"),
                "begun": one["begun"] or "",
                "known": f"{100 * one['known_in']:.0f} %",
            }
            for one in found["builds"]
        ],
    )
    return joined((told, states, builds))


async def actual_panel(visit: Visit, question: PlanQuestion) -> None:
    """Put what the ledger proves of the plan on the page, when somebody asks for it."""
    t = visit.t
    with panel(t("What has come true"), identity="actual"):
        words = t("What this plan delivers beside what the ledger says was received there. Years "
                  "to come are UNKNOWN.")  # fmt: skip
        markup(h('<p class="hint">{}</p>', words))

        def show(found: Mapping[str, Any]) -> None:
            markup(_actual(found, t))

        await on_demand(
            visit,
            t("Compare with the ledger"),
            "",
            (t("Comparing with the ledger"), plan_actual, show),
            question,
        )


def _actual(found: Mapping[str, Any], t: Translate) -> Markup:
    columns = (
        Column("site", t("Place")),
        Column("of", t("Of")),
        Column("year", t("Year")),
        Column("planned", t("Planned, t"), is_number=True),
        Column("received", t("Received, t"), is_number=True),
        Column("apart", t("Difference, t"), is_number=True),
        Column("state", t("The year is")),
    )
    rows = [
        {
            "site": one["site"],
            "of": t("dry mass") if one["element"] == DRY else one["element"],
            "year": one["year"],
            "planned": f"{one['planned_t']:,.1f}",
            "received": _ends(one["actual_low_t"], one["actual_high_t"], ",.1f") or t("UNKNOWN"),
            "apart": _ends(one["difference_low_t"], one["difference_high_t"], "+,.1f"),
            "state": t(STATES[one["state"]]),
        }
        for one in found["deliveries"]
    ]
    until = t("The ledger tells up to {day}.", day=found["until"][:10])
    return joined(
        (
            finding_list(found["findings"], t) if found["findings"] else NOTHING,
            h('<p class="hint">{}</p>', until),
            table(columns, rows),
        )
    )


def _ends(low: float | None, high: float | None, form: str) -> str:
    """Return bounds in words, empty where they are UNKNOWN.

    >>> _ends(1.0, 1.0, ",.1f"), _ends(1.0, 2.5, ",.1f"), _ends(None, None, ",.1f")
    ('1.0', '1.0 – 2.5', '')
    """
    if low is None or high is None:
        return ""
    ends = [f"{end:{form}}" for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else " – ".join(ends)
