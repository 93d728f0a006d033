"""Lots as bags of origin-tagged metal, moved about event by event in plain Python.

Written from the description of the mixing model alone: it shares no code with oreline and no trick.
Masses are whole milligrams, rounded half to even as the ledger does; shares are exact fractions. A
mix that is needed before it is known (a recycle loop) is an unknown of a linear system.

Also draws of random ledgers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

UNKNOWN = "UNKNOWN"
_UNIT_MG = {"mg": 1, "g": 10**3, "kg": 10**6, "t": 10**9}
_ROLES = ("umpire", "agreed", "referee", "seller,buyer", "plant", "survey", "line")

Mix = dict[str, Fraction]
"""Shares by origin (the lot that was extracted), and by ``?event`` for a mix not yet known."""
Event = dict[str, Any]


@dataclass
class Bag:
    """What a lot holds: dry mass and metal in milligrams, its mix, and its latest addition."""

    dry: int = 0
    metal: int = 0
    mix: Mix | None = None
    last: tuple[int, int] = (0, 0)


@dataclass
class World:
    """All lots after all events, with what was made of the element where a lot was made once."""

    bags: dict[str, Bag] = field(default_factory=lambda: defaultdict(Bag))
    made: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    piles: set[str] = field(default_factory=set)
    support: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    refilled: bool = False

    def metal(self, lot: str) -> int:
        if len(self.made[lot]) == 1 and lot not in self.piles:
            return self.made[lot][0]
        return max(self.bags[lot].metal, 0)

    def shares(self, lot: str) -> Mix:
        return {name: part for name, part in (self.bags[lot].mix or {}).items() if part}


def half_even(number: Fraction) -> int:
    return round(number)


def milligrams(mass: dict[str, str]) -> int:
    return half_even(Fraction(mass["value"]) * _UNIT_MG[mass["unit"]])


def grade_of(grade: dict[str, str]) -> Fraction:
    assert grade["unit"] == "%"
    return Fraction(grade["value"]) / 100


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def interval(event: Event) -> tuple[datetime, datetime]:
    return moment(event.get("time_start", event["time"])), moment(event["time"])


def acting(events: list[Event]) -> list[tuple[Event, str, int, dict[str, Any]]]:
    """Return (event, side, number of the line on that side, line) in the order in which lines act.

    By time, then by order of arrival, inputs first. An output of an interval that was drawn by
    another event at the same site in an overlapping interval acts just before the first such draw.
    """
    plain = []
    for event in sorted(events, key=lambda event: (moment(event["time"]), event["place"])):
        body, kind = event["body"], event["schema"].partition("/")[0]
        if kind == "count":
            plain.append((event, "count", 0, body))
            continue
        plain += [(event, "in", at, line) for at, line in enumerate(body.get("inputs", ()))]
        plain += [(event, "out", at, line) for at, line in enumerate(body.get("outputs", ()))]
    placed = []
    for place, (event, side, number, line) in enumerate(plain):
        key = Fraction(place)
        start, end = interval(event)
        if side == "out" and start < end:
            for before in range(place):
                other, other_side, _, other_line = plain[before]
                other_start, other_end = interval(other)
                if (
                    other_side == "in"
                    and other is not event
                    and other_line["lot"] == line["lot"]
                    and other.get("site") == event.get("site")
                    and other_start < other_end
                    and other_start < end
                    and start < other_end
                ):
                    key = before - Fraction(1, 2)
                    break
        placed.append((key, place, (event, side, number, line)))
    return [step for _, _, step in sorted(placed, key=lambda entry: entry[:2])]


def book_grades(events: list[Event], element: str) -> dict[tuple[str, int], Fraction]:
    """Return the grade that counts for each output (event id, number of the output)."""
    outputs = [
        (event["id"], number, line)
        for event in events
        for number, line in enumerate(event["body"].get("outputs", ()))
    ]
    made = defaultdict(list)
    for name, number, line in outputs:
        made[line["lot"]].append((name, number))
    found: dict[tuple[str, int], dict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
    for name, number, line in outputs:
        for grade in line.get("grades", ()):
            if grade["analyte"] == element:
                found[name, number]["line"].append(grade_of(grade))
    for event in events:
        if event["schema"] != "assay/1":
            continue
        body = event["body"]
        wanted = [
            at for at in made[body["lot"]] if body.get("event", at[0]) == at[0]
        ]
        if "event" not in body and len(made[body["lot"]]) != 1:
            continue
        for at in wanted:
            for grade in body["results"]:
                if grade["analyte"] == element:
                    found[at][body["role"]].append(grade_of(grade))
    chosen = {}
    for at, by_role in found.items():
        for roles in _ROLES:
            grades = [grade for role in roles.split(",") for grade in by_role.get(role, ())]
            if grades:
                trillionths = sum(half_even(grade * 10**12) for grade in grades)
                chosen[at] = Fraction(trillionths // len(grades), 10**12)
                break
    return chosen


def simulate(events: list[Event], element: str) -> World:
    """Move every bag; events must be in force, with a ``place`` in the order of the log."""
    world = World()
    grades = book_grades(events, element)
    steps = acting(events)
    waiting = defaultdict(int)
    for event, side, _, _ in steps:
        waiting[event["id"]] += side == "in"
    drawn: dict[str, list[tuple[int, Mix]]] = defaultdict(list)
    rest: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    needed: set[str] = set()
    for event, side, number, line in steps:
        name = event["id"]
        if side == "count":
            _count(world, line)
        elif side == "in":
            dry, parts = _draw(world, line)
            drawn[name] += parts
            rest[name][0] += dry
            rest[name][1] += sum(metal for metal, _ in parts)
            waiting[name] -= 1
        else:
            mix = _mix_of(event, line, drawn[name])
            if waiting[name]:
                needed.add(name)
                mix = {f"?{name}": Fraction(1)}
            _put(world, event, line, mix, grades.get((name, number)), rest[name])
    _solve(world, {name: mixed(drawn[name]) for name in needed})
    return world


def _draw(world: World, line: dict[str, Any]) -> tuple[int, list[tuple[int, Mix]]]:
    bag = world.bags[line["lot"]]
    dry = max(bag.dry, 0) if line.get("all") else milligrams(line["dry"])
    short = max(dry - max(bag.dry, 0), 0)
    held = max(bag.metal, 0)
    metal = held if short or dry == bag.dry else _part(held, dry, bag.dry)
    parts = [(metal, dict(bag.mix or {}))]
    if short:
        excess = half_even(Fraction(bag.last[1] * short, bag.last[0]))
        parts.append((excess, {UNKNOWN: Fraction(1)}))
        metal += excess
    bag.dry, bag.metal = (0, 0) if line.get("all") else (bag.dry - dry, bag.metal - metal)
    return dry, parts


def _part(metal: int, dry: int, whole: int) -> int:
    return half_even(Fraction(metal * dry, whole)) if whole else 0


def mixed(parts: list[tuple[int, Mix]]) -> Mix:
    """Return the mix of several parts, by their metal; UNKNOWN if there is none."""
    total = sum(metal for metal, _ in parts)
    if not total:
        mixes = [mix for _, mix in parts]
        # Nothing of the element was there: only the one thing that went in can be named.
        return mixes[0] if len({tuple(sorted(m.items())) for m in mixes}) == 1 else {UNKNOWN: Fraction(1)}
    answer: Mix = defaultdict(Fraction)
    for metal, mix in parts:
        for origin, share in mix.items():
            answer[origin] += share * metal / total
    return dict(answer)


def _mix_of(event: Event, line: dict[str, Any], drawn: list[tuple[int, Mix]]) -> Mix:
    if event["schema"] == "extract/1":
        return {line["lot"]: Fraction(1)}
    return mixed(drawn)


def _put(
    world: World,
    event: Event,
    line: dict[str, Any],
    mix: Mix,
    grade: Fraction | None,
    rest: list[int],
) -> None:
    lot, bag = line["lot"], world.bags[line["lot"]]
    dry = milligrams(line["dry"]) if "dry" in line else rest[0]
    if grade is not None:
        metal = half_even(dry * grade)
    elif "dry" not in line:
        metal = rest[1]
    else:
        assert event["schema"] in {"blend/1", "split/1"}
        assert dry <= rest[0]
        metal = rest[1] if dry == rest[0] else _part(rest[1], dry, rest[0])
        rest[0] -= dry
        rest[1] -= metal
    if bag.dry <= 0 or bag.mix is None:
        world.refilled = world.refilled or bag.mix is not None
        bag.mix = mix
    else:
        bag.mix = mixed([(max(bag.metal, 0), bag.mix), (metal, mix)])
    bag.dry += dry
    bag.metal += metal
    bag.last = (dry, metal)
    world.made[lot].append(metal)
    if line.get("continuing"):
        world.piles.add(lot)


def _count(world: World, body: dict[str, Any]) -> None:
    bag = world.bags[body["lot"]]
    dry = milligrams(body["dry"])
    own = [grade_of(grade) for grade in body.get("grades", ())]
    if own:
        bag.metal = half_even(dry * own[0])
    elif bag.dry > 0:
        bag.metal = min(half_even(Fraction(max(bag.metal, 0) * dry, bag.dry)), dry)
    else:
        bag.metal = min(half_even(Fraction(bag.last[1] * dry, bag.last[0])), dry)
    bag.dry = dry


def _solve(world: World, mixes: dict[str, Mix]) -> None:
    """Put origins in the place of mixes that were named before they were known."""
    for name in list(mixes):
        mark = f"?{name}"
        own = mixes[name].pop(mark, Fraction(0))
        assert own < 1, f"nothing enters the loop of {name}"
        mixes[name] = {key: part / (1 - own) for key, part in mixes[name].items()}
        for other in mixes:
            mixes[other] = _replaced(mixes[other], mark, mixes[name]) if other != name else mixes[name]
    for bag in world.bags.values():
        for name, mix in mixes.items():
            bag.mix = _replaced(bag.mix or {}, f"?{name}", mix)


def _replaced(mix: Mix, mark: str, by: Mix) -> Mix:
    part = mix.get(mark, Fraction(0))
    answer: Mix = defaultdict(Fraction)
    for key, share in mix.items():
        if key != mark:
            answer[key] += share
    for key, share in by.items():
        answer[key] += part * share
    return dict(answer)


# Random ledgers.

SITES = {
    "mine/a": ("PK", "Chagai", "fwo"),
    "mine/b": ("PK", "Chitral", "fwo"),
    "mine/c": ("PK", "Chagai", "other"),
    "mine/d": ("CN", "Hunan", "hunan"),
    "mill": ("PK", "Chagai", "fwo"),
}


def written(kind: str, name: str, time: str, body: dict[str, Any], **more: Any) -> Event:
    """Return an event as a caller writes it."""
    return {
        "schema": f"{kind}/1",
        "id": name,
        "time": time,
        "actor": "clerk-1",
        "body": body,
        **more,
    }


def declared_sites(**more: dict[str, str]) -> list[Event]:
    """Return the declarations of the mines and the mill."""
    return [
        written(
            "declare",
            f"declare-{name}",
            "2025-01-01T00:00:00Z",
            {
                "type": "site",
                "id": name,
                "data": {
                    "country": country,
                    "district": district,
                    "operator": operator,
                    **more.get(name, {}),
                },
            },
        )
        for name, (country, district, operator) in SITES.items()
    ]


def mass(value: Any, unit: str = "t") -> dict[str, str]:
    """Return a measured mass."""
    return {"value": str(value), "unit": unit, "basis": "measured"}


def grade(value: Any, analyte: str = "Sb") -> dict[str, str]:
    """Return a measured grade in percent."""
    return {"analyte": analyte, "value": str(value), "unit": "%", "basis": "measured"}


def day(number: int, hour: int = 12) -> str:
    """Return a moment of the year 2025."""
    month, date = divmod(number, 28)
    return f"2025-{month + 1:02d}-{date + 1:02d}T{hour:02d}:00:00Z"


_TONNES = st.integers(1, 40)
_PERCENT = st.sampled_from(["0.7", "5", "12.5", "33.3", "60"])


@st.composite
def drawn_ledger(draw: Any, *, steps_max: int = 10, overdraw: bool = True) -> list[Event]:
    """Draw a small ledger in which every mass and grade is known.

    Mines extract, lots are drawn in part or whole, blended, split, processed, put on piles, counted,
    consumed, assayed late; some days run a rougher and a cleaner with a recycle stream.
    """
    events: list[Event] = []
    lots: list[str] = []
    stock: dict[str, int] = {}
    piles: list[str] = []
    now = 1

    def extraction(number: int) -> Event:
        site = draw(st.sampled_from(["mine/a", "mine/b", "mine/c", "mine/d"]))
        lot = f"fwo:ORE-{number}"
        lots.append(lot)
        tonnes = draw(_TONNES)
        stock[lot] = tonnes
        line = {"lot": lot, "dry": mass(tonnes), "grades": [grade(draw(_PERCENT))]}
        return written("extract", f"x{number}", day(now), {"outputs": [line]}, site=site)

    def taken(lot: str) -> dict[str, Any]:
        held = stock[lot]
        if held > 0 and draw(st.booleans()):
            most = held + 3 if overdraw and draw(st.integers(0, 9)) == 0 else held
            tonnes = draw(st.integers(1, most))
            stock[lot] -= tonnes
            return {"lot": lot, "dry": mass(tonnes)}
        stock[lot] = min(held, 0) if held < 0 else 0
        return {"lot": lot, "all": True}

    def several(most: int) -> list[str]:
        held = [lot for lot in lots if stock[lot] > 0]
        if not held:
            return []
        return draw(st.lists(st.sampled_from(held), min_size=1, max_size=most, unique=True))

    def output(number: int, tonnes: int, *, graded: bool) -> dict[str, Any]:
        if draw(st.integers(0, 2)) == 0:
            lot = draw(st.sampled_from(["fwo:PILE-1", "fwo:PILE-2"]))
            if lot not in piles:
                piles.append(lot)
                lots.append(lot)
                stock[lot] = 0
            line: dict[str, Any] = {"lot": lot, "continuing": True}
        else:
            lot = f"fwo:LOT-{number}-{len(lots)}"
            lots.append(lot)
            stock[lot] = 0
            line = {"lot": lot}
        line["dry"] = mass(tonnes)
        stock[lot] += tonnes
        if graded:
            line["grades"] = [grade(draw(_PERCENT))]
        return line

    for number in range(2):
        events.append(extraction(number))
    for number in range(2, 2 + draw(st.integers(1, steps_max))):
        now += draw(st.integers(0, 2))
        kind = draw(
            st.sampled_from(
                ["extract", "blend", "split", "process", "process", "consume", "count", "assay", "mill"]
            )
        )
        name, time = f"e{number}", day(now)
        if kind == "extract":
            events.append(extraction(number))
        elif kind == "blend":
            before = sum(max(stock[lot], 0) for lot in lots)
            inputs = [taken(lot) for lot in several(3)]
            went = before - sum(max(stock[lot], 0) for lot in lots)
            if not inputs:
                continue
            lot = f"fwo:BLEND-{number}"
            lots.append(lot)
            stock[lot] = went
            body = {"inputs": inputs, "outputs": [{"lot": lot}]}
            events.append(written("blend", name, time, body, site="mill"))
        elif kind == "split":
            lot = draw(st.sampled_from(lots))
            if stock[lot] < 2:
                continue
            tonnes = draw(st.integers(2, stock[lot]))
            stock[lot] -= tonnes
            first = draw(st.integers(1, tonnes - 1))
            outputs = [output(number, first, graded=False)]
            outputs.append(output(number, tonnes - first, graded=False))
            if outputs[0]["lot"] == outputs[1]["lot"]:
                outputs = outputs[:1]
            body = {"inputs": [{"lot": lot, "dry": mass(tonnes)}], "outputs": outputs}
            events.append(written("split", name, time, body, site="mill"))
        elif kind == "process":
            inputs = [taken(lot) for lot in several(3)]
            if not inputs:
                continue
            outputs = [output(number, draw(_TONNES), graded=True) for _ in range(draw(st.integers(1, 2)))]
            events.append(
                written("process", name, time, {"inputs": inputs, "outputs": outputs}, site="mill")
            )
        elif kind == "consume":
            body = {"inputs": [taken(draw(st.sampled_from(lots)))], "purpose": "sold"}
            events.append(written("consume", name, time, body, site="mill"))
        elif kind == "count" and piles:
            lot = draw(st.sampled_from(piles))
            tonnes = draw(_TONNES)
            stock[lot] = tonnes
            body = {"lot": lot, "dry": mass(tonnes)}
            if draw(st.booleans()):
                body["grades"] = [grade(draw(_PERCENT))]
            events.append(written("count", name, time, body, site="mill"))
        elif kind == "assay":
            target = draw(st.sampled_from([e for e in events if e["body"].get("outputs")]))
            lot = draw(st.sampled_from(target["body"]["outputs"]))["lot"]
            body = {
                "lot": lot,
                "role": draw(st.sampled_from(["plant", "seller", "buyer", "umpire"])),
                "results": [grade(draw(_PERCENT))],
            }
            if draw(st.booleans()):
                body["event"] = target["id"]
            events.append(written("assay", name, day(now + 20), body))
        elif kind == "mill":
            feed = several(2)
            if not feed:
                continue
            events += _mill_day(draw, number, now, [taken(lot) for lot in feed])
            now += 1
            for lot in (f"fwo:CONC-{number}", f"fwo:TAIL-{number}"):
                lots.append(lot)
                stock[lot] = 5
    for place, event in enumerate(events):
        event["place"] = place
    return events


def _mill_day(draw: Any, number: int, now: int, feed: list[dict[str, Any]]) -> list[Event]:
    """A rougher and a cleaner on one day: the cleaner tailings go back to the rougher."""
    when = {"time_start": day(now, 0), "site": "mill"}
    recycled = draw(st.integers(1, 5))
    middling = f"fwo:CT-{number}"
    rougher = {
        "inputs": [*feed, {"lot": middling, "dry": mass(recycled)}],
        "outputs": [
            {"lot": f"fwo:RC-{number}", "dry": mass(9), "grades": [grade("20")]},
            {"lot": f"fwo:TAIL-{number}", "dry": mass(5), "grades": [grade("0.7")]},
        ],
    }
    cleaner = {
        "inputs": [{"lot": f"fwo:RC-{number}", "all": True}],
        "outputs": [
            {"lot": f"fwo:CONC-{number}", "dry": mass(5), "grades": [grade("60")]},
            {
                "lot": middling,
                "dry": mass(recycled + draw(st.integers(0, 2))),
                "grades": [grade(draw(_PERCENT))],
                "continuing": True,
            },
        ],
    }
    return [
        written("process", f"rougher{number}", day(now, 20), rougher, **when),
        written("process", f"cleaner{number}", day(now, 20), cleaner, **when),
    ]


def stored(events: list[Event]) -> list[Event]:
    """Return events without the oracle's own field, ready to append."""
    return [{key: value for key, value in event.items() if key != "place"} for event in events]
