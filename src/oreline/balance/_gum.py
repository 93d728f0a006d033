"""A number with its unit, standard uncertainty, basis and source, and how uncertainty propagates.

First order, with covariances: JCGM 100:2008 (GUM), equation 13.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.model import Basis, InputError, UnitError, weakest

Floats = npt.NDArray[np.float64]

EXPANDED = 2.0
"""The k of an expanded uncertainty U = k u, as the GUM and contracts write it."""
SMALLEST, LARGEST = 1e-12, 1e15
"""No mass, size, density or error of the trade lies beyond these, whatever its unit."""
_WRITTEN = re.compile(
    r"\s*(?P<value>-?[0-9]{1,19}(?:\.[0-9]{1,15})?)"
    r"(?:\s*(?:±|\+-|\+/-)\s*(?P<u>[0-9]{1,19}(?:\.[0-9]{1,15})?)\s*(?P<relative>%)?)?\s*"
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number; ``u`` is one standard uncertainty in the same unit, None where it is not known."""

    value: float
    u: float | None
    unit: str
    basis: Basis = Basis.MEASURED
    source: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InputError(f"{self.value} {self.unit} is no finite number")
        if self.u is not None and not (math.isfinite(self.u) and self.u >= 0):
            raise InputError(f"a standard uncertainty is zero or more, not {self.u} {self.unit}")

    @property
    def u_rel(self) -> float | None:
        """Return the relative standard uncertainty, None where it is not known or has no sense."""
        return None if self.u is None or not self.value else self.u / abs(self.value)

    @property
    def expanded(self) -> float | None:
        """Return the expanded uncertainty, ``EXPANDED`` times ``u``."""
        return None if self.u is None else EXPANDED * self.u

    def to_json(self) -> dict[str, Any]:
        """Return the number as decimal text with its unit, uncertainty, basis and source.

        >>> Estimate(257.6, 1.5, "t").to_json()["expanded"]
        '3'
        """
        return {
            "value": number_text(self.value),
            "u": number_text(self.u),
            "expanded": number_text(self.expanded),
            "unit": self.unit,
            "basis": str(self.basis),
            "source": self.source,
        }


def parse_estimate(
    text: str, unit: str, *, basis: Basis = Basis.MEASURED, source: str = ""
) -> Estimate:
    """Read ``2``, ``2 ± 0.1`` or ``2 +- 5%``; what stands behind ± is one standard uncertainty.

    Raises
    ------
    InputError
        If it is no such number.

    >>> parse_estimate("2 +- 5%", "%").u
    0.1
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        message = f"{text!r} is not understood; write 2, 2+-0.1 or 2+-5% (one standard uncertainty)"
        raise InputError(message)
    value = float(found["value"])
    u = None if found["u"] is None else float(found["u"])
    if u is not None and found["relative"]:
        u = abs(value) * u / 100
    return Estimate(value, u, unit, basis, source)


def number_text(value: float | None, digits: int = 10) -> str | None:
    """Return a number as decimal text without an exponent, to so many significant digits.

    >>> number_text(1369631.59351), number_text(0.00001), number_text(None)
    ('1369631.594', '0.00001', None)
    """
    if value is None:
        return None
    if not value:
        return "0"
    text = np.format_float_positional(
        value, precision=digits, unique=False, fractional=False, trim="-"
    )
    return str(text)


def weakest_basis(inputs: Sequence[Estimate]) -> Basis:
    """Return ``derived``, or the basis of the inputs where one is assumed or planned."""
    return weakest(Basis.DERIVED, *(item.basis for item in inputs))


def same_unit(inputs: Sequence[Estimate], what: str) -> str:
    """Return the unit that all inputs share.

    Raises
    ------
    UnitError
        If they differ.
    """
    units = {item.unit for item in inputs}
    if len(units) != 1:
        message = f"{what} in different units ({', '.join(sorted(units))}); write all in one"
        raise UnitError(message)
    return units.pop()


def check_grades(grades: Sequence[Estimate]) -> None:
    """See that no grade is below zero or above the whole.

    Raises
    ------
    UnitError
        If one has no unit of a grade.
    InputError
        If one is below zero or above the whole.
    """
    whole = {"%": 100.0, "g/t": 1e6, "ppm": 1e6, "fraction": 1.0, "kg/t": 1e3}
    for grade in grades:
        if grade.unit not in whole:
            known = ", ".join(whole)
            raise UnitError(f"{grade.unit!r} is no unit of a grade here; write one of {known}")
        if grade.value < 0:
            raise InputError(f"a grade of {grade.value:g} {grade.unit} is below zero")
        if grade.value > whole[grade.unit]:
            message = f"a grade of {grade.value:g} {grade.unit} is more than the whole"
            raise InputError(message)


def above_zero(**numbers: float) -> None:
    """See that numbers of the trade are above zero, and not so far out that arithmetic fails.

    Raises
    ------
    InputError
        If one is not.
    """
    for name, value in numbers.items():
        if not SMALLEST <= value <= LARGEST:
            what = name.replace("_", " ")
            raise InputError(f"the {what} has to be above zero and no wild number, not {value:g}")


def correlation_matrix(
    names: Sequence[str], pairs: Mapping[tuple[str, str], float] | None = None
) -> Floats:
    """Return the matrix of correlations; pairs that are not named are independent.

    Raises
    ------
    InputError
        If a name is not known, a coefficient is beyond one, or the pairs contradict each other.

    >>> correlation_matrix(["a", "b"], {("a", "b"): 0.5}).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    matrix = np.eye(len(names))
    for (left, right), value in (pairs or {}).items():
        if left not in names or right not in names or left == right:
            message = f"a correlation of {left} and {right}: name two of {', '.join(names)}"
            raise InputError(message)
        if not -1 <= value <= 1:
            raise InputError(f"a correlation lies between -1 and 1, not {value:g}")
        one, other = names.index(left), names.index(right)
        matrix[one, other] = matrix[other, one] = value
    if np.linalg.eigvalsh(matrix)[0] < -1e-9:
        raise InputError("these correlations contradict each other: no such quantities exist")
    return matrix


def propagated(
    slopes: Sequence[float], us: Sequence[float | None], correlation: Floats | None = None
) -> float | None:
    """Return the standard uncertainty of a result from its slopes (GUM equation 13).

    None where an uncertainty that matters is not known.

    >>> round(propagated([1.0, -1.0], [3.0, 4.0]), 9)
    5.0
    """
    if any(u is None and slope for slope, u in zip(slopes, us, strict=True)):
        return None
    parts = np.array([slope * (u or 0.0) for slope, u in zip(slopes, us, strict=True)])
    matrix = np.eye(len(parts)) if correlation is None else correlation
    return math.sqrt(max(float(parts @ matrix @ parts), 0.0))
