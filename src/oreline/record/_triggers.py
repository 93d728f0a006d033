"""The statements that make a table append only, for each database.

They stop accidents and honest mistakes. Somebody with the file in hand can drop them: the Merkle
log is what detects intent.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

_KEYS = {
    "header": ("key",),
    "event": ("seq",),
    "line": ("seq", "idx"),
    "finding": ("seq", "idx"),
    "withheld": ("seq", "pointer"),
    "tile": ("level", "idx"),
    "checkpoint": ("size",),
}


def append_only(table: str, dialect: str) -> Iterator[str]:
    """Yield the statements that refuse changes to ``table``.

    On SQLite, ``INSERT OR REPLACE`` deletes without firing delete triggers unless
    ``recursive_triggers`` is on, which the store sets on every connection; the insert trigger
    refuses an existing key whatever the setting is. On PostgreSQL statement triggers also cover
    TRUNCATE.
    """
    if dialect == "sqlite":
        yield from _sqlite(table)
    else:
        yield from _postgresql(table)


def _sqlite(table: str) -> Iterator[str]:
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append only: {verb} refused'); END"
        )
    same = " AND ".join(f"{key} = NEW.{key}" for key in _KEYS[table])
    if table == "event":
        same = f"({same}) OR id = NEW.id"
    yield (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append only: REPLACE refused'); END"
    )


def _postgresql(table: str) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$${_refusal(table)}$$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )


def _refusal(table: str) -> str:
    return f" BEGIN RAISE EXCEPTION '{table} is append only: % refused', TG_OP; END "


def unguarded(connection: sa.Connection) -> list[str]:
    """Return the tables that are no longer kept append only as a new ledger keeps them.

    A trigger that is gone, switched off, altered or added counts.
    """
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        stored = {tuple(row) for row in connection.execute(sa.text(query))}
        return [
            table
            for table in _KEYS
            if {sql for name, sql in stored if name == table} != set(_sqlite(table))
        ]
    return [table for table in _KEYS if not _is_guarded_on_postgresql(connection, table)]


_BEFORE_CHANGE_OF_ANY = 2 | 8 | 16 | 32
"""PostgreSQL's bits of a statement trigger BEFORE DELETE, UPDATE and TRUNCATE."""


def _is_guarded_on_postgresql(connection: sa.Connection, table: str) -> bool:
    query = sa.text(
        "SELECT t.tgtype, t.tgenabled, t.tgqual IS NULL, p.prosrc FROM pg_trigger t "
        "JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE t.tgrelid = to_regclass(:name) AND NOT t.tgisinternal"
    )
    rows = [tuple(row) for row in connection.execute(query, {"name": table})]
    wanted = (_BEFORE_CHANGE_OF_ANY, True, True, _refusal(table))
    found = [(kind, _text(on) in {"O", "A"}, plain, body) for kind, on, plain, body in rows]
    return found == [wanted]


def _text(value: object) -> str:
    """Return a one-character column, which some drivers give as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)
