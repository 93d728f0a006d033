"""How far methods disagree in the order of minerals: rank correlations, and who differs most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from oreline.stress._lists import memberships
from oreline.stress._methods import Method, methods

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

PAIRS_MIN: Final = 4
"""Minerals that two methods must both cover before a correlation is given."""
NAMED: Final = 5
"""How many minerals of a pair are named as differing most."""


@dataclass(frozen=True, slots=True)
class RankDifference:
    """A mineral on which two methods differ: its rank under each, 1 the most critical, of ``n``."""

    mineral: str
    first_rank: float
    second_rank: float

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "first_rank": self.first_rank,
            "second_rank": self.second_rank,
        }


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """How two methods order the minerals that both cover; None where these are too few."""

    first: str
    second: str
    n: int
    spearman: float | None
    kendall: float | None
    differences: tuple[RankDifference, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "n": self.n,
            "spearman": self.spearman,
            "kendall": self.kendall,
            "differences": [one.to_json() for one in self.differences],
        }


@dataclass(frozen=True, slots=True)
class RankTable:
    """Every pair of methods; ``listed_only`` says whether only minerals of the final list count."""

    methods: tuple[Method, ...]
    listed_only: bool
    pairs: tuple[RankAgreement, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "methods": [
                {
                    "name": one.name, "title": one.title, "unit": one.unit, "source": one.source,
                    "minerals": len(one.values), "of_group": sorted(one.of_group),
                }
                for one in self.methods
            ],
            "listed_only": self.listed_only,
            "pairs": [one.to_json() for one in self.pairs],
        }  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """Return the pairs as a table."""
        import polars as pl

        rows = [
            {
                "first": one.first, "second": one.second, "n": one.n, "spearman": one.spearman,
                "kendall": one.kendall,
                "differ_most": ", ".join(each.mineral for each in one.differences),
            }
            for one in self.pairs
        ]  # fmt: skip
        return pl.DataFrame(rows, infer_schema_length=None)


def rank_table(*, listed_only: bool = True) -> RankTable:
    """Give how far every two methods agree in the order of the minerals that both cover.

    Parameters
    ----------
    listed_only
        Whether only minerals of the final United States list of 2025 count. Methods of one country
        or one office cover other minerals too, of which most are uncritical under all of them.
    """
    every = methods()
    listed = {
        name for name, found in memberships().items() if any(
            one.member for one in found if one.list_name == "final 2025"
        )
    }  # fmt: skip
    kept = [
        {name: one.values[name] for name in one.values if not listed_only or name in listed}
        for one in every
    ]
    pairs = tuple(
        agreement(every[i].name, kept[i], every[j].name, kept[j])
        for i in range(len(every))
        for j in range(i + 1, len(every))
    )
    return RankTable(every, listed_only, pairs)


def agreement(
    first: str, one: Mapping[str, float], second: str, other: Mapping[str, float]
) -> RankAgreement:
    r"""Give Spearman's rho and Kendall's tau-b of two methods over the minerals that both cover.

    .. math:: \rho = \mathrm{corr}(r, s)

    of the ranks, ties sharing their mean rank.

    Examples
    --------
    >>> risk, price = {"x": 1, "y": 2, "z": 3, "w": 4}, {"x": 1, "y": 3, "z": 2, "w": 4}
    >>> found = agreement("risk", risk, "price", price)
    >>> found.n, round(found.spearman, 2), round(found.kendall, 2)
    (4, 0.8, 0.67)
    """
    names = sorted(one.keys() & other.keys())
    if len(names) < PAIRS_MIN:
        return RankAgreement(first, second, len(names), None, None, ())
    left = _ranks(np.array([one[name] for name in names]))
    right = _ranks(np.array([other[name] for name in names]))
    apart = np.argsort(-np.abs(left - right), kind="stable")[:NAMED]
    differences = tuple(
        RankDifference(names[place], float(left[place]), float(right[place]))
        for place in apart
        if left[place] != right[place]
    )
    return RankAgreement(
        first, second, len(names), _correlation(left, right), _kendall(left, right), differences
    )


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, the largest first; ties share their mean rank."""
    _, place, counts = np.unique(-values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    mean: NDArray[np.float64] = (ends - counts + 1 + ends) / 2
    return mean[place]


def _correlation(left: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    a, b = left - left.mean(), right - right.mean()
    whole = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / whole if whole else None


def _kendall(left: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    """Return tau-b: agreeing less opposing pairs, over the pairs that neither method ties."""
    upper = np.triu_indices(len(left), 1)
    a = np.sign(left[:, None] - left)[upper]
    b = np.sign(right[:, None] - right)[upper]
    whole = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / whole if whole else None
