"""How the money of instruments comes back: schedules, covenants, metal, and books as files.

Covenants are judged on the forecast of the chain folder, or on the cash of its plan, also for
somebody who belongs to one of the two parties: both agreed to be told the ratios, and so in effect
the cash that they rest on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import polars as pl

from oreline.api._answers_fund import day_asked, instrument_seen, instruments_seen, permits_seen
from oreline.api._plan_question import NoPlan, PlanQuestion, plan_paths, plan_text, planned
from oreline.api._views import View
from oreline.fund import (
    FORECAST_FILE,
    Forecast,
    Outlook,
    beancount_text,
    books_of,
    forecast_of_plan,
    of_other_plan,
    outlook_of,
    read_forecast,
)
from oreline.model import Finding, InputError, LimitExceededError, Severity
from oreline.plan import PLAN_FILE

BooksForm = Literal["csv", "xlsx", "beancount"]


def outlooks_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return of every instrument that this person may see how its money comes back.

    Raises
    ------
    InputError
        If ``on`` is no day.
    """
    day = day_asked(view, on)
    seen = instruments_seen(view)
    names = [name for name, one in seen.items() if one.has_returns]
    _, findings = _cash(view) if any(seen[name].returns.loan for name in names) else (None, ())
    return {
        "on": day.isoformat(),
        "findings": [one.to_json() for one in findings],
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
    forecast, _ = (None, ()) if found.returns.loan is None else _cash(view)
    return view.whole.ask(lambda: outlook_of(view.whole.ledger, found, day, forecast))


def _cash(view: View) -> tuple[Forecast | None, tuple[Finding, ...]]:
    """Return the cash that the chain expects, None if it expects none, and what is odd with it.

    That is its table; without one, what its best plan leaves, made once and kept. ORL-1189: the
    table was made of another plan, or the plan that there is gives no cash.

    Raises
    ------
    InputError
        With all that is wrong with the table.
    """
    # What both parties are told of covenants rests on the chain's own plan, which neither sees.
    office = replace(view, person=replace(view.person, party=None))
    folder = view.desk.folder
    is_planned = PLAN_FILE in plan_paths(office)
    if folder is not None and (folder / FORECAST_FILE).is_file():
        found, findings = read_forecast((folder / FORECAST_FILE).read_bytes(), FORECAST_FILE)
        if found is None:
            raise InputError(f"{FORECAST_FILE} cannot be used", findings)
        other = of_other_plan(found, plan_text(office, PLAN_FILE).digest) if is_planned else None
        return found, () if other is None else (other,)
    if not is_planned:
        return None, ()
    try:
        _, made = planned(office, PlanQuestion())
    except (InputError, LimitExceededError) as error:
        return None, (_no_cash(str(error.args[0])),)
    if isinstance(made, NoPlan):
        return None, (_no_cash(made.says),)
    return forecast_of_plan(made), ()


def _no_cash(why: str) -> Finding:
    message = f"the plan gives no cash: {why}"
    fix = f"see 'oreline plan check', or state the cash in {FORECAST_FILE}"
    return Finding("ORL-1189", Severity.WARNING, PLAN_FILE, message, fix)
