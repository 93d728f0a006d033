"""What every face tells of contracts, shipments, statements and exposure, in one shape as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.record import Ledger
from oreline.settle._contract import Contract
from oreline.settle._exposure import Exposure
from oreline.settle._ledger_invoices import invoices_of
from oreline.settle._money_spread import MoneySpread
from oreline.settle._prices import PriceSeries
from oreline.settle._shipments import shipments_of
from oreline.settle._statement import STAGES, Stage, Statement
from oreline.settle._units import Quantity

_CENT = Decimal("0.01")
_PRICE_STEP = Decimal("0.0001")


def stages_of(contract: Contract) -> tuple[Stage, ...]:
    """Return the stages that a contract pays at; the final one is always there."""
    named = {payment.stage for payment in contract.payments} | {"final"}
    return tuple(stage for stage in STAGES if stage in named)


def stage_before(contract: Contract, stage: Stage) -> Stage | None:
    """Return the stage with which a statement is compared: the last one before it."""
    place = STAGES.index(stage)
    earlier = [one for one in stages_of(contract) if STAGES.index(one) < place]
    return earlier[-1] if earlier else None


def contract_json(contract: Contract) -> dict[str, Any]:
    """Return what a contract is: its parties, materials, currency, basis and source."""
    return {
        "id": contract.id,
        "title": contract.title,
        "seller": contract.seller,
        "buyer": contract.buyer,
        "materials": list(contract.materials),
        "currency": contract.currency,
        "basis": str(contract.basis),
        "source": contract.source,
    }


def shipments_json(ledger: Ledger, contract: Contract) -> list[dict[str, Any]]:
    """Return the shipments under a contract, each with the stages that were invoiced.

    Raises
    ------
    InputError
        If an invoice cannot be understood.
    """
    return [
        {
            "shipment": one.id,
            "lots": list(one.lots),
            "documents": list(one.documents),
            "shipped": one.day,
            "sold": one.sold,
            "invoiced": [
                found.stage for found in invoices_of(ledger, contract, one.names) if found.stage
            ],
        }
        for one in shipments_of(ledger, contract)
    ]


def interval_of(spread: MoneySpread) -> tuple[Decimal, Decimal] | None:
    """Return the 95 % interval of a net value to the cent, None where it is not known."""
    if spread.low is None or spread.high is None:
        return None
    low, high = (Decimal(end).quantize(_CENT) for end in (spread.low, spread.high))
    return low, high


def published_prices(
    statement: Statement, contract: Contract, prices: Mapping[str, PriceSeries]
) -> dict[str, str]:
    """Return the price of each analyte in the unit that its series is published in, as text.

    What was converted from another currency, or is fixed, is in no unit of a series.
    """
    clauses = {one.id: one for one in contract.prices}
    named = {one.analyte: one.price for one in contract.payables}
    if contract.basket is not None:
        named |= {one.analyte: one.price for one in contract.basket.items}
    found = {}
    for one in statement.analytes:
        clause = clauses.get(named.get(one.analyte) or "")
        series = None if clause is None else prices.get(clause.series or "")
        if one.price_per_t is None or series is None or clause is None or clause.fx is not None:
            continue
        per = series.unit.partition("/")[2]
        made = Quantity(one.price_per_t, f"{contract.currency}/t")
        told = made.to(f"{contract.currency}/{per}", contract.units)
        found[one.analyte] = f"{_price(told)} {contract.currency}/{per}"
    return found


def _price(value: Decimal) -> str:
    """Return a price as markets quote it: four decimals at most."""
    text = f"{value.quantize(_PRICE_STEP):,f}"
    return text.rstrip("0").rstrip(".")


def exposures_json(on: date, rows: Iterable[Exposure]) -> dict[str, Any]:
    """Return what is not priced as of a day; what is UNKNOWN stands apart, each with its reason."""
    every = tuple(rows)
    return {
        "on": on.isoformat(),
        "exposures": [_exposure(one) for one in every if one.unpriced_t is not None],
        "unknown": [
            f"{one.analyte}, {one.series}: {one.why}" for one in every if one.unpriced_t is None
        ],
    }


def _exposure(one: Exposure) -> dict[str, Any]:
    return {
        "analyte": one.analyte,
        "series": one.series,
        "month": one.month,
        "payable_t": _text(one.payable_t),
        "unpriced_t": _text(one.unpriced_t),
        "hedge_lots": _text(one.lots),
        "parcels": list(one.parcels),
        "notes": list(one.notes),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
