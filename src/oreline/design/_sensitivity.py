"""Which number matters: Sobol' indices of first order and in total, and the tornado."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from oreline.design._sampling import Array, Method, Uncertain, generator, unit_points
from oreline.design._spread import Evaluate, Output, base_sample, evaluated
from oreline.model import InputError, LimitExceededError

EVALUATIONS_MAX: Final = 5_000_000
"""How many samples Sobol' indices may need: the points times the inputs and two more."""
POINTS_LEAST: Final = 16
"""Of fewer points an index says nothing."""
RESAMPLES: Final = 200
"""How many times the points are drawn again with replacement for the interval of an index."""
INTERVAL: Final = 0.95


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """The part of a result's variance that one input accounts for.

    ``first`` is what would go away if the input alone were known; ``total`` also counts what it
    does together with others. Both with their interval of 95 %; None where the result does not
    vary, and ``reason`` says so.
    """

    output: str
    input: str
    first: float | None
    first_interval: tuple[float, float] | None
    total: float | None
    total_interval: tuple[float, float] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Indices of every result and input, with what is needed to find them again."""

    indices: tuple[SobolIndex, ...]
    points: int
    evaluations: int
    seed: int

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each result and input."""
        schema = {
            "output": pl.String,
            "input": pl.String,
            **dict.fromkeys(
                ("first", "first_low", "first_high", "total", "total_low", "total_high"),
                pl.Float64,
            ),
            "reason": pl.String,
        }
        rows = [
            (
                one.output,
                one.input,
                one.first,
                *(one.first_interval or (None, None)),
                one.total,
                *(one.total_interval or (None, None)),
                one.reason,
            )
            for one in self.indices
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return the indices and how they were found."""
        return {
            "points": self.points,
            "evaluations": self.evaluations,
            "seed": self.seed,
            "interval": INTERVAL,
            "estimator": "Saltelli and others 2010, by scipy.stats.sobol_indices",
            "indices": self.to_frame().to_dicts(),
            "basis": "derived",
        }


def sobol_shares(
    evaluate: Evaluate,
    inputs: Sequence[Uncertain],
    outputs: Sequence[Output],
    *,
    points: int,
    seed: int,
) -> SobolIndices:
    """Return Sobol' indices of first order and in total.

    Estimated as Saltelli and others 2010 (Computer Physics Communications 181, 259-270) from
    ``points`` x (inputs + 2) samples. The inputs are drawn independently of each other: for
    correlated ones the indices have no meaning.

    Raises
    ------
    InputError
        If ``points`` is no power of two, there is nothing to draw, or a sample has no answer.
    LimitExceededError
        If more than ``EVALUATIONS_MAX`` samples are needed.
    """
    if not inputs:
        raise InputError("no number has a range, so there is nothing to draw")
    if points < POINTS_LEAST or points & (points - 1):
        message = f"{points} points: write a power of two from {POINTS_LEAST} on, such as 1024"
        raise InputError(message)
    needed = points * (len(inputs) + 2)
    if needed > EVALUATIONS_MAX:
        raise LimitExceededError(
            f"{points} points of {len(inputs)} inputs need {needed} samples, more than "
            f"EVALUATIONS_MAX = {EVALUATIONS_MAX}"
        )
    first, second, mixed = _designs(inputs, points, seed)
    values = [evaluated(evaluate, one, len(outputs)) for one in (first, second, *mixed)]
    for samples, found in zip((first, second, *mixed), values, strict=True):
        _see_finite(samples, found, inputs)
    indices: list[SobolIndex] = []
    for place, output in enumerate(outputs):
        columns = [found[:, place] for found in values]
        indices += _indices_of(output, inputs, columns, seed)
    return SobolIndices(tuple(indices), points, needed, seed)


def _designs(
    inputs: Sequence[Uncertain], points: int, seed: int
) -> tuple[Array, Array, list[Array]]:
    """Return two independent samples, and the first with each column from the second in turn."""
    parts = unit_points(2 * len(inputs), points, seed, Method.SOBOL)
    drawn = [one.quantile(parts[:, place]) for place, one in enumerate((*inputs, *inputs))]
    first = np.column_stack(drawn[: len(inputs)])
    second = np.column_stack(drawn[len(inputs) :])
    mixed = []
    for place in range(len(inputs)):
        one = first.copy()
        one[:, place] = second[:, place]
        mixed.append(one)
    return first, second, mixed


def _see_finite(samples: Array, values: Array, inputs: Sequence[Uncertain]) -> None:
    good = np.isfinite(values).all(axis=1)
    if good.all():
        return
    first = samples[int(np.argmin(good))]
    cells = (
        f"{one.name} {x:.6g} {one.parameter.unit}" for one, x in zip(inputs, first, strict=True)
    )
    raise InputError(
        f"a sample has no answer: {', '.join(cells)}; narrow the ranges, for indices need all"
    )


def _indices_of(
    output: Output, inputs: Sequence[Uncertain], columns: Sequence[Array], seed: int
) -> list[SobolIndex]:
    together = np.concatenate(columns)
    if np.ptp(together) <= 1e-12 * np.abs(together).max():
        reason = f"{output.name} does not vary with any of these numbers"
        return [SobolIndex(output.name, one.name, None, None, None, None, reason) for one in inputs]
    given: Evaluations = {
        "f_A": columns[0][None, :],
        "f_B": columns[1][None, :],
        "f_AB": np.stack([column[None, :] for column in columns[2:]]),
    }
    points = len(columns[0])
    random = generator(seed)
    first, total = _estimated(given)
    again = [
        _estimated({name: values[..., rows] for name, values in given.items()})
        for rows in random.integers(0, points, (RESAMPLES, points))
    ]
    ends = [50 * (1 - INTERVAL), 50 * (1 + INTERVAL)]
    first_ends, total_ends = (
        np.nanpercentile([pair[place] for pair in again], ends, axis=0) for place in (0, 1)
    )
    return [
        SobolIndex(
            output.name,
            one.name,
            float(first[place]),
            (float(first_ends[0, place]), float(first_ends[1, place])),
            float(total[place]),
            (float(total_ends[0, place]), float(total_ends[1, place])),
        )
        for place, one in enumerate(inputs)
    ]


Evaluations = dict[Literal["f_A", "f_B", "f_AB"], Array]


def _estimated(given: Evaluations) -> tuple[Array, Array]:
    """Return the indices of one output, each in shape (inputs,)."""
    from scipy.stats import sobol_indices

    # Points that were drawn again may all give the same: then there is no variance to share.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = sobol_indices(func=given, n=given["f_A"].shape[-1])
    return np.ravel(found.first_order), np.ravel(found.total_order)


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """One result with one number at the ends of its range, all others as they stand."""

    output: str
    unit: str
    input: str
    input_unit: str
    low: float
    value: float
    high: float
    base: float
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        """Return how far apart the two results are."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Tornado:
    """Bars of every result, the widest first."""

    bars: tuple[TornadoBar, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each bar."""
        names = ("output", "unit", "input", "input_unit", "low", "value", "high", "base")
        rows = [
            {
                **{name: getattr(bar, name) for name in names},
                "at_low": bar.at_low,
                "at_high": bar.at_high,
                "swing": bar.swing,
            }
            for bar in self.bars
        ]
        return pl.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Return the bars."""
        return {"bars": self.to_frame().to_dicts(), "basis": "derived"}


def tornado(evaluate: Evaluate, inputs: Sequence[Uncertain], outputs: Sequence[Output]) -> Tornado:
    """Return each result with each number at its low and its high end, the others as they stand.

    Nothing is drawn. What numbers do together is not seen: Sobol' indices show it.

    Raises
    ------
    InputError
        If no number has a range, or a sample has no answer.
    """
    if not inputs:
        raise InputError("no number has a range, so there is nothing to vary")
    base = base_sample(inputs)
    samples = np.repeat(base, 1 + 2 * len(inputs), axis=0)
    for place, one in enumerate(inputs):
        samples[1 + 2 * place, place] = one.parameter.low_or_value
        samples[2 + 2 * place, place] = one.parameter.high_or_value
    values = evaluated(evaluate, samples, len(outputs))
    _see_finite(samples, values, inputs)
    bars: list[TornadoBar] = []
    for column, output in enumerate(outputs):
        found = values[:, column]
        mine = [
            TornadoBar(
                output.name,
                output.unit,
                one.name,
                one.parameter.unit,
                one.parameter.low_or_value,
                one.parameter.value,
                one.parameter.high_or_value,
                float(found[0]),
                float(found[1 + 2 * place]),
                float(found[2 + 2 * place]),
            )
            for place, one in enumerate(inputs)
        ]
        bars += sorted(mine, key=lambda bar: -bar.swing)
    return Tornado(tuple(bars))
