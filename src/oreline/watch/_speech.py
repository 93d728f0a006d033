"""Who says it, in which words, and how sure: attribution, quotations, hedges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from oreline.watch._claim import Attribution
from oreline.watch._gazetteer import RELEASE_WIRES, country_names
from oreline.watch._names import Mention
from oreline.watch._view import Draft, View
from oreline.watch._words import first_words, matches

_SAID: Final = (
    "said|says|told|added|adds|announced|announces|stated|states|reported|confirmed|confirms"
    "|wrote|writes|noted|notes|explained|explains|claimed|claims|commented|comments|declared"
    "|warned|warns|argued|argues|insisted|remarked|continued|replied|tweeted|posted"
    "|show|shows|showed|quoted as saying"
)
_OPINION: Final = (
    "described|describes|called|calls|praised|praises|hailed|hails|welcomed|welcomes|expects"
    "|denied|denies|criticised|criticized|highlighted|highlights|emphasi[sz]ed|emphasi[sz]es"
    "|stressed|stresses|pointed out|underscored|underlined|touted|lauded|urged|predicted"
    "|considered|considers|cautioned|acknowledged|dismissed|condemned|reiterated"
)
_VERB: Final = re.compile(rf"\b(?P<said>{_SAID})\b|\b(?P<opinion>{_OPINION})\b", re.IGNORECASE)
_VERB_FIRSTS: Final = first_words(
    re.sub(r"emphasi\[sz\](\w+)", r"emphasis\1|emphasiz\1", f"{_SAID}|{_OPINION}").split("|")
)
_ACCORDING: Final = re.compile(
    r"\b(?:according to|citing|in the words of)\s(?P<who>[^.;“”\"]{3,80}?)(?=[.;“”\"]|,\s|$)",
    re.IGNORECASE,
)
_CLAUSE_OBJECT: Final = re.compile(
    r"^\s(?:that|it|its|they|he|she|the|a|an|in|on|this|last|to|[A-Z“\"‘]|drilling|its|his|"
    r"investors|reporters|a)\b|^\s*[,.:“\"]|^$"
)
_WHO: Final = re.compile(
    r"(?:the\s)?(?:company|companies|firms?|countries|officials?|ministry|government|"
    r"regulator|explorer|miner|developer|producer|traders?|analysts?|shipping agents|embassy"
    r"|spokes\w+|state radio|state media|(?:customs|port|trade)\s(?:figures|data|records)|"
    r"(?:two|three|several)\speople familiar with the matter|sources?|a draft[^,]{0,40}|both "
    r"firms)$",
    re.IGNORECASE,
)

_HEDGE: Final = re.compile(
    r"\b(?:nearly|almost|about|around|roughly|approximately|up to|as much as|more than|over|"
    r"at least|just"
    r"|expected to|is expected|are expected|expects? to|plans? to|planned|aims? to|intends? "
    r"to|hopes? to|set to|due to"
    r"|may|might|could|would|will|considering|proposed|proposes|reportedly|allegedly|likely|"
    r"potential(?:ly)?|possibl[ey]"
    r"|eventual(?:ly)?|if built|if approved|subject to|according to|people familiar with|"
    r"said to be|believed to|is pleased to)\b",
    re.IGNORECASE,
)
_POSSIBLE: Final = re.compile(
    r"\b(?:may|might|could|considering|considers|possible|possibly|potential|weighing|"
    r"debating|in talks|talks|if built)\b",
    re.IGNORECASE,
)
_EXPECTED: Final = re.compile(
    r"\b(?:expected|expects|due to|set to|should|likely|scheduled)\b", re.IGNORECASE
)
_PLANNED: Final = re.compile(
    r"\b(?:will|plans?|planned|aims?|intends?|hopes?|to be|is to|are to|agreed to|eventual)\b",
    re.IGNORECASE,
)
_PROPOSED: Final = re.compile(r"\b(?:propos\w+|draft|would)\b", re.IGNORECASE)


DISTRIBUTOR: Final = "distributor of releases; the issuer is not named"
"""The role of a wire that a report makes the speaker: it prints what issuers write."""
QUOTED_WORDS_MIN: Final = 4
"""Fewer words in quotation marks are a term, and no quotation of a body or a company."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Who says a sentence.

    ``place`` is where the speaker stands in it, ``verb_end`` where the words of saying end;
    ``mention`` is the speaker where it is a name.
    """

    attribution: Attribution
    mention: Mention | None
    place: tuple[int, int] | None
    verb: tuple[int, int] | None
    is_opinion: bool


AUTHOR: Final = Speech(Attribution("author"), None, None, None, is_opinion=False)


def speech(view: View) -> Speech:
    """Give who says a sentence, by the verb or the words ``according to``."""
    text = view.text
    is_quote = any(last - first > 12 for first, last in view.sentence.quotes)
    for match in matches(_VERB, text, _VERB_FIRSTS):
        if view.sentence.is_quoted(view.sentence.start + match.start()):
            continue
        found = _speaker(view, match)
        if found is None:
            continue
        mention, name, span = found
        if match["opinion"] is not None and not (
            name in ("she", "he")
            or (mention is not None and mention.kind in ("person", "body", "company"))
        ):
            continue
        kind = "quoted" if is_quote else "reported"
        if name in RELEASE_WIRES:
            attribution = Attribution(kind, name, DISTRIBUTOR, match.group())
            return Speech(attribution, mention, span, match.span(), is_opinion=False)
        role = mention.role if mention is not None and mention.role else None
        attribution = Attribution(kind, name, role, match.group())
        return Speech(
            attribution, mention, span, match.span(), is_opinion=match["opinion"] is not None
        )
    according = _ACCORDING.search(text)
    if according is not None:
        who = according["who"].strip()
        named = view.named(
            according.start("who"), according.end("who"), ("company", "body", "person", "name")
        )
        name = (
            named[0].key
            if named and named[0].start <= according.start("who") + 4 and named[0].kind != "body"
            else who.removeprefix("the ")
        )
        attribution = Attribution(
            "quoted" if is_quote else "reported",
            name,
            DISTRIBUTOR if name in RELEASE_WIRES else None,
            according.group().split(who)[0].strip(),
        )
        return Speech(
            attribution,
            named[0] if named else None,
            according.span("who"),
            according.span(),
            is_opinion=False,
        )
    if is_quote:
        stated = _stating(view)
        if stated is not None:
            return stated
        return Speech(Attribution("quoted"), None, None, None, is_opinion=False)
    return AUTHOR


_STATING: Final = re.compile(
    r"\b(?:stating|saying|adding|noting|calling|describing|declaring|writing|posting)\b"
    r"[^“\"]{0,60}[“\"]"
)


def _stating(view: View) -> Speech | None:
    """Give who says what a participle brings in: A welcomed it, calling it “a start”."""
    match = _STATING.search(view.text)
    if match is None:
        return None
    for kinds in (("person",), ("company", "body")):
        named = view.named(0, match.start(), kinds)
        if named:
            one = named[0]
            attribution = Attribution(
                "quoted", _told(one), one.role or None, match.group().split()[0]
            )
            place = one.start, one.end
            return Speech(attribution, one, place, match.span(), is_opinion=True)
    return None


def _speaker(
    view: View, match: re.Match[str]
) -> tuple[Mention | None, str, tuple[int, int]] | None:
    text = view.text
    before = text[: match.start()].rstrip()
    for stop in (*(q - view.sentence.start for _, q in view.sentence.quotes), 0):
        if 0 < stop <= len(before):
            floor = stop
            break
    else:
        floor = 0
    kinds = ("person", "company", "body", "name", "country")
    named = view.named(floor, len(before), kinds)
    gap = before[named[-1].end :] if named else ""
    # Directly before the verb, or with what it is called between commas.
    if named and re.fullmatch(
        r"(?:\s(?:has|had|also|itself|later|then|further|was|is|\w+ly|on \w+day))*"
        r"|,?\s?\([^)]*\)|,\s[^,]{"
        r"2,60},?(?:\s(?:has|had|also))?",
        gap,
    ):
        return named[-1], _told(named[-1]), (named[-1].start, named[-1].end)
    persons = [one for one in named if one.kind == "person"]
    # Who stands first after a quotation, with what they are between commas.
    opener = [one for one in named[:1] if floor and one.start <= floor + 3]
    for one in (*persons[-1:], *opener):
        rest = before[one.end :]
        if re.fullmatch(r",\s.{2,90}(?:,|\s(?:has|had|was))?", rest) and "”" not in rest:
            return one, _told(one), (one.start, one.end)
    if before[-1:] in "”\",’'":
        found = _speaker_after(view, match.end())
        if found is not None:
            return found, _told(found), (found.start, found.end)
    chunk = re.split(r"[,;“”\"]\s|[”\"]", before)[-1].strip()
    who = _WHO.search(chunk)
    if who is not None:
        start = before.rfind(who.group())
        name = who.group()[0].lower() + who.group()[1:]
        # "A Chicago-based public relations firm" stays as said: who it is the text does not tell.
        described = _DESCRIBED.search(chunk)
        if described is not None:
            name = described.group()
            start = before.rfind(name)
        return None, name.removeprefix("the "), (start, start + len(name))
    if re.search(r"(?:^|[\s,”\"])(?:she|he)$", chunk, re.IGNORECASE):
        start = before.rfind(chunk)
        return None, chunk.split()[-1].lower(), (start, start + len(chunk))
    return None


_DESCRIBED: Final = re.compile(r"\b(?:an?|two|three|several)\s[^,;]{4,80}$", re.IGNORECASE)
_BEFORE_SPEAKER: Final = re.compile(
    r"\s(?:(?:[A-ZÀ-Þ][\w.&’'-]*|[a-z]+|and|of|the|for|de|&),?\s(?:\([A-Z:]+\)\s)?){0,11}"
)


def _speaker_after(view: View, place: int) -> Mention | None:
    """Give who speaks where the verb stands first: said the chairman, A; said A, chair of B."""
    end = min(len(view.text), place + 110)
    for kind in ("person", "company", "body", "name"):
        for one in view.named(place, end, (kind,)):
            gap = view.text[place : one.start]
            if re.search(r"[.;:“”\"]\s", re.sub(r"\b[A-Z]\.", "", gap)):
                break
            if kind == "person" and _BEFORE_SPEAKER.fullmatch(gap):
                return one
            if kind != "person" and re.fullmatch(r"\s(?:the\s)?(?:[a-z]+\s){0,2}", gap):
                return one
    return None


def _told(one: Mention) -> str:
    return country_names()[one.key] if one.kind == "country" else one.key


def quotations(view: View, said: Speech) -> Iterator[Draft]:
    """Give what a named person says, and what a body or a company says in quotation marks."""
    name = said.attribution.speaker
    if name is None:
        return
    quote = max(view.sentence.quotes, key=lambda span: span[1] - span[0], default=None)
    kind = "" if said.mention is None else said.mention.kind
    is_person = kind == "person" or (kind == "name" and quote is not None and " " in name)
    # A second sentence in quotation marks is said by whoever said the first.
    if said.verb is None and not (is_person and quote is not None):
        return
    if not is_person and (quote is None or _is_term(view, quote)):
        return
    rule = "quotation.direct" if quote is not None else "quotation.indirect"
    if (
        quote is None
        and not said.is_opinion
        and said.attribution.words.lower() in ("announced", "reported", "show", "shows")
    ):
        return
    place = said.verb or (0, 0)
    draft = Draft("quotation", "said", rule, *place)
    draft.put("speaker", name)
    draft.put("role", said.attribution.role)
    if quote is not None:
        start = max(0, quote[0] - view.sentence.start)
        draft.put("words", view.text[start : quote[1] - view.sentence.start].strip('“”"‘’ ,'))
    yield draft


def _is_term(view: View, quote: tuple[int, int]) -> bool:
    """Return whether quotation marks only set off a term: “dual-use items”."""
    words = view.text[max(0, quote[0] - view.sentence.start) : quote[1] - view.sentence.start]
    return len(words.split()) < QUOTED_WORDS_MIN


def hedges(text: str) -> tuple[str, ...]:
    """Give the words of a text that make what it says less than certain.

    >>> hedges("It plans to issue nearly $1 billion, according to a draft.")
    ('plans to', 'nearly', 'according to')
    """
    return tuple(dict.fromkeys(match.group().lower() for match in _HEDGE.finditer(text)))


def modality(draft: Draft, text: str) -> str:
    """Give how sure a sentence is of what it says.

    asserted, planned, expected, possible, proposed, or denied, cancelled, postponed.
    """
    if draft.status in ("denied", "cancelled", "postponed"):
        return draft.status
    if draft.kind in ("move", "valuation", "quotation", "discovery"):
        return "asserted"
    near = text[max(0, draft.place - 60) : draft.end]
    if draft.status == "proposed" and draft.kind == "policy":
        return "proposed"
    if not draft.is_future and draft.status not in ("planned", "proposed"):
        return "asserted"
    if _POSSIBLE.search(near):
        return "possible"
    if _EXPECTED.search(near):
        return "expected"
    if _PROPOSED.search(near) and not _PLANNED.search(near):
        return "proposed"
    return "planned"
