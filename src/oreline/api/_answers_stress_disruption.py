"""Disruptions of supply: what pages and programs ask, with bounded work. Of no ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from oreline.api._views import View
from oreline.model import InputError
from oreline.stress import (
    DISRUPTION_CHARTS,
    DisruptionReport,
    RunSettings,
    banned,
    disruption,
    disruption_picture,
    read_scenario,
    reference_scenario,
)

SCENARIOS_MAX: Final = 50_000
"""How many scenarios an answer is drawn from at most, with the numbers as given."""
SETS: Final = 12
TEXT_MAX: Final = 300_000
"""How many characters a scenario file may have."""


def stress_disruption(
    _view: View,
    mineral: str,
    ban: Sequence[str] = (),
    to: Sequence[str] = (),
    months: float = 12.0,
    scenarios: int = 20_000,
    seed: int = 1,
) -> dict[str, Any]:
    """Return what disruptions of a mineral of the shipped tables do."""
    return disruption_report(mineral, ban, to, months, scenarios, seed).to_json()


def stress_disruption_drawn(
    _view: View, mineral: str, ban: Sequence[str] = (), to: Sequence[str] = (), months: float = 12.0
) -> dict[str, Any]:
    """Return the same with its pictures as SVG by name, for a page."""
    found = disruption_report(mineral, ban, to, months)
    charts = [one for one in DISRUPTION_CHARTS if one != "loss" or found.found.terms is not None]
    pictures = {one: disruption_picture(found, one).to_svg() for one in charts}
    return {**found.to_json(), "pictures": pictures}


def disruption_report(
    mineral: str,
    ban: Sequence[str] = (),
    to: Sequence[str] = (),
    months: float = 12.0,
    scenarios: int = 20_000,
    seed: int = 1,
) -> DisruptionReport:
    """Return the answer itself, for a table or a picture of it."""
    scenario, notes = reference_scenario(mineral)
    known = {one.id for one in scenario.blocs}
    everyone = tuple(one for one in to if one != "all")
    for country in ban:
        aimed = everyone
        if "all" in to:
            own = scenario.bloc_of(country)
            aimed = tuple(sorted(known - {own}))
        scenario = banned(scenario, country, months, aimed)
    return disruption(scenario, _settings(scenarios, seed), notes=notes)


def stress_disruption_of(
    _view: View, text: str, changes: Sequence[str] = (), scenarios: int = 20_000, seed: int = 1
) -> dict[str, Any]:
    """Return what disruptions of a scenario file do, given as its text."""
    if len(text) > TEXT_MAX:
        raise InputError(f"a scenario has at most TEXT_MAX characters: {TEXT_MAX:,}")
    scenario, findings = read_scenario(text, "scenario.toml", changes)
    if scenario is None:
        raise InputError("the scenario cannot be used", findings)
    # All combinations of many measures are a question for the command line.
    scenario = replace(scenario, measures=scenario.measures[:6])
    return disruption(scenario, _settings(scenarios, seed)).to_json()


def _settings(scenarios: int, seed: int) -> RunSettings:
    count = min(scenarios, SCENARIOS_MAX)
    return RunSettings(count, SETS, min(4_000, count), seed)
