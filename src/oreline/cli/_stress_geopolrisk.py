"""``oreline stress geopolrisk``: scores and characterization factors for countries and regions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_tables import takes_tables

if TYPE_CHECKING:
    import polars as pl

    from oreline.stress import Importer, RiskRules, RiskTables


Importers = Annotated[
    list[str] | None,
    typer.Option(
        "--importer",
        metavar="WHO",
        help="A country (USA), a region (Iberia=ESP,PRT), or OECD for all 38 members.",
    ),
]
Years = Annotated[list[int] | None, typer.Option("--year", help="By default the newest.")]
Material = Annotated[
    str, typer.Option("--material", help="Only one raw material, by any of its names.")
]
Taiwan = Annotated[
    bool, typer.Option("--taiwan", help="Give BACI's 'Other Asia' the estimate of Taiwan.")
]
Mix = Annotated[
    Path | None,
    typer.Option(
        "--mix",
        metavar="FILE",
        help="A company's suppliers: material, country, quantity_t, value_usd as CSV.",
    ),
]
Home = Annotated[
    str, typer.Option("--home", metavar="CC", help="With --mix: whose supply carries no risk.")
]


@question(Needs.NOTHING, export=True)
@takes_tables
def factors(
    _reader: Reader,
    importers: Importers = None,
    years: Years = None,
    material: Material = "",
    taiwan: Taiwan = False,
    mix: Mix = None,
    home: Home = "",
) -> Answer:
    """Show the GeoPolRisk score and factor of raw materials for importers and years.

    Partners without a governance estimate have an instability of 0.5, as the method says; which
    part of the imports that is stands beside each factor. With --mix a company's own suppliers
    stand in the place of a country's imports.

    Example: oreline stress geopolrisk --importer OECD --year 2024 --export factors.csv
    """
    import polars as pl

    from oreline.model import InputError
    from oreline.reference import mineral_key
    from oreline.stress import RiskRules, geopolrisk, shipped_risk_tables

    tables = shipped_risk_tables()
    rules = RiskRules(other_asia_as_taiwan=taiwan)
    if mix is not None:
        if importers or len(years or []) > 1 or material:
            raise InputError("--mix is of a company: with --home and one --year, and no other")
        return _mixed(mix, home, years[0] if years else None, tables, rules)
    if home:
        raise InputError("--home is of a company's --mix")
    found = geopolrisk(
        tables,
        _importers(importers or ["USA"]),
        years=years or [tables.years[-1]],
        rules=rules,
    )
    frame = found.to_frame()
    if material:
        key = mineral_key(material)
        frame = frame.filter((pl.col("mineral") == key) | (pl.col("material") == material))

    result = {
        **found.to_json(),
        "rows": frame.to_dicts(),
        "codes_without_trade": list(tables.codes_without_trade),
    }
    return Answer(result, lambda console: _show(console, frame), lambda: frame)


def _mixed(file: Path, home: str, year: int | None, tables: RiskTables, rules: RiskRules) -> Answer:
    from oreline.model import InputError
    from oreline.stress import supplier_mix

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from None
    found = supplier_mix(tables, data, file.name, home=home, year=year, rules=rules)

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        columns = ("material", "t", "suppliers", "HHI", "risk of suppliers", "score", "factor")
        rows = [
            (
                one.material, f"{one.quantity_t:,.6g}",
                ", ".join(f"{code} {part:.0%}" for code, part in one.suppliers[:4]),
                *(_told(each) for each in (one.hhi, one.supply_risk, one.score, one.factor)),
            )
            for one in found.rows
        ]  # fmt: skip
        print_table(console, columns, rows, right=("t", *columns[3:]))
        for note in (*found.notes, f"of {found.year}; at home: {found.home or 'nowhere'}"):
            print_note(console, note)
        print_note(
            console, "factor: kg copper equivalent per kg; UNKNOWN: what is paid is not told"
        )

    return Answer(found.to_json(), show, found.to_frame)


def _show(console: Console, frame: pl.DataFrame) -> None:
    from oreline.cli._render import print_note, print_table

    columns = ("material", "importer", "year", "HHI", "import risk", "score", "factor")
    names = ("hhi", "import_risk", "score", "factor")
    rows = [
        (row["material"], row["importer"], row["year"], *(_told(row[name]) for name in names))
        for row in frame.iter_rows(named=True)
    ]
    print_table(console, columns, rows, right=columns[2:])
    for row in frame.unique("material", maintain_order=True).iter_rows(named=True):
        if row["note"]:
            print_note(console, f"{row['material']}: {row['note']}")
    print_note(console, "factor: kg copper equivalent per kg; UNKNOWN: no imports are told")


def _told(value: float | None) -> str:
    return "UNKNOWN" if value is None else f"{value:.4g}"


def _importers(names: list[str]) -> tuple[Importer, ...]:
    from oreline.reference import country
    from oreline.stress import OECD, Importer

    found = []
    for name in names:
        if name.upper() == "OECD":
            found += [Importer(one, (one,)) for one in OECD]
            continue
        title, is_region, members = name.partition("=")
        codes = tuple(
            country(one.strip()).alpha3 for one in (members if is_region else name).split(",")
        )
        found.append(Importer(title if is_region else codes[0], codes))
    return tuple(found)
