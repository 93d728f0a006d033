"""Laws that every command keeps, found by walking the tree of commands."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from called import Oreline
from command_tree import CONTRACT, READS, leaves, options_of, reading

from oreline.cli import app

LEAVES = dict(leaves())
SHARED = {"--ledger", "--chain", "--parent", "--as-of", "--known-at", "--json"}


def example_of(command: Any) -> list[str]:
    """Return the words of the example in a command's help, without the program."""
    paragraphs = (command.help or "").split("\n\n")
    found = [" ".join(part.split()) for part in paragraphs if part.startswith("Example: ")]
    assert len(found) == 1, f"{command.name} has {len(found)} examples"
    words = shlex.split(found[0].removeprefix("Example: ").split(" && ")[0])
    assert words[0] == "oreline"
    return words[1:]


@pytest.mark.parametrize("path", LEAVES)
def test_help_shows_an_example_that_can_be_typed(path: str, bare: Oreline) -> None:
    command = LEAVES[path]
    words = example_of(command)
    names = path.split()
    assert words[: len(names)] == names
    shown = bare(*names, "--help")
    assert shown.code == 0
    assert "Example: oreline" in shown.out
    with command.make_context(path, words[len(names) :]) as context:
        assert context.params


@pytest.mark.parametrize("path", LEAVES)
def test_every_option_says_what_it_does(path: str) -> None:
    for parameter in LEAVES[path].params:
        assert parameter.help, f"{path} {parameter.name}"


def test_groups_show_an_example_too(bare: Oreline) -> None:
    root = typer.main.get_command(app)
    groups = [name for name, command in root.commands.items() if hasattr(command, "commands")]
    for name in groups:
        assert "Example: oreline" in bare(name, "--help").out


def test_every_reading_command_is_called_below() -> None:
    assert set(reading()) == set(READS)


@pytest.mark.parametrize("path", READS)
def test_reading_commands_share_their_options(path: str) -> None:
    assert options_of(LEAVES[path]) >= SHARED


def words_of(path: str, plan: Path) -> list[str]:
    contract = plan.with_name("contract.toml")
    folder = plan.parent.parent / "contracts"
    folder.mkdir(exist_ok=True)
    for file in (contract, folder / "antimony.toml"):
        file.write_text(CONTRACT, encoding="utf-8")
    return [*path.split(), *(word.format(plan=plan, contract=contract) for word in READS[path])]


@pytest.mark.parametrize("path", READS)
def test_json_has_one_shape(path: str, oreline: Oreline, plan: Path) -> None:
    call = oreline(*words_of(path, plan), "--json")
    told = call.json
    assert call.code in {0, 1, 5}
    assert told["ok"] is (call.code == 0)
    assert isinstance(told["result"], dict)
    assert told["ledger"]["id"] == "small"
    assert len(told["ledger"]["root"]) == 64
    assert set(told) <= {"ok", "result", "ledger", "error", "exported"}


@pytest.mark.parametrize("path", READS)
def test_text_fits_the_terminal_and_names_the_ledger(
    path: str, oreline: Oreline, plan: Path
) -> None:
    call = oreline(*words_of(path, plan))
    assert call.code in {0, 1, 5}, call.everything
    assert "Ledger small: 15 events" in call.out
    assert max(len(line) for line in call.out.splitlines()) <= 80
    assert "\x1b[" not in call.everything


@pytest.mark.parametrize("path", READS)
def test_failures_have_one_shape(path: str, bare: Oreline, plan: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.db"
    call = bare(*words_of(path, plan), "--ledger", gone, "--json")
    assert call.code == 3
    assert call.json["ok"] is False
    assert set(call.json["error"]) == {"exit_code", "kind", "message", "findings"}
    assert call.json["error"]["exit_code"] == 3
    assert not gone.exists()


@pytest.mark.parametrize("path", [path for path in READS if path != "balance plan"])
def test_as_of_before_everything_is_an_answer_or_words(
    path: str, oreline: Oreline, plan: Path
) -> None:
    for moment in (("--as-of", "2024-01-01"), ("--as-of", "yesterday")):
        call = oreline(*words_of(path, plan), *moment)
        assert call.code in {0, 1, 2, 5}, call.everything
        assert "defect" not in call.everything


EXPORTING = [path for path in READS if "--export" in options_of(LEAVES[path])]


SUFFIXES = (".csv", ".xlsx", ".parquet")


@pytest.mark.parametrize(
    ("path", "suffix"),
    [(path, SUFFIXES[place % 3]) for place, path in enumerate(EXPORTING)]
    + [("trace custody", suffix) for suffix in SUFFIXES],
)
def test_tables_are_exported(
    path: str, suffix: str, oreline: Oreline, plan: Path, tmp_path: Path
) -> None:
    target = tmp_path / f"table{suffix}"
    call = oreline(*words_of(path, plan), "--export", target)
    assert call.code in {0, 1, 5}, call.everything
    assert target.stat().st_size > 0
    again = oreline(*words_of(path, plan), "--export", target)
    assert again.code == 2
    assert "exists" in again.everything


def test_the_tables_cover_what_the_issue_asks_for() -> None:
    assert len(EXPORTING) >= 12
