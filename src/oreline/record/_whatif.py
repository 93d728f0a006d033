"""A ledger as it would read if some events said something else; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from oreline.model import InputError, check_event
from oreline.record._columns import Columns
from oreline.record._effective import Amendment, Verdicts, amended_event
from oreline.record._ledger import Ledger
from oreline.record._overwriting import Change, overwritten

_DECLARED = ("declare", "correct", "attest")


def with_amendments(ledger: Ledger, replacements: Mapping[int, Mapping[str, Any] | None]) -> Ledger:
    """Return the ledger with other content for some events, in memory.

    Parameters
    ----------
    replacements
        By position, the envelope fields that stand in place of the event's own, as in a
        correction: ``{7: {"body": {...}}}``; None takes the event out of force.

    Returns
    -------
    Ledger
        A scenario whose parent is the given one. Its size and root are the parent's: they prove
        nothing about it.

    Raises
    ------
    InputError
        If a position holds no event in force, the event is a declaration, correction or
        attestation, or what would stand there is malformed.
    """
    events = ledger.columns.events
    missing = set(replacements) - set(events.seq)
    if missing:
        named = ", ".join(str(seq) for seq in sorted(missing))
        message = f"no event in force at position {named}"
        raise InputError(message)
    amended = dict(ledger.verdicts.amended)
    void = frozenset(seq for seq, replacement in replacements.items() if replacement is None)
    for seq, replacement in replacements.items():
        if replacement is None:
            continue
        _check(ledger.event(seq), replacement)
        earlier = amended.get(seq)
        whole = {**((earlier and earlier.replacement) or {}), **replacement}
        amended[seq] = Amendment(seq, whole)
    verdicts = Verdicts(amended, ledger.verdicts.out_of_force | void, ledger.verdicts.held)
    header = replace(
        ledger.header,
        id=f"{ledger.header.id}/what-if",
        tense="scenario",
        parent=ledger.header.id,
        parent_size=ledger.size,
        parent_root=ledger.root.hex(),
    )
    changed = replace(ledger, header=header, verdicts=verdicts, columns=Columns())
    changed = replace(
        changed,
        observed=_amended(changed, ledger.observed, replacements),
        other=_amended(changed, ledger.other, replacements),
    )
    if not void:
        changes = (Change(seq, ledger.event(seq), changed.event(seq)) for seq in replacements)
        columns = overwritten(ledger.columns, changes)
        if columns is not None:
            return replace(changed, columns=columns)
    for seq in events.seq:
        if seq in void:
            continue
        changed.columns.add(seq, changed.event(seq))
    return changed


def _amended(
    changed: Ledger,
    events: Sequence[Mapping[str, Any]],
    replacements: Mapping[int, Mapping[str, Any] | None],
) -> tuple[Mapping[str, Any], ...]:
    """Return events that are kept whole as they stand in the changed ledger."""
    return tuple(
        {**changed.event(event["seq"]), "seq": event["seq"]}
        if event["seq"] in replacements
        else event
        for event in events
        if event["seq"] not in replacements or replacements[event["seq"]] is not None
    )


def _check(event: Mapping[str, Any], replacement: Mapping[str, Any]) -> None:
    kind = event["schema"].partition("/")[0]
    if kind in _DECLARED:
        message = f"{event['id']} is a {kind} event; only what happened can be varied"
        raise InputError(message)
    written = {
        name: value
        for name, value in amended_event(event, replacement).items()
        if name not in ("withheld", "recorded", "seq", "salt")
    }
    findings = check_event(written, event["id"])
    if findings:
        message = f"{event['id']} would not be well formed"
        raise InputError(message, findings)
