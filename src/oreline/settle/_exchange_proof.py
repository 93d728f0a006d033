"""Whether an exchange of sealed assays was fair, shown from the log alone.

Both seals have to stand in the log before anybody opens, each opening has to be the text that its
party sealed, and the assay that was recorded has to be the one in the text. What fails is named by
its event. Not shown is what a log cannot know: whether the parties spoke with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oreline.model import Finding, Severity
from oreline.settle._exchange_log import ExchangeLog, Logged, side_of, taking_part
from oreline.settle._exchange_rule import PARTIES, Side
from oreline.settle._seal import CONTRACT, Secret, seal_hash, try_secret

_FATAL, _WARNING, _NOTE = Severity.FATAL, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True)
class SealedSide:
    """One party's part: its seal that counts, its opening of it, and the assay it then recorded."""

    side: Side
    party: str
    seal: Logged | None
    opening: Logged | None
    secret: Secret | None
    assay: Logged | None

    def to_json(self) -> dict[str, Any]:
        """Return the part as a JSON object; the results stand in the events."""
        return {
            "side": str(self.side),
            "party": self.party,
            "seal": _shown(self.seal),
            "opening": _shown(self.opening),
            "assay": _shown(self.assay),
        }


@dataclass(frozen=True, slots=True)
class SealReport:
    """What the log shows of an exchange.

    ``ok`` says that nothing speaks against it, ``is_complete`` that both have opened.
    """

    lot: str
    contract: str | None
    sides: tuple[SealedSide, ...]
    findings: tuple[Finding, ...]
    proved: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Return whether nothing was found that must not be."""
        return all(found.severity is not _FATAL for found in self.findings)

    @property
    def is_complete(self) -> bool:
        """Return whether both parties have sealed and opened."""
        return len(self.sides) == len(PARTIES) and all(one.opening for one in self.sides)

    def of(self, side: Side) -> SealedSide | None:
        """Return one party's part, None if it has none."""
        return next((one for one in self.sides if one.side is side), None)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "lot": self.lot,
            "contract": self.contract,
            "ok": self.ok,
            "is_complete": self.is_complete,
            "sides": [one.to_json() for one in self.sides],
            "findings": [found.to_json() for found in self.findings],
            "proved": list(self.proved),
        }


@dataclass(frozen=True, slots=True)
class _Opening:
    """An opening that was looked at: the text it shows, and the seal that it opens."""

    event: Logged
    secret: Secret | None
    seal: Logged | None
    findings: tuple[Finding, ...]


def verify_exchange(
    log: ExchangeLog, parties: Mapping[Side, str] | None = None, contract: str | None = None
) -> SealReport:
    """Return what a log shows of the exchange of a lot.

    Parameters
    ----------
    parties
        Who sells and who buys, as the contract says; without it whoever sealed first in a role.
    contract
        The contract under which the seals are; openings under others are left aside.
    """
    known = taking_part(log, parties)
    looked = [_looked(one, log, known) for one in log.openings if _is_of(one, contract, log)]
    genuine = [one for one in looked if one.seal is not None and not one.findings]
    first = min((one.event.seq for one in genuine), default=None)
    seals = {side: _counting(log, known, side, first) for side in PARTIES if side in known}
    sides, findings = [], [found for one in looked for found in one.findings]
    for side, seal in seals.items():
        part, wrong = _side(side, known[side], seal, genuine, log)
        sides.append(part)
        findings += wrong
    findings += [*_strangers(log, known), *_copies(log), *_early(seals, sides, first)]
    findings += _changed(sides, first)
    order = sorted(findings, key=lambda found: found.severity is not _FATAL)
    return SealReport(log.lot, contract, tuple(sides), tuple(order), tuple(_proved(sides, first)))


def _is_of(opening: Logged, contract: str | None, log: ExchangeLog) -> bool:
    secret, _ = try_secret(opening.body.get("statement", ""))
    if secret is None or contract is None or secret.contract == contract:
        return True
    return any(seal.body.get("hash") == secret.hash for seal in log.seals)


def _looked(event: Logged, log: ExchangeLog, parties: Mapping[Side, str]) -> _Opening:
    """Hold an opening against the seals of its party before it."""
    secret, why = try_secret(event.body.get("statement", ""))
    if event.issuer is None:
        claimed = event.body.get("issuer") or "nobody"
        message = f"{event.party or 'nobody'} entered it in the name of {claimed}"
        return _Opening(event, secret, None, (_found("ORL-0852", event, message),))
    if secret is None:
        message = f"its text cannot be read: {why}"
        if "statement" not in event.body:
            message = "its text is withheld in this copy of the ledger, or was never given"
        return _Opening(event, None, None, (_found("ORL-0851", event, message),))
    own = [one for one in log.seals if one.issuer == event.issuer and one.seq < event.seq]
    if not own:
        message = f"no seal of {event.issuer} stands in the log before it"
        return _Opening(event, secret, None, (_found("ORL-0853", event, message),))
    made = seal_hash(secret.text)
    seal = next((one for one in reversed(own) if one.body.get("hash") == made), None)
    if seal is None:
        names = ", ".join(one.id for one in own)
        message = f"its text gives the hash {made[:16]}..., which is not that of {names}"
        return _Opening(event, secret, None, (_found("ORL-0851", event, message),))
    wrong = tuple(
        _found("ORL-0852", event, text) for text in _foreign(secret, event, seal, parties)
    )
    return _Opening(event, secret, seal, wrong)


def _foreign(
    secret: Secret, event: Logged, seal: Logged, parties: Mapping[Side, str]
) -> Iterator[str]:
    """Yield in what a text is not of the party, lot, role and contract that sealed it."""
    if secret.party != event.issuer:
        yield f"{event.issuer} opens what is sealed for {secret.party}"
    if secret.lot != event.body["subject"]:
        yield f"the text is of {secret.lot}, the event of {event.body['subject']}"
    if parties.get(secret.side) != event.issuer:
        yield f"the text is the {secret.side}'s, which {event.issuer} is not"
    sealed_for = seal.extra.get(CONTRACT, secret.contract)
    if secret.contract != sealed_for:
        yield f"the text is under {secret.contract}, the seal under {sealed_for}"


def _counting(
    log: ExchangeLog, parties: Mapping[Side, str], side: Side, first: int | None
) -> Logged | None:
    """Return the seal that counts: the last before anybody opened that nobody took back till then.

    A party may seal anew while nothing has been seen; afterwards what it sealed stands.
    """
    own = [one for one in log.seals if side_of(one, parties) is side]
    standing = [one for one in own if not _gone(one, first)]
    before = [one for one in standing if first is None or one.seq < first]
    if before:
        return before[-1]
    return standing[0] if standing else None


def _gone(seal: Logged, first: int | None) -> bool:
    changed = seal.changed_at
    return changed is not None and (first is None or changed < first)


def _side(
    side: Side, party: str, seal: Logged | None, genuine: list[_Opening], log: ExchangeLog
) -> tuple[SealedSide, list[Finding]]:
    """Return a party's part, and what is wrong with what it opened and recorded."""
    findings = []
    opening = None
    for one in genuine:
        if one.event.issuer != party or one.seal is None:
            continue
        if seal is not None and one.seal.id == seal.id:
            opening = opening or one
        else:
            message = f"it opens {one.seal.id}, which does not count"
            message += "" if seal is None else f"; {seal.id} does"
            findings.append(_found("ORL-0853", one.event, message))
    given = [one for one in log.assays_of(side) if one.party == party]
    if opening is None or opening.secret is None:
        if seal is not None:
            others = any(one.event.issuer != party for one in genuine)
            message = f"{party} has sealed and not opened"
            severity = _WARNING if others else _NOTE
            findings.append(_found("ORL-0856", seal, message, severity))
        return SealedSide(side, party, seal, None, None, None), findings
    secret = opening.secret
    assay = next((one for one in given if one.body == secret.assay), None)
    if assay is None:
        other = next(
            (one for one in given if opening.event.id in one.refs or _refers(one, seal)), None
        )
        message = f"it is not the assay that {opening.event.id} opened"
        if other is None:
            message = "the assay that it opened is not recorded"
        severity = _WARNING if other is None else _FATAL
        findings.append(_found("ORL-0854", other or opening.event, message, severity))
    return SealedSide(side, party, seal, opening.event, secret, assay), findings


def _refers(assay: Logged, seal: Logged | None) -> bool:
    return seal is not None and seal.id in assay.refs


def _strangers(log: ExchangeLog, parties: Mapping[Side, str]) -> Iterator[Finding]:
    for seal in log.seals:
        if side_of(seal, parties) is None:
            who = seal.body.get("issuer") or "nobody"
            by = "" if seal.issuer else f", entered by {seal.party or 'nobody'}"
            message = f"a seal of {who}{by}, who is neither the seller nor the buyer"
            yield _found("ORL-0857", seal, message, _WARNING)


def _copies(log: ExchangeLog) -> Iterator[Finding]:
    """Yield seals that repeat the hash of another party's."""
    seen: dict[str, Logged] = {}
    for seal in log.seals:
        digest = seal.body.get("hash", "")
        first = seen.setdefault(digest, seal)
        if first.body.get("issuer") != seal.body.get("issuer"):
            message = f"it repeats the hash of {first.id}, the seal of {first.body.get('issuer')}"
            yield _found("ORL-0852", seal, message)


def _early(
    seals: Mapping[Side, Logged | None], sides: list[SealedSide], first: int | None
) -> Iterator[Finding]:
    """Yield openings made before the other party had sealed."""
    for part in sides:
        other = seals.get(part.side.other)
        if part.opening is None or (other is not None and other.seq < part.opening.seq):
            continue
        if other is None:
            message = f"opened while the {part.side.other} had sealed nothing, and has not since"
            yield _found("ORL-0850", part.opening, message, _WARNING)
        else:
            message = (
                f"opened at position {part.opening.seq}, before the {part.side.other} "
                f"sealed with {other.id} at position {other.seq}"
            )
            yield _found("ORL-0850", part.opening, message)


def _changed(sides: list[SealedSide], first: int | None) -> Iterator[Finding]:
    """Yield corrections of an exchange after somebody opened."""
    for part in sides:
        for event in (part.seal, part.opening, part.assay):
            if event is None or event.changed_at is None or first is None:
                continue
            if event.changed_at > first:
                does = "voids" if event.is_void else "changes"
                message = f"{event.changed_by} {does} it after the exchange; what was opened stands"
                yield _found("ORL-0855", event, message, _WARNING)


def _proved(sides: list[SealedSide], first: int | None) -> Iterator[str]:
    """Yield what was shown, in words."""
    for part in sides:
        if part.seal is not None:
            where = f"position {part.seal.seq}"
            yield f"{part.party} sealed as {part.side} with {part.seal.id}, {where}"
    sealed = [part.seal.seq for part in sides if part.seal is not None]
    if first is not None and len(sealed) == len(PARTIES) and max(sealed) < first:
        yield f"both seals stand in the log before the first opening, position {first}"
    for part in sides:
        if part.opening is not None:
            yield f"{part.opening.id} is the text that {part.party} sealed"
        if part.assay is not None:
            yield f"{part.assay.id} records what {part.party} opened"


_FIXES = {
    "ORL-0850": "open after both have sealed; what was sealed later may have known it",
    "ORL-0851": "open with the file kept from sealing; else the party has not exchanged",
    "ORL-0852": "the party seals its own results; this counts for nobody",
    "ORL-0853": "open the seal that counts; a party that has none has not exchanged",
    "ORL-0854": "correct the assay to what was opened",
    "ORL-0855": "if both want the change, the other party accepts the correction",
    "ORL-0856": "the party opens; the contract says until when and what holds else",
    "ORL-0857": "name the contract, which says who takes part",
}


def _found(code: str, event: Logged, message: str, severity: Severity = _FATAL) -> Finding:
    return Finding(code, severity, event.id, message, _FIXES[code])


def _shown(event: Logged | None) -> dict[str, Any] | None:
    if event is None:
        return None
    return {"id": event.id, "position": event.seq, "recorded": event.recorded}
