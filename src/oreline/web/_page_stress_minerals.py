"""All minerals in one table, each measure side by side, sorted and narrowed by a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import minerals_svg, stress_minerals
from oreline.stress import stage_form
from oreline.web._blocks import (
    Column,
    chips,
    h,
    input_field,
    joined,
    question_form,
    select_field,
    table,
)
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._stress_parts import (
    METHODS,
    STAGES,
    bounds_text,
    mineral_link,
    number_text,
    stress_tabs,
)
from oreline.web._stress_pictures import PICTURE_SCRIPT, show_picture
from oreline.web._strings import msg

HERE = "/stress/minerals"
ALL = "all"
SORTS = ("name", "disagreement", *METHODS)
ROWS = 15
"""How many minerals a page of the table holds: on a telephone each is a card."""
SETS = {
    "main": (
        msg("in short"), ("mineral", "stage", "hhi", "china", "reliance", "gdp", "apart"),
    ),
    "supply": (
        msg("supply and imports"), ("mineral", "stage", "hhi", "china", "reliance", "covered"),
    ),
    "methods": (
        msg("methods"), ("mineral", "sr", "ei", "gdp", "risk", "apart"),
    ),
    "all": (
        msg("all columns"),
        ("mineral", "stage", "hhi", "china", "reliance", "covered", "sr", "ei", "gdp", "risk",
         "apart"),
    ),
}  # fmt: skip
"""What columns can be shown, so that a table fits its page; files hold all of them."""


@page(HERE, "Minerals", wide=True)
async def minerals_page(visit: Visit) -> None:
    """Show every mineral with its measures."""
    t = visit.t
    head(
        t("Minerals"),
        t("How secure the supply of each mineral is, by every measure. The methods disagree."),
    )
    ui.add_head_html(PICTURE_SCRIPT)
    markup(stress_tabs(visit))
    chosen, sort = visit.given("list") or "final 2025", visit.given("sort", "us_gdp")
    listed = "" if chosen == ALL else chosen
    markup(question_form(visit.link(HERE), _fields(visit, chosen, sort), t("Show")))
    ask = partial(stress_minerals, listed=listed)
    later(
        visit,
        t("Minerals of the list") if listed else t("All minerals"),
        ask,
        lambda found: _show(visit, found, sort),
    )
    method = sort if sort in METHODS else "us_gdp"
    picture = partial(minerals_svg, method=method, listed=listed)
    later(visit, t("Picture"), picture, lambda svg: _picture(visit, svg, method, listed))


def _fields(visit: Visit, chosen: str, sort: str) -> tuple[Markup, ...]:
    t = visit.t
    lists = ("final 2025", "draft 2025", "2022", "2018", "EU 2023", ALL)
    names = {"name": t("Name"), "disagreement": t("Disagreement of the methods")}
    return (
        select_field(
            "list", t("List"), ((one, t("all") if one == ALL else one) for one in lists), chosen
        ),
        input_field("find", t("Mineral"), visit.given("find"), placeholder="antimony"),
        select_field(
            "show", t("Columns"), ((one, t(name)) for one, (name, _) in SETS.items()), _set(visit)
        ),
        select_field(
            "sort",
            t("Sort by"),
            ((one, names.get(one) or t(METHODS[one])) for one in SORTS),
            sort,
        ),
    )


def _set(visit: Visit) -> str:
    """Return which columns are asked for."""
    return visit.given("show") if visit.given("show") in SETS else "main"


def _picture(visit: Visit, svg: str, method: str, listed: str) -> None:
    asked = {"method": method, "list": listed}
    show_picture(
        visit,
        svg,
        visit.link("/api/v1/stress/minerals/chart.svg", **asked),
        f"minerals-{method}",
        visit.link("/api/v1/stress/minerals.csv", list=listed),
    )


def _show(visit: Visit, found: Mapping[str, Any], sort: str) -> None:
    t = visit.t
    wanted = visit.given("find").strip().casefold()
    minerals = sorted(
        (one for one in found["minerals"] if wanted in one["mineral"].casefold()), key=_order(sort)
    )
    markup(
        h(
            '<p class="hint">{}</p>',
            t("{n} minerals. A range is what withheld and unnamed rows allow; UNKNOWN is not zero. "
              "Covered: imports of the United States from China, Russia, Iran and North Korea, at "
              "least. Disagreement: the distance between the highest and the lowest place under "
              "the methods, 0 to 100.", n=len(minerals)),
        )
    )  # fmt: skip
    first = _first(visit, len(minerals))
    columns = [one for one in _columns(visit) if one.key in SETS[_set(visit)][1]]
    shown = minerals[first : first + ROWS]
    markup(
        table(
            columns, [_row(visit, one) for one in shown], caption=t("Minerals"),
            empty=t("No mineral of this list is called so."),
        )
    )  # fmt: skip
    markup(_pages(visit, first, len(minerals)))
    files = (
        h(
            '<a class="btn quiet small" href="{}">{}</a>',
            visit.link(f"/api/v1/stress/minerals.{form}", list=found["listed_on"]),
            words,
        )
        for form, words in (("csv", "CSV"), ("xlsx", "Excel"))
    )
    markup(h("<p>{}</p>", joined(files, " ")))
    markup(h('<p class="source">{}</p>', found["source_line"]))


def _columns(visit: Visit) -> tuple[Column, ...]:
    t = visit.t
    return (
        Column("mineral", t("Mineral")),
        Column("stage", t("Most concentrated stage")),
        Column("hhi", t("HHI"), is_number=True),
        Column("china", t("China"), is_number=True),
        Column("reliance", t("Net imports, %"), is_number=True),
        Column("covered", t("Covered, %"), is_number=True),
        Column("sr", t("EU SR"), is_number=True),
        Column("ei", t("EU EI"), is_number=True),
        Column("gdp", t("GDP, M USD"), is_number=True),
        Column("risk", t("GeoPolRisk"), is_number=True),
        Column("apart", t("Disagreement"), is_number=True),
    )


def _first(visit: Visit, count: int) -> int:
    """Return the first row of the page that is asked for, 0 where none such is there."""
    text = visit.given("from") or "0"
    first = int(text) if text.isdecimal() and len(text) < 6 else 0
    return first - first % ROWS if first < count else 0


def _pages(visit: Visit, first: int, count: int) -> Markup:
    """Return the links to the other pages of the table; nothing where one holds all."""
    if count <= ROWS:
        return h("")
    kept = {name: visit.given(name) for name in ("list", "find", "show", "sort")}
    asked = {name: value for name, value in kept.items() if value}
    links = (
        (
            f"{at + 1}–{min(at + ROWS, count)}",
            visit.link(HERE, **asked, **{"from": str(at)}),
            at == first,
        )
        for at in range(0, count, ROWS)
    )
    return chips(links, visit.t("Rows"))


def _order(sort: str) -> Callable[[Mapping[str, Any]], tuple[float, str]]:
    def order(one: Mapping[str, Any]) -> tuple[float, str]:
        if sort == "name":
            return 0.0, one["mineral"]
        value = one["disagreement"] if sort == "disagreement" else one["values"].get(sort)
        return (float("inf") if value is None else -value), one["mineral"]

    return order


def _row(visit: Visit, one: Mapping[str, Any]) -> dict[str, object]:
    measures, values = one["concentration"] or {}, one["values"]
    reliance, apart = one["reliance"], one["disagreement"]
    return {
        "mineral": mineral_link(visit, one["mineral"]),
        "stage": _stage(visit, one["mineral"], one["worst_stage"]),
        "hhi": bounds_text(visit, measures.get("hhi")),
        "china": bounds_text(visit, one["china_share"], "{:.0%}"),
        "reliance": visit.t("UNKNOWN") if reliance is None else reliance["text"] or "UNKNOWN",
        "covered": number_text(visit, _percent(values.get("covered")), "{:.0f}"),
        "sr": number_text(visit, values.get("eu_sr")),
        "ei": number_text(visit, values.get("eu_ei")),
        "gdp": number_text(visit, values.get("us_gdp"), "{:,.0f}"),
        "risk": number_text(visit, values.get("geopolrisk"), "{:.3f}"),
        "apart": number_text(visit, _percent(apart), "{:.0f}"),
    }


def _stage(visit: Visit, mineral: str, worst: str) -> str:
    """Return a stage, and in which form it is counted where that says more."""
    stage, _, product = worst.partition(": ")
    if not stage:
        return visit.t("UNKNOWN")
    form = stage_form(product, stage, mineral)
    return visit.t(STAGES[stage]) + (f": {form}" if form else "")


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value
