"""Two versions of a metal account side by side: what changed, and which entries made it change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.balance._account import MetalAccount, account_hash
from oreline.balance._account_entries import LaterEntry, entries_about
from oreline.balance._figure import Figure
from oreline.balance._whatif import Change, VerdictChange
from oreline.model import InputError
from oreline.record import Ledger


@dataclass(frozen=True, slots=True)
class Restatement:
    """An account as it was known at two moments; ``size`` counts the events of the ledger then."""

    subject: str
    size_before: int
    size_after: int
    hash_before: str
    hash_after: str
    legs: tuple[tuple[str, Change], ...]
    verdicts: tuple[tuple[str, VerdictChange], ...]
    entries: tuple[LaterEntry, ...]

    @property
    def is_restated(self) -> bool:
        """Return whether the two versions say anything different."""
        return self.hash_before != self.hash_after

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return both versions of everything that changed, masses as text in ``unit``."""
        return {
            "subject": self.subject,
            "is_restated": self.is_restated,
            "before": {"size": self.size_before, "hash": self.hash_before},
            "after": {"size": self.size_after, "hash": self.hash_after},
            "legs": [
                {
                    "element": element,
                    "leg": change.what,
                    "before": change.before.to_json(unit),
                    "after": change.after.to_json(unit),
                }
                for element, change in self.legs
            ],
            "verdicts": [
                {"element": element, "before": one.before, "after": one.after}
                for element, one in self.verdicts
            ],
            "entries": [
                {
                    "seq": one.seq,
                    "event": one.event,
                    "kind": one.kind,
                    "recorded": one.recorded,
                    "actor": one.actor,
                    "about": one.about,
                    "reason": one.reason,
                }
                for one in self.entries
            ],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a leg that changed; masses in milligrams."""
        rows = [
            [element, one.what, *_flat(one.before), *_flat(one.after)] for element, one in self.legs
        ]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _flat(mass: Figure) -> list[Any]:
    return [mass.low_mg, mass.high_mg, mass.u_mg]


_SCHEMA: dict[str, Any] = {"element": pl.String, "leg": pl.String} | {
    f"{when}_{part}": pl.Float64 if part == "u_mg" else pl.Int64
    for when in ("before", "after")
    for part in ("low_mg", "high_mg", "u_mg")
}


def restatement(
    before: MetalAccount, after: MetalAccount, known_before: Ledger, known_after: Ledger
) -> Restatement:
    """Compare an account as known at two moments.

    Parameters
    ----------
    before, after
        The account of one site and period, from the ledger as known at each moment.

    Raises
    ------
    InputError
        If the two are of different sites, periods or time zones.
    """
    if (before.subject, before.time_zone) != (after.subject, after.time_zone):
        message = f"{before.subject} and {after.subject} are two accounts, not two versions of one"
        raise InputError(message)
    legs: list[tuple[str, Change]] = []
    verdicts: list[tuple[str, VerdictChange]] = []
    for element in dict.fromkeys((*before.symbols, *after.symbols)):
        left, right = _legs(before, element), _legs(after, element)
        for name in dict.fromkeys((*left, *right)):
            pair = left.get(name, _NOTHING), right.get(name, _NOTHING)
            if pair[0] != pair[1]:
                legs.append((element, Change(name, after.site, after.period, *pair)))
        words = [_verdict(account, element) for account in (before, after)]
        if words[0] != words[1]:
            verdicts.append((element, VerdictChange(after.site, after.period, *words)))
    later = sorted(seq for seq in known_after.raw if seq >= known_before.size)
    return Restatement(
        subject=after.subject,
        size_before=known_before.size,
        size_after=known_after.size,
        hash_before=account_hash(before),
        hash_after=account_hash(after),
        legs=tuple(legs),
        verdicts=tuple(verdicts),
        entries=tuple(entries_about(known_after, later, after.site, after.start, after.end)),
    )


_NOTHING = Figure(0, 0, 0.0, "measured")


def _verdict(account: MetalAccount, element: str) -> str:
    found = account.of(element)
    return "no account" if found is None else found.verdict


def _legs(account: MetalAccount, element: str) -> Mapping[str, Figure]:
    found = account.of(element)
    return {} if found is None else {leg.name: leg.mass for leg in found.legs}
