"""Where the application store is, and what it keeps besides people: uploads, sign-ins under way.

It lies outside the chain folder and outside the ledger's append-only tables.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from oreline.api import _accounts_tables as tables
from oreline.api._problems import NotFoundError
from oreline.api._settings import Settings
from oreline.model import StoreError
from oreline.record import Clock, instant_text, instant_us

log = structlog.get_logger("oreline")
US_PER_S = 1_000_000
FLOW_S = 600
"""How long somebody may take at a provider."""


class AccountStore:
    """An opened application store. Safe to share between threads and processes."""

    def __init__(
        self,
        place: str,
        settings: Settings,
        clock: Clock,
        token_bytes: Callable[[int], bytes],
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._bytes = token_bytes
        self._engine = _engine(place)
        try:
            with self._writing() as connection:
                tables.metadata.create_all(connection)
                _check_schema(connection)
        except StoreError:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # Uploads that wait to be committed

    def keep_upload(self, person: str, file: str, drafts: bytes) -> str:
        """Keep the events of a checked file until they are committed; return its secret id."""
        identity = self.secret()
        now = self._now_us()
        held = tables.upload
        with self._writing() as connection:
            oldest = now - self.settings.upload_keep_s * US_PER_S
            own = (
                sa.select(held.c.id)
                .where(held.c.person == person)
                .order_by(held.c.created_us.desc(), held.c.id)
                .limit(self.settings.uploads_kept_max - 1)
            )
            kept = list(connection.scalars(own))
            excess = sa.and_(held.c.person == person, held.c.id.not_in(kept))
            connection.execute(held.delete().where((held.c.created_us < oldest) | excess))
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
        if row is None or self._now_us() - row.created_us > self.settings.upload_keep_s * US_PER_S:
            raise NotFoundError("this upload is not there any more; upload the file again")
        return row.file, bytes(row.drafts)

    # Sign-ins under way at a provider

    def keep_flow(self, state: str, nonce: str, verifier: str, target: str) -> None:
        """Keep what an OpenID Connect sign-in must match when the person comes back."""
        now = self._now_us()
        held = tables.flow
        with self._writing() as connection:
            connection.execute(held.delete().where(held.c.created_us < now - FLOW_S * US_PER_S))
            connection.execute(
                held.insert(),
                {
                    "state_hash": hash_of(state),
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
                sa.select(held).where(held.c.state_hash == hash_of(state))
            ).first()
            connection.execute(held.delete().where(held.c.state_hash == hash_of(state)))
        if row is None or self._now_us() - row.created_us > FLOW_S * US_PER_S:
            return None
        return row.nonce, row.verifier, row.next

    # Who came, went or was refused

    def remember(self, what: str, person: str, address: str) -> None:
        """Write down that somebody came, went or was refused, in the log of the server too."""
        log.info(what, person=person, address=address)
        values = {"at_us": self._now_us(), "what": what, "person": person, "address": address}
        oldest = self._now_us() - self.settings.audit_keep_s * US_PER_S
        held = tables.audit
        with self._writing() as connection:
            connection.execute(held.delete().where(held.c.at_us < oldest))
            connection.execute(held.insert(), values)

    def remembered(self, limit: int) -> list[dict[str, Any]]:
        """Return who came, went or was refused, the latest first."""
        held = tables.audit
        with self._reading() as connection:
            rows = connection.execute(sa.select(held).order_by(held.c.id.desc()).limit(limit))
            return [
                {
                    "time": instant_text(row.at_us),
                    "what": row.what,
                    "person": row.person,
                    "address": row.address,
                }
                for row in rows
            ]

    def secret(self) -> str:
        """Return 256 random bits as text."""
        return self._bytes(32).hex()

    def _now_us(self) -> int:
        return instant_us(self._clock().isoformat())

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"the application store cannot be read: {_told(error)}") from error

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"the application store cannot be written: {_told(error)}") from error


def hash_of(secret: str) -> bytes:
    """Return what is kept of a secret with 256 random bits: enough to know it again."""
    return hashlib.sha256(secret.encode()).digest()


def _told(error: SQLAlchemyError | sqlite3.Error) -> str:
    # What the driver says, without the statement and its values.
    if isinstance(error, sqlite3.Error):
        return str(error).partition("\n")[0]
    return str(getattr(error, "orig", None) or type(error).__name__).partition("\n")[0]


def _engine(place: str) -> sa.Engine:
    if "://" in place:
        return sa.create_engine(place.replace("postgresql://", "postgresql+psycopg://", 1))
    path = Path(place)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # Waits first: whoever opens the file while another closes it finds it locked for a moment.
        for setting in ("busy_timeout = 10000", "journal_mode = WAL", "foreign_keys = ON"):
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
