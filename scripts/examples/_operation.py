"""A year of the invented operation: the days of a circuit as its clerks and laboratory enter them.

The true state of every pile is simulated; what is entered are readings of it, so that the books
close within the stated uncertainties as real books do, and in one month they do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from examples._assumptions import assumed
from examples._calendar import at, compact, days, is_month_end, month_of, works
from examples._circuit import (
    REST,
    Circuit,
    Day,
    Stream,
    feed_stream,
    float_day,
    grades_of,
    mass_of,
)
from examples._low_grade import draw, haul, is_low_grade_day
from examples._readings import Reading, cells, grade_cells, read, read_relative, stream
from examples._tables import Entered, Row

OPERATOR = "illus-operator"
TARGET_DAYS_OF_ORE = {"sb": 3.5, "cu": 4.0, "ree": 5.0}
SNOW = (date(2026, 2, 2), date(2026, 2, 10))
"""Days on which little antimony ore comes down, so that the pile runs low."""
LATE_TRUCKS = date(2026, 2, 11)
"""The day whose trucks were entered three days later, with the right date."""
LATE_ASSAY = date(2025, 11, 15)
WRONG_TICKET = date(2025, 9, 17)
DUPLICATE = date(2025, 10, 21)
BLOCKED_SAMPLER = "2026-04"
"""The month in which the copper tailings sampler shows less than half of the copper."""
SAMPLER_SHOWS = 0.40
TRUE_RECOVERY_THEN = 0.76


@dataclass(slots=True)
class Pile:
    """What truly lies in a pile, by component."""

    stream: Stream = field(default_factory=dict)

    def add(self, more: Stream) -> None:
        """Put material on the pile."""
        for name, mass in more.items():
            self.stream[name] = self.stream.get(name, 0.0) + mass

    def take(self, share: float) -> Stream:
        """Take a share of the pile off it."""
        taken = {name: mass * share for name, mass in self.stream.items()}
        for name, mass in taken.items():
            self.stream[name] -= mass
        return taken


@dataclass(slots=True)
class Plant:
    """One circuit as it runs: its piles, its random stream, what was entered so far."""

    circuit: Circuit
    rng: np.random.Generator
    rom: Pile = field(default_factory=Pile)
    concentrate: Pile = field(default_factory=Pile)
    drift: float = 0.0
    entered: list[Entered] = field(default_factory=list)

    def lot(self, name: str) -> str:
        """Return a lot of this circuit."""
        return f"illus:{self.circuit.code}-{name}"

    def event(self, day: date, name: str) -> str:
        """Return the id of an event of this circuit."""
        return f"illus-{compact(day)}-{self.circuit.code}-{name}"

    def enter(self, day: date, rows: list[Row], arrival: str = "") -> None:
        """Enter an event in the month's file of the circuit."""
        file = f"{month_of(day)}-{self.circuit.code}"
        self.entered.append(Entered(file, arrival or rows[0]["time"], tuple(rows)))


def _wet(plant: Plant, dry_t: float, moisture: float, relative_u: float) -> Row:
    """Return a wet mass and its moisture as read."""
    weight = read_relative(plant.rng, dry_t / (1 - moisture / 100), relative_u / 100)
    return cells("wet_t", weight) | cells(
        "moisture_pct", read(plant.rng, moisture, assumed("A-U-MOIST"))
    )


def _quantity(plant: Plant, method: str) -> Row:
    return {"basis": "assumed", "method": method, "source": plant.circuit.source}


def _mined_t(plant: Plant, day: date) -> float:
    """Return the dry ore mined: what the mill takes, steered to the target pile, with scatter."""
    rate = plant.circuit.rate_t_d
    lacking = TARGET_DAYS_OF_ORE[plant.circuit.code] * rate - mass_of(
        plant.circuit, plant.rom.stream
    )
    wanted = rate + 0.2 * lacking
    if plant.circuit.code == "sb" and SNOW[0] <= day <= SNOW[1]:
        wanted = 0.60 * rate
    if plant.circuit.code == "sb" and day == LATE_TRUCKS:
        return 1.35 * rate
    scatter = 0.04 if wanted < rate else 0.10
    return wanted * (1 + scatter * float(plant.rng.uniform(-1, 1)))


def mine_and_haul(plant: Plant, day: date) -> None:
    """Enter a day's ore: mined and weighed, hauled, weighed again, put on the pile."""
    circuit, code = plant.circuit, plant.circuit.code
    scatter = np.exp(0.08 * plant.rng.standard_normal(2))
    pct = {
        name: value * float(scatter[1 if name in circuit.minor else 0])
        for name, value in circuit.feed_pct.items()
    }
    ore = feed_stream(circuit, _mined_t(plant, day), pct)
    moisture = assumed("A-MOIST-ORE") + 0.5 * float(plant.rng.standard_normal())
    dry = mass_of(circuit, ore)
    lot, base = plant.lot(f"ore-{compact(day)}"), {"party": OPERATOR}
    mine = f"illus-mine-{code}"
    extract = base | {
        "event": plant.event(day, "extract"),
        "kind": "extract",
        "time": at(day, 11),
        "actor": "illus-mine-clerk",
        "site": mine,
        "lot": lot,
        "material": f"illus-{code}-ore",
        **_wet(plant, dry, moisture, assumed("A-U-SCALE")),
        **grade_cells(plant.rng, grades_of(circuit, ore), assumed("A-U-GRADECONTROL") / 100),
        **_quantity(plant, "mine weighbridge; grade control"),
    }
    at_mill = _wet(plant, dry, moisture, assumed("A-U-SCALE")) | _quantity(
        plant, "mill weighbridge"
    )
    dispatch = base | {
        "event": plant.event(day, "dispatch"),
        "kind": "dispatch",
        "time": at(day, 12),
        "actor": "illus-mine-clerk",
        "site": mine,
        "to_site": plant.circuit.mill,
        "lot": lot,
        "mode": "truck",
    }
    receive = base | {
        "event": plant.event(day, "receive"),
        "kind": "receive",
        "time": at(day, 15),
        "actor": "illus-gate",
        "site": plant.circuit.mill,
        "lot": lot,
        "dispatch": dispatch["event"],
        "documents": f"WB-{code}-{compact(day)}",
        **at_mill,
    }
    top_up = _top_up(plant, day, lot, at_mill)
    plant.rom.add(ore)
    for event in ([extract], [dispatch], [receive], top_up):
        _enter_ore(plant, day, event)


def _top_up(plant: Plant, day: date, lot: str, at_mill: Row) -> list[Row]:
    code = plant.circuit.code
    if code == "cu" and day == WRONG_TICKET:
        at_mill = at_mill | {"wet_t": transposed(at_mill["wet_t"])}
    first = {
        "event": plant.event(day, "top-up"),
        "kind": "blend",
        "time": at(day, 16),
        "actor": "illus-gate",
        "party": OPERATOR,
        "site": plant.circuit.mill,
        "external_id": f"TALLY-{code}-{compact(day)}",
        "side": "in",
        "lot": lot,
        "all": "yes",
    }
    pile = {
        "side": "out",
        "lot": plant.lot("rom"),
        "material": f"illus-{code}-ore",
        "continuing": "yes",
    }
    return [first, pile | at_mill]


def transposed(text: str) -> str:
    """Return a number with its first two digits that differ exchanged, as a tired clerk does.

    >>> transposed("151.8")
    '511.8'
    >>> transposed("115.8")
    '151.8'
    """
    for place in range(1, len(text) - 1):
        left, right = text[place], text[place + 1]
        if left != right and "." not in {left, right}:
            return text[:place] + right + left + text[place + 2 :]
    return text[1] + text[0] + text[2:]


def _enter_ore(plant: Plant, day: date, rows: list[Row]) -> None:
    """Enter an event of hauling; on one day three days late."""
    if plant.circuit.code != "sb" or day != LATE_TRUCKS:
        plant.enter(day, rows)
        return
    entered_on = at(day + timedelta(days=3), 16, 1)
    rows[0] = rows[0] | {
        "x_entered": entered_on,
        "note": "Tally sheet of the day found and entered three days later.",
    }
    plant.enter(day, rows, entered_on)


def _recovery(plant: Plant, day: date) -> dict[str, float]:
    """Return the day's true recoveries: a slow drift around the design value."""
    plant.drift = 0.8 * plant.drift + 0.008 * float(plant.rng.standard_normal())
    found = {}
    for name, design in plant.circuit.recovery.items():
        centre = design
        if plant.circuit.code == "cu" and month_of(day) == BLOCKED_SAMPLER:
            centre = TRUE_RECOVERY_THEN
        found[name] = min(0.97, centre + plant.drift)
    return found


def run_mill(plant: Plant, day: date) -> None:
    """Enter a day of the circuit: rougher and cleaner with their recycle, and nine assays."""
    circuit = plant.circuit
    stock = mass_of(circuit, plant.rom.stream)
    rate = circuit.rate_t_d * (1 + 0.04 * float(plant.rng.standard_normal()))
    from_pile = feed = plant.rom.take(min(rate / stock, 0.98))
    low_grade = None
    if is_low_grade_day(circuit, day):
        for event in haul(circuit, day):
            plant.enter(day, event)
        more, low_grade = draw(circuit, day)
        feed = {name: mass + more[name] for name, mass in feed.items()}
    dust = {name: mass * assumed("A-DUST") / 100 for name, mass in feed.items()}
    floated = {name: mass - dust[name] for name, mass in feed.items()}
    grade = circuit.concentrate_pct * (1 + 0.015 * float(plant.rng.standard_normal()))
    streams = float_day(circuit, floated, _recovery(plant, day), grade)
    plant.concentrate.add(streams.concentrate)
    feed_moisture = assumed("A-MOIST-ORE") + 0.3 * float(plant.rng.standard_normal())
    cake_moisture = assumed("A-MOIST-CON") + 0.4 * float(plant.rng.standard_normal())
    rougher = _rougher(plant, day, (from_pile, dust, feed_moisture), streams)
    plant.enter(day, rougher if low_grade is None else [rougher[0], low_grade, *rougher[1:]])
    plant.enter(day, _cleaner(plant, day, streams, cake_moisture), at(day, 23, 50, 1))
    _shift_assays(plant, day, feed, streams, (feed_moisture, cake_moisture))


def _loop_row(plant: Plant, day: date, side: str, which: str, dry: Reading) -> Row:
    name = {"rc": "rougher-concentrate", "ct": "cleaner-tails"}[which]
    return {
        "side": side,
        "lot": plant.lot(f"{which}-{compact(day)}"),
        "material": f"illus-{plant.circuit.code}-{name}",
        **cells("dry_t", dry),
        **_quantity(plant, "flow and density"),
    }


def _loop_masses(plant: Plant, day: date, streams: Day) -> tuple[Reading, Reading]:
    """Return the day's readings of the two streams inside the loop, the same for both events."""
    rng = stream(f"loop/{plant.circuit.code}/{day}")
    relative = assumed("A-U-FLOW") / 100
    return (
        read_relative(rng, mass_of(plant.circuit, streams.rougher_concentrate), relative),
        read_relative(rng, mass_of(plant.circuit, streams.cleaner_tails), relative),
    )


def _run(plant: Plant, day: date, unit: str) -> Row:
    return {
        "event": plant.event(day, unit),
        "kind": "process",
        "time": at(day, 23, 50),
        "time_start": at(day, 0),
        "actor": "illus-shift-boss",
        "party": OPERATOR,
        "site": plant.circuit.mill,
        "unit": f"illus-{plant.circuit.code}-{unit}",
    }


def _rougher(plant: Plant, day: date, fed: tuple[Stream, Stream, float], streams: Day) -> list[Row]:
    circuit = plant.circuit
    feed, dust, moisture = fed
    concentrate_t, tails_t = _loop_masses(plant, day, streams)
    intake = _run(plant, day, "rougher") | {
        "side": "in",
        "lot": plant.lot("rom"),
        "material": f"illus-{circuit.code}-ore",
        **_wet(plant, mass_of(circuit, feed), moisture, assumed("A-U-BELT")),
        **_quantity(plant, "belt scale"),
    }
    rougher_concentrate = _loop_row(plant, day, "out", "rc", concentrate_t) | grade_cells(
        plant.rng, grades_of(circuit, streams.rougher_concentrate), 0.02
    )
    tails = {
        "side": "out",
        "lot": plant.lot("tails"),
        "material": f"illus-{circuit.code}-tailings",
        "continuing": "yes",
        **cells(
            "dry_t",
            read_relative(plant.rng, mass_of(circuit, streams.tails), assumed("A-U-FLOW") / 100),
        ),
        **_quantity(plant, "flow and density"),
    }
    dust_kg = read_relative(plant.rng, 1000 * mass_of(circuit, dust), 0.25)
    gone = {
        "side": "loss",
        "stream": "crusher dust",
        **cells("dry_kg", dust_kg),
        **grade_cells(plant.rng, grades_of(circuit, dust), 0.05),
        **_quantity(plant, "dust filter mass, estimated share"),
    }
    return [intake, _loop_row(plant, day, "in", "ct", tails_t), rougher_concentrate, tails, gone]


def _cleaner(plant: Plant, day: date, streams: Day, moisture: float) -> list[Row]:
    circuit = plant.circuit
    concentrate_t, tails_t = _loop_masses(plant, day, streams)
    intake = _run(plant, day, "cleaner") | _loop_row(plant, day, "in", "rc", concentrate_t)
    cleaner_tails = _loop_row(plant, day, "out", "ct", tails_t) | grade_cells(
        plant.rng, grades_of(circuit, streams.cleaner_tails), 0.02
    )
    cake = {
        "side": "out",
        "lot": plant.lot("conc"),
        "material": f"illus-{circuit.code}-concentrate",
        "continuing": "yes",
        **_wet(plant, mass_of(circuit, streams.concentrate), moisture, assumed("A-U-SCALE")),
        **_quantity(plant, "filter cake scale"),
    }
    if circuit.code == "sb" and day == LATE_ASSAY:
        for name, true in grades_of(circuit, streams.concentrate).items():
            cake |= cells(f"{name}_pct", read_relative(plant.rng, true * 1.045, 0.04))
        cake["method"] = "filter cake scale; grade estimated from the week before"
    return [intake, cleaner_tails, cake]


def _shift_assays(
    plant: Plant, day: date, feed: Stream, streams: Day, moistures: tuple[float, float]
) -> None:
    circuit = plant.circuit
    bias = 1.0
    if circuit.code == "cu" and month_of(day) == BLOCKED_SAMPLER:
        bias = SAMPLER_SHOWS
    tails = {name: bias * value for name, value in grades_of(circuit, streams.tails).items()}
    three = (
        ("feed", "rom", "rougher", grades_of(circuit, feed), "A-U-FEED", moistures[0]),
        ("tails", "tails", "rougher", tails, "A-U-TAIL", None),
        ("conc", "conc", "cleaner", grades_of(circuit, streams.concentrate), "A-U-CON",
         moistures[1]),
    )  # fmt: skip
    for name, lot, unit, true, u, moisture in three:
        if circuit.code == "sb" and day == LATE_ASSAY and name == "conc":
            _late_assay(plant, day, true)
            continue
        for shift in (1, 2, 3):
            row = _assay(plant, day, f"{name}-{shift}", lot, unit)
            row |= {"time": at(day, 8 * shift + 2), "laboratory": "illus-mill-laboratory"}
            if moisture is not None:
                row |= cells("moisture_pct", read(plant.rng, moisture, assumed("A-U-MOIST")))
            row |= grade_cells(plant.rng, true, assumed(u) / 100)
            plant.enter(day, [row])


def _assay(plant: Plant, day: date, name: str, lot: str, unit: str) -> Row:
    return {
        "event": plant.event(day, f"assay-{name}"),
        "kind": "assay",
        "time": "",
        "actor": "illus-laboratory",
        "party": OPERATOR,
        "site": plant.circuit.mill,
        "lot": plant.lot(lot),
        "of_event": plant.event(day, unit),
        "role": "plant",
        **_quantity(plant, "XRF"),
    }


def _late_assay(plant: Plant, day: date, true: dict[str, float]) -> None:
    """Enter the one certificate that came three weeks late, from an outside laboratory."""
    row = _assay(plant, day, "conc-external", "conc", "cleaner")
    del row["site"]
    row |= {
        "time": at(day, 23, 59),
        "laboratory": "illus-external-laboratory",
        "certificate": "ILX-2025-0417",
        "reported": "2025-12-06",
        "x_entered": "2025-12-06T09:00:00Z",
        "method": "fusion and ICP-OES",
        "note": "The mill's spectrometer was down; the certificate came three weeks later, after "
        "the month was closed.",
        **grade_cells(plant.rng, true, 0.005),
    }
    late = date(2025, 12, 6)
    file = f"{month_of(late)}-sb"
    plant.entered.append(Entered(file, at(late, 9), (row,)))


def take_stock(plant: Plant, day: date) -> None:
    """Enter the month's survey of the ore pile and of the concentrate."""
    for name, pile, moisture in (
        ("rom", plant.rom, assumed("A-MOIST-ORE")),
        ("conc", plant.concentrate, assumed("A-MOIST-CON")),
    ):
        dry = mass_of(plant.circuit, pile.stream)
        row = {
            "event": plant.event(day, f"count-{name}"),
            "kind": "count",
            "time": at(day, 23, 55),
            "actor": "illus-surveyor",
            "party": OPERATOR,
            "site": plant.circuit.mill,
            "lot": plant.lot(name),
            **_wet(plant, dry, moisture, assumed("A-U-SURVEY")),
            **_quantity(plant, "drone survey and bulk density"),
        }
        plant.enter(day, [row])


def start(circuit: Circuit) -> Plant:
    """Return a circuit on the first morning, with nothing on its piles."""
    return Plant(circuit, stream(f"plant/{circuit.code}"), Pile({REST: 0.0}))


def run_day(plant: Plant, day: date) -> None:
    """Enter everything of one day."""
    if works(day):
        mine_and_haul(plant, day)
        run_mill(plant, day)
    if is_month_end(day):
        take_stock(plant, day)


def whole_year(plant: Plant) -> Iterator[date]:
    """Run the year day by day; each day is yielded when its entries are made."""
    for day in days():
        run_day(plant, day)
        yield day
