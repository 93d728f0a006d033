"""``oreline explore model`` and ``tonnage``: a block model, and what lies above cut-offs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oreline.explore import GradeTonnage, ResourceModel

BESIDE = 1
"""How many other analytes stand beside that of the cut-off in the terminal; files have all."""

Vtk = Annotated[
    Path | None,
    typer.Option("--vtk", metavar="FILE", help="Write the blocks for ParaView, .vtk."),
]
SamplesVtk = Annotated[
    Path | None,
    typer.Option("--samples-vtk", metavar="FILE", help="Write the composites for ParaView, .vtk."),
]
Power = Annotated[
    float | None,
    typer.Option(
        "--inverse-distance", metavar="POWER", min=0.1, max=10,
        help="Estimate by inverse distance to a power as well, beside kriging.",
    ),
]  # fmt: skip
Whole = Annotated[bool, typer.Option("--all", help="Export blocks without an estimate too.")]


@question(Needs.NOTHING, export=True)
def model(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    vtk: Vtk = None,
    samples_vtk: SamplesVtk = None,
    all_: Whole = False,
    power: Power = None,
) -> Answer:
    """Krige a block model from the composites, with screening classes.

    explore.toml declares [composites], [variogram], [grid] and [search]; [density] and [classes] if
    wanted. The exit status is 1 if a kriging system was singular.

    Example: oreline explore model my-chain --export blocks.parquet --vtk blocks.vtk
    """
    from oreline.cli._explore_model_source import modelled, read_model_input
    from oreline.explore import inverse_distance_of
    from oreline.model import is_fatal

    _free(vtk, samples_vtk)
    given = read_model_input(folder, name)
    made = modelled(given)
    inverse = {} if power is None else inverse_distance_of(made, power)
    written = _write_vtk(made, inverse, vtk, samples_vtk)

    def show(console: Console) -> None:
        _show_model(console, given.name, made)
        for one, told in _inverse_means(made, inverse).items():
            words = f"{one} by inverse distance to the power {power:g}: mean {told:.4g} %."
            console.print(words, style="dim", markup=False)
        for path in written:
            console.print(f"Wrote {path}.", style="dim", markup=False)

    problem = "some blocks could not be estimated" if is_fatal(made.findings) else ""
    result = {"set": given.name, **made.to_json(), "written": [str(path) for path in written]}
    if inverse:
        result["inverse_distance"] = {"power": power, "means": _inverse_means(made, inverse)}
    return Answer(
        result, show, lambda: _with_inverse(made, inverse, whole=all_), problem, made.findings
    )


def _inverse_means(made: ResourceModel, inverse: Mapping[str, Any]) -> dict[str, float]:
    """Return means over the blocks that are kriged, to stand beside theirs."""
    import numpy as np

    both = {
        name: values[~np.isnan(values) & ~np.isnan(made.estimates.column(name))]
        for name, values in inverse.items()
    }
    return {name: float(values.mean()) for name, values in both.items() if values.size}


def _with_inverse(made: ResourceModel, inverse: Mapping[str, Any], *, whole: bool) -> Any:
    import polars as pl

    frame = made.to_frame(whole=True).with_columns(
        pl.Series(f"{name}_inverse", values).fill_nan(None) for name, values in inverse.items()
    )
    return frame if whole else frame.filter(pl.Series(made.is_estimated))


@question(Needs.NOTHING, export=True)
def tonnage(_reader: Reader, folder: Folder, name: SetName = None) -> Answer:
    """Krige the block model and add up tonnes, grades and metal above the cut-offs.

    explore.toml declares [cutoffs] and [density] besides what the model needs.

    Example: oreline explore tonnage my-chain --export grade-tonnage.csv
    """
    from oreline.cli._explore_model_source import modelled, read_model_input

    given = read_model_input(folder, name)
    made = modelled(given)
    found = made.tonnage()

    def show(console: Console) -> None:
        _show_tonnage(console, given.name, made, found)

    density = given.sections.density
    assert density is not None, "asked for by the table"
    result = {"set": given.name, **found.to_json(),
              "density": {"basis": str(density.basis), "source": density.source},
              "classes": None if made.classes is None else made.classes.to_json()}  # fmt: skip
    return Answer(result, show, found.to_frame)


def _free(*targets: Path | None) -> None:
    """Refuse a target before the work, not after."""
    from oreline.model import InputError

    for target in targets:
        if target is not None and target.exists():
            raise InputError(f"{target} exists; remove it or write to another file")
        if target is not None and target.suffix.lower() != ".vtk":
            raise InputError(f"{target}: a file for ParaView ends in .vtk")


def _write_vtk(
    made: ResourceModel, inverse: Mapping[str, Any], blocks: Path | None, samples: Path | None
) -> list[Path]:
    from oreline.cli._output import export_bytes
    from oreline.explore import vtk_blocks, vtk_points

    written = []
    if blocks is not None:
        frame = _with_inverse(made, inverse, whole=True)
        left = ("column", "row", "level", "x_m", "y_m", "z_m")
        columns = {name: _numbers(frame[name]) for name in frame.columns if name not in left}
        export_bytes(vtk_blocks(made.grid, columns), blocks)
        written.append(blocks)
    if samples is not None:
        given = made.samples
        columns = {name: given.column(name) for name in given.analytes}
        export_bytes(vtk_points(given.xyz_m, columns), samples)
        written.append(samples)
    return written


def _numbers(series: Any) -> Any:
    import polars as pl

    if series.dtype == pl.String:
        return series.fill_null("").to_numpy()
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()  # float: a column


def _show_model(console: Console, name: str, made: ResourceModel) -> None:
    from oreline.cli._explore_model_source import number, print_statement
    from oreline.cli._render import print_findings, print_table, print_title

    told = made.to_json()
    print_title(console, f"Block model of {name}: {told['estimated_blocks']:,} of "
                f"{made.grid.n:,} blocks from {made.samples.n:,} composites")  # fmt: skip
    near = {one.analyte: one for one in made.bias()}
    rows = []
    for analyte, one in told["estimates"]["analytes"].items():
        beside = near.get(analyte)
        rows.append(
            (analyte, f"{one['estimated']:,}", number(one.get("mean")),
             number(beside.mean_nearest if beside else None),
             number(beside.mean_plain if beside else None), number(one.get("mean_slope"), 3),
             number(one.get("mean_efficiency"), 3), number(one.get("mean_negative_weight"), 2))
        )  # fmt: skip
    columns = ("analyte", "blocks", "mean %", "nearest %", "composites %", "slope", "efficiency",
               "negative weights")  # fmt: skip
    print_table(console, columns, rows, right=columns[1:])
    if made.classes is not None:
        counts = told["classes"]["blocks"]
        rows = [(method, *(f"{counts[method][one]:,}" for one in ("A", "B", "C", "none")))
                for method in counts]  # fmt: skip
        print_table(console, ("screening class by", "A", "B", "C", "none"), rows,
                    right=("A", "B", "C", "none"))  # fmt: skip
        for line in told["classes"]["words"]:
            console.print(line, style="dim", markup=False)
        print_statement(console)
    print_findings(console, made.findings)


def _show_tonnage(console: Console, name: str, made: ResourceModel, found: GradeTonnage) -> None:
    from oreline.cli._explore_model_source import number, print_statement
    from oreline.cli._render import print_table, print_title

    print_title(console, f"Tonnes and grades of {name} at or above cut-offs of {found.analyte}")
    others = [one for one in found.analytes if one != found.analyte][:BESIDE]
    told = [found.analyte, *others]
    columns = ("part", "cut-off %", "blocks", "tonnes", *(f"{one} %" for one in told),
               f"{found.analyte} t")  # fmt: skip
    rows = [
        (row.part, f"{row.cutoff:g}", f"{row.blocks:,}", f"{row.tonnes:,.0f}",
         *(number(row.grades_pct[one], 3) for one in told),
         number(row.metal_t[found.analyte]))
        for row in found.rows
    ]  # fmt: skip
    print_table(console, columns, rows, right=columns[1:])
    if found.unknown_density or found.unknown_grade:
        console.print(
            f"Left out: {found.unknown_density:,} blocks without a density, "
            f"{found.unknown_grade:,} without a grade of {found.analyte}.",
            style="yellow", markup=False,
        )  # fmt: skip
    density = made.sections.density
    words = list(found.words) + ([] if made.classes is None else
                                 list(made.classes.settings.words()))  # fmt: skip
    if density is not None:
        words.append(f"Density is {density.basis}: {density.source}.")
    for line in words:
        console.print(line, style="dim", markup=False)
    print_statement(console)
