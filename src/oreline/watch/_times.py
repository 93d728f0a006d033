"""Words that say when, as intervals of days, anchored where they were said."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from oreline.watch._claim import When
from oreline.watch._either import either
from oreline.watch._numbers import NUMBERS
from oreline.watch._words import first_words, matches

QUOTED_DAYS_MAX: Final = 31
"""How many days before a report what it quotes may have been said, where nobody tells the day."""

MONTHS: Final[dict[str, int]] = {
    name.lower(): number
    for number in range(1, 13)
    for name in (calendar.month_name[number], calendar.month_abbr[number])
} | {"sept": 9}
WEEKDAYS: Final[dict[str, int]] = {
    name.lower(): number
    for number in range(7)
    for name in (calendar.day_name[number], calendar.day_abbr[number])
} | {"tues": 1, "thur": 3, "thurs": 3}
_QUARTERS: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
}
_DAY: Final = timedelta(days=1)
_MONTH_WORDS: Final = either(MONTHS)
_LONG_DAYS: Final = "|".join(name for name in WEEKDAYS if name.endswith("day"))
_COUNTS: Final = "|".join(
    [*(word for word in NUMBERS if word != "zero"), "a", "an", "a few", "several"]
)
_YEAR: Final = r"(?:19|20)\d\d"

_TIME: Final = re.compile(
    rf"""
    \b(?:
    (?P<iso>{_YEAR}-\d\d-\d\d\b)
  | (?P<dm_d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<dm_m>{_MONTH_WORDS})\b\.?
      (?:,?\s+(?P<dm_y>{_YEAR})\b)?
  | (?P<md_m>{_MONTH_WORDS})\b\.?\s+(?P<md_d>\d{{1,2}})(?:st|nd|rd|th)?\b
      (?!\s*(?:%|per|million|billion|tonnes))(?:,?\s+(?P<md_y>{_YEAR})\b)?
  | (?:(?P<part_m>early|mid|late|end|beginning)[\s-](?:of\s)?)?
      (?:(?P<m_mod>last|next)\s)?(?P<my_m>{_MONTH_WORDS})\b\.?
      (?:,?\s+(?:of\s+)?(?P<my_y>{_YEAR})\b)?
  | (?P<quarter>first|second|third|fourth)(?:[\s-]quarter)
      (?:\s+(?:of\s+)?(?P<quarter_y>{_YEAR})\b)?
  | Q(?P<q>[1-4])(?:[\s-]+(?P<q_y>{_YEAR})\b)?
  | H(?P<h>[12])\b(?:[\s-]+(?P<h_y>{_YEAR})\b)?
  | (?:(?P<part_s>early|mid|late)[\s-])?(?:(?P<s_mod>last|this|next)\s)?
      (?P<season>spring|summer|autumn|winter|(?<=last\s)fall|(?<=this\s)fall|(?<=next\s)fall)\b
      (?:\s+(?:of\s+)?(?P<season_y>{_YEAR})\b)?
  | (?P<year_end>(?:the\s+)?year[\s-]end)\b
  | (?P<half>first|second)\s+half(?:\s+(?:of\s+)?(?P<half_y>{_YEAR})\b)?
  | (?P<day>today|yesterday|tomorrow|this\s(?:morning|afternoon|evening)|tonight|overnight)\b
  | (?:(?P<part_u>early|mid|late|(?:by\s)?the\send\sof|end\sof)[\s-])?
      (?P<mod>(?<=end\sof\s)the|earlier\sthis|later\sthis|this|last|past|next|the\ssame)
      \s(?P<unit>week|month|year|quarter)\b
  | (?:(?P<wd_mod>last|next|this|earlier\sthis\sweek\son|on)\s)?(?P<wd>{_LONG_DAYS})\b
  | (?P<ago_n>\d{{1,3}}|{_COUNTS})\s(?P<ago_u>day|week|month|year)s?\s(?P<ago>ago|earlier)\b
  | (?P<loose>(?:days|weeks|months|years)\s(?:after|before))\b
  | (?:(?P<part_y>early|mid|late|end|(?:by\s)?the\send|beginning)[\s-](?:of\s)?)?
      (?P<year>20\d\d)(?!\d|[,.]\d|-\d)\b
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip


_FIRSTS: Final = first_words(
    [
        *MONTHS, *WEEKDAYS, *NUMBERS, "a", "an", "several", "days", "weeks", "months", "years",
        "early", "mid", "late", "end", "beginning", "by", "the", "first", "second", "third",
        "fourth", "q1", "q2", "q3", "q4", "h1", "h2", "last", "next", "this", "past", "earlier",
        "later", "on", "spring", "summer", "autumn", "winter", "fall", "year", "today",
        "yesterday", "tomorrow", "tonight", "overnight",
    ]
)  # fmt: skip
"""The words with which a time may begin, beside figures."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The days within which words were said, and how that is known."""

    first: date
    last: date
    basis: str

    @property
    def is_day(self) -> bool:
        """Return whether it is one day."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class TimeFound:
    """Words that say when, by their place."""

    start: int
    end: int
    said: str
    match: re.Match[str]


def times(text: str) -> list[TimeFound]:
    """Give the words of a text that say when; numbers that are no dates are left alone.

    >>> [one.said for one in times("up 900% to $0.44 on Thursday, it may rise in May")]
    ['on Thursday', 'May']
    """
    return [
        TimeFound(match.start(), match.end(), match.group().strip(" ."), match)
        for match in matches(_TIME, text, _FIRSTS, figures=True)
        if _is_time(text, match)
    ]


def _is_time(text: str, match: re.Match[str]) -> bool:
    month = match["my_m"]
    if month is not None:
        # "may" and "march" are verbs too, "Sun" and "Sat" are names: a month is written large.
        place = match.start("my_m")
        if not text[place].isupper():
            return False
        if month.lower() in ("may", "march", "mar") and match["my_y"] is None:
            before = text[max(0, place - 14) : place].lower()
            return bool(
                re.search(
                    r"(?:\b(?:in|since|until|by|from|of|for|to|last|next|and|early|mid|late|"
                    r"end|on)[\s-]|,\s)$",
                    before,
                )
            )
    if match["dm_m"] is not None:
        return text[match.start("dm_m")].isupper() and 1 <= int(match["dm_d"]) <= 31
    if match["md_m"] is not None:
        return text[match.start("md_m")].isupper() and 1 <= int(match["md_d"]) <= 31
    if match["quarter"] is not None or match["half"] is not None:
        # A fiscal quarter is that of a firm: no text says which months it has.
        return not text[max(0, match.start() - 7) : match.start()].lower().endswith("fiscal ")
    if match["season"] is not None and not (match["s_mod"] or match["season_y"]):
        # "a spring" is a part of a machine as well.
        before = text[max(0, match.start("season") - 12) : match.start("season")].lower()
        return bool(match["part_s"] or re.search(r"\b(?:in|by|until|this)\s(?:the\s)?$", before))
    if match["year"] is not None:
        before = text[max(0, match.start("year") - 12) : match.start("year")].lower()
        return bool(
            match["part_y"]
            or re.search(
                r"\b(?:in|since|until|by|from|of|for|to|during|before|after|and|or|through|"
                r"till|than|around|as of)\s$",
                before,
            )
        )
    return True


def resolved(found: TimeFound, anchor: Anchor | None, *, is_future: bool) -> When:
    """Give the days that words mean.

    Parameters
    ----------
    anchor
        When they were said; None if nobody tells.
    is_future
        Whether what they date is yet to come.

    Examples
    --------
    >>> day = date(2025, 10, 3)
    >>> def tell(words, first=day, last=day):
    ...     return str(resolved(times(words)[0], Anchor(first, last, "published"), is_future=False))
    >>> tell("on Thursday"), tell("last month"), tell("in September"), tell("last week")
    ('2025-10-02', '2025-09-01/2025-09-30', '2025-09-01/2025-09-30', '2025-09-22/2025-09-28')
    >>> tell("earlier this month", date(2025, 9, 30), date(2025, 10, 6))
    '2025-09-01/2025-10-06'
    """
    fixed = _fixed(found.match)
    if fixed is not None:
        return When(fixed[0], fixed[1], found.said, "as written")
    if found.match["loose"] is not None:
        return When(None, None, found.said, "counted from another event, which has no day here")
    if anchor is None:
        return When(None, None, found.said, "the day it was said on is not known")
    readings = dict.fromkeys(
        span
        for day in days_of(anchor)
        if (span := _relative(found.match, day, is_future=is_future)) is not None
    )
    if not readings:
        return When(None, None, found.said, "no such day")
    spans = tuple(sorted(readings))
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    basis = f"counted from {anchor.first.isoformat()}"
    if not anchor.is_day:
        basis += f" to {anchor.last.isoformat()}"
    basis += f", {anchor.basis}"
    several = _merged(spans) if len(spans) > 1 else ()
    return When(first, last, found.said, basis, several)


def _merged(spans: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
    """Give spans that begin on the same day as one, the longest."""
    longest: dict[date, date] = {}
    for first, last in spans:
        longest[first] = max(last, longest.get(first, last))
    return tuple(longest.items()) if len(longest) <= 6 else ()


def quoted_anchor(published: Anchor | None, said: When | None) -> Anchor | None:
    """Give the days on which something quoted in a report may have been said.

    A release is older than the report that quotes it: by as much as the report tells, and by at
    most :data:`QUOTED_DAYS_MAX` where it does not.
    """
    if published is None:
        return None
    if said is not None and said.first is not None and said.last is not None:
        last = min(said.last, published.last)
        if said.first <= last:
            return Anchor(said.first, last, f"when it was said ({said.said})")
    first = published.first - timedelta(days=QUOTED_DAYS_MAX)
    return Anchor(first, published.last, f"at most {QUOTED_DAYS_MAX} days before the report")


def days_of(anchor: Anchor) -> Iterator[date]:
    """Give each day of an anchor."""
    day = anchor.first
    while day <= anchor.last:
        yield day
        day += _DAY


def _fixed(match: re.Match[str]) -> tuple[date, date] | None:
    if match["iso"] is not None:
        found = _date(*(int(part) for part in match["iso"].split("-")))
        return None if found is None else (found, found)
    for day, month, year in (("dm_d", "dm_m", "dm_y"), ("md_d", "md_m", "md_y")):
        if match[year] is not None:
            found = _date(int(match[year]), MONTHS[match[month].lower()], int(match[day]))
            return None if found is None else (found, found)
    if match["my_y"] is not None:
        return _part(month_of(int(match["my_y"]), MONTHS[match["my_m"].lower()]), match["part_m"])
    for name, year in (("quarter", "quarter_y"), ("q", "q_y")):
        if match[year] is not None:
            return quarter_of(int(match[year]), _QUARTERS[match[name].lower()])
    if match["half_y"] is not None:
        return _half(int(match["half_y"]), match["half"])
    if match["h_y"] is not None:
        return _half(int(match["h_y"]), "first" if match["h"] == "1" else "second")
    if match["season_y"] is not None:
        return _part(_season(int(match["season_y"]), match["season"]), match["part_s"])
    if match["year"] is not None:
        year_ = int(match["year"])
        return _part((date(year_, 1, 1), date(year_, 12, 31)), match["part_y"])
    return None


def _relative(match: re.Match[str], day: date, *, is_future: bool) -> tuple[date, date] | None:
    if match["season"] is not None:
        return _near_season(match, day, is_future=is_future)
    if match["year_end"] is not None:
        year = day.year if is_future or day.month > 3 else day.year - 1
        return _part((date(year, 1, 1), date(year, 12, 31)), "end")
    return _counted(match, day, is_future=is_future)


def _counted(match: re.Match[str], day: date, *, is_future: bool) -> tuple[date, date] | None:
    if match["dm_d"] is not None or match["md_d"] is not None:
        name = "dm" if match["dm_d"] is not None else "md"
        number, month = int(match[f"{name}_d"]), MONTHS[match[f"{name}_m"].lower()]
        near = [_date(day.year + step, month, number) for step in (-1, 0, 1)]
        return _nearest([(one, one) for one in near if one is not None], day, is_future=is_future)
    if match["my_m"] is not None:
        month = MONTHS[match["my_m"].lower()]
        spans = [month_of(day.year + step, month) for step in (-1, 0, 1)]
        span = _by_mod(spans, match["m_mod"], day, is_future=is_future)
        return None if span is None else _part(span, match["part_m"])
    if match["quarter"] is not None or match["q"] is not None:
        number = _QUARTERS[(match["quarter"] or match["q"]).lower()]
        spans = [quarter_of(day.year + step, number) for step in (-1, 0, 1)]
        return _nearest(spans, day, is_future=is_future)
    if match["half"] is not None or match["h"] is not None:
        half = match["half"] or ("first" if match["h"] == "1" else "second")
        spans = [_half(day.year + step, half) for step in (-1, 0, 1)]
        return _nearest(spans, day, is_future=is_future)
    if match["day"] is not None:
        step = {"yesterday": -1, "overnight": -1, "tomorrow": 1}.get(match["day"].lower(), 0)
        return day + step * _DAY, day + step * _DAY
    if match["wd"] is not None:
        return _weekday(match, day, is_future=is_future)
    if match["ago_n"] is not None:
        return _ago(match, day)
    if match["part_u"] is not None:
        return _part(_unit_whole(match, day), match["part_u"])
    return _unit(match, day, is_future=is_future)


def _near_season(match: re.Match[str], day: date, *, is_future: bool) -> tuple[date, date] | None:
    spans = [_season(day.year + step, match["season"]) for step in (-1, 0, 1)]
    span = _by_mod(spans, match["s_mod"], day, is_future=is_future)
    return None if span is None else _part(span, match["part_s"])


def _by_mod(
    spans: list[tuple[date, date]], word: str | None, day: date, *, is_future: bool
) -> tuple[date, date] | None:
    """Give the span that last, this or next means, of those of three years."""
    mod = (word or "").lower()
    if mod == "last":
        return next((one for one in reversed(spans) if one[1] < day), None)
    if mod == "next":
        return next((one for one in spans if one[0] > day), None)
    return spans[1] if mod == "this" else _nearest(spans, day, is_future=is_future)


def _season(year: int, word: str) -> tuple[date, date]:
    """Give the months of a season north of the equator; a winter begins in December."""
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[word.lower()]
    end, last = divmod(year * 12 + first + 1, 12)
    return date(year, first, 1), month_of(end, last + 1)[1]


def _nearest(
    spans: list[tuple[date, date]], day: date, *, is_future: bool
) -> tuple[date, date] | None:
    """Give the latest span that has begun, or the first that has not ended."""
    if is_future:
        return next((span for span in spans if span[1] >= day), None)
    return next((span for span in reversed(spans) if span[0] <= day), None)


def _weekday(match: re.Match[str], day: date, *, is_future: bool) -> tuple[date, date]:
    wanted = WEEKDAYS[match["wd"].lower()]
    word = (match["wd_mod"] or "").lower()
    if is_future or word == "next":
        step = (wanted - day.weekday()) % 7 or 7
        return day + step * _DAY, day + step * _DAY
    step = (day.weekday() - wanted) % 7
    if word == "last" and step == 0:
        step = 7
    return day - step * _DAY, day - step * _DAY


def _ago(match: re.Match[str], day: date) -> tuple[date, date]:
    word = match["ago_n"].lower()
    unit = match["ago_u"].lower()
    if word in ("a few", "several"):
        length = {"day": 1, "week": 7, "month": 31, "year": 366}[unit]
        return day - 9 * length * _DAY, day - 2 * length * _DAY
    count = int(word) if word.isdigit() else NUMBERS.get(word, 1)
    if unit == "day":
        return day - count * _DAY, day - count * _DAY
    if unit == "week":
        return day - (7 * count + 3) * _DAY, day - (7 * count - 3) * _DAY
    months = count * (12 if unit == "year" else 1)
    if unit == "year":
        return date(day.year - count, 1, 1), date(day.year - count, 12, 31)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return month_of(year, month + 1)


def _unit_whole(match: re.Match[str], day: date) -> tuple[date, date]:
    """Give a whole week, month, quarter or year, of which a part is meant."""
    word, unit = " ".join(match["mod"].lower().split()), match["unit"].lower()
    step = {"last": -1, "past": -1, "next": 1}.get(word, 0)
    if unit == "week":
        monday = day - day.weekday() * _DAY + 7 * step * _DAY
        return monday, monday + 6 * _DAY
    if unit == "month":
        year, month = divmod(day.year * 12 + day.month - 1 + step, 12)
        return month_of(year, month + 1)
    if unit == "quarter":
        year, number = divmod(day.year * 4 + (day.month - 1) // 3 + step, 4)
        return quarter_of(year, number + 1)
    return date(day.year + step, 1, 1), date(day.year + step, 12, 31)


def _unit(match: re.Match[str], day: date, *, is_future: bool) -> tuple[date, date]:
    word, unit = " ".join(match["mod"].lower().split()), match["unit"].lower()
    step = {"last": -1, "past": -1, "next": 1}.get(word, 0)
    if unit == "week":
        monday = day - day.weekday() * _DAY + 7 * step * _DAY
        if step or is_future or word == "later this":
            return monday, monday + 6 * _DAY
        # On a Monday, "this week" is what was before it as well: seven days back.
        return min(monday, day - 6 * _DAY), day
    span = _unit_whole(match, day)
    if step:
        return span
    if word == "later this" or (is_future and word == "this"):
        return day, span[1]
    return span[0], day


def month_of(year: int, month: int) -> tuple[date, date]:
    """Give the first and the last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def quarter_of(year: int, number: int) -> tuple[date, date]:
    """Give the first and the last day of a quarter of a year."""
    return date(year, 3 * number - 2, 1), month_of(year, 3 * number)[1]


def _half(year: int, word: str) -> tuple[date, date]:
    if word.lower() == "first":
        return date(year, 1, 1), date(year, 6, 30)
    return date(year, 7, 1), date(year, 12, 31)


def _part(span: tuple[date, date], word: str | None) -> tuple[date, date]:
    """Give the part of a span that early, mid, late and end mean: a third of it."""
    if word is None:
        return span
    length = (span[1] - span[0]).days + 1
    third = length // 3
    word = word.lower()
    if word in ("early", "beginning"):
        return span[0], span[0] + (third - 1) * _DAY
    if word == "mid":
        return span[0] + third * _DAY, span[1] - third * _DAY
    return span[1] - (third - 1) * _DAY, span[1]


def _date(year: int, month: int, day: int) -> date | None:
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None
