"""What a statement on a shipment of the ledger is made from: its parcel, and what was declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from oreline.record import Ledger
from oreline.settle._contract import Contract
from oreline.settle._declared_periods import declared_periods
from oreline.settle._ledger_parcel import parcel_of
from oreline.settle._prices import PriceSeries
from oreline.settle._pricing import Declaration
from oreline.settle._settle import Settling
from oreline.settle._shipments import Shipment
from oreline.settle._statement import Stage


def settling_of(
    ledger: Ledger,
    contract: Contract,
    shipment: Shipment,
    prices: Mapping[str, PriceSeries],
    stage: Stage,
    on: date,
    supposed: Mapping[str, str | Declaration] | None = None,
) -> Settling:
    """Return what is asked of a statement on a shipment, with what was known on a day.

    Parameters
    ----------
    supposed
        Options that are taken as declared, whatever the ledger says; the statement notes it.
    """
    parcel = parcel_of(ledger, contract, shipment, on)
    asked = Settling(contract, parcel, prices, stage, on)
    return with_declared(asked, ledger, shipment, supposed)


def with_declared(
    asked: Settling,
    ledger: Ledger,
    shipment: Shipment,
    supposed: Mapping[str, str | Declaration] | None = None,
) -> Settling:
    """Return what is asked with the periods that a ledger says were declared of its shipment."""
    contract, on = asked.contract, asked.on
    if not any(clause.options for clause in contract.prices):
        return asked if not supposed else replace(asked, declared=dict(supposed))
    found = declared_periods(ledger, contract, shipment, asked.parcel.days, on)
    told = [
        f"{price}: the option is taken as given with the question, not from the ledger."
        for price in supposed or {}
    ]
    return replace(
        asked,
        declared={**found.options, **(supposed or {})},
        remarks=(*found.remarks, *told),
    )
