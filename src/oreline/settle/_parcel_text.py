"""A parcel as text: lots, weights, assays and days in TOML, for who settles without a ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from oreline.exchange import Located
from oreline.model import Basis, Finding, Frozen, Severity, UnitError, is_fatal
from oreline.settle._clauses import AnalyteName, Day, Money
from oreline.settle._contract_problems import form_findings, in_order
from oreline.settle._contract_text import located, plain
from oreline.settle._exchange_rule import EXACT
from oreline.settle._parcel import Parcel, Reading, SettlementLot, UmpireFee, Weighing
from oreline.settle._parcel_tables import tables_of, with_tables
from oreline.settle._units import DIMENSIONS, Quantity, dimension_of, parse_quantity

UNKNOWN = "unknown"
FAR_APART_PCT = 5
"""How far, in % of the loading weight, an outturn may lie off before a slip is more likely."""
PERCENT = frozenset({"%", "pct", "percent"})


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number that nobody has, and why."""

    why: str

    def __str__(self) -> str:
        return f"{UNKNOWN}: {self.why}"


@dataclass(frozen=True, slots=True)
class _Measured:
    """Reads number and unit as text, or ``unknown: why``."""

    dimension: str
    units: frozenset[str] = frozenset()

    def read(self, value: Any) -> Quantity | Unknown:
        if isinstance(value, Quantity | Unknown):
            return value
        if isinstance(value, str) and value.strip().casefold().startswith(UNKNOWN):
            return Unknown(value.partition(":")[2].strip() or "not stated")
        if isinstance(value, str) and value.strip().startswith("<"):
            return Unknown(f"{value.strip()}, below the limit of detection")
        if not isinstance(value, str):
            raise self._wrong("write number and unit as text")
        found = dimension_of(value.strip().partition(" ")[2].strip())
        if found is not None and found != self.dimension:
            raise self._wrong(f"{value!r} is a {found}; a {self.dimension} is needed")
        try:
            made = parse_quantity(value, self.dimension)
        except UnitError as error:
            raise self._wrong(str(error)) from None
        if self.units and made.unit not in self.units:
            raise self._wrong(f"{value!r} is not in {min(self.units)}; see the reference")
        return made

    def _wrong(self, message: str) -> PydanticCustomError:
        told = {"message": message, "dimensions": (self.dimension,)}
        return PydanticCustomError("quantity", "{message}", told)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


assert {"wet mass", "dry mass", "grade"} <= set(DIMENSIONS)
WetMass = Annotated[Quantity | Unknown, _Measured("wet mass")]
DryMass = Annotated[Quantity | Unknown, _Measured("dry mass")]
Moisture = Annotated[Quantity | Unknown, _Measured("grade", PERCENT)]
GradeText = Annotated[Quantity | Unknown, _Measured("grade")]


class ParcelResult(Frozen):
    """A result of an assay: its grade, standard uncertainty, basis and certificate.

    Written as text alone, ``Cu = "28.10 %"``, it has the basis and the source of the parcel.
    """

    value: GradeText
    u: GradeText | None = None
    basis: Basis | None = None
    source: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        return given if isinstance(given, Mapping) else {"value": given}


Results = dict[AnalyteName, ParcelResult]


class ParcelAssays(Frozen):
    """The results of a lot by the role in which they were found."""

    seller: Results = Field(default_factory=dict)
    buyer: Results = Field(default_factory=dict)
    umpire: Results = Field(default_factory=dict)
    agreed: Results = Field(default_factory=dict)
    settled: Results = Field(default_factory=dict)
    loading: Results = Field(default_factory=dict)


class ParcelWeighing(Frozen):
    """A weight with its moisture, in % of the wet mass; the dry mass follows from both."""

    wet: WetMass | None = None
    wet_u: WetMass | None = None
    moisture: Moisture | None = None
    moisture_u: Moisture | None = None
    dry: DryMass | None = None
    dry_u: DryMass | None = None
    basis: Basis | None = None
    source: str | None = None


class ParcelLot(Frozen):
    """A sampling lot with its weights and results."""

    lot: str
    loading: ParcelWeighing | None = None
    discharge: ParcelWeighing | None = None
    assays: ParcelAssays = ParcelAssays()


class ParcelDays(Frozen):
    """When what happened; what has not happened yet is left out."""

    shipment: Day | None = None
    arrival: Day | None = None
    sealing: Day | None = None
    delivery_note: Day | None = None
    invoice: Day | None = None
    final_invoice: Day | None = None
    signature: Day | None = None


class ParcelFee(Frozen):
    """What an umpire asked one of the parties for the analysis of a lot."""

    lot: str
    amount: Money
    paid_by: Literal["seller", "buyer", "halves", "bearer"]
    analytes: tuple[AnalyteName, ...] = ()
    source: str | None = None


class ParcelFile(Frozen):
    """The lots of one shipment under one contract, and the days that periods are counted from.

    ``basis`` and ``source`` are those of every number that does not state its own.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
    contract: str | None = None
    basis: Basis
    source: str
    weights: str | None = None
    """A table of weights beside the file."""
    assays: str | None = None
    """A table of results beside the file."""
    days: ParcelDays = ParcelDays()
    umpire_fees: tuple[ParcelFee, ...] = ()
    lots: tuple[ParcelLot, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class ParcelRead:
    """A parcel and the id of the contract that its file names, None where it names none."""

    parcel: Parcel
    contract: str | None


def read_parcel(
    text: str, name: str, tables: Mapping[str, bytes] | None = None
) -> tuple[ParcelRead | None, tuple[Finding, ...]]:
    """Read the text of a parcel file and say everything that is wrong with it.

    Parameters
    ----------
    text
        TOML, see ``docs/reference/contract.md``.
    name
        What the file is called; findings say ``name:line``, and so does the evidence of a number
        without a source of its own.
    tables
        The tables that it names in ``weights`` and ``assays``, by name.

    Returns
    -------
    parcel, findings
        The parcel, or None where any finding is fatal.
    """
    found, wrong = located(text, name)
    if found is None:
        return None, wrong
    found, wrong = with_tables(found, tables or {}, name)
    try:
        told = ParcelFile.model_validate(plain(found.values))
    except ValidationError as error:
        return None, (*form_findings(error, found, name, ParcelFile), *wrong)
    reading = _Reading(told, found, name)
    findings = (*in_order(reading.findings(), name), *wrong)
    if is_fatal(findings):
        return None, findings
    days = {key: day for key, day in told.days.model_dump().items() if day is not None}
    evidence = {key: f"{name}:{found.line(('days', key))}" for key in days}
    lots = tuple(reading.lot(number, one) for number, one in enumerate(told.lots))
    parcel = Parcel(told.id, lots, days, evidence, tuple(reading.fees()))
    return ParcelRead(parcel, told.contract), findings


def tables_named(text: str, name: str) -> tuple[str, ...]:
    """Return the names of the tables that a parcel wants read beside it; none if it is no TOML."""
    found, _ = located(text, name)
    return () if found is None else tables_of(found)


def is_parcel(text: str) -> bool:
    """Return whether a text looks like a parcel's and not like a contract's."""
    return _OF_PARCEL.search(text) is not None


_OF_PARCEL = re.compile(
    r"^\s*(\[\[\s*lots\s*\]\]|lots\s*=|weights\s*=\s*[\"']|assays\s*=\s*[\"'])", re.MULTILINE
)


Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one file says, and where."""

    told: ParcelFile
    found: Located
    name: str

    def findings(self) -> Iterator[Finding]:
        """Yield what contradicts or cannot be, though each field has its form."""
        seen: dict[str, str] = {}
        for number, lot in enumerate(self.told.lots):
            place: Place = ("lots", number)
            if lot.lot in seen:
                message = f"lot {lot.lot} stands twice; first at {seen[lot.lot]}"
                yield self._told((*place, "lot"), message, "put both into one [[lots]]")
            seen.setdefault(lot.lot, self.found.where(place, self.name))
            for side in ("loading", "discharge"):
                yield from self._weighing((*place, side), getattr(lot, side))
            yield from self._far_apart(place, lot)
            for role, results in lot.assays:
                for analyte, result in results.items():
                    yield from self._result((*place, "assays", role, analyte), analyte, result)
        yield from self._order()
        for number, fee in enumerate(self.told.umpire_fees):
            at: Place = ("umpire_fees", number)
            if fee.lot not in seen:
                message = f"the umpire's fee names {fee.lot}, which is no lot of the parcel"
                yield self._told((*at, "lot"), message, f"write one of {', '.join(seen)}")
            if fee.amount.value <= 0:
                message = f"an umpire's fee of {fee.amount}"
                fix = "write what the umpire asked for, or leave it out"
                yield self._told((*at, "amount"), message, fix)

    def fees(self) -> Iterator[UmpireFee]:
        """Yield what umpires asked for."""
        for number, fee in enumerate(self.told.umpire_fees):
            said = fee.source or self.found.where(("umpire_fees", number), self.name)
            yield UmpireFee(fee.lot, fee.amount, fee.paid_by, fee.analytes, (said,))

    def lot(self, number: int, lot: ParcelLot) -> SettlementLot:
        """Return a lot as it is settled."""
        place: Place = ("lots", number)
        assays = {
            role: {
                analyte: self._grade((*place, "assays", role, analyte), result)
                for analyte, result in results.items()
            }
            for role, results in lot.assays
            if results
        }
        loading = self._weighed((*place, "loading"), lot.loading)
        discharge = self._weighed((*place, "discharge"), lot.discharge)
        return SettlementLot(lot.lot, loading, discharge, assays)

    def _told(
        self, place: Place, message: str, fix: str, severity: Severity = Severity.FATAL
    ) -> Finding:
        code = "ORL-0820" if severity is Severity.FATAL else "ORL-0822"
        return Finding(code, severity, self.found.where(place, self.name), message, fix)

    def _weighing(self, place: Place, one: ParcelWeighing | None) -> Iterator[Finding]:
        if one is None:
            return
        for key in ("wet", "dry"):
            mass = getattr(one, key)
            if isinstance(mass, Quantity) and mass.value <= 0:
                message = f"{key} mass of {mass} at {place[-1]}"
                yield self._told((*place, key), message, "write what was weighed, or leave it out")
        moisture = one.moisture
        if isinstance(moisture, Quantity) and not 0 <= moisture.value < 100:
            message = f"a moisture of {moisture} at {place[-1]}"
            fix = "write it in % of the wet mass, such as 8.10 %"
            yield self._told((*place, "moisture"), message, fix)
        for key in ("wet_u", "moisture_u", "dry_u"):
            u = getattr(one, key)
            if isinstance(u, Unknown) or (u is not None and u.value < 0):
                fix = "write one standard uncertainty, or leave it out"
                yield self._told((*place, key), f"an uncertainty of {u}", fix)

    def _far_apart(self, place: Place, lot: ParcelLot) -> Iterator[Finding]:
        weights = [None if one is None else one.wet for one in (lot.loading, lot.discharge)]
        before, after = weights
        if not isinstance(before, Quantity) or not isinstance(after, Quantity):
            return
        loaded, landed = before.to("wmt"), after.to("wmt")
        if loaded > 0 and abs(landed - loaded) * 100 > FAR_APART_PCT * loaded:
            message = f"{lot.lot} was loaded with {before} and discharged with {after}"
            fix = "look for a container that is missing, or a slip of the point"
            yield self._told((*place, "discharge", "wet"), message, fix, Severity.WARNING)

    def _result(self, place: Place, analyte: str, result: ParcelResult) -> Iterator[Finding]:
        where = self.found.where(place, self.name)
        value = result.value
        if isinstance(value, Quantity) and not 0 <= value.to("%") <= 100:
            message = f"{analyte} of {value}, as the {place[-2]} found it, is no mass fraction"
            fix = "is it in another unit, such as g/dmt, or is the point in the wrong place?"
            yield Finding("ORL-0821", Severity.FATAL, where, message, fix)
        if isinstance(result.u, Unknown) or (result.u is not None and result.u.value < 0):
            fix = "write one standard uncertainty, or leave it out"
            yield self._told((*place, "u"), f"an uncertainty of {result.u}", fix)

    def _order(self) -> Iterator[Finding]:
        days = self.told.days
        known = [(key, getattr(days, key)) for key in ("shipment", "arrival", "final_invoice")]
        dated = [(key, day) for key, day in known if day is not None]
        for (first, before), (second, after) in pairwise(dated):
            if after < before:
                message = f"the {second} on {after} is before the {first} on {before}"
                yield self._told(("days", second), message, "correct one of the two days")

    def _weighed(self, place: Place, one: ParcelWeighing | None) -> Weighing | None:
        if one is None:
            return None
        at = f"{place[-1]}"
        basis, evidence = self._known(place, one)
        wet = _reading(one.wet, one.wet_u, "wmt", basis, evidence, f"no wet mass at {at}")
        moisture = _reading(
            one.moisture, one.moisture_u, "%", basis, evidence, f"no moisture at {at}"
        )
        dry = _reading(one.dry, one.dry_u, "dmt", basis, evidence, f"no dry mass at {at}")
        return Weighing(wet, moisture, dry)

    def _grade(self, place: Place, result: ParcelResult) -> Reading:
        basis, evidence = self._known(place, result)
        found = _reading(result.value, result.u, "%", basis, evidence, "")
        value = None if found.value is None else found.value.scaleb(-2, EXACT)
        u = None if found.u is None else found.u.scaleb(-2, EXACT)
        return Reading(value, u, found.basis, found.evidence, found.why)

    def _known(
        self, place: Place, one: ParcelWeighing | ParcelResult
    ) -> tuple[str, tuple[str, ...]]:
        """Return how a number is known and what says it: its source, else the file and line."""
        source = one.source or self.found.where(place, self.name)
        return str(one.basis or self.told.basis), (source,)


def _reading(
    value: Quantity | Unknown | None,
    u: Quantity | Unknown | None,
    unit: Literal["wmt", "dmt", "%"],
    basis: str,
    evidence: tuple[str, ...],
    lacking: str,
) -> Reading:
    if isinstance(value, Unknown):
        return Reading(None, None, basis, evidence, value.why)
    if value is None:
        return Reading(None, None, basis, (), lacking)
    spread = _in(u, unit) if isinstance(u, Quantity) else None
    return Reading(_in(value, unit), spread, basis, evidence)


def _in(value: Quantity, unit: str) -> Decimal:
    """Return a number in a unit; what is written in it keeps its last zeros."""
    return value.value if value.unit == unit else value.to(unit)
