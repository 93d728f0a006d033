"""How alike two names of companies or bodies are, and why: the same, to be asked about, or not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

from oreline.watch._gazetteer import BODIES, LEGAL, TRADE
from oreline.watch._numbers import SPOKEN, number

T = TypeVar("T")

SAME_MIN: Final = 80.0
"""The least score (of 100) at which two names are taken for one."""
ALIKE_MIN: Final = 70.0
"""The least score at which a person is asked whether two names are one."""
WORD_MIN: Final = 88.0
"""The least likeness (of 100) at which two words count as one, misspelt."""
MISSPELT_CHARS: Final = (4, 9)
"""From how many letters on one letter, and from how many on two, may be wrong in a word."""

GENERIC: Final = frozenset(
    word.casefold() for word in (*TRADE, *BODIES, *(re.sub(r"\W", "", one) for one in LEGAL))
) | frozenset(
    [
        "us", "usa", "american", "national", "international", "global", "general", "new",
        "first", "north", "south", "east", "west", "of", "and", "the", "rare", "critical",
        "corp", "inc", "plc",
    ]
)  # fmt: skip
"""Words that many names share; they decide nothing by themselves."""
_ONE_TRADE: Final = frozenset(
    [
        "resources", "metals", "metal", "minerals", "mineral", "mining", "mines", "exploration",
        "rare", "earth", "earths", "materials", "critical", "the", "of", "and",
    ]
)  # fmt: skip
"""Words that a miner changes in its name and stays the same firm."""

_FORMS: Final[dict[str, str]] = {
    "gesellschaft mit beschrankter haftung": "gmbh",
    "societatea cu raspundere limitata": "srl",
    "societe a responsabilite limitee": "sarl",
    "limited liability company": "llc",
    "public joint stock company": "jsc",
    "open joint stock company": "jsc",
    "joint stock company": "jsc",
    "joynt stock company": "jsc",
    "joint stock compan": "jsc",
    "public limited company": "plc",
    "sociedad anonima": "sa",
    "societe anonyme": "sa",
    "aktiengesellschaft": "ag",
    "aktiengeselschaft": "ag",
    "sp z o o": "spzoo",
    "sp z oo": "spzoo",
    "s de r l": "srl",
    "s a r l": "sarl",
    "s a de c v": "sa",
    "g m b h": "gmbh",
    "private limited": "ltd",
    "pte ltd": "ltd",
    "pty ltd": "ltd",
    "co ltd": "ltd",
    "s p a": "spa",
    "s r l": "srl",
    "l l c": "llc",
    "p l c": "plc",
    "b v b a": "bvba",
    "s a": "sa",
    "n v": "nv",
    "b v": "bv",
    "l p": "lp",
    "a s": "as",
    "oao": "jsc",
    "ojsc": "jsc",
    "pjsc": "jsc",
    "pao": "jsc",
    "zao": "jsc",
    "cjsc": "jsc",
    "ooo": "llc",
    "akg": "ag",
    "limited": "ltd",
    "corporation": "corp",
    "incorporated": "inc",
    "company": "co",
    "berhad": "bhd",
}
"""Legal forms, spelt out or in another language, and one short word for each."""
_SHORT: Final = frozenset(_FORMS.values()) | frozenset(
    re.sub(r"\W", "", one).casefold() for one in LEGAL if one not in ("Holdings", "Holding")
)
_FORM: Final = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _FORMS), key=len, reverse=True)) + r")\b"
)
_COUNT: Final = re.compile(rf"\b{SPOKEN}\b")
_STRICT: Final = frozenset({"ag", "gmbh", "llc", "jsc", "plc", "lp"})
"""Forms that one firm does not have at once: another one of them is another firm."""
_SAME_WORDS: Final = {"intl": "international", "1st": "first", "2nd": "second", "3rd": "third"}
_SERIES: Final = re.compile(r"[ivx]{1,5}|[a-z]*\d[\da-z]*")
"""The number of a fund or a phase: another number is another thing, however alike."""


@dataclass(frozen=True, slots=True)
class _Folded:
    words: tuple[str, ...]
    own: tuple[str, ...]
    forms: frozenset[str]
    joined: str


@lru_cache(maxsize=4096)
def _folded(name: str) -> _Folded:
    """Give a name in small plain letters, its legal forms apart."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", plain)
    plain = plain.replace("&", " and ").replace("int’l", "intl").replace("int'l", "intl")
    plain = re.sub(r"[’']s\b", "", plain)
    plain = " ".join(re.sub(r"[^\w]+", " ", plain).split())
    plain = re.sub(r"\bunited states(?: of america)?\b|\busa\b", "us", plain)
    plain = _COUNT.sub(lambda found: str(number(found.group())), plain)
    plain = _FORM.sub(lambda found: _FORMS[found.group()], plain)
    words = [_SAME_WORDS.get(word, word) for word in plain.split()]
    words = words[1:] if words[:1] == ["the"] and len(words) > 1 else words
    forms = frozenset(word for word in words if word in _SHORT)
    kept = tuple(word for word in words if word not in _SHORT) or tuple(words)
    kept = tuple(re.sub(r"isation$", "ization", word) for word in kept)
    own = tuple(word for word in kept if word not in GENERIC)
    return _Folded(kept, own, forms, "".join(words))


def likeness(one: str, two: str) -> tuple[float, str]:
    """Give how surely two names are of one company, of 100, and why.

    From :data:`SAME_MIN` on they are taken for one; from :data:`ALIKE_MIN` on a person is asked.
    Words that many companies share (Lithium, Rare Earth, Corp) decide nothing by themselves: all
    own words of one must stand in the other, and one such word must be there. Numbers and strict
    legal forms must be the same.

    >>> likeness("lithium corp", "sigma lithium")
    (0.0, 'only words that many names share')
    >>> likeness("frontier works organization", "frontier works organization")
    (100.0, 'the same name')
    >>> likeness("Siemens Aktiengesellschaft", "SIEMENS AG")[0], likeness("Glenmore", "Glencore")[0]
    (100.0, 70.0)
    """
    if one == two:
        return 100.0, "the same name"
    first, second = _folded(one), _folded(two)
    strict = (first.forms & _STRICT, second.forms & _STRICT)
    if all(strict) and strict[0] != strict[1]:
        return 0.0, "another legal form"
    is_told = first.own or len(first.words) > 2 or first.forms == second.forms
    if is_told and sorted(first.words) == sorted(second.words):
        return 100.0 if first.words == second.words else 98.0, "the same name"
    if first.joined == second.joined or "".join(first.words) == "".join(second.words):
        return (96.0, "the same letters") if first.own else (0.0, _SHARED)
    if not first.own or not second.own:
        return 0.0, _SHARED
    if {word for word in first.own if _SERIES.fullmatch(word)} != {
        word for word in second.own if _SERIES.fullmatch(word)
    }:
        return 0.0, "another number"
    return _by_words(first, second)


class NearNames(Generic[T]):
    """Things by their names: which of them a name can be like at all, without asking each.

    :func:`likeness` is above zero only where all words are the same, or all letters, or every own
    word of one name is near one of the other. So only things that share such a word are given.
    """

    def __init__(self, things: Iterable[tuple[T, Iterable[str]]]) -> None:
        self._things: list[T] = []
        self._whole: dict[tuple[str, ...] | str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        for at, (thing, names) in enumerate(things):
            self._things.append(thing)
            for name in names:
                one = _folded(name)
                for key in (name, tuple(sorted(one.words)), one.joined, "".join(one.words)):
                    self._whole.setdefault(key, []).append(at)
                for word in one.own:
                    self._by_word.setdefault(word, []).append(at)
        self._words = list(self._by_word)

    def like(self, name: str) -> Iterator[T]:
        """Give the things that a name can be like, in their order."""
        one = _folded(name)
        found: set[int] = set()
        for key in (name, tuple(sorted(one.words)), one.joined, "".join(one.words)):
            found.update(self._whole.get(key, ()))
        for word in one.own[:1]:
            for other in self._near(word):
                found.update(self._by_word[other])
        return (self._things[at] for at in sorted(found))

    def _near(self, word: str) -> list[str]:
        return [
            other
            for other in self._words
            if abs(len(word) - len(other)) <= len(MISSPELT_CHARS)
            or 200 * min(len(word), len(other)) >= WORD_MIN * (len(word) + len(other))
            if _near(word, other)
        ]


_SHARED: Final = "only words that many names share"


def _by_words(first: _Folded, second: _Folded) -> tuple[float, str]:
    if len(first.own) != len(second.own):
        return 0.0, "a word of its own differs"
    others = [
        {word for word in one.words if word in GENERIC and word not in two.words} - _ONE_TRADE
        for one, two in ((first, second), (second, first))
    ]
    if all(others):
        return 0.0, "another line of business"
    left, is_exact = list(second.own), True
    for word in first.own:
        near = max(left, key=lambda other: _near(word, other))
        if _near(word, near) == 0:
            return 0.0, "a word of its own differs"
        is_exact = is_exact and _near(word, near) > 1
        left.remove(near)
    common = (Counter(first.words) & Counter(second.words)).total()
    share = common / max(len(first.words), len(second.words))
    if not is_exact:
        return ALIKE_MIN + (SAME_MIN - ALIKE_MIN - 1) * share, "a word is spelt nearly so"
    return 72.0 + 26.0 * share, "the same words of its own"


def _near(one: str, two: str) -> int:
    """Give 3 for the same word, 2 for one surely misspelt, 1 for one that may be, else 0."""
    if one == two:
        return 3
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    if fuzz.ratio(one, two) >= WORD_MIN:
        return 2
    least = min(len(one), len(two))
    allowed = sum(least >= chars for chars in MISSPELT_CHARS)
    return int(0 < OSA.distance(one, two) <= allowed)
