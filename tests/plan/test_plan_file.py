"""What is wrong with a plan.toml is told with its line, its reason and what would mend it."""

from __future__ import annotations

import pytest
from plan_texts import TINY, findings_of, problem_of

from oreline.model import Severity, is_fatal
from oreline.plan import Change, InfeasibleError, PlanText, make_plan

WRONG = [
    ("ORL-1100", 'name = "One mine, one mill"', "name = One", "no TOML"),
    (
        "ORL-1101",
        "lead_years = 1\nlife_years = 10\nclosure",
        "lead_yeers = 1\nlife_years = 10\nclosure",
        "did you mean lead_years?",
    ),
    (
        "ORL-1102",
        'materials = ["concentrate"]\ncost',
        'materials = ["concentrat"]\ncost',
        "did you mean concentrate?",
    ),
    ("ORL-1103", 'id = "tailings"', 'id = "ore"', "stands twice"),
    ("ORL-1104", 'basis = "assumed"\nsource = "a test"', 'basis = "assumed"', "no source"),
    (
        "ORL-1105",
        'capacity = "100 kt/y", capital = "30 USD m"',
        'capacity = "100 kt", capital = "30 USD m"',
        "another kind",
    ),
    ("ORL-1105", 'cost = "100 USD/t"', 'cost = "100 EUR/t"', "no unit of a plan"),
    (
        "ORL-1106",
        'cost = "100 USD/t"',
        'cost = { value = 100, unit = "USD/t", u = 5, low = 90, high = 110 }',
        "both u and a range",
    ),
    (
        "ORL-1106",
        "lead_years = 1\nlife_years = 10\nclosure",
        "lead_years = -1\nlife_years = 10\nclosure",
        "before it is begun",
    ),
    (
        "ORL-1106",
        'grades = { Sb = "10 %" }\n[[materials]]',
        'grades = { Sb = "110 %" }\n[[materials]]',
        "at most 100 %",
    ),
    (
        "ORL-1107",
        'values = "10000 USD/t"',
        'values = { 2027-2028 = "1 USD/t" }',
        "nothing of 2029 to 2030",
    ),
    (
        "ORL-1108",
        'phase = "works"\nlead_years = 1\nlife_years = 10\nestimate',
        'phase = "works"\nafter = ["mine"]\nlead_years = 1\nlife_years = 10\nestimate',
        "mine -> mine",
    ),
    (
        "ORL-1109",
        'budget = "60 USD m"',
        'budget = "19 USD m"',
        "the cheapest, mine, one, costs 20 USD m",
    ),
    ("ORL-1110", 'id = "buyer"', 'id = "buyer"\nleast = "20 kt/y"', "18 kt can be made"),
    (
        "ORL-1110",
        'id = "buyer"',
        'id = "buyer"\nleast = "2 kt/y"\nmost = "1 kt/y"',
        "takes 1 kt at most",
    ),
    ("ORL-1111", "concentrate = 0.18", "concentrate = 0.28", "makes 0.148 t Sb of 0.1 t"),
    (
        "ORL-1112",
        'materials = ["concentrate"]\ncost',
        'materials = ["ore"]\ncost',
        "nothing that buyer takes can reach port",
    ),
    ("ORL-1112", "discard = true", "discard = false", "can go nowhere"),
    (
        "ORL-1113",
        'capital = "20 USD m"',
        'capital = { value = 20, low = 19, high = 21, unit = "USD m" }',
        "supports class 4 at best",
    ),
    (
        "ORL-1120",
        'id = "mine"\n',
        'id = "mine"\nowners = { a = "70 %", b = "20 %" }\n',
        "the shares of a, b sum to 90 %",
    ),
    (
        "ORL-1120",
        'id = "mine"\n',
        'id = "mine"\nowners = { a = { value = 1, low = 0.5, high = 1, unit = "1" } }\n',
        "has a range",
    ),
    (
        "ORL-1122",
        'capital = "30 USD m" }]',
        'capital = "30 USD m", least = { capacity = "100 kt/y", capital = "9 USD m" } }]',
        "goes from 100 to 100 kt a year",
    ),
]
NAMES = [f"{one[0]}-{at}" for at, one in enumerate(WRONG)]


@pytest.mark.parametrize(("code", "old", "new", "words"), WRONG, ids=NAMES)
def test_what_is_wrong_is_named(code: str, old: str, new: str, words: str) -> None:
    assert old in TINY
    text = TINY.replace(old, new, 1)
    if code == "ORL-1113":
        text = text.replace("estimate_class = 5", 'estimate_class = 5\nengineering = "1 %"', 1)
    found = findings_of(text)
    assert any(code == one.code and words in f"{one.message} {one.fix}" for one in found), found
    assert is_fatal(found) is (code != "ORL-1113")
    for one in found:
        assert one.where.partition(":")[2].isdecimal(), "every problem has its line"


def test_all_problems_come_at_once() -> None:
    text = TINY
    for code, old, new, _ in WRONG:
        if code in ("ORL-1102", "ORL-1105", "ORL-1106", "ORL-1107"):
            text = text.replace(old, new, 1)
    codes = {one.code for one in findings_of(text)}
    assert codes == {"ORL-1102", "ORL-1105", "ORL-1106", "ORL-1107"}


def test_numbers_keep_their_range_their_source_and_an_assumption() -> None:
    table = b"id,value,low,high,unit,reasoning,source\nA-CAP,20,12,36,USD m,like another,own\n"
    text = TINY.replace('capital = "20 USD m"', 'capital = "A-CAP"')
    problem, findings = PlanText(text.encode(), assumptions=table).problem()
    assert not findings
    assert problem is not None
    capital = problem.numbers["units.mine.sizes.one.capital"]
    assert (capital.low, capital.value, capital.high) == (12, 20, 36)
    assert capital.source == "A-CAP: own"
    plan = make_plan(problem)
    assert [plan.capital(end) for end in ("low", "value", "high")] == [42, 50, 66]
    changed, _ = PlanText(text.encode(), assumptions=table).problem((Change("A-CAP", value=25),))
    assert changed is not None
    assert changed.numbers["units.mine.sizes.one.capital"].value == 25


def test_a_change_that_touches_nothing_is_told() -> None:
    problem, findings = PlanText(TINY.encode()).problem((Change("prices.sbb"),))
    assert problem is None
    assert [(one.code, one.severity) for one in findings] == [("ORL-1116", Severity.FATAL)]


def test_a_scenario_touches_the_numbers_that_it_names_and_no_other() -> None:
    before = problem_of(TINY).numbers
    after = problem_of(
        TINY, (Change("prices.sb.values", multiply=0.5, years=(2028, 2029)),)
    ).numbers
    moved = {key for key in before if before[key].value != after[key].value}
    assert moved == {"prices.sb.values.2028", "prices.sb.values.2029"}


def test_limits_that_contradict_each_other_are_named_by_what_would_have_to_give_way() -> None:
    # The mine and the mill cannot run before 2028.
    text = TINY.replace('id = "buyer"', 'id = "buyer"\nleast = "5 kt/y"')
    with pytest.raises(InfeasibleError) as raised:
        make_plan(problem_of(text))
    (finding,) = raised.value.findings
    assert finding.code == "ORL-1114"
    assert finding.message == "the least that buyer must be given is 5 kt too much in 2027"


def test_a_budget_that_is_too_small_for_what_must_be_delivered_is_named() -> None:
    text = TINY.replace(
        'id = "buyer"', 'id = "buyer"\nleast = { 2027 = "0 kt/y", 2028-2030 = "1 kt/y" }'
    ).replace('"60 USD m"', '"49 USD m"')
    with pytest.raises(InfeasibleError) as raised:
        make_plan(problem_of(text))
    (finding,) = raised.value.findings
    assert finding.message == "the budget of works lacks 1 USD m"


def test_a_number_of_a_plan_may_state_its_standard_uncertainty() -> None:
    """As in a flowsheet: drawn as normal, 95 % of it within 1.96 u of its value."""
    plain, stated = (
        problem_of(TINY.replace('cost = "100 USD/t"', f"cost = {written}", 1)).numbers
        for written in ('"100 USD/t"', '{ value = 100, unit = "USD/t", u = 5 }')
    )
    (key,) = [name for name, one in stated.items() if one != plain[name]]
    one = stated[key]
    assert str(one.shape) == "normal"
    assert one.value == plain[key].value
    assert one.high_or_value - one.low_or_value == pytest.approx(
        2 * 1.96 * one.value / 20, rel=1e-4
    )
