"""Reconciliation of a site: which masses and grades would conserve, and what contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oreline.api._answering import answering
from oreline.api._views import View
from oreline.balance import Quantity, reconcile_site
from oreline.model import InputError


@answering
def reconciliation(
    view: View,
    site: str,
    period: str,
    elements: Sequence[str] = (),
    exclude: Sequence[str] = (),
    sums: Sequence[str] = (),
    confidence: float = 0.95,
) -> dict[str, Any]:
    """Return the streams of a site in a period, reconciled and tested; a party's own sites only."""
    reading = view.reading
    if view.is_partial and not view.sees_site(site):
        raise InputError(f"{site} is no site of yours")
    answer = reconcile_site(
        reading.books,
        site,
        period,
        [reading.element(name) for name in elements] or None,
        dict(map(_sum, sums)),
        confidence=confidence,
        exclude=[_quantity(text) for text in exclude],
        time_zone=reading.zone,
    ).to_json()
    return {**answer, "time_zone": reading.zone}


def _quantity(text: str) -> Quantity:
    stream, separator, what = text.rpartition(":")
    if not separator or not stream or not what:
        raise InputError(f"{text!r}: write STREAM:QUANTITY, such as fed.ore.mill:dry_t")
    return Quantity(stream, what)


def _sum(text: str) -> tuple[str, tuple[str, ...]]:
    total, separator, parts = text.partition("=")
    names = tuple(part.strip() for part in parts.split("+"))
    if not separator or not total.strip() or not all(names):
        raise InputError(f"{text!r}: write TOTAL=A+B, such as TREO=La2O3+CeO2")
    return total.strip(), names
