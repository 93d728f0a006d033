"""Append-only tables refuse every way of changing or removing a row, on both databases."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from written import consume, extract, line

from oreline.record import LogKey, create_store, make_checkpoint, verify_ledger
from oreline.record._tables import APPEND_ONLY, metadata

KEY = LogKey("example.com/mine", bytes(range(32)))


def batch_of_256() -> list[dict]:
    """Return as many events as fill a tile."""
    return [extract(f"e{n}", f"m:{n}", withhold=["/body/outputs/0/dry"]) for n in range(256)]


@pytest.fixture
def filled(any_store):
    """Give a ledger with at least one row in every table."""
    any_store.append(
        [extract(f"e{n}", f"m:{n}", withhold=["/body/outputs/0/dry"]) for n in range(256)]
    )
    any_store.append([consume("x1", line("m:none", "1"))])
    make_checkpoint(any_store, KEY)
    return any_store


def row_of(store, table: str) -> tuple[list[str], list[object]]:
    with store.reading() as connection:
        row = connection.execute(sa.select(metadata.tables[table]).limit(1)).one()
    return list(row._fields), list(row)


def attempts(store, table: str) -> dict[str, tuple[str, list[object]]]:
    """Return every statement that would change the table, with its values."""
    columns, row = row_of(store, table)
    sqlite = store.path is not None
    mark = "?" if sqlite else "%s"
    marks = ", ".join([mark] * len(row))
    last = columns[-1]
    statements = {
        "update": (f"UPDATE {table} SET {last} = {last}", []),
        "delete": (f"DELETE FROM {table}", []),
        "delete one": (f"DELETE FROM {table} WHERE {columns[0]} = {mark}", row[:1]),
        "upsert": (
            f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO NOTHING",
            row,
        ),
    }
    if sqlite:
        statements["replace"] = (f"REPLACE INTO {table} VALUES ({marks})", row)
        statements["or replace"] = (f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)
    else:
        statements["truncate"] = (f"TRUNCATE {table} CASCADE", [])
        keys = ", ".join(column.name for column in metadata.tables[table].primary_key)
        upsert = f"ON CONFLICT ({keys}) DO UPDATE SET {last} = excluded.{last}"
        statements["upsert"] = (f"INSERT INTO {table} VALUES ({marks}) {upsert}", row)
    return statements


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_change_of_an_append_only_table_is_refused(filled, table):
    with filled.reading() as connection:
        before = connection.execute(sa.select(metadata.tables[table])).all()
    for statement, values in attempts(filled, table).values():
        with (
            filled._engine.connect() as connection,
            pytest.raises(DBAPIError, match="append only"),
        ):
            connection.exec_driver_sql(statement, tuple(values))
    with filled.reading() as connection:
        assert connection.execute(sa.select(metadata.tables[table])).all() == before
    assert verify_ledger(filled).ok


def test_an_event_cannot_be_replaced_by_its_id(filled):
    columns, row = row_of(filled, "event")
    row[columns.index("seq")] = 9999
    mark = "?" if filled.path is not None else "%s"
    verb = "INSERT OR REPLACE" if filled.path is not None else "INSERT"
    sql = f"{verb} INTO event VALUES ({', '.join([mark] * len(row))})"
    with (
        filled._engine.connect() as connection,
        pytest.raises(DBAPIError, match=r"append only|duplicate key"),
    ):
        connection.exec_driver_sql(sql, tuple(row))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_plain_connection_without_our_settings_is_refused_too(tmp_path, table, clock, salts):
    path = tmp_path / "ledger.db"
    with create_store(path, {"id": "a", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append([*batch_of_256(), consume("x1", line("m:none", "1"))])
        make_checkpoint(store, KEY)
        statements = attempts(store, table)
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    before = plain.execute(f"SELECT * FROM {table}").fetchall()
    assert before
    for statement, values in statements.values():
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            plain.execute(statement, values)
    plain.rollback()
    assert plain.execute(f"SELECT * FROM {table}").fetchall() == before
    plain.close()
