"""GeoPolRisk of a company: its own supplier mix in the place of a country's imports.

With q_i what is bought from country i, in tonnes, and g_i its instability,

    R = HHI * sum of g_i q_i / sum of q_i,

and what is bought at home carries no risk, as a country's own production carries none. The midpoint
is R times what the company pays a tonne; without its prices it is UNKNOWN, not the market's.
Source: the method of :mod:`oreline.stress._geopolrisk`, with a company as the importer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from oreline.exchange import PlainRow, read_plain_table
from oreline.model import Finding, InputError, Severity
from oreline.reference import UnknownCountryError, country, mineral_key
from oreline.stress._geopolrisk import (
    COPPER_MIDPOINT,
    RawMaterial,
    RiskRules,
    RiskTables,
    concentration_of,
    instability_of,
)

if TYPE_CHECKING:
    import polars as pl

ROWS_MAX: Final = 10_000
"""The most rows of a supplier mix."""


class SupplierRow(BaseModel):
    """A row of a supplier mix: what is bought of a raw material from a country in a year."""

    material: str
    country: str
    quantity_t: Decimal
    value_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MixRisk:
    """The risk of one raw material of a company.

    Parameters
    ----------
    suppliers
        Part of the tonnes by country, largest first.
    hhi
        Concentration of world mining, 0 to 1.
    supply_risk
        The mean instability of what is bought abroad, over all that is bought.
    price_kusd_per_t, midpoint, factor
        None where a row of the material has no value: kg copper equivalent per kg for the factor.
    without_estimate
        Part of the tonnes from countries without an estimate of governance.
    """

    material: str
    mineral: str
    quantity_t: float
    suppliers: tuple[tuple[str, float], ...]
    home: float
    hhi: float
    supply_risk: float
    price_kusd_per_t: float | None
    without_estimate: float

    @property
    def score(self) -> float:
        """Return concentration times the risk of the suppliers."""
        return self.hhi * self.supply_risk

    @property
    def midpoint(self) -> float | None:
        """Return the score times the price."""
        return None if self.price_kusd_per_t is None else self.score * self.price_kusd_per_t

    @property
    def factor(self) -> float | None:
        """Return the characterization factor."""
        return None if self.midpoint is None else self.midpoint / COPPER_MIDPOINT

    def to_row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        return {
            "material": self.material, "mineral": self.mineral, "quantity_t": self.quantity_t,
            "suppliers": ", ".join(f"{code} {part:.1%}" for code, part in self.suppliers),
            "home": self.home, "hhi": self.hhi, "supply_risk": self.supply_risk,
            "score": self.score, "price_kusd_per_t": self.price_kusd_per_t,
            "midpoint": self.midpoint, "factor": self.factor,
            "without_estimate": self.without_estimate,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SupplierMix:
    """What is computed of a supplier mix."""

    home: str
    year: int
    rows: tuple[MixRisk, ...]
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each raw material."""
        import polars as pl

        rows = [{"home": self.home, "year": self.year, **one.to_row()} for one in self.rows]
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "home": self.home, "year": self.year, "copper_midpoint": COPPER_MIDPOINT,
            "rows": [one.to_row() for one in self.rows], "notes": list(self.notes),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bought:
    where: str
    material: RawMaterial
    country: str
    quantity_t: float
    value_usd: float | None


def supplier_mix(
    tables: RiskTables,
    data: bytes,
    name: str,
    *,
    home: str = "",
    year: int | None = None,
    rules: RiskRules | None = None,
) -> SupplierMix:
    """Return the GeoPolRisk of each raw material that a company buys.

    Parameters
    ----------
    data
        CSV with material, country, quantity_t and, if it is known, value_usd.
    home
        The country whose own supply carries no risk; empty: none.
    year
        Of mining and governance; by default the newest.

    Raises
    ------
    InputError
        With all findings, if a row cannot be used; or if there is no such year or country.
    """
    chosen = RiskRules() if rules is None else rules
    at = tables.years[-1] if year is None else year
    if at not in tables.years:
        known = ", ".join(str(one) for one in tables.years)
        raise InputError(f"there are no figures of {at}; years: {known}")
    own = country(home).alpha3 if home else ""
    read, findings = read_plain_table(data, name, SupplierRow)
    bought, said = _bought(tables, read, name)
    found = [*findings, *said]
    if any(one.severity is Severity.FATAL for one in found):
        raise InputError(f"{name} cannot be used", found)
    made = [
        _risk(tables, [one for one in bought if one.material.name == material], own, at, chosen)
        for material in dict.fromkeys(one.material.name for one in bought)
    ]
    unpriced = [one.material for one in made if one.price_kusd_per_t is None]
    notes = ["what others pay is not used: the price is the company's own"]
    if unpriced:
        told = ", ".join(unpriced)
        notes.append(f"{told}: a row has no value, so price, midpoint and factor are UNKNOWN")
    return SupplierMix(own, at, tuple(made), tuple(notes))


def _bought(
    tables: RiskTables, rows: Sequence[PlainRow[SupplierRow]], name: str
) -> tuple[list[_Bought], list[Finding]]:
    by_name = {one.name.casefold(): one for one in tables.materials}
    by_mineral = {one.mineral: one for one in tables.materials}
    made: list[_Bought] = []
    found: list[Finding] = []

    def refuse(code: str, where: str, message: str, fix: str) -> None:
        found.append(Finding(code, Severity.FATAL, where, message, fix))

    if not rows:
        refuse(
            "ORL-1223", name, "no row says what is bought", "write material, country, quantity_t"
        )
    if len(rows) > ROWS_MAX:
        refuse("ORL-1223", name, f"more than ROWS_MAX = {ROWS_MAX} rows", "add up what is bought")
    for row in rows[:ROWS_MAX]:
        value = row.value
        material = by_name.get(value.material.casefold())
        material = material or by_mineral.get(mineral_key(value.material))
        if material is None:
            fix = "write one of: " + ", ".join(sorted(by_mineral))
            refuse("ORL-1224", row.where, f"no raw material {value.material!r} is carried", fix)
        try:
            code = country(value.country).alpha3
        except UnknownCountryError as error:
            refuse("ORL-1224", row.where, str(error), "write an ISO code such as CHN, or the name")
            continue
        numbers = (value.quantity_t, value.value_usd or Decimal(0))
        if numbers[0] <= 0 or numbers[1] < 0:
            refuse("ORL-1225", row.where, f"{value.quantity_t} t for {value.value_usd} USD",
                   "write tonnes above 0; leave a value that is not known empty")  # fmt: skip
        if material is None:
            continue
        if any((one.material, one.country) == (material, code) for one in made):
            refuse("ORL-1226", row.where, f"{material.name} from {code} stands twice",
                   "add the rows")  # fmt: skip
        price = None if value.value_usd is None else float(value.value_usd)
        made.append(_Bought(row.where, material, code, float(value.quantity_t), price))
    return made, found


def _risk(
    tables: RiskTables, rows: Sequence[_Bought], home: str, year: int, rules: RiskRules
) -> MixRisk:
    at = tables.years.index(year)
    unstable, known = instability_of(tables, rules)
    material = rows[0].material
    whole = sum(one.quantity_t for one in rows)
    risky = unknown = 0.0
    for one in rows:
        if one.country == home:
            continue
        place = tables.countries.index(one.country) if one.country in tables.countries else None
        is_known = place is not None and bool(known[place, at])
        g = rules.missing_instability if place is None else float(unstable[place, at])
        risky += g * one.quantity_t
        unknown += 0.0 if is_known else one.quantity_t
    values = [one.value_usd for one in rows]
    price = None
    if all(one is not None for one in values):
        price = sum(one for one in values if one is not None) / 1e3 / whole
    parts = sorted(((one.country, one.quantity_t / whole) for one in rows),
                   key=lambda one: (-one[1], one[0]))  # fmt: skip
    hhi = concentration_of(tables)[tables.materials.index(material), at]
    return MixRisk(
        material.name, material.mineral, whole, tuple(parts), dict(parts).get(home, 0.0),
        float(hhi), risky / whole, price, unknown / whole,
    )  # fmt: skip
