"""Published figures: anchors, vintages, and what happens where nothing was published."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from oreline.reference import (
    Figure,
    UnknownCountryError,
    UnknownMineralError,
    latest,
    production,
    table,
    us_salient,
    world_scale,
)

USGS = "U.S. Geological Survey"


def newest(mineral: str, country: str, year: int, **more: str) -> Figure:
    figures = [f for f in latest(production(mineral, country, year, **more)) if f.publisher == USGS]
    assert len(figures) == 1, figures
    return figures[0]


@pytest.mark.parametrize(
    ("mineral", "country", "tons"),
    [
        ("antimony", "world", 110_000),
        ("antimony", "China", 40_000),
        ("antimony", "Russia", 32_000),
        ("antimony", "Tajikistan", 22_000),
        ("antimony", "Burma", 4_500),
        ("antimony", "Pakistan", 260),
        ("rare earths", "world", 390_000),
        ("rare earths", "China", 270_000),
        ("rare earths", "USA", 51_000),
        ("rare earths", "Australia", 29_000),
        ("rare earths", "MMR", 22_000),
    ],
)
def test_mine_production_of_2025_in_the_edition_of_2026(
    mineral: str, country: str, tons: int
) -> None:
    figure = newest(mineral, country, 2025)
    assert figure.value == tons
    assert (figure.unit, figure.vintage, figure.source) == ("metric tons", 2026, "usgs-mcs-2026")
    assert figure.estimated is True


def test_copper_is_in_thousand_tons() -> None:
    mine = newest("copper", "world", 2025)
    assert (mine.value, mine.unit) == (23_000, "thousand metric tons")
    refined = newest("copper", "China", 2025, measure="refinery production")
    assert refined.value == 14_000


def test_the_revisions_of_2024_are_all_kept() -> None:
    told = {(f.country_iso3, f.vintage): f.value for f in production("antimony", year=2024)}
    assert told["CHN", 2025] == 60_000
    assert told["CHN", 2026] == 40_000
    assert told["RUS", 2025] == 13_000
    assert told["RUS", 2026] == 40_000
    assert newest("antimony", "world", 2024).value == 119_000


def test_two_publishers_disagree_and_both_stay() -> None:
    told = {(f.publisher, f.value) for f in latest(production("antimony", "PAK", 2023))}
    assert told == {(USGS, Decimal(250)), ("British Geological Survey", Decimal(40))}


def test_withheld_is_not_zero_and_a_printed_dash_is() -> None:
    assert newest("antimony", "USA", 2025).flag == "W"
    assert newest("antimony", "USA", 2025).value is None
    dash = newest("antimony", "USA", 2024)
    assert (dash.value, dash.flag, dash.text) == (0, "dash", "\u2014")


def test_editions_agree_that_a_dash_is_a_zero() -> None:
    # The edition of 2024 writes 0 into the cells in which that of 2026 prints a dash.
    told = {
        f.vintage: f
        for f in us_salient("antimony", "production", 2022)
        if "Mine" in f.detail and f.vintage in {2024, 2026}
    }
    assert told[2024].text == "0"
    assert told[2026].text == "\u2014"
    assert told[2024].value == told[2026].value == 0


def test_world_reserves_are_a_lower_bound() -> None:
    reserves = latest(production("antimony", "world", 2025, "reserves"))
    assert [(f.value, f.low, f.flag) for f in reserves] == [(None, Decimal(2_000_000), ">")]
    assert production("antimony", "world", 2022, "reserves")[0].low == 1_800_000


def test_a_footnote_on_a_label_does_not_hide_the_world_total() -> None:
    assert {f.vintage for f in production("antimony", "world", 2023)} == {2024, 2025}


@pytest.mark.parametrize(
    ("mineral", "text"), [("antimony", "91"), ("copper", "57"), ("rare earths", "67")]
)
def test_net_import_reliance_of_2025(mineral: str, text: str) -> None:
    figures = latest(us_salient(mineral, "net import reliance", 2025))
    assert text in {figure.text for figure in figures}
    assert {figure.unit for figure in figures} == {"percent"}


def test_an_exporter_has_no_reliance_and_a_bound_stays_a_bound() -> None:
    figures = us_salient("rare earths", "net import reliance")
    assert any(f.flag == "E" and f.value is None for f in figures)
    assert any(f.flag == ">" and f.low == 95 and f.value is None for f in figures)
    assert {figure.unit for figure in figures} == {"percent"}


def test_prices() -> None:
    prices = table("prices_annual").filter(vintage=2026, year=2025)
    told = dict(zip(prices["product"], prices["value"], strict=True))
    assert told["antimony metal"] == 25
    per_ton = dict(zip(prices["product"], prices["usd_per_t"], strict=True))
    assert round(per_ton["antimony metal"]) == 55_116
    assert per_ton["Dy2O3"] == 239_000
    assert (told["NdPr oxide"], told["Nd2O3"], told["Pr6O11"]) == (69, 73, 74)
    assert (told["Dy2O3"], told["Tb4O7"]) == (239, 1010)
    nd2021 = table("prices_annual").filter(product="Nd2O3", year=2021).sort("vintage")
    assert nd2021["value"].to_list() == [49, 49, 98, 98]
    copper = table("price_copper_monthly")
    assert copper.filter(month="2025-11")["value"].item() == 10812.03
    assert copper["month"].is_sorted()


def test_where_mexico_leads_the_imports_of_antimony_ore() -> None:
    ores = table("import_sources").filter(
        pl.col("mineral") == "antimony", pl.col("detail") == "Ore and concentrates"
    )
    assert dict(zip(ores["area"], ores["value"], strict=True))["Mexico"] == 86
    assert ores["value"].sum() == 100


def test_rare_earths_by_source_mineral() -> None:
    rows = table("ree_distribution")
    mountain = rows.filter(pl.col("location").str.starts_with("Mountain Pass"))
    told = dict(zip(mountain["element"], mountain["value"], strict=True))
    assert (told["Nd"], told["Pr"]) == (11.7, 4.2)
    longnan = rows.filter(pl.col("location").str.starts_with("Longnan"), element="Ce")
    assert longnan.select("value", "high", "flag").row(0) == (None, 1.09, "<")
    sums = rows.group_by("location").agg(pl.col("value").sum())["value"]
    assert sums.is_between(97, 104).all()


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(UnknownMineralError, match="antimony"):
        production("unobtainium")
    with pytest.raises(UnknownCountryError):
        production("antimony", "Atlantis")
    assert production("antimony", "Switzerland") == ()


def test_latest_keeps_one_vintage_of_each_subject() -> None:
    figures = latest(production("antimony"))
    subjects = [(f.publisher, f.area, f.year) for f in figures if f.scope != "group"]
    assert len(set(subjects)) == len(subjects)
    assert set(figures) <= set(production("antimony"))
    assert latest(()) == ()


def test_the_scale_of_pakistan() -> None:
    scale = world_scale("antimony", "PAK")
    world, use = (
        next(share for share in scale.shares if share.of.startswith(of) and share.year == 2025)
        for of in ("world", "United States")
    )
    assert world.share == Decimal(260) / Decimal(110_000)
    assert use.share == Decimal(260) / Decimal(45_000)
    assert {share.part.source == share.whole.source for share in scale.shares} == {True}
    assert scale.shares[0].year == 2025


def test_the_contested_figures_of_pakistan_are_shown() -> None:
    contested = {d.about: d for d in world_scale("antimony", "Pakistan").disagreements}
    mine = contested["mine production of Pakistan, 2023"]
    assert {f.value for f in mine.figures} == {40, 80, 250}
    assert mine.why == "publishers differ"
    reserves = contested["reserves of Pakistan"].figures
    assert {f.unit for f in reserves if f.text.replace(",", "") == "26000"} == {
        "metric tons",
        "metric tons of ore",
    }


def test_a_country_nobody_lists_has_an_empty_scale() -> None:
    scale = world_scale("antimony", "Switzerland")
    assert (scale.output, scale.shares, scale.reserves) == ((), (), ())
    assert scale.world_output


def test_reported_consumption_is_not_taken_for_apparent() -> None:
    figures = world_scale("copper", "Chile").us_consumption
    assert figures
    assert all("eported" not in figure.detail for figure in figures)
