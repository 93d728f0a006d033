"""When, where and by whom a report was published: from its metadata and its first lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from oreline.watch._gazetteer import RELEASE_WIRES, WIRES
from oreline.watch._source import UNTOLD, Published, Told
from oreline.watch._times import MONTHS, month_of

HEAD_CHARS: Final = 1_200
"""How far from the beginning a date counts as that of publication."""

ENGLISH_SHARE_MIN: Final = 0.12
"""The share of English function words above which a text is English without further tests."""

_FUNCTION_WORDS: Final = frozenset(
    [
        "the", "of", "and", "to", "in", "a", "is", "for", "that", "on", "with", "as", "by",
        "at", "from", "was", "it", "are", "be", "has", "its", "an", "this", "will", "or",
        "were", "which", "said", "have", "not", "but",
    ]
)  # fmt: skip
_GLUED: Final = re.compile(r"\s*date ((?:19|20)\d\d-\d\d-\d\d)\b")
_NUMERIC: Final = re.compile(r"(?<![\d/.-])(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)(?![\d/])")
_ISO: Final = re.compile(r"(?<![\d-])((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_NAMES: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_WRITTEN: Final = re.compile(
    rf"(?<!\w)(?:(?P<m1>{_NAMES})\.? (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y1>(?:19|20)\d\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?P<m2>{_NAMES})\.?,? (?P<y2>(?:19|20)\d\d))(?!\w)",
    re.IGNORECASE,
)
_TOLD_MONTH: Final = re.compile(
    rf"\b(?:in|since|on|of) (?:\d{{1,2}} )?({_NAMES})\.? (?:\d{{1,2}}, )?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_PUBLISHED_LINE: Final = re.compile(
    r"^(?:published|posted|date|updated|released)\b[^\n]{0,60}$|·|\||/PRNewswire/|BUSINESS "
    r"WIRE|GLOBE NEWSWIRE|--",
    re.IGNORECASE | re.MULTILINE,
)
_BYLINE: Final = re.compile(
    r"^\s*([A-Z][\w.&’' -]{1,40}?)\s?[·•|–-]\s?(?=\d{1,2}[/.]|[A-Z][a-z]{2,8} \d|\d{1,2} "
    r"[A-Z]|(?:19|20)\d\d)",
    re.MULTILINE,
)
_EDITORS: Final = re.compile(
    r"(?:published by|reviewed by|and published by) ([A-Z][\w.&’' ]{1,30}?) (?:editors|staff|"
    r"newsroom)"
)
_OUTLET_LINE: Final = re.compile(
    r"^(?:outlet|publisher|publication|source):\s*(.{2,60})$", re.IGNORECASE | re.MULTILINE
)
_ASSISTED: Final = re.compile(
    r"\b(?:(?:produced|generated|written|created|drafted|"
    r"translated) (?:with (?:the )?(?:help|aid|assistance) of|by|using|with) (?:an? )?(?:AI|"
    r"artificial intelligence|generative AI|large language model)"
    r"|AI[- ](?:generated|assisted|written)|(?:help|assistance|use) of (?:AI|artificial "
    r"intelligence))\b",
    re.IGNORECASE,
)
_MACHINE: Final = re.compile(r"\bai\b|artificial intelligence|large language model")
"""What every such sentence has, in small letters: most reports have none of it."""
_COMPANY_ITSELF: Final = re.compile(
    r"([A-Z][\wÀ-ž.,&’' -]{2,60}?)\s?(?:\([^()]{2,40}\)\s?)*\((?:the\s)?[“\"][^)]{1,60}[”\"] "
    r"or (?:the\s)?[“\"](?:the )?Company[”\"]\)"
    r"|^SOURCE:?\s(.{3,60})$|([A-Z][\wÀ-ž.,&’' -]{2,60}?)\s?(?:\([^()]{2,60}\)\s?)*(?:,[^,]{"
    r"3,60},)?\s(?:is pleased to announce|today announced|announced today)",
    re.MULTILINE,
)
_RELEASE: Final = re.compile(
    r"\b(?:FOR IMMEDIATE RELEASE|PRESS RELEASE|NEWS RELEASE)\b|^(?:Press|News) [Rr]elease\b",
    re.MULTILINE,
)


def wire_of(text: str) -> Told:
    """Give the wire that distributed a report, by its mark in the dateline.

    >>> wire_of("VANCOUVER, BC, Sept. 26, 2025 /PRNewswire/ -- Tarn Valley").value
    'PR Newswire'
    """
    head = text[:HEAD_CHARS]
    for mark, name in WIRES.items():
        if re.search(
            rf"\({re.escape(mark)}\)|/{re.escape(mark)}/|--\({re.escape(mark)}\)|^{re.escape(mark)}"
            rf"\s?(?:-|–|—)\s",
            head,
            re.MULTILINE,
        ):
            return Told(name, f"mark of the wire: {mark}")
    return UNTOLD


def issuer_of(text: str, *, is_release: bool) -> Told:
    """Give who issued a release, None where a report is none."""
    if not is_release:
        return UNTOLD
    match = _COMPANY_ITSELF.search(text)
    if match is None:
        return UNTOLD
    name = next(group for group in match.groups() if group)
    name = re.split(r"(?:--|—|–)\s", name)[-1].strip(" ,")
    return Told(name, "the release speaks of it as the company")


def is_release(text: str, wire: Told) -> bool:
    """Return whether a text is a release: its issuer's own words."""
    return bool(_RELEASE.search(text[:HEAD_CHARS])) or wire.value in RELEASE_WIRES


def assistance(text: str) -> str | None:
    """Give the sentence that says a machine helped to write, None if none says so."""
    match = _ASSISTED.search(text) if _MACHINE.search(text.lower()) else None
    if match is None:
        return None
    start = 1 + max(text.rfind(".", 0, match.start()), text.rfind("\n", 0, match.start()))
    ends = (text.find(".", match.end()), text.find("\n", match.end()))
    return text[start : min((end for end in ends if end >= 0), default=len(text))].strip()


def outlet_of(text: str) -> Told:
    """Give the outlet that a text names: in the line with the date, or where it says who edits.

    >>> outlet_of("Benzinga·10/03/2025 10:43:39").value
    'Benzinga'
    """
    line = _OUTLET_LINE.search(text[:HEAD_CHARS])
    if line is not None:
        return Told(line.group(1).strip(), "line of the text")
    byline = _BYLINE.search(text[:HEAD_CHARS])
    if (
        byline is not None
        and byline.group(1).lower() not in MONTHS
        and not re.search(r"\b(?:Updated|Published|Posted|By)\b", byline.group(1))
    ):
        return Told(byline.group(1).strip(), "line with the date")
    editors = _EDITORS.search(text)
    return UNTOLD if editors is None else Told(editors.group(1), "who says that it edits")


def published_of(text: str, given: Iterable[tuple[str, date]], today: date | None) -> Published:
    """Give when a report was published.

    Parameters
    ----------
    given
        Days that metadata tells, each with what tells it, the most reliable first.
    today
        Days after it are no day of publication; None tests none.
    """
    known = [(basis, day) for basis, day in given if today is None or day <= today]
    if known:
        days = tuple(dict.fromkeys(day for _, day in known))
        return Published(known[0][1], known[0][0], days if len(days) > 1 else ())
    glued = _GLUED.match(text)
    if (
        glued is not None
        and (day := _day(*map(int, glued.group(1).split("-")))) is not None
        and (today is None or day <= today)
    ):
        return Published(day, "date before the headline")
    return _from_head(text, today)


_DATELINE: Final = re.compile(
    rf"^\s*(?:date \d{{4}}-\d\d-\d\d\s+)?(?:[A-Z][A-Za-z .,]{{2,40}}, )?(?P<m>{_NAMES})\.? "
    r"(?P<d>\d{1,2})(?:, (?P<y>(?:19|20)\d\d))?\s?(?:\([A-Z][A-Za-z-]+\)|/[A-Za-z]+/)\s?(?:-|–|—)",
    re.MULTILINE | re.IGNORECASE,
)
CRAWLED_DAYS_MIN: Final = 14
"""So much later than the dateline, a page's date is that of a copy."""


def written_day(text: str, day: date | None) -> date | None:
    """Give the day of a dateline that lies well before the day that a page gives, else None.

    A dateline without a year is of the last such day before the page's.

    >>> written_day("WASHINGTON, Aug 25 (Reuters) - Copper was added.", date(2025, 12, 13))
    datetime.date(2025, 8, 25)
    >>> written_day("WASHINGTON, Aug 25 (Reuters) - Copper was added.", date(2025, 8, 26))
    """
    match = None if day is None else _DATELINE.search(text[:HEAD_CHARS])
    if match is None or day is None:
        return None
    month, number = MONTHS[match["m"].lower()], int(match["d"])
    years = (int(match["y"]),) if match["y"] else (day.year, day.year - 1)
    told = [one for year in years if (one := _day(year, month, number)) is not None and one <= day]
    if not told or (day - told[0]).days < CRAWLED_DAYS_MIN:
        return None
    return told[0]


def _from_head(text: str, today: date | None) -> Published:
    head = text[:HEAD_CHARS]
    for match in _NUMERIC.finditer(head):
        found = _numeric(match, text, today)
        if found is not None:
            return found
    found_days: list[tuple[int, date]] = []
    for match in _ISO.finditer(head):
        day = _day(*map(int, match.groups()))
        if day is not None:
            found_days.append((match.start(), day))
    for match in _WRITTEN.finditer(head):
        first = match["m1"] is not None
        names = ("y1", "m1", "d1") if first else ("y2", "m2", "d2")
        day = _day(int(match[names[0]]), MONTHS[match[names[1]].lower()], int(match[names[2]]))
        if day is not None:
            found_days.append((match.start(), day))
    for place, day in sorted(found_days):
        line = _line(text, place)
        if (today is None or day <= today) and (
            len(line) < 70 or _PUBLISHED_LINE.search(line[:160])
        ):
            return Published(day, "line with the date")
    return Published(None, "not found")


def _line(text: str, place: int) -> str:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    return text[start : len(text) if end < 0 else end]


def _numeric(match: re.Match[str], text: str, today: date | None) -> Published | None:
    """Read 10/03/2025: which number is the month follows from what the text tells of the past."""
    one, two, year = (int(part) for part in match.groups())
    readings = {"month first": _day(year, one, two), "day first": _day(year, two, one)}
    possible = {
        how: day
        for how, day in readings.items()
        if day is not None and (today is None or day <= today)
    }
    days = set(possible.values())
    if not days:
        return None
    if len(days) == 1:
        return Published(next(iter(days)), "line with the date")
    told = [
        month_of(int(found.group(2)), MONTHS[found.group(1).lower()])[0]
        for found in _TOLD_MONTH.finditer(text, match.end())
    ]
    later = [day for day in told if day <= max(days)]
    if later:
        left = {how: day for how, day in possible.items() if day >= max(later)}
        if len(left) == 1:
            how, day = next(iter(left.items()))
            return Published(day, f"line with the date, {how}, for it tells of {max(later):%B %Y}")
    return Published(None, "the date can be read in two ways", tuple(sorted(days)))


def _day(year: int, month: int, day: int) -> date | None:
    if 1 <= month <= 12 and 1 <= day <= month_of(year, month)[1].day:
        return date(year, month, day)
    return None


def language_of(text: str) -> Told:
    """Give the language of a text: English by its function words, others by a trained model.

    >>> language_of("The deal was signed in the capital and it is worth a lot to the two.").value
    'en'
    """
    words = re.findall(r"[^\W\d_]+", text[:6_000].lower())
    if len(words) < 4:
        return UNTOLD
    share = sum(word in _FUNCTION_WORDS for word in words) / len(words)
    if share >= ENGLISH_SHARE_MIN:
        return Told("en", "English function words")
    import py3langid

    code, _ = py3langid.classify(text[:6_000])
    return Told(str(code), "trained model (langid)")
