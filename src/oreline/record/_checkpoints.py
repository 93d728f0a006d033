"""Checkpoints of a ledger and the two proofs that a stranger can check with them.

A checkpoint is a signed note of the log's size and root; it also names the ledger by a hash of its
header, which the log itself does not cover. With a checkpoint and an event's bytes, an inclusion
proof shows that the event is in the log; with two checkpoints, a consistency proof shows that the
later log continues the earlier one. Neither needs the ledger.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import orjson
import sqlalchemy as sa

from oreline.model import InputError, VerificationError, canonical_json
from oreline.record import _tables as tables
from oreline.record._keys import LogKey
from oreline.record._merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from oreline.record._note import Checkpoint, encode_checkpoint, sign_note
from oreline.record._store import Store, tile_reader

HEADER_LINE = "header sha256 "
"""How the extension line of a checkpoint that names the ledger begins."""
PROOF_HASHES_MAX = 130
"""The most hashes of a proof that is read: two for each level of the largest tree, and some."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Shows that an event is in the log of a certain size."""

    id: str
    seq: int
    size: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object, hashes in base64."""
        return {"id": self.id, "path": _texts(self.path), "seq": self.seq, "size": self.size}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read a proof.

        Raises
        ------
        VerificationError
            If it is not of the form that ``to_json`` gives.
        """
        seq, size, path = _read_proof(value, "seq", "size")
        if not isinstance(value.get("id"), str):
            raise VerificationError("not an inclusion proof: it has no id")
        return cls(value["id"], seq, size, path)


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """Shows that the log of ``size2`` events continues that of ``size1``."""

    size1: int
    size2: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object, hashes in base64."""
        return {"path": _texts(self.path), "size1": self.size1, "size2": self.size2}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read a proof.

        Raises
        ------
        VerificationError
            If it is not of the form that ``to_json`` gives.
        """
        return cls(*_read_proof(value, "size1", "size2"))


def make_checkpoint(store: Store, key: LogKey, origin: str | None = None) -> bytes:
    """Sign the present size and root of the log, keep the note beside the log and return it.

    Give it to others, or keep it elsewhere: only what stands in other hands proves something.
    ``origin`` is the identity of the log, by default the name of the key.
    """
    size = store.size()
    extensions = (f"{HEADER_LINE}{header_hash(store)}",)
    checkpoint = Checkpoint(origin or key.name, size, store.root(size), extensions)
    note = sign_note(encode_checkpoint(checkpoint), key)
    store.save_checkpoint(size, note.decode())
    return note


def header_hash(store: Store) -> str:
    """Return the SHA-256 of the header rows as canonical JSON, in base64."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(tables.header.c.key, tables.header.c.value)).all()
    data = canonical_json({row.key: row.value for row in rows})
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def inclusion(store: Store, event_id: str, size: int | None = None) -> InclusionProof:
    """Prove that an event is in the log, at a size, by default the present one.

    Raises
    ------
    InputError
        If there is no such event, or it came later.
    StoreError
        If the log lacks hashes.
    """
    with store.reading() as connection:
        query = sa.select(tables.event.c.seq).where(tables.event.c.id == event_id)
        seq = connection.scalar(query)
        if seq is None:
            message = f"no event {event_id} in this ledger"
            raise InputError(message)
        size = _within(connection, size)
        if seq >= size:
            message = f"event {event_id} stands at {seq}: it is not in the log of {size} events"
            raise InputError(message)
        path = inclusion_proof(seq, size, tile_reader(connection).node)
    return InclusionProof(event_id, seq, size, tuple(path))


def consistency(store: Store, size1: int, size2: int | None = None) -> ConsistencyProof:
    """Prove that the log at a size, by default the present one, continues that of ``size1``.

    Raises
    ------
    InputError
        If the sizes are not those of an earlier and a later log, or the earlier is empty.
    StoreError
        If the log lacks hashes.
    """
    with store.reading() as connection:
        size2 = _within(connection, size2)
        path = consistency_proof(size1, size2, tile_reader(connection).node)
    return ConsistencyProof(size1, size2, tuple(path))


def check_inclusion(proof: InclusionProof, data: bytes, checkpoint: Checkpoint) -> None:
    """Check, without the ledger, that an event's bytes are in the log of a checkpoint.

    ``checkpoint`` comes from :func:`open_checkpoint`, which has checked its signature.

    Raises
    ------
    VerificationError
        If the proof does not hold for these bytes and this checkpoint; the message says why.
    """
    if proof.size != checkpoint.size:
        message = f"the proof is for {proof.size} events, the checkpoint for {checkpoint.size}"
        raise VerificationError(message)
    verify_inclusion(proof.seq, proof.size, leaf_hash(data), proof.path, checkpoint.root)
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise VerificationError("what is in the log is no event: not JSON") from error
    if not isinstance(event, dict) or (event.get("id"), event.get("seq")) != (proof.id, proof.seq):
        raise VerificationError(f"the bytes are not those of {proof.id} at position {proof.seq}")


def check_consistency(proof: ConsistencyProof, earlier: Checkpoint, later: Checkpoint) -> None:
    """Check, without the ledger, that a later log continues an earlier one.

    Raises
    ------
    VerificationError
        If it is not shown; the message says why.
    """
    if (proof.size1, proof.size2) != (earlier.size, later.size):
        message = (
            f"the proof leads from {proof.size1} to {proof.size2} events, "
            f"the checkpoints from {earlier.size} to {later.size}"
        )
        raise VerificationError(message)
    if earlier.origin != later.origin:
        message = f"the checkpoints are about two logs: {earlier.origin!r} and {later.origin!r}"
        raise VerificationError(message)
    if earlier.extensions[:1] != later.extensions[:1]:
        raise VerificationError("the checkpoints name two different ledgers")
    verify_consistency(proof.size1, proof.size2, proof.path, earlier.root, later.root)


def _within(connection: sa.Connection, size: int | None) -> int:
    last = connection.scalar(sa.select(sa.func.max(tables.event.c.seq)))
    present = 0 if last is None else int(last) + 1
    if size is None:
        return present
    if not 0 <= size <= present:
        message = f"the log has {present} events, not {size}"
        raise InputError(message)
    return size


def _texts(path: tuple[bytes, ...]) -> list[str]:
    return [base64.b64encode(value).decode() for value in path]


def _read_proof(
    value: Mapping[str, Any], first: str, second: str
) -> tuple[int, int, tuple[bytes, ...]]:
    for name in (first, second):
        if type(value.get(name)) is not int or value[name] < 0:
            raise VerificationError(f"not a proof: {name} is not a whole number")
    path = value.get("path")
    if not isinstance(path, list) or len(path) > PROOF_HASHES_MAX:
        raise VerificationError("not a proof: it has no path, or one too long")
    try:
        hashes = tuple(base64.b64decode(text, validate=True) for text in path)
    except (TypeError, ValueError) as error:
        raise VerificationError("not a proof: its path is not base64") from error
    return value[first], value[second], hashes
