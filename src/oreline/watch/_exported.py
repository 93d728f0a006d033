"""Events and claims as others write them: FollowTheMoney entities, PROV-O as JSON-LD.

FollowTheMoney 4 describes things as entities of a schema with lists of properties, one JSON object
a line (https://followthemoney.tech). PROV-O is the W3C's vocabulary of provenance
(https://www.w3.org/TR/prov-o/). Neither holds all that a claim does: its characters, step, verdict
and readings stand in notes here, and in terms of our own there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from oreline.watch._claim import Claim, value_text
from oreline.watch._names import normal_name
from oreline.watch._source import Document
from oreline.watch._timeline import entry_of
from oreline.watch._watched import Event, Watched

FORMS: Final = ("ftm", "prov")
"""The forms in which events and claims can be written."""
_SCHEMAS: Final = {"company": "Company", "body": "Organization", "person": "Person"}
TERMS: Final = "https://oreline.example/terms#"
"""The names of our own terms in JSON-LD."""
_CONTEXT: Final[dict[str, Any]] = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "oreline": TERMS,
}


def to_ftm(found: Watched) -> str:
    """Return reports, names and events as FollowTheMoney entities, one JSON object a line.

    A report is an ``Article``, an event an ``Event`` with its reports as proof, a claim a ``Note``
    with its sentence, a name a ``Company``, ``Organization`` or ``Person``. Dates of an event are
    given where they are not contested. A name is what reports call it: nothing is merged that was
    not recognised.
    """
    names = dict(_name_entities(found))
    entities = [
        *(_article(one) for one in found.documents),
        *names.values(),
        *_events(found, names),
    ]
    return "".join(f"{json.dumps(one, ensure_ascii=False, sort_keys=True)}\n" for one in entities)


def _entity(identity: str, schema: str, **properties: object) -> dict[str, Any]:
    """Return an entity; a property without a value is left out."""
    kept: dict[str, list[str]] = {}
    for name, value in properties.items():
        values = value if isinstance(value, list | tuple) else (value,)
        told = [str(one) for one in values if one not in (None, "")]
        if told:
            kept[name] = list(dict.fromkeys(told))
    return {"id": identity, "schema": schema, "properties": kept}


def _key(*parts: str) -> str:
    return "oreline-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _article(document: Document) -> dict[str, Any]:
    published = document.published.day
    return _entity(
        _key("report", document.name),
        "Article",
        title=document.title.value or document.name,
        fileName=document.name,
        publisher=document.outlet.value,
        author=document.issuer.value,
        publishedAt=None if published is None else published.isoformat(),
        language="eng" if document.language.value == "en" else None,
        sourceUrl=document.address,
        notes=[
            f"SHA-256 of the bytes: {document.sha256}",
            f"SHA-256 of the text: {document.text_sha256}",
            *([document.assisted] if document.assisted else []),
        ],
    )


def _name_entities(found: Watched) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in found.entities:
        schema = _SCHEMAS.get(one.kind)
        if schema is None:
            continue
        known = None if one.table is None else f"known as {one.known_as} ({one.table} {one.id})"
        yield (
            normal_name(one.name),
            _entity(
                _key("name", one.kind, normal_name(one.name)),
                schema,
                name=one.name,
                alias=one.known_as,
                notes=known or "proposed: nothing known has this name",
                **({"ticker": one.ticker} if schema == "Company" else {}),
            ),
        )


def _events(found: Watched, names: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    documents = {one.name: one for one in found.documents}
    for event in found.events:
        entry = entry_of(event, documents)
        is_dated = entry.first is not None and not entry.is_contested
        identity = _key("event", event.id)
        involved = dict.fromkeys(
            names[key]["id"]
            for claim in event.claims
            for name in claim.names(*(slot for slot, _ in claim.slots))
            if (key := normal_name(name)) in names
        )
        yield _entity(
            identity,
            "Event",
            name=event.title,
            keywords=(event.kind, entry.step, event.verdict),
            startDate=entry.first if is_dated else None,
            endDate=entry.last if is_dated else None,
            involved=tuple(involved),
            proof=tuple(_key("report", name) for name in event.reports),
            summary=tuple(_point_text(event)),
            recordId=event.id,
        )
        for claim in event.claims:
            yield _note(claim, identity)


def _point_text(event: Event) -> Iterator[str]:
    for point in event.points:
        told = " | ".join(one.text for one in point.told)
        yield f"{point.slot}: {point.verdict}: {told}" + (f" ({point.note})" if point.note else "")


def _note(claim: Claim, event: str) -> dict[str, Any]:
    slots = "; ".join(f"{name}: {value_text(value)}" for name, value in claim.slots)
    return _entity(
        _key("claim", claim.document, claim.id),
        "Note",
        entity=event,
        description=claim.sentence,
        summary=f"{claim.kind}, {claim.status}: {slots}",
        proof=_key("report", claim.document),
        notes=(
            f"characters {claim.start} to {claim.end}",
            f"rule {claim.rule}, rules version {claim.version}",
            None if claim.when is None else f"when: {claim.when} ({claim.when.said})",
        ),
    )


def to_prov(found: Watched) -> str:
    """Return reports, claims and events with where they come from, as PROV-O in JSON-LD.

    A claim is an entity quoted from its report, made by the rule's activity and attributed to whom
    the text names; an event is derived from its claims.
    """
    agents: dict[str, dict[str, Any]] = {}
    graph: list[dict[str, Any]] = [_report_node(one, agents) for one in found.documents]
    rules = dict.fromkeys((one.rule, one.version) for one in found.claims)
    graph += [_rule_node(rule, version) for rule, version in rules]
    texts = {one.name: one.text_sha256 for one in found.documents}
    for event in found.events:
        graph += [_claim_node(one, texts[one.document], agents) for one in event.claims]
        graph.append(
            _node(
                f"event-{event.id}",
                "prov:Entity",
                {
                    "dcterms:title": event.title,
                    "oreline:kind": event.kind,
                    "oreline:verdict": event.verdict,
                    "oreline:independentReports": event.independent,
                    "prov:wasDerivedFrom": _refs([f"claim-{one.id}" for one in event.claims]),
                },
            )
        )
    graph.append(_node("oreline", "prov:SoftwareAgent", {"dcterms:title": "oreline watch"}))
    whole = {"@context": _CONTEXT, "@graph": [*graph, *agents.values()]}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _node(identity: str, kind: str, properties: Mapping[str, object]) -> dict[str, Any]:
    kept = {name: value for name, value in properties.items() if value not in (None, "", [])}
    return {"@id": f"urn:oreline:{identity}", "@type": kind, **kept}


def _refs(identities: Sequence[str]) -> list[dict[str, str]]:
    return [{"@id": f"urn:oreline:{one}"} for one in dict.fromkeys(identities)]


def _agent(agents: dict[str, dict[str, Any]], name: str, kind: str) -> str:
    identity = f"agent-{hashlib.sha256(normal_name(name).encode()).hexdigest()[:16]}"
    agents.setdefault(identity, _node(identity, kind, {"dcterms:title": name}))
    return identity


def _report_node(document: Document, agents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    told = (document.outlet.value, document.issuer.value, document.wire.value)
    published = document.published.day
    return _node(
        f"report-{document.text_sha256}",
        "prov:Entity",
        {
            "dcterms:title": document.title.value or document.name,
            "dcterms:identifier": document.name,
            "dcterms:issued": None
            if published is None
            else {"@type": "xsd:date", "@value": published.isoformat()},
            "oreline:sha256": document.sha256,
            "oreline:textSha256": document.text_sha256,
            "oreline:aiAssistanceNotice": document.assisted,
            "prov:wasAttributedTo": _refs(
                [_agent(agents, one, "prov:Organization") for one in told if one]
            ),
        },
    )


def _rule_node(rule: str, version: str) -> dict[str, Any]:
    properties = {
        "dcterms:title": f"rule {rule}, rules version {version}",
        "prov:wasAssociatedWith": _refs(["oreline"]),
    }
    return _node(f"rule-{rule}-{version}", "prov:Activity", properties)


def _claim_node(
    claim: Claim, text_sha256: str, agents: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    speaker = claim.attribution.speaker
    who = [] if speaker is None else [_agent(agents, speaker, "prov:Agent")]
    return _node(
        f"claim-{claim.id}",
        "prov:Entity",
        {
            "prov:value": claim.sentence,
            "oreline:start": claim.start,
            "oreline:end": claim.end,
            "oreline:kind": claim.kind,
            "oreline:status": claim.status,
            "oreline:slots": [f"{name}: {value_text(value)}" for name, value in claim.slots],
            "oreline:when": None if claim.when is None else str(claim.when),
            "prov:wasQuotedFrom": _refs([f"report-{text_sha256}"]),
            "prov:wasGeneratedBy": _refs([f"rule-{claim.rule}-{claim.version}"]),
            "prov:wasAttributedTo": _refs(who),
        },
    )
