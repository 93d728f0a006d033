"""Lengths of time, rates and bare references, and what is counted from a day."""

from __future__ import annotations

import re

from oreline.watch._timex_calendar import (
    Match,
    Reading,
    Setting,
    dated,
    hedge_of,
    named_day,
    shifted,
)
from oreline.watch._timex_words import CLOCK_UNITS, COUNTS, RATES, REFERENCES, UNITS


def counted_of(match: Match, setting: Setting) -> Reading | None:
    word, unit = match["n"].lower(), match["u"].lower()
    long = match["long"] or ""
    if "old" in long:
        return None
    if match["the"] and match["the"].lower() == "an" and not match["way"]:
        return None
    count, way = count_of(word), (match["way"] or "").lower()
    if word in ("a", "an") and not (
        match["hedge"] or match["half"] or way or match["extra"] or match["so"]
    ):
        # "USD 5 a year" is a rate, and "a day" alone says nothing.
        return _single(match, unit)
    hedge = hedge_of(match["hedge"]) or ("APPROX" if match["so"] else "")
    if count is None:
        hedge = hedge if match["so"] else ""
    value = length_of(count, unit, has_half=match["half"] is not None)
    return Reading("DURATION", value, hedge)


def _single(match: Match, unit: str) -> Reading | None:
    before = match.string[max(0, match.start() - 14) : match.start()].lower()
    if re.search(
        r"\b(?:once|twice|times?|percent|%|\$[\d.,]+|million|billion|tonnes|tons)\s$", before
    ):
        return Reading("SET", length_of(1, unit))
    if re.search(
        r"\b(?:for|in|than|within|of|after|over|about|almost|nearly|by|least|half)\s$", before
    ):
        return Reading("DURATION", length_of(1, unit))
    return None


def count_of(text: str) -> float | None:
    word = " ".join(text.lower().split())
    if word in COUNTS:
        return COUNTS[word]
    part = re.fullmatch(r"(\d+)(?:[\s-](\d)/(\d)|([½¼¾]))", word)
    if part is not None:
        share = {"½": 0.5, "¼": 0.25, "¾": 0.75}.get(part[4] or "")
        return int(part[1]) + (share if share is not None else int(part[2]) / int(part[3] or 1))
    return float(word.replace(",", ""))


def length_of(count: float | None, unit: str, *, has_half: bool = False) -> str:
    """Give a duration in ISO 8601; a half of a unit in the next smaller one."""
    letter = UNITS[unit]
    is_clock = unit in CLOCK_UNITS
    head = "PT" if is_clock else "P"
    if count is None:
        return f"{head}X{letter}"
    count += 0.5 * has_half
    if letter in ("Q", "E", "C", "L", "F", "WE", "SN"):
        if letter == "Q":
            return f"P{_plain(count * 3)}M"
        if (letter in ("E", "C", "L") and count != int(count)) or letter == "E":
            return f"P{_plain(count * {'E': 10, 'C': 100, 'L': 1000}[letter])}Y"
        return f"P{_plain(count * 2)}D" if letter == "WE" else f"P{_plain(count)}{letter}"
    whole, rest = int(count), count - int(count)
    smaller = {"Y": (12, "M"), "H": (60, "M"), "M": (60, "S") if is_clock else (30, "D")}.get(
        letter
    )
    if not rest or smaller is None:
        return f"{head}{_plain(count)}{letter}"
    first = f"{whole}{letter}" if whole else ""
    return f"{head}{first}{round(rest * smaller[0])}{smaller[1]}"


def _plain(count: float) -> str:
    return f"{count:g}" if count < 1e6 else str(int(count))


def vague(match: Match, setting: Setting) -> Reading | None:
    which, unit = match["which"].lower(), match["u"].lower()
    if which in ("future",):
        return dated("FUTURE_REF")
    if which in ("those", "these", "all", "the", "later", "earlier", "early", "previous"):
        is_span = unit in ("year", "month", "week", "decade")
        return Reading("DURATION", length_of(None, unit)) if is_span else None
    return Reading("DURATION", length_of(None, unit))


def bare(match: Match, setting: Setting) -> Reading | None:
    unit = match["u"].lower()
    before = match.string[max(0, match.start() - 12) : match.start()].lower()
    if unit in ("second", "night", "quarter", "season", "weekend") and not match["long"]:
        return None
    if re.search(r"(?:\w-|[\d.,]\s)$", before):
        return None
    return Reading("DURATION", length_of(None, unit))


def rate(match: Match, setting: Setting) -> Reading | None:
    return Reading("SET", RATES[match["word"].lower()])


def ago(match: Match, setting: Setting) -> Reading | None:
    unit, count = UNITS[match["u"].lower()], count_of(match["n"])
    way = match["way"].lower()
    hedge = hedge_of(match["hedge"]) or ("APPROX" if match["so"] else "")
    is_back = way in ("ago", "earlier", "before", "previously")
    is_from_event = way in ("later", "earlier") and not setting.is_story
    if way in ("before", "after") or (is_from_event and (count, unit) != (1, "Y")):
        # Counted from an event that has no day here.
        return Reading("DURATION", length_of(count, match["u"].lower()), hedge)
    if count is None:
        return dated("PAST_REF" if is_back else "FUTURE_REF", hedge)
    if match["u"].lower() in CLOCK_UNITS:
        return Reading("DURATION", length_of(count, match["u"].lower()), hedge)
    step = -count if is_back else count
    if way == "ago" or way in ("from now", "hence") or not setting.last:
        day = setting.day
    else:
        day = named_day(setting) or setting.day
    if count == 1 and unit == "Y" and is_back and setting.quarter:
        return dated(f"{setting.quarter[0] - 1}-Q{setting.quarter[1]}", hedge)
    return shifted(day, step, unit, hedge)


def year_ago(match: Match, setting: Setting) -> Reading | None:
    if setting.quarter:
        return dated(f"{setting.quarter[0] - 1}-Q{setting.quarter[1]}")
    return dated(str(setting.day.year - 1))


def ago_bare(match: Match, setting: Setting) -> Reading | None:
    return Reading("DURATION", length_of(None, match["u"].lower()))


def reference(match: Match, setting: Setting) -> Reading | None:
    word = " ".join(match["word"].lower().split())
    return dated(REFERENCES[word])
