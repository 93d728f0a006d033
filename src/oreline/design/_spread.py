"""How far results spread when the uncertain numbers are drawn, and how well that is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oreline.design._sampling import Array, Method, Uncertain, draw
from oreline.model import Finding, InputError, Severity

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

Evaluate = Callable[[Array], Array]
"""Takes samples in shape (samples, inputs), gives outputs in shape (samples, outputs).

A sample that has no answer gives outputs that are not a number; it is counted as failed.
"""

Why = Callable[[Array], str]
"""Takes a sample of shape (inputs,) that has no answer, tells why."""

BINS: Final = 40
"""How many classes a histogram has."""
FAILURES_EXPLAINED_MAX: Final = 20
"""Of how many samples without an answer the reason is told; all are listed."""
PERCENTILES: Final = (10, 50, 90)
REPLICATES: Final = 10
"""How many independent draws a sample is made of, so that their spread tells the error."""
FAILED_SHARE_MAX: Final = 0.05
"""Which part of the samples may fail before nothing is reported."""


@dataclass(frozen=True, slots=True)
class Output:
    """A result that is followed, with its unit."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class OutputSpread:
    """One result over all samples, in its unit.

    ``base`` is what the numbers give as they stand. ``percentiles`` are P10, P50 and P90: so many
    per cent of the samples lie below. ``errors`` are their standard errors, from independent draws.
    ``rank_correlations`` are those with each input, in the order of the inputs; None where the
    result or the input does not vary.
    """

    output: Output
    base: float
    mean: float
    deviation: float
    percentiles: tuple[float, float, float]
    errors: tuple[float, float, float]
    smallest: float
    largest: float
    rank_correlations: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of all results, and how it was found.

    ``convergence`` has one row for each output and number of samples used so far, ``histograms``
    one for each output and class of its values, ``failures`` one for each sample that has no
    answer, with its numbers.
    """

    inputs: tuple[Uncertain, ...]
    outputs: tuple[OutputSpread, ...]
    samples: int
    failed: int
    seed: int
    method: Method
    convergence: pl.DataFrame
    histograms: pl.DataFrame
    failures: pl.DataFrame
    findings: tuple[Finding, ...]

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return every table by the name of its sheet."""
        return {
            "spread": self.to_frame(),
            "drivers": self.drivers(),
            "histograms": self.histograms,
            "convergence": self.convergence,
            "failed samples": self.failures,
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each output."""
        rows = [
            {
                "output": one.output.name,
                "unit": one.output.unit,
                "base": one.base,
                "mean": one.mean,
                "standard_deviation": one.deviation,
                **{f"p{part}": x for part, x in zip(PERCENTILES, one.percentiles, strict=True)},
                **{f"p{part}_error": x for part, x in zip(PERCENTILES, one.errors, strict=True)},
                "smallest": one.smallest,
                "largest": one.largest,
                "samples": self.samples - self.failed,
            }
            for one in self.outputs
        ]
        return pl.DataFrame(rows)

    def drivers(self) -> pl.DataFrame:
        """Return the rank correlation of each output with each input, strongest first."""
        rows = [
            {
                "output": one.output.name,
                "input": given.name,
                "rank_correlation": value,
                "strength": None if value is None else abs(value),
            }
            for one in self.outputs
            for given, value in zip(self.inputs, one.rank_correlations, strict=True)
        ]
        frame = pl.DataFrame(rows, schema_overrides={"strength": pl.Float64})
        order = {one.output.name: place for place, one in enumerate(self.outputs)}
        key = pl.col("output").replace_strict(order, return_dtype=pl.Int64)
        return frame.sort(
            [key, "strength"], descending=[False, True], nulls_last=True, maintain_order=True
        ).drop("strength")

    def to_json(self) -> dict[str, Any]:
        """Return the spread with everything needed to draw it again."""
        return {
            "samples": self.samples,
            "failed": self.failed,
            "seed": self.seed,
            "method": str(self.method),
            "replicates": REPLICATES,
            "inputs": [_input_json(one) for one in self.inputs],
            "outputs": self.to_frame().to_dicts(),
            "rank_correlations": self.drivers().to_dicts(),
            "convergence": self.convergence.to_dicts(),
            "histograms": self.histograms.to_dicts(),
            "failures": self.failures.to_dicts(),
            "basis": "derived",
        }


def _input_json(one: Uncertain) -> dict[str, Any]:
    parameter = one.parameter
    return {
        "name": one.name,
        "unit": parameter.unit,
        "low": parameter.low_or_value,
        "value": parameter.value,
        "high": parameter.high_or_value,
        "shape": str(one.shape),
        "basis": str(parameter.basis),
        "source": parameter.source,
    }


def spread(
    evaluate: Evaluate,
    inputs: Sequence[Uncertain],
    outputs: Sequence[Output],
    *,
    samples: int,
    seed: int,
    method: Method = Method.LATIN_HYPERCUBE,
    correlations: Mapping[tuple[str, str], float] | None = None,
    why: Why | None = None,
) -> Spread:
    """Draw the inputs and return how the outputs spread.

    ``samples`` are drawn as ``REPLICATES`` independent designs, each filling the whole space, and
    rounded up to a multiple of them; those of a Sobol' sequence to a power of two each. The
    standard error of a percentile is the deviation of the replicates' percentiles over the root of
    their number: the formula for chance samples would overstate it for a Latin hypercube. ``why``
    is asked of samples that have no answer.

    Raises
    ------
    InputError
        If there is nothing to draw, or more than ``FAILED_SHARE_MAX`` of the samples fail.
    """
    if samples < 1:
        raise InputError(f"{samples} samples: draw at least one")
    each = -(-samples // REPLICATES)
    if method is Method.SOBOL:
        # The sequence is balanced at powers of two only.
        each = 1 << (each - 1).bit_length()
    seeds = np.random.SeedSequence(seed)
    drawn = [
        draw(inputs, each, int(one), method, correlations)
        for one in seeds.generate_state(REPLICATES)
    ]
    given = np.concatenate(drawn)
    values = evaluated(evaluate, np.concatenate([base_sample(inputs), given]), len(outputs))
    base, values = values[0], values[1:]
    if not np.isfinite(base).all():
        raise InputError("the numbers as they stand have no answer; correct them before drawing")
    good: Flags = np.asarray(np.isfinite(values).all(axis=1))
    findings = _failures(good, given, inputs)
    failed = _failed_samples(good, given, inputs, why)
    replicate = np.repeat(np.arange(REPLICATES, dtype=np.int64), each)[good]
    spreads = [
        _spread_of(output, float(base[place]), values[good, place], replicate, given[good])
        for place, output in enumerate(outputs)
    ]
    tables = [
        _convergence(output, values[good, place], replicate) for place, output in enumerate(outputs)
    ]
    return Spread(
        tuple(inputs),
        tuple(spreads),
        len(given),
        int((~good).sum()),
        seed,
        method,
        pl.concat(tables),
        pl.concat([_histogram(output, values[good, at]) for at, output in enumerate(outputs)]),
        failed,
        findings,
    )


def base_sample(inputs: Sequence[Uncertain]) -> Array:
    """Return the numbers as they stand, in shape (1, inputs)."""
    return np.array([[one.parameter.value for one in inputs]], float)


def evaluated(evaluate: Evaluate, samples: Array, outputs: int) -> Array:
    """Return what ``evaluate`` gives, seen to have one row a sample and one column an output."""
    values = np.asarray(evaluate(samples), float)
    assert values.shape == (len(samples), outputs), (values.shape, len(samples), outputs)
    return values


def _failures(good: Flags, given: Array, inputs: Sequence[Uncertain]) -> tuple[Finding, ...]:
    failed = int((~good).sum())
    if not failed:
        return ()
    first = given[int(np.argmin(good))]
    cells = (
        f"{one.name} {x:.6g} {one.parameter.unit}" for one, x in zip(inputs, first, strict=True)
    )
    message = f"{failed} of {len(good)} samples have no answer, the first with {', '.join(cells)}"
    fix = "narrow the ranges so that each sample can be built, or correct the law that fails"
    if failed > FAILED_SHARE_MAX * len(good):
        raise InputError(f"{message}; {fix}")
    return (Finding("ORL-1040", Severity.WARNING, "uncertainty", message, fix),)


def _failed_samples(
    good: Flags, given: Array, inputs: Sequence[Uncertain], why: Why | None
) -> pl.DataFrame:
    """Return one row for each sample that has no answer: its number, its numbers, the reason."""
    rows: list[dict[str, Any]] = []
    for number in np.flatnonzero(~good).tolist():
        told = why is not None and len(rows) < FAILURES_EXPLAINED_MAX
        reason = why(given[number]) if why is not None and told else ""
        drawn = {one.name: float(x) for one, x in zip(inputs, given[number], strict=True)}
        rows.append({"sample": number + 1, "reason": reason, **drawn})
    names = dict.fromkeys((one.name for one in inputs), pl.Float64)
    return pl.DataFrame(rows, schema={"sample": pl.Int64, "reason": pl.String, **names})


def _histogram(output: Output, values: Array) -> pl.DataFrame:
    """Return how many samples lie in each of equal classes, the last one with its upper end."""
    low, high = float(values.min()), float(values.max())
    # What does not vary stands in one class.
    bins = BINS if high - low > 1e-9 * max(abs(low), abs(high)) else 1
    counts, edges = np.histogram(values, bins=bins, range=(low, high) if bins > 1 else None)
    return pl.DataFrame(
        {
            "output": [output.name] * bins,
            "unit": [output.unit] * bins,
            "from": edges[:-1],
            "to": edges[1:],
            "samples": counts.astype(np.int64),
        }
    )


def _percentiles(values: Array) -> Array:
    return np.asarray(np.percentile(values, PERCENTILES))


def _errors(values: Array, replicate: Places, used: int) -> Array:
    each = [_percentiles(values[replicate == place]) for place in range(used)]
    return np.asarray(np.std(each, axis=0, ddof=1) / np.sqrt(used))


def _spread_of(
    output: Output, base: float, values: Array, replicate: Places, given: Array
) -> OutputSpread:
    low, middle, high = (float(x) for x in _percentiles(values))
    errors = [float(x) for x in _errors(values, replicate, REPLICATES)]
    return OutputSpread(
        output,
        base,
        float(values.mean()),
        float(values.std(ddof=1)),
        (low, middle, high),
        (errors[0], errors[1], errors[2]),
        float(values.min()),
        float(values.max()),
        _rank_correlations(values, given),
    )


def _rank_correlations(values: Array, given: Array) -> tuple[float | None, ...]:
    """Return Spearman's coefficient with each input."""
    from scipy.stats import rankdata

    if float(np.ptp(values)) <= 1e-12 * float(np.abs(values).max()):
        return tuple(None for _ in range(given.shape[1]))
    ranks = np.asarray(rankdata(values), float) - (len(values) + 1) / 2
    found: list[float | None] = []
    for column in given.T:
        other = np.asarray(rankdata(column), float) - (len(values) + 1) / 2
        size = float(np.sqrt((ranks @ ranks) * (other @ other)))
        found.append(float(ranks @ other) / size if size else None)
    return tuple(found)


def _convergence(output: Output, values: Array, replicate: Places) -> pl.DataFrame:
    rows = []
    for used in range(2, REPLICATES + 1):
        so_far = values[replicate < used]
        errors = _errors(values, replicate, used)
        rows.append(
            {
                "output": output.name,
                "samples": len(so_far),
                **{
                    f"p{part}": float(x)
                    for part, x in zip(PERCENTILES, _percentiles(so_far), strict=True)
                },
                **{f"p{part}_error": float(x) for part, x in zip(PERCENTILES, errors, strict=True)},
            }
        )
    return pl.DataFrame(rows)
