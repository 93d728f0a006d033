"""An importer's dependence on the page Stress: before and after, stage by stage, as ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.stress import NOTHING_COUNTS
from oreline.web._blocks import Column, callout, finding_list, h, joined, table
from oreline.web._frame import Visit
from oreline.web._stress_parts import bounds_text
from oreline.web._strings import msg

STAGES = {
    "concentrate": msg("concentrate"),
    "refined": msg("refined"),
    "metal": msg("metal"),
    "magnet": msg("magnet"),
}
"""Stages of a mineral from the mine on."""
MINERALS = {
    "antimony": msg("antimony"),
    "copper": msg("copper"),
    "rare earths": msg("rare earths"),
}
"""Minerals whose stages are told."""


def security_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what each budget changes, on whom the country depends, and what is evidenced."""
    t = visit.t
    draws = t("{range}, seed {seed}.", range=found["range"], seed=found["seed"])
    if found["assumptions_dominate"]:
        draws += " " + t("Assumptions dominate; there is no single figure to give.")
    last = found["budgets"][-1]
    stopped = [one for one in last["stages"] if one["stops_here"]]
    return joined(
        (
            callout(draws, "warn"),
            finding_list(found["findings"], t),
            *(callout(_stop_words(visit, one), "bad") for one in stopped),
            _amounts(visit, found),
            _dependence(visit, found, last),
            _losses(visit, found["loss"]) if "loss" in found else Markup(),
            _evidence(visit, last),
        )
    )


def stage_name(visit: Visit, one: Mapping[str, Any]) -> str:
    """Return a mineral and a stage of it in the language of the page."""
    t = visit.t
    return f"{t(MINERALS[one['mineral']])}, {t(STAGES[one['stage']])}"


def _stop_words(visit: Visit, one: Mapping[str, Any]) -> str:
    t = visit.t
    words = t(
        "Here the partnership stops helping: {stage}. Of {before} t a year counted before it, "
        "nothing is sure to find room.",
        stage=stage_name(visit, one),
        before=bounds_text(visit, one["counted_before_t"]),
    )
    if one["free"]["free_t"]["high"] is None:
        words += " " + t("How much room there is, is UNKNOWN.")
    return words


def _amounts(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return tonnes a year that count at each stage, for each budget."""
    t = visit.t
    shown = [
        place for place, _ in enumerate(found["budgets"][0]["stages"])
        if any(one["stages"][place]["counted_t"]["high"]
               or one["stages"][place]["counted_before_t"]["high"] for one in found["budgets"])
    ]  # fmt: skip
    first = found["budgets"][0]["stages"]
    money = f"{found['currency']} m"
    columns = (
        Column("amount", t("Budget, {money}", money=money)),
        *(
            Column(str(place), f"{stage_name(visit, first[place])}, t/y", is_number=True)
            for place in shown
        ),
    )
    rows = []
    for one in found["budgets"]:
        row: dict[str, object] = {"amount": f"{one['amount_m']:,.0f}"}
        for place in shown:
            stage = one["stages"][place]
            more = bounds_text(visit, stage["more_than_budget_before_t"], "{:+,.0f}")
            row[str(place)] = h(
                '{} <span class="source">{}</span>',
                bounds_text(visit, stage["counted_t"]),
                t("arrives more: {more}", more=more),
            )
        rows.append(row)
    caption = t("What counts for {country}, a mean year of delivery", country=found["importer"])
    if not shown:
        return callout(t("No budget brings anything that counts."), "warn")
    built = [
        {"amount": f"{one['amount_m']:,.0f}", "units": ", ".join(one["units"]) or t("nothing")}
        for one in found["budgets"]
    ]
    heads = (columns[0], Column("units", t("Built")))
    what = h("<details><summary>{}</summary>{}</details>", t("What is built for it"),
             table(heads, built))  # fmt: skip
    return joined((table(columns, rows, caption=caption), what))


def _dependence(visit: Visit, found: Mapping[str, Any], last: Mapping[str, Any]) -> Markup:
    t = visit.t
    columns = (
        Column("stage", t("Stage")),
        Column("part", t("Of imports"), is_number=True),
        Column("china", t("China's share: before, after"), is_number=True),
        Column("covered", t("Covered countries: before, after"), is_number=True),
        Column("hhi", t("HHI: before, after"), is_number=True),
        Column("largest", t("Left without the largest: before, after"), is_number=True),
        Column("nir", t("Net import reliance: before, after"), is_number=True),
    )
    rows = []
    for one in last["stages"]:
        before, after = one["before"], one["after"]
        if before is None:
            continue
        row: dict[str, object] = {
            "stage": h(
                '{} <span class="source">{}, {}</span>',
                stage_name(visit, one), one["imports"]["product"], one["imports"]["years"],
            ),
            "part": bounds_text(visit, one["part_of_imports"], "{:.1%}"),
        }  # fmt: skip
        for key, name, form in (
            ("china", "china_share", "{:.1%}"), ("covered", "covered_share", "{:.1%}"),
            ("hhi", "hhi", "{:,.0f}"), ("largest", "without_largest", "{:.1%}"),
        ):  # fmt: skip
            told = [bounds_text(visit, each and each[name], form) for each in (before, after)]
            row[key] = " → ".join(told)
        reliance = one["net_import_reliance_pct"]["before"]
        row["nir"] = f"{reliance} % → {reliance} %" if reliance else t("UNKNOWN")
        rows.append(row)
    note = t("Net import reliance does not fall when imports change their origin: it is the same "
             "before and after.")  # fmt: skip
    caption = t("Whom {country} depends on, before and after {amount} million",
                country=found["importer"], amount=f"{last['amount_m']:,.0f}")  # fmt: skip
    words = t("Shares are by country of shipment; who owns a works is not counted. Rare earths are "
              "printed together.")  # fmt: skip
    return joined(
        (
            table(columns, rows, caption=caption),
            callout(note),
            h('<p class="hint">{}</p>', words),
        )
    )


def _evidence(visit: Visit, last: Mapping[str, Any]) -> Markup:
    t = visit.t
    columns = (
        Column("stage", t("Stage")),
        Column("free", t("Free, t/y"), is_number=True),
        Column("what", t("Evidence")),
        Column("source", t("Source")),
    )
    rows = []
    for one in last["stages"]:
        free = one["free"]
        if free is None:
            continue
        known = free["free_t"]["high"] is not None
        rows.append(
            {
                "stage": stage_name(visit, one),
                "free": bounds_text(visit, free["free_t"]) if known else t("UNKNOWN"),
                "what": h('<span lang="en">{}</span>', free["why"]),
                "source": "",
            }
        )
        rows += [
            {
                "stage": "",
                "free": "",
                "what": h('<span lang="en">{}: {}</span>', each["what"], each["text"]),
                "source": h('<span lang="en">{}</span>', each["source"]),
            }
            for each in free["evidence"]
        ]
    words = t("How much more each stage could take in")
    return h("<details><summary>{}</summary>{}</details>", words, table(columns, rows))


def _losses(visit: Visit, lost: Mapping[str, Any]) -> Markup:
    """Return what the largest budget changes in losses from disruptions."""
    t = visit.t
    last = lost["budgets"][-1]
    columns = (
        Column("mineral", t("Mineral")),
        Column("measure", t("Measure")),
        Column("unit", t("Unit")),
        Column("before", t("Before"), is_number=True),
        Column("change", t("Change"), is_number=True),
        Column("error", t("Standard error"), is_number=True),
    )
    rows: list[dict[str, object]] = []
    for one in last["minerals"]:
        if one["unknown"]:
            why = h('<span lang="en">{}</span>', one["unknown"])
            word = t("none") if one["unknown"] == NOTHING_COUNTS else t("UNKNOWN")
            rows.append({"mineral": one["mineral"], "measure": why, "unit": "", "before": "",
                         "change": word, "error": ""})  # fmt: skip
        for stage, share in one["added_share"].items():
            what = h('<span lang="en">added, {}</span>', stage)
            unit = h('<span lang="en">of world supply</span>')
            rows.append({"mineral": one["mineral"], "measure": what, "unit": unit, "before": "",
                         "change": bounds_text(visit, share, "{:.3%}"), "error": ""})  # fmt: skip
        rows += [{"mineral": one["mineral"], **_loss_row(visit, each)} for each in one["changes"]]
    caption = t("What {amount} million change in the losses of {country} from disruptions in a "
                "year", amount=f"{last['amount_m']:,.0f}", country=lost["importer"])  # fmt: skip
    words = t("After less before, with the same events: below nought is safer. Ranges are over "
              "drawn inputs and over the least and the most that counts.")  # fmt: skip
    if lost["assumptions_dominate"]:
        words += " " + t("Assumptions dominate; there is no single figure to give.")
    notes = [h('<li lang="en">{}</li>', one) for one in lost["notes"]]
    return joined(
        (
            table(columns, rows, caption=caption),
            h('<p class="hint">{}</p>', words),
            h("<details><summary>{}</summary><ul>{}</ul></details>", t("Evidence"), joined(notes)),
        )
    )


def _loss_row(visit: Visit, one: Mapping[str, Any]) -> dict[str, object]:
    t = visit.t
    bound = f" ({one['bound']})" if one["bound"] else ""
    change = one["change"]
    error = f"{one['if_most_counts']['standard_error']:.2g}"
    if one["is_below_standard_error"]:
        error = t("{error}; the change is less", error=error)
    is_none = change["low"] == change["high"] == 0
    return {
        "measure": h('<span lang="en">{}, {}{}</span>', one["quantity"], one["measure"], bound),
        "unit": h('<span lang="en">{}</span>', one["unit"]),
        "before": bounds_text(visit, one["before"], "{:,.3g}"),
        "change": t("none") if is_none else bounds_text(visit, change, "{:+,.3g}"),
        "error": error,
    }
