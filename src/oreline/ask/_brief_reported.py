"""The first sections of a brief: reported, not published, answers, ask first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oreline.ask._questions import OpenQuestions
from oreline.ask._reported import Batch, claimed_origin, is_contested, statuses
from oreline.ask._subjects import subject
from oreline.ask._told import (
    UNKNOWN,
    Cited,
    Fact,
    Section,
    Station,
    Table,
    cited,
    day_text,
    evidence,
    listed,
    party_name,
)
from oreline.model import Chain
from oreline.reference import UnknownCountryError, country
from oreline.trace import Tracer, trace_origins


def reported(chain: Chain, batches: tuple[Batch, ...]) -> Section:
    """Tell what has been reported, each line with who said it."""
    facts: list[Fact] = []
    for batch in batches:
        facts += _status(chain, batch)
        facts += _materials(chain, batch)
        facts += _parties(chain, batch)
    facts += _framework(chain)
    facts += _standing_of_sources(chain, batches)
    lead = "What somebody has published, and who. Nothing here has been measured by us."
    if not batches:
        facts += _quoted(chain)
        lead = (
            "No lot of this chain is known from reports. What is quoted here was published about "
            "plans and companies; the lots below stand in books."
        )
    return Section("reported", "Reported", lead, tuple(facts))


def _status(chain: Chain, batch: Batch) -> Iterator[Fact]:
    told = [status.replace("_", " ") for status in statuses(batch)]
    contested = is_contested(batch)
    text = " or ".join(told) + (": contested, the reports say both" if contested else "")
    sources = tuple(source for event in batch.events for source in _sources(chain, event))
    yield Fact("Status", text, "contested" if contested else "reported", sources)
    for event in batch.events:
        found = _sources(chain, event)
        statement = event["body"].get("statement", "")
        text = f"{event['body']['status'].replace('_', ' ')}, {_day_of(event, found)}"
        if statement:
            text += f": “{statement}”"
        yield Fact("As told", text, str(event["body"]["basis"]), found)


def _sources(chain: Chain, event: Mapping[str, Any]) -> tuple[Cited, ...]:
    """Return the sentence an observation rests on, or else its report."""
    held = [item for item in chain.evidence.values() if item.sha256 in event.get("evidence", ())]
    statement = event["body"].get("statement", "")
    exact = [item for item in held if statement and item.quote in statement]
    if exact:
        return (evidence(chain, exact[0].id),)
    return tuple(Cited(item.outlet, item.date) for item in held[:1])


def _day_of(event: Mapping[str, Any], sources: Iterable[Cited]) -> str:
    """Return the day, unless it is only the day of the report."""
    day = event["time"][:10]
    if any(source.date == day for source in sources):
        return "the day is not stated"
    return day_text(day)


def _materials(chain: Chain, batch: Batch) -> Iterator[Fact]:
    for lot in batch.lots:
        seen = [
            item for event in batch.events for item in event["body"]["lots"] if item["lot"] == lot
        ]
        identity = next((item["material"] for item in seen if "material" in item), None)
        form = next((item["form"] for item in seen if "form" in item), "not stated")
        material = chain.materials.get(identity or "")
        name = material.name if material else lot
        sources = cited(chain, material.source) if material else ()
        text = name if form in name or "not stated" in name else f"{name}; form: {form}"
        yield Fact("Material", text, "reported", sources)


def _parties(chain: Chain, batch: Batch) -> Iterator[Fact]:
    first = batch.events[0]
    names = [first.get("party"), first.get("to_party")]
    text = f"from {party_name(chain, names[0])} to {party_name(chain, names[1])}"
    sources = tuple(
        source
        for name in names
        if name in chain.parties
        for source in cited(chain, chain.parties[name].source)
    )
    yield Fact("Parties", text, "reported", sources)


def _framework(chain: Chain) -> Iterator[Fact]:
    for phase in chain.phases.values():
        if phase.budget is None:
            continue
        sources = cited(chain, phase.source)
        memorandum = any("memorandum" in source.quote.casefold() for source in sources)
        kind = "a memorandum of understanding, " if memorandum else ""
        text = (
            f"{phase.currency} {_amount(int(phase.budget))} is the framework, {kind}"
            "not the value of the cargo."
        )
        yield Fact("Framework", f"{text} {phase.note or ''}".strip(), "reported", sources)
    parts = [
        phase.name[0].lower() + phase.name[1:]
        for phase in chain.phases.values()
        if phase.budget is None
    ]
    if parts:
        first = next(phase for phase in chain.phases.values() if phase.budget is None)
        text = f"{listed(parts)}; budgets and dates UNKNOWN"
        yield Fact("Phases", text, "reported", cited(chain, first.source))


def _amount(value: int) -> str:
    if value >= 1_000_000 and value % 1_000_000 == 0:
        return f"{value // 1_000_000} million"
    return f"{value:,}"


def _standing_of_sources(chain: Chain, batches: tuple[Batch, ...]) -> Iterator[Fact]:
    """Yield what the evidence says of itself: remarks on several outlets, and contradictions."""
    noted: defaultdict[str, list[str]] = defaultdict(list)
    for item in chain.evidence.values():
        if item.note:
            noted[item.note].append(item.id)
    for note, ids in noted.items():
        if len({chain.evidence[identity].outlet for identity in ids}) > 1:
            sources = tuple(evidence(chain, identity) for identity in ids)
            yield Fact("Sources", note, "reported", sources)
    for note, ids in noted.items():
        if "contested" in note.casefold() and batches:
            yield Fact("Contested", note, "contested", (evidence(chain, ids[0]),))


def _quoted(chain: Chain) -> Iterator[Fact]:
    """Yield the evidence of a chain of which no lot is reported."""
    for item in chain.evidence.values():
        text = f"“{item.quote}”" + (f" {item.note}" if item.note else "")
        yield Fact("Published", text, "reported", (evidence(chain, item.id),))


def not_published(found: OpenQuestions, batches: tuple[Batch, ...]) -> Section:
    """List what nobody has published."""
    total = sum(len(batch.lots) for batch in batches)
    facts = []
    for name, _, _ in found.by_subject():
        open_ones = [q for q in found.questions if q.subject == name and q.reported]
        if not open_ones:
            continue
        detail = open_ones[0].detail
        lots = len({lot for question in open_ones for lot in question.lots})
        told = subject(name)
        of = f"{lots} of {total} lots" if told.level == "lot" and total > 1 else ""
        text = f"{told.question} {detail[0].upper()}{detail[1:]}{f' ({of})' if of else ''}."
        contested = open_ones[0].standing == "contested"
        facts.append(Fact(told.title, text, "contested" if contested else UNKNOWN))
    count = sum(question.reported for question in found.questions)
    lead = f"Open about the reported batch: {count} questions."
    if not count:
        lead = "Nothing is open about reported lots."
    return Section("not-published", "Not published", lead, tuple(facts))


def answers(chain: Chain, tracer: Tracer, batches: tuple[Batch, ...]) -> Section:
    """Tell what follows from what is reported, and what does not."""
    facts: list[Fact] = []
    for batch in batches:
        facts += _answers_of(chain, tracer, batch)
    candidates = _candidates(chain)
    lead = "What can be said on this footing, and what cannot. UNKNOWN is an answer."
    if not batches:
        lead = "No reported lot asks for an answer; the lots that stand in books are traced below."
    return Section("answers", "Answers that follow", lead, tuple(facts), candidates)


def _answers_of(chain: Chain, tracer: Tracer, batch: Batch) -> Iterator[Fact]:
    lot = batch.lots[0]
    element = _tracked(chain, batch, lot)
    origin = trace_origins(tracer, lot, element) if element else None
    see = f"oreline trace origins {lot} -e {element}" if element else ""
    claims = {
        one.get("country", UNKNOWN): one
        for one in (claimed_origin(batch, name) for name in batch.lots)
    }
    countries = listed(_country(code) for code in claims)
    basis = origin.weakest_basis if origin and UNKNOWN not in claims else UNKNOWN
    yield Fact("Origin: country", countries, basis, _origin_sources(chain, batch), see)
    for level, title in (("district", "Origin: district"), ("site", "Origin: mine")):
        names = {share.name for share in origin.at(level)} if origin else {UNKNOWN}
        yield Fact(title, listed(sorted(names)), UNKNOWN if UNKNOWN in names else basis, (), see)
    yield Fact(
        "Contained metal",
        "UNKNOWN: no mass, no moisture and no assay is published",
        UNKNOWN,
        (),
        f"oreline trace explain {lot} -e {element}" if element else "",
    )
    yield Fact(
        "Value",
        "UNKNOWN: no mass and no price is published, and no contract. The amount of the framework "
        "says nothing of it",
        UNKNOWN,
        (),
        "oreline ask",
    )
    yield Fact(
        "After the buyer",
        "next processor UNKNOWN: the chain does not end at the buyer",
        UNKNOWN,
        (),
        "oreline ask",
    )


def _origin_sources(chain: Chain, batch: Batch) -> tuple[Cited, ...]:
    found: dict[str, Cited] = {}
    for event in batch.events:
        for seen in event["body"]["lots"]:
            for source in cited(chain, seen.get("origin", {}).get("source")):
                found[source.text] = source
    return tuple(found.values())


def _country(code: str) -> str:
    if code == UNKNOWN:
        return UNKNOWN
    try:
        return country(code).name
    except UnknownCountryError:
        return code


def _tracked(chain: Chain, batch: Batch, lot: str) -> str | None:
    for event in batch.events:
        for seen in event["body"]["lots"]:
            material = chain.materials.get(seen.get("material", ""))
            if seen["lot"] == lot and material and material.tracked:
                return material.tracked[0]
    return None


def _candidates(chain: Chain) -> tuple[Table, ...]:
    rows = tuple(
        (
            site.name,
            site.district or site.region or "",
            _country(site.country or UNKNOWN),
            UNKNOWN if site.precision_km is None else f"± {site.precision_km} km",
            (site.source or "").partition(". ")[2] or site.source or "",
        )
        for site in chain.sites.values()
        if site.role == "candidate"
    )
    if not rows:
        return ()
    note = (
        "Candidates are real places where such material is found or handled. Nobody has named any "
        "of them as the origin, port or plant of the batch."
    )
    columns = ("Candidate", "District or region", "Country", "Position", "Source")
    return (Table("candidates", "Candidates, not origins", columns, rows, (3,), note),)


def ask_first(found: OpenQuestions) -> Section:
    """Rank the documents that would settle most."""
    about = any(question.reported for question in found.questions)
    ranked = [document for document in found.documents if document.reported is about]
    rows = tuple(
        (
            str(one.rank),
            one.document.name,
            found.holder_name(one.document.holder),
            str(one.settles),
            str(one.adds) if one.adds else "–",
            listed(
                subject(name).name
                for name in dict.fromkeys(found.questions[n].subject for n in one.questions)
            ),
        )
        for one in ranked
    )
    total = sum(question.reported is about for question in found.questions)
    needed = sum(1 for one in ranked if one.adds)
    settled = sum(one.adds for one in ranked)
    papers = "1 document" if needed == 1 else f"{needed} documents together"
    lead = f"{papers} would settle {settled} of the {total} open questions"
    lead += "." if about else ", which are about what the books lack."
    note = (
        "‘Settles’ counts the open questions that a document would answer by itself, ‘adds’ those "
        "that none above it answers. That such a document exists is trade practice; nobody has "
        "said that it does."
    )
    columns = ("", "Document", "Held by", "Settles", "Adds", "It would say")
    table = Table("documents", "Documents, best first", columns, rows, (0, 3, 4), note)
    if not rows:
        return Section("ask-first", "Ask first", "Nothing is open.")
    return Section("ask-first", "Ask first", lead, (), (table,))


def reported_path(chain: Chain, batches: tuple[Batch, ...]) -> tuple[Station, ...]:
    """Return the way of the first reported batch, with UNKNOWN where no report says anything."""
    if not batches:
        return ()
    batch = batches[0]
    first = batch.events[0]
    claim = claimed_origin(batch, batch.lots[0])
    told = " or ".join(statuses(batch)).replace("_", " ")
    contested = "contested" if is_contested(batch) else "reported"
    place = _country(claim.get("country", UNKNOWN))
    return (
        Station(
            "Mine",
            claim.get("site", UNKNOWN),
            UNKNOWN,
            f"in {place}, it is reported; no district and no mine is named",
        ),
        Station("Sender", party_name(chain, first.get("party")), "reported"),
        Station("Port of loading", UNKNOWN, UNKNOWN, "not published"),
        Station("Ship", UNKNOWN, UNKNOWN, "no bill of lading is published"),
        Station("Receiver", party_name(chain, first.get("to_party")), contested, told),
        Station("Receiving plant", UNKNOWN, UNKNOWN, "not published"),
        Station("Next processor", UNKNOWN, UNKNOWN, "the chain does not end at the buyer"),
    )
