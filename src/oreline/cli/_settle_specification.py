"""``oreline settle specification``: whether goods are what a contract or a market describes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _settle_options as settle_options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import Source, source_of, unsettled_answer

if TYPE_CHECKING:
    from datetime import date

    from oreline.settle import PublishedSpecification, Stage

_ASSAY = re.compile(r"([A-Za-z0-9]+)\s*=\s*([0-9.,]+)\s*(\S+)")


@question()
def specification(
    reader: Reader,
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
    contract: settle_options.Contracts = None,
    shipment: settle_options.Shipment = None,
    parcel: settle_options.Parcels = None,
    stage: settle_options.StageNamed = "provisional",
    on: settle_options.On = None,
) -> Answer:
    """Hold a shipment against its contract's limits, or assays against a published specification.

    With --shipment or --parcel: each limit of the contract (or of the published specification NAME)
    is PASS, OUTSIDE or UNKNOWN, the moisture against the transportable limit too, with the events
    that say it. Without: the grades of --assay against NAME; without NAME, all that are known.

    What is not assayed is UNKNOWN, never met. The exit status is 1 if a limit is not met.

    Example: oreline settle specification --contract cu-1 --shipment by-sea --stage final
    --chain my-chain
    """
    from oreline.model import InputError

    if shipment is not None or parcel:
        if assay or moisture is not None:
            raise InputError("the grades of a shipment are its own; leave out --assay")
        source = source_of(reader, contract, parcel, shipment, None)
        if isinstance(source, Answer):
            return source
        return _of_shipment(source, name, stage, settle_options.day_of(on, reader))
    return _published(name, assay, moisture)


def _of_shipment(source: Source, name: str | None, stage: Stage, on: date) -> Answer:
    from oreline.model import InputError
    from oreline.settle import published_specification, specification_check

    if source.contract is None:
        return unsettled_answer(source.statement(stage, on), source, on)
    spec = None if name is None else published_specification(name).specification
    if spec is None and source.contract.specification is None:
        message = f"{source.contract.id} states no specification; name a published one"
        raise InputError(f"{message}: oreline settle specification")
    found = specification_check(source.settling(stage, on), spec)

    def show(console: Console) -> None:
        from oreline.cli._settle_terms_tables import print_limits

        print_limits(console, found)

    outside = [one.message for one in found.checks if one.verdict == "OUTSIDE"]
    result = {**found.to_json(), "specification": name}
    return Answer(result, show, found.to_frame, "; ".join(outside), told_of=source.reader)


def _published(name: str | None, assay: Sequence[str] | None, moisture: str | None) -> Answer:
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
