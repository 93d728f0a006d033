"""What a ledger says of some lots, in the order of time: weighed, moved, divided, sampled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.record import IN, OUT, Ledger, instant_us
from oreline.settle._exchange_rule import Side
from oreline.settle._seal import SEALED

Ints = npt.NDArray[np.int64]


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
    """How lots come from each other by ``split`` alone, which leaves their composition alike.

    ``parent`` is what a lot was first divided from, ``sources`` all that it ever was.
    """

    parent: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, tuple[str, ...]]

    def whole(self, lot: str) -> Iterator[str]:
        """Yield a lot and what it was divided from, the nearest first."""
        seen: set[str] = set()
        at: str | None = lot
        while at is not None and at not in seen:
            seen.add(at)
            yield at
            at = self.parent.get(at)

    def above(self, lot: str) -> tuple[str, ...]:
        """Return a lot and all that it was divided from, at every stage."""
        found, waiting, seen = [], [lot], {lot}
        while waiting:
            at = waiting.pop()
            found.append(at)
            fresh = [whole for whole in self.sources.get(at, ()) if whole not in seen]
            seen.update(fresh)
            waiting += fresh
        return tuple(found)

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
    """Return how the lots of a ledger were divided; looked for once in a ledger."""
    return ledger.once(_divided)


def _divided(ledger: Ledger) -> Division:
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
    sources: dict[str, list[str]] = {}
    for row in rows.tolist():
        if side[row] == IN:
            taken[int(event[row])] = names[lot[row]]
    for row in rows.tolist():
        whole = taken.get(int(event[row]))
        if side[row] == OUT and whole is not None and names[lot[row]] != whole:
            parent.setdefault(names[lot[row]], whole)
            parts.setdefault(whole, []).append(names[lot[row]])
            sources.setdefault(names[lot[row]], []).append(whole)
    told = [
        {name: tuple(dict.fromkeys(found)) for name, found in one.items()}
        for one in (parts, sources)
    ]
    return Division(parent, told[0], told[1])


def touches_of(ledger: Ledger, lots: Iterable[str]) -> dict[str, list[Touch]]:
    """Return the lines of each lot that can carry a weight, by time and then by entry."""
    columns = ledger.columns
    wanted = [columns.lots.index[name] for name in lots if name in columns.lots.index]
    numbers, event = ledger.once(_lines_by_lot)
    starts, ends = np.searchsorted(numbers, wanted), np.searchsorted(numbers, wanted, "right")
    spans = [event[start:end] for start, end in zip(starts, ends, strict=True)]
    found: dict[str, list[Touch]] = {name: [] for name in lots}
    for row in np.unique(np.concatenate(spans)).tolist() if spans else ():
        whole = ledger.event(columns.events.seq[row])
        for lot, line in _lines(whole["body"]):
            if lot in found:
                kind = str(whole["schema"]).partition("/")[0]
                at = (instant_us(whole["time"]), columns.events.seq[row])
                found[lot].append(Touch(lot, kind, at, whole, line))
    for touches in found.values():
        touches.sort(key=lambda touch: touch.at)
    return found


def _lines_by_lot(ledger: Ledger) -> tuple[Ints, Ints]:
    """Return lot and event of every line, by lot."""
    lines = ledger.columns.lines
    lot, event = np.array(lines.lot, np.int64), np.array(lines.event, np.int64)
    order = np.argsort(lot, kind="stable")
    return lot[order], event[order]


def _lines(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("inputs", "outputs", "lots"):
        for line in body.get(name, ()):
            yield line["lot"], {**line, "side": name}
    if isinstance(body.get("lot"), str):
        yield body["lot"], {**body, "side": "lot"}


def dispatches_of(ledger: Ledger) -> tuple[Mapping[str, Any], ...]:
    """Return what shipments are told from of every dispatch, by time and then by entry.

    ``lots`` are the names of its lots. Read once in a ledger.
    """
    return ledger.once(_dispatches)


def _dispatches(ledger: Ledger) -> tuple[Mapping[str, Any], ...]:
    events = ledger.columns.events
    kind = ledger.columns.kinds.index.get("dispatch", -2)
    rows = np.flatnonzero(np.array(events.kind, np.int64) == kind)
    found = [_dispatch(ledger.event(events.seq[row])) for row in rows.tolist()]
    return tuple(sorted(found, key=lambda one: (instant_us(one["time"]), one["seq"])))


def _dispatch(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return of an event what shipments are told from: a large ledger has many."""
    body = event["body"]
    return {
        **{name: event.get(name) for name in _TOLD},
        "lots": tuple(line["lot"] for line in body["lots"]),
        "body": {name: body[name] for name in ("mode", "documents") if name in body},
    }


_TOLD = ("id", "seq", "time", "party", "to_party", "to_site")


_CARRIAGE = ("sea", "air", "rail", "barge")


def main_carriage(dispatches: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the main carriage of legs in order: by sea, else air, rail, barge, else the first.

    What a contract calls the shipment is this leg: its bill of lading or waybill is dated then.
    """

    def rank(event: Mapping[str, Any]) -> int:
        mode = event["body"].get("mode")
        return _CARRIAGE.index(mode) if mode in _CARRIAGE else len(_CARRIAGE)

    return min(dispatches, key=rank)


def sampled_lots(ledger: Ledger) -> frozenset[str]:
    """Return the lots that were sampled, or analysed for a settlement; looked for once."""
    return ledger.once(_sampled)


def _sampled(ledger: Ledger) -> frozenset[str]:
    columns = ledger.columns
    found = {lot for lot, _ in columns.samples.values() if lot}
    grades, names, water = columns.grades, columns.lots.names, columns.analytes.index.get("H2O")
    # A moisture of one container does not make it a sampling lot.
    found |= {
        names[lot]
        for lot, role, analyte in zip(grades.lot, grades.role, grades.analyte, strict=True)
        if lot >= 0 and role in _COMMERCIAL and analyte != water
    }
    return frozenset(found) | {
        event["body"]["subject"]
        for event in ledger.other
        if event["schema"] == "attest/1" and event["body"]["type"] == SEALED
    }


_COMMERCIAL = {*Side, "agreed"}


def samples_of(ledger: Ledger, lots: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the samples taken of each of some lots, by time."""
    places = ledger.once(_sample_places)
    found: dict[str, list[Mapping[str, Any]]] = {
        lot: [ledger.event(seq) for seq in places.get(lot, ())] for lot in lots
    }
    for events in found.values():
        events.sort(key=lambda event: (instant_us(event["time"]), event["seq"]))
    return found


def _sample_places(ledger: Ledger) -> dict[str, list[int]]:
    """Return the positions of the samples of each lot, in the order of the log."""
    events = ledger.columns.events
    kind = ledger.columns.kinds.index.get("sample", -2)
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(np.array(events.kind, np.int64) == kind).tolist():
        event = ledger.event(events.seq[row])
        found.setdefault(event["body"]["lot"], []).append(events.seq[row])
    return found


def materials_of(ledger: Ledger, lots: Iterable[str]) -> dict[str, str]:
    """Return the material that each of some lots was last said to be, where anybody said."""
    columns = ledger.columns
    numbers, called = ledger.once(_last_materials), columns.materials.names
    found = {}
    for name in lots:
        lot = columns.lots.index.get(name)
        if lot is not None and numbers[lot] >= 0:
            found[name] = called[numbers[lot]]
    return found


def _last_materials(ledger: Ledger) -> Ints:
    columns = ledger.columns
    lot, material = (np.array(one, np.int64) for one in (columns.lines.lot, columns.lines.material))
    stated = (material >= 0) & (lot >= 0)
    found = np.full(len(columns.lots.names), -1, np.int64)
    # Of an index that repeats, the last assignment holds: lines stand in the order of the log.
    found[lot[stated]] = material[stated]
    return found
