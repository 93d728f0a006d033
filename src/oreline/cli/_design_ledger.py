"""``oreline design ledger``: a design written into a planned ledger."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from oreline.cli._append import appended
from oreline.cli._design_source import Place, flowsheet_of
from oreline.cli._options import Actor
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.design import Flows, Flowsheet


@question(Needs.LEDGER)
def ledger(
    reader: Reader,
    place: Place,
    start: Annotated[str, typer.Option("--start", metavar="MONTH", help="First month: 2027-01.")],
    months: Annotated[int, typer.Option("--months", help="How many months.")],
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="PARTY", help="Who names the planned lots.")
    ],
    actor: Actor,
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="TEXT", help="Begins ids of lots and events.")
    ] = "design",
    ore_years: Annotated[
        bool,
        typer.Option(
            "--ore-years", help="Feed each ore by its schedule: the first 12 months its year 1."
        ),
    ] = False,
    operators: Annotated[
        list[str] | None,
        typer.Option(
            "--operator",
            metavar="SITE=PARTY",
            help="Who will run a site that is not declared yet; may be given again.",
        ),
    ] = None,
) -> Answer:
    """Write a design into a planned ledger: an event for each unit and month.

    The ledger is one that ``oreline record derive`` made. Every other verb then answers it as it
    answers the actual one. Written again, the same design changes nothing. Where feeds are ores of
    a resource, --ore-years feeds them by their schedule, grades and tonnes changing by year.

    Example: oreline design ledger examples/pakistan-us --start 2027-01 --months 12
    --issuer illus --by planner --operator illus-refinery=illus-operator
    --operator illus-magnet-plant=illus-buyer
    --operator illus-port-us=illus-buyer --ledger ledgers/plan-2027.db
    """
    from oreline.design import Planning, months_from, planned_events, solve_flows
    from oreline.model import InputError

    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", start):
        raise InputError(f"--start {start}: write year and month, as in 2027-01")
    tense = reader.store.header.tense
    if tense == "actual":
        raise InputError(
            "what is planned never enters the actual ledger; make one for it with "
            "oreline record derive ID --tense planned"
        )
    sheet, findings = flowsheet_of(place)
    if sheet.hours_per_year is None:
        raise InputError(f"{place} does not say hours_per_year: how long the plants run in a year")
    hours = sheet.hours_per_year.value
    source = f"design {sheet.name}"
    known = known_operators(reader) | stated_operators(operators or [])
    planning = Planning(issuer, prefix, actor, source, known, hours)
    periods = months_from(date.fromisoformat(f"{start}-01"), months)
    flows = _by_year(sheet, months) if ore_years else solve_flows(sheet)
    events = planned_events(flows, planning, periods)
    return appended(reader.store.append(list(events)), str(place), findings)


def _by_year(sheet: Flowsheet, months: int) -> list[Flows]:
    """Return for each month the design as the ores of its year make it; a year is solved once."""
    from oreline.design import solve_flows, with_ore_year

    years = range(1, (months - 1) // 12 + 2)
    solved = [solve_flows(with_ore_year(sheet, year)) for year in years]
    return [solved[month // 12] for month in range(months)]


def known_operators(reader: Reader) -> dict[str, str]:
    """Return who operates each site, as the ledger and its parent declare it."""
    return {
        site: str(version.data["operator"])
        for site, version in reader.ledger.current("site").items()
        if version.data.get("operator")
    }


def stated_operators(operators: list[str]) -> dict[str, str]:
    """Return parties by site from SITE=PARTY.

    Raises
    ------
    InputError
        If one is written otherwise.
    """
    from oreline.model import InputError

    found = {}
    for one in operators:
        site, mark, party = one.partition("=")
        if not (site and mark and party):
            raise InputError(f"--operator {one}: write SITE=PARTY")
        found[site] = party
    return found
