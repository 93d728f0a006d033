"""Costs bound to their flowsheet: amounts, who bears what, many samples at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oreline.design import (
    Costs,
    Flowsheet,
    Parameter,
    chain_evaluator,
    chain_outputs,
    chain_parameters,
    cost_figures,
    cost_report,
    cost_values,
    products_behind,
    read_costs,
    read_processes,
    solve,
    solve_flows,
    spread,
    tornado,
    uncertain_of,
)
from oreline.model import Basis, InputError

FOLDER = Path(__file__).parents[2] / "examples" / "light-rare-earths"
PROCESSES = (FOLDER / "processes.toml").read_text("utf-8")
COSTS = (FOLDER / "costs.toml").read_text("utf-8")


def sheet_of(text: str = PROCESSES) -> Flowsheet:
    sheet, findings = read_processes(text)
    assert sheet is not None, findings
    return sheet


def costs_of(sheet: Flowsheet, text: str = COSTS) -> Costs:
    costs, findings = read_costs(text.encode(), "costs.toml", solve_flows(sheet))
    assert costs is not None, findings
    return costs


@pytest.fixture(scope="module")
def sheet() -> Flowsheet:
    return sheet_of()


@pytest.fixture(scope="module")
def costs(sheet: Flowsheet) -> Costs:
    return costs_of(sheet)


def test_amounts_are_those_of_the_solution(sheet: Flowsheet, costs: Costs) -> None:
    solution = solve(sheet)
    amounts = costs.model.quantities
    oxide = solution.product("ndpr-oxide").dry_t_per_h * 8000
    assert amounts["NdPr oxide"].value == pytest.approx(oxide, rel=1e-12)
    units = {row.id: row for row in solution.units}
    power = units["mill"].consumed_per_h["power_kwh"] * 8000
    assert amounts["mill power"].value == pytest.approx(power, rel=1e-12)
    assert amounts["mill power"].unit == "kWh/y"
    assert amounts["acid"].value == pytest.approx(units["leach"].dry_t_per_h * 8000 * 650)
    assert amounts["acid"].unit == "kg/y"
    # Bond: 10 x 14 x (1 / sqrt(75) - 1 / sqrt(10,000)) = 14.77 kWh/t.
    assert power / 680_000 == pytest.approx(14.77, abs=0.005)


def test_who_bears_a_cost_follows_from_where_it_arises(sheet: Flowsheet, costs: Costs) -> None:
    lines = {line.name: line for line in costs.model.operating}
    assert lines["acid"].products == ("NdPr oxide", "lanthanum-cerium oxide")
    assert lines["oxalic acid and firing"].products == ("NdPr oxide",)
    assert products_behind(sheet, "ndpr-finish") == {"ndpr-oxide", "effluent"}
    # Behind the scavenger everything is reached again, through its recycle.
    assert "ndpr-oxide" in products_behind(sheet, "scavenger")
    report = cost_report(costs.model)
    finishing = lines["oxalic acid and firing"]
    place = costs.model.operating.index(finishing)
    own = report.figures.operating[0, place]
    joint = report.figures.operating_cost[0] - own
    share = report.figures.sales[0, 0] / report.figures.sales[0].sum()
    assert report.figures.operating_borne[0, 0] == pytest.approx(joint * share + own)


def changed(sheet: Flowsheet, unit: str, name: str, value: float) -> Flowsheet:
    number = Parameter(value, "1", Basis.ASSUMED, "test")
    units = tuple(
        replace(one, parameters={**one.parameters, name: number}) if one.id == unit else one
        for one in sheet.units
    )
    return replace(sheet, units=units)


def test_samples_are_each_what_a_flowsheet_of_their_own_gives(
    sheet: Flowsheet, costs: Costs
) -> None:
    name = "rougher.to_concentrate[Nd2O3]"
    inputs = [
        one
        for one in uncertain_of(chain_parameters(costs, sheet), costs.shapes)
        if one.name in (f"flowsheet: {name}", "dose: acid", "price: NdPr oxide")
    ]
    assert len(inputs) == 3
    samples = np.array([[0.80, 69.0, 650.0], [0.75, 55.0, 500.0], [0.84, 100.0, 880.0]])
    found = chain_evaluator(costs, sheet, inputs)(samples)
    outputs = [one.name for one in chain_outputs(costs)]
    assert found.shape == (3, len(outputs))
    for row, (recovery, price, dose) in zip(found, samples, strict=True):
        other = changed(sheet, "rougher", "to_concentrate[Nd2O3]", recovery)
        text = COSTS.replace("value = 69,", f"value = {price},").replace(
            "value = 650,", f"value = {dose},"
        )
        alone = costs_of(other, text)
        values = cost_values(alone.model, cost_figures(alone.model))[0]
        assert row[: len(values)] == pytest.approx(values, rel=1e-9)
        amount = row[outputs.index("amount: NdPr oxide")]
        assert amount == pytest.approx(alone.model.quantities["NdPr oxide"].value, rel=1e-9)


def test_a_sample_that_the_flowsheet_cannot_treat_has_no_answer_and_the_others_have(
    sheet: Flowsheet, costs: Costs
) -> None:
    inputs = [
        one
        for one in uncertain_of(chain_parameters(costs, sheet))
        if one.name == "flowsheet: leach.to_solution[Nd2O3]"
    ]
    samples = np.array([[0.9], [1.4], [0.92], [0.95], [-0.2]])
    found = chain_evaluator(costs, sheet, inputs)(samples)
    assert np.isfinite(found).all(axis=1).tolist() == [True, False, True, True, False]


def test_numbers_of_costs_and_flowsheet_are_drawn_together(sheet: Flowsheet, costs: Costs) -> None:
    inputs = uncertain_of(chain_parameters(costs, sheet), costs.shapes)
    assert len(inputs) == 37
    found = spread(
        chain_evaluator(costs, sheet, inputs), inputs, chain_outputs(costs), samples=400, seed=1
    )
    assert found.failed == 0
    rows = {row["output"]: row for row in found.to_frame().to_dicts()}
    base = cost_report(costs.model)
    assert rows["total capital"]["base"] == pytest.approx(base.figures.capital.total[0])
    assert rows["amount: ore"]["smallest"] >= 75 * 8000
    assert rows["amount: ore"]["largest"] <= 90 * 8000
    bars = tornado(chain_evaluator(costs, sheet, inputs), inputs, chain_outputs(costs)).bars
    margin = [bar.input for bar in bars if bar.output == "margin"]
    assert margin[0] == "price: NdPr oxide"
    assert "flowsheet: rougher.to_concentrate[Nd2O3]" in margin[:6]


def test_costs_that_need_a_flowsheet_say_so(sheet: Flowsheet, costs: Costs) -> None:
    none, findings = read_costs(COSTS.encode(), "costs.toml")
    assert none is None
    assert all("no processes.toml is there" in one.message for one in findings)
    inputs = uncertain_of(chain_parameters(costs, None))
    with pytest.raises(InputError, match="none is given"):
        chain_evaluator(costs, None, inputs)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ore = { feed = "ore" }', 'ore = { feed = "rock" }', "no feed 'rock'; it has ore"),
        ('product = "ndpr-oxide"', 'product = "ndpr"', "no product 'ndpr'"),
        ('{ unit = "leach" }', '{ unit = "leech" }', "no unit 'leech'"),
        ('consumed = "power_kwh"', 'consumed = "steam_t"', "uses up 'steam_t'; they use up"),
        ('units = ["mill"]', 'units = ["mil"]', "no unit 'mil'"),
        ('component = "dry"', 'component = "Nd"', "'Nd' is not followed"),
        ('{ feed = "ore" }', '{ feed = "ore", unit = "mill" }', "but 2"),
        ('unit = "kg/t", basis', 'unit = "kg/kWh", basis', "kWh cannot be turned into t"),
        ('at = "ndpr-finish"', 'at = "finish"', "no unit 'finish'"),
        ('at = "ndpr-finish"', 'at = "ndpr-finish"\nproducts = ["NdPr oxide"]', "named too"),
    ],
)
def test_a_problem_with_the_flowsheet_stands_at_its_line(
    sheet: Flowsheet, old: str, new: str, said: str
) -> None:
    assert old in COSTS
    text = COSTS.replace(old, new, 1)
    none, findings = read_costs(text.encode(), "costs.toml", solve_flows(sheet))
    assert none is None
    line = text[: text.index(new)].count("\n") + 1
    mine = [one for one in findings if said in one.message]
    assert mine, findings
    assert all(one.code == "ORL-1047" for one in findings)
    assert abs(int(mine[0].where.partition(":")[2]) - line) <= 1


def test_shapes_are_stated_for_numbers_of_the_flowsheet_too(sheet: Flowsheet) -> None:
    told = '\n[shapes]\n"flowsheet: mill.work_index" = "uniform"\n'
    drawn = costs_of(sheet, COSTS + told)
    assert "flowsheet: mill.work_index" in drawn.shapes
    none, findings = read_costs(
        (COSTS + told.replace("work_index", "p80")).encode(), "costs.toml", solve_flows(sheet)
    )
    assert none is None
    assert "no number with a range" in findings[0].message


def test_a_flowsheet_that_does_not_say_how_long_it_runs() -> None:
    text = PROCESSES.replace("hours_per_year = 8000\n", "")
    none, findings = read_costs(COSTS.encode(), "costs.toml", solve_flows(sheet_of(text)))
    assert none is None
    assert "write hours_per_year" in findings[0].message


def test_a_chain_from_ore_to_magnet_is_costed_with_reagents_power_and_carbon() -> None:
    folder = FOLDER.parent / "ore-to-magnet"
    sheet = sheet_of((folder / "processes.toml").read_text("utf-8"))
    solution = solve(sheet)
    costs = costs_of(sheet, (folder / "costs.toml").read_text("utf-8"))
    report = cost_report(costs.model)
    units = {row.id: row for row in solution.units}
    lines = {line.name: place for place, line in enumerate(costs.model.operating)}
    soda = units["separation"].reagents_t_per_h["NaOH"] * 8000 * 450
    assert report.figures.operating[0, lines["caustic soda"]] == pytest.approx(soda, rel=1e-9)
    power = units["electrolysis"].consumed_per_h["power_kwh"] * 8000 * 0.08
    assert report.figures.operating[0, lines["power of the electrolysis"]] == pytest.approx(power)
    # Swarf goes back to the leach, so that the magnet plant serves what the refinery sells, too.
    assert costs.model.operating[lines["iron"]].products == ("magnets", "lanthanum", "cerium")
    borne = report.figures.operating_borne[0].sum()
    assert borne == pytest.approx(report.figures.operating_cost[0], rel=1e-12)
