"""Programmes of public funding: their published sum, and each rule decided and left open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from oreline.comply import Kind, Value
from oreline.fund import Fact, Match, funding_programmes, matches, project_words, read_project
from oreline.fund._matching import _value as value_of
from oreline.model import Basis

ROOT = Path(__file__).parents[2]
ALL: Mapping[str, Value] = {
    "facility_country": "US", "cost_share_pct": Fraction(50), "battery_material": True,
    "byproduct_recovery": True, "ree_demonstration": True, "academic_partner": True,
    "us_offtake_signed": True, "prc_ties": False, "eu_strategic_material": True,
    "value_added_at_home": True, "sustainable": True,
}  # fmt: skip
"""With these every programme is open whose terms were found."""


def found(**changed: Value | None) -> Mapping[str, Match]:
    facts = {
        name: Fact(value, Basis.REPORTED, "x")
        for name, value in (ALL | changed).items()
        if value is not None
    }
    return {one.programme.id: one for one in matches(facts)}


def test_the_five_parts_are_those_published(shared_dir: Path) -> None:
    """500, 250, 135, 50 and 40 millions: 975."""
    text = (shared_dir / "vectors" / "settle" / "finance.json").read_text("utf-8")
    (vector,) = (one for one in json.loads(text)["vectors"] if one["id"] == "doe_2025_nofo_sum")
    doe = [one for one in funding_programmes() if one.vintage == "2025-08-13"]
    amounts = [int(one.amount or 0) // 10**6 for one in doe]
    assert sorted(amounts) == sorted(vector["musd"].values())
    assert sum(amounts) == vector["sum_musd"]


def test_what_every_fact_decides() -> None:
    told = {name: one.eligible for name, one in found().items()}
    unknown = {"exim-project-vault", "dfc", "dpa-title-iii"}
    assert {name for name, answer in told.items() if answer == "unknown"} == unknown
    assert {told[name] for name in told.keys() - unknown} == {"eligible"}
    assert found()["dfc"].because == ("its terms were not found",)


@pytest.mark.parametrize(
    ("fact", "value", "closed"),
    [
        ("cost_share_pct", Fraction(499, 10), {"doe-battery-materials", "doe-ree-demonstration"}),
        ("battery_material", False, {"doe-battery-materials"}),
        ("byproduct_recovery", False, {"doe-byproduct-recovery"}),
        ("ree_demonstration", False, {"doe-ree-demonstration"}),
        ("academic_partner", False, {"doe-ree-demonstration"}),
        ("us_offtake_signed", False, {"exim-scri"}),
        ("prc_ties", True, {"exim-scri"}),
        ("eu_strategic_material", False, {"eu-strategic-project"}),
        ("sustainable", False, {"eu-strategic-project"}),
        ("value_added_at_home", False, {"eu-strategic-project"}),
    ],
)  # fmt: skip
def test_one_fact_closes_what_it_must_and_left_out_leaves_it_open(
    fact: str, value: object, closed: set[str]
) -> None:
    told = found(**{fact: value})
    assert {name for name, one in told.items() if one.eligible == "not eligible"} == closed
    left = found(**{fact: None})
    for name in closed:
        assert left[name].eligible == "unknown"
        assert any(f"not stated: {fact}" in why for why in left[name].because)


def test_terms_that_could_not_be_checked_are_marked() -> None:
    (why,) = found()["arpa-e-recover"].because
    assert why == "holds: The work is done in the United States (terms not verified)"
    abroad = found(facility_country="PK")
    assert abroad["arpa-e-recover"].because == (
        "does not hold: The work is done in the United States (terms not verified)",
    )
    # What could not be checked closes nothing.
    doe = [one for one in abroad.values() if one.programme.vintage == "2025-08-13"]
    assert [one.eligible for one in doe] == ["unknown"] * 5


def test_the_example_states_what_was_published_and_no_more() -> None:
    text = (ROOT / "examples" / "pakistan-us" / "project.toml").read_text("utf-8")
    facts, findings = read_project(text, "project.toml")
    assert findings == ()
    assert facts is not None
    told = {one.programme.id: one for one in matches(facts)}
    assert told["exim-scri"].eligible == "unknown"
    assert told["exim-scri"].because == (
        "not stated: us_offtake_signed", "not stated: prc_ties",
    )  # fmt: skip
    assert told["doe-ree-demonstration"].eligible == "unknown"
    assert told["doe-battery-materials"].eligible == "not eligible"


HEAD = 'title = "P"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[facts.cost_share_pct]\nvalue = "50 %"\nbasis = "planned"\nsource = "x"', "is a number"),
        ('[facts.prc_ties]\nvalue = "no"\nbasis = "planned"\nsource = "x"', "is a truth value"),
        ('[facts.prc_tie]\nvalue = true\nbasis = "planned"\nsource = "x"', "no programme asks"),
        ('[facts.prc_ties]\nvalue = true\nbasis = "hoped"\nsource = "x"', "basis"),
        ('[facts.prc_ties]\nvalue = true\nbasis = "planned"', "source"),
        (
            '[facts.cost_share_pct]\nvalue = "1e3000000"\nbasis = "planned"\nsource = "x"',
            "is a number",
        ),
        ('[facts.cost_share_pct]\nvalue = "1/3"\nbasis = "planned"\nsource = "x"', "is a number"),
        ("[facts.prc_ties", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, said: str) -> None:
    facts, findings = read_project(f"{HEAD}\n{text}\n", "project.toml")
    assert facts is None
    assert any(said in str(one) for one in findings), [str(one) for one in findings]
    assert all(one.code == "ORL-1186" and one.fix for one in findings)


@pytest.mark.parametrize("written", ["2026-02-30", "soon", "20260101T00"])
def test_a_day_that_is_none_is_no_value(written: str) -> None:
    assert value_of(Kind.DAY, written) is None
    assert value_of(Kind.DAY, "2026-02-28") == date(2026, 2, 28)


def test_the_pages_say_what_the_code_says() -> None:
    text = f'{HEAD}[facts.cost_share_pct]\nbasis = "planned"\nvalue = "50 %"\nsource = "x"\n'
    _, (finding,) = read_project(text, "project.toml")
    assert str(finding) in (ROOT / "docs" / "findings" / "ORL-1186.md").read_text("utf-8")
    page = (ROOT / "docs" / "reference" / "programmes.md").read_text("utf-8")
    for word in project_words().values():
        assert f"| `{word.name}` |" in page
        assert word.meaning in page
