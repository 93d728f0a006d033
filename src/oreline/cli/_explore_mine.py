"""``oreline explore mine``: from a block model to what a mill is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from oreline.cli._explore_source import Folder, SetName
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from rich.table import Table

    from oreline.explore import MinePlan


@question(Needs.NOTHING, export=True)
def mine(_reader: Reader, folder: Folder, name: SetName = None) -> Answer:
    """Tell ore from waste: cut-offs, the best pit or stopes, phases, and the mill's yearly feed.

    explore.toml declares [mine] besides what the model needs. Only blocks of the screening classes
    that it names can be ore. With --export: the schedule, a row for each year.

    Example: oreline explore mine examples/pakistan-us --set illus-copper --export feed.csv
    """
    from oreline.cli._explore_model_source import modelled, read_model_input
    from oreline.cli._progress import progress_bar
    from oreline.explore import plan_model
    from oreline.model import InputError

    given = read_model_input(folder, name)
    if given.sections.mine is None:
        raise InputError("explore.toml has no [mine]; docs/reference/explore-mine.md shows one")
    made = modelled(given)
    with progress_bar() as progress:
        plan = plan_model(made, given.collars_m, progress)

    def show(console: Console) -> None:
        _show(console, given.name, plan)

    result: dict[str, Any] = {"set": given.name, **plan.to_json()}
    return Answer(result, show, plan.to_frame, findings=made.findings)


TRACE_PCT = 0.01
"""Grades that stay below this are told in g/t."""


def _show(console: Console, name: str, plan: MinePlan) -> None:
    from oreline.cli._explore_model_source import number
    from oreline.explore import SCREENING

    settings = plan.settings
    console.print(f"{name}: {settings.method}, {settings.basis}, {settings.source}", markup=False)
    for cut in plan.cut_offs:
        dug, milled = _grade(cut.break_even_pct), _grade(cut.mill_pct)
        told = f"{cut.analyte} alone pays from {dug}; once dug, from {milled}"
        console.print(told, markup=False)
    strip = number(plan.strip_ratio)
    console.print(
        f"Ore {plan.ore_t:,.0f} t, waste {plan.waste_t:,.0f} t: {strip} t of waste for a t of ore",
        markup=False,
    )
    console.print(f"Worth {plan.value:,.0f} {settings.currency}, not discounted", markup=False)
    console.print(_years(plan))
    for note in (*plan.notes, SCREENING):
        console.print(note, style="dim", markup=False)


def _grade(pct: float) -> str:
    return f"{pct:.3g} %" if pct >= TRACE_PCT else f"{pct * 1e4:.3g} g/t"


def _years(plan: MinePlan) -> Table:
    from rich.table import Table

    years = plan.schedule.years
    units = {}
    for one in plan.settings.pays:
        largest = max((year.grades_pct.get(one, 0.0) for year in years), default=0.0)
        units[one] = ("%", 1.0) if largest >= TRACE_PCT else ("g/t", 1e4)
    table = Table(box=None, pad_edge=False)
    table.add_column("year", justify="right")
    for title in ("ore t", "waste t", *(f"{one} {unit}" for one, (unit, _) in units.items())):
        table.add_column(title, justify="right")
    table.add_column("classes")
    for year in years:
        grades = [
            "" if one not in year.grades_pct else f"{year.grades_pct[one] * factor:.3f}"
            for one, (_, factor) in units.items()
        ]
        classes = ", ".join(f"{key} {part:.0%}" for key, part in year.share_of_class.items())
        table.add_row(
            str(year.year), f"{year.ore_t:,.0f}", f"{year.waste_t:,.0f}", *grades, classes
        )
    return table
