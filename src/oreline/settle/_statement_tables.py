"""A statement as JSON, as a table, and by its hash: what every face shows is made from these."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oreline.model import canonical_json
from oreline.settle._exposure import Exposure
from oreline.settle._statement import Input, Statement, StatementLine, Waterfall

if TYPE_CHECKING:
    import polars as pl

UNKNOWN = "UNKNOWN"
_EXPOSED = tuple(one.name for one in fields(Exposure))


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a printed statement says of where it comes from.

    ``size`` and ``root`` are the ledger's checkpoint; without a ledger (a statement on plain files)
    they are None. ``names`` gives what parties are called; one that is absent is called by its id.
    ``interval`` is the 95 % interval of the net value, where uncertainties are known.
    """

    title: str = ""
    day: str = ""
    ledger: str | None = None
    size: int | None = None
    root: str | None = None
    names: Mapping[str, str] | None = None
    interval: tuple[Decimal, Decimal] | None = None

    def name(self, party: str) -> str:
        """Return what a party is called, with its id."""
        known = (self.names or {}).get(party)
        return party if known in {None, party} else f"{known} ({party})"

    def checkpoint(self) -> str:
        """Return the ledger's checkpoint in words."""
        if self.ledger is None:
            return "no ledger: made from plain files"
        return f"ledger {self.ledger}, {self.size} events, root {self.root}"


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return a statement as a JSON object; numbers are decimal text, UNKNOWN is null."""
    plain: dict[str, Any] = _plain(statement)
    return plain


def waterfall_json(made: Waterfall) -> dict[str, Any]:
    """Return the steps from one statement to another as a JSON object."""
    plain: dict[str, Any] = _plain(made)
    return plain


def waterfall_frame(made: Waterfall) -> pl.DataFrame:
    """Return the steps of a waterfall as a table; amounts are exact decimal text."""
    import polars as pl

    rows = [
        {"effect": one.effect, "detail": one.detail, "amount": f"{one.amount:f}"}
        for one in made.steps
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("effect", "detail", "amount"), pl.String))


def exposure_json(rows: Iterable[Exposure]) -> list[dict[str, Any]]:
    """Return what is not priced yet as JSON; tonnes are decimal text, UNKNOWN is null."""
    return [_plain(row) for row in rows]


def exposure_frame(rows: Iterable[Exposure]) -> pl.DataFrame:
    """Return open prices as a table; numbers are exact decimal text, UNKNOWN is null."""
    import polars as pl

    told = [{name: _cell(getattr(row, name)) for name in _EXPOSED} for row in rows]
    return pl.DataFrame(told, schema=dict.fromkeys(_EXPOSED, pl.String))


def _cell(value: Any) -> str | None:
    if isinstance(value, tuple):
        return "; ".join(value)
    return f"{value:f}" if isinstance(value, Decimal) else value


def statement_hash(statement: Statement) -> str:
    """Return the SHA-256 of a statement's canonical JSON, as hexadecimal digits.

    Two statements have one hash only if every line, input, clause and piece of evidence agrees.
    """
    return hashlib.sha256(canonical_json(statement_json(statement))).hexdigest()


def statement_frame(statement: Statement) -> pl.DataFrame:
    """Return the lines of a statement as a table; amounts are exact decimal text."""
    import polars as pl

    rows = [
        {
            "statement": statement.id,
            "line": line.id,
            "kind": line.kind,
            "subject": line.subject,
            "title": line.title,
            "clause": line.clause,
            "amount": None if line.amount is None else f"{line.amount:f}",
            "currency": statement.currency,
            "basis": line.basis,
            "formula": line.formula,
            "inputs": "; ".join(input_text(one) for one in line.inputs),
            "evidence": " ".join(evidence_of(line)),
            "why": line.why,
        }
        for line in statement.lines
    ]
    names = (
        "statement", "line", "kind", "subject", "title", "clause", "amount", "currency", "basis",
        "formula", "inputs", "evidence", "why",
    )  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def evidence_of(line: StatementLine) -> tuple[str, ...]:
    """Return the events that a line rests on, each once, in the order of its inputs."""
    return tuple(dict.fromkeys(name for one in line.inputs for name in one.evidence))


def input_text(given: Input) -> str:
    """Return an input in one line.

    >>> input_text(Input("dry mass", Decimal("920.0"), "t", "measured"))
    'dry mass = 920.0 t (measured)'
    """
    value = UNKNOWN if given.value is None else f"{given.value:f} {given.unit}".rstrip()
    return f"{given.name} = {value} ({given.basis})"


def money_text(amount: Decimal | None, currency: str = "") -> str:
    """Return an amount as it is printed: thousands apart, never rounded.

    >>> money_text(Decimal("-1234567.80"), "USD")
    '-1,234,567.80 USD'
    >>> money_text(None, "USD")
    'UNKNOWN'
    """
    if amount is None:
        return UNKNOWN
    return f"{amount:,f} {currency}".rstrip()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    assert value is None or isinstance(value, str | int | bool), type(value)
    return value
