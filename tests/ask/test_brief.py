"""The brief of the real case: what it says, in which order, and what it never says."""

from __future__ import annotations

import re

import pytest
from shown_example import Shown

ORDER = [
    "Reported",
    "Not published",
    "Answers that follow",
    "Ask first",
    "Scale",
    "Illustration",
    "Ledger verified",
]
MASS = re.compile(r"\d\s*(?:t|kg)\b(?!/)")


@pytest.mark.parametrize("name", ["first_batch", "magnets"])
def test_sections_stand_in_their_order(name: str, request: pytest.FixtureRequest) -> None:
    shown: Shown = request.getfixturevalue(name)
    assert [section.title for section in shown.made.brief.sections] == ORDER
    for text in (shown.narrow, shown.wide):
        places = [text.index(f" {title} ") for title in ORDER]
        assert places == sorted(places)


def test_every_reported_fact_says_who_and_when(first_batch: Shown) -> None:
    for fact in first_batch.made.brief.section("reported").facts:
        assert fact.sources, fact.label
        for source in fact.sources:
            assert source.outlet
            assert re.fullmatch(r"2025-10-0[36]", source.date)
            assert source.quote


def test_the_status_is_contested_and_the_framework_is_not_the_cargo(first_batch: Shown) -> None:
    facts = {fact.label: fact for fact in first_batch.made.brief.section("reported").facts}
    assert facts["Status"].basis == "contested"
    assert "dispatched" in facts["Status"].text
    assert "delivered" in facts["Status"].text
    assert "memorandum" in facts["Framework"].text
    assert "not the value of the cargo" in facts["Framework"].text
    assert "one press release" in facts["Sources"].text
    assert len({source.outlet for source in facts["Sources"].sources}) == 2


def test_what_nobody_published_is_listed(first_batch: Shown) -> None:
    labels = {fact.label for fact in first_batch.made.brief.section("not-published").facts}
    assert labels >= {
        "Mass", "Moisture", "Assay", "Mine of origin", "Port of loading", "HS code", "Price",
        "Bill of lading", "Receiving plant", "Next processor",
    }  # fmt: skip


def test_the_country_is_reported_and_no_mine_is_an_origin(first_batch: Shown) -> None:
    brief = first_batch.made.brief
    facts = {fact.label: fact for fact in brief.section("answers").facts}
    assert (facts["Origin: country"].text, facts["Origin: country"].basis) == (
        "Pakistan",
        "reported",
    )
    assert facts["Origin: district"].text == "UNKNOWN"
    assert facts["Origin: mine"].text == "UNKNOWN"
    assert facts["Value"].text.startswith("UNKNOWN")
    assert all(fact.see for fact in facts.values())
    (table,) = brief.section("answers").tables
    candidates = {row[0].partition(",")[0] for row in table.rows}
    told = [
        fact.text
        for section in brief.sections
        for fact in section.facts
        if section.id != "illustration"
    ]
    for name in candidates - {"US Strategic Metals"}:
        assert not any(name in text for text in told), name


def test_the_chain_does_not_end_at_the_buyer(first_batch: Shown) -> None:
    path = first_batch.made.brief.path
    assert [station.name for station in path if station.role != "Sender"].count("UNKNOWN") == 5
    assert (path[-1].role, path[-1].name) == ("Next processor", "UNKNOWN")
    assert path[0].name == "UNKNOWN"


@pytest.mark.parametrize("name", ["first_batch", "magnets"])
def test_no_mass_stands_without_the_word_assumed(name: str, request: pytest.FixtureRequest) -> None:
    shown: Shown = request.getfixturevalue(name)
    for text in (shown.narrow, shown.wide):
        lines = [line for line in text.splitlines() if MASS.search(line)]
        assert len(lines) > 20
        for line in lines:
            assert "assumed" in line, line


def test_the_scale_shows_the_sources_that_disagree(first_batch: Shown) -> None:
    scale = first_batch.made.brief.section("scale")
    assert any("110,000" in fact.text and "0.24 %" in fact.text for fact in scale.facts)
    assert any("45,000" in fact.text and "0.58 %" in fact.text for fact in scale.facts)
    (table,) = scale.tables
    of_2023 = {row[2] for row in table.rows if row[1] == "2023" and "production" in row[0]}
    assert of_2023 == {"40", "80", "250"}


def test_the_illustration_follows_from_its_own_figures(first_batch: Shown) -> None:
    tables = {table.id: table for table in first_batch.made.brief.section("illustration").tables}
    rows = {row[0]: row for row in tables["contents-Sb"].rows}
    wet, moisture, dry, grade, metal = (
        float(rows[name][1].split()[0])
        for name in (
            "wet mass", "moisture (of wet mass)", "dry mass", "Sb grade (of dry mass)",
            "contained Sb",
        )
    )  # fmt: skip
    assert wet * (1 - moisture / 100) == pytest.approx(dry, abs=0.01)
    assert dry * grade / 100 == pytest.approx(metal, abs=0.02)
    origins = [row for row in tables["origins"].rows if row[0] == "Sb"]
    assert sum(float(row[3].split()[0]) for row in origins) == pytest.approx(metal, abs=0.002)
    assert len(tables["assumptions"].rows) > 30


def test_the_ledger_is_verified_and_that_is_not_called_truth(first_batch: Shown) -> None:
    section = first_batch.made.brief.section("verified")
    assert "not the same as true" in section.lead
    assert len(section.facts) == 3


def test_flows_are_assumed_and_end_with_an_unknown_processor(first_batch: Shown) -> None:
    flows = {flow.element: flow for flow in first_batch.made.brief.flows}
    assert set(flows) == {"Sb", "Cu", "TREO"}
    for flow in flows.values():
        assert flow.basis == "assumed"
        assert any("UNKNOWN" in link.target for link in flow.links)
        assert all(link.mass_mg > 0 for link in flow.links)
        assert not any("not stated" in link.source for link in flow.links)


def test_the_brief_is_a_table_and_json(first_batch: Shown) -> None:
    brief = first_batch.made.brief
    assert brief.to_frame().height == sum(len(section.facts) for section in brief.sections)
    assert [section["title"] for section in brief.to_json()["sections"]] == ORDER
