"""Events that minerals share: one draw for host and by-products, against every state counted."""

from __future__ import annotations

from itertools import product
from math import sqrt

import numpy as np
import pytest
from disruption_cases import TEXT
from scipy.special import ndtr, ndtri

from oreline.model import InputError
from oreline.stress import (
    Joint,
    RunSettings,
    disruption,
    file_scenarios,
    joint_loss,
    joint_report,
    mineral_scenarios,
)
from oreline.stress._model_arrays import P, Q
from oreline.stress._run import disrupt

MINERAL = """
name = "{0}"
mineral = "{0}"
year = 2024
focal = "USA"
basis = "assumed"
source = "a test"
market = {{ demand_elasticity = 0.25, choke_price_ratio = 1000.0, rho = 0.5 }}
blocs = [{{ id = "USA", demand_share = 1.0 }}]

[[stages]]
id = "refining"
supply_elasticity = 0.4
price_share = 1.0
spare_capacity = 50.0
qualification_months = 0.0
producers = [{1}]
"""
EVENT = """
[[events]]
id = "{0}"
country = "{0}"
type = "outage"
probability = {1}
severity = 0.5
duration_months = 12.0
"""
FILES = {
    "zinc.toml": MINERAL.format(
        "zinc", '{ country = "KOR", share = 0.4 }, { country = "AUS", share = 0.6 }'
    ) + EVENT.format("KOR", 0.2) + EVENT.format("AUS", 0.15),
    "indium.toml": MINERAL.format(
        "indium", '{ country = "KOR", share = 0.5 }, { country = "CHN", share = 0.5 }'
    ) + EVENT.format("CHN", 0.3),
}  # fmt: skip
JOINT = """
name = "one zinc smelter"
basis = "assumed"
source = "a test"

[[minerals]]
id = "zinc"
file = "zinc.toml"

[[minerals]]
id = "indium"
file = "indium.toml"

[[shared]]
id = "onsan"
country = "KOR"
probability = 0.25
severity = 0.8
duration_months = 18.0
host = { mineral = "zinc", stage = "refining", part = 0.5 }
companions = [{ mineral = "indium", stage = "refining", part = 0.9 }]
"""


def _joint(text: str = JOINT) -> Joint:
    return file_scenarios(text, "joint.toml", lambda name: FILES[name].encode())


def _states() -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Return probability, zinc and indium of every state, by the closed form of one stage."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()

    def given(chance: float) -> np.ndarray:  # type: ignore[type-arg]
        return np.asarray(ndtr((ndtri(chance) - sqrt(0.5) * nodes) / sqrt(0.5)))

    part_onsan, half = 0.8, 0.5
    power = (1 / 0.4) / (1 / 0.4 + 1 / 0.25)
    rows = []
    for onsan, kor, aus, chn in product((0, 1), repeat=4):
        # The shared event and Korea's own have Korea's factor; the others stand alone.
        korea = weights @ (
            (given(0.25) if onsan else 1 - given(0.25)) * (given(0.2) if kor else 1 - given(0.2))
        )
        chance = korea * (0.15 if aus else 0.85) * (0.3 if chn else 0.7)
        left_kor = 1 - half * kor
        zinc = (0.2 + 0.2 * (1 - part_onsan * onsan)) * left_kor + 0.6 * (1 - half * aus)
        indium = 0.05 + 0.45 * (1 - part_onsan * onsan) + 0.5 * (1 - half * chn)
        rows.append((chance, zinc**power, indium**power))
    chance, zinc, indium = np.array(rows).T
    return chance, zinc, indium


def test_host_and_by_product_are_hit_by_one_draw_as_all_states_say() -> None:
    chance, zinc, indium = _states()
    assert chance.sum() == pytest.approx(1)
    first, second = (
        disrupt(one, RunSettings(60_000, 0)).outcomes[:, Q] for one in _joint().scenarios
    )
    for drawn, exact in (
        (first, chance @ zinc), (second, chance @ indium),
        (first * second, chance @ (zinc * indium)),
        ((first < 0.9) & (second < 0.9), chance @ ((zinc < 0.9) & (indium < 0.9))),
    ):  # fmt: skip
        error = np.std(drawn) / sqrt(len(drawn))
        assert abs(np.mean(drawn) - exact) < 3 * error
    apart = (chance @ zinc) * (chance @ indium)
    # Were the two events not one, the product of means would be met, and it is far off.
    assert abs((first * second).mean() - apart) > 6 * np.std(first * second) / sqrt(len(first))


def test_the_answer_tells_the_shared_event_of_each_mineral() -> None:
    joint = _joint()
    reports = [disruption(one, RunSettings(6_000, 0)) for one in joint.scenarios]
    found = joint_report(joint, reports)
    assert [(one.event, one.mineral) for one in found.shared] == [
        ("onsan", "zinc"), ("onsan", "indium"),
    ]  # fmt: skip
    one, other = found.shared
    assert one.probability == other.probability == pytest.approx(0.25, abs=0.02)
    for row, report in zip(found.shared, reports, strict=True):
        assert row.price_with > row.price_without
        mean = row.probability * row.price_with + (1 - row.probability) * row.price_without
        assert mean == pytest.approx(float(report.found.outcomes[:, P].mean()))
    assert found.pairs[0].together > found.pairs[0].apart
    assert found.loss is None
    assert found.at_once is None
    assert any("UNKNOWN" in note for note in found.notes)


def test_two_plants_of_a_country_are_parts_of_what_it_makes() -> None:
    second = JOINT[JOINT.index("[[shared]]") :].replace('"onsan"', '"seokpo"')
    both = _joint(JOINT + second.replace("part = 0.5", "part = 0.5").replace("0.9", "0.1"))
    shares = {one.id: one.share.value for one in both.scenarios[0].stages[0].producers}
    assert shares["KOR:onsan"] == pytest.approx(0.2) == pytest.approx(shares["KOR:seokpo"])
    assert sum(shares.values()) == pytest.approx(1)
    with pytest.raises(InputError) as told:
        _joint(JOINT + second)
    assert {one.code for one in told.value.findings} == {"ORL-1215"}


WRONG = [
    ("ORL-1215", 'mineral = "indium", stage', 'mineral = "tin", stage'),
    ("ORL-1215", 'mineral = "indium", stage = "refining"', 'mineral = "indium", stage = "mine"'),
    ("ORL-1215", 'country = "KOR"', 'country = "PER"'),
    ("ORL-1231", "companions", "companion"),
    ("ORL-1233", 'country = "KOR"', 'country = "Atlantis"'),
    ("ORL-1234", "part = 0.5", "part = 1.5"),
    ("ORL-1234", "probability = 0.25", "probability = 1.25"),
    ("ORL-1234", "severity = 0.8", "severity = 8.0"),
    ("ORL-1238", 'mineral = "indium", stage', 'mineral = "zinc", stage'),
    ("ORL-1239", 'source = "a test"', ""),
    ("ORL-1230", "probability = ", "probability"),
]


@pytest.mark.parametrize(("code", "right", "wrong"), WRONG)
def test_what_is_wrong_in_a_file_of_minerals_is_told(code: str, right: str, wrong: str) -> None:
    assert right in JOINT
    with pytest.raises(InputError) as told:
        _joint(JOINT.replace(right, wrong, 1))
    assert code in {one.code for one in told.value.findings}
    assert all(one.where.startswith("joint.toml:") and one.fix for one in told.value.findings)


def test_everything_wrong_is_told_at_once() -> None:
    text = JOINT.replace("part = 0.5", "part = 1.5").replace(
        "probability = 0.25", "probability = 2.0"
    )
    with pytest.raises(InputError) as told:
        _joint(text)
    assert {one.where for one in told.value.findings} == {"joint.toml:17", "joint.toml:20"}


def test_an_event_that_two_files_call_shared_is_one() -> None:
    event = EVENT.format("KOR", 0.3) + 'shared = "onsan"\n'
    texts = {name: text.partition("[[events]]")[0] + event for name, text in FILES.items()}
    made = [file_scenarios(text, name).scenarios[0] for name, text in texts.items()]
    first, second = (disrupt(one, RunSettings(2_000, 0)).outcomes[:, Q] for one in made)
    assert np.array_equal(first < 1, second < 1)
    apart = [file_scenarios(text.replace('shared = "onsan"', ""), name).scenarios[0]
             for name, text in texts.items()]  # fmt: skip
    first, second = (disrupt(one, RunSettings(2_000, 0)).outcomes[:, Q] for one in apart)
    assert not np.array_equal(first < 1, second < 1)


def test_gallium_and_germanium_at_once_lie_between_the_larger_and_their_sum() -> None:
    joint = mineral_scenarios(["gallium", "germanium"])
    reports = [disruption(one, RunSettings(500, 3, 100)) for one in joint.scenarios]
    found = joint_report(joint, reports).at_once
    assert found is not None
    assert found.draws == 3
    for read in ("given", "low", "middle", "high"):
        alone = [getattr(one, read) for one in found.alone_musd]
        assert max(alone) - 1e-6 <= getattr(found.same_musd, read)
        assert getattr(found.same_musd, read) <= getattr(found.other_musd, read)
    assert found.other_musd.given <= found.sum_musd.given + 1e-6
    assert found.alone_musd[0].given == pytest.approx(1_418, rel=0.01), "as it was calibrated"


def test_minerals_of_a_file_without_money_are_not_added_up() -> None:
    made = _joint()
    reports = [disruption(one, RunSettings(100, 0)) for one in made.scenarios]
    with pytest.raises(InputError, match="no losses in money"):
        joint_loss(reports)


@pytest.mark.parametrize("count", [12, 13])
def test_as_many_blocs_as_the_limit(count: int) -> None:
    names = ("USA", "CHN", "DEU", "FRA", "GBR", "JPN", "KOR", "IND", "BRA", "CAN", "MEX", "ITA",
             "ESP")  # fmt: skip
    share = 1 / count
    rows = ", ".join(
        f'{{ id = "{code}", countries = ["{code}"], demand_share = {share!r} }}'
        for code in names[:count]
    )
    text = FILES["zinc.toml"].replace('{ id = "USA", demand_share = 1.0 }', rows)
    _limited(text, count == 12)


@pytest.mark.parametrize("count", [300, 301])
def test_as_many_events_as_the_limit(count: int) -> None:
    head = FILES["zinc.toml"].partition("[[events]]")[0]
    events = "".join(
        EVENT.format("KOR", 0.001).replace('id = "KOR"', f'id = "e{n}"') for n in range(count)
    )
    _limited(head + events, count == 300)


def _limited(text: str, fits: bool) -> None:
    if fits:
        made = file_scenarios(text, "many.toml").scenarios[0]
        assert disrupt(made, RunSettings(50, 0)).outcomes.shape[0] == 50
        return
    with pytest.raises(InputError) as told:
        file_scenarios(text, "many.toml")
    assert {one.code for one in told.value.findings} == {"ORL-1231"}


def test_the_file_of_one_mineral_is_no_file_of_several() -> None:
    assert len(file_scenarios(TEXT, "scenario.toml").scenarios) == 1
    with pytest.raises(InputError, match="in the file of each"):
        file_scenarios("[[minerals]]\n", "joint.toml", changes=("market.rho=0.1",))
