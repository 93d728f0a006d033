"""A series of prices: of a share or of a metal, each value with the day it was published on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oreline.watch._tickers import Ticker

if TYPE_CHECKING:
    import polars as pl

PRICE_COLUMNS: Final[tuple[str, ...]] = ("Open", "High", "Low", "Close", "AdjClose", "Volume")
COLUMNS: Final = ("Date", *PRICE_COLUMNS, "Published", "Told", "Flag")
"""The columns of a series: prices, when each was published, the close as written, its flag."""
KINDS: Final = ("share", "price", "index", "fx")


@dataclass(frozen=True, slots=True)
class SeriesTerms:
    """What the values of a series are.

    Attributes
    ----------
    id, name
        What it is called.
    kind
        share, price (of a metal), index or fx.
    ticker
        The paper, for a share.
    currency, unit
        Both are told by somebody: no currency is taken for granted.
    basis
        measured, reported, assumed; a quoted price is reported.
    source, licence
        Who publishes it, and on which terms.
    vintage
        What is known of the days of publication.
    """

    id: str
    name: str
    kind: str
    currency: str
    unit: str
    basis: str
    source: str
    ticker: Ticker | None = None
    licence: str = ""
    vintage: str = "each value counts as published on its own day"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "ticker": None if self.ticker is None else str(self.ticker),
            "currency": self.currency,
            "unit": self.unit,
            "basis": self.basis,
            "source": self.source,
            "licence": self.licence,
            "vintage": self.vintage,
        }


@dataclass(frozen=True, slots=True, eq=False)
class MarketSeries:
    """A series: its terms, and a row for each value that was ever published of a day.

    ``rows`` has the columns :data:`COLUMNS`, sorted by Date and Published. A value that was
    revised has a row for each publication; none is overwritten.
    """

    terms: SeriesTerms
    rows: pl.DataFrame = field(repr=False)
    newest: pl.DataFrame = field(init=False, repr=False)
    """One row a day, each as last published."""

    def __post_init__(self) -> None:
        assert tuple(self.rows.columns) == COLUMNS, self.rows.columns
        newest = self.rows.unique("Date", keep="last", maintain_order=True)
        object.__setattr__(self, "newest", newest)

    @property
    def id(self) -> str:
        """Return what it is called."""
        return self.terms.id

    @property
    def revisions(self) -> int:
        """Return how many values were changed after they were first published."""
        return self.rows.height - self.newest.height

    def known(self, on: date | None = None) -> pl.DataFrame:
        """Return one row a day, as it was known on a day, that day included."""
        import polars as pl

        if on is None:
            return self.newest
        told = self.rows.filter(pl.col("Published") <= on)
        return told.unique("Date", keep="last", maintain_order=True)

    def history(
        self, start: date | None = None, end: date | None = None, known_at: date | None = None
    ) -> pl.DataFrame:
        """Return the prices of a span of days, both ends included, as known on a day.

        The columns are those that analysts know, Date, Open, High, Low, Close, AdjClose, Volume,
        and beside each price its currency, unit, day of publication, basis and source.
        """
        import polars as pl

        rows = self.known(known_at)
        if start is not None:
            rows = rows.filter(pl.col("Date") >= start)
        if end is not None:
            rows = rows.filter(pl.col("Date") <= end)
        terms = self.terms
        return rows.drop("Told").with_columns(
            pl.lit(terms.currency).alias("Currency"),
            pl.lit(terms.unit).alias("Unit"),
            pl.lit(terms.basis).alias("Basis"),
            pl.lit(terms.source).alias("Source"),
        )

    def closes(self, known_at: date | None = None) -> pl.DataFrame:
        """Return the days with a close, and the close that returns are made of.

        That is the adjusted close where every day has one, else the close.
        """
        import polars as pl

        rows = self.known(known_at).filter(pl.col("Close").is_not_null())
        adjusted = bool(rows.height) and rows["AdjClose"].null_count() == 0
        return rows.select("Date", pl.col("AdjClose" if adjusted else "Close").alias("Price"))

    def told(self, day: date, known_at: date | None = None) -> Decimal | None:
        """Return the close of a day as it is written, None where there is none."""
        import polars as pl

        row = self.known(known_at).filter(pl.col("Date") == day)
        text = row["Told"].item() if row.height else None
        return None if text is None else Decimal(text)

    @property
    def is_adjusted(self) -> bool:
        """Return whether returns are made of adjusted closes."""
        closes = self.newest.drop_nulls("Close")
        return bool(closes.height) and closes["AdjClose"].null_count() == 0

    def to_json(self, known_at: date | None = None) -> dict[str, Any]:
        """Return what it is, how long, and its last value as it was known on a day."""
        rows = self.known(known_at).drop_nulls("Close")
        last = rows.row(-1, named=True) if rows.height else None
        return {
            **self.terms.to_json(),
            "first": rows["Date"][0].isoformat() if rows.height else None,
            "last": None if last is None else last["Date"].isoformat(),
            "last_close": None if last is None else last["Told"],
            "last_published": None if last is None else last["Published"].isoformat(),
            "last_flag": "" if last is None else last["Flag"],
            "days": rows.height,
            "revisions": self.revisions,
        }


def without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Return sorted rows without those that only repeat what was published before of a day."""
    import polars as pl

    told = ("Close", "AdjClose", "Open", "High", "Low", "Flag")
    changed = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(name).shift(1).over("Date")) for name in told
    )
    return rows.filter(changed | pl.col("Date").is_first_distinct())


def series_rows(columns: Mapping[str, Any]) -> pl.DataFrame:
    """Return rows of a series from some of its columns; what is missing is not known.

    Published falls back to the day itself, Told to the close.
    """
    import polars as pl

    prices: Mapping[str, pl.DataType] = {name: pl.Float64() for name in PRICE_COLUMNS}
    schema = pl.Schema(
        {
            "Date": pl.Date(),
            **prices,
            "Published": pl.Date(),
            "Told": pl.String(),
            "Flag": pl.String(),
        }
    )
    frame = pl.DataFrame(dict(columns))
    missing = [pl.lit(None).alias(name) for name in COLUMNS if name not in frame.columns]
    frame = frame.with_columns(missing).select(COLUMNS).cast(schema)
    close = pl.col("Close")
    filled = frame.with_columns(
        pl.col("Published").fill_null(pl.col("Date")),
        pl.when(close.is_null()).then(None).otherwise(pl.col("Told")).alias("Told"),
        pl.col("Flag").fill_null(""),
    )
    return without_repeats(filled.sort("Date", "Published", maintain_order=True))
