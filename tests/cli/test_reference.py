"""The reference page of the command line says what the commands say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from command_tree import leaves, options_of

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "build_cli_reference.py"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """Load the script that writes the page."""
    spec = importlib.util.spec_from_file_location("build_cli_reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(builder: ModuleType) -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert page == builder.page_text(), f"run python {SCRIPT.relative_to(ROOT)}"


def test_the_page_names_every_command_and_option() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    for path, command in leaves():
        assert f"oreline {path}\n" in page
        for option in options_of(command):
            if option.startswith("--") and option != "--help":
                assert f"`{option}" in page, f"{path} {option}"
