"""What is it worth under this contract? Statements, their differences, exposure."""

from __future__ import annotations

from oreline.settle._assay_exchange import deadlines, decide, decide_lot
from oreline.settle._contract import Contract
from oreline.settle._exchange_decision import (
    LACKS,
    AnalyteDecision,
    ExchangeState,
    Extension,
    LabResult,
    Lack,
    LotDecision,
    LotExchange,
    Submission,
)
from oreline.settle._exchange_rule import (
    AnalyteRule,
    AssayRounding,
    CostRule,
    ExchangeRule,
    GradeLimit,
    LateRule,
    NoLimitRule,
    Side,
    TieRule,
    UmpireVariant,
)
from oreline.settle._parcel import Parcel, Reading, SettlementLot, Weighing
from oreline.settle._prices import PriceSeries
from oreline.settle._statement import Input, Missing, Statement, StatementLine, Step, Waterfall
from oreline.settle._umpire import Assay, CostBearer, How, cost_bearer, umpire_assay
from oreline.settle._units import Constants, Quantity, parse_quantity

__all__ = [
    "LACKS",
    "AnalyteDecision",
    "AnalyteRule",
    "Assay",
    "AssayRounding",
    "Constants",
    "Contract",
    "CostBearer",
    "CostRule",
    "ExchangeRule",
    "ExchangeState",
    "Extension",
    "GradeLimit",
    "How",
    "Input",
    "LabResult",
    "Lack",
    "LateRule",
    "LotDecision",
    "LotExchange",
    "Missing",
    "NoLimitRule",
    "Parcel",
    "PriceSeries",
    "Quantity",
    "Reading",
    "SettlementLot",
    "Side",
    "Statement",
    "StatementLine",
    "Step",
    "Submission",
    "TieRule",
    "UmpireVariant",
    "Waterfall",
    "Weighing",
    "cost_bearer",
    "deadlines",
    "decide",
    "decide_lot",
    "parse_quantity",
    "umpire_assay",
]
