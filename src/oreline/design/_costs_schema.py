"""The form of ``costs.toml``: what may stand in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from oreline.design._cost_model import (
    AllocationRule,
    BurdenKind,
    CapitalMethod,
    CostKind,
    PercentOf,
)
from oreline.design._parameter import Shape
from oreline.model import Basis

Text = Annotated[str, Field(min_length=1, max_length=300)]
Number = StrictInt | StrictFloat


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberTable(_Table):
    """A number with its unit, basis and source, and its range where one is known."""

    value: Number
    unit: Text
    basis: Basis
    source: Text
    low: Number | None = None
    high: Number | None = None
    shape: Shape = Shape.TRIANGULAR
    note: str = ""


class EstimateTable(_Table):
    """What holds for the whole estimate."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    year: Text
    estimate_class: Annotated[int, Field(alias="class", ge=1, le=5)]
    engineering: NumberTable | None = None
    location: NumberTable | None = None
    contingency: NumberTable | None = None
    owner: NumberTable | None = None
    working: NumberTable | None = None
    rate: NumberTable | None = None
    life: NumberTable | None = None
    allocation: AllocationRule
    main_product: str = ""
    per_tonne_of: str = ""


class IndexTable(_Table):
    """A price index: the values that a study uses, with their source."""

    source: Text
    values: dict[str, Number]


class FlowTable(_Table):
    """An amount a year that the flowsheet gives; one of the first six says what of it."""

    feed: str = ""
    product: str = ""
    stream: str = ""
    unit: str = ""
    consumed: str = ""
    reagent: str = ""
    component: Text = "dry"
    units: tuple[str, ...] = ()
    dose: NumberTable | None = None


class CapitalTable(_Table):
    """An item of capital; with ``account`` its cost and scaling come from a published account."""

    name: Text
    stage: Text
    method: CapitalMethod
    account: str = ""
    cost: NumberTable | None = None
    year: str = ""
    index: str = ""
    size: NumberTable | None = None
    size_of: str = ""
    reference_size: NumberTable | None = None
    exponent: NumberTable | None = None
    size_range: tuple[Number, Number] | None = None
    count: Annotated[int, Field(ge=1)] = 1
    installation: NumberTable | None = None
    battery_limits: str = ""
    products: tuple[str, ...] = ()
    at: str = ""


class OperatingTable(_Table):
    """An operating line: ``price`` times an amount, or ``percent`` of something."""

    name: Text
    kind: CostKind
    stage: Text
    price: NumberTable | None = None
    percent: NumberTable | None = None
    of: PercentOf | None = None
    amount: NumberTable | None = None
    amount_of: str = ""
    products: tuple[str, ...] = ()
    at: str = ""


class ProductTable(_Table):
    """What is sold; ``day`` is when the price held."""

    name: Text
    amount_of: Text
    price: NumberTable
    day: Text
    payable: NumberTable | None = None
    share: NumberTable | None = None


class BurdenTable(_Table):
    """A burden: an amount times a factor."""

    name: Text
    kind: BurdenKind
    stage: Text
    amount_of: Text
    factor: NumberTable
    products: tuple[str, ...] = ()
    at: str = ""


class CorrelationTable(_Table):
    """How the ranks of two numbers correlate, and who says so."""

    numbers: tuple[Text, Text]
    rank: Annotated[Number, Field(gt=-1, lt=1)]
    source: Text


class CostsTable(_Table):
    """The whole file."""

    format: Literal["oreline-costs-1"]
    estimate: EstimateTable
    index: dict[str, IndexTable] = {}
    quantities: dict[str, NumberTable] = {}
    flows: dict[str, FlowTable] = {}
    shapes: dict[str, Shape] = {}
    capital: tuple[CapitalTable, ...] = ()
    operating: tuple[OperatingTable, ...] = ()
    products: tuple[ProductTable, ...] = ()
    burdens: tuple[BurdenTable, ...] = ()
    correlations: tuple[CorrelationTable, ...] = ()
