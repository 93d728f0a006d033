"""What to build, when, and does it pay? Annuities, cash flows, levies."""

from __future__ import annotations

from oreline.plan._advance import AdvanceYear, advance_royalties
from oreline.plan._annuity import (
    PaidAt,
    annuity_payment,
    equivalent_annual_annuity,
    parse_rate,
)
from oreline.plan._cash_flow import (
    CashFlow,
    Discounting,
    PresentValue,
    RateOfReturn,
    net_present_value,
    rates_of_return,
)
from oreline.plan._levies import Levy, LevyBase, LevyLine, LevyStack, levy_stack
from oreline.plan._programmes import Programme, ProgrammeSum, programme_sum
from oreline.plan._revenue import cutoff_grade, gross_revenue, net_smelter_return
from oreline.plan._tables import read_cash_flow, read_levies

__all__ = [
    "AdvanceYear",
    "CashFlow",
    "Discounting",
    "Levy",
    "LevyBase",
    "LevyLine",
    "LevyStack",
    "PaidAt",
    "PresentValue",
    "Programme",
    "ProgrammeSum",
    "RateOfReturn",
    "advance_royalties",
    "annuity_payment",
    "cutoff_grade",
    "equivalent_annual_annuity",
    "gross_revenue",
    "levy_stack",
    "net_present_value",
    "net_smelter_return",
    "parse_rate",
    "programme_sum",
    "rates_of_return",
    "read_cash_flow",
    "read_levies",
]
