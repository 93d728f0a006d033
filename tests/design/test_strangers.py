"""Flowsheets as a process engineer writes them from the reference alone, checked by hand.

Each stands in ``strangers/``: a tin concentrator, ionic clay, a copper heap, an antimony smelter
with its slag back, magnets recycled. What the engineer expects is reckoned here without the solver.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from small_sheets import BANKS, changed

from oreline.design import Solution, read_processes, solve, waterfall

FOLDER = Path(__file__).parent / "strangers"
PAGES = Path(__file__).parents[2] / "docs" / "findings"


def solved(name: str) -> Solution:
    sheet, findings = read_processes((FOLDER / f"{name}.toml").read_text("utf-8"), f"{name}.toml")
    assert sheet is not None, findings
    return solve(sheet)


@pytest.mark.parametrize("name", [path.stem for path in sorted(FOLDER.glob("*.toml"))])
def test_every_element_closes_and_no_recovery_of_products_exceeds_the_feed(name: str) -> None:
    solution = solved(name)
    assert max(solution.closure.values()) <= 1e-12
    # Furnaces and leaches break minerals: what is followed through them are elements.
    named = [one for one in solution.closure if one != "rest" and (one.istitle() or name == "tin")]
    for one in named:
        whole = sum(stream.recovery[one] or 0.0 for _, stream in solution.products)
        brought = any(
            row.contained_t_per_h[one] > 0 for row in solution.streams if row.origin is None
        )
        assert not brought or whole == pytest.approx(1, abs=1e-9), one


def partition(density: float, cut: float, ep: float) -> float:
    return 1 / (1 + 3 ** ((cut - density) / ep))


def test_minerals_whose_elements_nobody_follows_are_told_as_themselves() -> None:
    solution = solved("tin")
    tin = solution.product("tin")
    # Spirals, scavenger and tables in a loop: s goes to the tables, the rest to the scavenger.
    spiral, scavenger, table = (
        partition(6.9, 4.0, 0.6), partition(6.9, 4.5, 0.7), partition(6.9, 5.5, 0.4),
    )  # fmt: skip
    # x into spirals, y into the scavenger: x = 1 + y scavenger, y = x (1 - spiral table).
    x = 1 / (1 - scavenger * (1 - spiral * table))
    floated = 1 - 1 / (1 + 0.002 * 10 / 4) ** 4
    assert tin.recovery["cassiterite"] == pytest.approx(
        x * spiral * table * (1 - floated), rel=1e-6
    )
    assert tin.grade("cassiterite") == pytest.approx(0.94, abs=0.01)
    assert sum(tin.contained_t_per_h.values()) == pytest.approx(tin.dry_t_per_h)
    shares = [row.share for row in waterfall(solution, "cassiterite").rows]
    assert sum(shares) == pytest.approx(1, abs=1e-12)


def test_liquor_that_is_leached_again_is_told() -> None:
    solution = solved("ionic")
    assert solution.stream("barren.back").phase == "solution", "a split keeps the phase"
    (said,) = (one for one in solution.findings if one.code == "ORL-1050")
    assert "leach: 2 % of the Y" in said.message
    # Neodymium: 63 % of what enters dissolves, of the liquor 98 % and then 97 % are precipitated;
    # a tenth of the rest is bled, nine tenths come back as feed.
    left = 0.98 * 0.03 * 0.9
    recovered = 0.63 * 0.98 * 0.97 / (1 - 0.63 * left)
    assert solution.product("mixed-oxide").recovery["Nd"] == pytest.approx(recovered, rel=1e-9)


def test_assays_of_oxides_make_minerals_of_a_heap() -> None:
    solution = solved("heap")
    minerals = solution.minerals["ore"].minerals
    assert minerals["calcite"] == pytest.approx(0.009 * 100.087 / 56.077, rel=1e-3)
    assert minerals["quartz"] == pytest.approx(0.60, rel=1e-6)
    # What does not leave as cathode stays in the heap or goes with the bleed.
    cathode, spent = solution.product("cathode"), solution.product("spent")
    bleed = solution.product("raffinate-bleed")
    recoveries = [one.recovery["Cu"] for one in (cathode, spent, bleed)]
    assert sum(one or 0.0 for one in recoveries) == pytest.approx(1)


def test_slag_that_goes_round_in_a_smelter() -> None:
    solution = solved("antimony")
    metal = solution.product("metal")
    # Of what is roasted 93 % fumes, 99.5 % of it is caught; 8 % stays in slag, 85 % of it returns.
    caught = 0.93 * 0.995
    x = 1 / (1 - caught * 0.08 * 0.85)
    assert metal.recovery["Sb"] == pytest.approx(x * caught * 0.92 * 0.985, rel=1e-6)


def test_magnets_come_back_as_two_oxides() -> None:
    solution = solved("recycling")
    dysprosium, light = solution.product("dy-oxide"), solution.product("ndpr-oxide")
    # Shredded 97 %, leached 97 and 98 %, 1 % lost with the iron, 99.5 % precipitated.
    dy = sum(one.recovery["Dy"] or 0.0 for one in (dysprosium, light))
    assert dy == pytest.approx(0.97 * 0.97 * 0.99 * 0.995, rel=1e-9)
    nd = sum(one.recovery["Nd"] or 0.0 for one in (dysprosium, light))
    assert nd == pytest.approx(0.97 * 0.98 * 0.99 * 0.995, rel=1e-9)
    assert dysprosium.recovery["Dy"] == pytest.approx(dy, rel=1e-6)


def test_one_share_of_a_split_counts_for_everything() -> None:
    before = "parameters.to_concentrate = { Cu = 0.8, rest = 0.05 }"
    one, other = (
        read_processes(changed((before, f"parameters.to_concentrate = {after}")), "p.toml")[0]
        for after in ("0.3", '{ "*" = 0.3 }')
    )
    assert one is not None
    assert other is not None
    assert solve(one).to_json()["streams"] == solve(other).to_json()["streams"]
    assert BANKS.count(before) == 1
