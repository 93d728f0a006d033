"""The tables of a scenario file as types: what may stand in it, and the form of each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

STAGES_MAX, PRODUCERS_MAX, BLOCS_MAX, EVENTS_MAX = 8, 120, 12, 300
"""The most stages, producers of a stage, blocs and events of a scenario."""
ROUTES_MAX = STAGES_MAX * PRODUCERS_MAX
MEASURES_MAX = 10
"""The most measures: all their combinations are compared."""
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Said = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
HsCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]{0,119}$")]
"""A file beside the scenario: a name without folders."""
Basis_ = Literal["measured", "reported", "assumed", "planned", "derived"]
Real = Annotated[float, Field(allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberTable(_Table):
    """A number with its own range, basis and source."""

    value: Real
    low: Real | None = None
    high: Real | None = None
    basis: Basis_ | None = None
    source: Said | None = None


Number = Real | NumberTable


class SaidTable(_Table):
    """A table that may say whose basis and source its numbers have."""

    basis: Basis_ | None = None
    source: Said | None = None


class MarketTable(SaidTable):
    """``[market]``."""

    demand_elasticity: Number
    choke_price_ratio: Number = 20.0
    diversion: Number = 0.5
    rho: Number = 0.3


class BlocTable(SaidTable):
    """``[[blocs]]``."""

    id: Id
    countries: Annotated[tuple[str, ...], Field(max_length=250)] = ()
    demand_share: Number


class ProducerTable(SaidTable):
    """``[[stages.producers]]``."""

    country: Said
    plant: Id | None = None
    share: Number
    capacity: Number | None = None
    supply_elasticity: Number | None = None


class StageTable(SaidTable):
    """``[[stages]]``."""

    id: Id
    supply_elasticity: Number
    price_share: Number
    qualification_months: Number = 6.0
    recycling_share: Number = 0.0
    host_metal: Said | None = None
    host_output: Number = 1.0
    spare_capacity: Number = 0.1
    producers: Annotated[tuple[ProducerTable, ...], Field(max_length=PRODUCERS_MAX)] = ()


class SeverityTable(_Table):
    """Kumaraswamy's distribution."""

    a: Real
    b: Real


class DurationTable(_Table):
    """A lognormal distribution."""

    median: Real
    gsd: Real


class EventTable(SaidTable):
    """``[[events]]``."""

    id: Id
    country: Said
    type: Literal["export restriction", "outage", "conflict", "disaster"]
    probability: Number
    severity: Real | SeverityTable = SeverityTable(a=4.0, b=2.0)
    duration_months: Real | DurationTable = DurationTable(median=6.0, gsd=2.0)
    targets: Annotated[tuple[str, ...], Field(max_length=BLOCS_MAX)] = ()
    stages: Annotated[tuple[str, ...], Field(max_length=STAGES_MAX)] = ()
    plant: Id | None = None
    leakage: Number = 0.0
    shared: Id | None = None
    shared_country: Said | None = None


class RouteTable(SaidTable):
    """``[[routes]]``."""

    stage: Id
    country: Said
    to: Annotated[dict[str, Real], Field(min_length=1, max_length=PRODUCERS_MAX)]


class TradeTable(SaidTable):
    """``[[trade]]``."""

    stage: Id
    code: HsCode
    content: Number
    world_t: Number | None = None
    file: FileName | None = None
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None


class StockTable(SaidTable):
    """``[[stocks]]``."""

    bloc: Id
    stage: Id
    days: Number


class UseTable(SaidTable):
    """``[[economy.uses]]``."""

    industry: Said
    share: Number


class EconomyTable(SaidTable):
    """``[economy]``."""

    use_t: Number | None = None
    domestic_t: Number | None = None
    price_usd_per_t: Number | None = None
    domestic_elasticity: Number = 0.3
    psi: Number
    uses: Annotated[tuple[UseTable, ...], Field(min_length=1, max_length=100)]


class MeasureTable(SaidTable):
    """``[[measures]]``."""

    id: Id
    kind: Literal["plant", "stock", "recycling", "substitution", "contract"]
    amount: Number
    stage: Id | None = None
    country: Said | None = None
    cost_usd_per_year: Number | None = None


class ScenarioFile(SaidTable):
    """A scenario file."""

    name: Said
    mineral: Said
    year: Annotated[int, Field(ge=1900, le=2100)]
    focal: Id
    market: MarketTable
    blocs: Annotated[tuple[BlocTable, ...], Field(min_length=1, max_length=BLOCS_MAX)]
    stages: Annotated[tuple[StageTable, ...], Field(min_length=1, max_length=STAGES_MAX)]
    events: Annotated[tuple[EventTable, ...], Field(max_length=EVENTS_MAX)] = ()
    stocks: Annotated[tuple[StockTable, ...], Field(max_length=100)] = ()
    economy: EconomyTable | None = None
    measures: Annotated[tuple[MeasureTable, ...], Field(max_length=MEASURES_MAX)] = ()
    routes: Annotated[tuple[RouteTable, ...], Field(max_length=ROUTES_MAX)] = ()
    trade: Annotated[tuple[TradeTable, ...], Field(max_length=STAGES_MAX)] = ()
