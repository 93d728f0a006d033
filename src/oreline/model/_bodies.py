"""What each kind of event says: one body per kind.

Material kinds write mass lines; the others record a fact about a party, a document, a credit or
money. A new kind is a new body here, never a new store. The reference page ``docs/reference/
events.md`` shows each with an example.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from oreline.model._quantity import (
    AmountText,
    Basis,
    DecimalText,
    Frozen,
    Grade,
    Mass,
    Name,
    Text,
)


def _exists_in_the_calendar(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("no such day in the calendar") from None
    return text


LOT_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}:[A-Za-z0-9][A-Za-z0-9._/+-]{0,79}$"
LotId = Annotated[str, StringConstraints(pattern=LOT_PATTERN)]
"""A lot: ``issuer:local``, where the issuer gives the local name and answers for it."""
ENTITY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,119}$"
EntityId = Annotated[str, StringConstraints(pattern=ENTITY_PATTERN)]
INSTANT_PATTERN = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z$"
)
Instant = Annotated[
    str, StringConstraints(pattern=INSTANT_PATTERN), AfterValidator(_exists_in_the_calendar)
]
"""A moment in UTC, RFC 3339 with ``Z``."""
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Day = Annotated[
    str, StringConstraints(pattern=DAY_PATTERN), AfterValidator(_exists_in_the_calendar)
]
SHA256_PATTERN = r"^[0-9a-f]{64}$"
Sha256 = Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]


class OriginClaim(Frozen):
    """Where somebody says that a lot comes from; what is not said stays UNKNOWN."""

    country: Name | None = None
    district: Name | None = None
    site: EntityId | None = None
    party: EntityId | None = None
    basis: Basis
    source: Text | None = None


class Line(Frozen):
    """Material of one lot that goes in or comes out.

    Mass is given as ``dry``, or as ``wet`` with ``moisture`` (wet basis, analyte H2O); a moisture
    may also arrive later with an assay. ``all`` takes whatever the book holds. ``continuing`` marks
    a pile, tank or pool that is topped up and drawn from.
    """

    lot: LotId
    material: EntityId | None = None
    wet: Mass | None = None
    moisture: Grade | None = None
    dry: Mass | None = None
    all: Literal[True] | None = None
    grades: tuple[Grade, ...] = ()
    continuing: Literal[True] | None = None


class Loss(Frozen):
    """What is known to be gone: dust, spillage, theft; not tailings, which are lots."""

    stream: Name
    dry: Mass
    grades: tuple[Grade, ...] = ()


class ExtractBody(Frozen):
    """Material comes out of the ground at the event's site: the start of every origin."""

    outputs: tuple[Line, ...] = Field(min_length=1)
    origin: OriginClaim | None = None


class ProcessBody(Frozen):
    """Material is changed: ground, floated, roasted, leached, melted, pressed."""

    inputs: tuple[Line, ...] = ()
    outputs: tuple[Line, ...] = ()
    losses: tuple[Loss, ...] = ()
    unit: EntityId | None = None
    all_inputs_recorded: Literal[True] | None = None


class BlendBody(Frozen):
    """Lots are mixed into one; composition follows from the inputs unless measured."""

    inputs: tuple[Line, ...] = Field(min_length=1)
    outputs: tuple[Line, ...] = Field(min_length=1, max_length=1)
    losses: tuple[Loss, ...] = ()


class SplitBody(Frozen):
    """One lot becomes several of the same composition."""

    inputs: tuple[Line, ...] = Field(min_length=1, max_length=1)
    outputs: tuple[Line, ...] = Field(min_length=1)
    losses: tuple[Loss, ...] = ()


class PackBody(Frozen):
    """Lots go into a container, bag or drum and are sealed, without mixing."""

    container: EntityId
    lots: tuple[LotId, ...] = Field(min_length=1)
    seals: tuple[Name, ...] = ()
    tare: Mass | None = None


class UnpackBody(Frozen):
    """A container is opened; broken or foreign seals are named."""

    container: EntityId
    lots: tuple[LotId, ...] = ()
    seals_found: tuple[Name, ...] = ()
    seals_intact: StrictBool | None = None


class DispatchBody(Frozen):
    """Whole lots leave the event's site for ``to_site`` in the hands of a carrier."""

    lots: tuple[Line, ...] = Field(min_length=1)
    containers: tuple[EntityId, ...] = ()
    mode: Literal["truck", "rail", "sea", "barge", "air", "conveyor", "pipeline"] | None = None
    carrier: EntityId | None = None
    documents: tuple[Name, ...] = ()
    incoterm: Name | None = None


class ReceiveBody(Frozen):
    """Lots arrive at the event's site; the weights are the receiver's own."""

    lots: tuple[Line, ...] = Field(min_length=1)
    dispatch: EntityId | None = None
    containers: tuple[EntityId, ...] = ()
    documents: tuple[Name, ...] = ()


class WeighBody(Frozen):
    """A scale is read: a measurement, not a movement."""

    lot: LotId
    wet: Mass
    gross: Mass | None = None
    tare: Mass | None = None
    moisture: Grade | None = None
    container: EntityId | None = None
    ticket: Name | None = None


class SamplePart(Frozen):
    """One part of a divided sample: who holds it and what for."""

    part: EntityId
    holder: EntityId
    purpose: Literal["seller", "buyer", "umpire", "reserve", "plant", "retained"]
    seal: Name | None = None


class SampleBody(Frozen):
    """Material is taken to represent a lot, or what one event added to a continuing lot."""

    sample: EntityId
    lot: LotId
    event: EntityId | None = None
    parent: EntityId | None = None
    increments: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None
    mass: Mass | None = None
    standard: Name | None = None
    witness: Name | None = None
    seals: tuple[Name, ...] = ()
    parts: tuple[SamplePart, ...] = ()


Role = Literal["plant", "seller", "buyer", "umpire", "agreed", "referee", "survey"]


class AssayBody(Frozen):
    """A laboratory's results for a sample."""

    sample: EntityId | None = None
    lot: LotId | None = None
    event: EntityId | None = None
    results: tuple[Grade, ...] = ()
    moisture: Grade | None = None
    laboratory: Name | None = None
    certificate: Name | None = None
    role: Role
    reported: Day | None = None


class CountBody(Frozen):
    """A pile, tank or circuit is measured; what differs from the book is booked as unaccounted."""

    lot: LotId
    wet: Mass | None = None
    moisture: Grade | None = None
    dry: Mass | None = None
    grades: tuple[Grade, ...] = ()
    method: Name | None = None


class TransferBody(Frozen):
    """Title to whole lots passes from ``party`` to ``to_party``; risk may pass elsewhere."""

    lots: tuple[LotId, ...] = Field(min_length=1)
    document: Name | None = None
    risk_passes: Name | None = None


class ConsumeBody(Frozen):
    """Material leaves the chain."""

    inputs: tuple[Line, ...] = Field(min_length=1)
    purpose: Literal["sold", "used", "disposed", "exported", "sampled"]


class Observation(Frozen):
    """A lot that somebody saw or reported, with what they said of it."""

    lot: LotId
    material: EntityId | None = None
    form: Name | None = None
    origin: OriginClaim | None = None


class ObserveBody(Frozen):
    """Something was seen or reported; asserts no mass."""

    lots: tuple[Observation, ...] = Field(min_length=1)
    status: Literal["dispatched", "in_transit", "delivered", "seen"]
    basis: Basis
    statement: Text | None = None


class DeclareBody(Frozen):
    """A version of a party, site, material, rule, ... with the time for which it holds."""

    type: Literal[
        "party",
        "share",
        "site",
        "material",
        "route",
        "process",
        "contract",
        "rule",
        "permit",
        "instrument",
        "assumption",
        "phase",
        "market",
        "period",
    ]
    id: EntityId
    valid_from: Day | None = None
    valid_to: Day | None = None
    data: dict[str, str | StrictBool | list[str] | None]


class AttestBody(Frozen):
    """An issuer says something of a subject: certificate, permit, approval, attached claim."""

    type: Name
    subject: EntityId
    statement: Text | None = None
    issuer: EntityId | None = None
    decision: Literal["release", "reject", "approve", "suspend"] | None = None
    hash: Sha256 | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class CreditBody(Frozen):
    """Custody credits under a model of ISO 22095: issued against a lot, moved, retired by a claim.

    ``model`` is ``mass_balance``, ``controlled_blending`` or ``book_and_claim``. Credits are
    counted in milligrams of ``analyte`` in ``account`` and end with ``expires``.
    """

    action: Literal["issue", "move", "retire"]
    model: Literal["mass_balance", "controlled_blending", "book_and_claim"]
    account: EntityId
    to_account: EntityId | None = None
    analyte: Name
    mass: Mass
    attribute: Name
    lot: LotId | None = None
    expires: Day | None = None
    claim: Text | None = None


class Posting(Frozen):
    """One side of a money event; the postings of an event sum to zero in each currency."""

    account: EntityId
    amount: DecimalText
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def _each_once(lots: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(lots)) < len(lots):
        twice = sorted({lot for lot in lots if lots.count(lot) > 1})
        raise ValueError(f"{', '.join(twice)} stands twice; name each lot once")
    return lots


class Judged(Frozen):
    """On what a release was judged: the log of a size and root, the terms, the events read.

    ``terms`` is the SHA-256 of the instrument's text with the conditions, ``approvals`` are the
    attestations by which people agreed.
    """

    size: Annotated[int, Field(ge=0, strict=True)]
    root: Sha256
    terms: Sha256
    events: tuple[EntityId, ...] = ()
    approvals: tuple[EntityId, ...] = ()


class MoneyBody(Frozen):
    """Money is committed, released, drawn, spent, invoiced, paid, or a price is fixed.

    An invoice for material names the ``lots`` it covers and its ``stage``; ``party`` sells to
    ``to_party``. No second final invoice in force covers a lot between the same two. ``contract``
    and ``statement`` (SHA-256 of the statement) say what the amount rests on. A release names its
    ``tranche`` of the ``instrument`` and what was ``judged``.
    """

    type: Literal[
        "commitment", "release", "drawdown", "spend", "invoice", "payment", "price_fixing"
    ]
    postings: tuple[Posting, ...] = ()
    instrument: EntityId | None = None
    document: Name | None = None
    price: AmountText | None = None
    price_unit: Name | None = None
    lots: Annotated[tuple[LotId, ...], AfterValidator(_each_once)] = ()
    stage: Literal["provisional", "second_provisional", "final"] | None = None
    contract: EntityId | None = None
    statement: Sha256 | None = None
    tranche: EntityId | None = None
    judged: Judged | None = None


class Replacement(Frozen):
    """The event as it should have been: the fields named here stand in place of the old ones."""

    time: Instant | None = None
    time_start: Instant | None = None
    site: EntityId | None = None
    to_site: EntityId | None = None
    party: EntityId | None = None
    to_party: EntityId | None = None
    body: dict[str, object] | None = None


class CorrectBody(Frozen):
    """An earlier event is replaced or voided; the earlier event stays in the log."""

    target: EntityId
    action: Literal["replace", "void"]
    reason: Text
    replacement: Replacement | None = None
