"""Who says it, in which words, and how sure: attribution, quotations, hedges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from oreline.watch._claim import Attribution
from oreline.watch._gazetteer import country_names
from oreline.watch._names import Mention
from oreline.watch._view import Draft, View

_SAID: Final = (
    "said|says|told|added|announced|announces|stated|reported|confirmed|wrote|noted|"
    "explained|claimed"
    "|commented|declared|warned|show|shows|showed|quoted as saying"
)
_OPINION: Final = (
    "described|describes|called|praised|praises|hailed|welcomed|expects|denied|"
    "criticised|criticized"
)
_VERB: Final = re.compile(rf"\b(?P<said>{_SAID})\b|\b(?P<opinion>{_OPINION})\b", re.IGNORECASE)
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
    for match in _VERB.finditer(text):
        if view.sentence.is_quoted(view.sentence.start + match.start()):
            continue
        found = _speaker(view, match)
        if found is None:
            continue
        mention, name, span = found
        if match["opinion"] is not None and (
            mention is None or mention.kind not in ("person", "body", "company")
        ):
            continue
        kind = "quoted" if is_quote else "reported"
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
            None,
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
        return Speech(Attribution("quoted"), None, None, None, is_opinion=False)
    return AUTHOR


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
        r"(?:\s(?:has|had|also|itself|later|was|is))*|,?\s?\([^)]*\)|,\s[^,]{"
        r"2,60},?(?:\s(?:has|had))?",
        gap,
    ):
        return named[-1], _told(named[-1]), (named[-1].start, named[-1].end)
    persons = [one for one in named if one.kind == "person"]
    if (
        persons
        and re.fullmatch(r",\s.{2,80}(?:,|\s(?:has|had|was))?", before[persons[-1].end :])
        and "," in before[persons[-1].end :]
    ):
        return persons[-1], _told(persons[-1]), (persons[-1].start, persons[-1].end)
    after = view.named(match.end(), min(len(text), match.end() + 70), ("person", "company", "body"))
    if (
        after
        and re.fullmatch(
            r"\s(?:[A-ZÀ-Þ][\w.&’' -]{0,40}[’']s\s|[A-ZÀ-Þ]\w+\s|the\s)?(?:[a-z]+\s){"
            r"0,3},?\s?(?:[A-Za-z ]+,\s)?",
            text[match.end() : after[-1].start],
        )
        and before[-1:] in "”\",’'"
    ):
        return after[-1], _told(after[-1]), (after[-1].start, after[-1].end)
    chunk = re.split(r"[,;“”\"]\s|[”\"]", before)[-1].strip()
    who = _WHO.search(chunk)
    if who is not None:
        start = before.rfind(who.group())
        name = who.group()[0].lower() + who.group()[1:]
        return None, name.removeprefix("the "), (start, start + len(name))
    if re.search(r"(?:^|[\s,”\"])(?:she|he)$", chunk, re.IGNORECASE):
        start = before.rfind(chunk)
        return None, chunk.split()[-1].lower(), (start, start + len(chunk))
    return None


def _told(one: Mention) -> str:
    return country_names()[one.key] if one.kind == "country" else one.key


def quotations(view: View, said: Speech) -> Iterator[Draft]:
    """Give what a named person says, and what a body or a company says in quotation marks."""
    name = said.attribution.speaker
    if name is None or said.verb is None:
        return
    quote = max(view.sentence.quotes, key=lambda span: span[1] - span[0], default=None)
    is_person = said.mention is not None and said.mention.kind == "person"
    if not is_person and quote is None:
        return
    rule = "quotation.direct" if quote is not None else "quotation.indirect"
    if (
        quote is None
        and not said.is_opinion
        and said.attribution.words.lower() in ("announced", "reported", "show", "shows")
    ):
        return
    draft = Draft("quotation", "said", rule, *said.verb)
    draft.put("speaker", name)
    draft.put("role", said.attribution.role)
    if quote is not None:
        start = max(0, quote[0] - view.sentence.start)
        draft.put("words", view.text[start : quote[1] - view.sentence.start].strip('“”"‘’ ,'))
    yield draft


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
