"""Materials of the European Commission's studies: ranges hold what was printed, open stays open."""

from __future__ import annotations

import json

import polars as pl
import pytest
from validation_eu import WHY_OUTSIDE, importance_2023, supply_risk_2023

from oreline.model import InputError
from oreline.reference import table
from oreline.stress import EU_STUDIES, EuMaterial, eu_materials, eu_study


def only(mineral: str, year: int = 2023) -> EuMaterial:
    (found,) = eu_materials(year, mineral).rows
    return found


def test_results_of_2023_lie_within_the_range() -> None:
    section = supply_risk_2023()
    outside = {row[0] for row in section.rows if not row[-1].startswith("yes")}
    assert outside == set(WHY_OUTSIDE)
    assert len(section.rows) == 30
    assert len(section.rows) - len(outside) >= 26


def test_copper_lies_within_with_the_rate_of_2017() -> None:
    copper = only("copper")
    rate = table("recycling").filter(mineral="copper", year=2017)["eol_rir_pct"].item() / 100
    assert copper.risk is not None
    assert copper.eol_rir == 0.17
    assert copper.risk.low / (1 - 0.17) * (1 - rate) <= 0.15


def test_importance_of_2023_implies_an_index_near_one() -> None:
    section = importance_2023()
    assert [row for row in section.rows if row[-1] != "yes"] == []
    assert len(section.rows) >= 35


def test_every_study_is_read_and_the_counts_are_those_of_its_table() -> None:
    counts = {2011: 43, 2014: 52, 2017: 78, 2020: 66}
    for year, count in counts.items():
        found = eu_materials(year)
        assert len(found.rows) == count, year
        assert found.study is EU_STUDIES[year]
        json.dumps(found.to_json(), allow_nan=False)
        assert found.to_frame().height == count
    with pytest.raises(InputError, match="2019"):
        eu_study(2019)


def test_criticality_of_2023_is_that_of_the_list() -> None:
    critical = {row.mineral for row in eu_materials(2023).rows if row.critical == "yes"}
    assert {"antimony", "bismuth", "tungsten", "neodymium", "coking coal", "phosphate rock"} <= (
        critical
    )
    # Strategic, and on the list for that, though their supply risk is below one.
    assert critical.isdisjoint({"copper", "nickel", "zinc", "gold"})


def test_one_side_is_taken_alone_and_named() -> None:
    cobalt = {stage.stage: stage for stage in only("cobalt").stages}
    assert cobalt["extraction"].union is None
    assert cobalt["extraction"].world is not None
    assert cobalt["extraction"].index == cobalt["extraction"].world.index
    assert only("cobalt").bottleneck == "extraction"


def test_a_country_without_governance_is_told_and_widens_the_range() -> None:
    flagged = [
        (stage, note)
        for row in eu_materials(2023).rows
        for stage in row.stages
        for note in stage.notes
        if "Taiwan" in note
    ]
    assert flagged
    stage, note = flagged[0]
    assert "5 of 10 assumed" in note
    sides = [side for side in (stage.world, stage.union) if side is not None]
    assert all(side.bounds.low <= side.index for side in sides)
    assert any(side.bounds.high > side.index for side in sides if side.bounds.high)


def test_bounds_hold_the_index_of_the_printed_shares() -> None:
    for row in eu_materials(2023).rows:
        for stage in row.stages:
            for side in (stage.world, stage.union):
                if side is not None:
                    assert side.bounds.high is not None
                    assert side.bounds.low - 1e-12 <= side.index <= side.bounds.high + 1e-12


def test_a_group_lends_its_result_and_says_so() -> None:
    neodymium = only("Nd")
    assert (neodymium.printed_for, neodymium.printed_risk) == ("LREEs", 3.7)
    assert any("LREEs only" in note for note in neodymium.notes)
    assert neodymium.eol_rir is None
    assert neodymium.risk is not None
    assert neodymium.risk.low == 0.0


def test_shares_that_do_not_sum_are_refused_by_table_and_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = table("eu_supply").with_columns(
        pl.when((pl.col("material") == "Tin") & (pl.col("iso3") == "CHN"))
        .then(0.9)
        .otherwise(pl.col("share"))
        .alias("share")
    )
    frames = {"eu_supply": bad}
    monkeypatch.setattr(
        "oreline.stress._eu_materials.table", lambda name: frames.get(name, table(name))
    )
    with pytest.raises(InputError, match=r"eu_supply: Tin, extraction, global: .*sum to 1\.\d+"):
        eu_materials(2023, "tin")
