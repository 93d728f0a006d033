"""The worth of each family of limits: sign and size of what a little more of it brings."""

from __future__ import annotations

import pytest
from plan_texts import TINY, problem_of

from oreline.plan import Change, Plan, make_plan
from oreline.plan._worth import SHOWN

SLIM = (
    TINY.replace(
        'capacity = "100 kt/y", capital = "30 USD m"', 'capacity = "160 kt/y", capital = "30 USD m"'
    )
    .replace('closure = "2 USD m"', 'closure = "2 USD m"\navailability = 0.5')
    .replace('tonnage = "250 kt"', 'tonnage = "900 kt"')
)
"""The chain with ore enough, and a mill of which half, less than its mine, can be had."""
STANDING = SLIM.replace("lead_years = 1", "lead_years = 0\nstanding = 2020").replace(
    "life_years = 10", "life_years = 40"
)
BUYER = 'id = "buyer"'
LATER = (2029,)
MORE = 1.001
"""A limit is moved by a thousandth."""


def with_buyer(text: str, lines: str, price: float = 10_000) -> str:
    """Return a plan whose market has more lines, and another price."""
    made = text.replace(BUYER, f"{BUYER}\n{lines}")
    return made.replace('values = "10000 USD/t"', f'values = "{price} USD/t"')


CASES = [
    # family, plan, what is moved, what a thousandth of it is in kt, the worth's sign
    ("capacity", SLIM, Change("units.mill.availability", multiply=MORE, years=LATER), 0.08, 1),
    (
        "standing capacity", STANDING,
        Change("units.mill.availability", multiply=MORE, years=LATER), 0.08, 1,
    ),
    ("tonnage", TINY, Change("resources.lode.tonnage", multiply=MORE), 0.25, 1),
    (
        "draw a year",
        SLIM.replace('site = "pit"\ngrades', 'site = "pit"\nper_year = "60 kt/y"\ngrades'),
        Change("resources.lode.per_year", multiply=MORE), 0.06, 1,
    ),
    (
        "route", SLIM.replace('to = "port"\n', 'to = "port"\ncapacity = "10 kt/y"\n'),
        Change("routes.sea.capacity", multiply=MORE), 0.01, 1,
    ),
    (
        "most sold", with_buyer(SLIM, 'most = "9 kt/y"'),
        Change("markets.buyer.most", multiply=MORE, years=LATER), 0.009, 1,
    ),
    (
        "least sold", with_buyer(STANDING, 'least = "9 kt/y"', 500),
        Change("markets.buyer.least", multiply=MORE, years=LATER), 0.009, -1,
    ),
    (
        "least or short", with_buyer(STANDING, 'least = "9 kt/y"\npenalty = "3000 USD/t"', 500),
        Change("markets.buyer.least", multiply=MORE, years=LATER), 0.009, -1,
    ),
    (
        "storage",
        STANDING.replace(
            'values = "10000 USD/t"',
            'values = { 2027 = "10000 USD/t", 2028 = "14000 USD/t", 2029-2030 = "100 USD/t" }',
        ).replace('id = "port"\n', 'id = "port"\nstorage = "5 kt"\n'),
        Change("sites.port.storage", multiply=MORE), 0.005, 1,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("family", "text", "change", "kt", "sign"), CASES, ids=[case[0] for case in CASES]
)
def test_the_worth_of_a_limit_is_what_a_little_more_of_it_brings(
    family: str, text: str, change: Change, kt: float, sign: int
) -> None:
    plan = make_plan(problem_of(text))
    moved = make_plan(problem_of(text, (change,)))
    told = sum(
        one.worth
        for one in plan.worths
        if one.limit == family and (not change.years or one.year in change.years)
    )
    assert sign * told > 1e-3
    assert _value(moved) - _value(plan) == pytest.approx(told * kt, rel=1e-4)


def _value(plan: Plan) -> float:
    return plan.certificate.value


def test_every_family_that_is_shown_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(SHOWN)
