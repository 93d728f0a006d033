"""Rules for funding and for acquisitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oreline.watch._gazetteer import DEMONYMS, country_names
from oreline.watch._names import Mention
from oreline.watch._view import CANCELLED, DENIED, FUTURE, Draft, View, whole

_THING: Final = (
    r"funding|funds?|grants?|loans?|financing|credit|guarantees?|award|awards|investment|money"
    r"|bond sale|bonds?|placement|private placement|equity raising|prepayment facility|debt|equity"
    r"|preferred stock|cash|assistance|opportunit(?:y|ies)|NOFOs?|share (?:sale|offering|placement)"
    r"|capital raising|equity raise|available|fundraising round|series [a-e]|round|subsidies"
    r"|incentives|promissory note|direct offering|new shares"
)
_INTENDED: Final = whole(
    r"plans? (?:to|for)|intent(?:ion)? (?:to|of)|intends? to|proposal|proposed|would|will"
    r"|anticipates?"
    r"|notices? of (?:intent|funding opportunit(?:y|ies))"
)
_PASSIVE: Final = whole(
    r"(?P<aux>will be|would be|to be|is to be|was|were|has been|have been|is|are)\s(?:\w+ly )?"
    r"(?P<verb>awarded|made available|provided|allocated|granted|invested|distributed|given"
    r"|committed"
    r"|disbursed|earmarked|set aside|headed to|going to|heading to)"
)
_NOUN: Final = re.compile(
    r"(?:\s(?:worth of|in|of))?\s(?:(?!to\b|from\b|by\b|and\b|on\b|at\b|is\b|was\b"
    r"|with\b)[\w-]+\s){0,4}?"
    r"(?:investments?|loans?|grants?|funding|financing|awards?|credit facility|loan facility|"
    r"loan guarantee|equity injection|fundraising round|incentives|subsidies"
    r"|Series [A-E])\b(?! (?:agreement|contract|banker))",
    re.IGNORECASE,
)
"""What follows an amount that is money given or lent: a $35.6 million equity investment."""
_GIVEN: Final = whole(
    r"(?P<verb>award(?:ed|s)?|approv(?:ed|es)|grant(?:ed|s)?|provid(?:ed|es|e|ing)|"
    r"invest(?:ed|s|ing)?|lend(?:s|ing)?|lent"
    r"|commit(?:ted|s)?|allocat(?:e|ed|es)|pledg(?:ed|es|e)|issu(?:ed|es|e)|disburs(?:ed|es)|"
    r"earmark(?:ed|s)?|spend(?:s|ing)?"
    r"|fund(?:s|ed|ing)?|financ(?:e|ed|es|ing)|offer(?:ed|s)?|announc(?:ed|es)|"
    r"contribut(?:ed|es|e)|back(?:ed|s)?|put(?:ting)? up|inject(?:ed|s)?"
    r"|distribut(?:ed|es|e)|deliver|releas(?:ed|es|e)|unveil(?:ed|s)?|awarding|make|making"
    r"|made|extend(?:ed|s)"
    r")"
)
_TAKEN: Final = whole(
    r"(?P<verb>rais(?:ed|es|e|ing)|(?<!senior )secur(?:ed|es)|receiv(?:ed|es)|obtain(?:ed"
    r"|s)?|won|wins|"
    r"clos(?:ed|es)|landed|drew down|borrow(?:ed|s)?"
    r"|(?:issu(?:e|es|ed|ing)|sell(?:s|ing)?|sold)(?=[^.;]{0,50}\b(?:new shares|shares"
    r"|stock|bonds)\b))"
)
_THING_WORD: Final = whole(_THING)
_GIVERS: Final = whole(
    r"government|ministry|department|bank|commission|pentagon|white house|agency|"
    r"administration|state|fund|officials|EXIM|DFC|defense|program(?:me)?|initiative|scheme"
    r"|opportunity|office|treasury|washington|beijing|canberra|ottawa|brussels|tokyo|seoul|london"
    r"|new delhi|islamabad|jakarta|riyadh"
)
_STRONG: Final = whole(
    r"award(?:ed|s)?|invest(?:ed|s)?|lend(?:s)?|lent|provid(?:e|ed|es)|fund|pledg(?:ed|es)|"
    r"grant(?:ed|s)|disburs(?:ed|es)|finance|spend|allocat(?:e|ed|es)|commit(?:ted|s)|"
    r"contribute[ds]?|distribut(?:e|ed|es)|deliver|awarding|offer|release"
)


def fundings(view: View) -> Iterator[Draft]:
    """Give what a sentence says of money given or lent for a purpose."""
    for rule in (_money_given, _money_taken, _fund_each, _is_given, _named_money):
        draft = next(rule(view), None)
        if draft is not None:
            yield draft
            return


_COSTS: Final = re.compile(
    r"\s(?:[\w.-]+\s){0,3}?(?:smelter|plant|project|facility|mine|refinery|complex)\b"
)
"""After an amount: it is what works cost, and no sum that was given."""
_WEAK: Final = (
    "spend", "announc", "approv", "offer", "back", "issu", "put", "inject", "releas", "deliver",
    "distribut",
)  # fmt: skip
"""Verbs that give money only where one is named who may."""


def _money_given(view: View) -> Iterator[Draft]:
    """Give money of which a verb of giving tells: who gave it stands before."""
    text = view.text
    for match in _GIVEN.finditer(text):
        start, end = view.clause(match.start())
        if _is_thing(text, match) or re.match(r"\sfor\b", text[match.end() :]):
            continue
        after = [
            one
            for one in view.money(match.end() - 1, end)
            if one[1].per in ("", "each") and one[0].start - match.end() < 110
        ]
        if after and match["verb"].lower() == "fund" and _COSTS.match(text, after[0][0].end):
            continue
        givers = _givers(view, start, match.start())
        by_company = view.named(start, match.start(), ("company",))
        if (
            after
            and _gives(view, match, (start, end), has_giver=bool(givers))
            and not (
                by_company
                and not givers
                and _THING_WORD.search(text, match.start(), min(end, match.end() + 120)) is None
            )
        ):
            yield _funding(
                view, match, after[0][0].end, givers or by_company, "funding.given", start, end
            )
            return


def _gives(view: View, match: re.Match[str], clause: tuple[int, int], *, has_giver: bool) -> bool:
    """Return whether a verb gives money here, by what is given and by who may give."""
    text, (start, end) = view.text, clause
    verb = match["verb"].lower()
    thing = _THING_WORD.search(text, match.start(), min(end, match.end() + 120))
    may_give = has_giver or _GIVERS.search(text, start, end) is not None
    if thing is None and not (_STRONG.fullmatch(verb) and may_give):
        return False
    if verb.startswith("ma"):
        return re.match(r"[^.;]{0,60}?\bavailable\b", text[match.end() : end]) is not None
    return may_give or not verb.startswith(_WEAK)


def _money_taken(view: View) -> Iterator[Draft]:
    """Give money of which a verb of taking tells: who raised it stands before."""
    text = view.text
    for match in _TAKEN.finditer(text):
        start, end = view.clause(match.start())
        money = [
            one for one in view.money(match.end() - 1, min(end, match.end() + 60)) if not one[1].per
        ]
        thing = _THING_WORD.search(text[match.end() : min(end, match.end() + 120)])
        if not money or (
            thing is None and not match["verb"].lower().startswith(("rais", "borrow"))
        ):
            continue
        draft = _funding(view, match, money[0][0].end, [], "funding.taken", start, end)
        takers = view.named(start, match.start(), ("company", "name"))
        draft.put("recipient", takers[0].key if takers else view.spoken_of)
        source = re.search(r"\bfrom (?:the )?", text[match.end() : end])
        if source is not None:
            at = match.end() + source.end()
            givers = view.named(at, min(end, at + 60), ("body", "company", "name"))
            draft.put("agency", givers[0].key if givers else None)
        yield draft
        return


def _is_given(view: View) -> Iterator[Draft]:
    """Give money that is given by nobody named: $200 million will be awarded."""
    text = view.text
    for match in _PASSIVE.finditer(text):
        start, end = view.clause(match.start())
        money = [one for one in view.money(start, end) if not one[1].per]
        before = [one for one in money if one[0].end <= match.start()]
        if not before or re.search(r"\b(?:valued|priced)\b", text[start : match.start()]):
            continue
        draft = _funding(view, match, before[-1][0].end, [], "funding.passive", start, end)
        draft.put("amount", before[0][1])
        if match["aux"].lower() in ("will be", "would be", "to be", "is to be"):
            draft.status, draft.is_future = "planned", True
        yield draft
        return


def _is_thing(text: str, match: re.Match[str]) -> bool:
    """Return whether funding, financing or an award is the thing given and not the giving."""
    verb = match["verb"].lower()
    if verb not in ("funding", "financing", "fund", "award", "awards", "grant", "finance", "funds",
                    "offer", "back", "spending", "investing"):  # fmt: skip
        return False
    before = text[max(0, match.start() - 24) : match.start()]
    return bool(
        re.search(
            r"(?i:\b(?:in|of|the|a|an|its|their|this|that|for|from|direct|federal|public"
            r"|additional|"
            r"proposed|initial|new|government|debt|project|equity|state|CHIPS|two|three"
            r"|four|several|\d|more|million|billion)|[’']s)\s$",
            before,
        )
    )


def _named_money(view: View) -> Iterator[Draft]:
    """Give money that only a noun tells of: a $35.6 million investment in a miner."""
    text = view.text
    for found, money in view.money(0, len(text)):
        noun = _NOUN.match(text, found.end)
        if noun is None and _BEFORE_MONEY.search(text[: found.start]):
            noun = re.compile(r"").match(text, found.end)
        if noun is None or money.per or view.sentence.is_quoted(view.sentence.start + found.start):
            continue
        start, end = view.clause(found.start)
        match = re.compile(r"(?P<verb>\S*)").match(
            text, noun.end() - len(noun.group().split()[-1] if noun.group() else "")
        )
        assert match is not None
        givers = _givers(view, start, found.start)
        planned = _PLANNED_MONEY.search(text, max(start, found.start - 60), found.start)
        draft = _funding(view, match, noun.end(), givers, "funding.noun", start, end)
        draft.put("amount", money)
        if planned is not None:
            draft.status, draft.is_future = "planned", True
        source = re.match(r"\s(?:from|by)\s(?:the\s)?", text[noun.end() :])
        if source is not None:
            at = noun.end() + source.end()
            named = view.named(at, min(end, at + 50), ("body", "company", "country", "name"))
            if named:
                one = named[0]
                draft.put("agency", country_names()[one.key] if one.kind == "country" else one.key)
        target = re.match(r"\s(?:to|in|into|for)\s(?:the\s)?", text[noun.end() :])
        if target is not None and "recipient" not in draft.slots:
            at = noun.end() + target.end()
            named = view.named(at, min(end, at + 50), ("company", "name"))
            draft.put("recipient", named[0].key if named else None)
        yield draft
        return


_BEFORE_MONEY: Final = re.compile(
    r"\b(?:loans?|grants?|financing|funding|credit|guarantee|debt)\s"
    r"(?:package\s|facility\s)?(?:of\s|worth\s|totall?ing\s)?$",
    re.IGNORECASE,
)
"""What stands before an amount that is money given or lent: a loan of up to $1.8 billion."""
_PLANNED_MONEY: Final = re.compile(
    r"\b(?:proposed|planned|potential|would|could|may|might|plans?|seeks?|seeking|expected|"
    r"considering|will|envisag\w+|involve|involving|anticipat\w+)\b",
    re.IGNORECASE,
)


def _givers(view: View, start: int, end: int) -> list[Mention]:
    """Give bodies and countries that may give money; a British manufacturer is no country."""
    return [
        one
        for one in view.named(start, end, ("body", "country"))
        if one.kind == "body" or one.text not in DEMONYMS or one.text.startswith(("U", "D"))
    ]


def _fund_each(view: View) -> Iterator[Draft]:
    """Give what is to be funded where the amount follows: to fund four projects, with awards of."""
    text = view.text
    match = re.search(
        r"\b(?:to|will|would) (?P<verb>fund|finance|support)\b[^.;]{0,60}?\b(?:projects?|"
        r"plants?|mines?)\b",
        text,
    )
    if match is None or not view.money(match.end(), len(text)):
        return
    givers = view.named(0, match.start(), ("body", "country"))
    yield _funding(view, match, len(text), givers, "funding.to-fund", 0, len(text))


def _funding(
    view: View,
    match: re.Match[str],
    money_end: int,
    givers: list[Mention],
    rule: str,
    start: int,
    end: int,
) -> Draft:
    text = view.text
    before = text[max(start, match.start() - 40) : match.start()]
    verb = match["verb"].lower()
    is_future = bool(FUTURE.search(before + verb)) or bool(
        _INTENDED.search(text, match.start(), money_end)
    )
    if re.search(r"\bto\s(?:\w+ly\s)?$", before) and rule == "funding.given":
        is_future = True
    is_issued = verb.startswith(("disburs", "clos", "receiv", "drew"))
    status = (
        "denied"
        if DENIED.search(before)
        else "planned"
        if is_future
        else "issued"
        if is_issued
        else "awarded"
    )
    if CANCELLED.search(before):
        status = "cancelled"
    draft = Draft(
        "funding", status, rule, match.start(), max(match.end(), money_end), is_future=is_future
    )
    money = view.money(max(start, match.start() - 5), end) or view.money(start, end)
    free = [one for one in money if not one[1].per] or money
    draft.put("amount", free[0][1] if free else None)
    if givers:
        one = givers[-1] if givers[-1].kind != "country" or len(givers) == 1 else givers[0]
        draft.put("agency", country_names()[one.key] if one.kind == "country" else one.key)
    elif rule != "funding.taken":
        who = _GIVERS.search(text[start:end])
        draft.put("agency", who.group() if who and rule == "funding.given" else None)
    target = re.search(r"\b(?:to|for|in) (?:the |its |a )?", text[money_end:end])
    if target is not None:
        at = money_end + target.end()
        named = view.named(at, min(end, at + 60), ("company", "name"))
        draft.put("recipient", named[0].key if named and rule == "funding.given" else None)
    purpose = re.search(
        r"\b(?:to (?!fund\b)[a-z]+|for (?:the|its|a)?)\s[^.;]{4,110}", text[money_end:end]
    )
    draft.put("purpose", None if purpose is None else purpose.group().strip(" ,"))
    draft.put("materials", view.minerals(start, end))
    return draft


_BUY: Final = whole(
    r"(?P<verb>(?<=to )own(?= (?:about |up to |nearly |around |roughly )?\d)|acquir(?:es|ed"
    r"|e|ing)|buy(?:s|ing)?|bought|purchas(?:ed|es|ing)|tak(?:e|es|"
    r"ing) over|took over|merg(?:e|ed|ing) with|sell(?:s|ing)?|sold|divest(?:ed|s)?|tak(?:e|"
    r"es|ing) a|took a)"
)
_BUY_NOUN: Final = whole(r"(?P<verb>(?:acquisition|takeover|purchase|buyout) of)(?! \d)")
_ASSET: Final = re.compile(
    r"(?:stake|holding|interest|equity|(?:preferred|common) (?:stock|shares)|shares? (?:of"
    r"|in)|all shares|mines?|mill|licen[cs]e|project|"
    r"deposit|plant|refinery|smelter|company|business|unit|subsidiary|assets?|maker|producer|"
    r"miner)(?![\w-])",
    re.IGNORECASE,
)
_GOODS: Final = re.compile(
    r"^\s(?:up to |about |some |more than )?[\d,.]+\s?(?:tonnes?|tons?|kg|million (?:shares|"
    r"tonnes)|kt|t\b)",
    re.IGNORECASE,
)


def acquisitions(view: View) -> Iterator[Draft]:
    """Give what a sentence says of a company, a stake or a mine that changes its owner."""
    text = view.text
    for match in (*_BUY_NOUN.finditer(text), *_BUY.finditer(text)):
        start, end = view.clause(match.start())
        object_ = text[match.end() : min(end, match.end() + 90)]
        verb = match["verb"].lower()
        named = view.named(match.end(), min(end, match.end() + 70), ("company", "name", "body"))
        asset = _ASSET.search(object_)
        if _GOODS.match(object_) or re.match(r"\sby\b", object_):
            continue
        if verb.endswith(" of") and not _is_bought(view, match, start, end):
            continue
        goods = [
            one
            for one in view.named(match.end(), match.end() + 30, ("mineral",))
            if one.start <= match.end() + 14
        ]
        if asset is None and not named:
            continue
        if goods and asset is None:
            continue
        if (
            verb.startswith(("tak", "took"))
            and verb.endswith(" a")
            and not re.match(
                r"(?:[^.;]|\.(?=\d)){0,40}?(?:stake|holding|interest)\b(?! rates?)", object_
            )
        ):
            continue
        if verb.startswith(("sell", "sold")) and asset is None:
            continue
        yield _acquisition(view, match, named, start, end)
        return
    yield from _offers(view)


_OFFER: Final = whole(
    r"(?P<verb>approached|rejected|rebuffed|made|launched|submitted|received|accepted"
    r"|raised|sweetened"
    r"|withdrew|tabled)\b(?P<gap>[^.;]{0,70}?)\b(?:offer|bid|takeover proposal"
    r"|merger proposal|approach)\b"
    r"(?! (?:period|price|document))"
)


def _offers(view: View) -> Iterator[Draft]:
    """Give an offer for a company, before anybody has agreed to it."""
    text = view.text
    match = _OFFER.search(text)
    if match is None or not re.search(
        r"\b(?:takeover|acqui|buy|merger|cash|stock|share|premium|company|all-|unsolicited)", text
    ):
        return
    start, end = view.clause(match.start())
    verb = match["verb"].lower()
    off = verb.startswith(("reject", "rebuff", "withdr"))
    draft = Draft(
        "acquisition", "cancelled" if off else "proposed", "acquisition.offer", *match.span()
    )
    before = view.doer(match.start())
    named = view.named(match.start("gap"), end, ("company", "name"))
    other = named[0].key if named else None
    is_target = verb.startswith(("reject", "rebuff", "receiv", "accept"))
    draft.put("company", other if is_target else before)
    draft.put("target", before if is_target else other)
    money = [one for one in view.money(start, end) if not one[1].per]
    draft.put("amount", money[0][1] if money else None)
    yield draft


_THE_COMPANY: Final = re.compile(
    r"\b(?:in|of) the (?:[\w-]+\s){0,3}?(?:company|miner|firm|explorer|producer|developer|group)\b"
)
_STEPS: Final = re.compile(
    r"\b(?:announc|complet|clos|finali|approv|clear|secur|agree|propos|plan|offer|bid|seek|sought"
    r"|reject|block|abandon|cancel|terminat|drop|delay|pursu|launch|approach|fund|financ|conclud)"
    r"|\b(?:its|their)\s(?:[\w$.-]+\s){0,4}$",
    re.IGNORECASE,
)


def _is_bought(view: View, match: re.Match[str], start: int, end: int) -> bool:
    """Return whether an acquisition is told of, and not only talked about: a leap forward."""
    if view.sentence.is_quoted(view.sentence.start + match.start()):
        return False
    if re.search(r"\bby\s", view.text[match.end() : end]) or view.money(start, end):
        return True
    return bool(_STEPS.search(view.text[start : match.start()]))


def _acquisition(
    view: View, match: re.Match[str], named: list[Mention], start: int, end: int
) -> Draft:
    text = view.text
    verb = match["verb"].lower()
    selling = verb.startswith(("sell", "sold", "divest"))
    draft = Draft(
        "acquisition",
        _acquired(text, match, start, end),
        f"acquisition.{'sale' if selling else 'purchase'}",
        match.start(),
        match.end(),
    )
    draft.is_future = draft.status in ("agreed", "proposed")
    doer = view.doer(match.start())
    by = re.search(r"\bby (?:the )?", text[match.end() : end])
    buyer = _stated_buyer(view, start, match.start()) or doer
    if verb.endswith(" of") and by is not None:
        at = match.end() + by.end()
        named_by = view.named(at, min(end, at + 50), ("company", "body", "name"))
        buyer = named_by[0].key if named_by else buyer
    if selling:
        draft.put("seller", buyer)
        to = re.search(r"\bto (?:the )?", text[match.end() : end])
        at = match.end() if to is None else match.end() + to.end()
        buyers = view.named(at, min(end, at + 60), ("company", "body")) if to else []
        draft.put("company", buyers[0].key if buyers else None)
        named = [one for one in named if not buyers or one.start < buyers[0].start]
    else:
        draft.put("company", buyer)
    first = [one for one in named if one.kind == "company"] or named
    target = first[0].key if first else None
    meant = _THE_COMPANY.search(text, match.end(), end)
    if target is None and meant is not None:
        told = [one.key for one in view.named(0, match.start(), ("company",))]
        told = [one for one in (*told, view.spoken_of or "") if one and one != buyer]
        target = told[0] if told else None
    draft.put("target", target)
    asset = _ASSET.search(text[match.end() : end])
    draft.put("asset", asset.group().lower() if asset else None)
    share = view.percents(match.end(), min(end, match.end() + 60))
    draft.put("share", share[0][1] if share else None)
    money = [one for one in view.money(start, end) if one[1].per in ("", "each")]
    worth = re.search(r"\bvaluing\b", text[start:end])
    money = [one for one in money if worth is None or one[0].start < start + worth.start()]
    draft.put("amount", next((one[1] for one in money if not one[1].per), None))
    return draft


def _stated_buyer(view: View, start: int, place: int) -> str | None:
    """Give the body that said it would buy: of it the verb is told, not of a company before."""
    said = re.search(
        r"\b(?:said|says|announced|stated|confirmed)\s(?:on \w+\s)?(?:that\s)?(?:it|they)\s",
        view.text[start:place],
    )
    if said is None:
        return None
    who = view.named(start, start + said.start(), ("company", "body", "name", "country"))
    if not who:
        return None
    return country_names()[who[-1].key] if who[-1].kind == "country" else who[-1].key


def _acquired(text: str, match: re.Match[str], start: int, end: int) -> str:
    clause, before = text[start:end], text[max(start, match.start() - 45) : match.start()]
    verb = match["verb"].lower()
    if DENIED.search(before):
        return "denied"
    if CANCELLED.search(clause):
        return "cancelled"
    if re.search(r"\b(?:complet\w+|clos(?:ed|es)|finali[sz]ed)\b", before):
        return "completed"
    if re.search(r"\b(?:approv\w+|cleared)\b", clause[: match.start() - start]):
        return "approved"
    if re.search(
        r"\b(?:plans?|proposes?|proposed|offer\w*|bid|talks|considering|may|could|might|"
        r"seeks?|hopes?|wants?)\b",
        before,
    ):
        return "proposed"
    if re.search(r"\b(?:will|would|agreed|agrees|agreement|to|set to|is)\s(?:\w+\s){0,2}$", before):
        return "agreed"
    if verb in ("acquired", "bought", "sold", "purchased", "took over", "took a", "divested"):
        return "completed"
    return "agreed"
