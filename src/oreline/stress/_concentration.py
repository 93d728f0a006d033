"""How concentrated a supply is: Herfindahl-Hirschman index, largest shares, N-1.

A table of producers has holes: a country withheld, a bound instead of a number, "other countries"
that nobody names. Each measure is given between the least and the most that it can be, whatever
stands in the holes; where nothing is open both ends are the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from oreline.model import InputError

HHI_FULL = 10_000.0
"""The index of a supply that is in one hand, on the scale of competition offices."""
OPEN_MAX = 12
"""Large suppliers without a plain number that one table may have: each doubles the work."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier, and between which amounts its supply lies.

    A plain number has both ends the same. ``high`` is None where nothing bounds it from above, as
    of a withheld cell. All suppliers of one table are in one unit.
    """

    name: str
    low: float
    high: float | None

    @property
    def is_open(self) -> bool:
        """Return whether the amount is more than one number."""
        return self.high is None or self.high > self.low


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a measure can be; ``high`` None where nothing bounds it."""

    low: float
    high: float | None

    @property
    def is_one(self) -> bool:
        """Return whether it is one number.

        >>> Bounds(0.5, 0.5).is_one, Bounds(0.5, None).is_one
        (True, False)
        """
        return self.high is not None and math.isclose(self.low, self.high, rel_tol=1e-12)

    def to_json(self) -> dict[str, float | None]:
        """Return it as JSON."""
        return {"low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated a supply is.

    Attributes
    ----------
    suppliers
        How many are named with more than nothing.
    total
        Their supply with that of the unnamed, in the unit of the table.
    hhi
        Sum of squared shares in percent, 0 to 10,000.
    hhi_published
        The same of the plain numbers alone: the unnamed count in the denominator only, open
        amounts not at all. It is what most published indices are, and no bound of anything.
    effective
        How many suppliers of equal size would be as concentrated: 10,000 / ``hhi``.
    top1, top3
        Share of the largest, and of the three largest, 0 to 1.
    largest
        Who is the largest whatever stands in the holes; empty where that is open.
    without_largest
        Supply without the largest over demand: N-1.
    open_names
        Suppliers without a plain number.
    unnamed_share
        Share of the row for "other countries", 0 to 1.
    """

    suppliers: int
    total: Bounds
    hhi: Bounds
    hhi_published: float
    effective: Bounds
    top1: Bounds
    top3: Bounds
    largest: str
    without_largest: Bounds
    open_names: tuple[str, ...]
    unnamed_share: Bounds

    @property
    def hhi_01(self) -> Bounds:
        """Return the index on the scale 0 to 1."""
        assert self.hhi.high is not None
        return Bounds(self.hhi.low / HHI_FULL, self.hhi.high / HHI_FULL)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "suppliers": self.suppliers,
            "total": self.total.to_json(),
            "hhi": self.hhi.to_json(),
            "hhi_published": self.hhi_published,
            "effective": self.effective.to_json(),
            "top1": self.top1.to_json(),
            "top3": self.top3.to_json(),
            "largest": self.largest,
            "without_largest": self.without_largest.to_json(),
            "open": list(self.open_names),
            "unnamed_share": self.unnamed_share.to_json(),
        }


def concentration(
    suppliers: Iterable[Supplier], *, unnamed: Supplier | None = None, demand: float | None = None
) -> Concentration | None:
    r"""Give how concentrated a supply is, between bounds where amounts are open.

    .. math:: HHI = 10^4 \sum_i s_i^2, \quad s_i = x_i / \sum_j x_j

    The row ``unnamed`` ("other countries") stands for nobody knows how many: spread over very many
    it adds nothing to the squares, which is the lower bound; as one country it adds its square,
    which is the upper. An open supplier takes any amount between its ends. The least of the index
    is where all open amounts are as near as they can be to one level, the most at a corner, as the
    index is quasi-convex in the amounts.

    Parameters
    ----------
    suppliers
        Each with its amount; amounts of zero count for nothing.
    unnamed
        The row that names nobody; None where the table has none.
    demand
        What N-1 is measured against, in the unit of the table; None for the supply itself.

    Returns
    -------
    Concentration or None
        None where nothing is supplied.

    Raises
    ------
    InputError
        If an amount is negative or no number, an end is below its beginning, a name stands twice,
        the demand is not above zero, or more than :data:`OPEN_MAX` large amounts are open.

    Examples
    --------
    >>> found = concentration([Supplier("CHN", 60, 60), Supplier("BOL", 40, 40)])
    >>> found.hhi, found.largest, round(found.without_largest.low, 3)
    (Bounds(low=5200.0, high=5200.0), 'CHN', 0.4)
    >>> concentration([Supplier("CHN", 60, 60)], unnamed=Supplier("other", 40, 40)).hhi
    Bounds(low=3600.0, high=5200.0)
    >>> concentration([Supplier("CHN", 60, 60), Supplier("USA", 0, None)]).hhi
    Bounds(low=5000.0, high=10000.0)
    """
    known = [one for one in suppliers if one.high is None or one.high > 0]
    _check(known, unnamed, demand)
    rest = unnamed if unnamed is not None else Supplier("", 0.0, 0.0)
    if not known and not (rest.low or rest.high):
        return None
    if not known:
        # Nobody is named: anything between very many and one.
        return _nobody_named(rest, demand)
    table = _Table(tuple(known), rest)
    top1, top3 = table.top(1), table.top(3)
    hhi = table.hhi()
    total = table.total()
    assert hhi.high is not None
    return Concentration(
        suppliers=len(known),
        total=total,
        hhi=hhi,
        hhi_published=table.index_of_plain(),
        effective=Bounds(HHI_FULL / hhi.high, HHI_FULL / hhi.low if hhi.low else None),
        top1=top1,
        top3=top3,
        largest=table.largest(),
        without_largest=_without_largest(table, top1, demand),
        open_names=tuple(one.name for one in known if one.is_open),
        unnamed_share=table.share_of(rest, is_rest=True),
    )


def share_of(
    name: str, suppliers: Sequence[Supplier], unnamed: Supplier | None = None
) -> Bounds | None:
    """Give the share of one supplier, 0 to 1; None where nothing is supplied.

    One who is not named may be any part of the row that names nobody.

    Examples
    --------
    >>> share_of("CHN", [Supplier("CHN", 60, 60), Supplier("USA", 0, 20)], None)
    Bounds(low=0.75, high=1.0)
    >>> share_of("RUS", [Supplier("CHN", 60, 60)], Supplier("other", 40, 40))
    Bounds(low=0.0, high=0.4)
    """
    known = [one for one in suppliers if one.high is None or one.high > 0]
    rest = unnamed if unnamed is not None else Supplier("", 0.0, 0.0)
    _check(known, unnamed, None)
    if not known and not (rest.low or rest.high):
        return None
    table = _Table(tuple(known), rest)
    for one in known:
        if one.name == name:
            return table.share_of(one)
    most = table.share_of(rest, is_rest=True)
    return Bounds(0.0, most.high)


def _check(known: Sequence[Supplier], unnamed: Supplier | None, demand: float | None) -> None:
    wrong = []
    for one in (*known, *(() if unnamed is None else (unnamed,))):
        ends = (one.low, *(() if one.high is None else (one.high,)))
        if not all(math.isfinite(end) and end >= 0 for end in ends):
            wrong.append(f"{one.name}: an amount is a number of zero or more")
        elif one.high is not None and one.high < one.low:
            wrong.append(f"{one.name}: the end {one.high:g} is below the beginning {one.low:g}")
    names = [one.name for one in known]
    wrong += [f"{name} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if demand is not None and not (math.isfinite(demand) and demand > 0):
        wrong.append("a demand is a number above zero")
    if wrong:
        raise InputError("the supply cannot be measured: " + "; ".join(wrong))


def _nobody_named(rest: Supplier, demand: float | None) -> Concentration:
    whole = Bounds(rest.low, rest.high)
    against = demand if demand is not None else rest.high
    most = None if against is None or rest.high is None else rest.high / against
    return Concentration(
        suppliers=0,
        total=whole,
        hhi=Bounds(0.0, HHI_FULL),
        hhi_published=0.0,
        effective=Bounds(1.0, None),
        top1=Bounds(0.0, 1.0),
        top3=Bounds(0.0, 1.0),
        largest="",
        without_largest=Bounds(0.0, most),
        open_names=(),
        unnamed_share=Bounds(1.0, 1.0),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """Suppliers and the row that names nobody, with what its holes allow."""

    known: tuple[Supplier, ...]
    rest: Supplier

    @property
    def unbounded(self) -> bool:
        """Return whether some amount has no upper end."""
        return any(one.high is None for one in (*self.known, self.rest))

    def total(self) -> Bounds:
        """Return the least and the most that is supplied."""
        every = (*self.known, self.rest)
        low = math.fsum(one.low for one in every)
        if self.unbounded:
            return Bounds(low, None)
        return Bounds(low, math.fsum(one.high or 0.0 for one in every))

    def hhi(self) -> Bounds:
        """Return the least and the most of the index."""
        low = self.least_index()
        if self.unbounded:
            return Bounds(low, HHI_FULL)
        # The index falls with an amount below sum of squares over sum, which is at least this.
        level = low / HHI_FULL * self.total().low
        most = max(
            math.fsum(x * x for x in every) / math.fsum(every) ** 2 for every in self.corners(level)
        )
        return Bounds(low, max(low, HHI_FULL * most))

    def index_of_plain(self) -> float:
        """Return the index of the plain numbers; the unnamed count in the denominator only."""
        plain = [one.low for one in self.known if not one.is_open]
        whole = math.fsum(plain) + (self.rest.low if not self.rest.is_open else 0.0)
        return HHI_FULL * math.fsum(x * x for x in plain) / whole**2 if whole else 0.0

    def top(self, number: int) -> Bounds:
        """Return the least and the most of the share of the largest few."""
        low = self.least_top(number)
        if self.unbounded:
            return Bounds(low, 1.0)
        # Who cannot be among the largest only adds to the whole.
        sure = sorted(one.low for one in (*self.known, self.rest))[-number:]
        level = sure[0] if len(sure) == number else 0.0
        most = max(
            math.fsum(sorted(every)[-number:]) / math.fsum(every) for every in self.corners(level)
        )
        return Bounds(low, max(low, most))

    def largest(self) -> str:
        """Return who is the largest whatever stands in the holes, empty if that is open."""
        first = max(self.known, key=lambda one: one.low)
        others = (*(one for one in self.known if one is not first), self.rest)
        is_sure = all(one.high is not None and one.high < first.low for one in others)
        return first.name if is_sure else ""

    def share_of(self, one: Supplier, *, is_rest: bool = False) -> Bounds:
        """Return the least and the most of one share."""
        others = list(self.known) if is_rest else [
            other for other in (*self.known, self.rest) if other is not one
        ]  # fmt: skip
        low_others = math.fsum(other.low for other in others)
        high_others = (
            math.inf
            if any(other.high is None for other in others)
            else math.fsum(other.high or 0.0 for other in others)
        )
        high_one = math.inf if one.high is None else one.high
        low = one.low / (one.low + high_others) if one.low else 0.0
        high = 1.0 if math.isinf(high_one) else _over(high_one, high_one + low_others)
        return Bounds(low, high)

    def least_index(self) -> float:
        """Return the least of the index: open amounts at one level, the unnamed spread thin."""
        if self.rest.high is None:
            return 0.0
        ends = sorted({end for one in self.known for end in (one.low, one.high) if end})
        levels = list(ends) or [1.0]
        for low, high in zip([0.0, *ends], [*ends, math.inf], strict=True):
            # Between two ends the same amounts are free; the best level of these is sum of the
            # squares of all others over their sum.
            fixed = [_at(one, low) for one in self.known if not _is_free(one, low, high)]
            others = math.fsum(fixed) + self.rest.high
            levels.append(math.fsum(x * x for x in fixed) / others if others else 0.0)
        amounts = ([_at(one, level) for one in self.known] for level in levels)
        return (
            min(
                _over(math.fsum(x * x for x in every), (math.fsum(every) + self.rest.high) ** 2)
                for every in amounts
                if math.fsum(every) + self.rest.high > 0
            )
            * HHI_FULL
        )

    def least_top(self, number: int) -> float:
        """Return the least share of the largest few: as before; between two ends it is monotone."""
        if self.rest.high is None:
            return 0.0
        levels = sorted({end for one in self.known for end in (one.low, one.high) if end})
        amounts = ([_at(one, level) for one in self.known] for level in levels or [1.0])
        return min(
            math.fsum(sorted(every)[-number:]) / (math.fsum(every) + self.rest.high)
            for every in amounts
        )

    def corners(self, level: float) -> list[list[float]]:
        """Return every combination of ends, the unnamed as one country; all ends are numbers.

        Who stays below ``level`` at its most makes the measure less with every tonne; it is taken
        at its least.
        """
        every = (*self.known, self.rest)
        ends = [
            (one.low,) if not one.is_open or (one.high or 0.0) <= level else (one.low, one.high)
            for one in every
        ]
        if sum(len(end) > 1 for end in ends) > OPEN_MAX:
            raise InputError(f"more than {OPEN_MAX} large suppliers without a plain number")
        made = [[end or 0.0 for end in amounts] for amounts in product(*ends)]
        return [amounts for amounts in made if math.fsum(amounts) > 0]


def _is_free(one: Supplier, low: float, high: float) -> bool:
    top = math.inf if one.high is None else one.high
    return one.is_open and one.low <= low and high <= top


def _at(one: Supplier, level: float) -> float:
    """Return the amount of a supplier that is as near to a level as it can be."""
    wanted = max(one.low, level)
    return wanted if one.high is None else min(one.high, wanted)


def _over(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 0.0


def _without_largest(table: _Table, top1: Bounds, demand: float | None) -> Bounds:
    """Return N-1: each supply but the largest grows with every amount."""
    if demand is None:
        assert top1.high is not None
        return Bounds(1.0 - top1.high, 1.0 - top1.low)
    lows = [one.low for one in table.known]
    low = (math.fsum(lows) + table.rest.low - max(*lows, table.rest.low)) / demand
    if table.unbounded:
        return Bounds(low, None)
    highs = [one.high or 0.0 for one in table.known]
    return Bounds(low, (math.fsum(highs) + (table.rest.high or 0.0) - max(highs)) / demand)
