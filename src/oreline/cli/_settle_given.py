"""Contracts, parcels and prices from plain files, read for a settlement.

Everything that is wrong with any of the files is told at once, before anything is reckoned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.cli._question import Answer
    from oreline.model import Finding
    from oreline.settle import Contract, Declaration, ParcelRead, PriceSeries, Settling, Stage


@dataclass(frozen=True, slots=True)
class Given:
    """The files of a call, read; ``findings`` is everything that is wrong or odd with them."""

    contracts: Mapping[str, Contract] = field(default_factory=dict)
    parcels: tuple[ParcelRead, ...] = ()
    prices: Mapping[str, PriceSeries] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def contract_of(self, parcel: ParcelRead) -> Contract | None:
        """Return the contract of a parcel: the one it names, else the only one given.

        Raises
        ------
        InputError
            If the parcel names another, or several are given and it names none.
        """
        from oreline.model import InputError

        if not self.contracts:
            return None
        name = parcel.contract
        if name is None and len(self.contracts) == 1:
            return next(iter(self.contracts.values()))
        known = ", ".join(self.contracts)
        if name is None:
            message = f"parcel {parcel.parcel.id} names no contract, and several are given: {known}"
            raise InputError(f"{message}; write contract into its file")
        if name not in self.contracts:
            message = f"parcel {parcel.parcel.id} is under contract {name}, and given is {known}"
            raise InputError(f"{message}; give the file of {name}")
        return self.contracts[name]

    def settlings(
        self, stage: Stage, on: date, declared: Mapping[str, Declaration] | None = None
    ) -> list[Settling]:
        """Return each parcel with its contract, as of a day.

        Raises
        ------
        InputError
            If a parcel has no contract.
        """
        from oreline.model import InputError
        from oreline.settle import Settling

        made = []
        for one in self.parcels:
            contract = self.contract_of(one)
            if contract is None:
                raise InputError(f"parcel {one.parcel.id} needs a contract: give --contract")
            made.append(Settling(contract, one.parcel, self.prices, stage, on, declared or {}))
        return made


def read_given(
    contracts: Sequence[Path] | None, parcels: Sequence[Path], prices: Path | None
) -> Given:
    """Read the files of a call; what is wrong with one hides nothing of the others."""
    from oreline.model import Finding, Severity
    from oreline.settle import implausible, parcel_file, prices_of_folder, read_contract, read_file

    findings: list[Finding] = []
    terms: dict[str, Contract] = {}
    names: dict[str, str] = {}
    for path in contracts or ():
        contract, wrong = read_file(path, read_contract)
        findings += wrong
        if contract is None:
            continue
        if contract.id in terms:
            message = f"two of the files given have the id {contract.id}"
            fix = "give each contract an id of its own"
            findings.append(Finding("ORL-0808", Severity.FATAL, f"{path.name} id", message, fix))
        terms[contract.id] = contract
        names[contract.id] = path.name
    read = []
    for path in parcels:
        parcel, wrong = parcel_file(path)
        findings += wrong
        if parcel is not None:
            read.append(parcel)
    series: Mapping[str, PriceSeries] = {}
    if prices is not None:
        series, wrong = prices_of_folder(prices)
        findings += wrong
        for one in terms.values():
            findings += implausible(one, series, names[one.id])
    return Given(terms, tuple(read), series, tuple(findings))


def refusal(given: Given) -> Answer | None:
    """Return the answer that the files cannot be used, None where they can."""
    from oreline.cli._question import Answer
    from oreline.model import is_fatal

    if not is_fatal(given.findings):
        return None

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        print_findings(console, given.findings)

    result: dict[str, Any] = {"findings": [finding.to_json() for finding in given.findings]}
    problem = "nothing is settled: the files have fatal findings"
    return Answer(result, show, problem=problem, findings=given.findings)
