"""What to build, when, and where to send it? Build-up, cash flow, annuities, levies."""

from __future__ import annotations

from oreline.plan._accounts import present_factors
from oreline.plan._actual import (
    ActualAgainstPlan,
    Delivery,
    YearState,
    actual_against_planned,
    told_until,
)
from oreline.plan._advance import AdvanceYear, advance_royalties
from oreline.plan._annuity import (
    PaidAt,
    annuity_payment,
    equivalent_annual_annuity,
    parse_rate,
)
from oreline.plan._break_even import BreakEven, BreakEvenPoint, break_even
from oreline.plan._cash_flow import (
    CashFlow,
    Discounting,
    PresentValue,
    RateOfReturn,
    net_present_value,
    rates_of_return,
)
from oreline.plan._design_recipes import PlanDesign, design_names
from oreline.plan._element_flows import (
    FlowLink,
    FlowNode,
    element_flows,
    element_flows_frame,
)
from oreline.plan._explain import InfeasibleError
from oreline.plan._file_numbers import Change
from oreline.plan._file_schema import plan_schema
from oreline.plan._file_tables import plan_tables
from oreline.plan._file_text import PLAN_FILE, PlanText
from oreline.plan._goals import Goal, parse_goal
from oreline.plan._hedge import Hedge, StateResult, hedge_plan
from oreline.plan._highs import Certificate, SolverSettings
from oreline.plan._ledger_events import LedgerWriting, plan_events
from oreline.plan._levies import Levy, LevyBase, LevyLine, LevyStack, levy_stack
from oreline.plan._limited import LimitedRuns, Running, in_years
from oreline.plan._model import write_model
from oreline.plan._operations import Operations
from oreline.plan._optimise import fixed_builds, make_plan
from oreline.plan._owners import OwnerPart
from oreline.plan._pareto import Front, pareto_front
from oreline.plan._plan import Plan, Worth, numbers_frame
from oreline.plan._problem import Problem
from oreline.plan._programmes import Programme, ProgrammeSum, programme_sum
from oreline.plan._quarters import QuarterPlan, WhatIf, in_quarters, quarter_name, quarter_plan
from oreline.plan._ranges import BudgetCurve, MoreFigures, budget_curve, plan_tornado
from oreline.plan._report_pdf import plan_pdf
from oreline.plan._returns import modified_rate_of_return, payback_periods
from oreline.plan._revenue import cutoff_grade, gross_revenue, net_smelter_return
from oreline.plan._risk import Risk, expected_value, value_at_risk
from oreline.plan._schedule import Schedule
from oreline.plan._stages import Stage, StageValues, stage_values
from oreline.plan._states import State, states_of
from oreline.plan._tables import read_cash_flow, read_levies
from oreline.plan._usual import usual_budget, usual_country, usual_ores
from oreline.plan._write_network import write_network

__all__ = [
    "PLAN_FILE",
    "ActualAgainstPlan",
    "AdvanceYear",
    "BreakEven",
    "BreakEvenPoint",
    "BudgetCurve",
    "CashFlow",
    "Certificate",
    "Change",
    "Delivery",
    "Discounting",
    "FlowLink",
    "FlowNode",
    "Front",
    "Goal",
    "Hedge",
    "InfeasibleError",
    "LedgerWriting",
    "Levy",
    "LevyBase",
    "LevyLine",
    "LevyStack",
    "LimitedRuns",
    "MoreFigures",
    "Operations",
    "OwnerPart",
    "PaidAt",
    "Plan",
    "PlanDesign",
    "PlanText",
    "PresentValue",
    "Problem",
    "Programme",
    "ProgrammeSum",
    "QuarterPlan",
    "RateOfReturn",
    "Risk",
    "Running",
    "Schedule",
    "SolverSettings",
    "Stage",
    "StageValues",
    "State",
    "StateResult",
    "WhatIf",
    "Worth",
    "YearState",
    "actual_against_planned",
    "advance_royalties",
    "annuity_payment",
    "break_even",
    "budget_curve",
    "cutoff_grade",
    "design_names",
    "element_flows",
    "element_flows_frame",
    "equivalent_annual_annuity",
    "expected_value",
    "fixed_builds",
    "gross_revenue",
    "hedge_plan",
    "in_quarters",
    "in_years",
    "levy_stack",
    "make_plan",
    "modified_rate_of_return",
    "net_present_value",
    "net_smelter_return",
    "numbers_frame",
    "pareto_front",
    "parse_goal",
    "parse_rate",
    "payback_periods",
    "plan_events",
    "plan_pdf",
    "plan_schema",
    "plan_tables",
    "plan_tornado",
    "present_factors",
    "programme_sum",
    "quarter_name",
    "quarter_plan",
    "rates_of_return",
    "read_cash_flow",
    "read_levies",
    "stage_values",
    "states_of",
    "told_until",
    "usual_budget",
    "usual_country",
    "usual_ores",
    "value_at_risk",
    "write_model",
    "write_network",
]
