"""Tables of a plan as CSV: cash flows and levies, with every problem at its cell."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from oreline.exchange import read_plain_table
from oreline.model import Finding, InputError, Severity, is_fatal
from oreline.plan._cash_flow import CashFlow
from oreline.plan._levies import Levy, LevyBase

BasisWord = Literal["measured", "reported", "assumed", "planned", "derived"]
Findings = tuple[Finding, ...]


class _FlowRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Decimal
    amount: Decimal
    currency: str
    basis: BasisWord = "planned"
    source: str = ""


class _LevyRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    levy: str
    rate_pct: Decimal
    base: Literal[
        "gross revenue", "net smelter return", "export value", "profit before tax", "unknown"
    ]
    payee: str = ""
    basis: BasisWord = "reported"
    source: str = ""


def read_cash_flow(data: bytes, name: str) -> tuple[CashFlow | None, Findings]:
    r"""Read a cash flow, None where it is wrong.

    Columns: period (0 or 1, then one by one), amount, currency.

    >>> data = b"period,amount,currency\n0,-100,USD\n1,110,USD\n"
    >>> read_cash_flow(data, "flow.csv")[0].first_period
    0
    """
    rows, findings = read_plain_table(data, name, _FlowRow)
    problems = list(findings)
    first = rows[0].value.period if rows else Decimal(0)
    for place, row in enumerate(rows):
        if row.value.period != first + place:
            message = f"period {row.value.period} follows {first + place - 1}"
            fix = "write every period once and in order, 0 where nothing flows"
            problems.append(_wrong(f"{row.where} column period", message, fix))
    currencies = {row.value.currency for row in rows}
    if len(currencies) > 1:
        message = f"flows in several currencies: {', '.join(sorted(currencies))}"
        problems.append(_wrong(name, message, "convert them at a rate that you state"))
    if is_fatal(problems):
        return None, tuple(problems)
    amounts = tuple(row.value.amount for row in rows)
    try:
        flow = CashFlow(amounts, next(iter(currencies), ""), int(first))
    except InputError as error:
        problems.append(_wrong(name, str(error.args[0]), "correct the table"))
        return None, tuple(problems)
    return flow, tuple(problems)


def read_levies(data: bytes, name: str) -> tuple[tuple[Levy, ...], Findings]:
    """Read levies: levy, rate_pct, base (``unknown`` where it is), payee, source."""
    rows, findings = read_plain_table(data, name, _LevyRow)
    problems = list(findings)
    made = []
    for row in rows:
        one = row.value
        base = None if one.base == "unknown" else LevyBase(one.base)
        try:
            made.append(Levy(one.levy, one.rate_pct / 100, base, one.payee, one.source))
        except InputError as error:
            fix = "write the rate in per cent, such as 5"
            problems.append(_wrong(f"{row.where} column rate_pct", str(error.args[0]), fix))
    return tuple(made), tuple(problems)


def _wrong(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-0556", Severity.FATAL, where, message, fix)
