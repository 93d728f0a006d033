"""The example chain from resource to magnet: every element closes, as a design and as a ledger.

Drill holes gave the ores (``test_drilled_ores.py`` holds the tables to the holes); here they go
through concentrator, leach, separation, oxide, metal and alloy to the sintered magnet, with costs,
what the resource's uncertainty does to them, and a planned ledger that the verbs of the actual one
answer.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from called import Oreline

from oreline.design import (
    AllocationRule,
    DesignStudy,
    ProductKind,
    Solution,
    compare_allocations,
    ores_in,
    read_flowsheet,
    read_study,
    solve,
    spread,
    waterfall,
)

FOLDER = Path(__file__).parents[2] / "examples" / "pakistan-us"
DESIGN = FOLDER / "designs" / "from-drillholes.toml"
COSTS = FOLDER / "designs" / "from-drillholes.costs.toml"
HOURS = 7800


@pytest.fixture(scope="module")
def study() -> DesignStudy:
    assumptions = (FOLDER / "assumptions.csv").read_bytes()
    sheet, findings = read_flowsheet(
        DESIGN.read_text("utf-8"), DESIGN.name, assumptions, ores=ores_in(FOLDER)
    )
    assert sheet is not None, findings
    return read_study(COSTS.read_bytes(), COSTS.name, sheet)


@pytest.fixture(scope="module")
def solution(study: DesignStudy) -> Solution:
    assert study.flowsheet is not None
    return solve(study.flowsheet)


def test_the_example_chain_from_resource_to_magnet_closes_every_element(
    solution: Solution,
) -> None:
    assert len(solution.closure) == 28
    assert max(solution.closure.values()) <= 1e-12
    laws = {unit.law.name for unit in solution.flowsheet.units}
    stages = {"flotation_bank", "leach_hydrochloric", "sx_cascade", "calcine", "molten_salt",
              "strip_cast", "press_and_sinter", "recycle_leach"}  # fmt: skip
    assert stages <= laws
    magnets = solution.product("magnets")
    rare = {name: magnets.grade(name) or 0 for name in ("Pr", "Nd", "Dy", "Tb")}
    assert 0.28 < sum(rare.values()) < 0.32
    assert rare["Dy"] > 0.005
    assert rare["Tb"] > 0.0005
    for element in ("Nd", "Dy", "Cu"):
        found = waterfall(solution, element)
        assert sum(found.share_of(kind) for kind in ProductKind) == pytest.approx(1, abs=1e-12)
    assert waterfall(solution, "Nd").share_of(ProductKind.PRODUCT) == pytest.approx(0.687, abs=0.02)


def test_swarf_and_old_magnets_come_back_as_oxide(solution: Solution) -> None:
    """What swarf and old magnets bring is precipitated: the cell has the oxygen of an oxide."""
    told = [stream for stream in solution.flowsheet.streams if stream.origin == "swarf-leach"]
    assert ("recovered", "nd-precipitation") in {(one.port, one.destination) for one in told}
    assert not [one for one in solution.findings if "feed holds less" in one.message]


def test_costs_follow_the_ore_and_are_shared_whole(study: DesignStudy) -> None:
    (spent,) = study.evaluator((), ["operating cost"])(np.empty((1, 0)))[0]
    table = compare_allocations(study.model).to_frame()
    made_kg = {
        one.name: 1000 * study.model.quantities[one.amount_of].value for one in study.model.products
    }
    for rule in AllocationRule:
        costs = table.filter(rule=str(rule)).select("product", "operating_cost_per_kg").rows()
        assert {name for name, _ in costs} == {"copper cathode", "gold", "magnets"}
        assert sum(made_kg[name] * cost for name, cost in costs) == pytest.approx(spent), rule
    ore = study.model.quantities["copper ore"].value
    assert ore == pytest.approx(2456048.2, rel=1e-6)


def test_the_resource_spreads_through_to_the_cost_of_magnets(study: DesignStudy) -> None:
    inputs = study.inputs()
    assert {"flowsheet: re-ore.grade[Nd]", "flowsheet: cu-ore.grade[Cu]"} <= {
        one.name for one in inputs
    }
    wanted = [one for one in study.outputs if one.name == "operating cost: magnets"]
    found = spread(study.evaluator(inputs, [one.name for one in wanted]), inputs, wanted,
                   samples=400, seed=1)  # fmt: skip
    assert found.failed == 0
    (magnets,) = found.outputs
    assert magnets.percentiles[0] < magnets.percentiles[1] < magnets.percentiles[2]


CONTRACT = """
id = "magnets-27"
title = "Planned magnets"
seller = "illus-operator"
buyer = "illus-buyer"
materials = ["magnets"]
currency = "USD"
basis = "assumed"
source = "a test"
weight = { rule = "discharge" }
prices = [{ id = "nd", fixed = "90000 USD/t" }]
payments = [{ stage = "provisional", pct = 90 }, { stage = "final", pct = 100 }]

[[payables]]
analyte = "Nd"
method = "pct_min_deduction"
pct = "100"
deduction = "0 %"
price = "nd"

[assays]
rule = "exchange"
umpire = "binding"
limits = [{ analyte = "Nd", limit = "0.25 %" }]
"""


def test_trace_balance_and_settle_answer_its_planned_ledger(
    bare: Oreline, tmp_path: Path, solution: Solution
) -> None:
    chain = tmp_path / "chain"
    assert bare("init", chain).code == 0
    for name in ("sites.csv", "parties.csv", "materials.csv", "assumptions.csv"):
        shutil.copy(FOLDER / name, chain / name)
    for name in ("designs", "ores"):
        shutil.copytree(FOLDER / name, chain / name)
    sheet = chain / "designs" / DESIGN.name
    text = sheet.read_text("utf-8")
    sold = 'name = "Sintered NdFeB magnets"\nsite = "illus-port-us"\nmaterial = "magnets"'
    sheet.write_text(text.replace('name = "Sintered NdFeB magnets"', sold), "utf-8")
    assert bare("record", "import", chain).code == 0
    assert bare("record", "derive", "plan", "--tense", "planned", "--chain", chain).code == 0
    plan = ("--ledger", chain / "ledgers" / "plan.db")
    sites = {"illus-refinery": "illus-operator", "illus-magnet-plant": "illus-operator",
             "illus-port-us": "illus-buyer"}  # fmt: skip
    operators = [word for one in sites.items() for word in ("--operator", "=".join(one))]
    call = bare("design", "ledger", sheet, "--start", "2027-01", "--months", "2", "--issuer",
                "illus", "--by", "planner", *operators, *plan)  # fmt: skip
    assert call.code == 0, call.everything

    hours = HOURS * 28 / 365
    kilograms = solution.product("magnets").contained_t_per_h["Nd"] * hours * 1000
    lot = "illus:design-finishing-magnet-2027-02"
    told = bare("trace", "origins", lot, "--element", "Nd", *plan, "--json").json["result"]
    assert float(told["metal_kg"]["low"]) == pytest.approx(kilograms, rel=1e-8)
    call = bare("balance", "events", "--element", "Nd", *plan)
    assert call.code == 0, call.everything
    contract = chain / "contract.toml"
    contract.write_text(CONTRACT)
    told = bare("settle", "statement", "--contract", contract, "--shipment", lot,
                "--stage", "final", "--on", "2027-04-01", *plan, "--json")  # fmt: skip
    assert told.code == 0, told.everything
    net = float(told.json["result"]["statement"]["net_value"])
    assert net == pytest.approx(kilograms / 1000 * 90000, abs=0.02)
    assert not bare("record", "findings", *plan, "--json").json["result"]["findings"]
