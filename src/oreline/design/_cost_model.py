"""What the cost of a design rests on: capital items, operating lines, products, burdens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from oreline.design._parameter import Parameter
from oreline.design._price_index import PriceIndex
from oreline.model import InputError


class CapitalMethod(StrEnum):
    """Where the cost of an item is from.

    A project ``anchor`` within battery limits, scaled or as it stands, a piece of ``equipment``
    times its installation factor, or an ``allowance``.
    """

    ANCHOR = "anchor"
    EQUIPMENT = "equipment"
    ALLOWANCE = "allowance"


class CostKind(StrEnum):
    """What an operating line is paid for."""

    FEED = "feed"
    REAGENT = "reagent"
    ENERGY = "energy"
    WATER = "water"
    LABOUR = "labour"
    MAINTENANCE = "maintenance"
    CONSUMABLE = "consumable"
    WASTE = "waste"
    TRANSPORT = "transport"
    GENERAL = "general"
    ROYALTY = "royalty"


class PercentOf(StrEnum):
    """What a line in per cent is a part of."""

    FIXED_CAPITAL = "fixed capital"
    DIRECT_CAPITAL = "direct capital"
    OPERATING_COST = "operating cost"
    REVENUE = "revenue"


class BurdenKind(StrEnum):
    """What a design burdens the world with; carbon dioxide in t, water in m3, tailings in t."""

    CO2_DIRECT = "co2 scope 1"
    CO2_POWER = "co2 scope 2"
    WATER = "water"
    TAILINGS = "tailings"


BURDEN_UNITS: Final = {
    BurdenKind.CO2_DIRECT: "t CO2e",
    BurdenKind.CO2_POWER: "t CO2e",
    BurdenKind.WATER: "m3",
    BurdenKind.TAILINGS: "t",
}
"""In what a year of each is told."""


class AllocationRule(StrEnum):
    """How a cost that several products share is divided among them.

    By their ``mass``; by their sales ``value``; by their ``net value`` (sales less what is spent
    on each alone); by ``stated`` shares; or all to one ``main`` product, with the sales of the
    others as a credit.
    """

    MASS = "mass"
    VALUE = "value"
    NET_VALUE = "net value"
    STATED = "stated"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class CapitalItem:
    """One item of capital.

    ``cost`` is that of one piece at ``reference_size``, in money of ``year``, which ``index``
    brings to the year of the estimate (empty: the year is the same). ``size_of`` names the
    quantity that is its size; otherwise ``size`` is. Without sizes the cost stands as it is.
    ``products`` are those it serves; none named means all of them.
    """

    name: str
    stage: str
    method: CapitalMethod
    cost: Parameter
    year: str
    index: str = ""
    size: Parameter | None = None
    size_of: str = ""
    reference_size: Parameter | None = None
    exponent: Parameter | None = None
    size_range: tuple[float, float] | None = None
    count: int = 1
    installation: Parameter | None = None
    battery_limits: str = ""
    products: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class OperatingLine:
    """One line of yearly cost: an amount a year times a price, or a percentage of something."""

    name: str
    kind: CostKind
    stage: str
    price: Parameter
    amount: Parameter | None = None
    amount_of: str = ""
    percent_of: PercentOf | None = None
    products: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """What is sold: ``price`` for a unit of mass on ``day``, of which ``payable`` % is paid."""

    name: str
    amount_of: str
    price: Parameter
    day: str
    payable: Parameter | None = None
    share: Parameter | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Burden:
    """An amount a year times a factor, such as power times the grid's carbon dioxide."""

    name: str
    kind: BurdenKind
    stage: str
    amount_of: str
    factor: Parameter
    products: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class EstimateTerms:
    """What holds for the whole estimate; percentages are in per cent, None where not stated.

    ``contingency`` is of direct cost, ``owner`` of direct cost with contingency, ``working`` of
    fixed capital. ``rate`` (a year) and ``life`` (years) turn capital into a yearly charge.
    """

    currency: str
    year: str
    number: int
    engineering_pct: Parameter | None = None
    location: Parameter | None = None
    contingency: Parameter | None = None
    owner: Parameter | None = None
    working: Parameter | None = None
    rate: Parameter | None = None
    life: Parameter | None = None


@dataclass(frozen=True, slots=True)
class CostModel:
    """Everything a cost is computed from; ``quantities`` are amounts a year, by name.

    ``per_tonne_of`` names the quantity that costs and burdens are told per tonne of: the ore.
    """

    terms: EstimateTerms
    capital: tuple[CapitalItem, ...]
    operating: tuple[OperatingLine, ...]
    products: tuple[PricedProduct, ...]
    quantities: Mapping[str, Parameter]
    burdens: tuple[Burden, ...] = ()
    indices: Mapping[str, PriceIndex] = field(default_factory=dict)
    rule: AllocationRule = AllocationRule.VALUE
    main_product: str = ""
    per_tonne_of: str = ""

    def __post_init__(self) -> None:
        for kind, names in (
            ("product", [one.name for one in self.products]),
            ("capital item", [one.name for one in self.capital]),
            ("operating line", [one.name for one in self.operating]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise InputError(f"there are two of the {kind} {twice[0]}: give each its own name")
        if self.rule is AllocationRule.MAIN and self.main_product not in {
            one.name for one in self.products
        }:
            raise InputError(f"the main product {self.main_product!r} is none of the products")

    def parameters(self) -> dict[str, Parameter]:
        """Return every number by a name that says where it stands, such as ``price: Nd oxide``."""
        return dict(_parameters(self))


def _parameters(model: CostModel) -> Iterator[tuple[str, Parameter]]:
    for name in ("location", "contingency", "owner", "working", "rate", "life"):
        yield from _stated(f"estimate: {name}", getattr(model.terms, name))
    for name, quantity in model.quantities.items():
        yield f"quantity: {name}", quantity
    for item in model.capital:
        for key in ("cost", "size", "reference_size", "exponent", "installation"):
            yield from _stated(f"capital {key.replace('_', ' ')}: {item.name}", getattr(item, key))
    for line in model.operating:
        yield f"cost: {line.name}", line.price
        yield from _stated(f"amount: {line.name}", line.amount)
    for product in model.products:
        yield f"price: {product.name}", product.price
        yield from _stated(f"payable: {product.name}", product.payable)
        yield from _stated(f"share: {product.name}", product.share)
    for burden in model.burdens:
        yield f"factor: {burden.name}", burden.factor


def _stated(name: str, parameter: Parameter | None) -> Iterator[tuple[str, Parameter]]:
    if parameter is not None:
        yield name, parameter
