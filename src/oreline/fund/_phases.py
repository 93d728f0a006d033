"""The phases of the build-up on a time line: what each was given, what it spent, what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from oreline.fund._permits import PhaseGate, phase_gates
from oreline.fund._standing import InstrumentStanding, Standing
from oreline.record import Ledger


@dataclass(frozen=True, slots=True)
class PhaseMoney:
    """The money of one instrument in a phase: its tranches, and what was spent on the phase.

    Parameters
    ----------
    spent
        What spending names the phase itself as that on which it was spent. Spending on a site is
        not told apart by phases, and stands in none.
    """

    instrument: str
    currency: str
    tranches: tuple[Standing, ...]
    spent: Decimal

    @property
    def promised(self) -> Decimal:
        """Return the sum of the tranches."""
        return sum((one.tranche.amount for one in self.tranches), Decimal(0))

    @property
    def released(self) -> Decimal:
        """Return what of it is released."""
        released = (one.release.amount for one in self.tranches if one.release is not None)
        return sum(released, Decimal(0))


@dataclass(frozen=True, slots=True)
class PhaseOnLine:
    """A phase on the time line; days and budget are None where they are not known."""

    phase: str
    name: str
    start: str | None
    end: str | None
    budget: str | None
    gate: PhaseGate
    money: tuple[PhaseMoney, ...]

    @property
    def next(self) -> tuple[Standing, ...]:
        """Return the first tranche of each instrument here that is not released."""
        found = []
        for one in self.money:
            waiting = [standing for standing in one.tranches if standing.release is None]
            found += waiting[:1]
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; money as decimal text."""
        return {
            "phase": self.phase,
            "name": self.name,
            "start": self.start,
            "end": self.end,
            "budget": self.budget,
            "gate": self.gate.to_json(),
            "money": [
                {
                    "instrument": one.instrument,
                    "currency": one.currency,
                    "promised": f"{one.promised:f}",
                    "released": f"{one.released:f}",
                    "spent": f"{one.spent:f}",
                    "tranches": [standing.tranche.id for standing in one.tranches],
                }
                for one in self.money
            ],
        }


def phases_on_line(
    ledger: Ledger, standings: Sequence[InstrumentStanding], day: date
) -> tuple[PhaseOnLine, ...]:
    """Return the phases that a ledger declares, by their first day where all have one."""
    found = [_on_line(ledger, gate, standings) for gate in phase_gates(ledger, day)]
    if all(one.start is not None for one in found):
        found.sort(key=lambda one: one.start or "")
    return tuple(found)


def _on_line(
    ledger: Ledger, gate: PhaseGate, standings: Sequence[InstrumentStanding]
) -> PhaseOnLine:
    data = ledger.declared["phase"][gate.phase][-1].data

    def said(name: str) -> str | None:
        value = data.get(name)
        return None if value in {None, ""} else str(value)

    money = []
    for one in standings:
        tranches = tuple(each for each in one.tranches if each.tranche.phase == gate.phase)
        spent = sum(
            (
                part
                for move in one.accounts.moves
                if move.kind == "spend"
                for account, part in move.debited()
                if account == gate.phase
            ),
            Decimal(0),
        )
        if tranches or spent:
            instrument = one.instrument
            money.append(PhaseMoney(instrument.id, instrument.currency, tranches, spent))
    return PhaseOnLine(
        gate.phase, gate.name, said("start"), said("end"), said("budget"), gate, tuple(money)
    )


def status_frames(standings: Sequence[InstrumentStanding]) -> dict[str, pl.DataFrame]:
    """Return instruments, tranches and conditions as tables, for a workbook; money as text."""
    money: list[dict[str, str]] = []
    tranches: list[dict[str, str]] = []
    conditions: list[dict[str, str]] = []
    for one in standings:
        told = one.to_json()
        names = ("instrument", "title", "kind", "from", "to", "amount", "currency", "basis")
        money.append({**{name: told[name] for name in names}, **told["money"],
                      "at_risk": told["at_risk"]})  # fmt: skip
        for tranche in told["tranches"]:
            key = {"instrument": told["instrument"], "tranche": tranche["tranche"]}
            keep = ("title", "phase", "amount", "state", "due", "judged_on", "at_risk")
            row = {**key, **{name: tranche[name] or "" for name in keep}}
            row["missing_approvals"] = ", ".join(tranche["missing_approvals"])
            row["reasons"] = "; ".join(tranche["reasons"])
            tranches.append(row)
            for item in tranche["conditions"]:
                asked = [each for part in item["parts"] for each in part["asked"]]
                said = [f"{a['question']} = {a['answer']} {a['unit']}".strip() for a in asked]
                lacks = [f"{lack['name']}: {lack['why']}" for lack in item["missing"]]
                conditions.append(
                    {**key, "condition": item["id"], "title": item["title"],
                     "verdict": item["verdict"], "rests_on": "; ".join(said),
                     "missing": "; ".join(lacks), "events": " ".join(item["cites"])}
                )  # fmt: skip
    made = {"instruments": money, "tranches": tranches, "conditions": conditions}
    return {
        name: pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[name], pl.String), orient="row")
        for name, rows in made.items()
    }


COLUMNS = {
    "instruments": (
        "instrument", "title", "kind", "from", "to", "amount", "currency", "basis", "commitment",
        "release", "drawdown", "spend", "payment", "at_risk",
    ),
    "tranches": (
        "instrument", "tranche", "title", "phase", "amount", "state", "due", "judged_on",
        "at_risk", "missing_approvals", "reasons",
    ),
    "conditions": (
        "instrument", "tranche", "condition", "title", "verdict", "rests_on", "missing", "events",
    ),
}  # fmt: skip
"""The columns of each table of the status."""
