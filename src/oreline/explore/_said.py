"""Findings about rows of drill hole tables, made from frames; many of one kind are counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from oreline.explore._words import METRES_PER_UNIT
from oreline.model import Finding, Severity

FINDINGS_PER_KIND = 500
"""How many findings of one code in one table are listed; one more says how many there are."""
ROWS_NAMED = 6
"""How many runs of rows one finding names."""


@dataclass(frozen=True, slots=True)
class Told:
    """What findings call a table, and the unit in which they tell its depths: that of the file."""

    name: str
    unit: str = "m"

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def values(self, record: dict[str, object]) -> dict[str, object]:
        """Return a row with its lengths in the unit of the file."""
        metres = METRES_PER_UNIT[self.unit]
        return {
            key: _Length(value / metres, self.unit)
            if isinstance(value, float) and (key.endswith("_m") or key in {"gap", "above"})
            else value
            for key, value in record.items()
        }


class _Length:
    """A length that is written with ``L`` as number and unit, with ``l`` as a number."""

    __slots__ = ("unit", "value")

    def __init__(self, value: float, unit: str) -> None:
        self.value = value
        self.unit = unit

    def __format__(self, spec: str) -> str:
        number = f"{self.value:.6g}"
        if spec == "L":
            return f"{number} {self.unit}"
        return number if spec == "l" else format(self.value, spec)


def said(
    code: str, severity: Severity, rows: pl.DataFrame, place: Told, message: str, fix: str,
    *, column: str = "",
) -> list[Finding]:  # fmt: skip
    """Return one finding for each row of ``rows``.

    ``message`` and ``fix`` are templates over the columns of ``rows``; ``row`` is the row number in
    the file that ``place`` names. A length in metres is written ``{to_m:L}``, with its unit.
    """
    found = []
    for record in rows.head(FINDINGS_PER_KIND).iter_rows(named=True):
        where = f"{place} row {record['row']}" + (f" column {column}" if column else "")
        values = place.values(record)
        text = message.format_map(values)
        found.append(Finding(code, severity, where, text, fix.format_map(values)))
    if rows.height > FINDINGS_PER_KIND:
        more = rows.height - FINDINGS_PER_KIND
        where = f"{place}" + (f" column {column}" if column else "")
        text = f"{more} more rows with {code} are not listed: FINDINGS_PER_KIND = 500"
        found.append(Finding(code, severity, where, text, "correct those listed, and check again"))
    return found


def fatal(code: str, rows: pl.DataFrame, place: Told, message: str, fix: str, *,
          column: str = "") -> list[Finding]:  # fmt: skip
    """Return a finding for each row that is left out."""
    return said(code, Severity.FATAL, rows, place, message, fix, column=column)


def warning(code: str, rows: pl.DataFrame, place: Told, message: str, fix: str, *,
            column: str = "") -> list[Finding]:  # fmt: skip
    """Return a finding for each row that somebody should look at."""
    return said(code, Severity.WARNING, rows, place, message, fix, column=column)


def per_hole(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each hole: its first row number, how many rows, and which.

    >>> per_hole(pl.DataFrame({"hole": ["A", "A", "B"], "row": [2, 3, 9]})).rows()
    [('A', 2, 2, 'rows 2-3'), ('B', 9, 1, 'row 9')]
    """
    if rows.is_empty():
        kinds = {"hole": pl.String, "row": pl.UInt32, "count": pl.UInt32, "which": pl.String}
        return pl.DataFrame(schema=kinds)
    grouped = rows.group_by("hole", maintain_order=True).agg(
        pl.col("row").min().alias("first"), pl.len().alias("count"), pl.col("row").alias("all")
    )
    which = pl.Series("which", [row_runs(numbers) for numbers in grouped["all"].to_list()])
    return grouped.select("hole", row="first", count="count").with_columns(which)


def row_runs(numbers: Iterable[int]) -> str:
    """Return row numbers as a person writes them.

    >>> row_runs([5, 2, 3, 4, 9])
    'rows 2-5, 9'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:ROWS_NAMED]]
    more = f" and {len(runs) - ROWS_NAMED} more runs" if len(runs) > ROWS_NAMED else ""
    word = "row" if len(runs) == 1 and runs[0][0] == runs[0][1] else "rows"
    return f"{word} {', '.join(shown)}{more}"


def without(frame: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    """Return a frame without the rows that another lists by their row number."""
    return frame.join(left_out.select("row"), on="row", how="anti", maintain_order="left")


def near_names(names: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """Return, for each hole that is not known, the known one that differs only in its spelling."""
    plain = {_plain(name): name for name in known}
    return {name: plain[_plain(name)] for name in names if _plain(name) in plain}


def _plain(name: str) -> str:
    letters = "".join(letter for letter in name.casefold() if letter.isalnum())
    return letters.lstrip("0") or letters
