"""The units of a `processes.toml`: each with its law, its numbers and its outlets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oreline.design._flowsheet import Unit
from oreline.design._law import EVERY_OTHER, Law, ParameterSpec, StreamPhase
from oreline.design._law_split import SPLIT
from oreline.design._parameter import Parameter
from oreline.design._process_numbers import Told
from oreline.design._process_reading import FileReading, near_name
from oreline.design._process_tables import UnitTable
from oreline.model import Basis, Finding, Severity


@dataclass(slots=True)
class UnitReader:
    """Makes units of their tables; ``phased`` are the outlets whose phase is said by somebody."""

    file: FileReading
    laws: Mapping[str, Law]
    phased: set[tuple[str, str]] = field(default_factory=set)

    def unit(self, number: int, table: UnitTable) -> Unit | None:
        """Return a unit, or None where findings say why there is none."""
        place: tuple[str | int, ...] = ("units", number)
        law = self.laws.get(table.law)
        if law is None:
            near = near_name(table.law, self.laws)
            fix = f"did you mean {near}?" if near else f"known laws: {', '.join(sorted(self.laws))}"
            message = f"{table.id}: no unit law is called {table.law}"
            self.file.refuse("ORL-1003", self.file.where(*place, "law"), message, fix)
            return None
        told = self.file.told.within(table.basis, table.source)
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
            self.file.where(*place),
            places,
        )

    def _see_ports(self, table: UnitTable, law: Law, place: tuple[str | int, ...]) -> None:
        if not table.outlets:
            fix = 'write outlets = { concentrate = "..." }'
            self.file.refuse("ORL-1007", self.file.where(*place), f"{table.id} has no outlet", fix)
        for port in law.outlets:
            if port not in table.outlets:
                message = f"{table.id}: its outlet {port} leads nowhere"
                fix = f'write {port} = "..." into outlets: a unit or a product'
                self.file.refuse("ORL-1007", self.file.where(*place, "outlets"), message, fix)
        for port in table.outlets:
            if law.outlets and port not in law.outlets:
                message = f"{table.id}: {law.name} has no outlet {port}"
                fix = f"its outlets are {', '.join(law.outlets)}"
                self.file.refuse("ORL-1007", self.file.where(*place, "outlets", port), message, fix)

    def _parameters(
        self, table: UnitTable, law: Law, told: Told, place: tuple[str | int, ...]
    ) -> tuple[dict[str, Parameter], dict[str, str]]:
        known = {component.name for component in self.file.components} | {EVERY_OTHER}
        parameters: dict[str, Parameter] = {}
        places: dict[str, str] = {}
        for key, written in table.parameters.items():
            for inner, given in written.items():
                name = f"{key}[{inner}]" if inner else key
                path = (*place, "parameters", key, *([inner] if inner else []))
                where = self.file.where(*path)
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
                    self.file.refuse("ORL-1004", where, message, fix)
                elif bool(component) != spec.per_component:
                    first = self.file.components[0].name
                    form = f'{{ {first} = ..., "*" = ... }}' if spec.per_component else "..."
                    message = f"{table.id}: {name} is not how {law.name} takes {stem}"
                    self.file.refuse("ORL-1004", where, message, f"write {stem} = {form}")
                elif component and component not in known:
                    near = near_name(component, known)
                    hint = f"did you mean {near}? Else " if near else ""
                    message = f"{table.id}: {stem} is given for {component}, no component here"
                    self.file.refuse("ORL-1008", where, message, f"{hint}add it to [components]")
                else:
                    value = self.file.numbers.read(given, spec.unit, told, where)
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
        self.file.numbers.findings.append(
            Finding("ORL-1013", Severity.WARNING, where, message, fix)
        )

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
                self.file.refuse("ORL-1004", self.file.where(*place, "parameters"), message, fix)


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
