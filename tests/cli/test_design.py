"""Flowsheets on the command line: from a user's file to tables, JSON and exports."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from called import Oreline

FOLDER = Path(__file__).parents[2] / "examples" / "mountain-pass"
COMMANDS = [
    ("check", ()),
    ("solve", ()),
    ("streams", ("--stream", "rougher.concentrate")),
    ("waterfall", ("-e", "REO")),
    ("compare", (FOLDER / "figure-2.toml",)),
]


@pytest.mark.parametrize(("command", "more"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_prints_exports_and_gives_json(
    bare: Oreline, tmp_path: Path, command: str, more: tuple[object, ...]
) -> None:
    target = tmp_path / "out.csv"
    call = bare("design", command, FOLDER, *more, "--export", target)
    assert call.code == 0, call.everything
    assert pl.read_csv(target).height > 0
    assert max(len(line) for line in call.out.splitlines()) <= 80
    assert bare("design", command, FOLDER, *more, "--json").json["ok"]


def test_a_file_gives_its_recovery(bare: Oreline) -> None:
    result = bare("design", "solve", FOLDER / "processes.toml", "--json").json["result"]
    (product,) = (row for row in result["products"] if row["product"] == "concentrate")
    assert product["recovery"]["REO"] == pytest.approx(0.80065, abs=5e-6)


def test_numbers_of_assumptions_stand_in_the_passport(bare: Oreline, tmp_path: Path) -> None:
    text = (FOLDER / "processes.toml").read_text("utf-8").replace("REO = 0.944", 'REO = "A-R"')
    (tmp_path / "processes.toml").write_text(text)
    (tmp_path / "assumptions.csv").write_text(
        "id,value,low,high,unit,reasoning,source\nA-R,94,90,96,%,a plant like this,own\n"
    )
    result = bare("design", "check", tmp_path, "--json").json["result"]
    (row,) = (row for row in result["numbers"] if row["name"] == "rougher.to_concentrate[REO]")
    assert (row["value"], row["low"], row["high"], row["basis"], row["rung"]) == (
        pytest.approx(0.94), pytest.approx(0.9), pytest.approx(0.96), "assumed", 0,
    )  # fmt: skip
    assert row["source"].startswith("A-R: ")


def test_what_is_wrong_is_told_and_nothing_reported(bare: Oreline, tmp_path: Path) -> None:
    text = (FOLDER / "processes.toml").read_text("utf-8")
    (tmp_path / "processes.toml").write_text(text.replace("REO = 0.944", "REO = 1.944"))
    target = tmp_path / "out.csv"
    call = bare("design", "solve", tmp_path, "--export", target)
    assert call.code == 2
    assert "ORL-1010" in call.everything
    assert not target.exists()


@pytest.mark.parametrize(
    "words", ["solve nowhere", "waterfall FOLDER -e Nd", "streams FOLDER --stream x"]
)
def test_wrong_calls_are_told_in_words(bare: Oreline, words: str) -> None:
    call = bare("design", *[FOLDER if word == "FOLDER" else word for word in words.split()])
    assert call.code == 2
    assert "Traceback" not in call.everything
