"""Masses and grades as whole numbers: exact against pint's definitions, rounded half to even."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import (
    MG_PER_UNIT,
    PPT_PER_UNIT,
    UNBOUNDED_MG,
    UnitError,
    grade_bounds_ppt,
    grade_ppt,
    mass_bounds_mg,
    mass_mg,
    mass_text,
)

PINT_NAMES = {
    "mg": "milligram",
    "g": "gram",
    "kg": "kilogram",
    "t": "metric_ton",
    "kt": "kilometric_ton",
    "lb": "pound",
    "oz": "ounce",
    "ozt": "troy_ounce",
    "short ton": "short_ton",
    "long ton": "long_ton",
}
PINT_GRADES = {
    "%": "gram / hectogram",
    "kg/t": "kilogram / metric_ton",
    "ppm": "milligram / kilogram",
    "g/t": "gram / metric_ton",
    "mg/kg": "milligram / kilogram",
    "ppb": "microgram / kilogram",
    "fraction": "kilogram / kilogram",
}
DECIMALS = st.decimals(0, 10**9, places=9, allow_nan=False).map(lambda d: format(d, "f"))


@pytest.fixture(scope="module")
def registry():
    return pint.UnitRegistry(non_int_type=Decimal)


def test_every_unit_has_its_check():
    assert set(PINT_NAMES) == set(MG_PER_UNIT)
    assert set(PINT_GRADES) == set(PPT_PER_UNIT)


@pytest.mark.parametrize("unit", MG_PER_UNIT)
def test_units_of_mass_are_those_of_pint_exactly(registry, unit):
    assert registry.Quantity(Decimal(1), PINT_NAMES[unit]).to("milligram").m == MG_PER_UNIT[unit]


@pytest.mark.parametrize("unit", PPT_PER_UNIT)
def test_units_of_grade_are_those_of_pint_exactly(registry, unit):
    fraction = registry.Quantity(Decimal(1), PINT_GRADES[unit]).to("dimensionless").m
    assert fraction * 10**12 == PPT_PER_UNIT[unit]


@given(DECIMALS, st.sampled_from(sorted(MG_PER_UNIT)))
def test_a_written_mass_is_rounded_once_half_to_even(value, unit):
    assert mass_mg(value, unit) == round(Fraction(value) * Fraction(MG_PER_UNIT[unit]))


@given(DECIMALS, st.sampled_from(sorted(PPT_PER_UNIT)))
def test_a_written_grade_is_rounded_once_half_to_even(value, unit):
    assert grade_ppt(value, unit) == round(Fraction(value) * Fraction(PPT_PER_UNIT[unit]))


@given(st.integers(-(2**62), 2**63 - 2))
def test_milligrams_are_written_without_loss(milligrams):
    for unit in ("mg", "kg", "t"):
        text = mass_text(milligrams, unit)
        assert "E" not in text
        assert mass_mg(text, unit) == milligrams


@pytest.mark.parametrize("milligrams", [0, 1, 2**53 - 1, 2**53, 2**53 + 1, 9 * 10**18])
def test_masses_at_the_edges_of_floats_and_of_the_store(milligrams):
    assert mass_mg(str(milligrams), "mg") == milligrams
    assert mass_mg(mass_text(milligrams, "t"), "t") == milligrams


@pytest.mark.parametrize(
    ("value", "milligrams"), [("0.5", 0), ("1.5", 2), ("2.5", 2), ("2.500000000000001", 3)]
)
def test_ties_go_to_the_even_milligram(value, milligrams):
    assert mass_mg(value, "mg") == milligrams


def test_bounds():
    assert mass_bounds_mg({"low": "1", "unit": "kg"}) == (10**6, UNBOUNDED_MG)
    assert mass_bounds_mg({}) == (0, UNBOUNDED_MG)
    assert grade_bounds_ppt({"above": "30", "unit": "%"}) == (3 * 10**11, 10**12)
    assert grade_bounds_ppt({"low": "1", "high": "2", "unit": "ppm"}) == (10**6, 2 * 10**6)
    assert grade_bounds_ppt({}) == (0, 10**12)


@pytest.mark.parametrize(("value", "unit"), [("1", "tons"), ("x", "t"), ("1", "%"), ("NaN", "t")])
def test_what_is_no_mass_is_refused(value, unit):
    with pytest.raises(UnitError):
        mass_mg(value, unit)
