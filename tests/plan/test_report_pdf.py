"""The report of a plan on paper: its figures, its proof, and the same bytes each time."""

from __future__ import annotations

import re

from plan_texts import TINY, problem_of

from oreline.plan import make_plan, plan_pdf


def test_a_report_holds_figures_units_proof_and_sources() -> None:
    plan = make_plan(problem_of(TINY))
    data = plan_pdf(plan, told_of="prices.sb.values=10", compressed=False)
    assert data == plan_pdf(plan, told_of="prices.sb.values=10", compressed=False)
    words = " ".join(
        part.decode("latin-1") for part in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", data)
    )
    for said in (
        "One mine, one mill",
        "State of the world: prices.sb.values=10",
        f"{plan.npv:,.1f} USD m",
        "0.1 a year, end of each year",
        "numbers are assumed",
        "nothing of it is recorded",
        "22,500",
        plan.certificate.input_sha256,
        "prices.sb.values",
        "a test",
    ):
        assert said in words, said
    nothing = problem_of(TINY.replace("10000 USD/t", "100 USD/t"))
    assert b"nothing is built" in plan_pdf(make_plan(nothing), compressed=False)
