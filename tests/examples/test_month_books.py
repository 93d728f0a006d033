"""From the example's files to a signed and restated month, as one types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oreline.cli import app

from .conftest import Imported


@pytest.fixture
def typed(
    imported: Imported, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:  # fmt: skip
    """Call commands on a copy of the imported ledger, answers as JSON."""
    if imported.name != "pakistan-us":
        pytest.skip("the other example keeps no monthly account")
    monkeypatch.setenv("ORELINE_HOME", str(tmp_path_factory.mktemp("home")))
    assert imported.store.path is not None
    ledger = tmp_path / "ledger.db"
    shutil.copy(imported.store.path, ledger)

    def call(*words: str, code: int = 0) -> Any:
        made = CliRunner().invoke(app, [*words, "--ledger", str(ledger), "--json"])
        assert made.exit_code == code, made.output
        return json.loads(made.stdout)["result"]

    return call


def test_the_copper_sampler_is_found_from_the_command_line(typed: Any) -> None:
    price = ("--price", "9500", "--price-source", "assumed for this test")
    told = typed("balance", "cusum", "illus-mill-cu", "-e", "Cu", *price, code=1)
    assert (told["verdict"], told["since"]) == ("SHIFTED", "2026-04")
    assert told["hypotheses"][0]["what"] == "illus-cu-tailings (product)"
    by_period = {point["period"]: point for point in told["points"]}
    total = sum(float(point["unaccounted"]["low"]) for point in told["points"])
    end = told["points"][-1]
    assert float(end["cumulative"]["low"]) == pytest.approx(total, abs=1e-9)
    worth = float(by_period["2026-04"]["value"]["low"])
    assert worth == pytest.approx(9500 * 10.10767768, abs=0.01)
    whole = ("--period", "2025-07-01..2026-07-01", "--site", "illus-mill-cu")
    (account,) = typed("balance", "sites", "-e", "Cu", *whole)["sites"]
    assert account["unaccounted"]["low"] == end["cumulative"]["low"]
    assert account["unaccounted"]["u95"] == end["cumulative"]["u95"]


def test_a_month_is_signed_corrected_and_shown_in_both_versions(typed: Any) -> None:
    month = ("balance", "account", "illus-mill-cu", "--period", "2025-10", "-e", "Cu")
    first = typed(*month)
    assert first["closed_by"] == ["illus-period-2025-10-cu"]
    (copper,) = first["elements"]
    legs = {leg["name"]: leg["mass"]["low"] for leg in copper["legs"]}
    checked_in = sum(float(legs[name]) for name in ("opening", "extracted", "received", "moved_in"))
    out = ("consumed", "dispatched", "moved_out", "tails", "lost", "closing", "unaccounted")
    assert checked_in == pytest.approx(sum(float(legs[name]) for name in out), abs=1e-9)
    who = ("--as", "metallurgist", "--by", "illus-metallurgist", "--time", "2026-11-20T08:00:00Z")
    assert typed(*month, "--sign", "A. Khan", *who)["hash"] == first["hash"]
    assert typed(*month)["signing"]["state"] == "SIGNED"
    change = ("--set", "body.results.0.value=0.2", "--reason", "a bag mixed up", "--by", "lab")
    made = typed("record", "correct", "illus-20251006-cu-assay-tails-1", *change)
    correction = made["entries"][0]["id"]
    # The month is closed: the correction waits, and nothing is restated.
    held = typed(*month)
    assert held["signing"]["state"] == "SIGNED"
    assert held["waiting"] == [correction]
    typed("record", "release", correction, "--by", "manager")
    told = typed(*month)
    assert told["signing"]["state"] == "RESTATED SINCE IT WAS SIGNED"
    changed = {leg["leg"]: leg for leg in told["restatement"]["legs"]}
    assert changed["tails"]["before"]["low"] == legs["tails"]
    assert float(changed["tails"]["after"]["low"]) > float(legs["tails"])
    assert told["restatement"]["before"]["hash"] == first["hash"]
    assert [one["event"] for one in told["restatement"]["entries"]] == [correction]
