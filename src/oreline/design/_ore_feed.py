"""The feed of a design from the ore table of a resource."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from oreline.design._components import followed_fractions
from oreline.design._flowsheet import Component, ComponentKind, FeedStream, Flowsheet, OreOfYear
from oreline.design._parameter import Parameter, spread_of
from oreline.design._process_tables import FeedTable
from oreline.model import Finding, InputError, Severity

if TYPE_CHECKING:
    from oreline.explore import Ore, OreValue, OreYear

OXYGEN = "O"


@dataclass(frozen=True, slots=True)
class OreFeed:
    """What an ore gives a feed: its numbers in the year that is asked for, and in every year.

    ``ranks`` are the correlations of two of them, named as numbers of a feed.
    """

    now: OreOfYear
    years: Mapping[int, OreOfYear]
    ranks: Mapping[tuple[str, str], float]


def ore_feed(
    table: FeedTable,
    components: tuple[Component, ...],
    ores: Mapping[str, bytes],
    hours: float | None,
    where: str,
    holes: Mapping[str, str] | None = None,
) -> tuple[OreFeed | None, list[Finding]]:
    """Return what the ore of a feed gives it, or None where findings say why not.

    Grades count that are a component, or a formula of followed elements; of several that hold one
    element the plainest does (an element before its oxide). The others are part of the rest, and a
    note names them. ``holes`` are the digests of the drill holes that lie in the chain's folder, by
    the name of their set: an ore that was made of others is told.
    """
    from oreline.explore import LIFE, read_ore

    assert table.ore is not None
    name = table.ore.file

    def refuse(message: str, fix: str) -> tuple[None, list[Finding]]:
        return None, [Finding("ORL-1070", Severity.FATAL, where, message, fix)]

    if hours is None or not hours > 0:
        message = f"the ore of {table.id} is in tonnes a year, and the hours of a year are not said"
        return refuse(message, "write hours_per_year = ... at the head of the file")
    if table.dry_t_per_h is not None or table.moisture is not None:
        both = "dry_t_per_h" if table.dry_t_per_h is not None else "moisture"
        message = f"the feed {table.id} has both an ore and {both}, which the ore gives"
        return refuse(message, "keep one of them")
    if name not in ores:
        known = ", ".join(sorted(ores)) or "none"
        fix = "write it with 'oreline explore ore FOLDER --export " + name + "'"
        return refuse(f"there is no {name} in the chain's folder, only {known}", fix)
    ore, findings = read_ore(ores[name], name)
    if ore is None:
        return None, list(findings)
    try:
        wanted = ore.year(table.ore.year or LIFE)
    except InputError as error:
        return refuse(str(error), "name a year that the table has, or none for the mean")
    counted, left = _counted(ore, components, table)
    made = {one.year: _made(one, counted, hours, ore.name) for one in (ore.life, *ore.years)}
    told = list(findings)
    if left:
        message = f"{', '.join(left)} of {name} are not followed here by themselves"
        fix = "add to [components] what is to be followed; the rest of the ore holds it"
        told.append(Finding("ORL-1071", Severity.NOTE, where, message, fix))
    told += _of_other_holes(ore, name, holes, where)
    return OreFeed(made[wanted.year], made, _ranks(ore, counted)), told


def _ranks(ore: Ore, counted: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return the correlations of what is counted, as numbers of a feed are called."""
    named = {"ore": "dry_t_per_h"} | {one: f"grade[{one}]" for one in counted}
    return {
        (named[one], named[other]): rank
        for (one, other), rank in ore.ranks.items()
        if one in named and other in named
    }


MADE_OF: Final = re.compile(r"resource (?P<set>.+?) \(sha256 (?P<digest>[0-9a-f]{16})\)")
"""What the source of an ore says of the drill holes and settings that it was made of."""


def _of_other_holes(
    ore: Ore, name: str, holes: Mapping[str, str] | None, where: str
) -> list[Finding]:
    """Tell an ore that was made of other drill holes or settings than lie beside it now."""
    made_of = MADE_OF.match(ore.life.dry.source)
    if holes is None or made_of is None:
        return []
    given, digest = made_of["set"], made_of["digest"]
    again = f"write it again: oreline explore ore FOLDER --set {given} --export {name}"
    if given not in holes:
        message = f"{name} was made of drill holes {given}, which do not lie in drillholes/ here"
        fix = f"bring them along to see whether it still holds, or {again}"
        return [Finding("ORL-1073", Severity.NOTE, where, message, fix)]
    if not holes[given].startswith(digest):
        message = (
            f"{name} was made of other drill holes or settings (sha256 {digest}) than "
            f"drillholes/{given} holds now ({holes[given][: len(digest)]})"
        )
        return [Finding("ORL-1074", Severity.WARNING, where, message, again)]
    return []


def _counted(
    ore: Ore, components: tuple[Component, ...], table: FeedTable
) -> tuple[list[str], list[str]]:
    """Return the grades of an ore that the feed takes, and those that it leaves."""
    names = {one.name: one for one in components}
    there = list(dict.fromkeys(name for year in ore.years for name in year.grades))
    elements = {one.name for one in components if one.kind is ComponentKind.ELEMENT}
    held: set[str] = set()
    counted, left = [], []
    for name in sorted(there, key=lambda one: (one not in names, len(_parts(one, components)))):
        parts = set(_parts(name, components)) & elements - {OXYGEN}
        known = name in names or bool(parts)
        if name in table.grades or not known or parts & held:
            left.append(name)
            continue
        held |= parts
        counted.append(name)
    return [one for one in there if one in counted], [one for one in there if one in left]


def _parts(name: str, components: tuple[Component, ...]) -> Mapping[str, float]:
    try:
        return followed_fractions(name, components)
    except InputError:
        return {}


def _made(year: OreYear, counted: Sequence[str], hours: float, name: str) -> OreOfYear:
    grades = {one: _number(year.grades[one], "1") for one in counted if one in year.grades}
    moisture = None if year.moisture is None else _number(year.moisture, "1")
    dry = _number(year.dry, "t/h", hours)
    when = "all years" if year.name == "life" else f"year {year.name}"
    note = f"{year.dry.value:,.0f} t a year of {name}, {when}"
    return OreOfYear(replace(dry, note=note), grades, moisture)


def _number(given: OreValue, unit: str, hours: float = 1.0) -> Parameter:
    factor = given.part / hours
    value = given.value * factor
    if not given.u:
        return Parameter(value, unit, given.basis, given.source)
    low, high, shape = spread_of(value, given.u * factor)
    return Parameter(value, unit, given.basis, given.source, low, high, "", shape)


def with_ore_year(flowsheet: Flowsheet, year: int) -> Flowsheet:
    """Return a flowsheet whose ores are those of a year of mining, counted from 1.

    Feeds that are no ore of a resource stay as they are.

    Raises
    ------
    InputError
        If an ore does not have that year, or no feed is an ore.
    """
    if not any(feed.ore for feed in flowsheet.feeds):
        raise InputError(f"no feed of {flowsheet.name} is the ore of a resource: write ore = ...")
    return replace(flowsheet, feeds=tuple(_fed(feed, year) for feed in flowsheet.feeds))


def _fed(feed: FeedStream, year: int) -> FeedStream:
    if not feed.ore:
        return feed
    if year not in feed.ore_years:
        message = f"the ore of {feed.id} has no year {year}; its last is {max(feed.ore_years)}"
        raise InputError(f"{feed.where}: {message}")
    found = feed.ore_years[year]
    return replace(
        feed,
        dry_t_per_h=found.dry_t_per_h,
        moisture=found.moisture,
        grades={**feed.grades, **found.grades},
    )
