"""An importing country's dependence by what a ledger delivered to it: without, with, in an event.

Tonnes of the months that a ledger covers are told as a rate for a year. They are taken in place of
other imports, as those of a plan are: what is printed of a country's imports may hold them already
or not, nobody says which.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from oreline.model import Finding, Severity
from oreline.reference import country
from oreline.stress._bottleneck import STEPS, CountedSupply, counted_supply, free_capacities
from oreline.stress._concentration import Bounds
from oreline.stress._dependence import (
    COVERED,
    MINERALS,
    NOTE_NIR,
    STAGES,
    Measures,
    StageImports,
    measures_after,
    measures_of,
    stage_imports,
)
from oreline.stress._own_actual import ActualDelivery, ActualOutcome, total
from oreline.stress._own_flow import NOWHERE, LedgerFlow
from oreline.stress._security import part_of
from oreline.stress._security_file import SecurityInputs

WORDS: Final = {
    "concentrate": "concentrate", "oxide": "refined", "refined": "refined", "separated": "refined",
    "metal": "metal", "alloy": "metal", "magnet": "magnet",
}  # fmt: skip
"""Stages in the words of materials.csv; of minerals whose last is refined, metal is refined."""


@dataclass(frozen=True, slots=True)
class StageDependence:
    """On whom a country depends at a stage: as printed, with the chain, and with it in an event.

    ``in_event`` and ``measures_in_event`` are None where no event is asked for.
    """

    supply: CountedSupply
    in_event: CountedSupply | None
    imports: StageImports | None
    printed: Measures | None
    with_chain: Measures | None
    measures_in_event: Measures | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; null is UNKNOWN."""
        reliance = None if self.imports is None else self.imports.reliance or None
        return {
            **self.supply.to_json(),
            "in_event": None if self.in_event is None else self.in_event.to_json(),
            "imports": None if self.imports is None else self.imports.to_json(),
            "printed": _json(self.printed),
            "with_chain": _json(self.with_chain),
            "with_chain_in_event": _json(self.measures_in_event),
            "net_import_reliance_pct": reliance,
        }


def _json(measures: Measures | None) -> dict[str, Any] | None:
    return None if measures is None else measures.to_json()


@dataclass(frozen=True, slots=True)
class ActualDependence:
    """The dependence of each country that the chain delivers to, stage by stage."""

    importer: str
    stages: tuple[StageDependence, ...]
    months: int

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each stage that anything comes to; ranges as low and high."""
        rows = []
        for one in self.stages:
            row: dict[str, Any] = {
                "importer": self.importer,
                "mineral": one.supply.mineral,
                "stage": one.supply.stage,
                "stops_here": one.supply.stops,
                "counted_t_per_y_low": one.supply.counted_t.low,
                "counted_t_per_y_high": one.supply.counted_t.high,
            }
            for when, measured in (
                ("printed", one.printed), ("with_chain", one.with_chain),
                ("in_event", one.measures_in_event),
            ):  # fmt: skip
                told = {} if measured is None else measured.to_json()
                for key in ("china_share", "covered_share", "hhi", "without_largest"):
                    for end in ("low", "high"):
                        row[f"{key}_{when}_{end}"] = told.get(key, {}).get(end)
            row["source"] = None if one.imports is None else one.imports.source
            rows.append(row)
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "importer": self.importer,
            "rate": f"tonnes of {self.months} months, for a year",
            "stages": [one.to_json() for one in self.stages],
            "note_net_import_reliance": NOTE_NIR,
            "displacement": "in proportion to all sources, and first of covered countries",
            "covered": sorted(COVERED),
            "control": "by country of shipment; who owns a works is not counted",
            "basis": "derived",
        }


def stage_of(flow: LedgerFlow, material: str, stated: Mapping[str, str], element: str) -> str:
    """Return the stage at which a material counts; empty where nobody says one that counts."""
    if material in stated:
        found = stated[material]
    else:
        known = flow.chain.materials.get(material)
        found = "" if known is None else WORDS.get((known.stage or "").lower(), "")
    steps = STEPS[MINERALS[element][0]]
    if found == "metal" and "metal" not in steps:
        return "refined"
    return found if found in steps else ""


def actual_dependence(
    flow: LedgerFlow,
    deliveries: Sequence[ActualDelivery],
    inputs: SecurityInputs | None,
    outcome: ActualOutcome | None,
) -> tuple[tuple[ActualDependence, ...], tuple[Finding, ...]]:
    """Return on whom each country depends to which something came from abroad, and what is odd.

    Parameters
    ----------
    flow
        The flow of a ledger.
    deliveries
        What came where.
    inputs
        What security.toml says of stages and of capacities of its importer; None without one.
    outcome
        What events would have done; None: no event is asked for.
    """
    stated = {} if inputs is None else inputs.stages
    lost = {} if outcome is None else {id(one.delivery): one.parts for one in outcome.losses}
    came: dict[str, dict[tuple[str, str], list[Bounds]]] = {}
    left: dict[str, dict[tuple[str, str], list[Bounds]]] = {}
    origins: dict[tuple[str, str, str], dict[str, float]] = {}
    stageless: dict[str, set[str]] = {}
    for one in deliveries:
        if one.how != "from abroad" or one.element not in MINERALS or one.country == NOWHERE:
            continue
        mineral, times = MINERALS[one.element]
        yearly = times * 12 / flow.months_covered
        parts = lost.get(id(one))
        for at, (arrival, (low, high)) in enumerate(zip(one.arrivals, one.carried_t, strict=True)):
            stage = stage_of(flow, arrival.material, stated, one.element)
            if not stage:
                stageless.setdefault(arrival.material or arrival.lot, set()).add(one.country)
                continue
            whole = _scaled(low, high, yearly, (1.0, 1.0))
            came.setdefault(one.country, {}).setdefault((mineral, stage), []).append(whole)
            rest = (1.0, 1.0) if parts is None else (1 - parts[at, 1], 1 - parts[at, 0])
            left.setdefault(one.country, {}).setdefault((mineral, stage), []).append(
                _scaled(low, high, yearly, (float(rest[0]), float(rest[1])))
            )
            from_where = origins.setdefault((one.country, mineral, stage), {})
            code = flow.country(arrival.origin)
            from_where[code] = from_where.get(code, 0.0) + low
    months, is_event = flow.months_covered, outcome is not None
    found = tuple(
        _of_importer(months, importer, rows, left[importer], origins, inputs, is_event)
        for importer, rows in came.items()
    )
    return found, _findings(stageless)


def _scaled(low: float, high: float | None, times: float, rest: tuple[float, float]) -> Bounds:
    return Bounds(times * low * rest[0], None if high is None else times * high * rest[1])


def _of_importer(
    months: int,
    importer: str,
    came: Mapping[tuple[str, str], Sequence[Bounds]],
    left: Mapping[tuple[str, str], Sequence[Bounds]],
    origins: Mapping[tuple[str, str, str], Mapping[str, float]],
    inputs: SecurityInputs | None,
    is_event: bool,
) -> ActualDependence:
    code = country(importer).alpha3
    minerals = [one for one in STEPS if any(key[0] == one for key in came)]
    facts = {(one.mineral, one.stage): one for one in stage_imports(code, minerals)}
    is_stated = inputs is not None and country(inputs.importer).alpha3 == code
    capacities = inputs.capacities if inputs is not None and is_stated else ()
    stages = []
    for mineral in minerals:
        free = free_capacities(code, mineral, capacities)
        before, after = (
            {stage: total(rows.get((mineral, stage), ())) for stage in STEPS[mineral]}
            for rows in (came, left)
        )
        if any(one.high is None for one in before.values()):
            # Of an arrival that nobody weighed nothing is known but that it came.
            continue
        after_rows = counted_supply(mineral, after, free)
        for one, rest in zip(counted_supply(mineral, before, free), after_rows, strict=True):
            known = facts.get((mineral, one.stage))
            largest = _largest(origins, importer, mineral, one.stage)
            stages.append(_stage(one, rest if is_event else None, known, largest))
    return ActualDependence(code, tuple(stages), months)


def _largest(
    origins: Mapping[tuple[str, str, str], Mapping[str, float]],
    importer: str,
    mineral: str,
    stage: str,
) -> str:
    """Return the country from which most came at a stage, else at any; empty where none is known.

    What is made at a stage of what came before it is counted as of where that came from.
    """
    rows = origins.get((importer, mineral, stage)) or {
        code: much
        for key, row in origins.items() if key[:2] == (importer, mineral)
        for code, much in row.items()
    }  # fmt: skip
    return max(rows, key=lambda each: (rows[each], each), default="")


def _stage(
    supply: CountedSupply, rest: CountedSupply | None, imports: StageImports | None, origin: str
) -> StageDependence:
    if imports is None:
        return StageDependence(supply, rest, None, None, None, None)
    printed = measures_of(imports.suppliers, imports.unnamed, COVERED)
    code = country(origin).alpha3 if origin not in ("", NOWHERE) else ""
    found = []
    for one in (supply, rest):
        part = None if one is None else part_of(one.counted_t, imports.imports_t, most=1.0)
        found.append(None if part is None else measures_after(imports, part, code, COVERED))
    return StageDependence(supply, rest, imports, printed, found[0], found[1])


def _findings(stageless: Mapping[str, Collection[str]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "ORL-1265",
            Severity.NOTE,
            material,
            f"{material} goes to {', '.join(sorted(countries))} and counts at no stage",
            f"write one of {', '.join(STAGES)} in security.toml, or as its stage in materials.csv",
        )
        for material, countries in sorted(stageless.items())
    )
