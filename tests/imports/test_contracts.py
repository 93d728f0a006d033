"""The order of the rooms holds, and a deliberate violation of each kind is caught."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).parent / "lint-imports"
ORDER = "Imports go down the list of rooms only"


def lint(folder: Path) -> tuple[int, str]:
    """Check the package `oreline` in `folder` against our contracts."""
    result = subprocess.run(
        [LINTER, "--no-cache", "--config", str(ROOT / ".importlinter")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def write(folder: Path, module: str, text: str = "") -> None:
    """Write a module and the `__init__.py` of each package on the way to it."""
    *packages, name = module.split(".")
    for depth in range(1, len(packages) + 1):
        package = folder.joinpath(*packages[:depth])
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
    folder.joinpath(*packages, f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the package, adding to it the few modules that the violations need."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "oreline", tmp_path / "oreline", ignore=ignored)
    for room in ("model", "record", "cli", "fund", "stress"):
        write(tmp_path, f"oreline.{room}._sample", '"""Stands for a private module."""\n')
    return tmp_path


def test_the_contracts_hold() -> None:
    code, output = lint(ROOT / "src")
    assert code == 0, output


def test_the_copy_is_clean_before_it_is_spoilt(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output


@pytest.mark.parametrize(
    ("module", "text", "broken"),
    [
        ("oreline.model._bad", "import oreline.cli", ORDER),
        ("oreline.model._bad", "def f():\n    from oreline import record", ORDER),
        ("oreline.stress._bad", "import oreline.fund", ORDER),
        ("oreline.fund._bad", "import oreline.stress", ORDER),
        ("oreline.odds._bad", "", ORDER),
        (
            "oreline.cli._bad",
            "from oreline.model._sample import x",
            "Only oreline.model reaches into oreline.model",
        ),
        (
            "oreline.record.deep._bad",
            "from oreline.model import _sample",
            "Only oreline.model reaches into oreline.model",
        ),
        (
            "oreline.__main__",
            "from oreline.cli._sample import x",
            "Only oreline.cli reaches into oreline.cli",
        ),
    ],
)
def test_a_violation_is_caught(copy: Path, module: str, text: str, broken: str) -> None:
    write(copy, module, text + "\n")
    code, output = lint(copy)
    assert code == 1, output
    assert re.findall(r"^(.+) BROKEN$", output, re.MULTILINE) == [broken]


def test_each_room_keeps_its_inside_to_itself() -> None:
    """Every room of the order has its own contract, so that none is forgotten."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    rooms = re.findall(r"\((\w+)\)", parser["importlinter:contract:layers"]["layers"])
    assert len(rooms) == len(set(rooms)) == 19
    for room in rooms:
        contract = parser[f"importlinter:contract:private-{room}"]
        assert contract["type"] == "protected"
        assert contract["protected_modules"].split() == [f"oreline.{room}.**"]
        assert contract["allowed_importers"].split() == [f"oreline.{room}", f"oreline.{room}.**"]
