"""``oreline settle contracts``, ``contract``, ``prices``: what is agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _settle_options as settle_options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import contract_named, contracts_known, series_known

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from oreline.settle import PriceSeries


@question(export=True)
def contracts(reader: Reader) -> Answer:
    """List the contracts with their shipments, and what was invoiced of each.

    Contracts of the ledger, and those in contracts/ of the chain folder that it does not have.

    Example: oreline settle contracts --chain my-chain
    """
    from oreline.settle import (
        contract_json,
        contracts_of,
        settled_twice,
        shipments_json,
        stages_of,
    )

    ledger = reader.ledger
    rows = [
        {
            **contract_json(terms),
            "stages": list(stages_of(terms)),
            "shipments": shipments_json(ledger, terms),
        }
        for terms in contracts_known(reader).values()
    ]
    findings = (*contracts_of(ledger)[1], *settled_twice(ledger))
    result = {"contracts": rows, "findings": [one.to_json() for one in findings]}

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings
        from oreline.cli._settle_terms_tables import print_contracts

        print_findings(console, findings)
        print_contracts(console, rows)

    def frame() -> pl.DataFrame:
        from oreline.cli._settle_terms_tables import contracts_frame

        return contracts_frame(rows)

    return Answer(result, show, frame, told_of=reader)


@question()
def contract(
    reader: Reader,
    name: Annotated[
        str,
        typer.Argument(
            metavar="CONTRACT", help="Its id in the ledger or the chain folder, or a .toml file."
        ),
    ],
) -> Answer:
    """Show the terms of a contract clause by clause in words.

    What a clause leaves open is said to be not stated; what can be read in two ways is told below.

    Example: oreline settle contract cu-1 --chain my-chain
    """
    from oreline.settle import clause_texts, contract_json, contract_text, read_contract

    terms = contract_named(reader, name)
    clauses, text = clause_texts(terms), contract_text(terms)
    findings = read_contract(text, f"{terms.id}.toml")[1]
    result = {
        **contract_json(terms),
        "clauses": [
            {"subject": one.subject, "text": one.text, "clause": one.clause} for one in clauses
        ],
        "text": text,
        "findings": [one.to_json() for one in findings],
    }

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings
        from oreline.cli._settle_terms_tables import print_contract

        print_contract(console, result)
        print_findings(console, findings)

    return Answer(result, show, told_of=None if Path(name).suffix == ".toml" else reader)


@question(export=True)
def prices(
    reader: Reader,
    series: Annotated[
        str | None,
        typer.Argument(metavar="SERIES", help="One series, with its values (default: list all)."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            metavar="FOLDER",
            help="A folder with series.csv, values.csv and holidays.csv (default: the ledger).",
        ),
    ] = None,
    on: settle_options.On = None,
) -> Answer:
    """List the price series with their last value, kind, basis and source, or the values of one.

    An annual average is no contract price: statements say so.

    Example: oreline settle prices lme-cu --on 2025-11-14 --chain my-chain
    """
    known = series_known(reader, folder)
    if isinstance(known, Answer):
        return known
    day = settle_options.day_of(on, reader)
    found, findings = known
    told_of = reader if folder is None else None
    if series is not None:
        return _values(_one_series(found, series), day, told_of)
    rows = [_series_json(one, day) for _, one in sorted(found.items())]
    told = [finding.to_json() for finding in findings]
    result = {"on": day.isoformat(), "series": rows, "findings": told}

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings
        from oreline.cli._settle_terms_tables import print_series

        print_findings(console, findings)
        print_series(console, rows, day.isoformat())

    def frame() -> pl.DataFrame:
        from oreline.cli._settle_terms_tables import series_frame

        return series_frame(rows)

    return Answer(result, show, frame, told_of=told_of)


def _one_series(found: Mapping[str, PriceSeries], name: str) -> PriceSeries:
    import difflib

    from oreline.model import InputError

    if name in found:
        return found[name]
    near = difflib.get_close_matches(name, found, n=3)
    known = ", ".join(sorted(found)) or "none"
    hint = f"did you mean {', '.join(near)}?" if near else f"known are {known}"
    raise InputError(f"there is no price series {name}; {hint}")


def _values(one: PriceSeries, day: date, told_of: Reader | None) -> Answer:
    from oreline.settle import known_values

    known = known_values(one, day)
    until = day.isoformat()
    published = dict(one.published)
    for revision in sorted(one.revisions, key=lambda made: made.published):
        if revision.published <= until:
            published[revision.day] = revision.published
    rows = [
        {"day": at, "value": f"{value:f}", "published": published.get(at, "")}
        for at, value in known.between("", until)
    ]
    result = {"on": day.isoformat(), **_series_json(one, day), "values": rows}

    def show(console: Console) -> None:
        from oreline.cli._settle_terms_tables import print_values

        print_values(console, result)

    def frame() -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(rows, schema=dict.fromkeys(("day", "value", "published"), pl.String))

    return Answer(result, show, frame, told_of=told_of)


def _series_json(one: PriceSeries, day: date) -> dict[str, Any]:
    from oreline.settle import known_values

    known = known_values(one, day)
    last = known.at(known.end) if known.end else None
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "unit": one.unit,
        "vat_pct": f"{one.vat_pct:f}",
        "market": one.market,
        "delivered": one.delivered,
        "basis": one.basis,
        "source": one.source,
        "count": known.count,
        "last_day": known.end or None,
        "last_value": None if last is None else f"{last:f}",
    }
