"""Rare earths by basket: each oxide at its price, or a part of the whole, less a toll."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from oreline.settle._clauses import Basket, BasketItem
from oreline.settle._exchange_rule import EXACT
from oreline.settle._rounding import shown
from oreline.settle._units import Constants, currency_of


@dataclass(frozen=True, slots=True)
class BasketLine:
    """What an oxide, or the toll, brings per dry tonne; ``value`` is None where it is UNKNOWN.

    ``grade_pct``, ``price_per_t`` and ``payable_pct`` are what it is made of; the price of the toll
    is the toll.
    """

    analyte: str
    grade_pct: Decimal | None
    price_per_t: Decimal | None
    payable_pct: Decimal | None
    value: Decimal | None
    formula: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class BasketValue:
    """What a dry tonne is worth by its basket, in the contract's currency per dmt.

    ``items`` sum to the basket as far as it is paid; ``toll`` is negative. ``value`` is their sum,
    None where a part is UNKNOWN, with all reasons in ``why``.
    """

    items: tuple[BasketLine, ...]
    toll: BasketLine | None
    value: Decimal | None
    formula: str = ""
    why: str = ""


def basket_value_per_dmt(
    basket: Basket,
    grades_pct: Mapping[str, Decimal],
    prices_per_t: Mapping[str, Decimal],
    units: Constants | None = None,
) -> BasketValue:
    """Return what the rare earths in a dry tonne are worth, less the toll.

    An oxide brings grade / 100 × price × payable / 100. ``pct_of_basket`` pays one percentage of
    all; otherwise each item has its own, which may be zero (its grade and price are then not asked
    for) or negative. The toll is on the content of the aggregate.

    Parameters
    ----------
    basket
        The clause.
    grades_pct
        Settlement assays by analyte, % of dry mass.
    prices_per_t
        By the id of a price clause: currency of the contract per tonne of oxide, VAT taken out.
    units
        The constants of the contract.

    >>> basket = Basket.model_validate({"items": [{"analyte": "Nd2O3", "price": "nd"},
    ...     {"analyte": "CeO2", "price": "ce"}], "pct_of_basket": "65", "toll": "2 USD/kg"})
    >>> grades = {"Nd2O3": Decimal(9), "CeO2": Decimal(21), "TREO": Decimal(45)}
    >>> basket_value_per_dmt(basket, grades, {"nd": Decimal(60000), "ce": Decimal(1500)}).value
    Decimal('2814.75')
    """
    units = units or Constants()
    with localcontext(EXACT):
        items = tuple(_item(item, basket, grades_pct, prices_per_t) for item in basket.items)
        toll = None if basket.toll is None else _toll(basket, grades_pct, units)
        lines = items if toll is None else (*items, toll)
        why = "; ".join(line.why for line in lines if line.value is None)
        if why:
            return BasketValue(items, toll, None, why=why)
        value = sum((line.value for line in lines if line.value is not None), Decimal(0))
    formula = " + ".join(line.analyte for line in items)
    if basket.pct_of_basket is not None:
        formula = f"{basket.pct_of_basket:f} % × ({formula})"
    formula += "" if toll is None else " - toll"
    return BasketValue(items, toll, value, formula)


def _item(
    item: BasketItem,
    basket: Basket,
    grades_pct: Mapping[str, Decimal],
    prices_per_t: Mapping[str, Decimal],
) -> BasketLine:
    grade = grades_pct.get(item.analyte)
    price = None if item.price is None else prices_per_t.get(item.price)
    pct, why = _payable_pct(item, basket)
    if pct is None:
        return BasketLine(item.analyte, grade, price, None, None, why=why)
    if pct == 0:
        return BasketLine(item.analyte, grade, price, pct, Decimal(0), "not paid")
    if grade is None:
        why = f"no settlement assay of {item.analyte}"
    elif item.price is None:
        why = f"{item.analyte} of the basket names no price"
    elif price is None:
        why = f"the price {item.price} of {item.analyte} is unknown"
    if grade is None or price is None:
        return BasketLine(item.analyte, grade, price, pct, None, why=why)
    value = grade / 100 * price * pct / 100
    text = f"{shown(grade)} % × {shown(price)} × {pct:f} %"
    return BasketLine(item.analyte, grade, price, pct, value, f"{text} = {shown(value)}")


def _payable_pct(item: BasketItem, basket: Basket) -> tuple[Decimal | None, str]:
    """Return which percentage of an oxide is paid, or why the clause does not say."""
    whole, own = basket.pct_of_basket, item.payable_pct
    if whole is not None and own is not None:
        why = f"both {whole:f} % of the basket and {own:f} % of {item.analyte} are written"
        return None, why
    if whole is None and own is None:
        return None, f"what of {item.analyte} is payable is not written"
    return (own if whole is None else whole), ""


def _toll(basket: Basket, grades_pct: Mapping[str, Decimal], units: Constants) -> BasketLine:
    assert basket.toll is not None
    grade = grades_pct.get(basket.aggregate)
    rate = basket.toll.to(f"{currency_of(basket.toll.unit)}/t", units)
    if grade is None:
        why = f"no settlement assay of {basket.aggregate} for the toll"
        return BasketLine("toll", None, rate, None, None, why=why)
    value = -(grade / 100 * rate)
    text = f"{basket.toll} × {shown(grade)} % {basket.aggregate} = {shown(value)}"
    return BasketLine("toll", grade, rate, None, value, text)
