"""Minerals from assays: what was mixed is found, what cannot be told is said."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_sheets import found_in, solved

from oreline.design import MINERALS, deportment, element_fractions
from oreline.model import InputError

COPPER = {name: element_fractions(MINERALS[name]) for name in
          ("chalcopyrite", "chalcocite", "bornite", "pyrite", "galena", "quartz")}  # fmt: skip


@given(st.lists(st.floats(0, 0.15), min_size=6, max_size=6))
def test_what_was_mixed_is_found(parts: list[float]) -> None:
    # Six minerals, and five elements assayed: Cu, Fe, S, Pb, Si. Without bornite they are told.
    mixed = dict(zip(COPPER, parts, strict=True)) | {"bornite": 0.0}
    held = {name: COPPER[name] for name in COPPER if name != "bornite"}
    assays = {
        element: sum(mixed[name] * COPPER[name].get(element, 0.0) for name in COPPER)
        for element in ("Cu", "Fe", "S", "Pb", "Si")
    }
    found = deportment(assays, held)
    assert found.alike == ()
    for name in held:
        assert found.minerals[name] == pytest.approx(mixed[name], abs=2e-6)
    for element, left in found.residuals.items():
        assert left == pytest.approx(0, abs=2e-6 + 1e-6 * assays[element])


@given(st.lists(st.floats(1e-4, 0.1), min_size=3, max_size=3))
def test_no_other_amounts_fit_better(assays: list[float]) -> None:
    # All sets of minerals, each solved without bounds; the best that is nowhere below zero.
    names = ("chalcopyrite", "chalcocite", "pyrite", "bornite")
    told = dict(zip(("Cu", "Fe", "S"), assays, strict=True))
    found = deportment(told, {name: COPPER[name] for name in names})
    known = np.array(assays)
    weight = 1 / np.maximum(0.02 * known, 1e-6)
    best = float((weight * known) @ (weight * known))
    for size in range(1, len(names) + 1):
        for chosen in itertools.combinations(names, size):
            matrix = np.array([[COPPER[name].get(one, 0) for name in chosen] for one in told])
            amounts, *_ = np.linalg.lstsq(matrix * weight[:, None], known * weight, rcond=None)
            if (amounts >= -1e-12).all():
                left = (matrix @ amounts - known) * weight
                best = min(best, float(left @ left))
    assert found.misfit == pytest.approx(best, rel=1e-6, abs=1e-9)


def test_minerals_of_one_formula_are_not_told_apart() -> None:
    held = {name: element_fractions(MINERALS[name]) for name in
            ("stibnite", "valentinite", "senarmontite")}  # fmt: skip
    found = deportment({"Sb": 0.05, "S": 0.01}, held)
    assert found.alike == ("valentinite", "senarmontite")
    assert found.minerals["stibnite"] == pytest.approx(0.01 / 0.28314, rel=1e-3)


@pytest.mark.parametrize(
    ("assays", "minerals", "said"),
    [
        ({"Sb": 1.2}, ["stibnite"], "no parts of the dry mass"),
        ({"Sb": -0.1}, ["stibnite"], "no parts of the dry mass"),
        ({"Sb": 0.1}, ["stibnite", "quartz"], "no element of quartz was assayed"),
    ],
)
def test_assays_that_cannot_be_are_refused(
    assays: dict[str, float], minerals: list[str], said: str
) -> None:
    held = {name: element_fractions(MINERALS[name]) for name in minerals}
    with pytest.raises(InputError, match=said):
        deportment(assays, held)


@pytest.mark.parametrize(
    ("formula", "element", "part"),
    [
        # Printed elsewhere with other masses of sulfur: within 5 in 100,000.
        ("Nd2O3", "Nd", 0.857356), ("Pr6O11", "Pr", 0.827704), ("Sb2S3", "Sb", 0.716868),
        ("Sb2O3", "Sb", 0.835354), ("CuFeS2", "Cu", 0.346279), ("Nd2Fe14B", "Nd", 0.266837),
    ],
)  # fmt: skip
def test_formulas_give_the_printed_factors(formula: str, element: str, part: float) -> None:
    assert element_fractions(formula)[element] == pytest.approx(part, abs=4e-5)


def test_rare_earths_of_a_mineral_are_those_given() -> None:
    found = element_fractions("LnCO3F", {"Ce": 50, "La": 33, "Nd": 17})
    assert sum(found.values()) == pytest.approx(1, abs=1e-9)
    assert found["Ce"] / found["Nd"] == pytest.approx(50 / 17)
    # One carbon for each rare earth: moles of metal are moles of carbon.
    moles = found["Ce"] / 140.116 + found["La"] / 138.905 + found["Nd"] / 144.242
    assert found["C"] / 12.011 == pytest.approx(moles, rel=1e-4)
    with pytest.raises(InputError, match="differ between deposits"):
        element_fractions("LnCO3F")


SB_ORE = """\
name = "a mill"
basis = "assumed"
source = "a test"
[components]
elements = ["Sb", "S"]
minerals = ["stibnite", "senarmontite"]
[[feeds]]
id = "ore"
to = "mill"
dry_t_per_h = 10
grades = { Sb = "5 %", S = "1 %" }
minerals = ["stibnite", "senarmontite"]
[[units]]
id = "mill"
law = "split"
outlets = { concentrate = "concentrate", tailings = "tailings" }
parameters.to_concentrate = { stibnite = 0.9, senarmontite = 0.2, "*" = 0.01 }
[[products]]
id = "concentrate"
[[products]]
id = "tailings"
kind = "waste"
"""


def test_separation_acts_on_minerals_and_the_balance_on_elements() -> None:
    solution = solved(SB_ORE)
    sulfide = 0.01 / 0.28314 * 0.71686
    recovered = 0.9 * sulfide + 0.2 * (0.05 - sulfide)
    found = solution.product("concentrate").recovery["Sb"]
    assert found == pytest.approx(recovered / 0.05, rel=1e-3)
    assert solution.findings == ()


def test_minerals_that_do_not_explain_an_assay_are_told() -> None:
    text = SB_ORE.replace('S = "1 %"', 'S = "10 %"')
    assert {one.code for one in found_in(text)} == {"ORL-1015"}
    alike = SB_ORE.replace('"senarmontite"', '"senarmontite", "valentinite"')
    assert [one.code for one in found_in(alike)] == ["ORL-1018"]
