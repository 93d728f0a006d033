"""Dividing costs among products that are made together, so that the parts are the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import NDArray

from oreline.design._cost_model import AllocationRule
from oreline.design._sampling import Array
from oreline.model import InputError

Flags = NDArray[np.bool_]


def served(products: Sequence[str], named: Sequence[Sequence[str]]) -> Flags:
    """Return which line serves which product, in shape (lines, products).

    A line that names none serves all of them: its cost arises before they part.

    Raises
    ------
    InputError
        If a line names a product that is not there.
    """
    places = {name: place for place, name in enumerate(products)}
    flags = np.zeros((len(named), len(products)), bool)
    for line, names in enumerate(named):
        unknown = [name for name in names if name not in places]
        if unknown:
            raise InputError(
                f"{unknown[0]!r} is none of the products, which are {', '.join(products)}"
            )
        flags[line, [places[name] for name in names] if names else slice(None)] = True
    return flags


def allocated(costs: Array, serves: Flags, weights: Array) -> Array:
    """Return what each product bears, in shape (samples, products).

    ``costs`` are (samples, lines), ``serves`` (lines, products), ``weights`` (samples, products). A
    line is divided among the products it serves only, so that what is spent behind the point where
    they part is never shared. Where the weights of a line's products sum to nothing, or one is
    below zero, there is no answer for the sample: it is not a number.

    Examples
    --------
    >>> costs = np.array([[100.0, 30.0]])
    >>> serves = np.array([[True, True], [False, True]])
    >>> allocated(costs, serves, np.array([[1.0, 3.0]])).tolist()
    [[25.0, 105.0]]
    """
    found = np.zeros(weights.shape)
    for line, flags in enumerate(serves):
        cost = costs[:, line]
        if flags.sum() == 1:
            found[:, flags] += cost[:, None]
            continue
        mine = np.where(flags, weights, 0.0)
        total = mine.sum(axis=1)
        usable = (total > 0) & (mine >= 0).all(axis=1)
        share = np.where(usable[:, None], mine, np.nan) / np.where(usable, total, 1.0)[:, None]
        found += np.where(flags, share * cost[:, None], 0.0)
    return found


def weights_of(
    rule: AllocationRule, mass_kg: Array, sales: Array, own_cost: Array, shares: Array | None
) -> Array:
    """Return by what shared costs are divided, in shape (samples, products).

    ``own_cost`` is what is spent on one product alone, ``shares`` are the stated ones.

    Raises
    ------
    InputError
        If shares are needed and not all are stated.
    """
    if rule is AllocationRule.MASS:
        return mass_kg
    if rule is AllocationRule.NET_VALUE:
        return sales - own_cost
    if rule is AllocationRule.STATED:
        if shares is None:
            raise InputError("shared costs go by stated shares, and not every product states one")
        return shares
    return sales


def rounded_to_total(parts: Mapping[str, float], step: Decimal) -> dict[str, Decimal]:
    """Round parts to a step so that they sum to their rounded sum; parts may be below zero.

    >>> rounded_to_total({"Nd": 1.005, "Pr": 1.005}, Decimal("0.01"))
    {'Nd': Decimal('1.01'), 'Pr': Decimal('1.00')}
    """
    exact = {name: Decimal(repr(part)) for name, part in parts.items()}
    total = int((sum(exact.values(), Decimal(0)) / step).to_integral_value(ROUND_HALF_EVEN))
    floors = {
        name: int((part / step).to_integral_value("ROUND_FLOOR")) for name, part in exact.items()
    }
    order = sorted(exact, key=lambda name: -(exact[name] / step - floors[name]))
    for name in order[: total - sum(floors.values())]:
        floors[name] += 1
    return {name: floors[name] * step for name in exact}
