"""What a disruption scenario says: chain, blocs, events, stocks, market and economy.

Read by :mod:`oreline.stress._scenario_read` from a file, or built from the shipped tables by
:mod:`oreline.stress._scenario_reference`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from oreline.model import Basis


class EventKind(StrEnum):
    """What happens: only a restriction leaves production as it is and stops what is sent."""

    RESTRICTION = "export restriction"
    OUTAGE = "outage"
    CONFLICT = "conflict"
    DISASTER = "disaster"


class Domain(StrEnum):
    """What values a number can have, and so on which scale it is drawn."""

    POSITIVE = "positive"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Given:
    """A number with where it comes from; ``low`` to ``high`` hold it with a chance of 80 %."""

    value: float
    basis: Basis
    source: str
    low: float | None = None
    high: float | None = None

    @property
    def is_ranged(self) -> bool:
        """Return whether there is a range to draw from."""
        return self.low is not None and self.high is not None and self.low < self.high

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        found: dict[str, Any] = {"value": self.value, "basis": str(self.basis)}
        if self.low is not None:
            found |= {"low": self.low, "high": self.high}
        return {**found, "source": self.source}


@dataclass(frozen=True, slots=True)
class Producer:
    """A country or a plant in it, with its part of world supply of a stage and its capacity.

    Without a capacity of its own it has the spare capacity of its stage, without a price
    elasticity of its own that of its stage.
    """

    country: str
    plant: str
    share: Given
    capacity: Given | None
    eta: Given | None = None

    @property
    def id(self) -> str:
        """Return how it is named: the country, or country:plant."""
        return f"{self.country}:{self.plant}" if self.plant else self.country


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the chain.

    Parameters
    ----------
    eta
        Price elasticity of its supply.
    theta
        Its part of the price of the product.
    lag_months
        How long a new source takes to be qualified by users.
    recycling
        The part of the supply of this stage that is recycled where it is used.
    spare
        Free capacity of producers, as a part of what they make, where they name none.
    host
        Output of the host metal relative to today; 1 where the mineral is no by-product.
    """

    id: str
    eta: Given
    theta: Given
    lag_months: Given
    recycling: Given
    spare: Given
    host: Given
    host_metal: str
    producers: tuple[Producer, ...]


@dataclass(frozen=True, slots=True)
class Bloc:
    """Countries that buy together; one bloc without countries holds all others."""

    id: str
    countries: tuple[str, ...]
    demand: Given


@dataclass(frozen=True, slots=True)
class Severity:
    """The part of output or exports that is lost: fixed, or Kumaraswamy(a, b)."""

    fixed: float | None
    a: float = 4.0
    b: float = 2.0


@dataclass(frozen=True, slots=True)
class Duration:
    """Months that an event lasts: lognormal with a median and a geometric standard deviation."""

    median_months: float
    gsd: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """What may happen in a country, at some stages or one plant of it.

    ``probability`` is that of its happening in the year; ``targets`` are the blocs that an export
    restriction is aimed at; ``leakage`` the part that reaches them through others all the same.
    Events of several minerals with one ``shared`` name are one event, with one draw: that of the
    country ``shared_country``, where the mine or plant is that they all come from.
    """

    id: str
    country: str
    kind: EventKind
    probability: Given
    severity: Severity
    duration: Duration
    targets: tuple[str, ...]
    stages: tuple[str, ...]
    plant: str
    leakage: Given
    shared: str = ""
    shared_country: str = ""

    @property
    def factor_country(self) -> str:
        """Return the country whose common factor the event follows."""
        return self.shared_country or self.country


@dataclass(frozen=True, slots=True)
class Stock:
    """What a bloc holds of the product of a stage, as days of its demand."""

    bloc: str
    stage: str
    days: Given


class MeasureKind(StrEnum):
    """What can be done; the amount of each is in its own unit."""

    PLANT = "plant"
    STOCK = "stock"
    RECYCLING = "recycling"
    SUBSTITUTION = "substitution"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that would make supply safer.

    Parameters
    ----------
    amount
        Of a plant or of recycling: supply as a part of base world demand. Of a stock: days of the
        demand of the bloc looked at. Of substitution: by what part the demand elasticity rises. Of
        a contract: by how much the diversion of others' supply rises.
    cost_usd
        What it costs in a year; None: not known, then only what it may cost at most is told.
    """

    id: str
    kind: MeasureKind
    amount: Given
    stage: str = ""
    country: str = ""
    cost_usd: Given | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """An industry of BEA's summary tables that uses the mineral, and its part of all use."""

    industry: str
    share: Given


@dataclass(frozen=True, slots=True)
class Economy:
    """What the bloc looked at buys, makes and depends on; only for the United States.

    Parameters
    ----------
    use_t, domestic_t
        What it uses and what it makes itself, in tonnes of content a year; None: not published.
    price_usd_per_t
        The price before anything happens; None: not published.
    domestic_eta
        By how much its own producers raise output with the price.
    psi
        The part of a using industry's value added at risk, for each part of use: an industry with
        a share of 0.5 depends on the mineral with 0.5 psi of its output.
    """

    use_t: Given | None
    domestic_t: Given | None
    price_usd_per_t: Given | None
    domestic_eta: Given
    psi: Given
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where what a country makes at a stage goes: parts of it by country of the next stage.

    What the parts leave of 1 goes where nobody told.
    """

    stage: str
    country: str
    to: tuple[tuple[str, float], ...]
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class StageTrade:
    """Bilateral trade that tells where the product of a stage goes.

    Parameters
    ----------
    code
        Of the Harmonized System, six digits.
    content
        Tonnes of the mineral in a tonne of the goods of that code.
    world_t
        What the world makes at the stage, in tonnes of the mineral; None: as the tables have it.
    file
        A file of flows beside the scenario; empty: the table of trade in use.
    """

    stage: str
    code: str
    content: Given
    world_t: Given | None
    file: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A chain of one mineral, and what may happen to it in a year."""

    name: str
    mineral: str
    year: int
    focal: str
    eps: Given
    choke: Given
    diversion: Given
    rho: Given
    stages: tuple[Stage, ...]
    blocs: tuple[Bloc, ...]
    events: tuple[Event, ...]
    stocks: tuple[Stock, ...]
    economy: Economy | None
    sha256: str
    measures: tuple[Measure, ...] = ()
    routes: tuple[Route, ...] = ()
    trade: tuple[StageTrade, ...] = ()

    def numbers(self) -> Iterator[tuple[str, Given, Domain]]:
        """Yield every number with a place and a scale; those with a range are drawn."""
        part, positive = Domain.PART, Domain.POSITIVE
        yield "market.demand_elasticity", self.eps, positive
        yield "market.choke_price_ratio", self.choke, positive
        yield "market.diversion", self.diversion, part
        yield "market.rho", self.rho, part
        for stage in self.stages:
            yield f"stages.{stage.id}.supply_elasticity", stage.eta, positive
            yield f"stages.{stage.id}.qualification_months", stage.lag_months, positive
            yield f"stages.{stage.id}.spare_capacity", stage.spare, positive
            yield f"stages.{stage.id}.host_output", stage.host, positive
            for one in stage.producers:
                if one.eta is not None:
                    place = f"stages.{stage.id}.producers.{one.id}.supply_elasticity"
                    yield place, one.eta, positive
        for bloc in self.blocs:
            yield f"blocs.{bloc.id}.demand_share", bloc.demand, part
        for event in self.events:
            yield f"events.{event.id}.probability", event.probability, part
            yield f"events.{event.id}.leakage", event.leakage, part
        for row in self.trade:
            yield f"trade.{row.stage}.{row.code}.content", row.content, positive
            if row.world_t is not None:
                yield f"trade.{row.stage}.{row.code}.world_t", row.world_t, positive
        for stock in self.stocks:
            yield f"stocks.{stock.bloc}.{stock.stage}.days", stock.days, positive
        if self.economy is not None:
            yield "economy.psi", self.economy.psi, positive
            yield "economy.domestic_elasticity", self.economy.domestic_eta, positive
            for key in ("price_usd_per_t", "use_t", "domestic_t"):
                given = getattr(self.economy, key)
                if given is not None:
                    yield f"economy.{key}", given, positive

    def assumed(self) -> Mapping[str, Given]:
        """Return the numbers that nobody reported, by place."""
        return {key: one for key, one, _ in self.numbers() if one.basis is Basis.ASSUMED}

    def bloc_of(self, country: str) -> str:
        """Return the bloc that a country belongs to; the one without countries takes the rest."""
        named = next((one.id for one in self.blocs if country in one.countries), None)
        return named or next((one.id for one in self.blocs if not one.countries), "")
