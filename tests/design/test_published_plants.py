"""Plants whose feed and products are published: does the flowsheet give what is printed?"""

from __future__ import annotations

from pathlib import Path

import pytest
from small_sheets import solved

from oreline.balance import Measurement, Network, Stream, StreamKind, reconcile
from oreline.design import Solution, read_processes, solve

EXAMPLES = Path(__file__).parents[2] / "examples"
GRAMS_PER_OUNCE = 31.1034768
HOURS = 8000


def example(file: str) -> Solution:
    sheet, findings = read_processes((EXAMPLES / file).read_text("utf-8"), file)
    assert sheet is not None, findings
    return solve(sheet)


def test_la_demajagua_gives_the_antimony_and_gold_that_are_printed() -> None:
    # Antilles Gold, 2024: 9,540 t/y of blended concentrate at 47 % Sb and 29.9 g/t Au, 4,480 t of
    # antimony; 45,670 t/y of leached concentrate at 34.6 g/t Au, 50,800 oz.
    solution = example("la-demajagua/processes.toml")
    blended, gold = solution.product("blended-concentrate"), solution.product("gold-concentrate")
    assert HOURS * blended.dry_t_per_h == pytest.approx(9_540, rel=1e-3)
    assert HOURS * blended.contained_t_per_h["Sb"] == pytest.approx(4_480, rel=1e-3)
    assert blended.grade("Sb") == pytest.approx(0.47, abs=5e-3)
    assert blended.grade("Au") == pytest.approx(29.9e-6, rel=1e-3)
    assert HOURS * gold.dry_t_per_h == pytest.approx(45_670, rel=1e-3)
    ounces = HOURS * gold.contained_t_per_h["Au"] * 1e6 / GRAMS_PER_OUNCE
    assert ounces == pytest.approx(50_800, rel=1e-3)
    assert max(solution.closure.values()) <= 1e-12


COPPER = """\
name = "a copper concentrator"
basis = "reported"
source = "Schlesinger et al., Extractive Metallurgy of Copper, figure 3.1"
[components]
elements = ["Cu"]
[[feeds]]
id = "ore"
to = "mill"
dry_t_per_h = 1000
grades = { Cu = "0.5 %" }
[[units]]
id = "mill"
law = "two_product"
outlets = { concentrate = "concentrate", tailings = "tailings" }
parameters.feed_grade = { Cu = "0.5 %" }
parameters.concentrate_grade = { Cu = "30 %" }
parameters.tailings_grade = { Cu = "0.05 %" }
[[products]]
id = "concentrate"
[[products]]
id = "tailings"
kind = "waste"
"""


def test_a_copper_concentrator_recovers_what_its_three_assays_say() -> None:
    # 0.5 % ore, 30 % concentrate, 0.05 % tailings: recovery 90.15 %, mass pull 1.50 %.
    concentrate = solved(COPPER).product("concentrate")
    assert concentrate.recovery["Cu"] == pytest.approx(0.9015, abs=5e-5)
    assert concentrate.dry_t_per_h / 1000 == pytest.approx(0.0150, abs=5e-5)
    assert concentrate.grade("Cu") == pytest.approx(0.30, rel=1e-9)


def test_mountain_pass_by_kinetics_is_mountain_pass_by_recoveries() -> None:
    # k of REO 0.61319 per min for 12 cells and 5.31325 min: recovery 0.944; CaO 0.04408: 0.207.
    kinetic, given = example("mountain-pass/kinetic.toml"), example("mountain-pass/processes.toml")
    for name, recovery in given.product("concentrate").recovery.items():
        assert kinetic.product("concentrate").recovery[name] == pytest.approx(recovery, rel=1e-4)
    numbers = kinetic.flowsheet.numbers()
    assert numbers["rougher.k[REO]"].value == pytest.approx(0.61319, abs=5e-6)
    assert numbers["rougher.k[CaO]"].value == pytest.approx(0.04408, abs=5e-6)
    rougher = next(unit for unit in kinetic.units if unit.id == "rougher")
    assert (rougher.law, rougher.rung) == ("flotation_bank", 2)


def assayed(name: str, ends: tuple[str | None, str | None], dry: float, **grades: float) -> Stream:
    """A stream of Table 1 whose numbers are each known to 2 %."""
    measured = {grade: Measurement(value, 0.02 * value) for grade, value in grades.items()}
    return Stream(name, *ends, Measurement(dry, 0.02 * dry), measured, StreamKind.FLOW)


def test_table_1_of_mountain_pass_does_not_close_and_is_reconciled() -> None:
    # Table 1: 100 of feed, 9.6 of concentrate, 90.4 of tailings; 7.7 %, 65.6 % and 1.7 % REO, which
    # are 7.70 in and 7.83 out. The feed's mass is what all is related to, so it is exact.
    feed = assayed("feed", (None, "plant"), 100, REO=7.7, CaO=22.1, BaO=14.6, SrO=5.0)
    exact = Stream("feed", None, "plant", Measurement(100, 1e-9), feed.grades_pct)
    concentrate = assayed("concentrate", ("plant", None), 9.6, REO=65.6, CaO=2.7, BaO=0.9, SrO=5.4)
    tailings = assayed("tailings", ("plant", None), 90.4, REO=1.7, CaO=24.1, BaO=16.1, SrO=5.0)
    analytes = ("REO", "CaO", "BaO", "SrO")
    found = reconcile(Network((exact, concentrate, tailings), analytes))
    told = {str(row.quantity): row for row in found}
    closes = told["feed:REO"].value, told["concentrate:REO"].value
    assert closes[0] is not None
    assert closes[1] is not None
    pulled = told["concentrate:dry_t"].value
    assert pulled is not None
    assert closes[0] == pytest.approx(7.758, abs=5e-3)
    assert closes[1] == pytest.approx(65.20, abs=5e-2)
    assert found.overall.chi2 == pytest.approx(0.42, abs=0.01)
    recovery = pulled * closes[1] / (100 * closes[0])
    assert recovery == pytest.approx(0.8021, abs=5e-4)


def test_flows_round_an_exchanger_are_reconciled_as_printed() -> None:
    # Narasimhan and Jordache, Data Reconciliation and Gross Error Detection (2000): six flows of
    # equal uncertainty round a splitter, an exchanger, a valve and a mixer.
    measured = (101.91, 64.45, 34.65, 64.20, 36.44, 98.88)
    ends = ((None, "split"), ("split", "exchanger"), ("split", "valve"), ("exchanger", "mix"),
            ("valve", "mix"), ("mix", None))  # fmt: skip
    streams = tuple(
        Stream(f"f{number}", *end, Measurement(flow, 1.0))
        for number, (end, flow) in enumerate(zip(ends, measured, strict=True), 1)
    )
    found = reconcile(Network(streams))
    told = {str(row.quantity): row.value for row in found}
    printed = (100.22, 64.50, 35.72, 64.50, 35.72, 100.22)
    for number, flow in enumerate(printed, 1):
        assert told[f"f{number}:dry_t"] == pytest.approx(flow, abs=0.01)
