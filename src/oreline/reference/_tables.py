"""The shipped tables: read once, when first asked for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import polars as pl

from oreline.reference._errors import UnknownTableError

_INTEGERS: Final = frozenset({"year", "year_from", "year_to", "vintage", "level", "line", "rank"})
_FLOATS: Final = frozenset(
    {
        "value", "low", "high", "lat", "lon", "precision_km", "outside_km", "usd_per_t",
        "channel_depth_m", "cargo_pier_depth_m", "max_draft_m", "distance_nm", "great_circle_nm",
        "days_at_13kn", "size", "exponent", "value_kusd", "quantity_t", "estimate", "value_usd",
        "value_musd", "weighted_musd", "largest_musd", "implied_probability", "sr", "ei", "ir_pct",
        "eol_rir_pct", "si_ei", "si_sr", "hhi_gs", "hhi_eu", "sr_gs", "sr_eu", "sr_both", "share",
        "trade_parameter", "value_added_meur",
    }
)  # fmt: skip
_BOOLEANS: Final = frozenset({"estimated", "member"})


def data_file(name: str) -> Traversable:
    """Give a file of the shipped data folder."""
    return files("oreline.reference") / "data" / name


@cache
def table_names() -> tuple[str, ...]:
    """Give the names that :func:`table` accepts, sorted."""
    names = (entry.name.rpartition(".") for entry in data_file("").iterdir())
    return tuple(sorted(name for name, _, kind in names if kind in {"csv", "parquet"}))


@cache
def raw_table(name: str) -> pl.DataFrame:
    """Give a table with every column as text; an empty cell is an empty string."""
    if name not in table_names():
        raise UnknownTableError(
            f"there is no reference table {name!r}; the tables are: {', '.join(table_names())}"
        )
    if data_file(f"{name}.parquet").is_file():
        return _typed_table(name).cast(pl.String).fill_null("")
    data = data_file(f"{name}.csv").read_bytes()
    # Without inference "NA" stays Namibia and 030 stays three characters.
    return pl.read_csv(data, infer_schema=False).fill_null("")


def table(name: str) -> pl.DataFrame:
    """Give a reference table as a frame.

    Every row names its ``source`` (an id of :func:`oreline.reference.sources`). Where they apply,
    ``vintage`` is the edition's year, ``unit`` the unit of ``value``, ``basis`` how it is known.
    Numbers are floats here, for analysis; :func:`oreline.reference.production` gives them exactly.
    A number that is not known is null, never zero: ``text`` and ``flag`` say what was printed.

    Parameters
    ----------
    name
        One of :func:`table_names`.

    Raises
    ------
    UnknownTableError
        If there is no such table.

    Examples
    --------
    >>> table("sea_routes").columns[:3]
    ['origin', 'destination', 'scenario']
    """
    return _typed_table(name).clone()


@cache
def _typed_table(name: str) -> pl.DataFrame:
    packed = data_file(f"{name}.parquet")
    return pl.read_parquet(packed.read_bytes()) if packed.is_file() else typed(raw_table(name))


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of text the column types of the tables; an empty cell of a number is null."""
    return frame.with_columns(_typed(column) for column in frame.columns)


def _typed(column: str) -> pl.Expr:
    text = pl.col(column)
    known = pl.when(text != "").then(text)
    if column in _INTEGERS:
        return known.cast(pl.Int64).alias(column)
    if column in _FLOATS:
        return known.cast(pl.Float64).alias(column)
    if column in _BOOLEANS:
        return (
            pl.when(text == "true").then(statement=True).when(text == "false").then(statement=False)
        ).alias(column)
    return text
