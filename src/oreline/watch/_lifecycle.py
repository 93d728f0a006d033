"""What became of an event: what follows on it, what a rewrite made of it, what nobody says."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from oreline.watch._arithmetic import parts_of
from oreline.watch._claim import LADDERS, Claim, Money
from oreline.watch._copies import Kinship
from oreline.watch._events import SAME_MIN, Signed, append_last, likeness_of, renamed, stages_apart

FOLLOWED: Final = ("acquisition", "policy", "funding", "facility", "deal")
"""The kinds that go on in steps over months."""
COMPARED_MAX: Final = 40
"""With how many events that share a party an event is compared at most."""

EVENTS_KEPT: Final = 8_192
"""Of how many events the first claims are kept in memory while events are compared."""
CLAIMS_MAX: Final = 4
"""How many claims of an event are compared with those of others."""

WANTED: Final[dict[str, tuple[str, ...]]] = {
    "shipment": (
        "from",
        "to",
        "materials",
        "quantity",
        "grade",
        "value",
        "port",
        "hs code",
        "assay",
    ),
    "deal": ("parties", "amount", "instrument", "term", "binding"),
    "facility": ("company", "place", "capacity", "amount", "day of start"),
    "funding": ("agency", "recipient", "amount", "kind of money"),
    "acquisition": ("company", "target", "amount", "share"),
    "policy": ("agency", "materials", "day it takes effect"),
    "discovery": ("company", "materials", "quantity", "grade", "standard"),
    "move": ("company", "percent", "close", "as_of"),
    "valuation": ("company", "amount"),
}
"""What a chain wants to know of each kind; what no report states of it is shown as a gap."""
_DATED: Final = frozenset({"day of start", "day it takes effect"})


def silent(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Give what no report states of an event, of that which a chain wants to know."""
    kind = claims[0].kind
    stated = {name for one in claims for name, _ in one.slots}
    if any(one.when is not None and one.when.first is not None for one in claims):
        stated |= _DATED
    return tuple(name for name in WANTED.get(kind, ()) if name not in stated)


class Retold(Mapping[str, Sequence[str]]):
    """For each report those before it that share words with it; kept as numbers."""

    def __init__(self, kin: Iterable[Kinship], order: Mapping[str, int]) -> None:
        """Take pairs in the order of their second reports, as :meth:`Copies.kin` gives them."""
        self._order = order
        self._names = list(order)
        self._firsts = array("I")
        self._bounds = array("Q", [0])
        for pair in kin:
            self._reach(order[pair.second])
            self._firsts.append(order[pair.first])
        self._reach(len(order))

    def _reach(self, number: int) -> None:
        while len(self._bounds) <= number:
            self._bounds.append(len(self._firsts))

    def __getitem__(self, name: str) -> Sequence[str]:
        """Return the reports before one that share words with it."""
        at = self._order[name]
        return [self._names[one] for one in self._firsts[self._bounds[at] : self._bounds[at + 1]]]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all reports."""
        return iter(self._order)

    def __len__(self) -> int:
        """Return how many reports there are."""
        return len(self._order)


def drift(
    claims: Sequence[Claim],
    kin: Mapping[str, Sequence[str]],
    days: Mapping[str, date | None],
) -> tuple[str, ...]:
    """Give where a rewrite says more than the text it shares words with: added for proposed.

    Of two reports that share words the one published first is the source, and where the days are
    equal or unknown the one that came first.
    """
    by_report: dict[str, list[Claim]] = {}
    for one in claims:
        by_report.setdefault(one.document, []).append(one)
    if len(by_report) < 2:
        return ()
    found: list[str] = []
    for second in by_report:
        for first in kin.get(second, ()):
            if first not in by_report:
                continue
            is_late = (days[first] or date.max) > (days[second] or date.max)
            source, rewrite = (second, first) if is_late else (first, second)
            found += _stronger(source, by_report[source], rewrite, by_report[rewrite])
    return tuple(dict.fromkeys(found))


def _stronger(
    source: str, told: Sequence[Claim], rewrite: str, retold: Sequence[Claim]
) -> Iterable[str]:
    ladder = LADDERS[told[0].kind]
    reached = [
        max((_step(ladder, one.status) for one in ones), default=-1) for ones in (told, retold)
    ]
    if 0 <= reached[0] < reached[1]:
        yield (
            f"{rewrite} says {ladder[reached[1]]}, {source}, whose words it shares, says"
            f" {ladder[reached[0]]}"
        )
    hedged = {(one.currency, one.high): one.hedge for one in _sums(told)}
    for one in _sums(retold):
        hedge = hedged.get((one.currency, one.high), "")
        if hedge and not one.hedge:
            amount = f"{one.currency} {one.high:,f}"
            yield f"{rewrite} drops {hedge!r} before {amount}, as {source} has it"


def sums(
    claims: Sequence[Claim],
    told: Mapping[str, Sequence[Claim]],
) -> tuple[str, ...]:
    """Give whether the sum of an event is that of its parts in the same report.

    Parameters
    ----------
    told
        All claims of each report, in the order of the text.
    """
    found: list[str] = []
    for name in dict.fromkeys(one.document for one in claims):
        mine = _sums([one for one in claims if one.document == name])
        if not mine:
            continue
        whole = max(mine, key=lambda one: one.high)
        if claims[0].kind == "funding":
            others = [one for one in told[name] if one.kind == "funding"]
            parts = [one for one in _sums(others) if one.high < whole.high]
            found += [f"{name} {line}" for line in parts_of([whole, *parts])]
    return tuple(dict.fromkeys(found))


def _step(ladder: Sequence[str], status: str) -> int:
    return ladder.index(status) if status in ladder else -1


def _sums(claims: Sequence[Claim]) -> list[Money]:
    return [one for one in (claim.slot("amount") for claim in claims) if isinstance(one, Money)]


def follows(signed: Sequence[Signed], groups: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Give for each event the earlier events of the same life: approved follows agreed.

    Two events of one kind belong to one life where their claims share as much as claims of one
    event do, and only the step or the days keep them apart. The first claims of each are compared.
    """
    signed = renamed(signed)
    by_party: dict[tuple[str, str], list[int]] = {}
    found: list[tuple[int, ...]] = [()] * len(groups)

    @lru_cache(maxsize=EVENTS_KEPT)
    def firsts(at: int) -> list[Signed]:
        return [signed[one] for one in groups[at][:CLAIMS_MAX]]

    days = {
        at: _first_day(firsts(at))
        for at, group in enumerate(groups)
        if signed[group[0]].claim.kind in FOLLOWED
    }
    for at in sorted(days, key=lambda one: (days[one], one)):
        mine = firsts(at)
        kind = mine[0].claim.kind
        keys = dict.fromkeys((kind, name) for one in mine for name in sorted(one.parties))
        keys.update(dict.fromkeys((kind, f"ruler {one.ruler}") for one in mine if one.ruler))
        near = dict.fromkeys(
            other for key in keys for other in by_party.get(key, ())[-COMPARED_MAX:]
        )
        found[at] = tuple(sorted(other for other in near if _is_one_life(firsts(other), mine)))
        for key in keys:
            append_last(by_party, key, at, COMPARED_MAX)
    return found


def _first_day(group: Sequence[Signed]) -> date:
    return min((one.day for one in group if one.day is not None), default=date.max)


def _is_one_life(before: Sequence[Signed], after: Sequence[Signed]) -> bool:
    return any(
        stages_apart(one, two) and likeness_of(one, two) >= SAME_MIN
        for one in before
        for two in after
    )
