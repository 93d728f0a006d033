"""No number of an illustration without the word assumed and the assumption that it rests on."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from .conftest import NAMES, event_rows, table
from .test_real_batch import quantities


def assumption_ids(name: str) -> set[str]:
    return {row["id"] for row in table(name, "assumptions.csv")}


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_is_assumed_and_names_its_assumption(name: str) -> None:
    known = assumption_ids(name)
    seen = Counter()
    for row in event_rows(name):
        if quantities(row):
            seen[row["basis"]] += 1
            assert row["source"] in known, row
            assert row["method"], row
    assert set(seen) == {"assumed"}


def test_every_planned_quantity_is_planned() -> None:
    rows = event_rows("pakistan-us", "planned/events")
    known = assumption_ids("pakistan-us")
    assert {(row["basis"], row["source"] in known) for row in rows if quantities(row)} == {
        ("planned", True)
    }
    assert not [row for row in rows if row["lot"] and not row["lot"].startswith("illus:plan-")]


@pytest.mark.parametrize("name", NAMES)
def test_every_assumption_has_reasoning_and_a_source(name: str) -> None:
    for row in table(name, "assumptions.csv"):
        assert row["reasoning"], row["id"]
        assert row["source"], row["id"]
        assert row["unit"], row["id"]


@pytest.mark.parametrize("name", NAMES)
def test_every_assumption_that_is_named_exists(name: str) -> None:
    known = assumption_ids(name)
    for file in ("parties", "sites", "materials", "routes", "permits", "rules"):
        for row in table(name, f"{file}.csv"):
            named = set(re.findall(r"\bA-[A-Z0-9-]+", row["source"]))
            assert named <= known, row["id"]
            assert named or row["basis"] != "assumed", row["id"]
