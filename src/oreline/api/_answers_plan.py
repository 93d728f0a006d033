"""Plans of the served chain folder: what is asked, what is best to build, how it looks by phase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oreline.api._plan_question import (
    NoPlan,
    PlanQuestion,
    finite,
    numbers_by_name,
    plan_paths,
    plan_text,
    planned,
    stated,
)
from oreline.api._planning import PLANNING
from oreline.api._views import View
from oreline.model import InputError

if TYPE_CHECKING:
    from oreline.plan import Plan, PlanText, Problem


def plans(view: View) -> dict[str, Any]:
    """Return the plans of the chain folder, with what is wrong in those that cannot be used."""
    told = []
    for file in plan_paths(view):
        try:
            text = plan_text(view, file)
            problem, findings = text.problem()
        except InputError as error:
            told.append({"file": file, "name": file, "usable": False,
                         "findings": [one.to_json() for one in error.findings]})  # fmt: skip
            continue
        name = text.tables.name if problem is None and text.tables is not None else file
        told.append(
            {
                "file": file,
                "name": name if problem is None else problem.name,
                "usable": problem is not None,
                "findings": [one.to_json() for one in findings],
            }
        )
    return {"plans": told}


def plan_inputs(view: View, file: str) -> dict[str, Any]:
    """Return what a plan asks: phases, units, budgets, markets, scenarios, goals, its numbers.

    Raises
    ------
    InputError
        If the file cannot be used.
    """
    text = plan_text(view, file)
    problem = stated(text)
    assert text.tables is not None, "a problem was made of them"
    numbers = numbers_by_name(text, problem)
    return {
        "file": file,
        "name": problem.name,
        "description": text.tables.description,
        "currency": problem.currency,
        "years": list(problem.years),
        "phases": [{"phase": one.id, "name": one.name or one.id} for one in problem.phases],
        "units": [_unit(problem, one.id) for one in problem.units],
        "budgets": budgets_of(text, problem),
        "resources": [
            {"resource": one.id, "site": one.site, "elements": sorted(one.grades)}
            for one in problem.resources
        ],
        "markets": [
            {
                "market": one.id,
                "name": one.name,
                "country": problem.country(one.site),
                "materials": list(one.materials),
            }
            for one in problem.markets
        ],
        "elements": list(problem.elements()),
        "deliveries": deliveries(problem),
        "goals": goals_of(problem),
        "scenarios": [
            {
                "scenario": one.id,
                "name": one.name or one.id,
                "probability": one.probability,
                "changes": [change.model_dump(exclude_none=True) for change in one.changes],
            }
            for one in text.tables.scenarios
        ],
        "numbers": list(numbers.values()),
        "assumed_numbers": sum(one["basis"] == "assumed" for one in numbers.values()),
        "input_sha256": problem.digest,
    }


def _unit(problem: Problem, name: str) -> dict[str, Any]:
    one = next(unit for unit in problem.units if unit.id == name)
    return {
        "unit": one.id,
        "name": one.name,
        "site": one.site,
        "phase": one.phase,
        "after": list(one.after),
        "lead_years": one.lead_years,
        "life_years": one.life_years,
        "standing_since": one.standing,
        "sizes": [
            {
                "size": size.id,
                "capacity_kt_per_y": size.capacity.value,
                "capacity_least_kt_per_y": one.step(size.id, 0.0).capacity.value,
                "capital_m": size.capital.value,
                "capital_low_m": size.capital.low_or_value,
                "capital_high_m": size.capital.high_or_value,
                "basis": str(size.capital.basis),
                "source": size.capital.source,
            }
            for size in one.sizes
            if not size.is_least
        ],
    }


def budgets_of(text: PlanText, problem: Problem) -> list[dict[str, Any]]:
    """Return the budgets of a plan: those of single phases, and of several together.

    ``number`` is the name by which its amount can be changed; ``stated`` that amount as it is
    written, in its own unit.
    """
    numbers = numbers_by_name(text, problem)
    found = []
    last = problem.years[-1]
    listed = [
        (f"phases.{one.id}.budget", one.id, one.name, one.budget, (one.id,), last)
        for one in problem.phases
        if one.budget is not None
    ] + [
        (f"budgets.{one.id}.amount", one.id, one.id, one.amount, one.phases, one.last_year)
        for one in problem.budgets
    ]
    for key, identity, name, amount, phases, year in listed:
        number = problem.shared.get(key, key)
        found.append(
            {
                "budget": identity,
                "name": name or identity,
                "amount_m": amount.value,
                "phases": list(phases),
                "last_year": year,
                "number": number,
                "stated": numbers[number]["value"],
                "unit": numbers[number]["unit"],
                "basis": str(amount.basis),
                "source": amount.source,
            }
        )
    return found


def deliveries(problem: Problem) -> list[dict[str, Any]]:
    """Return the elements that each country's markets may be brought, and the goal of each."""
    found: dict[tuple[str, str], None] = {}
    for market in problem.markets:
        country = problem.country(market.site)
        for element in problem.elements():
            if any(problem.grade(material, element) for material in market.materials):
                found[country, element] = None
    return [
        {"country": country, "element": element, "goal": f"deliver:{element}@{country}"}
        for country, element in sorted(found)
    ]


def goals_of(problem: Problem) -> list[dict[str, Any]]:
    """Return the goals of delivery: elements that always come together are one goal."""
    held: dict[tuple[str, frozenset[str]], list[str]] = {}
    for one in deliveries(problem):
        country, element = one["country"], one["element"]
        materials = frozenset(
            material
            for market in problem.markets
            if problem.country(market.site) == country
            for material in market.materials
            if problem.grade(material, element)
        )
        held.setdefault((country, materials), []).append(element)
    return [
        {
            "goal": f"deliver:{'+'.join(elements)}@{country}",
            "elements": elements,
            "country": country,
        }
        for (country, _), elements in held.items()
    ]


def plan_solution(view: View, question: PlanQuestion) -> dict[str, Any]:
    """Return the best plan that answers a question, or why there is none; ``feasible`` says which.

    Raises
    ------
    InputError
        If the question cannot be used.
    """
    world, plan = planned(view, question)
    told: dict[str, Any] = {"question": question.to_json(), "feasible": False}
    if isinstance(plan, NoPlan):
        findings = [one.to_json() for one in plan.findings]
        return {**told, "says": plan.says, "plan": None, "findings": findings}
    assert world is not None, "its plan was made"
    return {
        **told,
        "feasible": True,
        "says": "",
        "plan": told_plan(plan),
        "board": board(world.text, plan),
        "findings": [one.to_json() for one in world.findings],
    }


def told_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values, with how much of it is assumed."""
    problem = plan.problem
    found = plan.to_json()
    return {
        **found,
        "certificate": finite(found["certificate"]),
        "delivered": [
            {**one, "t": plan.delivered(one["element"], one["country"])}
            for one in deliveries(problem)
        ],
        "retained_country": None if problem.retained is None else problem.retained.country,
        "numbers": len(problem.numbers),
        "assumed_numbers": sum(str(one.basis) == "assumed" for one in problem.numbers.values()),
        "terms": terms_by_kind(plan),
    }


def terms_by_kind(plan: Plan) -> list[dict[str, Any]]:
    """Return the cash flow year by year in few kinds, with sums and present values, in millions.

    Every term of the accounts is in one kind; shortfall is paid to nobody and in none.
    """
    from oreline.plan import present_factors

    problem = plan.problem
    rows, total, total_discounted = [], 0.0, 0.0
    for year, net, factor in zip(
        problem.years, plan.accounts.net(), present_factors(problem), strict=True
    ):
        kinds: dict[str, float] = dict.fromkeys(CASH_KINDS, 0.0)
        for name, row in plan.accounts.terms.items():
            if name != "shortfall":
                kinds[cash_kind(name)] += row.get(year, 0.0)
        total += net
        total_discounted += net * factor
        rows.append(
            {
                "year": year,
                **kinds,
                "net": net,
                "cumulative": total,
                "factor": factor,
                "discounted": net * factor,
                "cumulative_discounted": total_discounted,
            }
        )
    return rows


CASH_KINDS = ("sales", "capital", "costs", "levies")
"""Into which the terms of a cash flow are drawn together."""


def cash_kind(term: str) -> str:
    """Return the kind of a term of the accounts.

    >>> [cash_kind(one) for one in ("sales", "levy royalty", "freight", "capital")]
    ['sales', 'levies', 'costs', 'capital']
    """
    if term in ("sales", "capital"):
        return term
    return "levies" if term.startswith("levy ") else "costs"


def board(text: PlanText, plan: Plan) -> dict[str, Any]:
    """Return the phases as columns: what each builds and when, its gate, its money used and left.

    Capital is counted as a budget counts it: what falls on years up to the budget's last.
    """
    problem = plan.problem
    spent = {one.id: one for one in problem.units}
    builds = plan.builds_frame().to_dicts()
    built = {row["unit"] for row in builds}

    def used(phases: list[str], last: int) -> float:
        return sum(
            float(row["capital_m"]) * part * problem.escalation(row["begun"] + place)
            for row in builds
            if row["phase"] in phases
            for place, part in enumerate(spent[row["unit"]].spend)
            if row["begun"] + place <= last
        )

    budgets = []
    for one in budgets_of(text, problem):
        amount = used(one["phases"], one["last_year"])
        budgets.append({**one, "used_m": amount, "left_m": one["amount_m"] - amount})
    own = {one["budget"]: one for one in budgets if one["phases"] == [one["budget"]]}
    return {
        "phases": [
            {
                "phase": phase.id,
                "name": phase.name or phase.id,
                "first_year": phase.first_year,
                "last_year": phase.last_year,
                "gate": list(phase.after),
                "budget": own.get(phase.id),
                "used_m": used([phase.id], problem.years[-1]),
                "built": [
                    {
                        **row,
                        "after": list(spent[row["unit"]].after),
                        "site_name": problem.sites[row["site"]].name,
                    }
                    for row in builds
                    if row["phase"] == phase.id
                ],
                "not_built": [
                    {"unit": unit.id, "name": unit.name}
                    for unit in problem.units
                    if unit.phase == phase.id and unit.standing is None and unit.id not in built
                ],
                "standing": [
                    {"unit": unit.id, "name": unit.name, "since": unit.standing}
                    for unit in problem.units
                    if unit.phase == phase.id and unit.standing is not None
                ],
            }
            for phase in problem.phases
        ],
        "budgets": budgets,
        "names": {unit.id: unit.name or unit.id for unit in problem.units},
    }


def plan_under_way(view: View) -> Mapping[str, Any]:
    """Return what plan is being made at the moment, for somebody who may see plans."""
    return {"under_way": None if view.is_partial else PLANNING.under_way()}
