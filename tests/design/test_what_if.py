"""The same flowsheet with other numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.design import Flowsheet, read_processes, solve, with_numbers
from oreline.model import Basis, InputError

FILE = Path(__file__).parents[2] / "examples" / "mountain-pass" / "processes.toml"


def mountain_pass(text: str | None = None) -> Flowsheet:
    sheet, findings = read_processes(FILE.read_text("utf-8") if text is None else text)
    assert sheet is not None, findings
    return sheet


def test_a_changed_number_gives_what_the_changed_file_gives() -> None:
    text = FILE.read_text("utf-8").replace("REO = 0.944", "REO = 0.90")
    other = with_numbers(mountain_pass(), {"rougher.to_concentrate[REO]": 0.90})
    assert solve(other).to_json()["products"] == solve(mountain_pass(text)).to_json()["products"]
    changed = other.numbers()["rougher.to_concentrate[REO]"]
    assert (changed.basis, changed.source, changed.is_ranged) == (Basis.ASSUMED, "what if", False)


@pytest.mark.parametrize(("name", "value"), [("ore.dry_t_per_h", 50.0), ("ore.grade[REO]", 0.09)])
def test_numbers_of_feeds_change_too(name: str, value: float) -> None:
    sheet = mountain_pass()
    assert with_numbers(sheet, {name: value}).numbers()[name].value == value
    assert sheet.numbers()[name].value != value, "the flowsheet itself stays as it is"


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no number of"):
        with_numbers(mountain_pass(), {"rougher.colour": 1.0})


def test_every_number_that_is_listed_can_be_changed() -> None:
    folder = FILE.parents[1]
    for path in (folder / "pakistan-us" / "processes.toml", folder / "ore-to-magnet" / FILE.name):
        sheet = mountain_pass(path.read_text("utf-8"))
        numbers = sheet.numbers()
        other = with_numbers(sheet, {name: one.value / 2 for name, one in numbers.items()})
        changed = other.numbers()
        assert {name: 2 * one.value for name, one in changed.items()} == {
            name: one.value for name, one in numbers.items()
        }
