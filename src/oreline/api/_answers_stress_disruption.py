"""Disruptions of supply: what pages and programs ask, with bounded work. Of no ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oreline.api._own_tables import on_own_tables
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.model import InputError
from oreline.stress import (
    DISRUPTION_CHARTS,
    SCENARIOS_FOLDER,
    DisruptionReport,
    Joint,
    JointReport,
    RunSettings,
    Scenario,
    TradeAsked,
    banned,
    disruption,
    disruption_picture,
    file_scenarios,
    joint_report,
    mineral_scenarios,
)

if TYPE_CHECKING:
    import polars as pl

SCENARIOS_MAX: Final = 50_000
"""How many scenarios an answer is drawn from at most, with the numbers as given."""
MINERALS_MAX: Final = 4
"""Of how many minerals together a server tells."""
SETS: Final = 12
TEXT_MAX: Final = 300_000
"""How many characters a scenario file may have."""
FILES_MAX: Final = 3_000_000
"""How many characters the files beside it may have together."""


@dataclass(frozen=True, slots=True)
class DisruptionQuestion:
    """What is asked: minerals of the tables, or a scenario of the chain folder, and a ban.

    Parameters
    ----------
    trade_of
        Routes between stages from the table of trade, as ``mine=261710:0.5``.
    """

    minerals: tuple[str, ...] = ()
    scenario: str = ""
    ban: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    months: float = 12.0
    trade_of: tuple[str, ...] = ()


Found = DisruptionReport | JointReport


@on_own_tables
def stress_disruption(
    view: View, asked: DisruptionQuestion, scenarios: int = 20_000, seed: int = 1
) -> dict[str, Any]:
    """Return what disruptions of a mineral or of several do."""
    return _report(view, asked, scenarios, seed).to_json()


@on_own_tables
def stress_disruption_drawn(view: View, asked: DisruptionQuestion) -> dict[str, Any]:
    """Return the same with the pictures of each mineral as SVG by name, for a page."""
    found = _report(view, asked)
    reports = found.reports if isinstance(found, JointReport) else (found,)
    told = found.to_json()
    each = told["minerals"] if isinstance(found, JointReport) else [told]
    for report, one in zip(reports, each, strict=True):
        one["pictures"] = {name: _picture(report, name) for name in _charts(report)}
    return {"minerals": each, "together": told.get("together")}


@on_own_tables
def stress_disruption_frame(view: View, asked: DisruptionQuestion) -> tuple[str, pl.DataFrame]:
    """Return the name of what is asked, and each measure with its range as a table."""
    found = _report(view, asked)
    name = found.name if isinstance(found, JointReport) else found.found.scenario.mineral
    return name, found.to_frame()


@on_own_tables
def stress_disruption_svg(view: View, asked: DisruptionQuestion, chart: str) -> str:
    """Return a picture of one mineral.

    Raises
    ------
    InputError
        If several are asked for.
    """
    found = None if len(asked.minerals) > 1 else _report(view, asked)
    if not isinstance(found, DisruptionReport):
        raise InputError("a picture is of one mineral: ask for each of them")
    return _picture(found, chart)


@on_own_tables
def stress_disruption_of(
    _view: View,
    text: str,
    changes: Sequence[str] = (),
    scenarios: int = 20_000,
    seed: int = 1,
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what disruptions of a scenario file do, given as its text with the files beside it.

    Raises
    ------
    InputError
        If it cannot be used, or is longer than a server takes.
    """
    beside = dict(files or {})
    if len(text) > TEXT_MAX:
        raise InputError(f"a scenario has at most TEXT_MAX characters: {TEXT_MAX:,}")
    if sum(len(one) for one in beside.values()) > FILES_MAX:
        raise InputError(
            f"files beside a scenario have at most FILES_MAX characters: {FILES_MAX:,}"
        )

    def read(name: str) -> bytes:
        if name not in beside:
            raise InputError(f"the scenario names the file {name}, and it was not given")
        return beside[name].encode()

    joint = file_scenarios(text, "scenario.toml", read, changes)
    return _run(joint, DisruptionQuestion(), scenarios, seed).to_json()


def disruption_scenarios(view: View) -> dict[str, Path]:
    """Return the scenario files of disruptions of a person's chain folder, by name."""
    folder = view.desk.folder
    if folder is None or view.is_partial:
        return {}
    # Events of a chain of one's own lie in the same folder.
    return {
        one.stem: one
        for one in sorted((folder / SCENARIOS_FOLDER).glob("*.toml"))
        if b"[market]" in (text := one.read_bytes()) or b"[[minerals]]" in text
    }


def _report(view: View, asked: DisruptionQuestion, scenarios: int = 20_000, seed: int = 1) -> Found:
    if bool(asked.minerals) == bool(asked.scenario):
        raise InputError("ask for a mineral, or for a scenario of the chain folder")
    trade = TradeAsked(asked.trade_of) if asked.trade_of else None
    if asked.minerals:
        return _run(mineral_scenarios(asked.minerals, (), trade), asked, scenarios, seed)
    known = disruption_scenarios(view)
    if asked.scenario not in known:
        names = ", ".join(known) or "none"
        raise NotFoundError(f"no scenario {asked.scenario} in this chain's folder; known: {names}")
    path = known[asked.scenario]

    def read(name: str) -> bytes:
        try:
            return (path.parent / name).read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror or error}") from None

    joint = file_scenarios(read(path.name).decode("utf-8", "replace"), path.name, read, (), trade)
    return _run(joint, asked, scenarios, seed)


def _run(joint: Joint, asked: DisruptionQuestion, scenarios: int, seed: int) -> Found:
    if len(joint.scenarios) > MINERALS_MAX:
        raise InputError(
            f"a server tells of MINERALS_MAX = {MINERALS_MAX} minerals together; 'oreline stress "
            "disrupt' of more"
        )
    count = min(scenarios, SCENARIOS_MAX)
    settings = RunSettings(count, SETS, min(4_000, count), seed)
    reports = [
        # All combinations of many measures are a question for the command line.
        disruption(replace(_banned(one, asked), measures=one.measures[:6]), settings, notes=notes)
        for one, notes in zip(joint.scenarios, joint.notes, strict=True)
    ]
    return reports[0] if len(reports) == 1 else joint_report(joint, reports, SETS)


def _banned(scenario: Scenario, asked: DisruptionQuestion) -> Scenario:
    named = tuple(one for one in asked.to if one != "all")
    for country in asked.ban:
        aimed = named
        if "all" in asked.to:
            own = scenario.bloc_of(country)
            aimed = tuple(sorted({one.id for one in scenario.blocs} - {own}))
        scenario = banned(scenario, country, asked.months, aimed)
    return scenario


def _charts(report: DisruptionReport) -> list[str]:
    return [one for one in DISRUPTION_CHARTS if one != "loss" or report.found.terms is not None]


def _picture(report: DisruptionReport, chart: str) -> str:
    return disruption_picture(report, chart).to_svg()
