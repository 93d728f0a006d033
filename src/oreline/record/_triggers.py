"""The statements that make a table append only, for each database.

They stop accidents and honest mistakes. Somebody with the file in hand can drop them: the Merkle
log is what detects intent.
"""

from __future__ import annotations

from collections.abc import Iterator

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
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} is append only: % refused', TG_OP; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
