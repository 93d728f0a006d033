"""A quantity is one value, an interval, a limit, or UNKNOWN; never two of them, never none."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from oreline.model import LARGEST_MG, UNBOUNDED_MG, Basis, Grade, Mass, weakest

KNOWN = {"unit": "t", "basis": "measured"}
FORMS = {"value": "1", "low": "1", "high": "2", "unknown": "no ticket"}


def subsets(names, most):
    return [part for n in range(most + 1) for part in itertools.combinations(names, n)]


GRADE_FORMS = {"value": "1", "low": "1", "high": "2", "below": "1", "above": "1", "unknown": "x"}


@pytest.mark.parametrize("names", subsets(FORMS, 4))
def test_a_mass_has_exactly_one_form(names):
    given_forms = {name: FORMS[name] for name in names}
    allowed = set(names) in ({"value"}, {"low"}, {"low", "high"}, {"unknown"})
    if allowed:
        assert Mass(**given_forms, **KNOWN).is_known == (names == ("value",))
    else:
        with pytest.raises(ValidationError, match="exactly one of"):
            Mass(**given_forms, **KNOWN)


@pytest.mark.parametrize("names", subsets(GRADE_FORMS, 3))
def test_a_grade_has_exactly_one_form(names):
    forms = {name: GRADE_FORMS[name] for name in names}
    allowed = set(names) in ({"value"}, {"low", "high"}, {"below"}, {"above"}, {"unknown"})
    if allowed:
        assert Grade(analyte="Sb", **forms, unit="%", basis="measured").is_known == (
            names == ("value",)
        )
    else:
        with pytest.raises(ValidationError, match=r"exactly one of|both low and high"):
            Grade(analyte="Sb", **forms, unit="%", basis="measured")


@pytest.mark.parametrize("lacks", ["unit", "basis"])
def test_a_number_needs_unit_and_basis(lacks):
    with pytest.raises(ValidationError, match="needs its unit and its basis"):
        Mass(value="1", **{name: item for name, item in KNOWN.items() if name != lacks})
    assert Mass(unknown="no ticket").bounds_mg == (0, UNBOUNDED_MG)


SPELLINGS = ["", "1,000", "1 000", "1e3", "+1", "-1", ".5", "5.", "1.1.1", "NaN", "1" * 20, "١"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_numbers_have_one_spelling(text):
    with pytest.raises(ValidationError):
        Mass(value=text, **KNOWN)


def test_limits_of_mass():
    at_limit = Mass(value="9000000000", **KNOWN)
    assert at_limit.bounds_mg == (LARGEST_MG, LARGEST_MG)
    for more in ("9000000000.000000001", "9999999999999999999"):
        with pytest.raises(ValidationError, match="9 billion tonnes"):
            Mass(value=more, **KNOWN)
    with pytest.raises(ValidationError, match="9 billion tonnes"):
        Mass(value="9000001", unit="kt", basis="measured")
    with pytest.raises(ValidationError, match="9 billion tonnes"):
        Mass(low="1", high="9000000001", **KNOWN)


@given(st.integers(0, 999_999_999), st.sampled_from(["t", "long ton", "short ton", "kt"]))
def test_no_mass_beyond_the_limit_passes_by_being_short(number, unit):
    try:
        mass = Mass(value=str(number), unit=unit, basis="measured")
    except ValidationError:
        return
    assert max(mass.bounds_mg) <= LARGEST_MG


def test_intervals_stand_the_right_way_round():
    with pytest.raises(ValidationError, match="low is above high"):
        Mass(low="2", high="1", **KNOWN)
    with pytest.raises(ValidationError, match="low is above high"):
        Grade(analyte="Sb", low="2", high="1", unit="%", basis="measured")


def test_no_grade_above_a_hundred_percent():
    assert Grade(analyte="Sb", value="100", unit="%", basis="measured").is_known
    for value, unit in (("100.0000000001", "%"), ("1000001", "ppm"), ("1.1", "fraction")):
        with pytest.raises(ValidationError, match="more than 100 %"):
            Grade(analyte="Sb", value=value, unit=unit, basis="measured")


@given(st.lists(st.sampled_from(list(Basis)), min_size=1))
def test_the_weakest_basis(bases):
    found = weakest(*bases)
    assert found in bases
    assert all(found.rank >= basis.rank for basis in bases)
