"""Opening a ledger's database: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from oreline.model import StoreError
from oreline.record._tables import SHELF_WORDS, header, metadata, shelf_passage, shelf_source

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another before it gives up."""
_APPEND_LOCK = 0x6F72656C696E65
"""The advisory lock that serialises appends on PostgreSQL: "oreline" in ASCII."""
_SHELF_LOCK = 0x7368656C66
"""The same for the shelf, "shelf" in ASCII: appends need not wait for it."""


def database_url(place: str | Path) -> sa.URL:
    """Return the URL of a ledger: a path means SQLite, anything with ``://`` is taken as it is."""
    text = str(place)
    if "://" in text:
        url = sa.make_url(text)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            message = f"{url.get_backend_name()} is not supported; use sqlite or postgresql"
            raise StoreError(message)
        return url
    return sa.URL.create("sqlite", database=text)


def connect(place: str | Path, *, create: bool) -> sa.Engine:
    """Return an engine on a ledger whose schema is current.

    Raises
    ------
    StoreError
        If the file does not exist and ``create`` is false, or it is no ledger of oreline.
    """
    url = database_url(place)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not create and not path.is_file():
            message = f"there is no ledger at {path}; make one with 'oreline init'"
            raise StoreError(message)
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = _sqlite_engine(url) if url.get_backend_name() == "sqlite" else sa.create_engine(url)
    try:
        _bring_up_to_date(engine, create=create)
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreError(_plain(error, place)) from error
    return engine


def _sqlite_engine(url: sa.URL, *, poolclass: type[sa.Pool] | None = None) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, poolclass=poolclass)

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        # The driver must not open transactions by itself: BEGIN IMMEDIATE is ours to send.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def writing(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """Give a connection in a transaction that no other append shares."""
    return _alone(engine, _APPEND_LOCK)


def shelf_writing(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """Give a connection in a transaction that nobody else who writes to the shelf shares."""
    return _alone(engine, _SHELF_LOCK)


@contextmanager
def _alone(engine: sa.Engine, lock: int) -> Iterator[sa.Connection]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def stand_alone_engine(place: Path | None) -> sa.Engine:
    """Return an engine on a shelf beside no ledger: in memory, or in a file of SQLite.

    Raises
    ------
    StoreError
        If the file is something else, or cannot be written.
    """
    if place is None:
        engine = _sqlite_engine(sa.URL.create("sqlite"), poolclass=StaticPool)
    else:
        engine = _sqlite_engine(sa.URL.create("sqlite", database=str(place)))
    try:
        with shelf_writing(engine) as connection:
            if not sa.inspect(connection).has_table(shelf_source.name):
                metadata.create_all(connection, [shelf_source, shelf_passage])
                for statement in SHELF_WORDS["sqlite"]:
                    connection.exec_driver_sql(statement)
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreError(_plain(error, place or "memory")) from error
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection that sees one state of the ledger throughout."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            yield connection
        finally:
            connection.rollback()


def _bring_up_to_date(engine: sa.Engine, *, create: bool) -> None:
    found = _revision(engine)
    if found == HEAD:
        return
    # What was added since an older version is derived and empty: it is made when first opened.
    if not create and found not in OLDER:
        raise StoreError("this database is no ledger of this version of oreline")
    # Alembic is slow to import and needed only when a ledger is made or upgraded.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "oreline:record/migrations")
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


HEAD = "0002"
"""The newest migration."""
OLDER = ("0001",)
"""Earlier ones, whose ledgers are brought up to date when they are opened."""


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found


def write_header(connection: sa.Connection, values: dict[str, str]) -> None:
    """Write the header of a new ledger, once."""
    rows = [{"key": key, "value": value} for key, value in sorted(values.items())]
    connection.execute(header.insert(), rows)


def _plain(error: SQLAlchemyError, place: str | Path) -> str:
    if isinstance(error, OperationalError | DBAPIError) and error.orig is not None:
        return f"the ledger at {place} cannot be opened: {error.orig}"
    return f"the ledger at {place} cannot be opened: {error}"
