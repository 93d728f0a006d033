"""What a plan decides on: sites, materials, units, markets, money, and the conventions.

Masses are kilotonnes (kt, dry), money is millions of the plan's currency, time is years: numbers of
like size, in which a solver is fast and exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from oreline.design import Parameter
from oreline.plan._cash_flow import Discounting
from oreline.plan._levies import LevyBase


@dataclass(frozen=True, slots=True)
class Terms:
    """The conventions of a plan's values.

    ``inflation`` is zero where money is real; ``closed_at_end`` says whether what stands after the
    last year is closed in it. A year has so many ``periods``: 4 where they are quarters.
    """

    rate: Parameter
    timing: Discounting
    money: str
    money_year: int
    inflation: float
    tax: str
    closed_at_end: bool
    periods: int = 1


@dataclass(frozen=True, slots=True)
class Site:
    """A place; ``storage_kt`` is what it holds at a year's end at most."""

    id: str
    name: str
    country: str
    operator: str
    storage_kt: float


@dataclass(frozen=True, slots=True)
class Material:
    """A material of fixed composition; grades are fractions of the dry mass."""

    id: str
    name: str
    grades: Mapping[str, Parameter]
    discard: bool
    discard_cost: Parameter | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A tranche in the ground, of one grade."""

    id: str
    site: str
    grades: Mapping[str, Parameter]
    tonnage: Parameter
    per_year: Parameter | None
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """Material bought from outside, year by year."""

    id: str
    site: str
    material: str
    price: tuple[Parameter, ...]
    most: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """A price deck: one number a year, and the floor of a contract."""

    id: str
    values: tuple[Parameter, ...]
    floor: Parameter | None

    def paid(self, year: int) -> float:
        """Return what is paid in the year of that place: the floor where it is higher."""
        value = self.values[year].value
        return value if self.floor is None else max(value, self.floor.value)


@dataclass(frozen=True, slots=True)
class Size:
    """A size in which a unit can be built, or an end of a range of sizes.

    ``span`` names the range of which it is an end, empty for a step; the range goes by the id of
    its larger end.
    """

    id: str
    capacity: Parameter
    capital: Parameter
    fixed_cost: Parameter | None
    span: str = ""

    @property
    def is_least(self) -> bool:
        """Return whether it is the smaller end of a range."""
        return bool(self.span) and self.id != self.span

    def between(self, least: Size, part: float) -> Size:
        """Return the size of which a part lies between the least and this one.

        >>> from oreline.model import Basis
        >>> low, high = (
        ...     Size(str(n), *(Parameter(n, "1", Basis.ASSUMED, "a test"),) * 2, None)
        ...     for n in (20.0, 60.0)
        ... )
        >>> high.between(low, 0.25).capacity.value
        30.0
        """
        fixed = None
        if self.fixed_cost is not None or least.fixed_cost is not None:
            one = self.fixed_cost or least.fixed_cost
            assert one is not None
            nothing = replace(one, value=0.0, low=None, high=None)
            fixed = _between(least.fixed_cost or nothing, self.fixed_cost or nothing, part)
        return replace(
            self,
            capacity=_between(least.capacity, self.capacity, part),
            capital=_between(least.capital, self.capital, part),
            fixed_cost=fixed,
        )


def _between(least: Parameter, most: Parameter, part: float) -> Parameter:
    value, low, high = (
        (1 - part) * start + part * end
        for start, end in (
            (least.value, most.value),
            (least.low_or_value, most.low_or_value),
            (least.high_or_value, most.high_or_value),
        )
    )
    is_ranged = least.is_ranged or most.is_ranged
    return replace(most, value=value, low=low if is_ranged else None,
                   high=high if is_ranged else None)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a unit makes of a tonne of throughput; negative goes in, positive comes out.

    ``rest`` is the output that takes what is left, as tailings do.
    """

    id: str
    rates: Mapping[str, Parameter]
    resource: str
    cost: Parameter | None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Blend:
    """A limit of the mix that enters in a year."""

    element: str
    most: Parameter | None
    least: Parameter | None


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that can be built.

    ``after`` holds the gate of its phase too. ``earliest`` and ``latest`` are years of its
    beginning within the plan; ``standing`` the year since when it runs, None where it is a choice.
    """

    id: str
    name: str
    site: str
    phase: str
    sizes: tuple[Size, ...]
    recipes: tuple[Recipe, ...]
    after: tuple[str, ...]
    earliest: int
    latest: int
    standing: int | None
    lead_years: int
    life_years: int
    ramp_up: tuple[Parameter, ...]
    spend: tuple[float, ...]
    closure: Parameter | None
    estimate_class: int
    engineering: Parameter | None
    blends: tuple[Blend, ...]
    availability: tuple[Parameter, ...] = ()
    """The part of its capacity that can be had, year by year; empty: all of it."""
    owners: Mapping[str, Parameter] = field(default_factory=dict)
    """The part of it that each party owns; empty where the plan does not say."""

    def step(self, size: str, part: float = 1.0) -> Size:
        """Return the size of an id; of a range, the one so far between its least and its most."""
        most = next(one for one in self.sizes if one.id == size)
        least = next((one for one in self.sizes if one.is_least and one.span == size), None)
        return most if least is None else most.between(least, part)

    def weights(self, size: str, part: float) -> dict[str, float]:
        """Return how much of each of its sizes is built: of a range, of both of its ends."""
        least = next((one.id for one in self.sizes if one.is_least and one.span == size), None)
        return {size: 1.0} if least is None else {size: part, least: 1.0 - part}

    def available(self, place: int) -> float:
        """Return the part of its capacity that can be had in the year of that place."""
        return self.availability[place].value if self.availability else 1.0

    def part_running(self, begun: int, year: int) -> float:
        """Return what part of its capacity a unit begun in one year has in another.

        >>> unit = Unit("a", "", "", "", (), (), (), 0, 0, None, 2, 3, (), (), None, 5, None, ())
        >>> [unit.part_running(2030, year) for year in range(2030, 2037)]
        [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0]
        """
        age = year - begun - self.lead_years
        if not 0 <= age < self.life_years:
            return 0.0
        return self.ramp_up[age].value if age < len(self.ramp_up) else 1.0


@dataclass(frozen=True, slots=True)
class Way:
    """A route and what it can carry."""

    id: str
    origin: str
    destination: str
    materials: tuple[str, ...]
    capacity: Parameter | None
    cost: Parameter | None
    days: Parameter | None
    availability: tuple[Parameter, ...] = ()
    """The part of its capacity that can be had, year by year; empty: all of it."""

    def limit(self, place: int) -> float | None:
        """Return what it can carry in the year of that place, None where nothing limits it."""
        if self.capacity is None:
            return None
        part = self.availability[place].value if self.availability else 1.0
        return self.capacity.value * part


@dataclass(frozen=True, slots=True)
class Pay:
    """One thing that a market pays for: the material, or an element in it."""

    price: str
    element: str
    payable: Parameter


@dataclass(frozen=True, slots=True)
class Market:
    """Who takes material."""

    id: str
    name: str
    site: str
    materials: tuple[str, ...]
    pays: tuple[Pay, ...]
    charge: Parameter | None
    least: tuple[Parameter, ...] | None
    most: tuple[Parameter, ...] | None
    penalty: Parameter | None
    blends: tuple[Blend, ...]


@dataclass(frozen=True, slots=True)
class BuildPhase:
    """A phase with its money and its years."""

    id: str
    name: str
    budget: Parameter | None
    first_year: int | None
    last_year: int | None
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """Money for the capital of several phases."""

    id: str
    amount: Parameter
    phases: tuple[str, ...]
    last_year: int


@dataclass(frozen=True, slots=True)
class PlanLevy:
    """A royalty or tax on sales at some markets, or on profit.

    ``losses_carried`` says whether a loss lowers the profit of later years.
    """

    id: str
    rate: Parameter
    base: LevyBase
    markets: tuple[str, ...]
    payee: str
    country: str
    depreciation_years: int
    losses_carried: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Rules of origin: closed countries, and the most of an element from one country."""

    covered: tuple[str, ...] = ()
    most_from_one: Parameter | None = None
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retained:
    """How much of what is spent and earned stays in a country."""

    country: str
    local_share: Parameter
    owned_share: Parameter


@dataclass(frozen=True, slots=True)
class Problem:
    """A plan's question as a whole; ``digest`` is the SHA-256 of what it was read from.

    ``numbers`` holds every number by its place, as ``prices.sb.values.2028``. ``shared`` says by
    which name those go that stand in several places: an assumption, one number for many years.
    """

    name: str
    currency: str
    years: tuple[int, ...]
    terms: Terms
    sites: Mapping[str, Site]
    materials: Mapping[str, Material]
    resources: tuple[Resource, ...]
    supplies: tuple[Supply, ...]
    prices: Mapping[str, Price]
    units: tuple[Unit, ...]
    ways: tuple[Way, ...]
    markets: tuple[Market, ...]
    phases: tuple[BuildPhase, ...]
    budgets: tuple[Budget, ...]
    levies: tuple[PlanLevy, ...]
    origin: Origin
    retained: Retained | None
    digest: str
    numbers: Mapping[str, Parameter] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)

    def country(self, site: str) -> str:
        """Return the country of a site."""
        return self.sites[site].country

    def grade(self, material: str, element: str) -> float:
        """Return the part of a material that is an element."""
        found = self.materials[material].grades.get(element)
        return 0.0 if found is None else found.value

    def elements(self) -> tuple[str, ...]:
        """Return every element that a material holds, in alphabetical order."""
        return tuple(sorted({one for item in self.materials.values() for one in item.grades}))

    def escalation(self, year: int) -> float:
        """Return what a cost of the money's year is in another, 1 where money is real.

        Costs grow from year to year, as prices do that are told by year, not from quarter to
        quarter: four quarters cost what their year costs.
        """
        return float(
            (1.0 + self.terms.inflation) ** (year // self.terms.periods - self.terms.money_year)
        )
