"""A statement as the commands show it: from a source, with its interval and its invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from oreline.cli import _settle_options as settle_options
from oreline.cli._exit_codes import ExitCode
from oreline.cli._question import Answer
from oreline.cli._reader import Reader
from oreline.cli._settle_source import Source, contracts_known, not_settled

if TYPE_CHECKING:
    from oreline.settle import Imprint, Invoice, MoneySpread, Stage, Statement


@dataclass(frozen=True, slots=True)
class Made:
    """A statement, with what it was made from."""

    source: Source
    statement: Statement
    on: date
    spread: MoneySpread | None
    invoices: tuple[Invoice, ...]
    hints: tuple[str, ...] = ()

    def own_invoice(self) -> Invoice | None:
        """Return the invoice of this very stage, None where there is none."""
        return next((one for one in self.invoices if one.stage == self.statement.stage), None)


def made_of(
    source: Source, stage: Stage, on: date, declared: list[str] | None, paid: str | None
) -> Made:
    """Return the statement of a source at a stage, with how sure it is."""
    from oreline.settle import money_spread

    chosen = settle_options.declared_of(declared)
    amount = None if paid is None else settle_options.amount_of(paid)
    made = source.statement(stage, on, chosen, amount)
    if source.contract is None:
        return Made(source, made, on, None, (), _contracts_hint(source))
    spread = money_spread(source.settling(stage, on, chosen))
    return Made(source, made, on, spread, source.invoices())


def _contracts_hint(source: Source) -> tuple[str, ...]:
    if source.reader is None:
        return ("give the contract with --contract FILE",)
    known = ", ".join(contracts_known(source.reader)) or "none"
    return (f"give the contract with --contract; known here: {known}",)


def made_answer(made: Made, written: Path | None = None) -> Answer:
    """Return the answer of a statement; its status says whether it is settled."""

    def show(console: Console) -> None:
        print_made(console, made)

    problem = "" if made.statement.net_value is not None else not_settled(made.statement.missing)
    return Answer(
        made_json(made),
        show,
        problem=problem,
        told_of=made.source.reader,
        status=ExitCode.NOT_SETTLED,
        exported=written,
    )


def made_json(made: Made) -> dict[str, Any]:
    """Return a statement as JSON, with its hash, its interval, and whether it was invoiced."""
    from oreline.settle import (
        contract_json,
        interval_of,
        published_prices,
        stage_before,
        statement_hash,
        statement_json,
    )

    source, statement, terms = made.source, made.statement, made.source.contract
    interval = None if made.spread is None else interval_of(made.spread)
    own = made.own_invoice()
    return {
        "contract": None if terms is None else contract_json(terms),
        "shipment": source.name,
        "lots": source.lots(),
        "on": made.on.isoformat(),
        "statement": statement_json(statement),
        "prices": {} if terms is None else published_prices(statement, terms, source.prices),
        "hash": statement_hash(statement),
        "interval": None
        if interval is None
        else {"low": f"{interval[0]:f}", "high": f"{interval[1]:f}"},
        "unstated": [] if made.spread is None else list(made.spread.unstated),
        "before": None if terms is None else stage_before(terms, statement.stage),
        "invoice": None if own is None else own.event,
        "findings": [finding.to_json() for finding in source.findings],
    }


def print_made(console: Console, made: Made) -> None:
    """Print a statement with its interval, its invoice and its hash."""
    from oreline.cli._render import print_findings, print_note, print_pairs
    from oreline.cli._settle_tables import print_statement
    from oreline.settle import interval_of, money_text, statement_hash

    print_findings(console, made.source.findings)
    terms = made.source.contract
    title = "" if terms is None else terms.title
    print_statement(console, made.statement, title, made.on.isoformat())
    for hint in made.hints:
        print_note(console, hint)
    more: list[tuple[str, object]] = []
    interval = None if made.spread is None else interval_of(made.spread)
    if interval is not None:
        low, high = (money_text(end, made.statement.currency) for end in interval)
        more.append(("95 % interval", f"{low} to {high}"))
    elif made.spread is not None and made.spread.unstated:
        said = "UNKNOWN: see oreline settle risk for what states no uncertainty"
        more.append(("95 % interval", said))
    own = made.own_invoice()
    if own is not None:
        asked = money_text(own.amount, made.statement.currency)
        more.append(("Invoiced", f"{asked} by {own.event}, {own.day}"))
    more.append(("Hash", statement_hash(made.statement)))
    print_pairs(console, more)


def imprint_of(made: Made) -> Imprint:
    """Return what a printed statement says of where it comes from."""
    from oreline.settle import Imprint, interval_of

    terms, reader = made.source.contract, made.source.reader
    title = "" if terms is None else terms.title
    interval = None if made.spread is None else interval_of(made.spread)
    if reader is None:
        return Imprint(title=title, day=made.on.isoformat(), interval=interval)
    ledger = reader.ledger
    return Imprint(
        title=title,
        day=made.on.isoformat(),
        ledger=ledger.header.id,
        size=ledger.size,
        root=ledger.root.hex(),
        names=_names(reader),
        interval=interval,
    )


def _names(reader: Reader) -> dict[str, str]:
    """Return what the parties that the ledger declares are called."""
    declared = reader.ledger.current("party")
    named = {key: version.data.get("name") for key, version in declared.items()}
    return {key: name for key, name in named.items() if isinstance(name, str)}
