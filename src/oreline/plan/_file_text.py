"""A `plan.toml` as text: from its tables to a problem, with everything that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from oreline.design import FilePage, form_findings, near_name
from oreline.exchange import Located, TomlSyntaxError, located_toml, read_plain_table
from oreline.model import Assumption, Finding, Route, Severity, is_fatal
from oreline.model import Site as KnownSite
from oreline.plan._checks import problem_findings
from oreline.plan._design_recipes import (
    DesignRecipe,
    PlanDesign,
    design_names,
    design_recipe,
)
from oreline.plan._file_build import ProblemBuilder
from oreline.plan._file_numbers import Change, PlanNumbers
from oreline.plan._file_tables import PlanFile, plan_tables
from oreline.plan._problem import Problem

PLAN_FILE: Final = "plan.toml"
PLAN_BYTES_MAX: Final = 8_000_000
"""How large a plan.toml is read at most."""


class PlanText:
    """A `plan.toml` read once, from which the problem of any state of the world is made.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        What it is called; findings say ``name:line``.
    assumptions
        The bytes of the ``assumptions.csv`` beside it, None where there is none.
    sites, routes
        The rows of the chain folder, by id.
    designs
        The flowsheets that ``design_names`` lists, by those names; each is solved here, once.
    """

    def __init__(
        self,
        data: bytes,
        name: str = PLAN_FILE,
        *,
        assumptions: bytes | None = None,
        sites: Mapping[str, KnownSite] | None = None,
        routes: Mapping[str, Route] | None = None,
        designs: Mapping[str, PlanDesign] | None = None,
    ) -> None:
        self.name = name
        self.assumptions: dict[str, Assumption] = {}
        self.sites = dict(sites or {})
        self.routes = dict(routes or {})
        self.findings: tuple[Finding, ...] = ()
        self.designs: dict[tuple[str, str], DesignRecipe] = {}
        named = {name: (designs or {}).get(name) for name in design_names(data)}
        flows = "".join(f"\0{name}\0{one and one.digest}" for name, one in named.items())
        whole = data + b"\0" + (assumptions or b"") + flows.encode()
        self.digest = hashlib.sha256(whole).hexdigest()
        if assumptions is not None:
            rows, self.findings = read_plain_table(assumptions, "assumptions.csv", Assumption)
            self.assumptions = {row.value.id: row.value for row in rows}
        self.found = Located({})
        self.tables = self._tables(data)
        if self.tables is not None:
            self.designs = {
                (unit.id, recipe.id): design_recipe(recipe, designs or {})
                for unit in self.tables.units
                for recipe in unit.recipes
                if recipe.design is not None
            }

    def _tables(self, data: bytes) -> PlanFile | None:
        if len(data) > PLAN_BYTES_MAX:
            message = f"the file has more than PLAN_BYTES_MAX = {PLAN_BYTES_MAX} bytes"
            self._unread(f"{self.name}:1", message, "split the plan")
            return None
        try:
            self.found = located_toml(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            message = f"byte {error.start + 1} is no UTF-8"
            self._unread(f"{self.name}:1", message, "save the file as UTF-8")
            return None
        except TomlSyntaxError as error:
            fix = 'look at this line and the one above: text stands in quotes, as in "2.5 kt/y"'
            self._unread(f"{self.name}:{error.line}", f"this is no TOML: {error}", fix)
            return None
        try:
            return PlanFile.model_validate(_floats(self.found.values))
        except ValidationError as error:
            self.findings = (*self.findings, *form_findings(error, self.found, self.name, _PAGE))
            return None

    def _unread(self, where: str, message: str, fix: str) -> None:
        finding = Finding("ORL-1100", Severity.FATAL, where, message, fix)
        self.findings = (*self.findings, finding)

    def scenario(self, name: str) -> tuple[Change, ...]:
        """Return the changes of a scenario of the file.

        Raises
        ------
        InputError
            If the file names no such scenario.
        """
        from oreline.model import InputError

        known = {} if self.tables is None else {one.id: one for one in self.tables.scenarios}
        if name not in known:
            near = near_name(name, known)
            hint = f"did you mean {near}?" if near else f"known: {', '.join(known) or 'none'}"
            raise InputError(f"no scenario {name} in {self.name}; {hint}")
        return tuple(
            Change(one.number, one.multiply, one.set, one.years) for one in known[name].changes
        )

    def problem(self, changes: Sequence[Change] = ()) -> tuple[Problem | None, tuple[Finding, ...]]:
        """Return the problem in a state of the world, None where a finding is fatal."""
        if self.tables is None or is_fatal(self.findings):
            return None, self.findings
        numbers = PlanNumbers(self.assumptions, self.tables.currency, changes)
        builder = ProblemBuilder(self.tables, self.found, self.name, numbers, self.designs)
        problem = builder.problem(self.sites, self.routes, self.digest)
        findings = list(numbers.findings)
        for place, change in enumerate(changes):
            if place not in numbers.used:
                findings.append(_idle(change, numbers, self.name))
        if not is_fatal(findings):
            findings += problem_findings(problem, builder.where)
        told = tuple(sorted({*self.findings, *findings}, key=_line))
        return (None if is_fatal(told) else problem), told


def _idle(change: Change, numbers: PlanNumbers, name: str) -> Finding:
    known = [*numbers.found, *numbers.assumptions]
    near = near_name(change.number, known)
    fix = f"did you mean {near}?" if near else "name a number as `oreline plan check` lists it"
    message = f"a change of {change.number} touches no number of the plan"
    return Finding("ORL-1116", Severity.FATAL, name, message, fix)


def _line(finding: Finding) -> tuple[int, Finding]:
    number = finding.where.rpartition(":")[2]
    return (int(number) if number.isdecimal() else 0), finding


def _floats(value: Any) -> Any:
    """Turn exact decimals into floating-point numbers, everywhere inside a value."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _floats(inner) for key, inner in value.items()}
    return [_floats(inner) for inner in value] if isinstance(value, list) else value


def _key_remedy(place: tuple[str | int, ...]) -> str:
    tables: dict[str, type[BaseModel]] = {
        heading.strip("[]").rpartition(".")[2].lower(): table
        for heading, table in plan_tables().items()
    }
    holders = [table for part in place[:-1] if (table := tables.get(str(part)))]
    fields = (holders[-1] if holders else PlanFile).model_fields
    known = [one.alias or name for name, one in fields.items()]
    near = near_name(str(place[-1]), known)
    return f"did you mean {near}?" if near else f"known here: {', '.join(known)}"


_PAGE = FilePage("plan.toml", "ORL-1101", _key_remedy)
