"""Who and what a text names: countries, minerals, companies, bodies, people, tickers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from oreline.watch._gazetteer import (
    BODIES,
    CALLED,
    DEMONYMS,
    EXCHANGES,
    LEGAL,
    ROLES,
    TRADE,
    country_names,
    country_words,
    is_metal,
    mineral_of,
    mineral_words,
)
from oreline.watch._segments import Sentence, is_title
from oreline.watch._words import matches

_CAP: Final = (
    r"(?:[A-ZÀ-ÞĀ-Ž](?:\.[A-Z])+\.?|[A-ZÀ-ÞĀ-Ž][\wÀ-ž]*(?:[’'][A-ZÀ-Þ][\w]+)?(?:[-&][\w]+)*)"
)
_LINK: Final = r"(?:\s(?:of\sthe|of|de|do|da|du|del|der|van|von|&)(?=\s[A-ZÀ-Þ])|\s&)"
_RUN: Final = re.compile(rf"(?<![\w’'-]){_CAP}(?:{_LINK}?\s{_CAP}\.?)*")
_FIGURE_BEFORE: Final = re.compile(r"(?<![\w$€£.,-])(\d{1,3}[A-Z])\s$")
_AND_MORE: Final = re.compile(rf",?\s(?:and|&)\s{_CAP}(?:\s{_CAP})?")
_SUFFIX: Final = re.compile(
    r",?\s(?:"
    + "|".join(re.escape(one) for one in sorted(LEGAL, key=len, reverse=True))
    + r")\b\.?"
)
_ACRONYM: Final = re.compile(r"\s?\((?:the\s)?[“\"]?([A-Z][A-Za-z.&-]{1,9})[”\"]?\)")
_SHORT_NAME: Final = re.compile(
    r"\s?(?:\([^()]{1,30}\)\s?)?\([^()]{0,40}?[“\"]([A-Z][^“”\"]{1,40})[”\"][^()]{0,60}\)"
)
_TICKER: Final = re.compile(
    r"\(?\b(" + "|".join(re.escape(one) for one in sorted(EXCHANGES, key=len, reverse=True)) + r")"
    r"\s?:\s?([A-Z0-9]{1,6}(?:\.[A-Z])?)\b",
    re.IGNORECASE,
)
_ROLE: Final = re.compile(
    r"(?<![\w-])(?:" + "|".join(re.escape(one) for one in ROLES) + r")\b", re.IGNORECASE
)
_ROLE_AFTER: Final = re.compile(
    r",\s(?:the\s|its\s|a\s)?(?:[\w’'-]+\s){0,3}?(" + _ROLE.pattern + r")", re.IGNORECASE
)
_ORG_WORD: Final = frozenset((*LEGAL, *BODIES, *TRADE))
_ORG_LAST: Final = re.compile(
    r"\b(?:" + "|".join(map(re.escape, sorted(_ORG_WORD, key=len, reverse=True))) + r")\b"
)
_GOVERNMENT: Final = re.compile(
    r"(?:\s(?:central\s|federal\s)?(?:government|parliament|embassy|army|cabinet))\b"
)
INSTRUMENT_NAME: Final = re.compile(
    r"(?:Memorand|Letter of Intent|Joint Venture|Framework|.*\b(?:Agreement|Contract|Act|Order)$)"
)
_TRADE_WORDS: Final = frozenset(TRADE)
_OFFICE: Final = re.compile(
    r"\s(?:of|for)(?:\sthe)?\s(?:Commerce|State|Defen[cs]e|War|Interior|Energy|Treasury|Trade"
    r"|Industry|Agriculture|Transportation|Transport|Finance|Mines|Mining|Resources|Petroleum"
    r"|Environment|Economy|Development|Foreign Affairs)\s(?=[A-ZÀ-Þ])"
)
"""The office after a role: Secretary of Commerce Howard Lutnick is Howard Lutnick."""
_HONORIFIC: Final = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|Sir|Dame|Sen|Rep)\.?$")
_TITLED: Final = re.compile(
    r"(?:\s(?:of|for)(?:\sthe)?\s[A-ZÀ-Þ]\w+(?:\s(?:and\s)?[A-ZÀ-Þ]\w+)?)?,?\s?"
)
"""What may stand between a role and who has it."""
_NO_HEAD: Final = frozenset(
    [
        "United", "Less", "American", "New", "North", "South", "East", "West", "General",
        "National", "International", "Global", "Royal", "USA", "US", "Energy", "Great", "Western",
        "Eastern", "Northern", "Southern", "Central", "Standard", "Premier", "Pacific", "Atlantic",
        "Commerce", "Defense", "Interior", "Federal", "State", "Critical", "Rare", "Good",
    ]
)  # fmt: skip
"""Words that begin the names of many and stand for none of them alone."""
_COMMON: Final = frozenset(
    [
        "The", "A", "An", "In", "On", "At", "By", "For", "From", "To", "Of", "And", "But",
        "Or", "If", "When", "While", "After", "Before", "Under", "Over", "With", "As", "It",
        "Its", "He", "She", "They", "We", "You", "I", "His", "Her", "Their", "Our", "This",
        "That", "These", "Those", "There", "Here", "What", "Who", "Which", "How", "Why",
        "Where", "Not", "No", "Yes", "All", "Both", "Each", "Some", "Many", "Most", "More",
        "Several", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
        "One", "First", "Second", "Third", "Last", "Next", "Earlier", "Later", "Meanwhile",
        "Furthermore", "However", "Moreover", "Also", "Still", "Yet", "Once", "Since",
        "Until", "During", "Despite", "Following", "According", "Construction", "Work",
        "Shares", "Stock", "Stocks", "Prices", "Price", "Output", "Production", "Exports",
        "Imports", "Analysts", "Geologists", "Lawmakers", "Smelters", "Exporters", "Miners",
        "Investors", "Officials", "Traders", "Bidders", "Talks", "Shipments", "Shipment",
        "Cargo", "Completion", "Commissioning", "Member", "Nothing", "Correction", "Update",
        "Ignore", "Volumes", "Revenue", "Weather", "Tickets", "Year", "Quarterly", "Form",
        "Item", "Phase", "Money", "Mix", "Share", "Prime", "Minister", "President",
        "Micro-cap", "Critical", "Rare", "Owner", "Developer", "Operator", "Miner",
        "Explorer", "Tungsten", "Tin", "Copper", "Cobalt", "Lithium", "Nickel", "Graphite",
        "Antimony", "Wolfram", "Gold", "Silver", "Zinc", "Iron", "Steel", "Oil", "Uranium",
        "Memorandum", "Understanding", "MoU", "MOU", "CEO", "CFO", "COO", "Corp", "Inc",
        "Ltd", "Group", "Company", "Agreement", "Deal", "Allies", "Indigenous", "Strategic",
        "Quarter", "January", "February", "March", "April", "May", "June", "July", "August",
        "September", "October", "November", "December", "Jan", "Feb", "Mar", "Apr", "Jun",
        "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "Monday", "Tuesday", "Wednesday",
        "Thursday", "Friday", "Saturday", "Sunday", "NEXT", "READ", "FOR", "IMMEDIATE",
        "RELEASE", "AI", "News", "Under", "Apple", "Separately", "Shareholders",
        "Directors", "Data", "Customs", "Demand", "Supply", "Sales", "Profit", "Drilling",
        "Results", "Assays", "Dr", "Mr", "Mrs", "Ms", "Act", "Plan", "Q1", "Q2", "Q3", "Q4",
        "JORC", "Code", "Web", "Desk", "Just", "Only", "Image", "Photo", "Chief",
        "Executive", "Executives", "Production", "Sources",
    ]
)  # fmt: skip
"""Capitalised words that name nobody by themselves."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text.

    ``kind`` is country, mineral, company, body, person, ticker or name: a capitalised name of
    which nothing says what it is. ``key`` is what it is known by: an alpha-2 code, a mineral, a
    market and symbol, else the name itself. ``role`` is a person's.
    """

    start: int
    end: int
    kind: str
    key: str
    text: str
    role: str = ""


@dataclass(slots=True)
class Names:
    """The names of one report, and its own short names for longer ones."""

    mentions: list[Mention] = field(default_factory=list)
    short: dict[str, str] = field(default_factory=dict)
    tickers: dict[str, str] = field(default_factory=dict)

    def full(self, name: str) -> str:
        """Give the longest name that the report has for what a name means."""
        name = name.removeprefix("the ").removeprefix("The ")
        return self.short.get(name, name)


def names(text: str, found: list[Sentence]) -> Names:
    """Give the names that stand in sentences of a text."""
    result = Names()
    for sentence in found:
        if sentence.segment == "heading":
            continue
        result.mentions.extend(_in_sentence(text, sentence, result))
    _shorten(result)
    _know_again(result)
    _add_short(text, found, result)
    result.mentions = [
        one
        if one.kind not in ("company", "name", "body")
        else Mention(
            one.start, one.end, _kind_of_short(one, result), result.full(one.key), one.text
        )
        for one in result.mentions
    ]
    return result


def _know_again(known: Names) -> None:
    """Let the last name of a person stand for the person: Evans is Gary Evans."""
    persons: dict[str, list[Mention]] = {}
    for one in known.mentions:
        if one.kind == "person" and " " in one.key:
            persons.setdefault(one.key.split()[-1], []).append(one)
    for at, one in enumerate(known.mentions):
        full = persons.get(one.key)
        if full is not None and one.kind in ("name", "person", "company"):
            first = full[0]
            known.mentions[at] = Mention(
                one.start, one.end, "person", first.key, one.text, first.role
            )


def _kind_of_short(one: Mention, known: Names) -> str:
    return "company" if one.kind == "name" and one.key in known.short else one.kind


def _shorten(known: Names) -> None:
    """Let the first words of a company's name stand for it, where only one begins with them."""
    heads: dict[str, set[str]] = {}
    for one in known.mentions:
        if one.kind == "company" and " " in one.key:
            words = re.sub(_SUFFIX, "", one.key).split()
            for count in range(1, len(words) + (1 if len(words) < len(one.key.split()) else 0)):
                heads.setdefault(" ".join(words[:count]), set()).add(one.key)
    for head, fulls in heads.items():
        longest = max(fulls, key=len)
        is_free = head not in known.short and head not in _COMMON and head != longest
        is_free = is_free and head not in _NO_HEAD
        is_one = all(longest.startswith(one) for one in fulls)
        if is_free and is_one and head not in country_words()[1]:
            known.short[head] = longest


def _add_short(text: str, found: list[Sentence], known: Names) -> None:
    """Find what a report calls by a short name of its own, wherever else it stands."""
    wanted = [one for one in known.short if len(one) > 2 and one not in _COMMON]
    if not wanted:
        return
    taken = {one.start: one.end for one in known.mentions if one.kind != "mineral"}
    pattern = re.compile(
        r"(?<![\w-])(?:"
        + "|".join(map(re.escape, sorted(wanted, key=len, reverse=True)))
        + r")(?![\w-])"
    )
    for sentence in found:
        if sentence.segment == "heading" or is_title(sentence.text):
            continue
        for match in pattern.finditer(sentence.text):
            start, end = sentence.start + match.start(), sentence.start + match.end()
            if not any(first < end and start < last for first, last in taken.items()):
                known.mentions.append(Mention(start, end, "company", match.group(), match.group()))
    known.mentions.sort(key=lambda one: (one.start, one.end))


def _in_sentence(text: str, sentence: Sentence, known: Names) -> list[Mention]:
    start, words = sentence.start, sentence.text.replace("\n", " ")
    found = [
        Mention(start + one.start(), start + one.end(), "ticker", _symbol(one), one.group())
        for one in (_TICKER.finditer(words) if ":" in words else ())
    ]
    taken = [(one.start, one.end) for one in found]
    if not (sentence.segment == "headline" and is_title(words)):
        for one in _runs(words, start, known):
            if not _covered(one, taken):
                found.append(one)
                taken.append((one.start, one.end))
    pattern, codes = country_words()
    for match in pattern.finditer(words):
        place = (start + match.start(), start + match.end())
        if not any(first <= place[0] and place[1] <= last for first, last in taken):
            code = codes[match.group()]
            found.append(Mention(*place, "country", code, match.group()))
            taken.append(place)
    minerals, _, firsts = mineral_words()
    for match in matches(minerals, words, firsts):
        place = (start + match.start(), start + match.end())
        if any(first < place[1] and place[0] < last for first, last in taken):
            continue
        if is_metal(
            match.group(), words[match.end() : match.end() + 16], is_first=match.start() < 2
        ):
            key = mineral_of(match.group())
            found.append(Mention(*place, "mineral", key, match.group()))
    found += _listed_metals(words, start, found)
    found.sort(key=lambda one: (one.start, one.end))
    return found


_LISTED_METAL: Final = re.compile(r"\b(?:[Ll]ead|Silver|Gold|Tin)\b")


def _listed_metals(words: str, start: int, found: list[Mention]) -> list[Mention]:
    """Give lead, silver, gold and tin where they stand in a row of minerals."""
    taken = {one.start - start: one.end - start for one in found}
    minerals = [(one.start - start, one.end - start) for one in found if one.kind == "mineral"]
    result = []
    for match in _LISTED_METAL.finditer(words) if minerals else ():
        if any(first < match.end() and match.start() < last for first, last in taken.items()):
            continue
        in_row = any(
            _IN_ROW.fullmatch(words[last : match.start()])
            or _IN_ROW.fullmatch(words[match.end() : first])
            for first, last in minerals
        )
        if in_row:
            key = mineral_of(match.group())
            place = start + match.start(), start + match.end()
            result.append(Mention(*place, "mineral", key, match.group()))
            minerals.append((match.start(), match.end()))
    return result


_IN_ROW: Final = re.compile(r",\s(?:and\s|or\s)?|\s(?:and|or)\s")


def _covered(one: Mention, taken: list[tuple[int, int]]) -> bool:
    return any(first < one.end and one.start < last for first, last in taken)


def _symbol(match: re.Match[str]) -> str:
    return f"{match.group(1).upper()}:{match.group(2).upper()}"


def _runs(words: str, offset: int, known: Names) -> Iterator[Mention]:
    """Give the capitalised names of a sentence, each with its kind."""
    at = 0
    while True:
        match = _RUN.search(words, at)
        if match is None:
            return
        end = match.end()
        run = match.group()
        if re.match(r"(?:Ministry|Department|Bureau|Office|Commission)\s(?:of|for)\s", run):
            more = _AND_MORE.match(words, end)
            end = end if more is None else more.end()
        suffix = _SUFFIX.match(words, end)
        if suffix is not None:
            end = suffix.end()
        if words[end - 1] == "." and not re.search(
            r"(?:\b(?:Inc|Corp|Ltd|Co|Bhd|Pty)|\.[A-Z])\.$", words[:end]
        ):
            end -= 1
        at = max(end, match.end())
        # 3D Systems, 5E Advanced Materials: the figure belongs to a name with a word of firms.
        figure = _FIGURE_BEFORE.search(words, max(0, match.start() - 6), match.start())
        begin = match.start()
        if figure is not None and _ORG_LAST.search(words[begin:end]):
            begin = figure.start(1)
        for first, last in _parts(words, begin, end):
            one = _named(words, first, last, offset, known)
            if one is not None:
                yield one


def _parts(words: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Split a capitalised run where a role, a linking word or a country stands within it."""
    run = words[start:end]
    role = _ROLE.search(run)
    if role is not None and not re.match(r"[’']s\s", run[role.end() :]):
        if run[: role.start()].strip():
            yield from _parts(words, start, start + len(run[: role.start()].rstrip(" ,")))
        rest = role.end()
        of = _OFFICE.match(run, rest) or re.match(r"\s(?:of|for)(?:\sthe)?\s", run[rest:])
        rest += 0 if of is None else len(of.group())
        while rest < len(run) and run[rest] in " ,":
            rest += 1
        if rest < len(run):
            yield start + rest, end
        return
    shares = re.match(r"(?:Shares?|Stocks?) (?:of|in) ", run)
    if shares is not None:
        yield from _parts(words, start + shares.end(), end)
        return
    first = start
    for word in re.finditer(r"\S+", run):
        bare = word.group().strip(".,")
        is_lone = (bare in _COMMON and bare not in _TRADE_WORDS) or bare.lower() in CALLED
        # Critical Metals Corp. is a name: nothing of its own would be left of it.
        left = run[word.end() :].split()
        is_whole = bool(left) and all(one.strip(".,") in _ORG_WORD for one in left)
        # First Quantum Minerals is one too: an ordinal before two words, the last of firms.
        is_first = bare == "First" and len(left) > 1 and left[-1].strip(".,") in _ORG_WORD
        if not is_lone or is_whole or is_first:
            break
        if word.end() < len(run) and re.match(r"\s(?:of|for)\s", run[word.end() :]):
            break
        first = start + word.end() + 1
    while first < end and words[first] in " &":
        first += 1
    link = re.match(r"(?:of|for|de|the|&)\s", words[first:end])
    if link is not None:
        first += link.end()
    if first < end:
        yield first, end


def _named(words: str, start: int, end: int, offset: int, known: Names) -> Mention | None:
    name = words[start:end].strip()
    if not name or (len(name) < 2):
        return None
    after, before = words[end:], words[:start].rstrip()
    based = re.match(r"[\w.]+(?:\s[\w.]+)?-(?:based|listed|headquartered|owned|backed)\s", name)
    if based:
        return (
            None
            if based.end() >= len(name)
            else _named(words, start + based.end(), end, offset, known)
        )
    if re.search(r"-(?:based|listed|headquartered|owned|backed|led)$", name):
        return None
    if name in country_words()[1]:
        government = _GOVERNMENT.match(after)
        if government:
            full = name + government.group()
            return Mention(offset + start, offset + end + government.end(), "body", full, full)
        return None
    of_country = re.search(r"\sof\s([A-ZÀ-Þ][\w ]+)$", name)
    is_own = re.search(r"\b(?:Bank|Survey|University)\sof\s[\w ]+$", name)
    if (
        of_country
        and not is_own
        and of_country.group(1) in country_words()[1]
        and " " in name[: of_country.start()]
    ):
        return _named(words, start, start + of_country.start(), offset, known)
    first, _, rest = name.partition(" ")
    if "-" in first and first.split("-")[0] in country_words()[1]:
        return None if not rest else _named(words, end - len(rest), end, offset, known)
    if (
        first in DEMONYMS
        and first not in ("US", "U.S.", "USA")
        and not _is_whole(name)
        and (" " in rest or _ORG_LAST.search(rest))
    ):
        return _named(words, end - len(rest), end, offset, known)
    return _kinded(words, name, start, end, before, after, offset, known)


def _is_whole(name: str) -> bool:
    """Return whether a demonym belongs to the name: Indonesian Nickel Association, Thai Oil."""
    return bool(re.search(r"\b(?:Bank|Association|Survey|Army|Navy)\b", name))


def _kinded(
    words: str, name: str, start: int, end: int, before: str, after: str, offset: int, known: Names
) -> Mention | None:
    role_after = _ROLE_AFTER.match(after)
    has_org_word = bool(_ORG_LAST.search(name))
    defined = _ACRONYM.match(after) or _SHORT_NAME.match(after)
    listed = _TICKER.match(after.lstrip(" ("))
    kind, role = "name", ""
    if _HONORIFIC.search(before) and name.count(" ") <= 3 and not listed:
        kind = "person"
    elif has_org_word or defined or listed:
        kind = _org_kind(name, before, is_listed=listed is not None)
    elif name.count(" ") <= 3 and (title := _title(before)) is not None:
        kind, role = "person", _role_text(before, title)
    elif role_after and 1 <= name.count(" ") <= 3:
        kind, role = "person", role_after.group(1).strip()
    elif _names_nobody(name, before, after):
        return None
    if kind == "name" and (_CALLED_BEFORE.search(before) or _CALLED_AFTER.match(after)):
        kind = "company"
    if defined and not INSTRUMENT_NAME.match(name):
        known.short[defined.group(1)] = name
    if listed:
        known.tickers[name] = _symbol(listed)
        known.short.setdefault(listed.group(2).upper(), name)
    if name in _COMMON or name in BODIES or INSTRUMENT_NAME.match(name):
        return None
    return Mention(offset + start, offset + end, kind, name, name, role)


def _title(before: str) -> str | None:
    """Give the role that stands before a name, None if none does."""
    roles = list(_ROLE.finditer(before[-60:]))
    if not roles or not _TITLED.fullmatch(before[-60:], roles[-1].end()):
        return None
    return roles[-1].group()


def _org_kind(name: str, before: str, *, is_listed: bool) -> str:
    """Give whether a name with a word of companies or bodies is a company, a body or a place."""
    if _places(name, before):
        return "name"
    is_body = any(word in BODIES for word in re.findall(r"\w+", name))
    is_firm = is_listed or any(word.strip(".") in LEGAL or word in TRADE for word in name.split())
    is_plain_firm = is_firm and not re.search(r" of | for ", name)
    return "body" if is_body and not is_plain_firm else "company"


def _names_nobody(name: str, before: str, after: str) -> bool:
    """Return whether a capital says only that a sentence, or a line in capitals, begins."""
    if name.isupper() and len(name) > 6 and not before:
        return True
    if before.strip('“"‘(—–- ') and not before.endswith((". ", ":")):
        return False
    return " " not in name and not _ACTS.match(after)


_CALLED_BEFORE: Final = re.compile(rf"(?:^|\s)(?:{'|'.join(CALLED)})$", re.IGNORECASE)
_CALLED_AFTER: Final = re.compile(
    r",?\s(?:a|an|the)\s[\w-]+(?:-based)?\s(?:company|firm|miner|explorer|producer)\b"
)
_ACTS: Final = re.compile(
    r"[’']s\b|,?\s(?:(?:now|also|itself|later|then|already|\w+ly)\s)?(?:has|had|have|will"
    r"|is|was|said|says"
    r"|plans?|and|expects|agreed|\w+ed)\b"
)


def _places(name: str, before: str) -> bool:
    """Return whether a name with a word of bodies is a place: at the Prime Minister's House."""
    return bool(re.search(r"\b(?:House)$", name) and re.search(r"\bat the$", before))


def _role_text(before: str, title: str) -> str:
    owner = re.search(
        r"((?:[A-ZÀ-Þ][\wÀ-ž.&-]*\s)*[A-ZÀ-Þ][\wÀ-ž.&-]*)(?:[’']s)?,?\s(?:(?!said|says|told|added)[a-z]+\s){0,2}$",
        before[: before.rfind(title)],
    )
    name = "" if owner is None else owner.group(1).removeprefix("The ")
    return title if not name or name in _COMMON else f"{title} ({name})"


@cache
def country_name(code: str) -> str:
    """Give the name of a country by its code."""
    return country_names().get(code, code)


def normal_name(name: str) -> str:
    """Give the form in which names of companies and bodies are compared.

    >>> normal_name("U.S. Strategic Metals, Inc."), normal_name("the Frontier Works Organisation")
    ('us strategic metals', 'frontier works organization')
    """
    plain = re.sub(r"\([^)]*\)", " ", name)
    plain = re.sub(r"(?<=\b[A-Za-z])\.(?=[A-Za-z]\b)", "", plain)
    plain = plain.replace("’s", "").replace("'s", "").replace("&", " and ")
    words = re.sub(r"[^\wÀ-ž]+", " ", plain).casefold().split()
    while len(words) > 1 and words[-1] in _LEGAL_WORDS:
        words.pop()
    if words[:1] == ["the"]:
        words = words[1:]
    swapped = [re.sub(r"isation$", "ization", word) for word in words]
    return " ".join(swapped)


_LEGAL_WORDS: Final = frozenset(
    re.sub(r"\W", "", one).casefold() for one in LEGAL if one not in ("Holdings", "Holding")
)
