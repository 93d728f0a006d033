"""The page of plan.toml and its JSON Schema are written from the types."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import jsonschema_rs

from oreline.plan import PlanText, plan_schema

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_plan_reference as reference  # noqa: E402


def test_the_page_and_the_schema_are_up_to_date() -> None:
    stale = [path.name for path, text in reference.outputs().items() if path.read_text() != text]
    assert stale == [], "run scripts/build_plan_reference.py"


def test_the_example_of_the_page_can_be_planned_and_keeps_to_the_schema() -> None:
    text = reference.page().partition("```toml\n")[2].partition("```")[0]
    problem, findings = PlanText(text.encode()).problem()
    assert findings == ()
    assert problem is not None
    written = tomllib.loads(text)
    validator = jsonschema_rs.validator_for(plan_schema())
    validator.validate(written)
    assert not validator.is_valid({**written, "unit": []})
    assert not validator.is_valid({key: written[key] for key in written if key != "terms"})
