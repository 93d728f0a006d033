"""How large is a country's output, beside the world's and beside what the United States use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from oreline.reference._countries import Country
from oreline.reference._countries import country as find_country
from oreline.reference._figures import WORLD, Figure, production, us_salient
from oreline.reference._minerals import mineral_key


@dataclass(frozen=True, slots=True)
class Share:
    """A country's output as a share of another figure for the same year, edition and unit.

    ``share`` is a fraction (0.01 is one percent), or None where either figure is no plain number
    or the units differ. Numerator and denominator are given, so that the reader can see both: their
    ``detail`` says in which form each is counted (rare-earth ore against compounds, for instance).
    """

    of: str
    year: int
    vintage: int
    part: Figure
    whole: Figure
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Figures about one thing that do not agree; ``about`` says what, ``why`` how they differ."""

    about: str
    why: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class WorldScale:
    """A country's place in the world of one mineral, every figure with its vintage.

    ``output``, ``world_output``, ``us_consumption`` and ``reserves`` hold all vintages and sources.
    ``shares`` is sorted newest first; ``disagreements`` holds what must be shown as contested.
    """

    mineral: str
    country: Country
    output: tuple[Figure, ...]
    world_output: tuple[Figure, ...]
    us_consumption: tuple[Figure, ...]
    reserves: tuple[Figure, ...]
    shares: tuple[Share, ...]
    disagreements: tuple[Disagreement, ...]


def world_scale(mineral: str, country: str) -> WorldScale:
    """Set a country's mine output beside world output and United States apparent consumption.

    Parameters
    ----------
    mineral
        As for :func:`oreline.reference.production`.
    country
        Any code or name that :func:`oreline.reference.country` knows.

    Returns
    -------
    WorldScale
        With empty ``output`` and ``shares`` where nobody publishes the country's output.

    Raises
    ------
    UnknownMineralError, UnknownCountryError

    Examples
    --------
    >>> newest = world_scale("antimony", "PAK").shares[0]
    >>> newest.of, newest.part.text, newest.whole.text, newest.vintage
    ('world mine production', '260', '110,000', 2026)
    """
    place = find_country(country)
    output = production(mineral, place.alpha3)
    world = production(mineral, WORLD)
    consumption = tuple(
        figure
        for figure in us_salient(mineral, "consumption")
        if "reported" not in figure.detail.casefold()
    )
    reserves = production(mineral, place.alpha3, measure="reserves")
    shares = (
        *_shares("world mine production", output, world),
        *_shares("United States apparent consumption", output, consumption),
    )
    return WorldScale(
        mineral=mineral_key(mineral),
        country=place,
        output=output,
        world_output=world,
        us_consumption=consumption,
        reserves=reserves,
        shares=tuple(sorted(shares, key=lambda share: (-share.year, -share.vintage))),
        disagreements=(
            *_by_year(f"mine production of {place.name}", output),
            *_by_year("world mine production", world),
            *_by_year("United States apparent consumption", consumption),
            *_reserves_conflict(place, reserves),
        ),
    )


def _shares(of: str, parts: Iterable[Figure], wholes: Iterable[Figure]) -> Iterable[Share]:
    candidates = tuple(wholes)
    for part in parts:
        for whole in candidates:
            if (whole.year, whole.source) != (part.year, part.source):
                continue
            share = None
            if part.unit == whole.unit and part.value is not None and whole.value:
                share = part.value / whole.value
            yield Share(of, part.year, part.vintage, part, whole, share)


def _by_year(about: str, figures: Iterable[Figure]) -> Iterable[Disagreement]:
    years: dict[int, list[Figure]] = {}
    for figure in figures:
        years.setdefault(figure.year, []).append(figure)
    for year, told in sorted(years.items()):
        if len({(figure.value, figure.flag, figure.unit) for figure in told}) < 2:
            continue
        publishers = {figure.publisher for figure in told}
        why = "publishers differ" if len(publishers) > 1 else "revised between editions"
        yield Disagreement(f"{about}, {year}", why, tuple(told))


def _reserves_conflict(place: Country, reserves: tuple[Figure, ...]) -> Iterable[Disagreement]:
    if len({figure.publisher for figure in reserves}) > 1:
        yield Disagreement(
            f"reserves of {place.name}",
            "publishers differ, or the same number is given for ore and for contained metal: "
            "read the detail and note of each figure",
            reserves,
        )
