"""The pages of flowsheets and unit laws, and the JSON Schema, are written from the types."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest

from oreline.design import process_schema, read_processes

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_process_reference as reference  # noqa: E402


def test_the_pages_and_the_schema_are_up_to_date() -> None:
    stale = [path.name for path, text in reference.outputs().items() if path.read_text() != text]
    assert stale == [], "run scripts/build_process_reference.py"


def test_the_example_of_the_page_can_be_solved() -> None:
    text = reference.page().partition("```toml\n")[2].partition("```")[0]
    sheet, findings = read_processes(text)
    assert findings == ()
    assert sheet is not None


@pytest.mark.parametrize("file", sorted((ROOT / "examples" / "mountain-pass").glob("*.toml")))
def test_the_schema_takes_the_examples_and_refuses_another_key(file: Path) -> None:
    written = tomllib.loads(file.read_text("utf-8"))
    validator = jsonschema_rs.validator_for(process_schema())
    validator.validate(written)
    assert not validator.is_valid({**written, "feed": []})
    assert not validator.is_valid({key: written[key] for key in written if key != "units"})
