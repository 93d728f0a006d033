"""The address of reconciliation."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from oreline.api import _answers_reconcile as answers
from oreline.api._deps import Answer, Asking, Given, Reading, told
from oreline.api._files import frame_file
from oreline.api._views import View
from oreline.balance import Reconciliation

router = APIRouter(prefix="/balance", tags=["balance"])
Short = Annotated[str, Query(max_length=200)]
Text = Annotated[str, Field(max_length=200)]


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
    common: Annotated[
        list[Short] | None,
        Query(description="What readings share: laboratory:As=0.8.", max_length=40),
    ] = None,
) -> Answer:
    """Reconcile a site in a period; a gross error is refused and named."""
    found = answers.reconciliation(
        view, site, period, element or (), exclude or (), sums or (), confidence, common or ()
    )
    return told(view, found)


class Streams(Given):
    """Streams as the text of a CSV file, and what their measurements have in common."""

    streams: str = Field(max_length=400_000)
    shared: str | None = Field(default=None, max_length=400_000)
    sums: list[Text] = Field(default=[], max_length=10)
    exclude: list[Text] = Field(default=[], max_length=40)
    common: list[Text] = Field(default=[], max_length=40)
    confidence: float = Field(default=0.95, ge=0.5, lt=1, allow_inf_nan=False)

    def reconciled(self, view: View) -> Reconciliation:
        """Return the table, reconciled."""
        return answers.reconciled_table(
            view,
            self.streams.encode(),
            "streams",
            shared=None if self.shared is None else self.shared.encode(),
            sums=self.sums,
            exclude=self.exclude,
            common=self.common,
            confidence=self.confidence,
        )


@router.post("/reconcile")
def reconcile_table(view: Asking, given: Streams) -> Answer:
    """Reconcile a table of streams; all its problems come at their cells."""
    return told(view, given.reconciled(view).to_json())


@router.post("/reconcile/{form}", response_class=Response)
def reconciled_file(
    view: Asking, given: Streams, form: Literal["csv", "xlsx", "parquet"]
) -> Response:
    """Reconcile a table of streams, and give the values as a file."""
    return frame_file(given.reconciled(view).to_frame(), "reconciled", form)
