"""What no report states of an event, although a chain's model needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.watch._claim import Claim, value_text
from oreline.watch._segments import Sentence, sentences
from oreline.watch._source import Document
from oreline.watch._watched import Event, Watched

if TYPE_CHECKING:
    import polars as pl

STATED: Final = "stated"
MENTIONED: Final = "mentioned"
NOT_STATED: Final = "not stated"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the model of a chain needs to know of an event.

    Attributes
    ----------
    slots
        The slots of a claim that state it.
    words
        What a sentence that speaks of it would hold; such a sentence is shown, not read.
    document
        The paper that would settle it, as trade practice has it; empty where none does.
    """

    name: str
    slots: tuple[str, ...]
    words: str
    document: str = ""


_WHEN: Final = "when"
NEEDS: Final[dict[str, tuple[Need, ...]]] = {
    "shipment": (
        Need("materials", ("materials",), r"concentrate|ore|oxide|metal"),
        Need("mass", ("quantity",), r"tonnes?|tons?|kilograms?|kg|dmt|wmt", "weight certificate"),
        Need("grade or assay", ("grade",),
             r"assay\w*|grades?|grading|purity|certificate of analys[ie]s",
             "certificate of analysis"),
        Need("form", (), r"concentrates?|carbonates?|oxides?|hydroxides?|ingots?|trioxide",
             "certificate of analysis"),
        Need("value", ("amount",), r"worth|valued|price[sd]?", "commercial invoice"),
        Need("seller", ("from", "seller"), r"seller|exporter|consignor"),
        Need("buyer", ("to",), r"buyer|importer|consignee"),
        Need("mine or district of origin", (),
             r"mined (?:at|in|from)|mines? in|deposits? in|district", "certificate of origin"),
        Need("port of loading", (), r"port of loading|from (?:the )?port|port of (?-i:[A-Z])\w+",
             "bill of lading"),
        Need("port of discharge", (),
             r"port of (?:discharge|entry)|arrived? (?:at|in) (?:the )?port", "bill of lading"),
        Need("carrier", (), r"carriers?|vessels?|ships? named|airlift\w*|by (?:sea|air|rail)",
             "bill of lading"),
        Need("receiving plant", (), r"plant in|smelter in|refinery in|facility in",
             "delivery receipt"),
        Need("HS code", (), r"HS code|HTS|tariff (?:code|heading|line)", "export declaration"),
        Need("day", (_WHEN,), r"today|yesterday|on \w+day", "bill of lading"),
    ),
    "deal": (
        Need("parties", ("parties",), r"between|with"),
        Need("amount", ("amount",), r"worth|valued|million|billion"),
        Need("instrument", ("instrument",), r"memorandum|agreement|contract|letter"),
        Need("day of signing", (_WHEN,), r"signed on|dated", "text of the agreement"),
        Need("whether it binds", (), r"(?:non-?)?binding|legally", "text of the agreement"),
        Need("term", (), r"(?:for|over) (?:a )?(?:period of )?\w+[- ]years?|until 20\d\d",
             "text of the agreement"),
        Need("split of the money over phases", (), r"tranches?|phases?|instal?lments?",
             "text of the agreement"),
        Need("volumes", ("quantity",), r"tonnes?|tons? (?:a|per) year|offtake",
             "text of the agreement"),
    ),
    "facility": (
        Need("owner", ("company", "parties"), r"owner|operator"),
        Need("place", ("place",), r"site|district|province|county"),
        Need("capacity", ("quantity",), r"capacity|tonnes? (?:a|per) (?:year|day)|tpd|tpa"),
        Need("capital cost", ("amount",), r"cost|capex|invest\w*"),
        Need("day of start", (_WHEN,), r"start|begin|commission\w*|by 20\d\d"),
        Need("permits", (), r"permit\w*|licen[cs]e|environmental", "permit"),
        Need("feed", ("materials",), r"feed|concentrate|ore"),
    ),
    "funding": (
        Need("agency", ("agency",), r"department|agency|bank"),
        Need("recipient", ("recipient", "company"), r"to|for"),
        Need("amount", ("amount",), r"million|billion"),
        Need("purpose", ("purpose",), r"to (?:build|expand|support)"),
        Need("instrument", ("instrument",), r"grant|loan|equity|award"),
        Need("conditions", (), r"condition\w*|subject to|milestones?", "award letter"),
        Need("day", (_WHEN,), r"today|on \w+day"),
    ),
    "acquisition": (
        Need("buyer", ("company",), r"acquir\w*|buy\w*"),
        Need("target", ("target",), r"acquir\w*|buy\w*"),
        Need("price", ("amount",), r"million|billion|per share"),
        Need("share taken", ("share", "percent"), r"stake|per ?cent|%"),
        Need("day of closing", (_WHEN,), r"clos\w+|complet\w+"),
        Need("approvals", (), r"approv\w*|regulat\w*"),
    ),
    "discovery": (
        Need("company", ("company",), r"company"),
        Need("place", ("place", "asset"), r"project|property|deposit"),
        Need("minerals", ("materials",), r"grading|mineral\w*"),
        Need("grade", ("grade",), r"grad\w+|%|g/t|ppm", "assay certificates"),
        Need("tonnage", ("quantity",), r"tonnes?"),
        Need("reporting standard", (), r"JORC|NI 43-101|SAMREC|S-K 1300|qualified person",
             "technical report"),
    ),
}  # fmt: skip
"""What is needed of each kind of event; kinds that no lot or site rests on need nothing."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing needed of an event: stated by claims, mentioned in a sentence, or not stated.

    ``told`` is what reports state, each once; ``sentence`` a sentence that mentions it, with its
    ``report`` and place, where no rule reads a value from any.
    """

    need: str
    state: str
    told: tuple[str, ...]
    reports: tuple[str, ...]
    sentence: str
    start: int | None
    document: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "need": self.need,
            "state": self.state,
            "told": list(self.told),
            "reports": list(self.reports),
            "sentence": self.sentence,
            "start": self.start,
            "document": self.document,
        }


@dataclass(frozen=True, slots=True)
class EventGaps:
    """What is known and not known of one event."""

    event: str
    kind: str
    title: str
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> tuple[Gap, ...]:
        """Return what no report states, mentioned or not."""
        return tuple(one for one in self.gaps if one.state != STATED)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "event": self.event,
            "kind": self.kind,
            "title": self.title,
            "missing": len(self.missing),
            "needs": [one.to_json() for one in self.gaps],
        }


@dataclass(frozen=True, slots=True)
class Gaps:
    """What no report states, event by event."""

    events: tuple[EventGaps, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"events": [one.to_json() for one in self.events]}

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table, one row for each thing needed."""
        import polars as pl

        rows = [
            {
                "event": one.event,
                "kind": one.kind,
                "title": one.title,
                "need": gap.need,
                "state": gap.state,
                "told": "; ".join(gap.told),
                "reports": "; ".join(gap.reports),
                "sentence": gap.sentence,
                "document": gap.document,
            }
            for one in self.events
            for gap in one.gaps
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


COLUMNS = (
    "event",
    "kind",
    "title",
    "need",
    "state",
    "told",
    "reports",
    "sentence",
    "document",
)
"""The columns of the table of gaps."""


def gaps_of(found: Watched) -> Gaps:
    """Give for each event what the model needs and no report states.

    A sentence that has the words for something, but from which no rule reads a value, makes it
    mentioned: a person should look. Of an event only its own reports are searched.
    """
    documents = {one.name: one for one in found.documents}
    read: dict[str, list[Sentence]] = {}
    told = []
    for event in found.events:
        needs = NEEDS.get(event.kind)
        if needs is None:
            continue
        for name in event.reports:
            if name not in read:
                read[name] = sentences(documents[name].text)
        told.append(
            EventGaps(
                event.id,
                event.kind,
                event.title,
                tuple(_gap(need, event, documents, read) for need in needs),
            )
        )
    return Gaps(tuple(told))


def _gap(
    need: Need,
    event: Event,
    documents: Mapping[str, Document],
    read: Mapping[str, list[Sentence]],
) -> Gap:
    stated = [(claim, text) for claim in event.claims for text in _values(need, claim)]
    if stated:
        values = tuple(dict.fromkeys(text for _, text in stated))
        reports = tuple(dict.fromkeys(claim.document for claim, _ in stated))
        return Gap(need.name, STATED, values, reports, "", None, need.document)
    for name in event.reports:
        one = _mention(need, read[name], event.claims, name)
        if one is not None:
            text = documents[name].text[one.start : one.end]
            return Gap(need.name, MENTIONED, (), (name,), text, one.start, need.document)
    return Gap(need.name, NOT_STATED, (), (), "", None, need.document)


def _values(need: Need, claim: Claim) -> Iterable[str]:
    for slot in need.slots:
        if slot == _WHEN:
            if claim.when is not None and claim.when.first is not None:
                yield str(claim.when)
            continue
        value = claim.slot(slot)
        if value is not None:
            yield value_text(value)


def _mention(
    need: Need, read: Iterable[Sentence], claims: Iterable[Claim], report: str
) -> Sentence | None:
    """Return the first sentence of the event's own that has the words, None if none has them.

    Only sentences on which claims of this event rest are looked at, and the one after each: a port
    named elsewhere in a roundup is of another event.
    """
    pattern = re.compile(rf"\b(?:{need.words})\b", re.IGNORECASE)
    starts = {one.start for one in claims if one.document == report}
    is_near = False
    for one in read:
        is_own = one.start in starts
        if (is_own or is_near) and pattern.search(one.text):
            return one
        is_near = is_own
    return None
