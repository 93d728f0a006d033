"""``oreline settle contracts``, ``contract``, ``prices``, ``specification``: what is agreed on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _settle_options as settle_options
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import contract_named, contracts_known, series_known

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from oreline.settle import PriceSeries, PublishedSpecification

_ASSAY = re.compile(r"([A-Za-z0-9]+)\s*=\s*([0-9.,]+)\s*(\S+)")


@question(export=True)
def contracts(reader: Reader) -> Answer:
    """List the contracts with their shipments, and what was invoiced of each.

    Contracts of the ledger, and those in contracts/ of the chain folder that it does not have.

    Example: oreline settle contracts --chain my-chain
    """
    from oreline.settle import contract_json, contracts_of, shipments_json, stages_of

    ledger = reader.ledger
    rows = [
        {
            **contract_json(terms),
            "stages": list(stages_of(terms)),
            "shipments": shipments_json(ledger, terms),
        }
        for terms in contracts_known(reader).values()
    ]
    findings = contracts_of(ledger)[1]
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
    rows = [{"day": at, "value": f"{value:f}"} for at, value in known.between("", day.isoformat())]
    result = {"on": day.isoformat(), **_series_json(one, day), "values": rows}

    def show(console: Console) -> None:
        from oreline.cli._settle_terms_tables import print_values

        print_values(console, result)

    def frame() -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(rows, schema=dict.fromkeys(("day", "value"), pl.String))

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


@question(Needs.NOTHING)
def specification(
    _reader: Reader,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A published specification (default: list them)."),
    ] = None,
    assay: Annotated[
        list[str] | None,
        typer.Option(
            "--assay",
            metavar="ANALYTE=GRADE",
            help="A grade of the dry mass with its unit, such as Sb=99.7% or Hg=2ppm; again for "
            "further ones.",
        ),
    ] = None,
    moisture: Annotated[
        str | None,
        typer.Option("--moisture-pct", metavar="M", help="Water, % of the wet mass."),
    ] = None,
) -> Answer:
    """Hold assays against a published specification, or list those that are known.

    What is not assayed is UNKNOWN, never met. The exit status is 1 if a limit is not met.

    Example: oreline settle specification mmta-sb-grade-ii --assay Sb=99.7% --assay Pb=0.25%
    """
    from oreline.settle import (
        check_specification,
        meets,
        published_specification,
        published_specifications,
    )

    if name is None:
        return _listed(published_specifications())
    one = published_specification(name)
    grades = _grades(assay or ())
    water = None if moisture is None else settle_options.amount_of(moisture)
    found = check_specification(one.specification, grades, water)
    is_met = meets(found)
    result = {
        **_specification_json(one),
        "meets": is_met,
        "found": [
            {
                "subject": each.subject,
                "verdict": each.verdict,
                "otherwise": each.otherwise,
                "message": each.message,
            }
            for each in found
        ],
    }

    def show(console: Console) -> None:
        from oreline.cli._settle_terms_tables import print_specification

        print_specification(console, result)

    outside = [each.message for each in found if each.verdict == "outside"]
    return Answer(result, show, problem="" if is_met is not False else "; ".join(outside))


def _listed(every: Sequence[PublishedSpecification]) -> Answer:
    rows = [_specification_json(one) for one in every]

    def show(console: Console) -> None:
        from oreline.cli._settle_terms_tables import print_specifications

        print_specifications(console, rows)

    return Answer({"specifications": rows}, show)


def _specification_json(one: PublishedSpecification) -> dict[str, Any]:
    ends = ("base", "min", "max")
    return {
        "id": one.id,
        "title": one.title,
        "source": one.source,
        "retrieved": one.retrieved,
        "note": one.note,
        "limits": [
            {
                "analyte": limit.analyte,
                **{end: None if (at := getattr(limit, end)) is None else str(at) for end in ends},
                "otherwise": limit.otherwise,
            }
            for limit in one.specification.limits
        ],
    }


def _grades(given: Sequence[str]) -> dict[str, Decimal]:
    """Return the grades of ``--assay`` in % of dry mass."""
    from oreline.model import InputError
    from oreline.settle import parse_quantity

    made: dict[str, Decimal] = {}
    for text in given:
        read = _ASSAY.fullmatch(text)
        if read is None:
            message = f"{text!r} is no grade; write analyte, number and unit as Sb=99.7%"
            raise InputError(f"{message} or Hg=2ppm")
        analyte, number, unit = read.groups()
        if analyte in made:
            raise InputError(f"two grades of {analyte} are given; one holds")
        grade = parse_quantity(f"{number} {unit}", "grade").to("%")
        if grade > 100:
            raise InputError(f"{text!r}: a grade over 100 % cannot be")
        made[analyte] = grade
    return made
