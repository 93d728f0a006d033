"""Countries by code, name and alias."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.reference import UnknownCountryError, countries, country


@pytest.mark.parametrize(
    ("asked", "alpha3"),
    [
        ("PK", "PAK"),
        ("pak", "PAK"),
        ("586", "PAK"),
        (586, "PAK"),
        (8, "ALB"),
        ("NA", "NAM"),
        ("Burma", "MMR"),
        ("Burma (Myanmar)", "MMR"),
        ("Congo (Kinshasa)", "COD"),
        ("Congo (Brazzaville)", "COG"),
        ("Congo (Zaire)", "COD"),
        ("Kazakstan", "KAZ"),
        ("T\u00fcrkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Korea, Republic of", "KOR"),
        ("Korea, North", "PRK"),
        ("C\u00f4te d\u2019Ivoire", "CIV"),
        ("Cote D'Ivoire", "CIV"),
        ("Russia", "RUS"),
        ("Laos", "LAO"),
        ("Vietnam", "VNM"),
        ("Viet Nam", "VNM"),
        ("The Bahamas", "BHS"),
        ("United States", "USA"),
        ("U.S.", "USA"),
        ("England", "GBR"),
        ("Kyrghyzstan", "KGZ"),
        ("Czechia", "CZE"),
        ("Iran", "IRN"),
        ("Tanzania", "TZA"),
        ("Bolivia", "BOL"),
        ("Dem. Rep. Congo", "COD"),
        ("eSwatini", "SWZ"),
    ],
)
def test_codes_names_and_aliases(asked: str | int, alpha3: str) -> None:
    assert country(asked).alpha3 == alpha3


@pytest.mark.parametrize("asked", ["Congo", "Korea"])
def test_a_name_of_two_countries_is_refused(asked: str) -> None:
    with pytest.raises(UnknownCountryError, match="ambiguous"):
        country(asked)


@pytest.mark.parametrize("asked", ["", "Yugoslavia", "XX", "World total", 1000, -1])
def test_what_is_no_country_is_refused(asked: str | int) -> None:
    with pytest.raises(UnknownCountryError):
        country(asked)


def test_a_misspelling_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownCountryError, match="did you mean Pakistan"):
        country("Pakistann")


def test_pakistan() -> None:
    pakistan = country("PAK")
    assert (pakistan.alpha2, pakistan.numeric, pakistan.m49) == ("PK", "586", "586")
    assert pakistan.currencies == ("PKR",)
    assert country("TR").currencies == ("TRY",)


def test_codes_are_well_formed_and_unique() -> None:
    every = countries()
    assert len(every) == 249
    for field, length in (("alpha2", 2), ("alpha3", 3), ("numeric", 3), ("m49", 3)):
        codes = [getattr(place, field) for place in every]
        assert {len(code) for code in codes} == {length}
        assert len(set(codes)) == len(codes)


@given(st.sampled_from(countries()), st.booleans())
def test_every_way_to_name_a_country_leads_to_it(place: object, upper: bool) -> None:
    names = (place.alpha2, place.alpha3, place.numeric, place.name, *place.aliases)  # type: ignore[attr-defined]
    for name in names:
        assert country(name.upper() if upper else name.lower()) == place
