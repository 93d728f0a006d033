"""Rules for finds in the ground, moves of prices and shares, and what companies are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from oreline.watch._claim import Money, Percent
from oreline.watch._names import Mention
from oreline.watch._view import Draft, View, whole

_RESOURCE: Final = whole(
    r"(?:inferred|indicated|measured|mineral|ore|total)\s(?:mineral\s)?(?P<grade>resources?|"
    r"reserves?)(?: estimate)?|maiden resource|(?:JORC|NI 43-101)[\w\s-]{0,20}resource"
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
    if resource is not None and re.search(r"\d", text):
        is_reserve = "reserve" in resource.group().lower()
        found = ("reserve" if is_reserve else "resource", "discovery.resource", resource)
    elif (
        intercept is not None
        and minerals
        and (view.percents(0, len(text)) or re.search(r"\b(?:g/t|ppm|metres|meters)\b", text))
    ):
        found = ("intercept", "discovery.intercept", intercept)
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
    "rose|rises|rise|jump(?:ed|s)|soar(?:ed|s|ing)|gain(?:ed|s|ing)|climb(?:ed|s|"
    "ing)|surg(?:ed|es|ing)|rall(?:ied|ies)|added|advanc(?:ed|es)|leapt|spik(?:ed|"
    "es)|up|rocket(?:ed|ing)|increas(?:ed|es)|higher"
)
_DOWN: Final = (
    "f[ea]ll|fell|falls|falling|slip(?:ped|s)|drop(?:ped|s|ping)|shed|sheds|lost|"
    "loses|declin(?:ed|es)|plung(?:ed|es|ing)|tumbl(?:ed|es|ing)|slump(?:ed|s)|"
    "sank|slid|eas(?:ed|es)|dip(?:ped|s)|down|crash(?:ed|es)|lower"
)
_MOVE: Final = whole(
    rf"(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<times>doubled|tripled|trebled|quadrupled|halved)|"
    rf"(?P<quoted>was quoted at|were quoted at|traded at|closed at|ended at|settled at|close "
    rf"at|finished at)"
)
_LARGE: Final = re.compile(
    r"\b(?:doubl|tripl|trebl|quadrupl|halv|third|quarter|half|fifth)", re.IGNORECASE
)
_TIMES: Final = {"doubled": 100, "tripled": 200, "trebled": 200, "quadrupled": 300, "halved": -50}
_MARKET: Final = whole(
    r"shares?|stock|stocks|prices?|market|tonne|close|closed|quoted|traded|trading|ended|"
    r"debut|exchange"
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
    for match in _MOVE.finditer(text):
        # "Up to 15%" is a bound, no rise.
        if match.start() < at or re.match(r"up to\b", text[match.start() :], re.IGNORECASE):
            continue
        start, end = view.clause(match.start())
        draft = _move(view, match, start, end)
        if draft is not None:
            yield draft
            at = end


def _move(view: View, match: re.Match[str], start: int, end: int) -> Draft | None:
    text = view.text
    percents = [one for one in view.percents(match.start(), end) if one[0].start - match.end() < 25]
    clause = text[start:end]
    subject = _subject(view, start, match.start())
    # What stands between the subject and the verb says what moved: output is no price.
    head = text[(subject.end if subject else start) : match.start()]
    if _NO_PRICE.search(head) or _NO_PRICE.search(text[match.end() : match.end() + 14]):
        return None
    is_market = _MARKET.search(clause) is not None or (
        subject is not None and subject.kind in ("mineral", "ticker")
    )
    is_market = is_market or (subject is not None and subject.kind == "company" and bool(percents))
    money = _reached(view, match.start(), end)
    part = re.match(r"\s(?:by\s)?(?:a|one)[\s-](third|quarter|half|fifth)\b", text[match.end() :])
    if not is_market or not (
        percents or match["times"] or match["quoted"] or part or (money and _MARKET.search(clause))
    ):
        return None
    if match["quoted"] and not money:
        return None
    if (
        match["quoted"] is None
        and not (percents or match["times"] or part)
        and not re.match(r"\s(?:(?:by|to)\s)?\S*\d", text[match.end() :])
    ):
        return None
    draft = Draft("move", "reported", "move", match.start(), match.end())
    sign = -1 if match["down"] else 1
    if percents:
        value = percents[0][1]
        draft.put("percent", Percent(sign * abs(value.value), value.hedge, value.said))
    elif match["times"]:
        draft.put("percent", Percent(Decimal(_TIMES[match["times"].lower()]), "", match["times"]))
    elif match["quoted"]:
        more = [one for one in view.percents(match.end(), end) if one[0].start - match.end() < 40]
        draft.put("percent", more[0][1] if more else None)
    elif part:
        share = {"third": "33.3", "quarter": "25", "half": "50", "fifth": "20"}[part.group(1)]
        draft.put("percent", Percent(sign * Decimal(share), "about", part.group().strip()))
    draft.put("close", money)
    companies = view.named(start, match.start(), ("company", "name"))
    if companies:
        draft.put("company", companies[-1 if subject is None else 0].key)
    elif subject is not None and subject.kind == "mineral":
        draft.put("materials", (subject.key,))
    elif view.spoken_of is not None:
        draft.put("company", view.spoken_of)
    tickers = view.named(start, match.start(), ("ticker",))
    company = draft.slots.get("company")
    known = view.book.tickers.get(str(company))
    draft.put("ticker", tickers[0].key if tickers else known)
    return draft


def _subject(view: View, start: int, place: int) -> Mention | None:
    named = view.named(start, place, ("company", "name", "mineral", "ticker"))
    companies = [one for one in named if one.kind == "company"]
    if companies:
        return companies[0]
    return named[0] if named else None


def _reached(view: View, start: int, end: int) -> Money | None:
    chosen: Money | None = None
    for found, money in view.money(start, end):
        lead = found.start
        before = view.text[max(0, lead - 14) : lead]
        if _CLOSE.search(before + ("" if before.endswith(" ") else " ")) and money.low < 1_000_000:
            chosen = money
            if re.search(r"clos|end", before):
                break
    return chosen


_WORTH: Final = whole(
    r"valued at|valuing (?:it|the (?:company|target|firm|group|business)|[A-Z][\w ]{1,40}?) "
    r"at|market (?:value|cap(?:itali[sz]ation)?) of|is worth|was worth|worth"
    r"|values? (?:the company|it|[A-Z][\w ]{1,40}?) at|market cap(?:itali[sz]ation)? (?:is|"
    r"was|stood at)|(?:enterprise|equity) value of"
)
_NOT_WORTH: Final = whole(
    r"contracts?|agreements?|deals?|shipments?|cargo|consignment|mou|memorandum|order|"
    r"exports?|imports?|project|plant|accord|pact|partnership|transaction|stake|offtake|"
    r"metals?|goods"
)


def valuations(view: View) -> Iterator[Draft]:
    """Give what a sentence says that a company is worth."""
    text = view.text
    for match in _WORTH.finditer(text):
        money = [
            one
            for one in view.money(match.end(), min(len(text), match.end() + 40))
            if one[0].start - match.end() < 8 and not one[1].per
        ]
        if not money:
            continue
        start, _ = view.clause(match.start())
        head = text[max(start, match.start() - 45) : match.start()]
        if (
            _NOT_WORTH.search(head)
            and "market" not in match.group().lower()
            and "valu" not in match.group().lower()[:6].replace("valued", "")
        ):
            continue
        draft = Draft("valuation", "reported", "valuation", match.start(), money[0][0].end)
        draft.put("amount", money[0][1])
        inside = view.named(match.start(), match.end(), ("company", "name"))
        before = view.named(0, match.start(), ("company",)) or view.named(
            0, match.start(), ("name",)
        )
        company = inside[0] if inside else before[-1] if before else None
        draft.put("company", company.key if company else view.spoken_of)
        yield draft
        return
