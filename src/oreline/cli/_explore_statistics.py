"""``oreline explore statistics``: what the grades look like, before anything is estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._explore_composite import (
    Analytes,
    ByDomain,
    Coverage,
    Density,
    Residual,
    Unsampled,
    composite_settings,
)
from oreline.cli._explore_source import Folder, SetName, print_left_out, read_one
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.explore import CompositeSettings, GradeLook, LookSettings

SHOWN = ("count", "q50", "mean", "q95", "maximum", "cv")

PPM_BELOW_PCT = 0.1
"""Analytes that never reach this are shown in ppm."""
_HEADINGS = {"q50": "median", "maximum": "max"}


@question(Needs.NOTHING, export=True)
def statistics(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    length: Annotated[
        str | None,
        typer.Option(
            "--length", metavar="LENGTH", help="Of composites of this length (default: of assays)."
        ),
    ] = None,
    by_geology: ByDomain = False,
    residual: Residual = "merge",
    coverage: Coverage = 0.5,
    unsampled: Unsampled = None,
    analyte: Analytes = None,
    by_density: Density = False,
    cell: Annotated[
        str | None,
        typer.Option(
            "--cell", metavar="SIZE", help="Decluster by cells of this size, or several: 25,50,100."
        ),
    ] = None,
    cell_ratio: Annotated[
        float, typer.Option("--cell-ratio", metavar="RATIO", help="Height of cells over width.")
    ] = 1.0,
    top_cut: Annotated[
        str | None,
        typer.Option("--top-cut", metavar="CUT", help="A grade in per cent (2.5), or p99."),
    ] = None,
    oxides: Annotated[
        bool, typer.Option("--rare-earths", help="Add oxides of rare earths and their sums.")
    ] = False,
) -> Answer:
    """Describe grades: moments, quantiles, correlation, top cuts, declustered means.

    Grades are weighed by length, of --cell by the weights of the cells. --export writes the table
    of statistics; --json adds histograms and points of log-probability plots.

    Example: oreline explore statistics my-chain --length '2 m' --by-geology --cell 25,50,100
    """
    from oreline.explore import look_at_grades

    settings = None
    if length is not None:
        settings = composite_settings(
            length, by_geology=by_geology, residual=residual, coverage=coverage,
            unsampled=unsampled, analytes=analyte, by_density=by_density,
        )  # fmt: skip
    wanted = _look_settings(settings, analyte, top_cut, cell, cell_ratio, oxides=oxides)
    holes, findings = read_one(folder, name)
    found = look_at_grades(holes, wanted)

    def show(console: Console) -> None:
        _show(console, found)
        print_left_out(console, holes, findings)

    return Answer(found.to_json(), show, found.to_frame)


def _look_settings(
    composites: CompositeSettings | None,
    analytes: list[str] | None,
    cut: str | None,
    cells: str | None,
    ratio: float,
    *,
    oxides: bool,
) -> LookSettings:
    from oreline.explore import LookSettings, length_of_text
    from oreline.model import InputError

    limit = share = None
    if cut is not None:
        try:
            value = float(cut.removeprefix("p"))
        except ValueError:
            raise InputError(f"--top-cut {cut!r} is neither a grade (2.5) nor p99") from None
        limit, share = (None, value / 100) if cut.startswith("p") else (value, None)
    sizes = tuple(length_of_text(one) for one in cells.split(",")) if cells else ()
    return LookSettings(composites, tuple(analytes or ()), oxides, limit, share, sizes, ratio)


def _show(console: Console, found: GradeLook) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, f"Grades of {found.set_name}: {found.of}")
    columns = ["domain", "grade", *(_HEADINGS.get(one, one) for one in SHOWN)]
    rows = []
    table = found.statistics.to_dicts()
    largest = {row["analyte"]: row["maximum"] or 1.0 for row in table if row["domain"] is None}
    for row in table:
        # Traces are read in parts per million, as laboratories write them.
        unit, factor = ("ppm", 1e4) if largest[row["analyte"]] < PPM_BELOW_PCT else ("%", 1.0)
        domain = "all" if row["domain"] is None else row["domain"]
        cells = [_number(row[one], 1.0 if one in {"count", "cv"} else factor) for one in SHOWN]
        rows.append((domain, f"{row['analyte']} {unit}", *cells))
    print_table(console, columns, rows, right=columns[2:])
    _show_cuts(console, found)
    for name, one in found.declustered.items():
        size = " x ".join(f"{side:.6g}" for side in one.cell_m)
        line = f"{name}: cells of {size} m, mean {one.plain_mean:.4g} becomes {one.mean:.4g} %"
        console.print(f"{line}.", style="dim", markup=False)
    for note in found.notes:
        console.print(f"{note}.", style="dim", markup=False)


def _show_cuts(console: Console, found: GradeLook) -> None:
    from oreline.cli._render import print_table

    columns = ("top cut", "at %", "grades cut", "mean before", "after", "metal lost %")
    rows = [
        (cut.analyte, f"{cut.limit_pct:.4g}", f"{cut.count_cut} of {cut.count}",
         f"{cut.mean_pct:.4g}", f"{cut.mean_cut_pct:.4g}", f"{100 * cut.metal_lost_share:.2f}")
        for cut in found.cuts
    ]  # fmt: skip
    if rows:
        print_table(console, columns, rows, right=columns[1:])


def _number(value: object, factor: float) -> object:
    return f"{value * factor:.3g}" if isinstance(value, float) else value
