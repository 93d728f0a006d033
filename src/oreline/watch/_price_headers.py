"""How price files name their columns, and what their cells look like."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Date": ("date", "datetime", "day", "month", "year", "timestamp", "trade date",
             "trading day", "data", "period", "日期", "交易日", "交易日期", "时间"),
    "Open": ("open", "opening", "otwarcie", "开盘", "开盘价", "今开"),
    "High": ("high", "highest", "max", "najwyzszy", "最高", "最高价"),
    "Low": ("low", "lowest", "min", "najnizszy", "最低", "最低价"),
    "Close": ("close", "closing", "last", "price", "value", "settle", "settlement", "average",
              "avg", "mid", "mean", "zamkniecie", "收盘", "收盘价", "均价", "平均价", "最新价",
              "结算价", "价格"),
    "AdjClose": ("adj close", "adjusted close", "adjclose", "adj_close", "close adjusted"),
    "Volume": ("volume", "vol", "wolumen", "成交量"),
    "Symbol": ("symbol", "ticker", "code", "股票代码", "代码"),
    "Name": ("name", "product", "metal", "commodity", "名称", "品名", "产品", "品种"),
    "Currency": ("currency", "ccy", "币种", "货币"),
    "Unit": ("unit", "units", "单位"),
    "Published": ("published", "publication", "vintage", "as of", "known from", "发布日期"),
    "Source": ("source", "来源"),
    "Flag": ("flag", "note", "备注"),
}  # fmt: skip
"""The names of each column, as sources write them, in small letters."""
IGNORED: Final = frozenset(
    [
        "dividends", "dividend", "stock splits", "split ratio", "capital gains", "vwap", "change",
        "change %", "change percent", "transactions", "openint", "per", "time", "成交额", "振幅",
        "涨跌幅", "涨跌额", "涨跌", "换手率", "持仓量", "market cap", "open interest", "turnover",
        "range", "specification", "规格",
    ]
)  # fmt: skip
"""Columns of such files that say nothing of the price."""
CURRENCY_MARKS: Final[dict[str, str]] = {
    "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "HK$": "HKD",
    "$": "$", "€": "EUR", "£": "GBP", "¥": "¥", "RMB": "CNY", "CN¥": "CNY", "元": "CNY",
    "₹": "INR", "Rs": "Rs",
}  # fmt: skip
"""Marks in cells; those that several currencies share stand for themselves."""
_UNIT: Final = re.compile(
    r"\s*[\(\[（]\s*(?P<money>US\$|C\$|A\$|[A-Z]{3}|\$|€|£|¥|元|c|US¢|¢)?\s*(?:/|per )\s*"
    r"(?P<per>metric ton|tonne|mt|dmtu|mtu|吨|公斤|千克|t|kg|lb|oz|troy oz|ounce|bbl|mmbtu|g)\s*"
    r"[\)\]）]\s*$",
    re.IGNORECASE,
)
_PER: Final = {
    "metric ton": "t", "tonne": "t", "mt": "t", "吨": "t", "公斤": "kg", "千克": "kg",
    "ounce": "oz", "troy oz": "oz",
}  # fmt: skip
_MONEY: Final = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "元": "CNY", "C$": "CAD",
    "A$": "AUD", "¢": "USD", "US¢": "USD", "c": "USD",
}  # fmt: skip
ABSENT: Final = (
    "",
    "-",
    "--",
    "—",
    "–",
    "…",
    "..",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nat",
    "#n/a",
)
"""What stands where there is no value; it is never zero."""


def plain(header: str) -> str:
    """Return a header as it is looked up.

    >>> plain("<CLOSE>"), plain("Adj_Close"), plain("Zamknięcie")
    ('close', 'adj close', 'zamkniecie')
    """
    text = unicodedata.normalize("NFKD", header)
    text = "".join(one for one in text if not unicodedata.combining(one))
    return re.sub(r"[\s_<>]+", " ", text).strip().casefold()


def column_of(header: str) -> str | None:
    """Return which column of a series a header names; None for one that it does not know."""
    name = plain(header)
    return next((key for key, names in HEADERS.items() if name in names), None)


def priced_column(header: str) -> tuple[str, str, str] | None:
    """Return the name, currency and unit of a column of prices that tells its unit.

    >>> priced_column("Copper ($/mt)"), priced_column("Close")
    (('Copper', 'USD', 'USD/t'), None)
    """
    match = _UNIT.search(header)
    if match is None or not header[: match.start()].strip():
        return None
    money, per = match["money"] or "", match["per"].casefold()
    # Cents stay as written: the number is not converted, so its unit is not either.
    if money.casefold() in ("c", "¢", "us¢"):
        currency, shown = "USD", "c"
    else:
        currency = shown = _MONEY.get(money, money.upper())
    unit = f"{shown}/{_PER.get(per, per)}" if shown else ""
    return header[: match.start()].strip(), currency, unit


def unit_of(text: str) -> tuple[str, str]:
    """Return the currency and the unit that a cell or a setting names.

    >>> unit_of("元/吨"), unit_of("USD/t"), unit_of("lots")
    (('CNY', 'CNY/t'), ('USD', 'USD/t'), ('', 'lots'))
    """
    found = priced_column(f"x ({text.strip()})")
    return ("", text.strip()) if found is None else (found[1], found[2])


def number_texts(text: pl.Series) -> pl.Series:
    """Return cells as digits with a point: marks of currency and thousands taken off.

    A comma is a decimal one where the column shows it: 0,44 or 12,5. Else it parts thousands.

    >>> import polars as pl
    >>> number_texts(pl.Series(["$1,250.00", "0.44"])).to_list()
    ['1250.00', '0.44']
    >>> number_texts(pl.Series(["1,250", "0,44"])).to_list()
    ['1.250', '0.44']
    """
    bare = (
        text.str.replace_all(_MARK, "")
        .str.strip_chars()
        .str.replace_all(r"(\d)[ \x{a0}\x{202f}](\d{3})\b", "$1$2")
    )
    decimal = r"^-?(?:\d+,\d{1,2}|\d+,\d{4,}|0\d*,\d+|\d{4,},\d+)$|\.\d{3},\d"
    if bare.str.contains(decimal).any():
        return bare.str.replace_all(r"\.(\d{3})\b", "$1").str.replace(",", ".", literal=True)
    grouped = bare.str.contains(r"^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$").fill_null(value=False)
    return bare.zip_with(~grouped, bare.str.replace_all(",", "", literal=True))


_MARK: Final = r"(?:US|CA|CN|AU|HK|C|A)?[$€£¥₹]|\b(?:RMB|USD|CNY|EUR|CAD|AUD|GBP|JPY|PKR|INR)\b|元"


def marks(text: pl.Series) -> list[str]:
    """Return the currency marks that stand in cells, each once, sorted."""
    found = text.drop_nulls().str.extract(f"({_MARK})", 1).drop_nulls()
    return sorted(set(found.to_list()))
