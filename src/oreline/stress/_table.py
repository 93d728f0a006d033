"""All minerals in one table, each measure side by side; and each stage with its measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.model import InputError
from oreline.reference import source
from oreline.stress._concentration import Bounds, Concentration
from oreline.stress._lists import LISTS, memberships
from oreline.stress._methods import chapters, known_minerals, methods
from oreline.stress._reliance import ImportReliance, import_reliances
from oreline.stress._supply import CHINA, StageSupply, share_supplies, stage_supplies

if TYPE_CHECKING:
    import polars as pl

EU_LIST: Final = "EU 2023"
"""Minerals that the rule of the European Commission makes critical in its study of 2023."""
EU_RISK_MIN, EU_IMPORTANCE_MIN = 1.0, 2.8


@dataclass(frozen=True, slots=True)
class MineralRow:
    """One mineral at one stage; a measure is None where none can be given."""

    mineral: str
    stage: str
    product: str
    year: int
    source: str
    measures: Concentration | None
    china: Bounds | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "stage": self.stage,
            "product": self.product,
            "year": self.year,
            "source": self.source,
            "concentration": None if self.measures is None else self.measures.to_json(),
            "china_share": None if self.china is None else self.china.to_json(),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class MineralSummary:
    """One mineral under every measure; None where nobody published it.

    Attributes
    ----------
    lists
        The lists that it is on.
    worst_stage
        The most concentrated stage, and the measures of that stage.
    reliance
        The newest net import reliance of the United States, of the product with the highest.
    values
        Its number under each method, by the method's name.
    ranks
        Its place under each method, 0 the least and 1 the most critical of those covered.
    """

    mineral: str
    lists: tuple[str, ...]
    worst_stage: str
    measures: Concentration | None
    china: Bounds | None
    reliance: ImportReliance | None
    values: dict[str, float]
    ranks: dict[str, float]

    @property
    def disagreement(self) -> float | None:
        """Return how far apart the best and the worst place are, None with fewer than two."""
        if len(self.ranks) < 2:
            return None
        return max(self.ranks.values()) - min(self.ranks.values())

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mineral": self.mineral,
            "lists": list(self.lists),
            "worst_stage": self.worst_stage,
            "concentration": None if self.measures is None else self.measures.to_json(),
            "china_share": None if self.china is None else self.china.to_json(),
            "reliance": None if self.reliance is None else self.reliance.to_json(),
            "values": self.values,
            "ranks": self.ranks,
            "disagreement": self.disagreement,
        }


@dataclass(frozen=True, slots=True)
class MineralTable:
    """Every mineral with all measures, and every stage that is published of it."""

    year: int
    listed_on: str
    minerals: tuple[MineralSummary, ...]
    rows: tuple[MineralRow, ...]

    @property
    def source_line(self) -> str:
        """Return the line that stands under a table or a chart."""
        names = sorted({row.source for row in self.rows})
        told = " ".join(dict.fromkeys(source(name).attribution for name in names))
        return f"{told} Production of {self.year} or as each row says; measures by oreline."

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "year": self.year,
            "listed_on": self.listed_on,
            "source_line": self.source_line,
            "minerals": [one.to_json() for one in self.minerals],
            "rows": [row.to_json() for row in self.rows],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the minerals as a table; bounds are two columns."""
        import polars as pl

        return pl.DataFrame([_summary_flat(one) for one in self.minerals], infer_schema_length=None)

    def stages_frame(self) -> pl.DataFrame:
        """Return the stages as a table; bounds are two columns."""
        import polars as pl

        return pl.DataFrame([_flat(row) for row in self.rows], infer_schema_length=None)


def list_names() -> tuple[str, ...]:
    """Return the lists by which the table can be narrowed."""
    return (*LISTS, EU_LIST)


def minerals_table(year: int | None = None, *, listed_on: str = "") -> MineralTable:
    """Give every mineral under every measure, and at each stage that is published.

    Parameters
    ----------
    year
        The year that the production figures speak of; by default the newest.
    listed_on
        Keep only the minerals of a list, see :func:`list_names`; empty for all.

    Raises
    ------
    InputError
        If there is no such list, or no production of that year.
    """
    if listed_on and listed_on not in list_names():
        raise InputError(f"no list {listed_on!r}; the lists are: {', '.join(list_names())}")
    supplies = stage_supplies(year=year)
    if not supplies:
        raise InputError(f"no production of {year} is carried")
    on_lists = _on_lists()
    kept = [one for one in known_minerals() if not listed_on or listed_on in on_lists.get(one, ())]
    stages = {
        one: tuple(
            each
            for each in (*supplies, *share_supplies())
            if each.mineral == one or each.mineral in chapters(one)
        )
        for one in kept
    }
    wanted = {name for one in kept for name in (one, *chapters(one))}
    rows = tuple(_row(one) for one in (*supplies, *share_supplies()) if one.mineral in wanted)
    reliances = _newest_reliances()
    places = _places()
    minerals = tuple(
        _summary(one, on_lists.get(one, ()), stages[one], reliances, places) for one in kept
    )
    return MineralTable(supplies[0].year, listed_on, minerals, rows)


def _on_lists() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {
        name: [one.list_name for one in standing if one.member]
        for name, standing in memberships().items()
    }
    by_name = {one.name: one.values for one in methods()}
    for name, risk in by_name["eu_sr"].items():
        importance = by_name["eu_ei"].get(name)
        if importance is not None and risk >= EU_RISK_MIN and importance >= EU_IMPORTANCE_MIN:
            found.setdefault(name, []).append(EU_LIST)
    return {name: tuple(lists) for name, lists in found.items()}


def _newest_reliances() -> dict[str, ImportReliance]:
    found: dict[str, ImportReliance] = {}

    def order(one: ImportReliance) -> tuple[int, float]:
        return (one.year, -1e9 if one.published is None else one.published.low)

    for one in import_reliances():
        if one.mineral not in found or order(one) > order(found[one.mineral]):
            found[one.mineral] = one
    return found


def _places() -> dict[str, dict[str, float]]:
    """Return the place of each mineral under each method, 1 the most critical."""
    found: dict[str, dict[str, float]] = {}
    for method in methods():
        values = sorted(method.values.values())
        if len(values) < 2:
            continue
        for mineral, value in method.values.items():
            below = sum(other < value for other in values)
            ties = values.count(value) - 1
            found.setdefault(mineral, {})[method.name] = (below + ties / 2) / (len(values) - 1)
    return found


def _summary(
    mineral: str,
    lists: tuple[str, ...],
    stages: tuple[StageSupply, ...],
    reliances: dict[str, ImportReliance],
    places: dict[str, dict[str, float]],
) -> MineralSummary:
    measured = [(one, found) for one in stages if (found := one.concentration()) is not None]
    worst = max(measured, key=lambda pair: pair[1].hhi_published, default=None)
    shares = [share for one in stages if (share := one.share_of(CHINA)) is not None]
    spoken = [reliances[one] for one in chapters(mineral) if one in reliances]
    return MineralSummary(
        mineral=mineral,
        lists=lists,
        worst_stage="" if worst is None else f"{worst[0].stage}: {worst[0].product}",
        measures=None if worst is None else worst[1],
        china=max(shares, key=lambda one: one.low, default=None),
        reliance=spoken[0] if spoken else None,
        values={one.name: one.values[mineral] for one in methods() if mineral in one.values},
        ranks=places.get(mineral, {}),
    )


def _row(one: StageSupply) -> MineralRow:
    return MineralRow(
        mineral=one.mineral,
        stage=one.stage,
        product=one.product,
        year=one.year,
        source=one.source,
        measures=one.concentration(),
        china=one.share_of(CHINA),
        notes=one.notes,
    )


_MEASURES: Final = ("hhi", "effective", "top1", "top3", "without_largest")


def _bounds_flat(found: Concentration | None, china: Bounds | None) -> dict[str, Any]:
    named: dict[str, Bounds | None] = {
        name: None if found is None else getattr(found, name) for name in _MEASURES
    }
    flat: dict[str, Any] = {}
    for name, bounds in {**named, "china_share": china}.items():
        flat[f"{name}_low"] = None if bounds is None else bounds.low
        flat[f"{name}_high"] = None if bounds is None else bounds.high
    flat["hhi_published_rows"] = None if found is None else found.hhi_published
    flat["largest"] = None if found is None else found.largest
    return flat


def _flat(row: MineralRow) -> dict[str, Any]:
    return {
        "mineral": row.mineral,
        "stage": row.stage,
        "product": row.product,
        "year": row.year,
        **_bounds_flat(row.measures, row.china),
        "notes": "; ".join(row.notes),
        "source": row.source,
    }


def _summary_flat(one: MineralSummary) -> dict[str, Any]:
    return {
        "mineral": one.mineral,
        "lists": ", ".join(one.lists),
        "worst_stage": one.worst_stage,
        **_bounds_flat(one.measures, one.china),
        "net_import_reliance": "" if one.reliance is None else one.reliance.text,
        "net_import_reliance_year": None if one.reliance is None else one.reliance.year,
        **{method.name: one.values.get(method.name) for method in methods()},
        "rank_disagreement": one.disagreement,
    }
