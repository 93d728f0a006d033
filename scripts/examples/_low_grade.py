"""Low-grade copper ore, milled beside the other for ten days from a small pile of its own.

One day's trucks were entered with the date of entry, so that the book of this pile is negative in
between; what is made of it afterwards rests on that.
"""

from __future__ import annotations

from datetime import date

from examples._assumptions import assumed
from examples._calendar import at, compact
from examples._circuit import Circuit, Stream, feed_stream, grades_of, mass_of
from examples._readings import cells, grade_cells, read, read_relative, stream
from examples._tables import Row

DAYS = (date(2026, 6, 20), date(2026, 6, 30))
MISDATED = date(2026, 6, 24)
ENTERED_ON = date(2026, 6, 27)
LOT = "illus:cu-lowgrade"
FIRST_LOAD_T, LOAD_T, DRAWN_T = 25.0, 20.0, 19.5
GRADE_PCT = assumed("A-CU-LOW")
MOISTURE_PCT = assumed("A-MOIST-ORE")


def is_low_grade_day(circuit: Circuit, day: date) -> bool:
    """Return whether low-grade ore is milled on this day."""
    return circuit.code == "cu" and DAYS[0] <= day <= DAYS[1]


def haul(circuit: Circuit, day: date) -> list[list[Row]]:
    """Return the events of a day's load: mined, hauled, received, put on its pile."""
    rng = stream(f"low-grade/{day}")
    dry = FIRST_LOAD_T if day == DAYS[0] else LOAD_T
    ore = feed_stream(circuit, dry, {circuit.main: GRADE_PCT})
    lot, name = f"illus:cu-low-{compact(day)}", f"illus-{compact(day)}-cu-low"
    mine, party = "illus-mine-cu", {"party": "illus-operator"}

    def weighed(method: str) -> Row:
        wet = read_relative(rng, dry / (1 - MOISTURE_PCT / 100), 0.004)
        return cells("wet_t", wet) | cells("moisture_pct", read(rng, MOISTURE_PCT, 0.25)) | {
            "basis": "assumed", "method": method, "source": circuit.source,
        }  # fmt: skip

    def head(what: str, kind: str, hour: int, site: str) -> Row:
        return party | {
            "event": f"{name}-{what}", "kind": kind, "time": at(day, hour), "site": site,
            "actor": "illus-mine-clerk" if site == mine else "illus-gate",
        }  # fmt: skip

    top_up = head("top-up", "blend", 16, circuit.mill) | {"side": "in", "lot": lot, "all": "yes"}
    if day == MISDATED:
        top_up |= {
            "time": at(ENTERED_ON, 16),
            "note": f"Tipped on {day}, entered with the date of entry: the book of the pile is "
            "negative in between.",
        }
    extract = head("extract", "extract", 11, mine) | {"lot": lot, "material": "illus-cu-ore"}
    grades = grade_cells(rng, grades_of(circuit, ore), 0.06)
    at_mill = weighed("mill weighbridge")
    pile = {"side": "out", "lot": LOT, "material": "illus-cu-ore", "continuing": "yes"}
    return [
        [extract | weighed("mine weighbridge; grade control") | grades],
        [head("dispatch", "dispatch", 12, mine) | {"lot": lot, "to_site": circuit.mill,
                                                   "mode": "truck"}],
        [head("receive", "receive", 15, circuit.mill) | at_mill
         | {"lot": lot, "dispatch": f"{name}-dispatch", "documents": f"WB-low-{compact(day)}"}],
        [top_up, pile | at_mill],
    ]  # fmt: skip


def draw(circuit: Circuit, day: date) -> tuple[Stream, Row]:
    """Return what the mill takes off the pile that day, and the line in which it says so."""
    rng = stream(f"low-grade-draw/{day}")
    ore = feed_stream(circuit, DRAWN_T, {circuit.main: GRADE_PCT})
    wet = read_relative(rng, mass_of(circuit, ore) / (1 - MOISTURE_PCT / 100), 0.01)
    row = {"side": "in", "lot": LOT, "material": "illus-cu-ore", **cells("wet_t", wet)}
    row |= cells("moisture_pct", read(rng, MOISTURE_PCT, 0.25))
    row |= grade_cells(rng, grades_of(circuit, ore), 0.05)
    return ore, row | {"basis": "assumed", "method": "loader scale", "source": circuit.source}
