"""The examples of the API are true: every command is typed against a served example."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browsing import served

from oreline_testing.console import check_command, commands

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api-examples.md"


@pytest.mark.slow
def test_every_command_prints_what_the_page_says(tmp_path: Path) -> None:
    typed = commands(PAGE)
    assert len(typed) > 4
    with served("pakistan-us", tmp_path) as site:
        environment = {"PATH": os.environ["PATH"], "ORELINE": site.address, "LANG": "C.UTF-8"}
        for command, expected in typed:
            check_command(command, expected, tmp_path, environment)
    assert (tmp_path / "lots.xlsx").stat().st_size > 10_000
