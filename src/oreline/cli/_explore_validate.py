"""``oreline explore validate``: whether the block model is any good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oreline.explore import CrossValidation, GlobalBias, Swath, ValidationScores

Without = Annotated[
    str, typer.Option("--without", metavar="WHAT", help="Leave out the hole, or only the sample.")
]
Slices = Annotated[
    str | None,
    typer.Option("--slices", metavar="AXIS", help="Show slices along x, y or z as well."),
]


@question(Needs.NOTHING, export=True)
def validate(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    without: Without = "hole",
    slices: Slices = None,
) -> Answer:
    """Estimate each composite from the others; compare the model with its samples.

    Where domains are kept apart, each composite is estimated from its own domain.

    Example: oreline explore validate my-chain --slices x --export cross-validation.csv
    """
    from oreline.cli._explore_model_source import modelled, read_model_input
    from oreline.cli._progress import progress_bar
    from oreline.explore import LeaveOut, validate_model
    from oreline.model import InputError

    if without not in ("hole", "sample"):
        raise InputError(f"--without is hole or sample; got {without}")
    if slices is not None and slices not in ("x", "y", "z"):
        raise InputError(f"--slices is x, y or z; got {slices}")
    given = read_model_input(folder, name)
    made = modelled(given)
    with progress_bar() as progress:
        found = validate_model(made, LeaveOut(without), progress=progress)
    cut = [] if slices is None else [made.slices(one, slices) for one in given.samples.analytes]

    def show(console: Console) -> None:
        _show(console, given.name, without, found, made.bias(), cut)

    bias = [one.to_json() for one in made.bias()]
    findings = tuple(finding for one in made.bias() for finding in one.findings)
    result = {"set": given.name, **found.to_json(), "bias": bias,
              "slices": [one.to_json() for one in cut]}  # fmt: skip
    return Answer(result, show, found.to_frame, findings=findings)


def _show(
    console: Console,
    name: str,
    without: str,
    found: CrossValidation,
    bias: Sequence[GlobalBias],
    cut: Sequence[Swath],
) -> None:
    from oreline.cli._explore_model_source import number
    from oreline.cli._render import print_findings, print_table, print_title

    print_title(console, f"Composites of {name}, each estimated without its {without}")
    for code, parts in (("", found.scores), *found.by_domain.items()):
        if code:
            print_title(console, f"Composites of {code} alone")
        _show_scores(console, parts)
    means = [
        (one.analyte, number(one.mean_estimated), number(one.mean_declustered),
         "unknown" if one.bias is None else f"{one.bias:+.1%}")
        for one in bias
    ]  # fmt: skip
    names = ("analyte", "blocks %", "declustered %", "bias")
    print_table(console, names, means, right=names[1:])
    for one in cut:
        _show_slices(console, one)
    print_findings(console, [finding for one in bias for finding in one.findings])


def _show_scores(console: Console, scores: Sequence[ValidationScores]) -> None:
    from oreline.cli._explore_model_source import number
    from oreline.cli._render import print_table

    rows = [
        (one.analyte, f"{one.estimated:,}", number(one.mean_true), number(one.mean_error, 3),
         number(one.mean_squared_error, 3), number(one.correlation, 3), number(one.slope, 3),
         number(one.mean_standardised, 2), number(one.variance_standardised, 3))
        for one in scores
    ]  # fmt: skip
    heads = ("analyte", "composites", "mean %", "mean error", "squared error", "correlation",
             "slope", "std. error", "its variance")  # fmt: skip
    print_table(console, heads, rows, right=heads[1:])


def _show_slices(console: Console, cut: Swath) -> None:
    from oreline.cli._explore_model_source import number
    from oreline.cli._render import print_table, print_title

    print_title(console, f"{cut.analyte} in slices along {cut.axis}")
    rows = [
        (f"{row['middle_m']:,.1f}", number(row["model"]), number(row["nearest"]),
         number(row["samples"]), f"{row['model_count']:,}", f"{row['samples_count']:,}")
        for row in cut.to_frame().to_dicts()
    ]  # fmt: skip
    columns = ("middle, m", "model %", "nearest %", "composites %", "blocks", "composites")
    print_table(console, columns, rows, right=columns)
