"""The invoice identity over random contracts, against a settlement in plain fractions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import settlement as plain
from hypothesis import given
from hypothesis import strategies as st
from parcels import lot

from oreline.settle import Contract, Parcel, Statement, settle

Drawn = tuple[dict[str, Any], list[dict[str, Any]]]
METALS = st.tuples(plain.metal_contracts(), plain.drawn_lots(plain.METAL))
BASKETS = st.tuples(plain.basket_contracts(), plain.drawn_lots(plain.OXIDES))


def parcel_of(lots: list[dict[str, Any]]) -> Parcel:
    """Return drawn lots as a parcel, results as the seller's."""
    made = (lot(one["name"], one["wet"], one["moisture"], seller=one["grades"]) for one in lots)
    return Parcel("drawn", tuple(made), {})


def settled(told: dict[str, Any], lots: list[dict[str, Any]], **asked: Any) -> Statement:
    """Return the statement on a drawn parcel."""
    given = {"stage": "final", "on": date(2026, 1, 1), **asked}
    return settle(Contract.model_validate(told), parcel_of(lots), {}, **given)


@given(drawn=METALS | BASKETS)
def test_every_line_is_that_of_the_plain_settlement(drawn: Drawn) -> None:
    contract, lots = drawn
    found = settled(contract, lots)
    assert found.missing == ()
    wanted = plain.line_amounts(contract, lots, plain.prices_of(contract))
    assert {line.id: Fraction(line.amount or 0) for line in found.lines} == wanted
    assert Fraction(found.net_value) == plain.net_value(contract, lots, plain.prices_of(contract))


@given(drawn=METALS, paid=st.decimals(-1000, 10**6, places=2))
def test_net_is_the_sum_of_lines_and_due_is_what_is_not_paid(drawn: Drawn, paid: Decimal) -> None:
    contract, lots = drawn
    last = settled(contract, lots, paid_before=paid)
    assert last.net_value == sum(line.amount for line in last.lines)
    assert last.due == last.net_value - paid
    first = settled(contract, lots, stage="provisional", paid_before=paid)
    step = contract["rounding"]["total"]
    part = plain.rounded(Fraction(first.net_value) * 9 / 10, step)
    assert Fraction(first.due) == part - Fraction(paid)


@given(drawn=METALS)
def test_the_order_of_lots_changes_nothing(drawn: Drawn) -> None:
    contract, lots = drawn
    assert settled(contract, lots).net_value == settled(contract, lots[::-1]).net_value
