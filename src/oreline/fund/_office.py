"""The partnership office: deliverables, decisions and risks, as tables of the chain folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from oreline.exchange import PlainRow, read_plain_table
from oreline.model import Chain, Finding, Severity, is_fatal

DELIVERABLES_FILE = "deliverables.csv"
DECISIONS_FILE = "decisions.csv"
RISKS_FILE = "risks.csv"
GRAVE = 12
"""From which product of likelihood and impact on a risk is grave."""

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
_Scale = Annotated[int, Field(ge=1, le=5)]
_Basis = Literal["measured", "reported", "assumed", "planned", "derived"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Id
    title: _Said
    basis: _Basis
    source: _Said
    note: str = ""


class Deliverable(_Row):
    """Something that a party owes the partnership, who sees to it, and until when.

    ``owner`` is a person or an office of the party.
    """

    party: str
    owner: _Said
    due: date
    status: Literal["open", "done", "dropped"]
    done_on: date | None = None
    phase: str = ""

    def is_overdue(self, day: date) -> bool:
        """Return whether it is open and its day has passed."""
        return self.status == "open" and self.due < day


class Decision(_Row):
    """A decision of the joint committee: asked for until a day, or taken on one.

    ``parties`` are those that take it, separated by spaces.
    """

    parties: _Said
    due: date | None = None
    status: Literal["open", "decided", "withdrawn"]
    decided_on: date | None = None
    outcome: str = ""


class Risk(_Row):
    """A risk with who watches it; likelihood and impact from 1 to 5."""

    party: str
    owner: _Said
    likelihood: _Scale
    impact: _Scale
    status: Literal["open", "accepted", "closed"]
    mitigation: str = ""
    review_by: date | None = None
    phase: str = ""

    @property
    def weight(self) -> int:
        """Return likelihood times impact."""
        return self.likelihood * self.impact


@dataclass(frozen=True, slots=True)
class Office:
    """The three tables of a chain folder, each in its own order."""

    deliverables: tuple[Deliverable, ...] = ()
    decisions: tuple[Decision, ...] = ()
    risks: tuple[Risk, ...] = ()

    def overdue(self, day: date) -> tuple[Deliverable, ...]:
        """Return the deliverables whose day has passed, the oldest first."""
        late = [one for one in self.deliverables if one.is_overdue(day)]
        return tuple(sorted(late, key=lambda one: (one.due, one.id)))

    def coming(self) -> tuple[Deliverable, ...]:
        """Return all open deliverables by their day."""
        due = [one for one in self.deliverables if one.status == "open"]
        return tuple(sorted(due, key=lambda one: (one.due, one.id)))

    def to_decide(self) -> tuple[Decision, ...]:
        """Return the open decisions by their day, those without one last."""
        asked = [one for one in self.decisions if one.status == "open"]
        return tuple(sorted(asked, key=lambda one: (one.due or date.max, one.id)))

    def watched(self) -> tuple[Risk, ...]:
        """Return the risks that are not closed, the gravest first."""
        risks = [one for one in self.risks if one.status != "closed"]
        return tuple(sorted(risks, key=lambda one: (-one.weight, one.id)))

    def to_json(self, day: date) -> dict[str, Any]:
        """Return the tables as a JSON object, with what is late on a day."""
        return {
            "deliverables": [
                {**one.model_dump(mode="json"), "overdue": one.is_overdue(day)}
                for one in self.deliverables
            ],
            "decisions": [one.model_dump(mode="json") for one in self.decisions],
            "risks": [{**one.model_dump(mode="json"), "weight": one.weight} for one in self.risks],
        }

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return the tables by name, for a workbook; text throughout."""
        kinds: tuple[tuple[str, type[_Row]], ...] = (
            ("deliverables", Deliverable), ("decisions", Decision), ("risks", Risk),
        )  # fmt: skip
        found = {}
        for name, kind in kinds:
            rows = [
                {key: _cell(value) for key, value in one.model_dump(mode="json").items()}
                for one in getattr(self, name)
            ]
            schema = dict.fromkeys(kind.model_fields, pl.String)
            found[name] = pl.DataFrame(rows, schema=schema, orient="row")
        return found


def _cell(value: object) -> str:
    return "" if value is None else str(value)


Kind = TypeVar("Kind", bound=_Row)


def read_office(folder: Path, chain: Chain | None) -> tuple[Office | None, tuple[Finding, ...]]:
    """Read the three tables of a chain folder; each may be missing.

    Parameters
    ----------
    chain
        Whose parties, phases and assumptions the tables name; None where it cannot be read, and
        then names are not looked up.

    Returns
    -------
    office, findings
        None where anything is wrong, with all of it: cells as in other tables, ORL-1183 what
        contradicts itself in a row or stands twice, ORL-1184 names that the chain does not have.
    """
    findings: list[Finding] = []

    def read(name: str, kind: type[Kind]) -> tuple[Kind, ...]:
        if not (folder / name).is_file():
            return ()
        rows, wrong = read_plain_table((folder / name).read_bytes(), name, kind)
        findings.extend(wrong)
        findings.extend(_within(rows))
        if chain is not None:
            findings.extend(_unknown_names(rows, chain))
        return tuple(row.value for row in rows)

    office = Office(
        read(DELIVERABLES_FILE, Deliverable), read(DECISIONS_FILE, Decision), read(RISKS_FILE, Risk)
    )
    return (None if is_fatal(findings) else office), tuple(findings)


def _within(rows: Iterable[PlainRow[Any]]) -> Iterator[Finding]:
    """Yield what contradicts itself: ids that stand twice, states without their day."""
    first: dict[str, str] = {}
    for row in rows:
        one = row.value
        if one.id in first:
            message = f"the id {one.id} stands twice; first in {first[one.id]}"
            yield _wrong(
                "ORL-1183", f"{row.where} column id", message, "give each an id of its own"
            )
        first.setdefault(one.id, row.where)
        for state, column in (("done", "done_on"), ("decided", "decided_on")):
            if not hasattr(one, column):
                continue
            if (one.status == state) != (getattr(one, column) is not None):
                message = f"it is {one.status}, and {column} is {getattr(one, column) or 'empty'}"
                fix = f"fill {column} where the status is {state}, and only there"
                yield _wrong("ORL-1183", f"{row.where} column {column}", message, fix)
        if isinstance(one, Decision) and one.status == "decided" and not one.outcome:
            message = "it is decided, and nobody says what"
            yield _wrong(
                "ORL-1183", f"{row.where} column outcome", message, "write what was decided"
            )


def _unknown_names(rows: Iterable[PlainRow[Any]], chain: Chain) -> Iterator[Finding]:
    for row in rows:
        one = row.value
        parties = one.parties.split() if isinstance(one, Decision) else [one.party]
        column = "parties" if isinstance(one, Decision) else "party"
        for name in parties:
            if name not in chain.parties:
                yield _unknown(f"{row.where} column {column}", name, "parties.csv", chain.parties)
        phase = getattr(one, "phase", "")
        if phase and phase not in chain.phases:
            where = f"{row.where} column phase"
            yield _unknown(where, phase, "the phases of chain.toml", chain.phases)
        named = [word.strip(",;") for word in one.source.split()]
        if one.basis == "assumed" and not any(word in chain.assumptions for word in named):
            message = "the row is assumed, but its source names no assumption"
            fix = "add it to assumptions.csv and write its id into source"
            yield _wrong("ORL-1184", f"{row.where} column source", message, fix)


def _unknown(where: str, name: str, place: str, known: Mapping[str, Any]) -> Finding:
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}? Else " if near else ""
    return _wrong("ORL-1184", where, f"{name} is not in {place}", f"{hint}add it to {place}")


def _wrong(code: str, where: str, message: str, fix: str) -> Finding:
    return Finding(code, Severity.FATAL, where, message, fix)
