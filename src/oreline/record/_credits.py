"""Credit accounts of ISO 22095: what is in them, and what may not be taken out.

An account holds credits per (model, account, analyte, attribute), in milligrams. ``issue`` adds,
``move`` takes from one and adds to another, ``retire`` takes out for a claim. No arriving event may
bring one below zero: a claim can never be larger than its credit. A correction that takes away
credit already used does, and that is shown. Credits are taken in the order in which they expire,
and an expired credit is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from oreline.model import Finding, Severity, mass_bounds_mg, mass_text
from oreline.record import _tables as tables
from oreline.record._history import History
from oreline.record._revealed import revealed
from oreline.record._state import State

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
    body = event["body"]
    if body["action"] == "issue":
        _put(accounts, _key(body), body.get("expires", _NEVER), mass_bounds_mg(body["mass"])[0])
        return None
    if body["action"] == "move" and "to_account" not in body:
        fix = "name the account that receives"
        return Finding("ORL-0231", Severity.FATAL, event["id"], "to_account is missing", fix)
    available, wanted = _available(accounts, event), mass_bounds_mg(body["mass"])[1]
    if wanted > available:
        message = (
            f"{body['account']} holds {_kg(available)} of {body['attribute']} "
            f"{body['analyte']} credit under {body['model']}, less than is taken"
        )
        fix = "take no more than the account holds on that day, or issue the credit first"
        return Finding("ORL-0230", Severity.FATAL, event["id"], message, fix)
    _take(accounts, event, wanted)
    return None


def credit_accounts(events: Iterable[Mapping[str, Any]]) -> tuple[Accounts, tuple[Finding, ...]]:
    """Return all accounts after credit events in order, and what they do not cover.

    An event that took what was there may lack its credit after a correction or a decision. It is
    posted all the same, and the account falls below zero: what was claimed cannot be unclaimed.
    """
    accounts: Accounts = {}
    findings = []
    for event in events:
        finding = post_credit(accounts, event)
        if finding is not None and finding.code == "ORL-0230":
            finding = _uncovered(accounts, event)
        if finding is not None:
            findings.append(finding)
    return accounts, tuple(findings)


def _uncovered(accounts: Accounts, event: Mapping[str, Any]) -> Finding:
    """Post an event that its account does not cover."""
    body = event["body"]
    wanted = mass_bounds_mg(body["mass"])[1]
    covered = max(_available(accounts, event), 0)
    _take(accounts, event, covered)
    _put(accounts, _key(body), _NEVER, covered - wanted)
    if body["action"] == "move":
        _put(accounts, _key(body, "to_account"), _NEVER, wanted - covered)
    message = (
        f"{_kg(wanted - covered)} of {body['attribute']} {body['analyte']} credit under "
        f"{body['model']} that it takes from {body['account']} are not there any more"
    )
    return Finding("ORL-0232", Severity.WARNING, event["id"], message, _FIX_UNCOVERED)


_FIX_UNCOVERED = "issue the credit that is missing, or correct what was taken, and tell who relied"


@dataclass(slots=True)
class CreditBook:
    """The credit accounts as events arrive, with the corrections and decisions of their events."""

    history: History = field(default_factory=lambda: History("credit/1"))
    accounts: Accounts = field(default_factory=dict)
    uncovered: dict[str, str] = field(default_factory=dict)

    def post(self, event: Mapping[str, Any], state: int) -> Finding | None:
        """Take in an event; return what forbids a credit, or what a correction uncovers.

        A credit that overdraws is refused. A correction or a decision states a fact and is not.
        """
        if event["schema"] == "credit/1" and state != State.HELD:
            refusal = post_credit(self.accounts, event)
            if refusal is None:
                self.history.add(event, state)
            return refusal
        if not self.history.add(event, state):
            return None
        before = self.uncovered
        self.recount()
        worse = [text for name, text in self.uncovered.items() if before.get(name) != text]
        if not worse:
            return None
        return Finding("ORL-0232", Severity.WARNING, event["id"], "; ".join(worse), _FIX_UNCOVERED)

    def recount(self) -> None:
        """Post everything that counts anew."""
        self.accounts, findings = credit_accounts(self.history.in_force())
        self.uncovered = {
            found.where: f"{found.where}: {found.message}"
            for found in findings
            if found.code == "ORL-0232"
        }


def load_credits(connection: sa.Connection) -> CreditBook:
    """Return the credit accounts as the stored events and their corrections leave them."""
    table = tables.event
    query = sa.select(table.c.seq, table.c.state, table.c.bytes)
    query = query.where(table.c.kind.in_(("credit", "correct", "attest"))).order_by(table.c.seq)
    book = CreditBook()
    for row in connection.execute(query).all():
        book.history.add(revealed(connection, row.seq, orjson.loads(row.bytes)), row.state)
    book.recount()
    return book


def _key(body: Mapping[str, Any], account: str = "account") -> CreditKey:
    return CreditKey(body["model"], body[account], body["analyte"], body["attribute"])


def _kg(mass_mg: int) -> str:
    return f"{mass_text(mass_mg, 'kg')} kg"


def _available(accounts: Accounts, event: Mapping[str, Any]) -> int:
    """Return what an account holds on the day of an event; below zero where it lacks credit."""
    day = event["time"][:10]
    return sum(mass for ends, mass in accounts.get(_key(event["body"]), {}).items() if ends >= day)


def _take(accounts: Accounts, event: Mapping[str, Any], mass_mg: int) -> None:
    """Take credit that is there, what expires first before the rest, and hand on what is moved."""
    body, day = event["body"], event["time"][:10]
    for ends, mass in _taken(accounts.get(_key(body), {}), mass_mg, day):
        _put(accounts, _key(body), ends, -mass)
        if body["action"] == "move":
            _put(accounts, _key(body, "to_account"), ends, mass)


def _put(accounts: Accounts, key: CreditKey, ends: str, mass_mg: int) -> None:
    account = accounts.setdefault(key, {})
    account[ends] = account.get(ends, 0) + mass_mg


def _taken(account: Mapping[str, int], mass_mg: int, day: str) -> list[tuple[str, int]]:
    taken = []
    for ends in sorted(account):
        part = min(mass_mg, account[ends]) if ends >= day else 0
        if part > 0:
            taken.append((ends, part))
            mass_mg -= part
    assert mass_mg == 0
    return taken
