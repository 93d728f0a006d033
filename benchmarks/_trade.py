"""Sales out of a generated ledger: a contract, shipments under it, invoices, sealed assays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from oreline.settle import Contract, Side, contract_text, seal_draft

SHIPMENTS = 300
LOTS_EACH = 10
SEALED = 100
_TIME = "2021-09-01T08:00:00Z"


def contract() -> Contract:
    """Return a contract on the material of the generated lots, with an exchange of assays."""
    told = {
        "id": "bench-1", "title": "Antimony concentrate", "seller": "bench", "buyer": "smelter",
        "materials": ["bench"], "currency": "USD", "basis": "assumed", "source": "benchmark",
        "weight": {"rule": "loading"},
        "assays": {"rule": "exchange", "umpire": "binding",
                   "limits": [{"analyte": "Sb", "limit": "0.3 %"}]},
        "payables": [{"analyte": "Sb", "method": "pct", "pct": 96, "price": "sb"}],
        "prices": [{"id": "sb", "fixed": "20000 USD/t"}],
        "payments": [{"stage": "provisional", "pct": 90}, {"stage": "final", "pct": 100}],
    }  # fmt: skip
    return Contract.model_validate(told)


def sales(n_lots: int) -> Iterator[dict[str, Any]]:
    """Yield the events of sales, spread over all lots: fewer where there are not enough."""
    terms = contract()
    shipments = min(SHIPMENTS, n_lots // LOTS_EACH)
    step = n_lots // (shipments * LOTS_EACH)
    between = {"time": _TIME, "actor": "bench", "party": terms.seller, "to_party": terms.buyer}
    declared = {"type": "contract", "id": terms.id, "data": {"terms": contract_text(terms)}}
    yield {**between, "schema": "declare/1", "id": "bench:contract", "body": declared}
    for number in range(shipments):
        first = number * LOTS_EACH * step
        lots = [f"b:lot-{first + at * step}" for at in range(LOTS_EACH)]
        body = {
            "lots": [{"lot": lot} for lot in lots],
            "mode": "sea",
            "documents": [f"BL-{number}"],
        }
        yield {**between, "schema": "dispatch/1", "id": f"bench:sent-{number}", "site": "port",
               "body": body}  # fmt: skip
        if number % 3 == 0:
            amounts = ((terms.seller, "-1000"), (terms.buyer, "1000"))
            postings = [
                {"account": who, "amount": text, "currency": "USD"} for who, text in amounts
            ]
            yield {**between, "schema": "money/1", "id": f"bench:invoice-{number}",
                   "body": {"type": "invoice", "lots": lots, "stage": "provisional",
                            "contract": terms.id, "postings": postings}}  # fmt: skip
        if number < SEALED:
            digest = hashlib.sha256(lots[0].encode()).hexdigest()
            seal = seal_draft(lots[0], Side.SELLER, terms.seller, terms.buyer, terms.id, digest)
            yield {"time": _TIME, "actor": "bench", "id": f"bench:seal-{number}", **seal}
