"""The tour of the README is true: every command is typed and its output compared.

A block marked ``console`` holds commands after ``$`` and what they print; ``...`` stands for
anything. All blocks of a page run in one new folder that has the examples and the files of the
tutorials, as a clone has. Blocks that begin with ``make`` are what CI itself runs and are left to
it.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "tutorials").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
SECONDS_MAX = 120


def commands(page: Path) -> list[tuple[str, str]]:
    """Return (command, expected output) of every console block of a page, in order."""
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(page.read_text()):
        if block.startswith(("$ make", "$ git", "$ . ")):
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while output.startswith("> "):
                more, _, output = output.partition("\n")
                command = f"{command}\n{more.removeprefix('> ')}"
            found.append((command, output))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    tour = commands(page)
    assert tour or page.name != "README.md"
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copytree(ROOT / "docs" / "tutorials", folder / "docs" / "tutorials")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "ORELINE_HOME": str(tmp_path / "home"),
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
    }
    checker = doctest.OutputChecker()
    for command, expected in tour:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        printed = done.stdout + done.stderr
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert checker.check_output(expected, printed, flags), (
            f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}"
        )
