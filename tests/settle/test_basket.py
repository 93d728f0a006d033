"""A basket of rare earths: the sum of its oxides less the toll, unknown as soon as a part is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oreline.settle import Basket, basket_value_per_dmt

GRADES = st.decimals(0, 20, places=3, allow_nan=False)
PRICES = st.decimals(-5000, 10**6, places=2, allow_nan=False)
PCTS = st.decimals(-100, 100, places=1, allow_nan=False)


def basket(items: list[dict[str, str]], **terms: Any) -> Basket:
    return Basket.model_validate({"items": items, **terms})


@given(st.lists(st.tuples(GRADES, PRICES, PCTS), min_size=3, max_size=3), st.integers(0, 25))
def test_a_basket_against_fractions(parts: list[tuple[Decimal, Decimal, Decimal]], toll: int):
    oxides = ("Nd2O3", "Dy2O3", "La2O3")
    grades = {name: grade for name, (grade, _, _) in zip(oxides, parts, strict=True)}
    prices = {name: price for name, (_, price, _) in zip(oxides, parts, strict=True)}
    made = basket(
        [
            {"analyte": name, "price": name, "payable_pct": str(pct)}
            for name, (_, _, pct) in zip(oxides, parts, strict=True)
        ],
        toll=f"{toll} USD/kg",
    )
    found = basket_value_per_dmt(made, {**grades, "TREO": Decimal(60)}, prices)
    expected = (
        sum(
            Fraction(grade) / 100 * Fraction(price) * Fraction(pct) / 100
            for grade, price, pct in parts
        )
        - Fraction(60, 100) * toll * 1000
    )
    assert found.value is not None
    assert Fraction(found.value) == expected
    lines = [*found.items, found.toll]
    assert sum(line.value for line in lines if line) == found.value  # type: ignore[misc]


def test_lanthanum_and_cerium_may_bring_nothing_or_less() -> None:
    items = [
        {"analyte": "Nd2O3", "price": "nd", "payable_pct": "80"},
        {"analyte": "La2O3", "payable_pct": "0"},
        {"analyte": "CeO2", "price": "ce", "payable_pct": "-10"},
    ]
    grades = {"Nd2O3": Decimal(10), "CeO2": Decimal(20)}
    prices = {"nd": Decimal(60000), "ce": Decimal(1000)}
    found = basket_value_per_dmt(basket(items), grades, prices)
    assert [line.value for line in found.items] == [4800, 0, -20]
    assert found.value == 4780


def test_every_part_that_is_unknown_is_named() -> None:
    items = [
        {"analyte": "Nd2O3", "price": "nd", "payable_pct": "80"},
        {"analyte": "Dy2O3", "price": "dy", "payable_pct": "80"},
        {"analyte": "Tb4O7", "payable_pct": "80"},
        {"analyte": "CeO2", "price": "ce"},
    ]
    grades = {"Nd2O3": Decimal(10), "Tb4O7": Decimal(1)}
    found = basket_value_per_dmt(basket(items, toll="5 USD/kg"), grades, {})
    assert found.value is None
    assert found.why.split("; ") == [
        "the price nd of Nd2O3 is unknown",
        "no settlement assay of Dy2O3",
        "Tb4O7 of the basket names no price",
        "what of CeO2 is payable is not written",
        "no settlement assay of TREO for the toll",
    ]


def test_one_percentage_and_another_contradict() -> None:
    items = [{"analyte": "Nd2O3", "price": "nd", "payable_pct": "80"}]
    made = basket(items, pct_of_basket="65")
    found = basket_value_per_dmt(made, {"Nd2O3": Decimal(10)}, {"nd": Decimal(1)})
    assert found.value is None
    assert "both 65 % of the basket and 80 % of Nd2O3" in found.why
