"""What a flowsheet is: components, feeds, units and where their outlets lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from oreline.design._law import Law, StreamPhase
from oreline.design._parameter import Parameter


class ComponentKind(StrEnum):
    """What a component is."""

    ELEMENT = "element"
    COMPOUND = "compound"
    """A mineral or oxide of known composition: units that break minerals set its elements free."""
    GROUP = "group"
    """Something assayed together whose composition is not followed: rare earth oxides, gangue."""
    REST = "rest"
    """All that is not named, so that components sum to the dry mass."""
    WATER = "water"


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that the flowsheet follows.

    ``element_fractions`` is what a compound is made of: element to mass fraction.
    """

    name: str
    kind: ComponentKind
    element_fractions: Mapping[str, float] = field(default_factory=dict)
    formula: str = ""


@dataclass(frozen=True, slots=True)
class OreOfYear:
    """What an ore brings to a feed in one year of mining: the feed's own numbers in its place."""

    dry_t_per_h: Parameter
    grades: Mapping[str, Parameter]
    moisture: Parameter | None


def joined_pairs(
    *sources: Mapping[tuple[str, str], float],
) -> dict[tuple[str, str], float]:
    """Return correlations of several sources; of one pair the last counts, however it is turned.

    >>> joined_pairs({("a", "b"): 0.9}, {("b", "a"): 0.2})
    {('b', 'a'): 0.2}
    """
    found: dict[tuple[str, str], float] = {}
    for source in sources:
        for (one, other), rank in source.items():
            found.pop((other, one), None)
            found[one, other] = rank
    return found


@dataclass(frozen=True, slots=True)
class FeedStream:
    """What enters the flowsheet from outside: ore, reagents, water, air, scrap.

    ``grades`` are mass fractions of the dry mass, by component or by formula; what they leave is
    ``rest``. Its water is given as ``moisture``, a part of the wet mass, or as ``water_t_per_h``;
    both are None for a dry one. ``minerals`` names those into which assays are to be turned.
    ``ore`` is the table of a resource, ``ore_years`` what it gives in each year. ``correlations``
    are those of the ranks of two of its numbers, named as ``numbers`` does, less the feed.
    """

    id: str
    to: str
    dry_t_per_h: Parameter
    grades: Mapping[str, Parameter]
    moisture: Parameter | None = None
    water_t_per_h: Parameter | None = None
    phase: StreamPhase = StreamPhase.SOLID
    minerals: tuple[str, ...] = ()
    material: str = ""
    site: str = ""
    where: str = ""
    ore: str = ""
    ore_years: Mapping[int, OreOfYear] = field(default_factory=dict)
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """A process unit: its law, numbers, and for each outlet the id of the unit or product it feeds.

    ``parameters`` are by the law's names: ``tau_min``, ``k[Nd]``.
    """

    id: str
    law: Law
    outlets: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    site: str = ""
    plant: str = ""
    phases: Mapping[str, StreamPhase] = field(default_factory=dict)
    where: str = ""
    places: Mapping[str, str] = field(default_factory=dict)


class ProductKind(StrEnum):
    """What becomes of what leaves the flowsheet."""

    PRODUCT = "product"
    WASTE = "waste"
    EMISSION = "emission"


@dataclass(frozen=True, slots=True)
class Product:
    """Where material leaves the flowsheet."""

    id: str
    kind: ProductKind
    name: str = ""
    material: str = ""
    site: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """What one outlet sends to one place. ``destination`` is a unit or a product."""

    id: str
    origin: str
    port: str
    destination: str
    phase: StreamPhase


@dataclass(frozen=True, slots=True)
class Flowsheet:
    """A chain of plants as units joined by streams.

    ``components`` are in the order in which arrays hold them; ``rest`` and ``water`` are last.
    ``hours_per_year`` is how long the flowsheet runs in a year, None where it is not stated.
    """

    name: str
    components: tuple[Component, ...]
    feeds: tuple[FeedStream, ...]
    units: tuple[Unit, ...]
    products: tuple[Product, ...]
    hours_per_year: Parameter | None = None
    where: str = ""

    @property
    def component_names(self) -> tuple[str, ...]:
        """Return the names of the components, in the order of arrays."""
        return tuple(component.name for component in self.components)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Return the streams that units send, in the order of units and outlets."""
        return tuple(
            Stream(f"{unit.id}.{port}", unit.id, port, target, unit.phases[port])
            for unit in self.units
            for port, target in unit.outlets.items()
        )

    def correlations(self) -> dict[tuple[str, str], float]:
        """Return how the ranks of numbers go together that have a range, by their names."""
        ranged = {name for name, one in self.numbers().items() if one.is_ranged}
        named = {
            (f"{feed.id}.{one}", f"{feed.id}.{other}"): rank
            for feed in self.feeds
            for (one, other), rank in feed.correlations.items()
        }
        return {pair: rank for pair, rank in named.items() if set(pair) <= ranged}

    def numbers(self) -> dict[str, Parameter]:
        """Return every input number under the name by which studies vary it.

        Names are ``unit.parameter`` (``rougher.k[Nd]``), ``feed.dry_t_per_h``, ``feed.moisture``,
        ``feed.water_t_per_h``,
        ``feed.grade[Nd]`` and ``hours_per_year``.
        """
        found: dict[str, Parameter] = {}
        for feed in self.feeds:
            found[f"{feed.id}.dry_t_per_h"] = feed.dry_t_per_h
            if feed.moisture is not None:
                found[f"{feed.id}.moisture"] = feed.moisture
            if feed.water_t_per_h is not None:
                found[f"{feed.id}.water_t_per_h"] = feed.water_t_per_h
            found |= {f"{feed.id}.grade[{name}]": one for name, one in feed.grades.items()}
        for unit in self.units:
            found |= {f"{unit.id}.{name}": one for name, one in unit.parameters.items()}
        if self.hours_per_year is not None:
            found["hours_per_year"] = self.hours_per_year
        return found
