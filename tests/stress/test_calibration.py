"""psi out of sample, minerals kept back together, and prices that the USGS found."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import validation_model as page
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError
from oreline.stress._calibration import Fit, cut_that_loses, loss_of_cut_musd
from oreline.stress._damage import damage_curve
from oreline.stress._industries import accounts
from oreline.stress._left_out import PsiCase, agreement, predicted_psi, psi_cases
from oreline.stress._scenario_reference import reference_scenario
from oreline.stress._together import WAYS, cuts_together

USES = (("334", 0.7), ("335", 0.3))
CODES = ("334", "333", "331", "325")


def _cases(count: int = 40) -> list[PsiCase]:
    """Return minerals whose psi follows a law: 1e-4 x price^0.3 x 10^(0.5 electronics)."""
    rng = np.random.default_rng(3)
    found = []
    for number in range(count):
        parts = rng.dirichlet(np.ones(len(CODES)))
        price = 10 ** rng.uniform(2, 6)
        psi = 1e-4 * price**0.3 * 10 ** (0.5 * parts[0])
        uses = tuple(zip(CODES, (float(one) for one in parts), strict=True))
        fit = Fit(f"m{number}", uses, 100.0, 0.5, 2.0, 10.0, 90.0, psi)
        spent, reliance = 10 ** rng.uniform(0, 3), float(rng.uniform())
        found.append(PsiCase(fit, reliance, spent, price))
    return found


def test_a_law_is_found_from_the_others_alone() -> None:
    cases = _cases()
    assert predicted_psi(cases) == pytest.approx([one.fit.psi for one in cases], rel=1e-6)


def test_the_one_left_out_says_nothing_of_itself() -> None:
    cases = _cases()
    before = predicted_psi(cases)
    other = replace(cases[0], fit=replace(cases[0].fit, psi=cases[0].fit.psi / 50))
    after = predicted_psi([other, *cases[1:]])
    assert after[0] == pytest.approx(before[0], rel=1e-9)
    assert abs(np.log(after[1:] / before[1:])).max() > 1e-3


def test_what_is_not_published_is_not_zero() -> None:
    cases = [
        replace(one, price_usd_per_t=None, spent_musd=None) if number % 7 == 0 else one
        for number, one in enumerate(_cases())
    ]
    found = predicted_psi(cases)
    off = np.abs(np.log10(found / np.array([one.fit.psi for one in cases])))
    assert off.max() < 1, "a mean of the others, not a price of nothing"


def test_too_few_minerals_predict_nothing() -> None:
    with pytest.raises(InputError, match="too few"):
        predicted_psi(_cases(19))
    with pytest.raises(InputError, match="too few"):
        predicted_psi([])


def test_agreement_is_that_of_ranks_and_powers_of_ten() -> None:
    found = agreement([(1.0, 2.0), (10.0, 5.0), (100.0, -1.0)])
    assert found.spearman == -0.5
    assert found.median_log10_error == pytest.approx(math.log10(2))


def test_a_cut_is_that_of_the_whole_curve() -> None:
    curve = damage_curve(accounts("71"), dict(USES), 0.2)
    for loss in (0.0, 100.0, float(curve.qp_musd[1]), 0.4 * float(curve.qp_musd[9]), 1e12):
        expected = np.interp(loss, curve.qp_musd, curve.cut)
        assert cut_that_loses(USES, loss) == pytest.approx(expected, rel=1e-9)
    for cut in (0.0, 0.003, 0.01, 0.057, 0.2, 0.9):
        expected = np.interp(cut, curve.cut, curve.qp_musd)
        assert loss_of_cut_musd(USES, cut) == pytest.approx(expected, rel=1e-9)


def test_psi_of_the_check_is_psi_of_the_product() -> None:
    cases = {one.fit.mineral: one for one in psi_cases()[0]}
    for mineral in ("gallium", "antimony"):
        economy = reference_scenario(mineral)[0].economy
        assert economy is not None
        assert cases[mineral].fit.psi == economy.psi.value


def test_losses_by_a_predicted_psi_are_told_as_they_are() -> None:
    found, section = page.left_out(), page.out_of_sample()
    assert len(found.rows) == len(section.rows) >= 30
    told = found.by_regression
    assert f"Spearman {told.spearman:.2f}" in section.result
    assert ("not met" in section.result) == (told.spearman < 0.6 or told.median_log10_error > 0.5)


PARTS = st.dictionaries(st.sampled_from(CODES), st.floats(0, 1), min_size=1)


@given(st.lists(PARTS, min_size=2, max_size=4))
def test_cuts_at_once_lie_between_the_largest_and_the_sum(parts: list[dict[str, float]]) -> None:
    same, other = (cuts_together(parts, way) for way in WAYS)
    for code in same:
        each = [one.get(code, 0.0) for one in parts]
        assert same[code] == max(each)
        assert max(each) - 1e-12 <= other[code] <= min(1.0, sum(each)) + 1e-12


def test_gallium_and_germanium_at_once_cost_less_than_their_sum() -> None:
    given, drawn = page.both()
    for one in (given, *drawn):
        same, other = one.at_once_musd
        assert max(one.alone_musd) * (1 - 1e-4) <= same < other < sum(one.alone_musd) * (1 + 1e-3)
    assert given.at_once_musd[0] < sum(given.alone_musd)


def test_published_prices_are_met_or_not_as_the_page_says() -> None:
    found = {told: (low, high) for told, _, low, high in page.price_ranges()}
    told = {row[0]: row[4] for row in page.prices().rows}
    for name, (low, high) in found.items():
        assert told[name] == ("met" if page.is_price_met(name, low, high) else "not met")
    assert told["gallium"] == "met"


def test_one_stage_drawn_has_the_mean_of_its_closed_form() -> None:
    drawn, exact, error = page.one_stage_drawn()
    assert abs(drawn - exact) < 3 * error
    assert all(row[-1] == "yes" for row in page.one_stage().rows)


def test_magnets_of_2025_are_not_called_a_test(shared_dir: Path) -> None:
    section = page.magnets_2025(shared_dir / "facts" / "risk")
    assert section.result.startswith("not done")
    assert section.rows[0][:2] == ("China", "million pieces")
    assert [row[-1] for row in section.rows][:2] == ["-9.5 %", "-9.1 %"]
