"""What a price between related parties is compared with: five methods, each of them one formula.

The methods are those of the OECD Transfer Pricing Guidelines (2022), chapter II. Each turns what
comparables earn into the range of prices that the seller could have had of somebody independent:

- comparable uncontrolled price: the price itself, or a quoted price less what it does not include
- resale price: resale × (1 - gross margin)
- cost plus: cost × (1 + mark-up)
- transactional net margin: full cost × (1 + mark-up), or full cost / (1 - margin on sales)
- profit split: cost + share × (resale - cost - the buyer's own cost)

All is per tonne of payable content, as exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from oreline.comply import Missing


class TransferMethod(StrEnum):
    """How a price between related parties is tested; nobody chooses it but who files."""

    CUP = "CUP"
    RESALE_MINUS = "resale-minus"
    COST_PLUS = "cost-plus"
    TNMM = "TNMM"
    PROFIT_SPLIT = "profit-split"


class RangeResult(StrEnum):
    """Where a price lies; its ends belong to a range."""

    WITHIN = "within range"
    BELOW = "below"
    ABOVE = "above"
    UNKNOWN = "UNKNOWN"


NEEDS: Mapping[TransferMethod, tuple[str, ...]] = {
    TransferMethod.CUP: (),
    TransferMethod.RESALE_MINUS: ("resale",),
    TransferMethod.COST_PLUS: ("cost",),
    TransferMethod.TNMM: ("cost", "indicator"),
    TransferMethod.PROFIT_SPLIT: ("resale", "cost", "buyer_cost"),
}
"""What a method needs beside what comparables earn."""


@dataclass(frozen=True, slots=True)
class Comparables:
    """What comparable independent parties had, of shipments from a day to, and with, another.

    Parameters
    ----------
    low, median, high
        Of the comparables: prices per payable tonne in ``currency``, or parts of one where
        ``currency`` is empty. Of a quoted price what is to be taken off it. None: nobody states it.
    is_quoted
        Whether they are taken off the quoted price of the contract's own period.
    resale, cost, buyer_cost
        Per payable tonne, in ``base_currency``; None where it is not stated.
    indicator
        Of a net margin: ``sales`` or ``costs``.
    """

    contract: str
    start: date
    end: date
    low: Fraction | None
    median: Fraction | None
    high: Fraction | None
    currency: str
    is_quoted: bool
    resale: Fraction | None
    cost: Fraction | None
    buyer_cost: Fraction | None
    base_currency: str
    indicator: str
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class ArmsLength:
    """The range of prices per payable tonne; None where it is not known, with what is missing."""

    low: Fraction | None
    median: Fraction | None
    high: Fraction | None
    missing: tuple[Missing, ...] = ()


def arms_length(
    method: TransferMethod, found: Comparables, quoted: Fraction | None = None
) -> ArmsLength:
    """Return the range that independent parties would have agreed on, per payable tonne.

    Parameters
    ----------
    quoted
        The quoted price of the contract's period, where comparables are taken off it.

    >>> year = (date(2030, 1, 1), date(2030, 12, 31))
    >>> markup = Fraction(5, 100), Fraction(8, 100), Fraction(10, 100)
    >>> found = Comparables("c", *year, *markup, "", False, None, Fraction(1000), None, "USD", "",
    ...                     "assumed", "A-1")
    >>> [int(one) for one in (lambda r: (r.low, r.median, r.high))(
    ...     arms_length(TransferMethod.COST_PLUS, found))]
    [1050, 1080, 1100]
    """
    where = f"comparables of {found.contract} from {found.start}"
    missing = [
        Missing(f"{name} of the {where}", "nobody states it", "state it, with its source")
        for name in ("low", "median", "high", *NEEDS[method])
        if name != "indicator" and getattr(found, name) is None
    ]
    ends = [
        None if one is None else _price(method, found, one, quoted)
        for one in (found.low, found.median, found.high)
    ]
    if _is_lowered(method, found):
        ends.reverse()
    return ArmsLength(ends[0], ends[1], ends[2], tuple(missing))


def _is_lowered(method: TransferMethod, found: Comparables) -> bool:
    """Return whether a price is the lower the more a comparable has, so that ends change places.

    That is so of what is taken off, of a reseller's margin, and of a loss that is shared.
    """
    resale, cost, other = found.resale, found.cost, found.buyer_cost
    if resale is not None and cost is not None and other is not None:
        return resale < cost + other
    return found.is_quoted or method is TransferMethod.RESALE_MINUS


def _price(
    method: TransferMethod, found: Comparables, earned: Fraction, quoted: Fraction | None
) -> Fraction | None:
    """Return the seller's price at which somebody earns as a comparable does."""
    resale, cost, other = found.resale, found.cost, found.buyer_cost
    if method is TransferMethod.CUP:
        if not found.is_quoted:
            return earned
        return None if quoted is None else quoted - earned
    if method is TransferMethod.RESALE_MINUS:
        return None if resale is None else resale * (1 - earned)
    if cost is None:
        return None
    if method is TransferMethod.COST_PLUS:
        return cost * (1 + earned)
    if method is TransferMethod.TNMM:
        return cost * (1 + earned) if found.indicator == "costs" else cost / (1 - earned)
    if resale is None or other is None:
        return None
    return cost + earned * (resale - cost - other)


def range_result(price: Fraction | None, arms: ArmsLength) -> RangeResult:
    """Return where a price lies in a range whose ends belong to it."""
    if price is None or arms.low is None or arms.high is None:
        return RangeResult.UNKNOWN
    if price < arms.low:
        return RangeResult.BELOW
    return RangeResult.ABOVE if price > arms.high else RangeResult.WITHIN


def adjustment(
    result: RangeResult, price: Fraction | None, payable_t: Decimal | None, arms: ArmsLength
) -> Fraction | None:
    """Return by how much the seller's income is to be raised to stand at the median.

    It is nothing within the range, and None where it is not known.
    """
    if result is RangeResult.UNKNOWN:
        return None
    if result is RangeResult.WITHIN:
        return Fraction(0)
    if price is None or payable_t is None or arms.median is None:
        return None
    return (arms.median - price) * Fraction(payable_t)
