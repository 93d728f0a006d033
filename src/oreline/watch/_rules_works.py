"""Rules for works that are planned or built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oreline.watch._gazetteer import country_names
from oreline.watch._view import CANCELLED, POSTPONED, Draft, View, whole

WORKS: Final = (
    r"(?:plants?|refiner(?:y|ies)|smelters?|factor(?:y|ies)|mills?|concentrators?|complex|facility"
    r"|facilities|works|gigafactor(?:y|ies)|processing hub|hub|line|mines?|hall|phase)"
)
_KIND: Final = (
    r"(?P<works>(?:(?!a\b|the\b|to\b|and\b|in\b|on\b|will\b|its?\b|of\b)"
    rf"[\w’'-]+\s){{0,5}}?{WORKS})"
)
_PLANNED: Final = whole(
    r"(?P<verb>(?:(?:includes?|involves?|envisages?|plans? for)(?= (?:establish|build"
    r"|construct|develop"
    r"|open)ing)|plans? to|will|to|would|may|could|might|aims? to|intends? to|hopes? to|"
    r"wants? to|expects? to"
    r"|is to|are to|approved|is considering|considers|considering|proposes? (?:to)?|proposed|"
    r"weighing)\s"
    r"(?:begin |start )?(?:build(?:ing)?|construct(?:ing)?|establish(?:ing)?|"
    r"develop(?:ing)?|open(?:ing)?|set up|commission|add|expand)?)"
    rf"(?:,\s\w+){{0,2}}(?:,?\s(?:and|or)\s\w+)?"
    rf"\s?(?:an?|the|its|another|two|three|four)?\s?{_KIND}"
)
_NOUN: Final = whole(
    rf"(?P<verb>(?:eventual )?(?:establishment|construction|development)(?:,\s\w+)*"
    rf"(?:,?\sand\s\w+)? of)\s(?:an?\s|the\s)"
    rf"?{_KIND}"
    rf"|(?P<verb2>planned|proposed)\s{_KIND.replace('works>', 'works2>')}"
)
_ARE_PLANNED: Final = whole(
    rf"{_KIND}\s(?P<verb>(?:is|are|was|were) planned|(?:is|are) to be built|will be (?:built|"
    rf"constructed)"
    r"|should (?:start|open|begin)|is (?:due|expected|scheduled) to (?:start|open|begin)|"
    r"to (?:kick off|begin|start) (?:\w+ )?(?:operations|production)|"
    r"will (?:open|start|begin|come online|enter production|be operational)"
    r"|(?:is |are |was )?(?:expected|due|slated|set|scheduled|projected|planned|anticipated) to "
    r"(?:kick off|start|begin|commence|enter|come online|come on stream|open|be operational"
    r"|be commissioned|reach (?:full |commercial )?production))"
)
_OUTPUT: Final = whole(
    r"(?P<verb>(?:plans? to|will|aims? to|intends? to|expects? to|hopes? to"
    r"|to)\s(?:establish|set up"
    r"|build|launch|start|begin))\s(?:its |an? )?(?P<works>(?:[\w’-]+\s){0,4}(?:production"
    r"|capacity|"
    r"processing|refining|separation|smelting)(?: capacity| capability| line)?)(?=\s(?:in"
    r"|at|near)\s)"
)
_BEGUN: Final = whole(
    r"(?:began|begun|started|starts|commenced) (?:\w+ ){0,3}construction"
    r"|construction (?:has begun|has started|began|started|is under way|is underway)|broke "
    r"ground|breaking ground"
    r"|is building|are building|(?:has )?(?:begun|started) (?:building|construction|"
    r"constructing)|under construction"
)
_WILL_BEGIN: Final = whole(
    rf"(?:work|construction)\s(?:on|of)\s(?:the\s|its\s|a\s)?(?P<works>[^.;]{{0,80}}?{WORKS}"
    rf"[^.;]{{0,60}}?)\s"
    r"(?:will|should|is due to|is to|is expected to) (?:begin|start)"
)
_RUNNING: Final = whole(
    rf"(?:has |have )?(?P<verb>put|brought|opened|inaugurated|commissioned|started up|"
    rf"launched|restarted)\s"
    rf"(?:an?\s|the\s|its\s)?{_KIND}(?P<rest>[^.;]{{0,40}})"
)
_STOPPED: Final = whole(
    rf"(?P<verb>mothball\w*|clos(?:ed|es|ing)|shelved|scrapped|halted|cancel\w+|suspended)"
    rf"\s(?:an?\s|the\s|its\s)?(?:plans? (?:for|to build)\s(?:an?\s|the\s)?)?{_KIND}"
)
_AHEAD: Final = re.compile(
    r"to kick off|to begin|to start|planned|to be built|will |should|expected|due to|slated"
    r"|set to|scheduled|project|anticipat"
)
_BUILDERS: Final = re.compile(
    r"build|construct|establish|develop|open|set up|commission|consider|weigh", re.IGNORECASE
)


def facilities(view: View) -> Iterator[Draft]:
    """Give what a sentence says of works: who builds what where, and how far it is."""
    text = view.text
    begun = _BEGUN.search(text)
    if begun is not None and re.search(rf"{WORKS}|project", text[begun.end() :], re.IGNORECASE):
        works = re.search(_KIND, text[begun.end() :], re.IGNORECASE)
        yield _facility(view, "under construction", "facility.begun", begun.span(), works)
        return
    will = _WILL_BEGIN.search(text)
    if will is not None:
        yield _facility(view, "planned", "facility.will-begin", will.span(), will)
        return
    stopped = _STOPPED.search(text)
    if stopped is not None:
        yield _facility(view, "cancelled", "facility.stopped", stopped.span(), stopped)
        return
    running = _RUNNING.search(text)
    if running is not None and (
        running["verb"].lower() not in ("put", "brought")
        or re.search(
            r"(?:into|on) (?:operation|stream|line)|on-?line|into production",
            text[running.end("works") :],
        )
    ):
        yield _facility(view, "operating", "facility.running", running.span(), running)
        return
    for pattern, rule in (
        (_PLANNED, "planned"),
        (_ARE_PLANNED, "are-planned"),
        (_NOUN, "noun"),
        (_OUTPUT, "output"),
    ):
        if rule == "are-planned" and not _AHEAD.search(text):
            continue
        if rule == "planned" and not _BUILDERS.search(text):
            continue
        for match in pattern.finditer(text):
            if rule == "planned" and not _BUILDERS.search(match["verb"]):
                continue
            if (
                re.search(r"\bphases?$|\bline$|\bworks$", (match["works"] or "").lower())
                and rule == "noun"
            ):
                continue
            yield _facility(
                view, _planned_status(text, match), f"facility.{rule}", match.span(), match
            )
            return


def _planned_status(text: str, match: re.Match[str]) -> str:
    near = text[max(0, match.start() - 40) : match.end() + 40]
    if POSTPONED.search(near) and "later than planned" not in text:
        return "postponed"
    return (
        "cancelled"
        if CANCELLED.search(text[max(0, match.start() - 30) : match.start()])
        else "planned"
    )


def _facility(
    view: View, status: str, rule: str, span: tuple[int, int], works: re.Match[str] | None
) -> Draft:
    text = view.text
    start, end = view.clause(span[0])
    draft = Draft("facility", status, rule, *span, is_future=status == "planned")
    groups = {} if works is None else works.groupdict()
    called = groups.get("works") or groups.get("works2") or ""
    draft.put("facility", re.sub(r"^(?:an?|the|its)\s", "", " ".join(called.split())))
    owners = view.named(0, len(text), ("company",)) or view.named(0, span[0], ("body", "country"))
    before = [one for one in owners if one.end <= span[0]] or owners
    if before:
        first = before[0] if rule != "facility.begun" else owners[-1]
        draft.put("company", country_names()[first.key] if first.kind == "country" else first.key)
    elif view.spoken_of is not None and rule != "facility.noun":
        draft.put("company", view.spoken_of)
    draft.put("place", place_of(view, max(span[0], 0), end))
    draft.put("materials", view.minerals(start, end))
    near = view.money(max(0, span[0] - 5), min(len(text), span[1] + 60))
    draft.put("amount", near[0][1] if near else None)
    draft.put("ordinal", view.ordinal(max(0, span[0]), span[1]))
    return draft


_IN: Final = re.compile(r"\b(?:in|at|near|outside|on the outskirts of)\s(?:the\s)?")


def place_of(view: View, start: int, end: int) -> str | None:
    """Give where something is, by the first place named after *in*, *at* or *near*."""
    for match in _IN.finditer(view.text, start, end):
        for one in view.named(match.end(), min(end, match.end() + 45), ("name", "country")):
            if one.start <= match.end() + 1:
                return country_names()[one.key] if one.kind == "country" else one.text
    return None
