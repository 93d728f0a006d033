"""``oreline settle check``: what is wrong with contracts and prices, at file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.settle import TermsRead


@question(Needs.NOTHING)
def check(
    _reader: Reader,
    place: Annotated[
        Path,
        typer.Argument(
            metavar="PLACE",
            help="The .toml file of a contract, or a folder with contracts/ and prices/.",
        ),
    ],
) -> Answer:
    """Read contracts and prices and list everything that is wrong, each with its line and remedy.

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
        if read.prices:
            console.print(Text(f"Price series: {', '.join(sorted(read.prices))}."))

    problem = "contracts or prices have fatal findings" if is_fatal(read.findings) else ""
    return Answer(result, show, problem=problem, findings=read.findings)


def _read(place: Path) -> TermsRead:
    from oreline.model import InputError
    from oreline.settle import TermsRead, read_contract, read_file, read_terms

    if place.is_dir():
        read = read_terms(place)
        if not read.files:
            raise InputError(f"{place} has neither contracts/*.toml nor prices/")
        return read
    contract, findings = read_file(place, read_contract)
    read_one = () if contract is None else ((place.name, contract),)
    return TermsRead(read_one, {}, (place.name,), findings)
