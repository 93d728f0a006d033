"""Why a claim is made: the characters it rests on, the rule, how its days were reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oreline.model import InputError
from oreline.watch._claim import LADDERS, Claim, value_text
from oreline.watch._reconcile import Point
from oreline.watch._source import Document
from oreline.watch._watched import Event, Watched

AROUND_CHARS = 160
"""How much of the text before and after the sentence is shown."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A claim with everything that it rests on.

    Attributes
    ----------
    text
        The characters of the report from ``start`` to ``end``, read from the report again.
    before, after
        What stands around them.
    points
        The points of its event on which this claim's report says something.
    """

    claim: Claim
    document: Document
    event: str
    title: str
    verdict: str
    text: str
    before: str
    after: str
    points: tuple[Point, ...]

    @property
    def is_verbatim(self) -> bool:
        """Return whether the report still has the claim's sentence at its place."""
        return self.text == self.claim.sentence

    def steps(self) -> tuple[tuple[str, str], ...]:
        """Return how the claim was reached, step by step: what, and how."""
        one, published = self.claim, self.document.published
        told = [
            ("sentence", f"characters {one.start} to {one.end} of {self.document.name}"),
            ("text", f"SHA-256 {self.document.text_sha256}"),
            ("rule", f"{one.rule}, rules version {one.version}"),
            ("part of the text", one.segment),
            ("published", f"{published.day or 'not found'} ({published.basis})"),
            ("who says it", _who(one, self.document)),
            ("status", f"{one.status}, of {' < '.join(LADDERS[one.kind])}"),
            ("modality", one.modality + (f" ({', '.join(one.hedges)})" if one.hedges else "")),
        ]
        told += [(name, value_text(value)) for name, value in one.slots]
        if one.when is None:
            told.append(("when", "the sentence does not say"))
        else:
            told.append(("when", f"{one.when}: “{one.when.said}”, {one.when.basis}"))
            told += [
                ("reading", f"{first} to {last}" if first != last else f"{first}")
                for first, last in one.when.candidates
            ]
        told += [("arithmetic", check) for check in one.checks]
        return tuple(told)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "claim": self.claim.to_json(),
            "report": self.document.to_json(),
            "event": self.event,
            "title": self.title,
            "verdict": self.verdict,
            "text": self.text,
            "before": self.before,
            "after": self.after,
            "verbatim": self.is_verbatim,
            "steps": [{"what": what, "how": how} for what, how in self.steps()],
            "points": [one.to_json() for one in self.points],
        }


def _who(claim: Claim, document: Document) -> str:
    told = claim.attribution.kind
    if claim.attribution.speaker:
        role = f", {claim.attribution.role}" if claim.attribution.role else ""
        told += f": {claim.attribution.speaker}{role}"
    if claim.attribution.words:
        told += f" (“{claim.attribution.words}”)"
    issuer = document.issuer.value
    return told + (f"; release of {issuer}" if issuer else "")


def explain(found: Watched, identity: str) -> Explained:
    """Give everything that a claim rests on.

    Parameters
    ----------
    found
        What was read.
    identity
        The id of the claim, or so much of its beginning that no other claim has.

    Raises
    ------
    InputError
        If no claim has it, or several begin with it.
    """
    fits = [
        (event, claim)
        for event in found.events
        for claim in event.claims
        if identity and claim.id.startswith(identity)
    ]
    if not fits:
        raise InputError(f"no claim here has the id {identity!r}; --json of read lists them")
    if len(fits) > 1:
        ids = ", ".join(claim.id for _, claim in fits[:5])
        raise InputError(f"{len(fits)} claims begin with {identity!r}: {ids}")
    event, claim = fits[0]
    document = next(one for one in found.documents if one.name == claim.document)
    return _explained(event, claim, document)


def _explained(event: Event, claim: Claim, document: Document) -> Explained:
    text = document.text
    points = tuple(
        point for point in event.points if any(claim.id in told.claims for told in point.told)
    )
    return Explained(
        claim,
        document,
        event.id,
        event.title,
        event.verdict,
        text[claim.start : claim.end],
        text[max(0, claim.start - AROUND_CHARS) : claim.start],
        text[claim.end : claim.end + AROUND_CHARS],
        points,
    )
