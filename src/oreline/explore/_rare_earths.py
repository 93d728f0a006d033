"""Rare earths as a suite: every oxide and their sums, none of them half known.

A laboratory reports elements in ppm or oxides in per cent. Each is brought to the oxide in which
rare earths are sold, by formula mass; the total TREO is the sum of all fifteen, with yttrium. A
total of which one oxide is not known is not known: a sum of what happens to be there looks like a
TREO and is lower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from oreline.model import AGGREGATES, RARE_EARTH_OXIDES, InputError, analyte

SUMS = ("TREO", "TREO-Y", "LREO", "HREO", "NdPrO")
"""The sums that are computed where all of their oxides are known."""


@dataclass(frozen=True, slots=True)
class RareEarths:
    """Oxides of rare earths and their sums.

    Attributes
    ----------
    frame
        The frame given, with a column in per cent for each oxide and each sum that can be formed.
    computed
        For each column that was added, the columns it is computed from.
    lacking
        For each sum that cannot be formed, the oxides that no column gives.
    """

    frame: pl.DataFrame
    computed: Mapping[str, tuple[str, ...]]
    lacking: Mapping[str, tuple[str, ...]]

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each sum that is not formed."""
        return tuple(
            f"{name} is UNKNOWN: {', '.join(oxides)} not assayed"
            for name, oxides in self.lacking.items()
        )


def rare_earths(
    frame: pl.DataFrame,
    symbols: Mapping[str, str],
    *,
    named_sums: Mapping[str, Iterable[str]] | None = None,
) -> RareEarths:
    """Add oxides of rare earths and their sums to a frame of grades in per cent.

    Parameters
    ----------
    frame
        Composites or assays.
    symbols
        Which element or compound each column is: ``{"Nd_ppm": "Nd"}``; columns of other things are
        left alone.
    named_sums
        Sums of your own, such as ``{"REO4": ("La2O3", "CeO2", "Pr6O11", "Nd2O3")}``, for a
        laboratory that reports only some. A name of ``SUMS`` is refused: it means all of them.

    Raises
    ------
    InputError
        If two columns are of one element, or a sum of your own is no sum of oxides.

    >>> found = rare_earths(pl.DataFrame({"Nd": [1.0], "Pr": [0.25]}), {"Nd": "Nd", "Pr": "Pr"})
    >>> found.frame.select(pl.col("Nd2O3", "NdPrO").round(4)).row(0)
    (1.1664, 1.4684)
    >>> found.notes[0].partition(":")[0]
    'TREO is UNKNOWN'
    """
    own = {name: tuple(oxides) for name, oxides in (named_sums or {}).items()}
    for name, oxides in own.items():
        wrong = [oxide for oxide in oxides if oxide not in RARE_EARTH_OXIDES]
        if name in AGGREGATES or name in frame.columns or wrong or not oxides:
            why = f"{', '.join(wrong)} is no oxide of it" if wrong else "the name is taken"
            raise InputError(f"{name} cannot be a sum of your own: {why}")
    sources = _sources(frame, symbols)
    computed: dict[str, tuple[str, ...]] = {}
    for oxide, (column, factor) in sources.items():
        if column != oxide:
            frame = frame.with_columns((pl.col(column) * factor).alias(oxide))
            computed[oxide] = (column,)
    lacking: dict[str, tuple[str, ...]] = {}
    wanted = {name: AGGREGATES[name] for name in SUMS if name not in frame.columns} | own
    for name, oxides in wanted.items():
        absent = tuple(oxide for oxide in oxides if oxide not in sources)
        if absent:
            lacking[name] = absent
            continue
        # A sum of columns is null where one of them is.
        total = sum((pl.col(oxide) for oxide in oxides[1:]), pl.col(oxides[0]))
        frame = frame.with_columns(total.alias(name))
        computed[name] = oxides
    return RareEarths(frame, computed, lacking)


def _sources(frame: pl.DataFrame, symbols: Mapping[str, str]) -> dict[str, tuple[str, float]]:
    """Return for each oxide the column that gives it, and by what that is multiplied."""
    sources: dict[str, tuple[str, float]] = {}
    oxide_of = {
        element: oxide
        for oxide in RARE_EARTH_OXIDES
        for element, _ in analyte(oxide).elements
        if element != "O"
    }
    for column, symbol in symbols.items():
        if column not in frame.columns or symbol in AGGREGATES:
            continue
        shares = dict(analyte(symbol).elements)
        earths = [(name, share) for name, share in shares.items() if name in oxide_of]
        if len(earths) != 1 or not set(shares) <= {earths[0][0], "O"}:
            continue
        element, share = earths[0]
        oxide = oxide_of[element]
        if oxide in sources:
            message = f"{sources[oxide][0]} and {column} both give {element}; choose one"
            raise InputError(message)
        in_oxide = dict(analyte(oxide).elements)[element]
        factor = 1.0 if symbol == oxide else share / in_oxide
        sources[oxide] = (column, factor)
    return sources
