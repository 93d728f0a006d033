"""``oreline explore simulate``: how sure tonnes and metal are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oreline.cli._explore_model_source import ModelInput
    from oreline.explore import ModelSimulation, SimulationSection, UncertainTonnage

Simulated = Annotated[
    list[str] | None,
    typer.Option(
        "--analyte", "-a", metavar="NAME",
        help="What is simulated, together; may be given again (default: that of the cut-offs).",
    ),
]  # fmt: skip
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, help="Of the random numbers, for the file's."),
]
Number = Annotated[
    int | None,
    typer.Option(
        "--realisations", metavar="N", min=2, max=1000, help="How many models, for the file's."
    ),
]
LagM = Annotated[
    float | None,
    typer.Option(
        "--lag-m", metavar="M", help="Fit the normal scores' variograms with lags of this width."
    ),
]


@question(Needs.NOTHING, export=True)
def simulate(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    analyte: Simulated = None,
    seed: Seed = None,
    realisations: Number = None,
    lag_m: LagM = None,
) -> Answer:
    """Simulate many block models that agree with the composites: P10, P50, P90 of tonnes and metal.

    Analytes are simulated together, each domain by itself, in the blocks that the model estimates.
    [simulation] in explore.toml declares seed, realisations and the variograms of normal scores;
    without these, they are fitted with --lag-m or have the shape of the model's.

    Example: oreline explore simulate my-chain -a Nd2O3 -a TREO --seed 1 --export blocks.parquet
    """
    from oreline.cli._explore_model_source import modelled, read_model_input
    from oreline.cli._progress import progress_bar
    from oreline.explore import simulate_model

    given = read_model_input(folder, name)
    wanted = _wanted(given, analyte)
    settings = _settings(given, seed, realisations, lag_m)
    made = modelled(given)
    with progress_bar() as progress:
        found = simulate_model(made, settings, wanted, progress=progress)
    rows = found.tonnage()

    def show(console: Console) -> None:
        _show(console, given.name, found, rows)

    result = {"set": given.name, **found.to_json(), "boundaries": made.boundaries(),
              "tonnage": [row.to_json() for row in rows]}  # fmt: skip
    return Answer(result, show, found.to_frame, findings=found.findings)


def _wanted(given: ModelInput, analytes: list[str] | None) -> list[str]:
    """Return what is simulated: the analyte of the cut-offs first, by which blocks are told."""
    from oreline.model import InputError

    known = given.samples.analytes
    unknown = [name for name in analytes or () if name not in known]
    if unknown:
        raise InputError(f"no analyte {', '.join(unknown)}; there are {', '.join(known)}")
    cutoffs = given.sections.cutoffs
    if cutoffs is None or given.sections.density is None:
        raise InputError("tonnes above cut-offs need [cutoffs] and [density] in explore.toml")
    if cutoffs.analyte not in known:
        message = f"the cut-offs are of {cutoffs.analyte}, which is not estimated by itself"
        raise InputError(f"{message}; there are {', '.join(known)}")
    return list(dict.fromkeys([cutoffs.analyte, *(analytes or ())]))


def _settings(
    given: ModelInput, seed: int | None, realisations: int | None, lag_m: float | None
) -> SimulationSection:
    """Return the declared settings with what the call says in their place."""
    from oreline.explore import SimulationSection
    from oreline.model import InputError

    declared = given.sections.simulation
    if seed is None and declared is None:
        raise InputError("name the random numbers: --seed, or [simulation] seed in explore.toml")
    told = {} if declared is None else declared.model_dump(exclude_unset=True)
    told |= {} if seed is None else {"seed": seed}
    told |= {} if realisations is None else {"realisations": realisations}
    if lag_m is not None:
        told["variogram"] = {"all": {"fit": {"lag_m": lag_m}}}
    try:
        return SimulationSection.model_validate(told)
    except ValueError as error:
        raise InputError(f"--lag-m {lag_m}: a width over 0 in metres") from error


def _show(
    console: Console, name: str, found: ModelSimulation, rows: tuple[UncertainTonnage, ...]
) -> None:
    from oreline.cli._explore_model_source import number, print_statement
    from oreline.cli._render import print_findings, print_table, print_title

    told = found.to_json()
    print_title(console, f"{told['realisations']} simulations of {', '.join(found.analytes)} in "
                f"{name}, seed {told['seed']}, {found.rows.size:,} blocks")  # fmt: skip
    parts = dict.fromkeys(row.part for row in rows)
    lowest = min(row.cutoff_pct for row in rows)
    lines = []
    for row in rows:
        if row.part != "all" and row.cutoff_pct > lowest:
            continue
        whole = row.analyte == row.cutoff_of
        kinds: list[tuple[str, Mapping[str, float | None]]] = []
        kinds += [("tonnes", {**row.tonnes})] if whole else []
        kinds += [(f"{row.analyte} %", row.grade_pct), (f"{row.analyte} t", {**row.metal_t})]
        for what, values in kinds:
            ends = [number(values[key], 5) for key in ("p10", "p50", "p90", "mean")]
            part = (row.part,) if len(parts) > 1 else ()
            lines.append((*part, f"{row.cutoff_pct:g}", what, *ends))
    of = rows[0].cutoff_of
    columns = (*(("part",) if len(parts) > 1 else ()), f"from {of} %", "what",
               "P10", "P50", "P90", "mean")  # fmt: skip
    print_table(console, columns, lines, right=("P10", "P50", "P90", "mean"))
    more = " Of domains the lowest cut-off is shown; --json has all." if len(parts) > 1 else ""
    said = f"One realisation in ten falls below P10.{more}"
    console.print(said, style="dim", markup=False)
    for line in found.words:
        console.print(line, style="dim", markup=False)
    print_findings(console, found.findings)
    print_statement(console)
