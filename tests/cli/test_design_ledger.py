"""A design becomes a planned ledger by command, and other verbs answer it."""

from __future__ import annotations

from pathlib import Path

import pytest
from called import Oreline

FLOWSHEET = """
name = "A mill"
basis = "assumed"
source = "an example"
hours_per_year = 8000

[components]
elements = ["Cu"]

[[feeds]]
id = "ore"
to = "flotation"
site = "mine"
dry_t_per_h = 100
grades = { Cu = "0.5 %" }

[[units]]
id = "flotation"
site = "mill"
law = "split"
outlets = { concentrate = "concentrate", tailings = "tails" }
parameters.to_concentrate = { Cu = "90 %", "*" = "1.5 %" }

[[products]]
id = "concentrate"

[[products]]
id = "tails"
kind = "waste"
"""
SITES = """id,name,kind,country,operator,basis,source
mine,Mine,mine,PK,north,reported,a notice
mill,Mill,concentrator,PK,north,reported,a notice
"""
PARTIES = "id,name,country,basis,source\nnorth,North,PK,reported,a notice\n"


@pytest.fixture
def folder(tmp_path: Path, bare: Oreline) -> Path:
    chain = tmp_path / "chain"
    assert bare("init", chain).code == 0
    files = {"sites.csv": SITES, "parties.csv": PARTIES, "processes.toml": FLOWSHEET}
    for name, text in files.items():
        (chain / name).write_text(text)
    call = bare("record", "import", chain)
    assert call.code == 0, call.everything
    assert bare("record", "derive", "plan", "--tense", "planned", "--chain", chain).code == 0
    return chain


def words(chain: Path, *more: str) -> tuple[object, ...]:
    return (
        "design", "ledger", chain, "--start", "2027-01", "--months", "2", "--issuer", "north",
        "--by", "planner", "--ledger", chain / "ledgers" / "plan.db", *more,
    )  # fmt: skip


def test_a_file_becomes_a_ledger_that_trace_and_balance_answer(bare: Oreline, folder: Path) -> None:
    call = bare(*words(folder))
    assert call.code == 0, call.everything
    assert "Appended 8 events" in call.out
    plan = ("--ledger", folder / "ledgers" / "plan.db", "--json")
    lot = "north:design-flotation-concentrate-2027-02"
    origins = bare("trace", "origins", lot, "--element", "Cu", *plan).json["result"]
    tonnes = 100 * 0.005 * 0.9 * 8000 * 28 / 365
    assert float(origins["metal_kg"]["low"]) == pytest.approx(tonnes * 1000, rel=1e-9)
    balance = bare("balance", "events", "--element", "Cu", *plan)
    assert balance.code == 0, balance.everything


def test_the_same_design_written_again_changes_nothing(bare: Oreline, folder: Path) -> None:
    assert bare(*words(folder)).code == 0
    assert "Appended 0 events, 8 were there already" in bare(*words(folder)).out


def test_the_actual_ledger_is_never_planned_in(bare: Oreline, folder: Path) -> None:
    call = bare(*words(folder)[:-1], folder / "ledger.db")
    assert call.code == 2
    assert "never enters the actual ledger" in call.everything


def test_a_site_without_operator_is_named_with_its_line(bare: Oreline, folder: Path) -> None:
    text = FLOWSHEET.replace('site = "mill"', 'site = "smelter"')
    (folder / "processes.toml").write_text(text)
    call = bare(*words(folder))
    assert call.code == 2
    assert "ORL-1060  processes.toml:17" in call.everything
    assert "nobody operates smelter" in call.everything


@pytest.mark.parametrize(
    ("more", "said"), [("--start=2027-1", "year and month"), ("--months=0", "whole months")]
)
def test_a_wrong_call_says_what_to_write(bare: Oreline, folder: Path, more: str, said: str) -> None:
    call = bare(*words(folder, more))
    assert call.code == 2
    assert said in call.everything


def test_a_planned_site_gets_its_operator_on_the_line(bare: Oreline, folder: Path) -> None:
    text = FLOWSHEET.replace('site = "mill"', 'site = "smelter"')
    (folder / "processes.toml").write_text(text)
    assert bare(*words(folder, "--operator", "smelter=south")).code == 0
    call = bare(*words(folder, "--operator", "smelter"))
    assert call.code == 2
    assert "write SITE=PARTY" in call.everything


SOLD = FLOWSHEET.replace(
    'outlets = { concentrate = "concentrate"', 'outlets = { concentrate = "filter"'
).replace(
    "[[products]]\nid = \"concentrate\"\n",
    """[[units]]
id = "filter"
site = "mill"
law = "filter"
outlets = { cake = "concentrate", filtrate = "tails" }
parameters = { solids_fraction = 0.92, solids_to_overflow = 0.001 }

[[products]]
id = "concentrate"
site = "works"
material = "cu-conc"
""",
).replace('dry_t_per_h = 100', 'dry_t_per_h = 100\nmoisture = 0.4')  # fmt: skip
TERMS = """
id = "cu-27"
title = "Planned copper concentrate"
seller = "north"
buyer = "south"
materials = ["cu-conc"]
currency = "USD"
basis = "assumed"
source = "a test"
weight = { rule = "discharge" }
prices = [{ id = "cu", fixed = "9000 USD/t" }]
treatment = { rate = "80 USD/dmt" }
refining = [{ analyte = "Cu", rate = "100 USD/t", basis = "payable" }]
payments = [{ stage = "provisional", pct = 90 }, { stage = "final", pct = 100 }]

[[payables]]
analyte = "Cu"
method = "pct_min_deduction"
pct = "96.5"
deduction = "1 %"
price = "cu"

[assays]
rule = "exchange"
umpire = "binding"
limits = [{ analyte = "Cu", limit = "0.25 %" }]
"""


def test_a_contract_is_settled_on_what_is_planned(bare: Oreline, folder: Path) -> None:
    """Trace, balance and settle say of one planned sale what the design says of it."""
    (folder / "processes.toml").write_text(SOLD)
    contract = folder / "contracts" / "cu.toml"
    contract.parent.mkdir(exist_ok=True)
    contract.write_text(TERMS)
    call = bare(*words(folder, "--operator", "works=south"))
    assert call.code == 0, call.everything
    plan = ("--ledger", folder / "ledgers" / "plan.db", "--json")
    solved = bare("design", "solve", folder, "--json").json["result"]
    (row,) = [one for one in solved["streams"] if one["to"] == "concentrate"]
    hours = 8000 * 31 / 365
    dry_t, metal_t = row["dry_t_per_h"] * hours, row["contained_t_per_h"]["Cu"] * hours

    lot = "north:design-filter-cake-2027-01"
    told = bare("settle", "statement", "--contract", contract, "--shipment", lot,
                "--stage", "final", "--on", "2027-03-01", *plan)  # fmt: skip
    assert told.code == 0, told.everything
    grade = metal_t / dry_t
    payable_t = dry_t * min(grade * 0.965, grade - 0.01)
    net = payable_t * (9000 - 100) - 80 * dry_t
    assert float(told.json["result"]["statement"]["net_value"]) == pytest.approx(net, abs=0.01)

    origins = bare("trace", "origins", lot, "--element", "Cu", *plan).json["result"]
    assert float(origins["metal_kg"]["low"]) == pytest.approx(metal_t * 1000, rel=1e-9)
    balance = bare("balance", "events", "--element", "Cu", *plan)
    assert balance.code == 0, balance.everything
    assert not bare("record", "findings", *plan).json["result"]["findings"]
