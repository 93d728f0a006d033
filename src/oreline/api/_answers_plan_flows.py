"""A plan over time: which units stand in a year, what each route carries, where an element goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oreline.api._plan_question import NoPlan, PlanQuestion, planned
from oreline.api._views import View
from oreline.model import Chain, InputError

if TYPE_CHECKING:
    from oreline.plan import FlowNode, Plan, Problem


def plan_flows(view: View, question: PlanQuestion, element: str) -> dict[str, Any]:
    """Return the build-up of a plan year by year, with the ways of one element.

    Raises
    ------
    InputError
        If the question cannot be used, no plan is feasible, or nothing in it holds the element.
    """
    plan = plan_or_error(view, question)
    problem = plan.problem
    if element not in problem.elements():
        known = ", ".join(problem.elements())
        raise InputError(f"nothing in the plan holds {element}; there are: {known}")
    chain = view.whole.folder_chain
    return {
        "question": question.to_json(),
        "element": element,
        "elements": list(problem.elements()),
        "sites": _sites(chain, plan),
        "routes": [
            {"route": one.id, "from": one.origin, "to": one.destination} for one in problem.ways
        ],
        "years": _years(plan, element),
        "boundary_view": "dashed" if chain is None else chain.boundary_view,
        "basis": "derived",
    }


def plan_or_error(view: View, question: PlanQuestion) -> Plan:
    """Return a plan, for answers that are about one.

    Raises
    ------
    InputError
        If no plan meets all limits, with what would have to give way.
    """
    _, plan = planned(view, question)
    if isinstance(plan, NoPlan):
        raise InputError(plan.says, plan.findings)
    return plan


def _sites(chain: Chain | None, plan: Plan) -> list[dict[str, Any]]:
    """Return the places of a plan with the units at each; a position only where one is stated."""
    problem = plan.problem
    built = {one.unit: one for one in plan.schedule.built}
    rows = []
    for identity in _touched(problem):
        site = problem.sites[identity]
        known = None if chain is None else chain.sites.get(identity)
        units = []
        for unit in problem.units:
            if unit.site != identity:
                continue
            one = built.get(unit.id)
            stands = unit.standing
            units.append(
                {
                    "unit": unit.id,
                    "name": unit.name or unit.id,
                    "begun": one.begun if one is not None else stands,
                    "runs_from": one.runs_from if one is not None else stands,
                    "closes": one.closes
                    if one is not None
                    else None
                    if stands is None
                    else stands + unit.life_years,
                }
            )
        rows.append(
            {
                "site": identity,
                "name": site.name or identity,
                "country": site.country,
                "kind": "" if known is None else known.kind,
                "lat": None if known is None or known.lat is None else float(known.lat),
                "lon": None if known is None or known.lon is None else float(known.lon),
                "units": units,
                "markets": [one.name or one.id for one in problem.markets if one.site == identity],
            }
        )
    return rows


def _touched(problem: Problem) -> list[str]:
    """Return the sites at which a plan does something, in the order in which material passes."""
    order: dict[str, int] = {one.site: 0 for one in problem.resources}
    order |= {one.site: 0 for one in problem.supplies if one.site not in order}
    for _ in range(len(problem.sites)):
        for way in problem.ways:
            depth = order.get(way.origin)
            if depth is not None and order.get(way.destination, -1) <= depth < len(problem.sites):
                order[way.destination] = depth + 1
    for place in [unit.site for unit in problem.units] + [one.site for one in problem.markets]:
        order.setdefault(place, 0)
    return sorted(order, key=lambda site: (order[site], site))


def _years(plan: Plan, element: str) -> list[dict[str, Any]]:
    from oreline.plan import element_flows

    problem = plan.problem
    flows = element_flows(plan, element)
    carried: dict[tuple[int, str], list[dict[str, Any]]] = {}
    sold: dict[int, float] = {}
    markets = {one.id: one for one in problem.markets}
    for one in plan.schedule.amounts:
        if one.kind == "flow":
            carried.setdefault((one.year, one.name), []).append(
                {
                    "material": problem.materials[one.detail].name or one.detail,
                    "kt": one.kt,
                    "t": 1e3 * one.kt * problem.grade(one.detail, element),
                }
            )
        elif one.kind == "sale" and one.name in markets:
            t = 1e3 * one.kt * problem.grade(one.detail, element)
            sold[one.year] = sold.get(one.year, 0.0) + t
    return [
        {
            "year": year,
            "routes": [
                {
                    "route": way.id,
                    "kt": sum(part["kt"] for part in parts),
                    "t": sum(part["t"] for part in parts),
                    "materials": parts,
                }
                for way in problem.ways
                if (parts := carried.get((year, way.id)))
            ],
            "links": [
                {
                    "from": _node(one.source, problem),
                    "to": _node(one.target, problem),
                    "t": one.t,
                }
                for one in flows[year]
            ],
            "sold_t": sold.get(year, 0.0),
        }
        for year in problem.years
    ]


def _node(node: FlowNode, problem: Problem) -> dict[str, str]:
    return {"kind": node.kind, "id": node.id, "name": node.name(problem)}
