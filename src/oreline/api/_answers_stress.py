"""How secure supply is: what pages and programs ask of minerals. Published facts, of no ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from oreline.api._own_tables import on_own_tables
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.model import InputError
from oreline.reference import country
from oreline.stress import (
    OECD,
    CodeTrade,
    Importer,
    MineralProfile,
    RiskFactors,
    RiskRules,
    code_trade,
    codes_of,
    geopolrisk,
    known_minerals,
    list_changes,
    list_names,
    mineral_picture,
    mineral_profile,
    minerals_picture,
    minerals_table,
    rank_table,
    shipped_risk_tables,
    supplier_mix,
)

if TYPE_CHECKING:
    import polars as pl

IMPORTERS_MAX = 60
"""How many importers one question may name."""


@on_own_tables
def stress_minerals(_view: View, year: int | None = None, listed: str = "") -> dict[str, Any]:
    """Return every mineral under every measure, and every stage with its concentration.

    Raises
    ------
    InputError
        If there is no such list or year.
    """
    found = minerals_table(year, listed_on=listed)
    return {**found.to_json(), "lists": list(list_names())}


@on_own_tables
def stress_minerals_sheets(
    _view: View, year: int | None = None, listed: str = ""
) -> tuple[int, dict[str, pl.DataFrame]]:
    """Return the year of the table of minerals, and its sheets by name."""
    found = minerals_table(year, listed_on=listed)
    return found.year, {"minerals": found.to_frame(), "stages": found.stages_frame()}


@on_own_tables
def stress_mineral(_view: View, name: str, importer: str = "USA") -> dict[str, Any]:
    """Return everything that is published of a mineral.

    Raises
    ------
    NotFoundError
        If no table speaks of it.
    """
    return {**_profile(name, importer).to_json(), "known": list(known_minerals())}


@on_own_tables
def stress_mineral_frame(_view: View, name: str, importer: str = "USA") -> tuple[str, pl.DataFrame]:
    """Return a mineral's own name, and every number of it as a table.

    Raises
    ------
    NotFoundError
        If no table speaks of it.
    """
    found = _profile(name, importer)
    return found.mineral, found.to_frame()


def _profile(name: str, importer: str) -> MineralProfile:
    wanted = country(importer).alpha3
    try:
        return mineral_profile(name, importer=wanted)
    except InputError as error:
        raise NotFoundError(str(error)) from None


@on_own_tables
def mineral_svg(_view: View, name: str, chart: str, importer: str = "USA") -> str:
    """Return a picture of a mineral as SVG, with its source line inside."""
    return mineral_picture(_profile(name, importer), chart).to_svg()


@on_own_tables
def minerals_svg(_view: View, method: str = "us_gdp", listed: str = "") -> str:
    """Return a picture of the minerals that are the most critical under a method."""
    return minerals_picture(minerals_table(None, listed_on=listed), method).to_svg()


@on_own_tables
def stress_changes(_view: View, earlier: str, later: str) -> dict[str, Any]:
    """Return what changed between two United States lists."""
    return list_changes(earlier, later).to_json()


@on_own_tables
def stress_ranks(_view: View, *, listed_only: bool = True) -> dict[str, Any]:
    """Return how far the methods disagree in the order of minerals."""
    return rank_table(listed_only=listed_only).to_json()


@on_own_tables
def stress_geopolrisk(
    _view: View, importers: Sequence[str], years: Sequence[int], *, taiwan: bool = False
) -> dict[str, Any]:
    """Return GeoPolRisk factors of importers and years."""
    return _factors(importers, years, taiwan=taiwan).to_json()


@on_own_tables
def stress_geopolrisk_frame(
    _view: View, importers: Sequence[str], years: Sequence[int], *, taiwan: bool = False
) -> pl.DataFrame:
    """Return the same as a table."""
    return _factors(importers, years, taiwan=taiwan).to_frame()


@on_own_tables
def stress_supplier_mix(
    _view: View, text: str, home: str = "", year: int | None = None, *, taiwan: bool = False
) -> dict[str, Any]:
    """Return GeoPolRisk of a company's supplier mix, given as CSV.

    Raises
    ------
    InputError
        With all findings, if it cannot be used.
    """
    rules = RiskRules(other_asia_as_taiwan=taiwan)
    data = text.encode()
    tables = shipped_risk_tables()
    return supplier_mix(tables, data, "suppliers.csv", home=home, year=year, rules=rules).to_json()


def _factors(importers: Sequence[str], years: Sequence[int], *, taiwan: bool) -> RiskFactors:
    """Return the factors; an importer is a country, OECD, or a region as ``Iberia=ESP,PRT``.

    Raises
    ------
    InputError
        If an importer or a year is not in the tables, or they are too many.
    """
    found = [each for one in importers for each in _importers(one)]
    if len(found) > IMPORTERS_MAX:
        raise InputError(f"name at most {IMPORTERS_MAX} importers")
    tables = shipped_risk_tables()
    wanted = list(years) or [tables.years[-1]]
    return geopolrisk(tables, found, years=wanted, rules=RiskRules(other_asia_as_taiwan=taiwan))


def _importers(name: str) -> list[Importer]:
    if name.upper() == "OECD":
        return [Importer(one, (one,)) for one in OECD]
    title, is_region, members = name.partition("=")
    codes = tuple(
        country(one.strip()).alpha3 for one in (members if is_region else name).split(",")
    )
    return [Importer(title if is_region else codes[0], codes)]


@on_own_tables
def stress_trade(_view: View, code: str, year: int | None = None, to: str = "") -> dict[str, Any]:
    """Return who exports a code, or every code of a mineral."""
    return {"codes": [one.to_json() for one in _code_trades(code, year, to)]}


@on_own_tables
def stress_trade_frame(
    _view: View, code: str, year: int | None = None, to: str = ""
) -> pl.DataFrame:
    """Return the same as a table."""
    import polars as pl

    return pl.concat([one.to_frame() for one in _code_trades(code, year, to)])


def _code_trades(code: str, year: int | None, to: str) -> list[CodeTrade]:
    named = [code] if code.replace(".", "").isdigit() else list(codes_of(code))
    if not named:
        raise NotFoundError(f"no flows of {code!r} are carried; name a code, such as 2617.10")
    return [code_trade(one, year=year, importer=to) for one in named]
