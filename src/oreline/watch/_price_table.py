"""Price files as series: what analysts download, with every problem told at its row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from oreline.exchange import TextTable, read_text_table
from oreline.model import Finding, Severity, is_fatal
from oreline.reference import kept_by_tables, table
from oreline.watch._price_days import days_of
from oreline.watch._price_headers import (
    ABSENT,
    CURRENCY_MARKS,
    HEADERS,
    IGNORED,
    column_of,
    marks,
    number_texts,
    plain,
    priced_column,
    unit_of,
)
from oreline.watch._series import PRICE_COLUMNS, MarketSeries, SeriesTerms, series_rows
from oreline.watch._tickers import Ticker, ticker_of

if TYPE_CHECKING:
    import polars as pl

ROWS_TOLD_MAX: Final = 20
"""How many rows with one problem are told one by one; the others are counted."""
GAP_DAYS: Final = 7
"""From how many days without a price a daily series is said to have a gap."""
GAP_STEPS: Final = 2.5
"""The same for a series that is not daily, in its own steps."""


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What a user says of a price file; what is empty must stand in the file.

    Attributes
    ----------
    columns
        The file's own names of columns, by ours.
    published
        When the file's values were published, where it has no column of it.
    """

    id: str = ""
    name: str = ""
    kind: str = ""
    ticker: str = ""
    currency: str = ""
    unit: str = ""
    basis: str = "reported"
    source: str = ""
    licence: str = ""
    published: date | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """One file being read: its table, what is said of it, and what is wrong with it so far."""

    table: TextTable
    terms: PriceTerms
    findings: list[Finding] = field(default_factory=list)

    def add(
        self, code: str, where: str, message: str, fix: str, severity: Severity = Severity.FATAL
    ) -> None:
        self.findings.append(Finding(code, severity, where, message, fix))

    def at(self, row: int, column: str) -> str:
        return f"{self.table.place} row {row} column {column}"

    def add_rows(
        self, code: str, wrong: pl.DataFrame, column: str, message: str, fix: str,
        severity: Severity = Severity.FATAL,
    ) -> None:  # fmt: skip
        """Tell of every wrong row, of which there are columns row and text."""
        for row, text in wrong.head(ROWS_TOLD_MAX).select("row", "text").iter_rows():
            self.add(code, self.at(row, column), message.format(text=text), fix, severity)
        more = wrong.height - ROWS_TOLD_MAX
        if more > 0:
            where = f"{self.table.place} column {column}"
            self.add(code, where, f"{more} more rows have the same problem", fix, severity)


def read_price_file(
    data: bytes, name: str, terms: PriceTerms | None = None
) -> tuple[tuple[MarketSeries, ...], tuple[Finding, ...]]:
    """Read a price file: CSV, Excel or Parquet, of one instrument or of several.

    The columns may be named as yfinance, OpenBB, akshare, Stooq or a price list does it. A file
    may be long (a column of symbols or products) or wide (a column for each metal, with its unit).

    Parameters
    ----------
    data, name
        The bytes of the file; the suffix of its name says what it is.
    terms
        What the file does not say of itself.

    Returns
    -------
    series, findings
        No series where a finding is fatal, so that nothing rests on half of a file.
    """
    given = terms if terms is not None else PriceTerms()
    read, wrong = read_text_table(data, name, sheet=given.sheet)
    if read is None:
        return (), wrong
    reading = _Reading(_unstacked(read), given, list(wrong))
    frame = _columns(reading)
    if frame is None:
        return (), tuple(reading.findings)
    days = _days(reading, frame)
    made: list[MarketSeries] = []
    for piece in _pieces(reading, frame.with_columns(days)):
        one = _series(reading, piece, name)
        if one is not None:
            made.append(one)
    _told_twice(reading, made)
    findings = tuple(reading.findings)
    return (() if is_fatal(findings) else tuple(made)), findings


def _unstacked(read: TextTable) -> TextTable:
    """Return a frame that was saved with tickers in a second header row as one with a column."""
    first = read.frame.columns[0] if read.frame.width else ""
    if first != "Price" or read.frame.height < 2 or read.frame[first][0] != "Ticker":
        return read
    symbols = [one for one in read.frame.row(0)[1:] if one]
    body = read.frame.slice(1).rename({first: "Date"})
    rows = read.rows.slice(1)
    if body["Date"][0] == "Date":
        body, rows = body.slice(1), rows.slice(1)
    import polars as pl

    body = body.with_columns(pl.lit(symbols[0] if symbols else None).alias("Ticker"))
    return replace(read, frame=body, rows=rows)


@dataclass(frozen=True, slots=True)
class _Piece:
    """The rows of one instrument: its text by our names, and what its heading says of it."""

    frame: pl.DataFrame
    key: str = ""
    currency: str = ""
    unit: str = ""
    is_product: bool = False


def _columns(reading: _Reading) -> pl.DataFrame | None:
    """Return the table under our names of columns; the wide ones keep theirs behind ``price:``."""
    import polars as pl

    place, own = reading.table.place, {value: key for key, value in reading.terms.columns.items()}
    named: dict[str, str] = {}
    for header in reading.table.frame.columns:
        key = own.get(header) or column_of(header)
        if key is None and priced_column(header) is not None:
            key = f"price:{header}"
        if key is None and plain(header) not in IGNORED:
            reading.add(
                "ORL-1325", f"{place} column {header}", f"the column {header!r} is not used",
                "name it as one of Date, Open, High, Low, Close, Volume, Currency, Unit, Published",
                Severity.NOTE,
            )  # fmt: skip
        if key is None:
            continue
        if key in named.values():
            other = next(one for one, value in named.items() if value == key)
            reading.add(
                "ORL-1325", f"{place} column {header}", f"{other!r} and {header!r} both are {key}",
                f"keep one of them, or say which is {key}: columns.{key} = {header!r}",
            )  # fmt: skip
            continue
        named[header] = key
    frame = reading.table.frame.select(list(named)).rename(named)
    frame = frame.with_columns(
        pl.when(pl.col(one).str.to_lowercase().is_in(ABSENT))
        .then(None)
        .otherwise(pl.col(one))
        .alias(one)
        for one in frame.columns
    )
    has_price = {"Close"} & set(frame.columns) or {"Low", "High"} <= set(frame.columns)
    wide = [one for one in frame.columns if one.startswith("price:")]
    if "Date" not in frame.columns:
        fix = f"name the column of days Date; known are {', '.join(HEADERS['Date'][:8])}"
        reading.add("ORL-1325", place, "no column of days is found", fix)
    if not has_price and not wide:
        fix = "name the column of prices Close, or give it its unit, as in Copper (USD/t)"
        reading.add("ORL-1325", place, "no column of prices is found", fix)
    if is_fatal(reading.findings):
        return None
    return frame.with_columns(reading.table.rows.cast(pl.Int64).alias("row"))


def _days(reading: _Reading, frame: pl.DataFrame) -> list[pl.Series]:
    """Return the columns of days as days; what is no day is told."""
    import polars as pl

    made = []
    for column in ("Date", "Published"):
        if column not in frame.columns:
            continue
        days, problem = days_of(frame[column])
        wrong = pl.DataFrame({"row": frame["row"], "text": frame[column]}).filter(
            days.is_null() & frame[column].is_not_null()
        )
        if problem:
            wrong = wrong.head(1)
        words = problem or "is no day"
        reading.add_rows("ORL-1326", wrong, column, f"{{text!r}}: {words}", "write YYYY-MM-DD")
        if column == "Date":
            empty = pl.DataFrame({"row": frame["row"], "text": frame[column]}).filter(
                frame[column].is_null()
            )
            fix = "write YYYY-MM-DD, or take the row out"
            reading.add_rows("ORL-1326", empty, column, "the day is missing", fix)
        made.append(days.alias(column))
    return made


def _pieces(reading: _Reading, frame: pl.DataFrame) -> Iterator[_Piece]:
    """Give the rows of each instrument of a file."""
    import polars as pl

    wide = [one for one in frame.columns if one.startswith("price:")]
    base = frame.drop(wide)
    for header in wide:
        told = priced_column(header.removeprefix("price:"))
        assert told is not None
        part = base.drop(
            [one for one in (*PRICE_COLUMNS, "Symbol", "Name") if one in base.columns]
        ).with_columns(frame[header].alias("Close"))
        # A list of many metals begins each of them at another time.
        known = part["Close"].is_not_null().arg_true()
        if known.len():
            part = part.slice(known[0], known[-1] - known[0] + 1)
            yield _Piece(part, told[0], told[1], told[2], is_product=True)
    if not {"Close", "Low"} & set(base.columns):
        return
    by = [one for one in ("Symbol", "Name") if one in base.columns][:1]
    if not by:
        yield _Piece(base)
        return
    missing = base.filter(pl.col(by[0]).is_null()).select("row", pl.lit("").alias("text"))
    reading.add_rows("ORL-1325", missing, by[0], "the row names no instrument", "name it")
    for (key,), part in base.drop_nulls(by).group_by(by, maintain_order=True):
        yield _Piece(part, str(key), is_product=by[0] == "Name")


def _series(reading: _Reading, piece: _Piece, file: str) -> MarketSeries | None:
    """Make the series of one instrument, or tell why there is none."""
    import polars as pl

    values = {
        column: _numbers(reading, piece.frame, column)
        for column in PRICE_COLUMNS
        if column in piece.frame.columns
    }
    if "Close" not in values:
        values["Close"] = ((values["Low"] + values["High"]) / 2).alias("Close")
    _check_prices(reading, piece.frame, values)
    terms = _terms(reading, piece, file, values)
    days = piece.frame["Date"].cast(pl.Date, strict=False)
    flag = piece.frame["Flag"] if "Flag" in piece.frame.columns else None
    published = piece.frame["Published"] if "Published" in piece.frame.columns else None
    columns: dict[str, object] = {"row": piece.frame["row"], "Date": days, **values}
    columns["Told"] = _as_written(piece.frame, values["Close"])
    if flag is not None:
        columns["Flag"] = flag
    given = reading.terms.published
    columns["Published"] = (
        published
        if published is not None
        else pl.Series([given] * piece.frame.height, dtype=pl.Date)
    )
    frame = pl.DataFrame(columns).filter(pl.col("Date").is_not_null())
    _check_order(reading, frame, has_published=published is not None)
    if terms is None:
        return None
    if published is not None:
        terms = replace(terms, vintage="each value has its day of publication")
    elif given is not None:
        terms = replace(terms, vintage=f"the whole file counts as published on {given}")
    kept = frame.unique(["Date", "Published"], keep="last", maintain_order=True)
    made = MarketSeries(terms, series_rows(kept.drop("row").to_dict()))
    _check_gaps(reading, made)
    return made


def _as_written(frame: pl.DataFrame, close: pl.Series) -> pl.Series:
    import polars as pl

    if "Close" in frame.columns:
        return number_texts(frame["Close"])
    return close.cast(pl.String)


def _numbers(reading: _Reading, frame: pl.DataFrame, column: str) -> pl.Series:
    import polars as pl

    text = frame[column]
    values = number_texts(text).cast(pl.Float64, strict=False)
    if column == "Volume":
        short = text.str.extract_groups(r"^([\d.,]+)\s?([KMB])$").struct.unnest()
        power = short["2"].replace_strict({"K": 1e3, "M": 1e6, "B": 1e9}, default=None)
        values = values.zip_with(
            values.is_not_null(),
            short["1"].str.replace_all(",", "").cast(pl.Float64, strict=False) * power,
        )
    wrong = (values.is_null() | ~values.is_finite()) & text.is_not_null()
    told = pl.DataFrame({"row": frame["row"], "text": text})
    fix = "write digits alone; leave the cell empty where nothing was published"
    reading.add_rows("ORL-1328", told.filter(wrong), column, "{text!r} is no number", fix)
    least = values < 0 if column == "Volume" else values <= 0
    bad = told.filter(least.fill_null(value=False) & ~wrong)
    words = "{text} is no price: it is not above zero"
    words = "{text} is no volume: it is below zero" if column == "Volume" else words
    reading.add_rows("ORL-1328", bad, column, words, fix)
    return values.alias(column)


def _check_prices(reading: _Reading, frame: pl.DataFrame, values: Mapping[str, pl.Series]) -> None:
    """Warn where the close lies outside of the day's lowest and highest price."""
    import polars as pl

    if not {"Low", "High"} <= set(values):
        return
    low, high, close = values["Low"], values["High"], values["Close"]
    off = (low > high * (1 + 1e-9)) | (close < low * (1 - 1e-6)) | (close > high * (1 + 1e-6))
    rows = pl.DataFrame({"row": frame["row"], "text": close.cast(pl.String)})
    reading.add_rows(
        "ORL-1328", rows.filter(off.fill_null(value=False)), "Close",
        "{text} lies outside of the day's low and high", "look at the row at its source",
        Severity.WARNING,
    )  # fmt: skip


def _check_order(reading: _Reading, frame: pl.DataFrame, *, has_published: bool) -> None:
    """Tell of days out of order, doubled, or published before they were."""
    import polars as pl

    days = frame["Date"]
    steps = days.diff().drop_nulls().dt.total_days()
    if (steps < 0).any() and (steps > 0).any():
        first = frame.with_columns(days.diff().dt.total_days().alias("step"))
        turn = 1 if (steps > 0).sum() >= (steps < 0).sum() else -1
        wrong = first.filter(pl.col("step") * turn < 0)
        told = wrong.select("row", pl.col("Date").cast(pl.String).alias("text"))
        fix = "sort the rows by day; they were sorted here"
        message = "{text} stands after a later day"
        reading.add_rows("ORL-1327", told, "Date", message, fix, Severity.WARNING)
    keys = ["Date", "Published"] if has_published else ["Date"]
    twice = frame.filter(frame.select(keys).is_duplicated())
    for _, part in twice.group_by(keys, maintain_order=True):
        prices = part.select(one for one in PRICE_COLUMNS if one in part.columns)
        same = prices.is_duplicated().all()
        rows = ", ".join(map(str, part["row"].to_list()))
        message = f"{part['Date'][0]} stands in rows {rows}"
        where = reading.at(part["row"][0], "Date")
        if same:
            reading.add("ORL-1327", where, f"{message} with the same values", "keep one",
                        Severity.WARNING)  # fmt: skip
        else:
            fix = "keep one, or add a column Published: a revision has its own day"
            reading.add("ORL-1327", where, f"{message} with different values", fix)
    if has_published:
        early = frame.filter(pl.col("Published") < pl.col("Date"))
        told = early.select("row", pl.col("Published").cast(pl.String).alias("text"))
        message, fix = "published on {text}, before its own day", "correct one of the two days"
        reading.add_rows("ORL-1326", told, "Published", message, fix, Severity.WARNING)


def _check_gaps(reading: _Reading, made: MarketSeries) -> None:
    """Warn of spans without a price that are longer than the series' own steps."""
    import polars as pl

    days = made.newest.drop_nulls("Close").select("Date")
    if days.height < 3:
        return
    steps = days["Date"].diff().dt.total_days()
    usual = float(steps.median() or 1)  # type: ignore[arg-type]
    most = GAP_DAYS if usual <= 4 else usual * GAP_STEPS
    wide = days.with_columns(steps.alias("step"), days["Date"].shift(1).alias("before")).filter(
        pl.col("step") > most
    )
    if not wide.height:
        return
    spans = [f"{before} to {day}" for day, _, before in wide.head(5).iter_rows()]
    more = f" and {wide.height - 5} more" if wide.height > 5 else ""
    message = f"{made.id} has no price between {', '.join(spans)}{more}"
    fix = "is the file whole? A return over a gap counts as one, and an event study tells of it"
    reading.add("ORL-1330", reading.table.place, message, fix, Severity.WARNING)


def _terms(
    reading: _Reading, piece: _Piece, file: str, values: Mapping[str, pl.Series]
) -> SeriesTerms | None:
    """Return what the values of a series are, or tell what nobody says of them."""
    given, stem = reading.terms, PurePath(file).stem
    told = given.ticker or ("" if piece.is_product else piece.key)
    kind = given.kind or ("price" if piece.is_product or given.unit or not told else "share")
    if not told and not given.kind and not piece.is_product and not given.unit:
        # A file named after a paper, as the sources of shares name theirs.
        by_name = ticker_of(stem.replace("_", ".").split(" ")[0])
        if by_name is not None and by_name.mic:
            told, kind = stem.replace("_", ".").split(" ")[0], "share"
    ticker = ticker_of(told) if told and kind == "share" else None
    currency, unit = _currency(reading, piece, ticker, values)
    if kind == "share" and currency:
        unit = f"{currency} per share"
    name = given.name or piece.key or stem
    id_ = given.id or (str(ticker) if ticker else _key(piece.key or stem))
    if given.id and piece.key and piece.is_product:
        id_ = f"{given.id}-{_key(piece.key)}"
    if not currency and kind in ("share", "price"):
        where = reading.table.place
        message = f"nothing says in which currency {name} is"
        fix = "add a column Currency, or say currency = USD"
        reading.add("ORL-1329", where, message, fix)
        return None
    if kind == "price" and not unit:
        message = f"nothing says of how much {name} is the price"
        fix = "add a column Unit, or say unit = USD/t"
        reading.add("ORL-1329", reading.table.place, message, fix)
        return None
    source = given.source or (_only(reading, piece, "Source") or f"the file {file}")
    return SeriesTerms(
        id_, name, kind, currency, unit, given.basis, source, ticker, given.licence
    )  # fmt: skip


def _currency(
    reading: _Reading, piece: _Piece, ticker: Ticker | None, values: Mapping[str, pl.Series]
) -> tuple[str, str]:
    """Return currency and unit by whatever tells them; two currencies in one column are told."""
    unit_currency, unit = unit_of(_only(reading, piece, "Unit"))
    given_currency, given_unit = unit_of(reading.terms.unit)
    said: dict[str, str] = {}
    for by, one in (
        ("the setting", reading.terms.currency or given_currency),
        ("the column Currency", _only(reading, piece, "Currency").upper()),
        ("the column Unit", unit_currency),
        ("the heading", piece.currency),
    ):
        if one:
            said.setdefault(one, by)
    text = piece.frame["Close"] if "Close" in piece.frame.columns else piece.frame["Low"]
    stand = {CURRENCY_MARKS.get(one, one): one for one in marks(text)}
    for mark, written in stand.items():
        fits = [one for one in said if mark == one or _may_mean(mark, one)]
        if not fits:
            sure = {"$": "USD", "¥": "", "Rs": ""}.get(mark, mark)
            if sure:
                said.setdefault(sure, f"the mark {written} in cells")
    if len(said) > 1 or len(stand) > 1:
        ways = "; ".join(f"{one} by {by}" for one, by in said.items()) or ", ".join(stand.values())
        fix = "give each currency a file or a column of its own, or correct the setting"
        reading.add(
            "ORL-1329", f"{reading.table.place} column Close",
            f"two currencies in one series: {ways}", fix,
        )  # fmt: skip
    currency = next(iter(said), "")
    if not currency and ticker is not None and ticker.mic in _market_currencies():
        currency = _market_currencies()[ticker.mic]
        message = f"{ticker} is taken as {currency}, the currency of its market"
        fix = "add a column Currency, or say currency, if it is another"
        reading.add("ORL-1329", reading.table.place, message, fix, Severity.NOTE)
    found = given_unit or piece.unit or unit
    if found and "/" not in found and currency:
        found = f"{currency}/{found}"
    return currency, found


def _may_mean(mark: str, currency: str) -> bool:
    """Return whether a mark that several currencies share may stand for one."""
    shared = {"$": ("USD", "CAD", "AUD", "HKD", "SGD", "NZD"), "¥": ("CNY", "JPY")}
    return currency in (*shared.get(mark, ()), *({"Rs": ("PKR", "INR")}.get(mark, ())))


@kept_by_tables
def _market_currencies() -> dict[str, str]:
    """Give the currency of each market where shares are quoted in it: London quotes in pence."""
    rows = table("exchanges").select("mic", "currency").iter_rows()
    return {mic: currency for mic, currency in rows if mic not in ("XLON", "AIMX", "XJSE")}


def _only(reading: _Reading, piece: _Piece, column: str) -> str:
    """Return the one value of a column, empty where it has none; several are told."""
    if column not in piece.frame.columns:
        return ""
    found = piece.frame[column].drop_nulls().unique(maintain_order=True).to_list()
    if len(found) > 1 and column in ("Currency", "Unit"):
        where = f"{reading.table.place} column {column}"
        row = piece.frame.filter(piece.frame[column] == found[1])["row"][0]
        message = f"{' and '.join(map(str, found[:4]))} in one series, from row {row} on"
        reading.add("ORL-1329", where, message, "give each a file or a name of its own")
    return str(found[0]) if found else ""


def _told_twice(reading: _Reading, made: Sequence[MarketSeries]) -> None:
    seen: set[str] = set()
    for one in made:
        if one.id in seen:
            fix = "give each series an id of its own"
            reading.add("ORL-1331", reading.table.place, f"two series are called {one.id}", fix)
        seen.add(one.id)


def _key(words: str) -> str:
    """Return words as an id."""
    return re.sub(r"[^\w]+", "-", words.casefold()).strip("-") or "series"
