"""The first schema: events, their lines and findings, the Merkle tiles, checkpoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oreline.record._triggers import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TABLES = ("header", "event", "line", "finding", "withheld", "tile", "checkpoint")


def upgrade() -> None:
    """Create the tables and the triggers that keep them append only."""
    _create_event_tables()
    _create_log_tables()
    dialect = op.get_bind().dialect.name
    for table in _TABLES:
        for statement in append_only(table, dialect):
            op.execute(statement)


def _create_event_tables() -> None:
    op.create_table(
        "header",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("party", sa.Text),
        sa.Column("site", sa.Text),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("recorded_us", sa.BigInteger, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("content", sa.LargeBinary(32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    op.create_index("event_external", "event", ["external_id"])
    op.create_table(
        "line",
        _seq(),
        sa.Column("idx", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("side", sa.SmallInteger, nullable=False),
        sa.Column("lot", sa.Text, nullable=False),
        sa.Column("dry_low_mg", sa.BigInteger),
        sa.Column("dry_high_mg", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("line_lot", "line", ["lot", "seq"])
    op.create_table(
        "finding",
        _seq(),
        sa.Column("idx", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("code", "severity", "place", "message", "fix")
        ),
    )


def _create_log_tables() -> None:
    op.create_table(
        "withheld",
        _seq(),
        sa.Column("pointer", sa.Text, primary_key=True),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "tile",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "lot",
        sa.Column("lot", sa.Text, primary_key=True),
        sa.Column("dry_low_mg", sa.BigInteger, nullable=False),
        sa.Column("dry_high_mg", sa.BigInteger, nullable=False),
        sa.Column("continuing", sa.Boolean, nullable=False),
        sa.Column("produced", sa.Boolean, nullable=False),
    )


def _seq() -> sa.Column[int]:
    return sa.Column(
        "seq", sa.BigInteger, sa.ForeignKey("event.seq"), primary_key=True, autoincrement=False
    )
