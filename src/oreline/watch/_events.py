"""Claims of one event, put together: by who, how much, what and when, with vetoes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Final, overload

from oreline.watch._claim import KINDS, Claim, Money, Percent, When
from oreline.watch._judged import JudgedKeys, plain_key
from oreline.watch._likeness import GENERIC
from oreline.watch._names import normal_name

SAME_MIN: Final = 1.5
"""The weight of what two claims share from which they are of one event."""
SAME_REPORT_MIN: Final = 1.0
"""The same for two claims of one report, which speaks of few events."""
DAYS_APART_MAX: Final = 4
"""Intervals that lie further apart are of two events."""
SAME_DAYS_MAX: Final = 7
"""Intervals no longer than this show, where they meet, that two claims are of the same days."""
GROUP_ASKED_MAX: Final = 400
"""How many claims of an event are asked whether another may join: of thousands, first and last."""
_OWN_REPORT: Final = "report"
CLAIMS_COMPARED_MAX: Final = 60
"""With how many claims that share a name or an amount a claim is compared at most."""

STEPS_APART_DAYS: Final = 10
"""Reports so many days apart that tell of two steps of a ladder tell of two events: agreed, closed.

They are linked as one life cycle (see ``_lifecycle``) and not merged."""
BOUGHT_APART_DAYS: Final = 3
"""The same for what is bought: approval and closing may lie within a week."""
RATIO_APART_MIN: Final = Decimal("1.5")
"""Sums of which one is so many times the other are no two readings of one sum."""

_TOLD_BEFORE: Final = re.compile(
    r"\W*(?:In )?(?:The|This|That|Its"
    r"|Under the) (?:[“\"][^”\"]{2,60}[”\"] (?:\([A-Z]+\) )?)?(?:first |inaugural |maiden "
    r"|final |20\d\d )*"
    r"(?P<noun>shipment|cargo|consignment|delivery|batch|deal|agreement|contract"
    r"|memorandum|MoU|pact|accord|partnership|acquisition|purchase|takeover|transaction|plant"
    r"|refinery|smelter|loan|grant|list|draft|roster|ban|suspension|restrictions|controls|order)\b"
)
"""How a sentence begins that goes on about what its report told of before."""

_RULERS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "US",
        re.compile(
            r"\b(?:u\.?s\.?|united states|white house|washington|pentagon|trump|biden|interior|usgs"
            r"|geological survey|(?:defen[cs]e|commerce|energy) department|dod|doe|chips program)\b"
        ),
    ),
    ("CN", re.compile(r"\b(?:china|beijing|chinese)\b")),
    ("AU", re.compile(r"\b(?:australian?|canberra)\b")),
    ("EU", re.compile(r"\b(?:european (?:union|commission)|brussels|eu)\b")),
    ("CA", re.compile(r"\b(?:canadian?|ottawa)\b")),
    ("IN", re.compile(r"\b(?:indian?|new delhi)\b")),
    ("PK", re.compile(r"\b(?:pakistani?|islamabad)\b")),
)
"""Words by which press speaks of what a government does."""
_BROAD: Final = frozenset({"critical minerals"})
"""Words for so many minerals that sharing them shows nothing."""

PARTY_SLOTS: Final = (
    "parties",
    "company",
    "target",
    "from",
    "to",
    "agency",
    "recipient",
    "seller",
    "speaker",
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A claim with what it is recognised by.

    ``ruler`` is the country whose government acts in it, ``day`` when its report was published,
    ``target`` the name of what is bought.
    """

    claim: Claim
    parties: frozenset[str]
    money: Money | None
    things: frozenset[str]
    ordinal: str | None
    place: str | None
    ruler: str | None = None
    day: date | None = None
    target: str | None = None


def signature(claim: Claim, key_of: Mapping[str, str], day: date | None = None) -> Signed:
    """Give what a claim is recognised by."""
    names = claim.names(*PARTY_SLOTS)
    money = claim.slot("amount")
    ordinal, place = claim.slot("ordinal"), claim.slot("place")
    works = claim.slot("facility")
    things = {*claim.names("materials", "removed")} - _BROAD
    if isinstance(works, str) and works:
        things.add(works.split()[-1].lower().rstrip("s").replace("refinerie", "refinery"))
    if claim.rule == "policy.list":
        things.add("a list")
    return Signed(
        claim,
        frozenset(_party(name, key_of) for name in names),
        money if isinstance(money, Money) else None,
        frozenset(things),
        ordinal if isinstance(ordinal, str) else None,
        normal_name(place) if isinstance(place, str) else None,
        _ruler(claim),
        day,
        _target(claim, key_of),
    )


def _target(claim: Claim, key_of: Mapping[str, str]) -> str | None:
    """Give the name of what is bought; for one that a person judged, its key."""
    name = claim.slot("target")
    if not isinstance(name, str):
        return None
    is_judged = isinstance(key_of, JudgedKeys) and key_of.is_judged(name)
    return key_of[name] if is_judged else normal_name(name)


_GOVERNMENT: Final = re.compile(
    r"(?:the )?(?:white ho(?:use|me)|washington|pentagon|dod|doe|dla\b.*|chips program.*|trump.*"
    r"|(?:u\.?s\.?|united states|american|federal) (?:government|administration)"
    r"|(?:u\.?s\.? |united states )?(?:department of (?:the )?(?:defense|war|energy"
    r"|interior|commerce)"
    r"|defense logistics agency)|(?:commerce|defense|energy|interior) department)$"
)
"""Names by which the press means the government of the United States."""


def _party(name: str, key_of: Mapping[str, str]) -> str:
    is_judged = isinstance(key_of, JudgedKeys) and key_of.is_judged(name)
    if not is_judged and _GOVERNMENT.match(name.lower()):
        return "country US"
    return plain_key(key_of.get(name, normal_name(name)))


def _ruler(claim: Claim) -> str | None:
    slots = {"policy": ("agency",), "acquisition": ("company",), "funding": ("agency",)}
    said = " ".join(claim.names(*slots.get(claim.kind, ()))).lower()
    return next((code for code, words in _RULERS if said and words.search(said)), None)


def weight(one: Signed, two: Signed, *, is_related: bool) -> float:
    """Give the weight of what two claims of one kind share; below zero if they cannot be one.

    Parameters
    ----------
    is_related
        Whether their reports name a party in common.
    """
    if _vetoed(one, two):
        return -1.0
    found = likeness_of(one, two)
    if one.claim.kind == "move" and not (one.parties & two.parties or one.things & two.things):
        return -1.0
    return found + (0.5 if is_related and found > 0 else 0.0)


def likeness_of(one: Signed, two: Signed) -> float:
    """Give the weight of what two claims share, whatever forbids that they are of one event."""
    common = len(one.parties & two.parties)
    found = float(min(2, common))
    if common == 1 and next(iter(one.parties & two.parties)).startswith("country "):
        found = 0.5
    both_more = len(one.parties) > 1 and len(two.parties) > 1
    if common == 1 and both_more and not _says_country_for_party(one, two):
        # A body that deals with many: with two different partners it is in two deals.
        found -= 0.75
    if one.ruler is not None and one.ruler == two.ruler:
        found = max(found, 1.0)
    if one.money is not None and two.money is not None and _equal(one.money, two.money):
        found += 1.0
    found += 0.5 * min(2, len(one.things & two.things))
    if one.ordinal is not None and one.ordinal == two.ordinal:
        found += 0.5
    if one.place is not None and one.place == two.place:
        found += 0.5
    if _same_days(one.claim.when, two.claim.when):
        found += 0.5
    return found


def _says_country_for_party(one: Signed, two: Signed) -> bool:
    """Return whether of one shipment one claim names the country, the other who in it.

    Their ordinal shows that it is one: a country receives many, and from many.
    """
    if one.claim.kind != "shipment" or one.ordinal is None or one.ordinal != two.ordinal:
        return False
    sides = (one.parties - two.parties, two.parties - one.parties)
    return sorted(map(_are_countries, sides)) == [False, True]


def _are_countries(parties: frozenset[str]) -> bool:
    return all(name.startswith("country ") for name in parties)


def _between_other_countries(one: Signed, two: Signed) -> bool:
    """Return whether two claims that share a party go on with two different countries."""
    left, right = one.parties - two.parties, two.parties - one.parties
    if not left or not right or not one.parties & two.parties:
        return False
    return _are_countries(left) and _are_countries(right)


def _same_days(one: When | None, two: When | None) -> bool:
    """Return whether two claims are told of the same few days."""
    if one is None or two is None or one.first is None or two.first is None:
        return False
    if one.last is None or two.last is None or not _few(one) or not _few(two):
        return False
    return one.first <= two.last and two.first <= one.last


def _few(one: When) -> bool:
    return (
        one.first is not None
        and one.last is not None
        and one.last - one.first <= timedelta(days=SAME_DAYS_MAX)
    )


def _equal(one: Money, two: Money) -> bool:
    return one.currency == two.currency and one.low == two.low and one.high == two.high


def _vetoed(one: Signed, two: Signed) -> bool:
    if one.ordinal and two.ordinal and one.ordinal != two.ordinal:
        return True
    if _apart(one.claim.when, two.claim.when) or stages_apart(one, two):
        return True
    first, second = one.claim.slot("percent"), two.claim.slot("percent")
    if (
        isinstance(first, Percent)
        and isinstance(second, Percent)
        and (first.value < 0) != (second.value < 0)
    ):
        return True
    if one.claim.kind == "move" and _spans(one.claim) != _spans(two.claim):
        return True
    if one.claim.kind == "shipment" and _between_other_countries(one, two):
        return True
    if one.claim.kind == "policy" and one.things and two.things and not one.things & two.things:
        return True
    if one.claim.kind == "acquisition" and _bought_apart(one.target, two.target):
        return True
    if one.money is None or two.money is None or _equal(one.money, two.money):
        return False
    if one.money.currency != two.money.currency:
        return False
    # Two exact sums are two deals, unless both parties are the same: then they are a conflict.
    exact = not one.money.hedge and not two.money.hedge
    low, high = sorted((one.money.high, two.money.high))
    is_far = one.claim.kind == "funding" and low > 0 and high / low >= RATIO_APART_MIN
    return (exact or is_far) and len(one.parties & two.parties) < 2


def _spans(claim: Claim) -> bool:
    """Return whether a move is over weeks or a year, and not of a day."""
    told = claim.slot("as_of")
    return isinstance(told, str) and told.startswith(("year", "over"))


def _bought_apart(one: str | None, two: str | None) -> bool:
    if one is None or two is None:
        return False
    return one not in two and two not in one


def stages_apart(one: Signed, two: Signed) -> bool:
    """Return whether two claims tell of two steps on a ladder, in reports days apart."""
    kind = one.claim.kind
    is_step = one.claim.status != two.claim.status
    if kind == "acquisition" and is_step and one.claim.document == two.claim.document:
        return True
    if one.day is None or two.day is None:
        return False
    apart = abs((one.day - two.day).days)
    if apart <= (BOUGHT_APART_DAYS if kind == "acquisition" else STEPS_APART_DAYS):
        return False
    if kind in ("quotation", "move", "valuation"):
        return True
    if kind not in ("acquisition", "policy", "funding", "facility"):
        return False
    return is_step


def _apart(one: When | None, two: When | None) -> bool:
    if one is None or two is None or one.first is None or two.first is None:
        return False
    if one.last is None or two.last is None:
        return False
    gap = timedelta(days=DAYS_APART_MAX)
    return one.last + gap < two.first or two.last + gap < one.first


class Renamed(Sequence[Signed]):
    """Claims with one name for each party, and with the ruler that their report told of before.

    Lynas is Lynas Rare Earths: the first words of a name stand for it where one of them is its own,
    and only one name goes on from them. *The ministry* is of whom the report told.
    """

    def __init__(
        self, signed: Sequence[Signed], apart: Collection[frozenset[str]] = frozenset()
    ) -> None:
        """Take claims, and the keys of names that were judged different."""
        self._signed = signed
        names: set[str] = set()
        self._ruler: dict[str, str] = {}
        for one in signed:
            names.update(name for name in one.parties if _is_own(name))
            if one.claim.kind == "policy" and one.ruler is not None:
                self._ruler.setdefault(one.claim.document, one.ruler)
        self._full = _full_names(sorted(names), apart)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._signed)

    @overload
    def __getitem__(self, at: int) -> Signed: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Signed]: ...
    def __getitem__(self, at: int | slice) -> Signed | Sequence[Signed]:
        """Return a claim, or those of a slice."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return self._renamed(self._signed[at])

    def __iter__(self) -> Iterator[Signed]:
        """Yield all, in order."""
        return (self._renamed(one) for one in self._signed)

    def _renamed(self, one: Signed) -> Signed:
        if not self._full.keys().isdisjoint(one.parties):
            full = frozenset(self._full.get(name, name) for name in one.parties)
            one = replace(one, parties=full)
        if one.ruler is None and one.claim.kind == "policy" and one.claim.document in self._ruler:
            one = replace(one, ruler=self._ruler[one.claim.document])
        return one


def renamed(signed: Sequence[Signed]) -> Renamed:
    """Give claims with one name for each party (see :class:`Renamed`)."""
    return signed if isinstance(signed, Renamed) else Renamed(signed)


def _full_names(
    names: Sequence[str], apart: Collection[frozenset[str]] = frozenset()
) -> dict[str, str]:
    """Give the longer name for each that others go on from, of names in their order.

    None for a name that a person judged different from one of them: it is not theirs.
    """
    full: dict[str, str] = {}
    for at, name in enumerate(names):
        longer = []
        for other in names[at + 1 :]:
            if not other.startswith(name):
                break
            if other.startswith(f"{name} "):
                longer.append(other)
        if any(frozenset((name, one)) in apart for one in longer):
            continue
        if longer and all(max(longer, key=len).startswith(one) for one in longer):
            full[name] = max(longer, key=len)
    return full


def _is_own(name: str) -> bool:
    if name.startswith(("country ", "agency ")):
        return False
    return any(word not in GENERIC and len(word) > 3 for word in name.split())


def grouped(signed: Sequence[Signed], related: Mapping[str, frozenset[str]]) -> list[list[int]]:
    """Give groups of claims of one event, each as places in the list, in order.

    The claims of a report follow each other in the list.

    A claim joins the group with the heaviest claim, if no claim of that group forbids it. Only
    claims that share a party, an amount, a thing or a report are compared.
    """
    signed = renamed(signed)
    group_of: list[int] = []
    groups: list[list[int]] = []
    by_key: dict[tuple[str, str], list[int]] = {}
    document: str | None = None
    for at, one in enumerate(signed):
        if one.claim.document != document:
            # What a report said before is asked for only while its own claims go on.
            document = one.claim.document
            for kind in KINDS:
                by_key.pop((kind, _OWN_REPORT), None)
        keys = [(one.claim.kind, key) for key in _keys(one)]
        near = dict.fromkeys(
            other for key in keys for other in by_key.get(key, ())[-CLAIMS_COMPARED_MAX:]
        )
        best, chosen = 0.0, -1
        for other in near:
            two = signed[other]
            is_same = one.claim.document == two.claim.document
            common = related.get(one.claim.document, frozenset()) & related.get(
                two.claim.document, frozenset()
            )
            found = weight(one, two, is_related=bool(common) and not is_same)
            if found > best and found >= (SAME_REPORT_MIN if is_same else SAME_MIN):
                best, chosen = found, other
        goes_on = chosen < 0 and _TOLD_BEFORE.match(one.claim.sentence) is not None
        if goes_on:
            before = by_key.get((one.claim.kind, _OWN_REPORT), ())
            chosen = next(
                (other for other in reversed(before) if not _vetoed(one, signed[other])), -1
            )
        target = group_of[chosen] if chosen >= 0 else -1
        # "The agreement is worth" is of the deal that its own report told of, whatever others say.
        if (
            target >= 0
            and not goes_on
            and any(_vetoed(one, signed[other]) for other in _asked(groups[target]))
        ):
            target = -1
        if target < 0:
            target = len(groups)
            groups.append([])
        groups[target].append(at)
        group_of.append(target)
        for key in keys:
            append_last(by_key, key, at, CLAIMS_COMPARED_MAX)
    return groups


def _asked(group: Sequence[int]) -> Iterable[int]:
    """Give the claims of a group that may forbid another: all, of a large one first and last."""
    half = GROUP_ASKED_MAX // 2
    return group if len(group) <= GROUP_ASKED_MAX else chain(group[:half], group[-half:])


def append_last(
    lists: dict[tuple[str, str], list[int]], key: tuple[str, str], at: int, most: int
) -> None:
    """Put a place at the end of a list of which only so many of the last are ever looked at."""
    ones = lists.setdefault(key, [])
    ones.append(at)
    if len(ones) > 2 * most:
        del ones[:-most]


def _keys(one: Signed) -> Iterable[str]:
    yield from sorted(one.parties)
    yield from sorted(one.things)
    yield _OWN_REPORT
    if one.ruler is not None:
        yield f"ruler {one.ruler}"
    if one.money is not None:
        yield f"money {one.money.currency} {one.money.low}"
