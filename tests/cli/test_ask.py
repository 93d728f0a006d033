"""``oreline ask`` and its letter, called as a person calls them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

sys.path.append(str(Path(__file__).parents[1] / "ask" / "support"))

from shown_example import shown

from oreline.cli import _ask
from oreline.cli._root import RootGroup


@pytest.fixture
def call() -> Any:
    """Call ``oreline ask`` on the second example."""
    app = typer.Typer(cls=RootGroup, pretty_exceptions_enable=False)
    app.add_typer(_ask.app, name="ask")
    runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"})

    def called(*words: object, example: str = "pakistan-us") -> Any:
        folder = shown(example).made.folder
        return runner.invoke(app, ["ask", *map(str, words), "--chain", str(folder)])

    return called


def test_the_verb_alone_lists_what_is_open(call: Any) -> None:
    told = call("--reported")
    assert told.exit_code == 0, told.output
    assert "30 open questions" in told.output
    first = next(line for line in told.output.splitlines() if line.lstrip().startswith("1 "))
    assert "Export declaration with HS code" in first


def test_json_gives_questions_and_documents(call: Any) -> None:
    told = json.loads(call("questions", "--reported", "--json").stdout)
    assert told["ok"] is True
    assert len(told["result"]["questions"]) == 30
    assert told["result"]["documents"][0]["adds"] == 12
    assert told["ledger"]["id"] == "pakistan-us"


def test_books_are_asked_about_too(call: Any) -> None:
    told = json.loads(call("--json").stdout)["result"]
    assert {document["about"] for document in told["documents"]} == {"reported", "books"}


def test_a_letter_is_written_to_a_file_once(call: Any, tmp_path: Path) -> None:
    target = tmp_path / "letter.md"
    first = call("letter", "--to", "ussm", "-o", target)
    assert first.exit_code == 0, first.output
    text = target.read_text("utf-8")
    assert "**Text of the memorandum**" in text
    assert text.startswith("To: US Strategic Metals (USSM), Missouri")
    again = call("letter", "--to", "ussm", "-o", target)
    assert again.exit_code == 2
    assert target.read_text("utf-8") == text


def test_a_letter_can_be_read_on_the_screen(call: Any) -> None:
    told = call("letter", "--to", "fwo", "--date", "2025-11-01")
    assert "Date: 2025-11-01" in told.output
    assert "Commercial invoice" in told.output


def test_a_party_without_papers_is_told_who_has_some(call: Any) -> None:
    told = call("letter", "--to", "benzinga")
    assert told.exit_code == 2
    assert "gov-pk" in told.output
