"""``oreline demo``: from files to a report, the same in every run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "ask" / "support"))

from shown_example import fixed_sources, printed, shown

from oreline.cli._demo import MARK, example_folder, make_demo
from oreline.model import InputError
from oreline.record import open_store, parse_verifier, verify_ledger


def test_it_makes_a_ledger_a_checkpoint_and_a_report() -> None:
    made = shown("mine-to-magnet").made
    assert made.report.read_text("utf-8").startswith("<!doctype html>")
    verifier = parse_verifier(made.verifier.read_text("utf-8").strip())
    with open_store(made.folder / "ledger.db") as store:
        assert store.size() == made.events
        assert verify_ledger(store, made.checkpoint.read_bytes(), verifier).ok


def test_two_runs_say_and_write_the_same(tmp_path: Path) -> None:
    before = shown("mine-to-magnet")
    again = make_demo(example_folder("mine-to-magnet"), tmp_path, fixed_sources(), lambda *_: None)
    assert again.report.read_text("utf-8") == before.page
    there = printed(again, 120).replace(str(tmp_path), "OUT")
    assert there == before.wide.replace(str(before.made.report.parent), "OUT")


def test_it_ends_with_the_report_and_three_commands() -> None:
    made = shown("pakistan-us").made
    text = printed(made, 100)
    lines = [line for line in text.splitlines() if line]
    assert lines[-5] == "Next, try:"
    assert all(line.startswith("  oreline ") for line in lines[-4:-1])
    assert lines[-1] == "See it in a browser, and work in it: make serve"
    assert f"Report: {made.report}" in lines


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_fits(width: int) -> None:
    made = shown("pakistan-us").made
    lines = printed(made, width).splitlines()
    free = [line for line in lines if not line.startswith(("  oreline ", "Report: "))]
    assert max(len(line) for line in free) <= width


def test_what_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine-to-magnet"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="was not made by the demo"):
        make_demo(example_folder("mine-to-magnet"), tmp_path, fixed_sources(), lambda *_: None)
    assert (mine / "notes.txt").read_text() == "mine"
    assert not (mine / MARK).exists()


def test_an_unknown_example_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match="pakistan-us, mine-to-magnet"):
        example_folder("moon")
