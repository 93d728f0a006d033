"""From the tables of a `plan.toml` to a problem: every number in kt, millions and years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oreline.design import Parameter
from oreline.model import Basis, Route, is_analyte
from oreline.model import Site as KnownSite
from oreline.plan._cash_flow import Discounting
from oreline.plan._file_numbers import (
    FRACTION,
    MASS,
    MASS_PER_YEAR,
    PER_YEAR,
    Said,
)
from oreline.plan._file_reading import Path
from oreline.plan._file_recipes import RecipeReading
from oreline.plan._file_tables import (
    BlendTable,
    LeastTable,
    MarketTable,
    Number,
    PlanNumber,
    ResourceTable,
    SizeTable,
    UnitTable,
)
from oreline.plan._problem import (
    Blend,
    Budget,
    BuildPhase,
    Market,
    Material,
    Origin,
    Pay,
    PlanLevy,
    Price,
    Problem,
    Resource,
    Retained,
    Site,
    Size,
    Supply,
    Terms,
    Unit,
    Way,
)
from oreline.plan._recoveries import tonnage_of


class ProblemBuilder(RecipeReading):
    """One building of a problem from all tables of a file."""

    def problem(
        self, sites: Mapping[str, KnownSite], routes: Mapping[str, Route], digest: str
    ) -> Problem:
        """Return the problem as far as it can be built; see what is wrong with its names."""
        told = self.tables
        if not self.years:
            message = f"the plan ends in {told.last_year}, before {told.first_year}"
            self.numbers.refuse("ORL-1106", self.where("last_year"), message, "swap the years")
        self._see_unique()
        known = self._sites(sites)
        self.owners = self.shares_of(told.owners, "owners", "owners", said=self.said)
        self.materials = self._materials()
        self.resources = self._resources()
        return Problem(
            name=told.name,
            currency=told.currency,
            years=self.years,
            terms=self._terms(),
            sites=known,
            materials=self.materials,
            resources=self.resources,
            supplies=self._supplies(),
            prices=self._prices(),
            units=tuple(self._unit(place, one) for place, one in enumerate(told.units)),
            ways=self._ways(routes),
            markets=tuple(self._market(place, one) for place, one in enumerate(told.markets)),
            phases=self._phases(),
            budgets=self._budgets(),
            levies=self._levies(),
            origin=self._origin(),
            retained=self._retained(),
            digest=digest,
            numbers=self.numbers.found,
            shared=self.numbers.shared,
        )

    def _see_unique(self) -> None:
        told = self.tables
        listed: dict[str, list[str]] = {
            "sites": [one.id for one in told.sites],
            "materials": [one.id for one in told.materials],
            "resources": [one.id for one in told.resources],
            "supplies": [one.id for one in told.supplies],
            "prices": [one.id for one in told.prices],
            "units": [one.id for one in told.units],
            "routes": [one.id for one in told.routes],
            "markets": [one.id for one in told.markets],
            "phases": [one.id for one in told.phases],
            "budgets": [one.id for one in told.budgets],
            "levies": [one.id for one in told.levies],
            "scenarios": [one.id for one in told.scenarios],
        }
        for kind, names in listed.items():
            self.see_each_once(kind, names, (kind,))
        total = sum(one.probability or 0.0 for one in told.scenarios)
        if total > 1 + 1e-9:
            message = f"the probabilities of its scenarios sum to {total:.4g}"
            fix = "let them sum to one or less; what is left is the file as it stands"
            self.numbers.refuse("ORL-1117", self.where("scenarios"), message, fix)
        for place, unit in enumerate(told.units):
            for kind, inner in (("sizes", unit.sizes), ("recipes", unit.recipes)):
                self.see_each_once(kind, [one.id for one in inner], ("units", place, kind))

    def _terms(self) -> Terms:
        told = self.tables.terms
        rate = self.number(told.rate, PER_YEAR, "terms.rate", "terms", "rate")
        inflation = self.maybe(told.inflation, PER_YEAR, "terms.inflation", "terms", "inflation")
        if told.money == "nominal" and inflation is None:
            fix = 'write inflation = ..., or money = "real"'
            message = "nominal money needs the growth of costs"
            self.numbers.refuse("ORL-1106", self.where("terms"), message, fix)
        if told.money == "real" and inflation is not None:
            message = "in real money nothing grows by inflation"
            fix = 'leave it out, or write money = "nominal"'
            self.numbers.refuse("ORL-1106", self.where("terms", "inflation"), message, fix)
        return Terms(
            rate,
            Discounting(told.timing),
            told.money,
            told.money_year,
            inflation.value if inflation is not None and told.money == "nominal" else 0.0,
            told.tax,
            told.end == "closed",
        )

    def _sites(self, known: Mapping[str, KnownSite]) -> dict[str, Site]:
        found = {
            one.id: Site(one.id, one.name or one.id, one.country or "", one.operator or "", 0.0)
            for one in known.values()
        }
        for place, told in enumerate(self.tables.sites):
            before = found.get(told.id)
            key = f"sites.{told.id}.storage"
            storage = self.maybe(told.storage, MASS, key, "sites", place, "storage")
            country = told.country or (before.country if before else "")
            if not country:
                message = f"the site {told.id} says no country, and sites.csv neither"
                fix = 'write country = "PK"'
                self.numbers.refuse("ORL-1106", self.where("sites", place), message, fix)
            found[told.id] = Site(
                told.id,
                told.name or (before.name if before else told.id),
                country,
                told.operator or (before.operator if before else ""),
                0.0 if storage is None else storage.value,
            )
        self.site_names = tuple(found)
        return found

    def _grades(
        self, given: Mapping[str, Number], key: str, *path: str | int
    ) -> dict[str, Parameter]:
        for element in given:
            if not is_analyte(element):
                message = f"{element} is no element"
                where = self.where(*path, element)
                self.numbers.refuse("ORL-1102", where, message, "write its symbol, as in Sb")
        grades = self.numbers_of(given, FRACTION, key, *path)
        total = sum(one.value for one in grades.values())
        if total > 1 + 1e-9 or any(one.value < 0 for one in grades.values()):
            message = f"{key}: grades are not below 0 and sum to at most 100 %"
            self.numbers.refuse("ORL-1106", self.where(*path), message, "correct the grades")
        return grades

    def _materials(self) -> dict[str, Material]:
        found = {}
        for place, told in enumerate(self.tables.materials):
            path: Path = ("materials", place)
            key = f"materials.{told.id}"
            cost = self.maybe(
                told.discard_cost,
                self.numbers.money_per_mass,
                f"{key}.discard_cost",
                *path,
                "discard_cost",
            )
            grades = self._grades(told.grades, f"{key}.grades", *path, "grades")
            found[told.id] = Material(told.id, told.name or told.id, grades, told.discard, cost)
        return found

    def _resources(self) -> tuple[Resource, ...]:
        found = []
        for place, told in enumerate(self.tables.resources):
            path: Path = ("resources", place)
            key = f"resources.{told.id}"
            self.see_named(told.site, self.site_names, "site", *path, "site")
            self._see_units(told.after, *path, "after")
            grades = self._grades(told.grades, f"{key}.grades", *path, "grades")
            found.append(
                Resource(
                    told.id,
                    told.site,
                    grades,
                    self._tonnage(told, grades, key, path),
                    self.maybe(told.per_year, MASS_PER_YEAR, f"{key}.per_year", *path, "per_year"),
                    told.after,
                )
            )
        return tuple(found)

    def _tonnage(
        self, told: ResourceTable, grades: Mapping[str, Parameter], key: str, path: Path
    ) -> Parameter:
        """Return what there is, as it stands, or from what it holds of an element."""
        if (told.tonnage is None) == (told.contained is None):
            message = f"{told.id} says both its tonnage and what it contains, or neither"
            self.numbers.refuse("ORL-1106", self.where(*path), message, "keep one of them")
            return Parameter(0.0, "kt", Basis.ASSUMED, "cannot be read")
        if told.tonnage is not None:
            return self.number(told.tonnage, MASS, f"{key}.tonnage", *path, "tonnage")
        assert told.contained is not None
        held = told.contained
        self.see_named(held.element, grades, "grade", *path, "contained", "element")
        amount = self.number(
            held.amount, MASS, f"{key}.contained.amount", *path, "contained", "amount"
        )
        return tonnage_of(amount, grades.get(held.element))

    def _supplies(self) -> tuple[Supply, ...]:
        found = []
        for place, told in enumerate(self.tables.supplies):
            path: Path = ("supplies", place)
            key = f"supplies.{told.id}"
            self.see_named(told.site, self.site_names, "site", *path, "site")
            self.see_materials((told.material,), *path, "material")
            price = self.yearly(
                told.price, self.numbers.money_per_mass, f"{key}.price", *path, "price"
            )
            most = self.yearly(told.most, MASS_PER_YEAR, f"{key}.most", *path, "most")
            found.append(Supply(told.id, told.site, told.material, price, most))
        return tuple(found)

    def _prices(self) -> dict[str, Price]:
        unit = self.numbers.money_per_mass
        found = {}
        for place, told in enumerate(self.tables.prices):
            key = f"prices.{told.id}"
            path: Path = ("prices", place)
            values = self.yearly(told.values, unit, f"{key}.values", *path, "values")
            floor = self.maybe(told.floor, unit, f"{key}.floor", *path, "floor")
            found[told.id] = Price(told.id, values, floor)
        return found

    def _see_units(self, names: Iterable[str], *path: str | int) -> None:
        self.see_all(names, (one.id for one in self.tables.units), "unit", *path)

    def _unit(self, place: int, told: UnitTable) -> Unit:
        path: Path = ("units", place)
        key = f"units.{told.id}"
        said = self.said.within(told.basis, told.source)
        self.see_named(told.site, self.site_names, "site", *path, "site")
        self._see_units(told.after, *path, "after")
        gate: tuple[str, ...] = ()
        phase = next((one for one in self.tables.phases if one.id == told.phase), None)
        if told.phase:
            known = (one.id for one in self.tables.phases)
            self.see_named(told.phase, known, "phase", *path, "phase")
            gate = () if phase is None else phase.after
        first, last = self.years[0] if self.years else 0, self.years[-1] if self.years else 0
        spend = told.spend or tuple(
            1 / max(told.lead_years, 1) for _ in range(max(told.lead_years, 1))
        )
        return Unit(
            told.id,
            told.name or told.id,
            told.site,
            told.phase,
            self._sizes(told, path, said),
            self.recipes_of(told, path, said),
            tuple(dict.fromkeys((*told.after, *gate))),
            max(told.earliest or first, first),
            min(told.latest or last, last),
            told.standing,
            told.lead_years,
            told.life_years,
            tuple(
                self.number(
                    one,
                    FRACTION,
                    f"{key}.ramp_up.{number + 1}",
                    *path,
                    "ramp_up",
                    number,
                    said=said,
                )
                for number, one in enumerate(told.ramp_up)
            ),
            spend,
            self.maybe(
                told.closure, self.numbers.money, f"{key}.closure", *path, "closure", said=said
            ),
            told.estimate_class,
            self.maybe(
                told.engineering, FRACTION, f"{key}.engineering", *path, "engineering", said=said
            ),
            self._blends(told.blends, key, *path),
            self._availability(told.availability, key, path),
            self.shares_of(told.owners, f"{key}.owners", *path, "owners", said=said) or self.owners,
        )

    def _availability(
        self, given: Mapping[str, PlanNumber] | None, key: str, path: Path
    ) -> tuple[Parameter, ...]:
        name = f"{key}.availability"
        found = self.maybe_yearly(given, FRACTION, name, *path, "availability") or ()
        if any(not 0 <= one.value <= 1 for one in found):
            where = self.where(*path, "availability")
            fix = 'write parts, as in "60 %"'
            self.numbers.refuse("ORL-1106", where, f"{name} is no part of a capacity", fix)
        return found

    def _sizes(self, told: UnitTable, path: Path, said: Said) -> tuple[Size, ...]:
        """Return the sizes as they stand, then the smaller ends of those that are ranges."""
        found, ends = [], []
        for place, one in enumerate(told.sizes):
            key, at = f"units.{told.id}.sizes.{one.id}", (*path, "sizes", place)
            span = "" if one.least is None else one.id
            found.append(self._size(one, one.id, span, key, at, said))
            if one.least is not None:
                here = (*at, "least")
                end = self._size(one.least, f"{one.id}:least", span, f"{key}.least", here, said)
                self._see_range(told, end, found[-1], here)
                ends.append(end)
        return (*found, *ends)

    def _size(
        self, one: SizeTable | LeastTable, name: str, span: str, key: str, at: Path, said: Said
    ) -> Size:
        money, yearly = self.numbers.money, self.numbers.money_per_year
        capacity = (one.capacity, MASS_PER_YEAR, f"{key}.capacity")
        return Size(
            name,
            self.number(*capacity, *at, "capacity", said=said),
            self.number(one.capital, money, f"{key}.capital", *at, "capital", said=said),
            self.maybe(one.fixed_cost, yearly, f"{key}.fixed_cost", *at, "fixed_cost", said=said),
            span,
        )

    def _see_range(self, told: UnitTable, least: Size, most: Size, path: Path) -> None:
        """Refuse a range whose least is no less, or that of a unit which stands already."""
        what = f"the range of {told.id}, {most.id},"
        if not 0 < least.capacity.value < most.capacity.value:
            message = (
                f"{what} goes from {least.capacity.value:g} to {most.capacity.value:g} kt a year"
            )
            fix = "least.capacity is more than 0 and below the capacity of the size"
            self.numbers.refuse("ORL-1122", self.where(*path), message, fix)
        if least.capital.value > most.capital.value:
            message = f"{what} costs more at its least than at its most"
            fix = "swap the capitals, or leave least out"
            self.numbers.refuse("ORL-1122", self.where(*path), message, fix)
        if told.standing is not None:
            message = f"{told.id} stands already: its size is no choice"
            fix = "leave least out, and write the capacity that it has"
            self.numbers.refuse("ORL-1122", self.where(*path), message, fix)

    def _blends(
        self, given: tuple[BlendTable, ...], key: str, *path: str | int
    ) -> tuple[Blend, ...]:
        found = []
        for place, one in enumerate(given):
            at, name = (*path, "blends", place), f"{key}.blends.{one.element}"
            found.append(
                Blend(
                    one.element,
                    self.maybe(one.most, FRACTION, f"{name}.most", *at, "most"),
                    self.maybe(one.least, FRACTION, f"{name}.least", *at, "least"),
                )
            )
        return tuple(found)

    def _ways(self, routes: Mapping[str, Route]) -> tuple[Way, ...]:
        found = []
        for place, told in enumerate(self.tables.routes):
            path: Path = ("routes", place)
            key = f"routes.{told.id}"
            row = routes.get(told.id)
            origin = told.origin or (row.from_site if row else "")
            destination = told.destination or (row.to_site if row else "")
            self.see_named(origin, self.site_names, "site", *path, "from")
            self.see_named(destination, self.site_names, "site", *path, "to")
            self.see_materials(told.materials, *path, "materials")
            per_mass = self.numbers.money_per_mass
            given_cost = told.cost
            if given_cost is None and row is not None and row.cost_usd_per_t is not None:
                given_cost = PlanNumber(
                    value=float(row.cost_usd_per_t),
                    unit="USD/t",
                    basis=row.basis,
                    source=row.source or f"routes.csv, {row.id}",
                )
            cost = self.maybe(given_cost, per_mass, f"{key}.cost", *path, "cost")
            capacity = self.maybe(
                told.capacity, MASS_PER_YEAR, f"{key}.capacity", *path, "capacity"
            )
            days = None
            if told.days is not None:
                plain = told.days.model_copy(update={"unit": "1"})
                days = self.number(plain, FRACTION, f"{key}.days", *path, "days")
            can = self._availability(told.availability, key, path)
            found.append(
                Way(told.id, origin, destination, told.materials, capacity, cost, days, can)
            )
        return tuple(found)

    def _market(self, place: int, told: MarketTable) -> Market:
        path: Path = ("markets", place)
        key = f"markets.{told.id}"
        self.see_named(told.site, self.site_names, "site", *path, "site")
        self.see_materials(told.materials, *path, "materials")
        pays = []
        for number, one in enumerate(told.pays):
            at = (*path, "pays", number)
            known = (price.id for price in self.tables.prices)
            self.see_named(one.price, known, "price deck", *at, "price")
            payable = self.number(
                one.payable, FRACTION, f"{key}.pays.{one.price}.payable", *at, "payable"
            )
            pays.append(Pay(one.price, one.element, payable))
        per_mass = self.numbers.money_per_mass
        return Market(
            told.id,
            told.name or told.id,
            told.site,
            told.materials,
            tuple(pays),
            self.maybe(told.charge, per_mass, f"{key}.charge", *path, "charge"),
            self.maybe_yearly(told.least, MASS_PER_YEAR, f"{key}.least", *path, "least"),
            self.maybe_yearly(told.most, MASS_PER_YEAR, f"{key}.most", *path, "most"),
            self.maybe(told.penalty, per_mass, f"{key}.penalty", *path, "penalty"),
            self._blends(told.blends, key, *path),
        )

    def _phases(self) -> tuple[BuildPhase, ...]:
        found = []
        for place, told in enumerate(self.tables.phases):
            path: Path = ("phases", place)
            self._see_units(told.after, *path, "after")
            key = f"phases.{told.id}.budget"
            budget = self.maybe(told.budget, self.numbers.money, key, *path, "budget")
            found.append(
                BuildPhase(
                    told.id,
                    told.name or told.id,
                    budget,
                    told.first_year,
                    told.last_year,
                    told.after,
                )
            )
        return tuple(found)

    def _budgets(self) -> tuple[Budget, ...]:
        every = tuple(one.id for one in self.tables.phases)
        found = []
        for place, told in enumerate(self.tables.budgets):
            path: Path = ("budgets", place)
            self.see_all(told.phases, every, "phase", *path, "phases")
            key = f"budgets.{told.id}.amount"
            amount = self.number(told.amount, self.numbers.money, key, *path, "amount")
            last = told.last_year or (self.years[-1] if self.years else 0)
            found.append(Budget(told.id, amount, told.phases or every, last))
        return tuple(found)

    def _levies(self) -> tuple[PlanLevy, ...]:
        every = tuple(one.id for one in self.tables.markets)
        found = []
        for place, told in enumerate(self.tables.levies):
            path: Path = ("levies", place)
            self.see_all(told.markets, every, "market", *path, "markets")
            rate = self.number(told.rate, FRACTION, f"levies.{told.id}.rate", *path, "rate")
            found.append(
                PlanLevy(
                    told.id,
                    rate,
                    told.base,
                    told.markets or every,
                    told.payee,
                    told.country,
                    told.depreciation_years or 0,
                    told.losses_carried,
                )
            )
        return tuple(found)

    def _origin(self) -> Origin:
        told = self.tables.origin
        if told is None:
            return Origin()
        most = self.maybe(
            told.most_from_one, FRACTION, "origin.most_from_one", "origin", "most_from_one"
        )
        return Origin(told.covered, most, told.elements)

    def _retained(self) -> Retained | None:
        told = self.tables.retained
        if told is None:
            return None
        return Retained(
            told.country,
            self.number(
                told.local_share, FRACTION, "retained.local_share", "retained", "local_share"
            ),
            self.number(
                told.owned_share, FRACTION, "retained.owned_share", "retained", "owned_share"
            ),
        )
