"""The program as a person starts it: real processes, exit statuses, completion, quick help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("polars", "numba", "numpy", "sqlalchemy", "pyarrow", "plotly", "alembic")


def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oreline", *(str(word) for word in words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80", **environment},
    )


def test_exit_statuses_reach_the_shell(ledger: Path, tmp_path: Path) -> None:
    assert run("record", "findings", "--ledger", ledger).returncode == 0
    assert run("check", tmp_path / "nothing").returncode == 1
    assert run("trace", "origins").returncode == 2
    assert run("record", "status", "--ledger", tmp_path / "nothing.db").returncode == 3


def test_errors_go_to_standard_error_and_json_to_standard_output(ledger: Path) -> None:
    plain = run("record", "lot", "p:none", "--ledger", ledger)
    assert plain.stdout == ""
    assert plain.stderr.startswith("Error: no lot p:none")
    told = run("record", "lot", "p:none", "--ledger", ledger, "--json")
    assert told.stderr == ""
    assert json.loads(told.stdout)["error"]["exit_code"] == 2


def test_wrong_words_are_json_too_where_json_is_asked_for() -> None:
    told = run("trace", "orgins", "--json")
    assert told.returncode == 2
    assert "Did you mean 'origins'" in json.loads(told.stdout)["error"]["message"]


def test_help_and_version() -> None:
    assert run("--version").stdout.startswith("oreline ")
    shown = run("--help")
    assert shown.returncode == 0
    for verb in ("init", "check", "record", "exchange", "trace", "balance", "doctor"):
        assert re.search(rf"\b{verb}\b", shown.stdout)
    assert "\x1b[" not in shown.stdout


def test_help_needs_none_of_the_heavy_packages() -> None:
    code = (
        "import sys\nfrom oreline.cli import app\n"
        "from typer.main import get_command\n"
        "get_command(app).main(['trace', '--help'], standalone_mode=False)\n"
        f"found = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(str(found) if found else 0)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed(shell: str) -> None:
    shown = run(_ORELINE_COMPLETE=f"source_{shell}")
    assert shown.returncode == 0
    assert "_ORELINE_COMPLETE" in shown.stdout


def complete(line: str, **environment: str) -> list[str]:
    shown = run(
        _ORELINE_COMPLETE="complete_fish",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
        _TYPER_COMPLETE_ARGS=line,
        **environment,
    )
    return [row.split("\t")[0] for row in shown.stdout.splitlines() if row]


def test_verbs_and_lots_are_completed(ledger: Path) -> None:
    assert "origins" in complete("oreline trace or")
    assert complete("oreline trace origins p:B", ORELINE_LEDGER=str(ledger)) == ["p:B1", "p:B2"]
    assert complete(f"oreline trace up --ledger {ledger} p:T") == ["p:T1"]
    assert complete("oreline trace origins p:_", ORELINE_LEDGER=str(ledger)) == []
    assert complete("oreline trace origins p:", ORELINE_LEDGER="/nonexistent.db") == []


def test_a_reader_that_leaves_early_is_no_defect(ledger: Path) -> None:
    command = f"{sys.executable} -m oreline record show float-1 --ledger {ledger} | head -n 1"
    shown = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert "Traceback" not in shown.stderr
    assert "defect" not in shown.stderr
