from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from oreline_testing.postgres import PostgresServer


def ask(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def test_a_server_answers(postgres_url: str) -> None:
    assert str(ask(postgres_url, "select version()")).startswith("PostgreSQL")
    assert ask(postgres_url, "show statement_timeout") == "1min"
    assert ask(postgres_url, "show listen_addresses") == ""
    assert ask(postgres_url, "show timezone") == "UTC"


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database(postgres_url: str, turn: int) -> None:
    ask(postgres_url, f"create table left_by_turn_{turn} (a integer)")
    assert ask(postgres_url, "select count(*) from pg_tables where schemaname = 'public'") == 1


def test_a_dropped_database_is_gone(postgres_server: PostgresServer) -> None:
    name = postgres_server.create_database()
    with postgres_server.connect(name):  # still connected while it is dropped
        postgres_server.drop_database(name)
    with pytest.raises(OperationalError):
        ask(postgres_server.url(name), "select 1")


@pytest.mark.slow
def test_what_was_committed_survives_a_crash(
    durable_postgres_server: PostgresServer, durable_postgres_url: str
) -> None:
    assert ask(durable_postgres_url, "show fsync") == "on"
    ask(durable_postgres_url, "create table kept as select 42 as answer")
    durable_postgres_server.crash()
    durable_postgres_server.start()
    assert ask(durable_postgres_url, "select answer from kept") == 42
