"""Ledgers with an exchange of sealed assays, written as parties would."""

from __future__ import annotations

from typing import Any

from oreline.record import Ledger, Store, load_ledger
from oreline.settle import Secret, Side, make_secret, opening_drafts, seal_draft

LOT, CONTRACT = "fwo:CU-1", "fwo-ussm-1"
NAMES = {Side.SELLER: "fwo", Side.BUYER: "ussm"}
TIME = "2025-09-01T06:00:00Z"


def grade(analyte: str, value: str, unit: str = "%") -> dict[str, str]:
    """Write a measured grade."""
    return {"analyte": analyte, "value": value, "unit": unit, "basis": "measured"}


def results(side: Side, copper: str, lot: str = LOT) -> dict[str, Any]:
    """Write the body of an assay."""
    return {
        "lot": lot,
        "role": str(side),
        "results": [grade("Cu", copper)],
        "moisture": grade("H2O", "8.1"),
        "laboratory": f"laboratory of the {side}",
    }


def secret(side: Side, copper: str, nonce: str = "", **more: str) -> Secret:
    """Write down what a party keeps."""
    digits = nonce or ("5" if side is Side.SELLER else "b") * 64
    party = more.get("party", NAMES[side])
    assay = results(side, copper, more.get("lot", LOT))
    return make_secret(assay, party, more.get("contract", CONTRACT), digits)


def whole(identity: str, draft: dict[str, Any]) -> dict[str, Any]:
    """Give a draft an id, a time and who entered it."""
    return {"id": identity, "time": TIME, "actor": "clerk", **draft}


def seal(identity: str, kept: Secret, **more: Any) -> dict[str, Any]:
    """Write the event that seals."""
    side = kept.side
    made = seal_draft(LOT, side, kept.party, NAMES[side.other], kept.contract, kept.hash)
    return whole(identity, made) | more


def opening(identity: str, kept: Secret, sealed: str) -> list[dict[str, Any]]:
    """Write the two events that open a seal: ``identity`` and ``identity-assay``."""
    drafts = opening_drafts(kept, sealed, NAMES[kept.side.other])
    return [whole(identity, drafts[0]), whole(f"{identity}-assay", drafts[1])]


def correction(identity: str, target: str, **more: Any) -> dict[str, Any]:
    """Write a correction: a voiding, or with ``body`` a replacement."""
    body: dict[str, Any] = {"target": target, "action": "void", "reason": "typing error"}
    if more:
        body |= {"action": "replace", "replacement": more}
    return whole(identity, {"schema": "correct/1", "body": body})


def attest(identity: str, kind: str, subject: str, issuer: str, **more: Any) -> dict[str, Any]:
    """Write what a party says of something."""
    body = {"type": kind, "subject": subject, "issuer": issuer, **more}
    return whole(identity, {"schema": "attest/1", "party": issuer, "body": body})


def told(store: Store, *events: dict[str, Any]) -> Ledger:
    """Append events one by one and read the ledger."""
    for event in events:
        store.append([event])
    return load_ledger(store)
