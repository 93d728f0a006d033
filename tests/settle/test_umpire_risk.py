"""How likely the umpire is called, and what that does to the money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import copper, lot, parcel
from test_money_spread import asked, stated

from oreline.model import InputError
from oreline.settle import UmpireVariant, umpire_assay, umpire_probability, umpire_risks

D = Decimal


def exchange(**changes: Any) -> Any:
    told = {
        "rule": "exchange", "deadline_days": 45, "late": "none", "umpire": "middle",
        "limits": [{"analyte": "Cu", "limit": "0.30 %"}], **changes,
    }  # fmt: skip
    return copper(assays=told)


def goods(u_seller: str = "0.14", u_buyer: str = "0.14") -> Any:
    made = lot(
        "CU-1", "1000", "8.0",
        seller={"Cu": "28.10"}, buyer={"Cu": "28.00"}, settled={"Cu": "28.05"},
    )  # fmt: skip
    made = stated(stated(stated(made), u_seller, "seller"), u_buyer, "buyer")
    return parcel(made)


@pytest.mark.parametrize(
    ("u_seller", "u_buyer", "limit", "chance"),
    [
        # 2·Φ(-z) at z = 1.959964 and 2.575829, from any table of the normal distribution
        ("0.3", "0.4", "0.979982", 0.05),
        ("0.3", "0.4", "1.2879145", 0.01),
        ("0", "0", "0", 0.0),
        ("0.1", "0", "0", 1.0),
    ],
)
def test_probability_is_that_of_the_normal_table(
    u_seller: str, u_buyer: str, limit: str, chance: float
) -> None:
    assert umpire_probability(D(u_seller), D(u_buyer), D(limit)) == pytest.approx(chance, abs=1e-7)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 200))
def test_a_wider_limit_never_calls_the_umpire_more_often(one: int, two: int, limit: int) -> None:
    u = D(one) / 100, D(two) / 100
    wide, narrow = D(limit + 1) / 100, D(limit) / 100
    assert umpire_probability(*u, wide) <= umpire_probability(*u, narrow)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(InputError, match="zero or more"):
        umpire_probability(D(1), D(1), D(-1))


def test_a_lot_says_its_chance_and_its_money() -> None:
    (found,) = umpire_risks(asked(goods(), exchange()))
    assert (found.lot, found.analyte, found.limit_pct) == ("CU-1", "Cu", D("0.3"))
    assert found.probability == pytest.approx(umpire_probability(D("0.14"), D("0.14"), D("0.3")))
    # 9.2 t of copper a per cent, 96.5 % of it paid at 9,000 less 8 c/lb
    assert found.per_pct == pytest.approx(9.2 * 0.965 * (9000 - 176.368), rel=1e-6)
    assert found.why == ""


@pytest.mark.parametrize("variant", list(UmpireVariant))
def test_swing_is_that_of_exchanges_played_one_by_one(variant: UmpireVariant) -> None:
    (found,) = umpire_risks(asked(goods("0.14", "0.20"), exchange(umpire=str(variant))))
    dice = np.random.Generator(np.random.Philox(7))
    swings, settled = [], []
    for _ in range(6000):
        seller, buyer, umpire = (
            D(repr(50 + u * float(dice.standard_normal()))) for u in (0.14, 0.20, 0.14)
        )
        mean = (seller + buyer) / 2
        made = mean
        if abs(seller - buyer) > D("0.3"):
            made = seller
            if variant is not UmpireVariant.SELLER:
                decided = umpire_assay(variant, seller, buyer, umpire)
                assert not isinstance(decided, tuple)
                made = decided.value
            swings.append(abs(float(made - mean)))
        settled.append(float(made))
    assert found.per_pct is not None
    mean_settled = sum(settled) / len(settled)
    spread = (sum((one - mean_settled) ** 2 for one in settled) / len(settled)) ** 0.5
    assert found.swing == pytest.approx(found.per_pct * sum(swings) / len(swings), rel=0.06)
    assert found.spread == pytest.approx(found.per_pct * spread, rel=0.05)


def test_what_is_not_known_is_named() -> None:
    (no_limit,) = umpire_risks(asked(goods(), exchange(limits=[])))
    assert no_limit.probability is None
    assert "no splitting limit" in no_limit.why
    bare = parcel(lot("CU-1", "1000", "8.0", settled={"Cu": "28.00"}))
    (no_u,) = umpire_risks(asked(bare, exchange()))
    assert "seller and the buyer" in no_u.why
    planned = {"Cu": D("0.10")}
    (with_plan,) = umpire_risks(asked(bare, exchange()), u_assumed_pct=planned)
    assert with_plan.probability == pytest.approx(0.03389, abs=1e-4)
    (no_umpire,) = umpire_risks(asked(goods(), exchange(umpire=None)))
    assert no_umpire.probability is not None
    assert no_umpire.swing is None
    assert umpire_risks(asked(goods(), exchange(rule="seller"))) == ()


def test_limits_in_grams_and_by_grade_are_found() -> None:
    limits = [
        {"analyte": "Cu", "limit": "2000 g/dmt", "below": "250000 g/dmt", "unit": "g/dmt"},
        {"analyte": "Cu", "limit": "3000 g/dmt", "from": "250000 g/dmt", "unit": "g/dmt"},
    ]
    (found,) = umpire_risks(asked(goods(), exchange(limits=limits)))
    assert found.limit_pct == D("0.3")
