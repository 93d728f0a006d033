"""Reading costs.toml: every problem at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.design import CostReport, Shape, cost_report, read_costs

EXAMPLE = Path(__file__).parents[2] / "docs" / "tutorials" / "design" / "refinery-costs.toml"

SMALL = """\
format = "oreline-costs-1"
[estimate]
currency = "USD"
year = "2024"
class = 4
allocation = "mass"

[quantities]
ore = { value = 1000, unit = "t/y", basis = "assumed", source = "test" }
metal = { value = 10, unit = "t/y", basis = "assumed", source = "test", low = 8, high = 12, shape = "uniform" }

[[operating]]
name = "everything"
kind = "general"
stage = "plant"
price = { value = 5, unit = "USD/t", basis = "assumed", source = "test" }
amount_of = "ore"

[[products]]
name = "metal"
amount_of = "metal"
price = { value = 9000, unit = "USD/t", basis = "assumed", source = "test" }
day = "2024"
"""  # noqa: E501 - TOML has inline tables on one line only


def told(text: str) -> list[str]:
    costs, findings = read_costs(text.encode(), "costs.toml")
    assert costs is None
    return [f"{one.code} {one.where.removeprefix('costs.toml:')} {one.message}" for one in findings]


def report_of(text: str) -> CostReport:
    costs, findings = read_costs(text.encode(), "costs.toml")
    assert costs is not None, findings
    return cost_report(costs.model)


def test_the_example_of_the_tutorial() -> None:
    costs, findings = read_costs(EXAMPLE.read_bytes(), EXAMPLE.name)
    assert costs is not None, findings
    report = cost_report(costs.model)
    # Avalon Geismar, 302 MUSD at 10,000 t/y, to 7,554 t/y by 0.6 and from 585.7 to 800.
    assert report.figures.capital.items[0, 0] == pytest.approx(349e6, rel=2e-3)
    assert len(costs.correlations) == 3
    assert [one.code for one in report.findings] == ["ORL-1043"]


def test_a_small_file() -> None:
    costs, findings = read_costs(SMALL.encode(), "costs.toml")
    assert costs is not None, findings
    assert costs.shapes == {"quantity: metal": Shape.UNIFORM}
    product = cost_report(costs.model).products[0]
    assert product.operating_per_kg == pytest.approx(0.5)
    assert product.full_per_kg is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("class = 4", "class = 7", "ORL-1046 5 estimate, class"),
        ("class = 4", "class = 4\nclas = 5", "ORL-1046 6 estimate, clas: this key is not known"),
        ('year = "2024"\nclass', "class", "ORL-1046 2 estimate, year: it is missing"),
        ("value = 1000", 'value = "1000"', "ORL-1046 9 quantities, ore, value: this is no number"),
        ('"mass"', '"weight"', "ORL-1046 6 estimate, allocation"),
        ("class = 4", "class = = 4", "ORL-1046 5 "),
        ('amount_of = "ore"', 'amount_of = "rock"', "ORL-1047 12 there is no quantity 'rock'"),
        ('unit = "USD/t"', 'unit = "USD/kWh"', "ORL-1047 12 t cannot be turned into kWh"),
        ("low = 8", "low = 11", "ORL-1047 10 10.0 t/y is outside its range"),
        ("low = 8, high = 12,", "low = 8,", "ORL-1047 10 10.0 t/y: give both ends"),
        ("low = 8", "low = -8", "ORL-1047 10 quantity: metal is -8 t/y"),
        ("value = 10, ", "value = nan, ", "ORL-1047 10 nan t/y: write a finite number"),
    ],
)  # fmt: skip
def test_a_problem_stands_at_its_line(old: str, new: str, said: str) -> None:
    assert old in SMALL
    found = told(SMALL.replace(old, new, 1))
    assert any(one.startswith(said) for one in found), found


def test_all_problems_are_told_at_once_and_in_order() -> None:
    text = SMALL.replace('"ore"\n', '"rock"\n').replace('amount_of = "metal"', 'amount_of = "me"')
    assert [one.split()[1] for one in told(text)] == ["12", "19"]


def test_an_account_fills_in_what_is_not_written() -> None:
    account = """
[index.plant]
source = "test"
values = { 2016 = 100, 2024 = 131 }
[[capital]]
name = "crusher"
stage = "crushing"
method = "equipment"
account = "1.3"
index = "plant"
size = { value = 1178, unit = "hp", basis = "assumed", source = "test" }
"""
    report = report_of(SMALL + account)
    assert report.figures.capital.items[0, 0] == pytest.approx(1_922_101 * 2**1.25 * 1.31)
    assert "ORL-1041" in {one.code for one in report.findings}
    assert any(
        "no cost account '1.33'" in one for one in told(SMALL + account.replace('1.3"', '1.33"'))
    )


def test_what_an_item_must_say() -> None:
    text = SMALL + '\n[[capital]]\nname = "x"\nstage = "s"\nmethod = "anchor"\n'
    said = told(text)
    assert any("in money of which year" in one for one in said)
    assert any("neither a cost nor an account" in one for one in said)
    half = SMALL.replace("price = { value = 5", "percent = { value = 5", 1)
    assert any("not both, not neither" in one for one in told(half))


def test_correlations_name_numbers_with_a_range() -> None:
    text = SMALL + '\n[[correlations]]\nnumbers = ["quantity: metal", "price: metal"]\nrank = 0.5\n'
    found = told(text + 'source = "test"\n')
    assert found == [
        "ORL-1047 25 'price: metal' is no number with a range; they are: quantity: metal"
    ]


def test_bytes_that_are_no_text() -> None:
    costs, findings = read_costs(b'format = "\xff"', "costs.toml")
    assert costs is None
    assert "no UTF-8" in findings[0].message


def test_a_file_that_is_too_large_is_not_read() -> None:
    costs, findings = read_costs(b"#" * 4_000_001, "costs.toml")
    assert costs is None
    assert "COSTS_BYTES_MAX" in findings[0].message
