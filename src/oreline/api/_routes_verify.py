"""The addresses for proofs: of this ledger, and of what somebody else hands over."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile

from oreline.api import _answers_verify as verify
from oreline.api._deps import Answer, Asking, Reading, Signing, told
from oreline.api._service import service_of
from oreline.model import LimitExceededError

router = APIRouter(tags=["verify"])
Size = Annotated[int | None, Query(ge=0, le=2**53)]
Note = Annotated[str | None, Form(max_length=20_000)]
Key = Annotated[str | None, Form(max_length=400)]


def _read(request: Request, file: UploadFile) -> bytes:
    limit = service_of(request).settings.upload_bytes_max
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise LimitExceededError(f"the file is larger than upload_bytes_max = {limit} bytes")
    return data


@router.get("/log")
def log_state(view: Reading) -> Answer:
    """Give the size and the root of the log."""
    return told(view, verify.log_state(view))


@router.post("/log/checkpoints", status_code=201)
def checkpoint(view: Signing) -> Answer:
    """Sign the present state of the log; keep the note elsewhere."""
    return told(view, verify.signed_checkpoint(view, dict(os.environ)))


@router.get("/log/inclusion")
def inclusion(
    view: Reading, event: Annotated[str, Query(max_length=120)], size: Size = None
) -> Answer:
    """Prove that an event is in the log."""
    return told(view, verify.proof_of(view, event, size))


@router.get("/log/consistency")
def consistency(
    view: Reading, earlier: Annotated[int, Query(ge=0, le=2**53)], later: Size = None
) -> Answer:
    """Prove that the log at one size continues that at an earlier one."""
    return told(view, verify.continues(view, earlier, later))


@router.post("/log/verify")
def verify_own(
    view: Asking, note: Note = None, verifier: Key = None, quick: Annotated[bool, Form()] = False
) -> Answer:
    """Verify the whole ledger, against a checkpoint that was kept elsewhere if one is given."""
    return told(view, verify.verified(view, note, verifier, quick=quick))


@router.post("/verify/proof")
def verify_proof(
    request: Request,
    view: Asking,
    proof: Annotated[UploadFile, File()],
    note: Annotated[str, Form(max_length=20_000)],
    verifier: Annotated[str, Form(max_length=400)],
) -> Answer:
    """Check a proof that somebody handed over against a signed checkpoint."""
    return told(view, verify.checked_proof(_read(request, proof), note, verifier))


@router.post("/verify/continuation")
def verify_continuation(
    request: Request,
    view: Asking,
    proof: Annotated[UploadFile, File()],
    earlier: Annotated[str, Form(max_length=20_000)],
    later: Annotated[str, Form(max_length=20_000)],
    verifier: Annotated[str, Form(max_length=400)],
) -> Answer:
    """Check that a later checkpoint continues an earlier one."""
    data = _read(request, proof)
    return told(view, verify.checked_continuation(data, earlier, later, verifier))


@router.post("/verify/ledger")
def verify_ledger(
    request: Request,
    view: Asking,
    file: Annotated[UploadFile, File(description="A ledger of oreline as one file.")],
    note: Note = None,
    verifier: Key = None,
) -> Answer:
    """Verify a ledger file that somebody handed over."""
    return told(view, verify.checked_ledger(_read(request, file), note, verifier))
