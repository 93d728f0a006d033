"""Grades to normal scores and back, for simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.explore._variogram_experimental import normal_scores
from oreline.model import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NormalScoreTable:
    """A table of grades and their normal scores, both rising.

    Between its entries it is linear in the score; beyond them linear in probability, down to
    ``least`` and up to ``most`` (Deutsch and Journel, GSLIB, 2nd ed. 1998, section V.1.6).
    """

    grades: Floats
    scores: Floats
    least: float
    most: float

    @classmethod
    def of(
        cls,
        grades: Floats,
        weights: Floats | None = None,
        least: float | None = None,
        most: float | None = None,
    ) -> NormalScoreTable:
        """Make the table of known grades.

        Parameters
        ----------
        grades
            Without NaN.
        weights
            Declustering weights.
        least, most
            The ends of the distribution; without them the least and greatest grade.

        Raises
        ------
        InputError
            If there are fewer than two different grades, or an end cuts some of them off.
        """
        if grades.size < 2 or np.isnan(grades).any() or not np.ptp(grades) > 0:
            raise InputError("normal scores need two different known grades at least")
        low, high = float(grades.min()), float(grades.max())
        low = low if least is None else least
        high = high if most is None else most
        if low > grades.min() or high < grades.max():
            raise InputError(
                f"the ends {low:g} and {high:g} cut off grades from {grades.min():g} to "
                f"{grades.max():g}"
            )
        scores = normal_scores(grades, weights)
        order = np.argsort(scores)
        return cls(grades[order], scores[order], low, high)

    def back(self, scores: Floats) -> Floats:
        """Return the grades of scores, of any shape."""
        from scipy.special import ndtr

        grades = np.interp(scores, self.scores, self.grades)
        first, last = float(ndtr(self.scores[0])), float(ndtr(-self.scores[-1]))
        below, above = scores < self.scores[0], scores > self.scores[-1]
        if below.any():
            share = ndtr(scores[below]) / first
            grades[below] = self.least + share * (self.grades[0] - self.least)
        if above.any():
            share = ndtr(-scores[above]) / last
            grades[above] = self.most - share * (self.most - self.grades[-1])
        return np.asarray(grades)
