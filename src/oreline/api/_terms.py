"""Which terms and prices a party may see: its own contracts and instruments, and their prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oreline.record import Ledger
from oreline.settle import CONTRACT, is_umpire_invoice, series_named

CONFIDENTIAL = frozenset({"contract", "instrument", "market"})
"""Declarations of terms: they concern their two parties alone, wherever they were made."""


def is_confidential(event: Mapping[str, Any]) -> bool:
    """Return whether an event declares terms or prices."""
    return event["schema"] == "declare/1" and event["body"]["type"] in CONFIDENTIAL


def is_between(event: Mapping[str, Any], party: str) -> bool:
    """Return whether a party stands in an event as one of its two."""
    return party in {event.get("party"), event.get("to_party")}


@dataclass(frozen=True, slots=True)
class Terms:
    """The positions of declarations of terms and prices that a party sees, and the others.

    ``contracts`` are the ids of its own contracts.
    """

    seen: frozenset[int]
    hidden: frozenset[int]
    contracts: frozenset[str]

    def rests_on(self, event: Mapping[str, Any]) -> bool:
        """Return whether a statement of this party rests on an umpire's invoice or assay.

        Both sides see what the umpire of their contract found and asked for, whomever it was
        addressed to. An assay names the contract in ``settle.contract``.
        """
        if is_umpire_invoice(event):
            return event["body"].get("contract") in self.contracts
        is_result = event["schema"] == "assay/1" and event["body"].get("role") == "umpire"
        return is_result and (event.get("extra") or {}).get(CONTRACT) in self.contracts


def terms_of_party(ledger: Ledger, party: str) -> Terms:
    """Return which declarations of contracts and prices a party may see.

    A contract that was replaced is still its parties', and so are the prices that it named.
    """
    seen: set[int] = set()
    named: set[str] = set()
    contracts: set[str] = set()
    for identity, versions in ledger.declared.get("contract", {}).items():
        for version in versions:
            if is_between(ledger.event(version.seq), party):
                seen.add(version.seq)
                contracts.add(identity)
                text = version.data.get("terms")
                named |= series_named(text) if isinstance(text, str) else frozenset()
    for versions in ledger.declared.get("instrument", {}).values():
        seen |= {one.seq for one in versions if is_between(ledger.event(one.seq), party)}
    for identity, versions in ledger.declared.get("market", {}).items():
        seen.update(
            version.seq
            for version in versions
            if identity in named or is_between(ledger.event(version.seq), party)
        )
    every = {
        version.seq
        for kind in CONFIDENTIAL
        for versions in ledger.declared.get(kind, {}).values()
        for version in versions
    }
    return Terms(frozenset(seen), frozenset(every - seen), frozenset(contracts))
