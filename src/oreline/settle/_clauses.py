"""The clauses of a contract as data.

Every clause may carry the number under which the paper contract states it (``clause``), so that
a line of a statement can name it. Where trade practice reads a clause in two ways, the field that
decides is optional here and its absence is refused by ``_readings``: the model says what can be
written, not what is clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from oreline.model import Frozen, UnitError, is_analyte
from oreline.settle._units import DIMENSIONS, Quantity, dimension_of, is_plain, parse_quantity


def _exact(value: Any) -> Any:
    if isinstance(value, (bool, float)):
        raise ValueError("write the number in plain digits, or as text")
    if isinstance(value, str) and not is_plain(value.strip()):
        raise ValueError(f"{value[:40]!r} is no number")
    return value


Number = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(allow_inf_nan=False),
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
    WithJsonSchema({"type": ["number", "string"]}),
]
Percent = Annotated[Number, Field(ge=0, le=100)]


YEARS = (1900, 2199)
"""The years in which a contract's days lie; one beyond is a slip of the pen."""


def _in_calendar(day: str) -> str:
    try:
        known = YEARS[0] <= date.fromisoformat(day).year <= YEARS[1]
    except ValueError:
        raise ValueError(f"no calendar has the day {day}; write one such as 2025-09-30") from None
    if not known:
        raise ValueError(f"{day} is no day of a contract; write one such as 2025-09-30")
    return day


Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_in_calendar)]


def _in_the_world(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone {zone} is known; write one such as Asia/Karachi") from None
    return zone


TimeZone = Annotated[str, AfterValidator(_in_the_world)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True, slots=True)
class _Of:
    """Reads number and unit as text, and holds them to one of some dimensions."""

    dimensions: tuple[str, ...]

    def read(self, value: Any) -> Quantity:
        if isinstance(value, Quantity):
            return value
        samples = " or ".join(DIMENSIONS[name][0] for name in self.dimensions)
        if not isinstance(value, str):
            raise self._wrong(f"write number and unit as text; the unit is such as {samples}")
        found = dimension_of(value.strip().partition(" ")[2].strip())
        if found is not None and found not in self.dimensions:
            named = " or a ".join(self.dimensions)
            message = f"{value!r} is a {found}; a {named} is needed here, such as {samples}"
            raise self._wrong(message)
        try:
            return parse_quantity(value, found or self.dimensions[0])
        except UnitError as error:
            raise self._wrong(str(error)) from None

    def _wrong(self, message: str) -> PydanticCustomError:
        told = {"message": message, "dimensions": self.dimensions}
        return PydanticCustomError("quantity", "{message}", told)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        samples = [f"1 {unit}" for name in self.dimensions for unit in DIMENSIONS[name]]
        named = " or a ".join(self.dimensions)
        told = {"type": "string", "description": f"a {named}", "examples": samples}
        return {**told, "x-dimensions": list(self.dimensions)}


Money = Annotated[Quantity, _Of(("money",))]
Price = Annotated[Quantity, _Of(("price",))]
DryCharge = Annotated[Quantity, _Of(("charge on dry mass",))]
WetCharge = Annotated[Quantity, _Of(("charge on wet mass",))]
GradeLevel = Annotated[Quantity, _Of(("grade",))]
Charge = Annotated[Quantity, _Of(("charge on dry mass", "price"))]
"""Per dry mass, or per content of an analyte."""
HedgeLot = Annotated[Quantity, _Of(("content",))]
Amount = Annotated[Quantity, _Of(("money", "charge on dry mass", "charge on wet mass"))]
"""A sum, or a rate per dry or wet mass."""


def _known(symbol: Any) -> str:
    if not isinstance(symbol, str) or not is_analyte(symbol):
        raise ValueError(f"{symbol!r} is no element, formula or aggregate; write Sb, Nd2O3 or TREO")
    return symbol


Flag = Annotated[bool, Strict()]
"""True or false, never a word or a number that stands for it."""
Count = Annotated[int, Strict()]
"""A whole number, never a text or a fraction that stands for it."""
AnalyteName = Annotated[str, BeforeValidator(_known)]
Event = Literal[
    "shipment", "arrival", "sealing", "delivery_note", "invoice", "final_invoice", "signature"
]
"""What days and months are counted from; ``shipment`` is the dispatch, ``arrival`` the receipt."""
Reckoning = Literal["pro_rata", "whole_step", "begun_step"]
"""How a part of a step counts: in proportion, not at all, or as a whole step."""


class Clause(Frozen):
    """What every clause may say of itself."""

    clause: str | None = None
    note: str | None = None


class Rounding(Frozen):
    """To which step a number is rounded: ``to = "0.01"`` and how a half is treated."""

    to: Annotated[Number, Field(gt=0)]
    half: Literal["up", "even"] = "up"


class CalendarClause(Clause):
    """At which place days are counted, and what a deadline does at a weekend or on a holiday.

    Days are those of ``time_zone`` (UTC where it is left out), summer time included. ``counts``
    says which days a deadline counts, ``last_day`` what holds where its last day is no business
    day: it ``stands``, or the ``next_business_day`` is the last.
    """

    time_zone: TimeZone | None = None
    weekend: tuple[Weekday, ...] = Field(default=(), max_length=6)
    holidays: tuple[Day, ...] = ()
    counts: Literal["calendar_days", "business_days"] | None = None
    last_day: Literal["stands", "next_business_day"] | None = None


class WeightClause(Clause):
    """Which weight is final.

    ``within_franchise``: the loading weight where the outturn differs by at most ``franchise_pct``
    of it, else the discharge weight. ``less_franchise``: the loading weight less the franchise.
    """

    rule: Literal["loading", "discharge", "within_franchise", "less_franchise"]
    franchise_pct: Annotated[Number, Field(ge=0, le=10)] | None = None
    franchise_on: Literal["wet", "dry"] | None = None
    """Whether wet or dry weights are compared; a parcel that dried on the way differs in one."""
    moisture: Literal["loading", "discharge", "mean", "as_weight"] = "as_weight"
    rounding: Rounding | None = None
    """Of the dry mass of a lot, in dmt."""


class SplittingLimit(Clause):
    """How far two results of one analyte may lie apart, and how results are rounded.

    Several for one analyte hold by grade, the mean of the two results, from ``from`` up to but not
    including ``below``. Without a ``limit``, ``no_limit`` says what settles the analyte.
    """

    analyte: AnalyteName
    limit: GradeLevel | None = None
    from_: GradeLevel | None = Field(default=None, alias="from")
    below: GradeLevel | None = None
    no_limit: Literal["mean", "seller", "buyer"] | None = None
    rounding: Rounding | None = None
    """In the unit of ``unit``."""
    round_results: Flag = False
    """Whether each result is rounded before they are compared, not only what is settled."""
    unit: str = "%"


class ExchangeClause(Clause):
    """How the final assay comes about.

    ``open_days``: until when a sealed result is opened after both have sealed. ``tie``: which
    party is nearer where the umpire lies exactly in the middle. ``umpire_cost``: who bears the
    umpire's cost in the end; ``umpire_paid_by``: who pays it first.
    """

    rule: Literal["exchange", "seller", "buyer", "umpire", "mean"]
    deadline_days: Annotated[Count, Field(ge=1, le=730)] | None = None
    deadline_from: Event = "sealing"
    open_days: Annotated[Count, Field(ge=0, le=730)] | None = None
    late: Literal["other_conclusive", "mean", "none"] | None = None
    umpire: (
        Literal["between_or_nearer", "mean_with_nearer", "middle", "binding", "seller"] | None
    ) = None
    tie: Literal["umpire", "seller", "buyer"] | None = None
    umpire_cost: Literal["further_pays", "shared", "seller", "buyer"] | None = None
    umpire_fee: Money | None = None
    """What the umpire takes, where the contract states it; an invoice of the umpire holds first."""
    umpire_fee_per: Literal["analyte", "lot"] | None = None
    umpire_paid_by: Literal["seller", "buyer", "halves", "bearer"] | None = None
    """Who pays the umpire first; with ``bearer`` each pays its own part and nothing is settled."""
    umpire_laboratories: tuple[str, ...] = ()
    limits: tuple[SplittingLimit, ...] = ()


class Tier(Frozen):
    """Terms for grades from ``from`` up to but not including ``below``; open where left out."""

    from_: GradeLevel | None = Field(default=None, alias="from")
    below: GradeLevel | None = None
    up_to: GradeLevel | None = None
    """Including: how many contracts print it. Leaves a gap unless grades are rounded."""
    pct: Percent | None = None
    deduction: GradeLevel | None = None
    pays: Price | None = None
    """A fixed price per content, where a contract pays by grade and not by a market."""


class Payable(Clause):
    """What of an analyte is paid.

    ``pct``: a percentage of the content. ``deduction``: the grade less a deduction.
    ``pct_min_deduction``: a percentage, but at least the deduction. ``excess``: what exceeds the
    deduction, at a percentage. ``tiers``: by grade.
    """

    analyte: AnalyteName
    method: Literal["pct", "deduction", "pct_min_deduction", "excess", "tiers"]
    pct: Percent | None = None
    deduction: GradeLevel | None = None
    over: GradeLevel | None = None
    """Nothing is paid at or below this grade."""
    tiers: tuple[Tier, ...] = ()
    tier_pays: Literal["whole", "marginal"] | None = None
    price: str | None = None
    """The id of a price clause; left out only where every tier pays a price of its own."""
    rounding: Rounding | None = None
    """Of the payable grade, in ``unit``."""
    unit: str = "%"


class QuotationalPeriod(Frozen):
    """Which days make the price.

    ``month``: the calendar month ``offset`` months after that of the event. ``days``: the first
    ``days`` published days after (``side = "after"``) or up to (``"before"``) the event, which
    itself counts where ``includes_event``. ``last_published``: the last value on or before the
    event, ``offset`` days later. ``fixed``: from ``start`` to ``end``.
    """

    kind: Literal["month", "days", "last_published", "fixed"]
    event: Event | None = None
    offset: Annotated[Count, Field(ge=-3650, le=3650)] = 0
    days: Annotated[Count, Field(ge=1, le=366)] | None = None
    side: Literal["after", "before"] = "after"
    includes_event: Flag = False
    start: Day | None = None
    end: Day | None = None


class QuotationOption(Frozen):
    """A quotational period that a party may declare instead, until a day after an event."""

    id: str
    qp: QuotationalPeriod
    by: Literal["buyer", "seller"]
    declare_event: Event = "shipment"
    declare_within_days: Annotated[Count, Field(ge=-3650, le=3650)] = 0


class PriceClause(Clause):
    """A price: a series and the days of it that count, or a fixed price.

    ``vat_pct`` is taken out of a series that includes it.
    """

    id: str
    series: str | None = None
    fixed: Price | None = None
    qp: QuotationalPeriod | None = None
    options: tuple[QuotationOption, ...] = ()
    provisional: Literal["last_published", "average_to_date", "fixed"] | None = None
    provisional_fixed: Price | None = None
    vat_pct: Percent | None = None
    fx: str | None = None
    """A series of the rate to the contract's currency, averaged over the same days."""
    floor: Price | None = None
    cap: Price | None = None
    rounding: Rounding | None = None
    """In ``unit``."""
    unit: str = "USD/t"
    hedge_lot: HedgeLot | None = None
    """Of the market on which the price is hedged, such as 25 t; exposure is told in lots too."""


class Escalation(Frozen):
    """How a charge moves with a price beyond a base.

    Each band changes the charge by ``change`` for every ``per`` of price between ``from`` and
    ``to``; a band below the base counts downwards. ``reading`` says whether the part of the price
    in each band counts at that band's rate (``marginal``), or the whole excess over ``base`` at
    the rate of the band that the price lies in (``whole_excess``).
    """

    base: Price
    price: str
    bands: tuple[EscalationBand, ...] = Field(min_length=1)
    reading: Literal["marginal", "whole_excess"] | None = None
    steps: Reckoning | None = None


class EscalationBand(Frozen):
    """Between two prices, by how much the charge changes for every ``per`` of price."""

    from_: Price | None = Field(default=None, alias="from")
    to: Price | None = None
    change: Charge
    """A charge with unit; its dimension is that of the charge it changes."""
    per: Price


class TreatmentTier(Frozen):
    """A charge on dry mass for grades from ``from`` up to but not including ``below``."""

    from_: GradeLevel | None = Field(default=None, alias="from")
    below: GradeLevel | None = None
    up_to: GradeLevel | None = None
    """Including: how many contracts print it. Leaves a gap unless grades are rounded."""
    rate: DryCharge


class RefiningTier(Frozen):
    """A charge on content for grades from ``from`` up to but not including ``below``."""

    from_: GradeLevel | None = Field(default=None, alias="from")
    below: GradeLevel | None = None
    up_to: GradeLevel | None = None
    """Including: how many contracts print it. Leaves a gap unless grades are rounded."""
    rate: Price


class ShareTier(Frozen):
    """A share in a price for grades from ``from`` up to but not including ``below``."""

    from_: GradeLevel | None = Field(default=None, alias="from")
    below: GradeLevel | None = None
    up_to: GradeLevel | None = None
    """Including: how many contracts print it. Leaves a gap unless grades are rounded."""
    share_pct: Annotated[Number, Field(ge=-100, le=100)]


ChargeTier = TreatmentTier | RefiningTier
AnyTier = Tier | TreatmentTier | RefiningTier | ShareTier
"""Terms that hold between two grades."""


class Treatment(Clause):
    """A charge on each dry tonne; may be zero or negative.

    Either one ``rate``, or ``tiers`` by the grade of the analyte ``by``: the rate of the tier in
    which the grade lies holds for every dry tonne.
    """

    rate: DryCharge | None = None
    by: AnalyteName | None = None
    tiers: tuple[TreatmentTier, ...] = ()
    escalation: Escalation | None = None


class Refining(Clause):
    """A charge on the content of an analyte; may be zero or negative.

    Either one ``rate``, or ``tiers`` by the grade of the analyte, or of ``by``. ``tier_rate`` says
    whether a tier's rate holds for the ``whole`` content, or each for the part of the grade within
    it (``marginal``).
    """

    analyte: AnalyteName
    rate: Price | None = None
    by: AnalyteName | None = None
    tiers: tuple[RefiningTier, ...] = ()
    tier_rate: Literal["whole", "marginal"] | None = None
    basis: Literal["payable", "contained"] | None = None
    escalation: Escalation | None = None


class Participation(Clause):
    """The share of one party in a price beyond a base, on the payable content of the analyte.

    A positive ``share_pct`` is for the seller, a negative one for the buyer: of what the price
    exceeds ``base`` (``side = "above"``), or of what it falls short (``"below"``). ``both``: of the
    price less the base, so that who takes part in the gain bears the loss. ``cap`` limits the
    amount either way. In place of one ``share_pct``, ``tiers`` by the grade of the analyte, or of
    ``by``; ``tier_rate`` as of a refining charge.
    """

    analyte: AnalyteName
    price: str
    base: Price
    share_pct: Annotated[Number, Field(ge=-100, le=100)] | None = None
    by: AnalyteName | None = None
    tiers: tuple[ShareTier, ...] = ()
    tier_rate: Literal["whole", "marginal"] | None = None
    side: Literal["above", "below", "both"] = "above"
    cap: Price | None = None


class PenaltyBand(Frozen):
    """A rate for grades up to and including ``up_to``; the band's rate holds for the whole."""

    up_to: GradeLevel
    rate: Charge


class Penalty(Clause):
    """A deduction for an impurity, or for the sum of several.

    Either ``rate`` for every ``step`` above ``over`` (``steps`` says whether a part of a step
    counts), or ``bands``. ``rate`` is per dry tonne, or per content of ``on`` (such as USD/oz of
    gold). Grades count up to ``until``, so that a second clause can go on from there at a rate of
    its own. Above ``reject`` the goods may be refused and nothing is settled.
    """

    analytes: tuple[AnalyteName, ...] = Field(min_length=1)
    over: GradeLevel | None = None
    until: GradeLevel | None = None
    step: GradeLevel | None = None
    rate: Charge | None = None
    steps: Reckoning | None = None
    bands: tuple[PenaltyBand, ...] = ()
    cap: DryCharge | None = None
    reject: GradeLevel | None = None
    on: AnalyteName | None = None


class BasketItem(Frozen):
    """An oxide of a basket: what of it is paid and at which price; zero or negative is allowed."""

    analyte: AnalyteName
    payable_pct: Annotated[Number, Field(ge=-100, le=100)] | None = None
    price: str | None = None


class Basket(Clause):
    """Rare earths: each oxide at its own price, or a percentage of the basket, less a toll.

    ``pct_of_basket`` pays this part of the whole basket; without it each item pays its own
    ``payable_pct``. ``toll`` is per content of ``aggregate``.
    """

    aggregate: AnalyteName = "TREO"
    items: tuple[BasketItem, ...] = Field(min_length=1)
    pct_of_basket: Percent | None = None
    toll: Price | None = None


class Line(Clause):
    """Freight, insurance, umpire cost, interest, levy: an amount in or out.

    Positive amounts are for the seller. ``rate`` is per dry tonne, per wet tonne, or a sum.
    ``pct`` is of ``of``; with ``per_year`` it is interest for the days from ``days_from`` to
    ``days_to``, by 360 days a year.
    """

    id: str
    title: str
    rate: Amount | None = None
    pct: Annotated[Number, Field(ge=-100, le=100)] | None = None
    of: Literal["payable_value", "net_value"] | None = None
    days_from: Event | None = None
    days_to: Event | None = None
    per_year: Flag = False
    stages: tuple[Literal["provisional", "second_provisional", "final"], ...] = (
        "provisional",
        "second_provisional",
        "final",
    )


class Payment(Clause):
    """What is paid at a stage: ``pct`` of the value as known then, less what was paid before."""

    stage: Literal["provisional", "second_provisional", "final"]
    pct: Percent
    due_event: Event | None = None
    due_days: Annotated[Count, Field(ge=-3650, le=3650)] = 0


class SpecificationLimit(Frozen):
    """Between which grades an analyte of the goods may lie, both ends included.

    ``otherwise``: the buyer may reject goods outside of it, or it is only noted. ``base`` is the
    grade to which a published index refers; nothing is checked against it.
    """

    analyte: AnalyteName
    base: GradeLevel | None = None
    min: GradeLevel | None = None
    max: GradeLevel | None = None
    otherwise: Literal["reject", "note"] = "reject"


class Specification(Clause):
    """What the goods have to be, and when they may be loaded in bulk.

    Moisture must be less than the transportable moisture limit ``tml_pct`` (IMSBC Code, Group A);
    where only the flow moisture point ``fmp_pct`` is known, the limit is nine tenths of it.
    """

    limits: tuple[SpecificationLimit, ...] = ()
    tml_pct: Percent | None = None
    fmp_pct: Percent | None = None


Escalation.model_rebuild()
