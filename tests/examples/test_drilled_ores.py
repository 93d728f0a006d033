"""The ores of the example are those of its drill holes, and the design that takes them closes."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.design import ores_in, read_flowsheet, solve, uncertain_of
from oreline.explore import (
    Ore,
    composites_of,
    make_model,
    ore_of,
    plan_model,
    read_hole_folder,
    read_ore,
    samples_of,
)

FOLDER = Path(__file__).parents[2] / "examples" / "pakistan-us"
SETS = ("illus-copper", "illus-carbonatite")


def kept(name: str) -> Ore:
    found, findings = read_ore((FOLDER / "ores" / f"{name}.csv").read_bytes(), name)
    assert found is not None, findings
    return found


@pytest.mark.parametrize("name", SETS)
def test_each_table_names_the_holes_and_settings_that_lie_here(name: str) -> None:
    """After a change write it again: oreline explore ore, with --export ores/NAME.csv."""
    read = read_hole_folder(FOLDER / "drillholes" / name)
    assert read.sha256[:16] in kept(name).life.dry.source


def test_the_rare_earth_ore_is_what_the_holes_give() -> None:
    read = read_hole_folder(FOLDER / "drillholes" / "illus-carbonatite")
    assert read.holes is not None
    assert read.mapping is not None
    assert read.mapping.composites is not None
    composites = composites_of(read.holes, read.mapping)
    samples, densities = samples_of(composites, read.mapping.composites, read.holes.symbols)
    model = make_model(samples, read.mapping, densities=densities)
    collars = read.holes.collars.select("x_m", "y_m", "z_m").to_numpy()
    made = ore_of(plan_model(model, collars), "x", read.holes.symbols, {}, read.sha256)
    table = kept("illus-carbonatite")
    assert len(made.years) == len(table.years)
    for one, other in zip((*made.years, made.life), (*table.years, table.life), strict=True):
        assert one.dry.value == pytest.approx(other.dry.value, rel=1e-4)
        for symbol, grade in one.grades.items():
            assert grade.value == pytest.approx(other.grades[symbol].value, rel=1e-4, abs=1e-4)
            assert grade.u == pytest.approx(other.grades[symbol].u, rel=1e-3, abs=1e-4)


def test_drill_holes_become_cathode_and_magnets() -> None:
    text = (FOLDER / "designs" / "from-drillholes.toml").read_text("utf-8")
    assumptions = (FOLDER / "assumptions.csv").read_bytes()
    sheet, findings = read_flowsheet(
        text, "from-drillholes.toml", assumptions, ores=ores_in(FOLDER)
    )
    assert sheet is not None, findings
    found = solve(sheet)
    assert (found.product("cathode").grade("Cu") or 0) > 0.999
    copper = kept("illus-copper").life
    fed = copper.dry.value * copper.grades["Cu"].value / 100 / 7800
    assert found.product("cathode").dry_t_per_h / fed == pytest.approx(0.91, abs=0.02)
    drawn = {one.name for one in uncertain_of(sheet.numbers())}
    assert {"cu-ore.grade[Cu]", "re-ore.grade[Nd]"} <= drawn
    assert {one.where.partition(":")[0] for one in findings} == {"from-drillholes.toml"}
