"""Which reports are copies of each other, or rest on one text: by the words that they share."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from pydantic import Base64Bytes

from oreline.watch._segments import sentences
from oreline.watch._spill import Spill

RUN_WORDS: Final = 8
"""How many words in a row make a run; runs of RUN_WORDS + WINDOW - 1 words are always found."""
WINDOW: Final = 4
"""Of so many runs in a row one is kept (winnowing: Schleimer, Wilkerson, Aiken, 2003)."""
COPY_MIN: Final = 0.6
"""The share of a report's word triples that stand in another, above which it is a copy."""
REPORTS_PER_RUN_MAX: Final = 40
"""A run that more reports share is a phrase of the trade: it shows no common origin."""
FIRSTS_OF_COMMON_RUN: Final = 3
"""With how many of the first holders of such a run a report is compared: it may be a copy."""
FIGURES_MIN: Final = 2
"""From so many figures on in both reports, figures tell a copy from another event of one form."""
FIGURES_SHARED_MIN: Final = 0.5
"""The least share of the figures of one report that stand in a copy of it."""
PRINTS_KEPT: Final = 512
"""How many prints are kept in memory while pairs are compared."""


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


@dataclass(frozen=True, slots=True)
class Prints:
    """What a report is recognised by, once its text is gone.

    ``keys`` and ``places`` are the runs that are kept and at which word each begins, ``triples``
    the hashes of its word triples, sorted: arrays of 32-bit numbers as bytes.
    """

    words: str
    keys: Base64Bytes
    places: Base64Bytes
    triples: Base64Bytes


def prints_of(text: str) -> Prints:
    """Give what a report is recognised by."""
    words = body_words(text)
    runs = _runs(words)
    triples = {crc32(" ".join(words[at : at + 3]).encode()) for at in range(len(words) - 2)}
    return Prints(
        " ".join(words),
        array("I", [key for key, _ in runs]).tobytes(),
        array("I", [place for _, place in runs]).tobytes(),
        array("I", sorted(triples)).tobytes(),
    )


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """The prints of a report, made for comparing: at which word each run begins, and triples."""

    words: str
    runs: dict[int, int]
    triples: frozenset[int]


@dataclass(slots=True)
class Copies:
    """The reports seen so far by their runs of words.

    Prints lie in a file without a name; in memory are 8 bytes for each run that is kept.
    """

    _by_text: dict[bytes, int] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _keys: array[int] = field(default_factory=lambda: array("I"))
    _holders: array[int] = field(default_factory=lambda: array("I"))
    _spill: Spill[Prints] = field(default_factory=Spill)
    same: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, prints: Prints) -> bool:
        """Add a report; return False if the same text is already there."""
        whole = hashlib.blake2b(prints.words.encode(), digest_size=16).digest()
        first = self._by_text.get(whole)
        if prints.words and first is not None:
            self.same.append((name, self._names[first]))
            return False
        number = len(self._names)
        self._by_text[whole] = number
        self._names.append(name)
        self._keys.frombytes(prints.keys)
        self._holders.extend([number] * (len(prints.keys) // self._keys.itemsize))
        self._spill.append(prints)
        return True

    def kin(self) -> Sequence[Kinship]:
        """Give the reports that share words, each with those before it.

        A run that more than :data:`REPORTS_PER_RUN_MAX` reports share shows no common origin; by
        such a run only whole copies of its first holders are told.
        """
        found: Spill[Kinship] = Spill()
        kept = lru_cache(maxsize=PRINTS_KEPT)(self._looked_at)
        for second, first, is_rare in self._pairs():
            one, two = kept(first), kept(second)
            common = len(one.triples & two.triples)
            share = common / (min(len(one.triples), len(two.triples)) or 1)
            is_copy = share >= COPY_MIN and _has_figures_of(one.words, two.words)
            if not is_copy and not is_rare:
                continue
            place = min(two.runs[key] for key in one.runs.keys() & two.runs.keys())
            found.append(
                Kinship(
                    self._names[first],
                    self._names[second],
                    "copy" if is_copy else "shared",
                    share,
                    " ".join(two.words.split(" ")[place : place + RUN_WORDS]),
                )
            )
        return found

    def _looked_at(self, number: int) -> _LookedAt:
        prints = self._spill[number]
        return _LookedAt(
            prints.words,
            dict(zip(array("I", prints.keys), array("I", prints.places), strict=True)),
            frozenset(array("I", prints.triples)),
        )

    def _pairs(self) -> Iterator[tuple[int, int, bool]]:
        """Yield (later, earlier, whether a rare run shows it) of reports that share a run."""
        import numpy as np

        keys = np.frombuffer(self._keys, np.uint32)
        holders = np.frombuffer(self._holders, np.uint32)
        order = np.argsort(keys, kind="stable")
        keys, holders = keys[order], holders[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if keys.size else keys
        sizes = np.diff(np.r_[starts, keys.size])
        pairs, rares = array("Q"), array("B")
        for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
            group = holders[start : start + size].tolist()
            is_rare = len(group) <= REPORTS_PER_RUN_MAX
            firsts = group if is_rare else group[:FIRSTS_OF_COMMON_RUN]
            for at, second in enumerate(group):
                pairs.extend([second << 32 | first for first in firsts[:at]])
                rares.extend([is_rare] * min(at, len(firsts)))
        if not pairs:
            return
        by_pair = np.argsort(np.frombuffer(pairs, np.uint64), kind="stable")
        told = np.frombuffer(pairs, np.uint64)[by_pair]
        begins = np.flatnonzero(np.r_[True, told[1:] != told[:-1]])
        is_shown = np.maximum.reduceat(np.frombuffer(rares, np.uint8)[by_pair], begins)
        for place, shown in zip(begins, is_shown, strict=True):
            pair = int(told[place])
            yield pair >> 32, pair & 0xFFFFFFFF, bool(shown)


def _has_figures_of(one: str, two: str) -> bool:
    """Return whether two reports have figures in common, if both have some.

    Market notes of one form ("raised its price by 3 cents to 65") share nearly all their words
    and tell of two events; a copy, however spun, keeps its figures.
    """
    first, second = (
        {word for word in text.split(" ") if word[:1].isdigit()} for text in (one, two)
    )
    least = min(len(first), len(second))
    return least < FIGURES_MIN or len(first & second) >= FIGURES_SHARED_MIN * least


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
