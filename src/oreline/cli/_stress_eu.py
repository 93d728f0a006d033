"""``oreline stress eu`` and ``crma``: supply risk and benchmarks of the European Union."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_minerals import told
from oreline.cli._stress_tables import takes_tables

if TYPE_CHECKING:
    from oreline.stress import Bounds, CrmaTable, EuSide, EuTable

Mineral = Annotated[
    str | None, typer.Argument(metavar="MINERAL", help="Only this one: antimony, Sb, Baryte.")
]


@question(Needs.NOTHING, export=True)
@takes_tables
def eu(
    _reader: Reader,
    mineral: Mineral = None,
    year: Annotated[
        int, typer.Option("--year", help="Of the study: 2011, 2014, 2017, 2020 or 2023.")
    ] = 2023,
) -> Answer:
    """Show supply risk (SR) and economic importance (EI) by the European Commission's method.

    Printed results beside the range that the printed inputs leave; critical from SR 1.0 and EI 2.8.

    Example: oreline stress eu antimony
    """
    from oreline.stress import eu_materials

    found = eu_materials(year, mineral)

    def show(console: Console) -> None:
        from oreline.cli._render import print_note

        _show_materials(console, found)
        if mineral is not None:
            _show_stages(console, found)
        study = found.study
        print_note(console, f"Stage: {study.stage_rule}. Data: {study.years_of_data}.")
        print_note(console, f"Differs: {study.differs}. Rules are {study.basis}.")
        print_note(console, found.source_line)

    return Answer(found.to_json(), show, found.to_frame)


def _show_materials(console: Console, found: EuTable) -> None:
    from oreline.cli._render import print_note, print_table

    columns = ("material", "SR", "SR range", "EI", "EI, no substitution", "critical", "bottleneck")
    rows = [
        (
            one.material,
            _number(one.printed_risk),
            _bounds(one.risk),
            _number(one.printed_importance),
            _bounds(one.importance),
            one.critical,
            one.bottleneck if one.bottleneck_is_sure else f"{one.bottleneck} (open)".lstrip(),
        )
        for one in found.rows
    ]
    print_table(console, columns, rows, right=columns[1:5])
    for one in found.rows if len(found.rows) == 1 else ():
        for note in one.notes:
            print_note(console, f"{note}.")


def _show_stages(console: Console, found: EuTable) -> None:
    from oreline.cli._render import print_note, print_table

    columns = ("stage", "side", "HHI WGI,t", "range", "largest", "share", "listed")
    rows = [
        (stage.stage, name, f"{side.index:.2f}", _bounds(side.bounds), *_largest(side))
        for one in found.rows
        for stage in one.stages
        for name, side in (("world", stage.world), ("EU sourcing", stage.union))
        if side is not None
    ]
    print_table(console, columns, rows, right=("HHI WGI,t", "range", "share", "listed"))
    for one in found.rows:
        for stage in one.stages:
            for note in stage.notes:
                print_note(console, f"{stage.stage}: {note}.")


def _largest(side: EuSide) -> tuple[str, str, str]:
    if side.largest_share is None or side.listed_share is None:
        return "UNKNOWN", "UNKNOWN", "UNKNOWN"
    return side.largest, f"{side.largest_share:.1%}", f"{side.listed_share:.0%}"


@question(Needs.NOTHING, export=True)
@takes_tables
def crma(_reader: Reader, mineral: Mineral = None) -> Answer:
    """Hold strategic raw materials against the benchmarks of the Critical Raw Materials Act.

    Own share: extraction 10 %, processing 40 %, recycling 25 %; at most 65 % from one third country
    at each stage. PASS or FAIL where the whole range is on one side, else UNKNOWN.

    Example: oreline stress crma gallium
    """
    from oreline.stress import crma_table

    found = crma_table(mineral)
    return Answer(found.to_json(), lambda console: _show_tests(console, found), found.to_frame)


def _show_tests(console: Console, found: CrmaTable) -> None:
    from oreline.cli._render import print_note, print_table

    columns = ("material", "stage", "benchmark", "found", "verdict", "of")
    rows = [
        (
            row.mineral,
            test.stage,
            f"{LIMITS[test.benchmark]} {test.limit:.0%}",
            "UNKNOWN" if test.share is None else told(test.share, "{:.1%}"),
            test.verdict.value,
            test.country,
        )
        for row in found.rows
        for test in row.tests
    ]
    print_table(console, columns, rows, right=("found",))
    print_note(console, "own: share of members; one: the largest share of one third country.")
    notes: dict[str, list[str]] = {}
    for row in found.rows:
        for test in row.tests:
            if test.note and row.mineral not in (named := notes.setdefault(test.note, [])):
                named.append(row.mineral)
    for note, named in notes.items():
        print_note(console, f"{note}: {', '.join(named)}.")
    print_note(console, found.source_line)


LIMITS = {"own share": "own, at least", "one third country": "one, at most"}


def _number(value: float | None) -> str:
    return "UNKNOWN" if value is None else f"{value:.1f}"


def _bounds(bounds: Bounds | None) -> str:
    return "UNKNOWN" if bounds is None else told(bounds, "{:.2f}")
