"""What changed between lists of critical minerals, and how far the methods behind them disagree."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oreline.api import stress_changes, stress_ranks
from oreline.web._blocks import Column, h, question_form, select_field, table, tiles
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._stress_parts import METHODS, mineral_link, stress_tabs
from oreline.web._strings import msg

LISTS = ("2018", "2022", "draft 2025", "final 2025")
CHANGES = {"added": msg("added"), "removed": msg("removed"), "kept": msg("kept")}


@page("/stress/changes", "Lists of critical minerals")
async def changes_page(visit: Visit) -> None:
    """Show what changed from one list of the United States to another, and why."""
    t = visit.t
    head(t("Lists of critical minerals"), t("What changed since the last list, and why."))
    markup(stress_tabs(visit))
    earlier, later_list = visit.given("from", "2022"), visit.given("to", "final 2025")
    fields = (
        select_field("from", t("From"), ((one, one) for one in LISTS), earlier),
        select_field("to", t("To"), ((one, one) for one in LISTS), later_list),
    )
    markup(question_form(visit.link("/stress/changes"), fields, t("Show")))
    ask = partial(stress_changes, earlier=earlier, later=later_list)
    later(visit, t("What changed"), ask, lambda found: _show_changes(visit, found))


def _show_changes(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    changed = [one for one in found["changes"] if one["change"] != "kept"]
    added = sum(one["change"] == "added" for one in changed)
    markup(
        tiles(
            (
                (t("List {name}", name=found["earlier"]), found["size_earlier"], t("minerals")),
                (t("List {name}", name=found["later"]), found["size_later"], t("minerals")),
                (t("Added"), added, ""),
                (t("Removed"), len(changed) - added, ""),
            )
        )
    )
    columns = (
        Column("mineral", t("Mineral")),
        Column("change", t("Change")),
        Column("reason", t("Why")),
        Column("basis", t("How it is known")),
    )
    rows = [
        {
            "mineral": mineral_link(visit, one["mineral"]),
            "change": t(CHANGES[one["change"]]),
            "reason": one["reason"] or t("UNKNOWN"),
            "basis": one["basis"],
        }
        for one in changed
    ]
    markup(table(columns, rows, empty=t("Nothing changed between these lists.")))
    words = t(
        "The list of 2025 rests on effects on gross domestic product: on it is what costs more "
        "than 2 million dollars a year weighted by probability, and what has a single domestic "
        "producer."
    )
    markup(h('<p class="hint">{}</p>', words))


@page("/stress/methods", "Methods side by side")
async def methods_page(visit: Visit) -> None:
    """Show how far the methods disagree in the order of minerals."""
    t = visit.t
    head(
        t("Methods side by side"),
        t("How far recognised measures agree in the order of minerals, and where they do not."),
    )
    markup(stress_tabs(visit))
    later(visit, t("Rank correlations"), stress_ranks, lambda found: _show_ranks(visit, found))


def _show_ranks(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    words = t(
        "Spearman's rho and Kendall's tau-b over the minerals of the final list of 2025 that both "
        "methods cover; n is how many. 1 is the same order, 0 none, -1 the opposite."
    )
    markup(h('<p class="hint">{}</p>', words))
    columns = (
        Column("first", t("Method")),
        Column("second", t("and method")),
        Column("n", t("n"), is_number=True),
        Column("spearman", t("Spearman"), is_number=True),
        Column("kendall", t("Kendall"), is_number=True),
        Column("differ", t("They differ most on")),
    )
    rows = [
        {
            "first": t(METHODS[one["first"]]),
            "second": t(METHODS[one["second"]]),
            "n": one["n"],
            "spearman": "" if one["spearman"] is None else f"{one['spearman']:.2f}",
            "kendall": "" if one["kendall"] is None else f"{one['kendall']:.2f}",
            "differ": ", ".join(each["mineral"] for each in one["differences"]),
        }
        for one in found["pairs"]
    ]
    markup(table(columns, rows, caption=t("Rank correlations")))
