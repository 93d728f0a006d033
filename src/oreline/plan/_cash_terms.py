"""The yearly cash flow of a plan as expressions, term by term, and the rows of its levies."""

from __future__ import annotations

import numpy as np

from oreline.plan import _coefficients as numbers
from oreline.plan._levies import LevyBase
from oreline.plan._model_frame import PlanModel, Term
from oreline.plan._problem import PlanLevy


def cash_terms(made: PlanModel) -> None:
    """Write the yearly terms, undiscounted, what comes in positive; then what levies take."""
    sets = made.sets
    _, paid, charged = numbers.sale_values(sets)
    for name, kind, coefficient in (
        ("sales", "sale", paid),
        ("treatment charges", "sale", -charged),
        ("purchases", "buy", -numbers.buy_prices(sets)),
        ("processing", "run", -numbers.run_costs(sets)),
        ("freight", "flow", -numbers.leg_costs(sets)),
        ("disposal", "drop", -numbers.drop_costs(sets)),
    ):
        if made.has(kind) and coefficient.any():
            made.terms[name] = Term(kind, coefficient)
    for name, coefficient in (
        ("capital", -numbers.capital_spent(sets)),
        ("fixed costs", -numbers.fixed_costs(sets)),
        ("closure", -numbers.closure_costs(sets)),
    ):
        if coefficient.any():
            made.terms[name] = Term("build", coefficient)
    standing = numbers.standing_costs(made.problem)
    if standing.any():
        made.constants["standing units"] = -standing
    on_profit = [one for one in made.problem.levies if one.base is LevyBase.PROFIT_BEFORE_TAX]
    for levy in made.problem.levies:
        if levy not in on_profit:
            _levy(made, levy, _on_sales(made, levy))
    # Levies on sales come before profit; levies on profit do not come before each other.
    earned = [term for name, term in made.terms.items() if name != "capital"]
    if made.problem.terms.tax == "post-tax":
        for levy in on_profit:
            _levy(made, levy, [*earned, *_wear(made, levy)])
    if made.has("short"):
        short = made.variable("short")
        listed = [made.problem.markets[place].penalty for place in short.indexes["market"]]
        penalty = np.array([-one.value for one in listed if one is not None])
        rates = np.repeat(penalty[:, None], len(made.problem.years), axis=1)
        made.terms["shortfall"] = Term("short", rates)


def _levy(made: PlanModel, levy: PlanLevy, parts: list[Term]) -> None:
    """Add a levy as a variable that is at least its part of the base: on a loss it is nothing.

    It falls to that part because whoever plans would rather keep it; goals that do not count money
    are followed by one that does.
    """
    if not parts:
        return
    years = len(made.problem.years)
    made.model.add_variables(lower=made.axis.array(np.zeros(years), "year"), name=f"levy {levy.id}")
    # Where losses are carried, what is taken so far is at least its part of all profits and losses
    # so far; as it never falls, that is its part of the largest such sum that there has been.
    carried = levy.losses_carried
    left = made.yearly(Term(f"levy {levy.id}", np.ones(years)), so_far=carried)
    for part in parts:
        left = left - levy.rate.value * made.yearly(part, so_far=carried)
    constant = np.zeros(years)
    if levy.base is LevyBase.PROFIT_BEFORE_TAX:
        constant = sum(made.constants.values(), constant)
        constant = constant.cumsum() if carried else constant
    right = made.axis.array(levy.rate.value * constant, "year")
    made.model.add_constraints(left >= right, name=f"base of {levy.id}")
    made.terms[f"levy {levy.id}"] = Term(f"levy {levy.id}", -np.ones(years))


def _on_sales(made: PlanModel, levy: PlanLevy) -> list[Term]:
    return [
        Term(kind, coefficient)
        for kind, coefficient in (
            ("sale", numbers.levy_sales(made.sets, levy)),
            ("flow", -numbers.levy_freight(made.sets, levy)),
        )
        if made.has(kind) and coefficient.any()
    ]


def _wear(made: PlanModel, levy: PlanLevy) -> list[Term]:
    """Return what capital wears off each year, which comes off a profit; no loss is carried on."""
    worn = numbers.depreciation(made.sets, levy.depreciation_years)
    return [Term("build", -worn)] if worn.any() else []
