"""Drawing the uncertain numbers of a design: shapes, Latin hypercubes, Sobol' sequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from oreline.design._parameter import NORMAL_COVERAGE, Parameter, Shape
from oreline.model import InputError, LimitExceededError

Array = NDArray[np.float64]

SAMPLES_MAX: Final = 1_000_000
"""How many samples one draw may have."""


EIGENVALUE_LEAST: Final = 1e-6
"""How far a matrix of correlations keeps from one that no numbers can have."""
WEAKENED_MAX: Final = 0.02
"""By which part correlations may be weakened to be possible; beyond it they contradict."""


class Method(StrEnum):
    """How samples fill the space: a Latin hypercube, a scrambled Sobol' sequence, or by chance."""

    LATIN_HYPERCUBE = "latin-hypercube"
    SOBOL = "sobol"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number of a design that is drawn, with its name and shape.

    Raises
    ------
    InputError
        If it has no range, or is called normal and its value is not the middle of its range.
    """

    name: str
    parameter: Parameter
    shape: Shape = Shape.TRIANGULAR

    def __post_init__(self) -> None:
        one = self.parameter
        if not one.is_ranged:
            raise InputError(f"{self.name} has no range to draw from: give it low and high")
        middle = (one.low_or_value + one.high_or_value) / 2
        width = one.high_or_value - one.low_or_value
        if self.shape is Shape.NORMAL and abs(one.value - middle) > 1e-6 * width:
            message = f"{self.name} is called normal, but {one.value:g} is not the middle of "
            raise InputError(
                f"{message}{one.low_or_value:g} to {one.high_or_value:g}; call it triangular"
            )

    def quantile(self, part: Array) -> Array:
        """Return the values below which these parts of the distribution lie.

        >>> from oreline.model import Basis
        >>> price = Parameter(60.0, "USD/kg", Basis.ASSUMED, "deck", 40.0, 100.0)
        >>> Uncertain("price", price).quantile(np.array([0.0, 1 / 3, 1.0]))
        array([ 40.,  60., 100.])
        """
        low, high = self.parameter.low_or_value, self.parameter.high_or_value
        if self.shape is Shape.UNIFORM:
            return low + (high - low) * part
        if self.shape is Shape.NORMAL:
            from scipy.special import ndtri

            deviation = (high - low) / 2 / float(ndtri((1 + NORMAL_COVERAGE) / 2))
            return np.asarray(self.parameter.value + deviation * ndtri(part))
        return _triangle_quantile(part, low, self.parameter.value, high)


def _triangle_quantile(part: Array, low: float, mode: float, high: float) -> Array:
    width, left, right = high - low, mode - low, high - mode
    rising = low + np.sqrt(part * width * left)
    falling = high - np.sqrt((1 - part) * width * right)
    return np.where(part * width < left, rising, falling)


def uncertain_of(
    parameters: Mapping[str, Parameter], shapes: Mapping[str, Shape] | None = None
) -> tuple[Uncertain, ...]:
    """Return every ranged number, in the order given; of its own shape where none is stated.

    Raises
    ------
    InputError
        If a shape is stated for a name that is not there or has no range.
    """
    stated = dict(shapes or {})
    unknown = sorted(name for name in stated if name not in parameters)
    if unknown:
        raise InputError(f"a shape is stated for {', '.join(unknown)}, which is not among them")
    drawn = [
        Uncertain(name, one, stated.get(name, one.shape))
        for name, one in parameters.items()
        if one.is_ranged or name in stated
    ]
    return tuple(drawn)


def draw(
    inputs: Sequence[Uncertain],
    samples: int,
    seed: int,
    method: Method = Method.LATIN_HYPERCUBE,
    correlations: Mapping[tuple[str, str], float] | None = None,
) -> Array:
    """Return samples of the inputs in shape (samples, inputs).

    Inputs are independent unless a correlation of their ranks is stated for two names. Then
    columns are reordered to have it (Iman and Conover 1982, Communications in Statistics B 11,
    311-334), so that each keeps its own distribution exactly.

    Raises
    ------
    InputError
        If there is nothing to draw, or correlations contradict each other.
    LimitExceededError
        If more than ``SAMPLES_MAX`` samples are asked for.
    """
    if not inputs:
        raise InputError("no number has a range, so there is nothing to draw")
    if samples < 1:
        raise InputError(f"{samples} samples: draw at least one")
    if samples > SAMPLES_MAX:
        raise LimitExceededError(f"{samples} samples are more than SAMPLES_MAX = {SAMPLES_MAX}")
    parts = unit_points(len(inputs), samples, seed, method)
    if correlations:
        matrix = _correlation_matrix(inputs, correlations)
        # Only what goes together is put in order: so many samples are needed, and no more.
        tied = np.flatnonzero((matrix - np.diag(np.diag(matrix))).any(axis=0))
        parts[:, tied] = _correlated(parts[:, tied], matrix[np.ix_(tied, tied)], seed)
    columns = [one.quantile(parts[:, place]) for place, one in enumerate(inputs)]
    return np.column_stack(columns)


def generator(seed: int, stream: int = 0) -> np.random.Generator:
    """Return the random numbers of a seed, from Philox counters keyed by seed and stream.

    Salmon and others 2011, Parallel random numbers: as easy as 1, 2, 3 (SC '11).
    """
    keyed = np.random.SeedSequence(seed, spawn_key=(stream,))
    return np.random.Generator(np.random.Philox(keyed))


def unit_points(dimensions: int, samples: int, seed: int, method: Method) -> Array:
    """Return points inside the unit cube in shape (samples, dimensions)."""
    random = generator(seed)
    if method is Method.RANDOM:
        found = random.random((samples, dimensions))
    else:
        from scipy.stats import qmc

        if method is Method.SOBOL:
            # The sequence is balanced at powers of two: what is drawn beyond is cut off.
            power = int(samples - 1).bit_length()
            found = qmc.Sobol(dimensions, rng=random).random_base2(power)[:samples]
        else:
            found = qmc.LatinHypercube(dimensions, rng=random).random(samples)
    # A quantile of 0 or 1 of a normal distribution is infinite.
    smallest = np.finfo(np.float64).eps
    return np.clip(found, smallest, 1 - smallest)


def _correlation_matrix(
    inputs: Sequence[Uncertain], correlations: Mapping[tuple[str, str], float]
) -> Array:
    places = {one.name: place for place, one in enumerate(inputs)}
    matrix = np.eye(len(inputs))
    for (first, second), value in correlations.items():
        missing = [name for name in (first, second) if name not in places]
        if missing:
            raise InputError(f"a correlation names {missing[0]}, which has no range to draw from")
        if first == second or not -1 < value < 1:
            raise InputError(
                f"the correlation of {first} and {second} is {value}; write two names and a "
                "number between -1 and 1"
            )
        row, column = places[first], places[second]
        matrix[row, column] = matrix[column, row] = value
    # Ranks correlate a little less than the normal numbers behind them.
    matrix = np.asarray(2 * np.sin(np.pi * matrix / 6))
    return _possible(matrix)


def _possible(matrix: Array) -> Array:
    """Return a matrix that numbers can have: that given, its pairs weakened a little if need be.

    Correlations that were counted and rounded, or of quantities that nearly are one, can miss by a
    hair what any numbers could have: all are weakened by the same part, at most WEAKENED_MAX.
    """
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least >= EIGENVALUE_LEAST:
        return matrix
    # The eigenvalues of (1 - w) R + w I are 1 - w times those of R, and w.
    weakened = (EIGENVALUE_LEAST - least) / (1 - least)
    if weakened > WEAKENED_MAX:
        raise InputError(
            "the correlations stated contradict each other: no numbers can have all of them; "
            "state the missing pairs too, or weaker ones"
        )
    return np.asarray((1 - weakened) * matrix + weakened * np.eye(len(matrix)))


def _correlated(parts: Array, matrix: Array, seed: int) -> Array:
    """Reorder each column so that the ranks of the columns correlate as asked."""
    from scipy.special import ndtri

    samples, dimensions = parts.shape
    if samples <= dimensions:
        raise InputError(f"{samples} samples are too few to correlate {dimensions} numbers")
    scores = ndtri((np.arange(samples) + 0.5) / samples)
    # A stream of its own, so that the order is independent of what is reordered.
    random = generator(seed, stream=1)
    normal = np.column_stack([random.permutation(scores) for _ in range(dimensions)])
    # Remove what correlates by chance, then bring in what is asked.
    chance = np.corrcoef(normal, rowvar=False)
    if np.linalg.eigvalsh(chance)[0] < EIGENVALUE_LEAST:
        # A few scores in two orders can be one order, or its reverse.
        raise InputError(f"{samples} samples are too few to correlate {dimensions} numbers")
    found = np.linalg.cholesky(chance)
    normal = normal @ np.linalg.inv(found).T @ np.linalg.cholesky(matrix).T
    order = np.argsort(np.argsort(normal, axis=0), axis=0)
    return np.take_along_axis(np.sort(parts, axis=0), order, axis=0)
