"""The page of events is written from the types; its examples are accepted by the ledger."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from oreline.model import EVENT_CLASSES, check_event

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_event_reference as reference  # noqa: E402


def test_the_page_is_up_to_date() -> None:
    assert reference.PAGE.read_text() == reference.page(), "run scripts/build_event_reference.py"


@pytest.mark.parametrize("kind", EVENT_CLASSES)
def test_every_kind_has_an_example_that_is_well_formed(kind: str) -> None:
    assert check_event(reference.example(kind)) == ()


def test_an_example_with_a_field_of_another_kind_is_not() -> None:
    wrong = reference.example("weigh") | {"body": reference.EXAMPLES["assay"]}
    assert check_event(wrong)
