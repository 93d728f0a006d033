"""What is committed, released, spent? Tranches with conditions that the ledger proves."""

from __future__ import annotations

from oreline.fund._approvals import APPROVAL, Approval, approval_draft
from oreline.fund._declared import instruments_of
from oreline.fund._instrument import Instrument, InstrumentKind, Precedent, Tranche
from oreline.fund._instrument_text import read_instrument
from oreline.fund._money import Accounts, Move, accounts_of, money_draft, read_amount, speaking
from oreline.fund._moved import (
    Amendments,
    MovedInstrument,
    MovedPrecedent,
    MovedTranche,
    moved_tranches,
)
from oreline.fund._release import release_draft, release_tranche
from oreline.fund._standing import (
    InstrumentStanding,
    JudgedPrecedent,
    LedgerAt,
    Standing,
    TrancheState,
    standing_of,
)
from oreline.fund._words import WORDS

__all__ = [
    "APPROVAL",
    "WORDS",
    "Accounts",
    "Amendments",
    "Approval",
    "Instrument",
    "InstrumentKind",
    "InstrumentStanding",
    "JudgedPrecedent",
    "LedgerAt",
    "Move",
    "MovedInstrument",
    "MovedPrecedent",
    "MovedTranche",
    "Precedent",
    "Standing",
    "Tranche",
    "TrancheState",
    "accounts_of",
    "approval_draft",
    "instruments_of",
    "money_draft",
    "moved_tranches",
    "read_amount",
    "read_instrument",
    "release_draft",
    "release_tranche",
    "speaking",
    "standing_of",
]
