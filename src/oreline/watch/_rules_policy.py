"""Rules for what governments decide: lists, curbs on trade, laws and permits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oreline.watch._gazetteer import DEMONYMS, country_names
from oreline.watch._numbers import NUMBERS
from oreline.watch._view import Draft, View, whole

_OF_WHAT: Final = r"(?:critical|strategic)[\w\s-]{0,25}?"
_LIST_WORD: Final = whole(
    rf"{_OF_WHAT}(?:minerals?|materials?)\s(?:list|act)|export control list|control list"
    rf"|(?:draft|final|updated|new|revised)\s(?:20\d\d\s)?list|entity list"
    rf"|list of (?:the )?(?:\d+ )?(?:[\w.’-]+ ){{0,2}}?{_OF_WHAT}(?:minerals?|materials?"
    rf"|commodities)"
)
"""A list that decides what is critical, strategic or controlled."""
_DRAFT: Final = whole(r"(?:the|this|that|its|a)\s(?:new |updated )?(?:draft|list|roster|update)")
"""What a report calls such a list once it has told of it."""
_LISTED: Final = whole(
    r"(?P<verb>add(?:ed|s|ing)?|includ(?:ed|es|ing)|remov(?:ed|es|ing)|drop(?:ped|s)?"
    r"|delist(?:ed)?|publish(?:ed|es|ing)?|proposed?|proposes|overhaul|updat(?:ed|es|ing)"
    r"|releas(?:ed|es|ing|e of)|finali[sz](?:ed|es|ing)|unveil(?:ed|s)?|issued|announc(?:ed|es)"
    r"|expand(?:ed|s|ing)|recommend(?:ed|s|ing)|designat(?:ed|es|ing)|elevat(?:ed|es)|names?d?"
    r"|approved|adopted)"
)
_ADDED: Final = whole(
    r"add(?:ed|s|ing|itions?)?|includ(?:ed|es|ing)|inclusion|designat(?:ed|es|ing)|elevat(?:ed|es)"
    r"|join(?:ed|s)?|new(?:ly)?"
)
_REMOVED: Final = whole(
    r"remov(?:ed|es|ing|al)|drop(?:ped|s|ping)?|delist(?:ed|ing)?|taken off|exclud(?:ed|es|ing)"
)
_WERE_LISTED: Final = whole(
    r"(?P<verb>(?:was|were|been|be|is|are)\s(?:\w+ly\s|also\s|now\s)?(?:added|removed|dropped"
    r"|included)|other additions|newly recommended additions)"
)
_NOT_LISTED: Final = re.compile(
    r"\b(?:did not|does not|not|without)\s(?:been\s)?(?:includ|add)", re.IGNORECASE
)
_COUNT: Final = re.compile(
    r"\b(?:add(?:ed|ing|s)?|with|includ(?:es|ed|ing)|recommend(?:s|ed|ing)? adding)\s"
    r"(?:a further\s|another\s)?(?P<n>\d+|two|three|four|five|six|seven|eight|nine|ten)\s"
    r"(?:new\s|more\s|additional\s)?(?:mineral |critical )?(?:minerals|commodities|materials|"
    r"entries|products|metals|elements)",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(
    r"\b(?:list of|total of|totals|to|identifies|comprises|contains|roster to|now)\s(?P<n>\d{2,3})"
    r"(?:\s(?:critical\s)?(?:minerals?|mineral commodities|commodities|materials)|(?=[.,;]|$))",
    re.IGNORECASE,
)
_CURBED: Final = whole(
    r"(?P<verb>bann?(?:ed|s|ing)?|prohibit(?:ed|s)?|restrict(?:ed|s|ions)?|suspend(?:ed|s)?|"
    r"lift(?:ed|s)?|impos(?:ed|es|ing)|eas(?:ed|es)|tighten(?:ed|s)?|halt(?:ed|s)?|curb(?:ed|"
    r"s)?|resum(?:ed|es)|introduced|expanded|paused|extend(?:ed|s)|slapped)"
    r"\b(?P<gap>[^.;]{0,50}?)\b(?P<thing>export(?:s|ing)?|import(?:s|ing)?|tariffs?|quotas?|"
    r"duties|licen[cs]e requirements?|licensing|controls?|royalt(?:y|ies)|windfall tax)"
)
_CURB: Final = (
    r"(?:ban|bans|curbs?|restrictions?|(?:export |import )?controls?|suspension|moratorium|embargo"
    r"|tariffs?|quotas?|prohibition|export licen[cs]e requirements?)"
)
_ANY_CURB: Final = re.compile(
    r"\bban|curb|restrict|control|suspens|morator|embargo|tariff|quota|prohib|licen", re.IGNORECASE
)
_CURB_IS: Final = whole(
    rf"(?P<thing>{_CURB})\b[^.;]{{0,60}}?\b(?P<verb>(?:will|would)\s(?:now\s|also\s)?(?:be\s)?"
    r"(?:suspended|lifted|eased|extended|remain|take effect|stay|expire|apply)"
    r"|takes? effect|took effect"
    r"|(?:was|were|been|is|are)\s(?:\w+ly\s)?(?:introduced|imposed|announced|suspended|lifted|eased"
    r"|extended|expanded|removed)|remains? in (?:effect|force|place)|covered|covers?)"
)
_CURB_MADE: Final = whole(
    r"(?P<verb>announc(?:ed|es|ing)|impos(?:ed|es|ing)|introduc(?:ed|es|ing)|launch(?:ed"
    r"|es)|lift(?:ed"
    r"|s|ing)|eas(?:ed|es|ing)|suspend(?:ed|s)?|ease|lift|halt(?:ed|s)|paus(?:ed|es)"
    r"|extend(?:ed|s)?|replac(?:e|es|ed|ing)|allocat(?:e|es|ed)|set(?:s|ting)?|revok(?:e|es|ed))"
    rf"\b(?P<gap>[^.;]{{0,70}}?)\b(?P<thing>{_CURB})"
)
_ALLOWED: Final = whole(
    r"(?P<verb>(?:allow|permit|bar|cap|limit|suspend|forbid)(?:s|ped|red|ted|ed)?)\b[^.;]{0,50}?\b"
    r"(?P<thing>exports?|exporters|shipments?)|exporters (?P<may>may) (?:ship|export)"
    r"|exports? will be "
    r"(?P<capped>capped)"
)
_BAN_NOUN: Final = whole(
    r"(?P<thing>(?:export|import)s? (?:ban|curbs?|controls?|quotas?|restrictions)|ban on "
    r"[\w\s]{0,30}?(?:exports?|imports?)|tariffs? on)"
)
_PASSED: Final = whole(
    r"(?P<verb>ratif(?:ied|ies|y)|passed|passes|enact(?:ed|s)|repealed|signed into law|signed"
    r"|approved|approv(?:al of|es)|revoked|granted|issued|overturned|overturns|reversed|reinstated)"
    r"\b[^.;]{0,50}?\b(?P<thing>law|bill|act|(?:mining |exploration )?(?:lease|licen[cs]e "
    r"transfer|licen[cs]e|permits?|concession)|executive orders?|proclamation|regulations?|code"
    r"|decree|(?:road|mine|mining|pipeline)?\s?project)"
)
_PERMIT: Final = whole(
    r"(?:(?:mining|export|federal|environmental|exploration|operating|final"
    r"|water) )+(?:permits?|licen[cs]es?)"
    r"\b[^.;]{0,50}?\b(?:was|were|has been|have been) (?:issued|granted|approved|revoked"
    r"|denied|renewed)"
    r"|(?:received|obtained|secured|won|got)\b[^.;]{0,40}?\b(?:(?:mining|export|federal"
    r"|environmental"
    r"|exploration|operating|final|water) )+(?:permits?|licen[cs]es?|record of decision)"
)
_DEBATED: Final = re.compile(
    r"\b(?:propos\w+|draft|debating|considering|considers|would|may|could|plans? to|will "
    r"vote|consultation|weighing|discussing|recommend\w*|public comment)\b",
    re.IGNORECASE,
)
_FINAL: Final = re.compile(r"\b(?:final|finali[sz]ed)\b(?! (?:decision|list is))", re.IGNORECASE)
_RULERS: Final = whole(
    r"government|ministry|minister|parliament|congress|senate|lawmakers|commission|"
    r"department|cabinet|president|white house|beijing|washington|brussels|authorities|"
    r"regulator|house|geological survey|customs|administration|trump|usgs|interior"
)


def policies(view: View) -> Iterator[Draft]:
    """Give what a sentence says that a government decided or proposes."""
    text = view.text
    found = _policy(view)
    if found is None:
        return
    rule, match = found
    start, end = view.clause(match.start())
    clause = text[start : match.end() if rule == "policy.passed" else end]
    draft = Draft("policy", _status(text, clause, rule), rule, match.start(), match.end())
    draft.put("agency", _agency(view))
    if rule == "policy.list":
        start, end = 0, len(text)
        _fill_list(view, draft)
    else:
        draft.put("materials", view.minerals(start, end))
    draft.put("action", match.group().strip()[:80])
    yield draft


def _status(text: str, clause: str, rule: str) -> str:
    """Give how far a decision is; what is signed or approved is decided, whatever it allows."""
    if re.search(r"\b(?:denied|has not|nothing has been decided)\b", clause, re.IGNORECASE):
        return "denied"
    told = text if rule == "policy.list" else clause
    is_final = _FINAL.search(told) and not re.search(r"\bin the final\b|\bbefore\b", text)
    return "proposed" if _DEBATED.search(told) and not is_final else "adopted"


def _agency(view: View) -> str | None:
    named = view.named(0, len(view.text), ("body", "country"))
    # A country that acts stands before its ministry; an adjective acts for nobody.
    acting = [
        one for one in named if one.kind == "body" or one.text not in DEMONYMS or len(named) == 1
    ]
    if acting or named:
        first = (acting or named)[0]
        return country_names()[first.key] if first.kind == "country" else first.key
    who = _RULERS.search(view.text)
    return who.group() if who else None


def _fill_list(view: View, draft: Draft) -> None:
    """Fill in what a list gains and loses, how many, and how many of them are not named."""
    text = view.text
    named = tuple(one for one in view.minerals(0, len(text)) if one != "critical minerals")
    gone: tuple[str, ...] = ()
    out = _REMOVED.search(text)
    if out is not None:
        added = _ADDED.search(text)
        start, end = _part(text, out.start())
        inside = view.minerals(start, end)
        is_only = added is None or start <= added.start() < end
        gone = tuple(one for one in (named if is_only else inside) if one != "critical minerals")
    kept = tuple(one for one in named if one not in gone)
    draft.put("materials", kept or gone or view.minerals(0, len(text)))
    draft.put("removed", gone)
    count = _COUNT.search(text)
    if count is not None:
        number = _number(count["n"])
        draft.put("count", number)
        if 0 < len(kept) < number:
            draft.put("unnamed", number - len(kept))
    total = _TOTAL.search(text)
    if total is not None:
        draft.put("total", _number(total["n"]))


def _part(text: str, place: int) -> tuple[int, int]:
    """Give the part of a sentence around a place: between commas with a linking word."""
    start, end = 0, len(text)
    for cut in re.finditer(
        r";\s|,?\s(?:while|whereas|but|although)\s|,\s(?:and\s)?also\s|\sand\ssignals?\s|\salso\s",
        text,
    ):
        if cut.end() <= place:
            start = cut.end()
        elif cut.start() > place:
            end = cut.start()
            break
    return start, end


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def _listing(view: View) -> re.Match[str] | None:
    text = view.text
    list_word = _LIST_WORD.search(text)
    if list_word is not None:
        return _LISTED.search(text) or _WERE_LISTED.search(text)
    minerals = [one for one in view.minerals(0, len(text)) if one != "critical minerals"]
    if not minerals or _NOT_LISTED.search(text):
        return None
    were = _WERE_LISTED.search(text)
    if were is not None and (
        re.search(r"\b(?:list|inclusion|included|roster)\b", text) or "addition" in were.group()
    ):
        return were
    draft = _DRAFT.search(text)
    verb = None if draft is None else _LISTED.search(text, draft.end())
    if verb is not None and draft is not None and verb.start() - draft.end() < 30:
        return verb if _ADDED.search(text) or _REMOVED.search(text) else None
    return None


def _policy(view: View) -> tuple[str, re.Match[str]] | None:
    text = view.text
    if view.sentence.is_quoted(view.sentence.start + len(text) // 2):
        listed = None
    else:
        listed = _listing(view)
    if listed is not None:
        return "policy.list", listed
    curbed = _CURBED.search(text)
    about = bool(view.minerals(0, len(text)) or view.named(0, len(text), ("country",)))
    about = about or _RULERS.search(text) is not None
    company = [] if curbed is None else view.named(0, curbed.start(), ("company",))
    if curbed is not None and about and not company:
        return "policy.trade", curbed
    is_curb = _ANY_CURB.search(text) is not None
    for pattern, rule in ((_CURB_MADE, "policy.curb"), (_CURB_IS, "policy.curb-is")):
        curb = pattern.search(text) if is_curb else None
        if curb is not None and _is_trade(view, curb):
            return rule, curb
    allowed = _ALLOWED.search(text)
    if (
        allowed is not None
        and view.minerals(0, len(text))
        and not view.named(0, allowed.start(), ("company",))
    ):
        return "policy.allowed", allowed
    noun = _BAN_NOUN.search(text)
    if noun is not None and about:
        return "policy.trade-noun", noun
    permit = _PERMIT.search(text)
    if permit is not None:
        return "policy.permit", permit
    passed = _PASSED.search(text)
    if passed is not None and _RULERS.search(text) is not None and _is_ruling(view, passed):
        return "policy.passed", passed
    return None


_TRADED: Final = whole(
    r"exports?|imports?|shipments?|ministry|government|trade|china|beijing|washington|brussels"
    r"|commerce|dual-use|suspension"
)


def _is_trade(view: View, match: re.Match[str]) -> bool:
    """Return whether a ban, curb or control is one on trade that a government set."""
    if view.named(0, match.start(), ("company",)):
        return False
    return _TRADED.search(view.text) is not None


def _is_ruling(view: View, match: re.Match[str]) -> bool:
    """Return whether a ruler signs, approves or issues it; a company signs no order."""
    verb, thing = match["verb"].lower(), match["thing"].lower().strip()
    if verb in ("signed", "issued") and not re.search(
        r"order|law|bill|act|proclamation|decree|regulation|permit|licen|lease|concession", thing
    ):
        return False
    if thing.endswith("project") and not re.search(
        r"\b(?:government|administration|department|ministry|president|trump|white house|cabinet"
        r"|council|congress|approval)\b",
        view.text,
        re.IGNORECASE,
    ):
        return False
    doers = view.named(0, match.start(), ("company",))
    return not doers or verb not in ("signed", "passed")
