"""The market view: series of shares and metals under one roof, as known on a day."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oreline.model import Finding, InputError, Severity
from oreline.reference import source, table
from oreline.watch._alerts import PriceLine
from oreline.watch._companies import company_of
from oreline.watch._market_feed import kept_files
from oreline.watch._market_settings import MarketSettings, market_settings, terms_of
from oreline.watch._price_table import PriceTerms, read_price_file
from oreline.watch._series import MarketSeries, SeriesTerms, series_rows, without_repeats
from oreline.watch._settings import settings_of
from oreline.watch._tickers import Ticker, same_paper, ticker_of

if TYPE_CHECKING:
    import polars as pl

    from oreline.settle import PriceSeries

PRICE_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
FILES_MAX: Final = 2_000
FILE_BYTES_MAX: Final = 100_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Series by id, in the order in which they were given."""

    series: tuple[MarketSeries, ...]
    findings: tuple[Finding, ...] = ()

    def find(self, name: str | Ticker) -> MarketSeries | None:
        """Return a series by its id, its ticker in any spelling, or a company; None if none."""
        if isinstance(name, str):
            for one in self.series:
                if one.id == name:
                    return one
        ticker = name if isinstance(name, Ticker) else ticker_of(name)
        papers = [] if ticker is None else [ticker]
        if isinstance(name, str) and (company := company_of(name)) is not None:
            papers += company.listings
        for paper in papers:
            for one in self.series:
                mine = one.terms.ticker
                if mine is None:
                    continue
                same = same_paper(mine, paper)
                # A market that neither tells is no reason to miss the one paper of this symbol.
                if same or (same is None and mine.symbol == paper.symbol and not paper.mic):
                    return one
        return None

    def history(
        self,
        ticker: str,
        start: date | None = None,
        end: date | None = None,
        known_at: date | None = None,
    ) -> pl.DataFrame:
        """Return the prices of one instrument, both ends included, as known on a day.

        Raises
        ------
        InputError
            If no series is called so.
        """
        found = self.find(ticker)
        if found is None:
            known = ", ".join(one.id for one in self.series[:20]) or "none"
            raise InputError(f"no series is called {ticker!r}; there are: {known}")
        return found.history(start, end, known_at)

    def to_json(self, known_at: date | None = None) -> dict[str, Any]:
        """Return what series there are, and what is wrong with their files."""
        return {
            "known_at": None if known_at is None else known_at.isoformat(),
            "series": [one.to_json(known_at) for one in self.series],
            "findings": [one.to_json() for one in self.findings],
        }

    def to_frame(self, known_at: date | None = None) -> pl.DataFrame:
        """Return the prices of all series as one long table."""
        import polars as pl

        frames = [
            one.history(known_at=known_at).insert_column(
                0, pl.lit(one.id, dtype=pl.String).alias("Series")
            )
            for one in self.series
        ]
        return pl.concat(frames) if frames else pl.DataFrame()


def price_files(place: Path) -> tuple[Path, ...]:
    """Return the price files of a file or a folder, sorted.

    Raises
    ------
    InputError
        If nothing is there, or more than :data:`FILES_MAX`.
    """
    if place.is_file():
        return (place,)
    if not place.is_dir():
        raise InputError(f"{place} is no file and no folder")
    found = sorted(
        one for one in place.rglob("*") if one.is_file() and one.suffix.lower() in PRICE_SUFFIXES
    )
    if len(found) > FILES_MAX:
        raise InputError(f"{place} has {len(found)} files; at most {FILES_MAX} are read")
    return tuple(found)


def market_of(files: Iterable[Path], terms: PriceTerms | None = None) -> Market:
    """Read price files into one market, and tell what is wrong with any of them."""
    series: list[MarketSeries] = []
    findings: list[Finding] = []
    for path in files:
        found, wrong = read_prices_at(path, path.name, terms)
        series += found
        findings += wrong
    return joined(series, findings)


def read_prices_at(
    path: Path, name: str, terms: PriceTerms | None
) -> tuple[tuple[MarketSeries, ...], tuple[Finding, ...]]:
    """Read one price file, within the limit of bytes."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= FILE_BYTES_MAX else b""
    except OSError as error:
        message = f"cannot be read: {error.strerror or type(error).__name__}"
        return (), (Finding("ORL-1331", Severity.FATAL, name, message, "check the file"),)
    if size > FILE_BYTES_MAX:
        message = f"has more than {FILE_BYTES_MAX:,} bytes"
        return (), (Finding("ORL-1331", Severity.FATAL, name, message, "split the file"),)
    return read_price_file(data, name, terms)


def joined(series: Iterable[MarketSeries], findings: Iterable[Finding] = ()) -> Market:
    """Put series together: two of one id with the same terms become one, its revisions kept.

    A file that was taken on another day is another vintage of the same series.
    """
    import polars as pl

    held: dict[str, MarketSeries] = {}
    told = list(findings)
    for one in series:
        other = held.get(one.id)
        if other is None:
            held[one.id] = one
            continue
        mine, its = one.terms, other.terms
        if (mine.currency, mine.unit, mine.kind) != (its.currency, its.unit, its.kind):
            message = f"{one.id} is in {its.unit} ({its.source}) and in {mine.unit} ({mine.source})"
            fix = "give one of them another id"
            told.append(Finding("ORL-1329", Severity.FATAL, one.id, message, fix))
            continue
        rows = pl.concat([other.rows, one.rows]).sort("Date", "Published", maintain_order=True)
        sources = dict.fromkeys((*its.source.split("; "), mine.source))
        terms = replace(its, source="; ".join(sources))
        held[one.id] = MarketSeries(terms, without_repeats(rows))
    return Market(tuple(held.values()), tuple(told))


_ELEMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "antimony metal": ("sb-usgs", "Antimony metal, US dealer price (USGS)"),
    "copper LME": ("cu-lme-usgs", "Copper, LME, yearly (USGS)"),
    "copper COMEX": ("cu-comex-usgs", "Copper, COMEX, yearly (USGS)"),
    "NdPr oxide": ("ndpr-usgs", "NdPr oxide, yearly (USGS)"),
    "Nd2O3": ("nd2o3-usgs", "Neodymium oxide, yearly (USGS)"),
    "Pr6O11": ("pr6o11-usgs", "Praseodymium oxide, yearly (USGS)"),
    "Dy2O3": ("dy2o3-usgs", "Dysprosium oxide, yearly (USGS)"),
    "Tb4O7": ("tb4o7-usgs", "Terbium oxide, yearly (USGS)"),
}
EDITION_OUT: Final = (2, 28)
"""Month and day by which an edition of the USGS summaries of a year is taken to be out."""


def shipped_series() -> tuple[MarketSeries, ...]:
    """Return the price series that come with oreline: public figures, monthly and yearly.

    Each edition of the USGS summaries is a vintage, taken as published by the end of February of
    its year. The World Bank's table is of one vintage: what was printed before it is not known.
    """
    return (_copper_monthly(), *(_yearly(product) for product in _ELEMENTS))


def _copper_monthly() -> MarketSeries:
    rows = table("price_copper_monthly").drop_nulls("value").rows(named=True)
    days = [_month_end(row["month"]) for row in rows]
    made = series_rows(
        {
            "Date": days,
            "Close": [row["value"] for row in rows],
            "Told": [f"{row['value']:.10g}" for row in rows],
        }
    )
    told = source(rows[0]["source"])
    vintage = f"one vintage ({told.vintage}); a month counts as known from its last day"
    terms = SeriesTerms(
        "cu-worldbank", "Copper, monthly (World Bank)", "price", "USD", "USD/t", "reported",
        f"{told.publisher}, {told.title}", licence=told.licence, vintage=vintage,
    )  # fmt: skip
    return MarketSeries(terms, made)


def _yearly(product: str) -> MarketSeries:
    import polars as pl

    rows = (
        table("prices_annual")
        .filter(pl.col("product") == product, pl.col("usd_per_t").is_not_null())
        .sort("year", "vintage")
        .rows(named=True)
    )
    made = series_rows(
        {
            "Date": [date(row["year"], 12, 31) for row in rows],
            "Close": [row["usd_per_t"] for row in rows],
            "Told": [f"{row['usd_per_t']:.10g}" for row in rows],
            # An estimate of a year that is not over is dated by the year it is of.
            "Published": [max(date(row["vintage"], *EDITION_OUT), date(row["year"], 12, 31))
                          for row in rows],
            "Flag": ["E" if row["estimated"] else "" for row in rows],
        }
    )  # fmt: skip
    name, title = _ELEMENTS[product]
    terms = SeriesTerms(
        name, title, "price", "USD", "USD/t", "reported",
        "U.S. Geological Survey, Mineral Commodity Summaries", licence="public-domain",
        vintage="each edition is a vintage, taken as out by the end of February of its year",
    )  # fmt: skip
    return MarketSeries(terms, made)


def _month_end(month: str) -> date:
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def of_contract(series: PriceSeries) -> MarketSeries:
    """Return a price series of the chain's contracts as a series of the market view."""
    days = [*series.values, *(one.day for one in series.revisions)]
    values = [*series.values.values(), *(one.value for one in series.revisions)]
    published = [
        *(series.published.get(day, day) for day in series.values),
        *(one.published for one in series.revisions),
    ]
    rows = series_rows(
        {
            "Date": [date.fromisoformat(day) for day in days],
            "Close": [float(value) for value in values],
            "Told": [f"{value:f}" for value in values],
            "Published": [date.fromisoformat(day) for day in published],
        }
    )
    kind = "fx" if series.kind == "fx" else "price"
    terms = SeriesTerms(
        series.id, series.name, kind, series.unit.partition("/")[0], series.unit, series.basis,
        series.source, vintage="each value has its day of publication, revisions kept",
    )  # fmt: skip
    return MarketSeries(terms, rows)


def market_of_chain(folder: Path, settings: MarketSettings) -> Market:
    """Read what a chain folder has of prices: its files, its feeds, its contracts' series.

    The shipped series come last; one of the same id in the folder stands in the place of it.
    """
    series: list[MarketSeries] = []
    findings: list[Finding] = []
    for entry in settings.series:
        place = folder / entry.file
        if not place.exists():
            message, fix = f"{entry.file} is not there", "correct file, or put it there"
            findings.append(Finding("ORL-1331", Severity.FATAL, "watch.toml", message, fix))
            continue
        for path in price_files(place):
            name = path.relative_to(folder).as_posix()
            found, wrong = read_prices_at(path, name, terms_of(entry))
            series += found
            findings += wrong
    for feed in settings.feeds:
        for path, terms in kept_files(feed, folder):
            found, wrong = read_prices_at(path, path.relative_to(folder).as_posix(), terms)
            series += found
            findings += wrong
    if (folder / "prices" / "series.csv").is_file():
        from oreline.settle import prices_of_folder

        contracts, wrong = prices_of_folder(folder / "prices")
        series += [of_contract(one) for one in contracts.values()]
        findings += wrong
    held = {one.id for one in series}
    series += [one for one in shipped_series() if one.id not in held]
    return joined(series, findings)


def price_lines(market: Market) -> dict[str, PriceLine]:
    """Return the closes of every series by its id, as rules on prices are held against them."""
    return {
        one.id: PriceLine(
            tuple(
                (day, Decimal(told))
                for day, told in one.newest.drop_nulls("Told").select("Date", "Told").iter_rows()
            ),
            one.terms.unit,
            one.terms.source,
        )
        for one in market.series
    }


def market_of_folder(folder: Path) -> tuple[Market, MarketSettings]:
    """Read the market of a chain folder as its ``watch.toml`` says.

    Raises
    ------
    InputError
        If the file cannot be used; it carries every finding.
    """
    settings, findings = settings_of(folder)
    told, wrong = (None, ()) if settings is None else market_settings(settings)
    if told is None:
        raise InputError("watch.toml cannot be used", (*findings, *wrong))
    return market_of_chain(folder, told), told
