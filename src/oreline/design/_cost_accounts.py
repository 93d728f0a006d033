"""Cost accounts: what a piece of equipment cost in a published study, and how it scales."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from oreline.design._sampling import Array
from oreline.model import InputError

SIZE_RATIO_MAX: Final = 10.0
"""How far a size may lie from its reference, as a factor, where no range is stated.

Peters, Timmerhaus and West, Plant Design and Economics for Chemical Engineers: the rule of powers
is not to be used beyond a tenfold range of capacity.
"""


@dataclass(frozen=True, slots=True)
class CostAccount:
    """The cost of one piece at a reference size: ``cost`` is bare erected, in money of ``year``."""

    number: str
    section: str
    equipment: str
    measure: str
    size: float
    size_unit: str
    cost: float
    currency: str
    year: str
    exponent: float
    source: str

    @property
    def name(self) -> str:
        """Return section and equipment."""
        return f"{self.section}: {self.equipment}"


@cache
def cost_accounts() -> tuple[CostAccount, ...]:
    """Return the published accounts, in the order of the report.

    Examples
    --------
    >>> crusher = cost_account("1.3")
    >>> crusher.equipment, crusher.cost, crusher.size_unit, crusher.year
    ('Jaw Crusher', 1922101.0, 'hp', '2016')
    """
    from oreline.reference import source, table

    return tuple(
        CostAccount(
            row["account"],
            row["section"],
            row["equipment"],
            row["measure"],
            row["size"],
            row["size_unit"],
            row["value"],
            row["unit"],
            str(row["year"]),
            row["exponent"],
            source(row["source"]).citation,
        )
        for row in table("process_cost_accounts").iter_rows(named=True)
    )


def cost_account(number: str) -> CostAccount:
    """Return one published account.

    Raises
    ------
    InputError
        If there is none of this number.
    """
    for account in cost_accounts():
        if account.number == number:
            return account
    numbers = ", ".join(account.number for account in cost_accounts())
    raise InputError(f"there is no cost account {number!r}; the accounts are {numbers}")


def scaled_cost(
    cost: float | Array,
    size: float | Array,
    reference_size: float | Array,
    exponent: float | Array,
) -> Array:
    """Return the cost at another size: cost x (size / reference size) ^ exponent.

    With an exponent of 0.6 this is the six-tenths rule (Williams 1947, Chemical Engineering 54).
    All may be arrays of one shape.

    Raises
    ------
    InputError
        If a size is not above zero.

    Examples
    --------
    >>> round(float(scaled_cost(302.0, 7554.0, 10000.0, 0.6)), 1)
    255.2
    """
    if not (np.all(np.asarray(size) > 0) and np.all(np.asarray(reference_size) > 0)):
        raise InputError("a size is not above zero, so its cost cannot be scaled")
    return np.asarray(cost * (np.asarray(size, float) / reference_size) ** exponent)
