"""Credit accounts of ISO 22095: what is in them, and what may not be taken out.

An account holds credits per (model, account, analyte, attribute), in milligrams. ``issue`` adds,
``move`` takes from one and adds to another, ``retire`` takes out for a claim. None may go below
zero: a claim can never be larger than its credit. Credits are taken in the order in which they
expire, and an expired credit is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from oreline.model import Finding, Severity, mass_bounds_mg, mass_text
from oreline.record import _tables as tables

_NEVER = "9999-12-31"


@dataclass(frozen=True, slots=True, order=True)
class CreditKey:
    """What credits can be added up: one model, account, analyte and attribute."""

    model: str
    account: str
    analyte: str
    attribute: str


Accounts = dict[CreditKey, dict[str, int]]
"""Milligrams by day of expiry, by key."""


def post_credit(accounts: Accounts, event: Mapping[str, Any]) -> Finding | None:
    """Post one credit event; return why it cannot be, and leave the accounts as they were.

    The mass posted is the least that the quantity allows when credit is issued and the greatest
    when it is taken, so that an interval can never make a claim larger than its credit.
    """
    body, day = event["body"], event["time"][:10]
    low, high = mass_bounds_mg(body["mass"])
    key = CreditKey(body["model"], body["account"], body["analyte"], body["attribute"])
    if body["action"] == "issue":
        _put(accounts, key, body.get("expires", _NEVER), low)
        return None
    if body["action"] == "move" and "to_account" not in body:
        fix = "name the account that receives"
        return Finding("ORL-0231", Severity.FATAL, event["id"], "to_account is missing", fix)
    available = sum(mass for ends, mass in accounts.get(key, {}).items() if ends >= day)
    if high > available:
        message = (
            f"{body['account']} holds {mass_text(available, 'kg')} kg of {body['attribute']} "
            f"{body['analyte']} credit under {body['model']}, less than is taken"
        )
        fix = "take no more than the account holds on that day, or issue the credit first"
        return Finding("ORL-0230", Severity.FATAL, event["id"], message, fix)
    for ends, mass in _taken(accounts[key], high, day):
        _put(accounts, key, ends, -mass)
        if body["action"] == "move":
            target = CreditKey(key.model, body["to_account"], key.analyte, key.attribute)
            _put(accounts, target, ends, mass)
    return None


def credit_accounts(events: Iterable[Mapping[str, Any]]) -> tuple[Accounts, tuple[Finding, ...]]:
    """Return all accounts after credit events in order, and what could not be posted."""
    accounts: Accounts = {}
    findings = [post_credit(accounts, event) for event in events]
    return accounts, tuple(finding for finding in findings if finding is not None)


def overdrawn_credits(
    connection: sa.Connection, fresh: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Yield a refusal for each arriving credit event that would overdraw an account."""
    arriving = [event for event in fresh if event["schema"] == "credit/1"]
    if not arriving:
        return
    table = tables.event
    query = sa.select(table.c.bytes).where(table.c.kind == "credit").order_by(table.c.seq)
    accounts, _ = credit_accounts(orjson.loads(data) for data in connection.scalars(query))
    for event in arriving:
        finding = post_credit(accounts, event)
        if finding is not None:
            yield finding


def _put(accounts: Accounts, key: CreditKey, ends: str, mass_mg: int) -> None:
    account = accounts.setdefault(key, {})
    account[ends] = account.get(ends, 0) + mass_mg
    assert account[ends] >= 0


def _taken(account: Mapping[str, int], mass_mg: int, day: str) -> list[tuple[str, int]]:
    taken = []
    for ends in sorted(account):
        part = min(mass_mg, account[ends]) if ends >= day else 0
        if part:
            taken.append((ends, part))
            mass_mg -= part
    assert mass_mg == 0
    return taken
