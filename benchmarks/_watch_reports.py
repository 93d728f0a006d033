"""Made-up reports in any number: the labelled ones with other names, numbers and words.

Every report is made from its number alone, so that a set is the same each time. It holds some
labelled reports, in which names of companies and people, numbers and words that no rule asks for
are exchanged (without that all reports of one pattern would count as copies of one text), and
between them sentences of which no rule makes anything, up to the length of a report of an agency.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "watch" / "support"))

T = TypeVar("T")

PATTERNS: Final = 4
"""How many labelled reports stand in one made-up report."""
CHARS: Final = 2_800
"""How long a report is at least: as long as the two that the project was given, on average."""
EXCHANGED: Final = 0.6
"""The share of long words that are exchanged."""
_STARTS = """
    Al Bor Cas Dor El Fen Gar Hal Is Jor Kel Lor Mar Nor Os Pel Quar Ros Sel Tor Ul Var
"""
_MIDDLES = """
    an ed in or ul ath ev ist om ur
"""
_ENDS = """
    a en ia is o on um us ex ara ine ora
"""
_PLAIN = """
    the a of and in to that is was for it with as his on be at by had not are but from or have
    an they which one you were all her she there would their we him been has when who no more if
    out so up said what its about than into them can only other time new some could these two
    may first then do any like my now over such our man me even most made after also did many
    off before must well back through years where much your way down should because long each
    just those people how too little state good very make world still see own men work here life
    both under never same year several public another know while last might us great since
    against himself few house
"""
_WORD = re.compile(r"\b[a-z]{6,}\b")
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?=[mb]n?\b|(?![\w-]|[.,]\d))")


@dataclass(frozen=True)
class Pattern:
    """A labelled report cut at the names in it: texts, and between them which name stands there."""

    day: date | None
    texts: tuple[str, ...]
    names: tuple[int, ...]
    count: int


class Chance:
    """Draws that follow from a seed; many are made at once, for that is what is fast."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)
        self._drawn: Iterator[float] = iter(())

    def share(self) -> float:
        """Return a number from 0 to below 1."""
        for one in self._drawn:
            return one
        self._drawn = iter(self._generator.random(2_000).tolist())
        return next(self._drawn)

    def between(self, least: int, most: int) -> int:
        """Return a whole number; both ends are possible."""
        return least + int(self.share() * (most - least + 1))

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of some values."""
        return values[self.between(0, len(values) - 1)]


@cache
def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the labelled reports, cut at their names."""
    from labelled import reports as labelled_reports

    from oreline.watch._extract import claims_and_names

    found = []
    for one in labelled_reports("*.toml"):
        text = one.document.text
        _, book = claims_and_names(one.document)
        texts, numbers = [], []
        seen: dict[str, int] = {}
        at = 0
        for mention in sorted(book.mentions, key=lambda name: name.start):
            if mention.kind not in ("company", "person") or mention.start < at:
                continue
            first = text[mention.start : mention.end].split()[0]
            texts.append(text[at : mention.start])
            numbers.append(seen.setdefault(first, len(seen)))
            at = mention.start + len(first)
        day = one.document.published.day
        found.append(Pattern(day, (*texts, text[at:]), tuple(numbers), len(seen)))
    return tuple(found)


@cache
def _stems() -> tuple[str, ...]:
    from oreline.watch._extract import RULES

    return tuple(stem for _, stems in RULES for stem in stems)


def report(number: int) -> str:
    """Return the text of a made-up report."""
    chance = Chance(number)
    chosen = [chance.one_of(patterns()) for _ in range(PATTERNS)]
    day = next((one.day for one in chosen if one.day is not None), None)
    parts = [] if day is None else [f" date {day.isoformat()} \n\n"]
    for pattern in chosen:
        parts += [_told(pattern, chance), "\n\n", _idle(chance), "\n\n"]
    while sum(map(len, parts)) < CHARS:
        parts += [_idle(chance), "\n\n"]
    return "".join(parts)


def _told(pattern: Pattern, chance: Chance) -> str:
    names = [_name(chance) for _ in range(pattern.count)]
    parts = []
    for at, text in enumerate(pattern.texts):
        told = _WORD.sub(lambda found: _other(found.group(), chance), text)
        parts.append(_NUMBER.sub(lambda found: _number(found.group(), chance), told))
        if at < len(pattern.names):
            parts.append(names[pattern.names[at]])
    return "".join(parts)


def _idle(chance: Chance) -> str:
    """Return a paragraph that says nothing."""
    sentences = []
    for _ in range(chance.between(1, 4)):
        told = [
            chance.one_of(words(_PLAIN)) if chance.share() < 0.8 else _name(chance).lower()
            for _ in range(chance.between(9, 24))
        ]
        sentences.append(f"{' '.join(told).capitalize()}.")
    return " ".join(sentences)


def reports(count: int) -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of so many reports."""
    for number in range(count):
        yield f"{number // 1000:03}/{number:06}.txt", report(number)


def write_reports(folder: Path, count: int) -> int:
    """Write so many reports into a folder; return their bytes."""
    size = 0
    for name, text in reports(count):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_bytes(text.encode())
    return size


def _name(chance: Chance) -> str:
    return "".join(chance.one_of(words(part)) for part in (_STARTS, _MIDDLES, _ENDS))


def _other(word: str, chance: Chance) -> str:
    if chance.share() > EXCHANGED or any(stem in word for stem in _stems()):
        return word
    return (_name(chance) + chance.one_of(words(_MIDDLES))).lower()


def _number(digits: str, chance: Chance) -> str:
    # Years stay years, and days stay days.
    if len(digits) == 4 or (digits.isdigit() and int(digits) <= 31):
        return digits
    return re.sub(r"[1-9]", lambda _: str(chance.between(1, 9)), digits)


if __name__ == "__main__":
    print(write_reports(Path(sys.argv[1]), int(sys.argv[2])))
