"""What a ledger says of some lots, in the order of time: weighed, moved, divided, sampled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oreline.record import IN, MOVE_OUT, OUT, Ledger, instant_us
from oreline.settle._exchange_rule import Side
from oreline.settle._seal import SEALED


@dataclass(frozen=True, slots=True)
class Touch:
    """A line of an event that names a lot; ``at`` orders touches by time, then by entry."""

    lot: str
    kind: str
    at: tuple[int, int]
    event: Mapping[str, Any]
    line: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return the event's id."""
        return str(self.event["id"])


@dataclass(frozen=True, slots=True)
class Division:
    """How lots come from each other by ``split`` alone, which leaves their composition alike."""

    parent: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]]

    def whole(self, lot: str) -> Iterator[str]:
        """Yield a lot and what it was divided from, the nearest first."""
        seen: set[str] = set()
        at: str | None = lot
        while at is not None and at not in seen:
            seen.add(at)
            yield at
            at = self.parent.get(at)

    def below(self, lot: str) -> tuple[str, ...]:
        """Return a lot and all that it was divided into, at every stage."""
        found, waiting, seen = [], [lot], {lot}
        while waiting:
            at = waiting.pop()
            found.append(at)
            fresh = [part for part in reversed(self.parts.get(at, ())) if part not in seen]
            seen.update(fresh)
            waiting += fresh
        return tuple(found)

    def moved(self, lot: str, moving: Collection[str]) -> tuple[str, ...]:
        """Return as what a lot moves: itself, or its parts; a part that does not move stands too.

        What was divided after it had moved, at its destination, moved as a whole.
        """
        found, waiting, seen = [], [lot], {lot}
        while waiting:
            at = waiting.pop()
            fresh = [part for part in reversed(self.parts.get(at, ())) if part not in seen]
            if at in moving or not fresh:
                found.append(at)
            else:
                seen.update(fresh)
                waiting += fresh
        return tuple(found)


def division_of(ledger: Ledger) -> Division:
    """Return how the lots of a ledger were divided."""
    columns = ledger.columns
    split = columns.kinds.index.get("split", -2)
    lines = columns.lines
    event, side = np.array(lines.event, np.int64), np.array(lines.side, np.int64)
    lot, kinds = np.array(lines.lot, np.int64), np.array(columns.events.kind, np.int64)
    rows = np.flatnonzero(kinds[event] == split) if len(event) else np.array([], np.int64)
    names = columns.lots.names
    taken: dict[int, str] = {}
    parent: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for row in rows.tolist():
        if side[row] == IN:
            taken[int(event[row])] = names[lot[row]]
    for row in rows.tolist():
        whole = taken.get(int(event[row]))
        if side[row] == OUT and whole is not None and names[lot[row]] != whole:
            parent.setdefault(names[lot[row]], whole)
            parts.setdefault(whole, []).append(names[lot[row]])
    return Division(parent, {whole: tuple(dict.fromkeys(found)) for whole, found in parts.items()})


def touches_of(ledger: Ledger, lots: Iterable[str]) -> dict[str, list[Touch]]:
    """Return the lines of each lot that can carry a weight, by time and then by entry."""
    columns = ledger.columns
    wanted = [columns.lots.index[name] for name in lots if name in columns.lots.index]
    lines = columns.lines
    event = np.array(lines.event, np.int64)
    found: dict[str, list[Touch]] = {name: [] for name in lots}
    hit = np.isin(np.array(lines.lot, np.int64), wanted)
    for row in np.unique(event[hit]).tolist():
        whole = ledger.event(columns.events.seq[row])
        for lot, line in _lines(whole["body"]):
            if lot in found:
                kind = str(whole["schema"]).partition("/")[0]
                at = (instant_us(whole["time"]), columns.events.seq[row])
                found[lot].append(Touch(lot, kind, at, whole, line))
    for touches in found.values():
        touches.sort(key=lambda touch: touch.at)
    return found


def _lines(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("inputs", "outputs", "lots"):
        for line in body.get(name, ()):
            yield line["lot"], {**line, "side": name}
    if isinstance(body.get("lot"), str):
        yield body["lot"], {**body, "side": "lot"}


def dispatches_of(ledger: Ledger, lots: Collection[str]) -> list[Mapping[str, Any]]:
    """Return the dispatches of some lots by time and then by entry."""
    columns = ledger.columns
    wanted = [columns.lots.index[name] for name in lots if name in columns.lots.index]
    lines = columns.lines
    event = np.array(lines.event, np.int64)
    hit = np.isin(np.array(lines.lot, np.int64), wanted)
    hit &= np.array(lines.side, np.int64) == MOVE_OUT
    found = [ledger.event(columns.events.seq[row]) for row in np.unique(event[hit]).tolist()]
    return sorted(found, key=lambda one: (instant_us(one["time"]), one["seq"]))


_CARRIAGE = ("sea", "air", "rail", "barge")


def main_carriage(dispatches: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the main carriage of legs in order: by sea, else air, rail, barge, else the first.

    What a contract calls the shipment is this leg: its bill of lading or waybill is dated then.
    """

    def rank(event: Mapping[str, Any]) -> int:
        mode = event["body"].get("mode")
        return _CARRIAGE.index(mode) if mode in _CARRIAGE else len(_CARRIAGE)

    return min(dispatches, key=rank)


def sampled_lots(ledger: Ledger) -> set[str]:
    """Return the lots that were sampled, or analysed for a settlement."""
    columns = ledger.columns
    found = {lot for lot, _ in columns.samples.values() if lot}
    grades, names, water = columns.grades, columns.lots.names, columns.analytes.index.get("H2O")
    # A moisture of one container does not make it a sampling lot.
    found |= {
        names[lot]
        for lot, role, analyte in zip(grades.lot, grades.role, grades.analyte, strict=True)
        if lot >= 0 and role in _COMMERCIAL and analyte != water
    }
    return found | {
        event["body"]["subject"]
        for event in ledger.other
        if event["schema"] == "attest/1" and event["body"]["type"] == SEALED
    }


_COMMERCIAL = {*Side, "agreed"}


def samples_of(ledger: Ledger, lots: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the samples taken of each of some lots, by time."""
    columns = ledger.columns
    kind = columns.kinds.index.get("sample", -2)
    marks = {lot: f'"{lot}"'.encode() for lot in lots}
    found: dict[str, list[Mapping[str, Any]]] = {lot: [] for lot in marks}
    for row in np.flatnonzero(np.array(columns.events.kind, np.int64) == kind).tolist():
        seq = columns.events.seq[row]
        data = ledger.raw[seq]
        # A correction may name another lot than the event did: it is read in any case.
        if seq in ledger.verdicts.amended or any(mark in data for mark in marks.values()):
            event = ledger.event(seq)
            if event["body"]["lot"] in found:
                found[event["body"]["lot"]].append(event)
    for events in found.values():
        events.sort(key=lambda event: (instant_us(event["time"]), event["seq"]))
    return found


def materials_of(ledger: Ledger) -> dict[str, str]:
    """Return the material that each lot was last said to be."""
    columns = ledger.columns
    lot, material = (np.array(one, np.int64) for one in (columns.lines.lot, columns.lines.material))
    rows = np.flatnonzero((material >= 0) & (lot >= 0)).tolist()
    names, called = columns.lots.names, columns.materials.names
    return {names[lot[row]]: called[material[row]] for row in rows}
