"""Who had a lot, where, when: the timeline of everything that was recorded of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from oreline.record import Ledger, instant_us


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One thing that was recorded of a lot."""

    time: str
    event: str
    kind: str
    what: str
    site: str | None
    to_site: str | None
    party: str | None
    to_party: str | None
    recorded: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Custody:
    """The timeline of a lot, and where and with whom it is now."""

    lot: str
    steps: tuple[CustodyStep, ...]
    site: str | None
    holder: str | None
    owner: str | None
    in_transit: bool

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each step."""
        return pl.DataFrame([_as_dict(step) for step in self.steps])

    def to_json(self) -> dict[str, Any]:
        """Return the timeline as JSON."""
        return {
            "lot": self.lot,
            "site": self.site,
            "holder": self.holder,
            "owner": self.owner,
            "in_transit": self.in_transit,
            "steps": [_as_dict(step) for step in self.steps],
        }


def custody(ledger: Ledger, lot: str, positions: list[int]) -> Custody:
    """Return the custody of a lot.

    ``positions`` are those of the events that name the lot, which the store's index of lines gives
    (``Store.events_of_lot``); events that are not in force or later than the ledger's moment are
    left out, corrections of the others stand among them. The holder changes with ``receive``, and
    with a ``dispatch`` that names its carrier; the owner with ``transfer``.
    """
    events = list(_events_of(ledger, lot, positions))
    events.sort(key=lambda event: (instant_us(event["time"]), event["seq"]))
    site = holder = owner = None
    in_transit = False
    steps = []
    for event in events:
        kind = event["schema"].partition("/")[0]
        if kind == "dispatch":
            in_transit, holder = True, event["body"].get("carrier", holder)
        elif kind == "receive" or (kind in _MAKING and _is_output(event, lot)):
            in_transit = False
            site, holder = event.get("site", site), event.get("party", holder)
            owner = owner or event.get("party")
        elif kind == "transfer":
            owner = event.get("to_party", owner)
        steps.append(_step(event, kind, lot))
    return Custody(lot, tuple(steps), site, holder, owner, in_transit)


def _events_of(ledger: Ledger, lot: str, positions: list[int]) -> Iterator[dict[str, Any]]:
    """Yield the events in force that name a lot as they count now, and what corrected any of them.

    The store's index names what an event said at first: a correction may have put the lot into an
    event, or taken it out.
    """
    events, grades = ledger.columns.events, ledger.columns.grades
    number = ledger.columns.lots.index.get(lot, -2)
    # The index does not know that an assay of a sample is one of the lot it was taken from.
    of_lot = np.flatnonzero(np.array(grades.lot, np.int64) == number)
    assayed = {events.seq[grades.event[row]] for row in of_lot.tolist()}
    named = assayed.union(positions)
    targets = set()
    for seq in sorted(named | set(ledger.verdicts.amended)):
        if seq not in ledger.raw:
            continue
        event = ledger.event(seq)
        was_named = seq in named
        if events.row_at(seq) is not None and _names(ledger, event["body"], lot):
            was_named = True
            yield event
        if was_named:
            targets.add(event["id"])
    for other in ledger.other:
        if other["schema"] == "correct/1" and other["body"]["target"] in targets:
            yield dict(other)


def _names(ledger: Ledger, body: Mapping[str, Any], lot: str) -> bool:
    """Return whether a body names a lot, by itself or by a sample of it."""
    if "lot" in body or "sample" in body:
        sampled = ledger.columns.samples.get(body.get("sample", ""), ("", ""))[0]
        return bool(body.get("lot", sampled) == lot)
    return any(
        (line["lot"] if isinstance(line, Mapping) else line) == lot
        for side in ("inputs", "outputs", "lots")
        for line in body.get(side, ())
    )


_MAKING = frozenset({"extract", "process", "blend", "split"})


def _is_output(event: Mapping[str, Any], lot: str) -> bool:
    return any(line["lot"] == lot for line in event["body"].get("outputs", ()))


def _step(event: Mapping[str, Any], kind: str, lot: str) -> CustodyStep:
    return CustodyStep(
        time=event["time"],
        event=event["id"],
        kind=kind,
        what=_described(event["body"], kind, lot),
        site=event.get("site"),
        to_site=event.get("to_site"),
        party=event.get("party"),
        to_party=event.get("to_party"),
        recorded=event["recorded"],
        evidence=tuple(event.get("evidence", ())),
    )


def _described(body: Mapping[str, Any], kind: str, lot: str) -> str:
    if kind in _MAKING | {"consume"}:
        return f"{kind}: {'made' if _is_output({'body': body}, lot) else 'taken from'}"
    describe = _WORDS.get(kind)
    return kind if describe is None else describe(body)


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


_WORDS: dict[str, Any] = {
    "dispatch": lambda body: _joined(
        "dispatched", body.get("mode"), " ".join(body.get("containers", ()))
    ),
    "receive": lambda body: _joined("received", " ".join(body.get("containers", ()))),
    "pack": lambda body: _joined(
        f"packed into {body['container']}", " ".join(("seals", *body.get("seals", ())))
    ),
    "unpack": lambda body: _joined(
        f"unpacked from {body['container']}",
        "" if body.get("seals_intact") is None else f"seals intact: {body['seals_intact']}",
    ),
    "weigh": lambda body: _joined("weighed", body.get("ticket"), quantity_text(body["wet"])),
    "sample": lambda body: _joined(f"sampled as {body['sample']}", body.get("standard")),
    "assay": lambda body: _joined(
        f"assayed by {body['role']}", body.get("laboratory"), body.get("certificate")
    ),
    "count": lambda _: "counted",
    "correct": lambda body: _joined(f"{body['action']} {body['target']}: {body['reason']}"),
    "transfer": lambda body: _joined("title passed", body.get("document")),
    "observe": lambda body: _joined(f"reported {body['status']}", body.get("statement")),
}


def quantity_text(quantity: Mapping[str, Any]) -> str:
    """Return a written quantity as a person writes it.

    >>> quantity_text({"value": "24.35", "unit": "t", "basis": "measured", "u": "0.02"})
    '24.35 t ± 0.02 (measured)'
    >>> quantity_text({"unknown": "not published"})
    'UNKNOWN: not published'
    """
    if "unknown" in quantity:
        return f"UNKNOWN: {quantity['unknown']}"
    unit, basis = quantity["unit"], quantity["basis"]
    for sign, key in (("<", "below"), (">", "above")):
        if key in quantity:
            return f"{sign} {quantity[key]} {unit} ({basis})"
    if "low" in quantity:
        return f"{quantity['low']} to {quantity.get('high', 'unbounded')} {unit} ({basis})"
    spread = f" ± {quantity['u']}" if "u" in quantity else ""
    return f"{quantity['value']} {unit}{spread} ({basis})"


def _as_dict(step: CustodyStep) -> dict[str, Any]:
    return {
        "time": step.time,
        "event": step.event,
        "kind": step.kind,
        "what": step.what,
        "site": step.site,
        "to_site": step.to_site,
        "party": step.party,
        "to_party": step.to_party,
        "recorded": step.recorded,
        "evidence": list(step.evidence),
    }
