"""Events that several minerals share: a mine or plant of a host metal and its by-products.

Germanium and indium come out of zinc, gallium out of alumina: an outage of the host's plant takes
all of them at once. A file names the minerals, and each shared event with its host and companions
and the part of what a country makes at a stage that comes from there. The part is split off as a
plant of its own in every mineral, and one draw decides for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oreline.design import FilePage, form_findings
from oreline.exchange import TomlSyntaxError, located_toml
from oreline.model import Finding
from oreline.stress._reading import CLOSE, PART, Path, Reading, fatal, plain_values
from oreline.stress._scenario import Event, EventKind, Given, Producer, Scenario, Stage
from oreline.stress._scenario_file import (
    DurationTable,
    FileName,
    Id,
    Number,
    Real,
    Said,
    SaidTable,
    SeverityTable,
)

MINERALS_MAX: Final = 10
SHARED_MAX: Final = 50
"""The most minerals of a file, and events that they share."""
Loaded = Callable[[str, str], tuple[Scenario, tuple[str, ...]]]
"""Gives the scenario of a mineral of the tables, or of a file beside, and what to know of it."""


class MineralTable(BaseModel):
    """``[[minerals]]``: of the shipped tables, or with a file, of a scenario beside this one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Said
    file: FileName | None = None


class PlaceTable(SaidTable):
    """``host`` and each of ``companions``: which part of what is made where comes from there."""

    mineral: Said
    stage: Id
    country: Said | None = None
    part: Number


class SharedTable(SaidTable):
    """``[[shared]]``."""

    id: Id
    country: Said
    type: Literal["outage", "conflict", "disaster"] = "outage"
    probability: Number
    severity: Real | SeverityTable = SeverityTable(a=4.0, b=2.0)
    duration_months: Real | DurationTable = DurationTable(median=6.0, gsd=2.0)
    host: PlaceTable
    companions: Annotated[tuple[PlaceTable, ...], Field(min_length=1, max_length=MINERALS_MAX)]


class JointFile(SaidTable):
    """A file of several minerals and what they share."""

    name: Said
    minerals: Annotated[tuple[MineralTable, ...], Field(min_length=2, max_length=MINERALS_MAX)]
    shared: Annotated[tuple[SharedTable, ...], Field(max_length=SHARED_MAX)] = ()


@dataclass(frozen=True, slots=True)
class Joint:
    """Several minerals with what they share.

    ``shared`` has the ids of the events; ``notes`` what to know of each mineral.
    """

    name: str
    scenarios: tuple[Scenario, ...]
    shared: tuple[str, ...]
    notes: tuple[tuple[str, ...], ...]


def is_joint(text: str) -> bool:
    """Return whether a file is one of several minerals, not the scenario of one."""
    return any(line.strip().replace(" ", "") == "[[minerals]]" for line in text.splitlines())


def read_joint(text: str, name: str, load: Loaded) -> tuple[Joint | None, tuple[Finding, ...]]:
    """Return the minerals of a file with their shared events, or None, and all that is wrong.

    Parameters
    ----------
    name
        What the file is called in findings.
    load
        Gives the scenario of a mineral; it raises where that cannot be had.
    """
    try:
        located = located_toml(text.removeprefix("\ufeff"))
    except TomlSyntaxError as error:
        fix = "correct the line; text stands in quotes, a table begins with [name] or [[name]]"
        message = f"this is not TOML: {error}"
        return None, (fatal("ORL-1230", f"{name}:{error.line}", message, fix),)
    try:
        tables = JointFile.model_validate(plain_values(located.values))
    except ValidationError as error:
        return None, tuple(form_findings(error, located, name, _PAGE))
    loaded = {one.id: load(one.id, one.file or "") for one in tables.minerals}
    before = {key: one for key, (one, _) in loaded.items()}
    reading = _Reading(tables, located, name, [], dict(before), before)
    for number, event in enumerate(tables.shared):
        reading.share(event, number)
    reading.once([one.id for one in tables.minerals], ("minerals",))
    reading.once([one.id for one in tables.shared], ("shared",))
    if reading.findings:
        return None, tuple(reading.findings)
    made = Joint(
        tables.name,
        tuple(reading.scenarios[one.id] for one in tables.minerals),
        tuple(one.id for one in tables.shared),
        tuple(loaded[one.id][1] for one in tables.minerals),
    )
    return made, ()


def _remedy(place: Path) -> str:
    return f"remove {place[-1]} or correct its name; a file of minerals has minerals and shared"


_PAGE: Final = FilePage("disruption scenarios", "ORL-1231", _remedy)


@dataclass(slots=True)
class _Reading(Reading):
    """One reading of a file of minerals."""

    scenarios: dict[str, Scenario]
    before: Mapping[str, Scenario]

    def share(self, table: SharedTable, number: int) -> None:
        """Put a shared event into each mineral that it strikes."""
        path: Path = ("shared", number)
        own = self.country(table.country, (*path, "country"))
        chance = self.number(table.probability, (*path, "probability"), PART, table)
        hard, long = self.severity(table, path), self.duration(table, path)
        places: list[tuple[PlaceTable, Path]] = [(table.host, (*path, "host"))]
        places += [(one, (*path, "companions", at)) for at, one in enumerate(table.companions)]
        seen: set[tuple[str, str, str]] = set()
        for place, at in places:
            code = self.country(place.country, (*at, "country")) if place.country else own
            part = self.number(place.part, (*at, "part"), (1e-9, 1.0), place, table)
            key = (place.mineral, place.stage, code)
            if key in seen:
                self.refuse("ORL-1238", at, f"{table.id} strikes {' '.join(key)} twice",
                            "name it once, with the whole part")  # fmt: skip
            elif self.split(table.id, place, code, part, at):
                event = Event(
                    f"{table.id}-{place.stage}-{code}", code, EventKind(table.type), chance, hard,
                    long, (), (place.stage,), table.id,
                    Given(0.0, chance.basis, chance.source), table.id, own,
                )  # fmt: skip
                scenario = self.scenarios[place.mineral]
                sha256 = f"{scenario.sha256}+{event.id}:{part.value:.9g}:{chance.value:.9g}"
                self.scenarios[place.mineral] = replace(
                    scenario, events=(*scenario.events, event), sha256=sha256
                )
            seen.add(key)

    def split(self, plant: str, place: PlaceTable, code: str, part: Given, path: Path) -> bool:
        """Split a plant off a producer of a mineral; return whether it can be."""
        scenario = self.scenarios.get(place.mineral)
        if scenario is None:
            fix = f"name one of: {', '.join(self.scenarios)}"
            self.refuse("ORL-1215", path, f"the file has no mineral {place.mineral!r}", fix)
            return False
        number = next((n for n, one in enumerate(scenario.stages) if one.id == place.stage), None)
        producers = () if number is None else scenario.stages[number].producers
        rest = next((one for one in producers if one.country == code and not one.plant), None)
        if number is None or rest is None:
            there = ", ".join(one.id for one in scenario.stages)
            message = f"{place.mineral} has no producer {code} without a plant at {place.stage}"
            self.refuse("ORL-1215", path, message, f"its stages are {there}; --write tells who "
                        "makes it")  # fmt: skip
            return False
        first = self.before[place.mineral].stages[number].producers
        whole = next(one for one in first if one.country == code and not one.plant)
        # The part is one of what the country makes, also where another plant was split off before.
        amount = part.value * whole.share.value / rest.share.value if rest.share.value else 2.0
        if amount > 1 + CLOSE:
            message = f"plants of {code} make more {place.mineral} than {code} at {place.stage}"
            self.refuse("ORL-1215", path, message, "write parts that sum to 1 or less")
            return False
        made = _split(scenario.stages[number], rest, plant, min(amount, 1.0))
        stages = tuple(made if one.id == made.id else one for one in scenario.stages)
        self.scenarios[place.mineral] = replace(scenario, stages=stages)
        return True


def _split(stage: Stage, whole: Producer, plant: str, part: float) -> Stage:
    """Return a stage in which a part of a producer is a plant of its own."""
    pieces = []
    for one in stage.producers:
        if one != whole:
            pieces.append(one)
            continue
        if part < 1:
            pieces.append(_scaled(one, 1 - part, one.plant))
        pieces.append(_scaled(one, part, plant))
    return replace(stage, producers=tuple(pieces))


def _scaled(one: Producer, part: float, plant: str) -> Producer:
    capacity = one.capacity
    if capacity is not None:
        capacity = replace(capacity, value=capacity.value * part, low=None, high=None)
    share = replace(one.share, value=one.share.value * part, low=None, high=None)
    return replace(one, plant=plant, share=share, capacity=capacity)
