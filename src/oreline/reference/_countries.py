"""Countries by code, by name, and by the names that statistical offices use."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from oreline.reference._errors import UnknownCountryError
from oreline.reference._tables import raw_table

_AMBIGUOUS: dict[str, tuple[str, ...]] = {"congo": ("COD", "COG"), "korea": ("KOR", "PRK")}


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory of ISO 3166-1.

    ``numeric`` is the ISO code and ``m49`` the United Nations statistics code, both three digits as
    text. ``currencies`` holds ISO 4217 codes and is empty where none is listed.
    """

    alpha2: str
    alpha3: str
    numeric: str
    m49: str
    name: str
    official_name: str
    region: str
    subregion: str
    currencies: tuple[str, ...]
    aliases: tuple[str, ...]
    source: str


def normalised(name: str) -> str:
    """Give a name in the form in which names are compared: plain letters, no marks or articles."""
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()
    words = re.sub(r"[^a-z0-9]+", " ", letters.replace("&", " and ").replace("'", ""))
    return words.replace("\u2019", "").strip().removeprefix("the ")


def name_index(
    rows: Iterable[Mapping[str, str]], aliases: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Give the alpha-3 code of every normalised code and name, from rows of the country table.

    Raises
    ------
    UnknownCountryError
        If one name would stand for two countries and is not known to be ambiguous.
    """
    index: dict[str, str] = {}

    def enter(name: str, alpha3: str) -> None:
        key = normalised(name)
        if not key or key in _AMBIGUOUS:
            return
        if index.setdefault(key, alpha3) != alpha3:
            raise UnknownCountryError(f"{name!r} would name both {index[key]} and {alpha3}")

    for row in rows:
        for column in ("alpha3", "alpha2", "numeric", "name", "official_name"):
            enter(row[column], row["alpha3"])
    for alias, alpha3 in aliases:
        enter(alias, alpha3)
    return index


@cache
def _aliases() -> tuple[tuple[str, str], ...]:
    return tuple(raw_table("country_aliases").select("alias", "alpha3").iter_rows())


@cache
def _by_alpha3() -> dict[str, Country]:
    spoken: dict[str, list[str]] = {}
    for alias, alpha3 in _aliases():
        spoken.setdefault(alpha3, []).append(alias)
    return {
        row["alpha3"]: Country(
            **{
                key: row[key]
                for key in (
                    "alpha2", "alpha3", "numeric", "m49", "name", "official_name", "region",
                    "subregion", "source",
                )
            },
            currencies=tuple(row["currencies"].split()),
            aliases=tuple(spoken.get(row["alpha3"], ())),
        )
        for row in raw_table("countries").iter_rows(named=True)
    }  # fmt: skip


@cache
def _index() -> dict[str, str]:
    return name_index(raw_table("countries").iter_rows(named=True), _aliases())


def country(code_or_name: str | int) -> Country:
    """Give the country that a code or a name stands for.

    Parameters
    ----------
    code_or_name
        ISO alpha-2, alpha-3 or numeric code, the English name, or a name that USGS, Natural Earth
        and others use (Burma, Congo (Kinshasa), Kazakstan, Korea, Republic of). Case, accents and
        punctuation do not matter.

    Raises
    ------
    UnknownCountryError
        If the name is not known, or stands for two countries (Congo, Korea).

    Examples
    --------
    >>> country("Burma").alpha3, country(586).name, country("Türkiye").alpha2
    ('MMR', 'Pakistan', 'TR')
    """
    text = f"{code_or_name:03d}" if isinstance(code_or_name, int) else code_or_name
    key = normalised(text)
    if key in _AMBIGUOUS:
        both = " or ".join(f"{_by_alpha3()[code].name} ({code})" for code in _AMBIGUOUS[key])
        raise UnknownCountryError(f"{code_or_name!r} is ambiguous: say {both}")
    found = _index().get(key)
    if found is None:
        near = difflib.get_close_matches(key, _index(), n=1, cutoff=0.8)
        hint = f"; did you mean {_by_alpha3()[_index()[near[0]]].name}?" if near else ""
        raise UnknownCountryError(f"{code_or_name!r} names no country or territory here{hint}")
    return _by_alpha3()[found]


def countries() -> tuple[Country, ...]:
    """Give every country and territory of ISO 3166-1, sorted by alpha-3 code."""
    return tuple(_by_alpha3().values())
