"""The flotation circuit of Mountain Pass against published tables and another simulator.

Pradip and Fuerstenau (2013), Minerals & Metallurgical Processing 30(1) 1-9. The simulator is the
flotation example of the PrOMMiS project (IDAES, IPOPT), whose streams stand in the shared facts.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oreline.design import Solution, read_processes, solve, waterfall

FOLDER = Path(__file__).parents[2] / "examples" / "mountain-pass"
SCENARIOS = {"processes.toml": "table1_product_fit", "figure-2.toml": "figure2_mass_balance"}
CLOSE = 1e-4
"""Recoveries and flows of the simulator are rounded to five decimals."""


def example(file: str) -> Solution:
    sheet, findings = read_processes((FOLDER / file).read_text("utf-8"), file)
    assert sheet is not None, findings
    assert findings == ()
    return solve(sheet)


def test_the_products_are_those_of_table_1() -> None:
    # Table 1 prints: concentrate 9.6 % of the mass at 65.6 % REO, recovery 80.1 %; tailings 1.7 %
    # REO. Its recoveries (Table 2) give, by the same linear solve elsewhere, the numbers here.
    solution = example("processes.toml")
    concentrate, tailings = solution.product("concentrate"), solution.product("tailings")
    assert concentrate.dry_t_per_h == pytest.approx(9.473, abs=5e-4)
    assert concentrate.grade("REO") == pytest.approx(0.65081, abs=5e-6)
    assert concentrate.recovery["REO"] == pytest.approx(0.80065, abs=5e-6)
    assert concentrate.grade("CaO") == pytest.approx(0.0303, abs=5e-5)
    assert concentrate.grade("BaO") == pytest.approx(0.0100, abs=5e-5)
    assert concentrate.grade("SrO") == pytest.approx(0.0529, abs=5e-5)
    assert tailings.grade("REO") == pytest.approx(0.01696, abs=5e-6)
    assert max(solution.closure.values()) <= 1e-12


def test_recoveries_of_figure_2_give_another_concentrate_than_table_1_prints() -> None:
    # The tables of the paper do not agree with each other: 88.5 % REO here, 65.6 % measured.
    assert example("figure-2.toml").product("concentrate").grade("REO") == pytest.approx(
        0.885, abs=5e-4
    )


@pytest.mark.shared
@pytest.mark.parametrize("file", SCENARIOS)
def test_every_stream_is_that_of_the_simulator(file: str, shared_dir: Path) -> None:
    facts = shared_dir / "facts" / "process" / "mountain_pass_pradip2013_via_prommis.json"
    told = json.loads(facts.read_text("utf-8"))
    scale = sum(told["feed"]["fresh_feed"].values()) / 100
    streams = told["scenarios"][SCENARIOS[file]]["initial_streams"]
    solution = example(file)
    compared = 0
    for unit in ("rougher", "cleaner1", "cleaner2", "cleaners34", "scavenger"):
        for port, word in (("concentrate", "concentrate"), ("tailings", "tails")):
            row = solution.stream(f"{unit}.{port}")
            for name, flow in streams[f"{unit}_{word}"].items():
                ours = row.contained_t_per_h[name.replace("inert_gangue", "rest")] * scale
                assert ours == pytest.approx(flow, rel=CLOSE, abs=1e-4), (unit, port, name)
                compared += 1
    assert compared == 50


def test_the_waterfall_tells_where_each_kilogram_of_rare_earths_goes() -> None:
    found = waterfall(example("processes.toml"), "REO")
    assert [row.destination for row in found.rows] == ["tailings", "tailings", "concentrate"]
    assert sum(row.share for row in found.rows) == pytest.approx(1, abs=1e-14)
    assert [round(100 * row.share, 2) for row in found.rows] == [12.11, 7.82, 80.06]
    assert found.rows[-1].left == 0
    assert found.circulating["cleaner2"] == pytest.approx(308.23974 / 60.7915, rel=CLOSE)
