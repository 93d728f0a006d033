"""What an estimate gives: grades, and for each block how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._search import SearchPass
from oreline.model import Finding, InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """How estimates came about, one entry for each place.

    Parameters
    ----------
    search_pass
        The pass that filled it, counted from 1; 0 where none did.
    samples, holes
        How many samples it was estimated from, and of how many holes.
    mean_distance_m, nearest_m
        Mean and least distance of those samples.
    variance
        Kriging variance, in shares of the sill of a sample: times the sill of the analyte it is in
        squared grades. NaN for other methods.
    slope
        Slope of the regression of true on estimated grades: below 1 where estimates are too far
        spread (conditional bias); 1 by construction in simple kriging.
    negative_weight
        Sum of the negative weights, without sign.
    block_variance
        Variance of a block, in shares of the sill.
    """

    search_pass: NDArray[np.int16]
    samples: NDArray[np.int16]
    holes: NDArray[np.int16]
    mean_distance_m: Floats
    nearest_m: Floats
    variance: Floats
    slope: Floats
    negative_weight: Floats
    block_variance: Floats

    @classmethod
    def empty(cls, n: int) -> Support:
        """Return the support of n places that are not estimated yet."""
        whole = [np.zeros(n, np.int16) for _ in range(3)]
        return cls(whole[0], whole[1], whole[2], *(np.full(n, np.nan) for _ in range(6)))

    @property
    def efficiency(self) -> Floats:
        """Return Krige's efficiency: (block variance - kriging variance) / block variance."""
        return np.asarray((self.block_variance - self.variance) / self.block_variance)

    def put(self, rows: NDArray[np.generic], part: Support) -> None:
        """Write the support of some places."""
        for name in self.__slots__:
            getattr(self, name)[rows] = getattr(part, name)


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimated grades of places, (n, k); NaN where a place could not be estimated.

    ``support_of`` says for each analyte which entry of ``supports`` describes it, and the sill by
    which a kriging variance is multiplied: one, or that of each place where domains differ.
    """

    analytes: tuple[str, ...]
    values: Floats
    supports: tuple[Support, ...]
    support_of: Mapping[str, tuple[int, float | Floats]]
    method: str
    passes: tuple[SearchPass, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def n(self) -> int:
        """Return the number of places."""
        return int(self.values.shape[0])

    def column(self, analyte: str) -> Floats:
        """Return the estimates of one analyte."""
        self._check(analyte)
        return np.asarray(self.values[:, self.analytes.index(analyte)])

    def support(self, analyte: str) -> Support:
        """Return how the estimates of one analyte came about."""
        self._check(analyte)
        return self.supports[self.support_of[analyte][0]]

    def variance(self, analyte: str) -> Floats:
        """Return the kriging variance of one analyte, in squared units of its grade."""
        self._check(analyte)
        number, sill = self.support_of[analyte]
        return np.asarray(self.supports[number].variance * sill)

    def _check(self, analyte: str) -> None:
        if analyte not in self.analytes:
            raise InputError(f"no analyte {analyte!r}; there are {', '.join(self.analytes)}")

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each place.

        Columns that describe the search have the analyte's name before them where analytes were
        not all estimated from the same samples.
        """
        import polars as pl

        columns: dict[str, Any] = {name: self.column(name) for name in self.analytes}
        is_kriged = self.method in ("ordinary", "simple")
        if is_kriged:
            columns |= {f"{name}_variance": self.variance(name) for name in self.analytes}
        for number, support in enumerate(self.supports):
            of = [name for name in self.analytes if self.support_of[name][0] == number]
            before = "" if len(self.supports) == 1 else f"{of[0]}_"
            columns |= {
                f"{before}pass": support.search_pass,
                f"{before}samples": support.samples,
                f"{before}holes": support.holes,
                f"{before}mean_distance_m": support.mean_distance_m,
                f"{before}nearest_m": support.nearest_m,
            }
            if is_kriged:
                columns |= {
                    f"{before}slope": support.slope,
                    f"{before}efficiency": support.efficiency,
                    f"{before}negative_weight": support.negative_weight,
                }
        return pl.DataFrame(columns).with_columns(
            pl.col(name).fill_nan(None)
            for name, values in columns.items()
            if values.dtype.kind == "f"
        )

    def to_json(self) -> dict[str, Any]:
        """Return a summary as a JSON object: counts, means, ranges; not the places themselves."""
        return {
            "method": self.method,
            "places": self.n,
            "passes": [search.to_json() for search in self.passes],
            "analytes": {name: self._summary(name) for name in self.analytes},
            "findings": [finding.to_json() for finding in self.findings],
        }

    def _summary(self, analyte: str) -> dict[str, Any]:
        values, support = self.column(analyte), self.support(analyte)
        known = values[~np.isnan(values)]
        numbers, counts = np.unique(support.search_pass, return_counts=True)
        told: dict[str, Any] = {
            "estimated": int(known.size),
            "not_estimated": int(values.size - known.size),
            "by_pass": {str(a): int(b) for a, b in zip(numbers, counts, strict=True)},
        }
        if known.size == 0:
            return told
        told |= {
            "mean": float(known.mean()),
            "variance": float(known.var()),
            "least": float(known.min()),
            "most": float(known.max()),
        }
        if self.method in ("ordinary", "simple"):
            told |= {
                "mean_kriging_variance": float(np.nanmean(self.variance(analyte))),
                "mean_slope": float(np.nanmean(support.slope)),
                "mean_efficiency": float(np.nanmean(support.efficiency)),
                "mean_negative_weight": float(np.nanmean(support.negative_weight)),
            }
        return told
