"""Cash that is expected: a table of it, and what of it falls between two days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from oreline.comply import Missing
from oreline.exchange import read_plain_table
from oreline.model import Finding, Severity, is_fatal
from oreline.plan import Plan

FORECAST_FILE = "cash-forecast.csv"
"""Where the chain folder keeps the forecast."""


@dataclass(frozen=True, slots=True)
class Span:
    """Cash available for debt service from a day up to, and with, another."""

    start: date
    end: date
    available: Decimal
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class Available:
    """The cash of a time; None where it is not known, with what is missing."""

    amount: Fraction | None
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Cash available for debt service, in time order and without overlaps.

    It is what operations leave after costs, royalties and taxes, before any debt service and before
    the capital that the instruments pay.
    """

    currency: str
    spans: tuple[Span, ...] = ()

    def between(self, start: date, end: date, currency: str) -> Available:
        """Return the cash from a day up to, and without, another; each span falls evenly.

        >>> year = Span(date(2030, 1, 1), date(2030, 12, 31), Decimal(365), "planned", "a plan")
        >>> forecast = Forecast("USD", (year,))
        >>> forecast.between(date(2030, 1, 1), date(2030, 2, 1), "USD").amount
        Fraction(31, 1)
        >>> forecast.between(date(2031, 1, 1), date(2031, 2, 1), "USD").missing[0].name
        'cash available from 2031-01-01 to 2031-01-31'
        """
        if self.spans and currency != self.currency:
            why = f"the forecast is in {self.currency}, the loan in {currency}"
            return _unknown(start, end, why, "state it in the loan's currency")
        total, seen = Fraction(0), 0
        for span in self.spans:
            first, last = max(start, span.start), min(end - timedelta(days=1), span.end)
            days = (last - first).days + 1
            if days > 0:
                total += Fraction(span.available) * Fraction(days, (span.end - span.start).days + 1)
                seen += days
        if seen < (end - start).days:
            fix = f"extend {FORECAST_FILE}, or make it of a longer plan"
            why = "the forecast does not reach so far" if self.spans else "there is no forecast"
            return _unknown(start, end, why, fix)
        return Available(total)

    def to_json(self) -> dict[str, Any]:
        """Return what it is: from when to when, and on what it rests."""
        return {
            "currency": self.currency,
            "start": None if not self.spans else self.spans[0].start.isoformat(),
            "end": None if not self.spans else self.spans[-1].end.isoformat(),
            "basis": ", ".join(sorted({one.basis for one in self.spans})),
            "source": "; ".join(dict.fromkeys(one.source for one in self.spans)),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the table as ``read_forecast`` reads it."""
        names = ("start", "end", "available", "currency", "basis", "source")
        rows = [
            (one.start.isoformat(), one.end.isoformat(), f"{one.available:f}", self.currency,
             one.basis, one.source)
            for one in self.spans
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def forecast_of_plan(plan: Plan) -> Forecast:
    """Return the cash that a plan leaves for debt service each year.

    It is every term of the plan's cash flow but its capital, which the instruments pay.
    """
    terms, millions = plan.problem.terms, Decimal(10**6)
    capital = plan.accounts.terms.get("capital", {})
    source = f"the plan {plan.problem.name!r}, input {plan.certificate.input_sha256[:16]}"
    if terms.money == "real":
        source += f", in money of {terms.money_year}: a loan's payments are not"
    spans = []
    for year, net in zip(plan.accounts.years, plan.accounts.net(), strict=True):
        left = Decimal(f"{net - capital.get(year, 0.0):.8f}") * millions
        cash = Decimal(f"{left.normalize():f}")
        spans.append(Span(date(year, 1, 1), date(year, 12, 31), cash, "planned", source))
    return Forecast(plan.problem.currency, tuple(spans))


_INPUT = re.compile(r"\binput ([0-9a-f]{16})\b")
"""How the source of a forecast names the plan that it was made of."""


def of_other_plan(forecast: Forecast, digest: str) -> Finding | None:
    """Return that a forecast says itself to be made of another plan (ORL-1189), else None.

    A forecast that names no plan, such as one written by hand, says nothing of it.

    Parameters
    ----------
    digest
        SHA-256 of the plan that stands beside it.
    """
    named = {found for span in forecast.spans for found in _INPUT.findall(span.source)}
    if named <= {digest[:16]}:
        return None
    message = f"it was made of a plan whose input is {', '.join(sorted(named))}; that of plan.toml "
    message += f"and assumptions.csv now is {digest[:16]}"
    fix = f"make it anew: oreline fund forecast PLACE --export {FORECAST_FILE}"
    return Finding("ORL-1189", Severity.WARNING, FORECAST_FILE, message, fix)


def _unknown(start: date, end: date, why: str, fix: str) -> Available:
    name = f"cash available from {start} to {end - timedelta(days=1)}"
    return Available(None, (Missing(name, why, fix),))


class _SpanRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date
    end: date
    available: Decimal
    currency: str
    basis: Literal["measured", "reported", "assumed", "planned", "derived"]
    source: str


def read_forecast(data: bytes, name: str) -> tuple[Forecast | None, tuple[Finding, ...]]:
    r"""Read a forecast, None where it is wrong.

    Columns: start, end (days, both within), available, currency, basis, source. What is wrong
    between rows is ORL-1180.

    >>> data = b"start,end,available,currency,basis,source\n"
    >>> data += b"2030-01-01,2030-12-31,365,USD,planned,a plan\n"
    >>> read_forecast(data, "cash-forecast.csv")[0].spans[0].available
    Decimal('365')
    """
    rows, findings = read_plain_table(data, name, _SpanRow)
    placed = [(row.where, row.value) for row in rows]
    problems = [*findings, *_wrong_rows(placed)]
    if is_fatal(problems):
        return None, tuple(problems)
    spans = sorted(
        (Span(one.start, one.end, one.available, one.basis, one.source) for _, one in placed),
        key=lambda one: one.start,
    )
    currency = placed[0][1].currency if placed else ""
    return Forecast(currency, tuple(spans)), tuple(problems)


def _wrong_rows(rows: list[tuple[str, _SpanRow]]) -> Iterator[Finding]:
    for where, one in rows:
        if one.end < one.start:
            message = f"it ends on {one.end}, before it starts on {one.start}"
            yield _wrong(f"{where} column end", message, "correct one of the two days")
        if one.currency != rows[0][1].currency:
            message = f"{one.currency} stands beside {rows[0][1].currency}"
            fix = "write a forecast in one currency, at a rate that its source states"
            yield _wrong(f"{where} column currency", message, fix)
    ordered = sorted(rows, key=lambda row: row[1].start)
    for (_, before), (where, after) in pairwise(ordered):
        if after.start <= before.end:
            message = f"{after.start} is counted twice: an earlier row ends on {before.end}"
            yield _wrong(f"{where} column start", message, "begin a row after the one before ends")


def _wrong(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-1180", Severity.FATAL, where, message, fix)
