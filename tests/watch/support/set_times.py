"""Labelled sets of expressions of time: TimeML, WikiWars, and Microsoft's cases."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from set_scores import Counts, Span, overlapping

from oreline.watch import Anchor, timexes

MS = Path(__file__).parents[1] / "sets" / "ms"
MEASURES = ("strict", "relaxed", "type", "value")


@dataclass(frozen=True)
class Dated:
    """A text with its day and its labelled expressions of time."""

    name: str
    text: str
    day: date
    gold: tuple[Span, ...]


def timeml(folder: Path) -> Iterator[Dated]:
    """Give the documents of a folder of TimeML; the day is that of creation."""
    for file in sorted(folder.rglob("*.tml")):
        raw = file.read_text(encoding="utf-8")
        told = re.search(r"<DCT>.*?value=\"(\d{4}-\d\d-\d\d)", raw, re.DOTALL)
        body = re.search(r"<TEXT>(.*?)</TEXT>", raw, re.DOTALL)
        assert told is not None
        assert body is not None
        text, gold = _marked(body[1], "TIMEX3", "value")
        yield Dated(file.stem, text, date.fromisoformat(told[1]), gold)


def wikiwars(folder: Path) -> Iterator[Dated]:
    """Give the histories of WikiWars; of labels within labels the outer one counts."""
    for file in sorted(folder.rglob("keyinline/*.xml")):
        raw = file.read_text(encoding="utf-8", errors="replace")
        told = re.search(r"<DATETIME>.*?val=\"(\d{4}-\d\d-\d\d)", raw, re.DOTALL)
        body = re.search(r"<TEXT>(.*?)</TEXT>", raw, re.DOTALL)
        assert told is not None
        assert body is not None
        text, gold = _marked(body[1], "TIMEX2", "val")
        yield Dated(file.stem, text, date.fromisoformat(told[1]), gold)


def _marked(body: str, tag: str, value: str) -> tuple[str, tuple[Span, ...]]:
    parts: list[str] = []
    opened: list[tuple[int, dict[str, str]]] = []
    gold: list[Span] = []
    place = 0
    for piece in re.split(r"(<[^>]+>)", body):
        if piece.startswith(f"<{tag}"):
            opened.append((place, dict(re.findall(r"(\w+)=\"([^\"]*)\"", piece))))
        elif piece == f"</{tag}>":
            start, told = opened.pop()
            if not opened:
                gold.append(Span(start, place, told.get("type", ""), told.get(value)))
        elif not piece.startswith("<"):
            plain = html.unescape(piece)
            parts.append(plain)
            place += len(plain)
    return "".join(parts), tuple(gold)


def found_in(one: Dated, *, is_story: bool = False) -> list[Span]:
    """Read a text as its labels do: quotations too are told from the day of the text."""
    day = Anchor(one.day, one.day, "published")
    found = timexes(one.text, day, quoted=day, is_story=is_story)
    return [Span(two.start, two.end, two.type, two.value) for two in found]


def compared(gold: tuple[Span, ...], found: list[Span]) -> dict[str, Counts]:
    """Count as the scorer of TempEval-3 does: one finding a label, values as written."""
    pairs = overlapping(gold, found)
    right = {
        "strict": sum((one.start, one.end) == (two.start, two.end) for one, two in pairs),
        "relaxed": len(pairs),
        "type": sum(one.kind == two.kind for one, two in pairs),
        "value": sum(one.value == two.value for one, two in pairs),
    }
    return {name: Counts(right[name], len(found), len(gold)) for name in MEASURES}


def cases(name: str) -> list[dict[str, Any]]:
    """Give the cases of one of Microsoft's files."""
    found: list[dict[str, Any]] = json.loads((MS / f"{name}.json").read_text(encoding="utf-8-sig"))
    return found


def ms_days(name: str) -> list[Counts]:
    """Compare dates and periods of Microsoft's cases: a day, or first and last day, is right.

    Its cases say both the next and the last such day; either counts.
    """
    counts = []
    for case in cases(name):
        said = case.get("Context", {}).get("ReferenceDateTime", "2016-11-07")
        day = date.fromisoformat(said[:10])
        told = timexes(case["Input"], Anchor(day, day, "said"))
        found = [one for one in told if one.first is not None and one.type == "DATE"]
        gold = [_ms_readings(one) for one in case["Results"]]
        gold = [one for one in gold if one]
        left = list(found)
        right = 0
        for readings in gold:
            hit = next((one for one in left if (one.first, one.last) in readings), None)
            if hit is not None:
                left.remove(hit)
                right += 1
        counts.append(Counts(right, len(found), len(gold)))
    return counts


def _ms_readings(one: dict[str, Any]) -> set[tuple[date | None, date | None]]:
    if "Value" in one:
        told = [one["Value"].get("FutureResolution", {}), one["Value"].get("PastResolution", {})]
    else:
        values = (one.get("Resolution") or {}).get("values", [])
        told = [two for two in values if two.get("type") in ("date", "daterange")]
    readings: set[tuple[date | None, date | None]] = set()
    for two in told:
        start = two.get("date") or two.get("startDate") or two.get("start") or two.get("value")
        end = two.get("endDate") or two.get("end")
        if start is None or not re.match(r"\d{4}-\d\d-\d\d", start):
            continue
        first = date.fromisoformat(start[:10])
        last = first if end is None else date.fromisoformat(end[:10]) - timedelta(days=1)
        readings.add((first, last))
    return readings
