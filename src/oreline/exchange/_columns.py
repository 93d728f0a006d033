"""The vocabulary of event tables: what a column's name says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from oreline.exchange._sheet import fatal
from oreline.exchange._tables import near_to, unknown_column
from oreline.model import MG_PER_UNIT, Finding, is_analyte

GRADE_SUFFIXES = {
    "pct": "%",
    "ppm": "ppm",
    "ppb": "ppb",
    "g_per_t": "g/t",
    "kg_per_t": "kg/t",
    "mg_per_kg": "mg/kg",
    "fraction": "fraction",
}
"""How the units of a grade are written in the name of a column."""
MASS_SUFFIXES = {unit.replace(" ", "_"): unit for unit in MG_PER_UNIT}
MASS_FIELDS = ("wet", "dry", "gross", "tare", "mass")

ENVELOPE = (
    "event", "kind", "time", "time_start", "actor", "party", "to_party", "site", "to_site",
    "external_id", "refs", "evidence", "note",
)  # fmt: skip
"""Columns of the event itself; all rows of an event agree on them, or leave them empty."""
QUALITIES = ("basis", "method", "source", "drying")
"""Columns that speak of every quantity in their row."""
LINE = (
    "side", "lot", "material", "continuing", "all", "stream", "origin_country", "origin_district",
    "origin_site", "origin_party", "form", "account", "amount", "currency",
)  # fmt: skip
"""Columns that may differ between the rows of an event."""
BODY = (
    "sample", "laboratory", "certificate", "role", "reported", "increments", "standard", "witness",
    "seals", "seals_intact", "parts", "parent", "of_event", "container", "containers", "ticket",
    "mode", "carrier", "incoterm", "documents", "risk_passes", "dispatch", "purpose", "unit",
    "all_inputs_recorded", "status", "statement", "target", "action", "reason", "as_kind",
    "new_time", "new_time_start", "new_site", "new_to_site", "new_party", "new_to_party", "type",
    "subject", "issuer", "decision", "hash", "valid_from", "valid_to", "model", "to_account",
    "analyte", "attribute", "expires", "claim", "instrument", "price", "price_unit", "stage",
    "contract",
)  # fmt: skip
"""Columns of one kind's body; all rows of an event agree on them, or leave them empty."""
PLAIN = frozenset({*ENVELOPE, *QUALITIES, *LINE, *BODY})


@dataclass(frozen=True, slots=True)
class QuantityColumn:
    """A column of masses or grades: ``field`` is wet, dry, ..., moisture or grade."""

    name: str
    field: str
    unit: str
    analyte: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of one table are, by position.

    ``u`` maps the position of an uncertainty to that of its quantity.
    """

    columns: tuple[str, ...]
    plain: dict[int, str]
    quantities: dict[int, QuantityColumn]
    u: dict[int, int]
    own: dict[int, str]


def layout(columns: Sequence[str], where: str) -> tuple[Layout, list[Finding]]:
    """Return what the columns of an event table are, and those that are not known."""
    plain: dict[int, str] = {}
    quantities: dict[int, QuantityColumn] = {}
    u: dict[int, int] = {}
    own: dict[int, str] = {}
    findings = []
    for position, name in enumerate(columns):
        if name in PLAIN:
            plain[position] = name
        elif name.startswith(("x_", "data_")) and name not in {"x_", "data_"}:
            own[position] = name
        elif (quantity := quantity_column(name)) is not None:
            quantities[position] = quantity
        elif name.endswith("_u") and quantity_column(name[:-2]) is not None:
            if name[:-2] in columns:
                u[position] = list(columns).index(name[:-2])
            else:
                message = f"the uncertainty {name} has no column {name[:-2]}"
                fix = f"add the column {name[:-2]}"
                findings.append(fatal("ORL-0308", f"{where} column {name}", message, fix))
        elif name:
            findings.append(_unknown(name, f"{where} column {name}"))
    for name in ("event", "kind", "time"):
        if name not in columns:
            fix = f"add the column {name}"
            findings.append(fatal("ORL-0308", where, f"the column {name} is missing", fix))
    return Layout(tuple(columns), plain, quantities, u, own), findings


@lru_cache(maxsize=4096)
def quantity_column(name: str) -> QuantityColumn | None:
    """Return what a column of quantities is, None if the name is not one.

    >>> quantity_column("Au_g_per_t")
    QuantityColumn(name='Au_g_per_t', field='grade', unit='g/t', analyte='Au')
    >>> quantity_column("wet_short_ton").unit
    'short ton'
    """
    head, _, suffix = name.partition("_")
    if head in MASS_FIELDS and suffix in MASS_SUFFIXES:
        return QuantityColumn(name, head, MASS_SUFFIXES[suffix])
    if suffix not in GRADE_SUFFIXES:
        return None
    if head == "moisture":
        return QuantityColumn(name, "moisture", GRADE_SUFFIXES[suffix], "H2O")
    if len(head) <= 40 and is_analyte(head):
        return QuantityColumn(name, "grade", GRADE_SUFFIXES[suffix], head)
    return None


def grade_column(analyte: str, unit: str) -> str:
    """Return the name of the column for an analyte and a unit.

    >>> grade_column("Nd2O3", "%")
    'Nd2O3_pct'
    """
    return f"{analyte}_{_SUFFIX_OF_GRADE[unit]}"


def mass_column(field: str, unit: str) -> str:
    """Return the name of the column for a mass in a unit.

    >>> mass_column("wet", "short ton")
    'wet_short_ton'
    """
    return f"{field}_{unit.replace(' ', '_')}"


_SUFFIX_OF_GRADE = {unit: suffix for suffix, unit in GRADE_SUFFIXES.items()}


def _unknown(name: str, where: str) -> Finding:
    head, _, suffix = name.partition("_")
    if head in MASS_FIELDS and suffix not in MASS_SUFFIXES:
        known = ", ".join(f"{head}_{unit}" for unit in MASS_SUFFIXES)
        message = f"the column {name} names no unit of mass known here"
        return fatal("ORL-0307", where, message, f"write one of {known}")
    if suffix in GRADE_SUFFIXES:
        message = f"{head} is no element, formula or aggregate known here"
        fix = "write it as Sb_pct, Nd2O3_pct or TREO_pct; a column of your own begins with x_"
        return fatal("ORL-0307", where, message, fix)
    if is_analyte(head) and not near_to(name, PLAIN):
        known = ", ".join(f"{head}_{unit}" for unit in GRADE_SUFFIXES)
        message = f"the column {name} names no unit of grade"
        return fatal("ORL-0307", where, message, f"write one of {known}")
    examples = [*PLAIN, "wet_t", "dry_t", "wet_kg", "dry_kg", "moisture_pct"]
    return unknown_column(name, sorted(examples), where, "begin it with x_ if it is your own")
