"""A plan as files to take away: every table, and a report on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from oreline.api._answers_plan import terms_by_kind
from oreline.api._answers_plan_flows import plan_or_error
from oreline.api._answers_plan_studies import plan_budgets, plan_front, plan_scenarios
from oreline.api._plan_question import PlanQuestion, plan_text
from oreline.api._views import View


def plan_tables(
    view: View, question: PlanQuestion, *, scenarios: bool = False, budgets: bool = False
) -> dict[str, pl.DataFrame]:
    """Return every table of a plan by name; those of studies where they are asked for.

    Raises
    ------
    InputError
        If the question cannot be used, or no plan is feasible.
    """
    from oreline.plan import element_flows_frame, numbers_frame

    plan = plan_or_error(view, question)
    tables = {
        "plan": _head(plan.to_json(), question),
        **plan.frames(),
        "cash by kind": pl.DataFrame(terms_by_kind(plan)),
        "numbers": numbers_frame(plan.problem),
    }
    flows = [element_flows_frame(plan, one) for one in plan.problem.elements()]
    tables["element flows"] = pl.concat(
        [one for one in flows if one.height] or flows[:1], how="vertical_relaxed"
    )
    if question.front:
        rows = plan_front(view, question)["points"]
        tables["front"] = pl.DataFrame(
            [{**_plain(row), "units": " ".join(row["units"])} for row in rows]
        )
    if scenarios:
        tables["scenarios"] = _scenarios(plan_scenarios(view, question)["scenarios"])
    if budgets:
        tables["budgets"] = pl.DataFrame(plan_budgets(view, question)["figures"])
    return tables


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, (dict, list))}


def _head(told: Mapping[str, Any], question: PlanQuestion) -> pl.DataFrame:
    """Return what a plan is and how good, in two columns of text."""
    parts: dict[str, Any] = {
        "name": told["name"],
        **{f"question: {name}": value for name, value in question.to_json().items()},
        "net present value, m": told["npv_m"],
        "currency": told["currency"],
        **{f"convention: {name}": value for name, value in told["conventions"].items()},
        "rates of return": told["irr"]["rates_per_period"],
        "payback, years": told["payback_years"],
        **{f"capital, m: {end}": value for end, value in told["capital_m"].items()},
        "stays in the country, m": told["retained_m"],
        **{f"goal {one['goal']}, {one['unit']}": one["value"] for one in told["goals"]},
        **{f"proof: {name}": value for name, value in told["certificate"].items()},
    }
    rows = [(name, _text(value)) for name, value in parts.items()]
    return pl.DataFrame(rows, schema=["what", "value"], orient="row")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _scenarios(rows: list[dict[str, Any]]) -> pl.DataFrame:
    told = []
    for row in rows:
        one = {"scenario": row["scenario"], "name": row["name"], "feasible": row["feasible"]}
        if row["feasible"]:
            one |= {
                "npv_m": row["npv_m"],
                "capital_m": row["capital_m"],
                "retained_m": row["retained_m"],
                **{f"{part['goal']}, t": part["t"] for part in row["delivered"]},
                "built": " ".join(f"{part['unit']} {part['begun']}" for part in row["built"]),
                "not_built": " ".join(part["unit"] for part in row["not_built"]),
            }
        else:
            one["why"] = row["says"]
        told.append(one)
    return pl.DataFrame(told, infer_schema_length=None)


def plan_report(view: View, question: PlanQuestion) -> bytes:
    """Return a plan on paper.

    Raises
    ------
    InputError
        If the question cannot be used, or no plan is feasible.
    """
    from oreline.plan import plan_pdf

    plan = plan_or_error(view, question)
    text = plan_text(view, question.file)
    parts = []
    if question.scenario and text.tables is not None:
        parts += [
            one.name or one.id for one in text.tables.scenarios if one.id == question.scenario
        ]
    parts += question.changes
    if question.front:
        parts.append(f"point {question.point} of the front with {question.front}")
    return plan_pdf(plan, told_of="; ".join(parts))
