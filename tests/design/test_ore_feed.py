"""A feed that is the ore of a resource: its numbers, its uncertainty, its years."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from oreline.design import (
    Figure,
    Flowsheet,
    Output,
    Planning,
    Shape,
    Wanted,
    design_evaluator,
    draw,
    months_from,
    planned_events,
    read_processes,
    solve,
    solve_flows,
    spread,
    tornado,
    uncertain_of,
    with_ore_year,
)
from oreline.model import Finding, InputError

ORE = b"""year,quantity,value,u,low,high,unit,basis,source
1,ore,780000,,,,t,assumed,resource body
1,moisture,4,,,,%,assumed,resource body
1,Cu,0.6,0.03,,,%,assumed,resource body
1,Au,0.5,0.4,,,g/t,assumed,resource body
1,Mo,30,2,,,g/t,assumed,resource body
2,ore,390000,,,,t,assumed,resource body
2,Cu,0.4,0.02,,,%,assumed,resource body
2,Au,0.2,0.01,,,g/t,assumed,resource body
2,Mo,20,2,,,g/t,assumed,resource body
life,ore,585000,,,,t,assumed,resource body
life,Cu,0.533,0.01,,,%,assumed,resource body
life,Au,0.4,0.02,,,g/t,assumed,resource body
life,Mo,26,2,,,g/t,assumed,resource body
"""
TEXT = """
name = "A mill"
basis = "assumed"
source = "an example"
hours_per_year = 7800

[components]
elements = ["Cu", "Au"]

[[feeds]]
id = "ore"
to = "flotation"
site = "mine"
ore = { file = "ores/body.csv", year = 1 }

[[units]]
id = "flotation"
site = "mill"
law = "split"
outlets = { concentrate = "concentrate", tailings = "tails" }
parameters.to_concentrate = { Cu = 0.9, Au = 0.6, "*" = 0.015 }

[[products]]
id = "concentrate"
site = "works"

[[products]]
id = "tails"
kind = "waste"
"""


def told(
    text: str = TEXT, ore: bytes = ORE, name: str = "ores/body.csv"
) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    return read_processes(text, "p.toml", ores={name: ore})


def sheet(text: str = TEXT) -> Flowsheet:
    found, findings = told(text)
    assert found is not None, findings
    return found


def test_tonnes_moisture_and_grades_are_those_of_the_year() -> None:
    feed = sheet().feeds[0]
    assert feed.dry_t_per_h.value == pytest.approx(100)
    assert feed.moisture is not None
    assert feed.moisture.value == pytest.approx(0.04)
    assert {name: one.value for name, one in feed.grades.items()} == {
        "Cu": pytest.approx(0.006), "Au": pytest.approx(0.5e-6),
    }  # fmt: skip
    copper = feed.grades["Cu"]
    assert (copper.shape, str(copper.basis), copper.source) == (
        Shape.NORMAL, "assumed", "resource body",
    )  # fmt: skip
    assert copper.high == pytest.approx(0.006 + 1.96 * 0.0003, rel=1e-4)
    # So uncertain that a normal number would be negative: a triangle, cut off at 0.
    gold = feed.grades["Au"]
    assert (gold.shape, gold.low) == (Shape.TRIANGULAR, 0.0)
    mean = sheet(TEXT.replace(", year = 1", "")).feeds[0]
    assert mean.dry_t_per_h.value == pytest.approx(75)
    assert mean.moisture is None
    product = solve(sheet()).product("concentrate")
    assert (product.contained_t_per_h or {})["Cu"] == pytest.approx(100 * 0.006 * 0.9)


def test_what_is_not_followed_is_named_and_stays_in_the_rest() -> None:
    _, findings = told()
    (note,) = findings
    assert (note.code, str(note.severity)) == ("ORL-1071", "note")
    assert note.message.startswith("Mo of ores/body.csv")
    # An oxide beside its element is left out, so that nothing is counted twice.
    oxide = ORE.replace(b"1,Mo,30,2,,,g/t", b"1,Cu2O,0.7,,,,%")
    found, findings = told(ore=oxide)
    assert found is not None
    assert "Cu2O" in findings[-1].message
    assert set(found.feeds[0].grades) == {"Cu", "Au"}


def test_the_resource_enters_monte_carlo_and_tornado() -> None:
    """A split is linear: u of the product is u of the grade times tonnes and recovery."""
    one = sheet()
    inputs = uncertain_of(one.numbers())
    assert {each.name: each.shape for each in inputs} == {
        "ore.grade[Cu]": Shape.NORMAL, "ore.grade[Au]": Shape.TRIANGULAR,
    }  # fmt: skip
    wanted = [Wanted("concentrate", Figure.CONTAINED, "Cu")]
    evaluate = design_evaluator(one, [each.name for each in inputs], wanted)
    outputs = [Output(one.name, one.unit) for one in wanted]
    (copper,) = spread(evaluate, inputs, outputs, samples=2000, seed=1).outputs
    assert copper.deviation == pytest.approx(100 * 0.0003 * 0.9, rel=0.03)
    assert copper.mean == pytest.approx(100 * 0.006 * 0.9, rel=1e-3)
    bars = {bar.input: bar.swing for bar in tornado(evaluate, inputs, outputs).bars}
    assert bars["ore.grade[Cu]"] == pytest.approx(2 * 1.96 * 100 * 0.0003 * 0.9, rel=1e-3)
    assert bars.get("ore.grade[Au]", 0.0) == 0.0


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("ores/body.csv", "ores/other.csv", "ORL-1070", "only ores/body.csv"),
        ("year = 1", "year = 3", "ORL-1070", "its last is 2"),
        ("hours_per_year = 7800\n", "", "ORL-1070", "hours of a year"),
        ('site = "mine"\n', 'site = "mine"\ndry_t_per_h = 5\n', "ORL-1070", "dry_t_per_h"),
        ("ores/body.csv", "../body.csv", "ORL-1001", "ore.file"),
        ("ore = {", "#", "ORL-1001", "neither a dry mass nor an ore"),
        ("year = 1 }\n", 'year = 1 }\ngrades = { Au = "99.9 %" }\n', "ORL-1009", "sum to"),
    ],
)
def test_an_ore_that_cannot_be_had_is_told_at_its_line(
    old: str, new: str, code: str, said: str
) -> None:
    assert old in TEXT
    found, findings = told(TEXT.replace(old, new))
    assert found is None
    assert any(one.code == code and said in one.message for one in findings), findings


def test_rows_that_are_wrong_stop_the_design() -> None:
    found, findings = told(ore=ORE.replace(b"0.6,0.03,,,%", b"0.6,0.03,,,kg"))
    assert found is None
    assert findings[0].where == "ores/body.csv row 4"


def test_years_follow_each_other_in_a_planned_ledger() -> None:
    one = sheet()
    flows = [solve_flows(with_ore_year(one, year)) for year in (1, 2)]
    operators = dict.fromkeys(("mine", "mill"), "north") | {"works": "south"}
    planning = Planning("north", "plan", "planner", "a test", operators, 7800.0)
    periods = months_from(date(2027, 12, 1), 2)
    events = planned_events(flows, planning, periods)
    dug = [event for event in events if event["schema"] == "extract/1"]
    tonnes = [float(event["body"]["outputs"][0]["dry"]["value"]) for event in dug]
    assert tonnes == pytest.approx([780_000 * 31 / 365, 390_000 * 31 / 366])
    copper = [
        float(grade["value"])
        for event in dug
        for grade in event["body"]["outputs"][0]["grades"]
        if grade["analyte"] == "Cu"
    ]
    assert copper == pytest.approx([0.006, 0.004])
    with pytest.raises(InputError, match="has no year 3; its last is 2"):
        with_ore_year(one, 3)
    plain = TEXT.replace("ore = { file", "#").replace(
        'site = "mine"\n', 'site = "mine"\ndry_t_per_h = 5\n'
    )
    with pytest.raises(InputError, match="no feed of A mill is the ore"):
        with_ore_year(sheet(plain), 1)


def test_a_recycle_over_a_stock_is_refused_when_the_ore_changes() -> None:
    text = TEXT.replace('tailings = "tails" }', 'tailings = "scavenger" }').replace(
        "[[products]]\nid = \"concentrate\"",
        """[[units]]
id = "scavenger"
site = "dump"
law = "split"
outlets = { back = "flotation", tails = "tails" }
parameters.to_back = { "*" = 0.1 }

[[products]]
id = "concentrate\"""",
        1,
    )  # fmt: skip
    one = sheet(text)
    operators = dict.fromkeys(("mine", "mill", "dump"), "north") | {"works": "south"}
    planning = Planning("north", "plan", "planner", "a test", operators, 7800.0)
    periods = months_from(date(2027, 12, 1), 2)
    assert planned_events(solve_flows(one), planning, periods)
    flows = [solve_flows(with_ore_year(one, year)) for year in (1, 2)]
    with pytest.raises(InputError) as caught:
        planned_events(flows, planning, periods)
    (finding,) = caught.value.findings
    assert finding.code == "ORL-1072"
    assert "scavenger.back goes back" in finding.message


def test_a_number_may_state_its_standard_uncertainty() -> None:
    text = TEXT.replace("Cu = 0.9", 'Cu = { value = 90, u = 1, unit = "%" }')
    recovery = sheet(text).numbers()["flotation.to_concentrate[Cu]"]
    assert recovery.shape is Shape.NORMAL
    assert (recovery.low, recovery.high) == pytest.approx((0.9 - 0.0196, 0.9 + 0.0196), rel=1e-4)
    found, findings = told(TEXT.replace("Cu = 0.9", "Cu = { value = 0.9, u = 0.01, low = 0.8 }"))
    assert found is None
    assert "both u and a range" in findings[-1].message


TOGETHER = ORE + (
    b"life,rank Cu Au,0.9,,,,1,assumed,resource body\n"
    b"life,rank ore Cu,-0.3,,,,1,assumed,resource body\n"
)
MADE_OF = b"resource body (sha256 0123456789abcdef)"


def test_grades_of_one_ore_are_drawn_together() -> None:
    """The sum of two grades spreads as they go together, and its file says how."""
    sheet, findings = told(TEXT, TOGETHER.replace(b"1,ore,780000,,", b"1,ore,780000,39000,"))
    assert sheet is not None, findings
    pairs = sheet.correlations()
    assert pairs == {
        ("ore.grade[Cu]", "ore.grade[Au]"): 0.9, ("ore.dry_t_per_h", "ore.grade[Cu]"): -0.3,
    }  # fmt: skip
    inputs = uncertain_of(sheet.numbers())
    drawn = draw(inputs, 4000, 1, correlations=pairs)
    ranks = np.corrcoef(np.argsort(np.argsort(drawn, axis=0), axis=0), rowvar=False)
    names = [one.name for one in inputs]
    for (one, other), rank in pairs.items():
        assert ranks[names.index(one), names.index(other)] == pytest.approx(rank, abs=0.02)
    # Without a range of the tonnes there is nothing that could go together with them.
    alone, _ = told(TEXT, TOGETHER)
    assert alone is not None
    assert list(alone.correlations()) == [("ore.grade[Cu]", "ore.grade[Au]")]
    # What the feed states counts before its table.
    stated = 'year = 1 }\ntogether = [{ of = ["Au", "Cu"], rank = 0.2, source = "a test" }]'
    again, _ = told(TEXT.replace("year = 1 }", stated), TOGETHER)
    assert again is not None
    assert again.correlations()["ore.grade[Au]", "ore.grade[Cu]"] == 0.2
    assert ("ore.grade[Cu]", "ore.grade[Au]") not in again.correlations()


def test_a_pair_that_is_none_is_refused() -> None:
    for of, said in (('"Cu", "Ag"', "no grade of Ag"), ('"Cu", "Cu"', "with itself")):
        text = f'year = 1 }}\ntogether = [{{ of = [{of}], rank = 0.2, source = "a test" }}]'
        sheet, findings = told(TEXT.replace("year = 1 }", text))
        assert sheet is None
        assert [one.code for one in findings if said in one.message] == ["ORL-1075"]


@pytest.mark.parametrize(
    ("holes", "codes"),
    [
        (None, []),
        ({"body": "0123456789abcdef" + 48 * "0"}, []),
        ({"body": 64 * "0"}, ["ORL-1074"]),
        ({"other": 64 * "0"}, ["ORL-1073"]),
    ],
)
def test_an_ore_of_other_drill_holes_is_told(
    holes: dict[str, str] | None, codes: list[str]
) -> None:
    ore = ORE.replace(b"resource body", MADE_OF)
    sheet, findings = read_processes(TEXT, "p.toml", ores={"ores/body.csv": ore}, holes=holes)
    assert sheet is not None
    assert [one.code for one in findings if one.code != "ORL-1071"] == codes
