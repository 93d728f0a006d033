"""Money, percentages, quantities and ordinals as they are written in news."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from oreline.watch._claim import Amount, Money, Percent
from oreline.watch._currencies import CODES, NATIONAL, SHARED, SHARED_WORDS, SIGNS, WORDS
from oreline.watch._either import either
from oreline.watch._numbers import FIGURES, SPOKEN, is_spoken, number
from oreline.watch._units import PLURALS, UNITS, unit_of

HEDGES: Final[dict[str, str]] = {
    "nearly": "nearly",
    "almost": "nearly",
    "close to": "nearly",
    "just under": "nearly",
    "about": "about",
    "around": "about",
    "roughly": "about",
    "approximately": "about",
    "some": "about",
    "an estimated": "about",
    "circa": "about",
    "up to": "up to",
    "as much as": "up to",
    "as many as": "up to",
    "a maximum of": "up to",
    "no more than": "up to",
    "at most": "up to",
    "more than": "over",
    "over": "over",
    "in excess of": "over",
    "upwards of": "over",
    "above": "over",
    "at least": "at least",
    "a minimum of": "at least",
    "less than": "under",
    "under": "under",
    "below": "under",
    "just": "",
    "only": "",
    "a mere": "",
    "exactly": "",
}
"""Words before a number, and what they make of it; ``just $5 million`` is still USD 5 million."""

SCALES: Final[dict[str, Decimal]] = {
    "thousand": Decimal(10**3),
    "k": Decimal(10**3),
    "lakh": Decimal(10**5),
    "million": Decimal(10**6),
    "millions": Decimal(10**6),
    "mln": Decimal(10**6),
    "mn": Decimal(10**6),
    "mm": Decimal(10**6),
    "m": Decimal(10**6),
    "crore": Decimal(10**7),
    "cr": Decimal(10**7),
    "billion": Decimal(10**9),
    "billions": Decimal(10**9),
    "bln": Decimal(10**9),
    "bn": Decimal(10**9),
    "b": Decimal(10**9),
    "trillion": Decimal(10**12),
    "tn": Decimal(10**12),
    "trn": Decimal(10**12),
}
ORDINALS: Final[dict[str, str]] = {
    **{
        word: word
        for word in [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ]
    },
    "inaugural": "first",
    "maiden": "first",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "5th": "fifth",
}
_PER: Final = re.compile(
    r"\s?(?:(?:a|an|per)\s(?:(?:dry |wet )?(?:metric )?(?:tonne|ton unit|ton|unit|kilogram|kilo|kg"
    r"|pound|lb|share|ounce|oz|barrel|mtu)|year|month)|/\s?(?:t|kg|lb|oz|mtu|share)|each|apiece)\b",
    re.IGNORECASE,
)


def _any(words: object) -> str:
    assert isinstance(words, list | tuple | dict)
    return either(words)


_HEDGE_BEFORE: Final = re.compile(rf"(?<!\w)({_any(list(HEDGES))})\s+(?:a\s)?$", re.IGNORECASE)
_HEDGE_CHARS: Final = max(len(word) for word in HEDGES) + 4
_LETTERS: Final = _any([sign[:-1] for sign in SIGNS if sign[-1] == "$" and sign != "a$"])
_MARKS: Final = [sign for sign in SIGNS if not sign.isascii() and len(sign) == 1]
_SIGN: Final = (
    rf"(?<![A-Za-z])(?:(?:{_LETTERS}|{_any(list(CODES))})\s?\$|A\$|\bM(?:{_any(list(CODES))})"
    rf"|{_any([*SIGNS, '$', 'rs.', 'rs', *CODES])})\s?"
)
_SIGN_CHARS: Final = 8
_SIGN_BEFORE: Final = re.compile(rf"{_SIGN}$", re.IGNORECASE)
_SCALE: Final = rf"[\s\u2009-]?(?P<{{}}>(?:{_any(list(SCALES))}))\b\.?"
_SIGNED: Final = re.compile(
    rf"(?P<sign>{_SIGN})(?P<n>{FIGURES})(?:{_SCALE.format('s')})?"
    rf"(?:\s?(?P<link>-|–|to|and)\s?(?:{_any([*SIGNS, '$'])})?\s?(?P<to>{FIGURES})"
    rf"(?:{_SCALE.format('s2')})?)?",
    re.IGNORECASE,
)
_WORD: Final = rf"(?:M(?:{_any(list(CODES))})|(?:{_any([*WORDS, *SHARED_WORDS, *CODES])})(?:s|es)?)"
_WORDED: Final = re.compile(
    rf"(?P<n>{FIGURES}|{SPOKEN})(?:{_SCALE.format('s')})?"
    rf"(?:\s?(?P<link>-|–|to)\s?(?P<to>{FIGURES}|{SPOKEN})(?:{_SCALE.format('s2')})?)?[\s-]?"
    rf"(?:(?:(?P<nation>{_any(NATIONAL)})\s)?(?P<word>{_WORD}|¢|c|p)(?![\w$])"
    rf"(?:\s(?P<s3>million|billion)\b)?|(?P<mark>[$€£{''.join(_MARKS)}]|ரூ)(?!\s?\d))",
    re.IGNORECASE,
)
_LONG_UNITS: Final = [one for one in (*UNITS, *PLURALS) if len(one) > 3]
_NAMED: Final = re.compile(rf"\b(?:{_WORD}|per\s?cent|{_any(_LONG_UNITS)})\b", re.IGNORECASE)
"""What a number in words must stand with to be an amount."""
_COUNT_WORD: Final = re.compile(rf"\b{SPOKEN}\b", re.IGNORECASE)
_FIGURE: Final = re.compile(rf"(?:(?<![\d.,])|(?<=[A-Za-z]\.))(?:{FIGURES})")
_CENTS: Final = re.compile(
    rf"\s(?:and\s)?(?P<n>\d{{1,2}}|{SPOKEN})(?:[\s-](?:cents?|pence|p)\b"
    r"|(?=\s*(?:[.!?](?:\s|$)|$)|\smore\b))",
    re.IGNORECASE,
)
"""What follows whole units: thirteen dollars and forty-five cents, 15 dollars 50."""
_PERCENT: Final = re.compile(
    rf"(?:(?P<low>{FIGURES})[\s\u2009]?(?:%|percent|per cent|pct)?"
    rf"(?:\s?(?:-|–|to)\s?|(?P<and>\sand\s)))?"
    rf"(?P<n>{FIGURES}|{SPOKEN})[\s\u2009-]?"
    r"(?P<unit>%(?![\w%])|percent(?:age)?(?!\w|\spoint)|per\scent\b|per-cent\b|pct\b|pc\b)",
    re.IGNORECASE,
)
_QUANTITY: Final = re.compile(
    rf"(?:(?P<low>{FIGURES})(?:\s?(?:-|–|to)\s?|(?P<and>\sand\s)))?"
    rf"(?P<n>{FIGURES}|{SPOKEN})(?:[\s-](?P<scale>million|billion|trillion|thousand|lakh|crore))?"
    rf"[\s\u2009-]?"
    rf"(?P<unit>{_any([*UNITS, *PLURALS])})(?![\w/])",
    re.IGNORECASE,
)
_RANGES: Final = re.compile(
    r"\b(?:rang\w+|priced|anywhere|between)(?:\s\w+)?\sfrom\s$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """An amount and its place in the text."""

    start: int
    end: int
    value: Money | Percent | Amount


def amounts(text: str, country: str | None = None) -> list[Found]:
    """Give every amount of a text in order of place.

    Parameters
    ----------
    country
        The alpha-2 code of the country told of, for names that several currencies share.

    Examples
    --------
    >>> [str(one.value) for one in amounts("nearly $1 billion, Rs 1,200 crore, 9.1 pct", "IN")]
    ['nearly USD 1,000,000,000', 'INR 12,000,000,000', '9.1 %']
    """
    found: list[Found] = []
    at = 0
    for one in _FIGURE.finditer(text):
        if one.start() < at:
            continue
        hit = _signed(text, one.start(), country) or _unsigned(text, one.start(), country)
        if hit is not None:
            found.append(hit)
            at = hit.end
    if is_spoken(text) and _NAMED.search(text):
        for word in _COUNT_WORD.finditer(text):
            hit = _percent(text, word.start()) or _worded(text, word.start(), country)
            hit = hit or _quantity(text, word.start())
            if hit is not None and not any(one.start <= hit.start < one.end for one in found):
                found.append(hit)
    return sorted(found, key=lambda one: (one.start, one.end))


def _unsigned(text: str, start: int, country: str | None) -> Found | None:
    """Read a figure that no sign of a currency stands before."""
    before = text[start - 1 : start]
    if before.isalnum() or (before and before in "_$€£%"):
        return None
    percent = _percent(text, start) or _worded(text, start, country)
    if percent is not None:
        return percent
    return _quantity(text, start)


def _quantity(text: str, start: int) -> Found | None:
    match = _QUANTITY.match(text, start)
    if match is None or (match["and"] and not _is_range(text, start, "and")):
        return None
    unit, tonnes = unit_of(match["unit"])
    scale = SCALES.get((match["scale"] or "").lower(), Decimal(1))
    figure = number(match["n"]) * scale
    low = figure if match["low"] is None else number(match["low"]) * scale
    if low > figure:
        # "Lot 12-5 t" is no range.
        low = figure
    exact = None if tonnes is None else low * tonnes
    first, hedge = _hedged(text, start)
    said = text[first : match.end()].strip()
    high = figure if low < figure else None
    return Found(first, match.end(), Amount(low, unit, exact, hedge, said, high))


def _percent(text: str, start: int) -> Found | None:
    match = _PERCENT.match(text, start)
    if match is None or (match["and"] and not _is_range(text, start, "and")):
        return None
    before = text[start - 1 : start]
    is_minus = before in ("-", "\u2212") or text[max(0, start - 6) : start].lower() == "minus "
    value, high = number(match["n"]) * (-1 if is_minus else 1), None
    if match["low"] is not None and number(match["low"]) < value:
        value, high = number(match["low"]), value
    first, hedge = _hedged(text, start - (before in ("-", "\u2212", "+")))
    said = text[first : match.end()].strip()
    return Found(first, match.end(), Percent(value, hedge, said, high))


def _signed(text: str, start: int, country: str | None) -> Found | None:
    """Read a figure with the sign or the code of a currency before it: US$1.2bn, Rs 140 crore."""
    sign = _SIGN_BEFORE.search(text, max(0, start - _SIGN_CHARS), start)
    match = None if sign is None else _SIGNED.match(text, sign.start())
    if match is None:
        return None
    said = match["sign"].strip()
    if said in _ALSO_WORDS:
        return None
    currency, basis, part = _currency(_sign_key(said), said, None, country)
    scale = (match["s"] or "").lower()
    low = number(match["n"]) * SCALES.get(scale, Decimal(1)) * part
    end, high = match.end("s") if match["s"] else match.end("n"), low
    if match["to"] is not None and _is_range(text, match.start(), match["link"]):
        end, low, high = _both(match, part)
    return _money(text, match.start(), end, (low, high, currency, basis))


def _sign_key(said: str) -> str:
    """Give a sign as it stands in the tables: c $ is c$, usd$ is usd."""
    key = re.sub(r"\s", "", said.lower())
    return key[:-1] if key.endswith("$") and key[:-1].upper() in CODES else key


def _both(match: re.Match[str], part: Decimal) -> tuple[int, Decimal, Decimal]:
    """Give the end and the bounds of a range; $5-7 million has the scale once, for both."""
    scale = (match["s"] or "").lower()
    last = (match["s2"] or scale).lower()
    high = number(match["to"]) * SCALES.get(last, Decimal(1)) * part
    low = number(match["n"]) * SCALES.get(scale or last, Decimal(1)) * part
    if high >= low:
        return match.end("s2") if match["s2"] else match.end("to"), low, high
    low = number(match["n"]) * SCALES.get(scale, Decimal(1)) * part
    return (match.end("s") if match["s"] else match.end("n")), low, low


def _is_range(text: str, start: int, link: str) -> bool:
    """Return whether two amounts bound one: not "$5 and $7", nor a rise from one to the other."""
    before = text[max(0, start - 30) : start].lower()
    if link.lower() == "and":
        return re.search(r"\bbetween\s(?:\w+\s)?$", before) is not None
    is_change = link.lower() == "to" and re.search(r"\bfrom\s(?:about\s|just\s|some\s)?$", before)
    return not is_change or _RANGES.search(before) is not None


def _worded(text: str, start: int, country: str | None) -> Found | None:
    """Read a figure with the name of a currency after it: 9 billion yen, 84p, two dollars."""
    match = _WORDED.match(text, start)
    if match is None or text[start - 1 : start] in tuple(".,-$€£¥₹"):
        return None
    said, scale = match["word"] or match["mark"], match["s"] or match["s3"]
    unit = said.lower()
    # "400 m" is a length and "5 c" a line of a list, unless something says money.
    if unit in ("c", "p", "¢") and (scale or text[match.start("word") - 1].isspace()):
        return None
    if not _is_money(match["n"], scale, said, text[match.end() :]):
        return None
    currency, basis, part = _currency(unit, said, match["nation"], country)
    high = low = number(match["n"]) * SCALES.get((scale or "").lower(), Decimal(1)) * part
    end = match.end()
    if match["to"] is not None:
        if not _is_range(text, start, match["link"]):
            return None
        _, low, high = _both(match, part)
    elif part == 1 and scale is None and (cents := _CENTS.match(text, end)) is not None:
        low = high = low + number(cents["n"]) / 100
        end = cents.end()
    return _money(text, match.start(), end, (low, high, currency, basis))


def _money(
    text: str, start: int, end: int, read: tuple[Decimal, Decimal, str | None, str]
) -> Found:
    low, high, currency, basis = read
    per = _PER.match(text, end)
    last = end if per is None else per.end()
    each = "" if per is None else _each(per.group())
    first, hedge = _hedged(text, start)
    said = text[first:last].strip()
    return Found(first, last, Money(low, high, currency, hedge, each, basis, said))


def _hedged(text: str, start: int) -> tuple[int, str]:
    """Give where the hedge before a number begins, and what it makes of the number."""
    match = _HEDGE_BEFORE.search(text, max(0, start - _HEDGE_CHARS), start)
    word = "" if match is None else match.group(1).lower()
    # "Under a $500 million agreement" is no hedge.
    is_place = match is not None and match.group().rstrip().endswith(" a")
    if match is None or (is_place and word in ("under", "over", "above", "below")):
        return start, ""
    return match.start(), HEDGES[" ".join(match.group(1).lower().split())]


def _is_money(first: str, scale: str | None, unit: str, after: str) -> bool:
    if unit.isupper() and len(unit) == 3:
        return True
    if unit.lower().startswith("pound") and not scale:
        return not after.lstrip().lower().startswith("of")
    return unit.lower() not in ("real", "won", "som") or first.isdigit() or scale is not None


def _each(words: str) -> str:
    return re.sub(r"^\W*(?:an?|per)?\s*/?\s*", "", words.strip(), flags=re.IGNORECASE) or words


def _currency(
    unit: str, said: str, nation: str | None, country: str | None
) -> tuple[str | None, str, Decimal]:
    """Give the currency, what it was told by, and what part of it the unit is."""
    unit = unit.rstrip(".") if unit.startswith("rs") else unit
    part = Decimal("0.01") if unit in _CENT_WORDS else Decimal(1)
    if nation is not None:
        return NATIONAL[nation.lower()], "name", part
    if unit == "$":
        return "USD", "sign: a dollar sign alone is taken as US dollar", part
    if unit == "p":
        return "GBP", "sign", part
    if unit in ("¢", "c"):
        return "USD", "sign: cents alone are taken as US cents", part
    if unit in SIGNS:
        return SIGNS[unit], "sign", part
    if unit.upper() in CODES:
        return unit.upper(), "code", part
    if unit[0] == "m" and unit[1:].upper() in CODES:
        return unit[1:].upper(), "code, in millions", Decimal(10**6)
    forms = (unit, unit.removesuffix("s"), unit.removesuffix("es"))
    single = next(one for one in forms if one in WORDS or one in SHARED)
    if single in SHARED:
        known = SHARED[single].get(country or "")
        return known, "country told of" if known else f"{said} are of several countries", part
    basis = "name" if single not in ("dollar", "cent") else "name: taken as US dollar"
    return WORDS[single], basis, part


_ALSO_WORDS: Final = frozenset(
    form
    for code in ("PEN", "TRY", "COP", "RM", "RP", "SEK")
    for form in (code.lower(), code.title())
)
"""Words, or names, that are a code of a currency only in capitals."""
_CENT_WORDS: Final = ("cent", "cents", "¢", "c", "p", "pence", "penny")
