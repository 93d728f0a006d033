"""``oreline explore histogram``, ``top-cuts``, ``contact``: tables to decide domains and cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._explore_composite import ByDomain, composite_settings
from oreline.cli._explore_source import Folder, SetName, print_left_out, read_one
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from oreline.explore import DrillHoles

OneOrMore = Annotated[
    list[str] | None,
    typer.Option("--analyte", "-a", metavar="NAME", help="Only this one; may be given again."),
]
OfLength = Annotated[
    str | None,
    typer.Option(
        "--length", metavar="LENGTH", help="Of composites of this length (default: of assays)."
    ),
]
Oxides = Annotated[
    bool, typer.Option("--rare-earths", help="Add oxides of rare earths and their sums.")
]
BAR = 30
"""The longest bar of a histogram, in characters."""


@question(Needs.NOTHING, export=True)
def histogram(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    analyte: OneOrMore = None,
    length: OfLength = None,
    by_geology: ByDomain = False,
    oxides: Oxides = False,
    bins: Annotated[
        int, typer.Option("--bins", metavar="N", min=1, max=1000, help="How many classes.")
    ] = 20,
    logarithmic: Annotated[
        bool, typer.Option("--log", help="Classes of equal width in the logarithm.")
    ] = False,
) -> Answer:
    """Count grades in classes: how many, and which share of the length.

    With --by-geology each domain has a histogram of its own beside that of all.

    Example: oreline explore histogram my-chain -a Cu --length '2 m' --by-geology --export bars.csv
    """
    from oreline.explore import histogram as count

    holes, findings = read_one(folder, name)
    frame, names, of = _graded(holes, analyte, length, by_geology=by_geology, oxides=oxides)

    def counted(part: pl.DataFrame, one: str) -> pl.DataFrame:
        return count(part, one, weight="length_m", bins=bins, logarithmic=logarithmic)

    table = _by_domain(frame, names, counted, by_geology=by_geology)

    def show(console: Console) -> None:
        from oreline.cli._render import print_table, print_title

        print_title(console, f"Grades of {holes.name}: {of}")
        widest = table["share"].max()
        rows = [
            (row["domain"] or "all", row["analyte"], f"{row['low']:.4g}", f"{row['high']:.4g}",
             f"{row['count']:,}", f"{100 * row['share']:.1f}",
             "█" * round(BAR * row["share"] / (widest or 1.0)))
            for row in table.to_dicts()
        ]  # fmt: skip
        columns = ("domain", "grade %", "from", "to", "count", "length %", "")
        print_table(console, columns, rows, right=columns[2:6])
        print_left_out(console, holes, findings)

    result = {"set": holes.name, "of": of, "classes": table.to_dicts()}
    return Answer(result, show, lambda: table)


@question(Needs.NOTHING, export=True)
def top_cuts(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    analyte: OneOrMore = None,
    length: OfLength = None,
    by_geology: ByDomain = False,
    oxides: Oxides = False,
    percentile: Annotated[
        list[float] | None,
        typer.Option(
            "--percentile", metavar="P", help="Such as 99; may be given again (default: seven)."
        ),
    ] = None,
) -> Answer:
    """Tell what top cuts at several percentiles would do: grades cut, mean, variation, metal lost.

    With --by-geology each domain has rows of its own beside those of all.

    Example: oreline explore top-cuts my-chain -a Cu --length '2 m' --percentile 97.5
    --percentile 99 --export cuts.xlsx
    """
    from oreline.explore import TOP_CUT_PERCENTILES, top_cut_table
    from oreline.model import InputError

    shares = [one / 100 for one in percentile or ()] or list(TOP_CUT_PERCENTILES)
    wrong = [one for one in shares if not 0 < one < 1]
    if wrong:
        raise InputError(f"--percentile {100 * wrong[0]:g}: write a number between 0 and 100")
    holes, findings = read_one(folder, name)
    frame, names, of = _graded(holes, analyte, length, by_geology=by_geology, oxides=oxides)

    def cut(part: pl.DataFrame, one: str) -> pl.DataFrame:
        found = top_cut_table(part, one, weight="length_m", percentiles=shares)
        return found.drop("analyte")

    table = _by_domain(frame, names, cut, by_geology=by_geology, positive=True)

    def show(console: Console) -> None:
        from oreline.cli._render import print_table, print_title

        print_title(console, f"Top cuts of {holes.name}: {of}")
        rows = [
            (row["domain"] or "all", row["analyte"], f"{100 * row['percentile']:.4g}",
             f"{row['limit_pct']:.4g}", f"{row['count_cut']} of {row['count']}",
             f"{row['mean_pct']:.4g}", f"{row['mean_cut_pct']:.4g}", _two(row["cv"]),
             _two(row["cv_cut"]), f"{100 * row['metal_lost_share']:.2f}")
            for row in table.to_dicts()
        ]  # fmt: skip
        columns = ("domain", "grade", "below, %", "at %", "cut", "mean", "after", "CV", "after",
                   "metal lost %")  # fmt: skip
        print_table(console, columns, rows, right=columns[2:])
        print_left_out(console, holes, findings)

    return Answer({"set": holes.name, "of": of, "cuts": table.to_dicts()}, show, lambda: table)


@question(Needs.NOTHING, export=True)
def contact(
    _reader: Reader,
    folder: Folder,
    one: Annotated[str, typer.Argument(metavar="CODE", help="A code of the geology.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The code it meets.")],
    step: Annotated[str, typer.Option("--step", metavar="LENGTH", help="Width of a class: 2 m.")],
    reach: Annotated[
        str, typer.Option("--reach", metavar="LENGTH", help="How far from the contact: 20 m.")
    ],
    name: SetName = None,
    analyte: OneOrMore = None,
) -> Answer:
    """Show how grades change across the contact of two codes, down the holes.

    At once: keep the domains apart (a hard boundary). Bit by bit: let samples near the contact
    count on both sides (a soft one). Distances are negative in the first code.

    Example: oreline explore contact my-chain ORE HOST --step '2 m' --reach '20 m' -a Cu
    """
    import polars as pl

    from oreline.explore import contact_profile, length_of_text

    holes, findings = read_one(folder, name)
    names = tuple(analyte or holes.analytes)
    lengths = {"step_m": length_of_text(step), "reach_m": length_of_text(reach)}
    parts = [
        contact_profile(holes, grade, one, other, **lengths).select(
            pl.lit(grade).alias("analyte"), pl.all()
        )
        for grade in names
    ]
    table = pl.concat(parts)

    def show(console: Console) -> None:
        from oreline.cli._render import print_table, print_title

        print_title(console, f"{one} to {other} in {holes.name}, mean grades by distance")
        rows = [
            (row["analyte"], f"{row['distance_m']:.4g}", row["code"], f"{row['mean_pct']:.4g}",
             f"{row['length_m']:.1f}", row["contacts"])
            for row in table.to_dicts()
        ]  # fmt: skip
        columns = ("grade", "distance, m", "code", "mean %", "metres", "contacts")
        print_table(console, columns, rows, right=("distance, m", "mean %", "metres", "contacts"))
        print_left_out(console, holes, findings)

    result = {"set": holes.name, "one": one, "other": other, **lengths,
              "profile": table.to_dicts()}  # fmt: skip
    return Answer(result, show, lambda: table)


def _graded(
    holes: DrillHoles,
    analytes: list[str] | None,
    length: str | None,
    *,
    by_geology: bool,
    oxides: bool,
) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    """Return assays or composites with their lengths, their analytes, and what they are."""
    from oreline.explore import LookSettings, look_at_grades
    from oreline.model import InputError

    if by_geology and length is None:
        raise InputError("--by-geology parts composites: give their --length too")
    settings = None
    if length is not None:
        settings = composite_settings(
            length, by_geology=by_geology, residual="merge", coverage=0.5, unsampled=None,
            analytes=None,
        )  # fmt: skip
    derived = [one for one in analytes or () if one not in holes.analytes]
    wanted = () if oxides else tuple(analytes or ())
    found = look_at_grades(holes, LookSettings(settings, wanted, oxides))
    unknown = [one for one in derived if one not in found.analytes]
    if unknown:
        known = ", ".join(found.analytes)
        raise InputError(f"no analyte {', '.join(unknown)}; there are {known}")
    return found.frame, tuple(analytes or found.analytes), found.of


def _by_domain(
    frame: pl.DataFrame,
    names: tuple[str, ...],
    make: Callable[[pl.DataFrame, str], pl.DataFrame],
    *,
    by_geology: bool,
    positive: bool = False,
) -> pl.DataFrame:
    """Return a table of all rows and, where asked, of each domain; what has no grade is left out.

    Raises
    ------
    InputError
        If nothing has a grade.
    """
    import polars as pl

    from oreline.model import InputError

    parts: list[tuple[str | None, pl.DataFrame]] = [(None, frame)]
    if by_geology:
        codes = frame["domain"].drop_nulls().unique().sort().to_list()
        parts += [(code, frame.filter(pl.col("domain") == code)) for code in codes]
    tables = []
    for code, part in parts:
        for name in names:
            values = part[name].drop_nulls().to_numpy()
            if not values.size or (positive and not values.max() > 0):
                continue
            told: list[Any] = [pl.lit(code, pl.String).alias("domain"),
                               pl.lit(name).alias("analyte")]  # fmt: skip
            tables.append(make(part, name).select(*told, pl.all()))
    if not tables:
        raise InputError(f"there are no grades of {', '.join(names)}")
    return pl.concat(tables)


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
