"""The address of reconciliation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from oreline.api import _answers_reconcile as answers
from oreline.api._deps import Answer, Reading, told

router = APIRouter(prefix="/balance", tags=["balance"])
Short = Annotated[str, Query(max_length=200)]


@router.get("/reconcile")
def reconcile(
    view: Reading,
    site: Annotated[str, Query(max_length=120)],
    period: Annotated[
        str, Query(description="2025-10, 2025, or 2025-10-01..2025-11-01.", max_length=60)
    ],
    element: Annotated[
        list[Annotated[str, Query(max_length=20)]] | None,
        Query(description="May be repeated; by default what three streams state.", max_length=40),
    ] = None,
    exclude: Annotated[
        list[Short] | None,
        Query(description="A measurement to leave out: STREAM:QUANTITY.", max_length=40),
    ] = None,
    sums: Annotated[
        list[Short] | None,
        Query(alias="sum", description="TOTAL=A+B, in every stream.", max_length=10),
    ] = None,
    confidence: Annotated[float, Query(ge=0.5, lt=1, allow_inf_nan=False)] = 0.95,
) -> Answer:
    """Reconcile a site in a period; a gross error is refused and named."""
    found = answers.reconciliation(
        view, site, period, element or (), exclude or (), sums or (), confidence
    )
    return told(view, found)
