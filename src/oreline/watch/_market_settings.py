"""The market sections of ``watch.toml``: series from files, a portfolio, and feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from oreline.model import Finding, Severity
from oreline.watch._companies import STAGES, company_of
from oreline.watch._price_table import PriceTerms
from oreline.watch._tickers import ticker_of

if TYPE_CHECKING:
    from oreline.design import FilePage
    from oreline.watch._settings import WatchSettings

FEED_FOLDER: Final = "prices/feeds"
"""Where what feeds gave is kept in a chain folder: one file a ticker and day of asking."""
PLACEHOLDERS: Final = ("ticker", "symbol", "start", "end")
"""What a feed's address or command may leave open."""
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _PriceTable(_Table):
    """What is said of the prices of a file or a feed."""

    name: _Said | None = Field(None, description="What it is called.")
    kind: Literal["share", "price", "index", "fx"] | None = None
    ticker: _Said | None = Field(None, description="Market and symbol, as OTC:LTUM.")
    currency: _Currency | None = Field(None, description="By ISO 4217; no currency is guessed.")
    unit: _Said | None = Field(None, description="Of a metal: USD/t, CNY/t, USD/kg.")
    basis: Literal["measured", "reported", "assumed"] = "reported"
    source: _Said | None = Field(None, description="Who publishes it.")
    licence: _Said | None = Field(None, description="On which terms it may be used.")
    columns: dict[_Said, _Said] = Field({}, description="The file's names of columns, by ours.")


class SeriesTable(_PriceTable):
    """A price file of the chain folder."""

    file: _Said = Field(description="The file, or a folder of files, from the chain folder on.")
    id: _Name | None = None
    sheet: _Said | None = Field(None, description="The sheet of a workbook with several.")
    published: date | None = Field(None, description="When the whole file was published.")


class PortfolioTable(_Table):
    """A company of the portfolio: one that is known, or a name with stage and ticker."""

    company: _Said = Field(description="An id, a name or a ticker; a new name needs a stage.")
    ticker: _Said | None = None
    stage: Literal["explorer", "miner", "separator", "metal", "magnet"] | None = None
    series: _Name | None = Field(None, description="The series that it is followed by.")
    alert_pct: Annotated[float, Field(gt=0, le=10_000)] = Field(
        10.0, description="From which move of a day on, in percent, it is told."
    )


class FeedTable(_PriceTable):
    """A source that is asked only when somebody says so."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,59}$")]
    enabled: bool = Field(default=False, description="Off unless it says true.")
    url: _Said | None = Field(None, description="An address with {ticker}, {start}, {end}.")
    command: Annotated[tuple[_Said, ...], Field(min_length=1, max_length=50)] | None = Field(
        None, description="A local command as a list of words, which prints a table."
    )
    tickers: Annotated[tuple[_Said, ...], Field(min_length=1, max_length=200)]
    form: Literal["csv", "xlsx", "parquet"] = "csv"
    days: Annotated[int, Field(gt=0, le=40_000)] = Field(
        400, description="How many days back it is asked for."
    )
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0


class _MarketTable(_Table):
    series: Annotated[tuple[SeriesTable, ...], Field(max_length=2_000)] = ()
    portfolio: Annotated[tuple[PortfolioTable, ...], Field(max_length=2_000)] = ()
    feed: Annotated[tuple[FeedTable, ...], Field(max_length=100)] = ()


@dataclass(frozen=True, slots=True)
class MarketSettings:
    """What the market sections say; without them there are the shipped series alone."""

    series: tuple[SeriesTable, ...] = ()
    portfolio: tuple[PortfolioTable, ...] = ()
    feeds: tuple[FeedTable, ...] = ()


def terms_of(one: SeriesTable | FeedTable, published: date | None = None) -> PriceTerms:
    """Return what a section says of its prices."""
    given = (one.id or "", one.published, one.sheet) if isinstance(one, SeriesTable) else None
    return PriceTerms(
        id=given[0] if given else "",
        name=one.name or "",
        kind=one.kind or "",
        ticker=one.ticker or "",
        currency=one.currency or "",
        unit=one.unit or "",
        basis=one.basis,
        source=one.source or ("" if given else f"the feed {one.id}"),
        licence=one.licence or "",
        published=given[1] if given else published,
        sheet=given[2] if given else None,
        columns=one.columns,
    )


def market_settings(
    settings: WatchSettings, name: str = "watch.toml"
) -> tuple[MarketSettings | None, tuple[Finding, ...]]:
    """Return what the market sections say, None where they cannot be used, and what is wrong."""
    from oreline.design import form_findings

    located = settings.located
    try:
        table = _MarketTable.model_validate(settings.market)
    except ValidationError as error:
        return None, tuple(form_findings(error, located, name, _page()))
    findings = [
        Finding("ORL-1331", Severity.FATAL, located.where(place, name), message, fix)
        for place, message, fix in _wrong(table)
    ]
    if findings:
        return None, tuple(findings)
    return MarketSettings(table.series, table.portfolio, table.feed), ()


_Wrong = tuple[tuple[str | int, ...], str, str]


def _wrong(table: _MarketTable) -> Iterator[_Wrong]:
    priced = (*(("series", at, one) for at, one in enumerate(table.series)),
              *(("feed", at, one) for at, one in enumerate(table.feed)))  # fmt: skip
    for section, at, one in priced:
        if one.ticker is not None and ticker_of(one.ticker) is None:
            message = f"{one.ticker!r} is no ticker"
            yield (section, at, "ticker"), message, "write market and symbol, as OTC:LTUM"
        for key in one.columns:
            if key not in COLUMN_NAMES:
                fix = f"the names here are {', '.join(COLUMN_NAMES)}"
                yield (section, at, "columns", key), f"{key} is no column of a series", fix
    for at, file in enumerate(table.series):
        path = PurePosixPath(file.file)
        if path.is_absolute() or ".." in path.parts or "\\" in file.file or ":" in file.file:
            message = f"{file.file!r} lies outside of the chain folder"
            yield ("series", at, "file"), message, "write a path from the chain folder on"
    yield from _wrong_portfolio(table)
    yield from _wrong_feeds(table)


COLUMN_NAMES: Final = (
    "Date", "Open", "High", "Low", "Close", "AdjClose", "Volume", "Symbol", "Name", "Currency",
    "Unit", "Published", "Source", "Flag",
)  # fmt: skip


def _wrong_portfolio(table: _MarketTable) -> Iterator[_Wrong]:
    seen: dict[str, int] = {}
    for at, one in enumerate(table.portfolio):
        known = company_of(one.company)
        if known is None and one.stage is None:
            message = f"{one.company!r} is no company that is known, and no stage is said"
            yield ("portfolio", at, "company"), message, f"add stage = one of {', '.join(STAGES)}"
        if one.ticker is not None and ticker_of(one.ticker) is None:
            message = f"{one.ticker!r} is no ticker"
            yield ("portfolio", at, "ticker"), message, "write market and symbol, as OTC:LTUM"
        key = known.id if known is not None else one.company.casefold()
        if key in seen:
            message = f"{one.company} stands twice in the portfolio"
            yield ("portfolio", at, "company"), message, "take one out"
        seen[key] = at


def _wrong_feeds(table: _MarketTable) -> Iterator[_Wrong]:
    seen: set[str] = set()
    for at, one in enumerate(table.feed):
        if one.id in seen:
            yield ("feed", at, "id"), f"two feeds are called {one.id}", "give each its own id"
        seen.add(one.id)
        if (one.url is None) == (one.command is None):
            message = f"the feed {one.id} needs either an address or a command"
            yield ("feed", at), message, "write url = or command =, not both"
        for key, words in (("url", one.url), *(("command", word) for word in one.command or ())):
            for problem in _wrong_template(words or ""):
                fix = f"what may stand in braces: {', '.join(PLACEHOLDERS)}"
                yield ("feed", at, key), problem, fix
        if one.url is not None:
            yield from _wrong_address(at, one.url)
        for ticker in one.tickers:
            if ticker_of(ticker) is None:
                message = f"{ticker!r} is no ticker"
                yield ("feed", at, "tickers"), message, "write market and symbol, as OTC:LTUM"


def _wrong_template(words: str) -> Iterator[str]:
    try:
        parts = list(Formatter().parse(words))
    except ValueError as error:
        yield f"{words!r} cannot be read: {error}"
        return
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            yield f"{{{name}}} is nothing that can be filled in"


def _wrong_address(at: int, url: str) -> Iterator[_Wrong]:
    place = ("feed", at, "url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        yield place, f"this is no address: {error}", "write https://host/path"
        return
    if parts.scheme not in ("http", "https") or not host or "{" in parts.netloc:
        yield (
            place,
            "the address must begin with http:// or https:// and name its host",
            ("write https://host/path; what is filled in stands behind the host"),
        )
    elif parts.scheme == "http" and host not in _LOCAL:
        yield place, "prices would come over the network unprotected", "write https://"
    if parts.username is not None:
        yield place, "the address holds a name or a password", "use a command that reads it"


def _key_remedy(place: tuple[str | int, ...]) -> str:
    from oreline.design import near_name

    forms: dict[str, type[BaseModel]] = {
        "series": SeriesTable, "portfolio": PortfolioTable, "feed": FeedTable,
    }  # fmt: skip
    known = list(forms.get(str(place[0]), _MarketTable).model_fields)
    near = near_name(str(place[-1]), known)
    return f"did you mean {near}?" if near else f"known here: {', '.join(known)}"


def _page() -> FilePage:
    from oreline.design import FilePage

    return FilePage("watch.toml", "ORL-1331", _key_remedy)
