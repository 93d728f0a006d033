"""The shipped tables: read once, when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, ParamSpec, TypeVar

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


P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Tables of a user that stand in the place of shipped ones, and what was read from them.

    ``frames`` holds whole tables by name, with the columns and types of the shipped ones; ``place``
    says where they came from. Results that were computed from a set of tables are kept with it, so
    that no other set is answered with them.
    """

    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    place: str = ""
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)


_SHIPPED: Final = Tables()
_IN_USE: ContextVar[Tables] = ContextVar("tables", default=_SHIPPED)


@contextmanager
def using_tables(tables: Tables) -> Iterator[None]:
    """Let every function that reads reference tables read these in the place of shipped ones.

    Examples
    --------
    >>> empty = Tables({"recycling": table("recycling").clear()})
    >>> with using_tables(empty):
    ...     table("recycling").height
    0
    """
    before = _IN_USE.set(tables)
    try:
        yield
    finally:
        _IN_USE.reset(before)


def tables_in_use() -> Tables:
    """Give the tables that stand in the place of shipped ones; without frames where none do."""
    return _IN_USE.get()


def kept_by_tables(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function of reference tables answers, for the tables in use only."""

    @wraps(function)
    def answer(*args: P.args, **given: P.kwargs) -> T:
        kept = _IN_USE.get().kept
        key = (function.__module__, function.__qualname__, args, tuple(sorted(given.items())))
        if key not in kept:
            kept[key] = function(*args, **given)
        found: T = kept[key]
        return found

    return answer


def data_file(name: str) -> Traversable:
    """Give a file of the shipped data folder."""
    return files("oreline.reference") / "data" / name


@cache
def table_names() -> tuple[str, ...]:
    """Give the names that :func:`table` accepts, sorted."""
    names = (entry.name.rpartition(".") for entry in data_file("").iterdir())
    return tuple(sorted(name for name, _, kind in names if kind in {"csv", "parquet"}))


@kept_by_tables
def raw_table(name: str) -> pl.DataFrame:
    """Give a table with every column as text; an empty cell is an empty string."""
    own = _IN_USE.get().frames.get(name)
    if own is not None:
        return own.cast(pl.String).fill_null("")
    if name not in table_names():
        raise UnknownTableError(
            f"there is no reference table {name!r}; the tables are: {', '.join(table_names())}"
        )
    if data_file(f"{name}.parquet").is_file():
        return _shipped_table(name).cast(pl.String).fill_null("")
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


def _typed_table(name: str) -> pl.DataFrame:
    own = _IN_USE.get().frames.get(name)
    return _shipped_table(name) if own is None else own


@cache
def _shipped_table(name: str) -> pl.DataFrame:
    packed = data_file(f"{name}.parquet")
    if packed.is_file():
        return pl.read_parquet(packed.read_bytes())
    with using_tables(_SHIPPED):
        return typed(raw_table(name))


def as_table(name: str, rows: Iterable[Mapping[str, str]]) -> pl.DataFrame:
    """Give rows of text the columns and types of a shipped table; what is missing is empty.

    Raises
    ------
    UnknownTableError
        If there is no such table.

    Examples
    --------
    >>> frame = as_table("eu_results", [{"mineral": "tin", "year": "2026", "sr": "0.9"}])
    >>> frame.height, frame["sr"].item(), frame["ei"].item()
    (1, 0.9, None)
    """
    shipped = _shipped_table(name)
    columns = shipped.columns
    cells = [[row.get(column, "") for column in columns] for row in rows]
    text = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")
    return typed(text)


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
