"""Escalators, participation and penalties: laws, and clauses that can be read in two ways."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import UnitError
from oreline.settle import (
    Charged,
    Constants,
    Escalation,
    Participation,
    Penalty,
    escalated_rate,
    parse_quantity,
    participation_per_t,
    penalty_rate,
)

TC = parse_quantity("100 USD/dmt", "charge on dry mass")
PRICES = st.decimals(0, 10**6, places=2, allow_nan=False)
GRADES = st.decimals(0, 5, places=4, allow_nan=False)
BANDS: list[dict[str, str]] = [
    {"to": "1000 USD/t", "change": "0.145 USD/dmt", "per": "1 USD/t"},
    {"from": "1000 USD/t", "to": "1100 USD/t", "change": "0.15 USD/dmt", "per": "1 USD/t"},
    {"from": "1100 USD/t", "change": "0.16 USD/dmt", "per": "1 USD/t"},
]


def escalator(bands: list[dict[str, str]], base: str = "1000 USD/t", **more: str) -> Escalation:
    return Escalation.model_validate({"base": base, "price": "zn", "bands": bands, **more})


def rate(escalation: Escalation, price: str | Decimal) -> Decimal | None:
    found = escalated_rate(TC, escalation, Decimal(price)).rate
    return None if found is None else found.value


@given(PRICES)
def test_an_escalator_against_a_piecewise_line(price: Decimal) -> None:
    p = Fraction(price)
    down, up, over = Fraction("0.145"), Fraction("0.15"), Fraction("0.16")
    marginal = 100 + down * min(0, p - 1000) + up * min(100, max(0, p - 1000))
    marginal += over * max(0, p - 1100)
    per_usd = down if p < 1000 else up if p <= 1100 else over
    expected = {"marginal": marginal, "whole_excess": 100 + per_usd * (p - 1000)}
    for reading, value in expected.items():
        found = rate(escalator(BANDS, reading=reading, steps="pro_rata"), price)
        assert found is not None
        assert Fraction(found) == value, reading


def test_a_charge_may_become_zero_or_negative() -> None:
    only_down = escalator(BANDS[:1], reading="marginal", steps="pro_rata")
    assert rate(only_down, "0") == Decimal("-45.000")
    assert escalated_rate(parse_quantity("0 USD/dmt", "charge on dry mass"), None, None).rate


def test_between_the_base_and_the_first_band_nothing_moves() -> None:
    late = escalator(BANDS[2:], reading="marginal", steps="pro_rata")
    assert rate(late, "1050") == 100
    assert rate(late, "1150") == Decimal("108.00")
    assert rate(late, "900") == 100


def test_beyond_the_bands() -> None:
    marginal = escalator(BANDS[:2], reading="marginal", steps="pro_rata")
    assert rate(marginal, "5000") == Decimal("115.00")
    whole = escalator(BANDS[:2], reading="whole_excess", steps="pro_rata")
    found = escalated_rate(TC, whole, Decimal(5000))
    assert found.rate is None
    assert "beyond the bands" in found.why


def test_a_clause_that_does_not_say_how_is_read_in_every_way() -> None:
    assert rate(escalator(BANDS), "1050") == Decimal("107.50")
    found = escalated_rate(TC, escalator(BANDS, steps="pro_rata"), Decimal(1150))
    assert found.rate is None
    assert "123" in found.why
    assert "124" in found.why


def test_bands_that_overlap_are_refused() -> None:
    bands = [BANDS[1], {**BANDS[2], "from": "1099 USD/t"}]
    found = escalated_rate(TC, escalator(bands, reading="marginal"), Decimal(1150))
    assert found.rate is None
    assert "two bands" in found.why


def test_without_a_price_the_charge_is_unknown() -> None:
    found = escalated_rate(TC, escalator(BANDS), None)
    assert found.rate is None
    assert "zn" in found.why


def test_a_band_in_another_dimension_is_a_slip_of_units() -> None:
    bands = [{**BANDS[1], "change": "0.15 USD/t"}]
    with pytest.raises(UnitError):
        escalated_rate(TC, escalator(bands, reading="marginal"), Decimal(1050))


@given(st.integers(15, 200), st.sampled_from(["31.1035", "31.1034768"]))
def test_whole_dollars_survive_the_change_of_unit(usd_per_oz: int, grams: str) -> None:
    units = Constants(g_per_ozt=Decimal(grams))
    price = parse_quantity(f"{usd_per_oz} USD/oz", "price").to("USD/t", units)
    band = {"from": "15 USD/oz", "change": "0.05 USD/oz", "per": "1 USD/oz"}
    for steps in ("whole_step", "begun_step", "pro_rata"):
        clause = escalator([band], "15 USD/oz", reading="marginal", steps=steps)
        found = escalated_rate(parse_quantity("1.20 USD/oz", "price"), clause, price, units)
        assert found.rate is not None
        assert found.rate.value == Decimal("1.20") + (usd_per_oz - 15) * Decimal("0.05")


@given(PRICES, st.decimals(0, 10**6, places=2), st.decimals(-100, 100, places=1))
def test_participation_is_a_share_of_the_difference(
    price: Decimal, base: Decimal, share: Decimal
) -> None:
    made = {}
    for side in ("above", "below", "both"):
        clause = Participation.model_validate(
            {
                "analyte": "Cu",
                "price": "cu",
                "base": f"{base} USD/t",
                "share_pct": str(share),
                "side": side,
            }
        )
        found = participation_per_t(clause, price).rate
        assert found is not None
        made[side] = Fraction(found.value)
    part, difference = Fraction(share) / 100, Fraction(price) - Fraction(base)
    assert made["above"] == part * max(0, difference)
    assert made["below"] == part * max(0, -difference)
    assert made["both"] == part * difference
    assert made["both"] == made["above"] - made["below"]


def test_participation_has_a_cap_either_way() -> None:
    terms = {"analyte": "Cu", "price": "cu", "base": "9000 USD/t", "cap": "50 USD/t"}
    for share, amount in (("10", 50), ("-10", -50)):
        clause = Participation.model_validate({**terms, "share_pct": share})
        found = participation_per_t(clause, Decimal(12000)).rate
        assert found is not None
        assert found.value == amount
    assert participation_per_t(clause, None).rate is None


def penalty(**terms: Any) -> Penalty:
    return Penalty.model_validate({"analytes": ["As"], **terms})


STEPS = {"over": "0.2 %", "step": "0.1 %", "rate": "2 USD/dmt"}


def charged(clause: Penalty, **grades: str) -> Charged:
    return penalty_rate(clause, {name: Decimal(grade) for name, grade in grades.items()})


@given(GRADES)
def test_a_penalty_against_fractions(grade: Decimal) -> None:
    excess = max(Fraction(0), Fraction(grade) - Fraction("0.2")) / Fraction("0.1")
    expected = {
        "pro_rata": 2 * excess,
        "whole_step": 2 * (excess.numerator // excess.denominator),
        "begun_step": 2 * -(-excess.numerator // excess.denominator),
    }
    for steps, value in expected.items():
        found = charged(penalty(**STEPS, steps=steps), As=str(grade)).rate
        assert found is not None
        assert Fraction(found.value) == value, steps
    unsaid = charged(penalty(**STEPS), As=str(grade))
    if len(set(expected.values())) == 1:
        assert unsaid.rate is not None
    else:
        assert unsaid.rate is None
        assert "part of a step" in unsaid.why


def test_a_penalty_is_capped_and_the_words_say_so() -> None:
    found = charged(penalty(**STEPS, steps="pro_rata", cap="3 USD/dmt"), As="1")
    assert str(found.rate) == "3 USD/dmt"
    assert "at most 3 USD/dmt" in found.formula
    banded = penalty(bands=[{"up_to": "1 %", "rate": "9 USD/dmt"}], cap="3 USD/dmt")
    assert str(charged(banded, As="0.5").rate) == "3 USD/dmt"


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "no rate, band or limit"),
        ({"rate": "2 USD/dmt"}, "no threshold or no step"),
        ({**STEPS, "step": "0 %"}, "no amount"),
        ({**STEPS, "bands": [{"up_to": "1 %", "rate": "1 USD/dmt"}]}, "both bands and a rate"),
        ({"bands": [{"up_to": "0.4 %", "rate": "1 USD/dmt"}]}, "above the last band"),
    ],
)
def test_what_a_penalty_does_not_say_is_unknown(terms: dict[str, Any], words: str) -> None:
    found = charged(penalty(**terms), As="0.5")
    assert found.rate is None
    assert not found.rejected
    assert words in found.why


def test_a_missing_assay_is_no_zero() -> None:
    found = charged(Penalty.model_validate({"analytes": ["As", "Sb"], **STEPS}), As="0.1")
    assert found.rate is None
    assert found.why == "no settlement assay of Sb"


def test_a_clause_that_only_rejects_charges_nothing() -> None:
    clause = Penalty.model_validate({"analytes": ["Sc"], "reject": "400 ppm"})
    at_limit, above = charged(clause, Sc="0.04"), charged(clause, Sc="0.0401")
    assert (at_limit.rate, at_limit.rejected, at_limit.why) == (None, False, "")
    assert (above.rate, above.rejected) == (None, True)
    assert "exceeds the rejection limit of 400 ppm" in above.why


def test_a_second_clause_goes_on_at_its_own_rate() -> None:
    first = penalty(**STEPS, steps="pro_rata", until="0.5 %")
    second = penalty(over="0.5 %", step="0.1 %", rate="5 USD/dmt", steps="pro_rata")
    found = [charged(one, As="0.7").rate for one in (first, second)]
    assert [str(one) for one in found] == ["6 USD/dmt", "10 USD/dmt"]
    assert "counted to 0.5 %" in charged(first, As="0.7").formula
    assert str(charged(first, As="0.3").rate) == "2 USD/dmt"


def test_a_band_for_every_zero_of_price_is_refused() -> None:
    found = escalated_rate(TC, escalator([{**BANDS[1], "per": "0 USD/t"}]), Decimal(1050))
    assert found.rate is None
    assert "zero or less" in found.why
