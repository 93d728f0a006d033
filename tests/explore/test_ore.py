"""A mine plan as ore: its table comes back, its uncertainty is that of the period's mean."""

from __future__ import annotations

import io
import math
from datetime import date

import numpy as np
import pytest
from ore_body import SECTIONS, modelled

from oreline.explore import (
    LIFE,
    Dug,
    MinePlan,
    Ore,
    OrePlanning,
    ResourceModel,
    SimulationSection,
    UncertaintyRule,
    ore_events,
    ore_of,
    plan_model,
    read_ore,
    schedule,
    simulate_model,
)
from oreline.model import InputError

MINE = """
[mine]
basis = "planned"
source = "a test"
currency = "USD"
method = "pit"
slope_deg = 60
classes = ["A", "B", "C"]
density_t_per_m3 = 2.7
mining_per_t = 1
processing_per_t = 20
overhead_per_t = 2
dilution_pct = 25
mining_recovery_pct = 90
mill_t_per_year = 120000
mine_t_per_year = 400000
moisture_pct = 5
pays.Nd2O3 = { price_per_t = 60000, recovery_pct = 60, payable_pct = 80 }
"""
GROUND = np.array([[0.0, 0.0, 100.0], [160.0, 160.0, 100.0]])


def model_of(more: str = "") -> ResourceModel:
    return modelled(SECTIONS + MINE + more)


@pytest.fixture(scope="module")
def model() -> ResourceModel:
    return model_of()


@pytest.fixture(scope="module")
def plan(model: ResourceModel) -> MinePlan:
    return plan_model(model, GROUND)


def made(plan: MinePlan, holes: str = "measured") -> Ore:
    return ore_of(plan, "body", {"Nd2O3": "Nd2O3"}, {"holes": holes}, "ab" * 32)


def test_months_are_independent_and_errors_within_one_are_the_same() -> None:
    """A year of 12 months knows its grade as well as the root of its variance over 12 says."""
    blocks = Dug(
        ("Cu",), np.full(24, 10.0), np.full(24, 10.0), np.full((24, 1), 0.5),
        np.full(24, "A"), np.zeros(24, np.int64), np.arange(24), None,
        np.repeat([[0.04], [0.12]], 12, axis=0),
    )  # fmt: skip
    found = schedule(blocks, 120, 1000)
    assert found.rule is UncertaintyRule.MONTHS
    # Upper benches, the later rows, are dug first.
    assert [year.u_pct for year in found.years] == [
        {"Cu": pytest.approx(math.sqrt(0.12 / 12))},
        {"Cu": pytest.approx(math.sqrt(0.04 / 12))},
    ]
    assert found.life.u_pct == {"Cu": pytest.approx(math.sqrt(0.08 / 24))}
    # Less than a month is known no better than its blocks.
    (short,) = schedule(blocks, 1e9, 1e9).years
    assert short.u_pct == {"Cu": pytest.approx(math.sqrt(0.08))}


def test_the_ore_is_what_the_plan_feeds(plan: MinePlan, model: ResourceModel) -> None:
    ore = made(plan)
    assert len(ore.years) == len(plan.schedule.years) > 1
    assert sum(year.dry.value for year in ore.years) == pytest.approx(plan.ore_t)
    assert ore.life.dry.value * len(ore.years) == pytest.approx(plan.ore_t)
    metal = sum(year.dry.value * year.grades["Nd2O3"].value for year in ore.years)
    assert metal / plan.ore_t == pytest.approx(ore.life.grades["Nd2O3"].value, rel=1e-5)
    first = ore.years[0].grades["Nd2O3"]
    told = plan.schedule.years[0].u_pct
    assert told is not None
    assert first.u == pytest.approx(told["Nd2O3"], rel=1e-5)
    # Dilution of 25 % thins the error of the ground as it thins the grade.
    rows = plan.is_ore & ~np.isnan(model.estimates.column("Nd2O3"))
    of_ground = model.estimates.variance("Nd2O3")[rows].mean()
    months = plan.ore_t / 10_000
    life = plan.schedule.life.u_pct
    assert life is not None
    assert life["Nd2O3"] == pytest.approx(math.sqrt(of_ground / months) / 1.25, rel=0.05)
    assert (first.low, first.high) == pytest.approx(
        (first.value - 1.96 * first.u, first.value + 1.96 * first.u), rel=1e-4
    )
    assert str(first.basis) == "planned"
    assert "rests on holes measured, mine planned" in first.source
    assert "abababababababab" in first.source
    assert "kriging variance" in ore.rule


def test_a_declared_simulation_tells_the_uncertainty() -> None:
    model = model_of("[simulation]\nseed = 3\nrealisations = 25\n")
    plan = plan_model(model, GROUND)
    assert plan.schedule.rule is UncertaintyRule.SIMULATION
    found = simulate_model(model, SimulationSection(seed=3, realisations=25))
    # By hand: the mean of the ore blocks in each realisation, thinned by the dilution.
    fields = found.realisations_pct(["Nd2O3"])[:, plan.is_ore, 0]
    tonnes = model.tonnes[plan.is_ore]
    means = fields @ tonnes / tonnes.sum() / 1.25
    life = plan.schedule.life.u_pct
    assert life is not None
    assert life["Nd2O3"] == pytest.approx(means.std(ddof=1), rel=1e-6)
    ore = made(plan)
    assert ore.life.grades["Nd2O3"].u == pytest.approx(life["Nd2O3"], rel=1e-4)
    assert "simulation" in ore.life.dry.source


def test_the_table_comes_back(plan: MinePlan) -> None:
    ore = made(plan)
    buffer = io.BytesIO()
    ore.to_frame().write_csv(buffer)
    again, findings = read_ore(buffer.getvalue(), "ores/body.csv")
    assert findings == ()
    assert again is not None
    assert (again.years, again.life, again.ranks) == (ore.years, ore.life, ore.ranks)
    assert again.year(LIFE) == ore.life
    with pytest.raises(InputError, match="no year 99; its last is"):
        again.year(99)
    assert str(ore.life.dry.basis) == "planned"


def test_tonnes_and_grades_vary_together_as_many_draws_say() -> None:
    """Closed forms beside 200,000 draws of dilution, recovery, tonnes and undiluted grades."""
    more = (
        "dilution_range_pct = [15, 35]\ndilution_grade_pct = { Nd2O3 = 0.3 }\n"
        "mining_recovery_range_pct = [80, 95]\ntonnes_u_pct = 6\nmoisture_pct = 5"
    )
    model = modelled(SECTIONS + MINE.replace("moisture_pct = 5", more))
    plan = plan_model(model, GROUND)
    ore = made(plan)
    rng = np.random.default_rng(5)
    size = 200_000
    dilution = rng.triangular(0.15, 0.25, 0.35, size)
    recovery = rng.triangular(0.80, 0.90, 0.95, size)
    resource = 1 + 0.06 * rng.standard_normal(size)
    tonnes = (1 + dilution) * recovery * resource
    life = plan.schedule.life
    assert life.u_pct is not None
    names = ("Nd2O3", "Pr6O11")
    assert plan.schedule.ranks is not None
    linear = 2 * np.sin(np.pi * plan.schedule.ranks[:2, :2] / 6)
    normal = rng.standard_normal((size, 2)) @ np.linalg.cholesky(linear).T
    waste = np.array([0.3, 0.0])
    means = np.array([life.grades_pct[name] for name in names])
    u = np.array([life.u_pct[name] for name in names])
    ground = means * 1.25 - 0.25 * waste + normal * 1.25 * u
    fed = (ground + dilution[:, None] * waste) / (1 + dilution)[:, None]
    # The closed forms are of first order.
    assert ore.life.dry.u == pytest.approx(
        ore.life.dry.value * tonnes.std() / tonnes.mean(), rel=0.03
    )
    for place, name in enumerate(names):
        assert ore.life.grades[name].u == pytest.approx(fed[:, place].std(), rel=0.05)
    drawn = np.column_stack([tonnes, fed])
    ranks = np.corrcoef(np.argsort(np.argsort(drawn, axis=0), axis=0), rowvar=False)
    for (one, other), told in ore.ranks.items():
        places = [("ore", *names).index(word) for word in (one, other)]
        assert told == pytest.approx(ranks[places[0], places[1]], abs=0.04), (one, other)
    assert set(ore.ranks) == {("ore", "Nd2O3"), ("ore", "Pr6O11"), ("Nd2O3", "Pr6O11")}
    assert "u of tonnes: dilution, mining recovery, the resource, as stated" in ore.life.dry.source
    # Without ranges tonnes are what was planned.
    assert made(plan_model(model_of(), GROUND)).life.dry.u is None


def test_a_table_that_was_changed_by_hand_says_so(plan: MinePlan) -> None:
    buffer = io.BytesIO()
    made(plan).to_frame().write_csv(buffer)
    lines = buffer.getvalue().decode().splitlines()
    shuffled = "\n".join([lines[0], *lines[:0:-1]]).encode()
    assert read_ore(shuffled, "x.csv")[1] == ()
    wrong = buffer.getvalue().replace(b"1,moisture,5.0", b"1,moisture,6.0")
    ore, (finding,) = read_ore(wrong, "ores/x.csv")
    assert ore is not None
    assert (finding.code, str(finding.severity)) == ("ORL-0962", "warning")


HEAD = "year,quantity,value,u,low,high,unit,basis,source\n"
LIFE_ROW = "life,ore,10,,,,t,assumed,x\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,Cu,0.5,,,,%,assumed,x\n" + LIFE_ROW, "year 1 has no row ore"),
        ("1,ore,10,,,,t,assumed,x\n", "there is no year life"),
        (LIFE_ROW + LIFE_ROW, "ore of year life stands twice"),
        (LIFE_ROW + "life,Cu,0.5,,,,kg,assumed,x\n", "Cu is in % or g/t, not in kg"),
        (LIFE_ROW + "life,Cu,120,,,,%,assumed,x\n", "more than the whole"),
        ("life,ore,0,,,,t,assumed,x\n", "has no ore"),
        ("first,ore,1,,,,t,assumed,x\n", "first is no year"),
        (LIFE_ROW + "life,Cu,-0.5,,,,%,assumed,x\n", "Cu of -0.5 is below 0"),
        (LIFE_ROW + "life,rank Cu Au,1.5,,,,1,assumed,x\n", "a number between -1 and 1"),
        (LIFE_ROW + "1,ore,5,,,,t,assumed,x\n1,rank Cu Au,0.5,,,,1,assumed,x\n", "write life"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(rows: str, message: str) -> None:
    ore, findings = read_ore((HEAD + rows).encode(), "ores/x.csv")
    assert ore is None
    assert any(message in one.message for one in findings), findings


def test_events_hold_the_tonnes_to_the_milligram(plan: MinePlan) -> None:
    ore = made(plan)
    planning = OrePlanning("n", "body", "planner", "mine", "north", "ore", date(2027, 4, 1))
    yearly = ore_events(ore, planning)
    assert [event["time_start"][:10] for event in yearly][:2] == ["2027-04-01", "2028-04-01"]
    monthly = ore_events(ore, OrePlanning("n", "body", "planner", "mine", "north", "ore",
                                          date(2027, 4, 1), "month"))  # fmt: skip
    assert len(monthly) == 12 * len(yearly)

    def mg(event: object) -> int:
        line = event["body"]["outputs"][0]  # type: ignore[index]
        whole, _, part = line["dry"]["value"].partition(".")
        return int(whole) * 10**9 + int(part.ljust(9, "0") or 0)

    for at, year in enumerate(ore.years):
        own = monthly[12 * at : 12 * at + 12]
        assert sum(map(mg, own)) == mg(yearly[at]) == round(year.dry.value * 10**9)
    line = yearly[0]["body"]["outputs"][0]
    grade = {one["analyte"]: one for one in line["grades"]}["Nd2O3"]
    value = ore.years[0].grades["Nd2O3"]
    assert float(grade["value"]) == pytest.approx(value.value / 100)
    assert value.u is not None
    assert float(grade["u"]) == pytest.approx(value.u / 100, rel=1e-6)
    month = {one["analyte"]: one for one in monthly[0]["body"]["outputs"][0]["grades"]}["Nd2O3"]
    assert float(month["u"]) == pytest.approx(value.u / 100 * math.sqrt(12), rel=1e-6)
    assert float(line["wet"]["value"]) == pytest.approx(ore.years[0].dry.value / 0.95)
    assert (grade["basis"], grade["method"]) == ("planned", "mine plan")
    with pytest.raises(InputError, match="first of a month"):
        ore_events(ore, OrePlanning("n", "b", "p", "m", "n", "", date(2027, 4, 2)))
