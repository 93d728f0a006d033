"""The tables of a ledger, one schema for SQLite and PostgreSQL.

``header``, ``event``, ``line``, ``finding``, ``withheld``, ``tile`` and ``checkpoint`` are append
only: the migrations put triggers on them that refuse UPDATE, DELETE, REPLACE and TRUNCATE. ``lot``
is a cache of running book stock that the append path uses to say at once what looks odd; it can be
rebuilt from the events and nothing is proved by it. ``shelf_source`` and ``shelf_passage`` are the
shelf: derived text to search, which may be thrown away. Beside them the migrations make
``shelf_words``, the index of the words: a virtual table of FTS5 on SQLite, a tsvector with its
index on PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

SEQ = BigInteger().with_variant(Integer, "sqlite")
"""On SQLite an INTEGER primary key is the row id itself: one B-tree less."""

header = Table(
    "header",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("external_id", Text),
    Column("party", Text),
    Column("site", Text),
    Column("time_us", BigInteger, nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("content", LargeBinary(32), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Index("event_external", "external_id"),
)

line = Table(
    "line",
    metadata,
    Column("seq", BigInteger, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("side", SmallInteger, nullable=False),
    Column("lot", Text, nullable=False),
    Column("dry_low_mg", BigInteger),
    Column("dry_high_mg", BigInteger),
    Index("line_lot", "lot", "seq"),
    sqlite_with_rowid=False,
)

finding = Table(
    "finding",
    metadata,
    Column("seq", BigInteger, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("fix", Text, nullable=False),
)

withheld = Table(
    "withheld",
    metadata,
    Column("seq", BigInteger, ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    Column("pointer", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("value", Text, nullable=False),
)

tile = Table(
    "tile",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

lot = Table(
    "lot",
    metadata,
    Column("lot", Text, primary_key=True),
    Column("dry_low_mg", BigInteger, nullable=False),
    Column("dry_high_mg", BigInteger, nullable=False),
    Column("continuing", Boolean, nullable=False),
    Column("produced", Boolean, nullable=False),
)

shelf_source = Table(
    "shelf_source",
    metadata,
    Column("id", SEQ, primary_key=True),
    Column("grouped", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("kept", Text),
    Index("shelf_source_name", "grouped", "name", unique=True),
)

shelf_passage = Table(
    "shelf_passage",
    metadata,
    Column("id", SEQ, primary_key=True, autoincrement=False),
    Column("source", BigInteger, ForeignKey("shelf_source.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("day", Text),
    Column("seq", BigInteger),
    Index("shelf_passage_source", "source"),
)

SHELF_WORDS = {
    "sqlite": (
        # The words come folded; the tokenizer has only to part them.
        "CREATE VIRTUAL TABLE shelf_words USING fts5(title, words, tokenize = 'unicode61')",
    ),
    "postgresql": (
        "CREATE TABLE shelf_words (passage bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX shelf_words_index ON shelf_words USING gin (words)",
    ),
}
"""The statements that make the index of words, by database."""

APPEND_ONLY = ("header", "event", "line", "finding", "withheld", "tile", "checkpoint")
"""Tables whose rows are never changed or removed."""
