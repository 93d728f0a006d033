"""Design: what a chain of plants would give, unit by unit, and what if a number were another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from oreline.api import (
    costs_of_comparison,
    design,
    design_comparison,
    design_costs,
    design_waterfall,
    flowsheets,
)
from oreline.model import Basis, OrelineError, weakest
from oreline.web._blocks import (
    Column,
    basis_tag,
    callout,
    chips,
    empty_state,
    facts,
    finding_list,
    h,
    joined,
    table,
    tiles,
)
from oreline.web._design_costs import changed_costs, costs_panel
from oreline.web._design_sliders import moved_numbers, sliders
from oreline.web._design_uncertainty import uncertainty_panel
from oreline.web._flowsheet_drawing import boxes_and_pipes, flowsheet_drawing
from oreline.web._frame import Visit, head, later, markup, page, panel, problem_block
from oreline.web._sankey import SMALLEST_SHARE, sankey_chart
from oreline.web._strings import msg

HERE = "/design"
SHARE_LEAST = 1e-6
"""Places at which less than this share of an element leaves are not listed."""
ROWS_OPEN = 24
"""A longer table of a comparison is folded."""
KINDS = {
    "product": msg("product"),
    "waste": msg("waste"),
    "emission": msg("emission"),
}


@page(HERE, "Design")
async def design_page(visit: Visit) -> None:
    """Show one flowsheet of the chain: drawing, products, what if, where an element goes."""
    t = visit.t
    lead = t("What would come out of a chain of plants, element by element. Nothing is recorded.")
    head(t("Design"), lead)
    listed = (await visit.answer(flowsheets))["flowsheets"]
    if not listed:
        remedy = t("Write processes.toml in the chain's folder; Help has its reference.")
        markup(empty_state(t("This chain has no flowsheet"), remedy))
        return
    file = visit.given("file", listed[0]["file"])
    if len(listed) > 1:
        links = (
            (one["name"], visit.link(HERE, file=one["file"]), one["file"] == file) for one in listed
        )
        markup(chips(links, t("Flowsheets")))
    present = next((one for one in listed if one["file"] == file), listed[0])
    file = present["file"]
    if not present["usable"]:
        markup(callout(t("This flowsheet cannot be used until its problems are mended."), "bad"))
        markup(finding_list(present["findings"], t))
        return
    found = await visit.answer(design, file, {})
    costs, problem = None, None
    if present["has_costs"]:
        try:
            costs = await visit.answer(design_costs, file, {})
        except OrelineError as error:
            problem = error
    _summary(visit, found)
    _said_of_file(visit, present["findings"])
    _files(visit, file)
    _drawing(visit, found)
    _what_if(visit, found, costs)
    if costs is not None:
        costs_panel(visit, file)
        uncertainty_panel(visit, file, costs["outputs"])
    else:
        _no_costs(visit, problem)
    _element(visit, found)
    _compared(visit, file, listed)
    _numbers(visit, found)


def _said_of_file(visit: Visit, findings: Sequence[Mapping[str, Any]]) -> None:
    """Show what is to be said of a file that can be used: warnings open, remarks folded."""
    warnings = [one for one in findings if one["severity"] == "warning"]
    notes = [one for one in findings if one["severity"] != "warning"]
    if warnings:
        markup(finding_list(warnings, visit.t))
    if notes:
        with ui.element("details"):
            markup(h("{}", visit.t("{n} remarks on the file", n=len(notes))), tag="summary")
            markup(finding_list(notes, visit.t))


def _recovered(value: float | None) -> str:
    """Return a recovery; a dash where reagents and air bring more of it than the feeds do.

    >>> _recovered(0.801), _recovered(32.2), _recovered(None)
    ('80.10 %', '–', '')
    """
    if value is None:
        return ""
    return "–" if value > 1 + 1e-9 else f"{value * 100:.2f} %"


def _files(visit: Visit, file: str) -> None:
    """Offer every table of the design as files to take away."""
    t = visit.t
    links = joined(
        h(
            '<a class="btn quiet" href="{}">{}</a>',
            visit.link(f"/api/v1/design/tables.{form}", file=file, **given),
            words,
        )
        for form, words, given in (
            ("xlsx", t("All tables as Excel"), {}),
            ("xlsx", t("Excel with {n} samples", n="1,000"), {"samples": 1000}),
            ("zip", t("All tables as CSV"), {}),
        )
    )
    markup(h('<p class="row">{}</p>', links))


def _no_costs(visit: Visit, problem: OrelineError | None) -> None:
    t = visit.t
    with panel(t("Costs"), identity="costs"):
        if problem is not None:
            markup(problem_block(visit, problem))
            return
        remedy = t("Write costs.toml beside the flowsheet; Help has its reference.")
        markup(empty_state(t("This flowsheet has no costs"), remedy))


def _t_per_h(value: float) -> str:
    """Return a flow as people read it.

    >>> _t_per_h(0.0012), _t_per_h(153.2)
    ('1.2 kg/h', '153.2 t/h')
    """
    if value and abs(value) < 0.1:
        return f"{value * 1000:,.3g} kg/h"
    return f"{value:,.4g} t/h"


def _summary(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    feeds = [row for row in found["streams"] if row["from"] is None]
    worst = max(found["closure"].values(), default=0.0)
    hours = found["hours_per_year"]
    bases = [Basis(one["basis"]) for one in found["numbers"]]
    markup(
        tiles(
            (
                (t("Fed"), _t_per_h(sum(row["dry_t_per_h"] for row in feeds)), t("dry")),
                (t("Units"), len(found["units"]), t("solved together")),
                (t("Runs"), t("not stated") if hours is None else f"{hours:,.0f} h", t("a year")),
                (t("Closes to"), f"{worst:.0e}", t("of each element")),
                (t("Basis"), basis_tag(weakest(*bases), t), t("{n} numbers", n=len(bases))),
            )
        )
    )
    if found["findings"]:
        with ui.element("details"):
            markup(h("{}", t("{n} warnings", n=len(found["findings"]))), tag="summary")
            markup(finding_list(found["findings"], t))


def _element_of(visit: Visit, found: Mapping[str, Any]) -> str:
    names = _elements(found)
    asked_for = visit.given("element", names[0])
    return asked_for if asked_for in names else names[0]


def _elements(found: Mapping[str, Any]) -> list[str]:
    """Return what products hold, most valuable to follow first: what feeds bring, by name."""
    feeds = [row for row in found["streams"] if row["from"] is None]
    brought = {name for row in feeds for name, one in row["contained_t_per_h"].items() if one > 0}
    first = [name for name in ("Nd", "Sb", "Cu", "REO") if name in brought]
    return first + sorted(brought - {*first, "rest"})


def _drawing(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    element = _element_of(visit, found)
    with panel(t("Flowsheet"), identity="flowsheet"):
        links = ((one, visit.here(element=one) + "#flowsheet", one == element)
                 for one in _elements(found))  # fmt: skip
        markup(chips(links, t("Element")))
        words = t("Lines are as wide as their {element}; dashed ones lead back.", element=element)
        more = h('<a href="#waterfall">{}</a>', t("Where it goes in numbers"))
        hint = t("Choose a unit to see its streams.")
        markup(h('<p class="hint">{} {} {}</p>', words, hint, more))
        boxes, pipes = boxes_and_pipes(found, element, _t_per_h)
        chosen = visit.given("unit")

        def link(unit: str) -> str:
            return visit.here(unit=unit) + "#flowsheet"

        markup(flowsheet_drawing(boxes, pipes, link, t("Flowsheet"), chosen))
        units = {row["id"]: row for row in found["units"]}
        if chosen in units:
            _unit(visit, found, units[chosen], element)


def _unit(visit: Visit, found: Mapping[str, Any], row: Mapping[str, Any], element: str) -> None:
    """Show one unit: its law, what it uses, and the streams that enter and leave it."""
    t = visit.t
    used = {**row["consumed_per_h"], **row["reagents_t_per_h"]}
    markup(h("<h3>{}</h3>", row["id"]))
    told: list[tuple[str, object]] = [
        (t("Law"), f"{row['law']}, " + t("rung {n}", n=row["rung"])),
        (t("Source"), "; ".join(_sources(found, row["id"])) or row["source"]),
        (t("Site"), row["site"] or t("not stated")),
    ]
    if row["basis"]:
        told.append((t("Basis"), basis_tag(row["basis"], t)))
    for name, amount in used.items():
        unit = "t/h" if name in row["reagents_t_per_h"] else t("an hour")
        told.append((name.replace("_", " "), f"{amount:,.4g} {unit}"))
    markup(facts(told))
    rows = []
    for stream in found["streams"]:
        if row["id"] not in {stream["from"], stream["to"]}:
            continue
        grade = stream["grade"].get(element)
        recovery = stream["recovery"].get(element)
        rows.append(
            {
                "way": t("in") if stream["to"] == row["id"] else t("out"),
                "stream": stream["id"],
                "dry": _t_per_h(stream["dry_t_per_h"]),
                "grade": "" if grade is None else f"{grade * 100:.4g} %",
                "recovery": _recovered(recovery),
            }
        )
    columns = (
        Column("way", t("Way")),
        Column("stream", t("Stream")),
        Column("dry", t("Dry mass"), is_number=True),
        Column("grade", element, is_number=True),
        Column("recovery", t("Part of the feed's {element}", element=element), is_number=True),
    )
    markup(table(columns, rows, caption=t("Streams of {unit}", unit=row["id"])))


def _sources(found: Mapping[str, Any], unit: str) -> list[str]:
    """Return where the numbers of a unit are from, each once."""
    own = (one["source"] for one in found["numbers"] if one["name"].startswith(f"{unit}."))
    return list(dict.fromkeys(own))


def _what_if(visit: Visit, found: Mapping[str, Any], costs: Mapping[str, Any] | None) -> None:
    """Put sliders on the page, and the products and costs that follow from them."""
    t = visit.t
    numbers = list(found["numbers"])
    if costs is not None:
        numbers += [one for one in costs["numbers"] if one["name"].startswith("price: ")]
    with panel(t("Products, and what if"), identity="what-if"):
        moved = moved_numbers(numbers)
        if moved:
            words = t("Move a number inside its stated range: the whole chain is solved again.")
            markup(h('<p class="hint">{}</p>', words))

        def show(answer: Mapping[str, Any], its_costs: Mapping[str, Any] | None) -> None:
            _products(visit, answer, found)
            if costs is not None and its_costs is not None:
                changed_costs(visit, its_costs, costs)

        above = ui.element("div")
        said = ui.element("div").props("aria-live=polite")
        with above:
            sliders(visit, found["file"], moved, costs is not None, said, show)
        with said:
            show(found, costs)


def _products(visit: Visit, found: Mapping[str, Any], first: Mapping[str, Any]) -> None:
    """Show what leaves the chain, with the change against the flowsheet as it stands."""
    t = visit.t
    before = {row["product"]: row["dry_t_per_h"] for row in first["products"]}
    rows = []
    for row in found["products"]:
        held = sorted(
            ((grade, name) for name, grade in row["grade"].items() if grade and name != "rest"),
            reverse=True,
        )[:4]
        change = row["dry_t_per_h"] - before[row["product"]]
        rows.append(
            {
                "product": row["name"] or row["product"],
                "kind": t(KINDS[row["kind"]]),
                "dry": _t_per_h(row["dry_t_per_h"]),
                "change": "" if abs(change) < 1e-12 else f"{change * 1000:+,.4g} kg/h",
                "holds": ", ".join(f"{name} {grade * 100:.3g} %" for grade, name in held),
            }
        )
    columns = (
        Column("product", t("What leaves")),
        Column("kind", t("Kind")),
        Column("dry", t("Dry mass"), is_number=True),
        Column("change", t("Change"), is_number=True),
        Column("holds", t("Holds most of")),
    )
    markup(table(columns, rows))


def _element(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show where each kilogram of the chosen element goes."""
    t = visit.t
    element = _element_of(visit, found)

    def ask(view: Any) -> dict[str, Any]:
        return design_waterfall(view, found["file"], element, {})

    def show(told: Mapping[str, Any]) -> None:
        hours = found["hours_per_year"] or 1.0
        links = [
            (row["from"] or row["id"], row["to"], round(flow * hours * 1e9))
            for row in found["streams"]
            if (flow := row["contained_t_per_h"].get(element, 0.0)) > 0
        ]
        largest = max((mass for _, _, mass in links), default=0)
        shown = [link for link in links if link[2] >= largest * SMALLEST_SHARE]
        if shown:
            with ui.element("div").classes("scroll"):
                chart = ui.plotly(sankey_chart(element, t("a year"), shown))
                chart.classes("sankey-live").style("width: 100%; min-width: 40rem")
        shares = told["shares"]
        lost = shares["waste"] + shares["emission"]
        words = t(
            "{sold} % leaves in products, {lost} % in waste and emissions.",
            sold=f"{shares['product'] * 100:.3g}",
            lost=f"{lost * 100:.3g}",
        )
        markup(h("<p>{}</p>", words))
        rows = [
            {
                "unit": row["unit"],
                "to": row["to"],
                "kind": t(KINDS[row["kind"]]),
                "flow": _t_per_h(row["t_per_h"]),
                "share": f"{row['share'] * 100:.3g} %",
                "left": f"{row['left'] * 100:.3g} %",
            }
            for row in told["rows"]
            if row["share"] >= SHARE_LEAST
        ]
        columns = (
            Column("unit", t("Leaves at")),
            Column("to", t("Into")),
            Column("kind", t("Kind")),
            Column("flow", element, is_number=True),
            Column("share", t("Share"), is_number=True),
            Column("left", t("Left after it"), is_number=True),
        )
        markup(table(columns, rows))

    title = t("Where each kilogram of {element} goes", element=element)
    later(visit, title, ask, show, identity="waterfall")


def _compared(visit: Visit, file: str, listed: list[dict[str, Any]]) -> None:
    others = [one for one in listed if one["usable"] and one["file"] != file]
    if not others:
        return
    t = visit.t
    other = visit.given("other", others[0]["file"])

    def ask(view: Any) -> dict[str, Any]:
        found = design_comparison(view, file, other)
        return {**found, **costs_of_comparison(view, file, other)}

    def show(told: Mapping[str, Any]) -> None:
        links = (
            (one["name"], visit.here(other=one["file"]) + "#compare", one["file"] == other)
            for one in others
        )
        markup(chips(links, t("Compared with")))
        columns = (
            Column("subject", t("Of what")),
            Column("what", t("Quantity")),
            Column("first", told["first"], is_number=True),
            Column("second", told["second"], is_number=True),
        )
        for title, key in (
            (t("Numbers that differ"), "inputs"),
            (t("What that costs"), "costs"),
            (t("What that gives"), "results"),
        ):
            if key == "costs":
                for name, reason in told["costs_lacking"].items():
                    words = t(
                        "The costs of {file} are left out: {reason}", file=name, reason=reason
                    )
                    markup(h('<p class="hint">{}</p>', words))
                if not told[key]:
                    continue
            rows = [
                {
                    "subject": row["subject"],
                    "what": row["what"]
                    if row["unit"] in {"", "1"}
                    else f"{row['what']}, {row['unit']}",
                    "first": "" if row["first"] is None else f"{row['first']:,.5g}",
                    "second": "" if row["second"] is None else f"{row['second']:,.5g}",
                }
                for row in told[key]
            ]
            if len(rows) <= ROWS_OPEN:
                markup(table(columns, rows, caption=title, empty=t("None differ.")))
                continue
            with ui.element("details"):
                markup(h("{}: {}", title, len(rows)), tag="summary")
                markup(table(columns, rows))

    later(visit, t("Compared with another design"), ask, show, identity="compare")


def _numbers(visit: Visit, found: Mapping[str, Any]) -> None:
    """List every number that the design rests on, with range, basis and source."""
    t = visit.t
    rows = []
    for one in found["numbers"]:
        bounds = "" if one["low"] is None else f"{one['low']:.4g} – {one['high']:.4g}"
        rows.append(
            {
                "name": one["name"],
                "value": f"{one['value']:.6g} {'' if one['unit'] == '1' else one['unit']}",
                "range": bounds,
                "basis": basis_tag(one["basis"], t),
                "source": one["source"],
            }
        )
    columns = (
        Column("name", t("Number")),
        Column("value", t("Value"), is_number=True),
        Column("range", t("Range"), is_number=True),
        Column("basis", t("Basis")),
        Column("source", t("Source")),
    )
    with panel(t("Every number it rests on"), identity="numbers"), ui.element("details"):
        markup(h("{}", t("{n} numbers", n=len(rows))), tag="summary")
        markup(table(columns, rows))
