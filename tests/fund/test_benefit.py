"""What both sides gain: by hand, and the laws that no value is made or lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.fund import Benefit, BenefitTerms, Stage, StageLevy, benefit_of, read_benefit

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "pakistan-us" / "benefit.toml").read_text("utf-8")


def example(text: str = TEXT) -> Benefit:
    terms, findings = read_benefit(text, "benefit.toml")
    assert terms is not None, [str(one) for one in findings]
    return benefit_of(terms)


def test_the_example_by_hand() -> None:
    """Per tonne: ore adds 3,200, of it 1,400 local, 350 abroad, 1,450 profit, half of it here.

    Concentrate adds 6,600: 1,700 local, 1,100 abroad, levies 490 + 93, profit 3,217; metal 7,700:
    2,600 local, 2,400 abroad, profit 2,700, of which 40 % here.
    """
    found = example()
    kept = [one.kept for one in found.stages]
    assert kept == [Decimal(2125), Decimal("3891.5"), Decimal(3680)]
    assert [one.left for one in found.stages] == [
        Decimal(1075), Decimal("2708.5"), Decimal(4020),
    ]  # fmt: skip
    assert found.more_than("concentrate", "metal") == 1500 * Decimal(3680)
    assert found.by_payee() == {
        ("province", "Province (invented)"): 1500 * Decimal(490),
        ("federation", "Federation (invented)"): 1500 * Decimal(93),
    }
    assert found.local_share() == Fraction("9696.5") / 17500
    assert found.stages[-1].jobs_so_far == 620
    assert found.stages[-1].local_jobs_so_far == Decimal("558.2")
    assert found.importer_share() == Fraction(1500, 28600)
    assert found.replaces_covered() == 1500


def test_a_rate_that_nobody_states_is_named_and_not_taken_as_zero() -> None:
    found = example(TEXT.replace('rate_pct = "5"', 'rate_pct = "unknown"'))
    assert [one.kept_so_far for one in found.stages] == [Decimal(2125), None, None]
    assert found.more_than("concentrate", "metal") is None
    assert found.local_share() is None
    assert found.by_payee()["province", "Province (invented)"] is None
    assert [one.name for one in found.missing] == ["rate of royalty"]
    rows = found.to_frame().to_dicts()
    assert [row["stays"] for row in rows] == ["3187500", None, "5520000"]


def test_foreign_exchange_by_hand() -> None:
    """Per tonne, exported as concentrate: 9,800 come in; 350 + 1,100 are imports, 60 + 210 debt.

    Dividends are 70 % of the half of the profits 1,450 and 3,217 that is owned abroad: 507.5 and
    1,125.95. 6,446.55 remain. What of the metal's profit is paid out nobody says.
    """
    found = example()
    ore, concentrate, metal = found.exchange()
    assert (ore.inflow, ore.imports, ore.debt_service) == (3200, 350, 60)
    assert (ore.dividends, ore.net) == (Decimal("507.5"), Decimal("2282.5"))
    assert (concentrate.imports, concentrate.debt_service) == (1450, 270)
    assert concentrate.dividends == Decimal("1633.45")
    assert concentrate.net == Decimal("6446.55")
    assert concentrate.retained == Fraction("6446.55") / 9800
    assert (metal.inflow, metal.dividends, metal.net, metal.retained) == (17500, None, None, None)
    rows = found.to_json()["foreign_exchange"]
    assert [row["net"] for row in rows] == ["3423750", "9669825", None]
    missing = found.to_json()["foreign_exchange_missing"]
    assert [one["name"] for one in missing] == ["paid_out_pct of metal"]
    half = example(TEXT.replace('brought_home_pct = "100"', 'brought_home_pct = "50"', 1))
    assert half.exchange()[0].net == Decimal("682.5")
    silent = example(TEXT[: TEXT.index("[[exchange]]")])
    assert [one.net for one in silent.exchange()] == [None] * 3
    assert len(silent.to_json()["foreign_exchange_missing"]) == 3


AMOUNT = st.decimals("0", "99999", places=2)
SHARE = st.integers(0, 100).map(lambda one: Decimal(one) / 100)


@st.composite
def terms(draw: st.DrawFn) -> BenefitTerms:
    stages = tuple(
        Stage(f"s{n}", "t", draw(st.sampled_from(["PK", "US"])), draw(AMOUNT), draw(AMOUNT),
              draw(AMOUNT), draw(SHARE), Decimal(1), Decimal(1), "assumed", "x")
        for n in range(draw(st.integers(1, 5)))
    )  # fmt: skip
    levies = tuple(
        StageLevy(f"l{n}", draw(st.sampled_from(stages)).id, "p", "province", draw(SHARE), "b",
                  draw(AMOUNT), "assumed", "x")
        for n in range(draw(st.integers(0, 4)))
    )  # fmt: skip
    return BenefitTerms("t", "PK", "USD", "Sb", draw(AMOUNT), "assumed", "x", stages, levies, None)


@given(terms())
def test_what_stays_and_what_leaves_are_all_the_value(one: BenefitTerms) -> None:
    found = benefit_of(one)
    total = Decimal(0)
    for gain in found.stages:
        assert gain.kept is not None
        assert gain.left is not None
        assert gain.kept + gain.left == gain.added
        total += gain.added
        assert gain.kept_so_far is not None
        assert gain.left_so_far is not None
        assert gain.kept_so_far + gain.left_so_far == total == gain.stage.worth_per_t


@given(terms(), SHARE)
def test_a_higher_levy_never_lets_less_stay(one: BenefitTerms, more: Decimal) -> None:
    """It is paid of profit, of which at most all belongs to owners in the country."""
    if not one.levies:
        return
    first = one.levies[0]
    assert first.rate is not None
    raised = replace(one, levies=(replace(first, rate=first.rate + more), *one.levies[1:]))
    before, after = benefit_of(one).stages[-1], benefit_of(raised).stages[-1]
    assert before.kept_so_far is not None
    assert after.kept_so_far is not None
    assert after.kept_so_far >= before.kept_so_far


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('rate_pct = "5"\n', "", "rate_pct"),
        ('rate_pct = "5"', 'rate_pct = "105"', "rate_pct"),
        ('rate_pct = "5"', "rate_pct = 5", "rate_pct"),
        ('stage = "concentrate"', 'stage = "slag"', "royalty is on slag, which is no stage"),
        ('id = "metal"', 'id = "ore"', "the stage ore stands twice"),
        ('element = "Sb"', 'element = "Xx"', "no element"),
        ('brought_home_pct = "100"\n', "", "brought_home_pct"),
        ('exchange]]\nstage = "ore"', 'exchange]]\nstage = "slag"', "no stage in the country"),
        ('exchange]]\nstage = "metal"', 'exchange]]\nstage = "ore"', "of ore stands twice"),
        ('country = "PK"', 'country = "Pakistan"', "country"),
        ("[importer]", "[importr]", "importr"),
        ("[importer]", "[importer", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_named(before: str, after: str, said: str) -> None:
    assert before in TEXT
    found, findings = read_benefit(TEXT.replace(before, after, 1), "benefit.toml")
    assert found is None
    assert any(said in str(one) for one in findings), [str(one) for one in findings]
    assert all(one.code == "ORL-1185" and one.fix for one in findings)


def test_the_page_of_the_code_shows_its_line() -> None:
    text = TEXT.replace('stage = "concentrate"', 'stage = "slag"', 1)
    _, (finding,) = read_benefit(text, "benefit.toml")
    page = ROOT / "docs" / "findings" / "ORL-1185.md"
    assert str(finding) in page.read_text("utf-8"), str(finding)
