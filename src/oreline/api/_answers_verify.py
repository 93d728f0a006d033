"""Can it be checked: the log's root, proofs, checkpoints, and what others hand us."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any

import orjson

from oreline.api._entering import event_there
from oreline.api._people import Right
from oreline.api._problems import NotAllowedError
from oreline.api._views import View
from oreline.model import InputError, StoreError, VerificationError
from oreline.record import (
    ConsistencyProof,
    InclusionProof,
    check_consistency,
    check_inclusion,
    consistency,
    default_key_folder,
    inclusion,
    load_key,
    make_checkpoint,
    open_checkpoint,
    open_store,
    parse_verifier,
    verifier_of,
    verify_ledger,
)


def log_state(view: View) -> dict[str, Any]:
    """Return the size and the root of the log; everybody may know these."""
    header, ledger = view.desk.store.header, view.reading.ledger
    return {
        "id": header.id,
        "tense": header.tense,
        "size": ledger.size,
        "root": ledger.root.hex(),
    }


def signed_checkpoint(view: View, environ: dict[str, str]) -> dict[str, Any]:
    """Sign the present state of the log with the server's only key, as a C2SP note.

    Raises
    ------
    InputError
        If the server has no key, or several.
    """
    folder = default_key_folder(environ)
    keys = sorted(folder.glob("*.key")) if folder.is_dir() else []
    if len(keys) != 1:
        found = "no signing key" if not keys else f"{len(keys)} signing keys"
        message = f"this server has {found}; make one with 'oreline record keygen'"
        raise InputError(message)
    key = load_key(keys[0])
    note = make_checkpoint(view.desk.store, key)
    return {"note": note.decode(), "verifier": str(verifier_of(key)), **log_state(view)}


def proof_of(view: View, identity: str, size: int | None = None) -> dict[str, Any]:
    """Return the proof that an event is in the log, with its bytes, for whoever may see it."""
    event_there(view, identity)
    proof = inclusion(view.desk.store, identity, size)
    data = next(row.data for row in view.desk.store.rows(proof.seq, proof.seq + 1))
    return {
        "proof": proof.to_json(),
        "event_bytes": base64.b64encode(data).decode(),
        "root": view.desk.store.root(proof.size).hex(),
    }


def continues(view: View, earlier: int, later: int | None = None) -> dict[str, Any]:
    """Return the proof that the log at one size continues that at an earlier one."""
    store = view.desk.store
    proof = consistency(store, earlier, later)
    return {
        **proof.to_json(),
        "root1": store.root(proof.size1).hex(),
        "root2": store.root(proof.size2).hex(),
    }


def verified(
    view: View, note: str | None = None, verifier: str | None = None, *, quick: bool = False
) -> dict[str, Any]:
    """Verify the whole ledger, against a checkpoint that was kept elsewhere if one is given.

    Raises
    ------
    NotAllowedError
        If the person may not see all of the ledger: a report names events.
    """
    if view.is_partial and not view.person.may(Right.AUDIT):
        raise NotAllowedError(
            "verifying reads every event; ask an auditor, or for a proof of yours"
        )
    report = verify_ledger(
        view.desk.store,
        None if not note else note.encode(),
        None if not verifier else parse_verifier(verifier.strip()),
        thorough=not quick,
    )
    return report.to_json()


def checked_proof(proof: bytes, note: str, verifier: str) -> dict[str, Any]:
    """Check a proof that somebody handed over against a signed checkpoint; needs no ledger.

    Raises
    ------
    VerificationError
        If it does not hold; the message says why.
    """
    checkpoint = open_checkpoint(note.encode(), parse_verifier(verifier.strip()))
    try:
        given = orjson.loads(proof)
    except orjson.JSONDecodeError as error:
        raise VerificationError("the proof is not JSON") from error
    if not isinstance(given, dict) or not isinstance(given.get("proof"), dict):
        raise VerificationError("this is not a proof as 'oreline record prove' writes it")
    try:
        data = base64.b64decode(str(given.get("event_bytes", "")), validate=True)
    except ValueError as error:
        raise VerificationError("the event's bytes are not base64") from error
    check_inclusion(InclusionProof.from_json(given["proof"]), data, checkpoint)
    return {
        "ok": True,
        "event": orjson.loads(data),
        "log": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }


def checked_continuation(proof: bytes, earlier: str, later: str, verifier: str) -> dict[str, Any]:
    """Check that a later checkpoint continues an earlier one; needs no ledger.

    Raises
    ------
    VerificationError
        If it is not shown.
    """
    key = parse_verifier(verifier.strip())
    first, second = open_checkpoint(earlier.encode(), key), open_checkpoint(later.encode(), key)
    try:
        given = orjson.loads(proof)
    except orjson.JSONDecodeError as error:
        raise VerificationError("the proof is not JSON") from error
    if not isinstance(given, dict):
        raise VerificationError("this is not a proof of consistency")
    check_consistency(ConsistencyProof.from_json(given), first, second)
    return {"ok": True, "size1": first.size, "size2": second.size, "log": second.origin}


def checked_ledger(data: bytes, note: str | None, verifier: str | None) -> dict[str, Any]:
    """Verify a ledger file that somebody handed over, as it would be verified at home.

    Raises
    ------
    InputError
        If the file is no ledger of oreline.
    """
    with tempfile.TemporaryDirectory(prefix="oreline-verify-") as folder:
        path = Path(folder) / "given.db"
        path.write_bytes(data)
        try:
            with open_store(path) as store:
                report = verify_ledger(
                    store,
                    None if not note else note.encode(),
                    None if not verifier else parse_verifier(verifier.strip()),
                )
                header = store.header
        except StoreError as error:
            raise InputError("this file is no ledger of oreline") from error
    return {**report.to_json(), "id": header.id, "tense": header.tense}
