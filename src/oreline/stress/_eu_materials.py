"""What the European Commission printed of a material, and what follows from it by its method.

Inputs that were not printed (substitution, import reliance, which side of supply was used) are left
open, so that supply risk and importance come between ends; printed results stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.model import InputError
from oreline.reference import UnknownMineralError, mineral_key, source, table
from oreline.stress._concentration import Bounds
from oreline.stress._eu import (
    GOVERNANCE_DEFAULT,
    GOVERNANCE_WORST,
    WeightedShare,
    governance_weight,
    hhi_bounds,
    hhi_wgi_t,
    is_critical,
    rounded_to,
    supply_risk,
    supply_risk_bounds,
)
from oreline.stress._eu_studies import EuStudy, eu_study

if TYPE_CHECKING:
    import polars as pl

STAGES: Final = ("extraction", "processing")
SUBSTITUTION: Final = Bounds(0.8, 1.0)
"""All indices of substitution of the study of 2017 lie here; later ones were not printed."""
WITH_INPUTS: Final = (2017, 2023)
"""Studies of which the inputs are carried; of later ones those that a user imports."""
SAME_RATE: Final = {"aluminum": "bauxite", "titanium metal": "titanium"}
"""Materials whose recycling rate the copy of 2023 gives under another name of the element."""
TRADE_WORST: Final = 1.5
GROUPS: Final = {
    **dict.fromkeys(
        ("cerium", "lanthanum", "neodymium", "praseodymium", "samarium"), "light rare earths"
    ),
    **dict.fromkeys(
        (
            "dysprosium", "erbium", "europium", "gadolinium", "holmium", "lutetium", "terbium",
            "thulium", "ytterbium", "yttrium",
        ),
        "heavy rare earths",
    ),
    **dict.fromkeys(
        ("iridium", "palladium", "platinum", "rhodium", "ruthenium"), "platinum group metals"
    ),
}  # fmt: skip
"""Materials of which the later studies print a result for the group only."""


@dataclass(frozen=True, slots=True)
class EuSide:
    """One side of supply, the world's or the Union's sourcing, at one stage.

    ``index`` is of the printed shares; ``bounds`` of all that rounding, shares printed as a bound,
    a missing governance indicator and the part that nobody is named for leave open. Of a study that
    prints the index alone, countries and their shares are None and empty.
    """

    index: float
    bounds: Bounds
    listed_share: float | None
    largest: str
    largest_share: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "index": self.index,
            "bounds": self.bounds.to_json(),
            "listed_share": self.listed_share,
            "largest": self.largest,
            "largest_share": self.largest_share,
        }


@dataclass(frozen=True, slots=True)
class EuStage:
    """A material at one stage: both sides of supply, and the risk that follows from them.

    ``index`` is the weighted index at full import reliance, one side alone where only it is known;
    ``risk`` is between ends, None where neither side is known.
    """

    stage: str
    world: EuSide | None
    union: EuSide | None
    index: float | None
    risk: Bounds | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "stage": self.stage,
            "global": None if self.world is None else self.world.to_json(),
            "eu": None if self.union is None else self.union.to_json(),
            "index": self.index,
            "risk": None if self.risk is None else self.risk.to_json(),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class EuMaterial:
    """One material in one study.

    Attributes
    ----------
    risk
        Supply risk of the bottleneck, between ends; None without inputs.
    bottleneck
        The stage of the higher index at full reliance, or the one that the study chose; empty where
        there is no index. ``bottleneck_is_sure`` where no reading of the inputs makes it another.
    importance
        Economic importance without substitution, between ends of what is not listed.
    substitution
        The index SI_EI that the printed importance implies; None without both, or for a group.
    printed_risk, printed_importance
        Results of the study, with one decimal; of the group where ``printed_for`` names one.
    critical
        ``yes``, ``no`` or ``UNKNOWN``, of the printed results against both thresholds.
    """

    mineral: str
    material: str
    year: int
    stages: tuple[EuStage, ...]
    eol_rir: float | None
    risk: Bounds | None
    bottleneck: str
    bottleneck_is_sure: bool
    importance: Bounds | None
    substitution: Bounds | None
    printed_risk: float | None
    printed_importance: float | None
    printed_for: str
    critical: str
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "material": self.material,
            "year": self.year,
            "stages": [stage.to_json() for stage in self.stages],
            "eol_rir": self.eol_rir,
            "risk": None if self.risk is None else self.risk.to_json(),
            "bottleneck": self.bottleneck,
            "bottleneck_is_sure": self.bottleneck_is_sure,
            "importance": None if self.importance is None else self.importance.to_json(),
            "substitution": None if self.substitution is None else self.substitution.to_json(),
            "printed_risk": self.printed_risk,
            "printed_importance": self.printed_importance,
            "printed_for": self.printed_for,
            "critical": self.critical,
            "notes": list(self.notes),
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class EuTable:
    """The materials of one study, with its rules."""

    study: EuStudy
    rows: tuple[EuMaterial, ...]

    @property
    def source_line(self) -> str:
        """Return the line that stands under a table or a chart."""
        names = sorted({name for row in self.rows for name in row.sources})
        told = "; ".join(source(name).attribution for name in names)
        return f"{told} Study of {self.study.year}; ranges computed by oreline."

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "study": self.study.to_json(),
            "source_line": self.source_line,
            "rows": [row.to_json() for row in self.rows],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table, one row a material; bounds are two columns."""
        import polars as pl

        return pl.DataFrame([_flat(row) for row in self.rows], infer_schema_length=None)


def eu_materials(year: int = 2023, mineral: str | None = None) -> EuTable:
    """Give the materials of one study of the European Commission, with ranges where inputs allow.

    Parameters
    ----------
    year
        Of the study: 2011, 2014, 2017, 2020 or 2023.
    mineral
        Only this one, by any name that :func:`oreline.reference.mineral_key` knows.

    Raises
    ------
    InputError
        If there is no such study, or the shares of a table do not sum.
    UnknownMineralError
        If no study at all has the mineral; rows are empty where only this one has not.

    Examples
    --------
    >>> antimony = eu_materials(2023, "antimony").rows[0]
    >>> antimony.printed_risk, antimony.critical, antimony.bottleneck
    (1.8, 'yes', 'extraction')
    """
    study = eu_study(year)
    key = None if mineral is None else mineral_key(mineral)
    if key is not None and key not in _every_mineral():
        raise UnknownMineralError(f"no study of the European Commission has {mineral!r}")
    has_inputs = year in WITH_INPUTS or year > max(WITH_INPUTS)
    found: dict[str, list[tuple[str, EuStage]]] = {}
    for name, material, stage in _stages(year, key) if has_inputs else ():
        found.setdefault(name, []).append((material, stage))
    printed = _printed(year)
    wanted = [name for name in sorted({*found, *printed}) if key in {None, name}]
    rates = recycling_rates(2017 if year == 2017 else 2023) if has_inputs else {}
    uses = _importance(study) if study.largest_value_added_meur is not None else {}
    rows = tuple(
        _material(name, study, found.get(name, []), printed, rates.get(name), uses.get(name))
        for name in wanted
    )
    return EuTable(study, rows)


def _material(
    name: str,
    study: EuStudy,
    found: list[tuple[str, EuStage]],
    printed: dict[str, tuple[str, float | None, float | None]],
    rate: float | None,
    importance: Bounds | None,
) -> EuMaterial:
    stages = tuple(_with_risk(stage, rate, study) for _, stage in found)
    group = "" if name in printed else GROUPS.get(name, "")
    label, risk, weight = printed.get(group or name, ("", None, None))
    first = max(stages, key=lambda one: one.index or 0.0, default=None)
    bounded = [one.risk for one in stages if one.risk is not None]
    open_uses = importance is None or weight is None or importance.low <= 0 or bool(group)
    return EuMaterial(
        mineral=name,
        material=label if not group and label else found[0][0] if found else name,
        year=study.year,
        stages=stages,
        eol_rir=rate,
        risk=_highest(bounded),
        bottleneck="" if first is None or first.index is None else first.stage,
        bottleneck_is_sure=first is not None and _is_first(first, stages),
        importance=importance,
        substitution=None if open_uses else _implied(importance, weight),
        printed_risk=risk,
        printed_importance=weight,
        printed_for=label if group else "",
        critical=is_critical(risk, weight),
        notes=_notes(study, stages, rate, group, label),
        sources=_sources(study.year, has_inputs=bool(stages)),
    )


def _implied(importance: Bounds | None, printed: float | None) -> Bounds:
    """Return the substitution index by which the importance would be the printed one."""
    assert importance is not None
    assert importance.high is not None
    assert printed is not None
    result = rounded_to(printed, 0.1)
    return Bounds(result.low / importance.high, upper(result) / importance.low)


def _notes(
    study: EuStudy, stages: tuple[EuStage, ...], rate: float | None, group: str, label: str
) -> tuple[str, ...]:
    told = []
    if group:
        told.append(f"the study prints a result for {label} only")
    if not stages:
        told.append("results only: no inputs of this study are carried")
    elif rate is None:
        told.append("no recycling rate: the least risk is zero")
    if stages and study.year != 2017:
        told.append("import reliance, substitution and the side used are not printed: a range")
    return tuple(told)


def _with_risk(stage: EuStage, rate: float | None, study: EuStudy) -> EuStage:
    if stage.risk is not None:
        return stage
    recycled = None if rate is None else rounded_to(rate, 0.01, most=1.0)
    sides = [None if one is None else one.bounds for one in (stage.world, stage.union)]
    readings = [supply_risk_bounds(sides[0], sides[1], None, recycled, SUBSTITUTION)]
    if all(side is not None for side in sides):
        # The study of 2017 used the world's side alone in some cases where both were known.
        readings.append(supply_risk_bounds(sides[0], None, None, recycled, SUBSTITUTION))
    found = [one for one in readings if one is not None]
    risk = Bounds(min(o.low for o in found), max(upper(o) for o in found)) if found else None
    return EuStage(stage.stage, stage.world, stage.union, stage.index, risk, stage.notes)


def _highest(risks: Iterable[Bounds]) -> Bounds | None:
    """Return the ends of the higher of several risks, each of which is open."""
    every = list(risks)
    return Bounds(max(o.low for o in every), max(upper(o) for o in every)) if every else None


def _is_first(first: EuStage, stages: tuple[EuStage, ...]) -> bool:
    """Return whether no reading of the inputs gives another stage the higher risk."""
    others = [one for one in stages if one is not first]
    return first.risk is not None and all(
        one.risk is not None and upper(one.risk) < first.risk.low for one in others
    )


# --------------------------------------------------------------------------- reading the tables


def _sources(year: int, *, has_inputs: bool) -> tuple[str, ...]:
    """Return the sources that the rows in use name."""
    if year == 2017:
        return tuple(sorted(set(table("eu_2017_inputs")["source"])))
    named = set(table("eu_results").filter(year=year)["source"])
    if has_inputs:
        for name in ("eu_supply", "eu_uses"):
            named |= set(table(name).filter(vintage=year)["source"])
        named |= set(table("governance").filter(indicator="mean6")["source"])
    return tuple(sorted(named))


def _every_mineral() -> set[str]:
    return {
        name
        for frame in ("eu_results", "eu_2017_inputs", "eu_supply")
        for name in table(frame)["mineral"]
    }


def _printed(year: int) -> dict[str, tuple[str, float | None, float | None]]:
    """Return material, supply risk and importance as printed, by mineral."""
    name = "eu_2017_inputs" if year == 2017 else "eu_results"
    frame = table(name) if year == 2017 else table(name).filter(year=year)
    columns = ("mineral", "material", "sr", "ei")
    return {row[0]: (row[1], row[2], row[3]) for row in frame.select(columns).iter_rows()}


def recycling_rates(year: int) -> dict[str, float]:
    """Give the end-of-life recycling input rates of one study by mineral, 0 to 1."""
    frame = table("recycling").filter(year=year).select("mineral", "eol_rir_pct")
    rates = {name: rate / 100 for name, rate in frame.iter_rows() if rate is not None}
    for name, other in SAME_RATE.items():
        if other in rates:
            rates.setdefault(name, rates[other])
    return rates


def _stages(year: int, key: str | None) -> Iterable[tuple[str, str, EuStage]]:
    return _stages_2017(key) if year == 2017 else _stages_of_shares(year, key)


def _stages_2017(key: str | None) -> Iterable[tuple[str, str, EuStage]]:
    """Yield the stage that the study of 2017 chose, with the indices that it printed."""
    for row in table("eu_2017_inputs").iter_rows(named=True):
        if key not in {None, row["mineral"]}:
            continue
        unused = {"GS only": "hhi_eu", "EUS only": "hhi_gs"}.get(row["supply_used"])
        printed = {
            name: None if name == unused or row[name] is None else float(row[name])
            for name in ("hhi_gs", "hhi_eu")
        }
        world, union = printed["hhi_gs"], printed["hhi_eu"]
        reliance = None if row["ir_pct"] is None else row["ir_pct"] / 100
        recycled = rounded_to(row["eol_rir_pct"] / 100, 0.01, most=1.0)
        index = _blend(world, union, reliance)
        yield row["mineral"], row["material"], EuStage(
            stage=row["stage"],
            world=_of_index(world),
            union=_of_index(union),
            index=index,
            risk=supply_risk_bounds(
                None if world is None else rounded_to(world, 0.1),
                None if union is None else rounded_to(union, 0.1),
                None if reliance is None else rounded_to(reliance, 0.01, most=1.0),
                recycled,
                rounded_to(row["si_sr"], 0.1),
            ),
            notes=(f"supply used: {row['supply_used']}",),
        )  # fmt: skip


def _blend(world: float | None, union: float | None, reliance: float | None) -> float:
    """Return the index of both sides together, before recycling and substitution."""
    missing = float("nan")
    return supply_risk(
        missing if world is None else world,
        missing if union is None else union,
        missing if reliance is None else reliance,
        0.0,
        1.0,
    ).item()


def _of_index(index: float | None) -> EuSide | None:
    """Return a side of which only the index is printed."""
    if index is None:
        return None
    return EuSide(index, rounded_to(index, 0.1), None, "", None)


def _stages_of_shares(year: int, key: str | None) -> Iterable[tuple[str, str, EuStage]]:
    """Yield each stage of each material of which a study prints shares, as that of 2023 does."""
    weights = _governance()
    grouped: dict[tuple[str, str, str], dict[str, list[dict[str, Any]]]] = {}
    for row in table("eu_supply").filter(vintage=year).iter_rows(named=True):
        if key in {None, row["mineral"]}:
            place = (row["mineral"], row["stage"], row["mineral"])
            grouped.setdefault(place, {}).setdefault(row["scope"], []).append(row)
    for (mineral, stage, _), scopes in sorted(grouped.items()):
        material = next(iter(scopes.values()))[0]["material"]
        sides = {scope: _side(rows, weights) for scope, rows in scopes.items()}
        world, union = sides.get("global"), sides.get("eu")
        index = _blend(
            None if world is None else world.index, None if union is None else union.index, 1.0
        )
        notes = [note for scope in sorted(scopes) for note in _side_notes(scopes[scope], weights)]
        yield mineral, material, EuStage(stage, world, union, index, None, tuple(notes))


def _governance() -> dict[str, float]:
    frame = table("governance").filter(indicator="mean6").sort("year", nulls_last=False)
    frame = frame.select("iso3", "area", "estimate")
    # The newest year of a country is the last, and stays.
    return {
        iso3 or area: governance_weight(estimate).item()
        for iso3, area, estimate in frame.iter_rows()
        if estimate is not None
    }


def _side(rows: list[dict[str, Any]], weights: dict[str, float]) -> EuSide:
    shares = [printed_share(row) for row in rows]
    listed = sum(row["share"] or 0.0 for row in rows)
    whole = {row["iso3"] or row["area"]: row for row in rows}
    first = rows[0]
    place = f"eu_supply: {first['material']}, {first['stage']}, {first['scope']}"
    if len(whole) < len(rows):
        raise InputError(f"{place}: a country stands twice")
    governance = [_weight(row, weights) for row in rows]
    try:
        index = hhi_wgi_t(
            [row["share"] or 0.0 for row in rows],
            [GOVERNANCE_DEFAULT if one.high != one.low else one.low for one in governance],
            [row["trade_parameter"] for row in rows],
        ).item()
    except InputError as wrong:
        raise InputError(f"{place}: {wrong}") from wrong
    bounds = hhi_bounds(
        WeightedShare(row["area"], share, weight, row["trade_parameter"])
        for row, share, weight in zip(rows, shares, governance, strict=True)
    )
    assert bounds is not None
    rest = max(0.0, 1.0 - sum(upper(share) for share in shares))
    most = upper(bounds) + rest**2 * GOVERNANCE_WORST * TRADE_WORST
    largest = max(rows, key=lambda row: row["share"] or 0.0)
    return EuSide(
        index=index,
        bounds=Bounds(bounds.low, most),
        listed_share=round(listed, 6),
        largest=largest["iso3"] or largest["area"],
        largest_share=largest["share"] or 0.0,
    )


def printed_share(row: dict[str, Any]) -> Bounds:
    """Return what a printed share can have been; a bound is anything below it."""
    number = row["text"].strip("<>% ")
    step = 10.0 ** -(2 + len(number.partition(".")[2]))
    if row["flag"] == "<":
        return Bounds(0.0, float(number) / 100)
    assert row["share"] is not None, row
    return rounded_to(row["share"], step, most=1.0)


def _weight(row: dict[str, Any], weights: dict[str, float]) -> Bounds:
    found = weights.get(row["iso3"] or row["area"])
    return Bounds(0.0, GOVERNANCE_WORST) if found is None else Bounds(found, found)


def _side_notes(rows: list[dict[str, Any]], weights: dict[str, float]) -> Iterable[str]:
    scope = {"global": "world", "eu": "Union's sourcing"}[rows[0]["scope"]]
    for row in rows:
        if (row["iso3"] or row["area"]) not in weights:
            yield (
                f"{scope}: {row['area']} ({row['text']}) has no governance indicator; "
                f"{GOVERNANCE_DEFAULT:g} of 10 assumed, anything from 0 to 10 within the range"
            )
    bounded = sum(row["flag"] == "<" for row in rows)
    if bounded:
        yield f"{scope}: {bounded} countries are printed as a bound and count up to it"
    listed = sum(row["share"] or 0.0 for row in rows)
    if listed < 0.9:
        yield f"{scope}: only {100 * listed:.0f} % is listed by country"


def _importance(study: EuStudy) -> dict[str, Bounds]:
    """Return importance without substitution by mineral: what is listed, and what may be beside."""
    assert study.largest_value_added_meur is not None
    per_meur = 10.0 / study.largest_value_added_meur
    listed: dict[str, float] = {}
    placed: dict[str, float] = {}
    for row in table("eu_uses").filter(vintage=study.year).iter_rows(named=True):
        name = row["mineral"]
        listed.setdefault(name, 0.0)
        placed.setdefault(name, 0.0)
        if row["share"] is not None and row["value_added_meur"] is not None:
            listed[name] += row["share"] * row["value_added_meur"] * per_meur
            placed[name] += row["share"]
    # Shares and sectors that nobody lists may be of the largest sector, or of none.
    return {
        name: Bounds(value, value + 10.0 * max(0.0, 1.0 - placed[name]))
        for name, value in listed.items()
    }


def upper(bounds: Bounds) -> float:
    """Give the most of bounds that end, as all of shares, indices and risks do."""
    assert bounds.high is not None
    return bounds.high


def _flat(row: EuMaterial) -> dict[str, Any]:
    flat: dict[str, Any] = {
        "mineral": row.mineral,
        "material": row.material,
        "year": row.year,
        "printed_risk": row.printed_risk,
        "printed_importance": row.printed_importance,
        "printed_for": row.printed_for,
        "critical": row.critical,
        "bottleneck": row.bottleneck,
        "bottleneck_is_sure": row.bottleneck_is_sure,
        "eol_rir": row.eol_rir,
    }
    named = {"risk": row.risk, "importance": row.importance, "substitution": row.substitution}
    for name, bounds in named.items():
        flat[f"{name}_low"] = None if bounds is None else bounds.low
        flat[f"{name}_high"] = None if bounds is None else bounds.high
    flat["notes"] = "; ".join(row.notes)
    flat["sources"] = " ".join(row.sources)
    return flat
