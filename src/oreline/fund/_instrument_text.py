"""An instrument as text: from TOML to tranches, with everything that is wrong at its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from oreline.comply import Condition, Vocabulary, read_condition
from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.fund._instrument import Instrument, InstrumentKind, Precedent, Tranche, terms_hash
from oreline.fund._terms_text import Name, Said, Table, TermTables
from oreline.fund._words import words_in
from oreline.model import Basis, Finding, Severity

TRANCHES_MAX = 200
"""How many tranches an instrument may have."""


def _exact(value: str) -> Decimal:
    amount = Decimal(value)
    if amount <= 0:
        raise ValueError("an amount is more than nothing")
    return amount


_Money = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$"), AfterValidator(_exact)
]


class _Condition(Table):
    id: Name
    title: Said
    when: str


class _TrancheTable(Table):
    id: Name
    title: Said
    amount: _Money
    phase: str = ""
    after: tuple[Name, ...] = ()
    due: date | None = None
    approvals: Annotated[tuple[Name, ...], Field(min_length=2)]
    weakest_basis: Literal["measured", "reported", "assumed"] = "reported"
    conditions: Annotated[tuple[_Condition, ...], Field(min_length=1)]


class _InstrumentTable(TermTables):
    id: Name
    title: Said
    kind: InstrumentKind
    giver: Annotated[Name, Field(alias="from")]
    taker: Annotated[Name, Field(alias="to")]
    amount: _Money
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    basis: Literal["reported", "assumed", "planned", "measured"]
    source: Said
    valid_from: date | None = None
    valid_to: date | None = None
    rules: tuple[_Condition, ...] = ()
    tranches: Annotated[tuple[_TrancheTable, ...], Field(min_length=1, max_length=TRANCHES_MAX)]


@dataclass(slots=True)
class _Reading:
    """One reading of a text: where things stand, and what was found wrong."""

    name: str
    located: Located
    words: Vocabulary = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, code: str, path: Sequence[str | int], message: str, fix: str) -> None:
        where = self.located.where(tuple(path), self.name)
        self.findings.append(Finding(code, Severity.FATAL, where, message, fix))


def read_instrument(text: str, name: str) -> tuple[Instrument | None, tuple[Finding, ...]]:
    """Return the instrument that a text describes, or None and everything that is wrong with it.

    Parameters
    ----------
    text
        As ``docs/reference/instruments.md`` describes it.
    name
        The file's name, for the findings.
    """
    try:
        located = located_toml(text.removeprefix("\ufeff"))
    except TomlSyntaxError as error:
        fix = "correct the line; text stands in quotes, a table begins with [[name]]"
        where = f"{name}:{error.line}"
        message = f"this is not TOML: {error}"
        return None, (Finding("ORL-1171", Severity.FATAL, where, message, fix),)
    reading = _Reading(name, located)
    try:
        table = _InstrumentTable.model_validate(located.values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            reading.wrong("ORL-1171", detail["loc"], _told(detail), _remedy(detail))
        return None, tuple(reading.findings)
    reading.words = words_in(table.currency)
    rules = _precedents(table.rules, ("rules",), reading)
    tranches = tuple(_tranche(one, number, reading) for number, one in enumerate(table.tranches))
    _see_sums(table, reading)
    _see_order(table, reading)
    _see_rules(table, rules, tranches, reading)
    for path, message, fix in table.problems(table.kind, Decimal(table.amount)):
        reading.wrong("ORL-1172", path, message, fix)
    if reading.findings:
        return None, tuple(reading.findings)
    return _instrument(table, rules, tranches, text), ()


def _told(detail: Mapping[str, Any]) -> str:
    given = detail.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | Decimal) else ""
    key = ".".join(str(part) for part in detail["loc"])
    said = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "string_pattern_mismatch":
        said = "not of the form expected"
    return f"{key}: {said}{shown}"


_FORMS = {
    "amount": 'write digits with a point in quotes: amount = "40000000.00"',
    "currency": 'write three letters: currency = "USD"',
}


def _remedy(detail: Mapping[str, Any]) -> str:
    remedies = {
        "missing": "add it; see docs/reference/instruments.md",
        "extra_forbidden": "remove it or correct its name; see docs/reference/instruments.md",
        "string_type": "write it in quotes",
        "too_short": "give at least as many as the message says",
    }
    plain = remedies.get(detail["type"], "see docs/reference/instruments.md for what stands here")
    return _FORMS.get(str(detail["loc"][-1]), plain)


def _instrument(
    table: _InstrumentTable,
    rules: tuple[Precedent, ...],
    tranches: tuple[Tranche, ...],
    text: str,
) -> Instrument:
    return Instrument(
        id=table.id,
        title=table.title,
        kind=table.kind,
        giver=table.giver,
        taker=table.taker,
        amount=Decimal(table.amount),
        currency=table.currency,
        basis=Basis(table.basis),
        source=table.source,
        tranches=tranches,
        rules=rules,
        terms=terms_hash(text),
        returns=table.terms(),
    )


def _tranche(table: _TrancheTable, number: int, reading: _Reading) -> Tranche:
    path = ("tranches", number)
    if len(set(table.approvals)) < len(table.approvals):
        message = "a party stands twice among the approvals"
        reading.wrong("ORL-1172", (*path, "approvals"), message, "name each party once")
    return Tranche(
        id=table.id,
        title=table.title,
        amount=Decimal(table.amount),
        phase=table.phase,
        after=table.after,
        due=None if table.due is None else table.due.isoformat(),
        approvals=table.approvals,
        weakest_basis=Basis(table.weakest_basis),
        precedents=_precedents(table.conditions, (*path, "conditions"), reading),
    )


def _precedents(
    tables: tuple[_Condition, ...], path: tuple[str | int, ...], reading: _Reading
) -> tuple[Precedent, ...]:
    found: list[Precedent] = []
    for number, one in enumerate(tables):
        where = reading.located.where((*path, number, "when"), reading.name)
        condition, findings = read_condition(one.when, reading.words, where)
        reading.findings.extend(findings)
        if any(other.id == one.id for other in tables[:number]):
            message = f"{one.id} stands twice"
            reading.wrong("ORL-1172", (*path, number, "id"), message, "give each an id of its own")
        if condition is not None:
            found.append(Precedent(one.id, one.title, condition))
    return tuple(found)


def _see_sums(table: _InstrumentTable, reading: _Reading) -> None:
    whole = sum((Decimal(one.amount) for one in table.tranches), Decimal(0))
    if whole > Decimal(table.amount):
        message = f"the tranches sum to {whole:f} {table.currency}, the instrument has only "
        message += f"{Decimal(table.amount):f}"
        fix = "lower the tranches, or raise the amount of the instrument"
        reading.wrong("ORL-1172", ("amount",), message, fix)


def _see_order(table: _InstrumentTable, reading: _Reading) -> None:
    """See that every tranche has an id of its own, and waits for known ones and not for itself."""
    ids = [one.id for one in table.tranches]
    for number, one in enumerate(table.tranches):
        if one.id in ids[:number]:
            message = f"the tranche {one.id} stands twice"
            fix = "give each an id of its own"
            reading.wrong("ORL-1172", ("tranches", number, "id"), message, fix)
        for name in one.after:
            if name not in ids:
                message = f"{one.id} comes after {name}, which is no tranche of this instrument"
                fix = f"name one of {', '.join(ids)}"
                reading.wrong("ORL-1172", ("tranches", number, "after"), message, fix)
    if loop := _loop({one.id: one.after for one in table.tranches}):
        message = f"tranches wait for one another: {' after '.join(loop)}"
        fix = "take one of them out of 'after'"
        reading.wrong("ORL-1173", ("tranches", ids.index(loop[0]), "after"), message, fix)


def _see_rules(
    table: _InstrumentTable,
    rules: tuple[Precedent, ...],
    tranches: tuple[Tranche, ...],
    reading: _Reading,
) -> None:
    """See that rules which are asked for are there, and that none asks for itself."""
    ids = {one.id for one in table.rules}
    asked = {one.id: _asked_rules(one.condition) for one in rules}
    places: list[tuple[tuple[str | int, ...], Condition]] = [
        (("rules", number), one.condition) for number, one in enumerate(rules)
    ]
    places += [
        (("tranches", number, "conditions", place), one.condition)
        for number, tranche in enumerate(tranches)
        for place, one in enumerate(tranche.precedents)
    ]
    for path, condition in places:
        for name in sorted(_asked_rules(condition) - ids):
            message = f"rule({name!r}) is asked for, and the instrument has no rule of this id"
            fix = f"name one of {', '.join(sorted(ids))}" if ids else "add it as [[rules]]"
            reading.wrong("ORL-1172", (*path, "when"), message, fix)
    if loop := _loop(asked):
        message = f"rules ask for one another: {' asks for '.join(loop)}"
        reading.wrong("ORL-1173", ("rules",), message, "take one of them out")


def _asked_rules(condition: Condition) -> set[str]:
    return {str(given[0]) for given in condition.asked_with("rule")}


def _loop(after: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return names that wait for one another, the first again at the end; nothing if none do."""
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()
