"""One mineral under every measure: stages, imports, judgements, uses, two answers, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import ui

from oreline.api import mineral_svg, stress_mineral
from oreline.web._blocks import (
    Column,
    callout,
    chips,
    facts,
    h,
    input_field,
    joined,
    question_form,
    table,
)
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._stress_eu_parts import eu_block
from oreline.web._stress_parts import METHODS, STAGES, bounds_text, number_text, stress_tabs
from oreline.web._stress_pictures import PICTURE_SCRIPT, show_picture
from oreline.web._strings import msg

HERE = "/stress/mineral"
CHARTS = {
    "china": msg("China by stage"),
    "hhi": msg("Concentration by stage"),
    "imports": msg("Covered imports"),
    "methods": msg("Place under each method"),
}
SECTORS = {
    "defence": msg("Defence"),
    "aerospace": msg("Aerospace"),
    "technology": msg("Technology"),
    "energy": msg("Energy"),
}


@page(HERE, "Mineral")
async def mineral_page(visit: Visit) -> None:
    """Show everything that is published of one mineral."""
    t, name = visit.t, visit.given("name", "antimony")
    found = await visit.answer(stress_mineral, name)
    head(found["mineral"].capitalize(), _lead(visit, found))
    ui.add_head_html(PICTURE_SCRIPT)
    markup(stress_tabs(visit))
    field = input_field("name", t("Another mineral"), found["mineral"])
    markup(question_form(visit.link(HERE), [field], t("Show")))
    _views(visit, found)
    _stages(visit, found)
    chart = visit.given("chart", "china")
    chart = chart if chart in CHARTS else "china"
    choices = ((t(CHARTS[one]), visit.here(chart=one), one == chart) for one in CHARTS)
    markup(chips(choices, t("Picture")))
    ask = partial(mineral_svg, name=found["mineral"], chart=chart)
    later(visit, t("Picture"), ask, lambda svg: _picture(visit, svg, found["mineral"], chart))
    for part in (_reliance, _sources, _judgements, _placements, _uses):
        part(visit, found)
    eu_block(visit, found["mineral"])


def _heading(title: str) -> None:
    """Put a heading on the page as other parts have theirs."""
    with ui.element("section").classes("panel"):
        markup(h("{}", title), tag="h2")


def _lead(visit: Visit, found: Mapping[str, Any]) -> str:
    t, told = visit.t, []
    if found["group"]:
        told.append(t("The EU judges it as {group}.", group=found["group"]))
    if found["chapters"] != [found["mineral"]]:
        chapters = ", ".join(found["chapters"])
        told.append(t("USGS counts it under {chapters}.", chapters=chapters))
    return " ".join(told) or t("Each measure with its source, year and flags.")


def _picture(visit: Visit, svg: str, mineral: str, chart: str) -> None:
    show_picture(
        visit,
        svg,
        visit.link("/api/v1/stress/mineral/chart.svg", name=mineral, chart=chart),
        f"{mineral}-{chart}".replace(" ", "-"),
        visit.link("/api/v1/stress/mineral.csv", name=mineral),
    )


def _views(visit: Visit, found: Mapping[str, Any]) -> None:
    t, security, economy = visit.t, found["security"], found["economy"]
    defence = security["defence_use"]
    points = security["single_points"]
    _heading(t("National security"))
    markup(
        facts(
            (
                (
                    t("Defence use"),
                    t("UNKNOWN: no published use names defence")
                    if defence is None
                    else bounds_text(visit, defence, "{:.0%}"),
                ),
                (
                    t("Imports from covered nations"),
                    (
                        f"{bounds_text(visit, security['covered'], '{:.0%}')} "
                        f"{security['covered_product']}"
                    ),
                ),
                (t("Single points of failure"), "; ".join(points) or t("none for sure")),
                (
                    t("Single domestic producer"),
                    t("yes") if security["single_domestic_producer"] else t("no"),
                ),
                (
                    t("Supply without the largest"),
                    (
                        f"{bounds_text(visit, security['without_largest'], '{:.0%}')} "
                        f"({security['without_largest_stage']})"
                    ),
                ),
            )
        )
    )
    share = economy["largest_use_share"]
    _heading(t("Economic stability"))
    markup(
        facts(
            (
                (
                    t("Effect on US GDP, million USD a year"),
                    number_text(visit, economy["gdp_weighted_musd"], "{:,.0f}"),
                ),
                (
                    t("Its largest scenario"),
                    number_text(visit, economy["gdp_largest_musd"], "{:,.0f}"),
                ),
                (t("EU economic importance"), number_text(visit, economy["eu_importance"])),
                (
                    t("Largest use (EU)"),
                    f"{economy['largest_use']} {bounds_text(visit, share, '{:.0%}')}".strip(),
                ),
            )
        )
    )


def _stages(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("stage", t("Stage")),
        Column("product", t("Product, year")),
        Column("hhi", t("HHI"), is_number=True),
        Column("largest", t("Largest")),
        Column("share", t("Its share"), is_number=True),
        Column("china", t("China"), is_number=True),
        Column("rest", t("N-1"), is_number=True),
        Column("source", t("Source")),
    )
    rows = []
    for one in found["stages"]:
        measures = one["concentration"] or {}
        rows.append(
            {
                "stage": t(STAGES[one["stage"]]),
                "product": f"{one['product']}, {one['year']}",
                "hhi": bounds_text(visit, measures.get("hhi")),
                "largest": measures.get("largest") or t("UNKNOWN"),
                "share": bounds_text(visit, measures.get("top1"), "{:.0%}"),
                "china": bounds_text(visit, one["china_share"], "{:.0%}"),
                "rest": bounds_text(visit, measures.get("without_largest"), "{:.0%}"),
                "source": one["source"],
            }
        )
    _heading(t("Stages of the chain"))
    markup(table(columns, rows, empty=t("No stage is published.")))
    for one in found["stages"]:
        if one["notes"]:
            told = f"{one['product']}, {one['year']}: {'; '.join(one['notes'][-3:])}"
            markup(h('<p class="hint" lang="en">{}</p>', told))


def _reliance(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("product", t("Product")),
        Column("year", t("Year"), is_number=True),
        Column("text", t("Published, %"), is_number=True),
        Column("made", t("Recomputed, %"), is_number=True),
        Column("error", t("Error, points"), is_number=True),
        Column("why", t("Why not")),
    )
    rows = [
        {
            "product": f"{one['mineral']} {one['subject']}".strip(),
            "year": one["year"],
            "text": one["text"] or t("blank"),
            "made": bounds_text(visit, one["recomputed_pct"], "{:.0f}"),
            "error": number_text(visit, one["error_points"]),
            "why": one["why_not"],
        }
        for one in sorted(found["reliance"], key=lambda one: (one["subject"], -one["year"]))
    ]
    _heading(t("Net import reliance of the United States"))
    words = t(
        "It says how much is bought abroad, not from whom: another origin does not change it. "
        "E: net exporter; > and <: bounds; W: withheld."
    )
    markup(h('<p class="hint">{}</p>', words))
    markup(table(columns, rows, empty=t("It is not published.")))


def _sources(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("product", t("Product")),
        Column("shares", t("From, % of 2021 to 2024")),
        Column("hhi", t("HHI"), is_number=True),
        Column("covered", t("Covered nations"), is_number=True),
    )
    rows = [
        {
            "product": one["product"],
            "shares": ", ".join(f"{each['area']} {each['percent']}" for each in one["shares"]),
            "hhi": bounds_text(visit, (one["concentration"] or {}).get("hhi")),
            "covered": bounds_text(visit, one["covered_share"], "{:.0%}"),
        }
        for one in found["sources"]
    ]
    _heading(t("Sources of US imports"))
    markup(table(columns, rows, empty=t("They are not published.")))


def _judgements(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    pairs: list[tuple[str, object]] = []
    for one in found["lists"]:
        member = t("yes") if one["member"] else t("no")
        reason = f": {one['reason']}" if one["reason"] else ""
        pairs.append((t("US list {name}", name=one["list"]), f"{member}{reason} [{one['basis']}]"))
    if not found["lists"]:
        pairs.append((t("US lists"), t("on none of them")))
    for one in found["eu"]:
        risk, importance = (
            number_text(visit, one["supply_risk"]),
            number_text(visit, one["importance"]),
        )
        pairs.append(
            (
                t("EU {year}, {material}", year=one["study"], material=one["material"]),
                t("supply risk {risk}, importance {importance}", risk=risk, importance=importance),
            )
        )
    if found["geopolrisk"]:
        last = found["geopolrisk"][-1]
        pairs.append(
            (
                f"GeoPolRisk {last['importer']} {last['year']}",
                t(
                    "score {score}, factor {factor} kg Cu-eq/kg",
                    score=number_text(visit, last["score"], "{:.4f}"),
                    factor=number_text(visit, last["factor"], "{:.4g}"),
                ),
            )
        )
    _heading(t("Judgements"))
    markup(facts(pairs))
    if found["geopolrisk_missing"]:
        markup(callout(h('GeoPolRisk: <span lang="en">{}</span>', found["geopolrisk_missing"])))


def _placements(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("method", t("Method")),
        Column("value", t("Value"), is_number=True),
        Column("place", t("Place"), is_number=True),
        Column("note", t("Note")),
    )
    rows = [
        {
            "method": t(METHODS[one["method"]]),
            "value": f"{one['value']:,.4g} {one['unit']}".strip(),
            "place": t("{n} of {total}", n=one["rank"], total=one["of"]),
            "note": t("value of its group") if one["is_of_group"] else "",
        }
        for one in found["placements"]
    ]
    _heading(t("Place under each method"))
    markup(table(columns, rows, empty=t("No method covers it.")))


def _uses(visit: Visit, found: Mapping[str, Any]) -> None:
    t, uses = visit.t, found["uses"]
    _heading(t("Uses in the EU"))
    markup(
        facts(
            (
                t(SECTORS[sector]),
                t("UNKNOWN: no published use names it")
                if share is None
                else bounds_text(visit, share, "{:.0%}"),
            )
            for sector, share in uses["sectors"].items()
        )
    )
    columns = (
        Column("application", t("Application")),
        Column("share", t("Share"), is_number=True),
        Column("industry", t("Industry")),
    )
    rows = [
        {
            "application": one["application"],
            "share": bounds_text(visit, one["share"], "{:.0%}"),
            "industry": f"{one['industry']} {one['industry_name']}",
        }
        for one in uses["uses"]
    ]
    markup(table(columns, rows, empty=t("Uses are not published.")))
    links = (
        h('<a href="{}">{}</a>', visit.link("/stress/trade", code=code), code)
        for code in found["trade_codes"]
    )
    _heading(t("Trade by code"))
    markup(h("<p>{}</p>", joined(links, ", ") or t("none carried")))
