"""A sentence with what stands in it, as the rules see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from oreline.watch._amounts import ORDINALS, Found
from oreline.watch._claim import Amount, Money, Percent, Value
from oreline.watch._gazetteer import country_names
from oreline.watch._names import Mention, Names
from oreline.watch._segments import Sentence
from oreline.watch._times import TimeFound

PARTIES: Final = ("company", "body", "name")
_CLAUSE: Final = re.compile(
    r";\s|,?\s(?:while|whereas|although|but)\s|\s—\s|,\sand\sin\s"
    r"|,?\s(?<!\bdays\s)(?<!\bweeks\s)(?<!\bmonths\s)(?<!\byears\s)(?:(?:shortly|soon)\s)?after"
    r"\s(?=(?:the\s)?[A-Z]|it\s|they\s|the company\s)"
)
_ORDINAL: Final = re.compile(r"\b(" + "|".join(ORDINALS) + r")\b", re.IGNORECASE)


@lru_cache(maxsize=32)
def _cuts(text: str) -> tuple[tuple[int, int], ...]:
    """Give where a sentence is cut into clauses; every rule asks it of the same sentence."""
    return tuple(cut.span() for cut in _CLAUSE.finditer(text))


@dataclass(frozen=True, slots=True)
class View:
    """One sentence: its mentions, amounts and times, by their places in the sentence.

    ``spoken_of`` is the company that the sentences before speak of: what *its* and *it* stand for.
    ``speaker`` is the place of whoever says the sentence, who is no party to what it says.
    """

    sentence: Sentence
    text: str
    mentions: tuple[Mention, ...]
    amounts: tuple[Found, ...]
    times: tuple[TimeFound, ...]
    book: Names
    spoken_of: str | None = None
    speaker: tuple[int, int] | None = None

    def clause(self, place: int) -> tuple[int, int]:
        """Give the clause around a place: what lies between semicolons, *while* and *but*."""
        start, end = 0, len(self.text)
        for first, last in _cuts(self.text):
            if last <= place:
                start = last
            elif first >= place:
                end = first
                break
        return start, end

    def named(
        self, start: int, end: int, kinds: Iterable[str] = (*PARTIES, "country")
    ) -> list[Mention]:
        """Give the mentions of some kinds between two places, the speaker left out."""
        wanted = frozenset(kinds)
        return [
            one
            for one in self.mentions
            if one.kind in wanted
            and start <= one.start
            and one.end <= end
            and not (self.speaker and self.speaker[0] <= one.start < self.speaker[1])
        ]

    def parties(self, start: int, end: int) -> list[str]:
        """Give the names of parties between two places, countries only where nobody else is."""
        found = self.named(start, end, ("company", "body"))
        found = found or self.named(start, end, ("name",))
        countries = self.named(start, end, ("country",))
        if not found:
            return unique(country_names()[one.key] for one in countries)
        return unique(one.key for one in found)

    def doer(self, place: int) -> str | None:
        """Give who does what stands at a place: the company named last in its clause before it.

        *It* and *the company* stand for whom the sentence, or else the report, spoke of before.
        """
        start, _ = self.clause(place)
        for kinds in (("company",), ("body",), ("name",)):
            found = self.named(start, place, kinds)
            if found:
                return found[-1].key
        earlier = self.named(0, start, ("company",))
        is_meant = re.search(
            r"\b(?:it|its|they|the (?:company|firm|miner|explorer|producer|developer))\b",
            self.text[start:place],
            re.IGNORECASE,
        )
        if earlier and is_meant:
            return earlier[-1].key
        countries = self.named(start, place, ("country",))
        if countries and not is_meant:
            return country_names()[countries[-1].key]
        return self.spoken_of

    def money(self, start: int, end: int) -> list[tuple[Found, Money]]:
        """Give the amounts of money between two places."""
        return [
            (one, one.value)
            for one in self.amounts
            if isinstance(one.value, Money) and start <= one.start and one.end <= end
        ]

    def percents(self, start: int, end: int) -> list[tuple[Found, Percent]]:
        """Give the percentages between two places."""
        return [
            (one, one.value)
            for one in self.amounts
            if isinstance(one.value, Percent) and start <= one.start and one.end <= end
        ]

    def masses(self, start: int, end: int) -> list[Amount]:
        """Give the masses between two places."""
        return [
            one.value
            for one in self.amounts
            if isinstance(one.value, Amount)
            and start <= one.start
            and one.end <= end
            and one.value.unit in ("t", "ton", "kg", "kt", "dmt", "wmt", "lb", "short ton")
        ]

    def minerals(self, start: int, end: int) -> tuple[str, ...]:
        """Give the minerals between two places."""
        return tuple(unique(one.key for one in self.named(start, end, ("mineral",))))

    def ordinal(self, start: int, end: int) -> str | None:
        """Give the ordinal between two places, the last of them."""
        found = [match.group(1).lower() for match in _ORDINAL.finditer(self.text, start, end)]
        return ORDINALS[found[-1]] if found else None


@dataclass(slots=True)
class Draft:
    """What a rule found in a sentence, before it is a claim.

    ``place`` and ``end`` are where the words stand that say it.
    """

    kind: str
    status: str
    rule: str
    place: int
    end: int
    slots: dict[str, Value] = field(default_factory=dict)
    is_future: bool = False
    time_span: tuple[int, int] | None = None

    def put(self, name: str, value: Value | None) -> None:
        """Fill a slot, unless there is nothing to fill it with."""
        if value is not None and value != () and value != "":
            self.slots[name] = value


def unique(names: Iterable[str]) -> list[str]:
    """Give names in order, each once."""
    return list(dict.fromkeys(names))


def whole(pattern: str) -> re.Pattern[str]:
    """Return a rule's words as a pattern of whole words in any case."""
    return re.compile(rf"\b(?:{pattern})(?![\w])", re.IGNORECASE)


def searched(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Give the places of a pattern."""
    return pattern.finditer(text)


DENIED: Final = re.compile(
    r"\b(?:den(?:y|ied|ies)|did not|has not|have not|had not|was not|were not|never|no longer"
    r"|not taken place|rejected reports|false"
    r"|(?:was|were|is|are) (?:wrong|untrue|incorrect|inaccurate))\b",
    re.IGNORECASE,
)
CANCELLED: Final = re.compile(
    r"\b(?:cancel\w*|called off|call off|terminat\w+|scrap(?:ped|s)?|shelved|abandon\w*|"
    r"withdr[ae]w\w*"
    r"|pull(?:ed|s)? out|walk(?:ed)? away|collapsed|tore up|torn up|halted|suspended)\b",
    re.IGNORECASE,
)
POSTPONED: Final = re.compile(
    r"\b(?:postpon\w+|delay(?:ed|s)|put off|pushed back)\b", re.IGNORECASE
)
FUTURE: Final = re.compile(
    r"\b(?:will|would|shall|plans? to|planned|planning to|aims? to|intends? to|expects? to"
    r"|expected to|hopes? to|set to|due to|is to|are to|to be|may|might|could|considering"
    r"|considers|seeks? to|wants? to|proposes? to|proposed|agreed to|agrees to|in talks|plan to)\b",
    re.IGNORECASE,
)


def off_ladder(text: str) -> str | None:
    """Give what is said to be denied, cancelled or postponed; None if nothing is."""
    if DENIED.search(text):
        return "denied"
    if CANCELLED.search(text):
        return "cancelled"
    return "postponed" if POSTPONED.search(text) else None
