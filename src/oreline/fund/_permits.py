"""The permits that a ledger declares: which are in force on a day, and which phases they gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from oreline.record import Ledger, Version

IN_FORCE = ("in force", "granted", "issued", "valid", "active")
"""How the status of a permit begins that counts, where it states one."""


class PermitState(StrEnum):
    """Whether a permit may be relied on, on a day."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    NOT_YET = "not valid yet"
    NOT_GRANTED = "not granted"
    UNKNOWN = "UNKNOWN"
    """Its status or its basis is not stated."""


@dataclass(frozen=True, slots=True)
class PermitNow:
    """A permit on a day; text that is not stated is empty.

    Parameters
    ----------
    why
        What is not known, or what stands against it; empty of one in force.
    days_left
        Until its last day, None where that is not stated.
    """

    id: str
    type: str
    site: str
    holder: str
    issuer: str
    scope: str
    phases: tuple[str, ...]
    valid_from: str | None
    valid_to: str | None
    days_left: int | None
    status: str
    state: PermitState
    why: str
    basis: str
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        names = ("id", "type", "site", "holder", "issuer", "scope", "valid_from", "valid_to",
                 "days_left", "status", "why", "basis", "source")  # fmt: skip
        found = {name: getattr(self, name) for name in names}
        return {**found, "phases": list(self.phases), "state": str(self.state)}


@dataclass(frozen=True, slots=True)
class PhaseGate:
    """What a phase of the build-up waits for: PASS where all its permits are in force.

    A phase whose permits nobody states is UNKNOWN: that no permit is named does not say that none
    is needed.
    """

    phase: str
    name: str
    permits: tuple[PermitNow, ...]

    @property
    def verdict(self) -> str:
        """Return PASS, FAIL where a permit is known not to be in force, or UNKNOWN."""
        states = {one.state for one in self.permits}
        if states - {PermitState.IN_FORCE, PermitState.UNKNOWN}:
            return "FAIL"
        return "UNKNOWN" if PermitState.UNKNOWN in states or not states else "PASS"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why the phase is not open."""
        if not self.permits:
            return (f"no permit names the phase {self.phase}",)
        return tuple(f"{one.id} {one.why}" for one in self.permits if one.why)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "phase": self.phase,
            "name": self.name,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "permits": [one.id for one in self.permits],
        }


def version_on(versions: Sequence[Version], day: date) -> Version | None:
    """Return the version of a permit that counts on a day, None where none is declared.

    It is the last declared of those that have begun: a renewal that begins later does not end what
    is in force until then. Where none has begun, it is the last.
    """
    begun = [one for one in versions if (one.valid_from or "") <= day.isoformat()]
    return next(reversed(begun or versions), None)


def permit_of(version: Version, day: date) -> PermitNow:
    """Return a declared permit as it stands on a day."""
    data = version.data
    said = {name: str(data.get(name) or "") for name in
            ("type", "site", "holder", "issuer", "scope", "status", "basis", "source")}  # fmt: skip
    state, why = _state(version, said, day.isoformat())
    last = version.valid_to
    phases = data.get("phases") or ()
    return PermitNow(
        id=version.id,
        phases=tuple(phases.split() if isinstance(phases, str) else map(str, phases)),
        valid_from=version.valid_from,
        valid_to=last,
        days_left=None if last is None else (date.fromisoformat(last) - day).days,
        state=state,
        why=why,
        **said,
    )


def _state(version: Version, said: dict[str, str], day: str) -> tuple[PermitState, str]:
    if day > (version.valid_to or day):
        return PermitState.EXPIRED, f"expired on {version.valid_to}"
    if day < (version.valid_from or day):
        return PermitState.NOT_YET, f"is valid from {version.valid_from} only"
    if not said["status"]:
        return PermitState.UNKNOWN, "its status is not stated"
    if said["basis"] in {"", "unknown"}:
        return PermitState.UNKNOWN, "nobody says on what it rests"
    if said["status"].lower().removeprefix("assumed to be ").startswith(IN_FORCE):
        return PermitState.IN_FORCE, ""
    return PermitState.NOT_GRANTED, f"is {said['status']}"


def permits_of(ledger: Ledger, day: date) -> tuple[PermitNow, ...]:
    """Return every permit of a ledger as it stands on a day, by id."""
    return tuple(
        permit_of(version, day)
        for _, versions in sorted(ledger.declared.get("permit", {}).items())
        if (version := version_on(versions, day)) is not None
    )


def gating_permits(ledger: Ledger, phase: str, day: date) -> tuple[str, ...]:
    """Return the ids of the permits that gate a phase on a day."""
    return tuple(one.id for one in permits_of(ledger, day) if phase in one.phases)


def phase_gates(ledger: Ledger, day: date) -> tuple[PhaseGate, ...]:
    """Return every phase that the ledger declares with its permits as they stand on a day."""
    return tuple(_gates(ledger, permits_of(ledger, day)))


def _gates(ledger: Ledger, permits: tuple[PermitNow, ...]) -> Iterator[PhaseGate]:
    for identity, versions in ledger.declared.get("phase", {}).items():
        name = str(versions[-1].data.get("name") or identity)
        own = tuple(one for one in permits if identity in one.phases)
        yield PhaseGate(identity, name, own)


def permits_frame(permits: tuple[PermitNow, ...]) -> pl.DataFrame:
    """Return one row a permit."""
    rows = [{**one.to_json(), "phases": " ".join(one.phases)} for one in permits]
    texts = ("id", "type", "site", "holder", "issuer", "scope", "phases", "valid_from", "valid_to")
    schema: dict[str, Any] = dict.fromkeys(texts, pl.String) | {"days_left": pl.Int64}
    schema |= dict.fromkeys(("status", "state", "why", "basis", "source"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")
