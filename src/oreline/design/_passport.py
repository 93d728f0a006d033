"""The passport of a design: every number it rests on, with range, basis, source and rung."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oreline.design._flowsheet import Flowsheet
from oreline.design._parameter import Parameter

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class PassportRow:
    """One number: where it stands, what it is, where it is from.

    ``law`` and ``rung`` are those of the unit that uses it; None for numbers of feeds.
    """

    name: str
    parameter: Parameter
    law: str | None
    rung: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        one = self.parameter
        return {
            "name": self.name,
            "value": one.value,
            "unit": one.unit,
            "low": one.low,
            "high": one.high,
            "basis": str(one.basis),
            "source": one.source,
            "note": one.note,
            "law": self.law,
            "rung": self.rung,
        }


def passport(flowsheet: Flowsheet) -> tuple[PassportRow, ...]:
    """Return every number of a flowsheet, in the order of feeds and units."""
    return tuple(_rows(flowsheet))


def passport_frame(rows: tuple[PassportRow, ...]) -> pl.DataFrame:
    """Return a passport as a table."""
    import polars as pl

    return pl.DataFrame([row.to_json() for row in rows], infer_schema_length=None)


def _rows(flowsheet: Flowsheet) -> Iterator[PassportRow]:
    laws = {f"{unit.id}.{name}": unit.law for unit in flowsheet.units for name in unit.parameters}
    for name, parameter in flowsheet.numbers().items():
        law = laws.get(name)
        yield PassportRow(
            name, parameter, None if law is None else law.name, None if law is None else law.rung
        )
