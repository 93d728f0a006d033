"""A chain of four plants from one file, from ore to magnet, with swarf back to the refinery."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.design import Solution, element_fractions, read_processes, solve, waterfall

FILE = Path(__file__).parents[2] / "examples" / "ore-to-magnet" / "processes.toml"


@pytest.fixture(scope="module")
def chain() -> Solution:
    sheet, findings = read_processes(FILE.read_text("utf-8"), FILE.name)
    assert sheet is not None, findings
    return solve(sheet)


def test_every_element_closes_over_four_plants(chain: Solution) -> None:
    assert max(chain.closure.values()) <= 1e-12
    assert {unit.plant for unit in chain.units} == {
        "mill",
        "refinery",
        "metal works",
        "magnet works",
    }
    assert {unit.rung for unit in chain.units} == {0, 2}


def test_laws_of_the_feed_settle_in_few_rounds(chain: Solution) -> None:
    # Plain substitution takes some forty, since swarf brings half of each error back.
    assert 2 < chain.rounds <= 20


@pytest.mark.parametrize("element", ["Nd", "Dy", "Fe", "O", "C", "H"])
def test_each_kilogram_leaves_somewhere(chain: Solution, element: str) -> None:
    found = waterfall(chain, element)
    assert sum(row.share for row in found.rows) == pytest.approx(1, abs=1e-12)


def test_the_magnet_has_its_recipe_and_the_gas_the_carbon(chain: Solution) -> None:
    magnet = chain.product("magnets")
    rare_earths = sum(magnet.contained_t_per_h[one] for one in ("La", "Ce", "Pr", "Nd", "Dy"))
    assert rare_earths / magnet.dry_t_per_h == pytest.approx(0.305, abs=5e-3)
    # The roast drives off the carbon of every carbonate that reaches it.
    fed = chain.stream("filter.cake").flow_t_per_h
    carbon = sum(
        fed[name] * element_fractions(formula)["C"] for name, formula in (("calcite", "CaCO3"),)
    ) + fed["bastnaesite"] * _carbon(chain)
    assert chain.stream("roast.gas").contained_t_per_h["C"] == pytest.approx(carbon, rel=1e-9)


def _carbon(chain: Solution) -> float:
    (mineral,) = (one for one in chain.flowsheet.components if one.name == "bastnaesite")
    return mineral.element_fractions["C"]


def test_swarf_comes_back_to_the_refinery(chain: Solution) -> None:
    found = waterfall(chain, "Dy")
    assert found.circulating["leach"] > 1.1
    back = chain.stream("swarf-leach.recovered").contained_t_per_h["Dy"]
    lost = chain.stream("swarf-leach.residue").contained_t_per_h["Dy"]
    assert back / (back + lost) == pytest.approx(0.95, rel=1e-9)
