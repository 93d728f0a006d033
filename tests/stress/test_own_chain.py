"""A chain under stress: by hand, against the plan's own model, and laws of what may be lost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import TINY, problem_of, random_plan

from oreline.design import Parameter
from oreline.model import Basis, InputError, LimitExceededError
from oreline.plan import LimitedRuns, PlanText, fixed_builds, in_quarters, make_plan
from oreline.stress import (
    ChainEvent,
    KnownPlaces,
    OwnChain,
    mixture,
    points_of_failure,
    stress_chain,
)

QUARTER_M = 18 - 1.125 - 1.25 - 0.45
"""What a full quarter of the tiny plan earns: sales, royalty, processing, freight."""


@cache
def tiny() -> OwnChain:
    """Return the chain of one mine and one mill."""
    return OwnChain(PlanText(TINY.encode()), make_plan(problem_of(TINY)))


@cache
def drawn(seed: int) -> OwnChain:
    """Return a chain of two ores, one mill and a refinery."""
    text = random_plan(seed, years=4)
    return OwnChain(PlanText(text.encode()), make_plan(problem_of(text)))


def event(
    kind: str, of: str, start: str = "2029", months: float = 12.0, **more: object
) -> ChainEvent:
    """Return an event from January of a year."""
    return ChainEvent(f"{kind}-{of}", kind, of, 12 * int(start), months, **more)  # type: ignore[arg-type]


def worth(quarters: range) -> float:
    """Return what full quarters are worth at the beginning of 2027, each at its end."""
    return QUARTER_M * sum(1.1 ** -(quarter / 4) for quarter in quarters)


def test_a_year_without_its_route_by_hand() -> None:
    # 100 kt a year from 250 kt: 2028, 2029 and half of 2030 are planned. Without 2029 the other
    # half of 2030 is used; quarters 9 to 12 are lost and 15 to 16 gained.
    found = tiny().outcome([event("route", "sea")])
    (one,) = found.deliveries()
    assert one.lost_t == pytest.approx((4500, 9000))
    assert one.late_t == pytest.approx(9000)
    assert found.lost_m == pytest.approx((worth(range(9, 13)) - worth(range(15, 17)),
                                          worth(range(9, 13))))  # fmt: skip
    assert found.recovery(one) == (12.0, None)
    assert found.cash()[2029] == pytest.approx((4 * QUARTER_M - 1, -1, -1))


def test_half_a_mill_for_half_a_year_by_hand() -> None:
    found = tiny().outcome([event("site", "pit", months=6, severity=0.5)])
    (one,) = found.deliveries()
    assert one.lost_t == pytest.approx((0, 2250))
    assert found.lost_m[1] == pytest.approx(worth(range(9, 11)) / 2)
    assert found.recovery(one) == (6.0, 21.0)


def test_a_price_that_falls_by_hand() -> None:
    # Nothing is sold elsewhere; a tenth of the price does not pay, and ore waits for 2030.
    fall = event("price", "sb", factor=0.9)
    lost = 0.1 * (18 - 1.125) * sum(1.1 ** -(quarter / 4) for quarter in range(9, 13))
    assert tiny().outcome([fall]).lost_m[1] == pytest.approx(lost)
    collapse = tiny().outcome([event("price", "Sb", factor=0.05)])
    assert collapse.deliveries()[0].lost_t[1] == pytest.approx(9000)


def test_what_is_no_part_of_the_chain_changes_nothing_and_is_told() -> None:
    ban = event("ban", "CN", to=("US",), elements=("Sb",))
    found = stress_chain(tiny(), [ban])
    assert found.alone[0].lost_m == (0, 0)
    assert [one.code for one in found.findings] == ["ORL-1255"]


def test_a_ban_stops_what_crosses_the_border_of_whom_it_is_meant_for() -> None:
    for more, lost in (
        ({}, 9000), ({"to": ("US",)}, 9000), ({"to": ("CN",)}, 0), ({"elements": ("Cu",)}, 0),
        ({"elements": ("Sb",)}, 9000),
    ):  # fmt: skip
        found = tiny().outcome([event("ban", "PK", **more)])
        assert found.deliveries()[0].lost_t[1] == pytest.approx(lost), more


def test_limits_are_those_of_the_plans_own_model() -> None:
    """A closed route is the problem whose route has no capacity, known from the first day on."""
    for seed in (1, 2):
        chain = drawn(seed)
        ways = {way.id for way in chain.problem.ways}
        for name in ways:
            nothing = Parameter(0.0, "kt/y", Basis.ASSUMED, "a test")
            problem = replace(
                chain.annual.problem,
                ways=tuple(
                    replace(one, capacity=nothing) if one.id == name else one
                    for one in chain.annual.problem.ways
                ),
            )
            held = fixed_builds(chain.annual, problem)
            try:
                best = make_plan(problem, fixed=held).npv
            except InputError:
                continue
            runs = LimitedRuns(chain.annual.problem, held)
            gone = {("way", name): dict.fromkeys(problem.years, 0.0)}
            found = runs.run(gone, problem.years[0], replanned=True)
            assert found.npv == pytest.approx(best, abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(
    st.integers(1, 4),
    st.sampled_from(["site", "route"]),
    st.integers(0, 20),
    st.integers(2028, 2030),
    st.floats(1, 24),
    st.floats(0.1, 1),
)
def test_what_is_replanned_never_loses_more_and_nothing_is_gained(
    seed: int, kind: str, number: int, year: int, months: float, severity: float
) -> None:
    chain = drawn(seed)
    listed = sorted(chain.problem.sites) if kind == "site" else [w.id for w in chain.problem.ways]
    one = event(kind, listed[number % len(listed)], str(year), months, severity=severity)
    replanned, as_planned = chain.outcome([one]).lost_m
    assert -1e-6 <= replanned <= as_planned + 1e-6
    worse = replace(one, severity=1.0, months=months + 6)
    assert chain.outcome([worse]).lost_m[0] >= replanned - 1e-6


def test_nothing_before_an_event_is_planned_for_it() -> None:
    chain = drawn(2)
    way = chain.problem.ways[0].id
    found = chain.outcome([event("route", way, "2030", 6)])
    for run in (found.replanned, found.as_planned):
        for amount in chain.base.schedule.amounts:
            if amount.year < 4 * 2030 and amount.kind in ("run", "flow", "sale"):
                same = [one.kt for one in run.schedule.amounts
                        if (one.kind, one.name, one.detail, one.year)
                        == (amount.kind, amount.name, amount.detail, amount.year)]  # fmt: skip
                assert same == pytest.approx([amount.kt], abs=1e-7)


def test_points_of_failure_of_a_chain_in_a_row_are_all_of_it() -> None:
    nothing: frozenset[str] = frozenset()
    places = KnownPlaces(nothing, nothing, frozenset({"port"}), nothing, (), (0, 0))
    found = points_of_failure(tiny().annual, places)
    assert {(one.kind, one.id) for one in found.points} == {
        ("site", "pit"), ("port", "port"), ("route", "sea"), ("country", "PK"), ("country", "US"),
    }  # fmt: skip
    for one in found.points:
        assert one.deliveries["Sb", "US"] == pytest.approx((1, 1))
        # All that is earned is lost, and fixed and closing costs go on: more than the whole.
        assert 1 < one.cash[0] < 1.1
        assert one.lost_m[0] == pytest.approx(one.lost_m[1])
    assert found.to_frame().height == 5


def test_combinations_are_weighed_exactly() -> None:
    sea = event("route", "sea", months=6, probability=0.2)
    low = event("price", "sb", "2030", factor=0.5, probability=0.5)
    found = mixture(tiny(), [sea, low], alpha=0.9)
    assert sum(one.probability for one in found.combinations) == pytest.approx(1)
    alone = [tiny().outcome([one]).lost_m[1] for one in (sea, low)]
    both = tiny().outcome([sea, low]).lost_m[1]
    expected = 0.1 * alone[0] + 0.4 * alone[1] + 0.1 * both
    assert found.losses_m(1)[0] == pytest.approx(expected)
    assert found.losses_m(1)[1] == pytest.approx(max(*alone, both))
    assert found.error_m(0) is None


def test_draws_agree_with_all_combinations_and_are_the_same_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = [
        event("route", "sea", months=3, probability=0.3),
        event("price", "sb", "2030", factor=0.5, probability=0.4),
        event("site", "pit", "2028", 6, severity=0.5, probability=0.1),
    ]
    exact = mixture(tiny(), events)
    monkeypatch.setattr("oreline.stress._own_mixture.ENUMERATED_MAX", 2)
    some = mixture(tiny(), events, draws=2000, seed=7)
    error = some.error_m(0)
    assert error is not None
    assert abs(some.losses_m(0)[0] - exact.losses_m(0)[0]) < 3 * error
    assert some.to_frame().equals(mixture(tiny(), events, draws=2000, seed=7).to_frame())
    assert some.method == "2000 draws, seed 7"
    with pytest.raises(LimitExceededError):
        mixture(tiny(), events, draws=0)
    with pytest.raises(InputError):
        mixture(tiny(), [])


def test_a_required_delivery_that_cannot_be_kept_is_let_go_and_told() -> None:
    least = 'least = { 2027-2028 = "0 kt/y", 2029 = "10 kt/y", 2030 = "0 kt/y" }'
    text = TINY.replace(
        'materials = ["concentrate"]\npays', f'materials = ["concentrate"]\n{least}\npays'
    )
    assert least in text
    chain = OwnChain(PlanText(text.encode()), make_plan(problem_of(text)))
    found = stress_chain(chain, [event("route", "sea")])
    assert [one.code for one in found.findings] == ["ORL-1257"]
    assert found.alone[0].replanned.let_go


def test_quarters_of_an_event_sum_to_its_months() -> None:
    one = event("route", "sea", months=7.5)
    problem = in_quarters(problem_of(TINY))
    parts = [one.overlap(period, 4) for period in problem.years]
    assert 3 * sum(parts) == pytest.approx(7.5)
