"""Who uses a server, and what they may do.

A person has one role; a role is a set of rights. Whoever belongs to a party sees what concerns that
party and no more; see :mod:`oreline.api._views`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """Something that a person may do."""

    READ = "read"
    RECORD = "record"
    DECIDE = "decide"
    AUDIT = "audit"
    PUBLISH = "publish"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What a person is on this server."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.OPERATOR: frozenset({Right.READ, Right.RECORD}),
    Role.APPROVER: frozenset({Right.READ, Right.RECORD, Right.DECIDE, Right.PUBLISH}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
    Role.ADMIN: frozenset(Right),
}
"""Record: append events. Decide: correct, release and reject. Audit: the whole log and its proofs.
Publish: make facts of a lot public. Administer: people and tokens."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is known to the server.

    ``name`` is what they sign in with, and the pseudonym that events carry as ``actor``; ``rights``
    are those of the role, or fewer for a token.
    """

    name: str
    title: str
    role: Role
    rights: frozenset[Right]
    party: str | None = None
    language: str = "en"
    is_local: bool = False

    def may(self, right: Right) -> bool:
        """Return whether this person has a right."""
        return right in self.rights


LOCAL = Person("local", "This machine", Role.ADMIN, RIGHTS[Role.ADMIN], is_local=True)
"""Whoever sits at the machine of a server that is open on loopback only."""
