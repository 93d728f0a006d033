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
    r"|bond sale|bonds?|placement|private placement|equity raising|prepayment facility|debt"
)
_GIVEN: Final = whole(
    r"(?P<verb>award(?:ed|s)?|approv(?:ed|es)|grant(?:ed|s)?|provid(?:ed|es|e|ing)|"
    r"invest(?:ed|s|ing)?|lend(?:s|ing)?|lent"
    r"|commit(?:ted|s)?|allocat(?:ed|es)|pledg(?:ed|es|e)|issu(?:ed|es|e)|disburs(?:ed|es)|"
    r"earmark(?:ed|s)?|spend(?:s|ing)?"
    r"|fund(?:s|ed|ing)?|financ(?:e|ed|es|ing)|offer(?:ed|s)?|announc(?:ed|es)|"
    r"contribut(?:ed|es|e)|back(?:ed|s)?|put(?:ting)? up|inject(?:ed|s)?)"
)
_TAKEN: Final = whole(
    r"(?P<verb>rais(?:ed|es|e|ing)|secur(?:ed|es)|receiv(?:ed|es)|obtain(?:ed|s)?|won|wins|"
    r"clos(?:ed|es)|landed|drew down|borrow(?:ed|s)?)"
)
_THING_WORD: Final = whole(_THING)
_GIVERS: Final = whole(
    r"government|ministry|department|bank|commission|pentagon|white house|agency|"
    r"administration|state|fund|officials|EXIM|DFC|defense"
)
_STRONG: Final = whole(
    r"award(?:ed|s)?|invest(?:ed|s)?|lend(?:s)?|lent|provid(?:e|ed|es)|fund|pledg(?:ed|es)|"
    r"grant(?:ed|s)|disburs(?:ed|es)|finance|spend|allocat(?:ed|es)|commit(?:ted|s)|"
    r"contribute[ds]?"
)


def fundings(view: View) -> Iterator[Draft]:
    """Give what a sentence says of money given or lent for a purpose."""
    text = view.text
    for match in _GIVEN.finditer(text):
        start, end = view.clause(match.start())
        money = [
            one
            for one in view.money(start, end)
            if one[1].per in ("", "each") and abs(one[0].start - match.end()) < 110
        ]
        after = [one for one in money if one[0].start >= match.end() - 1]
        givers = _givers(view, start, match.start())
        by_company = view.named(start, match.start(), ("company",))
        thing = _THING_WORD.search(text[match.start() : min(end, match.end() + 120)])
        verb = match["verb"].lower()
        if not after or (
            thing is None
            and not (_STRONG.fullmatch(verb) and (givers or _GIVERS.search(text[start:end])))
        ):
            continue
        if verb.startswith(
            ("spend", "announc", "approv", "offer", "back", "issu", "put", "inject")
        ) and not (givers or _GIVERS.search(text[start:end])):
            continue
        if by_company and not givers and thing is None:
            continue
        yield _funding(
            view, match, after[0][0].end, givers or by_company, "funding.given", start, end
        )
        return
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
    yield from _fund_each(view)


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
    is_future = bool(FUTURE.search(before + verb)) or (
        bool(re.search(r"\bplans?\b[^.;]{0,40}$", text[start:money_end]))
        and bool(re.search(r"\bplans? to\b", text[start:money_end]))
    )
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
    draft.put("amount", money[0][1] if money else None)
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
    r"(?P<verb>acquir(?:es|ed|e|ing)|buy(?:s|ing)?|bought|purchas(?:ed|es|ing)|tak(?:e|es|"
    r"ing) over|took over|merg(?:e|ed|ing) with|sell(?:s|ing)?|sold|divest(?:ed|s)?|tak(?:e|"
    r"es|ing) a|took a)"
)
_BUY_NOUN: Final = whole(r"(?P<verb>(?:acquisition|takeover|purchase|buyout) of)(?! \d)")
_ASSET: Final = re.compile(
    r"(?:stake|holding|interest|shares? (?:of|in)|all shares|mines?|mill|licen[cs]e|project|"
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
            and not re.match(r"[^.;]{0,40}?(?:stake|holding|interest)\b", object_)
        ):
            continue
        if verb.startswith(("sell", "sold")) and asset is None:
            continue
        yield _acquisition(view, match, named, start, end)
        return


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
    before = view.named(start, match.start(), ("company",)) or view.named(
        start, match.start(), ("body", "name")
    )
    by = re.search(r"\bby (?:the )?", text[match.end() : end])
    buyer = before[0].key if before else view.spoken_of
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
    draft.put("target", first[0].key if first else None)
    asset = _ASSET.search(text[match.end() : end])
    draft.put("asset", asset.group().lower() if asset else None)
    share = view.percents(match.end(), min(end, match.end() + 60))
    draft.put("share", share[0][1] if share else None)
    money = [one for one in view.money(start, end) if one[1].per in ("", "each")]
    worth = re.search(r"\bvaluing\b", text[start:end])
    money = [one for one in money if worth is None or one[0].start < start + worth.start()]
    draft.put("amount", next((one[1] for one in money if not one[1].per), None))
    return draft


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
