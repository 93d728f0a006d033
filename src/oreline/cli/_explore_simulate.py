"""``oreline explore simulate``: how sure tonnes and metal are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    import polars as pl

    from oreline.cli._explore_model_source import ModelInput
    from oreline.explore import ResourceModel, Simulation, UncertainTonnage, Variogram

OneAnalyte = Annotated[
    str, typer.Option("--analyte", "-a", metavar="NAME", help="Which analyte is simulated.")
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, help="Of the random numbers; printed.")
]
Number = Annotated[
    int, typer.Option("--realisations", metavar="N", min=1, max=1000, help="How many models.")
]
LagM = Annotated[
    float | None,
    typer.Option("--lag-m", metavar="M", help="Lag of the normal scores' variogram."),
]


@question(Needs.NOTHING, export=True)
def simulate(
    _reader: Reader,
    folder: Folder,
    analyte: OneAnalyte,
    seed: Seed,
    name: SetName = None,
    realisations: Number = 50,
    lag_m: LagM = None,
) -> Answer:
    """Simulate many block models that agree with the composites: P10, P50, P90 of tonnes and metal.

    The variogram of normal scores is fitted as [variogram.NAME] says, or with --lag-m. Blocks that
    the search of the model fills are simulated.

    Example: oreline explore simulate my-chain --analyte Nd2O3 --seed 1 --export blocks.parquet
    """
    from oreline.cli._explore_model_source import modelled, read_model_input
    from oreline.explore import uncertain_tonnage
    from oreline.model import InputError

    given = read_model_input(folder, name)
    if analyte not in given.samples.analytes:
        known = ", ".join(given.samples.analytes)
        raise InputError(f"no analyte {analyte!r}; there are {known}")
    cutoffs = given.sections.cutoffs
    if cutoffs is None or given.sections.density is None:
        raise InputError("tonnes above cut-offs need [cutoffs] and [density] in explore.toml")
    if cutoffs.analyte != analyte:
        raise InputError(f"the cut-offs are of {cutoffs.analyte}; simulate that one")
    made = modelled(given)
    gaussian, found = _simulated(given, made, analyte, realisations, seed, lag_m)
    rows = uncertain_tonnage(found, made.tonnes[made.is_estimated], cutoffs.pct)

    def show(console: Console) -> None:
        _show(console, given.name, found, rows)

    def frame() -> pl.DataFrame:
        import polars as pl

        blocks = made.to_frame().select("column", "row", "level", "x_m", "y_m", "z_m")
        return pl.concat([blocks, found.to_frame()], how="horizontal")

    result = {"set": given.name, **found.to_json(),
              "variogram_of_normal_scores": gaussian.to_json(),
              "tonnage": [row.to_json() for row in rows]}  # fmt: skip
    return Answer(result, show, frame)


def _simulated(
    given: ModelInput,
    made: ResourceModel,
    analyte: str,
    realisations: int,
    seed: int,
    lag_m: float | None,
) -> tuple[Variogram, Simulation]:
    """Fit the variogram of normal scores, and simulate the estimated blocks."""
    from oreline.cli._explore_variogram import fit_analyte
    from oreline.cli._progress import progress_bar
    from oreline.explore import scored, simulate

    search, grid = given.sections.search, given.sections.grid
    assert search is not None, "asked for by the model"
    assert grid is not None, "asked for by the model"
    gaussian = fit_analyte(
        scored(given.samples, analyte), analyte, given.sections, lag_m, None
    ).fit.variogram
    with progress_bar() as progress:
        found = simulate(
            made.grid.centres_m()[made.is_estimated],
            given.samples,
            analyte,
            gaussian,
            search.passes[-1].search(),
            realisations,
            seed,
            points_m=made.grid.points_m(grid.points),
            progress=progress,
        )
    return gaussian, found


def _show(
    console: Console, name: str, found: Simulation, rows: tuple[UncertainTonnage, ...]
) -> None:
    from oreline.cli._explore_model_source import number, print_statement
    from oreline.cli._render import print_table, print_title

    told = found.to_json()
    print_title(console, f"{told['realisations']} simulations of {found.analyte} in {name}, "
                f"seed {found.seed}, {told['blocks']:,} blocks")  # fmt: skip
    lines = []
    for row in rows:
        for what, values in (("tonnes", row.tonnes), ("grade %", row.grade_pct),
                             ("metal t", row.metal_t)):  # fmt: skip
            ends = [number(values[key], 5) for key in ("p10", "p50", "p90", "mean")]
            lines.append((f"{row.cutoff_pct:g}", what, *ends))
    columns = ("cut-off %", "what", "P10", "P50", "P90", "mean")
    print_table(console, columns, lines, right=columns[2:])
    console.print(
        "One realisation in ten falls below P10. Density, domains and the variogram are taken as "
        "known: the true range is wider.",
        style="dim", markup=False,
    )  # fmt: skip
    print_statement(console)
