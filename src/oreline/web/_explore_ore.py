"""The block of the page of drill holes about ore: what a mill would be fed, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from oreline.api import site_ore
from oreline.web._blocks import Column, basis_tag, callout, chips, h, table, tiles
from oreline.web._charts import Interval, interval_chart
from oreline.web._explore_drawing import band_edges, legend, section_drawing
from oreline.web._explore_grades import digits, files
from oreline.web._frame import Visit, action, asked, markup, panel

DESIGN = "/design"
LIFE = "life"
TRACE_PCT = 0.01
"""A lower cut-off is told in g/t."""


def ore_block(visit: Visit, name: str) -> None:
    """Offer the years of feed that the mine plan of a set gives; it takes some seconds."""
    t = visit.t
    with panel(t("What a mill would be fed"), identity="ore"):
        words = t(
            "Tonnes and grades by year of the mine plan that explore.toml declares, and how surely "
            "they are known."
        )
        markup(h('<p class="hint">{}</p>', words))

        async def ask() -> None:
            said.clear()
            with said:
                markup(h('<p class="hint" role="status">{}</p>', t("Computing")))
            found = await asked(visit, said, site_ore, name)
            if found is not None:
                with said:
                    _ore(visit, found)

        with ui.element("div").style("margin: .5em 0"):
            action(t("Plan the mine"), ask)
        said = ui.element("div").props("aria-live=polite")


def _ore(visit: Visit, found: Mapping[str, Any]) -> None:
    t, paid = visit.t, found["paid"]
    every = [*found["years"], found["life"]]
    for analyte in paid:
        told = [
            Interval(_named(visit, year), one["value"], one["low"], one["high"], _grade(one))
            for year in every
            if (one := year["grades"].get(analyte)) is not None and one["u"] is not None
        ]
        if told:
            title = t(
                "Grade of {analyte} by year, {unit}, with the range of 95 %",
                analyte=analyte, unit=found["life"]["grades"][analyte]["unit"],
            )  # fmt: skip
            markup(h("<h3>{}</h3>", title))
            life = found["life"]["grades"][analyte]["value"]
            markup(interval_chart(told, life, f"{title}. {found['rule']}"))
    _shape(visit, found["mine"])
    dug = {str(one["year"]): one for one in found["mine"]["years"]}
    columns = (
        Column("year", t("Year")),
        Column("dry", t("Dry tonnes"), is_number=True),
        Column("waste", t("Waste, t"), is_number=True),
        Column("strip", t("Waste for a tonne of ore"), is_number=True),
        *(Column(one, one, is_number=True) for one in paid),
    )
    rows = [
        {"year": _named(visit, year), "dry": _dry(year), **_waste(dug.get(year["year"])),
         **{one: _ranged(year["grades"].get(one), visit) for one in paid}}
        for year in every
    ]  # fmt: skip
    with ui.element("details").props("open"):
        markup(h("{}", t("Years as a table")), tag="summary")
        markup(table(columns, rows))
    _suite(visit, found["life"])
    source = t("Source: {source}", source=found["source"])
    markup(h('<p class="hint">{}. {} {}</p>', found["rule"], source, basis_tag(found["basis"], t)))
    markup(callout(found["said"], "warn"))
    _taken(visit, found)


def _shape(visit: Visit, mine: Mapping[str, Any]) -> None:
    """Show how much is dug for the ore, and how deep: the pit or the stopes from above."""
    t = visit.t
    strip = t("UNKNOWN") if mine["strip_ratio"] is None else f"{mine['strip_ratio']:.2f}"
    markup(
        tiles(
            (
                (t("Ore"), f"{mine['ore_t'] / 1e6:,.2f}", t("million tonnes at the mill")),
                (t("Waste for a tonne of ore"), strip, t("strip ratio")),
                (t("Worth"), f"{mine['value'] / 1e6:,.0f}",
                 t("million {currency}, not discounted", currency=mine["currency"])),
            )
        )
    )  # fmt: skip
    shape = mine["shape"]
    if not shape["x_m"]:
        return
    is_pit = mine["method"] == "pit"
    says = t("The pit from above, by the height of its floor") if is_pit else t(
        "The stopes from above, by the height of the lowest"
    )  # fmt: skip
    edges = band_edges(min(shape["floor_m"]), max(shape["floor_m"]))
    markup(h("<h3>{}</h3>", says))
    markup(legend(edges, [t("from {grade}", grade=f"{one:,.0f} m") for one in edges]))
    drawn = {
        "section": "plan", "size_m": shape["size_m"], "is_turned": shape["is_turned"],
        "blocks": {"along_m": shape["x_m"], "up_m": shape["y_m"], "grade_pct": shape["floor_m"]},
        "pieces": {"hole": [], "start_m": [], "end_m": [], "grade_pct": []},
    }  # fmt: skip
    markup(section_drawing(drawn, edges, says, t))
    cuts = "; ".join(
        t("{analyte} alone pays from {first}, once dug from {then}", analyte=one["analyte"],
          first=_cut(one["break_even_pct"]), then=_cut(one["mill_pct"]))
        for one in mine["cut_offs"]
    )  # fmt: skip
    markup(h('<p class="hint">{}.</p>', cuts))
    for note in mine["notes"]:
        markup(h('<p class="hint" lang="en">{}</p>', note))


def _cut(pct: float) -> str:
    """Return a cut-off grade in the unit in which so much is told.

    >>> _cut(1.27), _cut(0.0000242)
    ('1.27 %', '0.242 g/t')
    """
    return f"{digits(pct)} %" if pct >= TRACE_PCT else f"{digits(pct * 1e4)} g/t"


def _dry(year: Mapping[str, Any]) -> str:
    """Return the dry tonnes of a year, with what is known of their uncertainty."""
    u = "" if year["dry_u"] is None else f" ± {2 * year['dry_u']:,.0f}"
    return f"{year['dry_t']:,.0f}{u}"


def _waste(year: Mapping[str, Any] | None) -> dict[str, str]:
    if year is None:
        return {"waste": "–", "strip": "–"}
    strip = year["strip_ratio"]
    return {"waste": f"{year['waste_t']:,.0f}", "strip": "–" if strip is None else f"{strip:.2f}"}


def _suite(visit: Visit, life: Mapping[str, Any]) -> None:
    """Show what else the ore holds, as the mean of all years."""
    t = visit.t
    columns = (
        Column("analyte", t("Analyte")),
        Column("grade", t("Mean of all years, range of 95 %"), is_number=True),
    )
    rows = [{"analyte": name, "grade": _ranged(one, visit)} for name, one in life["grades"].items()]
    with ui.element("details"):
        markup(h("{}", t("{n} analytes", n=len(rows))), tag="summary")
        markup(table(columns, rows))


def _taken(visit: Visit, found: Mapping[str, Any]) -> None:
    """Give the table away, and lead to the designs that take it."""
    t, name = visit.t, found["set"]
    markup(files(visit, name, "ore"))
    words = t(
        "Saved in the chain's folder as {file}, it is the feed of any design whose feed names it.",
        file=f"ores/{name}.csv",
    )
    markup(h('<p class="hint">{}</p>', words))
    links = [(one["name"], visit.link(DESIGN, file=one["file"]), False) for one in found["designs"]]
    if links:
        markup(chips(links, t("Designs that take this ore")))


def _named(visit: Visit, year: Mapping[str, Any]) -> str:
    if year["year"] == LIFE:
        return visit.t("mean of all years")
    return visit.t("year {n}", n=year["year"])


def _grade(one: Mapping[str, Any]) -> str:
    return f"{digits(one['value'])} {one['unit']}"


def _ranged(one: Mapping[str, Any] | None, visit: Visit) -> str:
    """Return a grade with the ends of its range, as far as they are known."""
    if one is None:
        return visit.t("UNKNOWN")
    if one["u"] is None:
        return _grade(one)
    return f"{_grade(one)} ({digits(one['low'])} - {digits(one['high'])})"
