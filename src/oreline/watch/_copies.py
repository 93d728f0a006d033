"""Which reports are copies of each other, or rest on one text: by the words that they share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from oreline.watch._segments import sentences
from oreline.watch._source import Document

RUN_WORDS: Final = 8
"""How many words in a row make a run; runs of RUN_WORDS + WINDOW - 1 words are always found."""
WINDOW: Final = 4
"""Of so many runs in a row one is kept (winnowing: Schleimer, Wilkerson, Aiken, 2003)."""
COPY_MIN: Final = 0.6
"""The share of a report's word triples that stand in another, above which it is a copy."""
REPORTS_PER_RUN_MAX: Final = 40
"""A run that more reports share is a phrase of the trade: it shows no common origin."""


@dataclass(frozen=True, slots=True)
class Kinship:
    """Two reports that share words.

    ``kind`` is copy (one text, hardly changed) or shared (some sentences from one text).
    """

    first: str
    second: str
    kind: str
    containment: float
    words: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "kind": self.kind,
            "containment": round(self.containment, 3),
            "words": self.words,
        }


@dataclass(slots=True)
class Copies:
    """The reports seen so far by their runs of words."""

    _by_text: dict[str, str] = field(default_factory=dict)
    _by_run: dict[int, list[int]] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _triples: list[frozenset[int]] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    kin: list[Kinship] = field(default_factory=list)

    def add(self, document: Document) -> bool:
        """Add a report; return False if the same text is already there."""
        words = body_words(document.text)
        whole = " ".join(words)
        if words and whole in self._by_text:
            self.same.append((document.name, self._by_text[whole]))
            return False
        self._by_text[whole] = document.name
        runs = _runs(words)
        triples = frozenset(
            crc32(" ".join(words[at : at + 3]).encode()) for at in range(len(words) - 2)
        )
        shared: dict[int, int] = {}
        for key, place in runs:
            for other in self._by_run.get(key, ())[:REPORTS_PER_RUN_MAX]:
                shared.setdefault(other, place)
        number = len(self._names)
        for other, place in sorted(shared.items()):
            common = len(triples & self._triples[other])
            least = min(len(triples), len(self._triples[other])) or 1
            self.kin.append(
                Kinship(
                    self._names[other],
                    document.name,
                    "copy" if common / least >= COPY_MIN else "shared",
                    common / least,
                    " ".join(words[place : place + RUN_WORDS]),
                )
            )
        for key, _ in runs:
            holders = self._by_run.setdefault(key, [])
            if len(holders) <= REPORTS_PER_RUN_MAX:
                holders.append(number)
        self._names.append(document.name)
        self._triples.append(triples)
        return True


def body_words(text: str) -> list[str]:
    """Give the words of the sentences of a report, in small letters."""
    return re.findall(
        r"[^\W_]+", " ".join(one.text for one in sentences(text) if one.segment == "body").lower()
    )


def _runs(words: list[str]) -> list[tuple[int, int]]:
    """Give the runs that are kept, each with its place: the smallest of each window."""
    keys = [
        crc32(" ".join(words[at : at + RUN_WORDS]).encode())
        for at in range(len(words) - RUN_WORDS + 1)
    ]
    kept: dict[int, int] = {}
    for at in range(max(1, len(keys) - WINDOW + 1)) if keys else ():
        window = keys[at : at + WINDOW]
        least = min(window)
        kept.setdefault(least, at + window.index(least))
    return sorted(kept.items(), key=lambda one: one[1])


def origins(names: Iterable[str], kin: Iterable[Kinship]) -> dict[str, str]:
    """Give for each report the first report of those that rest on one text with it."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one in kin:
        if one.first in parent and one.second in parent:
            first, second = sorted((root(one.first), root(one.second)))
            parent[second] = first
    return {name: root(name) for name in parent}
