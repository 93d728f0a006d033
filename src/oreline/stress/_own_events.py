"""What may happen to a chain of one's own: closed sites, routes and ports, bans, prices.

Events stand in ``[[stress.event]]`` of a TOML file in the folder ``scenarios`` of the chain, or are
given on the command line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oreline.design import FilePage, form_findings, near_name
from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.model import Basis, Finding, InputError, LimitExceededError, Severity, is_fatal

SCENARIOS_FOLDER: Final = "scenarios"
SCENARIO_BYTES_MAX: Final = 1_000_000
EVENTS_MAX: Final = 200
MONTHS_MAX: Final = 1200
KINDS: Final = ("site", "route", "port", "ban", "price")
Kind = Literal["site", "route", "port", "ban", "price"]
_START: Final = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])| Q([1-4]))?")


class EventTable(BaseModel):
    """One event as a file states it; ranges are checked with what the chain knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field("", description="What it is called; else its kind and what it closes.")
    kind: Kind = Field(description="`site`, `route`, `port`, `ban` (of exports) or `price`.")
    of: str = Field(
        description="The id of a site, route or port; the country that bans; a price or an element."
    )
    start: str = Field("", description="`2033-05`, `2033 Q2` or `2033`.")
    months: float = Field(12.0, description="How long it lasts.")
    severity: float = Field(1.0, description="The part that is lost: 1 for all of it.")
    probability: float = Field(1.0, description="That it happens at all, once in the plan.")
    factor: float | None = Field(None, description="Of a price: what it is multiplied by.")
    to: tuple[str, ...] = Field((), description="Of a ban: the countries that it is meant for.")
    elements: tuple[str, ...] = Field((), description="Of a ban: what it is of; else everything.")
    basis: Basis | None = Field(None, description="How it is known; else that of `[stress]`.")
    source: str = Field("", description="Where it is from; else that of `[stress]`.")


@dataclass(frozen=True, slots=True)
class ChainEvent:
    """Something that happens to a chain.

    ``first_month`` counts months from the year nought: 12 x year + 0 to 11. ``severity`` is the
    part that is lost; a price is multiplied by ``factor``.
    """

    id: str
    kind: Kind
    of: str
    first_month: int
    months: float
    severity: float = 1.0
    probability: float = 1.0
    factor: float | None = None
    to: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    basis: Basis = Basis.ASSUMED
    source: str = ""

    def overlap(self, period: int, periods: int) -> float:
        """Return which part of a period it lasts; a year has so many periods.

        >>> one = ChainEvent("a", "route", "sea", 12 * 2033 + 1, 3.0)
        >>> [round(one.overlap(4 * 2033 + at, 4), 6) for at in range(3)]
        [0.666667, 0.333333, 0.0]
        """
        length = 12 / periods
        start = period * length
        ends = min(start + length, self.first_month + self.months)
        return float(max(0.0, ends - max(start, self.first_month)) / length)

    def first_period(self, periods: int) -> int:
        """Return the period in which it begins."""
        return self.first_month * periods // 12

    @property
    def start(self) -> str:
        """Return when it begins, as a year and a month.

        >>> ChainEvent("a", "port", "karachi", 12 * 2033 + 4, 1.0).start
        '2033-05'
        """
        return month_text(self.first_month)

    def words(self) -> str:
        """Return what happens, for people."""
        what = {
            "site": f"outage of {self.of}",
            "route": f"{self.of} closed",
            "port": f"port {self.of} closed",
            "ban": f"{self.of} bans exports",
            "price": f"price of {self.of} times {self.factor:g}" if self.factor else self.of,
        }[self.kind]
        if self.elements:
            what += f" of {', '.join(self.elements)}"
        if self.to:
            what += f" to {', '.join(self.to)}"
        part = "" if self.severity == 1 or self.kind == "price" else f" by {self.severity:.0%}"
        return f"{what}{part}, {self.months:g} months from {self.start}"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "of": self.of,
            "start": self.start,
            "months": self.months,
            "severity": None if self.kind == "price" else self.severity,
            "factor": self.factor,
            "probability": self.probability,
            "to": list(self.to),
            "elements": list(self.elements),
            "words": self.words(),
            "basis": str(self.basis),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """What events can name, and the months in which they can begin.

    ``sites`` and ``routes`` are those of the chain and of what is stressed together, ``ports`` are
    some of the sites. ``months`` are the first and the one after the last, counted from the year
    nought; ``stressed`` is what they are of: a plan, or a ledger.
    """

    sites: frozenset[str]
    routes: frozenset[str]
    ports: frozenset[str]
    prices: frozenset[str]
    elements: tuple[str, ...]
    months: tuple[int, int]
    stressed: Literal["plan", "ledger"] = "plan"

    @property
    def period(self) -> str:
        """Return the months as people read them; whole years as years.

        >>> known = KnownPlaces(*(frozenset(),) * 4, (), (12 * 2025 + 6, 12 * 2026 + 7), "ledger")
        >>> known.period
        '2025-07 to 2026-07'
        """
        first, end = self.months
        if first % 12 == end % 12 == 0:
            return f"{first // 12} to {end // 12 - 1}"
        return f"{month_text(first)} to {month_text(end - 1)}"


def month_text(month: int) -> str:
    """Return a month from the year nought as a year and a month.

    >>> month_text(12 * 2033 + 4)
    '2033-05'
    """
    return f"{month // 12}-{month % 12 + 1:02d}"


def first_month_of(text: str) -> int | None:
    """Return the month in which a start lies, None where it is none.

    >>> [first_month_of(one) for one in ("2033", "2033-05", "2033 Q2", "33")]
    [24396, 24400, 24399, None]
    """
    found = _START.fullmatch(text.strip())
    if found is None:
        return None
    month = 3 * (int(found[3]) - 1) if found[3] else int(found[2] or 1) - 1
    return 12 * int(found[1]) + month


def read_events(
    data: bytes, name: str, places: KnownPlaces, start: int
) -> tuple[tuple[ChainEvent, ...], tuple[Finding, ...]]:
    """Return the events of a scenario file, none where a finding is fatal, and all findings.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        What it is called in findings.
    places
        What can be named, and when.
    start
        The month in which an event begins that states none.
    """
    if len(data) > SCENARIO_BYTES_MAX:
        raise LimitExceededError(f"{name} has more than {SCENARIO_BYTES_MAX:,} bytes")
    try:
        found = located_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return (), (_unread(f"{name}:1", f"byte {error.start + 1} is no UTF-8"),)
    except TomlSyntaxError as error:
        return (), (_unread(f"{name}:{error.line}", f"this is no TOML: {error}"),)
    stress = found.values.get("stress")
    listed = stress.get("event") if isinstance(stress, Mapping) else None
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        fix = "write [[stress.event]] with kind, of, start and months"
        return (), (Finding("ORL-1251", Severity.FATAL, f"{name}:1", "it holds no event", fix),)
    assert isinstance(stress, Mapping)
    if len(listed) > EVENTS_MAX:
        raise LimitExceededError(f"{len(listed)} events are more than EVENTS_MAX = {EVENTS_MAX}")
    findings: list[Finding] = []
    events: list[ChainEvent] = []
    for place, one in enumerate(listed):
        path = ("stress", "event", place)
        if not isinstance(one, Mapping):
            where, fix = found.where(path, name), "write it as [[stress.event]] with its keys"
            findings.append(Finding("ORL-1251", Severity.FATAL, where, "this is no event", fix))
            continue
        try:
            table = EventTable.model_validate({**_said(stress), **_plain(one)})
        except ValidationError as error:
            below = Located(_plain(one), _below(found, path))
            findings += form_findings(error, below, name, _PAGE)
            continue
        event = _event(table, start)
        wheres = {
            key: found.where((*path, key), name)
            for key in (*EventTable.model_fields, "") if key != "id"
        }  # fmt: skip
        findings += event_findings(event, table, places, wheres)
        events.append(event)
    findings += _twice(events, name)
    return (() if is_fatal(findings) else tuple(events)), tuple(findings)


def _said(stress: Mapping[str, Any]) -> dict[str, Any]:
    return {key: stress[key] for key in ("basis", "source") if key in stress}


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: float(value) if isinstance(value, Decimal) else value
        for key, value in given.items()
    }  # fmt: skip


def _below(found: Located, path: tuple[str | int, ...]) -> dict[tuple[str | int, ...], int]:
    """Return the lines of what a path holds, and of itself as the line of what lacks."""
    lines = {
        place[len(path) :]: line
        for place, line in found.lines.items()
        if place[: len(path)] == path
    }
    return {**lines, (): found.line(path)}


def _event(table: EventTable, start: int) -> ChainEvent:
    first = start if not table.start else first_month_of(table.start)
    return ChainEvent(
        table.id or f"{table.kind}-{table.of}",
        table.kind,
        table.of,
        -1 if first is None else first,
        table.months,
        table.severity,
        table.probability,
        table.factor,
        table.to,
        table.elements,
        table.basis or Basis.ASSUMED,
        table.source,
    )


def event_findings(
    event: ChainEvent, table: EventTable, places: KnownPlaces, wheres: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield everything that is wrong with an event, each with where it stands."""
    yield from _naming(event, places, wheres)
    for key, value, good, words in (
        ("months", event.months, 0 < event.months <= MONTHS_MAX, f"0 to {MONTHS_MAX}"),
        ("severity", event.severity, 0 < event.severity <= 1, "above 0 and at most 1"),
        ("probability", event.probability, 0 <= event.probability <= 1, "0 to 1"),
    ):
        if not good:
            message = f"{event.id}: {key} is {value:g}"
            yield Finding("ORL-1253", Severity.FATAL, wheres[key], message, f"write {words}")
    if event.kind == "price" and not (event.factor is not None and event.factor >= 0):
        message = f"{event.id}: a price needs a factor of 0 or more"
        fix = "write factor = 0.6 for a fall by 40 %"
        yield Finding("ORL-1253", Severity.FATAL, wheres["factor"], message, fix)
    if event.kind != "price" and event.factor is not None:
        message = f"{event.id}: a factor is of a price, not of a {event.kind}"
        yield Finding("ORL-1253", Severity.FATAL, wheres["factor"], message, "remove it")
    if event.kind != "ban" and (event.to or event.elements):
        message = f"{event.id}: to and elements are of a ban, not of a {event.kind}"
        yield Finding("ORL-1253", Severity.FATAL, wheres["to"], message, "remove them")
    if table.basis is None or not table.source:
        message = f"{event.id} says no basis or no source"
        fix = 'write basis = "assumed" and source = "..." at the event or in [stress]'
        yield Finding("ORL-1251", Severity.FATAL, wheres[""], message, fix)
    yield from _timing(event, table, places, wheres)


def _timing(
    event: ChainEvent, table: EventTable, places: KnownPlaces, wheres: Mapping[str, str]
) -> Iterator[Finding]:
    first, end = places.months
    if event.first_month < 0:
        message = f"{event.id}: {table.start!r} is no start"
        fix = "write 2033-05, 2033 Q2 or 2033"
        yield Finding("ORL-1254", Severity.FATAL, wheres["start"], message, fix)
    elif not first <= event.first_month < end:
        message = f"{event.id} begins {event.start}, outside the {places.stressed}"
        fix = f"the {places.stressed} is of {places.period}"
        yield Finding("ORL-1254", Severity.FATAL, wheres["start"], message, fix)


def _naming(event: ChainEvent, places: KnownPlaces, wheres: Mapping[str, str]) -> Iterator[Finding]:
    from oreline.reference import UnknownCountryError, country

    countries = event.to if event.kind != "ban" else (event.of, *event.to)
    for code in countries:
        try:
            country(code)
        except UnknownCountryError:
            code = f"{code!r} is no country"
            fix = "write a code such as CN"
            yield Finding("ORL-1252", Severity.FATAL, wheres["of"], code, fix)
    known: Collection[str] = {
        "site": places.sites,
        "route": places.routes,
        "port": places.ports,
        "ban": (event.of,),
        "price": (*places.prices, *places.elements, "all"),
    }[event.kind]
    if event.of not in known:
        near = near_name(event.of, known)
        listed = ", ".join(sorted(known)[:12]) or "none"
        fix = f"did you mean {near}?" if near else f"known: {listed}"
        message = f"there is no {event.kind} {event.of!r}"
        yield Finding("ORL-1252", Severity.FATAL, wheres["of"], message, fix)


def _twice(events: Sequence[ChainEvent], name: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for one in events:
        if one.id in seen:
            fix = "give each its own id"
            yield Finding("ORL-1256", Severity.FATAL, name, f"two events are called {one.id}", fix)
        seen.add(one.id)


def given_events(
    given: Sequence[EventTable], places: KnownPlaces, start: int
) -> tuple[ChainEvent, ...]:
    """Return events that were given to a command or a page, with their basis and source.

    Raises
    ------
    InputError
        With all findings, if any of them is wrong.
    """
    events = [_event(one, start) for one in given]
    findings: list[Finding] = []
    for event, table in zip(events, given, strict=True):
        wheres = dict.fromkeys((*EventTable.model_fields, ""), event.words())
        findings += event_findings(event, table, places, wheres)
    findings += _twice(events, "the events")
    if is_fatal(findings):
        raise InputError("these events cannot be put to the chain", findings)
    return tuple(events)


def _unread(where: str, message: str) -> Finding:
    return Finding("ORL-1250", Severity.FATAL, where, message, "save the file as TOML in UTF-8")


def _key_remedy(place: tuple[str | int, ...]) -> str:
    near = near_name(str(place[-1]), EventTable.model_fields)
    return f"did you mean {near}?" if near else f"known: {', '.join(EventTable.model_fields)}"


_PAGE: Final = FilePage("own chain", "ORL-1251", _key_remedy)
