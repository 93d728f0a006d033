"""What a planned sale is settled on: a sample of the lot, and what each party finds in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Event = dict[str, Any]


def sampled(lot: str) -> Event:
    """Return the body of the sample that a lot is settled on.

    >>> sampled("north:cathode-2027-01")
    {'sample': 'S-north-cathode-2027-01', 'lot': 'north:cathode-2027-01'}
    """
    return {"sample": f"S-{lot.replace(':', '-')}", "lot": lot}


def assayed(lot: str, role: str, grades: Sequence[Event]) -> Event:
    """Return the body of what one party finds: what is planned, so that no umpire is called."""
    return {"sample": sampled(lot)["sample"], "lot": lot, "role": role, "results": list(grades)}
