"""Who is who: tickers in all their spellings, companies, renamed agencies, places, products."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.reference import table
from oreline.watch import (
    Entity,
    Ticker,
    Watched,
    company_of,
    place_of,
    product_of,
    same_paper,
    take_in,
    ticker_of,
    watch,
)
from oreline.watch._entities import known_things, resolve
from oreline.watch._gazetteer import EXCHANGES

TODAY = date(2025, 10, 7)


def _watched(*texts: str) -> Watched:
    documents = []
    for place, text in enumerate(texts):
        found, _ = take_in(f"report-{place}.txt", text.encode(), today=TODAY)
        documents += found
    return watch(documents)


def _entity(found: Watched, name: str) -> Entity:
    return next(one for one in found.entities if one.name == name)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("OTC:LTUM", "OTCM:LTUM"),
        ("OTCQB: LTUM", "OTCM:LTUM"),
        ("OTCPK: LTUM", "OTCM:LTUM"),
        ("LTUM.PK", "OTCM:LTUM"),
        ("NYSEAMERICAN:UAMY", "XASE:UAMY"),
        ("NYSE American: UAMY", "XASE:UAMY"),
        ("AMEX:UAMY", "XASE:UAMY"),
        ("UAMY.US", "XASE:UAMY"),
        ("UAMY.A", "XASE:UAMY"),
        ("$UAMY", "XASE:UAMY"),
        ("TSX: TMQ", "XTSE:TMQ"),
        ("(NASDAQ:USAR)", "XNAS:USAR"),
        ("TSX-V: UCU", "XTSX:UCU"),
        ("LYC.AX", "XASX:LYC"),
        ("600111.SS", "XSHG:600111"),
        ("BRK.A", "BRK.A"),
        ("ZZZZ.US", "ZZZZ"),
    ],
)
def test_a_ticker_has_one_form(told: str, meant: str) -> None:
    assert str(ticker_of(told)) == meant


@pytest.mark.parametrize("told", ["", "a word too many", "NOWHERE:ABC", "OTC:", "$"])
def test_what_is_no_ticker_is_none(told: str) -> None:
    assert ticker_of(told) is None


def test_where_several_markets_are_allowed_none_is_chosen() -> None:
    found = ticker_of("ZZZZ.US")
    assert found is not None
    assert set(found.candidates) == {"XNYS", "XNAS", "XASE", "OTCM"}


@given(
    st.sampled_from(table("exchanges").rows(named=True)),
    st.from_regex(r"[A-Z]{2,5}", fullmatch=True),
)
def test_a_written_ticker_reads_back(exchange: dict[str, str], symbol: str) -> None:
    told = ticker_of(f"{exchange['mic']}:{symbol}")
    assert told is not None
    assert ticker_of(str(told)) == Ticker(told.mic, symbol)
    assert same_paper(told, Ticker(told.mic, symbol)) is True
    assert same_paper(told, Ticker(told.mic, f"{symbol}X")) is False


def test_what_reports_write_before_a_symbol_means_the_market_of_the_table() -> None:
    tiers = dict(table("exchanges").select("mic", "tier_of").iter_rows())
    for word, mic in EXCHANGES.items():
        told = ticker_of(f"{word}:ZZZZ")
        assert told is not None, word
        assert mic in (told.mic, *told.candidates), word
        assert tiers[mic] == "", word


@pytest.mark.parametrize(
    ("name", "ticker", "known"),
    [
        ("Lithium Corp", None, "lithium-corp"),
        ("Lithium Corporation", None, "lithium-corp"),
        ("Lithium Corp", "OTCQB:LTUM", "lithium-corp"),
        ("Sigma Lithium Corp", None, "sigma-lithium"),
        ("Critical Metals Corp.", None, "critical-metals"),
        ("US Antimony", None, "united-states-antimony"),
        ("USA Rare Earth", None, "usa-rare-earth"),
        ("USA Rare Earth, Inc.", "NASDAQ:USAR", "usa-rare-earth"),
        # A generic head alone, another legal form, another paper at one market: nobody known.
        ("Lithium", None, None),
        ("Lithium Ltd", None, None),
        ("Critical Metals", None, None),
        ("Lithium Corp", "OTC:ABCD", None),
        ("MP Materials", "NYSE:XYZ", None),
        ("American Lithium Corp", "OTC:AMLIF", None),
    ],
)
def test_companies_are_found_by_name_and_ticker(
    name: str, ticker: str | None, known: str | None
) -> None:
    given_ticker = None if ticker is None else ticker_of(ticker)
    thing, score, reason = resolve(name, "company", known_things(None), given_ticker)
    assert (None if thing is None else thing.id) == known, (score, reason)


def test_a_company_carries_its_numbers_into_the_result() -> None:
    found = _watched(
        "2025-10-06\n\nShares of Lithium Corp (OTCQB: LTUM) rose 12% to $0.44 on Friday."
    )
    one = _entity(found, "Lithium Corp")
    assert one.id == "lithium-corp"
    assert dict(one.numbers) == {"cik": "0001415332", "lei": "529900J492P5FBNP1I06"}
    assert one.listings == ("OTCM:LTUM",)
    assert one.to_json()["numbers"]["cik"] == "0001415332"


def test_tiers_of_one_market_do_not_contradict_each_other() -> None:
    found = _watched(
        "2025-10-06\n\nShares of Lithium Corp (OTCQB: LTUM) closed at $0.44, up 900%, on Friday.",
        "2025-10-06\n\nLithium Corp (OTC: LTUM) stock closed at $0.44, up 900%, last Friday.",
    )
    event = next(one for one in found.events if one.kind == "move")
    verdicts = {one.slot: one.verdict for one in event.points}
    assert len(event.reports) == 2
    assert verdicts["ticker"] == "agreed"


def test_a_renamed_agency_is_one() -> None:
    found = _watched(
        "2025-10-06\n\nThe Department of War awarded $35 million to Perpetua Resources in October.",
        "2025-10-07\n\nThe Department of Defense awarded $35 million to Perpetua Resources.",
    )
    ids = {one.id for one in found.entities if one.table == "agencies"}
    assert ids == {"us-defense"}
    event = next(one for one in found.events if one.kind == "funding")
    assert len(event.reports) == 2
    assert {one.slot: one.verdict for one in event.points}["agency"] == "agreed"


def test_places_are_found_and_none_is_chosen_among_several() -> None:
    assert [one.iso3 for one in place_of("Port of Karachi")] == ["PAK"]
    assert [one.table for one in place_of("Gwadar")] == ["facilities"]
    assert len(place_of("Georgetown")) > 1
    assert {one.iso3 for one in place_of("Georgetown", "USA")} == {"USA"}
    assert place_of("Nowhere at all") == ()


def test_products_lead_to_minerals_and_codes() -> None:
    found = product_of("copper concentrate")
    assert found is not None
    assert (found.mineral, found.form, found.codes[0]) == ("copper", "concentrate", "260300")
    assert product_of("a shipment of tea") is None
    bare = product_of("antimony")
    assert bare is not None
    assert (bare.form, bare.codes) == ("", ())


def test_every_company_is_at_a_stage_and_every_listing_at_a_market() -> None:
    mics = set(table("exchanges")["mic"])
    assert set(table("listings")["mic"]) <= mics
    assert set(table("listings")["company"]) <= set(table("companies")["id"])
    for ticker in ("UAMY.US", "NYSE:MP", "600111.SS"):
        assert company_of(ticker) is not None
    assert company_of("OTC:NOTHERE") is None
