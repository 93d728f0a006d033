"""Derived ledgers: what is planned, or might happen, on top of what did.

A planned or scenario ledger is a ledger of its own, with its own log. It reads its parent's events
up to the size that its header names and is never appended to its parent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from oreline.model import InputError, VerificationError, canonical_json
from oreline.record._clock import Clock, Salt, system_clock, system_salt
from oreline.record._store import Store, create_store


def derive_store(
    parent: Store,
    place: str | Path,
    *,
    identity: str,
    tense: str,
    inputs: Mapping[str, Any] | None = None,
    seed: int | None = None,
    clock: Clock = system_clock,
    salt: Salt = system_salt,
) -> Store:
    """Make a planned or scenario ledger on the parent as it stands.

    ``inputs`` is whatever the derived events were computed from (JSON); its hash enters the header
    with the seed and the version of oreline, so that a result can be made again.

    Raises
    ------
    InputError
        If the tense is neither planned nor scenario.
    """
    if tense not in {"planned", "scenario"}:
        message = f"a derived ledger is planned or scenario, not {tense!r}"
        raise InputError(message)
    size = parent.size()
    header = {
        "id": identity,
        "tense": tense,
        "parent": parent.header.id,
        "parent_size": str(size),
        "parent_root": parent.root(size).hex(),
        "versions": f"oreline {version('oreline')}",
    }
    if inputs is not None:
        header["input_hash"] = hashlib.sha256(canonical_json(dict(inputs))).hexdigest()
    if seed is not None:
        header["seed"] = str(seed)
    return create_store(place, header, clock=clock, salt=salt)


def check_parent(store: Store, parent: Store) -> None:
    """Check that a ledger is the parent that a derived one was made on, and still holds it.

    Raises
    ------
    VerificationError
        If it is another ledger, is shorter than it was, or its history was rewritten.
    """
    header = store.header
    if parent.header.id != header.parent:
        message = f"{header.id} was derived from {header.parent}, not from {parent.header.id}"
        raise VerificationError(message)
    assert header.parent_size is not None
    if parent.size() < header.parent_size:
        message = f"{header.parent} now holds fewer events than when {header.id} was derived"
        raise VerificationError(message)
    if parent.root(header.parent_size).hex() != header.parent_root:
        message = f"the history of {header.parent} was rewritten since {header.id} was derived"
        raise VerificationError(message)
