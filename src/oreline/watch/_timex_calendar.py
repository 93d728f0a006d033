"""The calendar as TIMEX3 writes it: values, the days that they have, and the day that is near."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from oreline.watch._timex_words import COUNTS, FIXED_DAYS, HEDGES, MOVING_DAYS, PARTS

_DAY: Final = timedelta(days=1)

NEAR_DAYS: Final = 100
"""A day without a year that is so near ahead is meant rather than the one last gone."""

NEAR_MONTHS: Final = 2
"""A month so near ahead is meant rather than that of last year, where no verb tells."""

_SPAN: Final = re.compile(
    r"(?P<y>\d{4})(?:-(?:(?P<m>\d\d)(?:-(?P<d>\d\d))?|Q(?P<q>[1-4])|H(?P<h>[12])"
    r"|W(?P<w>\d\d)(?P<we>-WE)?|(?P<s>SP|SU|FA|WI)))?(?:T.*)?"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where words are read: the day, the direction, and what was named before them.

    ``is_future`` is None where no verb tells; ``is_story`` says that the day is that of what was
    told last, so that the nearest day is meant on either side. ``quarter`` is the quarter named
    last, ``last`` the value of the date named last.
    """

    day: date
    is_future: bool | None = None
    quarter: tuple[int, int] | None = None
    last: str | None = None
    is_story: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What words mean: type and value as TIMEX3 writes them, and a modifier."""

    type: str
    value: str
    mod: str = ""


Match = re.Match[str]


def span_of(value: str) -> tuple[date, date] | None:
    """Give the first and the last day that a value of TIMEX3 stands for; None if it has none.

    >>> [one.isoformat() for one in span_of("2025-Q3")], span_of("PAST_REF")
    (['2025-07-01', '2025-09-30'], None)
    """
    match = _SPAN.fullmatch(value)
    if match is None:
        if re.fullmatch(r"\d{3}", value):
            return date(int(value[:3]) * 10, 1, 1), date(int(value[:3]) * 10 + 9, 12, 31)
        if re.fullmatch(r"\d\d", value) and value != "00":
            return date(int(value[:2]) * 100, 1, 1), date(int(value[:2]) * 100 + 99, 12, 31)
        return None
    year = int(match["y"])
    if not 1 <= year < 9999:
        return None
    if match["d"]:
        day = day_of(year, int(match["m"]), int(match["d"]))
        return None if day is None else (day, day)
    if match["w"]:
        monday = date.fromisocalendar(year, int(match["w"]), 1)
        return (monday + 5 * _DAY if match["we"] else monday), monday + 6 * _DAY
    first, length = 1, 12
    if match["m"]:
        first, length = int(match["m"]), 1
    elif match["q"]:
        first, length = 3 * int(match["q"]) - 2, 3
    elif match["h"]:
        first, length = 6 * int(match["h"]) - 5, 6
    elif match["s"]:
        first, length = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[match["s"]], 3
    end_year, end_month = divmod(year * 12 + first - 1 + length - 1, 12)
    last = calendar.monthrange(end_year, end_month + 1)[1]
    return date(year, first, 1), date(end_year, end_month + 1, last)


def part_of(span: tuple[date, date], mod: str) -> tuple[date, date]:
    """Give the third of a span that START, MID or END means; a day has no parts.

    >>> [str(one) for one in part_of((date(2025, 9, 1), date(2025, 9, 30)), "END")]
    ['2025-09-21', '2025-09-30']
    """
    third = ((span[1] - span[0]).days + 1) // 3
    if third == 0:
        return span
    if mod == "START":
        return span[0], span[0] + (third - 1) * _DAY
    if mod == "END":
        return span[1] - (third - 1) * _DAY, span[1]
    return span[0] + third * _DAY, span[1] - third * _DAY


def day_of(year: int, month: int, day: int) -> date | None:
    if 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def later(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def quarter_now(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3 + 1


def quarter_before(quarter: tuple[int, int]) -> tuple[int, int]:
    year, number = quarter
    return (year - 1, 4) if number == 1 else (year, number - 1)


def quarter_after(quarter: tuple[int, int]) -> tuple[int, int]:
    year, number = quarter
    return (year + 1, 1) if number == 4 else (year, number + 1)


def holiday_of(word: str, year: int) -> date:
    if word in FIXED_DAYS:
        return date(year, *FIXED_DAYS[word])
    month, weekday, which = MOVING_DAYS[word]
    length = calendar.monthrange(year, month)[1]
    fitting = [one for one in range(1, length + 1) if date(year, month, one).weekday() == weekday]
    return date(year, month, fitting[which - 1 if which > 0 else which])


def near_day(days: list[date], setting: Setting) -> date | None:
    """Give the day last gone, or the next one where that is near or a verb tells of it."""
    past = [one for one in days if one <= setting.day]
    future = [one for one in days if one >= setting.day]
    if not past or not future:
        return past[-1] if past else future[0] if future else None
    back, ahead = (setting.day - past[-1]).days, (future[0] - setting.day).days
    if setting.is_story:
        return future[0] if ahead <= back else past[-1]
    is_near = ahead <= back if setting.is_future else ahead <= NEAR_DAYS
    return future[0] if is_near else past[-1]


def year_of_month(month: int, rel: str, setting: Setting) -> int:
    year, now = setting.day.year, setting.day.month
    if rel in ("last", "previous", "this past"):
        return year if month < now else year - 1
    if rel in ("next", "this coming", "following"):
        return year if month > now else year + 1
    if rel == "this":
        return year
    ahead = (month - now) % 12
    if setting.is_story:
        return year + (month < now) if ahead <= 6 else year - (month > now)
    most = {True: 6, None: NEAR_MONTHS, False: 1}[setting.is_future]
    if ahead <= most:
        return year if month >= now else year + 1
    return year if month <= now else year - 1


def season_of(letter: str, rel: str, setting: Setting) -> str:
    year = setting.day.year
    start = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[letter]
    if rel in ("last", "previous", "past"):
        year -= setting.day.month <= start + 2
    elif rel in ("next", "coming", "following"):
        year += setting.day.month >= start
    elif not rel and not setting.is_future and start > setting.day.month:
        year -= 1
    return f"{year}-{letter}"


def shifted(day: date, step: float, unit: str, mod: str) -> Reading | None:
    if unit == "D":
        return dated(later(day, int(step)).isoformat(), mod)
    if unit in ("W", "F"):
        return dated(week_of(later(day, int(step * (7 if unit == "W" else 14)))), mod)
    if unit == "M":
        year, month = divmod(day.year * 12 + day.month - 1 + int(step), 12)
        return dated(f"{year}-{month + 1:02d}", mod)
    if unit == "Q":
        year, number = divmod(day.year * 4 + (day.month - 1) // 3 + int(step), 4)
        return dated(f"{year}-Q{number + 1}", mod)
    years = {"Y": 1, "E": 10, "C": 100, "L": 1000}.get(unit)
    if years is None:
        return None
    year = day.year + int(step * years)
    if not 0 < year < 9999:
        return None
    return dated(
        {"E": f"{year // 10:03d}", "C": f"{year // 100:02d}"}.get(unit, f"{year:04d}"), mod
    )


def named_day(setting: Setting) -> date | None:
    """Give the first day of the date that was named last."""
    span = None if setting.last is None else span_of(setting.last)
    return None if span is None else span[0]


def relation_of(text: str | None) -> str:
    """Give last, next, this ... without an article."""
    return " ".join((text or "").lower().removeprefix("the ").split())


def step_of(rel: str) -> int:
    if rel in ("last", "previous", "past", "this past"):
        return -1
    return 1 if rel in ("next", "following", "coming", "this coming") else 0


def mod_of(part: str | None) -> str:
    return "" if part is None else PARTS.get(part.lower().split()[0] if part else "", "")


def hedge_of(words: str | None) -> str:
    return "" if words is None else HEDGES[" ".join(words.lower().split())]


def full_year(text: str) -> int:
    digits = text.strip("’'‘")
    if not digits.isdigit():
        return _spelled(digits)
    number = int(digits)
    return number if len(digits) > 2 else number + (2000 if number < 50 else 1900)


def _spelled(text: str) -> int:
    first, _, rest = text.lower().replace("-", " ").partition(" ")
    if first == "two":
        return 2000
    high = {"nineteen": 1900, "eighteen": 1800, "twenty": 2000}[first]
    ten, _, one = rest.partition(" ")
    return high + sum(int(COUNTS[word] or 0) for word in (ten, one) if word)


def dated(value: str, mod: str = "") -> Reading:
    return Reading("DATE", value, mod)
