"""A disruption question from what a user gives to its scenarios: a mineral, a file, or several.

Files beside a scenario (of other minerals, of trade) are had from the caller, who alone knows where
they may be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oreline.model import InputError
from oreline.stress._routes_trade import trade_files, trade_given, with_trade
from oreline.stress._scenario import Scenario
from oreline.stress._scenario_read import read_scenario
from oreline.stress._scenario_reference import reference_scenario
from oreline.stress._scenario_text import scenario_text
from oreline.stress._shared import Joint, is_joint, read_joint

Beside = Callable[[str], bytes]
"""Gives the bytes of a file beside a scenario; it raises InputError where there is none."""


@dataclass(frozen=True, slots=True)
class TradeAsked:
    """Routes between stages from trade: ``stage=code:content``, and the file of flows, if any."""

    of: tuple[str, ...] = ()
    file: str = ""


def nothing_beside(name: str) -> bytes:
    """Refuse every file: what is asked by text alone has none beside it.

    Raises
    ------
    InputError
        Always.
    """
    raise InputError(f"the scenario names the file {name}, and it was not given")


def mineral_scenarios(
    minerals: Sequence[str],
    changes: Sequence[str] = (),
    trade: TradeAsked | None = None,
    beside: Beside = nothing_beside,
) -> Joint:
    """Return the scenarios of minerals of the tables, with numbers set and routes from trade.

    Raises
    ------
    InputError
        If no table has one of them, or what is asked of one cannot be used.
    """
    found = [_mineral(one, changes, trade, beside) for one in minerals]
    name = " and ".join(one.mineral for one, _ in found)
    return Joint(name, tuple(one for one, _ in found), (), tuple(notes for _, notes in found))


def file_scenarios(
    text: str,
    name: str,
    beside: Beside = nothing_beside,
    changes: Sequence[str] = (),
    trade: TradeAsked | None = None,
) -> Joint:
    """Return the scenarios of a file: of one mineral, or of several with what they share.

    Raises
    ------
    InputError
        With all findings, if the file or one that it names cannot be used.
    """
    if not is_joint(text):
        scenario, notes = _file(text, name, changes, trade, beside)
        return Joint(scenario.name, (scenario,), (), (notes,))
    if changes or trade is not None:
        raise InputError(
            f"{name} is of several minerals: numbers and trade are set in the file of each"
        )

    def load(mineral: str, file: str) -> tuple[Scenario, tuple[str, ...]]:
        if not file:
            return reference_scenario(mineral)
        return _file(_decoded(beside(file), file), file, (), None, beside)

    made, findings = read_joint(text, name, load)
    if made is None:
        raise InputError(f"{name} cannot be used", findings)
    return made


def _mineral(
    mineral: str, changes: Sequence[str], trade: TradeAsked | None, beside: Beside
) -> tuple[Scenario, tuple[str, ...]]:
    made, notes = reference_scenario(mineral)
    if not changes:
        made, said = _traded(made, trade, beside)
        return made, (*notes, *said)
    changed, said = _file(scenario_text(made), mineral, changes, trade, beside)
    return changed, (*notes, *said)


def _file(
    text: str, name: str, changes: Sequence[str], trade: TradeAsked | None, beside: Beside
) -> tuple[Scenario, tuple[str, ...]]:
    scenario, findings = read_scenario(text, name, changes)
    if scenario is None:
        raise InputError(f"{name} cannot be used", findings)
    return _traded(scenario, trade, beside)


def _traded(
    scenario: Scenario, trade: TradeAsked | None, beside: Beside
) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario with the routes that trade tells, and what to know of them."""
    if trade is not None:
        scenario = trade_given(scenario, trade.of, trade.file)
    if not scenario.trade:
        return scenario, ()
    files = {name: beside(name) for name in trade_files(scenario)}
    made, findings = with_trade(scenario, files)
    return made, tuple(dict.fromkeys(f"{one.where}: {one.message}" for one in findings))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is no text in UTF-8: {error}") from None
