"""Labelled sets of money, percentages, quantities and bounds: Microsoft's cases."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from set_scores import Counts
from set_times import cases

from oreline.watch._amounts import amounts
from oreline.watch._claim import Amount, Money, Percent

_PARTS = ("Cent", "Pence", "Penny", "Sen")
_UNITS = {
    "Pound": "lb", "Ton": "t", "Metric ton": "t", "Kilogram": "kg", "Meter": "m", "Gram": "g",
    "Mile": "mi", "Inch": "in", "Barrel": "bbl", "Foot": "ft", "Ounce": "oz", "Acre": "acre",
    "Gallon": "gal", "Cubic foot": "ft3", "Square meter": "m2", "Kilometer": "km",
    "Square kilometer": "km2",
}  # fmt: skip
_DOLLARS = {"Dollar": "USD", "Pound": "GBP", "Euro": "EUR"}


def money() -> list[Counts]:
    """Compare values of money, and their currency where the case has its ISO code."""
    counts = []
    for case in cases("ms_CurrencyModel"):
        gold = [one["Resolution"] for one in case["Results"] if one["Resolution"].get("value")]
        left = [one.value for one in amounts(case["Input"]) if isinstance(one.value, Money)]
        found, right = len(left), 0
        for one in gold:
            hit = next((two for two in left if _is_same_money(one, two)), None)
            if hit is not None:
                left.remove(hit)
                right += 1
        counts.append(Counts(right, found, len(gold)))
    return counts


def _is_same_money(gold: dict[str, Any], found: Money) -> bool:
    part = 100 if gold["unit"] in _PARTS else 1
    code = gold.get("isoCurrency") or _DOLLARS.get(gold["unit"])
    is_coded = code is None or found.currency == code
    return is_coded and found.low == found.high and found.low * part == Decimal(gold["value"])


def percents() -> list[Counts]:
    """Compare percentages; a bare word without a number is no percentage."""
    counts = []
    for case in cases("ms_PercentModel"):
        values = [one["Resolution"]["value"].rstrip("%") for one in case["Results"]]
        gold = [Decimal(one) for one in values if one != "null"]
        left = [one.value.value for one in amounts(case["Input"]) if isinstance(one.value, Percent)]
        right = sum(left.count(one) > 0 for one in gold)
        counts.append(Counts(right, len(left), len(gold)))
    return counts


def dimensions() -> tuple[list[Counts], list[Counts]]:
    """Compare quantities: all units of the cases, then those of mass alone."""
    every, mass = [], []
    for case in cases("ms_DimensionModel"):
        found = [one.value for one in amounts(case["Input"]) if isinstance(one.value, Amount)]
        gold = [one["Resolution"] for one in case["Results"] if one["Resolution"].get("value")]
        heavy = [one for one in gold if one["unit"] in ("Pound", "Ton", "Metric ton", "Kilogram")]
        every.append(_quantities(gold, found))
        weights = [one for one in found if one.unit in ("t", "ton", "lb", "kg", "short ton")]
        mass.append(_quantities(heavy, weights))
    return every, mass


def _quantities(gold: list[dict[str, Any]], found: list[Amount]) -> Counts:
    left, right = list(found), 0
    for one in gold:
        try:
            value = Decimal(one["value"])
        except InvalidOperation:
            continue
        units = {_UNITS.get(one["unit"], one["unit"]), "ton" if "Ton" in one["unit"] else ""}
        hit = next((two for two in left if two.value == value and two.unit in units), None)
        if hit is not None:
            left.remove(hit)
            right += 1
    return Counts(right, len(found), len(gold))
