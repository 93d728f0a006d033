"""What is settled: sampling lots with their weights and assays as the ledger has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from oreline.settle._units import Quantity


@dataclass(frozen=True, slots=True)
class Reading:
    """A number with its standard uncertainty, its basis, and the events that say it.

    ``value`` is None where it is UNKNOWN; ``why`` then says why. ``u`` is in the unit of the value,
    None where nobody states one.
    """

    value: Decimal | None
    u: Decimal | None = None
    basis: str = "measured"
    evidence: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Weighing:
    """A weight with its moisture: wet and dry mass in tonnes, moisture in % of wet mass."""

    wet_t: Reading
    moisture_pct: Reading
    dry_t: Reading


@dataclass(frozen=True, slots=True)
class UmpireCall:
    """That an umpire analysed an analyte of a lot: who bears that, and by which results.

    ``bearer`` is seller, buyer or shared, None where the contract does not say; ``results`` are
    those of each side, in words.
    """

    analyte: str
    bearer: str | None
    results: str
    clause: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UmpireFee:
    """What an umpire asked for the analysis of a lot, and which of the parties was asked.

    ``analytes`` are those it is for; empty for all that the umpire was called for. ``why`` says
    why the amount cannot be used.
    """

    lot: str
    amount: Quantity | None
    paid_by: str
    analytes: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class SettlementLot:
    """A sampling lot: weights at loading and discharge, results by role and analyte.

    ``assays`` maps a role (seller, buyer, umpire, agreed) to its results, each the mass fraction
    in the dry material (a number between 0 and 1); the role ``settled`` holds the outcome of the
    exchange. ``parts`` names the containers that were shipped, ``is_whole`` whether these are all
    of the lot. ``calls`` says which analytes an umpire was called for; None where nobody has
    looked, and then it follows from the results.
    """

    lot: str
    loading: Weighing | None
    discharge: Weighing | None
    assays: Mapping[str, Mapping[str, Reading]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    is_whole: bool = True
    calls: tuple[UmpireCall, ...] | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """The lots of one shipment under one contract and the days that periods are counted from.

    ``days`` maps an event name of the contract (shipment, arrival, sealing, ...) to its day,
    ``YYYY-MM-DD``; one that has not happened is absent. ``evidence`` maps it to the event's id.
    ``fees`` are what umpires asked for.
    """

    id: str
    lots: tuple[SettlementLot, ...]
    days: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    fees: tuple[UmpireFee, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Return the lots with their containers."""
        return frozenset(name for lot in self.lots for name in (lot.lot, *lot.parts))
