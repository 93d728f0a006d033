"""Precision from interleaved duplicate samples: sampling, preparation and measurement apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._gum import EXPANDED, Estimate, number_text
from oreline.model import Basis, Finding, InputError, Severity

Floats = npt.NDArray[np.float64]

LOTS_WANTED = 20
"""Fewer lots than this leave a variance too uncertain to rely on (ISO 12744)."""
RANGE_LIMIT = 3.267
"""D4 of control charts for ranges of two: beyond it times the mean range, a pair is odd."""


@dataclass(frozen=True, slots=True)
class DuplicateResult:
    """One result: of which lot, sample (A or B), portion prepared of it, and repeat."""

    lot: str
    sample: str
    value: float
    portion: int = 1
    where: str = ""


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """The means of the two samples of one lot; ``is_odd`` where they differ beyond the limit."""

    lot: str
    a: float
    b: float
    is_odd: bool

    @property
    def difference(self) -> float:
        """Return A less B."""
        return self.a - self.b


@dataclass(frozen=True, slots=True)
class DuplicatePrecision:
    """Variances from duplicate samples, in the square of ``unit``.

    ``between`` is the variance of one sample's result, sampling, preparation and measurement
    together: sum (A-B)² / 2N. ``measurement`` and ``preparation`` are known where portions and
    repeats are; ``sampling`` is what remains of ``between``. With one portion, preparation stays in
    ``sampling``; with one repeat, measurement stays in ``preparation``. A component may come
    out below zero by chance: then it cannot be told from zero, and it is not clipped.
    ``lot_mean_sd`` is that of the mean of A and B.
    """

    unit: str
    pairs: tuple[DuplicatePair, ...]
    portions: int
    repeats: int
    between: float
    sampling: float | None
    preparation: float | None
    measurement: float | None
    sd_low: float
    sd_high: float
    bias: float
    bias_t: float | None
    findings: tuple[Finding, ...]

    @property
    def sd(self) -> float:
        """Return the standard deviation of one sample's result."""
        return math.sqrt(self.between)

    @property
    def lot_mean_sd(self) -> float:
        """Return the standard deviation of the mean of A and B."""
        return math.sqrt(self.between / 2)

    @property
    def precision(self) -> float:
        """Return the precision of the lot mean, two standard deviations."""
        return EXPANDED * self.lot_mean_sd

    @property
    def mean(self) -> float:
        """Return the mean over all lots."""
        return float(np.mean([(pair.a + pair.b) / 2 for pair in self.pairs]))

    def to_json(self) -> dict[str, Any]:
        """Return everything as decimal text."""
        numbers = {
            name: number_text(getattr(self, name))
            for name in (
                "between", "sampling", "preparation", "measurement", "sd", "sd_low", "sd_high",
                "lot_mean_sd", "precision", "mean", "bias", "bias_t",
            )
        }  # fmt: skip
        if self.bias_t == math.inf:
            numbers["bias_t"] = None
        return {
            **numbers,
            "unit": self.unit,
            "lots": len(self.pairs),
            "portions": self.portions,
            "repeats": self.repeats,
            "basis": "derived",
            "pairs": [
                {
                    "lot": pair.lot,
                    "a": number_text(pair.a),
                    "b": number_text(pair.b),
                    "odd": pair.is_odd,
                }
                for pair in self.pairs
            ],
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a lot."""
        return pl.DataFrame(
            {
                "lot": [pair.lot for pair in self.pairs],
                "a": [pair.a for pair in self.pairs],
                "b": [pair.b for pair in self.pairs],
                "difference": [pair.difference for pair in self.pairs],
                "odd": [pair.is_odd for pair in self.pairs],
                "unit": [self.unit for _ in self.pairs],
            }
        )


def duplicate_precision(results: Sequence[DuplicateResult], unit: str) -> DuplicatePrecision:
    """Return the precision of sampling from interleaved samples A and B of many lots.

    Odd and even increments of each lot make A and B. Each may be prepared into portions, and each
    portion measured several times; every lot has the same design. With portions p and repeats m

    - measurement: mean variance within portions,
    - preparation: variance of portions within samples, less measurement / m,
    - sampling: sum (A-B)² / 2N, less preparation / p and measurement / pm.

    Interval of the standard deviation: chi-square with N degrees of freedom, 95 %.

    Raises
    ------
    InputError
        If there are fewer than two lots, or the lots differ in their design; every lot that does is
        listed.

    Source: ISO 12744 (precision of sampling of copper, lead, zinc and nickel concentrates); for
    other materials by analogy.

    >>> results = [
    ...     DuplicateResult("1", "A", 10.2), DuplicateResult("1", "B", 10.0),
    ...     DuplicateResult("2", "A", 11.0), DuplicateResult("2", "B", 11.4),
    ... ]
    >>> round(duplicate_precision(results, "%").between, 9)
    0.05
    """
    lots, table = _design(results)
    n_lots, _, portions, repeats = table.shape
    by_portion = table.mean(axis=3)
    by_sample = by_portion.mean(axis=2)
    differences = by_sample[:, 0] - by_sample[:, 1]
    between = float((differences**2).sum() / (2 * n_lots))
    measurement = float(table.var(axis=3, ddof=1).mean()) if repeats > 1 else None
    spread = float(by_portion.var(axis=2, ddof=1).mean()) if portions > 1 else None
    preparation = sampling = None
    if spread is not None:
        # Without repeats, preparation and measurement cannot be told apart: it stays one of them.
        preparation = spread - (measurement or 0.0) / repeats
        sampling = between - spread / portions
    elif measurement is not None:
        sampling = between - measurement / repeats
    odd = np.abs(differences) > RANGE_LIMIT * np.abs(differences).mean()
    low, high = _interval(between, n_lots)
    bias = float(differences.mean())
    scatter = float(differences.std(ddof=1)) / math.sqrt(n_lots)
    bias_t = bias / scatter if scatter else (math.inf if bias else None)
    pairs = tuple(
        DuplicatePair(lot, float(a), float(b), bool(is_odd))
        for lot, (a, b), is_odd in zip(lots, by_sample, odd, strict=True)
    )
    components = {"sampling": sampling, "preparation": preparation}
    findings = _findings(pairs, components, bias, bias_t, unit)
    return DuplicatePrecision(
        unit, pairs, portions, repeats, between, sampling, preparation, measurement,
        low, high, bias, bias_t, findings,
    )  # fmt: skip


def duplicate_grade(found: DuplicatePrecision, value: float) -> Estimate:
    """Return a lot's assay, as the mean of its samples A and B, with the uncertainty found here."""
    source = f"duplicates of {len(found.pairs)} lots"
    return Estimate(value, found.lot_mean_sd, found.unit, Basis.DERIVED, source)


def _design(results: Sequence[DuplicateResult]) -> tuple[list[str], Floats]:
    """Return the lots, and their results by lot, sample, portion and repeat."""
    by_lot: dict[str, dict[tuple[str, int], list[float]]] = {}
    wrong: list[Finding] = []
    for item in results:
        if item.sample not in ("A", "B"):
            message = f"the sample is {item.sample!r}; interleaved samples are A and B"
            wrong.append(_fatal(item.where or f"lot {item.lot}", message, "write A or B"))
        elif not math.isfinite(item.value):
            where = item.where or f"lot {item.lot}"
            wrong.append(_fatal(where, "the result is no number", "write the result, or leave it"))
        else:
            places = by_lot.setdefault(item.lot, {})
            places.setdefault((item.sample, item.portion), []).append(item.value)
    shapes = {lot: _shape(places) for lot, places in by_lot.items()}
    usual = max(shapes.values(), key=list(shapes.values()).count, default=None)
    for lot, shape in shapes.items():
        if shape is None or shape != usual:
            message = "needs results of A and of B" if shape is None else _differs(shape, usual)
            fix = "complete its results, or leave the lot out of the table"
            wrong.append(_fatal(f"lot {lot}", message, fix))
    if wrong:
        raise InputError(f"{len(wrong)} of the duplicates cannot be used", wrong)
    if len(by_lot) < 2:
        raise InputError("a precision needs at least two lots with samples A and B")
    lots = list(by_lot)
    rows = [
        [[places[key] for key in sorted(places) if key[0] == sample] for sample in ("A", "B")]
        for places in by_lot.values()
    ]
    return lots, np.array(rows, dtype=float)


def _shape(places: Mapping[tuple[str, int], Sequence[float]]) -> tuple[int, int] | None:
    """Return (portions, repeats) of a lot, None where A and B differ or one is missing."""
    per_sample = [sum(key[0] == sample for key in places) for sample in ("A", "B")]
    counts = {len(values) for values in places.values()}
    if 0 in per_sample or per_sample[0] != per_sample[1] or len(counts) != 1:
        return None
    return per_sample[0], counts.pop()


def _differs(shape: tuple[int, int], usual: tuple[int, int] | None) -> str:
    portions, repeats = shape
    message = f"has {portions} portions with {repeats} results each"
    if usual is None:
        return message
    return f"{message}; the others have {usual[0]} with {usual[1]}"


def _fatal(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-0546", Severity.FATAL, where, message, fix)


def _interval(variance: float, freedom: int) -> tuple[float, float]:
    from scipy.stats import chi2

    low, high = float(chi2.ppf(0.975, freedom)), float(chi2.ppf(0.025, freedom))
    return math.sqrt(freedom * variance / low), math.sqrt(freedom * variance / high)


def _findings(
    pairs: Sequence[DuplicatePair],
    components: Mapping[str, float | None],
    bias: float,
    bias_t: float | None,
    unit: str,
) -> tuple[Finding, ...]:
    found = []
    if len(pairs) < LOTS_WANTED:
        found.append(
            Finding(
                "ORL-0547",
                Severity.WARNING,
                "duplicates",
                f"{len(pairs)} lots, where ISO 12744 wants {LOTS_WANTED} or more",
                "rely on the interval of the standard deviation, and go on with duplicates",
            )
        )
    found += [
        Finding(
            "ORL-0548",
            Severity.WARNING,
            f"lot {pair.lot}",
            f"A and B differ by {abs(pair.difference):.4g} {unit}, beyond {RANGE_LIMIT} times the "
            "mean difference",
            "look into this lot; if there is a reason, leave it out and say so",
        )
        for pair in pairs
        if pair.is_odd
    ]
    for name, value in components.items():
        if value is not None and value < 0:
            message = (
                f"the variance of {name} comes out as {value:.4g}: it cannot be told from zero"
            )
            fix = "go on with duplicates; the precision of the lot mean holds all the same"
            found.append(Finding("ORL-0549", Severity.NOTE, name, message, fix))
    if bias_t is not None and abs(bias_t) > _limit_of_t(len(pairs) - 1):
        message = f"A is on average {bias:.4g} {unit} from B, which chance does not explain"
        fix = "A and B should be alike: look for a stuck cutter or a swapped label"
        found.append(Finding("ORL-0550", Severity.WARNING, "samples A and B", message, fix))
    return tuple(found)


def _limit_of_t(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, freedom))
