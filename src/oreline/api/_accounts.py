"""The application store: who may come in, who is in, and what they have uploaded.

It lies outside the chain folder and outside the ledger's append-only tables. Sessions and tokens
are kept as hashes only: whoever reads the store cannot sign in with what stands there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy.exc import SQLAlchemyError

from oreline.api import _accounts_tables as tables
from oreline.api._people import RIGHTS, Person, Right, Role
from oreline.api._problems import NotFoundError, NotSignedInError, TooManyError
from oreline.api._settings import DAY_S, Settings
from oreline.model import InputError, StoreError
from oreline.record import Clock, instant_us

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
"""What a person may be called: the pseudonym that the ledger keeps."""
TOKEN_PREFIX = "orl_"  # noqa: S105 - what a token begins with, no secret
TOUCH_S = 60
"""How much later a session's use is written down again at the earliest."""
_S = 1_000_000
_WRONG = "the name or the password is wrong"


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


class Accounts:
    """The application store. Safe to share between threads and processes."""

    def __init__(
        self,
        place: str,
        settings: Settings,
        clock: Clock,
        token_bytes: Callable[[int], bytes],
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._bytes = token_bytes
        self._hasher = hasher or PasswordHasher()
        self._engine = _engine(place)
        # A name that nobody has costs the same time as a wrong password.
        self._nobody = self._hasher.hash(token_bytes(16).hex())
        with self._writing() as connection:
            tables.metadata.create_all(connection)
            _check_schema(connection)

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # People

    def people(self) -> tuple[Listed, ...]:
        """Return everybody, by name."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(tables.person).order_by(tables.person.c.name))
            return tuple(
                Listed(_person(row), row.password is not None, row.disabled) for row in rows
            )

    def add_person(
        self,
        name: str,
        role: Role,
        *,
        title: str = "",
        party: str | None = None,
        language: str = "en",
        password: str | None = None,
    ) -> Person:
        """Add a person, with a password unless they come in by OpenID Connect or tokens only.

        Raises
        ------
        InputError
            If the name is taken or not fit to stand in events, or the password is too short.
        """
        if not NAME.fullmatch(name):
            message = f"{name!r}: a name has 2 to 40 of a-z, 0-9, dot, dash and underscore"
            raise InputError(message)
        self._check_password(password)
        values = {
            "name": name,
            "title": title or name,
            "role": str(role),
            "party": party,
            "language": language,
            "password": None if password is None else self._hasher.hash(password),
            "disabled": False,
            "created_us": self._now_us(),
        }
        with self._writing() as connection:
            if connection.scalar(_named(name)) is not None:
                raise InputError(f"there is already somebody called {name}")
            connection.execute(tables.person.insert(), values)
        return Person(name, title or name, role, RIGHTS[role], party, language)

    def change_person(
        self,
        name: str,
        *,
        role: Role | None = None,
        password: str | None = None,
        disabled: bool | None = None,
    ) -> None:
        """Change what a person is or how they come in; their sessions end.

        Raises
        ------
        NotFoundError
            If nobody is called so.
        """
        self._check_password(password)
        values: dict[str, Any] = {}
        if role is not None:
            values["role"] = str(role)
        if password is not None:
            values["password"] = self._hasher.hash(password)
        if disabled is not None:
            values["disabled"] = disabled
        with self._writing() as connection:
            query = tables.person.update().where(tables.person.c.name == name).values(values)
            if connection.execute(query).rowcount != 1:
                raise NotFoundError(f"nobody is called {name}")
            connection.execute(tables.session.delete().where(tables.session.c.person == name))

    def person_of_subject(self, subject: str, wanted: Person) -> Person:
        """Return the person of an OpenID Connect subject, added or brought up to date.

        Raises
        ------
        InputError
            If the name that the provider gives is another person's already.
        """
        found = tables.person
        values = {
            "title": wanted.title,
            "role": str(wanted.role),
            "party": wanted.party,
            "subject": subject,
        }
        with self._writing() as connection:
            known = connection.execute(sa.select(found).where(found.c.subject == subject)).first()
            if known is not None:
                if known.disabled:
                    raise NotSignedInError("this person may not come in any more")
                connection.execute(found.update().where(found.c.subject == subject).values(values))
                return Person(
                    known.name, wanted.title, wanted.role, wanted.rights, wanted.party,
                    known.language,
                )  # fmt: skip
            if connection.scalar(_named(wanted.name)) is not None:
                raise InputError(f"there is already somebody called {wanted.name}")
            connection.execute(
                found.insert(),
                {
                    **values,
                    "name": wanted.name,
                    "language": wanted.language,
                    "disabled": False,
                    "created_us": self._now_us(),
                },
            )
        return wanted

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
        keys = (f"name {name}", f"from {address}")
        self._check_tries(keys)
        with self._reading() as connection:
            row = connection.execute(
                sa.select(tables.person).where(tables.person.c.name == name)
            ).first()
        stored = self._nobody if row is None or row.password is None else str(row.password)
        try:
            self._hasher.verify(stored, password)
            is_right = row is not None and row.password is not None and not row.disabled
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            is_right = False
        if not is_right or row is None:
            self._note_try(keys)
            self.remember("sign-in failed", name[:40], address)
            raise NotSignedInError(_WRONG)
        if self._hasher.check_needs_rehash(stored):
            self._renew_hash(name, password)
        self.remember("signed in", name, address)
        return _person(row)

    def start_session(self, person: Person) -> tuple[str, Session]:
        """Return a new secret for the browser and the session it opens; old ones run out."""
        secret = self._secret()
        now = self._now_us()
        session = Session(person, self._secret(), now)
        oldest = now - self.settings.session_life_s * _S
        idle = now - self.settings.session_idle_s * _S
        held = tables.session
        with self._writing() as connection:
            ended = sa.or_(held.c.created_us < oldest, held.c.seen_us < idle)
            connection.execute(held.delete().where(ended))
            connection.execute(
                held.insert(),
                {
                    "hash": _hash(secret),
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
            .where(held.c.hash == _hash(secret))
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        if row is None or row.disabled:
            return None
        if now - row.since_us > self.settings.session_life_s * _S:
            return None
        if now - row.seen_us > self.settings.session_idle_s * _S:
            return None
        if now - row.seen_us > TOUCH_S * _S:
            with self._writing() as connection:
                seen = held.update().where(held.c.hash == _hash(secret)).values(seen_us=now)
                connection.execute(seen)
        return Session(_person(row), row.csrf, row.since_us)

    def end_session(self, secret: str) -> None:
        """End a session."""
        with self._writing() as connection:
            gone = tables.session.delete().where(tables.session.c.hash == _hash(secret))
            connection.execute(gone)

    # Tokens for programs

    def add_token(self, person: str, title: str, rights: frozenset[Right], days: int) -> str:
        """Return a new token; it is shown this once and kept as a hash.

        Raises
        ------
        InputError
            If it would last too long, or carry a right that the person does not have.
        """
        if not 1 <= days <= self.settings.token_days_max:
            raise InputError(f"a token lasts 1 to {self.settings.token_days_max} days, not {days}")
        with self._reading() as connection:
            row = connection.execute(
                sa.select(tables.person).where(tables.person.c.name == person)
            ).first()
        if row is None:
            raise NotFoundError(f"nobody is called {person}")
        excess = rights - RIGHTS[Role(row.role)]
        if excess or not rights:
            listed = ", ".join(sorted(map(str, excess))) or "no right at all"
            raise InputError(f"{person} cannot give a token {listed}")
        value = TOKEN_PREFIX + self._secret()
        now = self._now_us()
        with self._writing() as connection:
            connection.execute(
                tables.token.insert(),
                {
                    "id": self._bytes(6).hex(),
                    "hash": _hash(value),
                    "person": person,
                    "title": title,
                    "rights": " ".join(sorted(map(str, rights))),
                    "created_us": now,
                    "expires_us": now + days * DAY_S * _S,
                    "revoked": False,
                },
            )
        return value

    def person_of_token(self, value: str) -> Person | None:
        """Return the person that a token stands for, with the token's rights; None if none."""
        held = tables.token
        query = (
            sa.select(tables.person, held.c.rights, held.c.expires_us, held.c.revoked)
            .join(held, held.c.person == tables.person.c.name)
            .where(held.c.hash == _hash(value))
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
        query = sa.select(held).order_by(held.c.created_us)
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

    def revoke_token(self, identity: str, person: str | None = None) -> None:
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

    # Uploads that wait to be committed

    def keep_upload(self, person: str, file: str, drafts: bytes) -> str:
        """Keep the events of a checked file until they are committed; return its secret id."""
        identity = self._secret()
        now = self._now_us()
        held = tables.upload
        with self._writing() as connection:
            oldest = now - self.settings.upload_keep_s * _S
            connection.execute(held.delete().where(held.c.created_us < oldest))
            connection.execute(
                held.insert(),
                {
                    "id": identity,
                    "person": person,
                    "file": file,
                    "drafts": drafts,
                    "created_us": now,
                },
            )
        return identity

    def upload(self, identity: str, person: str) -> tuple[str, bytes]:
        """Return the file's name and the events of an upload.

        Raises
        ------
        NotFoundError
            If there is none, it has expired, or it is somebody else's.
        """
        held = tables.upload
        query = sa.select(held).where(held.c.id == identity, held.c.person == person)
        with self._reading() as connection:
            row = connection.execute(query).first()
        if row is None or self._now_us() - row.created_us > self.settings.upload_keep_s * _S:
            raise NotFoundError("this upload is not there any more; upload the file again")
        return row.file, bytes(row.drafts)

    # Sign-ins under way at a provider

    def keep_flow(self, state: str, nonce: str, verifier: str, target: str) -> None:
        """Keep what an OpenID Connect sign-in must match when the person comes back."""
        now = self._now_us()
        held = tables.flow
        with self._writing() as connection:
            connection.execute(held.delete().where(held.c.created_us < now - 600 * _S))
            connection.execute(
                held.insert(),
                {
                    "state_hash": _hash(state),
                    "nonce": nonce,
                    "verifier": verifier,
                    "next": target,
                    "created_us": now,
                },
            )

    def take_flow(self, state: str) -> tuple[str, str, str] | None:
        """Return (nonce, verifier, next) of a sign-in and forget it: a state works once."""
        held = tables.flow
        with self._writing() as connection:
            row = connection.execute(
                sa.select(held).where(held.c.state_hash == _hash(state))
            ).first()
            connection.execute(held.delete().where(held.c.state_hash == _hash(state)))
        if row is None or self._now_us() - row.created_us > 600 * _S:
            return None
        return row.nonce, row.verifier, row.next

    def remember(self, what: str, person: str, address: str) -> None:
        """Write down that somebody came, went or was refused."""
        values = {"at_us": self._now_us(), "what": what, "person": person, "address": address}
        with self._writing() as connection:
            connection.execute(tables.audit.insert(), values)

    def secret(self) -> str:
        """Return 256 random bits as text."""
        return self._secret()

    # Inside

    def _secret(self) -> str:
        return self._bytes(32).hex()

    def _now_us(self) -> int:
        return instant_us(self._clock().isoformat())

    def _check_password(self, password: str | None) -> None:
        least = self.settings.password_letters_min
        if password is not None and not least <= len(password) <= 1_000:
            raise InputError(f"a password has at least {least} letters (and at most 1000)")

    def _renew_hash(self, name: str, password: str) -> None:
        query = tables.person.update().where(tables.person.c.name == name)
        with self._writing() as connection:
            connection.execute(query.values(password=self._hasher.hash(password)))

    def _check_tries(self, keys: tuple[str, ...]) -> None:
        since = self._now_us() - self.settings.sign_in_wait_s * _S
        held = tables.attempt
        with self._reading() as connection:
            for key in keys:
                query = sa.select(sa.func.count()).where(held.c.key == key, held.c.at_us > since)
                if (connection.scalar(query) or 0) >= self.settings.sign_in_tries_max:
                    minutes = -(-self.settings.sign_in_wait_s // 60)
                    raise TooManyError(f"too many wrong tries; wait {minutes} minutes")

    def _note_try(self, keys: tuple[str, ...]) -> None:
        now = self._now_us()
        held = tables.attempt
        with self._writing() as connection:
            oldest = now - self.settings.sign_in_wait_s * _S
            connection.execute(held.delete().where(held.c.at_us < oldest))
            connection.execute(held.insert(), [{"key": key[:200], "at_us": now} for key in keys])

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"the application store cannot be read: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"the application store cannot be written: {error}") from error


def _engine(place: str) -> sa.Engine:
    if "://" in place:
        return sa.create_engine(place.replace("postgresql://", "postgresql+psycopg://", 1))
    path = Path(place)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        for setting in ("journal_mode = WAL", "busy_timeout = 10000", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")

    path.touch(mode=0o600, exist_ok=True)
    return engine


def _check_schema(connection: sa.Connection) -> None:
    held = tables.store
    found = connection.scalar(sa.select(held.c.value).where(held.c.key == "schema"))
    if found is None:
        connection.execute(held.insert(), {"key": "schema", "value": tables.SCHEMA})
    elif found != tables.SCHEMA:
        message = f"the application store has version {found}; this oreline needs {tables.SCHEMA}"
        raise StoreError(message)


def _named(name: str) -> sa.Select[tuple[str]]:
    return sa.select(tables.person.c.name).where(tables.person.c.name == name)


def _person(row: Any) -> Person:
    role = Role(row.role)
    return Person(row.name, row.title, role, RIGHTS[role], row.party, row.language)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
