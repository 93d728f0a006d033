"""``oreline explore composite``: intervals of one length down the holes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName, print_left_out, read_one
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.explore import Composites, CompositeSettings

LengthText = Annotated[
    str, typer.Option("--length", metavar="LENGTH", help="As 2, '2 m' or '10 ft'.")
]
ByDomain = Annotated[
    bool, typer.Option("--by-geology", help="None crosses from one code of the geology to another.")
]
Residual = Annotated[
    str,
    typer.Option(
        "--residual", metavar="RULE", help="What is short at the end: merge, keep, drop, even."
    ),
]
Coverage = Annotated[
    float, typer.Option("--coverage", metavar="SHARE", help="The least share that was assayed.")
]
Unsampled = Annotated[
    float | None,
    typer.Option(
        "--unsampled", metavar="PERCENT", help="What is not sampled counts as (default: ignored)."
    ),
]
Analytes = Annotated[
    list[str] | None,
    typer.Option("--analyte", "-a", metavar="NAME", help="Only this one; may be given again."),
]
Density = Annotated[
    bool, typer.Option("--by-density", help="Weigh by length times the density of the assays.")
]


def composite_settings(
    length: str, *, by_geology: bool, residual: str, coverage: float, unsampled: float | None,
    analytes: list[str] | None, by_density: bool = False,
) -> CompositeSettings:  # fmt: skip
    """Return the settings that options stand for.

    Raises
    ------
    InputError
        If a word or a length cannot be understood.
    """
    from oreline.explore import CompositeSettings, length_of_text
    from oreline.model import InputError

    rules = ("merge", "keep", "drop", "even")
    if residual not in rules:
        raise InputError(f"--residual is one of {', '.join(rules)}; got {residual}")
    return CompositeSettings(
        length_m=length_of_text(length),
        by="geology" if by_geology else "none",
        residual=residual,  # type: ignore[arg-type]  # one of the rules
        minimum_coverage=coverage,
        unsampled="ignore" if unsampled is None else unsampled,
        weight="density" if by_density else "length",
        analytes=tuple(analytes or ()),
    )


@question(Needs.NOTHING, export=True)
def composite(
    _reader: Reader,
    folder: Folder,
    length: LengthText,
    name: SetName = None,
    by_geology: ByDomain = False,
    residual: Residual = "merge",
    coverage: Coverage = 0.5,
    unsampled: Unsampled = None,
    analyte: Analytes = None,
    by_density: Density = False,
) -> Answer:
    """Make composites of one length down the holes, with their coordinates.

    Length times grade is kept: what goes in comes out, or is listed as dropped.

    Example: oreline explore composite my-chain --length '2 m' --by-geology --export composites.csv
    """
    from oreline.explore import composite as make

    settings = composite_settings(
        length, by_geology=by_geology, residual=residual, coverage=coverage,
        unsampled=unsampled, analytes=analyte, by_density=by_density,
    )  # fmt: skip
    holes, findings = read_one(folder, name)
    found = make(holes, settings)

    def show(console: Console) -> None:
        _show(console, found)
        print_left_out(console, holes, findings)

    return Answer(found.to_json(), show, found.to_frame)


def _show(console: Console, found: Composites) -> None:
    from oreline.cli._render import print_table, print_title

    unit = "% x t/m2" if found.settings.weight == "density" else "% x m"
    length = f"{found.settings.length_m:.6g} m"
    print_title(console, f"Composites of {found.set_name}, {length}; metal in {unit}")
    columns = ("analyte", "assayed m", "graded m", "taken", "kept", "rests", "thin")
    rows = [
        (row["analyte"], f"{row['length_m']:.1f}", f"{row['kept_length_m']:.1f}",
         *(f"{row[key]:.4g}" for key in ("taken", "kept", "residual", "coverage")))
        for row in found.accounts.to_dicts()
    ]  # fmt: skip
    print_table(console, columns, rows, right=columns[1:])
    for note in found.notes:
        console.print(f"{note}.", style="dim", markup=False)
