"""Rules for works that are planned or built, and for what governments decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oreline.watch._gazetteer import country_names
from oreline.watch._numbers import NUMBERS
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
    r"(?P<verb>(?:plans? to|will|to|would|may|could|might|aims? to|intends? to|hopes? to|"
    r"wants? to|expects? to"
    r"|is to|are to|approved|is considering|considers|considering|proposes? (?:to)?|proposed|"
    r"weighing)\s"
    r"(?:begin |start )?(?:build(?:ing)?|construct(?:ing)?|establish|develop(?:ing)?|"
    r"open(?:ing)?|set up|commission|add)?)"
    rf"\s?(?:an?|the|its|another|two|three|four)?\s?{_KIND}"
)
_NOUN: Final = whole(
    rf"(?P<verb>(?:eventual )?(?:establishment|construction|development) of)\s(?:an?\s|the\s)"
    rf"?{_KIND}"
    rf"|(?P<verb2>planned|proposed)\s{_KIND.replace('works>', 'works2>')}"
)
_ARE_PLANNED: Final = whole(
    rf"{_KIND}\s(?P<verb>(?:is|are|was|were) planned|(?:is|are) to be built|will be (?:built|"
    rf"constructed)"
    r"|should (?:start|open|begin)|is (?:due|expected|scheduled) to (?:start|open|begin)|"
    r"will (?:open|start|begin))"
)
_BEGUN: Final = whole(
    r"construction (?:has begun|has started|began|started|is under way|is underway)|broke "
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
_BUILDERS: Final = re.compile(
    r"build|construct|establish|develop|open|set up|commission|consider|weigh", re.IGNORECASE
)


def facilities(view: View) -> Iterator[Draft]:
    """Give what a sentence says of works: who builds what where, and how far it is."""
    text = view.text
    begun = _BEGUN.search(text)
    if begun is not None and re.search(WORKS, text[begun.end() :], re.IGNORECASE):
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
    for pattern, rule in ((_PLANNED, "planned"), (_ARE_PLANNED, "are-planned"), (_NOUN, "noun")):
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


_LIST: Final = (
    r"(?:critical|strategic)[\w\s-]{0,25}?(?:minerals?|materials?)\s(?:list|act)|"
    r"export control list|control list|list of (?:critical|strategic)[\w\s-]{"
    r"0,20}|draft list|final list|entity list"
)
_LISTED: Final = whole(
    r"(?P<verb>add(?:ed|s|ing)?|includ(?:ed|es|ing)|remov(?:ed|es|ing)|drop(?:ped|s)?|"
    r"delist(?:ed)?|publish(?:ed|es)?|proposed?|proposes|overhaul|updat(?:ed|es)|released?)"
)
_LIST_WORD: Final = whole(_LIST)
_CURBED: Final = whole(
    r"(?P<verb>bann?(?:ed|s|ing)?|prohibit(?:ed|s)?|restrict(?:ed|s|ions)?|suspend(?:ed|s)?|"
    r"lift(?:ed|s)?|impos(?:ed|es|ing)|eas(?:ed|es)|tighten(?:ed|s)?|halt(?:ed|s)?|curb(?:ed|"
    r"s)?|resum(?:ed|es))"
    r"\b(?P<gap>[^.;]{0,50}?)\b(?P<thing>export(?:s|ing)?|import(?:s|ing)?|tariffs?|quotas?|"
    r"duties|licen[cs]e requirements?|controls?|royalt(?:y|ies)|windfall tax)"
)
_BAN_NOUN: Final = whole(
    r"(?P<thing>(?:export|import)s? (?:ban|curbs?|controls?|quotas?|restrictions)|ban on "
    r"[\w\s]{0,30}?(?:exports?|imports?)|tariffs? on)"
)
_PASSED: Final = whole(
    r"(?P<verb>ratif(?:ied|ies|y)|passed|passes|enact(?:ed|s)|repealed|signed into law|"
    r"approved|revoked|granted|issued)"
    r"\b[^.;]{0,50}?\b(?P<thing>law|bill|act|(?:mining |exploration )?(?:lease|licen[cs]e "
    r"transfer|licen[cs]e|permit|concession)|executive order|regulations?|code|decree)"
)
_DEBATED: Final = re.compile(
    r"\b(?:propos\w+|draft|debating|considering|considers|would|may|could|plans? to|will "
    r"vote|consultation|weighing|discussing)\b",
    re.IGNORECASE,
)
_RULERS: Final = whole(
    r"government|ministry|minister|parliament|congress|senate|lawmakers|commission|"
    r"department|cabinet|president|white house|beijing|washington|brussels|authorities|"
    r"regulator|house|geological survey|customs"
)


def policies(view: View) -> Iterator[Draft]:
    """Give what a sentence says that a government decided or proposes."""
    text = view.text
    found = _policy(view)
    if found is None:
        return
    rule, match = found
    start, end = view.clause(match.start())
    clause = text[start:end]
    status = (
        "proposed" if _DEBATED.search(clause) and not re.search(r"\bfinal\b", clause) else "adopted"
    )
    if re.search(r"\b(?:denied|has not|nothing has been decided)\b", clause, re.IGNORECASE):
        status = "denied"
    draft = Draft("policy", status, rule, match.start(), match.end(), is_future=False)
    ruler = view.named(0, len(text), ("body",))
    if ruler:
        draft.put("agency", ruler[0].key)
    else:
        country = view.named(0, len(text), ("country",))
        who = _RULERS.search(text)
        draft.put(
            "agency", country_names()[country[0].key] if country else who.group() if who else None
        )
    draft.put("materials", view.minerals(start, end))
    draft.put("action", match.group().strip()[:80])
    count = re.search(
        r"\b(?:add(?:ed|ing|s)?|with)\s(?:a further\s)?(\d+|two|three|four|five|six|seven|"
        r"eight|nine|ten)\s(?:new\s|more\s)?(?:minerals|commodities|materials|entries|"
        r"products|metals)",
        text,
        re.IGNORECASE,
    )
    if count is not None:
        word = count.group(1).lower()
        draft.put("count", int(word) if word.isdigit() else NUMBERS[word])
    yield draft


def _policy(view: View) -> tuple[str, re.Match[str]] | None:
    text = view.text
    list_word = _LIST_WORD.search(text)
    if list_word is not None:
        verb = _LISTED.search(text)
        if verb is not None:
            return "policy.list", verb
    curbed = _CURBED.search(text)
    about = bool(view.minerals(0, len(text))) or _RULERS.search(text) is not None
    company = [] if curbed is None else view.named(0, curbed.start(), ("company",))
    if curbed is not None and about and not company:
        return "policy.trade", curbed
    noun = _BAN_NOUN.search(text)
    if noun is not None and about:
        return "policy.trade-noun", noun
    passed = _PASSED.search(text)
    if passed is not None and _RULERS.search(text) is not None:
        return "policy.passed", passed
    return None
