"""What does not meet a specification, and of what nobody can say so."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError
from oreline.settle import (
    Specification,
    check_specification,
    grade_as,
    may_load,
    meets,
    published_specification,
    published_specifications,
    theoretical_pct,
)

SPEC = Specification.model_validate(
    {
        "limits": [
            {"analyte": "Cu", "min": "22 %", "max": "37 %"},
            {"analyte": "As", "max": "2000 ppm", "otherwise": "note"},
        ],
        "tml_pct": "9.1",
    }
)


def test_every_limit_is_named_at_once() -> None:
    found = check_specification(SPEC, {"Cu": Decimal("21.9"), "As": Decimal("0.21")}, Decimal(10))
    assert [(one.subject, one.verdict, one.otherwise) for one in found] == [
        ("Cu", "outside", "reject"),
        ("As", "outside", "note"),
        ("H2O", "outside", "not loaded"),
    ]
    assert found[1].message == "As 0.21 % is more than 2000 ppm"
    assert meets(found) is False


def test_what_is_not_known_is_not_met() -> None:
    found = check_specification(SPEC, {"Cu": Decimal(25)})
    assert [(one.subject, one.verdict) for one in found] == [("As", "unknown"), ("H2O", "unknown")]
    assert meets(found) is None
    assert "at most 2000 ppm" in found[0].message


def test_the_ends_are_within() -> None:
    for copper in ("22", "37"):
        grades = {"Cu": Decimal(copper), "As": Decimal("0.2")}
        assert meets(check_specification(SPEC, grades, Decimal("9.09"))) is True


@given(st.decimals(1, 20, places=4), st.decimals(0, 20, places=4))
def test_a_flow_moisture_point_is_a_limit_of_nine_tenths(fmp: Decimal, moisture: Decimal) -> None:
    loads = may_load(Specification(fmp_pct=fmp), moisture)
    assert loads is (moisture * 10 < fmp * 9)


def test_published_specifications_are_found_by_id() -> None:
    for one in published_specifications():
        assert published_specification(one.id) == one
        assert one.source
        assert one.retrieved
    with pytest.raises(InputError, match="mmta-sb-grade-ii"):
        published_specification("mmta-sb-grade-iii")


def test_the_pure_compound_is_the_most_that_can_be_assayed() -> None:
    assert theoretical_pct("Sb", "Sb") == 100
    with pytest.raises(InputError, match="no Pb in Sb2S3"):
        theoretical_pct("Sb2S3", "Pb")
    with pytest.raises(InputError, match="one metal"):
        grade_as(Decimal(1), "Sb2O3", "As2O3")


@given(st.decimals(0, 50, places=6))
def test_a_grade_there_and_back(grade: Decimal) -> None:
    there = grade_as(grade, "Nd2O3", "Nd")
    assert abs(grade_as(there, "Nd", "Nd2O3") - grade) < Decimal("1e-15")
    assert grade_as(grade, "Nd", "Nd") == grade
