"""Lots as bags of origin-tagged metal, moved about event by event in plain Python.

Written from the description of the mixing model alone: it shares no code with oreline and no trick.
Masses are whole milligrams, rounded half to even as the ledger does; shares are exact fractions. A
mix that is needed before it is known (a recycle loop) is an unknown of a linear system.

Also draws of random ledgers.
"""

from __future__ import annotations

import copy
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
    found: dict[tuple[str, int], dict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
    made: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for event in events:
        for number, line in enumerate(event["body"].get("outputs", ())):
            made[line["lot"]].append((event["id"], number))
            found[event["id"], number]["line"] += _of_element(line.get("grades", ()), element)
    for event in events:
        if event["schema"] != "assay/1":
            continue
        body, outputs = event["body"], made[event["body"]["lot"]]
        if "event" not in body and len(outputs) != 1:
            continue  # an assay of a whole pile says nothing of one addition to it
        for at in outputs:
            if body.get("event", at[0]) == at[0]:
                found[at][body["role"]] += _of_element(body["results"], element)
    chosen = {at: _chosen(by_role) for at, by_role in found.items()}
    return {at: one for at, one in chosen.items() if one is not None}


def _of_element(grades: Any, element: str) -> list[Fraction]:
    return [grade_of(grade) for grade in grades if grade["analyte"] == element]


def _chosen(by_role: dict[str, list[Fraction]]) -> Fraction | None:
    for roles in _ROLES:
        grades = [grade for role in roles.split(",") for grade in by_role.get(role, ())]
        if grades:
            trillionths = sum(half_even(grade * 10**12) for grade in grades)
            return Fraction(trillionths // len(grades), 10**12)
    return None


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
        return (
            mixes[0]
            if len({tuple(sorted(m.items())) for m in mixes}) == 1
            else {UNKNOWN: Fraction(1)}
        )
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
            mixes[other] = (
                _replaced(mixes[other], mark, mixes[name]) if other != name else mixes[name]
            )
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


@dataclass
class _Story:
    """A ledger under way: what has been written, and roughly how many tonnes each lot holds."""

    draw: Any
    overdraw: bool
    events: list[Event] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=dict)
    piles: list[str] = field(default_factory=list)
    now: int = 1

    def write(self, kind: str, number: int, body: dict[str, Any], at: int | None = None) -> None:
        time = day(self.now if at is None else at)
        more = {} if kind == "assay" else {"site": "mill"}
        self.events.append(written(kind, f"e{number}", time, body, **more))

    def extract(self, number: int) -> None:
        site = self.draw(st.sampled_from(["mine/a", "mine/b", "mine/c", "mine/d"]))
        lot, tonnes = f"fwo:ORE-{number}", self.draw(_TONNES)
        self.stock[lot] = tonnes
        line = {"lot": lot, "dry": mass(tonnes), "grades": [grade(self.draw(_PERCENT))]}
        body = {"outputs": [line]}
        self.events.append(written("extract", f"x{number}", day(self.now), body, site=site))

    def taken(self, lot: str) -> dict[str, Any]:
        held = self.stock[lot]
        if held > 0 and self.draw(st.booleans()):
            too_much = self.overdraw and self.draw(st.integers(0, 9)) == 0
            tonnes = self.draw(st.integers(1, held + 3 if too_much else held))
            self.stock[lot] -= tonnes
            return {"lot": lot, "dry": mass(tonnes)}
        self.stock[lot] = 0
        return {"lot": lot, "all": True}

    def several(self, most: int) -> list[dict[str, Any]]:
        held = [lot for lot, tonnes in self.stock.items() if tonnes > 0]
        if not held:
            return []
        lots = self.draw(st.lists(st.sampled_from(held), min_size=1, max_size=most, unique=True))
        return [self.taken(lot) for lot in lots]

    def output(self, number: int, tonnes: int, *, graded: bool) -> dict[str, Any]:
        line: dict[str, Any] = {"lot": f"fwo:LOT-{number}-{len(self.stock)}"}
        if self.draw(st.integers(0, 2)) == 0:
            line = {"lot": self.draw(st.sampled_from(["fwo:PILE-1", "fwo:PILE-2"]))}
            line["continuing"] = True
            self.piles.append(line["lot"])
        line["dry"] = mass(tonnes)
        if graded:
            line["grades"] = [grade(self.draw(_PERCENT))]
        self.stock[line["lot"]] = self.stock.get(line["lot"], 0) + tonnes
        return line

    def blend(self, number: int) -> None:
        before = sum(max(tonnes, 0) for tonnes in self.stock.values())
        inputs = self.several(3)
        if inputs:
            went = before - sum(max(tonnes, 0) for tonnes in self.stock.values())
            self.stock[f"fwo:BLEND-{number}"] = went
            body = {"inputs": inputs, "outputs": [{"lot": f"fwo:BLEND-{number}"}]}
            self.write("blend", number, body)

    def split(self, number: int) -> None:
        large = [lot for lot, tonnes in self.stock.items() if tonnes > 1]
        if not large:
            return
        lot = self.draw(st.sampled_from(large))
        tonnes = self.draw(st.integers(2, self.stock[lot]))
        self.stock[lot] -= tonnes
        first = self.draw(st.integers(1, tonnes - 1))
        outputs = [self.output(number, part, graded=False) for part in (first, tonnes - first)]
        body = {"inputs": [{"lot": lot, "dry": mass(tonnes)}], "outputs": outputs}
        self.write("split", number, body)

    def process(self, number: int) -> None:
        inputs = self.several(3)
        if inputs:
            count = self.draw(st.integers(1, 2))
            outputs = [self.output(number, self.draw(_TONNES), graded=True) for _ in range(count)]
            self.write("process", number, {"inputs": inputs, "outputs": outputs})

    def consume(self, number: int) -> None:
        lot = self.draw(st.sampled_from(sorted(self.stock)))
        self.write("consume", number, {"inputs": [self.taken(lot)], "purpose": "sold"})

    def count(self, number: int) -> None:
        if self.piles:
            lot, tonnes = self.draw(st.sampled_from(self.piles)), self.draw(_TONNES)
            self.stock[lot] = tonnes
            own = {"grades": [grade(self.draw(_PERCENT))]} if self.draw(st.booleans()) else {}
            self.write("count", number, {"lot": lot, "dry": mass(tonnes), **own})

    def assay(self, number: int) -> None:
        made = [event for event in self.events if event["body"].get("outputs")]
        target = self.draw(st.sampled_from(made))
        body = {
            "lot": self.draw(st.sampled_from(target["body"]["outputs"]))["lot"],
            "role": self.draw(st.sampled_from(["plant", "seller", "buyer", "umpire"])),
            "results": [grade(self.draw(_PERCENT))],
        }
        if self.draw(st.booleans()):
            body["event"] = target["id"]
        self.write("assay", number, body, self.now + 20)

    def mill(self, number: int) -> None:
        feed = self.several(2)
        if feed:
            self.events += _mill_day(self.draw, number, self.now, feed)
            self.now += 1
            self.stock |= {f"fwo:CONC-{number}": 5, f"fwo:TAIL-{number}": 5}


_KINDS = (
    *(_Story.extract, _Story.blend, _Story.split, _Story.process, _Story.process),
    *(_Story.consume, _Story.count, _Story.assay, _Story.mill),
)


@st.composite
def drawn_ledger(draw: Any, *, steps_max: int = 10, overdraw: bool = True) -> list[Event]:
    """Draw a small ledger in which every mass and grade is known.

    Mines extract; lots are drawn in part or whole, blended, split, processed, put on piles,
    counted, consumed, assayed late; some days run a rougher and a cleaner with a recycle stream.
    """
    story = _Story(draw, overdraw)
    for number in range(2):
        story.extract(number)
    for number in range(2, 2 + draw(st.integers(1, steps_max))):
        story.now += draw(st.integers(0, 2))
        draw(st.sampled_from(_KINDS))(story, number)
    for place, event in enumerate(story.events):
        event["place"] = place
    return story.events


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


@st.composite
def opened(draw: Any, events: list[Event]) -> tuple[list[Event], set[str]]:
    """Draw what is forgotten of a ledger: masses and grades become intervals or UNKNOWN, and some
    ores are no longer seen mined but only reported from a country, or from nowhere.

    Returns the events that are left and the ores that are only reported.
    """
    left: list[Event] = []
    unsited: set[str] = set()
    for event in copy.deepcopy(events):
        body = event["body"]
        if event["schema"] == "extract/1" and draw(st.integers(0, 4)) == 0:
            lot = body["outputs"][0]["lot"]
            unsited.add(lot)
            seen: dict[str, Any] = {"lot": lot}
            if draw(st.booleans()):
                seen["origin"] = {"country": SITES[event["site"]][0], "basis": "reported"}
            event = written(
                "observe",
                event["id"],
                event["time"],
                {"lots": [seen], "status": "seen", "basis": "reported"},
                place=event["place"],
            )
        elif event["schema"] == "assay/1" and body["lot"] in unsited:
            continue
        else:
            for line in (*body.get("inputs", ()), *body.get("outputs", ())):
                if "dry" in line:
                    line["dry"] = _widened(draw, line["dry"])
                line["grades"] = [_widened(draw, one) for one in line.get("grades", ())]
        left.append(event)
    return left, unsited


def _widened(draw: Any, quantity: dict[str, str]) -> dict[str, str]:
    """Return a quantity as it is, or as an interval round it, or UNKNOWN."""
    how = draw(st.integers(0, 5))
    kept = {key: quantity[key] for key in ("analyte", "unit", "basis") if key in quantity}
    if how == 0:
        return {**{key: kept[key] for key in kept if key == "analyte"}, "unknown": "not stated"}
    if how > 2:
        return quantity
    value = Fraction(quantity["value"])
    low, high = value * draw(st.integers(0, 10)) / 10, value * draw(st.integers(10, 15)) / 10
    return {**kept, "low": f"{float(low):.6f}", "high": f"{float(high):.6f}"}


def stored(events: list[Event]) -> list[Event]:
    """Return events without the oracle's own field, ready to append."""
    return [{key: value for key, value in event.items() if key != "place"} for event in events]
