"""Separation at constant loading: the guide's printed counts, and the whole cascade simulated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.design import (
    BinaryDuty,
    CascadeFlows,
    fewest_stages,
    least_solvent,
    separated_shares,
    simulate_cascade,
    size_cascade,
)
from oreline.design import _law_cascade_stages as stages_module
from oreline.design._law_memory import Memory
from oreline.model import InputError, LimitExceededError


@pytest.mark.parametrize(
    ("purity", "ratio", "n_min", "total"),
    [(0.99, 1.3, 27.3, 24 + 22), (0.99, 1.1, 27.3, 28 + 32), (0.999, 1.1, 41.1, 38 + 55)],
)
def test_stage_counts_of_nd_and_pr_on_pc88a(
    purity: float, ratio: float, n_min: float, total: int
) -> None:
    """beta 1.4 of EP2388344A1, feed 75 % Nd: N_min 27.3 and 41.1, stages 24+22, 28+32 and 38+55.

    The printed counts put the feed one stage later than the stepping does: the totals are equal.
    """
    duty = BinaryDuty(1.4, 0.75, purity, purity)
    assert fewest_stages(duty) == pytest.approx(n_min, abs=0.05)
    assert size_cascade(duty, ratio).stages == total


def test_least_solvent_and_real_stages() -> None:
    """S_min 3.14 mol for each mol of feed; 46 stages at 0.8 efficiency are 58."""
    duty = BinaryDuty(1.4, 0.75, 0.99, 0.99)
    assert least_solvent(duty) == pytest.approx(3.14, abs=0.005)
    assert size_cascade(duty, 1.3).real_stages(0.8) == 58


def test_the_patent_s_cascade_is_larger_than_the_theory_as_it_should_be() -> None:
    """EP2388344A1 used 72 + 72 real stages: 60 theoretical at 99 %, 93 at 99.9 % and S/S_min 1.1.

    The overall efficiency that follows, 0.42 to 0.65, is that of real mixer-settlers.
    """
    for purity, efficiency in ((0.99, 0.42), (0.999, 0.65)):
        found = size_cascade(BinaryDuty(1.4, 0.75, purity, purity), 1.1)
        assert found.stages / 144 == pytest.approx(efficiency, abs=0.005)


def test_independent_simulation_of_the_printed_design() -> None:
    """24 + 22 stages at 1.3 S_min, simulated, give 98.99 % Nd and 98.98 % Pr (cut, not rounded)."""
    duty = BinaryDuty(1.4, 0.75, 0.99, 0.99)
    flows = CascadeFlows(24, 22, 1.3 * least_solvent(duty), duty.extract_per_feed)
    got = simulate_cascade({"Nd": 0.75, "Pr": 0.25}, {"Nd": 1.4, "Pr": 1.0}, flows)
    assert int(float(got.extract[0]) * 1e4) == 9899
    assert int(float(got.raffinate[1]) * 1e4) == 9898
    assert got.closure < 1e-12


@settings(max_examples=20, deadline=None)
@given(
    st.floats(1.2, 5.0),
    st.floats(0.2, 0.8),
    st.floats(0.9, 0.998),
    st.floats(0.9, 0.998),
    st.floats(1.1, 2.0),
)
def test_a_sized_cascade_reaches_its_purities_when_it_is_simulated(
    beta: float, z: float, top: float, bottom: float, ratio: float
) -> None:
    duty = BinaryDuty(beta, z, top, bottom)
    found = size_cascade(duty, ratio)
    if found.extraction_stages == 0:
        return
    flows = CascadeFlows(
        found.extraction_stages, found.scrub_stages, found.solvent, found.extract_per_feed
    )
    got = simulate_cascade({"A": z, "B": 1 - z}, {"A": beta, "B": 1.0}, flows)
    assert got.extract[0] >= top - 1e-9
    assert got.raffinate[1] >= bottom - 1e-9
    assert got.closure < 1e-12


def relaxed(
    z: np.ndarray, strength: np.ndarray, flows: CascadeFlows, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Let a plant of stages run from start until it is steady: the slow and obvious simulation."""
    n, reflux = flows.stages, flows.solvent - flows.extract
    held = np.tile(z, (n, 1))
    pace = 0.2 / (reflux + 1 + flows.solvent)
    for _ in range(steps):
        x = held / held.sum(axis=1, keepdims=True)
        y = x * strength / (x @ strength)[:, None]
        for i in range(n):
            into = (reflux if i <= flows.scrub_stages else reflux + 1) * (x[i - 1] if i else y[0])
            if i == flows.scrub_stages:
                into = into + z
            up = flows.solvent * y[i + 1] if i + 1 < n else 0 * z
            down = reflux if i < flows.scrub_stages else reflux + 1
            down = down if i + 1 < n else 1 - flows.extract
            held[i] += pace * (into + up - down * x[i] - flows.solvent * y[i])
    x = held / held.sum(axis=1, keepdims=True)
    return x * strength / (x @ strength)[:, None], x


def test_four_metals_equal_a_plant_that_runs_until_it_is_steady() -> None:
    feed = {"La": 0.3, "Ce": 0.4, "Pr": 0.1, "Nd": 0.2}
    factors = {"La": 1.0, "Ce": 2.6, "Pr": 5.9, "Nd": 12.0}
    flows = CascadeFlows(5, 4, 0.9, 0.35)
    got = simulate_cascade(feed, factors, flows)
    y, x = relaxed(np.array(list(feed.values())), np.array(list(factors.values())), flows, 4000)
    assert got.extract == pytest.approx(y[0], abs=1e-9)
    assert got.raffinate == pytest.approx(x[-1], abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_cascade_conserves_every_metal_and_orders_them(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    share = data.draw(st.lists(st.floats(0.01, 1), min_size=count, max_size=count))
    steps = data.draw(st.lists(st.floats(1.05, 4), min_size=count, max_size=count))
    names = [f"m{i}" for i in range(count)]
    factors = dict(zip(names, np.cumprod(steps).tolist(), strict=True))
    extract = data.draw(st.floats(0.1, 0.9))
    flows = CascadeFlows(
        data.draw(st.integers(1, 30)),
        data.draw(st.integers(0, 30)),
        extract * data.draw(st.floats(1.05, 6)),
        extract,
    )
    got = simulate_cascade(dict(zip(names, share, strict=True)), factors, flows)
    assert got.closure < 1e-11
    assert np.all((got.to_extract >= 0) & (got.to_extract <= 1))
    # What extracts more strongly goes to the product in the larger part.
    assert np.all(np.diff(got.to_extract) >= -1e-9)


def test_many_cascades_at_once_are_each_by_itself() -> None:
    random = np.random.default_rng(3)
    feed = random.uniform(0.5, 1.5, (40, 3)) * [1.0, 2.0, 0.5]
    factors = random.uniform(0.9, 1.1, (40, 3)) * [1.0, 2.6, 6.0]
    solvent, extract = random.uniform(0.8, 2.0, 40), random.uniform(0.1, 0.4, 40)
    together = separated_shares(feed, factors, (7, 5), solvent, extract)
    for number in (0, 13, 39):
        one = simulate_cascade(
            dict(zip("abc", feed[number].tolist(), strict=True)),
            dict(zip("abc", factors[number].tolist(), strict=True)),
            CascadeFlows(7, 5, float(solvent[number]), float(extract[number])),
        )
        assert together[number] == pytest.approx(one.to_extract, rel=1e-9)


def test_more_stages_or_a_larger_factor_never_separates_less() -> None:
    def purity(beta: float, stages: int) -> float:
        flows = CascadeFlows(stages, stages, 3.0, 0.7)
        got = simulate_cascade({"A": 0.7, "B": 0.3}, {"A": beta, "B": 1.0}, flows)
        return float(got.extract[0])

    by_stages = [purity(1.5, stages) for stages in (2, 5, 10, 20)]
    by_factor = [purity(beta, 8) for beta in (1.1, 1.4, 2.0, 2.6)]
    assert by_stages == sorted(by_stages)
    assert by_factor == sorted(by_factor)


@pytest.mark.parametrize(
    ("beta", "z", "top", "bottom", "said"),
    [
        (1.0, 0.5, 0.9, 0.9, "separates nothing"),
        (0.8, 0.5, 0.9, 0.9, "A is not the one"),
        (1.4, 0.95, 0.9, 0.9, "already holds 0.95"),
        (1.4, 0.05, 0.9, 0.9, "weaker metal"),
    ],
)
def test_a_purity_that_cannot_be_reached_is_named(
    beta: float, z: float, top: float, bottom: float, said: str
) -> None:
    with pytest.raises(InputError, match=said) as refused:
        BinaryDuty(beta, z, top, bottom)
    assert [finding.code for finding in refused.value.findings] == ["ORL-1020"]


def test_too_little_solvent_and_too_many_stages_are_named() -> None:
    duty = BinaryDuty(1.4, 0.75, 0.99, 0.99)
    with pytest.raises(InputError, match="pinches"):
        size_cascade(duty, 1.0)
    with pytest.raises(InputError, match="more than 45 theoretical stages"):
        size_cascade(duty, 1.3, stages_max=45)
    assert size_cascade(duty, 1.3, stages_max=46).stages == 46


def test_the_solvent_s_base_acid_and_salt_are_three_for_each_metal_it_carries() -> None:
    """PrOMMiS's neighbour difflow had no saponification (#197): the base is what costs here."""
    found = size_cascade(BinaryDuty(1.4, 0.75, 0.99, 0.99), 1.3)
    assert found.base == found.acid == found.salt == pytest.approx(3 * found.solvent)
    assert found.reflux == pytest.approx(found.solvent - found.extract_per_feed)
    # 58 real stages that hold 30 m3/h of both phases for 10 minutes.
    assert found.settler_volume_m3(20, 10, 10, 0.8) == pytest.approx(58 * 30 / 6)


def test_compiled_cascades_are_the_plain_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many samples from where others ended, beside each from stages filled with its feed."""
    rng = np.random.default_rng(5)
    samples = 6
    feed = rng.uniform(0.2, 1.0, (samples, 4))
    factors = np.array([1.0, 2.2, 5.6, 60.0]) * rng.uniform(0.9, 1.1, (samples, 4))
    solvent, extract = rng.uniform(2.5, 3.5, samples), rng.uniform(0.4, 0.6, samples)
    memory = Memory(samples).at(np.arange(samples))
    cold = separated_shares(feed, factors, (9, 7), solvent, extract, memory)
    kept = memory.get(("stages", 4))
    assert kept is not None
    memory.put(("stages", 4), np.roll(kept, 1, axis=0))
    warm = separated_shares(feed, factors, (9, 7), solvent, extract, memory)
    metals = ("La", "Pr", "Nd", "Dy")
    for number in range(samples):
        flows = CascadeFlows(9, 7, float(solvent[number]), float(extract[number]))
        given, strength = (
            dict(zip(metals, one[number].tolist(), strict=True)) for one in (feed, factors)
        )
        plain = simulate_cascade(given, strength, flows).to_extract
        assert cold[number] == pytest.approx(plain, abs=1e-12)
        assert warm[number] == pytest.approx(plain, abs=1e-12)
    monkeypatch.setattr(stages_module, "ROUNDS_MAX", 1)
    with pytest.raises(LimitExceededError, match="did not settle in 1 rounds"):
        separated_shares(feed, factors, (9, 7), solvent, extract)
