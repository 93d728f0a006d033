"""The shelf: derived text to search, in three tables beside the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from oreline.record._tables import SHELF_WORDS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables and the index of words."""
    op.create_table(
        "shelf_source",
        sa.Column("id", _KEY, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("grouped", "name", "mark")),
        sa.Column("kept", sa.Text),
    )
    op.create_index("shelf_source_name", "shelf_source", ["grouped", "name"], unique=True)
    op.create_table(
        "shelf_passage",
        sa.Column("id", _KEY, primary_key=True, autoincrement=False),
        sa.Column("source", sa.BigInteger, sa.ForeignKey("shelf_source.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "place", "title", "text")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("start", "end")),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("day", sa.Text),
        sa.Column("seq", sa.BigInteger),
    )
    op.create_index("shelf_passage_source", "shelf_passage", ["source"])
    for statement in SHELF_WORDS[op.get_bind().dialect.name]:
        op.execute(statement)
