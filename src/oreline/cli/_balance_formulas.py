"""Calculators for the metallurgist: formulas that need no ledger, from options or a CSV table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oreline.balance import ContainedMetal
    from oreline.model import Finding

STATED = "As 2, 2+-0.1 or 2+-5%; behind +- stands one standard uncertainty."
Correlations = Annotated[
    list[str] | None,
    typer.Option(
        "--correlation", metavar="A,B=R", help="Two inputs are correlated; may be given again."
    ),
]
GradeUnit = Annotated[str, typer.Option("--unit", metavar="UNIT", help="Of grades: %, g/t, ppm.")]
Table = Annotated[
    Path | None, typer.Option("--table", metavar="FILE", help="A CSV table, one case a row.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The CSV table.")]
WetTonnes = Annotated[
    str | None, typer.Option("--wet-t", metavar="MASS", help=f"Wet tonnes. {STATED}")
]
Moisture = Annotated[
    str | None, typer.Option("--moisture-pct", metavar="M", help="Water, % of the wet mass.")
]
DryGrade = Annotated[str | None, typer.Option("--grade", metavar="GRADE", help="Of the dry mass.")]
Trials = Annotated[
    int, typer.Option("--trials", metavar="N", help="Also simulate so many trials (JCGM 101).")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of the simulation.")]
SharedWet = Annotated[
    float, typer.Option("--shared-wet-pct", help="Uncertainty of the scale, % of each mass.")
]
SharedMoisture = Annotated[
    float, typer.Option("--shared-moisture-pct", help="That all moistures share, in % water.")
]
SharedGrade = Annotated[
    float, typer.Option("--shared-grade-pct", help="Of the laboratory, % of each grade.")
]


def table_bytes(file: Path) -> bytes:
    """Return the bytes of a table.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    from oreline.model import InputError

    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error


def see_usable(file: Path, findings: Sequence[Finding]) -> None:
    """See that a table can be used.

    Raises
    ------
    InputError
        If a finding forbids it, with all findings.
    """
    from oreline.model import InputError, is_fatal

    if is_fatal(findings):
        raise InputError(f"{file} cannot be used", findings)


def correlations_of(given: Sequence[str] | None) -> dict[tuple[str, str], float] | None:
    """Return the coefficients of ``--correlation``."""
    from oreline.model import InputError

    found = {}
    for text in given or ():
        names, equals, number = text.partition("=")
        left, comma, right = names.partition(",")
        try:
            found[(left.strip(), right.strip())] = float(number)
        except ValueError:
            equals = ""
        if not equals or not comma:
            raise InputError(f"{text!r}: write --correlation feed,concentrate=0.5")
    return found or None


@question(Needs.NOTHING, export=True)
def two_product(
    _reader: Reader,
    feed: Annotated[
        str | None, typer.Option("--feed", metavar="GRADE", help=f"Of the feed. {STATED}")
    ] = None,
    concentrate: Annotated[
        str | None, typer.Option("--concentrate", metavar="GRADE", help="Of the concentrate.")
    ] = None,
    tailings: Annotated[
        str | None, typer.Option("--tailings", metavar="GRADE", help="Of the tailings.")
    ] = None,
    unit: GradeUnit = "%",
    table: Table = None,
    correlation: Correlations = None,
) -> Answer:
    """Give yield and recovery of a plant from three assays, with their uncertainty.

    A feed outside of its products is told, never clipped. With --table: id, feed, concentrate,
    tailings, unit, and feed_u, concentrate_u, tailings_u where known.

    Example: oreline balance two-product --feed 2+-5% --concentrate 20+-5% --tailings 0.5+-5%
    """
    from oreline.balance import parse_estimate, read_assays
    from oreline.balance import two_product as formula
    from oreline.model import InputError

    if table is not None:
        if correlation:
            raise InputError("--correlation goes with --feed, --concentrate and --tailings")
        rows, findings = read_assays(table_bytes(table), table.name)
        see_usable(table, findings)
    elif feed and concentrate and tailings:
        grades = [parse_estimate(text, unit) for text in (feed, concentrate, tailings)]
        rows = (("", formula(*grades, correlation=correlations_of(correlation))),)
        findings = ()
    else:
        raise InputError("give --feed, --concentrate and --tailings, or --table")

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_assays

        print_assays(console, rows)

    def frame() -> Any:
        import polars as pl

        return pl.concat(
            [item.to_frame().with_columns(pl.lit(name).alias("id")) for name, item in rows],
            how="vertical_relaxed",
        )

    result = {
        "cases": [{"id": name, **item.to_json()} for name, item in rows],
        "findings": [finding.to_json() for finding in findings],
    }
    return Answer(result, show, frame)


@question(Needs.NOTHING, export=True)
def products(_reader: Reader, file: File) -> Answer:
    """Give the yields of several products from the grades of several elements.

    Columns: stream, role (feed or product), analyte, grade, u (standard uncertainty), unit.

    Example: oreline balance products docs/tutorials/calculators/products.csv
    """
    from oreline.balance import product_yields, read_product_grades

    feed, made, findings = read_product_grades(table_bytes(file), file.name)
    see_usable(file, findings)
    found = product_yields(feed, made)

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_products

        print_products(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING, export=True)
def duplicates(_reader: Reader, file: File) -> Answer:
    """Give the precision of sampling from interleaved duplicate samples A and B (ISO 12744).

    Columns: lot, sample (A or B), value, unit; portion where a sample was prepared more than once.

    Example: oreline balance duplicates docs/tutorials/calculators/duplicates.csv
    """
    from oreline.balance import duplicate_precision, read_duplicates

    results, unit, findings = read_duplicates(table_bytes(file), file.name)
    see_usable(file, findings)
    found = duplicate_precision(results, unit)

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_duplicates

        print_duplicates(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING, export=True)
def factors(_reader: Reader, file: File) -> Answer:
    """Give the factors of a chain, from the reserve to what is paid: F1, F2, F3 and each step.

    Columns: stage, and tonnes and grade (with unit), or metal_t; their _u where known; returned_t.

    Example: oreline balance factors docs/tutorials/calculators/factors.csv
    """
    from oreline.balance import metal_chain, read_stages

    stages, findings = read_stages(table_bytes(file), file.name)
    see_usable(file, findings)
    found = metal_chain(stages)

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_factors

        print_factors(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING, export=True)
def contained(
    _reader: Reader,
    wet: WetTonnes = None,
    moisture: Moisture = None,
    grade: DryGrade = None,
    unit: GradeUnit = "%",
    table: Table = None,
    trials: Trials = 0,
    seed: Seed = 0,
    correlation: Correlations = None,
    shared_wet_pct: SharedWet = 0.0,
    shared_moisture_pct: SharedMoisture = 0.0,
    shared_grade_pct: SharedGrade = 0.0,
) -> Answer:
    """Give the metal in lots with its uncertainty, against what purposes allow.

    With --table: lot, wet_t, moisture_pct, grade, unit, and their _u. What lots share does not
    average out over them.

    Example: oreline balance contained --wet-t 1000+-2 --moisture-pct 8+-0.2 --grade 28+-0.14
    """
    from oreline.balance import (
        SharedUncertainty,
        contained_metal,
        contained_of_lots,
        parse_estimate,
        read_lots,
    )
    from oreline.model import InputError

    found: ContainedMetal
    if table is not None:
        if trials or correlation:
            raise InputError("--trials and --correlation are for one lot, given by options")
        lots, findings = read_lots(table_bytes(table), table.name)
        see_usable(table, findings)
        shared = SharedUncertainty(
            shared_wet_pct / 100, shared_moisture_pct, shared_grade_pct / 100
        )
        found = contained_of_lots(lots, shared)
    elif wet and moisture and grade:
        if shared_wet_pct or shared_moisture_pct or shared_grade_pct:
            raise InputError("--shared-... is for several lots: give --table")
        inputs = (
            parse_estimate(wet, "t"),
            parse_estimate(moisture, "%"),
            parse_estimate(grade, unit),
        )
        pairs = correlations_of(correlation)
        found = contained_metal(*inputs, correlation=pairs, trials=trials, seed=seed)
    else:
        raise InputError("give --wet-t, --moisture-pct and --grade, or --table")

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_contained

        print_contained(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(export=True)
def site_factors(
    reader: Reader,
    element: options.Element,
    site: Annotated[str, typer.Option("--site", metavar="SITE", help="The plant.")],
    period: Annotated[
        str, typer.Option("--period", metavar="SPAN", help="One span: 2025-01-01..2026-01-01.")
    ],
    payable: Annotated[
        str | None,
        typer.Option("--payable-t", metavar="MASS", help=f"Metal paid of what arrived. {STATED}"),
    ] = None,
) -> Answer:
    """Give a plant's factors from its lots: product for feed, received for shipped, payable.

    Example: oreline balance site-factors -e Sb --site mill --period 2025-01-01..2026-01-01
    """
    from oreline.balance import parse_estimate
    from oreline.balance import site_factors as factors_of
    from oreline.model import InputError

    start, dots, end = period.partition("..")
    if not dots:
        raise InputError(f"{period!r} is no span; write --period 2025-01-01..2026-01-01")
    found = factors_of(
        reader.books,
        reader.element(element),
        site,
        (start, end),
        time_zone=reader.zone(None),
        payable=None if payable is None else parse_estimate(payable, "t"),
    )

    def show(console: Console) -> None:
        from oreline.cli._balance_formula_tables import print_site_factors

        print_site_factors(console, found)

    return Answer(found.to_json(), show, found.to_frame, told_of=reader)
