"""The instruments of the ledger that a command is about, and how its past is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from datetime import date

    from oreline.fund import Forecast, Instrument, LedgerAt, Tranche
    from oreline.model import Finding
    from oreline.record import Ledger


def ledger_at(reader: Reader) -> LedgerAt:
    """Return what reads the ledger as of a moment, with all that is known now."""
    from oreline.cli._reader import known_at_value
    from oreline.record import load_ledger, snapshot_place

    def at(moment: str) -> Ledger:
        return load_ledger(
            reader.store,
            as_of=moment,
            known_at=known_at_value(reader.known_at, reader.store),
            parent=reader.parent,
            cache=snapshot_place(reader.store, os.environ),
        )

    return at


def instrument_named(ledger: Ledger, name: str) -> Instrument:
    """Return an instrument of a ledger.

    Raises
    ------
    InputError
        If it has none of this id, or its text cannot be used.
    """
    import difflib

    from oreline.fund import instruments_of
    from oreline.model import InputError

    known, findings = instruments_of(ledger)
    if name in known:
        return known[name]
    own = [one for one in findings if one.where == f"instrument {name}"]
    if own:
        raise InputError(f"the instrument {name} cannot be used", own)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(known)) or 'none'}"
    raise InputError(f"no instrument {name} in this ledger; {hint}")


def tranche_named(ledger: Ledger, name: str) -> tuple[Instrument, Tranche]:
    """Return a tranche that is named as INSTRUMENT/TRANCHE, with its instrument.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    from oreline.model import InputError

    instrument_id, _, tranche_id = name.rpartition("/")
    if not instrument_id:
        raise InputError(f"{name!r} names no tranche; write INSTRUMENT/TRANCHE")
    instrument = instrument_named(ledger, instrument_id)
    tranche = instrument.tranche(tranche_id)
    if tranche is None:
        known = ", ".join(one.id for one in instrument.tranches)
        raise InputError(f"{instrument.id} has no tranche {tranche_id}; it has {known}")
    return instrument, tranche


def day_of(text: str | None, reader: Reader) -> date:
    """Return the day that is meant: as given, else that of ``--as-of``, else today in UTC.

    Raises
    ------
    InputError
        If it is no day.
    """
    from datetime import date

    from oreline.model import InputError
    from oreline.record import system_clock

    given = text or (reader.as_of or "")[:10]
    if not given:
        return system_clock().date()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InputError(f"{given!r} is no day; write 2026-06-30") from None


def chain_folder(reader: Reader) -> Path | None:
    """Return the chain folder in which the ledger lies, None if it lies in none."""
    path = reader.store.path
    folder = reader.chain_option or (None if path is None else path.parent)
    return folder if folder is not None and (folder / "chain.toml").is_file() else None


def forecast_of(reader: Reader, file: Path | None) -> tuple[Forecast | None, tuple[Finding, ...]]:
    """Return the cash that is expected: as given, else that of the chain folder, else of its plan.

    Beside it stands that the folder's table was made of another plan than lies there (ORL-1189).

    Raises
    ------
    InputError
        If the table or the plan cannot be used.
    """
    from oreline.cli._plan_source import plan_at
    from oreline.fund import FORECAST_FILE, of_other_plan
    from oreline.plan import PLAN_FILE

    folder = chain_folder(reader)
    is_planned = folder is not None and (folder / PLAN_FILE).is_file()
    if file is not None:
        return read_forecast_file(file), ()
    if folder is not None and (folder / FORECAST_FILE).is_file():
        found = read_forecast_file(folder / FORECAST_FILE)
        other = of_other_plan(found, plan_at(folder).digest) if is_planned else None
        return found, () if other is None else (other,)
    return (forecast_of_place(folder) if folder is not None and is_planned else None), ()


def read_forecast_file(file: Path) -> Forecast:
    """Return the forecast that a file holds.

    Raises
    ------
    InputError
        With all that is wrong with it.
    """
    from oreline.cli._balance_formulas import see_usable, table_bytes
    from oreline.fund import read_forecast

    found, findings = read_forecast(table_bytes(file), file.name)
    see_usable(file, findings)
    assert found is not None
    return found


def forecast_of_place(place: Path, scenario: str = "") -> Forecast:
    """Return the cash that the best plan of a place leaves for debt service.

    Raises
    ------
    InputError
        With findings, if the plan cannot be made.
    """
    from oreline.cli._plan_source import problem_of
    from oreline.fund import forecast_of_plan
    from oreline.plan import make_plan

    _, problem, findings = problem_of(place, scenario)
    return forecast_of_plan(make_plan(problem, scenario=scenario, findings=findings))
