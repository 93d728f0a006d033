"""A slip of units is an error, and what a contract prints for a pound is used exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import UnitError
from oreline.settle import Constants, Contract, Quantity, parse_quantity

SHORT = {
    "id": "c", "title": "t", "seller": "a", "buyer": "b", "materials": ["cu-conc"],
    "currency": "USD", "basis": "assumed", "source": "A-1",
}  # fmt: skip


def test_cents_per_pound_follow_the_pounds_that_the_contract_prints() -> None:
    rate = parse_quantity("8 c/lb", "price")
    for printed in ("2204.62", "2204.6", "2204.6226218488"):
        found = rate.to("USD/t", Constants(lb_per_t=Decimal(printed)))
        assert found == Decimal("0.08") * Decimal(printed)


@pytest.mark.parametrize(
    ("text", "dimension", "said"),
    [
        ("1.90 USD/lb", "charge on dry mass", "is a price"),
        ("80 USD/dmt", "price", "is a charge on dry mass"),
        ("80 USD/wmt", "charge on dry mass", "is a charge on wet mass"),
        ("0.3 %", "price", "is a grade"),
        ("80", "price", "has no unit"),
        ("eighty USD/t", "price", "does not begin with a number"),
        ("8 furlong", "price", "no unit known here"),
        ("NaN USD/t", "price", "does not begin with a number"),
        ("1 USD/", "price", "no unit known here"),
    ],
)
def test_a_slip_of_units_is_named(text: str, dimension: str, said: str) -> None:
    with pytest.raises(UnitError, match=said):
        parse_quantity(text, dimension)


def test_a_contract_with_a_slip_does_not_load() -> None:
    with pytest.raises(ValueError, match=r"(?s)treatment\.rate.*is a price; a charge on dry mass"):
        Contract.model_validate({**SHORT, "treatment": {"rate": "80 USD/lb"}})


def test_a_contract_survives_its_own_text() -> None:
    contract = Contract.model_validate({**SHORT, "treatment": {"rate": "-12.50 USD/dmt"}})
    assert contract.treatment is not None
    assert contract.treatment.rate == Quantity(Decimal("-12.50"), "USD/dmt")
    text = contract.model_dump_json(by_alias=True, exclude_defaults=True)
    assert Contract.model_validate_json(text) == contract


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=4, allow_nan=False))
def test_there_and_back_is_the_same(value: Decimal) -> None:
    there = Quantity(Quantity(value, "USD/oz").to("USD/t"), "USD/t").to("USD/oz")
    assert abs(there - value) <= Decimal("1e-24")
