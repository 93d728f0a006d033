"""The invented operation as tables: its parties, places, materials, and its whole year."""

from __future__ import annotations

from examples._calendar import days
from examples._circuit import Stream, circuits
from examples._oddities import correction, duplicate
from examples._operation import Plant, run_day, start
from examples._shipping import SHIPMENTS, hand_sorted, ship
from examples._tables import Entered

_INVENTED = "A-RULE invented for the illustration; no such party or place exists"

PARTIES: tuple[tuple[str, ...], ...] = tuple(
    (identity, f"{name} (invented)", land, "", roles, "", "", "", "assumed", _INVENTED)
    for identity, name, land, roles in (
        ("illus-operator", "Illustration operator", "PK", "operator seller"),
        ("illus-buyer", "Illustration buyer", "US", "buyer"),
        ("illus-carrier", "Illustration carrier", "PK", "carrier"),
        ("illus-inspector", "Illustration inspector", "PK", "inspector"),
        ("illus-laboratory-1", "Illustration seller's laboratory", "PK", "laboratory"),
        ("illus-laboratory-2", "Illustration buyer's laboratory", "US", "laboratory"),
        ("illus-laboratory-3", "Illustration umpire laboratory", "GB", "laboratory umpire"),
    )
)

SITES: tuple[tuple[str, ...], ...] = tuple(
    (identity, f"{name} (invented)", kind, land, "", district, "", "", "", operator, custody,
     "chain", "", "", "assumed", _INVENTED)
    for identity, name, kind, land, district, operator, custody in (
        ("illus-mine-sb", "Illustration antimony mine", "mine", "PK", "Illustration district A",
         "illus-operator", "segregated"),
        ("illus-mine-lump", "Illustration hand-sorting pit", "mine", "PK",
         "Illustration district D", "illus-operator", "segregated"),
        ("illus-mine-cu", "Illustration copper mine", "mine", "PK", "Illustration district B",
         "illus-operator", "segregated"),
        ("illus-mine-ree", "Illustration carbonatite mine", "mine", "PK",
         "Illustration district C", "illus-operator", "segregated"),
        *((circuit.mill, f"Illustration plant, {circuit.title} circuit", "concentrator", "PK",
           "Illustration district A", "illus-operator", "segregated") for circuit in circuits()),
        ("illus-port-pk", "Illustration port of loading", "port", "PK", "", "", ""),
        ("illus-port-us", "Illustration port of discharge", "port", "US", "", "", ""),
        ("illus-buyer-plant", "Illustration buyer's plant", "plant", "US", "", "illus-buyer", ""),
    )
)  # fmt: skip

ROUTES: tuple[tuple[str, ...], ...] = (
    *((f"illus-road-{code}", f"illus-mine-{mine}", f"illus-mill-{code}", "truck", "", "", days_,
       "assumed", "A-RULE")
      for code, mine, days_ in (("sb", "sb", "0.2"), ("cu", "cu", "0.2"), ("ree", "ree", "0.2"))),
    ("illus-road-lump", "illus-mine-lump", "illus-mill-sb", "truck", "", "", "0.4", "assumed",
     "A-RULE"),
    *((f"illus-road-port-{code}", f"illus-mill-{code}", "illus-port-pk", "truck", "", "", "2",
       "assumed", "A-TRUCK")
      for code in ("sb", "cu", "ree")),
    ("illus-sea", "illus-port-pk", "illus-port-us", "sea", "", "", "40", "assumed", "A-SEA"),
    ("illus-road-us", "illus-port-us", "illus-buyer-plant", "truck", "", "", "2", "assumed",
     "A-TRUCK"),
)  # fmt: skip

PERMITS_COLUMNS = "id,type,site,issuer,scope,valid_from,valid_to,status,basis,source"
GATED_COLUMNS = "id,type,site,issuer,holder,scope,phases,valid_from,valid_to,status,basis,source"
PERMITS: tuple[tuple[str, ...], ...] = tuple(
    (f"illus-{kind}-{site}", kind, f"illus-{site}", "Illustration authority (invented)",
     "illus-operator", scope, phases, "2025-01-01", until, "assumed to be in force", "assumed",
     _INVENTED)
    for kind, site, scope, phases, until in (
        ("lease", "mine-sb", "antimony", "exploration concentrate", "2035-01-01"),
        ("lease", "mine-lump", "antimony, hand-sorted", "", "2027-03-31"),
        ("lease", "mine-cu", "copper", "exploration concentrate", "2035-01-01"),
        ("lease", "mine-ree", "rare earths", "exploration concentrate", "2027-01-01"),
        ("environmental", "mill-sb", "flotation and tailings", "beneficiation", "2026-12-31"),
        ("explosives", "mine-cu", "blasting", "concentrate", "2026-12-15"),
        ("radiological", "mine-ree", "thorium-bearing ore", "concentrate", "2027-06-30"),
        ("export", "mill-sb", "concentrates", "concentrate", "2026-12-31"),
    )
)  # fmt: skip

RULES_COLUMNS = "id,kind,scope,prefer,tie,valid_from,valid_to,basis,source"
RULES: tuple[tuple[str, ...], ...] = (
    ("illus-grade-book", "grade-book", "*", "umpire>agreed>seller,buyer>plant>line", "mean",
     "2025-07-01", "", "assumed", "A-RULE"),
)  # fmt: skip


def materials() -> list[tuple[str, ...]]:
    """Return the materials of the three circuits."""
    rows: list[tuple[str, ...]] = []
    for circuit in circuits():
        tracked, code = " ".join(circuit.analytes), circuit.code
        source = circuit.source
        stages = [
            ("ore", "ore", "mine", circuit.ore_hs),
            ("rougher-concentrate", "slurry", "concentrate", ""),
            ("cleaner-tails", "slurry", "tailings", ""),
            ("concentrate", "concentrate", "concentrate", circuit.ore_hs),
            ("tailings", "tailings", "tailings", ""),
        ]
        if code == "sb":
            stages.append(("lump-ore", "ore", "mine", circuit.ore_hs))
        rows += [
            (f"illus-{code}-{name}", f"{circuit.title} {name.replace('-', ' ')} (assumed)", form,
             stage, hs, tracked, "assumed", source)
            for name, form, stage, hs in stages
        ]  # fmt: skip
    return rows


def operation() -> list[Entered]:
    """Return everything that the invented operation enters in its year."""
    entered: list[Entered] = []
    for circuit in circuits():
        entered += _circuit_year(start(circuit))
    return [*entered, correction(entered), duplicate(entered)]


def _circuit_year(plant: Plant) -> list[Entered]:
    sold: list[Entered] = []
    lumps: list[tuple[str, Stream]] = []
    for day in days():
        if day in SHIPMENTS:
            sold += ship(plant, day, lumps)
            lumps.clear()
        run_day(plant, day)
        if plant.circuit.code == "sb" and day.day == 20:
            rows, true = hand_sorted(plant, day)
            sold += rows
            lumps.append((rows[0].rows[0]["lot"], true))
    return plant.entered + sold
