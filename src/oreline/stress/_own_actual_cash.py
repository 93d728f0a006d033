"""Cash of a ledger at risk: what its shipments are worth under their contracts, and what is lost.

A shipment that would not have come is worth nothing; one whose price changes is settled anew, all
terms of its contract in force. Where no contract or no price is known, the value is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from oreline.model import Finding, Severity, analyte
from oreline.record import Ledger
from oreline.settle import (
    Contract,
    PriceSeries,
    Settling,
    Shipment,
    Stage,
    Statement,
    settling_of,
    shipments_of,
    statement_of,
)
from oreline.stress._concentration import Bounds
from oreline.stress._own_actual import LostParts, total, weighted
from oreline.stress._own_events import ChainEvent


@dataclass(frozen=True, slots=True)
class ShipmentValue:
    """What a shipment is worth: settled, provisional, or UNKNOWN with the reason."""

    shipment: Shipment
    asked: Settling
    made: Statement

    @property
    def value(self) -> float | None:
        """Return its net value in the currency of its contract; None is UNKNOWN."""
        return None if self.made.net_value is None else float(self.made.net_value)

    @property
    def why(self) -> str:
        """Return why its value is UNKNOWN; empty where it is not."""
        if self.made.net_value is not None:
            return ""
        return "; ".join(f"{one.where}: {one.why}" for one in self.made.missing[:2])

    def elements(self) -> tuple[str, ...]:
        """Return the elements that its contract pays for."""
        contract = self.asked.contract
        paid = [one.analyte for one in contract.payables]
        if contract.basket is not None:
            paid += [one.analyte for one in contract.basket.items]
        return tuple(dict.fromkeys(name for symbol in paid for name, _ in analyte(symbol).elements))


@dataclass(frozen=True, slots=True)
class CashLoss:
    """What events would have cost in one currency, of shipments whose value is known.

    ``from_prices`` is what changed prices take from what would still have come; below nought they
    add to it.
    """

    currency: str
    value: float
    not_come: Bounds
    from_prices: Bounds
    unknown: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "currency": self.currency,
            "value": self.value,
            "lost_with_deliveries": self.not_come.to_json(),
            "lost_to_prices": self.from_prices.to_json(),
            "shipments_of_unknown_value": list(self.unknown),
        }


def shipment_values(
    ledger: Ledger,
    contracts: Iterable[Contract],
    prices: Mapping[str, PriceSeries],
    on: date,
) -> tuple[ShipmentValue, ...]:
    """Return what each shipment of a ledger is worth under its contract on a day.

    Finally settled where it can be, else provisionally.
    """
    found = []
    for contract in contracts:
        for shipment in shipments_of(ledger, contract):
            if shipment.day > on.isoformat():
                continue
            final = _settled(ledger, contract, shipment, prices, on, is_final=True)
            if final.value is None:
                final = _settled(ledger, contract, shipment, prices, on, is_final=False)
            found.append(final)
    return tuple(found)


def _settled(
    ledger: Ledger,
    contract: Contract,
    shipment: Shipment,
    prices: Mapping[str, PriceSeries],
    on: date,
    *,
    is_final: bool,
) -> ShipmentValue:
    stage: Stage = "final" if is_final else "provisional"
    asked = settling_of(ledger, contract, shipment, prices, stage, on)
    return ShipmentValue(shipment, asked, statement_of(asked))


def cash_losses(
    values: Sequence[ShipmentValue], lost: LostParts, events: Sequence[ChainEvent]
) -> tuple[CashLoss, ...]:
    """Return what events would have cost, by currency; nothing where no shipment is known."""
    by: dict[str, list[tuple[ShipmentValue, Bounds, float]]] = {}
    unknown: dict[str, list[str]] = {}
    for one in values:
        currency = one.asked.contract.currency
        rows = by.setdefault(currency, [])
        if one.value is None:
            unknown.setdefault(currency, []).append(one.shipment.id)
            continue
        shocked = _shocked_value(one, events)
        part = _part(one, lost, events)
        rows.append((one, part, one.value - shocked))
    return tuple(
        CashLoss(
            currency,
            sum(one.value or 0.0 for one, _, _ in rows),
            total(_times_part(one.value or 0.0, part) for one, part, _ in rows),
            total(_times_part(change, _rest(part)) for _, part, change in rows),
            tuple(unknown.get(currency, ())),
        )
        for currency, rows in by.items()
    )


def _rest(part: Bounds) -> Bounds:
    assert part.high is not None, "a part has both ends"
    return Bounds(1.0 - part.high, 1.0 - part.low)


def _times_part(amount: float, part: Bounds) -> Bounds:
    """Return a part of an amount, which may be below nought."""
    assert part.high is not None, "a part has both ends"
    ends = sorted((amount * part.low, amount * part.high))
    return Bounds(ends[0], ends[1])


def _part(one: ShipmentValue, lost: LostParts, events: Sequence[ChainEvent]) -> Bounds:
    """Return which part of a shipment would not have come, over all elements that it is paid for.

    The least of any of them to the most of any: a contract pays for them together.
    """
    flow, ends = lost.flow, []
    for element in one.elements():
        if element not in flow.books.elements:
            continue
        _, by_lot = lost.of(element, events)
        aboard = sorted(part for parts in one.shipment.parts.values() for part in parts)
        numbers = [flow.lot_number(name) for name in aboard]
        known = [number for number in numbers if number is not None]
        amounts = flow.made_t(element, known)
        ends.append(weighted(amounts, by_lot[known]))
    if not ends:
        return Bounds(0.0, 1.0) if any(event.kind != "price" for event in events) else Bounds(0, 0)
    return Bounds(min(one.low for one in ends), max(one.high or 0.0 for one in ends))


def _shocked_value(one: ShipmentValue, events: Sequence[ChainEvent]) -> float:
    """Return what a shipment is worth at the prices that events make."""
    assert one.value is not None
    prices = shocked_prices(one.asked.prices, one.asked.contract, events)
    if prices is one.asked.prices:
        return one.value
    made = statement_of(replace(one.asked, prices=prices)).net_value
    assert made is not None, "a changed price is no missing one"
    return float(made)


def shocked_prices(
    prices: Mapping[str, PriceSeries], contract: Contract, events: Sequence[ChainEvent]
) -> Mapping[str, PriceSeries]:
    """Return price series at what events make of them; the same ones where they alter none."""
    found = dict(prices)
    for event in events:
        for name in touched_series(event, contract):
            if name in found:
                found[name] = _times(found[name], event)
    return prices if all(found[name] is prices[name] for name in prices) else found


def touched_series(event: ChainEvent, contract: Contract) -> tuple[str, ...]:
    """Return the price series of a contract that an event moves: named, or those of an element."""
    if event.kind != "price":
        return ()
    clauses = {one.id: one.series for one in contract.prices if one.series}
    if event.of in clauses.values():
        return (event.of,)
    named = [(one.analyte, one.price) for one in contract.payables]
    if contract.basket is not None:
        named += [(one.analyte, one.price) for one in contract.basket.items]
    return tuple(
        dict.fromkeys(
            clauses[price]
            for symbol, price in named
            if price in clauses
            and (event.of == "all" or event.of in {name for name, _ in analyte(symbol).elements})
        )
    )


def _times(series: PriceSeries, event: ChainEvent) -> PriceSeries:
    assert event.factor is not None
    factor = Decimal(repr(event.factor))

    def at(day: str, value: Decimal) -> Decimal:
        month = 12 * int(day[:4]) + int(day[5:7]) - 1 + (int(day[8:10]) - 1) / 31
        lasts = event.first_month <= month < event.first_month + event.months
        return value * factor if lasts else value

    return replace(
        series,
        values={day: at(day, value) for day, value in series.values.items()},
        revisions=tuple(replace(one, value=at(one.day, one.value)) for one in series.revisions),
    )


def values_frame(values: Sequence[ShipmentValue]) -> pl.DataFrame:
    """Return one row for each shipment: its contract, day, value and status."""
    return pl.DataFrame(
        [
            (
                one.asked.contract.id, one.shipment.id, one.shipment.day, one.made.status,
                one.value, one.asked.contract.currency, one.made.basis, one.why,
            )
            for one in values
        ],
        schema={
            "contract": pl.String, "shipment": pl.String, "day": pl.String, "status": pl.String,
            "value": pl.Float64, "currency": pl.String, "basis": pl.String, "why": pl.String,
        },
        orient="row",
    )  # fmt: skip


def cash_findings(
    values: Sequence[ShipmentValue], events: Sequence[ChainEvent]
) -> tuple[Finding, ...]:
    """Return of which shipments the value is UNKNOWN, and which prices pay for none of them."""
    if not values:
        message = "no shipment is sold under a contract that is known: cash at risk is UNKNOWN"
        fix = "put contracts in the folder contracts and prices in the folder prices"
        return (Finding("ORL-1264", Severity.WARNING, "contracts", message, fix),)
    fix = "see what oreline settle statement lacks for it; until then it stands in no sum"
    found = [
        Finding(
            "ORL-1264", Severity.WARNING, one.shipment.id, f"its value is UNKNOWN: {one.why}", fix
        )
        for one in values
        if one.value is None
    ]
    for event in events:
        touched = any(touched_series(event, one.asked.contract) for one in values)
        if event.kind == "price" and not touched:
            listed = ", ".join(sorted(named_series(values))) or "none"
            message = f"{event.words()}: no shipment is paid by it"
            fix = f"name a price of the contracts: {listed}"
            found.append(Finding("ORL-1255", Severity.NOTE, event.id, message, fix))
    return tuple(found)


def named_series(values: Sequence[ShipmentValue]) -> frozenset[str]:
    """Return the price series that the contracts of shipments name."""
    return frozenset(
        clause.series for one in values for clause in one.asked.contract.prices if clause.series
    )
