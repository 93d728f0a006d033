"""How small or large a country's output is, from published figures, with the ones that disagree."""

from __future__ import annotations

from collections.abc import Iterator

from oreline.ask._told import Cited, Fact, Section, Table, percent
from oreline.reference import (
    Country,
    Disagreement,
    Figure,
    UnknownMineralError,
    WorldScale,
    world_scale,
)

_RARE_EARTHS = frozenset(
    ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "TREO")
)
DISAGREEMENTS_SHOWN = 3


def scale(elements: tuple[str, ...], countries: tuple[Country, ...]) -> Section:
    """Set a country's published output beside the world's and United States use."""
    minerals = dict.fromkeys("rare earths" if e in _RARE_EARTHS else e for e in elements)
    facts: list[Fact] = []
    rows: list[tuple[str, ...]] = []
    for place in countries:
        for mineral in minerals:
            try:
                found = world_scale(mineral, place.alpha3)
            except UnknownMineralError:
                continue
            facts += _shares(found)
            rows += _disagreeing(found)
    tables: tuple[Table, ...] = ()
    if rows:
        columns = ("Contested figure", "Year", "Figure", "Edition", "Publisher")
        note = "All editions are kept; none is chosen silently. Tonnes of contained metal or oxide."
        tables = (
            Table("contested", "Sources that disagree", columns, tuple(rows), (1, 2, 3), note),
        )
    lead = (
        "Published yearly output of whole countries, so that the size of any batch can be judged."
    )
    return Section("scale", "Scale", lead, tuple(facts), tables)


def _shares(found: WorldScale) -> Iterator[Fact]:
    name = found.mineral.capitalize()
    shown = [share for share in found.shares if share.share is not None]
    newest = max((share.year for share in shown), default=None)
    for share in shown:
        if share.year != newest or share.share is None:
            continue
        text = (
            f"{found.country.name} mined {_amount(share.part)}; {share.of}: {_amount(share.whole)}"
            f" ({share.year}). That is {percent(float(share.share))}."
        )
        yield Fact(name, text, _basis(share.part), (_cited(share.part),))
    if not shown and found.output:
        newest_output = max(found.output, key=lambda figure: (figure.year, figure.vintage))
        text = f"{found.country.name} mined {_amount(newest_output)} ({newest_output.year})."
        yield Fact(name, text, _basis(newest_output), (_cited(newest_output),))
    if not found.output and found.world_output:
        world = max(found.world_output, key=lambda figure: (figure.year, figure.vintage))
        text = (
            f"no output of {found.country.name} is published; "
            f"world: {_amount(world)} ({world.year})."
        )
        yield Fact(name, text, _basis(world), (_cited(world),))


def _disagreeing(found: WorldScale) -> Iterator[tuple[str, ...]]:
    """Yield the figures of the newest contradictions about the country, publishers first."""
    about = f"mine production of {found.country.name}"
    own = [item for item in found.disagreements if item.about.startswith(about)]
    own.sort(key=lambda item: (item.why != "publishers differ", -_year(item)))
    reserves = [item for item in found.disagreements if item.about.startswith("reserves")]
    for item in (*own[:DISAGREEMENTS_SHOWN], *reserves):
        seen: set[str] = set()
        for figure in item.figures:
            text = f"{_plain(figure)}{' of ore' if 'ore' in figure.unit else ''}"
            if text + figure.publisher in seen:
                continue
            seen.add(text + figure.publisher)
            label = f"{found.mineral.capitalize()}, {item.about.partition(',')[0]}"
            yield (label, str(figure.year), text, str(figure.vintage), figure.publisher)


def _year(item: Disagreement) -> int:
    return max(figure.year for figure in item.figures)


def _basis(figure: Figure) -> str:
    return "reported, estimated" if figure.estimated else "reported"


def _plain(figure: Figure) -> str:
    return f"{figure.value:,}" if figure.value is not None else figure.text


def _amount(figure: Figure) -> str:
    unit = {"metric tons": "tonnes", "thousand metric tons": "thousand tonnes"}
    return f"{_plain(figure)} {unit.get(figure.unit, figure.unit)}"


def _cited(figure: Figure) -> Cited:
    return Cited(figure.publisher, f"edition {figure.vintage}", figure.source)
