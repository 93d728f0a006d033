"""All that a chain folder says of settlement: its contracts and its prices; for the faces only."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oreline.model import Finding, Severity
from oreline.settle._contract import Contract
from oreline.settle._contract_files import contract_paths, read_file, text_of
from oreline.settle._contract_text import read_contract
from oreline.settle._parcel_text import ParcelRead, read_parcel, tables_named
from oreline.settle._plausibility import implausible
from oreline.settle._price_files import HOLIDAYS_FILE, SERIES_FILE, VALUES_FILE, read_prices
from oreline.settle._prices import PriceSeries


@dataclass(frozen=True, slots=True)
class TermsRead:
    """What was read of contracts and prices, and everything that is wrong with it.

    ``contracts`` pairs each with the name of its file, ``parcels`` too; one with a fatal finding is
    left out, and so are all prices where any of their tables has one.
    """

    contracts: tuple[tuple[str, Contract], ...] = ()
    parcels: tuple[tuple[str, ParcelRead], ...] = ()
    prices: Mapping[str, PriceSeries] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_terms(folder: Path) -> TermsRead:
    """Read ``contracts/*.toml``, ``parcels/*.toml`` and ``prices/*.csv`` of a folder together.

    None need be there. A series that a contract names and the tables do not have is a warning:
    the contract is clear, but nothing can be priced by it yet.
    """
    read: dict[str, Contract] = {}
    findings: list[Finding] = []
    files = []
    for path in contract_paths(folder):
        name = f"contracts/{path.name}"
        files.append(name)
        contract, wrong = read_file(path, read_contract, name)
        findings += wrong
        if contract is not None:
            findings += _same_id(contract, name, read)
            read[name] = contract
    parcels = []
    for path in sorted((folder / "parcels").glob("*.toml")):
        name = f"parcels/{path.name}"
        files.append(name)
        parcel, wrong = parcel_file(path, name)
        findings += wrong
        if parcel is not None:
            parcels.append((name, parcel))
    has_prices = any((folder / name).is_file() for name in _PRICE_FILES)
    prices, wrong = prices_of_folder(folder / "prices") if has_prices else ({}, ())
    findings += wrong
    if has_prices:
        files += [name for name in _PRICE_FILES if (folder / name).is_file()]
    if not wrong or prices:
        for name, contract in read.items():
            findings += _unknown_series(contract, name, prices)
            findings += implausible(contract, prices, name)
    return TermsRead(tuple(read.items()), tuple(parcels), prices, tuple(files), tuple(findings))


def parcel_file(
    path: Path, name: str | None = None
) -> tuple[ParcelRead | None, tuple[Finding, ...]]:
    """Return the parcel of a file, or what is wrong; ``name`` is what findings call it."""
    called = name or path.name
    text, findings = text_of(path, called)
    if text is None:
        return None, findings
    tables: dict[str, bytes] = {}
    wrong: list[Finding] = []
    for table in tables_named(text, called):
        # Only beside the file: a name with a folder in it leads nowhere else.
        beside = path.parent / table
        if Path(table).name != table or not beside.is_file():
            continue
        data = _bytes_of(beside, table, "ORL-0824")
        if isinstance(data, Finding):
            wrong.append(data)
        tables[table] = b"" if isinstance(data, Finding) else data
    if wrong:
        return None, tuple(wrong)
    return read_parcel(text, called, tables)


def _bytes_of(path: Path, name: str, code: str) -> bytes | Finding:
    """Return the content of a table, or why it is not read."""
    try:
        with path.open("rb") as file:
            data = file.read(TABLE_BYTES_MAX + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fix = f"make {path.name}; docs/reference/contract.md shows its columns"
        return Finding(code, Severity.FATAL, name, f"cannot be read: {reason}", fix)
    if len(data) > TABLE_BYTES_MAX:
        message = f"the table is longer than TABLE_BYTES_MAX = {TABLE_BYTES_MAX} bytes"
        return Finding(code, Severity.FATAL, name, message, "keep the days that are needed")
    return data


TABLE_BYTES_MAX = 64 * 2**20
"""The longest table of prices, weights or assays that is read."""


_PRICE_FILES = (SERIES_FILE, VALUES_FILE, HOLIDAYS_FILE)


def prices_of_folder(folder: Path) -> tuple[dict[str, PriceSeries], tuple[Finding, ...]]:
    """Read the tables of a folder of prices; ``holidays.csv`` need not be there."""
    contents: list[bytes | None] = []
    findings: list[Finding] = []
    for name in _PRICE_FILES:
        path = folder / Path(name).name
        if name == HOLIDAYS_FILE and not path.is_file():
            contents.append(None)
            continue
        data = _bytes_of(path, name, "ORL-0810")
        if isinstance(data, Finding):
            findings.append(data)
        else:
            contents.append(data)
    if findings:
        return {}, tuple(findings)
    series, values, holidays = contents
    assert series is not None
    assert values is not None
    return read_prices(series, values, holidays)


def _same_id(contract: Contract, name: str, read: Mapping[str, Contract]) -> list[Finding]:
    first = next((file for file, other in read.items() if other.id == contract.id), None)
    if first is None:
        return []
    message = f"the id {contract.id} is that of {first} already"
    fix = "give each contract an id of its own; statements and invoices name it"
    return [Finding("ORL-0808", Severity.FATAL, f"{name} id", message, fix)]


def _unknown_series(
    contract: Contract, name: str, prices: Mapping[str, PriceSeries]
) -> list[Finding]:
    named = [(one.id, one.series) for one in contract.prices if one.series is not None]
    named += [(one.id, one.fx) for one in contract.prices if one.fx is not None]
    found = []
    for price, series in named:
        if series not in prices:
            near = difflib.get_close_matches(series, prices, n=1)
            meant = f": is {near[0]} meant?" if near else ""
            message = f"there is no series {series} in prices/"
            fix = f"add it with its published values, or correct the name{meant}"
            where = f"{name} price {price}"
            found.append(Finding("ORL-0809", Severity.WARNING, where, message, fix))
    return found
