"""Price files of many makers as series: read whole, or refused with everything that is wrong."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.model import Finding, InputError, Severity
from oreline.watch import (
    Market,
    MarketSeries,
    PriceTerms,
    market_of,
    read_price_file,
    shipped_series,
)
from oreline.watch._market import joined

YFINANCE = (
    "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"
    "2025-10-01 00:00:00-04:00,0.04,0.05,0.04,0.044,1000,0,0\n"
    "2025-10-02 00:00:00-04:00,0.05,0.5,0.05,0.44,100000,0,0\n"
)
OPENBB = (
    "date,open,high,low,close,volume,vwap,adj_close,symbol\n2025-10-02,70,72,69,71.5,1,71,71.5,MP\n"
)
AKSHARE = (
    "日期,股票代码,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率\n"
    "2025-10-09,600111,50.1,52.0,53,50,1000,1,1,1,1,1\n"
)
STOOQ = (
    "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
    "UAMY.US,D,20251003,000000,6,7,6,6.5,1000,0\n"
)
STOOQ_PL = "Data,Otwarcie,Najwyższy,Najniższy,Zamknięcie,Wolumen\n2025-10-03,6,7,6,6.5,1000\n"
DOWNLOADED = (
    "Price,Close,High,Low,Open,Volume\nTicker,MP,MP,MP,MP,MP\nDate,,,,,\n2025-10-03,70,71,69,70,5\n"
)
LME = 'Date,Copper Cash (US$/t),Tin Cash (US$/t)\n03 Oct 2025,"10,500.50",36000\n06 Oct 2025,—,1\n'
SMM = (
    "日期,产品,最低价,最高价,均价,单位\n"
    "2025-10-09,氧化镨钕,560000,565000,562500,元/吨\n"
    "2025-10-09,1#锑锭,170000,180000,175000,元/吨\n"
)


def _read(
    text: str, name: str = "x.csv", terms: PriceTerms | None = None
) -> tuple[tuple[MarketSeries, ...], tuple[Finding, ...]]:
    return read_price_file(text.encode(), name, terms)


def _codes(findings: tuple[Finding, ...], severity: Severity = Severity.FATAL) -> list[str]:
    return [one.code for one in findings if one.severity is severity]


@pytest.mark.parametrize(
    ("text", "name", "said", "series", "close", "unit"),
    [
        (YFINANCE, "LTUM.csv", {}, "OTCM:LTUM", "0.44", "USD per share"),
        (OPENBB, "x.csv", {}, "XNYS:MP", "71.5", "USD per share"),
        (AKSHARE, "x.csv", {"ticker": "600111.SS"}, "XSHG:600111", "52.0", "CNY per share"),
        (STOOQ, "x.txt", {}, "XASE:UAMY", "6.5", "USD per share"),
        (STOOQ_PL, "UAMY.US.csv", {}, "XASE:UAMY", "6.5", "USD per share"),
        (DOWNLOADED, "x.csv", {}, "XNYS:MP", "70", "USD per share"),
        (LME, "x.csv", {}, "copper-cash", "10500.50", "USD/t"),
        (SMM, "x.csv", {}, "氧化镨钕", "562500", "CNY/t"),
    ],
)
def test_files_as_analysts_have_them_are_read(
    text: str, name: str, said: dict[str, str], series: str, close: str, unit: str
) -> None:
    found, findings = _read(text, name, PriceTerms(**said))  # type: ignore[arg-type]
    assert not _codes(findings), findings
    one = next(each for each in found if each.id == series)
    assert one.terms.unit == unit
    assert one.newest.drop_nulls("Close")["Told"][-1] == close
    assert one.terms.source


def test_excel_and_parquet_say_the_same_as_csv(tmp_path: Path) -> None:
    frame = pl.read_csv(YFINANCE.encode(), infer_schema=False)
    packed = io.BytesIO()
    frame.write_parquet(packed)
    frame.write_excel(tmp_path / "LTUM.xlsx")
    from_csv = _read(YFINANCE, "LTUM.csv")[0][0]
    for data, name in (
        (packed.getvalue(), "LTUM.parquet"),
        ((tmp_path / "LTUM.xlsx").read_bytes(), "LTUM.xlsx"),
    ):
        found, findings = read_price_file(data, name)
        assert not _codes(findings), findings
        assert found[0].rows.equals(from_csv.rows)


def test_the_interface_is_the_one_that_analysts_know() -> None:
    series, _ = _read(YFINANCE, "LTUM.csv")
    frame = Market(series).history("OTCQB: LTUM", date(2025, 10, 2), date(2025, 10, 2))
    assert frame.columns[:5] == ["Date", "Open", "High", "Low", "Close"]
    assert frame.select("Close", "Currency", "Unit", "Basis").row(0) == (
        0.44, "USD", "USD per share", "reported",
    )  # fmt: skip
    with pytest.raises(InputError, match="no series is called"):
        Market(series).history("NYSE:MP")


def test_everything_wrong_is_told_at_once_with_its_row() -> None:
    text = (
        "Date,Close,Hgih\n2025-10-03,$1,1\n2025-10-02,C$2,1\n03/04/2025,-4,1\n,5,1\n"
        "2025-10-02,x,1\n2025-09-01,0,1\n"
    )
    found, findings = _read(text, "MP.csv")
    assert found == ()
    told = {(one.code, one.where.removeprefix("MP.csv ")) for one in findings}
    assert {
        ("ORL-1326", "row 4 column Date"),
        ("ORL-1326", "row 5 column Date"),
        ("ORL-1327", "row 3 column Date"),
        ("ORL-1328", "row 4 column Close"),
        ("ORL-1328", "row 6 column Close"),
        ("ORL-1328", "row 7 column Close"),
        ("ORL-1329", "column Close"),
        ("ORL-1325", "column Hgih"),
    } <= told
    assert all(one.fix for one in findings)


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("Close\n1\n", {}, "ORL-1325"),
        ("Date,Volume\n2025-10-03,1\n", {}, "ORL-1325"),
        ("Date,Close,Price\n2025-10-03,1,1\n", {}, "ORL-1325"),
        ("Date,Close\n03/04/2025,1\n05/04/2025,1\n", {"currency": "USD"}, "ORL-1326"),
        ("Date,Close\n2025-02-30,1\n", {"currency": "USD"}, "ORL-1326"),
        ("Date,Close\n2025-10-03,1\n2025-10-03,2\n", {"currency": "USD"}, "ORL-1327"),
        ("Date,Close\n2025-10-03,1e999\n", {"currency": "USD"}, "ORL-1328"),
        ("Date,Close\n2025-10-03,1\n", {"name": "ore"}, "ORL-1329"),
        ("Date,Close\n2025-10-03,1\n", {"kind": "price", "currency": "USD"}, "ORL-1329"),
        ("Date,Close,Currency\n2025-10-03,1,USD\n2025-10-06,1,CAD\n", {}, "ORL-1329"),
        ("Date,Close,Unit\n2025-10-03,1,USD/t\n", {"currency": "CNY"}, "ORL-1329"),
        ("Date,Close,Unit\n2025-10-03,1,USD/t\n2025-10-06,1,USD/kg\n", {}, "ORL-1329"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, said: dict[str, str], code: str) -> None:
    found, findings = _read(text, "q.csv", PriceTerms(**said))  # type: ignore[arg-type]
    assert found == ()
    assert code in _codes(findings), findings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Date,Close\n2025-10-03,1\n2025-10-01,1\n2025-10-06,1\n2025-10-07,1\n", "ORL-1327"),
        ("Date,Close\n2025-10-03,1\n2025-10-03,1\n", "ORL-1327"),
        ("Date,Close\n2025-10-01,1\n2025-10-02,1\n2025-10-03,1\n2025-10-20,1\n", "ORL-1330"),
        ("Date,Low,High,Close\n2025-10-01,1,2,3\n", "ORL-1328"),
        ("Date,Close,Published\n2025-10-03,1,2025-10-01\n", "ORL-1326"),
    ],
)
def test_what_is_odd_is_told_and_used(text: str, code: str) -> None:
    found, findings = _read(text, "q.csv", PriceTerms(unit="USD/t"))
    assert len(found) == 1
    assert code in _codes(findings, Severity.WARNING), findings
    days = found[0].newest["Date"].to_list()
    assert days == sorted(days)


def test_newest_first_is_an_order_and_a_weekend_no_gap() -> None:
    text = "Date,Close\n2025-10-06,2\n2025-10-03,1\n2025-10-02,1\n"
    found, findings = _read(text, "MP.csv")
    assert not _codes(findings, Severity.WARNING)
    assert found[0].newest["Close"].to_list() == [1, 1, 2]


def test_revisions_are_kept_and_what_was_known_is_told() -> None:
    text = (
        "Date,Close,Published\n2025-09-30,100,2025-10-02\n2025-09-30,110,2025-11-02\n"
        "2025-10-31,120,2025-11-02\n"
    )
    terms = PriceTerms(id="sb", kind="price", unit="USD/t")
    found, findings = _read(text, "q.csv", terms)
    assert not _codes(findings), findings
    one = found[0]
    assert one.revisions == 1
    assert one.told(date(2025, 9, 30), date(2025, 10, 1)) is None
    assert one.told(date(2025, 9, 30), date(2025, 10, 2)) == Decimal(100)
    assert one.told(date(2025, 9, 30)) == Decimal(110)
    assert one.known(date(2025, 10, 15)).height == 1


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 1, 1), date(2025, 3, 1)),
            st.integers(0, 60),
            st.integers(1, 9),
        ),
        min_size=1,
        max_size=25,
        unique_by=lambda one: (one[0], one[1]),
    ),
    st.dates(date(2025, 1, 1), date(2025, 6, 1)),
)
def test_what_was_known_on_a_day_is_the_last_that_was_published_by_then(
    values: list[tuple[date, int, int]], on: date
) -> None:
    """Against the obvious way: of each day the value with the latest publication."""
    text = "Date,Close,Published\n" + "".join(
        f"{day},{value},{day + timedelta(days=late)}\n" for day, late, value in values
    )
    found, findings = _read(text, "q.csv", PriceTerms(id="sb", kind="price", unit="USD/t"))
    assert not _codes(findings), findings
    wanted = {day: value for day, late, value in sorted(values) if day + timedelta(days=late) <= on}
    known = found[0].known(on)
    assert dict(zip(known["Date"], known["Close"], strict=True)) == wanted
    shuffled, _ = _read(
        "Date,Close,Published\n" + "\n".join(reversed(text.splitlines()[1:])),
        "q.csv",
        PriceTerms(id="sb", kind="price", unit="USD/t"),
    )
    assert shuffled[0].known(on).equals(known)


def test_a_file_of_another_day_is_another_vintage(tmp_path: Path) -> None:
    first = PriceTerms(id="sb", kind="price", unit="USD/t", published=date(2025, 10, 2))
    later = PriceTerms(id="sb", kind="price", unit="USD/t", published=date(2025, 11, 2))
    one = _read("Date,Close\n2025-08-31,5\n2025-09-30,7\n", "a.csv", first)[0]
    two = _read("Date,Close\n2025-08-31,5\n2025-09-30,8\n", "b.csv", later)[0]
    market = joined([*one, *two])
    assert not market.findings
    held = market.find("sb")
    assert held is not None
    assert held.revisions == 1
    assert held.told(date(2025, 8, 31), date(2025, 10, 3)) == Decimal(5)
    assert held.told(date(2025, 9, 30), date(2025, 10, 3)) == Decimal(7)
    assert held.told(date(2025, 9, 30)) == Decimal(8)
    other = _read("Date,Close\n2025-09-30,7\n", "c.csv", PriceTerms(id="sb", unit="CNY/t"))[0]
    assert _codes(joined([*one, *other]).findings) == ["ORL-1329"]


def test_a_folder_is_one_market_and_a_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "LTUM.csv").write_text(YFINANCE)
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    market = market_of(sorted(tmp_path.iterdir()))
    assert [one.id for one in market.series] == ["OTCM:LTUM"]
    assert "ORL-1325" in _codes(market.findings)


def test_shipped_series_keep_their_editions() -> None:
    """Antimony of 2021, as USGS printed it in its editions of 2022 to 2024 and of 2026."""
    by_id = {one.id: one for one in shipped_series()}
    assert {"cu-worldbank", "sb-usgs", "ndpr-usgs"} <= set(by_id)
    copper = by_id["cu-worldbank"]
    assert copper.told(date(1960, 1, 31)) == Decimal("715.4")
    antimony = by_id["sb-usgs"]
    assert antimony.revisions > 0
    assert antimony.known(date(2023, 6, 1))["Date"].max() == date(2022, 12, 31)
    assert all(one.terms.licence in ("public-domain", "CC-BY-4.0") for one in by_id.values())
