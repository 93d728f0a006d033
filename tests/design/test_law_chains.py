"""Whole lines of unit laws, from files as users write them: every element closes, gases too."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.design import Solution, mass_fraction, read_processes, solve
from oreline.model import InputError

CHAINS = Path(__file__).parent / "chains"


def solved(name: str) -> Solution:
    sheet, findings = read_processes((CHAINS / f"{name}.toml").read_text("utf-8"), name)
    assert sheet is not None, findings
    return solve(sheet)


def flow(solution: Solution, stream: str, component: str) -> float:
    return float(solution.stream(stream).flow_t_per_h[component])


@pytest.mark.parametrize("name", ["antimony", "copper", "magnet"])
def test_every_element_of_a_line_closes(name: str) -> None:
    assert max(solved(name).closure.values()) < 1e-12


def test_antimony_leaves_its_sulphur_as_dioxide_and_its_oxide_as_metal() -> None:
    line = solved("antimony")
    gas = {name: flow(line, "roaster.gas", name) for name in ("S", "O")}
    assert gas["O"] / gas["S"] == pytest.approx(2 * 15.999 / 32.06, rel=1e-3)
    dust = {name: flow(line, "roaster.dust", name) for name in ("Sb", "O")}
    assert dust["Sb"] / (dust["Sb"] + dust["O"]) == pytest.approx(0.83535, abs=1e-4)
    metal = flow(line, "furnace.metal", "Sb")
    fed = 20 * 0.04 * mass_fraction("Sb2S3", "Sb")
    recovery = metal / fed
    bank = flow(line, "bank.concentrate", "stibnite") / (20 * 0.04)
    assert recovery == pytest.approx(bank * 0.95 * 0.96, rel=1e-6)
    stack = {name: flow(line, "furnace.gas", name) for name in ("C", "O")}
    assert stack["O"] / stack["C"] == pytest.approx(2 * 15.999 / 12.011, rel=1e-3)


def test_a_law_s_own_finding_stands_at_its_unit() -> None:
    text = (CHAINS / "copper.toml").read_text("utf-8").replace("0.62", "0.85")
    sheet, _ = read_processes(text, "copper.toml")
    assert sheet is not None
    with pytest.raises(InputError, match=r"smelter: a matte of 0\.85 copper") as refused:
        solve(sheet)
    assert [finding.code for finding in refused.value.findings] == ["ORL-1021"]
    assert refused.value.findings[0].where.startswith("copper.toml")


def test_copper_slag_is_recycled_and_what_leaves_has_the_stated_copper() -> None:
    line = solved("copper")
    slag = {name: flow(line, "smelter.slag", name) for name in ("Cu", "Fe", "Si", "O", "rest")}
    assert slag["Cu"] / sum(slag.values()) == pytest.approx(0.01, rel=2e-3)
    assert slag["Fe"] / (slag["Si"] / 0.46743) == pytest.approx(1.5, rel=1e-3)
    # Iron leaves as FeO, silicon as SiO2.
    oxygen = slag["Fe"] * 0.28648 + slag["Si"] / 0.46743 * 0.53257
    assert slag["O"] == pytest.approx(oxygen, rel=5e-3)
    for gas in ("smelter.gas", "converter.gas"):
        assert flow(line, gas, "O") / flow(line, gas, "S") == pytest.approx(0.998, rel=1e-3)
    cathode = flow(line, "tankhouse.cathode", "Cu")
    power = next(unit for unit in line.units if unit.id == "tankhouse").consumed_per_h["power_kwh"]
    assert power / (1000 * cathode) == pytest.approx(0.27, abs=0.005)


def test_magnets_come_from_bastnaesite_and_swarf_comes_back() -> None:
    line = solved("magnet")
    magnet = line.stream("finish.magnet").flow_t_per_h
    whole = sum(mass for name, mass in magnet.items() if name != "water")
    rare = sum(magnet[name] for name in ("La", "Ce", "Pr", "Nd", "Dy"))
    assert rare / whole == pytest.approx(0.31, abs=1e-3)
    assert magnet["B"] / whole == pytest.approx(0.01, abs=1e-4)
    oxide = line.stream("calciner.product").flow_t_per_h
    metals = ("La", "Ce", "Pr", "Nd", "Dy")
    expected = sum(
        oxide[m] * {"La": 0.17277, "Ce": 0.22836, "Pr": 0.20816, "Nd": 0.16638, "Dy": 0.14769}[m]
        for m in metals
    )
    assert oxide["O"] == pytest.approx(expected, rel=1e-3)
    # Neodymium that is machined off leaves by recycling's residue, the salt or the dross only.
    fed = 5 * 0.06
    out = {
        product: flow(line, stream, "Nd")
        for product, stream in {
            "magnets": "finish.magnet", "residue": "leach.residue", "la_ce": "keys.raffinate",
            "effluent": "oxalate.solution", "salt": "cells.salt", "dross": "alloy.dross",
            "iron": "recycle.residue",
        }.items()
    }  # fmt: skip
    assert sum(out.values()) == pytest.approx(fed, rel=1e-12)
    assert out["magnets"] / fed > 0.75
