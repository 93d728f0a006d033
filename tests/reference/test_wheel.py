"""What is installed holds every table: a wheel without one would fail at its first question."""

from __future__ import annotations

from pathlib import Path

import pytest

from oreline.reference import table_names


def test_a_wheel_holds_every_table() -> None:
    builders = pytest.importorskip("hatchling.builders.wheel")
    root = Path(__file__).parents[2]
    builder = builders.WheelBuilder(str(root))
    names = {one.distribution_path for one in builder.recurse_included_files()}
    data = {Path(name).name for name in names if "oreline/reference/data/" in name}
    assert {Path(name).stem for name in data} >= set(table_names())
    assert len(table_names()) > 30
