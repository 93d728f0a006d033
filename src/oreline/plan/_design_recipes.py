"""What a recipe takes from a flowsheet of its chain: recoveries, yields, reagents, cost.

The flowsheet is solved once, when the plan is read. A plan holds plain numbers of it, each with the
weakest basis of the flowsheet's own, so that a changed design is a changed plan.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from oreline.design import Flowsheet, Solution, near_name, read_study, solve, with_numbers
from oreline.model import Basis, Finding, InputError, Severity, weakest
from oreline.plan._file_tables import RecipeDesignTable, RecipeTable

BAD_DESIGN: Final = "ORL-1124"
OTHER_ORE: Final = "ORL-1125"
NOTHING_T_PER_H: Final = 1e-12


@dataclass(frozen=True, slots=True)
class PlanDesign:
    """A flowsheet of the chain folder, read, with the bytes that it was read from.

    ``sheet`` is None where something in it is fatal. The others are what decides what it gives:
    its text, the assumptions beside it, the ore tables of the chain by name, and the bytes and name
    of the file of costs that goes with it.
    """

    sheet: Flowsheet | None
    findings: tuple[Finding, ...]
    text: str
    assumptions: bytes | None = None
    ores: Mapping[str, bytes] = field(default_factory=dict)
    costs: tuple[bytes, str] | None = None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that decides what it gives; ores only where it takes one."""
        costs = b"" if self.costs is None else self.costs[0]
        ores = self.ores if "ores/" in self.text else {}
        parts = [self.text.encode(), self.assumptions or b"", costs]
        parts += [part for name, data in sorted(ores.items()) for part in (name.encode(), data)]
        whole = hashlib.sha256()
        for part in parts:
            whole.update(f"{len(part)}:".encode() + part)
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong between a recipe and its design, below the recipe in the file."""

    path: tuple[str | int, ...]
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class DesignRecipe:
    """What a recipe takes from its design, for each dry tonne that it treats.

    ``recoveries`` and ``rates`` are by material of the plan, ``grades`` of what is treated, by
    element; ``cost`` is in the currency of the design's costs.
    """

    basis: Basis
    source: str
    grades: Mapping[str, float] = field(default_factory=dict)
    recoveries: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    cost: float | None = None
    currency: str = ""
    money_year: str = ""
    wrong: tuple[Wrong, ...] = ()


def design_names(data: bytes) -> tuple[str, ...]:
    """Return the flowsheets that the recipes of a `plan.toml` name, in order.

    What is no TOML names none; reading it tells why.
    """
    try:
        told: Any = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ()
    files = {
        design["file"]
        for unit in _tables(told, "units")
        for recipe in _tables(unit, "recipes")
        if isinstance(design := recipe.get("design"), dict) and isinstance(design.get("file"), str)
    }
    return tuple(sorted(files))


def _tables(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def design_recipe(told: RecipeTable, designs: Mapping[str, PlanDesign]) -> DesignRecipe:
    """Return what a recipe that names a design takes from it, with all that is wrong."""
    asked = told.design
    assert asked is not None
    nothing = DesignRecipe(Basis.ASSUMED, "cannot be read")
    made = designs.get(asked.file)
    if made is None or made.sheet is None:
        why = "is not beside the plan" if made is None else "cannot be used: " + _first(made)
        fix = "name a flowsheet of the chain folder that `oreline design check` finds usable"
        return _refused(nothing, [Wrong(("design", "file"), f"{asked.file} {why}", fix)])
    try:
        sheet = with_numbers(made.sheet, asked.sets)
        solution = solve(sheet)
    except InputError as error:
        first = next((one.message for one in error.findings), str(error.args[0]))
        fix = "correct the flowsheet, or what is set in it"
        return _refused(nothing, [Wrong(("design",), f"{asked.file}: {first}", fix)])
    return _Reading(told, asked, solution, made.costs).found()


def _first(made: PlanDesign) -> str:
    return next(
        (one.message for one in made.findings if one.severity is Severity.FATAL), "no reason given"
    )


def _refused(found: DesignRecipe, wrong: Sequence[Wrong]) -> DesignRecipe:
    return DesignRecipe(found.basis, found.source, wrong=tuple(wrong))


class _Reading:
    """One reading of a solved flowsheet for a recipe."""

    def __init__(
        self,
        told: RecipeTable,
        asked: RecipeDesignTable,
        solution: Solution,
        costs: tuple[bytes, str] | None,
    ) -> None:
        self.told, self.asked, self.solution, self.costs = told, asked, solution, costs
        self.wrong: list[Wrong] = []

    def found(self) -> DesignRecipe:
        """Return what the recipe takes."""
        asked = self.asked
        numbers = self.solution.flowsheet.numbers()
        basis = weakest(*(one.basis for one in numbers.values())) if numbers else Basis.DERIVED
        source = f"{asked.file}, solved: for a tonne of {', '.join(asked.takes)}"
        dry, taken = self._flows(asked.takes, ("design", "takes"))
        if dry <= NOTHING_T_PER_H:
            if not self.wrong:
                message = f"{asked.file}: nothing flows in {', '.join(asked.takes)}"
                self._refuse(("design", "takes"), message, "name what the recipe treats")
            return _refused(DesignRecipe(basis, source), self.wrong)
        recoveries = self._recoveries(taken)
        rates = self._rates(dry)
        cost, currency, year = self._cost(dry)
        grades = {name: amount / dry for name, amount in taken.items()}
        return DesignRecipe(
            basis, source, grades, recoveries, rates, cost, currency, year, tuple(self.wrong)
        )

    def _refuse(self, path: tuple[str | int, ...], message: str, fix: str) -> None:
        self.wrong.append(Wrong(path, message, fix))

    def _flows(
        self, names: Iterable[str], path: tuple[str | int, ...]
    ) -> tuple[float, dict[str, float]]:
        """Return dry t/h of streams or products together, and what they hold by element."""
        solution = self.solution
        streams = {row.id: row for row in solution.streams}
        products = {one.id: row for one, row in solution.products}
        dry, held = 0.0, dict[str, float]()
        for name in names:
            row = streams.get(name) or products.get(name)
            if row is None:
                known = [*products, *streams]
                near = near_name(name, known)
                fix = f"did you mean {near}?" if near else "`oreline design streams` lists them"
                self._refuse(path, f"{name} is no stream and no product of {self.asked.file}", fix)
                continue
            dry += row.dry_t_per_h
            for element, amount in row.contained_t_per_h.items():
                held[element] = held.get(element, 0.0) + amount
        return dry, held

    def _recoveries(self, taken: Mapping[str, float]) -> dict[str, float]:
        found = {}
        for place, one in enumerate(self.told.recovers):
            if not one.streams:
                continue
            path = ("recovers", place, "streams")
            _, held = self._flows(one.streams, path)
            if taken.get(one.element, 0.0) <= NOTHING_T_PER_H:
                message = f"{self.asked.file}: what it takes holds no {one.element}"
                self._refuse(("recovers", place, "element"), message, "name an element of its feed")
                continue
            found[one.material] = held.get(one.element, 0.0) / taken[one.element]
        return found

    def _rates(self, dry: float) -> dict[str, float]:
        found: dict[str, float] = {}
        for place, one in enumerate(self.told.yields):
            amount, _ = self._flows(one.streams, ("yields", place, "streams"))
            found[one.material] = found.get(one.material, 0.0) + amount / dry
        units = {row.id: row for row in self.solution.units}
        used = {name for row in units.values() for name in row.reagents_t_per_h}
        for place, other in enumerate(self.told.reagents):
            path = ("reagents", place)
            for name in other.units:
                if name not in units:
                    message = f"{name} is no unit of {self.asked.file}"
                    self._refuse((*path, "units"), message, f"known: {', '.join(sorted(units))}")
            if other.reagent not in used:
                message = f"{self.asked.file} uses no {other.reagent}"
                fix = f"it uses {', '.join(sorted(used)) or 'none'}"
                self._refuse((*path, "reagent"), message, fix)
            amount = sum(
                row.reagents_t_per_h.get(other.reagent, 0.0)
                for row in units.values()
                if not other.units or row.id in other.units
            )
            found[other.material] = found.get(other.material, 0.0) - amount / dry
        return found

    def _cost(self, dry: float) -> tuple[float | None, str, str]:
        """Return the money of the named lines for a tonne, with its currency and its year."""
        names, path = self.asked.costs, ("design", "costs")
        sheet = self.solution.flowsheet
        if not names:
            return None, "", ""
        if self.costs is None or sheet.hours_per_year is None:
            lacks = "no costs.toml beside it" if self.costs is None else "no hours_per_year"
            fix = "write it, or state the recipe's cost in the plan"
            self._refuse(path, f"{self.asked.file} has {lacks}, so that nothing has a cost", fix)
            return None, "", ""
        try:
            report = read_study(*self.costs, sheet).report()
        except InputError as error:
            first = next((one.message for one in error.findings), str(error.args[0]))
            self._refuse(path, f"{self.costs[1]}: {first}", "correct the costs of the design")
            return None, "", ""
        amounts = report.figures.operating[0].tolist()
        lines = {
            one.name: value for one, value in zip(report.model.operating, amounts, strict=True)
        }
        for name in names:
            if name not in lines:
                near = near_name(name, lines)
                fix = f"did you mean {near}?" if near else f"known: {', '.join(lines)}"
                self._refuse(path, f"{name} is no operating line of {self.costs[1]}", fix)
        total = sum(lines.get(name, 0.0) for name in dict.fromkeys(names))
        terms = report.model.terms
        return total / (dry * sheet.hours_per_year.value), terms.currency, str(terms.year)
