"""What somebody wants to be told of: rules of ``watch.toml`` against what is known now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oreline.model import Chain, Finding, Permit, Severity
from oreline.reference import mineral_key, table
from oreline.watch._claim import Claim
from oreline.watch._names import normal_name
from oreline.watch._reconcile import DIFFERS, Point
from oreline.watch._settings import WATCH_FILE, AlertRule
from oreline.watch._source import Document

if TYPE_CHECKING:
    import polars as pl

    from oreline.watch._watched import Event, Watched

_NAMED: Final = (
    "parties", "company", "target", "from", "to", "agency", "recipient", "seller", "speaker",
)  # fmt: skip
_PLACED: Final = ("facility", "place", "from", "to", "asset")


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The values of a series by day, in the order of the days, with what they are."""

    values: tuple[tuple[date, Decimal], ...]
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class AlertGrounds:
    """What rules are held against.

    Attributes
    ----------
    prices
        The series of the market view by the names that rules give them.
    findings
        What is wrong with what the rules are held against; it is told with the alerts.
    """

    watched: Watched
    chain: Chain | None
    today: date
    prices: Mapping[str, PriceLine] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that a rule tells of.

    Attributes
    ----------
    marks
        What is remembered of it once it was told: a hash for each claim or value in it.
    lines
        What is to be told, one after the other; of reports each quoted sentence with its source.
    event
        The event of reports that it is about; empty where it is about none.
    """

    rule: str
    on: str
    title: str
    lines: tuple[str, ...]
    marks: tuple[str, ...]
    event: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "rule": self.rule,
            "on": self.on,
            "title": self.title,
            "lines": list(self.lines),
            "event": self.event,
        }


@dataclass(frozen=True, slots=True)
class Alerts:
    """What all rules tell of, and which of them cannot be answered."""

    alerts: tuple[Alert, ...]
    findings: tuple[Finding, ...]

    def untold(self, told: frozenset[str]) -> Alerts:
        """Return what was not told before; of an event with new claims only these."""
        return Alerts(tuple(_untold(self.alerts, told)), self.findings)

    @property
    def marks(self) -> tuple[str, ...]:
        """Return what is to be remembered once all of this was told."""
        return tuple(dict.fromkeys(mark for one in self.alerts for mark in one.marks))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "alerts": [one.to_json() for one in self.alerts],
            "findings": [one.to_json() for one in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table, one row for each alert."""
        import polars as pl

        rows = [
            (one.rule, one.on, one.title, "\n".join(one.lines), one.event) for one in self.alerts
        ]
        schema = dict.fromkeys(("rule", "on", "title", "lines", "event"), pl.String)
        return pl.DataFrame(rows, schema=schema, orient="row")


def _untold(alerts: Iterable[Alert], told: frozenset[str]) -> Iterator[Alert]:
    for one in alerts:
        fresh = [at for at, mark in enumerate(one.marks) if mark not in told]
        if not fresh:
            continue
        if len(one.marks) == len(one.lines):
            one = replace(
                one,
                lines=tuple(one.lines[at] for at in fresh),
                marks=tuple(one.marks[at] for at in fresh),
            )
        yield one


def alerts_of(rules: Sequence[AlertRule], grounds: AlertGrounds) -> Alerts:
    """Give everything that rules tell of, whether or not it was told before."""
    alerts: list[Alert] = []
    findings: list[Finding] = list(grounds.findings)
    for rule in rules:
        if rule.on == "claim":
            alerts += _claims(rule, grounds)
        elif rule.on == "contested":
            alerts += _contested(rule, grounds)
        elif rule.on == "lapse":
            found, wrong = _lapses(rule, grounds)
            alerts += found
            findings += wrong
        elif rule.on == "import_reliance":
            found, wrong = _revisions(rule)
            alerts += found
            findings += wrong
        else:
            found, wrong = _prices(rule, grounds)
            alerts += found
            findings += wrong
    return Alerts(tuple(alerts), tuple(findings))


def _mark(rule: AlertRule, *what: object) -> str:
    key = "\x1f".join((rule.id, rule.on, *(str(one) for one in what)))
    return hashlib.sha256(key.encode()).hexdigest()


_Meant = Mapping[str, tuple[str, str, str]]
"""What names in reports stand for, by their normal form: table, id and the name there."""


def _meant(watched: Watched) -> _Meant:
    return {
        normal_name(one.name): (one.table, one.id or "", normal_name(one.known_as or ""))
        for one in watched.entities
        if one.table is not None
    }


def _fits(rule: AlertRule, claim: Claim, meant: _Meant) -> bool:
    """Return whether a claim is about what a rule names; all that it names must fit."""
    if rule.kind is not None and claim.kind != rule.kind:
        return False
    if rule.mineral is not None:
        minerals = {mineral_key(one) for one in claim.names("materials")}
        if mineral_key(rule.mineral) not in minerals:
            return False
    named = rule.party is None or _is_named(rule.party, claim.names(*_NAMED), "parties", meant)
    placed = rule.site is None or _is_named(rule.site, claim.names(*_PLACED), "sites", meant)
    return named and placed


def _is_named(wanted: str, names: Iterable[str], kind: str, meant: _Meant) -> bool:
    """Return whether one of these names is the one wanted, or stands for what has it as its id."""
    plain = normal_name(wanted)
    # A rule may say FWO where the chain calls it Frontier Works Organization.
    table_, identity, _ = meant.get(plain, ("", "", ""))
    ids = {wanted, identity if table_ == kind else wanted}
    for name in map(normal_name, names):
        _, found, long = meant.get(name, ("", "", ""))
        if name == plain or (found and found in ids) or (long and long == plain):
            return True
    return False


def _said(claim: Claim, document: Document) -> str:
    day = document.published.day
    outlet = document.outlet.value or document.name
    when = "day not found" if day is None else day.isoformat()
    return f"“{' '.join(claim.sentence.split())}” ({outlet}, {when})"


def _claim_mark(rule: AlertRule, claim: Claim, document: Document) -> str:
    # Not the claim's id: that changes with the name of a rule, and nothing new was said.
    return _mark(rule, document.text_sha256, claim.start, claim.end, claim.kind)


def _claims(rule: AlertRule, grounds: AlertGrounds) -> Iterator[Alert]:
    watched = grounds.watched
    documents = {one.name: one for one in watched.documents}
    meant = _meant(watched)
    for event in watched.events:
        found: dict[str, str] = {}
        for claim in event.claims:
            if _fits(rule, claim, meant):
                document = documents[claim.document]
                found.setdefault(_claim_mark(rule, claim, document), _said(claim, document))
        if found:
            yield Alert(
                rule.id, rule.on, event.title, tuple(found.values()), tuple(found), event.id
            )


def _contested(rule: AlertRule, grounds: AlertGrounds) -> Iterator[Alert]:
    watched = grounds.watched
    documents = {one.name: one for one in watched.documents}
    meant = _meant(watched)
    for event in watched.events:
        if not any(_fits(rule, one, meant) for one in event.claims):
            continue
        marks: dict[str, str] = {}
        for point in event.points:
            if point.verdict == DIFFERS:
                mark = _mark(rule, *_contest(point, event, documents))
                marks[mark] = f"{point.slot}: " + _apart(point)
        if marks:
            yield Alert(
                rule.id, rule.on, event.title, tuple(marks.values()), tuple(marks), event.id
            )


def _contest(point: Point, event: Event, documents: Mapping[str, Document]) -> Iterator[object]:
    """Yield what a contest is known by: it is another one once another value is said."""
    yield point.slot
    yield from sorted({one.text for one in point.told})
    first = min(documents[one.document].text_sha256 for one in event.claims)
    yield first


def _apart(point: Point) -> str:
    told = "; ".join(f"{one.text} ({one.document})" for one in point.told)
    return f"{told}. {point.note}" if point.note else told


def _lapses(rule: AlertRule, grounds: AlertGrounds) -> tuple[list[Alert], list[Finding]]:
    assert rule.within_days is not None, "the settings are checked"
    chain = grounds.chain
    if chain is None:
        return [], [_unanswered(rule, "no chain is beside the reports, so no permit is known")]
    if rule.site is not None and rule.site not in chain.sites:
        return [], [_unanswered(rule, f"the chain has no site {rule.site}")]
    found = []
    for permit in chain.permits.values():
        if permit.valid_to is None or rule.site not in (None, permit.site):
            continue
        left = (date.fromisoformat(permit.valid_to) - grounds.today).days
        if left <= rule.within_days:
            found.append((left, permit.id, permit))
    found.sort(key=lambda one: one[:2])
    return [_lapse(rule, permit, left) for left, _, permit in found], []


def _lapse(rule: AlertRule, permit: Permit, left: int) -> Alert:
    days = f"{abs(left)} day{'s' if abs(left) != 1 else ''}"
    when = f"ends in {days}" if left > 0 else "ends today" if left == 0 else f"ended {days} ago"
    title = f"{permit.type} {permit.id} {when}"
    line = (
        f"valid to {permit.valid_to}; site {permit.site or 'not stated'}; issuer "
        f"{permit.issuer or 'not stated'}; {permit.basis}, {permit.source or 'source not stated'}"
    )
    # An ended permit is told again although it was told while it ran.
    state = "ended" if left < 0 else "ends"
    return Alert(
        rule.id, rule.on, title, (line,), (_mark(rule, permit.id, permit.valid_to, state),)
    )


def _revisions(rule: AlertRule) -> tuple[list[Alert], list[Finding]]:
    """Tell of net import reliances of one year that two vintages state otherwise."""
    from oreline.stress import import_reliances

    least = float(rule.change_points or 0)
    vintages = sorted(set(table("us_salient")["vintage"].to_list()))
    wanted = None if rule.mineral is None else mineral_key(rule.mineral)
    found = []
    seen = False
    earlier: dict[tuple[str, str, int], Any] = {}
    for vintage in vintages:
        now = {
            (one.mineral, one.subject, one.year): one
            for one in import_reliances(rule.mineral, vintage=vintage)
            if wanted is None or mineral_key(one.mineral) == wanted
        }
        seen = seen or bool(now)
        for key, one in now.items():
            before = earlier.get(key)
            if before is None or before.text == one.text:
                continue
            apart = _points_apart(before.published, one.published)
            if apart is None or apart < least:
                continue
            mineral, subject, year = key
            title = f"{mineral}: net import reliance of {year} revised"
            line = (
                f"{subject or mineral}: {before.text} % in the edition of {before.vintage}, "
                f"{one.text} % in that of {one.vintage} (United States; {one.source})"
            )
            mark = _mark(rule, mineral, subject, year, before.text, one.text, one.vintage)
            found.append(Alert(rule.id, rule.on, title, (line,), (mark,)))
        earlier |= now
    wrong = [] if seen else [_unanswered(rule, f"no edition prints one for {rule.mineral}")]
    return found, wrong


def _points_apart(one: Any, two: Any) -> float | None:
    """Return how far two published values lie apart at least; None where one is open."""
    if one is None or two is None or one.high is None or two.high is None:
        return None
    return max(0.0, float(one.low - two.high), float(two.low - one.high))


def _prices(rule: AlertRule, grounds: AlertGrounds) -> tuple[list[Alert], list[Finding]]:
    assert rule.series is not None, "the settings are checked"
    line = grounds.prices.get(rule.series)
    if line is None:
        known = ", ".join(sorted(grounds.prices)) or "none"
        return [], [_unanswered(rule, f"there is no series {rule.series}; known: {known}")]
    if not line.values:
        return [], [_unanswered(rule, f"the series {rule.series} has no value")]
    found = []
    day, value = line.values[-1]
    for word, limit, is_beyond in (
        ("above", rule.above, rule.above is not None and value > rule.above),
        ("below", rule.below, rule.below is not None and value < rule.below),
    ):
        if is_beyond:
            title = f"{rule.series} is {word} {limit:f} {line.unit}"
            text = f"{value:f} {line.unit} on {day.isoformat()} ({line.source})"
            found.append(Alert(rule.id, rule.on, title, (text,), (_mark(rule, word, day, value),)))
    if rule.change_pct is not None and len(line.values) > 1:
        before_day, before = line.values[-2]
        if before > 0:
            change = (value - before) * 100 / before
            if abs(change) >= rule.change_pct:
                title = f"{rule.series} moved {change:+.1f} %"
                text = (
                    f"{before:f} on {before_day.isoformat()}, {value:f} {line.unit} on "
                    f"{day.isoformat()} ({line.source})"
                )
                mark = _mark(rule, "change", before_day, before, day, value)
                found.append(Alert(rule.id, rule.on, title, (text,), (mark,)))
    return found, []


def _unanswered(rule: AlertRule, why: str) -> Finding:
    return Finding(
        "ORL-1336",
        Severity.WARNING,
        f"{WATCH_FILE} alert {rule.id}",
        f"this rule cannot be answered: {why}",
        "correct the rule, or give what it asks about",
    )
