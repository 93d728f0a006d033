r"""Geopolitical supply risk of raw materials after GeoPolRisk, for many importers at once.

.. math:: R_{Ac} = HHI_A \sum_i \frac{g_i f_{Aic}}{p_{Ac} + F_{Ac}}

of raw material A for the importer c: f are imports from country i, F their sum, p the importer's
own production, all in tonnes, g the instability of i on 0 to 1, and HHI the concentration of world
mining on 0 to 1. The midpoint is R times the price of the imports, the characterization factor
that over the midpoint of copper. Source: Gemechu et al. 2016, Koyamparambath et al. 2024
(Resources, Conservation and Recycling 209:107801).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

COPPER_MIDPOINT: Final = 0.409412948
"""Midpoint of copper, mean of the OECD members 2017 to 2021: what factors are relative to."""
MISSING_INSTABILITY: Final = 0.5
"""The instability of a partner without an estimate, as the method's documentation has it."""
OTHER_ASIA: Final = ("S19", "TWN")
"""BACI's "Other Asia, not elsewhere specified": in practice Taiwan, but without its name."""
OECD: Final = (
    "AUS", "AUT", "BEL", "CAN", "CHL", "COL", "CRI", "CZE", "DNK", "EST", "FIN", "FRA", "DEU",
    "GRC", "HUN", "ISL", "IRL", "ISR", "ITA", "JPN", "KOR", "LVA", "LTU", "LUX", "MEX", "NLD",
    "NZL", "NOR", "POL", "PRT", "SVK", "SVN", "ESP", "SWE", "CHE", "TUR", "GBR", "USA",
)  # fmt: skip
"""The 38 members of the Organisation for Economic Co-operation and Development, as of 2021."""


@dataclass(frozen=True, slots=True)
class RawMaterial:
    """A raw material of the method: its name, our mineral, and the trade codes that count.

    ``tonnes_per_unit`` turns its production into tonnes; ``is_volume`` where it is published in
    million cubic metres, which no factor of the tables turns into tonnes.
    """

    name: str
    mineral: str
    codes: tuple[str, ...]
    tonnes_per_unit: float
    is_volume: bool = False


@dataclass(frozen=True, slots=True)
class Importer:
    """A country, or a region whose trade inside carries no risk; members are ISO 3166 alpha-3."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRules:
    """What the method leaves open, and what its reference tool does in silence.

    Attributes
    ----------
    missing_instability
        The instability of partners without a governance estimate.
    other_asia_as_taiwan
        Whether BACI's "Other Asia" has Taiwan's estimate; as published it has none.
    tonnes_per_million_m3
        Turns production of gas into tonnes; None adds million cubic metres to tonnes as the
        reference tool does, and the row says so.
    """

    missing_instability: float = MISSING_INSTABILITY
    other_asia_as_taiwan: bool = False
    tonnes_per_million_m3: float | None = None


@dataclass(frozen=True, slots=True)
class RiskTables:
    """Production, trade and governance as arrays, ready for any number of questions.

    ``produced`` is by material, year and country, in the unit of the material. A flow stands in the
    cell ``material * years + year``; ``quantity_t`` is zero where none is given, and then
    ``has_quantity`` is false. ``stability`` is by country and year, NaN where nobody estimated it.
    """

    materials: tuple[RawMaterial, ...]
    countries: tuple[str, ...]
    years: tuple[int, ...]
    produced: NDArray[np.float64]
    cell: NDArray[np.int64]
    exporter: NDArray[np.int64]
    importer: NDArray[np.int64]
    value_kusd: NDArray[np.float64]
    quantity_t: NDArray[np.float64]
    has_quantity: NDArray[np.bool_]
    stability: NDArray[np.float64]
    codes_without_trade: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskFactors:
    """Factors by raw material, importer and year; NaN where a factor cannot be given.

    Attributes
    ----------
    notes
        What must be known of each material: codes without trade, volumes added to tonnes.
    hhi
        Concentration of world mining, 0 to 1.
    import_risk
        Share of supply that comes from unstable partners; NaN without production and imports.
    score
        ``hhi`` times ``import_risk``.
    price_kusd_per_t
        Price of the imports; NaN without imports.
    midpoint
        ``score`` times price.
    factor
        Characterization factor, kg copper equivalent per kg.
    imports_t, production_t
        What the importer buys abroad, and makes itself.
    without_estimate
        Share of the imports from partners without a governance estimate, 0 to 1.
    without_quantity
        Share of the imports' value that has no quantity, 0 to 1: it counts in the price only.
    """

    materials: tuple[RawMaterial, ...]
    importers: tuple[Importer, ...]
    years: tuple[int, ...]
    rules: RiskRules
    notes: tuple[str, ...]
    hhi: NDArray[np.float64]
    import_risk: NDArray[np.float64]
    score: NDArray[np.float64]
    price_kusd_per_t: NDArray[np.float64]
    midpoint: NDArray[np.float64]
    factor: NDArray[np.float64]
    imports_t: NDArray[np.float64]
    production_t: NDArray[np.float64]
    without_estimate: NDArray[np.float64]
    without_quantity: NDArray[np.float64]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each material, importer and year; null where nothing can be given."""
        import polars as pl

        shape = self.score.shape
        places = np.indices(shape).reshape(3, -1)
        columns: dict[str, Any] = {
            "material": [one.name for one in self.materials],
            "mineral": [one.mineral for one in self.materials],
            "importer": [one.name for one in self.importers],
        }
        frame: dict[str, Any] = {
            name: pl.Series(values).gather(places[0 if name != "importer" else 1])
            for name, values in columns.items()
        }
        frame["year"] = pl.Series(self.years).gather(places[2])
        for name in MEASURES:
            frame[name] = np.ascontiguousarray(getattr(self, name)).ravel()
        numbers = [pl.col(name).fill_nan(None) for name in MEASURES]
        notes = pl.Series(self.notes)
        return pl.DataFrame(frame).with_columns(numbers).with_columns(note=notes.gather(places[0]))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON: the rules, and one object for each row."""
        return {
            "rules": {
                "missing_instability": self.rules.missing_instability,
                "other_asia_as_taiwan": self.rules.other_asia_as_taiwan,
                "tonnes_per_million_m3": self.rules.tonnes_per_million_m3,
            },
            "copper_midpoint": COPPER_MIDPOINT,
            "rows": self.to_frame().to_dicts(),
        }


MEASURES: Final = (
    "hhi", "import_risk", "score", "price_kusd_per_t", "midpoint", "factor", "imports_t",
    "production_t", "without_estimate", "without_quantity",
)  # fmt: skip
"""The measures of :class:`RiskFactors`, in the order of its table."""
_UNIT_NOTE: Final = "production in million cubic metres is added to tonnes of imports"


def geopolrisk(
    tables: RiskTables,
    importers: Sequence[Importer],
    *,
    years: Sequence[int] | None = None,
    rules: RiskRules | None = None,
) -> RiskFactors:
    """Give the factors of every raw material for every importer and year.

    Parameters
    ----------
    tables
        What :func:`risk_tables` made.
    importers
        Countries and regions.
    years
        Of those that the tables have; None for all.
    rules
        What the method leaves open; None for its documentation.

    Raises
    ------
    InputError
        If a member or a year is not in the tables, or a rule is out of its range.
    """
    chosen = RiskRules() if rules is None else rules
    wanted = tables.years if years is None else tuple(years)
    _check(tables, importers, wanted, chosen)
    unstable, known = instability_of(tables, chosen)
    columns = [tables.years.index(year) for year in wanted]
    summed = _Sums(tables, unstable, known)
    gathered = [summed.of(one) for one in importers]
    # By importer, measure, material and year, of the years that are asked for.
    every = np.stack([np.stack(one) for one in gathered])[..., columns]
    imports, values, risky, unknown, unweighed = (every[:, place] for place in range(5))
    # Without a single flow under its codes nobody knows what is imported: that is not nothing.
    untold = [set(one.codes) <= set(tables.codes_without_trade) for one in tables.materials]
    imports[:, untold] = np.nan
    values[:, untold] = np.nan
    production = np.stack([_production(tables, one, chosen) for one in importers])[..., columns]
    supply = production + imports
    import_risk = _over(risky, supply)
    price = _over(values, imports)
    concentration = concentration_of(tables)[:, columns]
    score = concentration[None] * import_risk
    midpoint = score * price
    by_material = (
        np.broadcast_to(concentration[None], score.shape), import_risk, score, price, midpoint,
        midpoint / COPPER_MIDPOINT, imports, production, _over(unknown, imports),
        _over(unweighed, values),
    )  # fmt: skip
    named = {
        name: np.ascontiguousarray(np.swapaxes(one, 0, 1))
        for name, one in zip(MEASURES, by_material, strict=True)
    }
    return RiskFactors(
        materials=tables.materials,
        importers=tuple(importers),
        years=wanted,
        rules=chosen,
        notes=tuple(_note(one, tables, chosen) for one in tables.materials),
        **named,
    )


def _note(material: RawMaterial, tables: RiskTables, rules: RiskRules) -> str:
    told = []
    missing = [one for one in material.codes if one in tables.codes_without_trade]
    if missing:
        told.append(f"no trade is carried under {', '.join(missing)}")
    if material.is_volume and rules.tonnes_per_million_m3 is None:
        told.append(_UNIT_NOTE)
    return "; ".join(told)


def _check(
    tables: RiskTables, importers: Sequence[Importer], years: Sequence[int], rules: RiskRules
) -> None:
    known = set(tables.countries)
    wrong = [
        f"{one.name}: {member} is no country of the tables"
        for one in importers
        for member in one.members
        if member not in known
    ]
    wrong += [f"{one.name} has no members" for one in importers if not one.members]
    wrong += [f"there are no figures of {year}" for year in years if year not in tables.years]
    if not 0 <= rules.missing_instability <= 1:
        wrong.append("the instability of partners without an estimate is a number from 0 to 1")
    if rules.tonnes_per_million_m3 is not None and not rules.tonnes_per_million_m3 > 0:
        wrong.append("tonnes of a million cubic metres are above zero")
    if not importers:
        wrong.append("name at least one importer")
    if wrong:
        raise InputError("no factors can be given: " + "; ".join(wrong))


def instability_of(
    tables: RiskTables, rules: RiskRules
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return g by country and year, and where it rests on an estimate."""
    estimate = tables.stability.copy()
    if not rules.other_asia_as_taiwan:
        hidden = [tables.countries.index(one) for one in OTHER_ASIA if one in tables.countries]
        estimate[hidden] = np.nan
    known = np.isfinite(estimate)
    unstable = np.where(known, np.clip(0.5 - 0.2 * estimate, 0.0, 1.0), rules.missing_instability)
    return unstable, known


def concentration_of(tables: RiskTables) -> NDArray[np.float64]:
    """Return the HHI of world mining by material and year."""
    total = tables.produced.sum(axis=2)
    return _over(np.square(tables.produced).sum(axis=2), np.square(total))


def _production(tables: RiskTables, importer: Importer, rules: RiskRules) -> NDArray[np.float64]:
    members = [tables.countries.index(one) for one in importer.members]
    volume = rules.tonnes_per_million_m3
    per_unit = np.array(
        [
            volume if one.is_volume and volume is not None else one.tonnes_per_unit
            for one in tables.materials
        ]
    )
    made: NDArray[np.float64] = tables.produced[:, :, members].sum(axis=2)
    tonnes: NDArray[np.float64] = made * per_unit[:, None]
    return tonnes


def _over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.full(part.shape, np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


class _Sums:
    """Flows summed by cell and importing country, each sum made once."""

    def __init__(
        self, tables: RiskTables, unstable: NDArray[np.float64], known: NDArray[np.bool_]
    ) -> None:
        year = tables.cell % len(tables.years)
        quantity = tables.quantity_t
        self._tables = tables
        self._weights = (
            quantity,
            tables.value_kusd,
            quantity * unstable[tables.exporter, year],
            quantity * ~known[tables.exporter, year],
            tables.value_kusd * ~tables.has_quantity,
        )
        shape = (len(tables.materials), len(tables.years), len(tables.countries))
        place = tables.cell * shape[2] + tables.importer
        self._by_country = [
            np.bincount(place, weight, minlength=int(np.prod(shape))).reshape(shape)
            for weight in self._weights
        ]

    def of(self, importer: Importer) -> list[NDArray[np.float64]]:
        """Return what is summed, by material and year each.

        These are imports, their value, the risky part, the part of partners without an estimate,
        and the value without quantity.
        """
        tables = self._tables
        members = [tables.countries.index(one) for one in importer.members]
        summed = [one[:, :, members].sum(axis=2) for one in self._by_country]
        if len(members) == 1:
            return summed
        inside = np.isin(tables.exporter, members) & np.isin(tables.importer, members)
        size = len(tables.materials) * len(tables.years)
        # Trade inside a region is supply without risk; it needs no estimate of governance.
        for place in (2, 3):
            taken = np.bincount(tables.cell[inside], self._weights[place][inside], minlength=size)
            summed[place] = summed[place] - taken.reshape(summed[place].shape)
        return summed


def risk_tables(
    production: pl.DataFrame,
    trade: pl.DataFrame,
    governance: pl.DataFrame,
    codes: pl.DataFrame,
    *,
    edition: str = "HS92",
) -> RiskTables:
    """Turn the reference tables, or a user's own in their form, into arrays.

    Parameters
    ----------
    production
        As ``world_mining``: material, scope, iso3, year, value, unit.
    trade
        As ``trade_flows``: year, exporter, importer, hs, edition, value_kusd, quantity_t.
    governance
        As ``governance``: iso3, year, indicator, estimate; the rows of ``pv`` count.
    codes
        As ``geopolrisk_codes``: mineral, material, sheet, hs, hs_extra.
    edition
        The edition of the Harmonized System that the codes are of.

    Raises
    ------
    InputError
        If a column is missing, or a flow has no number, is negative, or stands twice.
    """
    from oreline.stress._geopolrisk_tables import make_tables

    return make_tables(production, trade, governance, codes, edition)


def importers_named(names: Mapping[str, Sequence[str]] | Sequence[str]) -> tuple[Importer, ...]:
    """Return importers by name: countries by their code, regions by their members.

    >>> importers_named(["USA"])
    (Importer(name='USA', members=('USA',)),)
    >>> importers_named({"Iberia": ["ESP", "PRT"]})
    (Importer(name='Iberia', members=('ESP', 'PRT')),)
    """
    if isinstance(names, Mapping):
        return tuple(Importer(name, tuple(members)) for name, members in names.items())
    return tuple(Importer(name, (name,)) for name in names)
