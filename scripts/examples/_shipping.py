"""Quarterly shipments of the invented operation: blend, sample, boxes, truck and sea, outturn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from examples._assumptions import assumed
from examples._calendar import at, compact, month_of
from examples._circuit import Stream, grades_of, mass_of
from examples._operation import OPERATOR, Plant
from examples._readings import cells, grade_cells, read, read_relative, stream, written
from examples._tables import Entered, Row

PORT_OUT, PORT_IN, BUYER_PLANT = "illus-port-pk", "illus-port-us", "illus-buyer-plant"
BUYER = "illus-buyer"
SHIPMENTS = {
    date(2025, 9, 21): "25q3",
    date(2025, 12, 21): "25q4",
    date(2026, 3, 22): "26q1",
    date(2026, 6, 14): "26q2",
}
"""The days on which concentrate is packed, and the name of the shipment."""
UMPIRE = "sb-25q4"
BELOW_DETECTION = "cu-25q4"
BROKEN_SEAL = "ree-26q1"
MOISTURE_BY_CERTIFICATE = "ree-25q4"
SHARE_SHIPPED = 0.92
SOURCE = "A-SIM-SHIP"
ARSENIC_PCT = {"sb": 0.11, "cu": 0.04, "ree": 0.0}


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel: its plant, name, day, true dry mass in tonnes and true grades in percent."""

    plant: Plant
    name: str
    day: date
    rng: np.random.Generator
    dry_t: float
    grades: dict[str, float]
    moisture: float

    @property
    def lot(self) -> str:
        """Return the lot of the whole parcel."""
        return f"illus:{self.name}"

    @property
    def boxes(self) -> int:
        """Return the number of containers."""
        return max(1, round(self.dry_t / (1 - self.moisture / 100) / assumed("A-BOX")))

    def box_lot(self, number: int) -> str:
        """Return the lot in one container."""
        return f"{self.lot}-{number:02d}"

    def box(self, number: int) -> str:
        """Return the id of one container."""
        return f"illus-box-{self.name}-{number:02d}"

    def event(self, name: str) -> str:
        """Return the id of an event of this shipment."""
        return f"illus-{self.name}-{name}"


def enter(shipment: Shipment, rows: list[Row]) -> Entered:
    """Return an event of a shipment in the shipping file of its month."""
    time = rows[0]["time"]
    return Entered(f"{time[:7]}-shipping", time, tuple(rows))


def _head(
    shipment: Shipment,
    name: str,
    kind: str,
    when: tuple[int, int],
    where: str,
    *,
    by_buyer: bool = False,
) -> Row:
    days, hour = when
    return {
        "event": shipment.event(name),
        "kind": kind,
        "time": at(shipment.day + timedelta(days=days), hour),
        "actor": "illus-shipping-desk",
        **(_BY_BUYER if by_buyer else {"party": OPERATOR}),
        "site": where,
    }


_TO_BUYER = {"to_party": BUYER}
"""What is told to the buyer as well: how a parcel was sampled, divided, weighed and shipped."""
_BY_BUYER = {"party": BUYER, "to_party": OPERATOR}


def _assumed(method: str) -> Row:
    return {"basis": "assumed", "method": method, "source": SOURCE}


def hand_sorted(plant: Plant, day: date) -> tuple[list[Entered], Stream]:
    """Enter a month's hand-sorted antimony lumps; return their true content too."""
    rng = stream(f"lump/{day}")
    wet = assumed("A-SB-LUMP") * (1 + 0.2 * float(rng.standard_normal()))
    dry = wet * 0.985
    lot = f"illus:sb-lump-{month_of(day)}"
    true = {"Sb": dry * assumed("A-SB-LUMPGRADE") / 100, "Pb": dry * 0.011}
    true["rest"] = dry - sum(true.values())
    weight = cells("wet_t", read_relative(rng, wet, 0.004)) | cells(
        "moisture_pct", read(rng, 1.5, 0.2)
    )
    common = {"actor": "illus-mine-clerk", "party": OPERATOR, "lot": lot}
    mine, names = "illus-mine-lump", f"illus-{compact(day)}-lump"
    sourced = _assumed("mine weighbridge; grab sample") | {"source": "A-SIM-SB"}
    rows: list[Row] = [
        {
            **common, **sourced, **weight, "event": f"{names}-extract", "kind": "extract",
            "time": at(day, 9), "site": mine, "material": "illus-sb-lump-ore",
            **grade_cells(rng, grades_of(plant.circuit, true), 0.05),
        },
        {
            **common, "event": f"{names}-dispatch", "kind": "dispatch", "time": at(day, 10),
            "site": mine, "to_site": plant.circuit.mill, "mode": "truck",
        },
        {
            **common, "event": f"{names}-receive", "kind": "receive", "time": at(day, 13),
            "site": plant.circuit.mill, "dispatch": f"{names}-dispatch", "actor": "illus-gate",
        },
    ]  # fmt: skip
    file = f"{month_of(day)}-sb"
    return [Entered(file, row["time"], (row,)) for row in rows], true


def load(plant: Plant, day: date, lumps: list[tuple[str, Stream]]) -> Shipment:
    """Take a parcel off the concentrate pile, with the lumps sorted since the last one."""
    taken = plant.concentrate.take(SHARE_SHIPPED)
    pile_dry = mass_of(plant.circuit, taken)
    for _, lump in lumps:
        for name, mass in lump.items():
            taken[name] += mass
    name = f"{plant.circuit.code}-{SHIPMENTS[day]}"
    rng = stream(f"shipment/{name}")
    dry = mass_of(plant.circuit, taken)
    moisture = assumed("A-MOIST-CON") * pile_dry / dry + 0.1 * float(rng.standard_normal())
    return Shipment(plant, name, day, rng, dry, grades_of(plant.circuit, taken), moisture)


def blend(shipment: Shipment, lumps: list[tuple[str, Stream]]) -> Entered:
    """Enter the making of the parcel from the pile and, for antimony, the hand-sorted lots."""
    plant, rng = shipment.plant, shipment.rng
    lump_dry = sum(mass_of(plant.circuit, lump) for _, lump in lumps)
    pile_dry = shipment.dry_t - lump_dry
    from_pile = pile_dry / (1 - assumed("A-MOIST-CON") / 100)
    rows = [
        _head(shipment, "blend", "blend", (0, 5), shipment.plant.circuit.mill)
        | {"side": "in", "lot": plant.lot("conc")}
        | cells("wet_t", read_relative(rng, from_pile, 0.006))
        | cells("moisture_pct", read(rng, assumed("A-MOIST-CON"), 0.2))
        | _assumed("loader scale")
    ]
    rows += [{"side": "in", "lot": lot, "all": "yes"} for lot, _ in lumps]
    wet = shipment.dry_t / (1 - shipment.moisture / 100)
    rows.append(
        {"side": "out", "lot": shipment.lot, "material": _material(shipment)}
        | cells("wet_t", read_relative(rng, wet, 0.004))
        | cells("moisture_pct", read(rng, shipment.moisture, 0.15))
        | _assumed("weighbridge")
    )
    return enter(shipment, rows)


def _material(shipment: Shipment) -> str:
    return f"illus-{shipment.plant.circuit.code}-concentrate"


def fill(shipment: Shipment) -> tuple[list[Entered], list[tuple[float, float]]]:
    """Enter the division into containers; return each one's true dry mass and moisture."""
    rng, boxes = shipment.rng, shipment.boxes
    parts = 1 + 0.02 * rng.standard_normal(boxes)
    dry = [float(shipment.dry_t * part / parts.sum()) for part in parts]
    moistures = [shipment.moisture + 0.35 * float(rng.standard_normal()) for _ in dry]
    rows = [
        _head(shipment, "split", "split", (0, 8), shipment.plant.circuit.mill)
        | _TO_BUYER
        | {"side": "in", "lot": shipment.lot, "all": "yes"}
    ]
    by_certificate = shipment.name == MOISTURE_BY_CERTIFICATE
    entered = []
    for number, (mass, moisture) in enumerate(zip(dry, moistures, strict=True), 1):
        found = cells("moisture_pct", read(rng, moisture, 0.12))
        row = {
            "side": "out", "lot": shipment.box_lot(number), "material": _material(shipment),
            **cells("wet_t", read_relative(rng, mass / (1 - moisture / 100), 0.002)),
        }  # fmt: skip
        rows.append(row | ({} if by_certificate else found) | _assumed("weighbridge, per box"))
        if by_certificate:
            assay = (
                _head(
                    shipment,
                    f"moisture-{number:02d}",
                    "assay",
                    (2, 12),
                    shipment.plant.circuit.mill,
                )
                | _TO_BUYER
            )
            entered.append(
                enter(shipment, [
                    assay | found | _assumed("oven 105 C")
                    | {"lot": shipment.box_lot(number), "role": "seller",
                       "laboratory": "illus-inspector", "certificate": f"ILX-M-{number:02d}"}
                ])
            )  # fmt: skip
    return [enter(shipment, rows), *entered], list(zip(dry, moistures, strict=True))


def pack(shipment: Shipment) -> list[Entered]:
    """Enter the packing of each container, with two seals."""
    found = []
    for number in range(1, shipment.boxes + 1):
        seals = " ".join(f"ILS-{shipment.name}-{number:02d}{side}" for side in "AB")
        row = _head(
            shipment, f"pack-{number:02d}", "pack", (0, 10), shipment.plant.circuit.mill
        ) | {
            "container": shipment.box(number),
            "lot": shipment.box_lot(number),
            "seals": seals,
            "tare_kg": "2200",
            **_assumed("plate"),
        }
        found.append(enter(shipment, [row]))
    return found


def sample_and_assay(shipment: Shipment, received: int) -> list[Entered]:
    """Enter the sample with its four parts, both assays, and the umpire where they differ."""
    name, rng, true = f"S-{shipment.name}", shipment.rng, dict(shipment.grades)
    holders = {"A": ("seller", OPERATOR), "B": ("buyer", BUYER), "C": ("umpire", "illus-inspector"),
               "D": ("reserve", "illus-inspector")}  # fmt: skip
    sample = _head(shipment, "sample", "sample", (0, 7), shipment.plant.circuit.mill) | {
        **_TO_BUYER,
        "sample": name,
        "lot": shipment.lot,
        "increments": str(shipment.boxes * 4),
        "mass_kg": "24",
        "standard": "ISO 12743",
        "witness": "illus-inspector",
        "seals": f"ILS-{name}",
        "parts": ";".join(
            f"{name}-{part}={holder}:{purpose}@ILS-{name}-{part}"
            for part, (purpose, holder) in holders.items()
        ),
        **_assumed("scoop, four per box"),
    }
    found = [enter(shipment, [sample])]
    arsenic = ARSENIC_PCT[shipment.plant.circuit.code]
    shift = 0.012 if shipment.name == UMPIRE else 0.0
    for role, days, bias in (("seller", 10, shift), ("buyer", received + 14, -shift / 2)):
        shown = {analyte: value * (1 + bias) for analyte, value in true.items()}
        row = _commercial(shipment, role, days) | grade_cells(rng, shown, assumed("A-U-LAB") / 100)
        if arsenic:
            row |= cells("As_pct", read_relative(rng, arsenic, 0.08))
        if shipment.plant.circuit.code == "ree":
            row |= cells("Th_g_per_t", read_relative(rng, assumed("A-REE-TH"), 0.05))
        if shipment.name == BELOW_DETECTION:
            del row["As_pct_u"]
            row |= {"As_pct": "<0.01", "note": "Arsenic is below the limit of detection."}
        found.append(enter(shipment, [row]))
    if shipment.name == UMPIRE:
        row = _commercial(shipment, "umpire", received + 35) | grade_cells(rng, true, 0.0025)
        row["note"] = "Seller and buyer differ by more than the splitting limit (A-LIMIT)."
        found.append(enter(shipment, [row]))
    return found


def _commercial(shipment: Shipment, role: str, days: int) -> Row:
    laboratory = {"seller": "illus-laboratory-1", "buyer": "illus-laboratory-2"}
    head = _head(shipment, f"assay-{role}", "assay", (days, 12), "", by_buyer=role == "buyer")
    head = _TO_BUYER | head
    del head["site"]
    part = {"seller": "A", "buyer": "B", "umpire": "C"}[role]
    return head | {
        "sample": f"S-{shipment.name}-{part}",
        "lot": shipment.lot,
        "role": role,
        "laboratory": laboratory.get(role, "illus-laboratory-3"),
        "certificate": f"{shipment.name.upper()}-{role[0].upper()}",
        **_assumed("fusion and ICP-OES"),
    }


def travel(shipment: Shipment, boxes: list[tuple[float, float]]) -> tuple[list[Entered], int]:
    """Enter truck, ship and truck with their receipts, the outturn by container, and title."""
    truck, sea = round(assumed("A-TRUCK")), round(assumed("A-SEA"))
    sea += int(shipment.rng.integers(-3, 5))
    legs = (
        ("to-port", 1, shipment.plant.circuit.mill, PORT_OUT, "truck", truck),
        ("sea", 1 + truck + 4, PORT_OUT, PORT_IN, "sea", sea),
        ("inland", 1 + truck + 4 + sea + 3, PORT_IN, BUYER_PLANT, "truck", truck),
    )
    containers = " ".join(shipment.box(n) for n in range(1, len(boxes) + 1))
    lots = [{"lot": shipment.box_lot(n)} for n in range(1, len(boxes) + 1)]
    landed = _landed(shipment, boxes)
    found = []
    for name, start, here, there, mode, days in legs:
        head = _head(shipment, f"{name}-dispatch", "dispatch", (start, 6), here) | {
            "to_site": there, "mode": mode, "carrier": "illus-carrier", "containers": containers,
            "documents": f"{'BL' if mode == 'sea' else 'CN'}-{shipment.name}-{name}",
            **({} if name == "to-port" else _TO_BUYER),
        }  # fmt: skip
        found.append(enter(shipment, _on(head, lots)))
        receipt = _head(
            shipment, f"{name}-receive", "receive", (start + days, 14), there,
            by_buyer=there == BUYER_PLANT,
        )  # fmt: skip
        receipt |= {"dispatch": head["event"], "containers": containers}
        arrived = _outturn(shipment, landed) if there == BUYER_PLANT else lots
        found.append(enter(shipment, _on(receipt, arrived)))
        if mode == "sea":
            found += _at_loading(shipment, start, head["event"], lots)
    received = legs[-1][1] + legs[-1][5]
    return [*found, *_at_buyer(shipment, received, landed)], received


def _on(head: Row, lots: list[Row]) -> list[Row]:
    return [head | lots[0], *lots[1:]]


def _landed(shipment: Shipment, boxes: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return what truly arrives per container, wet tonnes and moisture: a bit lost, a bit drier."""
    rng = stream(f"landed/{shipment.name}")
    landed = []
    for dry, moisture in boxes:
        lost = assumed("A-TRANSIT") / 100 * float(rng.uniform(0.3, 1.7))
        drier = max(0.5, moisture - assumed("A-DRYING") * float(rng.uniform(0.4, 1.6)))
        landed.append((dry * (1 - lost) / (1 - drier / 100), drier))
    return landed


def _outturn(shipment: Shipment, landed: list[tuple[float, float]]) -> list[Row]:
    """Return the receiver's weights and moistures, container by container."""
    return [
        {"lot": shipment.box_lot(number), **_assumed("outturn, weighbridge and oven")}
        | cells("wet_t", read_relative(shipment.rng, wet, 0.002))
        | cells("moisture_pct", read(shipment.rng, moisture, 0.12))
        for number, (wet, moisture) in enumerate(landed, 1)
    ]


def _at_loading(shipment: Shipment, start: int, dispatch: str, lots: list[Row]) -> list[Entered]:
    bill = _head(shipment, "bill-of-lading", "attest", (start, 8), PORT_OUT) | {
        "type": "bill-of-lading",
        "subject": dispatch,
        "issuer": "illus-carrier",
        "statement": f"{len(lots)} containers on board; shipper's weight and count",
    }
    title = _head(shipment, "title", "transfer", (start, 9), PORT_OUT) | {
        "to_party": BUYER,
        "documents": f"BL-{shipment.name}-sea",
    }
    return [enter(shipment, [bill]), enter(shipment, _on(title, lots))]


def _at_buyer(
    shipment: Shipment, received: int, landed: list[tuple[float, float]]
) -> list[Entered]:
    found = []
    for number, (wet, _) in enumerate(landed, 1):
        gross = 1000 * wet + 2200
        weight = read(shipment.rng, gross, 20)
        head = _head(
            shipment, f"weigh-{number:02d}", "weigh", (received, 15), BUYER_PLANT, by_buyer=True
        )
        row = head | {
            "lot": shipment.box_lot(number),
            "container": shipment.box(number),
            "ticket": f"ILB-{shipment.name}-{number:02d}",
            "gross_kg": weight.value,
            "gross_kg_u": weight.u,
            "tare_kg": "2200",
            "wet_kg": written(weight.number - 2200, 0),
            "wet_kg_u": weight.u,
            **_assumed("buyer's weighbridge"),
        }
        found.append(enter(shipment, [row]))
    head = _head(shipment, "unpack-01", "unpack", (received + 1, 9), BUYER_PLANT, by_buyer=True)
    first = head | {
        "container": shipment.box(1),
        "lot": shipment.box_lot(1),
        "seals": f"ILS-{shipment.name}-01A ILS-{shipment.name}-01B",
        "seals_intact": "yes",
    }
    if shipment.name == BROKEN_SEAL:
        first |= {
            "seals": f"ILS-{shipment.name}-01A",
            "seals_intact": "no",
            "note": "One of two seals is missing; weight and moisture agree with loading.",
        }
    return [*found, enter(shipment, [first])]


def ship(plant: Plant, day: date, lumps: list[tuple[str, Stream]]) -> list[Entered]:
    """Enter a whole shipment of one circuit."""
    shipment = load(plant, day, lumps)
    made = blend(shipment, lumps)
    filled, boxes = fill(shipment)
    travelled, received = travel(shipment, boxes)
    return [made, *filled, *pack(shipment), *travelled, *sample_and_assay(shipment, received)]
