"""Rules for deals and shipments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oreline.watch._claim import Money
from oreline.watch._gazetteer import DEMONYMS, FORMS, country_names
from oreline.watch._numbers import NUMBERS
from oreline.watch._view import FUTURE, Draft, View, off_ladder, unique, whole

_TYPES: Final = (
    "off-take|offtake|supply|purchase|sales|joint venture|framework|partnership|cooperation"
    "|co-operation|definitive|licen[cs]e|option|tolling|streaming|royalty|loan|financing|power"
    "|service|services|earn-in|strategic|investment|development|trade|processing|collaboration"
)
INSTRUMENT: Final = (
    r"(?P<instrument>memorand(?:um|ums|a)(?: of (?:understanding|cooperation|intent))?|MoUs?"
    r"|letters? of (?:intent|interest)|LOIs?|heads of (?:agreement|terms)|term sheets?"
    rf"|(?:(?:binding|non-binding|{_TYPES}) ){{0,4}}(?:agreements?|contracts?|deals?|pacts?|"
    rf"accords?"
    r"|treaty|treaties|frameworks?|partnerships?|protocols?|joint ventures?))"
)
_NAMED: Final = re.compile(
    r"memorand|mou|letters? of|loi|heads of|term sheet|agreement|contract|deal|pact|accord|treat"
    r"|framework|partnership|protocol|joint venture",
    re.IGNORECASE,
)
"""What a sentence must have of an instrument before the longer patterns are tried."""
_SIGN: Final = (
    r"sign(?:ed|s|ing)?|ink(?:ed|s)?|conclud(?:ed|es|e)|enter(?:ed|s|ing)?(?: into)?|struck"
    r"|strikes?|seal(?:ed|s)?|clinch(?:ed|es)?|finali[sz]ed|reach(?:ed|es)?|execut(?:ed|es)"
    r"|land(?:ed|s)|secur(?:ed|es)|w[io]ns?|receiv(?:ed|es)|obtain(?:ed|s)|awarded|formali[sz]ed"
    r"|extend(?:ed|s)|renew(?:ed|s)|amend(?:ed|s)|revis(?:ed|es)|revamped|expanded|updated"
)
_LAND: Final = re.compile(r"land|secur|w[io]n|receiv|obtain|award", re.IGNORECASE)
_NEEDS_AUX: Final = re.compile(r"exten|renew|reach|execut|finali|formali", re.IGNORECASE)
_CHANGED: Final = re.compile(r"exten|renew|amend|revis|expand|updat", re.IGNORECASE)
_MADE_KNOWN: Final = whole(
    rf"(?P<verb>announc(?:ed|es|ing)|unveil(?:ed|s)|introduced|disclosed|revealed"
    rf"|agreed(?: to| on)?"
    rf"|form(?:ed|s))\s(?P<gap>(?:an?|the|its|their|new)\s(?:[\w’'$.,-]+\s){{0,8}}?){INSTRUMENT}"
    rf"(?:\s\([A-Za-z]+\))?\s(?:with|between|to)"
)
_ACTIVE: Final = whole(rf"(?P<verb>{_SIGN})\b(?P<gap>[^.;“”]{{0,90}}?)\b{INSTRUMENT}")
_PASSIVE: Final = whole(
    rf"{INSTRUMENT}(?P<gap>(?:[^.;“”]|\.(?=\d)){{0,90}}?)\b(?P<verb>signed|inked|concluded|"
    rf"struck|sealed|reached|executed|finali[sz]ed|formali[sz]ed|extended|renewed)"
)
_NEAR: Final = whole(
    rf"{INSTRUMENT}(?P<gap>(?:\s\([A-Za-z]+\))?,?\s(?:(?:which|that|was|were|has been|have "
    rf"been|is to be|will be|to be)\s){{0,2}})(?P<verb>signed|inked|concluded|struck|sealed)"
)
_VALUED: Final = whole(
    rf"{INSTRUMENT}(?:,? (?:is|was|are|were))?,? (?:worth|valued at|to the value of)"
)
_VALUE_OF: Final = whole(rf"(?:maximum |total )?value of (?:the|this|its) {INSTRUMENT} (?:is|was)")
_OFF: Final = whole(
    r"(?P<verb>cancel\w*|terminat\w+|scrap(?:ped|s)?|withdr[ae]w\w*|walk(?:ed)? away from|"
    r"pull(?:ed)? out of"
    rf"|abandon\w*|suspended|denied)\b(?P<gap>[^.;]{{0,70}}?)\b{INSTRUMENT}"
)
_GENERIC: Final = re.compile(r"(?:deal|agreement|transaction|contract)s?$", re.IGNORECASE)
_BUYING: Final = whole(r"acqui\w+|to buy|buys|bought|purchase of|takeover|take over|stake")


def deals(view: View) -> Iterator[Draft]:
    """Give what a sentence says of a deal: who signed what with whom, worth how much."""
    text = view.text
    is_named = _NAMED.search(text) is not None
    found = (_signed(view) if is_named else None) or _committed(view)
    found = found or (_valued(view) if is_named else None) or _talked(view)
    if found is not None and found[0].status == "announced":
        first, last = view.clause(found[1])
        found[0].status = off_ladder(text[first:last]) or "announced"
    if found is None:
        return
    draft, start, end = found
    if _BUYING.search(text) and _GENERIC.match(str(draft.slots.get("instrument", "deal"))):
        return
    if "parties" not in draft.slots:
        _fill_parties(view, draft, start, end)
    if "amount" not in draft.slots:
        draft.put("amount", _worth(view, start, end))
    draft.put("place", _place(view, end))
    draft.put("purpose", _purpose(view, end))
    draft.put("ordinal", view.ordinal(max(0, start - 20), start))
    yield draft


_WORTH: Final = re.compile(
    r"\b(?:worth|valued at|totall?ing|amounting to|value of|for)(?: a total of)?\s$", re.IGNORECASE
)


def _worth(view: View, start: int, end: int) -> Money | None:
    """Give what a deal is worth: money next to it, else money that the clause says it is worth."""
    text = view.text
    near = [
        money
        for _, money in view.money(max(0, start - 70), min(len(text), end + 60))
        if not money.per
    ]
    if near:
        return near[0]
    _, last = view.clause(start)
    return next(
        (
            money
            for found, money in view.money(end, last)
            if not money.per and _WORTH.search(text[max(0, found.start - 24) : found.start])
        ),
        None,
    )


def _signed(view: View) -> tuple[Draft, int, int] | None:
    text = view.text
    off = _OFF.search(text)
    if off is not None:
        status = "denied" if off["verb"].lower() == "denied" else "cancelled"
        draft = Draft("deal", status, "deal.off", off.start(), off.end())
        draft.put("instrument", instrument(off["instrument"]))
        return draft, off.start(), off.end()
    for pattern, rule in (
        (_NEAR, "deal.signed-passive"),
        (_ACTIVE, "deal.signed-active"),
        (_PASSIVE, "deal.signed-passive"),
        (_MADE_KNOWN, "deal.announced"),
    ):
        match = pattern.search(text)
        if match is None or re.search(r"\b(?:reach|reached) (?:\$|\d)", match.group()):
            continue
        if _LAND.match(match["verb"]) and not _is_landed(view, match):
            continue
        if (
            rule == "deal.signed-passive"
            and _NEEDS_AUX.match(match["verb"])
            and not re.search(
                r"\b(?:was|were|been|be|is|are)\s(?:\w+ly\s)?$", text[: match.start("verb")]
            )
        ):
            continue
        if _CHANGED.match(match["verb"]) and re.search(
            r"\b(?:the|an?|its|their|this|and)\s$", text[: match.start("verb")]
        ):
            continue
        start, _ = view.clause(match.start())
        before = text[max(start, match.start() - 45) : match.start("verb")]
        is_future = bool(FUTURE.search(before[-30:])) and not re.search(
            r"\b(?:had|has|have)\s$", before
        )
        done = "announced" if rule == "deal.announced" else "signed"
        status = off_ladder(before) or ("proposed" if is_future else done)
        draft = Draft("deal", status, rule, match.start(), match.end(), is_future=is_future)
        draft.put("instrument", instrument(match["instrument"]))
        draft.put(
            "count", _count(match["gap"] if rule.endswith("active") else text[: match.start()])
        )
        return draft, match.start(), match.end()
    return None


_COMMITTED: Final = whole(
    r"(?P<verb>(?:has |have )?(?:already )?secured|(?:has |have )?(?:committed|agreed"
    r"|contracted) to "
    r"(?:purchas(?:e|ing)|buy(?:ing)?|supply(?:ing)?|sell(?:ing)?|tak(?:e|ing)|offtake))"
    r"(?= (?:up to |over |more than |about |at least |approximately |around |an additional "
    r"|all |100%)*"
    r"(?:[\d,.]+ ?(?:million |thousand )?(?:tonnes|tons|metric|t\b|kg|kt|%|per cent"
    r"|percent)|output|of))"
)
_TALKS: Final = whole(
    r"(?P<verb>in|held|holding|had|been in|opened|began|begun|entered|entered into|resumed)\s"
    r"(?:[a-z-]+\s){0,3}?(?P<thing>talks|discussions"
    r"|negotiations)\s(?:[a-z]+\s){0,2}?(?:with|over|on"
    r"|about|for|to)"
)


def _committed(view: View) -> tuple[Draft, int, int] | None:
    """Give a deal that a promise to buy or to supply tells of."""
    match = _COMMITTED.search(view.text)
    if match is None or not (view.minerals(0, len(view.text)) or view.masses(0, len(view.text))):
        return None
    draft = Draft("deal", "signed", "deal.committed", match.start(), match.end(), is_future=True)
    masses = view.masses(match.end(), len(view.text))
    draft.put("quantity", masses[0] if masses else None)
    draft.put("materials", view.minerals(match.end(), len(view.text)))
    return draft, match.start(), match.end()


def _talked(view: View) -> tuple[Draft, int, int] | None:
    """Give a deal that is talked about."""
    match = _TALKS.search(view.text)
    if match is None:
        return None
    start, end = view.clause(match.start())
    draft = Draft("deal", "proposed", "deal.talks", match.start(), match.end())
    draft.put("instrument", match["thing"].lower())
    draft.put(
        "parties",
        tuple(
            unique([*view.parties(start, match.start())[-1:], *view.parties(match.end() - 5, end)])
        )[:4],
    )
    return draft, match.start(), match.end()


_CONTRACTS: Final = re.compile(
    r"agreements?|contracts?|deals?|pacts?|partnerships?|memorand|mou|accord|letter", re.IGNORECASE
)


def _is_landed(view: View, match: re.Match[str]) -> bool:
    """Return whether who landed, won or was awarded something got a contract, not money."""
    words = match["instrument"]
    if re.search(r"\b(?:loan|financing|funding)\b", words, re.IGNORECASE):
        return False
    gap = match["gap"]
    if re.search(r"\b(?:under|from|after|for|through|as part of|approval|following)\b", gap):
        return False
    return _CONTRACTS.search(words) is not None


def _valued(view: View) -> tuple[Draft, int, int] | None:
    """Give a deal that only its value tells of: a $500 million agreement, a contract worth."""
    text = view.text
    for found, money in view.money(0, len(text)):
        tail = re.compile(rf",?\s(?:[\w-]+ ){{0,4}}?{INSTRUMENT}\b", re.IGNORECASE).match(
            text, found.end
        )
        if (
            tail is not None
            and not money.per
            and not re.search(r"\b(?:loan|grant|bond)\b", tail.group())
        ):
            start = found.start
            draft = Draft("deal", "announced", "deal.valued-before", start, tail.end())
            draft.put("instrument", instrument(tail["instrument"]))
            draft.put("amount", money)
            return draft, start, tail.end()
        head = text[: found.start].rstrip()
        for pattern in (_VALUED, _VALUE_OF):
            match = next((one for one in pattern.finditer(head) if one.end() == len(head)), None)
            if match is None:
                continue
            draft = Draft("deal", "announced", "deal.valued-after", match.start(), found.end)
            draft.put("instrument", instrument(match["instrument"]))
            capped = "maximum" in match.group().lower()
            draft.put("amount", _capped(money) if capped else money)
            return draft, match.start(), found.end
    return None


def _capped(money: Money) -> Money:
    return Money(
        money.low, money.high, money.currency, "up to", money.per, money.currency_basis, money.said
    )


def instrument(words: str) -> str:
    """Give the kind of instrument that words name, one of each.

    >>> instrument("MoU"), instrument("binding offtake agreements"), instrument("memoranda")
    ('memorandum of understanding', 'offtake agreement', 'memorandum of understanding')
    """
    plain = " ".join(words.lower().replace("off-take", "offtake").split())
    if plain.startswith(("memorand", "mou")):
        return "memorandum of understanding"
    if plain.startswith(("letter", "loi")):
        return "letter of interest" if "interest" in plain else "letter of intent"
    plain = re.sub(r"^(?:(?:binding|non-binding|definitive|strategic)\s)+(?=\w)", "", plain)
    return re.sub(r"(?:(?<=t)|(?<=l)|(?<=d)|(?<=k)|(?<=p)|(?<=e))s$", "", plain)


def _count(words: str) -> int | None:
    match = re.search(r"\b(two|three|four|five|six|seven|eight|nine|ten)\b", words, re.IGNORECASE)
    return None if match is None else NUMBERS[match.group(1).lower()]


def _fill_parties(view: View, draft: Draft, start: int, end: int) -> None:
    text = view.text
    first, last = view.clause(start)
    between = re.search(r"\bbetween\b", text[first:last])
    found: list[str] = []
    if between is not None and re.match(
        r"\sthe two (?:countries|nations|governments|sides)", text[first + between.end() :]
    ):
        named = view.named(0, len(text), ("country",))
        found = unique(country_names()[one.key] for one in named)[:2]
    elif between is not None:
        at = first + between.end()
        found = view.parties(at, min(last, at + 130))
    else:
        with_ = re.search(r"\bwith\b|\bby\b|\bfrom\b", text[end - 5 : min(last, end + 60)])
        end -= 5 if with_ is not None else 0
        after = [] if with_ is None else view.parties(end + with_.start(), min(last, end + 110))
        inside = re.search(r"\bwith\b", text[start:end])
        if inside is not None:
            after = view.parties(start + inside.start(), end) + after
        # Who stands before a passive verb or an amount is not said to have signed.
        is_active = (
            draft.rule in ("deal.signed-active", "deal.off", "deal.announced", "deal.committed")
            or "under" in text[max(0, start - 12) : start]
        )
        before = view.parties(first, start) if is_active else []
        found = before[-2:] + after
    if (
        draft.rule in ("deal.signed-active", "deal.announced")
        and len(found) < 2
        and view.spoken_of
        and re.search(r"\b(?:it|its|the company)\b", text[first:last], re.IGNORECASE)
    ):
        found = [view.spoken_of, *found]
    draft.put("parties", tuple(unique(found))[:6])


_AT: Final = re.compile(
    r"\b(?:at the ([A-Z][\w’']+(?: [A-Z][\w’']+)* in [A-Z]\w+)|in (?=([A-Z][\w-]+(?: "
    r"[A-Z][\w-]+)?)))"
)


def _place(view: View, end: int) -> str | None:
    aim = _PURPOSE.search(view.text, end)
    last = len(view.text) if aim is None else aim.start()
    for match in _AT.finditer(view.text, max(0, end - 40), min(last, end + 150)):
        if match.group(1):
            return match.group(1)
        named = view.named(match.end(), match.end() + 40, ("name", "country"))
        if named and named[0].start <= match.end():
            return named[0].text
    return None


def _purpose(view: View, end: int) -> str | None:
    match = _PURPOSE.search(view.text, end)
    return None if match is None else match.group().strip(" ,")


_PURPOSE: Final = re.compile(
    r"\b(?:to (?:establish|build|develop|extract|study|explore|map|supply|process|create|"
    r"cover)|for (?:the|joint|collaboration))\b[^.;]{5,140}"
)


_CARGO: Final = (
    r"shipments?|consignments?|cargo(?:es)?|deliver(?:y|ies)|batch(?:es)?|"
    r"parcels?|containers?|trial lot|lot"
)
_MOVED: Final[tuple[tuple[str, str], ...]] = (
    ("delivered", r"delivered|arriv(?:ed|es)|received|reached|landed|taken delivery"),
    ("dispatched", r"dispatched|left|sailed|departed|loaded|sent|sends|set off|despatched"),
    ("shipped", r"shipped|ships|exported|went|resumed|totall?(?:ed|ing)|supplied"),
    (
        "planned",
        (
            r"(?:are |is )?to be shipped|will (?:ship|export|deliver|send)"
            r"|plans? to (?:ship|export|send)|to ship|planned shipment"
            r"|will be (?:shipped|sent|delivered)"
            r"|(?:will|to) (?:\w+ly )?(?:(?:begin|start) (?:export|shipp|deliver)ing"
            r"|involve exports of)"
            r"|(?:is |are )?(?:expected|due|set|slated|scheduled"
            r"|anticipated) (?:to )?(?:begin|start"
            r"|commence|be made|arrive|ship)|will (?:begin|start|commence)"
        ),
    ),
    ("reported", r"contained|sourced and prepared|consisted of|comprised|carried|included"),
)
_MOVE: Final = whole("|".join(f"(?P<{status}>{words})" for status, words in _MOVED))
_CARGO_WORD: Final = whole(_CARGO)
_OBJECTS: Final = re.compile(
    r"^\s(?:its |their |his |the |an? )?(?:shares?|stock|letters?|report|results|prices?|a "
    r"message|statement|proposal|study)\b",
    re.IGNORECASE,
)


def shipments(view: View) -> Iterator[Draft]:
    """Give what a sentence says of a shipment: what went from where to where."""
    text = view.text
    cargo = [match.span() for match in _CARGO_WORD.finditer(text)]
    for match in _MOVE.finditer(text):
        status = next(name for name, value in match.groupdict().items() if value)
        if not _is_shipment(view, match, status, cargo):
            continue
        start, end = view.clause(match.start())
        before = text[max(start, match.start() - 40) : match.start()]
        said_off = off_ladder(text[start:end])
        is_future = status == "planned" or bool(re.search(r"\b(?:will|to) (?:be )?$", before))
        status = said_off or (
            "planned" if is_future else "shipped" if status == "reported" else status
        )
        draft = Draft(
            "shipment",
            status,
            f"shipment.{match.lastgroup}",
            match.start(),
            match.end(),
            is_future=is_future,
        )
        _fill_shipment(view, draft, start, end)
        yield draft
        return
    off = re.search(
        rf"\b(?:{_CARGO})\b[^.;]{{0,60}}\b(?:has not taken place|did not|postponed|cancelled|"
        rf"canceled|delayed|called off)|\b(?:postponed|cancelled|canceled|delayed|called off)\s"
        rf"(?:its|the|an?|their)\s(?:\w+\s){{0,2}}(?:{_CARGO})\b",
        text,
        re.IGNORECASE,
    )
    if off is not None and (
        view.minerals(0, len(text)) or view.spoken_of or "shipment" in off.group()
    ):
        status = off_ladder(off.group()) or "cancelled"
        draft = Draft("shipment", status, "shipment.off", off.start(), off.end())
        _fill_shipment(view, draft, *view.clause(off.start()))
        yield draft


_CURB: Final = whole(r"prohibit\w*|bann?(?:ed|s)?|restrict\w*|curb\w*|controls?|forbid\w*|halt\w*")


def _is_shipment(
    view: View, match: re.Match[str], status: str, cargo: list[tuple[int, int]]
) -> bool:
    text = view.text
    start, end = view.clause(match.start())
    if re.search(r"\b(?:licen[cs]e|permission|permit|ability|right)\s$", text[: match.start()]):
        return False
    if _OBJECTS.match(text[match.end() :]) or re.match(
        r"\s(?:out|off|up|for the)\b", text[match.end() :]
    ):
        return False
    near = any(start <= first and last <= end for first, last in cargo)
    minerals = view.minerals(start, end)
    word = match.group().lower()
    if word.startswith("export") and re.search(r"\bprices? for\b|\bform\s$", text[: match.start()]):
        return False
    if _CURB.search(text, 0, match.start()) and word.startswith(("export", "ship")):
        return False
    if status in ("reported", "planned") or word.startswith(("resumed", "total")):
        if "exporting" in word or "exports" in word or "shipping" in word:
            return bool(minerals)
        if re.search(r"begin|start|commence|made", word):
            return any(start <= first < match.start() for first, _ in cargo) and not re.search(
                r"\b(?:production|construction|operations?|mining)\b", text[start : match.start()]
            )
        return near or (status == "planned" and (bool(minerals) or "shipped" in word))
    if word in (
        "left",
        "went",
        "sent",
        "sends",
        "reached",
        "received",
        "loaded",
        "supplied",
        "landed",
        "set off",
    ):
        moves = near or (
            bool(minerals)
            and re.search(r"\b(?:from|to|for|by)\s(?:the\s)?[A-Z]", text[match.end() : end])
            is not None
        )
        return moves and not _is_share(view, match)
    return near or bool(minerals)


def _is_share(view: View, match: re.Match[str]) -> bool:
    nearby = view.text[max(0, match.start() - 40) : match.end() + 30].lower()
    return bool(
        re.search(r"\b(?:shares|stock|approval|grant|loan|funding|resource|price)\b", nearby)
    )


def _fill_shipment(view: View, draft: Draft, start: int, end: int) -> None:
    text = view.text
    draft.put("materials", view.minerals(start, end))
    draft.put("forms", _forms(view, start, end))
    draft.put("ordinal", _cargo_ordinal(view, start, end))
    masses = view.masses(start, end)
    draft.put("quantity", masses[0] if masses else None)
    sender = _after(view, r"from", start, end) or _after(
        view, r"(?:left|departed)(?: the port of)?", start, end
    )
    if (sender is None and draft.rule != "shipment.delivered") or (
        sender is None
        and re.search(
            r"\bhas\b|\bhave\b|successfully", text[max(start, draft.place - 25) : draft.place]
        )
    ):
        sender = _subject(view, start, draft.place)
    if sender is None:
        country = view.named(start, draft.place, ("country",))
        of = (
            re.match(r"\s(?:shipments?|exports?|deliver)", text[country[0].end :])
            if country
            else None
        )
        sender = country_names()[country[0].key] if country and of else None
    draft.put("from", sender)
    target = _after(
        view,
        r"(?:delivered|sold|handed) to|received by|at|reached|arrived (?:at|in)",
        max(start, draft.place - 3),
        end,
    )
    target = target or _after(view, r"to|for|bound for|into", draft.place, end)
    target = target or _after(view, r"to", start, end)
    draft.put("to", target if target != sender else None)


_FORM: Final = re.compile(r"[\s-](" + "|".join(sorted(FORMS, key=len, reverse=True)) + r")\b")


def _forms(view: View, start: int, end: int) -> tuple[str, ...]:
    """Give the minerals whose form is told: copper concentrate; of the others it is not stated."""
    found = []
    for one in view.named(start, end, ("mineral",)):
        form = _FORM.match(view.text, one.end)
        if form is not None:
            found.append(f"{one.key} {form.group(1).rstrip('s')}")
    return tuple(unique(found))


def _cargo_ordinal(view: View, start: int, end: int) -> str | None:
    match = re.search(
        rf"\b(?P<o>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
        rf"inaugural|maiden|initial)\b(?P<gap>[^.;]{{0,40}}?)\b(?:{_CARGO}|exports?)\b"
        r"|\bfor the (?P<t>first|second|third) time\b(?! in)|\b(?P<q>first|second|third|"
        r"fourth) (?=\d)",
        view.text[start:end],
        re.IGNORECASE,
    )
    if match is None or (match["q"] and "quarter" in match.group()):
        return None
    word = (match["o"] or match["t"] or match["q"]).lower()
    return "first" if word in ("inaugural", "maiden", "initial") else word


def _after(view: View, words: str, start: int, end: int) -> str | None:
    """Give whom or what the words lead to: to the Korean maker X is to X."""
    for match in re.finditer(rf"\b(?:{words})\s(?:the\s)?", view.text[start:end], re.IGNORECASE):
        at = start + match.end()
        gap_from = at
        for one in view.named(at, min(end, at + 70)):
            gap = view.text[gap_from : one.start]
            if not re.fullmatch(
                r"\s?(?:(?!of\b|on\b|in\b|to\b|from\b|by\b|and\b)[a-z-]+\s){0,3}(?:port of\s)?", gap
            ):
                break
            if one.kind == "country" and one.text in DEMONYMS and one.text not in _NOUNS:
                gap_from = one.end
                continue
            return country_names()[one.key] if one.kind == "country" else one.key
    return None


_NOUNS: Final = frozenset({"U.S.", "US", "U.S", "USA", "UK", "U.K.", "Britain", "DRC", "Turkiye"})


def _subject(view: View, start: int, place: int) -> str | None:
    named = view.named(start, place, ("company", "body", "country"))
    if not named:
        return None
    last = named[0]
    return country_names()[last.key] if last.kind == "country" else last.key
