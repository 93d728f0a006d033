"""What an umpire's result makes of two that lie too far apart, and who pays for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from oreline.model import InputError
from oreline.settle._exchange_rule import EXACT, CostRule, Side, TieRule, UmpireVariant


class How(StrEnum):
    """How a settlement assay came about."""

    MEAN = "mean"
    """The mean of the parties' results, which lie within the limit."""
    UMPIRE = "umpire"
    NEARER = "nearer"
    MEAN_WITH_NEARER = "mean_with_nearer"
    MIDDLE = "middle"
    CHALLENGE = "challenge"
    """The seller's, because the results lie outside of the limit."""
    DEFAULT = "default"
    """The result of the party that was in time."""
    MEAN_DESPITE_DELAY = "mean_despite_delay"
    NO_LIMIT = "no_limit"
    """What the contract provides for analytes without a splitting limit."""
    SOLE = "sole"
    """The result of the one side whose result settles."""
    AGREED = "agreed"
    """A result that both parties accepted."""


class CostBearer(StrEnum):
    """Who pays the umpire."""

    SELLER = "seller"
    BUYER = "buyer"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Assay:
    """A settlement assay before rounding: how it came about, whose results, the arithmetic."""

    value: Decimal
    how: How
    of: tuple[Side, ...]
    formula: str


Readings = tuple[tuple[str, Decimal], ...]
"""Ways to read a clause, and the assay that each would give."""


def mean_of(how: How, one: tuple[Side, Decimal], other: tuple[Side, Decimal]) -> Assay:
    """Return the arithmetic mean of two results, exactly."""
    with localcontext(EXACT):
        value = (one[1] + other[1]) / 2
    return Assay(value, how, (one[0], other[0]), f"({one[1]:f} + {other[1]:f}) / 2")


def result_of(how: How, side: Side, value: Decimal) -> Assay:
    """Return one side's result as it is."""
    return Assay(value, how, (side,), f"{value:f}")


def umpire_assay(
    variant: UmpireVariant,
    seller: Decimal,
    buyer: Decimal,
    umpire: Decimal,
    tie: TieRule | None = None,
) -> Assay | Readings:
    """Return the settlement assay of three results in one unit.

    Where the umpire's lies exactly in the middle, ``MEAN_WITH_NEARER`` knows no nearer party.
    Without a ``tie`` rule the possible readings come back instead of an assay.

    >>> umpire_assay(UmpireVariant.MEAN_WITH_NEARER, Decimal(28), Decimal(27), Decimal(30)).value
    Decimal('29')

    Raises
    ------
    InputError
        For ``SELLER``, which calls no umpire.
    """
    results = {Side.SELLER: seller, Side.BUYER: buyer}
    near = nearer(seller, buyer, umpire)
    if variant is UmpireVariant.BINDING:
        return result_of(How.UMPIRE, Side.UMPIRE, umpire)
    if variant is UmpireVariant.BETWEEN_OR_NEARER:
        if near is None or min(seller, buyer) <= umpire <= max(seller, buyer):
            return result_of(How.UMPIRE, Side.UMPIRE, umpire)
        return result_of(How.NEARER, near, results[near])
    if variant is UmpireVariant.MIDDLE:
        middle = sorted((seller, buyer, umpire))[1]
        whose = {**results, Side.UMPIRE: umpire}
        of = tuple(side for side, value in whose.items() if value == middle)
        shown = ", ".join(f"{value:f}" for value in sorted(whose.values()))
        return Assay(middle, How.MIDDLE, of, f"middle of {shown}")
    if variant is UmpireVariant.MEAN_WITH_NEARER:
        return _mean_with_nearer(results, umpire, near, tie)
    raise InputError("where the seller's result stands no umpire is called")


def _mean_with_nearer(
    results: dict[Side, Decimal], umpire: Decimal, near: Side | None, tie: TieRule | None
) -> Assay | Readings:
    own = Side.UMPIRE, umpire
    means = {
        side: mean_of(How.MEAN_WITH_NEARER, own, (side, value)) for side, value in results.items()
    }
    if near is None and tie is None:
        return (("umpire", umpire), *((str(side), mean.value) for side, mean in means.items()))
    if near is None and tie is TieRule.UMPIRE:
        return result_of(How.UMPIRE, *own)
    return means[Side(str(tie)) if near is None else near]


def nearer(seller: Decimal, buyer: Decimal, umpire: Decimal) -> Side | None:
    """Return which party's result is nearer to the umpire's, None at equal distance."""
    with localcontext(EXACT):
        from_seller, from_buyer = abs(umpire - seller), abs(umpire - buyer)
    if from_seller == from_buyer:
        return None
    return Side.SELLER if from_seller < from_buyer else Side.BUYER


def cost_bearer(
    rule: CostRule | None, seller: Decimal, buyer: Decimal, umpire: Decimal
) -> CostBearer | None:
    """Return who pays the umpire, None where the contract does not say."""
    if rule is None:
        return None
    if rule is not CostRule.FURTHER_PAYS:
        return CostBearer(rule.value)
    near = nearer(seller, buyer, umpire)
    return CostBearer.SHARED if near is None else CostBearer(near.other.value)
