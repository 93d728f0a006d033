"""Tonnes and grades above cut-offs: by class, by domain, for one analyte or an equivalent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._classes import NOT_A_STATEMENT
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a tonne of an analyte brings: a price, and the share that is recovered and paid.

    ``source`` says where both are from: an equivalent grade without stated prices and recoveries is
    not told.
    """

    price_usd_per_t: float
    recovery: float
    source: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.price_usd_per_t) and self.price_usd_per_t > 0):
            raise InputError(f"a price of {self.price_usd_per_t} USD/t: give a number over 0")
        if not 0 < self.recovery <= 1:
            raise InputError(f"a recovery of {self.recovery}: give a share over 0, up to 1")
        if not self.source.strip():
            raise InputError("say where price and recovery of an equivalent are from")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A grade that stands for several: the sum of grades, each times its worth over the first's.

    Examples
    --------
    >>> copper, gold = Worth(9000.0, 0.9, "stated"), Worth(60e6, 0.6, "stated")
    >>> made = Equivalent("CuEq", {"Cu": copper, "Au": gold})
    >>> round(float(made.grade({"Cu": np.array([0.5]), "Au": np.array([0.0001])})[0]), 4)
    0.9444
    """

    name: str
    parts: Mapping[str, Worth]

    def grade(self, grades_pct: Mapping[str, Floats]) -> Floats:
        """Return the equivalent, in the unit of the grades; unknown where one of them is."""
        missing = [name for name in self.parts if name not in grades_pct]
        if missing or not self.parts:
            raise InputError(f"the equivalent {self.name} needs {', '.join(missing) or 'parts'}")
        first = next(iter(self.parts.values()))
        whole = first.price_usd_per_t * first.recovery
        terms = [
            grades_pct[name] * (part.price_usd_per_t * part.recovery / whole)
            for name, part in self.parts.items()
        ]
        return np.asarray(np.sum(terms, axis=0))

    def words(self) -> str:
        """Return the formula in one sentence."""
        parts = "; ".join(
            f"{name} at {part.price_usd_per_t:,.0f} USD/t and {part.recovery:.0%} recovery "
            f"({part.source})"
            for name, part in self.parts.items()
        )
        return f"{self.name} is in terms of {next(iter(self.parts))}: {parts}."


@dataclass(frozen=True, slots=True)
class TonnageRow:
    """What lies at or above a cut-off in one part of a model.

    ``grades_pct`` and ``metal_t`` are by analyte; a grade is None where nothing lies there, or
    where one of its blocks has no estimate of it.
    """

    part: str
    cutoff: float
    blocks: int
    tonnes: float
    grades_pct: Mapping[str, float | None]
    metal_t: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class GradeTonnage:
    """A grade-tonnage table; cut-offs are of ``analyte``, in per cent.

    ``unknown`` counts blocks left out because the grade or the density is not known.
    """

    analyte: str
    analytes: tuple[str, ...]
    rows: tuple[TonnageRow, ...]
    unknown_grade: int
    unknown_density: int
    words: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each part and cut-off."""
        import polars as pl

        lines = []
        for row in self.rows:
            line: dict[str, Any] = {
                "part": row.part,
                "cutoff_pct": row.cutoff,
                "blocks": row.blocks,
                "tonnes": row.tonnes,
            }
            line |= {f"{name}_pct": row.grades_pct[name] for name in self.analytes}
            line |= {f"{name}_t": row.metal_t[name] for name in self.analytes}
            lines.append(line)
        return pl.DataFrame(lines, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return the table as a JSON object."""
        return {
            "cutoff_of": self.analyte,
            "rows": [
                {
                    "part": row.part,
                    "cutoff_pct": row.cutoff,
                    "blocks": row.blocks,
                    "tonnes": row.tonnes,
                    "grades_pct": dict(row.grades_pct),
                    "metal_t": dict(row.metal_t),
                }
                for row in self.rows
            ],
            "blocks_without_grade": self.unknown_grade,
            "blocks_without_density": self.unknown_density,
            "words": list(self.words),
            "not_a_statement": NOT_A_STATEMENT,
        }


def grade_tonnage(
    grades_pct: Mapping[str, Floats],
    tonnes: Floats,
    analyte: str,
    cutoffs_pct: Sequence[float],
    parts: Mapping[str, NDArray[np.str_]] | None = None,
    equivalent: Equivalent | None = None,
) -> GradeTonnage:
    """Add up tonnes, grades and metal of the blocks at or above each cut-off.

    Parameters
    ----------
    grades_pct
        Grades of blocks by analyte, in per cent by mass; NaN is not known.
    tonnes
        Dry tonnes of each block; NaN is not known.
    analyte
        What the cut-off is of: an analyte, or the name of the equivalent.
    cutoffs_pct
        Cut-offs.
    parts
        Ways to divide the blocks, by name (``class``, ``domain``): the part of each block, empty
        for none. The whole is always told.
    equivalent
        An equivalent, told beside the analytes.

    Raises
    ------
    InputError
        If there is no such analyte, or no cut-off.
    """
    grades = dict(grades_pct)
    if equivalent is not None:
        grades[equivalent.name] = equivalent.grade(grades_pct)
    if analyte not in grades:
        raise InputError(f"no grade of {analyte!r}; there are {', '.join(grades)}")
    if not cutoffs_pct or not all(math.isfinite(cutoff) for cutoff in cutoffs_pct):
        raise InputError("give one cut-off at least, as finite numbers")
    known_grade, known_tonnes = ~np.isnan(grades[analyte]), ~np.isnan(tonnes)
    usable = known_grade & known_tonnes
    rows = [
        _row(part, cutoff, grades, tonnes, inside & (grades[analyte] >= cutoff))
        for part, inside in _parts(usable, parts or {})
        for cutoff in sorted(set(cutoffs_pct))
    ]
    words = () if equivalent is None else (equivalent.words(),)
    return GradeTonnage(
        analyte, tuple(grades), tuple(rows), int((~known_grade).sum()),
        int((known_grade & ~known_tonnes).sum()), words,
    )  # fmt: skip


def _parts(
    usable: NDArray[np.bool_], parts: Mapping[str, NDArray[np.str_]]
) -> list[tuple[str, NDArray[np.bool_]]]:
    found = [("all", usable)]
    for way, names in parts.items():
        found += [
            (f"{way} {name or 'none'}", usable & (names == name))
            for name in np.unique(names).tolist()
        ]
    return found


def _row(
    part: str,
    cutoff: float,
    grades: Mapping[str, Floats],
    tonnes: Floats,
    inside: NDArray[np.bool_],
) -> TonnageRow:
    mass = tonnes[inside]
    whole = float(mass.sum())
    mean: dict[str, float | None] = {}
    metal: dict[str, float | None] = {}
    for name, values in grades.items():
        # The sum is NaN, not too small, where one block's grade is not known.
        content = float((values[inside] * mass).sum()) / 100
        is_known = not math.isnan(content)
        metal[name] = content if is_known else None
        mean[name] = 100 * content / whole if is_known and whole > 0 else None
    return TonnageRow(part, float(cutoff), int(inside.sum()), whole, mean, metal)
