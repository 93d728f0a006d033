"""The chain: its parties, sites, materials, routes, permits, assumptions, rules and phases.

These are the rows of a chain folder's tables after validation. Each keeps its basis and its
source. Days are text in ISO form (``2025-09-01``), which sorts as it should; numbers are exact
decimals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from oreline.model._bodies import Day, EntityId, Sha256
from oreline.model._chemistry import is_analyte
from oreline.model._quantity import Basis, Frozen, Name, Text


def _exact(value: Any) -> Any:
    """Return a written number as a decimal; only plain digits with a point are a number."""
    if isinstance(value, Decimal):
        return value
    text = str(value)
    digits = text.removeprefix("-")
    if not digits.replace(".", "", 1).isdecimal() or not digits.isascii() or len(digits) > 40:
        message = f"{text!r} is not a plain number; write digits with a decimal point"
        raise ValueError(message)
    return Decimal(text)


Number = Annotated[Decimal, BeforeValidator(_exact)]
"""An exact decimal, written in plain digits with a point."""
Amount = Annotated[Number, Field(ge=0)]
"""A number that is not negative."""
Lei = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{18}[0-9]{2}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Dated(Frozen):
    """A row that holds for a time, and says how it is known."""

    valid_from: Day | None = None
    valid_to: Day | None = None
    basis: Basis
    source: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self


class Share(Frozen):
    """What part of a party another party owns; ``share_pct`` is None where it is not stated.

    >>> Share.parse("fwo:60%").share_pct
    Decimal('60')
    """

    party: EntityId
    share_pct: Annotated[Amount, Field(le=100)] | None = None

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read ``party:share%`` or ``party`` alone."""
        party, colon, share = text.strip().rpartition(":")
        if not colon or not share.strip().endswith("%"):
            return cls(party=text.strip())
        return cls(party=party, share_pct=_exact(share.strip().removesuffix("%").strip()))


class Party(Dated):
    """A company, an authority, a person under a pseudonym."""

    id: EntityId
    name: Name
    country: Name | None = None
    lei: Lei | None = None
    roles: tuple[Name, ...] = ()
    owners: tuple[Share, ...] = ()

    @field_validator("owners", mode="before")
    @classmethod
    def _owners(cls, value: Any) -> Any:
        return [Share.parse(item) if isinstance(item, str) else item for item in value]

    @field_validator("owners", mode="after")
    @classmethod
    def _at_most_whole(cls, value: tuple[Share, ...]) -> tuple[Share, ...]:
        if sum(share.share_pct or Decimal(0) for share in value) > 100:
            raise ValueError("the shares sum to more than 100 %")
        return value


class Site(Dated):
    """A mine, mill, port, smelter: where events happen. ``precision_km`` says how exact it lies."""

    id: EntityId
    name: Name
    kind: Name
    country: Name | None = None
    region: Name | None = None
    district: Name | None = None
    lat: Annotated[Number, Field(ge=-90, le=90)] | None = None
    lon: Annotated[Number, Field(ge=-180, le=180)] | None = None
    precision_km: Amount | None = None
    operator: EntityId | None = None
    custody_model: Name | None = None
    role: Literal["chain", "candidate"] = "chain"


class Material(Frozen):
    """What moves: ore, concentrate, oxide, metal. ``form`` is None where it is not stated."""

    id: EntityId
    name: Name
    form: Name | None = None
    stage: Name | None = None
    hs_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,12}$")] | None = None
    tracked: tuple[str, ...] = ()
    basis: Basis
    source: Text | None = None

    @field_validator("tracked", mode="after")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for symbol in value:
            if not is_analyte(symbol):
                message = f"{symbol!r} is no element, formula or aggregate"
                raise ValueError(message)
        return value


class Route(Frozen):
    """A way between two sites."""

    id: EntityId
    from_site: EntityId = Field(alias="from")
    to_site: EntityId = Field(alias="to")
    mode: Literal["truck", "rail", "sea", "barge", "air", "conveyor", "pipeline"]
    distance_km: Amount | None = None
    cost_usd_per_t: Amount | None = None
    days: Amount | None = None
    basis: Basis
    source: Text | None = None


class Permit(Dated):
    """A lease, consent or licence: who gave it to whom, for what, until when, whether it stands.

    ``phases`` are those of the build-up that it gates: none of them may run without it.
    """

    id: EntityId
    type: Name
    site: EntityId | None = None
    issuer: Name | None = None
    holder: EntityId | None = None
    scope: Text | None = None
    status: Name | None = None
    phases: tuple[EntityId, ...] = ()


class Assumption(Frozen):
    """An assumed number with its range and the reasoning; other rows point to its id."""

    id: EntityId
    value: Number
    low: Number | None = None
    high: Number | None = None
    unit: Name
    reasoning: Text
    basis: Basis = Basis.ASSUMED
    source: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            message = f"low <= value <= high does not hold: {low}, {self.value}, {high}"
            raise ValueError(message)
        return self


class Rule(Dated):
    """Which measurement becomes the book value, where several are at hand."""

    id: EntityId
    kind: Literal["grade-book", "weight-book"]
    scope: Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9._:/+-]{0,119})$")]
    prefer: tuple[Name, ...] = Field(min_length=1)
    tie: Literal["mean", "first"] = "first"


class Phase(Frozen):
    """A phase of the build-up, with its budget."""

    id: EntityId
    name: Name
    start: Day | None = None
    end: Day | None = None
    budget: Amount | None = None
    currency: CurrencyCode | None = None
    note: Text | None = None
    basis: Basis | None = None
    source: Text | None = None
    extra: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError("the phase ends before it starts")
        return self


class EvidenceItem(Frozen):
    """A sentence of a report: where it was published, when, and the SHA-256 of the report."""

    id: EntityId
    outlet: Name
    title: Text
    date: Day
    sha256: Sha256
    file: Name | None = None
    quote: Text
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """A whole chain as its folder describes it; every table is a dict by id.

    ``horizon`` is the first and the last day that plans cover. ``defaults`` holds what event
    tables may leave out: ``time_zone``, ``actor``, ``basis``.
    """

    name: str
    title: str
    currency: str
    horizon: tuple[str, str] | None = None
    boundary_view: str = "dashed"
    parties: dict[str, Party] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    permits: dict[str, Permit] = field(default_factory=dict)
    assumptions: dict[str, Assumption] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    evidence: dict[str, EvidenceItem] = field(default_factory=dict)
    declared: str = "1970-01-01"
    defaults: dict[str, str] = field(default_factory=dict)


class Market(Frozen):
    """A price series: what it is a price of, how its values come about, what they include."""

    id: EntityId
    name: Name
    kind: Literal["exchange", "assessed", "reference", "annual", "fx"]
    unit: Name
    vat_pct: Amount | None = None
    market: Name | None = None
    delivered: Name | None = None
    calendar: EntityId | None = None
    basis: Basis
    source: Text | None = None


class MarketValue(Frozen):
    """A value of a price series for a day; ``published`` is when, where not on that day.

    Several values of one day are what its publisher said one after the other.
    """

    series: EntityId
    day: Day
    value: Number
    source: Text | None = None
    published: Day | None = None


class MarketHoliday(Frozen):
    """A day on which the markets of a calendar are closed."""

    calendar: EntityId
    day: Day
    name: Name | None = None
