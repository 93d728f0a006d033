"""``oreline explore ore`` and ``ledger``: a resource as the ore of a site, with its uncertainty."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from oreline.cli._append import appended
from oreline.cli._explore_source import SetName
from oreline.cli._options import Actor
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oreline.explore import Ore
    from oreline.model import Finding

OfHoles = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="The folder with explore.toml, or a chain folder with drillholes/."
    ),
]


@question(Needs.NOTHING, export=True)
def ore(_reader: Reader, folder: OfHoles, name: SetName = None) -> Answer:
    """Turn a resource into the ore that a chain takes: tonnes and grades by year, with uncertainty.

    Tonnes and grades are those of the mine plan. Each grade has the standard uncertainty of its
    year: over the simulations where [simulation] is declared, else of the kriging variances over
    the months of milling. Exported into ores/ of a chain folder, a design takes it as its feed.

    Example: oreline explore ore examples/pakistan-us --set illus-copper --export ores/copper.csv
    """
    made, findings = made_ore(folder, name)

    def show(console: Console) -> None:
        _show(console, made)

    return Answer(made.to_json(), show, made.to_frame, findings=findings)


@question(Needs.LEDGER)
def ledger(
    reader: Reader,
    folder: OfHoles,
    start: Annotated[str, typer.Option("--start", metavar="MONTH", help="First month: 2027-01.")],
    site: Annotated[str, typer.Option("--site", metavar="SITE", help="Where it is extracted.")],
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="PARTY", help="Who names the planned lots.")
    ],
    actor: Actor,
    name: SetName = None,
    material: Annotated[
        str, typer.Option("--material", metavar="ID", help="The ore's id in materials.csv.")
    ] = "",
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="PARTY", help="Who extracts (default: the operator)."),
    ] = None,
    per: Annotated[
        str, typer.Option("--per", metavar="SPAN", help="One lot for each year, or each month.")
    ] = "year",
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="TEXT", help="Begins ids of lots and events.")
    ] = "ore",
) -> Answer:
    """Write what a mine plan extracts into a planned ledger, by year or month.

    The ledger is one that ``oreline record derive`` made. Every lot has its tonnes, grades with
    their uncertainty, and the resource as its source; trace and balance answer it.

    Example: oreline explore ledger examples/pakistan-us --set illus-copper --start 2027-01
    --site illus-mine-cu --material illus-cu-ore --issuer illus --by planner
    --ledger ledgers/plan-2027.db
    """
    from oreline.explore import OrePlanning, ore_events
    from oreline.model import InputError

    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", start):
        raise InputError(f"--start {start}: write year and month, as in 2027-01")
    if reader.store.header.tense == "actual":
        raise InputError(
            "what is planned never enters the actual ledger; make one for it with "
            "oreline record derive ID --tense planned"
        )
    first = date.fromisoformat(f"{start}-01")
    who = party or _operator(reader, site)
    planning = OrePlanning(issuer, prefix, actor, site, who, material, first, _span(per))
    made, findings = made_ore(folder, name)
    events = ore_events(made, planning)
    return appended(reader.store.append(list(events)), str(folder), findings)


def _span(per: str) -> Literal["year", "month"]:
    from oreline.model import InputError

    if per == "year":
        return "year"
    if per == "month":
        return "month"
    raise InputError(f"--per is year or month; got {per}")


def _operator(reader: Reader, site: str) -> str:
    """Return who operates a site, as the ledger and its parent declare it."""
    from oreline.model import InputError

    version = reader.ledger.current("site").get(site)
    operator = None if version is None else version.data.get("operator")
    if not operator:
        raise InputError(f"nobody operates {site}: name its operator in sites.csv, or --party")
    return str(operator)


def made_ore(folder: Path, name: str | None) -> tuple[Ore, Sequence[Finding]]:
    """Make the model, the plan and the ore of a set of holes.

    Raises
    ------
    InputError
        If holes or settings cannot be used, or nothing pays.
    """
    from oreline.cli._explore_model_source import modelled, read_model_input
    from oreline.cli._progress import progress_bar
    from oreline.explore import ore_of, plan_model
    from oreline.model import InputError

    given = read_model_input(folder, name)
    if given.sections.mine is None:
        raise InputError("explore.toml has no [mine]; docs/reference/explore-mine.md shows one")
    made = modelled(given)
    with progress_bar() as progress:
        plan = plan_model(made, given.collars_m, progress)
    density = given.sections.density
    inputs = {"holes": given.basis} | ({} if density is None else {"density": density.basis})
    return ore_of(plan, given.name, given.symbols, inputs, given.sha256), made.findings


def _show(console: Console, made: Ore) -> None:
    from oreline.cli._render import print_table, print_title
    from oreline.explore import SCREENING

    tonnes = sum(year.dry.value for year in made.years)
    print_title(console, f"Ore of {made.name}, {tonnes:,.0f} dry t in {len(made.years)} years")
    rows = []
    for year in (*made.years, made.life):
        told = made.paid if year is not made.life else tuple(year.grades)
        for grade, one in ((name, year.grades[name]) for name in told if name in year.grades):
            ends = (one.u, one.low, one.high)
            spread = ["unknown" if part is None else f"{part:.3g}" for part in ends]
            rows.append((year.name, f"{year.dry.value:,.0f}", f"{grade} {one.unit}",
                         f"{one.value:.4g}", *spread))  # fmt: skip
    columns = ("year", "dry t", "grade", "mean", "u", "95 % from", "to")
    print_table(console, columns, rows, right=("dry t", "mean", "u", "95 % from", "to"))
    console.print("Of years what is paid is shown; --json and --export have all.", style="dim")
    console.print(f"{made.rule}.", style="dim", markup=False)
    console.print(f"Source: {made.life.dry.source}.", style="dim", markup=False)
    console.print(SCREENING, style="dim", markup=False)
