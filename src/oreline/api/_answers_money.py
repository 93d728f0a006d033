"""What money moves if a grade or a whole entry were another: asked before anybody corrects it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from oreline.api._answering import answering
from oreline.api._sealing import contracts_known
from oreline.api._views import View
from oreline.balance import ledger_with_grade
from oreline.model import InputError
from oreline.record import Ledger, with_amendments
from oreline.settle import moved_money


@answering
def money_if(
    view: View,
    subject: str,
    symbol: str,
    value: str,
    *,
    unit: str | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """Return what money would move if one grade were another; nothing is written.

    Contracts, shipments and entries are those that this person may see.

    Raises
    ------
    InputError
        If there is no such grade, or the day is none.
    """
    ledger = view.reading.ledger
    if subject not in ledger.columns.lots.index and subject not in view.reading.row_of_event:
        raise InputError(f"no event in force and no lot is called {subject}")
    made = ledger_with_grade(ledger, subject, symbol, value, unit)
    return {
        "event": made.event,
        "symbol": symbol,
        "was": made.was,
        "becomes": value,
        "unit": made.unit,
        **_moved(view, made.ledger, made.event, on),
    }


def money_of_amendment(
    view: View, event: str, position: int, replacement: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what money a correction would move: other fields for an entry, or None to void it."""
    other = with_amendments(view.reading.ledger, {position: replacement})
    return _moved(view, other, event, None)


def _moved(view: View, other: Ledger, event: str, on: str | None) -> dict[str, Any]:
    day = view.desk.today() if on is None else _day(on)
    found = moved_money(view.reading.ledger, other, contracts_known(view), event, day)
    return found.to_json()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day; write it as 2026-01-31") from None
