"""A resource as ore that a chain can take: what the mill is fed each year, and how surely.

The table is long: one row for each year and quantity, so that it stands beside any other table of a
chain folder, opens in a spreadsheet, and is read back by a design.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from oreline.exchange import read_plain_table
from oreline.explore._mine_plan import SCREENING, MinePlan
from oreline.explore._schedule import YEARS_MAX, Year
from oreline.model import Basis, Finding, Frozen, InputError, Severity, is_fatal

if TYPE_CHECKING:
    import polars as pl

LIFE: Final = 0
"""The year that is the mean of all years with ore; written ``life``."""
DRY: Final = "ore"
"""The quantity that is the dry tonnes of a year."""
MOISTURE: Final = "moisture"
"""The quantity that is water as a part of the wet mass."""
RANGE_95: Final = 1.959964
"""Standard uncertainties from the value to either end of its 95 % range."""
UNITS: Final = {DRY: ("t",), MOISTURE: ("%",)}
"""The unit of a quantity; grades are in one of those of ``PARTS``."""
PARTS: Final = {"%": 1e-2, "g/t": 1e-6}
"""Units of grades, as parts of the dry mass."""
TRACE_PCT: Final = 0.01
"""A grade whose mean over all years is below this is told in g/t."""
LEAST: Final = 1e-4
"""A number below this is written as 0, so that none needs an exponent."""
DIGITS: Final = 8
"""Digits of a number in the table: far more than a resource is known to."""


@dataclass(frozen=True, slots=True)
class OreValue:
    """One number of an ore; ``u`` its standard uncertainty, None where nothing tells it.

    ``low`` and ``high`` bound 95 % of a normal distribution, cut off at 0.
    """

    value: float
    unit: str
    basis: Basis
    source: str
    u: float | None = None

    @property
    def part(self) -> float:
        """Return what one of its unit is: a part of the dry mass, or 1 where it is in tonnes."""
        return PARTS.get(self.unit, 1.0)

    @property
    def low(self) -> float | None:
        """Return the low end of its 95 % range."""
        return None if self.u is None else _rounded(max(0.0, self.value - RANGE_95 * self.u))

    @property
    def high(self) -> float | None:
        """Return the high end of its 95 % range."""
        return None if self.u is None else _rounded(self.value + RANGE_95 * self.u)


@dataclass(frozen=True, slots=True)
class OreYear:
    """What the mill is fed in a year of mining, counted from 1; ``LIFE`` is the mean of all.

    ``grades`` are by element or compound, of the dry mass.
    """

    year: int
    dry: OreValue
    grades: Mapping[str, OreValue]
    moisture: OreValue | None = None

    @property
    def name(self) -> str:
        """Return the year as it is written."""
        return "life" if self.year == LIFE else str(self.year)

    def quantities(self) -> dict[str, OreValue]:
        """Return every number by its name in the table."""
        wet = {} if self.moisture is None else {MOISTURE: self.moisture}
        return {DRY: self.dry, **wet, **self.grades}


@dataclass(frozen=True, slots=True)
class Ore:
    """The ore of a site by years; ``life`` is the mean of those that have ore.

    ``rule`` says how uncertainties were found, ``paid`` what the mine plan is paid for; both are
    empty for a table that was read.
    """

    name: str
    years: tuple[OreYear, ...]
    life: OreYear
    rule: str = ""
    paid: tuple[str, ...] = ()

    def year(self, number: int) -> OreYear:
        """Return a year, or the life.

        Raises
        ------
        InputError
            If the ore does not last so long.
        """
        for one in (self.life, *self.years):
            if one.year == number:
                return one
        last = max(one.year for one in self.years) if self.years else 0
        raise InputError(f"the ore {self.name} has no year {number}; its last is {last}")

    def to_frame(self) -> pl.DataFrame:
        """Return the table: a row for each year and quantity."""
        import polars as pl

        rows = [
            {"year": year.name, "quantity": name, "value": one.value, "u": one.u, "low": one.low,
             "high": one.high, "unit": one.unit, "basis": str(one.basis), "source": one.source}
            for year in (*self.years, self.life)
            for name, one in year.quantities().items()
        ]  # fmt: skip
        kinds = {"u": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(rows, schema_overrides=kinds, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return the ore as a JSON object."""
        return {
            "name": self.name,
            "rule": self.rule,
            "paid": list(self.paid),
            "said": SCREENING,
            "rows": self.to_frame().to_dicts(),
        }


def ore_of(
    plan: MinePlan,
    name: str,
    symbols: Mapping[str, str],
    inputs: Mapping[str, str],
    sha256: str,
) -> Ore:
    """Return the ore that a mine plan feeds to a mill.

    Parameters
    ----------
    name
        The set of drill holes.
    symbols
        Which element or compound each analyte is; what is not named is called as it is.
    inputs
        The basis of what the plan rests on, by its name. The ore has the weakest of them, assumed
        where one is not stated; where all are measured or reported it is derived.
    sha256
        The digest of the tables and settings that it follows from.

    Raises
    ------
    InputError
        If no block pays, or two analytes are one element.
    """
    if not plan.ore_t:
        raise InputError(f"no block of {name} pays: there is no ore")
    named = [symbols.get(one, one) for one in plan.analytes]
    twice = sorted({one for one in named if named.count(one) > 1})
    if twice:
        raise InputError(f"{name}: {', '.join(twice)} is assayed in two columns; map one of them")
    known = [Basis(one) if one in tuple(Basis) else Basis.ASSUMED for one in inputs.values()]
    weakest = max([*known, plan.settings.basis], key=lambda one: one.rank)
    basis = weakest if weakest in (Basis.ASSUMED, Basis.PLANNED) else Basis.DERIVED
    rests = ", ".join(f"{what} {one}" for what, one in inputs.items())
    head = f"resource {name} (sha256 {sha256[:16]}), {plan.settings.method} of [mine]; rests on "
    head += f"{rests}, mine {plan.settings.basis}"

    def made(year: Year) -> OreYear:
        classes = ", ".join(f"{one} {part:.0%}" for one, part in year.share_of_class.items())
        source = f"{head}; screening classes {classes or 'none'}; u: {plan.schedule.rule}"
        u_pct = year.u_pct or {}
        grades = {}
        for symbol, one in zip(named, plan.analytes, strict=True):
            if one in year.grades_pct:
                is_trace = plan.schedule.life.grades_pct[one] < TRACE_PCT
                unit, factor = ("g/t", 1e4) if is_trace else ("%", 1.0)
                u = _rounded(u_pct[one] * factor) if one in u_pct else None
                value = _rounded(year.grades_pct[one] * factor)
                grades[symbol] = OreValue(value, unit, basis, source, u)
        wet = plan.settings.moisture_pct
        moisture = None
        if wet is not None:
            moisture = OreValue(wet, "%", plan.settings.basis, plan.settings.source)
        return OreYear(
            year.year, OreValue(_rounded(year.ore_t), "t", basis, source), grades, moisture
        )

    years = tuple(made(one) for one in plan.schedule.years if one.ore_t)
    life = made(plan.schedule.life)
    yearly = _rounded(plan.ore_t / len(years))
    mean = replace(life, dry=replace(life.dry, value=yearly))
    paid = tuple(symbols.get(one, one) for one in plan.settings.pays)
    return Ore(name, years, mean, plan.schedule.rule.words(), paid)


def _rounded(value: float) -> float:
    """Return a number with as many digits as a table holds."""
    found = round(float(f"{value:.{DIGITS}g}"), DIGITS - 2)
    return found if found >= LEAST else 0.0


class OreRow(Frozen):
    """A row of an ore table; docs/reference/ore.md explains each column."""

    year: str
    quantity: str
    value: Annotated[Decimal, Field(ge=0)]
    u: Annotated[Decimal, Field(ge=0)] | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str
    basis: Basis
    source: str


def read_ore(data: bytes, name: str) -> tuple[Ore | None, tuple[Finding, ...]]:
    """Read an ore table; every row that is wrong is told, and nothing is used then.

    ``low`` and ``high`` are for a reader: what counts is ``u``.
    """
    rows, findings = read_plain_table(data, name, OreRow)
    wrong = list(findings)
    found: dict[int, dict[str, OreValue]] = {}
    for row in rows:
        one = row.value
        year = _number_of(one.year)
        message = _wrong(one, found.get(year, {})) if year is not None else ""
        if year is None:
            message = f"{one.year} is no year of mining: they are 1 to {YEARS_MAX}, and life"
        if message or year is None:
            fix = "write the table again with 'oreline explore ore', or correct the row"
            wrong.append(Finding("ORL-0942", Severity.FATAL, row.where, message, fix))
            continue
        u = None if one.u is None else float(one.u)
        value = OreValue(float(one.value), one.unit, one.basis, one.source, u)
        found.setdefault(year, {})[one.quantity] = value
    if not is_fatal(wrong):
        wrong += _incomplete(found, name)
    if is_fatal(wrong):
        return None, tuple(wrong)
    years = [_year(number, values) for number, values in sorted(found.items())]
    life = [one for one in years if one.year == LIFE]
    return Ore(name, tuple(one for one in years if one.year != LIFE), life[0]), tuple(wrong)


def _number_of(text: str) -> int | None:
    if text == "life":
        return LIFE
    is_number = text.isascii() and text.isdigit() and len(text) <= 3
    return int(text) if is_number and 1 <= int(text) <= YEARS_MAX else None


def _wrong(row: OreRow, there: Mapping[str, OreValue]) -> str:
    units = UNITS.get(row.quantity, tuple(PARTS))
    if row.quantity in there:
        return f"{row.quantity} of year {row.year} stands twice"
    if row.unit not in units:
        return f"{row.quantity} is in {' or '.join(units)}, not in {row.unit}"
    if row.quantity == DRY and not row.value > 0:
        return f"year {row.year} has no ore: leave it out"
    if row.unit in PARTS and float(row.value) * PARTS[row.unit] > 1:
        return f"{row.quantity} of {row.value} {row.unit} is more than the whole"
    return ""


def _incomplete(found: Mapping[int, Mapping[str, OreValue]], name: str) -> list[Finding]:
    lacking = [number for number, values in found.items() if DRY not in values]
    messages = [f"year {number or 'life'} has no row {DRY}" for number in lacking]
    if LIFE not in found:
        messages.append("there is no year life, the mean of all years")
    fix = "write the table again with 'oreline explore ore'"
    return [Finding("ORL-0942", Severity.FATAL, name, one, fix) for one in messages]


def _year(number: int, values: Mapping[str, OreValue]) -> OreYear:
    grades = {name: one for name, one in values.items() if name not in UNITS}
    return OreYear(number, values[DRY], grades, values.get(MOISTURE))
