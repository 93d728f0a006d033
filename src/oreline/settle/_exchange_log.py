"""What a ledger holds of the exchange of assays of a lot, in the order of the log.

Positions in the log are the proof of what came first, so that events are read as they were
written; corrections are listed beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from oreline.record import Ledger
from oreline.settle._exchange_rule import PARTIES, Side
from oreline.settle._seal import CONTRACT, OPENED, ROLE, SEALED

Ints = npt.NDArray[np.int64]
EXTENDED, ACCEPTED = "assay-extension", "assay-accepted"


@dataclass(frozen=True, slots=True)
class Logged:
    """An event of an exchange: its place in the log, and what changed it later.

    ``party`` is in whose name it was entered, ``body`` what was written. ``changed_at`` is the
    position of the first correction that counts. ``changed_by`` is the one that says what counts
    now, ``changing_party`` in whose name it was entered, ``amended`` the body that it makes.
    """

    seq: int
    id: str
    party: str | None
    recorded: str
    body: Mapping[str, Any]
    extra: Mapping[str, str]
    refs: tuple[str, ...] = ()
    changed_at: int | None = None
    changed_by: str = ""
    changing_party: str | None = None
    is_void: bool = False
    amended: Mapping[str, Any] | None = None

    @property
    def issuer(self) -> str | None:
        """Return in whose name it speaks, if that party itself entered it; else None."""
        issuer = self.body.get("issuer")
        return issuer if issuer == self.party else None


@dataclass(frozen=True, slots=True)
class ExchangeLog:
    """Seals, openings, assays, extensions and acceptances of a lot, each in order."""

    lot: str
    seals: tuple[Logged, ...]
    openings: tuple[Logged, ...]
    assays: tuple[Logged, ...]
    extensions: tuple[Logged, ...]
    accepted: tuple[Logged, ...]

    @property
    def is_sealed(self) -> bool:
        """Return whether anybody has sealed results of this lot."""
        return bool(self.seals)

    def assays_of(self, side: Side) -> tuple[Logged, ...]:
        """Return the assays of one role."""
        return tuple(one for one in self.assays if one.body["role"] == side)


_MARKS = tuple(f'"type":"{name}"'.encode() for name in (SEALED, OPENED, EXTENDED, ACCEPTED))
_ASSAY = b'"schema":"assay/1"'


def exchange_log(ledger: Ledger, lot: str, contract: str | None = None) -> ExchangeLog:
    """Return what a ledger holds of the exchange of a lot, under a contract where one is named.

    An assay of a sample counts for the lot that the sample was taken of.
    """
    return next(iter(exchange_logs(ledger, contract, {lot}).values()), _empty(lot))


def exchange_logs(
    ledger: Ledger, contract: str | None = None, lots: set[str] | None = None
) -> dict[str, ExchangeLog]:
    """Return what a ledger holds of the exchange of each lot that has a seal or an assay.

    Of a reading as of a moment only what had happened by then.
    """
    known = known_by_then(ledger)
    changes = ledger.once(_changes)
    positions = sorted(ledger.raw) if lots is None else _positions(ledger, lots)
    found: dict[str, dict[str, list[Logged]]] = {}
    acceptances: list[Logged] = []
    for seq in positions:
        data = ledger.raw[seq]
        if not (_ASSAY in data or any(mark in data for mark in _MARKS)):
            continue
        if seq in ledger.verdicts.held or (known is not None and seq not in known):
            continue
        event = orjson.loads(data)
        logged = _logged(ledger, seq, event, changes)
        what, lot = _kind(event, ledger)
        if what == "accepted":
            acceptances.append(logged)
        elif lot is not None and (lots is None or lot in lots):
            if what == "seals" and contract not in {None, logged.extra.get(CONTRACT)}:
                continue
            found.setdefault(lot, {}).setdefault(what, []).append(logged)
    accepted = tuple(acceptances)
    return {lot: _log(lot, parts, accepted) for lot, parts in found.items()}


def exchanged_lots(ledger: Ledger) -> frozenset[str]:
    """Return the lots that anybody has sealed results of, or of which both sides gave assays.

    Looked for once in a ledger, in its columns: most of its assays are no exchange.
    """
    return ledger.once(_exchanged)


def _exchanged(ledger: Ledger) -> frozenset[str]:
    columns, spoken = ledger.columns, ledger.once(_spoken)
    given: dict[str, set[str]] = {str(side): set() for side in PARTIES}
    for number, role in zip(columns.grades.lot, columns.grades.role, strict=True):
        if number >= 0 and role in given:
            given[role].add(columns.lots.names[number])
    for role, name in spoken.assayed:
        given.get(role, set()).add(name)
    return spoken.sealed | frozenset(set.intersection(*given.values()))


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Where a ledger holds what is said in exchanges, and what was changed there, by lot."""

    of_lot: Mapping[str, tuple[int, ...]]
    accepted: tuple[int, ...]
    sealed: frozenset[str]
    assayed: frozenset[tuple[str, str]]


def _spoken(ledger: Ledger) -> _Spoken:
    of_lot: dict[str, list[int]] = {}
    accepted, sealed, assayed = [], set(), set()
    for seq in sorted({*_attested(ledger), *_changed(ledger)}):
        data = ledger.raw[seq]
        if not (_ASSAY in data or any(mark in data for mark in _MARKS)):
            continue
        event = orjson.loads(data)
        what, name = _kind(event, ledger)
        if what == "accepted":
            accepted.append(seq)
        elif what and name is not None:
            of_lot.setdefault(name, []).append(seq)
            if what == "seals":
                sealed.add(name)
            if what == "assays":
                assayed.add((str(event["body"]["role"]), name))
    kept = {name: tuple(seqs) for name, seqs in of_lot.items()}
    return _Spoken(kept, tuple(accepted), frozenset(sealed), frozenset(assayed))


def _attested(ledger: Ledger) -> list[int]:
    return [event["seq"] for event in ledger.other if event["schema"] == "attest/1"]


def _changed(ledger: Ledger) -> list[int]:
    """Return what was changed or taken back: it stands in columns as it is now, or not at all."""
    idle = set(ledger.verdicts.amended) | ledger.verdicts.out_of_force
    return sorted(idle & ledger.raw.keys())


def _positions(ledger: Ledger, lots: set[str]) -> list[int]:
    """Return the positions of what can belong to the exchange of some lots, in order.

    Most assays of a ledger are of other lots; reading them all takes longer than all the rest.
    """
    columns = ledger.columns
    wanted = [columns.lots.index[name] for name in lots if name in columns.lots.index]
    of_lot, event = ledger.once(_assayed)
    rows = np.isin(of_lot, wanted)
    found = set(np.array(columns.events.seq, np.int64)[np.unique(event[rows])].tolist())
    spoken = ledger.once(_spoken)
    found.update(spoken.accepted)
    for name in lots:
        found.update(spoken.of_lot.get(name, ()))
    return sorted(found & ledger.raw.keys())


def _assayed(ledger: Ledger) -> tuple[Ints, Ints]:
    """Return of each grade of an assay its lot and its event."""
    grades = ledger.columns.grades
    lot, event = np.array(grades.lot, np.int64), np.array(grades.event, np.int64)
    return lot[lot >= 0], event[lot >= 0]


def known_by_then(ledger: Ledger) -> frozenset[int] | None:
    """Return the positions of what had happened as of the reading's moment, None for all.

    What is void counts for nothing now; whether it had happened by then, nobody asks.
    """
    if ledger.as_of is None:
        return None
    return frozenset(ledger.columns.events.seq)


def _log(lot: str, parts: dict[str, list[Logged]], accepted: tuple[Logged, ...]) -> ExchangeLog:
    seals, openings, assays, extensions = (
        tuple(parts.get(name, ())) for name in ("seals", "openings", "assays", "extensions")
    )
    return ExchangeLog(lot, seals, openings, assays, extensions, accepted)


def _empty(lot: str) -> ExchangeLog:
    return ExchangeLog(lot, (), (), (), (), ())


def _kind(event: Mapping[str, Any], ledger: Ledger) -> tuple[str, str | None]:
    body = event["body"]
    if event["schema"] == "assay/1":
        lot = body.get("lot") or ledger.columns.samples.get(body.get("sample", ""), ("",))[0]
        return "assays", lot or None
    if event["schema"] != "attest/1":
        return "", None
    names = {SEALED: "seals", OPENED: "openings", EXTENDED: "extensions", ACCEPTED: "accepted"}
    what = names.get(body["type"], "")
    return what, body["subject"] if what else None


def _logged(
    ledger: Ledger, seq: int, event: Mapping[str, Any], changes: Mapping[str, _Change]
) -> Logged:
    change = _said_last(ledger, seq, changes.get(event["id"], _UNCHANGED))
    is_amended = seq in ledger.verdicts.amended
    is_void = seq in ledger.verdicts.out_of_force
    in_force = event["body"] if is_void else ledger.event(seq)["body"]
    return Logged(
        seq,
        event["id"],
        event.get("party"),
        event["recorded"],
        # A withheld field is read where this copy has it.
        event["body"] if is_amended else in_force,
        event.get("extra", {}),
        tuple(event.get("refs", ())),
        *change,
        is_void,
        in_force if is_amended else None,
    )


_Change = tuple[int | None, str, str | None]
_UNCHANGED: _Change = (None, "", None)


def _said_last(ledger: Ledger, seq: int, first: _Change) -> _Change:
    """Return a change with the correction that says what counts now: of a correction, its own."""
    by = seq
    # In a ledger of "what if" no correction made the change: there an event amends itself.
    while by in ledger.verdicts.amended and ledger.verdicts.amended[by].by_seq != by:
        by = ledger.verdicts.amended[by].by_seq
    if by == seq or by not in ledger.raw:
        return first
    last = orjson.loads(ledger.raw[by])
    return first[0], last["id"], last.get("party")


def _changes(ledger: Ledger) -> dict[str, _Change]:
    """Return by event id the first correction in force of it: position, id, whose."""
    found: dict[str, _Change] = {}
    for event in ledger.other:
        if event["schema"] == "correct/1":
            found.setdefault(
                event["body"]["target"], (event["seq"], event["id"], event.get("party"))
            )
    return found


def side_of(seal: Logged, parties: Mapping[Side, str]) -> Side | None:
    """Return for which side a seal is, by its own words and by who takes part."""
    role = seal.extra.get(ROLE)
    for side in PARTIES:
        if role == side and parties.get(side, seal.issuer) == seal.issuer:
            return side
    return None


def taking_part(log: ExchangeLog, parties: Mapping[Side, str] | None = None) -> dict[Side, str]:
    """Return who sells and who buys: as the contract says, else as the first seals say."""
    known = dict(parties or {})
    for seal in log.seals:
        side = seal.extra.get(ROLE)
        if side not in PARTIES or seal.issuer is None or seal.issuer in known.values():
            continue
        known.setdefault(Side(side), seal.issuer)
    return known
