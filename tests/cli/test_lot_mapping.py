"""Which actual lots stand for planned ones: as options, as a table, and wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.cli._lot_mapping import lot_mapping
from oreline.model import InputError


def test_a_table_and_options_add_up(tmp_path: Path) -> None:
    file = tmp_path / "mapping.csv"
    file.write_text("planned,actual,basis\nplan:A,p:A-*,assumed\nplan:A,p:B,assumed\n")
    assert lot_mapping(["plan:C=p:C"], file) == {"plan:A": ["p:A-*", "p:B"], "plan:C": ["p:C"]}


def test_toml_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text('[lots]\n"plan:A" = ["p:A-*", "p:B"]\n"plan:C" = "p:C"\n')
    assert lot_mapping([], file) == {"plan:A": ["p:A-*", "p:B"], "plan:C": ["p:C"]}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.csv", ""),
        ("m.csv", "a,b\n1,2\n"),
        ("m.csv", "planned,actual\nplan:A,\n"),
        ("m.toml", "lots = 3\n"),
        ("m.toml", "[lots"),
        ("m.toml", '[lots]\n"plan:A" = [3]\n'),
    ],
)
def test_what_is_not_understood_is_refused(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(InputError):
        lot_mapping([], file)
