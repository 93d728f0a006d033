"""A resource as ore that a chain can take: what the mill is fed each year, and how surely.

The table is long: one row for each year and quantity, so that it stands beside any other table of a
chain folder, opens in a spreadsheet, and is read back by a design.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from oreline.explore._mine_plan import SCREENING, MinePlan
from oreline.explore._ore_spread import ORE, OreSpread, ore_spread
from oreline.explore._schedule import Year
from oreline.model import Basis, InputError

if TYPE_CHECKING:
    import polars as pl

LIFE: Final = 0
"""The year that is the mean of all years with ore; written ``life``."""
DRY: Final = ORE
"""The quantity that is the dry tonnes of a year."""
MOISTURE: Final = "moisture"
"""The quantity that is water as a part of the wet mass."""
RANGE_95: Final = 1.959964
"""Standard uncertainties from the value to either end of its 95 % range."""
RANK: Final = "rank"
"""Begins the quantity that says how the ranks of two others go together: ``rank Cu Au``."""
TABLE_MARK: Final = "; table sha256 "
"""Stands in the source of the life's ore, before the digest of the table's numbers."""
DIGEST_LETTERS: Final = 16
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
    empty for a table that was read. ``ranks`` are the rank correlations of its quantities over all
    years; pairs that are not named are independent.
    """

    name: str
    years: tuple[OreYear, ...]
    life: OreYear
    rule: str = ""
    paid: tuple[str, ...] = ()
    ranks: Mapping[tuple[str, str], float] = field(default_factory=dict)

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

        dry = self.life.dry
        numbers = [
            (year.name, name, one)
            for year in (*self.years, self.life)
            for name, one in year.quantities().items()
        ]
        numbers += [
            (self.life.name, f"{RANK} {one} {other}", OreValue(rank, "1", dry.basis, dry.source))
            for (one, other), rank in self.ranks.items()
        ]
        digest = table_digest(
            (year, name, one.value, one.u, one.unit) for year, name, one in numbers
        )
        marks = {(self.life.name, DRY): f"{TABLE_MARK}{digest}"}
        rows = [
            {"year": year, "quantity": name, "value": one.value, "u": one.u, "low": one.low,
             "high": one.high, "unit": one.unit, "basis": str(one.basis),
             "source": f"{one.source}{marks.get((year, name), '')}"}
            for year, name, one in numbers
        ]  # fmt: skip
        kinds = {"u": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(rows, schema_overrides=kinds, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return the ore as a JSON object."""
        return {
            "name": self.name,
            "rule": self.rule,
            "paid": list(self.paid),
            "ranks": [{"quantities": list(pair), "rank": one} for pair, one in self.ranks.items()],
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
    varied = ore_spread(plan)

    years = tuple(
        _year_of(plan, one, named, basis, head) for one in plan.schedule.years if one.ore_t
    )
    life = _year_of(plan, plan.schedule.life, named, basis, head)
    yearly = _rounded(plan.ore_t / len(years))
    dry = replace(life.dry, value=yearly)
    if varied is not None and varied.tonnes:
        u = _rounded(varied.tonnes * yearly)
        dry = replace(dry, u=u, source=f"{dry.source}; {varied.words}")
    paid = tuple(symbols.get(one, one) for one in plan.settings.pays)
    ranks = _named_ranks(varied, symbols, set(life.grades))
    rule = plan.schedule.rule.words()
    return Ore(name, years, replace(life, dry=dry), rule, paid, ranks)


def _year_of(plan: MinePlan, year: Year, named: Sequence[str], basis: Basis, head: str) -> OreYear:
    """Return a year of a plan as ore; ``head`` begins its sources."""
    classes = ", ".join(f"{one} {part:.0%}" for one, part in year.share_of_class.items())
    source = f"{head}; screening classes {classes or 'none'}; u: {plan.schedule.rule}"
    u_pct = _with_dilution(plan, year)
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
    return OreYear(year.year, OreValue(_rounded(year.ore_t), "t", basis, source), grades, moisture)


def _with_dilution(plan: MinePlan, year: Year) -> dict[str, float]:
    """Return the uncertainty of a year's grades, that of the dilution in it."""
    u_dilution = plan.settings.dilution_u
    waste = plan.settings.dilution_grade_pct
    return {
        name: float(np.hypot(u, u_dilution * (waste.get(name, 0.0) - year.grades_pct[name])))
        for name, u in (year.u_pct or {}).items()
    }


def _named_ranks(
    varied: OreSpread | None, symbols: Mapping[str, str], known: set[str]
) -> dict[tuple[str, str], float]:
    """Return rank correlations by element or compound; of the tonnes where they vary."""
    if varied is None:
        return {}
    told = known | ({ORE} if varied.tonnes else set())
    named = {
        (symbols.get(one, one), symbols.get(other, other)): value
        for (one, other), value in varied.ranks.items()
    }
    return {pair: value for pair, value in named.items() if set(pair) <= told}


def table_digest(rows: Iterable[tuple[str, str, float, float | None, str]]) -> str:
    """Return one digest of a table's numbers, whatever the order of its rows."""
    lines = sorted(
        f"{year}|{quantity}|{value!r}|{'' if u is None else repr(u)}|{unit}\n"
        for year, quantity, value, u, unit in rows
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGEST_LETTERS]


def _rounded(value: float) -> float:
    """Return a number with as many digits as a table holds."""
    found = round(float(f"{value:.{DIGITS}g}"), DIGITS - 2)
    return found if found >= LEAST else 0.0
