"""Mass fractions against published conversion factors and standard atomic weights."""

from __future__ import annotations

import pytest

from oreline.model import (
    AGGREGATES,
    PPT,
    RARE_EARTH_OXIDES,
    InputError,
    analyte,
    element_fraction_ppt,
    is_analyte,
)

# Standard atomic weights as the IUPAC abridges them to five figures (2021).
WEIGHTS = {
    "O": 15.999,
    "S": 32.06,
    "Y": 88.906,
    "La": 138.91,
    "Ce": 140.12,
    "Pr": 140.91,
    "Nd": 144.24,
    "Sm": 150.36,
    "Eu": 151.96,
    "Gd": 157.25,
    "Tb": 158.93,
    "Dy": 162.50,
    "Ho": 164.93,
    "Er": 167.26,
    "Tm": 168.93,
    "Yb": 173.05,
    "Lu": 174.97,
    "Sb": 121.76,
    "Cu": 63.546,
    "Fe": 55.845,
    "As": 74.922,
}
SESQUIOXIDES = ("La", "Nd", "Sm", "Eu", "Gd", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y")
OXIDES = {
    **{f"{name}2O3": (name, 2, 3) for name in SESQUIOXIDES},
    "CeO2": ("Ce", 1, 2),
    "Pr6O11": ("Pr", 6, 11),
    "Tb4O7": ("Tb", 4, 7),
    "Sb2O3": ("Sb", 2, 3),
    "As2O3": ("As", 2, 3),
    "Fe2O3": ("Fe", 2, 3),
}


@pytest.mark.parametrize("oxide", OXIDES)
def test_fractions_of_oxides_follow_from_atomic_weights(oxide):
    element, metals, oxygens = OXIDES[oxide]
    metal = metals * WEIGHTS[element]
    expected = metal / (metal + oxygens * WEIGHTS["O"])
    assert element_fraction_ppt(oxide, element) / PPT == pytest.approx(expected, abs=3e-5)


@pytest.mark.parametrize(
    ("compound", "element", "published"),
    [
        ("Nd2O3", "Nd", 0.85735),
        ("Pr6O11", "Pr", 0.82771),
        ("CeO2", "Ce", 0.81408),
        ("La2O3", "La", 0.85268),
        ("Dy2O3", "Dy", 0.87131),
        ("Tb4O7", "Tb", 0.85020),
        ("Y2O3", "Y", 0.78744),
        ("Sb2S3", "Sb", 0.7168),
        ("Sb2O3", "Sb", 0.8354),
        ("CuFeS2", "Cu", 0.3463),
    ],
)
def test_published_factors(compound, element, published):
    assert element_fraction_ppt(compound, element) / PPT == pytest.approx(published, abs=6e-5)


@pytest.mark.parametrize("symbol", [*RARE_EARTH_OXIDES, "Sb2S3", "CuFeS2", "Fe3O4", "H2O"])
def test_fractions_add_up_to_one(symbol):
    assert abs(sum(part for _, part in analyte(symbol).elements) - PPT) <= 2


def test_aggregates_are_lists_of_oxides():
    assert len(RARE_EARTH_OXIDES) == 15
    assert set(AGGREGATES["TREO"]) - set(AGGREGATES["TREO-Y"]) == {"Y2O3"}
    assert set(AGGREGATES["LREO"]) | set(AGGREGATES["HREO"]) == set(AGGREGATES["TREO"])
    assert not set(AGGREGATES["LREO"]) & set(AGGREGATES["HREO"])
    for name in AGGREGATES:
        assert analyte(name).elements == ()


def test_elements_are_whole():
    assert analyte("Nd").elements == (("Nd", PPT),)
    assert element_fraction_ppt("Nd2O3", "Pr") == 0


@pytest.mark.parametrize(
    "symbol", ["", "Xx", "antimony", "sb", "Sb-2", "Nd2O3;", "A" * 99, "(NH4)2", "Sb 2", "Q9"]
)
def test_what_is_no_analyte_is_refused(symbol):
    assert not is_analyte(symbol)
    with pytest.raises(InputError, match="no element, formula or aggregate"):
        analyte(symbol)
