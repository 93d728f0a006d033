"""The book of lots as its rules say it, in whole numbers and fractions, one event after the other.

Written from the rules, not from the compiled kernel, for ledgers whose dry masses are all known:

- events act in the order of their time, then of their arrival; inputs before outputs;
- an output holds dry mass times grade; without a grade, a split or blend gives the composition of
  what went in, anything else between nothing and all of the mass;
- a draw takes its share of the lot, rounded half to even; more than there is takes everything, and
  for what was not there as much as the latest addition held of its mass;
- a lot that nobody made or counted has no book: a draw of it holds its own grade, or anything;
- a count sets the mass; its metal follows its own grade, else the richness of the book.

Each metal is a pair, the least and the greatest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

MG_PER_T = 10**9
UNBOUNDED_MG = 2**63 - 1
Pair = tuple[int, int]


@dataclass
class Lot:
    """What a lot holds, and what its latest addition brought."""

    dry: int = 0
    metal: list[int] = field(default_factory=lambda: [0, 0])
    last: tuple[int, Pair] = (0, (0, 0))
    overdrawn: bool = False
    kept: bool = True


@dataclass
class Shelf:
    """All lots, and per lot what its lines put in, took out and counted."""

    lots: dict[str, Lot]
    lines: list[tuple[str, str, int, Pair]]
    recorded: set[str]


def book(events: Sequence[Mapping[str, Any]], analyte: str) -> Shelf:
    """Keep the book of events in the order in which they arrived."""
    recorded = {lot for event in events for lot in _made(event)}
    lots: defaultdict[str, Lot] = defaultdict(Lot)
    lines: list[tuple[str, str, int, Pair]] = []
    for event in sorted(events, key=lambda event: event["time"]):
        kind, body = event["schema"][:-2], event["body"]
        if kind == "count":
            lot = lots[body["lot"]]
            dry, before = _dry(body), (lot.dry, list(lot.metal))
            low, high = (_found(lot, dry, _grade(body, analyte), b) for b in (0, 1))
            lot.dry, lot.metal = dry, [low, max(low, high)]
            change = (low - before[1][1], max(low, high) - before[1][0])
            lines.append((body["lot"], "count", dry - before[0], change))
            continue
        gone: list[tuple[int, Pair]] = []
        for line in body.get("inputs", ()):
            name = line["lot"]
            taken = _draw(lots, name, line, analyte, recorded)
            lines.append((name, "in", *taken))
            gone.append(taken)
        rest = [sum(dry for dry, _ in gone)] * 2, [sum(m[b] for _, m in gone) for b in (0, 1)]
        whole = rest[0][0], list(rest[1])
        for line in body.get("outputs", ()):
            dry, grade = _dry(line), _grade(line, analyte)
            metal: Pair = (0, dry)
            if grade is not None:
                metal = (_half_even(dry * grade),) * 2
            elif kind in {"split", "blend"} and whole[0] > 0:
                metal = _inherited(dry, rest, whole)
            lot = lots[line["lot"]]
            lot.dry += dry
            lot.metal = [have + more for have, more in zip(lot.metal, metal, strict=True)]
            lot.last = dry, metal
            lines.append((line["lot"], "out", dry, metal))
    return Shelf(dict(lots), lines, recorded)


def _draw(
    lots: Mapping[str, Lot], name: str, line: Mapping[str, Any], analyte: str, recorded: set[str]
) -> tuple[int, Pair]:
    lot = lots[name]
    if name not in recorded:
        if line.get("all"):
            recorded.add(name)  # whatever it was: now it is empty, and stays so
            lots[name].kept = False
            return 0, (0, UNBOUNDED_MG)
        dry, grade = _dry(line), _grade(line, analyte)
        return dry, (0, dry) if grade is None else (_half_even(dry * grade),) * 2
    dry = max(lot.dry, 0) if line.get("all") else _dry(line)
    short = max(dry - max(lot.dry, 0), 0)
    taken = [max(metal, 0) for metal in lot.metal]
    if dry < lot.dry:
        taken = [_half_even(Fraction(metal * dry, lot.dry)) for metal in taken]
    if short:
        mass, rich = lot.last
        extra = [
            _half_even(Fraction(r * short, mass)) if mass else b * short for b, r in enumerate(rich)
        ]
        # A lot without the element cannot be short of it.
        lot.overdrawn = lot.overdrawn or extra[1] > 0
        taken = [have + more for have, more in zip(taken, extra, strict=True)]
    if line.get("all"):
        lot.dry, lot.metal = 0, [0, 0]
    elif lot.kept:
        lot.dry -= dry
        lot.metal = [have - less for have, less in zip(lot.metal, taken, strict=True)]
    return dry, (taken[0], taken[1])


def _inherited(dry: int, rest: tuple[list[int], list[int]], whole: tuple[int, list[int]]) -> Pair:
    """Take a share of what has not come out yet, so that the parts add up to the whole."""
    got = []
    for b in (0, 1):
        if dry <= rest[0][b]:
            share = rest[1][b]
            if dry < rest[0][b]:
                share = _half_even(Fraction(rest[1][b] * dry, rest[0][b]))
            rest[0][b] -= dry
            rest[1][b] -= share
            got.append(share)
        else:
            got.append(min(_half_even(Fraction(whole[1][b] * dry, whole[0])), dry))
    return got[0], min(got[1], dry)


def _found(lot: Lot, dry: int, grade: Fraction | None, b: int) -> int:
    if grade is not None:
        return _half_even(dry * grade)
    if lot.dry > 0:
        return min(_half_even(Fraction(max(lot.metal[b], 0) * dry, lot.dry)), dry)
    mass, rich = lot.last
    if mass > 0:
        return min(_half_even(Fraction(rich[b] * dry, mass)), dry)
    return b * dry


def _made(event: Mapping[str, Any]) -> list[str]:
    body = event["body"]
    if event["schema"] == "count/1":
        return [body["lot"]]
    return [line["lot"] for line in body.get("outputs", ())]


def _dry(line: Mapping[str, Any]) -> int:
    exact = Fraction(line["dry"]["value"]) * MG_PER_T
    assert line["dry"]["unit"] == "t"
    return _half_even(exact)


def _grade(line: Mapping[str, Any], analyte: str) -> Fraction | None:
    for grade in line.get("grades", ()):
        if grade["analyte"] == analyte:
            assert grade["unit"] == "%"
            return Fraction(grade["value"]) / 100
    return None


def _half_even(value: Fraction | int) -> int:
    return round(Fraction(value))
