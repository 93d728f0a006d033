"""A chain under stress on the command line: from a user's files to tables, and to a ledger."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import fastexcel
import pytest
from called import Oreline

sys.path.append(str(Path(__file__).parents[1] / "plan"))
from plan_texts import TINY

from oreline.record import open_store

CLOSED = """
name = "The sea is closed"
[stress]
basis = "assumed"
source = "a test"
[[stress.event]]
id = "storm"
kind = "route"
of = "sea"
start = "2029"
probability = 0.5
"""
SITES = """id,name,kind,country,basis,source
pit,The pit,mine,PK,reported,a test
port,The port,port,US,reported,a test
"""


@pytest.fixture
def folder(tmp_path: Path, bare: Oreline) -> Path:
    """Return a chain folder with a plan, a scenario, and a ledger in which nothing happened."""
    place = tmp_path / "chain"
    assert bare("init", place, "--name", "A test").code == 0
    (place / "plan.toml").write_text(TINY)
    (place / "sites.csv").write_text(SITES)
    (place / "scenarios" / "storm.toml").write_text(CLOSED)
    return place


def test_what_hangs_on_what_and_what_a_closed_route_costs(bare: Oreline, folder: Path) -> None:
    call = bare("stress", "chain", folder, "--scenario", "storm")
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    told = " ".join(call.out.split())
    for words in ("sea closed, 12 months from 2029-01", "9,000.00", "after 12 months",
                  "all 2 combinations", "port"):  # fmt: skip
        assert words in told, words
    target = folder / "out.xlsx"
    found = bare("stress", "chain", folder, "--scenario", "storm", "--close-port", "port",
                 "--start", "2030-01", "--months", 6, "--export", target, "--json")  # fmt: skip
    result = found.json["result"]
    assert [one["name"] for one in result["alone"]] == ["storm", "port-port"]
    assert result["alone"][0]["deliveries"][0]["lost_t_as_planned"] == pytest.approx(9000)
    assert result["together"]["lost_m_as_planned"] > result["alone"][0]["lost_m_as_planned"]
    assert result["by_probability"]["lost_m"]["replanned"]["expected"] > 0
    assert result["points"]["points"][0]["deliveries"][0]["part_as_planned"] == pytest.approx(1)
    assert fastexcel.read_excel(target).sheet_names == [
        "single points of failure", "by year", "combinations",
    ]  # fmt: skip


def test_what_is_wrong_is_told_with_its_line(bare: Oreline, folder: Path) -> None:
    (folder / "scenarios" / "storm.toml").write_text(CLOSED.replace('"sea"', '"see"') + "months=0")
    call = bare("stress", "chain", folder, "--scenario", "storm")
    assert call.code == 2
    told = " ".join(call.everything.split())
    assert "ORL-1252 storm.toml:9" in told
    assert "did you mean sea?" in told
    assert "ORL-1253 storm.toml:12" in told
    assert "those of" in bare("stress", "chain", folder, "--scenario", "strom").everything
    assert "Sb=0.5" in bare("stress", "chain", folder, "--price-shock", "Sb").everything
    assert (
        "ORL-1254"
        in bare("stress", "chain", folder, "--ban", "PK:Sb", "--start", "1999").everything
    )


def test_a_folder_without_a_plan_is_stressed_by_its_events(bare: Oreline, tmp_path: Path) -> None:
    """A geologist's first tables: two days of digging and a truck, no assay and no moisture."""
    place = tmp_path / "hill"
    assert bare("init", place, "--name", "My hill").code == 0
    assert "ORL-1260" in bare("stress", "chain", place).everything
    (place / "sites.csv").write_text(
        "id,name,kind,country,basis,source\nhill,The hill,mine,PK,reported,my notebook\n"
        "yard,The yard,yard,PK,reported,my notebook\n"
    )
    (place / "materials.csv").write_text(
        "id,name,form,stage,basis,source\nore,Stibnite ore,ore,mine,reported,my notebook\n"
    )
    (place / "events" / "mine.csv").write_text(
        "event,kind,time,site,to_site,lot,material,side,wet_t,basis,source\n"
        "d1,extract,2026-05-02T10:00:00Z,hill,,me:1,ore,out,12,reported,my notebook\n"
        "d2,extract,2026-05-20T10:00:00Z,hill,,me:2,ore,out,8,reported,my notebook\n"
        "g1,dispatch,2026-05-21T10:00:00Z,hill,yard,me:1,,,,,\n"
        "r1,receive,2026-05-22T10:00:00Z,yard,,me:1,,,,,\n"
    )
    call = bare("stress", "chain", place, "--close-route", "hill:yard", "--months", 1)
    assert call.code == 0, call.everything
    assert max(len(line) for line in call.out.splitlines()) <= 80
    told = " ".join(call.out.split())
    for words in ("2026-05 to 2026-05, 1 months", "0 to 12.0", "hill:yard closed, 1 months",
                  "SINGLE", "ORL-1264", "UNKNOWN"):  # fmt: skip
        assert words in told, words
    target = place / "out.xlsx"
    found = bare("stress", "chain", place, "--close-site", "hill", "--export", target, "--json")
    result = found.json["result"]
    assert result["rests_on"] == "what the ledger tells"
    assert result["alone"][0]["deliveries"][0]["lost_part_as_it_ran"]["low"] == 1
    assert fastexcel.read_excel(target).sheet_names == ["single points of failure", "by month"]
    # A plan beside it is stressed first; --actual asks for what happened.
    (place / "plan.toml").write_text(TINY)
    assert "planned in years" in bare("stress", "chain", place).out
    assert "actual flows" in bare("stress", "chain", place, "--actual").out


def test_a_scenario_is_a_ledger_that_trace_and_balance_answer(bare: Oreline, folder: Path) -> None:
    words = ("stress", "ledger", folder, "storm", "--issuer", "north", "--by", "analyst",
             "--operator", "pit=north", "--operator", "port=south", "--chain", folder)  # fmt: skip
    call = bare(*words)
    assert call.code == 0, call.everything
    made = folder / "ledgers" / "storm.db"
    with open_store(made) as store:
        header = store.header
    assert header.tense == "scenario"
    assert header.input_hash is not None
    assert header.seed == "0"
    account = ("balance", "sites", "-e", "Sb", "--site", "pit", "--ledger", made, "--json")
    closed = bare(*account, "--period", "2029-01-01..2030-01-01").json
    assert closed["ledger"]["tense"] == "scenario"
    assert "9000" not in json.dumps(closed["result"])
    # The closed year sends nothing; the one after it a full year's, 9,000 t of antimony.
    assert "9000" in json.dumps(bare(*account, "--period", "2030-01-01..2031-01-01").json["result"])
    lot = "north:storm-mill-float-concentrate-2030"
    trace = bare("trace", "origins", lot, "-e", "Sb", "--level", "site", "--ledger", made)
    assert trace.code == 0, trace.everything
    assert "pit" in trace.out
    assert "SCENARIO" in trace.out
    again = bare(*words)
    assert again.code != 0
    # Beside a planned ledger: the parent is the actual one, not the plan.
    planned = folder / "ledgers" / "build-up.db"
    assert bare("record", "derive", "build-up", "--tense", "planned", "--chain", folder).code == 0
    beside = bare(*words[:-2], "--ledger", planned, "--id", "beside")
    assert beside.code == 0, beside.everything
    with open_store(folder / "ledgers" / "beside.db") as store:
        assert store.header.parent == header.parent
    derived = bare(*words[:-2], "--ledger", made, "--id", "more", "--output", folder / "more.db")
    assert "is derived" in derived.everything


def test_what_money_buys_and_where_it_stops(bare: Oreline, folder: Path) -> None:
    plan = TINY.replace('budget = "60 USD m"', '\n[[budgets]]\nid = "money"\namount = "60 USD m"')
    ranged = '{ value = 20, low = 15, high = 30, unit = "USD m" }'
    (folder / "plan.toml").write_text(plan.replace('"20 USD m"', ranged))
    call = bare("stress", "security", folder, "--amount", 60, "--samples", 4)
    assert call.code == 0
    assert "it delivers nothing to USA that counts" in call.out
    assert "ORL-1259" in call.out
    file = folder / "security.toml"
    file.write_text('[[material]]\nid = "concentrate"\nstage = "concentrate"\n')
    told = " ".join(bare("stress", "security", folder, "--amount", 60, "--samples", 4).out.split())
    for words in ("STOPS", "Thompson Falls", "700 metric tons", "91 %", "no single figure"):
        assert words in told, words
    target = folder / "out.csv"
    found = bare(
        "stress", "security", folder, "--amount", 60, "--samples", 4, "--export", target, "--json"
    )
    budget = found.json["result"]["budgets"][-1]
    stage = budget["stages"][1]
    assert (stage["mineral"], stage["stage"], stage["stops_here"]) == ("antimony", "refined", True)
    assert stage["counted_t"]["low"] == 0
    assert "no budget" not in target.read_text()
    asked = ("stress", "security", folder, "--amount", 60, "--samples", 4, "--loss")
    target = folder / "losses.csv"
    lost = bare(*asked, "--export", target, "--json").json["result"]["loss"]
    antimony = lost["budgets"][-1]["minerals"][0]
    counted = budget["stages"][0]["counted_t"]["high"]
    assert antimony["added_share"]["mine"]["high"] == pytest.approx(counted / 110_000)
    assert antimony["changes"][0]["change"]["low"] < 0
    assert "change_standard_error" in target.read_text()
    assert "no budget of the plan" in bare("stress", "security", folder, "--of", "gold").everything
    file.write_text('[[material]]\nid = "concentrat"\nstage = "concentrate"\n')
    assert "ORL-1258" in bare("stress", "security", folder).everything
