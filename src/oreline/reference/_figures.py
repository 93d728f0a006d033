"""Published figures, each with its edition: production, reserves, and United States statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from oreline.reference._countries import country as find_country
from oreline.reference._errors import UnknownMineralError
from oreline.reference._minerals import mineral_key
from oreline.reference._sources import source as find_source
from oreline.reference._tables import kept_by_tables, raw_table

WORLD = "world"
"""The area name under which world totals are asked for."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number, exactly as printed, with where and when it was printed.

    ``value`` is None where no plain number was printed; then ``flag`` (see
    :data:`oreline.reference.FLAGS`) says why and ``low`` and ``high`` hold any bounds. ``year`` is
    the year it speaks of, ``vintage`` the year of the edition that prints it: the same year is
    revised from one edition to the next. ``scope`` is ``country``, ``world``, ``other`` (the
    publisher's "other countries") or ``group``.
    """

    mineral: str
    measure: str
    detail: str
    area: str
    scope: str
    country_iso3: str | None
    year: int
    text: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    flag: str
    unit: str
    estimated: bool | None
    vintage: int
    publisher: str
    source: str
    basis: str
    note: str


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _figure(row: Mapping[str, str]) -> Figure:
    return Figure(
        mineral=row["mineral"],
        measure=row["measure"],
        detail=row["detail"],
        area=row["area"],
        scope=row["scope"],
        country_iso3=row["iso3"] or None,
        year=int(row["year"]),
        text=row["text"],
        value=_number(row["value"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        flag=row["flag"],
        unit=row["unit"],
        estimated={"true": True, "false": False}.get(row["estimated"]),
        vintage=int(row["vintage"]),
        publisher=find_source(row["source"]).publisher,
        source=row["source"],
        basis=row["basis"],
        note=row["note"],
    )


@kept_by_tables
def _by_mineral(table_name: str) -> dict[str, tuple[Figure, ...]]:
    kept: dict[str, list[Figure]] = {}
    for row in raw_table(table_name).iter_rows(named=True):
        if row["year"]:  # a claim without a year is no figure; the table still shows it
            kept.setdefault(row["mineral"], []).append(_figure(row))
    return {mineral: tuple(figures) for mineral, figures in kept.items()}


def _of_mineral(mineral: str, table_names: tuple[str, ...]) -> tuple[Figure, ...]:
    key = mineral_key(mineral)
    found = [figure for name in table_names for figure in _by_mineral(name).get(key, ())]
    if not found:
        known = sorted({name for table in table_names for name in _by_mineral(table)})
        raise UnknownMineralError(
            f"no figures for {mineral!r}; the minerals are: {', '.join(known)}"
        )
    return tuple(found)


def _about(figure: Figure, country: str | None) -> bool:
    if country is None:
        return True
    if country.casefold() == WORLD:
        return figure.scope == WORLD
    return figure.country_iso3 == find_country(country).alpha3


def production(
    mineral: str,
    country: str | None = None,
    year: int | None = None,
    measure: str = "mine production",
) -> tuple[Figure, ...]:
    """Give every published figure of a mineral's production, from all vintages and sources.

    It never chooses between editions: :func:`latest` does that, openly.

    Parameters
    ----------
    mineral
        Name or, for a few, symbol: ``antimony``, ``Sb``, ``rare earths``.
    country
        Any code or name :func:`oreline.reference.country` knows, ``"world"`` for world totals, or
        None for everything.
    year
        The year the figure speaks of; None for all years.
    measure
        ``mine production``, ``refinery production``, ``smelter production``, ``production`` (none
        of these), ``capacity`` or ``reserves``.

    Returns
    -------
    tuple of Figure
        Sorted by year, area and vintage, newest vintage last; empty where nobody published one.

    Raises
    ------
    UnknownMineralError, UnknownCountryError

    Examples
    --------
    >>> [(f.vintage, f.text) for f in production("antimony", "China", 2024)]
    [(2025, '60000'), (2026, '40,000')]
    """
    figures = (
        figure
        for figure in _of_mineral(mineral, ("production", "quoted_figures"))
        if figure.measure == measure
        and (year is None or figure.year == year)
        and _about(figure, country)
    )
    return tuple(sorted(figures, key=_order))


def us_salient(
    mineral: str, measure: str | None = None, year: int | None = None
) -> tuple[Figure, ...]:
    """Give the salient United States statistics of a mineral, from all vintages.

    Parameters
    ----------
    mineral
        As for :func:`production`.
    measure
        ``consumption``, ``imports``, ``exports``, ``net import reliance``, ``production``,
        ``price``, ``stocks``, ``employment`` or another of the table's measures; None for all.
    year
        The year the figure speaks of; None for all years.

    Examples
    --------
    >>> latest(us_salient("antimony", "net import reliance", 2025))[0].text
    '91'
    """
    figures = (
        figure
        for figure in _of_mineral(mineral, ("us_salient",))
        if (measure is None or figure.measure == measure) and (year is None or figure.year == year)
    )
    return tuple(sorted(figures, key=_order))


def _order(figure: Figure) -> tuple[int, str, str, int, str, str]:
    return (
        figure.year, figure.measure, figure.area, figure.vintage, figure.source, figure.detail,
    )  # fmt: skip


def _subject(figure: Figure) -> tuple[str, ...]:
    """Give what a figure is about; the wording of ``detail`` changes between editions."""
    area = figure.country_iso3 or (WORLD if figure.scope == WORLD else figure.area)
    return (figure.publisher, figure.mineral, figure.measure, area, figure.unit, str(figure.year))


def latest(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Keep, for each publisher and subject and year, the figures of its newest vintage.

    The subject is mineral, measure, area and unit. Figures of different publishers are never
    weighed against each other: where two disagree, both stay.

    Examples
    --------
    >>> [(f.publisher, f.vintage) for f in latest(production("antimony", "China", 2024))]
    [('U.S. Geological Survey', 2026)]
    """
    every = tuple(figures)
    newest: dict[tuple[str, ...], int] = {}
    for figure in every:
        newest[_subject(figure)] = max(newest.get(_subject(figure), 0), figure.vintage)
    return tuple(figure for figure in every if figure.vintage == newest[_subject(figure)])
