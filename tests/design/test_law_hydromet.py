"""Leaching, washing, precipitation, calcination: slow second ways and published numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    acid_t_per_h,
    arrhenius_factor,
    calcine,
    drying_heat_gj_per_h,
    filter_area_m2,
    heap_recovery,
    hydroxide_solubility_mol_per_l,
    kremser_raffinate_fraction,
    mass_fraction,
    molar_mass_g_per_mol,
    oxalic_acid_t_per_h,
    reaction_rate_per_h,
    shrinking_core,
    shrinking_core_through_ash,
    solubility_recovery,
    tank_train,
    tank_train_shrinking_core,
    thickener_area_m2,
    wash_train,
    water_with_solids,
)
from oreline.model import InputError


@pytest.mark.parametrize(
    ("compound", "element", "printed"),
    [
        ("Nd2O3", "Nd", 0.857356),
        ("Pr6O11", "Pr", 0.827704),
        ("Sb2S3", "Sb", 0.716868),
        ("Sb2O3", "Sb", 0.835354),
        ("CuFeS2", "Cu", 0.346279),
        ("Nd2Fe14B", "Nd", 0.266837),
    ],
)
def test_stoichiometry(compound: str, element: str, printed: float) -> None:
    """Printed with older atomic weights: equal to 1 in 10,000 (sulphur moved most)."""
    assert mass_fraction(compound, element) == pytest.approx(printed, rel=1e-4)


@given(st.floats(0.001, 0.999))
def test_both_shrinking_cores_satisfy_the_equation_they_solve(done: float) -> None:
    x = float(shrinking_core(done))
    assert 1 - (1 - x) ** (1 / 3) == pytest.approx(done, abs=1e-9)
    x = float(shrinking_core_through_ash(done))
    assert 1 - 3 * (1 - x) ** (2 / 3) + 2 * (1 - x) == pytest.approx(done, abs=1e-9)


@given(st.floats(0, 5), st.floats(0, 20), st.integers(1, 12))
def test_a_tank_train_is_its_tanks_one_after_the_other(
    rate: float, hours: float, tanks: int
) -> None:
    left = 1.0
    for _ in range(tanks):
        left /= 1 + rate * hours
    got = float(tank_train(rate, hours, tanks))
    assert got == pytest.approx(1 - left, abs=1e-12)
    assert float(tank_train(rate, hours, tanks + 1)) >= got
    assert float(tank_train(rate * 1.1, hours, tanks)) >= got


@pytest.mark.parametrize(("rate", "hours", "tanks"), [(0.1, 2.5, 4), (0.5, 1.0, 1), (0.02, 3, 8)])
def test_grains_in_tanks_equal_grains_followed_one_by_one(
    rate: float, hours: float, tanks: int
) -> None:
    """The times of 200,000 grains drawn from the tanks, each grain shrunk for its time."""
    random = np.random.default_rng(5)
    times = random.gamma(tanks, hours, 200_000)
    by_grains = float(np.mean(shrinking_core(rate * times)))
    assert tank_train_shrinking_core(rate, hours, tanks) == pytest.approx(by_grains, abs=3e-3)
    # Many tanks are a batch.
    batch = float(shrinking_core(rate * hours * tanks))
    many = tank_train_shrinking_core(rate, hours * tanks / 20_000, 20_000)
    assert many == pytest.approx(batch, abs=2e-3)


def test_heat_speeds_up_stibnite() -> None:
    """44 kJ/mol: from 60 to 90 C by exp(44/R (1/333.15 - 1/363.15))."""
    factor = arrhenius_factor(44, 90, 60)
    assert factor == pytest.approx(math.exp(44 / 8.314462618e-3 * (1 / 333.15 - 1 / 363.15)))
    assert arrhenius_factor(44, 60, 60) == 1.0
    assert reaction_rate_per_h(0.2, 1.0, 1.5, 44, 90, 60) == pytest.approx(0.2 * factor)


def test_a_heap_comes_to_its_final_recovery() -> None:
    assert heap_recovery(0.75, 0.015, 0) == 0.0
    assert heap_recovery(0.75, 0.015, 10_000) == pytest.approx(0.75)


def test_acid_is_taken_by_gangue_too() -> None:
    """CaCO3 + H2SO4: 98.07 of acid for 40.08 of calcium; twice the mol of HCl."""
    used = acid_t_per_h({"Ca": 1.0, "Nd": 1.0, "Si": 5.0}, "H2SO4", 0.3)
    assert used["Ca"] == pytest.approx(98.07 / 40.078, rel=1e-3)
    assert used["Nd"] == pytest.approx(1.5 * 98.07 / 144.242, rel=1e-3)
    assert used["Si"] == 0.0
    assert used["free acid"] == 0.3
    assert acid_t_per_h({"Ca": 1.0}, "HCl")["Ca"] == pytest.approx(2 * 36.46 / 40.078, rel=1e-3)
    with pytest.raises(InputError, match="none of"):
        acid_t_per_h({"Ca": 1.0}, "vinegar")


@given(st.integers(1, 12), st.floats(0.5, 2), st.floats(0.2, 6))
def test_a_wash_train_is_kremser_s_equation(stages: int, under: float, ratio: float) -> None:
    train = wash_train(stages, under, under, ratio * under)
    expected = float(kremser_raffinate_fraction(ratio, stages))
    assert train.loss == pytest.approx(expected, rel=1e-9)
    assert train.loss + train.recovery == pytest.approx(1)


@given(
    st.integers(1, 8), st.floats(0.5, 3), st.floats(0.5, 1.5), st.floats(1, 4), st.floats(0.5, 1)
)
def test_a_wash_train_closes_and_mixes_worse_with_less_mixing(
    stages: int, feed: float, under: float, wash: float, mixing: float
) -> None:
    train = wash_train(stages, feed, under, wash, mixing)
    out = train.pregnant_t_per_t * float(train.strength[0])
    assert out + train.loss * feed == pytest.approx(feed, rel=1e-9)
    assert 0 <= train.loss <= 1
    assert train.loss >= wash_train(stages, feed, under, wash, 1.0).loss - 1e-12


def test_a_train_without_enough_liquor_is_refused() -> None:
    with pytest.raises(InputError, match="cannot fill"):
        wash_train(3, 0.5, 1.0, 0.2)


def test_water_goes_where_it_must() -> None:
    split = water_with_solids(100, 300, 0.65)
    assert 100 / (100 + split.with_solids) == pytest.approx(0.65)
    assert split.with_solids + split.away == 300
    dry = water_with_solids(100, 10, 0.65)
    assert (dry.with_solids, dry.away) == (10, 0)
    assert dry.short == pytest.approx(43.846, abs=1e-3)


def test_sizes_of_thickener_filter_and_dryer() -> None:
    assert thickener_area_m2(100, 0.25) == pytest.approx(600)
    assert filter_area_m2(10, 250) == pytest.approx(40)
    # By hand: 10 t solids 0.72 GJ, 1 t water 0.335 GJ, 0.95 t evaporated 2.144 GJ, at 0.6.
    assert drying_heat_gj_per_h(10, 1.0, 0.05) == pytest.approx(3.199 / 0.6, abs=0.01)
    with pytest.raises(InputError, match="wetter"):
        drying_heat_gj_per_h(10, 1.0, 2.0)


def test_what_a_liquor_keeps() -> None:
    assert solubility_recovery(10.0, 0.05, 1.2) == pytest.approx(1 - 0.06 / 10)
    assert solubility_recovery(0.01, 0.05) == 0.0
    # Fe(OH)3, log Ksp -38.8: 10^(-38.8 + 3 (14 - 3)) mol/l at pH 3
    assert hydroxide_solubility_mol_per_l(-38.8, 3, 3.0) == pytest.approx(10**-5.8)


def test_oxalic_acid_is_one_and_a_half_for_each_mol() -> None:
    """1.5 mol of 90.03 g for 144.24 g of Nd."""
    assert oxalic_acid_t_per_h({"Nd": 1.0}, 0.1) == pytest.approx(
        1.1 * 1.5 * 90.03 / 144.242, rel=1e-3
    )


@pytest.mark.parametrize("precursor", ["oxalate", "carbonate", "hydroxide"])
@given(
    metals=st.dictionaries(
        st.sampled_from(["Nd", "Pr", "Ce", "La", "Dy", "Tb", "Ca"]), st.floats(0.01, 10), min_size=1
    ),
    water=st.floats(0, 10),
)
def test_calcination_closes(precursor: str, metals: dict[str, float], water: float) -> None:
    out = calcine(metals, precursor, water)
    entering = out.precursor_in + out.oxygen_in
    assert out.product + out.carbon_dioxide + out.steam == pytest.approx(entering)
    assert 0 <= out.loss_on_ignition < 1


def test_oxalate_of_neodymium_by_formula_mass() -> None:
    """Nd2(C2O4)3 10 H2O: loss on ignition 1 - 336.48/732.7; Nd2O3 is Nd / .8574."""
    out = calcine({"Nd": 0.8574}, "oxalate", 5)
    assert out.product == pytest.approx(1.0, abs=1e-3)
    assert out.loss_on_ignition == pytest.approx(1 - 336.48 / 732.69, abs=1e-4)
    whole = molar_mass_g_per_mol("Nd2(C2O4)3(H2O)10")
    assert out.precursor_in == pytest.approx(0.8574 / 2 / 144.242 * whole, rel=1e-4)
    # Three CO of the oxalate burn to CO2 with 1.5 O2 from air.
    assert out.oxygen_in == pytest.approx(0.8574 / 144.242 / 2 * 1.5 * 31.998, rel=1e-3)


def test_cerium_and_praseodymium_take_oxygen_that_lanthanum_does_not() -> None:
    air = {m: calcine({m: 1.0}, "hydroxide").oxygen_in for m in ("La", "Ce", "Pr")}
    assert air["La"] == pytest.approx(0, abs=1e-9)
    assert air["Ce"] > air["Pr"] > 0


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="none of oxalate"):
        calcine({"Nd": 1.0}, "phosphate")
    with pytest.raises(InputError, match="no oxide is known"):
        calcine({"Au": 1.0}, "oxalate")
    with pytest.raises(InputError, match="pH"):
        hydroxide_solubility_mol_per_l(-38, 3, 15)
    with pytest.raises(InputError, match="charge"):
        hydroxide_solubility_mol_per_l(-38, 7, 5)
    with pytest.raises(InputError, match="formula"):
        molar_mass_g_per_mol("Xx2")
