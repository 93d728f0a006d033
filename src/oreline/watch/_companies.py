"""Companies, agencies, places and products as the reference tables know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from oreline.reference import (
    UnknownMineralError,
    great_circle_km,
    hs_for_mineral,
    kept_by_tables,
    table,
)
from oreline.watch._gazetteer import FORMS, mineral_of, mineral_words
from oreline.watch._names import normal_name
from oreline.watch._tickers import Ticker, same_paper, ticker_of

NEAR_KM: Final = 30.0
"""How far two entries of one name in one country may lie apart and be one place."""
STAGES: Final = ("explorer", "miner", "separator", "metal", "magnet")
"""The stages of a chain at which companies work, from the ground on."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company of the trade.

    Attributes
    ----------
    stages
        Where it works, the main stage first.
    listings
        Its papers, the main one first.
    numbers
        LEI and CIK where they are known: none here does not mean that there is none.
    names
        Its name and those under which registers have it.
    """

    id: str
    name: str
    iso3: str
    stages: tuple[str, ...]
    role: str
    listings: tuple[Ticker, ...]
    numbers: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    source: str

    @property
    def stage(self) -> str:
        """Return its main stage."""
        return self.stages[0]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "country": self.iso3,
            "stages": list(self.stages),
            "role": self.role,
            "listings": [str(one) for one in self.listings],
            "numbers": dict(self.numbers),
            "names": list(self.names),
            "source": self.source,
        }


@kept_by_tables
def companies() -> tuple[Company, ...]:
    """Give the companies that are shipped, by id."""
    listings: dict[str, list[tuple[bool, Ticker]]] = {}
    for row in table("listings").iter_rows(named=True):
        one = ticker_of(f"{row['mic']}:{row['symbol']}")
        assert one is not None
        listings.setdefault(row["company"], []).append((row["is_main"] != "true", one))
    numbers: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, list[str]] = {}
    for row in table("company_ids").iter_rows(named=True):
        numbers.setdefault(row["company"], []).append((row["scheme"], row["number"]))
        names.setdefault(row["company"], []).append(row["name_there"].split(" / ")[0].strip("/"))
    return tuple(
        Company(
            row["id"],
            row["name"],
            row["iso3"],
            tuple(row["stages"].split()),
            row["role"],
            tuple(one for _, one in sorted(listings.get(row["id"], ()))),
            tuple(numbers.get(row["id"], ())),
            tuple(dict.fromkeys(_spellings(row["name"], names.get(row["id"], [])))),
            row["source"],
        )
        for row in table("companies").iter_rows(named=True)
    )


def _spellings(name: str, registered: list[str]) -> Iterator[str]:
    for one in (name, *registered):
        yield one
        if one.casefold().startswith("united states "):
            yield f"US {one[len('united states ') :]}"


def company_of(text: str) -> Company | None:
    """Give a company by its id, its whole name, a ticker, its LEI or its CIK; None for none.

    >>> [company_of(one).id for one in ("OTCQB: LTUM", "lithium-corp", "0001415332")]
    ['lithium-corp', 'lithium-corp', 'lithium-corp']
    >>> company_of("Lithium") is None
    True
    """
    words = text.strip()
    for one in companies():
        numbers = {number for _, number in one.numbers}
        if words == one.id or words in numbers or words.casefold() in map(str.casefold, one.names):
            return one
    ticker = ticker_of(words)
    if ticker is None:
        return None
    found = [one for one in companies() if any(same_paper(ticker, each) for each in one.listings)]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Agency:
    """A public body under all its names; ``name`` is the one of today, with those before."""

    id: str
    name: str
    iso3: str
    spellings: tuple[str, ...]


@kept_by_tables
def agencies() -> tuple[Agency, ...]:
    """Give the agencies that are shipped: one each, whatever it has been called."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in table("agencies").iter_rows(named=True):
        rows.setdefault(row["agency"], []).append(row)
    found = []
    for key, named in rows.items():
        newest = max(named, key=lambda row: (not row["valid_to"], row["valid_from"]))
        others = [row["name"] for row in named if row is not newest]
        name = newest["name"] + (f" (also {', '.join(others)})" if others else "")
        spellings = tuple(
            dict.fromkeys(
                one for row in named for one in (row["name"], *row["spellings"].split("|")) if one
            )
        )
        found.append(Agency(key, name, newest["iso3"], spellings))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the reference tables, with its coordinates."""

    table: str
    id: str
    name: str
    iso3: str
    lat: float
    lon: float


@kept_by_tables
def places() -> dict[str, tuple[Place, ...]]:
    """Give the places by the name that they are compared by: plants, deposits, ports."""
    found: dict[str, tuple[Place, ...]] = {}
    for name, key in (("facilities", "id"), ("pakistan_deposits", "id"), ("ports", "wpi_number")):
        for row in table(name).iter_rows(named=True):
            place = Place(name, str(row[key]), row["name"], row["iso3"], row["lat"], row["lon"])
            spoken = normal_name(place.name.split("(")[0].split(",")[0])
            for one in dict.fromkeys((spoken, spoken.removeprefix("port of "))):
                held = found.get(one, ())
                if not any(_is_there(place, other) for other in held):
                    found[one] = (*held, place)
    return found


def _is_there(one: Place, two: Place) -> bool:
    """Return whether two tables mean one place: a port beside the plant of the same name."""
    return one.iso3 == two.iso3 and great_circle_km(one.lat, one.lon, two.lat, two.lon) <= NEAR_KM


def place_of(text: str, iso3: str = "") -> tuple[Place, ...]:
    """Give the places that a name may mean, those of a country where one is told.

    >>> [one.iso3 for one in place_of("Karachi")]
    ['PAK']
    """
    words = normal_name(text)
    found = places().get(words) or places().get(words.removeprefix("port of "), ())
    return tuple(one for one in found if not iso3 or one.iso3 == iso3)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the tables key it: the mineral, the form as said, the codes of the HS."""

    mineral: str
    form: str
    codes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"mineral": self.mineral, "form": self.form, "hs_codes": list(self.codes)}


_STAGE_OF: Final = {
    "concentrate": "primary", "ore": "primary", "oxide": "refined", "metal": "refined",
    "cathode": "refined", "carbonate": "refined", "alloy": "refined",
}  # fmt: skip


def product_of(words: str) -> Product | None:
    """Give the key of a product; None where no mineral is named. A form not said stays empty.

    >>> product_of("copper concentrates").mineral, product_of("copper concentrates").form
    ('copper', 'concentrate')
    >>> product_of("antimony").form
    ''
    """
    match = mineral_words()[0].search(words)
    if match is None:
        return None
    mineral = mineral_of(match.group())
    said = [one for one in words.casefold().replace("-", " ").split() if one in FORMS]
    form = said[-1] if said else ""
    form = form.removesuffix("s") if form.endswith("s") and form[:-1] in FORMS else form
    try:
        listed = hs_for_mineral(mineral)
    except UnknownMineralError:
        listed = ()
    wanted = _STAGE_OF.get(form)
    codes = tuple(dict.fromkeys(one.code.code for one in listed if wanted in (None, one.stage)))
    return Product(mineral, form, codes if form else ())
