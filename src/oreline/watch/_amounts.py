"""Money, percentages, quantities and ordinals as they are written in news."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from oreline.watch._claim import Amount, Money, Percent

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

SIGNS: Final[dict[str, str]] = {
    "us$": "USD",
    "u.s.$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "cdn$": "CAD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "r$": "BRL",
    "nt$": "TWD",
    "mx$": "MXN",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "¥": "JPY",
    "₽": "RUB",
    "₺": "TRY",
    "₩": "KRW",
    "₦": "NGN",
    "₱": "PHP",
    "฿": "THB",
    "₫": "VND",
    "rm": "MYR",
    "rmb": "CNY",
    "rp": "IDR",
    "zł": "PLN",
    "sfr": "CHF",
    "fr.": "CHF",
}
_CODES: Final = (
    "USD",
    "EUR",
    "GBP",
    "AUD",
    "CAD",
    "NZD",
    "JPY",
    "CNY",
    "CNH",
    "HKD",
    "SGD",
    "INR",
    "PKR",
    "BRL",
    "ZAR",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "KRW",
    "MYR",
    "IDR",
    "THB",
    "PHP",
    "VND",
    "KZT",
    "UZS",
    "MNT",
    "RUB",
    "TRY",
    "AED",
    "SAR",
    "QAR",
    "MXN",
    "CLP",
    "PEN",
    "ARS",
    "COP",
    "PLN",
    "CZK",
    "HUF",
    "GHS",
    "NGN",
    "KES",
    "TZS",
    "ZMW",
    "BWP",
    "NAD",
    "MGA",
    "CDF",
    "XOF",
    "XAF",
    "UAH",
    "ILS",
    "TWD",
    "LKR",
    "BDT",
    "NPR",
)
WORDS: Final[dict[str, str]] = {
    "dollar": "USD",
    "buck": "USD",
    "cent": "USD",
    "euro": "EUR",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "ringgit": "MYR",
    "won": "KRW",
    "lira": "TRY",
    "tugrik": "MNT",
    "tenge": "KZT",
    "baht": "THB",
    "dong": "VND",
    "zloty": "PLN",
    "real": "BRL",
    "reais": "BRL",
    "rand": "ZAR",
    "naira": "NGN",
    "kwacha": "ZMW",
    "pula": "BWP",
    "cedi": "GHS",
    "ariary": "MGA",
    "hryvnia": "UAH",
    "forint": "HUF",
    "dirham": "AED",
    "riyal": "SAR",
    "rouble": "RUB",
    "ruble": "RUB",
    "som": "KGS",
    "soum": "UZS",
    "pound": "GBP",
    "penny": "GBP",
    "pence": "GBP",
}
_SHARED_WORDS: Final = (
    "rupee",
    "peso",
    "kroner",
    "kronor",
    "krona",
    "krone",
    "franc",
    "shilling",
    "dinar",
)
SHARED: Final[dict[str, dict[str, str]]] = {
    "rs": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"},
    "rupee": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR", "ID": "IDR"},
    "peso": {"MX": "MXN", "CL": "CLP", "AR": "ARS", "CO": "COP", "PH": "PHP"},
    "kroner": {"NO": "NOK", "DK": "DKK"},
    "krone": {"NO": "NOK", "DK": "DKK"},
    "kronor": {"SE": "SEK"},
    "krona": {"SE": "SEK", "IS": "ISK"},
    "franc": {"CH": "CHF", "RW": "RWF", "GN": "GNF", "CD": "CDF", "BI": "BIF"},
    "shilling": {"KE": "KES", "TZ": "TZS", "UG": "UGX"},
    "dinar": {"RS": "RSD", "DZ": "DZD", "JO": "JOD", "TN": "TND", "KW": "KWD", "IQ": "IQD"},
}
"""Names that several currencies share: which one is meant follows from the country told of."""

NATIONAL: Final[dict[str, str]] = {
    "us": "USD",
    "u.s.": "USD",
    "american": "USD",
    "australian": "AUD",
    "canadian": "CAD",
    "new zealand": "NZD",
    "singapore": "SGD",
    "hong kong": "HKD",
    "swiss": "CHF",
    "indian": "INR",
    "pakistani": "PKR",
    "mexican": "MXN",
    "chilean": "CLP",
    "philippine": "PHP",
    "norwegian": "NOK",
    "swedish": "SEK",
    "danish": "DKK",
    "egyptian": "EGP",
}
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
NUMBERS: Final[dict[str, int]] = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100}
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
UNITS: Final[dict[str, tuple[str, Decimal | None]]] = {
    "tonne": ("t", Decimal(1)),
    "tonnes": ("t", Decimal(1)),
    "t": ("t", Decimal(1)),
    "mt": ("t", Decimal(1)),
    "metric ton": ("t", Decimal(1)),
    "metric tons": ("t", Decimal(1)),
    "metric tonnes": ("t", Decimal(1)),
    "dmt": ("dmt", Decimal(1)),
    "wmt": ("wmt", None),
    "kt": ("kt", Decimal(1000)),
    "ktpa": ("kt/y", None),
    "tpa": ("t/y", None),
    "kilotonnes": ("kt", Decimal(1000)),
    "kg": ("kg", Decimal("0.001")),
    "kilograms": ("kg", Decimal("0.001")),
    "kilogrammes": ("kg", Decimal("0.001")),
    "short tons": ("short ton", Decimal("0.90718474")),
    "pounds of": ("lb", Decimal("0.00045359237")),
    "lb": ("lb", Decimal("0.00045359237")),
    "lbs": ("lb", Decimal("0.00045359237")),
    # A ton may be short, long or metric: only the unit is kept.
    "ton": ("ton", None),
    "tons": ("ton", None),
    "metres": ("m", None),
    "meters": ("m", None),
    "g/t": ("g/t", None),
    "ppm": ("ppm", None),
    "hectares": ("ha", None),
    "mw": ("MW", None),
}
"""Units of quantities: how they are kept, and how many tonnes one is where that is exact."""

_NUMBER: Final = (
    r"\d{1,3}(?:[,\u2009 ]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:,\d\d)*,\d{3}(?!\d)|\d+(?:\.\d+)?"
)
_PER: Final = re.compile(
    r"\s?(?:(?:a|an|per)\s(?:(?:dry |wet )?(?:metric )?(?:tonne|ton unit|ton|unit|kilogram|kilo|kg"
    r"|pound|lb|share|ounce|oz|barrel|mtu)|year|month)|/\s?(?:t|kg|lb|oz|mtu|share)|each|apiece)\b",
    re.IGNORECASE,
)


def _any(words: object) -> str:
    assert isinstance(words, list | tuple | dict)
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_HEDGE_BEFORE: Final = re.compile(rf"(?<!\w)({_any(list(HEDGES))})\s+(?:a\s)?$", re.IGNORECASE)
_HEDGE_CHARS: Final = max(len(word) for word in HEDGES) + 4
_SIGN: Final = rf"(?<![A-Za-z])(?:{_any([*SIGNS, '$', 'rs.', 'rs', *_CODES])})\s?"
_SIGN_BEFORE: Final = re.compile(rf"{_SIGN}$", re.IGNORECASE)
_SCALE: Final = rf"[\s\u2009-]?(?P<{{}}>(?:{_any(list(SCALES))}))\b\.?"
_SIGNED: Final = re.compile(
    rf"(?P<sign>{_SIGN})(?P<n>{_NUMBER})(?:{_SCALE.format('s')})?"
    rf"(?:\s?(?:-|–|to|and)\s?(?:{_any([*SIGNS, '$'])})?\s?(?P<to>{_NUMBER})"
    rf"(?:{_SCALE.format('s2')})?)?",
    re.IGNORECASE,
)
_WORD: Final = rf"(?:{_any([*WORDS, *_SHARED_WORDS, *_CODES])})(?:s|es)?"
_COUNTED: Final = _any([one for one in NUMBERS if one != "zero"])
_WORDED: Final = re.compile(
    rf"(?P<n>{_NUMBER}|{_COUNTED})(?:{_SCALE.format('s')})?[\s-]?"
    rf"(?:(?P<nation>{_any(NATIONAL)})\s)?(?P<word>{_WORD}|¢|c|p)(?![\w$])",
    re.IGNORECASE,
)
_CURRENCY_WORD: Final = re.compile(rf"\b{_WORD}\b", re.IGNORECASE)
_COUNT_WORD: Final = re.compile(rf"\b(?:{_COUNTED})\b", re.IGNORECASE)
_FIGURE: Final = re.compile(rf"(?<![\d.,])(?:{_NUMBER})")
_PERCENT: Final = re.compile(
    rf"(?P<n>{_NUMBER})[\s\u2009-]?(?P<unit>%|percent\b|per cent\b|per-cent\b|pct\b|pc\b)",
    re.IGNORECASE,
)
_QUANTITY: Final = re.compile(
    rf"(?P<n>{_NUMBER})(?:[\s-](?P<scale>million|billion|thousand))?[\s\u2009-]?"
    rf"(?P<unit>{_any(UNITS)})(?![\w/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """An amount and its place in the text."""

    start: int
    end: int
    value: Money | Percent | Amount


def number(text: str) -> Decimal:
    """Give a number as written: digits with marks between thousands, or a word.

    >>> number("12,500.5"), number("six")
    (Decimal('12500.5'), Decimal('6'))
    """
    word = NUMBERS.get(text.lower())
    return Decimal(re.sub(r"[,\s\u2009]", "", text)) if word is None else Decimal(word)


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
    if _CURRENCY_WORD.search(text):
        for word in _COUNT_WORD.finditer(text):
            hit = _worded(text, word.start(), country)
            if hit is not None and not any(one.start <= hit.start < one.end for one in found):
                found.append(hit)
    return sorted(found, key=lambda one: (one.start, one.end))


def _unsigned(text: str, start: int, country: str | None) -> Found | None:
    """Read a figure that no sign of a currency stands before."""
    before = text[start - 1 : start]
    if before.isalnum() or before in ("_", "$", "€", "£"):
        return None
    percent = _PERCENT.match(text, start)
    if percent is not None:
        minus = before in ("-", "\u2212")
        value = number(percent["n"]) * (-1 if minus else 1)
        first, hedge = _hedged(text, start - (before in ("-", "\u2212", "+")))
        said = text[first : percent.end()].strip()
        return Found(first, percent.end(), Percent(value, hedge, said))
    money = _worded(text, start, country)
    if money is not None:
        return money
    match = _QUANTITY.match(text, start)
    if match is None:
        return None
    unit, tonnes = UNITS[match["unit"].lower()]
    figure = number(match["n"]) * SCALES.get((match["scale"] or "").lower(), Decimal(1))
    exact = None if tonnes is None else figure * tonnes
    first, hedge = _hedged(text, start)
    said = text[first : match.end()].strip()
    return Found(first, match.end(), Amount(figure, unit, exact, hedge, said))


def _signed(text: str, start: int, country: str | None) -> Found | None:
    """Read a figure with the sign or the code of a currency before it: US$1.2bn, Rs 140 crore."""
    sign = _SIGN_BEFORE.search(text, max(0, start - 6), start)
    match = None if sign is None else _SIGNED.match(text, sign.start())
    if match is None:
        return None
    said = match["sign"].strip()
    currency, basis, part = _currency(said.lower(), said, None, country)
    scale = (match["s"] or "").lower()
    low = number(match["n"]) * SCALES.get(scale, Decimal(1)) * part
    if match["to"] is None:
        end, high = match.end(), low
    else:
        last = (match["s2"] or scale).lower()
        high = number(match["to"]) * SCALES.get(last, Decimal(1)) * part
        # $5-7 million: the scale stands once, for both.
        least = number(match["n"]) * SCALES.get(scale or last, Decimal(1)) * part
        end = match.end()
        if high < least:
            end, high = (match.end("s") if match["s"] else match.end("n")), low
        else:
            low = least
    return _money(text, match.start(), end, (low, high, currency, basis))


def _worded(text: str, start: int, country: str | None) -> Found | None:
    """Read a figure with the name of a currency after it: 9 billion yen, 84p, two dollars."""
    match = _WORDED.match(text, start)
    if match is None or text[start - 1 : start] in tuple(".,-$€£¥₹"):
        return None
    said, unit, scale = match["word"], match["word"].lower(), match["s"]
    # "400 m" is a length and "5 c" a line of a list, unless something says money.
    if unit in ("c", "p", "¢") and (scale or text[match.start("word") - 1].isspace()):
        return None
    if not _is_money(match["n"], scale, said, text[match.end() :]):
        return None
    currency, basis, part = _currency(unit, said, match["nation"], country)
    value = number(match["n"]) * SCALES.get((scale or "").lower(), Decimal(1)) * part
    return _money(text, match.start(), match.end(), (value, value, currency, basis))


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
    part = (
        Decimal("0.01")
        if unit in ("cent", "cents", "¢", "c", "p", "pence", "penny")
        else Decimal(1)
    )
    if nation is not None:
        return NATIONAL[nation.lower()], "name", part
    if unit == "$":
        return "USD", "sign: a dollar sign alone is taken as US dollar", part
    if unit == "p":
        return "GBP", "sign", part
    if unit == "¢" or unit == "c":
        return "USD", "sign: cents alone are taken as US cents", part
    if unit in SIGNS:
        return SIGNS[unit], "sign", part
    if unit.upper() in _CODES:
        return unit.upper(), "code", part
    single = unit if unit in WORDS or unit in SHARED else re.sub(r"(?:es|s)$", "", unit)
    if single in SHARED:
        known = SHARED[single].get(country or "")
        return known, "country told of" if known else f"{said} are of several countries", part
    basis = "name" if single not in ("dollar", "cent") else "name: taken as US dollar"
    return WORDS[single], basis, part
