"""``oreline design``, what it costs: capital, operating cost, cost per kilogram, uncertainty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from oreline.design import CostModel, DesignStudy, Output, SobolIndices, Spread

Place = Annotated[
    Path,
    typer.Argument(
        metavar="PLACE", help="A folder with costs.toml, such a file, or a flowsheet that has one."
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="What if: another number; may be given again."
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of the draws.")]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="NAME", help="Only this result; may be given again."),
]


@question(Needs.NOTHING, export=True)
def cost(_reader: Reader, place: Place, changes: Changes = None) -> Answer:
    """Give capital, operating cost, and what a kilogram of each product costs.

    With --export to .xlsx: every table, and every number with its source, on a sheet of its own.

    Example: oreline design cost docs/tutorials/design/refinery-costs.toml
    """
    from oreline.cli._design_costs_source import study_at

    study = study_at(place, changes)
    report = study.report()
    findings = (*study.findings, *report.findings)

    def show(console: Console) -> None:
        from oreline.cli._design_costs_tables import print_costs

        print_costs(console, report, findings)

    return Answer(
        {**report.to_json(), "findings": [finding.to_json() for finding in findings]},
        show,
        report.to_frame,
        findings=findings,
        sheets=lambda: {**report.frames(), **_allocations(study.model)},
    )


def _allocations(model: CostModel) -> dict[str, pl.DataFrame]:
    from oreline.design import compare_allocations

    return {"allocations": compare_allocations(model).to_frame()} if model.products else {}


@question(Needs.NOTHING, export=True)
def allocate(_reader: Reader, place: Place) -> Answer:
    """Give the cost of a kilogram of each product by every rule of sharing, side by side.

    What is spent on one product alone is never shared. A rule for which numbers are missing says
    which.

    Example: oreline design allocate docs/tutorials/design/refinery-costs.toml
    """
    from oreline.cli._design_costs_source import study_at
    from oreline.design import compare_allocations

    found = compare_allocations(study_at(place).model)

    def show(console: Console) -> None:
        from oreline.cli._design_costs_tables import print_allocations

        print_allocations(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING, export=True)
def uncertainty(
    _reader: Reader,
    place: Place,
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", help="How many to draw.")
    ] = 10_000,
    seed: Seed = 1,
    method: Annotated[
        str,
        typer.Option(
            "--method", metavar="NAME", help="How: latin-hypercube, sobol (sequence) or random."
        ),
    ] = "latin-hypercube",
    points: Annotated[
        int,
        typer.Option(
            "--sobol-points",
            metavar="N",
            help="Also give Sobol' indices, from N x (numbers + 2) samples; a power of two.",
        ),
    ] = 0,
    output: Outputs = None,
    changes: Changes = None,
) -> Answer:
    """Draw every number that has a range, and tell how far results spread and what drives them.

    P10 is the value that 10 % of the samples lie below; each percentile has its standard error.
    Numbers are independent unless the file states a correlation. Sobol' indices are always of
    independent ones.

    Example: oreline design uncertainty docs/tutorials/design/refinery-costs.toml --samples 2000
    """
    from oreline.cli._design_costs_source import study_at
    from oreline.design import Method, sobol_shares, spread
    from oreline.model import InputError

    if method not in tuple(Method):
        raise InputError(f"--method {method!r}: write {', '.join(Method)}")
    study = study_at(place, changes)
    inputs, outputs = study.inputs(), _wanted(study, output)
    evaluate = study.evaluator(inputs, [one.name for one in outputs])
    found = spread(
        evaluate,
        inputs,
        outputs,
        samples=samples,
        seed=seed,
        method=Method(method),
        correlations=study.correlations,
        why=study.why(inputs),
    )
    indices = sobol_shares(evaluate, inputs, outputs, points=points, seed=seed) if points else None

    def show(console: Console) -> None:
        from oreline.cli._design_costs_tables import print_indices, print_spread

        print_spread(console, found, study.correlations)
        if indices is not None:
            print_indices(console, indices)

    return Answer(
        _drawn(study, found, indices),
        show,
        found.to_frame,
        findings=found.findings,
        sheets=lambda: _sheets(found, indices),
    )


def _drawn(study: DesignStudy, found: Spread, indices: SobolIndices | None) -> dict[str, Any]:
    return {
        **found.to_json(),
        "correlations": [
            {"numbers": list(names), "rank": rank} for names, rank in study.correlations.items()
        ],
        "sobol": None if indices is None else indices.to_json(),
    }


def _sheets(found: Spread, indices: SobolIndices | None) -> dict[str, pl.DataFrame]:
    tables = found.frames()
    return tables if indices is None else {**tables, "sobol": indices.to_frame()}


@question(Needs.NOTHING, export=True)
def tornado(
    _reader: Reader, place: Place, output: Outputs = None, changes: Changes = None
) -> Answer:
    """Set each number that has a range to its ends, one at a time, and tell what it moves.

    Without --output: the net present value of level years, or where it cannot be had, the
    operating cost. What numbers do together is not seen: see oreline design uncertainty.

    Example: oreline design tornado docs/tutorials/design/refinery-costs.toml
    """
    from oreline.cli._design_costs_source import study_at
    from oreline.design import tornado as tornado_of

    study = study_at(place, changes)
    names = [one.name for one in study.outputs]
    first = [name for name in names if name.startswith("NPV")] or ["operating cost"]
    outputs = _wanted(study, output or first)
    inputs = study.inputs()
    evaluate = study.evaluator(inputs, [one.name for one in outputs])
    found = tornado_of(evaluate, inputs, outputs)

    def show(console: Console) -> None:
        from oreline.cli._design_costs_tables import print_tornado

        print_tornado(console, found)

    return Answer(found.to_json(), show, found.to_frame)


def _wanted(study: DesignStudy, names: Sequence[str] | None) -> list[Output]:
    """Return the results that are asked for, all where none is named."""
    return [study.outputs[place] for place in study.places(names)] if names else list(study.outputs)


COMMANDS = (
    ("cost", cost),
    ("allocate", allocate),
    ("uncertainty", uncertainty),
    ("tornado", tornado),
)
"""What the group of designs takes from here."""
