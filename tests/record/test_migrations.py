"""The migrations make the schema that the code describes, on both databases, from nothing."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from written import extract

from oreline.model import StoreError
from oreline.record import _database as database
from oreline.record import create_store, open_store
from oreline.record._tables import APPEND_ONLY, metadata


def is_described(name, kind, _parents):
    """Leave out the index of words: each database makes it in its own way."""
    return kind != "table" or not name.startswith("shelf_words")


def test_the_schema_is_the_one_described(any_store):
    with any_store._engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_described}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == database.HEAD


def test_every_table_that_is_append_only_has_its_triggers(any_store):
    names = {
        "sqlite": "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY 1",
        "postgresql": (
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger "
            "WHERE NOT tgisinternal GROUP BY 1"
        ),
    }
    with any_store.reading() as connection:
        dialect = connection.dialect.name
        found = dict(connection.exec_driver_sql(names[dialect]).fetchall())
    assert found == dict.fromkeys(APPEND_ONLY, 3 if dialect == "sqlite" else 1)


def test_the_newest_migration_is_the_one_that_the_code_expects():
    scripts = ScriptDirectory(str(database.__file__).replace("_database.py", "migrations"))
    assert scripts.get_heads() == [database.HEAD]


def test_making_a_ledger_again_runs_no_migration_twice(place):
    for _ in range(2):
        database.connect(place, create=True).dispose()


def test_a_ledger_of_the_version_before_is_brought_up_to_date_with_its_log_as_it_was(place):
    with create_store(place, {"id": "old", "tense": "actual"}) as store:
        store.append([extract("e1", "m:1")])
        root = store.root()
        with store.writing() as connection:
            for table in ("shelf_words", "shelf_passage", "shelf_source"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with open_store(place) as store:
        assert store.root() == root
        assert store.shelf().search("anything") == ()
        store.append([extract("e2", "m:2")])


def test_what_is_no_ledger_is_refused(tmp_path):
    with pytest.raises(StoreError, match="there is no ledger"):
        open_store(tmp_path / "nothing.db")
    text = tmp_path / "text.db"
    text.write_text("this is no database, it is a text of more than a hundred bytes. " * 20)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(text)
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(StoreError, match="no ledger of this version"):
        open_store(other)
    with pytest.raises(StoreError, match="mysql is not supported"):
        open_store("mysql://host/db")


def test_a_schema_without_a_header_is_no_ledger(place):
    database.connect(place, create=True).dispose()
    with pytest.raises(StoreError, match="holds no ledger"):
        open_store(place)


def test_types_hold_the_largest_values():
    for table in metadata.tables.values():
        for column in table.columns:
            if column.name.endswith(("_us", "_mg")):
                assert isinstance(column.type, sa.BigInteger), column
