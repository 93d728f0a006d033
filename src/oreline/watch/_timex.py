"""Every expression of time in a text, with its value: dates, times of day, durations and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final

from oreline.watch._claim import When
from oreline.watch._times import Anchor, days_of, quoted_anchor
from oreline.watch._timex_calendar import Reading, Setting, part_of, span_of
from oreline.watch._timex_values import read
from oreline.watch._timex_words import RULES

_PROBES: Final = (date(2001, 2, 7), date(2010, 11, 20))
"""Two days that share neither weekday, month, quarter nor decade: what both give is fixed."""
_QUOTED: Final = re.compile(r"“[^”]{1,2000}”|\"[^\"]{1,2000}\"|``.{1,2000}?''", re.DOTALL)
_CUE: Final = re.compile(
    r"\b(?:(?P<past>(?:had|has|have)\s(?:\w+ly\s)?been)"
    r"|(?P<future>will|won['’]t|shall|would(?!\shave)|(?:plan|plans|planned|planning)\sto"
    r"|(?:is|are|be|was|were)\s(?:due|scheduled|expected|set|slated|to)"
    r"|due|scheduled|expected|expects?|as\s(?:soon|early)\sas|effective|payable|expires?|deadline"
    r"|upcoming|set\sto|going\sto|to\s(?:begin|resume|start|close|meet|be)|holders\sof\srecord)"
    r"|was|were|had|has|have|did|said|says|told|since|\w{3,}ed|rose|fell|began|made|came|went|took"
    r"|gave|saw|became|held|met|found|got|left|lost|sold|won|led|sent|spent|hit|put)\b"
    r"|['’]ll\b",
    re.IGNORECASE,
)
_UP_TO: Final = re.compile(
    r"\b(?:by|until|through|from)\s(?:early\s|late\s|mid-?)?$", re.IGNORECASE
)
CUE_CHARS: Final = 120
"""How far before words of time the verb is sought that tells whether they look ahead."""


@dataclass(frozen=True, slots=True)
class Timex:
    """Words that say when or for how long.

    Attributes
    ----------
    type
        DATE, TIME, DURATION or SET, as TIMEX3 has them.
    value
        As TIMEX3 writes it (2025-W40, 2025-Q3, P2Y, PAST_REF); empty where it hangs on the day on
        which the words were said, and that is not known.
    mod
        START, MID, END, APPROX, MORE_THAN ... as TIMEX3 has them; empty if there is none.
    first, last
        The days within which it lies; None for a duration, a set, and where nobody can tell.
    candidates
        The intervals that it may mean, where the words were said on one of several days.
    basis
        How the days were reached, or why they were not.
    """

    start: int
    end: int
    said: str
    type: str
    value: str
    mod: str = ""
    first: date | None = None
    last: date | None = None
    candidates: tuple[tuple[date, date], ...] = ()
    basis: str = ""

    def when(self) -> When:
        """Give it as the interval that claims have."""
        return When(self.first, self.last, self.said, self.basis, self.candidates)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "start": self.start,
            "end": self.end,
            "type": self.type,
            "value": self.value,
            "mod": self.mod,
            **self.when().to_json(),
        }


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    rule: str
    match: re.Match[str]


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"(?<![\w$]){pattern}", re.IGNORECASE)) for name, pattern in RULES
    )


def timexes(
    text: str,
    anchor: Anchor | None = None,
    *,
    quoted: Anchor | None = None,
    is_story: bool = False,
) -> list[Timex]:
    """Find what says when in a text, and give each its value.

    Parameters
    ----------
    anchor
        When the text was written; None if nobody tells: words that hang on it stay without value.
    quoted
        When what stands in quotation marks was said. Without it, on some day of the month before
        the text: "last month" in a quotation then has two candidates, and no value.
    is_story
        Whether the text tells what happened one after another, as a history does: what hangs on a
        day then hangs on the day named last.

    Examples
    --------
    >>> monday = date(2025, 10, 6)
    >>> told = timexes("It shipped on Thursday, for the third quarter of 2026, after two years.",
    ...     Anchor(monday, monday, "published"))
    >>> [(one.said, one.type, one.value) for one in told]  # doctest: +NORMALIZE_WHITESPACE
    [('Thursday', 'DATE', '2025-10-02'), ('the third quarter of 2026', 'DATE', '2026-Q3'),
     ('two years', 'DURATION', 'P2Y')]
    """
    marks = [match.span() for match in _QUOTED.finditer(text)]
    in_marks = quoted if quoted is not None else quoted_anchor(anchor, None)
    found: list[Timex] = []
    quarter: tuple[int, int] | None = None
    last: str | None = None
    for hit in _chosen(text):
        is_quoted = any(first < hit.start < end for first, end in marks)
        ahead = _looks_ahead(text, hit.start, hit.end)
        context = Setting(_PROBES[0], ahead, quarter, last, is_story)
        named = span_of(last) if is_story and last is not None and last[0] in "12" else None
        said = in_marks if is_quoted else anchor
        one = _valued(hit, context, Anchor(named[0], named[0], "named before") if named else said)
        if one is None:
            continue
        if hit.rule == "quarter" and not hit.match["ago"] and one.value[5:6] == "Q":
            # A year before a quarter yet to come is no comparison that reports make.
            is_told = anchor is None or one.first is None or one.first <= anchor.last
            quarter = (int(one.value[:4]), int(one.value[6])) if is_told else quarter
        if one.type in ("DATE", "TIME") and span_of(one.value) is not None:
            last = one.value
        found.append(one)
    return list(_joined(text, found))


def _chosen(text: str) -> list[_Hit]:
    """Give the forms that stand in a text; of those that overlap, the longest that says a time."""
    hits = [
        _Hit(match.start(), match.end(), name, match)
        for name, pattern in _rules()
        for match in pattern.finditer(text)
    ]
    hits.sort(key=lambda one: one.start - one.end)
    probe = Setting(_PROBES[0], is_future=False, quarter=(2000, 4), last="2001-02-07")
    taken = bytearray(len(text))
    kept: list[_Hit] = []
    for hit in hits:
        if any(taken[hit.start : hit.end]) or read(hit.rule, hit.match, probe) is None:
            continue
        taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
        kept.append(hit)
    return sorted(kept, key=lambda one: one.start)


def _valued(hit: _Hit, context: Setting, anchor: Anchor | None) -> Timex | None:
    """Give words their value, on each day on which they may have been said."""
    days = _PROBES if anchor is None else tuple(days_of(anchor))
    readings: dict[Reading, list[date]] = {}
    for day in days:
        reading = read(hit.rule, hit.match, replace(context, day=day))
        if reading is not None:
            readings.setdefault(reading, []).append(day)
    if not readings:
        return None
    start, end = _trimmed(hit)
    said = hit.match.string[start:end]
    first = next(iter(readings))
    bare = Timex(start, end, said, first.type, first.value, first.mod)
    if len(readings) > 1 and anchor is None:
        return replace(bare, value="", basis="the day it was said on is not known")
    if hit.rule == "fiscal":
        return replace(bare, basis="a fiscal year; which days it has is not said")
    spans = {
        span
        for reading, told in readings.items()
        for day in told
        if (span := _days_meant(hit, reading, day)) is not None
    }
    value = first.value if len(readings) == 1 else ""
    if not spans:
        return replace(bare, value=value, basis="no days: a length, a rate or a bare reference")
    low, high = min(one[0] for one in spans), max(one[1] for one in spans)
    return replace(
        bare,
        value=value,
        first=low,
        last=high,
        candidates=tuple(sorted(spans)) if len(readings) > 1 else (),
        basis=_basis(hit, context, anchor),
    )


def _days_meant(hit: _Hit, reading: Reading, day: date) -> tuple[date, date] | None:
    span = span_of(reading.value)
    if span is None:
        return None
    part = (hit.match.groupdict().get("part") or "").lower()
    if part == "earlier" and span[0] <= day:
        return span[0], min(day, span[1])
    if part == "later" and span[1] >= day:
        return max(day, span[0]), span[1]
    if reading.mod in ("START", "MID", "END"):
        return part_of(span, reading.mod)
    return span


def _basis(hit: _Hit, context: Setting, anchor: Anchor | None) -> str:
    alone = replace(context, quarter=None, last=None)
    if read(hit.rule, hit.match, alone) != read(hit.rule, hit.match, context):
        return "counted from what is named before it"
    on_probes = {read(hit.rule, hit.match, replace(alone, day=one)) for one in _PROBES}
    if anchor is None or len(on_probes) == 1:
        return "as written"
    last = "" if anchor.is_day else f" to {anchor.last.isoformat()}"
    return f"counted from {anchor.first.isoformat()}{last}, {anchor.basis}"


def _trimmed(hit: _Hit) -> tuple[int, int]:
    """Give the place of words without a preposition before and a mark after."""
    words = hit.match.group()
    lead = re.match(r"(?:in|before|by)\s", words, re.IGNORECASE)
    tail = "" if re.search(r"[ap]\.m\.$", words) else r"[\s,.]+|"
    end = re.search(rf"(?:{tail}[’']s)$", words)
    return (
        hit.start + (0 if lead is None else lead.end()),
        hit.end - (0 if end is None else len(end.group())),
    )


def _looks_ahead(text: str, start: int, end: int) -> bool | None:
    """Return whether the nearest verb before tells of what is to come; None if none tells."""
    if text[end : end + 2] in ("'s", "’s"):
        return False
    least = max(text.rfind(". ", 0, start), text.rfind("\n\n", 0, start), start - CUE_CHARS, 0)
    cues = list(_CUE.finditer(text, least, start))
    cue = cues[-1] if cues else None
    is_ahead = cue is not None and (cue["future"] is not None or cue.group()[0] in "'’")
    if is_ahead:
        return True
    if cue is None or _UP_TO.search(text, max(least, start - 14), start) is not None:
        return None
    return False


def _joined(text: str, found: list[Timex]) -> Iterator[Timex]:
    """Join a time of day with the day beside it: 9 a.m. on Tuesday, Oct. 23 at 10 p.m."""
    last: Timex | None = None
    for one in found:
        joined = None if last is None else _one_time(text, last, one)
        if joined is None and last is not None:
            yield last
        last = one if joined is None else joined
    if last is not None:
        yield last


def _one_time(text: str, one: Timex, two: Timex) -> Timex | None:
    gap = text[one.end : two.start]
    clock, day = (one, two) if one.type == "TIME" else (two, one)
    if clock.type != "TIME" or ":" not in clock.value or not re.fullmatch(r"[\d-]{10}", day.value):
        return None
    if not re.fullmatch(r",?\s(?:on\s|of\s|the\s)*" if clock is one else r"\s(?:at\s)?", gap):
        return None
    value = day.value + clock.value[clock.value.index("T") :]
    said = text[one.start : two.end]
    return replace(day, start=one.start, end=two.end, said=said, type="TIME", value=value)
