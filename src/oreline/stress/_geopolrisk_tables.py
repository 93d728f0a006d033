"""Tables of production, trade and governance as the arrays that GeoPolRisk is computed on."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from oreline.model import Finding, InputError, Severity
from oreline.stress._geopolrisk import RawMaterial, RiskTables

_TONNES: Final = {"metric tons": 1.0, "kilograms": 0.001, "million cubic meters": 1.0}
_VOLUME: Final = "million cubic meters"
_NEEDED: Final = {
    "production": ("material", "scope", "area", "iso3", "year", "value", "unit"),
    "trade": ("year", "exporter", "importer", "hs", "edition", "value_kusd", "quantity_t"),
    "governance": ("iso3", "year", "indicator", "estimate"),
    "codes": ("mineral", "material", "sheet", "hs", "hs_extra"),
}
SHOWN: Final = 20
"""How many rows of one kind an error names."""


def make_tables(
    production: pl.DataFrame,
    trade: pl.DataFrame,
    governance: pl.DataFrame,
    codes: pl.DataFrame,
    edition: str,
) -> RiskTables:
    """Return the arrays; see :func:`oreline.stress.risk_tables`."""
    frames = {"production": production, "trade": trade, "governance": governance, "codes": codes}
    missing = [
        Finding("ORL-1220", Severity.FATAL, name, f"no column {column}", "add it")
        for name, columns in _NEEDED.items()
        for column in columns
        if column not in frames[name].columns
    ]
    if missing:
        raise InputError("the tables cannot be used", missing)
    flows = trade.filter(pl.col("edition") == edition)
    # Kosovo has no code; it mines all the same.
    mined = production.filter(pl.col("scope") == "country").with_columns(
        iso3=pl.when(pl.col("iso3").fill_null("") == "").then("area").otherwise("iso3")
    )
    _check(mined, flows)
    materials = _materials(codes, mined)
    years = tuple(sorted(set(mined["year"]) & set(flows["year"])))
    if not years or not materials:
        raise InputError("production and trade have no year or no raw material in common")
    named = (mined["iso3"], flows["exporter"], flows["importer"], governance["iso3"])
    countries = tuple(sorted({one for series in named for one in series if one}))
    sheets = dict(zip(codes["material"], codes["sheet"], strict=True))
    return _arrays(materials, countries, years, mined, flows, governance, sheets)


def _check(mined: pl.DataFrame, flows: pl.DataFrame) -> None:
    found: list[Finding] = []
    amounts = {"production": ("value",), "trade": ("value_kusd", "quantity_t")}
    for name, frame in (("production", mined), ("trade", flows)):
        numbered = frame.with_row_index("row", 1)
        for column in amounts[name]:
            good = pl.col(column).is_between(0.0, 1e18)
            good = good.fill_null(value=column != "value_kusd")
            found += [
                Finding("ORL-1221", Severity.FATAL, f"{name} row {row} column {column}",
                        "no number of zero or more", "correct it, or leave it empty")
                for row in numbered.filter(~good)["row"][:SHOWN]
            ]  # fmt: skip
    keys = ["year", "exporter", "importer", "hs"]
    twice = flows.with_row_index("row", 1).filter(pl.struct(keys).is_duplicated())
    found += [
        Finding("ORL-1222", Severity.FATAL, f"trade row {row}", "this flow stands twice",
                "keep one row for a flow of a code in a year, or add them")
        for row in twice["row"][:SHOWN]
    ]  # fmt: skip
    if found:
        raise InputError("the tables cannot be used", found)


def _materials(codes: pl.DataFrame, mined: pl.DataFrame) -> tuple[RawMaterial, ...]:
    units = dict(mined.select("material", "unit").unique().iter_rows())
    found = []
    for row in codes.iter_rows(named=True):
        unit = units.get(row["sheet"])
        if not (row["hs"] or "").isdigit() or unit not in _TONNES:
            continue
        extra = [one for one in (row["hs_extra"] or "").replace(";", " ").split() if one]
        found.append(
            RawMaterial(
                row["material"],
                row["mineral"],
                (row["hs"], *extra),
                _TONNES[unit],
                is_volume=unit == _VOLUME,
            )
        )
    return tuple(found)


def _arrays(
    materials: tuple[RawMaterial, ...],
    countries: tuple[str, ...],
    years: tuple[int, ...],
    mined: pl.DataFrame,
    flows: pl.DataFrame,
    governance: pl.DataFrame,
    sheets: dict[str, str],
) -> RiskTables:
    country = pl.DataFrame({"iso3": countries, "c": range(len(countries))})
    year = pl.DataFrame({"year": years, "y": range(len(years))})
    numbers = range(len(materials))
    sheet = pl.DataFrame({"material": [sheets[one.name] for one in materials], "m": numbers})
    code = pl.DataFrame(
        [(hs, m) for m, one in enumerate(materials) for hs in one.codes], ["hs", "m"], orient="row"
    )
    amounts = mined.join(sheet, on="material").join(year, on="year").join(country, on="iso3")
    produced = np.zeros((len(materials), len(years), len(countries)))
    places = tuple(amounts[name].to_numpy() for name in ("m", "y", "c"))
    np.add.at(produced, places, amounts["value"].fill_null(0.0).to_numpy())
    told = governance.filter(pl.col("indicator") == "pv").join(year, on="year")
    told = told.join(country, on="iso3").filter(pl.col("estimate").is_not_null())
    stability = np.full((len(countries), len(years)), np.nan)
    stability[told["c"].to_numpy(), told["y"].to_numpy()] = told["estimate"].to_numpy()
    ends = (
        flows.join(code, on="hs")
        .join(year, on="year")
        .join(country.rename({"iso3": "exporter", "c": "from"}), on="exporter")
        .join(country.rename({"iso3": "importer", "c": "to"}), on="importer")
    )
    has_trade = set(flows["hs"].unique())
    return RiskTables(
        materials=materials,
        countries=countries,
        years=years,
        produced=produced,
        cell=(ends["m"] * len(years) + ends["y"]).to_numpy(),
        exporter=ends["from"].to_numpy(),
        importer=ends["to"].to_numpy(),
        value_kusd=ends["value_kusd"].to_numpy(),
        quantity_t=ends["quantity_t"].fill_null(0.0).to_numpy(),
        has_quantity=ends["quantity_t"].is_not_null().to_numpy(),
        stability=stability,
        codes_without_trade=tuple(sorted(set(code["hs"]) - has_trade)),
    )
