"""Claims of one event, put together: by who, how much, what and when, with vetoes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from oreline.watch._claim import Claim, Money, Percent, When
from oreline.watch._names import normal_name

SAME_MIN: Final = 1.5
"""The weight of what two claims share from which they are of one event."""
SAME_REPORT_MIN: Final = 1.0
"""The same for two claims of one report, which speaks of few events."""
DAYS_APART_MAX: Final = 4
"""Intervals that lie further apart are of two events."""
CLAIMS_COMPARED_MAX: Final = 60
"""With how many claims that share a name or an amount a claim is compared at most."""

_TOLD_BEFORE: Final = re.compile(
    r"\W*(?:In )?(?:The|This|That|Its) (?:first |inaugural |maiden )?(?P<noun>shipment|cargo|"
    r"consignment|delivery|batch|deal|agreement|contract"
    r"|memorandum|MoU|pact|accord|acquisition|purchase|takeover|plant|refinery|smelter|loan|"
    r"grant|list)\b"
)
"""How a sentence begins that goes on about what its report told of before."""

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
    """A claim with what it is recognised by."""

    claim: Claim
    parties: frozenset[str]
    money: Money | None
    things: frozenset[str]
    ordinal: str | None
    place: str | None


def signature(claim: Claim, key_of: Mapping[str, str]) -> Signed:
    """Give what a claim is recognised by."""
    parties = frozenset(key_of.get(name, normal_name(name)) for name in claim.names(*PARTY_SLOTS))
    money = claim.slot("amount")
    ordinal, place = claim.slot("ordinal"), claim.slot("place")
    works = claim.slot("facility")
    things = set(claim.names("materials"))
    if isinstance(works, str) and works:
        things.add(works.split()[-1].lower().rstrip("s").replace("refinerie", "refinery"))
    return Signed(
        claim,
        parties,
        money if isinstance(money, Money) else None,
        frozenset(things),
        ordinal if isinstance(ordinal, str) else None,
        normal_name(place) if isinstance(place, str) else None,
    )


def weight(one: Signed, two: Signed, *, is_related: bool) -> float:
    """Give the weight of what two claims of one kind share; below zero if they cannot be one.

    Parameters
    ----------
    is_related
        Whether their reports name a party in common.
    """
    if _vetoed(one, two):
        return -1.0
    shared = min(2, len(one.parties & two.parties))
    found = float(shared)
    if one.money is not None and two.money is not None and _equal(one.money, two.money):
        found += 1.0
    if one.things & two.things:
        found += 0.5
    if one.ordinal is not None and one.ordinal == two.ordinal:
        found += 0.5
    if one.place is not None and one.place == two.place:
        found += 0.5
    if one.claim.kind == "move" and not (one.parties & two.parties or one.things & two.things):
        return -1.0
    return found + (0.5 if is_related and found > 0 else 0.0)


def _equal(one: Money, two: Money) -> bool:
    return one.currency == two.currency and one.low == two.low and one.high == two.high


def _vetoed(one: Signed, two: Signed) -> bool:
    if one.ordinal and two.ordinal and one.ordinal != two.ordinal:
        return True
    if _apart(one.claim.when, two.claim.when):
        return True
    first, second = one.claim.slot("percent"), two.claim.slot("percent")
    if (
        isinstance(first, Percent)
        and isinstance(second, Percent)
        and (first.value < 0) != (second.value < 0)
    ):
        return True
    if one.money is None or two.money is None or _equal(one.money, two.money):
        return False
    exact = not one.money.hedge and not two.money.hedge and one.money.currency == two.money.currency
    # Two exact sums are two deals, unless both parties are the same: then they are a conflict.
    return exact and len(one.parties & two.parties) < 2


def _apart(one: When | None, two: When | None) -> bool:
    if one is None or two is None or one.first is None or two.first is None:
        return False
    if one.last is None or two.last is None:
        return False
    gap = timedelta(days=DAYS_APART_MAX)
    return one.last + gap < two.first or two.last + gap < one.first


def grouped(signed: Sequence[Signed], related: Mapping[str, frozenset[str]]) -> list[list[int]]:
    """Give groups of claims of one event, each as places in the list, in order.

    A claim joins the group with the heaviest claim, if no claim of that group forbids it. Only
    claims that share a party, an amount, a thing or a report are compared.
    """
    group_of: list[int] = []
    groups: list[list[int]] = []
    by_key: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(signed):
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
            before = by_key.get((one.claim.kind, f"report {one.claim.document}"), ())
            chosen = next(
                (other for other in reversed(before) if not _vetoed(one, signed[other])), -1
            )
        target = group_of[chosen] if chosen >= 0 else -1
        # "The agreement is worth" is of the deal that its own report told of, whatever others say.
        if (
            target >= 0
            and not goes_on
            and any(_vetoed(one, signed[other]) for other in groups[target])
        ):
            target = -1
        if target < 0:
            target = len(groups)
            groups.append([])
        groups[target].append(at)
        group_of.append(target)
        for key in keys:
            by_key.setdefault(key, []).append(at)
    return groups


def _keys(one: Signed) -> Iterable[str]:
    yield from sorted(one.parties)
    yield from sorted(one.things)
    yield f"report {one.claim.document}"
    if one.money is not None:
        yield f"money {one.money.currency} {one.money.low}"
