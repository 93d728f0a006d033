"""A scenario file from its text to the answer, and what must hold of the answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from disruption_cases import TEXT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oreline.model import InputError, LimitExceededError, one_by_one
from oreline.stress import (
    DisruptionReport,
    RunSettings,
    banned,
    disruption,
    joint_loss,
    read_scenario,
    reference_scenario,
    scenario_text,
)
from oreline.stress._decisions import with_measures
from oreline.stress._inputs import arrays_of, as_given, drawn_inputs, producer_names
from oreline.stress._kernels import scenarios
from oreline.stress._model_arrays import COLUMNS
from oreline.stress._risk import loss_risk, tail_of
from oreline.stress._run import disrupt, terms_of
from oreline.stress._scenario import Scenario

FEW = RunSettings(scenarios=4_000, sets=3, scenarios_per_set=1_000)


def _scenario(text: str = TEXT, changes: tuple[str, ...] = ()) -> Scenario:
    found, findings = read_scenario(text, "scenario.toml", changes)
    assert found is not None, findings
    return found


@pytest.fixture(scope="module")
def report() -> DisruptionReport:
    return disruption(_scenario(), FEW)


WRONG = [
    ("ORL-1230", "name = ", "name = ="),
    ("ORL-1231", "demand_elasticity", "demand_elastcity"),
    ("ORL-1232", 'country = "AUS", share = 0.3', 'country = "AUS", share = 0.2'),
    ("ORL-1232", "price_share = 0.4", "price_share = 0.5"),
    ("ORL-1232", "demand_share = 0.5", "demand_share = 0.6"),
    ("ORL-1232", 'industry = "325", share = 0.6', 'industry = "325", share = 0.7'),
    ("ORL-1233", "Belgium", "Atlantis"),
    ("ORL-1234", "supply_elasticity = 0.3", "supply_elasticity = -0.3"),
    ("ORL-1234", "probability = 0.1", "probability = 1.1"),
    ("ORL-1234", "value = 0.4, low = 0.2", "value = 0.1, low = 0.2"),
    ("ORL-1234", "duration_months = 3.0", "duration_months = 0.0"),
    ("ORL-1234", "severity = 0.5", "severity = 1.5"),
    ("ORL-1235", "capacity = 0.9", "capacity = 0.7"),
    ("ORL-1236", '"USA", "rest"]', '"USA", "EU"]'),
    ("ORL-1236", 'focal = "USA"', 'focal = "EU"'),
    ("ORL-1236", 'id = "quake"\ncountry = "AUS"', 'id = "quake"\ncountry = "NZL"'),
    ("ORL-1238", 'id = "quake"', 'id = "CHN-restriction"'),
    ("ORL-1239", 'source = "a test"', ""),
    ("ORL-1240", 'targets = ["USA", "rest"]', 'targets = ["CHN"]'),
    ("ORL-1240", 'type = "export restriction"', 'type = "outage"'),
    ("ORL-1243", 'industry = "325"', 'industry = "999"'),
]


@pytest.mark.parametrize(("code", "right", "wrong"), WRONG)
def test_what_is_wrong_is_told_with_its_line(code: str, right: str, wrong: str) -> None:
    assert right in TEXT
    made, findings = read_scenario(TEXT.replace(right, wrong, 1), "scenario.toml")
    assert made is None
    assert code in {one.code for one in findings}
    assert all(one.where.startswith("scenario.toml:") and one.fix for one in findings)


def test_a_stage_without_producers_names_the_year() -> None:
    start, end = (
        TEXT.index('producers = [\n  { country = "CHN", share = 0.5'),
        TEXT.index("]\n\n[[stages]]"),
    )
    _, findings = read_scenario(TEXT[:start] + TEXT[end + 2 :], "scenario.toml")
    assert [(one.code, "2024" in one.message) for one in findings if one.code == "ORL-1237"] == [
        ("ORL-1237", True)
    ]


def test_everything_wrong_is_told_at_once() -> None:
    text = TEXT.replace("Belgium", "Atlantis").replace("probability = 0.1", "probability = 7.0")
    _, findings = read_scenario(text, "scenario.toml")
    assert {"ORL-1233", "ORL-1234"} <= {one.code for one in findings}


def test_a_number_is_set_by_its_place() -> None:
    made = _scenario(
        changes=("events.quake.probability=0.7", "stages.mine.producers.USA.share=0.2")
    )
    assert made.events[1].probability.value == 0.7
    _, findings = read_scenario(TEXT, "scenario.toml", ("market.nothing.here=2", "rho=x"))
    assert [one.code for one in findings if one.code == "ORL-1241"] == ["ORL-1241"] * 2


def test_a_written_scenario_is_read_as_the_same() -> None:
    made = _scenario()
    again = _scenario(scenario_text(made))
    assert scenario_text(again) == scenario_text(made)
    one, other = (arrays_of(each, as_given(each)) for each in (made, again))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_drawn_numbers_keep_to_their_ranges() -> None:
    made = _scenario()
    drawn = [drawn_inputs(made, 1, number)["market.demand_elasticity"] for number in range(400)]
    assert np.mean([0.12 <= one <= 0.5 for one in drawn]) == pytest.approx(0.8, abs=0.07)
    assert np.median(drawn) == pytest.approx(0.25, rel=0.15)
    chances = [drawn_inputs(made, 1, n)["events.CHN-restriction.probability"] for n in range(99)]
    assert 0 < min(chances) < max(chances) < 1


def test_the_parts_of_the_tail_are_its_mean(report: DisruptionReport) -> None:
    found = report.contributions
    assert report.found.central.losses is not None
    whole = report.found.central.losses["qp"].cvar95
    assert found.cvar_musd == pytest.approx(whole, rel=1e-12)
    assert sum(one.cvar_musd or 0.0 for one in found.rows) == pytest.approx(whole, rel=1e-9)
    assert sum(found.by_stage.values()) == pytest.approx(1)
    assert max(found.by_country, key=lambda one: found.by_country[one]) == "CHN"


def test_the_value_of_a_share_is_what_differences_say(report: DisruptionReport) -> None:
    run = report.found
    m, scenario, h = run.arrays, run.scenario, 1e-6
    names = producer_names(scenario)
    for row in report.contributions.rows:
        n = names.index((row.stage, row.producer))
        ends = []
        for sign in (1, -1):
            share, capacity = m.share.copy(), m.capacity.copy()
            share[n] += sign * h
            capacity[n] *= share[n] / m.share[n]
            out = np.empty((FEW.scenarios, COLUMNS))
            scenarios(m._replace(share=share, capacity=capacity), FEW.seed, 0, out)
            terms = terms_of(scenario, run.curve, as_given(scenario), out)
            assert terms is not None
            ends.append(loss_risk(terms.loss[1]).cvar95)
        assert row.per_point_musd is not None
        assert row.per_point_musd == pytest.approx((ends[0] - ends[1]) / (2 * h) / 100, rel=2e-3)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(-10, 1e6), min_size=1, max_size=300))
def test_the_tail_holds_the_worst(loss: list[float]) -> None:
    values = np.array(loss)
    risk, tail = loss_risk(values), tail_of(values)
    slack = 1e-9 * (1 + abs(values).max())
    assert risk.mean <= risk.cvar95 + slack
    assert values[tail].min() >= np.delete(values, tail).max(initial=-np.inf)
    assert tail.size == max(1, int(np.ceil(0.05 * values.size - 1e-9)))


def test_the_terms_have_their_signs(report: DisruptionReport) -> None:
    terms = report.found.mean_terms()
    assert [value < 0 for value in terms.values()] == [True, True, False, False, True]
    losses = report.found.central.losses
    assert losses is not None
    assert losses["direct"].mean <= losses["lp"].mean <= losses["qp"].mean


def test_a_ban_hurts_more_the_longer_it_lasts_and_frees_the_others() -> None:
    short, long = (
        disrupt(banned(_scenario(), "CHN", months, ("USA", "rest")), RunSettings(50, 0))
        for months in (3, 12)
    )
    assert 1 < short.central.market.price_mean < long.central.market.price_mean
    assert long.outcomes[:, 3].mean() < 1


@pytest.mark.parametrize(
    ("country", "months", "targets", "told"),
    [
        ("Atlantis", 12, (), "names no country"),
        ("FRA", 12, (), "makes nothing"),
        ("CHN", 0, (), "write more than 0"),
        ("CHN", 12, ("EU",), "no bloc EU"),
        ("CHN", 12, ("CHN",), "cannot be kept"),
    ],
)
def test_a_ban_that_cannot_be(
    country: str, months: float, targets: tuple[str, ...], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        banned(_scenario(), country, months, targets)


def test_measures_help_and_their_order_is_told(report: DisruptionReport) -> None:
    found = report.decisions
    assert found is not None
    assert {one.id for one in found.alone} == {"smelter", "store"}
    assert all(one.mean_avoided_musd > 0 and one.per_usd for one in found.alone)
    assert found.in_order[1].mean_avoided_musd < next(
        one.mean_avoided_musd for one in found.alone if one.id == found.in_order[1].id
    ), "the second measure finds less left to avoid"
    costs = [one.cost_usd for one in found.choices]
    assert costs == sorted(costs)
    left = [one.cvar_musd for one in found.choices]
    assert left == sorted(left, reverse=True)
    avoided = [one.mean_avoided_musd for one in found.stock]
    assert avoided == sorted(avoided)
    assert found.break_even_days is not None


def test_each_kind_of_measure_changes_its_own_number() -> None:
    made = _scenario()
    base = arrays_of(made, as_given(made))
    more = (
        '\n[[measures]]\nid="c"\nkind="contract"\namount=0.3\n'
        '\n[[measures]]\nid="s"\nkind="substitution"\namount=0.5\n'
        '\n[[measures]]\nid="r"\nkind="recycling"\nstage="refining"\namount=0.02\n'
    )
    moved = TEXT.replace("[economy]", more + "\n[economy]")
    whole = _scenario(moved)
    by_id = {one.id: one for one in whole.measures}
    after = {
        key: arrays_of(changed, as_given(changed))
        for key in by_id
        for changed in [with_measures(whole, [by_id[key]])]
    }
    assert after["c"].diversion == pytest.approx(0.8)
    assert after["s"].eps == pytest.approx(0.375)
    assert after["r"].share.sum() == pytest.approx(base.share.sum() + 0.04)
    assert after["smelter"].share.sum() == pytest.approx(base.share.sum() + 0.05)
    assert after["store"].stock[0, 1] == pytest.approx(90 / 365)


def test_minerals_of_one_country_are_hit_together() -> None:
    one = disruption(_scenario(), RunSettings(3_000, 0))
    two = disruption(_scenario(TEXT.replace('"antimony"', '"bismuth"')), RunSettings(3_000, 0))
    both = joint_loss([one, two])
    singles = [loss_risk(each.found.terms.loss[1]) for each in (one, two) if each.found.terms]
    assert both.mean == pytest.approx(sum(each.mean for each in singles))
    assert both.cvar95 < sum(each.cvar95 for each in singles)
    with pytest.raises(InputError, match="seed"):
        joint_loss([one, disruption(_scenario(), RunSettings(100, 0))])


def test_the_answer_is_the_same_however_it_is_computed(
    report: DisruptionReport, tmp_path: Path
) -> None:
    again = disrupt(_scenario(), FEW, each=one_by_one, keep=tmp_path / "kept")
    assert np.array_equal(again.outcomes, report.found.outcomes)
    assert again.central.losses == report.found.central.losses


def test_a_stopped_run_goes_on_bit_for_bit(tmp_path: Path) -> None:
    many = RunSettings(50_000, 2, 1_000)
    kept = tmp_path / "kept"
    whole = disrupt(_scenario(), many)
    calls = []

    def stopping(function, items, /):  # type: ignore[no-untyped-def]
        for one in items:
            if len(calls) == 2:
                raise KeyboardInterrupt
            calls.append(one)
            yield function(one)

    stopped = disrupt(_scenario(), many, each=stopping, keep=kept)
    assert stopped.is_stopped
    assert 0 < len(stopped.outcomes) < 50_000
    assert np.array_equal(stopped.outcomes, whole.outcomes[: len(stopped.outcomes)])
    # What was being written when the power failed is computed again.
    kept.write_bytes(kept.read_bytes()[:-7])
    gone_on = disrupt(_scenario(), many, keep=kept)
    assert not gone_on.is_stopped
    assert np.array_equal(gone_on.outcomes, whole.outcomes)
    assert [one.losses for one in gone_on.drawn] == [one.losses for one in whole.drawn]
    with pytest.raises(InputError, match="ORL-1244"):
        disrupt(_scenario(changes=("market.rho=0.1",)), many, keep=kept)
    other = tmp_path / "other"
    other.write_text("something else")
    with pytest.raises(InputError, match="keeps no scenarios"):
        disrupt(_scenario(), many, keep=other)


@pytest.mark.parametrize("wrong", [{"scenarios": 0}, {"sets": -1}, {"seed": -1}, {"seed": 2**63}])
def test_settings_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        RunSettings(**wrong)  # type: ignore[arg-type]
    with pytest.raises(LimitExceededError, match="SCENARIOS_MAX"):
        RunSettings(scenarios=20_000_001, sets=0)
    assert RunSettings(scenarios=20_000_000, sets=0).total == 20_000_000


def test_a_chain_without_an_economy_is_told_in_tonnes_only() -> None:
    made = disruption(_scenario(TEXT[: TEXT.index("[economy]")]), FEW)
    assert made.decisions is None
    assert made.found.terms is None
    assert made.contributions.cvar_musd is None
    assert {row["unit"] for row in made.rows()} == {"of the base price", "of base demand", "1"}


@pytest.mark.parametrize("mineral", ["antimony", "neodymium", "germanium", "gallium", "copper"])
def test_a_mineral_of_the_tables_runs_without_a_file(mineral: str) -> None:
    made, notes = reference_scenario(mineral)
    again, findings = read_scenario(scenario_text(made), "written.toml")
    assert again is not None, findings
    assert notes
    assert made.assumed()
    with pytest.raises(InputError, match="no shipped table"):
        reference_scenario("kryptonite")
