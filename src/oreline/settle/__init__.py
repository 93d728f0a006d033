"""What is it worth under this contract? Statements, their differences, exposure."""

from __future__ import annotations

from oreline.settle._contract import Contract
from oreline.settle._parcel import Parcel, Reading, SettlementLot, Weighing
from oreline.settle._prices import PriceSeries
from oreline.settle._statement import Input, Missing, Statement, StatementLine, Step, Waterfall
from oreline.settle._units import Constants, Quantity, parse_quantity

__all__ = [
    "Constants",
    "Contract",
    "Input",
    "Missing",
    "Parcel",
    "PriceSeries",
    "Quantity",
    "Reading",
    "SettlementLot",
    "Statement",
    "StatementLine",
    "Step",
    "Waterfall",
    "Weighing",
    "parse_quantity",
]
