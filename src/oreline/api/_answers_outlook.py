"""How the money of instruments comes back: schedules, covenants, metal, and books as files.

Covenants are judged on the forecast of the chain folder, also for somebody who belongs to one of
the two parties: both agreed to be told the ratios, and so in effect the cash that they rest on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import polars as pl

from oreline.api._answers_fund import day_asked, instrument_seen, instruments_seen, permits_seen
from oreline.api._views import View
from oreline.fund import (
    FORECAST_FILE,
    Forecast,
    Outlook,
    beancount_text,
    books_of,
    outlook_of,
    read_forecast,
)
from oreline.model import InputError

BooksForm = Literal["csv", "xlsx", "beancount"]


def outlooks_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return of every instrument that this person may see how its money comes back.

    Raises
    ------
    InputError
        If ``on`` is no day.
    """
    day = day_asked(view, on)
    names = [name for name, one in instruments_seen(view).items() if one.has_returns]
    return {
        "on": day.isoformat(),
        "instruments": [_outlook(view, name, on).to_json() for name in names],
    }


def books_told(view: View, instrument: str, on: str | None = None) -> dict[str, Any]:
    """Return the double-entry books of an instrument until a day.

    Raises
    ------
    NotFoundError
        If this person may see no such instrument.
    """
    return books_of(_outlook(view, instrument, on)).to_json()


def books_written(
    view: View, instrument: str, on: str | None, form: BooksForm
) -> tuple[pl.DataFrame, str]:
    """Return the entries as a table, and as text of Beancount where that is asked for.

    Raises
    ------
    NotFoundError
        If this person may see no such instrument.
    """
    made = books_of(_outlook(view, instrument, on))
    return made.to_frame(), beancount_text(made) if form == "beancount" else ""


def permits_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return the permits that this person may see on a day, and which phases are open.

    Raises
    ------
    InputError
        If ``on`` is no day.
    """
    day = day_asked(view, on)
    permits, phases = permits_seen(view, day)
    return {
        "on": day.isoformat(),
        "permits": [one.to_json() for one in permits],
        "phases": [one.to_json() for one in phases],
    }


def _outlook(view: View, instrument: str, on: str | None) -> Outlook:
    found, day = instrument_seen(view, instrument), day_asked(view, on)
    forecast = None if found.returns.loan is None else forecast_of_folder(view.desk.folder)
    return view.whole.ask(lambda: outlook_of(view.whole.ledger, found, day, forecast))


def forecast_of_folder(folder: Path | None) -> Forecast | None:
    """Return the cash that a chain folder expects, None if it expects none.

    Raises
    ------
    InputError
        With all that is wrong with its table.
    """
    if folder is None or not (folder / FORECAST_FILE).is_file():
        return None
    found, findings = read_forecast((folder / FORECAST_FILE).read_bytes(), FORECAST_FILE)
    if found is None:
        raise InputError(f"{FORECAST_FILE} cannot be used", findings)
    return found
