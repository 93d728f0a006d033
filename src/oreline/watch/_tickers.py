"""Tickers: one form for the many ways in which a market and a symbol are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from oreline.reference import kept_by_tables, table

_PREFIXED: Final = re.compile(r"\(?\s*([A-Za-z][\w .&-]*?)\s*:\s*([A-Za-z0-9][\w.-]{0,11})\s*\)?")
_SUFFIXED: Final = re.compile(r"([A-Za-z0-9][\w-]{0,9})\.([A-Za-z]{1,3})")
_BARE: Final = re.compile(r"\$?([A-Za-z0-9][\w.-]{0,9})")


@dataclass(frozen=True, slots=True, order=True)
class Ticker:
    """A paper at a market.

    Attributes
    ----------
    mic
        The market by ISO 10383, empty where the text does not tell it: tiers of a market stand for
        the market.
    symbol
        The symbol there, in capitals.
    tier
        The tier of the market, as OTCQB; empty where none is told.
    candidates
        The markets that the text allows, where it allows several.
    """

    mic: str
    symbol: str
    tier: str = ""
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as market and symbol.

        >>> str(Ticker("XNAS", "USAR")), str(Ticker("", "ABC"))
        ('XNAS:USAR', 'ABC')
        """
        return f"{self.mic}:{self.symbol}" if self.mic else self.symbol


@kept_by_tables
def _markets() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], dict[str, str]]:
    """Give the markets of each prefix and of each suffix, and the market of each tier."""
    prefixes: dict[str, tuple[str, ...]] = {}
    suffixes: dict[str, tuple[str, ...]] = {}
    tiers: dict[str, str] = {}
    for row in table("exchanges").iter_rows(named=True):
        mic = row["mic"]
        for word in (mic, row["name"].upper(), *row["prefixes"].split("|")):
            prefixes[word] = tuple(dict.fromkeys((*prefixes.get(word, ()), mic)))
        for word in row["suffixes"].split():
            suffixes[word] = (*suffixes.get(word, ()), mic)
        if row["tier_of"]:
            tiers[mic] = row["tier_of"]
    return prefixes, suffixes, tiers


@kept_by_tables
def listed_markets() -> dict[str, tuple[str, ...]]:
    """Give the markets at which each known symbol is listed."""
    found: dict[str, tuple[str, ...]] = {}
    for mic, symbol in table("listings").select("mic", "symbol").iter_rows():
        found[symbol] = (*found.get(symbol, ()), mic)
    return found


def ticker_of(text: str) -> Ticker | None:
    """Give what a ticker means, however it is written; None for what is none.

    Where several markets share a prefix or a suffix, the one is taken at which a symbol is known
    to be listed; where that does not decide, all stay as candidates.

    >>> [str(ticker_of(one)) for one in ("OTCQB: LTUM", "UAMY.US", "AMEX:UAMY", "(TSX: TMQ)")]
    ['OTCM:LTUM', 'XASE:UAMY', 'XASE:UAMY', 'XTSE:TMQ']
    """
    words = " ".join(text.split())
    prefixes, suffixes, tiers = _markets()
    if found := _PREFIXED.fullmatch(words):
        name = found[1].upper()
        name = name if name in prefixes else name.replace("-", " ")
        return _told(prefixes.get(name, ()), found[2].upper(), tiers) if name in prefixes else None
    if found := _SUFFIXED.fullmatch(words):
        symbol, end = found[1].upper(), found[2].upper()
        markets = suffixes.get(end, ())
        # One letter may be a class of shares: it is a market only where the symbol is listed there.
        is_market = len(end) > 1 or set(markets) & set(listed_markets().get(symbol, ()))
        if markets and is_market:
            return _told(markets, symbol, tiers)
    if (found := _BARE.fullmatch(words)) and re.search(r"[A-Za-z0-9]", found[1]):
        symbol = found[1].upper()
        markets = listed_markets().get(symbol, ())
        return _told(markets, symbol, tiers) if len(markets) == 1 else Ticker("", symbol)
    return None


def _told(markets: tuple[str, ...], symbol: str, tiers: dict[str, str]) -> Ticker:
    if len(markets) > 1:
        listed = listed_markets().get(symbol, ())
        known = tuple(one for one in markets if one in listed)
        markets = known if len(known) == 1 else markets
    if len(markets) != 1:
        return Ticker("", symbol, candidates=markets)
    mic = markets[0]
    return Ticker(tiers.get(mic, mic), symbol, tier=mic if mic in tiers else "")


def same_paper(one: Ticker, two: Ticker) -> bool | None:
    """Return whether two tickers are of one paper; None where the markets do not tell.

    Tiers of one market are compatible. At one market another symbol is another paper; symbols of
    two markets say nothing of each other.

    >>> same_paper(Ticker("OTCM", "LTUM", "OTCB"), Ticker("OTCM", "LTUM", "PINX"))
    True
    >>> same_paper(Ticker("XNAS", "SGML"), Ticker("OTCM", "LTUM")) is None
    True
    """
    if one.mic and two.mic and one.mic != two.mic:
        return None
    if one.symbol != two.symbol:
        return False if one.mic and one.mic == two.mic else None
    return True if one.mic == two.mic and one.mic else None
