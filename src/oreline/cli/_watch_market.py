"""``oreline watch market``, ``study`` and ``fetch``: prices beside what reports say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._exit_codes import ExitCode
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._watch_source import chain_of, judgements_beside, reports_of

if TYPE_CHECKING:
    from oreline.model import Finding
    from oreline.watch import EventStudy, Holding, Market, MarketSeries, Portfolio, Watched

PLACE = Annotated[
    Path | None,
    typer.Argument(metavar="PLACE", help="A price file, a folder of them, or a chain folder."),
]
KNOWN_AT = Annotated[
    str | None,
    typer.Option("--known-at", metavar="DAY", help="Only what was published by this day."),
]
PICTURE = Annotated[
    Path | None, typer.Option("--picture", metavar="FILE", help="Write the picture as SVG.")
]


CHAIN = Annotated[
    Path | None,
    typer.Option("--chain", metavar="FOLDER", help="A chain folder: its watch.toml is read."),
]
SERIES = Annotated[
    str | None,
    typer.Option("--series", metavar="NAME", help="One series: its id, ticker or company."),
]
START = Annotated[
    str | None, typer.Option("--start", metavar="DAY", help="Prices from this day on.")
]
END = Annotated[str | None, typer.Option("--end", metavar="DAY", help="Prices up to this day.")]
CURRENCY = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="The currency of a file.")
]
UNIT = Annotated[
    str | None, typer.Option("--unit", metavar="UNIT", help="The unit of a file: USD/t.")
]
TICKER = Annotated[
    str | None, typer.Option("--ticker", metavar="TICKER", help="Whose prices a file holds.")
]
PUBLISHED = Annotated[
    str | None, typer.Option("--published", metavar="DAY", help="When a file came out.")
]
STUDIED = Annotated[
    Path, typer.Option("--chain", metavar="FOLDER", help="The chain folder with its reports.")
]
PRICES = Annotated[
    Path | None,
    typer.Option("--prices", metavar="PLACE", help="Price files beside those of the chain."),
]
OTHER = Annotated[
    str | None, typer.Option("--series", metavar="NAME", help="Another series than its own.")
]
INDEX = Annotated[
    str | None, typer.Option("--index", metavar="NAME", help="The series it is compared with.")
]
MODEL = Annotated[
    str | None,
    typer.Option("--model", metavar="MODEL", help="market, mean or adjusted (less the index)."),
]
ON = Annotated[
    str | None,
    typer.Option("--on", metavar="DAYS", help="Other days: 2025-10-02, 2025-10-01/2025-10-03."),
]
WINDOW = Annotated[
    list[str] | None,
    typer.Option("--window", metavar="A:B", help="Days before and after, as -1:1; repeatable."),
]
ESTIMATION = Annotated[
    int, typer.Option("--estimation", metavar="DAYS", help="Trading days of the estimation.")
]
GAP = Annotated[int, typer.Option("--gap", metavar="DAYS", help="Trading days between the two.")]
RETURNS = Annotated[str, typer.Option("--returns", metavar="KIND", help="simple or log.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("market")(market)
    app.command("study")(study)
    app.command("fetch")(fetch_feeds)


@question(Needs.NOTHING, export=True)
def market(
    _reader: Reader,
    place: PLACE = None,
    chain: CHAIN = None,
    series: SERIES = None,
    start: START = None,
    end: END = None,
    known_at: KNOWN_AT = None,
    currency: CURRENCY = None,
    unit: UNIT = None,
    ticker: TICKER = None,
    published: PUBLISHED = None,
    picture: PICTURE = None,
) -> Answer:
    """Show prices of shares and metals, and the companies of the chain by stage.

    Files may be as yfinance, OpenBB, akshare, Stooq or a price list writes them: CSV, Excel or
    Parquet. Each price keeps its currency, unit, source and day of publication; --known-at shows
    what was known on a day. Claimed moves are set against the closes. Nothing is fetched.

    Example: oreline watch market examples/pakistan-us
    """
    from oreline.model import InputError, is_fatal

    day = _day(known_at, "--known-at")
    folder = chain or (place if place is not None and (place / "chain.toml").is_file() else None)
    said = {"currency": currency, "unit": unit, "ticker": ticker, "published": published}
    if folder is not None:
        if any(said.values()):
            raise InputError(f"what the files of {folder} are stands in its watch.toml")
        found, held = _of_folder(folder, day)
    elif place is not None:
        found, held = _of_files(place, said), None
    else:
        raise InputError("name a price file, a folder of them, or a chain folder")
    chosen = None if series is None else _one(found, series)
    if picture is not None and chosen is None:
        raise InputError("--picture draws one series: name it with --series")
    span = _day(start, "--start"), _day(end, "--end")
    if picture is not None and chosen is not None:
        _draw(picture, chosen, span[0], day)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        print_findings(console, found.findings)
        if chosen is not None:
            _print_history(console, chosen, span, day)
            return
        _print_series(console, found)
        if held is not None:
            _print_portfolio(console, held)

    frame = found.to_frame if chosen is None else lambda: chosen.history(*span, day)
    result: dict[str, Any] = found.to_json(day)
    if chosen is not None:
        rows = chosen.history(*span, day).to_dicts()
        result = {**chosen.to_json(), "prices": [_row(one) for one in rows]}
    elif held is not None:
        result["portfolio"] = held.to_json()
    problem = "some price files could not be used" if is_fatal(found.findings) else ""
    grounds = found.findings if problem else ()
    return Answer(result, show, frame, problem, grounds, status=ExitCode.FOUND, exported=picture)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }


def _day(text: str | None, option: str) -> date | None:
    from oreline.model import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text!r} is no day; write it as 2025-10-04") from None


def _of_files(place: Path, said: dict[str, str | None]) -> Market:
    from oreline.watch import PriceTerms, market_of, price_files

    terms = PriceTerms(
        ticker=said["ticker"] or "",
        currency=said["currency"] or "",
        unit=said["unit"] or "",
        published=_day(said["published"], "--published"),
    )
    files = price_files(place)
    return market_of(files, terms)


def _of_folder(folder: Path, day: date | None) -> tuple[Market, Portfolio]:
    from oreline.watch import market_of_folder, portfolio

    found, told = market_of_folder(folder)
    return found, portfolio(told.portfolio, found, _watched(folder), day)


def _watched(folder: Path) -> Watched | None:
    from oreline.watch import watch

    if not (folder / "chain.toml").is_file():
        return None
    documents, findings, known = reports_of(folder, None)
    return watch(
        documents, chain=known, findings=findings, judgements=judgements_beside(folder, None)
    )


def _one(found: Market, name: str) -> MarketSeries:
    from oreline.model import InputError

    one = found.find(name)
    if one is None:
        known = ", ".join(each.id for each in found.series[:20]) or "none"
        raise InputError(f"no series is called {name!r}; there are: {known}")
    return one


def _draw(target: Path, one: MarketSeries, start: date | None, day: date | None) -> None:
    from oreline.cli._output import export_bytes
    from oreline.watch import series_picture

    drawn = series_picture(one, start, () if day is None else (day,))
    export_bytes(drawn.to_svg().encode(), target)


def _print_series(console: Console, found: Market) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, f"{len(found.series)} series")
    rows = []
    for one in found.series:
        told = one.to_json()
        last = f"{told['last_close']}{' ' + told['last_flag'] if told['last_flag'] else ''}"
        rows.append(
            (one.id, last, one.terms.unit, told["last"], told["last_published"], told["revisions"])
        )
    columns = ("series", "last", "unit", "day", "published", "revised")
    print_table(console, columns, rows, right=("last", "revised"), empty="no price is given")


def _print_portfolio(console: Console, held: Portfolio) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    print_title(console, "Companies by stage")
    if held.is_shipped:
        print_note(console, "The shipped list: name your own with [[portfolio]] in watch.toml.")
    shown = [one for one in held.holdings if not held.is_shipped or one.series or one.events]
    rows = [
        (one.stage, f"{one.name} ({one.ticker})" if one.ticker else one.name, _close(one),
         _moves(one), len(one.events), one.alert)
        for one in shown
    ]  # fmt: skip
    columns = ("stage", "company", "last close", "change", "events", "alert")
    print_table(
        console, columns, rows, right=("events",),
        empty="no company here has a price or a claim",
    )  # fmt: skip
    if len(shown) < len(held.holdings):
        print_note(console, f"{len(held.holdings) - len(shown)} more have no price and no claim.")
    if held.checks:
        print_title(console, "Claimed moves against closes")
        checks = [
            (one.verdict, one.claim.id[:12], one.reason,
             f"{one.implied_bound} {one.implied_before:f}" if one.implied_before else "",
             one.claim.document)
            for one in held.checks
        ]  # fmt: skip
        print_table(
            console, ("verdict", "claim", "closes", "close before, by the claim", "report"), checks
        )


def _close(one: Holding) -> str:
    if one.close is None:
        return f"UNKNOWN: {one.why_not}"
    return f"{one.close} {one.currency}, {one.day}"


def _moves(one: Holding) -> str:
    if one.close is None:
        return ""
    return f"{_percent(one.change_pct)} in a day, {_percent(one.month_pct)} in 21"


def _percent(value: float | None) -> str:
    return "UNKNOWN" if value is None else f"{value:+.1f} %"


def _print_history(
    console: Console, one: MarketSeries, span: tuple[date | None, date | None], day: date | None
) -> None:
    from oreline.cli._render import print_frame, print_note, print_title

    terms = one.terms
    print_title(console, f"{terms.name} ({one.id}), {terms.unit}")
    print_note(console, f"Source: {terms.source}. Basis: {terms.basis}. {terms.vintage}.")
    rows = one.history(*span, day).drop("Currency", "Unit", "Basis", "Source")
    empty = [name for name in rows.columns if rows[name].null_count() == rows.height]
    shown = rows.drop(empty).tail(HISTORY_ROWS)
    print_frame(console, shown, right=shown.columns[1:], empty="no price of these days is known")
    if rows.height > HISTORY_ROWS:
        print_note(console, f"The last {HISTORY_ROWS} of {rows.height}; --export writes all.")


HISTORY_ROWS = 30
"""How many days of a series the terminal shows."""


@question(Needs.NOTHING, export=True)
def study(
    _reader: Reader,
    claim: Annotated[
        str, typer.Argument(metavar="CLAIM", help="The id of a claim or event, or its beginning.")
    ],
    chain: STUDIED,
    prices: PRICES = None,
    series: OTHER = None,
    index: INDEX = None,
    model: MODEL = None,
    on: ON = None,
    window: WINDOW = None,
    estimation: ESTIMATION = 120,
    gap: GAP = 5,
    returns: RETURNS = "simple",
    known_at: KNOWN_AT = None,
    picture: PICTURE = None,
) -> Answer:
    """Measure how far a price moved around a claim's days beyond what it would have done anyhow.

    The days are those of the claim, an interval where it tells no more; without a day, that of its
    report. Other events of the same company in the window or the estimation are listed.

    Example: oreline watch study CLAIM --chain examples/pakistan-us
    """
    from oreline.watch import market_of, market_of_folder, price_files, study_claim, study_rules

    found, _ = market_of_folder(chain)
    if prices is not None:
        from oreline.model import InputError, is_fatal
        from oreline.watch import Market

        more = market_of(price_files(prices))
        if is_fatal(more.findings):
            raise InputError(f"the prices of {prices} cannot be used", more.findings)
        found = Market((*more.series, *found.series), (*more.findings, *found.findings))
    chain_of(chain)
    watched = _watched(chain)
    assert watched is not None
    result = study_claim(
        watched, found, claim, index=index, series=series, days=_days_on(on),
        rules=study_rules(
            model or ("market" if index else "mean"), window or (), estimation=estimation, gap=gap,
            returns=returns,
        ),
        known_at=_day(known_at, "--known-at"),
    )  # fmt: skip
    if picture is not None:
        from oreline.cli._output import export_bytes
        from oreline.watch import study_picture

        export_bytes(study_picture(result).to_svg().encode(), picture)
    return Answer(
        result.to_json(),
        lambda console: _print_study(console, result),
        result.to_frame,
        exported=picture,
    )


def _days_on(text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    first, _, last = text.partition("/")
    start, end = _day(first, "--on"), _day(last or first, "--on")
    assert start is not None
    assert end is not None
    return start, end


def _print_study(console: Console, found: EventStudy) -> None:
    from oreline.cli._render import print_note, print_pairs, print_table, print_title

    told = found.to_json()
    print_title(console, f"{found.series} around {' to '.join(dict.fromkeys(told['asked']))}")
    fit = f"alpha {found.alpha:+.4f}"
    if found.beta is not None:
        fit += f", beta {found.beta:.2f}, R² {found.r_squared or 0:.2f}"
    print_pairs(
        console,
        [
            ("model", told["model_words"] + (f" ({found.index})" if found.index else "")),
            ("event days", ", ".join(told["event_days"])),
            ("estimated on", (
                f"{found.estimation_days} trading days, {found.estimation[0]} to "
                f"{found.estimation[1]}; {fit}, sigma {found.sigma:.2%} a day"
            )),
            ("source", "; ".join(found.sources)),
        ],
    )  # fmt: skip
    rows = [
        (f"{one.before:+d} to {one.after:+d}", one.days,
         *(("UNKNOWN", "", "", "", "", one.why_not) if one.car is None else
           (f"{one.car:+.1%}", f"{one.error:.1%}", f"{one.t:+.2f} ({one.df} df)",
            f"{one.p:.2g}", f"{one.rank_p:.2g}, {one.sign_p:.2g}", "")))
        for one in found.windows
    ]  # fmt: skip
    columns = ("window", "days", "abnormal, cumulated", "standard error", "t", "p",
               "p by ranks, by signs", "")  # fmt: skip
    print_table(console, columns, rows, right=columns[1:7])
    for other, where in found.overlaps:
        span = " to ".join(dict.fromkeys((str(other.first), str(other.last))))
        print_note(console, f"Overlaps in the {where}: {other.title} ({span}, event {other.id}).")
    for note in found.notes:
        print_note(console, f"{note}.")


@question(Needs.NOTHING)
def fetch_feeds(
    _reader: Reader,
    chain: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The chain folder whose watch.toml names them.")
    ],
    feed: Annotated[
        str | None, typer.Option("--feed", metavar="ID", help="Only this feed.")
    ] = None,
) -> Answer:
    """Ask the enabled feeds of a chain folder, and keep what they give by the day of asking.

    A feed is an address or a local command in watch.toml, off until it says enabled = true. Pages
    and the API never ask one. What was kept before stays: each day's file is a vintage.

    Example: oreline watch fetch examples/pakistan-us
    """
    from oreline.model import InputError
    from oreline.record import system_clock
    from oreline.watch import fetch, market_of_folder

    _, told = market_of_folder(chain)
    asked = [one for one in told.feeds if feed is None or one.id == feed]
    if feed is not None and not asked:
        raise InputError(f"watch.toml names no feed {feed!r}")
    kept: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for one in asked:
        made, wrong = fetch(one, chain, system_clock().date())
        findings += wrong
        for each in made:
            target = chain / each.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(each.data)
            kept.append({"feed": each.feed, "ticker": str(each.ticker), "file": each.path,
                         "rows": each.rows})  # fmt: skip

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings, print_table

        print_findings(console, findings)
        rows = [(one["feed"], one["ticker"], one["rows"], one["file"]) for one in kept]
        print_table(console, ("feed", "ticker", "rows", "kept as"), rows, empty="nothing was kept")

    bad = [one for one in findings if one.severity != "note"]
    problem = "some feeds gave nothing" if bad else ""
    result = {"kept": kept, "findings": [one.to_json() for one in findings]}
    return Answer(result, show, None, problem, bad, status=ExitCode.FOUND)
