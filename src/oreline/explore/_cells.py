"""What the cells of drill hole tables say: numbers, and grades with their many ways of no number.

A grade may be a number, below detection (`<0.01`, `-0.01`, `BDL`), above the range of the method
(`>10000`), lost, or never sampled. These are five different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import polars as pl

from oreline.explore._mapping import AnalyteColumn, CellCodes, Valued
from oreline.explore._words import PERCENT_PER_UNIT

Decimal = Literal[".", ",", "typed"]
"""How numbers are written: with a point, with a comma, or in cells that hold numbers of their own
(a workbook, Parquet), where only text may have a comma."""
_GROUPED = {
    ".": r"^[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$",
    ",": r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$",
}
"""Numbers whose thousands are set apart, and that can be read in no other way."""


def numbers(text: pl.Series, decimal: Decimal = ".") -> pl.Series:
    """Return the cells that are plain finite numbers as Float64, and null for all others.

    Thousands may be set apart where that leaves no doubt: with a point, ``1,000`` is no number.

    >>> numbers(pl.Series(["1.5", " 2", "1,5", "1,250.5", "1,000", "nan", None])).to_list()
    [1.5, 2.0, None, 1250.5, None, None, None]
    >>> numbers(pl.Series(["1,5", "1.250", "1.250,5", "1.5"]), ",").to_list()
    [1.5, 1250.0, 1250.5, None]
    >>> numbers(pl.Series(["1,5", "412.345"]), "typed").to_list()
    [1.5, 412.345]
    """
    text = text.str.strip_chars()
    if decimal == ".":
        if text.str.contains(",", literal=True).any():
            grouped = text.str.contains(_GROUPED["."])
            text = text.zip_with(~grouped, text.str.replace_all(",", "", literal=True))
    else:
        whole = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        if decimal == "typed":
            text = text.zip_with(~text.str.contains(",", literal=True), whole)
        else:
            # A point that sets no thousands apart is a number of another file: never ten of it.
            has_sense = ~text.str.contains(".", literal=True) | text.str.contains(_GROUPED[","])
            text = whole.set(~has_sense.fill_null(value=False), None)
    value = text.cast(pl.Float64, strict=False)
    return value.set(~value.is_finite().fill_null(value=True), None)


@dataclass(frozen=True, slots=True)
class GradeCells:
    """A column of grades, read.

    Attributes
    ----------
    percent
        The grade in per cent by mass, null where it is no number; below detection the limit.
    below
        Whether the grade is below the limit that ``percent`` holds.
    missing
        Whether a sample was taken and its result is lost.
    above
        Whether the grade is above what ``percent`` holds.
    unread
        Whether the cell is none of all that.
    negative
        Whether the cell is a negative number that means nothing.
    large
        Whether it is one that would mean below detection, if more than half of the grades that
        were found were not below it.
    """

    percent: pl.Series
    below: pl.Series
    missing: pl.Series
    above: pl.Series
    unread: pl.Series
    negative: pl.Series
    large: pl.Series


def read_grades(
    text: pl.Series, column: AnalyteColumn, codes: CellCodes, decimal: Decimal = "."
) -> GradeCells:
    """Read the cells of a column of grades.

    >>> column = AnalyteColumn(column="Cu_ppm", unit="ppm", limit=5)
    >>> codes = CellCodes(missing=("-999",), below_detection=("BDL",))
    >>> read = read_grades(pl.Series(["1200", "<10", "BDL", "-999", None, "x"]), column, codes)
    >>> read.percent.round(6).to_list(), read.below.to_list()[:3], read.unread.to_list()[-1]
    ([0.12, 0.001, 0.0005, None, None, None], [False, True, True], True)
    """
    factor = PERCENT_PER_UNIT[column.unit]
    value = numbers(text, decimal)
    plain = value.null_count() == text.null_count() and cast("float", value.min() or 0) >= 0
    coded = (*codes.missing, *codes.below_detection, *(word for word in codes.not_sampled if word))
    if plain and not any(_as_number(word) is not None for word in coded):
        none = pl.repeat(value=False, n=len(text), dtype=pl.Boolean, eager=True)
        return GradeCells(value * factor, none, none, none, none, none, none)
    frame = pl.DataFrame({"text": text, "value": value, "folded": text.str.to_lowercase()})
    missing, words, not_sampled = (
        _is_one_of(kind) for kind in (codes.missing, codes.below_detection, codes.not_sampled)
    )
    other = ~(missing | words | not_sampled | pl.col("text").is_null())
    less = other & pl.col("text").str.starts_with("<")
    more = other & pl.col("text").str.starts_with(">")
    minus = other & (pl.col("value") < 0).fill_null(value=False)
    is_below = codes.negative == "below detection"
    bound = numbers(text.str.strip_chars_start("<>=≤≥ "), decimal).set(text.is_null(), None)
    frame = frame.with_columns(bound=bound.set(bound < 0, None)).with_columns(
        missing=missing, words=words, less=less & pl.col("bound").is_not_null(),
        more=more & pl.col("bound").is_not_null(), minus=minus,
        plain=other & (pl.col("value") >= 0).fill_null(value=False), other=other,
    )  # fmt: skip
    # No method has a limit that half of what it finds is below: such a number is a slip.
    middle = cast(
        "float | None", frame.filter(pl.col("plain") & (pl.col("value") > 0))["value"].median()
    )
    large = pl.col("minus") & is_below & (-pl.col("value") > (middle or float("inf")))
    is_limit = pl.col("minus") & is_below & ~large
    below = pl.col("words") | pl.col("less") | is_limit
    read = frame.select(
        percent=factor
        * pl.when(pl.col("plain"))
        .then("value")
        .when(pl.col("less") | pl.col("more"))
        .then("bound")
        .when(pl.col("words"))
        .then(pl.lit(column.limit, dtype=pl.Float64))
        .when(is_limit)
        .then(-pl.col("value")),
        below=below,
        missing="missing",
        above="more",
        unread=pl.col("other")
        & ~(pl.col("plain") | pl.col("less") | pl.col("more") | pl.col("minus")),
        negative=pl.col("minus") & (not is_below),
        large=large,
    )
    return GradeCells(*(read[name] for name in read.columns))


def _as_number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _is_one_of(words: Sequence[str]) -> pl.Expr:
    """Return whether a cell is one of the words, or the number that one of them writes."""
    folded = [word.strip().casefold() for word in words]
    values = [value for word in words if (value := _as_number(word)) is not None]
    spelt = pl.col("folded").is_in(folded).fill_null(value=False)
    return spelt | pl.col("value").is_in(values).fill_null(value=False) if values else spelt


def valued_below(limit: pl.Expr, how: Valued) -> pl.Expr:
    """Return what a grade below a limit counts as; of an interval the middle."""
    share = {"half": 0.5, "zero": 0.0, "limit": 1.0, "interval": 0.5}[how]
    return limit * share
