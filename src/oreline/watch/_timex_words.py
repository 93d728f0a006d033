"""The forms in which news says when and for how long, as patterns over a small lexicon."""

from __future__ import annotations

import re
from typing import Final

from oreline.watch._numbers import NUMBERS
from oreline.watch._times import MONTHS, WEEKDAYS

UNITS: Final[dict[str, str]] = {
    "second": "S",
    "minute": "M",
    "hour": "H",
    "day": "D",
    "night": "D",
    "weekend": "WE",
    "week": "W",
    "fortnight": "F",
    "month": "M",
    "quarter": "Q",
    "season": "SN",
    "year": "Y",
    "decade": "E",
    "century": "C",
    "centurie": "C",
    "millennium": "L",
    "millennia": "L",
}
"""Units of time, in the singular, and the letter that ISO 8601 or TIMEX3 writes for them."""
CLOCK_UNITS: Final = ("second", "minute", "hour")

COUNTS: Final[dict[str, float | None]] = {
    **NUMBERS,
    **{
        f"{ten}{mark}{one}": NUMBERS[ten] + NUMBERS[one]
        for ten in ("twenty", "thirty", "forty", "fifty", "sixty")
        for one in (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        )
        for mark in ("-", " ")
    },
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "a": 1,
    "an": 1,
    "a single": 1,
    "half a": 0.5,
    "half an": 0.5,
    "a half": 0.5,
    "a couple of": 2,
    "couple of": 2,
    "a dozen": 12,
    "a hundred": 100,
    "a thousand": 1000,
    "one hundred": 100,
    "two hundred": 200,
    "two thousand": 2000,
    "a few": None,
    "few": None,
    "several": None,
    "many": None,
    "dozens of": None,
    "hundreds of": None,
    "thousands of": None,
}  # fmt: skip
"""Words that count units; None where they do not say how many."""

HEDGES: Final[dict[str, str]] = {
    "more than": "MORE_THAN",
    "over": "MORE_THAN",
    "less than": "LESS_THAN",
    "fewer than": "LESS_THAN",
    "at least": "EQUAL_OR_MORE",
    "no less than": "EQUAL_OR_MORE",
    "at most": "EQUAL_OR_LESS",
    "no more than": "EQUAL_OR_LESS",
    "up to": "EQUAL_OR_LESS",
    "as long as": "EQUAL_OR_LESS",
    "as many as": "EQUAL_OR_LESS",
    "nearly": "LESS_THAN",
    "almost": "LESS_THAN",
    "just under": "LESS_THAN",
    "about": "APPROX",
    "around": "APPROX",
    "roughly": "APPROX",
    "approximately": "APPROX",
    "some": "APPROX",
    "just over": "MORE_THAN",
    "well over": "MORE_THAN",
    "within": "EQUAL_OR_LESS",
}
PARTS: Final[dict[str, str]] = {
    "early": "START",
    "earlier": "START",
    "beginning": "START",
    "start": "START",
    "mid": "MID",
    "middle": "MID",
    "late": "END",
    "later": "END",
    "end": "END",
}
SEASONS: Final[dict[str, str]] = {
    "spring": "SP",
    "summer": "SU",
    "fall": "FA",
    "autumn": "FA",
    "winter": "WI",
}
DAY_PARTS: Final[dict[str, str]] = {
    "morning": "MO",
    "afternoon": "AF",
    "midday": "MI",
    "evening": "EV",
    "night": "NI",
    "dawn": "MO",
    "dusk": "EV",
}
ORDER: Final[dict[str, int]] = {
    word: number
    for number, word in enumerate(
        [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
            "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first",
            "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
            "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
        ],
        1,
    )
}  # fmt: skip
DECADES: Final[dict[str, int]] = {
    "twenties": 2,
    "thirties": 3,
    "forties": 4,
    "fifties": 5,
    "sixties": 6,
    "seventies": 7,
    "eighties": 8,
    "nineties": 9,
}
FIXED_DAYS: Final[dict[str, tuple[int, int]]] = {
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year’s eve": (12, 31),
    "new year's day": (1, 1),
    "new year’s day": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
    "independence day": (7, 4),
    "july fourth": (7, 4),
    "fourth of july": (7, 4),
    "veterans day": (11, 11),
    "st. patrick's day": (3, 17),
    "may day": (5, 1),
}
"""Days of the same date in every year."""
MOVING_DAYS: Final[dict[str, tuple[int, int, int]]] = {
    "thanksgiving day": (11, 3, 4),
    "thanksgiving": (11, 3, 4),
    "labor day": (9, 0, 1),
    "martin luther king jr. day": (1, 0, 3),
    "memorial day": (5, 0, -1),
    "columbus day": (10, 0, 2),
    "presidents day": (2, 0, 3),
    "mother's day": (5, 6, 2),
    "father's day": (6, 6, 3),
    "election day": (11, 1, 1),
}
"""Days told by month, weekday and which of the month (-1 the last)."""
REFERENCES: Final[dict[str, str]] = {
    "now": "PRESENT_REF",
    "right now": "PRESENT_REF",
    "currently": "PRESENT_REF",
    "at present": "PRESENT_REF",
    "presently": "PRESENT_REF",
    "these days": "PRESENT_REF",
    "nowadays": "PRESENT_REF",
    "at the moment": "PRESENT_REF",
    "current": "PRESENT_REF",
    "recently": "PAST_REF",
    "more recently": "PAST_REF",
    "recent": "PAST_REF",
    "the past": "PAST_REF",
    "the distant past": "PAST_REF",
    "the recent past": "PAST_REF",
    "the future": "FUTURE_REF",
    "the near future": "FUTURE_REF",
    "the foreseeable future": "FUTURE_REF",
    "the near term": "FUTURE_REF",
    "the short term": "FUTURE_REF",
    "the long term": "FUTURE_REF",
    "as soon as possible": "FUTURE_REF",
    "a later date": "FUTURE_REF",
}
"""Words that say only past, now or to come."""
RATES: Final[dict[str, str]] = {
    "hourly": "PT1H",
    "daily": "P1D",
    "nightly": "P1D",
    "weekly": "P1W",
    "biweekly": "P2W",
    "monthly": "P1M",
    "yearly": "P1Y",
    "annually": "P1Y",
}


def _any(words: object) -> str:
    assert isinstance(words, list | tuple | dict)
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True)
    )


_SHORT_DAYS: Final = [word for word in WEEKDAYS if not word.endswith("day")]
_LONG_DAYS: Final = [word for word in WEEKDAYS if word.endswith("day")]
MONTH: Final = rf"(?:{_any(MONTHS)})\b"
DAY_NAME: Final = rf"(?:{_any(_LONG_DAYS)})"
ANY_DAY: Final = rf"(?:{_any(_LONG_DAYS)}|(?:{_any(_SHORT_DAYS)})\.?)"
YEAR: Final = r"(?:1[0-9]|20)\d\d(?![\d%]|[.,]\d|[-–]\d{3})"
_SPELLED: Final = (
    r"(?:nineteen|eighteen|twenty)[\s-](?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
ANY_YEAR: Final = rf"(?:{YEAR}|[’'‘]\d\d\b)"
_ORDINAL: Final = rf"(?:{_any(ORDER)})"
UNIT: Final = (
    r"(?:second|minute|hour|day|night|weekend|week|fortnight|month|quarter|season|year|decade"
    r"|century|centurie|millennium|millennia)"
)
_FIGURE: Final = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:[\s-]\d/\d|[½¼¾])?"
COUNT: Final = rf"(?:{_FIGURE}|{_any(COUNTS)})"
_CLOCK: Final = (
    r"(?:\d{1,2}(?:[:.]\d\d)?\s?(?:a\.m\.?|p\.m\.?|am\b|pm\b)|\d{1,2}:\d\d(?::\d\d)?(?!\d)"
    r"|noon|midnight|\d{1,2}\so[’']clock)"
)
_ZONE: Final = r"(?:,?\s\(?(?:E[SD]T|P[SD]T|C[SD]T|M[SD]T|GMT|UTC|ET|PT|BST|CET|local\stime)\b\)?)?"
_REL: Final = r"(?:last|this\spast|this\scoming|this|next|the\sprevious|the\sfollowing|the\ssame)"

RULES: Final[tuple[tuple[str, str], ...]] = (
    (
        "iso",
        r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>[01]?\d)(?P=sep)(?P<d>[0-3]?\d)(?:[T\s](?P<clock>\d\d:\d\d))?(?!\d)",
    ),
    (
        "numeric",
        (
            r"(?<![\d/.-])(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:\d\d)?\d\d)"
            r"(?![\d/-]|\.\d)"
        ),
    ),
    (
        "date",
        (
            rf"(?:(?P<of>the\s)?(?P<week>week)\sof\s)?(?:(?P<hedge>around|about)\s)?"
            rf"(?:(?P<rel>{_REL})\s)?(?:(?P<wd>{ANY_DAY}),?\s)?(?:the\s(?=\d))?"
            rf"(?:(?P<m>{MONTH})\.?[\s-](?:the\s)?(?P<d>\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})\b"
            rf"(?!\s?(?:%|per\b|percent|million|billion|tonnes|tons)|[.,:]\d|[-–]\w)"
            rf"(?:,?\s(?P<y>{ANY_YEAR}))?"
            rf"|(?P<d2>\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})[\s-](?:of\s)?(?P<m2>{MONTH})\.?"
            rf"(?:[,\s-]\s?(?P<y2>{ANY_YEAR}))?)"
        ),
    ),
    (
        "month",
        (
            rf"(?:(?P<hedge>around|about)\s)?"
            rf"(?:(?:the\s)?(?P<part>early|mid|late|end|beginning|start|middle)"
            rf"[\s-](?:of\s|in\s)?)?"
            rf"(?:(?P<rel>{_REL}|each|every)\s)?(?P<m>{MONTH})(?:\.(?=[\s,]))?"
            rf"(?:,?\s(?:of\s)?(?P<y>{ANY_YEAR}|{_SPELLED})|(?:\sof)?\s(?P<ry>last|this|next)\syear)?"
        ),
    ),
    (
        "weekday",
        (
            rf"(?:(?P<part>early|earlier|late|later|mid)\s(?:on\s)?)?"
            rf"(?:(?P<before>(?:the\s)?day\sbefore)\s)?"
            rf"(?:(?P<rel>{_REL}|each|every)\s)?(?P<wd>{DAY_NAME})(?P<many>s)?"
            rf"(?:\s(?:(?P<part2>early|late|mid)\s)?(?P<pod>{_any(DAY_PARTS)})s?)?\b"
        ),
    ),
    (
        "today",
        (
            rf"(?:(?P<part>early|earlier|late|later)\s)?(?:(?P<pod>mid-?(?:morning|afternoon))\s)?"
            rf"(?:(?P<before>the\sday\s(?:before|after))\s)?"
            rf"(?P<day>today|yesterday|tomorrow|tonight|overnight)"
            rf"(?:\s(?P<pod2>{_any(DAY_PARTS)}))?\b"
        ),
    ),
    (
        "daypart",
        (
            rf"(?:(?P<part>early|earlier|late|later|mid)[\s-])?"
            rf"(?:(?P<rel>this|last|that|the\s(?:next|previous|following|same))\s)?"
            rf"(?:(?P<part2>early|late|mid)[\s-])?(?P<pod>{_any(DAY_PARTS)})\b"
        ),
    ),
    ("clock", rf"(?:(?P<hedge>around|about|before|by)\s)?(?P<clock>{_CLOCK}){_ZONE}"),
    (
        "quarter",
        (
            rf"(?:(?:the|its|a)\s)?(?:(?P<same>same|comparable|corresponding|latest|current|previous"
            rf"|flat|recent|most\srecent)\s)?"
            rf"(?:(?P<ago>year-(?:earlier|ago)|previous-year|prior-year)\s)?"
            rf"(?:(?P<y>{YEAR})\s|(?P<rel>this|last|next)\syear[’']s\s)?"
            rf"(?:(?P<fiscal>fiscal)[\s-])?(?:(?P<y3>{YEAR})\s)?"
            rf"(?:(?P<n>first|second|third|fourth|final|last|1st|2nd|3rd|4th)[\s-](?P<u>quarter|half)"
            rf"|(?P<u2>[QH])(?P<n2>[1-4]))\b"
            rf"(?:\s?[’'](?P<y4>\d\d)\b|[\s-](?:of\s)?(?P<fiscal2>fiscal\s(?:year\s)?|FY)?(?P<y2>{YEAR})"
            rf"|\s(?:of\s)?(?P<ry>last|this|next|the)\s(?P<fiscal3>fiscal\s)?year"
            rf"(?:\searlier)?)?"
        ),
    ),
    (
        "period",
        (
            rf"(?:(?:the|its)\s)?(?P<which>same|comparable|corresponding|like|latest|current|previous"
            rf"|recent|most\srecent|year-(?:earlier|ago)|comparable\syear-(?:earlier|ago)|{YEAR}"
            rf"|last\syear[’']s|this\syear[’']s|that|this|last|next|the)"
            rf"\s(?:fiscal\s)?(?P<u>quarter|period)\b"
            rf"(?:\s(?P<ry>a\syear\s(?:ago|earlier)|last\syear|of\s{YEAR}))?"
        ),
    ),
    (
        "fiscal",
        (
            rf"(?:(?P<the>the|its|this|last|next|the\slatest|the\scurrent)\s)?"
            rf"(?:fiscal(?:\syear)?|FY|financial\syear)[\s-]?(?P<y>{YEAR}|[’']?\d\d\b)?"
        ),
    ),
    (
        "ago",
        (
            rf"(?:(?P<hedge>{_any(HEDGES)})\s)?(?P<n>{COUNT})[\s-](?P<u>{UNIT})s?(?P<so>\sor\sso)?"
            rf"\s(?P<way>ago|earlier|later|before|after|previously|from\snow|hence)\b"
        ),
    ),
    ("year_ago", r"(?:the\s)?(?P<u>year)-(?:ago|earlier)\b"),
    ("ago_bare", rf"(?P<u>{UNIT})s\s(?P<way>ago|earlier|later)\b"),
    (
        "count",
        (
            rf"(?:(?P<hedge>{_any(HEDGES)})\s)?"
            rf"(?:(?P<the>the|its|their|an)\s)?"
            rf"(?:(?P<way>first|last|past|next|coming|previous|preceding|latest|following|final"
            rf"|additional|another|other|opening|year-(?:earlier|ago))\s)?"
            rf"(?P<n>{COUNT})[\s-](?:(?P<extra>more|additional|full|straight|consecutive|trading"
            rf"|business|working|calendar|fiscal|long|other|solid|extra)\s)?"
            rf"(?P<u>{UNIT})(?P<many>s?)(?P<own>[’']?)"
            rf"(?P<half>\sand\sa\shalf)?(?P<long>-long|-old|\sold\b|-olds)?(?P<so>\sor\s(?:so|two|more))?"
        ),
    ),
    (
        "deictic",
        (
            rf"(?:(?:the\s)?(?P<part>early|earlier|late|later|mid|sometime|end|beginning|middle|start)"
            rf"[\s-](?:of\s|in\s)?)?"
            rf"(?P<rel>this\spast|this\scoming|this|last|next|the\spast|the\slast|the\snext"
            rf"|the\scoming|the\sprevious|the\sfollowing|the\ssame|that\ssame|that|the\scurrent|past"
            rf"|previous|coming|the\slatest|current|following)"
            rf"\s(?P<cal>calendar\s|fiscal\s|financial\s)?"
            rf"(?P<u>week|weekend|month|quarter|year|decade|century|day|millennium|{_any(SEASONS)})"
            rf"\b(?P<own>[’']s)?"
        ),
    ),
    (
        "the_unit",
        (
            rf"(?:(?:the\s)?(?P<part>early|earlier|late|later|end|beginning|middle|start|rest"
            rf"|remainder)(?:[\s-](?:of|in))?\s)?(?P<the>the|each|every|a|per)"
            rf"\s(?P<full>full\s|whole\s|entire\s|early\s|late\s)?"
            rf"(?P<u>weekend|week|month|quarter|year|decade|day|{_any(SEASONS)})\b"
            rf"(?:\sof\s(?P<y>{ANY_YEAR}|{_SPELLED}))?"
        ),
    ),
    (
        "vague",
        (
            rf"(?:(?:the|in)\s)?(?P<which>recent|coming|past|future|the|subsequent|previous|those"
            rf"|later|early|following|earlier|these|all|many\sof\sthe)\s"
            rf"(?P<u>{UNIT})s\b(?:\sahead|\sto\scome)?(?:\s(?:and|or)\s(?:{UNIT})s)?"
        ),
    ),
    ("bare", rf"(?P<u>{UNIT})s(?:\s(?:and|or)\s{UNIT}s)?\b(?!\s?old)(?P<long>-long)?"),
    ("yearend", r"(?:(?:the\s|around\s|about\s)?(?P<which>year)(?:[’']s)?[\s-]end)\b"),
    (
        "decade",
        (
            rf"(?:the\s)?(?:(?P<part>early|mid|late|end|beginning|middle|start|last\shalf|first\shalf)"
            rf"[\s-](?:of\sthe\s)?)?(?:(?P<y>(?:1[0-9]|20)\d0)[’']?s|[’'‘](?P<y2>\d0)s"
            rf"|(?P<word>{_any(DECADES)}))\b"
        ),
    ),
    (
        "century",
        rf"(?:the\s)?(?P<n>\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL})[\s-]century(?P<bc>\sBC)?\b",
    ),
    (
        "year",
        (
            rf"(?:(?:the\s)?(?P<part>early|mid|late|end|beginning|middle|start|summer|spring|fall"
            rf"|autumn|winter|post|pre)[\s-](?:of\s|in\s)?)?(?:(?:the|calendar)\syear\s)?"
            rf"(?P<y>{YEAR}|{_SPELLED}|(?<=year\s)two\sthousand|\d{{1,4}}(?=\s(?:BCE?\b|B\.C\.)))"
            rf"(?![\d$])(?:\s(?P<bc>BCE?|B\.C\.)(?!\w))?"
            rf"(?P<after>\s(?:and\sbeyond|or\slater))?"
        ),
    ),
    ("season_year", rf"(?:the\s)?(?P<u>{_any(SEASONS)})(?:\sof)?\s(?P<y>{ANY_YEAR}|{_SPELLED})"),
    ("holiday", rf"(?:(?P<rel>last|this|next)\s)?(?P<day>{_any([*FIXED_DAYS, *MOVING_DAYS])})\b"),
    ("rate", rf"(?P<word>{_any(RATES)})\b"),
    ("ref", rf"(?P<word>{_any(REFERENCES)})\b"),
)
"""Each form by its name; of several that fit at one place the longest is taken."""
