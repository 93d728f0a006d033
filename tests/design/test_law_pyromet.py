"""Antimony, copper, electrolysis, rare-earth metal and magnets against printed numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    Concentrate,
    MagnetRecipe,
    anode_carbon_kg_per_kg,
    cell_count,
    chain_yield,
    charge_ah_per_kg,
    convert_matte,
    electrolyse_oxide,
    electrolysis_kwh_per_kg,
    electrowinning_acid_t_per_t_copper,
    hydrogen_decrepitation,
    leach_and_precipitate,
    magnet_demand,
    recycle_magnets,
    reduce_antimony_oxide,
    reduce_with_calcium,
    roast_stibnite,
    smelt_concentrate,
    sodium_sulphide_t_per_t_antimony,
    sulphur_dioxide_t_per_t_antimony,
)
from oreline.model import InputError


def test_sulphur_dioxide_of_antimony() -> None:
    """3 x 64.06 / (2 x 121.76) = 0.789 t for each t of Sb."""
    assert sulphur_dioxide_t_per_t_antimony() == pytest.approx(0.789, abs=5e-4)


@given(st.floats(0.1, 1e4), st.floats(0, 1), st.floats(0, 1))
def test_a_roast_of_stibnite_closes(antimony: float, volatilised: float, burnt: float) -> None:
    out = roast_stibnite(antimony, volatilised, burnt)
    sulphur = antimony * 3 * 32.06 / (2 * 121.76) * burnt
    calcine = out.left * (1 + 4 * 15.999 / (2 * 121.76))
    assert out.oxide + calcine + out.sulphur_dioxide == pytest.approx(
        antimony + sulphur + out.oxygen, rel=1e-4
    )
    assert out.antimony_in_oxide + out.left == pytest.approx(antimony)


def test_full_volatilisation_takes_four_and_a_half_oxygen() -> None:
    """Sb2S3 + 4.5 O2: 144 of oxygen for 243.5 of antimony."""
    assert roast_stibnite(243.52, 1.0).oxygen == pytest.approx(4.5 * 31.998, rel=1e-4)


def test_carbon_reduces_the_trioxide() -> None:
    """Sb2O3 + 1.5 C: 18.02 of carbon for 243.5 of antimony."""
    out = reduce_antimony_oxide(243.52, 0.0)
    assert out.carbon == pytest.approx(1.5 * 12.011, rel=1e-4)
    assert out.carbon_dioxide == pytest.approx(1.5 * 44.009, rel=1e-4)
    lossy = reduce_antimony_oxide(100, 0.04)
    assert lossy.metal + lossy.to_slag == pytest.approx(100)


def test_la_demajagua() -> None:
    """Antilles Gold, ASX 2024: 50,000 t/y at 4.9 % leached to 3,980 t at 48 %: extraction 78.0 %.

    With 5,560 t at 46.2 % the blend is 9,540 t at 47 %: 4,480 t of Sb.
    """
    extraction = 3_980 * 0.48 / (50_000 * 0.049)
    assert extraction == pytest.approx(0.780, abs=5e-4)
    out = leach_and_precipitate(50_000, 0.049, extraction, 0.48)
    blend = out.precipitate_t + 5_560
    antimony = out.antimony_t + 5_560 * 0.462
    assert blend == pytest.approx(9_540, rel=1e-3)
    assert antimony == pytest.approx(4_480, rel=1e-3)
    assert antimony / blend == pytest.approx(0.47, abs=5e-3)  # printed in whole percent
    # The leached gold concentrate: 45,670 t at 34.6 g/t against 50,800 oz printed.
    ounces = 45_670 * 34.6 / 31.1034768
    assert ounces == pytest.approx(50_800, rel=1e-3)


def test_sodium_sulphide_dissolves_stibnite() -> None:
    """Sb2S3 + 3 Na2S: 234.1 for 243.5."""
    assert sodium_sulphide_t_per_t_antimony() == pytest.approx(3 * 78.04 / 243.52, rel=1e-3)


def test_neodymium_s_charge_and_power() -> None:
    """557.4 Ah/kg; at 10 V and 0.75: 7.4 kWh/kg."""
    assert charge_ah_per_kg("Nd", 3) == pytest.approx(557.4, abs=0.05)
    assert electrolysis_kwh_per_kg("Nd", 3, 10, 0.75) == pytest.approx(7.4, abs=0.05)
    assert electrolyse_oxide("Nd", 1.0, 10, 0.75).power_kwh == pytest.approx(7.43, abs=0.01)


def test_copper_s_power() -> None:
    """Electrowinning 2.0 V at 0.92: 1.83 kWh/kg. Refining 0.3 V at 0.95: 0.27."""
    assert electrolysis_kwh_per_kg("Cu", 2, 2.0, 0.92) == pytest.approx(1.83, abs=0.005)
    assert electrolysis_kwh_per_kg("Cu", 2, 0.3, 0.95) == pytest.approx(0.27, abs=0.005)


def test_anodes_burn_one_and_a_half_to_three_mol_of_carbon() -> None:
    """For one mol of Nd2O3, which is 288.5 g of Nd: 1.5 mol to CO2, 3 mol to CO."""
    assert anode_carbon_kg_per_kg("Nd2O3", "Nd", 1.0) * 288.484 == pytest.approx(
        1.5 * 12.011, rel=1e-4
    )
    assert anode_carbon_kg_per_kg("Nd2O3", "Nd", 0.0) * 288.484 == pytest.approx(
        3 * 12.011, rel=1e-4
    )


@given(st.sampled_from(["Nd", "Pr", "Dy", "La"]), st.floats(0.5, 1), st.floats(0, 1))
def test_a_molten_salt_cell_closes(metal: str, recovery: float, as_co2: float) -> None:
    out = electrolyse_oxide(metal, recovery, 10, 0.75, as_co2)
    gas = out.carbon_dioxide_kg + out.carbon_monoxide_kg
    oxide_used = out.oxide_kg * recovery
    assert 1 + gas == pytest.approx(oxide_used + out.carbon_kg, rel=1e-4)


def test_calcium_for_a_kilogram_of_neodymium() -> None:
    """2 NdF3 + 3 Ca: 0.417 kg."""
    out = reduce_with_calcium("Nd", 1.0, 0.0)
    assert out.calcium == pytest.approx(0.417, abs=5e-4)
    assert 1 + out.slag == pytest.approx(out.fluoride + out.calcium)


def test_cells_for_a_hundred_kilograms_an_hour() -> None:
    assert cell_count(100, "Nd", 3, 10_000, 0.75) == pytest.approx(100 * 557.4 / 7_500, rel=1e-3)


concentrates = st.builds(
    Concentrate,
    copper=st.floats(20, 32),
    iron=st.floats(25, 32),
    sulphur=st.floats(29, 36),
    silica=st.floats(0, 12),
    other=st.floats(0, 8),
)


@given(concentrates, st.floats(0.45, 0.70), st.floats(1.1, 2.0), st.floats(0.005, 0.02))
def test_smelting_closes_copper_iron_sulphur_oxygen_and_silica(
    feed: Concentrate, grade: float, ratio: float, lean: float
) -> None:
    out = smelt_concentrate(feed, grade, ratio, lean)
    assert out.matte_copper + out.slag_copper == pytest.approx(feed.copper)
    assert out.matte_iron + out.slag_iron == pytest.approx(feed.iron)
    assert out.matte == pytest.approx(out.matte_copper + out.matte_iron + out.matte_sulphur)
    assert out.matte_copper / out.matte == pytest.approx(grade)
    assert out.slag_copper / out.slag == pytest.approx(lean)
    silica = feed.silica + out.silica_flux
    # Slag is FeO, silica, the rest and its copper.
    slag = out.slag_iron * 71.844 / 55.845 + silica + feed.other + out.slag_copper
    assert out.slag == pytest.approx(slag, rel=1e-4)
    into = feed.copper + feed.iron + feed.sulphur + silica + feed.other + out.oxygen
    assert out.matte + out.slag + out.sulphur_dioxide == pytest.approx(into, rel=1e-4)
    if out.silica_flux:
        assert out.slag_iron / silica == pytest.approx(ratio)


def test_more_flux_loses_more_copper() -> None:
    feed = Concentrate(28, 28, 31, 3, 4)
    losses = [smelt_concentrate(feed, 0.6, ratio).slag_copper for ratio in (2.0, 1.5, 1.2)]
    assert losses == sorted(losses)


@given(st.floats(10, 60), st.floats(0, 20), st.floats(0.01, 0.08))
def test_converting_closes(copper: float, iron: float, lean: float) -> None:
    sulphur = copper * 0.2523 + iron * 0.5741
    out = convert_matte(copper, iron, sulphur, lean)
    into = copper + iron + sulphur + out.silica_flux + out.oxygen
    assert out.blister + out.slag + out.sulphur_dioxide == pytest.approx(into, rel=1e-4)
    assert out.blister_copper + out.slag_copper == pytest.approx(copper)


@pytest.mark.parametrize(
    ("feed", "grade", "said"),
    [
        (Concentrate(28, 5, 31, 6), 0.4, "too little for a matte"),
        (Concentrate(28, 28, 3, 6), 0.6, "add pyrite|holds 3"),
        (Concentrate(28, 28, 31, 6), 0.9, "richer than Cu2S"),
    ],
)
def test_a_matte_that_cannot_be_made_is_named(feed: Concentrate, grade: float, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        smelt_concentrate(feed, grade)
    assert [finding.code for finding in refused.value.findings] == ["ORL-1021"]


def test_electrowinning_gives_its_acid_back() -> None:
    """98.07 / 63.55 = 1.54 t for each t of copper, as plants count it."""
    assert electrowinning_acid_t_per_t_copper() == pytest.approx(1.54, abs=0.005)


def test_one_tonne_of_magnets() -> None:
    """y .75, metal yield .95, NdPr .305: 0.499 t of oxide; with 90 % of the swarf back, 0.387."""
    recipe = MagnetRecipe({"Nd": 0.305, "B": 0.01})
    assert magnet_demand(1, recipe, 0.75, 0.0, 0.95).oxides["Nd2O3"] == pytest.approx(
        0.499, abs=5e-4
    )
    assert magnet_demand(1, recipe, 0.75, 0.9, 0.95).oxides["Nd2O3"] == pytest.approx(
        0.387, abs=5e-4
    )


@given(st.floats(0.3, 1), st.floats(0, 1), st.floats(0, 0.04), st.floats(0, 0.01))
def test_magnets_and_swarf_are_the_alloy(
    whole: float, back: float, dysprosium: float, terbium: float
) -> None:
    recipe = MagnetRecipe({"Nd": 0.24, "Pr": 0.06, "Dy": dysprosium, "Tb": terbium, "B": 0.01})
    out = magnet_demand(100, recipe, whole, back)
    assert out.fresh_alloy + out.swarf_returned == pytest.approx(100 + out.swarf)
    assert sum(out.metals.values()) == pytest.approx(out.fresh_alloy)
    assert recipe.complete["Fe"] == pytest.approx(0.69 - dysprosium - terbium)
    if dysprosium > 1e-6:
        assert out.oxides["Dy2O3"] * 0.8713 == pytest.approx(out.metals["Dy"], rel=1e-3)


def test_steps_multiply_and_recipes_outside_their_range_say_so() -> None:
    assert chain_yield([0.5, 0.5]) == 0.25
    assert MagnetRecipe({"Nd": 0.305, "B": 0.01}).notes == ()
    said = MagnetRecipe({"Nd": 0.40, "Dy": 0.12}).notes
    assert len(said) == 3
    with pytest.raises(InputError, match="exceed 1"):
        MagnetRecipe({"Nd": 0.9, "Fe": 0.2})
    with pytest.raises(InputError, match="leave iron out"):
        MagnetRecipe({"Nd": 0.3, "Fe": 0.2})


def test_hydrogen_of_an_alloy_is_three_to_five_kilograms() -> None:
    taken = hydrogen_decrepitation(0.305)
    assert 3 < taken.taken_kg_per_t < 4.5
    assert 0 < taken.left_kg_per_t < taken.taken_kg_per_t


def test_dysprosium_is_followed_on_its_own_through_recycling() -> None:
    feed = {"Nd": 250.0, "Pr": 50.0, "Dy": 30.0, "Tb": 5.0}
    route = {
        "collect": {"*": 0.6},
        "leach": {"*": 0.97, "Dy": 0.95, "Tb": 0.95},
        "separate": {"*": 0.98, "Tb": 0.9},
    }
    out = recycle_magnets(feed, route)
    assert out.recovery["Nd"] == pytest.approx(0.6 * 0.97 * 0.98)
    assert out.recovery["Tb"] == pytest.approx(0.6 * 0.95 * 0.9)
    for metal, mass in feed.items():
        assert out.alloy[metal] + out.lost[metal] == pytest.approx(mass)
    with pytest.raises(InputError, match="no yield for Pr"):
        recycle_magnets(feed, {"leach": {"Nd": 0.9}})
