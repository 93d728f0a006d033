"""The portfolio, claimed moves against closes, the market sections of watch.toml, and feeds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from oreline.watch import (
    FeedTable,
    Market,
    MarketSettings,
    PriceCheck,
    Watched,
    fetch,
    market_of_chain,
    market_settings,
    portfolio,
    price_checks,
    read_price_file,
    read_settings,
    take_in,
    watch,
)

TODAY = date(2025, 10, 7)
LTUM = "Date,Close\n2025-09-30,0.044\n2025-10-01,0.044\n2025-10-02,0.44\n2025-10-03,0.40\n"


def _market(text: str = LTUM, name: str = "LTUM.csv") -> Market:
    return Market(read_price_file(text.encode(), name)[0])


def _watched(*sentences: str) -> Watched:
    text = "2025-10-03\n\nLithium Corp (OTC: LTUM) is a small explorer. " + " ".join(sentences)
    documents, _ = take_in("report.txt", text.encode(), today=TODAY)
    return watch(documents)


def _check(sentence: str, market: Market | None = None) -> PriceCheck:
    found = price_checks(_watched(sentence), _market() if market is None else market)
    assert len(found) == 1, found
    return found[0]


def test_the_move_of_the_report_agrees_with_the_closes() -> None:
    """Over 900 % to USD 0.44: the close before was at most 0.044."""
    found = _check("Shares of Lithium Corp soared over 900% to close at $0.44 on Thursday.")
    assert found.verdict == "agrees", found.reason
    assert (found.day, found.close, found.before) == (
        date(2025, 10, 2), Decimal("0.44"), Decimal("0.044"),
    )  # fmt: skip
    assert (found.implied_bound, found.implied_before) == ("at most", Decimal("0.044"))
    assert found.change_pct == Decimal("900.00")


@pytest.mark.parametrize(
    ("sentence", "closes", "verdict"),
    [
        ("soared over 900% to close at $0.44 on Thursday", "0.05", "contradicts"),
        ("soared over 900% to close at $0.44 on Thursday", "0.0441", "contradicts"),
        ("soared over 900% to close at $0.44 on Thursday", "0.04", "agrees"),
        ("soared 900% to close at $0.44 on Thursday", "0.04", "contradicts"),
        ("soared nearly 900% to close at $0.44 on Thursday", "0.0455", "agrees"),
        ("soared over 900% to close at $0.48 on Thursday", "0.044", "contradicts"),
        ("fell 9% to close at $0.40 on Friday", "0.044", "agrees"),
        ("rose 9% to close at $0.40 on Friday", "0.044", "contradicts"),
    ],
)
def test_a_move_is_held_against_the_closes(sentence: str, closes: str, verdict: str) -> None:
    """Goes red when hedges, signs or the earlier close are taken otherwise."""
    text = LTUM.replace("2025-10-01,0.044", f"2025-10-01,{closes}")
    found = _check(f"Shares of Lithium Corp {sentence}.", _market(text))
    assert found.verdict == verdict, found.reason


def test_what_no_close_can_decide_is_unknown() -> None:
    sentence = "Shares of Lithium Corp soared over 900% to close at $0.44 on Thursday."
    assert _check(sentence, Market(())).verdict == "unknown"
    late = "Date,Close\n2025-11-03,1\n2025-11-04,1\n"
    assert "no close" in _check(sentence, _market(late)).reason
    canadian = read_price_file(b"Date,Close,Currency\n2025-10-01,1,CAD\n2025-10-02,2,CAD\n",
                               "LTUM.csv")[0]  # fmt: skip
    assert "the file is in CAD" in _check(sentence, Market(canadian)).reason


def test_the_portfolio_stands_by_stage_with_prices_and_claims() -> None:
    settings, findings = read_settings(
        b"""
[[portfolio]]
company = "MP Materials"
[[portfolio]]
company = "OTCQB: LTUM"
alert_pct = 5
[[portfolio]]
company = "Kohinoor Antimony"
stage = "miner"
"""
    )
    assert settings is not None, findings
    told, findings = market_settings(settings)
    assert told is not None, findings
    watched = _watched("Shares of Lithium Corp soared over 900% to close at $0.44 on Thursday.")
    found = portfolio(told.portfolio, _market(), watched)
    assert [(one.id, one.stage) for one in found.holdings] == [
        ("lithium-corp", "explorer"), ("Kohinoor Antimony", "miner"), ("mp-materials", "miner"),
    ]  # fmt: skip
    lithium = found.holdings[0]
    assert (lithium.close, lithium.currency, lithium.day) == ("0.40", "USD", date(2025, 10, 3))
    assert lithium.change_pct == pytest.approx(-100 / 11, abs=1e-3)
    assert lithium.alert.startswith("moved -9.1 %")
    assert len(lithium.events) == 1
    assert [one.verdict for one in lithium.checks] == ["agrees"]
    assert found.holdings[1].why_not == "it is not listed"
    assert found.holdings[2].why_not == "no price file of it is given"
    assert found.to_frame().height == 3
    then = portfolio(told.portfolio, _market(), watched, known_at=date(2025, 10, 1))
    assert then.holdings[0].close == "0.044"


def test_without_a_portfolio_all_known_companies_stand_there() -> None:
    found = portfolio((), _market())
    assert found.is_shipped
    assert len(found.holdings) > 50
    assert found.holdings[0].id == "lithium-corp"


def test_all_that_is_wrong_in_the_sections_is_told_at_once() -> None:
    settings, _ = read_settings(
        b"""
[[series]]
file = "../prices.csv"
ticker = "no ticker"
columns = {Closing = "x"}
[[portfolio]]
company = "Nobody We Know"
[[portfolio]]
company = "LTUM"
[[portfolio]]
company = "lithium-corp"
[[feed]]
id = "one"
tickers = ["LTUM"]
url = "http://prices.example/{what}"
[[feed]]
id = "one"
tickers = ["LTUM"]
url = "file:///etc/passwd"
[[feed]]
id = "three"
tickers = ["LTUM"]
"""
    )
    assert settings is not None
    told, findings = market_settings(settings)
    assert told is None
    assert {one.code for one in findings} == {"ORL-1331"}
    words = " ".join(one.message for one in findings)
    for part in (
        "outside of the chain folder", "'no ticker' is no ticker", "Closing is no column",
        "'Nobody We Know' is no company", "stands twice", "{what}", "unprotected",
        "two feeds are called one", "must begin with http", "needs either an address or a command",
    ):  # fmt: skip
        assert part in words, part
    assert all(one.where.startswith("watch.toml:") for one in findings)
    wrong, _ = read_settings(b'[[series]]\nfile = "a.csv"\ncurency = "USD"\n')
    assert wrong is not None
    assert "did you mean currency?" in market_settings(wrong)[1][0].fix


class _Prices(BaseHTTPRequestHandler):
    """Answers with a price file, with nonsense, not at all, or with another address."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status = {"/gone": 404, "/moved": 302}.get(self.path.partition("?")[0], 200)
        body = b"no table" if self.path.startswith("/nonsense") else LTUM.encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/prices")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Prices)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _feed(**said: object) -> FeedTable:
    return FeedTable.model_validate({"id": "own", "enabled": True, "tickers": ["LTUM"], **said})


def test_a_feed_is_asked_kept_by_day_and_read_again(tmp_path: Path) -> None:
    _Prices.asked.clear()
    with _server() as address:
        feed = _feed(url=f"{address}/prices?s={{symbol}}&from={{start}}&to={{end}}", days=30)
        for day in (date(2025, 10, 6), TODAY):
            made, findings = fetch(feed, tmp_path, day)
            assert not [one for one in findings if one.severity != "note"], findings
            for one in made:
                (tmp_path / one.path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / one.path).write_bytes(one.data)
    assert _Prices.asked[-1] == "/prices?s=LTUM&from=2025-09-07&to=2025-10-07"
    assert made[0].path == "prices/feeds/own/OTCM-LTUM/2025-10-07.csv"
    market = market_of_chain(tmp_path, MarketSettings(feeds=(feed,)))
    series = market.find("OTC:LTUM")
    assert series is not None
    # Nothing was known before it was asked for, and a repeated value is no revision.
    assert series.known(date(2025, 10, 5)).height == 0
    assert (series.known().height, series.revisions) == (4, 0)


def test_a_feed_that_is_off_is_not_asked(tmp_path: Path) -> None:
    _Prices.asked.clear()
    with _server() as address:
        made, findings = fetch(_feed(url=f"{address}/prices", enabled=False), tmp_path, TODAY)
    assert made == ()
    assert [one.code for one in findings] == ["ORL-1332"]
    assert _Prices.asked == []


@pytest.mark.parametrize(
    ("path", "words"),
    [("/gone", "answered 404"), ("/moved", "answered 302"), ("/nonsense", "column")],
)
def test_an_answer_that_is_no_table_is_told_and_not_kept(
    tmp_path: Path, path: str, words: str
) -> None:
    with _server() as address:
        made, findings = fetch(_feed(url=f"{address}{path}"), tmp_path, TODAY)
    assert made == ()
    assert words in " ".join(one.message for one in findings)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    made, findings = fetch(_feed(url="http://127.0.0.1:9/x", timeout_s=2), tmp_path, TODAY)
    assert made == ()
    assert "does not answer" in findings[0].message


def test_a_command_gets_no_shell(tmp_path: Path) -> None:
    script = "import sys; print('Date,Close'); print('2025-10-02,0.44')"
    made, findings = fetch(
        _feed(command=[sys.executable, "-c", script, "; touch {symbol}"]), tmp_path, TODAY
    )
    assert [one.rows for one in made] == [1], findings
    assert list(tmp_path.iterdir()) == []
    for command, words in (
        ([sys.executable, "-c", "raise SystemExit(3)"], "ended with status 3"),
        (["no-such-program-here"], "cannot be run"),
    ):
        made, findings = fetch(_feed(command=command), tmp_path, TODAY)
        assert made == ()
        assert words in findings[0].message
    slow = _feed(command=[sys.executable, "-c", "import time; time.sleep(20)"], timeout_s=0.2)
    assert "did not end" in fetch(slow, tmp_path, TODAY)[1][0].message


def test_a_chain_has_its_own_files_its_contracts_and_what_is_shipped(tmp_path: Path) -> None:
    settings, _ = read_settings(b'[[series]]\nfile = "shares"\n[[series]]\nfile = "none.csv"\n')
    assert settings is not None
    told, findings = market_settings(settings)
    assert told is not None, findings
    (tmp_path / "shares").mkdir()
    (tmp_path / "shares" / "LTUM.csv").write_text(LTUM)
    market = market_of_chain(tmp_path, told)
    assert market.series[0].id == "OTCM:LTUM"
    assert market.find("cu-worldbank") is not None
    assert [one.message for one in market.findings if one.severity == "fatal"] == [
        "none.csv is not there"
    ]
    example = Path(__file__).parents[2] / "examples" / "pakistan-us"
    contracts = market_of_chain(example, MarketSettings())
    copper = contracts.find("illus-cu-cash")
    assert copper is not None
    assert copper.terms.unit == "USD/t"
    assert copper.told(date(2025, 9, 1)) == Decimal("10899.00")
