"""``oreline settle check``: what is wrong with contracts, parcels and prices, at file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.settle import TermsRead


_PARTS = frozenset({"contracts", "parcels", "prices"})
"""Folders whose parent is meant: their files are checked together."""


@question(Needs.NOTHING)
def check(
    _reader: Reader,
    place: Annotated[
        Path,
        typer.Argument(
            metavar="PLACE",
            help="The .toml file of a contract or parcel, or a folder with contracts/, parcels/ "
            "and prices/.",
        ),
    ],
) -> Answer:
    """Read contracts, parcels and prices and list all that is wrong, each with line and remedy.

    Nothing is written. The exit status is 1 if any finding is fatal.

    Example: oreline settle check contracts/copper.toml
    """
    from oreline.model import is_fatal

    read = _read(place)
    findings = [finding.to_json() for finding in read.findings]
    result = {
        "place": str(place),
        "files": list(read.files),
        "contracts": [{"file": file, "id": one.id} for file, one in read.contracts],
        "parcels": [{"file": file, "id": one.parcel.id} for file, one in read.parcels],
        "series": sorted(read.prices),
        "findings": findings,
    }

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings

        print_findings(console, read.findings)
        named = ", ".join(contract.id for _, contract in read.contracts) or "none"
        said = f"{place}: {len(read.files)} files read. Contracts that can be used: {named}."
        console.print(Text(said))
        if read.parcels:
            told = ", ".join(one.parcel.id for _, one in read.parcels)
            console.print(Text(f"Parcels: {told}."))
        if read.prices:
            console.print(Text(f"Price series: {', '.join(sorted(read.prices))}."))

    problem = "contracts, parcels or prices have fatal findings" if is_fatal(read.findings) else ""
    return Answer(result, show, problem=problem, findings=read.findings)


def _read(place: Path) -> TermsRead:
    from oreline.model import InputError
    from oreline.settle import (
        TermsRead,
        is_parcel,
        parcel_file,
        read_contract,
        read_terms,
        text_of,
    )

    if place.is_dir():
        read = read_terms(place if place.name not in _PARTS else place.parent)
        if not read.files:
            message = f"{place} has neither contracts/*.toml nor parcels/*.toml nor prices/"
            raise InputError(message)
        return read
    name = place.name
    text, findings = text_of(place, name)
    if text is None:
        return TermsRead(files=(name,), findings=findings)
    if is_parcel(text):
        parcel, findings = parcel_file(place)
        parcels = () if parcel is None else ((name, parcel),)
        return TermsRead(parcels=parcels, files=(name,), findings=findings)
    contract, findings = read_contract(text, name)
    contracts = () if contract is None else ((name, contract),)
    return TermsRead(contracts=contracts, files=(name,), findings=findings)
