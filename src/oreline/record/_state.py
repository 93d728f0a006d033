"""How an event stands in the ledger."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """How an event stands in the ledger."""

    ACCEPTED = 0
    WITH_FINDINGS = 1
    HELD = 2
