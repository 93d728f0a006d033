"""From a folder of reports to a timeline, gaps, an explanation and files of other forms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oreline.cli import app

ROOT = Path(__file__).parents[2]
ONE = """Outlet: Daily Ore
Published: 2026-03-05

Northern Mill Corp. signed a $40 million agreement with Harbor Metals Inc. last month.
"""
TWO = """Outlet: Evening Post
Published: 2026-03-09

Harbor Metals Inc. signed a $44 million agreement with Northern Mill Corp. in February.
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder of two reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "one.txt").write_text(ONE, encoding="utf-8")
    (folder / "two.txt").write_text(TWO, encoding="utf-8")
    return folder


def told(*words: object) -> Any:
    result = CliRunner().invoke(app, ["watch", *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["result"]


def test_what_was_known_on_a_day(place: Path, tmp_path: Path) -> None:
    picture, table = tmp_path / "line.svg", tmp_path / "line.csv"
    now = told("timeline", place, "--svg", picture, "--export", table)
    (deal,) = now["entries"]
    assert deal["verdict"] == "differs"
    assert (deal["first"], deal["last"]) == ("2026-02-01", "2026-02-28")
    assert picture.read_text("utf-8").startswith("<svg")
    assert len(table.read_text("utf-8").splitlines()) == 3
    (then,) = told("timeline", place, "--as-of", "2026-03-06")["entries"]
    assert then["verdict"] == "single"
    shown = CliRunner().invoke(app, ["watch", "timeline", str(place)], env={"COLUMNS": "160"})
    assert "2026-02-01 to 2026-02-28" in shown.output
    wrong = CliRunner().invoke(app, ["watch", "timeline", str(place), "--as-of", "soon"])
    assert wrong.exit_code != 0
    assert "2025-10-04" in wrong.output


def test_gaps_of_a_deal(place: Path) -> None:
    (event,) = told("gaps", place)["events"]
    assert "whether it binds" in {
        one["need"] for one in event["needs"] if one["state"] == "not stated"
    }
    shown = CliRunner().invoke(app, ["watch", "gaps", str(place)], env={"COLUMNS": "160"})
    assert "text of the agreement" in shown.output
    assert "USD 44,000,000" not in shown.output
    shown = CliRunner().invoke(app, ["watch", "gaps", str(place), "--all"], env={"COLUMNS": "160"})
    assert "USD 44,000,000" in shown.output


def test_a_claim_is_explained(place: Path) -> None:
    claim = told("read", place)["events"][0]["claims"][0]
    found = told("explain", place, claim["id"][:10])
    assert found["text"] == claim["sentence"]
    assert found["verbatim"]
    shown = CliRunner().invoke(
        app, ["watch", "explain", str(place), claim["id"]], env={"COLUMNS": "160"}
    )
    assert "deal.signed-active" in shown.output


@pytest.mark.parametrize("form", ["ftm", "prov"])
def test_other_forms_are_written(place: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "events.json"
    assert told("export", place, form, "--out", out)["claims"] == 2
    text = out.read_text("utf-8")
    assert "Northern Mill" in text
    assert json.loads(text.splitlines()[0] if form == "ftm" else text)
    wrong = CliRunner().invoke(
        app, ["watch", "export", str(place), "xml", "--out", str(tmp_path / "x")]
    )
    assert wrong.exit_code != 0
    assert "ftm, prov" in wrong.output


def test_both_published_reports_stand_side_by_side(shared_dir: Path) -> None:
    reports = shared_dir / "facts" / "reports"
    found = told("read", reports)
    deal = next(one for one in found["events"] if one["kind"] == "deal")
    assert len(deal["reports"]) == 2
    assert deal["independent"] == 1
    verdicts = {one["slot"]: one["verdict"] for one in deal["points"]}
    assert verdicts["amount"] == "agreed"
    assert verdicts["instrument"] == "differs"
    shown = CliRunner().invoke(app, ["watch", str(reports)], env={"COLUMNS": "160"})
    assert "memorandum of understanding" in shown.output
    assert "one origin" in shown.output


def test_the_folders_of_watch_toml_are_read(place: Path, tmp_path: Path) -> None:
    chain = tmp_path / "chain"
    shutil.copytree(ROOT / "examples" / "pakistan-us", chain)
    toml = f'[reports]\nfolders = ["evidence", "{place}"]\n'
    (chain / "watch.toml").write_text(toml, encoding="utf-8")
    names = {one["name"] for one in told("read", chain)["reports"]}
    assert {"reports/one.txt", "2025-10-03-first-batch.txt"} <= names
    (chain / "watch.toml").write_text("[report]\nfolders = 3\n", encoding="utf-8")
    wrong = CliRunner().invoke(app, ["watch", str(chain)])
    assert wrong.exit_code != 0
    assert "watch.toml" in wrong.output
