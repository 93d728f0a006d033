"""What stops a cost model from being computed: units that do not fit, numbers that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from oreline.design._allocation import served
from oreline.design._cost_figures import (
    Numbers,
    base_amount_t,
    burden_amount,
    item_cost,
    line_cost,
    product_sales,
)
from oreline.design._cost_model import CostModel
from oreline.design._parameter import Parameter
from oreline.design._units_of_cost import amount_unit
from oreline.model import OrelineError

_PERCENT: Final = ("%", "%/y")
_LIMITS: Final[dict[str, tuple[tuple[str, ...], float, float]]] = {
    "location": (("1",), 0.0, 10.0),
    "contingency": (("%",), 0.0, 200.0),
    "owner": (("%",), 0.0, 200.0),
    "working": (("%",), 0.0, 100.0),
    "rate": (_PERCENT, -50.0, 100.0),
    "life": (("y",), 1.0, 200.0),
    "quantity": ((), 0.0, math.inf),
    "capital cost": ((), 0.0, math.inf),
    "capital size": ((), 0.0, math.inf),
    "capital reference size": ((), 0.0, math.inf),
    "capital exponent": (("1",), 0.0, 3.0),
    "capital installation": (("1",), 0.0, 20.0),
    "amount": ((), 0.0, math.inf),
    "price": ((), 0.0, math.inf),
    "payable": (("%",), 0.0, 100.0),
    "share": (("%",), 0.0, 100.0),
    "factor": ((), 0.0, math.inf),
}
"""Units that a number may have (any where empty), and between what it and its range must lie."""


def cost_problems(model: CostModel) -> tuple[tuple[str, str], ...]:
    """Return everything that stops a model from being computed: where it stands, and what it is.

    A place is that of the entry, ``number NAME`` for a number, and empty for the whole estimate.
    """
    found = [
        (f"number {name}", said)
        for name, one in model.parameters().items()
        if (said := _limit_broken(name, one))
    ]
    if found:
        # What cannot be would only be told a second time, in other words.
        return tuple(found)
    numbers = Numbers(model, {}, 1)
    names = tuple(product.name for product in model.products)
    steps: list[tuple[str, Callable[[], object]]] = [
        (f"number quantity: {name}", partial(amount_unit, quantity.unit))
        for name, quantity in model.quantities.items()
    ]
    for item in model.capital:
        steps += [
            (item.where, partial(item_cost, numbers, item)),
            (item.where, partial(served, names, (item.products,))),
        ]
    for line in model.operating:
        if line.percent_of is None:
            steps.append((line.where, partial(line_cost, numbers, line)))
        steps.append((line.where, partial(served, names, (line.products,))))
    steps += [
        (product.where, partial(product_sales, numbers, product)) for product in model.products
    ]
    for burden in model.burdens:
        steps += [
            (burden.where, partial(burden_amount, numbers, burden)),
            (burden.where, partial(served, names, (burden.products,))),
        ]
    steps.append(("", partial(base_amount_t, numbers)))
    for where, attempt in steps:
        try:
            attempt()
        except OrelineError as error:
            found.append((where, str(error.args[0])))
    return tuple(dict.fromkeys(found))


def _limit_broken(name: str, one: Parameter) -> str:
    kind, _, rest = name.partition(": ")
    limits = _LIMITS.get(rest if kind == "estimate" else kind)
    if limits is None:
        return ""
    units, low, high = limits
    if units and one.unit not in units:
        return f"{name} is in {one.unit!r}; write it in {' or '.join(units)}"
    for value in (one.low_or_value, one.high_or_value):
        if not low <= value <= high:
            bound = f"at least {low:g}" if value < low else f"at most {high:g}"
            return f"{name} is {value:g} {one.unit}, and must be {bound}"
    return ""
