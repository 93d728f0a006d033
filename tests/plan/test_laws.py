"""What holds of every plan, on random chains: units, names, order, money, routes, time, metal."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import TINY, problem_of, random_plan

from oreline.plan import Change, Plan, Problem, make_plan

NEAR = {"rel": 1e-6, "abs": 1e-6}
MARK = re.compile(r"(?m)^(?=\[\[[a-z]+\]\]|\[[a-z]+\])")


def in_other_units(text: str) -> str:
    """Return the same money and mass in thousands, kilograms and tonnes."""
    text = re.sub(r'"([0-9.e+-]+) USD m"', lambda m: f'"{float(m[1]) * 1000!r} kUSD"', text)
    text = re.sub(r'"([0-9.e+-]+) kt"', lambda m: f'"{float(m[1]) * 1e6!r} kg"', text)
    return re.sub(r'"([0-9.e+-]+) kt/y"', lambda m: f'"{float(m[1]) * 1e3!r} t/y"', text)


def shuffled(text: str, seed: int) -> str:
    """Return the same plan with other names, which sort otherwise, and its tables in disorder."""
    draw = np.random.default_rng(seed)
    names = sorted(set(re.findall(r'(?m)^id = "([\w-]+)"', text)), key=len, reverse=True)
    for name in names:
        other = f"{'abcxyz'[draw.integers(6)]}{draw.integers(100)}-{name}"
        text = re.sub(rf'"{name}"', f'"{other}"', text)
        text = re.sub(rf"(?<=[{{,] ){name}(?= = )", other, text)
    head, *blocks = MARK.split(text)
    return head + "\n".join(blocks[at] for at in draw.permutation(len(blocks)))


def npv(problem: Problem) -> float:
    """Return the best net present value."""
    return make_plan(problem).npv


@settings(max_examples=5)
@given(st.integers(0, 10_000), st.integers(3, 5))
def test_laws_of_every_plan(seed: int, years: int) -> None:
    text = random_plan(seed, years)
    plan = make_plan(problem_of(text))
    other = shuffled(in_other_units(text), seed)
    assert other != text
    assert npv(problem_of(other)) == pytest.approx(plan.npv, **NEAR)
    doubled = npv(problem_of(text, (Change("phases.second.budget", multiply=2),)))
    assert doubled >= plan.npv - 1e-6
    narrow = npv(problem_of(text, (Change("routes.sea.capacity", multiply=0.5),)))
    assert narrow <= plan.npv + 1e-6
    closed = npv(problem_of(text, (Change("routes.sea.capacity", multiply=0),)))
    assert closed == pytest.approx(0, abs=1e-6)
    _nothing_runs_before_it_can(plan)
    _terms_are_those_of_the_tables(plan)
    for balance in plan.balances():
        assert balance.gap_t == pytest.approx(0, abs=1e-6 * max(1.0, balance.drawn_t))


def _nothing_runs_before_it_can(plan: Plan) -> None:
    ready = {one.unit: one for one in plan.schedule.built}
    leads = {one.id: one for one in plan.problem.units}
    for built in ready.values():
        unit = leads[built.unit]
        assert built.runs_from == built.begun + unit.lead_years
        for before in unit.after:
            assert ready[before].runs_from <= built.begun
    for run in plan.schedule.of("run"):
        built = ready[run.name]
        assert built.runs_from <= run.year < built.closes
        ramp = leads[run.name].ramp_up
        age = run.year - built.runs_from
        part = ramp[age].value if age < len(ramp) else 1.0
        assert run.kt <= part * leads[run.name].sizes[0].capacity.value + 1e-6


def _terms_are_those_of_the_tables(plan: Plan) -> None:
    """Reckon money from the tables as they are shown and the prices of the problem."""
    problem, cash = plan.problem, plan.cash_frame()
    shift = 1.0 if str(problem.terms.timing) == "end" else 0.5
    factors = [(1 + problem.terms.rate.value) ** -(at + shift) for at in range(len(problem.years))]
    assert sum(f * net for f, net in zip(factors, cash["net"], strict=True)) == pytest.approx(
        plan.npv, **NEAR
    )
    columns = [name for name in cash.columns if name not in ("year", "net")]
    for row in cash.iter_rows(named=True):
        assert sum(row[name] for name in columns) == pytest.approx(row["net"], abs=1e-9)
    markets = {one.id: one for one in problem.markets}
    sold = dict.fromkeys(problem.years, 0.0)
    for row in plan.amounts_frame().iter_rows(named=True):
        if row["kind"] == "sale":
            for pay in markets[row["name"]].pays:
                part = problem.grade(row["detail"], pay.element) if pay.element else 1.0
                price = problem.prices[pay.price].values[problem.years.index(row["year"])].value
                sold[row["year"]] += row["kt"] * part * price * pay.payable.value
    if "sales" in columns:
        assert list(sold.values()) == pytest.approx(cash["sales"].to_list(), **NEAR)
    capital = plan.builds_frame()["capital_m"].sum()
    assert -(cash["capital"].sum() if "capital" in columns else 0.0) == pytest.approx(capital)


@settings(max_examples=2)
@given(st.lists(st.sampled_from([200, 7000, 9000, 12_000]), min_size=3, max_size=3))
def test_one_period_equals_many_of_one(prices: list[int]) -> None:
    """What stands already and has no stock to carry earns in many years what each alone earns."""
    text = (
        TINY.replace("lead_years = 1", "lead_years = 1\nstanding = 2020")
        .replace("life_years = 10", "life_years = 40")
        .replace('tonnage = "250 kt"', 'tonnage = "9000 kt"')
        .replace('"2 USD m"', '"0 USD m"')
        .replace("last_year = 2030", "last_year = 2029")
    )
    values = ", ".join(f'{2027 + at} = "{price} USD/t"' for at, price in enumerate(prices))
    text = text.replace('values = "10000 USD/t"', f"values = {{ {values} }}")
    whole = make_plan(problem_of(text)).accounts.net()
    for place, year in enumerate(range(2027, 2030)):
        one = text.replace("first_year = 2027", f"first_year = {year}")
        one = one.replace("last_year = 2029", f"last_year = {year}")
        assert make_plan(problem_of(one)).accounts.net() == pytest.approx([whole[place]])
        low = prices[place] == 200
        assert (whole[place] == pytest.approx(-1)) == low, "at a low price the mine stands still"
