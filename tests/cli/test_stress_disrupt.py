"""Disruptions of supply on the command line: from a mineral or a file to the answer."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

sys.path.append(str(Path(__file__).parents[1] / "stress" / "support"))
from disruption_cases import TEXT

EXAMPLE = Path(__file__).parents[2] / "examples/pakistan-us/scenarios/antimony-market.toml"
FEW = ("--scenarios", 3_000, "--sets", 3)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_ban_of_a_mineral_of_the_tables(bare: Oreline) -> None:
    found = bare("stress", "disrupt", "Sb", "--ban", "CHN", "--to", "USA", "--to", "rest", *FEW)
    assert found.code == 0, found.everything
    for words in ("consumers pay more", "CVaR", "assumed", "usgs-mcs-2026", "OFR 2025-1047"):
        assert words in found.everything, words


def test_a_users_file_with_a_changed_number(bare: Oreline, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    asked = ("stress", "disrupt", file, *FEW)
    before = bare(*asked, "--json", "--export", target).json["result"]
    after = bare(*asked, "--json", "--set", "events.CHN-restriction.probability=1").json["result"]
    means = [
        next(row["given"] for row in one["measures"] if row["measure"] == "mean price")
        for one in (before, after)
    ]
    assert 1 < means[0] < means[1]
    assert before["assumed"]
    assert before["decisions"]["measures"][0]["usd_avoided_per_usd"] > 0
    assert set(pl.read_csv(target)["bound"].drop_nulls()) >= {"direct", "qp", "lp"}


def test_what_is_wrong_in_a_file_is_listed(bare: Oreline, file: Path) -> None:
    file.write_text(TEXT.replace("share = 0.3 }", "share = 0.1 }").replace("Belgium", "Atlantis"))
    found = bare("stress", "disrupt", file)
    assert found.code != 0
    assert "ORL-1232" in found.everything
    assert "ORL-1233" in found.everything
    assert "scenario.toml:" in found.everything


@pytest.mark.parametrize("asked", [("unobtainium",), ("no.toml",), ("Sb", "--ban", "FRA:x")])
def test_what_is_not_there_is_refused(bare: Oreline, asked: tuple[str, ...]) -> None:
    found = bare("stress", "disrupt", *asked, *FEW)
    assert found.code != 0
    assert "Traceback" not in found.everything


def test_two_minerals_are_added_up_scenario_by_scenario(bare: Oreline, tmp_path: Path) -> None:
    told = bare("stress", "disrupt", "gallium", "germanium", "--json", *FEW).json["result"]
    assert len(told["minerals"]) == 2
    assert told["together"]["sum_qp_musd"]["mean"] > 0
    at_once = told["together"]["at_once"]
    assert at_once["at_once_same_products_musd"]["given"] <= at_once["sum_musd"]["given"]
    assert told["together"]["shared_events"] == []
    refused = bare("stress", "disrupt", "gallium", "germanium", "--keep", tmp_path / "kept")
    assert refused.code != 0


JOINT = """
name = "one smelter"
basis = "assumed"
source = "a test"
[[minerals]]
id = "antimony"
file = "scenario.toml"
[[minerals]]
id = "indium"
[[shared]]
id = "smelter"
country = "China"
probability = 0.3
severity = 1.0
duration_months = 12.0
host = { mineral = "antimony", stage = "refining", part = 0.5 }
companions = [{ mineral = "indium", stage = "refining", part = 0.4 }]
"""


def test_a_file_of_host_and_companion(bare: Oreline, file: Path, tmp_path: Path) -> None:
    joint = tmp_path / "joint.toml"
    joint.write_text(JOINT, encoding="utf-8")
    told = bare("stress", "disrupt", joint, "--json", *FEW).json["result"]
    rows = told["together"]["shared_events"]
    assert [(one["event"], one["mineral"]) for one in rows] == [
        ("smelter", "antimony"), ("smelter", "indium"),
    ]  # fmt: skip
    assert rows[0]["probability"] == rows[1]["probability"] > 0.2
    assert all(one["price_with"] > one["price_without"] for one in rows)
    shown = bare("stress", "disrupt", joint, *FEW).everything
    assert "shared event" in shown
    assert "at once, in the same products" in shown
    joint.write_text(JOINT.replace("part = 0.5", "part = 5.0").replace("China", "Atlantis"))
    refused = bare("stress", "disrupt", joint)
    assert refused.code != 0
    assert "ORL-1234" in refused.everything
    assert "ORL-1233" in refused.everything
    file.unlink()
    joint.write_text(JOINT)
    assert "cannot be read" in bare("stress", "disrupt", joint).everything


def test_the_file_of_a_mineral_is_written_and_read(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "nd.toml"
    asked = ("stress", "disrupt", "neodymium", *FEW, "--json")
    first = bare(*asked, "--write", target).json["result"]
    again = bare("stress", "disrupt", target, *FEW, "--json").json["result"]
    assert [row["measure"] for row in again["measures"]] == [
        row["measure"] for row in first["measures"]
    ]
    assert again["market"]["price_mean"] == pytest.approx(first["market"]["price_mean"], rel=1e-6)


def test_the_example_of_the_partnership(bare: Oreline) -> None:
    told = bare("stress", "disrupt", EXAMPLE, *FEW, "--json").json["result"]
    assert {row["measure"] for row in told["decisions"]["measures"]} >= {"refinery-in-pakistan"}


def test_two_processes_answer_what_one_does_bit_for_bit(bare: Oreline, file: Path) -> None:
    asked = ("stress", "disrupt", file, "--scenarios", 40_000, "--sets", 2, "--json")
    alone = bare(*asked)
    together = bare(*asked, "--workers", 2)
    assert together.code == 0, together.everything
    assert together.json == alone.json
