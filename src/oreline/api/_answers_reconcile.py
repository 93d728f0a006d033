"""Reconciliation of a site: which masses and grades would conserve, and what contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from oreline.api._kept import kept_answering
from oreline.api._views import View
from oreline.balance import (
    Quantity,
    Reconciliation,
    parse_common,
    read_streams,
    reconcile,
    reconcile_site,
    shared_of,
)
from oreline.model import InputError, LimitExceededError

STREAMS_MAX = 400
"""How many streams a request may have; more take longer than a request should."""


@kept_answering
def reconciliation(
    view: View,
    site: str,
    period: str,
    elements: Sequence[str] = (),
    exclude: Sequence[str] = (),
    sums: Sequence[str] = (),
    confidence: float = 0.95,
    common: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the streams of a site in a period, reconciled and tested; a party's own sites only.

    ``common`` declares what readings have in common: ``laboratory:As=0.8``.
    """
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
        common=[parse_common(text) for text in common],
        time_zone=reading.zone,
    ).to_json()
    return {**answer, "time_zone": reading.zone}


def reconciled_table(
    _view: View,
    streams: bytes,
    name: str,
    *,
    shared: bytes | None = None,
    sums: Sequence[str] = (),
    exclude: Sequence[str] = (),
    common: Sequence[str] = (),
    confidence: float = 0.95,
) -> Reconciliation:
    """Return a table of streams, reconciled and tested; it needs no entry of the ledger.

    Raises
    ------
    InputError
        With every problem of the tables at its cell, if they cannot be used.
    """
    second = None if shared is None else (shared, "shared")
    network, findings = read_streams(streams, name, second, dict(map(_sum, sums)))
    if network is None:
        raise InputError("the table cannot be reconciled", findings)
    if len(network.streams) > STREAMS_MAX:
        raise LimitExceededError(
            f"{len(network.streams)} streams are more than STREAMS_MAX = {STREAMS_MAX}; use the "
            "command: oreline balance reconcile --streams"
        )
    declared = shared_of(network, [parse_common(text) for text in common])
    network = replace(network, shared=(*network.shared, *declared))
    return reconcile(network, confidence=confidence, exclude=[_quantity(text) for text in exclude])


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
