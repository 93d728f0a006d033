"""From assays to minerals: which minerals hold the elements that a laboratory found.

Minerals are found by nonnegative least squares (Lawson and Hanson 1974, Solving Least Squares
Problems): amounts of at least zero whose elements come nearest to the assays, each assay weighted
by how well it is known. What assays cannot tell apart is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from oreline.design._law import Array
from oreline.model import InputError

ASSAY_UNCERTAINTY: Final = 0.02
"""How well an assay is taken to be known where nobody says: as a part of it."""
ASSAY_FLOOR: Final = 1e-6
"""And at best so, as a part of the dry mass: 1 g/t."""
_SAME: Final = 1e-8
"""Singular values below this part of the largest are zero: the assays do not tell such minerals."""


@dataclass(frozen=True, slots=True)
class Deportment:
    """Which minerals hold the elements of a material.

    Attributes
    ----------
    minerals
        Part of the dry mass, by mineral.
    assays
        What was assayed, as a part of the dry mass, by element.
    explained
        What the minerals hold of it.
    alike
        Minerals whose amounts the assays do not fix: other amounts fit as well.
    misfit
        The weighted sum of squares: about the number of assays less that of minerals, if the
        minerals are right.
    """

    minerals: Mapping[str, float]
    assays: Mapping[str, float]
    explained: Mapping[str, float]
    alike: tuple[str, ...]
    misfit: float

    @property
    def residuals(self) -> dict[str, float]:
        """Return assay less what minerals hold, as a part of the dry mass, by element."""
        return {name: assay - self.explained[name] for name, assay in self.assays.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the deportment as a JSON object."""
        return {
            "minerals": dict(self.minerals),
            "assays": dict(self.assays),
            "explained": dict(self.explained),
            "residuals": self.residuals,
            "alike": list(self.alike),
            "misfit": self.misfit,
        }


def deportment(
    assays: Mapping[str, float],
    minerals: Mapping[str, Mapping[str, float]],
    uncertainties: Mapping[str, float] | None = None,
) -> Deportment:
    """Return the minerals of a material from its assays.

    Parameters
    ----------
    assays
        Element to part of the dry mass. Elements of minerals that were not assayed are free.
    minerals
        Mineral to the mass fractions of its elements.
    uncertainties
        Standard uncertainty of assays, as parts of the dry mass; else :data:`ASSAY_UNCERTAINTY`
        of the assay.

    Raises
    ------
    InputError
        If an assay is no part of the whole, or no assayed element is in any of the minerals.

    Examples
    --------
    >>> found = deportment({"Cu": 0.05, "Fe": 0.06}, {
    ...     "chalcopyrite": {"Cu": 0.3463, "Fe": 0.3043, "S": 0.3494},
    ...     "pyrite": {"Fe": 0.4655, "S": 0.5345}})
    >>> {name: round(part, 4) for name, part in found.minerals.items()}
    {'chalcopyrite': 0.1444, 'pyrite': 0.0345}
    """
    wrong = [name for name, assay in assays.items() if not 0 <= assay <= 1]
    if wrong:
        raise InputError(f"the assays of {', '.join(wrong)} are no parts of the dry mass")
    elements = list(assays)
    known = np.array([assays[name] for name in elements])
    matrix = np.array(
        [[minerals[mineral].get(name, 0.0) for mineral in minerals] for name in elements]
    ).reshape(len(elements), len(minerals))
    empty = [name for name, column in zip(minerals, matrix.T, strict=True) if not column.any()]
    if empty:
        raise InputError(
            f"no element of {', '.join(empty)} was assayed, and is followed; assay one, or leave "
            "the mineral out"
        )
    doubts = uncertainties or {}
    spread = np.array(
        [doubts.get(name, max(ASSAY_UNCERTAINTY * assays[name], ASSAY_FLOOR)) for name in elements]
    )
    amounts, misfit = nonnegative(matrix / spread[:, None], known / spread)
    explained = matrix @ amounts
    return Deportment(
        {name: float(part) for name, part in zip(minerals, amounts, strict=True)},
        dict(assays),
        {name: float(part) for name, part in zip(elements, explained, strict=True)},
        _alike(matrix / spread[:, None], tuple(minerals)),
        misfit,
    )


def nonnegative(matrix: Array, known: Array) -> tuple[Array, float]:
    """Return amounts of at least zero that come nearest, and the sum of squares they leave."""
    from scipy.optimize import nnls

    amounts, norm = nnls(matrix, known)
    return np.asarray(amounts), float(norm) ** 2


def _alike(matrix: Array, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the minerals that can be changed against each other without a change of any assay."""
    scaled = matrix / np.linalg.norm(matrix, axis=0)
    _, sizes, turned = np.linalg.svd(scaled, full_matrices=True)
    rank = int((sizes > _SAME * sizes[0]).sum())
    free = turned[rank:]
    return tuple(
        name
        for number, name in enumerate(names)
        if free.size and np.abs(free[:, number]).max() > _SAME
    )
