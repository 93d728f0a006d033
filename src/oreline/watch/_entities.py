"""Who is who: names in reports against the chain folder and the reference tables, with a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from oreline.model import Chain
from oreline.reference import table
from oreline.watch._gazetteer import BODIES, LEGAL, TRADE, country_names
from oreline.watch._names import Names, normal_name

SCORE_MIN: Final = 80.0
"""The least score (of 100) at which a name is taken for one that is known."""
WORD_MIN: Final = 88.0
"""The least likeness (of 100) at which two words count as one, misspelt."""

_GENERIC: Final = frozenset(
    word.casefold() for word in (*TRADE, *BODIES, *(re.sub(r"\W", "", one) for one in LEGAL))
) | frozenset(
    [
        "us", "usa", "american", "national", "international", "global", "general", "new",
        "first", "north", "south", "east", "west", "of", "and", "the", "rare", "critical",
        "corp", "inc", "plc",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Something known that a name may stand for."""

    table: str
    id: str
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in reports and what it was found to be.

    ``table`` is where it is known: parties, sites, facilities, countries, minerals; None for a
    name that is new, which is proposed to a person and never created.
    """

    name: str
    kind: str
    mentions: int
    reports: int
    table: str | None
    id: str | None
    known_as: str | None
    score: float
    reason: str
    ticker: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "mentions": self.mentions,
            "reports": self.reports,
            "table": self.table,
            "id": self.id,
            "known_as": self.known_as,
            "score": round(self.score, 1),
            "reason": self.reason,
            "ticker": self.ticker,
            "proposed": self.table is None,
        }


def known_things(chain: Chain | None) -> tuple[Known, ...]:
    """Give what names may stand for: the chain's parties and sites, then known facilities."""
    found: list[Known] = []
    if chain is not None:
        found += [
            Known("parties", one.id, one.name, _spoken(one.name)) for one in chain.parties.values()
        ]
        found += [
            Known("sites", one.id, one.name, _spoken(one.name)) for one in chain.sites.values()
        ]
    return (*found, *_facilities())


@cache
def _facilities() -> tuple[Known, ...]:
    found: list[Known] = []
    operators: dict[str, str] = {}
    for row in table("facilities").select("id", "name", "operator").iter_rows():
        found.append(Known("facilities", row[0], row[1], _spoken(row[1])))
        for operator in re.split(r"\s/\s|;\s", row[2] or ""):
            operators.setdefault(operator.strip(), row[0])
    found += [
        Known("operators", first, name, _spoken(name)) for name, first in operators.items() if name
    ]
    return tuple(found)


def _spoken(name: str) -> tuple[str, ...]:
    """Give how a name of a table is spoken: without what stands in parentheses or after a comma."""
    if name.startswith("UNKNOWN"):
        return ()
    short = re.split(r"[(,]", name)[0].strip()
    inside = re.findall(r"\(([A-Z][A-Za-z]{1,8})\)", name)
    return tuple(
        dict.fromkeys(
            (
                normal_name(short),
                normal_name(name.split("(")[0]),
                *(one.casefold() for one in inside),
            )
        )
    )


def likeness(one: str, two: str) -> tuple[float, str]:
    """Give how surely two normal names are of one company, of 100, and why.

    Words that many companies share (Lithium, Rare Earth, Corp) decide nothing by themselves: all
    other words of the shorter name must stand in the longer, and one such word must be there.

    >>> likeness("lithium corp", "sigma lithium")
    (0.0, 'only words that many names share')
    >>> likeness("frontier works organization", "frontier works organization")
    (100.0, 'the same name')
    """
    if one == two:
        return 100.0, "the same name"
    from rapidfuzz import fuzz

    first, second = one.split(), two.split()
    own_first = [word for word in first if word not in _GENERIC]
    own_second = [word for word in second if word not in _GENERIC]
    if not own_first or not own_second:
        return 0.0, "only words that many names share"
    shorter, longer = sorted((own_first, own_second), key=len)
    matched = sum(max(fuzz.ratio(word, other) for other in longer) >= WORD_MIN for word in shorter)
    if matched < len(shorter) or len(longer) > len(shorter):
        return 0.0, "a word of its own differs"
    share = sum(word in second for word in first) / max(len(first), len(second))
    return 72.0 + 26.0 * share, "the same words of its own"


def resolve(name: str, kind: str, things: Iterable[Known]) -> tuple[Known | None, float, str]:
    """Give what a name stands for, with a score and the reason; None if nothing is near enough."""
    plain = normal_name(name)
    best: tuple[float, Known | None, str] = (0.0, None, "new: nothing known has this name")
    for thing in things:
        if kind in ("company", "body") and thing.table == "sites":
            continue
        for spoken in thing.names:
            score, reason = likeness(plain, spoken)
            if score > best[0]:
                best = (score, thing, reason)
        if best[0] == 100.0:
            break
    if best[0] < SCORE_MIN:
        return (
            None,
            best[0],
            "new: nothing known has this name"
            if best[0] == 0
            else f"too unlike {best[1].name if best[1] else ''}",
        )
    return best[1], best[0], best[2]


def who_is_who(books: Mapping[str, Names], chain: Chain | None) -> tuple[Entity, ...]:
    """Give every name of reports with what it stands for; what is new is proposed only."""
    things = known_things(chain)
    seen: dict[tuple[str, str], list[tuple[str, str]]] = {}
    tickers: dict[tuple[str, str], str] = {}
    for report, book in books.items():
        for one in book.mentions:
            if one.kind in ("ticker", "name"):
                continue
            is_coded = one.kind in ("country", "mineral")
            key = (one.kind, one.key if is_coded else normal_name(one.key))
            seen.setdefault(key, []).append((report, one.key))
            if one.key in book.tickers:
                tickers[key] = book.tickers[one.key]
    return tuple(_entity(key, seen[key], things, tickers.get(key)) for key in sorted(seen))


def _entity(
    key: tuple[str, str],
    mentions: Sequence[tuple[str, str]],
    things: Iterable[Known],
    ticker: str | None,
) -> Entity:
    kind, code = key
    reports = len({report for report, _ in mentions})
    if kind in ("country", "mineral"):
        name = country_names().get(code, code) if kind == "country" else code
        table_ = "countries" if kind == "country" else "minerals"
        reason = "the same name"
        return Entity(name, kind, len(mentions), reports, table_, code, name, 100.0, reason)
    name = mentions[0][1]
    if kind == "person":
        reason = "new: people are not kept"
        return Entity(name, kind, len(mentions), reports, None, None, None, 0.0, reason)
    thing, score, reason = resolve(name, kind, things)
    if thing is None:
        return Entity(name, kind, len(mentions), reports, None, None, None, score, reason, ticker)
    where = thing.table, thing.id
    return Entity(name, kind, len(mentions), reports, *where, thing.name, score, reason, ticker)
