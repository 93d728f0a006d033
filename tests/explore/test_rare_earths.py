"""Rare earths: every oxide by formula mass, and no sum of half the suite."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import rare_earths
from oreline.model import RARE_EARTH_OXIDES, InputError

FACTORS = {
    "La": 1.1728, "Ce": 1.2284, "Pr": 1.2082, "Nd": 1.1664, "Sm": 1.1596, "Eu": 1.1579,
    "Gd": 1.1526, "Tb": 1.1762, "Dy": 1.1477, "Ho": 1.1455, "Er": 1.1435, "Tm": 1.1421,
    "Yb": 1.1387, "Lu": 1.1371, "Y": 1.2699,
}  # fmt: skip
"""Element to oxide as resource reports print it, to four decimals; the last digit varies."""


def test_factors_are_those_that_reports_print() -> None:
    frame = pl.DataFrame({element: [1.0] for element in FACTORS})
    found = rare_earths(frame, {element: element for element in FACTORS})
    for element, oxide in zip(FACTORS, RARE_EARTH_OXIDES, strict=True):
        assert found.frame[oxide][0] == pytest.approx(FACTORS[element], abs=1e-4), oxide
    assert found.frame["TREO"][0] == pytest.approx(sum(FACTORS.values()), abs=1e-3)
    assert found.frame["TREO-Y"][0] == pytest.approx(sum(FACTORS.values()) - 1.2699, abs=1e-3)
    assert found.notes == ()


@given(st.lists(st.floats(0, 2), min_size=15, max_size=15), st.integers(0, 15))
def test_no_sum_of_what_is_not_all_there(values: list[float], lost: int) -> None:
    row = {oxide: [value] for oxide, value in zip(RARE_EARTH_OXIDES, values, strict=True)}
    if lost < 15:
        row[RARE_EARTH_OXIDES[lost]] = [None]  # type: ignore[list-item]
    frame = pl.DataFrame(row, schema=dict.fromkeys(row, pl.Float64))
    found = rare_earths(frame, {oxide: oxide for oxide in row}).frame.row(0, named=True)
    assert found["TREO"] == (pytest.approx(sum(values)) if lost == 15 else None)
    if lost == 14:
        assert found["TREO-Y"] == pytest.approx(sum(values[:-1]))
    parts = (found["LREO"], found["HREO"])
    if None not in (*parts, found["TREO"]):
        assert sum(parts) == pytest.approx(found["TREO"])


def test_a_part_of_the_suite_has_a_name_of_its_own() -> None:
    frame = pl.DataFrame({"Nd": [0.2], "Pr": [0.05], "Cu": [1.0]})
    symbols = {"Nd": "Nd", "Pr": "Pr", "Cu": "Cu"}
    found = rare_earths(frame, symbols, named_sums={"REO2": ("Nd2O3", "Pr6O11")})
    assert found.frame["REO2"][0] == found.frame["NdPrO"][0]
    assert "TREO" not in found.frame.columns
    assert found.lacking["TREO"] == tuple(
        oxide for oxide in RARE_EARTH_OXIDES if oxide not in {"Nd2O3", "Pr6O11"}
    )
    for name, oxides in (("TREO", ("Nd2O3",)), ("mine", ("CuO",)), ("Cu", ("Nd2O3",))):
        with pytest.raises(InputError, match="cannot be a sum"):
            rare_earths(frame, symbols, named_sums={name: oxides})


def test_two_columns_of_one_element_are_refused() -> None:
    frame = pl.DataFrame({"Nd": [0.2], "Nd2O3": [0.23]})
    with pytest.raises(InputError, match="both give Nd"):
        rare_earths(frame, {"Nd": "Nd", "Nd2O3": "Nd2O3"})


def test_another_valence_is_brought_to_the_oxide_of_trade() -> None:
    found = rare_earths(pl.DataFrame({"Pr2O3": [1.0]}), {"Pr2O3": "Pr2O3"})
    assert found.frame["Pr6O11"][0] == pytest.approx(1.0323, abs=2e-4)
