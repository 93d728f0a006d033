"""Which instruments the legs of an account were measured with, as the entries name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from oreline.balance._stages import WASTE_STAGES, stages_of
from oreline.balance._tally import Tally

FLOW_LEGS = (
    ("extracted", "in"),
    ("received", "in"),
    ("moved_in", "in"),
    ("consumed", "out"),
    ("dispatched", "out"),
    ("moved_out", "out"),
    ("lost", "out"),
)
"""The flows of an account, each with its side."""
_LEG_OF = {"extract": "extracted", "consume": "consumed"}
_MOVES = {"receive": "received", "dispatch": "dispatched"}


@dataclass(slots=True)
class Instruments:
    """The methods that the entries of each leg name, and how many entries there are."""

    methods: dict[str, Counter[str]] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)
    of_count: dict[str, str] = field(default_factory=dict)

    def add(self, leg: str, line: Mapping[str, Any]) -> None:
        """Take in one line of a leg."""
        self.lines[leg] += 1
        method = method_of(line)
        if method:
            self.methods.setdefault(leg, Counter())[method] += 1

    def of(self, leg: str) -> tuple[tuple[str, ...], int]:
        """Return the methods of a leg, the most frequent first, and the number of its entries."""
        found = self.methods.get(leg, Counter())
        return tuple(sorted(found, key=lambda name: (-found[name], name))), self.lines[leg]

    @property
    def counted(self) -> tuple[str, ...]:
        """Return the methods of the stock-takes."""
        return tuple(sorted({name for name in self.of_count.values() if name}))


def method_of(line: Mapping[str, Any]) -> str:
    """Return how the mass of a line was measured, empty where it does not say."""
    for name in ("wet", "dry"):
        mass = line.get(name)
        if isinstance(mass, Mapping) and mass.get("method"):
            return str(mass["method"])
    return str(line.get("method") or "")


def instruments_of(held: Tally, place: int, bounds_us: tuple[int, ...]) -> Instruments:
    """Return the instruments of the entries of a place and a time."""
    time_us = held.places.time_us
    inside = (time_us >= bounds_us[0]) & (time_us < bounds_us[1]) & (held.places.event == place)
    waste = {
        name
        for name, stage in zip(held.columns.lots.names, stages_of(held), strict=True)
        if stage in WASTE_STAGES
    }
    found = Instruments()
    for row in np.unique(held.lines.event[inside]).tolist():
        event = held.ledger.event(held.columns.events.seq[row])
        kind = event["schema"].partition("/")[0]
        if kind == "count":
            found.of_count[event["id"]] = method_of(event["body"])
            continue
        for leg, line in _lines(kind, event["body"], waste):
            found.add(leg, line)
    return found


def _lines(
    kind: str, body: Mapping[str, Any], waste: set[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    side = "outputs" if kind == "extract" else "inputs"
    if kind in _LEG_OF:
        yield from ((_LEG_OF[kind], line) for line in body.get(side, ()))
        return
    if kind in _MOVES:
        yield from ((_MOVES[kind], line) for line in body.get("lots", ()))
        return
    yield from (("tails", line) for line in body.get("outputs", ()) if line["lot"] in waste)
    yield from (("lost", line) for line in body.get("losses", ()))
