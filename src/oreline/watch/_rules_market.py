"""Rules for finds in the ground, moves of prices and shares, and what companies are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from oreline.watch._amounts import Found
from oreline.watch._claim import Money, Percent
from oreline.watch._names import Mention
from oreline.watch._view import Draft, View, whole

_RESOURCE: Final = whole(
    r"(?:inferred|indicated|measured|mineral|ore|total)\s(?:mineral\s)?(?P<grade>resources?|"
    r"reserves?)(?: estimate)?|maiden resource|(?:JORC|NI 43-101)[\w\s-]{0,20}resource"
)
_ESTIMATED: Final = re.compile(
    r"\b(?:estimated|proven|probable|total|known)\s(?:\w+\s){0,2}?(?P<grade>reserves?"
    r"|resources?)\b",
    re.IGNORECASE,
)
_TONNAGE: Final = re.compile(
    r"\b[\d.,]+[\s-]?(?:million|billion|m|bn)?[\s-]?(?:tonnes?|tons?|Mt"
    r"|t)\b[^.;]{0,60}?\bresource\b",
)
_GRADE: Final = re.compile(r"\d\s?(?:g/t|ppm|oz/t)\b|\d\s?(?:million|m)?\s?(?:ounces|pounds|lbs)\b")
_RESULTS: Final = re.compile(
    r"\b(?:drill(?:ing)?|assays?|sampling|high[- ]grade|trench(?:ing)?)\b[^.;]{0,50}?\bresults\b",
    re.IGNORECASE,
)
_INTERCEPT: Final = whole(
    r"intersect(?:ed|s|ions?)|intercepts?|assays?(?: of| returned| from| show)?|drill(?:ing|"
    r"ed)?[^.;]{0,60}?\breturn(?:ed|s)|returned"
    r"|grab samples|channel samples|rock[- ]chip samples"
)
_CLAIMED: Final = whole(
    r"discover(?:ed|s|y|ies)|(?:has |have )?found|significant find|major find|new find|"
    r"struck|uncovered|identified|confirmed the presence of"
)
_GROUND: Final = re.compile(
    r"\b(?:deposits?|ore ?body|mineralisation|mineralization|pegmatites?|veins?|project|"
    r"licen[cs]e|prospect|drill\w*|metres|meters|surface|grading|reserves?|resources?|"
    r"carbonatite|lode|seam|find)\b",
    re.IGNORECASE,
)
_NO_RESOURCE: Final = re.compile(
    r"\bnot (?:yet )?(?:published|reported|released|defined)\b", re.IGNORECASE
)


def discoveries(view: View) -> Iterator[Draft]:
    """Give what a sentence says is in the ground, and on what ground it is said."""
    text = view.text
    minerals = view.minerals(0, len(text))
    found: tuple[str, str, re.Match[str]] | None = None
    resource, intercept, claimed = (
        _RESOURCE.search(text),
        _INTERCEPT.search(text),
        _CLAIMED.search(text),
    )
    if _NO_RESOURCE.search(text):
        return
    if resource is None:
        resource = _TONNAGE.search(text) or _ESTIMATED.search(text)
    numbers = view.masses(0, len(text)) or view.percents(0, len(text)) or _GRADE.search(text)
    if resource is not None and numbers:
        is_reserve = "reserve" in resource.group().lower()
        found = ("reserve" if is_reserve else "resource", "discovery.resource", resource)
    elif (
        intercept is not None
        and minerals
        and (numbers or re.search(r"\b(?:metres|meters)\b", text))
    ):
        found = ("intercept", "discovery.intercept", intercept)
    elif _RESULTS.search(text) is not None and minerals:
        results = _RESULTS.search(text)
        assert results is not None
        found = ("intercept", "discovery.results", results)
    elif (
        claimed is not None
        and _GROUND.search(text[claimed.start() :])
        and (minerals or "ore" in text)
    ):
        found = ("claim", "discovery.claim", claimed)
    if found is None:
        return
    status, rule, match = found
    draft = Draft("discovery", status, rule, match.start(), match.end())
    companies = view.named(0, len(text), ("company",))
    draft.put("company", companies[0].key if companies else view.spoken_of)
    draft.put("materials", minerals)
    draft.put("place", _project(view))
    masses = view.masses(0, len(text))
    draft.put("quantity", masses[0] if masses else None)
    grades = view.percents(0, len(text))
    draft.put("grade", grades[0][1] if grades else None)
    yield draft


def _project(view: View) -> str | None:
    match = re.search(
        r"\b((?:[A-ZÀ-Þ][\wÀ-ž-]*\s){1,3}(?:[a-z]+\s){0,2}(?:project|deposit|property|"
        r"licen[cs]e|prospect|concession))\b",
        view.text,
    )
    if match is not None:
        return re.sub(r"^(?:The|Its|At)\s", "", match.group(1))
    near = re.search(r"\b(?:at|in)\s(?:the\s)?(?=[A-Z])", view.text)
    named = [] if near is None else view.named(near.end(), near.end() + 40, ("name", "country"))
    return named[0].text if named and near and named[0].start <= near.end() + 1 else None


_UP: Final = (
    "rose|rises|rise|rising|jumping|skyrocket(?:ed|ing)|jump(?:ed|s)|soar(?:ed|s|ing)"
    "|gain(?:ed|s|ing)|climb(?:ed|s|"
    "ing)|surg(?:ed|es|ing)|rall(?:ied|ies)|added|advanc(?:ed|es)|leapt|spik(?:ed|"
    "es)|up|rocket(?:ed|ing)|increas(?:ed|es)|higher"
)
_DOWN: Final = (
    "f[ea]ll|fell|falls|falling|slip(?:ped|s)|drop(?:ped|s|ping)|shed|sheds|lost|"
    "loses|declin(?:ed|es)|plung(?:ed|es|ing)|tumbl(?:ed|es|ing)|slump(?:ed|s)|"
    "sank|slid|eas(?:ed|es)|dip(?:ped|s)|down|crash(?:ed|es)|lower"
)
_MOVE: Final = whole(
    rf"(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<times>doubl(?:ed|ing)|tripl(?:ed|ing)|trebled"
    rf"|quadrupled|halved)|"
    rf"(?P<quoted>was quoted at|were quoted at|traded at|closed at|ended at|settled at|close "
    rf"at|finished at|trading at|changed hands at|(?:was|were|stood) at)"
    rf"|(?P<spike>spike|increase|rally|surge|jump|gain|drop|fall|decline|slump|plunge|dip)"
)
_LARGE: Final = re.compile(
    r"\b(?:doubl|tripl|trebl|quadrupl|halv|third|quarter|half|fifth)", re.IGNORECASE
)
_TIMES: Final = {
    "doubled": 100,
    "doubling": 100,
    "tripling": 200,
    "tripled": 200,
    "trebled": 200,
    "quadrupled": 300,
    "halved": -50,
}
_MARKET: Final = whole(
    r"shares?|stock|stocks|prices?|market|tonne|close|closed|quoted|traded|trading|ended|"
    r"debut|exchange|closing|session|pre-?market|intraday"
)
_NO_PRICE: Final = whole(
    r"output|production|exports?|imports?|revenues?|profits?|sales|demand|capacity|"
    r"shipments?|volumes?|inflation|unemployment|consumption|costs?|stockpiles?|inventor(?:y|"
    r"ies)|deliveries|grade|interest|stake|holding|recovery|employment|guidance|list|"
    r"commodities|minerals to"
)
_CLOSE: Final = re.compile(
    r"\b(?:to|at|of|ended at|closed at|close at|to close at)\s$", re.IGNORECASE
)


def moves(view: View) -> Iterator[Draft]:
    """Give what a sentence says of a price or a share: by how much, to what, at which close."""
    text = view.text
    if not view.amounts and not _LARGE.search(text):
        return
    at = 0
    found: list[Draft] = []
    for match in _MOVE.finditer(text):
        # "Up to 15%" is a bound, no rise.
        if match.start() < at or re.match(r"up to\b", text[match.start() :], re.IGNORECASE):
            continue
        start, end = view.clause(match.start())
        draft = _move(view, match, start, end)
        if draft is None:
            continue
        # It dropped to 6.39 and closed up 12.6%: of one share the percentage is the move.
        same = [
            one
            for one in found
            if one.slots.get("company") == draft.slots.get("company")
            and one.slots.get("materials") == draft.slots.get("materials")
        ]
        if "percent" in draft.slots:
            found = [one for one in found if one not in same or "percent" in one.slots]
        elif any("percent" in one.slots for one in same):
            continue
        found.append(draft)
        if "percent" in draft.slots:
            at = end
    yield from found


def _move(view: View, match: re.Match[str], start: int, end: int) -> Draft | None:
    text = view.text
    percents = _percents(view, match, end)
    subject = _subject(view, start, match.start())
    money = _reached(view, match.start(), end)
    part = _PART.match(text, match.end())
    is_sized = bool(percents or match["times"] or part)
    if not _is_market(view, match, subject, (start, end), has_percent=bool(percents)):
        return None
    is_priced = money is not None and _MARKET.search(text[start:end]) is not None
    if not (is_sized or match["quoted"] or is_priced) or (match["quoted"] and not money):
        return None
    follows = re.match(r"\s(?:(?:by|to)\s)?\S*\d", text[match.end() :])
    if not is_sized and not match["quoted"] and not follows:
        return None
    if (match["spike"] and not percents) or (match["times"] and _THEIR.match(text, match.end())):
        return None
    draft = Draft("move", "reported", "move", match.start(), match.end())
    draft.put("percent", _percent(view, match, percents, part, end))
    draft.put("close", money)
    draft.put("as_of", _as_of(text, start, end))
    if subject is not None and subject.kind in ("company", "name"):
        draft.put("company", subject.key)
    elif subject is not None and subject.kind == "mineral":
        draft.put("materials", (subject.key,))
    elif view.spoken_of is not None:
        draft.put("company", view.spoken_of)
    tickers = view.named(start, match.start(), ("ticker",))
    known = view.book.tickers.get(str(draft.slots.get("company")))
    draft.put("ticker", tickers[0].key if tickers else known)
    return draft


_PART: Final = re.compile(r"\s(?:by\s)?(?:a|one)[\s-](third|quarter|half|fifth)\b")
_PARTS: Final = {"third": "33.3", "quarter": "25", "half": "50", "fifth": "20"}
_THEIR: Final = re.compile(r"\s(?:its|their|the|his)\b")


def _is_market(
    view: View,
    match: re.Match[str],
    subject: Mention | None,
    clause: tuple[int, int],
    *,
    has_percent: bool,
) -> bool:
    """Return whether what moved is a price or a share; output and stakes move too."""
    text, (start, end) = view.text, clause
    # What stands between the subject and the verb says what moved: output is no price.
    head = text[(subject.end if subject else start) : match.start()]
    if _NO_PRICE.search(head) or _NO_PRICE.search(text[match.end() : match.end() + 14]):
        return False
    if _MARKET.search(text, start, end) is not None:
        return True
    kind = "" if subject is None else subject.kind
    return kind in ("mineral", "ticker") or (kind == "company" and has_percent)


def _percent(
    view: View,
    match: re.Match[str],
    percents: list[tuple[Found, Percent]],
    part: re.Match[str] | None,
    end: int,
) -> Percent | None:
    """Give by how much, with the sign of the verb."""
    is_down = match["down"] or (match["spike"] and match["spike"].lower() in _FALLS)
    sign = -1 if is_down else 1
    if percents:
        value = percents[0][1]
        return Percent(sign * abs(value.value), value.hedge, value.said)
    if match["times"]:
        return Percent(Decimal(_TIMES[match["times"].lower()]), "", match["times"])
    if match["quoted"]:
        more = [one for one in view.percents(match.end(), end) if one[0].start - match.end() < 40]
        return more[0][1] if more else None
    if part:
        return Percent(sign * Decimal(_PARTS[part.group(1)]), "about", part.group().strip())
    return None


_HELD: Final = re.compile(
    r"\s(?:[\w-]+\s){0,2}?(?:stake|interest|holding|ownership|shareholding)\b"
)
_FALLS: Final = frozenset({"drop", "fall", "decline", "slump", "plunge", "dip"})
_SHARES_OF: Final = re.compile(r"\b(?:shares?|stocks?)\s(?:in|of)\s", re.IGNORECASE)
_AS_OF: Final = re.compile(
    r"\b(?:at|by|around)\s(?:around\s)?\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\b\.?)?"
    r"(?:\s(?:[A-Z][a-z]+ time|E[DS]?T|GMT|BST|AES?DT|UTC|IST))?"
    r"|\b(?:in|during)\s(?:the\s)?(?:(?:early|late|mid|opening|morning|afternoon|intraday)"
    r"[\s-])*(?:pre-?\s?market|after-?hours|morning|afternoon|extended|intraday)"
    r"(?:\s(?:trading|trade|deals|session|hours))?|\bin early (?:trading|trade|deals)"
    r"|\bat the (?:time of (?:writing|publication)|"
    r"open(?:ing)?|close)|\bas of this writing|\b(?:intraday|pre-?market)\b"
    r"|\bclos(?:e|ed|ing)\b|\bended\b|\byear[\s-]to[\s-]date\b|\bover the (?:last|past)\s"
    r"(?:[\w-]+\s)?(?:days|weeks?|months?|year)",
    re.IGNORECASE,
)


def _as_of(text: str, start: int, end: int) -> str | None:
    """Give the moment of a price or a move, as said: prices of one day differ by it."""
    match = _AS_OF.search(text, start, end)
    if match is None:
        return None
    said = " ".join(match.group().lower().split())
    return "at the close" if said.startswith("clos") or said == "ended" else said


def _percents(view: View, match: re.Match[str], end: int) -> list[tuple[Found, Percent]]:
    """Give the percentages of a move: up 5%, 5% higher, a 5% jump."""
    before = [
        one
        for one in view.percents(max(0, match.start() - 40), match.start())
        if re.fullmatch(
            r"\s(?:share\s|price\s|stock\s)?(?:price\s)?", view.text[one[0].end : match.start()]
        )
    ]
    noun = match["spike"] is not None
    if before and (noun or match.group().lower() in ("higher", "lower", "up", "down")):
        return before
    after = [
        one
        for one in view.percents(match.start(), end)
        if one[0].start - match.end() < 25 and not _HELD.match(view.text, one[0].end)
    ]
    if not noun:
        return after
    return [one for one in after if re.match(r"\sof\s", view.text[match.end() : one[0].start + 1])]


def _subject(view: View, start: int, place: int) -> Mention | None:
    named = view.named(start, place, ("company", "name", "mineral", "ticker"))
    shares = [one.end() for one in _SHARES_OF.finditer(view.text, start, place)]
    owners = [
        one
        for one in named
        if one.kind in ("company", "name") and any(0 <= one.start - at < 60 for at in shares)
    ]
    if owners:
        return owners[-1]
    companies = [one for one in named if one.kind == "company"]
    if companies:
        return companies[-1]
    names = [one for one in named if one.kind == "name"]
    return names[-1] if names else named[0] if named else None


def _reached(view: View, start: int, end: int) -> Money | None:
    chosen: Money | None = None
    for found, money in view.money(start, end):
        lead = found.start
        before = view.text[max(0, lead - 14) : lead]
        if _CLOSE.search(before + ("" if before.endswith(" ") else " ")) and money.low < 1_000_000:
            is_close = re.search(r"clos|end", before) is not None
            if chosen is None or is_close:
                chosen = money
            if is_close:
                break
    return chosen


_WORTH: Final = whole(
    r"valued at|valuing (?:it|(?:the |a )?(?:combined )?(?:company|target|firm|group|business)|"
    r"(?!the\b|this\b)[\w’'. ]{2,40}?) (?:at|just shy of)|is worth|was worth|worth"
    r"|valued (?:the (?:company|firm|startup)|it) at|market (?:value|valuation"
    r"|cap(?:itali[sz]ation)?)(?: (?:of|to|at|is|was|stood at|stands at|"
    r"now))?"
    r"|values? (?:the (?:combined )?company|it|(?!the\b|this\b)[\w’'. ]{2,40}?) at"
    r"|(?:enterprise|equity) value of"
)
_NOT_WORTH: Final = whole(
    r"contracts?|agreements?|deals?|shipments?|cargo|consignment|mou|memorandum|order|"
    r"exports?|imports?|project|plant|accord|pact|partnership|transaction|stake|offtake|"
    r"metals?|goods"
)


_CONTRACT: Final = whole(r"contracts?|agreements?|deals?|accord|pact|memorandum|MoU")
_OWNERS: Final = re.compile(
    r"(?:company|firm|miner|explorer|producer|developer|startup|start-up|group|business|it|itself"
    r"|[)\]])(?:,|\s(?:is|was|are|currently|now))*\s?$",
    re.IGNORECASE,
)


def _is_of_company(view: View, match: re.Match[str]) -> bool:
    """Return whether what is worth something is a company, and no contract or project."""
    words = match.group().lower()
    if words.startswith("market") or "equity value" in words or "enterprise value" in words:
        return True
    if _NOT_WORTH.search(words):
        return False
    if words.startswith(("valuing", "value")) and not words.startswith("valued"):
        return True
    head = view.text[: match.start()]
    start, _ = view.clause(match.start())
    if _CONTRACT.search(head, start) or _NOT_WORTH.search(head, max(start, match.start() - 45)):
        return False
    owner = view.named(0, match.start(), ("company", "name", "ticker"))
    gap = head[owner[-1].end :] if owner else ""
    near = bool(owner) and re.fullmatch(r"[’'s)\],]*(?:\s(?:is|was|currently|now|a|the))*\s?", gap)
    return bool(near) or bool(_OWNERS.search(head))


def valuations(view: View) -> Iterator[Draft]:
    """Give what a sentence says that a company is worth."""
    text = view.text
    for match in _WORTH.finditer(text):
        money = [
            one
            for one in view.money(match.end(), min(len(text), match.end() + 40))
            if one[0].start - match.end() < 8 and not one[1].per
        ]
        if not money or not _is_of_company(view, match):
            continue
        draft = Draft("valuation", "reported", "valuation", match.start(), money[0][0].end)
        draft.put("amount", money[0][1])
        inside = view.named(match.start(), match.end(), ("company", "name"))
        own = re.search(r"\bits?\s(?:[a-z]+\s)?$", text[: match.start()])
        before = view.named(0, match.start(), ("company",))
        before = before or ([] if own else view.named(0, match.start(), ("name",)))
        company = inside[0] if inside else before[-1] if before else None
        draft.put("company", company.key if company else view.spoken_of)
        yield draft
        return
