"""People of the application store: who may come in, who is in, and which programs act for them.

Sessions and tokens are kept as hashes only: whoever reads the store cannot sign in with what
stands there.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

from oreline.api import _accounts_tables as tables
from oreline.api._accounts_store import US_PER_S, AccountStore, hash_of
from oreline.api._people import LOCAL, RIGHTS, Person, Right, Role
from oreline.api._problems import NotFoundError, NotSignedInError, TooManyError
from oreline.api._settings import DAY_S, Settings
from oreline.model import InputError
from oreline.record import Clock

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
"""What a person may be called: the pseudonym that the ledger keeps."""
TOKEN_PREFIX = "orl_"  # noqa: S105 - what a token begins with, no secret
TOUCH_S = 60
"""How much later a session's use is written down again at the earliest."""
HASHINGS_AT_ONCE = 2
"""How many passwords are checked at once: each takes 64 MiB, and strangers can ask for it."""
_WRONG = "the name or the password is wrong"


class Keep(Enum):
    """Says that something stays as it is, where None says that there is none."""

    AS_IS = "as it is"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; ``csrf`` is what their forms carry."""

    person: Person
    csrf: str
    created_us: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as administrators see them."""

    person: Person
    has_password: bool
    disabled: bool

    def to_json(self) -> dict[str, Any]:
        """Return the person without any secret."""
        person = self.person
        return {
            "name": person.name,
            "title": person.title,
            "role": str(person.role),
            "party": person.party,
            "language": person.language,
            "has_password": self.has_password,
            "disabled": self.disabled,
        }


Note = Callable[[], object]
"""Called when a change of access is about to be kept: if it fails, nothing changes."""


def no_note() -> None:
    """Note nothing down."""


def password_hasher() -> PasswordHasher:
    """Return argon2id with 64 MiB, 3 passes and 4 lanes: the second choice of RFC 9106.

    Hashes with other parameters are renewed when their person signs in.
    """
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def _hash_of_nothing(hasher: PasswordHasher, token_bytes: Callable[[int], bytes]) -> str:
    """Return a hash that no password is known to have, made up rather than computed.

    To check a password against it takes the time of any other, so that a name that nobody has
    costs as much as a wrong password; and a server that starts need not wait for it.
    """
    salt, digest = (
        base64.b64encode(token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


class Accounts(AccountStore):
    """The application store. Safe to share between threads and processes."""

    def __init__(
        self,
        place: str,
        settings: Settings,
        clock: Clock,
        token_bytes: Callable[[int], bytes],
        hasher: PasswordHasher | None = None,
    ) -> None:
        super().__init__(place, settings, clock, token_bytes)
        self._hasher = hasher or password_hasher()
        self._hashing = threading.BoundedSemaphore(HASHINGS_AT_ONCE)
        self._nobody = _hash_of_nothing(self._hasher, token_bytes)

    # People

    def people(self) -> tuple[Listed, ...]:
        """Return everybody, by name."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(tables.person).order_by(tables.person.c.name))
            return tuple(map(_listed, rows))

    def can_anybody_sign_in(self) -> bool:
        """Return whether there is somebody with a password who is not shut out."""
        return any(item.has_password and not item.disabled for item in self.people())

    def add_person(
        self,
        name: str,
        role: Role,
        *,
        title: str = "",
        party: str | None = None,
        language: str = "en",
        password: str | None = None,
        note: Note = no_note,
    ) -> Person:
        """Add a person, with a password unless they come in by OpenID Connect or tokens only.

        Raises
        ------
        InputError
            If the name is taken or not fit to stand in events, or the password is too short.
        """
        if not NAME.fullmatch(name) or name == LOCAL.name:
            message = f"{name!r}: a name has 2 to 40 of a-z, 0-9, dot, dash and underscore"
            raise InputError(message)
        values = {
            "name": name,
            "title": title or name,
            "role": str(role),
            "party": party,
            "language": language,
            "password": self._hashed(password),
            "disabled": False,
            "created_us": self._now_us(),
        }
        with self._writing() as connection:
            self._insert_person(connection, values)
            note()
        return Person(name, title or name, role, RIGHTS[role], party, language)

    def change_person(
        self,
        name: str,
        *,
        role: Role | None = None,
        party: str | Keep | None = Keep.AS_IS,
        password: str | None = None,
        disabled: bool | None = None,
        note: Note = no_note,
    ) -> None:
        """Change what a person is or how they come in; their sessions end.

        Raises
        ------
        NotFoundError
            If nobody is called so.
        InputError
            If nobody would be left who administers, or the password is too short.
        """
        values: dict[str, Any] = {}
        if role is not None:
            values["role"] = str(role)
        if party is not Keep.AS_IS:
            values["party"] = party
        if password is not None:
            values["password"] = self._hashed(password)
        if disabled is not None:
            values["disabled"] = disabled
        who = tables.person
        with self._writing() as connection:
            # Two who administer and demote each other at once: one after the other.
            others = sa.select(who.c.name).where(who.c.role == str(Role.ADMIN))
            connection.execute(others.order_by(who.c.name).with_for_update()).all()
            known = connection.execute(sa.select(who).where(who.c.name == name)).first()
            if known is None:
                raise NotFoundError(f"nobody is called {name}")
            if values:
                connection.execute(who.update().where(who.c.name == name).values(values))
            self._check_administered(connection, known)
            connection.execute(tables.session.delete().where(tables.session.c.person == name))
            note()

    def person_of_subject(
        self,
        subject: str,
        wanted: Person,
        note: Callable[[Listed | None, Person], object] = lambda _earlier, _person: None,
    ) -> Person:
        """Return the person of an OpenID Connect subject, added or brought up to date.

        ``note`` is told who they were before (None if nobody) and who they are now.

        Raises
        ------
        InputError
            If the name that the provider gives is another person's already.
        NotSignedInError
            If they were shut out.
        """
        who = tables.person
        values: dict[str, Any] = {
            "title": wanted.title,
            "role": str(wanted.role),
            "party": wanted.party,
        }
        with self._writing() as connection:
            known = connection.execute(sa.select(who).where(who.c.subject == subject)).first()
            if known is None:
                if wanted.name == LOCAL.name:
                    raise InputError(f"nobody can be called {wanted.name}")
                more = {
                    "name": wanted.name,
                    "subject": subject,
                    "language": wanted.language,
                    "disabled": False,
                    "created_us": self._now_us(),
                }
                self._insert_person(connection, {**values, **more})
                note(None, wanted)
                return wanted
            if known.disabled:
                raise NotSignedInError("this person may not come in any more")
            connection.execute(who.update().where(who.c.subject == subject).values(values))
            person = Person(
                known.name,
                wanted.title,
                wanted.role,
                wanted.rights,
                wanted.party,
                known.language,
            )
            note(_listed(known), person)
            return person

    def _insert_person(self, connection: sa.Connection, values: dict[str, Any]) -> None:
        try:
            connection.execute(tables.person.insert(), values)
        except sa.exc.IntegrityError as error:
            raise InputError(f"there is already somebody called {values['name']}") from error

    def _check_administered(self, connection: sa.Connection, before: Any) -> None:
        """Refuse a change that leaves nobody who administers, if somebody did."""
        who = tables.person
        if before.role != Role.ADMIN or before.disabled:
            return
        query = (
            sa.select(sa.func.count())
            .select_from(who)
            .where(who.c.role == str(Role.ADMIN), who.c.disabled.is_(False))
        )
        if not connection.scalar(query):
            message = f"{before.name} is the last who administers; let somebody else do so first"
            raise InputError(message)

    # Signing in and out

    def check_password(self, name: str, password: str, address: str) -> Person:
        """Return the person whose password this is.

        Raises
        ------
        TooManyError
            After too many wrong tries for the name or from the address.
        NotSignedInError
            If the name or the password is wrong; it does not say which.
        """
        name = name if NAME.fullmatch(name) else ""
        most = self.settings
        keys = {
            f"name {name}": most.sign_in_tries_max,
            f"from {network_of(address)}": most.sign_in_tries_per_address_max,
        }
        tries = self._note_try(keys)
        try:
            self._check_tries(keys)
        except TooManyError:
            self._forget_tries(tries)
            raise
        with self._reading() as connection:
            row = connection.execute(
                sa.select(tables.person).where(tables.person.c.name == name)
            ).first()
        stored = self._nobody if row is None or row.password is None else str(row.password)
        is_right = self._is_right(stored, password) and stored is not self._nobody
        if row is None or row.disabled or not is_right:
            self.remember("sign-in failed", name, address)
            raise NotSignedInError(_WRONG)
        self._forget_tries(tries)
        if self._hasher.check_needs_rehash(stored):
            self._renew_hash(name, password)
        self.remember("signed in", name, address)
        return _person(row)

    def start_session(self, person: Person) -> tuple[str, Session]:
        """Return a new secret for the browser and the session it opens; old ones run out."""
        secret = self.secret()
        now = self._now_us()
        session = Session(person, self.secret(), now)
        oldest = now - self.settings.session_life_s * US_PER_S
        idle = now - self.settings.session_idle_s * US_PER_S
        held = tables.session
        with self._writing() as connection:
            ended = sa.or_(held.c.created_us < oldest, held.c.seen_us < idle)
            connection.execute(held.delete().where(ended))
            connection.execute(
                held.insert(),
                {
                    "hash": hash_of(secret),
                    "person": person.name,
                    "csrf": session.csrf,
                    "created_us": now,
                    "seen_us": now,
                },
            )
        return secret, session

    def session(self, secret: str) -> Session | None:
        """Return the session that a secret opens, None if it has ended."""
        held, now = tables.session, self._now_us()
        query = (
            sa.select(
                tables.person, held.c.csrf, held.c.created_us.label("since_us"), held.c.seen_us
            )
            .join(held, held.c.person == tables.person.c.name)
            .where(held.c.hash == hash_of(secret))
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        if row is None or row.disabled:
            return None
        if now - row.since_us > self.settings.session_life_s * US_PER_S:
            return None
        if now - row.seen_us > self.settings.session_idle_s * US_PER_S:
            return None
        if now - row.seen_us > TOUCH_S * US_PER_S:
            with self._writing() as connection:
                seen = held.update().where(held.c.hash == hash_of(secret)).values(seen_us=now)
                connection.execute(seen)
        return Session(_person(row), row.csrf, row.since_us)

    def end_session(self, secret: str) -> None:
        """End a session."""
        with self._writing() as connection:
            gone = tables.session.delete().where(tables.session.c.hash == hash_of(secret))
            connection.execute(gone)

    # Tokens for programs

    def add_token(
        self, person: str, title: str, rights: frozenset[Right], days: int, note: Note = no_note
    ) -> str:
        """Return a new token; it is shown this once and kept as a hash.

        Raises
        ------
        InputError
            If it would last too long, or carry a right that the person does not have.
        """
        if not 1 <= days <= self.settings.token_days_max:
            raise InputError(f"a token lasts 1 to {self.settings.token_days_max} days, not {days}")
        value = TOKEN_PREFIX + self.secret()
        now = self._now_us()
        with self._writing() as connection:
            row = connection.execute(
                sa.select(tables.person).where(tables.person.c.name == person)
            ).first()
            if row is None:
                raise NotFoundError(f"nobody is called {person}")
            excess = rights - RIGHTS[Role(row.role)]
            if excess or not rights:
                listed = ", ".join(sorted(map(str, excess))) or "no right at all"
                raise InputError(f"{person} cannot give a token {listed}")
            connection.execute(
                tables.token.insert(),
                {
                    "id": self._bytes(6).hex(),
                    "hash": hash_of(value),
                    "person": person,
                    "title": title,
                    "rights": " ".join(sorted(map(str, rights))),
                    "created_us": now,
                    "expires_us": now + days * DAY_S * US_PER_S,
                    "revoked": False,
                },
            )
            note()
        return value

    def person_of_token(self, value: str) -> Person | None:
        """Return the person that a token stands for, with the token's rights; None if none."""
        held = tables.token
        query = (
            sa.select(tables.person, held.c.rights, held.c.expires_us, held.c.revoked)
            .join(held, held.c.person == tables.person.c.name)
            .where(held.c.hash == hash_of(value))
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        if row is None or row.revoked or row.disabled or row.expires_us < self._now_us():
            return None
        person = _person(row)
        rights = frozenset(Right(word) for word in row.rights.split()) & person.rights
        return Person(person.name, person.title, person.role, rights, person.party, person.language)

    def tokens(self, person: str | None = None) -> list[dict[str, Any]]:
        """Return tokens without their secrets, of one person or of all."""
        held = tables.token
        query = sa.select(held).order_by(held.c.created_us, held.c.id)
        if person is not None:
            query = query.where(held.c.person == person)
        with self._reading() as connection:
            return [
                {
                    "id": row.id,
                    "person": row.person,
                    "title": row.title,
                    "rights": row.rights.split(),
                    "expires_us": row.expires_us,
                    "revoked": row.revoked,
                }
                for row in connection.execute(query)
            ]

    def revoke_token(self, identity: str, person: str | None = None, note: Note = no_note) -> None:
        """End a token; with ``person`` only one of theirs.

        Raises
        ------
        NotFoundError
            If there is no such token.
        """
        held = tables.token
        query = held.update().where(held.c.id == identity).values(revoked=True)
        if person is not None:
            query = query.where(held.c.person == person)
        with self._writing() as connection:
            if connection.execute(query).rowcount != 1:
                raise NotFoundError(f"there is no token {identity}")
            note()

    # Inside

    def _hashed(self, password: str | None) -> str | None:
        if password is None:
            return None
        least = self.settings.password_letters_min
        if not least <= len(password) <= 1_000:
            raise InputError(f"a password has at least {least} letters (and at most 1000)")
        with self._hashing:
            return self._hasher.hash(_bytes(password))

    def _is_right(self, stored: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(stored, _bytes(password))
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False

    def _renew_hash(self, name: str, password: str) -> None:
        query = tables.person.update().where(tables.person.c.name == name)
        with self._hashing:
            renewed = self._hasher.hash(_bytes(password))
        with self._writing() as connection:
            connection.execute(query.values(password=renewed))

    def _check_tries(self, keys: Mapping[str, int]) -> None:
        since = self._now_us() - self.settings.sign_in_wait_s * US_PER_S
        held = tables.attempt
        with self._reading() as connection:
            for key, most in keys.items():
                query = sa.select(sa.func.count()).where(held.c.key == key, held.c.at_us > since)
                if (connection.scalar(query) or 0) > most:
                    minutes = -(-self.settings.sign_in_wait_s // 60)
                    raise TooManyError(f"too many wrong tries; wait {minutes} minutes")

    def _note_try(self, keys: Iterable[str]) -> list[int]:
        """Note a try before it is made, so that many at once are not each the first."""
        now = self._now_us()
        held = tables.attempt
        with self._writing() as connection:
            oldest = now - self.settings.sign_in_wait_s * US_PER_S
            connection.execute(held.delete().where(held.c.at_us < oldest))
            return [
                connection.execute(
                    held.insert().returning(held.c.id), {"key": key, "at_us": now}
                ).scalar_one()
                for key in keys
            ]

    def _forget_tries(self, tries: list[int]) -> None:
        held = tables.attempt
        with self._writing() as connection:
            connection.execute(held.delete().where(held.c.id.in_(tries)))


def network_of(address: str) -> str:
    """Return whose tries count together: an IPv4 address, or an IPv6 customer's network.

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:3::9"), network_of("nonsense")
    ('192.0.2.7', '2001:db8:1:2::/64', 'unknown')
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((int(known), 64), strict=False))


def _bytes(password: str) -> bytes:
    # Half of a surrogate pair can come in JSON, and is no reason to fail.
    return password.encode("utf-8", "surrogatepass")


def _person(row: Any) -> Person:
    role = Role(row.role)
    return Person(row.name, row.title, role, RIGHTS[role], row.party, row.language)


def _listed(row: Any) -> Listed:
    return Listed(_person(row), row.password is not None, row.disabled)
