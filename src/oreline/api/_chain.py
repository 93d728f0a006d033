"""The chain that a server tells of: the chain folder's, completed from what the ledger declares."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from oreline.ask import Document, parse_documents
from oreline.exchange import read_chain
from oreline.model import (
    Assumption,
    Basis,
    Chain,
    InputError,
    Material,
    Party,
    Permit,
    Phase,
    Route,
    Rule,
    Site,
    is_fatal,
)
from oreline.record import Ledger, Store

_TYPES: Mapping[str, tuple[str, type[BaseModel]]] = {
    "party": ("parties", Party),
    "site": ("sites", Site),
    "material": ("materials", Material),
    "route": ("routes", Route),
    "permit": ("permits", Permit),
    "assumption": ("assumptions", Assumption),
    "rule": ("rules", Rule),
    "phase": ("phases", Phase),
}
_LEAST: Mapping[str, Callable[[str, Mapping[str, Any]], BaseModel]] = {
    "party": lambda identity, data: Party(
        id=identity, name=str(data.get("name") or identity), basis=Basis.REPORTED
    ),
    "site": lambda identity, data: Site(
        id=identity,
        name=str(data.get("name") or identity),
        kind=str(data.get("kind") or "not stated"),
        operator=data.get("operator"),
        basis=Basis.REPORTED,
    ),
    "material": lambda identity, data: Material(
        id=identity, name=str(data.get("name") or identity), basis=Basis.REPORTED
    ),
}
"""What stands for a declaration that lacks what a table's row must have: who and what it is."""


def chain_of_folder(folder: Path) -> tuple[Chain, tuple[Document, ...]]:
    """Return the chain of a folder and the documents that it says may exist.

    Raises
    ------
    InputError
        If the folder has fatal findings.
    """
    chain, findings = read_chain(folder)
    if chain is None or is_fatal(findings):
        raise InputError(f"{folder} has fatal findings; see 'oreline check {folder}'", findings)
    table = folder / "documents.csv"
    if not table.is_file():
        return chain, ()
    documents, findings = parse_documents(table.read_text(encoding="utf-8"))
    if is_fatal(findings):
        raise InputError(f"{table} cannot be used", findings)
    return chain, documents


def folder_beside(store: Store) -> Path | None:
    """Return the chain folder in which a ledger lies, None if it lies in none."""
    if store.path is None:
        return None
    beside = store.path.resolve().parent
    return beside if (beside / "chain.toml").is_file() else None


def chain_told_of(ledger: Ledger, store: Store, folder: Path | None = None) -> Chain:
    """Return the chain that a server would tell of: of a folder or that around the ledger.

    Raises
    ------
    InputError
        If the folder has fatal findings.
    """
    folder = folder or folder_beside(store)
    return with_declared(None if folder is None else chain_of_folder(folder)[0], ledger)


def with_declared(chain: Chain | None, ledger: Ledger) -> Chain:
    """Return a chain with everything that the ledger declares and the folder does not have."""
    name = ledger.header.id
    base = chain or Chain(name=name, title=name, currency="USD")
    tables: dict[str, Any] = {}
    for kind, (table, row) in _TYPES.items():
        rows = dict(getattr(base, table))
        for identity, version in ledger.current(kind).items():
            if identity in rows:
                continue
            dated = {"valid_from": version.valid_from, "valid_to": version.valid_to}
            written = {
                key: value
                for key, value in {**dated, **version.data, "id": identity}.items()
                if value is not None and key in _names(row)
            }
            try:
                rows[identity] = row.model_validate(written)
            except ValidationError:
                # What is no whole row stays in the ledger; who or what it is, is shown.
                least = _least(kind, identity, version.data)
                if least is not None:
                    rows[identity] = least
        tables[table] = rows
    return replace(base, **tables)


def check_party(chain: Chain, party: str | None) -> None:
    """Refuse a party that a chain does not have; None, for no party, is everybody's.

    Raises
    ------
    InputError
        If there is none, with those that are spelt alike and what to do.
    """
    if party is None or party in chain.parties:
        return
    near = difflib.get_close_matches(party, chain.parties, n=3)
    remedy = (
        f"did you mean {', '.join(near)}?"
        if near
        else "add it to parties.csv of the chain folder, or declare it in the ledger, first"
    )
    raise InputError(f"the chain has no party {party}; {remedy}")


def _least(kind: str, identity: str, data: Mapping[str, Any]) -> BaseModel | None:
    """Return a row that says no more than what is declared, or that it is; None if not even that.

    The ledger takes any declaration: an odd one must not keep everybody from all others.
    """
    make = _LEAST.get(kind)
    if make is None:
        return None
    for said in (data, {}):
        try:
            return make(identity, said)
        except ValidationError:
            continue
    return None


def _names(row: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in row.model_fields.items()}
