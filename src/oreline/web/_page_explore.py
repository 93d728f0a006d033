"""Explore: drill holes of the chain, blocks estimated from them, what lies above a grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from oreline.api import block_model, drill_holes, hole_sets, model_methods, model_section
from oreline.web._blocks import (
    Column,
    basis_tag,
    callout,
    chips,
    empty_state,
    finding_list,
    h,
    table,
    tiles,
)
from oreline.web._explore_drawing import (
    band_edges,
    legend,
    section_drawing,
    space_figure,
    tonnage_chart,
)
from oreline.web._explore_grades import (
    check_blocks,
    digits,
    files,
    grade,
    grade_blocks,
    unit_of,
)
from oreline.web._explore_ore import ore_block
from oreline.web._explore_statistics import statistics_table
from oreline.web._frame import Visit, action, asked, head, later, markup, page, panel
from oreline.web._strings import msg

HERE = "/explore"
ADD = "/explore/add"
SECTIONS = {
    "plan": msg("Plan view"),
    "east-west": msg("Section east-west"),
    "north-south": msg("Section north-south"),
}
METHODS = {
    "decided": msg("by the declared rule"),
    "search pass": msg("by search pass"),
    "drill spacing": msg("by drill spacing"),
    "kriging variance": msg("by kriging variance"),
}
BY = {
    "kriging": msg("Kriging"),
    "inverse squared distance": msg("Inverse squared distance"),
    "nearest sample": msg("Nearest sample"),
}
HAS_WEBGL = "!!document.createElement('canvas').getContext('webgl')"


@page(HERE, "Explore")
async def explore_page(visit: Visit) -> None:
    """Show one set of drill holes: statistics, sections, tonnes above cut-offs, classes."""
    t = visit.t
    lead = t("What is in the ground, as drill holes tell: grades, blocks, tonnes, and how sure.")
    add = h('<p><a href="{}">{}</a></p>', visit.link(ADD), t("Add drill holes"))
    head(t("Explore"), lead, add)
    listed = (await visit.answer(hole_sets))["sets"]
    if not listed:
        remedy = t("Put tables into drillholes/NAME of the chain's folder; see Help.")
        markup(empty_state(t("This chain has no drill holes"), remedy))
        return
    name = visit.given("set", listed[0]["set"])
    (present,) = [one for one in listed if one["set"] == name] or [listed[0]]
    name = present["set"]
    links = ((one["title"], visit.link(HERE, set=one["set"]), one["set"] == name) for one in listed)
    markup(chips(links, t("Sets of drill holes")))
    if not present["usable"]:
        markup(callout(t("These drill holes cannot be used until they are mended."), "bad"))
        markup(finding_list(present["findings"], t))
        return
    _holes(visit, present)
    again = h('<a href="{}">{}</a>', visit.link(ADD, set=name), t("Take it with other settings"))
    markup(h("<p>{}</p>", again))
    grade_blocks(visit, name)
    analyte = visit.given("analyte")
    later(
        visit, t("Sections"), model_section, lambda told: _section(visit, told),
        name, analyte, visit.given("section", "plan"), _number(visit.given("at")),
        identity="section",
    )  # fmt: skip
    _space(visit, present)
    later(
        visit, t("Tonnes and grades above cut-offs"), block_model,
        lambda told: _tonnage(visit, told), name, analyte, identity="tonnage",
    )  # fmt: skip
    later(
        visit, t("Kriging beside simpler methods"), model_methods,
        lambda told: _methods(visit, told), name, analyte, identity="methods",
    )  # fmt: skip
    later(
        visit, t("Screening classes"), block_model, lambda told: _classes(visit, told),
        name, analyte, identity="classes",
    )  # fmt: skip
    ore_block(visit, name)
    check_blocks(visit, name)


def _number(text: str) -> int | None:
    """Return a layer that an address names, None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _holes(visit: Visit, present: Mapping[str, Any]) -> None:
    """Show how much was drilled, from where it is, and what is wrong with it."""
    t, told = visit.t, present["holes"]
    markup(
        tiles(
            (
                (t("Holes"), told["holes"], f"{told['drilled_m']:,.0f} m"),
                (t("Assayed intervals"), f"{told['intervals']:,}", ", ".join(told["analytes"])),
                (t("Basis"), basis_tag(told["basis"], t), t("of all grades")),
            )
        )
    )
    markup(h('<p class="hint">{}</p>', t("Source: {source}", source=told["source"])))
    if present["findings"]:
        with ui.element("details"):
            markup(h("{}", t("{n} warnings", n=present["findings_of"])), tag="summary")
            markup(finding_list(present["findings"], t))
    later(
        visit, t("Grades of the assays"), drill_holes, lambda found: statistics_table(visit, found),
        present["set"], identity="statistics",
    )  # fmt: skip


def _section(visit: Visit, found: Mapping[str, Any]) -> None:
    """Draw one layer of blocks with the holes near it; say what it shows in words too."""
    t, analyte, at = visit.t, found["analyte"], found["at"]
    unit = unit_of(found["units"], analyte)
    chosen = (
        (one, visit.here(analyte=one) + "#section", one == analyte) for one in found["analytes"]
    )
    markup(chips(chosen, t("Analyte")))
    links = (
        (t(title), visit.here(section=one, at="") + "#section", one == found["section"])
        for one, title in SECTIONS.items()
    )
    markup(chips(links, t("Sections")))
    steps = [
        (words, visit.here(at=step) + "#section", False)
        for words, step in ((t("Layer before"), at - 1), (t("Layer behind"), at + 1))
        if 0 <= step < found["layers"]
    ]
    markup(chips(steps, t("Layers")))
    blocks = found["blocks"]["grade_pct"]
    if found["range_pct"] is None or not blocks:
        markup(empty_state(t("No block of this layer has an estimate")))
        return
    edges = band_edges(*found["range_pct"])
    says = t(
        "{section}, layer {at} of {layers} at {middle} m: {n} blocks, {analyte} {low} to {high}; "
        "holes up to {near} m away.",
        section=t(SECTIONS[found["section"]]), at=at + 1, layers=found["layers"],
        middle=f"{found['middle_m']:,.0f}", n=len(blocks), analyte=analyte,
        low=grade(min(blocks), unit, visit), high=grade(max(blocks), unit, visit),
        near=f"{found['holes_within_m']:,.0f}",
    )  # fmt: skip
    markup(h('<p class="hint">{}</p>', says))
    markup(legend(edges, [t("from {grade}", grade=grade(one, unit, visit)) for one in edges]))
    markup(section_drawing(found, edges, says, t))
    if found["is_turned"]:
        markup(h('<p class="hint">{}</p>', t("Metres along the turned grid, from its corner.")))


def _space(visit: Visit, present: Mapping[str, Any]) -> None:
    """Offer holes and blocks in three dimensions to browsers that can draw them."""
    t = visit.t
    name, analyte = present["set"], visit.given("analyte")
    with panel(t("In three dimensions"), identity="space"):
        markup(h('<p class="hint">{}</p>', t("Turn, shift and enlarge it with the pointer.")))
        unit = unit_of(present["units"], analyte or present["cutoffs_of"] or "")
        cutoff = ui.number(t("Blocks from a grade of, {unit}", unit=unit[0]), min=0, step=0.1)
        cutoff.props("clearable outlined dense").style("max-width: 16rem")

        async def draw() -> None:
            if not await ui.run_javascript(HAS_WEBGL, timeout=10):
                said.clear()
                with said:
                    words = t("This browser draws nothing in three dimensions; sections show it.")
                    markup(callout(words, "warn"))
                return
            least = None if cutoff.value is None else min(cutoff.value / unit[1], 100.0)
            made = await asked(visit, said, block_model, name, analyte, least)
            if made is not None:
                with said:
                    _figure(visit, made)

        with ui.element("div").style("margin: .5em 0"):
            action(t("Show in three dimensions"), draw)
        said = ui.element("div").props("aria-live=polite")
        markup(h("<p>{}</p>", t("All blocks as files:")))
        markup(files(visit, name, "blocks"))
        vtk = visit.link("/api/v1/explore/blocks.vtk", set=name)
        markup(h('<p class="files"><a class="btn quiet" href="{}">VTK</a></p>', vtk))


def _figure(visit: Visit, made: Mapping[str, Any]) -> None:
    t, unit = visit.t, unit_of(made["units"], made["analyte"])
    blocks = made["blocks"]
    grades = blocks["grade_pct"] or [0.0, 1.0]
    words = t(
        "{n} of {all} blocks at or above {cutoff} of {analyte}; sections show the same.",
        n=f"{len(blocks['grade_pct']):,}", all=f"{made['blocks_above']:,}",
        cutoff=grade(made["cutoff_pct"], unit, visit), analyte=made["analyte"],
    )  # fmt: skip
    markup(h('<p class="hint">{}</p>', words))
    limits = (min(grades), max(grades))
    chart = ui.plotly(space_figure(blocks, made["grid"], made["pieces"], unit, limits, t))
    chart.style("width: 100%; height: 560px").props("role=img")
    # Names are the file's: none of them may become a property.
    chart.props["aria-label"] = words


def _tonnage(visit: Visit, made: Mapping[str, Any]) -> None:
    """Show tonnes and grades above cut-offs, by class."""
    t, analyte = visit.t, made["analyte"]
    if made["tonnage"] is None:
        markup(empty_state(t("Tonnes are UNKNOWN"), made["tonnage_lacks"]))
        return
    unit = unit_of(made["units"], analyte)
    of = made["tonnage"]["cutoff_of"]
    whole = [row for row in made["tonnage"]["rows"] if row["part"] == "all"]
    points = [
        (row["cutoff_pct"] * unit[1], row["tonnes"] / 1e6, row["grades_pct"][of] * unit[1])
        for row in whole
        if row["grades_pct"][of] is not None
    ]
    if len(points) > 1:
        titles = (t("Million tonnes"), f"{analyte}, {unit[0]}", t("Cut-off") + f", {unit[0]}")
        says = t("Tonnes and mean grade of {analyte} above cut-offs; the table has them.",
                 analyte=analyte)  # fmt: skip
        markup(tonnage_chart(points, titles, says))
    rows = [_tonnage_row(visit, row, of, unit) for row in whole]
    parts = [row for row in made["tonnage"]["rows"] if row["part"] != "all"]
    columns = (
        Column("cutoff", t("Cut-off"), is_number=True),
        Column("part", t("Part")),
        Column("blocks", t("Blocks"), is_number=True),
        Column("tonnes", t("Dry tonnes"), is_number=True),
        Column("grade", of, is_number=True),
        Column("metal", t("Contained, t"), is_number=True),
    )
    markup(table(columns, rows))
    if parts:
        with ui.element("details"):
            markup(h("{}", t("By class and domain")), tag="summary")
            markup(table(columns, [_tonnage_row(visit, row, of, unit) for row in parts]))
    markup(files(visit, made["set"], "tonnage", analyte=analyte))
    density = made["density"]
    if density is not None:
        words = t("Density: {source}", source=density["source"])
        markup(h('<p class="hint">{} {}</p>', words, basis_tag(density["basis"], t)))


def _tonnage_row(
    visit: Visit, row: Mapping[str, Any], of: str, unit: tuple[str, float]
) -> dict[str, object]:
    metal = row["metal_t"][of]
    return {
        "cutoff": grade(row["cutoff_pct"], unit, visit),
        "part": visit.t("all") if row["part"] == "all" else row["part"],
        "blocks": f"{row['blocks']:,}",
        "tonnes": f"{row['tonnes']:,.0f}",
        "grade": grade(row["grades_pct"][of], unit, visit) if row["blocks"] else "–",
        "metal": visit.t("UNKNOWN") if metal is None else digits(metal),
    }


def _methods(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show what other weights of the same samples would give."""
    t, analyte = visit.t, found["analyte"]
    unit = unit_of(found["units"], analyte)
    means = "; ".join(
        f"{t(BY[one])}: {grade(mean, unit, visit)}"
        for one, mean in zip(found["methods"], found["mean_pct"], strict=True)
    )
    words = t("Mean {analyte} of {n} blocks that all of them estimate. {means}.",
              analyte=analyte, n=f"{found['blocks']:,}", means=means)  # fmt: skip
    markup(h('<p class="hint">{}</p>', words))
    columns = [Column("cutoff", t("Cut-off"), is_number=True)]
    for number, one in enumerate(found["methods"]):
        columns.append(Column(f"t{number}", t(BY[one]) + ", t", is_number=True))
        columns.append(Column(f"g{number}", f"{analyte}, {unit[0]}", is_number=True))
    rows = []
    for row in found["rows"]:
        told: dict[str, object] = {"cutoff": grade(row["cutoff_pct"], unit, visit)}
        for number, (tonnes, mean) in enumerate(zip(row["tonnes"], row["grade_pct"], strict=True)):
            told[f"t{number}"] = t("UNKNOWN") if tonnes is None else f"{tonnes:,.0f}"
            told[f"g{number}"] = "–" if mean is None else digits(mean * unit[1])
        rows.append(told)
    markup(table(columns, rows))


def _classes(visit: Visit, made: Mapping[str, Any]) -> None:
    """Show how many blocks three methods put in each class, and that this only screens."""
    t, classes = visit.t, made["classes"]
    if classes is None:
        remedy = t("Declare [classes] in explore.toml; Help has its reference.")
        markup(empty_state(t("No classes are declared"), remedy))
    else:
        words = t("This screens. It is no statement of a Competent Person.")
        markup(callout(words, "warn"))
        rows = [
            {"method": t(METHODS[method]), **{one: f"{number:,}" for one, number in counts.items()}}
            for method, counts in classes["blocks"].items()
        ]
        near = classes["approximates"]
        columns = (
            Column("method", t("Blocks in each class")),
            *(Column(one, f"{one} ({near[one]})", is_number=True) for one in ("A", "B", "C")),
            Column("none", t("none"), is_number=True),
        )
        markup(table(columns, rows))
        with ui.element("details"):
            markup(h("{}", t("How the classes come about")), tag="summary")
            for line in (*classes["words"], classes["not_a_statement"]):
                markup(h("<p>{}</p>", line))
    if made["findings"]:
        with ui.element("details"):
            markup(h("{}", t("{n} warnings", n=len(made["findings"]))), tag="summary")
            markup(finding_list(made["findings"], t))
