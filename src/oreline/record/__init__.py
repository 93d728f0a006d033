"""What happened: the append-only ledger, its Merkle log and keys, its state as of any time."""

from __future__ import annotations

from oreline.record._accept import ARRIVAL_RULES
from oreline.record._append import Entry
from oreline.record._book import DRY, Book, Books, open_books
from oreline.record._cache import rebuild_lot_cache
from oreline.record._changes import REPLACEABLE, replacement_of
from oreline.record._checkpoints import (
    ConsistencyProof,
    InclusionProof,
    check_consistency,
    check_inclusion,
    consistency,
    header_hash,
    inclusion,
    make_checkpoint,
)
from oreline.record._clock import (
    Clock,
    Salt,
    instant_text,
    instant_us,
    system_clock,
    system_salt,
)
from oreline.record._columns import (
    ALL,
    BASES,
    CONTINUING,
    DRY_FROM_INPUTS,
    FIRST,
    INHERITS,
    LOSS,
    Columns,
)
from oreline.record._credits import CreditKey, credit_accounts
from oreline.record._derive import derive_store
from oreline.record._effective import amended_event
from oreline.record._event_state import (
    EventState,
    Touch,
    event_ids,
    event_state,
    event_state_at,
)
from oreline.record._event_words import shelve_events
from oreline.record._grades import DEFAULT_RULE, BookRule, LineGrades
from oreline.record._jit import compiled_pass
from oreline.record._keys import (
    LogKey,
    Verifier,
    default_key_folder,
    generate_key,
    load_key,
    parse_verifier,
    save_key,
    verifier_of,
)
from oreline.record._ledger import Ledger, Version, extend_ledger, load_ledger
from oreline.record._lines import COUNT, IN, MENTION, MOVE_IN, MOVE_OUT, OUT, SIDE_NAMES
from oreline.record._lot_names import StoredLots, declared_names
from oreline.record._merkle import leaf_hash
from oreline.record._note import (
    Checkpoint,
    encode_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_note,
)
from oreline.record._secret_files import read_secret_file, save_secret_file
from oreline.record._share import SharedCopy, share_ledger
from oreline.record._shelf import Hit, Passage, Shelf, Source, open_shelf
from oreline.record._shelf_words import parse_question
from oreline.record._snapshot import cache_folder, snapshot_place
from oreline.record._state import State
from oreline.record._store import Header, Receipt, Store, StoredRow, create_store, open_store
from oreline.record._uncertainty import DEFAULT_UNCERTAINTIES, DefaultUncertainty
from oreline.record._verify import VerifyReport, verify_ledger
from oreline.record._whatif import with_amendments
from oreline.record._withheld import WithheldField

__all__ = [
    "ALL",
    "ARRIVAL_RULES",
    "BASES",
    "CONTINUING",
    "COUNT",
    "DEFAULT_RULE",
    "DEFAULT_UNCERTAINTIES",
    "DRY",
    "DRY_FROM_INPUTS",
    "FIRST",
    "IN",
    "INHERITS",
    "LOSS",
    "MENTION",
    "MOVE_IN",
    "MOVE_OUT",
    "OUT",
    "REPLACEABLE",
    "SIDE_NAMES",
    "Book",
    "BookRule",
    "Books",
    "Checkpoint",
    "Clock",
    "Columns",
    "ConsistencyProof",
    "CreditKey",
    "DefaultUncertainty",
    "Entry",
    "EventState",
    "Header",
    "Hit",
    "InclusionProof",
    "Ledger",
    "LineGrades",
    "LogKey",
    "Passage",
    "Receipt",
    "Salt",
    "SharedCopy",
    "Shelf",
    "Source",
    "State",
    "Store",
    "StoredLots",
    "StoredRow",
    "Touch",
    "Verifier",
    "VerifyReport",
    "Version",
    "WithheldField",
    "amended_event",
    "cache_folder",
    "check_consistency",
    "check_inclusion",
    "compiled_pass",
    "consistency",
    "create_store",
    "credit_accounts",
    "declared_names",
    "default_key_folder",
    "derive_store",
    "encode_checkpoint",
    "event_ids",
    "event_state",
    "event_state_at",
    "extend_ledger",
    "generate_key",
    "header_hash",
    "inclusion",
    "instant_text",
    "instant_us",
    "leaf_hash",
    "load_key",
    "load_ledger",
    "make_checkpoint",
    "open_books",
    "open_checkpoint",
    "open_shelf",
    "open_store",
    "parse_checkpoint",
    "parse_question",
    "parse_verifier",
    "read_secret_file",
    "rebuild_lot_cache",
    "replacement_of",
    "save_key",
    "save_secret_file",
    "share_ledger",
    "shelve_events",
    "sign_note",
    "snapshot_place",
    "system_clock",
    "system_salt",
    "verifier_of",
    "verify_ledger",
    "with_amendments",
]
