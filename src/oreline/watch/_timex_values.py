"""What words that say when mean on a day: a value as TIMEX3 writes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from oreline.watch._times import MONTHS, WEEKDAYS
from oreline.watch._timex_calendar import (
    _DAY,
    Match,
    Reading,
    Setting,
    dated,
    day_of,
    full_year,
    holiday_of,
    mod_of,
    named_day,
    near_day,
    quarter_after,
    quarter_before,
    quarter_now,
    relation_of,
    season_of,
    shifted,
    step_of,
    week_of,
    year_of_month,
)
from oreline.watch._timex_lengths import (
    ago,
    ago_bare,
    bare,
    counted_of,
    length_of,
    rate,
    reference,
    vague,
    year_ago,
)
from oreline.watch._timex_words import DAY_PARTS, DECADES, ORDER, PARTS, SEASONS, UNITS


def read(rule: str, match: Match, setting: Setting) -> Reading | None:
    """Give what a form means on a day; None if it says no time."""
    return _READERS[rule](match, setting)


def _iso(match: Match, setting: Setting) -> Reading | None:
    day = day_of(int(match["y"]), int(match["m"]), int(match["d"]))
    if day is None:
        return None
    if match["clock"]:
        return Reading("TIME", f"{day.isoformat()}T{match['clock']}")
    return dated(day.isoformat())


def _numeric(match: Match, setting: Setting) -> Reading | None:
    one, two, year = int(match["a"]), int(match["b"]), full_year(match["y"])
    if match["sep"] == "." and len(match["y"]) == 2:
        return None
    first = day_of(year, one, two)
    second = day_of(year, two, one)
    is_day_first = match["sep"] == "." or first is None
    day = second if is_day_first else first
    return None if day is None else dated(day.isoformat())


def _date_of(match: Match, setting: Setting) -> Reading | None:
    name, number, year = match["m"] or match["m2"], match["d"] or match["d2"], match["y"]
    year = year or match["y2"]
    place = match.start("m") if match["m"] else match.start("m2")
    if not match.string[place].isupper():
        return None
    month = MONTHS[name.lower().rstrip(".")]
    count = ORDER.get(number.lower()) or int(re.sub(r"\D", "", number) or 0)
    mod = "APPROX" if match["hedge"] else ""
    if year:
        day = day_of(full_year(year), month, count)
    else:
        near = [day_of(setting.day.year + step, month, count) for step in (-1, 0, 1)]
        named = match["wd"]
        fitting = [one for one in near if one is not None]
        if named and len(named) > 4:
            number_ = WEEKDAYS[named.lower().rstrip(".")]
            fitting = [one for one in fitting if one.weekday() == number_] or fitting
        day = near_day(fitting, setting)
    if day is None:
        return None
    if match["week"]:
        return dated(week_of(day))
    return dated(day.isoformat(), mod)


def _month(match: Match, setting: Setting) -> Reading | None:
    name = match["m"]
    place = match.start("m")
    if not match.string[place].isupper():
        return None
    month = MONTHS[name.lower()]
    rel = relation_of(match["rel"])
    mod = mod_of(match["part"]) or ("APPROX" if match["hedge"] else "")
    is_plain = not (match["y"] or rel or match["part"] or match["ry"])
    if is_plain and name.lower() in ("may", "march", "mar", "sun", "sat", "jan", "dec", "jun"):
        before = match.string[max(0, place - 12) : place].lower()
        if not re.search(r"\b(?:in|since|until|by|from|of|for|to|and|or|through)\s$", before):
            return None
    if rel in ("each", "every"):
        return Reading("SET", f"XXXX-{month:02d}")
    if match["y"]:
        year = full_year(match["y"])
    elif match["ry"]:
        year = setting.day.year + step_of(match["ry"].lower())
    else:
        year = year_of_month(month, rel, setting)
    return dated(f"{year}-{month:02d}", mod)


def _weekday(match: Match, setting: Setting) -> Reading | None:
    wanted, rel = WEEKDAYS[match["wd"].lower()], relation_of(match["rel"])
    pod = match["pod"]
    if rel in ("each", "every") or match["many"]:
        value = f"XXXX-WXX-{wanted + 1}"
        return Reading("SET", value + (f"T{DAY_PARTS[pod.lower()]}" if pod else ""))
    back = (setting.day.weekday() - wanted) % 7
    ahead = (wanted - setting.day.weekday()) % 7
    if rel in ("last", "previous", "this past"):
        day = setting.day - (back or 7) * _DAY
    elif rel in ("next", "this coming", "following") or (setting.is_future and rel != "this"):
        day = setting.day + (ahead or (0 if rel == "" else 7)) * _DAY
    else:
        day = setting.day - back * _DAY
    if match["before"]:
        day -= _DAY
    mod = mod_of(match["part"] or match["part2"])
    if pod:
        return Reading("TIME", f"{day.isoformat()}T{DAY_PARTS[pod.lower()]}", mod)
    return dated(day.isoformat(), mod)


def _today(match: Match, setting: Setting) -> Reading | None:
    word = match["day"].lower()
    step = {"yesterday": -1, "overnight": -1, "tomorrow": 1}.get(word, 0)
    before = (match["before"] or "").lower()
    step += -1 if before.endswith("before") else 1 if before else 0
    day = (setting.day + step * _DAY).isoformat()
    mod = mod_of(match["part"])
    pod = match["pod2"] or (match["pod"] or "").lower().removeprefix("mid").strip("-")
    if word in ("tonight", "overnight"):
        pod = "night"
    if pod:
        return Reading(
            "TIME", f"{day}T{DAY_PARTS[pod.lower()]}", mod or ("MID" * bool(match["pod"]))
        )
    return dated(day, mod)


def _daypart(match: Match, setting: Setting) -> Reading | None:
    rel = relation_of(match["rel"])
    letter = DAY_PARTS[match["pod"].lower()]
    mod = mod_of(match["part"] or match["part2"])
    if not match["rel"]:
        return Reading("TIME", f"XXXX-XX-XXT{letter}", mod) if mod == "MID" else None
    step = {"last": -1, "previous": -1, "next": 1, "following": 1}.get(rel, 0)
    day = setting.day
    if rel in ("next", "following", "previous", "that", "same", ""):
        named = named_day(setting)
        day = named or day
    return Reading("TIME", f"{(day + step * _DAY).isoformat()}T{letter}", mod)


def _clock(match: Match, setting: Setting) -> Reading | None:
    text = match["clock"].lower().replace(" ", "")
    mod = "APPROX" if (match["hedge"] or "").lower() in ("around", "about") else ""
    named = named_day(setting) or setting.day
    if text in ("noon", "midnight"):
        return Reading("TIME", f"{named.isoformat()}T{'12:00' if text == 'noon' else '24:00'}", mod)
    digits = re.match(r"(\d{1,2})(?:[:.](\d\d))?", text)
    assert digits is not None
    hour, minute = int(digits[1]), int(digits[2] or 0)
    if "p" in text and hour < 12:
        hour += 12
    elif "a" in text and hour == 12:
        hour = 0
    if hour > 24 or minute > 59:
        return None
    return Reading("TIME", f"{named.isoformat()}T{hour:02d}:{minute:02d}", mod)


def _quarter(match: Match, setting: Setting) -> Reading | None:
    word = (match["n"] or match["n2"]).lower()
    unit = (match["u"] or match["u2"]).lower()[0].upper()
    most = 4 if unit == "Q" else 2
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": most, "last": most}.get(
        word, int(word[0]) if word[0].isdigit() else 0
    )
    if number > most:
        return None
    if word == "last" and unit == "Q" and not (match["y2"] or match["ry"]):
        return None
    given = match["y"] or match["y2"] or match["y3"] or match["y4"]
    year = _quarter_year(match, given, number, unit, setting)
    if match["ago"]:
        year -= 1
    return dated(f"{year}-{unit}{number}")


def _quarter_year(match: Match, given: str | None, number: int, unit: str, now: Setting) -> int:
    if given:
        return full_year(given)
    rel = (match["rel"] or match["ry"] or "").lower()
    if rel in ("last", "next", "this"):
        return now.day.year + step_of(rel)
    length = 3 if unit == "Q" else 6
    current = (now.day.month - 1) // length + 1
    year = now.day.year
    # Results of a quarter are told after it, and what is expected of it too.
    return year if number <= current else year - 1


def _period(match: Match, setting: Setting) -> Reading | None:
    which, unit = " ".join(match["which"].lower().split()), match["u"].lower()
    rest = (match["ry"] or "").lower()
    known = setting.quarter
    if unit == "period" and which in ("that", "this", "next", "last", "the", "current", "recent"):
        return None
    year, number = known or quarter_before(quarter_now(setting.day))
    if which.isdigit():
        return dated(f"{which}-Q{number}" if known or unit == "quarter" else which)
    if unit == "quarter" and which in ("this", "current"):
        year, number = quarter_now(setting.day)
    elif unit == "quarter" and which in ("last", "previous") and not known:
        year, number = quarter_before(quarter_now(setting.day))
    elif unit == "quarter" and which == "previous":
        year, number = quarter_before((year, number))
    elif unit == "quarter" and which == "next":
        year, number = quarter_after(quarter_now(setting.day))
    is_ago = "year-" in which or which.startswith("last year") or "ago" in rest
    is_ago = is_ago or "earlier" in rest or rest == "last year"
    if unit == "period" and not is_ago and not known and which != "latest":
        return None
    if rest.startswith("of"):
        return dated(f"{rest[3:]}-Q{number}")
    if is_ago:
        return dated(
            f"{setting.day.year - 1}-Q{number}" if known is None else f"{year - 1}-Q{number}"
        )
    return dated(f"{year}-Q{number}")


def _fiscal(match: Match, setting: Setting) -> Reading | None:
    word = (match["the"] or "").lower()
    if match["y"]:
        return dated(str(full_year(match["y"])))
    if not word or not match.group().lower().endswith("year"):
        return None
    return dated(str(setting.day.year + step_of(word)))


def _deictic(match: Match, setting: Setting) -> Reading | None:
    rel, unit = relation_of(match["rel"]), match["u"].lower()
    mod = mod_of(match["part"]) if (match["part"] or "").lower() != "sometime" else ""
    step = step_of(rel)
    day = setting.day
    if rel in ("that", "that same", "same", "following", "previous"):
        day = named_day(setting) or day
    if unit in SEASONS:
        return dated(season_of(SEASONS[unit], rel, setting), mod)
    if unit == "day":
        if rel in ("that", "same", "that same", "previous", "following", "next"):
            return dated((day + step * _DAY).isoformat(), mod)
        return Reading("DURATION", "P1D") if rel in ("last", "past") else None
    if unit == "weekend":
        monday = day - day.weekday() * _DAY
        if rel == "last" and day.weekday() >= 5:
            step = -1
        return dated(f"{week_of(monday + 7 * step * _DAY)}-WE", mod)
    has_article = match["rel"].lower().startswith("the") or match["rel"].lower() in (
        "past",
        "coming",
    )
    is_length = has_article and rel in ("past", "last", "coming", "next") and not match["own"]
    if is_length and unit in ("decade", "century", "week", "month", "year", "quarter"):
        return Reading("DURATION", length_of(1, unit))
    letter = UNITS[unit]
    return shifted(day, step, letter, mod)


def _the_unit(match: Match, setting: Setting) -> Reading | None:
    the, unit = match["the"].lower(), match["u"].lower()
    if the in ("each", "every"):
        is_season = unit in SEASONS
        return Reading("SET", f"XXXX-{SEASONS[unit]}" if is_season else length_of(1, unit))
    if the in ("a", "per"):
        return None
    full = (match["full"] or "").strip().lower()
    mod = mod_of(match["part"] or (full if full in PARTS else None))
    if unit in SEASONS:
        return _the_season(match, setting, unit, mod)
    if match["y"]:
        return dated(str(full_year(match["y"])), mod) if unit == "year" else None
    if unit == "weekend":
        monday = setting.day - setting.day.weekday() * _DAY
        back = -7 if not setting.is_future and setting.day.weekday() < 5 else 0
        return dated(f"{week_of(monday + back * _DAY)}-WE", mod)
    if unit == "quarter":
        year, number = setting.quarter or quarter_before(quarter_now(setting.day))
        return dated(f"{year}-Q{number}", mod)
    return _the_length(match, setting, unit, mod)


def _the_season(match: Match, setting: Setting, unit: str, mod: str) -> Reading | None:
    if unit == "fall" and re.match(r"\s(?:of|in)\s", match.string[match.end() :][:4]):
        return None
    if match["y"]:
        return dated(f"{full_year(match['y'])}-{SEASONS[unit]}", mod)
    return dated(season_of(SEASONS[unit], "", setting), mod)


def _the_length(match: Match, setting: Setting, unit: str, mod: str) -> Reading | None:
    """Read the day, week, month, year or decade: a date in parts of it, a length in whole ones."""
    part, full = match["part"], (match["full"] or "").strip().lower()
    if unit == "day":
        named = named_day(setting)
        return None if named is None or not part else dated(named.isoformat(), mod)
    if unit == "decade":
        return dated(f"{setting.day.year // 10}", mod) if part else None
    ends = re.match(r"\s(?:ended|ending|to|through)\b", match.string[match.end() :][:10])
    if unit == "year" and ends:
        return Reading("DURATION", "P1Y")
    if part or unit == "year":
        return shifted(setting.day, 0, UNITS[unit], mod)
    return Reading("DURATION", length_of(1, unit)) if full in ("full", "whole", "entire") else None


def _yearend(match: Match, setting: Setting) -> Reading | None:
    year = setting.day.year
    if setting.is_future is False and setting.day.month <= 3:
        year -= 1
    return dated(str(year), "END")


def _decade(match: Match, setting: Setting) -> Reading | None:
    if match["y"]:
        value = match["y"][:3]
    else:
        two = match["y2"] or f"{DECADES[match['word'].lower()]}0"
        value = ("20" if int(two) < 30 else "19") + two[0]
        if match["word"] and not re.search(r"\bthe\s", match.group(), re.IGNORECASE):
            return None
    part = (match["part"] or "").lower()
    mod = {"last half": "END", "first half": "START"}.get(
        " ".join(part.split()), mod_of(part or None)
    )
    return dated(value, mod)


def _century(match: Match, setting: Setting) -> Reading | None:
    word = match["n"].lower()
    number = ORDER.get(word) or int(re.sub(r"\D", "", word))
    if match["bc"]:
        return dated(f"BC{number - 1:02d}")
    return dated(f"{number - 1:02d}")


def _year(match: Match, setting: Setting) -> Reading | None:
    text, part = match["y"], (match["part"] or "").lower()
    if match["bc"]:
        return dated(f"BC{int(text):04d}") if text.isdigit() else None
    if text.isdigit() and len(text) < 4:
        return None
    year = full_year(text)
    is_bare = not match["part"] and not match["after"] and match.group() == text
    if is_bare and not _is_year(match.string, match.start(), match.end(), year):
        return None
    if part in SEASONS:
        return dated(f"{year}-{SEASONS[part]}")
    mod = {"post": "AFTER", "pre": "BEFORE"}.get(part, mod_of(part or None))
    return dated(str(year), "ON_OR_AFTER" if match["after"] else mod)


def _is_year(text: str, start: int, end: int, year: int) -> bool:
    """Return whether four digits are a year rather than a count of things."""
    before, after = text[max(0, start - 14) : start], text[end : end + 14]
    if re.search(
        r"(?:[$€£#/.]|\b(?:No|Rs|USD|flight|page|room|model|about|than|of\sthe)\.?\s|\d[\s,-])$",
        before,
    ):
        return False
    if re.match(
        r"\s?(?:%|per\s?cent|people|miles|feet|tonnes|tons|points|shares|jobs|workers|kg|km|[a-z]+s\s(?:of|were|have|had))|[:/]\d",
        after,
    ):
        return False
    if re.search(
        r"\b(?:in|since|until|by|from|of|for|to|during|before|after|and|or|through|till|than|as of"
        r"|between|early|mid|late)[\s-]$",
        before.lower(),
    ):
        return 1000 <= year <= 2100
    return 1900 <= year <= 2050


def _season_year(match: Match, setting: Setting) -> Reading | None:
    return dated(f"{full_year(match['y'])}-{SEASONS[match['u'].lower()]}")


def _holiday(match: Match, setting: Setting) -> Reading | None:
    if not match.string[match.start("day")].isupper():
        return None
    word = " ".join(match["day"].lower().split())
    year, rel = setting.day.year, relation_of(match["rel"])
    days = [holiday_of(word, year + step) for step in (-1, 0, 1)]
    if rel in ("last", "next"):
        near = [
            one for one in days if (one < setting.day) == (rel == "last") and one != setting.day
        ]
        return dated((near[-1] if rel == "last" else near[0]).isoformat())
    day = near_day(days, setting)
    return None if day is None else dated(day.isoformat())


_READERS: Final[dict[str, Callable[[Match, Setting], Reading | None]]] = {
    "iso": _iso,
    "numeric": _numeric,
    "date": _date_of,
    "month": _month,
    "weekday": _weekday,
    "today": _today,
    "daypart": _daypart,
    "clock": _clock,
    "quarter": _quarter,
    "period": _period,
    "fiscal": _fiscal,
    "ago": ago,
    "ago_bare": ago_bare,
    "year_ago": year_ago,
    "count": counted_of,
    "deictic": _deictic,
    "the_unit": _the_unit,
    "vague": vague,
    "bare": bare,
    "yearend": _yearend,
    "decade": _decade,
    "century": _century,
    "year": _year,
    "season_year": _season_year,
    "holiday": _holiday,
    "rate": rate,
    "ref": reference,
}
