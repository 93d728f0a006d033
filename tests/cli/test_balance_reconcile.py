"""``oreline balance reconcile`` on plain tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from called import Oreline

HEADER = "stream,from_node,to_node,dry_t,dry_t_u,Cu_pct,Cu_pct_u,basis,source\n"
GOOD = """\
feed,,mill,1000,10,2.05,0.03,measured,belt
concentrate,mill,,68,1,27.4,0.3,measured,scale
tailings,mill,,,,0.15,0.01,measured,
"""
WRONG = """\
F1,,n,1095.475,4.8,,,measured,
F2,n,,478.402,3.9,,,measured,
F3,n,,488.232,4.4,,,measured,
"""


def written(tmp_path: Path, rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "streams.csv"
    path.write_text(header + rows, encoding="utf-8")
    return path


def test_values_conserve(bare: Oreline, tmp_path: Path) -> None:
    call = bare("balance", "reconcile", "--streams", written(tmp_path, GOOD), "--json")
    assert call.code == 0
    found = call.json["result"]
    assert found["status"] == "RECONCILED"
    value = {(q["stream"], q["quantity"]): float(q["value"]) for q in found["quantities"]}
    names = ("feed", "concentrate", "tailings")
    for what in ("dry_t", "Cu"):
        feed, concentrate, tailings = (
            value[name, "dry_t"] * (1.0 if what == "dry_t" else value[name, what]) for name in names
        )
        assert abs(feed - concentrate - tailings) < 1e-8 * feed
    classes = {(q["stream"], q["quantity"]): q["class"] for q in found["quantities"]}
    assert classes["tailings", "dry_t"] == "observable"
    assert classes["feed", "Cu"] == "redundant"


def test_a_gross_error_is_refused_and_named(bare: Oreline, tmp_path: Path) -> None:
    call = bare("balance", "reconcile", "--streams", written(tmp_path, WRONG), "--json")
    assert call.code == 1
    found = call.json["result"]
    assert found["status"] == "GROSS ERROR"
    assert {q["value"] for q in found["quantities"]} == {None}
    assert found["suspects"][0]["stream"] == "F1"
    assert [other["stream"] for other in found["suspects"][0]["alternatives"]] == ["F2", "F3"]
    assert found["global_test"]["chi2"].startswith("288.144")
    told = bare("balance", "reconcile", "--streams", written(tmp_path, WRONG)).everything
    assert "GROSS ERROR" in told
    assert "ORL-0529" in told


def test_what_is_left_out_is_said(bare: Oreline, tmp_path: Path) -> None:
    path = written(tmp_path, WRONG)
    call = bare("balance", "reconcile", "--streams", path, "--exclude", "F2:dry_t", "--json")
    assert call.code == 0
    found = call.json["result"]
    assert (found["status"], found["excluded"]) == ("NOT REDUNDANT", ["F2:dry_t"])
    assert float(found["quantities"][2]["value"]) == pytest.approx(1095.475 - 488.232)
    again = bare("balance", "reconcile", "--streams", path, "--exclude", "F9:dry_t")
    assert again.code == 2
    assert "F9:dry_t" in again.everything


def test_every_problem_stands_at_its_row(bare: Oreline, tmp_path: Path) -> None:
    rows = """\
feed,,mill,1000,,2.05,0.03,measured,belt
tailings,mill,,9 t,1,28,1,measured,
middlings,mill,,9,1,280,1,measured,
,mill,,1,1,,,guess,
"""
    call = bare("balance", "reconcile", "--streams", written(tmp_path, rows), "--json")
    assert call.code == 2
    told = {(item["code"], item["where"]) for item in call.json["error"]["findings"]}
    assert told == {
        ("ORL-0522", "streams.csv row 2 column dry_t_u"),
        ("ORL-0333", "streams.csv row 3 column dry_t"),
        ("ORL-0523", "streams.csv row 4 Cu"),
        ("ORL-0309", "streams.csv row 5 column stream"),
        ("ORL-0310", "streams.csv row 5 column basis"),
    }
