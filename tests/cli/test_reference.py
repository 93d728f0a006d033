"""The reference page of the command line says what the commands say."""

from __future__ import annotations

from pathlib import Path

from command_tree import leaves, options_of

from oreline_testing.scripts import script

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert page == script("build_cli_reference").page_text(), (
        "run python scripts/build_cli_reference.py"
    )


def test_the_page_names_every_command_and_option() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    for path, command in leaves():
        assert f"oreline {path}\n" in page
        for option in options_of(command):
            if option.startswith("--") and option != "--help":
                assert f"`{option}" in page, f"{path} {option}"
