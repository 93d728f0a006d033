"""The tour of the README is true: every command is typed and its output compared.

All blocks of a page run in one new folder that has the examples and the files of the tutorials, as
a clone has. Blocks that begin with ``make`` are what CI itself runs and are left to it.

To type all tutorials takes minutes: ``make docs`` does. ``make test`` types the README.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from oreline_testing.console import check_command, commands

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
ALWAYS = ("README",)
PAGES = [
    pytest.param(page, marks=() if page.stem in ALWAYS else pytest.mark.tour, id=page.stem)
    for page in (ROOT / "README.md", *TUTORIALS)
]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
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
    for command, expected in tour:
        check_command(command, expected, folder, environment)
