"""How the money of an instrument comes back: its schedule, its covenants, its metal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from oreline.fund._bounds import beyond_bounds
from oreline.fund._covenants import CovenantStanding, covenant_standing
from oreline.fund._deliveries import MetalAccount, floor_account, prepayment_account
from oreline.fund._forecast import Available, Forecast
from oreline.fund._instrument import Instrument
from oreline.fund._loan import LoanSchedule, draws_of, loan_schedule
from oreline.fund._money import Accounts, accounts_of
from oreline.model import Finding, InputError, Severity
from oreline.record import Ledger


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is owed of an instrument and when, on a day; None of what it does not have.

    Parameters
    ----------
    due
        What fell due of a loan until the day, with all of it paid as it did.
    findings
        ORL-1176 to 1179 of its money and its schedule.
    """

    instrument: Instrument
    day: date
    accounts: Accounts
    schedule: LoanSchedule | None
    covenants: tuple[CovenantStanding, ...]
    metal: MetalAccount | None
    forecast: Forecast | None
    findings: tuple[Finding, ...]

    @property
    def due(self) -> Decimal:
        """Return what fell due of a loan until the day."""
        periods = () if self.schedule is None else self.schedule.periods
        return sum((one.service for one in periods if one.end <= self.day), Decimal(0))

    @property
    def failing(self) -> tuple[CovenantStanding, ...]:
        """Return the covenants that do not hold."""
        return tuple(one for one in self.covenants if one.verdict == "FAIL")

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return all tables by name, for a workbook."""
        found: dict[str, pl.DataFrame] = {}
        if self.schedule is not None:
            found["schedule"] = self.schedule.to_frame()
            found["covenants"] = covenants_frame(self.covenants)
        if self.metal is not None:
            found["deliveries"] = self.metal.to_frame()
        return found

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money as decimal text."""
        schedule = self.schedule
        return {
            "instrument": self.instrument.id,
            "title": self.instrument.title,
            "kind": str(self.instrument.kind),
            "currency": self.instrument.currency,
            "on": self.day.isoformat(),
            "paid": f"{self.accounts.total('payment'):f}",
            "due": f"{self.due:f}",
            "schedule": None if schedule is None else schedule.to_frame().to_dicts(),
            "missing": [] if schedule is None else [one.to_json() for one in schedule.missing],
            "covenants": [one.to_json() for one in self.covenants],
            "forecast": None if self.forecast is None else self.forecast.to_json(),
            "metal": None if self.metal is None else self.metal.to_json(),
            "findings": [one.to_json() for one in self.findings],
        }


def covenants_frame(covenants: tuple[CovenantStanding, ...]) -> pl.DataFrame:
    """Return one row for each ratio of each covenant in each period."""
    rows = [
        (one.covenant.id, str(one.covenant.ratio), f"{one.covenant.at_least:f}",
         ratio.period.end.isoformat(), ratio.to_json()["ratio"], str(one.verdict),
         "; ".join(f"{item.name}: {item.why}" for item in ratio.missing))
        for one in covenants for ratio in one.ratios
    ]  # fmt: skip
    names = ("covenant", "measures", "at_least", "period_end", "ratio", "verdict", "missing")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def outlook_of(
    ledger: Ledger, instrument: Instrument, day: date, forecast: Forecast | None
) -> Outlook:
    """Return how the money of an instrument comes back, as a day sees it.

    Parameters
    ----------
    forecast
        Cash that is expected; None where nobody states any: covenants are then UNKNOWN.
    """
    accounts = accounts_of(ledger, instrument).until(day)
    expected = forecast or Forecast(instrument.currency)
    findings = [*beyond_bounds(instrument, accounts)]
    schedule: LoanSchedule | None = None
    metal: MetalAccount | None = None
    covenants: tuple[CovenantStanding, ...] = ()
    terms = instrument.returns

    def cash(start: date, end: date) -> Available:
        return expected.between(start, end, instrument.currency)

    try:
        if terms.loan is not None:
            draws = draws_of(terms.loan, accounts.draws(), day)
            schedule = loan_schedule(terms.loan, draws, instrument.currency, cash)
            covenants = tuple(
                covenant_standing(one, terms.loan, schedule, cash) for one in terms.covenants
            )
            findings += _owed_findings(instrument, schedule, accounts, day)
        if terms.prepayment is not None:
            metal = prepayment_account(ledger, instrument, terms.prepayment, accounts, day)
        if terms.price_floor is not None:
            metal = floor_account(ledger, instrument, terms.price_floor, day)
    except InputError as error:
        message = str(error.args[0])
        fix = "correct the terms or the events"
        where = f"instrument {instrument.id}"
        findings.append(Finding("ORL-1179", Severity.WARNING, where, message, fix))
    return Outlook(instrument, day, accounts, schedule, covenants, metal, forecast, tuple(findings))


def _owed_findings(
    instrument: Instrument, schedule: LoanSchedule, accounts: Accounts, day: date
) -> list[Finding]:
    """Return what of a loan is not covered, not repaid by its last period, or behind."""
    where, currency = f"instrument {instrument.id}", instrument.currency
    found: list[Finding] = []
    short = [one for one in schedule.periods if one.uncovered]
    if short:
        worst = max(short, key=lambda one: one.uncovered)
        message = f"in {len(short)} of {len(schedule.repaying)} periods the cash that is expected "
        message += "does not pay the interest at the target ratio: in that until "
        message += (
            f"{worst.end} {worst.uncovered:,f} of {worst.interest:,f} {currency} are beyond it"
        )
        fix = "lower the loan or the target, lengthen the grace, or expect more cash"
        found.append(Finding("ORL-1190", Severity.WARNING, where, message, fix))
    if schedule.unpaid and not schedule.missing:
        message = f"{schedule.unpaid:,f} {currency} are still owed after the last period: the cash "
        message += "that is expected does not repay the loan at its target ratio"
        fix = "lower the loan or the target, lengthen it, or expect more cash"
        found.append(Finding("ORL-1181", Severity.WARNING, where, message, fix))
    due = sum((one.service for one in schedule.periods if one.end <= day), Decimal(0))
    paid = accounts.total("payment")
    if paid < due:
        message = f"{due:,f} {currency} fell due until {day} and {paid:,f} are paid"
        fix = "record payments with oreline fund pay, or agree other terms"
        found.append(Finding("ORL-1182", Severity.WARNING, where, message, fix))
    return found
