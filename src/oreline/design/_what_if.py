"""The same flowsheet with other numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from oreline.design._flowsheet import FeedStream, Flowsheet, Unit
from oreline.design._parameter import Parameter
from oreline.model import Basis, InputError

WHAT_IF = "what if"
"""The source of a number that somebody put in the place of the file's."""


def changed_numbers(changes: Iterable[str]) -> dict[str, float]:
    """Return numbers by name from NAME=VALUE.

    Raises
    ------
    InputError
        If one is written otherwise, or its value is no finite number.

    Examples
    --------
    >>> changed_numbers(["ore.dry_t_per_h=120", "price: magnets=65"])
    {'ore.dry_t_per_h': 120.0, 'price: magnets': 65.0}
    """
    found: dict[str, float] = {}
    for change in changes:
        name, mark, text = change.rpartition("=")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not mark or not math.isfinite(value):
            raise InputError(f"{change!r}: write NAME=VALUE, such as ore.dry_t_per_h=120")
        found[name] = value
    return found


def with_numbers(flowsheet: Flowsheet, changed: Mapping[str, float]) -> Flowsheet:
    """Return a flowsheet in which some numbers are others, in the unit of those they replace.

    Names are those of ``Flowsheet.numbers()``. A changed number is assumed and has no range.

    Raises
    ------
    InputError
        If a name is none of its numbers, or a value is not finite.
    """
    known = flowsheet.numbers()
    new: dict[str, Parameter] = {}
    for name, value in changed.items():
        if name not in known:
            raise InputError(f"{name} is no number of {flowsheet.name}; design check lists them")
        new[name] = Parameter(value, known[name].unit, Basis.ASSUMED, WHAT_IF)
    hours = new.get("hours_per_year", flowsheet.hours_per_year)
    return replace(
        flowsheet,
        feeds=tuple(_feed(feed, new) for feed in flowsheet.feeds),
        units=tuple(_unit(unit, new) for unit in flowsheet.units),
        hours_per_year=hours,
    )


def _feed(feed: FeedStream, new: Mapping[str, Parameter]) -> FeedStream:
    grades = {
        name: new.get(f"{feed.id}.grade[{name}]", grade) for name, grade in feed.grades.items()
    }
    moisture = feed.moisture
    if moisture is not None:
        moisture = new.get(f"{feed.id}.moisture", moisture)
    water = feed.water_t_per_h
    if water is not None:
        water = new.get(f"{feed.id}.water_t_per_h", water)
    dry = new.get(f"{feed.id}.dry_t_per_h", feed.dry_t_per_h)
    return replace(feed, dry_t_per_h=dry, grades=grades, moisture=moisture, water_t_per_h=water)


def _unit(unit: Unit, new: Mapping[str, Parameter]) -> Unit:
    return replace(
        unit,
        parameters={
            name: new.get(f"{unit.id}.{name}", one) for name, one in unit.parameters.items()
        },
    )
