"""The reports of a folder as one result: claims, events, who is who, and what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from oreline.model import Chain, Finding
from oreline.watch._claim import KINDS, Claim, value_text
from oreline.watch._copies import Copies, Kinship, origins
from oreline.watch._entities import Entity, entity_keys, who_is_who
from oreline.watch._events import PARTY_SLOTS, Renamed, Signed, grouped, signature
from oreline.watch._gazetteer import country_names
from oreline.watch._judged import NOT_JUDGED, JudgedKeys, Judgements
from oreline.watch._lifecycle import Retold, drift, follows, silent, sums
from oreline.watch._names import Names, normal_name
from oreline.watch._reconcile import AGREED, DIFFERS, SINGLE, Point, points
from oreline.watch._related import Related
from oreline.watch._source import Document
from oreline.watch._speech import DISTRIBUTOR
from oreline.watch._spill import ByName, Ordered, Slices, Spill
from oreline.watch._taken import Taken, taken
from oreline.watch._trust import Trust, trust_of

if TYPE_CHECKING:
    import polars as pl


T = TypeVar("T")

FEW: Final = 2_000
"""Up to how many reports and events are kept in memory."""
SIGNED_KEPT: Final = 20_000
"""How many claims are kept in memory while they are put together by event."""


@dataclass(frozen=True, slots=True)
class Event:
    """What reports say of one event.

    Attributes
    ----------
    verdict
        agreed (independent reports say it and differ in nothing), differs, or single: one report
        says it, or all that do rest on one text.
    reports, independent
        How many reports say it, and how many of them do not rest on one text with another.
    interested
        Those who say it and are a party to it.
    trust
        A letter from A to E with its reasons (see :class:`Trust`); None in events made by hand.
    follows
        The ids of earlier events of the same life: an approval follows the agreement.
    drift
        Where a rewrite says more than the report it shares words with.
    checks
        What arithmetic over the sentences of a report holds or does not hold: parts and their sum,
        told ratios.
    silent
        What no report states of that which a chain wants to know of such an event.
    """

    id: str
    kind: str
    title: str
    verdict: str
    claims: tuple[Claim, ...]
    points: tuple[Point, ...]
    reports: tuple[str, ...]
    independent: int
    interested: tuple[str, ...]
    note: str
    trust: Trust | None = None
    follows: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "verdict": self.verdict,
            "reports": list(self.reports),
            "independent": self.independent,
            "interested": list(self.interested),
            "note": self.note,
            "trust": None if self.trust is None else self.trust.to_json(),
            "follows": list(self.follows),
            "drift": list(self.drift),
            "checks": list(self.checks),
            "silent": list(self.silent),
            "points": [one.to_json() for one in self.points],
            "claims": [one.to_json() for one in self.claims],
        }


@dataclass(frozen=True, slots=True)
class Watched:
    """Everything that was read."""

    documents: Sequence[Document]
    same: tuple[tuple[str, str], ...]
    kin: Sequence[Kinship]
    events: Sequence[Event]
    entities: Sequence[Entity]
    findings: tuple[Finding, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Return all claims, event by event."""
        return tuple(claim for event in self.events for claim in event.claims)

    def event(self, identity: str) -> Event | None:
        """Return an event by its id, None if there is none."""
        return next((one for one in self.events if one.id == identity), None)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "reports": [one.to_json() for one in self.documents],
            "same_text": [{"report": one, "as": two} for one, two in self.same],
            "shared_words": [one.to_json() for one in self.kin],
            "events": [one.to_json() for one in self.events],
            "entities": [one.to_json() for one in self.entities],
            "findings": [one.to_json() for one in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the claims as a table, one row each."""
        import polars as pl

        places = {one.name: at for at, one in enumerate(self.documents)}
        rows = []
        for event in self.events:
            for one in event.claims:
                document = self.documents[places[one.document]]
                when = one.when
                rows.append(
                    {
                        "event": event.id,
                        "verdict": event.verdict,
                        "kind": one.kind,
                        "status": one.status,
                        "modality": one.modality,
                        "slots": "; ".join(
                            f"{name}: {value_text(value)}" for name, value in one.slots
                        ),
                        "first_day": None
                        if when is None or when.first is None
                        else when.first.isoformat(),
                        "last_day": None
                        if when is None or when.last is None
                        else when.last.isoformat(),
                        "when_said": None if when is None else when.said,
                        "attribution": one.attribution.kind,
                        "speaker": one.attribution.speaker,
                        "hedges": "; ".join(one.hedges),
                        "sentence": one.sentence,
                        "start": one.start,
                        "end": one.end,
                        "report": one.document,
                        "outlet": document.outlet.value,
                        "published": None
                        if document.published.day is None
                        else document.published.day.isoformat(),
                        "text_sha256": document.text_sha256,
                        "rule": one.rule,
                        "rules_version": one.version,
                        "checks": "; ".join(one.checks),
                        "claim": one.id,
                    }
                )
        schema = pl.Schema(
            {name: pl.Int64 if name in ("start", "end") else pl.String for name in COLUMNS}
        )
        return pl.DataFrame(rows, schema=schema)


COLUMNS = (
    "event",
    "verdict",
    "kind",
    "status",
    "modality",
    "slots",
    "first_day",
    "last_day",
    "when_said",
    "attribution",
    "speaker",
    "hedges",
    "sentence",
    "start",
    "end",
    "report",
    "outlet",
    "published",
    "text_sha256",
    "rule",
    "rules_version",
    "checks",
    "claim",
)
"""The columns of the table of claims."""


def watch(
    documents: Iterable[Document],
    *,
    chain: Chain | None = None,
    findings: Iterable[Finding] = (),
    judgements: Judgements = NOT_JUDGED,
) -> Watched:
    """Give the claims of reports, put together by event, with what agrees and what differs.

    Parameters
    ----------
    documents
        The reports, as :func:`take_in` gives them. The same text is read once.
    chain
        The chain whose parties and sites names may stand for.
    findings
        What is wrong with the files they came in.
    judgements
        Which names people judged to be of one or of two.
    """
    reports = map(taken, documents)
    return put_together(reports, chain=chain, findings=findings, judgements=judgements)


def put_together(
    reports: Iterable[Taken],
    *,
    chain: Chain | None = None,
    findings: Iterable[Finding] = (),
    judgements: Judgements = NOT_JUDGED,
) -> Watched:
    """Give the claims of reports that were read, put together by event.

    Each report is let go as soon as it is seen: what the answer needs of it lies in files without a
    name, and memory holds numbers and names.
    """
    copies = Copies()
    kept: Spill[Document] = Spill()
    claims: Spill[Claim] = Spill()
    books: Spill[Names] = Spill()
    order: dict[str, int] = {}
    days: dict[str, date | None] = {}
    bounds = [0]
    for one in reports:
        if not copies.add(one.document.name, one.prints):
            continue
        order[one.document.name] = len(kept)
        kept.append(one.document)
        books.append(one.names)
        days[one.document.name] = one.document.published.day
        for claim in one.claims:
            claims.append(claim)
        bounds.append(len(claims))
    by_report = ByName(order, books)
    key_of = judgements.keys(_keys(by_report))
    related = Related(by_report, key_of)
    signed: Spill[Signed] = Spill(kept=SIGNED_KEPT)
    for claim in claims:
        signed.append(signature(claim, key_of, days[claim.document]))
    kin = copies.kin()
    root = origins(order, kin)
    documents = ByName(order, kept)
    told = ByName(order, Slices(claims, bounds))
    events: Spill[Event] = Spill()
    places: list[tuple[int, int, int, int]] = []
    named = Renamed(signed, key_of.apart if isinstance(key_of, JudgedKeys) else frozenset())
    groups = grouped(named, related)
    lives = follows(named, groups)
    retold = Retold(kin, order)
    for group, earlier in zip(groups, lives, strict=True):
        ones = [claims[at] for at in group]
        event = replace(
            _event(ones, key_of, root, documents),
            follows=tuple(identity_of([claims[at] for at in groups[one]]) for one in earlier),
            drift=drift(ones, retold, days),
            checks=sums(ones, told),
            silent=silent(ones),
        )
        places.append(_place(event, order))
        events.append(event)
    by_weight = sorted(range(len(places)), key=places.__getitem__)
    return Watched(
        _in_memory(kept),
        tuple(copies.same),
        _in_memory(kin),
        _in_memory(Ordered(events, by_weight)),
        _in_memory(who_is_who(by_report, chain, judgements)),
        tuple(findings),
    )


def _place(event: Event, order: Mapping[str, int]) -> tuple[int, int, int, int]:
    """Give where an event stands: what most reports tell of comes first."""
    first = event.claims[0].start
    return -len(event.reports), KINDS.index(event.kind), order[event.reports[0]], first


def _in_memory(values: Sequence[T]) -> Sequence[T]:
    """Give few values as a tuple; many stay where they are."""
    return tuple(values) if len(values) <= FEW else values


def _keys(books: Mapping[str, Names]) -> dict[str, str]:
    """Give the one key of every name: a short name is what its report defines it to be."""
    found: dict[str, str] = {}
    for book in books.values():
        for short, full in book.short.items():
            if short.isupper():
                found.setdefault(short, normal_name(full))
    countries = {name: f"country {code}" for code, name in country_names().items()}
    return countries | found | entity_keys(books)


def _event(
    claims: Sequence[Claim],
    key_of: Mapping[str, str],
    root: Mapping[str, str],
    documents: Mapping[str, Document],
) -> Event:
    reports = tuple(dict.fromkeys(one.document for one in claims))
    independent = len({root[name] for name in reports})
    judged = points(claims, key_of)
    interested = _interested(claims, key_of, documents)
    verdict = AGREED
    if any(point.verdict == DIFFERS for point in judged):
        verdict = DIFFERS
    elif independent < 2:
        verdict = SINGLE
    note = ""
    if len(reports) > 1 and independent < len(reports):
        note = (
            f"{len(reports)} reports, {independent} independent: the others share "
            f"sentences with one of them"
        )
    return Event(
        identity_of(claims),
        claims[0].kind,
        title_of(claims),
        verdict,
        tuple(claims),
        judged,
        reports,
        independent,
        interested,
        note,
        trust_of(claims, judged, documents, root, interested),
    )


def identity_of(claims: Sequence[Claim]) -> str:
    """Give the id of an event: of the ids of its claims."""
    key = "|".join(sorted(one.id for one in claims))
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _interested(
    claims: Sequence[Claim], key_of: Mapping[str, str], documents: Mapping[str, Document]
) -> tuple[str, ...]:
    """Give who says something of an event to which they are a party."""
    found: list[str] = []
    parties = {
        key_of.get(name, normal_name(name))
        for one in claims
        for name in one.names(*(slot for slot in PARTY_SLOTS if slot != "speaker"))
    }
    for one in claims:
        speaker, role = one.attribution.speaker, one.attribution.role or ""
        issuer = documents[one.document].issuer.value
        if issuer is not None:
            found.append(f"{issuer} (issuer of the release)")
        if speaker is None:
            continue
        if role == DISTRIBUTOR:
            found.append(f"an issuer that is not named (through {speaker})")
            continue
        words = normal_name(speaker)
        own = any(
            party in normal_name(role.replace("(", " ").replace(")", " "))
            for party in parties
            if party
        )
        if (
            key_of.get(speaker, words) in parties
            or own
            or words in ("countries", "company", "companies", "both firms")
            or words.endswith(" company")
        ):
            found.append(speaker)
    return tuple(dict.fromkeys(found))


def title_of(claims: Sequence[Claim]) -> str:
    """Give an event in a few words, from the claim that says most of it."""
    fullest = max(claims, key=lambda one: (len(one.slots), -claims.index(one)))
    parts = []
    who = ("parties", "company", "agency", "speaker", "from")
    first = next((name for name in who if fullest.slot(name) is not None), None)
    for name in (
        first,
        "target",
        "recipient",
        "to",
        "ordinal",
        "materials",
        "facility",
        "instrument",
        "percent",
        "amount",
        "close",
    ):
        value = None if name is None else fullest.slot(name)
        if value is not None:
            lead = {"to": "to ", "recipient": "for ", "target": "buys "}.get(name or "", "")
            parts.append(f"{lead}{value_text(value)}")
    return f"{fullest.kind}: {', '.join(parts) if parts else fullest.sentence[:80]}"
