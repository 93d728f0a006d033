"""All minerals in one table: each stage of each with its measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oreline.reference import source
from oreline.stress._concentration import Bounds, Concentration
from oreline.stress._supply import CHINA, StageSupply, stage_supplies

if TYPE_CHECKING:
    import polars as pl


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
class MineralTable:
    """Every mineral of an edition at each stage that it publishes."""

    year: int
    rows: tuple[MineralRow, ...]

    @property
    def source_line(self) -> str:
        """Return the line that stands under a table or a chart."""
        names = sorted({row.source for row in self.rows})
        told = "; ".join(source(name).attribution for name in names)
        return f"{told} Figures of {self.year}; measures computed by oreline."

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "year": self.year,
            "source_line": self.source_line,
            "rows": [row.to_json() for row in self.rows],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table; bounds are two columns."""
        import polars as pl

        return pl.DataFrame([_flat(row) for row in self.rows], infer_schema_length=None)


def minerals_table(year: int | None = None) -> MineralTable:
    """Give every mineral at each stage with its measures, of the newest edition carried.

    Parameters
    ----------
    year
        The year that the figures speak of; by default the newest.
    """
    found = stage_supplies(year=year)
    rows = tuple(_row(one) for one in found)
    return MineralTable(found[0].year if found else (year or 0), rows)


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


def _flat(row: MineralRow) -> dict[str, Any]:
    flat: dict[str, Any] = {
        "mineral": row.mineral,
        "stage": row.stage,
        "product": row.product,
        "year": row.year,
    }
    found = row.measures
    named: dict[str, Bounds | None] = {"china_share": row.china}
    if found is not None:
        named |= {
            "hhi": found.hhi,
            "effective_suppliers": found.effective,
            "top1_share": found.top1,
            "top3_share": found.top3,
            "n_minus_1": found.without_largest,
        }
    for name in ("hhi", "effective_suppliers", "top1_share", "top3_share", "n_minus_1",
                 "china_share"):  # fmt: skip
        bounds = named.get(name)
        flat[f"{name}_low"] = None if bounds is None else bounds.low
        flat[f"{name}_high"] = None if bounds is None else bounds.high
    flat["hhi_published_rows"] = None if found is None else found.hhi_published
    flat["largest"] = None if found is None else found.largest
    flat["notes"] = "; ".join(row.notes)
    flat["source"] = row.source
    return flat
