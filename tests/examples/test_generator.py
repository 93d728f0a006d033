"""The examples are what their generator writes, to the byte, and stay small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / "scripts" / "build_examples.py"
BY_HAND = {"deliverables.csv", "decisions.csv", "risks.csv", "cash-forecast.csv"}
BYTES_MAX = 6 * 2**20


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(GENERATOR), *arguments], capture_output=True, text=True, check=False
    )


def test_the_folders_are_what_the_generator_writes(tmp_path: Path) -> None:
    assert run("--out", str(tmp_path)).returncode == 0
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(ROOT / "examples")
        for path in (ROOT / "examples").rglob("*.csv")
        # Written by others: tests/examples/test_drillholes.py, tests/examples/test_drilled_ores.py;
        # by hand: the partnership office and its forecast.
        if path.is_file()
        and not {"drillholes", "ores"} & set(path.parts)
        and path.name not in BY_HAND
    }
    assert kept <= made
    differing = [
        str(path)
        for path in sorted(made)
        if (ROOT / "examples" / path).read_bytes() != (tmp_path / path).read_bytes()
    ]
    assert differing == []


def test_a_changed_file_is_told(tmp_path: Path) -> None:
    assert run("--out", str(tmp_path)).returncode == 0
    changed = tmp_path / "pakistan-us" / "parties.csv"
    changed.write_bytes(changed.read_bytes() + b"\n")
    checked = run("--out", str(tmp_path), "--check")
    assert (checked.returncode, checked.stdout) == (1, "differs: pakistan-us/parties.csv\n")


def test_the_examples_are_small() -> None:
    files = [path for path in (ROOT / "examples").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files if path.suffix != ".db") < BYTES_MAX
