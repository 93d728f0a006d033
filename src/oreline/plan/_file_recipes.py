"""What a unit of a `plan.toml` makes: rates as written, from recoveries, or from a design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oreline.design import Parameter
from oreline.exchange import Located
from oreline.model import Finding, Severity
from oreline.plan._design_recipes import BAD_DESIGN, OTHER_ORE, DesignRecipe
from oreline.plan._file_numbers import FRACTION, PlanNumbers, Said
from oreline.plan._file_reading import Path, TableReading
from oreline.plan._file_tables import PlanFile, PlanNumber, RecipeTable, RecoverTable, UnitTable
from oreline.plan._problem import Material, Recipe, Resource
from oreline.plan._recoveries import entering, with_recovered

OTHER_ORE_MIN = 0.1
"""From which part of its grade on the ore of a design is another one than the plan's."""


class RecipeReading(TableReading):
    """One reading of a file's recipes, after its materials and resources.

    ``designs`` are what recipes take from their flowsheets, by unit and recipe.
    """

    def __init__(
        self,
        tables: PlanFile,
        found: Located,
        name: str,
        numbers: PlanNumbers,
        designs: Mapping[tuple[str, str], DesignRecipe],
    ) -> None:
        super().__init__(tables, found, name, numbers)
        self.designs = designs
        self.materials: dict[str, Material] = {}
        self.resources: tuple[Resource, ...] = ()

    def see_materials(self, names: Iterable[str], *path: str | int) -> None:
        """Refuse every name that is no material."""
        self.see_all(names, (one.id for one in self.tables.materials), "material", *path)

    def recipes_of(self, told: UnitTable, path: Path, said: Said) -> tuple[Recipe, ...]:
        """Return what a unit can do."""
        found = []
        for place, one in enumerate(told.recipes):
            key, at = f"units.{told.id}.recipes.{one.id}", (*path, "recipes", place)
            self.see_materials(one.rates, *at, "rates")
            if one.resource:
                known = (resource.id for resource in self.tables.resources)
                self.see_named(one.resource, known, "resource", *at, "resource")
            rates = {
                name: self.number(
                    rate, FRACTION, f"{key}.rates.{name}", *at, "rates", name, said=said
                )
                for name, rate in one.rates.items()
            }
            design = self._design(one, self.designs.get((told.id, one.id)), at)
            if design is not None:
                rates |= self._designed_rates(one, design, rates, key, at)
            cost = self._cost(one, design, key, at, said)
            if one.recovers or one.rest:
                rates = self._with_recovered(one, design, rates, key, at, said)
            found.append(Recipe(one.id, rates, one.resource, cost, one.rest))
        return tuple(found)

    def _design(
        self, told: RecipeTable, found: DesignRecipe | None, at: Path
    ) -> DesignRecipe | None:
        """Return what a recipe takes from its design, None where it names none."""
        asks = [
            *(("recovers", place) for place, one in enumerate(told.recovers) if one.streams),
            *(("yields", place) for place in range(len(told.yields))),
            *(("reagents", place) for place in range(len(told.reagents))),
        ]
        if told.design is None:
            for path in asks:
                message = f"{told.id} takes this from a design and names none"
                fix = "add [units.recipes.design] with file and takes"
                self.numbers.refuse(BAD_DESIGN, self.where(*at, *path), message, fix)
            return None
        assert found is not None, "every design that is named was read"
        for one in found.wrong:
            self.numbers.refuse(BAD_DESIGN, self.where(*at, *one.path), one.message, one.fix)
        if not asks and not told.design.costs:
            message = f"{told.id} names a design and takes nothing from it"
            fix = "write streams at an output, yields, reagents or costs; or leave it out"
            self.numbers.refuse(BAD_DESIGN, self.where(*at, "design"), message, fix)
        return found

    def _taken(
        self, value: float, unit: str, design: DesignRecipe, key: str, at: Path
    ) -> Parameter:
        number = PlanNumber(value=value, unit=unit, basis=design.basis, source=design.source)
        kind = FRACTION if unit == "1" else self.numbers.money_per_mass
        return self.number(number, kind, key, *at)

    def _designed_rates(
        self,
        told: RecipeTable,
        design: DesignRecipe,
        rates: Mapping[str, Parameter],
        key: str,
        at: Path,
    ) -> dict[str, Parameter]:
        """Return the rates of yields and reagents."""
        listed = [*(("yields", one.material) for one in told.yields)]
        listed += [("reagents", one.material) for one in told.reagents]
        self.see_materials((name for _, name in listed), *at)
        for kind, name in listed:
            if name in rates or [other for _, other in listed].count(name) > 1:
                message = f"{key}: {name} has a rate of its own beside that of the design"
                self.numbers.refuse("ORL-1111", self.where(*at, kind), message, "keep one of them")
        return {
            name: self._taken(design.rates[name], "1", design, f"{key}.{kind}.{name}", at)
            for kind, name in listed
            if name in design.rates
        }

    def _cost(
        self, told: RecipeTable, design: DesignRecipe | None, key: str, at: Path, said: Said
    ) -> Parameter | None:
        per_mass = self.numbers.money_per_mass
        if design is None or design.cost is None:
            return self.maybe(told.cost, per_mass, f"{key}.cost", *at, "cost", said=said)
        where = self.where(*at, "design", "costs")
        if told.cost is not None:
            message = f"{key} has a cost of its own beside that of the design"
            self.numbers.refuse(BAD_DESIGN, where, message, "keep one of them")
        currency = self.numbers.currency
        if design.currency != currency:
            message = f"{key}: the design's costs are in {design.currency}, the plan in {currency}"
            fix = "write the costs in the plan's currency: no rate of exchange is assumed"
            self.numbers.refuse(BAD_DESIGN, where, message, fix)
            return None
        if design.money_year[:4] != str(self.tables.terms.money_year):
            message = (
                f"{key}: the design's costs are in money of {design.money_year}, the plan in that "
                f"of {self.tables.terms.money_year}"
            )
            fix = "bring the costs to the plan's year; until then they count as they are"
            self._warn(where, message, fix)
        return self._taken(design.cost, f"{currency}/t", design, f"{key}.cost", (*at, "design"))

    def _warn(self, where: str, message: str, fix: str) -> None:
        self.numbers.findings.append(Finding(OTHER_ORE, Severity.WARNING, where, message, fix))

    def _with_recovered(
        self,
        told: RecipeTable,
        design: DesignRecipe | None,
        rates: dict[str, Parameter],
        key: str,
        at: Path,
        said: Said,
    ) -> dict[str, Parameter]:
        """Return the rates of a recipe with those that follow from grades and recoveries."""
        drawn = next((one for one in self.resources if one.id == told.resource), None)
        recoveries = []
        for place, one in enumerate(told.recovers):
            here = (*at, "recovers", place)
            self.see_materials((one.material,), *here, "material")
            name = f"{key}.recovers.{one.material}"
            recovery = self._recovery(one, design, name, here, said)
            if recovery is not None:
                recoveries.append((one.material, one.element, recovery))
            if one.streams and design is not None and one.element in design.grades:
                self._see_ore(one.element, design, rates, drawn, here)
        if told.rest:
            self.see_materials((told.rest,), *at, "rest")
        made, wrong = with_recovered(rates, recoveries, told.rest, self.materials, drawn)
        for message in wrong:
            fix = "correct the recovery, the grades or the rates"
            self.numbers.refuse("ORL-1111", self.where(*at), f"{key}: {message}", fix)
        return made

    def _recovery(
        self, told: RecoverTable, design: DesignRecipe | None, key: str, here: Path, said: Said
    ) -> Parameter | None:
        if (told.recovery is None) == (not told.streams):
            message = f"{key} says both a recovery and streams of a design, or neither"
            self.numbers.refuse("ORL-1106", self.where(*here), message, "keep one of them")
            return None
        if told.recovery is not None:
            return self.number(told.recovery, FRACTION, key, *here, said=said)
        if design is None or told.material not in design.recoveries:
            return None
        return self._taken(design.recoveries[told.material], "1", design, key, here)

    def _see_ore(
        self,
        element: str,
        design: DesignRecipe,
        rates: Mapping[str, Parameter],
        drawn: Resource | None,
        here: Path,
    ) -> None:
        """Say where a design treats another grade than the recipe: a recovery is of one ore."""
        mass, held = entering(element, rates, self.materials, drawn)
        of_design = design.grades[element]
        if mass <= 0 or held <= 0:
            return
        of_plan = held / mass
        if abs(of_plan - of_design) > OTHER_ORE_MIN * of_plan:
            message = (
                f"the design treats {100 * of_design:.3g} % {element}, the recipe "
                f"{100 * of_plan:.3g} %: what it recovers is of another ore"
            )
            fix = "set the grades of the design's feed in [units.recipes.design], or its file"
            self._warn(self.where(*here), message, fix)
