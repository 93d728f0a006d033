"""Tables for the calculators: what a plant writes into a spreadsheet, with problems at their cell.

Each reader takes the bytes of a CSV file and gives what the calculator needs, and all findings; use
the first only where no finding is fatal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from oreline.balance._contained import LotMeasured
from oreline.balance._duplicates import DuplicateResult
from oreline.balance._factors import ChainStage
from oreline.balance._gum import Estimate
from oreline.balance._two_product import TwoProduct, two_product
from oreline.exchange import read_plain_table
from oreline.model import Basis, Finding, InputError, Severity

Made = TypeVar("Made")
BasisWord = Literal["measured", "reported", "assumed", "planned", "derived"]
GradeWord = Literal["%", "g/t", "ppm", "kg/t", "fraction"]
Findings = tuple[Finding, ...]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    basis: BasisWord = "measured"
    source: str = ""

    def measured(self, value: Decimal, u: Decimal | None, unit: str) -> Estimate:
        """Return a number of this row."""
        spread = None if u is None else float(u)
        return Estimate(float(value), spread, unit, Basis(self.basis), self.source)


class _AssayRow(_Row):
    id: str
    feed: Decimal
    feed_u: Decimal | None = None
    concentrate: Decimal
    concentrate_u: Decimal | None = None
    tailings: Decimal
    tailings_u: Decimal | None = None
    unit: GradeWord


class _StreamRow(_Row):
    stream: str
    role: Literal["feed", "product"]
    analyte: str
    grade: Decimal
    u: Decimal
    unit: GradeWord


class _DuplicateRow(_Row):
    lot: str
    sample: Literal["A", "B"]
    portion: Decimal = Decimal(1)
    value: Decimal
    unit: GradeWord


class _LotRow(_Row):
    lot: str
    wet_t: Decimal
    wet_t_u: Decimal | None = None
    moisture_pct: Decimal
    moisture_pct_u: Decimal | None = None
    grade: Decimal
    grade_u: Decimal | None = None
    unit: GradeWord


class _StageRow(_Row):
    stage: str
    tonnes: Decimal | None = None
    tonnes_u: Decimal | None = None
    grade: Decimal | None = None
    grade_u: Decimal | None = None
    unit: GradeWord = "%"
    metal_t: Decimal | None = None
    metal_t_u: Decimal | None = None
    returned_t: Decimal | None = None
    returned_t_u: Decimal | None = None


TABLES: Mapping[str, type[BaseModel]] = {
    "two-product": _AssayRow,
    "products": _StreamRow,
    "duplicates": _DuplicateRow,
    "contained": _LotRow,
    "factors": _StageRow,
}


def table_columns(calculator: str) -> tuple[tuple[str, bool], ...]:
    """Return the columns of a calculator's table, and whether each has to be there.

    >>> table_columns("duplicates")[-1]
    ('unit', True)
    """
    fields = TABLES[calculator].model_fields
    own = {name: field for name, field in fields.items() if name not in ("basis", "source")}
    rest = {name: fields[name] for name in ("basis", "source")}
    ordered = {**rest, **own}
    return tuple((name, field.is_required()) for name, field in ordered.items())


def read_assays(data: bytes, name: str) -> tuple[tuple[tuple[str, TwoProduct], ...], Findings]:
    """Read assays of feed, concentrate and tailings, and give yield and recovery of each row.

    Columns: id, feed, concentrate, tailings, unit; their ``_u``, basis and source if known.
    """
    rows, findings = read_plain_table(data, name, _AssayRow)
    made: list[tuple[str, TwoProduct]] = []
    problems = list(findings)
    for row in rows:
        found = row.value

        def build(one: _AssayRow = found) -> TwoProduct:
            return two_product(
                one.measured(one.feed, one.feed_u, one.unit),
                one.measured(one.concentrate, one.concentrate_u, one.unit),
                one.measured(one.tailings, one.tailings_u, one.unit),
            )

        result = _built(build, row.where, problems)
        if result is not None:
            made.append((found.id, result))
    return tuple(made), tuple(problems)


def read_product_grades(
    data: bytes, name: str
) -> tuple[dict[str, Estimate], dict[str, dict[str, Estimate]], Findings]:
    """Read the grades of a feed and its products: stream, role, analyte, grade, u, unit."""
    rows, findings = read_plain_table(data, name, _StreamRow)
    feed: dict[str, Estimate] = {}
    products: dict[str, dict[str, Estimate]] = {}
    problems = list(findings)
    for row in rows:
        one = row.value

        def build(o: _StreamRow = one) -> Estimate:
            return o.measured(o.grade, o.u, o.unit)

        grade = _built(build, row.where, problems)
        of = feed if one.role == "feed" else products.setdefault(one.stream, {})
        if grade is None:
            continue
        if one.analyte in of:
            message = f"{one.analyte} of {one.stream} stands twice"
            problems.append(_wrong(row.where, message, "leave one of the two"))
        of[one.analyte] = grade
    return feed, products, tuple(problems)


def read_duplicates(data: bytes, name: str) -> tuple[tuple[DuplicateResult, ...], str, Findings]:
    """Read results of samples A and B: lot, sample, value, unit, and portion if prepared apart."""
    rows, findings = read_plain_table(data, name, _DuplicateRow)
    problems = list(findings)
    units = {row.value.unit for row in rows}
    if len(units) > 1:
        message = f"results in several units: {', '.join(sorted(units))}"
        problems.append(_wrong(name, message, "write all results in one unit"))
    made = []
    for row in rows:
        one = row.value
        if one.portion != int(one.portion) or one.portion < 1:
            where = f"{row.where} column portion"
            problems.append(_wrong(where, "portions are counted 1, 2, ...", "write 1 or 2"))
        made.append(
            DuplicateResult(one.lot, one.sample, float(one.value), int(one.portion), row.where)
        )
    return tuple(made), next(iter(units), ""), tuple(problems)


def read_lots(data: bytes, name: str) -> tuple[tuple[LotMeasured, ...], Findings]:
    """Read lots: lot, wet_t, moisture_pct, grade, unit (of the grade), and their ``_u``."""
    rows, findings = read_plain_table(data, name, _LotRow)
    problems = list(findings)
    made = []
    for row in rows:
        one = row.value

        def build(o: _LotRow = one) -> LotMeasured:
            return LotMeasured(
                o.lot,
                o.measured(o.wet_t, o.wet_t_u, "t"),
                o.measured(o.moisture_pct, o.moisture_pct_u, "%"),
                o.measured(o.grade, o.grade_u, o.unit),
            )

        lot = _built(build, row.where, problems)
        if lot is not None:
            made.append(lot)
    return tuple(made), tuple(problems)


def read_stages(data: bytes, name: str) -> tuple[tuple[ChainStage, ...], Findings]:
    """Read the stages of a chain in their order: stage, and tonnes and grade, or metal_t."""
    rows, findings = read_plain_table(data, name, _StageRow)
    problems = list(findings)
    made = []
    for row in rows:
        one = row.value

        def build(o: _StageRow = one) -> ChainStage:
            return ChainStage(
                o.stage,
                None if o.tonnes is None else o.measured(o.tonnes, o.tonnes_u, "t"),
                None if o.grade is None else o.measured(o.grade, o.grade_u, o.unit),
                None if o.metal_t is None else o.measured(o.metal_t, o.metal_t_u, "t"),
                None if o.returned_t is None else o.measured(o.returned_t, o.returned_t_u, "t"),
            )

        stage = _built(build, row.where, problems)
        if stage is not None:
            made.append(stage)
    return tuple(made), tuple(problems)


def _built(build: Callable[[], Made], where: str, problems: list[Finding]) -> Made | None:
    """Return what a row makes; where it makes nothing, the reason goes to the problems."""
    try:
        return build()
    except InputError as error:
        problems.append(_wrong(where, str(error.args[0]), "correct the row, or take it out"))
        return None


def _wrong(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-0554", Severity.FATAL, where, message, fix)
