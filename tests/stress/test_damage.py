"""Losses over BEA's industries: numbers found elsewhere, and the order of the three ways."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.stress._calibration import usgs_outcome
from oreline.stress._damage import (
    LinearLoss,
    capped,
    damage_curve,
    direct_loss_musd,
    quadratic_loss_musd,
)
from oreline.stress._industries import accounts
from oreline.stress._scenario_reference import reference_scenario


def test_one_per_cent_of_semiconductors_costs_ten_times_as_much_in_detail() -> None:
    io = accounts("402")
    cap = capped(io, {"334413": 1.0}, 0.01)
    direct, lp = direct_loss_musd(io, cap), LinearLoss(io).loss_musd(cap)
    assert direct / 1e3 == pytest.approx(0.39, abs=0.01)
    assert lp / 1e3 == pytest.approx(3.95, abs=0.005)
    rough = accounts("71")
    cap = capped(rough, {"334": 1.0}, 0.01)
    ratio = LinearLoss(rough).loss_musd(cap) / direct_loss_musd(rough, cap)
    assert ratio == pytest.approx(1.15, abs=0.005)


@pytest.mark.parametrize(("cut", "highs_musd"), [(0.01, 2887.92), (0.1, 35816.1), (0.5, 4836454.2)])
def test_the_quadratic_programme_is_that_of_highs_where_it_works(
    cut: float, highs_musd: float
) -> None:
    io = accounts("71")
    cap = capped(io, {"334": 1.0}, cut)
    assert quadratic_loss_musd(io, cap) == pytest.approx(highs_musd, rel=1e-4)
    assert quadratic_loss_musd(io, io.output_musd) == 0.0


@pytest.mark.parametrize("mineral", ["magnesium", "hafnium", "titanium", "selenium"])
def test_the_quadratic_programme_ends_where_prices_swing_at_the_end(mineral: str) -> None:
    economy = reference_scenario(mineral)[0].economy
    assert economy is not None
    uses = {one.industry: one.share.value for one in economy.uses}
    io = accounts("71")
    one, ten = (quadratic_loss_musd(io, capped(io, uses, cut)) for cut in (0.01, 0.1))
    assert ten == pytest.approx(10 * one, rel=0.02)


def test_losses_grow_with_the_cut() -> None:
    io = accounts("71")
    linear = LinearLoss(io)
    losses = [linear.loss_musd(capped(io, {"335": 1.0}, cut)) for cut in (0, 0.05, 0.1, 0.2)]
    assert losses[0] == pytest.approx(0, abs=1e-3)
    assert np.all(np.diff(losses) > 0)


def test_a_full_chinese_restriction_makes_gallium_dearer_than_the_usgs_says_at_least() -> None:
    outcome = usgs_outcome(reference_scenario("gallium")[0])
    assert outcome is not None
    assert outcome[1] > 2.5


def test_the_loss_of_industries_is_that_of_all() -> None:
    io = accounts("71")
    uses = {"334": 0.7, "335": 0.3}
    curve = damage_curve(io, uses, 0.1)
    rng = np.random.default_rng(1)
    cuts = rng.uniform(0, 0.12, 500)
    direct, qp = curve.mean_by_industry(cuts)
    whole = [float(one.mean()) for one in curve.at(cuts)]
    assert direct.sum() == pytest.approx(whole[0])
    assert qp.sum() == pytest.approx(whole[1])
    added = io.value_added_musd[io.at("334")]
    assert direct[io.at("334")] == pytest.approx(added * 0.7 * np.minimum(cuts, 0.1).mean())
    assert set(np.flatnonzero(direct)) == {io.at("334"), io.at("335")}
    assert np.count_nonzero(qp > 1) > 5, "others lose too where each stays near to what it made"
