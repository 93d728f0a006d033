"""A scenario file read: its numbers, its names, and everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from oreline.design import FilePage, form_findings, near_name
from oreline.exchange import TomlSyntaxError, located_toml
from oreline.model import Finding
from oreline.model import Severity as FindingSeverity
from oreline.reference import mineral_key
from oreline.stress._reading import (
    ABOVE_ZERO,
    CLOSE,
    NOT_NEGATIVE,
    PART,
    Limits,
    Path,
    Reading,
    fatal,
    plain_values,
)
from oreline.stress._scenario import (
    Bloc,
    Economy,
    Event,
    EventKind,
    Given,
    Measure,
    MeasureKind,
    Producer,
    Route,
    Scenario,
    Stage,
    StageTrade,
    Stock,
    Use,
)
from oreline.stress._scenario_file import (
    EconomyTable,
    EventTable,
    ScenarioFile,
    StageTable,
)


def _remedy(place: Path) -> str:
    return f"remove {place[-1]} or correct its name; the reference page of scenarios lists the keys"


_PAGE = FilePage("disruption scenarios", "ORL-1231", _remedy)


def read_scenario(
    text: str, name: str, changes: Sequence[str] = ()
) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """Return the scenario of a file, or None, and all that is wrong with it.

    Parameters
    ----------
    name
        What the file is called in findings.
    changes
        ``place=value``, such as ``events.china.probability=1``: set before the file is read.
    """
    try:
        located = located_toml(text.removeprefix("\ufeff"))
    except TomlSyntaxError as error:
        fix = "correct the line; text stands in quotes, a table begins with [name] or [[name]]"
        message = f"this is not TOML: {error}"
        return None, (fatal("ORL-1230", f"{name}:{error.line}", message, fix),)
    values = plain_values(located.values)
    wrong = [one for change in changes if (one := _change(values, change)) is not None]
    try:
        tables = ScenarioFile.model_validate(values)
    except ValidationError as error:
        return None, (*wrong, *form_findings(error, located, name, _PAGE))
    reading = _Reading(tables, located, name, list(wrong), tables)
    made = reading.scenario(hashlib.sha256(_canonical(values)).hexdigest())
    if any(one.severity is FindingSeverity.FATAL for one in reading.findings):
        return None, tuple(reading.findings)
    return made, tuple(reading.findings)


def _canonical(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, default=str).encode()


def _change(values: dict[str, Any], change: str) -> Finding | None:
    """Set a number of the tables; return what is wrong with the change."""
    place, is_there, text = change.partition("=")
    where, fix = f"--set {change}", "write a place of the file, such as market.rho=0.2"
    try:
        value = float(text)
    except ValueError:
        is_there = ""
        value = 0.0
    if not is_there:
        return fatal("ORL-1241", where, f"{change!r} is no place=number", fix)
    at: Any = values
    *way, last = place.strip().split(".")
    for step in way:
        at = _stepped(at, step)
    if not isinstance(at, dict) or (
        isinstance(at.get(last), dict | list) and "value" not in at[last]
    ):
        return fatal("ORL-1241", where, f"the file has no number at {place.strip()}", fix)
    at[last] = (
        {"value": value, "basis": "assumed", "source": f"set to {text} by the user"}
        if last not in ("severity", "duration_months")
        else value
    )
    return None


def _stepped(at: Any, step: str) -> Any:
    """Return the table below another, or of a list the one with this id, country or industry."""
    if isinstance(at, dict):
        return at.get(step)
    if isinstance(at, list):
        keys = ("id", "country", "plant", "industry", "bloc")
        return next(
            (one for one in at if isinstance(one, dict) and step in [one.get(key) for key in keys]),
            None,
        )
    return None


@dataclass(slots=True)
class _Reading(Reading):
    """One reading of the file of a mineral."""

    tables: ScenarioFile

    def scenario(self, sha256: str) -> Scenario:
        """Return the whole file as a scenario; only of use where nothing was refused."""
        tables, market = self.tables, self.tables.market
        for kind, rows in (("blocs", tables.blocs), ("stages", tables.stages),
                           ("events", tables.events)):  # fmt: skip
            self.once([one.id for one in rows], (kind,))
        blocs = self.blocs()
        self.known(tables.focal, [one.id for one in blocs], "bloc", ("focal",))
        stages = tuple(self.stage(one, number) for number, one in enumerate(tables.stages))
        self.whole([one.theta.value for one in stages], ("stages",), "the price_share of stages")
        return Scenario(
            name=tables.name,
            mineral=mineral_key(tables.mineral),
            year=tables.year,
            focal=tables.focal,
            eps=self.number(
                market.demand_elasticity, ("market", "demand_elasticity"), ABOVE_ZERO, market
            ),
            choke=self.number(
                market.choke_price_ratio, ("market", "choke_price_ratio"), (1.0001, 1e6), market
            ),
            diversion=self.number(market.diversion, ("market", "diversion"), PART, market),
            rho=self.number(market.rho, ("market", "rho"), (0.0, 0.99), market),
            stages=stages,
            blocs=blocs,
            events=tuple(
                self.event(one, number, stages, blocs) for number, one in enumerate(tables.events)
            ),
            stocks=self.stocks(),
            economy=None if tables.economy is None else self.economy(tables.economy),
            sha256=sha256,
            measures=self.measures(),
            routes=self.routes(stages),
            trade=self.trade(stages),
        )

    def blocs(self) -> tuple[Bloc, ...]:
        """Return the blocs."""
        found, seen = [], dict[str, str]()
        for number, one in enumerate(self.tables.blocs):
            path: Path = ("blocs", number)
            countries = tuple(self.country(name, (*path, "countries")) for name in one.countries)
            for code in countries:
                if code in seen:
                    message = f"{code} is in {seen[code]} and in {one.id}"
                    self.refuse("ORL-1238", (*path, "countries"), message, "name it once")
                seen[code] = one.id
            demand = self.number(one.demand_share, (*path, "demand_share"), PART, one)
            found.append(Bloc(one.id, countries, demand))
        self.whole([one.demand.value for one in found], ("blocs",), "the demand_share of blocs")
        if sum(not one.countries for one in found) > 1:
            self.refuse("ORL-1238", ("blocs",), "two blocs name no countries",
                        "only one bloc takes the rest of the world")  # fmt: skip
        return tuple(found)

    def stage(self, table: StageTable, number: int) -> Stage:
        """Return one stage."""
        path: Path = ("stages", number)

        def read(key: str, limits: Limits) -> Given:
            return self.number(getattr(table, key), (*path, key), limits, table)

        if not table.producers:
            message = f"stage {table.id} has no producers for {self.tables.year}"
            self.refuse("ORL-1237", path, message, "add [[stages.producers]] with their shares")
        producers = []
        for row, one in enumerate(table.producers):
            at: Path = (*path, "producers", row)
            share = self.number(one.share, (*at, "share"), PART, one, table)
            capacity = None
            if one.capacity is not None:
                capacity = self.number(one.capacity, (*at, "capacity"), (0.0, 100.0), one, table)
                if capacity.value < share.value:
                    message = (
                        f"the capacity {capacity.value:.6g} of {one.country} at {table.id} is "
                        f"below its share {share.value:.6g}"
                    )
                    self.refuse("ORL-1235", at, message, "write at least the share")
            eta = None
            if one.supply_elasticity is not None:
                eta = self.number(
                    one.supply_elasticity, (*at, "supply_elasticity"), ABOVE_ZERO, one, table
                )
            code = self.country(one.country, (*at, "country"))
            producers.append(Producer(code, one.plant or "", share, capacity, eta))
        self.once([one.id for one in producers], (*path, "producers"))
        self.whole([one.share.value for one in producers], path, f"the shares of stage {table.id}")
        return Stage(
            table.id,
            read("supply_elasticity", ABOVE_ZERO),
            read("price_share", (1e-9, 1.0)),
            read("qualification_months", (0.0, 1200.0)),
            read("recycling_share", PART),
            read("spare_capacity", (0.0, 100.0)),
            read("host_output", NOT_NEGATIVE),
            table.host_metal or "",
            tuple(producers),
        )

    def event(
        self, table: EventTable, number: int, stages: Sequence[Stage], blocs: Sequence[Bloc]
    ) -> Event:
        """Return one event."""
        path: Path = ("events", number)
        code = self.country(table.country, (*path, "country"))
        for one in table.stages:
            self.known(one, [stage.id for stage in stages], "stage", (*path, "stages"))
        for one in table.targets:
            self.known(one, [bloc.id for bloc in blocs], "bloc", (*path, "targets"))
        struck = [
            producer
            for stage in stages
            if not table.stages or stage.id in table.stages
            for producer in stage.producers
            if producer.country == code and table.plant in (None, producer.plant)
        ]
        if not struck:
            message = f"{table.id} strikes nobody: no producer of {code} is named there"
            self.refuse("ORL-1236", path, message, "name a country, plant and stages of the chain")
        is_restriction = EventKind(table.type) is EventKind.RESTRICTION
        own = [one.id for one in blocs if code in one.countries]
        if is_restriction and not table.targets:
            self.refuse("ORL-1240", path, f"{table.id} restricts exports to nobody",
                        "name the blocs in targets")  # fmt: skip
        if not is_restriction and table.targets:
            self.refuse("ORL-1240", path, f"an {table.type} has no targets: {table.id}",
                        "remove targets, or make it an export restriction")  # fmt: skip
        if set(own) & set(table.targets):
            self.refuse("ORL-1240", path, f"{table.id} keeps {code} from its own bloc",
                        "exports go to other blocs")  # fmt: skip
        return Event(
            table.id, code, EventKind(table.type),
            self.number(table.probability, (*path, "probability"), PART, table),
            self.severity(table, path), self.duration(table, path),
            tuple(table.targets), tuple(table.stages), table.plant or "",
            self.number(table.leakage, (*path, "leakage"), PART, table),
            table.shared or "",
            self.country(table.shared_country, (*path, "shared_country"))
            if table.shared_country else code if table.shared else "",
        )  # fmt: skip

    def stocks(self) -> tuple[Stock, ...]:
        """Return the stocks."""
        found = []
        for number, one in enumerate(self.tables.stocks):
            path: Path = ("stocks", number)
            self.known(one.bloc, [bloc.id for bloc in self.tables.blocs], "bloc", (*path, "bloc"))
            self.known(one.stage, [s.id for s in self.tables.stages], "stage", (*path, "stage"))
            days = self.number(one.days, (*path, "days"), (0.0, 36500.0), one)
            found.append(Stock(one.bloc, one.stage, days))
        self.once([f"{one.bloc}.{one.stage}" for one in found], ("stocks",))
        return tuple(found)

    def measures(self) -> tuple[Measure, ...]:
        """Return what could be done."""
        found = []
        stages = [one.id for one in self.tables.stages]
        for number, one in enumerate(self.tables.measures):
            path: Path = ("measures", number)
            kind = MeasureKind(one.kind)
            if kind in (MeasureKind.PLANT, MeasureKind.STOCK, MeasureKind.RECYCLING):
                self.known(one.stage or "", stages, "stage", (*path, "stage"))
            elif one.stage is not None:
                self.refuse("ORL-1240", (*path, "stage"), f"a {kind} is of no stage: {one.id}",
                            "remove stage")  # fmt: skip
            code = ""
            if kind is MeasureKind.PLANT:
                code = self.country(one.country or "", (*path, "country"))
            cost = None
            if one.cost_usd_per_year is not None:
                cost = self.number(
                    one.cost_usd_per_year, (*path, "cost_usd_per_year"), NOT_NEGATIVE, one
                )
            amount = self.number(one.amount, (*path, "amount"), (0.0, 3650.0), one)
            found.append(Measure(one.id, kind, amount, one.stage or "", code, cost))
        self.once([one.id for one in found], ("measures",))
        return tuple(found)

    def routes(self, stages: Sequence[Stage]) -> tuple[Route, ...]:
        """Return where products go, each part between a producer and one of the next stage."""
        found = []
        for number, one in enumerate(self.tables.routes):
            path: Path = ("routes", number)
            code = self.country(one.country, (*path, "country"))
            self.sends(one.stage, stages, path)
            at = next((n for n, each in enumerate(stages) if each.id == one.stage), None)
            parts = [(self.country(name, (*path, "to")), part) for name, part in one.to.items()]
            self.once([f"{name} in to" for name, _ in parts], (*path, "to"))
            if at is not None and at + 1 < len(stages):
                for name, stage in ((code, stages[at]), *((c, stages[at + 1]) for c, _ in parts)):
                    if name not in {each.country for each in stage.producers}:
                        message = f"{name} makes nothing at {stage.id}"
                        fix = "a part that goes to no producer of the next stage is left out of to"
                        self.refuse("ORL-1211", path, message, fix)
            total = sum(part for _, part in parts)
            if total > 1 + CLOSE or any(part < 0 for _, part in parts):
                message = f"the parts of what {code} makes at {one.stage} sum to {total:.6g}"
                self.refuse("ORL-1211", (*path, "to"), message, "write parts of 0 or more, 1 or "
                            "less together: what they leave of 1 is not known")  # fmt: skip
            said = self.number(0.0, path, PART, one)
            found.append(Route(one.stage, code, tuple(parts), said.basis, said.source))
        self.once([f"{one.stage}.{one.country}" for one in found], ("routes",))
        return tuple(found)

    def sends(self, name: str, stages: Sequence[Stage], path: Path) -> None:
        """Refuse a stage that is not there, or that sends to no other."""
        self.known(name, [one.id for one in stages], "stage", (*path, "stage"))
        if stages and name == stages[-1].id:
            message = f"{name} is the last stage: nothing comes after it"
            self.refuse("ORL-1211", (*path, "stage"), message, "name the stage that sends")

    def trade(self, stages: Sequence[Stage]) -> tuple[StageTrade, ...]:
        """Return which trade tells where products go."""
        found = []
        for number, one in enumerate(self.tables.trade):
            path: Path = ("trade", number)
            self.sends(one.stage, stages, path)
            content = self.number(one.content, (*path, "content"), (1e-9, 1.0), one)
            world = None
            if one.world_t is not None:
                world = self.number(one.world_t, (*path, "world_t"), ABOVE_ZERO, one)
            row = StageTrade(one.stage, one.code, content, world, one.file or "", one.year)
            found.append(row)
        self.once([f"{one.stage}.{one.code}" for one in found], ("trade",))
        return tuple(found)

    def economy(self, table: EconomyTable) -> Economy:
        """Return what the economy depends on."""
        from oreline.stress._industries import industry_names

        uses = []
        for number, one in enumerate(table.uses):
            path: Path = ("economy", "uses", number)
            if one.industry not in industry_names():
                near = near_name(one.industry, list(industry_names()))
                hint = f"; did you mean {near}?" if near else ""
                self.refuse("ORL-1243", path, f"BEA has no industry {one.industry!r}{hint}",
                            "write a code of its summary tables, such as 334")  # fmt: skip
            uses.append(Use(one.industry, self.number(one.share, (*path, "share"), PART, one,
                                                      table)))  # fmt: skip
        self.whole([one.share.value for one in uses], ("economy",), "the shares of uses")

        def read(key: str, limits: Limits) -> Given:
            return self.number(getattr(table, key), ("economy", key), limits, table)

        def maybe(key: str, limits: Limits) -> Given | None:
            return None if getattr(table, key) is None else read(key, limits)

        made = Economy(
            maybe("use_t", ABOVE_ZERO), maybe("domestic_t", NOT_NEGATIVE),
            maybe("price_usd_per_t", ABOVE_ZERO), read("domestic_elasticity", NOT_NEGATIVE),
            read("psi", NOT_NEGATIVE), tuple(uses),
        )  # fmt: skip
        usa = next((one for one in self.tables.blocs if one.id == self.tables.focal), None)
        if usa is not None and "USA" not in [self.country(c, ("focal",)) for c in usa.countries]:
            message = "the economy is that of the United States, and focal is another bloc"
            self.refuse("ORL-1243", ("economy",), message, "look at the bloc of the USA, or "
                        "remove [economy]: losses are then told in tonnes")  # fmt: skip
        return made
