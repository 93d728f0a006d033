"""``oreline stress mineral``: everything that is published of one mineral, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_minerals import told
from oreline.cli._stress_tables import takes_tables

if TYPE_CHECKING:
    from oreline.stress import MineralProfile


@question(Needs.NOTHING, export=True)
@takes_tables
def mineral(
    _reader: Reader,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A mineral, such as antimony or Nd.")],
    importer: Annotated[
        str, typer.Option("--importer", metavar="CODE", help="Whose GeoPolRisk: ISO alpha-3.")
    ] = "USA",
) -> Answer:
    """Show one mineral under every measure, with source, year and flags of each.

    National security and economic stability are two answers. What nobody published is UNKNOWN.

    Example: oreline stress mineral neodymium --export neodymium.csv
    """
    from oreline.stress import mineral_profile

    found = mineral_profile(name, importer=importer)

    def show(console: Console) -> None:
        from oreline.cli._render import print_title

        print_title(console, _head(found))
        for part in (_stages, _reliance, _judged, _views, _uses):
            part(console, found)

    return Answer(found.to_json(), show, found.to_frame)


def _head(found: MineralProfile) -> str:
    group = f", judged by the EU as {found.group}" if found.group else ""
    chapter = "" if found.chapters == (found.mineral,) else f" (USGS: {', '.join(found.chapters)})"
    return f"{found.mineral}{group}{chapter}"


def _stages(console: Console, found: MineralProfile) -> None:
    from oreline.cli._render import print_note, print_table, print_title
    from oreline.stress import stage_form

    print_title(console, "Stages of the chain")
    rows = []
    for one in found.stages:
        measured = one.concentration()
        first = "UNKNOWN" if measured is None else measured.largest or "UNKNOWN"
        rows.append(
            (
                one.stage,
                one.year,
                told(None if measured is None else measured.hhi, "{:,.0f}"),
                first if measured is None else f"{first} {told(measured.top1, '{:.0%}')}",
                told(one.share_of("CHN"), "{:.0%}"),
                told(None if measured is None else measured.without_largest, "{:.0%}"),
                stage_form(one.product, one.stage, found.mineral),
                one.source,
            )
        )
    columns = ("stage", "year", "HHI", "largest", "China", "N-1", "form", "source")
    print_table(console, columns, rows, right=columns[2:6], empty="no stage is published")
    for one in found.stages:
        notes = one.notes
        if notes and not one.product.startswith("<"):
            print_note(console, f"{one.stage}, {one.product}: {'; '.join(notes[-3:])}")


def _reliance(console: Console, found: MineralProfile) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, "US net import reliance and sources of imports")
    newest = max((one.year for one in found.reliance), default=None)
    rows = [
        (
            one.mineral,
            one.subject or "all",
            one.year,
            one.text or "blank",
            told(one.recomputed, "{:.0f}") if one.recomputed else one.why_not or "UNKNOWN",
        )
        for one in found.reliance
        if one.year == newest
    ]
    print_table(
        console,
        ("chapter", "product", "year", "published, %", "recomputed, %"),
        rows,
        empty="net import reliance is not published",
    )
    bought = [
        (
            one.product,
            "; ".join(f"{area} {text}" for area, _, text in one.shares),
            told(None if one.measures is None else one.measures.hhi, "{:,.0f}"),
            told(one.covered, "{:.0%}"),
        )
        for one in found.sources
    ]
    columns = ("product", "from, % (2021-24)", "HHI", "covered nations")
    print_table(console, columns, bought, right=columns[2:], empty="sources are not published")


def _judged(console: Console, found: MineralProfile) -> None:
    from oreline.cli._render import print_pairs, print_table, print_title

    print_title(console, "Judgements")
    pairs: list[tuple[str, object]] = [
        (
            f"US list {one.list_name}",
            (
                f"{'yes' if one.member else 'no'}{f': {one.reason}' if one.reason else ''}"
                f" [{one.basis}]"
            ),
        )
        for one in found.lists
    ]
    if not found.lists:
        pairs.append(("US lists", "on none of 2018, 2022, draft and final 2025"))
    effect = found.effect
    if effect is None or effect.weighted_musd is None:
        pairs.append(("effect on US GDP", "UNKNOWN: not modelled"))
    else:
        pairs.append(
            (
                "effect on US GDP",
                (
                    f"{effect.weighted_musd:,.0f} million USD a year by probability, "
                    f"{effect.largest_musd:,.0f} in the largest scenario [{effect.source}]"
                ),
            )
        )
    pairs += [
        (
            f"EU {one.study}, {one.material}",
            f"supply risk {_one(one.supply_risk)}, importance {_one(one.importance)}",
        )
        for one in found.eu
    ]
    if found.geopolrisk:
        last = found.geopolrisk[-1]
        pairs.append(
            (
                f"GeoPolRisk {last.importer} {last.year}",
                (
                    f"score {_one(last.score, '{:.4f}')}, "
                    f"factor {_one(last.factor, '{:.4g}')} kg Cu-eq/kg"
                ),
            )
        )
    else:
        pairs.append(("GeoPolRisk", f"UNKNOWN: {found.geopolrisk_missing}"))
    print_pairs(console, pairs)
    rows = [
        (one.title, f"{one.value:,.4g} {one.unit}".strip(), f"{one.rank} of {one.of}",
         "value of the group" if one.is_of_group else "")
        for one in found.placements
    ]  # fmt: skip
    print_table(console, ("method", "value", "place", ""), rows)


def _one(value: float | None, form: str = "{:.1f}") -> str:
    return "UNKNOWN" if value is None else form.format(value)


def _views(console: Console, found: MineralProfile) -> None:
    from oreline.cli._render import print_pairs, print_title

    security, economy = found.security, found.economy
    print_title(console, "National security")
    print_pairs(
        console,
        [
            ("defence use", _at_least(told(security.defence_use, "{:.0%}"))),
            (
                "imports from covered nations",
                f"{told(security.covered, '{:.0%}')} {security.covered_product}".strip(),
            ),
            ("single points of failure", "; ".join(security.single_points) or "none for sure"),
            ("single domestic producer", "yes" if security.single_domestic_producer else "no"),
            (
                "supply without the largest",
                f"{told(security.without_largest, '{:.0%}')} {security.without_largest_stage}",
            ),
        ],
    )
    print_title(console, "Economic stability")
    print_pairs(
        console,
        [
            ("effect on US GDP, million USD a year", _one(economy.gdp_weighted_musd, "{:,.0f}")),
            ("its largest scenario", _one(economy.gdp_largest_musd, "{:,.0f}")),
            ("EU economic importance", _one(economy.eu_importance)),
            (
                "largest use (EU)",
                f"{economy.largest_use or 'UNKNOWN'} {told(economy.largest_use_share, '{:.0%}')}"
                if economy.largest_use
                else "UNKNOWN",
            ),
        ],
    )


def _at_least(text: str) -> str:
    return "UNKNOWN: no published use names defence" if text == "UNKNOWN" else text


def _uses(console: Console, found: MineralProfile) -> None:
    from oreline.cli._render import print_pairs, print_table, print_title

    print_title(console, "Uses in the EU")
    print_pairs(
        console,
        [(sector, told(share, "{:.0%}")) for sector, share in found.uses.sectors.items()],
    )
    rows = [
        (one.application, told(one.share, "{:.0%}"), f"{one.industry} {one.industry_name}")
        for one in found.uses.uses
    ]
    print_table(console, ("application", "share", "industry"), rows, right=("share",),
                empty="uses are not published")  # fmt: skip
    if found.trade_codes:
        codes = ", ".join(found.trade_codes)
        console.print(f"Trade: oreline stress trade {found.trade_codes[0]} (codes {codes})")
