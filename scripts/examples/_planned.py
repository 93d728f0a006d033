"""A planned year of the invented operation: one event per unit and month, without noise."""

from __future__ import annotations

from datetime import date

from examples._calendar import at, days, is_month_end, month_of, works
from examples._circuit import Circuit, Stream, circuits, feed_stream, float_day, grades_of, mass_of
from examples._readings import written
from examples._shipping import SHARE_SHIPPED, SHIPMENTS
from examples._tables import Entered, Folder, Row, add_events, table

PLAN_TOML = """\
# A planned ledger of the illustration. Its quantities have the basis `planned`.
id = "illus-plan-2025-26"
tense = "planned"
title = "Planned year of the illustration (assumed design values)"
parent = "pakistan-us"
horizon_start = "2025-07-01"
horizon_end = "2026-06-30"
source = "A-PLAN"
"""
MAPPING_COLUMNS = "planned,actual,basis,source"
_SHARED = {"actor": "illus-planner", "party": "illus-operator"}
_PLANNED = {"basis": "planned", "method": "design values", "source": "A-PLAN"}


def add(folder: Folder) -> None:
    """Add the planned ledger and its mapping to the actual lots."""
    folder.add("planned/plan.toml", PLAN_TOML.encode())
    folder.add("planned/mapping.csv", table(MAPPING_COLUMNS, _mapping()))
    events = [event for circuit in circuits() for event in _year(circuit)]
    add_events(folder, events, "planned/events/")


def _months() -> list[tuple[date, int]]:
    """Return the last day of each month and how many days the plant works in it."""
    ends = [day for day in days() if is_month_end(day)]
    return [
        (end, sum(works(day) for day in days() if month_of(day) == month_of(end))) for end in ends
    ]


def _year(circuit: Circuit) -> list[Entered]:
    entered, on_pile = [], 0.0
    shipped = {month_of(day): name for day, name in SHIPMENTS.items()}
    for end, worked in _months():
        feed = feed_stream(circuit, worked * circuit.rate_t_d, circuit.feed_pct)
        made = float_day(circuit, feed, circuit.recovery, circuit.concentrate_pct)
        streams = {"ore": feed, "rc": made.rougher_concentrate, "ct": made.cleaner_tails,
                   "conc": made.concentrate, "tails": made.tails}  # fmt: skip
        entered += _month(circuit, end, streams)
        on_pile += mass_of(circuit, made.concentrate)
        if month_of(end) in shipped:
            parcel = written(on_pile * SHARE_SHIPPED, 3)
            on_pile -= on_pile * SHARE_SHIPPED
            entered += _parcel(circuit, end, shipped[month_of(end)], parcel)
    return entered


def _row(circuit: Circuit, side: str, lot: str, material: str, stream: Stream) -> Row:
    row = {
        "side": side,
        "lot": f"illus:plan-{circuit.code}-{lot}",
        "material": f"illus-{circuit.code}-{material}",
        "dry_t": written(mass_of(circuit, stream), 3),
        **_PLANNED,
    }
    if side == "out":
        row |= {f"{a}_pct": written(g, 4) for a, g in grades_of(circuit, stream).items()}
    return row


def _month(circuit: Circuit, end: date, streams: dict[str, Stream]) -> list[Entered]:
    month, code = month_of(end), circuit.code
    begin = at(end.replace(day=1), 0)

    def event(name: str, kind: str, minute: int, site: str) -> Row:
        return {
            "event": f"illus-plan-{month}-{code}-{name}", "kind": kind, "site": site,
            "time": at(end, 23, minute), "time_start": begin, **_SHARED,
        }  # fmt: skip

    ore = {"lot": f"illus:plan-{code}-ore-{month}"}
    mine, mill, unit = f"illus-mine-{code}", circuit.mill, f"illus-{code}-"
    tails = _row(circuit, "out", "tails", "tailings", streams["tails"]) | {"continuing": "yes"}
    cake = _row(circuit, "out", "conc", "concentrate", streams["conc"]) | {"continuing": "yes"}
    extract = _row(circuit, "out", f"ore-{month}", "ore", streams["ore"])
    rows: list[list[Row]] = [
        [event("extract", "extract", 10, mine) | extract],
        [event("dispatch", "dispatch", 20, mine) | ore | {"to_site": mill, "mode": "truck"}],
        [event("receive", "receive", 30, mill) | ore | {
            "dispatch": f"illus-plan-{month}-{code}-dispatch"}],
        [
            event("rougher", "process", 50, mill) | {"unit": unit + "rougher"}
            | _row(circuit, "in", f"ore-{month}", "ore", streams["ore"]),
            _row(circuit, "in", f"ct-{month}", "cleaner-tails", streams["ct"]),
            _row(circuit, "out", f"rc-{month}", "rougher-concentrate", streams["rc"]),
            tails,
        ],
        [
            event("cleaner", "process", 50, mill) | {"unit": unit + "cleaner"}
            | _row(circuit, "in", f"rc-{month}", "rougher-concentrate", streams["rc"]),
            _row(circuit, "out", f"ct-{month}", "cleaner-tails", streams["ct"]),
            cake,
        ],
    ]  # fmt: skip
    for lines in rows[:3]:
        del lines[0]["time_start"]
    return [Entered(f"plan-{code}", at(end, 23, 10 * n), tuple(r)) for n, r in enumerate(rows)]


def _parcel(circuit: Circuit, end: date, name: str, dry_t: str) -> list[Entered]:
    code = circuit.code
    lot = f"illus:plan-{code}-{name}"
    blend = {
        "event": f"illus-plan-{code}-{name}-blend", "kind": "blend", "time": at(end, 23, 55),
        "site": circuit.mill, "side": "in", "lot": f"illus:plan-{code}-conc", "dry_t": dry_t,
        **_SHARED, **_PLANNED,
    }  # fmt: skip
    parcel = {"side": "out", "lot": lot, "material": f"illus-{code}-concentrate", "dry_t": dry_t,
              **_PLANNED}  # fmt: skip
    ship = {
        "event": f"illus-plan-{code}-{name}-dispatch", "kind": "dispatch",
        "time": at(end, 23, 57), "site": circuit.mill, "to_site": "illus-port-pk", "lot": lot,
        "mode": "truck", **_SHARED,
    }  # fmt: skip
    return [
        Entered(f"plan-{code}", at(end, 23, 55), (blend, parcel)),
        Entered(f"plan-{code}", at(end, 23, 57), (ship,)),
    ]


def _mapping() -> list[tuple[str, ...]]:
    """Return which actual lots a planned lot stands for, by id or by a pattern with ``*``."""
    pairs = []
    for circuit in circuits():
        plan, lot = f"illus:plan-{circuit.code}", f"illus:{circuit.code}"
        for end, _ in _months():
            pairs += [
                (f"{plan}-{which}-{month_of(end)}", f"{lot}-{which}-{end:%Y%m}*")
                for which in ("ore", "rc", "ct")
            ]
        pairs += [(f"{plan}-{pile}", f"{lot}-{pile}") for pile in ("conc", "tails")]
        pairs += [(f"{plan}-{name}", f"{lot}-{name}") for name in SHIPMENTS.values()]
    return [(planned, actual, "assumed", "A-PLAN") for planned, actual in pairs]
