"""Who is who: names in reports against the chain folder and the reference tables, with a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from oreline.model import Chain
from oreline.reference import kept_by_tables, table
from oreline.watch._companies import agencies, companies, places
from oreline.watch._gazetteer import LEGAL, country_names
from oreline.watch._judged import NOT_JUDGED, Judgements, judged_name, spelt
from oreline.watch._likeness import ALIKE_MIN, GENERIC, SAME_MIN, NearNames, likeness
from oreline.watch._names import Mention, Names, normal_name
from oreline.watch._spill import Spill
from oreline.watch._tickers import Ticker, same_paper, ticker_of


@dataclass(frozen=True, slots=True)
class Known:
    """Something known that a name may stand for.

    ``tickers``, ``numbers`` (LEI, CIK) and the legal ``forms`` of its names are a company's.
    """

    table: str
    id: str
    name: str
    names: tuple[str, ...]
    tickers: tuple[Ticker, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in reports and what it was found to be.

    ``table`` is where it is known: parties, sites, companies, agencies, facilities, ports,
    countries, minerals; None for a name that is new, which is proposed to a person and never
    created. ``numbers`` are a company's LEI and CIK, ``listings`` its papers at their markets.
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
    listings: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()

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
            "listings": list(self.listings),
            "numbers": dict(self.numbers),
            "proposed": self.table is None,
        }


def known_things(chain: Chain | None) -> tuple[Known, ...]:
    """Give what names may stand for: the chain's parties and sites first, then what is shipped."""
    found: list[Known] = []
    if chain is not None:
        found += [
            Known("parties", one.id, one.name, _spoken(one.name)) for one in chain.parties.values()
        ]
        found += [
            Known("sites", one.id, one.name, _spoken(one.name)) for one in chain.sites.values()
        ]
    return (*found, *_companies(), *_agencies(), *_facilities())


@kept_by_tables
def _companies() -> tuple[Known, ...]:
    return tuple(
        Known(
            "companies",
            one.id,
            one.name,
            tuple(dict.fromkeys(each for name in one.names for each in _spoken(name))),
            one.listings,
            one.numbers,
            frozenset(map(_legal_form, one.names)) - {""},
        )
        for one in companies()
    )


@kept_by_tables
def _agencies() -> tuple[Known, ...]:
    return tuple(
        Known("agencies", one.id, one.name, tuple(dict.fromkeys(map(normal_name, one.spellings))))
        for one in agencies()
    )


@kept_by_tables
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


def resolve(
    name: str, kind: str, things: Iterable[Known], ticker: Ticker | None = None
) -> tuple[Known | None, float, str]:
    """Give what a name stands for, with a score and the reason; None if nothing is near enough.

    A ticker decides: the same paper is the same company, another paper at the same market is
    another one, however alike the names are.
    """
    plain = normal_name(name)
    best: tuple[float, Known | None, str] = (0.0, None, "")
    vetoed: Known | None = None
    for thing in things:
        if kind in ("company", "body") and thing.table == "sites":
            continue
        judged = [same_paper(ticker, one) for one in thing.tickers] if ticker else []
        if True in judged:
            return thing, 100.0, f"the same ticker, {ticker}"
        for spoken in thing.names:
            score, reason = _likeness(name, plain, thing, spoken)
            if score >= SAME_MIN and False in judged:
                vetoed = vetoed or thing
            elif score > best[0]:
                best = (score, thing, reason)
        if best[0] == 100.0 and ticker is None:
            break
    if vetoed is not None:
        return None, SAME_MIN - 1, f"new: {ticker} is no ticker of {vetoed.name}"
    if best[1] is None or best[0] == 0:
        return None, 0.0, "new: nothing known has this name"
    if best[0] < SAME_MIN:
        is_near = best[0] >= ALIKE_MIN
        told = f"resembles {best[1].name}: {best[2]}" if is_near else f"too unlike {best[1].name}"
        return None, best[0], told
    return best[1], best[0], best[2]


def _likeness(name: str, plain: str, thing: Known, spoken: str) -> tuple[float, str]:
    """Give the likeness of a name, with a lid where no word of it is its own.

    Lithium Corp and Lithium Ltd may be two companies: only the whole name with its legal form,
    or a ticker, makes them one.
    """
    score, reason = likeness(plain, spoken)
    is_firm = thing.table in ("companies", "operators")
    if score < SAME_MIN or not is_firm or not set(plain.split()) <= GENERIC:
        return score, reason
    if _legal_form(name) in thing.forms or set(plain.split()) & _LANDS:
        return score, reason
    return min(score, SAME_MIN - 20), "only words that many names share"


_LANDS: Final = frozenset({"us", "usa", "american", "united", "states"})
"""Words of a land: with them a whole name is its own, as in USA Rare Earth."""


def _legal_form(name: str) -> str:
    """Give the legal form at the end of a name, one word for all its spellings."""
    last = re.sub(r"\W", "", name.split()[-1]).casefold() if name.split() else ""
    one = {"corporation": "corp", "incorporated": "inc", "limited": "ltd", "company": "co"}
    short = one.get(last, last)
    return short if short in _FORMS else ""


_FORMS: Final = frozenset(re.sub(r"\W", "", one).casefold() for one in LEGAL)


def entity_keys(books: Mapping[str, Names]) -> dict[str, str]:
    """Give the one key of names that change with time or spelling: agencies and tickers.

    The Department of War is the Department of Defense; OTCQB: LTUM is OTC:LTUM.
    """
    found = {
        spelling: f"agency {one.id}"
        for one in agencies()
        for spelling in (*one.spellings, *(f"the {name}" for name in one.spellings))
    }
    for book in books.values():
        for told in (*book.tickers.values(), *(m.key for m in book.mentions if m.kind == "ticker")):
            ticker = ticker_of(told)
            if ticker is not None:
                found[told] = str(ticker)
    return found


def who_is_who(
    books: Mapping[str, Names], chain: Chain | None, judgements: Judgements = NOT_JUDGED
) -> Sequence[Entity]:
    """Give every name of reports with what it stands for; what is new is proposed only.

    What a person judged of a name prevails over its likeness to others.
    """
    things = known_things(chain)
    seen: dict[tuple[str, str], _Seen] = {}
    tickers: dict[tuple[str, str], str] = {}
    for report, book in books.items():
        for one in book.mentions:
            if one.kind == "ticker" or (one.kind == "name" and not _is_place(one)):
                continue
            is_coded = one.kind in ("country", "mineral")
            key = (one.kind, one.key if is_coded else normal_name(one.key))
            seen.setdefault(key, _Seen(one.key)).count(report)
            if one.key in book.tickers:
                tickers[key] = book.tickers[one.key]
    near = NearNames((one, one.names) for one in things)
    by_form = judgements.by_form()
    found: Spill[Entity] = Spill()
    for key in sorted(seen):
        entity = _entity(key, seen[key], things, near, tickers.get(key))
        judged = judged_name(entity.name, by_form)
        if judged is not None and entity.kind in ("company", "body", "name", "place"):
            entity = _as_judged(entity, judged, things, near, judgements)
        found.append(entity)
    return found


def _as_judged(
    one: Entity,
    judged: str,
    things: Iterable[Known],
    near: NearNames[Known],
    judgements: Judgements,
) -> Entity:
    """Give a name as a person judged it: not what it must not be, or what another name stands for.

    The other name may be one of the chain's or of a table, whatever it is spelt like.
    """
    others = judgements.other_than(judged)
    barred = {(each.table, each.id): by for each in things for name, by in others
              if _is_of(name, each, one.name)}  # fmt: skip
    veto = barred.get((one.table or "", one.id or ""))
    if veto is not None:
        reason = f"new: {veto.actor} judged it another than {one.known_as}"
        one = replace(one, table=None, id=None, known_as=None, score=0.0, reason=reason,
                      listings=(), numbers=())  # fmt: skip
    for name, by in judgements.same_as(judged):
        thing, _, _ = resolve(name, one.kind, near.like(normal_name(name)))
        if thing is None or (thing.table, thing.id) in barred:
            continue
        reason = f"{by.actor} judged it the same as {name}"
        return replace(
            one, table=thing.table, id=thing.id, known_as=thing.name, score=100.0, reason=reason,
            listings=tuple(map(str, thing.tickers)), numbers=thing.numbers,
        )  # fmt: skip
    return one


def _is_of(name: str, thing: Known, own: str) -> bool:
    """Return whether a name is that of a thing, and not only in the form that it shares with own.

    Lithium Ltd, judged another than Lithium Corp, is not barred from what is called Lithium Ltd.
    """
    if spelt(name) == spelt(thing.name):
        return True
    plain = normal_name(name)
    return plain != normal_name(own) and plain in (*thing.names, normal_name(thing.name))


@dataclass(slots=True)
class _Seen:
    """How often a name was met, report by report, and how it was written first."""

    name: str
    mentions: int = 0
    reports: int = 0
    last: str | None = None

    def count(self, report: str) -> None:
        self.mentions += 1
        self.reports += report != self.last
        self.last = report


def _is_place(one: Mention) -> bool:
    """Return whether a name of which nothing says what it is may be a known place."""
    return normal_name(one.key) in places()


def _entity(
    key: tuple[str, str],
    seen: _Seen,
    things: Iterable[Known],
    near: NearNames[Known],
    told: str | None,
) -> Entity:
    kind, code = key
    mentions, reports = seen.mentions, seen.reports
    if kind in ("country", "mineral"):
        name = country_names().get(code, code) if kind == "country" else code
        table_ = "countries" if kind == "country" else "minerals"
        reason = "the same name"
        return Entity(name, kind, mentions, reports, table_, code, name, 100.0, reason)
    name = seen.name
    if kind == "person":
        reason = "new: people are not kept"
        return Entity(name, kind, mentions, reports, None, None, None, 0.0, reason)
    ticker = ticker_of(told) if told else None
    # A ticker is held against all that is known; a name alone, against what it can be like.
    asked = near.like(normal_name(name)) if ticker is None else things
    thing, score, reason = resolve(name, kind, asked, ticker)
    if thing is None and kind == "name":
        return _place(name, mentions, reports)
    written = str(ticker) if ticker is not None else told
    if thing is None:
        return Entity(name, kind, mentions, reports, None, None, None, score, reason, written)
    return Entity(
        name,
        kind,
        mentions,
        reports,
        thing.table,
        thing.id,
        thing.name,
        score,
        reason,
        written,
        tuple(map(str, thing.tickers)),
        thing.numbers,
    )


def _place(name: str, mentions: int, reports: int) -> Entity:
    """Give the place of a name; where several places share it, none is chosen."""
    found = places()[normal_name(name)]
    first = found[0]
    told = ", ".join(f"{one.name} ({one.table} {one.id}, {one.iso3})" for one in found[:4])
    if len(found) > 1:
        more = f" and {len(found) - 4} more" if len(found) > 4 else ""
        reason = f"several places have this name: {told}{more}"
        return Entity(name, "place", mentions, reports, None, None, None, 60.0, reason)
    reason = "the same name as the only place known by it"
    score = 95.0 if first.table != "ports" else 85.0
    return Entity(
        name, "place", mentions, reports, first.table, first.id, first.name, score, reason
    )
