"""Recipes from a design: a changed flowsheet is a changed plan, and what does not fit is told."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from plan_designs import COSTS, DESIGNED, MILL
from plan_texts import TINY, problem_of

from oreline.design import read_flowsheet, solve
from oreline.model import Basis, Finding
from oreline.plan import Plan, PlanDesign, PlanText, design_names, make_plan

FILE = "designs/mill.toml"
ROASTER = Path(__file__).parents[1] / "design" / "strangers" / "antimony.toml"


def design_of(text: str, costs: str = COSTS) -> PlanDesign:
    sheet, findings = read_flowsheet(text, FILE, None)
    return PlanDesign(sheet, findings, text, costs=(costs.encode(), "mill.costs.toml"))


def text_of(plan: str = DESIGNED, mill: str = MILL, costs: str = COSTS) -> PlanText:
    return PlanText(plan.encode(), designs={FILE: design_of(mill, costs)})


def plan_of(text: PlanText) -> Plan:
    problem, findings = text.problem()
    assert problem is not None, findings
    return make_plan(problem)


def told(plan: str, mill: str = MILL, costs: str = COSTS) -> list[tuple[str, str]]:
    findings = text_of(plan, mill, costs).problem()[1]
    return [(one.code, one.message) for one in findings]


def test_a_mill_that_is_solved_plans_as_the_one_that_is_written() -> None:
    text = text_of()
    problem, findings = text.problem()
    assert problem is not None
    assert findings == ()
    (recipe,) = next(one for one in problem.units if one.id == "mill").recipes
    assert recipe.rates["concentrate"].value == pytest.approx(0.9 * 0.10 / 0.50)
    assert recipe.rates["tailings"].value == pytest.approx(1 - 0.18)
    assert recipe.cost is not None
    assert recipe.cost.value == pytest.approx(0.02)
    # The numbers stand among those of the plan, with where they come from.
    number = problem.numbers["units.mill.recipes.float.recovers.concentrate"]
    assert number.value == pytest.approx(0.9)
    assert number.basis is Basis.REPORTED
    assert FILE in number.source
    assert make_plan(problem).npv == pytest.approx(make_plan(problem_of(TINY)).npv)


def test_a_lower_recovery_of_the_design_lowers_the_plan_by_what_it_loses() -> None:
    lower = MILL.replace("Sb = 0.9,", "Sb = 0.81,")
    first, second = plan_of(text_of()), plan_of(text_of(mill=lower))
    assert second.delivered("Sb", "US") == pytest.approx(0.9 * first.delivered("Sb", "US"))
    assert second.npv < first.npv - 1
    assert first.certificate.input_sha256 != second.certificate.input_sha256
    dearer = plan_of(text_of(costs=COSTS.replace("value = 8,", "value = 18,")))
    # 100, 100 and 50 kt of ore for 10 USD more.
    assert first.npv - dearer.npv == pytest.approx(1 / 1.1**2 + 1 / 1.1**3 + 0.5 / 1.1**4)
    assert dearer.certificate.input_sha256 != first.certificate.input_sha256


def test_the_composition_of_the_feed_is_that_which_the_plan_sets() -> None:
    """A leaner ore by the plan: the split is what it was, the cost a tonne too."""
    leaner = DESIGNED.replace(
        'takes = ["ore"]', 'takes = ["ore"]\nset = { "ore.grade[Sb]" = 0.05 }'
    )
    (warned,) = told(leaner)
    assert warned == (
        "ORL-1125",
        "the design treats 5 % Sb, the recipe 10 %: what it recovers is of another ore",
    )
    poor = leaner.replace(
        'id = "ore"\ngrades = { Sb = "10 %" }', 'id = "ore"\ngrades = { Sb = "5 %" }'
    )
    poor = poor.replace(
        'site = "pit"\ngrades = { Sb = "10 %" }', 'site = "pit"\ngrades = { Sb = "5 %" }'
    )
    poor = poor.replace('grades = { Sb = "1 %" }', 'grades = { Sb = "0.1 %" }')
    assert told(poor) == []
    problem, _ = text_of(poor).problem()
    assert problem is not None
    assert problem.units[1].recipes[0].rates["concentrate"].value == pytest.approx(
        0.9 * 0.1 / 2 / 0.5
    )


def test_yields_and_reagents_are_what_the_flowsheet_moves_a_tonne() -> None:
    sheet, findings = read_flowsheet(ROASTER.read_text(), ROASTER.name, None)
    assert sheet is not None
    solution = solve(sheet)
    taken = solution.stream("concentrate")
    carbon = next(one for one in solution.units if one.id == "reverb").reagents_t_per_h["C"]
    plan = DESIGNED.replace(
        'takes = ["ore"]\ncosts = ["power", "people"]', 'takes = ["concentrate"]'
    )
    plan = plan.replace(
        'recovers = [{ material = "concentrate", element = "Sb", streams = ["product"] }]',
        f'yields = [{{ material = "concentrate", streams = ["{sheet.products[0].id}"] }}]\n'
        'reagents = [{ material = "coal", reagent = "C", units = ["reverb"] }]',
    )
    plan = plan.replace("[[resources]]", '[[materials]]\nid = "coal"\n[[resources]]', 1)
    made = PlanDesign(sheet, findings, ROASTER.read_text())
    text = PlanText(plan.encode(), designs={FILE: made})
    (found,) = (one for key, one in text.designs.items() if key == ("mill", "float"))
    product = solution.product(sheet.products[0].id).dry_t_per_h
    assert found.rates == {
        "concentrate": pytest.approx(product / taken.dry_t_per_h),
        "coal": pytest.approx(-carbon / taken.dry_t_per_h),
    }


def test_what_a_recipe_takes_goes_to_other_processes() -> None:
    text = pickle.loads(pickle.dumps(text_of()))
    assert plan_of(text).npv == plan_of(text_of()).npv


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ('streams = ["product"]', 'streams = ["produkt"]', "ORL-1124", "produkt is no stream"),
        ('takes = ["ore"]', 'takes = ["tails", "oer"]', "ORL-1124", "oer is no stream"),
        ('["power", "people"]', '["powr"]', "ORL-1124", "powr is no operating line"),
        ('takes = ["ore"]', 'takes = ["ore"]\nset = { "x.y" = 1 }', "ORL-1124", "x.y is no number"),
        ("designs/mill.toml", "designs/other.toml", "ORL-1124", "is not beside the plan"),
        ('rest = "tailings"', 'rest = "tailings"\ncost = "1 USD/t"', "ORL-1124", "cost of its own"),
        ('streams = ["product"]', 'recovery = "90 %", streams = ["product"]', "ORL-1106", "both"),
        (', streams = ["product"] }', " }", "ORL-1106", "or neither"),
        ("designs/mill.toml", "../mill.toml", "ORL-1101", "file"),
        ('element = "Sb", streams', 'element = "Au", streams', "ORL-1124", "holds no Au"),
        ('currency = "USD"', 'currency = "PKR"', "ORL-1124", "costs are in USD, the plan in PKR"),
        ("money_year = 2027", "money_year = 2026", "ORL-1125", "in money of 2027"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_line(old: str, new: str, code: str, said: str) -> None:
    assert old in DESIGNED
    found = text_of(DESIGNED.replace(old, new, 1)).problem()[1]
    assert any(one.code == code and said in one.message for one in found), found
    assert all(_line(one) for one in found)


def _line(finding: Finding) -> bool:
    return finding.where.rpartition(":")[2].isdecimal()


def test_a_design_that_is_named_and_not_used_or_used_and_not_named_is_told() -> None:
    idle = DESIGNED.replace(', streams = ["product"] }', ', recovery = "90 %" }')
    idle = idle.replace('costs = ["power", "people"]\n', "")
    assert ("ORL-1124", "float names a design and takes nothing from it") in told(idle)
    start = DESIGNED.index("[units.recipes.design]")
    unnamed = DESIGNED[:start] + DESIGNED[DESIGNED.index("[[routes]]") :]
    assert ("ORL-1124", "float takes this from a design and names none") in told(unnamed)


def test_a_design_that_cannot_be_used_or_solved_says_why() -> None:
    broken = MILL.replace('law = "split"', 'law = "splitt"')
    assert any("cannot be used" in message for _, message in told(DESIGNED, broken))
    without = replace(design_of(MILL), costs=None)
    findings = PlanText(DESIGNED.encode(), designs={FILE: without}).problem()[1]
    assert any("no costs.toml beside it" in one.message for one in findings)
    hourless = MILL.replace("hours_per_year = 8000\n", "")
    assert any("hours_per_year" in message for _, message in told(DESIGNED, hourless))


def test_only_what_a_plan_names_is_part_of_its_digest() -> None:
    assert design_names(DESIGNED.encode()) == (FILE,)
    assert design_names(b"[[") == design_names(b"\xff") == design_names(TINY.encode()) == ()
    plain = PlanText(TINY.encode())
    assert plain.digest == text_of(TINY).digest
    assert text_of().digest == text_of().digest
    other = {FILE: design_of(MILL + "# read again\n")}
    assert PlanText(DESIGNED.encode(), designs=other).digest != text_of().digest
    ores = {FILE: replace(design_of(MILL), ores={"ores/a.csv": b"1"})}
    assert PlanText(DESIGNED.encode(), designs=ores).digest == text_of().digest, "it takes no ore"
