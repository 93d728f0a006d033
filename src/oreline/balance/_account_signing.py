"""Who signed a metal account and who reviewed it, and whether it still says what they saw."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oreline.balance._account import FORM, MetalAccount, account_hash
from oreline.model import InputError
from oreline.record import Ledger

SIGNED, REVIEWED = "account-signed", "account-reviewed"
"""The types of the ``attest`` events."""
ELEMENTS, SIZE, NAME, CAPACITY, FORM_KEY = (
    "balance.elements", "balance.size", "balance.name", "balance.capacity", "balance.form",
)  # fmt: skip
"""Where a signature says in ``extra`` what it covers and who gave it."""
IS_SIGNED, IS_REVIEWED = "SIGNED", "SIGNED AND REVIEWED"
IS_RESTATED, IS_NOT_SIGNED = "RESTATED SINCE IT WAS SIGNED", "NOT SIGNED"
NAME_MAX = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature or review of an account.

    ``size`` is how many events the ledger held when it was given: the account as it then stood can
    be made again from it. ``counts`` says whether it is of the account as it stands now.
    """

    kind: str
    event: str
    name: str
    capacity: str
    day: str
    actor: str
    party: str
    hash: str
    size: int | None
    counts: bool

    def to_json(self) -> dict[str, Any]:
        """Return the signature as a JSON object."""
        return {
            "kind": self.kind,
            "event": self.event,
            "name": self.name,
            "capacity": self.capacity,
            "day": self.day,
            "actor": self.actor,
            "party": self.party,
            "hash": self.hash,
            "size": self.size,
            "counts": self.counts,
        }


@dataclass(frozen=True, slots=True)
class AccountState:
    """Whether an account is signed, and every signature that there is of it."""

    word: str
    hash: str
    signatures: tuple[Signature, ...]

    @property
    def latest(self) -> Signature | None:
        """Return the latest signature, whether it still counts or not; None if there is none."""
        signed = [one for one in self.signatures if one.kind == SIGNED]
        return signed[-1] if signed else None

    def to_json(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        return {
            "state": self.word,
            "hash": self.hash,
            "signatures": [one.to_json() for one in self.signatures],
        }


def account_state(ledger: Ledger, account: MetalAccount) -> AccountState:
    """Return whether an account is signed as it stands.

    A signature is of one site, period and list of elements; those of other lists do not count. A
    review counts if somebody else than the signer gave it, under another name.
    """
    hashed = account_hash(account)
    found = tuple(
        _signature(event, hashed)
        for event in ledger.other
        if event["schema"] == "attest/1"
        and event["body"]["type"] in (SIGNED, REVIEWED)
        and event["body"]["subject"] == account.subject
        and (event.get("extra") or {}).get(ELEMENTS) == " ".join(account.symbols)
    )
    signed = [one for one in found if one.kind == SIGNED]
    valid = [one for one in signed if one.counts]
    reviewed = [
        one
        for one in found
        if one.kind == REVIEWED
        and one.counts
        and any(one.actor != by.actor and _folded(one.name) != _folded(by.name) for by in valid)
    ]
    word = IS_NOT_SIGNED if not signed else IS_RESTATED
    if valid:
        word = IS_REVIEWED if reviewed else IS_SIGNED
    return AccountState(word, hashed, found)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _signature(event: Mapping[str, Any], hashed: str) -> Signature:
    body, extra = event["body"], event.get("extra") or {}
    size = extra.get(SIZE, "")
    return Signature(
        kind=body["type"],
        event=event["id"],
        name=extra.get(NAME, ""),
        capacity=extra.get(CAPACITY, ""),
        day=body.get("valid_from") or event["time"][:10],
        actor=event["actor"],
        party=event.get("party") or "",
        hash=body.get("hash") or "",
        size=int(size) if re.fullmatch(r"[0-9]{1,15}", size) else None,
        counts=body.get("hash") == hashed,
    )


def signing_draft(
    ledger: Ledger, account: MetalAccount, name: str, capacity: str, day: str, party: str | None
) -> dict[str, Any]:
    """Return the event with which a competent person signs an account as it stands.

    Parameters
    ----------
    name, capacity
        Who signs, and as what: "plant metallurgist", with the registration if there is one.
    day
        The day of the signature.
    party
        For whom; the event's ``party``.

    Raises
    ------
    InputError
        If name or capacity is missing, the period is not over on that day, or the same person has
        signed this very account.
    """
    _check(name, capacity)
    if day < account.end[:10]:
        message = f"{account.subject} ends with {account.end}: it cannot be signed on {day}"
        raise InputError(message)
    state = account_state(ledger, account)
    if any(one.counts and _folded(one.name) == _folded(name) for one in state.signatures):
        raise InputError(f"{name} has signed or reviewed this account as it stands")
    return _draft(SIGNED, ledger, account, name, capacity, day, party)


def review_draft(
    ledger: Ledger,
    account: MetalAccount,
    name: str,
    capacity: str,
    day: str,
    party: str | None,
    actor: str,
) -> dict[str, Any]:
    """Return the event with which somebody else confirms a signed account.

    Raises
    ------
    InputError
        If the account is not signed as it stands, or the reviewer is the signer.
    """
    _check(name, capacity)
    valid = [
        one
        for one in account_state(ledger, account).signatures
        if one.counts and one.kind == SIGNED
    ]
    if not valid:
        raise InputError(f"{account.subject} is not signed: there is nothing to review")
    if all(one.actor == actor or _folded(one.name) == _folded(name) for one in valid):
        raise InputError("a review is by another person than the one who signed")
    return _draft(REVIEWED, ledger, account, name, capacity, day, party)


def _check(name: str, capacity: str) -> None:
    for what, text in (("name", name), ("capacity", capacity)):
        if not text.strip() or len(text) > NAME_MAX:
            raise InputError(f"give the {what} of who signs, of at most {NAME_MAX} characters")


def _draft(
    kind: str,
    ledger: Ledger,
    account: MetalAccount,
    name: str,
    capacity: str,
    day: str,
    party: str | None,
) -> dict[str, Any]:
    verb = "signs" if kind == SIGNED else "has reviewed"
    closed = "closed" if account.closed_by else "not closed"
    statement = (
        f"{name.strip()}, {capacity.strip()}, {verb} the metal account of "
        f"{', '.join(account.symbols)} at {account.site} for {account.period}; the period is "
        f"{closed}, {len(account.open_values)} values are open"
    )
    body = {
        "type": kind,
        "subject": account.subject,
        "statement": statement,
        "hash": account_hash(account),
        "valid_from": day,
        **({} if party is None else {"issuer": party}),
    }
    extra = {
        ELEMENTS: " ".join(account.symbols),
        SIZE: str(ledger.size),
        NAME: name.strip(),
        CAPACITY: capacity.strip(),
        FORM_KEY: FORM,
    }
    draft: dict[str, Any] = {"schema": "attest/1", "site": account.site}
    if party is not None:
        draft["party"] = party
    return {**draft, "body": body, "extra": extra}
