"""Feeds: a source of prices is asked when a person says so, and what it gave is kept by day."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from oreline.model import Finding, Severity
from oreline.watch._market_settings import FEED_FOLDER, FeedTable, terms_of
from oreline.watch._price_table import PriceTerms, read_price_file
from oreline.watch._tickers import Ticker, ticker_of

FEED_BYTES_MAX: Final = 20_000_000
"""How much one answer of a feed may hold."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a feed gave of one ticker, checked and ready to be kept."""

    feed: str
    ticker: Ticker
    path: str
    """Where it belongs in the chain folder."""
    data: bytes
    rows: int


def fetch(
    feed: FeedTable, folder: Path, today: date
) -> tuple[tuple[Fetched, ...], tuple[Finding, ...]]:
    """Ask a feed for each of its tickers; what is no table of prices is told and not kept.

    Nothing is asked of a feed that is not enabled. A command gets no shell and runs in the chain
    folder; an address is called once a ticker, and no other address is followed.
    """
    if not feed.enabled:
        message = f"the feed {feed.id} is not enabled"
        fix = f"write enabled = true under [[feed]] {feed.id} if it may be asked"
        return (), (Finding("ORL-1332", Severity.WARNING, f"feed {feed.id}", message, fix),)
    made: list[Fetched] = []
    findings: list[Finding] = []
    for told in feed.tickers:
        ticker = ticker_of(told)
        assert ticker is not None, told
        where = f"feed {feed.id} {told}"
        fill = {
            "ticker": told,
            "symbol": ticker.symbol,
            "start": (today - timedelta(days=feed.days)).isoformat(),
            "end": today.isoformat(),
        }
        answer = _asked(feed, folder, fill)
        if isinstance(answer, str):
            fix = "look whether its source answers, then ask again; what was kept before stays"
            findings.append(Finding("ORL-1332", Severity.WARNING, where, answer, fix))
            continue
        name = f"{where}.{feed.form}"
        series, wrong = read_price_file(answer, name, _terms(feed, told, today))
        findings += wrong
        if series:
            path = f"{FEED_FOLDER}/{feed.id}/{_safe(ticker)}/{today.isoformat()}.{feed.form}"
            rows = sum(one.rows.height for one in series)
            made.append(Fetched(feed.id, ticker, path, answer, rows))
    return tuple(made), tuple(findings)


def kept_files(feed: FeedTable, folder: Path) -> Iterator[tuple[Path, PriceTerms]]:
    """Give what was kept of a feed, the earliest first, with the day it was asked on."""
    for told in feed.tickers:
        ticker = ticker_of(told)
        assert ticker is not None, told
        place = folder / FEED_FOLDER / feed.id / _safe(ticker)
        for path in sorted(place.glob(f"*.{feed.form}")):
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", path.stem):
                yield path, _terms(feed, told, date.fromisoformat(path.stem))


def _terms(feed: FeedTable, ticker: str, published: date) -> PriceTerms:
    terms = terms_of(feed, published)
    is_share = terms.kind in ("", "share") and not terms.unit
    named = replace(terms, id="" if is_share else f"{feed.id}-{_safe_words(ticker)}")
    return replace(named, ticker=ticker, kind="share") if is_share else named


def _safe(ticker: Ticker) -> str:
    return _safe_words(f"{ticker.mic}-{ticker.symbol}" if ticker.mic else ticker.symbol)


def _safe_words(words: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-")


def _asked(feed: FeedTable, folder: Path, fill: dict[str, str]) -> bytes | str:
    """Return what a feed answers, or why it does not."""
    if feed.command is not None:
        return _run([word.format(**fill) for word in feed.command], folder, feed.timeout_s)
    assert feed.url is not None
    return _get(
        feed.url.format(**{key: quote(value, safe="") for key, value in fill.items()}),
        feed.timeout_s,
    )


def _run(words: Sequence[str], folder: Path, timeout_s: float) -> bytes | str:
    try:
        with subprocess.Popen(  # noqa: S603 - the user's own command, no shell, only when asked
            words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as running:  # fmt: skip
            try:
                out, _ = running.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                running.kill()
                return f"{words[0]} did not end within {timeout_s:g} s"
    except OSError as error:
        return f"{words[0]} cannot be run: {error.strerror or type(error).__name__}"
    if running.returncode != 0:
        return f"{words[0]} ended with status {running.returncode}"
    return out if len(out) <= FEED_BYTES_MAX else f"it gave more than {FEED_BYTES_MAX:,} bytes"


def _get(address: str, timeout_s: float) -> bytes | str:
    import httpx

    try:
        with httpx.stream("GET", address, timeout=timeout_s, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                return f"it answered {answer.status_code}"
            parts, size = [], 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > FEED_BYTES_MAX:
                    return f"it gave more than {FEED_BYTES_MAX:,} bytes"
                parts.append(part)
            return b"".join(parts)
    except httpx.HTTPError as error:
        return f"it does not answer: {type(error).__name__}"
