"""What is meant where a question of a plan leaves something unsaid."""

from __future__ import annotations

import pytest
from plan_texts import TINY, problem_of

from oreline.model import InputError
from oreline.plan import usual_budget, usual_country, usual_ores

BUDGET = '\n[[budgets]]\nid = "all"\namount = "{} USD m"\n'


@pytest.mark.parametrize(
    ("amount", "steps"),
    [
        (500, (100.0, 200.0, 300.0, 400.0, 500.0)),
        (800, tuple(100.0 * one for one in range(1, 9))),
        (900, (180.0, 360.0, 540.0, 720.0, 900.0)),
        (60, (24.0, 36.0, 48.0, 60.0)),
        (150, (30.0, 60.0, 90.0, 120.0, 150.0)),
    ],
)
def test_a_budget_goes_up_in_hundreds_or_fifths(amount: int, steps: tuple[float, ...]) -> None:
    # The cheapest of the plan costs 20 millions: a fifth of 60 pays for nothing.
    problem = problem_of(TINY + BUDGET.format(amount))
    assert usual_budget(problem) == ("all", "US", steps)
    assert usual_budget(problem, "all", "PK", (7.0, 3.0, 7.0)) == ("all", "PK", (3.0, 7.0))


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match=r"write \[\[budgets\]\]"):
        usual_budget(problem_of(TINY))
    with pytest.raises(InputError, match="none is no budget of the plan; known: all"):
        usual_budget(problem_of(TINY + BUDGET.format(60)), "none")
    with pytest.raises(InputError, match=r"no resource holds lode Cu; the plan has: lode \(Sb\)"):
        usual_ores(problem_of(TINY), "lode", "Cu")


def test_the_ores_are_those_that_hold_what_is_paid_for() -> None:
    problem = problem_of(TINY)
    assert usual_country(problem) == "US"
    assert usual_ores(problem) == [("lode", "Sb")]
    assert usual_ores(problem, element="Sb") == [("lode", "Sb")]
