"""Double-entry books of an instrument, as the one who takes the money keeps them.

What was promised, released and drawn stands in accounts of its own, so that each is a balance that
may not be less than nothing. Interest is booked at the end of each period as the schedule reckons
it; metal that works off a prepayment on the day of its receipt. What falls due and is not paid
stands in the accounts as owed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from oreline.fund._instrument import Instrument, InstrumentKind
from oreline.fund._loan import LoanSchedule
from oreline.fund._money import Move
from oreline.fund._outlook import Outlook


@dataclass(frozen=True, slots=True)
class Line:
    """An amount on an account: above zero a debit, below it a credit."""

    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the books; its lines sum to zero.

    Parameters
    ----------
    event
        The event of the ledger that it comes from; empty where it is reckoned.
    """

    day: date
    said: str
    event: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        total = sum((one.amount for one in self.lines), Decimal(0))
        assert total == 0, f"{self.said}: the entry is out of balance by {total}"


@dataclass(frozen=True, slots=True)
class InstrumentBooks:
    """The entries of an instrument until a day, in time order, in one currency."""

    instrument: Instrument
    day: date
    entries: tuple[Entry, ...]

    def balances(self) -> dict[str, Decimal]:
        """Return the balance of every account by its name."""
        found: dict[str, Decimal] = {}
        for entry in self.entries:
            for line in entry.lines:
                found[line.account] = found.get(line.account, Decimal(0)) + line.amount
        return dict(sorted(found.items()))

    def to_frame(self) -> pl.DataFrame:
        """Return one row a line; money as decimal text."""
        names = ("day", "account", "debit", "credit", "currency", "said", "event")
        currency = self.instrument.currency
        rows = [
            (entry.day.isoformat(), line.account,
             f"{line.amount:f}" if line.amount > 0 else "",
             f"{-line.amount:f}" if line.amount < 0 else "", currency, entry.said, entry.event)
            for entry in self.entries for line in entry.lines
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def balances_frame(self) -> pl.DataFrame:
        """Return one row an account."""
        rows = [
            (name, f"{amount:f}", self.instrument.currency)
            for name, amount in self.balances().items()
        ]
        schema = dict.fromkeys(("account", "balance", "currency"), pl.String)
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to_json(self) -> dict[str, object]:
        """Return them as a JSON object; money as decimal text."""
        return {
            "instrument": self.instrument.id,
            "currency": self.instrument.currency,
            "until": self.day.isoformat(),
            "entries": [
                {
                    "day": entry.day.isoformat(),
                    "said": entry.said,
                    "event": entry.event,
                    "lines": [
                        {"account": line.account, "amount": f"{line.amount:f}"}
                        for line in entry.lines
                    ],
                }
                for entry in self.entries
            ],
            "balances": {name: f"{amount:f}" for name, amount in self.balances().items()},
        }


def account_part(text: str) -> str:
    """Return a name as a part of an account's name: it begins with a capital or a digit.

    >>> account_part("illus-mill.sb"), account_part("%")
    ('Illus-mill-sb', 'X')
    """
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-") or "x"
    return plain[0].upper() + plain[1:]


@dataclass(frozen=True, slots=True)
class _Chart:
    """The accounts of one instrument."""

    name: str

    def of(self, group: str, what: str) -> str:
        return f"{group}:{self.name}:{what}"


_OWED = {
    InstrumentKind.EQUITY: ("Equity", "Paid-in"),
    InstrumentKind.LOAN: ("Liabilities", "Principal"),
    InstrumentKind.GRANT: ("Liabilities", "Deferred-grant"),
    InstrumentKind.PREPAYMENT: ("Liabilities", "Prepaid-metal"),
    InstrumentKind.PRICE_FLOOR: ("Assets", "Price-floor-due"),
}
"""To what drawn money is credited, by what the instrument is."""


def books_of(outlook: Outlook) -> InstrumentBooks:
    """Return the books of an instrument until the day of an outlook."""
    instrument, day = outlook.instrument, outlook.day
    chart = _Chart(account_part(instrument.id))
    entries = [_moved(instrument, chart, move) for move in outlook.accounts.moves]
    if outlook.schedule is not None:
        entries.extend(_interest(chart, outlook.schedule))
    if outlook.metal is not None:
        entries.extend(_metal(instrument, chart, outlook))
    # What is paid on the day on which interest falls due pays that interest.
    kept = sorted(
        (one for one in entries if one.day <= day), key=lambda one: (one.day, _is_payment(one))
    )
    if instrument.kind is InstrumentKind.LOAN:
        kept = _paid(chart, kept)
    return InstrumentBooks(instrument, day, tuple(kept))


def _pair(debit: str, credit: str, amount: Decimal) -> tuple[Line, Line]:
    return Line(debit, amount), Line(credit, -amount)


def _moved(instrument: Instrument, chart: _Chart, move: Move) -> Entry:
    amount, kind = move.amount, instrument.kind
    cash, owed = chart.of("Assets", "Cash"), chart.of(*_OWED[kind])
    committed, released = chart.of("Assets", "Committed"), chart.of("Assets", "Released")
    promised = chart.of("Equity", "Promised")
    lines: tuple[Line, ...]
    if move.kind == "commitment":
        lines, said = _pair(committed, promised, amount), "committed"
    elif move.kind == "release":
        lines, said = _pair(released, committed, amount), f"released {move.tranche}".rstrip()
    elif move.kind == "drawdown":
        lines = (*_pair(cash, released, amount), *_pair(promised, owed, amount))
        said = "drawn"
    elif move.kind == "spend":
        on = move.debited()
        lines = (
            *(Line(chart.of("Expenses", account_part(name)), part) for name, part in on),
            Line(cash, -amount),
        )
        said = f"spent on {', '.join(name for name, _ in on)}"
        if kind is InstrumentKind.GRANT:
            lines = (*lines, *_pair(owed, chart.of("Income", "Grant"), amount))
    else:
        back = chart.of("Liabilities", PAYMENTS) if kind is InstrumentKind.LOAN else owed
        lines = _pair(back, chart.of("Equity", "Own-cash"), amount)
        said = "paid"
    return Entry(move.day, said, move.event, lines)


PAYMENTS = "Payments"
"""The account on which payments stand until interest and principal are told apart."""


def _is_payment(entry: Entry) -> bool:
    return any(line.account.endswith(f":{PAYMENTS}") for line in entry.lines)


def _interest(chart: _Chart, schedule: LoanSchedule) -> Iterator[Entry]:
    expense, owed = chart.of("Expenses", "Interest"), chart.of("Liabilities", "Interest")
    principal = chart.of("Liabilities", "Principal")
    for one in schedule.periods:
        if one.interest:
            said = f"interest from {one.start} to {one.end}"
            yield Entry(one.end, said, "", _pair(expense, owed, one.interest))
        if one.capitalised:
            said = f"capitalised on {one.end}"
            yield Entry(one.end, said, "", _pair(owed, principal, one.capitalised))


def _paid(chart: _Chart, entries: list[Entry]) -> list[Entry]:
    """Return the entries with each payment split: interest that is owed first, then principal."""
    owed, principal = chart.of("Liabilities", "Interest"), chart.of("Liabilities", "Principal")
    open_interest = Decimal(0)
    found = []
    for entry in entries:
        if not _is_payment(entry):
            open_interest -= sum(
                (line.amount for line in entry.lines if line.account == owed), Decimal(0)
            )
            found.append(entry)
            continue
        amount = entry.lines[0].amount
        interest = min(amount, max(open_interest, Decimal(0)))
        open_interest -= interest
        parts = [Line(owed, interest), Line(principal, amount - interest), entry.lines[1]]
        lines = tuple(one for one in parts if one.amount)
        found.append(Entry(entry.day, entry.said, entry.event, lines))
    return found


def _metal(instrument: Instrument, chart: _Chart, outlook: Outlook) -> Iterator[Entry]:
    assert outlook.metal is not None
    if instrument.kind is InstrumentKind.PREPAYMENT:
        debit, credit = chart.of(*_OWED[instrument.kind]), chart.of("Income", "Metal-delivered")
    else:
        debit, credit = chart.of(*_OWED[instrument.kind]), chart.of("Income", "Price-floor")
    for turn in outlook.metal.turns:
        # What was drawn or paid back in money is booked as such.
        if turn.amount and turn.tonnes is not None:
            yield Entry(turn.day, turn.what, turn.event, _pair(debit, credit, abs(turn.amount)))


def beancount_text(books: InstrumentBooks) -> str:
    """Return the books as a file of Beancount, with the balance of each account asserted.

    Source of the form: the Beancount language, version 3.
    """
    instrument = books.instrument
    currency = instrument.currency
    first = books.entries[0].day if books.entries else books.day
    lines = [
        f'option "title" "{_quoted(instrument.title)}"',
        f'option "operating_currency" "{currency}"',
        "",
        *(f"{first} open {name} {currency}" for name in books.balances()),
        "",
    ]
    for entry in books.entries:
        lines.append(f'{entry.day} * "{_quoted(entry.said)}"')
        if entry.event:
            lines.append(f'  event: "{_quoted(entry.event)}"')
        lines += [f"  {line.account}  {line.amount:f} {currency}" for line in entry.lines]
        lines.append("")
    if books.day < date.max:
        # Beancount looks at balances at the beginning of a day.
        after = books.day + timedelta(1)
        for name, amount in books.balances().items():
            lines.append(f"{after} balance {name}  {amount:f} {currency}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
