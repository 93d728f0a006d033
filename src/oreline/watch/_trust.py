"""How far what is said of an event can be relied on: a letter, and every reason for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from oreline.watch._claim import Claim
from oreline.watch._reconcile import DIFFERS, Point
from oreline.watch._source import Document
from oreline.watch._speech import DISTRIBUTOR

LETTERS: Final = "ABCDE"
"""A filing or official record; B official statement, or a release of a party about itself; C a
reporter with a named source; D a rewrite, or nobody named; E machine-made or spun."""
SPUN_MIN: Final = 2
"""How many of the odd phrases below make a text one that a program reworded."""

_FILING: Final = re.compile(
    r"\bSECURITIES AND EXCHANGE COMMISSION\b|\bFORM (?:8-K|10-[KQ]|6-K|20-F|40-F)\b"
    r"|\bFederal Register "
    r"(?:Vol|Doc|/)|\bExhibit 99\.\d\b|\bEX-99\.\d\b",
    re.IGNORECASE,
)
_SPONSORED: Final = re.compile(
    r"\b(?:sponsored (?:content|post|article)|paid (?:advertisement|promotion|post|content)"
    r"|(?:issued|disseminated|prepared|published) on behalf of|paid for by|advertorial"
    r"|partner content"
    r"|(?:has|have) (?:been )?(?:paid|compensated) (?:by|for))\b",
    re.IGNORECASE,
)
_SPUN: Final = re.compile(
    r"\buncommon earths?\b|\bDivision of (?:Protection|Vitality|Warfare|the Inside)\b"
    r"|\bWhite Home\b"
    r"|\bWorth Motion\b|\b[Ss]ecretary of the inside\b|\bGetty Photographs\b"
    r"|\bProtection Logistics\b"
    r"|\bvital minerals\b|\bsecretary of the Inside\b"
    r"|\bin line with [A-Z]\w+ (?:Professional|data)\b"
    r"|\bthe corporate (?:introduced|said|stated)\b|\bstated it could take\b|\bOval Workplace\b",
)
_SECOND_HAND: Final = re.compile(
    r"\((?:source|via|with inputs? from|with agency inputs?)[:\s]|\breports? (?:Dawn"
    r"|Reuters|Bloomberg|AFP)"
    r"|\b(?:according to|citing|first reported by|reported by|told) (?:the )?(?:Reuters"
    r"|Bloomberg|Financial "
    r"Times|Wall Street Journal|Nikkei|Dawn|AFP|Politico|Xinhua)\b|\b[A-Z]\w+ News reported\b",
    re.IGNORECASE,
)
_HEARSAY: Final = re.compile(
    r"\b(?:people familiar|sources? (?:said|close|familiar)|reportedly|rumou?rs?|is said to"
    r"|believed to"
    r"|speculation|unnamed|anonymous)\b",
    re.IGNORECASE,
)
_OFFICIAL: Final = re.compile(
    r"\b(?:ministry|department|embassy|government|commission|white house|pentagon|agency"
    r"|office|survey"
    r"|secretary|minister|regulator|countries|administration)\b",
    re.IGNORECASE,
)


FILING: Final = "filing"
REWORDED: Final = "reworded"
SECOND_HAND: Final = "second hand"
PAID: Final = "paid for"
HEAD_CHARS: Final = 3_000
"""How far from its beginning a text shows that it is a filing."""


def marks_of(text: str) -> tuple[str, ...]:
    """Give what a text shows of its kind, whoever it is from.

    >>> marks_of("SPONSORED CONTENT. Antimony for everybody, according to Reuters.")
    ('second hand', 'paid for')
    """
    found = (
        (FILING, _FILING.search(text, 0, HEAD_CHARS) is not None),
        (REWORDED, len(_SPUN.findall(text)) >= SPUN_MIN),
        (SECOND_HAND, _SECOND_HAND.search(text) is not None),
        (PAID, _SPONSORED.search(text) is not None),
    )
    return tuple(mark for mark, is_shown in found if is_shown)


@dataclass(frozen=True, slots=True)
class Trust:
    """A letter from A to E, and the reasons for it in the order in which they were weighed.

    The letter is of the best claim, lowered by what weakens it and raised by one only where an
    independent origin says the same. Nothing below B changes what is known without a person.
    """

    letter: str
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"letter": self.letter, "reasons": list(self.reasons)}


def trust_of(
    claims: Sequence[Claim],
    points: Sequence[Point],
    documents: Mapping[str, Document],
    root: Mapping[str, str],
    interested: Sequence[str],
) -> Trust:
    """Give how far an event can be relied on, with every reason.

    Parameters
    ----------
    root
        For each report the first of those that rest on one text with it.
    interested
        Who says something of the event and is a party to it.
    """
    rated = [_rated(one, documents[one.document], root) for one in claims]
    level, best = min(rated, key=lambda one: one[0])
    reasons = list(best)
    inner = [one.slot for one in points if one.verdict == DIFFERS and _is_inner(one)]
    if inner:
        level += 1
        reasons.append(f"lowered: a report contradicts itself on {', '.join(inner)}")
    if interested:
        reasons.append(f"a party to it speaks: {', '.join(interested)}")
    origins = {root[one.document] for one in claims}
    clashes = [one.slot for one in points if one.verdict == DIFFERS and not _is_inner(one)]
    if len(origins) > 1 and not clashes and level > 1:
        level -= 1
        reasons.append(f"raised: {len(origins)} independent origins say it")
    elif len(origins) > 1:
        reasons.append(f"{len(origins)} independent origins")
    level = max(0, min(level, len(LETTERS) - 1))
    return Trust(LETTERS[level], tuple(reasons))


def _is_inner(point: Point) -> bool:
    return len(point.told) == 1


def _rated(
    claim: Claim, document: Document, root: Mapping[str, str]
) -> tuple[int, tuple[str, ...]]:
    """Give a claim's place among the letters, from 0, and why."""
    level, reason = _base(claim, document)
    reasons = [f"{LETTERS[level]}: {reason}"]
    if root[document.name] != document.name and level == 2:
        level += 1
        reasons.append(f"lowered: shares its words with {root[document.name]}")
    for mark, why in (
        (_HEARSAY.search(claim.sentence), "hearsay"),
        (document.assisted, "a machine helped to write it"),
        (PAID in document.marks, "paid for"),
    ):
        if mark:
            level += 1
            reasons.append(f"lowered: {why}")
    return min(level, len(LETTERS) - 1), tuple(reasons)


def _base(claim: Claim, document: Document) -> tuple[int, str]:
    if FILING in document.marks or (document.kind == "filing" and not document.is_release):
        return 0, "a filing or an official record"
    if REWORDED in document.marks:
        return 4, "reworded by a program"
    if document.is_release:
        return 1, "a release: its issuer speaks of itself"
    speaker = claim.attribution.speaker
    if claim.attribution.role == DISTRIBUTOR:
        return 3, f"{speaker} distributes releases; whose this is, is not said"
    told = " ".join(one for one in (speaker, claim.attribution.role) if one)
    if speaker is not None and _OFFICIAL.search(told):
        return 1, f"an official speaks: {speaker}"
    if SECOND_HAND in document.marks:
        return 3, "what another outlet reported"
    if speaker is not None:
        return 2, f"a named source: {speaker}"
    if document.outlet.value or document.wire.value:
        return 3, "an outlet, and nobody named as its source"
    return 4, "neither outlet nor source is named"
