"""A `processes.toml` as text: from its tables to a flowsheet, with everything that is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ValidationError

from oreline.design._components import read_components
from oreline.design._file_forms import FilePage, form_findings
from oreline.design._flowsheet import (
    Component,
    FeedStream,
    Flowsheet,
    Product,
    Unit,
)
from oreline.design._law import EVERY_OTHER, Law, ParameterSpec, StreamPhase
from oreline.design._law_external import ENGINE_LAWS
from oreline.design._law_split import SPLIT
from oreline.design._laws import LAWS
from oreline.design._minerals import element_fractions
from oreline.design._ore_feed import ore_feed
from oreline.design._parameter import Parameter
from oreline.design._phases import with_phases
from oreline.design._process_numbers import NumberReader, Told
from oreline.design._process_tables import (
    FeedTable,
    NumberTable,
    OutletTable,
    ProcessFile,
    ProductTable,
    UnitTable,
)
from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.model import Assumption, Basis, Finding, InputError, Severity

PROCESS_BYTES_MAX: Final = 16_000_000
"""How large a processes.toml is read at most. A setting of callers."""
GRADES_MAX: Final = 1.0 + 1e-9
"""Grades may sum to one, and a little more for what is rounded in their last digit."""


def read_processes(
    text: str,
    name: str = "processes.toml",
    *,
    assumptions: Mapping[str, Assumption] | None = None,
    laws: Mapping[str, Law] = {**LAWS, **ENGINE_LAWS},
    ores: Mapping[str, bytes] | None = None,
) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read the text of a flowsheet and say everything that is wrong with it.

    Parameters
    ----------
    text
        TOML, see ``docs/reference/processes.md``.
    name
        What the file is called; findings say ``name:line``.
    assumptions
        The rows of ``assumptions.csv`` by id, for numbers that name one.
    laws
        The unit laws by name; others than those of oreline may be added. Those of external
        engines refuse to solve unless `external_laws` has given them one.
    ores
        The ore tables of the chain's folder, by their names from there: ``ores/copper.csv``.

    Returns
    -------
    flowsheet, findings
        The flowsheet, or None where any finding is fatal.
    """
    if len(text) > PROCESS_BYTES_MAX:
        message = f"the file has more than {PROCESS_BYTES_MAX} characters"
        return None, (Finding("ORL-1000", Severity.FATAL, name, message, "split the chain"),)
    try:
        found = located_toml(text)
    except TomlSyntaxError as error:
        fix = 'look at this line and the one above: text stands in quotes, as in law = "split"'
        message = f"this is no TOML: {error}"
        return None, (Finding("ORL-1000", Severity.FATAL, f"{name}:{error.line}", message, fix),)
    try:
        tables = ProcessFile.model_validate(found.values)
    except ValidationError as error:
        return None, tuple(form_findings(error, found, name, _PAGE))
    reader = _Reader(tables, found, name, laws, NumberReader(assumptions or {}), ores or {})
    flowsheet = reader.flowsheet()
    findings = tuple(sorted(reader.numbers.findings, key=lambda one: _line(one.where)))
    fatal = any(finding.severity is Severity.FATAL for finding in findings)
    return (None if fatal else flowsheet), findings


def _line(where: str) -> int:
    number = where.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def _key_remedy(place: tuple[str | int, ...]) -> str:
    tables: dict[str, type[BaseModel]] = {
        "feeds": FeedTable,
        "units": UnitTable,
        "products": ProductTable,
        "outlets": OutletTable,
        "parameters": NumberTable,
        "grades": NumberTable,
    }
    holders = [table for part in place[:-1] if (table := tables.get(str(part)))]
    fields = (holders[-1] if holders else ProcessFile).model_fields
    near = near_name(str(place[-1]), fields)
    return f"did you mean {near}?" if near else f"known here: {', '.join(fields)}"


_PAGE = FilePage("processes.toml", "ORL-1001", _key_remedy)


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a wrong one resembles, None if none does."""
    return next(iter(difflib.get_close_matches(name, list(known), 1)), None)


@dataclass(slots=True)
class _Reader:
    tables: ProcessFile
    found: Located
    name: str
    laws: Mapping[str, Law]
    numbers: NumberReader
    ores: Mapping[str, bytes]
    components: tuple[Component, ...] = ()
    told: Told = field(default_factory=Told)
    hours: float | None = None
    phased: set[tuple[str, str]] = field(default_factory=set)

    def flowsheet(self) -> Flowsheet:
        self.told = Told(self.tables.basis, self.tables.source)
        self.components, wrong = read_components(self.tables, self._where)
        self.numbers.findings += wrong
        self._see_unique()
        hours = None
        if self.tables.hours_per_year is not None:
            hours = self.numbers.read(
                self.tables.hours_per_year, "h", self.told, self._where("hours_per_year")
            )
            self.hours = None if hours is None else hours.value
        units = tuple(self._unit(number, table) for number, table in enumerate(self.tables.units))
        feeds = tuple(self._feed(number, table) for number, table in enumerate(self.tables.feeds))
        products = tuple(
            Product(
                table.id,
                table.kind,
                table.name or table.id,
                table.material,
                table.site,
                self._where("products", number),
            )
            for number, table in enumerate(self.tables.products)
        )
        self._see_joined()
        entering = tuple(one for one in feeds if one is not None)
        known = tuple(one for one in units if one is not None)
        return Flowsheet(
            self.tables.name,
            self.components,
            entering,
            with_phases(known, entering, self.phased),
            products,
            hours,
            self.name,
        )

    def _where(self, *path: str | int) -> str:
        return self.found.where(path, self.name)

    def _refuse(self, code: str, where: str, message: str, fix: str) -> None:
        self.numbers.findings.append(Finding(code, Severity.FATAL, where, message, fix))

    def _see_unique(self) -> None:
        seen: dict[str, str] = {}
        for kind, names in self._names().items():
            for number, name in enumerate(names):
                where = self._where(kind, number, "id")
                if name in seen:
                    message = f"the id {name} stands twice; first in {seen[name]}"
                    fix = "feeds, units and products each need an id of their own"
                    self._refuse("ORL-1002", where, message, fix)
                seen.setdefault(name, where)

    def _names(self) -> dict[str, list[str]]:
        told = self.tables
        return {
            "feeds": [table.id for table in told.feeds],
            "units": [table.id for table in told.units],
            "products": [table.id for table in told.products],
        }

    def _see_joined(self) -> None:
        """See that every outlet and feed leads somewhere and that everything is reached."""
        units = {table.id for table in self.tables.units}
        ends = units | {table.id for table in self.tables.products}
        reached: set[str] = set()
        for number, feed in enumerate(self.tables.feeds):
            reached.add(feed.to)
            if feed.to not in units:
                self._dangling(f"the feed {feed.id}", feed.to, units, ("feeds", number, "to"))
        for number, unit in enumerate(self.tables.units):
            for port, outlet in unit.outlets.items():
                reached.add(outlet.to)
                if outlet.to not in ends:
                    place = ("units", number, "outlets", port)
                    self._dangling(f"{unit.id}, outlet {port},", outlet.to, ends, place)
        for kind, names in self._names().items():
            for number, name in enumerate(names):
                if name not in reached and kind != "feeds":
                    where, word = self._where(kind, number), kind[:-1]
                    fix = f"lead a feed or an outlet to {name}, or remove the {word}"
                    message = f"nothing enters the {word} {name}"
                    self._refuse("ORL-1007", where, message, fix)

    def _dangling(
        self, what: str, to: str, known: Iterable[str], place: tuple[str | int, ...]
    ) -> None:
        near = near_name(to, known)
        fix = f"did you mean {near}?" if near else "name a unit or a product of this file"
        message = f"{what} leads to {to}, which is no unit or product here"
        self._refuse("ORL-1007", self._where(*place), message, fix)

    def _feed(self, number: int, table: FeedTable) -> FeedStream | None:
        place: tuple[str | int, ...] = ("feeds", number)
        told = self.told.within(table.basis, table.source)
        if table.ore is not None:
            return self._ore_feed(table, told, place)
        if table.dry_t_per_h is None:
            fix = "write dry_t_per_h = ..., or ore = { file = ... }"
            message = f"the feed {table.id} has neither a dry mass nor an ore"
            self._refuse("ORL-1001", self._where(*place), message, fix)
            return None
        flow = self.numbers.read(
            table.dry_t_per_h, "t/h", told, self._where(*place, "dry_t_per_h"), self.hours
        )
        moisture = None
        if table.moisture is not None:
            where = self._where(*place, "moisture")
            moisture = self.numbers.read(table.moisture, "1", told, where)
            if moisture is not None and not 0 <= moisture.value < 1:
                message = f"{moisture.value:.4g} of the wet mass cannot be water"
                self._refuse("ORL-1009", where, message, 'write the part: "8 %" or 0.08')
        water = None
        if table.water_t_per_h is not None:
            where = self._where(*place, "water_t_per_h")
            water = self.numbers.read(table.water_t_per_h, "t/h", told, where, self.hours)
            if table.moisture is not None:
                message = f"the feed {table.id} has both a moisture and a flow of water"
                self._refuse("ORL-1009", where, message, "keep one of them")
            if water is not None and water.value < 0:
                self._refuse("ORL-1009", where, "below 0", "write 0 or more")
        grades = self._grades(table, told, place)
        self._see_minerals(table, place)
        if flow is None or (flow.value < 0):
            if flow is not None:
                fix = "write 0 or more"
                self._refuse("ORL-1009", self._where(*place, "dry_t_per_h"), "below 0", fix)
            return None
        return FeedStream(
            table.id,
            table.to,
            flow,
            grades,
            moisture,
            water,
            table.phase,
            table.minerals,
            table.material,
            table.site,
            self._where(*place),
        )

    def _ore_feed(
        self, table: FeedTable, told: Told, place: tuple[str | int, ...]
    ) -> FeedStream | None:
        """Return a feed whose tonnes, moisture and grades are those of a resource."""
        assert table.ore is not None
        where = self._where(*place, "ore")
        found, findings = ore_feed(table, self.components, self.ores, self.hours, where)
        self.numbers.findings += findings
        stated = self._grades(table, told, place)
        self._see_minerals(table, place)
        if found is None:
            return None
        worst = max(
            sum(one.value for one in {**stated, **year.grades}.values())
            for year in found.years.values()
        )
        if worst > GRADES_MAX:
            message = f"the grades of {table.ore.file} and of the feed sum to {100 * worst:.6g} %"
            self._refuse("ORL-1009", where, message, "state less beside the ore")
        return FeedStream(
            table.id,
            table.to,
            found.now.dry_t_per_h,
            {**stated, **found.now.grades},
            found.now.moisture,
            None,
            table.phase,
            table.minerals,
            table.material,
            table.site,
            self._where(*place),
            table.ore.file,
            found.years,
        )

    def _grades(
        self, table: FeedTable, told: Told, place: tuple[str | int, ...]
    ) -> dict[str, Parameter]:
        known = {component.name for component in self.components}
        grades: dict[str, Parameter] = {}
        for name, given in table.grades.items():
            where = self._where(*place, "grades", name)
            if name not in known and not _is_formula(name):
                near = near_name(name, known)
                hint = f"did you mean {near}? Else " if near else ""
                message = f"the feed {table.id} holds {name}, which is no component here"
                self._refuse("ORL-1008", where, message, f"{hint}add it to [components]")
                continue
            grade = self.numbers.read(given, "1", told, where)
            if grade is None:
                continue
            if grade.value < 0:
                message = f"the grade of {name} is below 0"
                self._refuse("ORL-1009", where, message, "a grade is 0 or more")
            grades[name] = grade
        total = sum(grade.value for grade in grades.values())
        if total > GRADES_MAX:
            message = f"the grades of the feed {table.id} sum to {100 * total:.6g} %"
            fix = (
                "an element that stands in a mineral or oxide here is counted once: name the one "
                "or the other"
            )
            self._refuse("ORL-1009", self._where(*place, "grades"), message, fix)
        return grades

    def _see_minerals(self, table: FeedTable, place: tuple[str | int, ...]) -> None:
        compounds = {one.name for one in self.components if one.element_fractions}
        for mineral in table.minerals:
            if mineral not in compounds:
                message = f"{mineral} is no mineral of this flowsheet"
                fix = "add it to minerals in [components]"
                self._refuse("ORL-1008", self._where(*place, "minerals"), message, fix)

    def _unit(self, number: int, table: UnitTable) -> Unit | None:
        place: tuple[str | int, ...] = ("units", number)
        law = self.laws.get(table.law)
        if law is None:
            near = near_name(table.law, self.laws)
            fix = f"did you mean {near}?" if near else f"known laws: {', '.join(sorted(self.laws))}"
            message = f"{table.id}: no unit law is called {table.law}"
            self._refuse("ORL-1003", self._where(*place, "law"), message, fix)
            return None
        told = self.told.within(table.basis, table.source)
        parameters, places = self._parameters(table, law, told, place)
        self._see_ports(table, law, place)
        default = dict(zip(law.outlets, law.phases, strict=False))
        phases = {
            port: outlet.phase or default.get(port, StreamPhase.SOLID)
            for port, outlet in table.outlets.items()
        }
        self.phased |= {
            (table.id, port)
            for port, outlet in table.outlets.items()
            if outlet.phase is not None or port in default
        }
        # Ports in the law's order: the splits it gives are in that order.
        ports = law.outlets or tuple(table.outlets)
        outlets = {port: table.outlets[port].to for port in ports if port in table.outlets}
        return Unit(
            table.id,
            law,
            outlets,
            parameters,
            table.site,
            table.plant,
            {port: phases[port] for port in outlets},
            self._where(*place),
            places,
        )

    def _see_ports(self, table: UnitTable, law: Law, place: tuple[str | int, ...]) -> None:
        if not table.outlets:
            fix = 'write outlets = { concentrate = "..." }'
            self._refuse("ORL-1007", self._where(*place), f"{table.id} has no outlet", fix)
        for port in law.outlets:
            if port not in table.outlets:
                message = f"{table.id}: its outlet {port} leads nowhere"
                fix = f'write {port} = "..." into outlets: a unit or a product'
                self._refuse("ORL-1007", self._where(*place, "outlets"), message, fix)
        for port in table.outlets:
            if law.outlets and port not in law.outlets:
                message = f"{table.id}: {law.name} has no outlet {port}"
                fix = f"its outlets are {', '.join(law.outlets)}"
                self._refuse("ORL-1007", self._where(*place, "outlets", port), message, fix)

    def _parameters(
        self, table: UnitTable, law: Law, told: Told, place: tuple[str | int, ...]
    ) -> tuple[dict[str, Parameter], dict[str, str]]:
        known = {component.name for component in self.components} | {EVERY_OTHER}
        parameters: dict[str, Parameter] = {}
        places: dict[str, str] = {}
        for key, written in table.parameters.items():
            for inner, given in written.items():
                name = f"{key}[{inner}]" if inner else key
                path = (*place, "parameters", key, *([inner] if inner else []))
                where = self._where(*path)
                stem, _, component = name.rstrip("]").partition("[")
                spec = spec_of(law, stem, table.outlets)
                if spec is not None and spec.per_component and not component and law is SPLIT:
                    # A splitter without separation: one share for all that comes.
                    component, name = EVERY_OTHER, f"{key}[{EVERY_OTHER}]"
                if spec is None:
                    near = near_name(stem, law.parameters)
                    fix = f"it takes {', '.join(law.parameters) or 'none'}"
                    fix = f"did you mean {near}?" if near else fix
                    message = f"{table.id}: {law.name} takes no number {stem}"
                    self._refuse("ORL-1004", where, message, fix)
                elif bool(component) != spec.per_component:
                    first = self.components[0].name
                    form = f'{{ {first} = ..., "*" = ... }}' if spec.per_component else "..."
                    message = f"{table.id}: {name} is not how {law.name} takes {stem}"
                    self._refuse("ORL-1004", where, message, f"write {stem} = {form}")
                elif component and component not in known:
                    near = near_name(component, known)
                    hint = f"did you mean {near}? Else " if near else ""
                    message = f"{table.id}: {stem} is given for {component}, no component here"
                    self._refuse("ORL-1008", where, message, f"{hint}add it to [components]")
                else:
                    value = self.numbers.read(given, spec.unit, told, where)
                    places[name] = where
                    if value is not None:
                        parameters[name] = value
                        self._see_in_range(f"{table.id}: {name}", value, spec, where)
        self._see_complete(table, law, parameters, place)
        return {**_defaults(law, table.parameters), **parameters}, places

    def _see_in_range(self, what: str, given: Parameter, spec: ParameterSpec, where: str) -> None:
        if spec.low <= given.value <= spec.high:
            return
        message = f"{what} is {given.value:.6g} {spec.unit}, outside of where the law holds"
        fix = f"it holds from {spec.low:.6g} to {spec.high:.6g} {spec.unit}: see its source"
        self.numbers.findings.append(Finding("ORL-1013", Severity.WARNING, where, message, fix))

    def _see_complete(
        self,
        table: UnitTable,
        law: Law,
        parameters: Mapping[str, Parameter],
        place: tuple[str | int, ...],
    ) -> None:
        stems = {name.partition("[")[0] for name in parameters} | set(table.parameters)
        for name, spec in law.parameters.items():
            if spec.default is None and not name.endswith("*") and name not in stems:
                wanted = f"{name}[{EVERY_OTHER}]" if spec.per_component else name
                message = f"{table.id}: {law.name} needs {name}, the {spec.meaning}"
                fix = f"write {wanted} in {spec.unit} into its parameters"
                self._refuse("ORL-1004", self._where(*place, "parameters"), message, fix)


def _defaults(law: Law, written: Mapping[str, object]) -> dict[str, Parameter]:
    """Return what a law assumes where the file says nothing, as numbers like any other."""
    stems = {name.partition("[")[0] for name in written}
    found = {}
    for name, spec in law.parameters.items():
        if spec.default is not None and name not in stems:
            key = f"{name}[{EVERY_OTHER}]" if spec.per_component else name
            source = f"what {law.name} assumes where nothing is said: {law.source}"
            found[key] = Parameter(spec.default, spec.unit, Basis.ASSUMED, source)
    return found


def spec_of(law: Law, stem: str, outlets: Iterable[str]) -> ParameterSpec | None:
    """Return what a law says of one of its numbers; ``to_*`` stands for each of the outlets."""
    if stem in law.parameters:
        return law.parameters[stem]
    for name, spec in law.parameters.items():
        if name.endswith(EVERY_OTHER) and stem in {f"{name[:-1]}{port}" for port in outlets}:
            return spec
    return None


def _is_formula(name: str) -> bool:
    try:
        element_fractions(name)
    except InputError:
        return False
    return True
